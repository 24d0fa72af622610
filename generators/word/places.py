"""Where the paragraphs of a document stand, as a person finds them: heading and number, row and cell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from generators.word.oxml import Element, w
from generators.word.reading import Document

_NUMBER = re.compile(r"(?<!\d)\d*\.xml\Z")


@dataclass(frozen=True)
class Place:
    """A paragraph's place. ``part`` is ``document``, ``header``, ``footer``, ``footnotes`` or so.

    ``paragraph`` counts the paragraphs below ``heading``, blank ones and those in tables left out;
    in a table it is 0, and ``row`` and ``column`` count from 1 instead.
    """

    part: str
    heading: str = ""
    paragraph: int = 0
    row: int = 0
    column: int = 0

    def params(self) -> dict[str, str]:
        """The params by which a finding carries the place."""
        numbers = {"number": self.paragraph, "row": self.row, "cell": self.column}
        return {
            "part": self.part,
            "heading": self.heading,
            **{key: str(number) for key, number in numbers.items() if number},
        }


def places_of(document: Document) -> tuple[Place, ...]:
    """The places of the document's paragraphs, in its order."""
    counts: Counter[tuple[str, str]] = Counter()
    cells = {
        cell: (row, column)
        for root in document.roots.values()
        for table in root.iter(w("tbl"))
        for row, line in enumerate(_children(table, "tr"), 1)
        for column, cell in enumerate(_children(line, "tc"), 1)
    }
    places = []
    for text in document.texts:
        holder = next(text.element.iterancestors(w("tc")), None)
        row, column = (0, 0) if holder is None else cells.get(holder, (0, 0))
        if not row and text.text.strip():
            counts[text.part, text.heading] += 1
        number = 0 if row else counts[text.part, text.heading]
        places.append(Place(story_of(text.part), text.heading, number, row, column))
    return tuple(places)


def story_of(part: str) -> str:
    """What kind of text a part holds: ``document`` for ``word/document.xml``."""
    return _NUMBER.sub("", part.rpartition("/")[2])


def _children(element: Element, name: str) -> Iterator[Element]:
    """The rows of a table or the cells of a row, also those in people's own controls."""
    for child in element:
        if child.tag == w(name):
            yield child
        elif child.tag in (w("sdt"), w("sdtContent"), w("ins")):
            yield from _children(child, name)
