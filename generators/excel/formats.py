"""Which kind of workbook bytes are, told by their content: a file's name may say anything."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from enum import StrEnum

from generators.archive import OLE2_SIGNATURE, ZIP_SIGNATURE, open_archive, part_key, read_part

_CONTENT_TYPES = "[content_types].xml"
_BINARY = b"application/vnd.ms-excel.sheet.binary"
_SPREADSHEET = b"spreadsheetml.sheet.main+xml"
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"
_MOST_TYPES = 2 * 2**20
_STREAMS = ("workbook", "book")
"""What the stream of an old workbook is called: since Excel 97, and before."""


_PROPERTY_STREAM = "\x05documentsummaryinformation"
_NAMING_PARTS = ("workbook.bin", "custom.xml", "content.xml", "meta.xml")
"""The parts of .xlsb and .ods that hold the names of sheets and properties."""


class FileFormat(StrEnum):
    """A kind of workbook; the value is the ending of its files. WPS's ``.et`` is an ``.xls`` inside."""

    XLSX = "xlsx"
    XLSB = "xlsb"
    XLS = "xls"
    ODS = "ods"


def format_of(data: bytes) -> FileFormat | None:
    """The kind of workbook that ``data`` is, or ``None`` for anything else. Never raises."""
    if data.startswith(OLE2_SIGNATURE):
        return FileFormat.XLS if is_old_workbook(data) else None
    if not data.startswith(ZIP_SIGNATURE):
        return None
    try:
        with open_archive(data) as archive:
            return archive_format(archive)
    except Exception:  # a damaged archive fails in many classes
        return None


def archive_format(archive: zipfile.ZipFile) -> FileFormat | None:
    """The same for an archive that is open; raises what a damaged one raises."""
    entries = {part_key(entry.filename): entry for entry in archive.infolist()}
    kind = entries.get("mimetype")
    if kind is not None and kind.file_size <= 2 * len(_OPEN_DOCUMENT) and "content.xml" in entries:
        return FileFormat.ODS if read_part(archive, kind).startswith(_OPEN_DOCUMENT) else None
    types = entries.get(_CONTENT_TYPES)
    if types is None:
        return None
    if any(name.endswith("workbook.xml") for name in entries):
        return FileFormat.XLSX
    if types.file_size > _MOST_TYPES:
        return None
    said = read_part(archive, types)
    if any(name.endswith("workbook.bin") for name in entries):
        return FileFormat.XLSB if _BINARY in said else None
    return FileFormat.XLSX if _SPREADSHEET in said else None


def mentions(data: bytes, word: str) -> bool:
    """Whether a workbook that is no .xlsx may have ``word`` in the name of a sheet or of a property.

    Told from the bytes, in no time; ``True`` also where that cannot be told.
    """
    spellings = (word.encode(), word.encode("utf-16-le"))
    try:
        texts = _naming_streams(data) if data.startswith(OLE2_SIGNATURE) else _naming_parts(data)
        return any(spelling in text for text in texts for spelling in spellings)
    except Exception:  # as above; whoever reads the file whole says what is wrong with it
        return True


def _naming_streams(data: bytes) -> Iterator[bytes]:
    import olefile

    yield data  # most programs write a stream in one piece
    with olefile.OleFileIO(io.BytesIO(data)) as file:
        for path in file.listdir():
            if path[-1].lower() in (*_STREAMS, _PROPERTY_STREAM):
                yield file.openstream(path).read()


def _naming_parts(data: bytes) -> Iterator[bytes]:
    with open_archive(data) as archive:
        for entry in archive.infolist():
            if part_key(entry.filename).endswith(_NAMING_PARTS):
                yield read_part(archive, entry)


def is_old_workbook(data: bytes) -> bool:
    """Whether an OLE2 file holds a workbook, or is so damaged that nobody can say what it holds."""
    names = stream_names(data)
    return names is None or any(name in _STREAMS for name in names)


def stream_names(data: bytes) -> tuple[str, ...] | None:
    """The streams and storages of an OLE2 file, in small letters, each with its path before it.

    ``None`` where its directory cannot be read.
    """
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as file:
            return tuple("/".join(path).lower() for path in file.listdir(storages=True))
    except Exception:  # as with archives: a damaged file fails in many classes
        return None
