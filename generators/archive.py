"""Bounds that are checked on the zip archive of an Office file before any parser sees it."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib

MAX_ENTRIES = 2_000
MAX_RATIO = 250
RATIO_FLOOR_BYTES = 4 * 2**20

OLE2_SIGNATURE = bytes.fromhex("D0CF11E0A1B11AE1")
ZIP_SIGNATURE = b"PK\x03\x04"
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")


class TooManyPartsError(zipfile.BadZipFile):
    """The directory of an archive is larger than that of any Office file."""


class PartError(zipfile.BadZipFile):
    """A part that cannot be unpacked; ``code`` and ``part`` are those of the finding that says so."""

    def __init__(self, code: str, part: str, reason: str) -> None:
        super().__init__(f"{part}: {reason}")
        self.code, self.part = code, part


Problem = tuple[str, dict[str, str]]
"""Why an archive is refused: the part of a finding's code after the dot, and its params."""

_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".svg", ".wdp")
_DOCTYPE = re.compile(rb"<!\s*DOCTYPE", re.IGNORECASE)
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
"""How a part in UTF-16 begins."""
_MOST_DIRECTORY = 2**20
"""Bytes of a directory; one of 2,000 parts has some 200 KB."""
_END_OF_DIRECTORY, _ZIP64_LOCATOR = b"PK\x05\x06", b"PK\x06\x07"
_END, _END_64 = struct.Struct("<12xI6x"), struct.Struct("<40xQ8x")
"""The size of the directory in the two records that end an archive (PKWARE APPNOTE 4.3.16, 4.3.14)."""
_ZIP64_LOCATOR_SIZE, _NO_ROOM = 20, 0xFFFFFFFF
_LONGEST_END = 2**16 + _END.size
_LOCAL_HEADER = struct.Struct("<4s22x2H")
"""Signature, length of the name and of the extra field (PKWARE APPNOTE 4.3.7)."""


def archive_problem(archive: zipfile.ZipFile, most_bytes: int) -> Problem | None:
    """Why the archive must not be unpacked, or ``None`` where it may.

    ``most_bytes`` bounds what it holds when it is unpacked. Only the directory is looked at:
    :func:`read_part` holds each part to what the directory says.
    """
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        return "too_many_parts", {"limit": str(MAX_ENTRIES)}
    unzipped = sum(entry.file_size for entry in entries)
    zipped = sum(entry.compress_size for entry in entries)
    # A white picture packs to nothing in all honesty, and nobody here reads it.
    read = [entry for entry in entries if not _is_picture(entry.filename)]
    whole = sum(entry.file_size for entry in read)
    packed = sum(entry.compress_size for entry in read)
    if whole > RATIO_FLOOR_BYTES and whole > MAX_RATIO * max(packed, 1):
        return "bomb", {"part": max(read, key=lambda entry: entry.file_size).filename}
    if unzipped > most_bytes:
        return "unpacked", {
            "packed": size_text(zipped),
            "size": size_text(unzipped),
            "limit": size_text(most_bytes),
        }
    if any(entry.flag_bits & 0x1 for entry in entries):
        return "encrypted", {}
    return _says_two_things(entries)


def _says_two_things(entries: list[zipfile.ZipInfo]) -> Problem | None:
    """Why two programs may see different parts: of one name, or before the archive itself."""
    seen: set[str] = set()
    for entry in entries:
        key = part_key(entry.filename)
        if key in seen:
            return "parts", {"part": entry.filename}
        seen.add(key)
    first = min((entry.header_offset for entry in entries), default=0)
    return ("prefix", {}) if first else None


def _is_picture(name: str) -> bool:
    return name.lower().endswith(_PICTURES)


def part_key(name: str) -> str:
    """What two names of one part have in common.

    Part names are equal without regard to case (ECMA-376 part 2, 6.2.2.3).
    """
    return name.replace("\\", "/").lstrip("/").lower()


def open_archive(data: bytes) -> zipfile.ZipFile:
    """The zip archive in ``data``.

    Raises ``BadZipFile`` for none, :class:`TooManyPartsError` for one whose directory is beyond bounds:
    the library reads all of it before anybody can count its entries.
    """
    start = data.rfind(_END_OF_DIRECTORY, max(0, len(data) - _LONGEST_END))
    if start >= 0 and len(data) - start >= _END.size:
        sizes = list(_END.unpack_from(data, start))
        wide = start - _ZIP64_LOCATOR_SIZE - _END_64.size
        if wide >= 0 and data.startswith(_ZIP64_LOCATOR, start - _ZIP64_LOCATOR_SIZE):
            sizes += _END_64.unpack_from(data, wide)
        # The larger counts only where the first has no room for it; either way it must be in bounds.
        if any(size > _MOST_DIRECTORY for size in sizes if size != _NO_ROOM):
            raise TooManyPartsError
    return zipfile.ZipFile(io.BytesIO(data))


def read_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The content of one part, never more than the directory says that it has.

    Raises :class:`PartError` where the part is damaged, or larger or smaller than that: what follows
    would be seen by other programs and not by this one.
    """
    name = entry.filename
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise PartError("compression", name, "a compression that Office files do not have")
    try:
        packed = _packed(archive, entry)
    except (zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise PartError("part_damaged", name, str(error)) from error
    if entry.compress_type == zipfile.ZIP_STORED:
        content, whole = packed, True
    else:
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            # A limit of 0 would mean none.
            content = unpacker.decompress(packed, entry.file_size + 1)
        except zlib.error as error:
            raise PartError("part_damaged", name, str(error)) from error
        whole = unpacker.eof or not packed
    if not whole or len(content) != entry.file_size or zlib.crc32(content) != entry.CRC:
        raise PartError("part_damaged", name, "a part is not what the directory says")
    return content


def _packed(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The bytes of a part as they lie in the archive."""
    source = archive.fp
    assert source is not None
    source.seek(entry.header_offset)
    header = source.read(_LOCAL_HEADER.size)
    if len(header) < _LOCAL_HEADER.size:
        raise zipfile.BadZipFile("a part lies beyond the end")
    signature, name_length, extra_length = _LOCAL_HEADER.unpack(header)
    name = source.read(name_length)
    encoding = "utf-8" if entry.flag_bits & 0x800 else "cp437"
    if signature != ZIP_SIGNATURE or name.decode(encoding) != entry.orig_filename:
        raise zipfile.BadZipFile("a part has another name than the directory says")
    source.seek(extra_length, 1)
    return source.read(entry.compress_size)


def declares_entities(name: str, part: bytes) -> bool:
    """Whether a part declares a document type, and entities with it.

    A picture may be an SVG, which declares one in all honesty. ``part`` is as :func:`as_ascii`
    gives it.
    """
    return not _is_picture(name) and _DOCTYPE.search(part) is not None


def as_ascii(part: bytes) -> bytes:
    """The part so that its markup can be searched: UTF-16 loses the zero half of every letter."""
    return part.replace(b"\x00", b"") if is_wide(part) else part


def is_wide(part: bytes) -> bool:
    """Whether a part is written in UTF-16."""
    return part[:2] in _WIDE


def megabytes(size: int) -> str:
    """A number of bytes as whole megabytes, for a message."""
    return str(size // 2**20)


def size_text(size: int) -> str:
    """A number of bytes as a person says it: ``800 KB``, ``1.4 MB``, ``60 MB``."""
    if size < 2**20:
        return f"{max(round(size / 2**10), 1)} KB"
    return f"{size / 2**20:.1f}".removesuffix(".0") + " MB"
