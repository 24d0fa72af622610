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

from generators.redaction import LEDGER_VARIABLE, without_passwords

KINDS = ("systemd", "windows", "cron")
MINUTES = 5
"""How often the schedulers that start it anew do so."""
_SYSTEMD_FILE = "/etc/huibao.env"
_SYSTEMD_NOTICE = """\
# HUIBAO_LEDGER ({shown}) holds a password and this unit can be read by everybody, so that it stands in
# {file}, which only root can read. Make it where HUIBAO_LEDGER is set, before the unit is started:
#   sudo install -m 600 /dev/null {file}
#   printf "HUIBAO_LEDGER='%s'\\n" "$HUIBAO_LEDGER" | sudo tee {file} >/dev/null
"""
_CRON_FILE = ".huibao-ledger"
_CRON_NOTICE = """\
# HUIBAO_LEDGER ({shown}) holds a password: it stands in a file that only you can read, made once with
#   (umask 077; printf "export HUIBAO_LEDGER='%s'\\n" "$HUIBAO_LEDGER" >"$HOME/{file}")
"""
_WINDOWS_NOTICE = (
    "The password of HUIBAO_LEDGER is not in this task, which others can read. The account that runs it "
    "keeps it in %APPDATA%\\postgresql\\pgpass.conf, one line: host:port:database:user:password"
)
_TASK = "http://schemas.microsoft.com/windows/2004/02/mit/task"


@dataclass(frozen=True)
class Service:
    """What is to be started: the program and its first arguments, the workspace, on whose account."""

    command: tuple[str, ...]
    workspace: Path
    user: str
    ledger: str = ""
    """The address of the ledger (``HUIBAO_LEDGER``); empty for the workspace's own SQLite file."""


def this_service(workspace: Path) -> Service:
    """This very program, as it was started, for a workspace."""
    door = Path(__file__).resolve().parent.parent / "run_report.py"
    name = "huibao.exe" if sys.platform == "win32" else "huibao"
    script = Path(sysconfig.get_path("scripts")) / name
    command = (sys.executable, str(door)) if door.is_file() else (str(script),)
    return Service(command, workspace, getpass.getuser(), _ledger())


def _ledger() -> str:
    """The ledger's address, as it holds in every folder; raises ``LedgerAddressError``."""
    from generators.ledger import ledger_address, sqlite_file

    address = ledger_address() or ""
    file = sqlite_file(address) if address else None
    if file is None or file.is_absolute():
        return address
    return f"sqlite:///{file.absolute().as_posix()}"


def service_text(kind: str, service: Service) -> str:
    """The unit, task or crontab of :data:`KINDS`.

    All of them start again what has ended, and what was missed while the machine was off is made up:
    by the watch itself, for it finds in the ledger what it has seen to.
    """
    return {"systemd": _systemd, "windows": _windows, "cron": _cron}[kind](service)


def has_secret(address: str) -> bool:
    """Whether the address holds a password, which may stand in no text that others can read."""
    return without_passwords(address) != address


def _systemd(service: Service) -> str:
    """systemd.service(5); a ``%`` and a ``$`` stand for themselves when doubled.

    Everybody can read a unit and ask the system for its environment: an address with a password is
    left to a file that only root can read.
    """
    words = [*service.command, "watch", "--quiet", "--workspace", str(service.workspace)]
    command = " ".join(_quoted(word) for word in words)
    folder = str(service.workspace).replace("%", "%%")
    notice, ledger = "", ""
    if has_secret(service.ledger):
        notice = _SYSTEMD_NOTICE.format(shown=without_passwords(service.ledger), file=_SYSTEMD_FILE)
        ledger = f"EnvironmentFile={_SYSTEMD_FILE}\n"
    elif service.ledger:
        # Quoted as a word of a command line is, but that a "$" means nothing here.
        setting = _quoted(f"{LEDGER_VARIABLE}={service.ledger}").replace("$$", "$")
        ledger = f"Environment={setting}\n"
    return f"""\
{notice}# sudo systemctl edit --force --full huibao.service
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
{ledger}ExecStart={command}
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
    """crontab(5); a ``%`` would end the line there.

    An address with a password is left to a file of the user's that nobody else can read.
    """
    words = [*service.command, "watch", "--once", "--quiet", "--workspace", str(service.workspace)]
    command = shlex.join(words).replace("%", "\\%")
    ledger = ""
    if has_secret(service.ledger):
        shown = without_passwords(service.ledger)
        ledger = _CRON_NOTICE.format(shown=shown, file=_CRON_FILE)
        command = f'. "$HOME/{_CRON_FILE}" && {command}'
    elif service.ledger:
        ledger = f"{LEDGER_VARIABLE}={service.ledger}\n"
    return f"""\
# crontab -e
{ledger}PYTHONUTF8=1
*/{MINUTES} * * * * {command}
@reboot {command}
"""


def _windows(service: Service) -> str:
    """A task of the Task Scheduler (schema 1.2): at the start, and every few minutes if it has ended.

    Nothing but ASCII, so that it may be stored in whatever encoding the shell writes. Others can read
    a task: a password is left to the file in which PostgreSQL's library looks for it.
    """
    command = service.command[0]
    arguments = [*service.command[1:], "watch", "--quiet", "--workspace", str(service.workspace)]
    line, notice = _windows_line(arguments), ""
    if service.ledger:
        # A task has no environment of its own.
        address = _without_password(service.ledger)
        program = _windows_line([command, *arguments])
        line = f'/d /s /c "set "{LEDGER_VARIABLE}={address}" && {program}"'
        command = "cmd.exe"
        if has_secret(service.ledger):
            notice = f"<!-- {_WINDOWS_NOTICE} -->\n"
    text = f"""\
<?xml version="1.0"?>
{notice}<Task version="1.2" xmlns="{_TASK}">
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
      <Command>{escape(command)}</Command>
      <Arguments>{escape(line)}</Arguments>
      <WorkingDirectory>{escape(str(service.workspace))}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""
    return text.encode("ascii", "xmlcharrefreplace").decode()


def _windows_line(words: Sequence[str]) -> str:
    """Words as Windows programs take their command line apart."""
    return subprocess.list2cmdline(words)


def _without_password(address: str) -> str:
    """The address as a database library takes it that finds the password elsewhere."""
    from generators.ledger.engine import parsed

    url = parsed(address)
    url = url.difference_update_query(["password", "sslpassword"])
    # A password of ``None`` is kept by ``set``: only a new URL has none.
    bare = type(url).create(
        url.drivername, url.username, None, url.host, url.port, url.database, url.query
    )
    return bare.render_as_string()
