"""The rules, one after the other: what a department wrote, and what it is told about it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from generators.messages import CATALOGUE, action, line, message
from generators.model import Definition, Finding, RuleSetting, Severity
from generators.validation import CHECKS, is_blocking, is_unexplained, validate
from tests.workbooks import (
    CELLS_ALONE,
    DEFINITION,
    FILLED,
    Tables,
    blank_form,
    brief,
    changed,
    definition_of,
    edited,
    fill,
    filled_form,
    found,
    rows_of,
    sound_definition,
    submitted,
    table_of,
    with_part,
)


@pytest.fixture(scope="module")
def definition() -> Definition:
    return replace(sound_definition(), rules=CELLS_ALONE)


def with_figure(header: str, text: str, code: str = "S1-01", reason: str = "") -> Tables:
    """The filled form with one cell of one indicator as ``text``, and a reason beside it."""
    headers, *rows = rows_of(FILLED["指标"])
    for row in rows:
        if row[0] == code:
            row[headers.index(header)] = text
            row[headers.index("情况说明")] = reason
    return {**FILLED, "指标": table_of([headers, *rows])}


def with_row(**cells: str) -> Tables:
    """The filled form with a third item in the register."""
    headers = ("渔港名称", "级别", "总投资（亿元）", "增幅", "开港日期")
    row = " | ".join(cells.get(header.partition("（")[0], "") for header in headers)
    return {**FILLED, "渔港清单": f"{FILLED['渔港清单'].rstrip()}\n| {row} |"}


def told(tables: Tables, definition: Definition) -> list[Finding]:
    return found(filled_form(definition, tables), definition)


def test_a_sound_form_is_told_nothing(definition: Definition) -> None:
    assert told(FILLED, definition) == []


# --- figures --------------------------------------------------------------------------------------

FIGURES = [
    (
        "本年预计",
        "'约12.5亿",
        "type.text 指标!D5",
        "“渔业总产值·本年预计”应填数值，实际为“约12.5亿”，是不是 12.5？",
    ),
    (
        "同比增长(%)",
        "持平",
        "type.text 指标!F5",
        "“渔业总产值·同比增长(%)”应填数值，实际为“持平”，是不是 0？",
    ),
    ("本年预计", "持平", "type.text 指标!D5", "“渔业总产值·本年预计”应填数值，实际为“持平”"),
    (
        "同比增长(%)",
        "下降3.2%",
        "type.text 指标!F5",
        "“渔业总产值·同比增长(%)”应填数值，实际为“下降3.2%”，是不是 -3.2？",
    ),
    (
        "下年目标",  # a growth rate here
        "减少3.2%",
        "type.text 指标!H5",
        "“渔业总产值·下年目标”应填数值，实际为“减少3.2%”，是不是 -3.2？",
    ),
    (
        "同比增长(%)",
        "提高3.2个百分点",
        "type.text 指标!F5",
        "“渔业总产值·同比增长(%)”应填数值，实际为“提高3.2个百分点”",
    ),
    ("本年预计", "TRUE", "type.text 指标!D5", "“渔业总产值·本年预计”应填数值，实际为“TRUE”"),
    (
        "本年预计",
        "@2031-12-03",
        "type.date 指标!D5",
        "“渔业总产值·本年预计”应填数值，实际被 Excel 识别为日期“2031-12-03”",
    ),
    (
        "本年预计",
        "12.3%",
        "type.percent 指标!D5",
        "“渔业总产值·本年预计”的计量单位是“亿元”，单元格却是百分比格式",
    ),
    (
        "本年预计",
        "'1234567890123456",
        "type.magnitude 指标!D5",
        "“渔业总产值·本年预计”所填“1234567890123456”超过 15 位，不是合理的数值",
    ),
    ("本年预计", "#REF!", "formula.error 指标!D5", "“渔业总产值·本年预计”的单元格是错误值 #REF!"),
    (
        "本年预计",
        "=1+1",
        "formula.uncalculated 指标!D5",
        "“渔业总产值·本年预计”的单元格是公式，但没有计算结果",
    ),
    ("本年预计", "", "presence.figure 指标!D5", "必填项“渔业总产值·本年预计”没有填写"),
    ("本年预计", "-0.5", "range.level 指标!D5", "“渔业总产值·本年预计”为 -0.5亿元，超出合理范围（≥0）"),
    ("上年实际", "-1", "range.level 指标!E5", "“渔业总产值·上年实际”为 -1亿元，超出合理范围（≥0）"),
]


@pytest.mark.parametrize(("header", "text", "expected", "words"), FIGURES)
def test_what_is_wrong_with_a_figure(
    definition: Definition, header: str, text: str, expected: str, words: str
) -> None:
    findings = told(with_figure(header, text), definition)
    assert brief(findings) == [expected]
    [finding] = findings
    assert message(finding) == words
    assert action(finding)
    assert is_blocking(finding)
    assert finding.department == "yy"


@pytest.mark.parametrize("header", ["本年预计", "下年目标"])
@pytest.mark.parametrize("text", ["下降3.2%", "增长3.2%", "下降3.2个百分点", "下降到3.2%"])
def test_a_change_is_not_proposed_for_the_level_of_a_rate(
    definition: Definition, header: str, text: str
) -> None:
    [finding] = told(with_figure(header, text, "S1-02"), definition)
    assert message(finding) == f"“水质达标率·{header}”应填数值，实际为“{text}”"


def test_a_rate_knows_its_change_in_points(definition: Definition) -> None:
    [finding] = told(with_figure("同比增长(%)", "下降3.2个百分点", "S1-02"), definition)
    assert message(finding).endswith("，是不是 -3.2？")


def test_a_figure_without_dimension_is_told_without_gaps() -> None:
    definition = sound_definition(changed(DEFINITION, "指标", ("| 亿元     |", "| |")))
    said = [
        told(with_figure("本年预计", text), definition)[0] for text in ("约12.5", "12.3%", "-1", "5%")
    ]
    assert [message(item) for item in said[:3]] == [
        "“渔业总产值·本年预计”应填数值，实际为“约12.5”，是不是 12.5？",
        "“渔业总产值·本年预计”的单元格是百分比格式，看不出要填的是 0.123 还是它的 100 倍",
        "“渔业总产值·本年预计”为 -1，超出合理范围（≥0）",
    ]
    assert not any("“”" in line(item) + line(item, "en") for item in said)


READ_ALL_THE_SAME = [
    ("'１２．３", "normalised.width", "所填“１２．３”含全角字符，按 12.3 读取"),
    ("'1,234.5", "normalised.thousands", "所填“1,234.5”含千位分隔符，按 1234.5 读取"),
    ("'12.3", "normalised.text", "的数值以文本形式存储，按 12.3 读取"),
    ("'+ 12.3", "normalised.spaces", "所填“+ 12.3”含多余空格，按 12.3 读取"),
]


@pytest.mark.parametrize(("text", "code", "words"), READ_ALL_THE_SAME)
def test_what_was_put_right_is_said_and_does_no_harm(
    definition: Definition, text: str, code: str, words: str
) -> None:
    [finding] = told(with_figure("本年预计", text), definition)
    assert (finding.code, finding.severity) == (code, Severity.INFO)
    assert message(finding) == f"“渔业总产值·本年预计”{words}"


def test_a_placeholder_is_a_blank_and_where_it_matters_that_is_said_too(definition: Definition) -> None:
    optional = told(with_figure("上年实际", "——"), definition)
    assert [(item.code, item.severity) for item in optional] == [
        ("normalised.placeholder", Severity.INFO)
    ]
    assert message(optional[0]) == "“渔业总产值·上年实际”所填“——”按空白处理"
    required = told(with_figure("本年预计", "——"), definition)
    assert brief(required) == ["presence.figure 指标!D5", "normalised.placeholder 指标!D5"]


@pytest.mark.parametrize(
    ("text", "expected"), [("0", []), ("100", []), ("100.01", ["range.level 指标!D6"])]
)
def test_bounds_are_inclusive(definition: Definition, text: str, expected: list[str]) -> None:
    findings = told(with_figure("本年预计", text, "S1-02"), definition)
    assert brief(findings) == expected
    if findings:
        assert message(findings[0]).endswith("为 100.01%，超出合理范围（0–100）")


def test_growth_and_targets_in_other_units_have_no_bounds(definition: Definition) -> None:
    assert told(with_figure("同比增长(%)", "-3.2"), definition) == []
    assert told(with_figure("下年目标", "-2"), definition) == []  # a growth rate here
    assert brief(told(with_figure("下年目标", "101", "S1-02"), definition)) == ["range.level 指标!H6"]


def test_a_percent_cell_in_a_percent_column_is_understood(definition: Definition) -> None:
    for header, code in (("同比增长(%)", "S1-01"), ("下年目标", "S1-01"), ("本年预计", "S1-02")):
        assert told(with_figure(header, "5.3%", code), definition) == [], header


def test_an_indicator_of_another_department_is_not_required(definition: Definition) -> None:
    tables = changed(FILLED, "指标", ("| S2-01    | 14 ", "| S2-01    |    "))
    assert told(tables, definition) == []
    mine = fill(blank_form(definition, "jt"), {"指标": "| 指标代码 | 本年预计 |\n| S2-01 | |"})
    assert brief(found(mine, definition)) == ["presence.figure 指标!D5"]


def test_an_untouched_form_lacks_exactly_what_is_required(definition: Definition) -> None:
    assert brief(found(blank_form(definition), definition)) == [
        "presence.figure 指标!D5",
        "presence.figure 指标!F5",
        "presence.figure 指标!D6",
        "presence.narrative 文字材料!D4",
    ]


def test_operands_show_the_cell_as_it_stands(definition: Definition) -> None:
    [finding] = told(with_figure("本年预计", "-0.50"), definition)
    [operand] = finding.operands
    assert (operand.reference, operand.raw, operand.value) == ("'指标'!$D$5", "-0.5", "-0.5")
    assert (operand.unit, operand.decimals) == ("亿元", 1)


# --- registers and texts ----------------------------------------------------------------------

ROWS = [
    ({"级别": "一级"}, "presence.register 渔港清单!B7", "“渔港清单”第 7 行缺少“渔港名称”"),
    (
        {"渔港名称": "西岙渔港", "级别": "中 心"},
        "codes.unknown 渔港清单!C7",
        "“级别”填写的“中 心”不在可选范围内，是不是“中心”？",
    ),
    (
        {"渔港名称": "西岙渔港", "级别": "特级"},
        "codes.unknown 渔港清单!C7",
        "“级别”填写的“特级”不在可选范围内，是不是“一级”？",
    ),
    (
        {"渔港名称": "东岙 渔港"},
        "duplicates.row 渔港清单!B7",
        "“渔港清单”中“东岙 渔港”重复填报，另一处在 B6",
    ),
    (
        {"渔港名称": "西岙渔港", "总投资": "3亿元"},
        "type.text 渔港清单!D7",
        "“渔港清单第7行总投资”应填数值，实际为“3亿元”，是不是 3？",
    ),
    (
        {"渔港名称": "西岙渔港", "总投资": "3000万元"},
        "type.text 渔港清单!D7",
        "“渔港清单第7行总投资”应填数值，实际为“3000万元”",
    ),
    (
        {"渔港名称": "西岙渔港", "增幅": "5%"},
        "type.percent_format 渔港清单!E7",
        "“渔港清单第7行增幅”的单元格是百分比格式，看不出要填的是 0.05 还是它的 100 倍",
    ),
    (
        {"渔港名称": "西岙渔港", "开港日期": "年底"},
        "type.not_date 渔港清单!F7",
        "“渔港清单第7行开港日期”应填日期，实际为“年底”",
    ),
    (
        {"渔港名称": "#N/A"},
        "formula.error 渔港清单!B7",
        "“渔港清单第7行渔港名称”的单元格是错误值 #N/A",
    ),
]


@pytest.mark.parametrize(("cells", "expected", "words"), ROWS)
def test_what_is_wrong_with_an_item(
    definition: Definition, cells: dict[str, str], expected: str, words: str
) -> None:
    findings = told(with_row(**cells), definition)
    assert brief(findings) == [expected]
    assert message(findings[0]) == words
    assert is_blocking(findings[0])


def test_a_cell_of_a_register_is_named_in_the_language_of_the_message(definition: Definition) -> None:
    [finding] = told(with_row(渔港名称="西岙渔港", 总投资="3亿元"), definition)
    assert message(finding, "en").startswith("总投资 in row 7 of 渔港清单 should be a number")


def test_a_long_code_list_is_not_recited(definition: Definition) -> None:
    long = replace(definition, code_lists={"级别": tuple(f"第{n}级" for n in range(1, 61))})
    findings = told(with_row(渔港名称="西岙渔港", 级别="特级"), long)
    assert action(findings[-1]).endswith("等60项")
    assert len(action(findings[-1])) < 200


def test_a_text_of_hundreds_of_paragraphs_is_returned(definition: Definition) -> None:
    long = "\\n".join(["段"] * 201)
    findings = told(changed(FILLED, "文字材料", ("渔业稳中有进。", long)), definition)
    first = findings[0]
    assert (first.code, first.severity, first.cell) == ("type.too_many_lines", Severity.ERROR, "D4")
    assert message(first) == "“渔业工作”分成了 201 段，最多 200 段"


@pytest.mark.parametrize(
    ("formula", "elsewhere"),
    [
        ("[1]数据!A1*2", True),
        ("'[2]上年 数据'!B3", True),
        ("SUM([1]数据!A1:A3)", True),
        ("[1]!合计", True),
        ("_xlfn.WEBSERVICE(&quot;http://a.example&quot;)", True),
        ("VALUE(RTD(&quot;a&quot;,,&quot;b&quot;))", True),
        ("A1+指标!B2", False),
        ("'二〇三一[1]'!A1", False),
        ("IF(A1=&quot;[1]数据!A1&quot;,1,2)", False),
        ("SUM(台账[2031])", False),
        ("台账[[#This Row],[2031]]+指标!A1", False),
    ],
)
def test_a_figure_from_another_file_is_told_with_its_cell(
    formula: str, elsewhere: bool, definition: Definition
) -> None:
    def calculated(part: bytes) -> bytes:
        cell = f"<f>{formula}</f><v>12.3</v>".encode()
        return part.replace(b"<v>12.3</v>", cell)

    findings = found(with_part(filled_form(definition), "sheet2.xml", calculated), definition)
    expected = [("formula.external", Severity.WARNING, "D5")] if elsewhere else []
    assert [(item.code, item.severity, item.cell) for item in findings] == expected
    for item in findings:
        assert message(item).startswith("“渔业总产值·本年预计”的数值取自其他文件或网络")


def test_a_text_that_is_too_long_is_asked_to_be_shortened(definition: Definition) -> None:
    tables = changed(FILLED, "文字材料", ("渔业稳中有进。", "渔业稳中有进。" * 3))
    [finding] = told(tables, definition)
    assert (finding.code, finding.severity) == ("type.too_long", Severity.WARNING)
    assert message(finding) == "“渔业工作”超过字数上限（21 字，上限 20 字）"


def test_a_text_that_is_missing(definition: Definition) -> None:
    tables = changed(FILLED, "文字材料", ("渔业稳中有进。", ""))
    assert [message(item) for item in told(tables, definition)] == ["必填的文字材料“渔业工作”没有填写"]


def test_long_raw_texts_and_line_breaks_do_not_tear_a_message(definition: Definition) -> None:
    [finding] = told(with_figure("本年预计", "见附件\\n" * 40), definition)
    assert "\n" not in line(finding)
    assert len(message(finding)) < 120


# --- order, settings, reasons ---------------------------------------------------------------------


def test_errors_come_first(definition: Definition) -> None:
    tables = with_figure("同比增长(%)", "'3.5")
    tables = {**tables, "文字材料": changed(FILLED, "文字材料", ("渔业稳中有进。", ""))["文字材料"]}
    assert brief(told(tables, definition)) == [
        "presence.narrative 文字材料!D4",
        "normalised.text 指标!F5",
    ]


WRONG = {
    "type": with_figure("本年预计", "约12"),
    "normalised": with_figure("本年预计", "'12.3"),
    "decimals": with_figure("本年预计", "12.345"),
    "presence": with_figure("本年预计", ""),
    "codes": with_row(渔港名称="西岙渔港", 级别="特级"),
    "range": with_figure("本年预计", "-1"),
    "duplicates": with_row(渔港名称="东岙渔港"),
}


def setting(rule: str, severity: Severity | None = None, enabled: bool = True) -> dict[str, RuleSetting]:
    return {**CELLS_ALONE, rule: RuleSetting(rule, enabled, severity)}


def test_every_rule_that_a_pack_may_set_is_tried_here() -> None:
    assert {*CHECKS, "normalised"} == set(WRONG)


@pytest.mark.parametrize("rule", WRONG)
def test_a_pack_may_switch_a_rule_off(definition: Definition, rule: str) -> None:
    assert [item.rule for item in told(WRONG[rule], definition)] == [rule]
    off = replace(definition, rules=setting(rule, enabled=False))
    assert told(WRONG[rule], off) == []


@pytest.mark.parametrize("rule", WRONG)
@pytest.mark.parametrize("severity", Severity)
def test_a_pack_may_weigh_a_rule_otherwise(
    definition: Definition, rule: str, severity: Severity
) -> None:
    weighed = replace(definition, rules=setting(rule, severity))
    [finding] = told(WRONG[rule], weighed)
    assert finding.severity is severity
    assert is_blocking(finding) == (severity is Severity.ERROR)


def test_an_error_value_cannot_be_switched_off() -> None:
    result = definition_of(changed(DEFINITION, "规则", ("range", "formula")))
    assert brief(result.findings) == ["definition.rule_fixed 规则!A2"]


def asking(definition: Definition) -> Definition:
    """A pack that asks for a reason where a figure is out of its bounds."""
    return replace(definition, rules=setting("range", Severity.CONFIRM))


def explained(definition: Definition, reason: str) -> list[Finding]:
    return told(with_figure("本年预计", "-1", reason=reason), asking(definition))


def test_a_reason_on_the_row_answers_the_question(definition: Definition) -> None:
    [asked] = explained(definition, "")
    assert is_unexplained(asked)
    [answered] = explained(definition, "调整口径，冲减上年")
    assert answered.explanation == "调整口径，冲减上年"
    assert not is_unexplained(answered)
    assert not is_blocking(answered)


@pytest.mark.parametrize("reason", ["无", "——", "/", "暂无"])
def test_an_empty_phrase_is_no_answer(definition: Definition, reason: str) -> None:
    [asked] = explained(definition, reason)
    assert is_unexplained(asked)


def test_a_reason_does_not_excuse_an_error_or_another_row(definition: Definition) -> None:
    [error] = told(with_figure("本年预计", "-1", reason="冲减上年"), definition)
    assert is_blocking(error)
    assert error.explanation == ""
    tables = with_figure("本年预计", "-1")
    tables = changed(tables, "指标", ("| 98.5 |  |", "| 98.5 | 与本行无关 |"))
    assert [is_unexplained(item) for item in told(tables, asking(definition))] == [True]


def test_a_reason_moves_with_its_row(definition: Definition) -> None:
    def shift(book: Any) -> None:
        book["指标"].insert_rows(1, 4)
        book["指标"].insert_cols(1, 2)

    form = filled_form(definition, with_figure("本年预计", "-1", reason="冲减上年"))
    [finding] = found(edited(form, shift), asking(definition))
    assert (finding.cell, finding.explanation) == ("F9", "冲减上年")


def test_no_finding_says_a_type_of_python(definition: Definition) -> None:
    for value in ("TRUE", "@2031-12-03", "#N/A", "约12", "'1e999"):
        for item in told(with_figure("本年预计", value), definition):
            shown = line(item) + line(item, "en")
            assert not any(word in shown for word in ("True", "None", "Decimal", "datetime", "00:00:00"))


def test_rules_and_codes_go_together(definition: Definition) -> None:
    everything = {item.code for rule in WRONG for item in told(WRONG[rule], definition)}
    assert {code.partition(".")[0] for code in everything} == set(WRONG)
    assert everything <= set(CATALOGUE)
    submission = submitted(filled_form(definition), definition).value
    assert submission is not None
    assert validate(submission, definition) == ()
