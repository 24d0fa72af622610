"""Reading the sample submissions, beside what others take for the same files.

``python -m tests.benchmarks.reading [ROUNDS]`` prints the median time a form and the ratio to ours:
reading here means guarded bytes → cells with formats and formulas → submission → findings.
"""

from __future__ import annotations

import io
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd

from generators.definition import load_definition
from generators.intake.inbox import InboxFile, read_file
from generators.taking import take

CHECKOUT = Path(__file__).resolve().parent.parent.parent
INBOX = CHECKOUT / "workbooks" / "inbox"


def readers() -> dict[str, Callable[[InboxFile], object]]:
    """What is compared, by name; ours first."""
    definition = load_definition(CHECKOUT / "templates" / "annual-plan").value
    assert definition is not None
    return {
        "huibao: read and validated": lambda file: take(file, definition),
        "openpyxl: load_workbook": lambda file: openpyxl.load_workbook(io.BytesIO(file.data)),
        "pandas: read_excel with openpyxl": lambda file: pd.read_excel(
            io.BytesIO(file.data), sheet_name=None, header=None, engine="openpyxl"
        ),
    }


def measure(rounds: int) -> dict[str, tuple[float, float]]:
    """Reader → median seconds a form and peak megabytes over all forms, rounds taken in turn."""
    files = [
        file
        for path in sorted(INBOX.iterdir())
        if isinstance(file := read_file(path, path.name), InboxFile)
    ]
    compared = readers()
    times: dict[str, list[float]] = {name: [] for name in compared}
    for _ in range(rounds):
        for name, reader in compared.items():
            begin = time.perf_counter()
            for file in files:
                reader(file)
            times[name].append((time.perf_counter() - begin) / len(files))
    peaks = {}
    for name, reader in compared.items():
        tracemalloc.start()
        for file in files:
            reader(file)
        peaks[name] = tracemalloc.get_traced_memory()[1] / 2**20
        tracemalloc.stop()
    return {name: (statistics.median(values), peaks[name]) for name, values in times.items()}


def main() -> None:
    """Print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    measured = measure(rounds)
    seconds, megabytes = next(iter(measured.values()))
    print(f"{'reader':34} {'ms a form':>10} {'to ours':>8} {'peak MB':>8} {'to ours':>8}")
    for name, (time_taken, peak) in measured.items():
        ratios = f"{time_taken / seconds:8.2f} {peak:8.1f} {peak / megabytes:8.2f}"
        print(f"{name:34} {time_taken * 1000:10.1f} {ratios}")


if __name__ == "__main__":
    main()
