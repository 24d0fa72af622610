"""What is said of a form as a whole: envelope, structure, formulas (level 0)."""

from __future__ import annotations

from collections.abc import Mapping

from generators.messages.entry import Entry

_RESEND = "改好后重新放入收件文件夹"
_RESEND_EN = "correct it and drop the workbook into the inbox again"

FORMS: Mapping[str, Entry] = {
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
    "envelope.folder": Entry(
        "文件放在“{folder}”的文件夹里，却是“{department}”的填报表",
        "请放入“{department}”自己的文件夹；要报本部门的，请用下发给本部门的填报表",
        "the file lies in the folder of {folder}, but is the form of {department}",
        "put it into the folder of {department}, or use the form issued to your own department",
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
    "locked.submission": Entry(
        "本期（{period}）报告已于 {date} 发布（第{number}次），不再接收新的或改动过的报送，本文件未采用",
        "请联系编报单位；编报单位确需更正的，先用 reopen --why 重新开启本期",
        "the report of {period} was published on {date} (publication {number}); new or changed "
        "submissions of the period are no longer taken, and this file is not used",
        "ask the compiler, who may open the period again with reopen --why",
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
    "structure.column_picture": Entry(
        "缺少“{column}”列；表头行的 {cells} 是图片，不能当作列名",
        "请删去图片，恢复列名“{column}”；或重新领取填报表",
        "the column {column} is missing; {cells} in the header row hold pictures, which name no column",
        "take the pictures out and restore the name {column}, or fetch a new form",
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
    "structure.row_code_picture": Entry(
        "第 {row} 行“{indicator}”的代码格是图片，代码应为“{code}”",
        "请删去图片，填回原来的代码；或重新领取填报表",
        "row {row}, {indicator}, has a picture where its code {code} should stand",
        "take the picture out and restore the code, or fetch a new form",
    ),
    "structure.row_name": Entry(
        "第 {row} 行的代码是“{code}”，名称应为“{expected}”，实际为“{found}”",
        "请恢复该行原来的代码和名称，并核对该行数值；或重新领取填报表",
        "row {row} has the code {code}, whose name is {expected}, but is called {found}",
        "restore the row's own code and name and check its figures, or fetch a new form",
    ),
    "structure.row_unit": Entry(
        "第 {row} 行“{indicator}”（{code}）的计量单位应为“{expected}”，实际为“{found}”",
        "请改回“{expected}”，并按“{expected}”核对该行数值；或重新领取填报表",
        "row {row}, {indicator} ({code}), is measured in {expected} but says {found}",
        "restore {expected} and check the row's figures in it, or fetch a new form",
    ),
    "structure.row_unit_none": Entry(
        "第 {row} 行“{indicator}”（{code}）没有计量单位，实际填了“{found}”",
        "请清空该行的计量单位，并核对该行数值；或重新领取填报表",
        "row {row}, {indicator} ({code}), has no unit but says {found}",
        "clear the unit and check the row's figures, or fetch a new form",
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
    "structure.narrative_picture": Entry(
        "第 {row} 行文字材料“{narrative}”的代码格是图片，代码应为“{code}”",
        "请删去图片，填回原来的代码；或重新领取填报表",
        "row {row}, {narrative}, has a picture where its code {code} should stand",
        "take the picture out and restore the code, or fetch a new form",
    ),
    "structure.narrative_name": Entry(
        "第 {row} 行的材料代码是“{code}”，名称应为“{expected}”，实际为“{found}”",
        "请恢复该行原来的代码和名称，并核对正文；或重新领取填报表",
        "row {row} has the code {code}, whose text is {expected}, but is called {found}",
        "restore the row's own code and name and check its text, or fetch a new form",
    ),
    "structure.narrative_twice": Entry(
        "文字材料“{narrative}”（{code}）出现了两行，另一行在 {other}",
        "请只保留一行",
        "the text {narrative} ({code}) stands in two rows, the other at {other}",
        "keep only one of them",
    ),
    "structure.merged": Entry(
        "{range} 是合并单元格，盖住了{names}，看不出其中的内容是哪一格的",
        "请取消合并，分别填写",
        "{range} is one merged cell over {names}: nobody can say whose content it holds",
        "unmerge the cells and fill each of them in",
    ),
    "structure.hidden": Entry(
        "{hidden}被隐藏，其中填有内容，已照常读取",
        "请取消隐藏（有筛选的请清除筛选），核对其中的内容",
        "{hidden} are hidden but hold content, which was read as usual",
        "unhide them (clear any filter) and check what they hold",
    ),
    "structure.hidden_sheet": Entry(
        "工作表“{sheet}”被隐藏，其中填有内容，已照常读取",
        "请取消隐藏，核对其中的内容",
        "the sheet {sheet} is hidden but holds content, which was read as usual",
        "unhide it and check what it holds",
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
    "formula.external": Entry(
        "“{item}”的数值取自其他文件或网络，程序没有打开它们，只采用了本文件中保存的结果",
        "请核对该数值是不是最新的；最好直接填写数值",
        "the value of {item} comes from another file or the network; only the result saved in this "
        "file was used",
        "check that it is up to date; it is best to type the number",
    ),
    "formula.uncalculated": Entry(
        "“{item}”的单元格是公式，但没有计算结果",
        f"请用 Excel 或 WPS 打开并保存一次，或直接填写数值，{_RESEND}",
        "the cell of {item} is a formula that was never calculated",
        f"open and save it in Excel or WPS, or type the number, {_RESEND_EN}",
    ),
}
