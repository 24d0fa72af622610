"""Rule ``base``: 上年实际 against the value that the same department reported last year."""

from __future__ import annotations

from collections.abc import Iterator

from generators.excel.numbers import plain
from generators.model import Measure, Severity
from generators.validation.figures import Figure, known_interval, known_operand
from generators.validation.intervals import Interval
from generators.validation.periods import before
from generators.validation.relations import Case, Check, Found, Relation, Untested, Values, judged


def base_relations(case: Case) -> Iterator[Found]:
    """A firm relation for every 上年实际 whose indicator the ledger holds for that period."""
    period = before(case.definition.settings, case.context.periods)
    past = case.context.periods.get(period, {})
    for figure in case.figures.values():
        if figure.measure is not Measure.PREVIOUS:
            continue
        known = past.get((figure.indicator.code, Measure.ACTUAL))
        reference = known_interval(known, figure.indicator) if known else None
        if known is None or reference is None:
            yield Untested("base", "no_history")
            continue
        admissible = reference.widened(figure.half)

        def test(values: Values, figure: Figure = figure, admissible: Interval = admissible) -> Check:
            return judged(values[figure.key], admissible)

        params = {
            "indicator": figure.indicator.name,
            "measure": str(figure.measure),
            "unit": figure.unit,
            "value": plain(figure.value),
            "period": period,
            "reference": known_operand(known, figure.indicator).value,
        }
        given = (known_operand(known, figure.indicator),)
        yield Relation("base", "base.differs", Severity.CONFIRM, (figure,), test, given, params)
