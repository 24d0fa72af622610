"""A template opened with python-docx, and those of its parts that hold text."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

from docx import Document
from docx.document import Document as DocxDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part, XmlPart
from lxml import etree

from generators.model import Result
from generators.package import package_of
from generators.word.opening import damage, open_package
from generators.word.oxml import Element, w
from generators.word.surroundings import drawn_texts

_BODY = PackURI("/word/document.xml")
_CHARTS = ("drawingml.chart+xml", "ms-office.chartex+xml")
_DIAGRAM = "drawingml.diagramData+xml"
_STORY = re.compile(r"wordprocessingml\.(header|footer|footnotes|endnotes)\+xml\Z")


def open_document(data: bytes, file: str = "") -> Result[DocxDocument]:
    """The document in ``data``; ``None`` with the finding that says why it cannot be opened."""
    opened = open_package(data, file)
    if opened.value is None:
        return Result(None, opened.findings)
    try:
        document = Document(io.BytesIO(package_of(opened.value, zipfile.ZIP_STORED)))
        assert document.element.find(w("body")) is not None
        for part in document.part.package.iter_parts():
            if part.content_type.endswith("+xml"):
                part_root(part)
    except Exception:  # python-docx fails in many classes on what is damaged
        return Result(None, (damage(opened.value, file),))
    if document.part.partname.baseURI == _BODY.baseURI and _BODY.membername not in opened.value:
        document.part.partname = _BODY  # Word on the web counts it: document2.xml
    return Result(document)


def story_parts(document: DocxDocument) -> list[Part]:
    """The parts that hold text: the body first, then headers, footers and notes, by name."""
    found = {
        relation.target_part
        for relation in document.part.rels.values()
        if not relation.is_external and _story(relation.target_part)
    }
    return [document.part, *sorted(found, key=lambda part: str(part.partname))]


def part_root(part: Part) -> Element:
    """The part's XML; python-docx keeps notes as bytes, which are parsed here."""
    if isinstance(part, XmlPart):
        element: Element = part.element
        return element
    return etree.fromstring(part.blob, etree.XMLParser(resolve_entities=False, no_network=True))


def _story(part: Part) -> str:
    """What kind of text a part holds besides the body; empty for other parts."""
    match = _STORY.search(part.content_type)
    return match[1] if match else ""


def text_roots(document: DocxDocument) -> Iterator[tuple[str, str, Element]]:
    """Name, kind and XML of each part that holds text; of the document its body."""
    for part in story_parts(document):
        root = part_root(part)
        if part is document.part:
            body = root.find(w("body"))
            assert body is not None
            yield str(part.partname), "document", body
        else:
            yield str(part.partname), _story(part), root


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
