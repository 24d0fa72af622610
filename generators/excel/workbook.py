"""Workbook bytes → cells with raw text, value, number format and address, free of meaning."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import math
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from generators.excel.formulas import is_picture
from generators.excel.guard import guard
from generators.excel.markup import CELL_TEXT
from generators.model import Cell, Finding, Result, Severity

MAX_COLUMNS = 16_384

# No part of these may run past the next "<": else hostile markup takes quadratic time.
_MODIFIED = re.compile(rb"<dcterms:modified[^<>]*>([^<]{1,40})<")
_CALCULATE_ON_LOAD = re.compile(rb"<(?:\w+:)?calcPr\s[^<>]*\bfullCalcOnLoad\s*=\s*[\"'](?:1|true)[\"']")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^<>]*sheetId\s*=")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_UNPRINTABLE = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u2060\ufeff]")


Position = tuple[int, int]
"""Row and column of a cell, both from 1."""


@dataclass(frozen=True)
class Area:
    """A rectangle of cells that were merged into one; rows and columns from 1, ends inclusive."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def first(self) -> Position:
        """The cell that holds the content of all."""
        return self.top, self.left

    @property
    def address(self) -> str:
        """``D5:E6``."""
        return f"{address(self.top, self.left)}:{address(self.bottom, self.right)}"

    def positions(self) -> Iterator[Position]:
        """Every cell, row by row."""
        for row in range(self.top, self.bottom + 1):
            for column in range(self.left, self.right + 1):
                yield row, column


@dataclass(frozen=True)
class Sheet:
    """One worksheet. ``cells`` maps (row, column), both from 1, to the cells that hold something.

    Hidden are rows and columns that nobody sees: hidden by hand, by a filter, or of no height or
    width. ``merges`` stand in the order of their first cells; the guard bounds their extent.
    """

    name: str
    state: str
    cells: Mapping[Position, Cell]
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merges: tuple[Area, ...] = ()

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


def reference(cell: Cell) -> str:
    """The absolute reference of a cell as formulas write it: ``'sheet'!$D$5``."""
    return reference_to(cell.sheet, cell.address)


def reference_to(sheet: str, address: str) -> str:
    """The same for a cell of which only sheet and address are known."""
    letters = address.rstrip("0123456789")
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!${letters}${address.removeprefix(letters)}"


def read_workbook(data: bytes, file: str) -> Result[Workbook]:
    """Read an .xlsx workbook from its bytes; ``file`` is the name that findings carry.

    The value is ``None`` where the file cannot be read; the one finding then says why. Else the
    findings are warnings of what was not read. This is the one boundary at which openpyxl's many
    exceptions become a finding.
    """
    guarded = guard(data, file)
    if any(item.severity is Severity.ERROR for item in guarded):
        return Result(None, guarded)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return checked(Result(_load(data, file), guarded))
    except Exception:  # openpyxl fails in at least eight unrelated classes on damaged files
        return Result(None, (Finding("format.damaged", Severity.ERROR, file=file),))


def checked(read: Result[Workbook]) -> Result[Workbook]:
    """What was read, or the finding that a cell of it holds more than any program lets one hold."""
    for sheet in read.value.sheets if read.value else ():
        for cell in sheet.cells.values():
            if read.value and len(cell.raw) > CELL_TEXT:
                refusal = Finding(
                    "format.long_text",
                    Severity.ERROR,
                    file=read.value.file,
                    sheet=sheet.name,
                    cell=cell.address,
                    params={"limit": str(CELL_TEXT)},
                )
                return Result(None, (refusal,))
    return read


def _load(data: bytes, file: str) -> Workbook:
    import openpyxl

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
    if is_picture(formula, value):
        value, problem = None, "picture"
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


def decimal_of(number: float) -> Decimal:
    """A number as Excel shows it, with 15 digits.

    A sum of typed figures is stored as 8.049999999999999 and shown as 8.05; to round what is stored
    would print another figure than the one the department sees.
    """
    return Decimal(f"{number:.15g}") if number else Decimal(0)


def clean(text: str) -> str:
    """Text without what Excel writes for control characters (``_x000D_``); line ends are ``\\n``.

    What cannot be seen goes too: pasted from a web page, it makes two equal words unlike.
    """
    text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    text = _INVISIBLE.sub("", text)
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def raw_of(value: Decimal | str | dt.datetime | bool | None) -> str:
    """A cell's value as text: what :class:`~generators.model.Cell` calls its raw text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()  # as Excel shows it
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="minutes")
    return str(value)


def _formula(source: object) -> str:
    """The text of a formula; an array formula and a data table are objects of openpyxl's own."""
    if isinstance(source, str):
        return source
    return str(getattr(source, "text", None) or "=TABLE()")
