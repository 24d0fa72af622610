"""The records of a binary Excel workbook (.xlsb, BIFF12) → what calamine leaves out of it.

Record numbers and layouts are those of [MS-XLSB], sections 2.3 and 2.4.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
from collections.abc import Iterator, Mapping
from urllib.parse import unquote
from xml.etree import ElementTree

from generators.archive import read_part
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

_BUNDLE_SHEET, _CALCULATION, _SUPPORTING = 156, 157, 360
_FORMAT, _STYLE, _STYLES_BEGIN, _STYLES_END = 44, 47, 617, 618
_ROW, _COLUMNS, _MERGE = 0, 60, 176
_SHORT_BLANK = 12
_BLANKS = (1, _SHORT_BLANK)
_CELLS = {
    2: Kind.NUMBER,
    3: Kind.ERROR,
    4: Kind.BOOLEAN,
    5: Kind.NUMBER,
    6: Kind.TEXT,
    7: Kind.TEXT,
    8: Kind.TEXT,
    9: Kind.NUMBER,
    10: Kind.BOOLEAN,
    11: Kind.ERROR,
    62: Kind.TEXT,
}
_SHORT_CELLS = {
    13: Kind.NUMBER,
    14: Kind.ERROR,
    15: Kind.BOOLEAN,
    16: Kind.NUMBER,
    17: Kind.TEXT,
    18: Kind.TEXT,
}
"""Cells in the column after the one before, which calamine does not know: it is found out here."""
_FORMULAS = range(8, 12)
_STATES = ("visible", "hidden", "veryHidden")
_MODIFIED = re.compile(rb"<dcterms:modified[^<>]{0,200}>([^<]{1,40})<")
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"

Record = tuple[int, bytes]


def facts_of(data: bytes) -> BookFacts:
    """What the .xlsb file ``data`` holds.

    Raises :class:`ForeignError`, or nearly anything where the file is damaged.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {entry.filename.lower(): read_part(archive, entry) for entry in archive.infolist()}
    main = _main(parts)
    facts = BookFacts()
    for name, part in parts.items():
        if "/externallinks/" in f"/{name}" and name.endswith(".bin"):
            with reading(name):
                _supporting(part, facts)
        if name.endswith("/connections.bin") or "/querytables/" in f"/{name}":
            facts.beside.add("connections")
    style_part = posixpath.join(posixpath.dirname(main), "styles.bin")
    with reading(style_part):
        styles = list(_styles(parts.get(style_part, b"")))
    targets = _targets(parts, main)
    calculated, found = True, []
    with reading(main):
        for kind, body in _records(parts[main]):
            if kind == _CALCULATION:
                calculated = not body[24] & 1
            elif kind == _BUNDLE_SHEET:
                state = _STATES[min(struct.unpack_from("<I", body)[0] & 3, 2)]
                relation, place = _text(body, 8)
                target = targets.get(relation, "")
                if "worksheets/" in target:
                    found.append((SheetFacts(_text(body, place)[0], state), target))
    for sheet, target in found:
        if target not in parts:
            raise ForeignError("part_missing", sheet.name, part=target)
        facts.sheets.append(sheet)
        with reading(target, sheet.name):
            _worksheet(parts[target], sheet, facts, styles, calculated=calculated)
    saved = _MODIFIED.search(parts.get("docprops/core.xml", b""))
    facts.saved_at = saved[1].decode("ascii", "replace").strip() if saved else ""
    return facts


def _main(parts: Mapping[str, bytes]) -> str:
    """The part that holds the workbook, by the package's relationships or else by its name."""
    with reading("_rels/.rels"):
        roots = _relations(parts.get("_rels/.rels", b"<none/>"), "")
    named = [target for target, kind in roots.values() if kind.endswith("/officeDocument")]
    found = [name for name in (*named, *parts) if name.endswith("workbook.bin") and name in parts]
    if not found:
        raise ForeignError("part_missing", part=named[0] if named else "xl/workbook.bin")
    return found[0]


def _supporting(part: bytes, facts: BookFacts) -> None:
    """Another workbook that formulas refer to, or a program (2.4.224 BrtBeginSupBook)."""
    for kind, body in _records(part):
        if kind == _SUPPORTING:
            if _u16(body, 0) != 0:
                raise ForeignError("calls")
            facts.beside.add("links")


def _styles(part: bytes) -> Iterator[str]:
    """The number format of each cell style, in order."""
    formats = dict(BUILT_IN_FORMATS)
    inside = False
    for kind, body in _records(part):
        if kind == _FORMAT:
            formats[_u16(body, 0)] = _text(body, 2)[0]
        elif kind in (_STYLES_BEGIN, _STYLES_END):
            inside = kind == _STYLES_BEGIN
        elif kind == _STYLE and inside:
            yield formats.get(_u16(body, 2), "General")


def _targets(parts: Mapping[str, bytes], main: str) -> dict[str, str]:
    """The parts that the workbook's relationships name, in small letters, by their ids."""
    folder, _, name = main.rpartition("/")
    listing = f"{folder}/_rels/{name}.rels".lstrip("/")
    if listing not in parts:
        raise ForeignError("part_missing", part=listing)
    with reading(listing):
        return {key: target for key, (target, _) in _relations(parts[listing], folder).items()}


def _relations(part: bytes, folder: str) -> dict[str, tuple[str, str]]:
    """The part that each relationship leads to, and its type, by id."""
    return {
        item.get("Id", ""): (
            posixpath.normpath(posixpath.join("/", folder, unquote(item.get("Target", ""))))
            .lstrip("/")
            .lower(),
            item.get("Type", ""),
        )
        for item in ElementTree.fromstring(part).iter(_RELATION)
    }


def _worksheet(
    part: bytes, sheet: SheetFacts, facts: BookFacts, styles: list[str], *, calculated: bool
) -> None:
    row = column = 0
    for kind, body in _records(part):
        if kind == _ROW:
            row, column = struct.unpack_from("<I", body)[0] + 1, -1
            if body[11] & 0x10 or not _u16(body, 8):
                sheet.hide_rows(row, row)
        elif kind in _CELLS:
            column, style = struct.unpack_from("<2I", body)
            what = _CELLS[kind]
            # As in .xlsx: a 0 in a workbook that asks to be calculated may be no result.
            if kind == 9 and not calculated and struct.unpack_from("<d", body, 8)[0] == 0:
                what = Kind.BLANK
            shown = ERRORS.get(body[8], "#VALUE!") if what is Kind.ERROR else ""
            number_format = styles[style & 0xFFFFFF]
            cell = CellFacts(what, number_format, kind in _FORMULAS, shown)
            facts.put(sheet, row, column + 1, cell)
        elif kind in _SHORT_CELLS:
            column += 1
            facts.put(sheet, row, column + 1, CellFacts(_SHORT_CELLS[kind], shown="#VALUE!"))
        elif kind in _BLANKS:
            column = column + 1 if kind == _SHORT_BLANK else struct.unpack_from("<I", body)[0]
        elif kind == _COLUMNS:
            first, last, width = struct.unpack_from("<3I", body)
            if _u16(body, 16) & 1 or not width:
                sheet.hide_columns(first + 1, last + 1)
        elif kind == _MERGE:
            top, bottom, left, right = struct.unpack_from("<4I", body)
            facts.merge(sheet, top + 1, left + 1, bottom + 1, right + 1)


def _records(part: bytes) -> Iterator[Record]:
    """The records of a part: number and length take seven bits of each byte (2.1.4)."""
    place = 0
    while place < len(part):
        kind, place = _varying(part, place, 2)
        length, place = _varying(part, place, 4)
        body = part[place : place + length]
        if len(body) < length:
            raise ValueError("a record that is cut")
        place += length
        yield kind, body


def _varying(part: bytes, place: int, most: int) -> tuple[int, int]:
    """A number of up to ``most`` bytes, and where the next thing begins."""
    number = 0
    for shift in range(most):
        byte = part[place]
        place += 1
        number |= (byte & 0x7F) << (7 * shift)
        if not byte & 0x80:
            break
    return number, place


def _u16(body: bytes, place: int) -> int:
    return int.from_bytes(body[place : place + 2], "little")


def _text(body: bytes, place: int) -> tuple[str, int]:
    """A text with its length before it (2.5.168 XLWideString), and where the next thing begins."""
    count = struct.unpack_from("<I", body, place)[0]
    if count == 0xFFFFFFFF:  # no text
        return "", place + 4
    end = place + 4 + 2 * count
    if end > len(body):
        raise ValueError("a text that is cut")
    return body[place + 4 : end].decode("utf-16-le", "replace"), end
