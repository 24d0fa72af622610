"""The sheet of rules: what a pack says of the built-in ones, and the rules of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from generators.definition import schema
from generators.definition.meaning import judged as judged_meaning
from generators.definition.rows import Row
from generators.definition.schema import Trial
from generators.excel.numbers import plain, read_number
from generators.model import (
    RULES,
    Cell,
    Definition,
    PackRule,
    Parameter,
    RuleKind,
    RuleSetting,
    Severity,
)
from generators.text import fold, near, shorten, split_list

OWN_SEVERITY = Severity.CONFIRM
"""How much a rule of the pack's own weighs where the pack does not say."""

_PLAIN_ID = re.compile(r"[\w-]{1,40}")
_EQUALS = re.compile("[=＝:：]")
_BY_NAME: Mapping[str, RuleKind] = {
    fold(name): rule for rule in RULES for name in (rule.en, rule.zh, rule.id)
}


@dataclass(frozen=True)
class _Line:
    """A row that states a rule as an expression, before the expression is read."""

    row: Row
    rule: str
    enabled: Trial
    severity: Severity


def read_rules(rows: Sequence[Row], definition: Definition, *, judged: bool, meant: bool) -> Definition:
    """``definition`` with the rules that ``rows`` give; what is wrong with them is a finding.

    ``judged`` is false where no reference to an indicator can be judged, ``meant`` where the
    indicators have faults of their own, so that only the names in an expression are.
    """
    settings: dict[str, RuleSetting] = {}
    first: dict[str, Row] = {}
    expressions: list[tuple[Row, RuleKind | None, str]] = []
    for row in rows:
        name = row.needed("rule")
        kind = _BY_NAME.get(fold(name))
        stated = row.has("expression") or row.unreadable("expression")
        if not name or not _in_place(row, name, kind, stated):
            continue
        if kind is not None and stated:  # any number of them
            expressions.append((row, kind, name))
        elif not _twin(row, first, kind.id if kind else name):
            if kind is not None:
                settings[kind.id] = _setting(row, kind)
            else:
                expressions.append((row, None, name))
    lines = [_line(row, kind, name, settings) for row, kind, name in expressions]
    pack_rules = _pack_rules(lines, definition, judged=judged, meant=meant)
    return replace(definition, rules=settings, pack_rules=pack_rules)


def _in_place(row: Row, name: str, kind: RuleKind | None, stated: bool) -> bool:
    """Whether a rule of this name may stand in the sheet, with or without an expression."""
    if kind is not None and not kind.switchable:
        row.fault("rule_fixed", "rule", rule=kind.id)
    elif kind is not None and stated and not kind.related:
        row.fault("rule_expression", "expression", rule=kind.id)
    elif kind is None and not stated:
        names = [word for rule in RULES if rule.switchable for word in (rule.id, rule.zh, rule.en)]
        row.fault("rule_unknown", "rule", raw=shorten(name), near=near(name, names))
    elif kind is None and not _PLAIN_ID.fullmatch(name):
        row.fault("rule_id", "rule", raw=shorten(name))
    else:
        return True
    return False


def _twin(row: Row, first: dict[str, Row], rule: str) -> bool:
    """Whether an earlier row says the same rule, which is recorded."""
    earlier = first.setdefault(fold(rule), row)
    if earlier is not row:
        other = earlier.address("rule")
        row.fault(
            "twice",
            "rule",
            column=row.column_name("rule"),
            raw=shorten(row.text("rule")),
            other=other,
        )
    return earlier is not row


# --- built-in rules ---------------------------------------------------------------------------


def _setting(row: Row, kind: RuleKind) -> RuleSetting:
    for key in ("message", "action"):
        if row.has(key):
            row.warn("rule_words", key, column=row.column_name(key))
    enabled = row.choice("enabled", schema.ENABLED, Trial.ON)
    return RuleSetting(
        rule=kind.id,
        enabled=enabled is not Trial.OFF,
        severity=row.choice("severity", schema.SEVERITIES, None),
        shadow=enabled is Trial.SHADOW,
        parameters=_parameters(row, kind),
    )


def _parameters(row: Row, kind: RuleKind) -> dict[str, Decimal]:
    """The parameters that a row sets: ``阈值=3.5；最少期数=8``."""
    column = row.column_name("parameters")
    items = split_list(row.text("parameters").lstrip("=＝"))
    if items and not kind.parameters:
        row.fault("parameter_none", "parameters", rule=kind.id, column=column)
        return {}
    by_name = {fold(name): item for item in kind.parameters for name in (item.key, item.zh)}
    choices = "、".join(f"{item.zh}（{item.key}）" for item in kind.parameters)
    values: dict[str, Decimal] = {}
    for item in items:
        name, *number = (part.strip() for part in _EQUALS.split(item, maxsplit=1))
        known = by_name.get(fold(name))
        if not number:
            row.fault("parameter_form", "parameters", column=column, raw=shorten(item), choices=choices)
        elif known is None:
            words = [word for item in kind.parameters for word in (item.zh, item.key)]
            params = {"raw": shorten(name), "near": near(name, words), "choices": choices}
            row.fault("parameter", "parameters", rule=kind.id, **params)
        elif known.key in values:
            row.fault("parameter_twice", "parameters", column=column, parameter=known.zh)
        elif (value := _within(row, known, number[0])) is not None:
            values[known.key] = value
    return values


def _within(row: Row, parameter: Parameter, text: str) -> Decimal | None:
    """The number that ``text`` is, within the parameter's bounds; ``None`` for another, a finding."""
    value = read_number(Cell("", 1, 1, "", text), percent=False).value
    if isinstance(value, Decimal) and parameter.minimum <= value <= parameter.maximum:
        return value
    row.fault(
        "parameter_value",
        "parameters",
        parameter=f"{parameter.zh}（{parameter.key}）",
        raw=shorten(text),
        low=plain(parameter.minimum),
        high=plain(parameter.maximum),
    )
    return None


# --- rules as expressions ---------------------------------------------------------------------


def _line(row: Row, kind: RuleKind | None, name: str, settings: Mapping[str, RuleSetting]) -> _Line:
    """What a row says of its rule beside the expression; where it is blank, the rule's own row does.

    A rule that is off as a whole leaves out all its expressions, one on trial tries all of them.
    """
    if row.has("parameters"):
        column = row.column_name("parameters")
        row.fault("parameter_row", "parameters", column=column, rule=kind.id if kind else name)
    enabled = row.choice("enabled", schema.ENABLED, Trial.ON)
    own = row.choice("severity", schema.SEVERITIES, None)
    if kind is None:
        return _Line(row, name, enabled, own or OWN_SEVERITY)
    setting = settings.get(kind.id, RuleSetting(kind.id))
    if not setting.enabled:
        enabled = Trial.OFF
    elif setting.shadow and enabled is Trial.ON:
        enabled = Trial.SHADOW
    return _Line(row, kind.id, enabled, own or setting.severity or kind.severity)


def _pack_rules(
    lines: Sequence[_Line], definition: Definition, *, judged: bool, meant: bool
) -> tuple[PackRule, ...]:
    """The rules that ``lines`` state and that are not switched off; all expressions are judged."""
    if not lines:
        return ()
    # Jinja takes a tenth of a second to load: only for packs that need it.
    from generators.definition.expressions import read_expression, vocabulary_of

    vocabulary = vocabulary_of(definition, judged=judged)
    rules = []
    for line in lines:
        row = line.row
        text = row.words("expression")
        if row.unreadable("expression") or row.is_date("expression"):
            continue
        condition, problems = read_expression(text, vocabulary)
        if condition is not None and meant:
            condition, problems = judged_meaning(condition, line.rule, definition)
        for problem in problems:
            row.fault(
                problem.code, "expression", **{"column": row.column_name("expression"), **problem.params}
            )
        if condition is None or line.enabled is Trial.OFF:
            continue
        rules.append(
            PackRule(
                rule=line.rule,
                text=text,
                condition=condition,
                severity=line.severity,
                message=row.text("message"),
                action=row.text("action"),
                shadow=line.enabled is Trial.SHADOW,
                cell=row.address("expression"),
            )
        )
    return tuple(rules)
