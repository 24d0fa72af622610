"""What several tests share: the checkout, and the main job's result on the sample submissions."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# In CI every run draws the same cases: a change must not fail on another's luck.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("here", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")

CHECKOUT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Outcome:
    """One call of the command line: its exit code and the JSON object it printed."""

    code: int
    result: dict[str, Any]
    error: str

    @property
    def report(self) -> Path:
        return Path(self.result["report"])

    @property
    def summary(self) -> Path:
        return Path(self.result["summary"])


def huibao(workspace: Path, *arguments: str) -> Outcome:
    """Call ``run_report.py --json`` as its user would, in a process of its own."""
    command = [sys.executable, str(CHECKOUT / "run_report.py"), *arguments]
    command += ["--workspace", str(workspace), "--json"]
    done = subprocess.run(
        command, capture_output=True, cwd=workspace, timeout=120, encoding="utf-8", check=False
    )
    assert done.stdout.startswith("{"), f"no JSON: {done.stdout!r} {done.stderr!r}"
    return Outcome(done.returncode, json.loads(done.stdout), done.stderr)


def copy_workspace(target: Path) -> Path:
    """A workspace with the checkout's packs and sample submissions, and nothing else."""
    for name in ("templates", "workbooks/inbox"):
        shutil.copytree(CHECKOUT / name, target / name)
    return target


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A fresh copy of the sample workspace, to be changed at will."""
    return copy_workspace(tmp_path / "workspace")


@pytest.fixture(scope="session")
def main_job(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """The main job on the untouched sample submissions; read its files, change nothing."""
    return huibao(copy_workspace(tmp_path_factory.mktemp("main") / "workspace"))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what tests counted (``record_property("counted", …)``), whichever process they ran in."""
    reports = [item for each in terminalreporter.stats.values() for item in each]
    counted = [
        text
        for report in reports
        for name, text in getattr(report, "user_properties", ())
        if name == "counted" and getattr(report, "when", "") == "call"
    ]
    for text in sorted(counted):
        terminalreporter.write_line(text)
