"""One run, top to bottom: inbox → submissions → findings → copies that go back, dataset → report."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from generators.collection import Collection, Progress, collect, department_reports
from generators.commenting import comment_on_template
from generators.comparing import compare_with_published
from generators.excel.formats import format_of
from generators.issuing import prepare
from generators.ledger import Ledger, ledger_url
from generators.locking import held
from generators.merge import Dataset, merge
from generators.messages import ordered
from generators.model import Accepted, Definition, Finding, Manifest, Result, Revision, Severity
from generators.quarantine import set_apart
from generators.returning import give_back
from generators.summary import Archive, write_summary
from generators.validation import is_unexplained
from generators.validation.explanations import bindings
from generators.word.render import render
from generators.word.template import TEMPLATE_FILE, compile_template
from generators.word.tree import Template
from generators.workspace import (
    Workspace,
    archive_names,
    open_pack,
    original_path,
    output_paths,
    write_files,
)

WRITTEN, INCOMPLETE, NOTHING = 0, 1, 2
"""Exit codes: all well; written, but something is rejected, missing or unexplained; not written."""

ARCHIVE_FROM_REPORTS = "../workbooks/archive"


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
    comparison: Path | None = None


def run(
    workspace: Workspace,
    pack: str | None,
    period: str | None,
    progress: Progress,
    *,
    fresh: bool = False,
    compared: bool = False,
) -> Run:
    """Take in the inbox and write the report and the summary workbook of one period.

    A report that people edited is refreshed; ``fresh`` makes it anew from the template. ``compared``
    also writes what changed since the report that was published last.
    """
    opened = open_pack(workspace, pack, period)
    if opened.value is None:
        return Run(NOTHING, findings=ordered(opened.findings))
    definition = opened.value
    template = open_template(workspace, definition)
    noticed = (*opened.findings, *template.findings)
    if template.value is None:
        return _commented(workspace, definition, Run(NOTHING, findings=ordered(noticed)))

    workspace.lock.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(workspace.lock, timeout=0), Ledger(ledger_url(workspace.ledger)) as ledger:
            done = _report(workspace, definition, template.value, noticed, ledger, progress, fresh=fresh)
            if compared and done.report is not None:
                done = _compared(workspace, definition, done.report, ledger, done)
            return _commented(workspace, definition, done)
    except Timeout:
        return Run(NOTHING, findings=(Finding("run.busy", Severity.ERROR),))


def _report(
    workspace: Workspace,
    definition: Definition,
    template: Template,
    noticed: tuple[Finding, ...],
    ledger: Ledger,
    progress: Progress,
    *,
    fresh: bool,
) -> Run:
    """The run from the inbox on; ``noticed`` is what was found about the pack."""
    collection = collect(workspace, definition, ledger, progress)
    # Like what could not be returned, no part of the summary.
    apart = set_apart(workspace, collection)
    done = _from(collection, workspace, definition, template, noticed, ledger, progress, fresh=fresh)
    return replace(done, findings=ordered((*done.findings, *apart)))


def _from(
    collection: Collection,
    workspace: Workspace,
    definition: Definition,
    template: Template,
    noticed: tuple[Finding, ...],
    ledger: Ledger,
    progress: Progress,
    *,
    fresh: bool,
) -> Run:
    """The run from the collected submissions on."""
    if collection.publication is not None:
        standing, told = held(workspace, collection, ledger, progress)
        return _run(NOTHING if collection.rejected else WRITTEN, collection, standing, (*noticed, *told))
    if not collection.usable:
        unreturned = give_back(workspace, collection, ledger.vintages(*definition.key), (), progress)
        nobody = Finding("run.no_submission", Severity.ERROR)
        return _run(NOTHING, collection, (), (*noticed, nobody, *unreturned))
    unstored = write_files(archived_originals(workspace, collection))
    if unstored is not None:
        return _run(NOTHING, collection, (), (*noticed, unstored))
    accepted = accept(collection, ledger)
    dataset = merge(definition, accepted)
    assert dataset.value is not None
    # Departments are answered whether or not there will be a report.
    vintages = ledger.vintages(*definition.key)
    unreturned = give_back(workspace, collection, vintages, dataset.findings, progress)
    report = render(template, dataset.value, f"{definition.pack}/{TEMPLATE_FILE}")
    noticed = (*noticed, *dataset.findings, *report.findings)
    if report.value is None:
        return _run(NOTHING, collection, accepted, (*noticed, *unreturned))

    revisions = ledger.revisions(*definition.key)
    paths = output_paths(workspace, definition)
    prepared = prepare(workspace, definition, paths[0], report.value, ledger, fresh=fresh)
    if isinstance(prepared, Finding):
        return _run(NOTHING, collection, accepted, (*noticed, prepared, *unreturned))
    manifest, name = prepared.manifest, paths[0].name
    archive = Archive(ARCHIVE_FROM_REPORTS, archive_names(workspace))
    summary = summarise(collection, dataset.value, noticed, archive, revisions, manifest, name)
    outputs = dict(zip(paths, (prepared.data, summary), strict=True))
    # Before it is written: a document that the ledger does not know would pass for one edited by hand.
    sha256 = hashlib.sha256(prepared.data).hexdigest()
    ledger.keep_issue(prepared.manifest, sha256, refreshed=prepared.refreshed)
    unwritten = write_files({**prepared.beside, **outputs})
    if unwritten is not None:
        return _run(NOTHING, collection, accepted, (*noticed, unwritten, *unreturned))
    code = INCOMPLETE if is_incomplete(collection, noticed) else WRITTEN
    # What could not be returned, and what people wrote into the report, is no part of the summary,
    # which depends on submissions alone.
    also = (*noticed, *prepared.findings, *unreturned)
    done = _run(code, collection, accepted, also, tuple(outputs))
    ledger.record_run(
        *definition.key,
        code,
        _vintages(accepted),
        {path.name: hashlib.sha256(data).hexdigest() for path, data in outputs.items()},
        done.findings,
    )
    return done


def _commented(workspace: Workspace, definition: Definition, done: Run) -> Run:
    """The run with what is to be said of the copy of the template that carries its faults."""
    said = comment_on_template(workspace, definition, done.findings)
    return replace(done, findings=ordered((*done.findings, *said)))


def _compared(
    workspace: Workspace, definition: Definition, report: Path, ledger: Ledger, done: Run
) -> Run:
    """The run with the comparison of its report with the one that was published last."""
    data = report.read_bytes()
    path, found = compare_with_published(workspace, ledger, definition.pack, report, data)
    return replace(done, comparison=path, findings=ordered((*done.findings, *found)))


def open_template(workspace: Workspace, definition: Definition) -> Result[Template]:
    """The pack's Word template, compiled; ``None`` with every error where it has any."""
    name = f"{definition.pack}/{TEMPLATE_FILE}"
    try:
        data = (workspace.templates / name).read_bytes()
    except OSError:
        return Result(None, (Finding("run.no_template", Severity.ERROR, file=name),))
    return compile_template(data, definition, name)


def archived_originals(workspace: Workspace, collection: Collection) -> dict[Path, bytes]:
    """Where the accepted originals are kept, by content, that are not kept yet."""
    originals = {
        original_path(workspace, item.file.sha256, format_of(item.file.data)): item.file.data
        for item in collection.usable
    }
    return {path: data for path, data in originals.items() if not path.exists()}


def accept(collection: Collection, ledger: Ledger) -> tuple[Accepted, ...]:
    """Record every usable submission and number its vintage, and what its reasons were given for."""
    definition = collection.definition
    ledger.bind(*definition.key, bindings(collection.findings))
    return tuple(
        Accepted(item.submission, ledger.accept(item.submission, item.file.received))
        for item in collection.usable
        if item.submission is not None
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
    """Whether something is rejected, missing or unexplained."""
    findings = (*noticed, *collection.findings)
    open_ones = any(is_unexplained(item) or item.rule == "missing" for item in findings)
    return bool(collection.rejected or collection.missing or open_ones)


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
    )
