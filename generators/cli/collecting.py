"""The commands of the flow from forms to report: ``init``, ``issue``, ``check``, ``run``…"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from logging import ERROR
from pathlib import Path

import click

from generators.cli.group import main
from generators.cli.options import Asked, common, format_option, in_format, pack_options, verbose_option
from generators.console import print_checked, print_findings, print_json
from generators.logs import event
from generators.unforeseen import unforeseen


@main.command("run")
@common
@pack_options
@verbose_option
@click.option(
    "--fresh", is_flag=True, help="按模板重新生成，不保留报告中的人工修改（原件留存）/ from the template"
)
@click.option(
    "--compare",
    "compared",
    is_flag=True,
    help="另写一份与最近一次发布的报告比较的修订稿 / also compare with the last publication",
)
def run_command(asked: Asked, fresh: bool, compared: bool) -> None:
    """接收、校验、汇总，生成报告和汇总表（默认命令）/ take in, validate, merge, write.

    报告被人工修改过的，保留人工修改，只更新数据；写入前留存原件。

    退出码：0 全部采用并已生成；1 已生成，但有退回、缺报或待核实；2 未能生成。
    """
    from generators.pipeline import NOTHING, Run, run

    try:
        event("run-started", pack=asked.pack, period=asked.period, fresh=fresh or None)
        place, bar = asked.place, asked.bar
        result = run(place, asked.pack, asked.period, bar, fresh=fresh, compared=compared)
    except Exception as error:
        event("run.failed", level=ERROR, error=error)
        result = Run(NOTHING, findings=(unforeseen(error, asked.quiet),))
    result.log("run-finished")
    printed = {
        "report": str(result.report) if result.report else None,
        "summary": str(result.summary) if result.summary else None,
        "comparison": str(result.comparison) if result.comparison else None,
        "accepted": list(result.accepted),
        "rejected": list(result.rejected),
        "missing": list(result.missing),
    }
    if asked.tell(result.findings, printed) and not asked.quiet:
        if result.report is None:
            click.echo(asked.text("nothing"))
        else:
            click.echo(asked.told("written", report=result.report, summary=result.summary))
        if result.comparison is not None:
            click.echo(asked.told("comparison", path=result.comparison))
        lists = ("accepted", "rejected", "missing")
        click.echo(asked.told("counts", **{key: len(getattr(result, key)) for key in lists}))
    sys.exit(result.exit_code)


@main.command("issue")
@common
@pack_options
@click.option(
    "--seal",
    is_flag=True,
    help="开始加封：工作文件夹没有密钥的，生成一个 / seal forms: make a key where there is none",
)
def issue_command(asked: Asked, seal: bool) -> None:
    """为每个部门生成一份空白填报表，存入 workbooks/forms / write one blank form per department.

    工作文件夹有密钥的，填报表一律加封。

    In a workspace that has a key every form is sealed.
    """
    from generators.forms.issue import issue_forms
    from generators.seal_key import make_seal_key, read_seal_key

    definition = asked.definition(asked.period)
    place = asked.place
    key, made = make_seal_key(place) if seal else (read_seal_key(place), False)
    paths, failure = issue_forms(place, definition, asked.bar, key)
    printed = {"forms": [str(path) for path in paths], "sealed": key is not None}
    told = asked.tell([failure] if failure else [], printed)
    if told and made and not asked.quiet:
        click.echo(asked.told("key", path=place.seal_key))
    if told and not asked.quiet and not failure:
        folder = paths[0].parent if paths else place.forms
        click.echo(asked.told("forms", count=len(paths), folder=folder))
        click.echo(asked.text("sealed" if key else "unsealed"))
    sys.exit(2 if failure else 0)


@main.command("check")
@common
@pack_options
@format_option
@click.option(
    "--verbose",
    "all_of_it",
    is_flag=True,
    help="同时列出由同一原因引起的各处问题 / list what follows too",
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def check_command(asked: Asked, kind: str | None, all_of_it: bool, files: tuple[Path, ...]) -> None:
    """校验文件但不接收，按文件列出问题 / validate files without taking them in.

    退出码：0 没有文件会被退回；1 有文件会被退回；2 未能校验。
    """
    from generators.intake.inbox import inbox_name, read_file
    from generators.intake.settling import is_unfinished
    from generators.ledger import existing_ledger
    from generators.messages import as_csv
    from generators.model import Finding, Severity
    from generators.names import shown_apart
    from generators.seal_key import read_seal_key
    from generators.taking import check_file, past_of

    asked = in_format(asked, kind)
    definition = asked.definition(asked.period)
    key = read_seal_key(asked.place)
    rejected: list[str] = []
    checked: list[tuple[str, tuple[Finding, ...]]] = []
    inbox = asked.place.inbox
    alone = [path.name for path in files]
    names = shown_apart(alone if len(set(alone)) == len(alone) else [str(path) for path in files])
    with existing_ledger(asked.place.ledger) or nullcontext() as ledger:
        past = past_of(ledger, definition)
        kept = ledger.standing_submissions(*definition.key) if ledger else ()
        others = [item.submission for item in kept]
        for name, path in zip(names, asked.bar("check", files), strict=True):
            place = inbox_name(inbox, path)
            file = read_file(path, name, inbox if place else None)
            if isinstance(file, Finding):
                checked.append((name, (file,)))
                if file.severity is Severity.ERROR:
                    rejected.append(name)
                continue
            taken = check_file(file, definition, past, others, key, place)
            if place and taken.submission is None and is_unfinished(file, taken.findings):
                checked.append((name, (Finding("format.unsettled", Severity.WARNING, file=name),)))
                continue
            checked.append((name, taken.findings))
            if taken.rejected:
                rejected.append(name)
    checked.sort(key=lambda item: min((finding.severity.rank for finding in item[1]), default=9))
    findings = [finding for _, found in checked for finding in found]
    if asked.as_json:
        print_json({"rejected": rejected}, findings, asked.lang)
    elif asked.csv:
        click.echo(as_csv(findings, asked.lang), nl=False)
    elif asked.quiet:
        print_findings(findings, asked.lang, errors_only=True, verbose=all_of_it)
    else:
        print_checked(checked, asked.lang, all_of_it)
    sys.exit(1 if rejected else 0)


@main.command("status")
@common
@pack_options
def status_command(asked: Asked) -> None:
    """各部门报送情况：时间、第几次、问题数、是否按时 / who has reported, when, on time or late."""
    from generators.seal_key import read_seal_key
    from generators.status import (
        department_status,
        publication_line,
        publication_status,
        status_table,
    )

    definition = asked.definition(asked.period)
    rows = department_status(asked.place, definition)
    published = publication_status(asked.place, definition)
    sealed = read_seal_key(asked.place) is not None
    if asked.as_json:
        told = published.as_dict() if published else None
        departments = [row.as_dict() for row in rows]
        print_json({"departments": departments, "publication": told, "sealed": sealed})
    else:
        status_table(rows, asked.lang)
        if published:
            click.echo(publication_line(published, asked.lang))
        click.echo(asked.text("sealed" if sealed else "unsealed"))
        if before := [row.name for row in rows if row.sealed is False]:
            click.echo(asked.told("before_sealing", count=len(before), names="、".join(before)))


@main.command("history")
@common
@pack_options
@click.argument("indicator")
def history_command(asked: Asked, indicator: str) -> None:
    """一个指标报送过的每个数：何时、哪个部门、哪个单元格 / each value that an indicator has had.

    INDICATOR 是指标名称或代码，后面可以加点和口径：指标名称.上年。

    INDICATOR is a name or a code, with a dot and a measure for one of its figures: CODE.previous.
    """
    from generators.history import history_as_dict, history_table, indicator_history

    definition = asked.definition()
    found = indicator_history(asked.place, definition, indicator, asked.period)
    history = found.value
    if asked.as_json:
        zone = definition.settings.time_zone
        printed = history_as_dict(history, zone) if history else {}
        print_json(printed, found.findings, asked.lang)
    else:
        print_findings(found.findings, asked.lang)
        if history is not None and history.steps:
            history_table(history, definition, asked.lang)
        elif history is not None and not found.findings:
            click.echo(asked.told("unreported", name=history.name))
    sys.exit(2 if history is None else 1 if found.findings else 0)


@main.command("init")
@common
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def init_command(asked: Asked, folder: Path) -> None:
    """新建工作文件夹，内含可直接使用的起步套件 / a fresh workspace with a starter pack."""
    from generators.starter import start_workspace
    from generators.workspace import Workspace

    pack, failure = start_workspace(folder)
    created = None if failure else str(folder.resolve())
    told = asked.tell([failure] if failure else [], {"workspace": created, "pack": pack})
    if told and not failure and not asked.quiet:
        click.echo(asked.told("init", folder=folder, pack=pack))
        click.echo(asked.told("key", path=Workspace(folder).seal_key))
    sys.exit(2 if failure else 0)
