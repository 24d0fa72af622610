"""Rule ``outlier``: a figure far off its own history.

Modified z-score of Iglewicz and Hoaglin (How to Detect and Handle Outliers, ASQC 1993): 0.6745 times
the distance from the median, over the median absolute deviation. What is scored is the distance from
a robust trend (Theil and Sen: the median slope), so that a figure that grows steadily is none. The
new figure has no part in trend and deviation.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations

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
        score, expected = modified_z(history, figure)
        if abs(score) > threshold:
            operands = tuple(known_operand(item, figure.indicator) for item in known)
            yield _finding(case, figure, score, expected, operands)


def modified_z(history: Sequence[Decimal], figure: Figure) -> tuple[float, float]:
    """The figure's score against its history, the oldest first, and the value that was to be expected.

    Amounts that are all positive are scored by their logarithms, for they grow by rates. A figure is
    never told from its neighbours more finely than half its last digit, or than is usual anyway.
    """
    levels = not is_rate(figure.indicator, figure.measure)
    logs = levels and all(value > 0 for value in (*history, figure.value))
    scale = [math.log(value) if logs else float(value) for value in history]
    slope = statistics.median(
        (later - earlier) / (right - left)
        for (left, earlier), (right, later) in combinations(enumerate(scale), 2)
    )
    residuals = [value - slope * place for place, value in enumerate(scale)]
    level = statistics.median(residuals)
    expected = level + slope * len(scale)
    if logs:
        finest = max(float(figure.half / figure.value), _LEAST_SHARE)
    else:
        finest = max(float(figure.half), _LEAST_SHARE * abs(level) if levels else _LEAST_POINTS)
    spread = max(statistics.median(abs(item - level) for item in residuals), finest)
    here = math.log(figure.value) if logs else float(figure.value)
    return _NORMAL * (here - expected) / spread, math.exp(expected) if logs else expected


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
