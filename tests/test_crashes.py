"""A run that is killed, or refused something, at any of its operations: the next one completes it."""

from __future__ import annotations

import errno
import io
import os
import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from filelock import FileLock

from generators.backup import back_up
from generators.exclusive import at_work
from generators.forms.issue import issue_forms
from generators.ledger import Ledger, sqlite_url
from generators.pipeline import NOTHING, Run
from generators.publishing import Wish, publish
from generators.seal_key import make_seal_key
from generators.unforeseen import unforeseen
from generators.workspace import Workspace, open_pack
from tests.faulty import die, faulty, refuse
from tests.small_workspace import edit, hand_in, ran, small_workspace
from tests.workbooks import FILLED, PACK

STEM = "临溪区渔业发展报告-2031"
OUTPUTS = (f"reports/{STEM}.docx", f"reports/{STEM}-汇总表.xlsx")
CHANGED = ("98.25 ", "98.26 ")
TYPED = "（已经综合科核对。）"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no fork on Windows")


def first_run(folder: Path) -> Workspace:
    """Nothing has been written yet."""
    return small_workspace(folder)


def edited_report(folder: Path) -> Workspace:
    """The report was edited by hand, and a department has handed in another figure."""
    place = small_workspace(folder)
    ran(place)
    edit(place.reports / f"{STEM}.docx", lambda made: made.paragraphs[1].add_run(TYPED))
    hand_in(place, FILLED, CHANGED)
    return place


SCENES: dict[str, Callable[[Path], Workspace]] = {
    "first run": first_run,
    "edited report": edited_report,
}


@dataclass(frozen=True)
class Scene:
    """A workspace before a run, what the undisturbed run made of it, and its operations by name."""

    start: Path
    made: dict[str, bytes]
    accepted: dict[str, list[str]]
    operations: tuple[str, ...]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Scene]:
    @cache
    def prepared(name: str) -> Scene:
        folder = tmp_path_factory.mktemp("scene")
        SCENES[name](folder / "start")
        place = copied(folder / "start", folder / "undisturbed")
        with faulty(place.root) as counted:
            assert ran(place).exit_code == 0
        return Scene(folder / "start", outputs(place), accepted(place), tuple(counted.names))

    return prepared


def copied(start: Path, to: Path) -> Workspace:
    shutil.copytree(start, to, copy_function=shutil.copy2)
    return Workspace(to)


def outputs(place: Workspace) -> dict[str, bytes]:
    return {name: (place.root / name).read_bytes() for name in OUTPUTS if (place.root / name).exists()}


def accepted(place: Workspace) -> dict[str, list[str]]:
    """The content of every vintage by department."""
    with Ledger(sqlite_url(place.ledger)) as ledger:
        vintages = ledger.vintages(PACK, "2031")
    return {department: [item.sha256 for item in each] for department, each in vintages.items()}


def killed(place: Workspace, at: int) -> bool:
    """Whether the run in a process of its own died at its ``at``-th operation."""
    child = os.fork()
    if not child:
        with faulty(place.root, at, die):
            ran(place)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 9


def halves(place: Workspace) -> list[str]:
    """The files in places where people look that cannot be opened whole."""
    bad = []
    for folder in (place.reports, place.returned, place.archive, place.inbox):
        for path in folder.rglob("*"):
            if path.is_file() and not path.name.startswith("."):
                with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
                    bad += [str(path)] if archive.testzip() else []
    return bad


def leftovers(place: Workspace) -> list[str]:
    return [path.name for path in place.root.rglob(".huibao-*")]


@pytest.mark.parametrize("name", SCENES)
def test_a_run_that_is_killed_at_any_operation_is_completed_by_the_next(
    name: str,
    scene: Callable[[str], Scene],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    whole = scene(name)
    before = outputs(Workspace(whole.start))
    recovered = 0
    for at, operation in enumerate(whole.operations, start=1):
        place = copied(whole.start, tmp_path / str(at))
        assert killed(place, at), operation
        assert halves(place) == [], operation
        for path, data in outputs(place).items():
            assert data in (before.get(path), whole.made[path]), f"{operation}: {path}"
        assert set(outputs(place)) >= set(before), operation
        assert ran(place).exit_code == 0, operation
        assert outputs(place) == whole.made, operation
        assert accepted(place) == whole.accepted, operation
        assert leftovers(place) == [], operation
        recovered += 1
        shutil.rmtree(place.root)
    points = len(whole.operations)
    record_property(
        "counted",
        f"{name}: killed at {points} operations, {recovered} recovered, {points - recovered} lost",
    )
    assert recovered == points > 50


REFUSALS = {
    "full disk": OSError(errno.ENOSPC, "No space left on device"),
    "read-only": PermissionError(errno.EACCES, "Permission denied"),
    "lost share": OSError(errno.EIO, "Input/output error"),
}


@pytest.mark.parametrize("why", REFUSALS)
@pytest.mark.parametrize("name", SCENES)
def test_whatever_the_system_refuses_is_told_and_made_good_by_the_next_run(
    name: str, why: str, scene: Callable[[str], Scene], tmp_path: Path
) -> None:
    whole = scene(name)
    before = outputs(Workspace(whole.start))
    # Every third operation a kind of refusal, each kind another third.
    first = 1 + list(REFUSALS).index(why)
    for at in range(first, len(whole.operations) + 1, 3):
        operation = whole.operations[at - 1]
        place = copied(whole.start, tmp_path / str(at))
        with faulty(place.root, at, refuse(REFUSALS[why])):
            done = like_the_command(place)
        assert halves(place) == [], operation
        if "open r workbooks/inbox/" in operation:  # the other departments go on
            codes = [item.code for item in done.findings]
            assert (done.exit_code, "format.unreadable" in codes) == (1, True), operation
            assert ("format.stands" in codes) == bool(before), operation
        else:
            for path, data in outputs(place).items():
                assert data in (before.get(path), whole.made[path]), f"{operation}: {path}"
        if done.exit_code == NOTHING:
            assert done.findings, operation
            assert "run.failed" not in [item.code for item in done.findings], operation
            assert outputs(place) == before, operation
        assert ran(place).exit_code == 0, operation
        assert outputs(place) == whole.made, operation
        assert accepted(place) == whole.accepted, operation
        assert leftovers(place) == [], operation
        shutil.rmtree(place.root)


def everything(place: Workspace) -> None:
    """All that writes files into a workspace, once."""
    (place.inbox / "陌生.xlsx").write_bytes(b"no workbook")
    ran(place)
    edit(place.reports / f"{STEM}.docx", lambda made: made.paragraphs[1].add_run(TYPED))
    ran(place, compared=True)
    publish(place, None, None, Wish(anyway="试"), lambda _, paths: paths)
    ran(place, compared=True)
    definition = open_pack(place, None, None).value
    assert definition is not None
    issue_forms(place, definition, lambda _, paths: paths, make_seal_key(place)[0])


def test_what_a_kill_leaves_half_written_is_swept_wherever_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generators.publishing.find_office", lambda: None)
    small_workspace(tmp_path / "start")
    with faulty(copied(tmp_path / "start", tmp_path / "whole").root) as counted:
        everything(Workspace(tmp_path / "whole"))
    temporary = re.compile(r"open w (.*/|)(\.huibao-|seal\.key\.)\w+\.tmp")
    first: dict[str, int] = {}
    for at, operation in enumerate(counted.names, start=1):
        if found := temporary.fullmatch(operation):
            first.setdefault(found[1] + found[2], at)
    left: dict[str, list[str]] = {}
    for folder, at in first.items():
        place = copied(tmp_path / "start", tmp_path / str(at))
        child = os.fork()
        if not child:
            with faulty(place.root, at + 1, die):
                everything(place)
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 9, folder
        assert list(place.root.rglob("*.tmp")), folder
        with at_work(place) as ledger:
            assert isinstance(ledger, Ledger)
        left[folder] = [path.name for path in place.root.rglob("*.tmp")]
        shutil.rmtree(place.root)
    assert left == {folder: [] for folder in first}
    folders = {name.removeprefix("workbooks/").rpartition("/")[0].partition("/")[0] for name in first}
    assert folders >= {"quarantine", "archive", "returned", "forms", "reports", ""}
    assert {"workbooks/seal.key.", "workbooks/.huibao-"} <= set(first)
    assert {"reports/edited/.huibao-", "reports/published/.huibao-"} <= set(first)


def test_a_backup_that_was_killed_is_taken_away_by_the_next_whole_one(tmp_path: Path) -> None:
    place = small_workspace(tmp_path / "start")
    ran(place)
    target = tmp_path / "backups"
    child = os.fork()
    if not child:
        with faulty(target, 20, die):
            back_up(place, target, lambda _, paths: paths)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 9
    [begun] = [path for path in target.iterdir() if path.is_dir()]
    assert begun.name.endswith(".unfinished")
    (target / "huibao-mine.unfinished").mkdir()
    with FileLock(target / f".{begun.name}.lock", timeout=0):
        made = back_up(place, target, lambda _, paths: paths)
        assert begun.is_dir(), "somebody is making it still"
    assert made.folder is not None
    other = back_up(place, target, lambda _, paths: paths)
    assert other.folder is not None
    names = {made.folder.name, other.folder.name, "huibao-mine.unfinished"}
    assert {path.name for path in target.iterdir()} == names


def like_the_command(place: Workspace) -> Run:
    try:
        return ran(place)
    except Exception as error:
        return Run(NOTHING, findings=(unforeseen(error, quiet=True),))
