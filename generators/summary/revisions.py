"""The sheet 数据修订: figures that changed between vintages: old, new, who, which cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from xlsxwriter.utility import xl_rowcol_to_cell

from generators.messages import MEASURE_LABELS
from generators.model import Definition, Indicator, Known, Measure, Revision
from generators.summary.formats import figure_format, number_format, row_height
from generators.summary.labels import DASH
from generators.summary.page import (
    Page,
    SheetEntry,
    absolute,
    original_link,
    put,
    put_formula,
    put_link,
    set_up,
    start,
    write_empty,
    write_header,
    write_notes,
)
from generators.summary.reports import Archive, Timeliness
from generators.summary.times import saved, timeliness

HEADS = (
    "序号",
    "指标",
    "口径",
    "计量单位",
    "原值",
    "新值",
    "变动",
    "部门",
    "版次",
    "原单元格",
    "新单元格",
    "文件",
    "保存时间",
    "是否逾期",
)
WIDTHS = (7.0, 28.0, 14.0, 11.0, 16.0, 16.0, 12.0, 18.0, 9.0, 13.0, 13.0, 26.0, 18.0, 10.0)
FIRST_ROW = 3
"""The index of the first data row."""
_OLD, _NEW, _CHANGE = 4, 5, 6
_ADDED, _WITHDRAWN, _REWORDED = "新增", "删去", "修改"
_NOTE = (
    "注：本期同一部门前后两次报送之间有变动的数据。点击单元格可打开归档的报送原件并定位；"
    "文件、保存时间和是否逾期以后一次报送为准。"
)
_EXACT = 10
"""Decimals of a change: beyond them is the noise of binary fractions (12.3 - 12.1)."""
_LATE = {Timeliness.LATE: ("是", "doubtful"), Timeliness.ON_TIME: ("否", "good")}


def write_revisions(
    page: Page,
    definition: Definition,
    revisions: Sequence[Revision],
    left: str,
    right: str,
    archive: Archive,
) -> SheetEntry:
    """Write the sheet, in the order of the definition; indicators that it has no more come last."""
    set_up(page, (2, 2), 2)
    start(page, "数据修订", left, right)
    row = write_header(page, 2, HEADS)
    places = {indicator.code: place for place, indicator in enumerate(definition.indicators)}
    ordered = sorted(revisions, key=lambda item: places.get(item.indicator, len(places)))
    for number, revision in enumerate(ordered, 1):
        _write_revision(page, row, number, revision, definition, archive)
        row += 1
    if not ordered:
        row = write_empty(page, row, "没有修订")
    page.sheet.autofilter(2, 0, row - 1, page.last_column)
    write_notes(page, row, [_NOTE])
    names = absolute(page, FIRST_ROW, 1, max(row - 1, FIRST_ROW), 1)
    return SheetEntry(page.name, "同一部门前后两次报送之间有变动的数据", names, len(ordered))


def _write_revision(
    page: Page, row: int, number: int, revision: Revision, definition: Definition, archive: Archive
) -> None:
    indicator = definition.indicator_by_code.get(revision.indicator)
    name = indicator.name if indicator else revision.indicator
    department = definition.department_name(revision.department)
    old, new = revision.old, revision.new
    decimals = _decimals(indicator, revision.measure, old, new)
    put(page, row, 0, number, "number")
    put(page, row, 1, name, "text")
    put(page, row, 2, MEASURE_LABELS["zh"][revision.measure], "centre")
    put(page, row, 3, _unit(indicator, revision) or DASH, "centre")
    for column, known in ((_OLD, old), (_NEW, new)):
        _put_value(page, row, column, known, indicator, decimals)
    _put_change(page, row, old, new, decimals)
    put(page, row, 7, department, "text")
    put(page, row, 8, f"{revision.vintage - 1}→{revision.vintage}", "centre")
    for column, known in ((9, old), (10, new)):
        _put_place(page, row, column, known, archive)
    original = original_link(archive, revision.sha256)
    put_link(page, row, 11, original, revision.file, "link", "打开归档的报送原件")
    put(page, row, 12, saved(definition, revision.saved_at), "centre")
    judged = timeliness(definition, revision.department, revision.saved_at)
    late, role = _LATE.get(judged, (DASH, "centre"))
    put(page, row, 13, late, role)
    shown = {1: name, 7: department, 11: revision.file}
    shown |= {column: _text_of(known) for column, known in ((_OLD, old), (_NEW, new))}
    page.sheet.set_row(row, row_height([(text, WIDTHS[column]) for column, text in shown.items()]))


def _put_value(
    page: Page, row: int, column: int, known: Known | None, indicator: Indicator | None, decimals: int
) -> None:
    if known is None:
        put(page, row, column, DASH, "centre")
    elif isinstance(known.value, Decimal):
        pattern = _format(indicator, known.measure, decimals)
        put(page, row, column, known.value, "figure", num_format=pattern)
    else:
        put(page, row, column, known.value, "text")


def _put_change(page: Page, row: int, old: Known | None, new: Known | None, decimals: int) -> None:
    """Write new less old as a live formula, or what happened where there are not two numbers."""
    if old is None or new is None:
        put(page, row, _CHANGE, _ADDED if old is None else _WITHDRAWN, "centre")
    elif isinstance(old.value, Decimal) and isinstance(new.value, Decimal):
        cells = [xl_rowcol_to_cell(row, column) for column in (_NEW, _OLD)]
        change = float(round(new.value - old.value, _EXACT))
        plain = number_format(decimals)
        signed = f"{number_format(decimals, '+')};{number_format(decimals, '-')};{plain}"
        formula = f"=ROUND({cells[0]}-{cells[1]},{_EXACT})"
        put_formula(page, row, _CHANGE, formula, change, "figure", num_format=signed)
    else:
        put(page, row, _CHANGE, _REWORDED, "centre")


def _put_place(page: Page, row: int, column: int, known: Known | None, archive: Archive) -> None:
    if known is None:
        put(page, row, column, DASH, "centre")
        return
    link = original_link(archive, known.sha256, known.sheet, known.cell)
    shown = f"{known.sheet}!{known.cell}"
    put_link(page, row, column, link, shown, "link", "打开归档的报送原件", align="center")


def _decimals(
    indicator: Indicator | None, measure: Measure, old: Known | None, new: Known | None
) -> int:
    """The declared decimals, or as many more as it takes to see what changed."""
    declared = indicator.decimals_of(measure) if indicator else 0
    numbers = [item.value for item in (old, new) if item and isinstance(item.value, Decimal)]
    exponents = [int(number.normalize().as_tuple().exponent) for number in numbers]
    return max(declared, *(min(-exponent, _EXACT) for exponent in exponents), 0)


def _format(indicator: Indicator | None, measure: Measure, decimals: int) -> str:
    if indicator is None:
        return number_format(decimals)
    return figure_format(replace(indicator, decimals=decimals, growth_decimals=decimals), measure)


def _unit(indicator: Indicator | None, revision: Revision) -> str:
    known = revision.new or revision.old
    if indicator is None or known is None or not isinstance(known.value, Decimal):
        return ""
    return indicator.unit_of(revision.measure)


def _text_of(known: Known | None) -> str:
    return known.value if known and isinstance(known.value, str) else ""
