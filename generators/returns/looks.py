"""How the program's own sheets look: the summary workbook's palette, in the fonts of the forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from generators.excel.grid import Position
from generators.excel.values import clean
from generators.forms.styles import FONT, HEADING_FONT, LINE_COLOUR
from generators.model import Severity
from generators.summary.formats import properties_of
from generators.text import cut

MOST_TEXT = 32_767
"""Characters a cell, as Excel counts them (Excel specifications and limits)."""
FOOTNOTE_COLOUR = "#7F7F7F"

_HEADING_USES = ("title", "heading1")
_FORMULA_MARKS = ("=", "+", "-", "@")
_VERTICAL = {"vcenter": "center"}


def colour(severity: Severity) -> str:
    """The fill of a cell with a finding of ``severity``, as RRGGBB."""
    return _rgb(properties_of(str(severity))["bg_color"])


@dataclass(frozen=True)
class Look:
    """How a cell looks. Colours are RRGGBB; an empty ``colour`` or ``line`` is none.

    ``text`` says that what it holds stays text when somebody edits it, whatever it begins with.
    """

    font: str = FONT
    size: float = 11
    bold: bool = False
    underline: bool = False
    font_colour: str = "000000"
    colour: str = ""
    line: str = ""
    horizontal: str = ""
    vertical: str = ""
    indent: int = 0
    wrap: bool = False
    text: bool = False


@dataclass(frozen=True)
class Link:
    """A link from a cell to a place in this workbook, as ``'sheet'!A1``."""

    location: str
    tip: str


@dataclass
class Page:
    """A sheet being written: its cells, and how it is printed.

    A cell has a look, or the number of a style that the workbook has already.

    Rows and columns count from 1; a merge is top, left, bottom, right. ``title_row`` is repeated on
    every page of print.
    """

    name: str
    cells: dict[Position, tuple[str | int, Look | int]] = field(default_factory=dict)
    widths: tuple[float, ...] = ()
    heights: dict[int, float] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    links: dict[Position, Link] = field(default_factory=dict)
    title_row: int = 1
    landscape: bool = True


def put(page: Page, row: int, column: int, value: str | int, role: str, **more: Any) -> None:
    """Write a text as text, whatever it begins with, or a number, in the look of ``role``.

    ``more`` are further XlsxWriter properties, as in :mod:`generators.summary.formats`.
    """
    content = value if isinstance(value, int) else cut(clean(value), MOST_TEXT)
    text = isinstance(content, str) and content.startswith(_FORMULA_MARKS)
    page.cells[row, column] = content, _look({**properties_of(role), **more}, text)


def _look(given: Mapping[str, Any], text: bool) -> Look:
    return Look(
        HEADING_FONT if given["font"] in _HEADING_USES else FONT,
        given.get("font_size", 11),
        given.get("bold", False),
        bool(given.get("underline")),
        _rgb(given.get("font_color", "#000000")),
        _rgb(given.get("bg_color", "")),
        _rgb(LINE_COLOUR) if given.get("border") else "",
        given.get("align", ""),
        _VERTICAL.get(given.get("valign", ""), given.get("valign", "")),
        given.get("indent", 0),
        given.get("text_wrap", False),
        text,
    )


def _rgb(colour: str) -> str:
    return colour.removeprefix("#").upper()
