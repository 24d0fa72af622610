"""Who has reported, when, which vintage, on time or late; and whether the period was published."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from zoneinfo import ZoneInfo

from generators.collection import collect, department_reports
from generators.model import Definition, Finding, Severity
from generators.seal_key import read_seal_key
from generators.text import local_moment
from generators.validation import is_unexplained
from generators.workspace import Workspace, open_ledger


@dataclass(frozen=True)
class DepartmentStatus:
    """One department's line. ``vintage`` is ``None`` where nothing was taken in yet.

    ``received`` is local time of the pack's zone (``2023-12-20 09:30``), empty for no file. ``sealed``
    says whether the file bears the seal of the workspace's key, ``False`` for one that stands from
    before; ``None`` where there is no key, or no file that could be read.
    """

    code: str
    name: str
    state: str
    file: str
    received: str
    vintage: int | None
    timeliness: str
    errors: int
    confirms: int
    warnings: int
    sealed: bool | None = None

    def as_dict(self) -> dict[str, object]:
        """The line as the JSON output prints it."""
        return asdict(self)


@dataclass(frozen=True)
class PublicationStatus:
    """The last publication of the period. ``state`` is ``published``, or ``reopened`` since.

    ``date`` is the day that it bears; times are local to the pack's zone (``2023-12-20 09:30``).
    ``by`` and ``time`` say who published it and when, or, where it was opened again, who opened it
    and when; ``why`` the reason for that, or for publishing what was not finished; empty for none.
    """

    state: str
    number: int
    date: str
    time: str
    by: str
    why: str

    def as_dict(self) -> dict[str, object]:
        """The publication as the JSON output prints it."""
        return asdict(self)


def publication_status(workspace: Workspace, definition: Definition) -> PublicationStatus | None:
    """How the period stands; ``None`` where it was never published."""
    with open_ledger(workspace) as ledger:
        last = ledger.last_publication(*definition.key)
        reopening = ledger.reopening(*definition.key)
    if last is None:
        return None
    state = "reopened" if reopening else "published"
    moment, by, why = (
        (reopening.reopened_at, reopening.by, reopening.why)
        if reopening
        else (last.published_at, last.by, last.reason)
    )
    local = local_moment(moment, definition.settings.time_zone)
    time = local.strftime("%Y-%m-%d %H:%M") if local else moment
    return PublicationStatus(state, last.number, last.date, time, by, why)


def department_status(workspace: Workspace, definition: Definition) -> list[DepartmentStatus]:
    """How every department of the definition stands, judged from the inbox as it is now.

    Nothing is taken in: a file that ``run`` has not seen yet has no vintage.
    """
    with open_ledger(workspace) as ledger:
        collection = collect(workspace, definition, ledger, lambda _, paths: paths)
        kept = ledger.vintages(*definition.key)
    key = read_seal_key(workspace)
    files = {item.department: item.file for item in collection.current}
    sealed = {
        item.department: not _stands(item.findings)
        for item in collection.current
        if key is not None and item.submission is not None
    }
    vintages = {
        department: vintage.number
        for department, history in kept.items()
        for vintage in history
        if department in files and vintage.sha256 == files[department].sha256
    }
    zone = ZoneInfo(definition.settings.time_zone)
    lines = []
    for report in department_reports(collection, vintages, collection.findings):
        file = files.get(report.department)
        unexplained = sum(
            is_unexplained(item) and item.department == report.department for item in collection.findings
        )
        lines.append(
            DepartmentStatus(
                code=report.department,
                name=definition.department_name(report.department),
                state=str(report.state),
                file=report.file,
                received=file.received.astimezone(zone).strftime("%Y-%m-%d %H:%M") if file else "",
                vintage=report.vintage,
                timeliness=str(report.timeliness),
                errors=report.counts.get(Severity.ERROR, 0),
                confirms=unexplained,
                warnings=report.counts.get(Severity.WARNING, 0),
                sealed=sealed.get(report.department),
            )
        )
    return lines


def _stands(findings: Iterable[Finding]) -> bool:
    """Whether a file counts although the present key has not sealed it."""
    return any(item.code == "seal.stands" for item in findings)


_HEADERS = {
    "zh": ("部门", "状态", "文件", "报送时间", "第几次", "时效", "错误", "待核实", "提醒"),
    "en": (
        *("department", "state", "file", "received", "vintage"),
        *("timeliness", "errors", "to confirm", "warnings"),
    ),
}
_RIGHT_ALIGNED = (4, 6, 7, 8)
_STATES = {
    "zh": {"accepted": "已采用", "rejected": "已退回", "missing": "未报送"},
    "en": {"accepted": "accepted", "rejected": "rejected", "missing": "missing"},
}
_TIMELINESS = {
    "zh": {"on_time": "按时", "late": "迟报", "none": "未设期限", "missing": "缺报"},
    "en": {"on_time": "on time", "late": "late", "none": "no deadline", "missing": "missing"},
}
_STYLES = {"accepted": "green", "rejected": "red", "missing": "red"}


_PUBLICATIONS = {
    "zh": {
        "published": "本期报告已发布：第{number}次，日期 {date}（{time}{by}）。新的报送不再接收。",
        "reopened": "本期报告第{number}次发布（日期 {date}）后已重新开启（{time}{by}），理由：{why}",
        "why": "发布理由：{why}",
        "by": "，{by}",
    },
    "en": {
        "published": "The report is published: publication {number} of {date} ({time}{by}). "
        "New submissions are not taken.",
        "reopened": "Publication {number} of {date} was set aside and the period opened again "
        "({time}{by}): {why}",
        "why": "The reason for publishing it: {why}",
        "by": ", {by}",
    },
}


def publication_line(publication: PublicationStatus, language: str) -> str:
    """The publication in words."""
    words = _PUBLICATIONS[language]
    by = words["by"].format(by=publication.by) if publication.by else ""
    told = {**publication.as_dict(), "by": by}
    line = words[publication.state].format_map(told)
    if publication.state == "published" and publication.why:
        line = f"{line}\n{words['why'].format_map(told)}"
    return line


def status_table(rows: Sequence[DepartmentStatus], language: str) -> None:
    """Print the lines as a table; Chinese characters count as two columns."""
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=SIMPLE, pad_edge=False)
    for place, header in enumerate(_HEADERS[language]):
        table.add_column(header, justify="right" if place in _RIGHT_ALIGNED else "left", no_wrap=True)
    for row in rows:
        state = f"[{_STYLES[row.state]}]{_STATES[language][row.state]}[/]"
        vintage = "" if row.vintage is None else str(row.vintage)
        counts = (str(row.errors), str(row.confirms), str(row.warnings))
        late = _TIMELINESS[language][row.timeliness]
        table.add_row(escape(row.name), state, escape(row.file), row.received, vintage, late, *counts)
    console = Console()
    width = None if console.is_terminal else 160
    Console(width=width).print(table)
