"""Rules ``parts`` and ``completion``, and the pack's own: what the compiler states as expressions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from generators.definition.meaning import levels_of
from generators.definition.words import words
from generators.model import (
    PACK_RULE,
    RULE_BY_ID,
    AllOf,
    AnyOf,
    Arithmetic,
    Comparison,
    Condition,
    Definition,
    FigureOf,
    Implication,
    Measure,
    Negative,
    Not,
    PackRule,
    Reported,
    Term,
    figures_in,
)
from generators.validation.expressions import Truth, UndecidableError, truth, value
from generators.validation.figures import Figure, Figures, Key
from generators.validation.intervals import Interval, exactly
from generators.validation.relations import (
    PASSED,
    Check,
    Found,
    Relation,
    Untested,
    Values,
    Verdict,
    interval_of,
    judged,
    untestable,
)

Node = TypeVar("Node", bound=Term | Condition)

_PERCENT = exactly(100)


def pack_relations(definition: Definition, figures: Figures, department: str) -> Iterator[Found]:
    """The relations of the pack's expressions that one department's form can decide.

    An expression none of whose figures is filled in says nothing. One that lacks some of them is
    untested, unless it asks whether a figure was reported at all.
    """
    for rule in definition.pack_rules:
        if department in _able(rule, definition):
            yield from _relations(rule, definition, figures)


def across_departments(definition: Definition, figures: Figures) -> Iterator[Relation]:
    """The relations of the pack's expressions that no single department's form can decide."""
    for rule in definition.pack_rules:
        if not _able(rule, definition):
            for found in _relations(rule, definition, figures):
                if isinstance(found, Relation):
                    yield found


def _able(rule: PackRule, definition: Definition) -> set[str]:
    """The departments whose forms have every figure of ``rule``."""
    able = {department.code for department in definition.departments}
    for figure in figures_in(rule.condition):
        indicator = definition.indicator_by_code[figure.indicator]
        able &= {indicator.owner, *indicator.reporters}
    return able


def _relations(rule: PackRule, definition: Definition, figures: Figures) -> Iterator[Found]:
    for condition in closed(rule, definition):
        keys = keys_of(condition)
        known = tuple(figures[key] for key in keys if key in figures)
        if known and (len(known) == len(keys) or _asks_for_blanks(condition)):
            yield _relation(rule, condition, known, definition)
        elif known:
            yield Untested(rule.rule, "blank")


def closed(rule: PackRule, definition: Definition) -> Iterator[Condition]:
    """The rule's condition, once for each level that it leaves open and that all its figures have."""
    open_figures = [item for item in figures_in(rule.condition) if item.measure is None]
    if not open_figures:
        yield rule.condition
        return
    for measure in levels_of(tuple(open_figures), definition):
        yield _filled(rule.condition, measure)


def keys_of(condition: Condition) -> tuple[Key, ...]:
    """The figures of a condition whose measures are all known, each once, from left to right."""
    return tuple(
        dict.fromkeys(
            (item.indicator, item.measure) for item in figures_in(condition) if item.measure is not None
        )
    )


def _relation(
    rule: PackRule, condition: Condition, figures: tuple[Figure, ...], definition: Definition
) -> Relation:
    by_key = {figure.key: figure for figure in figures}
    widest = definition.parameter("completion", "widest")
    alone = _alone(condition)

    def test(values: Values) -> Check:
        def lookup(indicator: str, measure: Measure) -> Interval | None:
            figure = by_key.get((indicator, measure))
            return None if figure is None else interval_of(figure, values)

        try:
            if alone is None or alone[0] not in by_key:
                return Check(Verdict.FAIL) if truth(condition, lookup) is Truth.NO else PASSED
            figure, expected = by_key[alone[0]], value(alone[1], lookup)
        except UndecidableError as error:
            return untestable(error.reason)
        if rule.rule == "completion":
            expected = expected * _PERCENT
        admissible = expected.widened(figure.half)
        if rule.rule == "completion" and admissible.width > widest:
            return untestable("wide")
        return judged(values[figure.key], admissible)

    own = rule.rule not in RULE_BY_ID
    return Relation(
        rule.rule,
        f"{PACK_RULE}.{rule.rule}" if own else f"{rule.rule}.relation",
        rule.severity,
        _first(alone, figures),
        test,
        params={"text": words(condition, definition), "message": rule.message, "advice": rule.action},
        shadow=rule.shadow,
    )


def _first(alone: tuple[Key, Term] | None, figures: tuple[Figure, ...]) -> tuple[Figure, ...]:
    """The figures with the one that stands alone in front."""
    if alone is None:
        return figures
    return tuple(sorted(figures, key=lambda figure: figure.key != alone[0]))


def _alone(condition: Condition) -> tuple[Key, Term] | None:
    """The figure that stands alone on one side of an equation, and the other side."""
    if not isinstance(condition, Comparison) or condition.operator != "==":
        return None
    for side, other in (
        (condition.left, condition.right),
        (condition.right, condition.left),
    ):
        if (
            isinstance(side, FigureOf)
            and side.measure is not None
            and side not in set(figures_in(other))
        ):
            return (side.indicator, side.measure), other
    return None


def _asks_for_blanks(node: Condition) -> bool:
    match node:
        case Reported():
            return True
        case Not(inner):
            return _asks_for_blanks(inner)
        case AllOf(items) | AnyOf(items):
            return any(_asks_for_blanks(item) for item in items)
        case Implication(when, then):
            return _asks_for_blanks(when) or _asks_for_blanks(then)
    return False


def _filled(node: Node, measure: Measure) -> Node:
    """``node`` with ``measure`` wherever it leaves the measure open."""
    result: Term | Condition = node
    match node:
        case FigureOf(indicator, None):
            result = FigureOf(indicator, measure)
        case Reported(figure):
            result = Reported(_filled(figure, measure))
        case Negative(inner):
            result = Negative(_filled(inner, measure))
        case Not(condition):
            result = Not(_filled(condition, measure))
        case Arithmetic(operator, left, right):
            result = Arithmetic(operator, _filled(left, measure), _filled(right, measure))
        case Comparison(operator, left, right):
            result = Comparison(operator, _filled(left, measure), _filled(right, measure))
        case Implication(when, then):
            result = Implication(_filled(when, measure), _filled(then, measure))
        case AllOf(items) | AnyOf(items):
            result = replace(node, conditions=tuple(_filled(item, measure) for item in items))
    return result  # type: ignore[return-value]
