"""Making the tables, bringing those of an older program up to date, and refusing a newer one's."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.schema import CreateColumn

from generators.ledger import guards, tables

_MAKING = 0x4875_6962_616F
"""The number of PostgreSQL's advisory lock that whoever makes or changes tables holds ("Huibao")."""
_DIGITS = 10
"""No version has as many."""


class NewerLedgerError(Exception):
    """The ledger was written by a newer program: this one does not know what stands in it.

    ``found`` is the ledger's schema version, ``known`` the last one that this program knows.
    """

    def __init__(self, found: int, known: int) -> None:
        super().__init__(f"schema {found} is newer than {known}")
        self.found = found
        self.known = known


def is_ledger(engine: sa.Engine) -> bool:
    """Whether a ledger has been made in that database."""
    return sa.inspect(engine).has_table(tables.META.name)


def prepare(engine: sa.Engine) -> None:
    """Make the tables, or bring older ones up to date, in one transaction; all they hold stays.

    A ledger that is up to date is only read. One that a newer program wrote is not touched:
    :class:`NewerLedgerError`.
    """
    with engine.connect() as connection:
        if _is_current(_versions(connection)):
            return
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            # Python's driver opens no transaction for ALTER TABLE by itself, and a second program
            # must wait here rather than find tables that are half changed.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        elif connection.dialect.name == "postgresql":
            # Where there is no table yet, there is no row either that two programs could wait for.
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MAKING)))
        kept = _versions(connection, lock=True)
        if _is_current(kept):
            return  # the program that was waited for has done it
        _add_what_is_missing(connection)
        _drop_readings(connection)
        guards.guard(connection)
        _keep_version(connection, "schema", tables.SCHEMA_VERSION)


def _is_current(kept: dict[str, int]) -> bool:
    """Whether nothing is to be done; raises :class:`NewerLedgerError`."""
    schema = kept.get("schema", 0)
    if schema > tables.SCHEMA_VERSION:
        raise NewerLedgerError(schema, tables.SCHEMA_VERSION)
    return schema == tables.SCHEMA_VERSION


def _versions(connection: sa.Connection, *, lock: bool = False) -> dict[str, int]:
    """The versions that the database keeps; none where there is no ledger yet.

    With ``lock``, another program that wants to change them waits (SQLite knows no locked rows).
    """
    if not sa.inspect(connection).has_table(tables.META.name):
        return {}
    query = sa.select(tables.META)
    if lock:
        query = query.with_for_update()
    versions = {str(row.key): str(row.value) for row in connection.execute(query)}
    # What is no number was put there by somebody: the tables are made what they should be.
    return {
        key: int(value) if value.isdecimal() and len(value) < _DIGITS else 0
        for key, value in versions.items()
    }


def _add_what_is_missing(connection: sa.Connection) -> None:
    """Add the tables, columns and indexes that an older program did not make."""
    inspector = sa.inspect(connection)
    there = set(inspector.get_table_names())
    for table in tables.METADATA.sorted_tables:
        if table.name not in there:
            table.create(connection)
            continue
        columns = {column["name"] for column in inspector.get_columns(table.name)}
        for column in table.columns:
            if column.name not in columns:
                name = connection.dialect.identifier_preparer.format_table(table)
                added = CreateColumn(column).compile(dialect=connection.dialect)
                connection.exec_driver_sql(f"ALTER TABLE {name} ADD COLUMN {added}")
        for index in table.indexes:
            index.create(connection, checkfirst=True)


def _drop_readings(connection: sa.Connection) -> None:
    """Take away what versions 1 to 4 remembered of files: whoever wrote there wrote the next report."""
    connection.exec_driver_sql("DROP TABLE IF EXISTS reading")
    connection.execute(tables.META.delete().where(tables.META.c.key == "reading"))


def _keep_version(connection: sa.Connection, key: str, version: int) -> None:
    connection.execute(tables.META.delete().where(tables.META.c.key == key))
    connection.execute(tables.META.insert().values(key=key, value=str(version)))
