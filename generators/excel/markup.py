"""The XML of a workbook's parts: what is counted here is what is read, by the same parser.

Every part is bounded by its bytes before the parser builds anything of it. Each element has a ``<`` of
its own and each attribute a ``=``, so that their numbers bound the memory of the tree; text is bounded
by the size of the archive, depth and single texts by libxml2 itself (256 elements, 10 MB).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.parsers import expat

from lxml import etree

MAX_MARKS = 400_000
"""XML tags in all sheets and texts of a workbook: some 80,000 filled cells."""
MAX_ATTRIBUTES = 1_000_000
_STRANGE = (b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"<\0\0\0", b"\0\0\0<", b"\x4c\x6f\xa7\x94")
"""How XML begins in UTF-32 and EBCDIC: no office program writes these."""
_DECLARED = re.compile(
    rb"<\?xml[^<>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([\w.-]{1,40})[\"']", re.IGNORECASE
)
_KNOWN_ENCODINGS = frozenset([b"utf-8", b"utf-16", b"utf8", b"us-ascii", b"iso-8859-1"])

Element = etree._Element


class UnreadableError(Exception):
    """Why a workbook cannot be read: the part of a finding's code after the dot, and where it lies.

    ``sheet`` and ``cell`` are empty where it is about none; ``params`` are the finding's.
    """

    def __init__(self, code: str, sheet: str = "", cell: str = "", **params: str) -> None:
        super().__init__(code)
        self.code, self.sheet, self.cell, self.params = code, sheet, cell, params


@dataclass
class Bounds:
    """How much XML of a workbook may still be built."""

    marks: int = MAX_MARKS
    attributes: int = MAX_ATTRIBUTES

    def take(self, part: bytes, name: str) -> None:
        """Count the part called ``name``; raises :class:`UnreadableError` for more than may be built."""
        self.marks -= part.count(b"<")
        self.attributes -= part.count(b"=")
        if self.marks < 0 or self.attributes < 0:
            raise UnreadableError("too_many_cells", part=name)


def parse(part: bytes, name: str, bounds: Bounds) -> Element:
    """The root of the part called ``name``, without comments and processing instructions.

    Raises :class:`UnreadableError` where it is no sound XML, or more than ``bounds`` allow.
    """
    _check_encoding(part, name)
    bounds.take(part, name)
    try:
        root = etree.fromstring(part, _parser())
    except etree.XMLSyntaxError as error:
        raise _refusal(error, name) from error
    if root is None:
        raise UnreadableError("part_damaged", part=name)
    return root


class HeardEnoughError(Exception):
    """Raised by a listener that has heard what it listened for."""


def listen(part: bytes, name: str, heard: Callable[[str, Mapping[str, str]], None]) -> None:
    """Call ``heard`` with tag and attributes of each element as it begins, and build nothing.

    For parts of which little is needed, however large they are; they are read in no other way. Names are
    written as in :func:`parse`, but without the first brace. What ``heard`` raises ends the reading;
    :class:`HeardEnoughError` ends it well. Raises :class:`UnreadableError` as :func:`parse` does.
    """
    _check_encoding(part, name)
    # lxml can listen too, and never gives back the names that a listening parser met.
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler = heard
    try:
        parser.Parse(part, True)
    except HeardEnoughError:
        return
    except expat.ExpatError as error:
        raise UnreadableError("part_damaged", part=name) from error


def text_of(element: Element) -> str:
    """All text within an element."""
    return "".join(str(piece) for piece in element.itertext())


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )


def _check_encoding(part: bytes, name: str) -> None:
    declared = _DECLARED.search(part[:400])
    if part.startswith(_STRANGE) or (declared and declared[1].lower() not in _KNOWN_ENCODINGS):
        raise UnreadableError("encoding", part=name)


def _refusal(error: etree.XMLSyntaxError, name: str) -> UnreadableError:
    """What the clerk is told of libxml2's complaint, which says what bound was met only in words."""
    words = str(error).lower()
    if "depth" in words:
        return UnreadableError("nesting", part=name)
    if "limit" in words or "too long" in words:
        return UnreadableError("long_text")
    return UnreadableError("part_damaged", part=name)
