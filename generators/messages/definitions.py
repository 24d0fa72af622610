"""What is said of a definition workbook."""

from __future__ import annotations

from collections.abc import Mapping

from generators.messages.entry import Entry

DEFINITIONS: Mapping[str, Entry] = {
    "definition.missing": Entry(
        "套件中缺少 definition.xlsx",
        "请把指标定义表放入套件文件夹",
        "the pack has no definition.xlsx",
        "put the definition workbook into the pack's folder",
    ),
    "definition.unreadable": Entry(
        "指标定义表无法读取：{reason}",
        "请关闭占用它的程序，用 Excel 或 WPS 打开后另存为不带宏、不设密码的 .xlsx，放回套件文件夹；"
        "打不开的，请换回上一份备份",
        "the definition workbook cannot be read: {reason}",
        "close it elsewhere, open it in Excel or WPS, save it as .xlsx without macros or password in "
        "the pack's folder; if it cannot be opened, put the last good copy back",
    ),
    "definition.sheet": Entry(
        "缺少工作表“{sheet}”{near}",
        "请补上该工作表",
        "the sheet {sheet} is missing{near}",
        "add it",
    ),
    "definition.sheet_unknown": Entry(
        "不认识的工作表“{sheet}”，未采用{near}",
        "请改正名称；不需要的工作表请删除，或在名称前加“#”",
        "the sheet {sheet} is not known and not used{near}",
        "correct its name; delete a sheet that is not needed, or put # before its name",
    ),
    "definition.column": Entry(
        "缺少“{column}”列{near}",
        "请补上该列",
        "the column {column} is missing{near}",
        "add it",
    ),
    "definition.column_unknown": Entry(
        "不认识的列“{column}”，未采用{near}",
        "请改正列名；不需要的列请删除，或在列名前加“#”",
        "the column {column} is not known and not used{near}",
        "correct its name; delete a column that is not needed, or put # before its name",
    ),
    "definition.column_unnamed": Entry(
        "该列没有列名，其中的“{raw}”等内容未采用",
        "请补上列名；不需要的内容请清空，或写上以“#”开头的列名",
        "the column has no name; {raw} and what else stands in it are not used",
        "name the column; clear what is not needed, or give it a name that begins with #",
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
        "请改正名称；不需要的设置请删除，或在名称前加“#”",
        "the setting {raw} is not known and not used{near}",
        "correct its name; delete a setting that is not needed, or put # before its name",
    ),
    "definition.phrase": Entry(
        "“{column}”填写的“{raw}”中没有占位符 {{}}",
        "请在打印目标值的位置写 {{}}，例如：不少于{{}}",
        "{column}: {raw} holds no placeholder {{}}",
        "write {{}} where the target is printed, e.g. 不少于{{}}",
    ),
    "definition.points": Entry(
        "“{indicator}”的计量单位不是 %，增长口径不能选“百分点”",
        "请改为“现价”“可比价”或“不适用”；指标确是比率的，计量单位请填 %",
        "{indicator} is not measured in %: its growth basis cannot be points",
        "choose nominal, real or none; where the indicator is a rate, its unit is %",
    ),
    "definition.column_kind": Entry(
        "填写了“{column}”的列，类型应为“{kind}”",
        "请在“类型”中填写“{kind}”；不需要的，请清空“{column}”",
        "a column with {column} must be of the kind {kind}",
        "set its kind to {kind}, or clear {column}",
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
}
