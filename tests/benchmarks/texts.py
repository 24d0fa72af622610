"""Paragraphs that quote a department's figures honestly, in the words such paragraphs use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from random import Random

from generators.excel.numbers import plain
from generators.model import Accumulation, GrowthBasis, Indicator, Measure
from tests.benchmarks.rounding import Habit, rounded


@dataclass(frozen=True)
class Quoted:
    """An indicator, what its cells say, and what is true."""

    indicator: Indicator
    given: Mapping[Measure, Decimal]
    exact: Mapping[Measure, Fraction]


def honest_text(random: Random, figures: Sequence[Quoted], *, ahead: bool) -> str:
    """Some sentences on some of the figures; ``ahead`` looks at the next year instead of this one."""
    some = random.sample(list(figures), min(len(figures), random.randint(2, 5)))
    if ahead:
        listed = "；".join(_aim(random, item) for item in some)
        return f"2032年全区经济社会发展主要预期目标为：{listed}。力争各项工作走在全市前列。"
    parts = [sentence for item in some for sentence in _sentences(random, item)]
    return "".join(f"{part}{random.choice('。；')}" for part in parts)


def _sentences(random: Random, item: Quoted) -> Iterator[str]:
    if Measure.ACTUAL not in item.given:
        yield f"{item.indicator.name}正在核算"
        return
    yield random.choice(_FORMS)(random, item)
    if random.random() < 0.3:
        yield random.choice(_ASIDES)(random, item)


def _number(random: Random, exact: Fraction, places: int) -> str:
    return plain(rounded(exact, places, random.choice(list(Habit))))


def _level(random: Random, item: Quoted) -> str:
    """The level with its unit, with fewer decimals than declared or in another scale now and then."""
    indicator, exact = item.indicator, item.exact[Measure.ACTUAL]
    places = indicator.decimals
    if random.random() < 0.3:
        places = max(places - 1, 0)
    if indicator.unit == "亿元" and exact < 100 and random.random() < 0.2:
        return f"{_number(random, exact * 10_000, 0)}万元"
    if indicator.unit == "万元" and exact > 10_000 and random.random() < 0.2:
        return f"{_number(random, exact / 10_000, 2)}亿元"
    if indicator.unit in ("人", "户", "个") and exact > 20_000 and random.random() < 0.2:
        return f"{_number(random, exact / 10_000, 1)}万{indicator.unit}"
    return f"{_number(random, exact, places)}{indicator.unit}"


def _change(random: Random, item: Quoted) -> str:
    """The growth, where the form says it; always as the cell has it or coarser."""
    indicator = item.indicator
    if Measure.GROWTH not in item.given:
        return ""
    exact = item.exact[Measure.GROWTH]
    places = max(indicator.growth_decimals - (random.random() < 0.2), 0)
    number = rounded(abs(exact), places, random.choice(list(Habit)))
    if number == 0:
        return "，与上年基本持平"
    points = indicator.growth_basis is GrowthBasis.POINTS
    rise, fall = ("提高", "下降") if points else ("增长", "下降")
    way = rise if exact > 0 else fall
    link = random.choice(("比上年", "较上年")) if points else random.choice(("同比", "比上年", ""))
    return f"，{link}{way}{plain(number)}{'个百分点' if points else '%'}"


def _plainly(random: Random, item: Quoted) -> str:
    verb = random.choice(("预计完成", "达到", "为", "完成", "预计达到", "全年预计完成"))
    return f"{item.indicator.name}{verb}{_level(random, item)}{_change(random, item)}"


def _within(random: Random, item: Quoted) -> str:
    return f"全年{item.indicator.name}预计实现{_level(random, item)}{_change(random, item)}，稳中有进"


def _hedged(random: Random, item: Quoted) -> str:
    about = _number(random, item.exact[Measure.ACTUAL] * Fraction(9, 10), 0)
    return f"{item.indicator.name}达到{about}{item.indicator.unit}以上"


_FORMS: tuple[Callable[[Random, Quoted], str], ...] = (_plainly, _plainly, _within, _hedged)


def _elsewhere(random: Random, item: Quoted) -> str:
    share = _number(random, item.exact[Measure.ACTUAL] * 7, 1)
    return f"全市{item.indicator.name}为{share}{item.indicator.unit}"


def _half(random: Random, item: Quoted) -> str:
    half = _number(random, item.exact[Measure.ACTUAL] / 2, item.indicator.decimals)
    return f"上半年{item.indicator.name}完成{half}{item.indicator.unit}，同比增长2.1%"


def _last_year(random: Random, item: Quoted) -> str:
    before = _number(random, item.exact[Measure.PREVIOUS], item.indicator.decimals)
    return f"上年{item.indicator.name}为{before}{item.indicator.unit}"


def _of_plan(random: Random, item: Quoted) -> str:
    return f"{item.indicator.name}完成年度计划的{random.randint(80, 130)}%"


def _rank(random: Random, item: Quoted) -> str:
    first, second = random.randint(1, 6), random.randint(1, 6)
    return f"{item.indicator.name}总量居全市第{first}位，增速居全市第{second}位"


def _ahead_of_others(random: Random, item: Quoted) -> str:
    return f"{item.indicator.name}增速高于全市{random.randint(1, 30) / 10}个百分点"


def _two_years(random: Random, item: Quoted) -> str:
    return f"{item.indicator.name}两年平均增长{random.randint(10, 90) / 10}%"


_ASIDES: tuple[Callable[[Random, Quoted], str], ...] = (
    _elsewhere,
    _half,
    _last_year,
    _of_plan,
    _rank,
    _ahead_of_others,
    _two_years,
)


def _aim(random: Random, item: Quoted) -> str:
    """A target for the next year; it need not be one that the form gives."""
    indicator = item.indicator
    if indicator.accumulation is Accumulation.RATIO:
        return f"{indicator.name}达到{_number(random, item.exact[Measure.TARGET], 1)}%以上"
    if random.random() < 0.5:
        return f"{indicator.name}增长{random.randint(30, 90) / 10}%"
    level = _number(random, item.exact[Measure.ACTUAL] * Fraction(21, 20), 1)
    return f"{indicator.name}完成{level}{indicator.unit}"
