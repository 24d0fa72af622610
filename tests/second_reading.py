"""A second reading of .xlsx workbooks, by openpyxl, that the reader of submissions is held against."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import math
import re
import zipfile
from decimal import Decimal
from typing import Any

import openpyxl

from generators.excel.grid import MAX_COLUMNS, Area, Sheet, Workbook, address
from generators.excel.values import clean, decimal_of, raw_of
from generators.model import Cell

_MODIFIED = re.compile(rb"<dcterms:modified[^<>]*>([^<]{1,40})<")
_CALCULATE_ON_LOAD = re.compile(rb"<(?:\w+:)?calcPr\s[^<>]*\bfullCalcOnLoad\s*=\s*[\"'](?:1|true)[\"']")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^<>]*sheetId\s*=")


def by_openpyxl(data: bytes, file: str) -> Workbook:
    """The workbook as openpyxl reads it; raises what openpyxl raises."""

    book: Any = openpyxl.load_workbook(io.BytesIO(data), keep_links=False)
    if len(book.sheetnames) < _declared_sheets(data):
        raise ValueError("the part of a sheet is missing")  # openpyxl passes over it
    cached: Any = None
    untrusted = _never_calculated(data)
    sheets = []
    for worksheet in book.worksheets:
        cells = {}
        # Not iter_rows(): one stray cell at XFD1048576 would make it walk 17 billion positions.
        for (row, column), source in sorted(worksheet._cells.items()):
            if source.value is None:
                continue
            if source.data_type == "f" and cached is None:
                cached = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
            stored = source if source.data_type != "f" else cached[worksheet.title].cell(row, column)
            cells[row, column] = _cell(worksheet.title, row, column, source, stored, untrusted)
        sheets.append(
            Sheet(
                worksheet.title,
                worksheet.sheet_state,
                cells,
                _hidden_rows(worksheet),
                _hidden_columns(worksheet),
                _merges(worksheet),
            )
        )
    properties = {item.name: str(item.value) for item in book.custom_doc_props.props if item.name}
    return Workbook(file, hashlib.sha256(data).hexdigest(), tuple(sheets), properties, _saved_at(data))


def _hidden_rows(worksheet: Any) -> frozenset[int]:
    rows = worksheet.row_dimensions.items()
    return frozenset(number for number, row in rows if row.hidden or row.height == 0)


def _hidden_columns(worksheet: Any) -> frozenset[int]:
    ranges = sorted(
        (column.min, min(column.max, MAX_COLUMNS))
        for column in worksheet.column_dimensions.values()
        if column.hidden or column.width == 0
    )
    hidden: list[int] = []
    for first, last in ranges:  # each column once, however many ranges overlap
        hidden += range(max(first, hidden[-1] + 1 if hidden else 1), last + 1)
    return frozenset(hidden)


def _merges(worksheet: Any) -> tuple[Area, ...]:
    areas = (
        Area(item.min_row, item.min_col, item.max_row, item.max_col)
        for item in worksheet.merged_cells.ranges
    )
    return tuple(sorted(areas, key=lambda area: (area.first, area.bottom, area.right)))


def _never_calculated(data: bytes) -> bool:
    """Whether the workbook asks to be calculated when it is opened, and so has not been yet.

    Programs that write formulas without calculating them (XlsxWriter, openpyxl) say so; Excel, WPS
    and LibreOffice leave the mark out when they save. What such a program writes as the result is
    0 unless its author gave another, so only a 0 is doubtful. The producer's name in
    ``docProps/app.xml`` would not tell: XlsxWriter calls itself Microsoft Excel there.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [name for name in archive.namelist() if name.lower().endswith("workbook.xml")]
        return any(_CALCULATE_ON_LOAD.search(archive.read(name)) for name in parts)


def _declared_sheets(data: bytes) -> int:
    """How many sheets the workbook says that it has."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [name for name in archive.namelist() if name.lower().endswith("workbook.xml")]
        return sum(len(_SHEET.findall(archive.read(name))) for name in parts)


def _saved_at(data: bytes) -> str:
    """When the workbook says it was last saved (openpyxl would say now where it does not say)."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if "docProps/core.xml" not in archive.namelist():
            return ""
        match = _MODIFIED.search(archive.read("docProps/core.xml"))
    return match[1].decode("ascii", "replace").strip() if match else ""


def _cell(sheet: str, row: int, column: int, source: Any, stored: Any, untrusted: bool) -> Cell:
    """The cell from openpyxl's: ``source`` as written, ``stored`` with a formula's last result.

    ``untrusted`` says that a result of 0 may be none (see :func:`_never_calculated`).
    """
    formula = _formula(source.value) if source.data_type == "f" else None
    value, problem = _value(stored.value, stored.data_type)
    # A formula that gave an empty text has a result; openpyxl tells it only by the type.
    if value is None and formula and stored.data_type not in ("s", "str"):
        problem = "uncalculated"
    if formula and untrusted and value == 0 and problem is None:
        value, problem = None, "uncalculated"
    return Cell(
        sheet,
        row,
        column,
        address(row, column),
        value,
        raw_of(value),
        source.number_format or "General",
        formula,
        problem,
    )


def _value(
    result: object, data_type: str
) -> tuple[Decimal | str | dt.datetime | bool | None, str | None]:
    """What a stored result says, and what is wrong with it."""
    if result is None:
        return None, None
    if isinstance(result, bool):
        return result, "boolean"
    if isinstance(result, int):
        return Decimal(result), None
    if isinstance(result, float):
        if not math.isfinite(result):
            return str(result), "error"
        return decimal_of(result), None
    if isinstance(result, dt.datetime):
        return result, "date"
    if isinstance(result, dt.date | dt.time | dt.timedelta):
        return str(result), "date"
    if data_type == "e":
        return str(result), "error"
    return clean(str(result)), None


def _formula(source: object) -> str:
    """The text of a formula; an array formula and a data table are objects of openpyxl's own."""
    if isinstance(source, str):
        return source
    return str(getattr(source, "text", None) or "=TABLE()")
