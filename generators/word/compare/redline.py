"""The text of one document marked with what changed since another: paragraphs, tables, notes, boxes.

The newer document is changed in place: what stands in it stays, and what was deleted is put beside.
Only text is compared; the formatting is that of the newer document.
"""

from __future__ import annotations

import copy
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from generators.word.compare.blocks import AROUND, blocks_of, boxes_in, cells_of, paragraphs_in, rows_of
from generators.word.compare.deletions import Deletions
from generators.word.compare.differences import (
    MARK,
    Change,
    Stretch,
    changes,
    figures_changed,
    shape,
    stretch_of,
)
from generators.word.compare.grouping import Group, Item, group
from generators.word.compare.lines import NOTES, Alphabet, Line, Piece, cut, read_line
from generators.word.compare.pairing import BLANK_WEIGHT, Shape, align, likeness
from generators.word.compare.revisions import (
    Stamp,
    mark_paragraph,
    mark_row,
    record_properties,
    revision,
)
from generators.word.oxml import Element, w

ROWS_ALIKE = 0.4
"""From what likeness on two rows of a table are the same row."""
_CONTENT = (w("r"), w("hyperlink"), w("sdt"), w("fldSimple"), w("smartTag"), w("del"), w("ins"))


@dataclass(frozen=True)
class Notes:
    """The footnotes or endnotes of both documents by their ids, and the newer one's part."""

    old: Mapping[str, Element]
    new: Mapping[str, Element]
    root: Element


class Redline:
    """One comparison of two documents, and what it counts and meets on the way.

    ``counts`` has the names of the fields of :class:`generators.word.compare.Counts`. ``left_out``
    says that something of the older document could not be shown: a picture, a text box, an equation.
    """

    def __init__(
        self,
        stamp: Stamp,
        units: frozenset[str],
        notes: Mapping[str, Notes],
        styles: frozenset[str],
        lists: frozenset[str],
    ) -> None:
        """``units`` are those of figures, ``styles`` and ``lists`` ids that the newer one defines."""
        self.counts: Counter[str] = Counter()
        self._stamp, self._units, self._notes = stamp, units, notes
        self._alphabet: Alphabet = {}
        self._deletions = Deletions(stamp, self._alphabet, styles, lists, self._carry)
        self._note_ids = itertools.count(
            max([1, *(int(key) for item in notes.values() for key in item.new if key.isdecimal())]) + 1
        )
        self._paired: dict[tuple[str, str], str] = {}
        self._added: list[tuple[str, str]] = []
        self.left_out = False

    def blocks(self, old: Element, new: Element, *, counted: bool = True) -> None:
        """Mark in ``new`` what changed since ``old``: two bodies, cells, headers, notes or boxes.

        ``counted`` says whether their paragraphs are counted; those of cells are not.
        """
        before, after = self._items(old), self._items(new)
        reached = 0
        tail = after[-1].element if after else None
        for part in group(before, after):
            reached = max([reached, *(place + 1 for place in part.new)])
            if part.old and part.new:
                self._compare(part, before, after, counted)
            elif part.new:
                self._insert(after[part.new[0]], counted)
            else:
                made = self._delete(before[part.old[0]], counted)
                if reached < len(after):
                    _first_of(after[reached].element, new).addprevious(made)
                elif tail is not None:
                    _last_of(tail, new).addnext(made)
                    tail = made
                else:
                    _put_into(new, made)
                    tail = made

    def notes(self) -> None:
        """Mark what changed in the notes, once every part that refers to them is done."""
        for (kind, new), old in self._paired.items():
            notes = self._notes.get(kind)
            if notes and old in notes.old and new in notes.new:
                self.blocks(notes.old[old], notes.new[new])
        for kind, new in self._added:
            notes = self._notes.get(kind)
            blocks = blocks_of(notes.new[new]) if notes and new in notes.new else []
            for block in blocks:
                self._insert_block(block, last=block is blocks[-1])

    # --- paragraphs and tables as a whole -----------------------------------------------------------

    def _items(self, container: Element) -> list[Item]:
        return [self._item(block) for block in blocks_of(container)]

    def _item(self, block: Element) -> Item:
        if block.tag == w("p"):
            line = read_line(block, self._alphabet)
            return Item(block, line.text, shape(self._stretch([line])), line)
        rows = rows_of(block)
        text, head = self._said(rows), self._said(rows[:1])
        return Item(block, text, self._shape(text), None, self._shape(head))

    def _said(self, rows: Sequence[Element]) -> str:
        return "\n".join("\t".join(self._texts(row)) for row in rows)

    def _texts(self, row: Element) -> tuple[str, ...]:
        """The texts of a row's cells, those of tables within them too."""
        return tuple(
            "\n".join(read_line(line, self._alphabet).text for line in paragraphs_in(cell))
            for cell in cells_of(row)
        )

    def _shape(self, text: str) -> Shape:
        return shape(stretch_of(text, (), self._units))

    def _compare(
        self, part: Group, before: Sequence[Item], after: Sequence[Item], counted: bool
    ) -> None:
        old, new = [before[i] for i in part.old], [after[j] for j in part.new]
        lines = [item.line for item in old if item.line], [item.line for item in new if item.line]
        if lines[0]:
            self._rewrite(*lines)
            if counted:
                self._count(lines)
        else:
            self._table(old[0].element, new[0].element)

    def _count(self, lines: tuple[Sequence[Line], Sequence[Line]]) -> None:
        before, after = (Counter(line.text for line in side) for side in lines)
        gone, come = (before - after).total(), (after - before).total()
        self.counts["paragraphs_changed"] += min(gone, come)
        self.counts["paragraphs_deleted"] += gone - min(gone, come)
        self.counts["paragraphs_inserted"] += come - min(gone, come)

    def _insert(self, item: Item, counted: bool) -> None:
        if item.line is None:
            self.counts["rows_inserted"] += len(rows_of(item.element))
        elif counted:
            self.counts["paragraphs_inserted"] += 1
        self._insert_block(item.element)

    def _insert_block(self, block: Element, *, last: bool = False) -> None:
        """Mark a block as inserted; ``last`` says that a note ends in it, whose mark cannot go."""
        if block.tag == w("tbl"):
            for row in rows_of(block):
                self._insert_row(row)
            return
        line = cut(read_line(block, self._alphabet), (), self._alphabet)
        for piece in line.pieces:
            if not piece.fixed:
                self._wrap(piece)
            if piece.node is not None and piece.node.tag in NOTES:
                self._added.append((str(piece.node.tag), str(piece.node.get(w("id")))))
        if not last:
            mark_paragraph(block, "ins", self._stamp)

    def _insert_row(self, row: Element) -> None:
        mark_row(row, "ins", self._stamp)
        for cell in cells_of(row):
            for block in blocks_of(cell):
                self._insert_block(block)

    def _delete(self, item: Item, counted: bool) -> Element:
        if item.line is None:
            self.counts["rows_deleted"] += len(rows_of(item.element))
        elif counted:
            self.counts["paragraphs_deleted"] += 1
        return self._deletions.block(item.element)

    def _table(self, old: Element, new: Element) -> None:
        before, after = rows_of(old), rows_of(new)
        texts = [self._texts(row) for row in before], [self._texts(row) for row in after]
        shapes = [[self._shape("\t".join(row)) for row in side] for side in texts]

        def weigh(i: int, j: int) -> float:
            one, other = texts[0][i], texts[1][j]
            if len(one) != len(other):
                return 0.0
            if not any(one) or not any(other):
                return BLANK_WEIGHT if any(one) == any(other) else 0.0
            value = likeness(shapes[0][i], shapes[1][j])
            if value >= ROWS_ALIKE:
                return value
            return ROWS_ALIKE if one[0] == other[0] and one[0].strip() else 0.0

        matched = align(*texts, [not any(row) for row in texts[0]], weigh)
        a = b = 0
        for i, j in (*matched, (len(before), len(after))):
            for row in before[a:i]:
                made = self._deletions.row(row)
                if b < len(after):
                    _first_of(after[b], new).addprevious(made)
                else:
                    new.append(made)
                self.counts["rows_deleted"] += 1
            for row in after[b:j]:
                self._insert_row(row)
                self.counts["rows_inserted"] += 1
            if i < len(before):
                for cells in zip(cells_of(before[i]), cells_of(after[j]), strict=True):
                    self.blocks(*cells, counted=False)
                self.counts["cells_changed"] += sum(
                    one != other for one, other in zip(texts[0][i], texts[1][j], strict=True)
                )
            a, b = i + 1, j + 1
        _widen(new)

    # --- within paragraphs --------------------------------------------------------------------------

    def _stretch(self, lines: Sequence[Line]) -> Stretch:
        wholes, base = [], 0
        for line in lines:
            wholes += [(base + start, base + end) for start, end in line.wholes]
            base += len(line.text) + 1
        return stretch_of(MARK.join(line.text for line in lines), wholes, self._units)

    def _rewrite(self, olds: Sequence[Line], news: Sequence[Line]) -> None:
        """Mark in the paragraphs ``news`` what changed since ``olds``; their last marks are the same."""
        old, new = self._stretch(olds), self._stretch(news)
        found = changes(old, new)
        self._meet(olds, news, found)
        self.counts["figures"] += figures_changed(old, new, found)
        last = olds[-1].element.find(w("pPr"))
        base = 0
        for line in news:
            end = base + len(line.text)
            own = [item for item in found if item.new_start <= end and item.new_end >= base]
            if own:
                self._revise(line, base, own, olds)
            if any(item.new_start <= end < item.new_end for item in own):
                mark_paragraph(line.element, "ins", self._stamp)
            base = end + 1
        if max(len(olds), len(news)) > 1 and not _same_properties(last, news[-1].element.find(w("pPr"))):
            record_properties(news[-1].element, last, self._stamp)

    def _revise(self, line: Line, base: int, own: Sequence[Change], olds: Sequence[Line]) -> None:
        """Mark changes within one paragraph, whose first sign is number ``base`` of the whole text."""
        end = base + len(line.text)
        places = [place - base for item in own for place in (item.new_start, item.new_end)]
        cut_line = cut(line, places, self._alphabet)
        for item in own:
            if base <= item.new_start <= end:
                made = self._deletions.stretch(olds, item.old_start, item.old_end)
                self._put(made, cut_line, item.new_start - base)
        for piece in cut_line.pieces:
            start, stop = piece.start + base, piece.end + base
            for item in own:
                if start < stop:
                    inside = item.new_start <= start and stop <= item.new_end
                else:
                    inside = item.new_start < start < item.new_end
                if inside and not piece.fixed:
                    self._wrap(piece)
        self._deletions.divide(line.element, olds)

    def _put(self, made: Sequence[Element], line: Line, place: int) -> None:
        """Put deleted text before the sign at ``place``, outside of a link that begins there."""
        target = next((p.runs[0] for p in line.pieces if p.start == place and p.end > place), None)
        if target is None:
            line.element.extend(made)
            return
        while (parent := target.getparent()) is not line.element:
            assert parent is not None
            if any(item.tag in _CONTENT for item in target.itersiblings(preceding=True)):
                break
            target = parent
        for element in made:
            target.addprevious(element)

    def _wrap(self, piece: Piece) -> None:
        """Put the piece's runs into insertions; runs side by side share one."""
        for run in piece.runs:
            before = run.getprevious()
            if before is None or before.tag != w("ins"):
                before = revision("ins", self._stamp)
                run.addprevious(before)
            before.append(run)

    # --- what stands in a paragraph and has text of its own -----------------------------------------

    def _meet(self, olds: Sequence[Line], news: Sequence[Line], found: Sequence[Change]) -> None:
        """Pair the notes and text boxes that both documents have in the same place."""
        before = dict(_objects(olds))
        for place, node in _objects(news):
            partner = before.get(_place_before(place, found))
            if node.tag in NOTES:
                kind, number = str(node.tag), str(node.get(w("id")))
                if partner is None:
                    self._added.append((kind, number))
                else:
                    self._paired[kind, number] = str(partner.get(w("id")))
            elif partner is not None:
                boxes = boxes_in(partner), boxes_in(node)
                self.left_out |= len(boxes[0]) > len(boxes[1])
                for pair in zip(*boxes, strict=False):
                    self.blocks(*pair)

    def _carry(self, node: Element) -> str:
        """The id that a deleted note gets in the newer document; empty for what cannot be carried."""
        notes = self._notes.get(str(node.tag))
        note = notes.old.get(str(node.get(w("id")))) if notes else None
        if notes is None or note is None:
            self.left_out = True
            return ""
        number = str(next(self._note_ids))
        notes.root.append(self._deletions.note(note, number))
        return number


def _first_of(element: Element, container: Element) -> Element:
    """The element, or what is around it up to the container, where it is the first in that."""
    while (parent := element.getparent()) is not None and parent is not container:
        if parent.tag not in AROUND or any(
            item.tag not in (w("sdtPr"), w("sdtEndPr")) for item in element.itersiblings(preceding=True)
        ):
            break
        element = parent
    return element


def _last_of(element: Element, container: Element) -> Element:
    while (parent := element.getparent()) is not None and parent is not container:
        element = parent
    return element


def _put_into(container: Element, block: Element) -> None:
    """Put a block into a container that has none."""
    section = container.find(w("sectPr"))
    if section is None:
        container.append(block)
    else:
        section.addprevious(block)


def _widen(table: Element) -> None:
    """Give the grid of a table as many columns as its widest row has cells."""
    grid = table.find(w("tblGrid"))
    columns = grid.findall(w("gridCol")) if grid is not None else []
    widest = max((len(cells_of(row)) for row in rows_of(table)), default=0)
    if grid is not None and columns:
        for _ in range(widest - len(columns)):
            columns[-1].addnext(copy.deepcopy(columns[-1]))


def _objects(lines: Sequence[Line]) -> Iterator[tuple[int, Element]]:
    """Notes and what holds text boxes, by their places among the signs of all lines."""
    base = 0
    for line in lines:
        for piece in line.pieces:
            node = piece.node
            if node is not None and (node.tag in NOTES or boxes_in(node)):
                yield base + piece.start, node
        base += len(line.text) + 1


def _place_before(place: int, found: Sequence[Change]) -> int:
    """Where in the older text the sign at ``place`` of the newer stood; -1 for one that is new."""
    shift = 0
    for item in found:
        if item.new_start <= place < item.new_end:
            return -1
        if item.new_end <= place:
            shift = item.old_end - item.new_end
    return place + shift


def _same_properties(one: Element | None, other: Element | None) -> bool:
    return _plain_properties(one) == _plain_properties(other)


def _plain_properties(properties: Element | None) -> list[str]:
    if properties is None:
        return []
    kept = (child for child in properties if child.tag not in (w("rPr"), w("sectPr"), w("pPrChange")))
    return [repr((child.tag, sorted(child.items()), _plain_properties(child))) for child in kept]
