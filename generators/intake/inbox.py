"""The inbox folder: which files lie in it, and their bytes."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from pathlib import Path

from generators.archive import megabytes
from generators.excel.guard import MAX_FILE_BYTES
from generators.model import Finding, Severity
from generators.text import reason_of

IGNORED_PREFIXES = ("~$", ".", "~")
IGNORED_SUFFIXES = (".tmp", ".part", ".partial", ".crdownload", ".bak", ".lnk", ".url")
IGNORED_NAMES = ("thumbs.db", "desktop.ini")


@dataclass(frozen=True)
class InboxFile:
    """A file as it lay in the inbox: its name below the inbox, bytes, hash and when it was written.

    ``received`` is the file's modification time in UTC: the moment its owner put it there.
    """

    name: str
    data: bytes
    sha256: str
    received: dt.datetime


def inbox_paths(folder: Path) -> list[Path]:
    """The files a person put into ``folder``, by name; locks, temporary and hidden ones are not."""
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not any(_ignored(part) for part in path.relative_to(folder).parts)
    )


def inbox_name(inbox: Path, path: Path) -> str:
    """The name below the inbox of a file that lies there; empty for a file elsewhere."""
    place, folder = path.absolute(), inbox.absolute()
    return place.relative_to(folder).as_posix() if place.is_relative_to(folder) else ""


def read_file(path: Path, name: str) -> InboxFile | Finding:
    """The file at ``path``, or the finding that says why it cannot be read."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:  # told from the size alone, not read into memory
            limit = megabytes(MAX_FILE_BYTES)
            return Finding("format.too_large", Severity.ERROR, file=name, params={"limit": limit})
        data = path.read_bytes()
        modified = path.stat().st_mtime
    except OSError as error:
        reason = reason_of(error)
        return Finding("format.unreadable", Severity.ERROR, file=name, params={"reason": reason})
    received = dt.datetime.fromtimestamp(modified, dt.UTC)
    return InboxFile(name, data, hashlib.sha256(data).hexdigest(), received)


def _ignored(name: str) -> bool:
    lower = name.lower()
    return (
        lower.startswith(IGNORED_PREFIXES) or lower.endswith(IGNORED_SUFFIXES) or lower in IGNORED_NAMES
    )
