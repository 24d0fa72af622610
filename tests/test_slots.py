"""Weekly slots in the ledger: served in the run's own transaction, whatever clocks and crashes do."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from generators import pipeline
from generators.ledger import Asked, DueSlots, Ledger, sqlite_url
from generators.logbook import event_lines
from generators.logs import close_log, open_log
from generators.model import Event, EventKind, Happening, Publication, PublishedFile
from generators.workspace import Workspace
from tests.faulty import die, faulty
from tests.small_workspace import TEXTS, hand_in, small_workspace, template
from tests.test_watch import CHANGED, FRIDAY, START, STEM, WEEK, Seat, slots
from tests.workbooks import FILLED, PACK

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
YEARS = 5 * 365 * DAY


@pytest.fixture
def seat(tmp_path: Path) -> Iterator[Seat]:
    place = small_workspace(tmp_path / "workspace")
    open_log(lambda: place.log)
    seat = Seat(place)
    seat.looks()
    yield seat
    close_log()


def told(place: Workspace, kind: EventKind) -> list[Event]:
    with Ledger(sqlite_url(place.ledger)) as ledger:
        return list(ledger.log(Asked(frozenset({kind}))))


def served(place: Workspace) -> list[str]:
    """The slots that the audit log says were served, in its order."""
    due: list[str] = []
    for event in told(place, EventKind.SLOT):
        moments = event.happening.detail["due"]
        assert isinstance(moments, list)
        due += moments
    return due


def utc(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def log_lines(seat: Seat, name: str) -> list[str]:
    return [line for line in seat.place.log.read_text("utf-8").splitlines() if f" {name} " in line]


# --- the clock --------------------------------------------------------------------------------------


@pytest.mark.parametrize("ahead", [DAY, WEEK, 10 * WEEK, YEARS, 900 * 365 * DAY])
@pytest.mark.parametrize("restarted", [False, True])
def test_a_clock_that_was_ahead_takes_no_slot_away(
    seat: Seat, ahead: dt.timedelta, restarted: bool
) -> None:
    # On Thursday the clock is ahead for a minute, in which slots seem to be due.
    thursday = FRIDAY - DAY
    seat.until(thursday)
    seat.until(thursday + ahead)
    if restarted:
        seat.restart()
        seat.looks()
    if ahead > DAY:
        assert slots(seat.place)[-1][0] > (FRIDAY + ahead - 2 * WEEK).isoformat()
    before = len(served(seat.place))
    seat.moment = thursday + dt.timedelta(minutes=1)
    if restarted:
        seat.restart()
    assert [item for item in seat.looks() if item.due] == [], "nothing is due by the true clock"
    assert [item.due for item in seat.until(FRIDAY)] == [(FRIDAY,)]
    assert [item.due for item in seat.until(FRIDAY + WEEK)] == [(FRIDAY + WEEK,)]
    assert [item for item in seat.looks(3) if item.due] == []
    assert served(seat.place)[before:] == [utc(FRIDAY), utc(FRIDAY + WEEK)]


def test_a_slot_that_came_before_the_clock_was_put_right_is_served_then(seat: Seat) -> None:
    seat.until(FRIDAY - DAY)
    seat.until(FRIDAY + YEARS)
    [made] = seat.until(FRIDAY + 2 * DAY)
    assert made.due == (FRIDAY,)
    assert [item.due for item in seat.until(FRIDAY + WEEK)] == [(FRIDAY + WEEK,)]


def test_a_clock_that_was_ahead_for_weeks_takes_no_slot_away(seat: Seat) -> None:
    """It serves every slot a week early, one at a time."""
    for week in range(3):
        assert len(seat.until(FRIDAY + week * WEEK + HOUR)) == 1
    true = FRIDAY + WEEK + 2 * HOUR
    assert seat.until(true) == []
    assert [item.due for item in seat.until(FRIDAY + 2 * WEEK)] == [(FRIDAY + 2 * WEEK,)]


def test_the_first_look_of_all_may_have_been_by_a_clock_that_was_ahead(tmp_path: Path) -> None:
    seat = Seat(small_workspace(tmp_path / "workspace"), START + YEARS)
    seat.looks()
    seat.moment = START
    assert [item for item in seat.looks() if item.due] == []
    assert [item.due for item in seat.until(FRIDAY)] == [(FRIDAY,)]


@pytest.mark.parametrize("year", [1970, 2000, 2030])
def test_a_clock_that_fell_back_to_its_beginning_makes_nothing_twice(seat: Seat, year: int) -> None:
    """An empty battery: years back, again and again, until the network puts it right."""
    for week in range(3):
        seat.until(FRIDAY + week * WEEK)
    before = served(seat.place)
    for hours in range(2):
        seat.moment = dt.datetime(year, 1, 1, tzinfo=dt.UTC)
        seat.restart()
        assert [item for item in seat.looks(3) if item.due] == []
        seat.moment = FRIDAY + 2 * WEEK + hours * HOUR
        seat.restart()
        assert [item for item in seat.looks(3) if item.due] == []
    assert served(seat.place) == before
    assert [item.due for item in seat.until(FRIDAY + 3 * WEEK)] == [(FRIDAY + 3 * WEEK,)]


@pytest.mark.parametrize("hours", [1, 3, 8, 11])
def test_a_clock_put_back_by_hours_makes_nothing_twice_and_loses_nothing(seat: Seat, hours: int) -> None:
    assert len(seat.until(FRIDAY)) == 1
    seat.until(FRIDAY - hours * HOUR)
    for hour in range(hours + 1):
        assert seat.until(FRIDAY - (hours - hour) * HOUR) == []
    assert [item.due for item in seat.until(FRIDAY + WEEK)] == [(FRIDAY + WEEK,)]
    assert served(seat.place) == [utc(FRIDAY), utc(FRIDAY + WEEK)]


def test_a_clock_that_jumps_is_told_once_with_both_times(seat: Seat) -> None:
    thursday = FRIDAY - DAY
    for step in range(1, 4):
        seat.look(dt.timedelta(minutes=step))
    assert "watch-clock" not in seat.log
    seat.until(thursday)
    [line] = log_lines(seat, "watch-clock")
    assert "was=" in line and "now=" in line and "2031-12-04" in line
    seat.until(thursday + YEARS)
    assert len(log_lines(seat, "watch-clock")) == 2
    seat.until(thursday + HOUR)
    seat.looks(3)
    last = log_lines(seat, "watch-clock")[-1]
    assert len(log_lines(seat, "watch-clock")) == 3
    assert str(thursday + YEARS) in last and str(thursday + HOUR) in last
    [event] = told(seat.place, EventKind.CLOCK)
    detail = event.happening.detail
    assert (detail["was"], detail["now"]) == (utc(thursday + YEARS), utc(thursday + HOUR))
    assert "时钟曾走到 2036" in event_lines(event, "zh")
    assert "it was put back to 2031-12-04" in event_lines(event, "en")


def test_after_a_start_a_ledger_from_the_future_is_told_too(seat: Seat) -> None:
    seat.until(FRIDAY + YEARS)
    seat.moment = START + DAY
    seat.restart()
    before = len(log_lines(seat, "watch-clock"))
    seat.looks(3)
    seat.restart()
    seat.looks(3)
    assert len(log_lines(seat, "watch-clock")) == before + 1
    assert len(told(seat.place, EventKind.CLOCK)) == 1


def test_a_ledger_that_an_older_program_left_with_slots_of_the_future_is_handled(seat: Seat) -> None:
    """Such programs kept what was due by the clock at the look, and when by the clock afterwards."""
    with closing(sqlite3.connect(seat.place.ledger)) as connection, connection:
        ahead = FRIDAY + YEARS
        due = [FRIDAY + week * WEEK for week in range(261)]
        for done in (ahead, START):
            connection.executemany(
                "INSERT INTO slot (pack, due, done_at, exit_code) VALUES (?, ?, ?, 0)",
                [(PACK, moment.isoformat(), done.isoformat()) for moment in due],
            )
    seat.restart()
    assert [item for item in seat.looks() if item.due] == []
    for week in range(3):
        assert [item.due for item in seat.until(FRIDAY + week * WEEK)] == [(FRIDAY + week * WEEK,)]


def test_a_file_being_written_while_the_clock_is_ahead_holds_no_report_up(seat: Seat) -> None:
    path = seat.place.inbox / "渔业局-2031.xlsx"
    whole = path.read_bytes()
    path.write_bytes(whole[:100])
    seat.until(START + YEARS)
    path.write_bytes(whole[:200])
    seat.until(FRIDAY - HOUR)
    path.write_bytes(whole[:300])
    seat.until(FRIDAY + dt.timedelta(minutes=1))
    path.write_bytes(whole[:400])
    made = seat.until(FRIDAY + dt.timedelta(minutes=30))
    assert [item.due for item in made if item.due] == [(FRIDAY,)]


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(-400, 4000)), min_size=1, max_size=6))
@hypothesis_settings(max_examples=25)
def test_whatever_clocks_say_the_slots_of_the_true_one_are_served(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int]]
) -> None:
    """Each step is days of true time, and by how many days the clock is off for a look before its end.

    A clock that is behind may say again what it said: what is due then is no matter here.
    """
    path = tmp_path_factory.mktemp("clocks") / "ledger.db"
    about = Happening(EventKind.SLOT, pack=PACK, exit_code=0)
    true = START
    with Ledger(sqlite_url(path)) as ledger:

        def look(now: dt.datetime) -> list[dt.datetime]:
            """As the watch does it, for a slot a day."""
            ledger.set_clock_back(Happening(EventKind.CLOCK, pack=PACK), now)
            seen = ledger.last_slot(PACK, now)
            if seen is None:
                ledger.keep_slots(PACK, [now], None, now)
                return []
            assert seen <= now
            first = seen.replace(hour=9, minute=0) - DAY
            days = (now - first).days + 1
            due = [first + day * DAY for day in range(days) if seen < first + day * DAY <= now]
            if due:
                ledger.serve(DueSlots(tuple(due), now), about)
            return due

        look(true)
        for days, off in steps:
            start = true
            true += days * DAY + HOUR
            look(true + off * DAY)
            caught_up = look(true)
            if off > 0:
                first = start.replace(hour=9)
                wanted = {first + number * DAY for number in range(days + 2)}
                assert set(caught_up) >= {slot for slot in wanted if start < slot <= true}, "lost"
            assert look(true) == [], "twice"


# --- crashes ----------------------------------------------------------------------------------------


def report_made(place: Workspace) -> None:
    hand_in(place, FILLED, CHANGED)


def published(place: Workspace) -> None:
    file = PublishedFile("x", "0" * 64)
    with Ledger(sqlite_url(place.ledger)) as ledger:
        ledger.keep_publication(
            Publication(PACK, "2031", 1, "2031-12-03", "", "", "", 1, "0" * 64, file, file)
        )


def faulty_template(place: Workspace) -> None:
    (place.templates / PACK / "report.docx").write_bytes(template([*TEXTS, "{{没有的指标}}"]))


ENDS: dict[str, tuple[Callable[[Workspace], None], int, int]] = {
    "report made": (report_made, 0, 1),
    "published": (published, 0, 3),
    "faulty template": (faulty_template, 2, 3),
}
"""Ways in which the run for a slot ends: its exit code, and every how many operations it is killed."""


def watch_friday(place: Workspace, at: int = 0, act: Callable[[str], None] = die) -> tuple[str, ...]:
    """The watch just before the slot and at it, broken off at an operation of the latter."""
    seat = Seat(place, FRIDAY - dt.timedelta(minutes=1))
    seat.looks()
    with faulty(place.root, at, act if at else lambda _: None) as counted:
        seat.until(FRIDAY)
    return tuple(counted.names)


def outputs(place: Workspace) -> dict[str, bytes]:
    paths = [place.reports / f"{STEM}.docx", place.reports / f"{STEM}-汇总表.xlsx"]
    return {path.name: path.read_bytes() for path in paths if path.exists()}


@pytest.mark.skipif(os.name == "nt", reason="there is no fork on Windows")
@pytest.mark.parametrize("end", ENDS)
def test_a_watch_that_is_killed_at_any_operation_serves_its_slot_once(
    end: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    change, exit_code, step = ENDS[end]
    start = tmp_path / "start"
    Seat(small_workspace(start)).looks()
    change(Workspace(start))
    Seat(Workspace(start), START + HOUR).looks()
    undisturbed = Workspace(shutil.copytree(start, tmp_path / "undisturbed", copy_function=shutil.copy2))
    operations = watch_friday(undisturbed)
    made = outputs(undisturbed)
    assert served(undisturbed) == [utc(FRIDAY)]
    points = range(1, len(operations) + 1, step)
    for at in points:
        operation = operations[at - 1]
        root = shutil.copytree(start, tmp_path / str(at), copy_function=shutil.copy2)
        place = Workspace(root)
        child = os.fork()
        if not child:
            watch_friday(place, at)
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 9, operation
        with Ledger(sqlite_url(place.ledger)) as ledger:
            done = [due for due, code in slots(place) if code is not None]
            assert (len(done) == 1) == (served(place) == [utc(FRIDAY)]), operation
        Seat(place, FRIDAY + dt.timedelta(minutes=1)).looks()
        assert served(place) == [utc(FRIDAY)], operation
        [kept] = [row for row in slots(place) if row[1] is not None]
        assert kept == (FRIDAY.isoformat(), exit_code), operation
        assert outputs(place) == made, operation
        for kind in (EventKind.REPORT, EventKind.RUN):
            assert len(told(place, kind)) == len(told(undisturbed, kind)), f"{operation}: {kind}"
        with Ledger(sqlite_url(place.ledger)) as ledger:
            assert ledger.verified().walked.off is None, operation
        shutil.rmtree(root)
    assert len(points) > 10
    record_property("counted", f"slot, {end}: killed at {len(points)} operations, served once each")


# --- one transaction --------------------------------------------------------------------------------


def test_a_run_that_the_ledger_does_not_record_serves_no_slot(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:

        def full(*_: object, **__: object) -> None:
            raise OSError(28, "No space left on device")

        patched.setattr(pipeline, "_record", full)
        assert seat.until(FRIDAY) == []
    assert served(seat.place) == []
    report = seat.report.read_bytes()
    assert [item.due for item in seat.look(dt.timedelta(minutes=2))] == [(FRIDAY,)]
    assert (served(seat.place), seat.report.read_bytes()) == ([utc(FRIDAY)], report)
    assert len(told(seat.place, EventKind.REPORT)) == 1


def test_a_definition_that_breaks_while_a_slot_is_due_leaves_it_due(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    definition = seat.place.templates / PACK / "definition.xlsx"
    sound = definition.read_bytes()
    due_between = "generators.scheduling.due_between"
    with monkeypatch.context() as patched:

        def broken_meanwhile(*_: object) -> list[dt.datetime]:
            definition.write_bytes(b"broken")
            return [FRIDAY]

        patched.setattr(due_between, broken_meanwhile)
        assert seat.until(FRIDAY) == []
    definition.write_bytes(sound)
    assert [item.due for item in seat.look(dt.timedelta(minutes=2)) if item.due] == [(FRIDAY,)]


def test_two_who_serve_one_slot_tell_of_it_once(seat: Seat) -> None:
    about = Happening(EventKind.SLOT, pack=PACK, exit_code=0)
    with Ledger(sqlite_url(seat.place.ledger)) as ledger:
        for moment in (FRIDAY, FRIDAY + HOUR):
            ledger.serve(DueSlots((FRIDAY,), moment), about)
    assert served(seat.place) == [utc(FRIDAY)]
    assert len(slots(seat.place)) == 2, "the beginning of the watch, and the slot"


def test_a_ledger_that_is_away_is_told_once_and_not_asked_at_every_look(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def away(*_: object) -> Ledger:
        asked.append(1)
        raise OSError(5, "Input/output error")

    seat.restart()
    with monkeypatch.context() as patched:
        patched.setattr("generators.scheduling.open_ledger", away)
        seat.looks(6)
    assert len(asked) == 1
    assert len(log_lines(seat, "job-put-off")) == 1
    seat.look(dt.timedelta(minutes=2))
    assert "trouble-over" in seat.log
