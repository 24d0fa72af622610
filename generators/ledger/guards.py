"""Triggers that keep what the ledger holds from being changed by whoever writes to the database.

SQLite and PostgreSQL refuse to update and to delete events and rows that events name, and to insert an
event that does not come next; PostgreSQL also refuses to truncate. On other databases the hashes alone
tell.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

_REFUSAL = "the audit log is only added to"
_ROW_REFUSAL = "what the ledger keeps is only added to"
ROW_TABLES = "submission observation run finding bound issue publication reopening".split()
"""Tables whose rows are never changed; their triggers are there from version 5 on."""

EVENT_TRIGGERS = {
    "event_is_not_changed": f"BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    "event_is_not_deleted": f"BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    # INSERT OR REPLACE deletes what it replaces without calling the trigger for that.
    "event_comes_last": "BEFORE INSERT ON event "
    "WHEN NEW.number IS NOT (SELECT COALESCE(MAX(number), 0) + 1 FROM event) BEGIN "
    f"SELECT RAISE(ABORT, '{_REFUSAL}'); END",
}
ROW_TRIGGERS = {
    f"{table}_is_not_{done}": f"BEFORE {statement} ON {table} BEGIN "
    f"SELECT RAISE(ABORT, '{_ROW_REFUSAL}'); END"
    for table in ROW_TABLES
    for done, statement in (("changed", "UPDATE"), ("deleted", "DELETE"))
}
TRIGGERS = {**EVENT_TRIGGERS, **ROW_TRIGGERS}
"""The triggers of SQLite: each name with what follows it in the statement that creates it."""

_REFUSE, _IN_ORDER, _REFUSE_ROWS = "event_refuses", "event_takes_the_next", "ledger_refuses"
# The table is named by its id: a temporary one of the same name must not be counted instead.
_FUNCTIONS = {
    _REFUSE: f"BEGIN RAISE EXCEPTION '{_REFUSAL}'; END",
    _REFUSE_ROWS: f"BEGIN RAISE EXCEPTION '{_ROW_REFUSAL}'; END",
    _IN_ORDER: "DECLARE next bigint; BEGIN "
    "EXECUTE 'SELECT COALESCE(MAX(number), 0) + 1 FROM ' || CAST(CAST(TG_RELID AS regclass) AS text) "
    f"INTO next; IF NEW.number IS DISTINCT FROM next THEN RAISE EXCEPTION '{_REFUSAL}'; END IF; "
    "RETURN NEW; END",
}
"""The functions that PostgreSQL's triggers call, in PL/pgSQL."""

_ROW, _BEFORE, _INSERT, _DELETE, _UPDATE, _TRUNCATE = 1, 2, 4, 8, 16, 32
"""The bits of ``pg_trigger.tgtype`` (PostgreSQL's ``catalog/pg_trigger.h``)."""


@dataclass(frozen=True)
class _Trigger:
    """A trigger of PostgreSQL: when it is called, for a row or a statement, and what it calls."""

    verb: str
    kind: int
    function: str
    table: str = "event"

    @property
    def definition(self) -> str:
        each = "ROW" if self.kind & _ROW else "STATEMENT"
        return f"BEFORE {self.verb} ON {self.table} FOR EACH {each} EXECUTE FUNCTION {self.function}()"


_TRIGGERS = {
    "event_is_not_changed": _Trigger("UPDATE", _BEFORE | _UPDATE, _REFUSE),
    "event_is_not_deleted": _Trigger("DELETE", _BEFORE | _DELETE, _REFUSE),
    "event_is_not_emptied": _Trigger("TRUNCATE", _BEFORE | _TRUNCATE, _REFUSE),
    "event_comes_last": _Trigger("INSERT", _BEFORE | _INSERT | _ROW, _IN_ORDER),
} | {
    f"{table}_is_not_{done}": _Trigger(verb, _BEFORE | bit, _REFUSE_ROWS, table)
    for table in ROW_TABLES
    for done, verb, bit in (
        ("changed", "UPDATE", _UPDATE),
        ("deleted", "DELETE", _DELETE),
        ("emptied", "TRUNCATE", _TRUNCATE),
    )
}

_TABLES = ", ".join(f"to_regclass('{table}')" for table in ("event", *ROW_TABLES))
_THERE = f"""
SELECT t.tgname AS name, t.tgtype AS kind, t.tgenabled AS enabled, f.proname AS function,
    f.prosrc AS body, t.tgqual IS NULL AND CAST(t.tgattr AS text) = '' AS always
FROM pg_trigger t JOIN pg_proc f ON f.oid = t.tgfoid
WHERE t.tgrelid IN ({_TABLES}) AND NOT t.tgisinternal
"""


def guard(connection: sa.Connection) -> None:
    """Put up the triggers that are not there, and those again that were changed."""
    lacking = lacking_triggers(connection)
    if connection.dialect.name == "postgresql":
        _guard_postgresql(connection, lacking)
        return
    for name in lacking:
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
        connection.exec_driver_sql(f"CREATE TRIGGER {name} {TRIGGERS[name]}")


def lacking_triggers(connection: sa.Connection) -> tuple[str, ...]:
    """Which triggers are not as they were made, or are switched off; none on other databases."""
    if connection.dialect.name == "postgresql":
        return _lacking_on_postgresql(connection)
    if connection.dialect.name != "sqlite":
        return ()
    query = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    there = {row.name: row.sql for row in connection.execute(query)}
    return tuple(
        name for name, rest in TRIGGERS.items() if there.get(name) != f"CREATE TRIGGER {name} {rest}"
    )


def _guard_postgresql(connection: sa.Connection, lacking: tuple[str, ...]) -> None:
    for function in sorted({_TRIGGERS[name].function for name in lacking}):
        connection.exec_driver_sql(
            f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql "
            f"AS $body${_FUNCTIONS[function]}$body$"
        )
    for name in lacking:
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON {_TRIGGERS[name].table}")
        connection.exec_driver_sql(f"CREATE TRIGGER {name} {_TRIGGERS[name].definition}")
        # Also in sessions that pose as a replica, for which ordinary triggers are not called.
        table = _TRIGGERS[name].table
        connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def _lacking_on_postgresql(connection: sa.Connection) -> tuple[str, ...]:
    there = {
        row.name: (row.kind, _letter(row.enabled), row.function, row.body, row.always)
        for row in connection.execute(sa.text(_THERE))
    }
    return tuple(
        name
        for name, made in _TRIGGERS.items()
        if there.get(name) != (made.kind, "A", made.function, _FUNCTIONS[made.function], True)
    )


def _letter(value: object) -> str:
    """A value of PostgreSQL's one-byte type, which some drivers give as bytes."""
    return value.decode("ascii") if isinstance(value, bytes) else str(value)
