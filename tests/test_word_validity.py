"""Every document that is written opens in Word: schema order, ids, relationships, content types."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from docx.enum.section import WD_SECTION
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from tests.conftest import CHECKOUT, Outcome
from tests.district import dataset, printed, saved
from tests.reports import open_report
from tests.wordprocessing import faults

TEMPLATES = sorted(CHECKOUT.glob("templates/*/report.docx")) + sorted(
    CHECKOUT.glob("generators/starter_pack/*/report.docx")
)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.parent.name)
def test_the_packs_templates_are_valid(template: Path) -> None:
    assert faults(template.read_bytes()) == []


def test_the_sample_report_is_valid(main_job: Outcome) -> None:
    assert faults(main_job.report.read_bytes()) == []


def bookmark(paragraph: docx.text.paragraph.Paragraph, name: str, number: int) -> None:
    """Put a bookmark around a paragraph's runs, as Word does."""
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for mark in (start, end):
        mark.set(qn("w:id"), str(number))
    start.set(qn("w:name"), name)
    paragraph._p.insert(1 if paragraph._p.pPr is not None else 0, start)
    paragraph._p.append(end)


def test_blocks_leave_a_valid_document() -> None:
    """Copied paragraphs double bookmarks; emptied cells and tables would not be valid."""
    made = docx.Document()
    made.add_paragraph("{% for 港 in 渔港清单 %}")
    bookmark(made.add_paragraph("“{{港.名称}}”{{港.总投资|空则}}", style="List Bullet"), "港口", 7)
    made.add_paragraph("{% endfor %}")
    bookmark(made.add_paragraph("{{文字材料.渔政工作}}"), "渔政", 7)
    cells = made.add_table(rows=1, cols=1).cell(0, 0)
    cells.text = "{% if 渡口数 > 99 %}"
    cells.add_paragraph("多")
    cells.add_paragraph("{% endif %}")
    gone = made.add_table(rows=3, cols=2)
    for row, text in enumerate(
        ("{% for 港 in 渔港清单|筛选(阶段='停建') %}", "{{港.名称}}", "{% endfor %}")
    ):
        gone.cell(row, 0).text = text
    made.add_section(WD_SECTION.NEW_PAGE)
    made.add_paragraph("{{渡口数}}{{渡口数.上年}}")
    report = printed(saved(made), dataset())
    assert faults(report.data) == []
    read = open_report(report.data)
    names = [item.get(qn("w:name")) for item in read.element.iter(qn("w:bookmarkStart"))]
    assert [name for name in names if not name.startswith("hb")] == ["港口", "渔政"]
    assert len(read.tables) == 1
    assert len(read.sections) == 2


def test_a_faulty_document_is_noticed() -> None:
    """The checker itself: what it must see, it sees."""
    made = docx.Document()
    paragraph = made.add_paragraph("字")
    properties = paragraph.runs[0]._r.get_or_add_rPr()
    properties.append(OxmlElement("w:sz"))
    properties.append(OxmlElement("w:b"))
    bookmark(made.add_paragraph("甲"), "同名", 1)
    bookmark(made.add_paragraph("乙"), "同名", 1)
    table = made.add_table(rows=1, cols=1)
    table.cell(0, 0)._tc.remove(table.cell(0, 0)._tc.p_lst[0])
    found = " ".join(faults(saved(made)))
    for fault in ("rPr out of order", "doubled", "a cell does not end in a paragraph"):
        assert fault in found
