"""The bookmarks of the program in a document: of figures, of blocks, and of what prints nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from generators.word import oxml
from generators.word.controls import BLOCK, BOOKMARK, own_bookmark
from generators.word.oxml import Element, w
from generators.word.reading import Document


def named(element: Element, name: str) -> list[Element]:
    """The beginnings of the bookmark ``name`` in an element."""
    return [mark for mark in element.iter(w("bookmarkStart")) if mark.get(w("name")) == name]


def both_ends(element: Element, name: str) -> list[Element]:
    """Both ends of a bookmark whose id is its name still."""
    ends = (w("bookmarkStart"), w("bookmarkEnd"))
    return [item for item in element.iter(*ends) if item.get(w("id")) == name]


def remove_bookmark(start: Element) -> None:
    """Remove both ends of a bookmark."""
    for item in [*start.getroottree().getroot().iter(w("bookmarkEnd")), start]:
        if item.get(w("id")) == start.get(w("id")):
            drop(item)


def drop(element: Element) -> None:
    """Take an element out of what holds it, if anything does."""
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def doubled_marks(document: Document) -> list[Element]:
    """The beginnings of figures' bookmarks whose figure has gone and whose name another has now."""
    marks: defaultdict[str, list[Element]] = defaultdict(list)
    held = [own_bookmark(control) for root in document.roots.values() for control in root.iter(w("sdt"))]
    for root in document.roots.values():
        for mark in root.iter(w("bookmarkStart")):
            if is_own_mark(mark, "bookmarkStart"):
                marks[str(mark.get(w("name")))].append(mark)
    doubled = [mark for twins in marks.values() if len(twins) > 1 for mark in twins]
    return [mark for mark in doubled if not any(mark is item for item in held)]


def is_own_mark(element: Element, kind: str) -> bool:
    """Whether it is a ``kind`` of bookmark element, of a figure."""
    return element.tag == w(kind) and str(element.get(w("name"))).startswith(BOOKMARK)


def is_mark_end(element: Element, before: Iterable[Element]) -> bool:
    """Whether it ends a bookmark that begins in ``before``."""
    starts = {mark.get(w("id")) for item in before for mark in item.iter(w("bookmarkStart"))}
    return element.tag == w("bookmarkEnd") and element.get(w("id")) in starts


def mark_places(
    document: Document, names: Iterable[str], before: Sequence[Element], after: Sequence[Element]
) -> dict[str, str]:
    """Mark the place of blocks that print nothing; their anchors by name."""
    anchors = {}
    for name in names:
        holder = oxml.mark_end(before, name)
        anchors[name] = f"after {holder}" if holder else f"before {oxml.mark_start(after, name)}"
        marks = [item for element in (*before, *after) for item in both_ends(element, name)]
        oxml.fresh_ids(marks, document.roots.values())
    return anchors


def marks_at_end(paragraph: Element) -> list[Element]:
    """The bookmarks of blocks that begin behind some of the paragraph's text."""
    behind = False
    marks = []
    for item in paragraph.iter(w("r"), w("bookmarkStart")):
        behind = behind or item.tag == w("r")
        if behind and str(item.get(w("name"))).startswith(BLOCK):
            marks.append(item)
    return marks


def paragraph_of(element: Element) -> Element | None:
    """The innermost paragraph around an element."""
    return next(iter(element.iterancestors(w("p"))), None)
