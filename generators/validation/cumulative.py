"""Rule ``cumulative``: a figure that adds up over the year must not fall within it."""

from __future__ import annotations

from collections.abc import Iterator

from generators.excel.numbers import plain
from generators.model import Accumulation, Measure, Severity
from generators.model.periods import parse_period
from generators.validation.figures import Figure, known_interval, known_operand
from generators.validation.intervals import Interval
from generators.validation.periods import earlier_this_year
from generators.validation.relations import (
    PASSED,
    Case,
    Check,
    Found,
    Relation,
    Untested,
    Values,
    Verdict,
    interval_of,
)


def cumulative_relations(case: Case) -> Iterator[Found]:
    """A firm relation for every cumulative 本年 figure of a period that is a part of a year."""
    settings = case.definition.settings
    now = parse_period(settings.period)
    if now is not None and now.kind == "year":
        return  # a year is not followed by another of the same year
    period = earlier_this_year(settings, case.context.periods)
    for figure in case.figures.values():
        cumulative = figure.indicator.accumulation is Accumulation.CUMULATIVE
        if figure.measure is not Measure.ACTUAL or not cumulative:
            continue
        known = case.context.periods.get(period, {}).get(figure.key)
        floor = known_interval(known, figure.indicator) if known else None
        if known is None or floor is None:
            yield Untested("cumulative", "no_history" if now else "period")
            continue

        def test(values: Values, figure: Figure = figure, floor: Interval = floor) -> Check:
            fallen = interval_of(figure, values).high < floor.low
            return Check(Verdict.FAIL) if fallen else PASSED

        given = known_operand(known, figure.indicator)
        params = {
            "indicator": figure.indicator.name,
            "measure": str(figure.measure),
            "unit": figure.unit,
            "value": plain(figure.value),
            "period": period,
            "reference": given.value,
        }
        yield Relation(
            "cumulative", "cumulative.falls", Severity.CONFIRM, (figure,), test, (given,), params
        )
