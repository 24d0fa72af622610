"""Rule ``range``: figures outside the bounds that the pack declares or that their nature sets.

Bounds of the pack are inclusive, and what lies outside is an error. A rate without bounds that is not
between 0 and 100, and a fall by more than everything, are to be confirmed: there are such rates. A
rate of completion may well exceed 100; rule ``completion`` judges it.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from generators.model import (
    Accumulation,
    Definition,
    Finding,
    GrowthBasis,
    Indicator,
    Measure,
    Severity,
    Submission,
    figures_in,
)
from generators.validation.at import figure_params, finding_at, indicator_of, operand, shown
from generators.validation.figures import is_level

_FALL_LIMIT = Decimal(-100)
_RATE_LIMIT = Decimal(100)


def check_ranges(submission: Submission, definition: Definition) -> Iterable[Finding]:
    """A finding for every figure outside its bounds."""
    computed = {
        figure.indicator
        for rule in definition.pack_rules
        if rule.rule == "completion"
        for figure in list(figures_in(rule.condition))[:1]
    }
    for observation in submission.observations:
        indicator = indicator_of(observation, definition)
        value = observation.reading.value
        if not isinstance(value, Decimal):
            continue
        code, bounds = _fault(indicator, observation.measure, value)
        if code == "range.rate" and indicator.code in computed:
            continue
        if not code:
            continue
        unit = indicator.unit_of(observation.measure)
        yield finding_at(
            code,
            Severity.ERROR if code == "range.level" else Severity.CONFIRM,
            submission,
            observation.reading.cell,
            operand(observation.reading, unit, indicator.decimals_of(observation.measure)),
            value=shown(value),
            unit=unit,
            bounds=bounds,
            **figure_params(observation, definition),
        )


def _fault(indicator: Indicator, measure: Measure, value: Decimal) -> tuple[str, str]:
    """The finding's code and the bounds that are not kept; empty where there is no fault."""
    if not is_level(indicator, measure):
        rises = indicator.growth_basis is not GrowthBasis.POINTS
        return ("range.growth", f"≥{_FALL_LIMIT}") if rises and value < _FALL_LIMIT else ("", "")
    if not _within(value, indicator):
        return "range.level", _bounds(indicator)
    unbounded = indicator.minimum is None and indicator.maximum is None
    rate = indicator.unit == "%" and indicator.accumulation is Accumulation.RATIO
    if rate and unbounded and not 0 <= value <= _RATE_LIMIT:
        return "range.rate", "0–100"
    return "", ""


def _within(value: Decimal, indicator: Indicator) -> bool:
    low, high = indicator.minimum, indicator.maximum
    return (low is None or value >= low) and (high is None or value <= high)


def _bounds(indicator: Indicator) -> str:
    if indicator.minimum is None:
        return f"≤{shown(indicator.maximum)}"
    if indicator.maximum is None:
        return f"≥{shown(indicator.minimum)}"
    return f"{shown(indicator.minimum)}–{shown(indicator.maximum)}"
