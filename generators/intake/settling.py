"""Which files of the inbox have come to rest: network shares tell nobody that a copy is complete.

One rule for whoever reads them: what looks like half a file is being written as long as it was
written less than :data:`REST` ago, and damaged after that.
"""

from __future__ import annotations

import io
import struct
import time
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from generators.excel.guard import guard
from generators.intake.inbox import InboxFile, read_file
from generators.model import Finding

REST = 60.0
"""Seconds after which nobody is writing a file any more."""
_UNFINISHED = frozenset(
    f"format.{name}" for name in ("damaged", "part_damaged", "empty", "parts", "prefix", "unsettled")
)
"""What is found about half a file: about the beginning of an archive, about nothing at all."""
_PASSING = frozenset(["format.unreadable", "format.unsettled"])
"""What is found about a file that another program has open."""
_ARCHIVE, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What the formats of workbooks begin with."""
_OLD_HEADER = 512


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

    def look(self, paths: Iterable[Path], inbox: Path | None = None) -> Look:
        """Look at the files once more, those of the ``inbox`` as a run reads them.

        A file is at rest when size and time have been the same twice and it is not unfinished by the
        rule that every run has (:func:`is_unfinished`). A file that goes while it is looked at was
        never there.
        """
        known: dict[Path, _Known] = {}
        settled: dict[Path, Stamp] = {}
        for path in paths:
            stamp = stamp_of(path, follow=inbox is None)
            if stamp is None:
                continue
            before = self._known.get(path)
            if before is None or before.stamp != stamp:
                known[path] = _Known(stamp)
                continue
            known[path] = before
            before.whole = before.whole or _opens_whole(path, inbox)
            if before.whole:
                settled[path] = stamp
        self._known = known
        self._looks += 1
        return Look(settled, frozenset(known.keys() - settled.keys()), self._looks == 1)


def stamp_of(path: Path, *, follow: bool = True) -> Stamp | None:
    """The file's stamp; ``None`` where it is gone or cannot be looked at."""
    try:
        status = path.stat(follow_symlinks=follow)
    except OSError:
        return None
    return Stamp(status.st_size, status.st_mtime_ns)


def is_unfinished(file: InboxFile, findings: Iterable[Finding]) -> bool:
    """Whether a file is being written still, by what was found about it and by its age."""
    codes = {finding.code for finding in findings}
    halved = bool(codes & _UNFINISHED) or ("format.not_workbook" in codes and _is_begun(file.data))
    return (halved or _is_cut_off(file.data)) and is_young(file.received.timestamp())


def is_young(written: float) -> bool:
    """Whether a file with that modification time may be unfinished: it is from the last :data:`REST`.

    The clock of the machine that keeps the file may go a little before this one's: a time that lies
    as little ahead is young too. One farther ahead was set by hand, and the file counts as old.
    """
    return abs(time.time() - written) < REST


def _is_begun(data: bytes) -> bool:
    """Whether that may become a workbook: its first bytes, or the zeros of space that was set aside."""
    return not data[:8].strip(b"\0") or _ARCHIVE.startswith(data)


def _is_cut_off(data: bytes) -> bool:
    """Whether a file lacks its end: an archive its table of contents, an old workbook what its first
    block says of where its tables lie.
    """
    if data.startswith(_ARCHIVE):
        return not zipfile.is_zipfile(io.BytesIO(data))
    if not data or not data.startswith(_OLD[: len(data)]):
        return False
    if len(data) < _OLD_HEADER:
        return True
    [shift] = struct.unpack_from("<H", data, 30)
    tables, directory = struct.unpack_from("<II", data, 44)
    if not 0 < tables < 2**16 or shift not in (9, 12):
        return False  # no such file at all, whole or not
    places = struct.unpack_from(f"<{min(tables, 109)}I", data, 76)
    return bool((max(directory, *places) + 2) << shift > len(data))


def _opens_whole(path: Path, inbox: Path | None) -> bool:
    """Whether a file is at rest, as far as its archive tells; reading its content may tell more."""
    file = read_file(path, path.name, inbox)
    if isinstance(file, Finding):
        stamp = stamp_of(path, follow=False)
        return file.code not in _PASSING or stamp is None or not is_young(stamp.written / 1e9)
    return not is_unfinished(file, guard(file.data, file.name))
