"""What is wrong with a template stands as comments in a copy of it, at the tags' very characters."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import docx
import pytest
from docx.document import Document
from lxml import etree

from generators.word.annotate import annotate
from generators.word.reading import read_document
from generators.word.render import render
from generators.word.template import compile_template
from tests.conftest import huibao
from tests.district import DEFINITION, dataset, document, saved
from tests.office import convert, needs_office
from tests.wild import CASES, REFUSED, UNPRINTABLE, as_strict, unzipped
from tests.wordprocessing import W, faults

FILE = "linxi/report.docx"


@dataclass(frozen=True)
class Note:
    """A comment: the text it spans, its paragraphs, and who wrote it when."""

    anchored: str
    said: tuple[str, ...]
    author: str
    date: str


def notes(data: bytes) -> list[Note]:
    """The comments of a document in the order of their ids."""
    parts = unzipped(data)
    body = etree.fromstring(parts["word/document.xml"])
    found = []
    for comment in etree.fromstring(parts["word/comments.xml"]):
        number, text, inside = comment.get(f"{W}id"), "", False
        for element in body.iter():
            if element.get(f"{W}id") == number and "commentRange" in str(element.tag):
                inside = element.tag == f"{W}commentRangeStart"
            elif inside and element.tag == f"{W}t":
                text += element.text or ""
        said = tuple("".join(paragraph.itertext(f"{W}t")) for paragraph in comment.iter(f"{W}p"))
        found.append(Note(text, said, comment.get(f"{W}author", ""), comment.get(f"{W}date", "")))
    return found


def annotated(template: bytes) -> bytes:
    """The copy with what compiling finds, or else what rendering does."""
    compiled = compile_template(template, DEFINITION, FILE)
    findings = compiled.findings
    if compiled.value is not None:
        findings += render(compiled.value, dataset(), FILE).findings
    copy = annotate(template, findings)
    assert copy is not None
    assert faults(copy) == []
    assert texts(copy) == texts(template)
    assert copy == annotate(template, findings)
    return copy


def texts(data: bytes) -> list[str]:
    found = read_document(data)
    assert found is not None
    return [item.text for item in found.texts]


def test_each_error_is_a_comment_on_its_tag() -> None:
    made = docx.Document()
    made.add_heading("一、渔业", level=1)
    made.add_paragraph("产值{{渔业总产直}}，{{渔业总产值.同笔}}，共{{渡口数}}。")
    made.add_paragraph("  {% for 港 in 渔港清单 %} ")
    table = made.add_table(rows=1, cols=1)
    table.cell(0, 0).text = "投资{{渔港清单|求和('总投姿')}}"
    found = notes(annotated(saved(made)))
    assert [note.anchored for note in found] == [
        "{{渔业总产直}}",
        "{{渔业总产值.同笔}}",
        "{{渔港清单|求和('总投姿')}}",
        "{% for 港 in 渔港清单 %}",
    ]
    assert found[0].said == (
        "标签 {{渔业总产直}} 中的“渔业总产直”不存在，是不是“渔业总产值”？",
        "→ 请改正名称，或在 definition.xlsx 中补上",
    )
    assert found[3].said[0] == "{% for 港 in 渔港清单 %}：没有对应的 endfor"
    assert {note.author for note in found} == {"汇报"}


def test_a_tag_split_over_runs_keeps_their_formatting() -> None:
    made = docx.Document()
    paragraph = made.add_paragraph("产")
    paragraph.add_run("值{{渔业").bold = True
    paragraph.add_run("总").italic = True
    last = paragraph.add_run("直}}余")
    last.add_tab()
    last.add_text("末{{甲}}")
    copy = annotated(saved(made))
    assert [note.anchored for note in notes(copy)] == ["{{渔业总直}}", "{{甲}}"]
    runs = [
        (run.text, run.bold, run.italic) for run in docx.Document(io.BytesIO(copy)).paragraphs[0].runs
    ]
    assert [item for item in runs if item[0]] == [
        ("产", None, None),
        ("值", True, None),
        ("{{渔业", True, None),
        ("总", None, True),
        ("直}}", None, None),
        ("余\t末", None, None),
        ("{{甲}}", None, None),
    ]


def test_two_faults_of_one_tag_are_two_comments() -> None:
    found = notes(annotated(document("共{{甲 + 乙}}")))
    assert [note.anchored for note in found] == ["{{甲 + 乙}}"] * 2


def test_what_fails_only_with_data_is_a_comment_too() -> None:
    found = notes(annotated(document("好", "大{{渔业总产值 + 捕捞收入}}小")))
    assert [note.anchored for note in found] == ["{{渔业总产值 + 捕捞收入}}"]
    assert "单位不同（亿元、万元）" in found[0].said[0]


def test_a_warning_is_a_comment_too() -> None:
    found = notes(annotated(CASES["control that is bound to a property"].data))
    assert [note.anchored for note in found] == ["{{地区}}", "{{渔业总产值}}"]
    assert all("与文档属性绑定" in note.said[0] for note in found)


def test_where_no_comment_can_stand_the_place_is_named() -> None:
    made = docx.Document()
    made.add_paragraph("首段")
    made.sections[0].header.paragraphs[0].text = "眉{{甲}}"
    made.sections[0].footer.paragraphs[0].text = "脚{{乙}}"
    found = notes(annotated(saved(made)))
    assert [(note.anchored, note.said[0].partition("（")[2]) for note in found] == [
        ("首段", "页脚，段落“脚{{乙}}”）"),
        ("首段", "页眉，段落“眉{{甲}}”）"),
    ]


def wrong(name: str) -> bytes:
    """A case whose figures are all misspelt."""
    parts = {
        key: part.replace("{{渔业总产值".encode(), "{{渔业总产直".encode())
        for key, part in unzipped(CASES[name].data).items()
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for key, part in parts.items():
            archive.writestr(zipfile.ZipInfo(key), part)
    return buffer.getvalue()


WRONG = [
    name
    for name, case in CASES.items()
    if "{{渔业总产值".encode() in b"".join(unzipped(case.data).values())
]


@pytest.mark.parametrize("name", WRONG)
def test_documents_found_in_the_wild_are_annotated(name: str) -> None:
    found = notes(annotated(wrong(name)))
    ours = [note for note in found if note.author == "汇报" and "是不是“渔业总产值”" in note.said[0]]
    assert ours
    inexact = {note.anchored for note in ours} - {"{{渔业总产直}}", "{{渔业总产直"}
    assert inexact == INEXACT.get(name, set())


INEXACT = {
    "text box of VML": {"内{{渔业总产直}}{{渡口数}}"},
    "text box with a copy for old programs": {"内{{渔业总产直}}内{{渔业总产直}}"},
    "footnotes and endnotes": {""},
    "first, even and other headers": {"正文"},
    "reading aids": {"yí沂{{渔业总产直}}"},
    "tag that is inserted in part": set(),
}
"""What is commented instead of the tag: the box, the note's mark, the beginning, text with its aid."""


@pytest.mark.parametrize("name", UNPRINTABLE)
def test_tags_in_formulas_and_charts_are_annotated(name: str) -> None:
    (note,) = notes(annotated(UNPRINTABLE[name][0].data))
    assert UNPRINTABLE[name][1] in note.said[0]


def test_a_strict_template_is_annotated() -> None:
    found = notes(annotated(as_strict(wrong("nothing but a tag"))))
    assert [note.anchored for note in found] == ["{{渔业总产直}}"]


@pytest.mark.parametrize("name", [name for name in WRONG if name.startswith("comment")])
def test_comments_of_people_stay(name: str) -> None:
    before = unzipped(CASES[name].data)
    copy = annotated(wrong(name))
    after = unzipped(copy)
    assert notes(copy)[0].said == ("请核",)
    assert (notes(copy)[0].author, notes(copy)[0].date) == ("张三", "2031-03-01T09:00:00Z")
    numbers = [item.get(f"{W}id") for item in etree.fromstring(after["word/comments.xml"])]
    assert numbers == ["3", *(str(number) for number in range(4, 3 + len(numbers)))]
    for part in before:
        if "commentsExtended" in part:
            assert after[part] == before[part]
            assert part.encode() in after["[Content_Types].xml"]


def test_comments_bear_the_date_of_the_template() -> None:
    (note,) = notes(annotated(document("{{甲}}")))
    assert note.date == docx.Document(io.BytesIO(document())).core_properties.modified.strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )
    (note,) = notes(annotated(wrong("nothing but a tag")))
    assert note.date == "2000-01-01T00:00:00Z"


def test_a_template_without_fault_has_no_copy() -> None:
    template = document("{{渡口数}}")
    assert annotate(template, compile_template(template, DEFINITION, FILE).findings) is None
    assert annotate(b"", compile_template(document("{{甲}}"), DEFINITION, FILE).findings) is None


@needs_office
def test_libreoffice_shows_the_comments(tmp_path: Path) -> None:
    source = tmp_path / "copy.docx"
    source.write_bytes(annotated(document("产值{{渔业总产直}}，共{{甲}}。")))
    with zipfile.ZipFile(convert(source, tmp_path / "odt", "odt")) as package:
        content = package.read("content.xml").decode()
    ranges = re.findall(r"</office:annotation>(.*?)<office:annotation-end", content)
    assert [re.sub("<[^>]+>", "", item) for item in ranges] == ["{{渔业总产直}}", "{{甲}}"]
    assert re.findall(r"<dc:creator>(.*?)</dc:creator>", content) == ["汇报", "汇报"]
    assert "是不是“渔业总产值”？" in content


# --- through the command line -------------------------------------------------------------------------


def template_of(workspace: Path) -> Path:
    (path,) = workspace.glob("templates/*/report.docx")
    return path


def with_paragraph(workspace: Path, text: str) -> Document:
    """Add a paragraph to the workspace's template; the template as it was."""
    path = template_of(workspace)
    before, made = docx.Document(str(path)), docx.Document(str(path))
    made.add_paragraph(text)
    made.save(str(path))
    return before


def copies(workspace: Path) -> list[Path]:
    return sorted((workspace / "reports").glob("*-模板批注.docx"))


def said(findings: Sequence[dict[str, str]], code: str) -> list[str]:
    return [item["message"] for item in findings if item["code"] == code]


def test_a_run_leaves_the_last_report_and_writes_the_copy(workspace: Path) -> None:
    good = huibao(workspace)
    kept = {path: path.read_bytes() for path in (good.report, good.summary)}
    assert copies(workspace) == []

    before = with_paragraph(workspace, "多{{地区生产总直}}了")
    failed = huibao(workspace)
    assert failed.code == 2
    assert failed.result["report"] is None
    assert {path: path.read_bytes() for path in kept} == kept
    (copy,) = copies(workspace)
    assert [note.anchored for note in notes(copy.read_bytes())] == ["{{地区生产总直}}"]
    (told,) = said(failed.result["findings"], "template.comments")
    assert f"reports/{copy.name}" in told

    before.save(str(template_of(workspace)))
    with_paragraph(workspace, "多{{地区生产总值 + '亿'|文字}}了{{地区生产总值|小数(99)}}")
    failed = huibao(workspace)  # this is found only once there are figures
    assert failed.code == 2
    assert {path: path.read_bytes() for path in kept} == kept
    assert [note.anchored for note in notes(copy.read_bytes())][-1] == "{{地区生产总值|小数(99)}}"

    before.save(str(template_of(workspace)))
    again = huibao(workspace)
    assert again.code == good.code
    assert copies(workspace) == []
    assert said(again.result["findings"], "template.comments") == []


def test_a_warning_stops_nothing_and_is_in_the_copy(workspace: Path) -> None:
    path = template_of(workspace)
    made = docx.Document(str(path))
    paragraph = made.add_paragraph("多")
    paragraph._p.append(docx.oxml.parse_xml(sdt_with("{{地区生产总值}}")))
    made.save(str(path))
    done = huibao(workspace)
    assert done.result["report"] is not None
    assert [note.anchored for note in notes(copies(workspace)[0].read_bytes())] == ["{{地区生产总值}}"]
    (told,) = said(done.result["findings"], "template.plain")
    assert "纯文本" in told
    assert lines_of(done.report)[-1].startswith("多")
    assert "{{" not in lines_of(done.report)[-1]
    assert faults(done.report.read_bytes()) == []


def sdt_with(text: str) -> str:
    """A control for plain text."""
    namespace = W.strip("{}")
    return (
        f'<w:sdt xmlns:w="{namespace}"><w:sdtPr><w:text/></w:sdtPr><w:sdtContent><w:r><w:t>{text}</w:t>'
        "</w:r></w:sdtContent></w:sdt>"
    )


def lines_of(path: Path) -> list[str]:
    found = read_document(path.read_bytes())
    assert found is not None
    return [item.text for item in found.texts if item.part == "word/document.xml" and item.text]


def test_a_template_that_is_no_docx_is_told_and_ends_with_2(workspace: Path) -> None:
    template_of(workspace).write_bytes(REFUSED["legacy"])
    failed = huibao(workspace)
    assert (failed.code, failed.result["report"]) == (2, None)
    assert "Traceback" not in failed.error
    (told,) = failed.result["findings"]
    assert told["message"] == "文件是旧版 .doc 或 WPS .wps 格式，不是 .docx"
    assert not (workspace / "reports").exists()
