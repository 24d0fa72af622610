"""What stands in a figure's cell: its value, a mark for its absence, or a live formula."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from generators.merge import Dataset
from generators.model import Accumulation, Asked, GrowthBasis, Indicator, Measure
from generators.summary.formats import figure_format
from generators.summary.labels import DASH, MISSING, UNREPORTED


@dataclass(frozen=True)
class Shown:
    """A figure's cell: a number with its format, or a text. ``computed``: a formula may stand there."""

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
    if levels and measure is Measure.GROWTH and isinstance(_growth_value(dataset, indicator), float):
        return Shown(DASH, "computed", figure_format(indicator, measure), computed=True)
    if asked is Asked.OPTIONAL:
        return Shown(UNREPORTED, "unreported")
    return Shown(DASH, "centre")


def completion(
    dataset: Dataset, indicator: Indicator, actual: str, plan: str
) -> tuple[str, float | str]:
    """The formula for 完成计划(%) over the two cells, and its value now.

    The formula is empty where a plan is not asked, or where the figure is a ratio: 110% of a
    planned rate says nothing. It yields a dash as long as one of the two is not a number.
    """
    measures = (Measure.ACTUAL, Measure.PLAN)
    if indicator.accumulation is Accumulation.RATIO or any(
        indicator.asked(measure) is Asked.NO for measure in measures
    ):
        return "", DASH
    formula = f'=IF(COUNT({actual},{plan})=2,IF({plan}>0,{actual}/{plan}*100,"{DASH}"),"{DASH}")'
    done, planned = (_number(dataset, indicator, measure) for measure in measures)
    if done is None or planned is None or planned <= 0:
        return formula, DASH
    return formula, done / planned * 100


def growth(
    dataset: Dataset, indicator: Indicator, actual: str, previous: str
) -> tuple[str, float | str]:
    """The formula for 同比增长(%) over the two cells, and its value now."""
    formula = (
        f"=IF(COUNT({actual},{previous})=2,"
        f'IF({previous}>0,({actual}/{previous}-1)*100,"{DASH}"),"{DASH}")'
    )
    return formula, _growth_value(dataset, indicator)


def _growth_value(dataset: Dataset, indicator: Indicator) -> float | str:
    """Growth from the levels, in %; a dash where the basis is not nominal or a level is missing."""
    if indicator.growth_basis is not GrowthBasis.NOMINAL:
        return DASH
    actual = _number(dataset, indicator, Measure.ACTUAL)
    previous = _number(dataset, indicator, Measure.PREVIOUS)
    if actual is None or previous is None or previous <= 0:
        return DASH
    return (actual / previous - 1) * 100


def _number(dataset: Dataset, indicator: Indicator, measure: Measure) -> float | None:
    datum = dataset.datum(indicator.code, measure)
    if datum is None or not isinstance(datum.value, Decimal):
        return None
    number = float(datum.value)
    return number if math.isfinite(number) else None
