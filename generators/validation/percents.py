"""Rule ``percent``: a fraction where a percentage is meant (0.053 for 5.3), or the other way round.

A percent-formatted cell is understood (:func:`generators.excel.numbers.read_number`) and left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from generators.excel.numbers import plain
from generators.model import Measure, Operand, Severity
from generators.validation.figures import (
    Figure,
    digits_after_point,
    is_level,
    is_rate,
    known_interval,
    known_operand,
    percent_cell,
)
from generators.validation.intervals import Interval, exactly
from generators.validation.periods import before
from generators.validation.relations import (
    PASSED,
    Case,
    Check,
    Found,
    Relation,
    Values,
    Verdict,
)
from generators.validation.units import power_between

_HUNDRED = Decimal(100)
_REFERENCES = (Measure.PREVIOUS, Measure.PLAN, Measure.ACTUAL)


def percent_relations(case: Case) -> Iterator[Found]:
    """Soft relations: a rate by its digits alone, and against the other rates of its row and past."""
    tolerance = case.definition.parameter("unit", "tolerance")
    past = case.context.periods.get(before(case.definition.settings, case.context.periods), {})
    for figure in case.figures.values():
        if not is_rate(figure.indicator, figure.measure) or percent_cell(figure.reading):
            continue
        if not figure.reading.cell.formula:  # its digits were not typed and tell nothing
            yield _by_digits(figure)
        if not is_level(figure.indicator, figure.measure):
            continue
        for measure in _REFERENCES:
            other = case.figures.get((figure.indicator.code, measure))
            if other and measure is not figure.measure:
                yield _by_other(figure, other, tolerance)
        known = past.get((figure.indicator.code, Measure.ACTUAL))
        reference = known_interval(known, figure.indicator) if known else None
        if known and reference is not None and figure.measure is Measure.ACTUAL:
            yield _by_past(figure, reference, tolerance, known_operand(known, figure.indicator))


def _by_digits(figure: Figure) -> Relation:
    """Below 1, with more decimals than declared, and no more than declared when times 100.

    Two decimals more than declared are told as well: nobody gives a percentage so finely.
    """
    declared = figure.indicator.decimals_of(figure.measure)

    def test(values: Values) -> Check:
        value = values[figure.key]
        digits = digits_after_point(value)
        fine = digits >= declared + 2 or digits_after_point(value * _HUNDRED) <= declared
        fraction = 0 < abs(value) < 1 and digits > declared and fine
        return Check(Verdict.FAIL) if fraction else PASSED

    return _relation("percent.digits", figure, (figure,), test)


def _by_other(figure: Figure, other: Figure, tolerance: Decimal) -> Relation:
    def test(values: Values) -> Check:
        return _hundredfold(values[figure.key], exactly(values[other.key]), tolerance)

    return _relation("percent.reference", figure, (figure, other), test, other=other)


def _by_past(figure: Figure, reference: Interval, tolerance: Decimal, given: Operand) -> Relation:
    def test(values: Values) -> Check:
        return _hundredfold(values[figure.key], reference, tolerance)

    return _relation("percent.past", figure, (figure,), test, given=given)


def _hundredfold(value: Decimal, reference: Interval, tolerance: Decimal) -> Check:
    power = power_between(exactly(value), reference, tolerance)
    return Check(Verdict.FAIL) if power in (2, -2) else PASSED


def _relation(
    code: str,
    figure: Figure,
    figures: tuple[Figure, ...],
    test: Callable[[Values], Check],
    *,
    other: Figure | None = None,
    given: Operand | None = None,
) -> Relation:
    params = {
        "indicator": figure.indicator.name,
        "measure": str(figure.measure),
        "unit": figure.unit,
        "value": plain(figure.value),
    }
    if other is not None:
        params |= {"other_measure": str(other.measure), "reference": plain(other.value)}
    if given is not None:
        params["reference"] = given.value
    operands = () if given is None else (given,)
    return Relation("percent", code, Severity.CONFIRM, figures, test, operands, params, soft=True)
