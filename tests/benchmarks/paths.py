"""True values over the years: what a simulated department would know if it never rounded."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from random import Random

from generators.model import GrowthBasis, Indicator, Measure, TargetKind
from generators.model.periods import Period, year_before
from tests.benchmarks.rounding import growth

PARTS = {"year": 1, "half": 2, "quarter": 4, "month": 12}
_NOW = 2031
_FARTHEST = 14
"""Years that a path goes back."""


@dataclass(frozen=True)
class Calendar:
    """The period of a simulated report, and how the pack writes periods."""

    now: Period
    pattern: str

    def text(self, period: Period) -> str:
        """The period as the pack writes it."""
        number = "上下"[period.number - 1] if period.kind == "half" else period.number
        return self.pattern.format(year=period.year, number=number)

    def back(self, count: int, *, whole_years: bool) -> list[Period]:
        """The ``count`` periods before this one, or the same part of as many years before."""
        found, period = [], self.now
        for _ in range(count):
            period = year_before(period) if whole_years else _before(period)
            found.append(period)
        return found


def _before(period: Period) -> Period:
    if period.number > 1:
        return replace(period, number=period.number - 1)
    return Period(period.year - 1, PARTS[period.kind], period.kind)


PATTERNS = {
    "year": ("{year}", "{year}年"),
    "half": ("{year}年{number}半年",),
    "quarter": ("{year}Q{number}", "{year}年第{number}季度"),
    "month": ("{year}-{number:02}", "{year}年1-{number}月"),
}


def calendar(random: Random) -> Calendar:
    """A yearly report more often than not, else one of a part of a year."""
    kind = random.choices(list(PARTS), weights=(6, 1, 2, 2))[0]
    period = Period(_NOW, random.randint(1, PARTS[kind]), kind)
    return Calendar(period, random.choice(PATTERNS[kind]))


@dataclass(frozen=True)
class Truth:
    """The true values of one indicator.

    ``level`` gives the level of any period, ``plan`` and ``target`` those of any period, too;
    ``real`` is by how many points growth at constant prices differs from nominal growth.
    """

    level: Callable[[Period], Fraction]
    plan: Callable[[Period], Fraction]
    target: Callable[[Period], Fraction]
    real: Fraction = Fraction(0)

    def value(self, indicator: Indicator, measure: Measure, period: Period) -> Fraction:
        """What the figure truly is."""
        level, base = self.level(period), self.level(year_before(period))
        if measure is Measure.ACTUAL:
            return level
        if measure is Measure.PREVIOUS:
            return base
        if measure is Measure.PLAN:
            return self.plan(period)
        if measure is Measure.TARGET:
            return self.target(period)
        if indicator.growth_basis is GrowthBasis.POINTS:
            return level - base
        nominal = growth(level, base) if base else Fraction(0)
        return nominal + (self.real if indicator.growth_basis is GrowthBasis.REAL else 0)


@dataclass(frozen=True)
class Manner:
    """How an indicator moves: its level now, the change a year and how much that varies.

    ``bounded`` levels are rates that move by points; ``whole`` ones are counts. ``erratic`` counts
    have no trend: each year is drawn anew.
    """

    start: float
    drift: float
    spread: float
    bounded: bool = False
    whole: bool = False
    erratic: bool = False
    adds_up: bool = True
    increment: bool = False


def truth(random: Random, manner: Manner, indicator: Indicator, kind: str) -> Truth:
    """A path that moves in ``manner``; growth, plan and target follow from it."""
    years = _years(random, manner)
    share = _shares(random, PARTS[kind])
    digits = 0 if manner.whole else 8

    @cache
    def level(period: Period) -> Fraction:
        value = years[_NOW - period.year]
        if manner.adds_up:
            value *= share[period.number - 1]
        elif period.number < PARTS[period.kind]:
            before = years[_NOW - period.year + 1]
            value = before + (value - before) * period.number / PARTS[period.kind]
        return _exact(value, digits)

    completions = [random.uniform(0.75, 1.5) for _ in years]
    aims = [random.uniform(0.85, 1.25) for _ in years]

    def plan(period: Period) -> Fraction:
        value, completion = float(level(period)), completions[_NOW - period.year]
        if manner.bounded:
            return _exact(min(max(value + (completion - 1) * 4, 0), 100), 8)
        return _exact(value / completion, digits)

    def target(period: Period) -> Fraction:
        aim = aims[_NOW - period.year]
        if indicator.target_kind is TargetKind.GROWTH:
            return _exact(manner.drift + (aim - 1) * 10, 8)
        value = float(level(period))
        if manner.increment:
            return _exact(value * (aim - 0.8) / 3, digits)
        if manner.bounded:
            return _exact(min(max(value + (aim - 1) * 4, 0), 100), 8)
        return _exact(value * aim, digits)

    return Truth(level, plan, target, _exact(random.uniform(-1.5, 1.5), 4))


def sum_of(parts: list[Truth]) -> Truth:
    """The total of several paths, for each number alike."""

    def added(pick: Callable[[Truth], Callable[[Period], Fraction]]) -> Callable[[Period], Fraction]:
        return lambda period: sum((pick(part)(period) for part in parts), Fraction(0))

    return Truth(
        added(lambda part: part.level), added(lambda part: part.plan), added(lambda part: part.target)
    )


def share_of(one: Truth) -> Truth:
    """How far a plan is fulfilled, in %."""

    def level(period: Period) -> Fraction:
        plan = one.plan(period)
        return 100 * one.level(period) / plan if plan else Fraction(0)

    return Truth(level, level, level)


def _years(random: Random, manner: Manner) -> list[float]:
    """The whole years, this one first."""
    found = [manner.start]
    while len(found) <= _FARTHEST:
        change = random.gauss(manner.drift, manner.spread)
        if manner.erratic:
            found.append(max(1.0, random.gauss(manner.start, math.sqrt(manner.start))))
        elif manner.bounded:
            found.append(min(max(found[-1] - change, 0.5), 99.5))
        else:
            found.append(found[-1] / (1 + min(max(change, -30), 45) / 100))
    return found


def _shares(random: Random, parts: int) -> list[float]:
    """How much of the year has come by each part's end: every year has the same seasons."""
    weights = [random.uniform(0.6, 1.4) for _ in range(parts)]
    return [sum(weights[: number + 1]) / sum(weights) for number in range(parts)]


def _exact(value: float, digits: int) -> Fraction:
    return Fraction(Decimal(f"{value:.{digits}f}"))
