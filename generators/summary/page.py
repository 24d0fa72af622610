"""One sheet being written: safe cells, links within Excel's limits, title, header, print set-up."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from xlsxwriter.utility import xl_range_abs

from generators.summary.formats import Styles, row_height, wraps
from generators.summary.reports import Archive

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

MOST_LINKS = 65_530
"""Hyperlinks a sheet (Excel specifications and limits)."""
MOST_TEXT = 32_767
"""Characters a cell."""
MOST_ADDRESS, MOST_LOCATION, MOST_TIP = 2_079, 255, 255
"""Characters of a link's file, of the place in it, and of its screen tip."""
PORTRAIT_WIDTH = 96.0
"""Column units beyond which a sheet is printed landscape: at that width A4 shrinks to about 85%."""

_FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")
# As in intake: a long run of spaces is gone through once.
_BREAK = re.compile(r"(?<!\s)\s*[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]\s*")
_FORBIDDEN_IN_SHEETS = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


@dataclass
class Page:
    """A sheet with its name, column widths and the number of links written so far."""

    sheet: Worksheet
    name: str
    styles: Styles
    widths: tuple[float, ...]
    links: int = 0

    @property
    def last_column(self) -> int:
        """The index of the last column in use."""
        return len(self.widths) - 1


@dataclass(frozen=True)
class SheetEntry:
    """What the contents say of a sheet.

    ``names`` is the range with one filled cell an item, ``figures`` the range in which missing
    figures are marked, empty where a sheet has none.
    """

    name: str
    about: str
    names: str
    items: int
    figures: str = ""
    missing: int = 0


def start(page: Page, title: str, left: str = "", right: str = "") -> int:
    """Write column widths, title and subtitle; the column where its right half begins."""
    for column, width in enumerate(page.widths):
        page.sheet.set_column(column, column, width)
    last = page.last_column
    middle = _middle(page.widths)
    page.sheet.set_row(0, 36)
    page.sheet.set_row(1, 20)
    merge(page, 0, 0, 0, last, title, "title")
    merge(page, 1, 0, 1, middle, left, "subtitle")
    merge(page, 1, middle + 1, 1, last, right, "subtitle_right")
    return middle + 1


def write_header(page: Page, row: int, heads: Sequence[str]) -> int:
    """Write a header row; the index of the row below it."""
    for column, head in enumerate(heads):
        put(page, row, column, head, "header")
    page.sheet.set_row(row, row_height(list(zip(heads, page.widths, strict=True)), 24))
    return row + 1


def set_up(page: Page, header: tuple[int, int], frozen_columns: int) -> None:
    """Freeze and repeat the header rows (first, last) and set the page up for A4 paper."""
    sheet, first, last = page.sheet, *header
    sheet.freeze_panes(last + 1, frozen_columns)
    sheet.repeat_rows(first, last)
    sheet.set_paper(9)
    if sum(page.widths) > PORTRAIT_WIDTH:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.set_margins(left=0.6, right=0.6, top=0.8, bottom=0.8)
    sheet.set_footer(f'&C&14&"{page.styles.font("page_number")},Regular"— &P —', {"margin": 0.35})
    sheet.hide_gridlines(2)
    # Codes such as 0012 are meant as text; green corners would suggest that they are wrong.
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})


def put(page: Page, row: int, column: int, value: object, role: str, **more: Any) -> None:
    """Write a text as text, a number as number, ``None`` as a blank cell with its style.

    Text is never a formula or a link, and stays text when somebody edits the cell; it has lines only
    where the cell wraps them.
    """
    style = page.styles.of(role, **more)
    if value is None or value == "":
        page.sheet.write_blank(row, column, None, style)
        return
    if isinstance(value, int | float | Decimal) and math.isfinite(float(value)):
        page.sheet.write_number(row, column, float(value), style)
        return
    text = str(value)
    text = "\n".join(text.splitlines()) if wraps(role) else one_line(text)
    if text.startswith(_FORMULA_MARKS):
        style = page.styles.of(role, quote_prefix=True, **more)
    page.sheet.write_string(row, column, _cut(text, MOST_TEXT), style)


def put_formula(
    page: Page, row: int, column: int, formula: str, value: float | str, role: str, **more: Any
) -> None:
    """Write a live formula with the value that it has now."""
    page.sheet.write_formula(row, column, formula, page.styles.of(role, **more), value)


def put_link(
    page: Page, row: int, column: int, url: str, value: object, role: str, tip: str = "", **more: Any
) -> None:
    """Write ``value`` as :func:`put` does, with a link; without it where Excel could not hold it."""
    address, _, location = url.partition("#")
    fits = len(address) <= MOST_ADDRESS and len(location) <= MOST_LOCATION
    if url and fits and page.links < MOST_LINKS:
        page.links += 1
        style = page.styles.of(role, **more)
        # The placeholder is overwritten at once; one text for all keeps the string table clean.
        page.sheet.write_url(row, column, url, style, "—", _cut(tip, MOST_TIP) or None)
    put(page, row, column, value, role, **more)


def merge(page: Page, row: int, column: int, row2: int, column2: int, text: str, role: str) -> None:
    """Write ``text`` into the merged range, which may be a single cell."""
    if (row, column) != (row2, column2):
        page.sheet.merge_range(row, column, row2, column2, "", page.styles.of(role))
    put(page, row, column, text, role)


def write_empty(page: Page, row: int, text: str) -> int:
    """Write one line that says why a table has no rows; the index of the row below it."""
    merge(page, row, 0, row, page.last_column, text, "empty")
    page.sheet.set_row(row, 26)
    return row + 1


def write_notes(page: Page, row: int, notes: Iterable[str]) -> None:
    """Write footnotes below a table, one a line over its whole width."""
    width = sum(page.widths) * 1.1  # notes are set in 10 pt, cells in 11
    for offset, note in enumerate(notes):
        merge(page, row + offset, 0, row + offset, page.last_column, note, "note")
        page.sheet.set_row(row + offset, row_height([(note, width)], 17))


def original_link(archive: Archive, sha256: str, sheet: str = "", cell: str = "") -> str:
    """The link to an archived original, at a cell where one is given."""
    place = f"#{quoted(sheet)}!{cell}" if sheet and cell else ""
    return f"external:{archive.address(sha256)}{place}"


def internal_link(sheet: str, cell: str) -> str:
    """The link to a cell of this workbook."""
    return f"internal:{quoted(sheet)}!{cell}"


def quoted(sheet: str) -> str:
    """A sheet's name as formulas and links write it."""
    return "'" + sheet.replace("'", "''") + "'"


def absolute(page: Page, row: int, column: int, row2: int, column2: int) -> str:
    """A range of ``page`` as other sheets refer to it."""
    return f"{quoted(page.name)}!{xl_range_abs(row, column, row2, column2)}"


def sheet_names(wanted: Sequence[str], taken: Iterable[str]) -> tuple[str, ...]:
    """Names for sheets: what Excel allows (31 characters), unique among ``taken`` and each other."""
    # Excel keeps "History" for itself.
    used = {"history", *(name.casefold() for name in taken)}
    names = []
    for text in wanted:
        base = _FORBIDDEN_IN_SHEETS.sub("_", text).strip().strip("'") or "表"
        name, number = _cut(base, 31), 1
        while name.casefold() in used:
            number += 1
            suffix = f"({number})"
            name = _cut(base, 31 - len(suffix)) + suffix
        used.add(name.casefold())
        names.append(name)
    return tuple(names)


def one_line(text: str) -> str:
    """``text`` with a space for every line break or tab and the spaces around it."""
    return _BREAK.sub(" ", text).strip() if _BREAK.search(text) else text


def _cut(text: str, most: int) -> str:
    """``text`` cut to ``most`` UTF-16 units, which is how Excel counts."""
    if len(text.encode("utf-16-le")) // 2 <= most:
        return text
    return text.encode("utf-16-le")[: most * 2].decode("utf-16-le", "ignore")


def _middle(widths: Sequence[float]) -> int:
    """The column after which about half of the width is reached, never the last one."""
    half, reached = sum(widths) / 2, 0.0
    for column, width in enumerate(widths):
        reached += width
        if reached >= half:
            return min(column, len(widths) - 2)
    return 0
