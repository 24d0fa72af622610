"""What a form's cell says where a text, a date or a register's value is expected."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

from generators.excel.numbers import (
    is_percent_format,
    is_percent_unit,
    is_placeholder,
    plain,
    read_number,
)
from generators.excel.workbook import UNREADABLE
from generators.model import Cell, ColumnKind, Reading, RegisterColumn

_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:\s+0{1,2}:00(?::00)?)?\Z")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})\Z")


def read_text(cell: Cell) -> Reading:
    """Read ``cell`` where words are expected; a number is taken as its digits."""
    if cell.problem in UNREADABLE:
        return Reading(cell, problem=f"formula.{cell.problem}")
    if isinstance(cell.value, Decimal) and is_percent_format(cell.number_format):
        return Reading(cell, f"{plain(cell.value * 100)}%")
    return Reading(cell, text_of(cell) or None)


def read_register_cell(cell: Cell, column: RegisterColumn) -> Reading:
    """Read ``cell`` as what its register column holds."""
    if column.kind is ColumnKind.NUMBER:
        return read_number(cell, percent=is_percent_unit(column.unit), unit=column.unit)
    if column.kind is ColumnKind.DATE:
        return read_date(cell)
    return read_text(cell)


def read_date(cell: Cell) -> Reading:
    """Read a date as ISO text; a blank stays blank."""
    if cell.problem in UNREADABLE:
        return Reading(cell, problem=f"formula.{cell.problem}")
    if isinstance(cell.value, dt.datetime):
        return Reading(cell, cell.value.date().isoformat())
    text = text_of(cell)
    if not text:
        return Reading(cell)
    if is_placeholder(text):
        return Reading(cell, notes=("normalised.placeholder",))
    if match := _DATE.match(text) or _COMPACT_DATE.match(text):
        year, month, day = (int(part) for part in match.groups())
        try:
            return Reading(cell, dt.date(year, month, day).isoformat())
        except ValueError:
            pass
    return Reading(cell, problem="type.not_date")


def explanation_of(cell: Cell) -> str:
    """A department's reason; what people write where they have none is none."""
    text = "" if cell.problem in UNREADABLE else text_of(cell)
    return "" if is_placeholder(text) else text


def text_of(cell: Cell) -> str:
    """What a cell says as text, stripped; numbers without superfluous zeros."""
    if isinstance(cell.value, Decimal):
        return plain(cell.value)
    if isinstance(cell.value, dt.datetime):
        return cell.value.date().isoformat()
    return cell.raw.strip()
