"""A Word document ready to be compared: its parts, and the XML of those that hold text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from generators.model import Result
from generators.word.names import relations_of
from generators.word.opening import Stories, open_stories, relations
from generators.word.oxml import Element, w


@dataclass(frozen=True)
class Parsed(Stories):
    """The stories of a document, with what comparing asks of them."""

    @property
    def body(self) -> Element:
        """The element that holds the document's blocks."""
        found = self.roots[self.main].find(w("body"))
        assert found is not None
        return found

    def related(self) -> Mapping[str, str]:
        """The names of the parts that the body's relationships point to, by their ids."""
        return {
            number: target
            for number, _, target, external in relations(self.parts, relations_of(self.main))
            if not external
        }


def parse_document(data: bytes, file: str) -> Result[Parsed]:
    """The document in ``data``; ``None`` with the reason, which carries ``file``, where it is none."""
    opened = open_stories(data, file)
    if opened.value is None:
        return Result(None, opened.findings)
    return Result(Parsed(opened.value.parts, opened.value.roots, opened.value.main))


def parser() -> etree.XMLParser:
    """A parser that follows nothing and expands nothing."""
    return etree.XMLParser(resolve_entities=False, no_network=True)
