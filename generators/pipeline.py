"""One run, top to bottom: inbox → submissions → findings → copies that go back, dataset → report."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError

from generators.altered import fault_finding
from generators.archiving import altered_standing, archived_originals
from generators.collection import Collection, Progress, collect, department_reports
from generators.commenting import comment_on_template, commented_path
from generators.comparing import compare_with_published
from generators.exclusive import at_work
from generators.issuing import prepare
from generators.ledger import (
    AlteredLedgerError,
    DueSlots,
    Ledger,
    existing_ledger,
    reason_of_database,
)
from generators.locking import held
from generators.logs import event
from generators.merge import Dataset, merge
from generators.messages import line, ordered
from generators.model import (
    Accepted,
    Definition,
    EventKind,
    Finding,
    Happening,
    Manifest,
    Result,
    Revision,
    Severity,
)
from generators.outputs import write_outputs
from generators.quarantine import set_apart
from generators.recording import arrivals, hashes, overrides, rejections, run_happened
from generators.returning import give_back
from generators.summary import Archive, write_summary
from generators.support.files import read_ordinary
from generators.taking import Readings
from generators.text import reason_of
from generators.user import operator
from generators.validation import is_unexplained
from generators.validation.explanations import bindings
from generators.verifying import quick_check
from generators.word.render import render
from generators.word.template import TEMPLATE_FILE, compile_template
from generators.word.tree import Template
from generators.word.trial import try_out
from generators.workspace import (
    Workspace,
    archive_names,
    open_pack,
    output_paths,
    write_files,
)

WRITTEN, INCOMPLETE, NOTHING = 0, 1, 2
"""Exit codes: all well; written, but something is rejected, missing or unexplained; not written."""

PASSING = frozenset(["run.busy", "run.not_written", "run.ledger", "run.failed", "run.no_inbox"])
"""Why a run wrote nothing, where the same run may write something later."""

ARCHIVE_FROM_REPORTS = "../workbooks/archive"
_LOGGED = 5
"""How many errors an event quotes; the ledger has them all."""


@dataclass(frozen=True)
class Run:
    """What a run did. Paths are ``None`` where nothing was written.

    ``accepted`` and ``missing`` are department names, ``rejected`` file names. ``pack`` is empty
    where none could be opened. ``served`` says that the ledger keeps the slots that the run was made
    for as served, together with the run itself. ``unfinished`` are files that somebody seemed to be
    writing still.
    """

    exit_code: int
    report: Path | None = None
    summary: Path | None = None
    accepted: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    comparison: Path | None = None
    pack: str = ""
    unfinished: frozenset[Path] = frozenset()
    served: bool = False

    def log(self, name: str, **fields: Any) -> None:
        """Log it as an event."""
        errors = [line(item, "en") for item in self.findings if item.severity is Severity.ERROR]
        event(
            name,
            pack=self.pack or None,
            **fields,
            report=self.report.name if self.report else None,
            accepted=len(self.accepted),
            rejected=list(self.rejected) or None,
            missing=list(self.missing) or None,
            errors=errors[:_LOGGED] or None,
            exit=self.exit_code,
        )


def passing(done: Run) -> tuple[Finding, ...]:
    """Why a run wrote nothing, as far as the same run may write something later; else nothing."""
    if done.exit_code != NOTHING:
        return ()
    return tuple(item for item in done.findings if item.code in PASSING)


@dataclass(frozen=True)
class _Taken:
    """Submissions that are accepted and answered, merged; ``noticed`` is what was found beside them.

    ``written`` are the files that were written, with their SHA-256.
    """

    collection: Collection
    accepted: tuple[Accepted, ...]
    dataset: Dataset
    noticed: tuple[Finding, ...]
    unreturned: tuple[Finding, ...]
    written: Mapping[Path, str]


@dataclass(frozen=True)
class _Reported:
    """A run's result with what the ledger is told of it.

    ``written`` are the files, with their SHA-256; ``outputs`` report and summary among them, by
    name, ``None`` where they were not written. ``snapshot`` are the vintages that they stand on.
    """

    run: Run
    collection: Collection
    written: Mapping[Path, str] = field(default_factory=dict)
    outputs: Mapping[str, str] | None = None
    snapshot: Mapping[str, int] = field(default_factory=dict)


def run(
    workspace: Workspace,
    pack: str | None,
    period: str | None,
    progress: Progress,
    *,
    fresh: bool = False,
    compared: bool = False,
    unsettled: frozenset[Path] = frozenset(),
    slots: DueSlots | None = None,
    before: Readings | None = None,
) -> Run:
    """Take in the inbox and write the report and the summary workbook of one period.

    A report that people edited is refreshed; ``fresh`` makes it anew from the template. ``compared``
    also writes what changed since the report that was published last. ``unsettled`` are files of the
    inbox that are being written: they are left for the next run. ``slots`` are the weekly slots for
    which the report is made: they are kept as served in the transaction that records the run, whether
    it wrote a report or not, unless the same run may write one later (:func:`passing`). ``before`` is
    what a watch has read earlier.

    The audit log is told of submissions before anything is made of them, of a report before it is
    written, and of the run at its end: after a crash the next run tells the rest.
    """
    opened = open_pack(workspace, pack, period)
    if opened.value is None:
        return Run(NOTHING, findings=ordered(opened.findings))
    definition = opened.value
    template = open_template(workspace, definition)
    noticed = (*opened.findings, *template.findings)
    if template.value is None:
        done = _commented(workspace, definition, Run(NOTHING, findings=ordered(noticed)))
        return _served_without(workspace, definition, slots, done) if slots else done

    with at_work(workspace) as ledger:
        if isinstance(ledger, Finding):
            return Run(NOTHING, findings=(ledger,))
        try:
            collection = collect(workspace, definition, ledger, progress, unsettled, before)
        except AlteredLedgerError as error:
            return Run(NOTHING, findings=(fault_finding(error.fault, definition),))
        reported = _report(workspace, collection, template.value, noticed, ledger, progress, fresh=fresh)
        done = reported.run
        if compared and done.report is not None:
            done = _compared(workspace, definition, done.report, ledger, done)
        done = _commented(workspace, definition, done)
        slots = None if passing(done) else slots
        try:
            _record(workspace, template.value, ledger, reported, done, fresh=fresh, slots=slots)
        except (DBAPIError, OSError) as error:
            if done.report is None:
                raise
            # The files are written: it would be wrong to say that they are not.
            reason = reason_of(error) if isinstance(error, OSError) else reason_of_database(error)
            lost = Finding("run.unrecorded", Severity.WARNING, params={"reason": reason})
            return replace(done, exit_code=INCOMPLETE, findings=ordered((*done.findings, lost)))
        done = replace(done, served=slots is not None)
        return replace(done, findings=ordered((*done.findings, *_checked(workspace, ledger))))


def _checked(workspace: Workspace, ledger: Ledger) -> tuple[Finding, ...]:
    """What a look at the end of the log finds; a warning where it could not be taken."""
    try:
        return quick_check(workspace, ledger)
    except (DBAPIError, OSError) as error:
        # The run is recorded: it would be wrong to say that it is not.
        reason = reason_of(error) if isinstance(error, OSError) else reason_of_database(error)
        return (Finding("log.unchecked", Severity.WARNING, params={"reason": reason}),)


def _served_without(workspace: Workspace, definition: Definition, slots: DueSlots, done: Run) -> Run:
    """The run that came to its end before the inbox, its slots kept as served all the same."""
    with at_work(workspace) as ledger:
        if isinstance(ledger, Finding):
            return replace(done, findings=ordered((*done.findings, ledger)))
        ended = Happening(EventKind.SLOT, operator(), *definition.key, exit_code=done.exit_code)
        ledger.serve(slots, ended)
    return replace(done, served=True)


def answer(
    workspace: Workspace,
    pack: str | None,
    period: str | None,
    progress: Progress,
    *,
    unsettled: frozenset[Path] = frozenset(),
    before: Readings | None = None,
) -> Run:
    """Take in the inbox and answer the departments, and leave the report for a run.

    The exit code is that which a run would have, :data:`NOTHING` where nothing can be taken in.
    """
    opened = open_pack(workspace, pack, period)
    if opened.value is None:
        return Run(NOTHING, findings=ordered(opened.findings))
    with at_work(workspace) as ledger:
        if isinstance(ledger, Finding):
            return Run(NOTHING, findings=(ledger,))
        try:
            collection = collect(workspace, opened.value, ledger, progress, unsettled, before)
        except AlteredLedgerError as error:
            return Run(NOTHING, findings=(fault_finding(error.fault, opened.value),))
        taken = _take_in(workspace, collection, opened.findings, ledger, progress)
    if isinstance(taken, _Reported):
        return taken.run
    code = INCOMPLETE if is_incomplete(collection, taken.noticed) else WRITTEN
    return _run(code, collection, taken.accepted, (*taken.noticed, *taken.unreturned))


def _take_in(
    workspace: Workspace,
    collection: Collection,
    noticed: tuple[Finding, ...],
    ledger: Ledger,
    progress: Progress,
) -> _Taken | _Reported:
    """Accept what can be used, and answer every department; the run's end where nothing can be used.

    ``noticed`` is what was found about the pack.
    """
    definition = collection.definition
    if not workspace.inbox.is_dir():  # a share that is not connected holds nothing either
        gone = Finding("run.no_inbox", Severity.ERROR, params={"folder": str(workspace.inbox)})
        return _Reported(Run(NOTHING, findings=ordered((*noticed, gone))), collection)
    ledger.tell_rejected(rejections(workspace, collection))
    # Like what could not be returned, no part of the summary.
    apart = set_apart(workspace, collection)
    if collection.publication is not None:
        standing, given = held(workspace, collection, ledger, progress)
        code = NOTHING if collection.rejected else WRITTEN
        told = (*noticed, *apart, *given.findings)
        return _Reported(_run(code, collection, standing, told), collection, given.written)
    if not collection.usable and not collection.standing:
        given = give_back(workspace, collection, ledger.vintages(*definition.key), (), progress)
        nobody = Finding("run.no_submission", Severity.ERROR)
        told = (*noticed, nobody, *apart, *given.findings)
        return _Reported(_run(NOTHING, collection, (), told), collection, given.written)
    originals, mended = archived_originals(workspace, collection)
    unstored = write_files(originals, private=True)
    apart = (*apart, *mended, *altered_standing(workspace, collection, collection.standing))
    if unstored is not None:
        told = (*noticed, unstored, *apart)
        return _Reported(_run(NOTHING, collection, (), told), collection)
    accepted = (*accept(workspace, collection, ledger), *collection.standing)
    dataset = merge(definition, accepted)
    assert dataset.value is not None
    # Departments are answered whether or not there will be a report.
    vintages = ledger.vintages(*definition.key)
    given = give_back(workspace, collection, vintages, dataset.findings, progress)
    noticed = (*noticed, *dataset.findings)
    written = {**hashes(originals), **given.written}
    unreturned = (*apart, *given.findings)
    return _Taken(collection, accepted, dataset.value, noticed, unreturned, written)


def _report(
    workspace: Workspace,
    collection: Collection,
    template: Template,
    noticed: tuple[Finding, ...],
    ledger: Ledger,
    progress: Progress,
    *,
    fresh: bool,
) -> _Reported:
    """The run from the inbox on; ``noticed`` is what was found about the pack."""
    definition = collection.definition
    taken = _take_in(workspace, collection, noticed, ledger, progress)
    if isinstance(taken, _Reported):
        return taken
    accepted, unreturned = taken.accepted, taken.unreturned
    report = render(template, taken.dataset, f"{definition.pack}/{TEMPLATE_FILE}")
    noticed = (*taken.noticed, *report.findings)

    def unfinished(*why: Finding) -> _Reported:
        done = _run(NOTHING, collection, accepted, (*noticed, *why, *unreturned))
        return _Reported(done, collection, taken.written)

    if report.value is None:
        return unfinished()

    revisions = ledger.revisions(*definition.key)
    paths = output_paths(workspace, definition)
    try:
        prepared = prepare(workspace, definition, paths[0], report.value, ledger, fresh=fresh)
    except AlteredLedgerError as error:
        return unfinished(fault_finding(error.fault, definition))
    if isinstance(prepared, Finding):
        return unfinished(prepared)
    manifest, name = prepared.manifest, paths[0].name
    archive = Archive(ARCHIVE_FROM_REPORTS, archive_names(workspace))
    summary = summarise(collection, taken.dataset, noticed, archive, revisions, manifest, name)
    outputs = dict(zip(paths, (prepared.data, summary), strict=True))
    # Before it is written: a document that the ledger does not know would pass for one edited by hand.
    ledger.keep_issue(
        prepared.manifest,
        hashlib.sha256(prepared.data).hexdigest(),
        refreshed=prepared.refreshed,
        by=operator(),
        file=f"reports/{name}",
    )
    outputs, said = write_outputs(outputs, prepared.beside, ledger)
    if not outputs:
        return unfinished(*said)
    code = INCOMPLETE if is_incomplete(collection, noticed) else WRITTEN
    # What could not be returned, and what people wrote into the report, is no part of the summary,
    # which depends on submissions alone.
    also = (*noticed, *prepared.findings, *said, *unreturned)
    return _Reported(
        _run(code, collection, accepted, also, tuple(outputs)),
        collection,
        {**taken.written, **hashes({**prepared.beside, **outputs})},
        {path.name: sha256 for path, sha256 in hashes(outputs).items()},
        _vintages(accepted),
    )


def _record(
    workspace: Workspace,
    template: Template,
    ledger: Ledger,
    reported: _Reported,
    done: Run,
    *,
    fresh: bool,
    slots: DueSlots | None,
) -> None:
    """Tell the ledger of a run that came to its end, whether it wrote a report or not.

    ``slots`` are those that it serves.
    """
    definition = reported.collection.definition
    written = dict(reported.written)
    made = [done.comparison] if done.comparison else []
    if any(item.code == "template.comments" for item in done.findings):
        made.append(commented_path(workspace, definition))
    written |= hashes({path: read_ordinary(path) for path in made})
    detail: dict[str, object] = {
        "fresh": fresh,
        "rejected": list(done.rejected),
        "missing": list(done.missing),
    }
    if done.exit_code == NOTHING:
        errors = {item.code for item in done.findings if item.severity is Severity.ERROR}
        detail["codes"] = sorted(errors)
    open_period = reported.collection.publication is None
    accepted = reported.collection.usable if open_period else ()
    happened = run_happened(
        workspace, definition, template.data, accepted, written, detail, done.exit_code
    )
    if reported.outputs is None:
        ledger.tell(happened, slots=slots)
        return
    findings = reported.run.findings
    ledger.record_run(
        *definition.key,
        done.exit_code,
        reported.snapshot,
        reported.outputs,
        findings,
        happened,
        overrides(definition, findings, "run"),
        slots,
    )


def _commented(workspace: Workspace, definition: Definition, done: Run) -> Run:
    """The run with what is to be said of the copy of the template that carries its faults."""
    said = comment_on_template(workspace, definition, done.findings)
    return replace(done, findings=ordered((*done.findings, *said)))


def _compared(
    workspace: Workspace, definition: Definition, report: Path, ledger: Ledger, done: Run
) -> Run:
    """The run with the comparison of its report with the one that was published last."""
    data = read_ordinary(report)
    path, found = compare_with_published(workspace, ledger, definition.pack, report, data)
    return replace(done, comparison=path, findings=ordered((*done.findings, *found)))


def open_template(workspace: Workspace, definition: Definition) -> Result[Template]:
    """The pack's Word template, compiled; ``None`` with every error where it has any."""
    name = f"{definition.pack}/{TEMPLATE_FILE}"
    try:
        data = read_ordinary(workspace.templates / name)
    except FileNotFoundError:
        return Result(None, (Finding("run.no_template", Severity.ERROR, file=name),))
    except OSError as error:
        params = {"reason": reason_of(error)}
        return Result(
            None, (Finding("run.template_unreadable", Severity.ERROR, file=name, params=params),)
        )
    if not _has_printed(workspace, definition, data):
        refused = try_out(data, name, compile_template, definition, name)
        if refused is not None:
            return Result(None, (refused,))
    return compile_template(data, definition, name)


def _has_printed(workspace: Workspace, definition: Definition, data: bytes) -> bool:
    """Whether the last report of the period was printed from the template ``data``."""
    try:
        ledger = existing_ledger(workspace.ledger)
        if ledger is None:
            return False
        with ledger:
            issue = ledger.last_issue(*definition.key)
    except Exception:  # whoever needs the ledger tells of it; without it the template is tried out
        return False
    return issue is not None and issue.manifest.template == hashlib.sha256(data).hexdigest()


def accept(workspace: Workspace, collection: Collection, ledger: Ledger) -> tuple[Accepted, ...]:
    """Record every usable submission and number its vintage, and what its reasons were given for."""
    definition = collection.definition
    ledger.bind(*definition.key, bindings(collection.findings), operator())
    arrived = arrivals(workspace, collection)
    vintages = ledger.accept_all(arrived)
    return tuple(
        Accepted(submission, vintage)
        for (submission, _, _), vintage in zip(arrived, vintages, strict=True)
    )


def summarise(
    collection: Collection,
    dataset: Dataset,
    noticed: Iterable[Finding],
    archive: Archive,
    revisions: Sequence[Revision],
    manifest: Manifest,
    report: str,
) -> bytes:
    """The summary workbook's bytes; ``manifest`` is what the Word file ``report`` printed."""
    findings = ordered((*noticed, *collection.findings))
    reports = department_reports(collection, _vintages(dataset.accepted), findings)
    return write_summary(dataset, findings, reports, archive, revisions, manifest, report)


def is_incomplete(collection: Collection, noticed: Iterable[Finding]) -> bool:
    """Whether something is rejected, missing, unexplained, being written, out of sight or altered."""
    findings = (*noticed, *collection.findings)
    open_ones = any(is_unexplained(item) or item.rule == "missing" for item in findings)
    altered = any(item.severity is Severity.ERROR for item in collection.altered)
    left = collection.waiting or collection.unseen or altered
    return bool(collection.rejected or collection.missing or left or open_ones)


def _vintages(accepted: Iterable[Accepted]) -> dict[str, int]:
    return {item.submission.identity.department: item.vintage for item in accepted}


def _run(
    code: int,
    collection: Collection,
    accepted: Iterable[Accepted],
    noticed: Iterable[Finding],
    outputs: tuple[Path, ...] = (),
) -> Run:
    """The run's result; ``outputs`` are the report and the summary where they were written."""
    name = collection.definition.department_name
    standing = {item.submission.identity.department for item in accepted}
    report, summary = outputs or (None, None)
    return Run(
        code,
        report,
        summary,
        tuple(item.name for item in collection.definition.departments if item.code in standing),
        collection.rejected,
        tuple(name(department) for department in collection.missing),
        ordered((*noticed, *collection.findings)),
        pack=collection.definition.pack,
        unfinished=collection.unfinished,
    )
