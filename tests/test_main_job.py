"""The main job on the sample submissions: in a fresh clone, and after the changes a user makes."""

from __future__ import annotations

import csv
import hashlib
import os
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.enum.text import WD_COLOR_INDEX

from generators.definition import load_definition
from generators.excel.workbook import read_workbook
from generators.text import file_name
from tests.conftest import CHECKOUT, Outcome, huibao
from tests.reports import open_report
from tests.samples.fill import fill_all, read_tables

PART = re.compile(r"([一二三])、")
SECTION = re.compile(r"（[一二三四五六]）")


def sections(report: Path) -> dict[tuple[str, str], str]:
    """The report's text by part (一) and section (（一）), spaces taken out."""
    texts: dict[tuple[str, str], str] = {}
    part = section = ""
    for paragraph in open_report(report).paragraphs:
        text = paragraph.text.replace(" ", "")
        if match := PART.match(text):
            part, section = match[1], ""
        elif match := SECTION.match(text):
            section = match[0]
        else:
            texts[part, section] = texts.get((part, section), "") + text
    return texts


def whole_text(report: Path) -> str:
    return "\n".join(paragraph.text for paragraph in open_report(report).paragraphs)


def change(workbook: Path, sheet: str, code: str, header: str, value: object) -> str:
    """Type ``value`` into a form as a clerk would; returns the cell's address."""
    book = openpyxl.load_workbook(workbook)
    rows = list(book[sheet].iter_rows())
    column = next(cell.column for row in rows for cell in row if cell.value == header)
    row = next(cell.row for row in rows for cell in row if cell.value == code)
    cell = book[sheet].cell(row, column)
    cell.value = value
    book.save(workbook)
    return str(cell.coordinate)


def sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_all_departments_are_accepted_and_nothing_is_found(main_job: Outcome) -> None:
    assert (main_job.code, main_job.error) == (0, "")
    assert len(main_job.result["accepted"]) == 21
    assert main_job.result["rejected"] == main_job.result["missing"] == []
    assert main_job.result["findings"] == []
    assert main_job.report.suffix == ".docx"
    assert main_job.summary.suffix == ".xlsx"


def test_every_figure_of_the_reference_stands_in_its_section(main_job: Outcome) -> None:
    texts = sections(main_job.report)
    with (CHECKOUT / "tests/samples/reference-figures.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    absent = [
        row
        for row in rows
        if not re.search(
            rf"(?<![\d.]){re.escape(row['数值'])}余?{re.escape(row['单位'])}",
            texts.get((row["部分"], row["小节"]), ""),
        )
    ]
    assert len(rows) > 160
    assert absent == []


def test_no_tag_and_no_missing_mark_is_left(main_job: Outcome) -> None:
    with zipfile.ZipFile(main_job.report) as package:
        parts = {
            name: package.read(name).decode("utf-8") for name in package.namelist() if ".xml" in name
        }
    for name, text in parts.items():
        assert not re.search(r"\{\{|\{%|【缺|urn:huibao", text), name


def test_the_template_types_no_figure_that_a_department_reports() -> None:
    names = r"5A级|1\+4\+N|PM2\.5|6·27|IV类|附件\d|^\d\.(?=主要|重点)|附件：1\."
    for pack in (CHECKOUT / "templates").iterdir():
        template = docx.Document(str(pack / "report.docx"))
        typed = [
            (text, re.findall(r"\d+", text))
            for paragraph in template.paragraphs
            if (text := re.sub(names, "", re.sub(r"\{\{.*?\}\}", "", paragraph.text)))
        ]
        assert [item for item in typed if item[1]] == []


def test_annexes_are_real_tables_with_repeated_header_rows(main_job: Outcome) -> None:
    tables = open_report(main_job.report).tables
    assert len(tables) == 2
    header, *rows = [[cell.text for cell in row.cells] for row in tables[0].rows]
    assert header == ["指标名称", "计量单位", "2023年预计", "同比增长（%）", "年度计划", "2024年目标"]
    assert rows[0] == ["地区生产总值", "亿元", "85", "1.5", "—", "增长6.5%"]
    assert rows[-1] == ["城镇居民人均可支配收入", "元", "37236", "4", "—", "不低于经济增速"]
    projects = [[cell.text for cell in row.cells] for row in tables[1].rows]
    assert [row[0] for row in projects[1:]] == [str(n) for n in range(1, len(projects))]
    assert ["海鸿新能源有限公司年产100套风电塔筒", "招商引资", "签约"] in [row[1:4] for row in projects]
    for table in tables:
        assert table.rows[0]._tr.trPr.xpath("w:tblHeader"), "the header row is repeated on each page"


def test_equal_submissions_give_equal_bytes(main_job: Outcome, workspace: Path) -> None:
    first = huibao(workspace)
    assert sha(first.report) == sha(main_job.report)
    assert sha(first.summary) == sha(main_job.summary)
    again = huibao(workspace)
    assert (again.code, sha(again.report), sha(again.summary)) == (
        0,
        sha(main_job.report),
        sha(main_job.summary),
    )


def test_a_changed_figure_is_printed_and_the_old_one_is_nowhere_left(workspace: Path) -> None:
    huibao(workspace)
    form = workspace / "workbooks/inbox/统计局-2023.xlsx"
    cell = change(form, "指标", "A1-01", "同比增长(%)", -0.8)
    outcome = huibao(workspace)
    text = whole_text(outcome.report)
    assert outcome.code == 0
    assert "地区生产总值85亿元，同比下降0.8%" in text
    assert "1.5%" not in text
    annex = open_report(outcome.report).tables[0]
    assert annex.rows[1].cells[3].text == "-0.8"
    sources = openpyxl.load_workbook(outcome.summary)["数据来源"]
    line = next(r for r in sources.iter_rows(values_only=True) if "A1-01" in r and -0.8 in r)
    assert cell in line
    status = {row["name"]: row for row in huibao(workspace, "status").result["departments"]}
    assert (status["统计局"]["vintage"], status["财政局"]["vintage"]) == (2, 1)


def test_growth_of_zero_is_printed_as_level(workspace: Path) -> None:
    change(workspace / "workbooks/inbox/统计局-2023.xlsx", "指标", "A1-01", "同比增长(%)", 0)
    assert "地区生产总值85亿元，与上年持平；" in whole_text(huibao(workspace).report)


def test_a_workbook_taken_away_leaves_marks_and_exit_code_1(workspace: Path) -> None:
    huibao(workspace)
    (workspace / "workbooks/inbox/教育局-2023.xlsx").unlink()
    outcome = huibao(workspace)
    assert (outcome.code, outcome.result["missing"]) == (1, ["教育局"])
    assert outcome.result["findings"][0]["message"] == "教育局没有可用的报送"
    runs = [run for p in open_report(outcome.report).paragraphs for run in p.runs]
    marks = [run for run in runs if "【缺：" in run.text]
    assert "【缺：普惠性幼儿园覆盖率】" in [run.text for run in marks]
    assert all(run.font.highlight_color is WD_COLOR_INDEX.YELLOW for run in marks)
    assert all(run.font.highlight_color is None for run in runs if "【缺：" not in run.text)
    missing = [item for item in outcome.result["findings"] if item["rule"] == "missing"]
    assert {item["department"] for item in missing} == {"JYJ"}
    assert "90.5" not in whole_text(outcome.report)


def break_zip(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:6000])


def protect(path: Path) -> None:
    name = "EncryptedPackage".encode("utf-16-le")
    path.write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600) + name)


def replace_by_text(path: Path) -> None:
    path.write_text("这不是工作簿", encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (break_zip, "文件已损坏或没有传完，无法读取"),
        (protect, "文件设置了打开密码，无法读取"),
        (replace_by_text, "文件不是 Excel 工作簿"),
    ],
)
def test_one_bad_workbook_does_not_stop_the_others(
    workspace: Path, damage: Callable[[Path], None], message: str
) -> None:
    form = workspace / "workbooks/inbox/财政局-2023.xlsx"
    damage(form)
    os.utime(form, (0, 0))  # what is younger than a minute may be half of what is coming
    outcome = huibao(workspace)
    assert outcome.code == 1
    assert outcome.result["rejected"] == ["财政局-2023.xlsx"]
    assert outcome.result["missing"] == []
    assert len(outcome.result["accepted"]) == 20
    found = next(item for item in outcome.result["findings"] if item["rule"] == "format")
    assert (found["department"], found["file"], found["message"]) == ("CZJ", "财政局-2023.xlsx", message)
    assert "【缺：一般公共预算收入】" in whole_text(outcome.report)


def test_a_wrong_cell_is_named_and_its_department_waits(workspace: Path) -> None:
    form = workspace / "workbooks/inbox/统计局-2023.xlsx"
    cell = change(form, "指标", "A1-01", "同比增长(%)", "下降0.8%")
    outcome = huibao(workspace)
    finding = next(item for item in outcome.result["findings"] if item["rule"] == "type")
    assert outcome.code == 1
    assert outcome.result["rejected"] == ["统计局-2023.xlsx"]
    assert (finding["file"], finding["sheet"], finding["cell"]) == ("统计局-2023.xlsx", "指标", cell)
    assert finding["message"] == "“地区生产总值·同比增长(%)”应填数值，实际为“下降0.8%”，是不是 -0.8？"


def test_a_renamed_file_is_still_recognised(workspace: Path) -> None:
    inbox = workspace / "workbooks/inbox"
    (inbox / "教育局-2023.xlsx").rename(inbox / "最终版（请用这个）.xlsx")
    outcome = huibao(workspace)
    assert (outcome.code, len(outcome.result["accepted"])) == (0, 21)


def test_the_later_of_two_files_of_a_department_counts(workspace: Path) -> None:
    inbox = workspace / "workbooks/inbox"
    later = inbox / "统计局-2023（修改）.xlsx"
    shutil.copy(inbox / "统计局-2023.xlsx", later)
    change(later, "指标", "A1-01", "同比增长(%)", 2.5)
    outcome = huibao(workspace)
    assert "地区生产总值85亿元，同比增长2.5%" in whole_text(outcome.report)
    assert [item["code"] for item in outcome.result["findings"]] == ["envelope.superseded"]


def test_without_any_submission_the_last_report_stands(workspace: Path) -> None:
    before = huibao(workspace)
    kept = sha(before.report)
    for path in (workspace / "workbooks/inbox").iterdir():
        path.unlink()
    after = huibao(workspace)
    assert (after.code, after.result["report"]) == (2, None)
    assert "原有报告保持不变" in " ".join(item["message"] for item in after.result["findings"])
    assert sha(before.report) == kept


def test_a_template_with_errors_leaves_the_last_report_and_names_every_error(workspace: Path) -> None:
    before = huibao(workspace)
    kept = sha(before.report)
    path = workspace / "templates/annual-plan/report.docx"
    template = docx.Document(str(path))
    heading = next(p for p in template.paragraphs if p.text.startswith("（二）"))
    heading.insert_paragraph_before("生产总值{{地区生产总直}}，{{地区生产总值.同比表数}}")
    template.add_paragraph("{% for 项 in 项目清单 %}")
    template.save(str(path))
    after = huibao(workspace)
    assert (after.code, after.result["report"], sha(before.report)) == (2, None, kept)
    messages = [item["message"] for item in after.result["findings"]]
    assert len(messages) == 4
    assert "（3 处）已在模板的副本" in messages[3]
    assert "“地区生产总直”不存在，是不是“地区生产总值”？" in messages[0]
    assert "“（一）主要经济指标完成情况”之下" in messages[0]
    assert "没有属性“同比表数”，是不是“同比表述”？" in messages[1]
    assert "没有对应的 endfor" in messages[2]


def test_a_definition_with_errors_names_sheet_and_cell_all_at_once(workspace: Path) -> None:
    path = workspace / "templates/annual-plan/definition.xlsx"
    book = openpyxl.load_workbook(path)
    book["指标"]["E2"] = "统计菊"
    book["指标"]["D3"] = "一位"
    book["设置"]["A3"] = "报告时期"
    book.save(path)
    outcome = huibao(workspace)
    found = {(i["sheet"], i["cell"], i["severity"]) for i in outcome.result["findings"]}
    assert outcome.code == 2
    assert found == {
        ("指标", "E2", "error"),
        ("指标", "D3", "error"),
        ("设置", "", "error"),
        ("设置", "A3", "error"),
    }


def test_originals_are_archived_by_content_and_stay_in_the_inbox(workspace: Path) -> None:
    inbox = workspace / "workbooks/inbox"
    before = {path.name: sha(path) for path in inbox.iterdir()}
    huibao(workspace)
    assert {path.name: sha(path) for path in inbox.iterdir()} == before
    archived = {path.stem: sha(path) for path in (workspace / "workbooks/archive").iterdir()}
    assert archived == {digest: digest for digest in before.values()}


def test_every_figure_links_to_its_archived_cell(main_job: Outcome) -> None:
    sheet = openpyxl.load_workbook(main_job.summary)["数据来源"]
    targets = [
        link
        for row in sheet.iter_rows()
        for cell in row
        if cell.hyperlink and (link := cell.hyperlink.target)
    ]
    assert len(targets) > 250
    for target in targets:
        relative = target.partition("#")[0].replace("\\", "/")  # Excel's own form of a path
        path = (main_job.summary.parent / relative).resolve()
        assert path.is_file(), target


def test_the_samples_can_be_made_again_from_the_forms() -> None:
    definition = load_definition(CHECKOUT / "templates/annual-plan").value
    assert definition is not None
    made = fill_all(definition, read_tables())
    kept = {path.name: path.read_bytes() for path in (CHECKOUT / "workbooks/inbox").iterdir()}
    assert made.keys() == kept.keys()
    for name in made:
        new, old = read_workbook(made[name], name).value, read_workbook(kept[name], name).value
        assert new is not None
        assert old is not None
        assert (new.sheets, new.properties) == (old.sheets, old.properties), name


def test_output_names_are_safe_on_windows(main_job: Outcome) -> None:
    for path in (main_job.report, main_job.summary):
        assert file_name(path.name) == path.name
