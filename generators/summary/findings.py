"""The sheet 校验结果: every finding of the run, the gravest first, with what follows from each."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.utility import xl_range_abs

from generators.merge import Dataset
from generators.messages import SEVERITY_LABELS, action, message, numbered
from generators.messages.grounds import grounds
from generators.model import Finding, Severity
from generators.summary.formats import row_height
from generators.summary.labels import rule_label
from generators.summary.page import (
    Page,
    SheetEntry,
    absolute,
    original_link,
    put,
    put_formula,
    put_link,
    set_up,
    start,
    write_empty,
    write_header,
)
from generators.summary.reports import Archive, DepartmentReport, ReportState

HEADS = (
    *("序号", "级别", "校验规则", "部门", "文件", "工作表", "单元格"),
    *("问题", "处理建议", "依据", "核实说明"),
)
WIDTHS = (7.0, 14.0, 17.0, 18.0, 26.0, 14.0, 11.0, 46.0, 38.0, 40.0, 27.0)
_FIRST = 3


def write_findings(
    page: Page,
    dataset: Dataset,
    findings: Sequence[Finding],
    reports: Sequence[DepartmentReport],
    left: str,
    archive: Archive,
) -> SheetEntry:
    """Write the sheet; a finding in an accepted workbook leads to its cell in the original."""
    set_up(page, (2, 2), 3)
    counts = start(page, "校验结果", left)
    row = write_header(page, 2, HEADS)
    originals = _originals(dataset, reports)
    rows = list(numbered(findings))
    for number, finding in rows:
        _write_finding(page, row, number, finding, dataset, originals, archive)
        row += 1
    if not rows:
        row = write_empty(page, row, "没有发现问题")
    page.sheet.autofilter(2, 0, row - 1, page.last_column)
    roots = [finding for number, finding in rows if "-" not in number]
    _write_counts(page, counts, max(row - 1, _FIRST), roots)
    names = absolute(page, _FIRST, 1, max(row - 1, _FIRST), 1)
    return SheetEntry(page.name, "校验发现的问题和处理建议", names, len(rows))


def _originals(dataset: Dataset, reports: Sequence[DepartmentReport]) -> dict[tuple[str, str], str]:
    """Department and file → SHA-256, where the findings speak of the very file that was accepted.

    A newer file of the same name may have been rejected while an earlier vintage stands: its cells
    are not those of the archived original.
    """
    current = {
        (report.department, report.file) for report in reports if report.state == ReportState.ACCEPTED
    }
    found = {}
    for item in dataset.accepted:
        key = (item.submission.identity.department, item.submission.file)
        if key in current:
            found[key] = item.submission.sha256
    return found


def _write_finding(
    page: Page,
    row: int,
    number: str,
    finding: Finding,
    dataset: Dataset,
    originals: dict[tuple[str, str], str],
    archive: Archive,
) -> None:
    department = dataset.definition.department_name(finding.department)
    problem, advice = message(finding), action(finding)
    based_on = "\n".join(grounds(finding))
    rule = rule_label(finding.rule)
    label = SEVERITY_LABELS["zh"][finding.severity]
    follows = "-" in number
    put(page, row, 0, number if follows else int(number), "number")
    # What follows from another is not counted again, nor is a rule on trial.
    beside = f"{label}（{'连带' if follows else '试运行'}）"
    plain = not follows and not finding.shadow
    put(page, row, 1, label if plain else beside, str(finding.severity) if plain else "centre")
    put(page, row, 2, rule, "centre")
    put(page, row, 3, department, "centre")
    put(page, row, 4, finding.file, "text")
    put(page, row, 5, finding.sheet, "centre")
    sha256 = originals.get((finding.department, finding.file))
    if sha256 and finding.sheet and finding.cell:
        link = original_link(archive, sha256, finding.sheet, finding.cell)
        put_link(page, row, 6, link, finding.cell, "link", "打开归档的报送原件", align="center")
    else:
        put(page, row, 6, finding.cell, "centre")
    put(page, row, 7, problem, "text")
    put(page, row, 8, advice, "text")
    put(page, row, 9, based_on, "text")
    put(page, row, 10, finding.explanation, "text")
    texts = (
        "",
        "",
        rule,
        department,
        finding.file,
        finding.sheet,
        "",
        problem,
        advice,
        based_on,
        finding.explanation,
    )
    page.sheet.set_row(row, row_height(list(zip(texts, WIDTHS, strict=True))))


def _write_counts(page: Page, column: int, last: int, findings: Sequence[Finding]) -> None:
    """Write the subtitle's right half: how many findings of each severity, live."""
    cells = xl_range_abs(_FIRST, 1, last, 1)
    parts, values = [], []
    for severity in Severity:
        label = SEVERITY_LABELS["zh"][severity]
        parts.append(f'"{label} "&COUNTIF({cells},"{label}")&" 条"')
        count = sum(1 for item in findings if item.severity is severity and not item.shadow)
        values.append(f"{label} {count} 条")
    formula = "=" + '&"，"&'.join(parts)
    put_formula(page, 1, column, formula, "，".join(values), "subtitle_right")
