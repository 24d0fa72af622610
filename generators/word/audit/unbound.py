"""Numbers in a document that no data stand behind: typed by hand, and no words of the template."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from generators.model import PrintedFigure
from generators.word.audit.alignment import NOWHERE, Alignment
from generators.word.audit.numbers import Number, half_width, numbers_in, quantities
from generators.word.oxml import Element, own_runs, w
from generators.word.places import Place
from generators.word.reading import Document, Text, run_text

Spans = Mapping[int, Sequence[tuple[int, int]]]
"""Stretches of text, from and to, by the number of their paragraph in its document."""

FIGURE = "\0"
"""Stands for a figure, whatever it prints, where words are compared."""
_AROUND = 6
"""Characters on one side of a number by which a phrase is known again; two on both sides will do."""
_FIGURES = re.compile(f"{FIGURE}+")
_ROW_NUMBER = re.compile(r"\d{1,4}\Z")


@dataclass(frozen=True)
class Unbound:
    """A number that nothing stands behind, in the ``paragraph``-th paragraph of the document from 0.

    ``alike`` is a figure that prints the same number in the same unit, ``None`` for no such one.
    """

    paragraph: int
    number: Number
    alike: PrintedFigure | None = None


def words_of(texts: Iterable[Text]) -> list[str]:
    """Paragraphs with a mark in place of every control: the words that were not printed from data."""
    return [
        "".join(span.text if span.control is None else FIGURE for span in text.spans) for text in texts
    ]


def told_by(figures: Iterable[PrintedFigure]) -> list[str]:
    """What departments say in words of their own: texts, names, not numbers with a unit."""
    return [
        figure.text
        for figure in figures
        if figure.links and all(isinstance(link.value, str) for link in figure.links)
    ]


def unbound_numbers(
    document: Document,
    places: Sequence[Place],
    bound: Spans,
    known: Sequence[str],
    figures: Sequence[PrintedFigure],
    alignment: Alignment | None = None,
    printed: Sequence[tuple[int, int]] = (),
    allowed: Sequence[str] = (),
) -> Iterator[Unbound]:
    """The numbers of ``document`` outside of ``bound`` and of fields, in reading order.

    ``known`` are words that may hold numbers: the template's, and what departments wrote. With an
    ``alignment`` of a report that was just printed, what stands where its own words stand is the
    template's too; ``printed`` are the places of figures in that report.
    """
    corpus = _FIGURES.sub(FIGURE, half_width("".join(f"\n{item}" for item in known) + "\n"))
    fields = _field_results(document)
    ways = _by_quantity(figures)
    taken = {place for start, end in printed for place in range(start, end)}
    for paragraph, text in enumerate(document.texts):
        own = [*bound.get(paragraph, ()), *fields.get(paragraph, ())]
        masked = _masked(half_width(text.text), own)
        start = alignment.own_starts[paragraph] if alignment else 0
        for number in numbers_in(text.text, allowed):
            if set(masked[number.start : number.end]) == {FIGURE}:
                continue
            if alignment and _is_where_it_was(alignment, start, number, taken):
                continue
            if places[paragraph].column == 1 and _ROW_NUMBER.match(text.text.strip()):
                continue
            if not _is_known(masked, number, corpus):
                yield Unbound(paragraph, number, _alike(text.text, number, ways))


def _masked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    marks = list(text)
    for start, end in spans:
        marks[start:end] = FIGURE * (end - start)
    return "".join(marks)


def _is_where_it_was(alignment: Alignment, start: int, number: Number, printed: set[int]) -> bool:
    """Whether the number stands, whole, where the report's own words have it."""
    places = alignment.whence[start + number.start : start + number.end]
    first = places[0]
    whole = all(place == first + step for step, place in enumerate(places))
    return first != NOWHERE and whole and printed.isdisjoint(places)


def _is_known(masked: str, number: Number, corpus: str) -> bool:
    """Whether the number stands in a phrase that is known."""
    before = _FIGURES.sub(FIGURE, f"\n{masked[: number.start]}")[-_AROUND:]
    after = _FIGURES.sub(FIGURE, f"{masked[number.end :]}\n")[:_AROUND]
    digits = masked[number.start : number.end]
    words = sum(mark not in (FIGURE, "\n") for mark in before[-2:] + after[:2])
    if words >= 2 and f"{before[-2:]}{digits}{after[:2]}" in corpus:
        return True
    if len(after) == _AROUND and FIGURE not in after and _stands(f"{digits}{after}", corpus):
        return True
    return len(before) == _AROUND and FIGURE not in before and _stands(f"{before}{digits}", corpus)


def _stands(phrase: str, corpus: str) -> bool:
    """Whether a phrase stands in the corpus and no number goes on beyond its ends."""
    return re.search(rf"(?<![\d.,]){re.escape(phrase)}(?![\d,%‰]|\.\d)", corpus) is not None


def _by_quantity(figures: Iterable[PrintedFigure]) -> dict[str, list[tuple[str, PrintedFigure]]]:
    """The figures by each number they print, with the unit behind it."""
    ways: dict[str, list[tuple[str, PrintedFigure]]] = {}
    for figure in figures:
        if not any(isinstance(link.value, str) for link in figure.links):
            for number, unit in quantities(figure.text):
                if unit or number.endswith(("%", "‰")):
                    ways.setdefault(number, []).append((unit, figure))
    return ways


def _alike(
    text: str, number: Number, ways: Mapping[str, Sequence[tuple[str, PrintedFigure]]]
) -> PrintedFigure | None:
    behind = half_width(text)[number.end :]
    found = ways.get(number.text.replace(",", ""), ())
    return next((figure for unit, figure in found if behind.startswith(unit)), None)


# --- what Word works out by itself ----------------------------------------------------------------


def _field_results(document: Document) -> dict[int, list[tuple[int, int]]]:
    """The stretches that fields print (page numbers, contents); links are not among them."""
    found: dict[int, list[tuple[int, int]]] = {}
    levels: list[tuple[str, bool]] = []
    part = ""
    for paragraph, text in enumerate(document.texts):
        if text.part != part:
            part, levels = text.part, []
        place = 0
        for run in own_runs(text.element):
            for mark in run.iter(w("fldChar"), w("instrText")):
                _follow(mark, levels)
            length = len(run_text(run))
            shown = any(begun and not _is_link(code) for code, begun in levels)
            if length and (shown or _in_simple_field(run)):
                found.setdefault(paragraph, []).append((place, place + length))
            place += length
    return found


def _follow(mark: Element, levels: list[tuple[str, bool]]) -> None:
    """Keep account of the open fields: the instruction of each, and whether its result has begun."""
    kind = mark.get(w("fldCharType"))
    if kind == "begin":
        levels.append(("", False))
    elif not levels:
        return
    elif kind == "separate":
        levels[-1] = (levels[-1][0], True)
    elif kind == "end":
        levels.pop()
    else:
        levels[-1] = (levels[-1][0] + (mark.text or ""), levels[-1][1])


def _in_simple_field(run: Element) -> bool:
    return any(
        not _is_link(str(field.get(w("instr")) or "")) for field in run.iterancestors(w("fldSimple"))
    )


def _is_link(instruction: str) -> bool:
    return instruction.strip().upper().startswith("HYPERLINK")
