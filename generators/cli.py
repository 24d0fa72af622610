"""The command line: commands, options, exit codes, progress. No logic, and nothing heavy imported.

Options may stand before or after the command; without a command, ``run`` is meant.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from generators import __version__

if TYPE_CHECKING:
    from generators.model import Definition, Finding
    from generators.workspace import Workspace

F = TypeVar("F", bound=Callable[..., Any])
VALUE_OPTIONS = ("--workspace", "--lang", "--report", "--period", "--format")

_TEXTS = {
    "zh": {
        "inbox": "读取报送文件",
        "returned": "生成校验回执",
        "issue": "生成填报表",
        "check": "校验文件",
        "written": "报告：{report}\n汇总表：{summary}",
        "nothing": "未写入任何文件，原有报告保持不变。",
        "counts": "采用 {accepted} 个部门，退回 {rejected} 个文件，缺报 {missing} 个部门。",
        "forms": "已生成 {count} 份填报表：{folder}",
        "clean": "未发现问题。",
        "file": "{name}：{counts}",
        "file_clean": "{name}：未发现问题",
        "formats": "--json 就是 --format json，不能与其他格式同用",
        "init": "已新建工作文件夹：{folder}\n"
        "下一步：编辑 templates/{pack}/definition.xlsx 和 report.docx，再用 issue 生成填报表。",
        "unsealed": "填报表未加封（工作文件夹没有密钥）。",
        "unreported": "“{name}”还没有采用过的报送数。",
    },
    "en": {
        "inbox": "reading submissions",
        "returned": "writing receipts",
        "issue": "writing forms",
        "check": "checking files",
        "written": "report: {report}\nsummary: {summary}",
        "nothing": "Nothing was written; the last report stands.",
        "counts": "{accepted} departments accepted, {rejected} files rejected, {missing} missing.",
        "forms": "{count} forms written to {folder}",
        "clean": "No findings.",
        "file": "{name}: {counts}",
        "file_clean": "{name}: no findings",
        "formats": "--json means --format json and does not go with another format",
        "init": "New workspace: {folder}\nNext: edit templates/{pack}/definition.xlsx and report.docx, "
        "then issue the forms.",
        "unsealed": "Forms carry no seal (the workspace has no key).",
        "unreported": "No accepted submission has a value of {name} yet.",
    },
}


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
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            finding = _unforeseen(error, quiet="--quiet" in sys.argv)
            if "--json" in sys.argv:
                _print_json({}, [finding])
            else:
                _print_findings([finding], "zh")
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
def run_command(
    workspace: Path | None, as_json: bool, lang: str, quiet: bool, pack: str | None, period: str | None
) -> None:
    """接收、校验、汇总，生成报告和汇总表（默认命令）/ take in, validate, merge, write.

    退出码：0 全部采用并已生成；1 已生成，但有退回、缺报或待核实；2 未能生成。
    """
    from generators.pipeline import NOTHING, Run, run

    try:
        result = run(_workspace(workspace), pack, period, _progress(lang, quiet or as_json))
    except Exception as error:
        result = Run(NOTHING, findings=(_unforeseen(error, quiet),))
    if as_json:
        _print_json(
            {
                "report": str(result.report) if result.report else None,
                "summary": str(result.summary) if result.summary else None,
                "accepted": list(result.accepted),
                "rejected": list(result.rejected),
                "missing": list(result.missing),
            },
            result.findings,
            lang,
        )
    else:
        _print_findings(result.findings, lang, errors_only=quiet)
        if not quiet:
            text = _TEXTS[lang]
            if result.report is None:
                click.echo(text["nothing"])
            else:
                click.echo(text["written"].format(report=result.report, summary=result.summary))
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
    paths, failure = issue_forms(place, definition, _progress(lang, quiet or as_json))
    findings = [failure] if failure else []
    if as_json:
        _print_json({"forms": [str(path) for path in paths]}, findings, lang)
    else:
        _print_findings(findings, lang)
        if not quiet and not failure:
            click.echo(
                _TEXTS[lang]["forms"].format(
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
        raise click.UsageError(_TEXTS[lang]["formats"])
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
        for path in _progress(lang, silent)("check", files):
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
        _print_json({"rejected": rejected}, findings, lang)
    elif kind == "csv":
        click.echo(as_csv(findings, lang), nl=False)
    elif quiet:
        _print_findings(findings, lang, errors_only=True, verbose=verbose)
    else:
        _print_checked(checked, lang, verbose)
    sys.exit(1 if rejected else 0)


@main.command("status")
@_common
@_pack_options
def status_command(
    workspace: Path | None, as_json: bool, lang: str, quiet: bool, pack: str | None, period: str | None
) -> None:
    """各部门报送情况：时间、第几次、问题数、是否按时 / who has reported, when, on time or late."""
    from generators.status import department_status, status_table

    place = _workspace(workspace)
    definition = _definition(place, pack, period, lang, as_json, quiet)
    rows = department_status(place, definition)
    if as_json:
        _print_json({"departments": [row.as_dict() for row in rows], "sealed": False})
    else:
        status_table(rows, lang)
        click.echo(_TEXTS[lang]["unsealed"])


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
        _print_json(history_as_dict(history, zone) if history else {}, found.findings, lang)
    elif history is None:
        _print_findings(found.findings, lang)
    elif history.steps:
        history_table(history, definition, lang)
    else:
        click.echo(_TEXTS[lang]["unreported"].format(name=history.name))
    sys.exit(0 if history else 2)


@main.command("init")
@_common
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def init_command(workspace: Path | None, as_json: bool, lang: str, quiet: bool, folder: Path) -> None:
    """新建工作文件夹，内含可直接使用的起步套件 / a fresh workspace with a starter pack."""
    from generators.starter import start_workspace

    pack, failure = start_workspace(folder)
    if as_json:
        created = None if failure else str(folder.resolve())
        _print_json({"workspace": created, "pack": pack}, [failure] if failure else [], lang)
    elif failure:
        _print_findings([failure], lang)
    elif not quiet:
        click.echo(_TEXTS[lang]["init"].format(folder=folder, pack=pack))
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
            _print_findings(opened.findings, lang, errors_only=quiet)
        return opened.value
    if as_json:
        _print_json({}, opened.findings, lang)
    else:
        _print_findings(opened.findings, lang)
    sys.exit(2)


def _unforeseen(error: Exception, quiet: bool) -> Finding:
    """The one boundary for what no stage foresaw: the reason in one line, the details beside it."""
    from sqlalchemy.exc import DBAPIError

    from generators.ledger import NewerLedgerError
    from generators.workspace import not_written

    if isinstance(error, NewerLedgerError):
        found, known = str(error.found), str(error.known)
        return _failure("run.ledger_newer", path=_ledger_name(), found=found, known=known)
    if isinstance(error, DBAPIError):
        return _failure("run.ledger", path=_ledger_name(), reason=str(error.orig))
    if isinstance(error, OSError):
        return not_written(error.filename or "", error)
    if not quiet:
        traceback.print_exc()
    reason = f"{type(error).__name__}: {error}".splitlines()[0]
    return _failure("run.failed", reason=reason)


def _ledger_name() -> str:
    from generators.ledger import LEDGER_VARIABLE

    return LEDGER_VARIABLE if os.environ.get(LEDGER_VARIABLE) else "workbooks/ledger.db"


def _failure(code: str, **params: str) -> Finding:
    from generators.model import Finding, Severity

    return Finding(code, Severity.ERROR, params=params)


def _progress(lang: str, silent: bool) -> Callable[[str, Sequence[Path]], Iterable[Path]]:
    """A progress bar over paths on the terminal's error stream; nothing where there is none."""

    def bar(step: str, paths: Sequence[Path]) -> Iterator[Path]:
        hidden = silent or not sys.stderr.isatty()
        label = _TEXTS[lang][step]
        with click.progressbar(paths, label=label, hidden=hidden, file=sys.stderr) as items:
            yield from items

    return bar


def _print_checked(checked: Sequence[tuple[str, tuple[Finding, ...]]], lang: str, verbose: bool) -> None:
    """What was found file by file, each under its name and counts."""
    from generators.messages import counted

    texts = _TEXTS[lang]
    if not any(found for _, found in checked):
        click.echo(texts["clean"])
        return
    for place, (name, found) in enumerate(checked):
        if not found:
            click.echo(texts["file_clean"].format(name=name), err=True)
            continue
        if place:
            click.echo(err=True)
        head = texts["file"].format(name=name, counts=counted(found, lang))
        click.secho(head, bold=True, err=True)
        _print_findings(found, lang, verbose=verbose)
        if place + 1 < len(checked) and not checked[place + 1][1]:
            click.echo(err=True)


def _print_findings(
    findings: Iterable[Finding],
    lang: str,
    *,
    errors_only: bool = False,
    verbose: bool = False,
    indent: str = "",
) -> None:
    """One line a finding, the gravest first; ``verbose`` lists below it what follows from it."""
    from generators.messages import line, ordered
    from generators.model import Severity

    colours = {Severity.ERROR: "red", Severity.CONFIRM: "yellow", Severity.WARNING: "yellow"}
    for finding in ordered(findings):
        if not errors_only or finding.severity is Severity.ERROR:
            text = f"{indent}{line(finding, lang)}"
            click.secho(text, fg=colours.get(finding.severity), err=True)
            if verbose:
                _print_findings(finding.follows, lang, verbose=True, indent=f"{indent}  ")


def _print_json(
    value: dict[str, object], findings: Iterable[Finding] | None = None, lang: str = "zh"
) -> None:
    """Print one JSON object; its findings stand last, and are left out where ``None`` is given."""
    if findings is not None:
        from generators.messages import as_dict

        value = {**value, "findings": [as_dict(finding, lang) for finding in findings]}
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")  # a Windows console's code page lacks characters
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
