"""Periods as people write them, put in order: years, half-years, quarters, months, weeks."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
_CHINESE = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_CHINESE |= {"十一": 11, "十二": 12, "上": 1, "下": 2}
_WORD = "一二三四五六七八九十上下"


@dataclass(frozen=True, order=True)
class Period:
    """A period within a year. ``kind`` is ``year``, ``half``, ``quarter``, ``month`` or ``week``.

    ``number`` counts from 1 within the year. A year-to-date period (``2031年1-6月``) is the month it
    ends with.
    """

    year: int
    number: int
    kind: str

    def comparable(self, other: Period) -> bool:
        """Whether the two cover the same part of their years."""
        return self.kind == other.kind and self.number == other.number

    def follows(self, other: Period) -> bool:
        """Whether this comes after ``other``, a period of the same kind."""
        return self.kind == other.kind and (self.year, self.number) > (other.year, other.number)


_FORMS: tuple[tuple[str, str, int], ...] = (
    ("year", r"(\d{4})年?(?:度)?", 1),
    ("half", rf"(\d{{4}})年?[-_]?(?:[Hh]([12])|([{_WORD}])半年)", 2),
    ("quarter", rf"(\d{{4}})年?[-_]?(?:[Qq]([1-4])|第?([{_WORD}1-4])季度?)", 4),
    ("month", r"(\d{4})[-_./](\d{1,2})(?:月)?", 12),
    ("month", rf"(\d{{4}})[Mm年](?:1[-—–至到~～])?(?:(\d{{1,2}})|([{_WORD}]{{1,2}}))月?(?:份)?", 12),
    ("month", r"(\d{4})(0[1-9]|1[0-2])", 12),
    ("week", rf"(\d{{4}})年?[-_]?(?:[Ww](\d{{1,2}})|第(\d{{1,2}}|[{_WORD}]{{1,2}})周)", 53),
)


def parse_period(text: str) -> Period | None:
    """The period that ``text`` names; ``None`` where it is written in no known way."""
    bare = re.sub(r"\s+", "", text).translate(_DIGITS)
    for kind, pattern, most in _FORMS:
        match = re.fullmatch(pattern, bare)
        if match is None:
            continue
        year, *words = [group for group in match.groups() if group]
        number = _number(words[0]) if words else 1
        if 1 <= number <= most:
            return Period(int(year), number, kind)
    return None


def year_before(period: Period) -> Period:
    """The same part of the year before."""
    return Period(period.year - 1, period.number, period.kind)


def _number(word: str) -> int:
    return int(word) if word.isdecimal() else _CHINESE.get(word, 0)
