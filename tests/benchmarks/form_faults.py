"""Faults of a form's sheets, rows and columns (level 0)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from generators.forms import layout
from generators.model import Asked, Cell, Measure, Observation
from tests.benchmarks.corpus import Fault, Sample
from tests.workbooks import edited, put

INDICATORS, TEXTS = layout.INDICATOR_SHEET, layout.NARRATIVE_SHEET
Change = Callable[[Any], object]
Make = Callable[[bytes], bytes]


def by(change: Change) -> Make:
    """What makes a workbook by going over it with openpyxl."""
    return lambda data: edited(data, change)


def typed(cell: Cell, text: str) -> Make:
    """The workbook with ``text`` typed into a cell."""
    return by(lambda book: put(book[cell.sheet][cell.address], text))


def columns_deleted(cell: Cell) -> Make:
    return by(lambda book: book[cell.sheet].delete_cols(cell.column))


def rows_deleted(cell: Cell) -> Make:
    return by(lambda book: book[cell.sheet].delete_rows(cell.row))


def renamed(sheet: str, name: str) -> Make:
    def change(book: Any) -> None:
        book[sheet].title = name

    return by(change)


def swapped(one: Cell, other: Cell) -> Make:
    """Two cells with their contents exchanged."""

    def change(book: Any) -> None:
        sheet = book[one.sheet]
        first, second = sheet[one.address], sheet[other.address]
        first.value, second.value = second.value, first.value

    return by(change)


def row_below(sheet: str, row: int, *typed_below: tuple[int, str]) -> Make:
    """Cells typed two rows below the sheet's last one; ``row`` is that last one."""

    def change(book: Any) -> None:
        for column, text in typed_below:
            put(book[sheet].cell(row + 2, column), text)

    return by(change)


def last_row(sample: Sample, sheet: str) -> int:
    """The last row of a sheet that is filled or formatted for it, by the form that was issued."""
    return max(row for row, _ in sample.sheet(sheet).cells)


def faults(samples: Sequence[Sample]) -> Iterator[Fault]:
    """Every structural fault, on samples that can have it."""
    for place, sample in enumerate(samples):
        figures = [item for item in sample.form.observations if item.measure is Measure.ACTUAL]
        figures = figures or list(sample.form.observations)
        yield from _columns(sample, place)
        yield from _sheets(sample, place)
        yield from _rows(sample, figures, place)
        yield from _texts(sample, place)
        yield from _registers(sample, place)


def _columns(sample: Sample, place: int) -> Iterator[Fault]:
    asked = [
        measure
        for measure in Measure
        if any(
            item.asked(measure) is not Asked.NO
            for item in sample.definition.indicators_of(sample.form.identity.department)
        )
    ]
    first = sample.header(INDICATORS, layout.CODE_HEADER)
    measure = asked[place % len(asked)]
    header = sample.header(INDICATORS, layout.MEASURE_HEADERS[measure])
    expected = f"structure.column {INDICATORS}!{first.address}"
    yield sample.fault(f"the column {measure} deleted", columns_deleted(header), expected)
    if place % 4 == 0:
        yield sample.fault(f"the header {measure} renamed", typed(header, "数值"), expected)
        code = sample.header(INDICATORS, layout.CODE_HEADER)
        name = sample.header(INDICATORS, layout.NAME_HEADER)
        found = f"structure.column {INDICATORS}!{name.address}"
        yield sample.fault("the codes' header renamed", typed(code, "编号"), found)
        yield sample.fault(
            "the header row deleted", rows_deleted(first), f"structure.header {INDICATORS}"
        )
    if place % 4 == 1:
        remarks = sample.header(INDICATORS, layout.EXPLANATION_HEADER)
        yield sample.fault("the column 情况说明 deleted", columns_deleted(remarks), expected)
        actual = layout.MEASURE_HEADERS[Measure.ACTUAL]
        beside = f"{layout.column_letters(remarks.column)}{remarks.row}"
        twice = by(lambda book: put(book[INDICATORS][beside], actual))
        yield sample.fault("a column twice", twice, f"structure.column_twice {INDICATORS}!{beside}")


def _sheets(sample: Sample, place: int) -> Iterator[Fault]:
    names = ("Sheet1", "指标（改）", "指标 2023年", "附表", "指标汇总")
    name = names[place % len(names)]
    expected = f"structure.sheet {INDICATORS}"
    yield sample.fault(f"the sheet 指标 renamed {name}", renamed(INDICATORS, name), expected)
    if place % 5 == 0:
        gone = by(lambda book: book.remove(book[INDICATORS]))
        yield sample.fault("the sheet 指标 deleted", gone, expected)


def _rows(sample: Sample, figures: Sequence[Observation], place: int) -> Iterator[Fault]:
    chosen = figures[place % len(figures)]
    code = sample.beside(chosen, layout.CODE_HEADER)
    name = sample.beside(chosen, layout.NAME_HEADER)
    unit = sample.beside(chosen, layout.UNIT_HEADER)
    yield sample.fault("a row deleted", rows_deleted(code), f"structure.row {INDICATORS}")
    other = next((item for item in figures if item.indicator != chosen.indicator), None)
    kind = place % 7
    if kind in (0, 1) and other:
        second = sample.beside(other, layout.NAME_HEADER)
        names = (f"structure.row_name {INDICATORS}!{cell.address}" for cell in (name, second))
        codes = swapped(code, sample.beside(other, layout.CODE_HEADER))
        yield sample.fault("two codes swapped", codes, *names)
    if kind in (2, 3):
        expected = f"structure.row_code {INDICATORS}!{code.address}"
        yield sample.fault("a code changed", typed(code, f"{code.value}x"), expected)
        expected = f"structure.row_code_blank {INDICATORS}!{code.address}"
        yield sample.fault("a code blanked", typed(code, ""), expected)
    if kind in (4, 5):
        expected = f"structure.row_name {INDICATORS}!{name.address}"
        yield sample.fault("a name changed", typed(name, "另一个指标"), expected)
    if kind in (0, 3, 6):
        expected = f"structure.row_unit {INDICATORS}!{unit.address}"
        other_unit = "亿元" if unit.value != "亿元" else "万元"
        yield sample.fault("a unit changed", typed(unit, other_unit), expected)
    bottom = last_row(sample, INDICATORS)
    if kind in (1, 5):
        twice = f"structure.row_twice {INDICATORS}!A{bottom + 2}"
        below = row_below(INDICATORS, bottom, (1, str(code.value)), (2, str(name.value)), (4, "7"))
        yield sample.fault("a row twice", below, twice)
    if kind in (2, 6):
        unknown = f"structure.row_unknown {INDICATORS}!A{bottom + 2}"
        below = row_below(INDICATORS, bottom, (1, "Z9-99"), (2, "自加指标"), (4, "7"))
        yield sample.fault("a row of an unknown code", below, unknown)
        uncoded = f"structure.row_uncoded {INDICATORS}!D{bottom + 2}"
        below = row_below(INDICATORS, bottom, (2, "自加指标"), (4, "7"))
        yield sample.fault("a row without a code", below, uncoded)
    grey = next(
        (
            (item, measure)
            for item in figures
            for measure in Measure
            if sample.indicator(item).asked(measure) is Asked.NO
        ),
        None,
    )
    if grey and kind in (3, 4):
        cell = sample.beside(grey[0], layout.MEASURE_HEADERS[grey[1]])
        expected = f"structure.not_asked {INDICATORS}!{cell.address}"
        yield sample.fault("a figure that is not asked", typed(cell, "12"), expected)


def _texts(sample: Sample, place: int) -> Iterator[Fault]:
    if not sample.form.narratives:
        return
    text = sample.form.narratives[place % len(sample.form.narratives)]
    sheet = sample.sheet(TEXTS)
    code = sheet.cell(text.cell.row, sample.header(TEXTS, layout.NARRATIVE_CODE_HEADER).column)
    name = sheet.cell(text.cell.row, sample.header(TEXTS, layout.NARRATIVE_NAME_HEADER).column)
    kind = place % 4
    if kind == 0:
        yield sample.fault("a text's row deleted", rows_deleted(code), f"structure.narrative {TEXTS}")
        yield sample.fault(
            "the sheet of texts renamed", renamed(TEXTS, "文字"), f"structure.sheet {TEXTS}"
        )
    if kind == 1:
        expected = f"structure.narrative_name {TEXTS}!{name.address}"
        yield sample.fault("a text misnamed", typed(name, "另一份材料"), expected)
    if kind == 2:
        header = sample.header(TEXTS, layout.NARRATIVE_TEXT_HEADER)
        expected = (
            f"structure.column {TEXTS}!{sample.header(TEXTS, layout.NARRATIVE_CODE_HEADER).address}"
        )
        yield sample.fault("the texts' column deleted", columns_deleted(header), expected)
    if kind == 3:
        row = last_row(sample, TEXTS)
        below = row_below(TEXTS, row, (code.column, str(code.value)), (text.cell.column, "又一段。"))
        expected = f"structure.narrative_twice {TEXTS}!{layout.column_letters(code.column - 1)}{row + 2}"
        yield sample.fault("a text twice", below, expected)


def _registers(sample: Sample, place: int) -> Iterator[Fault]:
    for register, rows in sample.registers():
        sheet = layout.register_sheet(register.name)
        number = sample.header(sheet, layout.ROW_NUMBER_HEADER)
        column = register.columns[-1]
        header = sample.header(sheet, layout.register_header(column))
        kind = place % 3
        if kind == 0:
            expected = f"structure.column {sheet}!{number.address}"
            yield sample.fault(f"{sheet}: the last column deleted", columns_deleted(header), expected)
        if kind == 1:
            yield sample.fault(f"{sheet} renamed", renamed(sheet, "清单"), f"structure.sheet {sheet}")
        if kind == 2:
            first = rows[-1].readings[register.columns[0].name].cell
            total = by(
                lambda book, row=first.row + 1, column=first.column, sheet=sheet: put(
                    book[sheet].cell(row, column), "合计"
                )
            )
            letters = layout.column_letters(first.column - 1)
            expected = f"structure.row_total {sheet}!{letters}{first.row + 1}"
            yield sample.fault(f"{sheet}: a total", total, expected)
        return
