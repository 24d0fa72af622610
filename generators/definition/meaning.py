"""Whether a rule's expression says something that can be checked: figures, units, the rule's shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from operator import add, mul, sub, truediv

from generators.definition.problems import Problem
from generators.definition.schema import MEASURE_COLUMNS
from generators.definition.words import words
from generators.excel.numbers import is_percent_unit
from generators.model import (
    AllOf,
    AnyOf,
    Arithmetic,
    Asked,
    Comparison,
    Condition,
    Definition,
    FigureOf,
    Implication,
    Measure,
    Negative,
    Not,
    Number,
    Reported,
    TargetKind,
    Term,
    figures_in,
)

LEVELS = (Measure.ACTUAL, Measure.PREVIOUS, Measure.PLAN, Measure.TARGET)
"""Measures that are levels in the indicator's own unit; the target only where it is one."""

_MADE_OF: Mapping[str, str] = {"parts": "expression_parts", "completion": "expression_completion"}
"""Built-in rules that take expressions → the code that tells which shape theirs have."""


def levels_of(figures: tuple[FigureOf, ...], definition: Definition) -> tuple[Measure, ...]:
    """The levels for which a rule without measures holds: those asked of every one of ``figures``.

    Indicators that the pack does not know are passed over.
    """
    known = definition.indicator_by_code
    indicators = [known[item.indicator] for item in figures if item.indicator in known]
    return tuple(
        measure
        for measure in LEVELS
        if all(item.asked(measure) is not Asked.NO for item in indicators)
        and (
            measure is not Measure.TARGET
            or all(item.target_kind is TargetKind.LEVEL for item in indicators)
        )
    )


def judged(
    condition: Condition, rule: str, definition: Definition
) -> tuple[Condition | None, list[Problem]]:
    """The condition as the rule checks it, and everything that is wrong with what it says.

    ``rule`` is ``parts``, ``completion`` or a rule of the pack's own. In ``parts`` and ``completion``
    the total or rate comes to stand on the left. A bare indicator means this year's figure, save in
    ``parts`` where all are bare: there the rule holds for every level, and the measure stays ``None``.
    The condition is ``None`` where there is a problem.
    """
    lint = _Lint(definition)
    shaped = _shaped(condition, rule)
    if shaped is None:
        lint.problems.append(Problem(_MADE_OF[rule], {}))
    condition = shaped or condition
    figures = tuple(dict.fromkeys(figures_in(condition)))
    bare = [item for item in figures if item.measure is None]
    if not figures:
        lint.problems.append(Problem("expression_constant", {}))
    if rule == "parts" and bare and len(bare) == len(figures):
        lint.levels(figures)
    elif rule == "parts" and bare:
        names = "、".join(words(item, definition) for item in bare)
        lint.problems.append(Problem("expression_mixed", {"listed": names}))
        bare = []
    else:
        condition = _of_this_year(condition)
    for item in dict.fromkeys(figures_in(condition)):
        lint.asked(item)
    lint.condition(condition)
    problems = list(dict.fromkeys(lint.problems))
    return (None if problems else condition), problems


# --- shapes -----------------------------------------------------------------------------------


def _shaped(condition: Condition, rule: str) -> Condition | None:
    """The condition with the total or rate on the left; ``None`` where the rule cannot use it."""
    if rule not in _MADE_OF:
        return condition
    if not (isinstance(condition, Comparison) and condition.operator == "=="):
        return None
    right = _is_sum if rule == "parts" else _is_quotient
    for whole, made in ((condition.left, condition.right), (condition.right, condition.left)):
        if isinstance(whole, FigureOf) and isinstance(made, Arithmetic) and right(made):
            return Comparison("==", whole, made)
    return None


def _is_sum(term: Term) -> bool:
    match term:
        case Arithmetic("+" | "-", left, right):
            return _is_sum(left) and _is_sum(right)
        case Negative(inner):
            return _is_sum(inner)
    return isinstance(term, FigureOf)


def _is_quotient(term: Term) -> bool:
    return (
        isinstance(term, Arithmetic)
        and term.operator == "/"
        and isinstance(term.left, FigureOf)
        and isinstance(term.right, FigureOf)
    )


# --- bare indicators --------------------------------------------------------------------------


def _of_this_year(condition: Condition) -> Condition:
    """The condition with this year's figure for every bare indicator."""
    match condition:
        case Comparison(operator, left, right):
            return Comparison(operator, _term_of_this_year(left), _term_of_this_year(right))
        case Reported(figure):
            return Reported(_figure_of_this_year(figure))
        case Not(inner):
            return Not(_of_this_year(inner))
        case AllOf(items):
            return AllOf(tuple(map(_of_this_year, items)))
        case AnyOf(items):
            return AnyOf(tuple(map(_of_this_year, items)))
        case Implication(when, then):
            return Implication(_of_this_year(when), _of_this_year(then))


def _term_of_this_year(term: Term) -> Term:
    match term:
        case FigureOf():
            return _figure_of_this_year(term)
        case Arithmetic(operator, left, right):
            return Arithmetic(operator, _term_of_this_year(left), _term_of_this_year(right))
        case Negative(inner):
            return Negative(_term_of_this_year(inner))
        case Number():
            return term


def _figure_of_this_year(figure: FigureOf) -> FigureOf:
    return FigureOf(figure.indicator, figure.measure or Measure.ACTUAL)


# --- figures, units, constants ----------------------------------------------------------------


@dataclass
class _Lint:
    """Collects what is wrong with the meaning of one expression."""

    definition: Definition
    problems: list[Problem] = field(default_factory=list)

    def asked(self, figure: FigureOf) -> None:
        """A figure that nobody fills in would never be checked."""
        known = self.definition.indicator_by_code.get(figure.indicator)
        if known and figure.measure and known.asked(figure.measure) is Asked.NO:
            params = {"indicator": known.name, "measure": str(figure.measure)}
            self.problems.append(Problem("expression_unasked", params))

    def levels(self, figures: tuple[FigureOf, ...]) -> None:
        """A rule for every level needs one that all its indicators are asked."""
        if levels_of(figures, self.definition):
            return
        each = []
        for figure in figures:
            own = "、".join(MEASURE_COLUMNS[item].zh for item in levels_of((figure,), self.definition))
            each.append(f"{words(figure, self.definition)}（{own or '—'}）")
        self.problems.append(Problem("expression_levels", {"listed": "、".join(each)}))

    def condition(self, condition: Condition) -> None:
        """Judge every comparison of a condition."""
        match condition:
            case Comparison(_, left, right):
                self._alike(left, right)
            case Not(inner):
                self.condition(inner)
            case AllOf(items) | AnyOf(items):
                for item in items:
                    self.condition(item)
            case Implication(when, then):
                self.condition(when)
                self.condition(then)

    def _alike(self, left: Term, right: Term) -> str | None:
        """The unit of what is added, subtracted or compared; ``None`` where it is not judged."""
        first, second = self._unit(left), self._unit(right)
        if first is None or second is None:
            return second if first is None else first
        if _dimension(first) == _dimension(second):
            return first
        sides = {"left": words(left, self.definition), "right": words(right, self.definition)}
        units = {"left_unit": first or "—", "right_unit": second or "—"}
        self.problems.append(Problem("expression_units", {**sides, **units}))
        return None

    def _unit(self, term: Term) -> str | None:
        """The unit of a term; ``None`` for a constant, a product and a quotient."""
        match term:
            case FigureOf():
                return self._unit_of(term)
            case Negative(inner):
                return self._unit(inner)
            case Arithmetic("+" | "-", left, right):
                return self._alike(left, right)
            case Arithmetic(operator, left, right):
                self._unit(left)
                self._unit(right)
                if operator == "/" and _constant(right) == 0:
                    what = words(term, self.definition)
                    self.problems.append(Problem("expression_zero", {"what": what}))
        return None

    def _unit_of(self, figure: FigureOf) -> str | None:
        known = self.definition.indicator_by_code.get(figure.indicator)
        if known is None:
            return None
        if figure.measure is Measure.TARGET and known.target_kind is TargetKind.TEXT:
            self.problems.append(Problem("expression_text", {"indicator": known.name}))
            return None
        return known.unit_of(figure.measure or Measure.ACTUAL)


def _dimension(unit: str) -> str:
    """Units that can be added and compared have one dimension: a rate and its change do."""
    return "%" if is_percent_unit(unit) else unit


def _constant(term: Term) -> Decimal | None:
    """The value of a term without figures; ``None`` for another, and for one without a value."""
    match term:
        case Number(value):
            return value
        case Negative(inner):
            negated = _constant(inner)
            return None if negated is None else -negated
        case Arithmetic(operator, left, right):
            first, second = _constant(left), _constant(right)
            if first is None or second is None or (operator == "/" and second == 0):
                return None
            return _WORKED_OUT[operator](first, second)
    return None


_WORKED_OUT: Mapping[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": add,
    "-": sub,
    "*": mul,
    "/": truediv,
}
