"""What was published and opened again: rows are only ever added, and the last one counts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from generators.ledger import pins
from generators.ledger.tables import PUBLICATION, REOPENING
from generators.model import EventKind, Happening, Publication, PublishedFile, Reopening


def keep(connection: sa.Connection, publication: Publication) -> int:
    """Add a publication; from now on it is the one that closes its period. The key of its row."""
    key = pins.next_key(connection, pins.PUBLICATIONS)
    values: dict[str, object] = {
        "id": key,
        "pack": publication.pack,
        "period": publication.period,
        "number": publication.number,
        "date": publication.date,
        "published_at": publication.published_at,
        "published_by": publication.by,
        "reason": publication.reason,
        "issue_id": publication.issue,
        "digest": publication.manifest,
    }
    for name in ("source", "clean", "pdf", "summary"):
        file: PublishedFile | None = getattr(publication, name)
        values[name] = file.name if file else None
        values[f"{name}_sha256"] = file.sha256 if file else None
    connection.execute(PUBLICATION.insert().values(**values))
    return key


def published(publication: Publication) -> Happening:
    """The event of a publication."""
    source = publication.source
    return Happening(
        EventKind.PUBLISH,
        publication.by,
        publication.pack,
        publication.period,
        file=source.name,
        exit_code=0,
        taken={source.name: source.sha256},
        written={f"reports/published/{file.name}": file.sha256 for file in publication.files},
        detail={
            "number": publication.number,
            "date": publication.date,
            "why": publication.reason,
            "issue": publication.issue,
        },
    )


def last(connection: sa.Connection, pack: str, period: str | None) -> Publication | None:
    """The last publication of a period, of any period where ``period`` is ``None``."""
    row = _last_row(connection, pack, period)
    return None if row is None else _publication(row)


def lock(connection: sa.Connection, pack: str, period: str) -> Publication | None:
    """The publication that closes a period; ``None`` where it is open."""
    row = _last_row(connection, pack, period)
    if row is None or _reopening_of(connection, row.id) is not None:
        return None
    return _publication(row)


def reopening(connection: sa.Connection, pack: str, period: str) -> Reopening | None:
    """How a period that was published was opened again; ``None`` where it is closed or never was."""
    row = _last_row(connection, pack, period)
    return None if row is None else _reopening_of(connection, row.id)


def reopen(
    connection: sa.Connection, pack: str, period: str, why: str, by: str
) -> tuple[int, Reopening] | None:
    """Open a published period again; ``None``, and nothing is written, where it is not closed.

    Returns the key of the row too.
    """
    row = _last_row(connection, pack, period)
    if row is None or _reopening_of(connection, row.id) is not None:
        return None
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    key = pins.next_key(connection, pins.REOPENINGS)
    connection.execute(
        REOPENING.insert().values(
            id=key, publication_id=row.id, why=why, reopened_by=by, reopened_at=now
        )
    )
    return key, Reopening(row.number, why, by, now)


def _last_row(connection: sa.Connection, pack: str, period: str | None) -> sa.Row[Any] | None:
    """The row of the last publication; :class:`AlteredLedgerError` where any is off, or was reopened."""
    pins.ensure(connection, (pins.PUBLICATIONS, pins.REOPENINGS), pack, period)
    query = sa.select(PUBLICATION).where(PUBLICATION.c.pack == pack)
    if period is not None:
        query = query.where(PUBLICATION.c.period == period)
    return connection.execute(query.order_by(PUBLICATION.c.id.desc()).limit(1)).one_or_none()


def _reopening_of(connection: sa.Connection, publication: int) -> Reopening | None:
    query = (
        sa.select(REOPENING, PUBLICATION.c.number)
        .join(PUBLICATION, PUBLICATION.c.id == REOPENING.c.publication_id)
        .where(REOPENING.c.publication_id == publication)
    )
    row = connection.execute(query.order_by(REOPENING.c.id).limit(1)).one_or_none()
    return None if row is None else Reopening(row.number, row.why, row.reopened_by, row.reopened_at)


def _publication(row: sa.Row[Any]) -> Publication:
    of = row._mapping

    def file(name: str) -> PublishedFile | None:
        return PublishedFile(of[name], of[f"{name}_sha256"]) if of[name] else None

    source, clean = file("source"), file("clean")
    assert source is not None and clean is not None
    return Publication(
        row.pack,
        row.period,
        row.number,
        row.date,
        row.published_at,
        row.published_by,
        row.reason,
        row.issue_id,
        row.digest,
        source,
        clean,
        file("pdf"),
        file("summary"),
    )
