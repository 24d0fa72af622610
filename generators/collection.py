"""Inbox → what counts: one workbook a department, accepted or rejected, and who is missing."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from generators import __version__
from generators.excel.reading import PASSING, read_any_workbook
from generators.forms.layout import form_name, submitted_stem
from generators.forms.sealing import SealKey
from generators.intake.identity import read_claim
from generators.intake.inbox import InboxFile, inbox_paths, read_file
from generators.intake.submission import read_submission
from generators.ledger import Ledger
from generators.messages import ordered
from generators.model import (
    Accepted,
    Definition,
    Finding,
    Known,
    Publication,
    Result,
    Severity,
    Submission,
    Tally,
)
from generators.seal_key import read_seal_key
from generators.summary import DepartmentReport, ReportState, Timeliness
from generators.validation import is_blocking, judge, judge_together
from generators.validation.context import Context
from generators.validation.envelope import check_envelope
from generators.validation.folders import check_folder, folder_owners
from generators.validation.seals import NO_SEALS, Seals, check_seal, settled
from generators.workspace import Workspace, pack_names

Progress = Callable[[str, Sequence[Path]], Iterable[Path]]
"""Goes through paths, showing how far the named step is."""


@dataclass(frozen=True)
class Taken:
    """An inbox file with what it was read as (``None`` where it is no form of this report).

    ``department`` is a code, empty where neither identity nor file name gives one. ``tallies`` say
    how often each rule could be applied. ``unsealed`` says why the file cannot count although it was
    accepted before forms were sealed: another one has been accepted since.
    """

    file: InboxFile
    department: str
    submission: Submission | None
    findings: tuple[Finding, ...]
    tallies: tuple[Tally, ...] = ()
    unsealed: tuple[Finding, ...] = ()

    @property
    def rejected(self) -> bool:
        """True where the file cannot be used."""
        return self.submission is None or any(is_blocking(item) for item in self.findings)


@dataclass(frozen=True)
class Collection:
    """The files that count, at most one a department, and what was found about any file.

    ``publication`` is the one that closed the period, ``None`` where it is open. ``waiting`` says
    which files somebody is writing still: they count next time. ``standing`` are the last accepted
    submissions of departments whose file cannot be read just now, through no fault of its content.
    """

    definition: Definition
    current: tuple[Taken, ...]
    unreadable: tuple[Finding, ...]
    superseded: tuple[Finding, ...]
    publication: Publication | None = None
    waiting: tuple[Finding, ...] = ()
    standing: tuple[Accepted, ...] = ()

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
        return (*lacking, *self.unreadable, *self.waiting, *self.superseded, *about_files)


def collect(
    workspace: Workspace,
    definition: Definition,
    ledger: Ledger,
    progress: Progress,
    unsettled: frozenset[Path] = frozenset(),
) -> Collection:
    """Read and validate every file of the inbox, and find the one that counts for each department.

    Forms of the workspace's other packs are those packs' concern and passed over. ``unsettled`` are
    files that somebody is writing: nothing is read of them, but their departments are not missing.
    Raises :class:`~generators.seal_key.SealKeyError` where the workspace's key cannot be used.
    """
    seals = seals_of(workspace, definition, ledger)
    read: list[Taken] = []
    unreadable: list[Finding] = []
    waiting: list[Finding] = []
    other_packs = frozenset(pack_names(workspace)) - {definition.pack}
    for path in progress("inbox", inbox_paths(workspace.inbox)):
        name = path.relative_to(workspace.inbox).as_posix()
        if path in unsettled:
            owner = _by_name(name, definition)
            waiting.append(Finding("format.unsettled", Severity.WARNING, owner, name))
            continue
        file = read_file(path, name)
        if isinstance(file, Finding):
            unreadable.append(replace(file, department=_by_name(file.file, definition)))
            continue
        item = in_its_folder(take(file, definition, ledger, seals), file.name, definition)
        if not _is_of(other_packs, item):
            read.append(item)
    current, superseded = _newest_of_each(read)
    judged = judged_against(current, definition, past_of(ledger, definition))
    lock = ledger.lock(*definition.key)
    absent = {item.department for item in waiting}
    absent |= {item.department for item in unreadable if item.code == "format.unreadable"}
    absent -= {item.department for item in judged if not item.rejected}
    standing = [
        item
        for item in (ledger.standing_submissions(*definition.key) if absent else ())
        if item.submission.identity.department in absent
    ]
    waiting += [_stands(item) for item in standing]
    return Collection(
        definition,
        judged,
        tuple(unreadable),
        tuple(superseded),
        lock,
        tuple(waiting),
        tuple(standing),
    )


def _stands(item: Accepted) -> Finding:
    """That a department's last accepted submission stands in for a file that cannot be read now."""
    form = item.submission
    params = {"vintage": str(item.vintage)}
    department = form.identity.department
    return Finding("format.stands", Severity.WARNING, department, form.file, params=params)


def seals_of(workspace: Workspace, definition: Definition, ledger: Ledger) -> Seals:
    """What seals are held against in a workspace."""
    key = read_seal_key(workspace)
    if key is None:
        return NO_SEALS
    vintages = ledger.vintages(*definition.key)
    return Seals(key, {code: [item.sha256 for item in kept] for code, kept in vintages.items()})


def take(
    file: InboxFile, definition: Definition, ledger: Ledger | None = None, seals: Seals = NO_SEALS
) -> Taken:
    """Read one file; what it says is not judged yet.

    With a ledger, a content that was read before is not read again.
    """
    key = _reading_key(definition, seals.key)
    read = ledger.reading(file.sha256, key, file.name) if ledger else None
    if read is None:
        read = _read_form(file, definition, seals.key)
        if ledger and not any(item.code in PASSING for item in read.findings):
            ledger.keep_reading(file.sha256, key, read)
    read, unsealed = settled(read, seals)
    if read.value is None:
        named = next((item.department for item in read.findings if item.department), "")
        owner = named or _by_name(file.name, definition)
    else:
        owner = read.value.identity.department
    return Taken(file, owner, read.value, _owned(read.findings, owner), unsealed=unsealed)


def in_its_folder(item: Taken, name: str, definition: Definition) -> Taken:
    """The file, refused where it lies in the folder of another department than its form is for.

    ``name`` is its name below the inbox. A file that is no form is that of the folder's department.
    """
    _, owners = folder_owners(name, definition)
    if not owners or item.department in owners:
        return item
    wrong: tuple[Finding, ...] = ()
    if item.submission is not None:
        wrong = tuple(check_folder(item.department, name, definition, item.file.name))
    found = wrong or tuple(replace(one, department=owners[0]) for one in item.findings)
    return Taken(item.file, owners[0], None, found)


Past = Callable[[Submission], Context]
"""What a submission is held against besides itself."""


def past_of(ledger: Ledger | None, definition: Definition) -> Past:
    """The departments' past as the ledger keeps it; nothing where there is no ledger."""
    if ledger is None:
        return lambda _: Context()
    known: dict[str, list[Known]] = {}
    for item in ledger.standing(*definition.key):
        known.setdefault(item.department, []).append(item)
    bound = ledger.bound(*definition.key)
    lock = ledger.lock(*definition.key)
    accepted = ledger.vintages(*definition.key) if lock else {}
    published = {department: each[-1].sha256 for department, each in accepted.items()}

    def past(submission: Submission) -> Context:
        department = submission.identity.department
        return Context(
            ledger.previous_vintage(submission),
            tuple(known.get(department, ())),
            tuple(item for item in bound if item.department == department),
            None if published.get(department) == submission.sha256 else lock,
        )

    return past


def judged_against(
    taken: Iterable[Taken],
    definition: Definition,
    past: Past,
    others: Sequence[Submission] = (),
) -> tuple[Taken, ...]:
    """The files judged: each by itself and its past, then those that are accepted all together.

    ``others`` are submissions of further departments that stand already; nothing is found about
    them.
    """
    contexts: dict[str, Context] = {}
    judged = []
    for item in taken:
        if item.submission is not None:
            context = contexts[item.department] = past(item.submission)
            found = judge(item.submission, definition, context, item.findings)
            findings = _owned(found.findings, item.department)
            item = replace(item, findings=findings, tallies=found.tallies)
        judged.append(item)
    standing = [item for item in judged if not item.rejected]
    own = {item.department: item.submission for item in standing if item.submission is not None}
    beside = [item for item in others if item.identity.department not in own]
    together: dict[str, list[Finding]] = {}
    for finding in judge_together([*own.values(), *beside], definition, contexts):
        together.setdefault(finding.department, []).append(finding)
    return tuple(
        replace(item, findings=ordered((*item.findings, *together.get(item.department, ()))))
        if not item.rejected
        else item
        for item in judged
    )


def check_file(
    file: InboxFile,
    definition: Definition,
    past: Past,
    others: Sequence[Submission] = (),
    key: SealKey | None = None,
    place: str = "",
) -> Taken:
    """One file judged as the next run would judge it, without being taken in.

    ``others`` is what stands of every department; what stands of the file's own gives way to it.
    ``key`` is the workspace's, ``place`` the file's name below the inbox, empty for one elsewhere.
    """
    seals = Seals(key, {item.identity.department: [item.sha256] for item in others})
    item = in_its_folder(take(file, definition, seals=seals), place, definition)
    return judged_against([item], definition, past, others)[0]


def _owned(findings: Iterable[Finding], owner: str) -> tuple[Finding, ...]:
    """The findings in order, each with the department that it is for."""
    return ordered(item if item.department else replace(item, department=owner) for item in findings)


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


def _read_form(file: InboxFile, definition: Definition, key: SealKey | None) -> Result[Submission]:
    """Read one file as a form of this report; nothing is judged but envelope, seal and structure.

    A form whose seal does not hold is read all the same: it may have been accepted before.
    """
    book = read_any_workbook(file.data, file.name)
    if book.value is None:
        return Result(None, book.findings)
    claim = read_claim(book.value)
    wrong = tuple(check_envelope(claim.identity if claim else None, definition, file.name))
    if claim is None or wrong:
        return Result(None, wrong)
    seal = tuple(check_seal(claim, key, definition, file.name))
    read = read_submission(book.value, claim.identity, definition)
    return Result(read.value, (*book.findings, *seal, *read.findings))


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


def _by_name(name: str, definition: Definition) -> str:
    """The department whose form, or returned copy, has that file name, whatever its ending."""
    stem = submitted_stem(Path(name).stem)
    return next(
        (d.code for d in definition.departments if Path(form_name(definition, d.code)).stem == stem), ""
    )


def _reading_key(definition: Definition, key: SealKey | None) -> str:
    """What a reading depends on besides the file: program, definition, pack, period and seal key."""
    parts = [__version__, definition.digest, definition.pack, definition.settings.period]
    parts += [key.id] if key else []
    return hashlib.sha256("/".join(parts).encode()).hexdigest()
