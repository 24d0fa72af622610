"""Reasons for ``confirm`` findings: where they stand, what they are bound to, when they become void.

A reason holds for the operands that it was given for. When one of them changes it is void, until the
department writes it anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from generators.excel.numbers import plain
from generators.model import Bound, Definition, Explanation, Finding, Severity, Submission
from generators.validation.context import Context
from generators.validation.figures import figures_of, label


def subject(finding: Finding) -> str:
    """What tells findings of one code apart: indicator and measure, or the cell."""
    named = (finding.params.get("indicator", ""), finding.params.get("measure", ""))
    return "·".join(part for part in named if part) or f"{finding.sheet}!{finding.cell}"


def operands_of(finding: Finding) -> dict[str, str]:
    """The operands of a finding and of what follows from it, by file and label, with their values."""
    found: dict[str, str] = {}
    for item in (finding, *finding.follows):
        for operand in item.operands:
            found.setdefault(f"{operand.file}{operand.label or operand.reference}", operand.value)
    return found


def with_explanation(
    finding: Finding, submission: Submission, definition: Definition, context: Context
) -> Finding:
    """The finding with the reason that stands on its row, or, where that is void, with what changed.

    A reason that the ledger does not hold as it was accepted does not count: it must be put otherwise.
    """
    if finding.severity is not Severity.CONFIRM:
        return finding
    given = _beside(finding, submission)
    if given is None:
        return finding
    if any(item.altered for item in _bound(finding, given, context)):
        return replace(finding, params={**finding.params, "unsure": given.text})
    now = operands_of(finding)
    changed = _changed(finding, given, now, definition, context)
    if changed is None:
        return replace(finding, explanation=given.text)
    told = "，".join(
        f"{name.rpartition('/')[2]} {old}→{now.get(name, '')}" for name, old in changed.items()
    )
    return replace(finding, params={**finding.params, "void": given.text, "void_changes": told})


def bindings(findings: Iterable[Finding]) -> Iterator[Bound]:
    """What is to be remembered of the reasons that were accepted."""
    for item in findings:
        if item.severity is Severity.CONFIRM and item.explanation and not item.shadow:
            yield Bound(item.department, item.code, subject(item), item.explanation, operands_of(item))


def _beside(finding: Finding, submission: Submission) -> Explanation | None:
    row = "".join(character for character in finding.cell if character.isdigit())
    return next(
        (
            item
            for item in submission.explanations
            if item.cell.sheet == finding.sheet and str(item.cell.row) == row
        ),
        None,
    )


def _changed(
    finding: Finding,
    given: Explanation,
    now: Mapping[str, str],
    definition: Definition,
    context: Context,
) -> dict[str, str] | None:
    """The operands that changed since the reason was given, as they were; ``None`` where none did."""
    before = [item.operands for item in _bound(finding, given, context)]
    if not before:
        before = _in_vintage_before(given, definition, context)
        if before and all(now.get(name, value) == value for name, value in before[0].items()):
            return None
    if not before or any(operands == now for operands in before):
        return None
    return {name: value for name, value in before[-1].items() if now.get(name, value) != value}


def _bound(finding: Finding, given: Explanation, context: Context) -> list[Bound]:
    """What is kept of the reason, for this finding."""
    return [
        item
        for item in context.bound
        if item.code == finding.code
        and item.department == finding.department
        and item.subject == subject(finding)
        and item.text == given.text
    ]


def _in_vintage_before(
    given: Explanation, definition: Definition, context: Context
) -> list[Mapping[str, str]]:
    """The figures of the vintage before, if the same words stood beside the indicator then."""
    if context.previous is None or not given.indicator:
        return []
    earlier = context.previous.submission
    stood = any(
        item.indicator == given.indicator and item.text == given.text for item in earlier.explanations
    )
    if not stood:
        return []
    figures = figures_of(earlier, definition).values()
    return [{label(item.indicator, item.measure): plain(item.value) for item in figures}]
