"""A submitted workbook of any format → cells: .xlsx here, others in a process of their own."""

from __future__ import annotations

from dataclasses import replace

from generators.excel.foreign import read_foreign
from generators.excel.formats import FileFormat, format_of, mentions
from generators.excel.grid import Workbook
from generators.excel.guard import guard
from generators.excel.workbook import checked, read_only, read_workbook
from generators.model import Result, Severity
from generators.names import printable
from generators.text import shorten

PASSING = frozenset(["format.too_slow", "format.no_reader", "format.crashed"])
"""What is found about the machine rather than about the file: another time it may go well."""
FOREIGN = frozenset(FileFormat) - {FileFormat.XLSX}


def read_front(data: bytes, file: str, sheet: str, word: str) -> Result[Workbook]:
    """Read of a workbook what says whose it is: its properties and the one ``sheet``, if it has it.

    It takes no longer for a large file than for a small one. ``word`` stands in the names of the sheet
    and of the properties. Only an .xlsx is read before it is read whole; of another format the value
    has neither where ``word`` is not in it, and is the whole workbook where it may be.
    """
    kind = format_of(data)
    if kind not in FOREIGN:
        return read_only(data, file, (sheet,))
    if mentions(data, word):
        return read_any_workbook(data, file)
    guarded = guard(data, file, FOREIGN)
    if any(item.severity is Severity.ERROR for item in guarded):
        return Result(None, guarded)
    return Result(Workbook(file, "", ()), ())


def read_any_workbook(data: bytes, file: str) -> Result[Workbook]:
    """Read a workbook by what its bytes are, whatever ``file``, the name for findings, says.

    The value is ``None`` where it cannot be read; the one finding then says why. Else the findings
    are warnings of what was not read.
    """
    read = _read(data, file)
    return Result(_with_shown_names(read.value), read.findings) if read.value else read


def _read(data: bytes, file: str) -> Result[Workbook]:
    kind = format_of(data)
    if kind not in FOREIGN:
        return read_workbook(data, file)
    guarded = guard(data, file, FOREIGN)
    if any(item.severity is Severity.ERROR for item in guarded):
        return Result(None, guarded)
    read = read_foreign(data, file, kind)
    if read.value is None:
        return read
    codes = {item.code: item for item in (*guarded, *read.findings)}
    return checked(Result(read.value, tuple(codes[code] for code in sorted(codes))))


def _with_shown_names(book: Workbook) -> Workbook:
    """The workbook with names of sheets that may be shown: on one line, no longer than people read.

    Excel lets nobody give another name; two that become one bear their numbers.
    """
    shown = [shorten(printable(sheet.name)) for sheet in book.sheets]
    if all(name == sheet.name for name, sheet in zip(shown, book.sheets, strict=True)):
        return book
    sheets = []
    for number, (name, sheet) in enumerate(zip(shown, book.sheets, strict=True), 1):
        if name != sheet.name and shown.count(name) > 1:
            name = f"{name}（{number}）"
        cells = {place: replace(cell, sheet=name) for place, cell in sheet.cells.items()}
        sheets.append(replace(sheet, name=name, cells=cells))
    return replace(book, sheets=tuple(sheets))
