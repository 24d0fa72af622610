"""The inbox folder: which files lie in it, what they are called, and their bytes.

Names are cleaned here, once (:mod:`generators.names`). Only ordinary files are read, and only what
lies in the inbox itself: links, pipes and devices are told and left alone. That the inbox is a link,
or a share that was mounted there, is the maintainer's own doing.
"""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import os
import stat
import sys
from collections.abc import Iterator, Set
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from generators.archive import megabytes
from generators.excel.guard import MAX_FILE_BYTES
from generators.forms.layout import submitted_stem
from generators.intake.passed_over import is_departments, is_passed_over
from generators.model import Finding, Severity
from generators.names import shown_apart, shown_name, shown_path
from generators.support.files import READING, NotOrdinaryError, open_ordinary
from generators.text import reason_of

MOST_FOLDERS_DEEP = 16
"""How many folders one in another are looked into."""
MOST_FILES = 5_000
MOST_BYTES = 2**30
"""What one run reads at most."""

_REPARSE_TAGS = frozenset([0xA000000C, 0xA0000003])
"""What Windows calls symbolic links, and junctions and mounted folders."""
_NOT_FOLLOWED = getattr(os, "O_NOFOLLOW", 0)


@dataclass(frozen=True)
class InboxFile:
    """A file as it lay in the inbox: its name below the inbox, bytes, hash and when it was written.

    ``name`` is as it is shown, and unlike that of any other file; ``path`` is where the file really
    is, ``None`` for bytes that lie nowhere. ``received`` is the file's modification time in UTC: the
    moment its owner put it there.
    """

    name: str
    data: bytes
    sha256: str
    received: dt.datetime
    path: Path | None = None


@dataclass(frozen=True)
class Entry:
    """A file of the inbox by its real path, the name that it is shown by, its size and its time."""

    path: Path
    name: str
    size: int
    written: int


@dataclass(frozen=True)
class Inbox:
    """What lies in the inbox, by shown name.

    ``refused`` are findings about what is no ordinary file, one each; ``unseen`` about folders that
    could not be looked into, and files beyond what a run reads. ``partial`` says that forms may lie
    where nobody could look.
    """

    files: tuple[Entry, ...] = ()
    refused: tuple[Finding, ...] = ()
    unseen: tuple[Finding, ...] = ()
    partial: bool = False


@dataclass
class _Seen:
    """What going through the inbox has come upon so far; paths below the inbox, with ``/``."""

    files: list[tuple[str, Path, os.stat_result]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    unseen: list[Finding] = field(default_factory=list)
    partial: bool = False


def list_inbox(folder: Path, departments: Set[str] = frozenset()) -> Inbox:
    """The files that people put into ``folder``; locks, temporary and hidden ones are not.

    ``departments`` is what folders and forms of departments are called
    (:func:`~generators.intake.passed_over.department_names`): those are never passed over, and are
    read first where there is more than a run reads. Raises
    ``OSError`` where the inbox itself cannot be looked into; one that is not there holds nothing.
    """
    if not folder.is_dir():
        return Inbox()
    seen = _Seen()
    waiting = [("", 0)]
    while waiting:
        below, depth = waiting.pop()
        try:
            with os.scandir(folder / below) as entries:
                for entry in entries:
                    if inner := _sort(entry, f"{below}{entry.name}", depth, departments, seen):
                        waiting.append((inner, depth + 1))
        except FileNotFoundError:
            continue  # it has just gone, and what lay in it
        except OSError as error:
            if not below:
                raise
            seen.unseen.append(_about_folder("run.folder_unread", below, reason=reason_of(error)))
            seen.partial = True
    return _named(seen, departments)


def inbox_name(inbox: Path, path: Path) -> str:
    """The name below the inbox of a file that lies there, as it is shown; empty for one elsewhere.

    It lies there also where the path, or that of the inbox, goes through links.
    """
    below = _below(inbox, path)
    return shown_path(below.as_posix()) if below is not None else ""


def read_file(path: Path, name: str, inbox: Path | None = None) -> InboxFile | Finding:
    """The file at ``path``, or the finding that says why it is not read; ``name`` is what it is called.

    A file of the ``inbox`` must be an ordinary file that lies there. Elsewhere somebody has named the
    file, and may name a link to one.
    """
    try:
        with _opened(path, inbox) as handle:
            before = os.fstat(handle)
            if before.st_size > MAX_FILE_BYTES:
                return _too_large(name)
            data = _read(handle, MAX_FILE_BYTES + 1)
            after = os.fstat(handle)
    except _LinkError:
        return _refused("format.link", name)
    except NotOrdinaryError:
        return _refused("format.special", name)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EMLINK) and inbox is not None:
            return _refused("format.link", name)
        reason = reason_of(error)
        return Finding("format.unreadable", Severity.ERROR, file=name, params={"reason": reason})
    if len(data) > MAX_FILE_BYTES:
        return _too_large(name)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        return Finding("format.unsettled", Severity.WARNING, file=name)
    return InboxFile(name, data, hashlib.sha256(data).hexdigest(), moment_of(after.st_mtime), path)


def moment_of(seconds: float) -> dt.datetime:
    """A modification time in UTC; one that no calendar has is that of 1970."""
    try:
        return dt.datetime.fromtimestamp(seconds, dt.UTC)
    except (OverflowError, ValueError, OSError):
        return dt.datetime.fromtimestamp(0, dt.UTC)


def is_link(status: os.stat_result) -> bool:
    """Whether what ``lstat`` tells of is a link: a symbolic one, or one of Windows' own kinds."""
    return stat.S_ISLNK(status.st_mode) or getattr(status, "st_reparse_tag", 0) in _REPARSE_TAGS


# --- what lies there --------------------------------------------------------------------------------


def _sort(
    entry: os.DirEntry[str], below: str, depth: int, departments: Set[str], seen: _Seen
) -> str | None:
    """Note what an entry of a folder is; the folder to go into, where it is one."""
    name = shown_name(entry.name)
    own = is_departments(name, departments)
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError:  # gone, or nobody may look: reading it tells
        if not is_passed_over(name, folder=False):
            seen.files.append((below, Path(entry.path), os.stat_result([0] * 10)))
        return None
    is_folder = stat.S_ISDIR(status.st_mode)
    if is_passed_over(name, folder=is_folder) and not (is_folder and own):
        return None
    if is_link(status):
        seen.refused.append(("format.link", below))
    elif is_folder and depth + 1 >= MOST_FOLDERS_DEEP:
        seen.unseen.append(_about_folder("run.folder_deep", below, limit=str(MOST_FOLDERS_DEEP)))
    elif is_folder:
        return f"{below}/"
    elif stat.S_ISREG(status.st_mode):
        seen.files.append((below, Path(entry.path), status))
    else:
        seen.refused.append(("format.special", below))
    return None


def _named(seen: _Seen, departments: Set[str]) -> Inbox:
    """Everything by the name that it is shown by, no more than a run reads."""
    every = sorted(seen.files)
    names = shown_apart([below for below, _, _ in every] + [below for _, below in seen.refused])
    files = [
        Entry(path, name, status.st_size, status.st_mtime_ns)
        for (_, path, status), name in zip(every, names, strict=False)
    ]
    refused = [
        _refused(code, name) for (code, _), name in zip(seen.refused, names[len(every) :], strict=True)
    ]
    kept = _within_bounds(files, departments)
    unseen = sorted(seen.unseen, key=lambda finding: finding.file)
    if len(kept) < len(files):
        params = {"count": str(len(files)), "read": str(len(kept)), "limit": megabytes(MOST_BYTES)}
        unseen.append(Finding("run.inbox_full", Severity.WARNING, params=params))
    return Inbox(
        tuple(sorted(kept, key=lambda item: item.path)),
        tuple(sorted(refused, key=lambda finding: finding.file)),
        tuple(unseen),
        seen.partial or len(kept) < len(files),
    )


def _within_bounds(files: list[Entry], departments: Set[str]) -> list[Entry]:
    """As many files as one run reads: those of departments, by their names, and then the newest."""
    kept: list[Entry] = []
    size = 0

    def is_expected(name: str) -> bool:
        path = PurePosixPath(name)
        return any(
            is_departments(part, departments) for part in (submitted_stem(path.stem), *path.parts)
        )

    if len(files) <= MOST_FILES and sum(item.size for item in files) <= MOST_BYTES:
        return files
    for item in sorted(files, key=lambda item: (not is_expected(item.name), -item.written, item.name)):
        size += item.size if item.size <= MAX_FILE_BYTES else 0  # a larger one is not read at all
        if len(kept) == MOST_FILES or size > MOST_BYTES:
            break
        kept.append(item)
    return kept


def _about_folder(code: str, below: str, **params: str) -> Finding:
    return Finding(code, Severity.WARNING, file=shown_path(below.rstrip("/")), params=params)


def _refused(code: str, name: str) -> Finding:
    return Finding(code, Severity.ERROR, file=name)


def _too_large(name: str) -> Finding:
    limit = megabytes(MAX_FILE_BYTES)
    return Finding("format.too_large", Severity.ERROR, file=name, params={"limit": limit})


# --- opening one file -------------------------------------------------------------------------------


class _LinkError(OSError):
    """The way to the file goes through a link, or it is another file by now."""


def _below(inbox: Path, path: Path) -> Path | None:
    """The path below the inbox of a file that lies there, links in the way to its folder followed."""
    for place, folder in (
        (path.absolute(), inbox.absolute()),
        (path.parent.resolve() / path.name, inbox.resolve()),
    ):
        if place != folder and place.is_relative_to(folder) and ".." not in place.parts:
            return place.relative_to(folder)
    return None


@contextmanager
def _opened(path: Path, inbox: Path | None) -> Iterator[int]:
    """A file's handle. Of the inbox it is that of a file which lies there, whatever moves meanwhile.

    Opening does not follow a link in the last place. For those in between, the file that was opened
    is held against the one that is reached from the inbox through folders alone.
    """
    below = None if inbox is None else _below(inbox, path)
    if inbox is not None and not _NOT_FOLLOWED and is_link(path.lstat()):
        raise _LinkError
    handle = open_ordinary(path, _NOT_FOLLOWED if inbox is not None else 0)
    try:
        if inbox is not None and (below is None or not _lies_in(inbox, below, handle)):
            raise _LinkError
        yield handle
    finally:
        os.close(handle)


def _lies_in(inbox: Path, below: Path, handle: int) -> bool:
    """Whether the opened file is the one that ``below`` names, with no link on the way to it."""
    opened = os.fstat(handle)
    *folders, name = below.parts
    if sys.platform == "win32":
        ways = [inbox.joinpath(*below.parts[: number + 1]) for number in range(len(below.parts))]
        statuses = [way.lstat() for way in ways]
        if any(is_link(status) for status in statuses):
            return False
        found = statuses[-1]
    elif not folders:
        return True  # only the last place was left to be a link, and it was none
    else:
        with ExitStack() as stack:
            place = os.open(inbox, READING | os.O_DIRECTORY)
            stack.callback(os.close, place)
            for folder in folders:
                try:
                    place = os.open(folder, READING | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=place)
                except NotADirectoryError:  # what a link is when it is not followed
                    return False
                stack.callback(os.close, place)
            found = os.stat(name, dir_fd=place, follow_symlinks=False)
    return (found.st_dev, found.st_ino) == (opened.st_dev, opened.st_ino)


def _read(handle: int, most: int) -> bytes:
    """At most so many bytes of a file, in pieces as the system gives them."""
    chunks: list[bytes] = []
    while most > 0 and (chunk := os.read(handle, min(most, 2**20))):
        chunks.append(chunk)
        most -= len(chunk)
    return b"".join(chunks)
