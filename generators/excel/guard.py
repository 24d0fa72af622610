"""Bounds that are checked on a workbook's bytes before any parser sees them.

Every refusal is one finding of the ``format`` rule. The limits are generous for a form of some
hundred rows and far below what makes a parser slow: one merge over a whole column in a 5 KB file
keeps openpyxl busy for 25 seconds.
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
MAX_MERGED_CELLS = 100_000

OLE2_SIGNATURE = bytes.fromhex("D0CF11E0A1B11AE1")
ZIP_SIGNATURE = b"PK\x03\x04"
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")

_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z]+)(\d+):([A-Z]+)(\d+)[\"']")
_DOCTYPE = (b"<!DOCTYPE", "<!DOCTYPE".encode("utf-16-le"), "<!DOCTYPE".encode("utf-16-be"))


def guard(data: bytes, file: str) -> Finding | None:
    """Return why ``data`` must not be handed to a parser, or ``None`` where it may.

    ``file`` is the name that the finding carries. Never raises.
    """

    def refuse(code: str, **params: str) -> Finding:
        return Finding(f"format.{code}", Severity.ERROR, file=file, params=params)

    if not data:
        return refuse("empty")
    if len(data) > MAX_FILE_BYTES:
        return refuse("too_large", limit=_megabytes(MAX_FILE_BYTES))
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


def _archive_problem(archive: zipfile.ZipFile) -> tuple[str, dict[str, str]] | None:
    entries = archive.infolist()
    names = {entry.filename.lower() for entry in entries}
    if len(entries) > MAX_ENTRIES:
        return "too_many_parts", {"limit": str(MAX_ENTRIES)}
    unzipped = sum(entry.file_size for entry in entries)
    zipped = sum(entry.compress_size for entry in entries)
    if unzipped > MAX_UNZIPPED_BYTES:
        return "too_large", {"limit": _megabytes(MAX_UNZIPPED_BYTES)}
    if unzipped > RATIO_FLOOR_BYTES and unzipped > MAX_RATIO * max(zipped, 1):
        return "bomb", {}
    if any(entry.flag_bits & 0x1 for entry in entries):
        return "encrypted", {}
    if "[content_types].xml" not in names or not any(n.endswith("workbook.xml") for n in names):
        return "not_workbook", {}
    if any(name.endswith("vbaproject.bin") for name in names):
        return "macros", {}
    merged = 0
    for entry in entries:
        if not entry.filename.lower().endswith((".xml", ".rels", ".vml")):
            continue
        part = archive.read(entry)
        if any(mark in part for mark in _DOCTYPE):
            return "entities", {}
        if "worksheets/" in entry.filename:
            merged += sum(_extent(match) for match in _MERGE.finditer(part))
            if merged > MAX_MERGED_CELLS:
                return "merges", {}
    return None


def _extent(match: re.Match[bytes]) -> int:
    """The number of cells of one merged range."""
    left, top, right, bottom = (group.decode("ascii") for group in match.groups())
    columns = abs(_column_number(right) - _column_number(left)) + 1
    return columns * (abs(int(bottom) - int(top)) + 1)


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _megabytes(size: int) -> str:
    return str(size // 2**20)
