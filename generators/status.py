"""Who has reported, when, which vintage, with how many findings, on time or late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from zoneinfo import ZoneInfo

from generators.ledger import Ledger, sqlite_url
from generators.model import Definition, Severity
from generators.pipeline import department_reports, newest_of_each, take_inbox
from generators.summary import ReportState, Timeliness
from generators.validation import is_unexplained
from generators.workspace import Workspace


@dataclass(frozen=True)
class DepartmentStatus:
    """One department's line. ``vintage`` is ``None`` where nothing was taken in yet.

    ``received`` is local time of the pack's zone (``2023-12-20 09:30``), empty for no file.
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

    def as_dict(self) -> dict[str, object]:
        """The line as the JSON output prints it."""
        return asdict(self)


def department_status(workspace: Workspace, definition: Definition) -> list[DepartmentStatus]:
    """How every department of the definition stands, judged from the inbox as it is now.

    Nothing is taken in: a file that ``run`` has not seen yet has no vintage.
    """
    with Ledger(sqlite_url(workspace.ledger)) as ledger:
        taken, unreadable = take_inbox(workspace, definition, ledger, lambda _, paths: paths)
        kept = ledger.vintages(definition.pack, definition.settings.period)
    current, replaced = newest_of_each(taken)
    findings = [*unreadable, *replaced, *(item for file in current for item in file.findings)]
    received = {item.file.name: item.file.received for item in current}
    rejected = {item.file.name for item in current if item.rejected}
    content = {item.file.name: item.file.sha256 for item in current}
    zone = ZoneInfo(definition.settings.time_zone)
    lines = []
    for report in department_reports(definition, current, (), findings):
        vintages = {item.sha256: item.number for item in kept.get(report.department, ())}
        state = report.state
        if state is ReportState.REJECTED and report.file not in rejected:
            state = ReportState.ACCEPTED
        moment = received.get(report.file)
        lines.append(
            DepartmentStatus(
                code=report.department,
                name=definition.department_name(report.department),
                state=str(state),
                file=report.file,
                received=moment.astimezone(zone).strftime("%Y-%m-%d %H:%M") if moment else "",
                vintage=vintages.get(content.get(report.file, "")),
                timeliness=str(report.timeliness),
                errors=report.counts.get(Severity.ERROR, 0),
                confirms=sum(
                    is_unexplained(item) and item.department == report.department for item in findings
                ),
                warnings=report.counts.get(Severity.WARNING, 0),
            )
        )
    return lines


_LABELS = {
    "zh": {
        "header": ("部门", "状态", "文件", "报送时间", "第几次", "时效", "错误", "待核实", "提醒"),
        ReportState.ACCEPTED: "已采用",
        ReportState.REJECTED: "已退回",
        ReportState.MISSING: "未报送",
        Timeliness.ON_TIME: "按时",
        Timeliness.LATE: "迟报",
        Timeliness.NONE: "未设期限",
    },
    "en": {
        "header": (
            *("department", "state", "file", "received", "vintage"),
            *("timeliness", "errors", "to confirm", "warnings"),
        ),
        ReportState.ACCEPTED: "accepted",
        ReportState.REJECTED: "rejected",
        ReportState.MISSING: "missing",
        Timeliness.ON_TIME: "on time",
        Timeliness.LATE: "late",
        Timeliness.NONE: "no deadline",
    },
}
_MISSING_TIMELINESS = {"zh": "缺报", "en": "missing"}
_STYLES = {"accepted": "green", "rejected": "red", "missing": "red"}


def status_table(rows: Sequence[DepartmentStatus], language: str) -> None:
    """Print the lines as a table; Chinese characters count as two columns."""
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table

    labels = {**_LABELS[language], Timeliness.MISSING: _MISSING_TIMELINESS[language]}
    table = Table(box=SIMPLE, pad_edge=False)
    for place, header in enumerate(_LABELS[language]["header"]):
        table.add_column(header, justify="right" if place in (4, 6, 7, 8) else "left", no_wrap=True)
    for row in rows:
        state = labels[ReportState(row.state)]
        late = _MISSING_TIMELINESS[language]
        if row.timeliness != Timeliness.MISSING:
            late = str(labels[Timeliness(row.timeliness)])
        vintage = "" if row.vintage is None else str(row.vintage)
        counts = (str(row.errors), str(row.confirms), str(row.warnings))
        style = _STYLES[row.state]
        table.add_row(row.name, f"[{style}]{state}[/]", row.file, row.received, vintage, late, *counts)
    console = Console()
    width = None if console.is_terminal else 160
    Console(width=width).print(table)
