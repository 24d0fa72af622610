"""Bounds that are checked on a workbook's bytes before any parser sees them.

Every refusal is one finding of the ``format`` rule. The limits are generous for a form of some
hundred rows and far below what makes a parser slow: one merge over a whole column in a 5 KB file
keeps openpyxl busy for 25 seconds, and so does a hyperlink or a comment over such a range.
"""

from __future__ import annotations

import io
import re
import zipfile

from generators.model import Finding, Severity

MAX_FILE_BYTES = 20 * 2**20
MAX_ENTRIES = 2_000
MAX_UNZIPPED_BYTES = 80 * 2**20
MAX_RATIO = 250
RATIO_FLOOR_BYTES = 4 * 2**20
MAX_RANGE_CELLS = 100_000
MAX_MARKS = 1_000_000
"""XML tags in the whole workbook, opening and closing: some 250,000 filled cells, 10 seconds."""

OLE2_SIGNATURE = bytes.fromhex("D0CF11E0A1B11AE1")
ZIP_SIGNATURE = b"PK\x03\x04"
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")

_MACRO_PARTS = ("vbaproject.bin", "/macrosheets/")
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".svg", ".wdp")
_DOCTYPE = re.compile(rb"<!\s*DOCTYPE", re.IGNORECASE)
_RANGED = re.compile(
    rb"<(?:[\w.-]+:)?(?:mergeCell|hyperlink|comment)\s((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>"
)
_REFERENCE = re.compile(rb"(?:^|\s)ref\s*=\s*[\"']([^\"']*)[\"']")
_CELL_OR_RANGE = re.compile(rb"\$?([A-Za-z]{1,3})\$?(\d{1,7})(?::\$?([A-Za-z]{1,3})\$?(\d{1,7}))?")

_Problem = tuple[str, dict[str, str]]


def guard(data: bytes, file: str) -> Finding | None:
    """Return why ``data`` must not be handed to a parser, or ``None`` where it may.

    ``file`` is the name that the finding carries. Never raises.
    """

    def refuse(code: str, **params: str) -> Finding:
        return Finding(f"format.{code}", Severity.ERROR, file=file, params=params)

    if not data:
        return refuse("empty")
    if len(data) > MAX_FILE_BYTES:
        return refuse("too_large", limit=megabytes(MAX_FILE_BYTES))
    if data.startswith(OLE2_SIGNATURE):
        return refuse("encrypted" if ENCRYPTED_STREAM in data else "legacy")
    if not data.startswith(ZIP_SIGNATURE):
        return refuse("not_workbook")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            problem = _archive_problem(archive)
    except Exception:  # a damaged archive fails in many classes; to the clerk it is one thing
        return refuse("damaged")
    if problem is None:
        return None
    code, params = problem
    return refuse(code, **params)


def megabytes(size: int) -> str:
    """A number of bytes as whole megabytes, for a message."""
    return str(size // 2**20)


def _archive_problem(archive: zipfile.ZipFile) -> _Problem | None:
    entries = archive.infolist()
    names = {entry.filename.lower() for entry in entries}
    if len(entries) > MAX_ENTRIES:
        return "too_many_parts", {"limit": str(MAX_ENTRIES)}
    unzipped = sum(entry.file_size for entry in entries)
    zipped = sum(entry.compress_size for entry in entries)
    if unzipped > RATIO_FLOOR_BYTES and unzipped > MAX_RATIO * max(zipped, 1):
        return "bomb", {}
    if unzipped > MAX_UNZIPPED_BYTES:
        return "too_large", {"limit": megabytes(MAX_UNZIPPED_BYTES)}
    if any(entry.flag_bits & 0x1 for entry in entries):
        return "encrypted", {}
    if "[content_types].xml" not in names or not any(n.endswith("workbook.xml") for n in names):
        return "not_workbook", {}
    if any(mark in f"/{name}" for name in names for mark in _MACRO_PARTS):
        return "macros", {}
    return _content_problem(archive, entries)


def _content_problem(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> _Problem | None:
    """What a parser would choke on. A part may have any name, so every part is looked at."""
    marks = 0
    cells = 0
    for entry in entries:
        part = _as_ascii(archive.read(entry))
        # A picture may be an SVG, which declares a document type in all honesty.
        if not entry.filename.lower().endswith(_PICTURES) and _DOCTYPE.search(part):
            return "entities", {}
        marks += part.count(b"<")
        if marks > MAX_MARKS:
            return "too_many_cells", {}
        cells += sum(_extent(match[1]) for match in _RANGED.finditer(part))
        if cells > MAX_RANGE_CELLS:
            return "ranges", {}
    return None


def _as_ascii(part: bytes) -> bytes:
    """The part so that its markup can be searched: UTF-16 loses the zero half of every letter."""
    wide = part[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
    return part.replace(b"\x00", b"") if wide else part


def _extent(attributes: bytes) -> int:
    """The number of cells that an element's ``ref`` covers; beyond the limit where it is unusual."""
    reference = _REFERENCE.search(attributes)
    if reference is None:
        return 1
    match = _CELL_OR_RANGE.fullmatch(reference[1])
    if match is None:  # whole columns, character references: no program writes these
        return MAX_RANGE_CELLS + 1
    left, top, right, bottom = match.groups()
    if right is None:
        return 1
    columns = abs(_column_number(right) - _column_number(left)) + 1
    return columns * (abs(int(bottom) - int(top)) + 1)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.decode("ascii").upper():
        number = number * 26 + ord(letter) - 64
    return number
