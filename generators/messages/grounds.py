"""What a finding stands on, in Chinese: the admissible interval, the deviation, the figures."""

from __future__ import annotations

from collections.abc import Iterator

from generators.model import Evidence, Finding, Operand


def place_of(sheet: str, cell: str) -> str:
    """A place within a file: ``指标!D12``, or as much of it as there is."""
    return "!".join(part for part in (sheet, cell) if part)


def grounds(finding: Finding) -> Iterator[str]:
    """The figures that a finding stands on, one a line.

    Nothing for a finding about one cell that was not worked out from anything.
    """
    evidence, operands = finding.evidence, finding.operands
    own = place_of(finding.sheet, finding.cell)
    if evidence.low and evidence.high:
        yield f"合理区间 {evidence.low} 至 {evidence.high}"
    elif evidence.low or evidence.high:
        yield f"合理区间 ≥ {evidence.low}" if evidence.low else f"合理区间 ≤ {evidence.high}"
    if evidence.deviation:
        yield f"偏差 {evidence.deviation}"
    plain = evidence == Evidence() and all(
        not item.file and not item.previous and readable(item.reference) == own for item in operands
    )
    for item in () if plain else operands:
        yield _operand(item)


def _operand(item: Operand) -> str:
    where = " ".join(part for part in (item.file, readable(item.reference)) if part)
    name = f"{item.label}（{where}）" if item.label and where else item.label or where
    value = f"{item.value}{item.unit}" if item.value else "空白"
    raw = f"，原填“{item.raw}”" if item.raw and item.value and item.raw != item.value else ""
    before = f"，上次报送 {item.previous}{item.unit}" if item.previous else ""
    return f"{name} = {value}{raw}{before}"


def readable(reference: str) -> str:
    """A reference as people write it: ``'指标'!$D$5`` → ``指标!D5``."""
    sheet, mark, cell = reference.rpartition("!")
    return f"{sheet.strip(chr(39)).replace(chr(39) * 2, chr(39))}{mark}{cell.replace('$', '')}"
