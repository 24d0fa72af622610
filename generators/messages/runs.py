"""What is said of merging, of what is missing, and of a run as a whole."""

from __future__ import annotations

from collections.abc import Mapping

from generators.messages.entry import Entry

RUNS: Mapping[str, Entry] = {
    "merge.other_reporter": Entry(
        "“{item}”责任部门{owner}没有数据，采用了{reporter}的报送数",
        "请责任部门核实并补报",
        "{item} has no value from its owner {owner}; the value of {reporter} is used",
        "the owner should check and report it",
    ),
    "merge.total": Entry(
        "“{item}”报送为 {total}，但清单中已列出 {count} 项",
        "请核实该数，或删去清单中多余的行",
        "{item} was reported as {total}, but the register lists {count}",
        "check the figure, or take surplus rows out of the register",
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
    "run.no_workspace": Entry(
        "文件夹“{folder}”中没有 templates 文件夹",
        "请用 --workspace 指明工作文件夹，或用 init 新建一个",
        "the folder {folder} holds no templates folder",
        "name the workspace with --workspace, or make one with init",
    ),
    "run.folder_unread": Entry(
        "这个放报送文件的文件夹打不开（{reason}），其中的文件没有读取",
        "请维护人员检查程序对它的读取权限；不需要的请删除",
        "this folder of submissions cannot be opened ({reason}); the files in it were not read",
        "the maintainer should give the program the right to read it, or delete it",
    ),
    "run.folder_deep": Entry(
        "收件文件夹中的文件夹套得太深（超过 {limit} 层），这里面的文件没有读取",
        "请把文件移到上层的文件夹",
        "folders in the inbox lie more than {limit} deep; the files in this one were not read",
        "move the files to a folder further up",
    ),
    "run.inbox_full": Entry(
        "收件文件夹中有 {count} 个文件，超出一次能读取的数量（或总量 {limit} MB），"
        "只读取了各部门的和最近的，共 {read} 个",
        "请维护人员清理收件文件夹，移走与报送无关的文件",
        "the inbox holds {count} files, more than one run reads (or more than {limit} MB); only "
        "{read} were read, those with names of departments and the newest",
        "the maintainer should take files out of the inbox that are no submissions",
    ),
    "run.restoring": Entry(
        "上一次从备份恢复没有做完（有文件“{path}”），工作文件夹不完整，没有做任何事",
        "请再次运行 restore，它会先还原到恢复之前的状态，再重新恢复",
        "putting a backup in place was interrupted (there is {path}): the workspace is not whole, and "
        "nothing was done",
        "run restore again: it first undoes what was begun",
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
    "run.pack_name": Entry(
        "报告套件的文件夹名“{pack}”中有无法识别或看不见的字符",
        "请维护人员给 templates 中的这个文件夹改名",
        "the name of the report pack's folder, {pack}, holds characters that cannot be read or seen",
        "the maintainer should rename the folder in templates",
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
        "套件中的报告模板 report.docx 无法打开（{reason}）",
        "请检查文件是否被占用、是否有读取权限，再重新运行",
        "the pack's report.docx cannot be opened ({reason})",
        "check that it is not locked and may be read, and run again",
    ),
    "run.no_inbox": Entry(
        "收件文件夹“{folder}”不在，未生成报告，原有报告保持不变",
        "请检查共享文件夹是否已断开；第一次使用的，请新建这个文件夹",
        "the inbox {folder} is not there; no report was written and the last one stands",
        "check that the network share is connected, or make the folder",
    ),
    "run.watched": Entry(
        "工作文件夹“{folder}”已经有程序在看守",
        "无需再启动；要换一个，先结束正在看守的程序",
        "somebody is watching the workspace {folder} already",
        "nothing to do; end the other watch first to start another one",
    ),
    "run.no_submission": Entry(
        "没有一份可用的报送，未生成报告，原有报告保持不变",
        "请先收齐并处理退回的文件",
        "there is no usable submission; no report was written and the last one stands",
        "collect submissions and have the returned files corrected",
    ),
    "run.held": Entry(
        "“{path}”正在其他程序中打开，无法写入（{reason}），原有文件保持不变",
        "请在 Word 或 Excel 中关闭该文件后重新运行",
        "{path} is open in another program and cannot be written ({reason}); it stands as it was",
        "close it in Word or Excel and run again",
    ),
    "run.beside": Entry(
        "“{path}”正在其他程序中打开，新的内容另存为“{beside}”",
        "请关闭“{path}”后重新运行，即写回原名；在其中所作的修改届时保留",
        "{path} is open in another program; what is new was written beside it as {beside}",
        "close it and run again: it is then written under its own name, with your edits kept",
    ),
    "run.unrecorded": Entry(
        "报告和汇总表已写入，但台账没有记下这次运行（{reason}）",
        "请再运行一次，内容不变，只补记台账",
        "report and summary were written, but the ledger did not record this run ({reason})",
        "run once more: nothing changes but the ledger",
    ),
    "run.not_written": Entry(
        "无法写入“{path}”（{reason}），原有文件保持不变",
        "请检查文件是否正在 Word 或 Excel 中打开、磁盘是否已满、是否有写入权限",
        "{path} cannot be written ({reason}); the last good file stands",
        "check that it is not open in Word or Excel, that the disk has room and may be written",
    ),
    "run.return_not_written": Entry(
        "退给部门的回执“{path}”无法写入（{reason}），原有回执保持不变",
        "请关闭正在 Excel 或 WPS 中打开的这个文件，下一次运行时会重新写入",
        "the copy to be returned, {path}, cannot be written ({reason}); the last one stands",
        "close it where it is open in Excel; the next run writes it again",
    ),
    "run.quarantine_not_written": Entry(
        "不是填报表的文件没能复制到“{path}”（{reason}），收件文件夹中的原件没有改动",
        "请检查磁盘是否已满、是否有写入权限，下一次运行时会重新复制",
        "a file that is no form could not be copied to {path} ({reason}); it still lies in the inbox",
        "check that the disk has room and may be written; the next run copies it again",
    ),
    "run.quarantine_full": Entry(
        "隔离文件夹已满，另有 {count} 个不是填报表的文件没有复制到“{folder}”",
        "请清理收件文件夹中不是填报表的文件",
        "the quarantine is full: {count} more files that are no forms were not copied to {folder}",
        "clear the inbox of files that are no forms",
    ),
    "run.ledger": Entry(
        "台账“{path}”无法使用（{reason}）",
        "请检查文件是否损坏或被其他程序占用；确认损坏时，请用 restore 从备份恢复；"
        "没有备份的，把它连同 audit-head.json 移到别处后重新运行，程序会新建台账",
        "the ledger {path} cannot be used ({reason})",
        "check whether it is damaged or in use; put a backup in place of a damaged one with restore; "
        "without a backup, move it away with audit-head.json and run again for a new one",
    ),
    "run.ledger_newer": Entry(
        "台账“{path}”由更新版本的程序建立（结构第 {found} 版，本程序只认到第 {known} 版），没有改动它",
        "请把程序更新到最新版本后再运行",
        "the ledger {path} was written by a newer program (schema {found}; this one knows {known}); "
        "it was left as it is",
        "update the program and run again",
    ),
    "run.unknown_indicator": Entry(
        "没有名为“{name}”的指标{near}",
        "请写指标名称或指标代码，要看其中一个口径的，在后面加点和口径，如 .上年",
        "there is no indicator {name}{near}",
        "give an indicator's name or code, with a dot and a measure for one of its figures: .previous",
    ),
    "run.unknown_measure": Entry(
        "没有口径“{name}”{near}",
        "可用的口径：本年、上年、同比、计划、目标",
        "there is no measure {name}{near}",
        "the measures are: actual, previous, growth, plan, target",
    ),
    "run.no_document": Entry(
        "无法读取文档“{path}”（{reason}）",
        "请检查文件名；要查指标的，请写指标名称或代码",
        "the document {path} cannot be read ({reason})",
        "check its name; for an indicator give its name or code",
    ),
    "run.no_issue": Entry(
        "台账中没有“{name}”{period} 的报告",
        "请先运行生成报告；另有台账的，请用 --workspace 指明它的工作文件夹",
        "the ledger has no report of {name} for {period}",
        "run first; or name the workspace of another ledger with --workspace",
    ),
    "run.last_issue": Entry(
        "文档没有说明它是哪一份报告，按 {period} 最近一份（{written} 写出）核对",
        "不需要处理",
        "the document does not say which report it is; the last one of {period} ({written}) was taken",
        "nothing to do",
    ),
    "run.no_figures": Entry(
        "文档中没有程序打印的数",
        "请用保留控件的报告；不带控件的清样可以用 audit 核对",
        "the document holds no figures of the program",
        "take a report with its controls; a clean copy without them can be checked with audit",
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
}
