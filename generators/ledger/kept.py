"""The whole ledger held against its log: every event, and every row that one should tell of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from generators.ledger import events, pins
from generators.ledger.pins import GROUPS, Pin, Pins
from generators.ledger.tables import META, SCHEMA_VERSION, SUBMISSION
from generators.model import EventKind, Fault, Off


@dataclass(frozen=True)
class Verified:
    """What came of it. ``faults`` are the rows that are off, by the events that tell of them.

    ``counts`` says how many keys of each group are as they were written, ``uncovered`` how many rows
    there are of which no event tells. ``covered_by`` is the number of the last event that named what
    was there before, 0 for none. ``originals`` are the files that were accepted, by their SHA-256, each
    with what the log says of it; ``written`` and ``sealed`` the last word on every file and on the key;
    ``editions`` are the SHA-256 of every report and of what it printed.
    """

    walked: events.Walked
    faults: tuple[Fault, ...]
    counts: Mapping[str, int]
    uncovered: int
    covered_by: int
    originals: Mapping[str, Pin]
    written: Mapping[str, tuple[str, int]]
    sealed: tuple[str, int]
    editions: frozenset[str]


class _Heard:
    """What the events say that are as they were written, one after the other."""

    def __init__(self) -> None:
        self.pins: dict[tuple[str, str], Pin] = {}
        self.covered_by = 0
        self.originals: dict[str, Pin] = {}
        self.written: dict[str, tuple[str, int]] = {}
        self.sealed = ("", 0)
        self.editions: set[str] = set()

    def see(self, record: Mapping[str, Any]) -> None:
        """Take in one event, by the values of its columns."""
        number, kind = record["number"], record["kind"]
        for place, pin in pins.pins_of(record):
            self.pins.setdefault(place, pin)
            if place[0] == pins.SUBMISSIONS.name and pin.original:
                self.originals.setdefault(pin.original, pin)
        if kind == EventKind.COVER:
            self.covered_by = number
        if kind == EventKind.SUBMISSION and record["outcome"] == "accepted":
            where = (record["pack"], record["period"], record["department"], 0, record["file"])
            for sha256 in events.mapping(record["taken"]).values():
                self.originals.setdefault(sha256, Pin("", number, *where))
        if kind in (EventKind.REPORT, EventKind.RUN, EventKind.PUBLISH):
            for name, sha256 in events.mapping(record["written"]).items():
                self.written[name] = (sha256, number)
                if kind == EventKind.REPORT:
                    self.editions.add(sha256)
        if kind == EventKind.REPORT:
            self.editions.add(str(events.mapping(record["detail"]).get("manifest", "")))
        if kind == EventKind.SEAL:
            self.sealed = (str(events.mapping(record["detail"]).get("key", "")), number)


def verified(connection: sa.Connection, until: int | None, marks: Iterable[int]) -> Verified:
    """Go through the log up to ``until``, and hold every row against what it says.

    Where an event is off, what the log says after it is not believed, and of rows that no other event
    tells of nothing can be said.
    """
    heard = _Heard()
    walked = events.walk(connection, until, marks, heard.see)
    whole = walked.off is None
    faults: list[Fault] = [*_versions(connection)]
    counts: dict[str, int] = {}
    uncovered = 0
    for group in GROUPS:
        own = {place: pin for place, pin in heard.pins.items() if place[0] == group.name}
        found = _of_group(connection, group, own, all_named=whole and bool(heard.pins))
        faults += found
        counts[group.name] = len(own) - sum(fault.event > 0 for fault in found)
        if whole and not heard.pins and not group.text:
            rows = sa.select(sa.func.count()).select_from(group.table)
            uncovered += connection.execute(rows).scalar_one()
    originals = {**_originals(connection), **heard.originals}
    ordered = sorted(faults, key=lambda fault: (fault.event or _LAST, _PLACE.get(fault.group, -1)))
    return Verified(
        walked,
        tuple(ordered),
        counts,
        uncovered,
        heard.covered_by,
        originals,
        heard.written,
        heard.sealed,
        frozenset(heard.editions | _editions(connection)),
    )


def named(connection: sa.Connection) -> frozenset[tuple[str, str]]:
    """Group and key of all rows that the log tells of."""
    heard = _Heard()
    events.walk(connection, None, (), heard.see)
    return frozenset(heard.pins)


_LAST = 2**62
_PLACE = {group.name: place for place, group in enumerate(GROUPS)}


def _of_group(
    connection: sa.Connection, group: pins.Group, own: Pins, *, all_named: bool
) -> list[Fault]:
    try:
        return list(pins.faults_of(group, pins.hashes(connection, group), own, all_named=all_named))
    except DBAPIError as error:
        if "decode" not in str(error.orig):
            raise
        return [Fault(group.name, "", Off.ALTERED)]


def _versions(connection: sa.Connection) -> Iterator[Fault]:
    """The table of versions has one row."""
    for row in connection.execute(sa.select(META)):
        if (row.key, row.value) != ("schema", str(SCHEMA_VERSION)):
            yield Fault(META.name, str(row.key), Off.ADDED)


def _originals(connection: sa.Connection) -> dict[str, Pin]:
    """The accepted files by the rows themselves: of those that no event names."""
    query = sa.select(SUBMISSION)
    try:
        return {
            row.sha256: Pin("", 0, row.pack, row.period, row.department, row.vintage, row.file)
            for row in connection.execute(query)
        }
    except DBAPIError:
        return {}  # which holding the rows against the log has told


def _editions(connection: sa.Connection) -> set[str]:
    issues = pins.ISSUES.table.c
    return {text for row in connection.execute(sa.select(issues.sha256, issues.digest)) for text in row}
