"""Rules as expressions: how people type them, what they say, and every fault in words."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from operator import add, mul, sub
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generators.definition import expressions, typed
from generators.definition.expressions import read_expression, vocabulary_of
from generators.definition.meaning import judged, levels_of
from generators.definition.problems import Problem
from generators.definition.words import words
from generators.messages import CATALOGUE, GAP, LANGUAGES, action, message
from generators.messages.definitions import EXPRESSION_REASONS
from generators.messages.templates import REASONS
from generators.model import (
    Arithmetic,
    Asked,
    Comparison,
    Condition,
    Definition,
    FigureOf,
    Finding,
    GrowthBasis,
    Implication,
    Indicator,
    Measure,
    Negative,
    Not,
    Number,
    Register,
    RegisterColumn,
    Reported,
    Settings,
    Severity,
    TargetKind,
    Term,
)
from tests.workbooks import rows_of

INDICATORS = """
    | 代码  | 名称               | 单位       | 填报           | 目标 |
    | L-1   | 就业总数           | 万人       | 本 上 增 计 目 | 数值 |
    | L-2   | 城镇就业           | 万人       | 本 上 增 计    |      |
    | L-3   | 农村就业           | 万人       | 本 上          |      |
    | L-4   | 就业率             | %          | 本 增          |      |
    | L-5   | 居民收入           | 元         | 本 目          | 文字 |
    | L-6   | 非税收入           | 亿元       | 本 计 目       | 增速 |
    | L-7   | 或有负债           | 亿元       | 本             |      |
    | L-8   | PM2.5浓度          | 微克/立方米 | 本 上         |      |
    | L-9   | “双减”达标率       | %          | 本             |      |
    | L-10  | 高中毛入学率（%）  | %          | 本             |      |
    | L-11  | 若干专项且其他支出 | 亿元       | 本             |      |
    | L-12  | 专项债券           | 亿元       | 计             |      |
    | L-13  | 3岁以下托位数      | 个         | 本             |      |
    | L-14  | 基尼系数           |            | 本             |      |
"""
MEASURES = dict(zip("本上增计目", Measure, strict=True))
KINDS = {"数值": TargetKind.LEVEL, "增速": TargetKind.GROWTH, "文字": TargetKind.TEXT, "": None}


def _definition() -> Definition:
    _, *rows = rows_of(INDICATORS)
    return Definition(
        "labour",
        "0" * 64,
        Settings("就业形势报告", "2031"),
        indicators=tuple(
            Indicator(
                code,
                name,
                unit,
                1,
                "RS",
                "",
                GrowthBasis.POINTS if unit == "%" else GrowthBasis.NOMINAL,
                measures={MEASURES[mark]: Asked.OPTIONAL for mark in asked.split()},
                target_kind=KINDS[target] or TargetKind.LEVEL,
            )
            for code, name, unit, asked, target in rows
        ),
        registers=(Register("R1", "招聘会（场）", ("RS",), (RegisterColumn("场次"),)),),
        terms={"用工标准": "…"},
    )


DEFINITION = _definition()
VOCABULARY = vocabulary_of(DEFINITION)


def read(text: str, rule: str = "own") -> tuple[Condition | None, list[Problem]]:
    condition, problems = read_expression(text, VOCABULARY)
    return judged(condition, rule, DEFINITION) if condition is not None else (None, problems)


def tree(text: str, rule: str = "own") -> Condition:
    condition, problems = read(text, rule)
    assert problems == []
    assert condition is not None
    return condition


def said(text: str, rule: str = "own") -> list[str]:
    """What is said of an expression."""
    condition, problems = read(text, rule)
    assert (condition is None) == bool(problems)
    return [message(finding(problem)) for problem in problems]


def finding(problem: Problem) -> Finding:
    params = {"column": "表达式", **problem.params}
    return Finding(f"definition.{problem.code}", Severity.ERROR, params=params)


# --- what is typed, and what it says in words ---------------------------------------------------

TYPED = {
    # signs
    "城镇就业.本年 + 农村就业.本年 == 就业总数.本年": (
        "城镇就业·本年预计 + 农村就业·本年预计 ＝ 就业总数·本年预计"
    ),
    "=城镇就业.本年 + 农村就业.本年 = 就业总数.本年": (
        "城镇就业·本年预计 + 农村就业·本年预计 ＝ 就业总数·本年预计"
    ),
    "＝城镇就业．本年＋农村就业．本年＝＝就业总数．本年。": (
        "城镇就业·本年预计 + 农村就业·本年预计 ＝ 就业总数·本年预计"
    ),
    "就业总数 ≥ 城镇就业": "就业总数·本年预计 ≥ 城镇就业·本年预计",
    "就业总数 ＞＝ 城镇就业": "就业总数·本年预计 ≥ 城镇就业·本年预计",
    "城镇就业 =< 就业总数": "城镇就业·本年预计 ≤ 就业总数·本年预计",
    "城镇就业 ≦ 就业总数": "城镇就业·本年预计 ≤ 就业总数·本年预计",
    "城镇就业 <> 0": "城镇就业·本年预计 ≠ 0",
    "城镇就业 ≠ 0": "城镇就业·本年预计 ≠ 0",
    "城镇就业 × 2 ÷ 4 − 1 > 0": "城镇就业·本年预计 × 2 ÷ 4 - 1 ＞ 0",
    "城镇就业\n  + 农村就业\n  == 就业总数": (
        "城镇就业·本年预计 + 农村就业·本年预计 ＝ 就业总数·本年预计"
    ),
    "城镇就业 > １２．５": "城镇就业·本年预计 ＞ 12.5",
    "-城镇就业 < -(农村就业 - -1)": "-城镇就业·本年预计 ＜ -（农村就业·本年预计 - （-1））",
    "(就业总数 - 城镇就业) / (城镇就业 * 2) < 0.5": (
        "（就业总数·本年预计 - 城镇就业·本年预计） ÷ （城镇就业·本年预计 × 2） ＜ 0.5"
    ),
    # names and measures
    "就业总数.预计 > 就业总数.上年": "就业总数·本年预计 ＞ 就业总数·上年实际",
    "就业总数.本年预计 > 就业总数.上年实际": "就业总数·本年预计 ＞ 就业总数·上年实际",
    "就业总数.actual > 就业总数.previous": "就业总数·本年预计 ＞ 就业总数·上年实际",
    "就业总数.同比 > 0": "就业总数·同比增长 ＞ 0",
    "就业总数.growth >= 0": "就业总数·同比增长 ≥ 0",
    "就业总数.目标 > 就业总数.计划": "就业总数·下年目标 ＞ 就业总数·年度计划",
    "就业总数.target > 就业总数.Plan": "就业总数·下年目标 ＞ 就业总数·年度计划",
    "PM2.5浓度.本年 < PM2.5浓度.上年": "PM2.5浓度·本年预计 ＜ PM2.5浓度·上年实际",
    '指标("PM2.5浓度").上年 > 0': "PM2.5浓度·上年实际 ＞ 0",
    "指标（“PM2.5浓度”）．上年 > 0": "PM2.5浓度·上年实际 ＞ 0",
    '指标["l-8"]["上年"] > 0': "PM2.5浓度·上年实际 ＞ 0",
    "指标.就业率 > 0": "就业率·本年预计 ＞ 0",
    "“双减”达标率 <= 100": "“双减”达标率·本年预计 ≤ 100",
    "高中毛入学率(%).本年 <= 100": "高中毛入学率（%）·本年预计 ≤ 100",
    "3岁以下托位数 > 3": "3岁以下托位数·本年预计 ＞ 3",
    # chains, and, or, not
    "0 <= 就业率 <= 100": "0 ≤ 就业率·本年预计 ≤ 100",
    "就业率 > 0 and 就业率 < 100": "就业率·本年预计 ＞ 0 且 就业率·本年预计 ＜ 100",
    "就业率 > 0 且 城镇就业 > 0 或 农村就业 > 0": (
        "（就业率·本年预计 ＞ 0 且 城镇就业·本年预计 ＞ 0） 或 农村就业·本年预计 ＞ 0"
    ),
    "就业率>0且城镇就业>0": "就业率·本年预计 ＞ 0 且 城镇就业·本年预计 ＞ 0",
    "就业率.本年>城镇就业.本年/2且PM2.5浓度>0": (
        "就业率·本年预计 ＞ 城镇就业·本年预计 ÷ 2 且 PM2.5浓度·本年预计 ＞ 0"
    ),
    "农村就业.上年<城镇就业.上年并且农村就业<城镇就业": (
        "农村就业·上年实际 ＜ 城镇就业·上年实际 且 农村就业·本年预计 ＜ 城镇就业·本年预计"
    ),
    "(就业率 > 0)或者非(城镇就业 > 0)": "就业率·本年预计 ＞ 0 或 非（城镇就业·本年预计 ＞ 0）",
    "NOT (就业率 > 0) OR 城镇就业 > 0": "非（就业率·本年预计 ＞ 0） 或 城镇就业·本年预计 ＞ 0",
    # names that hold connectives stay whole
    "非税收入>0": "非税收入·本年预计 ＞ 0",
    "非税收入>0或或有负债>0": "非税收入·本年预计 ＞ 0 或 或有负债·本年预计 ＞ 0",
    "若干专项且其他支出.本年 > 0": "若干专项且其他支出·本年预计 ＞ 0",
    "若若干专项且其他支出>0则非税收入>0": (
        "如果 若干专项且其他支出·本年预计 ＞ 0，则 非税收入·本年预计 ＞ 0"
    ),
    # reported, implications
    "已填(城镇就业.计划)": "已填 城镇就业·年度计划",
    "not reported(城镇就业.计划)": "未填 城镇就业·年度计划",
    "城镇就业.计划 > 0 => 城镇就业 > 0": "如果 城镇就业·年度计划 ＞ 0，则 城镇就业·本年预计 ＞ 0",
    "城镇就业.计划 > 0 → 已填(城镇就业)": "如果 城镇就业·年度计划 ＞ 0，则 已填 城镇就业·本年预计",
    "如果 已填(城镇就业.计划)，则 已填(城镇就业)": (
        "如果 已填 城镇就业·年度计划，则 已填 城镇就业·本年预计"
    ),
    "如果城镇就业.计划>0，则城镇就业.本年>0。": (
        "如果 城镇就业·年度计划 ＞ 0，则 城镇就业·本年预计 ＞ 0"
    ),
    "如果PM2.5浓度>35，那么非已填(非税收入.计划)": (
        "如果 PM2.5浓度·本年预计 ＞ 35，则 未填 非税收入·年度计划"
    ),
    "若城镇就业.计划>0则城镇就业>0且农村就业>0": (
        "如果 城镇就业·年度计划 ＞ 0，则 城镇就业·本年预计 ＞ 0 且 农村就业·本年预计 ＞ 0"
    ),
    "if 城镇就业.plan > 0 then 城镇就业.actual > 0": (
        "如果 城镇就业·年度计划 ＞ 0，则 城镇就业·本年预计 ＞ 0"
    ),
    "就业率 > 0 且 (城镇就业 > 0 => 农村就业 > 0)": (
        "就业率·本年预计 ＞ 0 且 （如果 城镇就业·本年预计 ＞ 0，则 农村就业·本年预计 ＞ 0）"
    ),
    # units
    "就业率 - 就业率.同比 > 90": "就业率·本年预计 - 就业率·同比增长 ＞ 90",
    "非税收入.目标 > 就业总数.同比": "非税收入·下年目标 ＞ 就业总数·同比增长",
    "城镇就业 / 居民收入 > 农村就业 * 居民收入": (
        "城镇就业·本年预计 ÷ 居民收入·本年预计 ＞ 农村就业·本年预计 × 居民收入·本年预计"
    ),
    "0 <= 基尼系数 <= 1": "0 ≤ 基尼系数·本年预计 ≤ 1",
    "已填(居民收入.目标)": "已填 居民收入·下年目标",
}


@pytest.mark.parametrize("text", TYPED)
def test_an_expression_is_read_as_it_is_meant(text: str) -> None:
    assert words(tree(text), DEFINITION) == TYPED[text]


def test_the_tree_is_exact() -> None:
    town, total = FigureOf("L-2", Measure.PLAN), FigureOf("L-1", Measure.ACTUAL)
    assert tree("城镇就业.计划 * 0.1 > 0 => 非 已填(就业总数)") == Implication(
        Comparison(">", Arithmetic("*", town, Number(Decimal("0.1"))), Number(Decimal(0))),
        Not(Reported(total)),
    )


@pytest.mark.parametrize(
    ("rule", "text", "shown"),
    [
        ("parts", "就业总数 == 城镇就业 + 农村就业", "就业总数 ＝ 城镇就业 + 农村就业"),
        ("parts", "=城镇就业 + 农村就业 = 就业总数", "就业总数 ＝ 城镇就业 + 农村就业"),
        ("parts", "农村就业 == 就业总数 - 城镇就业", "农村就业 ＝ 就业总数 - 城镇就业"),
        (
            "parts",
            "就业总数.计划 = 城镇就业.计划 + 城镇就业.上年",
            "就业总数·年度计划 ＝ 城镇就业·年度计划 + 城镇就业·上年实际",
        ),
        (
            "completion",
            "就业率 == 城镇就业 / 就业总数.计划",
            "就业率·本年预计 ＝ 城镇就业·本年预计 ÷ 就业总数·年度计划",
        ),
        (
            "completion",
            "城镇就业 / 就业总数 = 就业率",
            "就业率·本年预计 ＝ 城镇就业·本年预计 ÷ 就业总数·本年预计",
        ),
    ],
)
def test_the_whole_stands_on_the_left(rule: str, text: str, shown: str) -> None:
    assert words(tree(text, rule), DEFINITION) == shown


def test_parts_without_measures_hold_for_every_level_that_all_are_asked() -> None:
    figures = (FigureOf("L-1", None), FigureOf("L-2", None), FigureOf("L-3", None))
    assert levels_of(figures, DEFINITION) == (Measure.ACTUAL, Measure.PREVIOUS)
    assert levels_of(figures[:2], DEFINITION) == (Measure.ACTUAL, Measure.PREVIOUS, Measure.PLAN)
    assert levels_of(figures[:1], DEFINITION)[-1] is Measure.TARGET
    assert levels_of((FigureOf("L-6", None),), DEFINITION) == (Measure.ACTUAL, Measure.PLAN)


# --- what is wrong ------------------------------------------------------------------------------

SYNTAX = {
    "": "没有内容",
    "=": "没有内容",
    "城镇就业 >": "没有写完",
    "城镇就业 > 1 且": "没有写完",
    "城镇就业 农村就业 > 1": "多余的“农村就业”",
    "> 城镇就业": "多余的“>”",
    "(城镇就业 > 1": "括号不成对",
    "(城镇就业 > 1]": "括号不成对",
    "城镇就业) > 1": "括号不成对",
    "{{城镇就业}} > 1": "不用大括号，直接写指标名称",
    "城镇就业 > 1 }} {{ 1": "不用大括号，直接写指标名称",
    "就业率 > 5%": "不用百分号，以 % 为单位的数直接写数字",
    "就业率 > 5％": "不用百分号，以 % 为单位的数直接写数字",
    "城镇就业 > 1,000": "多余的逗号；数字中不加千分位逗号，几个条件用“且”“或”连接",
    "城镇就业 > [1]": "多余的逗号；数字中不加千分位逗号，几个条件用“且”“或”连接",
    "!城镇就业": "不认识的字符 '!'",
    "城镇就业 > 1 如果 农村就业 > 1": "“如果”应写在开头，或写在括号里的开头",
    "如果 城镇就业 > 1": "“如果”后面缺少“则”",
    "(如果 城镇就业 > 1) 则 农村就业 > 1": "“如果”后面缺少“则”",
    "城镇就业 > 1 → 农村就业 > 1 → 就业率 > 1": ("一条规则只能有一个“则”或箭头，其余的请用括号括起"),
    "城镇就业 => 1": "“则”和箭头（=>、→）的两边都应是条件；大于等于写作 >=",
    "如果 城镇就业 > 1 则 农村就业 > 1 else 就业率 > 1": "不能用 else，请另写一条规则",
    "城镇就业": "“城镇就业”不是条件，请写成比较，例如：甲.本年 > 0",
    "城镇就业.上年 + 1": "“城镇就业·上年实际 + 1”不是条件，请写成比较，例如：甲.本年 > 0",
    "(城镇就业 > 1) == (农村就业 > 1)": ("比较的结果不能再运算或比较；几个条件用“且”“或”连接"),
    "已填(城镇就业) > 0": "比较的结果不能再运算或比较；几个条件用“且”“或”连接",
    "城镇就业 > 1 == 农村就业 > 1": "连着比较时方向应一致，例如：0 <= 甲.本年 <= 100",
    '城镇就业 > "多"': "“多”不是数",
    "城镇就业 > true": "“True”不是数",
    "城镇就业 > 1e400": "数字太大",
    "城镇就业 > 1000000000000000": "数字太大",
    "城镇就业 > 1٣.٥": "看不懂",
    "城镇就业 in [1, 2]": "不支持“in”，可用 + - * / 和 == != < <= > >=",
    "城镇就业 not in [1]": "不支持“not in”，可用 + - * / 和 == != < <= > >=",
    "城镇就业 is defined": "不支持“is”，可用 + - * / 和 == != < <= > >=",
    "城镇就业|round > 1": "不支持“|”，可用 + - * / 和 == != < <= > >=",
    "城镇就业 ** 2 > 1": "不支持“**”，可用 + - * / 和 == != < <= > >=",
    "城镇就业 ~ 1": "不支持“~”，可用 + - * / 和 == != < <= > >=",
    "城镇就业 // 2 > 1": "不支持“//”，可用 + - * / 和 == != < <= > >=",
    "SUM(城镇就业, 农村就业) > 1": "括号前面只能是“指标”或“已填”",
    "招聘会（场） > 1": "括号前面只能是“指标”或“已填”",
    "已填(城镇就业, 农村就业)": "“已填”的括号里应是一个指标",
    "已填(城镇就业 + 1)": "“已填”的括号里应是一个指标",
    "城镇就业.本年.上年 > 1": "“上年”前面应是一个指标",
    "(城镇就业 + 1).上年 > 1": "“上年”前面应是一个指标",
    "城镇就业[0] > 1": "看不懂",
    "城镇就业 > 城镇就业 : 1": "多余的“:”",
    "城镇就业 > " + "1 + " * 500 + "1": "太长，不能超过 1500 个字，请拆成几条规则",
    "城镇就业 > " + "1+" * 300 + "1": "层次太多，请减少括号或拆成几条规则",
    "(" * 200 + "城镇就业" + ")" * 200 + " > 1": "层次太多，请减少括号或拆成几条规则",
    "not " * 300 + "城镇就业 > 1": "层次太多，请减少括号或拆成几条规则",
    "城镇就业 > " + "-" * 1400 + "1": "层次太多，请减少括号或拆成几条规则",
}


@pytest.mark.parametrize("text", SYNTAX, ids=lambda text: text[:20])
def test_what_cannot_be_read_is_said_in_plain_words(text: str) -> None:
    assert said(text) == [f"“表达式”写法有误：{SYNTAX[text]}"]


MEANING = {
    ("own", "城镇就叶 + 农材就业 > 1"): (
        "“表达式”中的“城镇就叶”不是指标，是不是“城镇就业”？",
        "“表达式”中的“农材就业”不是指标，是不是“农村就业”？",
    ),
    ("own", "用工标准 > 1"): ("“表达式”中的“用工标准”不是指标",),
    ("own", '指标("L-99") > 1'): ("“表达式”中的“L-99”不是指标，是不是“L-9”？",),
    ("own", "城镇就业.明年 > 城镇就业.上半年"): (
        "“表达式”中“城镇就业”后面的“明年”不是口径，是不是“本年”？",
        "“表达式”中“城镇就业”后面的“上半年”不是口径，是不是“上年”？",
    ),
    ("own", "农村就业.计划 > 0 且 农村就业.目标 > 0"): (
        "“表达式”用到的“农村就业·年度计划”不要求填报",
        "“表达式”用到的“农村就业·下年目标”不要求填报",
    ),
    ("own", "专项债券 > 0"): ("“表达式”用到的“专项债券·本年预计”不要求填报",),
    ("own", "居民收入.目标 > 居民收入.目标 / 2"): (
        "“表达式”用到的“居民收入”的下年目标是文字，不能运算或比较",
    ),
    ("own", "城镇就业 + 居民收入 - 就业率 > 0"): (
        "“城镇就业·本年预计”与“居民收入·本年预计”的单位不同（万人、元），不能加减或比较",
    ),
    ("own", "城镇就业 > 就业率 或 城镇就业 < 就业率"): (
        "“城镇就业·本年预计”与“就业率·本年预计”的单位不同（万人、%），不能加减或比较",
    ),
    ("own", "城镇就业 * 2 > 0 => 非 (城镇就业 + 1 == 就业总数.同比)"): (
        "“城镇就业·本年预计 + 1”与“就业总数·同比增长”的单位不同（万人、%），不能加减或比较",
    ),
    ("own", "(城镇就业 + 居民收入) * 2 > 0"): (
        "“城镇就业·本年预计”与“居民收入·本年预计”的单位不同（万人、元），不能加减或比较",
    ),
    ("own", "基尼系数 < 城镇就业"): (
        "“基尼系数·本年预计”与“城镇就业·本年预计”的单位不同（—、万人），不能加减或比较",
    ),
    ("own", "城镇就业 / 0 > 1"): ("“城镇就业·本年预计 ÷ 0”的除数为零",),
    ("own", "城镇就业 / (2 * 3 - -(4 - 10) / 1) > 1"): (
        "“城镇就业·本年预计 ÷ （2 × 3 - -（4 - 10） ÷ 1）”的除数为零",
    ),
    ("own", "1 < 2"): ("“表达式”没有用到任何指标",),
    ("parts", "就业总数 == 城镇就业"): ("分项与合计的“表达式”应写成：合计 == 甲 + 乙",),
    ("parts", "就业总数 >= 城镇就业 + 农村就业"): ("分项与合计的“表达式”应写成：合计 == 甲 + 乙",),
    ("parts", "就业总数 == 城镇就业 + 农村就业 + 1"): ("分项与合计的“表达式”应写成：合计 == 甲 + 乙",),
    ("parts", "就业总数 == 城镇就业 + 农村就业 * 2"): ("分项与合计的“表达式”应写成：合计 == 甲 + 乙",),
    ("parts", "就业总数 == 城镇就业.本年 + 农村就业"): (
        "有的指标写了口径，有的没有写：就业总数、农村就业",
    ),
    ("parts", "非税收入 == 或有负债 + 专项债券"): (
        "各指标没有共同填报的口径：非税收入（本年预计、年度计划）、或有负债（本年预计）、专项债券（年度计划）",
    ),
    ("parts", "就业总数 == 城镇就业 + 居民收入"): (
        "“城镇就业”与“居民收入”的单位不同（万人、元），不能加减或比较",
    ),
    ("completion", "就业率 == 城镇就业 / 就业总数 * 100"): (
        "完成率的“表达式”应写成：完成率 == 甲 / 乙，不必乘以 100",
    ),
    ("completion", "就业率 == 城镇就业 + 就业总数"): (
        "“就业率·本年预计”与“城镇就业·本年预计 + 就业总数·本年预计”的单位不同"
        "（%、万人），不能加减或比较",
        "完成率的“表达式”应写成：完成率 == 甲 / 乙，不必乘以 100",
    ),
    ("completion", "就业率 == 农村就业 / 农村就业.计划"): (
        "“表达式”用到的“农村就业·年度计划”不要求填报",
    ),
}


@pytest.mark.parametrize(("rule", "text"), MEANING)
def test_what_cannot_be_checked_is_said_precisely(rule: str, text: str) -> None:
    assert sorted(said(text, rule)) == sorted(MEANING[rule, text])


def test_every_reason_has_words_and_is_provoked_here() -> None:
    """And in both languages nothing is left out."""
    provoked = set()
    for rule, text in [*MEANING, *(("own", text) for text in SYNTAX)]:
        for problem in read(text, rule)[1]:
            provoked.add(problem.params.get("reason", ""))
            for language in LANGUAGES:
                shown = message(finding(problem), language) + action(finding(problem), language)
                assert GAP not in shown
                assert "“”" not in shown
    assert set(EXPRESSION_REASONS) <= provoked
    assert not set(EXPRESSION_REASONS) & {*REASONS, *CATALOGUE}
    assert provoked <= {*EXPRESSION_REASONS, *REASONS, ""}
    for chinese, english in EXPRESSION_REASONS.values():
        assert fields_of(chinese) == fields_of(english)
    assert set(reasons_in_the_source()) == set(EXPRESSION_REASONS)


def fields_of(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def reasons_in_the_source() -> Iterator[str]:
    for module in (expressions, typed):
        assert module.__file__
        for call in ast.walk(ast.parse(Path(module.__file__).read_text("utf-8"))):
            function = call.func if isinstance(call, ast.Call) else None
            name = getattr(function, "attr", getattr(function, "id", ""))
            if isinstance(call, ast.Call) and name in ("syntax", "SpellingError"):
                texts = [item.value for item in ast.walk(call.args[0]) if isinstance(item, ast.Constant)]
                yield from (str(text) for text in texts if text in EXPRESSION_REASONS)


def test_where_the_indicators_cannot_be_read_no_name_is_blamed() -> None:
    vocabulary = vocabulary_of(replace(DEFINITION, indicators=()), judged=False)
    condition, problems = read_expression("城镇就业.本年 > 1", vocabulary)
    assert problems == []
    assert condition is not None


# --- any text -----------------------------------------------------------------------------------

WORDS = [
    *(item.name for item in DEFINITION.indicators),
    *"且 或 非 如果 若 则 那么 并且 或者 and or not if then else in is true 已填 reported 指标".split(),
    *"本年 预计 上年 同比 计划 目标 actual plan 清单 用语 招聘会（场）".split(),
    *"= == != < <= > >= => → ≥ ≤ ≠ + - * / ** // % ~ | . , ， ； 。 ： ( ) [ ] （ ）".split(),
    *"{ } {{ }} {# #} {% %}".split(),
    *"“ ” \" ' ‘ ’ \\ \n \t 0 1 12.5 1e9 1e999 0x1F ١ ³ ½ ① 𝟙 \u200b \x00 🙂".split(" "),
]  # fmt: skip


@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(WORDS), max_size=25).map("".join)))
@example("城镇就业." + "(" * 19)
@example("若" * 700)
@example("非" * 1400 + "非税收入")
@example("且".join(["城镇就业"] * 200))
@example("城镇就业" + "+城镇就业" * 250 + ">1")
def test_any_text_gives_a_tree_or_a_finding(text: str) -> None:
    for rule in ("own", "parts", "completion"):
        condition, problems = read(text, rule)
        assert (condition is None) == bool(problems)
        if condition is not None:
            assert words(condition, DEFINITION)
        for problem in problems:
            assert message(finding(problem))
            assert not problem.code.startswith("definition.")


VALUES = {
    "城镇就业": (FigureOf("L-2", Measure.ACTUAL), 7),
    "农村就业.上年": (FigureOf("L-3", Measure.PREVIOUS), 11),
    "就业总数.计划": (FigureOf("L-1", Measure.PLAN), 23),
}
OPERATIONS = {"+": add, "-": sub, "*": mul}
arithmetic = st.recursive(
    st.sampled_from([*VALUES, "12", "３"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" + ", "-", "＋", "－", "*", "×", "\n- "]), inner).map(
            "".join
        ),
        inner.map("({})".format),
        inner.map("（{}）".format),
    ),
    max_leaves=12,
)


def value(term: Term) -> Decimal:
    match term:
        case Number(number):
            return number
        case FigureOf():
            return Decimal(next(number for figure, number in VALUES.values() if figure == term))
        case Negative(inner):
            return -value(inner)
        case Arithmetic(operator, left, right):
            return OPERATIONS[operator](value(left), value(right))


@given(arithmetic)
def test_arithmetic_means_what_it_means_everywhere(text: str) -> None:
    known = text.translate(str.maketrans("＋－×（）３\n", "+-*()3 "))
    for name, (_, number) in VALUES.items():
        known = known.replace(name, str(number))
    condition, problems = read_expression(f"城镇就业 == {text}", VOCABULARY)
    assert problems == []
    assert isinstance(condition, Comparison)
    assert value(with_this_year(condition.right)) == eval(known)


def with_this_year(term: Term) -> Term:
    """The term with this year's figure for a bare indicator, as rules of a pack's own read it."""
    match term:
        case FigureOf(code, None):
            return FigureOf(code, Measure.ACTUAL)
        case Arithmetic(operator, left, right):
            return Arithmetic(operator, with_this_year(left), with_this_year(right))
        case _:
            return term
