"""What calamine leaves out of a workbook: number formats, formulas, errors, merges, what is hidden.

calamine reads the values, and gives a blank for an error and for a formula without a result, and 0.015
for a cell that shows 1.5%. What is gathered here says which cells there are, and of which kind; a
workbook of which the two tell different things is not read (:mod:`generators.excel.foreign.child`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

MAX_CELLS = 100_000
"""Cells that hold something, in the whole workbook."""
MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
MAX_HIDDEN = 100_000
"""Rows beyond it hold nothing that a form asks."""

Position = tuple[int, int]
"""Row and column of a cell, both from 1."""


class ForeignError(Exception):
    """Why a workbook cannot be read: the part of a finding's code after the dot."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


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
            raise ForeignError("too_many_cells")
        if not (1 <= row <= MAX_ROWS and 1 <= column <= MAX_COLUMNS):
            raise ForeignError("damaged")
        sheet.cells[row, column] = cell

    def merge(self, sheet: SheetFacts, top: int, left: int, bottom: int, right: int) -> None:
        """Note a merged range; raises :class:`ForeignError` for one that no form has."""
        if bottom < top or right < left:
            raise ForeignError("damaged")
        self._cells += (bottom - top + 1) * (right - left + 1)
        if self._cells > MAX_CELLS:
            raise ForeignError("ranges")
        sheet.merges.append((top, left, bottom, right))


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

BUILT_IN_FORMATS = {
    0: "General",
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "mm-dd-yy",
    37: "#,##0_);(#,##0)",
    38: "#,##0_);[Red](#,##0)",
    39: "#,##0.00_);(#,##0.00)",
    40: "#,##0.00_);[Red](#,##0.00)",
    48: "##0.0E+0",
    49: "@",
}
"""Number formats that a workbook need not write out (ECMA-376 part 1, 18.8.30)."""
