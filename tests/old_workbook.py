"""An .xls workbook (BIFF8 in an OLE2 file), written record by record ([MS-XLS], [MS-CFB]).

It says what no program at hand writes: links of every kind, sheets that reach to their end.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence

BOF, EOF, SHEET, LOOK, LINK, LINKED_NAME = 0x0809, 0x000A, 0x0085, 0x00E0, 0x01AE, 0x0023
DIMENSIONS, NUMBER, LABEL = 0x0200, 0x0203, 0x0204
SECTOR, SMALLEST = 512, 4096
FREE, END, OF_FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD

Record = tuple[int, bytes]
Value = tuple[int, int, float | str]
"""Row and column, both from 0, and what stands there."""


def link(path: str, sheets: int = 1) -> Record:
    """What formulas refer to, by its encoded path (2.4.271 SupBook)."""
    return LINK, struct.pack("<2HB", sheets, len(path), 1) + path.encode("utf-16-le")


def own_link(mark: int) -> Record:
    """The workbook itself (0x0401), or add-in functions (0x3A01)."""
    return LINK, struct.pack("<2H", 1, mark)


def linked_name(flags: int) -> Record:
    """A name that belongs to the link before it (2.4.105 ExternName)."""
    return LINKED_NAME, struct.pack("<HI", flags, 0) + b"\x01\x00a\x00\x00"


def old_workbook(
    sheets: Mapping[str, Sequence[Value]],
    more: Iterable[Record] = (),
    reach: tuple[int, int, int, int] | None = None,
    *,
    smallest: int = SMALLEST,
) -> bytes:
    """The workbook; ``more`` stands among the globals, ``reach`` is what each sheet says of its size.

    A stream shorter than 4,096 bytes lies among the small ones of its file.
    """
    bodies = [_sheet(cells, reach) for cells in sheets.values()]
    head = [(BOF, struct.pack("<4H2I", 0x0600, 5, 0x0DBB, 0x07CC, 0, 6)), (LOOK, bytes(20)), *more]
    names = [name.encode("utf-16-le") for name in sheets]
    place = sum(4 + len(body) for _, body in head) + sum(12 + len(name) for name in names) + 4
    for name, body in zip(names, bodies, strict=True):
        head.append((SHEET, struct.pack("<I4B", place, 0, 0, len(name) // 2, 1) + name))
        place += len(body)
    return _file((_records([*head, (EOF, b"")]) + b"".join(bodies)).ljust(smallest, b"\0"))


def _sheet(cells: Sequence[Value], reach: tuple[int, int, int, int] | None) -> bytes:
    rows, columns = [row for row, _, _ in cells], [column for _, column, _ in cells]
    box = reach or (min(rows), max(rows) + 1, min(columns), max(columns) + 1)
    records: list[Record] = [
        (BOF, struct.pack("<4H2I", 0x0600, 0x10, 0x0DBB, 0x07CC, 0, 6)),
        (DIMENSIONS, struct.pack("<2I3H", *box, 0)),
    ]
    for row, column, value in cells:
        place = struct.pack("<3H", row, column, 0)
        if isinstance(value, str):
            words = value.encode("utf-16-le")
            records.append((LABEL, place + struct.pack("<HB", len(words) // 2, 1) + words))
        else:
            records.append((NUMBER, place + struct.pack("<d", value)))
    return _records([*records, (EOF, b"")])


def _records(records: Iterable[Record]) -> bytes:
    return b"".join(struct.pack("<2H", kind, len(body)) + body for kind, body in records)


def _file(stream: bytes) -> bytes:
    """An OLE2 file with one stream: its table, its directory, small sectors where needed, the stream."""
    small = len(stream) < SMALLEST
    kept = stream.ljust(-(-len(stream) // SECTOR) * SECTOR, b"\0")
    count = len(kept) // SECTOR
    first = 3 if small else 2
    chain = [first + place + 1 for place in range(count - 1)] + [END]
    table = [OF_FAT, END, *([END] if small else []), *chain]
    table += [FREE] * (SECTOR // 4 - len(table))
    units = -(-len(stream) // 64)
    small_table = [place + 1 for place in range(units - 1)] + [END]
    small_table += [FREE] * (SECTOR // 4 - len(small_table))
    head = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6)
    head += bytes(6) + struct.pack("<5I", 0, 1, 1, 0, SMALLEST)
    head += struct.pack("<4I", 2 if small else END, 1 if small else 0, END, 0)
    head += struct.pack("<109I", 0, *[FREE] * 108)
    root = _entry("Root Entry", 5, first if small else END, len(kept) if small else 0, child=1)
    directory = root + _entry("Workbook", 2, 0 if small else first, len(stream)) + bytes(256)
    tables = struct.pack(f"<{len(table)}I", *table)
    smalls = struct.pack(f"<{len(small_table)}I", *small_table) if small else b""
    return head + tables + directory + smalls + kept


def _entry(name: str, kind: int, start: int, size: int, child: int = FREE) -> bytes:
    """A directory entry ([MS-CFB] 2.6.1)."""
    words = name.encode("utf-16-le")
    entry = words.ljust(64, b"\0") + struct.pack("<H2B3I", len(words) + 2, kind, 1, FREE, FREE, child)
    return entry + bytes(36) + struct.pack("<IQ", start, size)
