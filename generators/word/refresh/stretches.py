"""What a block printed, as it stands in a document now, and whether people edited it."""

from __future__ import annotations

from dataclasses import dataclass

from generators.model import PrintedBlock
from generators.word import oxml
from generators.word.controls import BLOCK, BOOKMARK
from generators.word.oxml import Element, local_name, w
from generators.word.reading import BY_HAND, Document, Look, block_paragraphs, look_of
from generators.word.refresh.marks import both_ends, drop, named, paragraph_of

_PRINTED = (w("hyperlink"), w("drawing"), w("footnoteReference"), w("endnoteReference"))
"""What a template may print as well as a person put in; the fingerprint of a block knows of them."""
CURSOR = "_GoBack"
"""The bookmark by which Word remembers where somebody typed last."""


@dataclass(frozen=True)
class Stretch:
    """The elements of a block in their parent, in order."""

    parent: Element
    elements: tuple[Element, ...]


def stretch_of(document: Document, block: PrintedBlock) -> Stretch | None:
    """The elements that a block printed; ``None`` where they do not stand there as they were printed."""
    if not block.kinds:
        return None
    start = next((mark for root in document.roots.values() for mark in named(root, block.name)), None)
    paragraph = None if start is None else paragraph_of(start)
    first = None if paragraph is None else holder_of(paragraph, block.kinds[0])
    parent = first.getparent() if first is not None else None
    if first is None or parent is None:
        return None
    children = list(parent)
    place = children.index(first)
    # LibreOffice loses the end of a bookmark at the end of a document: the count tells it as well.
    end = place + len(block.kinds)
    paragraphs = block_paragraphs(document.roots, block.name)
    last = holder_of(paragraphs[-1], block.kinds[-1]) if paragraphs else None
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
    marks = [mark for root in document.roots.values() for mark in named(root, block.name)]
    stretch = stretch_of(document, block)
    if stretch is None or (len(marks) == 1 and block_paragraphs(document.roots, block.name)):
        return False
    numbers = {mark.get(w("id")) for mark in marks}
    for root in document.roots.values():
        for end in [item for item in root.iter(w("bookmarkEnd")) if item.get(w("id")) in numbers]:
            drop(end)
    for mark in marks:
        drop(mark)
    oxml.span(stretch.elements, block.name)
    ends = [item for element in stretch.elements for item in both_ends(element, block.name)]
    oxml.fresh_ids(ends, document.roots.values())
    return True


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
    return same and not any(is_peoples(item) for item in stretch.elements)


def _foreign(document: Document, look: Look) -> tuple[str, ...]:
    """The layout itself, in a document from LibreOffice: it writes every property anew."""
    return (look.layout,) if b"LibreOffice" in document.parts.get("docProps/app.xml", b"") else ()


def holder_of(paragraph: Element, kind: str) -> Element | None:
    """The paragraph itself, or the nearest element of that kind around it."""
    if kind == "p":
        return paragraph
    return next(iter(paragraph.iterancestors(w(kind))), None)


def is_peoples(element: Element) -> bool:
    """Whether something in it is people's: a comment, a bookmark of theirs, the end of a section."""
    theirs = (w("sectPr"), *(name for name in BY_HAND if name not in _PRINTED))
    return next(element.iter(*theirs), None) is not None or any(
        not str(mark.get(w("name"))).startswith((BOOKMARK, BLOCK, CURSOR))
        for mark in element.iter(w("bookmarkStart"))
    )
