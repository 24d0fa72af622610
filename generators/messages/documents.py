"""What is said of a Word document that cannot be opened: the template, or a report that came back."""

from __future__ import annotations

from collections.abc import Mapping

from generators.messages.entry import Entry

_SAVE = "请在 Word 或 WPS 中打开，另存为 Word 文档（*.docx）后再试"
_SAVE_EN = "open it in Word, save it as a Word document (*.docx) and try again"

DOCUMENTS: Mapping[str, Entry] = {
    "document.empty": Entry(
        "文件是空的，没有内容",
        "请重新保存后再试",
        "the file is empty",
        "save it again and try again",
    ),
    "document.encrypted": Entry(
        "文档设置了打开密码，无法读取",
        "请在 Word 或 WPS 中取消密码后再试",
        "the document is password-protected",
        "remove the password and try again",
    ),
    "document.legacy": Entry(
        "文件是旧版 .doc 或 WPS .wps 格式，不是 .docx",
        _SAVE,
        "the file is an old .doc or WPS .wps document, not a .docx",
        _SAVE_EN,
    ),
    "document.not_word": Entry(
        "文件不是 Word 文档（.docx）",
        _SAVE,
        "the file is not a Word document (.docx)",
        _SAVE_EN,
    ),
    "document.macros": Entry(
        "文档含有宏，或是启用宏的格式（.docm、.dotm），不予打开",
        "请在 Word 中另存为不含宏的 Word 文档（*.docx）后再试",
        "the document contains macros or is of a kind that may (.docm, .dotm) and is not opened",
        "save it in Word as a document without macros (*.docx) and try again",
    ),
    "document.strict": Entry(
        "文档按“Strict Open XML 文档”格式保存，其中“{part}”用到了无法转换的内容",
        "请在 Word 中另存为“Word 文档（*.docx）”，不要选“Strict Open XML 文档”",
        "the document is saved as Strict Open XML, and {part} uses what cannot be converted",
        "save it in Word as a Word document (*.docx), not as a Strict Open XML document",
    ),
    "document.damaged": Entry(
        "文档已损坏或没有传完，无法读取",
        _SAVE,
        "the document is damaged or incomplete and cannot be read",
        _SAVE_EN,
    ),
    "document.parts": Entry(
        "文档内部有两个同名的部件“{part}”，不同程序会看到不同的文档，不予打开",
        _SAVE,
        "the document holds two parts called {part}: programs would see different documents in it",
        _SAVE_EN,
    ),
    "document.prefix": Entry(
        "文档前面夹带了别的内容，不同程序会看到不同的文档，不予打开",
        _SAVE,
        "other content stands before the document: programs would see different documents in it",
        _SAVE_EN,
    ),
    "document.part_missing": Entry(
        "文档已损坏：缺少内部部件“{part}”",
        _SAVE,
        "the document is damaged: its part {part} is missing",
        _SAVE_EN,
    ),
    "document.part_damaged": Entry(
        "文档已损坏：内部部件“{part}”无法读取",
        _SAVE,
        "the document is damaged: its part {part} cannot be read",
        _SAVE_EN,
    ),
    "document.part_type": Entry(
        "文档已损坏：没有说明内部部件“{part}”是哪一类内容",
        _SAVE,
        "the document is damaged: it does not say of which type its part {part} is",
        _SAVE_EN,
    ),
    "document.no_body": Entry(
        "文档已损坏：内部部件“{part}”中没有正文",
        _SAVE,
        "the document is damaged: there is no body in its part {part}",
        _SAVE_EN,
    ),
    "document.compression": Entry(
        "文档的内部部件“{part}”用了程序不能读取的压缩方式",
        _SAVE,
        "the document's part {part} is packed in a way that Office files are not, and cannot be read",
        _SAVE_EN,
    ),
    "document.rights": Entry(
        "文档设置了权限管理（限制访问），程序无法读取",
        "请由文档作者在 Word 中取消权限限制后再试",
        "the document is under rights management and cannot be read",
        "have its author lift the restriction in Word and try again",
    ),
    "document.too_large": Entry(
        "文档过大（{size}，上限 {limit}）",
        "请压缩图片、删除附件后再试",
        "the document is too large ({size}; the limit is {limit})",
        "compress its pictures, remove attachments and try again",
    ),
    "document.unpacked": Entry(
        "文档本身 {packed}，解压后有 {size}，超过上限 {limit}",
        "请压缩图片、删除附件后再试",
        "the document is {packed} as a file but {size} when unpacked; the limit is {limit}",
        "compress its pictures, remove attachments and try again",
    ),
    "document.too_long": Entry(
        "文档内容过多，远超一份报告的篇幅",
        "请检查是否误粘贴了大量内容；确需这样多的，请拆成几个文档",
        "the document holds far more than a report does",
        "see whether something was pasted by mistake, or split the document",
    ),
    "document.too_deep": Entry(
        "文档中的内容一层套一层，套得过深，不是正常编写的文档，没有读取",
        "请删除层层嵌套的表格、文本框后再试；或将文字复制到新建的文档中",
        "what the document holds is nested far too deeply; it was not read",
        "take nested tables and text boxes apart, or copy the text into a new document",
    ),
    "document.too_slow": Entry(
        "文档在规定时间内没有处理完，没有采用",
        "请检查文档中是否有异常多的内容或标签；可将文字复制到新建的文档中再试，或拆成几个文档",
        "the document could not be dealt with in the time allowed and was left alone",
        "see whether it holds far too much, copy its text into a new document, or split it",
    ),
    "document.too_much_memory": Entry(
        "处理文档所需的内存超过上限，没有采用",
        "请检查文档中是否有异常多的内容或图片；可压缩图片，或拆成几个文档",
        "dealing with the document takes more memory than is allowed; it was left alone",
        "see whether it holds far too much, compress its pictures, or split it",
    ),
    "document.crashed": Entry(
        "处理文档的程序意外中止，文档没有采用",
        _SAVE,
        "the program that dealt with the document broke off; the document was left alone",
        _SAVE_EN,
    ),
    "document.no_reader": Entry(
        "读取文档的程序没有启动，文档没有读取",
        "请稍后再试；仍然如此，请维护人员检查内存和程序的安装",
        "the program that reads documents did not start; the document was not read",
        "try again later, or let the maintainer check memory and the installation",
    ),
    "document.too_many_parts": Entry(
        "文档内部部件过多（上限 {limit} 个），不是正常编写的文档",
        _SAVE,
        "the document has too many parts (limit {limit})",
        _SAVE_EN,
    ),
    "document.bomb": Entry(
        "文档的内部部件“{part}”压缩比异常，不予打开",
        _SAVE,
        "the document's part {part} unpacks to far more than a text holds; it is not opened",
        _SAVE_EN,
    ),
    "document.entities": Entry(
        "文档的内部部件“{part}”含有不允许的 XML 声明，不予打开",
        _SAVE,
        "the document's part {part} contains XML declarations that are not allowed",
        _SAVE_EN,
    ),
}
