"""``trace``: every figure that a report prints, and the file, sheet and cell it came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generators.altered import altered_originals
from generators.excel.numbers import plain
from generators.history import asked_for, json_value
from generators.issued import Issued, last_issue, last_one, no_issue, open_issued
from generators.ledger import Pin, existing_ledger
from generators.model import (
    Definition,
    Finding,
    Issue,
    Link,
    Manifest,
    Measure,
    PrintedFigure,
    Result,
    Severity,
    Value,
)
from generators.text import shorten
from generators.word.audit import standing_text
from generators.word.matching import KnownBy, match
from generators.word.places import Place, places_of, story_of
from generators.workspace import Workspace, open_pack, original_path


@dataclass(frozen=True)
class Traced:
    """A figure in a document: ``text`` is what stands there now, ``figure`` what was printed.

    ``known_by`` is by what its control was known again, ``None`` where no document was looked at.
    ``copied`` says that it stands elsewhere too and was pasted here.
    """

    figure: PrintedFigure
    text: str
    place: Place
    known_by: KnownBy | None = None
    copied: bool = False

    @property
    def changed(self) -> bool:
        """Whether somebody changed it by hand."""
        return self.text != self.figure.text


@dataclass(frozen=True)
class Trace:
    """Figures of a report in reading order; ``gone`` counts those whose control has gone from it.

    ``subject`` is the document's name, or the indicator's.
    """

    definition: Definition
    subject: str
    issue: Issue
    figures: tuple[Traced, ...]
    gone: int = 0


def is_document(question: str) -> bool:
    """Whether ``trace`` is asked about a file, and not about an indicator."""
    if question.casefold().endswith((".docx", ".docm", ".doc")):
        return True
    try:
        return Path(question).is_file()
    except OSError:  # too long for a file's name
        return False


def trace_document(
    workspace: Workspace, path: Path, pack: str | None, period: str | None
) -> Result[Trace]:
    """The figures of a document as they stand in it now.

    The value is ``None`` where it cannot be read, where no report of its period is known, or where
    it holds none of the program's figures.
    """
    opened = open_issued(workspace, path, pack, period)
    if opened.value is None:
        return Result(None, opened.findings)
    issued = opened.value
    if issued.issue is None:
        return Result(None, (*issued.noticed, no_issue(issued.definition)))
    figures, gone = _standing(issued, issued.issue.manifest)
    if not figures:
        nothing = Finding("run.no_figures", Severity.ERROR, file=issued.name)
        return Result(None, (*issued.noticed, nothing))
    trace = Trace(issued.definition, issued.name, issued.issue, figures, gone)
    return Result(trace, (*issued.noticed, *last_one(issued), *_altered(trace, workspace)))


def trace_indicator(
    workspace: Workspace, question: str, pack: str | None, period: str | None
) -> Result[Trace]:
    """The places of the last report at which an indicator is printed, with a measure after a dot.

    The value is ``None``, with a finding, for an unknown indicator and where there is no report.
    """
    opened = open_pack(workspace, pack, period)
    if opened.value is None:
        return Result(None, opened.findings)
    definition = opened.value
    ledger = existing_ledger(workspace.ledger)
    if ledger is None:
        asked = asked_for(definition, None, question)
    else:
        with ledger:
            asked = asked_for(definition, ledger, question)
    if asked.value is None:
        return Result(None, (*opened.findings, *asked.findings))
    code, measure = asked.value
    issue = last_issue(workspace, definition)
    if issue is None:
        return Result(None, (*opened.findings, no_issue(definition)))
    wanted = {f"{code}.{item}" for item in Measure if measure in (None, item)}
    figures = tuple(
        Traced(figure, figure.text, Place(story_of(figure.part), figure.heading))
        for figure in issue.manifest.figures
        if any(link.figure in wanted for link in figure.links)
    )
    indicator = definition.indicator_by_code.get(code)
    trace = Trace(definition, indicator.name if indicator else code, issue, figures)
    return Result(trace, (*opened.findings, *_altered(trace, workspace)))


def _altered(trace: Trace, workspace: Workspace) -> tuple[Finding, ...]:
    """The originals to which the trace leads that are not what was handed in."""
    period = trace.issue.manifest.period
    originals = {
        link.sha256: Pin(
            *("", 0, trace.definition.pack, period, link.department, link.vintage, link.file),
            name=trace.definition.department_name(link.department),
        )
        for traced in trace.figures
        for link in traced.figure.links
        if link.sha256
    }
    return tuple(altered_originals(workspace, originals)) if originals else ()


def _standing(issued: Issued, manifest: Manifest) -> tuple[tuple[Traced, ...], int]:
    matches = match(issued.document, manifest)
    places = {
        id(span.control): place
        for text, place in zip(issued.document.texts, places_of(issued.document), strict=True)
        for span in text.spans
        if span.control is not None
    }
    figures = tuple(
        Traced(
            item.figure,
            standing_text(item.control),
            places[id(item.control)],
            item.known_by,
            item.copied,
        )
        for item in matches.found
    )
    return figures, len(matches.missing)


# --- for programs and for people ------------------------------------------------------------------


def trace_as_dict(trace: Trace, workspace: Workspace) -> dict[str, object]:
    """The trace as the JSON output prints it."""
    manifest = trace.issue.manifest
    return {
        "subject": trace.subject,
        "issue": {
            "period": manifest.period,
            "number": trace.issue.number,
            "written": trace.issue.written_at,
        },
        "figures": [_figure_as_dict(item, trace.definition, workspace) for item in trace.figures],
        "gone": trace.gone,
    }


def _figure_as_dict(traced: Traced, definition: Definition, workspace: Workspace) -> dict[str, object]:
    figure, place = traced.figure, traced.place
    first, *others = [link_as_dict(link, definition, workspace) for link in _links(figure)]
    if figure.value is not None:
        first["value"] = json_value(figure.value)
    return {
        "text": traced.text,
        **first,
        "part": place.part,
        "heading": place.heading,
        "paragraph": place.paragraph,
        "row": place.row,
        "column": place.column,
        "changed": traced.changed,
        "printed": figure.text,
        "copied": traced.copied,
        "known_by": str(traced.known_by) if traced.known_by else None,
        "expression": figure.expression,
        "bookmark": figure.bookmark,
        "more": others,
    }


def link_as_dict(link: Link, definition: Definition, workspace: Workspace) -> dict[str, object]:
    """What a figure stands on, as the JSON output prints it."""
    return {
        "figure": link.figure,
        "indicator": link.label,
        "value": json_value(link.value),
        "department": definition.department_name(link.department),
        "file": link.file,
        "sheet": link.sheet,
        "cell": link.cell,
        "vintage": link.vintage,
        "sha256": link.sha256,
        "archive": str(original_of(link, workspace)) if link.sha256 else "",
    }


def original_of(link: Link, workspace: Workspace) -> Path:
    """Where the original that a figure came from is kept."""
    return original_path(workspace, link.sha256)


def _links(figure: PrintedFigure) -> Sequence[Link]:
    """What a figure stands on; what stands on nothing that was reported has one blank link."""
    return figure.links or (Link("", "", ""),)


_HEADERS = {
    "zh": ("文字", "指标", "数值", "部门", "单元格", "版次", "文件", "位置", "备注"),
    "en": ("text", "indicator", "value", "department", "cell", "vintage", "file", "place", "remarks"),
}
_RIGHT_ALIGNED = (2, 5)
_LONG = {0: 24, 1: 24, 2: 24, 7: 24}
"""Columns that may hold whole paragraphs, and how many characters of them are shown."""
_WORDS = {
    "zh": {
        "changed": "手工改过，程序打印的是“{}”",
        "copied": "复制",
        "bookmark": "按书签认出",
        "alias": "按标题认出",
        "text": "按文字认出",
        "paragraph": "第 {} 段",
        "row": "表格第 {} 行第 {} 格",
        "title": "{subject}：{period} 报告，{date} 写出，共 {count} 处",
        "counts": "手工改过 {changed} 处，复制 {copied} 处，控件已不在 {gone} 处。",
        "unprinted": "{period} 的报告没有用到“{subject}”。",
        "originals": "报送原件：",
        "joint": "，",
        "missing": "缺",
    },
    "en": {
        "changed": "changed by hand; the program printed “{}”",
        "copied": "a copy",
        "bookmark": "known by its bookmark",
        "alias": "known by its title",
        "text": "known by its text",
        "paragraph": "paragraph {}",
        "row": "table row {}, cell {}",
        "title": "{subject}: report of {period}, written {date}, {count} places",
        "counts": "{changed} changed by hand, {copied} copies, {gone} whose control has gone.",
        "unprinted": "The report of {period} does not use {subject}.",
        "originals": "Originals:",
        "joint": ", ",
        "missing": "missing",
    },
}


def trace_table(trace: Trace, workspace: Workspace, language: str, *, originals: bool) -> None:
    """Print the trace as a table, one line a source; Chinese characters count as two columns.

    Where standard output is no terminal, no line is wrapped. ``originals`` lists the archived files.
    """
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    words = _WORDS[language]
    period = trace.issue.manifest.period
    console = Console()
    if not console.is_terminal:
        console = Console(width=10_000)
    if not trace.figures:
        print_lines([words["unprinted"].format(period=period, subject=trace.subject)])
        return
    title = words["title"].format(
        subject=trace.subject,
        period=period,
        date=trace.issue.written_at[:10],
        count=len(trace.figures),
    )
    table = Table(box=SIMPLE, pad_edge=False, title=escape(title), title_justify="left")
    for place, header in enumerate(_HEADERS[language]):
        right = place in _RIGHT_ALIGNED
        table.add_column(header, justify="right" if right else "left", overflow="fold")
    for traced in trace.figures:
        for row in _rows(traced, trace.definition, words):
            shown = (shorten(text, _LONG.get(place, 80)) for place, text in enumerate(row))
            table.add_row(*map(escape, shown))
    with console.capture() as captured:
        console.print(table)
    print_lines(captured.get().splitlines())
    changed = sum(item.changed for item in trace.figures)
    copied = sum(item.copied for item in trace.figures)
    if changed or copied or trace.gone:
        print_lines([words["counts"].format(changed=changed, copied=copied, gone=trace.gone)])
    if originals:
        print_lines([words["originals"], *_originals(trace, workspace)])


def print_lines(lines: Iterable[str]) -> None:
    """Print lines without blanks at their ends."""
    import click

    for line in lines:
        click.echo(line.rstrip())


def _rows(traced: Traced, definition: Definition, words: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """A line for each source of a figure; its text and place stand in the first."""
    figure = traced.figure
    for number, link in enumerate(_links(figure)):
        first = number == 0
        value = figure.value if first and figure.value is not None else link.value
        yield (
            traced.text if first else "",
            link.label,
            words["missing"] if first and figure.missing else _shown(value),
            definition.department_name(link.department),
            "!".join(part for part in (link.sheet, link.cell) if part),
            str(link.vintage or ""),
            link.file,
            _where(traced.place, words) if first else "",
            words["joint"].join(_remarks(traced, words)) if first else "",
        )


def _shown(value: Value) -> str:
    return "" if value is None else value if isinstance(value, str) else plain(value)


def _where(place: Place, words: Mapping[str, str]) -> str:
    if place.row:
        number = words["row"].format(place.row, place.column)
    else:
        number = words["paragraph"].format(place.paragraph) if place.paragraph else ""
    heading = shorten(place.heading, 14)
    return " › ".join(part for part in (heading, number) if part)


def _remarks(traced: Traced, words: Mapping[str, str]) -> Iterator[str]:
    if traced.changed:
        yield words["changed"].format(shorten(traced.figure.text, 24))
    if traced.copied:
        yield words["copied"]
    if traced.known_by not in (None, KnownBy.TAG):
        yield words[str(traced.known_by)]


def _originals(trace: Trace, workspace: Workspace) -> Iterator[str]:
    """The archived files of the figures, each once with the cells that are of interest in it."""
    cells: dict[Path, list[str]] = {}
    names: dict[Path, str] = {}
    for link in (link for item in trace.figures for link in item.figure.links if link.sha256):
        path = original_of(link, workspace)
        names[path] = link.file
        place = f"{link.sheet}!{link.cell}"
        if place not in cells.setdefault(path, []):
            cells[path].append(place)
    for path, own in cells.items():
        yield f"{names[path]} {'、'.join(own)} {path.as_uri()}"
