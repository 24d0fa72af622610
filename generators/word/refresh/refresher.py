"""A report that people edited + new data → the same document with new figures.

What nobody touched is brought up to date, wherever it stands now; what people changed stays as they
left it and is listed. Text outside of the program's controls is never changed, but for blocks and lists
that look exactly as they were printed and must grow or shrink.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from lxml import etree

from generators.model import WITHDRAWN, Manifest, PrintedBlock, PrintedFigure, PrintedGroup
from generators.package import package_of
from generators.word.matching import Match, Matches, match
from generators.word.oxml import Element, w
from generators.word.properties import properties_of, with_properties
from generators.word.reading import (
    Control,
    Document,
    Text,
    block_looks,
    read_document,
)
from generators.word.refresh import lists
from generators.word.refresh.inplace import is_revised, looks_of, put_names, put_text, without_highlight
from generators.word.refresh.marks import doubled_marks, remove_bookmark
from generators.word.refresh.partners import Partners, Withdrawn
from generators.word.refresh.rebuilding import replace_block
from generators.word.refresh.record import Done, Record, with_looks
from generators.word.refresh.stretches import is_unedited, mend_mark
from generators.word.render import Report


@dataclass(frozen=True)
class Override:
    """A figure that somebody changed by hand: ``text`` stands, ``figure`` is what the data say."""

    figure: PrintedFigure
    text: str
    heading: str


@dataclass(frozen=True)
class Withheld:
    """A change that was left to people: what the data add or take away where a document was edited.

    ``kind`` is ``added`` or ``gone`` for rows and paragraphs of a block, ``list`` for a list in a
    sentence, ``words`` for other words than a tag printed before, ``unplaced`` for a figure that was
    not printed before and has no place. ``tag`` is the template's tag, ``texts`` what is new or no
    longer so.
    """

    kind: str
    tag: str
    heading: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Refreshed:
    """A refreshed document. ``updated`` counts the figures whose text changed.

    ``missing`` are the figures whose control has gone from the document.
    """

    data: bytes
    manifest: Manifest
    updated: int
    overrides: tuple[Override, ...]
    missing: tuple[PrintedFigure, ...]
    withheld: tuple[Withheld, ...]


def refresh(data: bytes, old: Manifest, new: Report) -> Refreshed | None:
    """Bring the figures in ``data``, printed as ``old`` says, up to what ``new`` prints.

    Where the template has changed since, its new words and blocks are not taken over: only figures
    that both print are refreshed, and the manifest keeps the old template. ``None`` where ``data``
    is no document that can be read.
    """
    document = read_document(data)
    fresh = read_document(new.data)
    if document is None or fresh is None:
        return None
    refresher = _Refresher(document, old, fresh, new.manifest)
    return refresher.run()


class _Refresher:
    """One refresh: first what must be rebuilt, then every figure in place, then the manifest."""

    def __init__(self, document: Document, old: Manifest, fresh: Document, new: Manifest) -> None:
        self.document, self.old, self.fresh, self.new = document, old, fresh, new
        self.partners = Partners(old, new)
        self.matches: Matches = match(document, old)
        self._headings = {
            id(span.control): text.heading for text in document.texts for span in text.spans
        }
        self.done = Done({item.name: is_unedited(document, item) for item in old.blocks})
        self.withdrawn = Withdrawn(self.partners)
        self.dirty = {block.part for block in old.blocks if mend_mark(document, block)}
        self.updated = 0
        self.overrides: list[Override] = []
        self.withheld: list[Withheld] = []

    def run(self) -> Refreshed:
        if self.partners.same_template:
            self._blocks()
            self._groups()
        self._figures()
        self.dirty |= {self._part_of(mark) for mark in doubled_marks(self.document)}
        for mark in doubled_marks(self.document):
            remove_bookmark(mark)
        record = Record(self.partners, self.withdrawn, self.done)
        manifest = record.manifest()
        for group in record.unplaced:
            self._unplaced(group)
        data = self._written()
        manifest = with_looks(manifest, block_looks(data))
        return Refreshed(
            with_properties(data, properties_of(manifest)),
            manifest,
            self.updated,
            tuple(self.overrides),
            self._missing(),
            tuple(self.withheld),
        )

    # --- what must grow or shrink ---------------------------------------------------------------------

    def _blocks(self) -> None:
        """Print blocks anew whose rows have changed, where nobody edited them."""
        printed = {block.name: block for block in self.new.blocks}
        for number, block in enumerate(self.old.blocks):
            new = printed.get(block.name)
            if new is None or not self.partners.has_changed(block, new):
                continue
            anchors = None
            if self.done.unedited[block.name]:
                placed = replace(block, anchor=self.done.anchors.get(block.name, block.anchor))
                behind = [item.name for item in self.old.blocks[number + 1 :] if not item.kinds]
                anchors = replace_block(self.document, placed, self.fresh, new, behind)
            if anchors is None:
                self._leave(block, new)
                continue
            self.dirty.add(block.part)
            self.updated += sum(self._block_of_new(figure) == block.name for figure in self.new.figures)
            self.done.anchors |= anchors
            self.done.rebuilt[block.name] = new

    def _block_of_new(self, figure: PrintedFigure) -> str:
        return self.new.groups[figure.group].block

    def _leave(self, block: PrintedBlock, new: PrintedBlock) -> None:
        """Leave a block as people have it, and say what the data add and take away."""
        self.done.left[block.name] = block
        heading = next((item.heading for item in self.document.block(block.name)), "")
        figures = self.partners.new_figures
        fresh = {
            id(item): figures[item.bookmark] for item in self.fresh.controls if item.bookmark in figures
        }
        known = {id(item.control): item.figure for item in self.matches.found}
        added = self._only_in(new, self.fresh, fresh, self.partners.old_groups)
        gone = self._only_in(block, self.document, known, self.partners.new_groups)
        if not added and not gone:  # other words: the block's condition holds no longer, or does now
            before = [text.text.strip() for text in self.document.block(block.name)]
            now = [text.text.strip() for text in self.fresh.block(new.name) if new.kinds]
            added = tuple(text for text in now if text and text not in before)
            gone = tuple(text for text in before if text and text not in now)
        for kind, texts in (("added", added), ("gone", gone)):
            if texts:
                self.withheld.append(Withheld(kind, block.tag, heading, texts))

    def _only_in(
        self,
        block: PrintedBlock,
        document: Document,
        figures: Mapping[int, PrintedFigure],
        others: Mapping[str, PrintedGroup],
    ) -> tuple[str, ...]:
        """The texts of a block's rows of which the other manifest has nothing."""
        groups = self.old.groups if document is self.document else self.new.groups
        places = {name: group.place for group in groups for name in group.bookmarks if name}
        texts = []
        for row in _rows(document.block(block.name)):
            controls = [span.control for text in row for span in text.spans if span.control]
            own = [figures[id(item)].bookmark for item in controls if id(item) in figures]
            # What was withdrawn before has no place any longer.
            if own and not any(places.get(name) in others for name in own):
                texts.append(" ".join(filter(None, (text.text.strip() for text in row))))
        return tuple(texts)

    def _groups(self) -> None:
        """Print lists and texts anew that have more or fewer parts, where nobody edited them."""
        by_bookmark = {
            item.figure.bookmark: item.control for item in self.matches.found if not item.copied
        }
        for group in self.old.groups:
            new = self.partners.new_groups.get(group.place)
            if new is None or not any(new.bookmarks):
                self._words(group, new)
                self._close_up(group, by_bookmark)
                continue
            outside = group.block not in self.done.rebuilt and group.block not in self.done.left
            if not any(group.bookmarks) or self.partners.is_alike(group, new) or not outside:
                continue
            controls = {
                name: by_bookmark[name] for name in group.bookmarks if name and name in by_bookmark
            }
            part = next((self._part_of(item.element) for item in controls.values()), "")
            if self._print_anew(group, new, controls):
                self.done.replaced.add(group.place)
                self.updated += 1
                self.dirty.add(part)
                continue
            if not controls:
                continue  # nothing of it is left in the document
            self.done.kept.add(group.place)
            heading = self.partners.old_figures[next(iter(controls))].heading
            text = "".join(new.texts)
            self.withheld.append(Withheld("list", f"{{{{{group.expression}}}}}", heading, (text,)))

    def _words(self, group: PrintedGroup, new: PrintedGroup | None) -> None:
        """Say that a tag prints other words now: without a figure in them they stand in no control."""
        text = "".join(new.texts) if new else ""
        if not any(group.bookmarks) and not group.block and text != "".join(group.texts):
            self.withheld.append(Withheld("words", f"{{{{{group.expression}}}}}", "", (text,)))

    def _close_up(self, group: PrintedGroup, by_bookmark: Mapping[str, Control]) -> None:
        """Leave one control, for what may come back, of a list or text that prints no figure now."""
        names = [name for name in group.bookmarks if name]
        controls = {name: by_bookmark[name] for name in names if name in by_bookmark}
        if group.block or len(names) < 2:
            return
        part = next((self._part_of(item.element) for item in controls.values()), "")
        if not self._is_unedited(group, controls):
            closed = False
        elif len(names) < len(group.bookmarks):
            closed = lists.drop_list(group, controls)
        else:
            closed = lists.drop_lines(self.document, [controls[name] for name in names])
        if closed:
            self.done.dropped |= set(names[1:])
            self.dirty.add(part)
        else:
            self.done.kept.add(group.place)

    def _is_unedited(self, group: PrintedGroup, controls: Mapping[str, Control]) -> bool:
        """Whether all figures of a group stand as they were printed, and look alike."""
        figures = [name for name in group.bookmarks if name]
        if group.edited or len(controls) != len(figures) or not figures:
            return False
        looks: set[tuple[str, ...]] = set()
        for name, control in controls.items():
            figure = self.partners.old_figures[name]
            if control.text != figure.text or is_revised(control):
                return False
            looks |= looks_of(control, figure)
        return len(looks) < 2

    def _print_anew(
        self, group: PrintedGroup, new: PrintedGroup, controls: Mapping[str, Control]
    ) -> bool:
        if not self._is_unedited(group, controls):
            return False
        figures = [name for name in group.bookmarks if name]
        ordered = [controls[name] for name in figures]
        look = next((run.find(w("rPr")) for run in ordered[0].element.iter(w("r"))), None)
        look = None if look is None else without_highlight(look, self.partners.old_figures[figures[0]])
        lines = lists.printed_elements(self.fresh, new, look)
        is_list = len(figures) == 1 or len(figures) < len(group.bookmarks)
        if is_list and len(lines) == 1:
            return lists.replace_list(self.document, group, controls, lines[0])
        if len(figures) < len(group.bookmarks):
            return False
        return lists.replace_lines(self.document, ordered, lines)

    def _part_of(self, element: Element) -> str:
        """The part that holds an element, before the element is taken out of it."""
        root = element.getroottree().getroot()
        return next(name for name, own in self.document.roots.items() if own is root)

    # --- figures in place -----------------------------------------------------------------------------

    def _figures(self) -> None:
        """Bring every control up to date that nobody changed; list those that somebody did."""
        for found in self.matches.found:
            if self._is_replaced(found.figure):
                if found.copied and self._is_attached(found.control):
                    self._figure(found)
            else:
                self._figure(found)

    def _is_replaced(self, figure: PrintedFigure) -> bool:
        """Whether the figure's own place was printed anew."""
        place, block = self.partners.place_of(figure), self.partners.block_of(figure)
        return (
            place in self.done.replaced
            or block in self.done.rebuilt
            or figure.bookmark in self.done.dropped
        )

    def _is_attached(self, control: Control) -> bool:
        root = control.element.getroottree().getroot()
        return any(own is root for own in self.document.roots.values())

    def _figure(self, found: Match) -> None:
        control, before = found.control, found.figure
        now = self.partners.of(before) or self.partners.words_of(before)
        if control.text != before.text or is_revised(control):
            if now is None or control.text != now.text or is_revised(control):
                shown = now or before
                self.overrides.append(Override(shown, control.text, self._heading(found)))
        elif now is not None and put_text(control, before, now):
            self.updated += 1
            self.dirty.add(self._part_of(control.element))
        named = self.partners.of(before) or self.withdrawn.of(before)
        if not self.partners.same_template or self._stands_elsewhere(before):
            named = replace(named, bookmark=before.bookmark)
        own = not found.copied and control.bookmark == before.bookmark
        if put_names(control, named, own=own):
            self.dirty.add(self._part_of(control.element))

    def _stands_elsewhere(self, figure: PrintedFigure) -> bool:
        """Whether a figure is printed in another place now; its bookmark names its own."""
        now = self.partners.of(figure)
        if now is None:
            return False
        return self.partners.place_of(figure) != self.new.groups[now.group].place

    def _heading(self, found: Match) -> str:
        return self._headings.get(id(found.control), found.figure.heading)

    def _missing(self) -> tuple[PrintedFigure, ...]:
        """The figures whose control has gone, as they would be printed now."""
        gone = []
        for figure in self.matches.missing:
            now = self.partners.of(figure)
            if figure.group != WITHDRAWN and not self._is_replaced(figure):
                gone.append(now or figure)
        return tuple(gone)

    def _unplaced(self, group: PrintedGroup) -> None:
        """Say that a figure is printed that was not before, where there is no control for it."""
        heading = next((self.partners.new_figures[name].heading for name in group.bookmarks if name), "")
        text = "".join(group.texts)
        self.withheld.append(Withheld("unplaced", f"{{{{{group.expression}}}}}", heading, (text,)))

    def _written(self) -> bytes:
        """The package: parts in which nothing was changed are the same in every byte."""
        parts = dict(self.document.parts)
        for name in self.dirty:
            parts[name] = etree.tostring(
                self.document.roots[name], xml_declaration=True, encoding="UTF-8", standalone=True
            )
        return package_of(parts)


def _rows(texts: Iterable[Text]) -> list[list[Text]]:
    """Paragraphs by the table row that holds them; those in no row each by itself."""
    rows: list[list[Text]] = []
    last: Element | None = None
    for text in texts:
        row = next(iter(text.element.iterancestors(w("tr"))), None)
        if row is not None and row is last:
            rows[-1].append(text)
        else:
            rows.append([text])
        last = row
    return rows
