"""Office packages made byte-identical: equal parts give equal files."""

from __future__ import annotations

import io
import zipfile

EPOCH = (1980, 1, 1, 0, 0, 0)
CONTENT_TYPES = "[Content_Types].xml"


def stable_package(data: bytes) -> bytes:
    """The same zip package with parts sorted (content types first) and dated 1980-01-01."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in sorted(source.namelist(), key=lambda name: (name != CONTENT_TYPES, name)):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0  # the same on Windows as on Linux
            target.writestr(entry, source.read(name))
    return buffer.getvalue()
