"""Accepted submissions and their vintages: taking one in, and finding what stands or stood."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from generators.encoding import to_json
from generators.ledger.records import kept_submission, observation_records, rebuilt_submission
from generators.ledger.tables import OBSERVATION, SUBMISSION
from generators.model import Accepted, EventKind, FormIdentity, Happening, Submission

_VINTAGE = [SUBMISSION.c[name] for name in ("id", "department", "vintage", "sha256", "file")]
_VINTAGE += [SUBMISSION.c.saved_at, SUBMISSION.c.received_at]


@dataclass(frozen=True)
class Vintage:
    """One accepted submission as the ledger keeps it. Times are ISO texts, ``received_at`` in UTC."""

    id: int
    department: str
    number: int
    sha256: str
    file: str
    saved_at: str
    received_at: str


def accept(connection: sa.Connection, submission: Submission, received: dt.datetime) -> tuple[int, bool]:
    """Take a submission in, unless it is the department's current content.

    Returns its vintage's number, and whether the vintage is new.
    """
    identity = submission.identity
    query = sa.select(SUBMISSION.c.vintage, SUBMISSION.c.sha256).where(*_of(identity))
    last = connection.execute(_newest_first(query).limit(1)).one_or_none()
    if last is not None and last.sha256 == submission.sha256:
        return int(last.vintage), False
    vintage = 1 if last is None else int(last.vintage) + 1
    key = connection.execute(
        SUBMISSION.insert().values(
            pack=identity.pack,
            period=identity.period,
            department=identity.department,
            vintage=vintage,
            sha256=submission.sha256,
            file=submission.file,
            saved_at=submission.saved_at,
            received_at=received.isoformat(timespec="seconds"),
            content=to_json(submission),
        )
    ).inserted_primary_key
    assert key is not None
    if records := list(observation_records(key[0], submission)):
        connection.execute(OBSERVATION.insert(), records)
    return vintage, True


def accepted(submission: Submission) -> Happening:
    """The event of a submission that was taken in, as far as the submission itself tells."""
    identity = submission.identity
    return Happening(
        EventKind.SUBMISSION,
        "",
        identity.pack,
        identity.period,
        identity.department,
        submission.file,
        "accepted",
        taken={submission.file: submission.sha256},
    )


def vintages(connection: sa.Connection, pack: str, period: str) -> dict[str, list[Vintage]]:
    """Every accepted submission of a period by department, the oldest first."""
    query = (
        sa.select(*_VINTAGE)
        .where(SUBMISSION.c.pack == pack, SUBMISSION.c.period == period)
        .order_by(SUBMISSION.c.department, SUBMISSION.c.vintage)
    )
    found: dict[str, list[Vintage]] = {}
    for row in connection.execute(query):
        found.setdefault(row.department, []).append(Vintage(*row))
    return found


def previous(connection: sa.Connection, submission: Submission) -> Accepted | None:
    """The accepted vintage before this submission, whether or not it was itself taken in."""
    query = _newest_first(sa.select(SUBMISSION).where(*_of(submission.identity)))
    rows = connection.execute(query.limit(2)).all()
    if rows and rows[0].sha256 == submission.sha256:
        rows = rows[1:]
    return _accepted(connection, rows[0]) if rows else None


def last_of_each(connection: sa.Connection, pack: str, period: str) -> tuple[Accepted, ...]:
    """The last vintage of every department in a period, by department."""
    last = (
        sa.select(SUBMISSION.c.department, sa.func.max(SUBMISSION.c.vintage).label("vintage"))
        .where(SUBMISSION.c.pack == pack, SUBMISSION.c.period == period)
        .group_by(SUBMISSION.c.department)
    )
    return chosen(
        connection, pack, period, {row.department: row.vintage for row in connection.execute(last)}
    )


def chosen(
    connection: sa.Connection, pack: str, period: str, numbers: Mapping[str, int]
) -> tuple[Accepted, ...]:
    """The vintages that ``numbers`` names for departments, by department."""
    if not numbers:
        return ()
    pairs = sa.tuple_(SUBMISSION.c.department, SUBMISSION.c.vintage).in_(list(numbers.items()))
    query = sa.select(SUBMISSION).where(SUBMISSION.c.pack == pack, SUBMISSION.c.period == period, pairs)
    rows = sorted(connection.execute(query), key=lambda row: str(row.department))
    return tuple(_accepted(connection, row) for row in rows)


def _accepted(connection: sa.Connection, row: sa.Row[Any]) -> Accepted:
    submission = kept_submission(row)
    if submission is None:
        query = sa.select(OBSERVATION).where(OBSERVATION.c.submission_id == row.id)
        observations = connection.execute(query.order_by(OBSERVATION.c.indicator, OBSERVATION.c.measure))
        submission = rebuilt_submission(row, observations)
    return Accepted(submission, int(row.vintage))


def _of(identity: FormIdentity) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        SUBMISSION.c.pack == identity.pack,
        SUBMISSION.c.period == identity.period,
        SUBMISSION.c.department == identity.department,
    )


def _newest_first(query: sa.Select[Any]) -> sa.Select[Any]:
    return query.order_by(SUBMISSION.c.vintage.desc())
