"""A Word document ready to be worked on: its parts, and the XML of those that hold text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from generators.model import Finding, Result, Severity
from generators.word.opening import is_too_deep, open_package, relations, story_names
from generators.word.oxml import Element, w


@dataclass(frozen=True)
class Parsed:
    """The parts of a package as bytes, and the XML of those that hold text. ``main`` is the body's."""

    parts: dict[str, bytes]
    roots: dict[str, Element]
    main: str

    @property
    def body(self) -> Element:
        """The element that holds the document's blocks."""
        found = self.roots[self.main].find(w("body"))
        assert found is not None
        return found

    def related(self) -> Mapping[str, str]:
        """The names of the parts that the body's relationships point to, by their ids."""
        folder, _, name = self.main.rpartition("/")
        return {
            number: target
            for number, _, target, external in relations(self.parts, f"{folder}/_rels/{name}.rels")
            if not external
        }


def parse_document(data: bytes, file: str) -> Result[Parsed]:
    """The document in ``data``; ``None`` with the reason, which carries ``file``, where it is none."""
    opened = open_package(data, file)
    if opened.value is None:
        return Result(None, opened.findings)
    names = story_names(opened.value)
    try:
        roots = {name: etree.fromstring(opened.value[name], parser()) for name in names}
    except etree.XMLSyntaxError as error:
        if is_too_deep(error):
            return Result(None, (Finding("document.too_deep", Severity.ERROR, file=file),))
        roots = {}
    if not roots or roots[names[0]].find(w("body")) is None:
        return Result(None, (Finding("document.damaged", Severity.ERROR, file=file),))
    return Result(Parsed(opened.value, roots, names[0]))


def parser() -> etree.XMLParser:
    """A parser that follows nothing and expands nothing."""
    return etree.XMLParser(resolve_entities=False, no_network=True)
