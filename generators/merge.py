"""Accepted submissions → the dataset: one value per figure, each with its provenance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from generators.model import (
    Accepted,
    Definition,
    Finding,
    Indicator,
    Measure,
    Observation,
    Provenance,
    Register,
    Result,
    Severity,
    Value,
)

if TYPE_CHECKING:
    import pandas as pd

FRAME_COLUMNS = (
    "indicator",
    "measure",
    "department",
    "value",
    "status",
    "raw",
    "number_format",
    "explanation",
    "file",
    "sheet",
    "cell",
    "sha256",
    "vintage",
)
NARRATIVE_COLUMNS = (
    "narrative",
    "department",
    "text",
    "file",
    "sheet",
    "cell",
    "sha256",
    "vintage",
)
REGISTER_META = ("_department", "_row", "_key", "_cells", "_file", "_sheet", "_sha256", "_vintage")


@dataclass(frozen=True)
class Datum:
    """One value of the dataset with the cell it came from; ``explanation`` is empty for none."""

    value: Value
    provenance: Provenance
    explanation: str = ""


@dataclass(frozen=True)
class Dataset:
    """The merged observations of one period.

    ``frame`` has one row a figure that has a value, in the order of the definition, with the
    columns :data:`FRAME_COLUMNS`; ``value`` holds ``Decimal`` (or text, for a target in words),
    never floats. ``registers`` maps a register's code to a frame with a column a register column
    and, under :data:`REGISTER_META`, where each row came from (``_cells`` maps a column to its
    cell). ``narratives`` has the columns :data:`NARRATIVE_COLUMNS`.
    """

    definition: Definition
    accepted: tuple[Accepted, ...]
    frame: pd.DataFrame
    registers: Mapping[str, pd.DataFrame]
    narratives: pd.DataFrame

    @cached_property
    def data(self) -> Mapping[tuple[str, Measure], Datum]:
        """Every figure by indicator code and measure."""
        records: list[dict[Any, Any]] = self.frame.to_dict("records")
        return {
            (record["indicator"], Measure(record["measure"])): Datum(
                record["value"], provenance_of(record), record["explanation"]
            )
            for record in records
        }

    def reported(self, department: str) -> bool:
        """Whether a submission of the department stands."""
        return any(item.submission.identity.department == department for item in self.accepted)

    def datum(self, indicator: str, measure: Measure) -> Datum | None:
        """The figure's value and source, or ``None`` where nobody reported it."""
        return self.data.get((indicator, measure))


def provenance_of(record: Mapping[str, Any]) -> Provenance:
    """Where a record of the dataset's frame or narratives came from."""
    return Provenance(
        record["sha256"],
        record["file"],
        record["sheet"],
        record["cell"],
        record["department"],
        int(record["vintage"]),
    )


def merge(definition: Definition, accepted: Iterable[Accepted]) -> Result[Dataset]:
    """Merge the accepted submissions, at most one a department.

    A figure's value is its owner's; where the owner has none, the first other reporter's in the
    order of the definition stands, and a finding says so. The value is never ``None``.
    """
    import pandas as pd

    order = {department.code: place for place, department in enumerate(definition.departments)}
    submissions = sorted(accepted, key=lambda item: order[item.submission.identity.department])
    values = _by_figure(submissions)
    records: list[tuple[object, ...]] = []
    findings: list[Finding] = []
    for indicator in definition.indicators:
        for measure in Measure:
            found = values.get((indicator.code, measure), {})
            reporter = _reporter(indicator, found)
            if reporter is None:
                continue
            source, observation = found[reporter]
            records.append(_record(source, observation))
            if reporter != indicator.owner:
                findings.append(_other_reporter(definition, indicator, measure, reporter))
    frame = pd.DataFrame.from_records(records, columns=list(FRAME_COLUMNS)).astype(object)
    registers = {
        register.code: pd.DataFrame(
            _register_records(register, submissions),
            columns=[*(column.name for column in register.columns), *REGISTER_META],
            dtype=object,
        )
        for register in definition.registers
    }
    narratives = pd.DataFrame.from_records(
        _narrative_records(submissions), columns=list(NARRATIVE_COLUMNS)
    ).astype(object)
    dataset = Dataset(definition, tuple(submissions), frame, registers, narratives)
    return Result(dataset, tuple(findings))


_Found = dict[tuple[str, Measure], dict[str, tuple[Accepted, Observation]]]


def _by_figure(submissions: Iterable[Accepted]) -> _Found:
    values: _Found = {}
    for source in submissions:
        department = source.submission.identity.department
        for observation in source.submission.observations:
            if observation.reading.value is not None:
                key = (observation.indicator, observation.measure)
                values.setdefault(key, {})[department] = (source, observation)
    return values


def _reporter(indicator: Indicator, found: Mapping[str, object]) -> str | None:
    return next((code for code in (indicator.owner, *indicator.reporters) if code in found), None)


def _record(source: Accepted, observation: Observation) -> tuple[object, ...]:
    submission, reading = source.submission, observation.reading
    explanation = next(
        (item.text for item in submission.explanations if item.indicator == observation.indicator),
        "",
    )
    return (
        observation.indicator,
        str(observation.measure),
        submission.identity.department,
        reading.value,
        str(observation.status),
        reading.cell.raw,
        reading.cell.number_format,
        explanation,
        submission.file,
        reading.cell.sheet,
        reading.cell.address,
        submission.sha256,
        source.vintage,
    )


def _register_records(register: Register, submissions: Iterable[Accepted]) -> list[dict[str, object]]:
    """The rows, each with a key by which it is known again when the register has changed.

    It is what the naming column says, with a count where several rows of a department say the same.
    """
    records = []
    counts: Counter[tuple[str, str]] = Counter()
    for source in submissions:
        submission = source.submission
        department = submission.identity.department
        for row in submission.rows:
            if row.register != register.code:
                continue
            record: dict[str, object] = {name: reading.value for name, reading in row.readings.items()}
            sheet = next((reading.cell.sheet for reading in row.readings.values()), "")
            named = record.get(register.naming.name) if register.naming else None
            key = "" if named is None else str(named)
            counts[department, key] += 1
            record |= {
                "_department": department,
                "_row": row.row,
                "_key": f"{key}#{counts[department, key]}" if counts[department, key] > 1 else key,
                "_cells": {name: item.cell.address for name, item in row.readings.items()},
                "_file": submission.file,
                "_sheet": sheet,
                "_sha256": submission.sha256,
                "_vintage": source.vintage,
            }
            records.append(record)
    return records


def _narrative_records(submissions: Iterable[Accepted]) -> list[tuple[object, ...]]:
    return [
        (
            item.narrative,
            source.submission.identity.department,
            item.text,
            source.submission.file,
            item.cell.sheet,
            item.cell.address,
            source.submission.sha256,
            source.vintage,
        )
        for source in submissions
        for item in source.submission.narratives
        if item.text
    ]


def _other_reporter(
    definition: Definition, indicator: Indicator, measure: Measure, reporter: str
) -> Finding:
    return Finding(
        "merge.other_reporter",
        Severity.WARNING,
        department=indicator.owner,
        params={
            "indicator": indicator.name,
            "measure": str(measure),
            "owner": definition.department_name(indicator.owner),
            "reporter": definition.department_name(reporter),
        },
    )
