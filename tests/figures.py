"""A form of the fictional 临溪区 whose figures depend on each other, for tests of the rules on figures.

``judged`` hands in the form with some cells changed and gives what is found, ``Known`` figures and
vintages included where a past is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache

from generators.model import (
    Accepted,
    Arithmetic,
    Comparison,
    Definition,
    FigureOf,
    Finding,
    Known,
    Measure,
    PackRule,
    Severity,
    Submission,
)
from generators.validation import Judgement, judge
from generators.validation.context import NOTHING, Context
from tests.workbooks import (
    DEFINITION,
    FILLED,
    Tables,
    filled_form,
    sound_definition,
    submitted,
    table_of,
)

INDICATORS = """
    | 指标代码 | 指标名称 | 计量单位 | 小数位数 | 责任部门 | 章节 | 增长口径 | 累计方式 | 本年预计 | 上年实际 | 同比增长 | 年度计划 | 下年目标 | 共同报送部门 |
    | P1       | 渔业产值 | 亿元     | 1        | yy       | S1   | 现价     | 累计     | 必填     | 选填     | 选填     | 选填     | 选填     | jt           |
    | P2       | 捕捞产值 | 亿元     | 1        | yy       | S1   | 现价     | 累计     | 必填     | 选填     | 选填     | 选填     | 选填     |              |
    | P3       | 养殖产值 | 亿元     | 1        | yy       | S1   | 现价     | 累计     | 必填     | 选填     | 选填     | 选填     | 选填     |              |
    | P4       | 渔船数   | 艘       | 0        | yy       | S1   | 现价     | 时点     | 必填     | 选填     | 选填     | 选填     | 选填     |              |
    | P5       | 加工量   | 吨       | 0        | yy       | S1   | 现价     | 累计     | 选填     | 选填     | 选填     | 选填     | 选填     |              |
    | P6       | 达标率   | %        | 1        | yy       | S1   | 百分点   | 比率     | 必填     | 选填     | 选填     | 选填     | 选填     |              |
    | P7       | 完成率   | %        | 2        | yy       | S1   | 不适用   | 比率     | 选填     |          |          |          |          |              |
"""  # noqa: E501

FIGURES: Mapping[str, tuple[str, ...]] = {
    "P1": ("63.6", "60.1", "5.8", "62.0", "66"),
    "P2": ("24.3", "23.4", "3.8", "24", "25"),
    "P3": ("39.3", "36.7", "7.1", "38", "41"),
    "P4": ("512", "498", "2.8", "510", "520"),
    "P5": ("12031", "11950", "0.7", "12000", "12500"),
    "P6": ("91.5", "90.2", "1.3", "91", "92"),
    "P7": ("102.58", "", "", "", ""),
}
"""本年预计、上年实际、同比增长、年度计划、下年目标: nothing contradicts anything."""

UNCHANGED: Mapping[str, str] = {}

_HEADERS = ("指标代码", "本年预计", "上年实际", "同比增长(%)", "年度计划", "下年目标", "情况说明")

PARTS = PackRule(
    "parts",
    "渔业产值 = 捕捞产值 + 养殖产值",
    Comparison("==", FigureOf("P1", None), Arithmetic("+", FigureOf("P2", None), FigureOf("P3", None))),
    Severity.CONFIRM,
)
COMPLETION = PackRule(
    "completion",
    "完成率 = 渔业产值.本年 / 渔业产值.计划",
    Comparison(
        "==",
        FigureOf("P7", Measure.ACTUAL),
        Arithmetic("/", FigureOf("P1", Measure.ACTUAL), FigureOf("P1", Measure.PLAN)),
    ),
    Severity.CONFIRM,
)


@cache
def definition() -> Definition:
    """The pack: parts add up to a total, and a rate of completion follows from actual and plan."""
    tables = {**DEFINITION, "指标": INDICATORS, "汇总表": "| 表名 | 内容 |\n| 主要指标 | P1 |"}
    return replace(sound_definition(tables), pack_rules=(PARTS, COMPLETION))


def table(changes: Mapping[str, str], reasons: Mapping[str, str]) -> Tables:
    """The filled form with cells changed, by ``P1.本年预计``, and reasons by code."""
    rows = [list(_HEADERS)]
    for code, values in FIGURES.items():
        row = [code, *values, reasons.get(code, "")]
        for place, text in changes.items():
            wanted, _, header = place.partition(".")
            if wanted == code:
                row[_HEADERS.index(header)] = text
        rows.append(row)
    return {**FILLED, "指标": table_of(rows)}


def form(changes: Mapping[str, str] = UNCHANGED, reasons: Mapping[str, str] = UNCHANGED) -> Submission:
    """The form with ``changes``, handed in through a real workbook."""
    data = filled_form(definition(), table(changes, reasons))
    result = submitted(data, definition())
    assert result.value is not None, result.findings
    assert result.findings == ()
    return result.value


def judgement(
    changes: Mapping[str, str] = UNCHANGED,
    context: Context = NOTHING,
    reasons: Mapping[str, str] = UNCHANGED,
    pack: Definition | None = None,
) -> Judgement:
    """What the rules say of the form with ``changes``."""
    return judge(form(changes, reasons), pack or definition(), context)


def judged(
    changes: Mapping[str, str] = UNCHANGED,
    context: Context = NOTHING,
    reasons: Mapping[str, str] = UNCHANGED,
    pack: Definition | None = None,
) -> tuple[Finding, ...]:
    """What is found in the form with ``changes``."""
    return judgement(changes, context, reasons, pack).findings


def known(period: str, values: Mapping[str, str], measure: Measure = Measure.ACTUAL) -> list[Known]:
    """What another period holds, by indicator code."""
    return [
        Known(
            period,
            "yy",
            code,
            measure,
            Decimal(text),
            1,
            "",
            "0" * 64,
            f"渔业局-{period}.xlsx",
            "指标",
            "D5",
        )
        for code, text in values.items()
    ]


def last_year() -> list[Known]:
    """The year before, as the form's 上年实际 has it."""
    return known("2030", {code: values[1] for code, values in FIGURES.items() if values[1]})


def past(*parts: Iterable[Known], previous: Submission | None = None, vintage: int = 1) -> Context:
    """A past of known figures and, where given, an earlier vintage."""
    accepted = None if previous is None else Accepted(previous, vintage)
    return Context(accepted, tuple(item for part in parts for item in part))
