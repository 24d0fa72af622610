"""Weekly slots that were seen to: when the report was due, and how the run for it ended.

Clocks go wrong. A row is judged by when the clock said that it was written, and by its place among
the others: one that was written later counts more. Where a clock turns out to have been ahead, a line
is drawn (:func:`draw_line`), and what it had marked as seen to is due again in its time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from generators.ledger import pins
from generators.ledger.tables import SLOT
from generators.model import EventKind, Happening

TOLERANCE = dt.timedelta(hours=12)
"""How far ahead of the clock a slot may have been served and still counts as served.

A clock that is put right by hours (a wrong time zone, summer time) shall not have the same report made
twice; one that was ahead by more was wrong.
"""


@dataclass(frozen=True)
class DueSlots:
    """Slots that a run serves: the moments at which it was due, and the one at which that was seen.

    All are aware and in UTC.
    """

    due: tuple[dt.datetime, ...]
    at: dt.datetime


@dataclass(frozen=True)
class _Row:
    """A row of the table: a slot that was served, or, where ``line`` is set, the start of a watch."""

    due: dt.datetime
    done: dt.datetime
    line: bool

    @property
    def latest(self) -> dt.datetime:
        """What the clock must have reached before the row can be true."""
        return max(self.due, self.done)


def seen_to(connection: sa.Connection, pack: str, now: dt.datetime | None) -> dt.datetime | None:
    """Up to which moment a pack's slots have been seen to; ``None`` where nobody has watched it yet.

    It is never later than ``now``, where that is given.
    """
    seen = _seen_to(_rows(connection, pack), now)
    return seen if seen is None or now is None else min(seen, now)


def serve(connection: sa.Connection, slots: DueSlots, about: Happening) -> list[Happening]:
    """Keep slots as served by the run that ``about`` tells of; what the audit log is to be told.

    Nothing is where all of them have been served before.
    """
    seen = _seen_to(_rows(connection, about.pack), slots.at)
    new = [moment for moment in slots.due if seen is None or moment > seen]
    if not new:
        return []
    keys = keep(connection, about.pack, new, about.exit_code, slots.at)
    detail = {"due": [f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in new]}
    happening = Happening(
        EventKind.SLOT, about.by, about.pack, about.period, exit_code=about.exit_code, detail=detail
    )
    kept = pins.kept(connection, {pins.SLOTS: keys})
    return [replace(happening, detail=pins.telling(happening, kept))]


def keep(
    connection: sa.Connection,
    pack: str,
    moments: Sequence[dt.datetime],
    exit_code: int | None,
    at: dt.datetime,
) -> list[int]:
    """Keep that the slots at ``moments`` were seen to, by a run that ended with ``exit_code``.

    ``None`` stands for the moment from which a pack is watched; slots before it are not made up.
    ``at`` is the present moment by the clock that said that they were due. Returns the keys of the rows.
    """
    keys = []
    for moment in moments:
        keys.append(pins.next_key(connection, pins.SLOTS))
        row = {"due": _text(moment), "done_at": _text(at), "exit_code": exit_code}
        connection.execute(SLOT.insert().values(id=keys[-1], pack=pack, **row))
    return keys


def ahead(connection: sa.Connection, pack: str, now: dt.datetime) -> dt.datetime | None:
    """The moment that the clock had reached before it was put back to ``now``.

    ``None`` where it was not, or where a line has been drawn since.
    """
    rows = _rows(connection, pack)
    last_line = max((number for number, row in enumerate(rows) if row.line), default=0)
    reached = max((row.latest for row in rows[last_line:]), default=now)
    return reached if reached > now + TOLERANCE else None


def draw_line(connection: sa.Connection, pack: str, now: dt.datetime) -> tuple[dt.datetime, list[int]]:
    """Let slots be due again that a clock ahead of ``now`` marked as seen to.

    Returns up to which moment they count as seen to now: as far as was seen to before the clock went
    wrong, else ``now``; and the keys of the rows that say so.
    """
    rows = _rows(connection, pack)
    sound = [
        row
        for row in rows
        # One that was written before it was due was written while the clock was put right.
        if row.latest <= now + TOLERANCE and row.due <= row.done + TOLERANCE
    ]
    # Before the pack was watched at all, nothing was seen to; and such a clock may be wrong in turn.
    is_early = bool(rows) and now < rows[0].done
    seen = now if is_early else _seen_to(sound, now) or now
    return seen, keep(connection, pack, [seen], None, now)


def _seen_to(rows: Sequence[_Row], now: dt.datetime | None) -> dt.datetime | None:
    seen: dt.datetime | None = None
    reached: dt.datetime | None = None
    for row in rows:
        if row.line and seen is not None and reached is not None and row.due < seen:
            # A clock that said a time before the pack was watched at all was wrong itself (an empty
            # battery): what it seemed to disprove holds as soon as the clock is past it again.
            was_wrong = row.done < rows[0].done and (now is None or now >= reached)
            seen = seen if was_wrong else row.due
        else:
            seen = row.due if seen is None else max(seen, row.due)
        reached = row.latest if reached is None else max(reached, row.latest)
    return seen


def _rows(connection: sa.Connection, pack: str) -> list[_Row]:
    """The rows of a pack, in the order in which they were written."""
    query = sa.select(SLOT.c.due, SLOT.c.done_at, SLOT.c.exit_code).where(SLOT.c.pack == pack)
    return [
        _Row(dt.datetime.fromisoformat(due), dt.datetime.fromisoformat(done), exit_code is None)
        for due, done, exit_code in connection.execute(query.order_by(SLOT.c.id))
    ]


def _text(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds")
