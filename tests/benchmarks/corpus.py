"""The corpus: the checkout's sample submissions, each with exactly one known fault.

Every fault says which findings it must give, as ``code sheet!cell``, and no other error or question
may stand beside them. ``every_fault`` makes them all; nothing is written to the disk. The files in
``tests/samples/broken`` are the sample of 司法局 as other programs saved it: with a password
(msoffcrypto-tool), as .xls and as .ods (LibreOffice).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from generators.definition import load_definition
from generators.excel.grid import Sheet, Workbook
from generators.excel.reading import read_any_workbook
from generators.excel.workbook import read_workbook
from generators.forms import layout
from generators.intake.cells import text_of
from generators.intake.submission import identify, read_submission
from generators.model import (
    Cell,
    Definition,
    Finding,
    Indicator,
    Measure,
    Observation,
    Register,
    RegisterRow,
    Severity,
    Submission,
)
from generators.validation import judge
from generators.validation.envelope import check_envelope
from tests.benchmarks.places import places_blamed
from tests.workbooks import brief

CHECKOUT = Path(__file__).resolve().parent.parent.parent
GRAVE = (Severity.ERROR, Severity.CONFIRM)


@dataclass(frozen=True)
class Fault:
    """A workbook with one fault, made from the sample ``file``, and the findings it must give."""

    name: str
    file: str
    make: Callable[[bytes], bytes]
    expected: tuple[str, ...]

    @property
    def code(self) -> str:
        """The first finding's code."""
        return self.expected[0].partition(" ")[0]


@dataclass(frozen=True)
class Sample:
    """A sample submission: its bytes, its sheets, and what it says."""

    file: str
    data: bytes
    definition: Definition
    book: Workbook
    form: Submission

    def fault(self, name: str, make: Callable[[bytes], bytes], *expected: str) -> Fault:
        """A fault of this sample."""
        return Fault(f"{self.file}: {name}", self.file, make, expected)

    def sheet(self, name: str) -> Sheet:
        """The sheet of that name."""
        found = self.book.sheet(name)
        assert found is not None
        return found

    def header(self, sheet: str, text: str) -> Cell:
        """The cell of a sheet's header row that holds ``text``."""
        return next(cell for cell in self.sheet(sheet).cells.values() if text_of(cell) == text)

    def beside(self, observation: Observation, header: str) -> Cell:
        """The cell in the observation's row under another header."""
        column = self.header(layout.INDICATOR_SHEET, header).column
        return self.sheet(layout.INDICATOR_SHEET).cell(observation.reading.cell.row, column)

    def indicator(self, observation: Observation) -> Indicator:
        """What the observation is of."""
        return self.definition.indicator_by_code[observation.indicator]

    def filled(self, *measures: Measure) -> list[Observation]:
        """The figures that are filled in, of these measures."""
        return [
            item
            for item in self.form.observations
            if item.measure in measures and item.reading.value is not None
        ]

    def registers(self) -> Iterator[tuple[Register, list[RegisterRow]]]:
        """The registers that have a row at least, and their rows."""
        for register in self.definition.registers_of(self.form.identity.department):
            rows = [row for row in self.form.rows if row.register == register.code]
            if rows:
                yield register, rows


@cache
def the_definition() -> Definition:
    """The definition of the checkout's pack."""
    definition = load_definition(CHECKOUT / "templates" / "annual-plan").value
    assert definition is not None
    return definition


@cache
def samples() -> tuple[Sample, ...]:
    """The checkout's sample submissions, by file name."""
    found = []
    for path in sorted((CHECKOUT / "workbooks" / "inbox").glob("*.xlsx")):
        data = path.read_bytes()
        book = read_workbook(data, path.name).value
        identity = book and identify(book)
        assert book is not None and identity is not None, path.name
        form = read_submission(book, identity, the_definition()).value
        assert form is not None
        found.append(Sample(path.name, data, the_definition(), book, form))
    return tuple(found)


@cache
def every_fault() -> tuple[Fault, ...]:
    """All faults, of files first, then of forms, then of what stands in cells."""
    from tests.benchmarks import cell_faults, file_faults, form_faults

    rooms = (file_faults, form_faults, cell_faults)
    return tuple(fault for room in rooms for fault in room.faults(samples()))


def examined(data: bytes, file: str, definition: Definition) -> list[Finding]:
    """Everything that is found in one workbook, in the way of a run."""
    book = read_any_workbook(data, file)
    if book.value is None:
        return list(book.findings)
    identity = identify(book.value)
    wrong = list(check_envelope(identity, definition, file))
    if identity is None or wrong:
        return wrong
    result = read_submission(book.value, identity, definition)
    if result.value is None:
        return list(result.findings)
    noticed = (*book.findings, *result.findings)
    return list(judge(result.value, definition, noticed=noticed).findings)


@dataclass(frozen=True)
class Verdict:
    """What a fault gave: what of it was not found, and what else was found that asks for something."""

    missing: tuple[str, ...]
    beside: tuple[str, ...]


def tried(fault: Fault) -> Verdict:
    """Examine a fault's workbook.

    A finding is at its own cell, and at each that it names as the probable culprit.
    """
    sample = next(item for item in samples() if item.file == fault.file)
    findings = examined(fault.make(sample.data), fault.file, sample.definition)
    missing = []
    for expected in fault.expected:
        told = next((item for item in findings if expected in _told(item)), None)
        if told is None:
            missing.append(expected)
        else:
            findings.remove(told)
    return Verdict(tuple(missing), tuple(brief([item for item in findings if item.severity in GRAVE])))


def _told(finding: Finding) -> list[str]:
    blamed = [replace(finding, sheet=sheet, cell=cell) for sheet, cell in places_blamed([finding])]
    return brief(blamed)


def in_turn(items: Sequence[Sample], count: int, start: int = 0) -> Iterator[Sample]:
    """``count`` of the samples, going round, so that the faults fall on different ones."""
    for place in range(start, start + count):
        yield items[place % len(items)]
