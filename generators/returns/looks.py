"""How the program's own sheets look: the summary workbook's palette, in the fonts of the forms."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from generators.excel.values import clean
from generators.forms.styles import FONT, HEADING_FONT, LINE_COLOUR
from generators.model import Severity
from generators.summary.formats import properties_of

MOST_TEXT = 32_767
"""Characters a cell (Excel specifications and limits)."""
FOOTNOTE_COLOUR = "#7F7F7F"

_HEADING_USES = ("title", "heading1")
_FORMULA_MARKS = ("=", "+", "-", "@")


def colour(severity: Severity) -> str:
    """The fill of a cell with a finding of ``severity``, as RRGGBB."""
    return _rgb(properties_of(str(severity))["bg_color"])


def solid(rgb: str) -> PatternFill:
    """A plain fill."""
    return PatternFill("solid", fgColor=f"FF{rgb}", bgColor=f"FF{rgb}")


@dataclass
class Page:
    """A sheet being written, with the number of links in it.

    ``made`` keeps each look once: openpyxl takes long to compare them.
    """

    sheet: Any
    links: int = 0
    made: dict[tuple[Any, ...], Any] = field(default_factory=dict)


def put(page: Page, row: int, column: int, value: str | int, role: str, **more: Any) -> Any:
    """Write a text as text, whatever it begins with, or a number, in the look of ``role``.

    ``more`` are further XlsxWriter properties, as in :mod:`generators.summary.formats`. Returns the
    cell.
    """
    cell = page.sheet.cell(row, column)
    _dress(page, cell, role, more)
    if isinstance(value, int):
        cell.value = value
        return cell
    text = clean(value)[:MOST_TEXT]
    cell.value = text or None
    if text:
        cell.data_type = "s"
        # It stays text when somebody edits the cell, too.
        cell.quotePrefix = text.startswith(_FORMULA_MARKS)
    return cell


def _dress(page: Page, cell: Any, role: str, more: Mapping[str, Any]) -> None:
    key = (role, *sorted(more.items()))
    if key in page.made:
        cell._style = copy(page.made[key])
        return
    cell.font, cell.fill, cell.border, cell.alignment = _look({**properties_of(role), **more})
    page.made[key] = copy(cell._style)


def _look(given: Mapping[str, Any]) -> tuple[Font, PatternFill, Border, Alignment]:
    """XlsxWriter's properties as openpyxl's objects."""
    font = Font(
        name=HEADING_FONT if given["font"] in _HEADING_USES else FONT,
        size=given.get("font_size", 11),
        bold=given.get("bold", False),
        underline="single" if given.get("underline") else None,
        color=f"FF{_rgb(given.get('font_color', '#000000'))}",
    )
    side = Side("thin", color=f"FF{_rgb(LINE_COLOUR)}") if given.get("border") else Side()
    return (
        font,
        solid(_rgb(given["bg_color"])) if "bg_color" in given else PatternFill(),
        Border(left=side, right=side, top=side, bottom=side),
        Alignment(
            horizontal=given.get("align"),
            vertical="center" if given.get("valign") == "vcenter" else given.get("valign"),
            indent=given.get("indent", 0),
            wrap_text=given.get("text_wrap", False),
        ),
    )


def _rgb(colour: str) -> str:
    return colour.removeprefix("#").upper()
