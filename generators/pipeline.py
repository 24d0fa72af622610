"""One run, top to bottom: inbox → submissions → findings → dataset → report and summary workbook."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from generators.excel.workbook import read_workbook
from generators.forms import layout
from generators.intake.inbox import InboxFile, inbox_paths, read_file
from generators.intake.submission import identify, read_submission
from generators.ledger import Ledger, sqlite_url
from generators.merge import merge
from generators.messages import ordered
from generators.model import Accepted, Definition, Finding, Result, Severity, Submission
from generators.summary import DepartmentReport, ReportState, Timeliness, write_summary
from generators.text import file_name
from generators.validation import is_blocking, is_unexplained, validate
from generators.validation.envelope import check_envelope
from generators.word.render import render
from generators.word.template import TEMPLATE_FILE, compile_template
from generators.workspace import Workspace, open_pack, write_files

Progress = Callable[[str, Sequence[Path]], Iterable[Path]]
"""Goes through paths, showing how far the named step is."""

WRITTEN, INCOMPLETE, NOTHING = 0, 1, 2
"""Exit codes: all well; written, but something is rejected, missing or unexplained; not written."""


@dataclass(frozen=True)
class Run:
    """What a run did. Paths are ``None`` where nothing was written.

    ``accepted`` and ``missing`` are department names, ``rejected`` file names.
    """

    exit_code: int
    report: Path | None = None
    summary: Path | None = None
    accepted: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Taken:
    """An inbox file with what it was read as (``None`` where it is no form of this report)."""

    file: InboxFile
    submission: Submission | None
    findings: tuple[Finding, ...]

    @property
    def rejected(self) -> bool:
        """True where the file cannot be used."""
        return self.submission is None or any(is_blocking(item) for item in self.findings)


def run(workspace: Workspace, pack: str | None, period: str | None, progress: Progress) -> Run:
    """Take in the inbox and write the report and the summary workbook of one period."""
    opened = open_pack(workspace, pack, period)
    if opened.value is None:
        return Run(NOTHING, findings=ordered(opened.findings))
    definition = opened.value
    template_path = workspace.templates / definition.pack / TEMPLATE_FILE
    template_name = f"{definition.pack}/{TEMPLATE_FILE}"
    try:
        template_bytes = template_path.read_bytes()
    except OSError:
        missing = Finding("run.no_template", Severity.ERROR, file=template_name)
        return Run(NOTHING, findings=(missing, *opened.findings))
    template = compile_template(template_bytes, definition, template_name)
    if template.value is None:
        return Run(NOTHING, findings=ordered((*opened.findings, *template.findings)))

    with Ledger(sqlite_url(workspace.ledger)) as ledger:
        taken, unreadable = take_inbox(workspace, definition, ledger, progress)
        current, replaced = newest_of_each(taken)
        usable = [item for item in current if not item.rejected]
        findings = [*opened.findings, *template.findings, *unreadable, *replaced]
        findings += [finding for item in current for finding in item.findings]
        departments = _departments(definition, current, usable)
        findings += departments.findings
        rejected = [item.file for item in unreadable if item.severity is Severity.ERROR]
        rejected += [item.file.name for item in current if item.rejected]
        if not usable:
            findings.append(Finding("run.no_submission", Severity.ERROR))
            return replace(
                Run(NOTHING, rejected=tuple(rejected), findings=ordered(findings)),
                missing=departments.missing,
            )

        stored = write_files(
            {workspace.archive / f"{item.file.sha256}.xlsx": item.file.data for item in usable}
        )
        if stored is not None:
            return Run(NOTHING, findings=ordered((*findings, stored)))
        accepted = [_accept(item, ledger) for item in usable]
        dataset = merge(definition, accepted)
        assert dataset.value is not None
        findings += dataset.findings
        report = render(template.value, dataset.value, template_name)
        findings += report.findings
        if report.value is None:
            return Run(NOTHING, rejected=tuple(rejected), findings=ordered(findings))

        in_order = ordered(findings)
        summary = write_summary(
            dataset.value,
            in_order,
            department_reports(definition, current, accepted, in_order),
            "../workbooks/archive",
        )
        report_path, summary_path = output_paths(workspace, definition)
        outputs = {report_path: report.value.data, summary_path: summary}
        unwritten = write_files(outputs)
        if unwritten is not None:
            return Run(NOTHING, rejected=tuple(rejected), findings=ordered((*findings, unwritten)))
        code = WRITTEN
        if rejected or departments.missing or any(_is_open(item) for item in in_order):
            code = INCOMPLETE
        ledger.record_run(
            definition.pack,
            definition.settings.period,
            code,
            {item.submission.identity.department: item.vintage for item in accepted},
            {path.name: hashlib.sha256(data).hexdigest() for path, data in outputs.items()},
            in_order,
        )
    names = tuple(definition.department_name(i.submission.identity.department) for i in accepted)
    return Run(code, report_path, summary_path, names, tuple(rejected), departments.missing, in_order)


def take_inbox(
    workspace: Workspace, definition: Definition, ledger: Ledger, progress: Progress
) -> tuple[list[Taken], list[Finding]]:
    """Read and validate every file of the inbox; the second list holds what cannot be opened."""
    taken: list[Taken] = []
    unreadable: list[Finding] = []
    for path in progress("inbox", inbox_paths(workspace.inbox)):
        name = path.relative_to(workspace.inbox).as_posix()
        file = read_file(path, name)
        if isinstance(file, Finding):
            unreadable.append(file)
        else:
            taken.append(take(file, definition, ledger))
    return taken, unreadable


def take(file: InboxFile, definition: Definition, ledger: Ledger | None = None) -> Taken:
    """Read one file and validate it. With a ledger, a content that was read before is not again."""
    key = _reading_key(definition)
    known = ledger.reading(file.sha256, key, file.name) if ledger else None
    read = known or read_form(file, definition)
    if ledger and known is None:
        ledger.keep_reading(file.sha256, key, read)
    findings = read.findings
    if read.value is not None:
        findings += validate(read.value, definition)
    owner = read.value.identity.department if read.value else _by_name(file.name, definition)
    findings = tuple(item if item.department else replace(item, department=owner) for item in findings)
    return Taken(file, read.value, ordered(findings))


def read_form(file: InboxFile, definition: Definition) -> Result[Submission]:
    """Read one file as a form of this report; nothing is judged but envelope and structure."""
    book = read_workbook(file.data, file.name)
    if book.value is None:
        return Result(None, book.findings)
    identity = identify(book.value)
    wrong = tuple(check_envelope(identity, definition, file.name))
    if identity is None or wrong:
        return Result(None, wrong)
    return read_submission(book.value, identity, definition)


def newest_of_each(taken: Sequence[Taken]) -> tuple[list[Taken], list[Finding]]:
    """The one file that counts for each department, and findings about the others.

    The file that was written last counts; of equal content, the first by name. Files that are no
    form of this report stay as they are: each is rejected on its own account.
    """
    current = [item for item in taken if item.submission is None]
    findings: list[Finding] = []
    by_department: dict[str, list[Taken]] = {}
    for item in taken:
        if item.submission is not None:
            by_department.setdefault(item.submission.identity.department, []).append(item)
    for department, items in by_department.items():
        ranked = sorted(items, key=lambda item: item.file.name)
        newest = max(ranked, key=lambda item: item.file.received)
        current.append(newest)
        for item in ranked:
            if item is newest:
                continue
            same = item.file.sha256 == newest.file.sha256
            code = "envelope.copy" if same else "envelope.superseded"
            params = {"other": newest.file.name, "newer": newest.file.name}
            severity = Severity.INFO if same else Severity.WARNING
            findings.append(Finding(code, severity, department, item.file.name, params=params))
    return current, findings


def output_paths(workspace: Workspace, definition: Definition) -> tuple[Path, Path]:
    """Where the Word report and the summary workbook of a period go."""
    stem = file_name(f"{definition.settings.name}-{definition.settings.period}")
    return workspace.reports / f"{stem}.docx", workspace.reports / f"{stem}-汇总表.xlsx"


def timeliness(definition: Definition, department: str, received: dt.datetime) -> Timeliness:
    """Whether a file that came at ``received`` (UTC) met the department's deadline."""
    deadline = definition.deadline_of(department)
    if deadline is None:
        return Timeliness.NONE
    due = deadline.replace(tzinfo=ZoneInfo(definition.settings.time_zone))
    return Timeliness.ON_TIME if received <= due else Timeliness.LATE


def department_reports(
    definition: Definition,
    current: Sequence[Taken],
    accepted: Sequence[Accepted],
    findings: Sequence[Finding],
) -> list[DepartmentReport]:
    """How each department stands, in the order of the definition."""
    vintages = {item.submission.identity.department: item.vintage for item in accepted}
    files = {_owner(item, definition): item for item in current if _owner(item, definition)}
    reports = []
    for department in definition.departments:
        item = files.get(department.code)
        counts = {
            severity: sum(
                found.severity is severity and found.department == department.code for found in findings
            )
            for severity in Severity
        }
        if item is None:
            state, late = ReportState.MISSING, Timeliness.MISSING
        else:
            state = ReportState.ACCEPTED if department.code in vintages else ReportState.REJECTED
            late = timeliness(definition, department.code, item.file.received)
        reports.append(
            DepartmentReport(
                department=department.code,
                state=state,
                file=item.file.name if item else "",
                vintage=vintages.get(department.code),
                saved_at=item.submission.saved_at if item and item.submission else "",
                timeliness=late,
                counts=counts,
            )
        )
    return reports


@dataclass(frozen=True)
class _Departments:
    missing: tuple[str, ...]
    findings: tuple[Finding, ...]


def _departments(
    definition: Definition, current: Sequence[Taken], usable: Sequence[Taken]
) -> _Departments:
    """Departments of which nothing can be used: finding each; missing where no file came at all."""
    have = {_owner(item, definition) for item in usable}
    sent = {_owner(item, definition) for item in current}
    lacking = [item for item in definition.departments if item.code not in have]
    findings = tuple(
        Finding("missing.department", Severity.ERROR, item.code, params={"department": item.name})
        for item in lacking
    )
    return _Departments(tuple(item.name for item in lacking if item.code not in sent), findings)


def _owner(item: Taken, definition: Definition) -> str:
    """The department an inbox file is of: by its identity, else by its name, else nothing."""
    if item.submission is not None:
        return item.submission.identity.department
    return _by_name(item.file.name, definition)


def _by_name(name: str, definition: Definition) -> str:
    stem = Path(name).name
    return next(
        (d.code for d in definition.departments if layout.form_name(definition, d.code) == stem), ""
    )


def _accept(item: Taken, ledger: Ledger) -> Accepted:
    assert item.submission is not None
    return Accepted(item.submission, ledger.accept(item.submission, item.file.received))


def _reading_key(definition: Definition) -> str:
    """What a reading depends on besides the file: the definition's content, pack and period."""
    text = f"{definition.digest}/{definition.pack}/{definition.settings.period}"
    return hashlib.sha256(text.encode()).hexdigest()


def _is_open(finding: Finding) -> bool:
    return is_unexplained(finding) or finding.rule == "missing"
