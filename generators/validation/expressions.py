"""A pack's expression over intervals: certainly true, certainly false, or neither.

Only what is certainly false is a failure: two sides that rounding can make equal are equal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import assert_never

from generators.model import (
    AllOf,
    AnyOf,
    Arithmetic,
    Comparison,
    Condition,
    FigureOf,
    Implication,
    Measure,
    Negative,
    Not,
    Number,
    Reported,
    Term,
)
from generators.validation.intervals import Interval, exactly

Lookup = Callable[[str, Measure], Interval | None]
"""What a figure can stand for; ``None`` where it is blank."""


class Truth(Enum):
    """Three-valued truth (Kleene)."""

    NO = 0
    PERHAPS = 1
    YES = 2


class UndecidableError(Exception):
    """The expression cannot be evaluated; ``reason`` is a code of ``generators.messages.untested``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def truth(condition: Condition, lookup: Lookup) -> Truth:
    """Whether ``condition`` holds. Raises :class:`UndecidableError` where a figure it needs is blank."""
    match condition:
        case Comparison(operator, left, right):
            return _COMPARED[operator](value(left, lookup), value(right, lookup))
        case Reported(figure):
            known = figure.measure is not None and lookup(figure.indicator, figure.measure) is not None
            return Truth.YES if known else Truth.NO
        case Not(inner):
            return Truth(Truth.YES.value - truth(inner, lookup).value)
        case AllOf(items):
            return min((truth(item, lookup) for item in items), key=_rank)
        case AnyOf(items):
            return max((truth(item, lookup) for item in items), key=_rank)
        case Implication(when, then):
            premise = truth(when, lookup)
            if premise is Truth.NO:
                return Truth.YES
            return max(truth(then, lookup), Truth(Truth.YES.value - premise.value), key=_rank)
    assert_never(condition)


def value(term: Term, lookup: Lookup) -> Interval:
    """What ``term`` can stand for. Raises :class:`UndecidableError` for a blank and a division by 0."""
    match term:
        case Number(constant):
            return exactly(constant)
        case FigureOf(indicator, measure):
            known = lookup(indicator, measure) if measure is not None else None
            if known is None:
                raise UndecidableError("blank")
            return known
        case Negative(inner):
            return -value(inner, lookup)
        case Arithmetic("+", left, right):
            return value(left, lookup) + value(right, lookup)
        case Arithmetic("-", left, right):
            return value(left, lookup) - value(right, lookup)
        case Arithmetic("*", left, right):
            return value(left, lookup) * value(right, lookup)
        case Arithmetic(_, left, right):
            quotient = value(left, lookup).over(value(right, lookup))
            if quotient is None:
                raise UndecidableError("not_positive")
            return quotient
    assert_never(term)


def _rank(item: Truth) -> int:
    return item.value


def _equal(left: Interval, right: Interval) -> Truth:
    if not left.meets(right):
        return Truth.NO
    return Truth.YES if left.width == right.width == 0 else Truth.PERHAPS


def _below(left: Interval, right: Interval) -> Truth:
    if left.high < right.low:
        return Truth.YES
    return Truth.NO if left.low >= right.high else Truth.PERHAPS


def _at_most(left: Interval, right: Interval) -> Truth:
    if left.high <= right.low:
        return Truth.YES
    return Truth.NO if left.low > right.high else Truth.PERHAPS


_COMPARED: Mapping[str, Callable[[Interval, Interval], Truth]] = {
    "==": _equal,
    "!=": lambda left, right: Truth(Truth.YES.value - _equal(left, right).value),
    "<": _below,
    "<=": _at_most,
    ">": lambda left, right: _below(right, left),
    ">=": lambda left, right: _at_most(right, left),
}
