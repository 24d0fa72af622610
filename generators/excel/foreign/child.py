"""The reading process: workbook bytes on standard input → cells as JSON on standard output.

It is started for one file and knows nothing but it. Whatever it says is judged by its parent
(:mod:`generators.excel.foreign`); a crash, a panic of calamine's or a limit that is reached ends this
process alone.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

from generators.archive import PartError
from generators.excel.foreign import biff8, biff12, opendocument
from generators.excel.foreign.facts import BookFacts, CellFacts, ForeignError, Kind, SheetFacts, reading
from generators.excel.formats import FileFormat
from generators.excel.grid import address
from generators.excel.values import elapsed_text
from generators.support.limits import limit_this_process

_FACTS: Mapping[FileFormat, Callable[[bytes], BookFacts]] = {
    FileFormat.XLS: biff8.facts_of,
    FileFormat.XLSB: biff12.facts_of,
    FileFormat.ODS: opendocument.facts_of,
}


def main(kind: str) -> None:
    """Read the workbook of the format ``kind`` that standard input holds, and print it."""
    data = sys.stdin.buffer.read()
    try:
        limit_this_process()
        answer = read(data, FileFormat(kind))
    except ForeignError as error:
        answer = _problem(error)
    except MemoryError:
        answer = {"problem": "memory"}
    except PartError as error:
        answer = _problem(ForeignError(error.code, part=error.part))
    except Exception:  # a damaged file fails in any class
        answer = {"problem": "damaged"}
    sys.stdout.buffer.write(json.dumps(answer).encode("ascii"))
    sys.stdout.buffer.flush()


def _problem(error: ForeignError) -> dict[str, object]:
    return {
        "problem": error.code,
        "sheet": error.sheet,
        "cell": error.cell,
        "params": error.params,
    }


def read(data: bytes, kind: FileFormat) -> dict[str, object]:
    """The workbook as plain data; raises :class:`ForeignError`, and anything for a damaged file."""
    import python_calamine as calamine

    facts = _FACTS[kind](data)
    facts.check_area()
    if kind is FileFormat.XLS:
        with reading(biff8.STREAM):
            data = biff8.trimmed(data, facts)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except calamine.PasswordError:
        raise ForeignError("encrypted") from None
    except MemoryError:
        raise
    except BaseException:  # a panic of calamine's is no Exception
        raise ForeignError("unclear") from None
    return {
        "sheets": [_sheet(sheet, book) for sheet in facts.sheets],
        "beside": sorted(facts.beside),
        "saved_at": facts.saved_at,
    }


def _sheet(facts: SheetFacts, book: Any) -> dict[str, object]:
    try:
        source = book.get_sheet_by_name(facts.name)
        top, left = source.start or (0, 0)
        values = {
            (top + row, left + column): value
            for row, line in enumerate(source.to_python(skip_empty_area=True), 1)
            for column, value in enumerate(line, 1)
            if value != ""
        }
    except MemoryError:
        raise
    except BaseException:  # the same
        raise ForeignError("unclear", facts.name) from None
    for row, column in sorted(values.keys() - facts.cells.keys()):
        kinds = {"recorded_kind": "blank", "read_kind": _kind_of(values[row, column])}
        raise ForeignError("ambiguous", facts.name, address(row, column), **kinds)
    cells = []
    for (row, column), cell in sorted(facts.cells.items()):
        try:
            what, value = _told(cell, values.get((row, column), ""))
        except ForeignError as error:
            error.sheet, error.cell = facts.name, address(row, column)
            raise
        cells.append([row, column, what, value, cell.number_format, cell.formula])
    return {
        "name": facts.name,
        "state": facts.state,
        "cells": cells,
        "merges": facts.merges,
        "hidden_rows": sorted(facts.hidden_rows),
        "hidden_columns": sorted(facts.hidden_columns),
    }


def _told(cell: CellFacts, value: object) -> tuple[str, object]:
    """What the cell holds and its value; raises where calamine tells another kind of thing."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if cell.kind is Kind.ERROR:
        return "error", cell.shown
    if cell.kind is Kind.PICTURE:
        return "picture", None
    if cell.kind is Kind.BLANK:
        return "blank", None
    if cell.kind is Kind.BOOLEAN and value in (True, False, 1.0, 0.0):
        return "boolean", bool(value)
    if cell.kind is Kind.TEXT and isinstance(value, str):
        return "text", value
    if cell.kind is Kind.NUMBER and number:
        return "number", value
    if cell.kind is Kind.NUMBER and isinstance(value, dt.datetime):
        return "date", value.isoformat()
    if cell.kind is Kind.NUMBER and isinstance(value, dt.date):
        return "date", dt.datetime.combine(value, dt.time()).isoformat()
    if cell.kind is Kind.NUMBER and isinstance(value, dt.timedelta):
        return "time", elapsed_text(value)
    if cell.kind is Kind.NUMBER and isinstance(value, dt.time):
        return "time", str(value)
    raise ForeignError("ambiguous", recorded_kind=str(cell.kind), read_kind=_kind_of(value))


def _kind_of(value: object) -> str:
    """What calamine takes the content of a cell for, as one of the words of messages."""
    if value == "" or value is None:
        return "blank"
    if isinstance(value, bool):
        return "boolean"
    return "text" if isinstance(value, str) else "number"
