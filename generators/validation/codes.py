"""Rule ``codes``: register cells that hold none of their code list's values."""

from __future__ import annotations

from collections.abc import Iterable

from generators.model import ColumnKind, Definition, Finding, Severity, Submission
from generators.text import near, shorten, some_of
from generators.validation.at import finding_at, operand


def check_codes(submission: Submission, definition: Definition) -> Iterable[Finding]:
    """A finding for every code that is not in its list."""
    for row in submission.rows:
        register = definition.register_by_code[row.register]
        for column in register.columns:
            reading = row.readings.get(column.name)
            if column.kind is not ColumnKind.CODE or reading is None or reading.value is None:
                continue
            choices = definition.code_lists.get(column.code_list, ())
            if reading.value not in choices:
                yield finding_at(
                    "codes.unknown",
                    Severity.ERROR,
                    submission,
                    reading.cell,
                    operand(reading),
                    column=column.name,
                    raw=shorten(str(reading.value)),
                    near=near(str(reading.value), choices),
                    choices=some_of(choices),
                )
