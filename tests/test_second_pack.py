"""A report the code has never seen: 云泽县's quarterly report on schools, made of two Office files only.

The definition stands below as Markdown tables, the Word template as plain python-docx calls on
``Document()`` with its default styles. Everything goes through the command line.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from docx import Document
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from generators.cli import main
from generators.definition import load_definition
from generators.forms import layout
from tests.reports import open_report
from tests.samples.fill import MEASURE_HEADERS, Tables, fill

PACK = "county-schools"
PERIOD = "2025年三季度"
REPORT = f"县域教育事业发展报告-{PERIOD}.docx"
SUMMARY = f"县域教育事业发展报告-{PERIOD}-汇总表.xlsx"

DEFINITION = """
## 设置
| 设置项   | 内容                   |
| -------- | ---------------------- |
| 报告名称 | 县域教育事业发展报告   |
| 报告期   | 2025年三季度           |
| 上年     | 2024年三季度           |
| 下年     | 2025年四季度           |
| 标题     | 云泽县教育事业发展报告 |
| 地区     | 云泽县                 |
| 编报单位 | 云泽县教育局规划股     |
| 标题字体 | 华文中宋               |
| 正文字体 | 华文楷体               |
| 西文字体 | Arial                  |

## 部门
| 部门代码 | 部门名称   |
| -------- | ---------- |
| JY       | 教育局     |
| WJ       | 卫健环保局 |
| CJ       | 财政金融局 |

## 章节
| 章节代码 | 章节名称   |
| -------- | ---------- |
| 甲       | 学校和学生 |
| 乙       | 校园环境   |

## 指标
| 指标代码 | 指标名称                     | 计量单位    | 小数位数 | 责任部门   | 章节       | 增长口径 | 本年预计 | 上年实际 | 同比增长 | 年度计划 | 下年目标 | 目标类型 | 目标句式 |
| -------- | ---------------------------- | ----------- | -------- | ---------- | ---------- | -------- | -------- | -------- | -------- | -------- | -------- | -------- | -------- |
| X1       | 初中（含九年一贯制）在校生数 | 人          | 0        | 教育局     | 甲         | 现价     | 必填     | 必填     |          |          |          |          |          |
| X2       | 3岁以下托位数                | 个          | 0        | JY         | 学校和学生 | 不适用   | 必填     |          |          | 选填     | 选填     | 数值     | 新增{}   |
| X3       | 小学-初中衔接率              | %           | 1        | JY         | 甲         | 百分点   | 必填     |          | 选填     |          | 选填     | 文字     |          |
| H1       | PM2.5平均浓度                | 微克/立方米 | 1        | 卫健环保局 | 乙         | 现价     | 必填     |          | 必填     |          |          |          |          |
| H2       | 校医配备率                   | %           | 2        | 卫健环保局 | 乙         | 百分点   | 必填     |          | 选填     |          |          |          |          |
| H3       | 近视筛查人数                 | 万人        | 2        | 卫健环保局 | 乙         | 不适用   | 选填     |          |          |          |          |          |          |
| F1       | 生均公用经费                 | 元          | 0        | CJ         | 甲         | 现价     | 必填     |          | 必填     |          |          |          |          |

## 清单
| 清单代码 | 清单名称               | 填报部门       |
| -------- | ---------------------- | -------------- |
| R1       | 校舍建设清单（含续建） | 教育局、财政金融局 |

## 清单列
| 清单名称               | 列名     | 类型 | 计量单位 | 小数位数 | 必填 | 代码表 | 不得重复 |
| ---------------------- | -------- | ---- | -------- | -------- | ---- | ------ | -------- |
| 校舍建设清单（含续建） | 校舍名称 | 文本 |          |          | 是   |        | 是       |
| 校舍建设清单（含续建） | 性质     | 代码 |          |          | 是   | 性质   |          |
| 校舍建设清单（含续建） | 面积     | 数值 | 平方米   | 1        |      |        |          |
| 校舍建设清单（含续建） | 开工日期 | 日期 |          |          |      |        |          |

## 代码表
| 代码表名称 | 代码值   |
| ---------- | -------- |
| 性质       | 新建     |
| 性质       | 改（扩）建 |

## 文字材料
| 材料代码 | 材料名称 | 部门   | 章节 | 必填 |
| -------- | -------- | ------ | ---- | ---- |
| N1       | 特色办学 | 教育局 | 甲   | 是   |

## 汇总表
| 表名 | 标题         | 内容                    | 列                 |
| ---- | ------------ | ----------------------- | ------------------ |
| 全表 | 教育事业一览 | 章节：甲、PM2.5平均浓度 | 本年预计、同比增长 |

## 用语
| 名称     | 内容               |
| -------- | ------------------ |
| 学段口径 | 学前、小学和初中   |
"""  # noqa: E501

ENGLISH_DEFINITION = """
## settings
| setting       | value                  |
| ------------- | ---------------------- |
| report name   | 县域教育事业发展报告   |
| period        | 2025年三季度           |
| previous period | 2024年三季度         |
| next period   | 2025年四季度           |
| title         | 云泽县教育事业发展报告 |
| area          | 云泽县                 |
| compiler      | 云泽县教育局规划股     |
| title font    | 华文中宋               |
| body font     | 华文楷体               |
| latin font    | Arial                  |

## departments
| code | name       |
| ---- | ---------- |
| JY   | 教育局     |
| WJ   | 卫健环保局 |
| CJ   | 财政金融局 |

## sections
| code | name       |
| ---- | ---------- |
| 甲   | 学校和学生 |
| 乙   | 校园环境   |

## indicators
| code | name                         | unit        | decimals | owner      | section    | growth basis | actual   | previous | growth   | plan     | target   | target kind | target phrase |
| ---- | ---------------------------- | ----------- | -------- | ---------- | ---------- | ------------ | -------- | -------- | -------- | -------- | -------- | ----------- | ------------- |
| X1   | 初中（含九年一贯制）在校生数 | 人          | 0        | JY         | 甲         | nominal      | required | required |          |          |          |             |               |
| X2   | 3岁以下托位数                | 个          | 0        | JY         | 甲         | none         | required | no       | no       | optional | optional | level       | 新增{}        |
| X3   | 小学-初中衔接率              | %           | 1        | JY         | 甲         | points       | required |          | optional |          | optional | text        |               |
| H1   | PM2.5平均浓度                | 微克/立方米 | 1        | 卫健环保局 | 乙         | nominal      | required |          | required |          |          |             |               |
| H2   | 校医配备率                   | %           | 2        | WJ         | 乙         | points       | required |          | optional |          |          |             |               |
| H3   | 近视筛查人数                 | 万人        | 2        | WJ         | 乙         | none         | optional |          |          |          |          |             |               |
| F1   | 生均公用经费                 | 元          | 0        | CJ         | 学校和学生 | nominal      | required |          | required |          |          |             |               |

## registers
| code | name                   | departments |
| ---- | ---------------------- | ----------- |
| R1   | 校舍建设清单（含续建） | JY, CJ      |

## register columns
| register | column   | kind   | unit   | decimals | required | code list | unique |
| -------- | -------- | ------ | ------ | -------- | -------- | --------- | ------ |
| R1       | 校舍名称 | text   |        |          | yes      |           | yes    |
| R1       | 性质     | code   |        |          | yes      | 性质      |        |
| R1       | 面积     | number | 平方米 | 1        | no       |           |        |
| R1       | 开工日期 | date   |        |          |          |           |        |

## code lists
| list | value      |
| ---- | ---------- |
| 性质 | 新建       |
| 性质 | 改（扩）建 |

## narratives
| code | name     | department | section | required |
| ---- | -------- | ---------- | ------- | -------- |
| N1   | 特色办学 | JY         | 甲      | yes      |

## summary tables
| name | title        | content                      | measures       |
| ---- | ------------ | ---------------------------- | -------------- |
| 全表 | 教育事业一览 | section:甲, PM2.5平均浓度    | actual, growth |

## terms
| name     | text             |
| -------- | ---------------- |
| 学段口径 | 学前、小学和初中 |
"""  # noqa: E501

INDICATORS = """
| 部门       | 指标代码 | 本年预计 | 上年实际 | 同比增长 | 年度计划 | 下年目标       |
| ---------- | -------- | -------- | -------- | -------- | -------- | -------------- |
| 教育局     | X1       | 18236    | 18000    |          |          |                |
| 教育局     | X2       | 2150     |          |          | 2000     | 300            |
| 教育局     | X3       | 99.6     |          | 0        |          | 稳定在较高水平 |
| 卫健环保局 | H1       | 31.5     |          | -4.3     |          |                |
| 卫健环保局 | H2       | 97.25    |          | 1.2      |          |                |
| 财政金融局 | F1       | 1095     |          | 5        |          |                |
"""
BUILDINGS = """
| 部门       | 校舍名称         | 性质       | 面积   | 开工日期   |
| ---------- | ---------------- | ---------- | ------ | ---------- |
| 教育局     | 云泽一中实验楼   | 新建       | 5200.5 | 2025-05-08 |
| 教育局     | 城东小学食堂     | 改（扩）建 | 860    | 2024-11-20 |
| 教育局     | 湖滨幼儿园教学楼 | 新建       | 3100   |            |
| 财政金融局 | 职教中心实训楼   | 新建       | 7400   | 2025-03-01 |
"""
NARRATIVES = """
| 部门   | 材料名称 | 正文                                                       |
| ------ | -------- | ---------------------------------------------------------- |
| 教育局 | 特色办学 | 办学特色更加鲜明。“一校一品”持续推进，渔鼓进入12所学校课堂。 |
"""


# --- Markdown tables --------------------------------------------------------------------------


def table(markdown: str) -> list[dict[str, str]]:
    """A Markdown table → its rows by header."""
    lines = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in markdown.strip().splitlines()
    ]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[2:]]


def write_definition(path: Path, markdown: str) -> None:
    """Write the sheets that ``markdown`` shows, one a ``##`` heading, as a workbook."""
    book: Any = openpyxl.Workbook()
    book.remove(book.active)
    for part in markdown.split("## ")[1:]:
        name, _, rows = part.partition("\n")
        sheet = book.create_sheet(name.strip())
        for number, row in enumerate(table(rows)):
            if number == 0:
                sheet.append(list(row))
            sheet.append([int(value) if value.isdigit() else value or None for value in row.values()])
    book.save(path)


def tables(indicators: str, buildings: str, narratives: str) -> Tables:
    blank = dict.fromkeys((*MEASURE_HEADERS, layout.EXPLANATION_HEADER), "")
    return Tables(
        tuple({**blank, **row} for row in table(indicators)),
        tuple(table(narratives)),
        {"校舍建设清单（含续建）": tuple(table(buildings))},
    )


# --- the Word template ------------------------------------------------------------------------

TEXT_BOX = """
<w:r {namespaces}
  xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
  xmlns:v="urn:schemas-microsoft-com:vml"
  xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">
 <mc:AlternateContent>
  <mc:Choice Requires="wps"><w:drawing>
   <wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="1" behindDoc="0"
     locked="0" layoutInCell="1" allowOverlap="1">
    <wp:simplePos x="0" y="0"/>
    <wp:positionH relativeFrom="column"><wp:posOffset>0</wp:posOffset></wp:positionH>
    <wp:positionV relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset></wp:positionV>
    <wp:extent cx="1800000" cy="360000"/><wp:wrapNone/><wp:docPr id="7" name="box"/>
    <a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">
     <wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr/>
      <wps:txbx><w:txbxContent>{content}</w:txbxContent></wps:txbx><wps:bodyPr/>
     </wps:wsp></a:graphicData></a:graphic>
   </wp:anchor></w:drawing></mc:Choice>
  <mc:Fallback><w:pict><v:shape><v:textbox><w:txbxContent>{content}</w:txbxContent></v:textbox>
  </v:shape></w:pict></mc:Fallback>
 </mc:AlternateContent>
</w:r>"""
BOXED = (
    "<w:p><w:r><w:t>托位</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>{{3岁以下托位数}}</w:t></w:r></w:p>"
)
CONTROL = """
<w:sdt {namespaces}><w:sdtPr><w:alias w:val="经费"/></w:sdtPr>
<w:sdtContent>{content}</w:sdtContent></w:sdt>"""


def paragraph(container: Any, *runs: str | tuple[str, str], style: str | None = None) -> Any:
    """A paragraph of runs; a run may be given with its look: ``bold``, ``italic``, ``underline``."""
    made = container.add_paragraph(style=style)
    for item in runs:
        text, look = item if isinstance(item, tuple) else (item, "")
        run = made.add_run(text)
        run.bold = True if "bold" in look else None
        run.italic = True if "italic" in look else None
        run.underline = True if "underline" in look else None
    return made


def write_template(path: Path) -> None:
    """The compiler's template: default styles, tags wherever Word lets one type."""
    document = Document()
    section = document.sections[0]
    section.header.paragraphs[0].add_run("{{地区}}{{报告").bold = True
    section.header.paragraphs[0].add_run("名称}}（{{报告期}}）")
    section.footer.paragraphs[0].add_run("编报：{{编报单位}}")
    document.add_heading("{{标题}}", 0)
    document.add_heading("一、{{章节(“甲”).名称}}", 1)
    # One tag in three runs: it takes the look of the first, and the words around keep theirs.
    paragraph(
        document,
        "全县初中在校生",
        ("{{初中（含九", "bold"),
        ("年一贯制）在校", "italic"),
        "生数}}",
        ("，", "underline"),
        "{{初中(含九年一贯制)在校生数.同比表述}}。",
    )
    # Several tags cut in the middle of their braces, and two in one run.
    paragraph(
        document,
        ("托位{", "italic"),
        ("{3岁以下托位数}}，完成计划的{{3岁以下托位数.完成率}", "bold"),
        "}，下季度{{3岁以下托位数.目标表述}}；衔接率{{小学-初中衔接率}}，{{小学-初中衔接率.同比表述}}，"
        "下季度{{小学-初中衔接率.目标表述}}。",
    )
    paragraph(
        document, "统计范围为“{{学段口径}}”，", ("“{{指标(“F1”).名称}}”", "bold"), "同比持续增加。"
    )
    # What Word and a Chinese keyboard make of a tag.
    paragraph(
        document,
        "新建{{校舍建设清单（含续建）｜筛选（性质＝“新建”）｜列举（“校舍名称”，2，单位＝‘栋’）}}，"
        "共{{ 校舍建设清单（含续建）｜筛选（性质＝”新建”）｜求和（“面积”）　}}；"
        "改扩建{{校舍建设清单（含续建）|筛选(性质='改（扩）建')|列举('校舍名称')}}。",
    )
    paragraph(
        document,
        ("{{文字材料.特色办学.首句}}", "bold"),
        "{{文字材料.特色办学.余文}}",
        style="List Bullet",
    )
    document.add_heading("二、{{章节(“乙”)}}", 1)
    paragraph(document, "{% for 项 in 章节(“校园环境”).指标 %}")
    paragraph(document, "{{loop.index}}.{{项.名称}}：{{项|空则(“未报”)}}")
    paragraph(document, "{% endfor %}")
    paragraph(document, "{% if PM2.5平均浓度 ＞ 35 %}")
    paragraph(document, "空气质量未达到二级标准。")
    paragraph(document, "{% elif PM2.5平均浓度.同比 < 0 %}")
    paragraph(document, "PM2.5平均浓度", ("{{PM2.5平均浓度.增减}}{{PM2.5平均浓度.增幅}}", "bold"), "。")
    paragraph(document, "{% endif %}")
    box = paragraph(document, "右侧文本框：")
    box._p.append(parse_xml(TEXT_BOX.format(namespaces=nsdecls("w", "wp", "a"), content=BOXED)))
    inline = "<w:r><w:t>{{生均公用经费}}</w:t></w:r>"
    held = paragraph(document, "生均公用经费")
    held._p.append(parse_xml(CONTROL.format(namespaces=nsdecls("w"), content=inline)))
    block = "<w:p><w:r><w:t>经费{{生均公用经费.同比表述}}</w:t></w:r></w:p>"
    held._p.addnext(parse_xml(CONTROL.format(namespaces=nsdecls("w"), content=block)))
    grid = document.add_table(4, 4, style="Table Grid")
    rows = (
        ("序号", "校舍", "面积（平方米）", "开工日期"),
        ("{% for 行 in 校舍建设清单（含续建）|排序(“面积”，true) %}", "", "", ""),
        (
            "{{loop.index}}",
            "{{行.校舍名称}}（{{行.部门}}）",
            "{{行.面积|数}}",
            "{{行.开工日期|空则(“待定”)}}",
        ),
        ("{% endfor %}", "", "", ""),
    )
    for cells, texts in zip((row.cells for row in grid.rows), rows, strict=True):
        for cell, text in zip(cells, texts, strict=True):
            cell.paragraphs[0].add_run(text).bold = text.startswith("{{行.校舍") or None
    document.add_paragraph("{% for 项 in 汇总表(“全表”) %}")
    paragraph(document, "{{项.代码}}={{项.数值}}|{{项.来源}}")
    document.add_paragraph("{% endfor %}")
    document.save(str(path))


# --- running ----------------------------------------------------------------------------------


def call(workspace: Path, *arguments: str) -> Any:
    return CliRunner().invoke(main, [*arguments, "--workspace", str(workspace)])


def run(workspace: Path, expected_code: int, *arguments: str) -> Any:
    outcome = call(workspace, "run", "--json", *arguments)
    assert outcome.exit_code == expected_code, outcome.output
    return json.loads(outcome.stdout)


def make_workspace(folder: Path, definition: str = DEFINITION) -> Path:
    """A workspace with the pack and, through the command line, its issued forms."""
    pack = folder / "templates" / PACK
    pack.mkdir(parents=True)
    (folder / "workbooks" / "inbox").mkdir(parents=True)
    write_definition(pack / "definition.xlsx", definition)
    write_template(pack / "report.docx")
    outcome = call(folder, "issue")
    assert outcome.exit_code == 0, outcome.output
    return folder


def submit(
    workspace: Path,
    indicators: str = INDICATORS,
    buildings: str = BUILDINGS,
    narratives: str = NARRATIVES,
) -> None:
    """Fill every department's form and drop it into the inbox."""
    filled = tables(indicators, buildings, narratives)
    for form in (workspace / "workbooks" / "forms").glob("*.xlsx"):
        department = form.name.partition("-")[0]
        data = fill(form.read_bytes(), department, filled)
        (workspace / "workbooks" / "inbox" / form.name).write_bytes(data)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """The pack with all three departments' forms in the inbox."""
    folder = make_workspace(tmp_path / "工作")
    submit(folder)
    return folder


def opened(report: Mapping[str, Any]) -> Any:
    return open_report(report["report"])


def texts(document: Any) -> list[str]:
    return [item.text for item in document.paragraphs]


def looks(paragraph: Any) -> list[tuple[str, str]]:
    """The printed runs with what they are, neighbours of one look joined."""
    joined: list[tuple[str, str]] = []
    for run in paragraph.runs:
        names = ("bold", "italic", "underline")
        look = " ".join(name for name in names if getattr(run, name))
        if joined and joined[-1][1] == look:
            joined[-1] = (joined[-1][0] + run.text, look)
        elif run.text:
            joined.append((run.text, look))
    return joined


def starting(document: Any, start: str) -> Any:
    return next(item for item in document.paragraphs if item.text.startswith(start))


def grid_of(document: Any) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in document.tables[0].rows]


def everything(path: str) -> str:
    """All text of the document's body, header and footer, text boxes and controls included."""
    document = Document(path)
    roots = [document.element, *(s.header._element for s in document.sections)]
    roots += [s.footer._element for s in document.sections]
    return "".join(node.text or "" for root in roots for node in root.iter(qn("w:t")))


# --- forms ------------------------------------------------------------------------------------


def test_forms_are_issued_for_a_period_that_is_no_year(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path)
    names = {path.name for path in (folder / "workbooks" / "forms").iterdir()}
    assert names == {f"{name}-{PERIOD}.xlsx" for name in ("教育局", "卫健环保局", "财政金融局")}
    book = openpyxl.load_workbook(folder / "workbooks" / "forms" / f"教育局-{PERIOD}.xlsx")
    shown = [sheet.title for sheet in book if sheet.sheet_state == "visible"]
    assert shown == ["填报说明", "指标", "校舍建设清单（含续建）", "文字材料"]
    cells = {str(cell.value) for row in book["指标"].iter_rows() for cell in row}
    assert {"初中（含九年一贯制）在校生数", "3岁以下托位数", "小学-初中衔接率"} <= cells
    assert f"填报单位：教育局　　报告期：{PERIOD}" in " ".join(cells)


def test_english_headers_give_the_same_definition(tmp_path: Path) -> None:
    loaded = []
    for name, markdown in (("zh", DEFINITION), ("en", ENGLISH_DEFINITION)):
        pack = tmp_path / name / PACK
        pack.mkdir(parents=True)
        write_definition(pack / "definition.xlsx", markdown)
        result = load_definition(pack)
        assert result.findings == ()
        assert result.value is not None
        loaded.append(replace(result.value, digest=""))
    assert loaded[0] == loaded[1]


def test_a_pack_with_english_headers_prints_its_report(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path, ENGLISH_DEFINITION)
    submit(folder)
    assert "全县初中在校生18236人，同比增长1.3%。" in texts(opened(run(folder, 0)))


# --- the report -------------------------------------------------------------------------------


def test_the_report_reads_as_it_should(workspace: Path) -> None:
    report = run(workspace, 0)
    assert set(report["accepted"]) == {"教育局", "卫健环保局", "财政金融局"}
    assert (report["rejected"], report["missing"], report["findings"]) == ([], [], [])
    assert (Path(report["report"]).name, Path(report["summary"]).name) == (REPORT, SUMMARY)
    assert texts(opened(report)) == [
        "云泽县教育事业发展报告",
        "一、学校和学生",
        "全县初中在校生18236人，同比增长1.3%。",
        "托位2150个，完成计划的107.5%，下季度新增300个；衔接率99.6%，与上年持平，下季度稳定在较高水平。",
        "统计范围为“学前、小学和初中”，“生均公用经费”同比持续增加。",
        "新建云泽一中实验楼、湖滨幼儿园教学楼等3栋，共15700.5平方米；改扩建城东小学食堂。",
        "办学特色更加鲜明。“一校一品”持续推进，渔鼓进入12所学校课堂。",
        "二、校园环境",
        "1.PM2.5平均浓度：31.5微克/立方米",
        "2.校医配备率：97.25%",
        "3.近视筛查人数：未报",
        "PM2.5平均浓度下降4.3%。",
        "右侧文本框：",
        "生均公用经费",  # python-docx does not look into the control that follows
        "X1=18236|教育局 指标!D5",
        "X2=2150|教育局 指标!D6",
        "X3=99.6|教育局 指标!D7",
        "F1=1095|财政金融局 指标!D5",
        "H1=31.5|卫健环保局 指标!D5",
    ]


def test_the_row_loop_makes_a_row_for_each_building(workspace: Path) -> None:
    document = opened(run(workspace, 0))
    assert grid_of(document) == [
        ["序号", "校舍", "面积（平方米）", "开工日期"],
        ["1", "职教中心实训楼（财政金融局）", "7400", "2025-03-01"],
        ["2", "云泽一中实验楼（教育局）", "5200.5", "2025-05-08"],
        ["3", "湖滨幼儿园教学楼（教育局）", "3100", "待定"],
        ["4", "城东小学食堂（教育局）", "860", "2024-11-20"],
    ]
    for row in document.tables[0].rows[1:]:
        assert looks(row.cells[1].paragraphs[0]) == [(row.cells[1].text, "bold")]
        assert looks(row.cells[2].paragraphs[0]) == [(row.cells[2].text, "")]


def test_a_split_tag_takes_the_look_of_its_first_run(workspace: Path) -> None:
    document = opened(run(workspace, 0))
    assert looks(starting(document, "全县初中")) == [
        ("全县初中在校生", ""),
        ("18236人", "bold"),
        ("，", "underline"),
        ("同比增长1.3%。", ""),
    ]
    assert looks(starting(document, "托位")) == [
        ("托位2150个", "italic"),
        ("，完成计划的107.5%", "bold"),
        ("，下季度新增300个；衔接率99.6%，与上年持平，下季度稳定在较高水平。", ""),
    ]


def test_bold_stays_bold_and_styles_stay(workspace: Path) -> None:
    document = opened(run(workspace, 0))
    lead = starting(document, "办学特色")
    assert lead.style.name == "List Bullet"
    assert looks(lead) == [
        ("办学特色更加鲜明。", "bold"),
        ("“一校一品”持续推进，渔鼓进入12所学校课堂。", ""),
    ]
    assert looks(starting(document, "统计范围")) == [
        ("统计范围为“学前、小学和初中”，", ""),
        ("“生均公用经费”", "bold"),
        ("同比持续增加。", ""),
    ]
    assert looks(starting(document, "PM2.5平均浓度")) == [
        ("PM2.5平均浓度", ""),
        ("下降4.3%", "bold"),
        ("。", ""),
    ]
    assert [item.style.name for item in document.paragraphs[:2]] == ["Title", "Heading 1"]


def test_header_and_footer_are_printed_too(workspace: Path) -> None:
    section = opened(run(workspace, 0)).sections[0]
    assert looks(section.header.paragraphs[0]) == [
        ("云泽县县域教育事业发展报告", "bold"),
        (f"（{PERIOD}）", ""),
    ]
    assert section.footer.paragraphs[0].text == "编报：云泽县教育局规划股"


def test_text_boxes_and_content_controls_are_printed_in_place(workspace: Path) -> None:
    body = opened(run(workspace, 0)).element.body
    boxes = [list(box.iter(qn("w:r"))) for box in body.iter(qn("w:txbxContent"))]
    assert len(boxes) == 2  # what Word shows, and what older readers do
    for runs in boxes:
        assert ["".join(node.text for node in run.iter(qn("w:t"))) for run in runs] == ["托位", "2150个"]
        assert [run.find(f"{qn('w:rPr')}/{qn('w:b')}") is not None for run in runs] == [False, True]
    held = {control.find(f".//{qn('w:alias')}").get(qn("w:val")) for control in body.iter(qn("w:sdt"))}
    assert held == {"经费"}
    printed = ["".join(n.text for n in c.iter(qn("w:t"))) for c in body.iter(qn("w:sdt"))]
    assert {"1095元", "经费同比增长5%"} <= set(printed)


def test_no_tag_is_left_anywhere(workspace: Path) -> None:
    text = everything(run(workspace, 0)["report"])
    assert not [mark for mark in ("{{", "}}", "{%", "%}", "【") if mark in text]


def test_the_packs_fonts_dress_the_default_styles(workspace: Path) -> None:
    styles = opened(run(workspace, 0)).styles
    for name, asian in (("Title", "华文中宋"), ("Normal", "华文楷体")):
        fonts = styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == asian
        assert fonts.get(qn("w:ascii")) == "Arial"
        assert fonts.get(qn("w:eastAsiaTheme")) is None
        assert fonts.get(qn("w:asciiTheme")) is None


def test_the_summary_workbook_has_the_packs_table(workspace: Path) -> None:
    book = openpyxl.load_workbook(run(workspace, 0)["summary"], data_only=True)
    cells = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}
    assert {"教育事业一览", "初中（含九年一贯制）在校生数", "云泽一中实验楼", 18236, 31.5} <= cells


def test_the_same_submissions_give_the_same_bytes(workspace: Path) -> None:
    first = run(workspace, 0)
    before = [Path(first[key]).read_bytes() for key in ("report", "summary")]
    shutil.rmtree(workspace / "reports")
    second = run(workspace, 0)
    assert [Path(second[key]).read_bytes() for key in ("report", "summary")] == before


# --- what changes, and what is missing --------------------------------------------------------


def test_one_changed_value_changes_only_its_own_figures(workspace: Path) -> None:
    before = opened(run(workspace, 0))
    submit(
        workspace, INDICATORS.replace("| 31.5     |          | -4.3 ", "| 36.2     |          | 10   ")
    )
    after = opened(run(workspace, 1))  # a revision as large as that wants a reason
    changed = [(old, new) for old, new in zip(texts(before), texts(after), strict=True) if old != new]
    assert changed == [
        ("1.PM2.5平均浓度：31.5微克/立方米", "1.PM2.5平均浓度：36.2微克/立方米"),
        ("PM2.5平均浓度下降4.3%。", "空气质量未达到二级标准。"),
        ("H1=31.5|卫健环保局 指标!D5", "H1=36.2|卫健环保局 指标!D5"),
    ]
    assert grid_of(before) == grid_of(after)


def test_a_figure_that_falls_is_said_to_fall(workspace: Path) -> None:
    run(workspace, 0)
    submit(workspace, INDICATORS.replace("| 18236 ", "| 17856 "))
    report = run(workspace, 0)
    assert "全县初中在校生17856人，同比下降0.8%。" in texts(opened(report))
    assert "18236" not in everything(report["report"])


def test_a_missing_department_prints_its_marks(workspace: Path) -> None:
    (workspace / "workbooks" / "inbox" / f"卫健环保局-{PERIOD}.xlsx").unlink()
    report = run(workspace, 1)
    assert report["missing"] == ["卫健环保局"]
    document = opened(report)
    printed = texts(document)
    # 近视筛查人数 is optional, but nobody can say that it was left blank on purpose.
    assert "1.PM2.5平均浓度：【缺：PM2.5平均浓度】" in printed
    assert "2.校医配备率：【缺：校医配备率】" in printed
    assert "3.近视筛查人数：【缺：近视筛查人数】" in printed
    assert not [line for line in printed if line.startswith(("PM2.5平均浓度", "空气质量未"))]
    mark = next(run for run in starting(document, "2.").runs if run.text.startswith("【缺"))
    assert mark.font.highlight_color == WD_COLOR_INDEX.YELLOW
    plain = next(run for run in starting(document, "2.").runs if not run.text.startswith("【缺"))
    assert plain.font.highlight_color is None
    told = [item for item in report["findings"] if item["rule"] == "missing"]
    assert {item["department"] for item in told} == {"WJ"}
    assert any("PM2.5平均浓度" in item["message"] for item in told)
    assert "全县初中在校生18236人，同比增长1.3%。" in printed


def test_a_department_that_comes_late_fills_its_gaps(workspace: Path) -> None:
    name = f"财政金融局-{PERIOD}.xlsx"
    away = workspace / name
    shutil.move(workspace / "workbooks" / "inbox" / name, away)
    report = run(workspace, 1)
    assert "【缺：生均公用经费】" in everything(report["report"])
    assert [row[1] for row in grid_of(opened(report))[1:]] == [
        "云泽一中实验楼（教育局）",
        "湖滨幼儿园教学楼（教育局）",
        "城东小学食堂（教育局）",
        "【缺：校舍建设清单（含续建）（财政金融局）】（财政金融局）",
    ]
    shutil.move(away, workspace / "workbooks" / "inbox" / name)
    assert "【缺" not in everything(run(workspace, 0)["report"])


def test_a_wrong_code_and_a_wrong_date_are_told_with_their_cells(workspace: Path) -> None:
    path = workspace / "workbooks" / "inbox" / f"教育局-{PERIOD}.xlsx"
    book: Any = openpyxl.load_workbook(path)
    sheet = book["校舍建设清单（含续建）"]
    header = next(row for row in sheet.iter_rows() if row[0].value == "序号")
    columns = {cell.value: cell.column for cell in header}
    row = header[0].row + 1
    sheet.cell(row, columns["性质"]).value = "新 建楼"
    sheet.cell(row, columns["开工日期"]).value = "明年春天"
    sheet.cell(row + 1, columns["面积（平方米）"]).value = "约860"
    book.save(path)
    report = run(workspace, 1)
    assert report["rejected"] == [path.name]
    told = {item["rule"]: item for item in report["findings"] if item["sheet"]}
    assert told["codes"]["cell"] == sheet.cell(row, columns["性质"]).coordinate
    assert "“新 建楼”不在可选范围内" in told["codes"]["message"]
    types = [item for item in report["findings"] if item["rule"] == "type"]
    assert [item["cell"] for item in types] == [
        sheet.cell(row, columns["开工日期"]).coordinate,
        sheet.cell(row + 1, columns["面积（平方米）"]).coordinate,
    ]


def test_a_mistyped_tag_is_told_with_its_place_and_nothing_is_written(workspace: Path) -> None:
    path = workspace / "templates" / PACK / "report.docx"
    document = Document(str(path))
    paragraph(document, "多了{{初中（含九年制）在校生数", ("}}", "bold"), "和{{PM2.5平均浓度.同比描述}}")
    document.sections[0].header.add_paragraph("{{地驱}}")
    document.save(str(path))
    report = run(workspace, 2)
    assert report["report"] is None
    said = [item["message"] for item in report["findings"] if item["rule"] == "template"]
    assert any("PM2.5平均浓度.同比描述" in text and "是不是“同比表述”" in text for text in said)
    assert any("{{地驱}}" in text and "是不是“地区”" in text and "页眉" in text for text in said)
    assert any("初中（含九年制）在校生数" in text and "二、" in text for text in said)
    assert [path.name for path in (workspace / "reports").iterdir()] == [
        "县域教育事业发展报告-模板批注.docx"
    ]


# --- several packs in one workspace -----------------------------------------------------------


def second_pack(workspace: Path) -> None:
    """The same template language, another report, period and name, beside the first."""
    pack = workspace / "templates" / "monthly"
    pack.mkdir()
    other = DEFINITION.replace("县域教育事业发展报告", "教育月报").replace(PERIOD, "2025年10月")
    write_definition(pack / "definition.xlsx", other)
    write_template(pack / "report.docx")


@pytest.mark.parametrize("command", ["run", "issue", "status"])
def test_with_two_packs_one_must_be_named(workspace: Path, command: str) -> None:
    second_pack(workspace)
    outcome = call(workspace, command)
    assert outcome.exit_code == 2
    assert f"有多个报告套件（{PACK}、monthly）" in outcome.output
    assert "请用 --report 指明" in outcome.output


def test_each_pack_takes_its_own_forms(workspace: Path) -> None:
    second_pack(workspace)
    assert "全县初中在校生18236人，同比增长1.3%。" in texts(opened(run(workspace, 0, "--report", PACK)))
    other = run(workspace, 2, "--report", "monthly")
    assert other["rejected"] == [], "forms of the other pack are its own concern"
    assert {item["code"] for item in other["findings"]} >= {"run.no_submission", "missing.department"}
    assert Path(workspace / "reports" / REPORT).is_file()


def test_an_unknown_pack_is_told_with_the_nearest(workspace: Path) -> None:
    outcome = call(workspace, "run", "--report", "county-school")
    assert outcome.exit_code == 2
    assert f"是不是“{PACK}”" in outcome.output
