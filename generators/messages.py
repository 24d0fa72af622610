"""The message catalogue: what every finding says and what to do about it, Chinese and English.

One entry a finding code. An entry's texts are ``str.format`` templates over the finding's params;
``measure`` and ``severity`` params are shown by their labels. Adding a finding means adding it here:
a test goes through the code and fails when one is missing.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from generators.model import Finding, Measure, Severity

LANGUAGES = ("zh", "en")

MEASURE_LABELS: Mapping[str, Mapping[Measure, str]] = {
    "zh": {
        Measure.ACTUAL: "本年预计",
        Measure.PREVIOUS: "上年实际",
        Measure.GROWTH: "同比增长(%)",
        Measure.PLAN: "年度计划",
        Measure.TARGET: "下年目标",
    },
    "en": {
        Measure.ACTUAL: "this year, expected",
        Measure.PREVIOUS: "last year, actual",
        Measure.GROWTH: "growth on last year (%)",
        Measure.PLAN: "plan for the year",
        Measure.TARGET: "target for next year",
    },
}

SEVERITY_LABELS: Mapping[str, Mapping[Severity, str]] = {
    "zh": {
        Severity.ERROR: "错误",
        Severity.CONFIRM: "核实",
        Severity.WARNING: "提醒",
        Severity.INFO: "说明",
    },
    "en": {
        Severity.ERROR: "error",
        Severity.CONFIRM: "confirm",
        Severity.WARNING: "warning",
        Severity.INFO: "note",
    },
}


@dataclass(frozen=True)
class Entry:
    """One catalogue entry: message and action in both languages."""

    zh: str
    zh_action: str
    en: str
    en_action: str


_RESEND = "改好后重新放入收件文件夹"
_RESEND_EN = "correct it and drop the workbook into the inbox again"

CATALOGUE: Mapping[str, Entry] = {
    # --- level 0: the file -----------------------------------------------------------------
    "format.empty": Entry(
        "文件是空的，没有内容",
        "请重新保存后再报送",
        "the file is empty",
        "save it again and resubmit",
    ),
    "format.encrypted": Entry(
        "文件设置了打开密码，无法读取",
        "请在 Excel 或 WPS 中取消密码（文件—文档加密）后重新报送",
        "the workbook is password-protected",
        "remove the password and resubmit",
    ),
    "format.legacy": Entry(
        "文件是旧版 .xls 或 WPS .et 格式，不是下发的 .xlsx 表",
        "请在下发的表中填写，或另存为 .xlsx 后重新报送",
        "the file is an old .xls or WPS .et workbook, not the .xlsx form that was issued",
        "fill in the issued form, or save as .xlsx, and resubmit",
    ),
    "format.not_workbook": Entry(
        "文件不是 Excel 工作簿",
        "请报送下发的 .xlsx 表",
        "the file is not an Excel workbook",
        "submit the .xlsx form that was issued",
    ),
    "format.damaged": Entry(
        "文件已损坏或没有传完，无法读取",
        "请用 Excel 或 WPS 打开原件，另存后重新报送",
        "the file is damaged or incomplete and cannot be read",
        "open the original in Excel or WPS, save it again and resubmit",
    ),
    "format.unreadable": Entry(
        "文件无法打开（{reason}）",
        "请检查文件是否被占用、是否有读取权限，稍后程序会重试",
        "the file cannot be opened ({reason})",
        "check that it is not locked and may be read; the program will try again",
    ),
    "format.macros": Entry(
        "文件含有宏，不予接收",
        "请在下发的 .xlsx 表中填写后重新报送",
        "the workbook contains macros and is refused",
        "fill in the issued .xlsx form and resubmit",
    ),
    "format.too_large": Entry(
        "文件过大（上限 {limit} MB）",
        "请删除图片、附件等无关内容，只保留下发的表",
        "the workbook is too large (limit {limit} MB)",
        "remove pictures and attachments and keep the issued form only",
    ),
    "format.too_many_parts": Entry(
        "文件内部部件过多（上限 {limit} 个），不是正常填写的表",
        "请在下发的表中重新填写后报送",
        "the workbook has too many parts (limit {limit})",
        "fill in the issued form again and resubmit",
    ),
    "format.bomb": Entry(
        "文件压缩比异常，不予打开",
        "请在下发的表中重新填写后报送",
        "the workbook unpacks to far more than a form holds and is not opened",
        "fill in the issued form again and resubmit",
    ),
    "format.entities": Entry(
        "文件内含有不允许的 XML 声明，不予打开",
        "请在下发的表中重新填写后报送",
        "the workbook contains XML declarations that are not allowed",
        "fill in the issued form again and resubmit",
    ),
    "format.ranges": Entry(
        "文件中合并单元格、超链接或批注的范围过大，不予打开",
        "请取消整列、整行的合并和超链接后重新报送",
        "a merged range, hyperlink or comment in the workbook covers far too many cells",
        "unmerge whole columns or rows, remove their hyperlinks and resubmit",
    ),
    "format.too_many_cells": Entry(
        "文件内容过多，远超下发的表（多半是给整行、整列的空单元格设了格式）",
        "请删除表格以外的空行、空列，或把数据填入新领取的表后重新报送",
        "the workbook holds far more than a form does (whole rows or columns were formatted)",
        "delete the empty rows and columns beside the table, or fill in a new form, and resubmit",
    ),
    "envelope.unknown_form": Entry(
        "不是本程序下发的填报表，无法识别报送单位",
        "请在下发的表中填写后重新报送，不要把内容复制到新建的工作簿",
        "this is not a form that the program issued: it carries no identity",
        "fill in the issued form; do not copy it into a new workbook",
    ),
    "envelope.pack": Entry(
        "这是另一份报告（套件 {found}）的填报表，不属于本次的“{report}”（套件 {expected}）",
        "请改用本次报告下发的表",
        "the form belongs to the report pack {found}, not to {expected} ({report})",
        "use the form issued for this report",
    ),
    "envelope.department": Entry(
        "填报表的单位代码“{found}”不在本次报告的部门名单中",
        "请联系编报单位核对部门名单，并重新领取填报表",
        "the form's department {found} is not one of this report's departments",
        "ask the compiler and fetch a new form",
    ),
    "envelope.period": Entry(
        "填报表的报告期是“{found}”，本次报告期是“{expected}”",
        "请改用本期下发的填报表",
        "the form is for period {found}; this report is for {expected}",
        "use the form issued for this period",
    ),
    "envelope.form_version": Entry(
        "填报表是第 {found} 版，现行版本是第 {expected} 版",
        "请领取最新的填报表，把数据填入后重新报送",
        "the form is version {found}; the current version is {expected}",
        "fetch the current form, fill it in and resubmit",
    ),
    "envelope.superseded": Entry(
        "同一部门报送了多个文件，本文件已被较新的“{newer}”取代",
        "如应以本文件为准，请删除“{newer}”；否则请删除本文件",
        "the department dropped several files; this one is superseded by {newer}",
        "delete {newer} if this file is the right one, or else delete this file",
    ),
    "envelope.copy": Entry(
        "与“{other}”内容完全相同，按一份报送处理",
        "可以删除多余的一份",
        "the same content as {other}; taken once",
        "one of the two can be deleted",
    ),
    "structure.sheet": Entry(
        "缺少工作表“{sheet}”{near}",
        "请恢复该工作表（名称不要改动），或重新领取填报表",
        "the sheet {sheet} is missing{near}",
        "restore it under its own name, or fetch a new form",
    ),
    "structure.header": Entry(
        "找不到表头行（应含“{header}”）",
        "请恢复表头，或重新领取填报表",
        "the header row (with {header}) cannot be found",
        "restore the header row, or fetch a new form",
    ),
    "structure.column": Entry(
        "缺少“{column}”列{near}",
        "请恢复该列（列名不要改动），或重新领取填报表",
        "the column {column} is missing{near}",
        "restore it under its own name, or fetch a new form",
    ),
    "structure.column_twice": Entry(
        "“{column}”列出现了两次",
        "请只保留一列",
        "the column {column} stands twice",
        "keep only one of them",
    ),
    "structure.row": Entry(
        "缺少指标“{indicator}”（{code}）所在的行",
        "请恢复该行（指标代码不要改动），或重新领取填报表",
        "the row of {indicator} ({code}) is missing",
        "restore it with its code, or fetch a new form",
    ),
    "structure.row_unknown": Entry(
        "指标代码“{code}”不在本部门的填报范围内，该行数据未采用{near}",
        "请核对指标代码；增加指标请联系编报单位",
        "the indicator code {code} is not asked of this department; the row is not used{near}",
        "check the code; ask the compiler to add indicators",
    ),
    "structure.row_code": Entry(
        "第 {row} 行“{indicator}”的代码应为“{code}”，实际为“{raw}”",
        "请改回原来的代码，或重新领取填报表",
        "row {row}, {indicator}, should have the code {code} but has {raw}",
        "restore the code, or fetch a new form",
    ),
    "structure.row_code_blank": Entry(
        "第 {row} 行“{indicator}”的代码被清空了，应为“{code}”",
        "请填回原来的代码，或重新领取填报表",
        "row {row}, {indicator}, has lost its code {code}",
        "restore the code, or fetch a new form",
    ),
    "structure.row_uncoded": Entry(
        "第 {row} 行填有内容“{raw}”，但没有代码，未采用",
        "请填在有代码的行中；增加内容请联系编报单位",
        "row {row} holds {raw} but no code; it is not used",
        "use the rows that have a code, or ask the compiler to add one",
    ),
    "structure.row_total": Entry(
        "第 {row} 行是“{raw}”行，未作为“{register}”的一项采用",
        "无需处理；清单中请不要加合计行",
        "row {row} of {register} is a total ({raw}) and not taken as an item",
        "nothing to do; please add no totals to registers",
    ),
    "structure.row_nothing": Entry(
        "“{register}”第 {row} 行只填了“{raw}”，按没有内容处理",
        "无需处理；没有内容的清单请留空",
        "row {row} of {register} says only {raw} and was read as blank",
        "nothing to do; leave registers without items empty",
    ),
    "structure.row_twice": Entry(
        "指标“{indicator}”（{code}）出现了两行，另一行在 {other}",
        "请只保留一行",
        "the indicator {indicator} ({code}) stands in two rows, the other at {other}",
        "keep only one of them",
    ),
    "structure.narrative": Entry(
        "缺少文字材料“{narrative}”（{code}）所在的行",
        "请恢复该行（材料代码不要改动），或重新领取填报表",
        "the row of the text {narrative} ({code}) is missing",
        "restore it with its code, or fetch a new form",
    ),
    "structure.narrative_twice": Entry(
        "文字材料“{narrative}”（{code}）出现了两行，另一行在 {other}",
        "请只保留一行",
        "the text {narrative} ({code}) stands in two rows, the other at {other}",
        "keep only one of them",
    ),
    "structure.sheet_unknown": Entry(
        "工作表“{sheet}”不是下发的，其中的内容未采用",
        "无需处理；其中如有要报送的数据，请填入下发的工作表",
        "the sheet {sheet} is not part of the form; nothing in it is used",
        "nothing to do; move figures that should be reported into the form's own sheets",
    ),
    "structure.not_asked": Entry(
        "“{indicator}”的“{measure}”不需填报，所填“{raw}”未采用",
        "请删除该单元格的内容；如确需填报请联系编报单位",
        "{measure} of {indicator} is not asked; {raw} is not used",
        "clear the cell, or ask the compiler to ask for it",
    ),
    "formula.error": Entry(
        "“{item}”的单元格是错误值 {raw}",
        f"请改正公式或直接填写数值，{_RESEND}",
        "the cell of {item} holds the error value {raw}",
        f"mend the formula or type the number, {_RESEND_EN}",
    ),
    "formula.uncalculated": Entry(
        "“{item}”的单元格是公式，但没有计算结果",
        f"请用 Excel 或 WPS 打开并保存一次，或直接填写数值，{_RESEND}",
        "the cell of {item} is a formula that was never calculated",
        f"open and save it in Excel or WPS, or type the number, {_RESEND_EN}",
    ),
    # --- level 1: within one submission ----------------------------------------------------
    "type.text": Entry(
        "“{item}”应填数值，实际为“{raw}”{suggestion}",
        "请只填阿拉伯数字，不带单位和文字；指标需要说明的，写在“情况说明”列",
        "{item} should be a number but reads {raw}{suggestion}",
        "type digits only, without unit or words; remarks go into 情况说明",
    ),
    "type.magnitude": Entry(
        "“{item}”所填“{raw}”超过 15 位，不是合理的数值",
        f"请核对数值和计量单位，{_RESEND}",
        "{item} reads {raw}, which has more than 15 digits",
        f"check number and unit, {_RESEND_EN}",
    ),
    "type.date": Entry(
        "“{item}”应填数值，实际被 Excel 识别为日期“{raw}”",
        "请把单元格格式改为“常规”后重新填写数值",
        "{item} should be a number but is a date, {raw}",
        "set the cell format to General and type the number again",
    ),
    "type.percent": Entry(
        "“{item}”的计量单位是“{unit}”，单元格却是百分比格式",
        "请把单元格格式改为“常规”，按“{unit}”填写数值",
        "{item} is measured in {unit} but the cell has a percent format",
        "set the cell format to General and type the number in {unit}",
    ),
    "type.percent_format": Entry(
        "“{item}”的单元格是百分比格式，看不出要填的是 {raw} 还是它的 100 倍",
        "请把单元格格式改为“常规”后重新填写数值",
        "the cell of {item} has a percent format: is {raw} meant, or a hundred times as much?",
        "set the cell format to General and type the number again",
    ),
    "type.not_date": Entry(
        "“{item}”应填日期，实际为“{raw}”",
        "请按 2023-06-30 的格式填写日期",
        "{item} should be a date but reads {raw}",
        "type a date such as 2023-06-30",
    ),
    "type.too_long": Entry(
        "“{item}”超过字数上限（{length} 字，上限 {limit} 字）",
        "请精简文字后重新报送",
        "{item} is longer than allowed ({length} characters, limit {limit})",
        "shorten the text and resubmit",
    ),
    "normalised.width": Entry(
        "“{item}”所填“{raw}”含全角字符，按 {value} 读取",
        "无需处理；今后请用半角数字",
        "{item}: {raw} has full-width characters and was read as {value}",
        "nothing to do; please type half-width digits in future",
    ),
    "normalised.spaces": Entry(
        "“{item}”所填“{raw}”含多余空格，按 {value} 读取",
        "无需处理",
        "{item}: {raw} has stray spaces and was read as {value}",
        "nothing to do",
    ),
    "normalised.text": Entry(
        "“{item}”的数值以文本形式存储，按 {value} 读取",
        "无需处理",
        "{item}: a number stored as text was read as {value}",
        "nothing to do",
    ),
    "normalised.thousands": Entry(
        "“{item}”所填“{raw}”含千位分隔符，按 {value} 读取",
        "无需处理",
        "{item}: {raw} has thousands separators and was read as {value}",
        "nothing to do",
    ),
    "normalised.placeholder": Entry(
        "“{item}”所填“{raw}”按空白处理",
        "无数据的单元格请留空",
        "{item}: {raw} was read as blank",
        "leave cells without data empty",
    ),
    "presence.figure": Entry(
        "必填项“{item}”没有填写",
        "请填写数值；确无数据的，请联系编报单位调整填报要求",
        "the required figure {item} is blank",
        "fill it in, or ask the compiler to make it optional",
    ),
    "presence.register": Entry(
        "“{register}”第 {row} 行缺少“{column}”",
        "请补填；不需要的行请整行清空",
        "row {row} of {register} lacks {column}",
        "fill it in, or clear the whole row",
    ),
    "presence.narrative": Entry(
        "必填的文字材料“{narrative}”没有填写",
        "请填写文字材料后重新报送",
        "the required text {narrative} is blank",
        "write the text and resubmit",
    ),
    "codes.unknown": Entry(
        "“{column}”填写的“{raw}”不在可选范围内{near}",
        "请从下拉列表中选择：{choices}",
        "{raw} is not one of the choices of {column}{near}",
        "choose from the list: {choices}",
    ),
    "range.level": Entry(
        "“{item}”为 {value}{unit}，超出合理范围（{bounds}）",
        f"请核对数值和计量单位，{_RESEND}",
        "{item} is {value}{unit}, outside its range ({bounds})",
        f"check number and unit, {_RESEND_EN}",
    ),
    "duplicates.row": Entry(
        "“{register}”中“{value}”重复填报，另一处在 {other}",
        "请只保留一行；确为不同项目的，请在名称中加以区别",
        "{value} stands twice in {register}, the other at {other}",
        "keep one row, or tell the two apart by name",
    ),
    # --- merge -----------------------------------------------------------------------------
    "merge.other_reporter": Entry(
        "“{item}”责任部门{owner}没有数据，采用了{reporter}的报送数",
        "请责任部门核实并补报",
        "{item} has no value from its owner {owner}; the value of {reporter} is used",
        "the owner should check and report it",
    ),
    "missing.department": Entry(
        "{department}没有可用的报送",
        "请催报，或处理其被退回的文件",
        "{department} has no usable submission",
        "remind the department, or have its returned file corrected",
    ),
    "missing.figure": Entry(
        "报告用到的“{item}”没有数据，已在报告中标出",
        "请{department}补报该数，或修改报告模板",
        "the report uses {item}, which has no value; it is marked in the report",
        "{department} should report it, or the template be changed",
    ),
    # --- the run ---------------------------------------------------------------------------
    "run.no_workspace": Entry(
        "文件夹“{folder}”中没有 templates 文件夹",
        "请用 --workspace 指明工作文件夹，或用 init 新建一个",
        "the folder {folder} holds no templates folder",
        "name the workspace with --workspace, or make one with init",
    ),
    "run.no_pack": Entry(
        "templates 文件夹中没有报告套件",
        "请放入含 definition.xlsx 和 report.docx 的套件文件夹",
        "there is no report pack in templates",
        "add a folder with definition.xlsx and report.docx",
    ),
    "run.which_pack": Entry(
        "有多个报告套件（{packs}），不知道用哪一个",
        "请用 --report 指明",
        "there are several report packs ({packs})",
        "name one with --report",
    ),
    "run.unknown_pack": Entry(
        "没有名为“{pack}”的报告套件{near}",
        "现有套件：{packs}",
        "there is no report pack called {pack}{near}",
        "the packs are: {packs}",
    ),
    "run.no_template": Entry(
        "套件中缺少报告模板 report.docx",
        "请把 Word 模板放入套件文件夹",
        "the pack has no report.docx",
        "put the Word template into the pack's folder",
    ),
    "run.template_unreadable": Entry(
        "报告模板无法读取",
        "请用 Word 打开 report.docx，另存为 .docx 后再试",
        "report.docx cannot be read",
        "open it in Word, save it as .docx and try again",
    ),
    "run.no_submission": Entry(
        "没有一份可用的报送，未生成报告，原有报告保持不变",
        "请先收齐并处理退回的文件",
        "there is no usable submission; no report was written and the last one stands",
        "collect submissions and have the returned files corrected",
    ),
    "run.not_written": Entry(
        "无法写入“{path}”（{reason}），原有文件保持不变",
        "请检查文件是否正在 Word 或 Excel 中打开、磁盘是否已满、是否有写入权限",
        "{path} cannot be written ({reason}); the last good file stands",
        "check that it is not open in Word or Excel, that the disk has room and may be written",
    ),
    "run.busy": Entry(
        "另一个 huibao 正在这个工作文件夹中运行",
        "请等它结束后再试",
        "another huibao is running in this workspace",
        "wait until it has finished and try again",
    ),
    "run.failed": Entry(
        "程序遇到意外情况（{reason}），未写入任何文件，原有报告保持不变",
        "请把这条信息告诉维护人员",
        "something unforeseen happened ({reason}); nothing was written and the last report stands",
        "tell the maintainer",
    ),
    "run.exists": Entry(
        "“{path}”已存在且不是空文件夹",
        "请换一个新文件夹",
        "{path} exists and is not empty",
        "choose a new folder",
    ),
    # --- definition.xlsx -------------------------------------------------------------------
    "definition.missing": Entry(
        "套件中缺少 definition.xlsx",
        "请把指标定义表放入套件文件夹",
        "the pack has no definition.xlsx",
        "put the definition workbook into the pack's folder",
    ),
    "definition.sheet": Entry(
        "缺少工作表“{sheet}”{near}",
        "请补上该工作表",
        "the sheet {sheet} is missing{near}",
        "add it",
    ),
    "definition.sheet_unknown": Entry(
        "不认识的工作表“{sheet}”，未采用{near}",
        "请改名或删除；以“#”开头的工作表会被忽略",
        "the sheet {sheet} is not known and not used{near}",
        "rename or delete it; sheets whose name begins with # are ignored",
    ),
    "definition.column": Entry(
        "缺少“{column}”列{near}",
        "请补上该列",
        "the column {column} is missing{near}",
        "add it",
    ),
    "definition.column_unknown": Entry(
        "不认识的列“{column}”，未采用{near}",
        "请改名或删除该列；以“#”开头的列会被忽略",
        "the column {column} is not known and not used{near}",
        "rename or delete it; columns whose name begins with # are ignored",
    ),
    "definition.column_twice": Entry(
        "“{column}”列出现了两次",
        "请只保留一列",
        "the column {column} stands twice",
        "keep only one of them",
    ),
    "definition.blank": Entry(
        "“{column}”不能为空",
        "请填写",
        "{column} must not be blank",
        "fill it in",
    ),
    "definition.choice": Entry(
        "“{column}”填写的“{raw}”不在可选范围内{near}",
        "可选：{choices}",
        "{raw} is not one of the choices of {column}{near}",
        "the choices are: {choices}",
    ),
    "definition.number": Entry(
        "“{column}”应填数字，实际为“{raw}”",
        "请改为数字",
        "{column} should be a number but reads {raw}",
        "type a number",
    ),
    "definition.date": Entry(
        "“{column}”应填日期，实际为“{raw}”",
        "请按 2023-12-27 或 2023-12-27 17:00 填写",
        "{column} should be a date but reads {raw}",
        "type a date such as 2023-12-27 or 2023-12-27 17:00",
    ),
    "definition.integer": Entry(
        "“{column}”应填 {low}–{high} 之间的整数，实际为“{raw}”",
        "请改为整数",
        "{column} should be a whole number from {low} to {high} but reads {raw}",
        "type a whole number",
    ),
    "definition.percent": Entry(
        "“{column}”的单元格是百分比格式，存储的数值是 {raw}",
        "请把单元格格式改为“常规”，按指标的计量单位填写数值",
        "the cell of {column} has a percent format and holds {raw}",
        "set the cell format to General and type the number in the indicator's unit",
    ),
    "definition.date_instead": Entry(
        "“{column}”应填文字，实际被 Excel 识别为日期“{raw}”",
        "请把单元格格式改为“文本”后重新填写",
        "{column} should be a text but Excel took it for the date {raw}",
        "set the cell format to Text and type it again",
    ),
    "definition.error": Entry(
        "“{column}”的单元格是错误值 {raw}",
        "请改正公式或直接填写内容",
        "the cell of {column} holds the error value {raw}",
        "mend the formula or type the content",
    ),
    "definition.uncalculated": Entry(
        "“{column}”的单元格是公式，但没有计算结果",
        "请用 Excel 或 WPS 打开并保存一次，或直接填写内容",
        "the cell of {column} is a formula that was never calculated",
        "open and save it in Excel or WPS, or type the content",
    ),
    "definition.time_zone": Entry(
        "“{raw}”不是已知的时区{near}",
        "请填写时区名称，例如：Asia/Shanghai",
        "{raw} is not a known time zone{near}",
        "type the name of a time zone such as Asia/Shanghai",
    ),
    "definition.no_columns": Entry(
        "清单“{register}”没有定义任何列",
        "请在“清单列”表中补上它的列",
        "the register {register} has no columns",
        "add its columns to the sheet of register columns",
    ),
    "definition.twice": Entry(
        "“{column}”的“{raw}”重复，另一处在 {other}",
        "请改为不同的值",
        "{column}: {raw} stands twice, the other at {other}",
        "make them different",
    ),
    "definition.reference": Entry(
        "“{column}”引用的“{raw}”在“{table}”工作表中不存在{near}",
        "请改正，或在“{table}”工作表中补上",
        "{column}: {raw} does not exist in {table}{near}",
        "correct it, or add it to {table}",
    ),
    "definition.setting": Entry(
        "缺少设置“{setting}”{near}",
        "请在“设置”表中补上",
        "the setting {setting} is missing{near}",
        "add it to the settings sheet",
    ),
    "definition.setting_unknown": Entry(
        "不认识的设置“{raw}”，未采用{near}",
        "请改名或删除",
        "the setting {raw} is not known and not used{near}",
        "rename or delete it",
    ),
    "definition.phrase": Entry(
        "“{column}”填写的“{raw}”中没有占位符 {{}}",
        "请在打印目标值的位置写 {{}}，例如：不少于{{}}",
        "{column}: {raw} holds no placeholder {{}}",
        "write {{}} where the target is printed, e.g. 不少于{{}}",
    ),
    "definition.bounds": Entry(
        "最小值 {minimum} 大于最大值 {maximum}",
        "请改正",
        "the minimum {minimum} is above the maximum {maximum}",
        "correct them",
    ),
    "definition.name": Entry(
        "“{raw}”不能用作名称：含有引号、大括号或换行",
        "请换一个名称",
        "{raw} cannot be used as a name: it holds quotation marks, braces or a line break",
        "choose another one",
    ),
    "definition.name_reserved": Entry(
        "“{raw}”是程序保留的词，不能用作名称",
        "请换一个名称",
        "{raw} is a word of the program and cannot be used as a name",
        "choose another one",
    ),
    "definition.name_taken": Entry(
        "名称“{raw}”在模板中有二义：它已在“{first}”表的 {other} 使用",
        "请改名，使模板中的名称唯一",
        "the name {raw} is ambiguous in the template: it is also used in {first} at {other}",
        "rename one of them",
    ),
    "definition.empty": Entry(
        "工作表“{sheet}”中没有内容",
        "请至少填写一行",
        "the sheet {sheet} is empty",
        "fill in one row at least",
    ),
    # --- report.docx -----------------------------------------------------------------------
    "template.syntax": Entry(
        "标签 {tag} 写法有误：{reason}（{where}）",
        "请在 Word 模板中改正该标签",
        "the tag {tag} is malformed: {reason} ({where})",
        "correct the tag in the Word template",
    ),
    "template.name": Entry(
        "标签 {tag} 中的“{name}”不存在{near}（{where}）",
        "请改正名称，或在 definition.xlsx 中补上",
        "{name} in the tag {tag} does not exist{near} ({where})",
        "correct the name, or add it to definition.xlsx",
    ),
    "template.attribute": Entry(
        "标签 {tag} 中“{owner}”没有属性“{name}”{near}（{where}）",
        "可用：{choices}",
        "{owner} in the tag {tag} has no attribute {name}{near} ({where})",
        "available: {choices}",
    ),
    "template.filter": Entry(
        "标签 {tag} 中的过滤器“{name}”不存在{near}（{where}）",
        "可用：{choices}",
        "the filter {name} in the tag {tag} does not exist{near} ({where})",
        "available: {choices}",
    ),
    "template.column": Entry(
        "标签 {tag} 中“{register}”没有列“{name}”{near}（{where}）",
        "可用：{choices}",
        "{register} in the tag {tag} has no column {name}{near} ({where})",
        "available: {choices}",
    ),
    "template.block": Entry(
        "{tag}：{reason}（{where}）",
        "块标签（for、if）应独占一段或表格的一行，并成对出现",
        "{tag}: {reason} ({where})",
        "block tags (for, if) stand in paragraphs or table rows of their own, in pairs",
    ),
    "template.value": Entry(
        "标签 {tag} 无法计算：{reason}（{where}）",
        "请检查标签中的运算和过滤器",
        "the tag {tag} cannot be evaluated: {reason} ({where})",
        "check the tag's arithmetic and filters",
    ),
}

_UNKNOWN = Entry(
    "程序换版之前的校验结果（{code}）",
    "请重新运行一次",
    "a finding of another version of the program ({code})",
    "run the program again",
)
_NEAR = {"zh": "，是不是“{}”？", "en": " (did you mean {}?)"}
_SUGGESTION = {"zh": "，是不是 {}？", "en": " (did you mean {}?)"}
_CELL_OF_REGISTER = {
    "zh": "{register}第{row}行{column}",
    "en": "{column} in row {row} of {register}",
}
_REASONS: Mapping[int, str] = {
    errno.EACCES: "文件正被占用，或没有权限",
    errno.EPERM: "没有权限",
    errno.ENOENT: "文件不存在",
    errno.ENOSPC: "磁盘已满",
    errno.EROFS: "磁盘是只读的",
    errno.EBUSY: "文件正被占用",
    errno.EISDIR: "是文件夹，不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EEXIST: "已经存在",
    errno.EIO: "磁盘或网络读写出错",
    errno.ENAMETOOLONG: "文件名过长",
    errno.EINVAL: "文件名或操作无效",
    errno.ETIMEDOUT: "网络超时",
}
_REASON_BY_WORDS = {os.strerror(number): words for number, words in _REASONS.items()}
"""What the system says in English about a file, in Chinese; other words are shown as they come."""


def message(finding: Finding, language: str = "zh") -> str:
    """What is wrong, in ``language`` (``zh`` or ``en``).

    A finding that the catalogue no longer knows (from an old ledger) is named by its code.
    """
    entry = CATALOGUE.get(finding.code, _UNKNOWN)
    template = entry.zh if language == "zh" else entry.en
    return template.format_map(_params(finding, language))


def action(finding: Finding, language: str = "zh") -> str:
    """What to do about it, in ``language``."""
    entry = CATALOGUE.get(finding.code, _UNKNOWN)
    template = entry.zh_action if language == "zh" else entry.en_action
    return template.format_map(_params(finding, language))


def place(finding: Finding) -> str:
    """Where it is: ``文件 › 工作表!单元格``, as much of it as is known."""
    target = "!".join(part for part in (finding.sheet, finding.cell) if part)
    return " › ".join(part for part in (finding.file, target) if part)


def line(finding: Finding, language: str = "zh") -> str:
    """One line for a person: severity, place, message → action."""
    label = SEVERITY_LABELS[language][finding.severity]
    where = place(finding)
    spot = f"{where} " if where else ""
    arrow = " → "
    return f"[{label}] {spot}{message(finding, language)}{arrow}{action(finding, language)}"


def as_dict(finding: Finding, language: str = "zh") -> dict[str, str]:
    """The finding as the JSON output prints it."""
    return {
        "rule": finding.rule,
        "code": finding.code,
        "severity": str(finding.severity),
        "department": finding.department,
        "file": finding.file,
        "sheet": finding.sheet,
        "cell": finding.cell,
        "message": message(finding, language),
        "action": action(finding, language),
    }


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors first, then by file, sheet and the order in which they were found."""
    return tuple(sorted(findings, key=lambda item: (item.severity.rank, item.file, item.sheet)))


class _Params(dict[str, str]):
    """Params of a finding; one that is not there (an old ledger again) shows as a gap."""

    def __missing__(self, key: str) -> str:
        return GAP


GAP = "…"


def _params(finding: Finding, language: str) -> _Params:
    params = _Params({"near": "", "suggestion": "", "code": finding.code})
    params |= finding.params
    params.setdefault("sheet", finding.sheet)
    if measure := params.get("measure"):
        label = MEASURE_LABELS[language][Measure(measure)]
        params["measure"] = label
        if "indicator" in params:
            params["item"] = f"{params['indicator']}·{label}"
    elif {"register", "row", "column"} <= params.keys():
        params.setdefault("item", _CELL_OF_REGISTER[language].format_map(params))
    if language == "zh" and "reason" in params:
        params["reason"] = _REASON_BY_WORDS.get(params["reason"], params["reason"])
    if params["near"]:
        params["near"] = _NEAR[language].format(params["near"])
    if params["suggestion"]:
        params["suggestion"] = _SUGGESTION[language].format(params["suggestion"])
    return params
