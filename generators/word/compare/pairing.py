"""Which paragraphs, rows or clauses of two issues belong together, by what they say."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

Shape = frozenset[str]
Weigh = Callable[[int, int], float]

BLANK: Shape = frozenset()

BLANK_WEIGHT = 0.01
_MOST_PAIRS = 250_000
"""How many pairs are looked at; of more, only those that stand in about the same place."""


def shape_of(signs: Iterable[str]) -> Shape:
    """What a text is alike others by: its neighbouring signs, two and two."""
    row = list(signs)
    return frozenset(a + b for a, b in pairwise(["", *row, ""])) if row else BLANK


def likeness(one: Shape, other: Shape) -> float:
    """How alike two texts are, from 0 to 1 (Dice's coefficient of neighbouring signs)."""
    if not one or not other:
        return float(one == other)
    return 2 * len(one & other) / (len(one) + len(other))


def alike(old: Sequence[Shape], new: Sequence[Shape], least: float) -> Weigh:
    """The weight of pairs by what they say: their likeness, 0 below ``least``; next to 0 for blanks."""

    def weigh(i: int, j: int) -> float:
        one, other = old[i], new[j]
        if not one or not other:
            return BLANK_WEIGHT if one == other else 0.0
        low, high = sorted((len(one), len(other)))
        if 2 * low < least * (low + high):
            return 0.0  # too unlike in length to be alike
        value = likeness(one, other)
        return value if value >= least else 0.0

    return weigh


def pairs(rows: int, columns: int, weigh: Weigh) -> list[tuple[int, int]]:
    """The places that belong together, in order, so that they weigh the most in all.

    ``weigh`` gives the weight of the pair of a place of the old and one of the new; 0 is no pair.
    """
    if not rows or not columns:
        return []
    band = rows + columns
    if rows * columns > _MOST_PAIRS:
        band = max(_MOST_PAIRS // (rows + columns), abs(rows - columns) + 1)
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    weights: dict[tuple[int, int], float] = {}
    for i in range(rows - 1, -1, -1):
        here, below = best[i], best[i + 1]
        for j in range(columns - 1, -1, -1):
            score = max(below[j], here[j + 1])
            weight = weigh(i, j) if abs(i - j) <= band else 0.0
            if weight:
                weights[i, j] = weight
                score = max(score, below[j + 1] + weight)
            here[j] = score
    found = []
    i = j = 0
    while i < rows and j < columns:
        weight = weights.get((i, j), 0.0)
        if weight and best[i][j] == best[i + 1][j + 1] + weight:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


def align(
    old: Sequence[Hashable], new: Sequence[Hashable], blank: Sequence[bool], weigh: Weigh
) -> list[tuple[int, int]]:
    """The places that belong together: equal ones first, and between them as :func:`pairs` has it.

    ``blank`` says which of the old ones say nothing: equal ones of these alone hold nothing together.
    """
    found: list[tuple[int, int]] = []
    i = j = 0
    for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        a, b = block.a, block.b
        if block.size and all(blank[a : a + block.size]):
            continue
        between = pairs(a - i, b - j, _moved(weigh, i, j))
        found += [(i + row, j + column) for row, column in between]
        found += [(a + step, b + step) for step in range(block.size)]
        i, j = a + block.size, b + block.size
    return found


def _moved(weigh: Weigh, i: int, j: int) -> Weigh:
    return lambda row, column: weigh(i + row, j + column)
