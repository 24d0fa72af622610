"""Accepted submissions and their vintages: taking one in, and finding what stands or stood."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from generators.encoding import to_json
from generators.ledger import pins
from generators.ledger.pins import Group, Pin
from generators.ledger.records import kept_submission, observation_records, rebuilt_submission
from generators.ledger.tables import OBSERVATION, SUBMISSION
from generators.model import Accepted, EventKind, Fault, FormIdentity, Happening, Submission

_VINTAGE = [SUBMISSION.c[name] for name in ("id", "department", "vintage", "sha256", "file")]
_VINTAGE += [SUBMISSION.c.saved_at, SUBMISSION.c.received_at]
WHOLE = (pins.SUBMISSIONS, pins.CONTENTS, pins.OBSERVATIONS)
"""Everything that is kept of a submission."""
FIGURES = (pins.SUBMISSIONS, pins.OBSERVATIONS)
"""What its figures stand on."""


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


@dataclass(frozen=True)
class Told:
    """An accepted submission as the log tells of it; ``row`` is ``None`` where that is not kept so."""

    pack: str
    period: str
    department: str
    number: int
    sha256: str
    row: sa.Row[Any] | None


def told(
    connection: sa.Connection,
    pack: str,
    period: str | None = None,
    department: str | None = None,
    groups: Sequence[Group] = WHOLE,
) -> list[Told]:
    """Every accepted submission by period, department and vintage.

    Where the log names no rows yet, that is what the table holds. ``groups`` are what is held against
    the log of each.
    """
    found = pins.examine(connection, groups, pack, period, department)
    query = sa.select(SUBMISSION).where(SUBMISSION.c.pack == pack)
    if period is not None:
        query = query.where(SUBMISSION.c.period == period)
    if department is not None:
        query = query.where(SUBMISSION.c.department == department)
    rows = {str(row.id): row for row in connection.execute(query)}
    if found.pins is None:
        those = [
            Told(row.pack, row.period, row.department, row.vintage, row.sha256, row)
            for row in rows.values()
        ]
    else:
        off = {fault.key for fault in found.faults}
        those = []
        for (name, key), pin in found.pins.items():
            if name == pins.SUBMISSIONS.name:
                row = None if key in off else rows.get(key)
                of: Pin | sa.Row[Any] = pin if row is None else row
                those.append(Told(of.pack, of.period, of.department, pin.vintage, pin.original, row))
    return sorted(those, key=lambda item: (item.period, item.department, item.number))


def with_newer(connection: sa.Connection, pack: str, faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """The faults of a pack, each of a submission with the next sound vintage of its department."""
    those = tuple(faults)
    of_vintages = [fault for fault in those if fault.vintage]
    sound = [
        item
        for period in sorted({fault.period for fault in of_vintages})
        for item in told(connection, pack, period)
        if item.row is not None
    ]
    newer = {
        fault: item.number
        for fault in of_vintages
        for item in reversed(sound)  # of several, the first one after it is the last one here
        if (item.period, item.department) == (fault.period, fault.department)
        and item.number > fault.vintage
    }
    return tuple(replace(fault, newer=newer.get(fault, 0)) for fault in those)


def accept(
    connection: sa.Connection, submission: Submission, received: dt.datetime
) -> tuple[int, int | None]:
    """Take a submission in, unless it is the department's current content.

    Returns its vintage's number, and the key of its row, ``None`` where the vintage is not new. A
    current content that is not kept as the log tells of it is taken in anew.
    """
    identity = submission.identity
    before = told(connection, *_place(identity))
    last = before[-1] if before else None
    if last is not None and last.row is not None and last.sha256 == submission.sha256:
        return last.number, None
    there = sa.select(sa.func.max(SUBMISSION.c.vintage)).where(*_of(identity))
    numbers = [item.number for item in before]
    numbers.append(connection.execute(there).scalar_one_or_none() or 0)
    vintage = 1 + max(numbers)
    key = pins.next_key(connection, pins.SUBMISSIONS, pins.OBSERVATIONS)
    connection.execute(
        SUBMISSION.insert().values(
            id=key,
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
    )
    if records := list(observation_records(key, submission)):
        connection.execute(OBSERVATION.insert(), records)
    return vintage, key


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
    """Every accepted submission of a period by department, the oldest first, as far as it is sound."""
    found: dict[str, list[Vintage]] = {}
    for item in told(connection, pack, period, groups=(pins.SUBMISSIONS,)):
        if item.row is not None:
            kept = Vintage(*(item.row._mapping[column.name] for column in _VINTAGE))
            found.setdefault(kept.department, []).append(kept)
    return found


def previous(connection: sa.Connection, submission: Submission) -> Accepted | None:
    """The accepted vintage before this submission, whether or not it was itself taken in.

    ``None`` also where that one is not kept as the log tells of it.
    """
    before = told(connection, *_place(submission.identity))
    if before and before[-1].sha256 == submission.sha256:
        before.pop()
    row = before[-1].row if before else None
    return None if row is None else _accepted(connection, row)


def last_of_each(connection: sa.Connection, pack: str, period: str) -> tuple[Accepted, ...]:
    """The last vintage of every department in a period, by department, as far as that is sound."""
    last = {item.department: item for item in told(connection, pack, period)}
    return tuple(
        _accepted(connection, item.row) for _, item in sorted(last.items()) if item.row is not None
    )


def chosen(
    connection: sa.Connection, pack: str, period: str, numbers: Mapping[str, int]
) -> tuple[Accepted, ...]:
    """The vintages that ``numbers`` names for departments, by department, as far as they are sound."""
    return tuple(
        _accepted(connection, item.row)
        for item in (told(connection, pack, period) if numbers else ())
        if item.row is not None and numbers.get(item.department) == item.number
    )


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


def _place(identity: FormIdentity) -> tuple[str, str, str]:
    return identity.pack, identity.period, identity.department
