"""The definition workbook: what it says, and every fault located at once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from generators.definition import load_definition, schema
from generators.messages import CATALOGUE, GAP, LANGUAGES, action, line, message
from generators.model import (
    Asked,
    ColumnKind,
    Definition,
    Finding,
    GrowthBasis,
    Measure,
    Severity,
    TargetKind,
)
from tests import test_definition_rules, test_guard
from tests.workbooks import (
    DEFINITION,
    PACK,
    Tables,
    brief,
    changed,
    definition_of,
    edited,
    rows_of,
    sound_definition,
    table_of,
    workbook,
)


def faults(tables: Tables | bytes) -> list[str]:
    return brief(definition_of(tables).findings)


def only(tables: Tables) -> Finding:
    """The one thing that is wrong with a definition."""
    result = definition_of(tables)
    assert len(result.findings) == 1, [line(item) for item in result.findings]
    return result.findings[0]


def without(*sheets: str) -> dict[str, str]:
    return {name: table for name, table in DEFINITION.items() if name not in sheets}


# --- what it says -----------------------------------------------------------------------------


def test_a_definition_is_read_as_it_is_written() -> None:
    definition = sound_definition()
    settings = definition.settings
    assert (settings.name, settings.period, settings.form_version) == ("临溪区渔业发展报告", "2031", "3")
    assert (settings.previous_period, settings.next_period) == ("2030", "2032")
    assert definition.pack == PACK
    value, quality, ferries = definition.indicators
    assert (value.owner, value.section, value.decimals, value.unit) == ("yy", "S1", 1, "亿元")
    assert value.growth_basis is GrowthBasis.NOMINAL
    assert value.target_kind is TargetKind.GROWTH
    assert (value.minimum, value.maximum) == (Decimal(0), None)
    assert dict(value.measures) == {
        Measure.ACTUAL: Asked.REQUIRED,
        Measure.PREVIOUS: Asked.OPTIONAL,
        Measure.GROWTH: Asked.REQUIRED,
        Measure.PLAN: Asked.NO,
        Measure.TARGET: Asked.OPTIONAL,
    }
    assert quality.unit == "%"  # written with the full-width sign
    assert quality.unit_of(Measure.GROWTH) == "个百分点"
    assert ferries.reporters == ("yy",)
    [register] = definition.registers
    assert [(item.name, item.kind) for item in register.columns] == [
        ("渔港名称", ColumnKind.TEXT),
        ("级别", ColumnKind.CODE),
        ("总投资", ColumnKind.NUMBER),
        ("增幅", ColumnKind.NUMBER),
        ("开港日期", ColumnKind.DATE),
    ]
    assert definition.code_lists == {"级别": ("中心", "一级")}
    [table] = definition.tables
    assert table.indicators == ("S1-01", "S1-02", "S2-01")
    assert table.measures == (Measure.ACTUAL, Measure.TARGET)
    assert definition.terms == {"总体要求": "稳字当头，稳中求进"}


def test_a_deadline_without_a_time_of_day_is_the_end_of_that_day() -> None:
    definition = sound_definition()
    assert definition.deadline_of("yy") == dt.datetime(2031, 12, 20, 17, 30)
    assert definition.deadline_of("jt") == dt.datetime(2031, 12, 15, 23, 59, 59)


CHOICES: Mapping[str, tuple[Mapping[str, object], ...]] = {
    "register columns": (schema.COLUMN_KINDS, schema.YES_NO),
    "indicators": (schema.ASKED, schema.GROWTH_BASES, schema.TARGET_KINDS, schema.YES_NO),
    "narratives": (schema.YES_NO,),
    "rules": (schema.ENABLED, schema.SEVERITIES),
    "published": (schema.FIGURE_MEASURES,),
}
EVERYTHING: Tables = {
    **DEFINITION,
    "规则": """
        | 规则代码 | 启用   | 级别 | 参数   | 表达式                       | 提示 | 处理建议 | 说明 |
        | range    | 是     |      |        |                              |      |          |      |
        | outlier  | 试运行 | 错误 | 阈值=4 |                              |      |          |      |
        | 产值核对 | 试运行 | 提醒 |        | 渔业总产值 > 0 => 渡口数 > 0 | 无渡口 | 请核对 | 备注 |
    """,
    "已公布数": """
        | 指标       | 口径     | 报告期 | 数值 | 小数位数 | 出处     | 说明 |
        | 渔业总产值 | 上年实际 | 2031   | 11.8 | 1        | 统计公报 |      |
    """,
}
"""Every sheet, and every column of the last two of them."""


def in_english(word: str, table: schema.Table) -> str:
    """A setting, or a choice of the table, by its English name; other words as they are."""
    if table is schema.SETTINGS:
        return next((key.en for key in schema.SETTING_KEYS if key.zh == word), word)
    choices = next((item for item in CHOICES.get(table.en, ()) if word in item), {word: word})
    return next((twin for twin in choices if choices[twin] == choices[word] and twin.isascii()), word)


def english(tables: Tables) -> dict[str, str]:
    """The same definition with English sheet names, headers, settings and choices."""
    translated = {}
    for table in schema.ALL_TABLES:
        names = {column.zh: column.en for column in table.columns}
        headers, *rows = rows_of(tables[table.zh])
        lines = [[names[header] for header in headers]]
        lines += [[in_english(part, table) for part in row] for row in rows]
        translated[table.en] = table_of(lines)
    translated["summary tables"] = translated["summary tables"].replace(
        "章节：渔业生产、S2-01 | 本年预计、下年目标", "section:渔业生产, S2-01 | actual, target"
    )
    return translated


def test_english_sheets_headers_and_words_say_the_same() -> None:
    def said(definition: Definition) -> list[object]:
        return [
            getattr(definition, name) for name in definition.__dataclass_fields__ if name != "digest"
        ]

    definition = sound_definition(EVERYTHING)
    assert definition.pack_rules and definition.published
    assert said(sound_definition(english(EVERYTHING))) == said(definition)


def test_headers_are_found_below_a_title_and_in_any_order() -> None:
    moved = changed(
        DEFINITION,
        "章节",
        ("| 章节代码 | 章节名称 |", "| 报告的章节 | |\n        | | |\n        | 章节 名称 | 章节代码 |"),
        ("| S1       | 渔业生产 |", "| 渔业生产 | S1 |"),
        ("| S2       | 水上交通 |", "| 水上交通 | S2 |"),
    )
    assert sound_definition(moved).sections == sound_definition().sections


def test_remarks_are_passed_over() -> None:
    remarked = {
        **changed(
            DEFINITION,
            "部门",
            ("| 截止时间    |", "| 截止时间 | #备注 |"),
            ("| jt ", "| # 以下为二类部门 | | | |\n        | jt "),
        ),
        "#草稿": "| 随便写 |",
    }
    assert [item.code for item in sound_definition(remarked).departments] == ["yy", "jt"]


def test_a_definition_may_do_without_the_sheets_it_does_not_need() -> None:
    small = without(*"用语 章节 清单 清单列 代码表 文字材料 规则 汇总表 免审数字 日历".split())
    small = changed(small, "指标", ("| 渔业生产 |", "| |"), ("| S1 ", "| "), ("| S2 ", "| "))
    assert len(sound_definition(small).indicators) == 3


def test_several_lines_of_the_title_stand_in_several_rows() -> None:
    titled = changed(
        DEFINITION, "设置", ("| 地区     | 临溪区              |", "| 标题 | 甲 |\n | 标题 | 乙 |")
    )
    assert sound_definition(titled).settings.title == ("甲", "乙")


# --- what can be wrong with it: sheet, texts to replace → code, cell and words --------------------


Case = tuple[str, tuple[tuple[str, str], ...], str, str]

FAULTS: dict[str, Case] = {
    "a misspelt column": (
        "章节",
        (("章节名称", "章节名"),),
        "definition.column_unknown 章节!B1; definition.column 章节!A1",
        "缺少“章节名称”列，是不是“章节名”？",
    ),
    "a column that is not known": (
        "章节",
        (("章节名称 |", "章节名称 | 排序 |"),),
        "definition.column_unknown 章节!C1",
        "不认识的列“排序”，未采用",
    ),
    "a column of defaults misspelt": (
        "指标",
        (("小数位数", "小数位"),),
        "definition.column_unknown 指标!D1",
        "不认识的列“小数位”，未采用，是不是“小数位数”？",
    ),
    "a column misspelt in English": (
        "规则",
        (("启用", "enable"),),
        "definition.column_unknown 规则!B1",
        "不认识的列“enable”，未采用，是不是“enabled”？",
    ),
    "a column that lost its name": (
        "指标",
        (("小数位数", ""),),
        "definition.column_unnamed 指标!D2",
        "该列没有列名，其中的“1”等内容未采用",
    ),
    "a column twice": (
        "章节",
        (("章节名称 |", "章节名称 | 章节名称 |"),),
        "definition.column_twice 章节!C1",
        "“章节名称”列出现了两次",
    ),
    "a blank name": (
        "章节",
        (("水上交通", ""),),
        "definition.blank 章节!B3",
        "“章节名称”不能为空",
    ),
    "a word that is no choice": (
        "指标",
        (("| 百分点   |", "| 百分比   |"),),
        "definition.choice 指标!G3",
        "“增长口径”填写的“百分比”不在可选范围内，是不是“百分点”？",
    ),
    "a rule that does not exist": (
        "规则",
        (("range", "ranges"),),
        "definition.rule_unknown 规则!A2",
        "“ranges”不是内置规则，是不是“range”？",
    ),
    "a measure that does not exist": (
        "汇总表",
        (("下年目标", "明年目标"),),
        "definition.choice 汇总表!C2",
        "“列”填写的“明年目标”不在可选范围内，是不是“下年目标”？",
    ),
    "no number": (
        "指标",
        (("| 50     |", "| 五十   |"),),
        "definition.number 指标!O4",
        "“最大值”应填数字，实际为“五十”",
    ),
    "no whole number": (
        "指标",
        (("| 亿元     | 1        |", "| 亿元     | 1.5      |"),),
        "definition.integer 指标!D2",
        "“小数位数”应填 0–9 之间的整数，实际为“1.5”",
    ),
    "a percent cell as a bound": (
        "指标",
        (("| 100    |", "| 100%   |"),),
        "definition.percent 指标!O3",
        "“最大值”的单元格是百分比格式，存储的数值是 1",
    ),
    "no date": (
        "部门",
        (("@2031-12-15", "十二月中"),),
        "definition.date 部门!C3",
        "“截止时间”应填日期，实际为“十二月中”",
    ),
    "no date in the settings": (
        "设置",
        (("2031-12-20 17:30", "2031-13-20"),),
        "definition.date 设置!B6",
        "“截止时间”应填日期，实际为“2031-13-20”",
    ),
    "a period that Excel took for a date": (
        "设置",
        (("| 2031                |", "| @2031-06-01 |"),),
        "definition.date_instead 设置!B3",
        "“报告期”应填文字，实际被 Excel 识别为日期“2031-06-01”",
    ),
    "an error value": (
        "指标",
        (("| 渔业总产值 |", "| #REF! |"),),
        "definition.error 指标!B2",
        "“指标名称”的单元格是错误值 #REF!",
    ),
    "a formula without its result": (
        "指标",
        (("| 亿元     | 1        |", "| =A1      | 1        |"),),
        "definition.uncalculated 指标!C2",
        "“计量单位”的单元格是公式，但没有计算结果",
    ),
    "a picture in a cell": (
        "指标",
        (("| 亿元     | 1        |", '| =DISPIMG("ID_1",1) | 1        |'),),
        "definition.picture 指标!C2",
        "“计量单位”的单元格是图片，请填文字",
    ),
    "a department twice": (
        "部门",
        (("交通局", "渔业 局"),),
        "definition.twice 部门!B3",
        "“部门名称”的“渔业 局”重复，另一处在 B2",
    ),
    "a copied row": (
        "章节",
        (("| S2       | 水上交通 |", "| S1 | 渔业生产 |"),),
        "definition.twice 章节!A3",
        "“章节代码”的“S1”重复，另一处在 A2",
    ),
    "points of what is no rate": (
        "指标",
        (("现价  ", "百分点"),),
        "definition.points 指标!G2",
        "“渔业总产值”的计量单位不是 %，增长口径不能选“百分点”",
    ),
    "a unit on a column of words": (
        "清单列",
        (("总投资   | 数值 |", "总投资   |      |"),),
        "definition.column_kind 清单列!C4",
        "填写了“计量单位”的列，类型应为“数值”",
    ),
    "a code list on a column of words": (
        "清单列",
        (("级别     |      |", "级别     | 文本 |"),),
        "definition.column_kind 清单列!C3",
        "填写了“代码表”的列，类型应为“代码”",
    ),
    "a setting misspelt": (
        "设置",
        (("截止时间", "截至时间"),),
        "definition.setting_unknown 设置!A6",
        "不认识的设置“截至时间”，未采用，是不是“截止时间”？",
    ),
    "a setting that is not known": (
        "设置",
        (("| 地区     |", "| 页眉颜色 |"),),
        "definition.setting_unknown 设置!A5",
        "不认识的设置“页眉颜色”，未采用",
    ),
    "a setting twice": (
        "设置",
        (("| 地区     |", "| 报告期   |"),),
        "definition.twice 设置!A5",
        "“设置项”的“报告期”重复，另一处在 A3",
    ),
    "a register column twice": (
        "清单列",
        (("| 增幅     |", "| 渔港 名称 |"),),
        "definition.twice 清单列!B5",
        "“列名”的“渔港 名称”重复，另一处在 B2",
    ),
    "a code twice": (
        "代码表",
        (("一级", "中心"),),
        "definition.twice 代码表!B3",
        "“代码值”的“中心”重复，另一处在 B2",
    ),
    "a rule twice": (
        "规则",
        (("| range    | 是   |      |", "| range | 是 | |\n | range | 否 | |"),),
        "definition.twice 规则!A3",
        "“规则代码”的“range”重复，另一处在 A2",
    ),
    "a department that does not exist": (
        "指标",
        (("| 交通局   |", "| 交通运输局 |"),),
        "definition.reference 指标!E4",
        "“责任部门”引用的“交通运输局”在“部门”工作表中不存在，是不是“交通局”？",
    ),
    "a code list that does not exist": (
        "清单列",
        (("| 级别   |  ", "| 等级   |  "),),
        "definition.reference 清单列!G3",
        "“代码表”引用的“等级”在“代码表”工作表中不存在，是不是“级别”？",
    ),
    "a section that does not exist": (
        "汇总表",
        (("章节：渔业生产", "章节：渔业"),),
        "definition.reference 汇总表!B2",
        "“内容”引用的“渔业”在“章节”工作表中不存在，是不是“渔业生产”？",
    ),
    "a register without columns": (
        "清单",
        (("| R1       | 渔港清单 |", "| R2 | 渔船清单 | yy | |\n | R1 | 渔港清单 |"),),
        "definition.no_columns 清单!B2",
        "清单“渔船清单”没有定义任何列",
    ),
    "a setting that is not there": (
        "设置",
        (("| 报告期   |", "| 报告期限 |"),),
        "definition.setting_unknown 设置!A3; definition.setting 设置",
        "缺少设置“报告期”，是不是“报告期限”？",
    ),
    "a setting without content": (
        "设置",
        (("| 2031                |", "| |"),),
        "definition.blank 设置!B3",
        "“报告期”不能为空",
    ),
    "a time zone that does not exist": (
        "设置",
        (("| 地区     | 临溪区              |", "| 时区 | Asia/Shanhai |"),),
        "definition.time_zone 设置!B5",
        "“Asia/Shanhai”不是已知的时区，是不是“Asia/Shanghai”？",
    ),
    "a phrase without its place": (
        "指标",
        (("| 共同报送部门 |", "| 目标句式 |"), ("| 渔业局       |", "| 不少于 |")),
        "definition.phrase 指标!P4",
        "“目标句式”填写的“不少于”中没有占位符 {}",
    ),
    "bounds the wrong way round": (
        "指标",
        (("| 0      | 100    |", "| 100    | 0.50   |"),),
        "definition.bounds 指标!N3",
        "最小值 100 大于最大值 0.5",
    ),
    "a name with quotation marks": (
        "指标",
        (("渔业总产值", '"渔业"产值'),),
        "definition.name 指标!B2",
        '“"渔业"产值”不能用作名称：含有引号、大括号或换行',
    ),
    "a name that is a setting": (
        "用语",
        (("总体要求", "地区"),),
        "definition.name_reserved 用语!A2",
        "“地区”是程序保留的词，不能用作名称",
    ),
    "a register column that every form has": (
        "清单列",
        (("| 增幅     |", "| 序号     |"),),
        "definition.name_reserved 清单列!B5",
        "“序号”是程序保留的词，不能用作名称",
    ),
    "an exception that lets nothing pass": (
        "免审数字",
        (("7×24小时", "全天候"),),
        "definition.allows_nothing 免审数字!A2",
        "“全天候”中没有数字，也没有通配符，放过不了任何数字",
    ),
    "an exception that lets everything pass": (
        "免审数字",
        (("年产*套", "*?"),),
        "definition.allows_everything 免审数字!A3",
        "“*?”会放过所有数字",
    ),
    "an exception twice": (
        "免审数字",
        (("年产*套", "7×24小时"),),
        "definition.twice 免审数字!A3",
        "“文字”的“7×24小时”重复，另一处在 A2",
    ),
    "a slot that is none": (
        "设置",
        (("周五 17:00", "每月一次"),),
        "definition.slot 设置!B7",
        "“每月一次”不是能看懂的每周时间",
    ),
    "a name in two tables": (
        "用语",
        (("总体要求", "渡口数"),),
        "definition.name_taken 用语!A2",
        "名称“渡口数”在模板中有二义：它已在“指标”表的 B4 使用",
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_is_located(case: str) -> None:
    sheet, replacements, expected, words = FAULTS[case]
    result = definition_of(changed(DEFINITION, sheet, *replacements))
    for item in expected.split("; "):
        assert any(shown.startswith(item) for shown in brief(result.findings)), brief(result.findings)
    codes = {item.partition(" ")[0] for item in expected.split("; ")}
    assert {item.code for item in result.findings} == codes
    assert words in [message(item) for item in result.findings]
    errors = [item for item in result.findings if item.severity is Severity.ERROR]
    assert (result.value is None) == bool(errors)
    assert all(item.file == f"{PACK}/definition.xlsx" for item in result.findings)


def test_a_code_column_needs_a_code_list() -> None:
    column = "| R1       | 级别     |      |          |          |      | 级别   |          |"
    tables = changed(DEFINITION, "清单列", (column, "| R1 | 级别 | 代码 | | | | | |"))
    fault = only(tables)
    assert (*brief([fault]), message(fault)) == ("definition.blank 清单列!G3", "“代码表”不能为空")


def test_a_misspelt_sheet_is_both_missing_and_unknown() -> None:
    renamed = {("指标表" if name == "指标" else name): table for name, table in DEFINITION.items()}
    result = definition_of(renamed)
    assert [message(item) for item in result.findings] == [
        "不认识的工作表“指标表”，未采用，是不是“指标”？",
        "缺少工作表“指标”，是不是“指标表”？",
    ]
    assert [item.severity for item in result.findings] == [Severity.ERROR, Severity.ERROR]


@pytest.mark.parametrize("state", ["visible", "hidden"])
def test_a_misspelt_sheet_that_may_be_left_out_is_an_error_too(state: str) -> None:
    def change(book: object) -> None:
        book["规则"].title = "规则表"  # type: ignore[index]
        book["规则表"].sheet_state = state  # type: ignore[index]

    result = definition_of(edited(workbook(DEFINITION), change))
    assert [message(item) for item in result.findings] == [
        "不认识的工作表“规则表”，未采用，是不是“规则”？"
    ]
    assert result.value is None


@pytest.mark.parametrize(
    ("sheet", "old", "new"),
    [
        ("指标", "小数位数", "小数位"),
        ("指标", "下年目标", "明年目标"),
        ("指标", "目标类型", "目标类别"),
        ("指标", "| 目标类型 |", "| 目标句试 |"),
        ("清单列", "不得重复", "不重复"),
        ("规则", "级别", "等级别"),
    ],
)
def test_a_misspelt_column_never_takes_the_default(sheet: str, old: str, new: str) -> None:
    result = definition_of(changed(DEFINITION, sheet, (old, new)))
    assert {item.code for item in result.findings} == {"definition.column_unknown"}
    assert all("是不是" in message(item) for item in result.findings)
    assert result.value is None


@pytest.mark.parametrize("name", ["排序", "备注", "表格说明"])
def test_a_column_of_notes_is_only_a_warning(name: str) -> None:
    result = definition_of(changed(DEFINITION, "章节", ("章节名称 |", f"章节名称 | {name} |")))
    assert [(item.code, item.severity) for item in result.findings] == [
        ("definition.column_unknown", Severity.WARNING)
    ]
    assert result.value is not None


def test_a_note_beside_the_table_is_only_a_warning() -> None:
    result = definition_of(
        changed(DEFINITION, "章节", ("| S1       | 渔业生产 |", "| S1 | 渔业生产 | 待定 |"))
    )
    assert brief(result.findings) == ["definition.column_unnamed 章节!C2"]
    assert result.value is not None


def test_an_added_line_of_the_title_that_is_misspelt_is_not_lost() -> None:
    titled = changed(
        DEFINITION, "设置", ("| 地区     | 临溪区              |", "| 标题 | 甲 |\n | 标题二 | 乙 |")
    )
    result = definition_of(titled)
    assert [message(item) for item in result.findings] == [
        "不认识的设置“标题二”，未采用，是不是“标题”？"
    ]
    assert result.value is None


@pytest.mark.parametrize("unit", ["", "—", "无"])
def test_a_figure_without_dimension_has_no_unit(unit: str) -> None:
    tables = changed(DEFINITION, "指标", ("| 亿元     |", f"| {unit} |"))
    indicator = sound_definition(tables).indicators[0]
    assert indicator.unit == ""
    assert [indicator.unit_of(item) for item in (Measure.ACTUAL, Measure.GROWTH)] == ["", "%"]
    fault = only(changed(tables, "指标", ("现价  ", "百分点")))
    assert fault.code == "definition.points"


def test_a_sheet_of_notes_is_only_a_warning() -> None:
    result = definition_of({**DEFINITION, "会议记录": "| 12月3日会议 |"})
    assert [message(item) for item in result.findings] == ["不认识的工作表“会议记录”，未采用"]
    assert result.value is not None


@pytest.mark.parametrize("table", ["| 部门代码 | 部门名称 |", ""])
def test_a_sheet_without_rows_is_empty(table: str) -> None:
    fault = only({**DEFINITION, "部门": table})
    assert (*brief([fault]), message(fault)) == ("definition.empty 部门", "工作表“部门”中没有内容")


def test_a_blank_sheet_that_is_not_needed_is_no_fault() -> None:
    assert sound_definition({**DEFINITION, "用语": ""}).terms == {}


def test_a_sheet_without_any_known_header_lacks_its_columns() -> None:
    fault = only({**DEFINITION, "文字材料": "| 甲 | 乙 |\n| 1 | 2 |"})
    assert (*brief([fault]), message(fault)) == ("definition.column 文字材料", "缺少“材料代码”列")


def test_a_pack_without_its_definition_says_so(tmp_path: Path) -> None:
    [fault] = load_definition(tmp_path / PACK).findings
    assert (fault.code, fault.file) == ("definition.missing", f"{PACK}/definition.xlsx")


def test_a_definition_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    (tmp_path / "definition.xlsx").mkdir()
    [fault] = load_definition(tmp_path).findings
    assert fault.code == "definition.unreadable"
    assert not re.search("[a-zA-Z]{4}", message(fault))
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "definition.xlsx").write_bytes(workbook(DEFINITION)[:5000])
    [fault] = load_definition(tmp_path / "damaged").findings
    assert (fault.code, fault.file) == ("definition.refused", "damaged/definition.xlsx")
    assert message(fault) == "指标定义表无法采用：文件已损坏或没有传完，无法读取"
    assert message(fault, "en").endswith(
        "cannot be used: the file is damaged or incomplete and cannot be read"
    )
    assert "报送" not in line(fault)


@pytest.mark.parametrize("case", test_guard.REFUSED)
def test_a_definition_that_is_refused_is_no_submission(case: str, tmp_path: Path) -> None:
    (tmp_path / "definition.xlsx").write_bytes(test_guard.REFUSED[case])
    [fault] = load_definition(tmp_path).findings
    assert fault.code == "definition.refused"
    for language in LANGUAGES:
        assert GAP not in message(fault, language)
        assert "format." not in message(fault, language)


LONG = "长" * 201


@pytest.mark.parametrize(
    ("sheet", "old", "new", "where"),
    [
        ("设置", "| 报告期   | 2031                |", f"| 报告期 | {LONG} |", "B"),
        ("指标", "S1-01", LONG, "A"),
    ],
)
def test_what_every_form_bears_is_no_longer_than_a_name(
    sheet: str, old: str, new: str, where: str
) -> None:
    table = str(DEFINITION[sheet])
    assert old in table
    said = faults({**DEFINITION, sheet: table.replace(old, new)})
    assert [one[:-1] for one in said if "too_long" in one] == [f"definition.too_long {sheet}!{where}"]


def test_every_code_of_the_catalogue_is_provoked_here() -> None:
    expected = [item for case in FAULTS.values() for item in case[2].split("; ")]
    expected += [case[1] for case in test_definition_rules.FAULTS.values()]
    shown = {item.partition(" ")[0] for item in expected}
    shown |= {
        f"definition.{name}"
        for name in ("missing", "empty", "sheet", "sheet_unknown", "unreadable", "refused", "too_long")
    }
    assert shown == {code for code in CATALOGUE if code.startswith("definition.")}


# --- all of them at once ------------------------------------------------------------------------


def test_all_faults_are_reported_at_once() -> None:
    tables: Tables = DEFINITION
    for sheet, old, new in (
        ("设置", "临溪区渔业发展报告", ""),
        ("部门", "@2031-12-15", "月中"),
        ("指标", "| 交通局   |", "| 林业局   |"),
        ("指标", "| 百分点   |", "| 百分比   |"),
        ("清单列", "| 日期 |", "| 时间 |"),
        ("文字材料", "| 20       |", "| 很少     |"),
        ("汇总表", "S2-01", "S9-01"),
    ):
        tables = changed(tables, sheet, (old, new))
    assert faults(tables) == [
        "definition.blank 设置!B2",
        "definition.date 部门!C3",
        "definition.choice 指标!G3",
        "definition.reference 指标!E4",
        "definition.choice 清单列!C6",
        "definition.number 文字材料!F2",
        "definition.reference 汇总表!B2",
    ]


@pytest.mark.parametrize("sheet", ["部门", "章节", "清单列", "代码表", "指标", "清单"])
def test_what_refers_to_a_table_that_cannot_be_read_is_not_blamed(sheet: str) -> None:
    header = DEFINITION[sheet].strip().split("|")[1].strip()
    found = faults(changed(DEFINITION, sheet, (header, "编号")))
    assert set(found) == {f"definition.column_unknown {sheet}!A1", f"definition.column {sheet}!A1"}


# --- what people do to workbooks --------------------------------------------------------------


def change_cell(sheet: str, address: str, value: object) -> bytes:
    def change(book: object) -> None:
        book[sheet][address] = value  # type: ignore[index]

    return edited(workbook(DEFINITION), change)


@pytest.mark.parametrize(
    ("sheet", "address", "value", "read"),
    [
        ("清单列", "F2", True, lambda d: d.registers[0].columns[0].required is True),
        ("设置", "B3", 2031, lambda d: d.settings.period == "2031"),
        ("设置", "B3", "'2031".strip("'"), lambda d: d.settings.period == "2031"),
        ("设置", "B3", "2031年上半年", lambda d: d.settings.previous_period == ""),
        ("指标", "D2", "２", lambda d: d.indicators[0].decimals == 2),
        ("指标", "B2", " 渔业总产值 ", lambda d: d.indicators[0].name == "渔业总产值"),
        ("部门", "C2", "2031年12月18日 9:30", lambda d: d.deadline_of("yy").hour == 9),
        ("文字材料", "F2", None, lambda d: d.narratives[0].limit is None),
        ("汇总表", "C2", None, lambda d: d.tables[0].measures == tuple(Measure)),
        ("清单", "C2", "全部", lambda d: d.registers[0].departments == ("yy", "jt")),
        ("清单", "C2", "渔业局、yy，交通局", lambda d: d.registers[0].departments == ("yy", "jt")),
    ],
)
def test_cells_are_read_as_they_are_meant(
    sheet: str, address: str, value: object, read: Callable[[Definition], bool]
) -> None:
    result = definition_of(change_cell(sheet, address, value))
    assert result.findings == ()
    assert result.value is not None
    assert read(result.value)


def test_actions_tell_what_to_do() -> None:
    for sheet, replacements, _, _ in FAULTS.values():
        for item in definition_of(changed(DEFINITION, sheet, *replacements)).findings:
            assert action(item)
            assert "“”" not in message(item) + action(item)
            assert "（）" not in message(item) + action(item)
