"""The command ``huibao`` itself, of which the others are parts."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from typing import Any

import click

from generators import __version__
from generators.console import print_findings, print_json
from generators.unforeseen import unforeseen


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
        if not sys.warnoptions:
            warnings.simplefilter("ignore")  # what a library says to programmers is no concern of users
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
        valued = {
            name
            for command in self.commands.values()
            for option in command.params
            if isinstance(option, click.Option) and not option.is_flag
            for name in option.opts
        }
        skip = False
        for place, word in enumerate(args):
            if skip:
                skip = False
            elif word in valued:
                skip = True
            elif not word.startswith("-"):
                return place
        return None


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
