"""One pass over the XML of a workbook's parts, in linear time, before a parser builds anything of it.

Regular expressions over hostile markup take quadratic time; expat takes linear time, keeps nothing,
and sees exactly what openpyxl's own reading (expat, too) would see.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from generators.archive import Problem
from generators.excel.formulas import calls_program
from generators.excel.order import CellOrder
from generators.text import column_number

MAX_MARKS = 400_000
"""XML tags in the whole workbook, opening and closing: some 80,000 filled cells, 7 seconds, 250 MB."""
MAX_RANGE_CELLS = 100_000
MAX_DEPTH = 128
"""Elements in one another. A form has 15, a drawing of groups some 40; libxml2 stops at 256."""
MAX_TEXT = 250_000
"""Characters of one text. Excel takes 32,767 a cell, and writes up to seven for one (``_x000D_``)."""
MAX_VALUE = 40_000
"""Characters of one attribute."""
MAX_FORMAT = 255
"""Characters of a number format (Excel specifications and limits)."""
MAX_SHEETS = 255
CELL_TEXT = 32_767
"""Characters a cell (Excel specifications and limits)."""
MAX_SHARED = 4_000_000
"""Characters of formulas that are written out for the cells which share them: some 8 seconds."""

_RANGED = frozenset(["mergeCell", "hyperlink", "comment"])
_TEXTS = frozenset(["si", "is", "c", "comment", "f", "definedName"])
"""The elements whose whole text is one."""
_CALLING = frozenset(["ddeLink", "oleLink"])
_CELL_OR_RANGE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})(?::\$?([A-Za-z]{1,3})\$?(\d{1,7}))?")
_STRANGE = (b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"<\0\0\0", b"\0\0\0<", b"\x4c\x6f\xa7\x94")
"""How XML begins in UTF-32 and EBCDIC, which libxml2 reads and expat does not."""
_DECLARED = re.compile(rb"<\?xml[^<>]{0,200}?encoding\s*=\s*[\"']([\w.-]{1,40})[\"']", re.IGNORECASE)
_KNOWN_ENCODINGS = frozenset([b"utf-8", b"utf-16", b"utf8", b"us-ascii", b"iso-8859-1"])


_PARAMS = {"long_text": {"limit": str(CELL_TEXT)}, "too_many_sheets": {"limit": str(MAX_SHEETS)}}


class _RefusedError(Exception):
    """Leaves expat's pass; the first argument is the problem's code."""


@dataclass
class Survey:
    """What the parts seen so far hold together; see :meth:`look_at`."""

    marks: int = 0
    range_cells: int = 0
    sheets: set[str] = field(default_factory=set)
    links: set[str] = field(default_factory=set)
    """``connections`` where the workbook asks for data from elsewhere when it is refreshed."""
    _depth: int = 0
    _text: int = 0
    _text_depth: int = 0
    _formula: list[str] | None = None
    _shared: int = 0
    _longest: int = 0
    _order: CellOrder = field(default_factory=CellOrder)

    def look_at(self, part: bytes) -> Problem | None:
        """Why no parser may be given ``part``; ``None`` where one may, and for what is no XML."""
        if part.startswith(_STRANGE):
            return "encoding", {}
        if b"<" not in part[:64]:
            return None  # a picture, or some other program's data
        declared = _DECLARED.search(part[:400])
        if declared and declared[1].lower() not in _KNOWN_ENCODINGS:
            return "encoding", {}
        self._depth = self._text = self._text_depth = self._shared = self._longest = 0
        self._order = CellOrder()
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        try:
            parser.Parse(part, True)
        except _RefusedError as refused:
            return str(refused), _PARAMS.get(str(refused), {})
        except (expat.ExpatError, UnicodeError):
            return None  # whoever needs it fails at the same place
        return None

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count()
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _RefusedError("nesting")
        local = name.rpartition(":")[2]
        if local in _TEXTS and not self._text_depth:
            self._text, self._text_depth = 0, self._depth
        for key, value in attributes.items():
            if len(value) > MAX_VALUE or (key == "formatCode" and len(value) > MAX_FORMAT):
                raise _RefusedError("long_text")
        if not self._order.start(name, attributes):
            raise _RefusedError("damaged")
        if local in _RANGED:
            self.range_cells += _extent(attributes.get("ref", "A1"))
            if self.range_cells > MAX_RANGE_CELLS:
                raise _RefusedError("ranges")
        elif local == "f":
            self._formula = []
            self._shared += attributes.get("t") == "shared"
        elif local == "sheet":
            self._count_sheet(attributes.get("name", "").casefold())
        elif local in _CALLING or (local == "oleObject" and "link" in attributes):
            raise _RefusedError("calls")
        elif local in ("connection", "queryTable"):
            self.links.add("connections")

    def _end(self, name: str) -> None:
        self._count()
        if self._depth == self._text_depth:
            self._text_depth = 0
        self._order.end(name)
        self._depth -= 1
        if self._formula is not None and name.rpartition(":")[2] == "f":
            text = "".join(self._formula)
            self._formula = None
            self._longest = max(self._longest, len(text))
            if self._shared * self._longest > MAX_SHARED:
                raise _RefusedError("too_many_cells")
            if calls_program(text):
                raise _RefusedError("calls")

    def _characters(self, text: str) -> None:
        self._text += len(text)
        if self._text_depth and self._text > MAX_TEXT:
            raise _RefusedError("long_text")
        if self._formula is not None:
            self._formula.append(text)

    def _count_sheet(self, name: str) -> None:
        if name in self.sheets:
            raise _RefusedError("damaged")
        self.sheets.add(name)
        if len(self.sheets) > MAX_SHEETS:
            raise _RefusedError("too_many_sheets")

    def _count(self) -> None:
        self.marks += 1
        if self.marks > MAX_MARKS:
            raise _RefusedError("too_many_cells")


def _extent(reference: str) -> int:
    """The number of cells that a ``ref`` covers; beyond the limit where it is unusual."""
    match = _CELL_OR_RANGE.fullmatch(reference)
    if match is None:  # whole columns: no program writes these
        return MAX_RANGE_CELLS + 1
    left, top, right, bottom = match.groups()
    if right is None:
        return 1
    columns = abs(column_number(right) - column_number(left)) + 1
    return columns * (abs(int(bottom) - int(top)) + 1)
