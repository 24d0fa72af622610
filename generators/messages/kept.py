"""What is said of rows of the ledger and files of the workspace that are not as they were kept."""

from __future__ import annotations

from collections.abc import Mapping

from generators.messages.entry import Entry

_LOOK = "请用 restore 恢复备份，并查明是谁动过台账"
_LOOK_EN = "restore a backup, and find out who touched the ledger"
_FORM = "请用 restore 恢复备份，或请{department}把原来的填报表重新放入收件文件夹；并查明是谁动过台账"
_FORM_EN = (
    "restore a backup, or have {department} drop the form into the inbox again; "
    "find out who touched the ledger"
)
_FILE = "请用 restore 恢复备份，或从备份中取回这个文件"
_FILE_EN = "restore a backup, or take this file from one"

KEPT: Mapping[str, Entry] = {
    "kept.submission": Entry(
        "台账表 {table}（编号 {key}）被改动：{department} {period} 第 {vintage} 次报送"
        "与审计日志第 {event} 条不符，不予采用",
        _FORM,
        "the table {table} (key {key}) was altered: vintage {vintage} of {department}, {period}, is not "
        "what event {event} of the audit log says; it is not used",
        _FORM_EN,
    ),
    "kept.submission_gone": Entry(
        "台账表 {table}（编号 {key}）有缺失：审计日志第 {event} 条记下的"
        "{department} {period} 第 {vintage} 次报送不在了，不予采用",
        _FORM,
        "the table {table} (key {key}) lacks vintage {vintage} of {department}, {period}, of which "
        "event {event} of the audit log tells; it is not used",
        _FORM_EN,
    ),
    "kept.submission_replaced": Entry(
        "台账表 {table}（编号 {key}）被改动或有缺失：{department} {period} 第 {vintage} 次报送"
        "与审计日志第 {event} 条不符；它已由第 {newer} 次报送取代，不再采用",
        "不必重新报送；请用 audit-log verify 查看，并查明是谁动过台账",
        "the table {table} (key {key}) was altered or lacks rows: vintage {vintage} of {department}, "
        "{period}, is not what event {event} of the audit log says; vintage {newer} replaced it, and it "
        "is no longer used",
        "nothing need be handed in again; run audit-log verify, and find out who touched the ledger",
    ),
    "kept.reason": Entry(
        "台账表 {table}（编号 {key}）被改动：{department} {period} 的核实说明"
        "与审计日志第 {event} 条不符，不予承认",
        f"{_LOOK}；或请{{department}}换一种写法重写说明",
        "the table {table} (key {key}) was altered: a reason of {department}, {period}, is not what "
        "event {event} of the audit log says; it does not count",
        f"{_LOOK_EN}; or have {{department}} put the reason in other words",
    ),
    "kept.reason_gone": Entry(
        "台账表 {table}（编号 {key}）有缺失：审计日志第 {event} 条记下的{department} {period} 的核实说明"
        "不在了，不予承认",
        f"{_LOOK}；或请{{department}}换一种写法重写说明",
        "the table {table} (key {key}) lacks a reason of {department}, {period}, of which event {event} "
        "of the audit log tells; it does not count",
        f"{_LOOK_EN}; or have {{department}} put the reason in other words",
    ),
    "kept.row": Entry(
        "台账表 {table}（编号 {key}）被改动，与审计日志第 {event} 条（{place}）不符，不予采用",
        _LOOK,
        "the table {table} (key {key}) was altered: it is not what event {event} of the audit log "
        "({place}) says, and is not used",
        _LOOK_EN,
    ),
    "kept.row_gone": Entry(
        "台账表 {table}（编号 {key}）有缺失：审计日志第 {event} 条（{place}）记下的行不在了",
        _LOOK,
        "the table {table} (key {key}) lacks what event {event} of the audit log ({place}) tells of",
        _LOOK_EN,
    ),
    "kept.row_added": Entry(
        "台账表 {table}（编号 {key}）的内容在审计日志中没有记载："
        "是另外加进去的，或记载它的一条被截去；不予采用",
        _LOOK,
        "no event of the audit log tells of what the table {table} (key {key}) holds: it was put in, or "
        "the event was cut off; it is not used",
        _LOOK_EN,
    ),
    "kept.undecodable": Entry(
        "台账表 {table} 中有无法读出的内容，不是本程序写入的",
        _LOOK,
        "the table {table} holds what cannot be read: this program did not write it",
        _LOOK_EN,
    ),
    "kept.archive": Entry(
        "存档文件“{path}”被改动：它不是{department} {period} 报送的原件",
        _FORM,
        "the archived file {path} was altered: it is not the original that {department} handed in for "
        "{period}",
        _FORM_EN,
    ),
    "kept.archive_gone": Entry(
        "存档文件“{path}”不在了：它是{department} {period} 报送的原件",
        _FORM,
        "the archived file {path} is gone: the original that {department} handed in for {period}",
        _FORM_EN,
    ),
    "kept.archive_mended": Entry(
        "存档文件“{path}”被改动过，已用收件文件夹中的原件重新写入",
        "请查明是谁动过存档",
        "the archived file {path} had been altered and was written anew from the inbox",
        "find out who touched the archive",
    ),
    "kept.published": Entry(
        "已发布的文件“{path}”被改动，与审计日志第 {event} 条不符",
        _FILE,
        "the published file {path} was altered: it is not what event {event} of the audit log says",
        _FILE_EN,
    ),
    "kept.published_gone": Entry(
        "已发布的文件“{path}”不在了（审计日志第 {event} 条）",
        _FILE,
        "the published file {path} is gone (event {event} of the audit log)",
        _FILE_EN,
    ),
    "kept.edition": Entry(
        "报告“{path}”自称是本程序写出的一稿，而台账和审计日志中没有这一稿",
        "请查明它从哪里来；运行（run）会另存它并重新生成报告",
        "{path} claims to be an edition of which neither ledger nor audit log know",
        "find out where it came from; run keeps a copy of it and makes the report anew",
    ),
    "kept.report": Entry(
        "报告“{path}”在写出（审计日志第 {event} 条）之后被改动，已不是可以读取的 Word 文档",
        "请用 restore 恢复备份，或移走它后运行（run）重新生成",
        "{path} was changed since it was written (event {event} of the audit log) and is no Word "
        "document that can be read",
        "restore a backup, or move it away and run",
    ),
    "kept.edited": Entry(
        "“{path}”在写出（审计日志第 {event} 条）之后有人修改或另存过",
        "手工修改属正常；需要时用 audit 与数据核对",
        "{path} was edited or saved since it was written (event {event} of the audit log)",
        "people may edit it; audit holds its figures against the data",
    ),
    "kept.key": Entry(
        "密钥文件“{path}”不是填报表所用的那一个（审计日志第 {event} 条，{key}）",
        _FILE,
        "{path} is not the key that the forms were sealed with (event {event} of the audit log, {key})",
        _FILE_EN,
    ),
    "kept.key_gone": Entry(
        "密钥文件“{path}”不在了，而填报表是用它盖章的（审计日志第 {event} 条，{key}）",
        _FILE,
        "{path} is gone, and the forms were sealed with it (event {event} of the audit log, {key})",
        _FILE_EN,
    ),
    "kept.unread": Entry(
        "“{path}”无法读取（{reason}），没有核对",
        "请检查权限；不是普通文件的，请移走它，从备份中取回这个文件；再重新核对",
        "{path} cannot be read ({reason}) and was not verified",
        "look at its permissions, or put the file back from a backup where something else stands in its "
        "place; then verify again",
    ),
    "kept.uncovered": Entry(
        "台账中有 {count} 行，审计日志没有记下它们的散列值（旧版程序不记），无法核对",
        "请运行一次（run）：从那时起的改动就能查出",
        "the audit log does not name {count} rows of the ledger by hash (older programs did not), and "
        "they could not be verified",
        "run once: what is changed from then on shows",
    ),
    "kept.covered": Entry(
        "审计日志第 {number} 条才记下此前已在台账中的内容：只能证明从那时起没有改动",
        "不需要处理",
        "event {number} of the audit log names what had been in the ledger before: it is only verified "
        "from then on",
        "nothing to do",
    ),
    "kept.proves": Entry(
        "台账中的内容与审计日志一致：报送 {submissions} 次，核实说明 {reasons} 条，运行 {runs} 次，"
        "报告 {issues} 稿，发布和重新开启 {publications} 次，定时 {slots} 次；"
        "存档 {originals} 个、已发布 {published} 个文件没有改动",
        "不核对收件、下发、退回的文件和套件，它们本来就会变",
        "what the ledger keeps is what the audit log says: {submissions} submissions, {reasons} "
        "reasons, {runs} runs, {issues} editions, {publications} publications and reopenings, "
        "{slots} slots; {originals} archived and {published} published files are unchanged",
        "inbox, forms, returned copies and packs are not verified: they change by their nature",
    ),
}
