"""The summary workbook, opened again: what a figure's cell says, links to, and computes."""

from __future__ import annotations

import datetime as dt
import io
import re
import subprocess
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from generators.merge import Dataset, merge
from generators.model import (
    Accepted,
    Accumulation,
    Asked,
    Cell,
    ColumnKind,
    Definition,
    Department,
    Explanation,
    Finding,
    FormIdentity,
    GrowthBasis,
    Indicator,
    Measure,
    Narrative,
    NarrativeText,
    Observation,
    Reading,
    Register,
    RegisterColumn,
    RegisterRow,
    Section,
    Settings,
    Severity,
    Submission,
    SummaryTable,
    TargetKind,
)
from generators.summary import Archive, DepartmentReport, ReportState, Timeliness, write_summary
from generators.summary.page import MOST_LINKS, sheet_names
from generators.summary.tables import grouped
from tests.office import needs_office

ARCHIVE = "../workbooks/archive"
SHA = {"tj": "1" * 64, "gx": "2" * 64}
MEASURES = {
    "预": Measure.ACTUAL,
    "上": Measure.PREVIOUS,
    "增": Measure.GROWTH,
    "计": Measure.PLAN,
    "目": Measure.TARGET,
}

# 代码 | 名称 | 单位 | 小数 | 部门 | 章节 | 增长口径 | 累计 | 必填 | 选填 | 目标类型 | 目标句式
INDICATORS = """
Z-01 | 地区生产总值 | 亿元 | 1 | tj | Z | real | cumulative | 预增目 | 上计 | growth |
Z-02 | 一般公共预算收入 | 亿元 | 2 | tj | Z | nominal | cumulative | 预上计 | 增目 | level |
Z-03 | 居民人均可支配收入 | 元 | 0 | tj | Z | nominal | cumulative | 预 | 增目 | text |
Z-04 | 优良天数比例 | % | 1 | tj | Z | points | ratio | 预计 | 增 | level | 达到{}以上
Z-05 | 常住人口城镇化率 | % | 2 | tj | Z | points | ratio | 预上 | 增计 | level |
C-01 | 新增规上企业 | 户 | 0 | gx | C | none | cumulative | 预计 | 目 | level | 不少于{}
C-02 | 工业技改投资 | 万元 | 1 | gx | C | nominal | cumulative | 预增 | 计 | level |
Q-01 | 信访办结率 | % | 1 | xf | Q | points | ratio | 预 | 上 | level |
Q-02 | 无章节指标 | 个 | 0 | gx |  | none | instant | 预 |  | level |
"""
# 部门 | 代码 | 预计 | 上年 | 增长 | 计划 | 目标 | 情况说明
FIGURES = """
tj | Z-01 | 85 | | 1.5 | | 6.5 |
tj | Z-02 | 5.13 | 4.75 | | 5 | |
tj | Z-03 | 37236 | | | | 与经济增长同步 | 为城镇口径
tj | Z-04 | 85.2 | | -0.8 | 80 | 86 |
tj | Z-05 | 65.35 | 64.1 | | 0 | |
gx | C-01 | 3 | | | 0 | 5 |
gx | C-02 | 2376.4 | | | | |
gx | Q-02 | 7 | | | | |
"""
PROJECTS = """
gx | 无人机底盘产线 | 开工建设 | 1.2 | 2023-06-30
gx | =HYPERLINK("http://x.example","点我") | 竣工投产 | 0.35 |
"""
INJECTIONS = ("=1+1", "+86 0418", "-无-", "@cmd", "=cmd|' /C calc'!A0")


def rows_of(text: str) -> list[list[str]]:
    return [[part.strip() for part in line.split("|")] for line in text.strip().splitlines()]


def indicator(row: list[str]) -> Indicator:
    code, name, unit, decimals, owner, section, basis, accumulation, must, may, *target = row
    asked = {MEASURES[mark]: Asked.REQUIRED for mark in must}
    asked |= {MEASURES[mark]: Asked.OPTIONAL for mark in may}
    return Indicator(
        code,
        name,
        unit,
        int(decimals),
        owner,
        section,
        GrowthBasis(basis),
        Accumulation(accumulation),
        asked,
        target_kind=TargetKind(target[0]),
        target_phrase=target[1] if len(target) > 1 else "",
    )


def definition() -> Definition:
    return Definition(
        "linxi",
        "0" * 64,
        Settings(
            "临溪区2023年计划执行情况",
            "2023",
            previous_period="2022",
            next_period="2024",
            area="临溪区",
            compiler="临溪区发展和改革局",
            deadline=dt.datetime(2023, 12, 20, 17, 0),
            fonts={"title": "华文中宋"},
        ),
        departments=(Department("tj", "统计局"), Department("gx", "工信局"), Department("xf", "信访局")),
        sections=(
            Section("Z", "主要经济指标完成情况"),
            Section("C", "产业/升级"),
            Section("Q", "民生"),
            Section("K", "空"),
        ),
        indicators=tuple(indicator(row) for row in rows_of(INDICATORS)),
        registers=(
            Register(
                "P",
                "项目清单",
                ("gx",),
                (
                    RegisterColumn("项目名称", required=True, width=34),
                    RegisterColumn("阶段", ColumnKind.CODE, code_list="阶段"),
                    RegisterColumn("总投资", ColumnKind.NUMBER, unit="亿元", decimals=2),
                    RegisterColumn("开工日期", ColumnKind.DATE),
                ),
            ),
            Register("H", "荣誉清单", ("gx", "tj"), (RegisterColumn("荣誉名称"),)),
        ),
        code_lists={"阶段": ("开工建设", "竣工投产")},
        narratives=(Narrative("N-1", "工业工作", "gx", "C"),),
        tables=(
            SummaryTable(
                "主要经济指标",
                "2023年主要经济指标完成情况及2024年目标表",
                ("Z-01", "Z-02", "Z-03", "Z-04", "Z-05", "C-01", "Q-01"),
                tuple(Measure),
            ),
        ),
    )


def cell(sheet: str, row: int, column: int, value: Any) -> Cell:
    return Cell(sheet, row, column, f"{chr(64 + column)}{row}", value, str(value))


def submissions() -> list[Accepted]:
    accepted = []
    for department, name in (("tj", "统计局"), ("gx", "工信局")):
        observations, explanations = [], []
        for number, (owner, code, *values) in enumerate(rows_of(FIGURES), 4):
            if owner != department:
                continue
            order = (Measure.ACTUAL, Measure.PREVIOUS, Measure.GROWTH, Measure.PLAN, Measure.TARGET)
            for column, (measure, text) in enumerate(zip(order, values[:5], strict=True), 4):
                number_like = re.fullmatch(r"-?[\d.]+", text)
                value = (Decimal(text) if number_like else text) or None if text else None
                if text == "0":
                    value = Decimal(0)
                observations.append(
                    Observation(code, measure, Reading(cell("指标", number, column, value), value))
                )
            if values[5]:
                explanations.append(Explanation(code, cell("指标", number, 9, values[5]), values[5]))
        rows, texts = [], []
        if department == "gx":
            for number, (_, *values) in enumerate(rows_of(PROJECTS), 4):
                readings: dict[str, Reading] = {}
                heads = ("项目名称", "阶段", "总投资", "开工日期")
                for column, (head, text) in enumerate(zip(heads, values, strict=True), 2):
                    value = Decimal(text) if head == "总投资" else text or None
                    readings[head] = Reading(cell("项目清单", number, column, value), value)
                rows.append(RegisterRow("P", number, readings))
            texts = [NarrativeText("N-1", cell("文字材料", 4, 4, "全力抓好工业。"), "全力抓好工业。")]
        identity = FormIdentity("linxi", department, "2023", "1")
        accepted.append(
            Accepted(
                Submission(
                    identity,
                    f"{name}-2023.xlsx",
                    SHA[department],
                    "2023-12-19T01:30:00Z",
                    tuple(observations),
                    tuple(rows),
                    tuple(texts),
                    tuple(explanations),
                ),
                vintage=2 if department == "tj" else 1,
            )
        )
    return accepted


def dataset(pack: Definition | None = None, accepted: list[Accepted] | None = None) -> Dataset:
    result = merge(pack or definition(), submissions() if accepted is None else accepted)
    assert result.value is not None
    return result.value


FINDINGS = (
    Finding(
        "normalised.text",
        Severity.INFO,
        "gx",
        "工信局-2023.xlsx",
        "指标",
        "D9",
        {"indicator": "工业技改投资", "measure": "actual", "raw": "2376.4", "value": "2376.4"},
        explanation="=已核对台账",
    ),
    Finding("missing.department", Severity.ERROR, "xf", params={"department": "信访局"}),
    Finding(
        "type.text",
        Severity.ERROR,
        "xf",
        "信访局-2023.xlsx",
        "指标",
        "D4",
        {"indicator": "信访办结率", "measure": "actual", "raw": "=1+1", "suggestion": "99"},
    ),
)
REPORTS = (
    DepartmentReport(
        "tj", ReportState.ACCEPTED, "统计局-2023.xlsx", 2, "2023-12-19T01:30:00Z", Timeliness.ON_TIME
    ),
    DepartmentReport(
        "gx",
        ReportState.ACCEPTED,
        "工信局-2023.xlsx",
        1,
        "2023-12-21T09:00:00",
        Timeliness.LATE,
        {Severity.INFO: 1},
    ),
    DepartmentReport(
        "xf",
        ReportState.REJECTED,
        "信访局-2023.xlsx",
        None,
        "",
        Timeliness.MISSING,
        {Severity.ERROR: 2},
    ),
)


def written(
    data: Dataset | None = None,
    findings: tuple[Finding, ...] = FINDINGS,
    reports: tuple[DepartmentReport, ...] = REPORTS,
) -> bytes:
    return write_summary(data or dataset(), findings, reports, Archive(ARCHIVE))


@pytest.fixture(scope="module")
def data() -> bytes:
    return written()


@pytest.fixture(scope="module")
def values(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data), data_only=True)


@pytest.fixture(scope="module")
def formulas(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def row_with(sheet: Any, text: str) -> list[Any]:
    """The cells of the first row one of whose cells says ``text``."""
    return next(list(row) for row in sheet.iter_rows() if any(item.value == text for item in row))


def table(sheet: Any, text: str) -> list[Any]:
    return [item.value for item in row_with(sheet, text)]


def test_the_sheets_stand_in_order_and_open_at_the_first(values: Any) -> None:
    assert values.sheetnames == [
        "目录",
        "主要经济指标",
        "主要经济指标完成情况",
        "产业_升级",
        "民生",
        "其他指标",
        "项目清单",
        "荣誉清单",
        "部门报送情况",
        "校验结果",
        "数据修订",
        "数据来源",
    ]
    assert values.active.title == "目录"
    for sheet in values:
        assert sheet.sheet_view.topLeftCell in (None, "A1")
        assert [item.activeCell for item in sheet.sheet_view.selection if item.pane is None] in (
            [],
            ["A1"],
        )


def test_the_official_table_has_two_header_rows_and_its_title(values: Any) -> None:
    sheet = values["主要经济指标"]
    assert sheet["A1"].value == "2023年主要经济指标完成情况及2024年目标表"
    assert (sheet["A1"].font.name, sheet["A1"].font.size) == ("华文中宋", 18)
    assert sheet["A1"].alignment.horizontal == "center"
    assert sheet["A2"].value == "编报单位：临溪区发展和改革局"
    heads = [[item.value for item in row] for row in sheet["A3:J4"]]
    assert heads == [
        ["序号", "指标名称", "计量单位", "2023年", None, None, None, "2022年", "2024年", "说明"],
        [None, None, None, "预计", "同比增长(%)", "年度计划", "完成计划(%)", "实际", "目标", None],
    ]
    assert {str(item) for item in sheet.merged_cells} >= {"A1:J1", "D3:G3", "A3:A4", "B3:B4", "J3:J4"}


@pytest.mark.parametrize(
    ("name", "row"),
    [
        # 预计 同比 计划 完成 上年 目标 说明
        ("地区生产总值", [85, 1.5, "未报", "—", "未报", 6.5, None]),
        ("一般公共预算收入", [5.13, 8.0, 5, 102.6, 4.75, "未报", None]),
        ("居民人均可支配收入", [37236, "未报", "—", "—", "—", "与经济增长同步", "为城镇口径"]),
        ("优良天数比例", [85.2, -0.8, 80, 106.5, "—", 86, None]),
        ("常住人口城镇化率", [65.35, 1.25, 0, "—", 64.1, "—", None]),
        ("新增规上企业", [3, "—", 0, "—", "—", 5, None]),
        ("信访办结率", ["缺", "—", "—", "—", "缺", "—", None]),
    ],
)
def test_a_row_shows_figures_and_says_why_one_is_not_there(
    values: Any, name: str, row: list[Any]
) -> None:
    found = table(values["主要经济指标"], name)[3:]
    assert [pytest.approx(item) if isinstance(item, float | int) else item for item in row] == found


def test_a_missing_figure_is_highlighted(values: Any) -> None:
    missing = row_with(values["主要经济指标"], "信访办结率")[3]
    assert (missing.value, missing.fill.fgColor.rgb) == ("缺", "FFFFFF00")


def test_number_formats_follow_the_declared_decimals(values: Any) -> None:
    sheet = values["主要经济指标"]
    formats = {
        name: [item.number_format for item in row_with(sheet, name)]
        for name in (
            "地区生产总值",
            "一般公共预算收入",
            "居民人均可支配收入",
            "优良天数比例",
            "新增规上企业",
        )
    }
    assert formats["地区生产总值"][3] == "0.0_ "
    assert formats["地区生产总值"][8] == '"增长"0.0"%"_ ;"下降"0.0"%"_ ;"持平"_ '
    assert formats["一般公共预算收入"][3] == "0.00_ "
    assert formats["居民人均可支配收入"][3] == "0_ "
    assert formats["优良天数比例"][4] == '0.0"个百分点"_ '
    assert formats["优良天数比例"][8] == '"达到"0.0"%以上"_ '
    assert formats["新增规上企业"][8] == '"不少于"0"户"_ '
    assert row_with(sheet, "地区生产总值")[3].alignment.horizontal == "right"


def test_completion_and_derived_growth_are_live_formulas(formulas: Any) -> None:
    row = row_with(formulas["主要经济指标"], "一般公共预算收入")
    assert row[4].value == '=IF(COUNT(D6,H6)=2,IF(H6>0,ROUND((D6/H6-1)*100,10),"—"),"—")'
    assert row[6].value == '=IF(COUNT(D6,F6)=2,IF(F6>0,D6/F6*100,"—"),"—")'
    assert row[4].font.italic
    rate = row_with(formulas["主要经济指标"], "常住人口城镇化率")
    assert rate[4].value == '=IF(COUNT(D9,H9)=2,ROUND(D9-H9,10),"—")'
    assert (rate[4].font.italic, rate[4].number_format) == (True, '0.0"个百分点"_ ')
    ratio = row_with(formulas["主要经济指标"], "优良天数比例")
    assert ratio[6].value == '=IF(COUNT(D8,F8)=2,IF(F8>0,D8/F8*100,"—"),"—")'


def test_the_notes_say_what_was_worked_out(values: Any) -> None:
    notes = [row[0].value for row in values["主要经济指标"].iter_rows(min_row=12)]
    assert notes[1] == (
        "填报口径：地区生产总值的同比增长按可比价格计算。完成计划(%)＝本年预计÷年度计划×100。"
        "斜体的同比增长未报送，由本年预计和上年实际推算。"
    )


def test_growth_in_points_needs_no_positive_base_and_fits_its_column() -> None:
    accepted = [
        with_observations(item, {("Z-05", Measure.ACTUAL): "-12.5", ("Z-05", Measure.PREVIOUS): "0"})
        for item in submissions()
    ]
    sheet = openpyxl.load_workbook(io.BytesIO(written(dataset(None, accepted))), data_only=True)[
        "主要经济指标"
    ]
    growth = row_with(sheet, "常住人口城镇化率")[4]
    assert growth.value == -12.5
    # -12.5个百分点: five narrow characters and four wide ones
    assert sheet.column_dimensions["E"].width > 5 + 4 * 2


def with_observations(accepted: Accepted, changed: dict[tuple[str, Measure], str]) -> Accepted:
    """``accepted`` with other values for the figures in ``changed``."""
    observations = tuple(
        replace(item, reading=replace(item.reading, value=Decimal(changed[key])))
        if (key := (item.indicator, item.measure)) in changed
        else item
        for item in accepted.submission.observations
    )
    return replace(accepted, submission=replace(accepted.submission, observations=observations))


def test_a_figure_leads_to_its_source_and_still_looks_like_a_figure(formulas: Any) -> None:
    figure = row_with(formulas["主要经济指标"], "优良天数比例")[3]
    assert figure.hyperlink.location == "'数据来源'!A12"
    assert figure.hyperlink.tooltip == "来源：统计局　统计局-2023.xlsx　指标!D7"
    assert (figure.font.underline, figure.font.color.theme if figure.font.color else 1) == (None, 1)
    source = [item.value for item in formulas["数据来源"][12]]
    assert source[1:] == [
        "指标", "Z-04", "优良天数比例", "本年预计", 85.2, "%", "统计局",
        "统计局-2023.xlsx", "指标", "D7", 2, "正常", "主要经济指标完成情况!F8", "—",
    ]  # fmt: skip


def test_every_source_leads_into_the_archived_original(formulas: Any, data: bytes) -> None:
    sheet = formulas["数据来源"]
    links = [row[10].hyperlink for row in sheet.iter_rows(min_row=4) if isinstance(row[0].value, int)]
    assert len(links) == 20 + 2 + 1
    assert links[0].target.replace("\\", "/") == f"{ARCHIVE}/{SHA['tj']}.xlsx"
    assert [link.location for link in links][-3:] == ["'项目清单'!B4", "'项目清单'!B5", "'文字材料'!D4"]


def test_a_section_sheet_has_five_measures_department_and_source(values: Any) -> None:
    sheet = values["产业_升级"]
    assert [item.value for item in sheet[4]][4:10] == [
        "实际",
        "预计",
        "同比增长(%)",
        "年度计划",
        "完成计划(%)",
        "目标",
    ]
    assert table(sheet, "工业技改投资") == [
        2, "C-02", "工业技改投资", "万元", "—", 2376.4, "缺", "未报", "—", "—", "工信局",
        "工信局-2023.xlsx 指标!D10",
    ]  # fmt: skip
    assert table(values["其他指标"], "Q-02")[5] == 7


def test_a_register_has_departments_totals_and_filters(values: Any, formulas: Any) -> None:
    sheet = values["项目清单"]
    assert table(sheet, "无人机底盘产线") == [
        1, "工信局", "无人机底盘产线", "开工建设", 1.2, dt.datetime(2023, 6, 30), "查看",
    ]  # fmt: skip
    assert sheet.auto_filter.ref == "A3:G5"
    assert sheet.freeze_panes == "D4"
    assert table(sheet, "合计") == ["合计", None, 2, None, pytest.approx(1.55), None, None]
    assert [item.value for item in row_with(formulas["项目清单"], "合计")][2:5] == [
        "=COUNTA(C4:C5)", None, "=SUM(E4:E5)",
    ]  # fmt: skip
    assert values["荣誉清单"]["A4"].value == "本期没有部门报送"
    assert values["荣誉清单"]["C5"].value == 0


def with_projects(text: str) -> list[Accepted]:
    """The submissions with other projects: 项目名称 | 总投资 (``None`` for a blank)."""
    rows = []
    for number, (name, investment) in enumerate(rows_of(text), 4):
        amount = Decimal(investment) if investment else None
        readings = {
            "项目名称": Reading(cell("项目清单", number, 2, name), name.replace("⏎", "\r\n")),
            "总投资": Reading(cell("项目清单", number, 4, amount), amount),
        }
        rows.append(RegisterRow("P", number, readings))
    tj, gx = submissions()
    return [tj, replace(gx, submission=replace(gx.submission, rows=tuple(rows)))]


@pytest.mark.parametrize(
    ("projects", "total", "formula", "note"),
    [
        (
            "甲 | \n乙 | ",
            "未报",
            '=IF(COUNT(E4:E5)=0,"未报",SUM(E4:E5))',
            "注：“总投资”各项均未填，不作合计。",
        ),
        ("甲 | 0 \n乙 | ", 0, "=SUM(E4:E5)", "注：“总投资”有 1 项未填，合计只含已填的 1 项。"),
        ("甲 | 0 \n乙 | 1.5", 1.5, "=SUM(E4:E5)", None),
    ],
)
def test_a_column_without_a_number_has_no_total(
    projects: str, total: object, formula: str, note: str | None
) -> None:
    data = written(dataset(None, with_projects(projects)))
    shown = openpyxl.load_workbook(io.BytesIO(data), data_only=True)["项目清单"]
    live = openpyxl.load_workbook(io.BytesIO(data))["项目清单"]
    assert (shown["E6"].value, live["E6"].value) == (total, formula)
    # Grey, as a figure is that was left blank.
    assert (shown["E6"].font.color.rgb == "FFA6A6A6") == (total == "未报")
    assert shown["A7"].value == note


def test_a_register_without_rows_adds_up_to_nothing() -> None:
    tj, gx = submissions()
    nothing = [tj, replace(gx, submission=replace(gx.submission, rows=()))]
    sheet = openpyxl.load_workbook(io.BytesIO(written(dataset(None, nothing))), data_only=True)[
        "项目清单"
    ]
    assert table(sheet, "合计") == ["合计", None, 0, None, 0, None, None]


def test_line_breaks_in_a_register_take_no_second_line() -> None:
    data = written(dataset(None, with_projects("无人机⏎⏎产线 | 1.2\n二期 | 3")))
    sheet = openpyxl.load_workbook(io.BytesIO(data))["项目清单"]
    assert sheet["C4"].value == "无人机 产线"
    assert sheet.row_dimensions[4].height == sheet.row_dimensions[5].height


def test_only_cells_that_wrap_have_lines() -> None:
    pack = definition()
    pack = replace(
        pack,
        tables=(replace(pack.tables[0], title="主要经济\n指标"),),
        indicators=(replace(pack.indicators[0], name="地区\r\n生产总值"), *pack.indicators[1:]),
    )
    book = openpyxl.load_workbook(io.BytesIO(written(dataset(pack))))
    assert book["主要经济指标"]["A1"].value == "主要经济 指标"
    for sheet in book:
        for item in (item for row in sheet.iter_rows() for item in row):
            if isinstance(item.value, str) and not item.value.isprintable():
                assert "\r" not in item.value
                assert item.alignment.wrap_text, (sheet.title, item.coordinate)


def test_a_row_whose_texts_take_one_line_is_one_line_high() -> None:
    pack = definition()
    names = {"tj": "农业农村局", "gx": "市场监督管理局"}
    pack = replace(
        pack,
        departments=tuple(
            replace(item, name=names.get(item.code, item.name)) for item in pack.departments
        ),
    )
    accepted = [
        replace(
            item,
            submission=replace(
                item.submission, file=f"{names[item.submission.identity.department]}-2023.xlsx"
            ),
        )
        for item in submissions()
    ]
    book = openpyxl.load_workbook(io.BytesIO(written(dataset(pack, accepted))))
    heights = {
        book[name].row_dimensions[row].height
        for name, rows in (("主要经济指标完成情况", range(5, 10)), ("产业_升级", range(5, 7)))
        for row in rows
    }
    assert book["产业_升级"]["L6"].value == "市场监督管理局-2023.xlsx 指标!D10"
    assert heights == {24}


def test_the_reporting_sheet_shows_every_department(values: Any) -> None:
    sheet = values["部门报送情况"]
    assert table(sheet, "统计局")[2:8] == [
        "已接收", "统计局-2023.xlsx", 2, "2023-12-19 09:30", "2023-12-20 17:00", "按时",
    ]  # fmt: skip
    assert table(sheet, "工信局")[7:] == ["迟报", 0, 0, 0, 1, 1]
    assert table(sheet, "信访局")[2:8] == [
        "已退回",
        "信访局-2023.xlsx",
        "—",
        "—",
        "2023-12-20 17:00",
        "—",
    ]
    assert table(sheet, "合计") == ["合计", 3, 2, None, None, None, None, 1, 2, 0, 0, 1, 3]
    silent = openpyxl.load_workbook(io.BytesIO(written(reports=())), data_only=True)
    assert table(silent["部门报送情况"], "工信局")[2:8] == [
        "未报送", "—", "—", "—", "2023-12-20 17:00", "缺报",
    ]  # fmt: skip
    assert (
        sheet["A8"].value == "注：及时性按文件最后保存时间与报送时限比较；实际送达时间见 status 命令。"
    )


# The deadline is 2023-12-20 17:00 in Asia/Shanghai: 09:00 UTC.
@pytest.mark.parametrize(
    ("saved_at", "shown", "timeliness"),
    [
        ("2023-12-20T08:59:59Z", "2023-12-20 16:59", "按时"),
        ("2023-12-20T09:00:00Z", "2023-12-20 17:00", "按时"),
        ("2023-12-20T09:00:30Z", "2023-12-20 17:00", "按时"),
        ("2023-12-20T09:01:00Z", "2023-12-20 17:01", "迟报"),
        ("2023-12-20T09:01:00", "2023-12-20 17:01", "迟报"),
        ("2023-12-20T17:00:00+08:00", "2023-12-20 17:00", "按时"),
        ("", "—", "—"),
        ("2023-12-19", "2023-12-19", "—"),
        ("昨天", "昨天", "—"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z", "—"),
    ],
)
def test_timeliness_is_judged_by_what_is_shown(saved_at: str, shown: str, timeliness: str) -> None:
    report = replace(REPORTS[0], saved_at=saved_at)
    book = openpyxl.load_workbook(io.BytesIO(written(reports=(report,))), data_only=True)
    row = table(book["部门报送情况"], "统计局")
    assert row[5:8] == [shown, "2023-12-20 17:00", timeliness]
    assert table(book["部门报送情况"], "合计")[7] == (1 if timeliness == "按时" else 0)


def test_a_department_without_a_deadline_is_neither_in_time_nor_late() -> None:
    pack = definition()
    pack = replace(pack, settings=replace(pack.settings, deadline=None))
    book = openpyxl.load_workbook(io.BytesIO(written(dataset(pack))), data_only=True)
    assert table(book["部门报送情况"], "统计局")[5:8] == ["2023-12-19 09:30", "—", "—"]


def test_when_the_files_arrived_does_not_matter(data: bytes) -> None:
    for arrival in Timeliness:
        assert written(reports=tuple(replace(item, timeliness=arrival) for item in REPORTS)) == data


def test_findings_are_sorted_coloured_and_lead_only_to_what_was_accepted(
    values: Any, formulas: Any
) -> None:
    sheet = values["校验结果"]
    rows = [[item.value for item in row] for row in sheet["A4:I6"]]
    assert [row[1] for row in rows] == ["错误", "错误", "说明"]
    assert rows[1][2:8] == [
        "数据类型（type）", "信访局", "信访局-2023.xlsx", "指标", "D4",
        "“信访办结率·本年预计”应填数值，实际为“=1+1”，是不是 99？",
    ]  # fmt: skip
    assert sheet["K6"].value == "=已核对台账"
    assert sheet["B4"].fill.fgColor.rgb != sheet["B6"].fill.fgColor.rgb
    assert "错误 2 条，核实 0 条，提醒 0 条，说明 1 条" in [item.value for item in sheet[2]]
    assert rows[0][7] == "信访局没有可用的报送"
    accepted, rejected = formulas["校验结果"]["G6"], formulas["校验结果"]["G5"]
    assert accepted.hyperlink.location == "'指标'!D9"
    assert rejected.hyperlink is None
    # The accepted vintage's file was replaced by one that was rejected: its cells are others.
    later = tuple(replace(item, state=ReportState.REJECTED) for item in REPORTS)
    again = openpyxl.load_workbook(io.BytesIO(written(reports=later)))
    assert again["校验结果"]["G6"].hyperlink is None


def test_the_contents_link_every_sheet_and_count_what_is_missing(values: Any, formulas: Any) -> None:
    sheet = values["目录"]
    assert [row[1].value for row in sheet.iter_rows(min_row=5, max_row=15)] == values.sheetnames[1:]
    assert formulas["目录"]["B5"].hyperlink.location == "'主要经济指标'!A1"
    assert [sheet["D5"].value, sheet["E5"].value] == [7, 2]
    assert sheet["A3"].value == "应报部门 3 个：已接收 2 个，已退回 1 个，未报送 0 个"


def test_text_that_looks_like_a_formula_stays_text() -> None:
    pack = definition()
    pack = replace(
        pack,
        settings=replace(pack.settings, compiler=INJECTIONS[0], name=INJECTIONS[1]),
        departments=(*pack.departments[:2], Department("xf", INJECTIONS[3])),
        indicators=tuple(
            replace(item, name=text, unit=text)
            for item, text in zip(pack.indicators, INJECTIONS * 2, strict=False)
        ),
        tables=(replace(pack.tables[0], title=INJECTIONS[4]),),
    )
    accepted = [
        replace(
            item,
            submission=replace(
                item.submission,
                file="=evil.xlsx",
                explanations=(Explanation("Z-01", cell("指标", 4, 9, "@x"), "@SUM(1+9)"),),
            ),
        )
        for item in submissions()
    ]
    data = written(dataset(pack, accepted))
    book = openpyxl.load_workbook(io.BytesIO(data))
    known = ("=IF(COUNT(", "=SUM(", "=COUNTA(", "=COUNTIF(", '="错误 "&COUNTIF(', '="应报部门 "&COUNTA(')
    seen = set()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                xml = archive.read(name).decode()
                for formula in re.findall(r"<f>(.*?)</f>", xml):
                    text = "=" + formula.replace("&quot;", '"').replace("&amp;", "&")
                    assert text.startswith(known), text
    for sheet in book:
        for item in (item for row in sheet.iter_rows() for item in row):
            if isinstance(item.value, str) and item.value.startswith(
                ("=1", "+", "-", "@", "=c", "=e", "=H")
            ):
                # openpyxl reads the text "=1+1" as a formula type only when the file says so.
                seen.add(item.value)
                assert item.quotePrefix, (sheet.title, item.coordinate)
    assert {*INJECTIONS[:4], "=evil.xlsx", "@SUM(1+9)"} <= seen
    assert b"http://x.example" not in b"".join(
        zipfile.ZipFile(io.BytesIO(data)).read(name)
        for name in zipfile.ZipFile(io.BytesIO(data)).namelist()
        if name.endswith(".rels")
    )


def test_an_empty_dataset_still_gives_a_workbook() -> None:
    nothing = Definition("leer", "0" * 64, Settings("空报告", "2024年1-6月"))
    book = openpyxl.load_workbook(io.BytesIO(written(dataset(nothing, []), (), ())), data_only=True)
    assert book.sheetnames == ["目录", "部门报送情况", "校验结果", "数据修订", "数据来源"]
    assert book["校验结果"]["A4"].value == "没有发现问题"
    unreported = openpyxl.load_workbook(io.BytesIO(written(dataset(None, []), (), ())), data_only=True)
    # With no workbook at all, what may be left blank is missing like everything else.
    assert table(unreported["主要经济指标"], "地区生产总值")[3:9] == ["缺", "缺", "缺", "—", "缺", "缺"]
    assert table(unreported["部门报送情况"], "合计")[1:3] == [3, 0]


def test_equal_input_gives_equal_bytes_without_clock_or_machine(data: bytes) -> None:
    assert written() == data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {item.date_time for item in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
        everything = b"".join(archive.read(item) for item in archive.infolist())
    assert core.count("1980-01-01T00:00:00Z") == 2
    assert str(Path.cwd()).encode() not in everything


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (["民生/保障", "民生:保障"], ["民生_保障", "民生_保障(2)"]),
        (["目录", "History", "''"], ["目录(2)", "History(2)", "表"]),
        (["长" * 40, "长" * 40], ["长" * 31, "长" * 28 + "(2)"]),
        (["abc", "ABC"], ["abc", "ABC(2)"]),
    ],
)
def test_sheet_names_are_safe_and_unique(wanted: list[str], names: list[str]) -> None:
    assert list(sheet_names(wanted, ["目录"])) == names


@pytest.mark.parametrize(
    ("given", "order"),
    [("预增计目", "预增计目"), ("预上增计目", "预增计上目"), ("上预增", "上预增"), ("目", "目")],
)
def test_this_years_measures_stand_together(given: str, order: str) -> None:
    assert grouped([MEASURES[mark] for mark in given]) == tuple(MEASURES[mark] for mark in order)


def test_links_stop_at_excels_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_LINKS == 65_530
    monkeypatch.setattr("generators.summary.page.MOST_LINKS", 3)
    book = openpyxl.load_workbook(io.BytesIO(written()))
    linked = [item for row in book["数据来源"].iter_rows() for item in row if item.hyperlink]
    assert len(linked) == 3
    assert book["数据来源"]["K10"].value


def test_the_sheets_are_set_up_for_printing(values: Any) -> None:
    for sheet in values:
        assert sheet.page_setup.paperSize == 9
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert "— &P —" in zipped_footer(sheet)
        assert sheet.print_title_rows
        assert sheet.freeze_panes
    assert values["主要经济指标完成情况"].page_setup.orientation == "landscape"
    assert values["主要经济指标"].print_title_rows == "$3:$4"


def zipped_footer(sheet: Any) -> str:
    return f"{sheet.oddFooter.center.text}".replace("&[Page]", "&P").replace("&amp;", "&")


@needs_office
def test_cached_values_are_what_libreoffice_computes(tmp_path: Path, data: bytes, values: Any) -> None:
    stripped = tmp_path / "without.xlsx"
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stripped, "w") as target:
        for item in source.infolist():
            part = source.read(item)
            if item.filename.startswith("xl/worksheets/"):
                # Without cached values nothing is left to compare but what LibreOffice computes.
                part = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", part)
            target.writestr(item, part)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    out = tmp_path / "out"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(out), str(stripped)],
        check=True,
        capture_output=True,
        timeout=180,
    )
    computed = openpyxl.load_workbook(out / "without.xlsx", data_only=True)
    formulas = openpyxl.load_workbook(io.BytesIO(data))
    compared = 0
    for sheet in formulas:
        for live in (item for row in sheet.iter_rows() for item in row):
            if live.data_type == "f":
                place = (sheet.title, live.coordinate)
                cached = values[sheet.title][live.coordinate].value
                found = computed[sheet.title][live.coordinate].value
                assert cached is not None, place
                assert (pytest.approx(cached) if isinstance(cached, float | int) else cached) == found, (
                    place
                )
                compared += 1
    assert compared >= 40
