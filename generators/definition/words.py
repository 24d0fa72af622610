"""A rule's expression in words, as messages show it: ``甲·本年预计 + 乙·本年预计 ＝ 丙·本年预计``."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from generators.definition.schema import MEASURE_COLUMNS
from generators.excel.numbers import plain
from generators.model import (
    AllOf,
    AnyOf,
    Arithmetic,
    Comparison,
    Condition,
    Definition,
    FigureOf,
    Implication,
    Negative,
    Not,
    Number,
    Reported,
    Term,
)

_SIGNS: Mapping[str, str] = {
    "==": "＝",
    "!=": "≠",
    "<": "＜",
    "<=": "≤",
    ">": "＞",
    ">=": "≥",
    "*": "×",
    "/": "÷",
}
_SUMS, _PRODUCTS = ("+", "-"), ("*", "/")


def words(node: Term | Condition, definition: Definition) -> str:
    """An expression in Chinese words and signs, the same for every way of typing it.

    An indicator that the pack does not know is called by its code; a figure without a measure, which
    stands for every level, by its indicator alone.
    """
    match node:
        case Number(value):
            return plain(value)
        case FigureOf():
            return _figure(node, definition)
        case Negative(term):
            inner = words(term, definition)
            return f"-{_bracketed(inner, isinstance(term, Arithmetic))}"
        case Arithmetic(operator, left, right):
            before = words(left, definition)
            after = words(right, definition)
            before = _bracketed(before, operator in _PRODUCTS and _is(left, _SUMS))
            # 甲 - (乙 + 丙) and 甲 / (乙 * 丙) need their brackets, and two signs must not meet.
            ranks = (*_SUMS, *_PRODUCTS) if operator == "/" else _SUMS
            tight = _is(right, ranks) and operator != "+"
            negative = isinstance(right, Negative) or (isinstance(right, Number) and right.value < 0)
            return f"{before} {_SIGNS.get(operator, operator)} {_bracketed(after, tight or negative)}"
        case Comparison(operator, left, right):
            return f"{words(left, definition)} {_SIGNS[operator]} {words(right, definition)}"
        case Reported(figure):
            return f"已填 {_figure(figure, definition)}"
        case Not(Reported(figure)):
            return f"未填 {_figure(figure, definition)}"
        case Not(condition):
            return f"非（{words(condition, definition)}）"
        case AllOf(conditions):
            return _chain(conditions, definition) or _join(conditions, "且", definition)
        case AnyOf(conditions):
            return _join(conditions, "或", definition)
        case Implication(when, then):
            parts = [
                _bracketed(words(item, definition), isinstance(item, Implication))
                for item in (when, then)
            ]
            return f"如果 {parts[0]}，则 {parts[1]}"


def _figure(figure: FigureOf, definition: Definition) -> str:
    known = definition.indicator_by_code.get(figure.indicator)
    name = known.name if known else figure.indicator
    return f"{name}·{MEASURE_COLUMNS[figure.measure].zh}" if figure.measure else name


def _is(term: Term, operators: tuple[str, ...]) -> bool:
    return isinstance(term, Arithmetic) and term.operator in operators


def _bracketed(text: str, needed: bool) -> str:
    return f"（{text}）" if needed else text


def _chain(conditions: tuple[Condition, ...], definition: Definition) -> str:
    """``0 ≤ 甲 ≤ 100`` where every comparison begins with what the one before ends with, else empty."""
    links = [item for item in conditions if isinstance(item, Comparison)]
    joined = all(before.right == after.left for before, after in pairwise(links))
    if len(links) < len(conditions) or not joined:
        return ""
    rest = [f" {_SIGNS[item.operator]} {words(item.right, definition)}" for item in links]
    return words(links[0].left, definition) + "".join(rest)


def _join(conditions: tuple[Condition, ...], word: str, definition: Definition) -> str:
    return f" {word} ".join(_inner(item, definition) for item in conditions)


def _inner(condition: Condition, definition: Definition) -> str:
    """A condition within another; one that is made of several stands in brackets."""
    several = isinstance(condition, AnyOf | Implication) or (
        isinstance(condition, AllOf) and not _chain(condition.conditions, definition)
    )
    return _bracketed(words(condition, definition), several)
