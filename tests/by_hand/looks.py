"""Formatting of words, figures and paragraphs."""

from __future__ import annotations

import copy
from random import Random

from generators.word.oxml import Element, w
from tests.by_hand.atoms import put_first, stretch
from tests.by_hand.draft import Draft, make, property_of, remove, runs, text_of
from tests.by_hand.picking import Edit, any_figure, around, pick_paragraph, pick_sentence

# --- looks --------------------------------------------------------------------------------------------


def format_sentence(draft: Draft, random: Random) -> Edit | None:
    """Another look of a sentence, the figures in it included."""
    picked = pick_sentence(draft, random)
    if picked is None:
        return None
    paragraph, low, high = picked
    name = dress(stretch(paragraph, low, high), random)
    return Edit("", f"{name} from {low} to {high} in “{around(paragraph)}”")


def format_figure(draft: Draft, random: Random) -> Edit | None:
    """Another look of one figure."""
    control = any_figure(draft, random)
    if control is None:
        return None
    return Edit("", f"{dress([control], random)} for “{text_of(control)}” in “{around(control)}”")


def format_part_of_figure(draft: Draft, random: Random) -> Edit | None:
    """Another look of some of a figure's characters: its run is split."""
    control = any_figure(draft, random)
    if control is None:
        return None
    able = [
        run
        for run in control.iter(w("r"))
        if len(text_of(run)) > 1 and all(item.tag in (w("rPr"), w("t")) for item in run)
    ]
    if not able:
        return None
    run = random.choice(able)
    text = text_of(run)
    place = random.randint(1, len(text) - 1)
    halves = [copy.deepcopy(run), copy.deepcopy(run)]
    for half, words in zip(halves, (text[:place], text[place:]), strict=True):
        for node in half.findall(w("t")):
            half.remove(node)
        half.append(make("t", text=words))
    name = dress([random.choice(halves)], random)
    for half in halves:
        run.addprevious(half)
    remove(run)
    return Edit("", f"{name} for a part of “{text_of(control)}” in “{around(control)}”")


def format_paragraph(draft: Draft, random: Random) -> Edit | None:
    """Another alignment, indent, line pitch or style of a paragraph."""
    paragraph = pick_paragraph(draft, random)
    if paragraph is None:
        return None
    name, attribute, value = random.choice(
        (
            ("jc", "val", "center"),
            ("jc", "val", "both"),
            ("ind", "left", "840"),
            ("spacing", "line", "400"),
            ("pStyle", "val", "ListBullet"),
            ("keepNext", "val", "1"),
            ("outlineLvl", "val", "4"),
        )
    )
    property_of(paragraph, "pPr", name).set(w(attribute), value)
    return Edit("", f"{name} {value} of “{around(paragraph)}”")


def dress(elements: list[Element], random: Random) -> str:
    """Set one property of all runs in elements; its name."""
    name, attributes = random.choice(
        (
            ("b", {}),
            ("i", {}),
            ("u", {"val": "single"}),
            ("color", {"val": "C00000"}),
            ("sz", {"val": "44"}),
            ("highlight", {"val": "green"}),
            ("rFonts", {"eastAsia": "楷体"}),
            ("spacing", {"val": "20"}),
            ("vertAlign", {"val": "superscript"}),
        )
    )
    for run in runs(elements):
        for key, value in attributes.items():
            property_of(run, "rPr", name).set(w(key), value)
        property_of(run, "rPr", name)
    return name


def put_page_break(draft: Draft, random: Random) -> Edit | None:
    """A page break, in a run of its own or before a paragraph."""
    paragraph = pick_paragraph(draft, random)
    if paragraph is None:
        return None
    said = f"a page break in “{around(paragraph)}”"
    if random.random() < 0.5:
        property_of(paragraph, "pPr", "pageBreakBefore")
        return Edit("", said)
    put_first(paragraph, [make("r", make("br", type="page"))])
    return Edit("", said)
