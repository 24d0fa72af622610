"""What is edited, drawn at random, and the record of an edit."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from generators.word.oxml import Element, w
from tests.by_hand.atoms import atoms, sentences
from tests.by_hand.draft import Draft, figures, text_of


@dataclass(frozen=True)
class Edit:
    """What was done. ``typed`` are the words that somebody typed; each is there only once."""

    kind: str
    said: str
    typed: tuple[str, ...] = ()


_WORDS = ("据了解", "另有7艘", "（已核实）", "同比增长3.3%", "“重点”工程", "见附件", " OK ", "85亿元")


def typed_words(draft: Draft, random: Random) -> str:
    """Something to type that stands nowhere else in the document; it may look like a figure."""
    return f"{random.choice(_WORDS)}改{draft.new_id()}"


def paragraphs(draft: Draft) -> list[Element]:
    """The paragraphs of the body, those in table cells too."""
    return [item for item in draft.body.iter(w("p")) if not _in_box(item)]


def _in_box(paragraph: Element) -> bool:
    return any(True for _ in paragraph.iterancestors(w("txbxContent"), w("p")))


def has_section(paragraph: Element) -> bool:
    """Whether the paragraph ends a section."""
    return paragraph.find(f"{w('pPr')}/{w('sectPr')}") is not None


def is_needed(paragraph: Element) -> bool:
    """Whether the document would not be valid without the paragraph: the last of a cell or a body."""
    parent = paragraph.getparent()
    assert parent is not None
    own = parent.findall(w("p"))
    after = paragraph.getnext()
    before = paragraph.getprevious()
    last_in_cell = parent.tag == w("tc") and after is None
    between_tables = (
        before is not None and after is not None and before.tag == after.tag == w("tbl")
    )  # Word would make one table of the two
    return has_section(paragraph) or last_in_cell or len(own) < 2 or between_tables


def pick_paragraph(draft: Draft, random: Random, *, atoms_at_least: int = 1) -> Element | None:
    """A paragraph of the body with text."""
    able = [item for item in paragraphs(draft) if len(atoms(item)) >= atoms_at_least]
    return random.choice(able) if able else None


def pick_figure(draft: Draft, random: Random) -> tuple[Element, int] | None:
    """A figure in a body, header or footer that stands freely in its paragraph, and its place there."""
    found = []
    for root in (draft.body, *draft.frames()):
        for control in figures(root):
            paragraph = control.getparent()
            if paragraph is not None and paragraph.tag == w("p"):
                found.append((paragraph, control))
    if not found:
        return None
    paragraph, control = random.choice(found)
    for place, atom in enumerate(atoms(paragraph)):
        if control in atom.elements:
            return (paragraph, place) if atom.kind == "figure" else None
    return None


def any_figure(draft: Draft, random: Random) -> Element | None:
    """Any control with text around a figure, also in a link or a tracked insertion."""
    able = [
        control
        for root in (draft.body, *draft.frames())
        for control in figures(root)
        if text_of(control) and next(control.iterancestors(w("del"), w("moveFrom")), None) is None
    ]
    return random.choice(able) if able else None


def pick_sentence(
    draft: Draft, random: Random, *, with_figure: bool = False
) -> tuple[Element, int, int] | None:
    """A sentence as paragraph and range of atoms, of several paragraphs tried."""
    for _ in range(8):
        paragraph = pick_paragraph(draft, random, atoms_at_least=3)
        if paragraph is None:
            return None
        own = atoms(paragraph)
        able = [
            (low, high)
            for low, high in sentences(paragraph)
            if not with_figure or any(atom.kind == "figure" for atom in own[low:high])
        ]
        if able:
            low, high = random.choice(able)
            return paragraph, low, high
    return None


def around(element: Element) -> str:
    """The text of the paragraph that holds an element, to say where something was done."""
    paragraph = element if element.tag == w("p") else next(iter(element.iterancestors(w("p"))), element)
    return text_of(paragraph)[:30]
