"""Where the words of a report stand in a document that was made from it and edited since.

Paragraphs are compared first, by what they say apart from numbers, then their characters; paragraphs
that were split or joined are compared as one text, those that were moved wherever they are now.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate, pairwise

from generators.word.audit.numbers import NUMBER, half_width

NOWHERE = -1
_MOST = 6000
"""Characters of a stretch of rewritten paragraphs that are compared one by one, in about a second."""
_ALIKE = 0.5
"""Share of pairs of characters that a moved paragraph must have in common with what it was."""
_RELATED = 0.2
"""The same of whole documents, below which they have nothing to do with each other."""
_MOST_PAIRS = 40_000
"""Pairs of paragraphs that may be tried for moved ones."""
_TOKEN = re.compile(r"\d+|[A-Za-z]+|.", re.DOTALL)


@dataclass(frozen=True)
class Alignment:
    """Two documents, each as one text with a line break before and behind every paragraph.

    ``where`` gives for each character of the first its place in the second, or :data:`NOWHERE`;
    ``whence`` the same the other way round. ``starts`` and ``own_starts`` are the places at which the
    paragraphs of the first and the second begin.
    """

    text: str
    other: str
    where: tuple[int, ...]
    whence: tuple[int, ...]
    starts: tuple[int, ...]
    own_starts: tuple[int, ...]

    @property
    def share(self) -> float:
        """How much of the first document stands in the second, from 0 to 1; line breaks left out."""
        letters = [
            place for place, mark in zip(self.where, self.text, strict=True) if not mark.isspace()
        ]
        return sum(place != NOWHERE for place in letters) / len(letters) if letters else 0.0

    def region(self, start: int, end: int) -> tuple[int, int] | None:
        """What stands in the second document between the neighbours of ``text[start:end]``.

        The two ends are equal for nothing. ``None`` where nothing of the paragraph around it is there.
        """
        paragraph = bisect_right(self.starts, start) - 1
        first = self.starts[paragraph] - 1  # the line break before it is the paragraph's too
        last = self.starts[paragraph + 1] - 1 if paragraph + 1 < len(self.starts) else len(self.text)
        before = _last(self.where[first:start])
        behind = _last(reversed(self.where[end:last]))
        low, high = self.where[start], self.where[end - 1]
        if {before, behind, low, high} == {NOWHERE}:
            return None
        if low == NOWHERE:
            anchor = next(place for place in (high, behind, before) if place != NOWHERE)
            low = before + 1 if before != NOWHERE else self._paragraph(anchor)[0]
        if high == NOWHERE:
            high = behind - 1 if behind != NOWHERE else self._paragraph(max(low - 1, 0))[1] - 1
        if high + 1 < low or "\n" in self.other[low : high + 1]:
            return None
        return low, high + 1

    def _paragraph(self, place: int) -> tuple[int, int]:
        """Where the paragraph of the second document begins and ends that holds ``place``.

        The line break before it counts as its own.
        """
        number = max(bisect_right(self.own_starts, place + 1) - 1, 0)
        start = self.own_starts[number]
        return start, self.other.index("\n", start)


def _last(places: Iterable[int]) -> int:
    """The last place that is known; :data:`NOWHERE` for none."""
    found = NOWHERE
    for place in places:
        found = place if place != NOWHERE else found
    return found


def align(text: Sequence[str], other: Sequence[str]) -> Alignment:
    """Align the paragraphs ``text`` of a report with the paragraphs ``other`` of a document."""
    starts, own_starts = _starts(text), _starts(other)
    whole, whole_other = _joined(text), _joined(other)
    where = [NOWHERE] * len(whole)
    whence = [NOWHERE] * len(whole_other)
    related = _likeness(_pairs(whole), _pairs(whole_other)) >= _RELATED
    for start, end, low, high in _stretches(text, other) if related else ():
        a = (starts[start] - 1, starts[end] - 1)
        b = (own_starts[low] - 1, own_starts[high] - 1)
        for one, two in _equal(whole[a[0] : a[1]], whole_other[b[0] : b[1]]):
            where[a[0] + one], whence[b[0] + two] = b[0] + two, a[0] + one
    if text and other:
        where[-1], whence[-1] = len(whole_other) - 1, len(whole) - 1
    return Alignment(
        whole, whole_other, tuple(where), tuple(whence), tuple(starts[:-1]), tuple(own_starts[:-1])
    )


def _joined(paragraphs: Sequence[str]) -> str:
    return "".join(f"\n{_flat(item)}" for item in paragraphs) + "\n"


def _flat(paragraph: str) -> str:
    """The paragraph on one line, character by character in its place, with half-width digits."""
    return half_width(paragraph).replace("\n", " ")


def _starts(paragraphs: Sequence[str]) -> list[int]:
    """Where each paragraph begins in the joined text, and where one more would."""
    return [1, *(1 + end for end in accumulate(len(item) + 1 for item in paragraphs))]


def _stretches(text: Sequence[str], other: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Stretches of paragraphs that belong together, from ``start`` to ``end`` in both documents."""
    left = [_skeleton(item) for item in text]
    right = [_skeleton(item) for item in other]
    lost: list[int] = []
    new: list[int] = []
    for kind, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from ((a + n, a + n + 1, c + n, c + n + 1) for n in range(b - a))
            continue
        fits = sum(map(len, text[a:b])) <= _MOST and sum(map(len, other[c:d])) <= _MOST
        pairs = _pairs("".join(text[a:b])), _pairs("".join(other[c:d]))
        if kind == "replace" and fits and _likeness(*pairs) >= _ALIKE:
            yield a, b, c, d
        elif kind == "replace" and b - a == d - c and not fits:
            yield from ((a + n, a + n + 1, c + n, c + n + 1) for n in range(b - a))
        else:
            lost += range(a, b)
            new += range(c, d)
    yield from _moved(text, other, lost, new)


def _moved(
    text: Sequence[str], other: Sequence[str], lost: Sequence[int], new: Sequence[int]
) -> Iterator[tuple[int, int, int, int]]:
    """Paragraphs that were in one place and are in another now."""
    if len(lost) * len(new) > _MOST_PAIRS:
        return
    candidates = {place: _pairs(other[place]) for place in new}
    for one in lost:
        own = _pairs(text[one])
        alike = [(_likeness(own, pairs), -place) for place, pairs in candidates.items()]
        best, place = max(alike, default=(0.0, 0))
        if best >= _ALIKE:
            del candidates[-place]
            yield one, one + 1, -place, -place + 1


def _skeleton(paragraph: str) -> str:
    return NUMBER.sub("0", _flat(paragraph)).strip()


def _pairs(text: str) -> Counter[tuple[str, str]]:
    """The pairs of neighbouring characters in a text."""
    return Counter(pairwise(text))


def _likeness(one: Counter[tuple[str, str]], other: Counter[tuple[str, str]]) -> float:
    """How many pairs two texts share (Dice's coefficient), 0 to 1; nothing is like an empty one."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0


def _equal(one: str, other: str) -> Iterator[tuple[int, int]]:
    """The places of equal characters in two texts; digits and Latin letters only as whole words."""
    first, second = _TOKEN.findall(one), _TOKEN.findall(other)
    first_at, second_at = ([0, *accumulate(map(len, words))] for words in (first, second))
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    for block in matcher.get_matching_blocks():
        for step in range(block.size):
            a, b = first_at[block.a + step], second_at[block.b + step]
            yield from ((a + n, b + n) for n in range(len(first[block.a + step])))
