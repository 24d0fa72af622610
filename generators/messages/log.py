"""What is said of the audit log: its kinds of events, what is off in it, and what it can prove."""

from __future__ import annotations

from collections.abc import Mapping

from generators.messages.entry import Entry
from generators.model import EventKind

EVENT_LABELS: Mapping[str, Mapping[EventKind, str]] = {
    "zh": {
        EventKind.SUBMISSION: "报送",
        EventKind.REPORT: "写出报告",
        EventKind.OVERRIDE: "手工改数",
        EventKind.RUN: "运行",
        EventKind.ISSUE: "下发表格",
        EventKind.PUBLISH: "发布",
        EventKind.REOPEN: "重新开启",
        EventKind.BACKUP: "备份",
        EventKind.RESTORE: "恢复",
        EventKind.ACCEPT: "重设链头",
        EventKind.SEAL: "密钥",
        EventKind.SLOT: "定时",
        EventKind.WATCH: "看守",
        EventKind.CLOCK: "时钟",
        EventKind.REASON: "核实说明",
        EventKind.COVER: "补记",
    },
    "en": {
        EventKind.SUBMISSION: "submission",
        EventKind.REPORT: "report",
        EventKind.OVERRIDE: "override",
        EventKind.RUN: "run",
        EventKind.ISSUE: "forms issued",
        EventKind.PUBLISH: "published",
        EventKind.REOPEN: "reopened",
        EventKind.BACKUP: "backup",
        EventKind.RESTORE: "restored",
        EventKind.ACCEPT: "head set anew",
        EventKind.SEAL: "key",
        EventKind.SLOT: "slot",
        EventKind.WATCH: "watch",
        EventKind.CLOCK: "clock",
        EventKind.REASON: "reasons",
        EventKind.COVER: "named from here on",
    },
}

_LOOK = "请查明是谁动过台账；需要时用 restore 恢复备份"
_LOOK_EN = "find out who touched the ledger; restore a backup where needed"
_HEAD = "请用 audit-log verify --head 与备份核对，查明原因后，用 audit-log accept 写明理由，重新设定链头"
_HEAD_EN = (
    "hold the log against a backup with audit-log verify --head; once the cause is known, set the head "
    "anew with audit-log accept and a reason"
)

LOG: Mapping[str, Entry] = {
    "log.no_ledger": Entry(
        "还没有台账，没有可核对的审计日志",
        "请先运行一次；另有台账的，请用 --workspace 指明它的工作文件夹",
        "there is no ledger yet, and no audit log to be verified",
        "run first; or name the workspace of another ledger with --workspace",
    ),
    "log.ledger_gone": Entry(
        "台账不见了，而链头文件说审计日志应有 {count} 条",
        "请用 restore 恢复备份",
        "the ledger is gone; the head says that the audit log has {count} events",
        "restore a backup",
    ),
    "log.table": Entry(
        "台账中有表被删去或改动了结构（{reason}）",
        _LOOK,
        "a table was taken out of the ledger, or its columns were changed ({reason})",
        _LOOK_EN,
    ),
    "log.missing": Entry(
        "审计日志第 {number} 条被删去",
        _LOOK,
        "event {number} of the audit log was deleted",
        _LOOK_EN,
    ),
    "log.inserted": Entry(
        "审计日志中插入了编号为 {number} 的一条",
        _LOOK,
        "an event numbered {number} was put into the audit log",
        _LOOK_EN,
    ),
    "log.edited": Entry(
        "审计日志第 {number} 条的内容被改动，与它的散列值不符",
        _LOOK,
        "event {number} of the audit log was edited: its hash is not that of its content",
        _LOOK_EN,
    ),
    "log.unlinked": Entry(
        "审计日志第 {number} 条与后一条接不上：这一条被改写，或顺序被调换",
        _LOOK,
        "the event after {number} in the audit log follows on another: {number} was rewritten or moved",
        _LOOK_EN,
    ),
    "log.undecodable": Entry(
        "审计日志第 {number} 条含有无法读出的内容，不是本程序写的",
        _LOOK,
        "event {number} of the audit log holds what cannot be read and no such program wrote",
        _LOOK_EN,
    ),
    "log.truncated": Entry(
        "审计日志的末尾被截去：从第 {number} 条起缺失，链头文件说应有 {count} 条；"
        "留下的各条首尾相接，但也可能是连同散列值一起改写的",
        _LOOK,
        "the end of the audit log was cut off from event {number} on; its head says there are {count}. "
        "What is left hangs together, but may have been rewritten with its hashes",
        _LOOK_EN,
    ),
    "log.rewritten": Entry(
        "审计日志在第 {number} 条或更早处被改写，各条散列值也一并改过，与链头文件不符",
        _LOOK,
        "the audit log was rewritten in event {number} or before, hashes and all; its head tells",
        _LOOK_EN,
    ),
    "log.beyond": Entry(
        "审计日志第 {number} 条起不是本程序按次序写入的，链头文件中没有",
        _LOOK,
        "from event {number} on something else added to the audit log; its head does not know of it",
        _LOOK_EN,
    ),
    "log.head_gone": Entry(
        "链头文件“{path}”不见了，无法知道审计日志的末尾是否被截去",
        _HEAD,
        "the head {path} is gone, and with it the proof that the end of the log was not cut off",
        _HEAD_EN,
    ),
    "log.head_unreadable": Entry(
        "链头文件“{path}”已损坏或被改动，无法读取",
        _HEAD,
        "the head {path} was damaged or changed and cannot be read",
        _HEAD_EN,
    ),
    "log.head_off": Entry(
        "审计日志与链头文件“{path}”不符，可能有人动过台账",
        "请运行 audit-log verify 查看",
        "the audit log does not fit its head {path}; somebody may have touched the ledger",
        "run audit-log verify",
    ),
    "log.unchecked": Entry(
        "没能检查审计日志与链头文件是否相符（{reason}）",
        "本次运行已记入台账；请运行 audit-log verify 查看",
        "whether the audit log fits its head could not be checked ({reason})",
        "the run itself is recorded; run audit-log verify",
    ),
    "log.triggers": Entry(
        "台账中防止改动审计日志和其他内容的保护被去掉了（{triggers}）",
        f"{_LOOK}；audit-log accept 会重新加上",
        "what keeps the audit log and the rest from being changed was taken out of the ledger "
        "({triggers})",
        f"{_LOOK_EN}; audit-log accept puts it back",
    ),
    "log.outside_off": Entry(
        "审计日志与另存的链头“{path}”不符：它记到第 {count} 条，台账中的这一条不同或已没有",
        "如果恢复过更早的备份，这是正常的；否则请查明是谁改写了台账",
        "the audit log does not fit the head kept in {path}: event {count} is another one or gone",
        "this is so after an older backup was restored; else find out who rewrote the ledger",
    ),
    "log.outside_unreadable": Entry(
        "“{path}”不是可以读取的链头文件",
        "请给出备份中的 audit-head.json，或备份文件夹中的同名文件",
        "{path} is no head that can be read",
        "give the audit-head.json of a backup or another copy of it",
    ),
    "log.interrupted": Entry(
        "上一次写入在途中断，链头文件还没有更新到第 {count} 条；日志与它承诺的一致",
        "不需要处理，下一次运行会自行更新",
        "the last program was interrupted before the head was moved to event {count}; the log fits it",
        "nothing to do; the next run moves it",
    ),
    "log.accepted": Entry(
        "第 {number} 条：链头曾由{by}重新设定，理由：{why}；在此之前的截断无法再查出",
        "请确认这是知情的处理",
        "event {number}: {by} set the head anew ({why}); what was cut off before then no longer shows",
        "make sure that this was meant",
    ),
    "log.proves": Entry(
        "能证明：从第 1 条到第 {count} 条，没有一条被改动、删除、插入或调换，末尾也没有被截去",
        "以链头文件没有和台账一起被改写为前提",
        "it proves that of events 1 to {count} none was edited, deleted, inserted or moved, "
        "and none cut off",
        "provided that the head was not rewritten together with the ledger",
    ),
    "log.limits": Entry(
        "不能证明：有人没有把台账和链头文件一起改写；用户名、文件所有者和保存人属实；"
        "绕过本程序的改动不会记入",
        "请把备份或 audit-head.json 存到别处，用 audit-log verify --head 核对",
        "it does not prove that nobody rewrote ledger and head together, nor that the names of users, "
        "owners and savers are true; what was done without the program is not in it",
        "keep a backup or audit-head.json elsewhere and hold it against the log with --head",
    ),
    "log.since": Entry(
        "时间“{since}”无法识别",
        "请按年-月-日书写，后面可以加时间，如 2031-12-20 09:30",
        "the time {since} cannot be read",
        "write year-month-day, with a time where that matters, such as 2031-12-20 09:30",
    ),
    "log.no_why": Entry(
        "没有写明重新设定链头的理由",
        "请用 --why 写明",
        "there is no reason for setting the head anew",
        "give one with --why",
    ),
    "log.nothing_to_accept": Entry(
        "审计日志与链头相符，没有需要重新设定的",
        "不需要处理",
        "the audit log fits its head; there is nothing to set anew",
        "nothing to do",
    ),
}
