"""The bytes of a Word document → its parts, guarded, or the one finding that says why not.

A document may come from anywhere: whoever reads one opens it here. Strict Open XML is turned into the
ordinary variant, parts in UTF-16 into UTF-8, a Word template (.dotx) into a document, so that nobody
further on has to know of them.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping

from lxml import etree

from generators.archive import (
    ENCRYPTED_STREAM,
    OLE2_SIGNATURE,
    ZIP_SIGNATURE,
    Problem,
    archive_problem,
    as_ascii,
    declares_entities,
    is_wide,
    megabytes,
    read_part,
)
from generators.model import Finding, Result, Severity
from generators.package import CONTENT_TYPES
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

ROOT_RELATIONS = "_rels/.rels"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_OFFICE_DOCUMENT = "/officeDocument"
STORIES = ("header", "footer", "footnotes", "endnotes")
"""The last words of the relationship types that lead to text, in reading order."""
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_DOTX = "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"
_MACROS = "macroEnabled"
_XML = (".xml", ".rels")
_FOREIGN = (".html", ".htm", ".xhtml", ".mht", ".mhtml", ".txt", ".rtf", ".bin")
"""Parts that are no XML and may look like it: documents of other programs inside this one."""
_DECLARATION = re.compile(rb"\A<\?xml[^>]*encoding=[\"'](?!utf-8)", re.IGNORECASE)


def open_package(data: bytes, file: str = "") -> Result[dict[str, bytes]]:
    """The parts of the .docx in ``data`` by name.

    The value is ``None`` where it must not or cannot be opened; the one finding, which carries
    ``file``, then says why and what to do. Never raises.
    """

    def refuse(code: str, **params: str) -> Result[dict[str, bytes]]:
        return Result(None, (Finding(f"document.{code}", Severity.ERROR, file=file, params=params),))

    if not data:
        return refuse("empty")
    if len(data) > MAX_DOCUMENT_BYTES:
        return refuse("too_large", limit=megabytes(MAX_DOCUMENT_BYTES))
    if data.startswith(OLE2_SIGNATURE):
        return refuse("encrypted" if ENCRYPTED_STREAM in data else "legacy")
    if not data.startswith(ZIP_SIGNATURE):
        return refuse("not_word")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            problem = archive_problem(archive, MAX_UNZIPPED_BYTES)
            parts = {} if problem else _read(archive)
        problem = problem or _content_problem(parts)
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
    except (MemoryError, RecursionError):
        raise  # which says nothing about the document; see generators.word.trial
    except Exception as error:  # a damaged archive fails in many classes; to its reader it is one thing
        return refuse("too_deep" if is_too_deep(error) else "damaged")
    if problem is not None:
        code, params = problem
        return refuse(code, **params)
    return Result(parts)


def main_part(parts: Mapping[str, bytes]) -> str:
    """The name of the part that holds the body; empty where the package names none."""
    for _, kind, target, external in relations(parts, ROOT_RELATIONS):
        if kind.endswith(_OFFICE_DOCUMENT) and not external and target in parts:
            return target
    return ""


def story_names(parts: Mapping[str, bytes]) -> list[str]:
    """The names of the parts that hold text: the body, then headers, footers, footnotes, endnotes."""
    main = main_part(parts)
    folder, _, name = main.rpartition("/")
    found = {
        (STORIES.index(kind.rpartition("/")[2]), target)
        for _, kind, target, external in relations(parts, f"{folder}/_rels/{name}.rels".lstrip("/"))
        if kind.rpartition("/")[2] in STORIES and not external and target in parts
    }
    return [main, *(target for _, target in sorted(found))]


def relations(parts: Mapping[str, bytes], name: str) -> Iterator[tuple[str, str, str, bool]]:
    """Id, type and target of each relationship in the part ``name``, and whether it leads outside.

    A target inside the package is given as the name of its part.
    """
    if name not in parts:
        return
    folder = posixpath.dirname(posixpath.dirname(name))
    for item in parse(parts[name]).iter(_RELATIONSHIP):
        target, external = item.get("Target", ""), item.get("TargetMode") == "External"
        if not external:
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        yield item.get("Id", ""), item.get("Type", ""), target, external


def damage(parts: Mapping[str, bytes], file: str) -> Finding:
    """Why a package that could not be opened cannot be: the first part that is missing or broken."""

    def found(code: str, **params: str) -> Finding:
        return Finding(f"document.{code}", Severity.ERROR, file=file, params=params)

    for name in sorted(parts):
        if not name.endswith((".xml", ".rels")):
            continue
        try:
            parse(parts[name])
        except etree.XMLSyntaxError as error:
            return found("too_deep") if is_too_deep(error) else found("part_damaged", part=name)
        for _, _, target, external in relations(parts, name) if name.endswith(".rels") else ():
            if not external and target not in parts:
                return found("part_missing", part=target)
    if name := incomplete_relations(parts):
        return found("part_damaged", part=name)
    return found("damaged")


def incomplete_relations(parts: Mapping[str, bytes]) -> str:
    """The first part whose relationships lack what each must have; empty where there is none."""
    for name in sorted(parts):
        if name.endswith(".rels"):
            items = list(parse(parts[name]).iter(_RELATIONSHIP))
            ids = {item.get("Id") for item in items}
            if len(ids) < len(items) or not all(
                item.get(key) for item in items for key in ("Id", "Type", "Target")
            ):
                return name
    return ""


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


def _content_problem(parts: Mapping[str, bytes]) -> Problem | None:
    """What a parser would choke on."""
    marks = attributes = size = 0
    for name, raw in parts.items():
        if name.lower().endswith(_FOREIGN):
            continue
        part = as_ascii(raw)
        if declares_entities(name, part):
            return "entities", {}
        if name.lower().endswith((".xml", ".rels")) or part.lstrip().startswith(
            (b"<", b"\xef\xbb\xbf<")
        ):
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


def _document_problem(parts: dict[str, bytes]) -> Problem | None:
    """Why the package is no Word document that can be used; a Word template becomes a document."""
    if CONTENT_TYPES not in parts or ROOT_RELATIONS not in parts:
        return "not_word", {}
    main = main_part(parts)
    targets = [
        target
        for _, kind, target, _ in relations(parts, ROOT_RELATIONS)
        if kind.endswith(_OFFICE_DOCUMENT)
    ]
    if targets and not main:
        return "part_missing", {"part": targets[0]}
    kind = _content_type(parts, main)
    if not main or ("wordprocessingml" not in kind and "ms-word" not in kind):
        return "not_word", {}
    if _MACROS in kind or any(name.lower().endswith("vbaproject.bin") for name in parts):
        return "macros", {}
    if kind == _DOTX:
        parts[CONTENT_TYPES] = parts[CONTENT_TYPES].replace(_DOTX.encode(), _MAIN.encode())
    return None


def _content_type(parts: Mapping[str, bytes], name: str) -> str:
    ending = name.rpartition(".")[2].lower()
    found = ""
    for item in parse(parts[CONTENT_TYPES]).iter(etree.Element):
        if item.get("PartName", "").lower() == f"/{name}".lower():
            return item.get("ContentType", "")
        if item.get("Extension", "").lower() == ending != "":
            found = item.get("ContentType", "")
    return found
