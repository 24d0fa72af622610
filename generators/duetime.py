"""When a report is due: the pack's weekly slots on its own clock and calendar, as moments in UTC."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from generators.model import Definition

_LONGEST_MOVE = dt.timedelta(days=60)
"""How far from its own day a slot may be moved; every day within it is looked at."""


def due_between(definition: Definition, after: dt.datetime, until: dt.datetime) -> list[dt.datetime]:
    """The moments in (``after``, ``until``] at which the report is due, in order; both aware, in UTC.

    A slot on a day that the calendar moves is due on the other day, or not at all. Where clocks are
    put forward over a slot it is due when they have been; where they are put back it is due the
    first time, once.
    """
    zone = ZoneInfo(definition.settings.time_zone)
    first = after.astimezone(zone).date() - _LONGEST_MOVE
    last = until.astimezone(zone).date() + _LONGEST_MOVE
    moments = {
        _moment(local, zone)
        for number in range((last - first).days + 1)
        for local in _due_on(definition, first + dt.timedelta(days=number))
    }
    return sorted(moment for moment in moments if after < moment <= until)


def next_due(definition: Definition, after: dt.datetime) -> dt.datetime | None:
    """The next moment at which the report is due, in UTC; ``None`` without slots."""
    if not definition.slots:
        return None
    until = after + 2 * _LONGEST_MOVE
    return next(iter(due_between(definition, after, until)), None)


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
    """A time of the pack's clock in UTC; one that clocks skip is taken as just after the gap."""
    moment = local.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)
    back = moment.astimezone(zone).replace(tzinfo=None)
    if back == local:
        return moment
    # In a gap fold=0 takes the offset before it, so that the moment lies as far behind the gap.
    before = local.replace(tzinfo=zone, fold=0).utcoffset()
    after = local.replace(tzinfo=zone, fold=1).utcoffset()
    assert before is not None and after is not None
    low, high = moment - (before - after if before > after else after - before), moment
    while high - low > dt.timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)
