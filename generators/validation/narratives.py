"""Rule ``narrative``: a text that gives a figure another value than the cell.

Only what says it plainly is compared: an indicator's full name, then its number in its own unit, or
its growth. Hedged numbers (约、以上), other scopes (全市、上半年) and other years are left alone. A word
of time holds for the rest of its sentence: of a list of targets only the first names the year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from generators.excel.numbers import plain
from generators.model import Definition, Finding, Measure, NarrativeText, Severity, Submission
from generators.model.periods import parse_period
from generators.text import shorten
from generators.validation.at import finding_at
from generators.validation.figures import Figure, Figures
from generators.validation.intervals import Interval, exactly, printed

LOOKED_BACK = 1_000
"""Characters before a name, for words of time. Sentences are shorter, where nobody means harm."""

_SENTENCE = re.compile(r"[^。！？!?\n]+")
_CLAUSE = re.compile(r"[^；;]+")
_LINKS = (
    *("预计", "全年", "已", "共", "可", "将", "总量", "总额", "完成", "达到", "达", "实现", "为"),
    *("至", "到", "是", "有", "保持在", "控制在", "稳定在", "，"),
)
_LINK = f"(?:{'|'.join(_LINKS)})*+"
"""Possessive: 达到 is also 达 and 到, and all ways to read a row of them would be tried."""
_NUMBER = r"(?P<number>\d+(?:\.\d+)?)"
_CHANGE = re.compile(
    rf"，?{_LINK}(?:同比|比上年|较上年|比去年|较去年)?"
    r"(?P<way>增长|提高|上升|增加|下降|减少|回落|降低|下滑)了?"
    rf"{_NUMBER}(?P<unit>个百分点|%|％)"
)
_FALLS = ("下降", "减少", "回落", "降低", "下滑")
_HEDGED = re.compile(r"(?:余|多|左右|以上|以下|以内|上下)")
_ELSEWHERE = re.compile(
    r"全市|全省|全国|上半年|下半年|季度|月|其中|目标|力争|计划|明年|下年|来年|上年|去年|每|人均|日均|"
    r"累计|同期|以来|\d{4}年"
)
_TIME = re.compile(
    r"(?P<other>[上下]半年|季度|\d月|(?<![比较与同])[上去]年|[明下来]年|下一年|力争|目标[为是：:])"
    r"|(?P<year>\d{4})年|[全今本]年"
)
_SCALES = {"万": Decimal(10) ** 4, "亿": Decimal(10) ** 8, "": Decimal(1)}


@dataclass(frozen=True)
class Mention:
    """A number that a text gives for a figure: as it stands there, and what it can stand for."""

    figure: Figure
    said: str
    interval: Interval
    excerpt: str


def check_narratives(
    submission: Submission, definition: Definition, figures: Figures
) -> Iterator[Finding]:
    """A finding for every plain contradiction; ``figures`` are all that stand, the form's own first."""
    names = {item.name: item.code for item in definition.indicators}
    period = parse_period(definition.settings.period)
    year = str(period.year) if period else ""
    for text in submission.narratives:
        narrative = definition.narrative_by_code.get(text.narrative)
        for mention in _mentions(text, names, figures, year):
            if narrative is None or mention.interval.meets(mention.figure.interval):
                continue
            if any(mention.interval.meets(other.interval) for other in _siblings(mention, figures)):
                continue
            yield _finding(submission, text, narrative.name, mention)


def _siblings(mention: Mention, figures: Figures) -> Iterator[Figure]:
    """The other numbers of the same indicator in the same unit: the text may mean one of them."""
    figure = mention.figure
    for measure in Measure:
        other = figures.get((figure.indicator.code, measure))
        if other is not None and measure is not figure.measure and other.unit == figure.unit:
            yield other


def _mentions(
    text: NarrativeText, names: dict[str, str], figures: Figures, year: str
) -> Iterator[Mention]:
    if not names:
        return
    pattern = re.compile("|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)))
    for sentence in _SENTENCE.finditer(re.sub(r"[ \t\u3000]+", "", text.text)):
        for clause in _CLAUSE.finditer(sentence[0]):
            found = list(pattern.finditer(clause[0]))
            excerpt = shorten(clause[0]) if found else ""
            for place, match in enumerate(found):
                end = found[place + 1].start() if place + 1 < len(found) else len(clause[0])
                start = clause.start() + match.start()
                said_before = sentence[0][max(start - LOOKED_BACK, 0) : start]
                before = re.split(r"[，、；;]", said_before)[-1]
                rest = clause[0][match.end() : end]
                if not _ELSEWHERE.search(before) and not _of_other_time(said_before, year):
                    yield from _of_indicator(names[match[0]], rest, excerpt, figures)


def _of_other_time(before: str, year: str) -> bool:
    """Whether the last word of time in ``before`` means another time than ``year``."""
    words = list(_TIME.finditer(before))
    return bool(words) and (words[-1]["other"] is not None or words[-1]["year"] not in (None, year))


def _of_indicator(code: str, rest: str, excerpt: str, figures: Figures) -> Iterator[Mention]:
    """What ``rest``, the text after the indicator's name, says of its level and its growth."""
    level = figures.get((code, Measure.ACTUAL))
    rate = figures.get((code, Measure.GROWTH))
    match = _level_pattern(level.unit).match(rest) if level else None
    if level and match:
        rest = rest[match.end() :]
        if not _HEDGED.match(rest):
            scale = _SCALES[match["scale"] or ""] / _SCALES[_scale_of(level.unit)]
            interval = _stands_for(match["number"]) * exactly(scale)
            said = match[0][match.start("number") :]
            yield Mention(level, said, interval, excerpt)
    change = _CHANGE.match(rest)
    if rate and change and change["unit"].replace("％", "%") == rate.unit:
        if _HEDGED.match(rest[change.end() :]):
            return
        interval = _stands_for(change["number"])
        said = f"{change['way']}{change['number']}{rate.unit}"
        yield Mention(rate, said, -interval if change["way"] in _FALLS else interval, excerpt)


def _level_pattern(unit: str) -> re.Pattern[str]:
    """A number right after a name, in ``unit`` or in the same unit of another scale (万元 for 亿元)."""
    scale = "(?P<scale>)"
    if unit in ("%", "％"):
        tail = "[%％](?!点)"
    elif not unit:
        tail = r"(?=\W|\Z)(?![%％])"
    else:
        scale, tail = "(?P<scale>[万亿]?)", re.escape(unit.removeprefix(_scale_of(unit)))
    return re.compile(f"{_LINK}{_NUMBER}{scale}{tail}")


def _scale_of(unit: str) -> str:
    return unit[0] if len(unit) > 1 and unit[0] in _SCALES else ""


def _stands_for(number: str) -> Interval:
    return printed(Decimal(number), len(number.partition(".")[2]))


def _finding(submission: Submission, text: NarrativeText, name: str, mention: Mention) -> Finding:
    figure = mention.figure
    return finding_at(
        "narrative.differs",
        Severity.WARNING,
        submission,
        text.cell,
        figure.operand,
        narrative=name,
        indicator=figure.indicator.name,
        measure=str(figure.measure),
        unit=figure.unit,
        said=mention.said,
        value=plain(figure.value),
        excerpt=mention.excerpt,
    )
