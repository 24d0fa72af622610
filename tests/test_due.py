"""Weekly slots as people write them, and the moments at which a report is due."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.definition.slots import read_slots
from generators.duetime import due_between, next_due
from generators.model import Definition, MovedDay, Settings, Slot
from tests.workbooks import DEFINITION, Tables, brief, changed, definition_of

WEEK = "一二三四五六日"


def shown(text: str) -> list[str] | None:
    """The slots as ``周五 17:00``."""
    slots = read_slots(text)
    return None if slots is None else [f"周{WEEK[item.weekday]} {item.time:%H:%M}" for item in slots]


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("每周五 17:00", ["周五 17:00"]),
        ("周五17：00", ["周五 17:00"]),
        ("星期五下午5点", ["周五 17:00"]),
        ("礼拜天晚上8点半", ["周日 20:30"]),
        ("每周五12点15分", ["周五 12:15"]),
        ("中午12:00 周三", ["周三 12:00"]),
        ("周一、周四上午9点半", ["周一 09:30", "周四 09:30"]),
        ("每周一三五 9:00", ["周一 09:00", "周三 09:00", "周五 09:00"]),
        ("周五至周一 9:00", ["周一 09:00", "周五 09:00", "周六 09:00", "周日 09:00"]),
        ("工作日 8:00；周六 10:00", [*(f"周{day} 08:00" for day in "一二三四五"), "周六 10:00"]),
        ("每天 8:00", [f"周{day} 08:00" for day in WEEK]),
        ("Friday 17:00", ["周五 17:00"]),
        ("every Mon and Thu at 9:00 am", ["周一 09:00", "周四 09:00"]),
        ("Mon-Wed 5:30 pm", ["周一 17:30", "周二 17:30", "周三 17:30"]),
        ("周日 12:00 am", ["周日 00:00"]),
    ],
)
def test_a_slot_is_read_as_people_write_it(text: str, slots: list[str]) -> None:
    assert shown(text) == slots


@pytest.mark.parametrize(
    "text",
    [
        "",
        "每周五",
        "17:00",
        "周五 25:00",
        "每月5日 9:00",
        "周五 17:00 18:00",
        "周八 9:00",
        "周五至 9:00",
    ],
)
def test_what_is_no_weekly_slot_is_not_guessed_at(text: str) -> None:
    assert read_slots(text) is None


@given(st.text("每周星期一二三五天至、;；: 0123456789点半上下午amFri-", max_size=20))
def test_no_text_confounds_the_reader(text: str) -> None:
    slots = read_slots(text)
    assert slots is None or all(0 <= item.weekday < 7 for item in slots)


# --- the definition ---------------------------------------------------------------------------------


def with_sheet(slot: str, calendar: str = "") -> Tables:
    tables = changed(DEFINITION, "设置", ("周五 17:00", slot))
    return {**tables, "日历": calendar or "| 日期 |"}


def test_the_definition_says_when_a_report_is_due() -> None:
    calendar = """
        | 日期        | 改到             | 说明     |
        | @2031-10-03 | @2031-09-30      | 国庆节   |
        | 2031-12-26  | 2031-12-25 15:30 |          |
        | 2032-01-02  |                  | 不再汇总 |
    """
    definition = definition_of(with_sheet("周五 17:00", calendar)).value
    assert definition is not None
    assert definition.slots == (Slot(4, dt.time(17)),)
    assert definition.moved == (
        MovedDay(dt.date(2031, 10, 3), dt.date(2031, 9, 30)),
        MovedDay(dt.date(2031, 12, 26), dt.date(2031, 12, 25), dt.time(15, 30)),
        MovedDay(dt.date(2032, 1, 2)),
    )


def test_what_is_wrong_with_it_is_told_by_cell() -> None:
    calendar = """
        | 日期       | 改到       | 说明   |
        | 2031-10-03 | 节后       |        |
        | 2031-10-03 | 2031-09-30 |        |
        | 国庆       |            |        |
        |            | 2031-09-30 | 无日期 |
    """
    assert brief(definition_of(with_sheet("每月一次", calendar)).findings) == [
        "definition.slot 设置!B7",
        "definition.date 日历!B2",
        "definition.twice 日历!A3",
        "definition.date 日历!A4",
        "definition.blank 日历!A5",
    ]


# --- moments ----------------------------------------------------------------------------------------


def pack(*slots: Slot, zone: str = "Asia/Shanghai", moved: tuple[MovedDay, ...] = ()) -> Definition:
    settings = Settings(name="渔业", period="2031", time_zone=zone)
    return Definition("lianxi", "", settings, slots=slots, moved=moved)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def due(definition: Definition, after: str, until: str) -> list[str]:
    return [f"{item:%Y-%m-%d %H:%M}" for item in due_between(definition, utc(after), utc(until))]


FRIDAY = Slot(4, dt.time(17))


def test_a_report_is_due_at_its_slot_on_the_packs_own_clock() -> None:
    assert due(pack(FRIDAY), "2031-12-01", "2031-12-20") == [
        "2031-12-05 09:00",
        "2031-12-12 09:00",
        "2031-12-19 09:00",
    ]


def test_a_moment_is_due_once_between_two_looks() -> None:
    definition = pack(FRIDAY)
    assert due(definition, "2031-12-05T08:59", "2031-12-05T09:00") == ["2031-12-05 09:00"]
    assert due(definition, "2031-12-05T09:00", "2031-12-05T09:01") == []
    assert due(definition, "2031-12-05T10:00", "2031-12-05T08:00") == [], "a clock put back"


def test_the_turn_of_month_and_year_is_no_matter() -> None:
    thursday = pack(Slot(2, dt.time(0)))
    assert due(thursday, "2031-12-20", "2032-01-08") == [
        "2031-12-23 16:00",
        "2031-12-30 16:00",
        "2032-01-06 16:00",
    ]


def test_a_holiday_moves_the_slot_or_takes_it_away() -> None:
    moved = (
        MovedDay(dt.date(2031, 12, 5), dt.date(2031, 12, 3)),
        MovedDay(dt.date(2031, 12, 12), dt.date(2031, 12, 13), dt.time(9)),
        MovedDay(dt.date(2031, 12, 19)),
        MovedDay(dt.date(2031, 12, 22), dt.date(2031, 12, 24)),  # no slot falls on it
    )
    assert due(pack(FRIDAY, moved=moved), "2031-12-01", "2031-12-27") == [
        "2031-12-03 09:00",
        "2031-12-13 01:00",
        "2031-12-26 09:00",
    ]


@pytest.mark.parametrize(
    ("day", "before", "moment"),
    [
        # Clocks go from 2:00 to 3:00 in Berlin on 2031-03-30, and back on 2031-10-26.
        (dt.time(2, 30), "2031-03-29T12:00", "2031-03-30 01:30"),
        (dt.time(3, 0), "2031-03-29T12:00", "2031-03-30 01:00"),
        (dt.time(2, 30), "2031-10-25T12:00", "2031-10-26 00:30"),
        (dt.time(17, 0), "2031-10-25T12:00", "2031-10-26 16:00"),
    ],
)
def test_where_clocks_change_it_is_due_once(day: dt.time, before: str, moment: str) -> None:
    definition = pack(Slot(6, day), zone="Europe/Berlin")
    until = (utc(before) + dt.timedelta(days=2)).replace(tzinfo=None).isoformat()
    assert due(definition, before, until) == [moment]


def test_the_next_moment_may_be_far_away_or_never() -> None:
    cancelled = tuple(
        MovedDay(dt.date(2031, 12, 5) + dt.timedelta(weeks=number)) for number in range(30)
    )
    assert next_due(pack(FRIDAY, moved=cancelled), utc("2031-12-01")) == utc("2032-07-02T09:00")
    assert next_due(pack(), utc("2031-12-01")) is None


@given(
    st.lists(st.integers(1, 20_000), min_size=1, max_size=30),
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
)
def test_however_often_one_looks_every_slot_is_seen_once(steps: list[int], zone: str) -> None:
    """``steps`` are minutes between looks."""
    definition = pack(FRIDAY, Slot(6, dt.time(2, 15)), zone=zone)
    start = moment = utc("2031-03-01")
    seen: list[dt.datetime] = []
    for step in steps:
        later = moment + dt.timedelta(minutes=step)
        seen += due_between(definition, moment, later)
        moment = later
    assert seen == due_between(definition, start, moment)
