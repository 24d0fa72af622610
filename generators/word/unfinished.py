"""What in a document is not finished and must not go out: tracked changes, comments, missing figures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from generators.model import Manifest
from generators.word.clean import own_controls, shows_placeholder
from generators.word.oxml import Element, w
from generators.word.reading import Document, Text

_MISSING = re.compile("【缺：")
"""How the mark begins that stands for a figure that nobody reported."""
_CHANGES = tuple(
    w(name)
    for name in (
        "ins del moveFrom moveTo rPrChange pPrChange sectPrChange tblPrChange tblPrExChange trPrChange "
        "tcPrChange tblGridChange numberingChange cellIns cellDel cellMerge customXmlInsRangeStart "
        "customXmlDelRangeStart customXmlMoveFromRangeStart customXmlMoveToRangeStart"
    ).split()
)
"""Everything that says that a change is tracked (ISO 29500-1 §17.13.5)."""
_COMMENTS = (w("commentRangeStart"), w("commentReference"))


class Kind(StrEnum):
    """Why a place of a document is not finished."""

    CHANGE = "change"
    COMMENT = "comment"
    MISSING = "missing"
    EMPTIED = "emptied"


@dataclass(frozen=True)
class Unfinished:
    """A paragraph that is not finished: ``part`` as the message catalogue names parts, the nearest
    heading above it, and its text; the last two are empty where there is none.
    """

    kind: Kind
    part: str
    heading: str
    paragraph: str


def unfinished(document: Document, manifest: Manifest) -> tuple[Unfinished, ...]:
    """Every unfinished place, by kind and in reading order, each paragraph once a kind.

    Tracked changes that nobody accepted or rejected, also of formatting and of tables; comments,
    also those that are resolved, for they go out with the document; figures that print as missing;
    and figures that somebody deleted from their control, where Word shows its request to type.
    """
    texts = {id(text.element): text for text in document.texts}
    emptied = [
        control
        for control in own_controls(document.roots.values(), manifest)
        if shows_placeholder(control)
    ]
    found = [
        *(_place(texts, Kind.CHANGE, item) for item in _all(document, _CHANGES)),
        *(_place(texts, Kind.COMMENT, item) for item in _all(document, _COMMENTS)),
        *(_at(Kind.MISSING, text) for text in document.texts if _MISSING.search(text.text)),
        *(_place(texts, Kind.EMPTIED, item) for item in emptied),
    ]
    return tuple(dict.fromkeys(item for item in found if item is not None))


def _place(texts: dict[int, Text], kind: Kind, element: Element) -> Unfinished | None:
    """In which paragraph an element stands; ``None`` in the copy of a text box for old programs."""
    for outer in (element, *element.iterancestors()):
        paragraphs = [outer] if outer.tag == w("p") else list(outer.iter(w("p")))
        known = [texts[id(item)] for item in paragraphs if id(item) in texts]
        if known:
            # Of a row or a table the first paragraph; of the last section the last one.
            return _at(kind, known[-1] if outer.tag == w("body") else known[0])
        if outer.tag == w("p"):
            return None
    return None


def _all(document: Document, names: tuple[str, ...]) -> Iterator[Element]:
    for root in document.roots.values():
        yield from root.iter(*names)


def _at(kind: Kind, text: Text) -> Unfinished:
    part = re.sub(r"word/([a-z]+)\d*\.xml", r"\1", text.part)
    return Unfinished(kind, part, text.heading, text.text.strip())
