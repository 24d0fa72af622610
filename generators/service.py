"""What starts the watch with the machine: a systemd unit, a Windows task, a crontab, as text."""

from __future__ import annotations

import getpass
import shlex
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

KINDS = ("systemd", "windows", "cron")
MINUTES = 5
"""How often the schedulers that start it anew do so."""
_TASK = "http://schemas.microsoft.com/windows/2004/02/mit/task"


@dataclass(frozen=True)
class Service:
    """What is to be started: the program and its first arguments, the workspace, on whose account."""

    command: tuple[str, ...]
    workspace: Path
    user: str


def this_service(workspace: Path) -> Service:
    """This very program, as it was started, for a workspace."""
    door = Path(__file__).resolve().parent.parent / "run_report.py"
    name = "huibao.exe" if sys.platform == "win32" else "huibao"
    script = Path(sysconfig.get_path("scripts")) / name
    command = (sys.executable, str(door)) if door.is_file() else (str(script),)
    return Service(command, workspace, getpass.getuser())


def service_text(kind: str, service: Service) -> str:
    """The unit, task or crontab of :data:`KINDS`.

    All of them start again what has ended, and what was missed while the machine was off is made up:
    by the watch itself, for it finds in the ledger what it has seen to.
    """
    return {"systemd": _systemd, "windows": _windows, "cron": _cron}[kind](service)


def _systemd(service: Service) -> str:
    """systemd.service(5); a ``%`` and a ``$`` stand for themselves when doubled."""
    words = [*service.command, "watch", "--quiet", "--workspace", str(service.workspace)]
    command = " ".join(_quoted(word) for word in words)
    folder = str(service.workspace).replace("%", "%%")
    return f"""\
# sudo systemctl edit --force --full huibao.service
[Unit]
Description=Huibao: watches the inbox, answers departments, writes the report
After=network-online.target remote-fs.target
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
Type=exec
User={service.user}
WorkingDirectory={folder}
Environment=PYTHONUTF8=1
ExecStart={command}
Restart=always
RestartSec=30
# A run is whole or not at all; it is given time to end.
TimeoutStopSec=180
NoNewPrivileges=true
PrivateTmp=true

[Install]
WantedBy=multi-user.target
"""


def _quoted(word: str) -> str:
    """A word of a command line in a unit."""
    text = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{text}"' if any(letter in text for letter in " \t;'\"\\") else text


def _cron(service: Service) -> str:
    """crontab(5); a ``%`` would end the line there."""
    words = [*service.command, "watch", "--once", "--quiet", "--workspace", str(service.workspace)]
    command = shlex.join(words).replace("%", "\\%")
    return f"""\
# crontab -e
PYTHONUTF8=1
*/{MINUTES} * * * * {command}
@reboot {command}
"""


def _windows(service: Service) -> str:
    """A task of the Task Scheduler (schema 1.2): at the start, and every few minutes if it has ended.

    Nothing but ASCII, so that it may be stored in whatever encoding the shell writes.
    """
    arguments = [*service.command[1:], "watch", "--quiet", "--workspace", str(service.workspace)]
    text = f"""\
<?xml version="1.0"?>
<Task version="1.2" xmlns="{_TASK}">
  <RegistrationInfo>
    <Description>Huibao: watches the inbox, answers departments, writes the report</Description>
  </RegistrationInfo>
  <Triggers>
    <BootTrigger>
      <Enabled>true</Enabled>
      <Delay>PT1M</Delay>
    </BootTrigger>
    <TimeTrigger>
      <Repetition>
        <Interval>PT{MINUTES}M</Interval>
        <StopAtDurationEnd>false</StopAtDurationEnd>
      </Repetition>
      <StartBoundary>2020-01-01T00:00:00</StartBoundary>
      <Enabled>true</Enabled>
    </TimeTrigger>
  </Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <RunOnlyIfNetworkAvailable>false</RunOnlyIfNetworkAvailable>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>999</Count>
    </RestartOnFailure>
    <Enabled>true</Enabled>
  </Settings>
  <Actions>
    <Exec>
      <Command>{escape(service.command[0])}</Command>
      <Arguments>{escape(_windows_line(arguments))}</Arguments>
      <WorkingDirectory>{escape(str(service.workspace))}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""
    return text.encode("ascii", "xmlcharrefreplace").decode()


def _windows_line(words: Sequence[str]) -> str:
    """Words as Windows programs take their command line apart."""
    return subprocess.list2cmdline(words)
