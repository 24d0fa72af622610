"""Figures against each other within one form: the rule, the cell, the words, the repair."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from generators.messages import action, everything_in, message
from generators.model import (
    Comparison,
    FigureOf,
    Finding,
    Implication,
    Measure,
    Number,
    PackRule,
    PublishedFigure,
    Reported,
    RuleSetting,
    Severity,
    TargetKind,
)
from generators.validation import is_blocking, is_unexplained
from tests.figures import COMPLETION, definition, judged, judgement
from tests.workbooks import brief


def test_figures_that_agree_are_told_nothing() -> None:
    assert judged() == ()
    tallies = {item.rule: item for item in judgement().tallies}
    assert (tallies["growth"].passed, tallies["growth"].failed) == (6, 0)
    assert (tallies["parts"].passed, tallies["completion"].passed) == (4, 1)


CASES: list[tuple[Mapping[str, str], str, str, str]] = [
    (
        {"P4.同比增长(%)": "9.9"},
        "growth.levels 指标!F8",
        "“渔船数”同比增长填 9.9%，按本年预计 512、上年实际 498 推算应在 2.56% 至 3.07% 之间",
        "",
    ),
    (
        {"P6.同比增长(%)": "2.4"},
        "growth.points 指标!F10",
        "“达标率”比上年提高填 2.4 个百分点，按本年预计 91.5、上年实际 90.2 推算应在 1.15 至 1.45 之间",
        "",
    ),
    (
        {"P1.同比增长(%)": "0.058"},
        "percent.digits 指标!F5",
        "“渔业产值·同比增长(%)”填的是 0.058，像是把百分数填成了小数；"
        "如把渔业产值·同比增长(%)改为 5.8，有关各数就都对得上",
        "5.8",
    ),
    (
        {"P3.同比增长(%)": "-7.1"},
        "growth.levels 指标!F7",
        "“养殖产值”同比增长填 -7.1%，按本年预计 39.3、上年实际 36.7 推算应在 6.75% 至 7.42% 之间；"
        "如把养殖产值·同比增长(%)改为 7.1，有关各数就都对得上",
        "7.1",
    ),
    (
        {"P1.本年预计": "636000"},
        "unit.ladder 指标!D5",
        "“渔业产值·本年预计”与“上年实际”相差约 10000 倍，像是计量单位填错；"
        "如把渔业产值·本年预计改为 63.6，有关各数就都对得上",
        "63.6",
    ),
    (
        {"P5.本年预计": "12301"},
        "growth.levels 指标!D9",
        "“加工量”同比增长填 0.7%，按本年预计 12301、上年实际 11950 推算应在 2.88% 至 3% 之间；"
        "如把加工量·本年预计改为 12031，有关各数就都对得上",
        "12031",
    ),
    (
        {"P6.本年预计": "0.915"},
        "percent.digits 指标!D10",
        "“达标率·本年预计”填的是 0.915，像是把百分数填成了小数；"
        "如把达标率·本年预计改为 91.5，有关各数就都对得上",
        "91.5",
    ),
    (
        {"P1.下年目标": "6.5"},
        "target.level 指标!H5",
        "“渔业产值·下年目标”为 6.5亿元，与“本年预计”63.6亿元 相差 5 倍以上；最可能有误的单元格：指标!H5",
        "",
    ),
    (
        {"P7.本年预计": "110.2"},
        "completion.relation 指标!D11",
        "完成率与完成数、计划数对不上，应在 102.412% 至 102.749% 之间"
        "（完成率·本年预计 ＝ 渔业产值·本年预计 ÷ 渔业产值·年度计划）",
        "",
    ),
    (
        {"P1.上年实际": "62.1", "P1.同比增长(%)": "2.4"},
        "parts.relation 指标!E5",
        "分项之和与合计对不上，按各分项推算应在 59.95 至 60.25 之间"
        "（渔业产值·上年实际 ＝ 捕捞产值·上年实际 + 养殖产值·上年实际）",
        "",
    ),
    (
        {"P6.本年预计": "135", "P6.上年实际": "", "P6.同比增长(%)": "", "P6.年度计划": ""},
        "range.rate 指标!D10",
        "“达标率·本年预计”为 135%，比率一般在 0–100 之间",
        "",
    ),
    (
        {"P5.本年预计": "", "P5.同比增长(%)": ""},
        "presence.plan_alone 指标!D9",
        "填了年度计划（12000吨），没有填“加工量·本年预计”",
        "",
    ),
]


@pytest.mark.parametrize(("changes", "expected", "words", "fix"), CASES)
def test_what_contradicts_is_one_finding(
    changes: Mapping[str, str], expected: str, words: str, fix: str
) -> None:
    findings = judged(changes)
    assert brief(findings) == [expected]
    [finding] = findings
    assert message(finding) == words
    assert action(finding) and message(finding, "en") and action(finding, "en")
    assert finding.evidence.fix == fix
    assert finding.severity is Severity.CONFIRM
    assert not is_blocking(finding)
    assert is_unexplained(finding)
    at = f"'指标'!${finding.cell[0]}${finding.cell[1:]}"
    assert finding.operands[0].reference == at or finding.code == "presence.plan_alone"


def test_the_smallest_set_of_cells_is_named() -> None:
    [finding] = judged({"P1.本年预计": "65.6"})  # growth, parts and completion all fail by it
    assert finding.cell == "D5"
    assert finding.params["suspects"] == "指标!D5"
    assert {item.rule for item in (finding, *finding.follows)} == {"growth", "parts", "completion"}
    assert finding.evidence.fix == ""


def test_a_growth_that_fits_vouches_for_a_leap() -> None:
    assert judged({"P5.上年实际": "1203", "P5.同比增长(%)": "900.1"}) != ()
    leap = {"P5.上年实际": "1203", "P5.同比增长(%)": "900.1", "P5.年度计划": "", "P5.下年目标": ""}
    assert judged(leap) == ()


def test_a_wrong_unit_throughout_a_column_is_one_finding() -> None:
    [finding] = judged({"P1.本年预计": "636000", "P2.本年预计": "243000", "P3.本年预计": "393000"})
    assert (finding.code, finding.cell) == ("unit.throughout", "D5")
    assert message(finding) == ("“本年预计”列（D5–D7）有 3 项都相差约 10000 倍，像是整列的计量单位填错")
    assert [operand.reference for operand in finding.operands] == [
        "'指标'!$D$5",
        "'指标'!$D$6",
        "'指标'!$D$7",
    ]
    assert {item.rule for item in finding.follows} >= {"unit", "target"}


def test_a_block_that_slipped_is_one_finding() -> None:
    slipped = {"P2.本年预计": "63.6", "P3.本年预计": "24.3", "P4.本年预计": "39.3", "P5.本年预计": "512"}
    [finding] = judged({**slipped, "P1.本年预计": ""})
    assert (finding.code, finding.cell) == ("structure.shifted_down", "D6")
    assert message(finding) == "“本年预计”列 D6–D9 的 4 个数像是整体下移了 1 行"
    assert is_blocking(finding)  # for a required cell is blank
    assert "presence" in {item.rule for item in finding.follows}


def test_what_cannot_be_tested_is_counted_with_its_reason() -> None:
    tallies = {item.rule: item for item in judgement({"P4.本年预计": "3", "P4.上年实际": "2"}).tallies}
    assert tallies["growth"].untestable == {"wide": 1}
    tallies = {item.rule: item for item in judgement({"P1.上年实际": ""}).tallies}
    assert tallies["growth"].untestable == {"blank": 1}


# --- the pack's own rules -------------------------------------------------------------------------


def own(rule: PackRule, changes: Mapping[str, str] = {}) -> list[str]:
    return brief(judged(changes, pack=replace(definition(), pack_rules=(rule,))))


CEILING = PackRule(
    "船数上限",
    "渔船数.本年 <= 600",
    Comparison("<=", FigureOf("P4", Measure.ACTUAL), Number(Decimal(600))),
    Severity.ERROR,
    "渔船数超过核定的 600 艘",
    "请按核定数填报",
)
IMPLIES = PackRule(
    "有计划必有完成",
    "已填(加工量.计划) => 已填(加工量.本年)",
    Implication(Reported(FigureOf("P5", Measure.PLAN)), Reported(FigureOf("P5", Measure.ACTUAL))),
    Severity.WARNING,
)


def test_a_rule_of_the_packs_own_says_what_the_pack_says() -> None:
    changes = {"P4.本年预计": "612", "P4.上年实际": "", "P4.年度计划": "", "P4.下年目标": ""}
    pack = replace(definition(), pack_rules=(CEILING, COMPLETION))
    [finding] = judged(changes, pack=pack)
    assert (finding.rule, finding.cell, finding.severity) == ("船数上限", "D8", Severity.ERROR)
    assert message(finding) == "渔船数超过核定的 600 艘"
    assert action(finding) == "请按核定数填报"
    assert judged(pack=pack) == ()


def test_a_rule_of_the_packs_own_may_ask_what_was_filled_in() -> None:
    assert judged(pack=replace(definition(), pack_rules=(IMPLIES, COMPLETION))) == ()
    pack = replace(
        definition(),
        pack_rules=(IMPLIES, COMPLETION),
        rules={"presence": RuleSetting("presence", enabled=False)},
    )
    [finding] = judged({"P5.本年预计": "", "P5.同比增长(%)": ""}, pack=pack)
    assert finding.rule == "有计划必有完成"
    assert message(finding) == "不满足填报关系：如果 已填 加工量·年度计划，则 已填 加工量·本年预计"


def test_a_rule_on_trial_blocks_nothing_and_asks_nothing() -> None:
    trial = replace(CEILING, shadow=True)
    changes = {"P4.本年预计": "612", "P4.上年实际": "", "P4.年度计划": "", "P4.下年目标": ""}
    [finding] = judged(changes, pack=replace(definition(), pack_rules=(trial, COMPLETION)))
    assert finding.shadow
    assert not is_blocking(finding)
    assert not is_unexplained(finding)


def test_a_built_in_rule_may_be_on_trial_too() -> None:
    pack = replace(definition(), rules={"growth": RuleSetting("growth", shadow=True)})
    [finding] = judged({"P4.同比增长(%)": "9.9"}, pack=pack)
    assert (finding.code, finding.shadow) == ("growth.levels", True)


def test_parameters_of_the_pack_hold() -> None:
    wide = {"widest": definition().parameter("growth", "widest") * 100}
    pack = replace(definition(), rules={"growth": RuleSetting("growth", parameters=wide)})
    changes = {
        "P4.本年预计": "3",
        "P4.上年实际": "2",
        "P4.同比增长(%)": "500",
        "P4.年度计划": "",
        "P4.下年目标": "",
    }
    assert brief(judged(changes)) == []
    assert brief(judged(changes, pack=pack)) == ["growth.levels 指标!F8"]


# --- published figures ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [("63.58", 2, []), ("63.7", 1, []), ("61.2", 1, ["published.differs 指标!D5"])],
)
def test_a_published_figure_is_held_against_the_form(
    value: str, decimals: int, expected: list[str]
) -> None:
    released = PublishedFigure("P1", Measure.ACTUAL, "2031", Decimal(value), decimals, "统计公报")
    assert brief(judged(pack=replace(definition(), published=(released,)))) == expected


def provoked() -> list[Finding]:
    """A finding of every kind that figures of one form can give; for the tests of the messages."""
    row = {"P2.本年预计": "63.6", "P3.本年预计": "24.3", "P4.本年预计": "39.3", "P5.本年预计": "512"}
    up = {"P1.本年预计": "24.3", "P2.本年预计": "39.3", "P3.本年预计": "512", "P4.本年预计": "12031"}
    columns = [
        {"P1.本年预计": "636000", "P2.本年预计": "243000", "P3.本年预计": "393000"},
        {"P1.同比增长(%)": "0.058", "P2.同比增长(%)": "0.038", "P3.同比增长(%)": "0.071"},
        {"P1.同比增长(%)": "0.058", "P2.同比增长(%)": "0.038", "P6.上年实际": "0.902"},
        {"P1.本年预计": "636000", "P2.本年预计": "243000", "P3.上年实际": "367000"},
        {"P6.本年预计": "91", "P6.上年实际": "0.9", "P6.同比增长(%)": "", "P6.年度计划": ""},
        {"P4.本年预计": "5120000", "P5.本年预计": "120310000", "P2.年度计划": "240000"},
        {"P4.同比增长(%)": "-110.5"},
        {"P1.下年目标": "660"},
    ]
    released = PublishedFigure("P1", Measure.ACTUAL, "2031", Decimal("61.2"), 1)
    growing = tuple(replace(item, target_kind=TargetKind.GROWTH) for item in definition().indicators)
    packs = [
        replace(definition(), published=(released,)),
        replace(definition(), published=(replace(released, source="统计公报"),)),
        replace(definition(), indicators=growing),
        replace(definition(), pack_rules=(replace(CEILING, message=""),)),
    ]
    cases = [dict(changes) for changes, _, _, _ in CASES]
    findings = [item for changes in [*cases, row, up, *columns] for item in judged(changes)]
    findings += [item for pack in packs for item in judged({"P4.本年预计": "612"}, pack=pack)]
    return list(everything_in(findings))
