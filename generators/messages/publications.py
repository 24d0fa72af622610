"""What is said of publishing a report, of the period that it closes, and of opening it again."""

from __future__ import annotations

from collections.abc import Mapping

from generators.messages.entry import Entry

_ANYWAY = "；确需照此发布的，用 --anyway 写明理由"
_ANYWAY_EN = ", or give a reason for publishing it as it is with --anyway"

PUBLICATIONS: Mapping[str, Entry] = {
    "publication.no_report": Entry(
        "本期（{period}）还没有报告“{path}”",
        "请先运行 run",
        "there is no report of {period} yet ({path})",
        "run first",
    ),
    "publication.unreadable": Entry(
        "“{path}”无法打开（{reason}）",
        "请检查文件是否存在、是否正在 Word 中打开、是否有读取权限；"
        "不是普通文件的，请移走它，换回原来的文件",
        "{path} cannot be opened ({reason})",
        "check that it exists, is not open in Word and may be read; where it is no "
        "ordinary file, put the one that belongs there back",
    ),
    "publication.date": Entry(
        "发布日期“{date}”无法识别",
        "请按年-月-日书写，如 2031-12-20",
        "the date {date} cannot be read",
        "write year-month-day, such as 2031-12-20",
    ),
    "publication.no_issue": Entry(
        "台账中没有本期（{period}）报告的记录",
        "请先运行 run，再发布 reports 文件夹中的报告",
        "the ledger knows no report of {period}",
        "run first, then publish the report in the folder reports",
    ),
    "publication.older": Entry(
        "“{path}”不是最近一次生成的本期（{period}）报告",
        "请发布 reports 文件夹中的报告；没有的，先运行 run",
        "{path} is not the last report of {period} that was written",
        "publish the one in the folder reports; where there is none, run first",
    ),
    "publication.elsewhere": Entry(
        "“{path}”是套件 {found} 的 {found_period} 期报告，要发布的是套件 {pack} 的 {period} 期",
        "请换成本期的报告，或用 --report、--period 指明",
        "{path} is the report of {found} for {found_period}, not of {pack} for {period}",
        "take the other report, or name pack and period with --report and --period",
    ),
    "publication.foreign": Entry(
        "“{path}”不是本程序生成的报告，或者文档属性已经丢失，认不出是哪一次生成的",
        "请发布 reports 文件夹中的报告；没有的，先运行 run",
        "{path} was not written by this program, or its document properties are lost",
        "publish the report in the folder reports; where there is none, run first",
    ),
    "publication.opened": Entry(
        "“{path}”似乎正在 Word 或其他程序中打开（有文件“{owner}”），没有保存的改动不会发布",
        f"请保存并关闭后再发布{_ANYWAY}",
        "{path} seems to be open in Word or another program (there is {owner}); what is not saved "
        "would not be published",
        f"save and close it first{_ANYWAY_EN}",
    ),
    "publication.stale": Entry(
        "报告生成之后，报送又有变化（{departments}），报告中的数不是最新的",
        f"请先运行 run，再发布{_ANYWAY}",
        "submissions changed after the report was written ({departments}); its figures are not the "
        "latest",
        f"run first, then publish{_ANYWAY_EN}",
    ),
    "publication.changes": Entry(
        "有 {count} 段的修订没有接受或拒绝：{spots}",
        f"请在 Word“审阅”中接受或拒绝全部修订，保存后再发布{_ANYWAY}",
        "{count} paragraph(s) hold tracked changes that nobody accepted or rejected: {spots}",
        f"accept or reject them in Word and save it{_ANYWAY_EN}",
    ),
    "publication.comments": Entry(
        "有 {count} 段带有批注：{spots}",
        f"请处理并删除全部批注（已解决的也要删除），保存后再发布{_ANYWAY}",
        "{count} paragraph(s) carry comments: {spots}",
        f"delete all comments, also those that are resolved, and save it{_ANYWAY_EN}",
    ),
    "publication.missing": Entry(
        "有 {count} 段缺数，印有【缺：…】：{spots}",
        f"请补齐数据后运行 run，或在 Word 中改写这些段落{_ANYWAY}",
        "{count} paragraph(s) hold figures that are marked as missing: {spots}",
        f"have the figures reported and run again, or rewrite the paragraphs in Word{_ANYWAY_EN}",
    ),
    "publication.emptied": Entry(
        "有 {count} 段的数字被删空，只剩 Word 的输入提示：{spots}",
        f"请在 Word 中填上数字，或连同空框一起删除{_ANYWAY}",
        "in {count} paragraph(s) a figure was deleted and Word asks for text: {spots}",
        f"type the figure in Word, or delete the empty field{_ANYWAY_EN}",
    ),
    "publication.no_reason": Entry(
        "--anyway 后面没有写理由",
        '请写明理由，如 --anyway "会议已定稿"；理由会记入台账',
        "no reason stands behind --anyway",
        'give one, such as --anyway "approved by the meeting"; it is kept in the ledger',
    ),
    "publication.changed": Entry(
        "本期（{period}）报告已于 {date} 发布（第{number}次），这次的文档或日期与发布时不同",
        "需要重新发布的，先用 reopen --why 重新开启本期",
        "the report of {period} was published on {date} (publication {number}), with another content "
        "or date",
        "to publish it again, open the period with reopen --why first",
    ),
    "publication.already": Entry(
        "本期（{period}）报告已于 {date} 发布（第{number}次），文档没有变化",
        "无需处理",
        "the report of {period} was published on {date} (publication {number}) and has not changed",
        "nothing to do",
    ),
    "publication.again": Entry(
        "本期（{period}）重新开启后文档没有变化，仍为 {date} 的第{number}次发布，本期再次锁定",
        "无需处理",
        "the report of {period} has not changed since it was opened again: it remains publication "
        "{number} of {date}, and the period is closed again",
        "nothing to do",
    ),
    "publication.closed": Entry(
        "本期（{period}）报告已于 {date} 发布（第{number}次），报告和汇总表保持不变",
        "下一期请修改报告期；确需更正本期的，先用 reopen --why 重新开启",
        "the report of {period} was published on {date} (publication {number}); report and summary "
        "stay as they are",
        "for the next period change it in the definition; to correct this one, reopen --why first",
    ),
    "publication.no_office": Entry(
        "本机没有安装 LibreOffice，没有生成 PDF",
        "需要 PDF 的，安装 LibreOffice 后再运行一次 publish，或用 Word 另存为 PDF",
        "LibreOffice is not installed here; no PDF was made",
        "install it and publish once more, or save a PDF from Word",
    ),
    "publication.no_pdf": Entry(
        "LibreOffice 没有生成 PDF（{reason}），其余文件不受影响",
        "请稍后再运行一次 publish，或用 Word 另存为 PDF",
        "LibreOffice made no PDF ({reason}); the other files stand",
        "publish once more later, or save a PDF from Word",
    ),
    "publication.no_summary": Entry(
        "没有本期的汇总表“{path}”，只发布了报告",
        "需要汇总表存档的，先运行 run",
        "there is no summary workbook {path}; the report alone was published",
        "run first if it should be kept too",
    ),
    "publication.override": Entry(
        "“{heading}”部分的“{item}”被人工改为“{text}”，按数据为“{figure}”，已照文档发布",
        "确认无误的不必处理；改错的，用 reopen 重新开启后改正，再发布",
        "under {heading}, {item} was changed by hand to {text}; the data say {figure}; published so",
        "nothing to do where it is meant; else reopen the period, correct it and publish again",
    ),
    "publication.occupied": Entry(
        "“{path}”已经存在，但台账没有记录过它，不予覆盖",
        "请把它移到别处，再运行一次 publish",
        "{path} is there already, and the ledger knows nothing of it: it is not overwritten",
        "move it away and publish once more",
    ),
    "publication.touched": Entry(
        "已发布的文件“{path}”后来被改动过，与台账记录的不一致",
        "请把它移到别处，再运行一次 publish，程序会补上发布时的文件",
        "the published file {path} was changed since and is not what the ledger recorded",
        "move it away and publish once more: the file is then put back as it was",
    ),
    "publication.lost": Entry(
        "已发布的文件“{path}”不见了，无法恢复成发布时的样子",
        "请从备份中找回",
        "the published file {path} is gone and cannot be made again as it was",
        "take it from a backup",
    ),
    "publication.not_published": Entry(
        "本期（{period}）没有发布过，不需要重新开启",
        "要重新开启另一期的，用 --period 指明",
        "{period} was never published; there is nothing to open again",
        "name another period with --period",
    ),
    "publication.open_already": Entry(
        "本期（{period}）已经重新开启（{time}，理由：{why}）",
        "无需处理；改好后用 publish 再次发布",
        "{period} is open again already (since {time}, because: {why})",
        "nothing to do; publish it again when it is right",
    ),
    "publication.no_why": Entry(
        "没有写明重新开启的理由",
        '请用 --why 写明，如 --why "某局更正数据"；理由会记入台账',
        "no reason was given for opening the period again",
        'give one with --why, such as --why "a department corrects its figures"; it is kept in the '
        "ledger",
    ),
}

PDF_REASONS: Mapping[str, tuple[str, str]] = {
    "office.slow": ("用时过长，已中止", "it took too long and was stopped"),
    "office.silent": ("没有说明原因", "it gave no reason"),
}
"""Why there is no PDF, where LibreOffice did not say so itself."""
