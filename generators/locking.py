"""The lock on a published period: what a run does in it, and how the period is opened again."""

from __future__ import annotations

from dataclasses import dataclass, replace

from generators.collection import Collection, Progress
from generators.exclusive import at_work
from generators.ledger import Ledger
from generators.merge import merge
from generators.model import Accepted, Definition, Finding, Publication, Reopening, Severity
from generators.returning import GivenBack, give_back
from generators.text import local_moment
from generators.user import operator
from generators.workspace import Workspace

DONE, NOTHING = 0, 2
"""Exit codes: published, or opened again; nothing was done."""


@dataclass(frozen=True)
class Reopened:
    """What came of opening a period again; ``None`` where it was not."""

    exit_code: int
    reopening: Reopening | None = None
    findings: tuple[Finding, ...] = ()


def held(
    workspace: Workspace, collection: Collection, ledger: Ledger, progress: Progress
) -> tuple[tuple[Accepted, ...], GivenBack]:
    """A run in a published period: the departments are answered, and no report is touched.

    Returns what the published report stands on, what was given back, and what is to be told besides
    what was found about the files: those that are new or changed carry a finding of the rule
    ``locked``.
    """
    publication = collection.publication
    assert publication is not None, "the period is open"
    key = collection.definition.key
    standing = ledger.standing_submissions(*key)
    merged = merge(collection.definition, standing).findings
    given = give_back(workspace, collection, ledger.vintages(*key), merged, progress)
    closed = about(publication, "publication.closed", Severity.INFO)
    return standing, replace(given, findings=(closed, *given.findings))


def reopen(workspace: Workspace, definition: Definition, why: str) -> Reopened:
    """Open a published period to submissions again; why, who and when are kept in the ledger."""
    if not why.strip():
        return Reopened(NOTHING, findings=(Finding("publication.no_why", Severity.ERROR),))
    with at_work(workspace) as ledger:
        if isinstance(ledger, Finding):
            return Reopened(NOTHING, findings=(ledger,))
        done = ledger.reopen(*definition.key, why.strip(), operator())
        if done is not None:
            return Reopened(DONE, done)
        earlier = ledger.reopening(*definition.key)
    period = definition.settings.period
    params = {"period": period}
    if earlier is None:
        found = Finding("publication.not_published", Severity.ERROR, params=params)
        return Reopened(NOTHING, findings=(found,))
    moment = local_moment(earlier.reopened_at, definition.settings.time_zone)
    time = moment.strftime("%Y-%m-%d %H:%M") if moment else earlier.reopened_at
    params |= {"time": time, "why": earlier.why}
    found = Finding("publication.open_already", Severity.ERROR, params=params)
    return Reopened(NOTHING, earlier, (found,))


def about(publication: Publication, code: str, severity: Severity) -> Finding:
    """A finding that says of which publication it speaks."""
    params = {
        "period": publication.period,
        "date": publication.date,
        "number": str(publication.number),
    }
    return Finding(code, severity, params=params)
