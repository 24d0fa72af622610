"""What is said of the cells of a submission (level 1)."""

from __future__ import annotations

from collections.abc import Mapping

from generators.messages.entry import Entry

_RESEND = "改好后重新放入收件文件夹"
_RESEND_EN = "correct it and drop the workbook into the inbox again"

CELLS: Mapping[str, Entry] = {
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
    "type.picture": Entry(
        "“{item}”：此格是图片，请填文字",
        f"请删去此格中的图片，键入文字，{_RESEND}",
        "the cell of {item} holds a picture: text is wanted",
        f"take the picture out of the cell and type the text, {_RESEND_EN}",
    ),
    "type.picture_number": Entry(
        "“{item}”：此格是图片，请填数字",
        f"请删去此格中的图片，键入数字，{_RESEND}",
        "the cell of {item} holds a picture: a number is wanted",
        f"take the picture out of the cell and type the number, {_RESEND_EN}",
    ),
    "type.picture_date": Entry(
        "“{item}”：此格是图片，请填日期",
        f"请删去此格中的图片，按 2023-06-30 的格式填写日期，{_RESEND}",
        "the cell of {item} holds a picture: a date is wanted",
        f"take the picture out of the cell and type a date such as 2023-06-30, {_RESEND_EN}",
    ),
    "type.picture_reason": Entry(
        "第 {row} 行的“{column}”：此格是图片，请填文字；图片不能当作原因",
        f"需要说明原因的，请删去此格中的图片，键入文字，{_RESEND}",
        "{column} in row {row} holds a picture: text is wanted; a picture is no reason",
        f"where a reason is asked for, take the picture out and type it, {_RESEND_EN}",
    ),
    "type.too_long": Entry(
        "“{item}”超过字数上限（{length} 字，上限 {limit} 字）",
        "请精简文字后重新报送",
        "{item} is longer than allowed ({length} characters, limit {limit})",
        "shorten the text and resubmit",
    ),
    "type.too_many_lines": Entry(
        "“{item}”分成了 {count} 段，最多 {limit} 段",
        "请合并段落、精简文字后重新报送",
        "{item} has {count} paragraphs, at most {limit} are allowed",
        "join paragraphs, shorten the text and resubmit",
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
    "normalised.lines": Entry(
        "“{item}”中有换行或制表符，已并作一行",
        "无需处理；除文字材料的正文外，单元格中请不要换行",
        "{item} has line breaks or tabs and was read as one line",
        "nothing to do; only the texts of the narratives sheet may have several lines",
    ),
    "normalised.placeholder": Entry(
        "“{item}”所填“{raw}”按空白处理",
        "无数据的单元格请留空",
        "{item}: {raw} was read as blank",
        "leave cells without data empty",
    ),
    "decimals.more": Entry(
        "“{item}”为 {value}{unit}，小数位数多于规定，应{places}",
        "请核对该数，无误的请四舍五入；单元格可能没有显示全部小数，以编辑栏中的为准",
        "{item} is {value}{unit}, with more decimals than declared: give {places}",
        "check and round it; the cell may show fewer decimals than the formula bar",
    ),
    "decimals.formula": Entry(
        "“{item}”的公式结果是 {value}{unit}，小数位数多于规定，应{places}",
        "请在公式中四舍五入，或直接填写四舍五入后的数",
        "the formula of {item} gives {value}{unit}, with more decimals than declared: give {places}",
        "round it in the formula, or type the rounded number",
    ),
    "decimals.column": Entry(
        "“{column}”列有 {count} 个数的小数位数多于规定",
        "请逐个核对，无误的请按规定位数四舍五入；单元格可能没有显示全部小数，以编辑栏中的为准",
        "{count} figures of the column {column} have more decimals than declared",
        "check and round each; the cells may show fewer decimals than the formula bar",
    ),
    "presence.column": Entry(
        "“{measure}”整列没有填写，其中必填的有 {count} 项",
        "请逐项填写；已经填过的，请看是否被误删或粘贴到了别的列",
        "the whole column {measure} is blank; {count} of its figures are required",
        "fill it in; if it was, see whether it was deleted or pasted into another column",
    ),
    "presence.register_row": Entry(
        "“{register}”第 {row} 行只填了“{column}”，缺少{names}",
        "请补填；不是清单内容的，请整行清空",
        "row {row} of {register} holds only {column} and lacks {names}",
        "fill it in, or clear the whole row where it is no item",
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
}
