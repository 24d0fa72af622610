"""Two issues as one document with tracked changes: accepted it is the newer, rejected the older."""

from __future__ import annotations

import copy
import datetime as dt
import io
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from hypothesis import HealthCheck, given, settings

from generators.messages import line
from generators.model import Finding
from generators.package import CONTENT_TYPES, package_of, parts_of
from generators.word.clean import without_controls
from generators.word.compare import Comparison, Counts, compare, written_at
from generators.word.oxml import bookmarked, make_control, make_ids_unique, make_run
from generators.word.properties import read_properties, with_properties
from tests import office
from tests.conftest import CHECKOUT, Outcome, copy_workspace, huibao
from tests.district import document, saved
from tests.pairs import Block, pairs, written
from tests.reports import open_report
from tests.revisions import Nested, W, accept, changed, reject, roots, said, said_in
from tests.wordprocessing import faults

MOMENT = dt.datetime(2030, 12, 24, 9, 30)


def compared(old: bytes, new: bytes) -> Comparison:
    """The comparison of two sound documents, which keeps what it promises."""
    result = compare(old, new, MOMENT)
    assert result.value is not None, result.findings
    data = result.value.data
    assert faults(data) == []
    assert said(accept(data)) == said(new)
    assert said(reject(data)) == said(old)
    return result.value


def noticed(old: bytes, new: bytes) -> list[str]:
    return [item.code for item in compare(old, new, MOMENT, ("旧.docx", "新.docx")).findings]


def between(old: Sequence[str] | str, new: Sequence[str] | str) -> list[tuple[str, str]]:
    """The changes between documents of such paragraphs."""
    sides = [[side] if isinstance(side, str) else side for side in (old, new)]
    return changed(compared(*(document(*side) for side in sides)).data)


def replaced(old: str, new: str) -> list[tuple[str, str]]:
    return [("del", old), ("ins", new)]


# --- figures and words --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "gone", "come"),
    [
        ("总产值85.0亿元，增长。", "总产值86.2亿元，增长。", "85.0亿元", "86.2亿元"),
        ("增长1.5%。", "增长15%。", "1.5%", "15%"),
        ("面积10.58万平方米。", "面积10.5万平方米。", "10.58万平方米", "10.5万平方米"),
        ("提高1个百分点，", "提高11个百分点，", "1个百分点", "11个百分点"),
        ("全年12,300人次。", "全年12,400人次。", "12,300人次", "12,400人次"),
        ("变动-0.5%。", "变动0.5%。", "-0.5%", "0.5%"),
        ("截至2029年11月27日。", "截至2029年12月27日。", "11月", "12月"),
        ("浓度为33微克。", "浓度为31微克。", "33", "31"),
        ("达到３６％。", "达到３８％。", "３６％", "３８％"),
        ("装机0.715MW。", "装机0.72MW。", "0.715MW", "0.72MW"),
        ("PM2.5平均浓度下降。", "PM10平均浓度下降。", "PM2.5", "PM10"),
    ],
)
def test_a_figure_is_replaced_whole_with_its_unit(old: str, new: str, gone: str, come: str) -> None:
    assert between(old, new) == replaced(gone, come)


def with_figure(before: str, figure: str, after: str, *, control: bool = True) -> bytes:
    """One paragraph with a figure of a report, in its control or, as in a clean copy, in none."""
    made = docx.Document()
    paragraph = made.add_paragraph(before)._p
    run = make_run(None, figure)
    control_of = make_control("S1.actual|总产值", "总产值 · 渔业局 · 指标!D5", [run])
    paragraph.extend(bookmarked("hb_0123456789_1", [control_of]) if control else [run])
    paragraph.append(make_run(None, after))
    make_ids_unique([made.element])
    return saved(made)


@pytest.mark.parametrize("controls", [(True, True), (True, False), (False, True)])
def test_what_stood_in_a_control_of_either_issue_is_one_figure(controls: tuple[bool, bool]) -> None:
    sides = ("同比增长1.5%", "同比下降0.8%")
    old, new = (
        with_figure("总产值", figure, "，好。", control=control)
        for figure, control in zip(sides, controls, strict=True)
    )
    found = compared(old, new)
    assert changed(found.data) == replaced(*sides)
    assert found.counts == Counts(figures=1, paragraphs_changed=1)


def test_a_unit_that_only_the_controls_know_belongs_to_the_figure() -> None:
    old = with_figure("浓度", "33微克/立方米", "；去年为35微克/立方米。")
    new = with_figure("浓度", "33微克/立方米", "；去年为36微克/立方米。")
    assert changed(compared(old, new).data) == replaced("35微克/立方米", "36微克/立方米")


def test_the_result_holds_no_control_and_no_mark_of_ours() -> None:
    old = with_figure("总产值", "85亿元", "。")
    data = compared(old, with_figure("总产值", "86亿元", "。")).data
    [body] = [root for name, root in roots(data).items() if name.endswith("document.xml")]
    assert list(body.iter(f"{W}sdt", f"{W}bookmarkStart", f"{W}bookmarkEnd")) == []


def test_controls_and_bookmarks_of_people_stay_where_ours_go() -> None:
    """Ours are known by their bookmark; where that is gone, by what they are called."""
    own = CONTROL.format(run("金鑫"))
    ours = CONTROL.replace("签发人'/>", "总产值 · 渔业局 · 指标!D5'/><w:tag w:val='S1.actual|总产值'/>")
    mark = "<w:bookmarkStart w:id='5' w:name='附件'/><w:bookmarkEnd w:id='5'/>"
    plain = paragraph_of(own + ours.format(run("85亿元")) + mark)
    report = with_properties(plain, {"huibao_manifest": "0" * 64})
    for data in (plain, report):
        cleaned = without_controls(data)
        body = roots(cleaned)["word/document.xml"]
        assert len(list(body.iter(f"{W}sdt"))) == 1
        assert len(list(body.iter(f"{W}bookmarkStart"))) == 1
        assert said(cleaned) == said(data) == ["金鑫85亿元"]
        assert faults(cleaned) == []
    assert parts_of(without_controls(report))["word/styles.xml"] == parts_of(report)["word/styles.xml"]


def test_a_few_words_are_marked_as_words() -> None:
    old = "面对错综复杂的宏观环境，全区上下坚决执行决策部署，工作取得进展。"
    new = "面对错综复杂的外部环境，全区上下坚决执行各项决策部署，工作取得进展。"
    assert between(old, new) == [*replaced("宏观", "外部"), ("ins", "各项")]


def test_a_rewritten_clause_is_replaced_whole_and_not_as_scattered_characters() -> None:
    old = "招商引资成效明显，项目建设有序推进，三次产业稳步向好。"
    new = "招商引资成效明显，重大工程全面提速建设，三次产业稳步向好。"
    assert between(old, new) == replaced("项目建设有序推进", "重大工程全面提速建设")


def test_a_figure_is_a_pair_of_its_own_beside_other_changes() -> None:
    old = "建成东港、西港等5个渔港，吸引渔船。"
    new = "建成东港、西港、南港等6个渔港，吸引渔船。"
    assert between(old, new) == [("ins", "、南港"), *replaced("5个", "6个")]


def test_a_sentence_that_came_or_went_is_marked_alone() -> None:
    kept = "渔政执法不断加强。开展巡查，查处违法案件。"
    assert between(kept, f"{kept}队伍建设取得进展。") == [("ins", "队伍建设取得进展。")]
    assert between(f"总的来看，形势平稳。{kept}", kept) == [("del", "总的来看，形势平稳。")]


def test_a_moved_sentence_is_deleted_here_and_inserted_there() -> None:
    a, b, c = "渔政执法不断加强。", "队伍建设取得进展。", "航道全线畅通。"
    found = between(a + b + c, b + c + a)
    assert sorted(found) == [("del", a), ("ins", a)]


def test_deleted_text_keeps_its_own_formatting() -> None:
    old = docx.Document()
    paragraph = old.add_paragraph("总产值")
    paragraph.add_run("八十五亿元").bold = True
    data = compared(saved(old), document("总产值")).data
    [gone] = roots(data)["word/document.xml"].iter(f"{W}del")
    assert gone.find(f"{W}r/{W}rPr/{W}b") is not None


# --- paragraphs ---------------------------------------------------------------------------------

FIRST, SECOND, THIRD = (
    "渔政执法不断加强。",
    "队伍建设取得进展，培训人员三百。",
    "航道全线畅通，渡口安全。",
)


def marks(data: bytes) -> list[str]:
    """For each paragraph: whether its mark was inserted (``ins``), deleted (``del``), or stays."""
    found = []
    for paragraph in roots(data)["word/document.xml"].iter(f"{W}p"):
        kinds = [
            name for name in ("ins", "del") if paragraph.find(f"{W}pPr/{W}rPr/{W}{name}") is not None
        ]
        found.append("".join(kinds) or "stays")
    return found


@pytest.mark.parametrize(
    ("old", "new", "expected", "counts"),
    [
        (
            (FIRST, THIRD),
            (FIRST, SECOND, THIRD),
            ["stays", "ins", "stays"],
            Counts(paragraphs_inserted=1),
        ),
        (
            (FIRST, SECOND, THIRD),
            (FIRST, THIRD),
            ["stays", "del", "stays"],
            Counts(paragraphs_deleted=1),
        ),
        # The last mark of a document cannot go: the one before it does.
        ((FIRST,), (FIRST, SECOND), ["ins", "stays"], Counts(paragraphs_inserted=1)),
        ((FIRST, SECOND), (FIRST,), ["del", "stays"], Counts(paragraphs_deleted=1)),
        # A split and a join change a mark and no text.
        (
            (FIRST + SECOND, THIRD),
            (FIRST, SECOND, THIRD),
            ["ins", "stays", "stays"],
            Counts(paragraphs_inserted=1, paragraphs_changed=1),
        ),
        (
            (FIRST, SECOND, THIRD),
            (FIRST + SECOND, THIRD),
            ["del", "stays", "stays"],
            Counts(paragraphs_deleted=1, paragraphs_changed=1),
        ),
    ],
)
def test_marks_of_paragraphs_are_tracked(
    old: Sequence[str], new: Sequence[str], expected: list[str], counts: Counts
) -> None:
    found = compared(document(*old), document(*new))
    assert marks(found.data) == expected
    assert found.counts == counts


def test_a_split_marks_no_text() -> None:
    assert between((FIRST + SECOND, THIRD), (FIRST, SECOND, THIRD)) == []


def test_a_heading_that_is_joined_gets_its_style_back_when_the_join_is_rejected() -> None:
    old, new = docx.Document(), docx.Document()
    old.add_paragraph(FIRST, "Heading 1")
    old.add_paragraph(SECOND, "List Bullet")
    new.add_paragraph(FIRST + SECOND, "Heading 1")
    data = compared(saved(old), saved(new)).data
    styles = [paragraph.style.name for paragraph in docx.Document(io.BytesIO(reject(data))).paragraphs]
    assert styles == ["Heading 1", "List Bullet"]
    [left] = docx.Document(io.BytesIO(accept(data))).paragraphs
    assert left.style.name == "Heading 1"


def test_equal_documents_have_no_changes() -> None:
    found = compared(document(FIRST), document(FIRST))
    assert (found.same, changed(found.data)) == (True, [])


def test_the_changes_bear_author_and_date() -> None:
    data = compared(document("旧文。"), document("新文字。", SECOND)).data
    found = list(roots(data)["word/document.xml"].iter(f"{W}ins", f"{W}del"))
    assert {item.get(f"{W}author") for item in found} == {"汇报"}
    assert {item.get(f"{W}date") for item in found} == {"2030-12-24T09:30:00Z"}


# --- tables -------------------------------------------------------------------------------------

HEAD = ("指标", "单位", "本年")
OUTPUT, PORTS, RATE = ("渔业总产值", "亿元", "85"), ("渡口数", "个", "14"), ("水质达标率", "%", "90.5")


def with_table(*rows: Sequence[str], after: str = "") -> bytes:
    made = docx.Document()
    made.add_paragraph("主要指标表")
    table = made.add_table(0, len(rows[0]))
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    if after:
        made.add_paragraph(after)
    return saved(made)


def test_tables_are_compared_cell_by_cell() -> None:
    found = compared(with_table(HEAD, OUTPUT, PORTS), with_table(HEAD, (*OUTPUT[:2], "86.2"), PORTS))
    assert changed(found.data) == replaced("85", "86.2")
    assert found.counts == Counts(figures=1, cells_changed=1)


def test_rows_that_came_or_went_are_tracked_as_rows() -> None:
    found = compared(with_table(HEAD, OUTPUT, PORTS), with_table(HEAD, RATE, PORTS))
    rows = list(roots(found.data)["word/document.xml"].iter(f"{W}tr"))
    kinds = [
        [name for name in ("ins", "del") if row.find(f"{W}trPr/{W}{name}") is not None] for row in rows
    ]
    assert kinds == [[], ["del"], ["ins"], []]
    assert found.counts == Counts(rows_inserted=1, rows_deleted=1)


def test_a_table_that_came_or_went_is_tracked_whole() -> None:
    alone = document("主要指标表")
    come, gone = compared(alone, with_table(HEAD, OUTPUT)), compared(with_table(HEAD, OUTPUT), alone)
    assert (come.counts, gone.counts) == (Counts(rows_inserted=2), Counts(rows_deleted=2))


def test_a_table_with_another_column_has_its_rows_replaced() -> None:
    found = compared(with_table(HEAD, OUTPUT), with_table((*HEAD, "上年"), (*OUTPUT, "83.7")))
    assert found.counts == Counts(rows_inserted=2, rows_deleted=2)


def test_a_table_beside_a_changed_one_stays_itself() -> None:
    """Two tables with one head: when the first goes, the second is still known."""
    second = (HEAD, RATE, ("航道服务水平", "分", "9.3"))
    both = docx.Document(io.BytesIO(with_table(HEAD, OUTPUT, PORTS, after="附表")))
    other = docx.Document(io.BytesIO(with_table(*second)))
    both.element.body.insert(-1, other.tables[0]._tbl)
    found = compared(saved(both), with_table(*second))
    assert (found.counts.rows_deleted, found.counts.rows_inserted) == (3, 0)


# --- what people put into documents -------------------------------------------------------------


def paragraph_of(inner: str) -> bytes:
    made = docx.Document()
    made.element.body.insert(0, parse_xml(f"<w:p {nsdecls('w', 'r', 'wp', 'a')}>{inner}</w:p>"))
    return saved(made)


def run(text: str) -> str:
    return f"<w:r><w:t xml:space='preserve'>{text}</w:t></w:r>"


LINK = "<w:hyperlink w:anchor='附件'>{}</w:hyperlink>"
CONTROL = (
    "<w:sdt><w:sdtPr><w:alias w:val='签发人'/><w:text/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
)
FIELD = (
    "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> REF 表 </w:instrText></w:r>"
    "<w:r><w:fldChar w:fldCharType='separate'/></w:r>{}<w:r><w:fldChar w:fldCharType='end'/></w:r>"
)
SIMPLE = "<w:fldSimple w:instr=' DOCPROPERTY 名称 '>{}</w:fldSimple>"
BOX = (
    "<w:r><w:pict><v:shape xmlns:v='urn:schemas-microsoft-com:vml'><v:textbox><w:txbxContent>"
    "<w:p>{}</w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
)


@pytest.mark.parametrize(
    "around", [LINK, CONTROL, FIELD, SIMPLE, BOX], ids=["link", "control", "field", "simple", "box"]
)
def test_what_stands_around_text_stays(around: str) -> None:
    def side(inside: str, outside: str) -> bytes:
        return paragraph_of(run("见") + around.format(run(inside)) + run(outside))

    tag = around.partition(" ")[0].removeprefix("<w:").rstrip(">")
    for old, new in (
        (side("附件一", "，请审议。"), side("附件一", "，请批示。")),
        (side("附件一", "，请审议。"), side("附件二", "，请审议。")),
    ):
        data = compared(old, new).data
        body = roots(data)["word/document.xml"]
        assert len(list(body.iter(f"{W}{tag}"))) == len(
            list(roots(new)["word/document.xml"].iter(f"{W}{tag}"))
        )
    compared(paragraph_of(run("见。")), side("附件一", "。"))
    if around is not BOX:  # a text box that is gone is left out, which is told
        compared(side("附件一", "。"), paragraph_of(run("见。")))
    else:
        assert noticed(side("附件一", "。"), paragraph_of(run("见。"))) == ["compare.left_out"]


def test_a_control_of_people_is_replaced_whole_and_holds_no_deletion() -> None:
    old, new = (paragraph_of(run("签发人：") + CONTROL.format(run(name))) for name in ("金鑫", "金磊"))
    data = compared(old, new).data
    assert changed(data) == replaced("金鑫", "金磊")
    [control] = roots(data)["word/document.xml"].iter(f"{W}sdt")
    assert list(control.iter(f"{W}del")) == []


def test_page_numbers_are_no_text() -> None:
    page = "<w:fldSimple w:instr=' PAGE '>{}</w:fldSimple>"
    old, new = (paragraph_of(run("第") + page.format(run(number)) + run("页")) for number in "17")
    assert compared(old, new).same


def test_a_table_of_contents_goes_on_over_paragraphs() -> None:
    def contents(*lines: str) -> bytes:
        begin, _, end = FIELD.partition("{}")
        made = docx.Document()
        for number, text in enumerate(lines):
            first, last = number == 0, number == len(lines) - 1
            inner = (begin if first else "") + run(text) + (end if last else "")
            made.element.body.insert(number, parse_xml(f"<w:p {nsdecls('w')}>{inner}</w:p>"))
        return saved(made)

    found = compared(contents(FIRST, SECOND, THIRD), contents(FIRST + "（一）", "新的一节", THIRD))
    kinds = [
        item.get(f"{W}fldCharType")
        for item in roots(found.data)["word/document.xml"].iter(f"{W}fldChar")
    ]
    assert kinds == ["begin", "separate", "end"]


def test_a_control_around_blocks_is_looked_into() -> None:
    def inside(*texts: str) -> bytes:
        made = docx.Document(io.BytesIO(document(*texts, "后文。")))
        control = parse_xml(f"<w:sdt {nsdecls('w')}><w:sdtPr/><w:sdtContent/></w:sdt>")
        for paragraph in made.paragraphs[:-1]:
            control[-1].append(paragraph._p)
        made.element.body.insert(0, control)
        return saved(made)

    assert changed(compared(inside(FIRST, THIRD), inside(FIRST, SECOND, THIRD)).data) == [
        ("ins", SECOND)
    ]
    assert changed(compared(document("后文。"), inside(FIRST)).data) == [("ins", FIRST)]
    assert changed(compared(inside(FIRST), document("后文。")).data) == [("del", FIRST)]


def test_comments_of_the_newer_document_stay() -> None:
    new = docx.Document(io.BytesIO(document(FIRST + SECOND)))
    new.add_comment(new.paragraphs[0].runs, "请核对", author="某人")
    data = compared(document(FIRST), saved(new)).data
    assert [item.text for item in docx.Document(io.BytesIO(data)).comments] == ["请核对"]


def with_notes(text: str, *notes: str) -> bytes:
    """A paragraph with a footnote behind it for each of ``notes``."""
    made = docx.Document()
    paragraph = made.add_paragraph(text)
    for number in range(1, len(notes) + 1):
        paragraph._p.append(
            parse_xml(f"<w:r {nsdecls('w')}><w:footnoteReference w:id='{number}'/></w:r>")
        )
        paragraph.add_run(f"其{number}")
    parts = parts_of(saved(made))
    told = "".join(
        f"<w:footnote w:id='{number}'><w:p><w:r><w:footnoteRef/></w:r>{run(note)}</w:p></w:footnote>"
        for number, note in enumerate(notes, 1)
    )
    kind = "wordprocessingml.footnotes+xml"
    parts["word/footnotes.xml"] = f"<w:footnotes {nsdecls('w')}>{told}</w:footnotes>".encode()
    parts[CONTENT_TYPES] = parts[CONTENT_TYPES].replace(
        b"</Types>",
        b'<Override PartName="/word/footnotes.xml" ContentType="application/'
        + f'vnd.openxmlformats-officedocument.{kind}"/></Types>'.encode(),
    )
    relations = "word/_rels/document.xml.rels"
    parts[relations] = parts[relations].replace(
        b"</Relationships>",
        b'<Relationship Id="rId99" Target="footnotes.xml" Type="http://schemas.openxmlformats.org/'
        b'officeDocument/2006/relationships/footnotes"/></Relationships>',
    )
    return package_of(parts)


def test_footnotes_are_compared_where_they_are_referred_to() -> None:
    first, second = "数据来源：渔业局，口径为85亿元。", "含代管园区。"
    found = compared(with_notes(FIRST, first), with_notes(FIRST, first.replace("85", "86"), second))
    assert changed(found.data, "word/footnotes.xml") == [*replaced("85亿元", "86亿元"), ("ins", second)]
    compared(with_notes(FIRST, first, second), with_notes(FIRST, second))
    compared(with_notes(FIRST, first, second), with_notes(SECOND))


def with_header(text: str, body: str = FIRST) -> bytes:
    made = docx.Document(io.BytesIO(document(body)))
    if text:
        made.sections[0].header.paragraphs[0].text = text
    return saved(made)


def test_headers_are_compared_where_both_documents_have_one() -> None:
    old, new = with_header("临溪区2029年"), with_header("临溪区2030年", SECOND)
    data = compared(old, new).data
    [part] = [name for name in roots(data) if "header" in name]
    assert changed(data, part) == replaced("2029年", "2030年")
    assert said_in(accept(data), part) == ["临溪区2030年"]
    assert said_in(reject(data), part) == ["临溪区2029年"]


def test_a_header_of_one_document_only_is_told_and_kept_as_it_is() -> None:
    assert noticed(with_header("内部资料"), with_header("")) == ["compare.only_old"]
    assert noticed(with_header(""), with_header("内部资料")) == ["compare.only_new"]


def test_a_picture_that_only_the_older_document_has_is_told() -> None:
    old = paragraph_of(run(FIRST) + "<w:r><w:pict/></w:r>")
    assert noticed(old, document(FIRST)) == ["compare.left_out"]
    assert noticed(document(FIRST), old) == []


REVISED = (
    "<w:ins w:id='1' w:author='某人'><w:r><w:t>坚决</w:t></w:r></w:ins>"
    "<w:del w:id='2' w:author='某人'><w:r><w:delText>不断</w:delText></w:r></w:del>"
)


def test_tracked_changes_of_people_count_as_accepted_which_is_told() -> None:
    revised = paragraph_of(run("渔政执法") + REVISED + run("加强。"))
    plain = document("渔政执法坚决加强。")
    for old, new, expected in (
        (revised, document("渔政执法坚决推进。"), replaced("加强", "推进")),
        (document("渔政执法坚决推进。"), revised, replaced("推进", "加强")),
    ):
        result = compare(old, new, MOMENT, ("旧.docx", "新.docx"))
        assert result.value is not None
        assert [item.code for item in result.findings] == ["compare.revisions"]
        assert changed(result.value.data) == expected
        assert {
            item.get(f"{W}author")
            for item in roots(result.value.data)["word/document.xml"].iter(f"{W}ins")
        } == {"汇报"}
    assert noticed(plain, revised) == ["compare.revisions"]


def test_every_kind_of_tracked_change_is_accepted() -> None:
    """Rows, marks of paragraphs, moves and formatting, judged by the rules of the standard."""
    revised = compared(
        with_table(HEAD, OUTPUT, PORTS, after=FIRST + SECOND), with_table(HEAD, RATE, PORTS, after=THIRD)
    ).data
    result = compare(revised, document("别的。"), MOMENT)
    assert result.value is not None
    assert said(reject(result.value.data)) == said(accept(revised))
    other = compare(document("别的。"), revised, MOMENT)
    assert other.value is not None
    assert said(accept(other.value.data)) == said(accept(revised))


# --- any pair of documents ----------------------------------------------------------------------


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(pairs())
def test_accepting_gives_the_newer_text_and_rejecting_the_older(
    pair: tuple[list[Block], list[Block]],
) -> None:
    old, new = (written(side) for side in pair)
    found = compared(old, new)
    assert said(old) == said(new) or not found.same


def flat(nested: Nested) -> list[str]:
    """All texts but blank ones, which LibreOffice adds and drops at will."""
    texts = [text for item in nested for text in (flat(item) if isinstance(item, list) else [item])]
    return [text for text in texts if text.strip()]


@office.needs_office
def test_libreoffice_reads_the_changes_as_they_are_meant(
    tmp_path: Path, reports: tuple[Path, bytes]
) -> None:
    """Opened and saved by LibreOffice, the changes still lead from the one text to the other."""
    old, new = reports[0].read_bytes(), by_hand(reports[1])
    path = tmp_path / "改.docx"
    path.write_bytes(compared(old, new).data)
    again = office.convert(path, tmp_path / "again", "docx").read_bytes()
    for settle, side in ((accept, new), (reject, old)):
        assert [text.strip() for text in flat(said(settle(again)))] == [
            text.strip() for text in flat(said(side))
        ]
    pages = office.pages(office.convert(path, tmp_path / "pdf"))
    shown = "".join(line.text for page in pages for line in page.lines).replace(" ", "")
    assert "2400人2401人" in shown
    assert "新增一段：全区上下团结奋斗。" in shown


# --- the sample report --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reports(main_job: Outcome, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """The sample report, and the same after ten figures were reported anew."""
    workspace = copy_workspace(tmp_path_factory.mktemp("ten") / "workspace")
    left = 10
    for path in sorted((workspace / "workbooks/inbox").glob("*.xlsx")):
        book = openpyxl.load_workbook(path)
        for row in book["指标"].iter_rows(min_row=4):
            value, others = row[3].value, [cell.value for cell in row[4:8]]
            counted = isinstance(value, int) and value > 1 and row[2].value != "%"
            if left and counted and not any(isinstance(other, int | float) for other in others):
                row[3].value, left = value + 1, left - 1
        book.save(path)
    outcome = huibao(workspace)
    assert (left, outcome.code) == (0, 0), outcome.result["findings"]
    return main_job.report, outcome.report.read_bytes()


def by_hand(report: bytes) -> bytes:
    """The report as a person leaves it: rewritten, moved, added to, cut."""
    made: Document = open_report(report)
    paragraphs = made.paragraphs

    def starting(text: str) -> docx.text.paragraph.Paragraph:
        return next(item for item in paragraphs if item.text.startswith(text))

    first = starting("一年来")
    first.runs[0].text = first.runs[0].text.replace("不折不扣执行", "坚决执行")
    gone = starting("工业转型升级")._p
    gone.getparent().remove(gone)
    starting("科技创新动能").insert_paragraph_before("新增一段：全区上下团结奋斗。")
    parted = starting("国防动员改革")
    second = copy.deepcopy(parted._p)
    parted._p.addnext(second)
    for element in parted.runs[2:]:
        element.text = ""
    for child in list(second.iter(qn("w:r")))[:2]:
        second.remove(child)
    table = max(made.tables, key=lambda item: len(item.rows))
    table._tbl.remove(table.rows[3]._tr)
    table.rows[7]._tr.addnext(copy.deepcopy(table.rows[5]._tr))
    return saved(made)


def test_ten_changed_figures_of_the_sample_report_are_ten_pairs(reports: tuple[Path, bytes]) -> None:
    started = time.perf_counter()
    found = compared(reports[0].read_bytes(), reports[1])
    assert time.perf_counter() - started < 20  # some 0.3 seconds; a slow machine has many times that
    found_changes = changed(found.data)
    assert [kind for kind, _ in found_changes] == ["del", "ins"] * 10
    assert ("del", "2400人") in found_changes and ("ins", "2401人") in found_changes
    assert found.counts.figures == 10
    assert found.counts.paragraphs_inserted == found.counts.paragraphs_deleted == 0
    assert "huibao_manifest" not in read_properties(found.data)


def test_the_sample_report_edited_by_hand(reports: tuple[Path, bytes]) -> None:
    found = compared(reports[0].read_bytes(), by_hand(reports[1]))
    assert (found.counts.rows_inserted, found.counts.rows_deleted) == (1, 1)
    assert found.counts.figures == 10
    texts = changed(found.data)
    assert ("ins", "新增一段：全区上下团结奋斗。") in texts
    assert replaced("不折不扣", "坚决") == texts[:2]


def test_equal_input_gives_equal_bytes(reports: tuple[Path, bytes]) -> None:
    old, new = reports[0].read_bytes(), reports[1]
    assert compared(old, new).data == compared(old, new).data
    assert without_controls(new) == without_controls(new)
    assert said(without_controls(new)) == said(new)


# --- the command --------------------------------------------------------------------------------


def call(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(CHECKOUT / "run_report.py"), "compare", *arguments]
    return subprocess.run(
        command, capture_output=True, cwd=folder, encoding="utf-8", timeout=120, check=False
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two documents."""
    for name, text in (("旧.docx", "总产值85亿元。"), ("新.docx", "总产值86亿元。")):
        made = docx.Document(io.BytesIO(document(text)))
        made.core_properties.modified = dt.datetime(2030, 12, 24, 12)
        (tmp_path / name).write_bytes(saved(made))
    return tmp_path


def test_the_command_writes_the_copy_and_counts(folder: Path) -> None:
    outcome = huibao(folder, "compare", "旧.docx", "新.docx", "-o", "改.docx")
    assert outcome.code == 0
    assert outcome.result == {
        "comparison": "改.docx",
        "figures": 1,
        "paragraphs_inserted": 0,
        "paragraphs_deleted": 0,
        "paragraphs_changed": 1,
        "cells_changed": 0,
        "rows_inserted": 0,
        "rows_deleted": 0,
        "findings": [],
    }
    data = (folder / "改.docx").read_bytes()
    assert changed(data) == replaced("85亿元", "86亿元")
    dates = {item.get(f"{W}date") for item in roots(data)["word/document.xml"].iter(f"{W}ins")}
    local = dt.datetime(2030, 12, 24, 12, tzinfo=dt.UTC).astimezone()
    assert dates == {local.strftime("%Y-%m-%dT%H:%M:%SZ")}


def test_a_person_reads_what_changed(folder: Path) -> None:
    done = call(folder, "旧.docx", "新.docx", "-o", "改.docx")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "修订稿：改.docx",
        "改动：数 1 个；段落修改 1、新增 0、删除 0；表格单元格修改 0，行新增 0、删除 0。",
    ]
    same = call(folder, "旧.docx", "旧.docx", "--output", "改.docx", "--lang", "en")
    assert (same.returncode, "Both documents say the same" in same.stdout) == (0, True)
    assert call(folder, "旧.docx", "新.docx").returncode == 2


def test_an_undated_report_says_nothing_of_when_it_was_written(folder: Path) -> None:
    assert written_at((folder / "新.docx").read_bytes()) == dt.datetime(2030, 12, 24, 12, tzinfo=dt.UTC)
    made = docx.Document()
    made.core_properties.modified = dt.datetime(2000, 1, 1)
    assert written_at(saved(made)) is None
    assert written_at(b"no document") is None


def strict(data: bytes) -> bytes:
    """The document in the strict variant of the format, as far as its namespaces go."""
    parts = parts_of(data)
    parts["word/document.xml"] = parts["word/document.xml"].replace(
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    return package_of(parts)


def macros(data: bytes) -> bytes:
    parts = parts_of(data)
    parts[CONTENT_TYPES] = parts[CONTENT_TYPES].replace(
        b"vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        b"vnd.ms-word.document.macroEnabled.main+xml",
    )
    return package_of(parts)


OLE2 = bytes.fromhex("D0CF11E0A1B11AE1")
BAD: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda _: b"", "document.empty"),
    "text": (lambda _: "不是文档".encode(), "document.not_word"),
    "cut": (lambda data: data[: len(data) // 2], "document.damaged"),
    "no body": (
        lambda data: package_of({**parts_of(data), "word/document.xml": b"<w/>"}),
        "document.no_body",
    ),
    "macros": (macros, "document.macros"),
    "encrypted": (
        lambda _: OLE2 + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
        "document.encrypted",
    ),
    "legacy": (lambda _: OLE2 + bytes(600), "document.legacy"),
    "bomb": (
        lambda data: package_of({**parts_of(data), "customXml/item1.xml": bytes(64 * 2**20)}),
        "document.bomb",
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_document_that_cannot_be_read_is_told(kind: str) -> None:
    spoil, code = BAD[kind]
    sound = document(FIRST)
    for sides in ((spoil(sound), sound), (sound, spoil(sound))):
        result = compare(*sides, MOMENT, ("甲.docx", "乙.docx"))
        assert result.value is None
        [finding] = result.findings
        assert (finding.code, finding.file) == (code, "甲.docx" if sides[1] is sound else "乙.docx")
        assert_words(finding)


def assert_words(finding: Finding) -> None:
    for language in ("zh", "en"):
        assert "{" not in line(finding, language)
        assert "…" not in line(finding, language)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("旧.docx", "无.docx", "-o", "改.docx"), "compare.unreadable"),
        (("旧.docx", "新.docx", "-o", "无/改.docx"), "compare.no_folder"),
        (("旧.docx", "新.docx", "-o", "新.docx"), "compare.same_file"),
        (("旧.docx", "新.docx", "-o", "./旧.docx"), "compare.same_file"),
        (("旧.docx", "坏.docx", "-o", "改.docx"), "document.damaged"),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_is_written(
    folder: Path, arguments: tuple[str, ...], code: str
) -> None:
    (folder / "坏.docx").write_bytes(b"PK\x03\x04")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    outcome = huibao(folder, "compare", *arguments)
    assert (outcome.code, outcome.result["comparison"], outcome.result["figures"]) == (2, None, None)
    assert [item["code"] for item in outcome.result["findings"]] == [code]
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_a_result_that_is_held_open_is_told_and_stays(folder: Path) -> None:
    (folder / "改.docx").mkdir()  # a folder in its place cannot be replaced by a file
    outcome = huibao(folder, "compare", "旧.docx", "新.docx", "-o", "改.docx")
    assert outcome.code == 2
    assert [item["code"] for item in outcome.result["findings"]] == ["run.not_written"]
    assert sorted(path.name for path in folder.iterdir()) == sorted(["旧.docx", "新.docx", "改.docx"])


def test_two_files_of_one_name_are_told_apart(folder: Path) -> None:
    for name in ("一", "二"):
        (folder / name).mkdir()
        shutil.copy(folder / "旧.docx", folder / name / "报告.docx")
    (folder / "二/报告.docx").write_bytes(b"")
    paths = [os.path.join(name, "报告.docx") for name in ("一", "二")]  # noqa: PTH118
    outcome = huibao(folder, "compare", *paths, "-o", "改.docx")
    assert [item["file"] for item in outcome.result["findings"]] == [paths[1]]
