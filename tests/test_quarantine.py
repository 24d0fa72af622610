"""What is no form is copied aside with its reason; the inbox stays as it is."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

import pytest

from generators import quarantine
from generators.workspace import Workspace
from tests.small_workspace import aged, hand_in, ran, small_workspace
from tests.test_guard import REFUSED
from tests.workbooks import FILLED, workbook

STRANGERS = {
    "宏.xlsx": REFUSED["macros"],
    "网页.xls": REFUSED["not_workbook (page)"],
    "子文件夹/空.xlsx": b"",
    "密码.xlsx": REFUSED["encrypted"],
    "别的表.xlsx": workbook({"数据": "| a | b |\n| 1 | 2 |"}),
}
REASONS = {
    "宏.xlsx": "文件含有宏，不予接收",
    "网页.xls": "文件不是 Excel 工作簿",
    "子文件夹/空.xlsx": "文件是空的，没有内容",
    "密码.xlsx": "文件设置了打开密码，无法读取",
    "别的表.xlsx": "不是本程序下发的填报表，无法识别报送单位",
}


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    """A workspace in whose inbox lie strangers beside the departments' forms."""
    made = small_workspace(tmp_path)
    for name, data in STRANGERS.items():
        path = made.inbox / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        aged(path)  # an empty one may be being written for a minute
    return made


def kept(place: Workspace) -> dict[str, bytes]:
    """The files of the quarantine by name."""
    folder = place.quarantine
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.is_dir() else {}


def note_on(place: Workspace, data: bytes) -> str:
    path = place.quarantine / f"{hashlib.sha256(data).hexdigest()}.txt"
    return path.read_bytes().decode("utf-8-sig")


def inbox(place: Workspace) -> dict[str, tuple[bytes, int]]:
    files = (path for path in place.inbox.rglob("*") if path.is_file())
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_what_is_no_form_is_copied_with_its_reason_beside_it(place: Workspace) -> None:
    before = inbox(place)
    done = ran(place)
    assert done.accepted == ("渔业局", "交通局")
    assert inbox(place) == before
    files = kept(place)
    assert len(files) == 2 * len(STRANGERS)
    for name, data in STRANGERS.items():
        assert files[f"{hashlib.sha256(data).hexdigest()}.quarantined"] == data
        note = note_on(place, data)
        assert f"原文件名：{name}\r\n" in note
        assert f"原因：{REASONS[name]}\r\n" in note
        assert "处理：请" in note
        assert re.search(r"放入时间：\d{4}-\d\d-\d\d \d\d:\d\d\r\n", note)
        assert f"SHA-256：{hashlib.sha256(data).hexdigest()}\r\n" in note
    # Each is told once, and answered.
    told = [item.file for item in done.findings if item.file in STRANGERS]
    assert sorted(told) == sorted(STRANGERS)
    assert len(list((place.returned / "未识别").iterdir())) == len(STRANGERS)


def test_forms_are_never_set_apart(tmp_path: Path) -> None:
    place = small_workspace(tmp_path)
    form = hand_in(place, FILLED, ("98.25", "'九成"))
    (place.inbox / "又一份.xlsx").write_bytes(form.read_bytes())
    ran(place, "2032")  # every form is for another period
    ran(place)
    assert kept(place) == {}


def test_a_content_is_copied_once(place: Workspace) -> None:
    ran(place)
    first = {path: path.stat().st_mtime_ns for path in place.quarantine.iterdir()}
    (place.inbox / "宏（副本）.xlsx").write_bytes(STRANGERS["宏.xlsx"])
    ran(place)
    assert {path: path.stat().st_mtime_ns for path in place.quarantine.iterdir()} == first


def test_the_copy_stays_when_the_file_has_gone(place: Workspace) -> None:
    ran(place)
    (place.inbox / "宏.xlsx").unlink()
    ran(place)
    assert f"{hashlib.sha256(STRANGERS['宏.xlsx']).hexdigest()}.quarantined" in kept(place)


def test_the_oldest_copies_make_room(place: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    ran(place)
    for number, name in enumerate(STRANGERS):
        sha256 = hashlib.sha256(STRANGERS[name]).hexdigest()
        os.utime(place.quarantine / f"{sha256}.quarantined", (1_000 + number, 1_000 + number))
        (place.inbox / name).unlink()
    (place.inbox / "新.xlsx").write_bytes(b"new")
    monkeypatch.setattr(quarantine, "MOST_FILES", 3)
    ran(place)
    names = {name for name in kept(place) if name.endswith(".quarantined")}
    newest = [*list(STRANGERS.values())[-2:], b"new"]
    assert names == {f"{hashlib.sha256(data).hexdigest()}.quarantined" for data in newest}
    assert len(kept(place)) == 6


def test_more_than_the_folder_holds_is_told(place: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "MOST_BYTES", len(STRANGERS["宏.xlsx"]) + 200)
    done = ran(place)
    [full] = [item for item in done.findings if item.code == "run.quarantine_full"]
    size = sum(len(data) for name, data in kept(place).items() if name.endswith(".quarantined"))
    assert size <= quarantine.MOST_BYTES
    copies = len(kept(place)) // 2
    assert full.params["count"] == str(len(STRANGERS) - copies)
    again = ran(place)
    assert [item.code for item in again.findings].count("run.quarantine_full") == 1
    assert len(kept(place)) // 2 == copies


def test_a_quarantine_that_cannot_be_written_stops_nothing(place: Workspace) -> None:
    place.quarantine.parent.mkdir(exist_ok=True)
    place.quarantine.write_bytes(b"a file where the folder should be")
    done = ran(place)
    assert done.report is not None
    assert "run.quarantine_not_written" in [item.code for item in done.findings]


def test_a_name_cannot_write_lines_of_its_own(tmp_path: Path) -> None:
    place = small_workspace(tmp_path)
    name = "a\n原因：没有问题.xlsx"
    try:
        (place.inbox / name).write_bytes(b"x")
    except OSError:
        pytest.skip("the system takes no such name")
    ran(place)
    note = note_on(place, b"x")
    assert "原文件名：a?原因：没有问题.xlsx\r\n" in note
    assert note.count("\r\n原因：") == 1
