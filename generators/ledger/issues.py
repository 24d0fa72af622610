"""The reports that were written: the document by its SHA-256, the manifest by its own."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import sqlalchemy as sa

from generators.encoding import digest, from_json, to_json
from generators.ledger import pins
from generators.ledger.tables import EVENT, ISSUE
from generators.model import EventKind, Issue, Manifest


def keep(
    connection: sa.Connection, manifest: Manifest, sha256: str, *, refreshed: bool
) -> tuple[int, bool]:
    """Keep a report; its number, and whether it is new. The last one again is not kept twice."""
    own = digest(manifest)
    before = last(connection, manifest.pack, manifest.period)
    if (
        before is not None
        and (before.sha256, before.refreshed) == (sha256, refreshed)
        and digest(before.manifest) == own
    ):
        return before.number, False
    key = pins.next_key(connection, pins.ISSUES)
    connection.execute(
        ISSUE.insert().values(
            id=key,
            pack=manifest.pack,
            period=manifest.period,
            sha256=sha256,
            digest=own,
            manifest=to_json(manifest),
            refreshed=refreshed,
            written_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        )
    )
    return key, True


def last(connection: sa.Connection, pack: str, period: str) -> Issue | None:
    """The last report of a period, or ``None``; :class:`AlteredLedgerError` for one that is off."""
    pins.ensure_last(connection, (pins.ISSUES,), pack, period)
    return _newest(connection, ISSUE.c.pack == pack, ISSUE.c.period == period)


def of_document(connection: sa.Connection, sha256: str) -> Issue | None:
    """The report whose document has that SHA-256, as it was written; ``None`` for no such one.

    :class:`AlteredLedgerError` where the ledger does not hold it as the log tells.
    """
    found = _newest(connection, ISSUE.c.sha256 == sha256)
    if found is None:
        _ensure_unknown(connection, EVENT.c.written, sha256)
    return found


def of_manifest(connection: sa.Connection, sha256: str) -> Issue | None:
    """The report whose manifest has that SHA-256; ``None`` for no such one.

    :class:`AlteredLedgerError` where the ledger does not hold it as the log tells.
    """
    found = _newest(connection, ISSUE.c.digest == sha256)
    if found is None:
        _ensure_unknown(connection, EVENT.c.detail, sha256)
    return found


def _ensure_unknown(connection: sa.Connection, column: sa.Column[str], sha256: str) -> None:
    """Raise :class:`AlteredLedgerError` where the log tells of a report that was not found."""
    if not sha256:
        return
    query = sa.select(EVENT.c.pack, EVENT.c.period).where(
        EVENT.c.kind == str(EventKind.REPORT), column.contains(f'"{sha256}"', autoescape=True)
    )
    for pack, period in connection.execute(query):
        pins.ensure(connection, (pins.ISSUES,), pack, period)


def _newest(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> Issue | None:
    query = sa.select(ISSUE).where(*conditions).order_by(ISSUE.c.id.desc()).limit(1)
    row: sa.Row[Any] | None = connection.execute(query).one_or_none()
    if row is None:
        return None
    pins.ensure(connection, (pins.ISSUES,), row.pack, row.period, row.id)
    if hashlib.sha256(row.manifest.encode()).hexdigest() != row.digest:
        pins.ensure(connection, (pins.MANIFESTS,), row.pack, row.period, row.id)
    manifest = from_json(row.manifest, Manifest)
    return Issue(row.id, row.sha256, manifest, row.refreshed, row.written_at)
