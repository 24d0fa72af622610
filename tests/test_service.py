"""The texts that start the watch with the machine."""

from __future__ import annotations

import configparser
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from lxml import etree

from generators.service import KINDS, Service, service_text, this_service
from tests.conftest import CHECKOUT
from tests.test_cli import call

ODD = Service(
    ("/opt/100% python/bin/python", '/srv/汇报 "中心"/run_report.py'),
    Path("/srv/共享 & $HOME/50%"),
    "汇报",
)
WATCH = ["watch", "--quiet", "--workspace"]
ONCE = ["watch", "--once", "--quiet", "--workspace"]
TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


def unit(service: Service) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(service_text("systemd", service))
    return parser


def test_the_unit_starts_again_whatever_ends_and_catches_up() -> None:
    text = unit(this_service(Path("/srv/huibao")))
    assert text["Service"]["Restart"] == "always"
    assert text["Service"]["WorkingDirectory"] == "/srv/huibao"
    assert shlex.split(text["Service"]["ExecStart"])[-4:] == [*WATCH, "/srv/huibao"]
    assert text["Install"]["WantedBy"] == "multi-user.target"


def test_odd_names_reach_the_program_as_they_are() -> None:
    command = unit(ODD)["Service"]["ExecStart"].replace("%%", "%").replace("$$", "$")
    assert shlex.split(command) == [*ODD.command, *WATCH, str(ODD.workspace)]
    line = service_text("cron", ODD).splitlines()[2].split(" ", 5)[5].replace("\\%", "%")
    assert shlex.split(line) == [*ODD.command, *ONCE, str(ODD.workspace)]
    task = etree.fromstring(service_text("windows", ODD))
    assert task.findtext(f".//{TASK}Command") == ODD.command[0]
    assert task.findtext(f".//{TASK}WorkingDirectory") == str(ODD.workspace)
    words = [*ODD.command[1:], *WATCH, str(ODD.workspace)]
    assert task.findtext(f".//{TASK}Arguments") == subprocess.list2cmdline(words)


def test_the_task_begins_with_the_machine_and_is_started_anew() -> None:
    text = service_text("windows", ODD)
    assert text.isascii(), "so that every shell may store it"
    task = etree.fromstring(text)
    assert task.find(f".//{TASK}BootTrigger") is not None
    assert task.findtext(f".//{TASK}MultipleInstancesPolicy") == "IgnoreNew"
    assert task.findtext(f".//{TASK}ExecutionTimeLimit") == "PT0S", "it may run for ever"
    assert task.findtext(f".//{TASK}StartWhenAvailable") == "true"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    path = tmp_path / "huibao.service"
    path.write_text(service_text("systemd", this_service(tmp_path)), "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(path)], capture_output=True, check=False, encoding="utf-8"
    )
    assert "huibao.service" not in done.stderr


@pytest.mark.parametrize("kind", KINDS)
def test_the_command_prints_it_for_the_workspace(kind: str, workspace: Path) -> None:
    done = call("service", kind, "--workspace", str(workspace))
    assert done.returncode == 0
    assert str(workspace) in done.stdout
    assert str(CHECKOUT / "run_report.py") in done.stdout


def test_without_a_workspace_there_is_nothing_to_watch(tmp_path: Path) -> None:
    done = call("service", "cron", "--workspace", str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert "没有 templates 文件夹" in done.stderr
