"""The sheet 部门报送情况: who reported what and when, in time or late, with how many findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlsxwriter.utility import xl_range

from generators.merge import Dataset
from generators.messages import SEVERITY_LABELS
from generators.model import Definition, Severity
from generators.summary.formats import row_height
from generators.summary.labels import DASH, STATE_LABELS, TIMELINESS_LABELS
from generators.summary.page import (
    Page,
    SheetEntry,
    absolute,
    merge,
    original_link,
    put,
    put_formula,
    put_link,
    set_up,
    start,
    write_empty,
    write_header,
    write_notes,
)
from generators.summary.reports import Archive, DepartmentReport, ReportState, Timeliness
from generators.summary.times import TO_THE_MINUTE, saved, timeliness

_SEVERITIES = tuple(Severity)
_NOTE = "注：及时性按文件最后保存时间与报送时限比较；实际送达时间见 status 命令。"
HEADS = (
    "序号",
    "部门",
    "报送状态",
    "文件",
    "版次",
    "保存时间",
    "报送时限",
    "及时性",
    *(SEVERITY_LABELS["zh"][severity] for severity in _SEVERITIES),
    "问题合计",
)
WIDTHS = (7.0, 22.0, 12.0, 30.0, 8.0, 19.0, 19.0, 12.0, 8.0, 8.0, 8.0, 8.0, 10.0)
FIRST_ROW = 3
"""The index of the first data row."""
NAME_COLUMN, STATE_COLUMN, TIMELINESS_COLUMN = 1, 2, 7
_FIRST_COUNT = 8
STATE_ROLES = {
    ReportState.ACCEPTED: "good",
    ReportState.REJECTED: "bad",
    ReportState.MISSING: "bad",
}
TIMELINESS_ROLES = {
    Timeliness.ON_TIME: "good",
    Timeliness.LATE: "doubtful",
    Timeliness.NONE: "centre",
    Timeliness.MISSING: "bad",
}


def complete(dataset: Dataset, reports: Sequence[DepartmentReport]) -> tuple[DepartmentReport, ...]:
    """One report for every department of the definition, in its order; others are left out."""
    known = {report.department: report for report in reports}
    return tuple(
        known.get(department.code) or DepartmentReport(department.code, ReportState.MISSING)
        for department in dataset.definition.departments
    )


def write_departments(
    page: Page,
    dataset: Dataset,
    reports: Sequence[DepartmentReport],
    left: str,
    right: str,
    archive: Archive,
) -> SheetEntry:
    """Write the sheet; the file of an accepted department leads to the archived original."""
    set_up(page, (2, 2), 2)
    start(page, "部门报送情况", left, right)
    row = write_header(page, 2, HEADS)
    originals = {
        item.submission.identity.department: item.submission.sha256 for item in dataset.accepted
    }
    for number, report in enumerate(reports, 1):
        _write_report(page, row, number, report, dataset, originals, archive)
        row += 1
    if not reports:
        row = write_empty(page, row, "没有需要报送的部门")
    page.sheet.autofilter(2, 0, row - 1, page.last_column)
    _write_totals(page, row, dataset.definition, reports)
    write_notes(page, row + 1, [_NOTE])
    names = absolute(page, FIRST_ROW, NAME_COLUMN, max(row - 1, FIRST_ROW), NAME_COLUMN)
    return SheetEntry(page.name, "各部门报送状态、版次、及时性和问题数", names, len(reports))


def _write_report(
    page: Page,
    row: int,
    number: int,
    report: DepartmentReport,
    dataset: Dataset,
    originals: Mapping[str, str],
    archive: Archive,
) -> None:
    definition = dataset.definition
    name = definition.department_name(report.department)
    put(page, row, 0, number, "number")
    put(page, row, 1, name, "text")
    state = ReportState(report.state)
    put(page, row, 2, STATE_LABELS[state], STATE_ROLES[state])
    sha256 = originals.get(report.department, "")
    if state is ReportState.ACCEPTED and sha256 and report.file:
        put_link(page, row, 3, original_link(archive, sha256), report.file, "link", "打开归档的报送原件")
    else:
        put(page, row, 3, report.file or "—", "text" if report.file else "centre")
    put(page, row, 4, report.vintage or "—", "number" if report.vintage else "centre")
    put(page, row, 5, saved(definition, report.saved_at), "centre")
    deadline = definition.deadline_of(report.department)
    put(page, row, 6, deadline.strftime(TO_THE_MINUTE) if deadline else DASH, "centre")
    judged = _timeliness(definition, report)
    put(page, row, 7, TIMELINESS_LABELS[judged], TIMELINESS_ROLES[judged])
    counts = [report.counts.get(severity, 0) for severity in _SEVERITIES]
    for index, (severity, count) in enumerate(zip(_SEVERITIES, counts, strict=True), _FIRST_COUNT):
        put(page, row, index, count, str(severity) if count else "number")
    cells = xl_range(row, _FIRST_COUNT, row, _FIRST_COUNT + len(counts) - 1)
    put_formula(page, row, page.last_column, f"=SUM({cells})", sum(counts), "number")
    texts = [(name, WIDTHS[1]), (report.file, WIDTHS[3])]
    page.sheet.set_row(row, row_height(texts))


def _write_totals(
    page: Page, row: int, definition: Definition, reports: Sequence[DepartmentReport]
) -> None:
    last = max(row - 1, FIRST_ROW)

    def cells(column: int) -> str:
        return str(xl_range(FIRST_ROW, column, last, column))

    def count_if(column: int, label: str, count: int) -> None:
        formula = f'=COUNTIF({cells(column)},"{label}")'
        style = {"num_format": f'"{label} "0'}
        put_formula(page, row, column, formula, count, "total", **style)

    merge(page, row, 0, row, 0, "合计", "total")
    formula = f"=COUNTA({cells(NAME_COLUMN)})"
    put_formula(page, row, NAME_COLUMN, formula, len(reports), "total", num_format='0" 个部门"')
    accepted = sum(1 for report in reports if report.state == ReportState.ACCEPTED)
    on_time = sum(1 for report in reports if _timeliness(definition, report) is Timeliness.ON_TIME)
    count_if(STATE_COLUMN, STATE_LABELS[ReportState.ACCEPTED], accepted)
    count_if(TIMELINESS_COLUMN, TIMELINESS_LABELS[Timeliness.ON_TIME], on_time)
    for column in (3, 4, 5, 6):
        put(page, row, column, None, "total")
    totals = [sum(report.counts.get(severity, 0) for report in reports) for severity in _SEVERITIES]
    for column, total in enumerate([*totals, sum(totals)], _FIRST_COUNT):
        put_formula(page, row, column, f"=SUM({cells(column)})", total, "total")
    page.sheet.set_row(row, 24)


def _timeliness(definition: Definition, report: DepartmentReport) -> Timeliness:
    if report.state == ReportState.MISSING:
        return Timeliness.MISSING
    return timeliness(definition, report.department, report.saved_at)
