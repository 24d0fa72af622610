"""The audit log: events are added at the end, each with a hash over itself and the one before it.

An event's hash is the SHA-256 of the JSON object of its columns but ``hash``, with sorted keys,
without spaces, in UTF-8. As ``previous`` is one of them, an event cannot be changed, taken out, put
in or moved without every later hash changing; the last one is kept outside of the database too
(:mod:`generators.ledger.head`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from generators.encoding import parsed_json
from generators.ledger.tables import EVENT, META
from generators.model import NOTHING_BEFORE, ChainEnd, Event, EventKind, Happening
from generators.names import printable

_KINDS = frozenset(EventKind)


@dataclass(frozen=True)
class Asked:
    """Which events are wanted; what is ``None`` or empty does not matter. ``since`` is UTC ISO text."""

    kinds: Set[str] = frozenset()
    since: str | None = None
    pack: str | None = None
    period: str | None = None


@dataclass(frozen=True)
class Walked:
    """The chain gone through from its beginning, up to its end or the first event that is off.

    ``off`` is the number of that event and ``why`` what is wrong: ``missing``, ``inserted``,
    ``edited`` (its content is not what its hash was made of), ``unlinked`` (the next one follows on
    another than this: it is made up, or was moved) or ``undecodable``; ``None`` and empty where all
    are as they were written.
    ``hashes`` are those of the events that were asked for, as far as there are such.
    """

    end: ChainEnd
    off: int | None
    why: str
    hashes: Mapping[int, str]


def begin(connection: sa.Connection) -> None:
    """Let no other program add to the log until this transaction ends."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(sa.select(META).where(META.c.key == "schema").with_for_update())


def end_of(connection: sa.Connection) -> ChainEnd:
    """How far the log goes."""
    query = sa.select(EVENT.c.number, EVENT.c.hash).order_by(EVENT.c.number.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return ChainEnd() if row is None else ChainEnd(row.number, row.hash)


def highest(connection: sa.Connection) -> int:
    """The highest number of an event, 0 for none."""
    return int(connection.execute(sa.select(sa.func.max(EVENT.c.number))).scalar_one() or 0)


def hash_of(connection: sa.Connection, number: int) -> str | None:
    """The hash that the event with that number bears; ``None`` where there is no such event."""
    return connection.execute(
        sa.select(EVENT.c.hash).where(EVENT.c.number == number)
    ).scalar_one_or_none()


def append(connection: sa.Connection, happenings: Iterable[Happening]) -> None:
    """Add what happened at the end of the log, in that order."""
    end = end_of(connection)
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    for item in happenings:
        record: dict[str, object] = {
            "number": end.count + 1,
            "time": now,
            "kind": str(item.kind),
            "operator": clean(item.by),
            "owner": None if item.owner is None else clean(item.owner),
            "saved_by": clean(item.saved_by),
            "pack": clean(item.pack),
            "period": clean(item.period),
            "department": clean(item.department),
            "file": clean(item.file),
            "outcome": item.outcome,
            "exit_code": item.exit_code,
            "taken": clean(canonical(dict(item.taken))),
            "written": clean(canonical(dict(item.written))),
            "detail": clean(canonical(dict(item.detail))),
            "previous": end.hash,
        }
        record["hash"] = event_hash(record)
        connection.execute(EVENT.insert().values(**record))
        end = ChainEnd(end.count + 1, str(record["hash"]))


def event_hash(record: Mapping[str, object]) -> str:
    """The hash of an event from the values of its columns; one that is there already is left out."""
    content = {name: value for name, value in record.items() if name != "hash"}
    return hashlib.sha256(canonical(content).encode("utf-8", "surrogatepass")).hexdigest()


def last_of(
    connection: sa.Connection,
    kind: EventKind,
    pack: str,
    period: str,
    *,
    file: str | None = None,
    having: str = "",
) -> Happening | None:
    """The last event of a kind and period, of one file where that is given; ``None`` for none.

    ``having`` is a key that its detail must have.
    """
    query = sa.select(EVENT).where(
        EVENT.c.kind == str(kind), EVENT.c.pack == clean(pack), EVENT.c.period == clean(period)
    )
    if file is not None:
        query = query.where(EVENT.c.file == clean(file))
    if having:
        query = query.where(EVENT.c.detail.contains(f'"{having}":', autoescape=True))
    row = connection.execute(query.order_by(EVENT.c.number.desc()).limit(1)).one_or_none()
    return None if row is None else _event(row).happening


def listed(connection: sa.Connection, asked: Asked) -> Iterator[Event]:
    """The events that are asked for, the newest last."""
    query = sa.select(EVENT).order_by(EVENT.c.number)
    if asked.kinds:
        query = query.where(EVENT.c.kind.in_(sorted(asked.kinds)))
    if asked.since is not None:
        query = query.where(EVENT.c.time >= asked.since)
    if asked.pack is not None:
        query = query.where(EVENT.c.pack == asked.pack)
    if asked.period is not None:
        query = query.where(EVENT.c.period == asked.period)
    for row in streamed(connection, query):
        yield _event(row)


def walk(
    connection: sa.Connection,
    until: int | None,
    marks: Iterable[int] = (),
    see: Callable[[Mapping[str, Any]], None] | None = None,
) -> Walked:
    """Go through the chain and work every hash out anew.

    Events after ``until`` are not looked at, where that is given: they were added since. ``see`` is
    given every event that is as it was written, by the values of its columns.
    """
    wanted, hashes = set(marks), {0: NOTHING_BEFORE}
    end = ChainEnd()

    def off(number: int, why: str) -> Walked:
        return Walked(end, number, why, hashes)

    query = sa.select(EVENT).order_by(EVENT.c.number)
    if until is not None:
        query = query.where(EVENT.c.number <= until)
    rows = iter(streamed(connection, query))
    while True:
        expected = end.count + 1
        try:
            row = next(rows, None)
        except DBAPIError as error:
            if "decode" not in str(error.orig):
                raise
            return off(expected, "undecodable")  # bytes that no program of this kind wrote
        if row is None:
            break
        record = dict(row._mapping)
        number = record["number"]
        if not isinstance(number, int) or number < expected:
            return off(number if isinstance(number, int) else expected, "inserted")
        if number > expected:
            return off(expected, "missing")
        if event_hash({**record, "previous": end.hash}) != record["hash"]:
            # Its hash is of its content after another event: that one was made up, or moved here.
            follows_on_another = record["previous"] != end.hash
            return off(max(end.count, 1), "unlinked") if follows_on_another else off(number, "edited")
        if record["previous"] != end.hash:
            return off(number, "edited")
        end = ChainEnd(number, record["hash"])
        if number in wanted:
            hashes[number] = record["hash"]
        if see is not None:
            see(record)
    return Walked(end, None, "", hashes)


def streamed(connection: sa.Connection, query: sa.Select[Any]) -> Iterable[sa.Row[Any]]:
    """The rows one by one, whatever their number; SQLite's driver reads no further than asked."""
    streams = connection.dialect.name != "sqlite"
    # Of the statement alone: options of the connection would hold for what is written later, too.
    return connection.execute(query, execution_options={"stream_results": streams})


def _event(row: sa.Row[Any]) -> Event:
    """The event of a row; of one that somebody tampered with, as much as can be read."""
    return Event(
        row.number,
        row.time,
        Happening(
            EventKind(row.kind) if row.kind in _KINDS else row.kind,
            row.operator,
            row.pack,
            row.period,
            row.department,
            row.file,
            row.outcome,
            row.exit_code,
            row.owner,
            row.saved_by,
            mapping(row.taken),
            mapping(row.written),
            mapping(row.detail),
        ),
        row.previous,
        row.hash,
    )


def mapping(text: str) -> dict[str, Any]:
    """A JSON object as an event has it; empty for what is none."""
    try:
        read = parsed_json(text)
    except (ValueError, TypeError):
        return {}
    return read if isinstance(read, dict) else {}


def canonical(value: object) -> str:
    """JSON that is the same for equal values; what no program of this kind writes is told too."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=repr)


def clean(text: str) -> str:
    """Text that every database takes and every terminal shows: a path may be called anything."""
    known = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return printable(known.replace("\x00", ""))
