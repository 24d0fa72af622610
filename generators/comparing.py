"""Two documents on the disk → the copy with tracked changes, written whole or not at all."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import asdict
from pathlib import Path

from generators.ledger import Ledger
from generators.model import Finding, Result, Severity
from generators.support.files import read_ordinary
from generators.support.limits import MEMORY_BYTES, SECONDS, Bounds
from generators.text import file_name, reason_of
from generators.word.compare import Comparison, Counts, compare, written_at
from generators.word.trial import reading, try_out, worked_apart
from generators.workspace import Workspace, write_files

_LARGE_BYTES = 2**20
"""Of both documents together: from here on each has its own ten seconds and its own memory."""


def compare_files(old: Path, new: Path, output: Path) -> Result[Comparison]:
    """Compare two documents and write the result to ``output``; ``None`` where it was not written.

    The changes are dated when the newer document was last changed, by the clock of this computer;
    now, where it does not say.
    """
    names = (old.name, new.name) if old.name != new.name else (str(old), str(new))
    documents: list[bytes] = []
    findings: list[Finding] = []
    for path, name in zip((old, new), names, strict=True):
        try:
            documents.append(read_ordinary(path))
        except OSError as error:
            findings.append(_refused("unreadable", file=name, reason=reason_of(error)))
    if not output.parent.is_dir():
        findings.append(_refused("no_folder", folder=str(output.parent)))
    if any(_same_file(output, path) for path in (old, new)):
        findings.append(_refused("same_file", path=str(output)))
    if findings:
        return Result(None, tuple(findings))
    before, after = documents
    result = _compared(before, after, names)
    if result.value is not None:
        unwritten = write_files({output: result.value.data})
        if unwritten is not None:
            return Result(None, (unwritten,))
    return result


def compare_with_published(
    workspace: Workspace, ledger: Ledger, pack: str, report: Path, data: bytes
) -> tuple[Path | None, tuple[Finding, ...]]:
    """Compare a report, whose bytes are ``data``, with what the pack published last.

    Writes the result beside the report and returns its path, ``None`` where nothing was written.
    """
    publication = ledger.last_publication(pack)
    if publication is None:
        return None, (Finding("compare.unpublished", Severity.WARNING),)
    source = workspace.published / publication.source.name
    try:
        old = read_ordinary(source)
    except OSError as error:
        return None, (_refused("unreadable", file=source.name, reason=reason_of(error)),)
    result = _compared(old, data, (source.name, report.name))
    if result.value is None:
        return None, result.findings
    which = f"{publication.period}第{publication.number}次发布"
    output = report.with_name(file_name(f"{report.stem}-与{which}比较") + ".docx")
    unwritten = write_files({output: result.value.data})
    if unwritten is not None:
        return None, (*result.findings, unwritten)
    return output, result.findings


def _compared(old: bytes, new: bytes, names: tuple[str, str]) -> Result[Comparison]:
    """The comparison of two documents, either of which may come from anywhere."""
    for data, name in zip((old, new), names, strict=True):
        refused = try_out(data, name, reading)
        if refused is not None:
            return Result(None, (refused,))
    large = len(old) + len(new) > _LARGE_BYTES
    bounds = Bounds(2 * SECONDS, 2 * MEMORY_BYTES) if large else Bounds()
    worked = worked_apart(names[1], _compare, old, new, names, bounds=bounds)
    return Result(None, worked.findings) if worked.value is None else worked.value


def _compare(old: bytes, new: bytes, names: tuple[str, str]) -> Result[Comparison]:
    moment = written_at(new) or dt.datetime.now(dt.UTC)
    return compare(old, new, moment.astimezone(), names)


def counts_of(comparison: Comparison | None) -> dict[str, int | None]:
    """How much changed, as the JSON output prints it; ``None`` for all where there is no result."""
    if comparison is None:
        return dict.fromkeys(asdict(Counts()))
    return asdict(comparison.counts)


def _same_file(one: Path, other: Path) -> bool:
    """Whether two paths name one file, also through links and in another case."""
    try:
        return one.samefile(other)
    except OSError:
        return os.path.normcase(one.absolute()) == os.path.normcase(other.absolute())


def _refused(code: str, *, file: str = "", **params: str) -> Finding:
    return Finding(f"compare.{code}", Severity.ERROR, file=file, params=params)
