"""Slips of the hand, each put into a correct submission, and what the figures should have been."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from random import Random

from generators.excel.numbers import plain
from generators.model import Cell, GrowthBasis, Measure, Observation, Reading, Submission
from generators.validation.figures import (
    LEVELS,
    Figure,
    Key,
    figures_of,
    is_level,
    is_rate,
    percent_cell,
)
from generators.validation.pack_rules import closed, keys_of
from generators.validation.periods import before
from tests.benchmarks.honest import World

POWERS = (1, -1, 2, -2, 3, -3, 4, -4, 8, -8)
FEWEST_ROWS = 3
"""A block that slips is so long at least."""


@dataclass(frozen=True)
class Slip:
    """A submission with one slip. ``right`` maps every figure that is wrong now to what it was."""

    form: Submission
    right: Mapping[Key, Decimal]

    def cells(self) -> Iterator[Cell]:
        """The cells that are wrong."""
        for item in self.form.observations:
            if (item.indicator, item.measure) in self.right:
                yield item.reading.cell


def changed(form: Submission, values: Mapping[Key, Decimal | None]) -> Submission:
    """The form with other numbers in some cells; ``None`` leaves the cell blank."""

    def written(item: Observation) -> Observation:
        key = (item.indicator, item.measure)
        if key not in values:
            return item
        value = values[key]
        cell = item.reading.cell
        raw = "" if value is None else plain(value)
        pattern = "General" if percent_cell(item.reading) else cell.number_format
        cell = replace(cell, value=value, raw=raw, number_format=pattern)
        return replace(item, reading=Reading(cell, value))

    observations = tuple(written(item) for item in form.observations)
    return replace(form, sha256=f"{form.sha256}-slipped", observations=observations)


def one(world: World, figure: Figure, value: Decimal) -> Slip | None:
    """The world's form with one figure changed; ``None`` where the change is none."""
    if value == figure.value:
        return None
    return Slip(changed(world.form, {figure.key: value}), {figure.key: figure.value})


def _figures(world: World, wanted: Callable[[Figure], bool]) -> list[Figure]:
    figures = figures_of(world.form, world.definition).values()
    return [figure for figure in figures if figure.value != 0 and wanted(figure)]


def _amount(figure: Figure) -> bool:
    return is_level(figure.indicator, figure.measure) and not is_rate(figure.indicator, figure.measure)


def wrong_unit(random: Random, world: World) -> Slip | None:
    """万元 for 亿元, and other powers of ten."""
    figures = _figures(world, _amount)
    if not figures:
        return None
    figure = random.choice(figures)
    return one(world, figure, figure.value.scaleb(random.choice(POWERS)))


def fraction(random: Random, world: World) -> Slip | None:
    """0.053 for 5.3%."""
    figures = _figures(world, lambda item: item.unit == "%" and not percent_cell(item.reading))
    if not figures:
        return None
    figure = random.choice(figures)
    return one(world, figure, figure.value.scaleb(-2))


def sign(random: Random, world: World) -> Slip | None:
    """A fall without its minus, or a rise with one."""
    figures = _figures(world, lambda item: item.measure is Measure.GROWTH)
    if not figures:
        return None
    figure = random.choice(figures)
    return one(world, figure, -figure.value)


def transposed(random: Random, world: World) -> Slip | None:
    """Two neighbouring digits of a level swapped."""
    choices = [
        (figure, swapped)
        for figure in _figures(world, lambda item: is_level(item.indicator, item.measure))
        for swapped in _swaps(plain(figure.value))
    ]
    if not choices:
        return None
    figure, text = random.choice(choices)
    return one(world, figure, Decimal(text))


def _swaps(text: str) -> Iterator[str]:
    digits = [place for place, mark in enumerate(text) if mark.isdecimal()]
    for left, right in pairwise(digits):
        if text[left] != text[right] and not (left == 0 and text[right] == "0"):
            marks = list(text)
            marks[left], marks[right] = text[right], text[left]
            yield "".join(marks)


def shifted(random: Random, world: World) -> Slip | None:
    """A block of a column moved one row down or up, over what stood there."""
    columns: dict[Measure, list[Figure]] = {}
    for figure in figures_of(world.form, world.definition).values():
        if figure.measure in LEVELS:
            columns.setdefault(figure.measure, []).append(figure)
    blocks = [block for column in columns.values() for block in _blocks(column)]
    if not blocks:
        return None
    block = random.choice(blocks)
    if random.random() < 0.5:
        block = block[::-1]
    # The block's last place takes what stood before it; its first place is left blank.
    values: dict[Key, Decimal | None] = {block[0].key: None}
    values |= {below.key: above.value for above, below in pairwise(block)}
    right = {figure.key: figure.value for figure in block if values[figure.key] != figure.value}
    return Slip(changed(world.form, values), right)


def _blocks(column: list[Figure]) -> Iterator[list[Figure]]:
    """The runs of neighbouring rows of a column, one longer than what slips."""
    run: list[Figure] = []
    for figure in sorted(column, key=lambda item: item.reading.cell.row):
        if run and figure.reading.cell.row != run[-1].reading.cell.row + 1:
            run = []
        run.append(figure)
        for size in range(FEWEST_ROWS + 1, len(run) + 1):
            yield run[-size:]


def last_year(random: Random, world: World) -> Slip | None:
    """Last year's figures handed in again."""
    context = world.contexts[world.form.identity.department]
    past = context.periods.get(before(world.definition.settings, context.periods), {})
    figures = figures_of(world.form, world.definition)
    old = {key: item.value for key, item in past.items() if isinstance(item.value, Decimal)}
    values: dict[Key, Decimal | None] = {key: old[key] for key in figures if key in old}
    right = {key: figures[key].value for key in values if values[key] != figures[key].value}
    return Slip(changed(world.form, values), right) if right else None


def wrong_total(random: Random, world: World) -> Slip | None:
    """A total that is 1 to 20% off."""
    figures = figures_of(world.form, world.definition)
    totals = [
        max((figures[key] for key in keys), key=lambda item: item.value)
        for keys in relations_of_parts(world)
        if all(key in figures for key in keys)
    ]
    if not totals:
        return None
    figure = random.choice(totals)
    return one(world, figure, _off(random, figure))


def relations_of_parts(world: World) -> Iterator[tuple[Key, ...]]:
    """The figures of every equation of parts and total, once for each level it holds for."""
    for rule in world.definition.pack_rules:
        if rule.rule == "parts":
            for condition in closed(rule, world.definition):
                yield keys_of(condition)


def wrong_growth(random: Random, world: World) -> Slip | None:
    """A growth rate, or a change in points, that is 0.5 to 20 points off."""
    decided = (GrowthBasis.NOMINAL, GrowthBasis.POINTS)
    figures = [
        item
        for item in figures_of(world.form, world.definition).values()
        if item.measure is Measure.GROWTH and item.indicator.growth_basis in decided
    ]
    if not figures:
        return None
    figure = random.choice(figures)
    off = Decimal(f"{random.choice((-1, 1)) * random.uniform(0.5, 20):.{figure.decimals}f}")
    return one(world, figure, figure.value + off)


def wrong_base(random: Random, world: World) -> Slip | None:
    """A figure of last year that is 1 to 20% off."""
    figures = _figures(world, lambda item: item.measure is Measure.PREVIOUS)
    if not figures:
        return None
    figure = random.choice(figures)
    return one(world, figure, _off(random, figure))


def _off(random: Random, figure: Figure) -> Decimal:
    factor = 1 + random.choice((-1, 1)) * random.uniform(0.01, 0.2)
    return Decimal(f"{float(figure.value) * factor:.{figure.decimals}f}")


SLIPS: Mapping[str, Callable[[Random, World], Slip | None]] = {
    "unit ×10^k": wrong_unit,
    "percent/fraction": fraction,
    "sign": sign,
    "transposed digits": transposed,
    "shifted block": shifted,
    "last year's file": last_year,
    "wrong total": wrong_total,
    "wrong growth": wrong_growth,
    "wrong base": wrong_base,
}
"""The classes of errors, each with what puts one into a world; ``None`` where it does not fit."""
