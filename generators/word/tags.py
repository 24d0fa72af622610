"""Where the tags of a text begin and end, found in one walk, and how much a template may hold."""

from __future__ import annotations

MAX_TAG = 1500
"""Characters of a tag, as of a rule's expression."""
MAX_DEPTH = 100
"""How many operations and filters may stand in one another, as in a rule's expression."""
MAX_TAGS = 500
"""Tags in one paragraph: a list is printed by a filter, not by a tag for each of its entries."""
MAX_BLOCKS = 16
"""How many for and if blocks may stand in one another."""
MAX_LOOPED = 50_000
"""Paragraphs and rows that all for blocks of a report together may print."""

_CLOSERS = {"{{": "}}", "{%": "%}", "{#": "#}"}


def tag_spans(text: str, kinds: str = "{%#") -> list[tuple[int, int]]:
    """Where each tag of ``text`` begins and ends; comments are tags too.

    ``kinds`` are the second signs of those that are looked for. A tag ends at the first closer of its
    kind; what has no closer is no tag.
    """
    found: list[tuple[int, int]] = []
    wanted = {f"{{{kind}" for kind in kinds}
    place = text.find("{")
    while place >= 0 and wanted:
        opener = text[place : place + 2]
        end = text.find(_CLOSERS[opener], place + 2) if opener in wanted else -1
        if end >= 0:
            found.append((place, end + 2))
        elif opener in wanted:
            wanted.discard(opener)  # nor has any that follows a closer
        place = text.find("{", end + 2 if end >= 0 else place + 1)
    return found


def without_tags(text: str, spans: list[tuple[int, int]]) -> str:
    """``text`` with a space for every character of its tags."""
    parts, last = [], 0
    for start, end in spans:
        parts += [text[last:start], " " * (end - start)]
        last = end
    return "".join([*parts, text[last:]])
