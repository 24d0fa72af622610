"""The Word template language: what each tag prints, and how errors are told."""

from __future__ import annotations

from decimal import Decimal

import docx
import pytest
from docx.enum.text import WD_COLOR_INDEX

from generators.messages import message
from generators.model import Measure
from generators.word.render import render
from generators.word.template import compile_template
from tests.district import (
    DEFINITION,
    FIGURES,
    dataset,
    document,
    paragraphs,
    print_tag,
    printed,
    saved,
)
from tests.reports import open_report


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("{{渔业总产值}}", "85亿元"),
        ("{{ 渔业总产值.数值 }}", "85"),
        ("{{渔业总产值.单位}}", "亿元"),
        ("{{渔业总产值.上年}}", "83.7亿元"),
        ("{{渔业总产值.同比}}", "1.5%"),
        ("{{渔业总产值.同比表述}}", "同比增长1.5%"),
        ("{{渔业总产值.增减}}{{渔业总产值.增幅}}", "增长1.5%"),
        ("{{渔业总产值.计划}}", "80亿元"),
        ("{{渔业总产值.完成率}}", "106.3%"),
        ("{{渔业总产值.完成率|小数(0)}}", "106%"),
        ("{{渔业总产值.目标}}", "6.5%"),
        ("{{渔业总产值.目标表述}}", "增长6.5%"),
        ("{{渔业总产值.名称}}、{{渔业总产值.代码}}、{{渔业总产值.部门}}", "渔业总产值、S1-1、渔业局"),
        ("{{渔业总产值.来源}}", "渔业局 指标!D5"),
        ("{{捕捞收入.同比表述}}", "同比增长8%"),
        ("{{水质达标率.同比}}", "-0.5个百分点"),
        ("{{水质达标率.同比表述}}", "同比下降0.5个百分点"),
        ("{{水质达标率.目标表述}}", "保持在92%以上"),
        ("{{渡口数.目标表述}}", "不少于30个"),
        ("{{渡口数.同比表述}}", "与上年持平"),
        ("{{航道服务水平}}", "9.3分"),
        ("{{航道服务水平|小数(2)}}", "9.25分"),
        ("{{航道服务水平.目标表述}}", "不低于全市平均"),
        ("{{渡口数|带单位('座')}}、{{渡口数|数}}", "14座、14"),
        ("{{渔业总产值 + 渔业总产值.上年}}", "168.7亿元"),
        ("{{渡口数 / 渡口数.计划 * 100}}", "155.56"),
        ("{{(渡口数 - 4)|数}}", "10"),
        ("{{'多' if 渡口数 > 10 else '少'}}", "多"),
        ("{{'降' if 水质达标率.同比 < 0 else '升'}}", "降"),
        ("{{规模}}{{地区}}{{报告期}}年{{下年}}年", "500吨以上临溪区2030年2031年"),
        ("{{指标['渔业总产值']}}{{指标('S1-4')}}", "85亿元14个"),
        ("前{# 这是批注 #}后", "前后"),
    ],
)
def test_tags_print(tag: str, text: str) -> None:
    assert print_tag(tag) == text


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("{{渔港清单|计数}}", "4"),
        ("{{渔港清单|求和('总投资')}}", "3.55亿元"),
        ("{{渔港清单|列举('名称')}}", "东港、西港、南港、北港"),
        ("{{渔港清单|列举('名称', 2)}}", "东港、西港等4个"),
        ("{{渔港清单|筛选(阶段='在建')|列举('名称', 最多=2, 单位='座')}}", "东港、南港等3座"),
        ("{{渔港清单|筛选(阶段='建成')|列举('名称', 合计=渡口数)}}", "西港等14个"),
        ("{{渔港清单|筛选(阶段=['在建', '建成'])|计数}}", "4"),
        ("{{渔港清单|排除(阶段='在建')|列举('名称')}}", "西港"),
        ("{{渔港清单|排序('总投资', true)|前(2)|列举('名称')}}", "北港、东港"),
        ("{{渔港清单|筛选(部门='渔业局', 阶段='建成')|求和('总投资')}}", "0.35亿元"),
        ("{{清单('R1')|计数}}", "4"),
        ("{{渔港清单|筛选({'阶段': '建成'}, 部门='渔业局')|列举('名称')}}", "西港"),
        ("{{文字材料.渔政工作.首句}}", "渔政执法不断加强。"),
        ("{{文字材料.渔政工作.余文}}", "开展巡查，查处违法案件。\n队伍建设取得进展。"),
        ("{{文字材料.渔政工作}}", "渔政执法不断加强。开展巡查，查处违法案件。\n队伍建设取得进展。"),
    ],
)
def test_registers_and_narratives_print(tag: str, text: str) -> None:
    assert print_tag(tag) == text


@pytest.mark.parametrize(
    "tag",
    [
        "{{渔港清单|筛选(阶段=“在建”)|列举(“名称”, 1)}}",
        "{{渔港清单｜筛选（阶段＝“在建”）｜列举（‘名称’，1）}}",
        '{{ 渔港清单 | 筛选(阶段="在建") | 列举("名称", 1) }}',
    ],
)
def test_curly_quotes_and_full_width_signs_inside_tags_are_understood(tag: str) -> None:
    assert print_tag(tag) == "东港等3个"


def test_names_that_are_no_identifiers_are_understood() -> None:
    figures = {**FIGURES, "S1-6": {"actual": "33"}}
    text = print_tag("{{PM2.5浓度（年均）}}，{{ PM2.5浓度（年均）.数值 * 2 }}", dataset(figures=figures))
    assert text == "33微克/立方米，66"
    assert print_tag("{{5米以下}}、{{用语['规模']}}") == "5米（含）以下、500吨以上"
    assert print_tag("{{文字材料['“十五五”展望'].首句}}") == "展望未来。"


def test_a_missing_figure_prints_a_highlighted_mark_and_is_a_finding() -> None:
    report = printed(document("水质{{水质达标率}}，渡口{{渡口数}}。"), dataset("YY"))
    runs = open_report(report.data).paragraphs[0].runs
    marks = [(run.text, run.font.highlight_color) for run in runs if run.font.highlight_color]
    assert marks == [("【缺：渡口数】", WD_COLOR_INDEX.YELLOW)]
    assert [item.missing for item in report.occurrences] == [False, True]


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("{{渡口数.目标表述}}", "【缺：渡口数·下年目标】"),
        ("{{渔业总产值 + 渡口数.数值}}", "【缺：渡口数】"),
        ("{{渡口数|空则}}", "【缺：渡口数】"),
        ("{{航线清单|计数}}", "【缺：航线清单（交通局）】"),
        ("{{航线清单|列举('名称')}}", "【缺：航线清单（交通局）】"),
        ("{{会议}}{{会议|空则('')}}", "【缺：设置·会议】"),
        ("{{渔港清单|列举('名称', 1, 合计=渡口数)}}", "东港等【缺：渡口数】"),
        ("{{文字材料.航道工作.首句}}{{文字材料.航道工作.余文}}", "【缺：航道工作（文字材料）】"),
        ("{{PM2.5浓度（年均）|空则}}", "—"),
        ("{{PM2.5浓度（年均）.计划|空则('无')}}", "无"),
        ("{{PM2.5浓度（年均）}}", "【缺：PM2.5浓度（年均）】"),
        ("{{渔港清单|筛选(阶段='停建')|列举('名称')|空则('没有')}}", "没有"),
        ("{{'有' if 渡口数 else '无'}}", "无"),
    ],
)
def test_what_is_missing_while_a_department_has_not_reported(tag: str, text: str) -> None:
    assert print_tag(tag, dataset("YY")) == text


def test_every_printed_figure_names_its_cell() -> None:
    report = printed(document("{{渔业总产值}}{{渔业总产值.同比表述}}", "{{渔港清单|列举('名称', 1)}}"))
    found = [
        (item.text, source.figure, source.value, source.provenance and source.provenance.cell)
        for item in report.occurrences
        for source in item.sources[:1]
    ]
    assert found == [
        ("85亿元", "S1-1.actual", Decimal(85), "D5"),
        ("同比增长1.5%", "S1-1.growth", Decimal("1.5"), "F5"),
        ("东港", "R1/YY/东港/名称", "东港", "B5"),
        ("4个", "R1/YY/东港/名称", "东港", "B5"),
    ]


def test_a_tag_split_over_runs_takes_the_first_runs_formatting() -> None:
    made = docx.Document()
    paragraph = made.add_paragraph("产值")
    paragraph.add_run("{{渔业").bold = True
    paragraph.add_run("总产").italic = True
    paragraph.add_run("值}}")
    paragraph.add_run("。")
    report = printed(saved(made))
    runs = open_report(report.data).paragraphs[0].runs
    assert [(run.text, run.bold, run.italic) for run in runs] == [
        ("产值", None, None),
        ("85亿元", True, None),
        ("。", None, None),
    ]


def test_blocks_in_paragraphs() -> None:
    text = document(
        "{% for 港 in 渔港清单|筛选(阶段='在建') %}",
        "{{loop.index}}.{{港.名称}}{{港.总投资|空则('（未定）')}}",
        "{% endfor %}",
        "{% if 渡口数 > 20 %}",
        "多",
        "{% elif 渡口数 > 10 %}",
        "中",
        "{% else %}",
        "少",
        "{% endif %}",
    )
    assert paragraphs(printed(text)) == ["1.东港1.2亿元", "2.南港（未定）", "3.北港2亿元", "中"]


def test_blocks_nest_and_go_through_sections() -> None:
    text = document(
        "{% for 章 in 章节 %}",
        "{{章.名称}}",
        "{% for 项 in 章.指标 %}",
        "{% if 项 %}",
        "{{项.名称}}{{项}}",
        "{% endif %}",
        "{% endfor %}",
        "{% endfor %}",
    )
    assert paragraphs(printed(text)) == [
        *("渔业", "渔业总产值85亿元", "捕捞收入2376万元", "水质达标率90.5%", "渡口数14个"),
        *("航道服务水平9.3分", "交通"),
    ]


def test_blocks_in_table_rows() -> None:
    made = docx.Document()
    table = made.add_table(rows=4, cols=2)
    for row, texts in enumerate(
        [
            ("指标", "数值"),
            ("{% for 项 in 汇总表('主要指标') %}", ""),
            ("{{项.名称}}", "{{项|数}}"),
            ("{% endfor %}", ""),
        ]
    ):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    rows = open_report(printed(saved(made)).data).tables[0].rows
    assert [[cell.text for cell in row.cells] for row in rows] == [
        ["指标", "数值"],
        ["渔业总产值", "85"],
        ["水质达标率", "90.5"],
    ]


def test_tags_in_headers_and_footers_print() -> None:
    made = docx.Document()
    made.sections[0].header.paragraphs[0].text = "{{地区}}{{报告期}}年"
    made.sections[0].footer.paragraphs[0].text = "{{渔业总产值}}"
    section = open_report(printed(saved(made)).data).sections[0]
    assert section.header.paragraphs[0].text == "临溪区2030年"
    assert section.footer.paragraphs[0].text == "85亿元"


def test_values_are_never_read_as_tags_or_markup() -> None:
    figures = {**FIGURES, "S1-5": {"actual": "1", "target": "{{渡口数}}<w:t>&amp;\x07"}}
    assert print_tag("{{航道服务水平.目标表述}}", dataset(figures=figures)) == "{{渡口数}}<w:t>&amp;"


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("{{渔业总产直}}", "“渔业总产直”不存在，是不是“渔业总产值”？"),
        ("{{渔业总产值.同笔}}", "“渔业总产值”没有属性“同笔”，是不是“同比”？"),
        ("{{渔港清单|计树}}", "过滤器“计树”不存在，是不是“计数”？"),
        ("{{渔港清单|列举('名程')}}", "“渔港清单”没有列“名程”，是不是“名称”？"),
        ("{{渔港清单|筛选(介段='在建')}}", "“渔港清单”没有列“介段”，是不是“阶段”？"),
        ("{{文字材料.渔证工作}}", "没有属性“渔证工作”，是不是“渔政工作”？"),
        ("{{汇总表('主要指标表')}}", "“主要指标表”不存在，是不是“主要指标”？"),
        ("{{渔港青单|计数}}", "“渔港青单”不存在，是不是“渔港清单”？"),
        ("{{清单('渔港青单')|计数}}", "“渔港青单”不存在，是不是“渔港清单”？"),
        ("{{指标('渔业总产直')}}", "“渔业总产直”不存在，是不是“渔业总产值”？"),
        ("{{文字材料['渔证工作']}}", "“渔证工作”不存在，是不是“渔政工作”？"),
        ("{{文字材料.渔政工作.首剧}}", "没有属性“首剧”，是不是“首句”？"),
        ("{{规摸}}", "“规摸”不存在，是不是“规模”？"),
        ("{{用语('规摸')}}", "“规摸”不存在，是不是“规模”？"),
        ("{{报告其}}", "“报告其”不存在，是不是“报告期”？"),
        ("{% for 章 in 章节.鱼业.指标 %}", "没有属性“鱼业”，是不是“渔业”？"),
        ("{{渔港清单|列举('名称', 最少=2)}}", "“列举”没有参数“最少”，是不是“最多”？"),
        ("{{PM2.5浓渡（年均）}}", "是不是“PM2.5浓度（年均）”？"),
        ("{{PM2.5浓渡（年均）.同比|空则}}", "是不是“PM2.5浓度（年均）”？"),
        ("{{5米以上}}", "是不是“5米以下”？"),
        ("{{文字材料.“十五五”展往}}", "缺少一个名称，是不是““十五五”展望”？"),
        ("{{渔业 总产直}}", "是不是“渔业总产值”？"),
        ("{{渔业总产值，同比}}", "写法有误：后面有多余的内容（"),
        ("{% fro 港 in 渔港清单 %}", "不认识的块标签“fro”，只有 for、if、elif、else，是不是“for”？"),
        ("{{渔业总产值", "标签没有写完整"),
        ("渔业总产值}}", "标签没有写完整"),
        ("{{}}", "标签是空的"),
        ("{{渔业总产值 +}}", "写法有误"),
        ("{% if 渡口数 %}", "没有对应的 endif"),
        ("{% endfor %}", "前面没有对应的 for"),
        ("{% while 渡口数 %}", "不认识的块标签“while”"),
        ("前{% if 渡口数 %}后", "与其他文字写在了同一段"),
        ("{% for 港 in 渔港清淡 %}", "“渔港清淡”不存在，是不是“渔港清单”？"),
        ("{% for 港 in 渔业总产值 %}", "不是清单或列表"),
    ],
)
def test_errors_in_tags_are_told(tag: str, expected: str) -> None:
    result = compile_template(document("一、概况", tag), DEFINITION, "linxi/report.docx")
    assert result.value is None
    assert expected in message(result.findings[0])
    assert "正文" in message(result.findings[0])


def test_all_errors_are_told_at_once_with_their_place() -> None:
    made = docx.Document()
    made.add_heading("一、渔业", level=1)
    made.add_paragraph("产值{{甲}}，收入{{乙}}。")
    made.add_heading("二、交通", level=1)
    made.add_paragraph("{% for 港 in 丙 %}")
    made.add_paragraph("{{港.名称}}{{丁}}")
    made.add_paragraph("{% endfor %}")
    made.sections[0].header.paragraphs[0].text = "{{戊}}"
    found = compile_template(saved(made), DEFINITION, "linxi/report.docx").findings
    assert [item.params["name"] for item in found] == ["甲", "乙", "丙", "丁", "戊"]
    places = [message(item).partition("不存在（")[2].removesuffix("）") for item in found]
    assert places == [
        *["正文，“一、渔业”之下，段落“产值{{甲}}，收入{{乙}}。”"] * 2,
        "正文，“二、交通”之下，段落“{% for 港 in 丙 %}”",
        "正文，“二、交通”之下，段落“{{港.名称}}{{丁}}”",
        "页眉，段落“{{戊}}”",
    ]


def test_a_misspelt_block_is_one_error_not_three() -> None:
    lines = ("{% fro 港 in 渔港清单 %}", "{{港.名程}}", "{% esle %}", "{% if 渡口数 %}", "{% endiff %}")
    found = compile_template(document(*lines, "{% endfor %}"), DEFINITION, "linxi/report.docx").findings
    assert [(item.params["tag"], item.params["near"]) for item in found] == [
        ("{% fro 港 in 渔港清单 %}", "for"),
        ("{% esle %}", "else"),
        ("{% endiff %}", "endif"),
    ]


def test_a_stray_brace_hides_no_other_error() -> None:
    text = document("｛{渡口数}}和{{甲}}", "{{乙}}，渡口数}}")
    found = compile_template(text, DEFINITION, "linxi/report.docx").findings
    assert [item.params["tag"] for item in found] == ["｛{", "{{甲}}", "}}", "{{乙}}"]


@pytest.mark.parametrize(
    "tag",
    [
        "{{渔业总产值.__class__}}",
        "{{''.__class__.__mro__}}",
        "{{指标.__init__.__globals__}}",
        "{{[].append(1)}}",
        "{{'a'*1000000000}}",
        "{{9**9**9}}",
        "{{range(10)}}",
        "{{cycler}}",
        "{{渔业总产值|attr('__class__')}}",
        "{{渔港清单.register}}",
    ],
)
def test_the_sandbox_reaches_nothing_but_the_packs_names(tag: str) -> None:
    with pytest.raises(AssertionError):
        print_tag(tag)


@pytest.mark.parametrize(
    ("tag", "reason"),
    [
        ("{{渡口数 / 0}}", "除数为零"),
        ("{{渔港清单}}", "清单不能直接打印"),
        ("{{章节}}{{清单}}{{汇总表}}", "清单不能直接打印"),
        ("{{渔港清单|取值('名称')}}", "清单不能直接打印"),
        ("{{渔港清单.名称}}", "要在 for 循环里或用过滤器取"),
        ("{{渔业总产值.数值.单位}}", "点号后面没有可取的内容"),
        ("{{渔业总产值 + '亿'}}", "只有数可以运算"),
        ("{{渡口数 % 2}}", "不支持运算"),
        ("{{渡口数 ~ '左右'}}", "不支持 ~"),
        ("{{渔港清单|列举}}", "“列举”的参数个数或名称不对"),
        ("{{渔港清单|列举('名称', 最少=2)}}", "“列举”没有参数“最少”"),
        ("{{渔港清单|筛选(阶段='在健')|计数}}", "“阶段”没有“在健”这个值，是不是“在建”？"),
        ("{{渔港清单|筛选({'阶段': ['在建', '停']})|计数}}", "“阶段”没有“停”这个值"),
        ("{{渔港清单|筛选(部门='鱼业局')|计数}}", "“部门”没有“鱼业局”这个值，是不是“渔业局”？"),
        ("{{'大' if 渔港清单|筛选(阶段='在健')|计数 > 3 else '小'}}", "是不是“在建”？"),
    ],
)
def test_what_can_never_be_evaluated_is_told_before_any_figure_comes(tag: str, reason: str) -> None:
    hidden = document("{% if 渡口数 > 999 %}", tag, "{% endif %}")
    found = compile_template(hidden, DEFINITION, "linxi/report.docx")
    assert found.value is None
    assert reason in message(found.findings[0])


@pytest.mark.parametrize(
    ("tag", "reason"),
    [
        ("{{渔港清单|前('两个')|计数}}", "参数应是 0–1000000 的整数"),
        ("{{渔港清单|列举('名称', 最多=-1)}}", "参数应是 0–1000000 的整数"),
        ("{{渔业总产值|小数(99)}}", "参数应是 0–9 的整数"),
        ("{{渔业总产值|小数(-1)}}", "参数应是 0–9 的整数"),
        ("{{'大' if 渡口数 > '十' else '小'}}", "不能这样运算、比较"),
        ("{{渡口数|计数}}", "只能用于清单"),
        ("{{渔港清单|求和('名称')}}", "“名称”不是数值列"),
        ("{{渔业总产值 + 捕捞收入}}", "单位不同（亿元、万元）"),
        ("{{'大' if 渔业总产值 > 捕捞收入 else '小'}}", "单位不同（亿元、万元）"),
    ],
)
def test_what_cannot_be_evaluated_is_told_in_chinese(tag: str, reason: str) -> None:
    compiled = compile_template(document(tag), DEFINITION, "linxi/report.docx")
    assert compiled.value is not None, compiled.findings
    result = render(compiled.value, dataset(), "linxi/report.docx")
    assert result.value is None
    assert [item.code for item in result.findings] == ["template.value"]
    assert reason in message(result.findings[0])


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("{{渔业总产值 + 捕捞收入 / 10000}}", "85.2亿元"),
        ("{{渡口数 + 1}}{{1 + 0.1 + 0.2}}", "15个1.3"),
        ("{{渔港清单|求和('总投资')}}", "3.55亿元"),
        ("{{渔港清单|筛选(名称='南港')|求和('总投资')}}", "【缺：渔港清单·总投资】"),
        ("{{渔港清单|筛选(阶段='停建')|求和('总投资')}}", "0亿元"),
        ("{{渔港清单|列举('总投资', 2)}}", "1.2亿元、0.35亿元等4个"),
        ("{{渔港清单|筛选(阶段='建成')|列举('名称', 合计=1)}}", "西港等1个"),
        ("有{{'大' if 渡口数 > 99}}无", "有无"),
        ("{{渔业总\u200b产值}}", "85亿元"),
    ],
)
def test_figures_that_are_easily_got_wrong(tag: str, text: str) -> None:
    assert print_tag(tag) == text


@pytest.mark.parametrize(
    ("plan", "text"), [("0", "【缺：渡口数·年度计划为零】"), ("-9", "【缺：渡口数·年度计划为负】")]
)
def test_a_plan_of_nothing_is_a_mark_not_the_end_of_the_report(plan: str, text: str) -> None:
    data = dataset(figures={**FIGURES, "S1-4": {**FIGURES["S1-4"], "plan": plan}})
    assert print_tag("{{渡口数.完成率}}", data) == text
    assert print_tag("{{渡口数.完成率|空则}}", data) == "—"
    assert print_tag("{{渡口数 / 渡口数.计划|空则}}", data).startswith("【缺" if plan == "0" else "-")


def test_every_comparison_with_what_is_missing_is_false() -> None:
    for comparison in ("> 1", "< 1", "== 14", "!= 14", ">= 0"):
        tag = f"{{{{'是' if 渡口数 {comparison} else '否'}}}}"
        assert print_tag(tag, dataset("YY")) == "否", comparison
    assert print_tag("{{渡口数|文字}}", dataset("YY")) == "【缺：渡口数】"


def test_a_total_smaller_than_its_list_is_printed_and_told() -> None:
    figures = {**FIGURES, "S1-4": {**FIGURES["S1-4"], "actual": "2"}}
    compiled = compile_template(
        document("{{渔港清单|列举('名称', 1, 合计=渡口数)}}"), DEFINITION, "linxi/report.docx"
    )
    assert compiled.value is not None
    result = render(compiled.value, dataset(figures=figures), "linxi/report.docx")
    assert result.value is not None
    assert paragraphs(result.value) == ["东港等2个"]
    (finding,) = result.findings
    assert (finding.code, finding.sheet, finding.cell) == ("merge.total", "指标", "D5")
    assert message(finding) == "“渡口数”报送为 2个，但清单中已列出 4 项"


def test_a_loop_says_which_department_has_not_reported() -> None:
    text = document("{% for 线 in 航线清单 %}", "{{线.序号}}.{{线.名称}}（{{线.部门}}）", "{% endfor %}")
    assert paragraphs(printed(text)) == ["1.一号线（交通局）"]
    assert paragraphs(printed(text, dataset("YY"))) == ["1.【缺：航线清单（交通局）】（交通局）"]


def test_growth_is_worked_out_only_at_current_prices() -> None:
    without = {**FIGURES, "S1-1": {"actual": "85", "previous": "80"}}
    assert print_tag("{{渔业总产值.同比}}", dataset(figures=without)) == "【缺：渔业总产值·同比增长】"
    assert dataset(figures=without).datum("S1-1", Measure.GROWTH) is None
