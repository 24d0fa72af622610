"""A small 临溪区 report with everything a report can hold, for tests of what happens to it later."""

from __future__ import annotations

from functools import cache

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from generators.merge import Dataset
from generators.word.render import Report, render
from generators.word.template import Template, compile_template
from tests.district import DEFINITION, saved
from tests.random_data import BASE, Reported, dataset_of

FILE = "linxi/report.docx"
_STYLES = frozenset(
    "Normal Title Heading1 Heading2 Header Footer ListNumber ListBullet TableNormal TableGrid "
    "DefaultParagraphFont NoList".split()
)
_UNUSED = ("/stylesWithEffects", "/thumbnail", "/customXml", "/webSettings")
FISHERY = (
    "全年渔业总产值{{渔业总产值}}，{{渔业总产值.同比表述}}，完成年度计划的{{渔业总产值.完成率}}。",
    "捕捞收入{{捕捞收入}}，{{捕捞收入.同比表述}}；水质达标率{{水质达标率.数值}}%，{{水质达标率.同比表述}}。",
    "PM2.5浓度{{PM2.5浓度（年均）}}，上年{{PM2.5浓度（年均）.上年|空则('未测')}}。",
)
TARGETS = (
    "{{下年}}年，渔业总产值{{渔业总产值.目标表述}}，水质达标率{{水质达标率.目标表述}}，"
    "渡口{{渡口数.目标表述}}，航道服务水平{{航道服务水平.目标表述}}。"
)
PORTS = (
    "在建渔港有{{渔港清单|筛选(阶段='在建')|列举('名称', 最多=2, 单位='座')}}，"
    "全部渔港{{渔港清单|计数}}座，总投资{{渔港清单|求和('总投资')}}。"
)
ROUTES = (
    "航线有{{航线清单|列举('名称')}}；建成渔港{{渔港清单|筛选(阶段='建成')|列举('名称', 合计=渡口数)}}。"
)
CROSSINGS = (
    "渡口{{渡口数}}，上年{{渡口数.上年}}，计划{{渡口数.计划}}，",
    "服务水平{{航道服务水平|小数(2)}}",
    "。全年渔业总产值{{渔业总产值}}。",
)


def template() -> bytes:
    """Headings, prose, lists, texts, blocks in paragraphs and rows, tables, header and footer."""
    made = docx.Document()
    _frame(made)
    made.add_paragraph("临溪区{{报告期}}年工作报告", style="Title")
    made.add_heading("一、渔业", 1)
    _body(made, "".join(FISHERY))
    _body(made, TARGETS)
    _body(made, PORTS)
    _body(made, ROUTES)
    made.add_heading("（一）渔政", 2)
    lead = _body(made, "")
    lead.add_run("{{文字材料.渔政工作.首句}}").bold = True
    lead.add_run("{{文字材料.渔政工作.余文}}")
    made.add_paragraph("{% for 港 in 渔港清单|筛选(阶段=['在建', '停建']) %}")
    made.add_paragraph("{{港.名称}}：{{港.阶段}}，总投资{{港.总投资|空则}}。", style="List Number")
    made.add_paragraph("{% endfor %}")
    made.add_paragraph("{% if 渔业总产值.同比 < 0 %}")
    _body(made, "渔业总产值出现下降，降幅{{渔业总产值.增幅}}，应予关注。")
    made.add_paragraph("{% endif %}")
    made.add_heading("二、交通", 1)
    crossings = _body(made, CROSSINGS[0])
    coloured = crossings.add_run(CROSSINGS[1])
    coloured.font.color.rgb, coloured.font.size = RGBColor(0x1F, 0x4E, 0x79), Pt(15)
    crossings.add_run(CROSSINGS[2])
    made.add_paragraph("{% if 渡口数 > 10 %}")
    _body(made, "渡口较多，达{{渡口数.数值}}个，应加强管理。")
    _body(made, "比计划多{{渡口数 - 渡口数.计划}}。")
    made.add_paragraph("{% else %}")
    _body(made, "渡口不多，仅{{渡口数}}。")
    made.add_paragraph("{% endif %}")
    _body(made, "{{文字材料.航道工作}}")
    _body(made, "以上报告，请予审议。")
    made.add_paragraph("表1\t渔港清单")
    _ports_table(made)
    _body(made, "附件：1.主要指标表")
    _annex(made)
    _slim(made)
    return saved(made)


@cache
def compiled() -> Template:
    """The template, compiled once."""
    result = compile_template(template(), DEFINITION, FILE)
    assert result.value is not None, result.findings
    return result.value


def print_data(dataset: Dataset) -> Report:
    """The report of a dataset."""
    result = render(compiled(), dataset, FILE)
    assert result.value is not None, result.findings
    return result.value


def print_report(reported: Reported) -> Report:
    """The report of what the departments reported."""
    return print_data(dataset_of(reported))


@cache
def base_report() -> Report:
    """The report that people edit."""
    return print_report(BASE)


def _body(made: Document, text: str) -> Paragraph:
    paragraph = made.add_paragraph(text)
    paragraph.paragraph_format.first_line_indent = Pt(32)
    return paragraph


def _slim(made: Document) -> None:
    """Take out what python-docx's template brings and nobody uses: nine tenths of the time to print."""
    styles = made.styles.element
    for style in styles.findall(qn("w:style")):
        if style.get(qn("w:styleId")) not in _STYLES:
            styles.remove(style)
    for relations in (made.part.rels, made.part.package.rels):
        for key in [key for key, item in relations.items() if item.reltype.endswith(_UNUSED)]:
            del relations[key]


def _frame(made: Document) -> None:
    """Header and footer with a figure; a page number in the five runs that WPS wants."""
    section = made.sections[0]
    section.top_margin, section.bottom_margin = Cm(3.7), Cm(3.5)
    section.header.paragraphs[0].text = "临溪区{{报告期}}年·渔业总产值{{渔业总产值}}"
    footer = section.footer.paragraphs[0]
    footer.add_run("渡口{{渡口数}}　— ")
    for kind, text in (("begin", ""), ("", " PAGE "), ("separate", ""), ("", "1"), ("end", "")):
        run = footer.add_run(text if text == "1" else "")._r
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run.append(mark)
        elif text != "1":
            instruction = OxmlElement("w:instrText")
            instruction.text = text
            run.append(instruction)
    footer.add_run(" —")


def _ports_table(made: Document) -> None:
    table = made.add_table(rows=0, cols=4, style="Table Grid")
    rows = (
        ("序号", "名称", "阶段", "总投资（亿元）"),
        ("{% for 港 in 渔港清单 %}", "", "", ""),
        ("{{loop.index}}", "{{港.名称}}", "{{港.阶段}}", "{{港.总投资|空则|数}}"),
        ("{% endfor %}", "", "", ""),
        ("", "合计", "", "{{渔港清单|求和('总投资')|数}}"),
    )
    for texts in rows:
        for cell, text in zip(table.add_row().cells, texts, strict=True):
            cell.text = text


def _annex(made: Document) -> None:
    """A landscape section of its own with the table of indicators."""
    section = made.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    made.add_heading("附件1　主要指标表", 1)
    table = made.add_table(rows=0, cols=4, style="Table Grid")
    rows = (
        ("指标", "{{报告期}}年", "同比", "目标"),
        ("{% for 项 in 汇总表('主要指标') %}", "", "", ""),
        ("{{项.名称}}", "{{项}}", "{{项.同比}}", "{{项.目标}}"),
        ("{% endfor %}", "", "", ""),
        ("渡口数", "{{渡口数}}", "{{渡口数.同比|空则}}", "{{渡口数.目标}}"),
    )
    for texts in rows:
        for cell, text in zip(table.add_row().cells, texts, strict=True):
            cell.text = text
    made.add_paragraph("注：数据截至{{报告期}}年底，渡口{{渡口数.数值}}个。")
