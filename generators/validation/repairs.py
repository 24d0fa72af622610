"""The slips of the hand by which one number becomes another, and which of them puts things right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from itertools import pairwise, product

from generators.excel.numbers import plain
from generators.validation.figures import Figure, Key, is_level, is_rate
from generators.validation.intervals import exactly
from generators.validation.relations import Check, Relation, Values, Verdict
from generators.validation.units import POWERS

MOST_TRIALS = 4_000
"""Combinations tried for one set of cells; beyond them no repair is looked for."""


class Slip(IntEnum):
    """Kinds of slips, those of which the fewest would do by chance first."""

    SCALE = 0
    SIGN = 1
    DIGITS = 2


@dataclass(frozen=True)
class Repair:
    """New values for some figures, and the last kind of the slips that they undo."""

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
        yield _Candidate(value.scaleb(power), Slip.SCALE, scaled=not rate)
    if value < 0 or (value and not is_level(figure.indicator, figure.measure)):
        yield _Candidate(-value, Slip.SIGN)
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
    times too large is no proof. Only a fraction typed for a percentage speaks for itself. Any other
    slip than one of scale is a guess, and of many guesses one would do by chance: something that
    failed must have pinned the figure down.
    """
    if all(item.soft and item.rule != "percent" for item in failing):
        return None
    every_figure = {figure.key: figure for figures in sets for figure in figures}.values()
    swaps = sum(item.slip is Slip.DIGITS for figure in every_figure for item in candidates(figure))
    guesses = {Slip.SCALE: 0, Slip.SIGN: 1, Slip.DIGITS: swaps}
    found = [
        item
        for figures in sets
        for item in _of_set(figures, failing, every)
        if any(_pins(relation, guesses[item.slip]) for relation in failing)
    ]
    if not found:
        return None
    # Scale and sign are equally simple; of two numbers that either gives none is suggested.
    swapped = all(item.slip is Slip.DIGITS for item in found)
    best = [item for item in found if (item.slip is Slip.DIGITS) == swapped]
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
    every = {figure.key: values.get(figure.key, figure.value) for figure in relation.figures}
    check = relation.test(every)
    if not failed:
        return check.verdict is not Verdict.FAIL
    return check.verdict is Verdict.PASS and (not relation.given or _meets(relation, every, check))


def _meets(relation: Relation, values: Values, check: Check) -> bool:
    """Whether the first figure is what is given, as far as the coarser of the two is printed.

    What rounding would allow is more: two numbers next to each other. A repair must be the number.
    """
    if check.admissible is None:
        return True
    first = relation.figures[0]
    spread = check.admissible.width / 2
    away = abs(values[first.key] - (check.admissible.low + spread))
    return away <= max(first.half, spread - first.half)


def _pins(relation: Relation, guesses: int) -> bool:
    """Whether a figure was missed by so much that none of ``guesses`` would hit it by mere chance.

    Guesses scatter about as far as the figure was missed; each hits with the chance that the width of
    where it may lie has in that.
    """
    if not guesses:
        return True
    admissible = relation.tried().admissible
    if admissible is None:
        return False
    missed = abs(exactly(relation.figures[0].value).beyond(admissible))
    return missed >= guesses * admissible.width
