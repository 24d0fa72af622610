"""Findings about a reading: one way to say which cell is meant and what it holds."""

from __future__ import annotations

from generators.excel.grid import reference
from generators.excel.numbers import plain
from generators.model import (
    Cell,
    Definition,
    Finding,
    Indicator,
    Observation,
    Operand,
    Reading,
    Severity,
    Submission,
    Value,
)


def finding_at(
    code: str,
    severity: Severity,
    submission: Submission,
    cell: Cell,
    *operands: Operand,
    **params: str,
) -> Finding:
    """A finding about ``cell`` of ``submission``."""
    department = submission.identity.department
    file = submission.file
    return Finding(code, severity, department, file, cell.sheet, cell.address, params, operands)


def operand(
    reading: Reading, unit: str = "", decimals: int | None = None, *, label: str = ""
) -> Operand:
    """The reading as an operand of a check, with its absolute reference."""
    cell = reading.cell
    return Operand(reference(cell), cell.raw, shown(reading.value), unit, decimals, label)


def shown(value: Value) -> str:
    """A value as a message shows it; empty for a blank."""
    if value is None:
        return ""
    return value if isinstance(value, str) else plain(value)


def indicator_of(observation: Observation, definition: Definition) -> Indicator:
    """The indicator an observation is of."""
    return definition.indicator_by_code[observation.indicator]


def figure_params(observation: Observation, definition: Definition) -> dict[str, str]:
    """The params by which messages name a figure: indicator and measure."""
    indicator = indicator_of(observation, definition)
    return {"indicator": indicator.name, "measure": str(observation.measure)}
