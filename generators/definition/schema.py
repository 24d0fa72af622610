"""The sheets and columns of ``definition.xlsx``: the one place that names them.

Every sheet, column and choice has a Chinese and an English name; either may be used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from generators.model import (
    Accumulation,
    Asked,
    ColumnKind,
    GrowthBasis,
    Measure,
    Severity,
    TargetKind,
)


@dataclass(frozen=True)
class Column:
    """A column of a definition sheet. ``required`` means that the column must be there.

    ``typed`` says that a text which begins with ``=`` is meant as it was typed, though Excel takes it
    for a formula.
    """

    key: str
    zh: str
    en: str
    required: bool = False
    typed: bool = False


REMARKS = "说明"
"""The column in which a compiler may note anything: nothing reads it."""


@dataclass(frozen=True)
class Table:
    """A sheet of the definition. ``required`` means that it must be there and hold a row."""

    key: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    required: bool = False


SETTINGS = Table(
    "settings",
    "设置",
    "settings",
    (
        Column("setting", "设置项", "setting", required=True),
        Column("content", "内容", "value", required=True),
        Column("note", "说明", "note"),
    ),
    required=True,
)
TERMS = Table(
    "terms",
    "用语",
    "terms",
    (
        Column("name", "名称", "name", required=True),
        Column("content", "内容", "text", required=True),
        Column("note", "说明", "note"),
    ),
)
DEPARTMENTS = Table(
    "departments",
    "部门",
    "departments",
    (
        Column("code", "部门代码", "code", required=True),
        Column("name", "部门名称", "name", required=True),
        Column("deadline", "截止时间", "deadline"),
        Column("contact", "联系人", "contact"),
        Column("telephone", "联系电话", "telephone"),
        Column("note", "说明", "note"),
    ),
    required=True,
)
SECTIONS = Table(
    "sections",
    "章节",
    "sections",
    (
        Column("code", "章节代码", "code", required=True),
        Column("name", "章节名称", "name", required=True),
        Column("note", "说明", "note"),
    ),
)
MEASURE_COLUMNS: Mapping[Measure, Column] = {
    Measure.ACTUAL: Column("actual", "本年预计", "actual"),
    Measure.PREVIOUS: Column("previous", "上年实际", "previous"),
    Measure.GROWTH: Column("growth", "同比增长", "growth"),
    Measure.PLAN: Column("plan", "年度计划", "plan"),
    Measure.TARGET: Column("target", "下年目标", "target"),
}
INDICATORS = Table(
    "indicators",
    "指标",
    "indicators",
    (
        Column("code", "指标代码", "code", required=True),
        Column("name", "指标名称", "name", required=True),
        Column("unit", "计量单位", "unit", required=True),
        Column("decimals", "小数位数", "decimals"),
        Column("owner", "责任部门", "owner", required=True),
        Column("section", "章节", "section"),
        Column("growth_basis", "增长口径", "growth basis"),
        Column("accumulation", "累计方式", "accumulation"),
        *MEASURE_COLUMNS.values(),
        Column("growth_decimals", "增长小数", "growth decimals"),
        Column("target_kind", "目标类型", "target kind"),
        Column("target_phrase", "目标句式", "target phrase"),
        Column("keep_zeros", "补零", "keep zeros"),
        Column("minimum", "最小值", "minimum"),
        Column("maximum", "最大值", "maximum"),
        Column("reporters", "共同报送部门", "other reporters"),
        Column("note", "填报说明", "note"),
    ),
    required=True,
)
REGISTERS = Table(
    "registers",
    "清单",
    "registers",
    (
        Column("code", "清单代码", "code", required=True),
        Column("name", "清单名称", "name", required=True),
        Column("departments", "填报部门", "departments", required=True),
        Column("section", "章节", "section"),
        Column("note", "填报说明", "note"),
    ),
)
REGISTER_COLUMNS = Table(
    "register_columns",
    "清单列",
    "register columns",
    (
        Column("register", "清单名称", "register", required=True),
        Column("name", "列名", "column", required=True),
        Column("kind", "类型", "kind"),
        Column("unit", "计量单位", "unit"),
        Column("decimals", "小数位数", "decimals"),
        Column("required", "必填", "required"),
        Column("code_list", "代码表", "code list"),
        Column("unique", "不得重复", "unique"),
        Column("width", "列宽", "width"),
        Column("note", "填报说明", "note"),
    ),
)
CODE_LISTS = Table(
    "code_lists",
    "代码表",
    "code lists",
    (
        Column("name", "代码表名称", "list", required=True),
        Column("value", "代码值", "value", required=True),
        Column("note", "说明", "note"),
    ),
)
NARRATIVES = Table(
    "narratives",
    "文字材料",
    "narratives",
    (
        Column("code", "材料代码", "code", required=True),
        Column("name", "材料名称", "name", required=True),
        Column("department", "部门", "department", required=True),
        Column("section", "章节", "section"),
        Column("required", "必填", "required"),
        Column("limit", "字数上限", "limit"),
        Column("note", "填报要求", "note"),
    ),
)
RULES = Table(
    "rules",
    "规则",
    "rules",
    (
        Column("rule", "规则代码", "rule", required=True),
        Column("enabled", "启用", "enabled"),
        Column("severity", "级别", "severity"),
        Column("parameters", "参数", "parameters", typed=True),
        Column("expression", "表达式", "expression", typed=True),
        Column("message", "提示", "message", typed=True),
        Column("action", "处理建议", "action", typed=True),
        Column("note", "说明", "note"),
    ),
)
PUBLISHED = Table(
    "published",
    "已公布数",
    "published",
    (
        Column("indicator", "指标", "indicator", required=True),
        Column("measure", "口径", "measure"),
        Column("period", "报告期", "period"),
        Column("value", "数值", "value", required=True),
        Column("decimals", "小数位数", "decimals"),
        Column("source", "出处", "source"),
        Column("note", "说明", "note"),
    ),
)
TABLES = Table(
    "tables",
    "汇总表",
    "summary tables",
    (
        Column("name", "表名", "name", required=True),
        Column("title", "标题", "title"),
        Column("content", "内容", "content", required=True),
        Column("measures", "列", "measures"),
        Column("note", "说明", "note"),
    ),
)
ALLOWED = Table(
    "allowed",
    "免审数字",
    "allowed numbers",
    (
        Column("text", "文字", "text", required=True),
        Column("note", "说明", "note"),
    ),
)

CALENDAR = Table(
    "calendar",
    "日历",
    "calendar",
    (
        Column("date", "日期", "date", required=True),
        Column("moved_to", "改到", "moved to"),
        Column("note", "说明", "note"),
    ),
)

ALL_TABLES = (
    SETTINGS,
    TERMS,
    DEPARTMENTS,
    SECTIONS,
    INDICATORS,
    REGISTERS,
    REGISTER_COLUMNS,
    CODE_LISTS,
    NARRATIVES,
    RULES,
    PUBLISHED,
    TABLES,
    ALLOWED,
    CALENDAR,
)


class Trial(Enum):
    """Whether a rule works, for everybody or on trial for the compiler only."""

    ON = "on"
    OFF = "off"
    SHADOW = "shadow"


# --- choices: every accepted word → what it means ---------------------------------------------

YES_NO: Mapping[str, bool] = {
    "是": True,
    "否": False,
    "yes": True,
    "no": False,
    "true": True,
    "false": False,
}
ENABLED: Mapping[str, Trial] = {
    **{word: Trial.ON if yes else Trial.OFF for word, yes in YES_NO.items()},
    "试运行": Trial.SHADOW,
    "shadow": Trial.SHADOW,
}
ASKED: Mapping[str, Asked] = {
    "必填": Asked.REQUIRED,
    "选填": Asked.OPTIONAL,
    "不填": Asked.NO,
    "required": Asked.REQUIRED,
    "optional": Asked.OPTIONAL,
    "no": Asked.NO,
}
GROWTH_BASES: Mapping[str, GrowthBasis] = {
    "现价": GrowthBasis.NOMINAL,
    "可比价": GrowthBasis.REAL,
    "百分点": GrowthBasis.POINTS,
    "不适用": GrowthBasis.NONE,
    "nominal": GrowthBasis.NOMINAL,
    "real": GrowthBasis.REAL,
    "points": GrowthBasis.POINTS,
    "none": GrowthBasis.NONE,
}
ACCUMULATIONS: Mapping[str, Accumulation] = {
    "累计": Accumulation.CUMULATIVE,
    "时点": Accumulation.INSTANT,
    "比率": Accumulation.RATIO,
    "cumulative": Accumulation.CUMULATIVE,
    "instant": Accumulation.INSTANT,
    "ratio": Accumulation.RATIO,
}
TARGET_KINDS: Mapping[str, TargetKind] = {
    "数值": TargetKind.LEVEL,
    "增速": TargetKind.GROWTH,
    "文字": TargetKind.TEXT,
    "level": TargetKind.LEVEL,
    "growth": TargetKind.GROWTH,
    "text": TargetKind.TEXT,
}
COLUMN_KINDS: Mapping[str, ColumnKind] = {
    "文本": ColumnKind.TEXT,
    "数值": ColumnKind.NUMBER,
    "代码": ColumnKind.CODE,
    "日期": ColumnKind.DATE,
    "text": ColumnKind.TEXT,
    "number": ColumnKind.NUMBER,
    "code": ColumnKind.CODE,
    "date": ColumnKind.DATE,
}
SEVERITIES: Mapping[str, Severity] = {
    "错误": Severity.ERROR,
    "核实": Severity.CONFIRM,
    "提醒": Severity.WARNING,
    "说明": Severity.INFO,
    **{str(severity): severity for severity in Severity},
}
MEASURES: Mapping[str, Measure] = {
    **{column.zh: measure for measure, column in MEASURE_COLUMNS.items()},
    **{column.en: measure for measure, column in MEASURE_COLUMNS.items()},
}
FIGURE_MEASURES: Mapping[str, Measure] = {
    **MEASURES,
    "本年": Measure.ACTUAL,
    "预计": Measure.ACTUAL,
    "上年": Measure.PREVIOUS,
    "同比": Measure.GROWTH,
    "计划": Measure.PLAN,
    "目标": Measure.TARGET,
}
"""Measures as a rule's expression names them: as the columns do, or as templates do."""

ALL_DEPARTMENTS = ("全部", "all")
SECTION_PREFIXES = ("章节:", "章节：", "section:")


@dataclass(frozen=True)
class SettingKey:
    """A row of the settings sheet: its two names and whether a pack must have it."""

    key: str
    zh: str
    en: str
    required: bool = False


SETTING_KEYS = (
    SettingKey("name", "报告名称", "report name", required=True),
    SettingKey("period", "报告期", "period", required=True),
    SettingKey("form_version", "表单版本", "form version"),
    SettingKey("previous_period", "上年", "previous period"),
    SettingKey("next_period", "下年", "next period"),
    SettingKey("title", "标题", "title"),
    SettingKey("area", "地区", "area"),
    SettingKey("meeting", "会议", "meeting"),
    SettingKey("date", "报告日期", "report date"),
    SettingKey("organisation", "报告单位", "organisation"),
    SettingKey("speaker", "报告人", "speaker"),
    SettingKey("compiler", "编报单位", "compiler"),
    SettingKey("deadline", "截止时间", "deadline"),
    SettingKey("weekly_slot", "每周时间", "weekly slot"),
    SettingKey("time_zone", "时区", "time zone"),
    SettingKey("font.title", "标题字体", "title font"),
    SettingKey("font.heading1", "一级标题字体", "heading 1 font"),
    SettingKey("font.heading2", "二级标题字体", "heading 2 font"),
    SettingKey("font.body", "正文字体", "body font"),
    SettingKey("font.latin", "西文字体", "latin font"),
    SettingKey("font.page_number", "页码字体", "page number font"),
)
MANY_ROWS = frozenset(["title", "meeting"])
"""Settings that may stand in several rows, one row a line."""
