"""Weekly slots that were seen to: when the report was due, and how the run for it ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from generators.ledger import pins
from generators.ledger.tables import SLOT


def last(connection: sa.Connection, pack: str) -> dt.datetime | None:
    """Up to which moment a pack's slots have been seen to; ``None`` where nobody has watched it yet."""
    query = sa.select(sa.func.max(SLOT.c.due)).where(SLOT.c.pack == pack)
    moment = connection.execute(query).scalar_one_or_none()
    return None if moment is None else dt.datetime.fromisoformat(moment)


def keep(
    connection: sa.Connection, pack: str, moments: Sequence[dt.datetime], exit_code: int | None
) -> list[int]:
    """Keep that the slots at ``moments`` (UTC) were seen to, by a run that ended with ``exit_code``.

    ``None`` stands for the moment from which a pack is watched; slots before it are not made up.
    Returns the keys of the rows that are new: a slot is kept once.
    """
    keys = []
    done = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    for moment in moments:
        due = moment.astimezone(dt.UTC).isoformat(timespec="seconds")
        kept = sa.select(SLOT.c.id).where(SLOT.c.pack == pack, SLOT.c.due == due)
        if connection.execute(kept).first() is not None:
            continue
        keys.append(pins.next_key(connection, pins.SLOTS))
        values = {"id": keys[-1], "pack": pack, "due": due, "done_at": done, "exit_code": exit_code}
        connection.execute(SLOT.insert().values(**values))
    return keys
