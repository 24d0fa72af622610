"""Lists in a sentence and texts of several paragraphs: put in anew, or closed up to one control.

Only where nobody edited them; else nothing is changed, and the caller says so.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from lxml import etree

from generators.model import PrintedGroup
from generators.word import oxml
from generators.word.controls import BLOCK, BOOKMARK, own_bookmark
from generators.word.oxml import Element, local_name, w
from generators.word.reading import BY_HAND, Control, Document
from generators.word.refresh.marks import (
    drop,
    is_mark_end,
    is_own_mark,
    mark_places,
    marks_at_end,
    paragraph_of,
    remove_bookmark,
)
from generators.word.refresh.stretches import CURSOR, is_peoples


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
        drop(element)
    return True


def drop_list(group: PrintedGroup, controls: Mapping[str, Control]) -> bool:
    """Leave the first figure of a list; whether that could be done, as above."""
    elements = _list(group, controls)
    first = controls[next(filter(None, group.bookmarks))].element
    before = elements[: elements.index(first) + 1] if elements else []
    for element in elements[len(before) :]:
        if not is_mark_end(element, before):
            drop(element)
    return bool(elements)


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
        paragraph = paragraph_of(element)
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
                drop(properties)
        for run in control.iter(w("r")):
            oxml.hint_punctuation(run)
        lines[-1] += oxml.bookmarked(name, [control])
    return lines


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
    while low and is_own_mark(children[low - 1], "bookmarkStart"):
        low -= 1
    while high + 1 < len(children) and is_mark_end(children[high + 1], children[low : high + 1]):
        high += 1
    elements = children[low : high + 1]
    if not all(_may_go(item, own) for item in elements) or _text(elements) != _printed(group):
        return []
    return elements


def _lines(controls: Sequence[Control]) -> list[Element] | None:
    """The paragraphs of a text, where nothing but the text stands in them."""
    paragraphs = [paragraph_of(item.element) for item in controls]
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
        if not alone or control.element.getparent() is not paragraph or is_peoples(paragraph):
            return None
        children = list(paragraph)
        around = children[children.index(control.element) if not place else 0 :]
        if not all(item.tag == w("pPr") or _may_go(item, controls, BLOCK) for item in around):
            return None
    return held


def _drop_paragraphs(document: Document, held: Sequence[Element], last: Element) -> None:
    """Take out a text's further paragraphs; what prints nothing and comes next is marked in ``last``."""
    marks = [mark for paragraph in held for mark in marks_at_end(paragraph)]
    for mark in marks:
        remove_bookmark(mark)
    for paragraph in held[1:]:
        drop(paragraph)
    mark_places(document, [str(mark.get(w("name"))) for mark in marks], [last], ())


def _paragraph_look(paragraph: Element) -> bytes:
    """A paragraph's properties as text, empty for none; all of a text's paragraphs are printed alike."""
    properties = paragraph.find(w("pPr"))
    return b"" if properties is None else etree.tostring(properties, method="c14n", with_tail=False)


def _put_in_place(control: Element, elements: Sequence[Element]) -> None:
    """Replace a control, with its bookmark, by other elements."""
    mark, after = own_bookmark(control), control.getnext()
    if mark is not None:
        if after is not None and is_mark_end(after, [mark]):
            drop(after)
        drop(mark)
    oxml.replace_element(control, elements)


def _may_go(element: Element, own: Sequence[Control], *marks: str) -> bool:
    """Whether nothing of people's goes with an element.

    ``marks`` are what the names of bookmarks that may go begin with, beside the figures' own.
    """
    if element.tag == w("sdt"):
        theirs = next(element.iter(*BY_HAND), None) is not None
        plain = all(_is_text(run) for run in element.iter(w("r")))
        return plain and not theirs and any(element is item.element for item in own)
    if element.tag == w("bookmarkStart"):
        return str(element.get(w("name"))).startswith((BOOKMARK, CURSOR, *marks))
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
