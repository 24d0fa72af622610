"""The sheet of published figures: what a release says, as it was printed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from generators.definition import schema
from generators.definition.references import known_of, reference
from generators.definition.rows import Row
from generators.excel.numbers import is_percent_unit, is_placeholder, shown_decimals
from generators.model import Definition, Indicator, Measure, PublishedFigure
from generators.text import fold, shorten

MOST_DECIMALS = 9


def read_published(rows: Sequence[Row], definition: Definition) -> tuple[PublishedFigure, ...]:
    """The figures that ``rows`` give; what is wrong with them is a finding."""
    known = known_of(definition.indicators)
    figures: list[PublishedFigure] = []
    first: dict[tuple[str, Measure, str], Row] = {}
    for row in rows:
        word = row.needed("indicator")
        code = reference(row, "indicator", word, known, schema.INDICATORS) if word else ""
        indicator = definition.indicator_by_code.get(code)
        measure = row.choice("measure", schema.FIGURE_MEASURES, Measure.ACTUAL)
        period = row.words("period") or definition.settings.period
        value, decimals = _figure(row, indicator, measure)
        figures.append(
            PublishedFigure(code, measure, period, value, decimals, source=row.text("source"))
        )
        if indicator is None:
            continue
        earlier = first.setdefault((code, measure, fold(period)), row)
        if earlier is not row:
            said = (indicator.name, schema.MEASURE_COLUMNS[measure].zh, period)
            row.fault(
                "twice",
                "indicator",
                column=row.column_name("indicator"),
                raw=shorten("·".join(said)),
                other=earlier.address("indicator"),
            )
    return tuple(figures)


def _figure(row: Row, indicator: Indicator | None, measure: Measure) -> tuple[Decimal, int]:
    """The value, and the decimals it was printed with: those that are said, else what the cell shows.

    A value that the cell shows rounded was printed so. An unknown indicator may be in %.
    """
    percent = indicator is None or is_percent_unit(indicator.unit_of(measure))
    value = row.decimal("value", percent=percent)
    if value is None:
        if is_placeholder(row.text("value") or "—") and not row.unreadable("value"):
            row.fault("blank", "value", column=row.column_name("value"))
        return Decimal(0), 0
    cell = row.cell("value")
    assert cell is not None  # a value stands in a cell
    shown = min(shown_decimals(cell, value), MOST_DECIMALS)
    if not row.has("decimals"):
        return _rounded(value, shown), shown
    decimals = row.integer("decimals", shown, high=MOST_DECIMALS)
    if _rounded(value, decimals) != value:
        row.fault("published_decimals", "decimals", raw=shorten(cell.raw), decimals=str(decimals))
    return value, decimals


def _rounded(value: Decimal, decimals: int) -> Decimal:
    """As it is printed, half away from zero."""
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
