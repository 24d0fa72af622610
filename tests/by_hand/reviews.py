"""Comments and tracked changes, in the markup that Word writes."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from random import Random

from generators.word.oxml import Element, w
from tests.by_hand.atoms import atoms, can_be_wrapped, cut, insert, look_at, pasted, stretch
from tests.by_hand.draft import (
    Draft,
    figures,
    is_figure,
    make,
    property_of,
    related_part,
    remove,
    run_of,
    runs,
    text_of,
)
from tests.by_hand.picking import (
    Edit,
    around,
    paragraphs,
    pick_figure,
    pick_paragraph,
    pick_sentence,
    typed_words,
)

COMMENTS = "word/comments.xml"
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
_WHO = {"author": "王科长", "date": "2030-11-25T09:30:00Z"}


# --- comments -----------------------------------------------------------------------------------------


def comment_on_sentence(draft: Draft, random: Random) -> Edit | None:
    """A comment over a sentence with what stands in it."""
    picked = pick_sentence(draft, random)
    if picked is None:
        return None
    paragraph, low, high = picked
    elements = stretch(paragraph, low, high)
    start, end, words = _comment(draft, random)
    elements[0].addprevious(start)
    for item in reversed(end):
        elements[-1].addnext(item)
    return Edit("", f"commented “{words}” on “{''.join(map(text_of, elements))}”", (words,))


def comment_on_figure(draft: Draft, random: Random) -> Edit | None:
    """A comment over one figure, around its control."""
    picked = pick_figure(draft, random)
    if picked is None or picked[0] not in paragraphs(draft):
        return None
    paragraph, place = picked
    atom = atoms(paragraph)[place]
    start, end, words = _comment(draft, random)
    atom.elements[0].addprevious(start)
    for item in reversed(end):
        atom.elements[-1].addnext(item)
    return Edit("", f"commented “{words}” on the figure “{atom.text}”", (words,))


def comment_in_figure(draft: Draft, random: Random) -> Edit | None:
    """A comment over a figure's text, within its control, as where the text alone was selected."""
    able = [item for item in figures(draft.body) if item.find(f"{w('sdtContent')}/{w('r')}") is not None]
    if not able:
        return None
    control = random.choice(able)
    content = control.find(w("sdtContent"))
    assert content is not None
    start, end, words = _comment(draft, random)
    content.insert(0, start)
    content.extend(end)
    return Edit("", f"commented “{words}” within the figure “{text_of(control)}”", (words,))


def comment_over_paragraphs(draft: Draft, random: Random) -> Edit | None:
    """A comment that begins in one paragraph and ends in a later one of the same text."""
    able = paragraphs(draft)
    place = random.randrange(len(able))
    first, last = able[place], able[min(place + random.randint(1, 3), len(able) - 1)]
    if not atoms(first) or not atoms(last) or first is last:
        return None
    start, end, words = _comment(draft, random)
    insert(first, cut(first, random.randint(0, len(atoms(first)) - 1)), [start])
    insert(last, cut(last, random.randint(1, len(atoms(last))), behind=True), end)
    return Edit("", f"commented “{words}” from “{around(first)}” to “{around(last)}”", (words,))


def _comment(draft: Draft, random: Random) -> tuple[Element, list[Element], str]:
    """A new comment: where its range begins, what stands behind it, and its words."""
    if COMMENTS not in draft.parts:
        related_part(draft, COMMENTS, "comments", _COMMENTS_TYPE, make("comments"))
    key, words = draft.new_id(), typed_words(draft, random)
    text = make("p", make("r", make("annotationRef")), run_of(words))
    draft.root(COMMENTS).append(make("comment", text, id=key, initials="王", **_WHO))
    return (
        make("commentRangeStart", id=key),
        [make("commentRangeEnd", id=key), make("r", make("commentReference", id=key))],
        words,
    )


# --- tracked changes ----------------------------------------------------------------------------------


def insert_tracked(draft: Draft, random: Random) -> Edit | None:
    """Words typed with tracking on, anywhere in a paragraph."""
    paragraph = pick_paragraph(draft, random)
    if paragraph is None:
        return None
    gap = random.randint(0, len(atoms(paragraph)))
    words = typed_words(draft, random)
    run = run_of(words, look_at(paragraph, gap))
    place = cut(paragraph, gap, behind=random.random() < 0.5)
    insert(paragraph, place, [_change(draft, "ins", [run])])
    return Edit("", f"typed “{words}” with tracking in “{around(paragraph)}”", (words,))


def delete_tracked(draft: Draft, random: Random) -> Edit | None:
    """Words, or a sentence with its figures, deleted with tracking on."""
    picked = pick_sentence(draft, random)
    if picked is None:
        return None
    paragraph, low, high = picked
    if random.random() < 0.5:
        low = random.randint(low, high - 1)
        high = random.randint(low + 1, min(high, low + 5))
    if any(atom.kind == "object" for atom in atoms(paragraph)[low:high]):
        return None
    elements = stretch(paragraph, low, high)
    if _is_changed(elements):
        return None
    said = f"deleted “{''.join(map(text_of, elements))}” with tracking"
    for element in elements:
        if element.tag == w("r"):
            element.addprevious(_change(draft, "del", [_deleted(element)]))
            remove(element)
        elif is_figure(element):
            _delete_control(draft, element)
    return Edit("", said)


def delete_figure_tracked(draft: Draft, random: Random) -> Edit | None:
    """A figure deleted with its control, with tracking on."""
    picked = pick_figure(draft, random)
    if picked is None:
        return None
    paragraph, place = picked
    control = atoms(paragraph)[place].control
    if _is_changed([control]):
        return None
    said = f"deleted the figure “{text_of(control)}” with tracking in “{around(paragraph)}”"
    _delete_control(draft, control)
    return Edit("", said)


def _delete_control(draft: Draft, control: Element) -> None:
    """The control goes by a range of its own, its text as deleted text inside, as Word writes it."""
    content = control.find(w("sdtContent"))
    assert content is not None
    for run in list(content.iter(w("r"))):
        if run.find(w("t")) is None:
            continue
        change = _change(draft, "del", [_deleted(run)])
        holder = run.getparent()
        assert holder is not None
        holder.replace(run, change)
    outer, inner = draft.new_id(), draft.new_id()
    control.addprevious(make("customXmlDelRangeStart", id=outer, **_WHO))
    content.insert(0, make("customXmlDelRangeEnd", id=outer))
    content.append(make("customXmlDelRangeStart", id=inner, **_WHO))
    control.addnext(make("customXmlDelRangeEnd", id=inner))


def change_in_figure_tracked(draft: Draft, random: Random) -> Edit | None:
    """Digits deleted from or typed into a figure with tracking on."""
    able = [
        run
        for root in (draft.body, *draft.frames())
        for control in figures(root)
        if next(control.iterancestors(w("ins")), None) is None
        for run in control.findall(f"{w('sdtContent')}/{w('r')}")
        if text_of(run)
    ]
    if not able:
        return None
    run = random.choice(able)
    said = f"changed the figure “{text_of(run)}” with tracking in “{around(run)}”"
    look = run.find(w("rPr"))
    typed = _change(draft, "ins", [run_of(str(random.randint(1, 99)), look)])
    if random.random() < 0.6:
        change = _change(draft, "del", [_deleted(run)])
        run.addprevious(change)
        if random.random() < 0.8:
            run.addprevious(typed)
        remove(run)
    else:
        run.addnext(typed)
    return Edit("", said)


def paste_tracked(draft: Draft, random: Random) -> Edit | None:
    """A sentence with its figures pasted with tracking on: each control holds an insertion."""
    picked = pick_sentence(draft, random, with_figure=True)
    if picked is None:
        return None
    paragraph, low, high = picked
    if any(atom.kind == "object" for atom in atoms(paragraph)[low:high]):
        return None
    elements = stretch(paragraph, low, high)
    if _is_changed(elements):
        return None
    made: list[Element] = []
    for element in pasted(draft, elements):
        if not is_figure(element):
            made.append(_change(draft, "ins", [element]))
            continue
        content = element.find(w("sdtContent"))
        assert content is not None
        inner = _change(draft, "ins", list(content))
        outer, last = draft.new_id(), draft.new_id()
        content.append(make("customXmlInsRangeEnd", id=outer))
        content.append(inner)
        content.append(make("customXmlInsRangeStart", id=last, **_WHO))
        made.append(make("customXmlInsRangeStart", id=outer, **_WHO))
        made += [element, make("customXmlInsRangeEnd", id=last)]
    insert(paragraph, cut(paragraph, high, behind=True), made)
    return Edit("", f"pasted with tracking in “{around(paragraph)}”")


def wrap_in_insertion(draft: Draft, random: Random) -> Edit | None:
    """A stretch with a figure within one insertion, as WPS and LibreOffice write it."""
    picked = pick_figure(draft, random)
    if picked is None:
        return None
    paragraph, place = picked
    elements = stretch(paragraph, max(place - 2, 0), place + 1)
    if not can_be_wrapped(elements) or _is_changed(elements):
        return None
    before = elements[0].getprevious()
    change = _change(draft, "ins", elements)
    if before is None:
        paragraph.insert(0, change)
    else:
        before.addnext(change)
    return Edit("", f"made “{text_of(change)}” an insertion in “{around(paragraph)}”")


def type_paragraph_tracked(draft: Draft, random: Random) -> Edit | None:
    """A paragraph typed with tracking on: its mark is an insertion too."""
    paragraph = pick_paragraph(draft, random)
    if paragraph is None:
        return None
    words = typed_words(draft, random)
    made = make("p", _change(draft, "ins", [run_of(words)]))
    property_of(made, "pPr", "rPr").append(make("ins", id=draft.new_id(), **_WHO))
    paragraph.addprevious(made)
    return Edit("", f"typed the paragraph “{words}” with tracking", (words,))


def format_tracked(draft: Draft, random: Random) -> Edit | None:
    """A sentence made bold with tracking on: every run keeps what it looked like before."""
    picked = pick_sentence(draft, random)
    if picked is None:
        return None
    paragraph, low, high = picked
    for run in runs(stretch(paragraph, low, high)):
        before = run.find(w("rPr"))
        kept = make("rPr") if before is None else copy.deepcopy(before)
        for nested in kept.findall(w("rPrChange")):
            kept.remove(nested)
        property_of(run, "rPr", "b")
        change = property_of(run, "rPr", "rPrChange")
        for child in list(change):
            change.remove(child)
        change.append(kept)
        for key, value in {"id": str(draft.new_id()), **_WHO}.items():
            change.set(w(key), value)
    return Edit("", f"bold with tracking in “{around(paragraph)}”")


def _change(draft: Draft, kind: str, content: list[Element]) -> Element:
    return make(kind, *content, id=draft.new_id(), **_WHO)


def _is_changed(elements: Iterable[Element]) -> bool:
    """Whether a tracked change stands in elements: Word never writes one into another's insertion."""
    return any(True for element in elements for _ in element.iter(w("ins"), w("del")))


def _deleted(run: Element) -> Element:
    """A copy of a run whose text is deleted text."""
    copied = copy.deepcopy(run)
    for node in copied.findall(w("t")):
        node.tag = w("delText")
    return copied
