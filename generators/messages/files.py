"""What is said of a file that cannot be read, or of what in it was not (rule ``format``)."""

from __future__ import annotations

from collections.abc import Mapping

from generators.messages.entry import Entry

CELL_KINDS: Mapping[str, tuple[str, str]] = {
    "blank": ("空白", "blank"),
    "boolean": ("逻辑值", "a truth value"),
    "number": ("数字", "a number"),
    "text": ("文字", "text"),
    "error": ("错误值", "an error value"),
}
"""What a cell holds, in words."""

FILES: Mapping[str, Entry] = {
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
        "文件是程序不能读取的旧格式或其他表格格式，不是 .xlsx",
        "请用 Excel 或 WPS 打开，另存为 .xlsx 后重新报送",
        "the file is an old or other kind of workbook that cannot be read, not .xlsx",
        "open it in Excel or WPS, save it as .xlsx and resubmit",
    ),
    "format.ambiguous": Entry(
        "这个 {format} 文件中，该单元格记录的是{recorded_kind}，读出来却是{read_kind}，"
        "不能确定保存的是什么",
        "请核对该单元格，用 Excel 或 WPS 另存为 .xlsx 后重新报送",
        "in this {format} file the cell is recorded as {recorded_kind} but read as {read_kind}: it is "
        "not certain what it holds",
        "check the cell, save the workbook as .xlsx in Excel or WPS and resubmit",
    ),
    "format.percentage": Entry(
        "该单元格的类型是百分数，格式却是“{look}”（显示为“{shown}”），不能确定是不是百分数",
        "请核对该单元格，用 Excel 或 WPS 另存为 .xlsx 后重新报送",
        "the cell is typed as a percentage but formatted as {look} (it shows {shown}): it is not "
        "certain whether it is one",
        "check the cell, save the workbook as .xlsx in Excel or WPS and resubmit",
    ),
    "format.value_type": Entry(
        "该单元格标明的数据类型“{type}”不是表格文件所用的，无法读取",
        "请核对该单元格，用 Excel 或 WPS 另存为 .xlsx 后重新报送",
        "the cell says that it holds a {type}, which no workbook does, and cannot be read",
        "check the cell, save the workbook as .xlsx in Excel or WPS and resubmit",
    ),
    "format.scattered": Entry(
        "该单元格有内容，却远离表中其他内容，相隔太远，文件无法读取",
        "请删除该单元格的内容（多半是误填的），保存后重新报送",
        "the cell holds something but lies too far from the rest of the form for the file to be read",
        "clear it (it was most likely filled in by mistake), save the workbook and resubmit",
    ),
    "format.too_many_values": Entry(
        "有内容的单元格超过 {limit} 个，远超下发的表",
        "请删除表格以外的内容，或把数据填入新领取的表后重新报送",
        "more than {limit} cells hold something, far more than a form does",
        "delete what is not part of the form, or fill in a new one, and resubmit",
    ),
    "format.outside": Entry(
        "文件已损坏：有内容记在工作表范围之外（第 {row} 行第 {column} 列）",
        "请用 Excel 或 WPS 打开原件，另存后重新报送",
        "the file is damaged: it has content outside of a sheet (row {row}, column {column})",
        "open the original in Excel or WPS, save it again and resubmit",
    ),
    "format.part_damaged": Entry(
        "文件已损坏：内部部件“{part}”无法读取",
        "请用 Excel 或 WPS 打开原件，另存后重新报送",
        "the file is damaged: its part {part} cannot be read",
        "open the original in Excel or WPS, save it again and resubmit",
    ),
    "format.part_missing": Entry(
        "文件已损坏：缺少内部部件“{part}”",
        "请用 Excel 或 WPS 打开原件，另存后重新报送",
        "the file is damaged: its part {part} is missing",
        "open the original in Excel or WPS, save it again and resubmit",
    ),
    "format.compression": Entry(
        "文件的内部部件“{part}”用了程序不能读取的压缩方式",
        "请用 Excel 或 WPS 打开，另存后重新报送",
        "the workbook's part {part} is packed in a way that Office files are not, and cannot be read",
        "open it in Excel or WPS, save it again and resubmit",
    ),
    "format.unclear": Entry(
        "这个 {format} 文件中有程序读不懂的内容，没有采用",
        "请用 Excel 或 WPS 打开，另存为 .xlsx 后重新报送",
        "this {format} file holds what the program does not understand, and was not used",
        "open it in Excel or WPS, save it as .xlsx and resubmit",
    ),
    "format.memory": Entry(
        "读取这个 {format} 文件需要的内存超过上限（{limit} MB），没有读完",
        "请用 Excel 或 WPS 打开，另存为 .xlsx 后重新报送",
        "reading this {format} file takes more memory than is allowed ({limit} MB)",
        "open it in Excel or WPS, save it as .xlsx and resubmit",
    ),
    "format.crashed": Entry(
        "读取这个 {format} 文件的程序中途退出，没有读完",
        "请用 Excel 或 WPS 打开，另存为 .xlsx 后重新报送",
        "the program that reads {format} files ended before it had read this one",
        "open it in Excel or WPS, save it as .xlsx and resubmit",
    ),
    "format.too_slow": Entry(
        "这个 {format} 文件在规定时间内没有读完",
        "请用 Excel 或 WPS 打开，另存为 .xlsx 后重新报送",
        "this {format} file could not be read in the time allowed",
        "open it in Excel or WPS, save it as .xlsx and resubmit",
    ),
    "format.no_reader": Entry(
        "读取 {format} 文件的程序没有启动，文件没有读取",
        "请另存为 .xlsx 后重新报送；同时请维护人员检查程序的安装",
        "the program that reads {format} files did not start; the file was not read",
        "save it as .xlsx and resubmit; and let the maintainer check the installation",
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
    "format.part_large": Entry(
        "文件内部的 {part} 过大（上限 {limit} MB），不是正常填写的表",
        "请在下发的表中重新填写后报送",
        "the part {part} inside the workbook is larger than that of any form (limit {limit} MB)",
        "fill in the issued form again and resubmit",
    ),
    "format.sheet_damaged": Entry(
        "这张工作表保存的内容有错，有的单元格读不出来",
        "请用 Excel 或 WPS 打开原件，核对这张表，另存后重新报送",
        "what is stored of this sheet is damaged; some of its cells cannot be read",
        "open the original in Excel or WPS, check the sheet, save it again and resubmit",
    ),
    "format.cell_damaged": Entry(
        "这个单元格保存的内容有错，读不出来",
        "请用 Excel 或 WPS 打开原件，重新填写这一格，另存后重新报送",
        "what is stored in this cell is damaged and cannot be read",
        "open the original in Excel or WPS, fill in the cell again, save and resubmit",
    ),
    "format.sheet_missing": Entry(
        "文件中有这张工作表的名称，没有它的内容",
        "请用 Excel 或 WPS 打开原件，核对各张工作表，另存后重新报送",
        "the workbook names this sheet and has no content for it",
        "open the original in Excel or WPS, check its sheets, save it again and resubmit",
    ),
    "format.sheet_names": Entry(
        "文件中工作表的名称有错：两张同名、没有名称或名称过长",
        "请用 Excel 或 WPS 打开原件，核对各张工作表的名称，另存后重新报送",
        "sheets of the workbook have one name, none, or one that is far too long",
        "open the original in Excel or WPS, check the names of its sheets, save it again and resubmit",
    ),
    "format.long_format": Entry(
        "文件内部的“{part}”中有过长的数字格式（最多 {limit} 个字符），不予采用",
        "请在下发的表中重新填写后报送",
        "the part {part} holds a number format that is too long (limit: {limit} characters)",
        "fill in the issued form again and resubmit",
    ),
    "format.unreadable": Entry(
        "文件无法打开（{reason}）",
        "请检查文件是否被占用、是否有读取权限，稍后程序会重试",
        "the file cannot be opened ({reason})",
        "check that it is not locked and may be read; the program will try again",
    ),
    "format.unsettled": Entry(
        "文件正在写入，还没有保存完，这一次没有采用",
        "无需处理；保存完成后程序会自动接收。停止写入一分钟后仍不完整的，按损坏退回",
        "the file is being written still; it was left out this time",
        "nothing to do; it is taken in as soon as it has been saved. One that is not whole a minute "
        "after the last writing is returned as damaged",
    ),
    "format.stands": Entry(
        "新文件现在读不到，沿用该部门上次采用的报送（第{vintage}次）",
        "无需处理；文件能读时程序会自动接收",
        "the new file cannot be read now; the department's last accepted submission ({vintage}) stands",
        "nothing to do; it is taken in as soon as it can be read",
    ),
    "format.out_of_sight": Entry(
        "收件文件夹中有看不到的部分，没有找到该部门的文件，沿用其上次采用的报送（第{vintage}次）",
        "请维护人员处理看不到的文件夹；该部门确实撤回报送的，处理后程序会照办",
        "part of the inbox could not be looked at and no file of the department was found; its last "
        "accepted submission ({vintage}) stands",
        "the maintainer should see to that part; after that a file that was taken away counts no more",
    ),
    "format.link": Entry(
        "这是一个链接，不是文件；程序不读取收件文件夹中的链接，也不打开它指向的位置",
        "请把文件本身复制到收件文件夹，删除链接；不清楚来历的链接请告知维护人员",
        "this is a link and no file; links in the inbox are not followed, nor is where it points opened",
        "copy the file itself into the inbox and delete the link; tell the maintainer of one that "
        "nobody knows",
    ),
    "format.special": Entry(
        "这不是普通文件（是管道、设备或套接字），程序没有读取",
        "请从收件文件夹中删除，报送下发的 .xlsx 表；不清楚来历的请告知维护人员",
        "this is no ordinary file (a pipe, a device or a socket) and was not read",
        "delete it from the inbox and submit the issued .xlsx form; tell the maintainer of one that "
        "nobody knows",
    ),
    "format.macros": Entry(
        "文件含有宏，不予接收",
        "请在下发的 .xlsx 表中填写后重新报送",
        "the workbook contains macros and is refused",
        "fill in the issued .xlsx form and resubmit",
    ),
    "format.controls": Entry(
        "文件含有 ActiveX 控件，不予接收",
        "请删除控件，或在下发的 .xlsx 表中填写后重新报送",
        "the workbook contains ActiveX controls and is refused",
        "delete the controls, or fill in the issued .xlsx form, and resubmit",
    ),
    "format.calls": Entry(
        "文件含有会调用其他程序的链接或公式（DDE、OLE），不予接收",
        "请删除这些链接和公式，直接填写数值后重新报送",
        "the workbook contains links or formulas that call other programs (DDE, OLE) and is refused",
        "delete them, type the numbers and resubmit",
    ),
    "format.embedded": Entry(
        "文件中嵌入了其他程序的对象，不予接收",
        "请删除嵌入的对象后重新报送；确需提供的材料请另行报送编报单位",
        "the workbook contains embedded objects of other programs and is refused",
        "delete them and resubmit; send the compiler separately what he should have",
    ),
    "format.attachment": Entry(
        "文件中嵌入了文档，程序没有读取其中的内容",
        "请核对；需要编报单位看到的内容，请写入表内或另行报送",
        "the workbook contains embedded documents, which were not read",
        "write what the compiler should see into the form, or send it separately",
    ),
    "format.connections": Entry(
        "文件带有外部数据连接，程序没有连接，只采用了文件中保存的结果",
        "请核对有关数值是不是最新的；最好直接填写数值",
        "the workbook has data connections; only the results saved in it were used",
        "check that these figures are up to date; it is best to type them",
    ),
    "format.links": Entry(
        "文件链接了其他文件，程序没有打开那些文件，只采用了本文件中保存的结果",
        "请核对有关数值是不是最新的；最好直接填写数值",
        "the workbook is linked to other files; only the results saved in it were used",
        "check that these figures are up to date; it is best to type them",
    ),
    "format.too_large": Entry(
        "文件过大（上限 {limit} MB）",
        "请删除图片、附件等无关内容，只保留下发的表",
        "the workbook is too large (limit {limit} MB)",
        "remove pictures and attachments and keep the issued form only",
    ),
    "format.unpacked": Entry(
        "文件本身 {packed}，解压后有 {size}，超过上限 {limit}",
        "请删除图片、附件等无关内容，只保留下发的表",
        "the workbook is {packed} as a file but {size} when unpacked; the limit is {limit}",
        "remove pictures and attachments and keep the issued form only",
    ),
    "format.too_many_parts": Entry(
        "文件内部部件过多（上限 {limit} 个），不是正常填写的表",
        "请在下发的表中重新填写后报送",
        "the workbook has too many parts (limit {limit})",
        "fill in the issued form again and resubmit",
    ),
    "format.bomb": Entry(
        "文件内部的“{part}”压缩比异常，不予打开",
        "请在下发的表中重新填写后报送",
        "the part {part} unpacks to far more than a form holds; the workbook is not opened",
        "fill in the issued form again and resubmit",
    ),
    "format.entities": Entry(
        "文件内部的“{part}”含有不允许的 XML 声明，不予打开",
        "请在下发的表中重新填写后报送",
        "the part {part} contains XML declarations that are not allowed",
        "fill in the issued form again and resubmit",
    ),
    "format.encoding": Entry(
        "文件内部的“{part}”使用了不允许的文字编码，不予打开",
        "请在下发的表中重新填写后报送",
        "the part {part} is in an encoding that is not allowed; the workbook is not opened",
        "fill in the issued form again and resubmit",
    ),
    "format.nesting": Entry(
        "文件内部的“{part}”嵌套过深，不是正常填写的表，不予打开",
        "请在下发的表中重新填写后报送",
        "the part {part} is nested deeper than that of any form; the workbook is not opened",
        "fill in the issued form again and resubmit",
    ),
    "format.parts": Entry(
        "文件内部有两个同名的部件“{part}”，不同程序会看到不同的表，不予打开",
        "请用 Excel 或 WPS 打开核对，另存后重新报送",
        "the workbook holds two parts called {part}: programs would see different forms in it, and it "
        "is not opened",
        "open it in Excel or WPS, check it, save it again and resubmit",
    ),
    "format.prefix": Entry(
        "文件前面夹带了别的内容，不同程序会看到不同的表，不予打开",
        "请用 Excel 或 WPS 打开核对，另存后重新报送",
        "other content stands before the workbook: programs would see different forms in it, and it is "
        "not opened",
        "open it in Excel or WPS, check it, save it again and resubmit",
    ),
    "format.too_many_sheets": Entry(
        "工作表过多（上限 {limit} 张），不是正常填写的表",
        "请只保留下发的工作表，或在下发的表中重新填写后报送",
        "the workbook has too many sheets (limit {limit})",
        "keep the issued sheets only, or fill in the issued form again, and resubmit",
    ),
    "format.long_text": Entry(
        "文件中有过长的内容（一个单元格最多 {limit} 个字符），不予采用",
        "请把该处内容缩短，或在下发的表中重新填写后报送",
        "the workbook holds a text that is too long (a cell takes {limit} characters)",
        "shorten it, or fill in the issued form again, and resubmit",
    ),
    "format.ranges": Entry(
        "合并单元格的范围过大，不予采用",
        "请取消整列、整行的合并后重新报送",
        "merged cells cover far too many cells",
        "unmerge whole columns or rows and resubmit",
    ),
    "format.too_many_cells": Entry(
        "文件内部的“{part}”内容过多，远超下发的表",
        "请删除表格以外设了格式的空行、空列和多余的合并，或把数据填入新领取的表后重新报送",
        "the part {part} of the workbook holds far more than that of a form",
        "delete formatted rows and columns and merges beside the table, or fill in a new form, and "
        "resubmit",
    ),
}
