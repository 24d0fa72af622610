"""A run that breaks off at its n-th file or ledger operation: killed, or refused by the system.

Python tells an audit hook of every file it opens, renames, removes and of every folder it makes
(PEP 578); SQLAlchemy tells of every statement and commit. So nothing in the program knows of it.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

_FILE_EVENTS = frozenset(
    ["open", "os.rename", "os.remove", "os.mkdir", "os.chmod", "os.truncate", "os.utime", "os.link"]
)


@dataclass
class Fault:
    """What is done at the operation with number ``at`` (from 1); 0 only counts."""

    folder: Path
    at: int = 0
    act: Callable[[str], None] = lambda _: None
    count: int = 0
    names: list[str] = field(default_factory=list)

    def happens(self, name: str) -> None:
        self.count += 1
        self.names.append(name)
        if self.count == self.at:
            self.act(name)


_active: list[Fault] = []


def _hook(name: str, arguments: tuple[object, ...]) -> None:
    if not _active or name not in _FILE_EVENTS:
        return
    fault, path = _active[-1], arguments[0]
    if isinstance(path, str | bytes | os.PathLike) and os.fsdecode(path).startswith(str(fault.folder)):
        flags = arguments[2] if name == "open" else os.O_WRONLY
        writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR)
        where = Path(os.fsdecode(path)).relative_to(fault.folder)
        fault.happens(f"{name} {'w' if writes else 'r'} {where.as_posix()}")


def _statement(_: object, __: object, statement: str, *___: object) -> None:
    if _active:
        _active[-1].happens(f"sql {' '.join(statement.split())[:40]}")


def _commit(_: object) -> None:
    if _active:
        _active[-1].happens("sql COMMIT")


sys.addaudithook(_hook)
sa.event.listen(sa.Engine, "before_cursor_execute", _statement)
sa.event.listen(sa.Engine, "commit", _commit)


@contextmanager
def faulty(folder: Path, at: int = 0, act: Callable[[str], None] = lambda _: None) -> Iterator[Fault]:
    """Do ``act`` at the ``at``-th operation on files below ``folder`` or on the ledger."""
    fault = Fault(folder, at, act)
    _active.append(fault)
    try:
        yield fault
    finally:
        _active.remove(fault)


def die(_: str) -> None:
    """The power goes, as far as a process can tell."""
    os.kill(os.getpid(), 9)


def refuse(error: OSError) -> Callable[[str], None]:
    """The system refuses the operation; the database says so in its own words."""

    def act(name: str) -> None:
        if name.startswith("sql"):  # as the library raises what the database says
            raise sa.exc.OperationalError(name, {}, sqlite3.OperationalError(error.strerror))
        raise error

    return act
