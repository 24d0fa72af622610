"""Typing and deleting in words and figures, and what is done to the controls around figures."""

from __future__ import annotations

import copy
from random import Random

from generators.word.oxml import w
from tests.by_hand.atoms import atoms, cut, insert, look_at, may_go, take_out
from tests.by_hand.draft import Draft, make, remove, run_of, text_of
from tests.by_hand.picking import (
    Edit,
    any_figure,
    around,
    has_section,
    paragraphs,
    pick_figure,
    pick_paragraph,
    typed_words,
)

# --- typing -------------------------------------------------------------------------------------------


def type_before_figure(draft: Draft, random: Random) -> Edit | None:
    """Words right before a figure, outside of its control."""
    return _type_beside(draft, random, behind=False)


def type_behind_figure(draft: Draft, random: Random) -> Edit | None:
    """Words right behind a figure, outside of its control."""
    return _type_beside(draft, random, behind=True)


def _type_beside(draft: Draft, random: Random, *, behind: bool) -> Edit | None:
    picked = pick_figure(draft, random)
    if picked is None:
        return None
    paragraph, place = picked
    words = typed_words(draft, random)
    gap = place + 1 if behind else place
    look = look_at(paragraph, gap)
    insert(paragraph, cut(paragraph, gap, behind=behind), [run_of(words, look)])
    return Edit("", f"typed “{words}” beside a figure in “{around(paragraph)}”", (words,))


def type_in_figure(draft: Draft, random: Random) -> Edit | None:
    """Digits or words at either edge of a figure or between its digits, inside of its control."""
    control = any_figure(draft, random)
    if control is None:
        return None
    node = random.choice([item for item in control.iter(w("t")) if item.text])
    place = random.randint(0, len(node.text or ""))
    words = random.choice(("0", "5", "约", "多", typed_words(draft, random)))
    node.text = f"{(node.text or '')[:place]}{words}{(node.text or '')[place:]}"
    return Edit("", f"typed “{words}” in a figure: “{text_of(control)}” in “{around(control)}”")


def replace_figure(draft: Draft, random: Random) -> Edit | None:
    """Another figure typed over the printed one; at times over a part of it."""
    control = any_figure(draft, random)
    if control is None:
        return None
    before = text_of(control)
    nodes = [item for item in control.iter(w("t")) if item.text]
    nodes[0].text = random.choice((f"{random.randint(1, 9999)}", "约90亿元", "0", "十余个"))
    for node in nodes[1:]:
        node.text = ""
    return Edit("", f"typed “{text_of(control)}” over “{before}” in “{around(control)}”")


def type_anywhere(draft: Draft, random: Random) -> Edit | None:
    """Words at the beginning, in the middle or at the end of a paragraph."""
    paragraph = pick_paragraph(draft, random)
    if paragraph is None:
        return None
    count = len(atoms(paragraph))
    gap = random.choice((0, count, random.randint(0, count)))
    words = typed_words(draft, random)
    look = look_at(paragraph, gap)
    insert(paragraph, cut(paragraph, gap, behind=random.random() < 0.5), [run_of(words, look)])
    return Edit("", f"typed “{words}” in “{around(paragraph)}”", (words,))


def type_in_empty_cell(draft: Draft, random: Random) -> Edit | None:
    """Words in a paragraph that is empty, such as a cell's."""
    able = [item for item in paragraphs(draft) if not atoms(item) and not has_section(item)]
    if not able:
        return None
    paragraph = random.choice(able)
    words = typed_words(draft, random)
    paragraph.append(run_of(words))
    return Edit("", f"typed “{words}” where nothing stood", (words,))


def type_paragraph(draft: Draft, random: Random) -> Edit | None:
    """A paragraph of its own before or behind another."""
    paragraph = pick_paragraph(draft, random)
    if paragraph is None or has_section(paragraph):
        return None
    words = typed_words(draft, random)
    made = make("p", rsidR="00C0FFEE", rsidRDefault="00C0FFEE")
    properties = paragraph.find(w("pPr"))
    if properties is not None:
        made.append(copy.deepcopy(properties))
    made.append(run_of(words, look_at(paragraph, 0)))
    if random.random() < 0.5:
        paragraph.addnext(made)
    else:
        paragraph.addprevious(made)
    return Edit("", f"typed the paragraph “{words}” beside “{around(paragraph)}”", (words,))


def type_in_frame(draft: Draft, random: Random) -> Edit | None:
    """Words in a header or footer."""
    able = [item for root in draft.frames() for item in root.iter(w("p")) if atoms(item)]
    if not able:
        return None
    paragraph = random.choice(able)
    words = typed_words(draft, random)
    gap = random.randint(0, len(atoms(paragraph)))
    insert(paragraph, cut(paragraph, gap), [run_of(words, look_at(paragraph, gap))])
    return Edit("", f"typed “{words}” in a header or footer", (words,))


def replace_all(draft: Draft, random: Random) -> Edit | None:
    """One word for another in the whole text, figures aside."""
    old, new = random.choice((("渔业", "水产业"), ("渡口", "渡运码头"), ("，", "、"), ("全年", "今年")))
    count = 0
    for paragraph in paragraphs(draft):
        for child in paragraph:
            for node in child.iter(w("t")) if child.tag == w("r") else ():
                if old in (node.text or ""):
                    node.text = (node.text or "").replace(old, new)
                    count += 1
    return Edit("", f"put “{new}” for “{old}” {count} times") if count else None


# --- figures and their controls -----------------------------------------------------------------------


def delete_figure(draft: Draft, random: Random) -> Edit | None:
    """A figure with its control and the bookmark around it."""
    picked = pick_figure(draft, random)
    if picked is None:
        return None
    paragraph, place = picked
    atom = atoms(paragraph)[place]
    if not may_go(atom.elements):
        return None
    take_out(atom.elements)
    return Edit("", f"deleted the figure “{atom.text}” in “{around(paragraph)}”")


def remove_control(draft: Draft, random: Random) -> Edit | None:
    """“Remove Content Control”: the text and the bookmark stay."""
    control = any_figure(draft, random)
    if control is None:
        return None
    said = f"removed the control around “{text_of(control)}” in “{around(control)}”"
    content = control.find(w("sdtContent"))
    assert content is not None
    for item in list(content):
        control.addprevious(item)
    remove(control)
    return Edit("", said)


def delete_bookmark(draft: Draft, random: Random) -> Edit | None:
    """A bookmark of the program: around a figure or over a block."""
    able = [
        mark
        for root in (draft.root("word/document.xml"), *draft.frames())
        for mark in root.iter(w("bookmarkStart"))
        if str(mark.get(w("name"))).startswith("hb")
    ]
    if not able:
        return None
    start = random.choice(able)
    root = start.getroottree().getroot()
    for end in [item for item in root.iter(w("bookmarkEnd")) if item.get(w("id")) == start.get(w("id"))]:
        remove(end)
    remove(start)
    return Edit("", f"deleted the bookmark {start.get(w('name'))}")
