"""Cells free of meaning, and what a cell was understood to say."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

Value = Decimal | str | None
"""What a cell says: a number, a text, or ``None`` for a blank cell."""

UNREADABLE = ("error", "uncalculated", "picture")
"""Problems of a cell that leave it without content, whatever it is for."""


@dataclass(frozen=True)
class Cell:
    """One cell as the workbook holds it, free of meaning.

    ``value`` is what the file stores (``Decimal`` for a number, the cached result for a formula,
    ``None`` for a blank); ``raw`` is its text as stored; ``problem`` names what is wrong with the
    cell itself (``error``, ``uncalculated``, ``picture``, ``date``, ``boolean``) and is ``None``
    otherwise. A picture in a cell has neither value nor raw text.
    """

    sheet: str
    row: int
    column: int
    address: str
    value: Decimal | str | dt.datetime | bool | None = None
    raw: str = ""
    number_format: str = "General"
    formula: str | None = None
    problem: str | None = None

    @property
    def unreadable(self) -> bool:
        """Whether the cell holds something that is no content, whatever it is for."""
        return self.problem in UNREADABLE


@dataclass(frozen=True)
class Reading:
    """What a cell was understood to say.

    ``value`` is ``None`` for a blank cell and for one that could not be understood; in the latter
    case ``problem`` holds the finding code. ``notes`` are finding codes of what was put right.
    """

    cell: Cell
    value: Value = None
    problem: str | None = None
    notes: tuple[str, ...] = ()
    suggestion: str = ""

    @property
    def blank(self) -> bool:
        """True where the department wrote nothing."""
        return self.value is None and self.problem is None


def problem_code(cell: Cell, picture: str = "type.picture") -> str:
    """The finding code of a cell that holds no content; ``picture`` is what is said of a picture."""
    return picture if cell.problem == "picture" else f"formula.{cell.problem}"
