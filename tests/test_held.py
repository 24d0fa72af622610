"""Files that another program has open, folders that have gone: what a run writes then, and says."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

from generators.exclusive import at_work
from generators.ledger import Ledger
from generators.messages import message
from generators.model import Finding
from generators.pipeline import Run
from generators.workspace import Workspace, write_files
from tests.small_workspace import edit, hand_in, ran, small_workspace
from tests.workbooks import FILLED

STEM = "临溪区渔业发展报告-2031"
CHANGED = ("98.25 ", "98.26 ")


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    made = small_workspace(tmp_path / "workspace")
    ran(made)
    return made


def held(monkeypatch: pytest.MonkeyPatch, *paths: Path) -> None:
    """As Windows does: what Word has open may be read, and not be replaced."""
    replace = Path.replace

    def refusing(self: Path, target: Any) -> Path:
        if Path(target) in paths:
            raise PermissionError(13, "The process cannot access the file", str(target))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refusing)


def codes(done: Run) -> list[str]:
    return [item.code for item in done.findings]


def test_a_report_open_in_word_is_written_beside_and_later_under_its_own_name(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    report, beside = place.reports / f"{STEM}.docx", place.reports / f"{STEM}（2）.docx"
    before = report.read_bytes()
    hand_in(place, FILLED, CHANGED)
    with monkeypatch.context() as patched:
        held(patched, report)
        done = ran(place)
        assert (done.exit_code, done.report, codes(done)) == (0, beside, ["run.beside"])
        assert message(done.findings[0]).startswith(f"“{STEM}.docx”正在其他程序中打开")
        assert report.read_bytes() == before
        assert ran(place).report == beside, "what nobody has edited is written over"
    done = ran(place)
    assert (done.report, codes(done)) == (report, [])
    assert report.read_bytes() == beside.read_bytes()


def test_what_somebody_edited_beside_is_not_written_over(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    held(monkeypatch, place.reports / f"{STEM}.docx")
    first = ran(place).report
    assert first is not None
    edit(first, lambda made: made.add_paragraph("手工补充的一段。"))
    assert ran(place).report == place.reports / f"{STEM}（3）.docx"


def test_edits_made_meanwhile_are_kept_when_it_is_closed(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = place.reports / f"{STEM}.docx"
    hand_in(place, FILLED, CHANGED)
    with monkeypatch.context() as patched:
        held(patched, report)
        ran(place)
    edit(report, lambda made: made.add_paragraph("手工补充的一段。"))
    done = ran(place)
    assert (done.report, "report.copied" in codes(done)) == (report, True)
    said: list[str] = []
    edit(report, lambda made: said.extend(item.text for item in made.paragraphs))
    assert said[-1] == "手工补充的一段。"


def test_report_and_summary_may_both_be_open(place: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    held(monkeypatch, place.reports / f"{STEM}.docx", place.reports / f"{STEM}-汇总表.xlsx")
    done = ran(place)
    assert done.report == place.reports / f"{STEM}（2）.docx"
    assert done.summary == place.reports / f"{STEM}-汇总表（2）.xlsx"
    assert codes(done) == ["run.beside", "run.beside"]


def test_a_folder_that_may_not_be_written_leaves_all_as_it_was(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path: path.read_bytes() for path in place.reports.iterdir()}
    make = tempfile.mkstemp

    def refusing(prefix: str, suffix: str, dir: Path) -> tuple[int, str]:
        if dir == place.reports:
            raise PermissionError(13, "Permission denied")
        return make(prefix=prefix, suffix=suffix, dir=dir)

    monkeypatch.setattr("generators.workspace.tempfile.mkstemp", refusing)
    hand_in(place, FILLED, CHANGED)
    done = ran(place)
    assert done.exit_code == 2
    assert "run.not_written" in codes(done)
    assert {path: path.read_bytes() for path in place.reports.iterdir()} == before


def test_without_an_inbox_no_report_of_missing_departments_is_made(place: Workspace) -> None:
    before = (place.reports / f"{STEM}.docx").read_bytes()
    place.inbox.rename(place.inbox.with_name("away"))
    done = ran(place)
    assert (done.exit_code, codes(done)) == (2, ["run.no_inbox"])
    assert (place.reports / f"{STEM}.docx").read_bytes() == before


def test_what_a_killed_program_left_is_cleared_away(place: Workspace) -> None:
    folders = [place.root, *place.private_folders, place.forms, place.edited, place.published]
    folders += [place.reports, place.returned / "渔业局", place.inbox.parent / "a new one" / "below"]
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".huibao-abc.tmp").write_bytes(b"half")
    (place.inbox.parent / "seal.key.abc.tmp").write_bytes(b"half a key")
    (place.root / ".huibao-restore-20310101-000000" / "workbooks").mkdir(parents=True)
    for folder in (place.templates, place.inbox):  # other people's
        (folder / ".huibao-theirs.tmp").write_bytes(b"half")
    with at_work(place) as ledger:
        assert isinstance(ledger, Ledger)
    left = sorted(path.name for path in place.root.rglob("*.tmp"))
    assert left == [".huibao-theirs.tmp"] * 2
    assert list(place.root.glob(".huibao-*")) == []


def test_files_are_written_all_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_bytes(b"old")
    two.write_bytes(b"old")
    held(monkeypatch, two)
    refused = write_files({one: b"new", two: b"new"})
    assert isinstance(refused, Finding) and refused.code == "run.held"
    assert (one.read_bytes(), two.read_bytes()) == (b"old", b"old")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]


@pytest.mark.parametrize("reads", [True, False])
def test_a_form_that_is_open_does_not_take_its_figures_away(
    place: Workspace, monkeypatch: pytest.MonkeyPatch, reads: bool
) -> None:
    """Excel on a share: the file is there and cannot be read."""
    form = place.inbox / "渔业局-2031.xlsx"
    opened = os.open

    def refusing(path: str | Path, *arguments: Any, **words: Any) -> int:
        if Path(path) == form and not reads:
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *arguments, **words)

    monkeypatch.setattr(os, "open", refusing)
    done = ran(place)
    assert done.accepted == ("渔业局", "交通局")
    assert ("format.stands" in codes(done)) is not reads
    assert done.exit_code == (0 if reads else 1)
