"""What an old report printed beside what a new one prints: which figure became which."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from generators.model import WITHDRAWN, Manifest, PrintedBlock, PrintedFigure, PrintedGroup


class Partners:
    """Two manifests side by side. From the same template a figure is known by its place in it."""

    def __init__(self, old: Manifest, new: Manifest) -> None:
        self.old, self.new = old, new
        self.same_template = old.template == new.template
        self.old_groups = {group.place: group for group in old.groups}
        self.new_groups = {group.place: group for group in new.groups}
        self.old_figures = {figure.bookmark: figure for figure in old.figures}
        self.new_figures = {figure.bookmark: figure for figure in new.figures}
        self._place_of = {name: group.place for group in old.groups for name in group.bookmarks}
        self._block_of = {name: group.block for group in old.groups for name in group.bookmarks}
        self._partners = self._found()

    def of(self, figure: PrintedFigure) -> PrintedFigure | None:
        """The new figure that an old one became; ``None`` where it is printed no longer."""
        return self._partners.get(figure.bookmark)

    def place_of(self, figure: PrintedFigure) -> str:
        """The place of an old figure's group; empty for one that was withdrawn."""
        return self._place_of.get(figure.bookmark, "")

    def block_of(self, figure: PrintedFigure) -> str:
        """The name of the block around an old figure; empty for none."""
        return self._block_of.get(figure.bookmark, "")

    def words_of(self, figure: PrintedFigure) -> PrintedFigure | None:
        """An old figure in whose place, outside of blocks, the template prints words or nothing now.

        ``None`` where a figure is printed there still.
        """
        words = self._words_instead(figure)
        if words is None:
            return None
        return replace(figure, text=words, links=(), value=None, missing=False)

    def _words_instead(self, figure: PrintedFigure) -> str | None:
        place = self.place_of(figure)
        if not place or not self.same_template or self.block_of(figure):
            return None
        group = self.new_groups.get(place)
        if group is None:
            return ""
        if any(group.bookmarks):
            return None
        first = next(name for name in self.old_groups[place].bookmarks if name)
        return "".join(group.texts) if figure.bookmark == first else ""

    def has_changed(self, block: PrintedBlock, new: PrintedBlock) -> bool:
        """Whether a block prints other rows, paragraphs or words, not only other figures."""
        before = [group for group in self.old.groups if group.block == block.name]
        now = [group for group in self.new.groups if group.block == block.name]
        if not block.kinds and not new.kinds:
            return False
        if (block.shape, block.kinds) != (new.shape, new.kinds) or len(before) != len(now):
            return True
        pairs = zip(before, now, strict=True)
        return any(one.place != other.place or not self.is_alike(one, other) for one, other in pairs)

    def is_alike(self, one: PrintedGroup, other: PrintedGroup) -> bool:
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

    def _found(self) -> dict[str, PrintedFigure | None]:
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
            alike = new is not None and self.is_alike(group, new)
            names = [name for name in group.bookmarks if name]
            for number, name in enumerate(names):
                if name not in self.old_figures:
                    continue
                if alike:
                    partners[name] = own[number]
                elif new is not None:
                    partners[name] = _same_or_total(self.old_figures[name], own)
        return partners


class Withdrawn:
    """The figures that the data no longer have and that stand in the document still."""

    def __init__(self, partners: Partners) -> None:
        self._partners = partners
        self._figures: dict[str, PrintedFigure] = {}
        self._taken = set(partners.old_figures) | set(partners.new_figures)

    def __iter__(self) -> Iterator[PrintedFigure]:
        return iter(self._figures.values())

    @property
    def bookmarks(self) -> frozenset[str]:
        """Their bookmarks in the old manifest."""
        return frozenset(self._figures)

    def of(self, figure: PrintedFigure) -> PrintedFigure:
        """An old figure as it is left; its bookmark may be another's now, then it gets a new one."""
        if figure.bookmark not in self._figures:
            name, number = figure.bookmark, 0
            while name in (self._taken if number else self._partners.new_figures):
                number += 1
                name = f"{figure.bookmark}_{number}"
            self._taken.add(name)
            stands = self._partners.words_of(figure) or figure
            self._figures[figure.bookmark] = replace(stands, group=WITHDRAWN, bookmark=name)
        return self._figures[figure.bookmark]


def _same_or_total(figure: PrintedFigure, others: list[PrintedFigure]) -> PrintedFigure | None:
    """The same figure among ``others``; of a count or sum over rows the one over other rows."""
    same = next((item for item in others if item.tag == figure.tag), None)
    if same is not None or len(figure.links) < 2:
        return same
    return next((item for item in others if len(item.links) > 1), None)
