"""What is commonly checked instead: growth within ±0.1 points, totals to the last digit."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from generators.model import GrowthBasis, Measure, Submission
from generators.validation.figures import Key, figures_of
from tests.benchmarks.honest import World
from tests.benchmarks.slips import relations_of_parts

TOLERANCE = Decimal("0.1")


def growth_check(world: World, form: Submission) -> Iterator[tuple[tuple[Key, ...], bool]]:
    """Every growth rate with its two levels, and whether it is more than 0.1 points off them."""
    figures = figures_of(form, world.definition)
    for indicator in world.definition.indicators:
        keys = tuple(
            (indicator.code, item) for item in (Measure.GROWTH, Measure.ACTUAL, Measure.PREVIOUS)
        )
        if not all(key in figures for key in keys):
            continue
        rate, level, base = (figures[key].value for key in keys)
        if indicator.growth_basis is GrowthBasis.POINTS:
            yield keys, abs(level - base - rate) > TOLERANCE
        elif indicator.growth_basis is GrowthBasis.NOMINAL and base > 0:
            yield keys, abs(100 * (level / base - 1) - rate) > TOLERANCE


def sum_check(world: World, form: Submission) -> Iterator[tuple[tuple[Key, ...], bool]]:
    """Every total with its parts, and whether it is not their exact sum."""
    figures = figures_of(form, world.definition)
    for keys in relations_of_parts(world):
        if all(key in figures for key in keys):
            values = [figures[key].value for key in keys]
            total = max(values)
            yield keys, sum(values) != 2 * total
