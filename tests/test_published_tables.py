"""Contradictory figures as they were printed in published tables, and figures that do agree.

The contradictions and the totals are those of budget tables, communiqués and a plan report; names, and
parts of totals, are made up to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from generators.messages import message
from generators.model import (
    Arithmetic,
    Comparison,
    Condition,
    Definition,
    FigureOf,
    Finding,
    Measure,
    PackRule,
    Severity,
    Term,
)
from generators.validation import judge
from tests.workbooks import (
    DEFINITION,
    Tables,
    brief,
    filled_form,
    rows_of,
    sound_definition,
    submitted,
    table_of,
)

# --- a pack and a form for each table ---------------------------------------------------------------

HEADERS = ("指标代码", "本年预计", "上年实际", "同比增长(%)", "年度计划", "下年目标")


def pack(indicators: str, *rules: PackRule) -> Definition:
    """A pack of these indicators (code, name, unit, decimals, growth basis), all of it optional."""
    measures = ("本年预计", "上年实际", "同比增长", "年度计划", "下年目标")
    asked = ["选填"] * len(measures)
    rows = [["指标代码", "指标名称", "计量单位", "小数位数", "责任部门", "章节", "增长口径", *measures]]
    for code, name, unit, decimals, basis in rows_of(indicators):
        rows.append([code, name, unit, decimals, "yy", "S1", basis, *asked])
    first = rows[1][0]
    tables = {
        **DEFINITION,
        "指标": table_of(rows),
        "汇总表": f"| 表名 | 内容 |\n| 主要指标 | {first} |",
    }
    return replace(sound_definition(tables), pack_rules=rules)


def told(definition: Definition, figures: Mapping[str, tuple[str, ...]]) -> tuple[Finding, ...]:
    """What is found in a form with these figures, handed in as a workbook."""
    rows: list[tuple[str, ...]] = [HEADERS]
    for code, values in figures.items():
        rows.append((code, *values, *[""] * (len(HEADERS) - 1 - len(values))))
    tables: Tables = {
        "指标": table_of(rows),
        "文字材料": "| 材料代码 | 正文 |\n| N1 | 渔业稳中有进。 |",
    }
    result = submitted(filled_form(definition, tables), definition)
    assert result.value is not None
    return judge(result.value, definition, noticed=result.findings).findings


def actual(code: str) -> FigureOf:
    return FigureOf(code, Measure.ACTUAL)


def plan(code: str) -> FigureOf:
    return FigureOf(code, Measure.PLAN)


def sum_of(*terms: Term) -> Term:
    result = terms[0]
    for term in terms[1:]:
        result = Arithmetic("+", result, term)
    return result


def rule(name: str, text: str, condition: Condition) -> PackRule:
    return PackRule(name, text, condition, Severity.CONFIRM)


# --- completion -------------------------------------------------------------------------------------

SPENDING = """
    | K1 | 民生支出       | 亿元 | 2 | 不适用 |
    | K2 | 民生支出完成率 | %    | 2 | 不适用 |
"""
COMPLETION = rule(
    "completion",
    "民生支出完成率 = 民生支出.本年 / 民生支出.计划",
    Comparison("==", actual("K2"), Arithmetic("/", actual("K1"), plan("K1"))),
)


def completion(done: str, planned: str, rate: str) -> tuple[Finding, ...]:
    return told(pack(SPENDING, COMPLETION), {"K1": (done, "", "", planned), "K2": (rate,)})


def test_a_rate_of_completion_that_is_four_points_off() -> None:
    """10.66 亿 planned, 2.74 亿 done: 25.70%, but 21.85% is printed."""
    [finding] = completion("2.74", "10.66", "21.85")
    assert brief([finding]) == ["completion.relation 指标!D6"]
    assert (finding.evidence.low, finding.evidence.high) == ("25.64", "25.768")
    assert finding.evidence.deviation == "-3.79"
    assert message(finding).startswith("完成率与完成数、计划数对不上，应在 25.64% 至 25.768% 之间")
    assert completion("2.74", "10.66", "25.70") == ()


def test_a_rate_of_completion_that_is_four_hundredths_off_is_within_rounding() -> None:
    """4.28 of 17.68 is 24.208% by these digits, but 4.285 of 17.675 is 24.243%.

    With its own rounding the printed rate may be anything from 24.168% to 24.248%: 24.25% is two
    thousandths beyond, and so told; 24.24% would be right.
    """
    [finding] = completion("4.28", "17.68", "24.25")
    assert (finding.evidence.low, finding.evidence.high) == ("24.168", "24.248")
    assert finding.evidence.deviation == "0.002"
    assert completion("4.28", "17.68", "24.24") == ()
    # With one decimal declared, as reports print it, nothing can be said against 24.2 or 24.3.
    coarse = SPENDING.replace("%    | 2", "%    | 1")
    for rate in ("24.2", "24.3"):
        form = {"K1": ("4.28", "", "", "17.68"), "K2": (rate,)}
        assert (told(pack(coarse, COMPLETION), form) == ()) == (rate == "24.2")


PROJECTS = """
    | K1 | 竣工项目数     | 个 | 0 | 不适用 |
    | K2 | 竣工项目完成率 | %  | 0 | 不适用 |
"""


@pytest.mark.parametrize(
    ("done", "planned", "rate", "right"),
    [
        # Whole projects stand for half a project more or less: from 142% to 171% for 14 of 9.
        ("14", "9", "156", True),
        ("32", "30", "107", True),
        ("320", "300", "107", True),
        ("1400", "900", "156", True),
        ("1400", "900", "165", False),
        ("3200", "3000", "170", False),
    ],
)
def test_plans_that_were_exceeded(done: str, planned: str, rate: str, right: bool) -> None:
    """14 projects done of 9 planned: 156% of the year's plan; 32 of 30: 107%."""
    findings = told(pack(PROJECTS, COMPLETION), {"K1": (done, "", "", planned), "K2": (rate,)})
    assert brief(findings) == ([] if right else ["completion.relation 指标!D6"])


# --- totals -----------------------------------------------------------------------------------------

BUDGET = """
    | B1 | 区本级计划     | 亿元 | 2 | 不适用 |
    | B2 | 镇街级计划     | 亿元 | 2 | 不适用 |
    | B3 | 分级计划合计   | 亿元 | 2 | 不适用 |
    | C1 | 税收计划       | 亿元 | 2 | 不适用 |
    | C2 | 非税计划       | 亿元 | 2 | 不适用 |
    | C3 | 分类计划合计   | 亿元 | 2 | 不适用 |
"""
BY_LEVEL = rule(
    "parts",
    "分级计划合计 = 区本级计划 + 镇街级计划",
    Comparison("==", actual("B3"), sum_of(actual("B1"), actual("B2"))),
)
BY_TYPE = rule(
    "parts",
    "分类计划合计 = 税收计划 + 非税计划",
    Comparison("==", actual("C3"), sum_of(actual("C1"), actual("C2"))),
)
ONE_TOTAL = rule(
    "one_total", "分级计划合计 == 分类计划合计", Comparison("==", actual("B3"), actual("C3"))
)


def test_two_totals_of_one_thing_that_contradict_each_other() -> None:
    """By level the plans come to 135.46, by type to 134.11; each table adds up by itself."""
    definition = pack(BUDGET, BY_LEVEL, BY_TYPE, ONE_TOTAL)
    by_level = {"B1": ("98.21",), "B2": ("37.25",), "B3": ("135.46",)}
    by_type = {"C1": ("101.50",), "C2": ("32.61",), "C3": ("134.11",)}
    [finding] = told(definition, {**by_level, **by_type})
    assert brief([finding]) == ["pack.one_total 指标!D7"]
    assert [operand.reference for operand in finding.operands] == ["'指标'!$D$7", "'指标'!$D$10"]
    assert [operand.value for operand in finding.operands] == ["135.46", "134.11"]
    agreed = {"C1": ("102.85",), "C2": ("32.61",), "C3": ("135.46",)}
    assert told(definition, {**by_level, **agreed}) == ()


OUTPUT = """
    | G1 | 第一产业增加值 | 亿元 | 2 | 可比价 |
    | G2 | 第二产业增加值 | 亿元 | 2 | 可比价 |
    | G3 | 第三产业增加值 | 亿元 | 2 | 可比价 |
    | G4 | 地区生产总值   | 亿元 | 2 | 可比价 |
"""
THREE_SECTORS = rule(
    "parts",
    "地区生产总值 = 第一产业增加值 + 第二产业增加值 + 第三产业增加值",
    Comparison("==", actual("G4"), sum_of(actual("G1"), actual("G2"), actual("G3"))),
)


def sectors(*parts: str) -> tuple[Finding, ...]:
    """The three sectors against a total of 439.19, with levels of last year and growth at real prices.

    Real growth is not held against the levels.
    """
    last_year = ("86", "120", "210", "416")
    growth = ("3.1", "5.2", "6.4", "5.5")
    rows = zip((*parts, "439.19"), last_year, growth, strict=True)
    figures = {f"G{place}": row for place, row in enumerate(rows, start=1)}
    return told(pack(OUTPUT, THREE_SECTORS), figures)


@pytest.mark.parametrize("third", ["220.61", "220.62", "220.63", "220.59"])
def test_sectors_that_add_up_are_left_alone(third: str) -> None:
    """220.61 makes the total; each number was rounded by itself, so two hundredths more may be left."""
    assert sectors("90.41", "128.17", third) == ()


def test_sectors_that_do_not_add_up_are_told() -> None:
    [finding] = sectors("90.41", "128.17", "220.64")
    assert brief([finding]) == ["parts.relation 指标!D8"]
    assert (finding.evidence.low, finding.evidence.high) == ("439.2", "439.24")
    [finding] = sectors("90.41", "128.17", "202.61")  # two digits swapped
    assert brief([finding]) == ["parts.relation 指标!D7"]
    assert finding.evidence.fix == "220.61"
