"""How often each rule that holds figures against something could be applied, and with what result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from generators.model import RULE_BY_ID, Finding, Tally
from generators.validation.diagnosis import Failure
from generators.validation.relations import Check, Passed, Relation, Untested, Verdict

_COUNTED = frozenset(["outlier"])
"""Rules that say of every figure whether it passed, though they yield no relations."""


def tallies_of(
    tried: Iterable[tuple[Relation, Check]],
    failed: Sequence[Failure],
    beside: Iterable[Finding | Passed | Untested],
) -> tuple[Tally, ...]:
    """The tallies of the rules that had anything to look at, in the order of the rules.

    ``tried`` are all relations with what trying them gave, ``failed`` those that count as failed;
    ``beside`` is what rules without relations gave.
    """
    failing = [item.relation for item in failed]
    passes: Counter[str] = Counter()
    fails: Counter[str] = Counter(item.rule for item in failing)
    reasons: dict[str, Counter[str]] = {}
    for item in beside:
        if isinstance(item, Untested):
            reasons.setdefault(item.rule, Counter())[item.reason] += 1
        elif isinstance(item, Passed):
            passes[item.rule] += 1
        elif item.rule in _COUNTED:
            fails[item.rule] += 1
    for relation, check in tried:
        if check.verdict is Verdict.UNTESTABLE:
            reasons.setdefault(relation.rule, Counter())[check.reason] += 1
        elif relation not in failing:
            passes[relation.rule] += 1
    rules = dict.fromkeys([*RULE_BY_ID, *passes, *fails, *reasons])
    return tuple(
        Tally(rule, passes[rule], fails[rule], dict(reasons.get(rule, {})))
        for rule in rules
        if rule in passes or rule in fails or rule in reasons
    )
