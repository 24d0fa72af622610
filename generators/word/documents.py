"""A template opened with python-docx, and those of its parts that hold text."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from docx import Document
from docx.document import Document as DocxDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part, XmlPart
from lxml import etree

from generators.model import Finding, Result, Severity
from generators.package import package_of
from generators.word.names import CORE
from generators.word.opening import STORIES, damage, open_stories
from generators.word.oxml import Element, w
from generators.word.surroundings import drawn_texts

_BODY = PackURI("/word/document.xml")
_CHARTS = ("drawingml.chart+xml", "ms-office.chartex+xml")
_DIAGRAM = "drawingml.diagramData+xml"


def open_document(data: bytes, file: str = "") -> Result[DocxDocument]:
    """The document in ``data``; ``None`` with the finding that says why it cannot be opened."""
    stories = open_stories(data, file)
    if stories.value is None:
        return Result(None, stories.findings)
    parts = stories.value.parts
    if (reason := damage(parts, file)) is not None:
        return Result(None, (reason,))

    def refuse(code: str, **params: str) -> Result[DocxDocument]:
        return Result(None, (Finding(f"document.{code}", Severity.ERROR, file=file, params=params),))

    try:
        document = Document(io.BytesIO(package_of(parts, zipfile.ZIP_STORED)))
        assert document.element.find(w("body")) is not None
    except (MemoryError, RecursionError):
        raise
    except Exception:  # python-docx fails in many classes on what is damaged
        return refuse("damaged")
    try:
        # Asked for where there are none, python-docx makes some, with this very moment in them.
        assert CORE not in parts or document.core_properties.title is not None
    except Exception:  # the same
        return refuse("part_damaged", part=CORE)
    if document.part.partname.baseURI == _BODY.baseURI and _BODY.membername not in parts:
        document.part.partname = _BODY  # Word on the web counts it: document2.xml
    return Result(document)


def story_parts(document: DocxDocument) -> dict[Part, str]:
    """The parts that hold text, each with its kind: the body first, then others by name."""
    found = {
        relation.target_part: kind
        for relation in document.part.rels.values()
        if not relation.is_external and (kind := relation.reltype.rpartition("/")[2]) in STORIES
    }
    others = sorted(found.items(), key=lambda item: str(item[0].partname))
    return {document.part: "document", **dict(others)}


def part_root(part: Part) -> Element:
    """The part's XML; python-docx keeps notes as bytes, which are parsed here."""
    if isinstance(part, XmlPart):
        element: Element = part.element
        return element
    return etree.fromstring(part.blob, etree.XMLParser(resolve_entities=False, no_network=True))


def text_roots(document: DocxDocument) -> Iterator[tuple[str, str, Element]]:
    """Name, kind and XML of each part that holds text; of the document its body."""
    for part, kind in story_parts(document).items():
        root = part_root(part)
        body = root.find(w("body")) if part is document.part else root
        assert body is not None, "it was looked for when the document was opened"
        yield str(part.partname), kind, body


def other_texts(document: DocxDocument) -> Iterator[tuple[str, str]]:
    """The texts of charts, diagrams and inserted documents, which are parts of their own."""
    for part in document.part.package.iter_parts():
        kind = part.content_type
        if kind.endswith(_CHARTS):
            yield from (("in_chart", text) for text in drawn_texts(part_root(part)))
        elif kind.endswith(_DIAGRAM):
            yield from (("in_diagram", text) for text in drawn_texts(part_root(part)))
    for relation in document.part.rels.values():
        if relation.reltype == RELATIONSHIP_TYPE.A_F_CHUNK and not relation.is_external:
            yield "in_inserted_file", relation.target_part.blob.decode("utf-8", "ignore")
