"""Rules ``type``, ``formula`` and ``normalised``: what could not be read, and what was put right."""

from __future__ import annotations

from collections.abc import Iterable

from generators.excel.formulas import refers_elsewhere
from generators.model import (
    Asked,
    Definition,
    Finding,
    Reading,
    Severity,
    Submission,
    problem_code,
)
from generators.text import shorten
from generators.validation.at import figure_params, finding_at, indicator_of, operand, shown

MOST_PARAGRAPHS = 200
"""Of one text. The report keeps a record of each, with the whole text it came from."""


def check_types(submission: Submission, definition: Definition) -> Iterable[Finding]:
    """A finding for every cell that is not what it should be, and for every silent repair."""
    for observation in submission.observations:
        indicator = indicator_of(observation, definition)
        unit = indicator.unit_of(observation.measure)
        params = figure_params(observation, definition)
        owned = submission.identity.department == indicator.owner
        required = owned and indicator.asked(observation.measure) is Asked.REQUIRED
        yield from _of_reading(submission, observation.reading, unit, params, required)
    for row in submission.rows:
        register = definition.register_by_code[row.register]
        for name, reading in row.readings.items():
            column = register.column(name)
            params = {"register": register.name, "row": str(row.row), "column": name}
            unit = column.unit if column else ""
            required = column is not None and column.required
            yield from _of_reading(submission, reading, unit, params, required)
    for text in submission.narratives:
        narrative = definition.narrative_by_code[text.narrative]
        if text.cell.unreadable or text.cell.formula:
            problem = problem_code(text.cell) if text.cell.unreadable else None
            reading = Reading(text.cell, text.text, problem)
            params = {"item": narrative.name}
            yield from _of_reading(submission, reading, "", params, narrative.required)
        paragraphs = sum(1 for line in text.text.split("\n") if line.strip())
        if paragraphs > MOST_PARAGRAPHS:
            yield finding_at(
                "type.too_many_lines",
                Severity.ERROR,
                submission,
                text.cell,
                item=narrative.name,
                count=str(paragraphs),
                limit=str(MOST_PARAGRAPHS),
            )
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
    submission: Submission, reading: Reading, unit: str, params: dict[str, str], required: bool
) -> Iterable[Finding]:
    if reading.problem and reading.cell.problem == "picture":
        # Where nothing need be written, the picture takes nobody's place.
        severity = Severity.ERROR if required else Severity.WARNING
        yield finding_at(reading.problem, severity, submission, reading.cell, **params)
    elif reading.problem:
        # Without a unit nobody can say whether 0.5 or 50 is meant.
        unclear = reading.problem == "type.percent" and not unit
        yield finding_at(
            "type.percent_format" if unclear else reading.problem,
            Severity.ERROR,
            submission,
            reading.cell,
            operand(reading, unit),
            raw=shorten(reading.cell.raw),
            unit=unit,
            suggestion=reading.suggestion,
            **params,
        )
    elif reading.cell.formula and refers_elsewhere(reading.cell.formula):
        cell, told = reading.cell, operand(reading, unit)
        yield finding_at("formula.external", Severity.WARNING, submission, cell, told, **params)
    for note in reading.notes:
        yield finding_at(
            note,
            Severity.INFO,
            submission,
            reading.cell,
            operand(reading, unit),
            raw=shorten(reading.cell.raw),
            value=shorten(shown(reading.value)),
            **params,
        )
