"""What is said of comparing two documents."""

from __future__ import annotations

from collections.abc import Mapping

from generators.messages.entry import Entry

_AGAIN = "再比较"

COMPARING: Mapping[str, Entry] = {
    "compare.unreadable": Entry(
        "文件无法打开（{reason}）",
        "请检查文件名和位置，以及文件是否正被占用",
        "the file cannot be opened ({reason})",
        "check its name and place, and whether another program holds it",
    ),
    "compare.unpublished": Entry(
        "还没有发布过报告，没有可比较的",
        "无需处理；用 publish 发布之后，再用 run --compare 比较",
        "nothing has been published yet, so there is nothing to compare with",
        "nothing to do; use run --compare once a report has been published",
    ),
    "compare.no_folder": Entry(
        "存放修订稿的文件夹“{folder}”不存在，未写入任何文件",
        "请先新建该文件夹，或改用其他位置",
        "the folder {folder} for the result does not exist; nothing was written",
        "make it first, or name another place",
    ),
    "compare.same_file": Entry(
        "“{path}”就是要比较的文件之一，没有写入",
        "请给修订稿另起一个文件名",
        "{path} is one of the documents to be compared; nothing was written",
        "give the result another name",
    ),
    "compare.revisions": Entry(
        "文件中原有的修订，已按全部接受后的文字比较，修订稿中不再显示",
        f"无需处理；如有不应接受的，请先在 Word 中处理后{_AGAIN}",
        "tracked changes that it holds were taken as accepted and are not shown in the result",
        "nothing to do; settle them in Word first where some should not be accepted",
    ),
    "compare.only_old": Entry(
        "页眉或页脚“{said}”在新稿中没有对应的，未作比较",
        "无需处理；如有需要请人工核对",
        "the header or footer {said} has no counterpart in the newer document and was not compared",
        "nothing to do; check it by eye if it matters",
    ),
    "compare.only_new": Entry(
        "页眉或页脚“{said}”在旧稿中没有对应的，按新稿原样保留，未标修订",
        "无需处理；如有需要请人工核对",
        "the header or footer {said} has no counterpart in the older document; it is kept unmarked",
        "nothing to do; check it by eye if it matters",
    ),
    "compare.left_out": Entry(
        "其中有新稿没有的图片、文本框、公式或注释，修订稿不显示这些内容",
        "无需处理；如有需要请对照旧稿查看",
        "it holds pictures, text boxes, equations or notes that the newer document lacks; "
        "the result does not show them",
        "nothing to do; look at the older document for them",
    ),
}
