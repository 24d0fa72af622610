"""The sheets 规则 and 已公布数 of a definition: what they say, and every fault at its cell."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.definition import load_definition
from generators.definition.words import words
from generators.messages import action, line, message
from generators.model import (
    RULES,
    Definition,
    Finding,
    Measure,
    PackRule,
    PublishedFigure,
    RuleSetting,
    Severity,
)
from tests.conftest import CHECKOUT
from tests.workbooks import (
    DEFINITION,
    Tables,
    brief,
    changed,
    definition_of,
    edited,
    sound_definition,
    workbook,
)

INDICATORS = """
    | 指标代码 | 指标名称     | 计量单位 | 小数位数 | 责任部门 | 本年预计 | 上年实际 | 同比增长 | 年度计划 | 增长口径 |
    | S1-01    | 渔业总产值   | 亿元     | 1        | 渔业局   | 必填     | 选填     | 必填     | 选填     | 现价     |
    | S1-02    | 海水养殖产值 | 亿元     | 1        | 渔业局   | 必填     | 选填     |          |          |          |
    | S1-03    | 淡水养殖产值 | 亿元     | 1        | 渔业局   | 必填     | 选填     |          |          |          |
    | S1-04    | 计划完成率   | %        | 1        | 渔业局   | 必填     |          |          |          |          |
    | S2-01    | 渡口数       | 个       | 0        | 交通局   | 必填     |          |          |          |          |
"""  # noqa: E501
BASE: Tables = {
    **{name: DEFINITION[name] for name in ("设置", "用语", "部门")},
    "指标": INDICATORS,
}
RULE_HEADER = "| 规则代码 | 启用 | 级别 | 参数 | 表达式 | 提示 | 处理建议 | 说明 |"
PUBLISHED_HEADER = "| 指标 | 口径 | 报告期 | 数值 | 小数位数 | 出处 | 说明 |"


def rules(*rows: str) -> dict[str, str]:
    """A definition with these rows in 规则; what they leave out is blank."""
    return {**BASE, "规则": table(RULE_HEADER, *rows)}


def published(*rows: str) -> dict[str, str]:
    return {**BASE, "已公布数": table(PUBLISHED_HEADER, *rows)}


def table(header: str, *rows: str) -> str:
    width = header.count("|")
    return "\n".join([header, *(f"| {row} " + "|" * (width - row.count("|") - 1) for row in rows)])


def with_row(code: str, row: str) -> str:
    """The indicators with another row under ``code``, and two more columns."""
    lines = [row if f"| {code} " in line else line for line in INDICATORS.strip().splitlines()]
    return "\n".join([f"{lines[0]} 下年目标 | 目标类型 |", *lines[1:]])


def with_rule(*rows: str) -> Definition:
    return sound_definition(rules(*rows))


def shown(definition: Definition) -> list[str]:
    return [f"{rule.rule}: {words(rule.condition, definition)}" for rule in definition.pack_rules]


# --- built-in rules ---------------------------------------------------------------------------


def test_a_row_without_an_expression_sets_a_built_in_rule() -> None:
    definition = with_rule(
        "outlier | 试运行 | 错误 | 阈值＝4；最少期数=10",
        "range | 否",
        "unit | | | tolerance：0.2",
        "取值范围2 | 否 | | | 渡口数 > 0",
        "Stale Copy | 是 | 说明",
    )
    assert definition.rules == {
        "outlier": RuleSetting(
            "outlier",
            severity=Severity.ERROR,
            shadow=True,
            parameters={"threshold": Decimal(4), "fewest": Decimal(10)},
        ),
        "range": RuleSetting("range", enabled=False),
        "unit": RuleSetting("unit", parameters={"tolerance": Decimal("0.2")}),
        "stale": RuleSetting("stale", severity=Severity.INFO),
    }
    assert definition.pack_rules == ()
    assert definition.parameter("outlier", "threshold") == 4
    assert definition.parameter("target", "factor") == 5


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.switchable], ids=lambda rule: rule.id)
def test_every_rule_and_parameter_may_be_set_by_id_and_by_name(rule: Any) -> None:
    for name in (rule.id, rule.zh, rule.en):
        for key, zh in ((item.key, item.zh) for item in rule.parameters):
            least = next(item.minimum for item in rule.parameters if item.key == key)
            for word in (key, zh):
                definition = with_rule(f"{name} | | | {word}={least}")
                assert definition.rules[rule.id].parameters == {key: least}
        assert set(with_rule(f"{name} | TRUE").rules) == {rule.id}


# --- rules of the pack's own ----------------------------------------------------------------------


def test_a_row_with_an_expression_states_a_rule() -> None:
    definition = with_rule(
        "parts | | | | 渔业总产值 == 海水养殖产值 + 淡水养殖产值",
        "PARTS | 试运行 | 提醒 | | 渔业总产值.上年 == 海水养殖产值.上年 + 淡水养殖产值.上年",
        "完成率 | | | | 计划完成率 == 渔业总产值 / 渔业总产值.计划",
        "养殖不超总数 | | | | 海水养殖产值 <= 渔业总产值 | 养殖{多}于总数 | 请核对 | 备注",
        "2-b_丙 | 否 | | | 渡口数 > 0",
    )
    first, second, third, own = definition.pack_rules
    assert shown(definition) == [
        "parts: 渔业总产值 ＝ 海水养殖产值 + 淡水养殖产值",
        "parts: 渔业总产值·上年实际 ＝ 海水养殖产值·上年实际 + 淡水养殖产值·上年实际",
        "completion: 计划完成率·本年预计 ＝ 渔业总产值·本年预计 ÷ 渔业总产值·年度计划",
        "养殖不超总数: 海水养殖产值·本年预计 ≤ 渔业总产值·本年预计",
    ]
    assert [(item.severity, item.shadow, item.cell) for item in (first, second, third, own)] == [
        (Severity.CONFIRM, False, "E2"),
        (Severity.WARNING, True, "E3"),
        (Severity.CONFIRM, False, "E4"),
        (Severity.CONFIRM, False, "E5"),
    ]
    assert (own.text, own.message, own.action) == (
        "海水养殖产值 <= 渔业总产值",
        "养殖{多}于总数",
        "请核对",
    )
    assert definition.rules == {}


@pytest.mark.parametrize(
    ("setting", "line", "expected"),
    [
        ("parts | | 错误", "parts | |", (Severity.ERROR, False)),
        ("parts | | 错误", "parts | | 提醒", (Severity.WARNING, False)),
        ("parts | 试运行", "parts | |", (Severity.CONFIRM, True)),
        ("parts | 否", "parts | 是 |", None),
        ("parts | 是", "parts | 否 |", None),
    ],
)
def test_what_a_row_leaves_open_its_rule_says(
    setting: str, line: str, expected: tuple[Severity, bool] | None
) -> None:
    stated = f"{line} | | 渔业总产值 == 海水养殖产值 + 淡水养殖产值"
    if line.count("|") == 1:
        stated = f"{line} | | | 渔业总产值 == 海水养殖产值 + 淡水养殖产值"
    for rows in ((setting, stated), (stated, setting)):
        found = with_rule(*rows).pack_rules
        assert [(item.severity, item.shadow) for item in found] == ([expected] if expected else [])


def test_a_formula_is_read_as_it_was_typed() -> None:
    """Excel stores what begins with = as a formula, with #NAME? for its result or with none."""
    text = "=海水养殖产值.本年 + 淡水养殖产值.本年 = 渔业总产值.本年"
    data = workbook(rules(f"核对 | | | | {text} | =甲 | =乙", "outlier | | | =阈值=4"))
    definition = definition_of(data)
    assert definition.findings == ()
    assert definition.value is not None
    [rule] = definition.value.pack_rules
    assert (rule.text, rule.message, rule.action) == (text, "=甲", "=乙")
    assert shown(definition.value) == [
        "核对: 海水养殖产值·本年预计 + 淡水养殖产值·本年预计 ＝ 渔业总产值·本年预计"
    ]
    assert definition.value.rules["outlier"].parameters == {"threshold": Decimal(4)}


def test_a_text_that_begins_with_an_equals_sign_is_the_same() -> None:
    [rule] = with_rule("核对 | | | | '=渡口数 = 3").pack_rules
    assert isinstance(rule, PackRule)
    assert rule.text == "=渡口数 = 3"


# --- published figures ------------------------------------------------------------------------


def test_published_figures_are_read_as_they_were_printed() -> None:
    definition = sound_definition(
        published(
            "渔业总产值 | 本年预计 | 2030 | 11.8 | | 统计公报",
            "S1-01 | 同比 | | 3.50% | 2",
            "s1-01 | previous | 2031 | '１１．８０",
            "计划完成率 | | | 95.5%",
            "计划完成率 | | 2030 | 0.5",
        )
    )
    assert definition.published == (
        PublishedFigure("S1-01", Measure.ACTUAL, "2030", Decimal("11.8"), 1, "统计公报"),
        PublishedFigure("S1-01", Measure.GROWTH, "2031", Decimal("3.5"), 2),
        PublishedFigure("S1-01", Measure.PREVIOUS, "2031", Decimal("11.8"), 2),
        PublishedFigure("S1-04", Measure.ACTUAL, "2031", Decimal("95.5"), 1),
        PublishedFigure("S1-04", Measure.ACTUAL, "2030", Decimal("0.5"), 1),
    )


@pytest.mark.parametrize(
    ("number", "number_format", "value", "decimals"),
    [
        (12.5, "General", "12.5", 1),
        (12, "General", "12", 0),
        (12.5, "0.00", "12.5", 2),
        (12.5, '#,##0.00"亿元";[Red]-#,##0.00', "12.5", 2),
        (1234.5, "#,##0", "1235", 0),
        (12.25, "0.0_ ", "12.3", 1),
        (12.25, "0.0##", "12.25", 2),
        (12.25, "0.0,", "12.25", 2),
        (12.25, "[$¥-804]0.000", "12.25", 3),
        (12.25, "# ?/?", "12.25", 2),
        (12.25, "@", "12.25", 2),
    ],
)
def test_the_decimals_are_those_that_the_cell_shows(
    number: float, number_format: str, value: str, decimals: int
) -> None:
    def change(book: Any) -> None:
        cell = book["已公布数"]["D2"]
        cell.value, cell.number_format = number, number_format

    result = definition_of(edited(workbook(published("渔业总产值 | | | 1")), change))
    assert result.value is not None
    [figure] = result.value.published
    assert (figure.value, figure.decimals) == (Decimal(value), decimals)


@pytest.mark.parametrize("pack", sorted((CHECKOUT / "templates").iterdir()), ids=lambda pack: pack.name)
def test_the_packs_of_the_checkout_are_sound(pack: Path) -> None:
    assert load_definition(pack).findings == ()


# --- what can be wrong: rows → code, cell and words ---------------------------------------------


SUM = "渔业总产值 == 海水养殖产值 + 淡水养殖产值"

FAULTS: dict[str, tuple[dict[str, str], str, str]] = {
    "a rule that always works": (
        rules("structure | 否"),
        "definition.rule_fixed 规则!A2",
        "规则“structure”始终执行，不能停用或改变级别",
    ),
    "a rule misspelt": (
        rules("outliers | 否"),
        "definition.rule_unknown 规则!A2",
        "“outliers”不是内置规则，是不是“outlier”？",
    ),
    "a rule misspelt in Chinese": (
        rules("取值的范围 | 否"),
        "definition.rule_unknown 规则!A2",
        "“取值的范围”不是内置规则，是不是“取值范围”？",
    ),
    "a rule of the pack's own without an expression": (
        rules("养殖面积核对 | 是"),
        "definition.rule_unknown 规则!A2",
        "“养殖面积核对”不是内置规则",
    ),
    "a rule of the pack's own that is no plain name": (
        rules("养殖 核对 | | | | 渡口数 > 0"),
        "definition.rule_id 规则!A2",
        "“养殖 核对”不能用作规则代码",
    ),
    "a rule without a name": (
        rules("| | | | 渡口数 > 0"),
        "definition.blank 规则!A2",
        "“规则代码”不能为空",
    ),
    "an expression for a built-in rule that takes none": (
        rules("Range | | | | 渡口数 > 0"),
        "definition.rule_expression 规则!E2",
        "内置规则“range”不能写表达式",
    ),
    "a built-in rule twice": (
        rules("range | 是", "取值范围 | 否"),
        "definition.twice 规则!A3",
        "“规则代码”的“取值范围”重复，另一处在 A2",
    ),
    "a rule of the pack's own twice": (
        rules("Check-1 | | | | 渡口数 > 0", "range", "check-1 | | | | 渡口数 > 1"),
        "definition.twice 规则!A4",
        "“规则代码”的“check-1”重复，另一处在 A2",
    ),
    "no choice": (
        rules("range | 试运营"),
        "definition.choice 规则!B2",
        "“启用”填写的“试运营”不在可选范围内，是不是“试运行”？",
    ),
    "words for a built-in rule": (
        rules("range | | | | | 超了"),
        "definition.rule_words 规则!F2",
        "内置规则不用“提示”，未采用",
    ),
    "a parameter that does not exist": (
        rules("outlier | | | 阀值=3"),
        "definition.parameter 规则!D2",
        "规则“outlier”没有参数“阀值”，是不是“阈值”？",
    ),
    "a parameter of a rule without any": (
        rules("range | | | 阈值=3"),
        "definition.parameter_none 规则!D2",
        "规则“range”没有参数",
    ),
    "a parameter beside an expression": (
        rules(f"parts | | | 容差=1 | {SUM}"),
        "definition.parameter_row 规则!D2",
        "写了表达式的行不用“参数”",
    ),
    "a parameter without a name": (
        rules("outlier | | | 3.5"),
        "definition.parameter_form 规则!D2",
        "“参数”中的“3.5”没有写成“名称=数值”",
    ),
    "a parameter twice": (
        rules("outlier | | | 阈值=3；threshold=4"),
        "definition.parameter_twice 规则!D2",
        "“参数”中的“阈值”出现了两次",
    ),
    "a parameter that is no number": (
        rules("outlier | | | 阈值=三"),
        "definition.parameter_value 规则!D2",
        "参数“阈值（threshold）”应是 1–1000000000 之间的数，实际为“三”",
    ),
    "a parameter out of bounds": (
        rules("unit | | | 容差=0.5"),
        "definition.parameter_value 规则!D2",
        "参数“容差（tolerance）”应是 0.01–0.45 之间的数，实际为“0.5”",
    ),
    "an expression that cannot be read": (
        rules("核对 | | | | (渡口数 > 0"),
        "definition.expression 规则!E2",
        "“表达式”写法有误：括号不成对",
    ),
    "an expression that is switched off and cannot be read": (
        rules("核对 | 否 | | | (渡口数 > 0"),
        "definition.expression 规则!E2",
        "“表达式”写法有误：括号不成对",
    ),
    "an indicator that does not exist": (
        rules("核对 | | | | 渡囗数 > 0"),
        "definition.expression_indicator 规则!E2",
        "“表达式”中的“渡囗数”不是指标，是不是“渡口数”？",
    ),
    "a measure that does not exist": (
        rules("核对 | | | | 渡口数.本期 > 0"),
        "definition.expression_measure 规则!E2",
        "“表达式”中“渡口数”后面的“本期”不是口径，是不是“本年”？",
    ),
    "a measure that is not asked": (
        rules("核对 | | | | 渡口数.计划 > 0"),
        "definition.expression_unasked 规则!E2",
        "“表达式”用到的“渡口数·年度计划”不要求填报",
    ),
    "measures that have nothing in common": (
        {
            **rules(f"parts | | | | {SUM}"),
            "指标": with_row("S1-03", "| S1-03 | 淡水养殖产值 | 亿元 | 1 | 渔业局 | | | | 选填 | |"),
        },
        "definition.expression_levels 规则!E2",
        "各指标没有共同填报的口径：渔业总产值（本年预计、上年实际、年度计划）、"
        "海水养殖产值（本年预计、上年实际）、淡水养殖产值（年度计划）",
    ),
    "measures here and none there": (
        rules("parts | | | | 渔业总产值 == 海水养殖产值.本年 + 淡水养殖产值"),
        "definition.expression_mixed 规则!E2",
        "有的指标写了口径，有的没有写：渔业总产值、淡水养殖产值",
    ),
    "a target in words": (
        {
            **rules("核对 | | | | 渡口数.目标 > 0"),
            "指标": with_row("S2-01", "| S2-01 | 渡口数 | 个 | 0 | jt | 必填 | | | | | 选填 | 文字 |"),
        },
        "definition.expression_text 规则!E2",
        "“表达式”用到的“渡口数”的下年目标是文字，不能运算或比较",
    ),
    "units that differ": (
        rules("核对 | | | | 渡口数 > 渔业总产值"),
        "definition.expression_units 规则!E2",
        "“渡口数·本年预计”与“渔业总产值·本年预计”的单位不同（个、亿元），不能加减或比较",
    ),
    "an expression that Excel took for a date": (
        rules("核对 | | | | @2031-06-01"),
        "definition.date_instead 规则!E2",
        "“表达式”应填文字，实际被 Excel 识别为日期“2031-06-01”",
    ),
    "a division by zero": (
        rules("核对 | | | | 渡口数 / 0 > 1"),
        "definition.expression_zero 规则!E2",
        "“渡口数·本年预计 ÷ 0”的除数为零",
    ),
    "no indicator": (
        rules("核对 | | | | 1 > 0"),
        "definition.expression_constant 规则!E2",
        "“表达式”没有用到任何指标",
    ),
    "parts that are no sum": (
        rules("parts | | | | 渔业总产值 >= 海水养殖产值"),
        "definition.expression_parts 规则!E2",
        "分项与合计的“表达式”应写成：合计 == 甲 + 乙",
    ),
    "a completion that is no quotient": (
        rules("completion | | | | 计划完成率 == 渔业总产值 / 渔业总产值.计划 * 100"),
        "definition.expression_completion 规则!E2",
        "完成率的“表达式”应写成：完成率 == 甲 / 乙，不必乘以 100",
    ),
    "a published figure of an unknown indicator": (
        published("渡囗数 | | | 3"),
        "definition.reference 已公布数!A2",
        "“指标”引用的“渡囗数”在“指标”工作表中不存在，是不是“渡口数”？",
    ),
    "a published figure of an unknown measure": (
        published("渡口数 | 本期 | | 3"),
        "definition.choice 已公布数!B2",
        "“口径”填写的“本期”不在可选范围内，是不是“本年”？",
    ),
    "a published figure that is no number": (
        published("渡口数 | | | 三个"),
        "definition.number 已公布数!D2",
        "“数值”应填数字，实际为“三个”",
    ),
    "a published figure in percent that is none": (
        published("渡口数 | | | 3%"),
        "definition.percent 已公布数!D2",
        "“数值”的单元格是百分比格式，存储的数值是 0.03",
    ),
    "a published figure without a value": (
        published("渡口数"),
        "definition.blank 已公布数!D2",
        "“数值”不能为空",
    ),
    "a published figure that is a dash": (
        published("渡口数 | | | —"),
        "definition.blank 已公布数!D2",
        "“数值”不能为空",
    ),
    "a published figure with too many decimals": (
        published("渔业总产值 | | | 12.34 | 1"),
        "definition.published_decimals 已公布数!E2",
        "数值 12.34 的小数多于小数位数 1",
    ),
    "a period that Excel took for a date": (
        published("渡口数 | | @2031-06-01 | 3"),
        "definition.date_instead 已公布数!C2",
        "“报告期”应填文字，实际被 Excel 识别为日期“2031-06-01”",
    ),
    "a published figure twice": (
        published("渡口数 | | | 3", "渡口数 | | 2030 | 3", "S2-01 | 本年 | 2031 | 4"),
        "definition.twice 已公布数!A4",
        "“指标”的“渡口数·本年预计·2031”重复，另一处在 A2",
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_is_located(case: str) -> None:
    tables, expected, words_expected = FAULTS[case]
    result = definition_of(tables)
    assert brief(result.findings) == [expected]
    [fault] = result.findings
    assert message(fault) == words_expected
    for language in ("zh", "en"):
        assert action(fault, language)
        assert "“”" not in line(fault, language)
    assert (result.value is None) == (fault.severity is Severity.ERROR)


def test_all_faults_are_reported_at_once() -> None:
    tables = {
        **rules(
            "structure | 否",
            "outlier | 也许 | 很重 | 阈值=3；阀值=4；x",
            "核对 | | | | 渡囗数 + 渔业总产植 > 渡口数.本期",
            "range | | | | #REF!",
        ),
        **{"已公布数": table(PUBLISHED_HEADER, "渡囗数 | 本期 | | 三 | 半")},
    }
    assert brief(definition_of(tables).findings) == [
        "definition.error 规则!E5",
        "definition.rule_fixed 规则!A2",
        "definition.choice 规则!B3",
        "definition.choice 规则!C3",
        "definition.parameter 规则!D3",
        "definition.parameter_form 规则!D3",
        "definition.rule_expression 规则!E5",
        "definition.expression_indicator 规则!E4",
        "definition.expression_indicator 规则!E4",
        "definition.expression_measure 规则!E4",
        "definition.reference 已公布数!A2",
        "definition.choice 已公布数!B2",
        "definition.number 已公布数!D2",
    ]


def test_what_follows_from_broken_indicators_is_not_said_again() -> None:
    tables = {
        **rules("核对 | | | | 渡口数 > 渔业总产值.计划", "核对2 | | | | (渡口数 > 0"),
        "已公布数": table(PUBLISHED_HEADER, "渡口数 | | | 3"),
    }
    assert brief(definition_of(changed(tables, "指标", ("指标名称", "名"))).findings) == [
        "definition.column_unknown 指标!B1",
        "definition.column 指标!A1",
        "definition.expression 规则!E3",
    ]
    assert brief(definition_of(changed(tables, "指标", ("年度计划", "年度的计划"))).findings) == [
        "definition.column_unknown 指标!I1",
        "definition.expression 规则!E3",
    ]


@given(st.text(max_size=40))
def test_any_text_in_a_cell_gives_a_definition_or_findings(text: str) -> None:
    def change(book: Any) -> None:
        for column in "CDEFG":
            cell = book["规则"][f"{column}2"]
            cell.value, cell.data_type = "".join(sign for sign in text if sign.isprintable()), "s"

    result = definition_of(edited(workbook(rules("核对 | | | | 渡口数 > 0")), change))
    assert (result.value is None) == any(item.severity is Severity.ERROR for item in result.findings)
    assert all(isinstance(item, Finding) and message(item) for item in result.findings)
