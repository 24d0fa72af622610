"""Submission → findings: the rules, one concern a file, and the one place that runs them.

A rule either finds faults by itself or yields relations between figures, which are judged together
(:mod:`generators.validation.diagnosis`). What is judged against the department's own past needs a
:class:`~generators.validation.context.Context`; what several departments say together is judged by
:func:`judge_together` once all are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from generators.messages import ordered
from generators.model import RULE_BY_ID, Definition, Finding, Severity, Submission, Tally
from generators.validation.base import base_relations
from generators.validation.codes import check_codes
from generators.validation.conflicts import check_across, check_conflicts, standing_figures
from generators.validation.context import NOTHING, Context
from generators.validation.cumulative import cumulative_relations
from generators.validation.decimals import check_decimals
from generators.validation.diagnosis import diagnose, failures
from generators.validation.duplicates import check_duplicates
from generators.validation.explanations import with_explanation
from generators.validation.figures import Key, figures_of
from generators.validation.growth import growth_relations
from generators.validation.locked import check_locked
from generators.validation.narratives import check_narratives
from generators.validation.outliers import check_outliers
from generators.validation.pack_rules import pack_relations
from generators.validation.percents import percent_relations
from generators.validation.presence import check_presence
from generators.validation.published import published_relations
from generators.validation.ranges import check_ranges
from generators.validation.relations import Case, Found, Passed, Relation, Untested
from generators.validation.revisions import check_revisions
from generators.validation.roots import fold
from generators.validation.shifts import find_shifts
from generators.validation.stale import check_stale
from generators.validation.tallies import tallies_of
from generators.validation.targets import target_relations
from generators.validation.types import check_types
from generators.validation.units import unit_relations

CHECKS: Mapping[str, Callable[[Submission, Definition], Iterable[Finding]]] = {
    "type": check_types,
    "decimals": check_decimals,
    "presence": check_presence,
    "codes": check_codes,
    "range": check_ranges,
    "duplicates": check_duplicates,
}
"""What a form says cell by cell."""

RELATIONS: Mapping[str, Callable[[Case], Iterable[Found]]] = {
    "percent": percent_relations,
    "unit": unit_relations,
    "growth": growth_relations,
    "target": target_relations,
    "cumulative": cumulative_relations,
    "base": base_relations,
    "published": published_relations,
    "": lambda case: pack_relations(case.definition, case.figures, case.submission.identity.department),
}
"""What figures say of each other; the pack's own expressions have no one rule."""

PAST: Mapping[str, Callable[[Case], Iterable[Finding | Passed | Untested]]] = {
    "locked": check_locked,
    "revision": lambda case: check_revisions(case, faulty_figures),
    "stale": check_stale,
    "outlier": check_outliers,
}
"""What a form says beside the earlier ones."""

TOGETHER = ("conflict", "narrative")
"""Rules for which every department's form must be known."""


@dataclass(frozen=True)
class Judgement:
    """What the rules found in one submission, and how often each could be applied."""

    findings: tuple[Finding, ...]
    tallies: tuple[Tally, ...] = ()


def judge(
    submission: Submission,
    definition: Definition,
    context: Context = NOTHING,
    noticed: Sequence[Finding] = (),
) -> Judgement:
    """Everything the pack's rules find in one submission, errors first.

    ``noticed`` is what reading the form found already: it may turn out to follow from something
    else. A pack may switch a rule off, weigh it differently or try it in shadow; what a department
    explained in 情况说明 travels with the ``confirm`` finding on that row.
    """
    case = Case(submission, definition, figures_of(submission, definition), context)
    cells = (found for rule, check in CHECKS.items() for found in check(submission, definition))
    past = [found for rule, check in PAST.items() for found in check(case)]
    simple = [
        weighed
        for found in (*cells, *(item for item in past if isinstance(item, Finding)))
        if (weighed := _weighed(found, definition)) is not None
    ]
    relations = [found for check in RELATIONS.values() for found in check(case)]
    tried = [
        (relation, relation.tried())
        for found in relations
        if isinstance(found, Relation) and (relation := _set(found, definition)) is not None
    ]
    failed = failures(tried)
    faults = diagnose(case, failed, [relation for relation, _ in tried])
    findings = fold(case, [*noticed, *simple], faults, find_shifts(case))
    beside = (item for item in (*past, *relations) if not isinstance(item, Relation))
    tallies = tallies_of(tried, failed, [item for item in beside if _enabled(item.rule, definition)])
    return Judgement(
        ordered(with_explanation(item, submission, definition, context) for item in findings), tallies
    )


def validate(submission: Submission, definition: Definition) -> tuple[Finding, ...]:
    """Everything the pack's rules find in one submission by itself, errors first."""
    return judge(submission, definition).findings


def judge_together(
    submissions: Sequence[Submission],
    definition: Definition,
    contexts: Mapping[str, Context],
) -> tuple[Finding, ...]:
    """What the forms of several departments say together: contradictions, and texts against figures.

    ``contexts`` maps a department's code to its past.
    """
    found = [
        *check_conflicts(submissions, definition),
        *check_across(submissions, definition),
        *_narratives(submissions, definition),
    ]
    forms = {item.identity.department: item for item in submissions}
    return ordered(
        with_explanation(
            weighed,
            forms[item.department],
            definition,
            contexts.get(item.department, NOTHING),
        )
        for item in found
        if (weighed := _weighed(item, definition)) is not None
    )


def faulty_figures(submission: Submission, definition: Definition) -> frozenset[Key]:
    """The figures of a submission that a finding, of whatever weight but ``info``, speaks of."""
    keys = {
        (figure.reading.cell.sheet, figure.reading.cell.address): key
        for key, figure in figures_of(submission, definition).items()
    }
    found: set[Key] = set()
    for item in validate(submission, definition):
        if item.severity is Severity.INFO or item.shadow:
            continue
        for part in (item, *item.follows):
            places = [(part.sheet, part.cell)]
            places += [_place(operand.reference) for operand in part.operands if not operand.file]
            found |= {keys[place] for place in places if place in keys}
    return frozenset(found)


def is_blocking(finding: Finding) -> bool:
    """True for a finding that keeps a submission from being accepted."""
    return finding.severity is Severity.ERROR and not finding.shadow


def is_unexplained(finding: Finding) -> bool:
    """True for a finding that needs a department's explanation and has none."""
    return finding.severity is Severity.CONFIRM and not finding.explanation and not finding.shadow


def _narratives(submissions: Sequence[Submission], definition: Definition) -> Iterator[Finding]:
    standing = standing_figures(submissions, definition)
    for submission in submissions:
        own = figures_of(submission, definition)
        yield from check_narratives(submission, definition, {**standing, **own})


def _place(reference: str) -> tuple[str, str]:
    sheet, _, cell = reference.rpartition("!")
    return sheet.strip("'").replace("''", "'"), cell.replace("$", "")


def _enabled(rule: str, definition: Definition) -> bool:
    setting = definition.rules.get(rule)
    return setting is None or setting.enabled


def _weighed(finding: Finding, definition: Definition) -> Finding | None:
    setting = definition.rules.get(finding.rule)
    if setting is None:
        return finding
    if not setting.enabled:
        return None
    follows = (_weighed(item, definition) for item in finding.follows)
    return replace(
        finding,
        severity=setting.severity or finding.severity,
        shadow=finding.shadow or setting.shadow,
        follows=tuple(item for item in follows if item is not None),
    )


def _set(relation: Relation, definition: Definition) -> Relation | None:
    """The relation as the pack sets its rule; ``None`` where the rule is switched off.

    An expression of the pack has a severity of its own.
    """
    setting = definition.rules.get(relation.rule)
    if setting is None:
        return relation
    if not setting.enabled:
        return None
    stated = RULE_BY_ID[relation.rule].related
    severity = relation.severity if stated else setting.severity or relation.severity
    return replace(relation, severity=severity, shadow=relation.shadow or setting.shadow)
