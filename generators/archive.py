"""Bounds that are checked on the zip archive of an Office file before any parser sees it."""

from __future__ import annotations

import re
import zipfile

MAX_ENTRIES = 2_000
MAX_RATIO = 250
RATIO_FLOOR_BYTES = 4 * 2**20

OLE2_SIGNATURE = bytes.fromhex("D0CF11E0A1B11AE1")
ZIP_SIGNATURE = b"PK\x03\x04"
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")

Problem = tuple[str, dict[str, str]]
"""Why an archive is refused: the part of a finding's code after the dot, and its params."""

_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".svg", ".wdp")
_DOCTYPE = re.compile(rb"<!\s*DOCTYPE", re.IGNORECASE)
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
"""How a part in UTF-16 begins."""


def archive_problem(archive: zipfile.ZipFile, most_bytes: int) -> Problem | None:
    """Why the archive must not be unpacked, or ``None`` where it may.

    ``most_bytes`` bounds what it holds when it is unpacked. Only the directory is looked at.
    """
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        return "too_many_parts", {"limit": str(MAX_ENTRIES)}
    unzipped = sum(entry.file_size for entry in entries)
    zipped = sum(entry.compress_size for entry in entries)
    if unzipped > RATIO_FLOOR_BYTES and unzipped > MAX_RATIO * max(zipped, 1):
        return "bomb", {}
    if unzipped > most_bytes:
        return "too_large", {"limit": megabytes(most_bytes)}
    if any(entry.flag_bits & 0x1 for entry in entries):
        return "encrypted", {}
    return None


def declares_entities(name: str, part: bytes) -> bool:
    """Whether a part declares a document type, and entities with it.

    A picture may be an SVG, which declares one in all honesty. ``part`` is as :func:`as_ascii`
    gives it.
    """
    return not name.lower().endswith(_PICTURES) and _DOCTYPE.search(part) is not None


def as_ascii(part: bytes) -> bytes:
    """The part so that its markup can be searched: UTF-16 loses the zero half of every letter."""
    return part.replace(b"\x00", b"") if is_wide(part) else part


def is_wide(part: bytes) -> bool:
    """Whether a part is written in UTF-16."""
    return part[:2] in _WIDE


def megabytes(size: int) -> str:
    """A number of bytes as whole megabytes, for a message."""
    return str(size // 2**20)
