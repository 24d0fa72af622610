"""The first sheet of a form: what it is, how to fill it, what the colours mean, what happens next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generators.forms import inputs, layout
from generators.forms.sheets import LINE_HEIGHT, REGISTER_ROWS, Form, page_setup
from generators.forms.styles import lines_needed
from generators.model import Asked, Measure

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

LABEL_WIDTH = 18.0
TEXT_WIDTH = 122.0

_HOW_TO_FILL = (
    "只在黄色和白色单元格中填写。请不要改动工作表名称、表头、指标代码，不要增删列；文件名可以改。",
    "数字只填阿拉伯数字，不带单位、百分号和“约”“余”等文字；按“计量单位”一列的单位填报。",
    "“同比增长(%)”下降填负数，与上年持平填 0；单元格显示“个百分点”的，填比上年提高的百分点。",
    "“下年目标”单元格显示“%”或提示填增长速度的，填增速，不填总量。",
    "确实没有数据的留空，不要填 0、“无”或“—”；黄色单元格确无数据的，请联系编报单位。",
    "数据变动较大、口径有变化的，在“情况说明”列写明原因。",
    "选中单元格会显示填报提示；指标的口径在选中指标名称时显示。",
)
_WHAT_HAPPENS_NEXT = (
    "填好后保存为 .xlsx 格式（不要设置打开密码），放入收件文件夹即完成报送。",
    "程序自动核对。有问题的，校验结果会写明哪个单元格、什么问题、怎样改，由编报单位转告。",
    "请在原表上修改，用修改后的文件替换收件文件夹中的原文件，即为重新报送，以最后一次为准。",
    "标为“核实”的问题，数据确实无误的，在“情况说明”列写明原因后重新报送即可。",
)


@dataclass(frozen=True)
class _Content:
    """One sheet of the form as the instructions list it."""

    sheet: str
    text: str


def instructions_sheet(form: Form) -> None:
    """Write the instructions; every sheet that this form holds is listed with a link to it."""
    sheet = form.workbook.add_worksheet(layout.INSTRUCTIONS_SHEET)
    sheet.set_column(0, 0, LABEL_WIDTH)
    sheet.set_column(1, 1, TEXT_WIDTH)
    styles = form.styles
    sheet.merge_range(0, 0, 0, 1, "", styles.of("title"))
    title = inputs.form_title(form.definition.settings)
    sheet.write_string(0, 0, title, styles.of("title"))
    sheet.set_row(0, 14.0 + 22.0 * lines_needed(title, (LABEL_WIDTH + TEXT_WIDTH) / 1.5))
    row = 1
    for label, text in _facts(form):
        sheet.write_string(row, 0, label, styles.of("fixed_centre"))
        row = _text(form, sheet, row, text)
    row = _heading(form, sheet, row, "一、填什么")
    contents = list(_contents(form))
    for content in contents:
        sheet.write_url(
            row, 0, f"internal:'{content.sheet}'!A1", styles.of("link"), string=content.sheet
        )
        row = _text(form, sheet, row, content.text)
    if not contents:
        row = _text(form, sheet, row, "本期没有需要填报的内容。")
    row = _heading(form, sheet, row, "二、怎样填")
    row = _numbered(form, sheet, row, _HOW_TO_FILL)
    row = _heading(form, sheet, row, "三、颜色")
    for label, role, text in (
        ("必填", "required_swatch", "黄色：必须填写，空白的会被退回；清单中，凡填报的行都必须填写。"),
        ("选填", "optional_swatch", "白色：有数据的请填写，没有的留空。"),
        ("不填", "not_asked_swatch", "灰色：不需要填写，已锁定。"),
    ):
        sheet.write_string(row, 0, label, styles.of(role))
        row = _text(form, sheet, row, text)
    row = _heading(form, sheet, row, "四、报送和之后")
    row = _numbered(form, sheet, row, _WHAT_HAPPENS_NEXT)
    sheet.protect()
    page_setup(form, sheet, pages_high=1)
    sheet.print_area(0, 0, row - 1, 1)
    sheet.activate()


def _facts(form: Form) -> Iterator[tuple[str, str]]:
    definition, settings = form.definition, form.definition.settings
    department = definition.department_by_code[form.department]
    yield "报告", settings.name
    yield "填报单位", department.name
    yield "报告期", inputs.year_text(settings.period)
    deadline = definition.deadline_of(form.department)
    yield "报送截止", _moment_text(deadline) if deadline else "以编报单位通知为准"
    if settings.compiler:
        yield "编报单位", f"{settings.compiler}（对指标、口径、期限有疑问的，请与其联系）"
    contact = "　".join(part for part in (department.contact, department.telephone) if part)
    if contact:
        yield "填报联系人", contact
    yield "表单版本", f"第 {settings.form_version} 版"


def _contents(form: Form) -> Iterator[_Content]:
    definition, department = form.definition, form.department
    indicators = definition.indicators_of(department)
    if indicators:
        asked = [item.asked(measure) for item in indicators for measure in Measure]
        text = (
            f"{len(indicators)}项指标，其中必填{asked.count(Asked.REQUIRED)}格、"
            f"选填{asked.count(Asked.OPTIONAL)}格。"
        )
        yield _Content(layout.INDICATOR_SHEET, text)
    for register in definition.registers_of(department):
        text = f"一项一行，已留{REGISTER_ROWS}行；没有的不填。{register.note}"
        yield _Content(layout.register_sheet(register.name), text)
    narratives = definition.narratives_of(department)
    if narratives:
        required = sum(item.required for item in narratives)
        names = "、".join(item.name for item in narratives)
        yield _Content(layout.NARRATIVE_SHEET, f"{len(narratives)}篇，其中必填{required}篇：{names}。")


def _heading(form: Form, sheet: Worksheet, row: int, text: str) -> int:
    sheet.write_string(row, 0, text, form.styles.of("heading"))
    sheet.set_row(row, 28.0)
    return row + 1


def _text(form: Form, sheet: Worksheet, row: int, text: str) -> int:
    """Write the text column of a row, high enough for its lines; returns the next row."""
    sheet.write_string(row, 1, text, form.styles.of("cell"))
    sheet.set_row(row, 6.0 + LINE_HEIGHT * lines_needed(text, TEXT_WIDTH))
    return row + 1


def _numbered(form: Form, sheet: Worksheet, row: int, texts: tuple[str, ...]) -> int:
    for number, text in enumerate(texts, start=1):
        sheet.write_string(row, 0, str(number), form.styles.of("fixed_centre"))
        row = _text(form, sheet, row, text)
    return row


def _moment_text(moment: dt.datetime) -> str:
    """A date, with the time of day where one is given; midnight means the date alone."""
    date = f"{moment.year}年{moment.month}月{moment.day}日"
    return f"{date} {moment:%H:%M}" if (moment.hour or moment.minute) else date
