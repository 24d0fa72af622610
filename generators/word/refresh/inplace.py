"""One control of an edited report: its text, its names, and whether people revised it."""

from __future__ import annotations

import copy

from lxml import etree

from generators.model import PrintedFigure
from generators.word import oxml
from generators.word.controls import own_bookmark
from generators.word.oxml import Element, w
from generators.word.reading import Control, run_layout, run_look
from generators.word.render import MISSING_HIGHLIGHT

_TEXT = tuple(w(name) for name in ("t", "tab", "br", "cr", "noBreakHyphen"))
_REVISIONS = tuple(w(name) for name in ("ins", "del", "moveFrom", "moveTo"))


def is_revised(control: Control) -> bool:
    """Whether somebody's tracked change stands in the control."""
    return next(control.element.iter(*_REVISIONS), None) is not None


def looks_of(control: Control, figure: PrintedFigure) -> set[tuple[str, ...]]:
    """How the text of a control looks, the mark of a missing figure aside; one look for most."""
    runs = [run for run in oxml.own_runs(control.element) if run.find(w("t")) is not None]
    own = f"highlight={MISSING_HIGHLIGHT}" if figure.missing else ""
    return {(*(mark for mark in run_look(run) if mark != own), run_layout(run)) for run in runs}


def put_text(control: Control, before: PrintedFigure, now: PrintedFigure) -> bool:
    """Put the new text into the control's first run; whether anything changed.

    What people put between its characters (a comment, a note) stays there.
    """
    if control.text == now.text and before.missing == now.missing:
        return False
    content = control.element.find(w("sdtContent"))
    assert content is not None, "a control that was read has content"
    runs = list(oxml.own_runs(content))
    first = next((run for run in runs if run.find(w("t")) is not None), None)
    if first is None:
        first = etree.SubElement(content, w("r")) if not runs else runs[0]
    for run in runs:
        for child in [item for item in run if item.tag in _TEXT]:
            run.remove(child)
        if run is not first and all(child.tag == w("rPr") for child in run):
            _remove(run)
    oxml.add_text(first, now.text)
    properties = first.find(w("rPr"))
    highlight = properties.find(w("highlight")) if properties is not None else None
    if before.missing and highlight is not None and highlight.get(w("val")) == MISSING_HIGHLIGHT:
        _remove(highlight)
    if now.missing and (highlight is None or highlight.getparent() is None):
        oxml.run_property(first, "highlight").set(w("val"), MISSING_HIGHLIGHT)
    return True


def put_names(control: Control, now: PrintedFigure, *, own: bool) -> bool:
    """Name the control, and its own bookmark, after the new figure; whether anything changed."""
    properties = control.element.find(w("sdtPr"))
    assert properties is not None, "a control that was matched has a tag, an alias or a bookmark"
    changed = oxml.set_control_property(properties, "alias", now.alias)
    changed |= oxml.set_control_property(properties, "tag", now.tag)
    mark = own_bookmark(control.element)
    if own and mark is not None and control.bookmark != now.bookmark:
        mark.set(w("name"), now.bookmark)
        changed = True
    return changed


def without_highlight(look: Element, figure: PrintedFigure) -> Element:
    """Run properties without the mark of a missing figure."""
    look = copy.deepcopy(look)
    for mark in look.findall(w("highlight")) if figure.missing else ():
        look.remove(mark)
    return look


def _remove(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
