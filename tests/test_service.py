"""The texts that start the watch with the machine."""

from __future__ import annotations

import configparser
import shlex
import shutil
import subprocess
from dataclasses import replace
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


# --- a ledger in another database -------------------------------------------------------------------

SECRET = "Geheim%404711"
CITY = f"postgresql://huibao:{SECRET}@db.example:5432/city?sslmode=require"
BARE = "postgresql://huibao@db.example/ci%20ty$1"


@pytest.mark.parametrize("kind", KINDS)
def test_no_text_holds_the_password_of_the_ledger(
    kind: str, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUIBAO_LEDGER", CITY)
    done = call("service", kind, "--workspace", str(workspace))
    assert (done.returncode, done.stderr) == (0, "")
    assert "Geheim" not in done.stdout and "HUIBAO_LEDGER" in done.stdout


@pytest.mark.skipif(shutil.which("sh") is None, reason="there is no shell")
def test_an_address_with_a_password_stands_in_a_file_that_others_cannot_read(tmp_path: Path) -> None:
    text = service_text("systemd", replace(ODD, ledger=CITY))
    assert unit(replace(ODD, ledger=CITY))["Service"]["EnvironmentFile"] == "/etc/huibao.env"
    assert "install -m 600" in text
    cron = service_text("cron", replace(ODD, ledger=CITY))
    [making] = [line for line in cron.splitlines() if "printf" in line]
    home = {"HOME": str(tmp_path), "HUIBAO_LEDGER": CITY, "PATH": "/usr/bin:/bin"}
    subprocess.run(["sh", "-c", making.lstrip("# ")], env=home, check=True)
    assert (tmp_path / ".huibao-ledger").stat().st_mode & 0o077 == 0
    command = cron.splitlines()[-1].removeprefix("@reboot ").split("&&")[0]
    shell = subprocess.run(
        ["sh", "-c", f'{command} && printf %s "$HUIBAO_LEDGER"'],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    assert shell.stdout == CITY


def test_an_address_without_a_password_is_passed_on_as_it_is() -> None:
    service = replace(ODD, ledger=BARE)
    parser = service_text("systemd", service)
    assert f"Environment=HUIBAO_LEDGER={BARE.replace('%', '%%')}" in parser.splitlines()
    assert f"HUIBAO_LEDGER={BARE}" in service_text("cron", service).splitlines()


def test_a_task_sets_the_address_before_the_program_starts() -> None:
    task = etree.fromstring(service_text("windows", replace(ODD, ledger=CITY)).encode())
    arguments = task.findtext(f".//{TASK}Arguments")
    assert task.findtext(f".//{TASK}Command") == "cmd.exe"
    assert arguments is not None
    address = "postgresql+psycopg://huibao@db.example:5432/city?sslmode=require"
    assert arguments.startswith(f'/d /s /c "set "HUIBAO_LEDGER={address}" && ')
    assert subprocess.list2cmdline([*ODD.command, *WATCH, str(ODD.workspace)]) in arguments


def test_a_file_is_named_from_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HUIBAO_LEDGER", "sqlite:///city.db")
    assert this_service(tmp_path).ledger == f"sqlite:///{tmp_path.as_posix()}/city.db"
