"""Honest rounding of exact values, as a clerk does it: the oracle of the interval arithmetic."""

from __future__ import annotations

import math
from decimal import Decimal
from enum import Enum
from fractions import Fraction

_HALF = Fraction(1, 2)


class Habit(Enum):
    """What becomes of a half: 四舍五入 away from zero, 五成双 to the even neighbour."""

    HALF_UP = "四舍五入"
    HALF_EVEN = "五成双"


def rounded(value: Fraction, places: int, habit: Habit = Habit.HALF_UP) -> Decimal:
    """``value`` with ``places`` decimals; no float and no other rounding comes in between."""
    scaled = abs(value) * 10**places
    whole = math.floor(scaled)
    rest = scaled - whole
    if rest > _HALF or (rest == _HALF and (habit is Habit.HALF_UP or whole % 2)):
        whole += 1
    return Decimal(whole if value >= 0 else -whole).scaleb(-places)


def growth(level: Fraction, base: Fraction) -> Fraction:
    """The exact growth of ``level`` on ``base`` in %."""
    return 100 * (level / base - 1)
