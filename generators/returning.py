"""Collection → receipts → ``workbooks/returned``: what is written, under which name, and what is not."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from generators.collection import Collection, Progress, department_reports
from generators.forms.layout import RETURNED_SUFFIX, submitted_stem
from generators.model import Finding, Severity
from generators.names import marked
from generators.returns import Receipt, annotated_copy, digest
from generators.returns.seal import is_untouched, read_seal
from generators.summary import DepartmentReport, ReportState
from generators.support.files import read_ordinary
from generators.taking import Taken
from generators.text import file_name, reason_of
from generators.workspace import Workspace, write_files

if TYPE_CHECKING:
    from generators.ledger import Vintage

UNKNOWN_FOLDER = "未识别"
"""The folder for files of which nobody can say whose they are."""

Vintages = Mapping[str, Sequence["Vintage"]]
"""The accepted submissions of a period by department, the oldest first."""


@dataclass(frozen=True)
class GivenBack:
    """What was written, by path with its SHA-256, and a warning for each file that could not be."""

    written: Mapping[Path, str]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Return:
    """A receipt and the form that it goes back with; ``original`` is ``None`` where there is none."""

    receipt: Receipt
    original: bytes | None = None


def give_back(
    workspace: Workspace,
    collection: Collection,
    vintages: Vintages,
    noticed: Iterable[Finding],
    progress: Progress,
) -> GivenBack:
    """Write what goes back to the departments.

    ``noticed`` is what was found later than the files were read; what is about one of them is told
    in its receipt. A copy that is up to date is not made again.
    """
    files = return_paths(workspace.returned, returns_of(collection, vintages, noticed))
    written: dict[Path, str] = {}
    failures: list[Finding] = []
    for path in progress("returned", list(files)):
        made = _write(path, files[path])
        if isinstance(made, Finding):
            failures.append(made)
        else:
            written |= {place: hashlib.sha256(data).hexdigest() for place, data in made.items()}
    return GivenBack(written, tuple(failures))


def returns_of(
    collection: Collection, vintages: Vintages, noticed: Iterable[Finding] = ()
) -> tuple[Return, ...]:
    """One receipt for every file that counts, and for every one that could not be read."""
    later = tuple(noticed)
    reports = _reports(collection, vintages)
    definition = collection.definition
    counted = (_return(item, collection, vintages, reports, later) for item in collection.current)
    unread = (
        Return(
            Receipt(
                definition,
                finding.department,
                finding.file,
                rejected=True,
                findings=(finding,),
                vintages=tuple(vintages.get(finding.department, ())),
                reports=reports,
            )
        )
        for finding in collection.unreadable
    )
    return (*counted, *unread)


def return_paths(folder: Path, returns: Iterable[Return]) -> dict[Path, Return]:
    """Where each goes: ``<department>/<name of the submitted file>-校验回执.xlsx`` below ``folder``.

    Two files that would share a name are called by their whole path in the inbox; where that is cut
    to one name too, they bear a mark of it. Names count as one that differ in case alone.
    """
    every = [(folder / _folder(item.receipt), item) for item in returns]
    paths = [place / _name(PurePosixPath(item.receipt.file).name) for place, item in every]
    uses = Counter(_folded(path) for path in paths)
    for number, (place, item) in enumerate(every):
        if uses[_folded(paths[number])] > 1:
            paths[number] = place / f"{file_name(item.receipt.file)}{RETURNED_SUFFIX}.xlsx"
    uses = Counter(_folded(path) for path in paths)
    for number, (place, item) in enumerate(every):
        if uses[_folded(paths[number])] > 1:
            paths[number] = place / marked(paths[number].name, item.receipt.file)
    return {path: item for path, (_, item) in zip(paths, every, strict=True)}


def _folded(path: Path) -> tuple[Path, str]:
    return path.parent, path.name.casefold()


def returned_files(folder: Path, returns: Iterable[Return]) -> dict[Path, bytes]:
    """The workbooks that go back, by path, whether they are there already or not."""
    return {
        path: annotated_copy(item.receipt, item.original)
        for path, item in return_paths(folder, returns).items()
    }


def _return(
    item: Taken,
    collection: Collection,
    vintages: Vintages,
    reports: tuple[DepartmentReport, ...],
    later: tuple[Finding, ...],
) -> Return:
    file, form = item.file, item.submission
    about = [
        finding
        for finding in later
        if finding.file == file.name and finding.department == item.department
    ]
    if form is not None:
        about += [found for found in collection.superseded if found.department == item.department]
    known = tuple(vintages.get(item.department, ()))
    number = next((v.number for v in reversed(known) if v.sha256 == file.sha256), None)
    receipt = Receipt(
        collection.definition,
        item.department,
        file.name,
        item.rejected,
        (*item.findings, *about),
        item.tallies,
        file.sha256,
        form.saved_at if form else "",
        file.received.isoformat(),
        None if item.rejected else number,
        known,
        reports,
    )
    return Return(receipt, file.data if form else None)


def _reports(collection: Collection, vintages: Vintages) -> tuple[DepartmentReport, ...]:
    """How every department stands; one whose only file could not be read has had it returned."""
    numbers = {
        item.department: vintage.number
        for item in collection.usable
        for vintage in vintages.get(item.department, ())
        if vintage.sha256 == item.file.sha256
    }
    unread = {finding.department for finding in collection.unreadable}
    return tuple(
        replace(report, state=ReportState.REJECTED)
        if report.state is ReportState.MISSING and report.department in unread
        else report
        for report in department_reports(collection, numbers, ())
    )


def _folder(receipt: Receipt) -> str:
    if not receipt.department:
        return UNKNOWN_FOLDER
    return file_name(receipt.definition.department_name(receipt.department))


def _name(file: str) -> str:
    """``甲局-2023.xlsx`` → ``甲局-2023-校验回执.xlsx``; a returned copy keeps its name."""
    stem = submitted_stem(PurePosixPath(file).stem)
    return f"{file_name(stem)}{RETURNED_SUFFIX}.xlsx"


def _write(path: Path, item: Return) -> Mapping[Path, bytes] | Finding:
    """Write one copy, unless the one that is there tells the same; what was written, or why not.

    One that somebody has saved since is kept beside the new one: it may hold corrections that have
    not been handed in yet.
    """
    files: dict[Path, bytes] = {}
    try:
        there = read_ordinary(path) if path.is_file() else None
    except OSError as error:
        return _not_written(path, reason_of(error))
    if there is not None:
        seal = read_seal(there)
        if seal is not None and seal.digest == digest(item.receipt):
            return {}
        if seal is None or not is_untouched(there, seal):
            files[_aside(path, there)] = there
    files[path] = annotated_copy(item.receipt, item.original)
    if files[path] == there:
        return {}
    failure = write_files(files)
    return _not_written(path, failure.params["reason"]) if failure else files


def _aside(path: Path, data: bytes) -> Path:
    """Where a copy that somebody has saved is kept: the same name for the same content."""
    mark = hashlib.sha256(data).hexdigest()[:8]
    return path.with_name(f"{path.stem}（改动{mark}）{path.suffix}")


def _not_written(path: Path, reason: str) -> Finding:
    params = {"path": str(path), "reason": reason}
    return Finding("run.return_not_written", Severity.WARNING, params=params)
