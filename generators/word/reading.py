"""A Word document as it is read back: every paragraph with its whole text, and its controls.

python-docx's ``paragraph.text`` leaves out what stands in content controls; whoever reads a report
reads it here. Body, headers, footers, footnotes and endnotes are read, with tables and text boxes in
reading order; the copy of a text box that old programs show (``mc:Fallback``) is not read twice.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

from generators.model import Result
from generators.word.controls import BLOCK, own_bookmark
from generators.word.mending import mend_controls
from generators.word.opening import open_stories
from generators.word.oxml import Element, own_runs, w

_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
STYLES = "word/styles.xml"
_HEADING = re.compile(r"(?i)(heading|标题)\s*\d")
BODY_LEVEL = "9"
"""The outline level of body text; 0 to 8 are those of headings."""
_UNREAD = (w("pPr"), w("del"), w("moveFrom"), _FALLBACK)
"""What holds no text that a person reads in a paragraph."""
_MARKS = {w("tab"): "\t", w("br"): "\n", w("cr"): "\n", w("noBreakHyphen"): "-"}
_LOOKS = ("rStyle", "b", "i", "u", "strike", "color", "highlight", "sz", "vertAlign")
"""What of a run's formatting a person sees and changes; the rest programs write anew at will."""


BY_HAND = tuple(
    w(name)
    for name in (
        *("ins", "del", "moveFrom", "moveTo", "commentRangeStart", "commentRangeEnd"),
        *("commentReference", "footnoteReference", "endnoteReference", "hyperlink", "drawing"),
        *("rPrChange", "pPrChange", "tcPrChange", "trPrChange"),
    )
)
"""What people put into a paragraph that its text does not show."""


_NO_LAYOUT = tuple(w(name) for name in ("pStyle", "rPr", "sectPr", "cnfStyle"))
_NO_RUN_LAYOUT = tuple(w(name) for name in (*_LOOKS, "rFonts", "lang", "noProof", "rPrChange"))


@dataclass(frozen=True)
class Look:
    """Checksums of what a person sees: ``whole``, and ``shape``, which leaves the figures' text out.

    ``layout`` is of indents, spacing, widths and the like, which LibreOffice writes in its own way.
    """

    whole: str
    shape: str
    layout: str


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
    styles: Mapping[str, str]
    """The names of the styles by id, folded; the default style is called nothing."""

    @property
    def controls(self) -> Iterator[Control]:
        """The controls in reading order."""
        for text in self.texts:
            for span in text.spans:
                if span.control is not None:
                    yield span.control

    def block(self, name: str) -> tuple[Text, ...]:
        """The paragraphs that the bookmark ``name`` spans; none where it is not there."""
        elements = {id(item) for item in block_paragraphs(self.roots, name)}
        return tuple(text for text in self.texts if id(text.element) in elements)


def read_document(data: bytes) -> Document | None:
    """The document in ``data``; ``None`` where it is no .docx that can be read."""
    return open_text(data).value


def open_text(data: bytes, file: str = "") -> Result[Document]:
    """The document in ``data``; ``None`` with the one finding, which carries ``file``, that says why.

    :func:`generators.word.opening.open_package` says what it makes of unusual documents.
    """
    opened = open_stories(data, file)
    if opened.value is None:
        return Result(None, opened.findings)
    parts, roots = opened.value.parts, opened.value.roots
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    for root in roots.values():
        mend_controls(root)
    styles = _styles(parts.get(STYLES), parser)
    headings = _heading_styles(styles)
    texts = [text for name, root in roots.items() for text in _texts(name, root, headings)]
    names = {str(style.get(w("styleId"))): _style_name(style) for style in styles}
    return Result(Document(parts, roots, tuple(texts), names))


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


def look_of(paragraphs: Iterable[Element], styles: Mapping[str, str]) -> Look:
    """What a person sees of paragraphs: text, style, alignment, plain formatting, notes and revisions.

    ``styles`` are the names of the document's styles by id. Two programs that save the same
    paragraphs give the same; an edit by hand gives another.
    """
    whole, shape, layout = [], [], []
    for paragraph in paragraphs:
        properties = paragraph.find(w("pPr"))
        style = [styles.get(_value(properties, "pStyle"), ""), _value(properties, "jc")]
        cell = next(paragraph.iterancestors(w("tc")), None)
        merged = cell.find(w("tcPr")) if cell is not None else None
        style += [_value(merged, name) for name in ("gridSpan", "vMerge")]
        shade = merged.find(w("shd")) if merged is not None else None
        style.append(str(shade.get(w("fill"))) if shade is not None else "auto")
        row = next(paragraph.iterancestors(w("tr")), None)
        layout.append(_layout(properties, merged, None if row is None else row.find(w("trPr"))))
        kinds: list[list[str]] = []
        marks = sorted(str(item.tag) for item in paragraph.iter(*BY_HAND))
        runs: list[list[str]] = []
        outline: list[list[str]] = []
        for control, own in _stretches(paragraph):
            if control is not None:
                outline.append(["figure", ""])
            for run in own:
                text, how = run_text(run), "|".join(run_look(run))
                _join(runs, how, text)
                _join(kinds, run_layout(run), text)
                if control is None:
                    _join(outline, how, text)
        layout.append(repr(kinds))
        whole.append(repr((style, marks, runs, outline)))
        shape.append(repr((style, outline)))
    return Look(_checksum(whole), _checksum(shape), _checksum(layout))


def _layout(*holders: Element | None, without: Sequence[str] = _NO_LAYOUT) -> str:
    """The properties of a paragraph, its cell and its row as text, without what programs add."""
    return "|".join(
        etree.tostring(item, method="c14n", exclusive=True, with_tail=False).decode()
        for holder in holders
        for item in (holder if holder is not None else ())
        if item.tag not in without
    )


def run_layout(run: Element) -> str:
    """What :func:`run_look` leaves out of a run's formatting: spacing, borders and the like."""
    return _layout(run.find(w("rPr")), without=_NO_RUN_LAYOUT)


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
    return {
        name: look_of((item.element for item in document.block(name)), document.styles) for name in names
    }


def block_paragraphs(roots: Mapping[str, Element], name: str) -> list[Element]:
    """The paragraphs that the bookmark ``name`` spans, as the XML is now; none where it is not there."""
    for root in roots.values():
        found: list[Element] = []
        number: str | None = None
        for paragraph in root.iter(w("p")):
            if number is None:
                number = next(
                    (
                        mark.get(w("id"))
                        for mark in paragraph.iter(w("bookmarkStart"))
                        if mark.get(w("name")) == name
                    ),
                    None,
                )
            if number is not None:
                found.append(paragraph)
                if any(mark.get(w("id")) == number for mark in paragraph.iter(w("bookmarkEnd"))):
                    return found
    return []


def _join(runs: list[list[str]], how: str, text: str) -> None:
    """Add text to the last run where it looks the same, else as one of its own."""
    if text and runs and runs[-1][0] == how:
        runs[-1][1] += text
    elif text:
        runs.append([how, text])


def _checksum(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


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
            for base in child.iterfind(f"{w('ruby')}/{w('rubyBase')}"):
                yield from _stretches(base)
        elif child.tag == w("sdt"):
            content = child.find(w("sdtContent"))
            if content is None:
                continue
            nested = content.find(f".//{w('sdt')}") is not None
            if nested and own_bookmark(child) is None:
                yield from _stretches(content)
            else:
                yield child, list(own_runs(content))
        elif child.tag not in _UNREAD and isinstance(child.tag, str):
            yield from _stretches(child)


def _control(element: Element, text: str) -> Control:
    properties = element.find(w("sdtPr"))
    mark = own_bookmark(element)
    bookmark = "" if mark is None else str(mark.get(w("name")))
    return Control(_value(properties, "tag"), _value(properties, "alias"), bookmark, text, element)


def _value(properties: Element | None, name: str) -> str:
    found = properties.find(w(name)) if properties is not None else None
    return str(found.get(w("val")) or "") if found is not None else ""


def run_look(run: Element) -> Iterator[str]:
    """What of a run's formatting a person sees and changes."""
    properties = run.find(w("rPr"))
    for name in _LOOKS:
        found = properties.find(w(name)) if properties is not None else None
        value = found.get(w("val")) if found is not None else None
        if found is not None and value not in ("0", "false", "none"):
            yield f"{name}={value or ''}"
    fonts = properties.find(w("rFonts")) if properties is not None else None
    if fonts is not None and fonts.get(w("eastAsia")):
        yield f"font={fonts.get(w('eastAsia'))}"


def _styles(part: bytes | None, parser: etree.XMLParser) -> list[Element]:
    """The document's styles; none where there is no part that can be read."""
    try:
        return [] if part is None else list(etree.fromstring(part, parser).iter(w("style")))
    except etree.XMLSyntaxError:
        return []


def _style_name(style: Element) -> str:
    default = style.get(w("default")) == "1" and style.get(w("type")) == "paragraph"
    return "" if default else _value(style, "name").casefold()


def _heading_styles(styles: Iterable[Element]) -> frozenset[str]:
    """The ids of the styles that make a heading: by name, or by the outline level they set."""
    return frozenset(
        str(style.get(w("styleId")))
        for style in styles
        if _HEADING.match(_value(style, "name"))
        or _value(style.find(w("pPr")), "outlineLvl") not in ("", BODY_LEVEL)
    )


def _is_heading(paragraph: Element, headings: frozenset[str]) -> bool:
    properties = paragraph.find(w("pPr"))
    level = _value(properties, "outlineLvl")
    return level != BODY_LEVEL if level else _value(properties, "pStyle") in headings
