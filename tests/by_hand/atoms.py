"""Places and ranges in a paragraph's text, and what happens to marks when a range is taken out.

A paragraph is a row of *atoms*: a typed character, a printed figure (control and bookmark together),
or an object that nobody edits letter by letter (link, field, picture, tracked change, people's control).
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml import etree

from generators.word.oxml import WP, XML, Element, w
from tests.by_hand.draft import Draft, is_figure, remove, text_of

_PAIRS = ("bookmark", "commentRange", "moveFromRange", "moveToRange", "permission")
STARTS = frozenset([*(w(f"{name}Start") for name in _PAIRS[:-1]), w("permStart")])
ENDS = frozenset([*(w(f"{name}End") for name in _PAIRS[:-1]), w("permEnd")])
MARKS = STARTS | ENDS | {w("proofErr")}
"""What stands between atoms and has no width."""
REFERENCES = (w("commentReference"), w("footnoteReference"), w("endnoteReference"))
SENTENCE_ENDS = "。；！？"


# --- paragraphs ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Atom:
    """``kind`` is ``char``, ``figure`` or ``object``. A character is at ``place`` in its run's text."""

    kind: str
    elements: tuple[Element, ...]
    text: str = ""
    place: int = 0

    @property
    def control(self) -> Element:
        """The figure's control."""
        return next(item for item in self.elements if item.tag == w("sdt"))


def atoms(paragraph: Element) -> list[Atom]:
    """What a paragraph holds, in reading order."""
    found: list[Atom] = []
    field_parts: list[Element] = []
    for child in paragraph:
        kinds = [item.get(w("fldCharType")) for item in child.iter(w("fldChar"))]
        if field_parts or "begin" in kinds:
            field_parts.append(child)
            if "end" in kinds:
                found.append(Atom("object", tuple(field_parts)))
                field_parts = []
        elif child.tag == w("r"):
            content = [item for item in child if item.tag != w("rPr")]
            if all(item.tag == w("t") for item in content):
                text = "".join(item.text or "" for item in content)
                found += [Atom("char", (child,), one, place) for place, one in enumerate(text)]
            else:
                found.append(Atom("object", (child,)))
        elif is_figure(child):
            found.append(Atom("figure", _with_bookmark(child), text_of(child)))
        elif child.tag != w("pPr") and child.tag not in MARKS:
            found.append(Atom("object", (child,)))
    return found


def _with_bookmark(control: Element) -> tuple[Element, ...]:
    start, end = control.getprevious(), control.getnext()
    own = (
        start is not None
        and end is not None
        and start.tag == w("bookmarkStart")
        and str(start.get(w("name"))).startswith("hb_")
        and end.tag == w("bookmarkEnd")
        and end.get(w("id")) == start.get(w("id"))
    )
    return (start, control, end) if own else (control,)  # type: ignore[return-value]


def visible(paragraph: Element) -> str:
    """The text of a paragraph's atoms; an object counts as one character."""
    return "".join(atom.text if atom.kind != "object" else "￼" for atom in atoms(paragraph))


def cut(paragraph: Element, gap: int, *, behind: bool = False) -> int:
    """Where among the paragraph's children something between two atoms goes.

    The run is split where need be. Marks between the atoms stand after the place with ``behind``,
    as where the cursor came from the left, else before it.
    """
    own = atoms(paragraph)
    children = list(paragraph)
    if behind and gap:
        atom = own[gap - 1]
        if atom.kind == "char" and gap < len(own) and own[gap].elements == atom.elements:
            _split(atom.elements[0], own[gap].place)
        return children.index(atom.elements[-1]) + 1
    if gap >= len(own):
        return len(children)
    atom = own[gap]
    if atom.place:
        _split(atom.elements[0], atom.place)
        return children.index(atom.elements[0]) + 1
    return children.index(atom.elements[0])


def _split(run: Element, place: int) -> None:
    """Make two runs of one, the second beginning at ``place`` of its text."""
    text = text_of(run)
    after = copy.deepcopy(run)
    for half, words in ((run, text[:place]), (after, text[place:])):
        nodes = half.findall(w("t"))
        for node in nodes[1:]:
            half.remove(node)
        nodes[0].text = words
        nodes[0].set(f"{{{XML}}}space", "preserve")
    run.addnext(after)


def insert(paragraph: Element, place: int, elements: Iterable[Element]) -> None:
    """Put elements among the paragraph's children."""
    for number, element in enumerate(elements):
        paragraph.insert(place + number, element)


def look_at(paragraph: Element, gap: int) -> Element | None:
    """The run properties that typed text takes: those of the character before, else of the next."""
    own = atoms(paragraph)
    for atom in (*reversed(own[:gap]), *own[gap:]):
        run = next((item for element in atom.elements for item in element.iter(w("r"))), None)
        if run is not None and atom.kind != "object":
            look = run.find(w("rPr"))
            if look is None:
                return None
            look = copy.deepcopy(look)
            for mark in look.findall(w("highlight")):
                look.remove(mark)
            return look
    return None


def sentences(paragraph: Element) -> list[tuple[int, int]]:
    """The paragraph's sentences as ranges of atoms, each with the mark that ends it."""
    found, low = [], 0
    own = atoms(paragraph)
    for place, atom in enumerate(own, 1):
        if (atom.kind == "char" and atom.text in SENTENCE_ENDS) or place == len(own):
            found.append((low, place))
            low = place
    return found


def stretch(paragraph: Element, low: int, high: int) -> list[Element]:
    """The elements from atom ``low`` up to ``high``, runs split at both ends, marks between included."""
    start = cut(paragraph, low)
    end = cut(paragraph, high, behind=True)
    return list(paragraph)[start:end]


def can_be_wrapped(elements: Iterable[Element]) -> bool:
    """Whether elements can stand in a link or an insertion: plain runs, figures, whole bookmarks."""
    items = list(elements)
    starts = {item.get(w("id")) for item in items if item.tag == w("bookmarkStart")}
    ends = {item.get(w("id")) for item in items if item.tag == w("bookmarkEnd")}
    kinds = {w("r"), w("sdt"), w("bookmarkStart"), w("bookmarkEnd")}
    return starts == ends and all(item.tag in kinds for item in items)


# --- taking out, putting in ---------------------------------------------------------------------------


def may_go(elements: Sequence[Element]) -> bool:
    """Whether elements can be taken away or moved without tearing a comment or section in two."""
    inside = [item for element in elements for item in element.iter()]
    started = {item.get(w("id")) for item in inside if item.tag == w("commentRangeStart")}
    named = {item.get(w("id")) for item in inside if item.tag == w("commentReference")}
    return started == named and not any(item.tag == w("sectPr") for item in inside)


def take_out(elements: Sequence[Element]) -> None:
    """Take neighbouring elements out of the document.

    Pairs of marks that stand in them go along; of one that stands there with one end only, that end
    stays at the place, as in Word: a beginning before what follows, an end behind what came before.
    """
    tops = list(elements)
    inside = [item for element in tops for item in element.iter(*STARTS, *ENDS)]
    ends = {_pair(item) for item in inside if item.tag in ENDS}
    starts = {_pair(item) for item in inside if item.tag in STARTS}
    within_paragraph = tops[0].getparent().tag == w("p")  # type: ignore[union-attr]
    for mark in inside:
        if mark.tag in STARTS and _pair(mark) in ends:
            continue
        if mark.tag in ENDS and _pair(mark) in starts:
            continue
        if mark in tops:
            tops.remove(mark)  # it stays where it is
        elif within_paragraph:
            remove(mark)
            tops[-1].addnext(mark)
        else:
            _settle(mark, tops)
    for element in tops:
        remove(element)


def _pair(mark: Element) -> tuple[str, str]:
    kind = etree.QName(mark).localname.removesuffix("Start").removesuffix("End")
    return kind, str(mark.get(w("id")))


def _settle(mark: Element, gone: Sequence[Element]) -> None:
    """Move a mark from paragraphs that go to the next paragraph, or the end of the last one."""
    root = mark.getroottree().getroot()
    lost = {item for element in gone for item in element.iter(w("p"))}
    order = list(root.iter(w("p")))
    first = min(order.index(item) for item in lost)
    last = max(order.index(item) for item in lost)
    remove(mark)
    if mark.tag in STARTS and last + 1 < len(order):
        put_first(order[last + 1], [mark])
    else:
        order[max(first - 1, 0)].append(mark)


def put_first(paragraph: Element, elements: Iterable[Element]) -> None:
    """Put elements at the beginning of a paragraph, behind its properties."""
    insert(paragraph, 0 if paragraph.find(w("pPr")) is None else 1, elements)


def pasted(draft: Draft, elements: Iterable[Element]) -> list[Element]:
    """Copies as they are pasted: no bookmarks, comments or notes; controls and drawings of new ids."""
    copies = [copy.deepcopy(element) for element in elements]
    copies = [item for item in copies if item.tag not in MARKS]
    for element in copies:
        for item in list(element.iter()):
            if item is not element and item.tag in MARKS:
                remove(item)
            elif item.tag in REFERENCES:
                run = item.getparent()
                assert run is not None
                run.remove(item)
            elif item.tag == w("id"):
                item.set(w("val"), str(draft.new_id()))
            elif item.tag in (w("ins"), w("del")):
                item.set(w("id"), str(draft.new_id()))
            elif item.tag == f"{{{WP}}}docPr":
                item.set("id", str(draft.new_id()))
    return copies
