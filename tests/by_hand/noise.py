"""What programs write of their own accord when they save: no change of meaning."""

from __future__ import annotations

import copy
from random import Random

from generators.word.oxml import W14, w
from tests.by_hand.atoms import atoms, cut, insert, put_first
from tests.by_hand.draft import Draft, make, property_of, text_of
from tests.by_hand.picking import Edit, paragraphs

# --- noise: what programs write of their own accord ---------------------------------------------------


def make_noise(draft: Draft, random: Random) -> Edit | None:
    """Proofing marks, languages, sessions and page breaks as rendered, which Word writes on saving."""
    for paragraph in paragraphs(draft):
        paragraph.set(w("rsidR"), f"{random.getrandbits(24):08X}")
        if random.random() < 0.5:
            paragraph.set(f"{{{W14}}}paraId", f"{random.getrandbits(30):08X}")
        for run in list(paragraph.iter(w("r"))):
            run.set(w("rsidRPr"), f"{random.getrandbits(24):08X}")
            if random.random() < 0.2 and run.find(w("t")) is not None:
                property_of(run, "rPr", "lang").set(w("eastAsia"), "zh-CN")
        if atoms(paragraph) and random.random() < 0.3:
            gap = random.randint(0, len(atoms(paragraph)))
            insert(paragraph, cut(paragraph, gap), [make("proofErr", type="spellStart")])
            paragraph.append(make("proofErr", type="spellEnd"))
        if random.random() < 0.1:
            for run in paragraph.findall(w("r"))[:1]:
                if run.find(w("t")) is not None:
                    run.find(w("t")).addprevious(make("lastRenderedPageBreak"))  # type: ignore[union-attr]
    return Edit("noise", "noise")


def split_runs(draft: Draft, random: Random) -> Edit | None:
    """Runs split where somebody once typed, in figures too, without any change to be seen."""
    for paragraph in paragraphs(draft):
        count = len(atoms(paragraph))
        if count and random.random() < 0.4:
            cut(paragraph, random.randint(0, count))
    for control in list(draft.body.iter(w("sdtContent"))):
        run = control.find(w("r"))
        if run is not None and random.random() < 0.2 and len(text_of(run)) > 1 and len(run) < 3:
            second = copy.deepcopy(run)
            for half, words in ((run, text_of(run)[:1]), (second, text_of(run)[1:])):
                for node in half.iter(w("t")):
                    node.text = words
            run.addnext(second)
    return Edit("noise", "split runs")


def number_bookmarks_anew(draft: Draft, random: Random) -> Edit | None:
    """The ids of bookmarks given anew, which Word does on saving; and the place of the last edit."""
    root = draft.root("word/document.xml")
    numbers: dict[str, str] = {}
    for mark in root.iter(w("bookmarkStart"), w("bookmarkEnd")):
        old = str(mark.get(w("id")))
        mark.set(w("id"), numbers.setdefault(old, str(len(numbers))))
    place = random.choice(paragraphs(draft))
    if not any(mark.get(w("name")) == "_GoBack" for mark in root.iter(w("bookmarkStart"))):
        key = len(numbers)
        marks = [make("bookmarkStart", id=key, name="_GoBack"), make("bookmarkEnd", id=key)]
        put_first(place, marks)
    return Edit("noise", "bookmarks numbered anew")


def write_parts_otherwise(draft: Draft, random: Random) -> Edit | None:
    """Another order and other dates of the parts in the package."""
    draft.shuffled = random.randint(1, 20)
    return Edit("noise", "parts in another order")
