"""What is said of the seals of forms: those that do not hold, and the key itself (level 0)."""

from __future__ import annotations

from collections.abc import Mapping

from generators.messages.entry import Entry

_AGAIN = "请向编报单位重新领取本部门本期的填报表，把数据抄入后重新报送"
_AGAIN_EN = (
    "fetch the department's form again (workbooks/forms), copy the figures over and resubmit that one"
)

SEALS: Mapping[str, Entry] = {
    "seal.missing": Entry(
        "填报表没有封印：不是本程序下发给“{department}”的原表，或是加封以前下发的旧表",
        _AGAIN,
        "the form carries no seal: it is not the one that was issued to {department}, "
        "or was issued before sealing began",
        _AGAIN_EN,
    ),
    "seal.wrong": Entry(
        "填报表的封印不对：封印或表内的标识被改动过",
        _AGAIN,
        "the seal of the form is wrong: it, or what the form says that it is, was edited",
        _AGAIN_EN,
    ),
    "seal.key": Entry(
        "填报表的封印不是用本工作文件夹现在的密钥加的：密钥已更换，或这是别处下发的表",
        _AGAIN,
        "the form was sealed with another key than this workspace has now: the key was replaced, "
        "or the form was issued elsewhere",
        _AGAIN_EN,
    ),
    "seal.department": Entry(
        "表内的标识被改动过：这份表是下发给“{issued}”的，现在写的是“{found}”",
        "请使用下发给本部门的填报表；没有的，请向编报单位重新领取，把数据抄入后重新报送",
        "what the form says that it is was edited: it was issued to {issued} and says {found} now",
        "use the form that was issued to your own department; fetch it again (workbooks/forms), "
        "copy the figures over and resubmit that one",
    ),
    "seal.period": Entry(
        "表内的标识被改动过：这份表是为报告期“{issued}”下发的，现在写的是“{found}”",
        _AGAIN,
        "what the form says that it is was edited: it was issued for period {issued} and says {found} "
        "now",
        _AGAIN_EN,
    ),
    "seal.form_version": Entry(
        "表内的标识被改动过：这份表下发时是第 {issued} 版，现在写的是第 {found} 版",
        _AGAIN,
        "what the form says that it is was edited: it was issued as version {issued} and says {found} "
        "now",
        _AGAIN_EN,
    ),
    "seal.pack": Entry(
        "表内的标识被改动过：这份表是为另一份报告（套件 {issued}）下发的，现在写的是套件 {found}",
        _AGAIN,
        "what the form says that it is was edited: it was issued for the report pack {issued} "
        "and says {found} now",
        _AGAIN_EN,
    ),
    "seal.stands": Entry(
        "文件没有现行的封印，但在加封（或更换密钥）以前已经接收，继续有效",
        "无需处理；今后再要改动的，请先向编报单位领取加封的填报表，把数据抄入后报送",
        "the file carries no seal of the present key, but was accepted before there was one, and stands",
        "nothing to do; before changing anything in it, fetch the sealed form and copy the figures over",
    ),
    "seal.unchecked": Entry(
        "填报表有封印，但工作文件夹没有密钥，无法核对，已照常读取",
        "填报人员无需处理；请编报单位从备份恢复密钥文件",
        "the form carries a seal, but the workspace has no key to check it with; it was read as usual",
        "nothing for the department to do; the maintainer should restore the key file from the backup",
    ),
    "run.seal_key_unreadable": Entry(
        "封印的密钥文件“{path}”无法读取（{reason}），什么也没有做",
        "请检查这个文件的读取权限，或从备份恢复它",
        "the key file of the seals, {path}, cannot be read ({reason}); nothing was done",
        "check that the file may be read, or restore it from the backup",
    ),
    "run.seal_key_empty": Entry(
        "封印的密钥文件“{path}”是空的，什么也没有做",
        "请从备份恢复它；没有备份的，删除它后用 issue --seal 重新生成密钥，并把新的填报表发给各部门",
        "the key file of the seals, {path}, is empty; nothing was done",
        "restore it from the backup; without one, delete it, make a new key with issue --seal "
        "and send out the new forms",
    ),
    "run.seal_key_malformed": Entry(
        "封印的密钥文件“{path}”里不是一把完整的密钥，什么也没有做",
        "请从备份恢复它；没有备份的，删除它后用 issue --seal 重新生成密钥，并把新的填报表发给各部门",
        "the key file of the seals, {path}, does not hold one whole key; nothing was done",
        "restore it from the backup; without one, delete it, make a new key with issue --seal "
        "and send out the new forms",
    ),
}
