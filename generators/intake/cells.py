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
from generators.model import Cell, ColumnKind, Reading, RegisterColumn, problem_code

_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:\s+0{1,2}:00(?::00)?)?\Z")
# Begins only where a run of spaces begins: else a long one would be gone through from each of its signs.
_BREAK = re.compile(r"(?<!\s)\s*[\n\r\t\v\f\u0085\u2028\u2029]\s*")
_CHINESE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff“”‘’…—·]")
_CHINESE_MARK = re.compile("[、。〈-】〔-〗！（），．：；？]")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})\Z")


def read_text(cell: Cell) -> Reading:
    """Read ``cell`` where a line of words is expected; a number is taken as its digits."""
    if cell.unreadable:
        return Reading(cell, problem=problem_code(cell))
    if isinstance(cell.value, Decimal) and is_percent_format(cell.number_format):
        return Reading(cell, f"{plain(cell.value * 100)}%")
    text = text_of(cell)
    line = one_line(text)
    return Reading(cell, line or None, notes=("normalised.lines",) if line != text else ())


def read_register_cell(cell: Cell, column: RegisterColumn) -> Reading:
    """Read ``cell`` as what its register column holds."""
    if column.kind is ColumnKind.NUMBER:
        percent, change = is_percent_unit(column.unit), "百分点" in column.unit
        return read_number(cell, percent=percent, unit=column.unit, change=change)
    if column.kind is ColumnKind.DATE:
        return read_date(cell)
    return read_text(cell)


def read_date(cell: Cell) -> Reading:
    """Read a date as ISO text; a blank stays blank."""
    if cell.unreadable:
        return Reading(cell, problem=problem_code(cell, "type.picture_date"))
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
    text = "" if cell.unreadable else one_line(text_of(cell))
    return "" if is_placeholder(text) else text


def one_line(text: str) -> str:
    """``text`` without line breaks and tabs, which would tear a sentence or a table apart.

    Between two Chinese characters, and beside Chinese punctuation, nothing takes their place, else
    one space.
    """

    def joint(match: re.Match[str]) -> str:
        start, end = match.span()
        before, after = text[max(start - 1, 0) : start], text[end : end + 1]
        closed = _CHINESE_MARK.match(before) or _CHINESE_MARK.match(after)
        chinese = _CHINESE.match(before) and _CHINESE.match(after)
        return "" if closed or chinese or not before or not after else " "

    return _BREAK.sub(joint, text)


def text_of(cell: Cell) -> str:
    """What a cell says as text, stripped; numbers without superfluous zeros."""
    if isinstance(cell.value, Decimal):
        return plain(cell.value)
    if isinstance(cell.value, dt.datetime):
        return cell.value.date().isoformat()
    return cell.raw.strip()
