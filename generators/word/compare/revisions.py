"""Tracked changes as WordprocessingML has them: made, and taken as accepted where people left some.

ISO/IEC 29500-1 §17.13.5: ``w:ins`` and ``w:del`` around runs, in ``w:pPr/w:rPr`` for the mark that
ends a paragraph, in ``w:trPr`` for a row. A paragraph whose mark goes is joined to the next one.
"""

from __future__ import annotations

import copy
import datetime as dt
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from generators.word.oxml import Element, w

AUTHOR = "汇报"
_TAKEN = ("ins", "moveTo")
_GONE = ("del", "moveFrom")
_RECORDS = frozenset(
    w(name)
    for name in (
        *("rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "trPrChange", "tcPrChange"),
        *("tblGridChange", "tblPrExChange", "numberingChange", "cellIns", "cellMerge"),
        *("moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd"),
        *("customXmlInsRangeStart", "customXmlInsRangeEnd"),
        *("customXmlDelRangeStart", "customXmlDelRangeEnd"),
        *("customXmlMoveFromRangeStart", "customXmlMoveFromRangeEnd"),
        *("customXmlMoveToRangeStart", "customXmlMoveToRangeEnd"),
    )
)
"""What only records how something came about, or was before."""


@dataclass(frozen=True)
class Stamp:
    """Who changed something and when (text as ``w:date`` has it), and the ids not yet given."""

    date: str
    author: str = AUTHOR
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1), compare=False)


def stamp_of(moment: dt.datetime, roots: Iterable[Element]) -> Stamp:
    """The stamp of one comparison; ids begin behind those that stand in ``roots``.

    Word shows the date as it is written, whatever zone it names: it is the clock of ``moment``.
    """
    used = [0]
    for root in roots:
        for element in root.iter(w("bookmarkStart"), w("comment"), w("commentRangeStart")):
            number = str(element.get(w("id")))
            if number.isdecimal():
                used.append(int(number))
    return Stamp(moment.strftime("%Y-%m-%dT%H:%M:%SZ"), ids=itertools.count(max(used) + 1))


def revision(kind: str, stamp: Stamp) -> Element:
    """An empty ``w:ins``, ``w:del`` or ``w:pPrChange`` of ``stamp``, with an id of its own."""
    element = etree.Element(w(kind))
    element.set(w("id"), str(next(stamp.ids)))
    element.set(w("author"), stamp.author)
    element.set(w("date"), stamp.date)
    return element


def mark_paragraph(paragraph: Element, kind: str, stamp: Stamp) -> None:
    """Say of the mark that ends a paragraph that it was inserted (``ins``) or deleted (``del``)."""
    properties = paragraph.find(w("pPr"))
    if properties is None:
        properties = etree.Element(w("pPr"))
        paragraph.insert(0, properties)
    looks = properties.find(w("rPr"))
    if looks is None:
        looks = etree.Element(w("rPr"))
        after = [properties.find(w(name)) for name in ("sectPr", "pPrChange")]
        behind = next((item for item in after if item is not None), None)
        if behind is None:
            properties.append(looks)
        else:
            behind.addprevious(looks)
    looks.insert(0, revision(kind, stamp))


def mark_row(row: Element, kind: str, stamp: Stamp) -> None:
    """Say of a table's row that it was inserted (``ins``) or deleted (``del``)."""
    properties = row.find(w("trPr"))
    if properties is None:
        properties = etree.Element(w("trPr"))
        exceptions = row.find(w("tblPrEx"))
        row.insert(0 if exceptions is None else row.index(exceptions) + 1, properties)
    properties.append(revision(kind, stamp))


def record_properties(paragraph: Element, before: Element | None, stamp: Stamp) -> None:
    """Keep what a paragraph's properties were, so that rejecting gives them back."""
    properties = paragraph.find(w("pPr"))
    if properties is None:
        properties = etree.Element(w("pPr"))
        paragraph.insert(0, properties)
    record = etree.SubElement(properties, w("pPrChange"))
    record.attrib.update(revision("pPrChange", stamp).attrib)
    kept = etree.SubElement(record, w("pPr"))
    for child in before if before is not None else ():
        if child.tag not in (w("rPr"), w("sectPr"), w("pPrChange")):
            kept.append(copy.deepcopy(child))


def take_as_accepted(root: Element) -> bool:
    """Accept every tracked change in a part, in place; whether there were any."""
    found = False
    for element in list(root.iter(*_RECORDS)):
        found = True
        _remove(element)
    found |= _accept_rows(root)
    found |= _accept_runs(root)
    return _accept_marks(root) or found


def _accept_rows(root: Element) -> bool:
    """Accept inserted and deleted rows, and cells that were taken out of rows."""
    found = False
    for properties in list(root.iter(w("trPr"))):
        inserted, deleted = properties.find(w("ins")), properties.find(w("del"))
        row = properties.getparent()
        if deleted is not None and row is not None:
            found = True
            table = _remove(row)
            if table.tag == w("tbl") and table.find(f".//{w('tr')}") is None:
                _remove_block(table)
        elif inserted is not None:
            found = True
            _remove(inserted)
    for mark in list(root.iter(w("cellDel"))):
        found = True
        cell = next(mark.iterancestors(w("tc")))
        if len(list(cell.itersiblings(w("tc")))) + len(list(cell.itersiblings(w("tc"), preceding=True))):
            _remove(cell)
        else:
            _remove(mark)  # a row keeps its last cell
    return found


def _accept_runs(root: Element) -> bool:
    found = False
    for element in list(root.iter(*(w(name) for name in (*_TAKEN, *_GONE)))):
        parent = element.getparent()
        if parent is None or parent.tag in (w("rPr"), w("trPr")):
            continue  # the mark of a paragraph; or gone with what was around it
        found = True
        if etree.QName(element).localname in _TAKEN:
            for child in list(element):
                element.addprevious(child)
        _remove(element)
    return found


def _accept_marks(root: Element) -> bool:
    found = False
    for paragraph in list(root.iter(w("p"))):
        looks = paragraph.find(f"{w('pPr')}/{w('rPr')}")
        for mark in list(looks) if looks is not None else ():
            if mark.tag not in [w(name) for name in (*_TAKEN, *_GONE)]:
                continue
            found = True
            _remove(mark)
            if etree.QName(mark).localname in _GONE:
                _join_to_next(paragraph)
    return found


def _join_to_next(paragraph: Element) -> None:
    following = paragraph.getnext()
    while following is not None and following.tag in (w("bookmarkStart"), w("bookmarkEnd")):
        following = following.getnext()
    content = [child for child in paragraph if child.tag != w("pPr")]
    if following is not None and following.tag == w("p"):
        place = 0 if following.find(w("pPr")) is None else 1
        for child in reversed(content):
            following.insert(place, child)
        _remove(paragraph)
    elif following is not None and not content:
        _remove(paragraph)


def _remove_block(element: Element) -> None:
    """Take a table away; a cell keeps the paragraph that it has to end in."""
    parent = _remove(element)
    if parent.tag == w("tc") and (len(parent) == 0 or parent[-1].tag != w("p")):
        etree.SubElement(parent, w("p"))


def _remove(element: Element) -> Element:
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)
    return parent
