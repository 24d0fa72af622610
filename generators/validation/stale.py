"""Rule ``stale``: the last vintage, or last year's figures, handed in again."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from generators.model import Finding, Measure, Severity, Submission
from generators.validation.periods import before
from generators.validation.relations import Case

FEWEST = 5
"""From so many equal figures on, their being equal is no chance."""


def check_stale(case: Case) -> Iterator[Finding]:
    """One finding about the whole workbook, or none.

    A file of the same bytes is no new vintage at all and is not meant.
    """
    submission, earlier = case.submission, case.context.previous
    if earlier is not None and contents(submission) == contents(earlier.submission):
        yield _finding(
            case, "stale.vintage", vintage=str(earlier.vintage), other=earlier.submission.file
        )
        return
    period = before(case.definition.settings, case.context.periods)
    past = case.context.periods.get(period, {})
    compared = [
        (figure.value, past[key].value)
        for key, figure in case.figures.items()
        if key in past and key[1] is not Measure.PREVIOUS
    ]
    telling = [pair for pair in compared if isinstance(pair[1], Decimal) and pair[0] != 0]
    if len(telling) >= FEWEST and all(now == then for now, then in compared):
        yield _finding(case, "stale.period", period=period, count=str(len(telling)))


def contents(submission: Submission) -> tuple[object, ...]:
    """What a submission says, whatever its file is called and however often it was saved."""
    figures = {
        (item.indicator, item.measure): item.reading.value
        for item in submission.observations
        if not item.reading.blank
    }
    rows = [
        (row.register, tuple((name, reading.value) for name, reading in sorted(row.readings.items())))
        for row in submission.rows
    ]
    texts = {item.narrative: item.text for item in submission.narratives if item.text}
    reasons = {
        (item.indicator, item.cell.sheet, item.cell.row): item.text for item in submission.explanations
    }
    return figures, rows, texts, reasons


def _finding(case: Case, code: str, **params: str) -> Finding:
    department, file = case.submission.identity.department, case.submission.file
    return Finding(code, Severity.WARNING, department, file, params=params)
