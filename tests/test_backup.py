"""Backups: consistent while runs go on, checked first, and put back whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from generators import messages, publishing
from generators.backup import (
    Backup,
    BackupManifest,
    CopiedFile,
    Restored,
    back_up,
    copying,
    make,
    manifest,
    read_manifest,
    restore,
)
from generators.backup import restore as restore_function
from generators.ledger import LEDGER_VARIABLE, Asked, Ledger, copy_database, read_head, sqlite_url
from generators.ledger import copying as ledger_copying
from generators.messages import line
from generators.model import ChainEnd, EventKind
from generators.status import department_status
from generators.support import files
from generators.verifying import verify
from generators.workspace import Workspace, open_pack
from tests.conftest import CHECKOUT, huibao
from tests.small_workspace import edit, hand_in, ran, small_workspace
from tests.test_cli import call
from tests.workbooks import FILLED, PACK, brief

restoring = sys.modules[restore_function.__module__]
REPORT = "临溪区渔业发展报告-2031.docx"


@pytest.fixture(autouse=True)
def quiet_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without LibreOffice; a param that a producer forgets shows in the message."""
    monkeypatch.setattr(publishing, "find_office", lambda: None)
    monkeypatch.setattr(messages.wording, "GAP", "⟨GAP⟩")


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    """A workspace with a report that was edited, published, and opened again."""
    made = small_workspace(tmp_path / "workspace")
    ran(made)
    edit(made.reports / REPORT, lambda document: document.add_paragraph("手工补充的一段。"))
    ran(made)
    publishing.publish(made, None, None, publishing.Wish(date="2031-12-28"), lambda _, paths: paths)
    return made


def backed_up(place: Workspace, target: Path) -> Backup:
    return back_up(place, target, lambda _, paths: paths)


def restored(place: Workspace, backup: Path | None, *, replace: bool = False) -> Restored:
    assert backup is not None
    return restore(place, backup, lambda _, paths: paths, replace=replace)


def codes(result: Backup | Restored) -> list[str]:
    """What was found; every message of it is whole in both languages."""
    for item in result.findings:
        for language in messages.LANGUAGES:
            shown = line(item, language)
            assert "⟨GAP⟩" not in shown and "{" not in shown, shown
    return brief(result.findings)


def content(folder: Path) -> dict[str, bytes]:
    """Every file below a folder but locks, by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    }


LEDGER, HEAD = "workbooks/ledger.db", "workbooks/audit-head.json"


def beside_the_log(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files but ledger and head, which a restore adds an event to."""
    return {name: data for name, data in files.items() if name not in (LEDGER, HEAD)}


def kinds(place: Workspace) -> list[str]:
    with Ledger(sqlite_url(place.ledger)) as ledger:
        return [str(event.happening.kind) for event in ledger.log(Asked())]


def status(place: Workspace) -> list[dict[str, object]]:
    definition = open_pack(place, None, None).value
    assert definition is not None
    return [row.as_dict() for row in department_status(place, definition)]


# --- made -------------------------------------------------------------------------------------------


def test_a_backup_holds_everything_and_a_hash_of_every_file(place: Workspace, tmp_path: Path) -> None:
    (place.lock.parent / "seal.key").write_bytes(b"secret")
    made = backed_up(place, tmp_path / "backups")
    assert (made.exit_code, codes(made)) == (0, ["backup.key"])
    assert made.folder is not None and made.manifest is not None
    assert made.folder.name.startswith("huibao-")
    held = content(made.folder)
    data = held.pop("manifest.json")
    assert made.sha256 == hashlib.sha256(data).hexdigest()
    assert set(held) == set(content(place.root))
    before = content(place.root)
    assert all(held[name] == before[name] for name in beside_the_log(held))
    assert {item.path: item.sha256 for item in made.manifest.files} == {
        name: hashlib.sha256(each).hexdigest() for name, each in held.items()
    }
    assert read_manifest(made.folder) == made.manifest
    assert [path.name for path in (tmp_path / "backups").iterdir()] == [made.folder.name]


def test_a_backup_is_in_the_log_with_the_hash_of_its_manifest(place: Workspace, tmp_path: Path) -> None:
    made = backed_up(place, tmp_path / "backups")
    assert made.folder is not None and made.manifest is not None
    with Ledger(sqlite_url(place.ledger)) as ledger:
        [event] = ledger.log(Asked(frozenset({EventKind.BACKUP})))
        assert ledger.log_end().count == made.manifest.log.count + 1
    assert event.happening.written == {f"{made.folder.name}/manifest.json": made.sha256}
    assert verify(place, made.folder).exit_code == 0


def test_times_are_kept_by_which_a_submission_is_on_time(place: Workspace, tmp_path: Path) -> None:
    path = place.inbox / "渔业局-2031.xlsx"
    os.utime(path, ns=(10**18, 10**18 + 123_456_700))
    made = backed_up(place, tmp_path / "backups")
    new = Workspace(tmp_path / "new")
    assert made.folder is not None
    for copied in made.folder.rglob("*.xlsx"):
        os.utime(copied)  # carried about on a disk that keeps no times
    restored(new, made.folder)
    assert (new.inbox / path.name).stat().st_mtime_ns == path.stat().st_mtime_ns


def test_locks_and_files_that_are_being_written_are_left_alone(place: Workspace, tmp_path: Path) -> None:
    (place.reports / ".abc123.tmp").write_bytes(b"half")
    (place.lock.parent / "ledger.db-journal").write_bytes(b"")
    made = backed_up(place, tmp_path / "backups")
    assert made.folder is not None and made.exit_code == 0
    names = set(content(made.folder))
    assert not [name for name in names if name.endswith((".tmp", ".lock", "-journal"))]


def test_two_backups_of_one_second_have_two_names(place: Workspace, tmp_path: Path) -> None:
    made = {backed_up(place, tmp_path / "backups").folder for _ in range(3)}
    assert len(made) == 3 and None not in made


@pytest.mark.parametrize("inside", ["workbooks", "reports/backups", "templates"])
def test_a_backup_does_not_lie_in_what_it_copies(place: Workspace, inside: str) -> None:
    before = content(place.root)
    made = backed_up(place, place.root / inside)
    assert (made.exit_code, codes(made), made.folder) == (2, ["backup.inside"], None)
    assert content(place.root) == before


def test_what_is_no_workspace_or_no_folder_is_refused(place: Workspace, tmp_path: Path) -> None:
    assert codes(backed_up(Workspace(tmp_path / "nothing"), tmp_path / "backups")) == [
        "run.no_workspace"
    ]
    assert not (tmp_path / "backups").exists()
    (tmp_path / "file").touch()
    assert codes(backed_up(place, tmp_path / "file")) == ["backup.no_folder"]


def test_a_backup_on_a_full_disk_leaves_nothing_behind(
    place: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = 0

    def full(*_: object) -> None:
        nonlocal written
        written += 1
        if written == 5:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(copying.os, "fsync", full)
    made = backed_up(place, tmp_path / "backups")
    assert (made.exit_code, codes(made)) == (2, ["run.not_written"])
    assert list((tmp_path / "backups").iterdir()) == []
    assert EventKind.BACKUP not in kinds(place)


def test_a_backup_that_was_interrupted_is_never_taken_for_a_whole_one(
    place: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """The process is gone: nothing after it is done."""

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(make.shutil, "rmtree", lambda *_, **__: None)
        patch.setattr(Path, "rename", killed)
        with pytest.raises(Killed):
            backed_up(place, tmp_path / "backups")
    [begun] = (tmp_path / "backups").iterdir()
    assert begun.name.endswith(".unfinished")
    assert (begun / "manifest.json").is_file()  # it is whole, but for its name
    assert codes(restored(Workspace(tmp_path / "new"), begun)) == ["restore.unfinished"]
    assert kinds(place)[-1] == "backup"  # which is told before it has its name
    assert backed_up(place, tmp_path / "backups").exit_code == 0


# --- while others write -----------------------------------------------------------------------------


def test_a_file_that_changes_while_it_is_copied_is_copied_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = tmp_path / "a", tmp_path / "copy" / "a"
    source.write_bytes(b"old")
    changes = iter([b"newer", b"newest"])
    real = copying._copy

    def meanwhile(one: Path, other: Path) -> tuple[int, str]:
        done = real(one, other)
        if (content := next(changes, None)) is not None:
            source.write_bytes(content)
        return done

    monkeypatch.setattr(copying, "_copy", meanwhile)
    copied = copying.copy_settled(source, target)
    assert target.read_bytes() == b"newest"
    assert copied.sha256 == hashlib.sha256(b"newest").hexdigest()


def test_a_file_that_never_rests_is_left_out_and_told(
    place: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    restless = place.lock.parent / "huibao.log"
    restless.write_bytes(b"x")
    real = copying._copy

    def meanwhile(source: Path, target: Path) -> tuple[int, str]:
        done = real(source, target)
        if source == restless:
            source.write_bytes(source.read_bytes() + b"x")
        return done

    monkeypatch.setattr(copying, "_copy", meanwhile)
    made = backed_up(place, tmp_path / "backups")
    assert (made.exit_code, codes(made)) == (1, ["backup.unsettled"])
    assert made.folder is not None and made.manifest is not None
    assert made.manifest.left_out == ("workbooks/huibao.log",)
    assert not (made.folder / "workbooks" / "huibao.log").exists()
    done = restored(Workspace(tmp_path / "new"), made.folder)
    assert (done.exit_code, codes(done)) == (0, ["restore.gaps"])


def test_a_file_that_goes_while_it_is_copied_is_told(place: Workspace, tmp_path: Path) -> None:
    path = place.inbox / "渔业局-2031.xlsx"

    def take_away(_: str, paths: list[Path]) -> list[Path]:
        if path in paths:
            path.unlink()
        return paths

    made = back_up(place, tmp_path / "backups", take_away)
    assert (made.exit_code, codes(made)) == (0, ["backup.gone"])
    assert made.folder is not None
    assert restored(Workspace(tmp_path / "new"), made.folder).exit_code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="rights and links of POSIX")
def test_what_cannot_be_read_and_what_is_a_link_is_told(
    place: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (place.inbox / "link.xlsx").symlink_to(tmp_path / "secret")
    os.mkfifo(place.inbox / "pipe.xlsx")
    barred = place.inbox / "渔业局-2031.xlsx"
    real = files.open_ordinary

    def bar(path: Path, more_flags: int = 0) -> int:
        if path == barred:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, more_flags)

    monkeypatch.setattr(files, "open_ordinary", bar)
    made = backed_up(place, tmp_path / "backups")
    assert made.exit_code == 1
    assert sorted(codes(made)) == ["backup.link", "backup.link", "backup.unread"]
    assert made.folder is not None
    assert "workbooks/inbox/link.xlsx" not in content(made.folder)
    assert b"secret" not in content(made.folder).values()


@pytest.mark.skipif(sys.platform == "win32", reason="links of POSIX")
def test_an_inbox_that_lies_on_a_share_is_copied(place: Workspace, tmp_path: Path) -> None:
    share = tmp_path / "share"
    place.inbox.rename(share)
    place.inbox.symlink_to(share, target_is_directory=True)
    (share / "sub").mkdir()
    (share / "sub" / "loop").symlink_to(share, target_is_directory=True)
    made = backed_up(place, tmp_path / "backups")
    assert (made.exit_code, codes(made)) == (1, ["backup.link"])  # the loop
    assert made.folder is not None
    assert (made.folder / "workbooks" / "inbox" / "渔业局-2031.xlsx").is_file()
    before = content(place.root)
    done = restored(place, made.folder, replace=True)
    assert (done.exit_code, codes(done)) == (2, ["restore.link"])
    assert content(place.root) == before


BUSY = """
import sys
from pathlib import Path
from generators.workspace import Workspace
from tests.small_workspace import hand_in, ran
from tests.workbooks import FILLED
place, stop = Workspace(Path(sys.argv[1])), Path(sys.argv[2])
number = 0
while not stop.exists():
    number += 1
    value = f"98.{10 + number % 80} "
    hand_in(place, FILLED, ("98.25 ", value))
    done = ran(place)
    assert done.report is not None, done.findings
    print(number, flush=True)
"""


def test_backups_made_while_another_process_runs_are_consistent(tmp_path: Path) -> None:
    place = small_workspace(tmp_path / "workspace")
    stop = tmp_path / "stop"
    busy = subprocess.Popen(
        [sys.executable, "-c", BUSY, str(place.root), str(stop)],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert busy.stdout is not None
    try:
        made = []
        for _ in range(5):
            busy.stdout.readline()  # another run has come to its end
            made.append(backed_up(place, tmp_path / "backups"))
    finally:
        stop.touch()
        busy.stdout.read()
        assert busy.wait() == 0
    assert verify(place).exit_code == 0
    for number, backup in enumerate(made):
        assert set(codes(backup)) <= {"backup.gone"}
        new = Workspace(tmp_path / f"new-{number}")
        assert restored(new, backup.folder).exit_code == 0
        assert_consistent(new)
        done = ran(new)
        assert done.exit_code == 0
        assert "report.copied" not in brief(done.findings), "a report that the ledger does not know"
        assert_consistent(new)


def test_a_process_that_is_killed_leaves_a_log_that_is_sound(tmp_path: Path) -> None:
    place = small_workspace(tmp_path / "workspace")
    command = [sys.executable, "-c", BUSY, str(place.root), str(tmp_path / "never")]
    for _ in range(3):
        with subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE) as busy:
            assert busy.stdout is not None
            assert busy.stdout.readline()  # one run is over, the next has begun
            busy.kill()
        assert verify(place).exit_code == 0
    hand_in(place)
    assert ran(place).exit_code == 0
    assert_consistent(place)


def assert_consistent(place: Workspace) -> None:
    """What the ledger speaks of is there, and what is there the ledger knows."""
    assert verify(place).exit_code == 0
    with Ledger(sqlite_url(place.ledger)) as ledger:
        vintages = [item for each in ledger.vintages(PACK, "2031").values() for item in each]
        report = place.reports / REPORT
        if report.is_file():
            assert ledger.issue_of_document(hashlib.sha256(report.read_bytes()).hexdigest()) is not None
        accepted = [item.sha256 for item in vintages if item.department == "yy"]
    for item in vintages:
        original = place.archive / f"{item.sha256}.xlsx"
        assert hashlib.sha256(original.read_bytes()).hexdigest() == item.sha256
    inbox = hashlib.sha256((place.inbox / "渔业局-2031.xlsx").read_bytes()).hexdigest()
    assert inbox not in accepted[:-1], "the inbox is older than what was taken in"


def test_a_database_that_is_written_all_the_time_is_copied_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_copying, "_PAGES", 1)
    source, target = tmp_path / "ledger.db", tmp_path / "copy.db"
    with closing(sqlite3.connect(source)) as writing:
        writing.execute("CREATE TABLE t (a INTEGER, b TEXT)")
        writing.executemany("INSERT INTO t VALUES (?, ?)", ((n, "x" * 4000) for n in range(50)))
        writing.commit()
        starts = []
        real = ledger_copying._copy

        def counted(reading: sqlite3.Connection, to: Path, pages: int) -> None:
            starts.append(pages)
            real(reading, to, pages)

        class Interrupted(sqlite3.Connection):
            """Between the steps of a copy another program writes to what is copied."""

            def backup(self, target: sqlite3.Connection, **words: Any) -> None:
                look = words["progress"]

                def and_write(*left: int) -> None:
                    look(*left)
                    # Two rows that belong together: half of it must never be copied.
                    writing.execute("INSERT INTO t VALUES (-1, ''), (-2, '')")
                    writing.commit()

                super().backup(target, **{**words, "progress": and_write})

        connect = sqlite3.connect
        monkeypatch.setattr(ledger_copying, "_copy", counted)
        monkeypatch.setattr(
            sqlite3, "connect", lambda *a, **words: connect(*a, **words, factory=Interrupted)
        )
        copy_database(source, target)
    assert starts == [1, -1]
    with closing(connect(target)) as copied:
        [(one, other)] = copied.execute("SELECT SUM(a = -1), SUM(a = -2) FROM t")
    assert one == other > 0


def test_a_damaged_ledger_is_told_and_the_rest_is_copied(place: Workspace, tmp_path: Path) -> None:
    place.ledger.write_bytes(b"SQLite format 3\x00" + b"\xff" * 4000)
    made = backed_up(place, tmp_path / "backups")
    assert (made.exit_code, codes(made)) == (1, ["backup.ledger_damaged"])
    assert made.manifest is not None and made.manifest.ledger == "damaged"
    assert len(made.manifest.files) > 5
    done = restored(Workspace(tmp_path / "new"), made.folder)
    assert (done.exit_code, codes(done)) == (0, ["restore.no_ledger", "restore.gaps"])


def test_a_workspace_in_which_nothing_has_been_run_is_backed_up(tmp_path: Path) -> None:
    place = small_workspace(tmp_path / "workspace")
    made = backed_up(place, tmp_path / "backups")
    assert (made.exit_code, codes(made)) == (0, [])
    assert made.manifest is not None and made.manifest.ledger == "none"
    new = Workspace(tmp_path / "new")
    assert restored(new, made.folder).exit_code == 0
    assert ran(new).exit_code == 0
    assert verify(new).exit_code == 0


# --- another database -------------------------------------------------------------------------------


def test_a_ledger_in_another_database_is_told_and_the_rest_is_copied(
    place: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A database in memory stands for PostgreSQL: neither is a file that could be copied.
    monkeypatch.setenv(LEDGER_VARIABLE, "sqlite://")
    made = backed_up(place, tmp_path / "backups")
    assert (made.exit_code, codes(made)[0]) == (0, "backup.other_database")
    assert made.manifest is not None and made.folder is not None
    assert (made.manifest.ledger, made.manifest.log) == ("elsewhere", ChainEnd())
    assert LEDGER not in content(made.folder)
    done = restored(Workspace(tmp_path / "new"), made.folder)
    assert (done.exit_code, codes(done)) == (0, ["restore.other_database"])


def test_a_ledger_in_another_sqlite_file_is_copied(
    place: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = tmp_path / "city.db"
    place.ledger.rename(city)
    monkeypatch.setenv(LEDGER_VARIABLE, sqlite_url(city))
    made = backed_up(place, tmp_path / "backups")
    assert (made.exit_code, codes(made)) == (0, [])
    monkeypatch.delenv(LEDGER_VARIABLE)
    new = Workspace(tmp_path / "new")
    assert restored(new, made.folder).exit_code == 0
    assert verify(new).exit_code == 0


# --- put back ---------------------------------------------------------------------------------------


def test_after_a_restore_everything_is_as_it_was(place: Workspace, tmp_path: Path) -> None:
    made = backed_up(place, tmp_path / "backups")
    new = Workspace(tmp_path / "new")
    done = restored(new, made.folder)
    assert (done.exit_code, codes(done), done.replaced) == (0, [], None)
    assert beside_the_log(content(new.root)) == beside_the_log(content(place.root))
    assert status(new) == status(place)
    before = verify(place)
    after = verify(new)
    assert (after.exit_code, after.end.count) == (before.exit_code, before.end.count)
    assert kinds(new)[:-1] == kinds(place)[:-1]
    assert (kinds(place)[-1], kinds(new)[-1]) == ("backup", "restore")
    one, other = ran(place), ran(new)
    assert (one.exit_code, brief(one.findings)) == (other.exit_code, brief(other.findings))
    assert beside_the_log(content(new.root)) == beside_the_log(content(place.root))
    assert not list(new.root.glob(".huibao-*")) and not new.unfinished_restore.exists()


def test_a_workspace_that_is_in_use_is_replaced_only_on_demand_and_kept_aside(
    place: Workspace, tmp_path: Path
) -> None:
    made = backed_up(place, tmp_path / "backups")
    hand_in(place, FILLED, ("98.25 ", "98.26 "))
    (place.reports / "later.txt").write_text("later", encoding="utf-8")
    ran(place)
    before = content(place.root)
    refused = restored(place, made.folder)
    assert (refused.exit_code, codes(refused)) == (2, ["restore.not_empty"])
    assert content(place.root) == before
    head = read_head(place.audit_head)
    done = restored(place, made.folder, replace=True)
    assert done.exit_code == 0 and done.replaced is not None
    assert done.replaced.parent == place.root
    assert content(done.replaced) == before
    assert not (place.reports / "later.txt").exists()
    assert verify(place).exit_code == 0
    with Ledger(sqlite_url(place.ledger)) as ledger:
        *_, event = ledger.log(Asked())
    assert head is not None
    assert event.happening.detail["replaced"] == {"count": head.end.count, "hash": head.end.hash}
    assert event.happening.detail["aside"] == done.replaced.name
    # Of what was replaced, a head kept elsewhere still tells.
    assert verify(place, done.replaced / HEAD).exit_code == 1


def test_folders_that_are_empty_are_no_content(place: Workspace, tmp_path: Path) -> None:
    made = backed_up(place, tmp_path / "backups")
    new = Workspace(tmp_path / "new")
    for folder in (new.templates, new.inbox, new.forms, new.reports):
        folder.mkdir(parents=True)
    done = restored(new, made.folder)
    assert (done.exit_code, done.replaced) == (0, None)
    assert sorted(path.name for path in new.root.iterdir()) == ["reports", "templates", "workbooks"]


def lose(folder: Path) -> str:
    (folder / "workbooks" / "inbox" / "渔业局-2031.xlsx").unlink()
    return "restore.lacking"


def flip_a_bit(folder: Path) -> str:
    path = folder / "workbooks" / "ledger.db"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    return "restore.changed"


def cut(folder: Path) -> str:
    path = folder / "templates" / PACK / "report.docx"
    path.write_bytes(path.read_bytes()[:-1])
    return "restore.changed"


def cut_manifest(folder: Path) -> str:
    path = folder / "manifest.json"
    path.write_bytes(path.read_bytes()[:-20])
    return "restore.manifest_damaged"


def lose_manifest(folder: Path) -> str:
    (folder / "manifest.json").unlink()
    return "restore.no_manifest"


def drop_an_entry(folder: Path) -> str:
    path = folder / "manifest.json"
    value = json.loads(path.read_bytes())
    del value["files"][0]
    path.write_text(json.dumps(value), encoding="utf-8")
    return "restore.manifest_damaged"


def change_an_entry(folder: Path) -> str:
    path = folder / "manifest.json"
    path.write_text(path.read_text("utf-8").replace("渔业局", "茶业局"), encoding="utf-8")
    return "restore.manifest_damaged"


DAMAGES = [lose, flip_a_bit, cut, cut_manifest, lose_manifest, drop_an_entry, change_an_entry]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_backup_is_refused_and_nothing_is_touched(
    place: Workspace, tmp_path: Path, damage: Callable[[Path], str]
) -> None:
    made = backed_up(place, tmp_path / "backups")
    assert made.folder is not None
    code = damage(made.folder)
    before = content(place.root)
    for target in (place, Workspace(tmp_path / "new")):
        refused = restored(target, made.folder, replace=True)
        assert (refused.exit_code, codes(refused)) == (2, [code])
    assert content(place.root) == before
    assert not (tmp_path / "new").exists()


OUTSIDE = "../outside.txt /etc/passwd templates/../../x other/x templates reports//x".split()


@pytest.mark.parametrize("path", [*OUTSIDE, ""])
def test_a_manifest_never_leads_out_of_the_workspace(tmp_path: Path, path: str) -> None:
    (tmp_path / "outside.txt").write_bytes(b"x")
    item = CopiedFile(path, 1, hashlib.sha256(b"x").hexdigest(), 0)
    value = BackupManifest("", "", "", "none", 0, ChainEnd(), (item,))
    folder = tmp_path / "huibao-1"
    folder.mkdir()
    (folder / "manifest.json").write_bytes(manifest.manifest_bytes(value))
    assert codes(restored(Workspace(tmp_path / "new"), folder)) == ["restore.manifest_damaged"]


def test_a_backup_of_a_newer_program_is_refused(place: Workspace, tmp_path: Path) -> None:
    value = BackupManifest("", "", "", "sqlite", 99, ChainEnd(), ())
    folder = tmp_path / "huibao-1"
    folder.mkdir()
    (folder / "manifest.json").write_bytes(manifest.manifest_bytes(value))
    assert codes(restored(Workspace(tmp_path / "new"), folder)) == ["run.ledger_newer"]


def test_what_somebody_added_to_a_backup_is_not_put_in_place(place: Workspace, tmp_path: Path) -> None:
    made = backed_up(place, tmp_path / "backups")
    assert made.folder is not None
    (made.folder / "workbooks" / "inbox" / "Thumbs.db").write_bytes(b"x")
    new = Workspace(tmp_path / "new")
    assert restored(new, made.folder).exit_code == 0
    assert not (new.inbox / "Thumbs.db").exists()


def test_no_restore_while_a_run_works(place: Workspace, tmp_path: Path) -> None:
    made = backed_up(place, tmp_path / "backups")
    before = content(place.root)
    with FileLock(place.lock):
        assert codes(restored(place, made.folder, replace=True)) == ["run.busy"]
        assert backed_up(place, tmp_path / "backups").exit_code == 0  # which needs no lock
    assert beside_the_log(content(place.root)) == beside_the_log(before)


# --- interrupted ------------------------------------------------------------------------------------


class KilledError(BaseException):
    """The process is gone: nothing after it is done."""


@pytest.fixture
def replaced(place: Workspace, tmp_path: Path) -> tuple[Workspace, Path, dict[str, bytes], int]:
    """A workspace that has moved on since its backup, its content, and how many moves a restore has."""
    made = backed_up(place, tmp_path / "backups")
    hand_in(place, FILLED, ("98.25 ", "98.26 "))
    ran(place)
    assert made.folder is not None
    pieces = len([path for path in place.lock.parent.iterdir() if path.suffix != ".lock"])
    kept = len(list((made.folder / "workbooks").iterdir()))
    return place, made.folder, content(place.root), 4 + pieces + kept


def moves_until(last: int, error: BaseException) -> Callable[[Path, Path], None]:
    """Moves that fail at the ``last`` one, counted from 1, and only there."""
    count = 0
    real = restoring._rename

    def move(source: Path, target: Path) -> None:
        nonlocal count
        count += 1
        if count == last:
            raise error
        real(source, target)

    return move


def test_a_move_that_fails_undoes_those_before_it(
    replaced: tuple[Workspace, Path, dict[str, bytes], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, backup, before, moves = replaced
    assert moves >= 10
    for last in range(1, moves + 1):
        with monkeypatch.context() as patch:
            # As Windows refuses to move a folder in which a file is open.
            error = PermissionError(13, "Permission denied", "reports")
            patch.setattr(restoring, "_rename", moves_until(last, error))
            done = restored(place, backup, replace=True)
        assert (done.exit_code, codes(done)) == (2, ["run.not_written"]), last
        assert content(place.root) == before, last
        assert not list(place.root.glob(".huibao-*")) and not list(place.root.glob("replaced-*"))
    assert restored(place, backup, replace=True).exit_code == 0


def test_a_restore_that_was_killed_is_undone_and_done_by_the_next(
    replaced: tuple[Workspace, Path, dict[str, bytes], int],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    place, backup, before, moves = replaced
    for last in range(1, moves + 1):
        one = Workspace(tmp_path / f"copy-{last}")
        shutil.copytree(place.root, one.root)
        with monkeypatch.context() as patch:
            patch.setattr(restoring, "_rename", moves_until(last, KilledError()))
            patch.setattr(restoring, "_undo", lambda *_: None)
            with pytest.raises(KilledError):
                restored(one, backup, replace=True)
        stopped = ran(one)
        assert (stopped.exit_code, brief(stopped.findings)) == (2, ["run.restoring"])
        assert codes(backed_up(one, tmp_path / "more")) == ["run.restoring"]
        done = restored(one, backup, replace=True)
        assert done.exit_code == 0 and done.replaced is not None
        assert content(done.replaced) == before, last
        assert verify(one).exit_code == 0
        assert not list(one.root.glob(".huibao-*")) and not one.unfinished_restore.exists()
        assert len(list(one.root.glob("replaced-*"))) == 1


def test_what_was_staged_and_then_taken_away_costs_no_old_content(
    replaced: tuple[Workspace, Path, dict[str, bytes], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, backup, before, _ = replaced
    with monkeypatch.context() as patch:
        patch.setattr(restoring, "_rename", moves_until(2, KilledError()))
        patch.setattr(restoring, "_undo", lambda *_: None)
        with pytest.raises(KilledError):
            restored(place, backup, replace=True)
    [staged] = place.root.glob(".huibao-restore-*")
    shutil.rmtree(staged)
    done = restored(place, backup, replace=True)
    assert done.replaced is not None
    assert content(done.replaced) == before


# --- as a person calls them -------------------------------------------------------------------------


def test_the_commands_make_and_restore(place: Workspace, tmp_path: Path) -> None:
    outcome = huibao(place.root, "backup", str(tmp_path / "backups"))
    assert (outcome.code, outcome.result["ledger"], outcome.result["left_out"]) == (0, "sqlite", [])
    folder = outcome.result["backup"]
    assert outcome.result["files"] == len(content(Path(folder))) - 1
    assert (
        outcome.result["manifest"]
        == hashlib.sha256((Path(folder) / "manifest.json").read_bytes()).hexdigest()
    )
    new = tmp_path / "new"
    new.mkdir()
    done = huibao(new, "restore", folder)
    assert (done.code, done.result["workspace"], done.result["replaced"]) == (0, str(new), None)
    again = call("restore", folder, "--workspace", str(new))
    assert again.returncode == 2
    assert "--replace" in again.stderr
    shown = call("restore", folder, "--workspace", str(new), "--replace", "--lang", "en")
    assert shown.returncode == 0, shown.stderr
    assert "What was there before is in" in shown.stdout
    assert huibao(new, "audit-log", "verify").code == 0


def test_a_backup_takes_little_memory(tmp_path: Path) -> None:
    source = tmp_path / "big"
    with source.open("wb") as file:
        file.truncate(300 * 2**20)
    code = (
        "import sys, tracemalloc\n"
        "from pathlib import Path\n"
        "from generators.backup.copying import copy_settled\n"
        "tracemalloc.start()\n"
        "copy_settled(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "print(tracemalloc.get_traced_memory()[1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(source), str(tmp_path / "copy")],
        cwd=CHECKOUT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert int(done.stdout) < 8 * 2**20
