"""What copying and leaving out paragraphs breaks: ranges with a beginning and an end, notes, comments.

A block that prints a paragraph twice doubles the marks in it, and one that prints nothing takes them
away. Word calls a document damaged whose marks do not pair.
"""

from __future__ import annotations

import copy
from collections import Counter

from generators.word.oxml import Element, w

_RANGES = tuple(
    (w(f"{kind}Start"), w(f"{kind}End"))
    for kind in ("commentRange", "perm", "moveFromRange", "moveToRange")
)
"""Ranges by their marks; bookmarks are mended by :func:`generators.word.oxml.make_ids_unique`."""
_CUSTOM_RANGES = tuple(
    (w(f"customXml{kind}RangeStart"), w(f"customXml{kind}RangeEnd"))
    for kind in ("Ins", "Del", "MoveFrom", "MoveTo")
)
MARKS = tuple(
    mark for pair in (*_RANGES, *_CUSTOM_RANGES, (w("bookmarkStart"), w("bookmarkEnd"))) for mark in pair
)
"""Everything that begins or ends a range; it may stand in a paragraph or between two."""


def pair_ranges(root: Element) -> None:
    """Keep of every range its first beginning and its first end after it; a half range goes.

    So does a comment's second mark, and the range of a comment whose mark has gone.
    """
    references: set[str] = set()
    for mark in list(root.iter(w("commentReference"))):
        number = mark.get(w("id")) or ""
        if number in references:
            _remove_with_run(mark)
        references.add(number)
    for start, end in (*_RANGES, *_CUSTOM_RANGES):
        opened: dict[str, Element] = {}
        closed: set[str] = set()
        for mark in list(root.iter(start, end)):
            number = mark.get(w("id")) or ""
            kept = start != w("commentRangeStart") or number in references
            if mark.tag == start and kept and number not in opened:
                opened[number] = mark
            elif mark.tag == end and number in opened and number not in closed:
                closed.add(number)
            else:
                _remove(mark)
        for number in opened.keys() - closed:
            _remove(opened[number])


def repeat_notes(body: Element, notes: Element, kind: str) -> None:
    """Give each repetition of a note's mark in ``body`` a note of its own in ``notes``.

    ``kind`` is ``footnote`` or ``endnote``. A note that is called twice is one note for Word, but not
    for other programs.
    """
    by_number = {note.get(w("id")): note for note in notes.iter(w(kind))}
    numbers = [int(number) for number in by_number if number and number.lstrip("-").isdecimal()]
    following = max([0, *numbers]) + 1
    seen: Counter[str] = Counter()
    for mark in body.iter(w(f"{kind}Reference")):
        number = mark.get(w("id")) or ""
        note = by_number.get(number)
        seen[number] += 1
        if note is None or seen[number] == 1:
            continue
        another = copy.deepcopy(note)
        another.set(w("id"), str(following))
        notes.append(another)
        mark.set(w("id"), str(following))
        following += 1


def _remove_with_run(mark: Element) -> None:
    """Take a mark away, and the run that holds nothing else."""
    run = mark.getparent()
    _remove(mark)
    if run is not None and run.tag == w("r") and all(child.tag == w("rPr") for child in run):
        _remove(run)


def _remove(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
