"""A document that people hand in: why it cannot be read, or its parts, ready to be worked on."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from generators.excel.guard import (
    ENCRYPTED_STREAM,
    MAX_RATIO,
    OLE2_SIGNATURE,
    RATIO_FLOOR_BYTES,
    megabytes,
)
from generators.model import Finding, Result, Severity
from generators.package import CONTENT_TYPES, parts_of
from generators.word.clean import STORY
from generators.word.oxml import Element, w

MOST_BYTES = 400 * 2**20
"""How much a document may hold unpacked; pictures make reports large."""
_DOCUMENT_TYPE = b"wordprocessingml.document.main+xml"
_STRICT = b"http://purl.oclc.org/ooxml/"
_BODY = re.compile(r"word/document\d*\.xml\Z")


@dataclass(frozen=True)
class Opened:
    """The parts of a package as bytes, and the XML of those that hold text. ``main`` is the body's."""

    parts: dict[str, bytes]
    roots: dict[str, Element]
    main: str

    @property
    def body(self) -> Element:
        """The element that holds the document's blocks."""
        found = self.roots[self.main].find(w("body"))
        assert found is not None
        return found

    def related(self) -> Mapping[str, str]:
        """The names of the parts that the body's relationships point to, by their ids."""
        folder, _, name = self.main.rpartition("/")
        data = self.parts.get(f"{folder}/_rels/{name}.rels")
        if data is None:
            return {}
        return {
            str(item.get("Id")): _within(folder, str(item.get("Target")))
            for item in etree.fromstring(data, parser())
            if isinstance(item.tag, str)
        }


def open_document(data: bytes, file: str) -> Result[Opened]:
    """The parts of a .docx; ``None`` with the reason where it cannot be read.

    ``file`` is the name that the finding carries. Documents with macros and document templates count
    as no .docx: Word does not open them under that name.
    """

    def refuse(reason: str, **params: str) -> Result[Opened]:
        return Result(None, (Finding(f"compare.{reason}", Severity.ERROR, file=file, params=params),))

    if data.startswith(OLE2_SIGNATURE):
        return refuse("encrypted" if ENCRYPTED_STREAM in data else "legacy")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
        size = sum(entry.file_size for entry in entries)
        if any(entry.flag_bits & 0x1 for entry in entries):
            return refuse("encrypted")
        if size > MOST_BYTES or size > max(RATIO_FLOOR_BYTES, MAX_RATIO * len(data)):
            return refuse("too_large", limit=megabytes(MOST_BYTES))
        parts = parts_of(data)
        if _DOCUMENT_TYPE not in parts[CONTENT_TYPES]:
            return refuse("not_document")
        main = next(name for name in parts if _BODY.match(name))
        roots = {
            name: etree.fromstring(part, parser()) for name, part in parts.items() if STORY.match(name)
        }
    except Exception:  # a damaged package fails in many classes; to a person it is one thing
        return refuse("not_document")
    if roots[main].find(w("body")) is None:
        return refuse("strict" if _STRICT in parts[main] else "not_document")
    return Result(Opened(parts, roots, main))


def parser() -> etree.XMLParser:
    """A parser that follows nothing and expands nothing."""
    return etree.XMLParser(resolve_entities=False, no_network=True)


def _within(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
