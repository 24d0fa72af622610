"""Which files of the inbox have come to rest: network shares tell nobody that a copy is complete."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from generators.excel.guard import guard
from generators.intake.inbox import InboxFile, read_file

MOST_LOOKS = 12
"""How often a file that does not open whole is looked at before it is taken for a damaged one."""
_UNFINISHED = frozenset(
    f"format.{name}" for name in ("damaged", "empty", "parts", "unreadable", "not_workbook")
)
"""What half a file looks like: the beginning of an archive, nothing, or zeros (space set aside)."""


@dataclass(frozen=True)
class Stamp:
    """What is seen of a file from outside: its size in bytes and when it was written."""

    size: int
    written: int


@dataclass(frozen=True)
class Look:
    """One look at the inbox. ``settled`` maps the files at rest to their stamps.

    ``unsettled`` are those that somebody is writing; nothing may be read of them yet. ``first`` says
    that nothing can be known of any file yet.
    """

    settled: Mapping[Path, Stamp]
    unsettled: frozenset[Path]
    first: bool = False


@dataclass
class _Known:
    stamp: Stamp
    looks: int = 1
    whole: bool = False


@dataclass
class Settling:
    """The memory between looks."""

    _known: dict[Path, _Known] = field(default_factory=dict)
    _looks: int = 0

    @property
    def waits(self) -> bool:
        """Whether some file was not at rest when it was last looked at."""
        return not all(item.whole for item in self._known.values())

    def look(self, paths: Iterable[Path]) -> Look:
        """Look at the files once more.

        A file is at rest when size and time have been the same twice and it opens whole. One that
        never does is at rest after :data:`MOST_LOOKS` looks: then it is damaged, not being written.
        A file that goes while it is looked at was never there.
        """
        known: dict[Path, _Known] = {}
        settled: dict[Path, Stamp] = {}
        for path in paths:
            stamp = stamp_of(path)
            if stamp is None:
                continue
            before = self._known.get(path)
            if before is None or before.stamp != stamp:
                known[path] = _Known(stamp)
                continue
            known[path] = before
            before.looks += 1
            before.whole = before.whole or before.looks > MOST_LOOKS or _opens_whole(path)
            if before.whole:
                settled[path] = stamp
        self._known = known
        self._looks += 1
        return Look(settled, frozenset(known.keys() - settled.keys()), self._looks == 1)


def stamp_of(path: Path) -> Stamp | None:
    """The file's stamp; ``None`` where it is gone or cannot be looked at."""
    try:
        status = path.stat()
    except OSError:
        return None
    return Stamp(status.st_size, status.st_mtime_ns)


def _opens_whole(path: Path) -> bool:
    file = read_file(path, path.name)
    found = guard(file.data, file.name) if isinstance(file, InboxFile) else (file,)
    return not any(item.code in _UNFINISHED for item in found)
