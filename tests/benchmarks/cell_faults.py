"""Faults of what stands in a form's cells (level 1, and formulas without a result)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from generators.forms import layout
from generators.model import Asked, Cell, ColumnKind, GrowthBasis, Measure, Observation
from generators.validation.figures import is_level
from tests.benchmarks.corpus import Fault, Sample, in_turn
from tests.benchmarks.form_faults import by, typed

INDICATORS, TEXTS = layout.INDICATOR_SHEET, layout.NARRATIVE_SHEET

WORDS = (
    "约12.5",
    "12.5余",
    "近百",
    "持平",
    "10-12",
    "10～12",
    "12.3,4",
    "1 2",
    "十二",
    "(3.2)",
    "85/100",
    "见附件",
    "≥85",
    "12.5左右",
    "12.5万",
    "1O5",
    "待定",
    "增长较快",
    "12.5元",
    "①",
)
"""What people write where a level is asked, that is no number."""

CHANGES = ("下降3.2%", "增长3.2%", "与上年持平", "约1.5", "提高3个百分点", "-3.2至-2.8")
"""The same where a growth rate is asked."""

STORED = (
    ("#REF!", "formula.error"),
    ("#DIV/0!", "formula.error"),
    ("#N/A", "formula.error"),
    ("#VALUE!", "formula.error"),
    ("=D5+D6", "formula.uncalculated"),
    ("=SUM(D5:D9)", "formula.uncalculated"),
    ("@2023-12-05", "type.date"),
    ("@2023-01-03", "type.date"),
    ("TRUE", "type.text"),
    ("1234567890123456", "type.magnitude"),
    ("'1234567890123456.5", "type.magnitude"),
)
"""What a program makes of a cell, and the finding's code."""

NORMALISED = (
    ("'１２３．４", "normalised.width"),
    ("'12", "normalised.text"),
    ("' 12 ", "normalised.spaces"),
    ("'1,234", "normalised.thousands"),
    ("'——", "normalised.placeholder"),
)


def faults(samples: Sequence[Sample]) -> Iterator[Fault]:
    """Every fault of a cell, on samples that can have it."""
    for place, text in enumerate(WORDS):
        for sample in in_turn(samples, 2, 2 * place):
            yield from _level(sample, place, text, "type.text")
    for place, (text, code) in enumerate(STORED):
        for sample in in_turn(samples, 2, 3 * place + 1):
            yield from _level(sample, place, text, code)
    for place, (text, code) in enumerate(NORMALISED):
        for sample in in_turn(samples, 2, 4 * place + 2):
            yield from _optional(sample, text, code)
    for place, sample in enumerate(samples):
        yield from _figures(sample, place)
        yield from _rates(sample, place)
        yield from _texts(sample, place)
        yield from _registers(sample, place)
        yield from _looks(sample, place)
    yield from _against_each_other(samples)


def _found(code: str, cell: Cell) -> str:
    return f"{code} {cell.sheet}!{cell.address}"


def _levels(sample: Sample) -> list[Observation]:
    """The levels that are filled in and are amounts or counts, not rates."""
    return [
        item
        for item in sample.filled(Measure.ACTUAL, Measure.TARGET)
        if is_level(sample.indicator(item), item.measure)
        and sample.indicator(item).unit != "%"
        and isinstance(item.reading.value, Decimal)
    ]


def _level(sample: Sample, place: int, text: str, code: str) -> Iterator[Fault]:
    levels = _levels(sample)
    if levels:
        cell = levels[place % len(levels)].reading.cell
        yield sample.fault(f"{text} in {cell.address}", typed(cell, text), _found(code, cell))


def _optional(sample: Sample, text: str, code: str) -> Iterator[Fault]:
    """A number written oddly, or a dash, where nothing need stand: understood, and said."""
    for item in sample.form.observations:
        indicator = sample.indicator(item)
        free = indicator.asked(item.measure) is Asked.OPTIONAL and item.reading.blank
        alone = all(
            other.reading.blank or other is item
            for other in sample.form.observations
            if other.indicator == item.indicator
        )
        if free and alone and item.measure is Measure.PREVIOUS and indicator.maximum is None:
            cell = item.reading.cell
            yield sample.fault(f"{text} in {cell.address}", typed(cell, text), _found(code, cell))
            return


def _figures(sample: Sample, place: int) -> Iterator[Fault]:
    required = [
        item
        for item in sample.form.observations
        if sample.indicator(item).asked(item.measure) is Asked.REQUIRED and not item.reading.blank
    ]
    if not required:
        return
    cell = required[place % len(required)].reading.cell
    yield sample.fault(f"{cell.address} left blank", typed(cell, ""), _found("presence.figure", cell))
    levels = _levels(sample)
    if not levels:
        return
    cell = levels[place % len(levels)].reading.cell
    if place % 2:
        yield sample.fault(f"{cell.address} below 0", typed(cell, "-12"), _found("range.level", cell))
    else:
        yield sample.fault(
            f"{cell.address} in a percent format", typed(cell, "12%"), _found("type.percent", cell)
        )
    decimals = sample.indicator(levels[place % len(levels)]).decimals
    if place % 3 == 0:
        value = Decimal(str(cell.value)) + Decimal(123).scaleb(-decimals - 3)
        yield sample.fault(
            f"{cell.address} with more decimals",
            typed(cell, f"{value:f}"),
            _found("decimals.more", cell),
        )
    planned = [
        item
        for item in sample.form.observations
        if item.measure is Measure.ACTUAL
        and item.reading.blank
        and sample.indicator(item).asked(Measure.ACTUAL) is Asked.OPTIONAL
        and sample.indicator(item).asked(Measure.PLAN) is not Asked.NO
    ]
    if planned:
        plan = sample.beside(planned[0], layout.MEASURE_HEADERS[Measure.PLAN])
        found = _found("presence.plan_alone", planned[0].reading.cell)
        yield sample.fault("a plan without an actual", typed(plan, "12"), found)


def _rates(sample: Sample, place: int) -> Iterator[Fault]:
    rates = [
        item
        for item in sample.filled(Measure.ACTUAL, Measure.TARGET)
        if is_level(sample.indicator(item), item.measure)
        and sample.indicator(item).unit == "%"
        and sample.indicator(item).maximum == 100
        and isinstance(item.reading.value, Decimal)
    ]
    for item in rates[:1]:
        cell = item.reading.cell
        yield sample.fault("a rate above 100", typed(cell, "135"), _found("range.level", cell))
        fraction = _fraction(item.reading.value, sample.indicator(item).decimals)
        if fraction:
            yield sample.fault("a fraction", typed(cell, fraction), _found("percent.digits", cell))
    growths = [
        item
        for item in sample.filled(Measure.GROWTH)
        if sample.indicator(item).growth_basis is not GrowthBasis.POINTS
    ]
    for item in growths:
        cell = item.reading.cell
        yield sample.fault(
            f"{cell.address} falls by 135%", typed(cell, "-135"), _found("range.growth", cell)
        )
        fraction = _fraction(item.reading.value, sample.indicator(item).growth_decimals)
        if fraction:
            yield sample.fault(
                f"a fraction in {cell.address}", typed(cell, fraction), _found("percent.digits", cell)
            )
    if growths:
        cell = growths[0].reading.cell
        for text in CHANGES:
            yield sample.fault(f"{text} in {cell.address}", typed(cell, text), _found("type.text", cell))


def _fraction(value: object, decimals: int) -> str:
    """The rate as a fraction; nothing where its digits could be those of a rate as well."""
    assert isinstance(value, Decimal)
    fraction = value.scaleb(-2).normalize()
    digits = -int(fraction.as_tuple().exponent)
    return f"{fraction:f}" if abs(fraction) < 1 and digits > decimals else ""


def _texts(sample: Sample, place: int) -> Iterator[Fault]:
    if not sample.form.narratives:
        return
    text = sample.form.narratives[place % len(sample.form.narratives)]
    cell = text.cell
    kind = place % 3
    if kind == 0:
        yield sample.fault("a text left blank", typed(cell, ""), _found("presence.narrative", cell))
    if kind == 1:
        limit = sample.definition.narrative_by_code[text.narrative].limit or 0
        longer = "工作稳步推进。" * (limit // 7 + 1)
        yield sample.fault("a text too long", typed(cell, longer), _found("type.too_long", cell))
    if kind == 2:
        yield sample.fault(
            "a formula for a text", typed(cell, "=A1"), _found("formula.uncalculated", cell)
        )


def _registers(sample: Sample, place: int) -> Iterator[Fault]:
    for register, rows in sample.registers():
        row = rows[place % len(rows)]
        for column in register.columns:
            cell = row.readings[column.name].cell
            where = f"{cell.sheet} {cell.address}"
            if column.required and place % 2 == 0:
                found = _found("presence.register", cell)
                yield sample.fault(f"{where} left blank", typed(cell, ""), found)
            if column.kind is ColumnKind.CODE:
                known = sample.definition.code_lists[column.code_list]
                text = f"{known[0]}类" if place % 2 else "其他"
                yield sample.fault(
                    f"{text} in {where}", typed(cell, text), _found("codes.unknown", cell)
                )
            if column.kind is ColumnKind.NUMBER:
                text = ("约3亿元", "#REF!", "=1+1", "@2023-05-03")[place % 4]
                codes = ("type.text", "formula.error", "formula.uncalculated", "type.date")
                found = _found(codes[place % 4], cell)
                yield sample.fault(f"{text} in {where}", typed(cell, text), found)
            if column.unique and len(rows) > 1:
                first, last = rows[0].readings[column.name], rows[-1].readings[column.name]
                text = f" {first.value} " if place % 2 else str(first.value)
                found = _found("duplicates.row", last.cell)
                yield sample.fault(f"{where} twice", typed(last.cell, text), found)
        below = rows[-1].row + 1
        name = register.columns[0].name
        if sum(column.required for column in register.columns) > 2:
            place_below = rows[-1].readings[name].cell
            first_lacking = rows[-1].readings[register.columns[1].name].cell
            letters = layout.column_letters(first_lacking.column - 1)

            def change(book: Any, cell: Cell = place_below, row: int = below) -> None:
                book[cell.sheet].cell(row, cell.column).value = "只有名称"

            found = f"presence.register_row {place_below.sheet}!{letters}{below}"
            yield sample.fault(f"{register.name}: a row of one cell", by(change), found)


def _looks(sample: Sample, place: int) -> Iterator[Fault]:
    """Merged and hidden cells, and a column that is blank throughout."""
    levels = sample.filled(Measure.ACTUAL)
    pairs = [
        (one.reading.cell, other.reading.cell)
        for one, other in pairwise(levels)
        if other.reading.cell.row == one.reading.cell.row + 1
    ]
    if pairs and place % 3 == 0:
        first, second = pairs[place % len(pairs)]

        def merge(book: Any) -> None:
            book[INDICATORS].merge_cells(f"{first.address}:{second.address}")

        yield sample.fault("two figures merged", by(merge), _found("structure.merged", first))
    if levels and place % 3 == 1:
        hidden = levels[-1].reading.cell
        row = [
            item.reading.cell for item in sample.filled(*Measure) if item.reading.cell.row == hidden.row
        ]

        def hide(book: Any) -> None:
            book[INDICATORS].row_dimensions[hidden.row].hidden = True

        leftmost = min(row, key=lambda cell: cell.column)
        yield sample.fault("a row hidden", by(hide), _found("structure.hidden", leftmost))
    required = [
        item
        for item in sample.form.observations
        if item.measure is Measure.ACTUAL
        and sample.indicator(item).asked(Measure.ACTUAL) is Asked.REQUIRED
    ]
    if len(required) >= 3 and place % 3 == 2:
        cells = [item.reading.cell for item in levels]

        def empty(book: Any) -> None:
            for cell in cells:
                book[cell.sheet][cell.address].value = None

        found = _found("presence.column", required[0].reading.cell)
        yield sample.fault("a column left blank", by(empty), found)


def _against_each_other(samples: Sequence[Sample]) -> Iterator[Fault]:
    """Growth and units within a row: last year's figure is filled in, rightly but for one slip."""
    for sample in samples:
        for item in sample.filled(Measure.GROWTH):
            indicator = sample.indicator(item)
            level = next(
                (
                    other.reading.value
                    for other in sample.filled(Measure.ACTUAL)
                    if other.indicator == item.indicator
                ),
                None,
            )
            rate = item.reading.value
            if (
                indicator.growth_basis is not GrowthBasis.NOMINAL
                or not isinstance(level, Decimal)
                or not isinstance(rate, Decimal)
            ):
                continue
            base = round(level / (1 + rate / 100), indicator.decimals)
            cell = sample.beside(item, layout.MEASURE_HEADERS[Measure.PREVIOUS])
            for name, text, found in (
                (
                    "a base 20% too high",
                    base * Decimal("1.2"),
                    _found("growth.levels", item.reading.cell),
                ),
                ("a base in another unit", base * 10_000, _found("unit.ladder", cell)),
            ):
                value = f"{round(text, indicator.decimals):f}"
                yield sample.fault(f"{name} in {cell.address}", typed(cell, value), found)
