"""One at a time: the lock that whoever writes holds, and what is cleared away before anything is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from generators.ledger import Ledger
from generators.model import Finding, Severity
from generators.workspace import Workspace, open_ledger, sweep

PATIENCE = 5.0
"""Seconds to wait for another program; a watch answers departments in less."""


@contextmanager
def at_work(workspace: Workspace, patience: float | None = None) -> Iterator[Ledger | Finding]:
    """The workspace's ledger while nobody else writes in it; the finding that says that somebody does.

    The lock is the system's own, so that it goes with the process, however that ends. What a
    killed one left half-written is removed first. ``patience`` in seconds, by default
    :data:`PATIENCE`.
    """
    workspace.lock.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(workspace.lock, timeout=PATIENCE if patience is None else patience)
    try:
        lock.acquire()
    except Timeout:
        yield Finding("run.busy", Severity.ERROR)
        return
    try:
        for top in (workspace.reports, workspace.returned, workspace.archive):
            for folder in (top, *(path for path in top.rglob("*") if path.is_dir())):
                sweep(folder)
        with open_ledger(workspace) as ledger:
            yield ledger
    finally:
        lock.release()
