"""Rule ``revision``: a plan that changed in mid-year, and a figure that changed a great deal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal

from generators.excel.numbers import plain
from generators.model import Accepted, Definition, Finding, Measure, Severity, Submission
from generators.validation.at import finding_at
from generators.validation.figures import Figure, Key, figures_of, is_level, is_rate
from generators.validation.relations import Case

Judge = Callable[[Submission, Definition], frozenset[Key]]
"""The figures of a submission that were found fault with."""

_HUNDRED = Decimal(100)


def check_revisions(case: Case, faulty: Judge) -> Iterator[Finding]:
    """A finding for every revision that needs a reason.

    None for a figure that was found fault with in the vintage before: its change was asked for.
    """
    earlier = case.context.previous
    if earlier is None:
        return
    before = figures_of(earlier.submission, case.definition)
    asked_for: frozenset[Key] | None = None
    largest = case.definition.parameter("revision", "largest")
    for key, figure in case.figures.items():
        old = before.get(key)
        code = _code(figure, old, largest) if old else ""
        if old is None or not code:
            continue
        if asked_for is None:
            asked_for = faulty(earlier.submission, case.definition)
        if key in asked_for:
            continue
        yield _finding(case, earlier, figure, old, code, largest)


def _code(figure: Figure, old: Figure, largest: Decimal) -> str:
    if figure.measure is Measure.PLAN and figure.value != old.value:
        return "revision.plan"
    change = figure.interval.beyond(old.interval)
    if is_level(figure.indicator, figure.measure) and not is_rate(figure.indicator, figure.measure):
        limit = abs(old.value) * largest / _HUNDRED
    else:
        limit = largest  # a rate is revised by percentage points
    return "revision.large" if abs(change) > limit else ""


def _finding(
    case: Case, earlier: Accepted, figure: Figure, old: Figure, code: str, largest: Decimal
) -> Finding:
    now = replace(figure.operand, previous=plain(old.value))
    return finding_at(
        code,
        Severity.CONFIRM,
        case.submission,
        figure.reading.cell,
        now,
        indicator=figure.indicator.name,
        measure=str(figure.measure),
        unit=figure.unit,
        value=plain(figure.value),
        previous=plain(old.value),
        vintage=str(earlier.vintage),
        largest=plain(largest),
    )
