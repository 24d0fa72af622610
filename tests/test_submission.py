"""A form as departments really hand it in: moved, cut, doubled, renamed, saved by other programs."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from generators.excel.workbook import read_workbook
from generators.forms import layout
from generators.intake.submission import identify
from generators.messages import action, message
from generators.model import (
    Definition,
    Finding,
    FormIdentity,
    Measure,
    ObservationStatus,
    Severity,
    Submission,
)
from tests.office import convert, needs_office
from tests.workbooks import (
    DEFINITION,
    FILLED,
    blank_form,
    brief,
    cell_of,
    changed,
    edited,
    fill,
    filled_form,
    found,
    header_row,
    put,
    row_of,
    sound_definition,
    submitted,
    workbook,
)

SHEET = layout.INDICATOR_SHEET
PORTS = "渔港清单"


@pytest.fixture(scope="module")
def definition() -> Definition:
    return sound_definition()


@pytest.fixture(scope="module")
def form(definition: Definition) -> bytes:
    return filled_form(definition)


def read(data: bytes, definition: Definition) -> Submission:
    """A form in which nothing is wrong."""
    result = submitted(data, definition)
    assert result.findings == ()
    assert result.value is not None
    return result.value


def figures(submission: Submission) -> dict[tuple[str, str], object]:
    """Indicator and measure → value, of the cells that hold something."""
    return {
        (item.indicator, str(item.measure)): item.reading.value
        for item in submission.observations
        if item.reading.value is not None
    }


def said(submission: Submission) -> tuple[object, ...]:
    """Everything a submission says, wherever it stands."""
    return (
        figures(submission),
        [{name: item.value for name, item in row.readings.items()} for row in submission.rows],
        [(item.narrative, item.text) for item in submission.narratives],
        [(item.indicator, item.text) for item in submission.explanations],
    )


def at(sheet: str) -> Callable[[Any], Any]:
    return lambda book: book[sheet]


# --- what is in it ------------------------------------------------------------------------------


def test_a_form_gives_figures_rows_texts_and_reasons(definition: Definition) -> None:
    reasoned = changed(
        FILLED, SHEET, ("| 3.5         | 6          |          |", "| 3.5 | 6 | 新增一条船队 |")
    )
    submission = read(filled_form(definition, reasoned), definition)
    assert submission.identity == FormIdentity("lianxi", "yy", "2031", "3")
    assert figures(submission) == {
        ("S1-01", "actual"): Decimal("12.3"),
        ("S1-01", "previous"): Decimal("11.8"),
        ("S1-01", "growth"): Decimal("3.5"),
        ("S1-01", "target"): Decimal(6),
        ("S1-02", "actual"): Decimal("98.25"),
        ("S1-02", "growth"): Decimal("0.5"),
        ("S1-02", "target"): Decimal("98.5"),
        ("S2-01", "actual"): Decimal(14),
        ("S2-01", "target"): "不少于14个",
    }
    assert [{name: item.value for name, item in row.readings.items()} for row in submission.rows] == [
        {
            "渔港名称": "临溪中心渔港",
            "级别": "中心",
            "总投资": Decimal("3.5"),
            "增幅": Decimal("1.5"),
            "开港日期": "2031-06-30",
        },
        {
            "渔港名称": "东岙渔港",
            "级别": "一级",
            "总投资": Decimal("1.25"),
            "增幅": None,
            "开港日期": None,
        },
    ]
    assert [item.text for item in submission.narratives] == ["渔业稳中有进。"]
    assert [(item.indicator, item.text) for item in submission.explanations] == [
        ("S1-01", "新增一条船队")
    ]


def test_every_cell_knows_where_it_stands(definition: Definition, form: bytes) -> None:
    submission = read(form, definition)
    book = openpyxl.load_workbook(io.BytesIO(form))
    for item in submission.observations:
        cell = item.reading.cell
        assert (
            cell.address
            == cell_of(book, item.indicator, layout.MEASURE_HEADERS[item.measure]).coordinate
        )
        assert cell.sheet == SHEET
    status = {item.measure: item.status for item in submission.observations}
    assert status[Measure.ACTUAL] is ObservationStatus.ESTIMATED
    assert status[Measure.PREVIOUS] is ObservationStatus.NORMAL
    assert status[Measure.TARGET] is ObservationStatus.FORECAST


def test_an_untouched_form_is_read_as_blank(definition: Definition) -> None:
    submission = read(blank_form(definition), definition)
    assert figures(submission) == {}
    assert submission.rows == ()
    assert [item.text for item in submission.narratives] == [""]
    assert all(item.reading.blank for item in submission.observations)


def test_text_that_begins_with_an_equals_sign_stays_text(definition: Definition) -> None:
    tables = changed(FILLED, PORTS, ("临溪中心渔港", "'=一号渔港"), ("东岙渔港    ", "'0012"))
    rows = read(filled_form(definition, tables), definition).rows
    assert [row.readings["渔港名称"].value for row in rows] == ["=一号渔港", "0012"]


# --- moved about: the same is said, nothing is wrong -----------------------------------------------


def insert_rows(book: Any) -> None:
    book[SHEET].insert_rows(1, 3)
    book[SHEET]["A1"] = "请于二十日前报送"
    book[SHEET].insert_rows(row_of(book[SHEET], "S1-02"))
    book[PORTS].insert_rows(1, 2)
    book["文字材料"].insert_rows(4)


def insert_columns(book: Any) -> None:
    book[SHEET].insert_cols(1)
    book[SHEET].insert_cols(6)
    book[SHEET]["F3"] = "我局备注"
    book[PORTS].insert_cols(3, 2)
    book["文字材料"].insert_cols(1)


def reorder_rows(book: Any) -> None:
    sheet = book[SHEET]
    first, second = row_of(sheet, "S1-01"), row_of(sheet, "S1-02")
    for column in range(1, 10):
        a, b = sheet.cell(first, column), sheet.cell(second, column)
        a.value, b.value = b.value, a.value


def reorder_columns(book: Any) -> None:
    sheet = book[SHEET]
    start, columns = header_row(sheet, layout.CODE_HEADER)
    left, right = columns["本年预计"], columns["下年目标"]
    for row in range(start, sheet.max_row + 1):
        a, b = sheet.cell(row, left), sheet.cell(row, right)
        a.value, b.value = b.value, a.value


def respell_headers(book: Any) -> None:
    sheet = book[SHEET]
    start, columns = header_row(sheet, layout.CODE_HEADER)
    sheet.cell(start, columns["同比增长(%)"]).value = "同比增长 （％）"
    sheet.cell(start, columns["本年预计"]).value = "本年\n预计"
    ports = book[PORTS]
    start, columns = header_row(ports, "渔港名称")
    ports.cell(start, columns["总投资（亿元）"]).value = "总投资"


def reorder_sheets(book: Any) -> None:
    book.move_sheet("文字材料", -2)


def lose_columns_that_say_nothing(book: Any) -> None:
    _, columns = header_row(book[SHEET], layout.CODE_HEADER)
    book[SHEET].delete_cols(columns["年度计划"])


def clear_names_and_units(book: Any) -> None:
    for header in ("指标名称", "计量单位"):
        cell_of(book, "S1-02", header).value = None
    cell_of(book, "N1", "材料名称", "文字材料").value = None


def respell_names_and_units(book: Any) -> None:
    cell_of(book, "S1-01", "指标名称").value = " 渔业\n总产值\u3000"
    cell_of(book, "S1-02", "计量单位").value = "％ "
    cell_of(book, "N1", "材料名称", "文字材料").value = "渔业 工作"


def blank_rows_in_the_register(book: Any) -> None:
    start, _ = header_row(book[PORTS], "渔港名称")
    book[PORTS].insert_rows(start + 2, 5)
    book[PORTS].cell(start + 3, 1).value = 7  # a row number alone is no item


def sign_below_the_table(book: Any) -> None:
    sheet = book[SHEET]
    last = sheet.max_row
    sheet.cell(last + 2, 1).value = "填表人：张三"
    sheet.cell(last + 2, 4).value = "联系电话"
    sheet.cell(last + 3, 2).value = "填表日期"
    put(sheet.cell(last + 3, 4), "@2031-12-03")


HARMLESS = [
    insert_rows,
    insert_columns,
    reorder_rows,
    reorder_columns,
    respell_headers,
    reorder_sheets,
    lose_columns_that_say_nothing,
    clear_names_and_units,
    respell_names_and_units,
    blank_rows_in_the_register,
    sign_below_the_table,
]


@pytest.mark.parametrize("change", HARMLESS, ids=lambda change: change.__name__)
def test_what_moves_about_is_found_again(
    definition: Definition, form: bytes, change: Callable[[Any], None]
) -> None:
    assert said(read(edited(form, change), definition)) == said(read(form, definition))


def test_a_form_saved_by_openpyxl_says_the_same(definition: Definition, form: bytes) -> None:
    twice = edited(edited(form, lambda book: None), lambda book: None)
    assert said(read(twice, definition)) == said(read(form, definition))


@needs_office
@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_form_saved_by_libreoffice_says_the_same(
    definition: Definition, form: bytes, kind: str, tmp_path: Path
) -> None:
    source = tmp_path / "渔业局-2031.xlsx"
    source.write_bytes(form)
    saved = convert(source, tmp_path / "first", kind)
    if kind == "ods":  # and back again, as people do who have no Excel
        saved = convert(saved, tmp_path / "second", "xlsx")
    result = submitted(saved.read_bytes(), definition)
    assert result.value is not None, brief(result.findings)
    assert said(result.value) == said(read(form, definition))
    assert result.findings == ()


# --- whose form it is -------------------------------------------------------------------------


def lose_the_identity_sheet(book: Any) -> None:
    del book[layout.IDENTITY_SHEET]


def lose_the_properties(book: Any) -> None:
    book.custom_doc_props.props.clear()


def test_the_identity_is_found_in_either_place(definition: Definition, form: bytes) -> None:
    whole = read(form, definition).identity
    assert read(edited(form, lose_the_identity_sheet), definition).identity == whole
    assert read(edited(form, lose_the_properties), definition).identity == whole


def test_a_form_without_either_is_none_of_ours(definition: Definition, form: bytes) -> None:
    def lose_both(book: Any) -> None:
        lose_the_identity_sheet(book)
        lose_the_properties(book)

    result = submitted(edited(form, lose_both), definition)
    assert brief(result.findings) == ["envelope.unknown_form"]
    plain = workbook({SHEET: "| 指标代码 | 本年预计 |\n| S1-01 | 12.3 |"})
    assert brief(submitted(plain, definition).findings) == ["envelope.unknown_form"]


def test_a_renamed_file_is_the_same_form(definition: Definition, form: bytes) -> None:
    result = submitted(form, definition, "新建 Microsoft Excel 工作表 (2)(1).xlsx")
    assert result.value is not None
    assert result.value.identity.department == "yy"
    assert result.value.file == "新建 Microsoft Excel 工作表 (2)(1).xlsx"


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        (
            "pack",
            "annual-plan",
            "这是另一份报告（套件 annual-plan）的填报表，"
            "不属于本次的“临溪区渔业发展报告”（套件 lianxi）",
        ),
        ("period", "2030", "填报表的报告期是“2030”，本次报告期是“2031”"),
        ("form_version", "2", "填报表是第 2 版，现行版本是第 3 版"),
        ("department", "ly", "填报表的单位代码“ly”不在本次报告的部门名单中"),
    ],
)
def test_a_form_of_another_report_is_refused(
    definition: Definition, form: bytes, key: str, value: str, expected: str
) -> None:
    def change(book: Any) -> None:
        for row in book[layout.IDENTITY_SHEET].iter_rows():
            if row[0].value == key:
                row[1].value = value

    result = submitted(edited(form, change), definition)
    assert result.value is None
    assert [message(item) for item in result.findings] == [expected]
    assert result.findings[0].department in ("", "yy")


def test_an_identity_that_became_a_number_is_still_read(form: bytes) -> None:
    def change(book: Any) -> None:
        for row in book[layout.IDENTITY_SHEET].iter_rows():
            if row[0].value in ("period", "form_version"):
                row[1].value = int(row[1].value)

    book = read_workbook(edited(form, change), "a.xlsx").value
    assert book is not None
    assert identify(book) == FormIdentity("lianxi", "yy", "2031", "3")


# --- what breaks it -----------------------------------------------------------------------------


def cell(code: str, header: str) -> Callable[[Any], Any]:
    return lambda book: cell_of(book, code, header)


def set_cell(find: Callable[[Any], Any], text: str) -> Callable[[Any], None]:
    return lambda book: put(find(book), text)


def delete_column(header: str, sheet: str = SHEET) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        _, columns = header_row(book[sheet], header)
        book[sheet].delete_cols(columns[header])

    return change


def rename_header(old: str, new: str, sheet: str = SHEET) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        start, columns = header_row(book[sheet], old)
        book[sheet].cell(start, columns[old]).value = new or None

    return change


def rename_sheet(old: str, new: str) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        book[old].title = new

    return change


def delete_row(code: str, sheet: str = SHEET) -> Callable[[Any], None]:
    return lambda book: book[sheet].delete_rows(row_of(book[sheet], code))


def delete_header(sheet: str, header: str) -> Callable[[Any], None]:
    return lambda book: book[sheet].delete_rows(header_row(book[sheet], header)[0])


def double_row(code: str, sheet: str = SHEET) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        row = row_of(book[sheet], code)
        last = book[sheet].max_row + 1
        for column in range(1, book[sheet].max_column + 1):
            book[sheet].cell(last, column).value = book[sheet].cell(row, column).value

    return change


def write_row(*texts: str, sheet: str = SHEET) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        last = book[sheet].max_row + 1
        for column, text in enumerate(texts, start=1):
            put(book[sheet].cell(last, column), text)

    return change


def delete_sheet(name: str) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        del book[name]

    return change


def port_row(*texts: str) -> Callable[[Any], None]:
    """Write the third item of the register, number first."""

    def change(book: Any) -> None:
        start, _ = header_row(book[PORTS], "渔港名称")
        for column, text in enumerate(texts, start=1):
            put(book[PORTS].cell(start + 3, column), text)

    return change


BROKEN: Mapping[str, tuple[Callable[[Any], None], str, str]] = {
    "a column deleted": (
        delete_column("本年预计"),
        "structure.column 指标!A3",
        "缺少“本年预计”列",
    ),
    "a column renamed": (
        rename_header("本年预计", "本年预计数"),
        "structure.column 指标!A3",
        "缺少“本年预计”列，是不是“本年预计数”？",
    ),
    "the codes deleted": (
        delete_column("指标代码"),
        "structure.column 指标!A3",
        "缺少“指标代码”列",
    ),
    "the reasons deleted": (
        delete_column("情况说明"),
        "structure.column 指标!A3",
        "缺少“情况说明”列",
    ),
    "a column twice": (
        rename_header("年度计划", "本年预计"),
        "structure.column_twice 指标!G3",
        "“本年预计”列出现了两次",
    ),
    "a column of a register deleted": (
        delete_column("级别", PORTS),
        "structure.column 渔港清单!A4",
        "缺少“级别”列",
    ),
    "a column of a register renamed": (
        rename_header("总投资（亿元）", "总投资额（亿元）", PORTS),
        "structure.column 渔港清单!A4",
        "缺少“总投资（亿元）”列，是不是“总投资额（亿元）”？",
    ),
    "the texts deleted": (
        delete_column("正文", "文字材料"),
        "structure.column 文字材料!A3",
        "缺少“正文”列",
    ),
    "a sheet renamed": (
        rename_sheet(SHEET, "指标（已填）"),
        "structure.sheet 指标",
        "缺少工作表“指标”，是不是“指标（已填）”？",
    ),
    "a sheet deleted": (
        delete_sheet(PORTS),
        "structure.sheet 渔港清单",
        "缺少工作表“渔港清单”",
    ),
    "a header row deleted": (
        delete_header(SHEET, "指标代码"),
        "structure.header 指标",
        "找不到表头行（应含“指标代码”）",
    ),
    "a header row of a register deleted": (
        delete_header(PORTS, "渔港名称"),
        "structure.header 渔港清单",
        "找不到表头行（应含“渔港名称”）",
    ),
    "an indicator deleted": (
        delete_row("S1-02"),
        "structure.row 指标",
        "缺少指标“水质达标率”（S1-02）所在的行",
    ),
    "a narrative deleted": (
        delete_row("N1", "文字材料"),
        "structure.narrative 文字材料",
        "缺少文字材料“渔业工作”（N1）所在的行",
    ),
    "an indicator twice": (
        double_row("S1-02"),
        "structure.row_twice 指标!A9",
        "指标“水质达标率”（S1-02）出现了两行，另一行在 A6",
    ),
    "a narrative twice": (
        double_row("N1", "文字材料"),
        "structure.narrative_twice 文字材料!A5",
        "文字材料“渔业工作”（N1）出现了两行，另一行在 A4",
    ),
    "a code changed": (
        set_cell(cell("S1-02", "指标代码"), "S1-2"),
        "structure.row_code 指标!A6",
        "第 6 行“水质达标率”的代码应为“S1-02”，实际为“S1-2”",
    ),
    "a code cleared": (
        set_cell(cell("S1-02", "指标代码"), ""),
        "structure.row_code_blank 指标!A6",
        "第 6 行“水质达标率”的代码被清空了，应为“S1-02”",
    ),
    "an indicator of another name": (
        set_cell(cell("S1-02", "指标名称"), "水质优良率"),
        "structure.row_name 指标!B6",
        "第 6 行的代码是“S1-02”，名称应为“水质达标率”，实际为“水质优良率”",
    ),
    "an indicator in another unit": (
        set_cell(cell("S1-01", "计量单位"), "万元"),
        "structure.row_unit 指标!C5",
        "第 5 行“渔业总产值”（S1-01）的计量单位应为“亿元”，实际为“万元”",
    ),
    "the names deleted": (
        delete_column("指标名称"),
        "structure.column 指标!A3",
        "缺少“指标名称”列",
    ),
    "the units deleted": (
        delete_column("计量单位"),
        "structure.column 指标!A3",
        "缺少“计量单位”列",
    ),
    "a narrative of another name": (
        lambda book: put(cell_of(book, "N1", "材料名称", "文字材料"), "林业工作"),
        "structure.narrative_name 文字材料!B4",
        "第 4 行的材料代码是“N1”，名称应为“渔业工作”，实际为“林业工作”",
    ),
    "the names of the narratives deleted": (
        delete_column("材料名称", "文字材料"),
        "structure.column 文字材料!A3",
        "缺少“材料名称”列",
    ),
    "an indicator of another department": (
        write_row("S9-01", "林业产值", "亿元", "3.2"),
        "structure.row_unknown 指标!A9",
        "指标代码“S9-01”不在本部门的填报范围内，该行数据未采用",
    ),
    "a figure without a code": (
        write_row("", "林业产值", "亿元", "3.2"),
        "structure.row_uncoded 指标!D9",
        "第 9 行填有内容“3.2”，但没有代码，未采用",
    ),
    "a text without a code": (
        write_row("", "", "", "还有一段。", sheet="文字材料"),
        "structure.row_uncoded 文字材料!D5",
        "第 5 行填有内容“还有一段。”，但没有代码，未采用",
    ),
    "a cell that is not asked": (
        set_cell(cell("S1-02", "年度计划"), "97"),
        "structure.not_asked 指标!G6",
        "“水质达标率”的“年度计划”不需填报，所填“97”未采用",
    ),
    "a total in a register": (
        port_row("", "合计", "", "4.75"),
        "structure.row_total 渔港清单!B7",
        "第 7 行是“合计”行，未作为“渔港清单”的一项采用",
    ),
    "a total beside the numbers": (
        port_row("总 计", "", "", "", "4.75"),
        "structure.row_total 渔港清单!A7",
        "第 7 行是“总 计”行，未作为“渔港清单”的一项采用",
    ),
    "a register row that says nothing": (
        port_row("3", "无", "/"),
        "structure.row_nothing 渔港清单!B7",
        "“渔港清单”第 7 行只填了“无”，按没有内容处理",
    ),
    "figures merged": (
        lambda book: book[SHEET].merge_cells("D5:D6"),
        "structure.merged 指标!D5",
        "D5:D6 是合并单元格，盖住了“渔业总产值·本年预计”、“水质达标率·本年预计”，"
        "看不出其中的内容是哪一格的",
    ),
    "a row hidden": (
        lambda book: setattr(book[SHEET].row_dimensions[6], "hidden", True),
        "structure.hidden 指标!D6",
        "第 6 行被隐藏，其中填有内容，已照常读取",
    ),
    "a sheet hidden": (
        lambda book: setattr(book[SHEET], "sheet_state", "hidden"),
        "structure.hidden_sheet 指标",
        "工作表“指标”被隐藏，其中填有内容，已照常读取",
    ),
    "a sheet of one's own": (
        lambda book: put(book.create_sheet("Sheet1")["A1"], "12.3"),
        "structure.sheet_unknown Sheet1",
        "工作表“Sheet1”不是下发的，其中的内容未采用",
    ),
}
SEVERITIES = {
    "the reasons deleted": Severity.WARNING,
    "the names deleted": Severity.WARNING,
    "the units deleted": Severity.WARNING,
    "the names of the narratives deleted": Severity.WARNING,
    "an indicator of another department": Severity.WARNING,
    "a figure without a code": Severity.WARNING,
    "a text without a code": Severity.WARNING,
    "a cell that is not asked": Severity.WARNING,
    "a total in a register": Severity.WARNING,
    "a total beside the numbers": Severity.WARNING,
    "a register row that says nothing": Severity.INFO,
    "a row hidden": Severity.WARNING,
    "a sheet hidden": Severity.WARNING,
    "a sheet of one's own": Severity.INFO,
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_breaks_a_form_is_one_finding(definition: Definition, form: bytes, case: str) -> None:
    change, expected, words = BROKEN[case]
    findings = found(edited(form, change), definition)
    assert brief(findings) == [expected]  # and nothing that only follows from it
    [finding] = findings
    assert message(finding) == words
    assert action(finding)
    assert (finding.department, finding.file) == ("yy", "渔业局-2031.xlsx")
    assert finding.severity is SEVERITIES.get(case, Severity.ERROR)


def test_all_that_is_broken_is_found_at_once(definition: Definition, form: bytes) -> None:
    def change(book: Any) -> None:
        for case in ("a column deleted", "an indicator deleted", "a narrative deleted"):
            BROKEN[case][0](book)
        delete_sheet(PORTS)(book)

    assert brief(found(edited(form, change), definition)) == [
        "structure.column 指标!A3",
        "structure.row 指标",
        "structure.sheet 渔港清单",
        "structure.narrative 文字材料",
    ]


def swap_codes(book: Any) -> None:
    first, second = cell_of(book, "S1-01", "指标代码"), cell_of(book, "S1-02", "指标代码")
    first.value, second.value = second.value, first.value


def test_swapped_codes_do_not_swap_figures(definition: Definition, form: bytes) -> None:
    result = submitted(edited(form, swap_codes), definition)
    assert [message(item) for item in result.findings] == [
        "第 6 行的代码是“S1-01”，名称应为“渔业总产值”，实际为“水质达标率”",
        "第 5 行的代码是“S1-02”，名称应为“水质达标率”，实际为“渔业总产值”",
    ]
    assert all(item.severity is Severity.ERROR for item in result.findings)
    assert result.value is not None
    assert {item.indicator for item in result.value.observations} == {"S2-01"}
    assert brief(found(edited(form, swap_codes), definition)) == brief(result.findings)


def test_a_figure_without_dimension_has_no_unit(form: bytes) -> None:
    definition = sound_definition(changed(DEFINITION, "指标", ("| 亿元     |", "| |")))
    mine = filled_form(definition)
    assert figures(read(mine, definition))["S1-01", "actual"] == Decimal("12.3")
    [finding] = found(form, definition)  # issued while it still had one
    assert (*brief([finding]), message(finding)) == (
        "structure.row_unit_none 指标!C5",
        "第 5 行“渔业总产值”（S1-01）没有计量单位，实际填了“亿元”",
    )


def test_what_can_be_read_of_a_broken_form_is_read(definition: Definition, form: bytes) -> None:
    result = submitted(edited(form, delete_row("S1-01")), definition)
    assert result.value is not None
    assert ("S1-02", "actual") in figures(result.value)
    assert len(result.value.rows) == 2


# --- registers, reasons, texts --------------------------------------------------------------------


def test_a_row_of_numbers_alone_is_no_item(definition: Definition, form: bytes) -> None:
    assert len(read(edited(form, port_row("3")), definition).rows) == 2


def test_more_rows_than_the_form_had_are_read(definition: Definition, form: bytes) -> None:
    def change(book: Any) -> None:
        start, _ = header_row(book[PORTS], "渔港名称")
        for number in range(200):
            put(book[PORTS].cell(start + 3 + number, 2), f"第{number}渔港")

    assert len(read(edited(form, change), definition).rows) == 202


@pytest.mark.parametrize("text", ["无", "/", "——", "N/A", "'  ", "#REF!", "=A1"])
def test_no_reason_is_no_reason(definition: Definition, form: bytes, text: str) -> None:
    data = edited(form, set_cell(cell("S1-01", "情况说明"), text))
    assert read(data, definition).explanations == ()


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("临溪\n中心渔港", "临溪中心渔港"),
        ("临溪\t中心渔港", "临溪中心渔港"),
        ("临溪 \n\n 中心渔港", "临溪中心渔港"),
        ("临溪渔港，\n2号泊位", "临溪渔港，2号泊位"),
        ("临溪渔港\n2号泊位", "临溪渔港 2号泊位"),
        ("Port\nof Linxi", "Port of Linxi"),
        ("“临溪”\n渔港", "“临溪”渔港"),
    ],
)
def test_a_cell_of_several_lines_becomes_one(
    definition: Definition, form: bytes, typed: str, line: str
) -> None:
    def change(book: Any) -> None:
        start, columns = header_row(book[PORTS], "渔港名称")
        book[PORTS].cell(start + 1, columns["渔港名称"]).value = typed
        cell_of(book, "S1-01", "情况说明").value = typed
        cell_of(book, "S2-01", "下年目标").value = typed

    result = submitted(edited(form, change), definition)
    assert result.value is not None
    assert result.value.rows[0].readings["渔港名称"].value == line
    assert result.value.rows[0].readings["渔港名称"].cell.raw == typed
    assert [item.text for item in result.value.explanations] == [line]
    assert figures(result.value)["S2-01", "target"] == line
    findings = found(edited(form, change), definition)
    assert brief(findings) == ["normalised.lines 指标!H8", "normalised.lines 渔港清单!B5"]
    assert message(findings[1]) == "“渔港清单第5行渔港名称”中有换行或制表符，已并作一行"
    assert all(item.severity is Severity.INFO for item in findings)


def test_spaces_within_a_line_are_kept(definition: Definition) -> None:
    tables = changed(FILLED, PORTS, ("临溪中心渔港", "临溪  中心渔港"))
    [first, _] = read(filled_form(definition, tables), definition).rows
    assert first.readings["渔港名称"].value == "临溪  中心渔港"


def test_paragraphs_of_a_text_are_kept(definition: Definition) -> None:
    tables = changed(FILLED, "文字材料", ("渔业稳中有进。", "  第一段。\\n\\n第二段。\\n"))
    [text] = read(filled_form(definition, tables), definition).narratives
    assert text.text == "第一段。\n\n第二段。"


def test_a_text_that_is_an_error_is_not_printed(definition: Definition, form: bytes) -> None:
    def change(book: Any) -> None:
        put(cell_of(book, "N1", "正文", "文字材料"), "=稳中有进")

    findings = found(edited(form, change), definition)
    assert brief(findings) == ["formula.uncalculated 文字材料!D4"]
    assert message(findings[0]).startswith("“渔业工作”的单元格是公式")


def test_a_department_without_registers_needs_no_such_sheets(definition: Definition) -> None:
    figures_only = {SHEET: "| 指标代码 | 本年预计 |\n| S2-01 | 14 |"}
    data = fill(blank_form(definition, "jt"), figures_only)
    assert found(data, definition) == []


def test_findings_are_values(definition: Definition, form: bytes) -> None:
    broken = edited(form, BROKEN["a column deleted"][0])
    first, second = (found(broken, definition) for _ in range(2))
    assert first == second
    assert all(isinstance(item, Finding) for item in first)
