"""The number formats of a workbook's cells; whatever else a style has is passed over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generators.excel.markup import HeardEnoughError, UnreadableError, listen
from generators.excel.values import BUILT_IN_FORMATS, GENERAL, is_date_format, is_elapsed_format

MAX_FORMAT = 255
"""Characters of a number format (Excel specifications and limits)."""
MAX_STYLES = 65_490
"""Cell formats of a workbook (Excel specifications and limits)."""

_AFTER = frozenset(["cellStyles", "dxfs", "tableStyles", "colors", "extLst"])
"""What follows the cell formats in the part of styles (ECMA-376 part 1, 18.8.39)."""


@dataclass(frozen=True)
class Style:
    """How a number is shown, and whether that is as a date or as a length of time."""

    number_format: str = GENERAL
    is_date: bool = False
    is_elapsed: bool = False


def read_styles(part: bytes, name: str) -> tuple[Style, ...]:
    """The styles by the numbers that cells call them by, from 0.

    Raises :class:`~generators.excel.markup.UnreadableError` where the part cannot be read so far.
    """
    own: dict[str, str] = {}
    wanted: list[str] = []
    inside = ""

    def heard(tag: str, attributes: Mapping[str, str]) -> None:
        nonlocal inside
        local = tag.rpartition("}")[2]
        if local == "numFmt":
            text = attributes.get("formatCode", "")
            if len(text) > MAX_FORMAT:
                raise UnreadableError("long_format", part=name, limit=str(MAX_FORMAT))
            own[attributes.get("numFmtId", "")] = text
        elif local == "xf":
            if inside == "cellXfs":
                wanted.append(attributes.get("numFmtId", "0"))
                if len(wanted) > MAX_STYLES:
                    raise UnreadableError("too_many_cells", part=name)
        elif local in ("cellXfs", "cellStyleXfs"):
            inside = local
        elif local in _AFTER and inside:
            raise HeardEnoughError

    listen(part, name, heard)
    known: dict[str, Style] = {}
    return tuple(known.get(each) or known.setdefault(each, _style(own, each)) for each in wanted)


def _style(own: Mapping[str, str], number: str) -> Style:
    text = own.get(number)
    if text is None:
        built_in = int(number) if number.isascii() and number.isdigit() and len(number) < 9 else -1
        text = BUILT_IN_FORMATS.get(built_in, GENERAL)
    text = text or GENERAL
    return Style(text, is_date_format(text), is_elapsed_format(text))
