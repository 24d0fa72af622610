"""Names that other people and systems gave, as they are shown: readable, on one line, harmless.

A name is cleaned once, where it comes in; its real form is kept only to open the file. Nothing that
is kept, printed or written then holds half a character, a control character, or one that turns the
direction of what is read, by which a program passes for a workbook.
"""

from __future__ import annotations

import hashlib
import re
import sys
import unicodedata
from collections.abc import Iterable
from pathlib import PurePath, PurePosixPath

SUBSTITUTE = "?"
"""Stands for what cannot be shown; no file on NTFS has it in its name, and a shell takes it for any."""
LONGEST_NAME = 255
"""Bytes in UTF-8 that file systems take in a name."""
_LONGEST_ENDING = 20
_HIDDEN = frozenset(["Cc", "Cf", "Cs", "Zl", "Zp"])
"""Kinds of characters that are not seen, or no characters: controls, formats, surrogates, separators."""
_BYTES = re.compile("[\udc80-\udcff]")
"""What the system's bytes become that its encoding does not know."""
_FOREIGN = re.compile("[\x80-\u07ff\udc80-\udcff]+")
"""Such bytes, and what passes for characters of two bytes by chance."""
_EAST_ASIAN = "\u2e80"
"""From here on a character takes at least three bytes in UTF-8, which no GBK text forms by chance."""
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def shown_name(name: str, limit: int = LONGEST_NAME) -> str:
    """The name of a file, folder, user or sheet as it is shown, with at most ``limit`` bytes in UTF-8.

    Bytes that the system could not decode are read as UTF-8, else as GB18030, which old Chinese
    programs write; what remains unreadable is :data:`SUBSTITUTE`. The ending of a file survives
    where the name has to be cut. A sound name stays as it is.
    """
    if name.isascii() and name.isprintable() and len(name) <= limit:
        return name
    shown = "".join(SUBSTITUTE if _is_hidden(mark) else mark for mark in _decoded(name))
    return shown if len(shown.encode()) <= limit else _cut(shown, limit)


def shown_path(path: PurePath | str) -> str:
    """A path as it is shown, each part of it as :func:`shown_name` shows it."""
    text = str(path)
    parts = re.split(r"([/\\])" if sys.platform == "win32" else "(/)", text)
    return "".join(shown_name(part) for part in parts)


def shown_apart(names: Iterable[str]) -> list[str]:
    """Paths below a folder as they are shown, each otherwise than all others.

    Where several would be shown alike, one that is named so keeps the name; the others bear a mark
    made of what they are really called, before the ending.
    """
    real = list(names)
    shown = [shown_path(name) for name in real]
    uses: dict[str, int] = {}
    for name in shown:
        uses[name] = uses.get(name, 0) + 1
    return [
        name if uses[name] == 1 or name == own else marked(name, own)
        for name, own in zip(shown, real, strict=True)
    ]


def marked(name: str, own: str) -> str:
    """``name`` with a mark before its ending that is made of ``own``, what it is really called."""
    mark = hashlib.sha256(own.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    path = PurePosixPath(name)
    return str(path.with_name(_cut(path.stem, 200) + f"（同名{mark}）{path.suffix}"))


def printable(text: str) -> str:
    """A text for people without what would steer a terminal or turn the direction of reading.

    Line breaks and tabs stay, and so do signs that scripts need between their letters.
    """
    return text if text.isprintable() else _UNPRINTABLE.sub(SUBSTITUTE, text)


def _is_hidden(mark: str) -> bool:
    """Whether a character is not seen; the last two of every plane are no characters at all."""
    return unicodedata.category(mark) in _HIDDEN or ord(mark) & 0xFFFE == 0xFFFE


def _decoded(name: str) -> str:
    """The name with the bytes in it read; where it is partly in UTF-8, only the rest is GB18030."""
    if not _BYTES.search(name):
        return name
    if not any(mark >= _EAST_ASIAN and not "\ud800" <= mark <= "\udfff" for mark in name):
        whole = _as_gb18030(name)
        if whole is not None:
            return whole
    return _FOREIGN.sub(_read_apart, name)


def _read_apart(match: re.Match[str]) -> str:
    """A piece of a name: read as GB18030 where there are such bytes in it."""
    piece = match[0]
    return (_as_gb18030(piece) or piece) if _BYTES.search(piece) else piece


def _as_gb18030(name: str) -> str | None:
    """The bytes of a name as GB18030, or as UTF-8 where they are; ``None`` where they are neither."""
    try:
        data = name.encode(sys.getfilesystemencoding(), "surrogateescape")
    except UnicodeEncodeError:  # half a pair of UTF-16, which Windows lets stand
        return None
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _cut(name: str, limit: int) -> str:
    """A name cut to ``limit`` bytes before its ending."""
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending.encode()) > _LONGEST_ENDING:
        stem, dot, ending = name, "", ""
    tail = f"{dot}{ending}"
    if len(name.encode()) <= limit:
        return name
    room = limit - len(f"…{tail}".encode())
    return stem.encode()[:room].decode("utf-8", "ignore") + f"…{tail}"
