"""The register of rules: each has an id, a version, a level, a severity, words and something it does."""

from __future__ import annotations

import pytest

from generators.messages import CATALOGUE, rule_label
from generators.model import RULES, RuleKind, Severity
from generators.validation import CHECKS, PAST, RELATIONS, TOGETHER

READING = ("format", "envelope", "seal", "structure", "formula", "timeliness", "normalised")
"""Judged where files are read: what cannot be read is no submission, lateness is shown on the board."""


def test_every_rule_of_the_table_is_registered_once() -> None:
    done = [*READING, *CHECKS, *(rule for rule in RELATIONS if rule), *PAST, *TOGETHER]
    by_expressions = [rule.id for rule in RULES if rule.related]
    assert sorted([*done, *by_expressions]) == sorted(rule.id for rule in RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_what_it_is(rule: RuleKind) -> None:
    assert rule.version >= 1
    assert 0 <= rule.level <= 5
    assert rule.severity in Severity
    assert rule_label(rule.id) != rule_label(rule.id, "en")
    codes = [code for code in CATALOGUE if code.partition(".")[0] == rule.id]
    assert codes or rule.id == "timeliness"  # 按时、迟报、缺报 stand on the board
    for parameter in rule.parameters:
        assert parameter.minimum <= parameter.default <= parameter.maximum
