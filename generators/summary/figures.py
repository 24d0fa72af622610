"""What stands in a figure's cell: its value, a mark for its absence, or a live formula."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from generators.merge import Dataset
from generators.model import Asked, GrowthBasis, Indicator, Measure
from generators.summary.formats import figure_format
from generators.summary.labels import DASH, MISSING, UNREPORTED

_EXACT = 10
"""Decimals of a growth worked out: beyond them is the noise of binary fractions (65.35 - 64.1)."""


@dataclass(frozen=True)
class Shown:
    """A figure's cell: a number with its format, or a text.

    ``computed`` says that the number is worked out: :func:`growth_formula` stands in the cell.
    """

    value: Decimal | str
    role: str
    number_format: str = ""
    computed: bool = False


def shown(dataset: Dataset, indicator: Indicator, measure: Measure, *, levels: bool) -> Shown:
    """What to show for a figure; ``levels`` says that 本年预计 and 上年实际 stand in the same table.

    A figure that must be reported and is not shows 缺, and so does one that may be when nobody
    reported the indicator's workbook at all. One that a department left blank by choice shows 未报.
    """
    if datum := dataset.datum(indicator.code, measure):
        if isinstance(datum.value, Decimal):
            return Shown(datum.value, "figure", figure_format(indicator, measure))
        return Shown(datum.value or "", "centre")
    asked = indicator.asked(measure)
    reporters = {indicator.owner, *indicator.reporters}
    silent = not any(item.submission.identity.department in reporters for item in dataset.accepted)
    if asked is Asked.REQUIRED or (asked is Asked.OPTIONAL and silent):
        return Shown(MISSING, "missing")
    change = _growth(dataset, indicator) if levels and measure is Measure.GROWTH else None
    if change is not None:
        return Shown(change, "computed", figure_format(indicator, measure), computed=True)
    if asked is Asked.OPTIONAL:
        return Shown(UNREPORTED, "unreported")
    return Shown(DASH, "centre")


def completion(
    dataset: Dataset, indicator: Indicator, actual: str, plan: str
) -> tuple[str, float | str]:
    """The formula for 完成计划(%) over the two cells, and its value now.

    The formula is empty where one of the two is not asked. It yields a dash as long as one is not a
    number, or the plan is not positive.
    """
    measures = (Measure.ACTUAL, Measure.PLAN)
    if any(indicator.asked(measure) is Asked.NO for measure in measures):
        return "", DASH
    formula = f'=IF(COUNT({actual},{plan})=2,IF({plan}>0,{actual}/{plan}*100,"{DASH}"),"{DASH}")'
    done, planned = (_number(dataset, indicator, measure) for measure in measures)
    if done is None or planned is None or planned <= 0:
        return formula, DASH
    return formula, done / planned * 100


def growth_formula(indicator: Indicator, actual: str, previous: str) -> str:
    """The formula for 同比增长 over the two cells: in %, or in points for a change of a rate."""
    if indicator.growth_basis is GrowthBasis.POINTS:
        change = f"ROUND({actual}-{previous},{_EXACT})"
    else:
        rate = f"ROUND(({actual}/{previous}-1)*100,{_EXACT})"
        change = f'IF({previous}>0,{rate},"{DASH}")'
    return f'=IF(COUNT({actual},{previous})=2,{change},"{DASH}")'


def _growth(dataset: Dataset, indicator: Indicator) -> Decimal | None:
    """Growth from the levels, in % or in points; ``None`` where they do not give it."""
    actual = _number(dataset, indicator, Measure.ACTUAL)
    previous = _number(dataset, indicator, Measure.PREVIOUS)
    if actual is None or previous is None:
        return None
    if indicator.growth_basis is GrowthBasis.POINTS:
        change = actual - previous
    elif indicator.growth_basis is GrowthBasis.NOMINAL and previous > 0:
        change = (actual / previous - 1) * 100
    else:
        return None
    return Decimal(repr(round(change, _EXACT))) if math.isfinite(change) else None


def _number(dataset: Dataset, indicator: Indicator, measure: Measure) -> float | None:
    datum = dataset.datum(indicator.code, measure)
    if datum is None or not isinstance(datum.value, Decimal):
        return None
    number = float(datum.value)
    return number if math.isfinite(number) else None
