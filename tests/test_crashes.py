"""A run that is killed, or refused something, at any of its operations: the next one completes it."""

from __future__ import annotations

import errno
import io
import os
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from generators.ledger import Ledger, sqlite_url
from generators.pipeline import NOTHING, Run
from generators.unforeseen import unforeseen
from generators.workspace import Workspace
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


def like_the_command(place: Workspace) -> Run:
    try:
        return ran(place)
    except Exception as error:
        return Run(NOTHING, findings=(unforeseen(error, quiet=True),))
