"""A form against its own past, other departments and its own texts (levels 2 to 5), and its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from generators.messages import everything_in, message
from generators.model import (
    Bound,
    Comparison,
    Definition,
    FigureOf,
    Finding,
    FormIdentity,
    Known,
    Measure,
    NarrativeText,
    PackRule,
    Severity,
    Submission,
)
from generators.model.periods import Period, parse_period
from generators.validation import is_unexplained, judge, judge_together
from generators.validation.context import NOTHING, Context
from generators.validation.explanations import bindings
from tests.figures import (
    COMPLETION,
    FIGURES,
    definition,
    form,
    judged,
    judgement,
    known,
    last_year,
    past,
)
from tests.workbooks import brief


def in_period(period: str, previous: str = "") -> Definition:
    """The pack for another period; the rules ask the settings alone."""
    settings = replace(definition().settings, period=period, previous_period=previous)
    return replace(definition(), settings=settings)


# --- periods --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2031", Period(2031, 1, "year")),
        ("2031年", Period(2031, 1, "year")),
        ("２０３１年度", Period(2031, 1, "year")),
        ("2031-06", Period(2031, 6, "month")),
        ("2031年6月", Period(2031, 6, "month")),
        ("2031年1-6月", Period(2031, 6, "month")),
        ("2031年1—11月", Period(2031, 11, "month")),
        ("202106", Period(2021, 6, "month")),
        ("2031Q2", Period(2031, 2, "quarter")),
        ("2031年第二季度", Period(2031, 2, "quarter")),
        ("2031年上半年", Period(2031, 1, "half")),
        ("2031H2", Period(2031, 2, "half")),
        ("2031年第十二周", Period(2031, 12, "week")),
        ("2031W07", Period(2031, 7, "week")),
        ("2031-13", None),
        ("一季度", None),
        ("", None),
    ],
)
def test_periods_are_read_as_people_write_them(text: str, expected: Period | None) -> None:
    assert parse_period(text) == expected


# --- the base period ------------------------------------------------------------------------------


def test_last_year_as_it_was_reported_is_told_nothing() -> None:
    assert judged(context=past(last_year())) == ()
    tallies = {item.rule: item for item in judgement(context=past(last_year())).tallies}
    assert tallies["base"].passed == 6


def test_a_base_that_differs_from_last_year_is_asked_about() -> None:
    changes = {"P4.上年实际": "480", "P4.同比增长(%)": "6.7"}
    [finding] = judged(changes, past(last_year()))
    assert (finding.code, finding.cell) == ("base.differs", "E8")
    assert message(finding) == "“渔船数·上年实际”为 480艘，上年报送的 2030 年度数是 498艘"
    [own, reference] = finding.operands
    assert (own.reference, own.raw) == ("'指标'!$E$8", "480")
    assert (reference.file, reference.value) == ("渔业局-2030.xlsx", "498")
    assert (finding.evidence.low, finding.evidence.high, finding.evidence.deviation) == (
        "497",
        "499",
        "-17",
    )


def test_a_wrong_base_is_told_apart_from_a_wrong_growth() -> None:
    [finding] = judged({"P4.上年实际": "480"}, past(last_year()))
    assert (finding.code, finding.cell, finding.params["suspects"]) == ("base.differs", "E8", "指标!E8")
    assert [item.code for item in finding.follows] == ["growth.levels"]


def test_a_row_in_another_unit_is_seen_by_its_past() -> None:
    changes = {
        "P5.本年预计": "1.2031",
        "P5.上年实际": "1.195",
        "P5.年度计划": "1.2",
        "P5.下年目标": "1.25",
    }
    codes = {(item.code, item.cell) for item in judged(changes, past(last_year()))}
    assert ("unit.ladder_past", "D9") in codes
    assert ("unit.ladder_past", "E9") in codes


# --- cumulative figures ---------------------------------------------------------------------------


def test_a_cumulative_figure_must_not_fall_within_the_year() -> None:
    pack = in_period("2031-06", "2030-06")
    earlier = known("2031-05", {"P1": "61.0", "P3": "39.6", "P4": "600"})
    findings = judge(form(), pack, Context(known=tuple(earlier))).findings
    assert brief(findings) == ["cumulative.falls 指标!D7"]  # a stock such as P4 may fall
    assert (
        message(findings[0]) == "“养殖产值·本年预计”是累计数，为 39.3亿元，小于 2031-05 报送的 39.6亿元"
    )
    again = known("2030-12", {"P1": "99"})
    assert judge(form(), pack, Context(known=tuple(again))).findings == ()


# --- revisions ------------------------------------------------------------------------------------


def test_a_changed_plan_and_a_large_revision_are_asked_about() -> None:
    before = form({"P4.年度计划": "505", "P5.下年目标": "15000"})
    findings = judged(context=past(previous=before, vintage=3))
    assert brief(findings) == ["revision.plan 指标!G8", "revision.large 指标!H9"]
    assert message(findings[0]) == "“渔船数·年度计划”由 505艘 改成了 510艘（上一版是第 3 次报送）"
    assert findings[0].operands[0].previous == "505"


def test_a_small_revision_is_nobodys_concern() -> None:
    before = form({"P4.本年预计": "511", "P4.同比增长(%)": "2.6"})
    assert judged(context=past(previous=before)) == ()


def test_a_change_that_was_asked_for_is_not_asked_about_again() -> None:
    before = form({"P5.本年预计": "1.2031"})
    assert judged(context=past(previous=before)) == ()


# --- stale copies ---------------------------------------------------------------------------------


def test_the_last_vintage_again_is_a_warning() -> None:
    [finding] = judged(context=past(previous=form(), vintage=2))
    assert (finding.code, finding.severity, finding.cell) == ("stale.vintage", Severity.WARNING, "")


def test_last_years_figures_again_are_a_warning() -> None:
    values: list[Known] = []
    for measure, place in ((Measure.ACTUAL, 0), (Measure.PLAN, 3), (Measure.TARGET, 4)):
        values += known(
            "2030", {code: row[place] for code, row in FIGURES.items() if row[place]}, measure
        )
    codes = [item.code for item in judged(context=past(values))]
    assert "stale.period" in codes


# --- outliers -------------------------------------------------------------------------------------


def history(code: str, values: list[str]) -> list[Known]:
    return [
        item
        for year, text in enumerate(values, 2031 - len(values))
        for item in known(str(year), {code: text})
    ]


STEADY = ["10230", "10490", "10700", "10880", "11240", "11500", "11720", "11950"]


def test_a_figure_far_off_its_past_is_a_warning() -> None:
    changes = {"P5.本年预计": "16031", "P5.同比增长(%)": "34.2", "P5.年度计划": "", "P5.下年目标": ""}
    [finding] = judged(changes, past(history("P5", STEADY)))
    assert (finding.code, finding.cell, finding.severity) == ("outlier.history", "D9", Severity.WARNING)
    assert message(finding).startswith("“加工量·本年预计”为 16031吨，按前 8 期的走势一般在 ")


def test_steady_growth_is_no_outlier() -> None:
    assert judged(context=past(history("P5", STEADY))) == ()


def test_too_short_a_past_is_said_to_be_too_short() -> None:
    tallies = {item.rule: item for item in judgement(context=past(history("P5", STEADY[1:]))).tallies}
    assert tallies["outlier"].passed == 0
    assert tallies["outlier"].untestable["few_periods"] > 0


# --- other departments ----------------------------------------------------------------------------


def other(changes: Mapping[str, str], reason: str = "") -> Submission:
    """What 交通局 says of the one figure that it reports too."""
    given = form(changes, {"P1": reason} if reason else {})
    own = tuple(item for item in given.observations if item.indicator == "P1")
    identity = FormIdentity("lianxi", "jt", "2031", "3")
    return replace(given, identity=identity, file="交通局-2031.xlsx", observations=own, narratives=())


def together(*submissions: Submission, pack: Definition | None = None) -> list[Finding]:
    return list(judge_together(submissions, pack or definition(), {}))


def test_two_departments_that_round_otherwise_agree() -> None:
    assert together(form(), other({"P1.本年预计": "63.6"})) == []


def test_two_departments_that_disagree_are_both_told() -> None:
    findings = together(form(), other({"P1.本年预计": "64.8"}))
    assert [(item.department, item.code, item.cell) for item in findings] == [
        ("jt", "conflict.yields", "D5"),
        ("yy", "conflict.stands", "D5"),
    ]
    yields, stands = findings
    assert message(stands) == (
        "“渔业产值·本年预计”为 63.6亿元，交通局报送的是 64.8亿元（交通局-2031.xlsx › 指标!D5）"
    )
    assert [operand.file for operand in yields.operands] == ["", "渔业局-2031.xlsx"]


def test_each_of_the_two_may_give_its_reason() -> None:
    findings = together(form(), other({"P1.本年预计": "64.8"}, "含港区"))
    assert [(item.department, is_unexplained(item)) for item in findings] == [
        ("jt", False),
        ("yy", True),
    ]


def test_an_expression_across_departments_is_told_to_both() -> None:
    ferries = replace(definition().indicators[3], code="F1", name="渡船数", owner="jt")
    pack = replace(
        definition(),
        indicators=(*definition().indicators, ferries),
        pack_rules=(
            PackRule(
                "船数关系",
                "渡船数.本年 <= 渔船数.本年",
                Comparison("<=", FigureOf("F1", Measure.ACTUAL), FigureOf("P4", Measure.ACTUAL)),
                Severity.CONFIRM,
            ),
            COMPLETION,
        ),
    )
    given = form()
    boats = next(item for item in given.observations if item.indicator == "P4")
    many = replace(boats.reading, value=Decimal(900))
    jt = replace(
        other({}), observations=(replace(boats, indicator="F1", reading=many),), explanations=()
    )
    findings = together(given, jt, pack=pack)
    assert [(item.department, item.rule) for item in findings] == [
        ("jt", "船数关系"),
        ("yy", "船数关系"),
    ]
    assert judge(given, pack).findings == ()


# --- texts ----------------------------------------------------------------------------------------


def telling_form(text: str) -> Submission:
    given = form()
    return replace(given, narratives=(NarrativeText("N1", given.narratives[0].cell, text),))


def telling(text: str) -> list[str]:
    return [message(item) for item in together(telling_form(text))]


@pytest.mark.parametrize(
    "text",
    [
        "渔业产值预计完成63.6亿元，同比增长5.8%。",
        "渔业产值达到636000万元。",
        "渔业产值63.58亿元；渔船数512艘，达标率91.5%，比上年提高1.3个百分点。",
        "渔业产值约60亿元，渔船数500余艘，达标率90%以上。",
        "力争渔业产值达到66亿元。",
        "上半年渔业产值完成30亿元，全市渔业产值完成630亿元。",
        "渔业产值占比不断提高，建成3个码头。",
        "渔业产值稳步增长，新建码头12座，投资5亿元。",
        "养殖产值39.3亿元、增长7.1%，加工量1.2万吨。",
    ],
)
def test_a_text_that_agrees_or_says_nothing_plain_is_left_alone(text: str) -> None:
    assert telling(text) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "渔业产值预计完成66.3亿元，同比增长5.8%。",
            "文字材料“渔业工作”中“渔业产值”写的是 66.3亿元，“渔业产值·本年预计”填的是 63.6亿元",
        ),
        (
            "渔业产值预计完成63.6亿元，同比增长8.5%。",
            "文字材料“渔业工作”中“渔业产值”写的是 增长8.5%，“渔业产值·同比增长(%)”填的是 5.8%",
        ),
        (
            "全年捕捞产值同比下降3.8%。",
            "文字材料“渔业工作”中“捕捞产值”写的是 下降3.8%，“捕捞产值·同比增长(%)”填的是 3.8%",
        ),
        (
            "渔业产值达到6360万元。",
            "文字材料“渔业工作”中“渔业产值”写的是 6360万元，“渔业产值·本年预计”填的是 63.6亿元",
        ),
        ("渔船数为531艘。", "文字材料“渔业工作”中“渔船数”写的是 531艘，“渔船数·本年预计”填的是 512艘"),
        ("达标率达到95.1%。", "文字材料“渔业工作”中“达标率”写的是 95.1%，“达标率·本年预计”填的是 91.5%"),
    ],
)
def test_a_text_that_contradicts_its_figure_is_a_warning(text: str, words: str) -> None:
    [told] = telling(text)
    assert told.startswith(words)


# --- reasons --------------------------------------------------------------------------------------

WRONG = {"P4.同比增长(%)": "9.9"}
REASON = {"P4": "口径调整"}


def test_a_reason_holds_for_the_figures_it_was_given_for() -> None:
    [finding] = judged(WRONG, reasons=REASON)
    assert finding.explanation == "口径调整"
    bound = tuple(bindings([finding]))
    assert [(item.code, item.text) for item in bound] == [("growth.levels", "口径调整")]
    [again] = judged(WRONG, Context(bound=bound), REASON)
    assert again.explanation == "口径调整"


def changed_since(reason: str) -> Finding:
    [first] = judged(WRONG, reasons=REASON)
    bound = tuple(bindings([first]))
    changes = {**WRONG, "P4.本年预计": "515"}
    [finding] = judged(changes, Context(bound=bound), {"P4": reason})
    return finding


def test_a_reason_is_void_when_a_figure_changes() -> None:
    finding = changed_since("口径调整")
    assert finding.explanation == ""
    assert is_unexplained(finding)
    assert message(finding).endswith(
        "；原来的说明“口径调整”是针对改动前的数写的（渔船数·本年预计 512→515），已失效，请重写"
    )


def test_a_reason_written_anew_holds() -> None:
    assert changed_since("口径调整，含辅助船").explanation == "口径调整，含辅助船"


def test_a_remark_that_stood_beside_other_figures_is_no_reason() -> None:
    before = form({"P4.本年预计": "511", "P4.同比增长(%)": "2.6"}, REASON)
    [finding] = judged(WRONG, past(previous=before), REASON)
    assert (finding.explanation, finding.params["void"]) == ("", "口径调整")
    same = form(WRONG, REASON)
    findings = judged(WRONG, past(previous=same), REASON)
    assert [item.explanation for item in findings if item.rule == "growth"] == ["口径调整"]


def test_a_reason_is_bound_to_the_other_departments_figure_too() -> None:
    first = together(form(reasons={"P1": "不含港区"}), other({"P1.本年预计": "64.8"}))
    bound: tuple[Bound, ...] = tuple(bindings(first))
    contexts = {"yy": Context(bound=bound)}
    second = judge_together(
        [form(reasons={"P1": "不含港区"}), other({"P1.本年预计": "65.9"})], definition(), contexts
    )
    assert [is_unexplained(item) for item in second] == [True, True]
    assert NOTHING.bound == ()


def provoked() -> list[Finding]:
    """A finding of every kind that the past, other forms and texts can give."""
    in_june = in_period("2031-06", "2030-06")
    before = form({"P4.年度计划": "505", "P5.下年目标": "15000"})
    jump = {"P5.本年预计": "16031", "P5.同比增长(%)": "34.2"}
    values = [
        item
        for measure, place in ((Measure.ACTUAL, 0), (Measure.PLAN, 3), (Measure.TARGET, 4))
        for item in known("2030", {k: row[place] for k, row in FIGURES.items() if row[place]}, measure)
    ]
    rates = known("2030", {"P6": "90.2"})
    findings = [
        *judged({"P4.上年实际": "480"}, past(last_year())),
        *judged({"P5.本年预计": "1.2031", "P5.上年实际": "1.195"}, past(last_year())),
        *judged({"P6.本年预计": "0.9", "P6.上年实际": "", "P6.年度计划": ""}, past(rates)),
        *judge(form(), in_june, Context(known=tuple(known("2031-05", {"P3": "39.6"})))).findings,
        *judged(context=past(previous=before)),
        *judged(context=past(previous=form())),
        *judged(context=past(values)),
        *judged(jump, past(history("P5", STEADY))),
        *together(form(), other({"P1.本年预计": "64.8"})),
        *judge_together([telling_form("渔船数为531艘。")], definition(), {}),
        changed_since("口径调整"),
    ]
    return list(everything_in(findings))
