"""One at a time: the lock that whoever writes holds, and what is cleared away before anything is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from generators.ledger import Ledger
from generators.model import Finding, Severity
from generators.rights import PRIVATE_FILE, keep_private
from generators.seal_key import sweep_seal_key
from generators.workspace import Workspace, head_file, open_ledger, sweep, sweep_restore

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
    patience = PATIENCE if patience is None else patience
    lock = FileLock(workspace.lock, timeout=patience, mode=PRIVATE_FILE)
    try:
        lock.acquire()
    except Timeout:
        yield Finding("run.busy", Severity.ERROR)
        return
    try:
        for folder in workspace.written_folders():
            sweep(folder)
        with head_file(workspace.audit_head).turn():
            pass  # which sweeps beside the head
        sweep_seal_key(workspace)
        sweep_restore(workspace)
        keep_private(workspace.private_files, workspace.private_folders)
        with open_ledger(workspace) as ledger:
            yield ledger
    finally:
        lock.release()
