"""Pictures that stand in cells as rich values: which of a workbook's rich values are pictures.

A cell calls its rich value by the attribute ``vm``, and holds ``#VALUE!`` for programs that know of none
([MS-XLSX] 2.3.6.1 and 2.3.6.3).
"""

from __future__ import annotations

from generators.excel.markup import Bounds, Element, UnreadableError, parse
from generators.excel.parts import Parts, Relation, first_of

_PICTURES = frozenset(["_localimage", "_webimage"])
"""What the structures of rich values that are pictures are called."""


def rich_pictures(parts: Parts, relations: list[Relation]) -> frozenset[int]:
    """The numbers, from 1, by which cells call rich values that are pictures.

    None where the workbook does not say, or cannot be understood: the cell then holds an error.
    """
    names = [first_of(relations, k) for k in ("sheetmetadata", "rdrichvalue", "rdrichvaluestructure")]
    if not all(name in parts for name in names):
        return frozenset()
    bounds = Bounds()
    try:
        metadata, values, structures = (parse(parts.read_small(name), name, bounds) for name in names)
    except UnreadableError:
        return frozenset()
    kinds = {
        index
        for index, item in enumerate(structures.iter("{*}s"))
        if item.get("t", "").lower() in _PICTURES
    }
    pictures = {
        index for index, item in enumerate(values.iter("{*}rv")) if _number(item.get("s")) in kinds
    }
    blocks = [_number(item.get("i")) for item in metadata.iter("{*}rvb")]
    return frozenset(
        number
        for number, block in enumerate(_value_blocks(metadata), 1)
        if block < len(blocks) and blocks[block] in pictures
    )


def _value_blocks(metadata: Element) -> list[int]:
    """For each number by which cells call metadata, from 1: the block of rich values it leads to."""
    return [
        _number(item.get("v"))
        for each in metadata.iter("{*}valueMetadata")
        for item in each.iter("{*}rc")
    ]


def _number(text: str | None) -> int:
    return int(text[:9]) if text and text.isascii() and text.isdigit() else 2**31
