"""The two sheets in front of a returned workbook: 校验回执 and 报送进度."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from generators.forms import layout
from generators.messages.grounds import place_of
from generators.model import Finding
from generators.returns.contents import (
    OUTCOME_LABELS,
    Check,
    Line,
    ProgressContents,
    ReceiptContents,
)
from generators.returns.looks import FOOTNOTE_COLOUR, Link, Page, put
from generators.returns.receipt import Outcome
from generators.summary.departments import STATE_ROLES, TIMELINESS_ROLES
from generators.summary.formats import row_height
from generators.summary.labels import STATE_LABELS, TIMELINESS_LABELS
from generators.summary.page import MOST_LINKS, quoted

Spot = tuple[str, str]
"""A sheet of the returned workbook and a cell in it."""
Place = Callable[[Finding], Spot | None]
"""Where a finding's link leads; ``None`` where the workbook has no such place."""

LINE_HEADS = ("序号", "级别", "校验规则", "位置", "问题", "怎么办", "依据", "核实说明")
LINE_WIDTHS = (7.0, 8.0, 13.0, 16.0, 40.0, 36.0, 32.0, 24.0)
CHECK_HEADS = ("序号", "校验项目", "通过", "未通过", "无法检验")
HISTORY_HEADS = ("版次", "文件", "收到时间", "保存时间", "结果")
DEPARTMENT_HEADS = ("序号", "部门", "报送时限", "报送状态", "版次", "及时性")
PROGRESS_WIDTHS = (9.0, 34.0, 20.0, 20.0, 12.0, 12.0)

_OUTCOME_ROLES = {Outcome.ACCEPTED: "good", Outcome.TO_CONFIRM: "doubtful", Outcome.REJECTED: "bad"}
_SMALL = {"font_size": 9, "font_color": FOOTNOTE_COLOUR}


def receipt_sheet(contents: ReceiptContents, place: Place, reason: Place) -> Page:
    """Return 校验回执.

    ``place`` gives the cell that a finding is about, ``reason`` the 情况说明 cell on its row.
    """
    page = Page(layout.RECEIPT_SHEET, widths=LINE_WIDTHS)
    last = len(LINE_WIDTHS)
    _wide(page, 1, 1, last, layout.RECEIPT_SHEET, "title")
    page.heights[1] = 36
    row = _facts(page, 2, contents.facts)
    outcome = OUTCOME_LABELS[contents.outcome]
    role = _OUTCOME_ROLES[contents.outcome]
    _wide(page, row, 1, last, outcome, role, font="heading1", font_size=22)
    page.heights[row] = 42
    row = _paragraph(page, row + 1, contents.next_step, LINE_WIDTHS, font_size=13)
    row = _heading(page, row, "一、校验结果", contents.counts, last)
    row = _head(page, row, LINE_HEADS, LINE_WIDTHS)
    page.title_row = row - 1
    for line in contents.lines:
        _line(page, row, line, place(line.finding), reason(line.finding))
        row += 1
    if not contents.lines:
        _wide(page, row, 1, last, "没有发现问题", "empty")
        page.heights[row] = 26
        row += 1
    if contents.checks:
        row = _heading(page, row, "二、校验项目", "只列用得上的规则", last)
        _checks(page, row, contents.checks)
    return page


def progress_sheet(contents: ProgressContents) -> Page:
    """Return 报送进度; the row of the own department stands out."""
    page = Page(layout.PROGRESS_SHEET, widths=PROGRESS_WIDTHS, landscape=False)
    last = len(PROGRESS_WIDTHS)
    _wide(page, 1, 1, last, layout.PROGRESS_SHEET, "title")
    page.heights[1] = 36
    row = 2
    if contents.history:
        row = _heading(page, row, "一、本部门的报送", f"报送时限：{contents.deadline}", last)
        row = _history(page, row, contents)
    number = "二" if contents.history else "一"
    row = _heading(page, row, f"{number}、各部门报送情况", "", last)
    row = _head(page, row, DEPARTMENT_HEADS, PROGRESS_WIDTHS)
    page.title_row = row - 1
    for place, item in enumerate(contents.departments, 1):
        more = {"bold": True, "bg_color": "#FFF2CC"} if item.own else {}
        put(page, row, 1, place, "number", **more)
        put(page, row, 2, f"{item.name}（本部门）" if item.own else item.name, "text", **more)
        put(page, row, 3, item.deadline, "centre", **more)
        bold = {"bold": item.own}
        put(page, row, 4, STATE_LABELS[item.state], STATE_ROLES[item.state], **bold)
        put(page, row, 5, item.vintage, "centre", **more)
        timeliness = TIMELINESS_LABELS[item.timeliness]
        put(page, row, 6, timeliness, TIMELINESS_ROLES[item.timeliness], **bold)
        page.heights[row] = row_height([(item.name, PROGRESS_WIDTHS[1])])
        row += 1
    return page


# --- 校验回执 ---------------------------------------------------------------------------------------


def _facts(page: Page, row: int, facts: Sequence[tuple[str, str]]) -> int:
    """Label and value, two pairs a row."""
    left, right = (1, 2, 3, 5), (6, 6, 7, 8)
    width = sum(LINE_WIDTHS[2:5]), sum(LINE_WIDTHS[6:8])
    for first, second in zip(facts[::2], facts[1::2], strict=True):
        for (label, value), (start, end, start2, end2) in ((first, left), (second, right)):
            _wide(page, row, start, end, label, "header")
            _wide(page, row, start2, end2, value, "text")
        texts = [(first[1], width[0]), (second[1], width[1])]
        page.heights[row] = row_height(texts, 24)
        row += 1
    return row


def _line(page: Page, row: int, line: Line, place: Spot | None, reason: Spot | None) -> None:
    small = _SMALL if line.follows else {}
    put(page, row, 1, _number(line.number), "number", **small)
    put(page, row, 2, line.severity, str(line.finding.severity), **small)
    put(page, row, 3, line.rule, "centre", **small)
    _link(page, row, 4, line.place, place, "centre", small)
    problem = f"↳ {line.problem}" if line.follows else line.problem
    for column, text in enumerate((problem, line.advice, line.evidence), 5):
        more = small | {"indent": 2} if line.follows and column == 5 else small
        put(page, row, column, text, "text", **more)
    explanation = line.finding.explanation
    if line.to_explain:
        where = place_of(*reason) if reason else "“情况说明”列"
        explanation = f"请在 {where} 填写"
        _link(page, row, 8, explanation, reason, str(line.finding.severity), small)
    else:
        put(page, row, 8, explanation, "text", **small)
    texts = ["", "", line.rule, line.place, problem, line.advice, line.evidence, explanation]
    widths = [width - (2 if line.follows else 0) for width in LINE_WIDTHS]
    page.heights[row] = row_height(list(zip(texts, widths, strict=True)))


def _number(text: str) -> int | str:
    return int(text) if text.isdecimal() else text


def _link(
    page: Page, row: int, column: int, text: str, spot: Spot | None, role: str, small: dict[str, Any]
) -> None:
    """Write ``text`` with a link to a cell of this workbook, where there is one."""
    fits = spot is not None and len(page.links) < MOST_LINKS
    more = {"font_color": "#0563C1", "underline": 1} if fits else {}
    put(page, row, column, text, role, **{**small, **more})
    if spot is not None and fits:
        page.links[row, column] = Link(f"{quoted(spot[0])}!{spot[1]}", "转到该单元格")


def _checks(page: Page, row: int, checks: Sequence[Check]) -> None:
    spans = ((1, 1), (2, 3), (4, 4), (5, 5), (6, 8))
    width = sum(LINE_WIDTHS[5:8])
    for (start, end), head in zip(spans, CHECK_HEADS, strict=True):
        _wide(page, row, start, end, head, "header")
    page.heights[row] = 24
    row += 1
    for number, check in enumerate(checks, 1):
        failed = "bad" if check.failed else "number"
        _wide(page, row, *spans[0], number, "number")
        _wide(page, row, *spans[1], check.rule, "text")
        _wide(page, row, *spans[2], check.passed, "number")
        _wide(page, row, *spans[3], check.failed, failed)
        _wide(page, row, *spans[4], check.untested, "text")
        page.heights[row] = row_height([(check.untested, width)])
        row += 1


# --- 报送进度 ---------------------------------------------------------------------------------------


def _history(page: Page, row: int, contents: ProgressContents) -> int:
    spans = ((1, 1), (2, 2), (3, 3), (4, 4), (5, 6))
    for (start, end), head in zip(spans, HISTORY_HEADS, strict=True):
        _wide(page, row, start, end, head, "header")
    page.heights[row] = 24
    row += 1
    for item in contents.history:
        values = (item.vintage, item.file, item.received, item.saved, item.result)
        roles = ("centre", "text", "centre", "centre", item.state)
        for (start, end), value, role in zip(spans, values, roles, strict=True):
            _wide(page, row, start, end, value, role)
        page.heights[row] = row_height([(item.file, PROGRESS_WIDTHS[1])])
        row += 1
    return row


# --- what both have -------------------------------------------------------------------------------


def _wide(page: Page, row: int, first: int, last: int, value: str | int, role: str, **more: Any) -> None:
    """Write ``value`` over the columns from ``first`` to ``last``."""
    put(page, row, first, value, role, **more)
    for column in range(first + 1, last + 1):
        put(page, row, column, "", role, **more)
    if last > first:
        page.merges.append((row, first, row, last))


def _head(page: Page, row: int, heads: Sequence[str], widths: Sequence[float]) -> int:
    for column, head in enumerate(heads, 1):
        put(page, row, column, head, "header")
    page.heights[row] = row_height(list(zip(heads, widths, strict=True)), 24)
    return row + 1


def _heading(page: Page, row: int, text: str, right: str, last: int) -> int:
    """A heading with what is said of the whole table; an empty row above it."""
    row += 1
    _wide(page, row, 1, 3, text, "subtitle", font="heading1", font_size=13)
    _wide(page, row, 4, last, right, "subtitle_right")
    page.heights[row - 1] = 10
    page.heights[row] = 24
    return row + 1


def _paragraph(page: Page, row: int, text: str, widths: Sequence[float], font_size: int) -> int:
    _wide(page, row, 1, len(widths), text, "note", font_size=font_size)
    width = sum(widths) * 11 / font_size
    page.heights[row] = row_height([(text, width)], 30)
    return row + 1
