"""Workbooks of other formats (.xls, .xlsb, .ods, WPS .et) → cells, read in a process of their own.

calamine reads them, and can take its process with it; the process may use 300 MB and 10 seconds.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import subprocess
import sys
import threading
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from generators.excel.foreign.limits import SECONDS
from generators.excel.formats import FileFormat
from generators.excel.formulas import is_picture
from generators.excel.workbook import Area, Sheet, Workbook, address, clean, decimal_of, raw_of
from generators.model import Cell, Finding, Result, Severity

MOST_SECONDS = SECONDS + 5
"""How long is waited for the process, which is then ended: its own limit counts only its work."""
MOST_ANSWER = 64 * 2**20
PROBLEMS = frozenset(
    ["ambiguous", "calls", "damaged", "encrypted", "legacy", "macros", "not_workbook", "ranges"]
) | {"too_many_cells"}
"""What the process may say: codes of the rule ``format``."""
BESIDE = frozenset(["connections", "links"])

_ROOT = Path(__file__).resolve().parents[3]
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
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", _START, str(_ROOT), str(kind)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    assert process.stdin is not None and process.stdout is not None
    ended = threading.Event()

    def end() -> None:
        ended.set()
        process.kill()

    watchdog = threading.Timer(MOST_SECONDS, end)
    watchdog.start()
    feeder = threading.Thread(target=_feed, args=(process.stdin, data), daemon=True)
    feeder.start()
    try:
        answer = process.stdout.read(MOST_ANSWER + 1)
    finally:
        watchdog.cancel()
        process.kill()
        feeder.join()
        process.stdout.close()
        process.wait()
    return answer[:MOST_ANSWER], ended.is_set()


def _feed(pipe: Any, data: bytes) -> None:
    try:
        with pipe:
            pipe.write(data)
    except OSError:
        pass  # it has ended before it read everything


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
