"""How forms look: fonts, colours, number formats and widths."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

FONT = "宋体"
HEADING_FONT = "黑体"
"""Fonts that every Chinese Windows has; named, never embedded."""

REQUIRED_COLOUR = "#FFF7D6"
OPTIONAL_COLOUR = "#FFFFFF"
NOT_ASKED_COLOUR = "#D9D9D9"
HEADER_COLOUR = "#DCE6F1"
BAND_COLOUR = "#EEF3F9"
FIXED_COLOUR = "#F7F7F7"
LINE_COLOUR = "#A6A6A6"
LINK_COLOUR = "#1F4E9E"
NOTE_COLOUR = "#595959"

TEXT_FORMAT = "@"
DATE_FORMAT = "yyyy-mm-dd"

_CELL = {"border": 1, "border_color": LINE_COLOUR, "valign": "vcenter"}
_OPEN = {**_CELL, "locked": False}
_FIXED = {**_CELL, "text_wrap": True, "bg_color": FIXED_COLOUR}
_REQUIRED = {**_OPEN, "bg_color": REQUIRED_COLOUR}
_OPTIONAL = {**_OPEN, "bg_color": OPTIONAL_COLOUR}
_FIGURE = {"align": "right", "indent": 1}
_WORDS = {"align": "left", "indent": 1, "text_wrap": True}
_SWATCH = {**_CELL, "align": "center"}

ROLES: Mapping[str, Mapping[str, object]] = {
    "title": {
        "font_name": HEADING_FONT,
        "font_size": 16,
        "align": "center",
        "valign": "vcenter",
        "text_wrap": True,
    },
    "line": {"valign": "vcenter"},
    "note": {"valign": "vcenter", "text_wrap": True, "font_color": NOTE_COLOUR},
    "heading": {"font_name": HEADING_FONT, "font_size": 12, "valign": "vcenter"},
    "header": {
        **_CELL,
        "bold": True,
        "align": "center",
        "text_wrap": True,
        "bg_color": HEADER_COLOUR,
    },
    "band": {
        "bold": True,
        "valign": "vcenter",
        "bg_color": BAND_COLOUR,
        "top": 1,
        "bottom": 1,
        "top_color": LINE_COLOUR,
        "bottom_color": LINE_COLOUR,
    },
    "fixed": {**_FIXED, **_WORDS},
    "fixed_centre": {**_FIXED, "align": "center"},
    "cell": {**_CELL, **_WORDS},
    "link": {**_CELL, **_WORDS, "font_color": LINK_COLOUR, "underline": 1},
    "required_figure": {**_REQUIRED, **_FIGURE},
    "optional_figure": {**_OPTIONAL, **_FIGURE},
    "required_text": {**_REQUIRED, **_WORDS},
    "optional_text": {**_OPTIONAL, **_WORDS},
    "row_number": {**_OPTIONAL, "align": "center"},
    "required_prose": {**_REQUIRED, **_WORDS, "valign": "top"},
    "optional_prose": {**_OPTIONAL, **_WORDS, "valign": "top"},
    "not_asked": {**_CELL, "bg_color": NOT_ASKED_COLOUR},
    "required_swatch": {**_SWATCH, "bg_color": REQUIRED_COLOUR},
    "optional_swatch": {**_SWATCH, "bg_color": OPTIONAL_COLOUR},
    "not_asked_swatch": {**_SWATCH, "bg_color": NOT_ASKED_COLOUR},
}


@dataclass(frozen=True)
class Styles:
    """The cell formats of one workbook, each made once, when it is first asked for."""

    workbook: Workbook
    made: dict[tuple[str, str], Format] = field(default_factory=dict)

    def of(self, role: str, number_format: str = "General") -> Format:
        """The format for a role of :data:`ROLES` that shows its value by ``number_format``."""
        key = (role, number_format)
        if key not in self.made:
            properties: dict[str, Any] = {**ROLES[role], "num_format": number_format}
            self.made[key] = self.workbook.add_format(properties)
        return self.made[key]


def number_format(decimals: int, unit: str = "") -> str:
    """An Excel number format with ``decimals`` places, the unit after it where one is given.

    The unit is quoted: a bare ``%`` would make Excel multiply what is typed by 100.
    """
    digits = f"0.{'0' * decimals}" if decimals else "0"
    return f'{digits}"{unit}"' if unit else digits


def display_width(text: str) -> int:
    """The width of the longest line of ``text`` in half-width characters; Chinese ones count two."""
    return max((_line_width(line) for line in text.split("\n")), default=0)


def _line_width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in line)


def lines_needed(text: str, width: float) -> int:
    """How many lines ``text`` takes in a column of ``width`` half-width characters; at least 1."""
    usable = max(int(width) - 2, 2)
    return sum(max(-(-_line_width(line) // usable), 1) for line in text.split("\n"))
