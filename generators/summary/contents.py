"""The first sheet, 目录: what the workbook holds, with links and live counts."""

from __future__ import annotations

from collections.abc import Sequence

from generators.model import Settings
from generators.summary.departments import FIRST_ROW, NAME_COLUMN, STATE_COLUMN
from generators.summary.formats import row_height
from generators.summary.labels import MISSING, STATE_LABELS
from generators.summary.page import (
    Page,
    SheetEntry,
    absolute,
    internal_link,
    merge,
    put,
    put_formula,
    put_link,
    set_up,
    start,
    write_header,
    write_notes,
)
from generators.summary.reports import DepartmentReport, ReportState

HEADS = ("序号", "工作表", "内容", "条数", "缺数")
WIDTHS = (7.0, 28.0, 44.0, 8.0, 8.0)


def write_contents(
    page: Page,
    settings: Settings,
    entries: Sequence[SheetEntry],
    departments: Page,
    reports: Sequence[DepartmentReport],
    left: str,
    right: str,
) -> None:
    """Write the sheet; ``entries`` are the other sheets in order, ``departments`` 部门报送情况."""
    set_up(page, (3, 3), 0)
    title = settings.name if settings.name.endswith("汇总表") else f"{settings.name}数据汇总表"
    start(page, title, left, right)
    _write_reporting(page, departments, reports)
    row = write_header(page, 3, HEADS)
    for number, entry in enumerate(entries, 1):
        put(page, row, 0, number, "number")
        link = internal_link(entry.name, "A1")
        put_link(page, row, 1, link, entry.name, "link", "转到该工作表")
        put(page, row, 2, entry.about, "text")
        put_formula(page, row, 3, f"=COUNTA({entry.names})", entry.items, "number")
        if entry.figures:
            formula = f'=COUNTIF({entry.figures},"{MISSING}")'
            role = "missing" if entry.missing else "number"
            put_formula(page, row, 4, formula, entry.missing, role)
        else:
            put(page, row, 4, "—", "centre")
        texts = [(entry.name, WIDTHS[1]), (entry.about, WIDTHS[2])]
        page.sheet.set_row(row, row_height(texts, 24))
        row += 1
    notes = [
        "说明：本工作簿由程序根据各部门报送的填报表自动生成，请勿在此修改数据；数据有误的，请部门修改填报表后重新报送。",
        f"缺数指应报未报的数据，在表中以“{MISSING}”标出。",
    ]
    write_notes(page, row, notes)


def _write_reporting(page: Page, departments: Page, reports: Sequence[DepartmentReport]) -> None:
    last = FIRST_ROW + max(len(reports) - 1, 0)
    names = absolute(departments, FIRST_ROW, NAME_COLUMN, last, NAME_COLUMN)
    states = absolute(departments, FIRST_ROW, STATE_COLUMN, last, STATE_COLUMN)
    parts, values = [], []
    for state in ReportState:
        label = STATE_LABELS[state]
        parts.append(f'"{label} "&COUNTIF({states},"{label}")&" 个"')
        values.append(f"{label} {sum(1 for report in reports if report.state == state)} 个")
    merge(page, 2, 0, 2, page.last_column, "", "subtitle")
    formula = f'="应报部门 "&COUNTA({names})&" 个："&' + '&"，"&'.join(parts)
    put_formula(page, 2, 0, formula, f"应报部门 {len(reports)} 个：{'，'.join(values)}", "subtitle")
    page.sheet.set_row(2, 22)
