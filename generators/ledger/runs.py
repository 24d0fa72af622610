"""Finished runs: what they stood on, what they wrote, what they found; and the reasons they accepted."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from generators.encoding import parsed_json, to_json
from generators.ledger import pins
from generators.ledger.records import finding_of, finding_records
from generators.ledger.tables import BOUND, FINDING, RUN
from generators.model import Bound, Finding


@dataclass(frozen=True)
class KeptRun:
    """A finished run. ``finished_at`` is ISO text in UTC.

    ``snapshot`` maps each department to the number of the vintage that the report stands on,
    ``outputs`` each written file's name to its SHA-256.
    """

    number: int
    finished_at: str
    pack: str
    period: str
    exit_code: int
    snapshot: Mapping[str, int]
    outputs: Mapping[str, str]


def record(
    connection: sa.Connection,
    pack: str,
    period: str,
    exit_code: int,
    snapshot: Mapping[str, int],
    outputs: Mapping[str, str],
    findings: Sequence[Finding],
) -> int:
    """Record a finished run; its number."""
    number = pins.next_key(connection, pins.RUNS, pins.FINDINGS)
    connection.execute(
        RUN.insert().values(
            id=number,
            finished_at=_now(),
            pack=pack,
            period=period,
            exit_code=exit_code,
            snapshot=to_json(dict(snapshot)),
            outputs=to_json(dict(outputs)),
        )
    )
    if findings:
        connection.execute(FINDING.insert(), list(finding_records(number, findings)))
    return number


def last(connection: sa.Connection, pack: str, period: str) -> KeptRun | None:
    """The last run of a period, or ``None``; :class:`AlteredLedgerError` for one that is off."""
    pins.ensure_last(connection, (pins.RUNS,), pack, period)
    query = sa.select(RUN).where(RUN.c.pack == pack, RUN.c.period == period)
    row = connection.execute(query.order_by(RUN.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else _run(row)


def numbered(connection: sa.Connection, number: int) -> KeptRun | None:
    """The run with that number, or ``None``; :class:`AlteredLedgerError` for one that is off."""
    row = connection.execute(sa.select(RUN).where(RUN.c.id == number)).one_or_none()
    if row is None:
        return None
    pins.ensure(connection, (pins.RUNS,), row.pack, row.period, number)
    return _run(row)


def findings_of(connection: sa.Connection, run: KeptRun) -> tuple[Finding, ...]:
    """What a run found, in its order; :class:`AlteredLedgerError` where that is off."""
    pins.ensure(connection, (pins.FINDINGS,), run.pack, run.period, run.number)
    query = sa.select(FINDING).where(FINDING.c.run_id == run.number).order_by(FINDING.c.place)
    return tuple(finding_of(row) for row in connection.execute(query))


def bound(connection: sa.Connection, pack: str, period: str) -> tuple[Bound, ...]:
    """The reasons that were accepted in a period, the oldest first.

    One that is not kept as the log tells of it is among them as ``altered``: for which operands it was
    given nobody knows.
    """
    found = pins.examine(connection, (pins.BOUNDS,), pack, period)
    query = sa.select(BOUND).where(BOUND.c.pack == pack, BOUND.c.period == period)
    sound = [
        Bound(row.department, row.code, row.subject, row.text, parsed_json(row.operands))
        for row in connection.execute(query.order_by(BOUND.c.id))
        if found.sound(row.id)
    ]
    altered = [
        Bound(fault.department, code, subject, text, {}, altered=True)
        for fault in found.faults
        if fault.about
        for code, subject, text in [fault.about]
    ]
    return (*sound, *altered)


def bind(connection: sa.Connection, pack: str, period: str, items: Iterable[Bound]) -> dict[int, Bound]:
    """Keep reasons; one that is kept already, for the same operands, is not written again.

    Returns those that are new, by the keys of their rows.
    """
    kept = {_key(item) for item in bound(connection, pack, period)}
    now = _now()
    new: dict[int, Bound] = {}
    number = pins.next_key(connection, pins.BOUNDS)
    for item in items:
        key = _key(item)
        if key not in kept:
            kept.add(key)
            department, code, subject, text, operands = key
            connection.execute(
                BOUND.insert().values(
                    id=number,
                    pack=pack,
                    period=period,
                    department=department,
                    code=code,
                    subject=subject,
                    text=text,
                    operands=operands,
                    bound_at=now,
                )
            )
            new[number] = item
            number += 1
    return new


def _key(item: Bound) -> tuple[str, str, str, str, str]:
    """What makes two reasons the same; the order of their operands does not matter."""
    operands = json.dumps(dict(item.operands), ensure_ascii=False, sort_keys=True)
    return item.department, item.code, item.subject, item.text, operands


def _run(row: sa.Row[Any]) -> KeptRun:
    return KeptRun(
        row.id,
        row.finished_at,
        row.pack,
        row.period,
        row.exit_code,
        parsed_json(row.snapshot),
        parsed_json(row.outputs),
    )


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
