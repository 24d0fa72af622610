"""Rules ``type``, ``formula`` and ``normalised``: what could not be read, and what was put right."""

from __future__ import annotations

from collections.abc import Iterable

from generators.model import Definition, Finding, Reading, Severity, Submission
from generators.validation.at import figure_params, finding_at, indicator_of, operand, shown


def check_types(submission: Submission, definition: Definition) -> Iterable[Finding]:
    """A finding for every cell that is not what it should be, and for every silent repair."""
    for observation in submission.observations:
        unit = indicator_of(observation, definition).unit_of(observation.measure)
        params = figure_params(observation, definition)
        yield from _of_reading(submission, observation.reading, unit, params)
    for row in submission.rows:
        register = definition.register_by_code[row.register]
        for name, reading in row.readings.items():
            column = register.column(name)
            item = f"{register.name}第{row.row}行{name}"
            unit = column.unit if column else ""
            yield from _of_reading(submission, reading, unit, {"item": item})
    for text in submission.narratives:
        narrative = definition.narrative_by_code[text.narrative]
        if narrative.limit and len(text.text) > narrative.limit:
            yield finding_at(
                "type.too_long",
                Severity.WARNING,
                submission,
                text.cell,
                item=narrative.name,
                length=str(len(text.text)),
                limit=str(narrative.limit),
            )


def _of_reading(
    submission: Submission, reading: Reading, unit: str, params: dict[str, str]
) -> Iterable[Finding]:
    if reading.problem:
        yield finding_at(
            reading.problem,
            Severity.ERROR,
            submission,
            reading.cell,
            operand(reading, unit),
            raw=reading.cell.raw[:60],
            unit=unit,
            suggestion=reading.suggestion,
            **params,
        )
    for note in reading.notes:
        yield finding_at(
            note,
            Severity.INFO,
            submission,
            reading.cell,
            operand(reading, unit),
            raw=reading.cell.raw[:60],
            value=shown(reading.value),
            **params,
        )
