"""Rule ``decimals``: figures with more decimals than the pack declares."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from generators.messages import called
from generators.model import (
    ColumnKind,
    Definition,
    Finding,
    Operand,
    Reading,
    Severity,
    Submission,
)
from generators.validation.at import figure_params, finding_at, indicator_of, operand, shown
from generators.validation.figures import digits_after_point

FEWEST = 5
"""From how many figures on a column is told of once instead of figure by figure."""


def check_decimals(submission: Submission, definition: Definition) -> Iterable[Finding]:
    """A finding for every figure with too many decimals; one for a column that has many such.

    Judged is the value that was understood: of a percent cell after its conversion, of a formula
    its result, of either no more than the 15 digits that Excel shows.
    """
    measures: dict[str, list[Finding]] = {}
    for observation in submission.observations:
        indicator, measure = indicator_of(observation, definition), observation.measure
        declared, unit = indicator.decimals_of(measure), indicator.unit_of(measure)
        if _surplus(observation.reading, declared):
            name = called((indicator.name, str(measure)))
            used = operand(observation.reading, unit, declared, label=name)
            params = figure_params(observation, definition)
            found = _figure(submission, observation.reading, used, params)
            measures.setdefault(str(measure), []).append(found)
    for name, findings in measures.items():
        yield from _folded(findings, {"measure": name})
    columns: dict[tuple[str, str], list[Finding]] = {}
    for row in submission.rows:
        register = definition.register_by_code[row.register]
        for column in register.columns:
            reading = row.readings.get(column.name)
            number = column.kind is ColumnKind.NUMBER
            if reading is None or not number or not _surplus(reading, column.decimals):
                continue
            params = {"register": register.name, "row": str(row.row), "column": column.name}
            name = called(tuple(params.values()))
            used = operand(reading, column.unit, column.decimals, label=name)
            found = _figure(submission, reading, used, params)
            columns.setdefault((register.name, column.name), []).append(found)
    for (_, name), findings in columns.items():
        yield from _folded(findings, {"column": name})


def _surplus(reading: Reading, declared: int) -> bool:
    value = reading.value
    return isinstance(value, Decimal) and digits_after_point(value) > declared


def _figure(submission: Submission, reading: Reading, used: Operand, params: dict[str, str]) -> Finding:
    return finding_at(
        "decimals.formula" if reading.cell.formula else "decimals.more",
        Severity.WARNING,
        submission,
        reading.cell,
        used,
        value=shown(reading.value),
        unit=used.unit,
        places=str(used.decimals),
        **params,
    )


def _folded(findings: Sequence[Finding], params: dict[str, str]) -> Iterable[Finding]:
    """The findings of one column; where they are many, one that accounts for them."""
    if len(findings) < FEWEST:
        yield from findings
        return
    yield replace(
        findings[0],
        code="decimals.column",
        params={**params, "count": str(len(findings))},
        operands=tuple(used for finding in findings for used in finding.operands),
        follows=tuple(findings),
    )
