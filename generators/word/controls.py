"""What the control around a printed figure is called: tag, alias and bookmark.

Word keeps 64 characters of a tag and of an alias, and 40 of a bookmark's name; longer ones make it
call the document damaged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from itertools import takewhile

from generators.model import Link
from generators.text import cut, utf16_length
from generators.word.oxml import Element, w

MOST_TAG = MOST_ALIAS = 64
BOOKMARK, BLOCK = "hb_", "hbb_"
"""How the names of a figure's bookmark and of a block's begin."""
_JOINT = " · "
_LEAST_LABEL = 16
"""Characters of an indicator's name that stay, however long its place is."""


def tag_of(links: Sequence[Link], expression: str, line: int = 1) -> str:
    """The tag of a control: the figure's stable id and the expression that printed it.

    ``line`` counts the paragraphs of a text of several. What is too long is cut and ends in a
    checksum of the whole.
    """
    figure = links[0].figure if links else ""
    more = f"+{_checksum('|'.join(link.figure for link in links[1:]))[:6]}" if len(links) > 1 else ""
    whole = f"{figure}{more}|{expression}" + (f"/{line}" if line > 1 else "")
    if utf16_length(whole) <= MOST_TAG:
        return whole
    mark = f"#{_checksum(whole)}"
    return cut(whole, MOST_TAG - len(mark)) + mark


def alias_of(links: Sequence[Link], departments: Mapping[str, str]) -> str:
    """What Word shows on a click: ``指标 · 部门 · 工作表!单元格``, of several figures the first.

    ``departments`` maps codes to names.
    """
    if not links:
        return ""
    first = links[0]
    label = f"{first.label}等{len(links)}项" if len(links) > 1 else first.label
    place = f"{first.sheet}!{first.cell}" if first.cell else "未报"
    department = departments.get(first.department, first.department)
    tail = _JOINT.join(part for part in (department, place) if part)
    return cut(
        _JOINT.join((cut(label, MOST_ALIAS - len(_JOINT) - min(len(tail), 40)), tail)), MOST_ALIAS
    )


def bookmark_of(place: str, number: int) -> str:
    """The name of the bookmark around the ``number``-th figure that a tag printed in one place.

    ``number`` counts from 1. The name is the same in every report from the same template.
    """
    return f"{BOOKMARK}{_checksum(place)}_{number}"


def block_of(part: str, tag: str, number: int) -> str:
    """The name of the bookmark over what the ``number``-th block with ``tag`` in ``part`` printed."""
    return f"{BLOCK}{_checksum(f'{part}|{tag}')}_{number}"


def own_bookmark(control: Element) -> Element | None:
    """The beginning of the program's bookmark around a control; ``None`` where there is none.

    It stands right before the control; LibreOffice puts it at the beginning of what is inside.
    """
    content = control.find(w("sdtContent"))
    marks = (w("bookmarkStart"), w("bookmarkEnd"), w("proofErr"))
    inside = [] if content is None else list(takewhile(lambda item: item.tag in marks, content))
    following = [] if content is None else list(content)[len(inside) :]
    if following and following[0].tag == w("sdt"):
        inside = []  # they are around that one
    before = takewhile(lambda item: item.tag in marks, control.itersiblings(preceding=True))
    return next(
        (item for item in (*inside, *before) if str(item.get(w("name"))).startswith(BOOKMARK)), None
    )


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]
