"""The XML of one worksheet → its cells. Whatever would be lost without a word is refused instead.

Other readers pass over what Excel calls damaged: of two cells that claim one place the last wins, a text
of no known kind is a blank. Here it is one finding that names the cell.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from generators.excel.formulas import calls_program, is_picture
from generators.excel.grid import MAX_COLUMNS, MAX_ROWS, Area, Sheet, address
from generators.excel.markup import Element, UnreadableError
from generators.excel.styles import Style
from generators.excel.values import Value, clean, date_of, date_of_text, decimal_of, raw_of
from generators.model import Cell
from generators.text import column_number

NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
"""SpreadsheetML, transitional and strict (ISO/IEC 29500-4 and 29500-1, annex A)."""
MAX_RANGE_CELLS = 100_000
"""Cells that the merges of a workbook may cover."""

_ROW = re.compile(r"[1-9][0-9]{0,6}")
_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_RANGE = re.compile(
    r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})(?::\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6}))?"
)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_LONGEST_NUMBER = 400
_DIGITS = 15
"""Significant digits that Excel keeps."""
_BOOLEANS = {"0": False, "1": True, "false": False, "true": True}
_TRUE = frozenset(["1", "true", "on"])


@dataclass
class Texts:
    """The shared strings; each is read when a cell asks for it."""

    items: Sequence[Element] = ()
    _known: dict[int, str] = field(default_factory=dict)

    def text(self, index: int) -> str:
        """The text with that number, from 0; raises ``IndexError`` where there is none."""
        known = self._known.get(index)
        if known is None:
            known = self._known[index] = rich_text(self.items[index])
        return known


@dataclass(frozen=True)
class Surroundings:
    """What the cells of all sheets refer to.

    ``untrusted`` says that a formula's result of 0 may be none. ``pictures`` are the numbers of rich
    values (the attribute ``vm`` of a cell) that are pictures.
    """

    texts: Texts
    styles: Sequence[Style]
    epoch: dt.datetime
    untrusted: bool
    pictures: Callable[[], frozenset[int]]


def read_sheet(root: Element, name: str, state: str, around: Surroundings) -> Sheet:
    """The sheet called ``name`` whose part has that root.

    Raises :class:`~generators.excel.markup.UnreadableError` where it cannot be read as it was meant.
    """
    space = next((each for each in NAMESPACES if root.tag == f"{{{each}}}worksheet"), "")
    if not space:
        raise UnreadableError("sheet_damaged", name)
    return _SheetReader(root, name, f"{{{space}}}", around).sheet(state)


def rich_text(element: Element) -> str:
    """The text of a shared or inline string: its runs one after the other, without phonetic hints."""
    parts = []
    for child in element:
        local = child.tag.rpartition("}")[2]
        if local == "t":
            parts.append(_content(child))
        elif local == "r":
            parts += [_content(run) for run in child if run.tag.rpartition("}")[2] == "t"]
    return "".join(parts)


def _content(element: Element) -> str:
    """The text of an element that may hold nothing else; raises ``ValueError`` where it does."""
    if len(element):
        raise ValueError("a text with elements in it")
    return element.text or ""


class _SheetReader:
    """Reads one sheet."""

    def __init__(self, root: Element, name: str, space: str, around: Surroundings) -> None:
        self._root, self._name, self._space, self._around = root, name, space, around
        self._formulas: dict[str, str] = {}
        self._columns: dict[str, int] = {}

    def sheet(self, state: str) -> Sheet:
        merges = self._merges()
        covered = {place for area in merges for place in area.positions() if place != area.first}
        rows: set[int] = set()
        cells = {(cell.row, cell.column): cell for cell in self._cells(rows)}
        for place in covered & cells.keys():
            del cells[place]  # nobody sees what lies under a merge
        self._calls()
        return Sheet(self._name, state, cells, frozenset(rows), self._hidden_columns(), merges)

    def _damaged(self, cell: str = "") -> UnreadableError:
        return UnreadableError("cell_damaged" if cell else "sheet_damaged", self._name, cell)

    def _calls(self) -> None:
        """Refuse what asks another program for a value: objects that are linked."""
        for item in self._root.iter(f"{self._space}oleObject"):
            if "link" in item.attrib:
                raise UnreadableError("calls", self._name)

    # --- cells --------------------------------------------------------------------------------------

    def _cells(self, hidden: set[int]) -> Iterator[Cell]:
        """The cells that hold something, downwards; rows that nobody sees are added to ``hidden``."""
        tables = self._root.findall(f"{self._space}sheetData")
        if len(tables) != 1:
            raise self._damaged()
        row_tag, cell_tag, more_tag = (f"{self._space}{name}" for name in ("row", "c", "extLst"))
        row = 0
        for line in tables[0]:
            if line.tag != row_tag:
                raise self._damaged()
            row = self._row_number(line.get("r"), row)
            if line.get("hidden", "0").lower() in _TRUE or _is_nothing(line.get("ht")):
                hidden.add(row)
            column = 0
            for element in line:
                if element.tag != cell_tag:
                    if element.tag == more_tag:
                        continue
                    raise self._damaged()
                column = self._column_number(element.get("r"), row, column)
                if len(element) and (cell := self._cell(element, row, column)) is not None:
                    yield cell

    def _row_number(self, text: str | None, before: int) -> int:
        if text is None:
            row = before + 1
        elif _ROW.fullmatch(text):
            row = int(text)
        else:
            raise self._damaged()
        if not before < row <= MAX_ROWS:
            raise self._damaged()
        return row

    def _column_number(self, text: str | None, row: int, before: int) -> int:
        if text is None:
            column = before + 1
        else:
            match = _CELL.fullmatch(text)
            if match is None or int(match[2]) != row:
                raise self._damaged()
            letters = match[1]
            known = self._columns.get(letters)
            column = known or self._columns.setdefault(letters, column_number(letters))
        if not before < column <= MAX_COLUMNS:
            raise self._damaged()
        return column

    def _cell(self, element: Element, row: int, column: int) -> Cell | None:
        """The cell; ``None`` where it holds nothing."""
        place = address(row, column)
        kind = element.get("t", "n")
        parts: dict[str, Element] = {}
        for child in element:
            local = child.tag.removeprefix(self._space)
            if local not in _PARTS_OF_A_CELL or local in parts:
                raise self._damaged(place)
            parts[local] = child
        if ("is" in parts) > (kind == "inlineStr") or ("v" in parts and kind == "inlineStr"):
            raise self._damaged(place)
        try:
            formula = self._formula(parts["f"]) if "f" in parts else None
            stored = _content(parts["v"]) if "v" in parts else ""
            text = rich_text(parts["is"]) if "is" in parts else stored
            style = self._style(element.get("s"))
            value, problem = self._value(kind, text, style)
        except (ValueError, IndexError, KeyError) as error:
            raise self._damaged(place) from error
        if formula is not None and calls_program(formula):
            raise UnreadableError("calls", self._name, place)
        if self._is_picture(element, formula, value):
            value, problem = None, "picture"
        elif formula is not None and problem is None:
            if value is None and kind != "str":  # an empty text is a result
                problem = "uncalculated"
            elif self._around.untrusted and value == 0:
                value, problem = None, "uncalculated"
        elif value is None and problem is None:
            return None
        return Cell(
            self._name, row, column, place, value, raw_of(value), style.number_format, formula, problem
        )

    def _style(self, index: str | None) -> Style:
        """The style of a cell; raises ``IndexError`` where the workbook has none of that number."""
        number = int(index or 0)
        styles = self._around.styles
        if number == 0 and not styles:
            return Style()
        if number < 0:
            raise IndexError(number)
        return styles[number]

    def _value(self, kind: str, text: str, style: Style) -> tuple[Value, str | None]:
        """What a stored result says, and what is wrong with it; raises ``ValueError`` for nonsense."""
        if kind not in _KINDS:
            raise ValueError(kind)
        if not text:
            return None, None
        if kind == "s":
            return clean(self._around.texts.text(_index(text))), None
        if kind in ("str", "inlineStr"):
            return clean(text), None
        text = text.strip(" \t\r\n")
        if kind == "b":
            return _BOOLEANS[text.lower()], "boolean"
        if kind == "e":
            return text, "error"
        if kind == "d":
            moment = date_of_text(text)
            if moment is None:
                raise ValueError(text)
            return moment, "date"
        number = _number(text)
        if style.is_date and number.is_finite():
            moment = date_of(float(text), self._around.epoch, elapsed=style.is_elapsed)
            return (moment, "date") if moment is not None else (str(number), "date")
        return (number, None) if number.is_finite() else (str(number), "error")

    def _formula(self, element: Element) -> str:
        """The text of a formula; one that shares another's has that one's text."""
        text = _content(element)
        kind, group = element.get("t"), element.get("si", "")
        if kind == "shared":
            if text:
                self._formulas.setdefault(group, text)
            else:
                text = self._formulas.get(group, "")
        elif kind == "dataTable":
            text = "TABLE()"
        return f"={text}"

    def _is_picture(self, element: Element, formula: str | None, value: Value) -> bool:
        if is_picture(formula, value):
            return True
        number = element.get("vm", "")
        return number.isascii() and number.isdigit() and int(number[:9]) in self._around.pictures()

    # --- merges, and what nobody sees ---------------------------------------------------------------

    def _merges(self) -> tuple[Area, ...]:
        areas = []
        extent = 0
        for item in self._root.iter(f"{self._space}mergeCell"):
            area = self._area(item.get("ref", ""))
            extent += (area.bottom - area.top + 1) * (area.right - area.left + 1)
            if extent > MAX_RANGE_CELLS:
                raise UnreadableError("ranges", self._name, area.address)
            areas.append(area)
        return tuple(sorted(areas, key=lambda area: (area.first, area.bottom, area.right)))

    def _area(self, reference: str) -> Area:
        match = _RANGE.fullmatch(reference)
        if match is None:  # whole columns: no program writes these
            raise UnreadableError("ranges", self._name)
        left, top, right, bottom = match.groups()
        columns = sorted((column_number(left), column_number(right or left)))
        rows = sorted((int(top), int(bottom or top)))
        if columns[1] > MAX_COLUMNS or rows[1] > MAX_ROWS:
            raise self._damaged()
        return Area(rows[0], columns[0], rows[1], columns[1])

    def _hidden_columns(self) -> frozenset[int]:
        spans = []
        for item in self._root.iter(f"{self._space}col"):
            if item.get("hidden", "0").lower() in _TRUE or _is_nothing(item.get("width")):
                first, last = item.get("min", ""), item.get("max", "")
                if not (_ROW.fullmatch(first) and last.isascii() and last.isdigit()):
                    raise self._damaged()
                spans.append((int(first), min(int(last[:9]), MAX_COLUMNS)))
        hidden: list[int] = []
        for first_column, last_column in sorted(spans):  # each once, however many spans overlap
            hidden += range(max(first_column, hidden[-1] + 1 if hidden else 1), last_column + 1)
        return frozenset(hidden)


_KINDS = frozenset(["b", "d", "e", "inlineStr", "n", "s", "str"])
"""Kinds of cells (ECMA-376 part 1, 18.18.11 ST_CellType)."""
_PARTS_OF_A_CELL = frozenset(["f", "v", "is", "extLst"])


def _number(text: str) -> Decimal:
    """A number as Excel shows it, infinite where it is beyond any. Raises ``ValueError`` for none."""
    if text.upper() in ("NAN", "INF", "-INF"):
        return Decimal(text)
    if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text):
        raise ValueError(text)
    if text.isdigit() and len(text) <= _DIGITS:
        return Decimal(text)
    return decimal_of(float(text))


def _index(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    return int(text[:12])


def _is_nothing(size: str | None) -> bool:
    """Whether a height or width is none; an attribute that is not there says nothing."""
    return size is not None and bool(_NUMBER.fullmatch(size)) and not float(size)
