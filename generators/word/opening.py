"""The bytes of a Word document → its parts, guarded, or the one finding that says why not.

A document may come from anywhere: whoever reads one opens it here. Strict Open XML is turned into the
ordinary variant, parts in UTF-16 into UTF-8, a Word template (.dotx) into a document, names and types of
parts into those that Word gives them, so that nobody further on has to know of them.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from generators.archive import (
    ENCRYPTED_STREAM,
    OLE2_SIGNATURE,
    ZIP_SIGNATURE,
    PartError,
    Problem,
    archive_problem,
    as_ascii,
    declares_entities,
    is_wide,
    read_part,
    size_text,
)
from generators.excel.formats import stream_names
from generators.model import Finding, Result, Severity
from generators.package import CONTENT_TYPES
from generators.word.names import (
    MAIN_RELATION,
    MAIN_TYPE,
    RELATIONSHIP,
    ROOT_RELATIONS,
    content_types,
    normalised,
    relations_of,
    resolved,
)
from generators.word.oxml import Element, w
from generators.word.strict import is_strict, leftover, transitional

# Measured on reports as this program prints them: 300 pages with a register of 2,000 rows are
# 614,000 tags with 171,000 attributes in 11 MB of XML, and take 135 MB of memory.
MAX_DOCUMENT_BYTES = 48 * 2**20
MAX_UNZIPPED_BYTES = 64 * 2**20
"""Nearly all of it pictures: they are held three times while the document is open."""
MAX_MARKS = 1_000_000
"""XML tags in the whole document, opening and closing."""
MAX_ATTRIBUTES = 1_000_000
MAX_XML_BYTES = 32 * 2**20

STORIES = ("header", "footer", "footnotes", "endnotes")
"""The last words of the relationship types that lead to text, in reading order."""
_MACROS = "macroenabled"
_RIGHTS = "DRMEncrypted".encode("utf-16-le")
"""Begins the names of streams of a document that a rights server keeps closed."""
_WORD_STREAMS = ("worddocument",)
_XML = (".xml", ".rels")
_FOREIGN = (".html", ".htm", ".xhtml", ".mht", ".mhtml", ".txt", ".rtf", ".bin")
"""Parts that are no XML and may look like it: documents of other programs inside this one."""
_DECLARATION = re.compile(rb"\A<\?xml[^>]*encoding=[\"'](?!utf-8)", re.IGNORECASE)


def open_package(data: bytes, file: str = "") -> Result[dict[str, bytes]]:
    """The parts of the .docx in ``data`` by name.

    The value is ``None`` where it must not or cannot be opened; the one finding, which carries
    ``file``, then says why and what to do. Never raises.
    """

    def refuse(code: str, params: Mapping[str, str]) -> Result[dict[str, bytes]]:
        return Result(None, (Finding(f"document.{code}", Severity.ERROR, file=file, params=params),))

    if (refusal := _file_problem(data)) is not None:
        return refuse(*refusal)
    parts: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            problem = archive_problem(archive, MAX_UNZIPPED_BYTES)
            parts = {} if problem else _read(archive)
        problem = problem or _content_problem(_listings(parts))
        if problem is None:
            parts = normalised(parts)
            problem = _content_problem(parts)
        if problem is None:
            recoded = {name: _recoded(name, part) for name, part in parts.items()}
            problem = _content_problem(recoded) if recoded != parts else None
            parts = recoded
        if problem is None:
            strict = is_strict(parts)
            parts = transitional(parts) if strict else parts
            problem = _document_problem(parts)
            if strict and problem is None and (left := leftover(parts)):
                problem = "strict", {"part": left}
    except PartError as error:
        return refuse(error.code, {"part": error.part})
    except (MemoryError, RecursionError):
        raise  # which says nothing about the document; see generators.word.trial
    except Exception as error:  # a damaged archive fails in many classes; to its reader it is one thing
        if is_too_deep(error):
            return refuse("too_deep", {})
        xml = (name for name in sorted(parts) if name.endswith(_XML))
        return refuse(*_fault(parts, (CONTENT_TYPES, ROOT_RELATIONS, *xml)) or ("damaged", {}))
    if problem is not None:
        return refuse(*problem)
    return Result(parts)


def _file_problem(data: bytes) -> Problem | None:
    """Why the file is no package at all."""
    if not data:
        return "empty", {}
    if len(data) > MAX_DOCUMENT_BYTES:
        return "too_large", {"size": size_text(len(data)), "limit": size_text(MAX_DOCUMENT_BYTES)}
    if data.startswith(OLE2_SIGNATURE):
        if _RIGHTS in data:
            return "rights", {}
        if ENCRYPTED_STREAM in data:
            return "encrypted", {}
        names = stream_names(data)
        old = names is None or any(name in _WORD_STREAMS for name in names)
        return ("legacy" if old else "not_word"), {}
    return None if data.startswith(ZIP_SIGNATURE) else ("not_word", {})


@dataclass(frozen=True)
class Stories:
    """The parts of a package as bytes, and the XML of those that hold text. ``main`` is the body's."""

    parts: dict[str, bytes]
    roots: dict[str, Element]
    main: str


def open_stories(data: bytes, file: str = "") -> Result[Stories]:
    """The document in ``data`` with the XML of its text, the body first; ``None`` with the reason."""
    opened = open_package(data, file)
    if opened.value is None:
        return Result(None, opened.findings)

    def refuse(problem: Problem) -> Result[Stories]:
        code, params = problem
        return Result(None, (Finding(f"document.{code}", Severity.ERROR, file=file, params=params),))

    roots: dict[str, Element] = {}
    main = main_part(opened.value)
    try:
        names = story_names(opened.value)
    except etree.XMLSyntaxError as error:
        return refuse(_broken(error, relations_of(main)))
    for name in names:
        try:
            roots[name] = parse(opened.value[name])
        except etree.XMLSyntaxError as error:
            return refuse(_broken(error, name))
    if roots[main].find(w("body")) is None:
        return refuse(("no_body", {"part": main}))
    return Result(Stories(opened.value, roots, main))


def main_part(parts: Mapping[str, bytes]) -> str:
    """The name of the part that holds the body; empty where the package names none."""
    for _, kind, target, external in relations(parts, ROOT_RELATIONS):
        if kind.endswith(MAIN_RELATION) and not external and target in parts:
            return target
    return ""


def story_names(parts: Mapping[str, bytes]) -> list[str]:
    """The names of the parts that hold text: the body, then headers, footers, footnotes, endnotes."""
    main = main_part(parts)
    found = {
        (STORIES.index(kind.rpartition("/")[2]), target)
        for _, kind, target, external in relations(parts, relations_of(main))
        if kind.rpartition("/")[2] in STORIES and not external and target in parts
    }
    return [main, *(target for _, target in sorted(found))]


def relations(parts: Mapping[str, bytes], name: str) -> Iterator[tuple[str, str, str, bool]]:
    """Id, type and target of each relationship in the part ``name``, and whether it leads outside.

    A target inside the package is given as the name of its part.
    """
    if name not in parts:
        return
    for item in parse(parts[name]).iter(RELATIONSHIP):
        target, external = item.get("Target", ""), item.get("TargetMode") == "External"
        if not external:
            target = resolved(name, target)
        yield item.get("Id", ""), item.get("Type", ""), target, external


def damage(parts: Mapping[str, bytes], file: str) -> Finding | None:
    """Why a package cannot be printed from: the first part that is missing or broken, or lacks a type.

    Only what relationships lead to counts: no program looks at the rest.
    """

    def found(code: str, **params: str) -> Finding:
        return Finding(f"document.{code}", Severity.ERROR, file=file, params=params)

    types = content_types(parts)
    waiting, seen = [""], {""}
    while waiting:
        name = waiting.pop(0)
        listing = relations_of(name) if name else ROOT_RELATIONS
        if name:
            kind = types.of(name)
            if not kind:
                return found("part_type", part=name)
            if is_markup(kind) and (fault := _fault(parts, [name])):
                return found(fault[0], **fault[1])
        if fault := _fault(parts, [listing]):
            return found(fault[0], **fault[1])
        if not _complete(parts, listing):
            return found("part_damaged", part=listing)
        for _, _, target, external in relations(parts, listing):
            if external or target in seen:
                continue
            if target not in parts:
                return found("part_missing", part=target)
            seen.add(target)
            waiting.append(target)
    return None


def is_markup(kind: str) -> bool:
    """Whether a part of this content type is XML that a document's reader must understand."""
    return kind.endswith("+xml") and not kind.startswith("image/")


def _fault(parts: Mapping[str, bytes], names: Iterable[str]) -> Problem | None:
    """What is wrong with the first of the parts that cannot be parsed; ``None`` where all can."""
    for name in names:
        try:
            if name in parts:
                parse(parts[name])
        except etree.XMLSyntaxError as error:
            return _broken(error, name)
    return None


def _broken(error: etree.XMLSyntaxError, part: str) -> Problem:
    """Why a part could not be parsed."""
    return ("too_deep", {}) if is_too_deep(error) else ("part_damaged", {"part": part})


def _complete(parts: Mapping[str, bytes], listing: str) -> bool:
    """Whether relationships have what each of them must have."""
    if listing not in parts:
        return True
    root = parse(parts[listing])
    items = list(root.iter(RELATIONSHIP))
    ids = {item.get("Id") for item in items}
    return (
        etree.QName(root).localname == "Relationships"
        and len(ids) == len(items)
        and all(item.get("Id") and item.get("Type") and item.get("Target") is not None for item in items)
    )


def is_too_deep(error: Exception) -> bool:
    """Whether a part could not be parsed because its elements stand in one another without end.

    libxml2 reads 256 of them; Word writes some dozens.
    """
    return isinstance(error, etree.XMLSyntaxError) and "depth" in str(error)


def parse(part: bytes) -> etree._Element:
    """The root of an XML part; neither entities nor anything outside are looked up."""
    return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True))


def _read(archive: zipfile.ZipFile) -> dict[str, bytes]:
    return {
        entry.filename: read_part(archive, entry)
        for entry in archive.infolist()
        if not entry.filename.endswith("/")
    }


def _listings(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """The parts that say what the others are."""
    ends = (".rels", CONTENT_TYPES.lower())
    return {name: part for name, part in parts.items() if name.lower().endswith(ends)}


def _content_problem(parts: Mapping[str, bytes]) -> Problem | None:
    """What a parser would choke on."""
    marks = attributes = size = 0
    for name, raw in parts.items():
        if name.lower().endswith(_FOREIGN):
            continue
        part = as_ascii(raw)
        if declares_entities(name, part):
            return "entities", {"part": name}
        if name.lower().endswith(_XML) or part.lstrip().startswith((b"<", b"\xef\xbb\xbf<")):
            marks += part.count(b"<")
            attributes += part.count(b"=")
            size += len(part)
    if marks > MAX_MARKS or attributes > MAX_ATTRIBUTES or size > MAX_XML_BYTES:
        return "too_long", {}
    return None


def _recoded(name: str, part: bytes) -> bytes:
    """An XML part in UTF-8, whatever it was written in; one that cannot be read stays as it is."""
    if not name.endswith((".xml", ".rels")) or not (is_wide(part) or _DECLARATION.match(part)):
        return part
    try:
        return etree.tostring(parse(part), xml_declaration=True, encoding="UTF-8", standalone=True)
    except etree.XMLSyntaxError:
        return part


def _document_problem(parts: Mapping[str, bytes]) -> Problem | None:
    """Why the package is no Word document that can be used."""
    if CONTENT_TYPES not in parts or ROOT_RELATIONS not in parts:
        return "not_word", {}
    main = main_part(parts)
    targets = [
        target for _, kind, target, _ in relations(parts, ROOT_RELATIONS) if kind.endswith(MAIN_RELATION)
    ]
    if targets and not main:
        return "part_missing", {"part": targets[0]}
    kind = content_types(parts).of(main)
    if _MACROS in kind.lower() or any(name.lower().endswith("vbaproject.bin") for name in parts):
        return "macros", {}
    return None if main and kind == MAIN_TYPE else ("not_word", {})
