"""The command line: commands, options, exit codes, progress. No logic, and nothing heavy imported.

Options may stand before or after the command; without a command, ``run`` is meant.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from generators import __version__
from generators.console import (
    TEXTS,
    print_audited,
    print_checked,
    print_findings,
    print_json,
    print_published,
    progress,
    published_as_dict,
)
from generators.unforeseen import unforeseen

if TYPE_CHECKING:
    from generators.model import Definition, Finding
    from generators.workspace import Workspace

F = TypeVar("F", bound=Callable[..., Any])
VALUE_OPTIONS = (
    *("--workspace", "--lang", "--report", "--period", "--format"),
    *("--date", "--anyway", "--why", "-o", "--output"),
)
"""The options that a value follows."""


class _DefaultToRun(click.Group):
    """A group whose command may stand anywhere among the options, and is ``run`` where there is none."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        place = self._command_place(args)
        if place is not None:
            args = [args[place], *args[:place], *args[place + 1 :]]
        else:
            asked = [item for item in args if item in ("--help", "-h", "--version")]
            args = asked or ["run", *args]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            finding = unforeseen(error, quiet="--quiet" in sys.argv)
            if "--json" in sys.argv:
                print_json({}, [finding])
            else:
                print_findings([finding], "zh")
            sys.exit(2)

    def _command_place(self, args: Sequence[str]) -> int | None:
        """Where the first word stands that is neither an option nor an option's value."""
        skip = False
        for place, word in enumerate(args):
            if skip:
                skip = False
            elif word in VALUE_OPTIONS:
                skip = True
            elif not word.startswith("-"):
                return place
        return None


def _common(function: F) -> F:
    """The options that every command has."""
    for option in (
        click.option("--quiet", is_flag=True, help="只显示错误 / errors only"),
        click.option(
            "--lang", type=click.Choice(["zh", "en"]), default="zh", help="输出语言 / language"
        ),
        click.option("--json", "as_json", is_flag=True, help="在标准输出打印一个 JSON 对象 / JSON"),
        click.option(
            "--workspace",
            type=click.Path(file_okay=False, path_type=Path),
            default=None,
            help="工作文件夹，默认为程序所在文件夹或当前文件夹 / workspace folder",
        ),
    ):
        function = option(function)
    return function


def _given(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """An option's text; an empty one means that none was given."""
    return value or None


def _pack_options(function: F) -> F:
    """The options of commands that work on one report pack."""
    for option in (
        click.option(
            "--period", default=None, callback=_given, help="报告期，默认取自 definition.xlsx / period"
        ),
        click.option("--report", "pack", default=None, help="报告套件的文件夹名 / report pack"),
    ):
        function = option(function)
    return function


@click.group(
    cls=_DefaultToRun,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="huibao")
def main() -> None:
    """汇报 Huibao：把各部门的 Excel 报送表汇总成 Word 报告和汇总表。

    Department workbooks in, the official Word report and its summary workbook out.

    不写命令即为 run。常用选项：--workspace 文件夹、--report 套件、--period 报告期、--json、
    --lang zh|en、--quiet，写在命令前后都可以；各命令的选项见“命令 --help”。

    Without a command, run is meant. Options may stand before or after the command.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a code page that lacks a character is no failure


@main.command("run")
@_common
@_pack_options
@click.option(
    "--fresh", is_flag=True, help="按模板重新生成，不保留报告中的人工修改（原件留存）/ from the template"
)
@click.option(
    "--compare",
    "compared",
    is_flag=True,
    help="另写一份与最近一次发布的报告比较的修订稿 / also compare with the last publication",
)
def run_command(
    workspace: Path | None,
    as_json: bool,
    lang: str,
    quiet: bool,
    pack: str | None,
    period: str | None,
    fresh: bool,
    compared: bool,
) -> None:
    """接收、校验、汇总，生成报告和汇总表（默认命令）/ take in, validate, merge, write.

    报告被人工修改过的，保留人工修改，只更新数据；写入前留存原件。

    退出码：0 全部采用并已生成；1 已生成，但有退回、缺报或待核实；2 未能生成。
    """
    from generators.pipeline import NOTHING, Run, run

    try:
        place, bar = _workspace(workspace), progress(lang, quiet or as_json)
        result = run(place, pack, period, bar, fresh=fresh, compared=compared)
    except Exception as error:
        result = Run(NOTHING, findings=(unforeseen(error, quiet),))
    if as_json:
        print_json(
            {
                "report": str(result.report) if result.report else None,
                "summary": str(result.summary) if result.summary else None,
                "comparison": str(result.comparison) if result.comparison else None,
                "accepted": list(result.accepted),
                "rejected": list(result.rejected),
                "missing": list(result.missing),
            },
            result.findings,
            lang,
        )
    else:
        print_findings(result.findings, lang, errors_only=quiet)
        if not quiet:
            text = TEXTS[lang]
            if result.report is None:
                click.echo(text["nothing"])
            else:
                click.echo(text["written"].format(report=result.report, summary=result.summary))
            if result.comparison is not None:
                click.echo(text["comparison"].format(path=result.comparison))
            lists = ("accepted", "rejected", "missing")
            click.echo(text["counts"].format(**{key: len(getattr(result, key)) for key in lists}))
    sys.exit(result.exit_code)


@main.command("issue")
@_common
@_pack_options
def issue_command(
    workspace: Path | None, as_json: bool, lang: str, quiet: bool, pack: str | None, period: str | None
) -> None:
    """为每个部门生成一份空白填报表，存入 workbooks/forms / write one blank form per department."""
    from generators.forms.issue import issue_forms

    place = _workspace(workspace)
    definition = _definition(place, pack, period, lang, as_json, quiet)
    paths, failure = issue_forms(place, definition, progress(lang, quiet or as_json))
    findings = [failure] if failure else []
    if as_json:
        print_json({"forms": [str(path) for path in paths]}, findings, lang)
    else:
        print_findings(findings, lang)
        if not quiet and not failure:
            click.echo(
                TEXTS[lang]["forms"].format(
                    count=len(paths), folder=paths[0].parent if paths else place.forms
                )
            )
    sys.exit(2 if failure else 0)


@main.command("check")
@_common
@_pack_options
@click.option(
    "--format",
    "kind",
    type=click.Choice(["text", "json", "csv"]),
    default=None,
    help="输出格式，默认 text；json 和 csv 打印在标准输出 / text (default), json or csv",
)
@click.option("--verbose", is_flag=True, help="同时列出由同一原因引起的各处问题 / list what follows too")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def check_command(
    workspace: Path | None,
    as_json: bool,
    lang: str,
    quiet: bool,
    pack: str | None,
    period: str | None,
    kind: str | None,
    verbose: bool,
    files: tuple[Path, ...],
) -> None:
    """校验文件但不接收，按文件列出问题 / validate files without taking them in.

    退出码：0 没有文件会被退回；1 有文件会被退回；2 未能校验。
    """
    from generators.collection import check_file, past_of
    from generators.intake.inbox import read_file
    from generators.ledger import existing_ledger
    from generators.messages import as_csv
    from generators.model import Finding

    if as_json and kind not in (None, "json"):
        raise click.UsageError(TEXTS[lang]["formats"])
    as_json = as_json or kind == "json"
    silent = quiet or as_json or kind == "csv"
    place = _workspace(workspace)
    definition = _definition(place, pack, period, lang, as_json, silent)
    rejected: list[str] = []
    checked: list[tuple[str, tuple[Finding, ...]]] = []
    twice = len({path.name for path in files}) < len(files)
    with existing_ledger(place.ledger) or nullcontext() as ledger:
        past = past_of(ledger, definition)
        kept = ledger.standing_submissions(*definition.key) if ledger else ()
        others = [item.submission for item in kept]
        for path in progress(lang, silent)("check", files):
            name = str(path) if twice else path.name
            file = read_file(path, name)
            if isinstance(file, Finding):
                checked.append((name, (file,)))
                rejected.append(name)
                continue
            taken = check_file(file, definition, past, others)
            checked.append((name, taken.findings))
            if taken.rejected:
                rejected.append(name)
    checked.sort(key=lambda item: min((finding.severity.rank for finding in item[1]), default=9))
    findings = [finding for _, found in checked for finding in found]
    if as_json:
        print_json({"rejected": rejected}, findings, lang)
    elif kind == "csv":
        click.echo(as_csv(findings, lang), nl=False)
    elif quiet:
        print_findings(findings, lang, errors_only=True, verbose=verbose)
    else:
        print_checked(checked, lang, verbose)
    sys.exit(1 if rejected else 0)


@main.command("status")
@_common
@_pack_options
def status_command(
    workspace: Path | None, as_json: bool, lang: str, quiet: bool, pack: str | None, period: str | None
) -> None:
    """各部门报送情况：时间、第几次、问题数、是否按时 / who has reported, when, on time or late."""
    from generators.status import (
        department_status,
        publication_line,
        publication_status,
        status_table,
    )

    place = _workspace(workspace)
    definition = _definition(place, pack, period, lang, as_json, quiet)
    rows = department_status(place, definition)
    published = publication_status(place, definition)
    if as_json:
        told = published.as_dict() if published else None
        departments = [row.as_dict() for row in rows]
        print_json({"departments": departments, "publication": told, "sealed": False})
    else:
        status_table(rows, lang)
        if published:
            click.echo(publication_line(published, lang))
        click.echo(TEXTS[lang]["unsealed"])


@main.command("history")
@_common
@_pack_options
@click.argument("indicator")
def history_command(
    workspace: Path | None,
    as_json: bool,
    lang: str,
    quiet: bool,
    pack: str | None,
    period: str | None,
    indicator: str,
) -> None:
    """一个指标报送过的每个数：何时、哪个部门、哪个单元格 / each value that an indicator has had.

    INDICATOR 是指标名称或代码，后面可以加点和口径：指标名称.上年。

    INDICATOR is a name or a code, with a dot and a measure for one of its figures: CODE.previous.
    """
    from generators.history import history_as_dict, history_table, indicator_history

    place = _workspace(workspace)
    definition = _definition(place, pack, None, lang, as_json, quiet)
    found = indicator_history(place, definition, indicator, period)
    history = found.value
    if as_json:
        zone = definition.settings.time_zone
        print_json(history_as_dict(history, zone) if history else {}, found.findings, lang)
    elif history is None:
        print_findings(found.findings, lang)
    elif history.steps:
        history_table(history, definition, lang)
    else:
        click.echo(TEXTS[lang]["unreported"].format(name=history.name))
    sys.exit(0 if history else 2)


@main.command("trace")
@_common
@_pack_options
@click.argument("question", metavar="REPORT.docx|INDICATOR")
def trace_command(
    workspace: Path | None,
    as_json: bool,
    lang: str,
    quiet: bool,
    pack: str | None,
    period: str | None,
    question: str,
) -> None:
    """报告中的每个数来自哪个部门、文件、单元格 / where each figure of a report came from.

    后面写报告文件，按阅读顺序列出其中每个数；写指标名称或代码，列出它在最近一份报告中的每一处。

    Give a report for all its figures in reading order, or an indicator for its places in the last one.
    """
    from generators.tracing import (
        is_document,
        trace_as_dict,
        trace_document,
        trace_indicator,
        trace_table,
    )

    place = _workspace(workspace)
    document = is_document(question)
    if document:
        found = trace_document(place, Path(question), pack, period)
    else:
        found = trace_indicator(place, question, pack, period)
    if as_json:
        printed = trace_as_dict(found.value, place) if found.value else {}
        print_json(printed, found.findings, lang)
    else:
        print_findings(found.findings, lang, errors_only=quiet)
        if found.value is not None:
            trace_table(found.value, place, lang, originals=not document)
    sys.exit(0 if found.value else 2)


@main.command("audit")
@_common
@_pack_options
@click.option(
    "--format",
    "kind",
    type=click.Choice(["text", "json", "csv"]),
    default=None,
    help="输出格式，默认 text；json 和 csv 打印在标准输出 / text (default), json or csv",
)
@click.argument("report", metavar="REPORT.docx", type=click.Path(path_type=Path))
def audit_command(
    workspace: Path | None,
    as_json: bool,
    lang: str,
    quiet: bool,
    pack: str | None,
    period: str | None,
    kind: str | None,
    report: Path,
) -> None:
    """审核一份文档：过时的、手工改过的、没有来源的数 / figures that are off, numbers without a source.

    退出码：0 没有问题；1 有问题；2 未能审核。
    """
    from generators.auditing import audit_report, faults_as_dicts
    from generators.messages import as_csv

    if as_json and kind not in (None, "json"):
        raise click.UsageError(TEXTS[lang]["formats"])
    as_json = as_json or kind == "json"
    place = _workspace(workspace)
    silent = quiet or as_json or kind == "csv"
    found = audit_report(place, report, pack, period, progress(lang, silent))
    audited = found.value
    if audited is None:
        if as_json:
            print_json({}, found.findings, lang)
        else:
            print_findings(found.findings, lang)
        sys.exit(2)
    findings = (*audited.faults, *audited.notes)
    if as_json:
        printed = {
            "compared": audited.audit.compared,
            "clean_copy": audited.audit.clean_copy,
            "faults": faults_as_dicts(audited, place),
        }
        print_json(printed, (*audited.noticed, *findings), lang)
    elif kind == "csv":
        click.echo(as_csv(findings, lang), nl=False)
    else:
        print_findings(audited.noticed, lang, errors_only=quiet)
        print_audited(audited, report.name, lang, quiet)
    sys.exit(audited.exit_code)


@main.command("publish")
@_common
@_pack_options
@click.option("--date", default="", help="发布日期，默认今天 / the day it bears, today by default")
@click.option(
    "--anyway", default=None, metavar="TEXT", help="仍要发布的理由 / why to publish it as it is"
)
@click.argument("document", required=False, type=click.Path(path_type=Path))
def publish_command(
    workspace: Path | None,
    as_json: bool,
    lang: str,
    quiet: bool,
    pack: str | None,
    period: str | None,
    date: str,
    anyway: str | None,
    document: Path | None,
) -> None:
    """发布本期报告：干净稿、PDF、存档，并锁定本期 / freeze the issue and close its period.

    DOCUMENT 是要发布的报告，默认为 reports 文件夹中本期的报告。
    """
    from generators.publishing import Wish, publish

    place = _workspace(workspace)
    wish = Wish(document, date, anyway)
    result = publish(place, pack, period, wish, progress(lang, quiet or as_json))
    made = published_as_dict(result.publication, place.published)
    if as_json:
        print_json(made, result.findings, lang)
    else:
        print_findings(result.findings, lang, errors_only=quiet)
        if not quiet:
            print_published(made, lang)
    sys.exit(result.exit_code)


@main.command("reopen")
@_common
@_pack_options
@click.option("--why", default="", help="重新开启的理由，记入台账 / the reason, kept in the ledger")
def reopen_command(
    workspace: Path | None,
    as_json: bool,
    lang: str,
    quiet: bool,
    pack: str | None,
    period: str | None,
    why: str,
) -> None:
    """重新开启已发布的一期，可再接收报送 / open a published period to submissions again."""
    from generators.locking import reopen
    from generators.status import publication_status

    place = _workspace(workspace)
    definition = _definition(place, pack, period, lang, as_json, quiet)
    result = reopen(place, definition, why)
    opened = result.reopening if result.exit_code == 0 else None
    if as_json:
        stands = publication_status(place, definition)
        told = stands.as_dict() if stands else None
        print_json({"publication": told}, result.findings, lang)
    else:
        print_findings(result.findings, lang)
        if opened and not quiet:
            click.echo(TEXTS[lang]["reopened"].format(period=definition.settings.period, why=opened.why))
    sys.exit(result.exit_code)


@main.command("compare")
@_common
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="修订稿的文件名，不能是要比较的文件 / where the result goes",
)
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
def compare_command(
    workspace: Path | None,
    as_json: bool,
    lang: str,
    quiet: bool,
    output: Path,
    old: Path,
    new: Path,
) -> None:
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
    if as_json:
        path = str(output) if comparison else None
        print_json({"comparison": path, **counts_of(comparison)}, found.findings, lang)
    else:
        print_findings(found.findings, lang, errors_only=quiet)
        if comparison and not quiet:
            text = TEXTS[lang]["same" if comparison.same else "compared"]
            click.echo(text.format(path=output, **counts_of(comparison)))
    sys.exit(0 if comparison else 2)


@main.command("init")
@_common
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def init_command(workspace: Path | None, as_json: bool, lang: str, quiet: bool, folder: Path) -> None:
    """新建工作文件夹，内含可直接使用的起步套件 / a fresh workspace with a starter pack."""
    from generators.starter import start_workspace

    pack, failure = start_workspace(folder)
    if as_json:
        created = None if failure else str(folder.resolve())
        print_json({"workspace": created, "pack": pack}, [failure] if failure else [], lang)
    elif failure:
        print_findings([failure], lang)
    elif not quiet:
        click.echo(TEXTS[lang]["init"].format(folder=folder, pack=pack))
    sys.exit(2 if failure else 0)


# --- helpers --------------------------------------------------------------------------------------


def _workspace(folder: Path | None) -> Workspace:
    """The workspace: the one named, else the first that is one of the current folder and checkout."""
    from generators.workspace import Workspace

    if folder is None:
        places = (Path.cwd(), Path(__file__).resolve().parent.parent)
        folder = next((place for place in places if (place / "templates").is_dir()), places[0])
    return Workspace(folder.resolve())


def _definition(
    place: Workspace, pack: str | None, period: str | None, lang: str, as_json: bool, quiet: bool
) -> Definition:
    """The pack's definition; where it has errors they are printed and the program ends with 2."""
    from generators.workspace import open_pack

    opened = open_pack(place, pack, period)
    if opened.value is not None:
        if not as_json:
            print_findings(opened.findings, lang, errors_only=quiet)
        return opened.value
    if as_json:
        print_json({}, opened.findings, lang)
    else:
        print_findings(opened.findings, lang)
    sys.exit(2)
