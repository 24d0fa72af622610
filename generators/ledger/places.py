"""Where the ledger is: the workspace's SQLite file, or the database that the environment names."""

from __future__ import annotations

import os
from pathlib import Path

import sqlalchemy as sa

from generators.ledger.database import Ledger
from generators.ledger.engine import open_engine, parsed
from generators.ledger.schema import is_ledger
from generators.redaction import LEDGER_VARIABLE as LEDGER_VARIABLE


def ledger_address() -> str | None:
    """The address that the environment names; ``None`` for the workspace's own SQLite file."""
    return os.environ.get(LEDGER_VARIABLE, "").strip() or None


def ledger_url(path: Path) -> str | sa.URL:
    """Where the ledger is: the database that the environment names, else the SQLite file ``path``."""
    return ledger_address() or sqlite_url(path)


def sqlite_url(path: Path) -> str | sa.URL:
    """The SQLAlchemy URL of a SQLite file; its folder is made where it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return _url_of(path)


def existing_ledger(path: Path) -> Ledger | None:
    """The ledger, for those who only read it; ``None`` where none has been made yet.

    ``path`` is the workspace's SQLite file; as with :func:`ledger_url`, the environment may name
    another database. Nothing is made: neither a file nor a folder nor a table.
    """
    url = ledger_address() or _url_of(path)
    file = sqlite_file(url)
    if file is not None and not file.is_file():
        return None
    engine = open_engine(url)
    try:
        made = is_ledger(engine)
    finally:
        engine.dispose()
    return Ledger(url) if made else None


def _url_of(path: Path) -> str | sa.URL:
    url = sa.URL.create("sqlite", database=str(path))
    try:
        return url.render_as_string()
    except UnicodeEncodeError:  # the path holds bytes that no text of a URL can say
        return url


def sqlite_file(url: str | sa.URL) -> Path | None:
    """The file of a SQLite database; ``None`` for another database, or for one in memory."""
    parts = parsed(url)
    named = parts.database or ":memory:"
    if parts.get_backend_name() != "sqlite" or named == ":memory:" or named.startswith("file:"):
        return None
    return Path(named)
