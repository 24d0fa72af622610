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

import zipfile
from collections.abc import Collection

from generators.archive import (
    ENCRYPTED_STREAM,
    MAX_ENTRIES,
    OLE2_SIGNATURE,
    ZIP_SIGNATURE,
    PartError,
    Problem,
    TooManyPartsError,
    archive_problem,
    as_ascii,
    declares_entities,
    megabytes,
    open_archive,
    part_key,
    read_part,
)
from generators.excel.formats import FileFormat, archive_format, is_old_workbook, stream_names
from generators.model import Finding, Result, Severity
from generators.names import printable
from generators.text import shorten

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
    if data.startswith(OLE2_SIGNATURE) and len(data) <= MAX_FILE_BYTES:
        problem = _old_problem(data, taken)
        return (refusal(file, *problem),) if problem else ()
    opened = open_guarded(data, file, taken)
    if opened.value is None:
        return opened.findings
    beside: set[str] = set()
    with opened.value as archive:
        problem = content_problem(archive, beside)
    if problem is not None:
        return (refusal(file, *problem),)
    return tuple(Finding(f"format.{code}", Severity.WARNING, file=file) for code in sorted(beside))


def open_guarded(
    data: bytes, file: str, taken: Collection[FileFormat] = _MAIN_FORMAT
) -> Result[zipfile.ZipFile]:
    """The archive that ``data`` is, held to every bound that its directory shows.

    The value is ``None`` with the reason where it must not be read. Never raises.
    """

    def refuse(problem: Problem) -> Result[zipfile.ZipFile]:
        return Result(None, (refusal(file, *problem),))

    if not data:
        return refuse(("empty", {}))
    if len(data) > MAX_FILE_BYTES:
        return refuse(("too_large", {"limit": megabytes(MAX_FILE_BYTES)}))
    if data.startswith(OLE2_SIGNATURE):
        return refuse(_old_problem(data, taken) or ("legacy", {}))
    if not data.startswith(ZIP_SIGNATURE):
        return refuse(("not_workbook", {}))
    try:
        archive = open_archive(data)
        problem = _archive_problem(archive, taken)
    except TooManyPartsError:
        return refuse(("too_many_parts", {"limit": str(MAX_ENTRIES)}))
    except Exception:  # a damaged archive fails in many classes; to the clerk it is one thing
        return refuse(("damaged", {}))
    return refuse(problem) if problem else Result(archive)


def refusal(file: str, code: str, params: dict[str, str]) -> Finding:
    """The error of the rule ``format`` that says why a file is not read."""
    shown = {name: shorten(printable(text)) for name, text in params.items()}
    return Finding(f"format.{code}", Severity.ERROR, file=file, params=shown)


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


def _archive_problem(archive: zipfile.ZipFile, taken: Collection[FileFormat]) -> Problem | None:
    if problem := archive_problem(archive, MAX_UNZIPPED_BYTES):
        return problem
    kind = archive_format(archive)
    if kind is None:
        return "not_workbook", {}
    if kind not in taken:
        return "legacy", {}
    names = {f"/{part_key(entry.filename)}" for entry in archive.infolist()}
    if any(mark in name for name in names for mark in _MACRO_PARTS):
        return "macros", {}
    if any(mark in name for name in names for mark in _CONTROL_PARTS):
        return "controls", {}
    return None


def content_problem(archive: zipfile.ZipFile, beside: set[str]) -> Problem | None:
    """Why the parts of an archive must not be read, told from their bytes; a part may have any name.

    The codes of what stands beside the form, and is not read, are added to ``beside``. Every part is
    unpacked and held against its check sum.
    """
    for entry in archive.infolist():
        name = f"/{part_key(entry.filename)}"
        try:
            part = read_part(archive, entry)
        except PartError as error:
            return error.code, {"part": error.part}
        if declares_entities(name, as_ascii(part)):
            return "entities", {"part": entry.filename}
        if name == "/meta-inf/manifest.xml" and _ENCRYPTION_OF_ODS in part:
            return "encrypted", {}
        if part.startswith(OLE2_SIGNATURE):
            return "embedded", {}
        if any(mark in name for mark in _EMBEDDED_PARTS) and not name.endswith((".rels", "/")):
            if not is_plain_document(part):
                return "embedded", {}
            beside.add("attachment")
    return None


def is_plain_document(part: bytes) -> bool:
    """Whether an embedded object is a Word, Excel or PowerPoint document that holds nothing live."""
    try:
        with open_archive(part) as archive:
            names = {f"/{name.lower()}" for name in archive.namelist()}
    except Exception:  # as above
        return False
    live = (*_MACRO_PARTS, *_CONTROL_PARTS, *_EMBEDDED_PARTS)
    return "/[content_types].xml" in names and not any(mark in n for n in names for mark in live)
