"""Failing relations → findings: which cells explain them together, and what would put them right.

Relations that fail and share figures are one fault. The smallest set of figures that has one in every
failing relation explains it (a minimum hitting set, after Reiter: A Theory of Diagnosis from First
Principles, Artificial Intelligence 32, 1987); where that set is unique it is named, and where one
simple slip undoes the whole fault, so is the repair.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from generators.excel.numbers import plain
from generators.model import Finding, Measure
from generators.validation.at import finding_at
from generators.validation.evidence import evidence_of, rounded
from generators.validation.figures import Figure, Key, label
from generators.validation.relations import Case, Check, Relation, Verdict
from generators.validation.repairs import Repair, repair

LARGEST_SET = 3
"""More cells than these explain anything and name nothing."""
MOST_FIGURES = 40
"""Of a fault with more figures than these no smallest set is looked for."""
MOST_NAMED = 3

_ORDER = (
    "unit",
    "percent",
    "base",
    "published",
    "cumulative",
    "growth",
    "completion",
    "parts",
)


@dataclass(frozen=True)
class Failure:
    """A relation that failed."""

    relation: Relation
    check: Check

    @property
    def keys(self) -> frozenset[Key]:
        """The figures that it is about."""
        return frozenset(figure.key for figure in self.relation.figures)


@dataclass(frozen=True)
class Fault:
    """Failures that belong together, as one finding.

    ``figures`` are all that they speak of, ``blamed`` those that the finding blames.
    """

    finding: Finding
    main: Relation
    blamed: tuple[Figure, ...]
    figures: tuple[Figure, ...] = ()


def failures(judged: Iterable[tuple[Relation, Check]]) -> list[Failure]:
    """The failures, without the soft ones that a firm relation speaks for.

    A leap between two figures is real where a firm relation of both holds. One against the past is
    real where a firm relation to something outside the form holds, for the figure itself or for one
    that its growth ties it to: a row in the wrong unit throughout still grows rightly.
    """
    judged = list(judged)
    firm = [
        item
        for item, check in judged
        if check.verdict is Verdict.PASS and not item.soft and not item.shadow
    ]
    anchored = {figure.key for item in firm if item.given for figure in item.figures}
    for item in firm:
        keys = {figure.key for figure in item.figures}
        if item.rule == "growth" and keys & anchored:
            anchored |= keys
    failed = []
    for item, check in judged:
        if check.verdict is not Verdict.FAIL:
            continue
        keys = {figure.key for figure in item.figures}
        vouched = any(keys <= {figure.key for figure in other.figures} for other in firm)
        if item.soft and (keys <= anchored if item.given else vouched):
            continue
        failed.append(Failure(item, check))
    return failed


def diagnose(case: Case, failed: Sequence[Failure], every: Sequence[Relation]) -> list[Fault]:
    """One fault for each group of failures that share figures; ``every`` are all relations tried."""
    trials = [item for item in failed if item.relation.shadow]
    faults = [_single(case, item) for item in trials]
    silenced = [item for item in every if item.shadow]
    firm = [item for item in every if item not in silenced]
    for group in _groups([item for item in failed if not item.relation.shadow]):
        faults.append(_fault(case, group, firm))
    return faults


def _groups(failed: Sequence[Failure]) -> list[list[Failure]]:
    groups: list[tuple[set[Key], list[Failure]]] = []
    for item in failed:
        keys, members = set(item.keys), [item]
        rest = []
        for other_keys, other in groups:
            if keys & other_keys:
                keys |= other_keys
                members = [*other, *members]
            else:
                rest.append((other_keys, other))
        groups = [*rest, (keys, members)]
    return [members for _, members in groups]


def _single(case: Case, failure: Failure) -> Fault:
    relation = failure.relation
    found = _finding(case, failure, relation.figures[0])
    return Fault(found, relation, relation.figures, relation.figures)


def _fault(case: Case, group: list[Failure], every: Sequence[Relation]) -> Fault:
    figures = {figure.key: figure for item in group for figure in item.relation.figures}
    sets = list(_smallest_sets(group, figures))
    relations = [item.relation for item in group]
    tried = [item for item in every if item in relations or item.tried().verdict is not Verdict.FAIL]
    mended = repair(sets, relations, tried) if sets else None
    blamed: tuple[Figure, ...] = ()
    if mended is not None:
        blamed = tuple(figures[key] for key, _ in mended.values)
    elif len(sets) == 1 and len(group) > 1:
        blamed = sets[0]
    main = _main(group, blamed)
    anchor = blamed[0] if blamed else main.relation.figures[0]
    rest = [item for item in group if item is not main]
    found = _finding(case, main, anchor)
    severity = min((item.relation.severity for item in group), key=lambda item: item.rank)
    params = dict(found.params)
    if len(group) > 1 and sets:
        params["suspects"] = _named(sets)
    found = replace(
        found,
        severity=severity,
        params=params,
        follows=tuple(_finding(case, item, item.relation.figures[0]) for item in rest),
    )
    if mended is not None:
        found = _with_repair(found, mended, blamed)
    return Fault(found, main.relation, blamed or main.relation.figures, tuple(figures.values()))


def _smallest_sets(group: Sequence[Failure], figures: dict[Key, Figure]) -> Iterator[tuple[Figure, ...]]:
    """The smallest sets of figures that have one in every failure; none where they are too large."""
    if len(figures) > MOST_FIGURES:
        return
    for size in range(1, LARGEST_SET + 1):
        sets = [
            combination
            for combination in combinations(figures, size)
            if all(item.keys.intersection(combination) for item in group)
        ]
        if sets:
            yield from (tuple(figures[key] for key in combination) for combination in sets)
            return


def _main(group: Sequence[Failure], blamed: Collection[Figure]) -> Failure:
    """The failure that says it best: about a blamed figure, in the order of :data:`_ORDER`."""
    keys = {figure.key for figure in blamed}

    def rank(item: Failure) -> tuple[bool, int]:
        rule = item.relation.rule
        if rule == "target" and blamed and all(figure.measure is Measure.TARGET for figure in blamed):
            return False, -1  # nothing else is wrong than that target
        return not (keys & item.keys or not keys), _ORDER.index(rule) if rule in _ORDER else len(_ORDER)

    return min(group, key=rank)


def _finding(case: Case, failure: Failure, anchor: Figure) -> Finding:
    relation = failure.relation
    figures = sorted(relation.figures, key=lambda figure: figure.key != anchor.key)
    found = finding_at(
        relation.code,
        relation.severity,
        case.submission,
        anchor.reading.cell,
        *(figure.operand for figure in figures),
        *relation.given,
        **relation.params,
    )
    evidence = evidence_of(failure.check.admissible, relation.figures[0])
    values = _values(relation) | {"low": evidence.low, "high": evidence.high}
    return replace(
        found,
        params={**values, **found.params},
        evidence=evidence,
        shadow=relation.shadow,
    )


def _values(relation: Relation) -> dict[str, str]:
    """The relation's figures by measure, as messages name them."""
    return {str(figure.measure): plain(figure.value) for figure in reversed(relation.figures)}


def _named(sets: Sequence[tuple[Figure, ...]]) -> str:
    """The cells of the smallest sets: alternatives between ``或``, cells of one set between ``和``."""
    named = [
        "和".join(f"{figure.reading.cell.sheet}!{figure.reading.cell.address}" for figure in figures)
        for figures in sets[:MOST_NAMED]
    ]
    return "" if len(sets) > MOST_NAMED else "，或".join(named)


def _with_repair(found: Finding, mended: Repair, blamed: Sequence[Figure]) -> Finding:
    """The finding with its repair; of several cells each is named in the message."""
    shown = []
    for figure, (_, value) in zip(blamed, mended.values, strict=True):
        places = max(figure.indicator.decimals_of(figure.measure), 0)
        shown.append((figure, rounded(value, places) if mended.scaled else plain(value)))
    first, fix = shown[0]
    params = {
        **found.params,
        "repair": "，".join(f"{label(f.indicator, f.measure)}改为 {v}" for f, v in shown),
    }
    reference = first.operand.reference
    return replace(found, params=params, evidence=replace(found.evidence, fix=fix, fix_cell=reference))
