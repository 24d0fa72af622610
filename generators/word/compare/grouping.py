"""Which paragraphs and tables of two issues are compared with which: pairs, splits, joins, the rest.

A paragraph's mark that goes joins it to the next paragraph. So the last paragraph of a cell, a note
or the body cannot go: the last ones of both issues always stand in one group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generators.word.compare.lines import Line
from generators.word.compare.pairing import BLANK, BLANK_WEIGHT, Shape, align, likeness
from generators.word.oxml import Element

ALIKE, TABLES_ALIKE, SAME_HEAD = 0.5, 0.3, 0.8
"""From what likeness on two paragraphs, two tables, or the first rows of two tables are the same."""
_CONTAINED, _SHARED_END, _SHORTEST = 0.85, 6, 12
"""A part of a split paragraph: so much of it stands in the whole, it begins or ends as that, so long."""
_SPLIT = 0.6
"""How much of a neighbour must be what a paragraph lost, for that to have been split."""


@dataclass(frozen=True)
class Item:
    """A paragraph or a table. ``line`` is ``None`` for a table, ``head`` its first row's shape."""

    element: Element
    text: str
    shape: Shape
    line: Line | None = None
    head: Shape = BLANK


@dataclass(frozen=True)
class Group:
    """What is compared with each other, by places; one side alone was deleted or inserted."""

    old: tuple[int, ...]
    new: tuple[int, ...]


def group(old: Sequence[Item], new: Sequence[Item]) -> list[Group]:
    """The groups in the order in which they stand in the comparison."""
    matched = align(
        [(item.line is None, item.text) for item in old],
        [(item.line is None, item.text) for item in new],
        [not item.shape for item in old],
        lambda i, j: _weight(old[i], new[j]),
    )
    groups: list[Group] = []
    a = b = 0
    for i, j in (*matched, (len(old), len(new))):
        groups += [Group((place,), ()) for place in range(a, i)]
        groups += [Group((), (place,)) for place in range(b, j)]
        if i < len(old):
            groups.append(Group((i,), (j,)))
        a, b = i + 1, j + 1
    return _with_common_ends(_with_splits(groups, old, new), old, new)


def _weight(one: Item, other: Item) -> float:
    if (one.line is None) is not (other.line is None):
        return 0.0
    value = likeness(one.shape, other.shape)
    if one.line is None:
        if value >= TABLES_ALIKE:
            return value
        return TABLES_ALIKE if one.head and likeness(one.head, other.head) >= SAME_HEAD else 0.0
    if not one.shape:
        return BLANK_WEIGHT if not other.shape else 0.0
    if value >= ALIKE:
        return value
    short, long = sorted((one, other), key=lambda item: len(item.shape))
    if len(short.shape) < _SHORTEST or len(short.shape & long.shape) < _CONTAINED * len(short.shape):
        return 0.0
    ends = (one.text, other.text), (one.text[::-1], other.text[::-1])
    shares_end = any(a[:_SHARED_END] == b[:_SHARED_END] for a, b in ends)
    return ALIKE / 2 if shares_end else 0.0


def _with_splits(groups: list[Group], old: Sequence[Item], new: Sequence[Item]) -> list[Group]:
    """Paragraphs that were split or joined, together with their parts."""
    found = list(groups)
    place = 0
    while place < len(found):
        for step in (1, -1):
            while (joined := _absorbed(found, place, step, old, new)) is not None:
                low, high = sorted((place, place + step))
                found[low : high + 1] = [joined]
                place = low
        place += 1
    return found


def _absorbed(
    groups: Sequence[Group], place: int, step: int, old: Sequence[Item], new: Sequence[Item]
) -> Group | None:
    """The group with its neighbour, where that holds what the group's paragraph lost or gained."""
    here = groups[place]
    if not 0 <= place + step < len(groups) or not here.old or not here.new:
        return None
    there = groups[place + step]
    if there.old and there.new:
        return None
    items = [old[i] for i in (*here.old, *there.old)] + [new[j] for j in (*here.new, *there.new)]
    if any(item.line is None for item in items):
        return None
    whole, part, more = (old, new, there.new) if there.new else (new, old, there.old)
    has, had = (here.new, here.old) if there.new else (here.old, here.new)
    lost = (
        frozenset[str]().union(*(whole[i].shape for i in had)).difference(*(part[i].shape for i in has))
    )
    wanted = frozenset[str]().union(*(part[i].shape for i in more))
    if len(wanted) < 2 or len(wanted & lost) < _SPLIT * len(wanted):
        return None
    return _joined((here, there) if step > 0 else (there, here), old, new)


def _joined(groups: Sequence[Group], old: Sequence[Item], new: Sequence[Item]) -> Group | None:
    """Several groups as one; ``None`` where their paragraphs cannot be joined and cut freely."""
    olds = tuple(i for item in groups for i in item.old)
    news = tuple(j for item in groups for j in item.new)
    if any(item.line is None for item in (*(old[i] for i in olds), *(new[j] for j in news))):
        return None
    if len({new[j].element.getparent() for j in news}) > 1:
        return None
    if len(olds) > 1 and not all(_is_flat(new[j]) for j in news):
        return None
    return Group(olds, news)


def _is_flat(item: Item) -> bool:
    """Whether every run stands in the paragraph itself, so that it can be cut in two anywhere."""
    pieces = item.line.pieces if item.line is not None else ()
    return all(run.getparent() is item.element for piece in pieces for run in piece.runs)


def _with_common_ends(groups: list[Group], old: Sequence[Item], new: Sequence[Item]) -> list[Group]:
    """The groups, with the last paragraphs before each table and at the end in one group."""
    found: list[Group] = []
    section: list[Group] = []
    for item in groups:
        if item.old and item.new and old[item.old[0]].line is None:
            found += [*_end_together(section, old, new, final=False), item]
            section = []
        else:
            section.append(item)
    return found + _end_together(section, old, new, final=True)


def _end_together(
    groups: list[Group], old: Sequence[Item], new: Sequence[Item], *, final: bool
) -> list[Group]:
    """The groups of a section, the last paragraphs of both in one; tables behind them stay behind."""
    olds = [i for item in groups for i in item.old if old[i].line is not None]
    news = [j for item in groups for j in item.new if new[j].line is not None]
    if not olds or not news:
        return groups
    behind = [item for item in groups if item.old[:1] > (olds[-1],) or item.new[:1] > (news[-1],)]
    before = [item for item in groups if item not in behind]
    first = min(
        next(place for place, item in enumerate(before) if olds[-1] in item.old),
        next(place for place, item in enumerate(before) if news[-1] in item.new),
    )
    rest = before[first:]
    joined = rest[0] if len(rest) == 1 else _joined(rest, old, new)
    if joined is not None:
        return [*before[:first], joined, *behind]
    if not final:
        return groups
    gone = [Group((i,), ()) for item in rest for i in item.old if i != olds[-1]]
    come = [Group((), (j,)) for item in rest for j in item.new if j != news[-1]]
    return [*before[:first], *gone, *come, Group((olds[-1],), (news[-1],)), *behind]
