"""How cells look: fonts of the pack, cell styles, number formats, widths of Chinese text."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from generators.model import GrowthBasis, Indicator, Measure, Severity, TargetKind

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

DEFAULT_FONTS: Mapping[str, str] = {
    "title": "方正小标宋简体",
    "heading1": "黑体",
    "heading2": "楷体_GB2312",
    "body": "仿宋_GB2312",
    "latin": "Times New Roman",
    "page_number": "宋体",
}

_PADDING = "_ "
_CELL = {"font": "body", "font_size": 11, "border": 1, "valign": "vcenter"}
_ROLES: Mapping[str, Mapping[str, Any]] = {
    "title": {"font": "title", "font_size": 18, "align": "center", "valign": "vcenter"},
    "subtitle": {"font": "heading2", "font_size": 11, "align": "left", "valign": "vcenter"},
    "subtitle_right": {"font": "heading2", "font_size": 11, "align": "right", "valign": "vcenter"},
    "header": _CELL | {"font": "heading1", "align": "center", "text_wrap": True, "bg_color": "#EDEDED"},
    "text": _CELL | {"align": "left", "indent": 1, "text_wrap": True},
    "centre": _CELL | {"align": "center", "text_wrap": True},
    "figure": _CELL | {"font": "latin", "align": "right"},
    "computed": _CELL | {"font": "latin", "align": "right", "italic": True},
    "number": _CELL | {"font": "latin", "align": "center"},
    "missing": _CELL | {"align": "center", "bold": True, "font_color": "#C00000", "bg_color": "#FFFF00"},
    "unreported": _CELL | {"align": "center", "font_color": "#A6A6A6"},
    "link": _CELL | {"align": "left", "text_wrap": True, "font_color": "#0563C1", "underline": 1},
    "total": _CELL | {"font": "heading1", "align": "center", "bg_color": "#EDEDED"},
    "total_unreported": _CELL | {"align": "center", "font_color": "#A6A6A6", "bg_color": "#EDEDED"},
    "total_figure": _CELL | {"font": "latin", "bold": True, "align": "right", "bg_color": "#EDEDED"},
    "empty": _CELL | {"align": "center", "font_color": "#7F7F7F"},
    "note": {"font": "body", "font_size": 10, "align": "left", "valign": "vcenter", "text_wrap": True},
    "good": _CELL | {"align": "center", "font_color": "#375623", "bg_color": "#E2EFDA"},
    "bad": _CELL | {"align": "center", "font_color": "#9C0006", "bg_color": "#FFC7CE"},
    "doubtful": _CELL | {"align": "center", "font_color": "#7F6000", "bg_color": "#FFF2CC"},
    str(Severity.ERROR): _CELL | {"align": "center", "font_color": "#9C0006", "bg_color": "#FFC7CE"},
    str(Severity.CONFIRM): _CELL | {"align": "center", "font_color": "#833C0B", "bg_color": "#F8CBAD"},
    str(Severity.WARNING): _CELL | {"align": "center", "font_color": "#7F6000", "bg_color": "#FFE699"},
    str(Severity.INFO): _CELL | {"align": "center", "font_color": "#1F4E78", "bg_color": "#DDEBF7"},
}


@dataclass(frozen=True)
class Styles:
    """Cell formats of one workbook, each made once; ``fonts`` are the pack's, by their use."""

    workbook: Workbook
    fonts: Mapping[str, str]
    made: dict[tuple[Any, ...], Format] = field(default_factory=dict)

    def of(self, role: str, **more: Any) -> Format:
        """The format of ``role``, with further XlsxWriter properties where given."""
        key = (role, *sorted(more.items()))
        if key not in self.made:
            properties = {**_ROLES[role], **more}
            properties["font_name"] = self.font(properties.pop("font"))
            self.made[key] = self.workbook.add_format(properties)
        return self.made[key]

    def font(self, use: str) -> str:
        """The font for ``use``: the pack's, or the usual one of official documents."""
        return self.fonts.get(use) or DEFAULT_FONTS[use]


def properties_of(role: str) -> Mapping[str, Any]:
    """How a cell of ``role`` looks, as XlsxWriter properties; ``font`` is the use of the font."""
    return _ROLES[role]


def wraps(role: str) -> bool:
    """Whether a cell of ``role`` shows more than one line."""
    return bool(_ROLES[role].get("text_wrap"))


def number_format(decimals: int, before: str = "", after: str = "") -> str:
    """An Excel number format with ``decimals`` places between literal texts.

    The space at its end keeps figures off the border, as Excel's own Chinese formats do; an indent
    would too, but LibreOffice 7 forgets it now and then.
    """
    number = "0" if decimals <= 0 else "0." + "0" * decimals
    return f"{_literal(before)}{number}{_literal(after)}{_PADDING}"


def figure_format(indicator: Indicator, measure: Measure) -> str:
    """The number format of one figure, by its declared decimals.

    The unit stands in a column of its own, so it is shown only where a figure has another one
    (a growth in points, a growth as target) or where the pack words the target.
    """
    decimals = indicator.decimals_of(measure)
    if measure is Measure.GROWTH and indicator.growth_basis is GrowthBasis.POINTS:
        return number_format(decimals, after=indicator.unit_of(measure))
    if measure is not Measure.TARGET:
        return number_format(decimals)
    unit = indicator.unit_of(measure)
    before, placeholder, after = indicator.target_phrase.partition("{}")
    # Excel refuses formats beyond 255 characters; a phrase that long belongs into prose anyway.
    if placeholder and len(before + after) <= 60:
        return number_format(decimals, before, unit + after)
    if indicator.target_kind is TargetKind.GROWTH:
        rise = number_format(decimals, "增长", unit)
        fall = number_format(decimals, "下降", unit)
        return f'{rise};{fall};"持平"{_PADDING}'
    return number_format(decimals)


def figure_width(indicator: Indicator, measure: Measure, value: float) -> float:
    """About how wide the figure is when shown, in characters."""
    literal = figure_format(indicator, measure).partition(";")[0].split('"')[1::2]
    digits = f"{value:.{max(indicator.decimals_of(measure), 0)}f}"
    return text_width(digits + "".join(literal))


def text_width(text: str) -> float:
    """The width of the longest line of ``text`` in Excel's column unit; a Chinese character is two."""
    wide = ("W", "F", "A")
    return max(
        (
            sum(2.1 if unicodedata.east_asian_width(mark) in wide else 1.1 for mark in line)
            for line in text.splitlines()
        ),
        default=0.0,
    )


def fitting(texts: list[str], least: float, most: float) -> float:
    """A column width that holds ``texts``, within bounds; longer ones wrap."""
    return min(most, max([least, *(text_width(text) + 2 for text in texts)]))


def row_height(cells: list[tuple[str, float]], least: float = 21.0) -> float:
    """The height in points for a row of wrapped texts, given as (text, column width).

    Set by hand because WPS and LibreOffice disagree with Excel on when to fit a row.
    """
    lines = max((_lines(text, width) for text, width in cells), default=1)
    return min(405.0, max(least, 15.5 * lines + 6))


def _lines(text: str, width: float) -> int:
    room = max(width - 1.5, 2.0)
    return sum(max(1, math.ceil(text_width(line) / room)) for line in text.splitlines())


def _literal(text: str) -> str:
    return '"' + text.replace('"', "”") + '"' if text else ""
