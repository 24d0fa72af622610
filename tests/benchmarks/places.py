"""Which cells of a form a finding names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generators.model import Finding


def places_named(findings: Iterable[Finding]) -> Iterator[tuple[str, str]]:
    """Every cell of the form that a finding, or what follows from it, speaks of."""
    yield from places_blamed(findings)
    for finding in findings:
        for item in (finding, *finding.follows):
            yield item.sheet, item.cell
            for operand in item.operands:
                if not operand.file:
                    yield place_of(operand.reference)


def places_blamed(findings: Iterable[Finding]) -> Iterator[tuple[str, str]]:
    """The cells that findings stand at, and those they name as probably wrong."""
    for finding in findings:
        yield finding.sheet, finding.cell
        for part in finding.params.get("suspects", "").replace("，或", "和").split("和"):
            sheet, _, cell = part.rpartition("!")
            yield sheet, cell


def place_of(reference: str) -> tuple[str, str]:
    """Sheet and cell of a reference such as ``'指标'!$D$5``."""
    sheet, _, cell = reference.rpartition("!")
    return sheet.strip("'").replace("''", "'"), cell.replace("$", "")
