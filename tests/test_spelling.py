"""How people type tags: full-width signs, curly quotes, names that are no identifiers."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from docx import Document
from docx.enum.section import WD_SECTION
from docx.enum.text import WD_BREAK

from generators.messages import message
from generators.model import (
    Definition,
    Department,
    Indicator,
    Narrative,
    Register,
    RegisterColumn,
    Section,
    Settings,
)
from generators.word.expressions import Compiler
from generators.word.template import compile_template

NAMES = (
    "3岁以下托位数",
    "普惠3岁以下托位数",
    "“双减”达标率",
    "R&D投入",
    "高中毛入学率（%）",
    "PM2.5平均浓度",
    "５G基站数",
)


@pytest.fixture
def definition() -> Definition:
    return Definition(
        pack="odd",
        digest="0" * 64,
        settings=Settings("名称奇特的报告", "2031"),
        departments=(Department("JY", "教育局"),),
        sections=(Section("E1", "学校"),),
        indicators=tuple(
            Indicator(f"E{number}", name, "个", 0, "JY", "E1") for number, name in enumerate(NAMES)
        ),
        registers=(Register("R1", "校舍清单（新建）", ("JY",), (RegisterColumn("面积（平方米）"),)),),
        narratives=(Narrative("N1", "“双减”工作", "JY"), Narrative("N2", "3岁以下托育", "JY")),
    )


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("3岁以下托位数", '指标("3岁以下托位数")'),
        ("普惠3岁以下托位数", "普惠3岁以下托位数"),  # a name of its own that holds another
        ("“双减”达标率.同比表述", '指标("“双减”达标率").同比表述'),
        ("R&D投入 ＋ 3岁以下托位数", '指标("R&D投入") + 指标("3岁以下托位数")'),
        ("高中毛入学率(%)", '指标("高中毛入学率（%）")'),
        ("5G基站数", '指标("５G基站数")'),
        ("not PM2.5平均浓度 ≥ 35", 'not 指标("PM2.5平均浓度") >= 35'),
        ("指标(“高中毛入学率(%)”)", '指标("高中毛入学率(%)")'),
        ("指标[““双减”达标率”]", '指标["“双减”达标率"]'),
        ("文字材料.“双减”工作.首句", '文字材料["“双减”工作"].首句'),
        ("文字材料 . 3岁以下托育", '文字材料 ["3岁以下托育"]'),
        (
            "校舍清单（新建）｜列举（“面积（平方米）”，１）",
            '清单("校舍清单（新建）")|列举("面积（平方米）",1)',
        ),
        ("普惠3岁以下托位数|空则(“‘无’”)", '普惠3岁以下托位数|空则("‘无’")'),
    ],
)
def test_tags_are_read_as_they_are_meant(definition: Definition, typed: str, read: str) -> None:
    compiler = Compiler(definition)
    assert compiler.normalise(typed) == read
    compiler.expression(typed, typed, {})


# --- what would be lost in silence --------------------------------------------------------------


def messages_for(definition: Definition, write: Callable[[Any], None]) -> list[str]:
    document = Document()
    write(document)
    buffer = io.BytesIO()
    document.save(buffer)
    result = compile_template(buffer.getvalue(), definition, "odd/report.docx")
    return [message(finding) for finding in result.findings]


@pytest.mark.parametrize("typed", ["｛｛地区｝｝", "{｛地区｝}", "{％ if 地区 ％}", "{{地区｝｝"])
def test_full_width_braces_are_told(definition: Definition, typed: str) -> None:
    said = messages_for(definition, lambda document: document.add_paragraph(f"本区{typed}工作"))
    assert len(said) == 1
    assert "半角" in said[0]


def with_page_break(document: Any) -> None:
    document.add_paragraph("{% if 地区 %}")
    document.add_paragraph("{% endif %}").add_run().add_break(WD_BREAK.PAGE)


def with_section_break(document: Any) -> None:
    document.add_paragraph("{% if 地区 %}")
    closing = document.add_paragraph("{% endif %}")
    document.add_section(WD_SECTION.NEW_PAGE)
    carrier = closing._p.getnext()
    closing._p.get_or_add_pPr().append(carrier.pPr.sectPr)
    carrier.getparent().remove(carrier)


@pytest.mark.parametrize(
    ("write", "what"), [(with_page_break, "分页符"), (with_section_break, "分节符")]
)
def test_what_would_go_with_a_block_tag_is_told(
    definition: Definition, write: Callable[[Any], None], what: str
) -> None:
    assert [what in text for text in messages_for(definition, write)] == [True]
