"""What a refreshed document stands on: the manifest that the next refresh starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from generators.model import Manifest, PrintedBlock, PrintedFigure, PrintedGroup
from generators.word.reading import Look
from generators.word.refresh.partners import Partners, Withdrawn


@dataclass
class Done:
    """What a refresh did to blocks (by name), and to lists and texts (by the places of their groups).

    ``rebuilt`` and ``replaced`` were put in anew; ``left`` and ``kept`` should have been, and are as
    people have them. ``anchors`` says where the bookmarks of blocks that print nothing have been
    moved to. ``dropped`` are old bookmarks: the further figures of a list or text that prints none
    now. ``unedited`` says of every block whether people left it as it was printed.
    """

    unedited: Mapping[str, bool]
    rebuilt: dict[str, PrintedBlock] = field(default_factory=dict)
    left: dict[str, PrintedBlock] = field(default_factory=dict)
    anchors: dict[str, str] = field(default_factory=dict)
    replaced: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    dropped: set[str] = field(default_factory=set)


class Record:
    """The manifest of a refreshed document; ``unplaced`` are groups whose figures stand nowhere."""

    def __init__(self, partners: Partners, withdrawn: Withdrawn, done: Done) -> None:
        self._partners, self._withdrawn, self._done = partners, withdrawn, done
        self.unplaced: list[PrintedGroup] = []

    def manifest(self) -> Manifest:
        """What the document stands on now."""
        if not self._partners.same_template:
            return self._of_old_template()
        groups: list[PrintedGroup] = []
        figures: list[PrintedFigure] = []
        for group in self._partners.new.groups:
            old = self._partners.old_groups.get(group.place)
            if old is not None and self._words_in_place(old):
                continue
            if group.place in self._done.kept or group.block in self._done.left:
                if old is None:
                    continue  # it stands nowhere yet
                group = self._as_it_stands(old)
            elif self._has_no_place(old, group):
                self.unplaced.append(group)
                continue
            own = [self._partners.new_figures.get(name) for name in group.bookmarks]
            figures += [replace(item, group=len(groups)) for item in own if item is not None]
            groups.append(group)
        for old in self._partners.old.groups:
            words = self._words_in_place(old)
            if words:
                figures += [replace(item, group=len(groups)) for item in words]
                groups.append(self._with_words(old, words))
        placed = {figure.bookmark for figure in figures}
        return replace(
            self._partners.new,
            figures=(*figures, *(item for item in self._withdrawn if item.bookmark not in placed)),
            groups=tuple(groups),
            blocks=tuple(self._block(block) for block in self._partners.new.blocks),
        )

    def _of_old_template(self) -> Manifest:
        """The old manifest with the figures that both templates print."""
        figures = []
        for figure in self._partners.old.figures:
            now = self._partners.of(figure)
            figures.append(
                figure if now is None else replace(now, bookmark=figure.bookmark, group=figure.group)
            )
        return replace(self._partners.old, figures=tuple(figures))

    def _as_it_stands(self, group: PrintedGroup) -> PrintedGroup:
        """A group that was not printed anew, with the figures that it shares with the new one."""
        texts, bookmarks = list(group.texts), list(group.bookmarks)
        for place, name in enumerate(group.bookmarks):
            figure = self._partners.old_figures.get(name)
            if figure is not None:
                now = self._partners.of(figure) or self._withdrawn.of(figure)
                texts[place], bookmarks[place] = now.text, now.bookmark
        edited = group.edited or group.place in self._done.kept
        return replace(group, texts=tuple(texts), bookmarks=tuple(bookmarks), edited=edited)

    def _words_in_place(self, group: PrintedGroup) -> list[PrintedFigure]:
        """The figures of an old group whose controls stand and hold words or nothing now."""
        names = [name for name in group.bookmarks if name in self._withdrawn.bookmarks]
        own = [self._partners.old_figures[name] for name in names]
        return [self._withdrawn.of(item) for item in own if self._partners.words_of(item) is not None]

    def _with_words(self, group: PrintedGroup, words: list[PrintedFigure]) -> PrintedGroup:
        return replace(
            group,
            texts=tuple(item.text for item in words),
            bookmarks=tuple(item.bookmark for item in words),
            edited=group.edited or group.place in self._done.kept,
        )

    def _has_no_place(self, old: PrintedGroup | None, new: PrintedGroup) -> bool:
        """Whether a figure is printed where none was before, and nothing was put in there."""
        return (
            (old is None or not any(old.bookmarks))
            and any(new.bookmarks)
            and new.block not in self._done.rebuilt
        )

    def _block(self, new: PrintedBlock) -> PrintedBlock:
        done = self._done
        if new.name in done.rebuilt:
            anchor = "" if new.kinds else done.anchors.get(new.name, new.anchor)
            return replace(new, anchor=anchor)
        if new.name in done.left:
            return replace(done.left[new.name], fingerprint="")
        old = next((block for block in self._partners.old.blocks if block.name == new.name), None)
        if old is None:
            return new
        unedited = old.fingerprint and done.unedited[new.name]
        anchor = done.anchors.get(new.name, old.anchor)
        return replace(old, anchor=anchor, fingerprint=old.fingerprint if unedited else "")


def with_looks(manifest: Manifest, looks: Mapping[str, Look]) -> Manifest:
    """The manifest with what its blocks look like now, where they are as the program printed them."""
    blocks = []
    for block in manifest.blocks:
        look = looks.get(block.name)
        if look is not None and block.kinds and block.fingerprint:
            block = replace(block, fingerprint=look.whole, layout=look.layout)
        blocks.append(block)
    return replace(manifest, blocks=tuple(blocks))
