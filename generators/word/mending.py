"""What LibreOffice 7.4 does to content controls when it saves a .docx, undone.

It writes controls with nothing between them one into the other, and drops their tags and aliases. What
it does to plain-text controls (it repeats their text) cannot be undone: the program makes none.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

from lxml import etree

from generators.word.controls import BOOKMARK, own_bookmark
from generators.word.oxml import Element, replace_element, w


def mend_controls(root: Element) -> None:
    """Put controls side by side again that LibreOffice 7.4 wrote one into the other.

    It does so where nothing stands between two figures: the second becomes an empty control within
    the first, and its text follows there. The bookmarks tell which text is whose.
    """
    for outer in list(root.iter(w("sdt"))):
        content = outer.find(w("sdtContent"))
        if content is None or outer.getparent() is None or own_bookmark(outer) is None:
            continue
        if not any(own_bookmark(inner) is not None for inner in content.iter(w("sdt"))):
            continue
        made: list[Element] = []
        current: Element | None = None
        for item in _flat(content):
            if item.tag == w("bookmarkStart") and str(item.get(w("name"))).startswith(BOOKMARK):
                control = etree.Element(w("sdt"))
                control.append(copy.deepcopy(outer[0]))
                current = etree.SubElement(control, w("sdtContent"))
                made += [item, control]
            elif item.tag == w("bookmarkEnd"):
                made.insert(_behind_its_control(made, item), item)
            elif current is None:
                made.append(item)
            else:
                current.append(item)
        replace_element(outer, made)


def _flat(content: Element) -> Iterator[Element]:
    """What stands in a control and in those of the program within it."""
    for item in list(content):
        inner = item.find(w("sdtContent")) if item.tag == w("sdt") else None
        if inner is not None and own_bookmark(item) is not None:
            yield from _flat(inner)
        else:
            yield item


def _behind_its_control(made: list[Element], end: Element) -> int:
    """The place behind the control that the bookmark goes around; the last one for any other."""
    for place, item in enumerate(made):
        if item.tag == w("bookmarkStart") and item.get(w("id")) == end.get(w("id")):
            return min(place + 2, len(made))
    return len(made)
