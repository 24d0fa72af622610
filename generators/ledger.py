"""The database: what was read, which vintages stand, what every run found and wrote.

SQLite in the workspace by default; any SQLAlchemy URL serves (PostgreSQL for a city). Nothing that
was accepted is ever overwritten: a new file of a department is a new vintage.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import cattrs
import sqlalchemy as sa

from generators.excel.numbers import plain
from generators.model import Finding, Operand, Result, Severity, Submission

SCHEMA_VERSION = 1
READING_VERSION = 1
"""Raise it when files are read otherwise than before: what older versions read is read again."""

_metadata = sa.MetaData()
_meta = sa.Table(
    "meta",
    _metadata,
    sa.Column("key", sa.String(40), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
_reading = sa.Table(
    "reading",
    _metadata,
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("definition", sa.String(64), primary_key=True),
    sa.Column("submission", sa.Text),
    sa.Column("findings", sa.Text, nullable=False),
)
_submission = sa.Table(
    "submission",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("pack", sa.Text, nullable=False),
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("department", sa.Text, nullable=False),
    sa.Column("vintage", sa.Integer, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("saved_at", sa.Text, nullable=False),
    sa.Column("received_at", sa.Text, nullable=False),
    sa.UniqueConstraint("pack", "period", "department", "vintage"),
)
_observation = sa.Table(
    "observation",
    _metadata,
    sa.Column("submission_id", sa.ForeignKey("submission.id"), primary_key=True),
    sa.Column("indicator", sa.Text, primary_key=True),
    sa.Column("measure", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("status", sa.String(1), nullable=False),
    sa.Column("raw", sa.Text, nullable=False),
    sa.Column("sheet", sa.Text, nullable=False),
    sa.Column("cell", sa.Text, nullable=False),
)
_run = sa.Table(
    "run",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("finished_at", sa.Text, nullable=False),
    sa.Column("pack", sa.Text, nullable=False),
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("exit_code", sa.Integer, nullable=False),
    sa.Column("snapshot", sa.Text, nullable=False),
    sa.Column("outputs", sa.Text, nullable=False),
)
_finding = sa.Table(
    "finding",
    _metadata,
    sa.Column("run_id", sa.ForeignKey("run.id"), primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("severity", sa.Text, nullable=False),
    sa.Column("department", sa.Text, nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("sheet", sa.Text, nullable=False),
    sa.Column("cell", sa.Text, nullable=False),
    sa.Column("params", sa.Text, nullable=False),
    sa.Column("operands", sa.Text, nullable=False, server_default="[]"),
    sa.Column("explanation", sa.Text, nullable=False, server_default=""),
)


@dataclass(frozen=True)
class Vintage:
    """One accepted submission as the ledger keeps it. Times are ISO texts, ``received_at`` in UTC."""

    id: int
    department: str
    number: int
    sha256: str
    file: str
    saved_at: str
    received_at: str


class Ledger:
    """The open database of a workspace; a context manager. Each public method is one transaction."""

    def __init__(self, url: str) -> None:
        self._engine = sa.create_engine(url)
        _metadata.create_all(self._engine)
        with self._engine.begin() as connection:
            kept = {row.key: int(row.value) for row in connection.execute(sa.select(_meta))}
            if kept.get("schema", 0) < SCHEMA_VERSION:
                _keep_version(connection, "schema", SCHEMA_VERSION)
            if kept.get("reading") != READING_VERSION:
                connection.execute(_reading.delete())
                _keep_version(connection, "reading", READING_VERSION)

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()

    # --- readings: what a file says under a definition --------------------------------------------

    def reading(self, sha256: str, definition: str, file: str) -> Result[Submission] | None:
        """What the file with that content was read as, under its present name; ``None`` if unread."""
        query = sa.select(_reading.c.submission, _reading.c.findings).where(
            _reading.c.sha256 == sha256, _reading.c.definition == definition
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        try:
            findings = _from_json(row.findings, tuple[Finding, ...])
            submission = _from_json(row.submission, Submission) if row.submission else None
        except (cattrs.BaseValidationError, ValueError, TypeError, KeyError):
            return None  # another version of the program wrote it: the file is simply read again
        return Result(
            replace(submission, file=file) if submission else None,
            tuple(replace(finding, file=file) for finding in findings),
        )

    def keep_reading(self, sha256: str, definition: str, result: Result[Submission]) -> None:
        """Remember what a file was read as, so that it is not read again."""
        values = {
            "sha256": sha256,
            "definition": definition,
            "submission": _to_json(result.value) if result.value else None,
            "findings": _to_json(result.findings),
        }
        with self._engine.begin() as connection:
            connection.execute(
                _reading.delete().where(_reading.c.sha256 == sha256, _reading.c.definition == definition)
            )
            connection.execute(_reading.insert().values(**values))

    # --- submissions --------------------------------------------------------------------------------

    def accept(self, submission: Submission, received: dt.datetime) -> int:
        """Record an accepted submission; returns the number of its vintage.

        The department's current content again is no new vintage; anything else is, also content
        that an earlier vintage had.
        """
        identity = submission.identity
        with self._engine.begin() as connection:
            last = connection.execute(
                sa.select(_submission)
                .where(
                    _submission.c.pack == identity.pack,
                    _submission.c.period == identity.period,
                    _submission.c.department == identity.department,
                )
                .order_by(_submission.c.vintage.desc())
                .limit(1)
            ).one_or_none()
            if last is not None and last.sha256 == submission.sha256:
                return int(last.vintage)
            vintage = 1 if last is None else int(last.vintage) + 1
            key = connection.execute(
                _submission.insert().values(
                    pack=identity.pack,
                    period=identity.period,
                    department=identity.department,
                    vintage=vintage,
                    sha256=submission.sha256,
                    file=submission.file,
                    saved_at=submission.saved_at,
                    received_at=received.isoformat(timespec="seconds"),
                )
            ).inserted_primary_key
            assert key is not None
            if records := list(_observation_records(key[0], submission)):
                connection.execute(_observation.insert(), records)
        return vintage

    def vintages(self, pack: str, period: str) -> dict[str, list[Vintage]]:
        """Every accepted submission of a period by department, the oldest first."""
        query = (
            sa.select(_submission)
            .where(_submission.c.pack == pack, _submission.c.period == period)
            .order_by(_submission.c.department, _submission.c.vintage)
        )
        found: dict[str, list[Vintage]] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(query):
                vintage = Vintage(
                    row.id,
                    row.department,
                    row.vintage,
                    row.sha256,
                    row.file,
                    row.saved_at,
                    row.received_at,
                )
                found.setdefault(row.department, []).append(vintage)
        return found

    # --- runs ---------------------------------------------------------------------------------------

    def record_run(
        self,
        pack: str,
        period: str,
        exit_code: int,
        snapshot: Mapping[str, int],
        outputs: Mapping[str, str],
        findings: Sequence[Finding],
    ) -> int:
        """Record a finished run and return its number.

        ``snapshot`` maps each department to the vintage that the report stands on, ``outputs``
        each written file to its SHA-256.
        """
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        with self._engine.begin() as connection:
            key = connection.execute(
                _run.insert().values(
                    finished_at=now,
                    pack=pack,
                    period=period,
                    exit_code=exit_code,
                    snapshot=_to_json(dict(snapshot)),
                    outputs=_to_json(dict(outputs)),
                )
            ).inserted_primary_key
            assert key is not None
            number = int(key[0])
            if findings:
                connection.execute(_finding.insert(), list(_finding_records(number, findings)))
        return number

    def last_findings(self, pack: str, period: str) -> tuple[Finding, ...] | None:
        """What the last run of a period found, or ``None`` where there has been none."""
        last = (
            sa.select(sa.func.max(_run.c.id))
            .where(_run.c.pack == pack, _run.c.period == period)
            .scalar_subquery()
        )
        with self._engine.connect() as connection:
            number = connection.scalar(sa.select(last))
            if number is None:
                return None
            query = sa.select(_finding).where(_finding.c.run_id == number).order_by(_finding.c.place)
            return tuple(
                Finding(
                    row.code,
                    Severity(row.severity),
                    row.department,
                    row.file,
                    row.sheet,
                    row.cell,
                    json.loads(row.params),
                    _from_json(row.operands, tuple[Operand, ...]),
                    row.explanation,
                )
                for row in connection.execute(query)
            )


LEDGER_VARIABLE = "HUIBAO_LEDGER"
"""The environment variable that names another database, as a SQLAlchemy URL."""


def ledger_url(path: Path) -> str:
    """Where the ledger is: the database that the environment names, else the SQLite file ``path``."""
    return os.environ.get(LEDGER_VARIABLE) or sqlite_url(path)


def sqlite_url(path: Path) -> str:
    """The SQLAlchemy URL of a SQLite file; its folder is made where it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return sa.URL.create("sqlite", database=str(path)).render_as_string()


def _keep_version(connection: sa.Connection, key: str, version: int) -> None:
    connection.execute(_meta.delete().where(_meta.c.key == key))
    connection.execute(_meta.insert().values(key=key, value=str(version)))


def _observation_records(key: int, submission: Submission) -> Iterable[dict[str, object]]:
    for item in submission.observations:
        value = item.reading.value
        if value is not None:
            cell = item.reading.cell
            yield {
                "submission_id": key,
                "indicator": item.indicator,
                "measure": str(item.measure),
                "value": plain(value) if isinstance(value, Decimal) else value,
                "status": str(item.status),
                "raw": cell.raw,
                "sheet": cell.sheet,
                "cell": cell.address,
            }


def _finding_records(run: int, findings: Sequence[Finding]) -> Iterable[dict[str, object]]:
    for place, item in enumerate(findings):
        yield {
            "run_id": run,
            "place": place,
            "code": item.code,
            "severity": str(item.severity),
            "department": item.department,
            "file": item.file,
            "sheet": item.sheet,
            "cell": item.cell,
            "params": _to_json(dict(item.params)),
            "operands": _to_json(item.operands),
            "explanation": item.explanation,
        }


# --- JSON by type: decimals and times carry a mark, so that a text stays a text ----------------------

_DECIMAL, _TIME = "decimal", "time"


def _converter() -> cattrs.Converter:
    converter = cattrs.Converter()
    converter.register_unstructure_hook(Decimal, lambda value: {_DECIMAL: str(value)})
    converter.register_unstructure_hook(dt.datetime, lambda value: {_TIME: value.isoformat()})
    converter.register_structure_hook(Decimal | str | None, _scalar)
    converter.register_structure_hook(Decimal | str | dt.datetime | bool | None, _scalar)
    return converter


def _scalar(value: Any, _: object) -> Any:
    if isinstance(value, dict):
        if _DECIMAL in value:
            return Decimal(value[_DECIMAL])
        return dt.datetime.fromisoformat(value[_TIME])
    return value


_CONVERTER = _converter()


def _to_json(value: object) -> str:
    return json.dumps(_CONVERTER.unstructure(value), ensure_ascii=False, separators=(",", ":"))


def _from_json(text: str, kind: Any) -> Any:
    return _CONVERTER.structure(json.loads(text), kind)
