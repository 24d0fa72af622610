"""Rule ``unit``: a figure that is a power of ten away from what it is compared with.

万元 for 亿元 and the like: the ratio to the reference lies within 10^tolerance of 10^k, for the k by
which units of account differ. A rate is judged by :mod:`generators.validation.percents` instead.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal

from generators.model import Indicator, Measure, Operand, Severity
from generators.validation.figures import (
    Figure,
    digits_after_point,
    is_rate,
    known_interval,
    known_operand,
)
from generators.validation.intervals import Interval, printed
from generators.validation.periods import before
from generators.validation.relations import (
    PASSED,
    Case,
    Check,
    Found,
    Relation,
    Untested,
    Values,
    Verdict,
)

POWERS = (1, -1, 2, -2, 3, -3, 4, -4, 8, -8)
"""十 百 千 万 亿: the steps between the units in which amounts are reported."""

_PAIRS = (
    (Measure.ACTUAL, Measure.PREVIOUS),
    (Measure.PLAN, Measure.ACTUAL),
    (Measure.PLAN, Measure.PREVIOUS),
)
_IN_THE_PAST = ((Measure.ACTUAL, Measure.ACTUAL), (Measure.PREVIOUS, Measure.ACTUAL))
"""This period's measure, and the one of the period before that it is compared with."""


def unit_relations(case: Case) -> Iterator[Found]:
    """Relations within a row, and to the period before; soft, for a leap may be real."""
    tolerance = case.definition.parameter("unit", "tolerance")
    past = case.context.periods.get(before(case.definition.settings, case.context.periods), {})
    for indicator in case.definition.indicators_of(case.submission.identity.department):
        if is_rate(indicator, Measure.ACTUAL):
            continue
        compared = False
        for first, second in _PAIRS:
            one, other = (case.figures.get((indicator.code, item)) for item in (first, second))
            if one and other:
                compared = True
                yield _pair(one, other, tolerance)
        for here, there in _IN_THE_PAST:
            figure, known = case.figures.get((indicator.code, here)), past.get((indicator.code, there))
            reference = known_interval(known, indicator) if known else None
            if figure and known and reference is not None:
                compared = True
                yield _against(figure, reference, known_operand(known, indicator), tolerance)
        if not compared and (indicator.code, Measure.ACTUAL) in case.figures:
            yield Untested("unit", "no_reference")


def power_between(one: Interval, other: Interval, tolerance: Decimal) -> int | None:
    """The k for which ``one`` is certainly about 10^k times ``other``; ``None`` where there is none.

    Certainly: with every value that the two can stand for. A count of 1 after one of 10 is no leap.
    """
    if one.low <= 0 or other.low <= 0:
        return None
    ratio = one.over(other)
    if ratio is None:
        return None
    # Doubles do: the tolerance is no exact figure, and Decimal's logarithm takes most of the time.
    low, high, around = math.log10(ratio.low), math.log10(ratio.high), float(tolerance)
    return next((k for k in POWERS if k - around <= low and high <= k + around), None)


def _typed(figure: Figure, values: Values | None = None) -> Interval:
    """What a figure can stand for by all digits that were typed: a wrong unit needs more of them."""
    value = figure.value if values is None else values[figure.key]
    return printed(value, max(figure.decimals, digits_after_point(value)))


def _pair(one: Figure, other: Figure, tolerance: Decimal) -> Relation:
    def test(values: Values) -> Check:
        power = power_between(_typed(one, values), _typed(other, values), tolerance)
        return PASSED if power is None else Check(Verdict.FAIL)

    power = power_between(_typed(one), _typed(other), tolerance)
    return Relation(
        "unit",
        "unit.ladder",
        Severity.CONFIRM,
        (one, other),
        test,
        params=_params(one.indicator, one.measure, power, str(other.measure)),
        soft=True,
    )


def _against(figure: Figure, reference: Interval, given: Operand, tolerance: Decimal) -> Relation:
    def test(values: Values) -> Check:
        power = power_between(_typed(figure, values), reference, tolerance)
        return PASSED if power is None else Check(Verdict.FAIL)

    power = power_between(_typed(figure), reference, tolerance)
    return Relation(
        "unit",
        "unit.ladder_past",
        Severity.CONFIRM,
        (figure,),
        test,
        (given,),
        _params(figure.indicator, figure.measure, power) | {"reference": given.value},
        soft=True,
    )


def _params(
    indicator: Indicator, measure: Measure, power: int | None, other: str = ""
) -> dict[str, str]:
    params = {"indicator": indicator.name, "measure": str(measure), "unit": indicator.unit}
    if other:
        params["other_measure"] = other
    if power is not None:
        params |= {"power": str(power), "times": f"{10 ** abs(power)}"}
    return params
