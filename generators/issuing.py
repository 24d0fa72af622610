"""Which document a run writes: a new one from the template, or the last one refreshed.

A document that nobody has edited is made anew; one that people have edited is refreshed, and a copy of
it is kept aside before anything is written.
"""

from __future__ import annotations

import datetime as dt
import difflib
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from generators.archive import OLE2_SIGNATURE
from generators.ledger import Ledger
from generators.model import Definition, Finding, Issue, Manifest, PrintedFigure, Severity
from generators.support.files import read_ordinary
from generators.text import local_moment, some_of
from generators.user import operator
from generators.word.properties import MANIFEST, read_properties
from generators.word.reading import open_text, read_document
from generators.word.refresh import Override, Refreshed, Withheld, refresh
from generators.word.render import Report
from generators.word.trial import reading, try_out, worked_apart
from generators.workspace import Workspace, not_written

_NEW_TEMPLATE = "新模板"
_SHOWN = 3
"""How many paragraphs that differ a finding quotes."""


@dataclass(frozen=True)
class Prepared:
    """The document to be written. ``beside`` are further files: copies, the new template's report.

    ``manifest`` is what it prints; ``refreshed`` says that it holds what people wrote.
    """

    data: bytes
    manifest: Manifest
    refreshed: bool = False
    beside: Mapping[Path, bytes] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def prepare(
    workspace: Workspace,
    definition: Definition,
    path: Path,
    report: Report,
    ledger: Ledger,
    *,
    fresh: bool,
) -> Prepared | Finding:
    """The document for ``path``, where ``report`` is what the template prints now.

    ``fresh`` makes it anew from the template whatever people wrote. Returns the finding that says why
    the report must stay as it is where what people wrote cannot be read.
    """
    anew = Prepared(report.data, report.manifest)
    try:
        standing = read_ordinary(path)
    except FileNotFoundError:
        return anew
    except OSError as error:
        return not_written(path, error)
    known = ledger.issue_of_document(hashlib.sha256(standing).hexdigest())
    if known is not None and not known.refreshed:
        return anew
    edited = known is None
    kept = _aside(workspace, definition, path, standing)
    copied = Finding("report.copied", Severity.INFO, file=path.name, params={"copy": kept.name})
    if fresh:
        return replace(anew, beside={kept: standing}, findings=(copied,))
    refused = None if known else try_out(standing, path.name, reading)
    if refused is not None:
        return refused
    opened = open_text(standing, path.name)
    if opened.value is None:
        [reason] = opened.findings
        if standing.startswith(OLE2_SIGNATURE):
            # Word opens it: what people wrote is there, and only this program cannot read it.
            protected = Finding("report.protected", Severity.ERROR, file=path.name)
            return protected if reason.code == "document.encrypted" else reason
        why = {**reason.params, "reason": reason.code, "copy": kept.name}
        replaced = Finding("report.unreadable", Severity.WARNING, file=path.name, params=why)
        return replace(anew, beside={kept: standing}, findings=(replaced,))
    issue = known or _last_issue(standing, report.manifest, ledger)
    refreshed = None
    if issue is not None and known is None:  # people, or their programs, have written it
        worked = worked_apart(path.name, refresh, standing, issue.manifest, report)
        if worked.findings:
            return worked.findings[0]
        refreshed = worked.value
    elif issue is not None:
        refreshed = refresh(standing, issue.manifest, report)
    if refreshed is None:
        params = {"copy": kept.name}
        replaced = Finding("report.unknown", Severity.WARNING, file=path.name, params=params)
        return replace(anew, beside={kept: standing}, findings=(replaced,))
    beside = {kept: standing} if edited else {}
    findings = [copied] if edited else []
    findings += _notes(refreshed, path.name)
    if refreshed.manifest.template != report.manifest.template:
        offered = path.with_name(f"{path.stem}-{_NEW_TEMPLATE}.docx")
        beside[offered] = report.data
        # Whoever puts it in the report's place has a report that nobody has edited.
        sha256 = hashlib.sha256(report.data).hexdigest()
        if ledger.issue_of_document(sha256) is None:
            ledger.keep_issue(
                report.manifest,
                sha256,
                refreshed=False,
                by=operator(),
                file=f"reports/{offered.name}",
            )
        findings.append(_offer(path.name, offered.name, refreshed.data, report.data))
    return Prepared(refreshed.data, refreshed.manifest, True, beside, tuple(findings))


def _last_issue(standing: bytes, manifest: Manifest, ledger: Ledger) -> Issue | None:
    """The report that a document was edited from: the one that it names, else the last of its period."""
    issue = ledger.issue_of_manifest(read_properties(standing).get(MANIFEST, ""))
    return issue or ledger.last_issue(manifest.pack, manifest.period)


def _aside(workspace: Workspace, definition: Definition, path: Path, data: bytes) -> Path:
    """Where a copy of an edited document is kept, by when it was saved and by its content."""
    moment = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
    saved = local_moment(moment.isoformat(), definition.settings.time_zone) or moment
    name = f"{path.stem}-{saved:%Y%m%d-%H%M}-{hashlib.sha256(data).hexdigest()[:8]}.docx"
    return workspace.edited / name


# --- what is said of it -----------------------------------------------------------------------------


def _notes(refreshed: Refreshed, file: str) -> list[Finding]:
    return [
        *(_override(item, file) for item in refreshed.overrides),
        *_gone(refreshed.missing, file),
        *(_withheld(item, file) for item in refreshed.withheld),
    ]


def _override(item: Override, file: str) -> Finding:
    params = {
        "item": item.figure.name,
        "text": item.text,
        "figure": item.figure.text,
        "heading": item.heading,
    }
    return Finding("report.override", Severity.WARNING, file=file, params=params)


def _gone(figures: Iterable[PrintedFigure], file: str) -> list[Finding]:
    """One finding a heading: whoever deletes a sentence deletes its figures."""
    by_heading: defaultdict[str, list[PrintedFigure]] = defaultdict(list)
    for figure in figures:
        by_heading[figure.heading].append(figure)
    return [
        Finding(
            "report.control_gone",
            Severity.INFO,
            file=file,
            params={
                "heading": heading,
                "items": some_of((f"{item.name} {item.text}" for item in gone), 5),
                "count": str(len(gone)),
            },
        )
        for heading, gone in by_heading.items()
    ]


def _withheld(item: Withheld, file: str) -> Finding:
    params = {"tag": item.tag, "heading": item.heading, "texts": some_of(item.texts, _SHOWN)}
    return Finding(f"report.{item.kind}", Severity.WARNING, file=file, params=params)


def _offer(file: str, offered: str, standing: bytes, anew: bytes) -> Finding:
    """That the template has changed since the document was edited, and what it says otherwise."""
    ours, theirs = _lines(standing), _lines(anew)
    matcher = difflib.SequenceMatcher(None, ours, theirs, autojunk=False)
    changes = [item for item in matcher.get_opcodes() if item[0] != "equal"]
    only_old = [line for _, low, high, _, _ in changes for line in ours[low:high]]
    only_new = [line for _, _, _, low, high in changes for line in theirs[low:high]]
    params = {
        "offered": offered,
        "added": some_of(_quoted(only_new), _SHOWN),
        "gone": some_of(_quoted(only_old), _SHOWN),
        "count": str(len(only_new)),
    }
    return Finding("report.template_changed", Severity.WARNING, file=file, params=params)


def _lines(data: bytes) -> list[str]:
    document = read_document(data)
    return [text.text.strip() for text in document.texts if text.text.strip()] if document else []


def _quoted(lines: Sequence[str]) -> list[str]:
    return [f"“{line[:30]}{'…' if len(line) > 30 else ''}”" for line in lines]
