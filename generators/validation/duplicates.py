"""Rule ``duplicates``: the same value twice in a register column that allows each only once."""

from __future__ import annotations

from collections.abc import Iterable

from generators.model import Definition, Finding, Severity, Submission
from generators.text import fold, shorten
from generators.validation.at import finding_at, operand, shown


def check_duplicates(submission: Submission, definition: Definition) -> Iterable[Finding]:
    """A finding at the second and every further occurrence, naming the first."""
    first: dict[tuple[str, str, str], str] = {}
    for row in submission.rows:
        register = definition.register_by_code[row.register]
        for column in register.columns:
            reading = row.readings.get(column.name)
            if not column.unique or reading is None or reading.value is None:
                continue
            key = (register.code, column.name, fold(str(reading.value)))
            if key in first:
                yield finding_at(
                    "duplicates.row",
                    Severity.ERROR,
                    submission,
                    reading.cell,
                    operand(reading),
                    register=register.name,
                    value=shorten(shown(reading.value)),
                    other=first[key],
                )
            else:
                first[key] = reading.cell.address
