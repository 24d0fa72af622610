"""What was kept, and is altered: every table, column and file of a workspace is changed in turn."""

from __future__ import annotations

import datetime as dt
import errno
import os
import re
import shutil
import signal
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from generators import collection, messages, publishing
from generators.cli import main
from generators.commenting import comment_on_template, commented_path
from generators.forms.issue import issue_forms
from generators.history import indicator_history
from generators.intake.inbox import InboxFile, read_file
from generators.ledger.guards import TRIGGERS
from generators.ledger.places import LEDGER_VARIABLE
from generators.ledger.tables import EVENT, META, METADATA
from generators.locking import reopen
from generators.messages import line
from generators.model import Bound, Finding, Severity
from generators.publishing import Wish, publish
from generators.seal_key import make_seal_key
from generators.unforeseen import unforeseen
from generators.verifying import Verified, verify
from generators.workspace import Workspace, open_ledger, open_pack
from tests.small_workspace import hand_in, ran, small_workspace
from tests.workbooks import FILLED, PACK

KEY = (PACK, "2031")
DAY = dt.datetime(2031, 12, 20, 9, 30, tzinfo=dt.UTC)
REASON = Bound("yy", "growth.off", "S1-01", "冲减上年", {"'指标'!$D$5": "12.3"})

CANNOT_MATTER = {
    ("meta", "value"): "a version that is none, or is older, is put right when the ledger is opened",
}
"""Columns whose change is not told, and why."""

CHANGES_BY_ITSELF = {
    "workbooks/inbox": "departments replace their files as they like; what counts is in the archive",
    "workbooks/returned": "clerks fill in what comes back to them",
    "workbooks/forms": "blank forms are made anew at any time; their seals are held when they return",
    "workbooks/quarantine": "copies for people, nothing is read from there",
    "workbooks/logs": "what went on, for the maintainer; the audit log is the record",
    "templates": "the compiler edits them; every run tells what it worked with",
}
"""Folders that are not verified, and why."""


@pytest.fixture(autouse=True)
def quiet_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without LibreOffice; a param that a producer forgets shows in the message."""
    monkeypatch.setattr(publishing, "find_office", lambda: None)
    monkeypatch.setattr(messages.wording, "GAP", "⟨GAP⟩")


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with a row in every table and a file of every kind; not to be changed."""
    place = small_workspace(tmp_path_factory.mktemp("full") / "workspace")
    definition = open_pack(place, None, None).value
    assert definition is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publishing, "find_office", lambda: None)
        ran(place)
        hand_in(place, FILLED, ("98.25 ", "98.26 "))
        (place.inbox / "别的.xlsx").write_bytes(b"no workbook")
        ran(place)
        (place.inbox / "别的.xlsx").unlink()
        key, _ = make_seal_key(place)
        issue_forms(place, definition, lambda _, paths: paths, key)
        with open_ledger(place) as ledger:
            ledger.bind(*KEY, [REASON])
            ledger.keep_slots(PACK, [DAY], None)
            ledger.keep_slots(PACK, [DAY + dt.timedelta(days=7)], 1)
        publish(place, None, None, Wish(date="2031-12-28", anyway="先行印发"), lambda _, paths: paths)
        reopen(place, definition, "渔业局更正数据")
    return place


@pytest.fixture
def place(full: Workspace, tmp_path: Path) -> Workspace:
    """A copy of it, to be changed."""
    shutil.copytree(full.root, tmp_path / "workspace")
    return Workspace(tmp_path / "workspace")


@contextmanager
def tampered(place: Workspace) -> Iterator[sqlite3.Connection]:
    """The ledger as an attacker opens it: the triggers are taken out and put back afterwards."""
    with closing(sqlite3.connect(place.ledger)) as connection:
        for name in TRIGGERS:
            connection.execute(f"DROP TRIGGER {name}")
        yield connection
        for name, rest in TRIGGERS.items():
            connection.execute(f"CREATE TRIGGER {name} {rest}")
        connection.commit()


def whole(finding: Finding) -> str:
    """What is said of it, which is whole in both languages and tells nothing of Python."""
    shown = [line(finding, language) for language in messages.LANGUAGES]
    for text in shown:
        assert "⟨GAP⟩" not in text and "{" not in text, text
        assert not re.search(r"“”|（）|\(\)|\bNone\b|Error", text), text
    return "\n".join(shown)


def named(found: Verified, name: str) -> bool:
    """Whether verifying tells that something is off, and names it."""
    errors = [whole(item) for item in found.findings if item.severity == "error"]
    return found.exit_code == 1 and any(name in text for text in errors)


def columns() -> list[tuple[str, str]]:
    return [(table.name, column.name) for table in METADATA.sorted_tables for column in table.c]


def test_nothing_is_off_before_anything_is_changed(full: Workspace) -> None:
    found = verify(full)
    assert found.exit_code == 0, [whole(item) for item in found.findings]
    assert "kept.proves" in [item.code for item in found.findings]
    with closing(sqlite3.connect(full.ledger)) as connection:
        for table in METADATA.sorted_tables:
            [(count,)] = connection.execute(f"SELECT COUNT(*) FROM {table.name}")
            assert count > 0, f"no row in {table.name} that could be altered"


@pytest.mark.parametrize(("table", "column"), columns())
def test_every_change_of_every_column_is_found_and_named(
    place: Workspace, table: str, column: str
) -> None:
    kind = METADATA.tables[table].c[column].type
    change = f'"{column}" + 1000' if isinstance(kind, sa.Integer) else f"\"{column}\" || 'x'"
    with tampered(place) as connection:
        for value in (f"COALESCE({change}, '1')", "'1'", "x'ff00'", "NULL"):
            row = f"SELECT MAX(rowid) FROM {table}"
            before = connection.execute(f"SELECT * FROM {table}").fetchall()
            try:
                connection.execute(f'UPDATE {table} SET "{column}" = {value} WHERE rowid = ({row})')
            except sqlite3.IntegrityError:  # not even SQLite takes it
                continue
            after = connection.execute(f"SELECT * FROM {table}").fetchall()
            if after == before:
                continue
            connection.commit()
            for name, rest in TRIGGERS.items():
                connection.execute(f"CREATE TRIGGER {name} {rest}")
            connection.commit()
            found = verify(place)
            if (table, column) in CANNOT_MATTER:
                assert found.exit_code == 0
            elif table == EVENT.name:
                assert found.exit_code == 1
                assert found.findings[0].code.startswith("log.")
            else:
                assert named(found, table), (value, [whole(item) for item in found.findings])
            for name in TRIGGERS:
                connection.execute(f"DROP TRIGGER {name}")
            connection.execute(f"DELETE FROM {table}")
            marks = ", ".join("?" * len(METADATA.tables[table].c))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", before)
            connection.commit()


@pytest.mark.parametrize("table", [table.name for table in METADATA.sorted_tables if table is not META])
def test_every_row_that_is_taken_out_or_put_in_is_found(place: Workspace, table: str) -> None:
    key = next(iter(METADATA.tables[table].primary_key)).name
    others = ", ".join(f'"{c.name}"' for c in METADATA.tables[table].c if c.name != key)
    before = place.ledger.read_bytes()
    unique = "vintage + 7" if table == "submission" else ""
    copied = others.replace('"vintage"', unique) if unique else others
    for statement in (
        f"DELETE FROM {table} WHERE rowid = (SELECT MAX(rowid) FROM {table})",
        f"DELETE FROM {table} WHERE rowid = (SELECT MIN(rowid) FROM {table})",
        f"DELETE FROM {table}",
        f'INSERT INTO {table} ("{key}", {others}) SELECT "{key}" + 1000, {copied} FROM {table} LIMIT 1',
    ):
        with tampered(place) as connection:
            connection.execute(statement)
        found = verify(place)
        if table == EVENT.name:
            assert found.exit_code == 1 and found.findings[0].code.startswith("log.")
        else:
            assert named(found, table), statement
        place.ledger.write_bytes(before)


@pytest.mark.parametrize("what", ["id", "department", "content", "sha256"])
def test_submissions_that_change_places_are_found(place: Workspace, what: str) -> None:
    with tampered(place) as connection:
        rows = connection.execute(f"SELECT id, {what} FROM submission ORDER BY id LIMIT 2").fetchall()
        (one, first), (other, second) = rows
        connection.execute(f"UPDATE submission SET {what} = -1 WHERE id = {one}")
        connection.execute(f"UPDATE submission SET {what} = ? WHERE id = {other}", (first,))
        connection.execute(f"UPDATE submission SET {what} = ? WHERE {what} = -1", (second,))
    found = verify(place)
    assert named(found, "submission")
    said = "\n".join(whole(item) for item in found.findings)
    assert "渔业局" in said and "交通局" in said


def test_all_that_is_off_is_told_and_the_first_event_first(place: Workspace) -> None:
    with tampered(place) as connection:
        connection.execute("UPDATE issue SET manifest = '{}' WHERE id = 1")
        connection.execute("UPDATE submission SET content = '{}' WHERE id = 2")
        connection.execute("DELETE FROM bound")
    next(iter(place.published.glob("*.docx"))).unlink()
    found = verify(place)
    assert [item.code for item in found.findings if item.severity == "error"] == [
        "kept.submission",
        "kept.row",
        "kept.reason_gone",
        "kept.published_gone",
    ]
    numbers = [int(item.params["event"]) for item in found.findings[:3]]
    assert numbers == sorted(numbers)


# --- files ------------------------------------------------------------------------------------------


def kept_files(root: Path) -> list[str]:
    """The files that are neither locks nor in a folder that changes by itself."""
    names = [path.relative_to(root).as_posix() for path in sorted(root.rglob("*")) if path.is_file()]
    return [
        name
        for name in names
        if not name.endswith(".lock")
        and not any(name.startswith(f"{top}/") for top in CHANGES_BY_ITSELF)
    ]


def test_every_file_that_is_changed_is_found_and_named(full: Workspace, tmp_path: Path) -> None:
    names = kept_files(full.root)
    counted = 0
    for folder in ("archive", "published", "reports", "seal.key", "audit-head.json", "ledger.db"):
        assert any(folder in name for name in names), folder
    for name in names:
        place = Workspace(tmp_path / "workspace")
        shutil.copytree(full.root, place.root)
        path = place.root / name
        data = path.read_bytes()
        edits = [data[: len(data) // 2], b"", b"\x00" * len(data), data + b" x" * 40]
        for edited in edits if name != "workbooks/ledger.db" else edits[:-1]:
            path.write_bytes(edited)
            counted += 1
            told = said_of(place)
            assert name.rpartition("/")[2].partition(".")[0] in told, (name, told)
            if path.suffix == ".docx" and "published" not in name and edited != data + b" x" * 40:
                assert verify(place).exit_code == 1
            path.write_bytes(data)
        if not name.startswith("reports/") or "published" in name:  # people move reports as they like
            path.unlink()
            counted += 1
            assert name.rpartition("/")[2].partition(".")[0] in said_of(place), name
        shutil.rmtree(place.root)
    print(f"{counted} changes of {len(names)} files")


@contextmanager
def soon(seconds: float = 60) -> Iterator[None]:
    """What waits for ever in here is ended, as a failure."""

    def ring(*_: object) -> None:
        raise AssertionError("it waits for ever")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes among its files")
def test_a_pipe_in_place_of_any_kept_file_is_told_and_never_waited_for(
    full: Workspace, tmp_path: Path
) -> None:
    for number, name in enumerate(kept_files(full.root)):
        if name == "workbooks/ledger.db":
            continue  # which the database opens
        place = Workspace(tmp_path / str(number))
        shutil.copytree(full.root, place.root)
        (place.root / name).unlink()
        os.mkfifo(place.root / name)
        with soon():
            found = verify(place)
            assert found.exit_code in (1, 2), name
            shown = [whole(item) for item in found.findings if item.severity == "error"]
            assert any(Path(name).name in text for text in shown), name
            if name != "workbooks/audit-head.json":
                assert any("不是普通文件" in text for text in shown), (name, shown)
            if name != "workbooks/seal.key":  # without which no command works on
                ran(place)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes among its files")
@pytest.mark.parametrize("name", ["definition.xlsx", "report.docx"])
def test_a_pipe_in_the_pack_is_refused_and_never_waited_for(place: Workspace, name: str) -> None:
    path = place.templates / PACK / name
    path.unlink()
    os.mkfifo(path)
    with soon():
        done = ran(place)
    assert done.exit_code == 2
    assert any("不是普通文件" in line(item) for item in done.findings)


@pytest.mark.parametrize(
    ("address", "code", "words"),
    [
        ("mysql://huibao:x@host/city", "run.ledger_kind", "只支持 PostgreSQL 和本机的台账文件"),
        ("postgresql+psycopg2://huibao:x@host/city", "run.ledger_kind", "postgresql://"),
        ("sqlite:////missing/folder/x.db", "run.ledger_no_folder", "文件夹“/missing/folder”不存在"),
    ],
)
def test_a_ledger_elsewhere_that_cannot_be_is_told_as_what_it_is(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    address: str,
    code: str,
    words: str,
) -> None:
    place = small_workspace(tmp_path / "workspace")
    monkeypatch.setenv(LEDGER_VARIABLE, address)
    for driver in ("MySQLdb", "psycopg2"):
        monkeypatch.setitem(sys.modules, driver, None)
    with pytest.raises(SystemExit) as ended:
        main(["run", "--workspace", str(place.root), "--json"])
    shown = capsys.readouterr()
    assert ended.value.code == 2
    assert code in shown.out and words in shown.out, shown
    assert "huibao[postgres]" not in shown.out


def test_nothing_is_said_of_a_commented_copy_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    place = small_workspace(tmp_path / "workspace")
    definition = open_pack(place, None, None).value
    assert definition is not None
    monkeypatch.setattr(Path, "unlink", refused)
    assert comment_on_template(place, definition, ()) == ()
    commented_path(place, definition).parent.mkdir(exist_ok=True)
    commented_path(place, definition).write_bytes(b"old")
    [left] = comment_on_template(place, definition, ())
    assert left.code == "template.comments_left"


def said_of(place: Workspace) -> str:
    """All that verifying says of what is off; what the command line says where it comes to nothing."""
    try:
        found = verify(place)
    except Exception as error:  # as the command line does
        found = Verified(2, findings=(unforeseen(error, quiet=True),))
    assert "run.failed" not in [item.code for item in found.findings]
    proofs = ("log.proves", "log.limits", "kept.proves")
    off = [item for item in found.findings if item.code not in proofs]
    assert found.exit_code == 1 or off
    return "\n".join(whole(item) for item in off)


# --- what a run makes of it -------------------------------------------------------------------------


def codes(findings: tuple[Finding, ...]) -> list[str]:
    for item in findings:
        whole(item)
    return [item.code for item in findings if item.code.startswith("kept.")]


def test_an_altered_submission_is_never_printed_and_the_others_go_on(tmp_path: Path) -> None:
    place = small_workspace(tmp_path / "workspace")
    assert ran(place).exit_code == 0
    with tampered(place) as connection:
        connection.execute("UPDATE submission SET content = REPLACE(content, '98.25', '99.99')")
    with open_ledger(place) as ledger:
        assert {fault.department for fault in ledger.faults(*KEY)} == {"yy"}
        for those in (ledger.standing_submissions(*KEY), ledger.snapshot(1)):
            assert [item.submission.identity.department for item in those] == ["jt"]
    # The very file still lies in the inbox: it is taken in anew, and the report says what it says.
    done = ran(place)
    assert (done.exit_code, codes(done.findings)) == (1, ["kept.submission"])
    assert "渔业局 2031 第 1 次报送" in line(done.findings[0])
    with open_ledger(place) as ledger:
        assert [item.vintage for item in ledger.standing_submissions(*KEY)] == [1, 2]
    (place.inbox / "渔业局-2031.xlsx").unlink()
    done = ran(place)
    assert done.missing == ("渔业局",)
    assert codes(done.findings) == ["kept.submission_replaced"]


def test_a_vintage_that_a_sound_one_replaced_is_told_and_holds_nothing_up(tmp_path: Path) -> None:
    place = small_workspace(tmp_path / "workspace")
    assert ran(place).exit_code == 0
    with tampered(place) as connection:
        connection.execute("UPDATE submission SET content = REPLACE(content, '98.25', '99.99')")
    assert (ran(place).exit_code, ran(place).exit_code) == (1, 0)
    done = ran(place)
    [finding] = [item for item in done.findings if item.code == "kept.submission_replaced"]
    assert finding.severity is Severity.WARNING
    assert "第 1 次报送" in line(finding) and "第 2 次报送取代" in line(finding)
    assert "kept.submission" in codes(verify(place).findings)
    assert publish(place, None, None, Wish(), lambda _, paths: paths).exit_code == 0


def test_one_that_nothing_replaced_still_holds_up(tmp_path: Path) -> None:
    place = small_workspace(tmp_path / "workspace")
    ran(place)
    hand_in(place, FILLED, ("98.25 ", "98.26 "))
    ran(place)
    with tampered(place) as connection:
        connection.execute("UPDATE submission SET content = content || ' ' WHERE vintage = 2")
    (place.inbox / "渔业局-2031.xlsx").unlink()
    assert codes(ran(place).findings) == ["kept.submission"]
    assert (ran(place).exit_code, codes(ran(place).findings)) == (1, ["kept.submission"])


@pytest.mark.parametrize(
    ("statement", "vintages"),
    [
        ("UPDATE submission SET file = 'x' WHERE vintage = 2", [(1, False), (2, True)]),
        ("UPDATE observation SET value = 7 WHERE submission_id IN (SELECT id FROM submission"
         " WHERE vintage = 2)", [(1, False), (2, True)]),
        ("UPDATE submission SET file = 'x' WHERE vintage = 1 AND department = 'yy'",
         [(1, True), (2, False)]),
    ],
)  # fmt: skip
def test_the_history_tells_an_altered_vintage_and_calls_no_figure_withdrawn(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    statement: str,
    vintages: list[tuple[int, bool]],
) -> None:
    place = small_workspace(tmp_path / "workspace")
    ran(place)
    hand_in(place, FILLED, ("98.25 ", "98.26 "))
    ran(place)
    with tampered(place) as connection:
        connection.execute(statement)
    definition = open_pack(place, None, None).value
    assert definition is not None
    found = indicator_history(place, definition, "S1-01.本年", None)
    assert found.value is not None
    assert [(step.known.vintage, step.altered) for step in found.value.steps] == vintages
    root = str(place.root)
    for more in ([], ["--json"]):
        with pytest.raises(SystemExit) as ended:
            main(["--workspace", root, "history", "S1-01.本年", *more])
        shown = capsys.readouterr()
        assert ended.value.code == 1
        assert "被改动" in shown.out + shown.err
        if not more:
            assert "审计日志" in shown.err
            assert "（被改动，不予采用）" in shown.out
            assert not re.search("删去|新增|修改", shown.out)


def test_what_was_altered_does_not_stand_in_for_a_file_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = small_workspace(tmp_path / "workspace")
    ran(place)

    def unreadable(path: Path, name: str, inbox: Path | None = None) -> InboxFile | Finding:
        if "渔业局" in name:
            return Finding("format.unreadable", Severity.ERROR, file=name, params={"reason": "held"})
        return read_file(path, name, inbox)

    monkeypatch.setattr(collection, "read_file", unreadable)
    assert "渔业局" in ran(place).accepted
    with tampered(place) as connection:
        connection.execute("UPDATE observation SET value = '77' WHERE submission_id = 2")
    done = ran(place)
    assert done.exit_code == 1
    assert "kept.submission" in codes(done.findings)
    assert done.accepted == ("交通局",)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE observation SET value = '77'",
        "DELETE FROM observation",
        "UPDATE submission SET department = 'jt', vintage = 2 WHERE department = 'yy'",
        "DELETE FROM submission",
    ],
)
def test_another_period_is_not_judged_by_what_was_altered(tmp_path: Path, statement: str) -> None:
    place = small_workspace(tmp_path / "workspace")
    ran(place)
    with open_ledger(place) as ledger:
        assert {item.department for item in ledger.standing(PACK, "2032")} == {"yy", "jt"}
    with tampered(place) as connection:
        connection.execute(statement)
    with open_ledger(place) as ledger:
        left = {item.department for item in ledger.standing(PACK, "2032")}
        assert left <= ({"jt"} if "vintage" in statement else set())
        assert ledger.faults(PACK, "2032") != ()


@pytest.mark.parametrize("statement", ["UPDATE bound SET operands = '{}'", "DELETE FROM bound"])
def test_a_reason_that_was_altered_does_not_count(place: Workspace, statement: str) -> None:
    with tampered(place) as connection:
        connection.execute(statement)
    with open_ledger(place) as ledger:
        [reason] = ledger.bound(*KEY)
    assert (reason.altered, reason.text, dict(reason.operands)) == (True, REASON.text, {})


def test_a_reason_that_was_put_in_does_not_count(place: Workspace) -> None:
    with tampered(place) as connection:
        connection.execute(
            "INSERT INTO bound SELECT id + 9, pack, period, department, code, subject, text, '{}', "
            "bound_at FROM bound"
        )
    with open_ledger(place) as ledger:
        assert ledger.bound(*KEY) == (REASON,)
        assert [fault.group for fault in ledger.faults(*KEY)] == ["bound"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE issue SET manifest = manifest || ' '",
        "UPDATE issue SET sha256 = 'x'",
        "DELETE FROM issue",
        "UPDATE publication SET period = '2030'",
        "DELETE FROM publication",
        "DELETE FROM reopening",
    ],
)
def test_a_run_writes_no_report_by_an_edition_or_publication_that_was_altered(
    place: Workspace, statement: str
) -> None:
    report = next(place.reports.glob("*2031.docx"))
    before = report.read_bytes()
    with tampered(place) as connection:
        connection.execute(statement)
    done = ran(place)
    assert done.exit_code == 2
    assert codes(done.findings)[:1] in (["kept.row"], ["kept.row_gone"])
    assert report.read_bytes() == before


def test_an_altered_original_is_written_anew_from_the_inbox_and_told(place: Workspace) -> None:
    for path in place.archive.iterdir():
        path.write_bytes(b"something else")
    done = ran(place)
    assert codes(done.findings).count("kept.archive_mended") == 2
    found = verify(place)  # the vintage before is no longer in the inbox
    assert [item.code for item in found.findings if item.severity == "error"] == ["kept.archive"]


def test_an_emptied_log_covers_nothing_anew(place: Workspace) -> None:
    with tampered(place) as connection:
        connection.execute("DELETE FROM event")
        connection.execute("UPDATE submission SET content = '{}'")
    ran(place)
    with closing(sqlite3.connect(place.ledger)) as connection:
        [(covered,)] = connection.execute("SELECT COUNT(*) FROM event WHERE kind = 'cover'")
    assert covered == 0
    assert verify(place).exit_code == 1
