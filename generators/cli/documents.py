"""The commands about written reports: ``trace``, ``audit``, ``compare``, ``publish``, ``reopen``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from generators.cli.group import main
from generators.cli.options import Asked, common, format_option, in_format, pack_options
from generators.console import (
    print_audited,
    print_findings,
    print_json,
    print_published,
    published_as_dict,
)


@main.command("trace")
@common
@pack_options
@click.argument("question", metavar="REPORT.docx|INDICATOR")
def trace_command(asked: Asked, question: str) -> None:
    """报告中的每个数来自哪个部门、文件、单元格 / where each figure of a report came from.

    后面写报告文件，按阅读顺序列出其中每个数；写指标名称或代码，列出它在最近一份报告中的每一处。

    Give a report for all its figures in reading order, or an indicator for its places in the last one.
    """
    from generators.names import printable
    from generators.tracing import (
        is_document,
        trace_as_dict,
        trace_document,
        trace_indicator,
        trace_table,
    )

    place, document = asked.place, is_document(question)
    if document:
        found = trace_document(place, Path(question), asked.pack, asked.period)
    else:
        found = trace_indicator(place, printable(question), asked.pack, asked.period)
    printed = trace_as_dict(found.value, place) if found.value and asked.as_json else {}
    if asked.tell(found.findings, printed) and found.value is not None:
        trace_table(found.value, place, asked.lang, originals=not document)
    sys.exit(0 if found.value else 2)


@main.command("audit")
@common
@pack_options
@format_option
@click.argument("report", metavar="REPORT.docx", type=click.Path(path_type=Path))
def audit_command(asked: Asked, kind: str | None, report: Path) -> None:
    """审核一份文档：过时的、手工改过的、没有来源的数 / figures that are off, numbers without a source.

    退出码：0 没有问题；1 有问题；2 未能审核。
    """
    from generators.auditing import audit_report, faults_as_dicts
    from generators.messages import as_csv

    asked = in_format(asked, kind)
    found = audit_report(asked.place, report, asked.pack, asked.period, asked.bar)
    audited = found.value
    if audited is None:
        if asked.as_json:
            print_json({}, found.findings, asked.lang)
        else:
            print_findings(found.findings, asked.lang)
        sys.exit(2)
    findings = (*audited.faults, *audited.notes)
    if asked.as_json:
        printed = {
            "compared": audited.audit.compared,
            "clean_copy": audited.audit.clean_copy,
            "faults": faults_as_dicts(audited, asked.place),
        }
        print_json(printed, (*audited.noticed, *findings), asked.lang)
    elif asked.csv:
        click.echo(as_csv(findings, asked.lang), nl=False)
    else:
        print_findings(audited.noticed, asked.lang, errors_only=asked.quiet)
        print_audited(audited, report.name, asked.lang, asked.quiet)
    sys.exit(audited.exit_code)


@main.command("publish")
@common
@pack_options
@click.option("--date", default="", help="发布日期，默认今天 / the day it bears, today by default")
@click.option(
    "--anyway", default=None, metavar="TEXT", help="仍要发布的理由 / why to publish it as it is"
)
@click.argument("document", required=False, type=click.Path(path_type=Path))
def publish_command(asked: Asked, date: str, anyway: str | None, document: Path | None) -> None:
    """发布本期报告：干净稿、PDF、存档，并锁定本期 / freeze the issue and close its period.

    DOCUMENT 是要发布的报告，默认为 reports 文件夹中本期的报告。
    """
    from generators.publishing import Wish, publish

    wish = Wish(document, date, anyway)
    result = publish(asked.place, asked.pack, asked.period, wish, asked.bar)
    made = published_as_dict(result.publication, asked.place.published)
    if asked.tell(result.findings, made) and not asked.quiet:
        print_published(made, asked.lang)
    sys.exit(result.exit_code)


@main.command("reopen")
@common
@pack_options
@click.option("--why", default="", help="重新开启的理由，记入台账 / the reason, kept in the ledger")
def reopen_command(asked: Asked, why: str) -> None:
    """重新开启已发布的一期，可再接收报送 / open a published period to submissions again."""
    from generators.locking import reopen
    from generators.status import publication_status

    definition = asked.definition(asked.period)
    result = reopen(asked.place, definition, why)
    opened = result.reopening if result.exit_code == 0 else None
    stands = publication_status(asked.place, definition)
    told = asked.tell(result.findings, {"publication": stands.as_dict() if stands else None})
    if told and opened and not asked.quiet:
        period = definition.settings.period
        click.echo(asked.told("reopened", period=period, why=opened.why))
    sys.exit(result.exit_code)


@main.command("compare")
@common
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="修订稿的文件名，不能是要比较的文件 / where the result goes",
)
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
def compare_command(asked: Asked, output: Path, old: Path, new: Path) -> None:
    """比较两稿报告，把改动写成修订 / two issues of a report as tracked changes.

    OLD 是旧稿，NEW 是新稿。修订稿中，全部接受即为新稿的文字，全部拒绝即为旧稿的文字；
    数连同单位整体删除、整体插入。

    OLD is the older document, NEW the newer. Accepting every change of the result gives the text of
    NEW, rejecting every change that of OLD; figures are replaced whole, with their units.

    退出码：0 已写入修订稿；2 未能比较。
    """
    from generators.comparing import compare_files, counts_of

    found = compare_files(old, new, output)
    comparison = found.value
    path = str(output) if comparison else None
    told = asked.tell(found.findings, {"comparison": path, **counts_of(comparison)})
    if told and comparison and not asked.quiet:
        text = asked.text("same" if comparison.same else "compared")
        click.echo(text.format(path=output, **counts_of(comparison)))
    sys.exit(0 if comparison else 2)
