"""What is wrong with the ledger's database, as a finding that is true of it and says what to do."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from generators.ledger.engine import LedgerAddressError, parsed
from generators.ledger.places import LEDGER_VARIABLE, ledger_address, sqlite_file
from generators.model import Finding, Severity
from generators.redaction import without_secrets

_LONGEST = 300
"""How many characters of what a database says are quoted."""

_BY_STATE: Mapping[str, str] = {
    "28P01": "run.ledger_password",
    "28000": "run.ledger_login",
    "3D000": "run.ledger_no_database",
    "42501": "run.ledger_denied",
    "25006": "run.ledger_read_only",
    "55P03": "run.ledger_locked",
    "57014": "run.ledger_slow",
    "57P01": "run.ledger_gone",
    "57P02": "run.ledger_gone",
    "57P03": "run.ledger_starting",
    "57P05": "run.ledger_gone",
    "25P03": "run.ledger_gone",
    "53300": "run.ledger_crowded",
}
"""PostgreSQL's codes of errors (its manual, appendix A)."""

_BY_WORDS: Sequence[tuple[str, str]] = (
    # Before a session begins the driver knows no codes; servers may speak Chinese.
    (
        "run.ledger_password",
        r"password authentication failed|no password supplied|认证失败|没有提供口令",
    ),
    (
        "run.ledger_login",
        r"pg_hba\.conf|role .* does not exist|(?:角色|用户).*不存在|not permitted to log",
    ),
    ("run.ledger_no_database", r"database .* does not exist|数据库.*不存在"),
    ("run.ledger_starting", r"system is (?:starting up|shutting down|in recovery|not yet accepting)"),
    ("run.ledger_crowded", r"too many clients|too many connections|remaining connection slots"),
    ("run.ledger_timeout", r"timeout expired|timed out|connection timeout"),
    (
        "run.ledger_no_host",
        r"could not translate host name|failed to resolve host|name or service not known|getaddrinfo",
    ),
    ("run.ledger_refused", r"connection refused|no such file or directory|actively refused"),
    ("run.ledger_refused", r"unreachable|no route to host"),
    (
        "run.ledger_gone",
        r"closed the connection|terminating connection|connection is (?:lost|closed|bad)",
    ),
    ("run.ledger_gone", r"connection (?:reset|closed)|broken pipe|ssl syscall"),
)
"""What drivers and servers say where there is no code."""


def ledger_failure(error: DBAPIError | LedgerAddressError) -> Finding:
    """Why the ledger cannot be used. No password is in it."""
    if isinstance(error, LedgerAddressError):
        if error.driver:
            return _finding(error.code, place=_place(), driver=error.driver)
        return _finding(error.code, variable=LEDGER_VARIABLE)
    reason = reason_of_database(error)
    address = ledger_address()
    if isinstance(error.orig, sqlite3.Error) or address is None:
        file = _file(address)
        if file is not None and not file.parent.is_dir():
            folder = str(file.parent)
            return _finding("run.ledger_no_folder", path=folder, variable=LEDGER_VARIABLE)
        return _finding("run.ledger", path=str(file or "workbooks/ledger.db"), reason=reason)
    params = {"place": _place(), "reason": reason}
    return _finding(_code(error), **params)


def reason_of_database(error: DBAPIError) -> str:
    """What the database says, in one line and without passwords."""
    lines = [line.strip() for line in str(error.orig).splitlines()]
    text = " ".join(line for line in lines if line) or type(error.orig).__name__
    text = without_secrets(text)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def is_missing(error: DBAPIError) -> bool:
    """Whether the database says that a table or a column is not there."""
    state = _state(error)
    if state is not None:
        return state in ("42P01", "42703")
    return any(words in str(error.orig) for words in ("no such table", "no such column"))


def _code(error: DBAPIError) -> str:
    known = _BY_STATE.get(_state(error) or "")
    if known is not None:
        return known
    said = str(error.orig)
    for code, words in _BY_WORDS:
        if re.search(words, said, re.IGNORECASE | re.DOTALL):
            return code
    return "run.ledger_gone" if error.connection_invalidated else "run.ledger_server"


def _state(error: DBAPIError) -> str | None:
    """The database's own code; ``None`` where the driver gives none."""
    state = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)
    return state if isinstance(state, str) else None


def _place() -> str:
    """The server and the database that the environment names, without user and password."""
    address = ledger_address()
    try:
        url = parsed(address or "")
    except LedgerAddressError:
        return LEDGER_VARIABLE
    return place_of(url)


def place_of(url: sa.URL) -> str:
    """Where a database is: ``server:5432/database``, or ``(socket)/database`` on this machine."""
    named = url.host or url.query.get("host") or ""
    host = named if isinstance(named, str) else ",".join(named)
    port = url.port or url.query.get("port")
    host = f"[{host}]" if ":" in host and url.host else host
    host = f"{host}:{port}" if port and host else host
    database = url.database or url.query.get("dbname") or ""
    return f"{host or '(socket)'}/{database}"


def _file(address: str | None) -> Path | None:
    """The SQLite file that the environment names, ``None`` for none."""
    try:
        return sqlite_file(address) if address else None
    except LedgerAddressError:
        return None


def _finding(code: str, **params: str) -> Finding:
    return Finding(code, Severity.ERROR, params=params)
