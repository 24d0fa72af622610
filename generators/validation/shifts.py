"""Blocks of a column that slipped some rows up or down: one root cause for all that follows.

Found by comparison: a run of figures none of which fits its own row's reference, and each of which
fits that of the row so many rows away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from generators.model import Finding, Measure, Severity
from generators.validation.at import finding_at
from generators.validation.figures import Figure, Key
from generators.validation.periods import before
from generators.validation.relations import Case

FEWEST = 3
"""So many figures must be out of place, and fit elsewhere, before a slip is told."""
FARTHEST = 3
"""Rows that a block is looked for away from its own."""
_LOG_NEAR = Decimal("0.15")
_LOG_OUT_OF_PLACE = FEWEST * Decimal("0.3")
"""By how much the figures of a block must miss their own rows together: as three do that are half or
twice as large. A plan need not be met, and among rows of one size figures fit neighbours by chance."""

_COMPARED: Mapping[Measure, tuple[Measure, ...]] = {
    Measure.ACTUAL: (Measure.PREVIOUS, Measure.PLAN),
    Measure.PREVIOUS: (Measure.ACTUAL, Measure.PLAN),
    Measure.PLAN: (Measure.ACTUAL, Measure.PREVIOUS),
}
_Column = Mapping[int, Decimal]


@dataclass(frozen=True)
class Shift:
    """Figures that stand ``rows`` rows below (negative: above) where they belong."""

    finding: Finding
    figures: tuple[Figure, ...]
    rows: int

    @property
    def keys(self) -> frozenset[Key]:
        """The figures that are out of place."""
        return frozenset(figure.key for figure in self.figures)

    def touches(self, row: int) -> bool:
        """Whether ``row`` holds a figure of the block, or lost one to it."""
        rows = [figure.reading.cell.row for figure in self.figures]
        return min(rows) - abs(self.rows) <= row <= max(rows) + abs(self.rows)


def find_shifts(case: Case) -> list[Shift]:
    """The slipped blocks of the indicators sheet, at most one a column."""
    past = case.context.periods.get(before(case.definition.settings, case.context.periods), {})
    columns: dict[Measure, dict[int, Figure]] = {measure: {} for measure in _COMPARED}
    for figure in case.figures.values():
        if figure.measure in columns and figure.value > 0:
            columns[figure.measure][figure.reading.cell.row] = figure
    logs = {
        measure: {row: figure.value.log10() for row, figure in column.items()}
        for measure, column in columns.items()
    }
    known = {
        figure.reading.cell.row: known.value.log10()
        for figure in case.figures.values()
        if (known := past.get((figure.indicator.code, Measure.ACTUAL)))
        and isinstance(known.value, Decimal)
        and known.value > 0
    }
    found: dict[Measure, list[tuple[int, list[int]]]] = {}
    for measure, others in _COMPARED.items():
        references = [known, *(logs[other] for other in others)]
        for reference in references:
            found.setdefault(measure, []).extend(_runs(logs[measure], reference))
    shifts = []
    for measure, run in _culprits(found):
        rows, offset = run[1], run[0]
        figures = tuple(columns[measure][row] for row in rows)
        shifts.append(Shift(_finding(case, figures, offset), figures, offset))
    return shifts


def _runs(column: _Column, reference: _Column) -> Iterator[tuple[int, list[int]]]:
    """The longest run for each distance: (rows too low, the rows of the run).

    A row without a reference of its own is no evidence, for it may well be right.
    """
    for offset in (item for step in range(1, FARTHEST + 1) for item in (step, -step)):
        best: dict[int, Decimal] = {}
        run: dict[int, Decimal] = {}
        for row in sorted(column):
            here = _apart(column[row], reference.get(row))
            there = _apart(column[row], reference.get(row - offset))
            if there is None or there > _LOG_NEAR:
                run = {}
            elif here is not None and here > _LOG_NEAR:
                run = {**run, row: here}
            best = max(best, run, key=len)
        if len(best) >= FEWEST and sum(best.values()) > _LOG_OUT_OF_PLACE:
            yield offset, list(best)


def _apart(one: Decimal, other: Decimal | None) -> Decimal | None:
    return None if other is None else abs(one - other)


def _culprits(
    found: Mapping[Measure, list[tuple[int, list[int]]]],
) -> Iterator[tuple[Measure, tuple[int, list[int]]]]:
    """The columns that slipped: the ones that disagree with most others, not those these drag along.

    Two columns that only disagree with each other are one fault; the first of them is named.
    """
    remaining = {measure: runs for measure, runs in found.items() if runs}
    while remaining:
        measure = max(remaining, key=lambda item: (len(remaining[item]), -list(Measure).index(item)))
        run = max(remaining.pop(measure), key=lambda item: len(item[1]))
        yield measure, run
        remaining = {
            other: kept
            for other, runs in remaining.items()
            if (kept := [item for item in runs if item[0] != -run[0]])
        }


def _finding(case: Case, figures: tuple[Figure, ...], offset: int) -> Finding:
    first, last = figures[0], figures[-1]
    return finding_at(
        "structure.shifted_down" if offset > 0 else "structure.shifted_up",
        Severity.CONFIRM,
        case.submission,
        first.reading.cell,
        *(figure.operand for figure in figures),
        measure=str(first.measure),
        first=first.reading.cell.address,
        last=last.reading.cell.address,
        count=str(len(figures)),
        rows=str(abs(offset)),
    )
