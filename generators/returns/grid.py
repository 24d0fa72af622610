"""The cells of one sheet that is being copied, found by place and made where a mark needs them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from generators.excel.grid import Position, address
from generators.returns.parts import Dialect
from generators.text import column_number

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})\Z")
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
MOST_MERGED = 400_000
"""Cells under merges: more than the guard of submissions lets pass."""

Words = Callable[[int], str]
"""The shared string of that number."""


@dataclass
class Grid:
    """A sheet's cells; ``rows`` maps their numbers to the row and to its cells by column."""

    root: Any
    dialect: Dialect
    rows: dict[int, tuple[Any, dict[int, Any]]]
    _order: list[int] = field(default_factory=list)
    _columns: list[tuple[int, int, int]] | None = None

    def cell(self, place: Position) -> Any | None:
        """The element of a cell, ``None`` where the sheet has none there."""
        row, column = place
        return self.rows[row][1].get(column) if row in self.rows else None

    def style(self, place: Position) -> int:
        """The number of a cell's style, where there is no cell that of its row or column."""
        cell = self.cell(place)
        if cell is not None:
            return int(cell.get("s", "0"))
        if place[0] in self.rows:
            row = self.rows[place[0]][0]
            if row.get("customFormat") in ("1", "true") and row.get("s"):
                return int(row.get("s"))
        return self._column_style(place[1])

    def set_style(self, place: Position, style: int) -> None:
        """Give a cell, which is made where there is none, that style."""
        cell = self.cell(place)
        if cell is None:
            cell = self._make(*place)
        if style:
            cell.set("s", str(style))
        else:
            cell.attrib.pop("s", None)

    def texts(self, last_row: int, words: Words) -> Iterator[tuple[Position, str]]:
        """The cells that hold a text, with it, down to ``last_row``."""
        for number in sorted(number for number in self.rows if number <= last_row):
            for column, cell in sorted(self.rows[number][1].items()):
                text = self.text(cell, words)
                if text:
                    yield (number, column), text

    def text(self, cell: Any, words: Words) -> str:
        """The text in a cell, empty where it holds none."""
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            inline = cell.find(self.dialect.tag("is"))
            return "" if inline is None else text_in(inline, self.dialect)
        value = cell.findtext(self.dialect.tag("v")) or ""
        if kind == "s":
            return words(int(value)) if value else ""
        return value if kind == "str" else ""

    def merged(self) -> dict[Position, Position]:
        """Every cell under a merge, with the cell that shows in its place."""
        firsts: dict[Position, Position] = {}
        tag = self.dialect.tag
        for item in self.root.iterfind(f"{tag('mergeCells')}/{tag('mergeCell')}"):
            start, _, end = item.get("ref", "").partition(":")
            first, last = position(start), position(end or start)
            if first is None or last is None:
                continue
            rows = range(first[0], last[0] + 1)
            columns = range(first[1], last[1] + 1)
            if len(firsts) + len(rows) * len(columns) > MOST_MERGED:
                raise ValueError("merges over more cells than a form has")
            firsts.update(((row, column), first) for row in rows for column in columns)
        return firsts

    def _column_style(self, column: int) -> int:
        if self._columns is None:
            tag = self.dialect.tag
            self._columns = sorted(
                (int(item.get("min", "0")), int(item.get("max", "0")), int(item.get("style", "0")))
                for item in self.root.iterfind(f"{tag('cols')}/{tag('col')}")
            )
        number = bisect_right(self._columns, (column, LAST_COLUMN + 1, 0)) - 1
        if number < 0:
            return 0
        _, last, style = self._columns[number]
        return style if column <= last else 0

    def _make(self, row: int, column: int) -> Any:
        if row not in self.rows:
            data = self.root.find(self.dialect.tag("sheetData"))
            if data is None:
                raise ValueError("a sheet without cells")
            made = etree.Element(self.dialect.tag("row"), r=str(row))
            number = bisect_left(self._order, row)
            if number < len(self._order):
                self.rows[self._order[number]][0].addprevious(made)
            else:
                data.append(made)
            insort(self._order, row)
            self.rows[row] = made, {}
        line, cells = self.rows[row]
        line.attrib.pop("spans", None)
        made = etree.Element(self.dialect.tag("c"), r=address(row, column))
        after = [other for other in cells if other > column]
        if after:
            cells[min(after)].addprevious(made)
        elif cells:
            cells[max(cells)].addnext(made)
        else:
            line.insert(0, made)
        cells[column] = made
        return made


def grid_of(root: Any, dialect: Dialect) -> Grid:
    """The cells of a worksheet; a row or cell that does not say where it stands follows the last."""
    rows: dict[int, tuple[Any, dict[int, Any]]] = {}
    number = 0
    for row in root.iterfind(f"{dialect.tag('sheetData')}/{dialect.tag('row')}"):
        number = int(row.get("r", str(number + 1)))
        cells: dict[int, Any] = {}
        column = 0
        for cell in row.iterchildren(dialect.tag("c")):
            place = position(cell.get("r", ""))
            column = place[1] if place else column + 1
            cells[column] = cell
        rows[number] = row, cells
    return Grid(root, dialect, rows, sorted(rows))


def position(reference: str) -> Position | None:
    """Row and column of ``D5``; ``None`` for what is no cell of a sheet."""
    match = _REFERENCE.match(reference)
    if match is None:
        return None
    row, column = int(match[2]), column_number(match[1].upper())
    return (row, column) if row <= LAST_ROW and column <= LAST_COLUMN else None


def text_in(element: Any, dialect: Dialect) -> str:
    """A text, of all its runs together; how Chinese is read aloud is no part of it."""
    tag = dialect.tag
    words = (
        child if child.tag == tag("t") else child.find(tag("t"))
        for child in element
        if child.tag in (tag("t"), tag("r"))
    )
    return "".join(word.text or "" for word in words if word is not None)
