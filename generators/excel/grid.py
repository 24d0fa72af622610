"""A workbook as cells free of meaning: sheets, cells by row and column, merges, what is hidden."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from generators.model import Cell

MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
"""Rows and columns of a sheet (Excel specifications and limits)."""

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
