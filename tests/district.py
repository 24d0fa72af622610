"""The fictional 临溪区: a small definition and a dataset, for tests of the Word side."""

from __future__ import annotations

import io
from collections.abc import Mapping
from decimal import Decimal

import docx

from generators.merge import Dataset, merge
from generators.model import (
    Accepted,
    Asked,
    Cell,
    ColumnKind,
    Definition,
    Department,
    FormIdentity,
    GrowthBasis,
    Indicator,
    Measure,
    Narrative,
    NarrativeText,
    Observation,
    Reading,
    Register,
    RegisterColumn,
    RegisterRow,
    Section,
    Settings,
    Submission,
    SummaryTable,
    TargetKind,
)
from generators.word.render import Report, render
from generators.word.template import compile_template
from tests.reports import open_report

PERIOD = "2030"


def figure(
    code: str,
    name: str,
    unit: str,
    decimals: int,
    owner: str,
    basis: GrowthBasis = GrowthBasis.NONE,
    *,
    optional: tuple[Measure, ...] = (),
    **more: object,
) -> Indicator:
    measures = dict.fromkeys(Measure, Asked.REQUIRED)
    measures |= dict.fromkeys(optional, Asked.OPTIONAL)
    return Indicator(code, name, unit, decimals, owner, "S1", basis, measures=measures, **more)  # type: ignore[arg-type]


DEFINITION = Definition(
    pack="linxi",
    digest="0" * 64,
    settings=Settings("临溪区年报", PERIOD, previous_period="2029", next_period="2031", area="临溪区"),
    departments=(Department("YY", "渔业局"), Department("JT", "交通局")),
    sections=(Section("S1", "渔业"), Section("S2", "交通")),
    indicators=(
        figure("S1-1", "渔业总产值", "亿元", 1, "YY", GrowthBasis.REAL, target_kind=TargetKind.GROWTH),
        figure("S1-2", "捕捞收入", "万元", 0, "YY", GrowthBasis.NOMINAL, optional=(Measure.GROWTH,)),
        figure("S1-3", "水质达标率", "%", 1, "YY", GrowthBasis.POINTS, target_phrase="保持在{}以上"),
        figure("S1-4", "渡口数", "个", 0, "JT", target_phrase="不少于{}"),
        figure("S1-5", "航道服务水平", "分", 1, "JT", target_kind=TargetKind.TEXT),
        figure("S1-6", "PM2.5浓度（年均）", "微克/立方米", 0, "YY", optional=tuple(Measure)),
    ),
    registers=(
        Register(
            "R1",
            "渔港清单",
            ("YY",),
            (
                RegisterColumn("名称", required=True),
                RegisterColumn("阶段", ColumnKind.CODE, code_list="阶段"),
                RegisterColumn("总投资", ColumnKind.NUMBER, "亿元", 2),
            ),
        ),
        Register("R2", "航线清单", ("YY", "JT"), (RegisterColumn("名称"),)),
    ),
    code_lists={"阶段": ("在建", "建成", "停建")},
    narratives=(
        Narrative("N1", "渔政工作", "YY"),
        Narrative("N2", "航道工作", "JT"),
        Narrative("N3", "“十五五”展望", "YY"),
    ),
    tables=(SummaryTable("主要指标", "主要指标表", ("S1-1", "S1-3"), tuple(Measure)),),
    terms={"规模": "500吨以上", "5米以下": "5米（含）以下"},
)

FIGURES: Mapping[str, Mapping[str, str]] = {
    "S1-1": {"actual": "85", "growth": "1.5", "plan": "80", "target": "6.5", "previous": "83.7"},
    "S1-2": {"actual": "2376", "previous": "2200"},
    "S1-3": {"actual": "90.5", "growth": "-0.5", "target": "92", "previous": "91", "plan": "90"},
    "S1-4": {"actual": "14", "target": "30", "growth": "0", "plan": "9"},
    "S1-5": {"actual": "9.25", "target": "不低于全市平均"},
}
PORTS = (("东港", "在建", "1.2"), ("西港", "建成", "0.35"), ("南港", "在建", ""), ("北港", "在建", "2"))
TEXTS = {
    "N3": "展望未来。",
    "N1": "渔政执法不断加强。开展巡查，查处违法案件。\n队伍建设取得进展。",
    "N2": "",
}


def _cell(sheet: str, row: int, column: int, text: str) -> Cell:
    return Cell(sheet, row, column, f"{'ABCDEFGHI'[column - 1]}{row}", text or None, text)


def _reading(cell: Cell, value: str) -> Reading:
    try:
        return Reading(cell, Decimal(value) if value else None)
    except ArithmeticError:
        return Reading(cell, value)


def submission(department: str, figures: Mapping[str, Mapping[str, str]] = FIGURES) -> Submission:
    """What ``department`` reported, every value with a cell of its own."""
    owned = [item for item in DEFINITION.indicators if item.owner == department]
    observations = []
    for number, item in enumerate(owned, 5):
        for place, measure in enumerate(Measure, 4):
            value = figures.get(item.code, {}).get(measure, "")
            reading = _reading(_cell("指标", number, place, value), value)
            observations.append(Observation(item.code, measure, reading))
    rows = []
    if department == "YY":
        for number, (name, stage, amount) in enumerate(PORTS, 5):
            texts = {"名称": name, "阶段": stage, "总投资": amount}
            readings = {
                key: _reading(_cell("渔港清单", number, place, text), text)
                for place, (key, text) in enumerate(texts.items(), 2)
            }
            rows.append(RegisterRow("R1", number, readings))
    if department == "JT":
        rows.append(
            RegisterRow("R2", 5, {"名称": _reading(_cell("航线清单", 5, 2, "一号线"), "一号线")})
        )
    texts = tuple(
        NarrativeText(item.code, _cell("文字材料", 5, 4, TEXTS[item.code]), TEXTS[item.code])
        for item in DEFINITION.narratives_of(department)
    )
    identity = FormIdentity("linxi", department, PERIOD, "1")
    name = DEFINITION.department_name(department)
    return Submission(
        identity, f"{name}-{PERIOD}.xlsx", department * 32, "", tuple(observations), tuple(rows), texts
    )


def dataset(*departments: str, figures: Mapping[str, Mapping[str, str]] = FIGURES) -> Dataset:
    """The merged dataset of the departments named, of all where none is."""
    chosen = departments or ("YY", "JT")
    merged = merge(DEFINITION, [Accepted(submission(code, figures), 1) for code in chosen])
    assert merged.value is not None
    return merged.value


def document(*paragraphs: str) -> bytes:
    """A plain Word document with one run a paragraph."""
    made = docx.Document()
    for text in paragraphs:
        made.add_paragraph(text)
    return saved(made)


def saved(made: docx.document.Document) -> bytes:
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def printed(template: bytes, data: Dataset | None = None) -> Report:
    """The report that a template prints; fails where it has errors."""
    compiled = compile_template(template, DEFINITION, "linxi/report.docx")
    assert compiled.value is not None, compiled.findings
    result = render(compiled.value, data or dataset(), "linxi/report.docx")
    assert result.value is not None, result.findings
    return result.value


def paragraphs(report: Report) -> list[str]:
    """The text of the report's paragraphs."""
    return [item.text for item in open_report(report.data).paragraphs]


def print_tag(tag: str, data: Dataset | None = None) -> str:
    """What one paragraph with ``tag`` prints."""
    return "\n".join(paragraphs(printed(document(tag), data)))
