"""Bounds that are checked on a workbook's bytes before any parser sees them.

Every refusal is one finding of the ``format`` rule. The limits are generous for a form of some
hundred rows and far below what makes a parser slow: one merge over a whole column in a 5 KB file
keeps openpyxl busy for 25 seconds, and so does a hyperlink or a comment over such a range.
"""

from __future__ import annotations

import io
import re
import zipfile

from generators.archive import (
    ENCRYPTED_STREAM,
    OLE2_SIGNATURE,
    ZIP_SIGNATURE,
    Problem,
    archive_problem,
    as_ascii,
    declares_entities,
    megabytes,
)
from generators.model import Finding, Severity

MAX_FILE_BYTES = 20 * 2**20
MAX_UNZIPPED_BYTES = 80 * 2**20
MAX_RANGE_CELLS = 100_000
MAX_MARKS = 1_000_000
"""XML tags in the whole workbook, opening and closing: some 250,000 filled cells, 10 seconds."""

_MACRO_PARTS = ("vbaproject.bin", "/macrosheets/")
_RANGED = re.compile(
    rb"<(?:[\w.-]+:)?(?:mergeCell|hyperlink|comment)\s((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>"
)
_REFERENCE = re.compile(rb"(?:^|\s)ref\s*=\s*[\"']([^\"']*)[\"']")
_CELL_OR_RANGE = re.compile(rb"\$?([A-Za-z]{1,3})\$?(\d{1,7})(?::\$?([A-Za-z]{1,3})\$?(\d{1,7}))?")


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


def _archive_problem(archive: zipfile.ZipFile) -> Problem | None:
    if problem := archive_problem(archive, MAX_UNZIPPED_BYTES):
        return problem
    entries = archive.infolist()
    names = {entry.filename.lower() for entry in entries}
    if "[content_types].xml" not in names or not any(n.endswith("workbook.xml") for n in names):
        return "not_workbook", {}
    if any(mark in f"/{name}" for name in names for mark in _MACRO_PARTS):
        return "macros", {}
    return _content_problem(archive, entries)


def _content_problem(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> Problem | None:
    """What a parser would choke on. A part may have any name, so every part is looked at."""
    marks = 0
    cells = 0
    for entry in entries:
        part = as_ascii(archive.read(entry))
        if declares_entities(entry.filename, part):
            return "entities", {}
        marks += part.count(b"<")
        if marks > MAX_MARKS:
            return "too_many_cells", {}
        cells += sum(_extent(match[1]) for match in _RANGED.finditer(part))
        if cells > MAX_RANGE_CELLS:
            return "ranges", {}
    return None


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
