"""Rule ``growth``: a growth rate against the two levels it belongs to.

Only where the levels decide it: growth at constant prices (GDP) is not checked so, a change of a rate
in percentage points is checked by difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from generators.model import Asked, GrowthBasis, Indicator, Measure, Severity
from generators.validation.figures import Figure
from generators.validation.intervals import growth
from generators.validation.relations import (
    Case,
    Check,
    Found,
    Relation,
    Untested,
    Values,
    interval_of,
    judged,
    untestable,
)

_MEASURES = (Measure.GROWTH, Measure.ACTUAL, Measure.PREVIOUS)
_DECIDED = (GrowthBasis.NOMINAL, GrowthBasis.POINTS)


def growth_relations(case: Case) -> Iterator[Found]:
    """One relation an indicator whose growth follows from its levels and of which all are asked."""
    widest = case.definition.parameter("growth", "widest")
    for indicator in case.definition.indicators_of(case.submission.identity.department):
        if indicator.growth_basis not in _DECIDED or any(
            indicator.asked(measure) is Asked.NO for measure in _MEASURES
        ):
            continue
        figures = [case.figures.get((indicator.code, measure)) for measure in _MEASURES]
        known = tuple(figure for figure in figures if figure is not None)
        if len(known) < len(_MEASURES):
            if known:
                yield Untested("growth", "blank")
            continue
        rate, level, base = known
        yield growth_relation(indicator, rate, level, base, widest)


def growth_relation(
    indicator: Indicator, rate: Figure, level: Figure, base: Figure, widest: Decimal
) -> Relation:
    """The relation between a growth rate and its two levels; not testable beyond ``widest`` points."""
    in_points = indicator.growth_basis is GrowthBasis.POINTS

    def test(values: Values) -> Check:
        now, before = interval_of(level, values), interval_of(base, values)
        expected = now - before if in_points else growth(now, before)
        if expected is None:
            return untestable("not_positive")
        # What is admissible for the printed rate is half a last digit wider on both sides.
        admissible = expected.widened(rate.half)
        if admissible.width > widest:
            return untestable("wide")
        return judged(values[rate.key], admissible)

    code = "growth.points" if in_points else "growth.levels"
    return Relation(
        "growth", code, Severity.CONFIRM, (rate, level, base), test, params={"indicator": indicator.name}
    )
