"""A document without the program's own marks: the controls around figures and its bookmarks.

Controls and bookmarks of people stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from generators.package import package_of, parts_of
from generators.word.controls import BLOCK, BOOKMARK
from generators.word.oxml import Element, own_runs, w
from generators.word.properties import MANIFEST, read_properties

STORY = re.compile(r"word/(document|header|footer|footnotes|endnotes)\d*\.xml\Z")
"""The parts that hold text, and with it controls."""
FIGURE_MARK = "{urn:huibao}figure"
"""A mark on the runs that stood in one control; it lives only while documents are compared."""
_TAG = re.compile(r".+\|.+", re.DOTALL)
_ALIAS = re.compile(r".+ · .+")


def without_controls(data: bytes) -> bytes:
    """The document with the text of our controls in plain runs, and without our bookmarks.

    Parts that hold neither stay as they are, byte for byte.
    """
    parts = parts_of(data)
    known = MANIFEST in read_properties(data)
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    for name in [name for name in parts if STORY.match(name)]:
        root = etree.fromstring(parts[name], parser)
        if release(root, known):
            parts[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return package_of(parts)


def release(root: Element, known: bool, *, marked: bool = False) -> bool:
    """Take our controls and bookmarks out of a part, in place; whether there were any.

    ``known`` says that the document carries the hash of a manifest, so that a control may be ours by
    its looks alone. ``marked`` leaves :data:`FIGURE_MARK` on the runs, one number for each control.
    """
    found = False
    for number, control in enumerate(list(own_controls(root, known)), 1):
        content = control.find(w("sdtContent"))
        if marked and content is not None:
            for run in own_runs(content):
                run.set(FIGURE_MARK, str(number))
        for child in list(content) if content is not None else ():
            control.addprevious(child)
        _remove(control)
        found = True
    ids = set()
    for mark in list(root.iter(w("bookmarkStart"))):
        if str(mark.get(w("name"))).startswith((BOOKMARK, BLOCK)):
            ids.add(mark.get(w("id")))
            _remove(mark)
    for mark in list(root.iter(w("bookmarkEnd"))):
        if mark.get(w("id")) in ids:
            _remove(mark)
    return found or bool(ids)


def own_controls(root: Element, known: bool) -> Iterator[Element]:
    """The inline controls that are ours: behind our bookmark, or, where ``known``, named as ours are."""
    for control in root.iter(w("sdt")):
        content = control.find(w("sdtContent"))
        if content is not None and content.find(f".//{w('p')}") is not None:
            continue  # ours are never at block level
        if _behind_bookmark(control) or (known and _looks_ours(control)):
            yield control


def _behind_bookmark(control: Element) -> bool:
    before = control.getprevious()
    while before is not None and before.tag in (w("bookmarkStart"), w("bookmarkEnd"), w("proofErr")):
        if str(before.get(w("name"))).startswith(BOOKMARK):
            return True
        before = before.getprevious()
    return False


def _looks_ours(control: Element) -> bool:
    """Plain text, named ``figure|expression``, or, where a program dropped that, ``指标 · 部门``."""
    if control.find(f"{w('sdtPr')}/{w('text')}") is None:
        return False
    tag, alias = (control.find(f"{w('sdtPr')}/{w(name)}") for name in ("tag", "alias"))
    named = tag is not None and _TAG.fullmatch(str(tag.get(w("val"))))
    labelled = alias is not None and _ALIAS.fullmatch(str(alias.get(w("val"))))
    return bool(named and labelled) if tag is not None else bool(labelled)


def _remove(element: Element) -> None:
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)
