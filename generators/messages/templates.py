"""What is said of a Word template: the faults of its tags, their reasons and places."""

from __future__ import annotations

from collections.abc import Mapping

from generators.messages.entry import Entry

TEMPLATES: Mapping[str, Entry] = {
    "template.syntax": Entry(
        "标签 {tag} 写法有误：{reason}{near}（{where}）",
        "请在 Word 模板中改正该标签",
        "the tag {tag} is malformed: {reason}{near} ({where})",
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
    "template.argument": Entry(
        "标签 {tag} 中过滤器“{owner}”没有参数“{name}”{near}（{where}）",
        "可用：{choices}",
        "the filter {owner} in the tag {tag} has no argument {name}{near} ({where})",
        "available: {choices}",
    ),
    "template.column": Entry(
        "标签 {tag} 中“{register}”没有列“{name}”{near}（{where}）",
        "可用：{choices}",
        "{register} in the tag {tag} has no column {name}{near} ({where})",
        "available: {choices}",
    ),
    "template.value_unknown": Entry(
        "标签 {tag} 中“{column}”没有“{name}”这个值{near}（{where}）",
        "可用：{choices}",
        "{column} in the tag {tag} never has the value {name}{near} ({where})",
        "available: {choices}",
    ),
    "template.block": Entry(
        "{tag}：{reason}{near}（{where}）",
        "块标签（for、if）应独占一段或表格的一行，并成对出现",
        "{tag}: {reason}{near} ({where})",
        "block tags (for, if) stand in paragraphs or table rows of their own, in pairs",
    ),
    "template.place": Entry(
        "标签 {tag} 写在{reason}里，那里不能填数（{where}）",
        "请把标签移到正文、表格或文本框的文字里",
        "the tag {tag} stands in {reason}, where nothing can be printed ({where})",
        "move it into the text of the body, a table or a text box",
    ),
    "template.plain": Entry(
        "标签 {tag} 在{reason}里，那里放不下数据控件：照常填数，但以后不能追溯和更新（{where}）",
        "请把标签移到外面；只要填数、不要追溯的，不必处理",
        "the tag {tag} stands in {reason}, which takes no control: the figure is printed, but cannot be "
        "traced or refreshed later ({where})",
        "move it out of there, or leave it where printing is enough",
    ),
    "template.unbound": Entry(
        "标签 {tag} 所在的内容控件与文档属性绑定，打开时会换回绑定的内容；报告中已解除绑定（{where}）",
        "请在模板中把标签移出该控件；报告如所期望的，不必处理",
        "the content control around the tag {tag} is bound to data that replace its text when the "
        "document is opened; in the report it is no longer bound ({where})",
        "move the tag out of the control, or leave it where the report is as it should be",
    ),
    "template.comments": Entry(
        "模板中的问题（{count} 处）已在模板的副本“{path}”中写成批注",
        "请在 Word 中对照副本改正模板；模板没有问题后，副本会自动删除",
        "what is wrong with the template ({count}) stands as comments in a copy of it, {path}",
        "correct the template by it; the copy goes once nothing is wrong",
    ),
    "template.comments_unwritten": Entry(
        "带批注的模板副本“{path}”无法写入（{reason}）",
        "请关闭正在 Word 中打开的副本后重新运行",
        "the copy of the template with comments, {path}, cannot be written ({reason})",
        "close it where it is open in Word and run again",
    ),
    "template.comments_left": Entry(
        "模板已没有问题，但带批注的旧副本“{path}”无法删除（{reason}）",
        "请关闭正在 Word 中打开的副本，并删除它",
        "nothing is wrong with the template, but its old copy with comments, {path}, cannot be deleted "
        "({reason})",
        "close it where it is open in Word, and delete it",
    ),
    "template.value": Entry(
        "标签 {tag} 无法计算：{reason}（{where}）",
        "请检查标签中的运算和过滤器",
        "the tag {tag} cannot be evaluated: {reason} ({where})",
        "check the tag's arithmetic and filters",
    ),
}

REASONS: Mapping[str, tuple[str, str]] = {
    # a tag that cannot be read
    "empty_tag": ("标签是空的", "the tag is empty"),
    "for_form": ("应写成 for 名称 in 清单", "write for NAME in LIST"),
    "not_a_list": ("“{what}”不是清单或列表", "{what} is not a list"),
    "unexpected": ("多余的“{what}”", "unexpected {what}"),
    "leftover": ("后面有多余的内容", "something is left over at the end"),
    "name_expected": ("缺少一个名称", "a name is missing"),
    "expected": ("应为“{wanted}”，实际是“{got}”", "expected {wanted}, found {got}"),
    "character": ("不认识的字符 {what}", "unknown character {what}"),
    "unfinished": ("没有写完", "it is not finished"),
    "identifier": ("名称中有不允许的字符", "a name holds a character that names may not hold"),
    "quoted": ("{what}", "{what}"),
    "crosses_paragraphs": (
        "标签没有写完整，标签不能跨段落",
        "the tag is not complete; a tag stands in one paragraph",
    ),
    "full_width_braces": (
        "标签的大括号和百分号应为半角：{{{{ }}}}、{{% %}}",
        "the braces and the percent sign must be half-width: {{{{ }}}}, {{% %}}",
    ),
    "column_of_list": (
        "清单的列要在 for 循环里或用过滤器取",
        "take a column of a register in a for block or with a filter",
    ),
    "nothing_after": ("这里的点号后面没有可取的内容", "there is nothing to take after this dot"),
    "filter_arguments": (
        "过滤器“{name}”的参数个数或名称不对",
        "the number or the names of the arguments of {name} are wrong",
    ),
    "long_tag": (
        "太长，不能超过 {limit} 个字，请拆成几个标签",
        "it is longer than {limit} characters; make several tags of it",
    ),
    "deep_tag": (
        "括号、运算或过滤器的层次太多，请拆成几个标签",
        "brackets, operations or filters are nested too deeply; make several tags of it",
    ),
    "number_in_tag": ("数字太大", "a number is too large"),
    "too_many_tags": (
        "这一段从这里起标签太多，不能超过 {limit} 个，请用 列举 等过滤器或拆成几段",
        "its paragraph holds more than {limit} tags; use a filter like 列举, or several paragraphs",
    ),
    "concat": ("不支持 ~，请把文字写在标签外面", "there is no ~; write the text outside the tag"),
    # a block tag in the wrong place
    "not_alone": ("块标签与其他文字写在了同一段", "the block tag stands in a paragraph with other text"),
    "block_in_text_box": (
        "文本框里不能用块标签",
        "block tags cannot stand in a text box",
    ),
    "nested": (
        "for、if 一层套一层，不能超过 {limit} 层，请减少层次",
        "for and if blocks may not stand in one another more than {limit} deep",
    ),
    "unclosed": ("没有对应的 {end}", "there is no {end} for it"),
    "unopened": ("{word} 前面没有对应的 {start}", "there is no {start} before {word}"),
    "unknown_block": (
        "不认识的块标签“{word}”，只有 for、if、elif、else",
        "unknown block tag {word}; there are for, if, elif and else",
    ),
    "carries_section_break": (
        "块标签所在的段落里还有分节符，会随标签一起消失，请移到别的段落",
        "its paragraph holds a section break, which would go with it; move it to another paragraph",
    ),
    "carries_page_break": (
        "块标签所在的段落里还有分页符，会随标签一起消失，请移到别的段落",
        "its paragraph holds a page break, which would go with it; move it to another paragraph",
    ),
    "carries_picture": (
        "块标签所在的段落里还有图片或文本框，会随标签一起消失，请移到别的段落",
        "its paragraph holds a picture or text box, which would go with it; move it elsewhere",
    ),
    # a place where no control, or no text at all, can be printed
    "in_plain_control": (
        "纯文本、日期、复选框或下拉列表的内容控件",
        "a content control for plain text, a date, a check mark or a choice",
    ),
    "in_ruby": ("带拼音的文字", "text with a reading aid"),
    "in_formula": ("公式", "a formula"),
    "in_field_code": ("域代码", "a field code"),
    "in_reading_aid": ("拼音", "a reading aid"),
    "in_word_art": ("艺术字或水印", "word art or a watermark"),
    "in_drawing": ("图形的文字", "the text of a drawing"),
    "in_chart": ("图表", "a chart"),
    "in_diagram": ("SmartArt 图形", "a SmartArt graphic"),
    "in_inserted_file": ("插入的文件", "an inserted file"),
    # a tag that cannot be evaluated
    "zero_division": ("除数为零", "division by zero"),
    "not_a_number": ("“{what}”不是数", "{what} is not a number"),
    "only_numbers": ("只有数可以运算", "only numbers can be added, subtracted, multiplied, divided"),
    "operator": ("不支持运算 {operator}", "the operation {operator} is not supported"),
    "too_many_looped": (
        "for 循环打印的内容太多，全文不能超过 {limit} 段（行）；请检查循环是否重复套用，或先筛选清单",
        "for blocks print too much, more than {limit} paragraphs and rows in all; see whether loops "
        "stand in one another by mistake, or filter the register first",
    ),
    "types": (
        "这些内容不能这样运算、比较或传给过滤器",
        "these things cannot be computed, compared or filtered like this",
    ),
    "arguments": (
        "过滤器的参数不对，或运算无法进行",
        "a filter's arguments are wrong, or the operation has no result",
    ),
    "no_attribute": ("“{owner}”没有“{name}”", "{owner} has no {name}"),
    "no_column": ("“{register}”没有列“{name}”", "{register} has no column {name}"),
    "unknown": ("“{what}”不存在", "{what} does not exist"),
    "not_printable": ("标签的结果不是可以打印的内容", "the tag's result cannot be printed"),
    "list_not_printable": (
        "清单不能直接打印，请用 列举、计数、求和 或 for 循环",
        "a list cannot be printed as it is; use 列举, 计数, 求和 or a for block",
    ),
    "not_a_register": ("这个过滤器只能用于清单", "this filter is for registers only"),
    "conditions": (
        '条件应写成 列名=值，或 {{"列名": 值}}',
        'write conditions as COLUMN=VALUE or {{"COLUMN": VALUE}}',
    ),
    "total": ("合计应是数或指标", "合计 must be a number or an indicator"),
    "units": (
        "单位不同（{units}），不能直接加减或比较，请先换算",
        "the units differ ({units}); convert first",
    ),
    "whole_number": ("参数应是 0–{high} 的整数", "the argument must be a whole number from 0 to {high}"),
    "not_numeric": ("“{name}”不是数值列", "{name} is not a number column"),
    "not_iterable": ("for 后面应是清单或列表", "for needs a register or a list"),
}
"""Why a tag cannot be used, Chinese and English; templates over the reason's own words."""

PARTS: Mapping[str, tuple[str, str]] = {
    "document": ("正文", "body"),
    "header": ("页眉", "header"),
    "footer": ("页脚", "footer"),
    "footnotes": ("脚注", "footnotes"),
    "endnotes": ("尾注", "endnotes"),
}
"""The parts of a Word document that may hold tags."""
