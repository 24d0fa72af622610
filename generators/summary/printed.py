"""The sheet 报告溯源: every figure that the Word report prints, in its order, with all the ways from it.

Each row leads to its place in the report, to the cell in the archived original, to the cell of this
workbook that shows the same figure, and to its row in 数据来源, which leads back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from generators.model import Definition, Link, Manifest, PrintedFigure
from generators.summary.formats import number_format, row_height
from generators.summary.labels import DASH, MISSING, PRINTED_SHEET
from generators.summary.page import (
    Page,
    SheetEntry,
    absolute,
    internal_link,
    one_line,
    original_link,
    put,
    put_link,
    set_up,
    start,
    write_empty,
    write_header,
    write_notes,
)
from generators.summary.reports import Archive
from generators.summary.sources import Sources, excerpt

HEADS = (
    "序号",
    "报告位置",
    "报告中的文字",
    "指标或内容",
    "报送数",
    "报送部门",
    "文件",
    "工作表",
    "单元格",
    "版次",
    "汇总表",
    "数据来源",
)
WIDTHS = (7.0, 26.0, 30.0, 28.0, 24.0, 16.0, 24.0, 12.0, 10.0, 7.0, 22.0, 10.0)
FIRST_ROW = 3
"""The index of the first data row."""
_NOTE = (
    "注：点击“报告中的文字”可打开报告并定位到该处，点击“单元格”可打开归档的报送原件，"
    "点击“汇总表”和“数据来源”可转到本工作簿中的同一个数；一处文字由几个数得出的，每个数各占一行。"
)


@dataclass(frozen=True)
class PrintedRow:
    """A figure and one of the reported ones it stands on; ``number`` counts figures from 1.

    ``link`` is ``None`` for a figure that stands on nothing that is reported.
    """

    number: int
    figure: PrintedFigure
    link: Link | None


@dataclass(frozen=True)
class Printed:
    """The rows, and those of each reported figure by its stable id (indices into ``rows``).

    ``report`` is the name of the Word file, which lies beside the summary workbook.
    """

    rows: tuple[PrintedRow, ...] = ()
    uses: Mapping[str, Sequence[int]] | None = None
    report: str = ""

    def of(self, figure: str) -> Sequence[int]:
        """The rows of a reported figure."""
        return (self.uses or {}).get(figure, ())


def printed_rows(manifest: Manifest | None, report: str) -> Printed:
    """The rows of what a report printed; none where there is no report."""
    rows = tuple(_rows(manifest)) if manifest else ()
    uses: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        if row.link is not None:
            uses.setdefault(row.link.figure, []).append(place)
    return Printed(rows, uses, report)


def _rows(manifest: Manifest) -> Iterator[PrintedRow]:
    for number, figure in enumerate(manifest.figures, 1):
        for link in figure.links or (None,):
            yield PrintedRow(number, figure, link)


def row_link(place: int) -> str:
    """The link to the row at ``place``."""
    return internal_link(PRINTED_SHEET, f"A{FIRST_ROW + place + 1}")


def write_printed(
    page: Page,
    printed: Printed,
    sources: Sources,
    cells: Mapping[str, tuple[str, str]],
    definition: Definition,
    left: str,
    right: str,
    archive: Archive,
) -> SheetEntry:
    """Write the sheet; ``cells`` are sheet and cell of this workbook by a figure's stable id."""
    set_up(page, (2, 2), 3)
    start(page, PRINTED_SHEET, left, right)
    row = write_header(page, 2, HEADS)
    for item in printed.rows:
        _write_row(page, row, item, printed.report, definition, archive)
        _write_ways(page, row, item, sources, cells)
        row += 1
    if not printed.rows:
        row = write_empty(page, row, "报告中没有报送数")
    page.sheet.autofilter(2, 0, row - 1, page.last_column)
    write_notes(page, row, [_NOTE])
    names = absolute(page, FIRST_ROW, 1, max(row - 1, FIRST_ROW), 1)
    return SheetEntry(page.name, "报告中每个数的出处，可转到报告和报送原件", names, len(printed.rows))


def _write_row(
    page: Page, row: int, item: PrintedRow, report: str, definition: Definition, archive: Archive
) -> None:
    figure, link = item.figure, item.link or Link("", "", "")
    text = excerpt(figure.text)
    put(page, row, 0, item.number, "number")
    put(page, row, 1, figure.heading or DASH, "text")
    # A number sign in a file's name would end it: what follows is taken for the place in the file.
    place = f"external:{report.replace('#', '%23')}#{figure.bookmark}" if report else ""
    put_link(page, row, 2, place, text, "link", "打开报告并定位到该处", indent=1)
    put(page, row, 3, link.label or DASH, "text")
    _write_value(page, row, link)
    department = definition.department_name(link.department) if link.department else ""
    put(page, row, 5, department or DASH, "text")
    put(page, row, 6, link.file or DASH, "text")
    put(page, row, 7, link.sheet or DASH, "centre")
    original = original_link(archive, link.sha256, link.sheet, link.cell) if link.cell else ""
    put_link(
        page, row, 8, original, link.cell or DASH, _role(original), "打开归档的报送原件", align="center"
    )
    put(page, row, 9, link.vintage or DASH, "number")
    shown = (figure.heading, text, link.label, _words(link), department, link.file)
    texts = [(one_line(words), WIDTHS[column]) for column, words in enumerate(shown, 1)]
    page.sheet.set_row(row, row_height(texts, 19))


def _write_value(page: Page, row: int, link: Link) -> None:
    if isinstance(link.value, Decimal):
        decimals = max(0, -int(link.value.normalize().as_tuple().exponent))
        put(page, row, 4, link.value, "figure", num_format=number_format(decimals))
    elif link.value is None and link.figure:
        put(page, row, 4, MISSING, "missing")
    else:
        put(page, row, 4, _words(link) or DASH, "text")


def _write_ways(
    page: Page, row: int, item: PrintedRow, sources: Sources, cells: Mapping[str, tuple[str, str]]
) -> None:
    """Where the same figure stands in this workbook."""
    figure = item.link.figure if item.link else ""
    sheet, cell = cells.get(figure, ("", ""))
    way = internal_link(sheet, cell) if sheet else ""
    if way:
        put_link(page, row, 10, way, f"{sheet}!{cell}", "link", "转到汇总表中的该数", indent=1)
    else:
        put(page, row, 10, DASH, "centre")
    source = sources.by_figure.get(figure)
    way = "" if source is None else sources.link(source)
    shown = DASH if source is None else f"第 {source + 1} 行"
    put_link(page, row, 11, way, shown, _role(way), "转到该数的来源", align="center")


def _role(way: str) -> str:
    return "link" if way else "centre"


def _words(link: Link) -> str:
    return excerpt(link.value) if isinstance(link.value, str) else ""
