"""A submitted workbook of any format → cells: .xlsx here, others in a process of their own."""

from __future__ import annotations

from generators.excel.foreign import read_foreign
from generators.excel.formats import FileFormat, format_of
from generators.excel.guard import guard
from generators.excel.workbook import Workbook, checked, read_workbook
from generators.model import Result, Severity

PASSING = frozenset(["format.too_slow", "format.no_reader", "format.crashed"])
"""What is found about the machine rather than about the file: another time it may go well."""
FOREIGN = frozenset(FileFormat) - {FileFormat.XLSX}


def read_any_workbook(data: bytes, file: str) -> Result[Workbook]:
    """Read a workbook by what its bytes are, whatever ``file``, the name for findings, says.

    The value is ``None`` where it cannot be read; the one finding then says why. Else the findings
    are warnings of what was not read.
    """
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
