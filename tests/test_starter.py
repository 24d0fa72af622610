"""The starter pack: ``init`` → forms → filled forms → a report that reads as an official document."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm

from generators import starter
from generators.cli import main
from generators.definition import load_definition, schema
from generators.forms import layout
from generators.model import RULES, Definition
from generators.word.expressions import Compiler
from generators.word.template import TEMPLATE_FILE
from tests.reports import open_report
from tests.samples.fill import MEASURE_HEADERS, Tables, fill

PACK = "sample-report"
SOURCE = Path(starter.__file__).parent / starter.STARTER / PACK

INDICATORS = """
部门   | 指标代码 | 本年预计 | 上年实际 | 同比增长 | 年度计划 | 下年目标
综合局 | S1-01    | 128.4    | 121      | 5.6      |          | 6
综合局 | S1-02    | 12.36    | 11.8     |          | 12       | 4.5
综合局 | S1-03    | 35682    | 33950    | 5.1      |          | 与经济增长基本同步
产业局 | S2-01    | 210.5    |          | -0.8     | 220      | 5
产业局 | S2-02    | 9        |          |          | 8        | 10
产业局 | S2-03    | 14       |          |          |          |
产业局 | S2-04    | 2.5      | 2.38     | 0.12     |          | 2.6
民生局 | S3-01    | 1.02     | 1.02     | 0        | 1        | 1
民生局 | S3-02    | 89.3     | 88       | 1.3      |          | 89
民生局 | S3-03    | 1260     |          |          |          | 1400
"""
PROJECTS = """
部门   | 项目名称             | 类别     | 阶段 | 总投资 | 开工日期
产业局 | 甲材料生产线         | 产业项目 | 签约 | 1.2    |
产业局 | 乙装备制造基地       | 产业项目 | 签约 | 3      |
产业局 | 丙电子产业园         | 产业项目 | 在建 | 10.55  | 2025-03-18
产业局 | 丁食品加工厂扩建     | 产业项目 | 竣工 | 2.15   | 2024-06-01
产业局 | 戊物流中心           | 产业项目 | 谋划 |        |
民生局 | 第一小学教学楼       | 民生项目 | 竣工 | 0.8    | 2024-09-10
民生局 | 示例路社区养老服务站 | 民生项目 | 竣工 | 0.35   | 2025-04-02
民生局 | 滨河公园             | 民生项目 | 谋划 | 1.1    |
"""
NARRATIVES = """
部门   | 材料名称 | 正文
产业局 | 产业工作 | 产业根基不断夯实。坚持把发展经济的着力点放在实体经济上，支持企业开展技术改造。
民生局 | 民生工作 | 民生底线兜牢兜实。教育、医疗、养老等公共服务稳步提升，群众急难愁盼问题逐项解决。
"""
SUBMISSIONS = (INDICATORS, PROJECTS, NARRATIVES)


def rows_of(table: str) -> tuple[dict[str, str], ...]:
    """A table with ``|`` between its columns → its rows by header."""
    lines = [[part.strip() for part in line.split("|")] for line in table.strip().splitlines()]
    return tuple(dict(zip(lines[0], line, strict=True)) for line in lines[1:])


def tables(indicators: str, projects: str, narratives: str) -> Tables:
    blank = dict.fromkeys((*MEASURE_HEADERS, layout.EXPLANATION_HEADER), "")
    return Tables(
        tuple({**blank, **row} for row in rows_of(indicators)),
        rows_of(narratives),
        {"项目清单": rows_of(projects)},
    )


def call(workspace: Path, *arguments: str) -> Any:
    return CliRunner().invoke(main, [*arguments, "--workspace", str(workspace)])


def result(workspace: Path, expected_code: int) -> Any:
    """Run and give the JSON object, after making sure of the exit code."""
    outcome = call(workspace, "run", "--json")
    assert outcome.exit_code == expected_code, outcome.output
    return json.loads(outcome.stdout)


def submit(workspace: Path, submissions: tuple[str, str, str] = SUBMISSIONS) -> None:
    """Fill the issued forms as the departments would, and drop them into the inbox."""
    filled = tables(*submissions)
    for form in (workspace / "workbooks" / "forms").glob("*.xlsx"):
        department = form.name.partition("-")[0]
        data = fill(form.read_bytes(), department, filled)
        (workspace / "workbooks" / "inbox" / form.name).write_bytes(data)


def printed(report: Mapping[str, Any]) -> list[str]:
    """The paragraphs of the report's body."""
    return [paragraph.text for paragraph in open_report(report["report"]).paragraphs]


def paragraph_with(document: Any, text: str) -> Any:
    return next(paragraph for paragraph in document.paragraphs if text in paragraph.text)


def rows_shown(table: Any) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A fresh workspace with the starter pack and its issued forms."""
    folder = tmp_path / "示例 工作"
    outcome = CliRunner().invoke(main, ["init", str(folder)])
    assert outcome.exit_code == 0, outcome.output
    assert call(folder, "issue").exit_code == 0
    return folder


@pytest.fixture(scope="module")
def definition() -> Definition:
    loaded = load_definition(SOURCE)
    assert loaded.findings == ()
    assert loaded.value is not None
    return loaded.value


# --- init and issue ---------------------------------------------------------------------------


def test_init_makes_the_folders_and_copies_the_pack(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "place"
    outcome = CliRunner().invoke(main, ["init", str(folder), "--json"])
    assert outcome.exit_code == 0
    told = json.loads(outcome.stdout)
    assert told == {"workspace": str(folder), "pack": PACK, "findings": []}
    made = {str(path.relative_to(folder).as_posix()) for path in folder.rglob("*")}
    assert {f"templates/{PACK}/definition.xlsx", f"templates/{PACK}/report.docx"} <= made
    assert {"workbooks/inbox", "workbooks/forms", "reports"} <= made


def test_init_takes_an_empty_folder_and_refuses_one_that_holds_something(tmp_path: Path) -> None:
    empty, used = tmp_path / "empty", tmp_path / "used"
    empty.mkdir()
    used.mkdir()
    (used / "letter.txt").write_text("keep me", encoding="utf-8")
    assert CliRunner().invoke(main, ["init", str(empty)]).exit_code == 0
    refused = CliRunner().invoke(main, ["init", str(used)])
    assert refused.exit_code == 2
    assert "已存在且不是空文件夹" in refused.output
    assert [path.name for path in used.iterdir()] == ["letter.txt"]


def test_every_department_gets_its_form(workspace: Path) -> None:
    forms = {path.name: openpyxl.load_workbook(path) for path in workspace.glob("workbooks/forms/*")}
    assert set(forms) == {"综合局-2025.xlsx", "产业局-2025.xlsx", "民生局-2025.xlsx"}
    shown = [sheet.title for sheet in forms["产业局-2025.xlsx"] if sheet.sheet_state == "visible"]
    assert shown == ["填报说明", "指标", "项目清单", "文字材料"]
    shown = [sheet.title for sheet in forms["综合局-2025.xlsx"] if sheet.sheet_state == "visible"]
    assert shown == ["填报说明", "指标"]


# --- the report -------------------------------------------------------------------------------


def test_filled_forms_give_the_report(workspace: Path) -> None:
    submit(workspace)
    report = result(workspace, 0)
    assert set(report["accepted"]) == {"综合局", "产业局", "民生局"}
    assert (report["rejected"], report["missing"], report["findings"]) == ([], [], [])
    assert Path(report["summary"]).is_file()
    text = printed(report)
    assert text[:2] == ["关于示例区2025年工作情况", "和2026年工作安排的报告"]
    body = [line for line in text if line]
    assert body[2:-7] == [
        "——2025年12月26日在示例区工作会议上",
        "示例区综合局　王示例",
        "各位代表：",
        "现将示例区2025年工作情况和2026年工作安排报告如下，请予审议。",
        "一、2025年工作情况",
        "（一）经济运行平稳有序",
        "主要指标保持增长。预计全年实现生产总值128.4亿元，同比增长5.6%；一般公共预算收入完成12.36亿元，"
        "同比增长4.7%，为年度计划的103%；居民人均可支配收入达到35682元，同比增长5.1%。",
        "财政收入超出预期。一般公共预算收入比年度计划多收0.36亿元，各项重点支出得到有力保障。",
        "（二）产业发展步伐加快",
        "产业根基不断夯实。坚持把发展经济的着力点放在实体经济上，支持企业开展技术改造。",
        "工业经济稳中提质。全年实现工业总产值210.5亿元，同比下降0.8%；新增规模以上企业9家；"
        "研发投入强度为2.50%，同比提高0.12个百分点。",
        "项目建设扎实推进。全年签约甲材料生产线、乙装备制造基地等14个总投资亿元以上的项目。"
        "丙电子产业园、丁食品加工厂扩建等产业项目加快建设或建成投产，"
        "在建和竣工的4个重点项目总投资13.85亿元。",
        "（三）民生保障持续改善",
        "民生底线兜牢兜实。教育、医疗、养老等公共服务稳步提升，群众急难愁盼问题逐项解决。",
        "公共服务更加普惠。全年城镇新增就业1.02万人，为年度计划的102%；"
        "空气质量优良天数比例为89.3%，同比提高1.3个百分点；养老机构床位达到1260张；"
        "第一小学教学楼、示例路社区养老服务站等2个民生项目建成投用。",
        "二、2026年工作安排",
        "做好2026年工作，要坚持稳中求进，突出重点、补齐短板。各领域的主要预期目标是：",
        "1.经济运行",
        "——生产总值增长6%。",
        "——一般公共预算收入增长4.5%。",
        "——居民人均可支配收入与经济增长基本同步。",
        "2.产业发展",
        "——工业总产值增长5%。",
        "——新增规模以上企业数不少于10家。",
        "——研发投入强度提高到2.60%。",
        "3.民生保障",
        "——城镇新增就业人数1万人以上。",
        "——空气质量优良天数比例保持在89%以上。",
        "——养老机构床位数达到1400张。",
        "围绕上述目标，重点推进戊物流中心、滨河公园等项目的前期工作，力争早日落地见效。",
        "各位代表，我们将认真落实本次会议的要求，凝心聚力、真抓实干，努力完成2026年各项目标任务。",
    ]
    assert body[-7:] == [
        "附件：1.主要指标完成情况及下年目标表",
        "2.重点项目表",
        "附件1",
        "主要指标完成情况及下年目标表",
        "注：“—”表示该项不填报或本期没有数据；计量单位为“%”的指标，同比为百分点。",
        "附件2",
        "重点项目表",
    ]


def test_the_annexes_are_tables_with_a_row_for_each_item(workspace: Path) -> None:
    submit(workspace)
    annexes: Any = open_report(result(workspace, 0)["report"]).tables
    indicators, projects = annexes
    rows = rows_shown(indicators)
    assert rows[0] == ["指标名称", "计量单位", "2025年预计", "同比增长（%）", "年度计划", "2026年目标"]
    assert rows[1] == ["生产总值", "亿元", "128.4", "5.6", "—", "增长6%"]
    assert rows[4] == ["工业总产值", "亿元", "210.5", "-0.8", "220", "增长5%"]
    assert rows[-1] == ["新建公园绿地面积", "公顷", "—", "—", "—", "—"]
    assert len(rows) == 11
    rows = rows_shown(projects)
    assert rows[1] == ["1", "丙电子产业园", "产业项目", "在建", "10.55", "产业局"]
    assert rows[-1] == ["8", "戊物流中心", "产业项目", "谋划", "—", "产业局"]
    for table in annexes:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_lead_sentences_are_bold_and_the_rest_is_not(workspace: Path) -> None:
    submit(workspace)
    document = open_report(result(workspace, 0)["report"])
    for start in ("主要指标保持增长。", "产业根基不断夯实。"):
        runs = [run for run in paragraph_with(document, start).runs if run.text]
        assert (runs[0].text, runs[0].style.name) == (start, "段首句")
        assert {run.style.name for run in runs[1:]} == {"Default Paragraph Font"}


def test_income_below_the_plan_takes_the_other_branch(workspace: Path) -> None:
    poorer = INDICATORS.replace("12.36 ", "11.5  ")
    submit(workspace, (poorer, PROJECTS, NARRATIVES))
    text = "\n".join(printed(result(workspace, 0)))
    assert "财政收入存在缺口。一般公共预算收入距年度计划还差0.5亿元" in text
    assert "同比下降2.5%，为年度计划的95.8%" in text
    assert "财政收入超出预期" not in text


def test_an_optional_text_that_nobody_wrote_leaves_no_gap(workspace: Path) -> None:
    industry_only = "\n".join(line for line in NARRATIVES.splitlines() if "民生局" not in line)
    submit(workspace, (INDICATORS, PROJECTS, industry_only))
    text = printed(result(workspace, 0))
    heading = text.index("（三）民生保障持续改善")
    assert text[heading + 1].startswith("公共服务更加普惠。")


# --- incomplete submissions -------------------------------------------------------------------


def test_blank_forms_are_rejected_and_nothing_is_written(workspace: Path) -> None:
    for form in (workspace / "workbooks" / "forms").glob("*.xlsx"):
        shutil.copy(form, workspace / "workbooks" / "inbox" / form.name)
    report = result(workspace, 2)
    assert (report["report"], report["summary"]) == (None, None)
    assert sorted(report["rejected"]) == sorted(
        f"{name}-2025.xlsx" for name in ("综合局", "产业局", "民生局")
    )
    told = [item for item in report["findings"] if item["rule"] == "presence"]
    blank = [part for item in told for part in (item, *item["follows"])]
    assert {"必填项“生产总值·本年预计”没有填写", "必填的文字材料“产业工作”没有填写"} <= {
        item["message"] for item in blank
    }
    assert {item["severity"] for item in blank} == {"error"}
    assert all(item["sheet"] and item["cell"] and item["action"] for item in blank)
    assert list((workspace / "reports").iterdir()) == []


def test_a_form_sent_back_blank_leaves_its_marks_in_the_report(workspace: Path) -> None:
    submit(workspace)
    name = "产业局-2025.xlsx"
    shutil.copy(workspace / "workbooks" / "forms" / name, workspace / "workbooks" / "inbox" / name)
    report = result(workspace, 1)
    assert (report["rejected"], report["missing"]) == ([name], [])
    document = open_report(report["report"])
    for mark in ("【缺：工业总产值】", "【缺：产业工作（文字材料）】", "【缺：工业总产值·下年目标】"):
        run = next(run for run in paragraph_with(document, mark).runs if run.text == mark)
        assert run.font.highlight_color is not None


# --- the pack itself --------------------------------------------------------------------------


def test_the_guide_explains_every_sheet_and_column() -> None:
    guide = openpyxl.load_workbook(SOURCE / "definition.xlsx")["#使用说明"]
    told = {
        (sheet, column): text for sheet, column, text in guide.iter_rows(max_col=3, values_only=True)
    }
    for table in schema.ALL_TABLES:
        assert any(sheet == table.zh and not column for sheet, column in told), table.zh
        for column in table.columns:
            assert told.get((table.zh, column.zh)), f"{table.zh}: {column.zh}"


def test_every_sheet_column_and_setting_stands_in_the_pack() -> None:
    book = openpyxl.load_workbook(SOURCE / "definition.xlsx")
    for table in schema.ALL_TABLES:
        assert [cell.value for cell in book[table.zh][1]] == [column.zh for column in table.columns]
    settings = {cell.value for cell in book[schema.SETTINGS.zh]["A"]}
    assert {key.zh for key in schema.SETTING_KEYS} <= settings
    rules = {cell.value for cell in book[schema.RULES.zh]["A"]}
    assert {rule.id for rule in RULES if rule.switchable} <= rules


def test_every_tag_of_the_guide_works(definition: Definition) -> None:
    sheet = openpyxl.load_workbook(SOURCE / "definition.xlsx")["#模板标签"]
    tags = [cell.value for cell in sheet["B"] if str(cell.value).startswith("{")]
    assert len(tags) > 25
    compiler = Compiler(definition)
    for tag in tags:
        word, _, rest = tag[2:-2].strip().partition(" ")
        if tag.startswith("{{"):
            compiler.expression(tag[2:-2], tag, {})
        elif word == "for":
            compiler.for_tag(tag[2:-2].strip(), tag, {})
        else:
            assert word == "if"
            compiler.expression(rest, tag, {})


def test_the_template_has_the_official_page_and_styles() -> None:
    document: Any = Document(str(SOURCE / TEMPLATE_FILE))
    section = document.sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    for found, wanted in zip(
        (section.page_width, section.page_height, *margins), (210, 297, 37, 35, 28, 26), strict=True
    ):
        assert abs(found - Mm(wanted)) < Mm(0.02)
    grid = section._sectPr.find(qn("w:docGrid"))
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "579")
    fonts = {
        "Title": ("方正小标宋简体", 22),
        "Subtitle": ("楷体_GB2312", 16),
        "Heading 1": ("黑体", 16),
        "Heading 2": ("楷体_GB2312", 16),
        "Heading 3": ("仿宋_GB2312", 16),
        "Normal": ("仿宋_GB2312", 16),
        "Footer": ("宋体", 14),
    }
    for name, (font, points) in fonts.items():
        style = document.styles[name]
        asian = style.element.rPr.rFonts.get(qn("w:eastAsia"))
        assert (asian, style.font.size.pt) == (font, points), name
    spacing = document.styles["Normal"].element.pPr.find(qn("w:spacing"))
    assert (spacing.get(qn("w:line")), spacing.get(qn("w:lineRule"))) == ("579", "exact")
    indent = document.styles["Normal"].element.pPr.find(qn("w:ind"))
    assert indent.get(qn("w:firstLineChars")) == "200"
    assert document.settings.odd_and_even_pages_header_footer
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        paragraph = footer.paragraphs[0]
        assert paragraph._p.pPr.find(qn("w:jc")).get(qn("w:val")) == side
        kinds = [item.get(qn("w:fldCharType")) for item in paragraph._p.iter(qn("w:fldChar"))]
        assert kinds == ["begin", "separate", "end"]
        assert paragraph.text == "— 1 —"


def test_no_part_of_the_pack_is_left_from_elsewhere() -> None:
    data = (SOURCE / TEMPLATE_FILE).read_bytes()
    names = [str(part.partname) for part in Document(io.BytesIO(data)).part.package.iter_parts()]
    assert not [name for name in names if "customXml" in name or "thumbnail" in name]
