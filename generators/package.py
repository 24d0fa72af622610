"""Office packages made byte-identical: equal parts give equal files."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping

EPOCH = (1980, 1, 1, 0, 0, 0)
CONTENT_TYPES = "[Content_Types].xml"
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    EOFError,
)
"""What reading a damaged package raises."""


def parts_of(data: bytes) -> dict[str, bytes]:
    """The parts of a zip package by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        return {name: source.read(name) for name in source.namelist()}


def package_of(parts: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip package of ``parts``, sorted (content types first) and dated 1980-01-01."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as target:
        for name in sorted(parts, key=lambda name: (name != CONTENT_TYPES, name)):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = compression
            entry.create_system = 0  # the same on Windows as on Linux
            target.writestr(entry, parts[name])
    return buffer.getvalue()


def stable_package(data: bytes) -> bytes:
    """The same zip package with parts sorted (content types first) and dated 1980-01-01."""
    return package_of(parts_of(data))
