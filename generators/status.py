"""Who has reported, when, which vintage, with how many findings, on time or late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from zoneinfo import ZoneInfo

from generators.collection import collect, department_reports
from generators.ledger import Ledger, ledger_url
from generators.model import Definition, Severity
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
    with Ledger(ledger_url(workspace.ledger)) as ledger:
        collection = collect(workspace, definition, ledger, lambda _, paths: paths)
        kept = ledger.vintages(*definition.key)
    files = {item.department: item.file for item in collection.current}
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
            )
        )
    return lines


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
