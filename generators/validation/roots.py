"""Root causes: one finding for what has one cause, with what follows from it folded in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial

from generators.model import Finding
from generators.validation.at import finding_at
from generators.validation.diagnosis import Fault
from generators.validation.relations import Case
from generators.validation.shifts import Shift

FEWEST = 3
"""So many figures with the same fault on one sheet are one fault of the sheet."""

_EXPLAINED_BY_A_SLIP = frozenset(["presence", "range", "decimals", "outlier", "revision", "structure"])
_EXPLAINED_BY_A_FAULT = frozenset(["range", "decimals", "outlier", "revision"])
_EXPLAINED_BY_AN_OLD_FILE = frozenset(["base", "published", "cumulative", "revision", "outlier"])
_THROUGHOUT = ("unit", "percent")


def fold(
    case: Case, simple: Iterable[Finding], faults: Sequence[Fault], shifts: Sequence[Shift]
) -> list[Finding]:
    """All findings, with what follows from an old file, slipped blocks and faults within them."""
    rest = list(simple)
    roots: list[Finding] = []
    remaining = list(faults)
    again = next((item for item in rest if item.code == "stale.period" and not item.shadow), None)
    if again is not None:
        follows = [item.finding for item in remaining if _of_old_file(item.finding)]
        remaining = [item for item in remaining if not _of_old_file(item.finding)]
        rest, more = _split([item for item in rest if item is not again], _of_old_file)
        roots.append(_placed(_absorbing(again, [*follows, *more])))
    for shift in shifts:
        caused = [item for item in remaining if _of_shift(item, shift)]
        remaining = [item for item in remaining if item not in caused]
        follows = [item.finding for item in caused]
        rest, more = _split(rest, partial(_beside_shift, shift))
        roots.append(_absorbing(shift.finding, [*follows, *more]))
    for fault in _throughout(case, remaining):
        error = next((item for item in rest if _explains(item, fault)), None)
        if error is not None:
            rest[rest.index(error)] = _absorbing(error, [fault.finding])
            continue
        cells = {(figure.reading.cell.sheet, figure.reading.cell.address) for figure in fault.blamed}
        rest, more = _split(rest, partial(_at_blamed, cells))
        roots.append(_absorbing(fault.finding, more))
    return [*roots, *rest]


def _split(
    findings: list[Finding], caused: Callable[[Finding], bool]
) -> tuple[list[Finding], list[Finding]]:
    return [item for item in findings if not caused(item)], [item for item in findings if caused(item)]


def _absorbing(root: Finding, follows: Sequence[Finding]) -> Finding:
    """``root`` with ``follows`` folded in; it weighs as much as the gravest of them."""
    if not follows:
        return root
    flat = [part for item in follows for part in (replace(item, follows=()), *item.follows)]
    every = (*root.follows, *flat)
    gravest = min((root, *every), key=lambda item: item.severity.rank).severity
    return replace(root, severity=gravest, follows=every)


def _of_old_file(finding: Finding) -> bool:
    """Whether a finding is of the kind that last year's figures, handed in again, give."""
    return finding.rule in _EXPLAINED_BY_AN_OLD_FILE and not finding.shadow


def _placed(root: Finding) -> Finding:
    """A finding about the file at the first cell of what follows, so that a reason has its place."""
    if not root.follows:
        return root
    return replace(root, sheet=root.follows[0].sheet, cell=root.follows[0].cell)


def _of_shift(fault: Fault, shift: Shift) -> bool:
    keys = {figure.key for figure in (*fault.blamed, *fault.main.figures)}
    return bool(keys & shift.keys) and not fault.finding.shadow


def _beside_shift(shift: Shift, finding: Finding) -> bool:
    """Whether a finding is about a cell of the slipped block, or one that it left or ran over."""
    cell = shift.figures[0].reading.cell
    letters = finding.cell.rstrip("0123456789")
    if finding.sheet != cell.sheet or not letters or finding.follows:
        return False
    if finding.rule not in _EXPLAINED_BY_A_SLIP:
        return False
    same_column = letters == cell.address.rstrip("0123456789")
    return same_column and shift.touches(int(finding.cell.removeprefix(letters)))


def _explains(error: Finding, fault: Fault) -> bool:
    """Whether a figure that is out of its bounds explains a fault that has no explanation of its own."""
    if error.code != "range.level" or fault.finding.evidence.fix or fault.finding.shadow:
        return False
    cells = {(item.reading.cell.sheet, item.reading.cell.address) for item in fault.figures}
    return (error.sheet, error.cell) in cells


def _at_blamed(cells: set[tuple[str, str]], finding: Finding) -> bool:
    # What accounts for a whole column is not explained by a fault of its first cell.
    whole = finding.rule in _EXPLAINED_BY_A_FAULT and not finding.follows
    return whole and (finding.sheet, finding.cell) in cells


def _throughout(case: Case, faults: Sequence[Fault]) -> list[Fault]:
    """The faults, those of one kind on one sheet joined to one where there are enough of them."""
    groups: dict[tuple[str, str, str], list[Fault]] = {}
    for fault in faults:
        groups.setdefault(_kind(fault), []).append(fault)
    joined: list[Fault] = []
    for kind, members in groups.items():
        if kind[0] not in _THROUGHOUT or len(members) < FEWEST:
            joined += members
        else:
            joined.append(_joined(case, members))
    return joined


def _kind(fault: Fault) -> tuple[str, str, str]:
    """What faults of one kind share: rule, sheet, and the power of ten that they are off by."""
    anchor = fault.blamed[0]
    power = fault.main.params.get("power", "")
    if power and len(fault.main.figures) > 1 and anchor.key != fault.main.figures[0].key:
        power = power.removeprefix("-") if power.startswith("-") else f"-{power}"
    rule = "" if fault.finding.shadow else fault.main.rule
    return rule, anchor.reading.cell.sheet, power


def _joined(case: Case, members: Sequence[Fault]) -> Fault:
    ordered = sorted(members, key=lambda item: item.blamed[0].reading.cell.row)
    first = ordered[0]
    anchor = first.blamed[0]
    cells = [item.blamed[0].reading.cell for item in ordered]
    measures = {item.blamed[0].measure for item in ordered}
    code = f"{first.main.rule}.throughout"
    params = {"measure": str(anchor.measure)} if len(measures) == 1 else {}
    power = _kind(first)[2]
    found = finding_at(
        code if params else f"{code}_sheet",
        min((item.finding.severity for item in ordered), key=lambda item: item.rank),
        case.submission,
        anchor.reading.cell,
        *(item.blamed[0].operand for item in ordered),
        count=str(len(ordered)),
        first=cells[0].address,
        last=cells[-1].address,
        times=str(10 ** abs(int(power or 2))),
        **params,
    )
    blamed = tuple(figure for item in ordered for figure in item.blamed[:1])
    figures = tuple(figure for item in ordered for figure in item.figures)
    follows = [item.finding for item in ordered]
    return Fault(_absorbing(found, follows), first.main, blamed, figures)
