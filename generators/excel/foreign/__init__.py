"""Workbooks of other formats (.xls, .xlsb, .ods, WPS .et) → cells, read in a process of their own.

calamine reads them, and can take its process with it; the process may use 300 MB and 10 seconds.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import sys
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from generators.excel.formats import FileFormat
from generators.excel.formulas import is_picture
from generators.excel.grid import Area, Sheet, Workbook, address
from generators.excel.values import clean, decimal_of, raw_of
from generators.model import Cell, Finding, Result, Severity
from generators.support.bounded import ROOT, answer_of
from generators.support.limits import MEMORY_BYTES, PATIENCE, SECONDS

MOST_SECONDS = SECONDS + PATIENCE
"""How long is waited for the process, which is then ended: its own limit counts only its work."""
MOST_ANSWER = 64 * 2**20
_ENDED_BY_TIME = (-24, -9, 1816)
"""How a process ends that has used up its time: SIGXCPU, SIGKILL; on Windows ERROR_NOT_ENOUGH_QUOTA."""
PROBLEMS: Mapping[str, frozenset[str]] = {
    "ambiguous": frozenset(["recorded_kind", "read_kind"]),
    "calls": frozenset(),
    "compression": frozenset(["part"]),
    "damaged": frozenset(),
    "encrypted": frozenset(),
    "legacy": frozenset(),
    "macros": frozenset(),
    "memory": frozenset(),
    "not_workbook": frozenset(),
    "outside": frozenset(["row", "column"]),
    "part_damaged": frozenset(["part"]),
    "part_missing": frozenset(["part"]),
    "percentage": frozenset(["shown", "look"]),
    "ranges": frozenset(),
    "scattered": frozenset(),
    "too_many_values": frozenset(["limit"]),
    "unclear": frozenset(),
    "value_type": frozenset(["type"]),
}
"""What the process may say: codes of the rule ``format``, each with its params."""
MOST_WORDS = 200
"""How many characters of what the process says are repeated, each time."""
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

    def refuse(code: str, sheet: str = "", cell: str = "", **more: str) -> Result[Workbook]:
        params = {"format": f".{kind}", **more}
        found = Finding(f"format.{code}", Severity.ERROR, "", file, sheet, cell, params=params)
        return Result(None, (found,))

    try:
        answer, end = _answer(data, kind)
    except OSError:
        return refuse("no_reader")
    if end is not None:
        return refuse(end, limit=str(MEMORY_BYTES // 2**20))
    try:
        told = json.loads(answer)
        problem = told.get("problem")
        if problem in PROBLEMS:
            own = told.get("params", {})
            params = {name: _words(own[name]) for name in PROBLEMS[problem]}
            params |= {"limit": str(MEMORY_BYTES // 2**20)} if problem == "memory" else {}
            place = (_words(told.get(name, "")) for name in ("sheet", "cell"))
            return refuse(problem, *place, **params)
        book = _workbook(told, file, hashlib.sha256(data).hexdigest())
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError):
        return refuse("crashed")
    beside = sorted(BESIDE.intersection(told["beside"]))
    warnings = (Finding(f"format.{code}", Severity.WARNING, file=file) for code in beside)
    return Result(book, tuple(warnings))


def _words(told: Any) -> str:
    return clean(str(told))[:MOST_WORDS]


def _answer(data: bytes, kind: FileFormat) -> tuple[bytes, str | None]:
    """What the process says, and what ended it before it said anything.

    That is the end of a finding's code. Raises ``OSError`` where the process cannot be started.
    """
    command = [sys.executable, "-P", "-c", _START, str(ROOT), str(kind)]
    answer = answer_of(command, data, MOST_SECONDS, MOST_ANSWER)
    if answer.late or (not answer.data and answer.code in _ENDED_BY_TIME):
        return b"", "too_slow"
    if not answer.data:
        return b"", "memory" if b"memory allocation" in answer.complaint else "crashed"
    return answer.data, None


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
        text = clean(str(told)) or None
        return (None, "picture") if is_picture(None, text) else (text, None)
    if what == "picture":
        return None, "picture"
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
