"""Rule ``range``: levels outside the bounds that the pack declares, both inclusive."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from generators.model import Definition, Finding, Indicator, Measure, Severity, Submission, TargetKind
from generators.validation.at import figure_params, finding_at, indicator_of, operand, shown

LEVELS = (Measure.ACTUAL, Measure.PREVIOUS, Measure.PLAN)


def check_ranges(submission: Submission, definition: Definition) -> Iterable[Finding]:
    """A finding for every level, and every target that is a level, outside its bounds."""
    for observation in submission.observations:
        indicator = indicator_of(observation, definition)
        value = observation.reading.value
        bounded = observation.measure in LEVELS or (
            observation.measure is Measure.TARGET and indicator.target_kind is TargetKind.LEVEL
        )
        if not bounded or not isinstance(value, Decimal) or _within(value, indicator):
            continue
        unit = indicator.unit_of(observation.measure)
        yield finding_at(
            "range.level",
            Severity.ERROR,
            submission,
            observation.reading.cell,
            operand(observation.reading, unit, indicator.decimals_of(observation.measure)),
            value=shown(value),
            unit=unit,
            bounds=_bounds(indicator),
            **figure_params(observation, definition),
        )


def _within(value: Decimal, indicator: Indicator) -> bool:
    low, high = indicator.minimum, indicator.maximum
    return (low is None or value >= low) and (high is None or value <= high)


def _bounds(indicator: Indicator) -> str:
    if indicator.minimum is None:
        return f"≤{shown(indicator.maximum)}"
    if indicator.maximum is None:
        return f"≥{shown(indicator.minimum)}"
    return f"{shown(indicator.minimum)}–{shown(indicator.maximum)}"
