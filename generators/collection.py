"""Inbox → what counts: one workbook a department, accepted or rejected, and who is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from generators.altered import fault_findings
from generators.intake.inbox import Inbox, list_inbox, read_file
from generators.intake.passed_over import department_names
from generators.intake.settling import is_unfinished
from generators.ledger import Ledger
from generators.model import (
    Accepted,
    Definition,
    Finding,
    Publication,
    Severity,
)
from generators.summary import DepartmentReport, ReportState, Timeliness
from generators.taking import (
    Readings,
    Taken,
    in_its_folder,
    judged_against,
    owner_by_name,
    past_of,
    seals_of,
    take,
)
from generators.text import reason_of
from generators.validation.folders import folder_owners
from generators.workspace import Workspace, pack_names

Progress = Callable[[str, Sequence[Path]], Iterable[Path]]
"""Goes through paths, showing how far the named step is."""


@dataclass(frozen=True)
class Collection:
    """The files that count, at most one a department, and what was found about any file.

    ``publication`` is the one that closed the period, ``None`` where it is open. ``waiting`` says
    which files somebody is writing still: they count next time, and ``unfinished`` are those among
    them that looked so when they were read. ``standing`` are the last accepted submissions of
    departments whose file cannot be read just now, through no fault of its content. ``unseen`` tells
    of what could not be looked at in the inbox. ``altered`` says what of the past that they are judged
    by is not as it was kept, and so left out.
    """

    definition: Definition
    current: tuple[Taken, ...]
    unreadable: tuple[Finding, ...]
    superseded: tuple[Finding, ...]
    publication: Publication | None = None
    waiting: tuple[Finding, ...] = ()
    standing: tuple[Accepted, ...] = ()
    unseen: tuple[Finding, ...] = ()
    unfinished: frozenset[Path] = frozenset()
    altered: tuple[Finding, ...] = ()

    @cached_property
    def usable(self) -> tuple[Taken, ...]:
        """The files that are accepted."""
        return tuple(item for item in self.current if not item.rejected)

    @cached_property
    def rejected(self) -> tuple[str, ...]:
        """The names of the files that cannot be used."""
        names = [item.file for item in self.unreadable]
        return (*names, *(item.file.name for item in self.current if item.rejected))

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """The codes of the departments of which no file came at all."""
        sent = {item.department for item in self.current}
        sent |= {item.department for item in (*self.unreadable, *self.waiting)}
        return tuple(item.code for item in self.definition.departments if item.code not in sent)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Everything found, and a finding for each department of which nothing can be used.

        In a published period nobody is asked for anything any more.
        """
        have = {item.department for item in self.usable} | {item.department for item in self.waiting}
        have |= {item.submission.identity.department for item in self.standing}
        lacking = tuple(
            Finding("missing.department", Severity.ERROR, item.code, params={"department": item.name})
            for item in self.definition.departments
            if item.code not in have and self.publication is None
        )
        about_files = (finding for item in self.current for finding in item.findings)
        files = (*self.unreadable, *self.waiting, *self.superseded, *about_files)
        return (*self.altered, *lacking, *self.unseen, *files)


def collect(
    workspace: Workspace,
    definition: Definition,
    ledger: Ledger,
    progress: Progress,
    unsettled: frozenset[Path] = frozenset(),
    before: Readings | None = None,
) -> Collection:
    """Read and validate every file of the inbox, and find the one that counts for each department.

    Forms of the workspace's other packs are those packs' concern and passed over. ``unsettled`` are
    files that somebody is writing: nothing is read of them, but their departments are not missing.
    ``before`` is what was read earlier, by which it is not read again; it is brought up to date.
    Raises :class:`~generators.seal_key.SealKeyError` where the workspace's key cannot be used.
    """
    seals = seals_of(workspace, definition, ledger)
    readings: Readings = dict(before or {})
    read: list[Taken] = []
    waiting: list[Finding] = []
    unfinished: list[Path] = []
    other_packs = frozenset(pack_names(workspace)) - {definition.pack}
    inbox = _inbox(workspace, definition)
    unreadable = list(inbox.refused)
    names = {item.path: item.name for item in inbox.files}
    for path in progress("inbox", list(names)):
        name = names[path]
        if path in unsettled:
            waiting.append(Finding("format.unsettled", Severity.WARNING, file=name))
            continue
        file = read_file(path, name, workspace.inbox)
        if isinstance(file, Finding):
            (waiting if file.code == "format.unsettled" else unreadable).append(file)
            continue
        item = in_its_folder(take(file, definition, seals, readings), file.name, definition)
        if item.submission is None and is_unfinished(file, item.findings):
            waiting.append(Finding("format.unsettled", Severity.WARNING, item.department, name))
            unfinished.append(path)
        elif not _is_of(other_packs, item):
            read.append(item)
    if before is not None:
        here = {item.file.sha256 for item in read}
        before.clear()
        before.update({key: one for key, one in readings.items() if key[0] in here})
    doubtful = waiting or unreadable or inbox.partial
    known = ledger.standing_submissions(*definition.key) if doubtful else ()
    waiting = [_owned(item, definition, known) for item in waiting]
    unreadable = [_owned(item, definition, known) for item in unreadable]
    writing = {item.department for item in waiting}
    current, superseded = _newest_of_each(_held_back(read, writing, known))
    judged = judged_against(current, definition, past_of(ledger, definition))
    lock = ledger.lock(*definition.key)
    absent = writing | {item.department for item in unreadable if item.code == "format.unreadable"}
    absent -= {item.department for item in judged if not item.rejected}
    unseen = {item.submission.identity.department for item in known} if inbox.partial else set()
    unseen -= {item.department for item in judged} | {item.department for item in unreadable}
    standing = [item for item in known if item.submission.identity.department in absent | unseen]
    waiting += [
        _stands(item, "stands" if item.submission.identity.department in absent else "out_of_sight")
        for item in standing
    ]
    return Collection(
        definition,
        judged,
        tuple(unreadable),
        tuple(superseded),
        lock,
        tuple(waiting),
        tuple(standing),
        inbox.unseen,
        frozenset(unfinished),
        fault_findings(ledger.faults(*definition.key), definition),
    )


def _inbox(workspace: Workspace, definition: Definition) -> Inbox:
    """What lies in the inbox; one that cannot be looked into is told and takes no figures away."""
    folder = workspace.inbox
    try:
        return list_inbox(folder, department_names([definition]))
    except OSError as error:
        params = {"reason": reason_of(error)}
        closed = Finding("run.folder_unread", Severity.WARNING, file=folder.name, params=params)
        return Inbox(unseen=(closed,), partial=True)


def _owned(finding: Finding, definition: Definition, known: Sequence[Accepted]) -> Finding:
    """A finding about a file that was not read, with whose it is: by its name, its folder, or its past.

    ``known`` is what stands of every department.
    """
    _, owners = folder_owners(finding.file, definition)
    owner = owner_by_name(finding.file, definition) or finding.department
    past = ""
    for item in known:
        if item.submission.file == finding.file:
            past = item.submission.identity.department
    return replace(finding, department=next(iter(owners), "") or owner or past)


def _held_back(read: Sequence[Taken], writing: Set[str], known: Sequence[Accepted]) -> list[Taken]:
    """The files that were read without older ones of departments that are writing a new one.

    What was accepted last stands for those, and no form that it had replaced.
    """
    stands = {item.submission.identity.department: item.submission.sha256 for item in known}
    return [
        item
        for item in read
        if item.submission is None
        or item.department not in writing
        or item.file.sha256 == stands.get(item.department, item.file.sha256)
    ]


def _stands(item: Accepted, why: str) -> Finding:
    """That a department's last accepted submission stands in for a file that cannot be read now."""
    form = item.submission
    params = {"vintage": str(item.vintage)}
    department = form.identity.department
    return Finding(f"format.{why}", Severity.WARNING, department, form.file, params=params)


def department_reports(
    collection: Collection, vintages: dict[str, int], findings: Sequence[Finding]
) -> list[DepartmentReport]:
    """How each department stands, in the order of the definition.

    ``vintages`` maps department codes to the vintage that was accepted; ``findings`` are counted.
    """
    definition = collection.definition
    files = {item.department: item for item in collection.current}
    standing = {item.submission.identity.department: item for item in collection.standing}
    reports = []
    for department in definition.departments:
        own = [found for found in findings if found.department == department.code]
        counts = {s: sum(found.severity is s and not found.shadow for found in own) for s in Severity}
        item = files.get(department.code)
        stands = standing.get(department.code)
        if item is None and stands is not None:
            report = DepartmentReport(
                department=department.code,
                state=ReportState.ACCEPTED,
                file=stands.submission.file,
                vintage=stands.vintage,
                saved_at=stands.submission.saved_at,
                timeliness=Timeliness.NONE,
                counts=counts,
            )
        elif item is None:
            missing = ReportState.MISSING
            report = DepartmentReport(
                department.code, missing, timeliness=Timeliness.MISSING, counts=counts
            )
        else:
            report = DepartmentReport(
                department=department.code,
                state=ReportState.REJECTED if item.rejected else ReportState.ACCEPTED,
                file=item.file.name,
                vintage=vintages.get(department.code),
                saved_at=item.submission.saved_at if item.submission else "",
                timeliness=_timeliness(definition, department.code, item.file.received),
                counts=counts,
            )
        reports.append(report)
    return reports


def _newest_of_each(taken: Sequence[Taken]) -> tuple[list[Taken], list[Finding]]:
    """The one file that counts for each department, and findings about the others.

    The file that was written last counts; of those written at once, the first by name. Files that
    are no form of this report stay as they are: each is rejected on its own account. One that may not
    count any more gives way to any that may.
    """
    current = [item for item in taken if item.submission is None]
    findings: list[Finding] = []
    by_department: dict[str, list[Taken]] = {}
    for item in taken:
        if item.submission is not None:
            by_department.setdefault(item.department, []).append(item)
    for department, items in by_department.items():
        ranked = sorted(items, key=lambda item: item.file.name)
        newest = max(ranked, key=lambda item: (not item.unsealed, item.file.received))
        counts = not newest.unsealed
        current.append(newest if counts else replace(newest, submission=None, findings=newest.unsealed))
        for item in ranked:
            if item is newest:
                continue
            same = item.file.sha256 == newest.file.sha256
            code = "envelope.copy" if same else "envelope.superseded"
            params = {"other": newest.file.name, "newer": newest.file.name}
            severity = Severity.INFO if same else Severity.WARNING
            findings.append(Finding(code, severity, department, item.file.name, params=params))
    return current, findings


def _timeliness(definition: Definition, department: str, received: dt.datetime) -> Timeliness:
    """Whether a file that came at ``received`` (UTC) met the department's deadline."""
    deadline = definition.deadline_of(department)
    if deadline is None:
        return Timeliness.NONE
    due = deadline.replace(tzinfo=ZoneInfo(definition.settings.time_zone))
    return Timeliness.ON_TIME if received <= due else Timeliness.LATE


def _is_of(packs: frozenset[str], item: Taken) -> bool:
    """Whether a file is a form of one of ``packs``."""
    return any(
        finding.code == "envelope.pack" and finding.params["found"] in packs for finding in item.findings
    )
