"""The numbers of a submission as the rules see them: value, decimals, cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from generators.excel.grid import reference_to
from generators.excel.numbers import fixed_decimals, is_percent_format, plain, shown_decimals
from generators.messages import called
from generators.model import (
    Definition,
    Indicator,
    Known,
    Measure,
    Operand,
    Reading,
    Submission,
    TargetKind,
)
from generators.validation.at import operand
from generators.validation.intervals import Interval, half_unit, printed

Key: TypeAlias = tuple[str, Measure]
"""Which figure: indicator code and measure."""

LEVELS = (Measure.ACTUAL, Measure.PREVIOUS, Measure.PLAN)


@dataclass(frozen=True)
class Figure:
    """A number that was reported. ``decimals`` are those it can be trusted to."""

    indicator: Indicator
    measure: Measure
    reading: Reading
    value: Decimal
    decimals: int

    @property
    def key(self) -> Key:
        """Indicator code and measure."""
        return self.indicator.code, self.measure

    @property
    def half(self) -> Decimal:
        """Half a unit of the last place."""
        return half_unit(self.decimals)

    @property
    def unit(self) -> str:
        """The unit it is reported in."""
        return self.indicator.unit_of(self.measure)

    @property
    def interval(self) -> Interval:
        """What the number can stand for."""
        return printed(self.value, self.decimals)

    @property
    def operand(self) -> Operand:
        """The figure as an operand of a finding."""
        return operand(self.reading, self.unit, self.decimals, label=label(self.indicator, self.measure))


Figures: TypeAlias = Mapping[Key, Figure]


def figures_of(submission: Submission, definition: Definition) -> dict[Key, Figure]:
    """The numbers of a submission; texts, blanks and what could not be read are left out."""
    found: dict[Key, Figure] = {}
    for observation in submission.observations:
        value = observation.reading.value
        indicator = definition.indicator_by_code.get(observation.indicator)
        if indicator is None or not isinstance(value, Decimal):
            continue
        declared = indicator.decimals_of(observation.measure)
        figure = Figure(
            indicator,
            observation.measure,
            observation.reading,
            value,
            trusted_decimals(observation.reading, declared),
        )
        found[figure.key] = figure
    return found


def trusted_decimals(reading: Reading, declared: int) -> int:
    """The decimals that a number stands for: those declared, fewer where the cell shows fewer.

    What is stored beyond them is no promise: a clerk rounds what the cell shows.
    """
    if isinstance(reading.value, Decimal) and isinstance(reading.cell.value, str):
        return min(declared, shown_decimals(reading.cell, reading.value))
    fixed = fixed_decimals(reading.cell.number_format)
    return declared if fixed is None else min(declared, fixed)


def is_rate(indicator: Indicator, measure: Measure) -> bool:
    """Whether the figure is in % or percentage points."""
    return indicator.unit_of(measure) in ("%", "个百分点")


def is_level(indicator: Indicator, measure: Measure) -> bool:
    """Whether the figure is in the indicator's own unit, not a change."""
    return measure in LEVELS or (measure is Measure.TARGET and indicator.target_kind is TargetKind.LEVEL)


def label(indicator: Indicator, measure: Measure) -> str:
    """How a message names a figure: ``指标·口径``."""
    return called((indicator.name, str(measure)))


def known_interval(known: Known, indicator: Indicator) -> Interval | None:
    """What a figure of another period can stand for; ``None`` for a target in words."""
    if not isinstance(known.value, Decimal):
        return None
    return printed(known.value, indicator.decimals_of(known.measure))


def known_operand(known: Known, indicator: Indicator) -> Operand:
    """A figure of another period, or of another file, as an operand of a finding."""
    value = known.value
    text = plain(value) if isinstance(value, Decimal) else str(value or "")
    return Operand(
        reference_to(known.sheet, known.cell),
        text,
        text,
        indicator.unit_of(known.measure),
        indicator.decimals_of(known.measure),
        f"{label(indicator, known.measure)}（{known.period}）",
        known.file,
    )


def digits_after_point(value: Decimal) -> int:
    """How many decimals a value has, superfluous zeros not counted."""
    return len(plain(value).partition(".")[2])


def percent_cell(reading: Reading) -> bool:
    """Whether Excel shows the cell times 100, so that its number cannot be a forgotten fraction."""
    return is_percent_format(reading.cell.number_format)
