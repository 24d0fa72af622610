"""The commands that keep the record safe: ``audit-log``, ``backup``, ``restore``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generators.cli.group import main
from generators.cli.options import Asked, common, pack_options
from generators.console import print_findings, print_json
from generators.model.events import EventKind

if TYPE_CHECKING:
    from generators.verifying import Verified

_VERIFY, _ACCEPT = "verify", "accept"


@main.command("audit-log")
@common
@pack_options
@click.option("--since", default="", help="只列出此时以后的，如 2031-12-20 / only from then on")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice([str(kind) for kind in EventKind]),
    help="只列出这一类，可写多个 / only these kinds",
)
@click.option(
    "--head",
    type=click.Path(path_type=Path),
    default=None,
    help="用于 verify：另存的链头文件或备份 / a head kept elsewhere",
)
@click.option("--why", default="", help="用于 accept：理由，记入日志 / the reason, kept in the log")
@click.argument("action", required=False, type=click.Choice([_VERIFY, _ACCEPT]))
def audit_log_command(
    asked: Asked, since: str, kinds: tuple[str, ...], head: Path | None, why: str, action: str | None
) -> None:
    """审计日志：谁在何时做了什么，最新的在最后 / who did what and when, newest last.

    verify 核对日志有没有被改动、删除、插入、调换、截去，台账、存档和已发布的文件是否仍如日志所记；
    accept 在查明原因后重新设定链头。

    退出码：0 完好；1 被改动过；2 未能核对。

    verify finds what was changed in the log, the ledger and kept files; accept sets the head anew.
    """
    if action == _VERIFY:
        from generators.verifying import verify

        _tell_verified(asked, verify(asked.place, head), "log_intact")
    elif action == _ACCEPT:
        from generators.verifying import accept

        _tell_verified(asked, accept(asked.place, why), "log_accepted")
    else:
        _print_events(asked, since, kinds)


def _tell_verified(asked: Asked, verified: Verified, done: str) -> None:
    from generators.verifying import verified_as_dict

    told = verified_as_dict(verified)
    if asked.tell(verified.findings, told) and verified.intact is not None and not asked.quiet:
        changed = "log_changed" if verified.off is None else "log_changed_at"
        if all(item.rule == "kept" for item in verified.findings if item.severity == "error"):
            changed = "kept_changed"
        click.echo(asked.told(done if verified.intact else changed, **told))
    sys.exit(verified.exit_code)


def _print_events(asked: Asked, since: str, kinds: tuple[str, ...]) -> None:
    from generators.logbook import event_as_dict, event_lines, events_asked, logged
    from generators.model import Finding
    from generators.names import printable

    wanted = events_asked(frozenset(kinds), since, asked.pack, asked.period)
    if isinstance(wanted, Finding):
        asked.tell([wanted], {"events": []})
        sys.exit(2)
    found = logged(asked.place, wanted)
    if asked.as_json:
        events = [event_as_dict(event) for event in found.value or ()]
        print_json({"events": events}, found.findings, asked.lang)
        return
    print_findings(found.findings, asked.lang, errors_only=asked.quiet)
    for event in found.value or ():
        click.echo(printable(event_lines(event, asked.lang)))


@main.command("backup")
@common
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def backup_command(asked: Asked, folder: Path) -> None:
    """把工作文件夹备份到 DIR 中的新文件夹，运行时也可备份 / a consistent copy, also while running.

    备份中有台账、模板、报送、存档、报告和密钥（如有），请妥善保管。

    退出码：0 完整；1 有文件没有备份到；2 没有备份。

    The copy holds everything, the key of the forms included where there is one: keep it safe.
    """
    from generators.backup import back_up

    made = back_up(asked.place, folder.resolve(), asked.bar)
    files = made.manifest.files if made.manifest else ()
    told: dict[str, object] = {
        "backup": str(made.folder) if made.folder else None,
        "files": len(files),
        "bytes": sum(item.size for item in files),
        "manifest": made.sha256 or None,
        "ledger": made.manifest.ledger if made.manifest else None,
        "left_out": list(made.manifest.left_out) if made.manifest else [],
    }
    if asked.tell(made.findings, told) and made.folder and not asked.quiet:
        size = f"{sum(item.size for item in files) / 2**20:.1f}"
        text = asked.told(
            "backed_up", backup=made.folder, files=len(files), megabytes=size, sha256=made.sha256
        )
        click.echo(text)
    sys.exit(made.exit_code)


@main.command("restore")
@common
@click.option(
    "--replace",
    is_flag=True,
    help="工作文件夹不是空的也恢复，现有内容移到一旁 / move aside what is there",
)
@click.argument("backup", type=click.Path(path_type=Path))
def restore_command(asked: Asked, replace: bool, backup: Path) -> None:
    """从备份恢复工作文件夹，先核对备份是否完好 / put a backup in place, checked first.

    BACKUP 是名为 huibao-… 的备份文件夹，恢复到 --workspace 指明的文件夹。

    退出码：0 已恢复；2 没有恢复，没有改动任何内容。
    """
    from generators.backup import restore

    done = restore(asked.place, backup.resolve(), asked.bar, replace=replace)
    in_place = done.exit_code == 0
    told: dict[str, object] = {
        "workspace": str(asked.place.root) if in_place else None,
        "made": done.manifest.made_at if done.manifest else None,
        "files": done.files,
        "replaced": str(done.replaced) if done.replaced else None,
    }
    if asked.tell(done.findings, told) and in_place and not asked.quiet:
        click.echo(asked.told("restored", **told))
        if done.replaced:
            click.echo(asked.told("replaced", **told))
    sys.exit(done.exit_code)
