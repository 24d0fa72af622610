"""A page of the program's own → the XML of a worksheet, every text in the cell itself."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from generators.excel.grid import address
from generators.forms.sheets import A4
from generators.returns.looks import Look, Page
from generators.returns.parts import Dialect, new_root
from generators.returns.styles import Styles
from generators.summary.page import quoted

SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
"""What Excel would take for a character written by its number."""


def sheet_of(page: Page, styles: Styles, dialect: Dialect) -> Any:
    """The worksheet: A4 paper, one page wide, no gridlines, protected without a password."""
    root = new_root("worksheet", dialect.main, r=dialect.relation)

    def child(parent: Any, name: str, **attributes: str) -> Any:
        return etree.SubElement(parent, dialect.tag(name), attributes)

    child(child(root, "sheetPr"), "pageSetUpPr", fitToPage="1")
    child(root, "dimension", ref=f"A1:{address(*_end(page))}")
    child(child(root, "sheetViews"), "sheetView", showGridLines="0", workbookViewId="0")
    child(root, "sheetFormatPr", defaultRowHeight="15")
    columns = child(root, "cols") if page.widths else None
    for number, width in enumerate(page.widths, 1):
        place = str(number)
        child(columns, "col", min=place, max=place, width=f"{width:g}", customWidth="1")
    _rows(child(root, "sheetData"), page, styles, dialect)
    child(root, "sheetProtection", sheet="1", formatColumns="0", formatRows="0")
    merges = child(root, "mergeCells", count=str(len(page.merges))) if page.merges else None
    for top, left, bottom, right in page.merges:
        child(merges, "mergeCell", ref=f"{address(top, left)}:{address(bottom, right)}")
    if page.links:
        links = child(root, "hyperlinks")
        for spot, link in page.links.items():
            child(links, "hyperlink", ref=address(*spot), location=link.location, tooltip=link.tip)
    child(root, "printOptions", horizontalCentered="1")
    child(
        root,
        "pageMargins",
        left="0.5",
        right="0.5",
        top="0.6",
        bottom="0.75",
        header="0.3",
        footer="0.35",
    )
    orientation = "landscape" if page.landscape else "portrait"
    child(root, "pageSetup", paperSize=str(A4), orientation=orientation, fitToWidth="1", fitToHeight="0")
    child(child(root, "headerFooter"), "oddFooter").text = "&C第 &P 页，共 &N 页&R&A"
    return root


def print_names(page: Page) -> dict[str, str]:
    """The defined names that say what is printed of a page, and what on every sheet of paper."""
    row, column = _end(page)
    sheet, last = quoted(page.name), address(row, column).rstrip("0123456789")
    return {
        "_xlnm.Print_Area": f"{sheet}!$A$1:${last}${row}",
        "_xlnm.Print_Titles": f"{sheet}!${page.title_row}:${page.title_row}",
    }


def write_text(cell: Any, text: str, dialect: Dialect) -> None:
    """Write a text into an empty cell."""
    cell.set("t", "inlineStr")
    words = etree.SubElement(etree.SubElement(cell, dialect.tag("is")), dialect.tag("t"))
    words.set(_SPACE, "preserve")
    words.text = _ESCAPED.sub("_x005F_", text)


def _rows(data: Any, page: Page, styles: Styles, dialect: Dialect) -> None:
    row = None
    number = 0
    known: dict[Look | int, str] = {}
    for (at, column), (content, look) in sorted(page.cells.items(), key=lambda cell: cell[0]):
        if row is None or at != number:
            row, number = etree.SubElement(data, dialect.tag("row"), r=str(at)), at
            if at in page.heights:
                row.set("ht", f"{page.heights[at]:g}")
                row.set("customHeight", "1")
        if look not in known:
            known[look] = str(look if isinstance(look, int) else styles.of(look))
        cell = etree.SubElement(row, dialect.tag("c"), r=address(at, column), s=known[look])
        if isinstance(content, int):
            etree.SubElement(cell, dialect.tag("v")).text = str(content)
        elif content:
            write_text(cell, content, dialect)


def _end(page: Page) -> tuple[int, int]:
    return max(row for row, _ in page.cells), max(column for _, column in page.cells)
