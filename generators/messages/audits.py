"""What is said of a produced document: figures that are off, and numbers that nothing stands behind."""

from __future__ import annotations

from collections.abc import Mapping

from generators.messages.entry import Entry

AUDITS: Mapping[str, Entry] = {
    "audit.stale": Entry(
        "“{item}”仍是“{text}”，按现有数据应为“{now}”（{where}）",
        "请重新运行，没有手工改过的数会更新",
        "{item} still says “{text}”; the data now give “{now}” ({where})",
        "run again: figures that nobody changed by hand are updated",
    ),
    "audit.copy": Entry(
        "“{item}”写着“{text}”，按现有数据应为“{now}”（{where}）",
        "清样不会更新：请核对报告原稿，重新制作清样",
        "{item} says “{text}”; the data now give “{now}” ({where})",
        "a clean copy is not updated: check the report itself and make the copy anew",
    ),
    "audit.withdrawn": Entry(
        "“{item}”写着“{text}”，按现有数据已不再打印这一项（{where}）",
        "请重新运行；手工改过的段落和表格不会自动更改，请核实后删去",
        "{item} says “{text}”, which the data no longer print ({where})",
        "run again; paragraphs and tables changed by hand stay as they are: take it out after checking",
    ),
    "audit.added": Entry(
        "现有数据中有“{item}”，文档中没有：{printed}（{where}）",
        "请重新运行；手工改过的段落和表格不会自动增加，请补上或改回",
        "the data have {item}, which the document lacks: {printed} ({where})",
        "run again; paragraphs and tables changed by hand do not grow: add it, or undo the change",
    ),
    "audit.changed": Entry(
        "“{item}”被手工改为“{text}”，程序打印的是“{printed}”（{where}）",
        "确需修改的，请改填报表后重新报送；改错的，请改回",
        "{item} was changed by hand to “{text}”; the program printed “{printed}” ({where})",
        "if the change is meant, have the form corrected and handed in again; else undo it",
    ),
    "audit.gone": Entry(
        "“{item}”已不在文档中，程序打印的是：{printed}（{where}）",
        "有意删去的，不必处理；否则请从旧稿复制回来",
        "{item} is no longer in the document; the program printed: {printed} ({where})",
        "nothing is to be done if that is meant; else copy it back from an earlier copy",
    ),
    "audit.loose": Entry(
        "“{item}”的控件已不在，文字“{text}”今后不会随数据更新；程序打印的是“{printed}”（{where}）",
        "请从旧稿或文中别处复制带控件的数字",
        "the control of {item} has gone, so that “{text}” will not be updated; "
        "the program printed “{printed}” ({where})",
        "copy the figure with its control from an earlier copy or another place",
    ),
    "audit.unbound": Entry(
        "数字“{text}”没有数据来源（{where}）",
        "请核实；确属固定用语的，写入 definition.xlsx 的“免审数字”表",
        "the number {text} has no source ({where})",
        "check it; if it is a fixed phrase, put it into the sheet of allowed numbers of definition.xlsx",
    ),
    "audit.alike": Entry(
        "数字“{text}”没有数据来源，与“{item}”的“{printed}”相同（{where}）",
        "请从原处复制带控件的数字，今后会随数据更新",
        "the number {text} has no source; it is that of {item}, “{printed}” ({where})",
        "copy the figure with its control from there, so that it is updated",
    ),
    "audit.newer": Entry(
        "收件箱中有上次运行之后的新报送（{departments}），报告还没有采用",
        "请先运行，再审核",
        "the inbox holds newer submissions ({departments}) that the report does not stand on",
        "run first, then audit",
    ),
    "audit.clean_copy": Entry(
        "文档中没有控件，是一份清样，已按文字与现有数据核对 {count} 处",
        "不需要处理",
        "the document holds no controls: of this clean copy {count} places were compared by text",
        "nothing to do",
    ),
    "audit.foreign": Entry(
        "文档中没有程序打印的数，只检查了没有来源的数字",
        "不需要处理",
        "the document holds no figures of the program; only numbers without a source were looked for",
        "nothing to do",
    ),
    "audit.template": Entry(
        "文档写出之后，报告模板改过，不再由模板打印的数没有核对",
        "需要采用新模板的，请重新生成报告",
        "the template has changed since; figures that it no longer prints were not compared",
        "make the report anew to take the new template over",
    ),
    "audit.not_printed": Entry(
        "报告模板有错，不能按现有数据重新打印，改与最近一期报告核对",
        "请先运行，按提示改正模板",
        "the template cannot print the present data; the last report was compared with instead",
        "run, and correct the template as it says",
    ),
}
