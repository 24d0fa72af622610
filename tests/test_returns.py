"""The annotated copy that goes back: marks, receipt, progress, and how it comes in again."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment

from generators.collection import collect
from generators.excel.workbook import read_workbook
from generators.forms import layout
from generators.intake.submission import identify
from generators.ledger import Ledger, Vintage, sqlite_url
from generators.model import (
    Definition,
    Department,
    Evidence,
    Finding,
    Operand,
    Severity,
    Tally,
)
from generators.returning import (
    UNKNOWN_FOLDER,
    Return,
    give_back,
    return_paths,
    returned_files,
    returns_of,
)
from generators.returns import Outcome, Receipt, annotated_copy
from generators.returns.annotate import MOST_UNZIPPED_BYTES
from generators.returns.comments import AUTHOR
from generators.summary import DepartmentReport, ReportState, Timeliness
from generators.summary.formats import properties_of
from generators.workspace import Workspace
from tests.conftest import huibao
from tests.office import convert, needs_office, pages
from tests.small_workspace import aged
from tests.workbooks import (
    DEPARTMENT,
    FILLED,
    brief,
    cell_of,
    changed,
    edited,
    filled_form,
    found,
    put,
    saved,
    sound_definition,
    submitted,
    with_part,
)

FILE = "渔业局-2031.xlsx"
COLOURS = {severity: properties_of(str(severity))["bg_color"].lstrip("#") for severity in Severity}
OWN_SHEETS = {layout.RECEIPT_SHEET, layout.PROGRESS_SHEET, layout.MARKS_SHEET}


@pytest.fixture(scope="module")
def definition() -> Definition:
    return sound_definition()


@pytest.fixture(scope="module")
def form(definition: Definition) -> bytes:
    return filled_form(definition)


# --- helpers ----------------------------------------------------------------------------------------


def finding(code: str, severity: Severity, cell: str = "", sheet: str = "指标", **more: Any) -> Finding:
    return Finding(code, severity, DEPARTMENT, FILE, sheet, cell, **more)


def blank(cell: str, item: str = "渔业总产值·本年预计") -> Finding:
    return finding("presence.figure", Severity.ERROR, cell, params={"item": item})


def doubtful(cell: str, **more: Any) -> Finding:
    params = {"item": "渔业总产值·同比增长(%)", "value": "35", "unit": "%", "bounds": "≤30"}
    return finding("range.level", Severity.CONFIRM, cell, params=params, **more)


def receipt(definition: Definition, findings: Iterable[Finding] = (), **more: Any) -> Receipt:
    every = tuple(findings)
    rejected = any(item.severity is Severity.ERROR for item in every)
    return Receipt(definition, DEPARTMENT, FILE, rejected, every, **more)


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def returned(data: bytes, definition: Definition, findings: Iterable[Finding] = (), **more: Any) -> Any:
    return opened(annotated_copy(receipt(definition, findings, **more), data))


def fill_of(cell: Any) -> str | None:
    """The colour of a cell as RRGGBB, ``None`` where it has none."""
    return str(cell.fill.fgColor.rgb)[-6:] if cell.fill.fill_type == "solid" else None


def shown(sheet: Any) -> list[list[str]]:
    """The filled cells of a sheet by row, rows without any left out."""
    rows = [[str(value) for value in row if value is not None] for row in sheet.values]
    return [row for row in rows if row]


def table(sheet: Any, head: str) -> list[list[str]]:
    """The rows below the one that begins with 序号 and holds ``head``, up to the next blank row."""
    rows = [["" if value is None else str(value) for value in row] for row in sheet.values]
    start = next(place for place, row in enumerate(rows) if head in row and row[0] in ("序号", "版次"))
    body = rows[start + 1 :]
    end = next((place for place, row in enumerate(body) if not any(row)), len(body))
    return body[:end]


def row_of_finding(sheet: Any, number: object) -> int:
    """The sheet row of the finding with that number."""
    return next(row[0].row for row in sheet.iter_rows(min_row=8) if row[0].value == number)


def look(cell: Any) -> tuple[Any, ...]:
    """Everything about a cell but its colour and its comment."""
    return (
        cell.value,
        cell.data_type,
        cell.number_format,
        repr(cell.font),
        repr(cell.border),
        repr(cell.alignment),
        repr(cell.protection),
    )


def sheet_state(sheet: Any) -> dict[str, Any]:
    """Everything about a sheet but its cells."""
    return {
        "state": sheet.sheet_state,
        "protection": repr(sheet.protection),
        "validations": [repr(item) for item in sheet.data_validations.dataValidation],
        "freeze": sheet.freeze_panes,
        "merged": sorted(str(area) for area in sheet.merged_cells.ranges),
        "print": (sheet.print_area, sheet.print_title_rows, repr(sheet.page_setup)),
        "margins": (repr(sheet.page_margins), repr(sheet.print_options)),
        "footer": [getattr(sheet.oddFooter, side).text for side in ("left", "center", "right")],
        "widths": {key: item.width for key, item in sheet.column_dimensions.items()},
        "heights": {key: item.height for key, item in sheet.row_dimensions.items()},
        "hidden": {key for key, item in sheet.row_dimensions.items() if item.hidden},
        "gridlines": sheet.sheet_view.showGridLines,
        "names": {name: item.attr_text for name, item in sheet.defined_names.items()},
    }


def looks_of(book: Any) -> dict[tuple[str, str], tuple[Any, ...]]:
    """The looks and colours of all cells of the form's own sheets."""
    return {
        (sheet.title, cell.coordinate): (*look(cell), fill_of(cell))
        for sheet in book.worksheets
        if sheet.title not in OWN_SHEETS
        for row in sheet.iter_rows()
        for cell in row
    }


# --- the department's own sheets --------------------------------------------------------------------


def test_a_cell_with_a_finding_is_coloured_by_severity_and_says_what_to_do(
    definition: Definition, form: bytes
) -> None:
    cells = {Severity.ERROR: "D5", Severity.CONFIRM: "E5", Severity.WARNING: "F5", Severity.INFO: "H5"}
    findings = [
        finding("presence.figure", severity, cell, params={"item": "渔业总产值·本年预计"})
        for severity, cell in cells.items()
    ]
    sheet = returned(form, definition, findings)["指标"]
    for severity, cell in cells.items():
        assert fill_of(sheet[cell]) == COLOURS[severity]
    comment = sheet["D5"].comment
    assert (comment.author, comment.text) == (
        AUTHOR,
        "【错误】必填项“渔业总产值·本年预计”没有填写\n"
        "怎么办：请填写数值；确无数据的，请联系编报单位调整填报要求（校验回执第 1 条）",
    )


def test_the_four_colours_differ_from_each_other_and_from_those_of_the_form(
    definition: Definition, form: bytes
) -> None:
    in_form = {look[-1] for look in looks_of(opened(form)).values()}
    assert len(set(COLOURS.values())) == 4
    assert not in_form & set(COLOURS.values())


def test_several_findings_on_a_cell_are_one_comment_in_the_colour_of_the_gravest(
    definition: Definition, form: bytes
) -> None:
    note = finding("normalised.text", Severity.INFO, "D5", params={"item": "甲", "value": "1"})
    sheet = returned(form, definition, [note, blank("D5")])["指标"]
    assert fill_of(sheet["D5"]) == COLOURS[Severity.ERROR]
    first, second = sheet["D5"].comment.text.split("\n\n")
    assert first.startswith("【错误】")
    assert second.startswith("【说明】")
    assert "第 2 条" in second


def test_a_comment_box_grows_with_its_text(definition: Definition, form: bytes) -> None:
    long = finding("codes.unknown", Severity.ERROR, "D6", params={"column": "甲", "choices": "乙" * 300})
    data = annotated_copy(receipt(definition, [blank("D5"), long]), form)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        drawing = next(archive.read(n).decode() for n in archive.namelist() if "Drawing" in n)
    heights = [float(part.partition("px")[0]) for part in drawing.split("height:")[1:]]
    assert heights[1] > 2.5 * heights[0] > 0


@pytest.mark.parametrize("findings", [(), (blank("D5"), doubtful("F6"))], ids=["clean", "marked"])
def test_everything_else_stays_as_the_department_left_it(
    definition: Definition, form: bytes, findings: tuple[Finding, ...]
) -> None:
    def by_hand(book: Any) -> None:
        sheet = book["指标"]
        sheet.row_dimensions[7].hidden = True
        sheet["K2"] = "=1+1"
        sheet["K3"].value = 0.125
        sheet["K3"].number_format = "0.0%"
        book.create_sheet("草稿")["A1"] = "请勿外传"
        book["草稿"].sheet_state = "hidden"

    before_bytes = edited(form, by_hand)
    after_bytes = annotated_copy(receipt(definition, findings), before_bytes)
    before, after = opened(before_bytes), opened(after_bytes)
    assert after.sheetnames[:2] == [layout.RECEIPT_SHEET, layout.PROGRESS_SHEET]
    assert [name for name in after.sheetnames if name not in OWN_SHEETS] == before.sheetnames
    marked = {("指标", cell) for cell in ("D5", "F6", "I6")} if findings else set()
    for sheet in before.worksheets:
        assert sheet_state(after[sheet.title]) == sheet_state(sheet), sheet.title
    old, new = looks_of(before), looks_of(after)
    assert {place: item[:-1] for place, item in new.items()} == {
        place: item[:-1] for place, item in old.items()
    }
    assert {place for place in old if old[place] != new[place]} == marked
    properties = {item.name: item.value for item in before.custom_doc_props.props}
    kept = {item.name: item.value for item in after.custom_doc_props.props}
    assert properties.items() <= kept.items()
    assert after[layout.IDENTITY_SHEET].sheet_state == "veryHidden"


def test_formatting_within_a_text_survives(definition: Definition, form: bytes) -> None:
    def by_hand(book: Any) -> None:
        bold = TextBlock(InlineFont(b=True), "稳中有进")
        book["文字材料"]["D4"].value = CellRichText("渔业", bold, "。 ")

    made = annotated_copy(receipt(definition, [blank("D5")]), edited(form, by_hand))
    cell = openpyxl.load_workbook(io.BytesIO(made), rich_text=True)["文字材料"]["D4"]
    assert [getattr(part, "font", None) and part.font.b for part in cell.value] == [None, True, None]
    assert str(cell.value) == "渔业稳中有进。 "


def test_a_workbook_without_window_settings_is_annotated_all_the_same(
    definition: Definition, form: bytes
) -> None:
    def without_views(part: bytes) -> bytes:
        return re.sub(rb"<bookViews>.*?</bookViews>", b"", part)

    book = returned(with_part(form, "xl/workbook.xml", without_views), definition, [blank("D5")])
    assert fill_of(book["指标"]["D5"]) == COLOURS[Severity.ERROR]


def test_equal_input_gives_equal_bytes_and_the_time_of_saving_stays(
    definition: Definition, form: bytes
) -> None:
    made = [annotated_copy(receipt(definition, [blank("D5")]), form) for _ in range(2)]
    assert made[0] == made[1]
    alone = [annotated_copy(receipt(definition, [blank("D5")]), None) for _ in range(2)]
    assert alone[0] == alone[1]
    old, new = read_workbook(form, FILE).value, read_workbook(made[0], FILE).value
    assert old is not None
    assert new is not None
    assert new.saved_at == old.saved_at != ""


def test_results_of_formulas_and_silenced_corners_survive(definition: Definition, form: bytes) -> None:
    typed = edited(form, lambda book: put(cell_of(book, "S1-01", "本年预计"), "=10+2.3"))

    def calculated(part: bytes) -> bytes:
        part = part.replace(b"<f>10+2.3</f><v></v>", b"<f>10+2.3</f><v>12.3</v>")
        part = part.replace(b"<f>10+2.3</f><v/>", b"<f>10+2.3</f><v>12.3</v>")
        corners = b'<ignoredErrors><ignoredError sqref="A1:I9" numberStoredAsText="1"/></ignoredErrors>'
        return part.replace(b"</worksheet>", corners + b"</worksheet>")

    original = with_part(typed, "sheet2.xml", calculated)
    assert brief(found(original, definition)) == []
    made = annotated_copy(receipt(definition, [blank("E5")]), original)
    assert brief(found(made, definition)) == []
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if "worksheets/sheet" in name]
    assert sum(b"ignoredErrors><legacyDrawing" in sheet.replace(b"\n", b"") for sheet in sheets) == 1


def test_a_finding_in_a_merged_range_marks_its_first_cell(definition: Definition, form: bytes) -> None:
    merged = edited(form, lambda book: book["指标"].merge_cells("D5:E6"))
    book = returned(merged, definition, [blank("E6")])
    assert fill_of(book["指标"]["D5"]) == COLOURS[Severity.ERROR]
    assert "第 1 条" in book["指标"]["D5"].comment.text


def test_findings_without_a_place_in_the_workbook_stand_in_the_receipt_alone(
    definition: Definition, form: bytes
) -> None:
    lost = [
        finding("structure.sheet", Severity.ERROR, sheet="渔港清单（旧）"),
        finding("structure.row", Severity.ERROR, params={"indicator": "甲", "code": "S9"}),
        finding("presence.figure", Severity.ERROR, "ZZZ9", params={"item": "乙"}),
        finding("presence.figure", Severity.ERROR, "D0", params={"item": "丙"}),
    ]
    book = returned(form, definition, lost)
    assert layout.MARKS_SHEET not in book.sheetnames
    sheet = book[layout.RECEIPT_SHEET]
    places = [row[3] for row in table(sheet, "位置")]
    assert sorted(places) == sorted(["渔港清单（旧）", "指标", "指标!ZZZ9", "指标!D0"])
    links = {sheet.cell(row_of_finding(sheet, n), 4).hyperlink for n in range(1, 5)}
    assert {link.location if link else None for link in links} == {None, "'指标'!A1"}


# --- the receipt ------------------------------------------------------------------------------------

ROOT = finding(
    "range.level",
    Severity.CONFIRM,
    "F5",
    params={"item": "渔业总产值·同比增长(%)", "value": "35", "unit": "%", "bounds": "3.3–5.2"},
    operands=(
        Operand("'指标'!$D$5", "12.3", "12.3", "亿元", 1, "渔业总产值·本年预计", previous="12.1"),
        Operand("'指标'!$E$5", "１１．８", "11.8", "亿元", 1, "渔业总产值·上年实际"),
        Operand("'指标'!$F$7", "", "", "", None, "渡口数", file="交通局-2031.xlsx"),
    ),
    evidence=Evidence("3.33", "5.16", "29.84", fix="3.5", fix_cell="'指标'!$F$5"),
    follows=(blank("D6", "水质达标率·本年预计"), replace(blank("E6"), shadow=True)),
)


def test_a_receipt_says_whose_it_is_and_what_became_of_it(definition: Definition, form: bytes) -> None:
    more = {"saved_at": "2031-12-19T01:30:00Z", "vintage": 2}
    rows = shown(returned(form, definition, [], **more)[layout.RECEIPT_SHEET])
    assert rows == [
        ["校验回执"],
        ["填报单位", "渔业局", "报告", "临溪区渔业发展报告"],
        ["报告期", "2031年", "版次", "第 2 次报送"],
        ["文件", FILE, "保存时间", "2031-12-19 09:30"],
        ["已接收"],
        ["数据已经采用，不需要再做什么。"],
        ["一、校验结果", "没有发现问题"],
        ["序号", "级别", "校验规则", "位置", "问题", "怎么办", "依据", "核实说明"],
        ["没有发现问题"],
    ]


@pytest.mark.parametrize(
    ("findings", "outcome", "label", "step"),
    [
        ((blank("D5"), doubtful("F5")), Outcome.REJECTED, "已退回", "改正标为红色的单元格"),
        ((doubtful("F5"),), Outcome.TO_CONFIRM, "已接收，有待核实", "在该行“情况说明”中写明原因"),
        ((doubtful("F5", explanation="新港投产"),), Outcome.ACCEPTED, "已接收", "不需要再做什么"),
        ((doubtful("F5", shadow=True),), Outcome.ACCEPTED, "已接收", "不需要再做什么"),
        (
            (finding("type.too_long", Severity.WARNING, "D5", "文字材料"),),
            Outcome.ACCEPTED,
            "已接收",
            "提醒请看一看",
        ),
    ],
)
def test_the_outcome_and_the_next_step(
    definition: Definition,
    form: bytes,
    findings: tuple[Finding, ...],
    outcome: Outcome,
    label: str,
    step: str,
) -> None:
    assert receipt(definition, findings).outcome is outcome
    rows = shown(returned(form, definition, findings)[layout.RECEIPT_SHEET])
    assert rows[4] == [label]
    assert step in rows[5][0]


def test_every_finding_stands_in_the_table_errors_first(definition: Definition, form: bytes) -> None:
    notes = [
        finding("normalised.text", Severity.INFO, f"D{row}", params={"item": "甲", "value": "1"})
        for row in range(100, 400)
    ]
    book = returned(form, definition, [*notes, doubtful("F5", shadow=True), blank("D5")])
    rows = table(book[layout.RECEIPT_SHEET], "位置")
    assert [row[0] for row in rows] == [str(number) for number in range(1, 302)]
    assert rows[0][1:6] == [
        "错误",
        "应填未填",
        "指标!D5",
        "必填项“渔业总产值·本年预计”没有填写",
        "请填写数值；确无数据的，请联系编报单位调整填报要求",
    ]
    assert {row[1] for row in rows[1:]} == {"说明"}
    assert ["一、校验结果", "错误 1 条，说明 300 条"] in shown(book[layout.RECEIPT_SHEET])


def test_evidence_names_interval_deviation_operands_and_the_vintage_before(
    definition: Definition, form: bytes
) -> None:
    root = table(returned(form, definition, [ROOT])[layout.RECEIPT_SHEET], "位置")[0]
    assert root[6].split("\n") == [
        "合理区间 3.33 至 5.16",
        "偏差 29.84",
        "渔业总产值·本年预计（指标!D5） = 12.3亿元，上次报送 12.1亿元",
        "渔业总产值·上年实际（指标!E5） = 11.8亿元，原填“１１．８”",
        "渡口数（交通局-2031.xlsx 指标!F7） = 空白",
    ]
    assert root[5].endswith("；指标!F5 是不是应填 3.5？")


def test_a_finding_about_one_cell_alone_has_no_evidence(definition: Definition, form: bytes) -> None:
    wrong = finding(
        "type.text",
        Severity.ERROR,
        "D5",
        params={"item": "甲", "raw": "约12", "suggestion": "12"},
        operands=(Operand("'指标'!$D$5", "约12", ""),),
    )
    assert table(returned(form, definition, [wrong])[layout.RECEIPT_SHEET], "位置")[0][6] == ""


def test_what_follows_from_a_root_cause_is_folded_under_it_and_marked_too(
    definition: Definition, form: bytes
) -> None:
    book = returned(form, definition, [ROOT])
    sheet = book[layout.RECEIPT_SHEET]
    rows = table(sheet, "位置")
    assert [(row[0], row[1], row[3]) for row in rows] == [
        ("1", "核实", "指标!F5"),
        ("1-1", "错误", "指标!D6"),
    ]
    first, second = (sheet.cell(row_of_finding(sheet, number), 5) for number in (1, "1-1"))
    assert second.value == "↳ 必填项“水质达标率·本年预计”没有填写"
    assert second.font.size < first.font.size
    assert second.alignment.indent > first.alignment.indent
    assert ["一、校验结果", "核实 1 条；由它们引起的 1 条列在其下"] in shown(sheet)
    assert "第 1-1 条" in book["指标"]["D6"].comment.text


def test_links_lead_to_the_cell_and_to_where_the_reason_goes(
    definition: Definition, form: bytes
) -> None:
    book = returned(form, definition, [doubtful("F6")])
    sheet = book[layout.RECEIPT_SHEET]
    row = row_of_finding(sheet, 1)
    assert sheet.cell(row, 4).hyperlink.location == "'指标'!F6"
    assert (sheet.cell(row, 8).value, sheet.cell(row, 8).hyperlink.location) == (
        "请在 指标!I6 填写",
        "'指标'!I6",
    )
    assert fill_of(sheet.cell(row, 8)) == fill_of(book["指标"]["I6"]) == COLOURS[Severity.CONFIRM]
    assert "请在此写明原因" in book["指标"]["I6"].comment.text


def test_a_reason_that_was_given_is_shown_and_not_asked_for_again(
    definition: Definition, form: bytes
) -> None:
    book = returned(form, definition, [doubtful("F6", explanation="=新港投产")])
    sheet = book[layout.RECEIPT_SHEET]
    cell = sheet.cell(row_of_finding(sheet, 1), 8)
    assert (cell.value, cell.hyperlink) == ("=新港投产", None)
    assert book["指标"]["I6"].comment is None


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|'/c calc'!A1"])
def test_text_from_a_submission_is_never_a_formula(
    definition: Definition, form: bytes, text: str
) -> None:
    told = replace(receipt(definition, [doubtful("F6", explanation=text)]), file=text)
    for original in (form, None):
        sheet = opened(annotated_copy(told, original))[layout.RECEIPT_SHEET]
        hits = [cell for row in sheet.iter_rows() for cell in row if cell.value == text]
        assert len(hits) == 2
        assert {(cell.data_type, cell.quotePrefix) for cell in hits} == {("s", True)}


def test_the_rules_that_applied_are_listed_with_what_could_not_be_tested(
    definition: Definition, form: bytes
) -> None:
    tallies = (
        Tally("type", 12),
        Tally("growth", 3, 1, {"blank": 2, "wide": 1, "few_periods": 0}),
        Tally("outlier"),
        Tally("城乡合计", 1),
    )
    sheet = returned(form, definition, [], tallies=tallies)[layout.RECEIPT_SHEET]
    rows = [[cell for cell in row if cell] for row in table(sheet, "校验项目")]
    assert rows == [
        ["1", "数据类型", "12", "0"],
        [
            "2",
            "增速与总量",
            "3",
            "1",
            "3 项无法检验：有一个数没有填 2 项，数字太小，按小数位数推算的范围太宽 1 项",
        ],
        ["3", "城乡合计", "1", "0"],
    ]
    without = shown(returned(form, definition)[layout.RECEIPT_SHEET])
    assert not any("校验项目" in text for row in without for text in row)


def test_the_programs_sheets_are_protected_without_a_password_and_set_up_for_print(
    definition: Definition, form: bytes
) -> None:
    book = returned(form, definition, [blank("D5")])
    for name in (layout.RECEIPT_SHEET, layout.PROGRESS_SHEET):
        sheet = book[name]
        assert (sheet.protection.sheet, sheet.protection.password) == (True, None)
        assert (sheet.page_setup.paperSize, sheet.page_setup.fitToWidth) == (9, 1)
        assert sheet.sheet_view.showGridLines is False
    assert book.active.title == layout.RECEIPT_SHEET
    assert [s.title for s in book.worksheets if s.sheet_view.tabSelected] == [layout.RECEIPT_SHEET]


# --- the progress -------------------------------------------------------------------------------------


def test_progress_shows_the_vintages_and_how_every_department_stands(
    definition: Definition, form: bytes
) -> None:
    vintages = tuple(
        Vintage(number, DEPARTMENT, number, str(number), f"第{number}份.xlsx", "", received)
        for number, received in ((1, "2031-12-18T02:00:00+00:00"), (2, "2031-12-21T02:00:00+00:00"))
    )
    reports = (
        DepartmentReport(DEPARTMENT, ReportState.ACCEPTED, FILE, 2, "", Timeliness.LATE),
        DepartmentReport("jt", ReportState.MISSING, timeliness=Timeliness.MISSING),
    )
    more = {"vintages": vintages, "reports": reports}
    sheet = returned(form, definition, [doubtful("F5")], vintage=2, **more)[layout.PROGRESS_SHEET]
    assert ["一、本部门的报送", "报送时限：2031-12-20 17:30"] in shown(sheet)
    assert [[cell for cell in row if cell] for row in table(sheet, "收到时间")] == [
        ["第 1 次", "第1份.xlsx", "2031-12-18 10:00", "—", "已接收，现不用"],
        ["第 2 次", "第2份.xlsx", "2031-12-21 10:00", "—", "已接收，有待核实，现用"],
    ]
    assert table(sheet, "及时性") == [
        ["1", "渔业局（本部门）", "2031-12-20 17:30", "已接收", "2", "迟报"],
        ["2", "交通局", "2031-12-15 23:59", "未报送", "—", "缺报"],
    ]
    own, other = (row for row in sheet.iter_rows() if str(row[1].value)[:3] in ("渔业局", "交通局"))
    assert (own[1].font.bold, other[1].font.bold) == (True, False)
    back = returned(form, definition, [blank("D5")], received="2031-12-22T00:00:00+00:00", **more)
    last = table(back[layout.PROGRESS_SHEET], "收到时间")[-1]
    assert [cell for cell in last if cell] == ["本次", FILE, "2031-12-22 08:00", "—", "已退回"]


# --- files that cannot be annotated -------------------------------------------------------------------


def test_a_file_that_is_no_form_gets_the_receipt_alone(definition: Definition) -> None:
    refused = Finding("format.encrypted", Severity.ERROR, file="加密.xlsx")
    told = Receipt(definition, "", "加密.xlsx", rejected=True, findings=(refused,))
    book = opened(annotated_copy(told, None))
    assert book.sheetnames == [layout.RECEIPT_SHEET, layout.PROGRESS_SHEET]
    rows = shown(book[layout.RECEIPT_SHEET])
    assert rows[1][:2] == ["填报单位", "未能识别"]
    assert "请不要在本回执上填写" in rows[5][0]
    assert table(book[layout.RECEIPT_SHEET], "位置")[0][3] == "整个文件"


def failing(_: bytes) -> bytes:
    return b"<broken"


def large(part: bytes) -> bytes:
    return part + b"<!--" + b"x" * MOST_UNZIPPED_BYTES + b"-->"


@pytest.mark.parametrize("change", [failing, large])
def test_where_the_copy_fails_the_receipt_goes_alone_and_says_so(
    definition: Definition, form: bytes, change: Callable[[bytes], bytes]
) -> None:
    book = returned(with_part(form, "sheet2.xml", change), definition, [blank("D5")])
    assert book.sheetnames == [layout.RECEIPT_SHEET, layout.PROGRESS_SHEET]
    step = shown(book[layout.RECEIPT_SHEET])[5][0]
    assert "程序没能在您的文件上做标注" in step
    assert "改正" in step


# --- the copy comes in again -------------------------------------------------------------------------


def test_the_copy_is_accepted_like_the_form_it_was_made_of(definition: Definition, form: bytes) -> None:
    made = annotated_copy(receipt(definition, [doubtful("F5")]), form)
    again, before = submitted(made, definition), submitted(form, definition)
    assert again.findings == ()
    assert again.value is not None
    assert before.value is not None
    assert replace(again.value, sha256="") == replace(before.value, sha256="")
    assert found(made, definition) == []


def test_a_register_called_like_a_sheet_of_the_program_gets_another_name() -> None:
    assert layout.register_sheet(layout.RECEIPT_SHEET) == "校验回执（清单）"


def test_the_next_copy_carries_no_stale_marks(definition: Definition, form: bytes) -> None:
    findings = [blank("D5"), doubtful("F6"), blank("D7")]
    made = annotated_copy(receipt(definition, findings), form)
    corrected = edited(made, lambda book: put(book["指标"]["D5"], "12.5"))
    clean = opened(annotated_copy(receipt(definition), corrected))
    expected = opened(edited(form, lambda book: put(book["指标"]["D5"], "12.5")))
    plain = looks_of(expected)
    assert looks_of(clean) == plain
    assert layout.MARKS_SHEET not in clean.sheetnames
    assert clean.sheetnames.count(layout.RECEIPT_SHEET) == 1
    assert not [c for row in clean["指标"].iter_rows() for c in row if c.comment]
    third = returned(saved(clean), definition, [blank("E5")])
    marked = {place for place, now in looks_of(third).items() if now != plain[place]}
    assert marked == {("指标", "E5")}


def test_marks_are_found_again_after_rows_were_inserted_above_them(
    definition: Definition, form: bytes
) -> None:
    twice = finding("duplicates.row", Severity.ERROR, "B6", "渔港清单")
    made = opened(annotated_copy(receipt(definition, [twice]), form))
    sheet = made["渔港清单"]
    # What Excel does: values, looks and comments move down, the new row looks like the one above.
    usual = fill_of(sheet["B5"])
    sheet["B7"].value, sheet["B7"].fill = sheet["B6"].value, copy(sheet["B6"].fill)
    sheet["B7"].comment = Comment(sheet["B6"].comment.text, AUTHOR)
    sheet["B6"].value, sheet["B6"].comment = "新港", None
    clean = returned(saved(made), definition)["渔港清单"]
    for cell in ("B5", "B6", "B7"):
        assert fill_of(clean[cell]) == usual
        assert clean[cell].comment is None


def test_a_colour_that_the_department_gave_since_is_left_alone(
    definition: Definition, form: bytes
) -> None:
    made = opened(annotated_copy(receipt(definition, [blank("D5")]), form))
    made["指标"]["D5"].fill = openpyxl.styles.PatternFill("solid", fgColor="FF00B050")
    assert fill_of(returned(saved(made), definition)["指标"]["D5"]) == "00B050"


def test_a_persons_comment_is_kept_below_and_comes_back_alone(
    definition: Definition, form: bytes
) -> None:
    def by_hand(book: Any) -> None:
        book["指标"]["D5"].comment = Comment("李四：口径变了\n\n请核对", "李四")
        book["指标"]["D6"].comment = Comment("勿动", "李四")

    made = annotated_copy(receipt(definition, [blank("D5")]), edited(form, by_hand))
    text = opened(made)["指标"]["D5"].comment.text
    assert text.startswith("【错误】")
    assert text.endswith("〔李四的批注〕\n李四：口径变了\n\n请核对")
    renewed = annotated_copy(receipt(definition, [blank("D5")]), made)
    assert opened(renewed)["指标"]["D5"].comment.text == text
    clean = returned(renewed, definition)["指标"]
    for cell, words in (("D5", "李四：口径变了\n\n请核对"), ("D6", "勿动")):
        assert (clean[cell].comment.text, clean[cell].comment.author) == (words, "李四")


# --- in LibreOffice -----------------------------------------------------------------------------------


@needs_office
def test_libreoffice_shows_the_receipt_and_its_saving_loses_no_mark(
    definition: Definition, form: bytes, tmp_path: Path
) -> None:
    findings = [blank("D5"), ROOT, doubtful("F6")]
    person = Comment("勿动\n\n请核对", "李四")
    form = edited(form, lambda book: setattr(book["指标"]["D5"], "comment", person))
    path = tmp_path / FILE
    path.write_bytes(annotated_copy(receipt(definition, findings), form))
    text = "".join(line.text for page in pages(convert(path, tmp_path / "pdf")) for line in page.lines)
    for words in ("已退回", "“渔业总产值·本年预计”没有填写", "合理区间", "请在指标!I6填写"):
        assert words in text.replace(" ", ""), words

    resaved = convert(path, tmp_path / "again", "xlsx").read_bytes()
    book = read_workbook(resaved, FILE).value
    assert book is not None
    assert identify(book) is not None
    assert brief(found(resaved, definition)) == []
    marked = opened(resaved)["指标"]
    assert fill_of(marked["D5"]) == COLOURS[Severity.ERROR]

    clean = opened(annotated_copy(receipt(definition), resaved))
    plain = tmp_path / "plain" / FILE
    plain.parent.mkdir()
    plain.write_bytes(form)
    expected = looks_of(opened(convert(plain, tmp_path / "plain-again", "xlsx").read_bytes()))
    colours = {place: item[-1] for place, item in looks_of(clean).items()}
    assert {place: colours[place] for place in expected} == {p: item[-1] for p, item in expected.items()}
    comments = [c.comment.text for row in clean["指标"].iter_rows() for c in row if c.comment]
    assert comments == [person.text]
    assert clean.sheetnames.count(layout.RECEIPT_SHEET) == 1


# --- a whole run ------------------------------------------------------------------------------------


def returned_names(workspace: Path) -> set[str]:
    folder = workspace / "workbooks/returned"
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.xlsx")}


def test_a_run_answers_every_file_and_answers_it_once(workspace: Path) -> None:
    inbox = workspace / "workbooks/inbox"
    (inbox / "财政局-2023.xlsx").write_bytes(b"PK\x03\x04 torn")
    aged(inbox / "财政局-2023.xlsx")  # else it may be being written
    (inbox / "说不清.xlsx").write_bytes(saved(openpyxl.Workbook()))
    first = huibao(workspace)
    assert first.code == 1
    names = returned_names(workspace)
    assert len(names) == 22
    assert {
        "统计局/统计局-2023-校验回执.xlsx",
        "财政局/财政局-2023-校验回执.xlsx",
        f"{UNKNOWN_FOLDER}/说不清-校验回执.xlsx",
    } < names
    paths = [workspace / "workbooks/returned" / name for name in names]
    for path in paths:
        os.utime(path, (0, 0))
    again = huibao(workspace)
    assert again.result["findings"] == first.result["findings"]
    assert {path.stat().st_mtime for path in paths} == {0}
    progress = openpyxl.load_workbook(workspace / "workbooks/returned/统计局/统计局-2023-校验回执.xlsx")
    states = {row[1]: row[3] for row in table(progress[layout.PROGRESS_SHEET], "及时性")}
    assert (len(states), states["统计局（本部门）"], states["财政局"]) == (21, "已接收", "已退回")


def test_departments_are_answered_where_no_report_can_be_made(workspace: Path) -> None:
    inbox = workspace / "workbooks/inbox"
    for path in inbox.iterdir():
        if path.name != "财政局-2023.xlsx":
            path.unlink()
    (inbox / "财政局-2023.xlsx").write_bytes(b"")
    aged(inbox / "财政局-2023.xlsx")
    assert huibao(workspace).code == 2
    assert returned_names(workspace) == {"财政局/财政局-2023-校验回执.xlsx"}


@pytest.fixture
def place(tmp_path: Path, form: bytes) -> Workspace:
    """A workspace with the submission of the fictional 渔业局 in its inbox."""
    workspace = Workspace(tmp_path)
    workspace.inbox.mkdir(parents=True)
    (workspace.inbox / FILE).write_bytes(form)
    return workspace


def answer(place: Workspace, definition: Definition, noticed: Iterable[Finding] = ()) -> list[str]:
    """Collect the inbox and give back; returns the codes of what could not be written."""
    with Ledger(sqlite_url(place.ledger)) as ledger:
        collection = collect(place, definition, ledger, lambda _, paths: paths)
        for item in collection.usable:
            assert item.submission is not None
            ledger.accept(item.submission, item.file.received)
        vintages = ledger.vintages(definition.pack, definition.settings.period)
        failures = give_back(place, collection, vintages, noticed, lambda _, paths: paths).findings
    for failure in failures:
        assert failure.severity is Severity.WARNING
        assert str(place.returned) in failure.params["path"]
    return [failure.code for failure in failures]


def names_of(place: Workspace) -> list[str]:
    return sorted(path.relative_to(place.returned).as_posix() for path in place.returned.rglob("*.xlsx"))


RETURNED = "渔业局/渔业局-2031-校验回执.xlsx"


def test_a_corrected_copy_is_the_next_vintage_under_the_same_name(
    place: Workspace, definition: Definition
) -> None:
    wrong = filled_form(definition, changed(FILLED, "指标", ("| 12.3 ", "| 约12 ")))
    (place.inbox / FILE).write_bytes(wrong)
    assert answer(place, definition) == []
    made = (place.returned / RETURNED).read_bytes()
    assert opened(made)["指标"]["D5"].comment.author == AUTHOR
    (place.inbox / FILE).unlink()
    corrected = edited(made, lambda book: put(book["指标"]["D5"], "12.3"))
    (place.inbox / "渔业局-2031-校验回执.xlsx").write_bytes(corrected)
    assert answer(place, definition) == []
    assert names_of(place) == [RETURNED]
    book = opened((place.returned / RETURNED).read_bytes())
    assert shown(book[layout.RECEIPT_SHEET])[2][3] == "第 1 次报送"
    assert looks_of(book) == looks_of(opened(filled_form(definition)))


def test_a_file_that_is_open_elsewhere_is_a_warning_and_stops_nothing(
    place: Workspace, definition: Definition
) -> None:
    (place.inbox / "别的.xlsx").write_bytes(b"")
    aged(place.inbox / "别的.xlsx")
    (place.returned / RETURNED).mkdir(parents=True)  # nothing can be put there
    assert answer(place, definition) == ["run.return_not_written"]
    assert (place.returned / UNKNOWN_FOLDER / "别的-校验回执.xlsx").is_file()


def test_a_copy_that_somebody_saved_is_left_alone_and_later_kept_aside(
    place: Workspace, definition: Definition
) -> None:
    answer(place, definition)
    path = place.returned / RETURNED
    typed = edited(path.read_bytes(), lambda book: put(book["指标"]["D5"], "13"))
    path.write_bytes(typed)
    answer(place, definition)
    assert path.read_bytes() == typed, "nothing has changed: the department may still be working"
    answer(place, definition, [doubtful("F5")])
    assert opened(path.read_bytes())["指标"]["D5"].value == 12.3
    aside = [name for name in names_of(place) if name != RETURNED]
    assert len(aside) == 1
    assert (place.returned / aside[0]).read_bytes() == typed


def test_what_was_found_later_about_a_file_is_told_in_its_receipt(
    place: Workspace, definition: Definition
) -> None:
    elsewhere = replace(doubtful("F6"), department="jt")
    answer(place, definition, [doubtful("F5"), elsewhere, replace(doubtful("F7"), file="")])
    sheet = opened((place.returned / RETURNED).read_bytes())[layout.RECEIPT_SHEET]
    assert [row[3] for row in table(sheet, "位置")] == ["指标!F5"]


def test_older_files_are_mentioned_and_old_receipts_stay(
    place: Workspace, definition: Definition, form: bytes
) -> None:
    answer(place, definition)
    newer = place.inbox / "渔业局-2031（二）.xlsx"
    newer.write_bytes(edited(form, lambda book: put(book["指标"]["H5"], "7")))
    os.utime(place.inbox / FILE, (1_000_000_000, 1_000_000_000))
    before = (place.returned / RETURNED).read_bytes()
    answer(place, definition)
    second = "渔业局/渔业局-2031（二）-校验回执.xlsx"
    assert names_of(place) == sorted([RETURNED, second])
    assert (place.returned / RETURNED).read_bytes() == before
    sheet = opened((place.returned / second).read_bytes())[layout.RECEIPT_SHEET]
    [row] = table(sheet, "位置")
    assert (row[1], row[3]) == ("提醒", FILE)
    assert "已被较新的" in row[4]


def test_files_of_one_name_in_two_folders_have_a_copy_each(
    place: Workspace, definition: Definition
) -> None:
    for folder in ("甲", "乙"):
        (place.inbox / folder).mkdir()
        (place.inbox / folder / "名单.xlsx").write_bytes(b"")
        aged(place.inbox / folder / "名单.xlsx")
    answer(place, definition)
    assert names_of(place) == sorted(
        [RETURNED, *(f"未识别/{name}_名单.xlsx-校验回执.xlsx" for name in ("甲", "乙"))]
    )


def test_names_are_safe_on_windows_and_not_too_long(definition: Definition) -> None:
    odd = replace(definition, departments=(Department(DEPARTMENT, "渔业/港口局：" + "长" * 200),))
    told = Receipt(odd, DEPARTMENT, "子文件夹/" + "名" * 120 + ".xls", rejected=True)
    [path] = returned_files(Path("returned"), [Return(told)])
    assert len(path.parts) == 3
    for part in path.parts[1:]:
        assert len(part.encode()) < 255
        assert not set(part) & set('<>:"/\\|?*')


def test_a_damaged_copy_counts_for_the_department_whose_name_it_bears(
    place: Workspace, definition: Definition
) -> None:
    (place.inbox / FILE).unlink()
    (place.inbox / "渔业局-2031-校验回执.xlsx").write_bytes(b"PK\x03\x04")
    aged(place.inbox / "渔业局-2031-校验回执.xlsx")
    answer(place, definition)
    assert names_of(place) == [RETURNED]


def test_the_interface_gives_paths_and_bytes(place: Workspace, definition: Definition) -> None:
    with Ledger(sqlite_url(place.ledger)) as ledger:
        collection = collect(place, definition, ledger, lambda _, paths: paths)
    returns = returns_of(collection, {})
    [path] = return_paths(place.returned, returns)
    assert path == place.returned / RETURNED
    assert returned_files(place.returned, returns)[path][:2] == b"PK"
