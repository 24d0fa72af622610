"""``audit``: a document against the data that stand now, and what is found in it, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from generators.altered import fault_findings
from generators.collection import Progress, collect
from generators.excel.grid import reference_to
from generators.issued import Issued, last_one, no_issue, open_issued
from generators.ledger import Ledger, existing_ledger
from generators.merge import merge
from generators.model import (
    Accepted,
    Definition,
    Finding,
    Issue,
    Manifest,
    Operand,
    PrintedFigure,
    Result,
    Severity,
)
from generators.pipeline import open_template
from generators.support.files import read_ordinary
from generators.text import shorten, some_of
from generators.tracing import link_as_dict
from generators.word.audit import Audit, Current, Fault, Kind, audit
from generators.word.reading import read_document
from generators.word.render import render
from generators.word.template import TEMPLATE_FILE
from generators.word.trial import worked_apart
from generators.workspace import Workspace, open_pack

CLEAN, OFF, NOT_AUDITED = 0, 1, 2
"""Exit codes: nothing is off; something is; the document could not be audited."""

_SEVERITIES = {
    Kind.STALE: Severity.ERROR,
    Kind.WITHDRAWN: Severity.ERROR,
    Kind.CHANGED: Severity.CONFIRM,
}
"""How much a fault weighs; the others are warnings."""
_SHOWN = 5
"""How many figures a message names that went together."""


@dataclass(frozen=True)
class Audited:
    """An audit with its pack. ``faults`` are the audit's as findings, one for each, in its order.

    ``notes`` say what the document was held against, and what else is off: that there are newer
    submissions. ``noticed`` is what was found about the pack, which is not the document's concern.
    """

    definition: Definition
    issue: Issue | None
    audit: Audit
    faults: tuple[Finding, ...]
    notes: tuple[Finding, ...]
    noticed: tuple[Finding, ...]

    @property
    def exit_code(self) -> int:
        """Whether anything is off."""
        found = (*self.faults, *self.notes)
        return OFF if any(item.severity is not Severity.INFO for item in found) else CLEAN


def audit_report(
    workspace: Workspace, path: Path, pack: str | None, period: str | None, progress: Progress
) -> Result[Audited]:
    """Audit a document of the workspace, or any other one.

    What the data give now is a report printed afresh from the submissions that the last run stood on,
    or, where the template cannot print one, the last report. The value is ``None`` where the document
    or the pack cannot be read, and where the ledger lacks the report that the document was.
    """
    opened = open_issued(workspace, path, pack, period)
    if opened.value is None:
        return Result(None, opened.findings)
    issued = opened.value
    if issued.issue is None and issued.claims_figures:
        return Result(None, (*issued.noticed, no_issue(issued.definition)))
    notes: list[Finding] = [*last_one(issued)]
    ledger = existing_ledger(workspace.ledger)
    current: tuple[Manifest, bytes] | None = None
    template = b""
    if ledger is not None and issued.issue is not None:
        with ledger:
            current, template, more = _current(workspace, issued.definition, ledger, issued.issue)
            notes += [*more, *_newer(workspace, issued.definition, ledger, progress)]
            off = ledger.faults(*issued.definition.key)
            notes += fault_findings(off, issued.definition)
    manifest = issued.issue.manifest if issued.issue else None
    allowed = (*issued.definition.allowed, *issued.definition.terms.values())
    if issued.unedited:
        found = _held_against(issued.data, manifest, current, template, allowed)
    else:
        worked = worked_apart(
            issued.name, _held_against, issued.data, manifest, current, template, allowed
        )
        if worked.value is None:
            return Result(None, (*issued.noticed, *worked.findings))
        found = worked.value
    if not found.ours:
        # What concerns data is of no interest where there are no figures.
        notes = [Finding("audit.foreign", Severity.INFO, file=issued.name)]
    elif found.clean_copy:
        params = {"count": str(found.compared)}
        notes.append(Finding("audit.clean_copy", Severity.INFO, file=issued.name, params=params))
    faults = tuple(_finding(item, issued, copy=found.clean_copy) for item in found.faults)
    audited = Audited(issued.definition, issued.issue, found, faults, tuple(notes), issued.noticed)
    return Result(audited)


def _held_against(
    data: bytes,
    manifest: Manifest | None,
    current: tuple[Manifest, bytes] | None,
    template: bytes,
    allowed: Sequence[str],
) -> Audit:
    """The audit of the document ``data``, from nothing but bytes and what the ledger says.

    ``current`` is what is printed now, with the report, which is empty where none can be printed.
    """
    document = read_document(data)
    assert document is not None, "it was read before"
    now = Current(current[0], read_document(current[1]) if current[1] else None) if current else None
    own = read_document(template) if template else None
    return audit(document, manifest, now, own.texts if own else (), allowed)


# --- what the data give now -----------------------------------------------------------------------


def _current(
    workspace: Workspace, definition: Definition, ledger: Ledger, issue: Issue
) -> tuple[tuple[Manifest, bytes], bytes, tuple[Finding, ...]]:
    """What would be printed now and the report, the template, and what is to be said about it.

    There is no report where the template's tags are wrong, and no template where it cannot be read.
    """
    last = ledger.last_issue(*definition.key) or issue
    fallback = last.manifest, b""
    template = open_template(workspace, definition)
    if template.value is None:
        readable = all(item.rule == "template" for item in template.findings)
        own = _template(workspace, definition) if readable else b""
        return fallback, own, (_not_printed(definition),)
    merged = merge(definition, _standing(definition, ledger)).value
    assert merged is not None, "merging always gives a dataset"
    report = render(template.value, merged, f"{definition.pack}/{TEMPLATE_FILE}").value
    if report is None:
        return fallback, template.value.data, (_not_printed(definition),)
    changed = issue.manifest.template != report.manifest.template
    note = Finding("audit.template", Severity.INFO, file=f"{definition.pack}/{TEMPLATE_FILE}")
    return (report.manifest, report.data), template.value.data, (note,) if changed else ()


def _template(workspace: Workspace, definition: Definition) -> bytes:
    """The template's bytes, which may have wrong tags; none where it is not there."""
    try:
        return read_ordinary(workspace.templates / definition.pack / TEMPLATE_FILE)
    except OSError:
        return b""


def _standing(definition: Definition, ledger: Ledger) -> Sequence[Accepted]:
    """What the last run's report stands on; without a run the last vintage of every department."""
    run = ledger.last_run(*definition.key)
    accepted = ledger.snapshot(run.number) if run else ledger.standing_submissions(*definition.key)
    known = definition.department_by_code
    return [item for item in accepted if item.submission.identity.department in known]


def _not_printed(definition: Definition) -> Finding:
    return Finding("audit.not_printed", Severity.INFO, file=f"{definition.pack}/{TEMPLATE_FILE}")


def _newer(
    workspace: Workspace, definition: Definition, ledger: Ledger, progress: Progress
) -> Iterator[Finding]:
    """That the inbox holds submissions which the next run would take in.

    Where the document is of another period than the pack, its inbox is no longer there.
    """
    present = open_pack(workspace, definition.pack, None).value
    run = ledger.last_run(*definition.key)
    if present is None or present.key != definition.key or run is None:
        return
    stood = {item.submission.sha256 for item in ledger.snapshot(run.number)}
    usable = collect(workspace, definition, ledger, progress).usable
    newer = [item.department for item in usable if item.file.sha256 not in stood]
    if newer:
        names = some_of(map(definition.department_name, newer), 8)
        yield Finding("audit.newer", Severity.WARNING, params={"departments": names})


# --- faults in words ------------------------------------------------------------------------------


def _finding(fault: Fault, issued: Issued, *, copy: bool) -> Finding:
    """The fault as a finding; what it is about stands in its operands.

    ``copy`` says that the document is a clean copy, which is not brought up to date.
    """
    params = {
        **fault.place.params(),
        "paragraph": fault.context,
        "item": _called(fault.figures),
        "text": shorten(fault.text),
        "printed": shorten(fault.printed),
    }
    code = f"audit.{fault.kind}"
    now = fault.now
    if fault.kind is Kind.GONE and fault.text:
        code = "audit.loose"
    if fault.kind is Kind.UNBOUND and fault.figures:
        code = "audit.alike"
        params["printed"] = shorten(fault.figures[0].text)
    if fault.kind is Kind.STALE:
        code = "audit.copy" if copy else code
        params["now"] = shorten(now or "")
    elif now and now not in (fault.text, fault.printed):
        params["given"] = shorten(now)
    links = [link for figure in fault.figures for link in figure.links]
    # A number that is bound to nothing is no department's concern, though a figure says the same.
    department = links[0].department if links and fault.kind is not Kind.UNBOUND else ""
    return Finding(
        code,
        _SEVERITIES.get(fault.kind, Severity.WARNING),
        department=department,
        file=issued.name,
        params=params,
        operands=tuple(operand for figure in fault.figures for operand in _operands(figure)),
    )


def _called(figures: Sequence[PrintedFigure]) -> str:
    """What figures are called: the first few by name, and how many there are."""
    names = [figure.links[0].label if figure.links else figure.text for figure in figures]
    shown = list(dict.fromkeys(names))[:_SHOWN]
    listed = "、".join(shown)
    return listed if len(shown) == len(names) else f"{listed}等{len(names)}处"


def _operands(figure: PrintedFigure) -> Iterator[Operand]:
    for link in figure.links:
        reference = reference_to(link.sheet, link.cell) if link.cell else ""
        value = "" if link.value is None else str(link.value)
        yield Operand(reference, figure.text, value, label=link.label, file=link.file)


def faults_as_dicts(audited: Audited, workspace: Workspace) -> list[dict[str, object]]:
    """The faults as the JSON output prints them."""
    return [
        {
            "kind": str(fault.kind),
            "part": fault.place.part,
            "heading": fault.place.heading,
            "paragraph": fault.place.paragraph,
            "row": fault.place.row,
            "column": fault.place.column,
            "text": fault.text,
            "printed": fault.printed,
            "now": fault.now,
            "context": fault.context,
            "figures": [
                link_as_dict(link, audited.definition, workspace)
                for figure in fault.figures
                for link in figure.links
            ],
        }
        for fault in audited.audit.faults
    ]
