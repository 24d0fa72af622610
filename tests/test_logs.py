"""The maintainer's log: one line an event, turned over, without secrets, and never in the way."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from generators import logs
from generators.logs import close_log, event, open_log
from tests.conftest import CHECKOUT, huibao


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "logs" / "huibao.log"
    open_log(lambda: path)
    yield path
    close_log()


def lines(path: Path) -> list[str]:
    """The lines without their time, whose form is held to here."""
    told = path.read_text("utf-8").splitlines()
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} ", line) for line in told)
    return [line.split(" ", 1)[1] for line in told]


def test_an_event_is_a_line_with_what_is_worth_knowing(log: Path) -> None:
    event("run-finished", pack="lianxi", exit=0, report="临溪区 报告.docx", missing=None)
    assert lines(log) == ['INFO run-finished pack=lianxi exit=0 report="临溪区 报告.docx"']


def test_whatever_stands_in_an_event_stays_on_its_line(log: Path) -> None:
    event("odd", text='a\nb "c" = \\', level=logging.WARNING)
    try:
        raise ValueError("two\nlines")
    except ValueError as error:
        event("job-failed", error=error, level=logging.ERROR)
    odd, failed = lines(log)
    assert odd == r'WARNING odd text="a\nb \"c\" = \\"'
    assert failed.startswith(r'ERROR job-failed error="ValueError: two\nlines" trace="Traceback')


def test_passwords_are_never_in_it(log: Path) -> None:
    event("ledger", url="postgresql+psycopg://huibao:geheim@db.example/huibao")
    try:
        raise OSError("cannot reach postgresql://huibao:geheim@db.example/huibao")
    except OSError as error:
        event("job-failed", error=error)
    assert "geheim" not in log.read_text("utf-8")
    assert "postgresql+psycopg://huibao:***@db.example/huibao" in log.read_text("utf-8")


def test_it_is_turned_over_before_it_grows_large(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MOST_BYTES", 1000)
    for number in range(200):
        event("tick", number=number)
    files = sorted(log.parent.iterdir())
    assert len(files) == 1 + logs.KEPT
    assert all(path.stat().st_size <= 1000 for path in files)
    assert lines(log)[-1] == "INFO tick number=199"


def test_details_are_kept_only_where_they_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "huibao.log"
    for verbose in (False, True):
        open_log(lambda: path, verbose=verbose)
        event("detail", level=logging.DEBUG)
    close_log()
    event("afterwards")
    assert lines(path) == ["DEBUG detail"]


def test_a_log_that_cannot_be_written_stops_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    open_log(lambda: tmp_path / "logs" / "huibao.log")
    event("run-finished")
    close_log()
    assert capsys.readouterr().err == ""


def test_a_run_says_in_the_log_what_it_did(workspace: Path) -> None:
    assert huibao(workspace, "run").code == 0
    began, ended = lines(workspace / "workbooks/logs/huibao.log")
    assert began == "INFO run-started"
    assert re.match(r"INFO run-finished pack=annual-plan .*accepted=21 .*exit=0", ended)


def test_where_there_is_no_workspace_there_is_no_log(tmp_path: Path) -> None:
    assert huibao(tmp_path, "run").code == 2
    assert not (tmp_path / "workbooks").exists()
    assert not (CHECKOUT / "workbooks/logs").exists()
