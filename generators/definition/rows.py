"""A definition sheet → rows whose cells are read by key, collecting findings on the way."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from generators.definition.schema import ALL_TABLES, REMARKS, Column, Table
from generators.excel.grid import Sheet, Workbook
from generators.excel.numbers import plain, read_number
from generators.model import Cell, Finding, Severity
from generators.text import fold, near, shorten

T = TypeVar("T")

IGNORED_MARK = "#"
HEADER_SEARCH_ROWS = 10


class Findings:
    """Collects findings about one workbook; every one carries its file, sheet and cell."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.items: list[Finding] = []
        self.broken: set[str] = set()
        """Keys of the tables that could not be read, or have twins: no reference to them is judged."""

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

    def faulty(self, sheet: str) -> bool:
        """Whether an error was recorded about ``sheet``."""
        return any(item.sheet == sheet and item.severity is Severity.ERROR for item in self.items)


LONGEST_NAME = 200
"""Characters of a code, a name, a period: every form bears them, and files are named by them."""


class Row:
    """One row of a definition sheet, read by column key."""

    def __init__(
        self,
        table: Table,
        sheet: str,
        cells: Mapping[str, Cell],
        names: Mapping[str, str],
        found: Findings,
    ) -> None:
        self._columns = {column.key: column for column in table.columns}
        self._names = names
        self._cells = cells
        self._found = found
        self.table = table
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
        return cell_text(cell) if cell else ""

    def needed(self, key: str) -> str:
        """The cell's text; a blank one is a finding, and so is what Excel took for a date."""
        text = self.words(key)
        if not text and not self.unreadable(key):
            self.fault("blank", key, column=self.column_name(key))
        return text

    def short(self, key: str, name: str = "") -> None:
        """Record a finding where the cell's text is longer than any name.

        ``name`` is what the finding calls the cell, by default its column.
        """
        length = len(self.text(key))
        if length > LONGEST_NAME:
            params = {"length": str(length), "limit": str(LONGEST_NAME)}
            self.fault("too_long", key, column=name or self.column_name(key), **params)

    def words(self, key: str, name: str = "") -> str:
        """The cell's text; a date is a finding: Excel turns ``2023-12`` into one.

        ``name`` is what the finding calls the cell, by default its column.
        """
        if self.is_date(key):
            raw = self._cells[key].raw
            self.fault("date_instead", key, column=name or self.column_name(key), raw=raw)
        return self.text(key)

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
            raw=shorten(text),
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
            limits = {"low": str(low), "high": str(high)}
            self.fault("integer", key, column=self.column_name(key), raw=self.text(key), **limits)
            return default
        return int(value)

    def cell(self, key: str) -> Cell | None:
        """The row's cell under ``key``, blank or not; ``None`` where there is no such column."""
        return self._cells.get(key)

    def decimal(self, key: str, *, percent: bool = False) -> Decimal | None:
        """The cell's number, ``None`` for a blank or for what is not a number (a finding).

        ``percent`` says that the number's unit is %, so that a percent-formatted 0.015 means 1.5.
        """
        cell = self._cells.get(key)
        if cell is None or self.unreadable(key):
            return None
        reading = read_number(cell, percent=percent)
        if reading.problem:
            code = "percent" if reading.problem == "type.percent" else "number"
            self.fault(code, key, column=self.column_name(key), raw=shorten(cell.raw))
        return reading.value if isinstance(reading.value, Decimal) else None

    def moment(self, key: str, name: str = "") -> dt.datetime | None:
        """The cell's date or date and time, ``None`` for a blank; else a finding.

        ``name`` is what the finding calls the cell, by default its column.
        """
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
        self.fault("date", key, column=name or self.column_name(key), raw=shorten(text))
        return None

    def refers_to_broken(self, table: Table) -> bool:
        """Whether ``table`` is at fault itself, so that no reference to it can be judged."""
        return table.key in self._found.broken

    def fault(self, code: str, key: str, **params: str) -> None:
        """Record a finding about this row's cell under ``key``."""
        self._found.add(code, Severity.ERROR, self.sheet, self.address(key), **params)

    def warn(self, code: str, key: str, **params: str) -> None:
        """Record a warning about this row's cell under ``key``."""
        self._found.add(code, Severity.WARNING, self.sheet, self.address(key), **params)

    def unreadable(self, key: str) -> bool:
        """Whether the cell is an error, an uncalculated formula or a picture, which was said already."""
        cell = self._cells.get(key)
        return cell is not None and cell.unreadable

    def is_date(self, key: str) -> bool:
        """Whether Excel took the cell for a date."""
        cell = self._cells.get(key)
        return cell is not None and isinstance(cell.value, dt.datetime)

    def column_name(self, key: str) -> str:
        """The header of the column ``key`` as the sheet has it, Chinese or English."""
        return self._names.get(key) or self._columns[key].zh


def cell_text(cell: Cell) -> str:
    """A cell's text, stripped; a number without superfluous zeros, an unreadable cell as blank."""
    if cell.value is None or cell.unreadable:
        return ""
    if isinstance(cell.value, Decimal):
        return plain(cell.value)
    return cell.raw.strip()


def table_rows(book: Workbook, table: Table, found: Findings) -> list[Row]:
    """The filled rows of ``table`` in ``book``; a missing sheet or column is a finding."""
    sheet = _sheet_of(book, table)
    if sheet is None:
        if table.required:
            owned = {fold(name) for other in ALL_TABLES for name in _names(other)}
            spare = [item.name for item in book.sheets if fold(item.name) not in owned]
            found.add("sheet", sheet=table.zh, near=near(table.zh, spare))
            found.broken.add(table.key)
        return []
    header, columns = _header_of(sheet, table)
    if header == 0:
        first = next(column for column in table.columns if column.required)
        if sheet.cells:
            found.add("column", sheet=sheet.name, column=first.zh)
        elif table.required:
            found.add("empty", sheet=sheet.name)
        if sheet.cells or table.required:
            found.broken.add(table.key)
        return []
    by_key = _map_columns(sheet, columns, table, found)
    if by_key is None:
        found.broken.add(table.key)
        return []
    names = {key: cell_text(columns[column]) for key, column in by_key.items()}
    typed = {column.key for column in table.columns if column.typed}
    rows = []
    unnamed: dict[int, Cell] = {}
    for number, cells in sheet.rows():
        known = {
            key: _as_typed(cells[column]) if key in typed else cells[column]
            for key, column in by_key.items()
            if column in cells
        }
        if number <= header or _ignored(known):
            continue
        for key, cell in known.items():
            if cell.problem and cell.unreadable:
                name = names[key]
                raw = shorten(cell.raw)
                found.add(cell.problem, sheet=sheet.name, cell=cell.address, column=name, raw=raw)
        complete = {key: known.get(key) or sheet.cell(number, column) for key, column in by_key.items()}
        rows.append(Row(table, sheet.name, complete, names, found))
        for column, cell in cells.items():
            if column not in columns and cell_text(cell):
                unnamed.setdefault(column, cell)
    for column, cell in sorted(unnamed.items()):
        # Within the table a name was lost; beside it people write notes.
        severity = Severity.ERROR if column < max(columns) else Severity.WARNING
        raw = shorten(cell_text(cell))
        found.add("column_unnamed", severity, sheet=sheet.name, cell=cell.address, raw=raw)
    if table.required and not rows:
        found.add("empty", sheet=sheet.name)
        found.broken.add(table.key)
    return rows


def _as_typed(cell: Cell) -> Cell:
    """The cell with what was typed into it: a text that Excel took for a formula is that text."""
    if cell.formula is None:
        return cell
    return replace(cell, value=cell.formula, raw=cell.formula, problem=None)


def _ignored(cells: Mapping[str, Cell]) -> bool:
    """Whether a row is blank, or a remark: its first cell begins with ``#``."""
    texts = [cell_text(cell) for cell in cells.values() if cell_text(cell)]
    unreadable = any(cell.unreadable for cell in cells.values())
    return texts[0].startswith(IGNORED_MARK) if texts else not unreadable


def unknown_sheets(book: Workbook, tables: tuple[Table, ...], found: Findings) -> None:
    """Record the sheets that no table owns; one that was probably meant for a table is an error.

    A misspelt name would silently lose a table. A hidden sheet is of no concern otherwise.
    """
    names = [name for table in tables if not _sheet_of(book, table) for name in (table.zh, table.en)]
    for sheet in book.sheets:
        owned = any(_sheet_of(book, table) is sheet for table in tables)
        meant = near(sheet.name, names) if sheet.cells else ""
        if owned or sheet.name.startswith(IGNORED_MARK) or (sheet.state != "visible" and not meant):
            continue
        severity = Severity.ERROR if meant else Severity.WARNING
        found.add("sheet_unknown", severity, sheet=sheet.name, near=meant)


def _sheet_of(book: Workbook, table: Table) -> Sheet | None:
    names = {fold(name) for name in _names(table)}
    return next((sheet for sheet in book.sheets if fold(sheet.name) in names), None)


def _names(table: Table) -> tuple[str, str, str]:
    return table.zh, table.en, table.key


def _matches(text: str, column: Column) -> bool:
    return fold(text) in (fold(column.zh), fold(column.en), fold(column.key))


def _header_of(sheet: Sheet, table: Table) -> tuple[int, dict[int, Cell]]:
    """The header row is the one of the first rows that names the most columns; 0 where none does."""
    best: tuple[int, int, dict[int, Cell]] = (0, 0, {})
    for number, cells in _first_rows(sheet):
        score = sum(
            any(_matches(cell_text(cell), column) for column in table.columns) for cell in cells.values()
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
    sheet: Sheet, cells: Mapping[int, Cell], table: Table, found: Findings
) -> dict[str, int] | None:
    by_key: dict[str, int] = {}
    unknown: list[Cell] = []
    for number, cell in sorted(cells.items()):
        name = cell_text(cell)
        if not name:
            continue
        column = next((column for column in table.columns if _matches(name, column)), None)
        if column is None:
            if not name.startswith(IGNORED_MARK):
                unknown.append(cell)
        elif column.key in by_key:
            found.add("column_twice", sheet=sheet.name, cell=cell.address, column=name)
        else:
            by_key[column.key] = number
    absent = [item for item in table.columns if item.key not in by_key and item.zh != REMARKS]
    for cell in unknown:
        name = cell_text(cell)
        meant = near(name, [word for item in absent for word in (item.zh, item.en)])
        # What a misspelt column says would be lost, and a default stand in its place.
        severity = Severity.ERROR if meant else Severity.WARNING
        params = {"column": shorten(name), "near": meant}
        found.add("column_unknown", severity, sheet=sheet.name, cell=cell.address, **params)
    missing = [column for column in table.columns if column.required and column.key not in by_key]
    for column in missing:
        spare = [cell_text(cell) for cell in unknown]
        found.add(
            "column",
            sheet=sheet.name,
            cell=cells[min(cells)].address,
            column=column.zh,
            near=near(column.zh, spare),
        )
    return None if missing else by_key
