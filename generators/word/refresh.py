"""A report that people edited + new data → the same document with new figures.

What nobody touched is brought up to date, wherever it stands now; what people changed stays as they
left it and is listed. Text outside of the program's controls is never changed, but for blocks and lists
that look exactly as they were printed and must grow or shrink.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from lxml import etree

from generators.model import Manifest, PrintedBlock, PrintedFigure, PrintedGroup
from generators.package import package_of
from generators.word import oxml, rebuilding
from generators.word.matching import Match, Matches, match
from generators.word.oxml import Element, w
from generators.word.properties import properties_of, with_properties
from generators.word.reading import (
    Control,
    Document,
    Look,
    Text,
    block_looks,
    own_bookmark,
    read_document,
)
from generators.word.render import MISSING_HIGHLIGHT, Report

WITHDRAWN = -1
"""The group of a figure that stands in the document though the data no longer has it."""

_REVISIONS = tuple(w(name) for name in ("ins", "del", "moveFrom", "moveTo"))


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
    sentence, ``unplaced`` for a figure that was not printed before and has no place. ``tag`` is
    the template's tag, ``texts`` what is new or no longer so.
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
        self.same_template = old.template == new.template
        self.matches: Matches = match(document, old)
        self.old_groups = {group.place: group for group in old.groups}
        self.new_groups = {group.place: group for group in new.groups}
        self.old_figures = {figure.bookmark: figure for figure in old.figures}
        self.new_figures = {figure.bookmark: figure for figure in new.figures}
        self._place_of = {name: group.place for group in old.groups for name in group.bookmarks}
        self._block_of = {name: group.block for group in old.groups for name in group.bookmarks}
        self._headings = {
            id(span.control): text.heading for text in document.texts for span in text.spans
        }
        self._unedited = {item.name: rebuilding.is_unedited(document, item) for item in old.blocks}
        self.partners = self._partners()
        self.rebuilt: dict[str, PrintedBlock] = {}
        self.left: dict[str, PrintedBlock] = {}
        """Blocks by name that were put in anew, and those that should have been and are as before."""
        self.anchors: dict[str, str] = {}
        """Where the bookmarks of blocks that print nothing have been moved to, by name."""
        self.replaced: set[str] = set()
        self.kept: set[str] = set()
        """Places of groups that were put in anew, and of those that should have been."""
        self.dirty = {block.part for block in old.blocks if rebuilding.mend_mark(document, block)}
        self.updated = 0
        self.overrides: list[Override] = []
        self.withheld: list[Withheld] = []

    def run(self) -> Refreshed:
        if self.same_template:
            self._blocks()
            self._groups()
        self._figures()
        manifest = self._manifest()
        data = self._written(manifest)
        looks = block_looks(data)
        manifest = replace(manifest, blocks=tuple(self._look(block, looks) for block in manifest.blocks))
        return Refreshed(
            with_properties(data, properties_of(manifest)),
            manifest,
            self.updated,
            tuple(self.overrides),
            self._missing(),
            tuple(self.withheld),
        )

    # --- which new figure an old one becomes ----------------------------------------------------------

    def _partners(self) -> dict[str, PrintedFigure | None]:
        """The new figure of every old one by the old bookmark; ``None`` where there is none.

        From the same template a figure is known by its place, else by its tag, which names figure
        and expression.
        """
        by_tag = {figure.tag: figure for figure in reversed(self.new.figures)}
        partners: dict[str, PrintedFigure | None] = {}
        for figure in self.old.figures:
            partners[figure.bookmark] = by_tag.get(figure.tag)
        if not self.same_template:
            return partners
        for group in self.old.groups:
            new = self.new_groups.get(group.place)
            own = [self.new_figures[name] for name in new.bookmarks if name] if new else []
            alike = new is not None and self._is_alike(group, new)
            names = [name for name in group.bookmarks if name]
            for number, name in enumerate(names):
                if name not in self.old_figures:
                    continue
                if alike:
                    partners[name] = own[number]
                elif new is not None:
                    partners[name] = _same_or_total(self.old_figures[name], own)
        return partners

    def _is_alike(self, one: PrintedGroup, other: PrintedGroup) -> bool:
        """Whether a group prints the same words around the same figures, whatever their values.

        A name in a list is another figure when another row stands there; a count or sum is the same
        whatever rows it goes over.
        """
        if len(one.texts) != len(other.texts):
            return False
        pieces = zip(one.texts, one.bookmarks, other.texts, other.bookmarks, strict=True)
        return all(
            self._is_same(name, twin) if name and twin else not name and not twin and text == words
            for text, name, words, twin in pieces
        )

    def _is_same(self, name: str, twin: str) -> bool:
        old, new = self.old_figures.get(name), self.new_figures.get(twin)
        if old is None or new is None or len(old.links) != 1 or len(new.links) != 1:
            return True
        return old.links[0].figure == new.links[0].figure

    # --- what must grow or shrink ---------------------------------------------------------------------

    def _blocks(self) -> None:
        """Print blocks anew whose rows have changed, where nobody edited them."""
        printed = {block.name: block for block in self.new.blocks}
        for block in self.old.blocks:
            new = printed.get(block.name)
            if new is None or not self._has_changed(block, new):
                continue
            anchors = None
            if self._unedited[block.name]:
                placed = replace(block, anchor=self.anchors.get(block.name, block.anchor))
                anchors = rebuilding.replace_block(self.document, placed, self.fresh, new)
            if anchors is None:
                self._leave(block, new)
                continue
            self.dirty.add(block.part)
            self.updated += sum(self._block_of_new(figure) == block.name for figure in self.new.figures)
            self.anchors |= anchors
            self.rebuilt[block.name] = new

    def _block_of_new(self, figure: PrintedFigure) -> str:
        return self.new.groups[figure.group].block

    def _has_changed(self, block: PrintedBlock, new: PrintedBlock) -> bool:
        """Whether other rows, paragraphs or words are printed, not only other figures."""
        before = [group for group in self.old.groups if group.block == block.name]
        now = [group for group in self.new.groups if group.block == block.name]
        if not block.kinds and not new.kinds:
            return False
        if (block.shape, block.kinds) != (new.shape, new.kinds) or len(before) != len(now):
            return True
        pairs = zip(before, now, strict=True)
        return any(one.place != other.place or not self._is_alike(one, other) for one, other in pairs)

    def _leave(self, block: PrintedBlock, new: PrintedBlock) -> None:
        """Leave a block as people have it, and say what the data add and take away."""
        self.left[block.name] = block
        heading = next((item.heading for item in self.document.block(block.name)), "")
        fresh = {id(item): self.new_figures[item.bookmark] for item in self.fresh.controls}
        known = {id(item.control): item.figure for item in self.matches.found}
        added = self._only_in(new, self.fresh, fresh, self.old_groups)
        gone = self._only_in(block, self.document, known, self.new_groups)
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
            new = self.new_groups.get(group.place)
            outside = group.block not in self.rebuilt and group.block not in self.left
            if new is None or self._is_alike(group, new) or not outside:
                continue
            controls = {
                name: by_bookmark[name] for name in group.bookmarks if name and name in by_bookmark
            }
            part = next((self._part_of(item.element) for item in controls.values()), "")
            if self._print_anew(group, new, controls):
                self.replaced.add(group.place)
                self.updated += 1
                self.dirty.add(part)
                continue
            self.kept.add(group.place)
            if controls:
                heading = self.old_figures[next(iter(controls))].heading
                text = "".join(new.texts)
                self.withheld.append(Withheld("list", f"{{{{{group.expression}}}}}", heading, (text,)))

    def _print_anew(
        self, group: PrintedGroup, new: PrintedGroup, controls: Mapping[str, Control]
    ) -> bool:
        figures = [name for name in group.bookmarks if name]
        if len(controls) != len(figures) or not figures:
            return False
        for name, control in controls.items():
            if control.text != self.old_figures[name].text or _is_revised(control):
                return False
        ordered = [controls[name] for name in figures]
        look = next((run.find(w("rPr")) for run in ordered[0].element.iter(w("r"))), None)
        look = None if look is None else _without_highlight(look, self.old_figures[figures[0]])
        lines = rebuilding.printed_elements(self.fresh, new, look)
        if len(lines) == 1 and rebuilding.replace_list(self.document, group, controls, lines[0]):
            return True
        words = [text for text, name in zip(group.texts, group.bookmarks, strict=True) if not name]
        if words:
            return False
        return rebuilding.replace_lines(self.document, ordered, lines)

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
        place = self._place_of.get(figure.bookmark)
        return place in self.replaced or self._block_of.get(figure.bookmark, "") in self.rebuilt

    def _is_attached(self, control: Control) -> bool:
        root = control.element.getroottree().getroot()
        return any(own is root for own in self.document.roots.values())

    def _figure(self, found: Match) -> None:
        control, before = found.control, found.figure
        now = self.partners.get(before.bookmark)
        if now is None and self._prints_nothing(before):
            now = replace(before, text="", links=(), value=None, missing=False)
        if control.text != before.text or _is_revised(control):
            if now is None or control.text != now.text or _is_revised(control):
                shown = now or before
                self.overrides.append(Override(shown, control.text, self._heading(found)))
        elif now is not None and _put_text(control, before, now):
            self.updated += 1
            self.dirty.add(self._part_of(control.element))
        named = self.partners.get(before.bookmark) or self._withdrawn(before)
        if not self.same_template:
            named = replace(named, bookmark=before.bookmark)
        if _put_names(control, named, own=not found.copied):
            self.dirty.add(self._part_of(control.element))

    def _prints_nothing(self, figure: PrintedFigure) -> bool:
        """Whether the template prints nothing now where it printed the figure."""
        place = self._place_of.get(figure.bookmark)
        in_block = bool(self._block_of.get(figure.bookmark))
        known = place is not None and place not in self.new_groups
        return self.same_template and known and not in_block

    def _withdrawn(self, figure: PrintedFigure) -> PrintedFigure:
        """A figure that the data no longer have, as it is left; its bookmark may be another's now."""
        text = "" if self._prints_nothing(figure) else figure.text
        name, number = figure.bookmark, 1
        while name in self.new_figures:
            name, number = f"{figure.bookmark}_{number}", number + 1
        return replace(figure, group=WITHDRAWN, text=text, bookmark=name)

    def _heading(self, found: Match) -> str:
        return self._headings.get(id(found.control), found.figure.heading)

    def _missing(self) -> tuple[PrintedFigure, ...]:
        """The figures whose control has gone, as they would be printed now."""
        gone = []
        for figure in self.matches.missing:
            now = self.partners.get(figure.bookmark)
            if figure.group != WITHDRAWN and not self._is_replaced(figure):
                gone.append(now or figure)
        return tuple(gone)

    # --- the manifest of the refreshed document -------------------------------------------------------

    def _manifest(self) -> Manifest:
        """What the document stands on now: the next refresh starts from it."""
        if not self.same_template:
            return self._manifest_of_old_template()
        groups: list[PrintedGroup] = []
        figures: list[PrintedFigure] = []
        for group in self.new.groups:
            old = self.old_groups.get(group.place)
            if group.place in self.kept or group.block in self.left:
                if old is None:
                    continue  # it stands nowhere yet
                group = self._as_it_stands(old)
            elif old is None and group.block not in self.rebuilt:
                self._unplaced(group)
                continue
            for name in group.bookmarks:
                if name in self.new_figures:
                    figures.append(replace(self.new_figures[name], group=len(groups)))
            groups.append(group)
        known = {figure.bookmark for figure in figures}
        withdrawn = {}
        for item in self.matches.found:
            figure = item.figure
            stands = item.copied or not self._is_replaced(figure)
            if stands and self.partners.get(figure.bookmark) is None and figure.bookmark not in known:
                withdrawn[figure.bookmark] = self._withdrawn(figure)
        return replace(
            self.new,
            figures=(*figures, *withdrawn.values()),
            groups=tuple(groups),
            blocks=tuple(self._block(block) for block in self.new.blocks),
        )

    def _manifest_of_old_template(self) -> Manifest:
        """The old manifest with the figures that both templates print."""
        figures = []
        for figure in self.old.figures:
            now = self.partners[figure.bookmark]
            figures.append(
                figure if now is None else replace(now, bookmark=figure.bookmark, group=figure.group)
            )
        return replace(self.old, figures=tuple(figures))

    def _as_it_stands(self, group: PrintedGroup) -> PrintedGroup:
        """A group that was not printed anew, with the figures that it shares with the new one."""
        texts, bookmarks = list(group.texts), list(group.bookmarks)
        for place, name in enumerate(group.bookmarks):
            now = self.partners.get(name)
            if name and now is not None:
                texts[place], bookmarks[place] = now.text, now.bookmark
        return replace(group, texts=tuple(texts), bookmarks=tuple(bookmarks))

    def _unplaced(self, group: PrintedGroup) -> None:
        """Say that a figure is printed that was not before, where there is no control for it."""
        heading = next((self.new_figures[name].heading for name in group.bookmarks if name), "")
        text = "".join(group.texts)
        self.withheld.append(Withheld("unplaced", f"{{{{{group.expression}}}}}", heading, (text,)))

    def _block(self, new: PrintedBlock) -> PrintedBlock:
        if new.name in self.rebuilt:
            anchor = "" if new.kinds else self.anchors.get(new.name, new.anchor)
            return replace(new, anchor=anchor)
        if new.name in self.left:
            return replace(self.left[new.name], fingerprint="")
        old = next((block for block in self.old.blocks if block.name == new.name), None)
        if old is None:
            return new
        unedited = old.fingerprint and self._unedited[new.name]
        anchor = self.anchors.get(new.name, old.anchor)
        return replace(old, anchor=anchor, fingerprint=old.fingerprint if unedited else "")

    def _look(self, block: PrintedBlock, looks: Mapping[str, Look]) -> PrintedBlock:
        """The block with what it looks like now, where it is as the program printed it."""
        look = looks.get(block.name)
        if look is None or not block.kinds or not block.fingerprint:
            return block
        return replace(block, fingerprint=look.whole)

    def _written(self, manifest: Manifest) -> bytes:
        """The package: parts in which nothing was changed are the same in every byte."""
        parts = dict(self.document.parts)
        for name in self.dirty:
            parts[name] = etree.tostring(
                self.document.roots[name], xml_declaration=True, encoding="UTF-8", standalone=True
            )
        return package_of(parts)


def _same_or_total(figure: PrintedFigure, others: Sequence[PrintedFigure]) -> PrintedFigure | None:
    """The same figure among ``others``; of a count or sum over rows the one over other rows."""
    same = next((item for item in others if item.tag == figure.tag), None)
    if same is not None or len(figure.links) < 2:
        return same
    return next((item for item in others if len(item.links) > 1), None)


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


def _is_revised(control: Control) -> bool:
    """Whether somebody's tracked change stands in the control."""
    return next(control.element.iter(*_REVISIONS), None) is not None


def _put_text(control: Control, before: PrintedFigure, now: PrintedFigure) -> bool:
    """Put the new text into the control's first run; whether anything changed."""
    if control.text == now.text and before.missing == now.missing:
        return False
    content = control.element.find(w("sdtContent"))
    assert content is not None, "a control that was read has content"
    runs = list(content.iter(w("r")))
    first = next((run for run in runs if run.find(w("t")) is not None), None)
    if first is None:
        first = runs[0] if runs else etree.SubElement(content, w("r"))
    for run in runs:
        for child in list(run):
            if child.tag != w("rPr"):
                run.remove(child)
        if run is not first:
            _remove(run)
    oxml.add_text(first, now.text)
    properties = first.find(w("rPr"))
    highlight = properties.find(w("highlight")) if properties is not None else None
    if before.missing and highlight is not None and highlight.get(w("val")) == MISSING_HIGHLIGHT:
        _remove(highlight)
    if now.missing:
        oxml.run_property(first, "highlight").set(w("val"), MISSING_HIGHLIGHT)
    return True


def _put_names(control: Control, now: PrintedFigure, *, own: bool) -> bool:
    """Name the control, and its own bookmark, after the new figure; whether anything changed."""
    properties = control.element.find(w("sdtPr"))
    assert properties is not None, "a control that was matched has a tag, an alias or a bookmark"
    changed = oxml.set_control_property(properties, "alias", now.alias)
    changed |= oxml.set_control_property(properties, "tag", now.tag)
    mark = own_bookmark(control.element)
    if own and mark is not None and control.bookmark != now.bookmark:
        mark.set(w("name"), now.bookmark)
        changed = True
    return changed


def _without_highlight(look: Element, figure: PrintedFigure) -> Element:
    """Run properties without the mark of a missing figure."""
    look = copy.deepcopy(look)
    for mark in look.findall(w("highlight")) if figure.missing else ():
        look.remove(mark)
    return look


def _remove(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
