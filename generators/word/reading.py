"""A Word document as it is read back: every paragraph with its whole text, and its controls.

python-docx's ``paragraph.text`` leaves out what stands in content controls; whoever reads a report
reads it here. Body, headers, footers, footnotes and endnotes are read, with tables and text boxes in
reading order; the copy of a text box that old programs show (``mc:Fallback``) is not read twice.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

from generators.package import parts_of
from generators.word.controls import BLOCK, BOOKMARK
from generators.word.mending import mend_controls
from generators.word.oxml import Element, own_runs, w

_STORY = re.compile(r"word/(document|header|footer|footnotes|endnotes)\d*\.xml\Z")
_ORDER = ("document", "header", "footer", "footnotes", "endnotes")
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_HEADING = re.compile(r"(?i)(heading|标题)\s*\d")
_MARKS = {w("tab"): "\t", w("br"): "\n", w("cr"): "\n", w("noBreakHyphen"): "-"}
_LOOKS = ("rStyle", "b", "i", "u", "strike", "color", "highlight", "sz", "vertAlign")
"""What of a run's formatting a person sees and changes; the rest programs write anew at will."""


_BY_HAND = tuple(
    w(name)
    for name in ("ins", "del", "moveFrom", "moveTo", "commentReference", "footnoteReference", "drawing")
)
"""What people put into a paragraph that its text does not show."""


@dataclass(frozen=True)
class Look:
    """Checksums of what a person sees: ``whole``, and ``shape``, which leaves the figures' text out."""

    whole: str
    shape: str


@dataclass(frozen=True)
class Control:
    """An inline content control as it stands in a document.

    ``bookmark`` is the name of the program's bookmark around it, empty where there is none.
    """

    tag: str
    alias: str
    bookmark: str
    text: str
    element: Element = field(repr=False, compare=False)


@dataclass(frozen=True)
class Span:
    """A stretch of a paragraph's text: within ``control``, or free where that is ``None``."""

    text: str
    control: Control | None = None


@dataclass(frozen=True)
class Text:
    """A paragraph. ``part`` is the name of its part, ``heading`` the nearest heading above it."""

    part: str
    heading: str
    spans: tuple[Span, ...]
    element: Element = field(repr=False, compare=False)

    @cached_property
    def text(self) -> str:
        """All of it, with what stands in controls; deleted text is not part of it."""
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True)
class Document:
    """A document: its parts as bytes, the XML of those that hold text, and its paragraphs."""

    parts: dict[str, bytes]
    roots: dict[str, Element]
    texts: tuple[Text, ...]

    @property
    def controls(self) -> Iterator[Control]:
        """The controls in reading order."""
        for text in self.texts:
            for span in text.spans:
                if span.control is not None:
                    yield span.control

    def block(self, name: str) -> tuple[Text, ...]:
        """The paragraphs that the bookmark ``name`` spans; none where it is not there."""
        starts = [
            place
            for place, text in enumerate(self.texts)
            if any(mark.get(w("name")) == name for mark in text.element.iter(w("bookmarkStart")))
        ]
        if not starts:
            return ()
        first = starts[0]
        number = next(
            mark.get(w("id"))
            for mark in self.texts[first].element.iter(w("bookmarkStart"))
            if mark.get(w("name")) == name
        )
        part = self.texts[first].part
        for last in range(first, len(self.texts)):
            item = self.texts[last]
            ends = item.element.iter(w("bookmarkEnd"))
            if item.part == part and any(mark.get(w("id")) == number for mark in ends):
                return self.texts[first : last + 1]
        return ()


def read_document(data: bytes) -> Document | None:
    """The document in ``data``; ``None`` where it is no .docx that can be read.

    The strict variant of the format has other namespaces and counts as unreadable.
    """
    try:
        parts = parts_of(data)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError, EOFError):
        return None
    names = sorted((name for name in parts if _STORY.match(name)), key=_reading_order)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        roots = {name: etree.fromstring(parts[name], parser) for name in names}
    except etree.XMLSyntaxError:
        return None
    for root in roots.values():
        mend_controls(root)
    body = roots.get("word/document.xml")
    if body is None or body.find(w("body")) is None:
        return None
    headings = _heading_styles(parts.get("word/styles.xml"), parser)
    texts = [text for name, root in roots.items() for text in _texts(name, root, headings)]
    return Document(parts, roots, tuple(texts))


def spans_of(paragraph: Element) -> tuple[Span, ...]:
    """The paragraph's own text, in stretches within and outside of its controls."""
    spans: list[Span] = []
    for control, runs in _stretches(paragraph):
        text = "".join(run_text(run) for run in runs)
        if control is None:
            if text:
                spans.append(Span(text))
            continue
        spans.append(Span(text, _control(control, text)))
    return tuple(spans)


def run_text(run: Element) -> str:
    """What a run shows: text, tabs and line breaks."""
    return "".join(
        (node.text or "") if node.tag == w("t") else _MARKS.get(str(node.tag), "") for node in run
    )


def look_of(paragraphs: Iterable[Element]) -> Look:
    """What a person sees of paragraphs: text, style, alignment, plain formatting, notes and revisions.

    Two programs that save the same paragraphs give the same; an edit by hand gives another.
    """
    whole, shape = [], []
    for paragraph in paragraphs:
        properties = paragraph.find(w("pPr"))
        style = [_value(properties, name) for name in ("pStyle", "jc")]
        marks = sorted(str(item.tag) for item in paragraph.iter(*_BY_HAND))
        runs: list[list[str]] = []
        outline: list[list[str]] = []
        for control, own in _stretches(paragraph):
            if control is not None:
                outline.append(["figure", ""])
            for run in own:
                text, how = run_text(run), "|".join(_run_look(run))
                _join(runs, how, text)
                if control is None:
                    _join(outline, how, text)
        whole.append(repr((style, marks, runs)))
        shape.append(repr((style, outline)))
    return Look(_checksum(whole), _checksum(shape))


def block_looks(data: bytes) -> dict[str, Look]:
    """What each of the program's block bookmarks spans looks like, by its name."""
    document = read_document(data)
    if document is None:
        return {}
    names = {
        str(mark.get(w("name")))
        for root in document.roots.values()
        for mark in root.iter(w("bookmarkStart"))
        if str(mark.get(w("name"))).startswith(BLOCK)
    }
    return {name: look_of(item.element for item in document.block(name)) for name in names}


def _join(runs: list[list[str]], how: str, text: str) -> None:
    """Add text to the last run where it looks the same, else as one of its own."""
    if text and runs and runs[-1][0] == how:
        runs[-1][1] += text
    elif text:
        runs.append([how, text])


def _checksum(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _reading_order(name: str) -> tuple[int, str]:
    match = _STORY.match(name)
    assert match is not None
    return _ORDER.index(match[1]), name


def _texts(part: str, root: Element, headings: frozenset[str]) -> Iterator[Text]:
    heading = ""
    for paragraph in root.iter(w("p")):
        if any(True for _ in paragraph.iterancestors(_FALLBACK)):
            continue
        text = Text(part, heading, spans_of(paragraph), paragraph)
        yield text
        if text.text.strip() and _is_heading(paragraph, headings):
            heading = text.text.strip()


def _stretches(element: Element) -> Iterator[tuple[Element | None, Sequence[Element]]]:
    """The paragraph's runs, those of each innermost inline control together."""
    for child in element:
        if child.tag == w("r"):
            yield None, [child]
        elif child.tag == w("sdt"):
            content = child.find(w("sdtContent"))
            if content is None:
                continue
            if content.find(f".//{w('sdt')}") is not None:
                yield from _stretches(content)
            else:
                yield child, list(own_runs(content))
        elif child.tag not in (w("pPr"), w("del"), w("moveFrom")) and isinstance(child.tag, str):
            yield from _stretches(child)


def _control(element: Element, text: str) -> Control:
    properties = element.find(w("sdtPr"))
    return Control(
        _value(properties, "tag"), _value(properties, "alias"), _bookmark(element), text, element
    )


def _bookmark(element: Element) -> str:
    """The program's bookmark that begins right before the control."""
    before = element.getprevious()
    while before is not None and before.tag in (w("bookmarkStart"), w("bookmarkEnd"), w("proofErr")):
        name = str(before.get(w("name")) or "")
        if name.startswith(BOOKMARK):
            return name
        before = before.getprevious()
    return ""


def _value(properties: Element | None, name: str) -> str:
    found = properties.find(w(name)) if properties is not None else None
    return str(found.get(w("val")) or "") if found is not None else ""


def _run_look(run: Element) -> Iterator[str]:
    properties = run.find(w("rPr"))
    for name in _LOOKS:
        found = properties.find(w(name)) if properties is not None else None
        value = found.get(w("val")) if found is not None else None
        if found is not None and value not in ("0", "false", "none"):
            yield f"{name}={value or ''}"


def _heading_styles(styles: bytes | None, parser: etree.XMLParser) -> frozenset[str]:
    """The ids of the styles that make a heading: by name, or by the outline level they set."""
    if styles is None:
        return frozenset()
    try:
        root = etree.fromstring(styles, parser)
    except etree.XMLSyntaxError:
        return frozenset()
    return frozenset(
        str(style.get(w("styleId")))
        for style in root.iter(w("style"))
        if _HEADING.match(_value(style, "name"))
        or style.find(f"{w('pPr')}/{w('outlineLvl')}") is not None
    )


def _is_heading(paragraph: Element, headings: frozenset[str]) -> bool:
    properties = paragraph.find(w("pPr"))
    outline = properties.find(w("outlineLvl")) if properties is not None else None
    return outline is not None or _value(properties, "pStyle") in headings
