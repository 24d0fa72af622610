"""A definition sheet → rows whose cells are read by key, collecting findings on the way."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TypeVar

from generators.definition.schema import Column, Table
from generators.excel.numbers import plain
from generators.excel.workbook import Sheet, Workbook
from generators.model import Cell, Finding, Severity
from generators.text import fold, near

T = TypeVar("T")

IGNORED_MARK = "#"
HEADER_SEARCH_ROWS = 10


class Findings:
    """Collects findings about one workbook; every one carries its file, sheet and cell."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.items: list[Finding] = []

    def add(
        self,
        code: str,
        severity: Severity = Severity.ERROR,
        sheet: str = "",
        cell: str = "",
        **params: str,
    ) -> None:
        """Record one finding."""
        self.items.append(Finding(f"definition.{code}", severity, "", self.file, sheet, cell, params))


class Row:
    """One row of a definition sheet, read by column key."""

    def __init__(self, table: Table, sheet: str, cells: Mapping[str, Cell], found: Findings):
        self._columns = {column.key: column for column in table.columns}
        self._cells = cells
        self._found = found
        self.sheet = sheet

    def address(self, key: str) -> str:
        """``A1`` notation of the row's cell under ``key``; empty where there is no such column."""
        cell = self._cells.get(key)
        return cell.address if cell else ""

    def has(self, key: str) -> bool:
        """True where the cell holds something."""
        return bool(self.text(key))

    def text(self, key: str) -> str:
        """The cell's text, stripped; a whole number reads without decimals, a blank as empty."""
        cell = self._cells.get(key)
        if cell is None or cell.value is None:
            return ""
        if isinstance(cell.value, Decimal):
            return plain(cell.value)
        if isinstance(cell.value, dt.datetime):
            return cell.value.isoformat(sep=" ")
        return str(cell.value).strip()

    def needed(self, key: str) -> str:
        """The cell's text; a blank one is a finding."""
        text = self.text(key)
        if not text:
            self.fault("blank", key, column=self.column_name(key))
        return text

    def choice(self, key: str, choices: Mapping[str, T], default: T) -> T:
        """What the cell's word means; a blank means ``default``, an unknown word is a finding."""
        text = self.text(key)
        if not text:
            return default
        for word, meaning in choices.items():
            if fold(word) == fold(text):
                return meaning
        chinese = [word for word in choices if not word.isascii()] or list(choices)
        self.fault(
            "choice",
            key,
            column=self.column_name(key),
            raw=text,
            near=near(text, choices),
            choices="、".join(chinese),
        )
        return default

    def integer(self, key: str, default: int, low: int = 0, high: int = 10**6) -> int:
        """The cell's whole number within ``low`` and ``high``; a blank means ``default``."""
        value = self.decimal(key)
        if value is None:
            return default
        if value != value.to_integral_value() or not low <= value <= high:
            self._number_fault(key, f" {low}–{high} 之间的整数")
            return default
        return int(value)

    def decimal(self, key: str) -> Decimal | None:
        """The cell's number, ``None`` for a blank or for what is not a number (a finding)."""
        text = self.text(key)
        if not text:
            return None
        if not re.fullmatch(r"[+-]?\d+(\.\d+)?", text):
            self._number_fault(key, "数字")
            return None
        return Decimal(text)

    def moment(self, key: str) -> dt.datetime | None:
        """The cell's date or date and time, ``None`` for a blank; else a finding."""
        cell = self._cells.get(key)
        if cell is not None and isinstance(cell.value, dt.datetime):
            return cell.value
        text = self.text(key)
        if not text:
            return None
        match = re.fullmatch(
            r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T](\d{1,2}):(\d{2})(?::\d{2})?)?", text
        )
        if match:
            try:
                year, month, day, hour, minute = (int(part or 0) for part in match.groups())
                return dt.datetime(year, month, day, hour, minute)
            except ValueError:
                pass
        self.fault("date", key, column=self.column_name(key), raw=text)
        return None

    def fault(self, code: str, key: str, **params: str) -> None:
        """Record a finding about this row's cell under ``key``."""
        self._found.add(code, Severity.ERROR, self.sheet, self.address(key), **params)

    def warn(self, code: str, key: str, **params: str) -> None:
        """Record a warning about this row's cell under ``key``."""
        self._found.add(code, Severity.WARNING, self.sheet, self.address(key), **params)

    def _number_fault(self, key: str, expected: str) -> None:
        self.fault("number", key, column=self.column_name(key), raw=self.text(key), expected=expected)

    def column_name(self, key: str) -> str:
        """The Chinese header of the column ``key``."""
        return self._columns[key].zh


def table_rows(book: Workbook, table: Table, found: Findings) -> list[Row]:
    """The filled rows of ``table`` in ``book``; a missing sheet or column is a finding."""
    sheet = _sheet_of(book, table)
    if sheet is None:
        if table.required:
            spare = [item.name for item in book.sheets]
            found.add("sheet", sheet=table.zh, near=near(table.zh, spare))
        return []
    header, columns = _header_of(sheet, table)
    if header == 0:
        first = next(column for column in table.columns if column.required)
        found.add("column", sheet=sheet.name, column=first.zh)
        return []
    by_key = _map_columns(sheet, header, columns, table, found)
    if by_key is None:
        return []
    rows = []
    for number, cells in sheet.rows():
        known = {key: cells[column] for key, column in by_key.items() if column in cells}
        filled = any(str(cell.value).strip() for cell in known.values())
        first_text = str(next((cell.value for cell in known.values()), ""))
        if number <= header or not filled or first_text.startswith(IGNORED_MARK):
            continue
        complete = {key: sheet.cell(number, column) for key, column in by_key.items()}
        rows.append(Row(table, sheet.name, complete, found))
    if table.required and not rows:
        found.add("empty", sheet=sheet.name)
    return rows


def unknown_sheets(book: Workbook, tables: tuple[Table, ...], found: Findings) -> None:
    """Record the visible sheets that no table owns: a misspelt name would silently lose a table."""
    for sheet in book.sheets:
        owned = any(_sheet_of(book, table) is sheet for table in tables)
        if not owned and not sheet.name.startswith(IGNORED_MARK) and sheet.state == "visible":
            names = [table.zh for table in tables] + [table.en for table in tables]
            found.add(
                "sheet_unknown",
                sheet=sheet.name,
                severity=Severity.WARNING,
                near=near(sheet.name, names),
            )


def _sheet_of(book: Workbook, table: Table) -> Sheet | None:
    names = (fold(table.zh), fold(table.en), fold(table.key))
    return next((sheet for sheet in book.sheets if fold(sheet.name) in names), None)


def _matches(text: str, column: Column) -> bool:
    return fold(text) in (fold(column.zh), fold(column.en), fold(column.key))


def _header_of(sheet: Sheet, table: Table) -> tuple[int, dict[int, Cell]]:
    """The header row is the one of the first rows that names the most columns; 0 where none does."""
    best: tuple[int, int, dict[int, Cell]] = (0, 0, {})
    for number, cells in _first_rows(sheet):
        score = sum(
            any(_matches(str(cell.value), column) for column in table.columns) for cell in cells.values()
        )
        if score > best[0]:
            best = (score, number, cells)
    return best[1], best[2]


def _first_rows(sheet: Sheet) -> Iterator[tuple[int, dict[int, Cell]]]:
    for number, cells in sheet.rows():
        if number > HEADER_SEARCH_ROWS:
            return
        yield number, cells


def _map_columns(
    sheet: Sheet, header: int, cells: Mapping[int, Cell], table: Table, found: Findings
) -> dict[str, int] | None:
    by_key: dict[str, int] = {}
    unknown: list[Cell] = []
    for number, cell in sorted(cells.items()):
        name = str(cell.value).strip()
        column = next((column for column in table.columns if _matches(name, column)), None)
        if column is None:
            if not name.startswith(IGNORED_MARK):
                unknown.append(cell)
        elif column.key in by_key:
            found.add("column_twice", sheet=sheet.name, cell=cell.address, column=name)
        else:
            by_key[column.key] = number
    names = [column.zh for column in table.columns if column.key not in by_key]
    for cell in unknown:
        found.add(
            "column_unknown",
            sheet=sheet.name,
            cell=cell.address,
            severity=Severity.WARNING,
            column=str(cell.value),
            near=near(str(cell.value), names),
        )
    missing = [column for column in table.columns if column.required and column.key not in by_key]
    for column in missing:
        spare = [str(cell.value) for cell in unknown]
        found.add(
            "column",
            sheet=sheet.name,
            cell=f"{header}:{header}",
            column=column.zh,
            near=near(column.zh, spare),
        )
    return None if missing else by_key
