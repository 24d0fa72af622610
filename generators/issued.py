"""A Word document that somebody has at hand → the pack and the issue that it was written as."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from generators.ledger import Ledger, existing_ledger
from generators.model import Definition, Finding, Issue, Result, Severity
from generators.support.files import read_ordinary
from generators.text import reason_of
from generators.word.controls import BOOKMARK
from generators.word.properties import MANIFEST, PREFIX, properties_in
from generators.word.reading import Document, open_text
from generators.word.trial import reading, try_out
from generators.workspace import Workspace, for_period, open_pack, pack_names


@dataclass(frozen=True)
class Issued:
    """A document with its pack, for the period of its report.

    ``issue`` is what it was written as; the last one of the period where the document does not say,
    and ``None`` where there is none. ``certain`` says that the document itself told, ``unedited`` that
    its bytes are those that the program wrote. ``noticed`` is what was found about the pack.
    """

    name: str
    data: bytes = field(repr=False)
    document: Document = field(repr=False)
    definition: Definition
    issue: Issue | None
    certain: bool
    unedited: bool
    noticed: tuple[Finding, ...] = ()

    @property
    def claims_figures(self) -> bool:
        """Whether the program wrote the document: it carries the program's bookmarks or its mark."""
        return self.certain or any(item.bookmark.startswith(BOOKMARK) for item in self.document.controls)


def open_issued(
    workspace: Workspace, path: Path, pack: str | None, period: str | None
) -> Result[Issued]:
    """Read a document and find what it was written as.

    The pack is the one that the document names, if the workspace has it and ``pack`` names no other.
    The value is ``None``, with the reason, where the document or the pack cannot be read.
    """
    try:
        data = read_ordinary(path)
    except OSError as error:
        params = {"path": str(path), "reason": reason_of(error)}
        return Result(None, (Finding("run.no_document", Severity.ERROR, params=params),))
    issue, unedited = None, False
    ledger = existing_ledger(workspace.ledger)
    if ledger is not None:
        with ledger:
            issue = ledger.issue_of_document(hashlib.sha256(data).hexdigest())
            unedited = issue is not None
    refused = None if unedited else try_out(data, path.name, reading)
    if refused is not None:
        return Result(None, (refused,))
    read = open_text(data, path.name)
    if read.value is None:
        return Result(None, read.findings)
    document = read.value
    properties = properties_in(document.parts)
    if ledger is not None:
        with ledger:
            issue = ledger.issue_of_manifest(properties.get(MANIFEST, "")) or issue
    told = issue.manifest.pack if issue else properties.get(f"{PREFIX}pack")
    opened = open_pack(workspace, pack or (told if told in pack_names(workspace) else None), period)
    if opened.value is None:
        return Result(None, opened.findings)
    definition = opened.value

    def made(definition: Definition, issue: Issue | None, *, certain: bool) -> Issued:
        assert document is not None
        noticed = opened.findings
        return Issued(path.name, data, document, definition, issue, certain, unedited, noticed)

    if issue is not None and issue.manifest.pack == definition.pack:
        definition = for_period(definition, issue.manifest.period)
        return Result(made(definition, issue, certain=True))
    named = properties.get(f"{PREFIX}pack") == definition.pack
    if named and period is None and properties.get(f"{PREFIX}period"):
        definition = for_period(definition, properties[f"{PREFIX}period"])
    last = last_issue(workspace, definition)
    return Result(made(definition, last, certain=False))


def last_issue(workspace: Workspace, definition: Definition) -> Issue | None:
    """The last report of the definition's period; ``None`` where there is none, or no ledger."""
    ledger: Ledger | None = existing_ledger(workspace.ledger)
    if ledger is None:
        return None
    with ledger:
        return ledger.last_issue(*definition.key)


def no_issue(definition: Definition) -> Finding:
    """That the ledger knows no report of the period."""
    return Finding(
        "run.no_issue",
        Severity.ERROR,
        params={"name": definition.settings.name, "period": definition.settings.period},
    )


def last_one(issued: Issued) -> tuple[Finding, ...]:
    """That the document does not say which issue it is, and that the last one was taken."""
    if issued.certain or issued.issue is None:
        return ()
    params = {"period": issued.issue.manifest.period, "written": issued.issue.written_at[:10]}
    return (Finding("run.last_issue", Severity.INFO, file=issued.name, params=params),)
