"""What figures said and say: in other periods, in every vintage, and where vintages differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from generators.ledger import pins
from generators.ledger.records import value_of
from generators.ledger.submissions import FIGURES, Told, told
from generators.ledger.tables import OBSERVATION, SUBMISSION
from generators.model import Fault, Known, Measure, Off, Revision

_MEASURES = {measure: place for place, measure in enumerate(Measure)}


def standing(connection: sa.Connection, pack: str, period: str) -> tuple[Known, ...]:
    """The figures of the last vintage of every department in every other period."""
    return others(connection, pack, period)[0]


def others(
    connection: sa.Connection, pack: str, period: str
) -> tuple[tuple[Known, ...], tuple[Fault, ...]]:
    """What stands in other periods, and what of it is not as the log tells and so is left out."""
    found = pins.examine(connection, (pins.SUBMISSIONS,), pack)
    log = pins.told(connection, (pins.OBSERVATIONS,), pack)
    last: dict[tuple[str, str], Told] = {}
    for item in told(connection, pack, groups=(pins.SUBMISSIONS,)):
        if item.period != period:
            last[item.period, item.department] = item
    rows = {item.row.id: item.row for item in last.values() if item.row is not None}
    known: list[Known] = []
    faults = [fault for fault in found.faults if fault.period != period]
    for key, own in _observations(connection, sorted(rows)):
        pin = log.get((pins.OBSERVATIONS.name, str(key))) if log is not None else None
        if log is None or (pin and pin.sha256 == pins.rows_hash(pins.OBSERVATIONS, own)):
            known += [_figure(rows[key], row) for row in own]
        elif pin is not None:
            faults.append(pins.fault_at(pins.OBSERVATIONS.name, str(key), Off.ALTERED, pin))
    return _ordered(known), tuple(faults)


def history(connection: sa.Connection, pack: str, indicator: str) -> tuple[Known, ...]:
    """Every value of one indicator in every vintage of every period, as far as they are sound."""
    query = (
        sa.select(SUBMISSION.c.period)
        .distinct()
        .join_from(SUBMISSION, OBSERVATION)
        .where(SUBMISSION.c.pack == pack, OBSERVATION.c.indicator == indicator)
    )
    known = []
    for period in connection.execute(query).scalars():
        those = told(connection, pack, period, groups=FIGURES)
        rows = {item.row.id: item.row for item in those if item.row is not None}
        for key, own in _observations(connection, sorted(rows)):
            known += [_figure(rows[key], row) for row in own if row.indicator == indicator]
    return _ordered(known)


def _observations(
    connection: sa.Connection, keys: Sequence[int]
) -> Iterator[tuple[int, Sequence[sa.Row[Any]]]]:
    """The rows of each submission; none for one that has none."""
    rows = pins.by_keys(connection, OBSERVATION, "submission_id", keys)
    found = {key: list(own) for key, own in groupby(rows, key=lambda row: int(row.submission_id))}
    for key in keys:
        yield key, found.get(key, [])


def revisions(connection: sa.Connection, pack: str, period: str) -> tuple[Revision, ...]:
    """What changed from each vintage of a department to its next one in a period.

    What a vintage says that is not kept as the log tells of it is not among that.
    """
    sound = {
        (item.department, item.number)
        for item in told(connection, pack, period, groups=FIGURES)
        if item.row is not None
    }
    before, after = SUBMISSION.alias("before"), SUBMISSION.alias("after")
    old, new = OBSERVATION.alias("old"), OBSERVATION.alias("new")
    same_figure = sa.and_(new.c.indicator == old.c.indicator, new.c.measure == old.c.measure)
    pairs = before.join(
        after,
        sa.and_(
            after.c.pack == before.c.pack,
            after.c.period == before.c.period,
            after.c.department == before.c.department,
            after.c.vintage == before.c.vintage + 1,
        ),
    )
    of_old, of_new = old.c.submission_id == before.c.id, new.c.submission_id == after.c.id
    wanted = sa.select(
        *_columns(before, old, "old_"), *_columns(after, new, "new_"), after.c.saved_at
    ).where(before.c.pack == pack, before.c.period == period)
    changed = wanted.select_from(
        pairs.join(old, of_old).outerjoin(new, sa.and_(of_new, same_figure))
    ).where(sa.or_(new.c.value.is_(None), new.c.value != old.c.value))
    added = wanted.select_from(
        pairs.join(new, of_new).outerjoin(old, sa.and_(of_old, same_figure))
    ).where(old.c.value.is_(None))
    rows = [*connection.execute(changed), *connection.execute(added)]
    found = (_revision(row) for row in rows)
    return tuple(
        sorted(
            (
                item
                for item in found
                if {(item.department, item.vintage - 1), (item.department, item.vintage)} <= sound
            ),
            key=_place_of_revision,
        )
    )


def _columns(submission: sa.FromClause, observation: sa.FromClause, prefix: str) -> list[sa.Label[Any]]:
    """The columns that :func:`_known` reads, named with ``prefix``."""
    about = ("period", "department", "vintage", "received_at", "sha256", "file")
    said = ("indicator", "measure", "value", "kind", "sheet", "cell")
    named = [*(submission.c[name] for name in about), *(observation.c[name] for name in said)]
    return [column.label(prefix + column.name) for column in named]


def _known(row: sa.Row[Any], prefix: str) -> Known:
    of = row._mapping
    return Known(
        period=of[f"{prefix}period"],
        department=of[f"{prefix}department"],
        indicator=of[f"{prefix}indicator"],
        measure=Measure(of[f"{prefix}measure"]),
        value=value_of(of[f"{prefix}value"], of[f"{prefix}kind"]),
        vintage=int(of[f"{prefix}vintage"]),
        received=of[f"{prefix}received_at"],
        sha256=of[f"{prefix}sha256"],
        file=of[f"{prefix}file"],
        sheet=of[f"{prefix}sheet"],
        cell=of[f"{prefix}cell"],
    )


def _figure(submission: sa.Row[Any], row: sa.Row[Any]) -> Known:
    return Known(
        submission.period,
        submission.department,
        row.indicator,
        Measure(row.measure),
        value_of(row.value, row.kind),
        int(submission.vintage),
        submission.received_at,
        submission.sha256,
        submission.file,
        row.sheet,
        row.cell,
    )


def _revision(row: sa.Row[Any]) -> Revision:
    old = None if row.old_value is None else _known(row, "old_")
    new = None if row.new_value is None else _known(row, "new_")
    figure = new or old
    assert figure is not None
    return Revision(
        department=row.new_department,
        indicator=figure.indicator,
        measure=figure.measure,
        old=old,
        new=new,
        vintage=int(row.new_vintage),
        sha256=row.new_sha256,
        file=row.new_file,
        saved_at=row.saved_at,
    )


def _ordered(figures: Iterable[Known]) -> tuple[Known, ...]:
    # Databases sort texts each in its own way; the order here is the same everywhere.
    return tuple(sorted(figures, key=_place))


def _place(figure: Known) -> tuple[str, str, int, str, int]:
    measure = _MEASURES[figure.measure]
    return figure.period, figure.indicator, measure, figure.department, figure.vintage


def _place_of_revision(revision: Revision) -> tuple[str, int, str, int]:
    measure = _MEASURES[revision.measure]
    return revision.indicator, measure, revision.department, revision.vintage
