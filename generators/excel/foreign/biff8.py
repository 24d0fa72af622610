"""The records of an Excel 97 or WPS workbook (BIFF8) → what calamine leaves out of it.

Record numbers and layouts are those of [MS-XLS], sections 2.3 and 2.4.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from generators.excel.foreign.facts import (
    ERRORS,
    BookFacts,
    CellFacts,
    ForeignError,
    Kind,
    SheetFacts,
    reading,
)
from generators.excel.values import BUILT_IN_FORMATS

_BOF, _EOF, _FILEPASS = 0x0809, 0x000A, 0x002F
_BOUNDSHEET, _FORMAT, _XF, _SUPBOOK, _RECALCID = 0x0085, 0x041E, 0x00E0, 0x01AE, 0x01C1
_CONNECTIONS = (0x01AD, 0x0876)
"""Qsi and DConn: a query table, a data connection."""
_ROW, _COLINFO, _MERGECELLS = 0x0208, 0x007D, 0x00E5
_NUMBER, _RK, _MULRK, _FORMULA, _BOOLERR = 0x0203, 0x027E, 0x00BD, 0x0006, 0x0205
_TEXTS = (0x00FD, 0x0204, 0x00D6)
"""LabelSst, Label, RString."""
_BIFF8 = 0x0600
_EXTERNAL_NAME, _DIMENSIONS = 0x0023, 0x0200
_OWN, _ADD_IN = 0x0401, 0x3A01
_SAME_SHEET, _UNUSED, _FILE = "\0", " ", "\x01"
"""How the path of another sheet begins: of the same one, of none, of one in another file (2.5.277)."""
_CALLS = "\x03"
"""Stands between program and topic in the name of a DDE or OLE link, and between folders in the path
of a file, which begins otherwise."""
_OF_PROGRAM = 0x18
"""The bits of an external name that belongs to a DDE or OLE link: fOle, fOleLink (2.4.105)."""
STREAM = "Workbook"
_BOX = struct.Struct("<2I2H")
"""First row and the one after the last, first column and the one after the last (2.4.90)."""
_STATES = ("visible", "hidden", "veryHidden")
_NOT_WORKSHEETS = {1: "macros", 6: "macros"}

Record = tuple[int, bytes]


def facts_of(data: bytes) -> BookFacts:
    """What the workbook in the OLE2 file ``data`` holds.

    Raises :class:`ForeignError`, or nearly anything where the file is damaged.
    """
    import olefile

    with olefile.OleFileIO(io.BytesIO(data)) as file:
        name = _stream_name(file)
        with reading(name):
            stream: bytes = file.openstream(name).read()
        saved: Any = file.get_metadata().last_saved_time if _tells_saving(file) else None
    facts = _Reader(stream, name).facts
    facts.saved_at = f"{saved.isoformat()}Z" if saved else ""
    return facts


def trimmed(data: bytes, facts: BookFacts) -> bytes:
    """The file, saying of each sheet that it reaches as far as its cells do.

    A sheet of which whole rows or columns were formatted says that it reaches to its end, and calamine
    keeps room for all that lies before.
    """
    import olefile

    changed = bytearray(data)
    with olefile.OleFileIO(io.BytesIO(data)) as file:
        name = _stream_name(file)
        stream: bytes = file.openstream(name).read()
        sectors = _Sectors.of(file, name)
    for sheet in facts.sheets:
        for start, kind, body in _places(stream, sheet.offset):
            if kind == _DIMENSIONS and len(body) >= _BOX.size:
                rows, columns = zip(*(sheet.cells or [(1, 1)]), strict=True)
                box = _BOX.pack(min(rows) - 1, max(rows), min(columns) - 1, max(columns))
                for number, byte in enumerate(box, start + 4):
                    changed[sectors.place(number)] = byte
                break
    return bytes(changed)


@dataclass(frozen=True)
class _Sectors:
    """Where the bytes of a stream lie in its file: the beginnings of its sectors, all of one size."""

    size: int
    starts: Sequence[int]

    @classmethod
    def of(cls, file: Any, name: str) -> _Sectors:
        entry = file.direntries[file._find(name)]
        if entry.size >= file.minisectorcutoff:
            own = _chain(file.fat, entry.isectStart)
            return cls(file.sectorsize, [(sector + 1) * file.sectorsize for sector in own])
        # Small streams share the sectors of the root entry, cut into small ones.
        if not file.minifat:
            file.loadminifat()
        root = _chain(file.fat, file.root.isectStart)
        shared = cls(file.sectorsize, [(sector + 1) * file.sectorsize for sector in root])
        small = _chain(file.minifat, entry.isectStart)
        starts = [shared.place(sector * file.minisectorsize) for sector in small]
        return cls(file.minisectorsize, starts)

    def place(self, number: int) -> int:
        """Where byte ``number`` of the stream lies."""
        return self.starts[number // self.size] + number % self.size


def _chain(table: Sequence[int], first: int) -> list[int]:
    """The sectors that follow each other by a table; ends where one comes again."""
    found: dict[int, None] = {}
    while first < len(table) and first not in found:
        found[first] = None
        first = table[first]
    return list(found)


def _stream_name(file: Any) -> str:
    name = next((name for name in (STREAM, "Book") if file.exists(name)), None)
    if name is None:
        raise ForeignError("part_missing", part=STREAM)
    return name


def _tells_saving(file: Any) -> bool:
    return bool(file.exists("\x05SummaryInformation"))


class _Reader:
    """Goes through the globals, then through each worksheet where they say that it begins."""

    def __init__(self, stream: bytes, name: str) -> None:
        self._stream = stream
        self._formats = dict(BUILT_IN_FORMATS)
        self._format_of_style: list[int] = []
        self._calculated = False
        self.facts = BookFacts()
        with reading(name):
            self.facts.sheets += self._globals()
        for sheet in self.facts.sheets:
            with reading(name, sheet.name):
                self._worksheet(sheet, sheet.offset)

    def _globals(self) -> Iterator[SheetFacts]:
        for kind, body in _records(self._stream, 0):
            if kind == _FILEPASS:
                raise ForeignError("encrypted")
            if kind == _FORMAT:
                self._formats[_u16(body, 0)] = _text(body, 2, wide_count=True)
            elif kind == _XF:
                self._format_of_style.append(_u16(body, 2))
            elif kind == _RECALCID:
                self._calculated = True
            elif kind == _SUPBOOK:
                self._supporting(body)
            elif kind == _EXTERNAL_NAME:
                if _u16(body, 0) & _OF_PROGRAM:
                    raise ForeignError("calls")
            elif kind in _CONNECTIONS:
                self.facts.beside.add("connections")
            elif kind == _BOUNDSHEET:
                if (what := body[5]) in _NOT_WORKSHEETS:
                    raise ForeignError(_NOT_WORKSHEETS[what])
                if what == 0:
                    state = _STATES[min(body[4] & 3, 2)]
                    yield SheetFacts(_text(body, 6), state, offset=struct.unpack_from("<I", body)[0])

    def _supporting(self, body: bytes) -> None:
        """A workbook, or a program, that formulas refer to; the workbook itself is one (2.4.271)."""
        if len(body) <= 4 and _u16(body, 2) in (_OWN, _ADD_IN):
            return
        path = _text(body, 2, wide_count=True)
        if path in (_SAME_SHEET, _UNUSED):
            return
        if not path.startswith(_FILE) and _CALLS in path:
            raise ForeignError("calls")
        self.facts.beside.add("links")

    def _worksheet(self, sheet: SheetFacts, offset: int) -> None:
        for kind, body in _records(self._stream, offset):
            if kind in _TEXTS:
                self._put(sheet, body, Kind.TEXT)
            elif kind in (_NUMBER, _RK):
                self._put(sheet, body, Kind.NUMBER)
            elif kind == _MULRK:
                row, first = _u16(body, 0), _u16(body, 2)
                for place in range((len(body) - 6) // 6):
                    style = _u16(body, 4 + 6 * place)
                    self._cell(sheet, row, first + place, style, Kind.NUMBER)
            elif kind == _BOOLERR:
                if body[7]:
                    self._put(sheet, body, Kind.ERROR, shown=ERRORS.get(body[6], "#VALUE!"))
                else:
                    self._put(sheet, body, Kind.BOOLEAN)
            elif kind == _FORMULA:
                self._formula(sheet, body)
            elif kind == _ROW:
                if body[12] & 0x20 or not _u16(body, 6) & 0x7FFF:
                    sheet.hide_rows(_u16(body, 0) + 1, _u16(body, 0) + 1)
            elif kind == _COLINFO:
                if body[8] & 1 or not _u16(body, 4):
                    sheet.hide_columns(_u16(body, 0) + 1, _u16(body, 2) + 1)
            elif kind == _MERGECELLS:
                for place in range(_u16(body, 0)):
                    top, bottom, left, right = struct.unpack_from("<4H", body, 2 + 8 * place)
                    self.facts.merge(sheet, top + 1, left + 1, bottom + 1, right + 1)
            elif kind in _CONNECTIONS:
                self.facts.beside.add("connections")

    def _formula(self, sheet: SheetFacts, body: bytes) -> None:
        """A formula with its last result: a number, or what a mark says (2.5.133 FormulaValue)."""
        if body[12:14] == b"\xff\xff":
            kind = (Kind.TEXT, Kind.BOOLEAN, Kind.ERROR, Kind.TEXT)[body[6]]
            shown = ERRORS.get(body[8], "#VALUE!") if kind is Kind.ERROR else ""
            self._put(sheet, body, kind, formula=True, shown=shown)
            return
        # Excel, WPS and LibreOffice say by which of their versions a workbook was calculated.
        # Programs that write formulas without calculating them do not, and write a 0.
        unknown = not self._calculated and struct.unpack_from("<d", body, 6)[0] == 0
        self._put(sheet, body, Kind.BLANK if unknown else Kind.NUMBER, formula=True)

    def _put(
        self, sheet: SheetFacts, body: bytes, kind: Kind, *, formula: bool = False, shown: str = ""
    ) -> None:
        row, column, style = struct.unpack_from("<3H", body)
        self._cell(sheet, row, column, style, kind, formula=formula, shown=shown)

    def _cell(
        self,
        sheet: SheetFacts,
        row: int,
        column: int,
        style: int,
        kind: Kind,
        *,
        formula: bool = False,
        shown: str = "",
    ) -> None:
        number_format = self._formats.get(self._format_of_style[style], "General")
        self.facts.put(sheet, row + 1, column + 1, CellFacts(kind, number_format, formula, shown))


def _records(stream: bytes, offset: int) -> Iterator[Record]:
    """The records of the substream that begins at ``offset``, without those of charts in it."""
    for _, kind, body in _places(stream, offset):
        yield kind, body


def _places(stream: bytes, offset: int) -> Iterator[tuple[int, int, bytes]]:
    """The same records, each with the place at which it begins."""
    depth = 0
    while True:
        kind, length = struct.unpack_from("<2H", stream, offset)
        body = stream[offset + 4 : offset + 4 + length]
        if len(body) < length or (depth == 0 and kind != _BOF):
            raise ForeignError("part_damaged", part=STREAM)
        place = offset
        offset += 4 + length
        if kind == _BOF:
            if depth == 0 and _u16(body, 0) != _BIFF8:
                raise ForeignError("legacy")
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth == 0:
                return
        elif depth == 1:
            yield place, kind, body


def _u16(body: bytes, place: int) -> int:
    return int.from_bytes(body[place : place + 2], "little")


def _text(body: bytes, place: int, *, wide_count: bool = False) -> str:
    """A text with its length before it (2.5.294 XLUnicodeString, 2.5.240 ShortXLUnicodeString)."""
    count = _u16(body, place) if wide_count else body[place]
    place += 2 if wide_count else 1
    if body[place] & 1:
        return body[place + 1 : place + 1 + 2 * count].decode("utf-16-le", "replace")
    return body[place + 1 : place + 1 + count].decode("latin-1")
