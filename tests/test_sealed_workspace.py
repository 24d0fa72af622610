"""Who may submit, in a whole workspace: when sealing begins, what stands, what is refused, the key."""

from __future__ import annotations

import base64
import io
import json
import os
import stat
import sys
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest.mock import patch

import openpyxl
import pytest
from click.testing import CliRunner

from generators.cli import main
from generators.collection import Collection, collect
from generators.ledger import Ledger, sqlite_url
from generators.seal_key import SealKeyError, make_seal_key, read_seal_key
from generators.workspace import Workspace
from tests.small_workspace import FERRIES, aged, hand_in, ran, small_workspace
from tests.workbooks import FILLED, Tables, brief, changed, fill

FORMS = {"yy": ("渔业局-2031.xlsx", FILLED), "jt": ("交通局-2031.xlsx", FERRIES)}
CORRECTED = [("| 98.5 ", "| 98.6 ")]
"""Another figure, with which nothing is wrong either."""
AT = 1_900_000_000
"""When the files of a test are written, in seconds; later ones count from here."""


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    """A workspace without a key, in which both departments have handed in."""
    made = small_workspace(tmp_path / "临溪")
    for path in made.inbox.iterdir():
        os.utime(path, (AT, AT))
    return made


def call(place: Workspace, *arguments: str) -> tuple[int, dict[str, Any]]:
    """A command's exit code and what it prints as JSON."""
    words = [*arguments, "--json", "--workspace", str(place.root)]
    with patch.object(sys, "argv", ["huibao", *words]):
        done = CliRunner().invoke(main, words)
    return done.exit_code, json.loads(done.stdout)


def typed(place: Workspace, *arguments: str) -> str:
    """What a command prints for a person."""
    return CliRunner().invoke(main, [*arguments, "--workspace", str(place.root)]).output


def seal(place: Workspace) -> None:
    code, told = call(place, "issue", "--seal")
    assert (code, told["findings"], told["sealed"]) == (0, [], True)


def submit(
    place: Workspace,
    department: str = "yy",
    *replacements: tuple[str, str],
    name: str = "",
    after: int = 60,
) -> Path:
    """The issued form of a department, filled and put into the inbox under ``name``."""
    issued, tables = FORMS[department]
    filled: Tables = changed(tables, "指标", *replacements)
    path = place.inbox / (name or issued)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(fill((place.forms / issued).read_bytes(), filled))
    os.utime(path, (AT + after, AT + after))
    return path


def collected(place: Workspace) -> Collection:
    with Ledger(sqlite_url(place.ledger)) as ledger:
        return collect(place, definition_of(place), ledger, lambda _, paths: paths)


def definition_of(place: Workspace) -> Any:
    from generators.workspace import open_pack

    return open_pack(place, None, None).value


def seals_told(place: Workspace) -> dict[str, list[str]]:
    """The codes about seals and folders by file."""
    told: dict[str, list[str]] = {}
    for item in collected(place).findings:
        if item.rule == "seal" or item.code.startswith("envelope."):
            told.setdefault(item.file, []).append(item.code)
    return told


def vintages(place: Workspace) -> dict[str, int]:
    with Ledger(sqlite_url(place.ledger)) as ledger:
        return {code: len(kept) for code, kept in ledger.vintages("lianxi", "2031").items()}


# --- where there is no key ------------------------------------------------------------------------


def test_without_a_key_nothing_is_sealed_and_all_is_as_before(place: Workspace) -> None:
    code, told = call(place, "issue")
    assert (code, told["sealed"]) == (0, False)
    assert not place.seal_key.exists()
    done = ran(place)
    assert (done.exit_code, done.findings) == (0, ())
    assert call(place, "status")[1]["sealed"] is False
    assert {row["sealed"] for row in call(place, "status")[1]["departments"]} == {None}
    assert "填报表未加封（工作文件夹没有密钥）。" in typed(place, "status")


def test_a_key_that_was_lost_is_said_of_every_form_that_it_sealed(place: Workspace) -> None:
    seal(place)
    submit(place)
    submit(place, "jt")
    place.seal_key.unlink()
    done = ran(place)
    assert done.exit_code == 0
    assert brief(done.findings) == ["seal.unchecked", "seal.unchecked"]


# --- sealing begins -------------------------------------------------------------------------------


def test_a_fresh_workspace_has_a_key_and_seals_its_forms(tmp_path: Path) -> None:
    place = Workspace(tmp_path / "new")
    assert CliRunner().invoke(main, ["init", str(place.root)]).exit_code == 0
    assert read_seal_key(place) is not None
    assert (place.root / "workbooks/.gitignore").read_text("utf-8") == "/seal.key*\n"
    code, told = call(place, "issue")
    assert (code, told["sealed"]) == (0, True)
    book: Any = openpyxl.load_workbook(told["forms"][0])
    assert "huibao_seal" in book.custom_doc_props.names
    assert call(place, "status")[1]["sealed"] is True
    assert "填报表已加封。" in typed(place, "status")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_only_its_owner_may_read_the_key(place: Workspace) -> None:
    seal(place)
    assert stat.S_IMODE(place.seal_key.stat().st_mode) == 0o600


def test_issue_makes_a_key_once_and_seals_ever_after(place: Workspace) -> None:
    assert str(place.seal_key) in typed(place, "issue", "--seal")
    key = place.seal_key.read_bytes()
    forms = {path.name: path.read_bytes() for path in place.forms.iterdir()}
    again = typed(place, "issue", "--seal")
    assert str(place.seal_key) not in again
    assert "填报表已加封。" in again
    code, told = call(place, "issue")
    assert (code, told["sealed"]) == (0, True)
    assert place.seal_key.read_bytes() == key
    assert {path.name: path.read_bytes() for path in place.forms.iterdir()} == forms


def test_the_checkout_keeps_the_key_out_of_git() -> None:
    ignored = (Path(__file__).parent.parent / ".gitignore").read_text("utf-8").splitlines()
    assert "/workbooks/seal.key*" in ignored


def test_sealed_forms_are_accepted_and_the_copies_that_go_back_too(place: Workspace) -> None:
    seal(place)
    submit(place)
    submit(place, "jt")
    done = ran(place)
    assert (done.exit_code, done.findings) == (0, ())
    assert {row["sealed"] for row in call(place, "status")[1]["departments"]} == {True}
    [returned] = (place.returned / "渔业局").iterdir()
    (place.inbox / "渔业局-2031.xlsx").unlink()
    corrected = fill(returned.read_bytes(), changed(FILLED, "指标", *CORRECTED))
    (place.inbox / returned.name).write_bytes(corrected)
    done = ran(place)
    assert (done.exit_code, done.rejected) == (0, ())
    assert vintages(place) == {"jt": 1, "yy": 2}


def test_what_was_accepted_before_stands_until_it_is_changed(place: Workspace) -> None:
    ran(place)
    seal(place)
    done = ran(place)
    assert (done.exit_code, done.rejected) == (0, ())
    assert brief(done.findings) == ["seal.stands", "seal.stands"]
    assert vintages(place) == {"jt": 1, "yy": 1}
    assert "其中 2 份报送是加封以前接收的，没有封印，继续有效：渔业局、交通局。" in typed(
        place, "status"
    )

    hand_in(place, FILLED, *CORRECTED)  # the old form, with another figure
    done = ran(place)
    assert (done.exit_code, done.rejected) == (1, ("渔业局-2031.xlsx",))
    assert seals_told(place)["渔业局-2031.xlsx"] == ["seal.missing"]
    assert vintages(place) == {"jt": 1, "yy": 1}

    submit(place, "yy", *CORRECTED)
    done = ran(place)
    assert (done.exit_code, done.rejected) == (0, ())
    assert vintages(place) == {"jt": 1, "yy": 2}
    status = call(place, "status")[1]
    assert {row["code"]: row["sealed"] for row in status["departments"]} == {"yy": True, "jt": False}


def test_what_was_never_accepted_has_to_be_sealed(place: Workspace) -> None:
    seal(place)
    done = ran(place)
    assert done.exit_code == 2
    assert sorted(done.rejected) == ["交通局-2031.xlsx", "渔业局-2031.xlsx"]
    assert "seal.missing" in brief(done.findings)
    [receipt] = (place.returned / "渔业局").iterdir()
    book: Any = openpyxl.load_workbook(receipt)
    text = "".join(str(value) for row in book["校验回执"].values for value in row if value)
    assert "已退回" in text
    assert "填报表没有封印：不是本程序下发给“渔业局”的原表，或是加封以前下发的旧表" in text
    assert "重新领取本部门本期的填报表，把数据抄入后重新报送" in text


def test_an_old_file_beside_a_sealed_one_is_superseded_run_after_run(place: Workspace) -> None:
    ran(place)
    seal(place)
    submit(place, "yy", *CORRECTED, name="新表.xlsx")
    for _ in range(2):
        done = ran(place)
        assert (done.exit_code, done.rejected) == (0, ())
        assert seals_told(place)["渔业局-2031.xlsx"] == ["envelope.superseded"]
        assert vintages(place) == {"jt": 1, "yy": 2}
    # However late somebody puts it there again, it does not take the sealed one's place.
    os.utime(place.inbox / "渔业局-2031.xlsx", (AT + 3600, AT + 3600))
    assert (ran(place).rejected, vintages(place)) == ((), {"jt": 1, "yy": 2})
    (place.inbox / "新表.xlsx").unlink()
    done = ran(place)
    assert (done.exit_code, done.rejected) == (1, ("渔业局-2031.xlsx",))
    assert seals_told(place)["渔业局-2031.xlsx"] == ["seal.missing"]
    assert vintages(place) == {"jt": 1, "yy": 2}


def test_check_says_of_a_seal_what_the_next_run_would(place: Workspace) -> None:
    def checked(name: str) -> tuple[int, list[str]]:
        code, told = call(place, "check", str(place.inbox / name))
        return code, [item["code"] for item in told["findings"]]

    ran(place)
    seal(place)
    submit(place, "yy", *CORRECTED)
    assert checked("渔业局-2031.xlsx") == (0, [])
    assert checked("交通局-2031.xlsx") == (0, ["seal.stands"])
    hand_in(place, FILLED, *CORRECTED)
    assert checked("渔业局-2031.xlsx") == (1, ["seal.missing"])


def test_a_forged_file_does_not_push_the_true_one_aside(place: Workspace) -> None:
    seal(place)
    submit(place)
    submit(place, "jt")
    forged = hand_in(place, FILLED, ("12.3", "99")).rename(place.inbox / "伪造.xlsx")
    os.utime(forged, (AT + 3600, AT + 3600))
    submit(place)
    done = ran(place)
    assert (done.exit_code, done.rejected) == (1, ("伪造.xlsx",))
    assert done.accepted == ("渔业局", "交通局")


# --- the key changes ------------------------------------------------------------------------------


def test_a_verdict_does_not_outlive_the_key(place: Workspace) -> None:
    """What was read is kept in the ledger; the same file is judged by the key that there is now."""
    assert seals_told(place) == {}
    seal(place)
    kept = place.seal_key.read_bytes()
    assert {*map(tuple, seals_told(place).values())} == {("seal.missing",)}
    place.seal_key.unlink()
    assert seals_told(place) == {}
    place.seal_key.write_bytes(kept)
    submit(place)
    submit(place, "jt")
    assert seals_told(place) == {}
    place.seal_key.write_text("ab" * 32, "ascii")
    assert {*map(tuple, seals_told(place).values())} == {("seal.key",)}
    place.seal_key.unlink()
    assert {*map(tuple, seals_told(place).values())} == {("seal.unchecked",)}
    place.seal_key.write_bytes(kept)
    assert seals_told(place) == {}


def test_after_the_key_was_replaced_only_what_was_accepted_stands(place: Workspace) -> None:
    seal(place)
    submit(place)
    submit(place, "jt")
    ran(place)
    old = (place.forms / "渔业局-2031.xlsx").read_bytes()
    place.seal_key.unlink()
    seal(place)
    assert {*map(tuple, seals_told(place).values())} == {("seal.stands",)}
    (place.inbox / "渔业局-2031.xlsx").write_bytes(fill(old, changed(FILLED, "指标", *CORRECTED)))
    done = ran(place)
    assert (done.exit_code, done.rejected) == (1, ("渔业局-2031.xlsx",))
    assert seals_told(place)["渔业局-2031.xlsx"] == ["seal.key"]
    submit(place, "yy", *CORRECTED)
    assert ran(place).exit_code == 0


def write(text: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(text)


UNUSABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (write(b""), "run.seal_key_empty"),
    "blank": (write(b" \r\n"), "run.seal_key_empty"),
    "too short": (write(b"ab" * 31), "run.seal_key_malformed"),
    "too long": (write(b"ab" * 33), "run.seal_key_malformed"),
    "far too long": (write(b"ab" * 100_000), "run.seal_key_malformed"),
    "words": (write("密钥".encode()), "run.seal_key_malformed"),
    "bytes": (write(bytes(range(200, 232))), "run.seal_key_malformed"),
    "two-byte letters": (write(("ab" * 32).encode("utf-16")), "run.seal_key_malformed"),
    "a folder": (Path.mkdir, "run.seal_key_unreadable"),
    "a link to nothing": (lambda path: path.symlink_to("gone"), "run.seal_key_unreadable"),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_a_key_file_that_cannot_be_used_is_an_error_and_never_unsealed(
    place: Workspace, case: str
) -> None:
    make, expected = UNUSABLE[case]
    try:
        make(place.seal_key)
    except OSError:
        pytest.skip("the system makes no such file")
    with pytest.raises(SealKeyError) as caught:
        read_seal_key(place)
    assert caught.value.finding.code == expected
    with pytest.raises(SealKeyError):
        make_seal_key(place)


def test_no_command_works_on_with_a_key_that_cannot_be_used(place: Workspace) -> None:
    ran(place)
    reports = {path: path.read_bytes() for path in place.reports.iterdir()}
    place.seal_key.write_text("", "ascii")
    submission = str(place.inbox / "渔业局-2031.xlsx")
    for command in (
        ["run"],
        ["issue"],
        ["issue", "--seal"],
        ["status"],
        ["check", submission],
        ["publish"],
    ):
        code, told = call(place, *command)
        assert code == 2, command
        [finding] = told["findings"]
        assert finding["code"] == "run.seal_key_empty", command
        assert finding["message"] == f"封印的密钥文件“{place.seal_key}”是空的，什么也没有做"
        assert "从备份恢复" in finding["action"]
    assert place.seal_key.read_bytes() == b""
    assert not place.forms.exists()
    assert {path: path.read_bytes() for path in place.reports.iterdir()} == reports


@pytest.mark.parametrize(
    "typed_as", ["{}", "{}\n", "{}\r\n", "\ufeff{}", "  {}  ", "upper"], ids=lambda text: repr(text)
)
def test_what_an_editor_does_to_a_key_does_no_harm(place: Workspace, typed_as: str) -> None:
    key, made = make_seal_key(place)
    text = place.seal_key.read_text("ascii").strip()
    assert made and len(text) == 64
    place.seal_key.write_bytes((text.upper() if typed_as == "upper" else typed_as.format(text)).encode())
    assert read_seal_key(place) == key


def test_two_that_make_a_key_at_once_get_the_same(place: Workspace) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: make_seal_key(place), range(4)))
    assert {key for key, _ in made} == {read_seal_key(place)}
    assert sum(new for _, new in made) == 1


# --- nothing gives the key away ---------------------------------------------------------------------


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder, and every part of those that are archives."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            yield path.name, data
            if data.startswith(b"PK"):
                with zipfile.ZipFile(io.BytesIO(data)) as archive:
                    yield from (
                        (f"{path.name}/{name}", archive.read(name)) for name in archive.namelist()
                    )


def test_no_file_and_no_message_holds_the_key(place: Workspace) -> None:
    printed = typed(place, "issue", "--seal") + typed(place, "issue", "--seal", "--lang", "en")
    submit(place)
    for command in (["run"], ["run", "--json"], ["status"], ["status", "--json"], ["issue"]):
        printed += typed(place, *command)
    submit(place, "jt")
    printed += typed(place, "run") + typed(place, "check", str(place.inbox / "交通局-2031.xlsx"))
    printed += typed(place, "publish") + typed(place, "history", "渔业总产值")
    original = place.seal_key.read_bytes()
    text = original.decode("ascii").strip()
    place.seal_key.write_text(text[:-1], "ascii")  # broken: what is said of it must not show it
    printed += typed(place, "run") + typed(place, "status", "--json")
    place.seal_key.write_bytes(original)

    secret = bytes.fromhex(text)
    pieces = [text[place : place + 16].encode() for place in range(0, 64, 16)]
    pieces += [piece.upper() for piece in pieces] + [secret[:8], secret[-8:]]
    pieces += [base64.b64encode(secret)[:16], base64.urlsafe_b64encode(secret)[:16]]
    seen = 0
    for name, data in [*contents(place.root), ("printed", printed.encode())]:
        seen += 1
        if name != place.seal_key.name:
            assert [piece for piece in pieces if piece in data] == [], name
    assert seen > 40
    assert "密钥" in printed and "report" in printed
    assert [path.name for path in place.seal_key.parent.glob("seal*")] == ["seal.key", "seal.lock"]


# --- folders of departments -------------------------------------------------------------------------


def test_folders_of_departments_refuse_the_forms_of_others(place: Workspace) -> None:
    for name in ("渔业局-2031.xlsx", "交通局-2031.xlsx"):
        folder = place.inbox / name.partition("-")[0]
        folder.mkdir()
        (place.inbox / name).rename(folder / name)
    assert (ran(place).exit_code, seals_told(place)) == (0, {})

    path = place.inbox / "渔业局/渔业局-2031.xlsx"
    path.rename(place.inbox / "交通局/又一份.xlsx")
    done = ran(place)
    assert (done.exit_code, done.rejected) == (1, ("交通局/又一份.xlsx",))
    assert (done.accepted, done.missing) == (("交通局",), ("渔业局",))
    assert seals_told(place) == {"交通局/又一份.xlsx": ["envelope.folder"]}
    # Whoever put it there is told, and sees no figure of the other.
    [copy] = (place.returned / "交通局").glob("又一份*")
    book: Any = openpyxl.load_workbook(copy)
    assert book.sheetnames == ["校验回执", "报送进度"]
    text = "".join(str(value) for row in book["校验回执"].values for value in row if value)
    assert "文件放在“交通局”的文件夹里，却是“渔业局”的填报表" in text

    checked = str(place.inbox / "交通局/又一份.xlsx")
    code, told = call(place, "check", checked)
    assert (code, [item["code"] for item in told["findings"]]) == (1, ["envelope.folder"])
    elsewhere = place.root / "交通局"
    elsewhere.mkdir()
    Path(checked).rename(elsewhere / "又一份.xlsx")
    assert call(place, "check", str(elsewhere / "又一份.xlsx"))[0] == 0


def test_a_folder_says_whose_a_file_is_that_cannot_be_read(place: Workspace) -> None:
    (place.inbox / "交通局-2031.xlsx").unlink()
    (place.inbox / "jt").mkdir()
    (place.inbox / "jt/说明.xlsx").write_bytes(b"PK\x03\x04")
    aged(place.inbox / "jt/说明.xlsx")  # else it may be being written
    done = ran(place)
    assert (done.rejected, done.missing) == (("jt/说明.xlsx",), ())
    assert [path.name for path in (place.returned / "交通局").iterdir()] == ["说明-校验回执.xlsx"]


def test_issue_makes_no_folders_in_the_inbox(place: Workspace) -> None:
    seal(place)
    assert [path for path in place.inbox.iterdir() if path.is_dir()] == []
