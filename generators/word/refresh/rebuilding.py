"""Blocks that nobody edited are put in anew.

Everything comes from a report that has just been printed (*fresh*) and goes into the document that
people edited. What cannot be carried over safely is left as it is, and the caller says so.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence

from generators.model import PrintedBlock
from generators.word import oxml
from generators.word.controls import BLOCK
from generators.word.oxml import Element, local_name, w
from generators.word.reading import Document, block_paragraphs
from generators.word.refresh.marks import mark_places, marks_at_end, named, remove_bookmark
from generators.word.refresh.stretches import Stretch, holder_of, stretch_of

_NUMBERING = "word/numbering.xml"
_OWNERS = ("pStyle", "rStyle", "tblStyle")
_RELATIONSHIP = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_BOUND = (w("footnoteReference"), w("endnoteReference"), w("commentReference"))
"""What stands for something in another part of the package."""


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
    return mark_places(document, moved, carried, ())


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
    holder = holder_of(paragraphs[0], kind) if paragraphs and kind else None
    parent = None if holder is None else holder.getparent()
    if holder is None or parent is None or parent.tag != around or not carried:
        return None
    for mark in named(paragraphs[0], block.name):
        remove_bookmark(mark)
    marks = [mark for mark in marks_at_end(paragraphs[0]) if mark.get(w("name")) in behind]
    moved = [str(mark.get(w("name"))) for mark in marks] if where == "after" else []
    for mark in marks if moved else ():
        remove_bookmark(mark)
    oxml.fresh_ids(carried, document.roots.values())
    for element in reversed(carried) if where == "after" else carried:
        if where == "after":
            holder.addnext(element)
        else:
            holder.addprevious(element)
    return mark_places(document, moved, carried, ())


def _empty(document: Document, stretch: Stretch, names: Sequence[str]) -> dict[str, str] | None:
    """Take a block out and leave bookmarks; ``None`` where nothing would be left to hold them."""
    children = list(stretch.parent)
    place = children.index(stretch.elements[0])
    before, after = children[:place], children[place + len(stretch.elements) :]
    if not any(True for element in (*before, *after) for _ in element.iter(w("p"))):
        return None
    _remove(stretch)
    return mark_places(document, names, before, after)


def _moved_marks(stretch: Stretch, name: str) -> list[str]:
    """The bookmarks of other blocks in a stretch that is to go: they print nothing, but here."""
    names = [
        str(mark.get(w("name")))
        for element in stretch.elements
        for mark in element.iter(w("bookmarkStart"))
    ]
    return [item for item in names if item.startswith(BLOCK) and item != name]


def _remove(stretch: Stretch) -> None:
    for element in stretch.elements:
        stretch.parent.remove(element)


def _carried(document: Document, fresh: Document, printed: PrintedBlock) -> list[Element] | None:
    """Copies of what the block printed that are at home in ``document``; ``None`` for none such."""
    if not printed.kinds:
        return []
    stretch = stretch_of(fresh, printed)
    if stretch is None:
        return None
    elements = [copy.deepcopy(item) for item in stretch.elements]
    for name in _moved_marks(Stretch(stretch.parent, tuple(elements)), printed.name):
        for mark in [item for element in elements for item in named(element, name)]:
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
