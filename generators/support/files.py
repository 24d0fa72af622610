"""Ordinary files opened for reading; a pipe, socket or device in their place is never waited for."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

READING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
READING |= getattr(os, "O_BINARY", 0)
"""A pipe is opened at once and never waited for."""

NO_ORDINARY_FILE = "not an ordinary file"
_WITHOUT_OTHER_END = (errno.ENXIO, errno.EOPNOTSUPP)
"""What the system says of a socket, and of a device that nothing is behind."""


class NotOrdinaryError(OSError):
    """A pipe, socket or device stands where a file should."""

    def __init__(self, path: Path) -> None:
        super().__init__(errno.EINVAL, NO_ORDINARY_FILE, str(path))


def open_ordinary(path: Path, more_flags: int = 0) -> int:
    """The handle of the ordinary file at ``path``, to be closed by the caller; links are followed.

    ``more_flags`` are added to those of the system's call. Raises :class:`NotOrdinaryError` for a
    pipe, socket or device, and ``OSError`` for a folder and for what cannot be opened.
    """
    try:
        handle = os.open(path, READING | more_flags)
    except OSError as error:
        if error.errno in _WITHOUT_OTHER_END:
            raise NotOrdinaryError(path) from None
        raise
    mode = os.fstat(handle).st_mode
    if stat.S_ISREG(mode):
        return handle
    os.close(handle)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    raise NotOrdinaryError(path)


@contextmanager
def ordinary(path: Path) -> Iterator[BufferedReader]:
    """The ordinary file at ``path``, open for reading; raises as :func:`open_ordinary`."""
    with os.fdopen(open_ordinary(path), "rb") as file:
        yield file


def read_ordinary(path: Path, most: int = -1) -> bytes:
    """The bytes of the ordinary file at ``path``, at most so many; raises as :func:`open_ordinary`."""
    with ordinary(path) as file:
        return file.read(most)


def sha256_of(path: Path) -> str:
    """The SHA-256 of the ordinary file at ``path``; raises as :func:`open_ordinary`."""
    with ordinary(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
