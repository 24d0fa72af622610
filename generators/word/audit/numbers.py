"""Which numbers in a text say how much of something there is: not dates, ordinals, or parts of names.

Digits alone are looked at, half-width and full-width; Chinese numerals are words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

_HALF: dict[int, int | str] = {**{0xFF10 + digit: 0x30 + digit for digit in range(10)}, ord("％"): "%"}
"""Full-width digits as half-width ones; a text keeps its length."""

_POINT = re.compile(r"(?<=\d)．(?=\d)")
NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?[%‰]?")

_YEAR = r"(?<![\d.])(?:19|20)\d{2}"
_DASH = r"\s*[-—–~～至到、/]\s*"
_MANY = "{0,20}"
"""How often a list of numbers goes on before what they are numbers of: 3、4、5月."""
_COUNTED = (
    "[个家户人名次座条万亿元吨亩平立公千百米厘毫倍件台辆套所处幅株头只口栋间张篇场门类批支架艘班床例对宗起枚"
    "岁天周%‰]|项(?!目)|小时|分钟|里|克|升|度|瓦|伏|安"
)
"""What makes a number of four digits a quantity and no year."""
_UNITS = frozenset(
    "km m cm mm dm kg g mg t kW MW GW W kWh MWh GWh kV V ha L mL ml KB MB GB TB M Mbps Gbps Hz h".split()
)
"""Latin units of measurement: behind digits they do not make a name."""
_LATIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9]|[.+\-_/](?=[A-Za-z0-9]))*")

_ASIDE = tuple(
    re.compile(pattern)
    for pattern in (
        # years, dates and times of day
        rf"\d{{4}}(?:{_DASH}\d{{2,4}}){_MANY}\s*(?:年|财年)",
        rf"{_YEAR}(?:{_DASH}(?:19|20)\d{{2}}){{1,20}}(?!\d)",
        rf"{_YEAR}(?![\d,%‰]|\.\d|\s*(?:{_COUNTED}))",
        r"(?:19|20)\d{2}[-/.]\d{1,2}(?:[-/.]\d{1,2})?(?!\d)",
        rf"\d{{1,2}}(?:{_DASH}\d{{1,2}}){_MANY}月(?:份)?(?:\d{{1,2}}(?:{_DASH}\d{{1,2}}){_MANY}[日号])?",
        rf"(?<!\d)\d{{1,2}}(?:{_DASH}\d{{1,2}}){_MANY}日",
        rf"[1-4](?:{_DASH}[1-4]){_MANY}季度",
        r"(?<!\d)\d{1,2}[:：]\d{2}(?:[:：]\d{2})?(?!\d)|\d{1,2}时(?:\d{1,2}分)?",
        # ordinals and numbers of lists
        rf"第\s*\d+(?:{_DASH}\d+)*",
        r"[（(〔\[]\s*\d+\s*[)）〕\]]",
        r"(?:^|[：:；;。])\s*\d{1,3}\s*[.．、)）](?!\d)",
        rf"(?:附件|附表|附图|附录|附注|专栏)\s*\d+(?:{_DASH}\d+)*",
        r"(?:^|[见（(如、])\s*[表图注]\s*\d+(?:[-—.]\d+)*",
        rf"\d{{1,20}}(?:{_DASH}\d{{1,20}}){_MANY}\s*号",
        # parts of names
        r"《[^《》]*》",
        r"\d{1,20}(?:\s*[+＋]\s*[\dA-Za-z]+){1,20}",
        r"(?<!\d)\d{1,2}[·•・‧]\d{1,2}(?!\d)",
        r"\d{3,5}(?:热线|专线|服务台|平台)",
        r"\d{1,4}(?:国道|省道|县道|乡道|高速|路公交)",
        r"双\d{2}(?!\d)",
        # how to reach somebody
        r"(?<!\d)0\d{2,3}\s*[-—]\s*\d{7,8}(?!\d)|(?<!\d)1[3-9]\d{9}(?!\d)",
        r"https?://[\x21-\x7e]+|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,9}",
    )
)


@dataclass(frozen=True)
class Number:
    """A number in a text, from ``start`` to ``end``, as it is written but for full-width digits."""

    start: int
    end: int
    text: str


def half_width(text: str) -> str:
    """The text with half-width digits, points and percent signs; every character keeps its place."""
    return _POINT.sub(".", text.translate(_HALF))


def numbers_in(text: str, allowed: Sequence[str] = ()) -> list[Number]:
    """The numbers of ``text`` that somebody must answer for.

    ``allowed`` are a pack's own exceptions, as :func:`pattern_of` reads them; they may hold no number.
    """
    plain = half_width(text)
    aside = [match.span() for pattern in _ASIDE for match in pattern.finditer(plain)]
    aside += [match.span() for match in _LATIN.finditer(plain) if _is_name(match[0])]
    aside += [match.span() for item in allowed for match in pattern_of(item).finditer(plain)]
    return [
        Number(*match.span(), match[0])
        for match in NUMBER.finditer(plain)
        if not _within(match.span(), aside)
    ]


@cache
def pattern_of(text: str) -> re.Pattern[str]:
    """What an exception of a pack stands for: ``?`` is any character, ``*`` any up to a comma."""
    words = half_width(text)
    pattern = ""
    for place, mark in enumerate(words):
        if mark == "*":
            # Between words as little as there is; at an end all that belongs to the phrase.
            pattern += r"[^，、。；;\n]*" + ("?" if 0 < place < len(words) - 1 else "")
        else:
            pattern += r"[^\n]" if mark == "?" else re.escape(mark)
    return re.compile(pattern)


def quantities(text: str) -> list[tuple[str, str]]:
    """Every number of ``text`` with the word behind it, by which it is known again: ``85``, ``亿元``."""
    plain = half_width(text)
    found = []
    for match in NUMBER.finditer(plain):
        unit = re.match(r"[^\d\s，。；、,;.()（）]{0,8}", plain[match.end() :])
        found.append((match[0].replace(",", ""), unit[0] if unit else ""))
    return found


def _is_name(word: str) -> bool:
    """Whether Latin letters and digits written together are a name: PM2.5, 5G, 4A, but not 12km."""
    letters = re.sub(r"^[\d.]+", "", word)
    return bool(re.search("[A-Za-z]", word)) and letters not in _UNITS


def _within(span: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in others)
