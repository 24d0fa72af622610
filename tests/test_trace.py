"""``trace``: every figure of a report, with the cell it came from; one indicator; the sheet 报告溯源."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from lxml import etree

from generators.package import package_of, parts_of
from generators.word.audit.alignment import NOWHERE, align
from generators.word.audit.numbers import numbers_in, pattern_of
from generators.word.mending import mend_controls
from generators.word.reading import spans_of
from tests.conftest import CHECKOUT, Outcome, copy_workspace, huibao
from tests.test_audit import edited, overtype, without_controls, workspace_of
from tests.wordprocessing import W

FIRST = {
    "text": "85亿元",
    "indicator": "地区生产总值",
    "value": 85,
    "department": "统计局",
    "file": "统计局-2023.xlsx",
    "sheet": "指标",
    "cell": "D5",
    "vintage": 1,
    "part": "document",
    "heading": "（一）主要经济指标完成情况",
    "paragraph": 1,
    "changed": False,
    "copied": False,
    "known_by": "tag",
}


def run(workspace: Path, *arguments: str, width: int | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(CHECKOUT / "run_report.py"), *arguments]
    environment = {**os.environ, **({"COLUMNS": str(width)} if width else {})}
    command += ["--workspace", str(workspace)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, env=environment)


# --- a document -----------------------------------------------------------------------------------


def test_a_report_is_traced_figure_by_figure_in_reading_order(main_job: Outcome) -> None:
    done = huibao(workspace_of(main_job), "trace", str(main_job.report))
    assert (done.code, done.result["findings"], done.result["gone"]) == (0, [], 0)
    figures = done.result["figures"]
    assert {key: figures[0][key] for key in FIRST} == FIRST
    assert Path(figures[0]["archive"]).is_file()
    assert (figures[1]["text"], figures[1]["value"]) == ("同比增长1.5%", 1.5)
    cells = [item for item in figures if item["row"]]
    assert (cells[0]["text"], cells[0]["row"], cells[0]["column"]) == ("85", 2, 3)
    reported = [item for item in figures if item["value"] is not None]
    assert all(item["department"] for item in figures)
    assert all(item["cell"] for item in reported)
    assert len(reported) > 500
    assert done.result["issue"]["period"] == "2023"


def test_what_people_did_to_figures_is_told(main_job: Outcome, tmp_path: Path) -> None:
    path = tmp_path / "r.docx"
    path.write_bytes(edited(main_job.report.read_bytes(), overtype("85亿元", "86亿元")))
    figure = huibao(workspace_of(main_job), "trace", str(path)).result["figures"][0]
    assert (figure["text"], figure["changed"], figure["printed"]) == ("86亿元", True, "85亿元")
    assert figure["value"] == 85
    shown = run(workspace_of(main_job), "trace", str(path))
    assert "手工改过，程序打印的是“85亿元”" in shown.stdout
    assert shown.stdout.rstrip().endswith("手工改过 1 处，复制 0 处，控件已不在 0 处。")


def test_a_long_table_is_piped_without_wrapping(main_job: Outcome) -> None:
    arguments = ("trace", str(main_job.report))
    done = run(workspace_of(main_job), *arguments, width=80)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    rows = [line for line in lines if ".xlsx" in line]
    figures = huibao(workspace_of(main_job), "trace", str(main_job.report)).result["figures"]
    assert len(rows) == sum(bool(item["file"]) for item in figures)
    assert len(lines) == len(figures) + 5  # title, header, rule, blanks
    assert not any(line.endswith(" ") for line in lines)
    assert run(workspace_of(main_job), "trace", str(main_job.report), "--lang", "en").stdout.count(
        "cell"
    )


def test_a_copy_that_lost_its_mark_is_traced_by_the_last_report(
    main_job: Outcome, tmp_path: Path
) -> None:
    parts = parts_of(main_job.report.read_bytes())
    parts["docProps/custom.xml"] = parts["docProps/custom.xml"].replace(b"huibao_", b"other_")
    path = tmp_path / "r.docx"
    path.write_bytes(package_of(parts))
    done = huibao(workspace_of(main_job), "trace", str(path))
    assert [item["code"] for item in done.result["findings"]] == ["run.last_issue"]
    assert len(done.result["figures"]) > 500


def test_a_document_without_figures_is_told(main_job: Outcome, tmp_path: Path) -> None:
    path = tmp_path / "clean.docx"
    path.write_bytes(edited(main_job.report.read_bytes(), without_controls))
    done = huibao(workspace_of(main_job), "trace", str(path))
    assert (done.code, [item["code"] for item in done.result["findings"]]) == (2, ["run.no_figures"])


def test_a_document_names_its_pack_where_there_are_several(tmp_path: Path) -> None:
    workspace = copy_workspace(tmp_path / "workspace")
    report = huibao(workspace).report
    (workspace / "templates" / "second").mkdir()
    for name in ("definition.xlsx", "report.docx"):
        data = (workspace / "templates" / "annual-plan" / name).read_bytes()
        (workspace / "templates" / "second" / name).write_bytes(data)
    for command in ("trace", "audit"):
        assert huibao(workspace, command, str(report)).code == 0
    assert huibao(workspace, "trace", "地区生产总值").result["findings"][0]["code"] == "run.which_pack"


# --- an indicator -----------------------------------------------------------------------------------


def test_an_indicator_is_traced_to_every_place_of_the_last_report(main_job: Outcome) -> None:
    workspace = workspace_of(main_job)
    done = huibao(workspace, "trace", "地区生产总值.目标")
    assert [(item["text"], item["cell"], item["known_by"]) for item in done.result["figures"]] == [
        ("增长6.5%", "H5", None),
        ("增长6.5%", "H5", None),
    ]
    # A tag in a heading is printed there as it is everywhere.
    headings = [item["heading"] for item in done.result["figures"]]
    assert headings[0] == "二、2024年国民经济和社会发展主要预期目标"
    everything = huibao(workspace, "trace", "A1-01").result["figures"]
    assert {item["figure"] for item in everything} == {
        "A1-01.actual",
        "A1-01.growth",
        "A1-01.target",
        "A1-01.plan",
    }
    shown = run(workspace, "trace", "地区生产总值")
    archive = (workspace / "workbooks" / "archive").resolve().as_uri()
    assert f"统计局-2023.xlsx 指标!D5、指标!F5、指标!H5 {archive}/" in shown.stdout


@pytest.mark.parametrize(
    ("question", "code", "words"),
    [
        ("地区生产总只", "run.unknown_indicator", "是不是“地区生产总值”"),
        ("地区生产总值.同笔", "run.unknown_measure", "没有口径“同笔”"),
    ],
)
def test_a_misspelt_indicator_is_told(question: str, code: str, words: str, main_job: Outcome) -> None:
    done = huibao(workspace_of(main_job), "trace", question)
    assert (done.code, done.result["findings"][0]["code"]) == (2, code)
    assert words in done.result["findings"][0]["message"]


def test_an_indicator_that_is_not_printed_and_a_ledger_without_a_report(
    main_job: Outcome, workspace: Path
) -> None:
    done = run(workspace_of(main_job), "trace", "地区生产总值.上年")
    assert (done.returncode, done.stdout) == (0, "2023 的报告没有用到“地区生产总值”。\n")
    done = run(workspace, "trace", "地区生产总值")
    assert done.returncode == 2
    assert "台账中没有" in done.stderr


# --- the summary workbook ---------------------------------------------------------------------------


def test_the_summary_leads_from_every_printed_figure_and_back(main_job: Outcome) -> None:
    book = openpyxl.load_workbook(io.BytesIO(main_job.summary.read_bytes()))
    printed, sources = book["报告溯源"], book["数据来源"]
    first = printed[4]
    assert [item.value for item in first] == [
        1, "（一）主要经济指标完成情况", "85亿元", "地区生产总值", 85, "统计局",
        "统计局-2023.xlsx", "指标", "D5", 1, "主要经济指标完成情况!F5", "第 1 行",
    ]  # fmt: skip
    report = first[2].hyperlink
    assert report.target == main_job.report.name
    document = etree.fromstring(parts_of(main_job.report.read_bytes())["word/document.xml"])
    bookmarks = {mark.get(f"{W}name") for mark in document.iter(f"{W}bookmarkStart")}
    links = [row[2].hyperlink.location for row in printed.iter_rows(min_row=4) if row[2].hyperlink]
    assert len(links) > 500 and set(links) <= bookmarks
    assert first[8].hyperlink.location == "'指标'!D5"
    original = main_job.summary.parent / first[8].hyperlink.target.replace("\\", "/")
    assert original.is_file()
    # From the table to the source, from there to the report, and back to the table.
    table = book["主要经济指标完成情况"]["F5"]
    assert (table.value, table.hyperlink.location) == (85, "'数据来源'!A4")
    assert [item.hyperlink.location for item in sources[4][13:15]] == [
        "'主要经济指标完成情况'!F5",
        "'报告溯源'!A4",
    ]
    assert sources["O4"].value == "2 处"
    assert [first[10].hyperlink.location, first[11].hyperlink.location] == [
        "'主要经济指标完成情况'!F5",
        "'数据来源'!A4",
    ]
    entry = next(row for row in printed.iter_rows(min_row=4) if row[7].value == "活动清单")
    sheet, _, cell = entry[10].value.partition("!")
    assert book[sheet][cell].value == entry[2].value


# --- which numbers are looked at ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("2023年12月27日，2023-2025年，2023—24年", ""),
        ("1—11月，1-3季度，12月，20日，9:30，8时30分", ""),
        ("2023第四届，2024项目攻坚年，2023", ""),
        ("2023家，2023万元，5000元", "2023 2023 5000"),
        ("第3次，（1）甲，附件1：1.主要、见表3", ""),
        ("代表12人，发表3篇", "12 3"),
        ("PM2.5、5G、4A级、G20、A-1栋、CO2", ""),
        ("12km、300MW、3.5%", "12 300 3.5%"),
        ("12345热线，307国道，3·15，1+4+N，双11", ""),
        ("〔2023〕15号，1号文件，《2030年85亿元》", ""),
        ("0418-2820000，13800000000", ""),
        ("约３５％，１，２３４．５万元", "35% 1 234.5"),
        ("1,234.5万元，3个月，近10年", "1,234.5 3 10"),
        ("十四五，三一八，①②", ""),
    ],
)
def test_dates_ordinals_and_names_are_no_numbers(text: str, numbers: str) -> None:
    assert [item.text for item in numbers_in(text)] == numbers.split()


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("7×24小时", "实行7×24小时值守", "7×24小时"),
        ("年产*套", "年产20套、30套", "年产20套"),
        ("年产*", "年产20套设备，另有3个", "年产20套设备"),
        ("?台一体", "打造3台一体", "3台一体"),
        ("（5个）", "（5个）", "（5个）"),
    ],
)
def test_exceptions_of_a_pack(pattern: str, text: str, found: str) -> None:
    match = pattern_of(pattern).search(text)
    assert match is not None and match[0] == found


# --- what stands where --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("report", "document", "figure", "found"),
    [
        (["产值85亿元，增长"], ["产值90亿元，增长"], "85亿元", "90亿元"),
        (["产值85亿元，增长"], ["产值8.5亿元，增长"], "85亿元", "8.5亿元"),
        (["产值85亿元，增长"], ["产值，增长"], "85亿元", ""),
        (["甲", "产值85亿元，增长"], ["甲产值85亿元，增长"], "85亿元", "85亿元"),
        (["产值85亿元，增长较快"], ["产值85亿元，", "增长较快"], "85亿元", "85亿元"),
        (
            ["甲一段话", "产值85亿元", "乙二段话"],
            ["乙二段话", "甲一段话", "产值85亿元"],
            "85亿元",
            "85亿元",
        ),
        (["表", "85", "3"], ["表", "90", "3"], "85", "90"),
        (["表", "60", "东港", "61"], ["表", "61"], "东港", None),
    ],
)
def test_a_figure_is_found_where_its_neighbours_are(
    report: list[str], document: list[str], figure: str, found: str | None
) -> None:
    alignment = align(report, document)
    start = alignment.text.index(figure)
    region = alignment.region(start, start + len(figure))
    assert (alignment.other[region[0] : region[1]] if region else None) == found


def test_unrelated_documents_have_nothing_in_common() -> None:
    alignment = align(["渔业总产值85亿元"] * 3, ["完全不同的另一份文件"] * 3)
    assert set(alignment.where[:-1]) == {NOWHERE}
    assert alignment.share == 0
    assert align(["渔业总产值85亿元"], []).region(1, 5) is None
    assert align([], ["渔业总产值85亿元"]).share == 0


# --- what LibreOffice leaves ----------------------------------------------------------------------


def test_controls_that_libreoffice_wrote_one_into_the_other_stand_side_by_side_again() -> None:
    paragraph = etree.fromstring(
        f'''<w:p xmlns:w="{W[1:-1]}">
        <w:sdt><w:sdtPr/><w:sdtContent>
          <w:bookmarkStart w:id="1" w:name="hb_aa_1"/><w:r><w:t>10.1公里</w:t></w:r>
          <w:sdt><w:sdtPr/><w:sdtContent>
            <w:bookmarkStart w:id="2" w:name="hb_bb_1"/><w:bookmarkEnd w:id="1"/><w:r/>
          </w:sdtContent></w:sdt>
          <w:r><w:t>村屯道路</w:t></w:r>
        </w:sdtContent></w:sdt><w:bookmarkEnd w:id="2"/></w:p>'''
    )
    mend_controls(paragraph)
    spans = spans_of(paragraph)
    assert [(item.text, item.control and item.control.bookmark) for item in spans] == [
        ("10.1公里", "hb_aa_1"),
        ("村屯道路", "hb_bb_1"),
    ]
    assert [etree.QName(item).localname for item in paragraph] == [
        *("bookmarkStart", "sdt", "bookmarkEnd"),
        *("bookmarkStart", "sdt", "bookmarkEnd"),
    ]
