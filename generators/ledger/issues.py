"""The reports that were written: the document by its SHA-256, the manifest by its own."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from generators.encoding import digest, from_json, to_json
from generators.ledger.tables import ISSUE
from generators.model import Issue, Manifest


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
    key = connection.execute(
        ISSUE.insert().values(
            pack=manifest.pack,
            period=manifest.period,
            sha256=sha256,
            digest=own,
            manifest=to_json(manifest),
            refreshed=refreshed,
            written_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        )
    ).inserted_primary_key
    assert key is not None
    return int(key[0]), True


def last(connection: sa.Connection, pack: str, period: str) -> Issue | None:
    """The last report of a period, or ``None``."""
    return _newest(connection, ISSUE.c.pack == pack, ISSUE.c.period == period)


def of_document(connection: sa.Connection, sha256: str) -> Issue | None:
    """The report whose document has that SHA-256, as it was written; ``None`` for no such one."""
    return _newest(connection, ISSUE.c.sha256 == sha256)


def of_manifest(connection: sa.Connection, sha256: str) -> Issue | None:
    """The report whose manifest has that SHA-256; ``None`` for no such one."""
    return _newest(connection, ISSUE.c.digest == sha256)


def _newest(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> Issue | None:
    query = sa.select(ISSUE).where(*conditions).order_by(ISSUE.c.id.desc()).limit(1)
    row: sa.Row[Any] | None = connection.execute(query).one_or_none()
    if row is None:
        return None
    manifest = from_json(row.manifest, Manifest)
    return Issue(row.id, row.sha256, manifest, row.refreshed, row.written_at)
