"""Which files of the inbox have come to rest."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from generators.intake.settling import REST, Look, Settling, is_young
from tests.workbooks import FILLED, filled_form, sound_definition

FORM = filled_form(sound_definition(), FILLED)


def seen(look: Look) -> dict[str, list[str]]:
    return {
        "settled": sorted(path.name for path in look.settled),
        "unsettled": sorted(path.name for path in look.unsettled),
    }


SETTLED = {"settled": ["a.xlsx"], "unsettled": []}
UNSETTLED = {"settled": [], "unsettled": ["a.xlsx"]}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.xlsx"
    path.write_bytes(FORM)
    return path


def test_a_file_is_at_rest_when_it_was_the_same_twice(file: Path) -> None:
    settling = Settling()
    first, second, third = (settling.look([file]) for _ in range(3))
    assert [seen(look) for look in (first, second, third)] == [UNSETTLED, SETTLED, SETTLED]
    assert [look.first for look in (first, second, third)] == [True, False, False]
    assert not settling.waits


def test_a_file_that_grows_is_waited_for(file: Path) -> None:
    settling = Settling()
    for share in (4, 2, 1):
        file.write_bytes(FORM[: len(FORM) // share])
        assert seen(settling.look([file])) == UNSETTLED
        assert settling.waits
    assert seen(settling.look([file])) == SETTLED


def test_a_file_written_anew_is_waited_for_once_more(file: Path) -> None:
    settling = Settling()
    settling.look([file])
    settling.look([file])
    status = file.stat()
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns + 1_000))
    assert seen(settling.look([file])) == UNSETTLED
    assert seen(settling.look([file])) == SETTLED


@pytest.mark.parametrize("content", [FORM[:-200], FORM[:3], b"", b"\0" * len(FORM)])
def test_half_a_file_that_stands_still_is_no_whole_one(file: Path, content: bytes) -> None:
    """Windows sets the whole space aside before it copies; a network may pause."""
    file.write_bytes(content)
    settling = Settling()
    for _ in range(30):
        assert seen(settling.look([file])) == UNSETTLED
    written(file, -REST - 1)
    assert [seen(settling.look([file])) for _ in range(2)] == [UNSETTLED, SETTLED], "it is damaged"
    file.write_bytes(FORM)
    assert [seen(settling.look([file])) for _ in range(2)] == [UNSETTLED, SETTLED]


@pytest.mark.parametrize("content", [b"<html>a page</html>", b"%PDF-1.7", b"text"])
def test_what_is_no_beginning_of_a_workbook_is_at_rest(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    settling = Settling()
    assert [seen(settling.look([file])) for _ in range(2)] == [UNSETTLED, SETTLED]


@pytest.mark.parametrize(
    ("ahead", "young"), [(-REST - 2, False), (-REST + 5, True), (20, True), (3600, False)]
)
def test_the_age_of_a_file_decides_for_whoever_reads_it(ahead: float, young: bool) -> None:
    """A clock that goes a little before ours is usual; a time far ahead was set by hand."""
    assert is_young(time.time() + ahead) is young


def written(path: Path, ahead: float) -> None:
    moment = time.time() + ahead
    os.utime(path, (moment, moment))


def test_a_file_that_will_be_refused_is_at_rest_like_any_other(file: Path) -> None:
    file.write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 1000)
    settling = Settling()
    assert [seen(settling.look([file])) for _ in range(2)] == [UNSETTLED, SETTLED]


def test_a_file_that_goes_was_never_there(file: Path) -> None:
    settling = Settling()
    settling.look([file])
    file.unlink()
    assert seen(settling.look([file])) == {"settled": [], "unsettled": []}
    assert not settling.waits
