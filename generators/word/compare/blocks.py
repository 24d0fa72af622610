"""What stands in a body, a cell, a note: paragraphs and tables, whatever content controls are around."""

from __future__ import annotations

from collections.abc import Iterator

from generators.word.oxml import Element, w

AROUND = (w("sdt"), w("sdtContent"), w("customXml"))
"""What may stand around blocks, rows and cells without being one."""
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


def blocks_of(container: Element) -> list[Element]:
    """The paragraphs and tables of a container in order."""
    return list(_spread(container, w("p"), w("tbl")))


def rows_of(table: Element) -> list[Element]:
    """The rows of a table."""
    return list(_spread(table, w("tr")))


def cells_of(row: Element) -> list[Element]:
    """The cells of a row."""
    return list(_spread(row, w("tc")))


def paragraphs_in(container: Element) -> Iterator[Element]:
    """The paragraphs of a container and of the tables in it; those in text boxes stand apart."""
    for block in blocks_of(container):
        if block.tag == w("p"):
            yield block
        else:
            for row in rows_of(block):
                for cell in cells_of(row):
                    yield from paragraphs_in(cell)


def boxes_in(node: Element) -> list[Element]:
    """The text boxes in a drawing, without the copies that old programs show."""
    found = []
    for child in node:
        if child.tag == w("txbxContent"):
            found.append(child)
        elif child.tag != _FALLBACK:
            found += boxes_in(child)
    return found


def _spread(element: Element, *wanted: str) -> Iterator[Element]:
    for child in element:
        if child.tag in wanted:
            yield child
        elif child.tag in AROUND:
            yield from _spread(child, *wanted)
