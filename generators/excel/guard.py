"""Bounds that are checked on a workbook's bytes before any parser sees them.

Every refusal is one finding of the ``format`` rule. The limits are generous for a form of some
hundred rows and far below what makes a parser slow: one merge over a whole column in a 5 KB file
keeps openpyxl busy for 25 seconds, and so does a hyperlink or a comment over such a range.

What runs, or asks another program to run, is refused: macros, controls, DDE and OLE links, embedded
objects of unknown programs. Opened from the archive, they would be as live as in the inbox. What only
stands beside the form (documents in it, links to other workbooks, data connections) is left alone
and told: the clerk should not think that it was received.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection

from generators.archive import (
    ENCRYPTED_STREAM,
    OLE2_SIGNATURE,
    ZIP_SIGNATURE,
    Problem,
    archive_problem,
    as_ascii,
    declares_entities,
    megabytes,
    read_part,
)
from generators.excel.formats import FileFormat, archive_format, is_old_workbook, stream_names
from generators.excel.markup import Survey
from generators.model import Finding, Severity

MAX_FILE_BYTES = 20 * 2**20
MAX_UNZIPPED_BYTES = 60 * 2**20

_MACRO_PARTS = ("vbaproject.bin", "/macrosheets/", "/basic/", "/scripts/")
_CONTROL_PARTS = ("/activex/",)
_EMBEDDED_PARTS = ("/embeddings/",)
_OLD_MACROS = ("_vba_project_cur", "vba")
_OLD_CONTROLS = ("ctls",)
_OLD_EMBEDDED, _OLD_LINKED = "mbd", "lnk"
_ENCRYPTION_OF_ODS = b"encryption-data"

_MAIN_FORMAT = frozenset([FileFormat.XLSX])


def guard(data: bytes, file: str, taken: Collection[FileFormat] = _MAIN_FORMAT) -> tuple[Finding, ...]:
    """Return why ``data`` must not be handed to a parser: one error.

    Where it may be, only warnings are returned: what stands in it that is not read. ``file`` is the
    name that findings carry, ``taken`` are the formats that the caller can read. Never raises.
    """

    def refuse(problem: Problem) -> tuple[Finding, ...]:
        code, params = problem
        return (Finding(f"format.{code}", Severity.ERROR, file=file, params=params),)

    if not data:
        return refuse(("empty", {}))
    if len(data) > MAX_FILE_BYTES:
        return refuse(("too_large", {"limit": megabytes(MAX_FILE_BYTES)}))
    if data.startswith(OLE2_SIGNATURE):
        problem = _old_problem(data, taken)
        return refuse(problem) if problem else ()
    if not data.startswith(ZIP_SIGNATURE):
        return refuse(("not_workbook", {}))
    beside: set[str] = set()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            problem = _archive_problem(archive, taken, beside)
    except Exception:  # a damaged archive fails in many classes; to the clerk it is one thing
        return refuse(("damaged", {}))
    if problem is not None:
        return refuse(problem)
    return tuple(Finding(f"format.{code}", Severity.WARNING, file=file) for code in sorted(beside))


def _old_problem(data: bytes, taken: Collection[FileFormat]) -> Problem | None:
    """Why an OLE2 file must not be read: a workbook of Excel 97 or WPS, or of neither."""
    if ENCRYPTED_STREAM in data:
        return "encrypted", {}
    if not is_old_workbook(data):
        return "not_workbook", {}
    if FileFormat.XLS not in taken:
        return "legacy", {}
    paths = stream_names(data)
    if paths is None:
        return "damaged", {}
    names = [path.rpartition("/")[2] for path in paths]
    if any(name in _OLD_MACROS for name in names):
        return "macros", {}
    if any(name in _OLD_CONTROLS for name in names):
        return "controls", {}
    if any(name.startswith(_OLD_EMBEDDED) for name in names):
        return "embedded", {}
    if any(name.startswith(_OLD_LINKED) for name in names):
        return "calls", {}
    return None


def _archive_problem(
    archive: zipfile.ZipFile, taken: Collection[FileFormat], beside: set[str]
) -> Problem | None:
    if problem := archive_problem(archive, MAX_UNZIPPED_BYTES):
        return problem
    kind = archive_format(archive)
    if kind is None:
        return "not_workbook", {}
    if kind not in taken:
        return "legacy", {}
    entries = archive.infolist()
    names = {f"/{entry.filename.lower()}" for entry in entries}
    if any(mark in name for name in names for mark in _MACRO_PARTS):
        return "macros", {}
    if any(mark in name for name in names for mark in _CONTROL_PARTS):
        return "controls", {}
    return _content_problem(archive, entries, beside)


def _content_problem(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], beside: set[str]
) -> Problem | None:
    """What a parser would choke on, and what would run. A part may have any name: all are read."""
    survey = Survey()
    for entry in entries:
        name = f"/{entry.filename.lower()}"
        part = read_part(archive, entry)
        if declares_entities(name, as_ascii(part)):
            return "entities", {}
        if name == "/meta-inf/manifest.xml" and _ENCRYPTION_OF_ODS in part:
            return "encrypted", {}
        if part.startswith(OLE2_SIGNATURE):
            return "embedded", {}
        if any(mark in name for mark in _EMBEDDED_PARTS) and not name.endswith((".rels", "/")):
            if not _is_plain_document(part):
                return "embedded", {}
            beside.add("attachment")
        elif problem := survey.look_at(part):
            return problem
    beside.update(survey.links)
    return None


def _is_plain_document(part: bytes) -> bool:
    """Whether an embedded object is a Word, Excel or PowerPoint document that holds nothing live."""
    try:
        with zipfile.ZipFile(io.BytesIO(part)) as archive:
            names = {f"/{name.lower()}" for name in archive.namelist()}
    except Exception:  # as above
        return False
    live = (*_MACRO_PARTS, *_CONTROL_PARTS, *_EMBEDDED_PARTS)
    return "/[content_types].xml" in names and not any(mark in n for n in names for mark in live)
