"""One inbox file → what it was read as, whose it is, and how it is judged."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from generators import __version__
from generators.excel.formats import format_of
from generators.excel.reading import FOREIGN, PASSING, read_any_workbook, read_front
from generators.forms.layout import IDENTITY_SHEET, IDENTITY_WORD, form_name, submitted_stem
from generators.forms.sealing import SealKey
from generators.intake.identity import read_claim
from generators.intake.inbox import InboxFile
from generators.intake.submission import read_submission
from generators.ledger import Ledger
from generators.messages import ordered
from generators.model import (
    Definition,
    Finding,
    Known,
    Result,
    Submission,
    Tally,
)
from generators.seal_key import read_seal_key
from generators.validation import is_blocking, judge, judge_together
from generators.validation.context import Context
from generators.validation.envelope import check_envelope
from generators.validation.folders import check_folder, folder_owners
from generators.validation.seals import NO_SEALS, Seals, check_seal, settled
from generators.workspace import Workspace


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


def seals_of(workspace: Workspace, definition: Definition, ledger: Ledger) -> Seals:
    """What seals are held against in a workspace."""
    key = read_seal_key(workspace)
    if key is None:
        return NO_SEALS
    vintages = ledger.vintages(*definition.key)
    return Seals(key, {code: [item.sha256 for item in kept] for code, kept in vintages.items()})


Readings = dict[tuple[str, str], Result[Submission]]
"""What files were read as, by content and by what a reading depends on. Never kept outside of memory."""


def take(
    file: InboxFile, definition: Definition, seals: Seals = NO_SEALS, before: Readings | None = None
) -> Taken:
    """Read one file; what it says is not judged yet.

    A content that ``before`` has is not read again, and what is read is added to it.
    """
    key = file.sha256, _reading_key(definition, seals.key)
    read = before.get(key) if before is not None else None
    if read is None:
        read = _read_form(file, definition, seals.key)
        if before is not None and not any(item.code in PASSING for item in read.findings):
            before[key] = read
    else:
        read = _called(read, file.name)
    read, unsealed = settled(read, seals)
    if read.value is None:
        named = next((item.department for item in read.findings if item.department), "")
        owner = named or owner_by_name(file.name, definition)
    else:
        owner = read.value.identity.department
    return Taken(file, owner, read.value, _owned(read.findings, owner), unsealed=unsealed)


def _called(read: Result[Submission], file: str) -> Result[Submission]:
    """What a file was read as, under its present name."""
    return Result(
        replace(read.value, file=file) if read.value else None,
        tuple(replace(finding, file=file) for finding in read.findings),
    )


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
    item = in_its_folder(take(file, definition, seals), place, definition)
    return judged_against([item], definition, past, others)[0]


def _owned(findings: Iterable[Finding], owner: str) -> tuple[Finding, ...]:
    """The findings in order, each with the department that it is for."""
    return ordered(item if item.department else replace(item, department=owner) for item in findings)


def _read_form(file: InboxFile, definition: Definition, key: SealKey | None) -> Result[Submission]:
    """Read one file as a form of this report; nothing is judged but envelope, seal and structure.

    A form whose seal does not hold is read all the same: it may have been accepted before.
    """
    # Most files of a shared inbox are told apart by their front alone.
    front = read_front(file.data, file.name, IDENTITY_SHEET, IDENTITY_WORD)
    if front.value is None:
        return Result(None, front.findings)
    claim = read_claim(front.value)
    wrong = tuple(check_envelope(claim.identity if claim else None, definition, file.name))
    if claim is None or wrong:
        return Result(None, wrong)
    # Other formats have no front: theirs is the whole workbook, read in a process of its own.
    foreign = format_of(file.data) in FOREIGN
    book = front if foreign else read_any_workbook(file.data, file.name)
    if book.value is None:
        return Result(None, book.findings)
    seal = tuple(check_seal(claim, key, definition, file.name))
    read = read_submission(book.value, claim.identity, definition)
    return Result(read.value, (*book.findings, *seal, *read.findings))


def owner_by_name(name: str, definition: Definition) -> str:
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
