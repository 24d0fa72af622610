"""The rendered report against OFFICIAL-LAYOUT (GB/T 9704-2012): pages, lines, characters, numbers."""

from __future__ import annotations

import re
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn

from generators.model import Definition
from generators.word.layout import apply_fonts
from tests.conftest import CHECKOUT, Outcome
from tests.office import Line, Page, convert, needs_office, pages
from tests.reports import open_report

MILLIMETRE = 72 / 25.4
HEADING = re.compile(r"([一二三四五六]、|（[一二三四五六]）)")
TEMPLATE = CHECKOUT / "templates/annual-plan/report.docx"


@pytest.fixture(scope="module")
def rendered(main_job: Outcome, tmp_path_factory: pytest.TempPathFactory) -> list[Page]:
    """The pages of the sample report as LibreOffice prints them."""
    return pages(convert(main_job.report, tmp_path_factory.mktemp("pdf")))


def body_lines(page: Page) -> list[Line]:
    """The lines of the type area, without the page number below it."""
    bottom = page.height - 35 * MILLIMETRE
    return [line for line in page.lines if line.bottom < bottom + 4]


def full_pages(rendered: list[Page]) -> list[Page]:
    """Pages of running text between the title page and the annexes."""
    last = next(n for n, page in enumerate(rendered) if any("附件：1." in x.text for x in page.lines))
    return rendered[1:last]


@needs_office
def test_every_character_of_the_report_is_printed(rendered: list[Page], main_job: Outcome) -> None:
    """LibreOffice drops a punctuation mark that hangs beyond a full line: none may hang."""
    shown = "".join(line.text for page in rendered for line in body_lines(page))
    paragraphs = open_report(main_job.report).paragraphs
    texts = [re.sub(r"\s", "", paragraph.text) for paragraph in paragraphs]
    assert [text for text in texts if len(text) > 30 and text not in shown] == []


@needs_office
def test_a_full_page_has_22_lines(rendered: list[Page]) -> None:
    counts = [len(body_lines(page)) for page in full_pages(rendered)]
    assert len(counts) > 10
    # A heading that would be stranded at a page's end moves on and leaves its lines empty.
    assert all(20 <= count <= 22 for count in counts)
    assert counts.count(22) >= len(counts) * 2 // 3


@needs_office
def test_a_full_line_of_chinese_has_28_characters(rendered: list[Page]) -> None:
    chinese = re.compile(r"[\u4e00-\u9fff，。；：、]+\Z")
    margin = 28 * MILLIMETRE
    counts = [
        len(line.text) + (2 if line.left > margin + 20 else 0)
        for page in full_pages(rendered)
        for line in body_lines(page)
        if chinese.match(line.text)
    ]
    full = [count for count in counts if count >= 26]
    assert len(full) > 50
    assert max(full) <= 29  # a hanging punctuation mark may be the twenty-ninth
    assert full.count(28) / len(full) > 0.8


@needs_office
def test_page_numbers_stand_right_on_odd_and_left_on_even_pages(rendered: list[Page]) -> None:
    for number, page in enumerate(rendered, 1):
        if page.width > page.height:
            continue
        line = page.lines[-1]
        assert line.text == f"—{number}—"
        assert line.top > page.height - 35 * MILLIMETRE
        edge = page.width - 26 * MILLIMETRE - line.right if number % 2 else line.left - 28 * MILLIMETRE
        assert 8 < edge < 22, f"one character in from the type area on page {number}"


@needs_office
def test_no_heading_ends_a_page(rendered: list[Page]) -> None:
    for number, page in enumerate(full_pages(rendered), 2):
        assert not HEADING.match(body_lines(page)[-1].text), f"page {number}"


@needs_office
def test_each_annex_begins_a_page(rendered: list[Page]) -> None:
    first_lines = [page.lines[0].text for page in rendered]
    assert "附件1" in first_lines
    assert any(line.startswith("附件2") for line in first_lines)
    wide = [page for page in rendered if page.width > page.height]
    assert wide, "the project table is landscape"


def test_page_grid_and_margins_are_official(main_job: Outcome) -> None:
    for section in open_report(main_job.report).sections:
        margins = [section.top_margin, section.right_margin, section.bottom_margin, section.left_margin]
        turned = section.page_width is not None and section.page_width.mm > 250
        expected = [28, 37, 26, 35] if turned else [37, 26, 35, 28]
        assert [round(margin.mm) for margin in margins if margin is not None] == expected
        grid = section._sectPr.find(qn("w:docGrid"))
        assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "579")


@pytest.mark.parametrize(
    ("style", "font", "half_points", "indent"),
    [
        ("Title", "方正小标宋简体", "44", "0"),
        ("Subtitle", "楷体_GB2312", "32", "0"),
        ("Heading 1", "黑体", "32", "200"),
        ("Heading 2", "楷体_GB2312", "32", "200"),
        ("Heading 3", "仿宋_GB2312", "32", "200"),
        ("Normal", "仿宋_GB2312", "32", "200"),
    ],
)
def test_styles_are_official(
    main_job: Outcome, style: str, font: str, half_points: str, indent: str
) -> None:
    element = open_report(main_job.report).styles[style].element
    fonts = element.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
    assert fonts.get(qn("w:eastAsia")) == font
    assert (fonts.get(qn("w:ascii")), fonts.get(qn("w:hAnsi"))) == ("Times New Roman", "Times New Roman")
    assert not [name for name in fonts.attrib if "heme" in name], "theme fonts would win"
    assert element.find(f"{qn('w:rPr')}/{qn('w:sz')}").get(qn("w:val")) == half_points
    indented = element.find(f"{qn('w:pPr')}/{qn('w:ind')}")
    assert indented.get(qn("w:firstLineChars")) == indent


def test_the_page_number_is_a_field_in_five_runs(main_job: Outcome) -> None:
    footers = [
        part.element
        for part in open_report(main_job.report).part.package.iter_parts()
        if "footer" in str(part.partname)
    ]
    assert len(footers) == 4
    for footer in footers:
        kinds = [
            (
                char.get(qn("w:fldCharType"))
                if char.tag == qn("w:fldChar")
                else "instr"
                if char.tag == qn("w:instrText")
                else "result"
            )
            for run in footer.iter(qn("w:r"))
            for char in run
            if char.tag in (qn("w:fldChar"), qn("w:instrText"), qn("w:t"))
            and "—" not in (char.text or "")
        ]
        assert kinds == ["begin", "instr", "separate", "result", "end"]


def test_chinese_quotes_keep_the_chinese_font(main_job: Outcome) -> None:
    runs = [r for p in open_report(main_job.report).paragraphs for r in p.runs if "“" in r.text]
    assert len(runs) > 50
    for run in runs:
        fonts = run._r.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
        assert fonts is not None
        assert fonts.get(qn("w:hint")) == "eastAsia"


def test_fonts_are_settings_of_the_pack(tmp_path: Path) -> None:
    document = docx.Document(str(TEMPLATE))
    apply_fonts(document, {"body": "仿宋", "heading1": "微软雅黑", "latin": "Arial"})
    path = tmp_path / "dressed.docx"
    document.save(str(path))
    styles = docx.Document(str(path)).styles

    def fonts(name: str) -> dict[str, str]:
        element = styles[name].element.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
        return {key.partition("}")[2]: value for key, value in element.attrib.items()}

    assert fonts("Normal")["eastAsia"] == "仿宋"
    assert fonts("Heading 1")["eastAsia"] == "微软雅黑"
    assert fonts("Heading 2")["eastAsia"] == "楷体_GB2312", (
        "what is not set stays as the template has it"
    )
    assert fonts("Normal")["ascii"] == fonts("Title")["hAnsi"] == "Arial"


def test_nothing_of_one_report_stands_in_the_code() -> None:
    """The pack holds what a report is about; the code must not know it."""
    from generators.definition import load_definition

    definition = load_definition(TEMPLATE.parent).value
    assert isinstance(definition, Definition)
    words = [item.name for item in definition.departments]
    words += [item.name for item in definition.indicators] + [definition.settings.area]
    words += [item.name for item in definition.registers]
    sources = {path: path.read_text("utf-8") for path in (CHECKOUT / "generators").rglob("*.py")}
    found = [(path.name, word) for path, text in sources.items() for word in words if word in text]
    assert found == []
