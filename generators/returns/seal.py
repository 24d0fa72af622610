"""What a returned copy says of itself: what it was made from, and whether anybody has saved it since.

It needs no key and proves nothing. The seal that proves who issued a form is another one:
:mod:`generators.forms.sealing`.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from generators.package import parts_of

PROPERTY = "huibao_receipt"
"""The custom document property that holds the seal."""

_CUSTOM = "docProps/custom.xml"
_LENGTH = 64
_OPEN = "0" * _LENGTH
_SEAL = re.compile(rb"([0-9a-f]{64})-([0-9a-f]{64})")


@dataclass(frozen=True)
class Seal:
    """``digest`` is what the copy depended on; ``content`` the hash of its parts when it was made."""

    digest: str
    content: str


def unsealed(digest: str) -> str:
    """The property before the content is known."""
    return f"{digest}-{_OPEN}"


def sealed(parts: Mapping[str, bytes], digest: str) -> dict[str, bytes]:
    """The same parts, with the hash of their content in the property."""
    custom = parts[_CUSTOM].replace(unsealed(digest).encode(), f"{digest}-{_content(parts)}".encode())
    return {**parts, _CUSTOM: custom}


def read_seal(data: bytes) -> Seal | None:
    """The seal of a workbook, or ``None`` where it has none or cannot be opened."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            match = _SEAL.search(archive.read(_CUSTOM))
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, EOFError, NotImplementedError):
        return None
    return Seal(match[1].decode(), match[2].decode()) if match else None


def is_untouched(data: bytes, seal: Seal) -> bool:
    """Whether a workbook with that seal is as the program wrote it."""
    return _content(parts_of(data)) == seal.content


def _content(parts: Mapping[str, bytes]) -> str:
    """The hash of every part but the one that the seal stands in."""
    whole = hashlib.sha256()
    for name in sorted(parts):
        if name != _CUSTOM:
            whole.update(f"{name}\n{len(parts[name])}\n".encode("utf-8", "replace"))
            whole.update(parts[name])
    return whole.hexdigest()
