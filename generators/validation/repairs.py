"""The slips of the hand by which one number becomes another, and which of them puts things right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from itertools import pairwise, product

from generators.excel.numbers import plain
from generators.validation.figures import Figure, Key, is_level, is_rate
from generators.validation.relations import Relation, Verdict
from generators.validation.units import POWERS

MOST_TRIALS = 4_000
"""Combinations tried for one set of cells; beyond them no repair is looked for."""


class Slip(IntEnum):
    """Kinds of slips, the simplest first."""

    SCALE_OR_SIGN = 0
    DIGITS = 1


@dataclass(frozen=True)
class Repair:
    """New values for some figures, and the least simple of the slips that they undo."""

    values: tuple[tuple[Key, Decimal], ...]
    slip: Slip
    scaled: bool


@dataclass(frozen=True)
class _Candidate:
    value: Decimal
    slip: Slip
    scaled: bool = False


def candidates(figure: Figure) -> Iterator[_Candidate]:
    """What the figure would be without each slip, within the indicator's own bounds."""
    seen = {figure.value}
    for item in _slips(figure):
        if item.value not in seen and _in_bounds(item.value, figure):
            seen.add(item.value)
            yield item


def _slips(figure: Figure) -> Iterator[_Candidate]:
    value = figure.value
    rate = is_rate(figure.indicator, figure.measure)
    for power in (2, -2) if rate else POWERS:
        yield _Candidate(value.scaleb(power), Slip.SCALE_OR_SIGN, scaled=not rate)
    if value < 0 or (value and not is_level(figure.indicator, figure.measure)):
        yield _Candidate(-value, Slip.SCALE_OR_SIGN)
    text = plain(value)
    digits = [place for place, mark in enumerate(text) if mark.isdecimal()]
    for left, right in pairwise(digits):
        if text[left] != text[right]:
            swapped = list(text)
            swapped[left], swapped[right] = text[right], text[left]
            yield _Candidate(Decimal("".join(swapped)), Slip.DIGITS)


def _in_bounds(value: Decimal, figure: Figure) -> bool:
    if not is_level(figure.indicator, figure.measure):
        return True
    low, high = figure.indicator.minimum, figure.indicator.maximum
    return (low is None or value >= low) and (high is None or value <= high)


def repair(
    sets: Sequence[tuple[Figure, ...]], failing: Sequence[Relation], every: Sequence[Relation]
) -> Repair | None:
    """The one simplest repair of one of ``sets`` after which all linked relations hold.

    ``every`` are the relations that may not be broken. ``None`` where there is none, or where two of
    the same simplicity would do. Something firm that failed must hold by it: that a figure looks ten
    times too large is no proof. Only a fraction typed for a percentage speaks for itself.
    """
    if all(item.soft and item.rule != "percent" for item in failing):
        return None
    found = [item for figures in sets for item in _of_set(figures, failing, every)]
    if not found:
        return None
    simplest = min(item.slip for item in found)
    best = [item for item in found if item.slip == simplest]
    return best[0] if len(best) == 1 else None


def _of_set(
    figures: tuple[Figure, ...], failing: Sequence[Relation], every: Sequence[Relation]
) -> Iterator[Repair]:
    choices = [list(candidates(figure)) for figure in figures]
    trials = 1
    for items in choices:
        trials *= len(items)
    if not trials or trials > MOST_TRIALS:
        return
    keys = [figure.key for figure in figures]
    touched = [item for item in every if any(figure.key in keys for figure in item.figures)]
    for combination in product(*choices):
        values = dict(zip(keys, (item.value for item in combination), strict=True))
        scaled = any(item.scaled for item in combination)
        if all(_holds(item, values, item in failing) for item in touched):
            yield Repair(tuple(values.items()), max(item.slip for item in combination), scaled)


def _holds(relation: Relation, values: dict[Key, Decimal], failed: bool) -> bool:
    """Whether the relation holds with the new values; one that failed must now be shown to hold."""
    check = relation.test(
        {figure.key: values.get(figure.key, figure.value) for figure in relation.figures}
    )
    return check.verdict is Verdict.PASS if failed else check.verdict is not Verdict.FAIL
