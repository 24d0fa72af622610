"""The audit log: what it tells of, that it is only added to, and that every change of it is found."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from docx.oxml.ns import qn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generators import messages, publishing
from generators.forms.issue import issue_forms
from generators.intake import sender
from generators.intake.sender import sender_of
from generators.ledger import Asked, HeadFile, Ledger, head_bytes, read_head, sqlite_url
from generators.ledger.events import event_hash
from generators.ledger.guards import EVENT_TRIGGERS
from generators.ledger.head import HeadNotWrittenError
from generators.locking import reopen
from generators.logbook import event_lines
from generators.messages import line
from generators.model import ChainEnd, Event, EventKind, Happening, Head
from generators.publishing import Wish, publish
from generators.user import operator
from generators.verifying import Verified, accept, verify
from generators.workspace import Workspace, head_file, open_ledger, open_pack
from tests.conftest import CHECKOUT, huibao
from tests.small_workspace import aged, edit, hand_in, ran, small_workspace
from tests.test_cli import call
from tests.workbooks import FILLED, PACK, brief, edited

REPORT = "临溪区渔业发展报告-2031.docx"
KEY = (PACK, "2031")


@pytest.fixture(autouse=True)
def quiet_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without LibreOffice; a param that a producer forgets shows in the message."""
    monkeypatch.setattr(publishing, "find_office", lambda: None)
    monkeypatch.setattr(messages.wording, "GAP", "⟨GAP⟩")


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return small_workspace(tmp_path / "workspace")


def log(place: Workspace, *kinds: EventKind) -> list[Event]:
    with Ledger(sqlite_url(place.ledger)) as ledger:
        return list(ledger.log(Asked(frozenset(kinds))))


def told(place: Workspace, *kinds: EventKind) -> list[str]:
    """The events in short: kind, outcome or exit code, file."""
    return [
        " ".join(
            str(part)
            for part in (item.kind, item.outcome, item.exit_code, item.file)
            if part not in ("", None)
        )
        for item in (event.happening for event in log(place, *kinds))
    ]


def codes(verified: Verified) -> list[str]:
    """What was found; every message of it is whole in both languages."""
    for item in verified.findings:
        for language in messages.LANGUAGES:
            shown = line(item, language)
            assert "⟨GAP⟩" not in shown and "{" not in shown, shown
            assert not re.search(r"“”|（）|\(\)|\bNone\b", shown), shown
    return brief(verified.findings)


SOUND = ["kept.proves", "log.limits", "log.proves"]


def sound(place: Workspace) -> bool:
    verified = verify(place)
    return verified.exit_code == 0 and sorted(codes(verified)) == SOUND


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def retype(made: Any, old: str, new: str) -> None:
    next(item for item in made.element.body.iter(qn("w:t")) if item.text == old).text = new


# --- what it tells of -------------------------------------------------------------------------------


def test_a_run_tells_what_went_in_and_every_file_that_came_out(place: Workspace) -> None:
    assert ran(place).exit_code == 0
    assert told(place) == [
        "submission accepted 交通局-2031.xlsx",
        "submission accepted 渔业局-2031.xlsx",
        f"report reports/{REPORT}",
        "run 0",
    ]
    run = log(place)[-1].happening
    assert (run.pack, run.period, run.by) == (*KEY, operator())
    assert run.taken == {
        name: sha256(place.root / name)
        for name in (
            f"templates/{PACK}/definition.xlsx",
            f"templates/{PACK}/report.docx",
            "workbooks/inbox/交通局-2031.xlsx",
            "workbooks/inbox/渔业局-2031.xlsx",
        )
    }
    made = [
        path.relative_to(place.root).as_posix()
        for folder in (place.reports, place.archive, place.returned)
        for path in folder.rglob("*.*")
    ]
    assert run.written == {name: sha256(place.root / name) for name in made}


def test_a_run_that_changes_nothing_is_one_event_and_no_more(place: Workspace) -> None:
    for _ in range(3):
        ran(place)
    assert told(place)[4:] == ["run 0", "run 0"]
    again = log(place)[-1].happening
    assert [name for name in again.written if "returned" in name or "archive" in name] == []


def test_a_submission_tells_who_handed_it_in(place: Workspace) -> None:
    path = place.inbox / "渔业局-2031.xlsx"

    def name_the_saver(book: Any) -> None:
        book.properties.lastModifiedBy = "张三 & 李四"

    path.write_bytes(edited(path.read_bytes(), name_the_saver))
    ran(place)
    item = next(event.happening for event in log(place) if event.happening.department == "yy")
    assert item.saved_by == "张三 & 李四"
    assert item.taken == {"workbooks/inbox/渔业局-2031.xlsx": sha256(path)}
    assert {**item.detail, "kept": None} == {"name": "渔业局", "vintage": 1, "kept": None}
    if os.name == "posix":
        assert item.owner == path.owner()


def test_where_the_system_names_no_owner_it_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(_: int) -> None:
        raise KeyError("uid not found")

    path = tmp_path / "a.xlsx"
    assert sender_of(path, b"PK\x03\x04 damaged") == sender.Sender(None, "")
    path.write_bytes(b"x")
    if os.name == "posix":
        assert sender_of(path, b"").owner == path.owner()
        monkeypatch.setattr("pwd.getpwuid", unknown)
    assert sender_of(path, b"PK\x03\x04 damaged") == sender.Sender(None, "")


def test_a_returned_file_is_told_once_and_again_when_it_changes(place: Workspace) -> None:
    path = hand_in(place, department="yy")
    good = path.read_bytes()

    def damaged(data: bytes) -> None:
        path.write_bytes(data)
        aged(path)  # else it may be being written

    damaged(b"PK\x03\x04")
    for _ in range(3):
        ran(place)
    damaged(b"PK\x03\x04 too")
    ran(place)
    for _ in range(2):
        path.write_bytes(good)
        ran(place)
        damaged(b"PK\x03\x04 too")
        ran(place)
    of_the_file = [
        f"{item.outcome} {'.'.join(map(str, item.detail.get('codes', ['-'])))}"  # type: ignore[call-overload]
        for item in (event.happening for event in log(place, EventKind.SUBMISSION))
        if item.file == path.name
    ]
    assert of_the_file == [
        "rejected format.damaged",
        "rejected format.damaged",  # another content
        "accepted -",
        "rejected format.damaged",  # the last word was another one
        "accepted -",  # no new vintage, and yet the last word
        "rejected format.damaged",
    ]


def test_a_run_without_a_report_is_told_with_its_reason(place: Workspace) -> None:
    for path in place.inbox.iterdir():
        path.write_bytes(b"no workbook")
    assert ran(place).exit_code == 2
    run = log(place)[-1].happening
    assert (run.kind, run.exit_code) == (EventKind.RUN, 2)
    assert "run.no_submission" in run.detail["codes"]  # type: ignore[operator]
    assert all("returned" in name for name in run.written)
    assert run.taken.keys() == {
        f"templates/{PACK}/{name}" for name in ("definition.xlsx", "report.docx")
    }


def test_a_figure_changed_by_hand_is_told_once_while_it_stands(place: Workspace) -> None:
    ran(place)
    report = place.reports / REPORT
    edit(report, lambda made: retype(made, "98.25%", "98.5%"))
    ran(place)
    ran(place)
    [item] = [event.happening for event in log(place, EventKind.OVERRIDE)]
    assert (item.file, item.period, item.by) == (REPORT, "2031", operator())
    assert item.detail == {
        "heading": "临溪区渔业发展报告",
        "item": "水质达标率",
        "text": "98.5%",
        "figure": "98.25%",
        "left_by": "run",
    }
    edit(report, lambda made: retype(made, "98.5%", "98.25%"))
    ran(place)
    edit(report, lambda made: retype(made, "98.25%", "98.5%"))
    ran(place)
    assert len(log(place, EventKind.OVERRIDE)) == 2
    written = log(place)[-1].happening.written
    [kept] = [name for name in written if name.startswith("reports/edited/")]
    assert written[kept] == sha256(place.root / kept)


def test_publishing_tells_what_goes_out_and_what_was_changed_in_it(place: Workspace) -> None:
    ran(place)
    edit(place.reports / REPORT, lambda made: retype(made, "98.25%", "98.5%"))
    assert publish(place, None, None, Wish(date="2031-12-28"), lambda _, paths: paths).exit_code == 0
    *_, override, published = (event.happening for event in log(place))
    assert override.kind == EventKind.OVERRIDE
    assert (override.detail["text"], override.detail["left_by"]) == ("98.5%", "publication 1")
    assert published.kind == EventKind.PUBLISH
    assert published.written == {
        path.relative_to(place.root).as_posix(): sha256(path) for path in place.published.iterdir()
    }
    assert published.detail["date"] == "2031-12-28"
    before = len(log(place))
    publish(place, None, None, Wish(date="2031-12-28"), lambda _, paths: paths)
    assert len(log(place)) == before  # it is published already

    definition = open_pack(place, None, None).value
    assert definition is not None
    reopen(place, definition, "渔业局更正数据")
    assert reopen(place, definition, "再来一次").exit_code == 2
    assert told(place)[before:] == ["reopen 0"]
    detail = dict(log(place)[-1].happening.detail)
    assert list(detail.pop("kept")) == ["reopening"]  # type: ignore[call-overload]
    assert detail == {"number": 1, "why": "渔业局更正数据"}


def test_forms_are_told_before_they_are_written(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    definition = open_pack(place, None, None).value
    assert definition is not None
    paths, failure = issue_forms(place, definition, lambda _, paths: paths)
    assert failure is None
    [issued] = [event.happening for event in log(place)]
    assert (issued.kind, issued.exit_code) == (EventKind.ISSUE, 0)
    assert issued.written == {path.relative_to(place.root).as_posix(): sha256(path) for path in paths}
    paths[0].unlink()
    paths[0].mkdir()  # which cannot be replaced by a file
    assert issue_forms(place, definition, lambda _, paths: paths)[1] is not None
    assert told(place) == ["issue 0", "issue 0", "issue 2"]


# --- only added to ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET operator = 'x' WHERE number = 2",
        "UPDATE event SET hash = hash",
        "DELETE FROM event WHERE number = 4",
        "DELETE FROM event",
        "INSERT OR REPLACE INTO event SELECT * FROM event WHERE number = 2",
        "INSERT INTO event SELECT 9, time, kind, operator, owner, saved_by, pack, period, department, "
        "file, outcome, exit_code, taken, written, detail, previous, hash FROM event WHERE number = 2",
        "INSERT INTO event SELECT * FROM event WHERE number = 2 "
        "ON CONFLICT (number) DO UPDATE SET operator = 'x'",
    ],
)
def test_sqlite_refuses_to_change_the_log(place: Workspace, statement: str) -> None:
    ran(place)
    with closing(sqlite3.connect(place.ledger)) as connection:
        with pytest.raises(sqlite3.IntegrityError, match="only added to"):
            connection.execute(statement)
        connection.rollback()
    assert sound(place)


def test_an_older_ledger_gets_the_log_with_its_triggers(place: Workspace) -> None:
    ran(place)
    with closing(sqlite3.connect(place.ledger)) as connection:
        connection.execute("DROP TABLE event")
        connection.execute("UPDATE meta SET value = '3' WHERE key = 'schema'")
        connection.commit()
    place.audit_head.unlink()
    # What it holds cannot be verified before the log names it.
    found = verify(place)
    assert (found.exit_code, codes(found)) == (2, ["kept.uncovered"])
    ran(place)
    assert told(place) == ["cover", "run 0"]
    assert (verify(place).exit_code, sorted(codes(verify(place)))) == (0, ["kept.covered", *SOUND])


def test_the_hash_is_the_one_that_is_documented(place: Workspace) -> None:
    ran(place)
    with closing(sqlite3.connect(place.ledger)) as connection:
        connection.row_factory = sqlite3.Row
        rows = [dict(row) for row in connection.execute("SELECT * FROM event ORDER BY number")]
    previous = "0" * 64
    for row in rows:
        own = row.pop("hash")
        text = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert row["previous"] == previous
        assert own == hashlib.sha256(text.encode()).hexdigest()
        previous = own


# --- every change is found --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with some events; not to be changed."""
    place = small_workspace(tmp_path_factory.mktemp("recorded") / "workspace")
    for replacement in ("98.25 ", "98.26 ", "98.27 "):
        hand_in(place, FILLED, ("98.25 ", replacement))
        ran(place)
    definition = open_pack(place, None, None).value
    assert definition is not None
    issue_forms(place, definition, lambda _, paths: paths)
    ran(place)
    return place


@contextmanager
def tampered(place: Workspace) -> Iterator[sqlite3.Connection]:
    """The ledger as an attacker opens it: the triggers are taken out and put back afterwards."""
    with closing(sqlite3.connect(place.ledger)) as connection:
        for name in EVENT_TRIGGERS:
            connection.execute(f"DROP TRIGGER {name}")
        yield connection
        for name, rest in EVENT_TRIGGERS.items():
            connection.execute(f"CREATE TRIGGER {name} {rest}")
        connection.commit()


Rows = list[dict[str, Any]]


def events_in(connection: sqlite3.Connection) -> Rows:
    cursor = connection.execute("SELECT * FROM event ORDER BY number")
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def put_events(connection: sqlite3.Connection, rows: Rows) -> None:
    """The events made what they should be for the attacker."""
    connection.execute("DELETE FROM event")
    for row in rows:
        marks = ", ".join("?" * len(row))
        connection.execute(f"INSERT INTO event ({', '.join(row)}) VALUES ({marks})", list(row.values()))


def chained(rows: Rows, begin: int = 0) -> Rows:
    """The events numbered and hashed anew from one on: a chain that is sound by itself."""
    for place, row in enumerate(rows):
        if place >= begin:
            row["number"] = place + 1
            row["previous"] = rows[place - 1]["hash"] if place else "0" * 64
            row["hash"] = event_hash(row)
    return rows


def dump(path: Path) -> list[tuple[object, ...]]:
    """All that the table holds, byte for byte and type for type."""
    with closing(sqlite3.connect(path)) as connection:
        connection.text_factory = bytes
        columns = [str(row[1], "utf-8") for row in connection.execute("PRAGMA table_info(event)")]
        asked = ", ".join(f"{name}, typeof({name})" for name in columns)
        return connection.execute(f"SELECT {asked} FROM event ORDER BY number").fetchall()


COLUMNS = (
    "number time kind operator owner saved_by pack period department file outcome exit_code taken "
    "written detail previous hash"
).split()
VALUES = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["", "{}", "0" * 64, "root", "2031", "0", "run"]),
    st.integers(-(2**40), 2**40),
    st.floats(allow_nan=False),
    st.binary(max_size=8),
    st.none(),
)


def edit_one(draw: st.DrawFn, rows: Rows) -> Rows:
    row = draw(st.sampled_from(rows))
    row[draw(st.sampled_from(COLUMNS))] = draw(VALUES)
    return rows


def edit_and_hash_one(draw: st.DrawFn, rows: Rows) -> Rows:
    row = draw(st.sampled_from(rows))
    row[draw(st.sampled_from(COLUMNS[1:-2]))] = draw(st.text(max_size=8))
    row["hash"] = event_hash(row)
    return rows


def edit_and_hash_all(draw: st.DrawFn, rows: Rows) -> Rows:
    place = draw(st.integers(0, len(rows) - 1))
    rows[place][draw(st.sampled_from(["time", "operator", "file", "taken", "detail"]))] = draw(
        st.text(max_size=8)
    )
    return chained(rows, place)


def delete(draw: st.DrawFn, rows: Rows) -> Rows:
    gone = draw(st.sets(st.integers(0, len(rows) - 1), min_size=1))
    return [row for place, row in enumerate(rows) if place not in gone]


def delete_and_hash_all(draw: st.DrawFn, rows: Rows) -> Rows:
    return chained(delete(draw, rows))


def cut_off(draw: st.DrawFn, rows: Rows) -> Rows:
    return rows[: draw(st.integers(0, len(rows) - 1))]


def swap(draw: st.DrawFn, rows: Rows) -> Rows:
    one, other = draw(st.tuples(*[st.integers(0, len(rows) - 1)] * 2))
    rows[one]["number"], rows[other]["number"] = rows[other]["number"], rows[one]["number"]
    return rows


def swap_and_hash_all(draw: st.DrawFn, rows: Rows) -> Rows:
    one, other = draw(st.tuples(*[st.integers(0, len(rows) - 1)] * 2))
    rows[one], rows[other] = rows[other], rows[one]
    return chained(rows)


def insert(draw: st.DrawFn, rows: Rows) -> Rows:
    copied = dict(draw(st.sampled_from(rows)))
    copied["number"] = draw(st.integers(-3, len(rows) + 3))
    numbers = {row["number"] for row in rows}
    return rows if copied["number"] in numbers else [*rows, copied]


def insert_and_hash_all(draw: st.DrawFn, rows: Rows) -> Rows:
    copied = dict(draw(st.sampled_from(rows)))
    rows.insert(draw(st.integers(0, len(rows))), copied)  # also at the end, where it is well chained
    return chained(rows)


TAMPERINGS: list[Callable[[st.DrawFn, Rows], Rows]] = [
    edit_one,
    edit_and_hash_one,
    edit_and_hash_all,
    delete,
    delete_and_hash_all,
    cut_off,
    swap,
    swap_and_hash_all,
    insert,
    insert_and_hash_all,
]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_change_of_the_log_is_found(
    recorded: Workspace, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    place = Workspace(tmp_path_factory.mktemp("tampered"))
    shutil.copytree(recorded.root, place.root, dirs_exist_ok=True)
    before = dump(place.ledger)
    change = data.draw(st.sampled_from(TAMPERINGS))
    with tampered(place) as connection:
        connection.commit()
        rows = change(lambda strategy: data.draw(strategy), events_in(connection))  # type: ignore[arg-type]
        try:
            put_events(connection, rows)
        except (sqlite3.IntegrityError, OverflowError):  # not even SQLite takes it
            connection.rollback()
    after = dump(place.ledger)
    found = verify(place)
    assert (found.exit_code == 1) is (after != before), codes(found)
    if after != before:
        assert codes(found)[0].startswith("log.")
        if not change.__name__.endswith("hash_all"):  # of which a part alone cannot be told
            # Everything before the first event that is off is as it was written.
            sound = max((found.off or 1) - 1, 0)
            assert after[:sound] == before[:sound]
    shutil.rmtree(place.root)


def changed(place: Workspace, statement: str) -> Verified:
    with tampered(place) as connection:
        connection.execute(statement)
    return verify(place)


CHANGES = [
    ("UPDATE event SET operator = 'x' WHERE number = 2", "log.edited", 2),
    ("UPDATE event SET time = CAST(x'ff' AS TEXT) WHERE number = 3", "log.undecodable", 3),
    ("UPDATE event SET previous = 'x' WHERE number = 2", "log.edited", 2),
    ("DELETE FROM event WHERE number = 2", "log.missing", 2),
    ("DELETE FROM event WHERE number = 1", "log.missing", 1),
    ("DELETE FROM event WHERE number > 2", "log.truncated", 3),
    ("DELETE FROM event", "log.truncated", 1),
    ("UPDATE event SET number = -1 WHERE number = 4", "log.inserted", -1),
    ("DROP TABLE event", "log.table", None),
    ("ALTER TABLE event RENAME COLUMN operator TO other", "log.table", None),
]


@pytest.mark.parametrize(("statement", "code", "off"), CHANGES)
def test_the_first_event_that_is_off_is_named(
    place: Workspace, statement: str, code: str, off: int | None
) -> None:
    ran(place)
    if code == "log.table":
        with closing(sqlite3.connect(place.ledger)) as connection:
            connection.execute(statement)
            connection.commit()
        found = verify(place)
    else:
        found = changed(place, statement)
    assert (found.exit_code, codes(found)[0], found.off) == (1, code, off)
    # Whose events were cut off is told as well.
    beside = {"kept.row_added", "kept.uncovered"} if code == "log.truncated" else set()
    assert set(codes(found)[1:]) <= beside


def test_an_event_that_was_rewritten_with_its_hash_is_named(place: Workspace) -> None:
    ran(place)
    with tampered(place) as connection:
        rows = events_in(connection)
        rows[1]["operator"] = "x"
        rows[1]["hash"] = event_hash(rows[1])
        put_events(connection, rows)
    found = verify(place)
    assert (found.exit_code, codes(found), found.off, found.end.count) == (1, ["log.unlinked"], 2, 2)


def test_without_the_guards_of_sqlite_the_log_is_suspicious(place: Workspace) -> None:
    ran(place)
    with closing(sqlite3.connect(place.ledger)) as connection:
        connection.execute("DROP TRIGGER event_is_not_deleted")
        connection.commit()
    found = verify(place)
    assert (found.exit_code, codes(found)) == (1, ["log.triggers"])
    assert "event_is_not_deleted" in line(found.findings[0])
    assert accept(place, "误删了触发器").exit_code == 0
    with closing(sqlite3.connect(place.ledger)) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute("DELETE FROM event")


# --- the head ---------------------------------------------------------------------------------------


def test_a_crash_before_the_transaction_is_committed_is_no_change(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran(place)
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "record_run", crash_after_promise)
        with pytest.raises(KeyboardInterrupt):
            ran(place)
    head = read_head(place.audit_head)
    assert head is not None and head.promised is not None
    found = verify(place)
    assert (found.exit_code, "log.interrupted" in codes(found)) == (0, True)
    ran(place)
    assert sound(place)


def crash_after_promise(self: Ledger, *_: object) -> int:
    """The power fails after the head has promised and before the ledger has committed."""
    with self._recording():
        happening = Happening(EventKind.RUN, *KEY)
        end = self.log_end()
        head = self._head
        assert head is not None
        head.promise(end, ChainEnd(end.count + 1, "f" * 64))
        raise KeyboardInterrupt(happening)


def test_a_crash_after_the_transaction_is_committed_is_no_change(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(HeadFile, "settle", lambda *_: None)
        ran(place)
    found = verify(place)
    assert (found.exit_code, "log.interrupted" in codes(found)) == (0, True)
    ran(place)
    assert sound(place)


class KilledError(BaseException):
    """The process is gone: nothing after it is done."""


def all_told_once(place: Workspace) -> bool:
    """Whether the log has one event for every vintage, report and run that the ledger has."""
    with closing(sqlite3.connect(place.ledger)) as connection:
        pairs = [
            ("submission", "kind = 'submission' AND outcome = 'accepted'"),
            ("issue", "kind = 'report'"),
            ("run", "kind = 'run' AND exit_code < 2"),
        ]
        counts = [
            connection.execute(
                f"SELECT (SELECT COUNT(*) FROM {table}), (SELECT COUNT(*) FROM event WHERE {told})"
            ).fetchone()
            for table, told in pairs
        ]
    return all(kept == events for kept, events in counts)


@pytest.mark.parametrize("before", [True, False])
def test_a_crash_at_any_move_of_the_head_loses_and_doubles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: bool
) -> None:
    first = small_workspace(tmp_path / "first")
    ran(first)
    hand_in(first, FILLED, ("98.25 ", "98.26 "))
    moves = 0
    real = HeadFile._keep
    for last in range(1, 20):
        place = Workspace(tmp_path / str(last))
        shutil.copytree(first.root, place.root)
        moves = 0

        def keep(self: HeadFile, head: Head, last: int = last) -> None:
            nonlocal moves
            moves += 1
            if moves == last and before:
                raise KilledError
            real(self, head)
            if moves == last:
                raise KilledError

        with monkeypatch.context() as patch:
            patch.setattr(HeadFile, "_keep", keep)
            try:
                ran(place)
                break  # it has no more moves than that
            except KilledError:
                pass
        assert verify(place).exit_code == 0, last
        assert all_told_once(place), last
        ran(place)
        assert sound(place) and all_told_once(place), last
        assert told(place)[-1] == "run 0"
    assert moves == 6  # a promise and its fulfilment for submission, report and run


def test_what_the_head_cannot_be_told_of_is_not_done(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran(place)
    before = dump(place.ledger)
    place.audit_head.unlink()
    place.audit_head.mkdir()
    with open_ledger(place) as ledger, pytest.raises(OSError, match=r"."):
        ledger.tell(Happening(EventKind.SEAL))
    assert dump(place.ledger) == before
    place.audit_head.rmdir()
    with open_ledger(place) as ledger:
        assert ledger.log_end().count == len(before)


def test_a_head_that_cannot_be_written_says_why(tmp_path: Path) -> None:
    head = head_file(tmp_path / "folder" / "audit-head.json")
    (tmp_path / "folder").touch()
    with pytest.raises((HeadNotWrittenError, FileExistsError, NotADirectoryError)) as refused:
        head.promise(ChainEnd(), ChainEnd(1, "a" * 64))
    assert refused.value.filename


def test_a_head_that_does_not_fit_is_kept_as_evidence(place: Workspace) -> None:
    ran(place)
    head = place.audit_head.read_bytes()
    changed(place, "DELETE FROM event WHERE number > 2")
    done = ran(place)
    assert "log.head_off" in brief(done.findings)
    assert place.audit_head.read_bytes() == head
    # The report of which no event tells any more is not worked with.
    assert (done.exit_code, "kept.row_added" in brief(done.findings)) == (2, True)
    found = verify(place)
    assert (found.exit_code, codes(found)[0]) == (1, "log.truncated")
    for _ in range(3):  # longer now than what the head knows of
        ran(place)
    assert codes(verify(place))[0] == "log.rewritten"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "log.head_gone"),
        (b"", "log.head_unreadable"),
        (b'{"count": -1}', "log.head_unreadable"),
        (b'{"count": "4", "hash": "0", "promised": null}', "log.head_unreadable"),
        (head_bytes(Head(ChainEnd(3, "a" * 64))), "log.rewritten"),
        (head_bytes(Head(ChainEnd(0))), "log.beyond"),
    ],
)
def test_a_head_that_was_touched_is_told(place: Workspace, content: bytes | None, code: str) -> None:
    ran(place)
    if content is None:
        place.audit_head.unlink()
    else:
        place.audit_head.write_bytes(content)
    found = verify(place)
    assert (found.exit_code, codes(found)) == (1, [code])
    if code == "log.beyond":
        assert found.off == 1


def test_a_head_is_set_anew_with_a_reason_that_stays(place: Workspace) -> None:
    ran(place)
    assert codes(accept(place, "没有什么")) == ["log.nothing_to_accept"]
    changed(place, "DELETE FROM event WHERE number > 2")
    assert codes(accept(place, " ")) == ["log.no_why"]
    done = accept(place, "误删，已查明")
    assert done.exit_code == 0
    assert "log.accepted" in codes(done)
    # The rows whose events were cut off are named as they are now.
    assert told(place)[2:] == ["accept 0", "cover"]
    detail = log(place)[-2].happening.detail
    assert detail["why"] == "误删，已查明"
    assert detail["found"] == ["log.truncated", *["kept.row_added"] * 3]
    assert isinstance(detail["head"], dict) and detail["head"]["count"] == 4
    ran(place)
    assert verify(place).exit_code == 0


def test_a_broken_chain_is_never_accepted(place: Workspace) -> None:
    ran(place)
    changed(place, "UPDATE event SET operator = 'x' WHERE number = 2")
    before = dump(place.ledger)
    assert codes(accept(place, "算了")) == ["log.edited"]
    assert dump(place.ledger) == before


def test_whoever_rewrites_ledger_and_head_is_found_by_a_head_kept_elsewhere(
    place: Workspace, tmp_path: Path
) -> None:
    ran(place)
    kept = tmp_path / "kept.json"
    shutil.copy(place.audit_head, kept)
    ran(place)
    assert verify(place, kept).exit_code == 0
    with tampered(place) as connection:
        rows = events_in(connection)
        rows[1]["operator"] = "nobody"
        put_events(connection, chained(rows))
        end = ChainEnd(rows[-1]["number"], rows[-1]["hash"])
    place.audit_head.write_bytes(head_bytes(Head(end)))
    assert sound(place)  # what verify says it cannot prove
    found = verify(place, kept)
    assert (found.exit_code, codes(found)) == (1, ["log.outside_off"])
    kept.write_bytes(b"{}")
    assert (verify(place, kept).exit_code, codes(verify(place, kept))) == (2, ["log.outside_unreadable"])
    assert codes(verify(place, tmp_path / "none.json")) == ["log.outside_unreadable"]


def test_without_a_ledger_nothing_can_be_verified_unless_there_should_be_one(
    place: Workspace,
) -> None:
    assert (verify(place).exit_code, codes(verify(place))) == (2, ["log.no_ledger"])
    assert not place.ledger.exists()
    ran(place)
    place.ledger.unlink()
    assert (verify(place).exit_code, codes(verify(place))) == (1, ["log.ledger_gone"])


def test_several_programs_add_in_turn(place: Workspace) -> None:
    def add(name: int) -> None:
        for number in range(8):
            with open_ledger(place) as ledger:
                ledger.tell(Happening(EventKind.SLOT, file=f"{name}-{number}"))

    with open_ledger(place):
        pass
    threads = [threading.Thread(target=add, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({event.happening.file for event in log(place)}) == 32
    assert sound(place)


# --- printed ----------------------------------------------------------------------------------------


def test_the_command_prints_and_verifies(place: Workspace) -> None:
    ran(place)
    outcome = huibao(place.root, "audit-log")
    assert outcome.code == 0
    events = outcome.result["events"]
    assert [item["kind"] for item in events] == ["submission", "submission", "report", "run"]
    assert [item["number"] for item in events] == [1, 2, 3, 4]
    assert events[3]["previous"] == events[2]["hash"]
    runs = huibao(place.root, "audit-log", "--kind", "run", "--kind", "report").result["events"]
    assert [item["number"] for item in runs] == [3, 4]
    assert huibao(place.root, "audit-log", "--period", "2030").result["events"] == []
    assert huibao(place.root, "audit-log", "--since", "2999-01-01").result["events"] == []
    assert len(huibao(place.root, "audit-log", "--since", "2020-01-01 09:30").result["events"]) == 4
    wrong = huibao(place.root, "audit-log", "--since", "昨天")
    assert (wrong.code, wrong.result["findings"][0]["code"]) == (2, "log.since")

    verified = huibao(place.root, "audit-log", "verify")
    assert (verified.code, verified.result["intact"], verified.result["off"]) == (0, True, None)
    assert (verified.result["count"], verified.result["hash"]) == (4, events[3]["hash"])
    assert verified.result["head"] == {"count": 4, "hash": events[3]["hash"]}
    changed(place, "UPDATE event SET operator = 'x' WHERE number = 2")
    verified = huibao(place.root, "audit-log", "verify")
    assert (verified.code, verified.result["intact"], verified.result["off"]) == (1, False, 2)
    shown = call("audit-log", "verify", "--workspace", str(place.root))
    assert shown.returncode == 1
    assert "审计日志被改动过：第一处在第 2 条，之前的首尾相接。" in shown.stdout
    assert "[错误] 审计日志 审计日志第 2 条的内容被改动" in shown.stderr


def test_an_event_reads_as_a_sentence(place: Workspace) -> None:
    ran(place)
    events = log(place)
    for language in messages.LANGUAGES:
        shown = event_lines(events[1], language)
        for part in ("#2 ", "渔业局-2031.xlsx", f"{PACK} 2031", operator(), events[1].hash[:12]):
            assert part in shown
    assert "采用" in event_lines(events[1], "zh") and "accepted" in event_lines(events[1], "en")


def test_no_name_of_a_file_is_obeyed_by_a_terminal(place: Workspace) -> None:
    with open_ledger(place) as ledger:
        ledger.tell(Happening(EventKind.SUBMISSION, "\x1b]0;x\x07", file="a\x1b[2J\r\nb\u202e.xlsx"))
    shown = event_lines(log(place)[0], "zh")
    assert all(letter.isprintable() for letter in shown.replace("\n", ""))
    assert shown.count("\n") == 1


def test_every_kind_has_a_name_in_both_languages() -> None:
    for language in messages.LANGUAGES:
        assert set(messages.EVENT_LABELS[language]) == set(EventKind)


def test_names_that_no_database_takes_are_kept_all_the_same(place: Workspace) -> None:
    with open_ledger(place) as ledger:
        odd = "a\udcff\x00.xlsx"
        ledger.tell(Happening(EventKind.SUBMISSION, odd, *KEY, taken={odd: "0"}, detail={"name": odd}))
    assert sound(place)
    assert log(place)[0].happening.by == "a\\udcff.xlsx"


def test_nothing_of_it_stands_in_the_checkout() -> None:
    assert not (CHECKOUT / "workbooks" / "audit-head.json").exists()
