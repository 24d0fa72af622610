"""What calamine leaves out of a workbook: number formats, formulas, errors, merges, what is hidden.

calamine reads the values, and gives a blank for an error and for a formula without a result, and 0.015
for a cell that shows 1.5%. What is gathered here says which cells there are, and of which kind; a
workbook of which the two tell different things is not read (:mod:`generators.excel.foreign.child`).
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from generators.excel.grid import address

MAX_CELLS = 100_000
"""Cells that hold something, in the whole workbook."""
MAX_AREA = 2_000_000
"""Cells between the outermost that hold something, blank ones among them, of all sheets together.

calamine keeps every one of them; these take some 80 of the 300 MB that reading may take.
"""
MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
MAX_HIDDEN = 100_000
"""Rows beyond it hold nothing that a form asks."""

Position = tuple[int, int]
"""Row and column of a cell, both from 1."""


class ForeignError(Exception):
    """Why a workbook cannot be read: the part of a finding's code after the dot, and where."""

    def __init__(self, code: str, sheet: str = "", cell: str = "", **params: str) -> None:
        super().__init__(code)
        self.code, self.sheet, self.cell, self.params = code, sheet, cell, params


@contextmanager
def reading(part: str, sheet: str = "") -> Iterator[None]:
    """Whatever is wrong while ``part`` is read is said of it, and of the sheet that it holds."""
    try:
        yield
    except ForeignError as error:
        error.sheet = error.sheet or sheet
        raise
    except MemoryError:
        raise
    except Exception as error:  # a damaged file fails in any class
        raise ForeignError("part_damaged", sheet, part=part) from error


class Kind(StrEnum):
    """What a cell holds; ``BLANK`` is a formula without a result, ``PICTURE`` one that shows one."""

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    ERROR = "error"
    BLANK = "blank"
    PICTURE = "picture"


@dataclass(frozen=True)
class CellFacts:
    """One cell; ``shown`` is the text of an error."""

    kind: Kind
    number_format: str = "General"
    formula: bool = False
    shown: str = ""


@dataclass
class SheetFacts:
    """One worksheet; ``merges`` are top, left, bottom, right, all numbers from 1."""

    name: str
    state: str = "visible"
    cells: dict[Position, CellFacts] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    offset: int = 0
    """Where it begins in the stream of an old workbook."""

    @property
    def area(self) -> int:
        """How many cells lie between the outermost that hold something, with them."""
        if not self.cells:
            return 0
        rows = [row for row, _ in self.cells]
        columns = [column for _, column in self.cells]
        return (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1)

    @property
    def farthest(self) -> Position:
        """The cell that lies farthest from where most cells do, as a share of the whole sheet."""
        row = statistics.median_low(row for row, _ in self.cells)
        column = statistics.median_low(column for _, column in self.cells)
        return max(
            self.cells,
            key=lambda cell: (abs(cell[0] - row) / MAX_ROWS + abs(cell[1] - column) / MAX_COLUMNS, cell),
        )

    def hide_columns(self, first: int, last: int) -> None:
        """Note that columns are hidden."""
        self.hidden_columns.update(range(first, min(last, MAX_COLUMNS) + 1))

    def hide_rows(self, first: int, last: int) -> None:
        """Note that rows are hidden."""
        self.hidden_rows.update(range(first, min(last, MAX_HIDDEN) + 1))


@dataclass
class BookFacts:
    """A workbook; ``beside`` are the codes of what stands in it and is not read.

    ``saved_at`` is when it says that it was saved, as ISO text; empty where it does not say.
    """

    sheets: list[SheetFacts] = field(default_factory=list)
    beside: set[str] = field(default_factory=set)
    saved_at: str = ""
    _cells: int = 0

    def put(self, sheet: SheetFacts, row: int, column: int, cell: CellFacts) -> None:
        """Note a cell; raises :class:`ForeignError` where there are too many or they lie outside."""
        self._cells += 1
        if self._cells > MAX_CELLS:
            raise ForeignError("too_many_values", sheet.name, limit=str(MAX_CELLS))
        if not (1 <= row <= MAX_ROWS and 1 <= column <= MAX_COLUMNS):
            raise ForeignError("outside", sheet.name, row=str(row), column=str(column))
        sheet.cells[row, column] = cell

    def merge(self, sheet: SheetFacts, top: int, left: int, bottom: int, right: int) -> None:
        """Note a merged range; raises :class:`ForeignError` for one that no form has."""
        if bottom < top or right < left:
            raise ForeignError("outside", sheet.name, row=str(bottom), column=str(right))
        self._cells += (bottom - top + 1) * (right - left + 1)
        if self._cells > MAX_CELLS:
            raise ForeignError("ranges", sheet.name, address(top, left))
        sheet.merges.append((top, left, bottom, right))

    def check_area(self) -> None:
        """Raise :class:`ForeignError` where cells lie so far apart that all between cannot be kept.

        It names the cell that lies farthest from the others.
        """
        areas = [sheet.area for sheet in self.sheets]
        if sum(areas) > MAX_AREA:
            sheet = self.sheets[areas.index(max(areas))]
            raise ForeignError("scattered", sheet.name, address(*sheet.farthest))


ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
"""Error values by their code in binary workbooks ([MS-XLS] 2.5.10 BErr)."""
