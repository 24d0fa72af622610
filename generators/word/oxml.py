"""All raw WordprocessingML: runs, paragraphs, unique ids. Nothing here knows what a figure is."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Sequence

from lxml import etree

Element = etree._Element

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W15 = "http://schemas.microsoft.com/office/word/2012/wordml"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"
W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
XML = "http://www.w3.org/XML/1998/namespace"
TAG_MARK = "{urn:huibao}tag"
BREAK_MARK = "{urn:huibao}break"
"""Marks that live only between compiling and rendering; a finished document holds neither."""

AMBIGUOUS = re.compile("[“”‘’…—·×°±÷]")
"""Characters that Word sets in the Latin font unless the run says East Asian."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")

RUN_ORDER = (
    "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof "
    "snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd "
    "fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath"
).split()
"""The order of the children of ``w:rPr`` that the schema (ISO 29500-1, CT_RPr) enforces."""


def w(name: str) -> str:
    """The qualified name of a WordprocessingML element or attribute."""
    return f"{{{W}}}{name}"


def clean_text(text: str) -> str:
    """``text`` without the characters that XML cannot hold."""
    return _CONTROL.sub("", text)


def own_runs(paragraph: Element) -> Iterator[Element]:
    """The runs of a paragraph in reading order, not those of text boxes inside it.

    Text with a reading aid above it (``w:ruby``) is read, the aid is not.
    """
    for child in paragraph:
        if child.tag == w("r"):
            yield child
            for base in child.iterfind(f"{w('ruby')}/{w('rubyBase')}"):
                yield from own_runs(base)
        elif child.tag not in (w("pPr"), w("del"), w("moveFrom")) and isinstance(child.tag, str):
            yield from own_runs(child)


def text_nodes(paragraph: Element) -> list[Element]:
    """The ``w:t`` elements of a paragraph's own runs."""
    return [node for run in own_runs(paragraph) for node in run if node.tag == w("t")]


def paragraph_text(paragraph: Element) -> str:
    """The paragraph's own text, with that in content controls, links and insertions."""
    return "".join(node.text or "" for node in text_nodes(paragraph))


def marked_run(paragraph: Element, mark: str) -> Element | None:
    """The run that :func:`isolate` marked so; ``None`` where there is none."""
    return next((run for run in paragraph.iter(w("r")) if run.get(TAG_MARK) == mark), None)


def isolate(paragraph: Element, start: int, end: int, mark: str) -> None:
    """Put the text from ``start`` to ``end`` into one marked run, formatted as its first run is."""
    position = 0
    first: Element | None = None
    for node in text_nodes(paragraph):
        text = node.text or ""
        low, high = max(start - position, 0), min(end - position, len(text))
        position += len(text)
        if high <= 0 or low >= len(text) or low >= high:
            continue
        if first is None:
            first = node
            _split_out(node, low, high, mark)
        else:
            _set_text(node, text[:low] + text[high:])


def _split_out(node: Element, low: int, high: int, mark: str) -> None:
    run = node.getparent()
    assert run is not None
    text = node.text or ""
    marked = make_run(run.find(w("rPr")), "")
    marked.set(TAG_MARK, mark)
    after = make_run(run.find(w("rPr")), text[high:])
    for sibling in list(node.itersiblings()):
        after.append(sibling)
    _set_text(node, text[:low])
    run.addnext(marked)
    marked.addnext(after)


def cover(paragraph: Element, start: int, end: int) -> list[Element]:
    """Split runs so that some hold the text from ``start`` to ``end`` and nothing else; those runs."""
    for place in (start, end):
        position = 0
        for node in text_nodes(paragraph):
            length = len(node.text or "")
            if position <= place <= position + length:
                _split_run(node, place - position)
            position += length
    covered: list[Element] = []
    position = 0
    for node in text_nodes(paragraph):
        length = len(node.text or "")
        run = node.getparent()
        if length and start <= position and position + length <= end and run is not None:
            covered += [] if run in covered else [run]
        position += length
    return covered


def _split_run(node: Element, place: int) -> None:
    """Move a text from ``place`` on, and what follows in its run, into a run of its own behind it."""
    run = node.getparent()
    assert run is not None
    text = node.text or ""
    before = [item for item in node.itersiblings(preceding=True) if item.tag != w("rPr")]
    after = list(node.itersiblings())
    if (place == 0 and not before) or (place == len(text) and not after):
        return
    following = copy.copy(run)
    for child in list(following):
        if child.tag != w("rPr"):
            following.remove(child)
    if place == 0:
        after.insert(0, node)
    elif place < len(text):
        rest = copy.copy(node)
        _set_text(rest, text[place:])
        _set_text(node, text[:place])
        following.append(rest)
    following.extend(after)
    run.addnext(following)


def comment_marks(number: int) -> tuple[Element, Element, Element]:
    """Beginning, end and mark of a comment; the mark is a run that follows the end."""
    start, end = etree.Element(w("commentRangeStart")), etree.Element(w("commentRangeEnd"))
    mark = etree.Element(w("r"))
    look = etree.SubElement(etree.SubElement(mark, w("rPr")), w("rStyle"))
    look.set(w("val"), "CommentReference")
    for element in (start, end, etree.SubElement(mark, w("commentReference"))):
        element.set(w("id"), str(number))
    return start, end, mark


def _set_text(node: Element, text: str) -> None:
    node.text = text
    node.set(f"{{{XML}}}space", "preserve")


def make_run(properties: Element | None, text: str, *, highlight: str = "") -> Element:
    """A run with a copy of ``properties``; an empty text gives a run without text.

    Ambiguous punctuation gets the East Asian hint, so that Chinese quotes keep the Chinese font.
    """
    run = etree.Element(w("r"))
    if properties is not None:
        run.append(copy.deepcopy(properties))
    text = clean_text(text)
    if AMBIGUOUS.search(text):
        fonts = run_property(run, "rFonts")
        fonts.set(w("hint"), "eastAsia")
    if highlight:
        run_property(run, "highlight").set(w("val"), highlight)
    if text:
        node = etree.SubElement(run, w("t"))
        _set_text(node, text)
    return run


def run_property(run: Element, name: str) -> Element:
    """The run's property ``name``, made in its place in the schema's order where it is not there."""
    properties = run.find(w("rPr"))
    if properties is None:
        properties = etree.Element(w("rPr"))
        run.insert(0, properties)
    found = properties.find(w(name))
    if found is not None:
        return found
    made = etree.Element(w(name))
    place = RUN_ORDER.index(name)
    for index, child in enumerate(properties):
        local = etree.QName(child).localname
        if local not in RUN_ORDER or RUN_ORDER.index(local) > place:
            properties.insert(index, made)
            return made
    properties.append(made)
    return made


def replace_element(old: Element, new: Iterable[Element]) -> None:
    """Put ``new`` where ``old`` stands, and take ``old`` away."""
    for element in new:
        old.addprevious(element)
    parent = old.getparent()
    assert parent is not None
    parent.remove(old)


def make_control(tag: str, alias: str, content: Iterable[Element]) -> Element:
    """An inline content control around runs, formatted as the first of them is.

    No lock and no data binding; the id is given by :func:`make_ids_unique`. The order of the
    properties is that of the schema (ISO 29500-1, CT_SdtPr). It names no kind, which makes it a
    control for rich text: LibreOffice 7.4 writes the text of a plain one (``w:text``) once more
    for every change between digits and Chinese.
    """
    control = etree.Element(w("sdt"))
    properties = etree.SubElement(control, w("sdtPr"))
    runs = list(content)
    for run in runs:  # no revision stands in a control, not even one of formatting
        for change in run.findall(f"{w('rPr')}/{w('rPrChange')}"):
            _remove(change)
    look = runs[0].find(w("rPr")) if runs else None
    if look is not None:
        properties.append(copy.deepcopy(look))
    for name, value in (("alias", alias), ("tag", tag), ("id", "0")):
        etree.SubElement(properties, w(name)).set(w("val"), value)
    etree.SubElement(control, w("sdtContent")).extend(runs)
    return control


def set_control_property(properties: Element, name: str, value: str) -> bool:
    """Set the alias or tag in ``w:sdtPr``, in its place in the schema's order; whether it changed."""
    found = properties.find(w(name))
    if found is None:
        found = etree.Element(w(name))
        before = ("rPr", "alias") if name == "tag" else ("rPr",)
        known = [item for item in map(properties.find, map(w, before)) if item is not None]
        if known:
            known[-1].addnext(found)
        else:
            properties.insert(0, found)
    changed = found.get(w("val")) != value
    found.set(w("val"), value)
    return changed


def add_text(run: Element, text: str) -> None:
    """Put text first into a run that holds none; ambiguous punctuation gets the East Asian hint."""
    if text:
        node = etree.Element(w("t"))
        _set_text(node, text)
        run.insert(0 if run.find(w("rPr")) is None else 1, node)
    hint_punctuation(run)


def hint_punctuation(run: Element) -> None:
    """Keep Chinese quotes and dashes in the Chinese font."""
    if AMBIGUOUS.search("".join(node.text or "" for node in run.iter(w("t")))):
        run_property(run, "rFonts").set(w("hint"), "eastAsia")


def bookmarked(name: str, content: Iterable[Element]) -> list[Element]:
    """``content`` between the ends of a bookmark; ids are given by :func:`make_ids_unique`."""
    start, end = etree.Element(w("bookmarkStart")), etree.Element(w("bookmarkEnd"))
    for element in (start, end):
        element.set(w("id"), name)  # until every id of the document is known
    start.set(w("name"), name)
    return [start, *content, end]


def span(elements: Sequence[Element], name: str) -> bool:
    """Put a bookmark from the first paragraph in ``elements`` to the last; false where there is none."""
    paragraphs = [item for element in elements for item in element.iter(w("p"))]
    if not paragraphs:
        return False
    start, end = bookmarked(name, ())
    put_first(paragraphs[0], [start])
    last = elements[-1] if elements[-1].tag == w("p") else paragraphs[-1]
    last.append(end)
    return True


def mark_end(elements: Sequence[Element], name: str) -> str:
    """Put an empty bookmark behind the last paragraph's text; the kind of the element that holds it.

    Empty where there is no paragraph.
    """
    for element in reversed(elements):
        paragraphs = list(element.iter(w("p")))
        if paragraphs:
            last = element if element.tag == w("p") else paragraphs[-1]
            last.extend(bookmarked(name, ()))
            return local_name(element)
    return ""


def mark_start(elements: Sequence[Element], name: str) -> str:
    """Put an empty bookmark before the first paragraph's text; the kind of the element that holds it.

    Empty where there is no paragraph.
    """
    for element in elements:
        for first in element.iter(w("p")):
            put_first(first, bookmarked(name, ()))
            return local_name(element)
    return ""


def put_first(paragraph: Element, elements: Iterable[Element]) -> None:
    """Put elements at the beginning of a paragraph, behind its properties."""
    properties = paragraph.find(w("pPr"))
    for place, element in enumerate(elements, 0 if properties is None else 1):
        paragraph.insert(place, element)


def local_name(element: Element) -> str:
    """The element's name without its namespace; empty for comments and instructions."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def last_block(element: Element) -> Element | None:
    """The last paragraph or table in a cell or part, within content controls too; ``None`` for none."""
    for child in reversed(element):
        if child.tag in (w("p"), w("tbl")):
            return child
        if child.tag in (w("sdt"), w("sdtContent"), w("customXml")):
            found = last_block(child)
            if found is not None:
                return found
    return None


def complete(element: Element) -> None:
    """End a cell in a paragraph, and give a header, footer or note that lost its last one another."""
    if element.tag not in (w("tc"), w("hdr"), w("ftr"), w("footnote"), w("endnote")):
        return
    last = last_block(element)
    if last is None or (element.tag == w("tc") and last.tag != w("p")):
        etree.SubElement(element, w("p"))


def break_mark() -> Element:
    """A place at which :func:`split_at_breaks` ends a paragraph and begins another."""
    mark = etree.Element(w("r"))
    mark.set(BREAK_MARK, "1")
    return mark


def split_at_breaks(paragraph: Element) -> list[Element]:
    """The paragraph as several, one more than it holds break marks, all with its properties.

    A mark inside a link or a control, where a paragraph cannot end, becomes a line break.
    """
    for mark in [item for item in paragraph.iter(w("r")) if item.get(BREAK_MARK)]:
        if mark.getparent() is not paragraph:
            del mark.attrib[BREAK_MARK]
            etree.cleanup_namespaces(mark)  # the declaration would stay in the document
            etree.SubElement(mark, w("br"))
    paragraphs = [paragraph]
    properties = paragraph.find(w("pPr"))
    for child in list(paragraph):
        if child.get(BREAK_MARK):
            paragraph.remove(child)
            following = etree.Element(paragraph.tag)
            if properties is not None:
                following.append(copy.deepcopy(properties))
            paragraphs.append(following)
        elif len(paragraphs) > 1 and child is not properties:
            paragraphs[-1].append(child)
    if len(paragraphs) > 1:
        for section in paragraphs[0].findall(f"{w('pPr')}/{w('sectPr')}"):
            section.getparent().remove(section)  # type: ignore[union-attr]
        for middle in paragraphs[1:-1]:
            for section in middle.findall(f"{w('pPr')}/{w('sectPr')}"):
                section.getparent().remove(section)  # type: ignore[union-attr]
    return paragraphs


def drop_empty_runs(paragraph: Element) -> None:
    """Take away runs that hold nothing, which splitting leaves behind."""
    for run in list(paragraph.iter(w("r"))):
        content = [child for child in run if child.tag != w("rPr")]
        hollow = all(child.tag == w("t") and not child.text for child in content)
        parent = run.getparent()
        marked = run.get(BREAK_MARK) or run.get(TAG_MARK)
        if hollow and parent is not None and not marked:
            parent.remove(run)


def make_ids_unique(roots: Iterable[Element]) -> None:
    """Mend ids that copying paragraphs doubled: bookmarks, controls, drawings and paragraph ids."""
    bookmarks: set[str] = set()
    next_bookmark = 1
    next_drawing = 1
    next_control = 1
    paragraph_ids: set[str] = set()
    for root in roots:
        open_ids: dict[str, str] = {}
        starts: dict[str, Element] = {}
        for element in list(root.iter()):
            if element.tag == w("bookmarkStart"):
                name, old = element.get(w("name")) or "", element.get(w("id")) or ""
                if name in bookmarks:
                    _remove(element)
                    open_ids.setdefault(old, "")  # one that is still open is longer than the copy
                    continue
                bookmarks.add(name)
                open_ids[old] = str(next_bookmark)
                element.set(w("id"), str(next_bookmark))
                starts[str(next_bookmark)] = element
                next_bookmark += 1
            elif element.tag == w("bookmarkEnd"):
                new = open_ids.pop(element.get(w("id")) or "", "")
                if new:
                    element.set(w("id"), new)
                    del starts[new]
                else:
                    _remove(element)
            elif element.tag == w("sdtPr"):
                _number_control(element, next_control)
                next_control += 1
            elif element.tag == f"{{{WP}}}docPr":
                element.set("id", str(next_drawing))
                next_drawing += 1
            elif element.tag == w("p"):
                key = f"{{{W14}}}paraId"
                mark = element.get(key)
                if mark in paragraph_ids:
                    del element.attrib[key]
                elif mark:
                    paragraph_ids.add(mark)
        for number, start in starts.items():  # its end went with a paragraph that was not printed
            end = etree.Element(w("bookmarkEnd"))
            end.set(w("id"), number)
            start.addnext(end)


def fresh_ids(elements: Iterable[Element], roots: Iterable[Element]) -> None:
    """Give the bookmarks, controls, drawings and paragraphs in ``elements`` ids that nothing in
    ``roots`` has, before they are put there.
    """
    used: dict[str, set[str]] = {"bookmark": set(), "control": set(), "drawing": set(), "p": set()}
    for root in roots:
        for element in root.iter():
            for kind, _, value in _ids(element):
                used[kind].add(value)
    bookmarks: dict[str, str] = {}
    for top in elements:
        for element in top.iter():
            for kind, attribute, value in _ids(element):
                if kind == "p":
                    if value in used[kind]:
                        del element.attrib[attribute]
                    continue
                new = bookmarks.get(value) if kind == "bookmark" else None
                if new is None:
                    new = str(max((int(item) for item in used[kind] if item.isdecimal()), default=0) + 1)
                if kind == "bookmark":
                    bookmarks[value] = new
                used[kind].add(new)
                element.set(attribute, new)


def _ids(element: Element) -> Iterator[tuple[str, str, str]]:
    """The kind of id that an element bears, its attribute and its value."""
    if element.tag in (w("bookmarkStart"), w("bookmarkEnd")):
        yield "bookmark", w("id"), element.get(w("id")) or ""
    elif element.tag == w("id"):
        yield "control", w("val"), element.get(w("val")) or ""
    elif element.tag == f"{{{WP}}}docPr":
        yield "drawing", "id", element.get("id") or ""
    for name in ("paraId", "textId"):
        value = element.get(f"{{{W14}}}{name}")
        if value is not None:
            yield "p", f"{{{W14}}}{name}", value


def _number_control(properties: Element, number: int) -> None:
    """Give a control its id, in its place in the schema's order."""
    mark = properties.find(w("id"))
    if mark is None:
        mark = etree.Element(w("id"))
        before = [properties.find(w(name)) for name in ("tag", "alias", "rPr")]
        known = next((item for item in before if item is not None), None)
        if known is None:
            properties.insert(0, mark)
        else:
            known.addnext(mark)
    mark.set(w("val"), str(number))


def _remove(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
