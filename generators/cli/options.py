"""The options that commands share, and what follows from them: workspace, pack, language, form."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generators.console import TEXTS, print_findings, print_json, progress
from generators.logs import open_log

if TYPE_CHECKING:
    from generators.model import Definition, Finding
    from generators.workspace import Workspace

Command = Callable[..., Any]
SHARED = ("workspace", "as_json", "lang", "quiet", "pack", "period", "verbose")


@dataclass(frozen=True)
class Asked:
    """What was asked for beside the command itself.

    ``pack`` and ``period`` are ``None`` where the workspace and its definition decide. ``csv`` says
    that a table is printed on standard output, which nothing else may then be; ``verbose`` that the
    log is to say more.
    """

    folder: Path | None
    as_json: bool
    lang: str
    quiet: bool
    pack: str | None = None
    period: str | None = None
    verbose: bool = False
    csv: bool = False

    @functools.cached_property
    def place(self) -> Workspace:
        """The workspace named, else the first that is one of the current folder and the checkout."""
        from generators.workspace import Workspace

        folder = self.folder
        if folder is None:
            places = (Path.cwd(), Path(__file__).resolve().parents[2])
            folder = next((place for place in places if (place / "templates").is_dir()), places[0])
        return Workspace(folder.resolve())

    @property
    def silent(self) -> bool:
        """Whether neither progress nor notices may be printed."""
        return self.quiet or self.as_json or self.csv

    @property
    def bar(self) -> Callable[[str, Sequence[Path]], Iterable[Path]]:
        """The progress bar, which shows nothing where it must be silent."""
        return progress(self.lang, self.silent)

    def open_log(self) -> None:
        """Send events to the workspace's log; to standard error too, where that was asked for."""

        def file() -> Path | None:
            return self.place.log if self.place.templates.is_dir() else None

        open_log(file, verbose=self.verbose, echo=self.verbose)

    def text(self, key: str) -> str:
        """A text of the console in the language asked for."""
        return TEXTS[self.lang][key]

    def told(self, key: str, /, **words: object) -> str:
        """A text of the console with its words, harmless to a terminal whatever paths are called."""
        from generators.names import printable

        return printable(self.text(key).format_map(words))

    def tell(self, findings: Iterable[Finding], printed: dict[str, Any] | None = None) -> bool:
        """Print findings: with ``printed`` as the one JSON object, else as text; whether as text."""
        if self.as_json:
            print_json(printed or {}, findings, self.lang)
        else:
            print_findings(findings, self.lang, errors_only=self.quiet)
        return not self.as_json

    def definition(self, period: str | None = None) -> Definition:
        """The pack's definition; where it has errors they are printed and the program ends with 2."""
        from generators.workspace import open_pack

        opened = open_pack(self.place, self.pack, period)
        if opened.value is None:
            if self.as_json:
                print_json({}, opened.findings, self.lang)
            else:
                print_findings(opened.findings, self.lang)
            sys.exit(2)
        if not self.as_json:
            print_findings(opened.findings, self.lang, errors_only=self.silent)
        return opened.value


def common(function: Command) -> Command:
    """The options that every command has; it is given them as :class:`Asked`."""

    @functools.wraps(function)
    def command(**given: Any) -> Any:
        given = {name: _readable(name, value) for name, value in given.items()}
        shared = {name: given.pop(name) for name in SHARED if name in given}
        asked = Asked(shared.pop("workspace"), **shared)
        asked.open_log()
        return function(asked, **given)

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
        command = option(command)
    return command


def pack_options(function: Command) -> Command:
    """The options of commands that work on one report pack; to be put below :func:`common`."""
    for option in (
        click.option(
            "--period", default=None, callback=_given, help="报告期，默认取自 definition.xlsx / period"
        ),
        click.option("--report", "pack", default=None, help="报告套件的文件夹名 / report pack"),
    ):
        function = option(function)
    return function


def verbose_option(function: Command) -> Command:
    """``--verbose`` of the commands that keep a log."""
    return click.option(
        "--verbose", is_flag=True, help="日志更详细，并显示在屏幕上 / log more, and on the screen too"
    )(function)


def format_option(function: Command) -> Command:
    """``--format`` of the commands that print findings as a table."""
    return click.option(
        "--format",
        "kind",
        type=click.Choice(["text", "json", "csv"]),
        default=None,
        help="输出格式，默认 text；json 和 csv 打印在标准输出 / text (default), json or csv",
    )(function)


def in_format(asked: Asked, kind: str | None) -> Asked:
    """What was asked for, in the form of ``--format``; an error where ``--json`` says otherwise."""
    if asked.as_json and kind not in (None, "json"):
        raise click.UsageError(asked.text("formats"))
    return replace(asked, as_json=asked.as_json or kind == "json", csv=kind == "csv")


def _readable(name: str, value: object) -> object:
    """What was typed, as it may be kept and printed. Paths stay what they are; a question may be one."""
    from generators.names import printable

    return printable(value) if isinstance(value, str) and name != "question" else value


def _given(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """An option's text; an empty one means that none was given."""
    return value or None
