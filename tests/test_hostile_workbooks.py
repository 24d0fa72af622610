"""Whatever a workbook of a megabyte holds, it is answered in 10 seconds and within 300 MB."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from generators.excel.workbook import read_workbook
from tests.fuzzing import MOST_SECONDS
from tests.hostile_workbooks import attacks

EVERY = 1 if os.environ.get("HUIBAO_MANY") else 4
"""Each run takes the fourth part of them, another by day; all where the environment asks for many."""
HERE = Path(__file__).parent


def test_a_workbook_made_to_keep_the_reader_busy_is_answered(
    record_property: Callable[[str, object], None],
) -> None:
    number = len(list(attacks()))
    command = [sys.executable, "-m", "tests.hostile_workbooks", "0", str(EVERY)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,
        cwd=HERE.parent,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONUTF8": "1"},
    )
    assert done.returncode == 0, done.stderr
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert len(rows) == -(-number // EVERY)
    slow = [row for row in rows if float(row[1]) > MOST_SECONDS]
    assert slow == []
    assert {row[2] for row in rows} == {"read", "refused"}
    assert all(row[3] for row in rows if row[2] == "refused")
    longest = max(rows, key=lambda row: float(row[1]))
    record_property("counted", f"hostile workbooks: {len(rows)}, longest {longest[1]} s ({longest[0]})")


ODD_NAMES = """
import random, resource
from generators.excel.workbook import read_workbook
from tests.hostile_workbooks import SHEET, with_cell, with_text
draw = random.Random(3)
for number in range(20):
    names = (f"{draw.getrandbits(40):x}{'n' * 280}" for _ in range(60_000))
    data = with_text(SHEET, "<a>" + "".join(f"<n{name}/>" for name in names) + "</a>")
    assert read_workbook(data, "a.xlsx").findings[0].code == "format.sheet_damaged"
    if number in (5, 19):
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows counts memory otherwise")
def test_files_full_of_odd_names_do_no_harm_to_those_after_them() -> None:
    """libxml2 keeps every name for the life of a thread, and at last takes no new ones."""
    command = [sys.executable, "-c", ODD_NAMES]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=HERE.parent)
    assert done.returncode == 0, done.stderr
    before, after = map(int, done.stdout.split())
    assert after - before < 120  # MB; the names have 250


@pytest.mark.parametrize("name", ["titles", "comment5_small"])
def test_what_stopped_the_program_once_does_not(name: str) -> None:
    case = HERE.parents[1] / "shared" / "cases" / "hostile" / f"{name}.xlsx"
    if not case.is_file():
        pytest.skip("the cases do not lie beside the checkout")
    assert read_workbook(case.read_bytes(), case.name).value is not None
