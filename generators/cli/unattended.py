"""The commands for machines that nobody sits at: ``watch`` and ``service``."""

from __future__ import annotations

import signal
import sys
from threading import Event

import click

from generators.cli.group import main
from generators.cli.options import Asked, common, verbose_option
from generators.console import print_findings

ONCE_DONE, ONCE_INCOMPLETE, NOT_WATCHED = 0, 1, 2


@main.command("watch")
@common
@verbose_option
@click.option("--report", "pack", default=None, help="只看一个报告套件 / only this report pack")
@click.option("--once", is_flag=True, help="看一遍就结束，供其他计划任务调用 / look once and end")
@click.option(
    "--interval",
    type=click.IntRange(1, 3600),
    default=5,
    show_default=True,
    help="每隔几秒看一次收件文件夹 / seconds between two looks",
)
def watch_command(asked: Asked, once: bool, interval: int) -> None:
    """看守收件文件夹：收到即校验、回执，到每周时间生成报告 / watch the inbox, report when due.

    文件保存完成后才读取。关机期间错过的，开机后补一次。按 Ctrl+C 结束。

    退出码：0 正常结束；1 有退回、缺报或待核实（--once）；2 未能看守。
    """
    from generators.scheduling import watch, watch_once

    stop = Event()
    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        if (number := getattr(signal, name, None)) is not None:
            signal.signal(number, lambda *_: stop.set())
    if not once:
        failure = watch(asked.place, asked.pack, stop, interval=interval)
        if failure is not None:
            asked.tell([failure])
        sys.exit(NOT_WATCHED if failure else ONCE_DONE)
    done, failure = watch_once(asked.place, asked.pack, interval=interval, stop=stop)
    findings = [item for each in done for item in each.run.findings]
    if asked.quiet and not asked.as_json:
        findings = []  # the departments have been told; a scheduler would mail it again and again
    findings += [failure] if failure else []
    printed = {
        "answered": [each.pack for each in done if not each.due],
        "reports": [
            {"pack": each.pack, "due": [f"{item:%Y-%m-%dT%H:%M:%SZ}" for item in each.due]}
            | {"report": str(each.run.report) if each.run.report else None}
            for each in done
            if each.due
        ],
    }
    asked.tell(findings, printed)
    sys.exit(max((each.run.exit_code for each in done), default=ONCE_DONE))


@main.command("service")
@common
@click.argument("kind", type=click.Choice(["systemd", "windows", "cron"]))
def service_command(asked: Asked, kind: str) -> None:
    """打印开机自动看守的配置：systemd 单元、Windows 计划任务或 crontab / print a unit or task.

    结束后自动重启；错过的由 watch 补上。安装方法见 README。
    """
    from generators.service import service_text, this_service

    if not asked.place.templates.is_dir():
        from generators.model import Finding, Severity

        params = {"folder": str(asked.place.root)}
        print_findings([Finding("run.no_workspace", Severity.ERROR, params=params)], asked.lang)
        sys.exit(NOT_WATCHED)
    click.echo(service_text(kind, this_service(asked.place.root)), nl=False)
