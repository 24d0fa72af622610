"""An .xlsb workbook, written record by record ([MS-XLSB]) from an .xlsx that openpyxl reads.

No program at hand writes the format; calamine and LibreOffice both read what this makes.
"""

from __future__ import annotations

import datetime as dt
import io
import struct
from collections.abc import Iterable, Sequence
from typing import Any

import openpyxl
from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import to_excel

from generators.package import package_of

_TYPES = b"""<?xml version="1.0"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>
<Override PartName="/xl/styles.bin" ContentType="application/vnd.ms-excel.styles"/>%s</Types>"""
_RELATIONS = b"""<?xml version="1.0"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>"""
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STATES = {"visible": 0, "hidden": 1, "veryHidden": 2}
_ERRORS = {"#DIV/0!": 0x07, "#REF!": 0x17, "#N/A": 0x2A}


def record(kind: int, body: bytes = b"") -> bytes:
    """One record: number and length take seven bits of each byte."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length = len(body)
    while True:
        head += bytes([length & 0x7F | (0x80 if length > 0x7F else 0)])
        length >>= 7
        if not length:
            return head + body


def text(value: str) -> bytes:
    encoded = value.encode("utf-16-le")
    return struct.pack("<I", len(encoded) // 2) + encoded


def binary_workbook(data: bytes, more: Iterable[tuple[str, bytes]] = ()) -> bytes:
    """The .xlsb of the .xlsx in ``data``: values, formats, merges, what is hidden; with ``more`` parts.

    A formula is written as 1+1 with a result of 2.
    """
    book: Any = openpyxl.load_workbook(io.BytesIO(data))
    formats: list[str] = ["General"]
    parts: dict[str, bytes] = {}
    sheets = relations = types = b""
    for number, sheet in enumerate(book.worksheets, 1):
        name = f"worksheets/sheet{number}.bin"
        parts[f"xl/{name}"] = _worksheet(sheet, formats)
        state = struct.pack("<2I", _STATES[sheet.sheet_state], number)
        sheets += record(156, state + text(f"rId{number}") + text(sheet.title))
        relations += _relation(f"rId{number}", "worksheet", name)
        kind = "application/vnd.ms-excel.worksheet"
        types += f'<Override PartName="/xl/{name}" ContentType="{kind}"/>'.encode()
    relations += _relation("rIdStyles", "styles", "styles.bin")
    bundle = record(143) + sheets + record(144)
    return package_of(
        {
            "[Content_Types].xml": _TYPES % types,
            "_rels/.rels": _RELATIONS % _relation("rId1", "officeDocument", "xl/workbook.bin"),
            "xl/workbook.bin": record(131) + bundle + record(132),
            "xl/_rels/workbook.bin.rels": _RELATIONS % relations,
            "xl/styles.bin": _styles(formats),
            **parts,
            **dict(more),
        }
    )


def _relation(name: str, kind: str, target: str) -> bytes:
    return f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'.encode()


def _styles(formats: Sequence[str]) -> bytes:
    own = b"".join(
        record(44, struct.pack("<H", 164 + place) + text(code)) for place, code in enumerate(formats)
    )
    looks = b"".join(
        record(47, struct.pack("<5H2BI", 0, 164 + place, 0, 0, 0, 0, 0, 0))
        for place in range(len(formats))
    )
    count = struct.pack("<I", len(formats))
    return b"".join(
        (
            record(278),
            *(record(615, count), own, record(616)),
            *(record(617, count), looks, record(618)),
            record(279),
        )
    )


def _worksheet(sheet: Any, formats: list[str]) -> bytes:
    columns = b"".join(
        record(60, struct.pack("<4IH", number - 1, number - 1, 2560, 0, 1))
        for letter, column in sheet.column_dimensions.items()
        if column.hidden and (number := column_index_from_string(letter))
    )
    rows = b""
    for row in sheet.iter_rows():
        hidden = 0x10 if sheet.row_dimensions[row[0].row].hidden else 0
        rows += record(0, struct.pack("<2IH3BI", row[0].row - 1, 0, 300, 0, hidden, 0, 0))
        rows += b"".join(_cell(cell, formats) for cell in row if cell.value is not None)
    merges = b"".join(
        record(176, struct.pack("<4I", m.min_row - 1, m.max_row - 1, m.min_col - 1, m.max_col - 1))
        for m in sheet.merged_cells.ranges
    )
    merging = record(177, struct.pack("<I", len(sheet.merged_cells.ranges)))
    dimension = record(148, struct.pack("<4I", 0, sheet.max_row - 1, 0, sheet.max_column - 1))
    return b"".join(
        (
            *(record(129), dimension),
            *((record(390), columns, record(391)) if columns else ()),
            *(record(145), rows, record(146)),
            *((merging, merges, record(178)) if merges else ()),
            record(130),
        )
    )


def _cell(cell: Any, formats: list[str]) -> bytes:
    if cell.number_format not in formats:
        formats.append(cell.number_format)
    head = struct.pack("<2I", cell.column - 1, formats.index(cell.number_format))
    value = cell.value
    if cell.data_type == "f":
        formula = struct.pack("<BHBHB", 0x1E, 1, 0x1E, 1, 0x03)
        rest = struct.pack("<dHI", 2.0, 0, len(formula)) + formula + struct.pack("<I", 0)
        return record(9, head + rest)
    if cell.data_type == "e":
        return record(3, head + bytes([_ERRORS[value]]))
    if isinstance(value, bool):
        return record(4, head + bytes([value]))
    if isinstance(value, dt.datetime):
        value = to_excel(value)
    if isinstance(value, str):
        return record(6, head + text(value))
    return record(5, head + struct.pack("<d", value))
