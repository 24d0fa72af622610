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
    "definition.refused": Entry(
        "指标定义表无法采用：{reason}",
        "请用 Excel 或 WPS 打开指标定义表，按上述原因改正，另存为不带宏、不设密码的 .xlsx，"
        "放回套件文件夹；打不开的，请换回上一份备份",
        "the definition workbook cannot be used: {reason}",
        "open it in Excel or WPS, correct that, and save it as .xlsx without macros or password in the "
        "pack's folder; if it cannot be opened, put the last good copy back",
    ),
    "definition.too_long": Entry(
        "“{column}”过长：{length} 个字符，最多 {limit} 个",
        "请缩短",
        "{column} is too long: {length} characters, at most {limit}",
        "shorten it",
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
    "definition.picture": Entry(
        "“{column}”的单元格是图片，请填文字",
        "请删去此格中的图片，键入内容",
        "the cell of {column} holds a picture where text is expected",
        "take the picture out of the cell and type the content",
    ),
    "definition.time_zone": Entry(
        "“{raw}”不是已知的时区{near}",
        "请填写时区名称，例如：Asia/Shanghai",
        "{raw} is not a known time zone{near}",
        "type the name of a time zone such as Asia/Shanghai",
    ),
    "definition.slot": Entry(
        "“{raw}”不是能看懂的每周时间",
        "请写明星期和时间，例如：每周五 17:00；一周多次的：周一、周四 9:00",
        "{raw} is not a weekly slot that can be read",
        "give day and time, such as: Friday 17:00",
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
    "definition.allows_everything": Entry(
        "“{raw}”会放过所有数字",
        "请写出数字所在的文字，如 7×24小时、年产*套",
        "{raw} would let every number pass",
        "write the words around the number, with * for what varies",
    ),
    "definition.allows_nothing": Entry(
        "“{raw}”中没有数字，也没有通配符，放过不了任何数字",
        "请写出含有数字的文字，数字会变的用 * 代替",
        "{raw} holds neither a digit nor a wildcard, so that it lets nothing pass",
        "write a phrase that holds a number, or * for one that varies",
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
    "definition.rule_fixed": Entry(
        "规则“{rule}”始终执行，不能停用或改变级别",
        "请删除这一行",
        "the rule {rule} always works and cannot be switched off or weighed differently",
        "delete this row",
    ),
    "definition.rule_unknown": Entry(
        "“{raw}”不是内置规则{near}",
        "请改正规则代码；自定义的规则，请在“表达式”列中写出",
        "{raw} is not a built-in rule{near}",
        "correct the rule; a rule of your own needs an expression",
    ),
    "definition.rule_id": Entry(
        "“{raw}”不能用作规则代码",
        "规则代码只能用汉字、字母、数字、短横线和下划线，不超过 40 个字",
        "{raw} cannot be the name of a rule",
        "use letters, digits, hyphens and underscores, 40 at most",
    ),
    "definition.rule_expression": Entry(
        "内置规则“{rule}”不能写表达式",
        "请清空表达式；要另立一条规则的，请换一个规则代码",
        "the built-in rule {rule} takes no expression",
        "clear the expression; for a rule of your own, choose another name",
    ),
    "definition.rule_words": Entry(
        "内置规则不用“{column}”，未采用",
        "请清空；只有写了表达式的规则才用",
        "{column} is not used for a built-in rule",
        "clear it; only rules with an expression use it",
    ),
    "definition.parameter": Entry(
        "规则“{rule}”没有参数“{raw}”{near}",
        "可用：{choices}",
        "the rule {rule} has no parameter {raw}{near}",
        "available: {choices}",
    ),
    "definition.parameter_none": Entry(
        "规则“{rule}”没有参数",
        "请清空“{column}”",
        "the rule {rule} has no parameters",
        "clear {column}",
    ),
    "definition.parameter_row": Entry(
        "写了表达式的行不用“{column}”",
        "请清空；内置规则“{rule}”若有参数，请另起一行填写，不写表达式",
        "{column} is not used in a row with an expression",
        "clear it; parameters of a built-in {rule} stand in a row of their own without expression",
    ),
    "definition.parameter_form": Entry(
        "“{column}”中的“{raw}”没有写成“名称=数值”",
        "可用：{choices}",
        "{raw} in {column} does not read name=number",
        "available: {choices}",
    ),
    "definition.parameter_twice": Entry(
        "“{column}”中的“{parameter}”出现了两次",
        "请只保留一个",
        "{parameter} stands twice in {column}",
        "keep only one of them",
    ),
    "definition.parameter_value": Entry(
        "参数“{parameter}”应是 {low}–{high} 之间的数，实际为“{raw}”",
        "请改正",
        "the parameter {parameter} should be a number from {low} to {high} but reads {raw}",
        "correct it",
    ),
    "definition.expression": Entry(
        "“{column}”写法有误：{reason}",
        "请改正，写法例如：甲.本年 + 乙.本年 == 丙.本年",
        "{column} is malformed: {reason}",
        "correct it; write for example A.actual + B.actual == C.actual",
    ),
    "definition.expression_indicator": Entry(
        "“{column}”中的“{raw}”不是指标{near}",
        "请改正名称，或在“指标”工作表中补上",
        "{raw} in {column} is not an indicator{near}",
        "correct the name, or add it to the sheet of indicators",
    ),
    "definition.expression_measure": Entry(
        "“{column}”中“{indicator}”后面的“{raw}”不是口径{near}",
        "可用：{choices}",
        "{raw} after {indicator} in {column} is not a measure{near}",
        "available: {choices}",
    ),
    "definition.expression_unasked": Entry(
        "“{column}”用到的“{item}”不要求填报",
        "请改用填报的口径，或在“指标”工作表中要求填报",
        "{item} in {column} is not asked for",
        "use a measure that is asked for, or ask for it in the sheet of indicators",
    ),
    "definition.expression_levels": Entry(
        "各指标没有共同填报的口径：{listed}",
        "请写明口径，例如：甲.本年 == 乙.本年 + 丙.本年，或在“指标”工作表中要求填报",
        "the indicators share no measure that is asked for: {listed}",
        "name the measures as in A.actual == B.actual + C.actual, or ask for them in the sheet of "
        "indicators",
    ),
    "definition.expression_mixed": Entry(
        "有的指标写了口径，有的没有写：{listed}",
        "请全部写明口径；全部不写的，表示各口径都应成立",
        "some indicators stand with a measure and some without: {listed}",
        "name all measures; where none is named, the rule holds for every one",
    ),
    "definition.expression_text": Entry(
        "“{column}”用到的“{indicator}”的下年目标是文字，不能运算或比较",
        "请改用其他口径；目标是数的，请在“指标”工作表中改正目标类型",
        "next year's target of {indicator} in {column} is a text and cannot be computed or compared",
        "use another measure, or correct its target kind in the sheet of indicators",
    ),
    "definition.expression_units": Entry(
        "“{left}”与“{right}”的单位不同（{left_unit}、{right_unit}），不能加减或比较",
        "请先换算，例如除以 10000，或改用单位相同的指标",
        "{left} and {right} have different units ({left_unit}, {right_unit})",
        "convert first, for instance divide by 10000, or use indicators of one unit",
    ),
    "definition.expression_zero": Entry(
        "“{what}”的除数为零",
        "请改正",
        "{what} divides by zero",
        "correct it",
    ),
    "definition.expression_constant": Entry(
        "“{column}”没有用到任何指标",
        "请写出要核对的指标，例如：甲.本年 >= 乙.本年",
        "{column} names no indicator",
        "name the indicators to check, for example A.actual >= B.actual",
    ),
    "definition.expression_parts": Entry(
        "分项与合计的“{column}”应写成：合计 == 甲 + 乙",
        "请改写，两边只用指标；其他形式请换一个规则代码",
        "{column} of parts and total should read: total == A + B",
        "rewrite it with indicators only; for another form, choose another name for the rule",
    ),
    "definition.expression_completion": Entry(
        "完成率的“{column}”应写成：完成率 == 甲 / 乙，不必乘以 100",
        "请改写，两边只用指标；其他形式请换一个规则代码",
        "{column} of completion should read: rate == A / B, without a factor of 100",
        "rewrite it with indicators only; for another form, choose another name for the rule",
    ),
    "definition.published_decimals": Entry(
        "数值 {raw} 的小数多于小数位数 {decimals}",
        "请按公布的数字填写，或改正小数位数",
        "the value {raw} has more than {decimals} decimals",
        "type the figure as it was published, or correct the number of decimals",
    ),
}

EXPRESSION_REASONS: Mapping[str, tuple[str, str]] = {
    "empty": ("没有内容", "it is empty"),
    "too_long": (
        "太长，不能超过 {limit} 个字，请拆成几条规则",
        "it is longer than {limit} characters; make several rules of it",
    ),
    "too_deep": (
        "层次太多，请减少括号或拆成几条规则",
        "it is nested too deeply; use fewer brackets or make several rules of it",
    ),
    "brackets": ("括号不成对", "the brackets do not pair"),
    "braces": ("不用大括号，直接写指标名称", "there are no braces; write the indicator's name"),
    "percent": (
        "不用百分号，以 % 为单位的数直接写数字",
        "there is no percent sign; write the number alone for a figure in %",
    ),
    "comma": (
        "多余的逗号；数字中不加千分位逗号，几个条件用“且”“或”连接",
        "a comma too many; numbers have no thousands separators, conditions are joined by and, or",
    ),
    "if_place": (
        "“{word}”应写在开头，或写在括号里的开头",
        "{word} stands at the beginning, of the whole or in brackets",
    ),
    "then_missing": ("“如果”后面缺少“则”", "there is an if without then"),
    "one_arrow": (
        "一条规则只能有一个“则”或箭头，其余的请用括号括起",
        "there is more than one then or arrow; put the others into brackets",
    ),
    "arrow_sides": (
        "“则”和箭头（=>、→）的两边都应是条件；大于等于写作 >=",
        "both sides of then and of the arrow (=>) must be conditions; greater or equal is >=",
    ),
    "chain": (
        "连着比较时方向应一致，例如：0 <= 甲.本年 <= 100",
        "comparisons in a row must point one way, as in 0 <= A.actual <= 100",
    ),
    "otherwise": ("不能用 else，请另写一条规则", "there is no else; write another rule"),
    "no_condition": (
        "“{what}”不是条件，请写成比较，例如：甲.本年 > 0",
        "{what} is no condition; compare it, as in A.actual > 0",
    ),
    "condition_inside": (
        "比较的结果不能再运算或比较；几个条件用“且”“或”连接",
        "what a comparison gives cannot be computed or compared; join conditions by and, or",
    ),
    "no_number": ("“{what}”不是数", "{what} is not a number"),
    "large_number": ("数字太大", "a number is too large"),
    "operation": (
        "不支持“{operator}”，可用 + - * / 和 == != < <= > >=",
        "there is no {operator}; use + - * / and == != < <= > >=",
    ),
    "one_figure": ("“{word}”的括号里应是一个指标", "{word} takes one indicator in brackets"),
    "unknown_call": (
        "括号前面只能是“指标”或“已填”",
        "only 指标 and reported stand before brackets",
    ),
    "after_dot": ("“{what}”前面应是一个指标", "an indicator must stand before {what}"),
    "not_understood": ("看不懂", "it cannot be understood"),
}
"""Why a rule's expression cannot be read, beside what templates share with it."""
