"""Accepting and rejecting tracked changes by the standard (ISO/IEC 29500-1 §17.13.5), for tests.

Written apart from the program, which only writes changes and takes those of people as accepted.
"""

from __future__ import annotations

import copy
import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
AROUND = {f"{W}{name}" for name in ("sdt", "sdtContent", "customXml")}
MARKS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
COMPUTED = ("PAGE", "NUMPAGES")
NOTES = {f"{W}footnoteReference": "word/footnotes.xml", f"{W}endnoteReference": "word/endnotes.xml"}

STORY = re.compile(r"word/(document|header|footer|footnotes|endnotes)\d*\.xml")

Nested = list[Any]


def accept(data: bytes) -> bytes:
    """The document with every tracked change accepted."""
    return _settled(data, keep="ins", drop="del")


def reject(data: bytes) -> bytes:
    """The document with every tracked change rejected."""
    return _settled(data, keep="del", drop="ins")


def changed(data: bytes, part: str = "word/document.xml") -> list[tuple[str, str]]:
    """The tracked changes of a part within paragraphs, in order: ``ins`` or ``del``, and the text."""
    found = []
    for element in roots(data)[part].iter(f"{W}ins", f"{W}del"):
        text = "".join(node.text or "" for node in element.iter(f"{W}t", f"{W}delText"))
        if text:
            found.append((etree.QName(element).localname, text))
    return found


def said(data: bytes) -> Nested:
    """What the body says: a text for each paragraph, lists of rows of cells for tables.

    Behind a paragraph with text boxes or notes stands what these say.
    """
    parts = roots(data)
    body = parts["word/document.xml"].find(f"{W}body")
    assert body is not None
    return _said(body, parts)


def said_in(data: bytes, part: str) -> Nested:
    """What a header or footer says."""
    parts = roots(data)
    return _said(parts[part], parts)


def roots(data: bytes) -> dict[str, etree._Element]:
    """The XML parts of a document that hold text."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {
            name: etree.fromstring(package.read(name))
            for name in package.namelist()
            if STORY.fullmatch(name)
        }


# --- what is said -------------------------------------------------------------------------------


def _said(container: etree._Element, parts: dict[str, etree._Element]) -> Nested:
    found: Nested = []
    for block in _spread(container, f"{W}p", f"{W}tbl"):
        if block.tag == f"{W}tbl":
            rows = [
                [_said(cell, parts) for cell in _spread(row, f"{W}tc")]
                for row in _spread(block, f"{W}tr")
            ]
            found.append(rows)
            continue
        found.append(_text(block))
        for element in block.iter():
            if element.tag in NOTES and _paragraph_of(element) is block:
                found.append(_note(element, parts))
            if element.tag == f"{W}txbxContent" and not any(
                True for _ in element.iterancestors(FALLBACK)
            ):
                found.append(["box", *_said(element, parts)])
    return found


def _note(reference: etree._Element, parts: dict[str, etree._Element]) -> Nested:
    part = parts[NOTES[str(reference.tag)]]
    number = reference.get(f"{W}id")
    [note] = [item for item in part if item.get(f"{W}id") == number]
    return ["note", *_said(note, parts)]


def _text(paragraph: etree._Element) -> str:
    """The paragraph's own text, in controls too; not page numbers, which nobody wrote."""
    text, fields = "", []
    for run in paragraph.iter(f"{W}r"):
        if _paragraph_of(run) is not paragraph or _in_page_field(run):
            continue
        assert not any(True for _ in run.iterancestors(f"{W}del")), "a deletion is left"
        for node in run:
            if node.tag == f"{W}fldChar":
                kind = node.get(f"{W}fldCharType")
                if kind == "begin":
                    fields.append("")
                elif kind == "end" and fields:  # one that began in another paragraph ends without
                    fields.pop()
            elif node.tag == f"{W}instrText" and fields:
                fields[-1] += node.text or ""
            elif not any(field.strip().startswith(COMPUTED) for field in fields):
                text += (node.text or "") if node.tag == f"{W}t" else MARKS.get(str(node.tag), "")
    return text


def _in_page_field(run: etree._Element) -> bool:
    fields = run.iterancestors(f"{W}fldSimple")
    return any(str(field.get(f"{W}instr")).strip().startswith(COMPUTED) for field in fields)


def _paragraph_of(element: etree._Element) -> etree._Element | None:
    return next(element.iterancestors(f"{W}p"), None)


def _spread(element: etree._Element, *wanted: str) -> Iterator[etree._Element]:
    for child in element:
        if child.tag in wanted:
            yield child
        elif child.tag in AROUND:
            yield from _spread(child, *wanted)


# --- settling -----------------------------------------------------------------------------------


def _settled(data: bytes, keep: str, drop: str) -> bytes:
    buffer = io.BytesIO()
    changed_parts = roots(data)
    for root in changed_parts.values():
        _settle(root, keep, drop)
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            part = changed_parts.get(name)
            target.writestr(name, source.read(name) if part is None else etree.tostring(part))
    return buffer.getvalue()


def _settle(root: etree._Element, keep: str, drop: str) -> None:
    for row in list(root.iter(f"{W}tr")):
        if row.find(f"{W}trPr/{W}{drop}") is not None:
            table = _remove(row)
            if next(table.iter(f"{W}tr"), None) is None:
                _remove(table)
    for element in list(root.iter(f"{W}{drop}")):
        if _wraps_runs(element) and _is_in(element, root):
            _remove(element)
    for element in list(root.iter(f"{W}{keep}")):
        if _wraps_runs(element):
            for child in list(element):
                element.addprevious(child)
            _remove(element)
    for node in list(root.iter(f"{W}delText")):
        node.tag = f"{W}t"
    for record in list(root.iter(f"{W}pPrChange")):
        _settle_properties(record, restored=drop == "ins")
    for paragraph in list(root.iter(f"{W}p")):
        marks = paragraph.find(f"{W}pPr/{W}rPr")
        gone = marks is not None and marks.find(f"{W}{drop}") is not None
        for mark in (
            [item for item in marks if item.tag in (f"{W}ins", f"{W}del")] if marks is not None else []
        ):
            _remove(mark)
        if gone:
            _join(paragraph)
    for mark in [*root.iter(f"{W}ins"), *root.iter(f"{W}del")]:
        _remove(mark)


def _settle_properties(record: etree._Element, *, restored: bool) -> None:
    properties = _remove(record)
    if restored:
        before = record.find(f"{W}pPr")
        assert before is not None
        kept = [item for item in properties if item.tag in (f"{W}rPr", f"{W}sectPr")]
        properties[:] = [*(copy.deepcopy(item) for item in before), *kept]


def _join(paragraph: etree._Element) -> None:
    """A paragraph that lost its mark goes on in the next one; where there is none it must be empty."""
    following = paragraph.getnext()
    while following is not None and following.tag in (f"{W}bookmarkStart", f"{W}bookmarkEnd"):
        following = following.getnext()
    content = [child for child in paragraph if child.tag != f"{W}pPr"]
    if following is not None and following.tag == f"{W}p":
        place = 0 if following.find(f"{W}pPr") is None else 1
        following[place:place] = content
        _remove(paragraph)
        return
    seen = [child for child in content if next(child.iter(f"{W}r"), None) is not None]
    assert not seen, "text is left in a paragraph that lost its mark, and there is none to go on in"
    parent = _remove(paragraph)
    if parent.tag == f"{W}sdtContent":
        if len(parent) == 0:
            control = parent.getparent()
            assert control is not None
            _remove(control)
    else:
        ends_in_table = len(parent) > 0 and _last_block(parent) == f"{W}tbl"
        followed = following is not None and following.tag in (f"{W}tbl", f"{W}sdt")
        assert followed or (parent.tag == f"{W}body" and ends_in_table), "a last paragraph cannot go"


def _last_block(parent: etree._Element) -> object:
    return [child.tag for child in parent if child.tag != f"{W}sectPr"][-1]


def _wraps_runs(element: etree._Element) -> bool:
    parent = element.getparent()
    return parent is None or parent.tag not in (f"{W}rPr", f"{W}trPr")


def _is_in(element: etree._Element, root: etree._Element) -> bool:
    return any(parent is root for parent in element.iterancestors())


def _remove(element: etree._Element) -> etree._Element:
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)
    return parent
