"""The READMEs say everything there is, and what they show is true.

Every ``{{…}}`` in a code span and every ``jinja`` block is compiled against the example pack below,
whose tables both READMEs show. A tag with a code span in the next table cell prints just that; a
``jinja`` block with a ``text`` block after it prints that block, or, marked ``wrong``, is refused
with those findings.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import cast

import click
import pytest
from docx import Document
from docx.text.paragraph import Paragraph

from generators import messages
from generators.auditing import Audited, faults_as_dicts
from generators.backup.make import DAMAGED, ELSEWHERE, NONE, SQLITE
from generators.cli import main
from generators.comparing import counts_of
from generators.console import published_as_dict
from generators.definition import schema
from generators.definition.expressions import read_expression, vocabulary_of
from generators.definition.meaning import judged
from generators.definition.names import TEMPLATE_WORDS
from generators.definition.words import words
from generators.history import MEASURE_WORDS, History, Step, history_as_dict
from generators.logbook import event_as_dict
from generators.merge import merge
from generators.model import (
    RULES,
    Accepted,
    Asked,
    Cell,
    ColumnKind,
    Definition,
    Department,
    Event,
    EventKind,
    Evidence,
    Explanation,
    Finding,
    FormIdentity,
    Happening,
    Indicator,
    Issue,
    Known,
    Link,
    Manifest,
    Measure,
    Narrative,
    NarrativeText,
    Observation,
    Operand,
    PrintedFigure,
    Reading,
    Register,
    RegisterColumn,
    RegisterRow,
    Section,
    Settings,
    Severity,
    Submission,
    SummaryTable,
)
from generators.recording import ACCEPTED, REJECTED
from generators.status import DepartmentStatus, PublicationStatus
from generators.summary.reports import ReportState, Timeliness
from generators.tracing import Trace, Traced, trace_as_dict
from generators.verifying import Verified, verified_as_dict
from generators.word.audit import Audit, Fault, Kind
from generators.word.filters import FILTERS
from generators.word.listings import (
    LOOP_ATTRIBUTES,
    NARRATIVE_ATTRIBUTES,
    ROW_ATTRIBUTES,
    SECTION_ATTRIBUTES,
)
from generators.word.matching import KnownBy
from generators.word.places import Place
from generators.word.render import render
from generators.word.template import compile_template
from generators.word.views import FIGURE_ATTRIBUTES
from generators.workspace import Workspace
from tests.reports import open_report

ROOT = Path(__file__).parent.parent
READMES = {"en": "README.md", "zh": "README.zh-CN.md"}
HEADINGS = {  # what is documented there: its heading in each language
    "definition": ("The definition: `definition.xlsx`", "指标定义表：`definition.xlsx`"),
    "commands": ("Commands and options", "命令和选项"),
    "json": ("JSON output", "JSON 输出"),
    "names": ("What a tag can name", "标签中可用的名称"),
    "figure": ("Attributes of an indicator", "指标的属性"),
    "row": ("Attributes of a register's row", "清单行的属性"),
    "narrative": ("Attributes of a narrative", "文字材料的属性"),
    "section": ("Attributes of a section", "章节的属性"),
    "loop": ("Attributes of `loop`", "`loop` 的属性"),
    "filters": ("Filters", "过滤器"),
    "rooms": ("The house", "程序结构"),
}
ATTRIBUTES: Mapping[str, Mapping[str, object]] = {
    "figure": FIGURE_ATTRIBUTES,
    "row": ROW_ATTRIBUTES,
    "narrative": NARRATIVE_ATTRIBUTES,
    "section": SECTION_ATTRIBUTES,
    "loop": LOOP_ATTRIBUTES,
}
COMMANDS = (
    "python3.11 -m venv .venv && .venv/bin/pip install -q -c constraints.txt . "
    "&& .venv/bin/python run_report.py",
    "python3.11 -m venv .venv && .venv/bin/pip install -q -c constraints.txt -e '.[dev]' "
    "&& .venv/bin/python -m pytest",
)

# --- the example pack: 云溪县's tea year; 商务局 has not reported -------------------------------

FIGURES = """
| 代码 | 指标 | 单位 | 小数 | 部门 | 增长口径 | 本年预计 | 上年实际 | 同比增长 | 年度计划 | 下年目标 | 目标类型 | 目标句式 |
|---|---|---|---|---|---|---|---|---|---|---|---|---|
| T-01 | 茶叶产值 | 亿元 | 1 | 茶业局 | 现价 | 12.6 | 11.8 | 6.8 | 12 | 7.5 | 增速 | |
| T-02 | 茶园面积 | 万亩 | 2 | 茶业局 | 不适用 | 3.2 | 3.2 | 0 | | 稳定在3万亩以上 | 文字 | |
| T-03 | 有机茶园占比 | % | 1 | 茶业局 | 百分点 | 35.5 | 34.2 | | | 38 | 数值 | |
| T-04 | 茶企总数 | 家 | 0 | 茶业局 | 不适用 | 31 | | | | | 数值 | |
| W-01 | 民宿数 | 家 | 0 | 文旅局 | 不适用 | 48 | 50 | -4 | | 60 | 数值 | 不少于{} |
| W-02 | PM2.5浓度 | 微克/立方米 | 0 | 文旅局 | 不适用 | 21 | | | | | 数值 | |
| S-01 | 茶叶出口额 | 万元 | 0 | 商务局 | 现价 | | | | | | 数值 | |
"""  # noqa: E501
ROWS = """
| 企业名称 | 阶段 | 总投资（亿元） | 部门 |
|---|---|---|---|
| 云雾茶厂 | 投产 | 1.2 | 茶业局 |
| 溪谷茶业 | 投产 | 0.8 | 茶业局 |
| 青峰茶庄 | 在建 | 2.5 | 茶业局 |
| 竹坞茶坊 | 签约 | | 文旅局 |
"""
NARRATIVE = "茶园提质步伐加快。改造老茶园，推广机械采摘。"
EXPLANATION = "含代管园区"
DEPARTMENTS = {"茶业局": "CY", "文旅局": "WL", "商务局": "SW"}
MEASURES = {column.zh: measure for measure, column in schema.MEASURE_COLUMNS.items()}


def definition() -> Definition:
    return Definition(
        pack="tea-year",
        digest="0" * 64,
        settings=Settings(
            name="茶产业发展情况",
            period="2031",
            previous_period="2030",
            next_period="2032",
            title=("关于云溪县2031年茶产业", "发展情况的报告"),
            area="云溪县",
            organisation="云溪县茶产业办公室",
        ),
        departments=tuple(Department(code, name) for name, code in DEPARTMENTS.items()),
        sections=(Section("T", "茶产业"), Section("W", "乡村旅游")),
        indicators=tuple(indicator(row) for row in rows_of(FIGURES)),
        registers=(
            Register(
                "R1",
                "茶企清单",
                ("CY", "WL"),
                (
                    RegisterColumn("企业名称", required=True),
                    RegisterColumn("阶段", ColumnKind.CODE, code_list="阶段"),
                    RegisterColumn("总投资", ColumnKind.NUMBER, "亿元", 2),
                ),
            ),
            Register("R2", "展会清单", ("SW",), (RegisterColumn("展会名称"),)),
        ),
        code_lists={"阶段": ("签约", "在建", "投产", "停产")},
        narratives=(Narrative("N1", "茶叶工作", "CY", "T"), Narrative("N2", "外贸工作", "SW")),
        tables=(SummaryTable("主要指标", "主要指标", ("T-01", "T-02", "W-01"), tuple(Measure)),),
        terms={"规模门槛": "5000万元以上"},
    )


def indicator(row: Mapping[str, str]) -> Indicator:
    return Indicator(
        code=row["代码"],
        name=row["指标"],
        unit=row["单位"],
        decimals=int(row["小数"]),
        owner=DEPARTMENTS[row["部门"]],
        section={"茶业局": "T"}.get(row["部门"], "W"),
        growth_basis=schema.GROWTH_BASES[row["增长口径"]],
        measures={
            measure: Asked.REQUIRED if measure is Measure.ACTUAL else Asked.OPTIONAL
            for measure in Measure
        },
        target_kind=schema.TARGET_KINDS[row["目标类型"]],
        target_phrase=row["目标句式"],
    )


def submission(name: str) -> Submission:
    code = DEPARTMENTS[name]
    observations = [
        Observation(
            row["代码"],
            measure,
            Reading(cell("指标", number, column), figure(row[header])),
        )
        for number, row in enumerate(rows_of(FIGURES), 5)
        for column, (header, measure) in enumerate(MEASURES.items(), 4)
        if row["部门"] == name
    ]
    rows = [
        RegisterRow(
            "R1",
            number,
            {
                "企业名称": Reading(cell("茶企清单", number, 2), row["企业名称"]),
                "阶段": Reading(cell("茶企清单", number, 3), row["阶段"]),
                "总投资": Reading(cell("茶企清单", number, 4), figure(row["总投资（亿元）"])),
            },
        )
        for number, row in enumerate(rows_of(ROWS), 5)
        if row["部门"] == name
    ]
    first = code == "CY"
    return Submission(
        FormIdentity("tea-year", code, "2031", "1"),
        f"{name}-2031.xlsx",
        code[0].lower() * 64,
        observations=tuple(observations),
        rows=tuple(rows),
        narratives=(NarrativeText("N1", cell("文字材料", 5, 4), NARRATIVE),) if first else (),
        explanations=(Explanation("T-01", cell("指标", 5, 9), EXPLANATION),) if first else (),
    )


def cell(sheet: str, row: int, column: int) -> Cell:
    return Cell(sheet, row, column, f"{'ABCDEFGHI'[column - 1]}{row}")


def figure(text: str) -> Decimal | str | None:
    return Decimal(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else text or None


def rows_of(table: str) -> list[dict[str, str]]:
    header, _, *rows = [cells(line) for line in table.strip().splitlines()]
    return [dict(zip(header, row, strict=True)) for row in rows]


def printed(document: bytes) -> list[str]:
    """What a template prints of the example pack, a line a paragraph or table row."""
    pack = definition()
    template = compile_template(document, pack, "tea-year/report.docx")
    assert template.value is not None, [messages.message(item) for item in template.findings]
    accepted = [Accepted(submission(name), 1) for name in ("茶业局", "文旅局")]
    dataset = merge(pack, accepted)
    assert dataset.value is not None
    report = render(template.value, dataset.value, "tea-year/report.docx")
    assert report.value is not None, [messages.message(item) for item in report.findings]
    body = open_report(report.value.data).iter_inner_content()
    lines: list[str] = []
    for item in body:
        if isinstance(item, Paragraph):
            lines.append(item.text)
        else:
            lines += ["| " + " | ".join(cell.text for cell in row.cells) + " |" for row in item.rows]
    return lines


def document(lines: list[str]) -> bytes:
    """A Word document with a paragraph a line; lines in bars make a table, ``# `` a heading."""
    made = Document()
    table = None
    for line in lines:
        if not line.startswith("|"):
            table = None
            made.add_paragraph(line.removeprefix("# "), "Heading 1" if line.startswith("# ") else None)
            continue
        parts = line[1:-1].split(" | ")
        table = table or made.add_table(0, len(parts))
        for place, text in zip(table.add_row().cells, parts, strict=True):
            place.text = text.strip()
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


# --- reading a README ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Fence:
    """A fenced block: what stands after its opening marks, and its lines."""

    info: str
    lines: list[str]


@cache
def readme(language: str) -> str:
    return (ROOT / READMES[language]).read_text(encoding="utf-8")


def fences(text: str) -> list[Fence]:
    found = re.findall(r"^```([^\n]*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [Fence(info.strip(), body.splitlines()) for info, body in found]


def prose(text: str) -> str:
    """The text without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def spans(text: str) -> list[str]:
    """The code spans; in tables a bar within one is written ``\\|``."""
    return [span.replace("\\|", "|") for span in re.findall(r"`([^`\n]+)`", prose(text))]


def cells(line: str) -> list[str]:
    """The cells of a Markdown table row."""
    parts = re.split(r"(?<!\\)\|", line.strip().removeprefix("|").removesuffix("|"))
    return [part.strip().replace("\\|", "|") for part in parts]


def table_rows(text: str) -> Iterator[list[str]]:
    for line in prose(text).splitlines():
        if line.startswith("|") and not re.fullmatch(r"[|:\- ]+", line):
            yield cells(line)


def first_spans(text: str) -> set[str]:
    """The code spans in the first cells of the tables: what their rows are about."""
    return {span for row in table_rows(text) for span in spans(row[0])}


def part(language: str, heading: str) -> str:
    """What stands under a heading, down to the next one of its level or above."""
    title = heading
    if heading in HEADINGS:
        title = HEADINGS[heading][list(READMES).index(language)]
    text = readme(language)
    match = re.search(rf"^(#+) {re.escape(title)}$", text, re.MULTILINE)
    assert match, f"{READMES[language]} has no heading “{title}”"
    end = re.compile(rf"^#{{1,{len(match[1])}}} ", re.MULTILINE).search(text, match.end())
    return text[match.end() : end.start() if end else len(text)]


KNOWN = Known(
    "2031",
    "CY",
    "T-01",
    Measure.ACTUAL,
    None,
    1,
    "2031-12-01T09:00:00+00:00",
    "0" * 64,
    "a.xlsx",
    "",
    "",
)


@pytest.fixture(params=list(READMES))
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


# --- what there is, is documented ---------------------------------------------------------------


@pytest.mark.parametrize("owner", ATTRIBUTES)
def test_every_attribute_has_a_row(owner: str, language: str) -> None:
    documented = first_spans(part(language, owner))
    assert {f".{name}" for name in ATTRIBUTES[owner]} == documented


def test_every_filter_has_a_row_with_an_example(language: str) -> None:
    text = part(language, "filters")
    assert set(FILTERS) == first_spans(text)
    examples = " ".join(spans(text)) + " ".join(line for block in fences(text) for line in block.lines)
    assert [name for name in FILTERS if f"|{name}" not in examples.replace(" ", "")] == []


def test_every_word_of_the_template_language_is_said(language: str) -> None:
    text = readme(language)
    said = set(spans(text)) | {word for span in spans(text) for word in re.findall(r"\w+", span)}
    assert said >= TEMPLATE_WORDS
    assert {"指标", "清单", "文字材料", "章节", "汇总表"} <= first_spans(part(language, "names"))
    assert "loop" in said


@pytest.mark.parametrize("table", schema.ALL_TABLES, ids=lambda table: table.key)
def test_every_definition_sheet_and_column_has_both_names(table: schema.Table, language: str) -> None:
    text = part(language, f"{table.zh} · `{table.en}`")
    rows = {tuple(row[:2]) for row in table_rows(text)}
    assert {(f"`{column.zh}`", f"`{column.en}`") for column in table.columns} <= rows


def test_every_required_column_is_marked(language: str) -> None:
    mark = {"en": "yes", "zh": "是"}[language]
    for table in schema.ALL_TABLES:
        rows = list(table_rows(part(language, f"{table.zh} · `{table.en}`")))
        for column in table.columns:
            row = next(row for row in rows if row[:2] == [f"`{column.zh}`", f"`{column.en}`"])
            assert (row[2] == mark) is column.required, (table.zh, column.zh)


def test_every_setting_has_both_names(language: str) -> None:
    rows = {tuple(row[:2]) for row in table_rows(part(language, "设置 · `settings`"))}
    assert {(f"`{key.zh}`", f"`{key.en}`") for key in schema.SETTING_KEYS} <= rows


def test_every_choice_word_is_said(language: str) -> None:
    choices = {
        name: value
        for name, value in vars(schema).items()
        if name.isupper() and isinstance(value, Mapping) and name != "MEASURE_COLUMNS"
    }
    assert len(choices) >= 8, "the choices of the definition are no longer where this test looks"
    words = {word for value in choices.values() for word in value}
    words |= {rule.id for rule in RULES} | {*schema.ALL_DEPARTMENTS}
    said = set(spans(part(language, "definition")))
    assert sorted(words - said) == []
    together = " ".join(said)
    assert [prefix for prefix in schema.SECTION_PREFIXES if prefix not in together] == []


def test_every_rule_that_a_pack_may_set_has_a_row_with_its_parameters(language: str) -> None:
    columns = {column.zh for column in schema.RULES.columns}
    rows = list(table_rows(part(language, "规则 · `rules`").partition("#####")[0]))
    by_rule = {spans(row[0])[0]: row for row in rows if spans(row[0])}
    listed = [rule for rule in RULES if rule.switchable]
    assert list(by_rule)[len(columns) :] == [rule.id for rule in listed]
    for rule in listed:
        name, severity, _, parameters = by_rule[rule.id]
        label = str(rule.severity) if language == "en" else messages.SEVERITY_LABELS["zh"][rule.severity]
        assert (name, severity) == (f"`{rule.id}` {rule.zh}", label)
        told = re.findall(r"`(\w+)` / `(\w+)`[^;；]*?[:：]\s?([0-9.]+)\D+([0-9.]+)", parameters)
        assert told == [
            (item.zh, item.key, str(item.default), str(item.minimum)) for item in rule.parameters
        ]


def test_expressions_say_what_stands_beside_them(language: str) -> None:
    heading = {"en": "Expressions", "zh": "表达式"}[language]
    rows = [row for row in table_rows(part(language, heading)) if row[0].startswith("`")]
    assert len(rows) >= 7
    pack = definition()
    for typed, meant in rows:
        condition, problems = read_expression(typed.strip("`"), vocabulary_of(pack))
        assert condition is not None, problems
        condition, problems = judged(condition, "own", pack)
        assert condition is not None, problems
        assert f"`{words(condition, pack)}`" == meant


def test_every_command_and_option_is_said(language: str) -> None:
    text = part(language, "commands")
    said = {word for span in spans(text) for word in span.split()} | set(spans(text))
    context = click.Context(main)
    expected: set[str] = set(main.commands)
    for command in (main, *main.commands.values()):
        help_option = command.get_help_option(context)
        for parameter in (*command.params, *([help_option] if help_option else [])):
            if isinstance(parameter, click.Option):
                expected |= {*parameter.opts, *parameter.secondary_opts}
                if isinstance(parameter.type, click.Choice):
                    expected |= {str(choice) for choice in parameter.type.choices}
    assert sorted(expected - said) == []


def test_json_fields_and_their_words_are_said(language: str) -> None:
    said = set(spans(part(language, "json")))
    whole = Finding(
        "run.busy",
        Severity.ERROR,
        operands=(Operand("'指标'!$D$5", "35", "35"),),
        evidence=Evidence("3.33", "5.16", "29.84", "3.5", "'指标'!$D$5"),
    )
    finding = messages.as_dict(whole)
    expected = {"report", "summary", "accepted", "rejected", "missing", "findings", *finding}
    for inner in (finding["interval"], finding["fix"], *cast("list[object]", finding["operands"])):
        expected |= set(cast("dict[str, object]", inner))
    expected |= {item.name for item in fields(DepartmentStatus)} | {"departments", "sealed"}
    expected |= {item.name for item in fields(PublicationStatus)} | {"publication"}
    expected |= {*published_as_dict(None, ROOT), "published", "reopened"}
    values = History("S1-01", "", "", {}, (Step(KNOWN, 1),))
    printed = history_as_dict(values, "Asia/Shanghai")
    assert isinstance(printed["indicator"], dict) and isinstance(printed["values"], list)
    expected |= {*printed, *printed["indicator"], *printed["values"][0], *map(str, Measure)}
    expected |= {"forms", "workspace", "pack", *map(str, ReportState), *map(str, Timeliness)}
    expected |= {str(severity) for severity in Severity} | {"comparison", *counts_of(None)}
    expected |= fields_of_a_trace() | fields_of_an_audit()
    happening = Happening(EventKind.RUN)
    expected |= {"events", *event_as_dict(Event(1, "", happening, "", ""))}
    expected |= {*verified_as_dict(Verified(0)), "backup", "bytes", "left_out", "made", "replaced"}
    expected |= {SQLITE, ELSEWHERE, DAMAGED, NONE, ACCEPTED, REJECTED}
    assert sorted(expected - said) == []


def test_every_kind_of_event_has_a_row(language: str) -> None:
    heading = {"en": "The audit log", "zh": "审计日志"}[language]
    assert first_spans(part(language, heading)) == set(EventKind)


def fields_of_a_trace() -> set[str]:
    link = Link("S1-01.actual", "", "CY")
    figure = PrintedFigure("", "", "", "", "", 0, (link,))
    issue = Issue(1, "", Manifest("tea-year", "2031", ""), False, "2031-12-01T09:00:00+00:00")
    figures = (Traced(figure, "", Place("document"), KnownBy.TAG),)
    printed = trace_as_dict(Trace(definition(), "", issue, figures), Workspace(ROOT))
    assert isinstance(printed["issue"], dict) and isinstance(printed["figures"], list)
    return {*printed, *printed["issue"], *printed["figures"][0], *map(str, KnownBy)}


def fields_of_an_audit() -> set[str]:
    fault = Fault(Kind.STALE, Place("document"), ())
    found = Audited(definition(), None, Audit((fault,), 1, False, True), (), (), ())
    return {"compared", "clean_copy", "faults", *map(str, Kind)}.union(
        *faults_as_dicts(found, Workspace(ROOT))
    )


def test_every_short_measure_word_is_said(language: str) -> None:
    said = set(spans(part(language, "commands")))
    short = {"本年", "上年", "同比", "计划", "目标", *map(str, Measure)}
    assert short <= set(MEASURE_WORDS)
    assert sorted(short - said) == []


def test_every_room_of_the_house_is_named(language: str) -> None:
    house = ROOT / "generators"
    rooms = {path.name for path in house.glob("*.py") if path.name != "__init__.py"}
    rooms |= {f"{path.parent.name}/" for path in house.glob("*/__init__.py")}
    assert sorted(rooms - first_spans(part(language, "rooms"))) == []


# --- what is shown, is true ---------------------------------------------------------------------


def test_both_readmes_show_the_example_pack(language: str) -> None:
    text = readme(language)
    for table in (FIGURES, ROWS):
        assert table.strip() in text
    assert NARRATIVE in text
    assert EXPLANATION in text


def test_tags_in_code_spans_compile_and_print_what_stands_beside_them(language: str) -> None:
    text = readme(language)
    tags = [span for span in spans(text) if span.startswith(("{{", "{#"))]
    assert len(tags) > 60
    beside: dict[str, str] = {}
    for row in table_rows(text):
        for left, right in pairwise(row):
            tag, output = (re.fullmatch(r"`([^`]+)`", item) for item in (left, right))
            if tag and output and tag[1].startswith("{{"):
                beside[tag[1]] = output[1]
    assert len(beside) > 40
    assert printed(document([tag for tag in tags if tag.startswith("{#")])) == []
    figures = [tag for tag in tags if tag.startswith("{{")]
    shown = dict(zip(figures, printed(document(figures)), strict=True))
    assert {tag: shown[tag] for tag in beside} == beside


def test_template_blocks_compile_and_print_the_block_below_them(language: str) -> None:
    blocks = fences(readme(language))
    shown = 0
    for block, below in zip(blocks, [*blocks[1:], Fence("", [])], strict=True):
        if block.info != "jinja":
            continue
        lines = printed(document([line for line in block.lines if line]))
        if below.info == "text":
            shown += 1
            assert lines == [line for line in below.lines if line]
    assert shown >= 3


def test_wrong_templates_are_refused_as_shown(language: str) -> None:
    blocks = fences(readme(language))
    wrong = [(a, b) for a, b in pairwise(blocks) if a.info == "jinja wrong"]
    assert wrong
    for block, below in wrong:
        result = compile_template(document(block.lines), definition(), "tea-year/report.docx")
        assert result.value is None
        assert [messages.line(item, language) for item in result.findings] == below.lines


def test_both_readmes_show_the_same_tags_and_blocks() -> None:
    tags = [[span for span in spans(readme(name)) if span.startswith("{")] for name in READMES]
    assert tags[0] == tags[1]
    blocks = [[block for block in fences(readme(name)) if block.info == "jinja"] for name in READMES]
    assert blocks[0] == blocks[1]


def test_both_readmes_have_the_same_shape() -> None:
    english, chinese = (re.findall(r"^(#+) ", prose(readme(name)), re.MULTILINE) for name in READMES)
    assert english == chinese


def test_the_two_commands_stand_each_in_one_line(language: str) -> None:
    lines = [line for block in fences(readme(language)) if block.info == "bash" for line in block.lines]
    assert set(COMMANDS) <= set(lines)
    for name in ("run_report.py", "constraints.txt", "pyproject.toml"):
        assert (ROOT / name).is_file()


def test_linked_files_pictures_and_headings_exist(language: str) -> None:
    text = prose(readme(language))
    targets = re.findall(r"\]\(([^)]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    assert len(targets) > 5
    headings = {
        re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-")
        for title in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }
    for target in targets:
        if target.startswith("#"):
            assert target[1:] in headings, target
        elif not target.startswith("https://"):
            assert (ROOT / target).exists(), target


def test_pictures_are_small_and_say_what_they_show(language: str) -> None:
    pictures = re.findall(r"!\[([^\]]+)\]\(([^)]+\.png)\)", readme(language))
    assert len(pictures) >= 2
    for _, target in pictures:
        data = (ROOT / target).read_bytes()
        width, height = struct.unpack(">II", data[16:24])
        assert data.startswith(b"\x89PNG") and len(data) < 200_000
        assert 400 <= width <= 2400 and 200 <= height <= 2400


def test_no_path_of_some_machine_stands_in_them(language: str) -> None:
    machine = r"(?<![\w.~])/(?:home|root|tmp|work|opt|var|usr|mnt|srv|etc|Users)\b|\b[A-Z]:\\"
    assert re.findall(machine, readme(language)) == []
