"""What a pack's own rule says, as a tree: figures, arithmetic, comparisons, implications.

:mod:`generators.definition.expressions` reads it from text, :mod:`generators.validation.expressions`
evaluates it over intervals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from generators.model.pack import Measure


@dataclass(frozen=True)
class Number:
    """A constant."""

    value: Decimal


@dataclass(frozen=True)
class FigureOf:
    """A reported figure. ``measure`` is ``None`` where the rule holds for every level alike."""

    indicator: str
    measure: Measure | None


@dataclass(frozen=True)
class Arithmetic:
    """``left operator right`` with ``+``, ``-``, ``*`` or ``/``."""

    operator: str
    left: Term
    right: Term


@dataclass(frozen=True)
class Negative:
    """``-term``."""

    term: Term


@dataclass(frozen=True)
class Comparison:
    """``left operator right`` with ``==``, ``!=``, ``<``, ``<=``, ``>`` or ``>=``."""

    operator: str
    left: Term
    right: Term


@dataclass(frozen=True)
class Reported:
    """Whether a figure was filled in at all."""

    figure: FigureOf


@dataclass(frozen=True)
class Not:
    """The contrary."""

    condition: Condition


@dataclass(frozen=True)
class AllOf:
    """Every one of the conditions."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class AnyOf:
    """At least one of the conditions."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Implication:
    """Where ``when`` holds, ``then`` must."""

    when: Condition
    then: Condition


Term: TypeAlias = Number | FigureOf | Arithmetic | Negative
Condition: TypeAlias = Comparison | Reported | Not | AllOf | AnyOf | Implication


def figures_in(node: Term | Condition) -> Iterator[FigureOf]:
    """The figures that ``node`` speaks of, from left to right, repeated where it repeats them."""
    match node:
        case FigureOf():
            yield node
        case Reported(figure):
            yield figure
        case Negative(inner) | Not(inner):
            yield from figures_in(inner)
        case Arithmetic(_, left, right) | Comparison(_, left, right) | Implication(left, right):
            yield from figures_in(left)
            yield from figures_in(right)
        case AllOf(items) | AnyOf(items):
            for item in items:
                yield from figures_in(item)
