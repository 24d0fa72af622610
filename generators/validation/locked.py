"""Rule ``locked``: does a submission come after its period was published?"""

from __future__ import annotations

from collections.abc import Iterable

from generators.model import Finding, Severity
from generators.validation.relations import Case
from generators.validation.stale import contents


def check_locked(case: Case) -> Iterable[Finding]:
    """One error where the period is closed, and the submission is not what was published of it.

    A form that was only saved again says what it said before and is not meant.
    """
    publication, standing = case.context.publication, case.context.previous
    if publication is None:
        return
    if standing is not None and contents(case.submission) == contents(standing.submission):
        return
    identity = case.submission.identity
    yield Finding(
        "locked.submission",
        Severity.ERROR,
        identity.department,
        case.submission.file,
        params={
            "period": identity.period,
            "date": publication.date,
            "number": str(publication.number),
        },
    )
