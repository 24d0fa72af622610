"""Watching a folder: departments are answered, reports made when due, whatever comes between."""

from __future__ import annotations

import datetime as dt
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import pytest
from filelock import FileLock

from generators import scheduling
from generators.ledger import Ledger, sqlite_url
from generators.logs import close_log, open_log
from generators.messages import message
from generators.model import Publication, PublishedFile
from generators.scheduling import Answered, Watch, watch, watch_once
from generators.workspace import Workspace
from tests.conftest import CHECKOUT
from tests.small_workspace import FERRIES, hand_in, small_workspace
from tests.workbooks import DEFINITION, FILLED, PACK, changed, workbook

STEM = "临溪区渔业发展报告-2031"
START = dt.datetime(2031, 12, 1, tzinfo=dt.UTC)
"""A Monday; the slot is on Fridays at 17:00 in Shanghai, 09:00 in UTC."""
WEEK = dt.timedelta(weeks=1)
FRIDAY = dt.datetime(2031, 12, 5, 9, tzinfo=dt.UTC)
CHANGED = ("98.25 ", "98.26 ")
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)


@dataclass
class Seat:
    """A workspace that is watched, on a clock that the test moves."""

    place: Workspace
    moment: dt.datetime = START
    watch: Watch = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """As if the machine had been off."""
        self.watch = Watch(self.place, None, lambda: self.moment)

    def looks(self, times: int = 2) -> list[Answered]:
        return [item for _ in range(times) for item in self.look()]

    def look(self, later: dt.timedelta = dt.timedelta(seconds=5)) -> list[Answered]:
        self.moment += later
        return self.watch.look()

    def until(self, moment: dt.datetime) -> list[Answered]:
        self.moment = moment
        return self.watch.look()

    @property
    def report(self) -> Path:
        return self.place.reports / f"{STEM}.docx"

    @property
    def returned(self) -> list[str]:
        return sorted(path.name for path in self.place.returned.rglob("*.xlsx"))

    @property
    def log(self) -> list[str]:
        """The names of the events in the log."""
        lines = self.place.log.read_text("utf-8").splitlines() if self.place.log.exists() else []
        return [line.split()[2] for line in lines]


def slots(place: Workspace) -> list[tuple[str, int | None]]:
    with sqlite3.connect(place.ledger) as connection:
        return connection.execute("SELECT due, exit_code FROM slot ORDER BY due").fetchall()


def define(place: Workspace, slot: str) -> None:
    data = workbook(changed(DEFINITION, "设置", ("周五 17:00", slot)))
    (place.templates / PACK / "definition.xlsx").write_bytes(data)


@pytest.fixture
def seat(tmp_path: Path) -> Iterator[Seat]:
    place = small_workspace(tmp_path / "workspace")
    open_log(lambda: place.log)
    yield Seat(place)
    close_log()


# --- departments ------------------------------------------------------------------------------------


def test_a_file_is_answered_as_soon_as_it_is_at_rest(seat: Seat) -> None:
    assert seat.look() == []
    [answered] = seat.look()
    assert (answered.run.accepted, answered.due) == (("渔业局", "交通局"), ())
    assert seat.returned == ["交通局-2031-校验回执.xlsx", "渔业局-2031-校验回执.xlsx"]
    assert not seat.report.exists(), "the report waits for its slot"
    assert seat.looks(3) == [], "nothing has changed"


def test_a_changed_file_is_answered_anew(seat: Seat) -> None:
    seat.looks()
    hand_in(seat.place, FILLED, CHANGED)
    assert seat.look() == []
    [answered] = seat.look()
    assert answered.run.accepted == ("渔业局", "交通局")
    with Ledger(sqlite_url(seat.place.ledger)) as ledger:
        assert [len(each) for each in ledger.vintages(PACK, "2031").values()] == [1, 2]


def test_a_file_that_is_being_written_is_left_alone(seat: Seat) -> None:
    seat.looks()
    path = seat.place.inbox / "渔业局-2031.xlsx"
    whole = path.read_bytes()
    for share in (3, 2):
        path.write_bytes(whole[: len(whole) // share])
        assert seat.look() == []
    assert seat.returned == ["交通局-2031-校验回执.xlsx", "渔业局-2031-校验回执.xlsx"]
    hand_in(seat.place, FILLED, CHANGED)
    assert [item.run.rejected for item in seat.looks()] == [()]


def test_locks_and_temporary_files_are_no_submissions(seat: Seat) -> None:
    seat.looks()
    for name in ("~$渔业局.xlsx", ".~lock.渔业局.xlsx#", "渔业局.xlsx.tmp", ".hidden.xlsx"):
        (seat.place.inbox / name).write_bytes(b"lock")
    assert seat.looks(3) == []


def test_a_file_that_goes_away_is_noticed(seat: Seat) -> None:
    seat.looks()
    (seat.place.inbox / "交通局-2031.xlsx").unlink()
    [answered] = seat.looks()
    assert answered.run.missing == ("交通局",)


def test_what_forms_are_judged_by_counts_too(seat: Seat) -> None:
    seat.looks()
    definition = seat.place.templates / PACK / "definition.xlsx"
    definition.write_bytes(workbook({**DEFINITION, "用语": "| 名称 | 内容 |\n| 口号 | 干 |"}))
    assert len(seat.look()) == 1


# --- reports ----------------------------------------------------------------------------------------


def test_the_report_is_made_when_its_slot_comes_and_once(seat: Seat) -> None:
    seat.looks()
    assert seat.until(FRIDAY - dt.timedelta(seconds=1)) == []
    [made] = seat.until(FRIDAY)
    assert (made.due, made.run.exit_code, made.run.report) == ((FRIDAY,), 0, seat.report)
    assert seat.looks(3) == []
    assert [item.due for item in seat.until(FRIDAY + WEEK)] == [(FRIDAY + WEEK,)]
    assert slots(seat.place)[1:] == [
        ("2031-12-05T09:00:00+00:00", 0),
        ("2031-12-12T09:00:00+00:00", 0),
    ]


def test_what_was_missed_while_the_machine_was_off_is_made_up_once(seat: Seat) -> None:
    seat.looks()
    seat.restart()
    seat.moment = FRIDAY + 3 * WEEK + dt.timedelta(hours=5)
    made = [item for item in seat.looks(4) if item.due]
    assert [item.due for item in made] == [tuple(FRIDAY + number * WEEK for number in range(4))]
    assert seat.report.exists()
    seat.restart()
    assert [item for item in seat.looks(4) if item.due] == []


def test_nothing_is_due_from_before_a_pack_was_watched(seat: Seat) -> None:
    seat.moment = FRIDAY + dt.timedelta(hours=1)
    assert [item for item in seat.looks(3) if item.due] == []
    assert slots(seat.place) == [("2031-12-05T10:00:05+00:00", None)]


def test_another_slot_in_the_definition_holds_from_now_on(seat: Seat) -> None:
    seat.looks()
    define(seat.place, "周三 9:00")
    seat.looks(1)
    [made] = seat.until(dt.datetime(2031, 12, 3, 1, tzinfo=dt.UTC))
    assert made.due == (dt.datetime(2031, 12, 3, 1, tzinfo=dt.UTC),)


def test_a_report_that_is_due_waits_for_a_file_being_written_but_not_for_ever(seat: Seat) -> None:
    seat.looks()
    path = seat.place.inbox / "渔业局-2031.xlsx"
    whole = path.read_bytes()
    for number in range(1, 6):
        path.write_bytes(whole[: 100 * number])
        assert seat.until(FRIDAY + number * dt.timedelta(minutes=1)) == []
    path.write_bytes(whole[:1000])
    [made] = seat.until(FRIDAY + dt.timedelta(minutes=1) + scheduling.GRACE)
    assert (made.run.accepted, made.run.exit_code) == (("渔业局", "交通局"), 1)
    codes = [item.code for item in made.run.findings]
    assert "format.unsettled" in codes
    assert "format.stands" in codes, "what the department handed in before stands meanwhile"


def test_a_published_period_is_left_as_it_is(seat: Seat) -> None:
    seat.looks()
    seat.until(FRIDAY)
    before = seat.report.read_bytes()
    file = PublishedFile("x", "0" * 64)
    with Ledger(sqlite_url(seat.place.ledger)) as ledger:
        ledger.keep_publication(
            Publication(PACK, "2031", 1, "2031-12-06", "", "", "", 1, "0" * 64, file, file)
        )
    [made] = [item for item in seat.until(FRIDAY + WEEK) if item.due]
    assert "publication.closed" in [item.code for item in made.run.findings]
    assert seat.report.read_bytes() == before


# --- what may go wrong ------------------------------------------------------------------------------


def test_while_another_run_works_the_watch_tries_again_later(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generators.exclusive.PATIENCE", 0)
    with FileLock(seat.place.lock):
        assert seat.looks(3) == []
    assert seat.look() == [], "it is not tried again at every look"
    [answered] = seat.look(dt.timedelta(minutes=2))
    assert answered.run.accepted == ("渔业局", "交通局")
    assert seat.log.count("job-put-off") == 1
    assert "trouble-over" in seat.log


def test_a_slot_whose_report_could_not_be_written_stays_due(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat.looks()
    broken = FileNotFoundError(28, "No space left on device")
    with monkeypatch.context() as patched:
        patched.setattr("generators.workspace._stage", raising(broken))
        assert seat.until(FRIDAY) == []
    assert [item.due for item in seat.look(dt.timedelta(minutes=2))] == [(FRIDAY,)]
    assert slots(seat.place)[1:] == [("2031-12-05T09:00:00+00:00", 0)]


def test_an_error_in_a_job_is_logged_and_the_watch_lives_on(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("generators.scheduling.answer", raising(RuntimeError("what nobody foresaw")))
        assert seat.looks(3) == []
    assert len(seat.look(dt.timedelta(minutes=2))) == 1
    assert seat.log.count("job-failed") == 1
    line = next(line for line in seat.place.log.read_text("utf-8").splitlines() if "job-failed" in line)
    assert "RuntimeError: what nobody foresaw" in line and "Traceback" in line


def raising(error: Exception) -> Callable[..., object]:
    def fail(*_: object, **__: object) -> object:
        raise error

    return fail


def test_a_share_that_vanishes_is_told_once_and_comes_back(seat: Seat) -> None:
    seat.looks()
    aside = seat.place.inbox.with_name("away")
    seat.place.inbox.rename(aside)
    assert seat.looks(4) == []
    assert seat.until(FRIDAY) == [], "no report of departments that are all missing"
    aside.rename(seat.place.inbox)
    done = seat.look(dt.timedelta(minutes=1)) + seat.looks(2)
    assert [item.run.accepted for item in done if item.due] == [("渔业局", "交通局")]
    assert seat.log.count("watch-no-inbox") == 1


def test_a_faulty_definition_is_told_once_and_mended(seat: Seat) -> None:
    seat.looks()
    definition = seat.place.templates / PACK / "definition.xlsx"
    sound = definition.read_bytes()
    definition.write_bytes(b"damaged")
    seat.looks(4)
    assert seat.until(FRIDAY) == []
    assert seat.log.count("watch-definition") == 1
    definition.write_bytes(sound)
    assert [item.due for item in seat.looks(2) if item.due] == [(FRIDAY,)]


def test_a_clock_that_is_put_back_makes_nothing_twice(seat: Seat) -> None:
    seat.looks()
    assert len(seat.until(FRIDAY)) == 1
    assert seat.until(FRIDAY - dt.timedelta(hours=1)) == []
    assert seat.until(FRIDAY) == []
    assert [item.due for item in seat.until(FRIDAY + WEEK)] == [(FRIDAY + WEEK,)]


# --- the process ------------------------------------------------------------------------------------


def test_once_looks_until_all_is_at_rest(seat: Seat) -> None:
    done, failure = watch_once(seat.place, None, interval=1)
    assert failure is None
    assert [item.run.accepted for item in done] == [("渔业局", "交通局")]


def test_two_never_watch_at_once(seat: Seat) -> None:
    with FileLock(seat.place.watch_lock):
        failure = watch(seat.place, None, Event())
        assert failure is not None and failure.code == "run.watched"
        assert "已经有程序在看守" in message(failure)
        assert watch_once(seat.place, None, interval=1) != ([], None)


def test_a_watch_that_is_killed_leaves_no_lock_and_one_that_is_ended_ends_well(seat: Seat) -> None:
    command = [sys.executable, str(CHECKOUT / "run_report.py"), "watch", "--interval", "1"]
    command += ["--workspace", str(seat.place.root)]
    for number in (KILL, signal.SIGTERM):
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            seen = len(seat.log)
            patiently(lambda seen=seen: "watch-started" in seat.log[seen:])  # type: ignore[misc]
            process.send_signal(number)
            process.wait(60)
    assert process.returncode == 0
    assert seat.log[-1] == "watch-stopped"
    hand_in(seat.place, FERRIES, department="jt")
    assert [item.run.accepted for item in seat.looks() if not item.due] == [("渔业局", "交通局")]


def patiently(true: Callable[[], bool]) -> None:
    for _ in range(600):
        if true():
            return
        time.sleep(0.1)
    raise AssertionError("it never came")
