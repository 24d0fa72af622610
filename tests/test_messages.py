"""The catalogue: every finding the program can make has words in both languages, and they hold up."""

from __future__ import annotations

import ast
import codecs
import csv
import errno
import io
import os
import re
import string
from collections.abc import Iterator
from dataclasses import fields, replace
from functools import cache
from pathlib import Path

import pytest

import generators
from generators import messages
from generators.excel.workbook import read_workbook
from generators.messages import (
    CATALOGUE,
    GAP,
    MEASURE_LABELS,
    SEVERITY_LABELS,
    Entry,
    action,
    as_csv,
    as_dict,
    counted,
    everything_in,
    line,
    message,
    ordered,
    place,
)
from generators.messages.listing import HEADERS
from generators.messages.templates import REASONS
from generators.model import Evidence, Finding, Measure, Operand, Severity
from generators.word.documents import open_document
from tests import (
    test_definition,
    test_definition_rules,
    test_figure_rules,
    test_guard,
    test_odd_cells,
    test_past_rules,
    test_pictures,
    test_submission,
    test_validation,
    wild,
)
from tests.workbooks import changed, definition_of, edited, filled_form, found, sound_definition

SOURCES = sorted(Path(generators.__file__).parent.rglob("*.py"))
RULES = {code.partition(".")[0] for code in CATALOGUE}
CODE = re.compile(rf"({'|'.join(sorted(RULES))})\.[a-z_]+\Z")
NO_CODES = {"definition.xlsx", "report.docx", "report.pdf", "run.id", "publication.id"}
"""What looks like a code and is a file or a column."""
CJK = re.compile("[\u4e00-\u9fff]")
TYPES_OF_PYTHON = re.compile(r"\b(None|True|False|NaN|Decimal|datetime|Error|Traceback|class)\b")


# --- the source against the catalogue -----------------------------------------------------------


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def constants(tree: ast.AST) -> Iterator[str]:
    """Every text in a module, its documentation apart."""
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and id(node) not in documentation:
            yield text


def called(node: ast.Call) -> tuple[str, str]:
    """The name of the function that is called, and its first argument where that is a text."""
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    first = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else ""
    return name, first if isinstance(first, str) else ""


def calls(path: Path) -> Iterator[ast.Call]:
    """Every call in a module."""
    return (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call))


def composed(tree: ast.AST) -> set[str]:
    """The rules whose codes a module puts together: ``f"format.{code}"`` gives ``format``."""
    return {
        str(node.values[0].value).removesuffix(".")
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        and len(node.values) == 2
        and isinstance(node.values[0], ast.Constant)
        and str(node.values[0].value).removesuffix(".") in RULES
        and str(node.values[0].value).endswith(".")
    }


def written_codes() -> set[str]:
    """Every code that stands whole in the source, outside the catalogue itself."""
    return {
        text
        for path in SOURCES
        if path.name != "messages.py"
        for text in constants(tree_of(path))
        if CODE.match(text) and text not in NO_CODES
    }


MAKERS = {"refuse", "fault", "warn", "add", "Problem"}
"""Functions whose first argument is the end of a code that they put together."""


def composed_codes() -> set[str]:
    """Every code that a call of one of the makers puts together."""
    found_codes: set[str] = set()
    packages: dict[Path, set[str]] = {}
    for path in SOURCES:
        packages.setdefault(path.parent, set()).update(composed(tree_of(path)))
    for path in SOURCES:
        rules = composed(tree_of(path)) or (
            packages[path.parent] if path.parent.name in ("definition", "word") else set()
        )
        if len(rules) != 1:
            continue
        [rule] = rules
        made = (called(node) for node in calls(path))
        found_codes |= {f"{rule}.{word}" for name, word in made if name in MAKERS and word}
    return found_codes


def test_every_code_in_the_source_stands_in_the_catalogue() -> None:
    codes = written_codes() | composed_codes()
    assert len(codes) > 80
    assert codes <= set(CATALOGUE), codes - set(CATALOGUE)


def test_every_entry_of_the_catalogue_is_used() -> None:
    used = written_codes() | composed_codes()
    # What is put together from a variable: its end stands somewhere in the source by itself.
    trees = [tree_of(path) for path in SOURCES if path.name != "messages.py"]
    rules = {rule for tree in trees for rule in composed(tree)}
    words = {text for tree in trees for text in constants(tree)}
    used |= {f"{rule}.{word}" for rule in rules for word in words}
    assert set(CATALOGUE) <= used, set(CATALOGUE) - used


# --- the texts ----------------------------------------------------------------------------------


@pytest.mark.parametrize("code", CATALOGUE)
def test_an_entry_is_complete_in_both_languages(code: str) -> None:
    entry = CATALOGUE[code]
    for field in fields(Entry):
        assert getattr(entry, field.name).strip(), field.name
    # Both languages tell the same: neither leaves out what the other shows.
    assert names(entry.zh + entry.zh_action) == names(entry.en + entry.en_action)


LATIN = set(
    "Excel WPS Word XML MB xls xlsx et docx huibao templates init workspace report definition "
    "for if run fresh Asia Shanghai audit doc reports publish reopen why anyway period LibreOffice "
    "PDF wps docm dotm Strict Open SmartArt compare issue seal audit log verify accept head json backup "
    "restore replace manifest templates workbooks HUIBAO LEDGER DDE OLE ActiveX "
    "Python pip install postgres postgresql PostgreSQL".split()
)


@pytest.mark.parametrize("code", CATALOGUE)
def test_the_chinese_is_chinese_and_the_english_english(code: str) -> None:
    entry = CATALOGUE[code]
    assert CJK.search(entry.zh + entry.zh_action)
    for text in (entry.zh, entry.zh_action):
        latin = set(re.findall("[A-Za-z]+", re.sub(r"\{\w*\}", "", text)))
        assert latin <= LATIN, latin - LATIN
        assert not re.search(r"[\u4e00-\u9fff][,;!?]", text)  # Chinese punctuation
        assert not text.endswith(("。", "；"))
    for text in (entry.en, entry.en_action):
        assert not CJK.search(re.sub("情况说明|不少于", "", text))


def names(template: str) -> set[str]:
    """The params that a template shows."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


# --- with the params of their producers -------------------------------------------------------------


@cache
def provoked() -> tuple[Finding, ...]:
    """Findings of every kind that the tests of the lower half of the house provoke."""
    definition = sound_definition()
    form = filled_form(definition)
    files = (*test_guard.REFUSED.values(), *test_guard.BESIDE.values())
    findings = [item for data in files for item in read_workbook(data, "教育局.xlsx").findings]
    for sheet, replacements, _, _ in test_definition.FAULTS.values():
        findings += definition_of(changed(test_definition.DEFINITION, sheet, *replacements)).findings
    for tables, _, _ in test_definition_rules.FAULTS.values():
        findings += definition_of(tables).findings
    for change, _, _ in test_submission.BROKEN.values():
        findings += found(edited(form, change), definition)
    for header, text, _, _ in test_validation.FIGURES:
        findings += test_validation.told(test_validation.with_figure(header, text), definition)
    for text, _, _ in test_validation.READ_ALL_THE_SAME:
        findings += test_validation.told(test_validation.with_figure("本年预计", text), definition)
    for cells, _, _ in test_validation.ROWS:
        findings += test_validation.told(test_validation.with_row(**cells), definition)
    for tables in test_validation.WRONG.values():
        findings += test_validation.told(tables, definition)
    findings += everything_in(test_odd_cells.folded())
    for data in wild.REFUSED.values():
        findings += open_document(data, "linxi/report.docx").findings
    findings += [*test_figure_rules.provoked(), *test_past_rules.provoked(), *test_pictures.provoked()]
    return tuple(item for item in findings if item is not None)


def test_most_of_the_catalogue_is_provoked() -> None:
    elsewhere = {"merge", "missing", "run", "report", "template", "envelope", "audit"}
    elsewhere |= {"publication", "locked", "compare", "seal", "log", "kept", "backup", "restore"}
    codes = {code for code in CATALOGUE if code.partition(".")[0] not in elsewhere}
    own = {"pack.relation" for item in provoked() if item.code.startswith("pack.")}
    unprovoked = codes - {item.code for item in provoked()} - own
    assert unprovoked == {
        "definition.empty",  # these have tests of their own beside the tables of cases
        "definition.missing",
        "definition.sheet",
        "definition.sheet_unknown",
        "definition.refused",
        "definition.too_long",
        "definition.unreadable",
        "document.compression",
        "document.part_type",
        "document.rights",
        "document.too_long",
        "document.unpacked",
        "document.crashed",
        "document.no_reader",
        "document.too_deep",
        "document.too_much_memory",
        "document.too_slow",
        "format.ambiguous",
        "format.compression",
        "format.crashed",
        "format.link",
        "format.links",
        "format.memory",
        "format.no_reader",
        "format.outside",
        "format.percentage",
        "format.scattered",
        "format.out_of_sight",
        "format.special",
        "format.stands",
        "format.too_many_values",
        "format.too_slow",
        "format.unclear",
        "format.unpacked",
        "format.unreadable",
        "format.unsettled",
        "format.value_type",
        "formula.external",
        "normalised.lines",
        "normalised.placeholder",
        "presence.narrative",
        "structure.row_unit_none",
        "type.too_long",
        "type.too_many_lines",
    }


def test_a_producer_gives_every_param_that_its_message_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages.wording, "GAP", "⟨GAP⟩")
    for item in provoked():
        for language in messages.LANGUAGES:
            shown = line(item, language)
            assert "⟨GAP⟩" not in shown, (item.code, shown)
            assert not re.search(r"“”|（）|\(\)|是不是 ？", shown), shown


def test_no_message_shows_a_type_of_python() -> None:
    for item in provoked():
        for language in messages.LANGUAGES:
            assert not TYPES_OF_PYTHON.search(line(item, language)), line(item, language)


def test_no_message_shows_a_code_of_a_department_or_a_measure() -> None:
    for item in provoked():
        shown = message(item) + action(item)
        assert not re.search(r"\b(yy|jt|actual|previous|growth|plan|target)\b", shown), shown


def literal_params(node: ast.Call) -> set[str] | None:
    """The keys of the dictionary that a call gives; ``None`` where it gives another thing."""
    params = [word.value for word in node.keywords if word.arg == "params"]
    params = params or [value for value in node.args if isinstance(value, ast.Dict)]
    if called(node)[0] == "Problem" and not params:
        return None  # a reason, which has a test of its own
    if not params:
        return set()
    if not isinstance(params[0], ast.Dict):
        return None
    return {str(key.value) for key in params[0].keys if isinstance(key, ast.Constant)}


def test_calls_that_name_a_code_give_its_params() -> None:
    """For codes that no case here provokes: what stands in the call must cover the message."""
    always = {"near", "suggestion", "code", "sheet", "item", "measure", "tag", "where"}
    seen = set()
    for node in (node for path in SOURCES for node in calls(path)):
        name, code = called(node)
        code = f"template.{code}" if name == "Problem" else code
        given = literal_params(node)
        if name not in ("Finding", "Problem") or code not in CATALOGUE or given is None:
            continue
        entry = CATALOGUE[code]
        wanted = names(entry.zh + entry.zh_action + entry.en + entry.en_action) - always
        assert wanted <= given, (code, wanted - given)
        seen.add(code)
    assert {"template.name", "missing.figure", "run.no_submission"} <= seen


def test_every_reason_that_a_tag_gives_stands_in_the_catalogue() -> None:
    """And each is given its words: ``EvaluationError("no_column", register=…, name=…)``."""
    seen = set()
    for node in (node for path in SOURCES for node in calls(path)):
        name, reason = called(node)
        if name not in ("EvaluationError", "reason_params") or not reason:
            continue
        chinese, english = REASONS[reason]
        given = {word.arg for word in node.keywords}
        if None not in given:  # the words of one call come from a match
            assert names(chinese) <= given, reason
            assert names(english) <= given, reason
        seen.add(reason)
    rooms = [path for path in SOURCES if path.parent.name == "word" or path.name == "spelling.py"]
    text = "".join(path.read_text("utf-8") for path in rooms)
    through_a_name = {reason for reason in set(REASONS) - seen if f'"{reason}"' in text}
    assert set(REASONS) - seen == through_a_name


def test_template_faults_are_english_in_english() -> None:
    params = {
        "tag": "{{x}}",
        "part": "header",
        "heading": "",
        "paragraph": "{{x}}",
        "reason": "unclosed",
    }
    item = Finding("template.block", Severity.ERROR, params={**params, "reason.end": "endfor"})
    assert message(item, "en") == "{{x}}: there is no endfor for it (header, paragraph “{{x}}”)"
    assert message(item) == "{{x}}：没有对应的 endfor（页眉，段落“{{x}}”）"


# --- what the functions do --------------------------------------------------------------------


def finding(code: str, **params: str) -> Finding:
    return Finding(code, Severity.ERROR, "yy", "渔业局.xlsx", "指标", "D5", params)


def test_a_line_says_where_what_and_what_to_do() -> None:
    item = finding("presence.figure", indicator="渔业总产值", measure="actual")
    assert line(item) == (
        "[错误] 渔业局.xlsx › 指标!D5 应填未填 必填项“渔业总产值·本年预计”没有填写"
        " → 请填写数值；确无数据的，请联系编报单位调整填报要求"
    )
    assert line(item, "en").startswith(
        "[error] 渔业局.xlsx › 指标!D5 presence: the required figure 渔业总产值·this year"
    )
    assert line(Finding("run.busy", Severity.ERROR)).startswith("[错误] 运行 另一个 huibao 正在")


def test_a_line_tells_what_belongs_to_a_finding() -> None:
    cause = replace(
        finding("range.level", indicator="渔业总产值", measure="actual", value="99", unit="亿元"),
        severity=Severity.CONFIRM,
        explanation="并入\n外区企业" + "，口径不同" * 20,
        follows=(
            finding("presence.figure"),
            replace(finding("run.busy"), follows=(finding("run.busy"),)),
        ),
        shadow=True,
    )
    told = line(cause)
    assert told.startswith(
        "[核实]〔试运行〕 渔业局.xlsx › 指标!D5 取值范围 “渔业总产值·本年预计”为 99亿元，"
    )
    assert "（说明：并入 外区企业，口径不同，" in told
    assert "…） → 请核对数值和计量单位" in told
    assert told.endswith("（由此引起的另外 3 处问题一并消除）")
    english = line(cause, "en")
    assert english.startswith("[confirm](on trial) 渔业局.xlsx › 指标!D5 range: ")
    assert "(explanation: 并入" in english
    assert english.endswith(" (3 more findings that follow from it will go too)")


def test_a_rule_has_one_name_everywhere() -> None:
    for language in messages.LANGUAGES:
        labels = messages.RULE_LABELS[language]
        assert set(labels) >= RULES
        assert len(set(labels.values())) == len(labels)
        assert all(bool(CJK.search(label)) == (language == "zh") for label in labels.values())
    assert messages.rule_label("城乡就业合计") == "城乡就业合计"  # a rule of a pack's own


def test_cells_are_called_what_people_call_them() -> None:
    assert messages.called(("渔业总产值", "actual")) == "渔业总产值·本年预计"
    assert messages.called(("渔业总产值", "plan"), "en") == "渔业总产值·plan for the year"
    assert messages.called(("渔港清单", "7", "级别")) == "渔港清单第7行级别"
    assert messages.called(("渔港清单", "7", "级别"), "en") == "级别 in row 7 of 渔港清单"
    assert messages.called(("渔业工作",)) == "渔业工作"


def test_a_place_is_as_much_as_is_known() -> None:
    assert place(Finding("run.busy", Severity.ERROR)) == ""
    assert place(Finding("format.empty", Severity.ERROR, file="a.xlsx")) == "a.xlsx"
    assert (
        place(Finding("structure.sheet", Severity.ERROR, file="a.xlsx", sheet="指标")) == "a.xlsx › 指标"
    )


def test_the_dictionary_has_what_is_promised() -> None:
    item = as_dict(finding("presence.figure", indicator="渔业总产值", measure="plan"))
    assert item == {
        "rule": "presence",
        "label": "应填未填",
        "code": "presence.figure",
        "severity": "error",
        "department": "yy",
        "file": "渔业局.xlsx",
        "sheet": "指标",
        "cell": "D5",
        "message": "必填项“渔业总产值·年度计划”没有填写",
        "action": "请填写数值；确无数据的，请联系编报单位调整填报要求",
        "explanation": "",
        "operands": [],
        "interval": None,
        "deviation": "",
        "fix": None,
        "shadow": False,
        "follows": [],
    }


def test_the_dictionary_has_what_a_finding_stands_on() -> None:
    growth = Operand("'指标'!$F$5", "35", "35", "%", 1, "渔业总产值·同比增长(%)", "", "3.5")
    level = Operand("'指标'!$D$5", "长" * 900, "12.3", "亿元", 1, "渔业总产值·本年预计", "旧.xlsx")
    cause = replace(
        finding("range.level"),
        operands=(growth, level),
        evidence=Evidence("3.33", "5.16", "29.84", "3.5", "'指标'!$F$5"),
        explanation="口径调整",
        follows=(finding("presence.figure", indicator="渔业总产值", measure="plan"),),
        shadow=True,
    )
    item = as_dict(cause, "en")
    assert item["operands"] == [
        {
            "reference": "'指标'!$F$5",
            "label": "渔业总产值·同比增长(%)",
            "file": "渔业局.xlsx",
            "raw": "35",
            "value": "35",
            "unit": "%",
            "decimals": 1,
            "previous": "3.5",
        },
        {
            "reference": "'指标'!$D$5",
            "label": "渔业总产值·本年预计",
            "file": "旧.xlsx",
            "raw": "长" * 199 + "…",
            "value": "12.3",
            "unit": "亿元",
            "decimals": 1,
            "previous": "",
        },
    ]
    assert item["interval"] == {"low": "3.33", "high": "5.16"}
    assert (item["deviation"], item["fix"]) == ("29.84", {"cell": "'指标'!$F$5", "value": "3.5"})
    assert (item["label"], item["explanation"], item["shadow"]) == ("range", "口径调整", True)
    assert [each["label"] for each in item["follows"]] == ["presence"]
    open_ended = as_dict(replace(cause, evidence=Evidence(low="0")))
    assert open_ended["interval"] == {"low": "0", "high": None}


# --- findings as a table --------------------------------------------------------------------------


def table(findings: tuple[Finding, ...], language: str = "zh") -> list[dict[str, str]]:
    """The rows of the CSV output by column."""
    data = as_csv(findings, language)
    assert data.startswith(codecs.BOM_UTF8)
    assert data.endswith(b"\r\n")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_the_table_has_a_row_for_every_finding_and_names_its_root_cause() -> None:
    low = replace(finding("presence.figure", indicator="渔业总产值", measure="plan"), cell="G5")
    cause = replace(
        finding("range.level", item="渔业总产值"),
        operands=(Operand("'指标'!$F$5", "35", "35", "%", 1, "同比"), Operand("'指标'!$D$5", "a", "")),
        evidence=Evidence("3.33", "5.16", "29.84", "3.5", "'指标'!$F$5"),
        explanation="口径调整",
        follows=(low,),
        shadow=True,
    )
    first, second = table((cause,))
    assert tuple(first) == HEADERS["zh"]
    assert first["级别"] == "错误"
    assert first["规则"] == "取值范围"
    assert (first["文件"], first["工作表"], first["单元格"]) == ("渔业局.xlsx", "指标", "D5")
    assert first["情况说明"] == "口径调整"
    assert first["涉及的数"] == "'指标'!$F$5 同比 35%；'指标'!$D$5 a"
    assert (first["允许范围"], first["偏差"]) == ("3.33 至 5.16", "29.84")
    assert first["建议值"] == "'指标'!$F$5 3.5"
    assert (first["试运行"], first["根源"]) == ("是", "")
    assert (second["代码"], second["单元格"]) == ("presence.figure", "G5")
    assert second["根源"] == "渔业局.xlsx › 指标!D5"
    [english, _] = table((cause,), "en")
    assert tuple(english) == HEADERS["en"]
    assert (english["severity"], english["on trial"], english["interval"]) == (
        "error",
        "yes",
        "3.33 to 5.16",
    )
    assert [row["interval"] for row in table((replace(cause, evidence=Evidence(high="5")),), "en")] == [
        "≤5",
        "",
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_nothing_that_was_submitted_becomes_a_formula(start: str) -> None:
    text = f'{start}HYPERLINK("http://x","a")'
    item = replace(finding("run.busy"), explanation=text, file=f"{start}1.xlsx", sheet=f"{start}表")
    [row] = table((item,))
    assert (row["情况说明"], row["文件"], row["工作表"]) == (
        f"'{text}",
        f"'{start}1.xlsx",
        f"'{start}表",
    )
    [harmless] = table((replace(item, explanation="3-2=1"),))
    assert harmless["情况说明"] == "3-2=1"


def test_findings_are_counted_by_weight() -> None:
    error, trial = finding("run.busy"), replace(finding("run.busy"), shadow=True)
    confirm = replace(error, severity=Severity.CONFIRM, follows=(error, error))
    assert counted((confirm, error, trial, error)) == "错误 2，核实 1，试运行 1"
    assert counted((confirm,), "en") == "confirm 1"
    assert counted(()) == ""


def test_findings_stand_in_order_of_weight_then_of_file_and_sheet() -> None:
    def at(severity: Severity, file: str, cell: str) -> Finding:
        return Finding("format.empty", severity, file=file, cell=cell)

    mixed = [
        at(Severity.INFO, "a", "A1"),
        at(Severity.ERROR, "b", "A9"),
        at(Severity.ERROR, "b", "A10"),
        at(Severity.WARNING, "a", "A1"),
        at(Severity.CONFIRM, "c", "A1"),
        at(Severity.ERROR, "a", "A1"),
    ]
    assert [(item.severity, item.file, item.cell) for item in ordered(mixed)] == [
        (Severity.ERROR, "a", "A1"),
        (Severity.ERROR, "b", "A9"),
        (Severity.ERROR, "b", "A10"),
        (Severity.CONFIRM, "c", "A1"),
        (Severity.WARNING, "a", "A1"),
        (Severity.INFO, "a", "A1"),
    ]


def test_braces_and_percent_signs_in_a_cell_do_no_harm() -> None:
    for raw in ("{item}", "{", "}}", "%s", "{0.__class__}"):
        assert f"“{raw}”" in message(finding("type.text", item="渔业总产值", raw=raw))


def test_an_old_ledger_does_not_stop_a_new_program() -> None:
    assert message(finding("gone.with_the_wind")) == "程序换版之前的校验结果（gone.with_the_wind）"
    assert action(finding("gone.with_the_wind"), "en") == "run the program again"
    assert message(finding("range.level")) == f"“{GAP}”为 {GAP}{GAP}，超出合理范围（{GAP}）"


def test_reasons_of_the_system_are_chinese_in_chinese() -> None:
    for number in (errno.EACCES, errno.ENOSPC, errno.ENOENT, errno.EISDIR):
        item = finding("run.not_written", path="a.docx", reason=os.strerror(number))
        assert not re.search("[A-Za-z]{3}", message(item).replace("a.docx", ""))
        assert os.strerror(number) in message(item, "en")
    assert "拒绝访问" in message(finding("run.not_written", path="a", reason="拒绝访问"))


def test_labels_are_complete() -> None:
    for language in messages.LANGUAGES:
        assert set(MEASURE_LABELS[language]) == set(Measure)
        assert set(SEVERITY_LABELS[language]) == set(Severity)
