"""A compiled template: its tags where they stand, and the blocks around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from generators.word.expressions import Expression, ForTag
from generators.word.oxml import Element

ANCHOR = "anchor"
"""The param of a finding that holds its :class:`Anchor` as text."""


@dataclass(frozen=True)
class Anchor:
    """The characters that a finding is about: name of the part, number of the paragraph in it, from, to.

    Paragraphs are counted from 0 as the XML has them, those in text boxes too.
    """

    part: str
    paragraph: int
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.part}|{self.paragraph}|{self.start}|{self.end}"

    @classmethod
    def of(cls, text: str) -> Anchor | None:
        """The anchor that ``str`` wrote; ``None`` for another text."""
        part, *numbers = text.split("|")
        if len(numbers) != 3 or not all(number.isdecimal() for number in numbers):
            return None
        return cls(part, *map(int, numbers))


@dataclass(frozen=True)
class Where:
    """Where a tag stands: part, nearest heading above, the paragraph's text, and its characters.

    ``part`` is the kind of part; ``anchor`` is ``None`` for what stands in no paragraph.
    """

    part: str
    heading: str
    paragraph: str
    anchor: Anchor | None = None

    def params(self) -> dict[str, str]:
        """The params by which a finding carries the place."""
        place = {"part": self.part, "heading": self.heading, "paragraph": self.paragraph}
        return place if self.anchor is None else {**place, ANCHOR: str(self.anchor)}


@dataclass(frozen=True)
class Tag:
    """A ``{{ }}`` tag in place: its expression, where it stands, and its number in the template.

    ``plain`` says that it stands where its figures can have no control.
    """

    expression: Expression
    where: Where
    number: str = ""
    plain: bool = False


@dataclass(frozen=True)
class Static:
    """Something that is copied as it is."""

    element: Element


@dataclass(frozen=True)
class Paragraph:
    """A paragraph whose marked runs are tags, by their marks; ``None`` stands for a comment."""

    element: Element
    tags: Mapping[str, Tag | None]


@dataclass(frozen=True)
class Container:
    """An element that holds blocks: body, table, row, cell, content control, header, footnote."""

    element: Element
    children: Sequence[Node]


@dataclass(frozen=True)
class Loop:
    """``for`` … ``endfor``."""

    tag: ForTag
    where: Where
    children: Sequence[Node]


@dataclass(frozen=True)
class Branches:
    """``if`` … ``elif`` … ``else`` … ``endif``; the condition of ``else`` is ``None``."""

    branches: Sequence[tuple[Expression | None, Sequence[Node]]]
    where: Where


Node: TypeAlias = Static | Paragraph | Container | Loop | Branches


@dataclass(frozen=True)
class CompiledPart:
    """One part of the package that may hold tags."""

    name: str
    root: Container


@dataclass(frozen=True)
class Template:
    """A compiled template. ``data`` are the bytes that every rendering starts from."""

    data: bytes
    parts: Sequence[CompiledPart]
