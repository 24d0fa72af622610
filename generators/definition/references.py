"""What one sheet of a definition says of another's rows: references by code or by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from generators.definition.rows import Row
from generators.definition.schema import Table
from generators.text import fold, near, shorten


class Named(Protocol):
    """What has a code and a name, by either of which other sheets refer to it."""

    @property
    def code(self) -> str:
        """Its code."""
        ...

    @property
    def name(self) -> str:
        """Its name."""
        ...


@dataclass(frozen=True)
class Known:
    """What references may name: every code and name, folded, with the code it stands for.

    ``words`` are the same as they are written, for near misses.
    """

    codes: Mapping[str, str]
    words: tuple[str, ...]


def known_of(items: Iterable[Named]) -> Known:
    """What references to ``items`` may say."""
    named = list(items)
    codes: dict[str, str] = {}
    for item in named:
        codes.setdefault(fold(item.name), item.code)
        codes[fold(item.code)] = item.code
    words = dict.fromkeys([item.name for item in named] + [item.code for item in named])
    return Known(codes, tuple(words))


def reference(row: Row, key: str, word: str, known: Known, table: Table) -> str:
    """The code that ``word`` refers to; an unknown word is a finding and stands for itself."""
    code = known.codes.get(fold(word))
    if code is None and not row.refers_to_broken(table):
        row.fault(
            "reference",
            key,
            column=row.column_name(key),
            raw=shorten(word),
            table=table.zh,
            near=near(word, known.words),
        )
    return word if code is None else code
