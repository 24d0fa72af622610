"""One sheet a register: its rows with the department, totals as live formulas, filters."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from generators.forms.layout import register_header
from generators.merge import Dataset
from generators.model import ColumnKind, Register, RegisterColumn
from generators.summary.formats import number_format, row_height, text_width
from generators.summary.labels import UNREPORTED
from generators.summary.page import (
    Page,
    SheetEntry,
    absolute,
    merge,
    one_line,
    put,
    put_formula,
    put_link,
    set_up,
    start,
    write_empty,
    write_header,
    write_notes,
)
from generators.summary.sources import Sources, records_of, register_cell, tip

_LEFT = ("序号", "报送部门")
_HEADER = 2
_FIRST = 3
"""The indices of the header row and of the first data row."""


def register_widths(register: Register, dataset: Dataset) -> tuple[float, ...]:
    """The column widths: as declared, but never narrower than a heading's longest half."""
    names = [dataset.definition.department_name(code) for code in register.departments]
    department = min(22.0, max([12.0, *(text_width(name) + 2 for name in names)]))
    declared = (
        min(50.0, max(column.width, text_width(register_header(column)) / 2 + 3, 9.0))
        for column in register.columns
    )
    return (7.0, department, *declared, 9.0)


def write_register(
    page: Page, register: Register, dataset: Dataset, sources: Sources, left: str, right: str
) -> SheetEntry:
    """Write the register; the last column of each row leads to its row in 数据来源."""
    set_up(page, (_HEADER, _HEADER), min(3, page.last_column))
    start(page, register.name, left, right)
    heads = [*_LEFT, *(register_header(column) for column in register.columns), "来源"]
    row = write_header(page, _HEADER, heads)
    records = records_of(dataset.registers[register.code])
    for place, record in enumerate(records):
        _write_row(page, row, place, register, dataset, sources, record)
        row += 1
    if not records:
        row = write_empty(page, row, "本期没有部门报送")
    page.sheet.autofilter(_HEADER, 0, row - 1, page.last_column)
    _write_totals(page, row, register, records)
    write_notes(page, row + 1, _notes(register, records))
    names = absolute(page, _FIRST, 1, max(row - 1, _FIRST), 1)
    return SheetEntry(page.name, register.note or f"{register.name}（清单）", names, len(records))


def cells_of(register: Register, dataset: Dataset) -> dict[str, str]:
    """The cell in which each entry of a register stands, by the entry's stable id."""
    return {
        register_cell(register.code, record, column.name): xl_rowcol_to_cell(_FIRST + place, index)
        for place, record in enumerate(records_of(dataset.registers[register.code]))
        for index, column in enumerate(register.columns, len(_LEFT))
    }


def _write_row(
    page: Page,
    row: int,
    place: int,
    register: Register,
    dataset: Dataset,
    sources: Sources,
    record: Mapping[str, Any],
) -> None:
    department = dataset.definition.department_name(record["_department"])
    put(page, row, 0, place + 1, "number")
    put(page, row, 1, department, "centre")
    texts = [(department, page.widths[1])]
    for index, column in enumerate(register.columns, len(_LEFT)):
        value = record[column.name]
        value = one_line(value) if isinstance(value, str) else value
        _write_value(page, row, index, column, value)
        if isinstance(value, str):
            texts.append((value, page.widths[index]))
    source = sources.register_rows[register.code, place]
    hint = tip(sources.rows[source])
    put_link(page, row, page.last_column, sources.link(source), "查看", "link", hint, align="center")
    page.sheet.set_row(row, row_height(texts))


def _write_value(page: Page, row: int, index: int, column: RegisterColumn, value: object) -> None:
    if isinstance(value, Decimal):
        put(page, row, index, value, "figure", num_format=number_format(column.decimals))
    elif not isinstance(value, str):
        # Not a reading at all: pandas fills columns that a row does not have with NaN.
        put(page, row, index, None, "text")
    elif column.kind is ColumnKind.DATE and (day := _day(value)):
        style = page.styles.of("centre", num_format="yyyy-mm-dd")
        page.sheet.write_datetime(row, index, day, style)
    else:
        put(page, row, index, value, "centre" if column.kind is ColumnKind.CODE else "text")


def _write_totals(
    page: Page, row: int, register: Register, records: Sequence[Mapping[str, Any]]
) -> None:
    """Write the total row: rows counted in the first column, quantities added up.

    A quantity that no row gives has no total: 0 would be a figure that nobody reported.
    """
    merge(page, row, 0, row, 1, "合计", "total")
    last = max(row - 1, _FIRST)
    for index, column in enumerate(register.columns, len(_LEFT)):
        cells = xl_range(_FIRST, index, last, index)
        values = [record[column.name] for record in records]
        if _adds_up(column):
            numbers = [float(value) for value in values if isinstance(value, Decimal)]
            style = {"num_format": number_format(column.decimals)}
            if records and not numbers:
                formula = f'=IF(COUNT({cells})=0,"{UNREPORTED}",SUM({cells}))'
                put_formula(page, row, index, formula, UNREPORTED, "total_unreported", **style)
                continue
            put_formula(page, row, index, f"=SUM({cells})", math.fsum(numbers), "total_figure", **style)
        elif index == len(_LEFT):
            filled = sum(1 for value in values if isinstance(value, Decimal | str) and value != "")
            style = {"num_format": '"共 "0" 项"'}
            put_formula(page, row, index, f"=COUNTA({cells})", filled, "total", **style)
        else:
            put(page, row, index, None, "total")
    put(page, row, page.last_column, None, "total")
    page.sheet.set_row(row, 24)


def _adds_up(column: RegisterColumn) -> bool:
    """Whether a sum of the column says something: quantities do, rates do not."""
    return column.kind is ColumnKind.NUMBER and column.unit not in ("%", "‰", "个百分点")


def _notes(register: Register, records: Sequence[Mapping[str, Any]]) -> list[str]:
    notes = []
    for column in register.columns:
        blank = sum(1 for record in records if not isinstance(record[column.name], Decimal))
        if _adds_up(column) and records and blank == len(records):
            notes.append(f"注：“{column.name}”各项均未填，不作合计。")
        elif _adds_up(column) and blank:
            notes.append(
                f"注：“{column.name}”有 {blank} 项未填，合计只含已填的 {len(records) - blank} 项。"
            )
    return notes


def _day(text: str) -> dt.datetime | None:
    try:
        day = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    # Excel's calendar begins in 1900 and knows no time zones.
    return day.replace(tzinfo=None) if day.year > 1900 else None
