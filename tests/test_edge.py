"""Between the disk and the program: names, links, and what systems put beside files."""

from __future__ import annotations

import json
import os
import shutil
import socket
import stat
import sys
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from generators import quarantine
from generators.backup import back_up, restore
from generators.cli import main
from generators.intake import inbox as inboxes
from generators.intake.inbox import InboxFile, list_inbox, read_file
from generators.intake.passed_over import department_names, is_passed_over
from generators.ledger import Asked, Ledger, sqlite_url
from generators.messages import line
from generators.model import Finding
from generators.names import LONGEST_NAME, marked, printable, shown_apart, shown_name, shown_path
from generators.returning import return_paths
from generators.status import department_status
from generators.text import file_name
from generators.user import operator
from generators.workspace import Workspace, open_ledger, open_pack
from tests.small_workspace import aged, edit, hand_in, ran, small_workspace
from tests.workbooks import FILLED, PACK, filled_form, sound_definition

POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the file system takes no such names")
TURNED = "\u202e"
CHANGED = ("98.25 ", "98.26 ")


def call(root: Path, *arguments: str) -> Result:
    """The command line as typed, for the workspace ``root``."""
    return CliRunner().invoke(main, [*arguments, "--workspace", str(root)])


def harmless(text: str) -> bool:
    """Whether a text holds no half of a character, and nothing that is not seen but breaks and tabs."""
    text.encode()
    bidi = {"BN", "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    return not any(
        unicodedata.category(mark) in ("Cs", "Cc", "Zl", "Zp") or unicodedata.bidirectional(mark) in bidi
        for mark in text
        if mark not in "\n\t\r"
    )


# --- names ------------------------------------------------------------------------------------------

NAMES = {
    "渔业局-2031.xlsx".encode("gbk"): "渔业局-2031.xlsx",
    "渔业局-2031.xlsx".encode(): "渔业局-2031.xlsx",
    "镕圳𠮷.xlsx".encode("gb18030"): "镕圳𠮷.xlsx",
    "新的".encode() + "旧的".encode("gbk") + b".xlsx": "新的旧的.xlsx",
    b"\xff\xfe.xlsx": "??.xlsx",
    b"a\nb\r\t.xlsx": "a?b??.xlsx",
    b"\x1b[31m\x7f": "?[31m?",
    "\x85\u200b\u2028\u2029\ufeff\xad.xlsx".encode(): "??????.xlsx",
    f"报表{TURNED}xslx.exe".encode(): "报表?xslx.exe",
    "\u2066a\u2069\u061c".encode(): "?a??",
    "\ufffe\U0001ffff".encode(): "??",
    "a b　c…（1）·é.xlsx".encode(): "a b　c…（1）·é.xlsx",
}


@LINUX
@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_shown_as_people_read_it(name: bytes) -> None:
    shown = shown_name(os.fsdecode(name))
    assert shown == NAMES[name]
    assert harmless(shown)
    assert shown_name(shown) == shown


@pytest.mark.parametrize("name", ["\ud800.xlsx", "a\udfffb", "\udc80\ud800"])
def test_half_a_pair_which_windows_takes_is_shown(name: str) -> None:
    assert harmless(shown_name(name))


@LINUX
@pytest.mark.parametrize(
    "name", [b"a" * 255, b"a" * 250 + b".xlsx", "渔".encode("gbk") * 125 + b".xlsx"]
)
def test_a_name_is_never_longer_than_a_file_system_takes(name: bytes) -> None:
    shown = shown_name(os.fsdecode(name))
    assert len(shown.encode()) <= LONGEST_NAME
    assert shown.endswith(".xlsx") == name.endswith(b".xlsx")
    assert len(f"{file_name(shown)}-校验回执（改动12345678）.xlsx".encode()) <= LONGEST_NAME
    assert len(marked(shown, "x").encode()) <= LONGEST_NAME


RESERVED = [
    "CON",
    "nul.txt",
    "aux.xlsx",
    "com1",
    "LPT9.xlsx",
    "com¹",
    "CONOUT$",
    "con .txt",
    "..",
    " . ",
]


@pytest.mark.parametrize(
    "name", [*RESERVED, f"a{TURNED}b", "a\udc80b", "a\x9bb", "x. . ", 'a<>:"/\\|?*']
)
def test_what_is_written_has_a_name_that_every_system_takes(name: str) -> None:
    made = file_name(name)
    assert harmless(made)
    assert not set(made) & set('<>:"/\\|?*')
    assert made == made.rstrip(" .") != ""
    assert made.partition(".")[0].rstrip().upper() not in {"CON", "NUL", "AUX", "COM1", "LPT9", "COM¹"}


def test_two_that_are_shown_alike_stay_two() -> None:
    names = ["a\n.xlsx", "a\x01.xlsx", "a?.xlsx", "b/a\n.xlsx", "b.xlsx"]
    shown = shown_apart(names)
    assert len(set(shown)) == len(names)
    assert (shown[2], shown[4]) == ("a?.xlsx", "b.xlsx"), "one that is called so keeps its name"
    assert shown_apart(reversed(names)) == shown[::-1], "whatever order they are come upon in"


def test_a_text_to_be_printed_keeps_its_lines() -> None:
    assert printable(f"a\n\tb{TURNED}\x1b[2J\udc80") == "a\n\tb??[2J?"


@LINUX
@pytest.mark.parametrize("variable", ["LOGNAME", "USER"])
def test_whoever_runs_the_program_is_shown_too(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    os.environb[variable.encode()] = f"李{TURNED}".encode() + b"\n\xff" + b"x" * 300
    try:
        name = operator()
    finally:
        del os.environb[variable.encode()]
    assert name.startswith("李???x")
    assert harmless(name) and len(name.encode()) <= 100


# --- files with such names, from the inbox to what is written ---------------------------------------

ODD = [
    "旧表.xlsx".encode("gbk"),
    b"\xff\xfe\xfd.xlsx",
    f"表{TURNED}xslx.exe".encode(),
    b"a\nb\x1b[31m.xlsx",
    b"a\x01b.xlsx",
    b"a\x02b.xlsx",
    b"a?b.xlsx",
    b"A?B.xlsx",
    b"x" * 250 + b".xls",
    b"x" * 249 + b"y.xls",
    "渔".encode("gbk") * 125 + b".xlsx",
    b"CON",
    b"aux.xlsx",
    b"trailing. ",
    "夹".encode("gbk") + b"\n/" + "表.xlsx".encode("gbk"),
    b"b/c.xlsx",
    b"b_c.xlsx",
    b"d/b_c.xlsx",
]


@pytest.fixture
def odd(tmp_path: Path) -> Workspace:
    """A workspace in whose inbox files with odd names lie, the form of a department among them."""
    place = small_workspace(tmp_path / "workspace")
    form = place.inbox / "渔业局-2031.xlsx"
    form.rename(place.inbox / os.fsdecode("渔业局-2031.xlsx".encode("gbk")))
    for number, name in enumerate(ODD):
        path = place.inbox / os.fsdecode(name)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"no workbook %d" % number)
    return place


@LINUX
def test_every_command_goes_on_whatever_files_are_called(odd: Workspace) -> None:
    done = ran(odd)
    assert done.accepted == ("渔业局", "交通局"), "the form is taken on its own account"
    assert len(set(done.rejected)) == len(ODD)
    assert all(harmless(name) for name in done.rejected)
    for language in ("zh", "en"):
        assert all(harmless(line(finding, language)) for finding in done.findings)
    with Ledger(sqlite_url(odd.ledger)) as ledger:
        kept = ledger.vintages(PACK, "2031")
        events = list(ledger.log(Asked()))
    assert sorted(kept) == ["jt", "yy"]
    assert all(harmless(f"{event.happening}") for event in events)
    definition = open_pack(odd, None, None).value
    assert definition is not None
    [row] = [item for item in department_status(odd, definition) if item.code == "yy"]
    assert (row.state, row.file) == ("accepted", "渔业局-2031.xlsx")
    files = [str(path) for path in odd.inbox.rglob("*") if path.is_file()]
    commands = (["run"], ["status"], ["audit-log"], ["audit-log", "verify"], ["check", *files])
    for command in (*commands, ["watch", "--once", "--interval", "1"]):
        for form in ([], ["--json"]):
            told = call(odd.root, *command, *form)
            assert told.exit_code in (0, 1), (command, told.output)
            assert harmless(told.output), command
            assert not form or json.loads(told.stdout)


@LINUX
def test_what_is_written_of_odd_files_has_sound_names_and_stays_apart(odd: Workspace) -> None:
    ran(odd)
    written = [path for path in odd.returned.rglob("*") if path.is_file()]
    assert len(written) == len(ODD) + 2
    assert len({str(path).casefold() for path in written}) == len(written), "on NTFS too"
    for path in odd.root.rglob("*"):
        if odd.inbox not in (path, *path.parents):
            assert harmless(path.name) and len(path.name.encode()) <= LONGEST_NAME
    for path in (*written, *odd.reports.glob("*.xlsx")):
        for sheet in openpyxl.load_workbook(path):
            for row in sheet.iter_rows(values_only=True):
                assert all(harmless(value) for value in row if isinstance(value, str)), path
    notes = list(odd.quarantine.glob(f"*{quarantine.NOTE_ENDING}"))
    assert len(notes) == len(ODD)
    for note in notes:
        assert harmless(note.read_bytes().decode("utf-8-sig"))
    # A copy that was saved by somebody is kept beside the new one, however long its name is.
    longest = max(written, key=lambda path: len(path.name.encode()))
    longest.write_bytes(b"saved by somebody")
    done = ran(odd)
    assert not [item for item in done.findings if item.code == "run.return_not_written"]
    assert len(list(longest.parent.glob("*（改动*"))) == 1


@LINUX
def test_odd_names_are_backed_up_and_put_back(odd: Workspace, tmp_path: Path) -> None:
    ran(odd)
    made = back_up(odd, tmp_path / "backups", lambda _, paths: paths)
    assert made.folder is not None and made.exit_code == 0
    assert all(harmless(line(item)) for item in made.findings)
    other = Workspace(tmp_path / "restored")
    assert restore(other, made.folder, lambda _, paths: paths, replace=False).exit_code == 0
    there = {os.fsencode(path.relative_to(odd.inbox)) for path in odd.inbox.rglob("*")}
    assert {os.fsencode(path.relative_to(other.inbox)) for path in other.inbox.rglob("*")} == there
    assert ran(other).accepted == ("渔业局", "交通局")


@LINUX
@pytest.mark.parametrize(
    "name", ["旧夹".encode("gbk"), b"a\nb", f"a{TURNED}b".encode(), b"what? #1 %41"]
)
def test_a_workspace_may_be_called_anything(tmp_path: Path, name: bytes) -> None:
    place = small_workspace(tmp_path / os.fsdecode(name))
    for command in (
        ["run"],
        ["status"],
        ["check", str(place.inbox / "渔业局-2031.xlsx")],
        ["audit-log"],
    ):
        for form in ([], ["--json"]):
            told = call(place.root, *command, *form)
            assert told.exit_code == 0, (command, told.output)
            assert harmless(told.output), command
    assert place.ledger.stat().st_size > 0
    assert all(harmless(each) for each in place.log.read_text("utf-8").splitlines())
    assert call(place.root, "backup", str(tmp_path / "backups")).exit_code == 0


@LINUX
def test_a_pack_with_an_odd_name_is_told_and_stops_no_other(tmp_path: Path) -> None:
    place = small_workspace(tmp_path)
    odd = place.templates / os.fsdecode("套件".encode("gbk"))
    shutil.copytree(place.templates / PACK, odd)
    assert call(place.root, "run").exit_code == 0
    told = call(place.root, "run", "--report", odd.name)
    assert told.exit_code == 2 and harmless(told.output)
    shutil.rmtree(place.templates / PACK)
    told = call(place.root, "run")
    assert told.exit_code == 2 and "“套件”中有无法识别" in told.output


@LINUX
def test_what_is_typed_in_another_encoding_is_kept_readable(tmp_path: Path) -> None:
    place = small_workspace(tmp_path)
    assert call(place.root, "run").exit_code == 0
    typed = os.fsdecode("理由".encode("gbk")) + TURNED
    for command in (
        ["publish", "--anyway", typed],
        ["reopen", "--why", typed],
        ["audit-log", "accept", "--why", typed],
        ["status", "--period", typed],
        ["history", typed],
        ["trace", typed],
        ["audit-log"],
    ):
        told = call(place.root, *command)
        assert "Traceback" not in told.output and "run.failed" not in told.output, told.output
        assert harmless(told.output), command


def test_a_department_is_told_in_its_folder_whatever_bytes_that_is_called_by(tmp_path: Path) -> None:
    place = small_workspace(tmp_path)
    folder = place.inbox / "交通局"
    folder.mkdir()
    (place.inbox / "渔业局-2031.xlsx").rename(folder / "渔业局-2031.xlsx")
    if sys.platform == "linux":
        folder.rename(place.inbox / os.fsdecode("交通局".encode("gbk")))
    done = ran(place)
    assert "envelope.folder" in [item.code for item in done.findings]


def test_returned_copies_never_share_a_name() -> None:
    from generators.returning import Return
    from generators.returns import Receipt

    definition = sound_definition()
    names = [
        "b/c.xlsx",
        "b_c.xlsx",
        "d/b_c.xlsx",
        "B/c.xlsx",
        "x" * 240 + "1.xlsx",
        "x" * 240 + "2.xlsx",
    ]
    names += ["y/" + "x" * 240 + "1.xlsx", "a.xlsx", "A.xls"]
    returns = [Return(Receipt(definition, "", name, rejected=True)) for name in names]
    made = return_paths(Path("returned"), returns)
    assert sorted(item.receipt.file for item in made.values()) == sorted(names)
    assert len({str(path).casefold() for path in made}) == len(names)


# --- what is no file --------------------------------------------------------------------------------


@POSIX
def test_links_pipes_and_devices_are_told_and_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = small_workspace(tmp_path / "workspace")
    secret = place.root / "workbooks" / "seal.key"
    secret.write_bytes(b"0" * 65)
    secret.rename(place.root / "secret")
    outside = tmp_path / "outside"
    outside.mkdir()
    shutil.copy(place.inbox / "渔业局-2031.xlsx", outside / "渔业局-2031.xlsx")
    for name, target in (
        ("k.xlsx", "../../secret"),
        ("etc", "/etc"),
        ("proc.xlsx", "/proc/self/environ"),
        ("loop.xlsx", "loop.xlsx"),
        ("nowhere.xlsx", "not there"),
        ("交通局-2031.xlsx", "../../../outside/渔业局-2031.xlsx"),
        ("outside", str(outside)),
        ("beside.xlsx", "渔业局-2031.xlsx"),
    ):
        (place.inbox / name).unlink(missing_ok=True)
        (place.inbox / name).symlink_to(target)
    folder = place.inbox / "below"
    folder.mkdir()
    (folder / "l.xlsx").symlink_to("../渔业局-2031.xlsx")
    os.mkfifo(place.inbox / "pipe.xlsx")
    listening = socket.socket(socket.AF_UNIX)
    monkeypatch.chdir(place.inbox)  # the name of a socket must be short
    listening.bind("socket.xlsx")
    monkeypatch.undo()
    done = ran(place)
    codes = {item.file: item.code for item in done.findings if item.rule == "format"}
    links = ("k.xlsx", "etc", "proc.xlsx", "loop.xlsx", "nowhere.xlsx", "交通局-2031.xlsx", "outside")
    assert codes == {
        **dict.fromkeys((*links, "beside.xlsx", "below/l.xlsx"), "format.link"),
        **dict.fromkeys(("pipe.xlsx", "socket.xlsx"), "format.special"),
    }
    assert done.accepted == ("渔业局",)
    assert set(done.rejected) == set(codes)
    assert not place.quarantine.exists() or not list(place.quarantine.iterdir())
    [told] = [item for item in done.findings if item.file == "交通局-2031.xlsx"]
    assert told.department == "jt", "its department is answered"
    assert "链接" in line(told)
    checked = call(place.root, "check", str(place.inbox / "k.xlsx"), str(place.inbox / "pipe.xlsx"))
    assert checked.exit_code == 1 and "这是一个链接" in checked.output
    listening.close()


@POSIX
def test_a_hard_link_is_a_file(tmp_path: Path) -> None:
    place = small_workspace(tmp_path)
    form = place.inbox / "渔业局-2031.xlsx"
    os.link(form, tmp_path / "elsewhere.xlsx")
    assert ran(place).accepted == ("渔业局", "交通局")


@POSIX
@pytest.mark.parametrize("linked", ["inbox", "workbooks"])
def test_the_inbox_itself_may_be_a_link(tmp_path: Path, linked: str) -> None:
    place = small_workspace(tmp_path / "workspace")
    folder = place.inbox if linked == "inbox" else place.inbox.parent
    folder.rename(tmp_path / "share")
    folder.symlink_to(tmp_path / "share")
    below = place.inbox / "渔业局"
    below.mkdir()
    (place.inbox / "渔业局-2031.xlsx").rename(below / "渔业局-2031.xlsx")
    assert ran(place).accepted == ("渔业局", "交通局")
    assert call(place.root, "check", str(below / "渔业局-2031.xlsx")).exit_code == 0


@POSIX
def test_what_is_named_to_check_may_be_a_link_unless_it_lies_in_the_inbox(tmp_path: Path) -> None:
    place = small_workspace(tmp_path / "workspace")
    outside = tmp_path / "渔业局-2031.xlsx"
    outside.symlink_to(place.inbox / "渔业局-2031.xlsx")
    assert call(place.root, "check", str(outside)).exit_code == 0
    (place.inbox / "l.xlsx").symlink_to("渔业局-2031.xlsx")
    (tmp_path / "way").symlink_to(place.inbox)
    (place.inbox / "folder").symlink_to(tmp_path)
    ways = (place.inbox / "l.xlsx", tmp_path / "way" / "l.xlsx")
    for path in (
        *ways,
        place.inbox / "folder" / "workspace" / "workbooks" / "inbox" / "渔业局-2031.xlsx",
    ):
        told = call(place.root, "check", str(path))
        assert told.exit_code == 1 and "这是一个链接" in told.output, path
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    assert "不是普通文件" in call(place.root, "check", str(fifo)).output
    assert "是文件夹" in call(place.root, "check", str(tmp_path)).output


@POSIX
def test_a_folder_that_becomes_a_link_between_looking_and_reading_is_found(tmp_path: Path) -> None:
    """Whoever may write in the inbox may swap a folder for a link at the right moment."""
    inbox, outside = tmp_path / "inbox", tmp_path / "outside"
    (inbox / "folder" / "deeper").mkdir(parents=True)
    (outside / "deeper").mkdir(parents=True)
    for top in (inbox / "folder", outside):
        (top / "deeper" / "a.xlsx").write_bytes(b"secret" if top == outside else b"own")
    [entry] = list_inbox(inbox).files
    assert isinstance(read_file(entry.path, entry.name, inbox), InboxFile)
    (inbox / "folder").rename(tmp_path / "aside")
    (inbox / "folder").symlink_to(outside)
    refused = read_file(entry.path, entry.name, inbox)
    assert isinstance(refused, Finding) and refused.code == "format.link"
    (inbox / "folder").unlink()
    (inbox / "folder").mkdir()
    (inbox / "folder" / "deeper").symlink_to(outside / "deeper")
    refused = read_file(entry.path, entry.name, inbox)
    assert isinstance(refused, Finding) and refused.code == "format.link"


@POSIX
def test_a_file_that_becomes_a_link_or_a_pipe_is_found(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for name in ("a.xlsx", "b.xlsx"):
        (inbox / name).write_bytes(b"own")
    first, second = list_inbox(inbox).files
    for entry in (first, second):
        entry.path.unlink()
    first.path.symlink_to("../secret")
    os.mkfifo(second.path)
    started = time.monotonic()
    codes = [read_file(entry.path, entry.name, inbox) for entry in (first, second)]
    assert [item.code for item in codes if isinstance(item, Finding)] == [
        "format.link",
        "format.special",
    ]
    assert time.monotonic() - started < 5, "nobody waits for a pipe"


def test_a_file_that_grows_while_it_is_read_is_being_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"x" * 100)
    read = os.read

    def growing(handle: int, most: int) -> bytes:
        with path.open("ab") as file:
            file.write(b"more")
        return read(handle, min(most, 60))

    monkeypatch.setattr(os, "read", growing)
    monkeypatch.setattr(inboxes, "MAX_FILE_BYTES", 1000)
    for_ever = read_file(path, "a.xlsx")
    assert isinstance(for_ever, Finding) and for_ever.code == "format.too_large", "it is read no further"
    monkeypatch.setattr(os, "read", lambda handle, most: growing(handle, most) if most > 900 else b"")
    grown = read_file(path, "a.xlsx")
    assert isinstance(grown, Finding) and grown.code in ("format.unsettled", "format.too_large")


# --- large, deep and closed inboxes -----------------------------------------------------------------


def test_folders_are_followed_to_a_depth_and_no_further(tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    for depth in range(40):
        folder = folder / "d"
        folder.mkdir(parents=True)
        (folder / f"{depth}.xlsx").write_bytes(b"x")
    seen = list_inbox(tmp_path / "inbox")
    assert len(seen.files) == inboxes.MOST_FOLDERS_DEEP - 1
    [deep] = seen.unseen
    assert (deep.code, deep.file) == ("run.folder_deep", "/".join("d" * inboxes.MOST_FOLDERS_DEEP))
    assert "套得太深" in line(deep)


def test_more_files_than_a_run_reads_are_told_and_take_nobodys_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = small_workspace(tmp_path)
    ran(place)
    for path in place.inbox.iterdir():
        aged(path)
    for number in range(4):
        (place.inbox / f"{number}.xlsx").write_bytes(b"no workbook")
    (place.inbox / "交通局-2031.xlsx").rename(place.inbox / "另起的名.xlsx")
    monkeypatch.setattr(inboxes, "MOST_FILES", 4)
    done = ran(place)
    [full] = [item for item in done.findings if item.code == "run.inbox_full"]
    assert (full.params["count"], full.params["read"]) == ("6", "4")
    assert done.accepted == ("渔业局", "交通局") and done.exit_code == 1
    stands = [item.department for item in done.findings if item.code == "format.out_of_sight"]
    assert stands == ["jt"], "a file that bears a department's name is read however old it is"
    monkeypatch.setattr(inboxes, "MOST_FILES", 5_000)
    monkeypatch.setattr(inboxes, "MOST_BYTES", 40)
    assert "run.inbox_full" in [item.code for item in ran(place).findings]


@POSIX
@pytest.mark.parametrize("closed_one", ["inbox", "inbox/交通局"])
def test_a_folder_that_cannot_be_looked_into_is_told_and_takes_nobodys_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, closed_one: str
) -> None:
    place = small_workspace(tmp_path)
    folder = place.inbox / "交通局"
    folder.mkdir()
    (place.inbox / "交通局-2031.xlsx").rename(folder / "交通局-2031.xlsx")
    assert ran(place).exit_code == 0
    look = os.scandir

    def closed(path: str | Path) -> Iterator[os.DirEntry[str]]:
        if Path(path) == place.inbox.parent / closed_one:
            raise PermissionError(13, "Permission denied", str(path))
        return look(path)

    monkeypatch.setattr(os, "scandir", closed)  # rights do not bind root
    done = ran(place)
    assert done.accepted == ("渔业局", "交通局") and done.exit_code == 1
    [told] = [item for item in done.findings if item.code == "run.folder_unread"]
    assert told.file == Path(closed_one).name and "没有权限" in line(told)
    assert "format.out_of_sight" in [item.code for item in done.findings]
    monkeypatch.undo()
    assert ran(place).exit_code == 0


# --- who may read it --------------------------------------------------------------------------------


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@POSIX
def test_what_is_kept_is_for_the_program_alone_and_what_is_shared_is_not(tmp_path: Path) -> None:
    place = small_workspace(tmp_path / "workspace")
    (place.inbox / "stranger.xlsx").write_bytes(b"no form")
    before = os.umask(0o022)
    try:
        for command in (["run"], ["issue", "--seal"], ["watch", "--once", "--interval", "1"]):
            assert call(place.root, *command).exit_code in (0, 1), command
        edit(next(place.reports.glob("*.docx")), lambda made: made.add_paragraph("typed"))
        ran(place)
        private(place)
        for path in (place.inbox.parent, place.inbox, place.forms, place.returned, place.reports):
            assert rights(path) == 0o755, path
            assert {rights(each) for each in path.rglob("*.xlsx") if each.parent != place.archive} <= {
                0o644
            }
        # Wider rights from before are narrowed by whoever comes first.
        for top in place.private_folders:
            top.chmod(0o755)
            for path in top.iterdir():
                path.chmod(0o644)
        for path in place.private_files:
            if path.exists():
                path.chmod(0o666)
        ran(place)
        private(place)
        place.ledger.chmod(0o644)
        with open_ledger(place):
            assert rights(place.ledger) == 0o600
        made = back_up(place, tmp_path / "backups", lambda _, paths: paths)
        assert made.folder is not None
        for path in (made.folder, *made.folder.rglob("*")):
            assert rights(path) == (0o700 if path.is_dir() else 0o600), path
        other = Workspace(tmp_path / "restored")
        assert restore(other, made.folder, lambda _, paths: paths, replace=False).exit_code == 0
        private(other)
        for path in (
            *other.inbox.iterdir(),
            *other.reports.glob("*.docx"),
            *other.templates.rglob("*.docx"),
        ):
            assert rights(path) == 0o644, path
        assert restore(other, made.folder, lambda _, paths: paths, replace=True).exit_code == 0
        [aside] = other.root.glob("replaced-*")
        assert rights(aside) == 0o700
    finally:
        os.umask(before)


def private(place: Workspace) -> None:
    files = [path for path in place.private_files if path.exists()]
    assert len(files) >= 3
    assert {path: rights(path) for path in files} == dict.fromkeys(files, 0o600)
    for top in place.private_folders:
        assert rights(top) == 0o700 and any(top.iterdir()), top
        for path in top.iterdir():
            assert rights(path) == 0o600, path


# --- half written -----------------------------------------------------------------------------------

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(22) + b"\x09\0" + bytes(12) + b"\x01\0\0\0\x40\0\0\0"
OLD += bytes(512 - len(OLD))
"""The first block of an Excel 97 file: it has one table, and its folders are in the 65th block."""
HALVES = {
    "empty": b"",
    "first bytes": b"PK",
    "cut off": filled_form(sound_definition(), FILLED)[:-300],
    "space set aside": bytes(5000),
    "old format's first bytes": OLD[:100],
    "old format cut off": OLD + bytes(4000),
}


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("name", ["渔业局-2031.xlsx", "渔业局/随便起的名.xlsx", "随便起的名.xlsx"])
def test_half_a_file_takes_no_figures_away_until_it_is_a_minute_old(
    tmp_path: Path, half: str, name: str
) -> None:
    place = small_workspace(tmp_path)
    path = place.inbox / name
    path.parent.mkdir(exist_ok=True)
    (place.inbox / "渔业局-2031.xlsx").rename(path)
    before = ran(place)
    assert before.exit_code == 0
    (place.inbox / "旧表.xlsx").write_bytes(filled_form(sound_definition(), OLDER))
    aged(place.inbox / "旧表.xlsx")
    path.write_bytes(HALVES[half])
    done = ran(place)
    codes = {item.file: item.code for item in done.findings if item.rule == "format"}
    assert path.relative_to(place.inbox).as_posix() in codes
    assert {"format.unsettled", "format.stands"} >= set(codes.values())
    assert (done.accepted, done.rejected, done.exit_code) == (before.accepted, (), 1)
    with Ledger(sqlite_url(place.ledger)) as ledger:
        assert [len(each) for each in ledger.vintages(PACK, "2031").values()] == [1, 1], "no older form"
    checked = call(place.root, "check", str(path))
    assert checked.exit_code == 0 and "正在写入" in checked.output
    definition = open_pack(place, None, None).value
    assert definition is not None
    assert {row.state for row in department_status(place, definition)} == {"accepted"}
    assert call(place.root, "watch", "--once", "--interval", "30").exit_code in (0, 1)
    aged(path)
    assert call(place.root, "check", str(path)).exit_code == 1
    done = ran(place)
    assert [path.relative_to(place.inbox).as_posix()] == list(done.rejected)


OLDER = {key: value.replace("98.25", "97.25") for key, value in FILLED.items()}


def test_a_time_far_ahead_counts_as_old(tmp_path: Path) -> None:
    place = small_workspace(tmp_path)
    path = place.inbox / "渔业局-2031.xlsx"
    path.write_bytes(path.read_bytes()[:-300])
    aged(path, -7200)
    assert ran(place).rejected == ("渔业局-2031.xlsx",)
    aged(path, -1e12)
    assert ran(place).rejected == ("渔业局-2031.xlsx",)


# --- what systems put beside files ------------------------------------------------------------------

SYSTEM_FOLDERS = (
    *("#recycle", "#Recycle", "$RECYCLE.BIN", "$Recycle.Bin", "RECYCLER", "@Recycle", "#snapshot"),
    *("@Recently-Snapshot", "@eaDir", "@tmp", ".Trash-1000", ".Trashes", "System Volume Information"),
    *("SYSTEM VOLUME INFORMATION", "~snapshot", ".snapshot", "lost+found", "__MACOSX", ".AppleDouble"),
    *(".@__thumb", "$Extend", ".sync", ".stfolder", ".stversions", ".zfs", "FOUND.000", "DfsrPrivate"),
    "@GMT-2031.12.01-09.00.00",
)
SYSTEM_FILES = (
    *("~$渔业局-2031.xlsx", ".~lock.渔业局-2031.xlsx#", "~WRL0001.tmp", "渔业局-2031.xlsx~", "5B2C1A00"),
    *(
        ".渔业局-2031.xlsx.Xy12ab",
        "渔业局-2031.xlsx.crdownload",
        "渔业局-2031.xlsx.part",
        "._渔业局-2031.xlsx",
    ),
    *("备份属于 渔业局-2031.xlk", "渔业局-2031.wbk", "渔业局-2031.xlsx.bak", "Thumbs.db", "DESKTOP.INI"),
    *(
        "渔业局-2031.xlsx.sb-3f6a1b2c-AbCdEf",
        "渔业局-2031.xlsx.filepart",
        ".DS_Store",
        "渔业局-2031.xlsx.lnk",
    ),
)
PEOPLES = (
    "#1 渔业局",
    "@渔业局",
    "$预算",
    "回收",
    "2031",
    "snapshot",
    "recycle",
    "RECYCLERS",
    "_旧",
    "trash",
)
PEOPLES_FILES = (
    *("20311231", "#1.xlsx", "@表.xlsx", "$预算.xlsx", "ABCDEF.xlsx", "表（冲突文件 2031-12-01）.xlsx"),
    *("Icon.xlsx", "tmp.xlsx", "bak.xlsx", "渔业局.partial.xlsx", "ABCDEF012"),
)


@pytest.mark.parametrize("name", SYSTEM_FOLDERS)
@pytest.mark.parametrize("where", ["", "渔业局/", "2031/下半年/"])
def test_a_form_that_was_deleted_counts_no_more(tmp_path: Path, name: str, where: str) -> None:
    place = small_workspace(tmp_path)
    folder = place.inbox / where / name / "深"
    folder.mkdir(parents=True)
    (place.inbox / "渔业局-2031.xlsx").rename(folder / "渔业局-2031.xlsx")
    done = ran(place)
    assert (done.accepted, done.rejected, done.missing) == (("交通局",), (), ("渔业局",))


def test_names_that_systems_give_are_told_from_those_that_people_give() -> None:
    assert [name for name in SYSTEM_FILES if not is_passed_over(name, folder=False)] == []
    assert [name for name in PEOPLES if is_passed_over(name, folder=True)] == []
    assert [name for name in PEOPLES_FILES if is_passed_over(name, folder=False)] == []


def test_the_folder_of_a_department_is_never_passed_over(tmp_path: Path) -> None:
    folder = tmp_path / "Lost+Found"
    folder.mkdir()
    (folder / "a.xlsx").write_bytes(b"x")
    definition = sound_definition()
    assert list_inbox(tmp_path, department_names([definition])).files == ()
    first = definition.departments[0]
    from dataclasses import replace

    named = replace(definition, departments=(replace(first, name="lost+found"),))
    [entry] = list_inbox(tmp_path, department_names([named])).files
    assert entry.name == "Lost+Found/a.xlsx"
    assert shown_path(entry.name) == entry.name


def test_files_that_systems_leave_are_no_submissions(tmp_path: Path) -> None:
    place = small_workspace(tmp_path)
    form = (place.inbox / "渔业局-2031.xlsx").read_bytes()
    for name in SYSTEM_FILES:
        (place.inbox / name).write_bytes(form)
    done = ran(place)
    assert (done.exit_code, done.findings) == (0, ())
    hand_in(place, FILLED, CHANGED)
    assert ran(place).exit_code == 0
