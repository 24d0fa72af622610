"""Workbooks of other formats (.xls, .xlsb, .ods, WPS .et) → cells, read in a process of their own.

calamine reads them, and can take its process with it; the process may use 300 MB and 10 seconds.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import sys
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from generators.excel.formats import FileFormat
from generators.excel.workbook import Area, Sheet, Workbook, address, clean, decimal_of, raw_of
from generators.model import Cell, Finding, Result, Severity
from generators.support.bounded import ROOT, answer_of
from generators.support.limits import PATIENCE, SECONDS

MOST_SECONDS = SECONDS + PATIENCE
"""How long is waited for the process, which is then ended: its own limit counts only its work."""
MOST_ANSWER = 64 * 2**20
PROBLEMS = frozenset(
    ["ambiguous", "calls", "damaged", "encrypted", "legacy", "macros", "not_workbook", "ranges"]
) | {"too_many_cells"}
"""What the process may say: codes of the rule ``format``."""
BESIDE = frozenset(["connections", "links"])

_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from generators.excel.foreign.child import main; main(sys.argv[2])"
)


def read_foreign(data: bytes, file: str, kind: FileFormat) -> Result[Workbook]:
    """Read a workbook of the format ``kind`` that the guard let pass; ``file`` is for findings.

    The value is ``None`` where it cannot be read, or where two readings of it differ; the one
    finding then says why.
    """

    def refuse(code: str) -> Result[Workbook]:
        params = {"format": f".{kind}"}
        return Result(None, (Finding(f"format.{code}", Severity.ERROR, file=file, params=params),))

    try:
        answer, ended = _answer(data, kind)
    except OSError:
        return refuse("no_reader")
    if ended:
        return refuse("too_slow")
    try:
        told = json.loads(answer)
        problem = told.get("problem")
        if problem is not None:
            return refuse(problem if problem in PROBLEMS else "damaged")
        book = _workbook(told, file, hashlib.sha256(data).hexdigest())
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError):
        return refuse("damaged")  # it was ended by its limits, or crashed
    beside = sorted(BESIDE.intersection(told["beside"]))
    warnings = (Finding(f"format.{code}", Severity.WARNING, file=file) for code in beside)
    return Result(book, tuple(warnings))


def _answer(data: bytes, kind: FileFormat) -> tuple[bytes, bool]:
    """What the process says, and whether it had to be ended; raises ``OSError`` without one."""
    command = [sys.executable, "-P", "-c", _START, str(ROOT), str(kind)]
    return answer_of(command, data, MOST_SECONDS, MOST_ANSWER)


def _workbook(told: dict[str, Any], file: str, sha256: str) -> Workbook:
    sheets = tuple(_sheet(item) for item in told["sheets"])
    return Workbook(file, sha256, sheets, {}, str(told["saved_at"]))


def _sheet(told: dict[str, Any]) -> Sheet:
    name = str(told["name"])
    cells = {
        (row, column): _cell(name, row, column, what, value, str(number_format), bool(formula))
        for row, column, what, value, number_format, formula in told["cells"]
    }
    areas = (Area(*(int(number) for number in merge)) for merge in told["merges"])
    return Sheet(
        name,
        str(told["state"]),
        cells,
        _numbers(told["hidden_rows"]),
        _numbers(told["hidden_columns"]),
        tuple(sorted(areas, key=lambda area: (area.first, area.bottom, area.right))),
    )


def _numbers(told: Iterable[Any]) -> frozenset[int]:
    return frozenset(int(number) for number in told)


def _cell(
    sheet: str, row: int, column: int, what: str, told: Any, number_format: str, formula: bool
) -> Cell:
    value, problem = _value(what, told)
    return Cell(
        sheet,
        row,
        column,
        address(row, column),
        value,
        raw_of(value),
        number_format,
        "=" if formula else None,  # its text is not told
        problem,
    )


def _value(what: str, told: Any) -> tuple[Decimal | str | dt.datetime | bool | None, str | None]:
    """A cell's value and what is wrong with it, as for .xlsx; raises ``ValueError`` for neither."""
    if what == "number":
        if isinstance(told, int) and abs(told) < 10**18:
            return Decimal(told), None
        if not math.isfinite(told):
            return str(told), "error"
        return decimal_of(float(told)), None
    if what == "text":
        return clean(str(told)) or None, None
    if what == "boolean":
        return bool(told), "boolean"
    if what == "date":
        return dt.datetime.fromisoformat(told), "date"
    if what == "time":
        return str(told), "date"
    if what == "error":
        return str(told), "error"
    if what == "blank":
        return None, "uncalculated"
    raise ValueError(what)
