"""Nouns ↔ rows: what is written of a submission or finding, and what a row is read as."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from generators.encoding import UNREADABLE, from_json, parsed_json, to_json
from generators.excel.numbers import plain
from generators.model import (
    Cell,
    Evidence,
    Finding,
    FormIdentity,
    Measure,
    Observation,
    ObservationStatus,
    Operand,
    Reading,
    Severity,
    Submission,
)

NUMBER, TEXT = "number", "text"
"""What an observation's value is, in its column ``kind``."""

_NUMBER = re.compile(r"-?\d+(\.\d+)?\Z")
_ADDRESS = re.compile(r"([A-Z]+)(\d+)\Z")
_NO_EVIDENCE = Evidence()


@dataclass(frozen=True)
class _Detail:
    """What a finding says beyond the columns of its row."""

    evidence: Evidence = _NO_EVIDENCE
    follows: tuple[Finding, ...] = ()
    shadow: bool = False


def observation_records(key: int, submission: Submission) -> Iterable[dict[str, object]]:
    """The rows of a submission's observations; blank cells have none."""
    for item in submission.observations:
        value = item.reading.value
        if value is not None:
            cell = item.reading.cell
            number = isinstance(value, Decimal)
            yield {
                "submission_id": key,
                "indicator": item.indicator,
                "measure": str(item.measure),
                "value": plain(value) if isinstance(value, Decimal) else value,
                "kind": NUMBER if number else TEXT,
                "status": str(item.status),
                "raw": cell.raw,
                "sheet": cell.sheet,
                "cell": cell.address,
            }


def value_of(value: str, kind: str | None) -> Decimal | str:
    """An observation's value; ``kind`` is ``None`` in old rows, where what looks like a number is."""
    number = kind == NUMBER if kind else _NUMBER.match(value)
    return Decimal(value) if number else value


def kept_submission(row: sa.Row[Any]) -> Submission | None:
    """The submission of a row, whole; ``None`` where its content was not kept or is not understood."""
    if row.content is None:
        return None
    try:
        submission: Submission = from_json(row.content, Submission)
    except UNREADABLE:
        return None  # another version of the program wrote it
    return submission


def rebuilt_submission(row: sa.Row[Any], observations: Iterable[sa.Row[Any]]) -> Submission:
    """What a row and those of its observations still say: the figures with their cells.

    What was blank, registers, narratives and explanations are not among them, nor is the form's
    version.
    """
    return Submission(
        FormIdentity(row.pack, row.department, row.period, ""),
        row.file,
        row.sha256,
        row.saved_at,
        tuple(_observation_of(item) for item in observations),
    )


def _observation_of(row: sa.Row[Any]) -> Observation:
    raw: Decimal | str = Decimal(row.raw) if _NUMBER.match(row.raw) else row.raw
    place = _ADDRESS.match(row.cell)
    line, column = (int(place[2]), _column(place[1])) if place else (0, 0)
    cell = Cell(row.sheet, line, column, row.cell, raw, row.raw)
    reading = Reading(cell, value_of(row.value, row.kind))
    return Observation(row.indicator, Measure(row.measure), reading, ObservationStatus(row.status))


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def finding_records(run: int, findings: Sequence[Finding]) -> Iterable[dict[str, object]]:
    """The rows of what a run found, in its order."""
    for place, item in enumerate(findings):
        detail = _Detail(item.evidence, item.follows, item.shadow)
        yield {
            "run_id": run,
            "place": place,
            "code": item.code,
            "severity": str(item.severity),
            "department": item.department,
            "file": item.file,
            "sheet": item.sheet,
            "cell": item.cell,
            "params": to_json(dict(item.params)),
            "operands": to_json(item.operands),
            "explanation": item.explanation,
            "detail": None if detail == _Detail() else to_json(detail),
        }


def finding_of(row: sa.Row[Any]) -> Finding:
    """The finding of a row; one of an older program, or of a newer one's detail, has no detail."""
    params: Mapping[str, str] = parsed_json(row.params)
    try:
        detail: _Detail = from_json(row.detail, _Detail) if row.detail else _Detail()
    except UNREADABLE:
        detail = _Detail()
    return Finding(
        row.code,
        Severity(row.severity),
        row.department,
        row.file,
        row.sheet,
        row.cell,
        params,
        from_json(row.operands, tuple[Operand, ...]),
        row.explanation,
        detail.evidence,
        detail.follows,
        detail.shadow,
    )
