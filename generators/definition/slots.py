"""When the report is due: the weekly slot as people write it, and the days on which it is moved."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from generators.definition.rows import Row
from generators.model import MovedDay, Slot
from generators.text import shorten

_DAYS = "一二三四五六日"
_DAY_WORDS = {
    **{f"{week}{day}": number for week in ("周", "星期", "礼拜") for number, day in enumerate(_DAYS)},
    **{f"{week}天": 6 for week in ("周", "星期", "礼拜")},
    "monday": 0,
    "tuesday": 1,
    "wednesday": 2,
    "thursday": 3,
    "friday": 4,
    "saturday": 5,
    "sunday": 6,
}
_SPANS = {"每天": range(7), "每日": range(7), "daily": range(7)}
_SPANS |= {"工作日": range(5), "weekdays": range(5)}
_TIME = re.compile(
    r"(上午|下午|晚上|中午|早上|am|pm)?\s*(\d{1,2})(?:[:：]([0-5]\d)|[点时]半|[点时](?:(\d{1,2})分)?)"
    r"\s*(am|pm)?"
)
_LONGEST = 200
"""Characters of a text that may name slots: seven days with their times have some 100."""
_AFTERNOON = ("下午", "晚上", "pm")


def read_slots(text: str) -> tuple[Slot, ...] | None:
    """The slots that a text names, in the order of the week; ``None`` where it cannot be read.

    ``每周五 17:00``, ``周一、周四上午9点半``, ``周一至周五 9:00；周六 10:00``, ``Friday 17:00``.
    """
    if len(text) > _LONGEST:
        return None
    slots: set[Slot] = set()
    for part in re.split(r"[;；]", text):
        found = _slots_of(part.strip().lower())
        if found is None:
            return None
        slots |= found
    return tuple(sorted(slots))


def read_moved(rows: Sequence[Row]) -> tuple[MovedDay, ...]:
    """The days that ``rows`` move; what is wrong with them is a finding."""
    moved: list[MovedDay] = []
    first: dict[dt.date, Row] = {}
    for row in rows:
        day, to = row.moment("date"), row.moment("moved_to")
        if day is None:
            if not row.text("date"):
                row.fault("blank", "date", column=row.column_name("date"))
            continue
        if earlier := first.get(day.date()):
            params = {"raw": shorten(row.text("date")), "other": earlier.address("date")}
            row.fault("twice", "date", column=row.column_name("date"), **params)
            continue
        first[day.date()] = row
        timed = to is not None and to.time() != dt.time()
        moved.append(
            MovedDay(day.date(), to.date() if to else None, to.time() if to and timed else None)
        )
    return tuple(moved)


def _slots_of(text: str) -> set[Slot] | None:
    """The slots of one time of day on one or more days."""
    found = list(_TIME.finditer(text))
    if len(found) != 1:
        return None
    time = _time_of(found[0])
    days = _days_of(text[: found[0].start()] + " " + text[found[0].end() :])
    if time is None or not days:
        return None
    return {Slot(day, time) for day in days}


def _time_of(match: re.Match[str]) -> dt.time | None:
    before, hour, minute, minutes, after = match.groups()
    hours = int(hour)
    said = before or after
    if (said in _AFTERNOON and hours < 12) or (said == "中午" and hours < 3):
        hours += 12
    elif said == "am" and hours == 12:
        hours = 0
    half = match.group(0).find("半") >= 0
    try:
        return dt.time(hours, 30 if half else int(minute or minutes or 0))
    except ValueError:
        return None


def _days_of(text: str) -> set[int] | None:
    """The days of the week, Monday 0, that a text names; ``None`` where something else is in it."""
    days: set[int] = set()
    last: int | None = None
    text = re.sub("每(?![天日])", " ", text)
    through = False
    while text := text.lstrip(" 、,，和及的\t"):
        word = next((item for item in (*_SPANS, *_DAY_WORDS) if text.startswith(item)), None)
        if word is None and last is not None and text[0] in _DAYS:
            word, number = text[0], _DAYS.index(text[0])  # 周一三五
        elif word is None:
            short = re.match(r"(mon|tue|wed|thu|fri|sat|sun)[a-z]*", text)
            link = re.match(r"至|到|[-–—~～]+|to\b|through\b", text)
            if short:
                word = short.group(0)
                number = ("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(short.group(1))
            elif link and last is not None:
                text, through = text[link.end() :], True
                continue
            elif extra := re.match(r"(every|on|at|and)\b", text):
                text = text[extra.end() :]
                continue
            else:
                return None
        elif word in _SPANS:
            days |= set(_SPANS[word])
            text = text[len(word) :]
            continue
        else:
            number = _DAY_WORDS[word]
        if through and last is not None:
            days |= {(last + step) % 7 for step in range(1, (number - last) % 7 + 1)}
        through = False
        days.add(number)
        last, text = number, text[len(word) :]
    return None if through else days
