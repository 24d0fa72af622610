"""What is said of the produced report: edited by hand, refreshed, offered anew."""

from __future__ import annotations

from collections.abc import Mapping

from generators.messages.entry import Entry

REPORTS: Mapping[str, Entry] = {
    "report.copied": Entry(
        "报告被人工修改过，写入之前已将原件留存为“{copy}”",
        "无需处理；需要找回修改前的文字时打开留存件",
        "people edited the report; before anything was written it was kept as {copy}",
        "nothing to do; open the copy to get earlier text back",
    ),
    "report.override": Entry(
        "“{heading}”部分的“{item}”被人工改为“{text}”，按数据应为“{figure}”，已保留人工修改",
        "确认无误的不必处理；要恢复为数据，把该处改回“{figure}”后重新运行",
        "under {heading}, {item} was changed by hand to {text}; the data say {figure}; it was kept",
        "nothing to do where it is meant; to return to the data type {figure} there and run again",
    ),
    "report.control_gone": Entry(
        "“{heading}”部分有 {count} 处数据的控件已被删去，不再更新：{items}",
        "有意删去的不必处理；文字还在的，请核对其中的数据，或用 run --fresh 按模板重新生成",
        "under {heading}, the controls of {count} figures are gone and no longer refreshed: {items}",
        "nothing to do where that is meant; else check the figures, or make it anew with run --fresh",
    ),
    "report.added": Entry(
        "“{heading}”部分由 {tag} 生成的内容被人工修改过，数据新增的内容没有插入：{texts}",
        "请手工补上，或用 run --fresh 按模板重新生成",
        "under {heading}, what {tag} printed was edited; what the data add was not put in: {texts}",
        "add it by hand, or make the report anew with run --fresh",
    ),
    "report.gone": Entry(
        "“{heading}”部分由 {tag} 生成的内容被人工修改过，数据中已没有的内容仍然保留：{texts}",
        "请手工删去，或用 run --fresh 按模板重新生成",
        "under {heading}, what {tag} printed was edited; what the data no longer have stands: {texts}",
        "delete it by hand, or make the report anew with run --fresh",
    ),
    "report.list": Entry(
        "“{heading}”部分的名单被人工修改过，没有整体更新；按数据应为“{texts}”",
        "请对照修改，或用 run --fresh 按模板重新生成",
        "under {heading}, a list was edited and not printed anew; by the data it reads: {texts}",
        "change it accordingly, or make the report anew with run --fresh",
    ),
    "report.words": Entry(
        "模板中 {tag} 处的文字现在应为“{texts}”，它不是数据，没有更新",
        "请手工修改，或用 run --fresh 按模板重新生成",
        "{tag} of the template now prints {texts}; it is no figure and was not changed",
        "change it by hand, or make the report anew with run --fresh",
    ),
    "report.unplaced": Entry(
        "“{heading}”部分的 {tag} 原来没有内容，现在应为“{texts}”，文中没有它的位置",
        "请手工补上，或用 run --fresh 按模板重新生成",
        "under {heading}, {tag} printed nothing before and now prints {texts}; it has no place there",
        "add it by hand, or make the report anew with run --fresh",
    ),
    "report.template_changed": Entry(
        "报告模板已修改，而报告中有人工修改的文字：只更新了数据，没有套用新模板。"
        "新模板生成的报告另存为“{offered}”，有 {count} 段不同；新模板有而报告没有：{added}；"
        "报告有而新模板没有：{gone}",
        "请把需要的段落复制过来；要完全改用新模板，用 run --fresh",
        "the template has changed and the report holds text by hand: only figures were refreshed. "
        "The new template's report is beside it as {offered}, with {count} other paragraphs; only "
        "there: {added}; only here: {gone}",
        "copy what is wanted; to take the new template altogether, use run --fresh",
    ),
    "report.unknown": Entry(
        "台账中没有这份报告的记录，无法在原件上更新；已按模板重新生成，原件留存为“{copy}”",
        "请核对留存件中有没有需要保留的人工修改",
        "the ledger knows nothing of this report, which cannot be refreshed; it was made anew and the "
        "file that stood there kept as {copy}",
        "see whether the copy holds text by hand that is wanted",
    ),
    "report.unreadable": Entry(
        "报告无法在原件上更新（{reason}）；已按模板重新生成，原件留存为“{copy}”",
        "请核对留存件能否修复",
        "the report cannot be refreshed ({reason}); it was made anew and the file that stood there "
        "kept as {copy}",
        "see whether the copy can be repaired",
    ),
    "report.protected": Entry(
        "报告设置了打开密码，无法更新，原件保持不变",
        "请在 Word 中取消密码后重新运行；不要其中的人工修改时，用 run --fresh",
        "the report is protected by a password and cannot be refreshed; it was left as it is",
        "take the password away and run again; use run --fresh where its edits are not wanted",
    ),
}
