"""Document + what it printed + what would be printed now → everything in it that is off."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from generators.model import WITHDRAWN, Manifest, PrintedFigure
from generators.word.audit.alignment import Alignment, align
from generators.word.audit.unbound import told_by, unbound_numbers, words_of
from generators.word.matching import Match, Matches, match
from generators.word.oxml import own_runs, w
from generators.word.places import Place, places_of, story_of
from generators.word.reading import Control, Document, Text, run_text

CLEAN_COPY = 0.3
"""How much of the report must stand in a document without controls that counts as a copy of it."""


class Kind(StrEnum):
    """What is off, in the order in which it is shown."""

    STALE = "stale"
    WITHDRAWN = "withdrawn"
    ADDED = "added"
    CHANGED = "changed"
    GONE = "gone"
    UNBOUND = "unbound"


@dataclass(frozen=True)
class Fault:
    """One thing that is off.

    ``text`` is what stands in the document, ``printed`` what the program had put there, ``now`` what
    the data give, ``None`` where that is not known. ``context`` is the text around it. ``figures``
    are those concerned: several for what is gone or new side by side; of a number that is bound to
    nothing the figure that says the same, or none.
    """

    kind: Kind
    place: Place
    figures: tuple[PrintedFigure, ...]
    text: str = ""
    printed: str = ""
    now: str | None = None
    context: str = ""


@dataclass(frozen=True)
class Current:
    """What the data give now: a report printed just now and its manifest.

    ``document`` is ``None`` where nothing could be printed and the last report has to do.
    """

    manifest: Manifest
    document: Document | None = None


@dataclass(frozen=True)
class Audit:
    """What was found. ``compared`` counts the figures whose text was held against the data.

    ``clean_copy`` says that the document is a report without controls; ``ours`` that it is a report.
    """

    faults: tuple[Fault, ...]
    compared: int
    clean_copy: bool
    ours: bool


def audit(
    document: Document,
    manifest: Manifest | None = None,
    current: Current | None = None,
    template: Sequence[Text] = (),
    allowed: Sequence[str] = (),
) -> Audit:
    """Hold ``document`` against what it printed and against what the data give now.

    Without a ``manifest`` only numbers that are bound to nothing are looked for. ``template`` are the
    template's paragraphs as they are read, whose own numbers are no figures; ``allowed`` the pack's
    exceptions.
    """
    return _Auditor(document, manifest, current, allowed).audit(template)


def standing_text(control: Control) -> str:
    """What stands in a control; nothing where Word shows its request to type something."""
    placeholder = control.element.find(f"{w('sdtPr')}/{w('showingPlcHdr')}")
    return control.text if placeholder is None else ""


@dataclass
class _Auditor:
    """One audit, from the controls that were found to the numbers outside of them."""

    document: Document
    manifest: Manifest | None
    current: Current | None
    allowed: Sequence[str]
    faults: list[Fault] = field(default_factory=list)
    compared: int = 0
    replaced: set[str] = field(default_factory=set)
    """Places of the template at which something else is printed now, which was said already."""

    def __post_init__(self) -> None:
        empty = Matches((), (), tuple(self.document.controls))
        self.matches = match(self.document, self.manifest) if self.manifest else empty
        self.places = places_of(self.document)
        self.bound: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self.reference = self.current.document if self.current else None
        self.alignment: Alignment | None = None
        if self.manifest and self.reference:
            self.alignment = align(_texts(self.reference), _texts(self.document))
        self.fresh_at = self._fresh_places()
        self.now: dict[str, list[PrintedFigure]] = defaultdict(list)
        for figure in self.current.manifest.figures if self.current else ():
            self.now[figure.tag].append(figure)

    def audit(self, template: Sequence[Text]) -> Audit:
        clean_copy = not self.matches.found and self._is_copy()
        ours = bool(self.matches.found) or clean_copy
        if clean_copy and self.reference:
            self._clean_copy()
        elif clean_copy:
            self._by_text_alone()
        elif ours:
            self._standing()
            self._gone()
            self._added()
        self._unbound(template, ours)
        order = list(Kind)
        self.faults.sort(key=lambda fault: order.index(fault.kind))
        return Audit(tuple(self.faults), self.compared, clean_copy, ours)

    # --- figures in their controls --------------------------------------------------------------------

    def _standing(self) -> None:
        found = {id(item.control): item for item in self.matches.found}
        for paragraph, start, end, control in _controls(self.document):
            item = found.get(id(control))
            if item is not None:
                self.bound[paragraph].append((start, end))
                self._figure(item, paragraph, start, end)
            elif control.text in {figure.text for figure in self.now.get(control.tag, ())}:
                self.bound[paragraph].append((start, end))  # printed since, and pasted in

    def _figure(self, item: Match, paragraph: int, start: int, end: int) -> None:
        self.compared += 1
        figure, text = item.figure, standing_text(item.control)
        now = self._now(figure)
        if now is not None and text in now:
            return
        kind = Kind.CHANGED
        instead = now or self._instead(figure)
        if text == figure.text:
            if now is None or not text or text in instead:
                return
            kind = Kind.STALE if now else Kind.WITHDRAWN
        self._add(kind, paragraph, (start, end), figure, text, instead)

    def _instead(self, figure: PrintedFigure) -> list[str]:
        """What is printed now in the place of a figure that is not; nothing for the place of a row."""
        if self.manifest is None or self.current is None or figure.group == WITHDRAWN:
            return []
        place = self.manifest.groups[figure.group].place
        self.replaced.add(place)
        groups = self.current.manifest.groups
        return ["".join(group.texts) for group in groups if group.place == place][:1]

    def _now(self, figure: PrintedFigure) -> list[str] | None:
        """What the data give for a figure: nothing where they no longer have it, ``None`` if unknown."""
        if self.current is None or self.manifest is None:
            return None
        now = self.now.get(figure.tag)
        if now:
            return [item.text for item in now]
        same_template = self.manifest.template == self.current.manifest.template
        return [] if same_template or figure.group == WITHDRAWN else None

    # --- figures whose control has gone ---------------------------------------------------------------

    def _gone(self) -> None:
        marks = _bookmarks(self.document)
        lost: list[PrintedFigure] = []
        for figure in self.matches.missing:
            if figure.group == WITHDRAWN or not figure.text:
                continue
            place = marks.get(figure.bookmark) or self._region(self._fresh(figure))
            if place is None or self._is_bound(*place) or place[1] == place[2]:
                lost.append(figure)
                continue
            paragraph, start, end = place
            text = self.document.texts[paragraph].text[start:end]
            self.bound[paragraph].append((start, end))
            self._add(Kind.GONE, paragraph, (start, end), figure, text, self._now(figure))
        self._together(Kind.GONE, lost, self.manifest.figures if self.manifest else ())

    def _added(self) -> None:
        """Figures that the data give now and that the document had no place for."""
        if self.manifest is None or self.current is None:
            return
        known = {figure.tag for figure in self.manifest.figures}
        current = self.current.manifest
        new = [
            figure
            for figure in current.figures
            if figure.tag not in known and current.groups[figure.group].place not in self.replaced
        ]
        if self.manifest.template == current.template:
            self._together(Kind.ADDED, new, current.figures)

    def _together(
        self, kind: Kind, figures: Iterable[PrintedFigure], all_figures: Sequence[PrintedFigure]
    ) -> None:
        """One fault for figures that stood side by side below one heading."""
        order = {figure.bookmark: place for place, figure in enumerate(all_figures)}
        run: list[PrintedFigure] = []
        for figure in (*figures, None):
            follows = (
                figure is not None
                and run
                and order[figure.bookmark] == order[run[-1].bookmark] + 1
                and (figure.part, figure.heading) == (run[-1].part, run[-1].heading)
            )
            if run and not follows:
                place = Place(story_of(run[0].part), run[0].heading)
                texts = "、".join(item.text for item in run)
                self.faults.append(Fault(kind, place, tuple(run), "", texts))
                run = []
            if figure is not None:
                run.append(figure)

    # --- a copy without controls ----------------------------------------------------------------------

    def _clean_copy(self) -> None:
        """Hold what stands where the figures of a fresh report stand against them.

        Whether data or people have changed what differs cannot be told without controls.
        """
        assert self.manifest is not None and self.current is not None
        lost: list[PrintedFigure] = []
        for figure in self.current.manifest.figures:
            place = self._region(figure)
            if place is None or place[1] == place[2]:
                lost.append(figure)
                continue
            self.compared += 1
            paragraph, start, end = place
            self.bound[paragraph].append((start, end))
            text = self.document.texts[paragraph].text[start:end]
            if text.strip() != figure.text.strip():
                self._add(Kind.STALE, paragraph, (start, end), figure, text, [figure.text])
        self._together(Kind.GONE, lost, self.current.manifest.figures)

    def _is_copy(self) -> bool:
        """Whether a document without controls says what the report says."""
        if self.alignment is not None:
            return self.alignment.share >= CLEAN_COPY
        figures = self.manifest.figures if self.manifest else ()
        told = "\n".join(_texts(self.document))
        texts = {figure.text for figure in figures if len(figure.text) >= _TELLING}
        return bool(texts) and sum(text in told for text in texts) >= len(texts) / 2

    def _by_text_alone(self) -> None:
        """Let stand what figures print, wherever it is: no report can be printed to compare with."""
        texts = {figure.text for figure in self.manifest.figures} if self.manifest else set()
        longest_first = sorted((text for text in texts if text), key=len, reverse=True)
        any_of = re.compile("|".join(map(re.escape, longest_first)))
        for paragraph, text in enumerate(self.document.texts):
            found = [match.span() for match in any_of.finditer(text.text)]
            self.bound[paragraph] += [span for span in found if _is_whole(text.text, *span)]

    # --- numbers outside of controls ------------------------------------------------------------------

    def _unbound(self, template: Sequence[Text], ours: bool) -> None:
        manifests = (self.manifest, self.current.manifest if self.current else None)
        figures = [figure for item in reversed(manifests) if item for figure in item.figures]
        known = [*words_of(self.reference.texts if self.reference else ()), *words_of(template)]
        numbers = unbound_numbers(
            self.document,
            self.places,
            self.bound,
            [*known, *told_by(figures)] if ours else (),
            figures,
            self.alignment,
            tuple(self.fresh_at.values()),
            self.allowed,
        )
        for item in numbers:
            start, end = item.number.start, item.number.end
            alike = (item.alike,) if item.alike else ()
            context = _around(self.document.texts[item.paragraph].text, start, end)
            place = self.places[item.paragraph]
            self.faults.append(Fault(Kind.UNBOUND, place, alike, item.number.text, context=context))

    # --- places ---------------------------------------------------------------------------------------

    def _add(
        self,
        kind: Kind,
        paragraph: int,
        span: tuple[int, int],
        figure: PrintedFigure,
        text: str,
        now: Sequence[str] | None,
    ) -> None:
        shown = None if now is None else now[0] if now else ""
        context = _around(self.document.texts[paragraph].text, *span)
        self.faults.append(
            Fault(kind, self.places[paragraph], (figure,), text, figure.text, shown, context)
        )

    def _fresh_places(self) -> dict[str, tuple[int, int]]:
        """Where each figure of the fresh report stands in its text as it is aligned, by bookmark."""
        if self.reference is None or self.alignment is None:
            return {}
        starts = self.alignment.starts
        return {
            control.bookmark: (starts[paragraph] + start, starts[paragraph] + end)
            for paragraph, start, end, control in _controls(self.reference)
            if control.bookmark
        }

    def _fresh(self, figure: PrintedFigure) -> PrintedFigure | None:
        """The fresh report's figure for one that was printed before: in its place, else of its tag."""
        alike = self.now.get(figure.tag, ())
        return next((item for item in alike if item.bookmark == figure.bookmark), None) or next(
            iter(alike), None
        )

    def _region(self, figure: PrintedFigure | None) -> tuple[int, int, int] | None:
        """Paragraph, start and end of what stands in the document where a fresh figure belongs."""
        span = self.fresh_at.get(figure.bookmark) if figure else None
        region = self.alignment.region(*span) if self.alignment and span else None
        if self.alignment is None or region is None:
            return None
        starts = self.alignment.own_starts
        paragraph = max((n for n, start in enumerate(starts) if start <= region[0]), default=0)
        length = len(self.document.texts[paragraph].text)
        start, end = (min(place - starts[paragraph], length) for place in region)
        return paragraph, max(start, 0), max(end, 0)

    def _is_bound(self, paragraph: int, start: int, end: int) -> bool:
        """Whether a figure that was found stands there."""
        return any(low < end and start < high for low, high in self.bound.get(paragraph, ()))


_TELLING = 4
"""Characters of a figure's text that do not stand in another document by chance."""


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether no number goes on beyond the ends of a stretch of text."""
    return not (text[start - 1 : start].isdigit() or text[end : end + 1].isdigit())


def _texts(document: Document) -> list[str]:
    return [text.text for text in document.texts]


def _controls(document: Document) -> Iterator[tuple[int, int, int, Control]]:
    """Every control with the number of its paragraph from 0, and where it begins and ends there."""
    for paragraph, text in enumerate(document.texts):
        place = 0
        for span in text.spans:
            if span.control is not None:
                yield paragraph, place, place + len(span.text), span.control
            place += len(span.text)


def _bookmarks(document: Document) -> Mapping[str, tuple[int, int, int]]:
    """The bookmarks that lie within one paragraph, by name: its number, where they begin and end."""
    found: dict[str, tuple[int, int, int]] = {}
    for paragraph, text in enumerate(document.texts):
        names: dict[str, tuple[str, int]] = {}
        runs = {run: run_text(run) for run in own_runs(text.element)}
        place = 0
        for item in text.element.iter(w("r"), w("bookmarkStart"), w("bookmarkEnd")):
            number = str(item.get(w("id")))
            if item.tag == w("r"):
                place += len(runs.get(item, ""))
            elif item.tag == w("bookmarkStart"):
                names[number] = (str(item.get(w("name"))), place)
            elif number in names:
                name, start = names.pop(number)
                found[name] = (paragraph, start, place)
    return found


_BESIDE = 15
"""Characters that are shown on either side."""


def _around(text: str, start: int, end: int) -> str:
    """What stands around a stretch of a paragraph, on one line."""
    before = ("…" if start > _BESIDE else "") + text[max(start - _BESIDE, 0) : start]
    after = text[end : end + _BESIDE] + ("…" if len(text) > end + _BESIDE else "")
    return " ".join(f"{before}{text[start:end]}{after}".split())
