"""Surgery on an edited report: blocks and lists that nobody edited are put in anew.

Everything comes from a report that has just been printed (*fresh*) and goes into the document that
people edited. What cannot be carried over safely is left as it is, and the caller says so.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lxml import etree

from generators.model import PrintedBlock, PrintedGroup
from generators.word import oxml
from generators.word.controls import BLOCK, BOOKMARK, own_bookmark
from generators.word.oxml import Element, local_name, w
from generators.word.reading import BY_HAND, Control, Document, Look, block_paragraphs, look_of

_NUMBERING = "word/numbering.xml"
_OWNERS = ("pStyle", "rStyle", "tblStyle")
_RELATIONSHIP = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_PRINTED = (w("hyperlink"), w("drawing"), w("footnoteReference"), w("endnoteReference"))
"""What a template may print as well as a person put in; the fingerprint of a block knows of them."""
_CURSOR = "_GoBack"
"""The bookmark by which Word remembers where somebody typed last."""
_BOUND = (w("footnoteReference"), w("endnoteReference"), w("commentReference"))
"""What stands for something in another part of the package."""


@dataclass(frozen=True)
class Stretch:
    """The elements of a block in their parent, in order."""

    parent: Element
    elements: tuple[Element, ...]


def stretch_of(document: Document, block: PrintedBlock) -> Stretch | None:
    """The elements that a block printed; ``None`` where they do not stand there as they were printed."""
    if not block.kinds:
        return None
    start = next((mark for root in document.roots.values() for mark in _named(root, block.name)), None)
    paragraph = None if start is None else _paragraph(start)
    first = None if paragraph is None else _holder(paragraph, block.kinds[0])
    parent = first.getparent() if first is not None else None
    if first is None or parent is None:
        return None
    children = list(parent)
    place = children.index(first)
    # LibreOffice loses the end of a bookmark at the end of a document: the count tells it as well.
    end = place + len(block.kinds)
    paragraphs = block_paragraphs(document.roots, block.name)
    last = _holder(paragraphs[-1], block.kinds[-1]) if paragraphs else None
    if last is not None:
        if last.getparent() is not parent:
            return None
        end = children.index(last) + 1
    elements = children[place:end]
    if tuple(local_name(item) for item in elements) != block.kinds:
        return None
    return Stretch(parent, tuple(elements))


def mend_mark(document: Document, block: PrintedBlock) -> bool:
    """Put a block's bookmark right that LibreOffice doubled or left without an end; whether it did."""
    marks = [mark for root in document.roots.values() for mark in _named(root, block.name)]
    stretch = stretch_of(document, block)
    if stretch is None or (len(marks) == 1 and block_paragraphs(document.roots, block.name)):
        return False
    numbers = {mark.get(w("id")) for mark in marks}
    for root in document.roots.values():
        for end in [item for item in root.iter(w("bookmarkEnd")) if item.get(w("id")) in numbers]:
            _drop(end)
    for mark in marks:
        _drop(mark)
    oxml.span(stretch.elements, block.name)
    ends = [item for element in stretch.elements for item in _bookmarks(element, block.name)]
    oxml.fresh_ids(ends, document.roots.values())
    return True


def doubled_marks(document: Document) -> list[Element]:
    """The beginnings of figures' bookmarks whose figure has gone and whose name another has now."""
    marks: defaultdict[str, list[Element]] = defaultdict(list)
    held = [own_bookmark(control) for root in document.roots.values() for control in root.iter(w("sdt"))]
    for root in document.roots.values():
        for mark in root.iter(w("bookmarkStart")):
            if _is_own_mark(mark, "bookmarkStart"):
                marks[str(mark.get(w("name")))].append(mark)
    doubled = [mark for twins in marks.values() if len(twins) > 1 for mark in twins]
    return [mark for mark in doubled if not any(mark is item for item in held)]


def is_unedited(document: Document, block: PrintedBlock) -> bool:
    """Whether what the block printed looks as it did, and nothing of people's hangs on it."""
    if not block.kinds:
        return bool(block_paragraphs(document.roots, block.name))
    stretch = stretch_of(document, block)
    if stretch is None or not block.fingerprint:
        return False
    paragraphs = (item for element in stretch.elements for item in element.iter(w("p")))
    look = look_of(paragraphs, document.styles)
    same = look.whole == block.fingerprint and look.layout in (block.layout, *_foreign(document, look))
    return same and not any(_is_peoples(item) for item in stretch.elements)


def _foreign(document: Document, look: Look) -> tuple[str, ...]:
    """The layout itself, in a document from LibreOffice: it writes every property anew."""
    return (look.layout,) if b"LibreOffice" in document.parts.get("docProps/app.xml", b"") else ()


def replace_block(
    document: Document,
    block: PrintedBlock,
    fresh: Document,
    printed: PrintedBlock,
    behind: Sequence[str] = (),
) -> dict[str, str] | None:
    """Put what ``printed`` says in the place of ``block``; both have the same name.

    ``behind`` are the names of the blocks that come later in the template and print nothing yet:
    where they are marked in the same place, they stay behind what is put in. Returns the anchors of
    the blocks that print nothing and whose bookmarks were moved, by name; ``None``, with nothing
    changed, where it cannot be done.
    """
    carried = _carried(document, fresh, printed)
    if carried is None:
        return None
    if not block.kinds:
        where = stretch_of(fresh, printed)
        return None if where is None else _fill(document, block, carried, where.parent.tag, behind)
    stretch = stretch_of(document, block)
    if stretch is None:
        return None
    moved = _moved_marks(stretch, block.name)
    if not carried:
        return _empty(document, stretch, [block.name, *moved])
    oxml.fresh_ids(carried, document.roots.values())
    for element in carried:
        stretch.elements[0].addprevious(element)
    _remove(stretch)
    return _mark(document, moved, carried, ())


def replace_list(
    document: Document, group: PrintedGroup, controls: Mapping[str, Control], new: Sequence[Element]
) -> bool:
    """Put ``new`` (runs and controls) in the place of a list that reads as it was printed.

    ``controls`` are the document's, by the bookmarks of ``group``. False, with nothing changed,
    where people edited between its figures.
    """
    elements = _list(group, controls)
    if not elements:
        return False
    oxml.fresh_ids(new, document.roots.values())
    for element in new:
        elements[0].addprevious(element)
    for element in elements:
        _drop(element)
    return True


def drop_list(group: PrintedGroup, controls: Mapping[str, Control]) -> bool:
    """Leave the first figure of a list; whether that could be done, as above."""
    elements = _list(group, controls)
    first = controls[next(filter(None, group.bookmarks))].element
    before = elements[: elements.index(first) + 1] if elements else []
    for element in elements[len(before) :]:
        if not _is_mark_end(element, before):
            _drop(element)
    return bool(elements)


def _list(group: PrintedGroup, controls: Mapping[str, Control]) -> list[Element]:
    """The elements of a list that reads as it was printed; none where people edited it."""
    own = [controls[name] for name in group.bookmarks if name in controls]
    if not own or len(own) != sum(map(bool, group.bookmarks)):
        return []
    parent = own[0].element.getparent()
    if parent is None or any(item.element.getparent() is not parent for item in own):
        return []
    children = list(parent)
    low = children.index(own[0].element)
    high = children.index(own[-1].element)
    while low and _is_own_mark(children[low - 1], "bookmarkStart"):
        low -= 1
    while high + 1 < len(children) and _is_mark_end(children[high + 1], children[low : high + 1]):
        high += 1
    elements = children[low : high + 1]
    if not all(_may_go(item, own) for item in elements) or _text(elements) != _printed(group):
        return []
    return elements


def replace_lines(
    document: Document, controls: Sequence[Control], new: Sequence[Sequence[Element]]
) -> bool:
    """Print a text of several paragraphs anew: ``new`` holds the content of each.

    ``controls`` are those of the old paragraphs. They must follow one another, each alone in its
    paragraph but for what stands before the first, with nothing of people's; else false, with nothing
    changed.
    """
    held = _lines(controls)
    if held is None:
        return False
    oxml.fresh_ids([item for elements in new for item in elements], document.roots.values())
    _put_in_place(controls[0].element, new[0])
    last = held[0]
    for elements in new[1:]:
        made = etree.Element(w("p"))
        properties = last.find(w("pPr"))
        if properties is not None:
            made.append(copy.deepcopy(properties))
        made.extend(elements)
        last.addnext(made)
        last = made
    _drop_paragraphs(document, held, last)
    return True


def drop_lines(document: Document, controls: Sequence[Control]) -> bool:
    """Leave the first paragraph of a text of several; whether that could be done, as above."""
    held = _lines(controls)
    if held is not None:
        _drop_paragraphs(document, held, held[0])
    return held is not None


def _lines(controls: Sequence[Control]) -> list[Element] | None:
    """The paragraphs of a text, where nothing but the text stands in them."""
    paragraphs = [_paragraph(item.element) for item in controls]
    if not paragraphs or any(item is None for item in paragraphs):
        return None
    held = [item for item in paragraphs if item is not None]
    if any(before.getnext() is not after for before, after in pairwise(held)):
        return None
    if len({_paragraph_look(item) for item in held}) > 1:
        return None
    for place, (control, paragraph) in enumerate(zip(controls, held, strict=True)):
        text = oxml.paragraph_text(paragraph)
        alone = text == control.text if place else text.endswith(control.text)
        if not alone or control.element.getparent() is not paragraph or _is_peoples(paragraph):
            return None
        children = list(paragraph)
        around = children[children.index(control.element) if not place else 0 :]
        if not all(item.tag == w("pPr") or _may_go(item, controls, BLOCK) for item in around):
            return None
    return held


def _drop_paragraphs(document: Document, held: Sequence[Element], last: Element) -> None:
    """Take out a text's further paragraphs; what prints nothing and comes next is marked in ``last``."""
    marks = [mark for paragraph in held for mark in _marks_at_end(paragraph)]
    for mark in marks:
        remove_bookmark(mark)
    for paragraph in held[1:]:
        _drop(paragraph)
    _mark(document, [str(mark.get(w("name"))) for mark in marks], [last], ())


def printed_elements(fresh: Document, group: PrintedGroup, look: Element | None) -> list[list[Element]]:
    """What ``group`` printed in ``fresh``, copied, paragraph by paragraph, formatted as ``look`` is.

    ``look`` is the run properties of the text that it replaces, ``None`` for none.
    """
    controls = {item.bookmark: item for item in fresh.controls}
    lines: list[list[Element]] = []
    before: Element | None = None
    first, last = _ends(group)
    for text, name in list(zip(group.texts, group.bookmarks, strict=True))[first : last + 1]:
        if not name:
            lines[-1].append(oxml.make_run(look, text))
            continue
        element = controls[name].element
        paragraph = _paragraph(element)
        if not lines or paragraph is not before:
            lines.append([])
        before = paragraph
        control = copy.deepcopy(element)
        for run in control.iter(w("r")):
            if run.find(w("rPr")) is None:
                run.insert(0, etree.Element(w("rPr")))
        for properties in list(control.iter(w("rPr"))):
            _take_look(properties, look)
            if not len(properties):
                _drop(properties)
        for run in control.iter(w("r")):
            oxml.hint_punctuation(run)
        lines[-1] += oxml.bookmarked(name, [control])
    return lines


# --- places -----------------------------------------------------------------------------------------


def _paragraph_look(paragraph: Element) -> bytes:
    """A paragraph's properties as text, empty for none; all of a text's paragraphs are printed alike."""
    properties = paragraph.find(w("pPr"))
    return b"" if properties is None else etree.tostring(properties, method="c14n", with_tail=False)


def _holder(paragraph: Element, kind: str) -> Element | None:
    """The paragraph itself, or the nearest element of that kind around it."""
    if kind == "p":
        return paragraph
    return next(iter(paragraph.iterancestors(w(kind))), None)


def _paragraph(element: Element) -> Element | None:
    return next(iter(element.iterancestors(w("p"))), None)


def _fill(
    document: Document,
    block: PrintedBlock,
    carried: Sequence[Element],
    around: str,
    behind: Sequence[str],
) -> dict[str, str] | None:
    """Put a block in that printed nothing before; the anchors of those behind it whose mark moved.

    ``around`` is the tag of what must hold it: people may have moved its mark into a table.
    """
    paragraphs = block_paragraphs(document.roots, block.name)
    where, _, kind = block.anchor.partition(" ")
    holder = _holder(paragraphs[0], kind) if paragraphs and kind else None
    parent = None if holder is None else holder.getparent()
    if holder is None or parent is None or parent.tag != around or not carried:
        return None
    for mark in _named(paragraphs[0], block.name):
        remove_bookmark(mark)
    marks = [mark for mark in _marks_at_end(paragraphs[0]) if mark.get(w("name")) in behind]
    moved = [str(mark.get(w("name"))) for mark in marks] if where == "after" else []
    for mark in marks if moved else ():
        remove_bookmark(mark)
    oxml.fresh_ids(carried, document.roots.values())
    for element in reversed(carried) if where == "after" else carried:
        if where == "after":
            holder.addnext(element)
        else:
            holder.addprevious(element)
    return _mark(document, moved, carried, ())


def _empty(document: Document, stretch: Stretch, names: Sequence[str]) -> dict[str, str] | None:
    """Take a block out and leave bookmarks; ``None`` where nothing would be left to hold them."""
    children = list(stretch.parent)
    place = children.index(stretch.elements[0])
    before, after = children[:place], children[place + len(stretch.elements) :]
    if not any(True for element in (*before, *after) for _ in element.iter(w("p"))):
        return None
    _remove(stretch)
    return _mark(document, names, before, after)


def _mark(
    document: Document, names: Iterable[str], before: Sequence[Element], after: Sequence[Element]
) -> dict[str, str]:
    """Mark the place of blocks that print nothing; their anchors by name."""
    anchors = {}
    for name in names:
        holder = oxml.mark_end(before, name)
        anchors[name] = f"after {holder}" if holder else f"before {oxml.mark_start(after, name)}"
        marks = [item for element in (*before, *after) for item in _bookmarks(element, name)]
        oxml.fresh_ids(marks, document.roots.values())
    return anchors


def _marks_at_end(paragraph: Element) -> list[Element]:
    """The bookmarks of blocks that begin behind some of the paragraph's text."""
    behind = False
    marks = []
    for item in paragraph.iter(w("r"), w("bookmarkStart")):
        behind = behind or item.tag == w("r")
        if behind and str(item.get(w("name"))).startswith(BLOCK):
            marks.append(item)
    return marks


def _moved_marks(stretch: Stretch, name: str) -> list[str]:
    """The bookmarks of other blocks in a stretch that is to go: they print nothing, but here."""
    names = [
        str(mark.get(w("name")))
        for element in stretch.elements
        for mark in element.iter(w("bookmarkStart"))
    ]
    return [item for item in names if item.startswith(BLOCK) and item != name]


def _bookmarks(element: Element, name: str) -> list[Element]:
    """Both ends of a bookmark whose id is its name still."""
    ends = (w("bookmarkStart"), w("bookmarkEnd"))
    return [item for item in element.iter(*ends) if item.get(w("id")) == name]


def _named(element: Element, name: str) -> list[Element]:
    return [mark for mark in element.iter(w("bookmarkStart")) if mark.get(w("name")) == name]


def remove_bookmark(start: Element) -> None:
    """Remove both ends of a bookmark."""
    for item in [*start.getroottree().getroot().iter(w("bookmarkEnd")), start]:
        if item.get(w("id")) == start.get(w("id")):
            _drop(item)


def _remove(stretch: Stretch) -> None:
    for element in stretch.elements:
        stretch.parent.remove(element)


def _drop(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _put_in_place(control: Element, elements: Sequence[Element]) -> None:
    """Replace a control, with its bookmark, by other elements."""
    mark, after = own_bookmark(control), control.getnext()
    if mark is not None:
        if after is not None and _is_mark_end(after, [mark]):
            _drop(after)
        _drop(mark)
    oxml.replace_element(control, elements)


# --- what may go and what may come ------------------------------------------------------------------


def _is_peoples(element: Element) -> bool:
    """Whether something in it is people's: a comment, a bookmark of theirs, the end of a section."""
    theirs = (w("sectPr"), *(name for name in BY_HAND if name not in _PRINTED))
    return next(element.iter(*theirs), None) is not None or any(
        not str(mark.get(w("name"))).startswith((BOOKMARK, BLOCK, _CURSOR))
        for mark in element.iter(w("bookmarkStart"))
    )


def _is_own_mark(element: Element, kind: str) -> bool:
    return element.tag == w(kind) and str(element.get(w("name"))).startswith(BOOKMARK)


def _is_mark_end(element: Element, before: Iterable[Element]) -> bool:
    """Whether it ends a bookmark that begins in ``before``."""
    starts = {mark.get(w("id")) for item in before for mark in item.iter(w("bookmarkStart"))}
    return element.tag == w("bookmarkEnd") and element.get(w("id")) in starts


def _may_go(element: Element, own: Sequence[Control], *marks: str) -> bool:
    """Whether nothing of people's goes with an element.

    ``marks`` are what the names of bookmarks that may go begin with, beside the figures' own.
    """
    if element.tag == w("sdt"):
        theirs = next(element.iter(*BY_HAND), None) is not None
        plain = all(_is_text(run) for run in element.iter(w("r")))
        return plain and not theirs and any(element is item.element for item in own)
    if element.tag == w("bookmarkStart"):
        return str(element.get(w("name"))).startswith((BOOKMARK, _CURSOR, *marks))
    if element.tag == w("r"):
        return _is_text(element)
    return element.tag in (w("bookmarkEnd"), w("proofErr"))


def _is_text(run: Element) -> bool:
    """Whether a run holds plain text alone: no break, no drawing, no field, no sign."""
    return all(local_name(item) in ("rPr", "t", "lastRenderedPageBreak") for item in run)


def _text(elements: Iterable[Element]) -> str:
    return "".join(node.text or "" for element in elements for node in element.iter(w("t")))


def _printed(group: PrintedGroup) -> str:
    """What the group printed from its first figure to its last."""
    first, last = _ends(group)
    return "".join(group.texts[first : last + 1])


def _ends(group: PrintedGroup) -> tuple[int, int]:
    """The places of its first figure and its last."""
    places = [place for place, name in enumerate(group.bookmarks) if name]
    return places[0], places[-1]


def _take_look(properties: Element, look: Element | None) -> None:
    """Make run properties those of ``look``; the highlight of a missing figure is its own."""
    highlight = properties.find(w("highlight"))
    for child in list(properties):
        properties.remove(child)
    for child in look if look is not None else ():
        if child.tag != w("highlight") or highlight is None:
            properties.append(copy.deepcopy(child))
    if highlight is not None:
        holder = etree.Element(w("r"))
        holder.append(properties_copy := copy.deepcopy(properties))
        value = highlight.get(w("val")) or ""
        oxml.run_property(holder, "highlight").set(w("val"), value)
        for child in list(properties):
            properties.remove(child)
        properties.extend(list(properties_copy))


def _carried(document: Document, fresh: Document, printed: PrintedBlock) -> list[Element] | None:
    """Copies of what the block printed that are at home in ``document``; ``None`` for none such."""
    if not printed.kinds:
        return []
    stretch = stretch_of(fresh, printed)
    if stretch is None:
        return None
    elements = [copy.deepcopy(item) for item in stretch.elements]
    for name in _moved_marks(Stretch(stretch.parent, tuple(elements)), printed.name):
        for mark in [item for element in elements for item in _named(element, name)]:
            remove_bookmark(mark)
    styles = _styles(fresh, document)
    same_lists = document.parts.get(_NUMBERING) == fresh.parts.get(_NUMBERING)
    for element in elements:
        for item in element.iter():
            if item.tag in _BOUND or any(str(key).startswith(_RELATIONSHIP) for key in item.attrib):
                return None
            if item.tag == w("numPr") and not same_lists:
                return None
            if local_name(item) in _OWNERS:
                style = styles.get(str(item.get(w("val"))))
                if style is None:
                    return None
                item.set(w("val"), style)
    return elements


def _styles(fresh: Document, document: Document) -> dict[str, str]:
    """The document's style ids by those of the fresh one: programs name them anew, by name alike."""
    ids = {name: style for style, name in document.styles.items()}
    return {style: ids[name] for style, name in fresh.styles.items() if name in ids}
