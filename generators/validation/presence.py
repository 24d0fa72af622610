"""Rule ``presence``: required cells that were left blank, and a plan that has no actual."""

from __future__ import annotations

from collections.abc import Iterable

from generators.model import Asked, Definition, Finding, Measure, Severity, Submission
from generators.validation.at import figure_params, finding_at, indicator_of, operand, shown
from generators.validation.wholes import as_wholes


def check_presence(submission: Submission, definition: Definition) -> Iterable[Finding]:
    """What is missing: one finding a cell, or one for a whole column or row."""
    return as_wholes(_blanks(submission, definition), submission, definition)


def _blanks(submission: Submission, definition: Definition) -> Iterable[Finding]:
    """A finding for every required cell that is blank, and for every plan without an actual."""
    plans = {
        item.indicator: item.reading
        for item in submission.observations
        if item.measure is Measure.PLAN and item.reading.value is not None
    }
    for observation in submission.observations:
        indicator = indicator_of(observation, definition)
        required = indicator.asked(observation.measure) is Asked.REQUIRED
        # Another department that may report the figure too need not.
        if required and observation.reading.blank and submission.identity.department == indicator.owner:
            yield finding_at(
                "presence.figure",
                Severity.ERROR,
                submission,
                observation.reading.cell,
                **figure_params(observation, definition),
            )
        elif observation.measure is Measure.ACTUAL and observation.reading.blank and not required:
            plan = plans.get(observation.indicator)
            if plan is not None:
                yield finding_at(
                    "presence.plan_alone",
                    Severity.CONFIRM,
                    submission,
                    observation.reading.cell,
                    operand(plan, indicator.unit, indicator.decimals),
                    plan=shown(plan.value),
                    unit=indicator.unit,
                    **figure_params(observation, definition),
                )
    for row in submission.rows:
        register = definition.register_by_code[row.register]
        for column in register.columns:
            reading = row.readings.get(column.name)
            if column.required and reading is not None and reading.blank:
                yield finding_at(
                    "presence.register",
                    Severity.ERROR,
                    submission,
                    reading.cell,
                    register=register.name,
                    row=str(row.row),
                    column=column.name,
                )
    for text in submission.narratives:
        narrative = definition.narrative_by_code[text.narrative]
        if narrative.required and not text.text and not text.cell.problem:
            yield finding_at(
                "presence.narrative",
                Severity.ERROR,
                submission,
                text.cell,
                narrative=narrative.name,
            )
