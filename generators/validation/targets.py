"""Rule ``target``: next year's target against this year's actual and plan.

What it catches is a growth rate typed where a level is asked, and a level where a growth rate is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from generators.excel.numbers import plain
from generators.model import Indicator, Measure, Severity, TargetKind
from generators.validation.figures import Figure, is_rate
from generators.validation.intervals import exactly
from generators.validation.relations import (
    PASSED,
    Case,
    Check,
    Found,
    Relation,
    Values,
    Verdict,
    interval_of,
)

_INCREMENT = re.compile("新增|增加|净增|新建|扩建|再")
_COMPARED = (Measure.ACTUAL, Measure.PLAN)


def target_relations(case: Case) -> Iterator[Found]:
    """Soft relations between a target and the levels it continues."""
    factor = case.definition.parameter("target", "factor")
    fastest = case.definition.parameter("target", "fastest")
    for figure in case.figures.values():
        if figure.measure is not Measure.TARGET:
            continue
        if figure.indicator.target_kind is TargetKind.GROWTH:
            yield _rate(figure, fastest)
        elif continues_the_level(figure.indicator):
            for measure in _COMPARED:
                if other := case.figures.get((figure.indicator.code, measure)):
                    yield _level(figure, other, factor)


def continues_the_level(indicator: Indicator) -> bool:
    """Whether next year's target is a level that this year's can be compared with.

    A rate is bounded anyway, and a target that the pack words as an increment is no level.
    """
    level = indicator.target_kind is TargetKind.LEVEL and not is_rate(indicator, Measure.TARGET)
    return level and not _INCREMENT.search(indicator.target_phrase)


def _rate(figure: Figure, fastest: Decimal) -> Relation:
    def test(values: Values) -> Check:
        return Check(Verdict.FAIL) if abs(values[figure.key]) > fastest else PASSED

    params = _params(figure) | {"fastest": plain(fastest)}
    return Relation("target", "target.rate", Severity.CONFIRM, (figure,), test, params=params, soft=True)


def _level(figure: Figure, other: Figure, factor: Decimal) -> Relation:
    def test(values: Values) -> Check:
        target, level = interval_of(figure, values), interval_of(other, values)
        if target.low <= 0 or level.low <= 0:
            return PASSED  # what begins or ends has no factor
        far_above = target.low > (level * exactly(factor)).high
        far_below = (target * exactly(factor)).high < level.low
        return Check(Verdict.FAIL) if far_above or far_below else PASSED

    params = _params(figure) | {"other_measure": str(other.measure), "reference": plain(other.value)}
    params["factor"] = plain(factor)
    return Relation(
        "target", "target.level", Severity.CONFIRM, (figure, other), test, params=params, soft=True
    )


def _params(figure: Figure) -> dict[str, str]:
    return {
        "indicator": figure.indicator.name,
        "measure": str(figure.measure),
        "value": plain(figure.value),
        "unit": figure.unit,
    }
