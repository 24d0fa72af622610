"""Interval arithmetic: what a printed number can stand for, and what follows from several of them.

A value printed with d decimals stands for the closed interval [v − h, v + h] with h = ½·10^−d, which
holds the true value under both rounding habits (四舍五入, 五成双). Every operation rounds outwards, so
that a true result is never lost to the arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

PRECISION = 40
"""Digits kept: figures have 15 at most, and their products and quotients stay well within."""

_DOWN = Context(prec=PRECISION, rounding=ROUND_FLOOR)
_UP = Context(prec=PRECISION, rounding=ROUND_CEILING)
_ZERO, _HUNDRED = Decimal(0), Decimal(100)


@dataclass(frozen=True)
class Interval:
    """A closed interval; ``low`` is not above ``high``."""

    low: Decimal
    high: Decimal

    @property
    def width(self) -> Decimal:
        """How far the ends are apart."""
        return _UP.subtract(self.high, self.low)

    def holds(self, value: Decimal) -> bool:
        """Whether ``value`` lies within, ends included."""
        return self.low <= value <= self.high

    def meets(self, other: Interval) -> bool:
        """Whether the two have a value in common."""
        return self.low <= other.high and other.low <= self.high

    def beyond(self, other: Interval) -> Decimal:
        """How far this lies above ``other`` (negative: below); 0 where the two meet."""
        if self.low > other.high:
            return self.low - other.high
        return self.high - other.low if self.high < other.low else _ZERO

    def widened(self, by: Decimal) -> Interval:
        """The interval with ``by`` (not negative) added at both ends."""
        return Interval(_DOWN.subtract(self.low, by), _UP.add(self.high, by))

    def __add__(self, other: Interval) -> Interval:
        return Interval(_DOWN.add(self.low, other.low), _UP.add(self.high, other.high))

    def __sub__(self, other: Interval) -> Interval:
        return Interval(_DOWN.subtract(self.low, other.high), _UP.subtract(self.high, other.low))

    def __neg__(self) -> Interval:
        # Not -self.high: Python's sign operator rounds to the digits of its own context.
        return Interval(self.high.copy_negate(), self.low.copy_negate())

    def __mul__(self, other: Interval) -> Interval:
        pairs = [(a, b) for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(
            min(_DOWN.multiply(a, b) for a, b in pairs), max(_UP.multiply(a, b) for a, b in pairs)
        )

    def over(self, other: Interval) -> Interval | None:
        """The quotient, or ``None`` where ``other`` holds 0."""
        if other.holds(_ZERO):
            return None
        pairs = [(a, b) for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(
            min(_DOWN.divide(a, b) for a, b in pairs), max(_UP.divide(a, b) for a, b in pairs)
        )


def exactly(value: Decimal | int) -> Interval:
    """The interval that holds only ``value``."""
    return Interval(Decimal(value), Decimal(value))


def half_unit(decimals: int) -> Decimal:
    """Half a unit of the last of ``decimals`` places: 1 → 0.05."""
    return Decimal(5).scaleb(-decimals - 1)


def printed(value: Decimal, decimals: int) -> Interval:
    """What ``value`` can stand for where ``decimals`` places are printed."""
    return exactly(value).widened(half_unit(decimals))


def total(parts: Iterable[Interval]) -> Interval:
    """The sum of ``parts``; of none it is 0."""
    result = exactly(0)
    for part in parts:
        result = result + part
    return result


def growth(level: Interval, base: Interval) -> Interval | None:
    """The growth of ``level`` on ``base`` in %, or ``None`` where the base may be 0 or less."""
    if base.low <= 0:
        return None
    ratio = level.over(base)
    return None if ratio is None else (ratio - exactly(1)) * exactly(_HUNDRED)


def percentage(part: Interval, whole: Interval) -> Interval | None:
    """``part`` in % of ``whole``, or ``None`` where the whole may be 0 or less."""
    if whole.low <= 0:
        return None
    ratio = part.over(whole)
    return None if ratio is None else ratio * exactly(_HUNDRED)
