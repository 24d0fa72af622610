"""What a report printed: every figure with its control, its raw value and its cells."""

from __future__ import annotations

from dataclasses import dataclass

from generators.model.cells import Value

WITHDRAWN = -1
"""The group of a figure that stands in a document though the data no longer has it."""


@dataclass(frozen=True)
class Link:
    """One reported figure that something printed stands on.

    ``figure`` is a stable id: ``code.measure`` for an indicator, ``register/department/row/column``
    for a register's cell (the row by what its naming column says), a narrative's code.
    ``department`` is a code. ``value`` is ``None``, and file, sheet, cell and sha256 are empty, for
    a figure that nobody reported.
    """

    figure: str
    label: str
    department: str
    value: Value = None
    sha256: str = ""
    file: str = ""
    sheet: str = ""
    cell: str = ""
    vintage: int = 0


@dataclass(frozen=True)
class PrintedFigure:
    """One content control of a report, in reading order.

    ``tag`` and ``alias`` are those of the control, ``bookmark`` the name of the bookmark around it.
    ``expression`` is the inside of the template's tag, and ``group`` counts the places where a tag
    of the template was printed: one may print several figures with fixed words between them
    (:data:`WITHDRAWN` for a figure that is printed no longer).
    ``value`` is what was printed before rounding to ``decimals`` places; both are ``None`` for words.
    ``part`` and ``heading`` say where it stands.
    """

    tag: str
    bookmark: str
    alias: str
    text: str
    expression: str
    group: int
    links: tuple[Link, ...]
    value: Value = None
    decimals: int | None = None
    missing: bool = False
    part: str = ""
    heading: str = ""

    @property
    def name(self) -> str:
        """The name of its indicator or column; of what has no cell its expression."""
        return self.links[0].label if self.links else self.expression


@dataclass(frozen=True)
class PrintedGroup:
    """What one tag of the template printed in one place: figures, fixed words, or both together.

    ``place`` tells it from the others: part and number of the tag in the template, and in loops the
    keys of the items. It is the same in every report from the same template. ``texts`` are the
    pieces in order; ``bookmarks`` beside them those of the figures, empty for words. ``block`` is
    the name of the outermost block around it, empty for none. ``edited`` says that people edited it
    when it should have been printed anew: it is theirs since then.
    """

    place: str
    expression: str
    texts: tuple[str, ...]
    bookmarks: tuple[str, ...]
    block: str = ""
    edited: bool = False


@dataclass(frozen=True)
class PrintedBlock:
    """What an outermost ``for`` or ``if`` of the template printed.

    ``name`` is the bookmark that spans it. ``fingerprint`` is of what it looked like when it was
    printed (:class:`generators.word.reading.Look`), by which a block that a person edited is told;
    it is empty for one that is known to be edited. ``shape`` is the same without the text of the
    figures: it changes when rows come or go, not when a figure does; ``layout`` is of indents,
    widths and the like. ``kinds`` are the elements that were printed: paragraphs ``p``, tables
    ``tbl``, rows ``tr``; none where the block printed nothing. The bookmark then marks the place:
    ``anchor`` is ``after`` or ``before`` and the kind of the element that holds it.
    """

    name: str
    tag: str
    part: str
    kinds: tuple[str, ...] = ()
    anchor: str = ""
    fingerprint: str = ""
    shape: str = ""
    layout: str = ""


@dataclass(frozen=True)
class Manifest:
    """Everything a report printed. ``template`` is the SHA-256 of the template's bytes."""

    pack: str
    period: str
    template: str
    figures: tuple[PrintedFigure, ...] = ()
    groups: tuple[PrintedGroup, ...] = ()
    blocks: tuple[PrintedBlock, ...] = ()


@dataclass(frozen=True)
class Issue:
    """A report as it was written, and what it printed.

    ``sha256`` is of the document. ``refreshed`` says that it holds what people wrote by hand, and
    must not be made anew from the template. ``written_at`` is ISO text in UTC.
    """

    number: int
    sha256: str
    manifest: Manifest
    refreshed: bool
    written_at: str
