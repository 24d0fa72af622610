"""Splitting, joining, deleting, copying and moving of paragraphs and sentences."""

from __future__ import annotations

import copy
from random import Random

from generators.word.oxml import Element, w
from tests.by_hand.atoms import atoms, cut, insert, may_go, pasted, sentences, stretch, take_out
from tests.by_hand.draft import Draft, make, remove, text_of
from tests.by_hand.picking import (
    Edit,
    around,
    has_section,
    is_needed,
    paragraphs,
    pick_figure,
    pick_paragraph,
    pick_sentence,
)

# --- paragraphs ---------------------------------------------------------------------------------------


def split_paragraph(draft: Draft, random: Random) -> Edit | None:
    """Enter, anywhere in a paragraph."""
    paragraph = pick_paragraph(draft, random)
    if paragraph is None:
        return None
    return _split(paragraph, random.randint(0, len(atoms(paragraph))), random)


def split_at_figure(draft: Draft, random: Random) -> Edit | None:
    """Enter right before or behind a figure of the body."""
    picked = pick_figure(draft, random)
    if picked is None or picked[0] not in paragraphs(draft):
        return None
    paragraph, place = picked
    return _split(paragraph, place + random.randint(0, 1), random)


def _split(paragraph: Element, gap: int, random: Random) -> Edit:
    """The second half keeps the paragraph's mark, and with it the section that it may end."""
    said = f"Enter in “{around(paragraph)}” at {gap}"
    at = cut(paragraph, gap, behind=gap > 0 and random.random() < 0.5)
    following = make("p", rsidR="00C0FFEE", rsidRDefault="00C0FFEE")
    children = list(paragraph)
    properties = paragraph.find(w("pPr"))
    if properties is not None:
        following.append(copy.deepcopy(properties))
        for section in properties.findall(w("sectPr")):
            properties.remove(section)
    following.extend(children[max(at, 0 if properties is None else 1) :])
    paragraph.addnext(following)
    return Edit("", said)


def join_paragraphs(draft: Draft, random: Random) -> Edit | None:
    """Backspace at the beginning of a paragraph: its text goes to the end of the one before."""
    able = [
        item
        for item in paragraphs(draft)
        if not has_section(item)
        and (before := item.getprevious()) is not None
        and before.tag == w("p")
        and not has_section(before)
        and atoms(item)
    ]
    if not able:
        return None
    paragraph = random.choice(able)
    before = paragraph.getprevious()
    assert before is not None
    said = f"joined “{around(before)}” and “{around(paragraph)}”"
    before.extend(item for item in list(paragraph) if item.tag != w("pPr"))
    remove(paragraph)
    return Edit("", said)


def delete_paragraph(draft: Draft, random: Random) -> Edit | None:
    """A paragraph with all that stands in it."""
    able = [item for item in paragraphs(draft) if not is_needed(item) and may_go([item])]
    if not able:
        return None
    paragraph = random.choice(able)
    said = f"deleted the paragraph “{around(paragraph)}”"
    take_out([paragraph])
    return Edit("", said)


def delete_paragraphs(draft: Draft, random: Random) -> Edit | None:
    """Two to four neighbouring paragraphs at once, such as all that a block printed."""
    paragraph = pick_paragraph(draft, random)
    gone: list[Element] = []
    for _ in range(random.randint(2, 4)):
        if paragraph is None or paragraph.tag != w("p") or is_needed(paragraph):
            break
        gone.append(paragraph)
        paragraph = paragraph.getnext()
    if not gone or not may_go(gone) or len(gone) >= len(gone[0].getparent().findall(w("p"))):  # type: ignore[union-attr]
        return None
    said = f"deleted {len(gone)} paragraphs from “{around(gone[0])}”"
    take_out(gone)
    return Edit("", said)


def duplicate_paragraph(draft: Draft, random: Random) -> Edit | None:
    """Copy and paste of a paragraph, right behind it or anywhere."""
    paragraph = pick_paragraph(draft, random)
    if paragraph is None or has_section(paragraph):
        return None
    target = paragraph if random.random() < 0.5 else pick_paragraph(draft, random)
    assert target is not None
    if has_section(target):
        return None
    target.addnext(pasted(draft, [paragraph])[0])
    return Edit("", f"pasted “{around(paragraph)}” behind “{around(target)}”")


def move_paragraph(draft: Draft, random: Random) -> Edit | None:
    """Cut and paste of a paragraph: its bookmarks go along, of a block's only both ends together."""
    able = [item for item in paragraphs(draft) if atoms(item) and not is_needed(item) and may_go([item])]
    if not able:
        return None
    paragraph = random.choice(able)
    target = random.choice([item for item in paragraphs(draft) if item is not paragraph])
    said = f"moved “{around(paragraph)}” before “{around(target)}”"
    take_out([paragraph])
    target.addprevious(paragraph)
    return Edit("", said)


# --- sentences ----------------------------------------------------------------------------------------


def delete_sentence(draft: Draft, random: Random) -> Edit | None:
    """A sentence with its figures."""
    return _delete(draft, random, words=False)


def delete_words(draft: Draft, random: Random) -> Edit | None:
    """Some characters, with the figures among them."""
    return _delete(draft, random, words=True)


def _delete(draft: Draft, random: Random, *, words: bool) -> Edit | None:
    picked = pick_sentence(draft, random)
    if picked is None:
        return None
    paragraph, low, high = picked
    if words:
        low = random.randint(low, high - 1)
        high = random.randint(low + 1, min(high, low + 6))
    elements = stretch(paragraph, low, high)
    if not may_go(elements):
        return None
    said = f"deleted “{''.join(map(text_of, elements))}” in “{around(paragraph)}”"
    take_out(elements)
    return Edit("", said)


def duplicate_sentence(draft: Draft, random: Random) -> Edit | None:
    """Copy and paste of a sentence with a figure, behind itself or anywhere."""
    picked = pick_sentence(draft, random, with_figure=True)
    if picked is None:
        return None
    paragraph, low, high = picked
    copies = pasted(draft, stretch(paragraph, low, high))
    target, gap = (paragraph, high)
    if random.random() < 0.5:
        other = pick_paragraph(draft, random)
        assert other is not None
        target, gap = other, random.choice([low for low, _ in sentences(other)])
    said = f"pasted “{''.join(map(text_of, copies))}” in “{around(target)}”"
    insert(target, cut(target, gap), copies)
    return Edit("", said)


def move_sentence(draft: Draft, random: Random) -> Edit | None:
    """Cut and paste of a sentence into another paragraph; figures keep controls and bookmarks."""
    picked = pick_sentence(draft, random, with_figure=random.random() < 0.7)
    if picked is None:
        return None
    paragraph, low, high = picked
    able = [item for item in paragraphs(draft) if item is not paragraph and atoms(item)]
    elements = stretch(paragraph, low, high)
    if not able or not may_go(elements):
        return None
    target = random.choice(able)
    said = f"moved “{''.join(map(text_of, elements))}” into “{around(target)}”"
    take_out(elements)
    insert(
        target,
        cut(target, random.choice([low for low, _ in sentences(target)])),
        [item for item in elements if item.getparent() is None],
    )
    return Edit("", said)
