"""What only the older document has, as deleted content of the newer: text, paragraphs, rows, notes."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lxml import etree

from generators.word.compare.blocks import blocks_of, cells_of, rows_of
from generators.word.compare.lines import Alphabet, Line, deleted_runs, read_line
from generators.word.compare.revisions import Stamp, mark_paragraph, mark_row, revision
from generators.word.oxml import Element, w

_END = "{urn:huibao}end"
"""The end of a deleted paragraph, where the paragraph that it stands in is yet to be divided."""


@dataclass(frozen=True)
class Deletions:
    """How deleted content is made.

    ``styles`` and ``lists`` are the ids that the newer document defines: others are left out of
    properties. ``carry`` gives the id that a note gets in the newer document, empty for none.
    """

    stamp: Stamp
    alphabet: Alphabet
    styles: frozenset[str]
    lists: frozenset[str]
    carry: Callable[[Element], str]

    def stretch(self, lines: Sequence[Line], start: int, end: int) -> list[Element]:
        """The signs from ``start`` to ``end`` of several paragraphs, to stand within one.

        Where a paragraph ended stands a mark, for :meth:`divide`.
        """
        made: list[Element] = []
        base = 0
        for number, line in enumerate(lines):
            low, high = max(start - base, 0), min(end - base, len(line.text))
            if low < high:
                made += self._runs(line, low, high)
            base += len(line.text)
            if start <= base < end and number + 1 < len(lines):
                mark = etree.Element(_END)
                mark.set("number", str(number))
                made.append(mark)
            base += 1
        return made

    def divide(self, paragraph: Element, lines: Sequence[Line]) -> None:
        """Cut a paragraph where one of ``lines``, deleted, ended in it."""
        for mark in paragraph.findall(_END):
            made = self._paragraph(lines[int(mark.get("number", ""))])
            for child in [item for item in mark.itersiblings(preceding=True) if item.tag != w("pPr")]:
                made.insert(1, child)
            paragraph.addprevious(made)
            paragraph.remove(mark)

    def block(self, block: Element) -> Element:
        """A paragraph or table, deleted."""
        if block.tag == w("tbl"):
            made = etree.Element(w("tbl"))
            for child in block:
                if child.tag in (w("tblPr"), w("tblGrid")):
                    made.append(copy.deepcopy(child))
            made.extend(self.row(row) for row in rows_of(block))
            return made
        line = read_line(block, self.alphabet)
        paragraph = self._paragraph(line)
        paragraph.extend(self._runs(line, 0, len(line.text)))
        return paragraph

    def row(self, row: Element) -> Element:
        """A table's row, deleted with all that its cells hold."""
        made = etree.Element(w("tr"))
        for child in row:
            if child.tag in (w("tblPrEx"), w("trPr")):
                made.append(copy.deepcopy(child))
        mark_row(made, "del", self.stamp)
        for cell in cells_of(row):
            other = etree.SubElement(made, w("tc"))
            properties = cell.find(w("tcPr"))
            if properties is not None:
                other.append(copy.deepcopy(properties))
            other.extend(self.block(block) for block in blocks_of(cell))
        return made

    def note(self, note: Element, number: str) -> Element:
        """A footnote or endnote, deleted, with a new id; the mark that it ends in cannot go."""
        made = etree.Element(note.tag)
        made.set(w("id"), number)
        made.extend(self.block(block) for block in blocks_of(note))
        for mark in made[-1].findall(f"{w('pPr')}/{w('rPr')}/{w('del')}") if len(made) else ():
            mark.getparent().remove(mark)  # type: ignore[union-attr]
        return made

    def _runs(self, line: Line, start: int, end: int) -> list[Element]:
        holder = revision("del", self.stamp)
        holder.extend(deleted_runs(line, start, end, self.carry))
        return [holder] if len(holder) else []

    def _paragraph(self, line: Line) -> Element:
        """An empty paragraph with the properties of one that was deleted, its mark deleted."""
        made = etree.Element(w("p"))
        properties = line.element.find(w("pPr"))
        if properties is not None:
            made.append(self._properties(properties))
        mark_paragraph(made, "del", self.stamp)
        return made

    def _properties(self, properties: Element) -> Element:
        made = copy.deepcopy(properties)
        style, number = made.find(w("pStyle")), made.find(f"{w('numPr')}/{w('numId')}")
        for child in list(made):
            unknown = (child is style and child.get(w("val")) not in self.styles) or (
                child.tag == w("numPr") and number is not None and number.get(w("val")) not in self.lists
            )
            if unknown or child.tag in (w("sectPr"), w("framePr")):
                made.remove(child)
        return made
