"""Which files a workspace has, and each copied as it was at one moment, in little memory."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from generators.rights import PRIVATE_FOLDER, usual_rights
from generators.support.files import ordinary

_CHUNK = 2**20
_ATTEMPTS = 3
"""How often a file is copied that is changed meanwhile."""


class UnsettledError(OSError):
    """The file was changed every time while it was copied."""


@dataclass(frozen=True)
class Copied:
    """What was copied: size in bytes, SHA-256, and when the file was written, in nanoseconds."""

    size: int
    sha256: str
    modified: int


@dataclass(frozen=True)
class Listing:
    """Every file below a folder, by name, and the folders that could not be looked into."""

    files: tuple[Path, ...]
    unread: tuple[OSError, ...]


def list_files(folder: Path) -> Listing:
    """What lies below ``folder``; of links, which are not followed, the links themselves.

    The folder itself and those directly in it may be links: a shared inbox often is one.
    """
    files: list[Path] = []
    unread: list[OSError] = []

    def fail(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):  # one that has gone has nothing in it
            unread.append(error)

    linked = [path for path in _children(folder) if path.is_symlink() and path.is_dir()]
    for top in (folder, *linked):
        for root, folders, names in os.walk(top, onerror=fail):
            files += [Path(root, name) for name in names]
            links = [path for name in folders if (path := Path(root, name)).is_symlink()]
            files += [path for path in links if path not in linked]
    return Listing(tuple(sorted(files)), tuple(unread))


def _children(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []  # which going through it tells


def is_plain_file(path: Path) -> bool:
    """Whether it is a file with content of its own: no link, pipe or device, which might never end."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except FileNotFoundError:
        return True  # it has just gone, which copying tells


def copy_settled(source: Path, target: Path) -> Copied:
    """Copy a file so that the copy is what the file held at one moment.

    Nobody but the program's account may read the copy. A file that changed meanwhile is copied once
    more, and again. Raises :class:`UnsettledError`
    where it never rested, and what the system raises, :class:`FileNotFoundError` for a file that has
    gone. Nothing is left behind then.
    """
    make_private_folders(target.parent)
    for _ in range(_ATTEMPTS):
        try:
            before = source.stat()
            size, sha256 = _copy(source, target)
            after = source.stat()
        except BaseException:
            target.unlink(missing_ok=True)
            raise
        if _state(before) == _state(after) and size == after.st_size:
            _as_old(target, after.st_mtime_ns, private=True)
            return Copied(size, sha256, after.st_mtime_ns)
    target.unlink(missing_ok=True)
    raise UnsettledError(0, "unsettled", str(source))


def copy_known(source: Path, target: Path, modified: int, *, private: bool) -> Copied:
    """Copy a file that nobody changes, and give the copy its time; what was copied.

    ``private`` says that nobody but the program's account may read it.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    size, sha256 = _copy(source, target)
    _as_old(target, modified, private=private)
    return Copied(size, sha256, modified)


def _copy(source: Path, target: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with ordinary(source) as reading, target.open("wb") as writing:
        while chunk := _read(reading, source):
            digest.update(chunk)
            size += len(chunk)
            writing.write(chunk)
        writing.flush()
        os.fsync(writing.fileno())
    return size, digest.hexdigest()


def _read(reading: BinaryIO, source: Path) -> bytes:
    """The next bytes; an error names the file, so that it is not taken for one of the target."""
    try:
        return reading.read(_CHUNK)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(source)) from error


def make_private_folders(folder: Path) -> None:
    """Make a folder, and those above it that are not there, for the program's account alone."""
    if not folder.is_dir():
        make_private_folders(folder.parent)
        folder.mkdir(PRIVATE_FOLDER, exist_ok=True)


def _as_old(target: Path, modified: int, *, private: bool) -> None:
    """Who may read it, and when it was written."""
    usual_rights(target, private=private)
    os.utime(target, ns=(modified, modified))


def _state(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_ino, found.st_size, found.st_mtime_ns
