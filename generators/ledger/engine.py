"""The connection to the ledger's database: its driver, and how long anything may take there."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

CONNECT_SECONDS = 10
"""How long a server may take to answer, for each address that its name stands for."""
_SESSION = {
    "lock_timeout": "60s",  # as long as a program waits for another one that moves the head
    "statement_timeout": "300s",
    "idle_in_transaction_session_timeout": "600s",
}
"""What is set in every session of PostgreSQL, unless the URL's ``options`` set it."""
_LIBPQ = ("psycopg", "psycopg2")
"""Drivers that take the words of libpq."""


class LedgerAddressError(Exception):
    """The address of the ledger cannot be used: no server has been asked anything.

    ``code`` is that of the finding which says why, ``driver`` the Python package that lacks. The
    address itself, which may hold a password, is in no part of the error.
    """

    def __init__(self, code: str, driver: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.driver = driver


def parsed(address: str | sa.URL) -> sa.URL:
    """The address as a URL, with the driver that this program installs where it names none.

    ``postgres://``, which many providers write, is PostgreSQL too. Raises
    :class:`LedgerAddressError`.
    """
    try:
        url = sa.make_url(address.strip() if isinstance(address, str) else address)
    except (ArgumentError, ValueError):
        raise LedgerAddressError("run.ledger_address") from None
    if url.drivername in ("postgres", "postgresql"):
        return url.set(drivername="postgresql+psycopg")
    return url


def open_engine(address: str | sa.URL) -> sa.Engine:
    """The engine for an address; nothing is connected yet. Raises :class:`LedgerAddressError`.

    Errors of the database never quote what was written to it.
    """
    url = parsed(address)
    options: dict[str, Any] = {"hide_parameters": True}
    if url.get_backend_name() == "postgresql":
        # Whoever waited for the log must see what was added meanwhile, whatever the server's default.
        options |= {"pool_pre_ping": True, "isolation_level": "READ COMMITTED"}
        options["connect_args"] = _connect_args(url)
    try:
        engine = sa.create_engine(url, **options)
    except NoSuchModuleError:
        raise LedgerAddressError("run.ledger_address") from None
    except ImportError as error:
        # psycopg without its C library is an ImportError too.
        driver = error.name or url.get_driver_name()
        ours = url.get_driver_name() == "psycopg"
        raise LedgerAddressError("run.ledger_driver" if ours else "run.ledger_kind", driver) from error
    if url.get_backend_name() == "postgresql":
        sa.event.listen(engine, "connect", _set_limits(str(url.query.get("options", ""))))
    return engine


def _connect_args(url: sa.URL) -> dict[str, Any]:
    """Limits for reaching the server, and for noticing that it has gone; the URL's own come first."""
    if url.get_driver_name() not in _LIBPQ:
        return {}
    arguments: dict[str, Any] = {
        "connect_timeout": CONNECT_SECONDS,
        "application_name": "huibao",
        "client_encoding": "utf8",
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 60_000,
    }
    if url.get_driver_name() == "psycopg":
        arguments["prepare_threshold"] = None  # poolers between here and the server know no statements
    return {name: value for name, value in arguments.items() if name not in url.query}


def _set_limits(own: str) -> Any:
    """What to do with a new connection; ``own`` are the options that the URL gives the server."""
    wanted = {name: value for name, value in _SESSION.items() if name not in own}

    def connected(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        for name, value in wanted.items():
            cursor.execute(f"SET {name} = '{value}'")
        cursor.close()
        connection.commit()

    return connected
