"""Which control of a document prints which figure of the manifest it was written from.

Word keeps everything; LibreOffice 7.4 drops tags and ids and keeps aliases and bookmarks; pasting a
sentence doubles tags and drops bookmarks. A control is known by its tag, else by its bookmark, else by
its alias, else by its text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from generators.model import Manifest, PrintedFigure
from generators.word.controls import BOOKMARK
from generators.word.reading import Control, Document


class KnownBy(StrEnum):
    """By what a control was known again."""

    TAG = "tag"
    BOOKMARK = "bookmark"
    ALIAS = "alias"
    TEXT = "text"


@dataclass(frozen=True)
class Match:
    """A control and its figure. ``copied`` says that another control stands for the figure already."""

    control: Control
    figure: PrintedFigure
    known_by: KnownBy
    copied: bool = False


@dataclass(frozen=True)
class Matches:
    """All controls of a document that print a figure, in reading order, and what has no partner.

    ``missing`` are the figures whose control has gone, ``unknown`` the controls that look like the
    program's but print no figure of the manifest; people's own controls are in neither.
    """

    found: tuple[Match, ...]
    missing: tuple[PrintedFigure, ...]
    unknown: tuple[Control, ...]


def match(document: Document, manifest: Manifest) -> Matches:
    """Find the control of every figure of ``manifest`` in ``document``."""
    matcher = _Matcher(manifest.figures)
    controls = list(document.controls)
    # What is certain comes first, so that a copy never takes the place of its original.
    matcher.take(controls, KnownBy.TAG, lambda item: matcher.exactly(item))
    matcher.take(controls, KnownBy.BOOKMARK, lambda item: matcher.by_bookmark(item))
    matcher.take(controls, KnownBy.TAG, _Neighbours(controls, manifest, matcher).by_tag)
    matcher.take(controls, KnownBy.TAG, lambda item: matcher.by_tag(item))
    matcher.take(controls, KnownBy.ALIAS, lambda item: matcher.by_alias(item))
    matcher.take(controls, KnownBy.TEXT, lambda item: matcher.by_text(item))
    found = [matcher.found[id(item)] for item in controls if id(item) in matcher.found]
    return Matches(
        tuple(found),
        tuple(item for item in manifest.figures if item.bookmark not in matcher.taken),
        tuple(item for item in controls if id(item) not in matcher.found and _looks_ours(item)),
    )


class _Matcher:
    """The figures by everything that a control may be known by, and which are taken."""

    def __init__(self, figures: Sequence[PrintedFigure]) -> None:
        self._by_bookmark = {item.bookmark: item for item in figures}
        self._by_tag = _grouped(figures, lambda item: item.tag)
        self._by_alias = _grouped(figures, lambda item: item.alias)
        self._by_text = _grouped(figures, lambda item: item.text)
        self.taken: set[str] = set()
        self.found: dict[int, Match] = {}

    def take(
        self,
        controls: Iterable[Control],
        known_by: KnownBy,
        figure_of: Callable[[Control], PrintedFigure | None],
    ) -> None:
        """Match those controls that are not matched yet and that ``figure_of`` knows."""
        for control in controls:
            figure = None if id(control) in self.found else figure_of(control)
            if figure is not None:
                copied = figure.bookmark in self.taken
                self.taken.add(figure.bookmark)
                self.found[id(control)] = Match(control, figure, known_by, copied)

    def exactly(self, control: Control) -> PrintedFigure | None:
        """The figure whose tag and bookmark both stand there."""
        figure = self._by_bookmark.get(control.bookmark)
        known = figure is not None and figure.tag == control.tag
        return figure if known and control.bookmark not in self.taken else None

    def free_of_tag(self, control: Control) -> list[PrintedFigure]:
        """The figures of its tag that are not taken yet."""
        figures = self._by_tag.get(control.tag, ()) if control.tag else ()
        return [item for item in figures if item.bookmark not in self.taken]

    def by_bookmark(self, control: Control) -> PrintedFigure | None:
        """The figure of its bookmark, where the tag is lost."""
        figure = self._by_bookmark.get(control.bookmark)
        return figure if not control.tag and control.bookmark not in self.taken else None

    def by_tag(self, control: Control) -> PrintedFigure | None:
        """A figure of its tag: the first that is not taken, else it is a copy of the first."""
        return self._next(self._by_tag.get(control.tag, ())) if control.tag else None

    def by_alias(self, control: Control) -> PrintedFigure | None:
        """A figure of its alias, where the tag is lost.

        Several tags may print a cell in several ways: then the text decides, or nothing does.
        """
        if control.tag or not control.alias:
            return None
        figures = self._by_alias.get(control.alias, ())
        alike = [item for item in figures if item.text == control.text]
        if not alike and len({item.tag for item in figures}) > 1:
            return None
        return self._next(alike or figures)

    def by_text(self, control: Control) -> PrintedFigure | None:
        """The only figure that is not taken yet and prints this text."""
        if control.tag or control.alias or len(control.text) < 2:
            return None
        free = [item for item in self._by_text.get(control.text, ()) if item.bookmark not in self.taken]
        return free[0] if len(free) == 1 else None

    def _next(self, figures: Sequence[PrintedFigure]) -> PrintedFigure | None:
        free = (item for item in figures if item.bookmark not in self.taken)
        return next(free, figures[0] if figures else None)


class _Neighbours:
    """Controls known by what stands beside them: a bookmark may be lost where a copy was pasted too."""

    def __init__(self, controls: Sequence[Control], manifest: Manifest, matcher: _Matcher) -> None:
        self._matcher = matcher
        self._places = {item.bookmark: at for at, item in enumerate(manifest.figures)}
        self._beside: defaultdict[int, list[tuple[Control, int]]] = defaultdict(list)
        for before, after in pairwise(controls):
            self._beside[id(after)].append((before, 1))
            self._beside[id(before)].append((after, -1))

    def by_tag(self, control: Control) -> PrintedFigure | None:
        """The free figure of its tag that was printed next to the same figure as it stands."""
        beside = {
            self._places[found.figure.bookmark] + step
            for neighbour, step in self._beside[id(control)]
            if (found := self._matcher.found.get(id(neighbour))) is not None
        }
        free = self._matcher.free_of_tag(control)
        return next((item for item in free if self._places[item.bookmark] in beside), None)


def _grouped(
    figures: Iterable[PrintedFigure], key: Callable[[PrintedFigure], str]
) -> dict[str, list[PrintedFigure]]:
    groups: defaultdict[str, list[PrintedFigure]] = defaultdict(list)
    for figure in figures:
        groups[key(figure)].append(figure)
    return groups


def _looks_ours(control: Control) -> bool:
    return control.bookmark.startswith(BOOKMARK) or "|" in control.tag
