"""Submission → findings: the rules, one concern a file, and the one place that runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from generators.messages import ordered
from generators.model import Definition, Finding, Severity, Submission
from generators.validation.codes import check_codes
from generators.validation.decimals import check_decimals
from generators.validation.duplicates import check_duplicates
from generators.validation.presence import check_presence
from generators.validation.ranges import check_ranges
from generators.validation.types import check_types

Check = Callable[[Submission, Definition], Iterable[Finding]]


@dataclass(frozen=True)
class Rule:
    """A registered rule: its id (see the catalogue), version, level of the ESS methodology, check."""

    id: str
    version: int
    level: int
    check: Check


RULES: tuple[Rule, ...] = (
    Rule("type", 1, 1, check_types),
    Rule("decimals", 1, 1, check_decimals),
    Rule("presence", 1, 1, check_presence),
    Rule("codes", 1, 1, check_codes),
    Rule("range", 1, 1, check_ranges),
    Rule("duplicates", 1, 1, check_duplicates),
)


def validate(submission: Submission, definition: Definition) -> tuple[Finding, ...]:
    """Everything the pack's rules find in one submission, errors first.

    A pack may switch a rule off or weigh it differently; what a department explained in 情况说明
    travels with the ``confirm`` finding on that row.
    """
    found = [finding for rule in RULES for finding in rule.check(submission, definition)]
    weighed = (_weighed(finding, definition) for finding in found)
    return ordered(_explained(item, submission) for item in weighed if item is not None)


def is_blocking(finding: Finding) -> bool:
    """True for a finding that keeps a submission from being accepted."""
    return finding.severity is Severity.ERROR


def is_unexplained(finding: Finding) -> bool:
    """True for a finding that needs a department's explanation and has none."""
    return finding.severity is Severity.CONFIRM and not finding.explanation


def _weighed(finding: Finding, definition: Definition) -> Finding | None:
    setting = definition.rules.get(finding.rule)
    if setting is None:
        return finding
    if not setting.enabled:
        return None
    return replace(finding, severity=setting.severity) if setting.severity else finding


def _explained(finding: Finding, submission: Submission) -> Finding:
    if finding.severity is not Severity.CONFIRM:
        return finding
    row = "".join(character for character in finding.cell if character.isdigit())
    for explanation in submission.explanations:
        if explanation.cell.sheet == finding.sheet and str(explanation.cell.row) == row:
            return replace(finding, explanation=explanation.text)
    return finding
