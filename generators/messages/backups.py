"""What is said of backups: made, checked, and put back."""

from __future__ import annotations

from collections.abc import Mapping

from generators.messages.entry import Entry

_REFUSED = "没有改动任何内容，请换一份备份"
_REFUSED_EN = "nothing was touched; take another backup"

BACKUPS: Mapping[str, Entry] = {
    "backup.inside": Entry(
        "备份不能放在工作文件夹的 templates、workbooks 或 reports 中：“{path}”",
        "请换一个文件夹，最好在另一块磁盘上",
        "a backup cannot lie in templates, workbooks or reports of the workspace: {path}",
        "choose another folder, best on another disk",
    ),
    "backup.no_folder": Entry(
        "“{path}”不是文件夹",
        "请写一个文件夹，没有的会新建",
        "{path} is no folder",
        "name a folder; one that is not there is made",
    ),
    "backup.key": Entry(
        "备份“{path}”中有填报表的密钥，拿到它的人可以伪造填报表",
        "请像保管密钥一样保管这份备份",
        "the backup {path} holds the key of the forms: whoever has it can forge them",
        "keep the backup as safe as the key",
    ),
    "backup.other_database": Entry(
        "台账在另一个数据库中（环境变量 HUIBAO_LEDGER），没有备份；其余内容已备份",
        "请同时用那个数据库自己的工具备份它",
        "the ledger is in another database (HUIBAO_LEDGER) and is not in the backup; the rest is",
        "back that database up with its own tools at the same time",
    ),
    "backup.ledger_damaged": Entry(
        "台账“{path}”已损坏，无法备份（{reason}）；其余内容已备份",
        "请用 restore 从以前的备份恢复台账",
        "the ledger {path} is damaged and could not be copied ({reason}); the rest was",
        "restore an earlier backup",
    ),
    "backup.unread": Entry(
        "“{path}”无法读取（{reason}），不在备份中",
        "请检查文件是否被其他程序占用、是否有读取权限，再备份一次",
        "{path} cannot be read ({reason}) and is not in the backup",
        "check that it is not in use and may be read, and back up again",
    ),
    "backup.unsettled": Entry(
        "“{path}”在备份时一直有改动，不在备份中",
        "请等它不再改动后再备份一次",
        "{path} was changed all the time and is not in the backup",
        "back up again once it has settled",
    ),
    "backup.gone": Entry(
        "“{path}”在备份时被删除或移走，不在备份中",
        "不需要处理",
        "{path} was taken away while the backup was made and is not in it",
        "nothing to do",
    ),
    "backup.link": Entry(
        "“{path}”是链接或特殊文件，不在备份中",
        "请改为放入文件本身",
        "{path} is a link or a special file and is not in the backup",
        "put the file itself there",
    ),
    "restore.no_manifest": Entry(
        "“{path}”不是备份：其中没有清单 manifest.json",
        "请写出名为 huibao-… 的备份文件夹",
        "{path} is no backup: it holds no manifest.json",
        "name the folder of a backup, huibao-…",
    ),
    "restore.unfinished": Entry(
        "“{path}”是没有做完的备份",
        f"{_REFUSED}；没有做完的可以删去",
        "{path} is a backup that was never finished",
        f"{_REFUSED_EN}; the unfinished one may be deleted",
    ),
    "restore.manifest_damaged": Entry(
        "备份的清单“{path}”已损坏或被改动",
        _REFUSED,
        "the manifest of the backup, {path}, was damaged or changed",
        _REFUSED_EN,
    ),
    "restore.lacking": Entry(
        "备份中缺少“{path}”",
        _REFUSED,
        "{path} is lacking in the backup",
        _REFUSED_EN,
    ),
    "restore.changed": Entry(
        "备份中的“{path}”与清单不符，已损坏或被改动",
        _REFUSED,
        "{path} in the backup is not what its manifest says: it was damaged or changed",
        _REFUSED_EN,
    ),
    "restore.unreadable": Entry(
        "备份中的“{path}”无法读取（{reason}）",
        _REFUSED,
        "{path} in the backup cannot be read ({reason})",
        _REFUSED_EN,
    ),
    "restore.not_empty": Entry(
        "工作文件夹“{path}”中已有内容",
        "请恢复到空文件夹；要替换现有内容，加上 --replace，现有内容会移到一旁，不会删除",
        "the workspace {path} is not empty",
        "restore into an empty folder, or give --replace: what is there is moved aside, never deleted",
    ),
    "restore.link": Entry(
        "“{path}”是链接或挂载的磁盘，不能替换",
        "请先取消链接或挂载，恢复之后再接上",
        "{path} is a link or a mounted disk and cannot be replaced",
        "take the link or mount away, restore, and put it back",
    ),
    "restore.other_database": Entry(
        "环境变量 HUIBAO_LEDGER 指定了另一个数据库，备份恢复之后用的仍是那里的台账",
        "请用那个数据库自己的工具把它恢复到同一时间；审计日志与链头不符时，用 audit-log accept 写明理由",
        "HUIBAO_LEDGER names another database: its ledger is in use, not that of the backup",
        "bring it back to the same time with its own tools; where the audit log does not fit its head "
        "then, give the reason with audit-log accept",
    ),
    "restore.no_ledger": Entry(
        "备份中没有台账，恢复之后台账是空的",
        "台账原在另一个数据库中的，请设置 HUIBAO_LEDGER",
        "there is no ledger in the backup; the restored workspace has an empty one",
        "where it was in another database, set HUIBAO_LEDGER",
    ),
    "restore.gaps": Entry(
        "备份时有 {count} 个文件没有备份到：{paths}",
        "请从别处找回",
        "{count} file(s) could not be copied when the backup was made: {paths}",
        "get them from elsewhere",
    ),
}
