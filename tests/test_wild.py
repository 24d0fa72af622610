"""Documents found in the wild as a template: they print, keep what they hold, or are refused clearly."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from generators.messages import LANGUAGES, line
from generators.model import Severity
from generators.word import opening
from generators.word.annotate import annotate
from generators.word.reading import read_document
from generators.word.render import Report, render
from generators.word.template import compile_template
from tests.district import DEFINITION, dataset
from tests.office import needs_office, texts_of
from tests.wild import (
    CASES,
    READABLE_ALL_THE_SAME,
    REFUSED,
    UNPRINTABLE,
    WORD,
    Case,
    as_strict,
    changed,
    damaged,
    p,
    package,
    unzipped,
)
from tests.wordprocessing import W, faults

FILE = "linxi/report.docx"
TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
OURS = {"r", "t", "rPr", "rFonts", "sdt", "sdtPr", "sdtContent", "alias", "tag", "id", "text"}
OURS |= {"bookmarkStart", "bookmarkEnd", "p", "highlight"}
"""What printing adds, and splits off."""
WITHOUT_BLOCKS = [
    name
    for name, case in CASES.items()
    if not any(b"{%" in content for content in unzipped(case.data).values())
]
FREED = {"dataBinding", "showingPlcHdr", "rPrChange"}
"""What printing takes away from around a tag."""


def lines(data: bytes) -> tuple[str, ...]:
    document = read_document(data)
    assert document is not None
    return tuple(text.text for text in document.texts if text.text.strip())


def report_of(case: Case) -> Report:
    compiled = compile_template(case.data, DEFINITION, FILE)
    assert compiled.value is not None, compiled.findings
    assert tuple(item.code for item in compiled.findings) == case.told
    printed = render(compiled.value, dataset(), FILE)
    assert printed.value is not None, printed.findings
    return printed.value


@pytest.mark.parametrize("name", CASES)
def test_it_prints_and_stays_valid(name: str) -> None:
    case = CASES[name]
    assert faults(case.data) == [], "the case itself"
    report = report_of(case)
    assert faults(report.data) == []
    assert lines(report.data) == case.lines
    assert report.data == report_of(case).data


@pytest.mark.parametrize("name", CASES)
def test_every_figure_that_is_traced_stands_in_a_control(name: str) -> None:
    report = report_of(CASES[name])
    document = read_document(report.data)
    assert document is not None
    found = Counter((item.tag, item.text) for item in document.controls if item.bookmark)
    assert found == Counter((item.tag, item.text) for item in report.manifest.figures)


def roots(data: bytes) -> dict[str, etree._Element]:
    return {
        name: etree.fromstring(part)
        for name, part in unzipped(data).items()
        if name.startswith("word/") and name.endswith(".xml")
    }


def kept_texts(root: etree._Element) -> Iterator[str]:
    """The words of a part that are no tags, wherever they stand; what a block repeats apart."""
    for paragraph in root.iter(f"{W}p"):
        text = "".join(item.text or "" for item in paragraph.iter() if item.text and item.text.strip())
        yield from (piece for piece in TAG.split(text) if piece.strip())


@pytest.mark.parametrize("name", WITHOUT_BLOCKS)
def test_nothing_is_lost(name: str) -> None:
    case = CASES[name]
    before, after = roots(case.data), roots(report_of(case).data)
    for part, root in before.items():
        counted = Counter(str(item.tag).rpartition("}")[2] for item in root.iter())
        now = Counter(str(item.tag).rpartition("}")[2] for item in after[part].iter())
        lost = {tag for tag in counted - now if tag not in OURS}
        assert lost <= (FREED if part == "word/document.xml" else set()), part
        texts = "".join(after[part].itertext())
        assert [text for text in kept_texts(root) if text not in texts] == [], part


@pytest.mark.parametrize("name", CASES)
def test_parts_without_text_stay_as_they_were(name: str) -> None:
    before, after = unzipped(CASES[name].data), unzipped(report_of(CASES[name]).data)
    for part, content in before.items():
        if part.endswith(".rels") or part == "[Content_Types].xml":
            continue
        if part.endswith(".xml"):
            if re.search(r"document|header|footer|notes|styles", part):
                continue
            assert canonical(after[part]) == canonical(content), part
        else:
            assert after[part] == content, part


def test_tags_in_deleted_text_are_left_alone() -> None:
    root = roots(report_of(CASES["tracked changes"]).data)["word/document.xml"]
    (deleted,) = root.iter(f"{W}delText")
    assert deleted.text == "{{渡口数}}旧"
    (moved,) = root.iter(f"{W}moveFrom")
    assert "".join(moved.itertext()) == "移{{渔业总产值}}"
    assert next(root.iter(f"{W}ins")).find(f"{W}sdt") is not None, "inserted tags print in a control"


def test_only_the_controls_around_tags_are_unbound() -> None:
    report = report_of(CASES["control that is bound to a property"])
    root = roots(report.data)["word/document.xml"]
    bound = [item for item in root.iter() if str(item.tag).endswith("}dataBinding")]
    assert ["".join(item.getparent().getparent().itertext()) for item in bound] == ["旧"]


def test_bookmarks_keep_their_names_and_their_text() -> None:
    root = roots(report_of(CASES["bookmarks over paragraphs"]).data)["word/document.xml"]
    found = {}
    for start in root.iter(f"{W}bookmarkStart"):
        inside, text = False, ""
        for element in root.iter():
            if element is start:
                inside = True
            elif element.tag == f"{W}bookmarkEnd" and element.get(f"{W}id") == start.get(f"{W}id"):
                inside = False
            elif inside and element.tag == f"{W}t":
                text += element.text or ""
        found[start.get(f"{W}name")] = text
    assert {name: text for name, text in found.items() if not str(name).startswith("hb")} == {
        "全文": "",  # its end went with what was not printed
        "跨段": "85亿元东港",
        "块首": "东港西港",
        "环内始": "西港后",
    }


def test_a_note_in_a_loop_is_a_note_a_turn() -> None:
    report = report_of(CASES["footnote in a loop"])
    marks = roots(report.data)["word/document.xml"].iter(f"{W}footnoteReference")
    assert [item.get(f"{W}id") for item in marks] == ["1", "2"]
    assert len(report.manifest.figures) == 3


def canonical(part: bytes) -> bytes:
    return etree.tostring(etree.fromstring(part, etree.XMLParser(remove_blank_text=True)), method="c14n")


@pytest.mark.parametrize("name", UNPRINTABLE)
def test_a_tag_where_nothing_can_be_printed_is_an_error(name: str) -> None:
    case, place = UNPRINTABLE[name]
    result = compile_template(case.data, DEFINITION, FILE)
    assert result.value is None
    assert [(item.code, item.severity) for item in result.findings] == [
        ("template.place", Severity.ERROR)
    ]
    told = line(result.findings[0])
    assert "{{渔业总产值}}" in told
    assert place in told
    for language in LANGUAGES:
        assert "…" not in line(result.findings[0], language)


# --- unusual packages -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_strict_open_xml_prints_the_same(name: str) -> None:
    """The same under strict names; strict has no VML, but what has it is turned all the same."""
    case = CASES[name]
    compiled = compile_template(as_strict(case.data), DEFINITION, FILE)
    assert compiled.value is not None, compiled.findings
    printed = render(compiled.value, dataset(), FILE)
    assert printed.value is not None
    assert b"purl.oclc.org" not in b"".join(unzipped(printed.value.data).values())
    assert canonical_document(printed.value.data) == canonical_document(report_of(case).data)


def canonical_document(data: bytes) -> bytes:
    return canonical(unzipped(data)["word/document.xml"])


STRICT_VALUES = [
    ('<w:jc w:val="start"/>', '<w:jc w:val="left"/>'),
    ('<w:jc w:val="end"/>', '<w:jc w:val="right"/>'),
    ('<w:jc w:val="center"/>', '<w:jc w:val="center"/>'),
    ('<w:ind w:start="36pt" w:end="1in"/>', '<w:ind w:left="720" w:right="1440"/>'),
    ('<w:ind w:startChars="200" w:firstLine="1cm"/>', '<w:ind w:leftChars="200" w:firstLine="567"/>'),
    ('<w:tabs><w:tab w:val="end" w:pos="72pt"/></w:tabs>',) * 1
    + ('<w:tabs><w:tab w:val="right" w:pos="1440"/></w:tabs>',),
    ('<w:spacing w:before="6pt" w:line="28.95pt"/>', '<w:spacing w:before="120" w:line="579"/>'),
    ('<w:rPr><w:sz w:val="16pt"/></w:rPr>', '<w:rPr><w:sz w:val="32"/></w:rPr>'),
    ('<w:rPr><w:spacing w:val="-0.25pt"/></w:rPr>', '<w:rPr><w:spacing w:val="-5"/></w:rPr>'),
    ('<w:rPr><w:w w:val="90%"/></w:rPr>', '<w:rPr><w:w w:val="90"/></w:rPr>'),
    ('<w:pStyle w:val="12pt"/>', '<w:pStyle w:val="12pt"/>'),
    ('<w:textDirection w:val="rl"/>', '<w:textDirection w:val="tbRl"/>'),
]


@pytest.mark.parametrize(("strict", "transitional"), STRICT_VALUES)
def test_strict_values_are_written_as_word_writes_them(strict: str, transitional: str) -> None:
    document = read_document(as_strict(package(p("字", properties=strict))))
    assert document is not None
    expected = read_document(package(p("字", properties=transitional)))
    assert expected is not None
    made, wanted = document.texts[0].element, expected.texts[0].element
    assert etree.tostring(made, method="c14n") == etree.tostring(wanted, method="c14n")


def test_a_strict_table_and_drawing_are_written_as_word_writes_them() -> None:
    grid = '<w:tbl><w:tblPr><w:tblW w:w="50%" w:type="pct"/><w:tblBorders><w:start w:val="single"/>'
    grid += '<w:end w:val="single"/></w:tblBorders></w:tblPr><w:tr><w:tc><w:tcPr><w:tcMar><w:start '
    grid += 'w:w="5pt" w:type="dxa"/></w:tcMar></w:tcPr><w:p/></w:tc></w:tr></w:tbl>'
    shape = '<w:r><w:drawing><wp:inline><wp:docPr id="1" name="50%"/><a:graphic><a:graphicData uri="'
    shape += (
        'http://schemas.openxmlformats.org/drawingml/2006/picture"><a:alpha val="50%"/><a:off x="1pt"/>'
    )
    shape += "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    document = read_document(as_strict(package(grid + p(shape))))
    assert document is not None
    text = etree.tostring(document.roots["word/document.xml"], encoding="unicode")
    for piece in (
        '<w:tblW w:w="2500" w:type="pct"/>',
        '<w:left w:val="single"/><w:right w:val="single"/>',
        '<w:left w:w="100" w:type="dxa"/>',
        'name="50%"',
        'uri="http://schemas.openxmlformats.org/drawingml/2006/picture"',
        '<a:alpha val="50000"/><a:off x="12700"/>',
    ):
        assert piece in text


def test_words_about_strict_open_xml_are_left_alone() -> None:
    said = 'xmlns="http://purl.oclc.org/ooxml/wordprocessingml/main"'
    document = read_document(as_strict(package(p(said.replace('"', "&quot;")))))
    assert document is not None
    assert document.texts[0].text == said


@pytest.mark.parametrize(
    "data",
    [
        package(p("数{{渔业总产值}}"), encoding="UTF-16"),
        package(p("数{{渔业总产值}}"), main="word/document2.xml"),
        package(p("数{{渔业总产值}}"), content_type=f"{WORD}.template.main+xml"),
        changed(package(p("数{{渔业总产值}}")), {"word/": b"", "word/stray.xml": b"<a/>"}),
    ],
    ids=["UTF-16", "Word on the web", "dotx", "folders and strays"],
)
def test_unusual_packages_are_read(data: bytes) -> None:
    assert lines(data) == ("数{{渔业总产值}}",)
    compiled = compile_template(data, DEFINITION, FILE)
    assert compiled.value is not None, compiled.findings
    printed = render(compiled.value, dataset(), FILE)
    assert printed.value is not None
    assert lines(printed.value.data) == ("数85亿元",)
    assert faults(printed.value.data) == []
    assert "word/document.xml" in unzipped(printed.value.data)


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_opened_is_told(name: str) -> None:
    result = compile_template(REFUSED[name], DEFINITION, FILE)
    assert result.value is None
    (finding,) = result.findings
    assert (finding.code, finding.file) == (f"document.{name.partition(' ')[0]}", FILE)
    for language in LANGUAGES:
        told = line(finding, language)
        assert "…" not in told
        assert not re.search(r"None|Error|“”", told)
    assert (read_document(REFUSED[name]) is not None) == (name in READABLE_ALL_THE_SAME)


@pytest.mark.parametrize("name", CASES)
def test_documents_damaged_at_random_are_answered(name: str) -> None:
    """Nothing is raised, neither on reading nor on printing nor on writing what is wrong with them."""
    for seed in range(8):
        data = damaged(CASES[name].data, seed)
        read_document(data)
        compiled = compile_template(data, DEFINITION, FILE)
        findings = compiled.findings
        if compiled.value is not None:
            findings += render(compiled.value, dataset(), FILE).findings
        annotate(data, findings)
        assert compiled.value is not None or findings


def test_a_document_beyond_all_measure_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "MAX_MARKS", 10)
    found = compile_template(CASES["fields"].data, DEFINITION, FILE).findings
    assert [item.code for item in found] == ["document.too_long"]


def test_a_missing_part_is_named() -> None:
    told = line(compile_template(REFUSED["part_missing (picture)"], DEFINITION, FILE).findings[0])
    assert "缺少内部部件“word/media/image1.png”" in told
    assert "另存为 Word 文档（*.docx）" in told


# --- what other programs see ------------------------------------------------------------------------


@needs_office
def test_libreoffice_shows_the_reports_as_they_are_read(tmp_path: Path) -> None:
    """Every case is opened, and what stands in the body is shown."""
    folder = tmp_path / "reports"
    folder.mkdir()
    names = {f"{number:02}": name for number, name in enumerate(CASES)}
    for number, name in names.items():
        (folder / f"{number}.docx").write_bytes(report_of(CASES[name]).data)
    shown = texts_of(sorted(folder.glob("*.docx")), tmp_path / "texts")
    unseen = {
        (name, piece)
        for number, name in names.items()
        for text in CASES[name].lines
        for piece in re.split(r"[\t\n-]", text)
        if piece not in shown[number]
    }
    assert unseen == UNSEEN


UNSEEN = {("tracked changes", "删14个"), ("controls within paragraphs", "块14个")}
"""LibreOffice 7.4 prints what is deleted, too: the deleted tag stands between the two. Of a person's
control around a whole paragraph it drops the words before a control within it; Word shows them."""
