"""Rule ``outlier``: a figure far off its own history.

Modified z-score of Iglewicz and Hoaglin (How to Detect and Handle Outliers, ASQC 1993): 0.6745 times
the distance from the median, over the median absolute deviation. What is scored is the distance from
a robust trend (Theil and Sen: the median slope), so that a figure that grows steadily is none, and
the distance from the value before, so that one that wanders is none. The new figure has no part in
trend and deviation. Of a dozen periods the deviation is known but roughly: a figure must also stray
twice as far as any before it did. In simulations that leaves one false alarm in 800 figures, where
the score from the trend alone gives one in 16.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, pairwise

from generators.excel.numbers import plain
from generators.model import Finding, Measure, Operand, Severity
from generators.validation.at import finding_at
from generators.validation.figures import Figure, is_rate, known_operand
from generators.validation.periods import comparable
from generators.validation.relations import Case, Passed, Untested

_JUDGED = (Measure.ACTUAL, Measure.GROWTH)
_NORMAL = 0.6745
"""The median absolute deviation of the standard normal distribution."""
_LEAST_SHARE, _LEAST_POINTS = 0.02, 0.5
"""What a figure may always stray from its trend: a smooth past makes no promise. For amounts as a
share, for rates in points."""
_FARTHER = 2
"""How many times farther than any figure before it an outlier strays."""


@dataclass(frozen=True)
class Stray:
    """How far a figure lies from what was to be expected, and how far those before it lay.

    ``finest`` is the least distance that says anything.
    """

    distance: float
    usual: tuple[float, ...]
    finest: float

    @property
    def score(self) -> float:
        """The modified z-score."""
        return _NORMAL * self.distance / max(statistics.median(self.usual), self.finest)

    def outlying(self, threshold: float) -> bool:
        """Whether the figure is an outlier by its score and beside every one before it."""
        unheard_of = abs(self.distance) > _FARTHER * max(*self.usual, self.finest)
        return unheard_of and abs(self.score) > threshold


def check_outliers(case: Case) -> Iterator[Finding | Passed | Untested]:
    """A finding for every outlier; a figure with too short a history is untested."""
    threshold = float(case.definition.parameter("outlier", "threshold"))
    fewest = int(case.definition.parameter("outlier", "fewest"))
    periods = comparable(case.definition.settings, case.context.periods)
    for key, figure in case.figures.items():
        if figure.measure not in _JUDGED:
            continue
        past = [(period, case.context.periods[period].get(key)) for period in periods]
        known = [item for _, item in past if item is not None and isinstance(item.value, Decimal)]
        if len(known) < fewest:
            yield Untested("outlier", "few_periods")
            continue
        history = [item.value for item in known if isinstance(item.value, Decimal)]
        strays, expected = strays_of(history, figure)
        if all(stray.outlying(threshold) for stray in strays):
            operands = tuple(known_operand(item, figure.indicator) for item in known)
            score = min((stray.score for stray in strays), key=abs)
            yield _finding(case, figure, score, expected, operands)
        else:
            yield Passed("outlier")


def strays_of(history: Sequence[Decimal], figure: Figure) -> tuple[tuple[Stray, Stray], float]:
    """How far the figure strays from its trend and from the value before, and the value by trend.

    ``history`` is at least two values, the oldest first. Amounts that are all positive are compared
    by their logarithms, for they grow by rates. A figure is never told from its neighbours more
    finely than half its last digit, or than is usual anyway.
    """
    levels = not is_rate(figure.indicator, figure.measure)
    logs = levels and all(value > 0 for value in (*history, figure.value))
    scale = [math.log(value) if logs else float(value) for value in history]
    here = math.log(figure.value) if logs else float(figure.value)
    slope = statistics.median(
        (later - earlier) / (right - left)
        for (left, earlier), (right, later) in combinations(enumerate(scale), 2)
    )
    residuals = [value - slope * place for place, value in enumerate(scale)]
    level = statistics.median(residuals)
    steps = [later - earlier for earlier, later in pairwise(scale)]
    step = statistics.median(steps)
    expected = level + slope * len(scale)
    if logs:
        finest = max(float(figure.half / figure.value), _LEAST_SHARE)
    else:
        finest = max(float(figure.half), _LEAST_SHARE * abs(level) if levels else _LEAST_POINTS)
    from_trend = Stray(here - expected, tuple(abs(item - level) for item in residuals), finest)
    from_last = Stray(here - scale[-1] - step, tuple(abs(item - step) for item in steps), finest)
    return (from_trend, from_last), math.exp(expected) if logs else expected


def _finding(
    case: Case, figure: Figure, score: float, expected: float, operands: tuple[Operand, ...]
) -> Finding:
    usual = Decimal(f"{expected:.{figure.decimals}f}")
    return finding_at(
        "outlier.history",
        Severity.WARNING,
        case.submission,
        figure.reading.cell,
        figure.operand,
        *operands,
        indicator=figure.indicator.name,
        measure=str(figure.measure),
        unit=figure.unit,
        value=plain(figure.value),
        usual=plain(usual),
        periods=str(len(operands)),
        score=f"{score:.1f}",
    )
