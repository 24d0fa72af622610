"""What LibreOffice 7.4 does to content controls when it saves a .docx, undone.

It writes a plain-text control once for every stretch of its text that has a script of its own (digits,
Chinese), each time with the whole text behind the stretch: ``85亿元`` becomes three controls that say
``85亿元``, ``亿元85亿元`` and ``85亿元``. It also moves the bookmark around a control into it.
"""

from __future__ import annotations

from collections.abc import Iterator

from generators.word.oxml import Element, own_runs, w

_MARKS = (w("bookmarkStart"), w("bookmarkEnd"), w("proofErr"))


def mend_controls(root: Element) -> int:
    """Make one control of those that were one, with bookmarks outside; how many were taken away."""
    taken = 0
    for control in list(root.iter(w("sdt"))):
        if control.getparent() is None or not _is_plain(control):
            continue
        _bring_bookmarks_out(control)
        text = _text(control)
        for twin in list(_following(control)):
            if not text or _alias(twin) != _alias(control) or not _text(twin).endswith(text):
                break
            parent = twin.getparent()
            assert parent is not None, "it follows a sibling"
            parent.remove(twin)
            taken += 1
    return taken


def _is_plain(control: Element) -> bool:
    """Whether it is a plain-text control as LibreOffice leaves it: with an alias and without a tag."""
    properties = control.find(w("sdtPr"))
    return (
        properties is not None
        and properties.find(w("text")) is not None
        and properties.find(w("tag")) is None
        and bool(_alias(control))
    )


def _bring_bookmarks_out(control: Element) -> None:
    """Put the bookmarks that begin first thing in a control before it."""
    content = control.find(w("sdtContent"))
    while content is not None and len(content) and content[0].tag == w("bookmarkStart"):
        control.addprevious(content[0])


def _following(control: Element) -> Iterator[Element]:
    """The plain-text controls that follow with nothing but marks between them."""
    item = control.getnext()
    while item is not None and (item.tag in _MARKS or item.tag == w("sdt")):
        following = item.getnext()
        if item.tag == w("sdt"):
            if not _is_plain(item):
                return
            yield item
        item = following


def _alias(control: Element) -> str:
    found = control.find(f"{w('sdtPr')}/{w('alias')}")
    return str(found.get(w("val")) or "") if found is not None else ""


def _text(control: Element) -> str:
    content = control.find(w("sdtContent"))
    if content is None:
        return ""
    return "".join(node.text or "" for run in own_runs(content) for node in run.iter(w("t")))
