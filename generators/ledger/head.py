"""The head of the audit log: how far it goes, kept in a file outside of the database.

Whoever can write to the database could cut off the last events without a trace in it; the head
tells. It is moved in step with the log, so that a crash at any moment leaves both in agreement:

1. before a transaction is committed, the head says where the log ends and, as a promise, where it
   will end;
2. the transaction is committed;
3. the head says where the log ends now.

After a crash between 1 and 2 the log ends where the head says; between 2 and 3, where it promised.
Anything else is somebody's doing. A head that does not fit the log is left as it is: it is evidence.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from generators.encoding import parsed_json
from generators.model import ChainEnd, Finding, Head
from generators.rights import PRIVATE_FILE
from generators.support.files import NotOrdinaryError, read_ordinary

HEAD_FILE = "audit-head.json"
_MOST_BYTES = 4096
"""A head has some 250; no more is read of another file that stands in its place."""
_PATIENCE = 60.0
"""Seconds that a program waits for another one that is adding to the log."""


class UnreadableHeadError(ValueError):
    """The file is there and is no head of a log."""


class HeadNotWrittenError(OSError):
    """The head could not be written, and so nothing may be added to the log."""


def read_head(path: Path) -> Head | None:
    """The head that ``path`` holds; ``None`` for no such file; raises :class:`UnreadableHeadError`."""
    try:
        data = read_ordinary(path, _MOST_BYTES + 1)
    except FileNotFoundError:
        return None
    except NotOrdinaryError as error:
        raise UnreadableHeadError(str(path)) from error
    if len(data) > _MOST_BYTES:
        raise UnreadableHeadError(str(path))
    try:
        kept = parsed_json(data)
        return Head(_end(kept), _end(kept["promised"]) if kept["promised"] is not None else None)
    except (ValueError, TypeError, KeyError) as error:
        raise UnreadableHeadError(str(path)) from error


def head_bytes(head: Head) -> bytes:
    """The file of a head."""
    promised = None if head.promised is None else _values(head.promised)
    return json.dumps({**_values(head.end), "promised": promised}, indent=1).encode()


@dataclass(frozen=True)
class HeadFile:
    """The file of the head, how files are written here, and how what a killed program left is swept."""

    path: Path
    write: Callable[[Mapping[Path, bytes]], Finding | None]
    sweep: Callable[[Path], None]

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One program at a time moves the head; the lock is the system's, and goes with a crash."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self.lock, timeout=_PATIENCE, mode=PRIVATE_FILE):
            self.sweep(self.path.parent)  # nobody else writes there without the lock
            yield

    @property
    def lock(self) -> Path:
        """Held by whoever moves the head."""
        return self.path.with_suffix(".lock")

    def promise(self, start: ChainEnd, end: ChainEnd, *, anew: bool = False) -> None:
        """Say where the log will end; raises :class:`HeadNotWrittenError`.

        ``start`` is where it ends now. Nothing is said where the head does not fit that, unless it
        is to be set ``anew``.
        """
        if anew or self.fits(start):
            self._keep(Head(start, end))

    def settle(self, end: ChainEnd) -> None:
        """Say where the log ends, as it was promised. Where that fails, the promise serves."""
        try:
            head = read_head(self.path)
            if head is not None and head.promised == end:
                self._keep(Head(end))
        except (OSError, UnreadableHeadError):
            return

    def fits(self, start: ChainEnd) -> bool:
        """Whether a log that ends there is the one that the head knows."""
        try:
            head = read_head(self.path)
        except UnreadableHeadError:
            return False
        if head is None:
            return start.count == 0  # the log begins here; else the head was taken away
        return start in (head.end, head.promised)

    def _keep(self, head: Head) -> None:
        unwritten = self.write({self.path: head_bytes(head)})
        if unwritten is not None:
            raise HeadNotWrittenError(0, unwritten.params["reason"], str(self.path))


def _end(kept: Mapping[str, object]) -> ChainEnd:
    count, own = kept["count"], kept["hash"]
    if not isinstance(count, int) or not isinstance(own, str) or count < 0:
        raise ValueError("no end of a log")
    return ChainEnd(count, own)


def _values(end: ChainEnd) -> dict[str, object]:
    return {"count": end.count, "hash": end.hash}
