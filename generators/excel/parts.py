"""The parts of an .xlsx package by name, and the relationships between them."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from generators.archive import PartError, part_key, read_part
from generators.excel.markup import Bounds, UnreadableError, parse

ROOT = ""
"""The name that stands for the package itself, as the source of relationships."""
MOST_SMALL_BYTES = 16 * 2**20
"""A part that says what else there is: the workbook, relationships, properties."""

_LONGEST_TARGET = 2_000
"""Characters of a target that may be the name of a part: one takes 65,535 bytes, and none has them."""
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


@dataclass(frozen=True)
class Relation:
    """One relationship: ``kind`` is the last word of its type in small letters, without hyphens.

    Open XML writes that word in two ways: ``custom-properties``, and ``customProperties`` in Strict.

    ``target`` is the name of a part of this package as :func:`~generators.archive.part_key` gives it,
    whether it is there or not; empty where the relationship leads outside.
    """

    id: str
    kind: str
    target: str


class Parts:
    """An open archive; parts are called by their names without regard to case."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._entries = {part_key(entry.filename): entry for entry in archive.infolist()}
        self._bounds = Bounds(2 * Bounds.marks, 2 * Bounds.attributes)

    def __iter__(self) -> Iterator[str]:
        """The names of all parts, as they stand in the archive's directory."""
        return iter(self._entries)

    def __contains__(self, name: str) -> bool:
        return part_key(name) in self._entries

    def size(self, name: str) -> int:
        """The unpacked size of a part in bytes."""
        return self._entries[part_key(name)].file_size

    def read(self, name: str) -> bytes:
        """The bytes of a part; raises :class:`UnreadableError` where there is none or it is damaged."""
        entry = self._entries.get(part_key(name))
        if entry is None:
            raise UnreadableError("part_missing", part=name)
        try:
            return read_part(self._archive, entry)
        except PartError as error:
            raise UnreadableError(error.code, part=error.part) from error

    def read_small(self, name: str) -> bytes:
        """The same for a part that is small in any honest file."""
        if name in self and self.size(name) > MOST_SMALL_BYTES:
            raise UnreadableError("part_large", part=name, limit=str(MOST_SMALL_BYTES // 2**20))
        return self.read(name)

    def relations(self, source: str) -> list[Relation]:
        """The relationships of the part ``source``; none where it has no part of relationships."""
        folder, _, name = source.rpartition("/")
        part = f"{folder}/_rels/{name}.rels".lstrip("/")
        if part not in self:
            return []
        found = []
        for item in parse(self.read_small(part), part, self._bounds).iter(_RELATIONSHIP):
            kind = item.get("Type", "").rpartition("/")[2].lower().replace("-", "")
            outside = item.get("TargetMode", "").lower() == "external"
            target = "" if outside else self._target(folder, item.get("Target", ""))
            found.append(Relation(item.get("Id", ""), kind, target))
        return found

    def sources(self) -> Iterator[str]:
        """Every part, and the package itself, that has relationships."""
        for name in self._entries:
            folder, _, last = name.rpartition("/")
            if last.endswith(".rels") and posixpath.basename(folder) == "_rels":
                yield posixpath.join(posixpath.dirname(folder), last.removesuffix(".rels"))

    def _target(self, folder: str, target: str) -> str:
        if len(target) > _LONGEST_TARGET:
            return ""
        joined = posixpath.normpath(posixpath.join("/", folder, target.replace("\\", "/")))
        plain = part_key(joined)
        return plain if plain in self._entries else part_key(unquote(joined))


def first_of(relations: list[Relation], kind: str) -> str:
    """The target of the first relationship of a kind, empty where there is none."""
    return next((item.target for item in relations if item.kind == kind and item.target), "")
