"""Who handed a file in, as far as the file system and the workbook itself tell."""

from __future__ import annotations

import html
import io
import re
import sys
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from generators.names import shown_name

_CORE = "docProps/core.xml"
_SAVED_BY = re.compile(rb"<cp:lastModifiedBy>([^<]{1,400})<")
_MOST_BYTES = 64 * 2**10
"""Core properties take less than one kilobyte; what takes more is not looked at."""
_SHOWN = 100
_UNREADABLE = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, ValueError)


@dataclass(frozen=True)
class Sender:
    """``owner`` is the file's owner, ``None`` where the system does not tell; ``saved_by`` who saved
    the workbook last, by its own account, empty where it does not say. Neither is proved.
    """

    owner: str | None
    saved_by: str


def sender_of(path: Path, data: bytes) -> Sender:
    """Who handed in the file at ``path``, whose bytes are ``data``; it may be any file at all."""
    return Sender(_owner(path), _saved_by(data))


def _owner(path: Path) -> str | None:
    """The owner's name; Windows does not tell it here, nor does a system that has none for the id."""
    if sys.platform == "win32":
        return None
    import pwd

    try:
        return shown_name(pwd.getpwuid(path.lstat().st_uid).pw_name, _SHOWN)
    except (OSError, KeyError):
        return None


def _saved_by(data: bytes) -> str:
    """Only the first bytes of the one small part are unpacked, whatever the archive says of it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(_CORE) as part:
            match = _SAVED_BY.search(part.read(_MOST_BYTES))
    except (*_UNREADABLE, KeyError):
        return ""
    return (
        shown_name(html.unescape(match[1].decode("utf-8", "replace")).strip()[:_SHOWN]) if match else ""
    )
