"""Rule ``published``: a figure that differs from the release recorded in the pack."""

from __future__ import annotations

from collections.abc import Iterator

from generators.excel.numbers import plain
from generators.model import Measure, Operand, PublishedFigure, Severity
from generators.validation.figures import Figure, label
from generators.validation.intervals import Interval, printed
from generators.validation.relations import Case, Check, Found, Relation, Values, judged


def published_relations(case: Case) -> Iterator[Found]:
    """A firm relation for every figure that was released for this period, or, as 上年实际, the last."""
    settings = case.definition.settings
    for item in case.definition.published:
        measure = _measure(item, settings.period, settings.previous_period)
        figure = case.figures.get((item.indicator, measure)) if measure else None
        if figure is None:
            continue
        admissible = printed(item.value, item.decimals).widened(figure.half)

        def test(values: Values, figure: Figure = figure, admissible: Interval = admissible) -> Check:
            return judged(values[figure.key], admissible)

        given = Operand(
            "",
            plain(item.value),
            plain(item.value),
            figure.unit,
            item.decimals,
            f"{label(figure.indicator, item.measure)}（{item.period}）",
            item.source,
        )
        params = {
            "indicator": figure.indicator.name,
            "measure": str(figure.measure),
            "unit": figure.unit,
            "value": plain(figure.value),
            "reference": plain(item.value),
            "source": item.source,
        }
        code = "published.differs" if item.source else "published.differs_unsourced"
        yield Relation("published", code, Severity.CONFIRM, (figure,), test, (given,), params)


def _measure(item: PublishedFigure, period: str, previous: str) -> Measure | None:
    if item.period == period:
        return item.measure
    return Measure.PREVIOUS if item.period == previous and item.measure is Measure.ACTUAL else None
