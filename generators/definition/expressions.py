"""A rule's expression → its tree: parsed by Jinja, translated node by node, never evaluated.

What the tree means (units, measures, the shape that a built-in rule needs) is judged in
:mod:`generators.definition.meaning`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise

from jinja2 import TemplateError, nodes
from jinja2.sandbox import SandboxedEnvironment

from generators.definition.problems import Problem
from generators.definition.schema import FIGURE_MEASURES
from generators.definition.typed import LOOKUP, REPORTED_WORDS, Names, SpellingError, names_of, source_of
from generators.definition.words import words
from generators.excel.numbers import MAX_MAGNITUDE
from generators.model import (
    AllOf,
    AnyOf,
    Arithmetic,
    Comparison,
    Condition,
    Definition,
    FigureOf,
    Implication,
    Indicator,
    Negative,
    Not,
    Number,
    Reported,
    Term,
)
from generators.spelling import complaint
from generators.text import fold, near, shorten

MAX_DEPTH = 100
"""How many operations may stand in one another: a sum of as many parts."""

_ENVIRONMENT = SandboxedEnvironment()
_COMPARISONS = {"eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">="}
_CHAINS = ({"lt", "lteq"}, {"gt", "gteq"}, {"eq"})
_ARITHMETIC: Mapping[type[nodes.BinExpr], str] = {
    nodes.Add: "+",
    nodes.Sub: "-",
    nodes.Mul: "*",
    nodes.Div: "/",
}
_MEASURES = {fold(word): measure for word, measure in FIGURE_MEASURES.items()}
_CONDITIONS = (nodes.Compare, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr)


@dataclass(frozen=True)
class Vocabulary:
    """What the expressions of a pack may speak of: names as they are typed, indicators by them.

    ``judged`` is false where the indicators themselves cannot be read: then no name is a fault.
    """

    definition: Definition
    names: Names
    indicators: Mapping[str, Indicator]
    judged: bool = True


def vocabulary_of(definition: Definition, *, judged: bool = True) -> Vocabulary:
    """The vocabulary of a pack; where a name is another's code, the name is meant, as in templates."""
    indicators = {fold(item.code): item for item in definition.indicators}
    indicators |= {fold(item.name): item for item in definition.indicators}
    return Vocabulary(definition, names_of(definition), indicators, judged)


def read_expression(text: str, vocabulary: Vocabulary) -> tuple[Condition | None, list[Problem]]:
    """The tree of the expression ``text``, and everything that is wrong with how it is written.

    The tree is ``None`` where there is a problem. A figure without a measure has the measure ``None``.
    """
    try:
        tree = _parsed(source_of(text, vocabulary.names))
    except SpellingError as fault:
        return None, [_syntax(fault.reason, **fault.words)]
    reader = _Reader(vocabulary)
    condition = reader.condition(tree)
    problems = list(dict.fromkeys(reader.problems))
    return (None if problems else condition), problems


def _parsed(source: str) -> nodes.Expr:
    try:
        template = _ENVIRONMENT.parse("{{ " + source + " }}")
    except TemplateError as error:
        raise _spelling_fault(str(error.message or "")) from error
    except RecursionError as error:
        raise SpellingError("too_deep") from error
    except Exception as error:  # Jinja's lexer takes the numerals of all scripts for digits
        raise SpellingError("not_understood") from error
    outputs = [part for item in template.body for part in getattr(item, "nodes", [item])]
    if len(outputs) != 1 or not isinstance(outputs[0], nodes.Expr):
        raise SpellingError("not_understood")
    if _depth(outputs[0]) > MAX_DEPTH:
        raise SpellingError("too_deep")
    return outputs[0]


def _depth(tree: nodes.Node) -> int:
    """How many nodes stand in one another, counted without a call for each."""
    depth, level = 0, [tree]
    while level and depth <= MAX_DEPTH:
        depth += 1
        level = [child for node in level for child in node.iter_child_nodes()]
    return depth


def _spelling_fault(text: str) -> SpellingError:
    """Jinja's complaint in the words of a rule, which stands in no braces."""
    reason, params = complaint(text)
    if "}}" in (params.get("got"), params.get("what")):
        return SpellingError("unfinished")
    if params.get("wanted") == "}}":
        return SpellingError("unexpected", what=params["got"])
    return SpellingError(reason, **params) if reason else SpellingError("not_understood")


def _syntax(reason: str, **words: str) -> Problem:
    params = {f"reason.{name}": shorten(word) for name, word in words.items()}
    return Problem("expression", {"reason": reason, **params})


@dataclass
class _Reader:
    """Translates Jinja's tree. What cannot be translated is ``None``, and has its problem recorded."""

    vocabulary: Vocabulary
    problems: list[Problem] = field(default_factory=list)

    def syntax(self, reason: str, **words: str) -> None:
        self.problems.append(_syntax(reason, **words))

    # --- conditions ---------------------------------------------------------------------------

    def condition(self, node: nodes.Expr) -> Condition | None:
        match node:
            case nodes.Compare():
                return self._comparison(node)
            case nodes.And() | nodes.Or():
                parts = [self.condition(part) for part in _joined(node, type(node))]
                known = tuple(part for part in parts if part is not None)
                if len(known) < len(parts):
                    return None
                return AllOf(known) if isinstance(node, nodes.And) else AnyOf(known)
            case nodes.Not():
                inner = self.condition(node.node)
                return None if inner is None else Not(inner)
            case nodes.CondExpr(expr2=nodes.Expr()):
                self.syntax("otherwise")
                return None
            case nodes.CondExpr() if not all(map(_is_condition, (node.expr1, node.test))):
                self.syntax("arrow_sides")
                return None
            case nodes.CondExpr():
                when, then = self.condition(node.expr1), self.condition(node.test)
                return None if when is None or then is None else Implication(when, then)
            case nodes.Call(node=nodes.Name(name=name)) if name in REPORTED_WORDS:
                return self._reported(node, name)
        term = self.term(node)
        if term is not None:
            self.syntax("no_condition", what=words(term, self.vocabulary.definition))
        return None

    def _comparison(self, node: nodes.Compare) -> Condition | None:
        operators = [item.op for item in node.ops]
        if unknown := [item for item in operators if item not in _COMPARISONS]:
            self.syntax("operation", operator={"notin": "not in"}.get(unknown[0], unknown[0]))
            return None
        terms = [self.term(part) for part in (node.expr, *(item.expr for item in node.ops))]
        if len(operators) > 1 and not any(set(operators) <= chain for chain in _CHAINS):
            self.syntax("chain")
            return None
        made = []
        for operand, (left, right) in zip(node.ops, pairwise(terms), strict=True):
            if left is None or right is None:
                return None
            made.append(Comparison(_COMPARISONS[operand.op], left, right))
        return made[0] if len(made) == 1 else AllOf(tuple(made))

    def _reported(self, node: nodes.Call, word: str) -> Condition | None:
        if len(node.args) != 1 or node.kwargs or node.dyn_args or node.dyn_kwargs:
            self.syntax("one_figure", word=word)
            return None
        term = self.term(node.args[0])
        if term is not None and not isinstance(term, FigureOf):
            self.syntax("one_figure", word=word)
        return Reported(term) if isinstance(term, FigureOf) else None

    # --- terms --------------------------------------------------------------------------------

    def term(self, node: nodes.Expr) -> Term | None:
        match node:
            case nodes.Const():
                return self._number(node.value)
            case nodes.Neg():
                inner = self.term(node.node)
                if isinstance(inner, Number):
                    return Number(-inner.value)
                return None if inner is None else Negative(inner)
            case nodes.Pos():
                return self.term(node.node)
            case nodes.BinExpr() if type(node) in _ARITHMETIC:
                left, right = self.term(node.left), self.term(node.right)
                if left is None or right is None:
                    return None
                return Arithmetic(_ARITHMETIC[type(node)], left, right)
            case nodes.Call(node=nodes.Name(name=name)) if name in REPORTED_WORDS:
                self.syntax("condition_inside")
            case nodes.Name() | nodes.Getattr() | nodes.Getitem() | nodes.Call():
                return self._figure(node)
            case nodes.Tuple() | nodes.List():
                self.syntax("comma")
            case nodes.Filter() | nodes.Test() | nodes.Concat() | nodes.BinExpr():
                self.syntax("operation", operator=_OPERATORS.get(type(node), "is"))
            case _ if isinstance(node, _CONDITIONS):
                self.syntax("condition_inside")
            case _:
                self.syntax("not_understood")
        return None

    def _number(self, value: object) -> Number | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.syntax("no_number", what=str(value))
            return None
        number = Decimal(repr(value))
        if not number.is_finite() or abs(number) >= MAX_MAGNITUDE:
            self.syntax("large_number")
            return None
        return Number(number)

    def _figure(self, node: nodes.Expr) -> FigureOf | None:
        """An indicator, with its measure where one is named."""
        if (word := _indicator_word(node)) is not None:
            return self._indicator(word)
        if (step := _step(node)) is None:
            self.syntax("unknown_call" if isinstance(node, nodes.Call) else "not_understood")
            return None
        owner, name = step
        figure = self.term(owner)
        if figure is None:
            return None
        if not isinstance(figure, FigureOf) or figure.measure is not None:
            self.syntax("after_dot", what=name)
            return None
        measure = next(
            (item for word, item in FIGURE_MEASURES.items() if fold(word) == fold(name)), None
        )
        if measure is None:
            choices = [word for word in FIGURE_MEASURES if not word.isascii()]
            params = {"raw": shorten(name), "near": near(name, FIGURE_MEASURES)}
            params["indicator"] = words(figure, self.vocabulary.definition)
            self.problems.append(
                Problem("expression_measure", {**params, "choices": "、".join(choices)})
            )
            return None
        return replace(figure, measure=measure)

    def _indicator(self, word: str) -> FigureOf | None:
        known = self.vocabulary.indicators.get(fold(word))
        if known is not None:
            return FigureOf(known.code, None)
        if not self.vocabulary.judged:
            return FigureOf(word, None)
        items = self.vocabulary.definition.indicators
        meant = near(word, [item.name for item in items] + [item.code for item in items])
        self.problems.append(Problem("expression_indicator", {"raw": shorten(word), "near": meant}))
        return None


_OPERATORS: Mapping[type[nodes.Node], str] = {
    nodes.FloorDiv: "//",
    nodes.Mod: "%",
    nodes.Pow: "**",
    nodes.Concat: "~",
    nodes.Filter: "|",
}


def _is_condition(node: nodes.Expr) -> bool:
    """Whether ``node`` may be a condition; what may be anything (a call, a name) is judged elsewhere."""
    terms = (nodes.Const, nodes.Name, nodes.Getattr, nodes.Getitem, nodes.BinExpr, nodes.Neg, nodes.Pos)
    return isinstance(node, _CONDITIONS) or not isinstance(node, terms)


def _joined(node: nodes.Expr, kind: type[nodes.Expr]) -> Iterator[nodes.Expr]:
    """The parts that ``and`` (or ``or``) joins, from left to right."""
    if isinstance(node, nodes.And | nodes.Or) and isinstance(node, kind):
        yield from _joined(node.left, kind)
        yield from _joined(node.right, kind)
    else:
        yield node


def _indicator_word(node: nodes.Expr) -> str | None:
    """The name or code by which ``node`` names an indicator, ``None`` where it does not.

    ``甲``, ``指标("甲")``, ``指标["甲"]`` and ``指标.甲`` are the same.
    """
    match node:
        case nodes.Name(name=name):
            return name
        case nodes.Call(node=nodes.Name(name=name), args=[nodes.Const(value=str(word))], kwargs=[]):
            return word if name == LOOKUP else None
    step = _step(node)
    if step and isinstance(step[0], nodes.Name) and step[0].name == LOOKUP:
        return step[1]
    return None


def _step(node: nodes.Expr) -> tuple[nodes.Expr, str] | None:
    """What stands before and after a dot: ``甲.上年`` or ``甲["上年"]``."""
    match node:
        case nodes.Getattr(node=owner, attr=name):
            return owner, name
        case nodes.Getitem(node=owner, arg=nodes.Const(value=str(name))):
            return owner, name
    return None
