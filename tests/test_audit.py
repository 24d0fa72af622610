"""``audit``: reports that people edited with Word, WPS or LibreOffice, held against the data."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from lxml import etree

from generators.messages import CATALOGUE
from generators.package import package_of, parts_of
from generators.word.audit import Audit, Current, Fault, Kind, audit
from generators.word.reading import Document, read_document
from generators.word.render import Report
from tests.conftest import CHECKOUT, Outcome, huibao
from tests.district import DEFINITION, FIGURES, dataset, printed, saved
from tests.office import convert, needs_office
from tests.wordprocessing import W

BODY = "word/document.xml"


def template(*more: str) -> bytes:
    """Two chapters and a table with a row a fishing port."""
    made = docx.Document()
    made.add_heading("一、渔业", 1)
    made.add_paragraph(
        "渔业总产值{{渔业总产值}}，{{渔业总产值.同比表述}}，年内投资5000万元以上的渔港{{渔港清单|计数}}个。"
    )
    made.add_paragraph(
        "水质达标率{{水质达标率}}，达到{{规模}}的港口标准，重点有{{渔港清单|列举('名称')}}。"
    )
    made.add_heading("二、交通", 1)
    made.add_paragraph("渡口{{渡口数}}，下年{{渡口数.目标表述}}，建成“1+4+N”网络。")
    for text in more:
        made.add_paragraph(text)
    table = made.add_table(0, 3)
    for cells in (
        ("序号", "名称", "总投资（亿元）"),
        ("{% for 港 in 渔港清单 %}", "", ""),
        ("{{loop.index}}", "{{港.名称}}", "{{港.总投资|数}}"),
        ("{% endfor %}", "", ""),
    ):
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            cell.text = text
    return saved(made)


TEMPLATE = template()
HIGHER = {**FIGURES, "S1-1": {**FIGURES["S1-1"], "actual": "88"}}
"""The same data with another 渔业总产值."""


@pytest.fixture(scope="module")
def report() -> Report:
    return printed(TEMPLATE)


# --- edits as people make them --------------------------------------------------------------------


def edited(data: bytes, change: Callable[[Any], object]) -> bytes:
    """The document after ``change`` went over the XML of its body."""
    parts = parts_of(data)
    root = etree.fromstring(parts[BODY])
    change(root)
    parts[BODY] = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return package_of(parts)


def control(root: Any, text: str) -> Any:
    """The first control that says ``text``."""
    return next(item for item in root.iter(f"{W}sdt") if said(item) == text)


def said(element: Any) -> str:
    return "".join(node.text or "" for node in element.iter(f"{W}t"))


def paragraph(root: Any, text: str) -> Any:
    """The first paragraph that begins with ``text``."""
    return next(item for item in root.iter(f"{W}p") if said(item).startswith(text))


def overtype(text: str, new: str) -> Callable[[Any], None]:
    """Type over what stands in a control, or in the text outside of controls."""

    def change(root: Any) -> None:
        node = next(item for item in root.iter(f"{W}t") if text in (item.text or ""))
        node.text = node.text.replace(text, new)

    return change


def unwrap(text: str, *, bookmark: bool = True) -> Callable[[Any], None]:
    """Take a control away and leave its text, as Word's “remove content control” does."""

    def change(root: Any) -> None:
        item = control(root, text)
        for mark in () if bookmark else (item.getprevious(), item.getnext()):
            mark.getparent().remove(mark)
        for run in list(item.find(f"{W}sdtContent")):
            item.addprevious(run)
        item.getparent().remove(item)

    return change


def delete(text: str) -> Callable[[Any], None]:
    """Delete a figure with its control and its bookmark."""

    def change(root: Any) -> None:
        item = control(root, text)
        for one in (item.getprevious(), item.getnext(), item):
            one.getparent().remove(one)

    return change


def write(text: str, after: str = "渡口") -> Callable[[Any], None]:
    """Type ``text`` at the end of the paragraph that begins with ``after``."""

    def change(root: Any) -> None:
        run = etree.SubElement(paragraph(root, after), f"{W}r")
        etree.SubElement(run, f"{W}t").text = text

    return change


def put_before(text: str, figure: str) -> Callable[[Any], None]:
    """Type ``text`` right before a figure's control."""

    def change(root: Any) -> None:
        run = etree.Element(f"{W}r")
        etree.SubElement(run, f"{W}t").text = text
        control(root, figure).getprevious().addprevious(run)

    return change


def duplicate(text: str) -> Callable[[Any], None]:
    """Copy a paragraph and paste it behind itself, controls and all; bookmarks are not copied."""

    def change(root: Any) -> None:
        item = paragraph(root, text)
        twin = copy.deepcopy(item)
        for mark in list(twin.iter(f"{W}bookmarkStart", f"{W}bookmarkEnd")):
            mark.getparent().remove(mark)
        item.addnext(twin)

    return change


def without_controls(root: Any) -> None:
    """Make a clean copy."""
    for item in list(root.iter(f"{W}sdt")):
        for run in list(item.find(f"{W}sdtContent")):
            item.addprevious(run)
        item.getparent().remove(item)
    for mark in list(root.iter(f"{W}bookmarkStart", f"{W}bookmarkEnd")):
        mark.getparent().remove(mark)


def both(*changes: Callable[[Any], object]) -> Callable[[Any], None]:
    def change(root: Any) -> None:
        for one in changes:
            one(root)

    return change


def read(data: bytes) -> Document:
    document = read_document(data)
    assert document is not None
    return document


def audited(
    data: bytes, report: Report, now: Report | None = None, allowed: tuple[str, ...] = ()
) -> Audit:
    """An audit of ``data``, which ``report`` was, while ``now`` would be printed."""
    now = now or report
    current = Current(now.manifest, read(now.data))
    terms = DEFINITION.terms.values()
    return audit(read(data), report.manifest, current, read(TEMPLATE).texts, (*allowed, *terms))


def brief(fault: Fault) -> str:
    """A fault on one line: kind, where, what stands, what it should be."""
    place = fault.place
    number = f"r{place.row}c{place.column}" if place.row else str(place.paragraph or "")
    names = "+".join(figure.links[0].label for figure in fault.figures)
    where = f"{place.heading[:1]}{number}"
    return " ".join(
        part for part in (str(fault.kind), where, names, fault.text, fault.now or "") if part
    )


def faults(change: Callable[[Any], object], report: Report, now: Report | None = None) -> list[str]:
    return [brief(item) for item in audited(edited(report.data, change), report, now).faults]


# --- what is off ----------------------------------------------------------------------------------


def test_a_report_as_it_was_printed_is_clean(report: Report) -> None:
    found = audited(report.data, report)
    assert found.faults == ()
    assert (found.ours, found.clean_copy, found.compared) == (True, False, len(report.manifest.figures))


EDITS: Mapping[str, tuple[Callable[[Any], object], list[str]]] = {
    "a figure typed over": (
        overtype("85亿元", "86亿元"),
        ["changed 一1 渔业总产值 86亿元 85亿元"],
    ),
    "a digit put before a figure": (put_before("1", "14个"), ["unbound 二1 114"]),
    "a word put before a figure": (put_before("约", "14个"), []),
    "its control taken away, with the bookmark left": (
        unwrap("85亿元"),
        ["gone 一1 渔业总产值 85亿元 85亿元"],
    ),
    "its control and bookmark taken away": (
        unwrap("85亿元", bookmark=False),
        ["gone 一1 渔业总产值 85亿元 85亿元"],
    ),
    "its control taken away and typed over": (
        both(unwrap("85亿元", bookmark=False), overtype("85亿元", "86亿元")),
        ["gone 一1 渔业总产值 86亿元 85亿元"],
    ),
    "a figure deleted": (delete("85亿元"), ["gone 一 渔业总产值"]),
    "two of one sentence deleted": (
        both(delete("85亿元"), delete("同比增长1.5%")),
        ["gone 一 渔业总产值+渔业总产值·同比增长"],
    ),
    "a row of a table deleted": (
        lambda root: [row.getparent().remove(row) for row in list(root.iter(f"{W}tr"))[-1:]],
        ["gone 二 名称+总投资"],
    ),
    "a sentence copied": (duplicate("渔业总产值"), []),
    "a copied figure typed over": (
        both(duplicate("渔业总产值"), overtype("85亿元", "86亿元")),
        ["changed 一1 渔业总产值 86亿元 85亿元"],
    ),
    "a number typed": (write("新增泊位12个。"), ["unbound 二1 12"]),
    "full-width digits typed": (write("投资３．５亿元。"), ["unbound 二1 3.5"]),
    "a number that a figure says already": (
        write("渔业总产值85亿元。"),
        ["unbound 二1 渔业总产值 85"],
    ),
    "the same digits in another unit": (write("船只85艘。"), ["unbound 二1 85"]),
    "dates, ordinals and names": (
        write("2030年12月，第3次获评4A级，PM2.5达标，开通12345热线，编制《85亿元方案》。"),
        [],
    ),
    "a threshold of the template in another sentence": (write("另有投资5000万元以上的码头。"), []),
    "words of the template changed around a number": (overtype("年内投资", "全年共投资"), []),
    "the threshold itself": (overtype("5000", "6000"), ["unbound 一1 6000"]),
    "a name typed as a register has it": (write("重点建设东港。"), []),
    "the whole paragraph moved": (
        lambda root: root.find(f"{W}body").insert(0, paragraph(root, "渡口14")),
        [],
    ),
    "a term in another sentence": (write("另有500吨以上的渔船。"), []),
}


@pytest.mark.parametrize("case", EDITS)
def test_an_edit_is_found_and_located(case: str, report: Report) -> None:
    change, expected = EDITS[case]
    assert faults(change, report) == expected


def test_data_that_changed_make_a_figure_stale(report: Report) -> None:
    now = printed(TEMPLATE, dataset(figures=HIGHER))
    assert faults(lambda root: None, report, now) == ["stale 一1 渔业总产值 85亿元 88亿元"]
    assert faults(overtype("85亿元", "88亿元"), report, now) == []
    assert faults(overtype("85亿元", "86亿元"), report, now) == ["changed 一1 渔业总产值 86亿元 88亿元"]
    assert faults(unwrap("85亿元"), report, now) == ["gone 一1 渔业总产值 85亿元 88亿元"]


def test_rows_that_the_data_lost_are_withdrawn_and_new_ones_are_missed(report: Report) -> None:
    fewer = printed(TEMPLATE, dataset("JT"))
    lost = [
        item for item in faults(lambda root: None, report, fewer) if item.startswith("withdrawn 二r3")
    ]
    assert lost == ["withdrawn 二r3c2 名称 西港", "withdrawn 二r3c3 总投资 0.35"]
    found = audited(fewer.data, fewer, report).faults
    [rows] = [item for item in found if item.kind is Kind.ADDED and item.place.heading == "二、交通"]
    assert rows.printed == "东港、1.2、西港、0.35、南港、【缺：总投资】、北港、2"


def test_what_another_template_no_longer_prints_is_not_judged(report: Report) -> None:
    other = printed(template("{{捕捞收入}}"), dataset(figures=HIGHER))
    assert faults(lambda root: None, report, other) == ["stale 一1 渔业总产值 85亿元 88亿元"]


def test_a_pack_may_let_numbers_pass(report: Report) -> None:
    data = edited(report.data, write("实行7×24小时值守，年产20套、30套设备，另有9个。"))
    kept = [item.text for item in audited(data, report, None, ("7×24小时", "年产*套")).faults]
    assert kept == ["30", "9"]


# --- copies without controls, and documents of others -----------------------------------------------


def test_a_clean_copy_is_compared_by_its_text(report: Report) -> None:
    found = audited(edited(report.data, without_controls), report)
    assert (found.clean_copy, found.faults) == (True, ())
    assert found.compared == len(report.manifest.figures)


def test_a_clean_copy_with_other_figures_and_numbers(report: Report) -> None:
    change = both(without_controls, overtype("85亿元", "约86亿元"), write("新增泊位12个。"))
    found = audited(edited(report.data, change), report)
    assert [brief(item) for item in found.faults] == [
        "stale 一1 渔业总产值 约86亿元 85亿元",
        "unbound 二1 12",
    ]
    now = printed(TEMPLATE, dataset(figures=HIGHER))
    found = audited(edited(report.data, without_controls), report, now)
    assert [brief(item) for item in found.faults] == ["stale 一1 渔业总产值 85亿元 88亿元"]


def test_a_clean_copy_where_nothing_can_be_printed(report: Report) -> None:
    data = edited(report.data, both(without_controls, write("新增泊位12个。")))
    found = audit(read(data), report.manifest, Current(report.manifest), read(TEMPLATE).texts)
    assert found.clean_copy
    # 500 is of one of the pack's terms, which are given with its exceptions.
    assert [item.text for item in found.faults] == ["500", "12"]


def test_a_document_of_others_is_only_searched_for_numbers(report: Report) -> None:
    made = docx.Document()
    made.add_heading("简报", 1)
    made.add_paragraph("2030年渔业总产值85亿元，船只12艘。")
    table = made.add_table(2, 2)
    for place, text in enumerate(("序号", "吨位", "1", "300")):
        table.cell(place // 2, place % 2).text = text
    found = audited(saved(made), report)
    assert (found.ours, found.clean_copy, found.compared) == (False, False, 0)
    assert [(item.kind, item.text) for item in found.faults] == [
        (Kind.UNBOUND, "85"),
        (Kind.UNBOUND, "12"),
        (Kind.UNBOUND, "300"),
    ]


def test_page_numbers_and_contents_are_no_numbers_that_somebody_typed() -> None:
    made = docx.Document()
    item = made.add_paragraph("第一章")
    for kind, text in (
        ("begin", ""),
        ("", ' TOC \\o "1-3" '),
        ("separate", ""),
        ("", "12"),
        ("end", ""),
    ):
        run = etree.SubElement(item._p, f"{W}r")
        if kind:
            etree.SubElement(run, f"{W}fldChar").set(f"{W}fldCharType", kind)
        else:
            etree.SubElement(run, f"{W}instrText" if "TOC" in text else f"{W}t").text = text
    link = etree.SubElement(item._p, f"{W}fldSimple")
    link.set(f"{W}instr", ' HYPERLINK "https://example.com" ')
    etree.SubElement(etree.SubElement(link, f"{W}r"), f"{W}t").text = "共34页"
    assert [item.text for item in audit(read(saved(made))).faults] == ["34"]


# --- on the command line ----------------------------------------------------------------------------


def workspace_of(job: Outcome) -> Path:
    return job.report.parent.parent


def test_the_sample_report_is_clean(main_job: Outcome) -> None:
    done = huibao(workspace_of(main_job), "audit", str(main_job.report))
    assert (done.code, done.result["faults"], done.result["findings"]) == (0, [], [])
    assert done.result["compared"] > 500


@needs_office
def test_a_report_that_libreoffice_saved(main_job: Outcome, tmp_path: Path) -> None:
    changed = tmp_path / "r.docx"
    changed.write_bytes(edited(main_job.report.read_bytes(), overtype("85亿元", "86亿元")))
    resaved = convert(changed, tmp_path / "office", "docx")
    done = huibao(workspace_of(main_job), "audit", str(resaved))
    assert [(item["kind"], item["text"], item["printed"]) for item in done.result["faults"]] == [
        ("changed", "86亿元", "85亿元")
    ]
    assert done.result["compared"] > 500
    traced = huibao(workspace_of(main_job), "trace", str(resaved)).result["figures"]
    assert {item["known_by"] for item in traced} == {"bookmark"}
    assert [item["text"] for item in traced if item["changed"]] == ["86亿元"]
    clean = convert(main_job.report, tmp_path / "again", "docx")
    assert huibao(workspace_of(main_job), "audit", str(clean)).code == 0


def submit(workspace: Path, department: str, cell: str, value: float) -> None:
    """Put a corrected form of a department into the inbox."""
    [path] = (workspace / "workbooks" / "inbox").rglob(f"{department}*.xlsx")
    book = openpyxl.load_workbook(path)
    book["指标"][cell] = value
    book.save(path)


def test_new_data_before_and_after_they_are_taken_in(workspace: Path) -> None:
    old = workspace / "old.docx"
    shutil.copy(huibao(workspace).report, old)
    submit(workspace, "统计局", "D5", 88)
    done = huibao(workspace, "audit", str(old))
    assert (done.code, [item["code"] for item in done.result["findings"]]) == (1, ["audit.newer"])
    assert "统计局" in done.result["findings"][0]["message"]
    huibao(workspace)
    done = huibao(workspace, "audit", str(old))
    assert done.code == 1
    assert [(item["kind"], item["text"], item["now"]) for item in done.result["faults"]] == [
        ("stale", "85亿元", "88亿元"),
        ("stale", "85", "88"),
    ]
    assert [item["cell"] for item in done.result["faults"][0]["figures"]] == ["D5"]
    assert "正文，“（一）主要经济指标完成情况”之下，第 1 段" in done.result["findings"][0]["message"]


def test_a_template_with_errors_leaves_the_last_report_to_compare_with(workspace: Path) -> None:
    report = huibao(workspace).report
    path = workspace / "templates" / "annual-plan" / "report.docx"
    path.write_bytes(edited(path.read_bytes(), overtype("{{地区生产总值}}", "{{地区生产总植}}")))
    done = huibao(workspace, "audit", str(report))
    assert (done.code, [item["code"] for item in done.result["findings"]]) == (0, ["audit.not_printed"])


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"hello", "document.not_word"), (b"PK\x03\x04", "document.damaged")],
)
def test_what_is_no_document_is_told(
    content: bytes, code: str, main_job: Outcome, tmp_path: Path
) -> None:
    path = tmp_path / "x.docx"
    path.write_bytes(content)
    for command in ("audit", "trace"):
        done = huibao(workspace_of(main_job), command, str(path))
        assert (done.code, [item["code"] for item in done.result["findings"]]) == (2, [code])
        missing = huibao(workspace_of(main_job), command, str(tmp_path / "none.docx"))
        assert [item["code"] for item in missing.result["findings"]] == ["run.no_document"]


def test_a_report_that_the_ledger_does_not_know(workspace: Path, main_job: Outcome) -> None:
    for command in ("audit", "trace"):
        done = huibao(workspace, command, str(main_job.report))
        assert (done.code, [item["code"] for item in done.result["findings"]]) == (2, ["run.no_issue"])
    assert not (workspace / "workbooks" / "ledger.db").exists()


def test_a_person_reads_it_kind_by_kind_and_excel_as_a_table(main_job: Outcome, tmp_path: Path) -> None:
    path = tmp_path / "r.docx"
    change = both(overtype("85亿元", "86亿元"), write("新增12家。", "预计全年"))
    path.write_bytes(edited(main_job.report.read_bytes(), change))

    def printed_by(*options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(CHECKOUT / "run_report.py"), "audit", str(path)]
        command += ["--workspace", str(workspace_of(main_job)), *options]
        return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)

    done = printed_by()
    assert done.returncode == 1
    assert done.stdout == "r.docx：已与现有数据核对 608 处，发现 2 处问题。\n"
    lines = [line for line in done.stderr.splitlines() if line]
    assert [lines[0], lines[2]] == ["手工改过的数：核实 1", "没有来源的数字：提醒 1"]
    assert "“地区生产总值”被手工改为“86亿元”，程序打印的是“85亿元”" in lines[1]
    table = printed_by("--format", "csv").stdout.splitlines()
    assert [line.split(",")[2] for line in table[1:]] == ["audit.changed", "audit.unbound"]
    assert printed_by("--quiet").stderr == ""
    assert json.loads(printed_by("--format", "json").stdout)["faults"][1]["text"] == "12"
    english = printed_by("--lang", "en")
    assert english.stdout == "r.docx: 608 places held against the present data, 2 faults.\n"
    assert "was changed by hand to “86亿元”" in english.stderr


def test_every_kind_of_fault_has_its_message() -> None:
    kinds = {f"audit.{kind}" for kind in Kind}
    others = ("copy", "loose", "alike", "newer", "clean_copy", "foreign", "template", "not_printed")
    assert kinds | {f"audit.{name}" for name in others} == {
        code for code in CATALOGUE if code.startswith("audit.")
    }
