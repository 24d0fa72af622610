"""Rows named by hash in the events that tell of them: none is changed, added or taken out unnoticed.

An event's detail has ``kept``: the name of a group of rows → the rows' key → SHA-256. The hash is
that of the JSON object of the row's columns, made as that of an event
(:mod:`generators.ledger.events`); of several rows with one key, the JSON texts are sorted and joined by
line feeds. Long texts are groups of their own, hashed as they are: what a submission holds, what a
report printed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from generators.ledger import events
from generators.ledger.tables import (
    BOUND,
    EVENT,
    FINDING,
    ISSUE,
    OBSERVATION,
    PUBLICATION,
    REOPENING,
    RUN,
    SLOT,
    SUBMISSION,
)
from generators.model import EventKind, Fault, Happening, Off

KEPT = "kept"
"""Under which word an event's detail names rows."""
REASONS = "reasons"
"""Under which word it says what accepted reasons are about."""
_VINTAGES = "vintages"
"""Under which word the event of rows that were there before says whose submissions they are."""
_AT_ONCE = 500
"""How many keys a query names; databases take only so many."""


@dataclass(frozen=True)
class Group:
    """Rows of a table that are hashed together: those with one value in the column ``key``.

    ``kind`` is that of the events that tell of them, and ``also`` others. ``many`` says that there
    may be several rows, or none. ``text`` says that the hash is that of the one column's text as it
    stands.
    """

    name: str
    table: sa.Table
    key: str
    kind: EventKind
    left_out: tuple[str, ...] = ()
    many: bool = False
    text: str = ""
    also: tuple[EventKind, ...] = ()

    @property
    def columns(self) -> list[sa.ColumnElement[Any]]:
        """The columns that are hashed, as the database has them: a truth value is a number."""
        names = [self.text] if self.text else [c.name for c in self.table.c]
        return [
            sa.type_coerce(column, sa.Integer).label(column.name)
            if isinstance(column.type, sa.Boolean)
            else column
            for column in (self.table.c[name] for name in names if name not in self.left_out)
        ]


SUBMISSIONS = Group("submission", SUBMISSION, "id", EventKind.SUBMISSION, ("content",))
CONTENTS = Group("content", SUBMISSION, "id", EventKind.SUBMISSION, text="content")
OBSERVATIONS = Group("observation", OBSERVATION, "submission_id", EventKind.SUBMISSION, many=True)
BOUNDS = Group("bound", BOUND, "id", EventKind.REASON)
RUNS = Group("run", RUN, "id", EventKind.RUN)
FINDINGS = Group("finding", FINDING, "run_id", EventKind.RUN, many=True)
ISSUES = Group("issue", ISSUE, "id", EventKind.REPORT, ("manifest",))
MANIFESTS = Group("manifest", ISSUE, "id", EventKind.REPORT, text="manifest")
PUBLICATIONS = Group("publication", PUBLICATION, "id", EventKind.PUBLISH)
REOPENINGS = Group("reopening", REOPENING, "id", EventKind.REOPEN)
SLOTS = Group("slot", SLOT, "id", EventKind.SLOT, also=(EventKind.WATCH, EventKind.CLOCK))

GROUPS = (
    *(SUBMISSIONS, CONTENTS, OBSERVATIONS, BOUNDS, RUNS, FINDINGS),
    *(ISSUES, MANIFESTS, PUBLICATIONS, REOPENINGS, SLOTS),
)
_OWNERS = {"observation": SUBMISSION, "finding": RUN, "reopening": PUBLICATION}
"""Whose pack and period rows have that have none themselves."""


@dataclass(frozen=True)
class Pin:
    """What an event says of the rows of one key.

    ``vintage`` and ``original``, the SHA-256 of the file, are those of a submission; ``about`` is
    code, subject and text of a reason. They are 0 and empty for others. ``name`` is the department's.
    """

    sha256: str
    event: int
    pack: str
    period: str
    department: str = ""
    vintage: int = 0
    file: str = ""
    original: str = ""
    about: tuple[str, ...] = ()
    name: str = ""


Pins = Mapping[tuple[str, str], Pin]
"""Group and key → what the log says of them."""


@dataclass(frozen=True)
class Examined:
    """What of some rows is as the log tells. ``pins`` is ``None`` where it tells of no rows yet."""

    pins: Pins | None
    faults: tuple[Fault, ...]

    def sound(self, key: object) -> bool:
        """Whether what was looked at of that key is as it was written."""
        return all(fault.key != str(key) for fault in self.faults)


# --- writing ----------------------------------------------------------------------------------------


def next_key(connection: sa.Connection, *groups: Group) -> int:
    """A key that no row of the groups has or had, as far as table and log tell."""
    highest = [0]
    for group in groups:
        column = group.table.c[group.key]
        highest.append(connection.execute(sa.select(sa.func.max(column))).scalar_one() or 0)
        # No kind is asked for: the database then begins at the end, and soon finds one.
        query = sa.select(EVENT.c.detail).where(_names_rows(group.name))
        for detail in connection.execute(query.order_by(EVENT.c.number.desc()).limit(1)).scalars():
            named = _kept(events.mapping(detail)).get(group.name, {})
            highest += [int(key) for key in named if key.isdecimal()]
    return max(number for number in highest if isinstance(number, int)) + 1


def kept(connection: sa.Connection, keys: Mapping[Group, Iterable[int]]) -> dict[str, dict[str, str]]:
    """What an event says of rows that have just been written, for its detail."""
    said: dict[str, dict[str, str]] = {}
    for group, numbers in keys.items():
        wanted = [str(number) for number in numbers]
        found = hashes(connection, group, group.table.c[group.key].in_([int(key) for key in wanted]))
        own = dict(found)
        if wanted:
            said[group.name] = {key: own.get(key, _NO_ROWS) for key in wanted}
    return said


def telling(happening: Happening, said: Mapping[str, Mapping[str, str]]) -> Mapping[str, object]:
    """An event's detail with the rows that it tells of."""
    return {**happening.detail, KEPT: said} if said else happening.detail


def cover(connection: sa.Connection, named: Container[tuple[str, str]] | None = None) -> None:
    """Name the rows that an older program wrote, where the log tells of none yet.

    One event for each pack and period says what stands there now. Before that nobody could tell.
    ``named`` are group and key of those that the log does tell of, where it names others.
    """
    if named is None and is_covered(connection):
        return
    said: dict[tuple[str, str], dict[str, dict[str, str]]] = {}
    for group in GROUPS:
        owners = _owners_of(connection, group)
        for key, sha256 in _with_empty(hashes(connection, group), owners, group):
            if named is not None and (group.name, key) in named:
                continue
            place = owners.get(key, ("", ""))
            said.setdefault(place, {}).setdefault(group.name, {})[key] = sha256
    more = {_VINTAGES: _vintages(connection), REASONS: _reasons(connection)}
    happenings = []
    for (pack, period), rows in sorted(said.items()):
        detail: dict[str, object] = {KEPT: rows}
        for word, (group, about) in more.items():
            own = {key: about[key] for key in rows.get(group.name, {}) if key in about}
            if own:
                detail[word] = own
        happenings.append(Happening(EventKind.COVER, "", pack, period, detail=detail))
    events.append(connection, happenings)


def _with_empty(
    found: Iterable[tuple[str, str]], owners: Mapping[str, tuple[str, str]], group: Group
) -> Iterator[tuple[str, str]]:
    seen = set()
    for key, sha256 in found:
        seen.add(key)
        yield key, sha256
    if group.many:
        yield from ((key, _NO_ROWS) for key in owners if key not in seen)


def _owners_of(connection: sa.Connection, group: Group) -> dict[str, tuple[str, str]]:
    """Key → pack and period of all rows of a group; a slot has no period."""
    table = _OWNERS.get(group.name, group.table)
    if group is REOPENINGS:
        query = sa.select(REOPENING.c.id, PUBLICATION.c.pack, PUBLICATION.c.period).join(PUBLICATION)
    else:
        period = table.c.period if "period" in table.c else sa.literal("")
        query = sa.select(table.c.id, table.c.pack, period)
    return {str(row[0]): (row[1], row[2]) for row in connection.execute(query)}


def _vintages(connection: sa.Connection) -> tuple[Group, dict[str, list[object]]]:
    table = SUBMISSION.c
    query = sa.select(table.id, table.department, table.vintage, table.sha256, table.file)
    return SUBMISSIONS, {str(row.id): list(row)[1:] for row in connection.execute(query)}


def _reasons(connection: sa.Connection) -> tuple[Group, dict[str, list[object]]]:
    table = BOUND.c
    query = sa.select(table.id, table.department, table.code, table.subject, table.text)
    return BOUNDS, {str(row.id): list(row)[1:] for row in connection.execute(query)}


# --- reading ----------------------------------------------------------------------------------------


def is_covered(connection: sa.Connection) -> bool:
    """Whether any event names rows; from the first one on, every row is named."""
    query = sa.select(EVENT.c.number).where(_names_rows()).order_by(EVENT.c.number.desc()).limit(1)
    return connection.execute(query).one_or_none() is not None


def hashes(
    connection: sa.Connection, group: Group, *conditions: sa.ColumnElement[bool]
) -> Iterator[tuple[str, str]]:
    """Key and hash of the rows that are there, in the order of their keys."""
    key = group.table.c[group.key].label("_key")
    query = sa.select(key, *group.columns).where(*conditions).order_by(key)
    names = [column.name for column in group.columns]
    rows = events.streamed(connection, query)
    for number, own in groupby(rows, key=lambda row: row[0]):
        yield str(number), _hash(group, names, [row[1:] for row in own])


def rows_hash(group: Group, rows: Sequence[sa.Row[Any]]) -> str:
    """The hash of rows that hold all columns of their table."""
    names = [column.name for column in group.columns]
    return _hash(group, names, [[row._mapping[name] for name in names] for row in rows])


def _hash(group: Group, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    if group.text:
        text = rows[0][0]
        data = text if isinstance(text, bytes) else str("" if text is None else text).encode()
        return hashlib.sha256(data).hexdigest()
    texts = [events.canonical(dict(zip(names, map(_plain, row), strict=True))) for row in rows]
    return hashlib.sha256("\n".join(sorted(texts)).encode("utf-8", "surrogatepass")).hexdigest()


_NO_ROWS = hashlib.sha256(b"").hexdigest()


def _plain(value: object) -> object:
    return int(value) if isinstance(value, bool) else value


def pins_of(record: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], Pin]]:
    """What an event, by the values of its columns, says of rows."""
    if f'"{KEPT}":' not in record["detail"]:
        return
    detail = events.mapping(record["detail"])
    whose = detail.get(_VINTAGES, {})
    reasons = detail.get(REASONS, {})
    taken = [str(sha256) for sha256 in events.mapping(record["taken"]).values()]
    department, file = record["department"], record["file"]
    vintage, original = detail.get("vintage", 0), taken[0] if taken else ""
    for name, rows in _kept(detail).items():
        for key, sha256 in rows.items():
            own = (department, vintage, original, file)
            about: tuple[str, ...] = ()
            if key in whose and name in ("submission", "content", "observation"):
                own = tuple(whose[key])
            if key in reasons and name == "bound":
                own, about = (reasons[key][0], 0, "", ""), tuple(reasons[key][1:])
            where = record["number"], record["pack"], record["period"]
            yield (
                (name, key),
                Pin(sha256, *where, own[0], own[1], own[3], own[2], about, str(detail.get("name", ""))),
            )


def told(
    connection: sa.Connection,
    groups: Sequence[Group],
    pack: str,
    period: str | None = None,
    department: str | None = None,
) -> Pins | None:
    """What the log says of the rows of a pack; ``None`` where it names no rows at all yet.

    An event whose hash is not that of its content says nothing. The first word on a row counts.
    """
    known = {kind for group in groups for kind in (group.kind, *group.also)}
    kinds = sorted(str(kind) for kind in known | {EventKind.COVER})
    query = sa.select(EVENT).where(
        EVENT.c.kind.in_(kinds), EVENT.c.pack == events.clean(pack), _names_rows()
    )
    if period is not None:
        query = query.where(EVENT.c.period == events.clean(period))
    if department is not None:
        query = query.where(EVENT.c.department.in_(["", events.clean(department)]))
    names = {group.name for group in groups}
    found: dict[tuple[str, str], Pin] = {}
    for row in connection.execute(query.order_by(EVENT.c.number)):
        record = dict(row._mapping)
        if events.event_hash(record) != record["hash"]:
            continue
        for place, pin in pins_of(record):
            if place[0] in names and department in (None, pin.department):
                found.setdefault(place, pin)
    return found if found or is_covered(connection) else None


def examine(
    connection: sa.Connection,
    groups: Sequence[Group],
    pack: str,
    period: str | None = None,
    department: str | None = None,
) -> Examined:
    """Hold the rows of a pack, or of one period or department of it, against the log."""
    pins = told(connection, groups, pack, period, department)
    if pins is None:
        return Examined(None, ())
    faults: list[Fault] = []
    for group in groups:
        there = hashes(connection, group, *_within(group, pack, period, department))
        faults += faults_of(group, there, pins)
    return Examined(pins, tuple(faults))


class AlteredLedgerError(Exception):
    """What was asked for is not kept as the log tells of it: nothing may be made of it."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"{fault.group} {fault.key} {fault.why}")
        self.fault = fault


def ensure(
    connection: sa.Connection, groups: Sequence[Group], pack: str, period: str | None, key: object = None
) -> None:
    """Raise :class:`AlteredLedgerError` where rows are off: those of one key, all without one."""
    for fault in examine(connection, groups, pack, period).faults:
        if key is None or fault.key == str(key):
            raise AlteredLedgerError(fault)


def ensure_last(connection: sa.Connection, groups: Sequence[Group], pack: str, period: str) -> None:
    """Raise :class:`AlteredLedgerError` where the newest row of a period is off, or is made up."""
    found = examine(connection, groups, pack, period)
    keys = [int(key) for _, key in found.pins or () if key.isdecimal()]
    for fault in found.faults:
        if not fault.key.isdecimal() or int(fault.key) >= max(keys, default=0):
            raise AlteredLedgerError(fault)


def faults_of(
    group: Group, there: Iterable[tuple[str, str]], pins: Pins, *, all_named: bool = True
) -> Iterator[Fault]:
    """Where the rows of a group that are there are not those that the log names.

    ``all_named`` says that a row which no event names was put in by somebody.
    """
    left = {key: pin for (name, key), pin in pins.items() if name == group.name}
    for key, sha256 in there:
        pin = left.pop(key, None)
        if pin is None:
            # Rows of a key that were all taken out are named with the hash of none.
            if all_named:
                yield Fault(group.name, key, Off.ADDED)
        elif pin.sha256 != sha256:
            yield fault_at(group.name, key, Off.ALTERED, pin)
    for key, pin in left.items():
        if not (group.many and pin.sha256 == _NO_ROWS):
            yield fault_at(group.name, key, Off.DELETED, pin)


def fault_at(group: str, key: str, why: Off, pin: Pin) -> Fault:
    """A fault of rows that the log names."""
    return Fault(
        group,
        key,
        why,
        pin.event,
        pin.pack,
        pin.period,
        pin.department,
        pin.name,
        pin.vintage,
        pin.file,
        pin.about,
    )


def by_keys(
    connection: sa.Connection, table: sa.Table, key: str, keys: Sequence[int]
) -> Iterator[sa.Row[Any]]:
    """The rows of a table with these keys, in the order of the keys."""
    for first in range(0, len(keys), _AT_ONCE):
        column = table.c[key]
        query = sa.select(table).where(column.in_(keys[first : first + _AT_ONCE])).order_by(column)
        yield from connection.execute(query)


def _within(
    group: Group, pack: str, period: str | None, department: str | None
) -> Iterator[sa.ColumnElement[bool]]:
    owner = _OWNERS.get(group.name, group.table)
    conditions = [owner.c.pack == pack]
    if period is not None and "period" in owner.c:
        conditions.append(owner.c.period == period)
    if department is not None and "department" in owner.c:
        conditions.append(owner.c.department == department)
    if owner is group.table:
        yield from conditions
    else:
        column = group.table.c.publication_id if group is REOPENINGS else group.table.c[group.key]
        yield column.in_(sa.select(owner.c.id).where(*conditions))


def _names_rows(name: str = "") -> sa.ColumnElement[bool]:
    # An event's detail is JSON with sorted keys and no spaces; quotes inside of texts are escaped.
    mark = f'"{name}":{{"' if name else f'"{KEPT}":{{"'
    return EVENT.c.detail.contains(mark, autoescape=True)


def _kept(detail: Mapping[str, Any]) -> Mapping[str, Mapping[str, str]]:
    found = detail.get(KEPT)
    named = found if isinstance(found, dict) else {}
    return {name: rows for name, rows in named.items() if isinstance(rows, dict)}
