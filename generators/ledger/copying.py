"""A copy of a SQLite ledger as it is at one moment, while others may be writing to it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

_PAGES = 1024
"""How many pages are copied before writers get their turn: 4 MiB."""
_REST = 0.005
"""Seconds that writers get each time."""
_STARTS = 5
"""How often copying begins again because somebody wrote; then writers wait until it is done."""


class DamagedLedgerError(Exception):
    """The file is no sound SQLite database."""


class _TooOftenError(Exception):
    """Writers never let the copy come to its end."""


def copy_database(source: Path, target: Path) -> None:
    """Copy the database with SQLite's own backup, never as a file: no half transaction is in it.

    Raises :class:`DamagedLedgerError` where the copy is not sound; what there is of it is left.
    """
    try:
        with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True)) as reading:
            try:
                _copy(reading, target, _PAGES)
            except _TooOftenError:
                _copy(reading, target, -1)
        with closing(sqlite3.connect(target)) as copied:
            # Readers of a copy need no files beside it.
            copied.execute("PRAGMA journal_mode = DELETE")
            [(found,)] = copied.execute("PRAGMA quick_check(1)").fetchall()
    except sqlite3.DatabaseError as error:
        raise DamagedLedgerError(str(error)) from error
    if found != "ok":
        raise DamagedLedgerError(str(found))


def _copy(reading: sqlite3.Connection, target: Path, pages: int) -> None:
    left: list[int] = []
    starts = 0

    def look(_: int, remaining: int, __: int) -> None:
        nonlocal starts
        if left and remaining >= left[-1]:
            starts += 1
        left[:] = [remaining]
        if starts > _STARTS:
            raise _TooOftenError

    target.unlink(missing_ok=True)
    with closing(sqlite3.connect(target)) as writing:
        reading.backup(writing, pages=pages, progress=look, sleep=_REST)
