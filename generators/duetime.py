"""When a report is due: the pack's weekly slots on its own clock and calendar, as moments in UTC."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from generators.model import Definition

_LONGEST_MOVE = dt.timedelta(days=60)
"""How far from its own day a slot may be moved; every day within it is looked at."""
_EARLIEST, _LATEST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC), dt.datetime(9000, 1, 1, tzinfo=dt.UTC)
"""What a clock may say; one that says something else is taken to say the nearest of these."""


def due_between(definition: Definition, after: dt.datetime, until: dt.datetime) -> list[dt.datetime]:
    """The moments in (``after``, ``until``] at which the report is due, in order; both aware, in UTC.

    A slot on a day that the calendar moves is due on the other day, or not at all. Where clocks are
    put forward over a slot it is due after they have been; where they are put back it is due the
    first time, once.
    """
    zone = ZoneInfo(definition.settings.time_zone)
    after, until = _possible(after), _possible(until)
    first = after.astimezone(zone).date() - _LONGEST_MOVE
    last = until.astimezone(zone).date() + _LONGEST_MOVE
    moments = {
        _moment(local, zone)
        for number in range((last - first).days + 1)
        for local in _due_on(definition, first + dt.timedelta(days=number))
    }
    return sorted(moment for moment in moments if after < moment <= until)


def next_due(definition: Definition, after: dt.datetime) -> dt.datetime | None:
    """The next moment at which the report is due, in UTC; ``None`` where there is none in a year."""
    after = _possible(after)
    for _ in range(6 if definition.slots else 0):
        until = after + _LONGEST_MOVE
        if found := due_between(definition, after, until):
            return found[0]
        after = until
    return None


def _possible(moment: dt.datetime) -> dt.datetime:
    return min(max(moment, _EARLIEST), _LATEST)


def _due_on(definition: Definition, day: dt.date) -> Iterator[dt.datetime]:
    """When the slots that fall on ``day`` are due, on the pack's clock."""
    moved = next((item for item in definition.moved if item.day == day), None)
    for slot in definition.slots:
        if slot.weekday != day.weekday():
            continue
        if moved is None:
            yield dt.datetime.combine(day, slot.time)
        elif moved.to is not None:
            yield dt.datetime.combine(moved.to, moved.time or slot.time)


def _moment(local: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """A time of the pack's clock in UTC.

    One that clocks skip is as long after the skip as it would have been after its beginning, one
    that comes twice is the first (PEP 495, ``fold=0``).
    """
    return local.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)
