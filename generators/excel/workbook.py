"""Workbook bytes → cells with raw text, value, number format and address, free of meaning."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from generators.excel.guard import guard
from generators.model import Cell, Finding, Result, Severity

_MODIFIED = re.compile(rb"<dcterms:modified[^>]*>([^<]{1,40})<")


@dataclass(frozen=True)
class Sheet:
    """One worksheet. ``cells`` maps (row, column), both from 1, to the cells that hold something."""

    name: str
    state: str
    cells: Mapping[tuple[int, int], Cell]
    hidden_rows: frozenset[int] = frozenset()
    last_row: int = 0

    def cell(self, row: int, column: int) -> Cell:
        """The cell at ``row``, ``column``; a blank one where the sheet holds nothing there."""
        known = self.cells.get((row, column))
        return known or Cell(self.name, row, column, address(row, column))

    def rows(self) -> Iterator[tuple[int, dict[int, Cell]]]:
        """The rows that hold something, downwards, each with its cells by column."""
        grouped: dict[int, dict[int, Cell]] = {}
        for (row, column), cell in self.cells.items():
            grouped.setdefault(row, {})[column] = cell
        for row in sorted(grouped):
            yield row, grouped[row]


@dataclass(frozen=True)
class Workbook:
    """A workbook's sheets in tab order, its custom document properties and when it was saved."""

    file: str
    sha256: str
    sheets: tuple[Sheet, ...]
    properties: Mapping[str, str] = field(default_factory=dict)
    saved_at: str = ""

    def sheet(self, name: str) -> Sheet | None:
        """The sheet called ``name``, or ``None``."""
        return next((sheet for sheet in self.sheets if sheet.name == name), None)


def address(row: int, column: int) -> str:
    """``A1`` notation of a cell; row and column count from 1."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def read_workbook(data: bytes, file: str) -> Result[Workbook]:
    """Read a workbook from its bytes; ``file`` is the name that findings carry.

    The value is ``None`` where the file cannot be read; the one finding then says why. This is the
    one boundary at which openpyxl's many exceptions become a finding.
    """
    refusal = guard(data, file)
    if refusal:
        return Result(None, (refusal,))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Result(_load(data, file))
    except Exception:  # openpyxl fails in at least eight unrelated classes on damaged files
        return Result(None, (Finding("format.damaged", Severity.ERROR, file=file),))


def _load(data: bytes, file: str) -> Workbook:
    import openpyxl

    book: Any = openpyxl.load_workbook(io.BytesIO(data), keep_links=False)
    cached: Any = None
    sheets = []
    for worksheet in book.worksheets:
        cells = {}
        # Not iter_rows(): one stray cell at XFD1048576 would make it walk 17 billion positions.
        for (row, column), source in sorted(worksheet._cells.items()):
            if source.value is None:
                continue
            result = source.value
            formula = None
            if source.data_type == "f":
                if cached is None:
                    cached = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
                formula = str(getattr(source.value, "text", source.value))
                result = cached[worksheet.title].cell(row, column).value
            cells[row, column] = _cell(worksheet.title, row, column, result, formula, source)
        sheets.append(
            Sheet(
                worksheet.title,
                worksheet.sheet_state,
                cells,
                frozenset(number for number, row in worksheet.row_dimensions.items() if row.hidden),
                max((row for row, _ in cells), default=0),
            )
        )
    properties = {item.name: str(item.value) for item in book.custom_doc_props.props if item.name}
    return Workbook(file, hashlib.sha256(data).hexdigest(), tuple(sheets), properties, _saved_at(data))


def _saved_at(data: bytes) -> str:
    """When the workbook says it was last saved (openpyxl would say now where it does not say)."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if "docProps/core.xml" not in archive.namelist():
            return ""
        match = _MODIFIED.search(archive.read("docProps/core.xml"))
    return match[1].decode("ascii", "replace").strip() if match else ""


def _cell(sheet: str, row: int, column: int, result: object, formula: str | None, source: Any) -> Cell:
    value: Decimal | str | dt.datetime | bool | None
    problem = None
    if isinstance(result, bool):
        value, problem = result, "boolean"
    elif isinstance(result, int | float):
        value = Decimal(repr(result))
        if not value.is_finite():
            problem = "error"
    elif isinstance(result, dt.datetime):
        value, problem = result, "date"
    elif isinstance(result, dt.date | dt.time | dt.timedelta):
        value, problem = str(result), "date"
    elif result is None:
        value = None
        problem = "uncalculated" if formula else None
    else:
        value = str(result)
        if source.data_type == "e" or (formula and value in _ERRORS):
            problem = "error"
    raw = "" if value is None else str(value)
    return Cell(
        sheet,
        row,
        column,
        address(row, column),
        value,
        raw,
        source.number_format or "General",
        formula,
        problem,
    )


_ERRORS = frozenset(
    ["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!"]
)
