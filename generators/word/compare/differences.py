"""What changed between two texts: figures whole, words within a clause, clauses where little is left.

``difflib`` finds what is equal; that figures are never cut and that a rewritten clause is not shown
as scattered characters is ours, for the redlining libraries there are compare words or characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from itertools import pairwise

from generators.word.compare.pairing import Shape, alike, likeness, pairs, shape_of

MARK = "\ud800"
"""The end of a paragraph in a text of several; no character that XML can hold."""
_UNITS = (
    "个百分点 百分点 人次 批次 户次 平方公里 平方千米 平方米 立方米 公里 千米 厘米 毫米 公顷 公斤 千克 "
    "千瓦时 千瓦 兆瓦 小时 分钟 个月 个 元 角 分 家 户 人 名 位 件 次 项 条 批 起 例 宗 亩 米 吨 克 升 "
    "度 年 月 日 天 时 秒 周 岁 倍 成 栋 座 套 台 辆 艘 架 所 处 片 块 只 头 株 棵 支 幅 张 本 册 期 届 "
    "场 级 类 种 门 对 组 点 ℃ % ％ ‰"
).split()
"""Measure words that stand behind numbers in reports of any kind."""
_UNIT_IN_FIGURE = re.compile(
    r"[^\d]{0,6}\d+(?:\.\d+)?[十百千万亿]*([^\d\s，。；：！？、十百千万亿]{1,6})"
)
_CLAUSE = re.compile(
    rf"[^，。；：！？\n{MARK}]*[，。；：！？\n]+[”’）》」』]*|[^，。；：！？\n{MARK}]+|{MARK}"
)
_CLAUSE_END = re.compile(rf"[，。；：！？\n{MARK}]")
_STOP = re.compile(r"[，。；：！？”’）》」』]")
_DIGIT = re.compile(r"\d")

CLOSE = 0.5
"""From what likeness on two clauses are the same clause with some words changed."""
_SCRAP = 3
"""Up to how many equal characters between two changes are read as part of the change."""


@dataclass(frozen=True)
class Stretch:
    """A text to be compared.

    ``inner`` are the places within figures and Latin words, by which equal texts are read the same.
    ``held`` are those within what stood in a control, which may be one in one document only: no
    change begins or ends there either.
    """

    text: str
    inner: frozenset[int] = frozenset()
    held: frozenset[int] = frozenset()

    def is_cut(self, place: int) -> bool:
        """Whether a change that begins or ends at ``place`` would cut one thing in two."""
        return place in self.inner or place in self.held


@dataclass(frozen=True)
class Change:
    """``old[old_start:old_end]`` became ``new[new_start:new_end]``; one of them may be empty."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


@dataclass(frozen=True)
class _Block:
    """So many characters that are equal."""

    old: int
    new: int
    length: int


def units_in(figures: Iterable[str]) -> frozenset[str]:
    """The units that printed figures end in: ``10.58万平方米`` gives ``平方米``."""
    return frozenset(match[1] for figure in figures if (match := _UNIT_IN_FIGURE.fullmatch(figure)))


def stretch_of(text: str, wholes: Iterable[tuple[int, int]], units: frozenset[str]) -> Stretch:
    """A text with its figures and words kept whole.

    ``wholes`` are stretches that are known to be one thing, such as what stood in a control; those
    with whole clauses in them are texts like any other. ``units`` are units beside the usual ones.
    """
    inner: set[int] = set()
    held: set[int] = set()
    for start, end in wholes:
        if not _CLAUSE_END.search(text, start, end):
            held.update(range(start + 1, end))
    for match in _figure_pattern(units).finditer(text):
        inner.update(range(match.start() + 1, match.end()))
    return Stretch(text, frozenset(inner), frozenset(held))


@cache
def _figure_pattern(units: frozenset[str]) -> re.Pattern[str]:
    """Numbers with their units, and Latin words."""
    names = sorted({*units, *_UNITS}, key=lambda name: (-len(name), name))
    unit = "|".join(map(re.escape, names))
    return re.compile(
        r"[A-Za-z][A-Za-z0-9]*(?:[.\-_/'][A-Za-z0-9]+)*"
        r"|(?:(?<![A-Za-z0-9.])[-−－+＋±])?\d+(?:[.,．:]\d+)*"
        rf"[十百千万亿]*(?:{unit}|[A-Za-z]+)?"
    )


def changes(old: Stretch, new: Stretch) -> list[Change]:
    """What was changed, in order; none where the texts are equal."""
    if old.text == new.text:
        return []
    ends = _Block(0, 0, 0), _Block(len(old.text), len(new.text), 0)
    blocks = _without_scraps(_whole(_clause_blocks(old, new), old, new), old, new, ends)
    found = []
    a = b = 0
    for block in (*blocks, _Block(len(old.text), len(new.text), 0)):
        if block.old > a or block.new > b:
            found.append(Change(a, block.old, b, block.new))
        a, b = block.old + block.length, block.new + block.length
    return found


def figures_changed(old: Stretch, new: Stretch, found: Iterable[Change]) -> int:
    """How many figures became others: within a change, those that stand on one side only, paired."""
    count = 0
    for change in found:
        before = _figures(old, change.old_start, change.old_end)
        after = _figures(new, change.new_start, change.new_end)
        for figure in list(before):
            if figure in after:
                before.remove(figure)
                after.remove(figure)
        count += min(len(before), len(after))
    return count


def _figures(stretch: Stretch, start: int, end: int) -> list[str]:
    return [token for token in _tokens(stretch, start, end) if _DIGIT.search(token)]


def _tokens(stretch: Stretch, start: int, end: int) -> list[str]:
    """Figures and Latin words whole, everything else by characters."""
    inner = stretch.inner
    cuts = [start, *(place for place in range(start + 1, end) if place not in inner), end]
    return [stretch.text[a:b] for a, b in pairwise(cuts) if b > a]


def shape(stretch: Stretch) -> Shape:
    """What a text is alike others by; figures count as one sign, whatever they say."""
    return _shape(stretch, 0, len(stretch.text))


def _shape(stretch: Stretch, start: int, end: int) -> Shape:
    return shape_of("#" if _DIGIT.search(item) else item for item in _tokens(stretch, start, end))


def _clauses(stretch: Stretch) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for match in _CLAUSE.finditer(stretch.text):
        if found and match.start() in stretch.inner:
            found[-1] = (found[-1][0], match.end())
        else:
            found.append(match.span())
    return found


def _clause_blocks(old: Stretch, new: Stretch) -> list[_Block]:
    """Equal clauses, and within changed ones what is equal in them."""
    before, after = _clauses(old), _clauses(new)
    matcher = SequenceMatcher(
        None,
        [old.text[a:b] for a, b in before],
        [new.text[a:b] for a, b in after],
        autojunk=False,
    )
    blocks: list[_Block] = []
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind == "equal":
            length = before[i2 - 1][1] - before[i1][0]
            blocks.append(_Block(before[i1][0], after[j1][0], length))
        elif kind == "replace":
            blocks += _refined(old, new, before[i1:i2], after[j1:j2])
    return blocks


def _refined(
    old: Stretch, new: Stretch, before: Sequence[tuple[int, int]], after: Sequence[tuple[int, int]]
) -> list[_Block]:
    """What is equal in clauses that changed: together where they are alike, else clause by clause."""
    a, b = (before[0][0], before[-1][1]), (after[0][0], after[-1][1])
    blocks: list[_Block] = []
    if likeness(_shape(old, *a), _shape(new, *b)) >= CLOSE:
        blocks = _readable_blocks(old, new, a, b)
    if not blocks and len(before) + len(after) > 2:
        shapes = [_shape(old, *clause) for clause in before], [_shape(new, *clause) for clause in after]
        for i, j in pairs(len(before), len(after), alike(*shapes, CLOSE)):
            blocks += _readable_blocks(old, new, before[i], after[j])
    stops = _common_stops(old, new, a, b)
    last = blocks[-1] if blocks else _Block(a[0], b[0], 0)
    if last.old + last.length <= a[1] - stops and last.new + last.length <= b[1] - stops:
        blocks.append(_Block(a[1] - stops, b[1] - stops, stops))
    return blocks


def _common_stops(old: Stretch, new: Stretch, a: tuple[int, int], b: tuple[int, int]) -> int:
    """How many stops two stretches end in alike: these are not replaced with the words."""
    length = 0
    while length < min(a[1] - a[0], b[1] - b[0]) and (
        _STOP.match(old.text, a[1] - length - 1)
        and old.text[a[1] - length - 1] == new.text[b[1] - length - 1]
    ):
        length += 1
    return length


def _readable_blocks(
    old: Stretch, new: Stretch, before: tuple[int, int], after: tuple[int, int]
) -> list[_Block]:
    """What is equal sign by sign; nothing where too little is for a reader to see words change."""
    blocks = list(_token_blocks(old, new, before, after))
    return blocks if _is_readable(old, new, before, after, blocks) else []


def _token_blocks(
    old: Stretch, new: Stretch, before: tuple[int, int], after: tuple[int, int]
) -> Iterator[_Block]:
    a, b = _tokens(old, *before), _tokens(new, *after)
    places = []
    for start, tokens in ((before[0], a), (after[0], b)):
        row = [start]
        for token in tokens:
            row.append(row[-1] + len(token))
        places.append(row)
    for i, j, count in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks():
        if count:
            yield _Block(places[0][i], places[1][j], places[0][i + count] - places[0][i])


def _is_readable(
    old: Stretch,
    new: Stretch,
    before: tuple[int, int],
    after: tuple[int, int],
    blocks: Sequence[_Block],
) -> bool:
    """Whether enough stays equal for a reader to see single words change; figures count as one sign."""
    ends = _Block(before[0], after[0], 0), _Block(before[1], after[1], 0)
    kept = _without_scraps(blocks, old, new, ends)
    equal = sum(len(_tokens(old, item.old, item.old + item.length)) for item in kept)
    changed = [
        sum(not _DIGIT.search(token) for token in _tokens(stretch, *span)) - equal
        for stretch, span in ((old, before), (new, after))
    ]
    return equal >= max(changed)


def _whole(blocks: Iterable[_Block], old: Stretch, new: Stretch) -> list[_Block]:
    """The blocks, those that follow each other joined, and cut back to where neither cuts a figure."""
    joined: list[_Block] = []
    for block in sorted(blocks, key=lambda item: item.old):
        last = joined[-1] if joined else None
        if last and (last.old + last.length, last.new + last.length) == (block.old, block.new):
            joined[-1] = _Block(last.old, last.new, last.length + block.length)
        else:
            joined.append(block)
    found = []
    for block in joined:
        a, b, length = block.old, block.new, block.length
        while length and (old.is_cut(a) or new.is_cut(b)):
            a, b, length = a + 1, b + 1, length - 1
        while length and (old.is_cut(a + length) or new.is_cut(b + length)):
            length -= 1
        if length:
            found.append(_Block(a, b, length))
    return found


def _without_scraps(
    blocks: Sequence[_Block], old: Stretch, new: Stretch, ends: tuple[_Block, _Block]
) -> list[_Block]:
    """The blocks without a few equal characters between changes at least as long on either side.

    ``ends`` are where what is compared begins and ends. Figures and the ends of paragraphs are never
    scraps, nor is what stands beside a figure that became another: that pair is shown alone.
    """
    kept = list(blocks)
    place = 0
    while place < len(kept):
        block = kept[place]
        before = kept[place - 1] if place else ends[0]
        after = kept[place + 1] if place + 1 < len(kept) else ends[1]
        gaps = _gap(before, block), _gap(block, after)
        text = old.text[block.old : block.old + block.length]
        if (
            block.length <= min(_SCRAP, *(max(b - a, d - c) for a, b, c, d in gaps))
            and MARK not in text
            and not _DIGIT.search(text)
            and not any(_is_figure_pair(old, new, gap) for gap in gaps)
        ):
            del kept[place]
            place = max(place - 1, 0)
        else:
            place += 1
    return kept


def _gap(before: _Block, after: _Block) -> tuple[int, int, int, int]:
    """Where the change between two blocks begins and ends, in the old text and in the new."""
    return before.old + before.length, after.old, before.new + before.length, after.new


def _is_figure_pair(old: Stretch, new: Stretch, gap: tuple[int, int, int, int]) -> bool:
    """Whether a change is one figure for another and nothing else."""
    sides = _tokens(old, *gap[:2]), _tokens(new, *gap[2:])
    return all(len(side) == 1 and _DIGIT.search(side[0]) for side in sides)
