"""What a submitted workbook has and openpyxl's saving loses, put back into the saved parts.

These are: when and by whom it was last saved, the last results of formulas, and which green corners
Excel was told not to show.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from lxml import etree

CORE = "docProps/core.xml"
_WORKBOOK, _WORKBOOK_RELS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_NO_TIME = (
    b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
    b'core-properties"/>'
)
_AFTER_IGNORED = (
    "smartTags drawing legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls "
    "webPublishItems tableParts extLst"
).split()
"""What follows ``ignoredErrors`` in a worksheet (ECMA-376 part 1, 18.3.1.99)."""


def keep(saved: dict[str, bytes], original: Mapping[str, bytes]) -> None:
    """Put back into ``saved`` what ``original`` (no parts for a new workbook) has."""
    # A workbook that does not say when it was saved must not say that it was saved now.
    saved[CORE] = original.get(CORE, _NO_TIME)
    if _WORKBOOK not in original or _WORKBOOK_RELS not in original:
        return
    old_parts, new_parts = dict(_sheets(original)), dict(_sheets(saved))
    for name in old_parts.keys() & new_parts.keys():
        old, new = original[old_parts[name]], saved[new_parts[name]]
        if b"f>" in old or b"<f " in old or b"ignoredErrors" in old:
            saved[new_parts[name]] = _restored(_parse(new), _parse(old))


def _restored(new: Any, old: Any) -> bytes:
    """The new worksheet with the old one's results of formulas and ignored errors.

    The copy changes no value of the department's, so every result still holds.
    """
    results = {
        cell.get("r"): (cell.get("t"), value.text)
        for cell in old.iter(f"{_MAIN}c")
        if cell.find(f"{_MAIN}f") is not None and (value := cell.find(f"{_MAIN}v")) is not None
    }
    for cell in new.iter(f"{_MAIN}c") if results else ():
        if cell.find(f"{_MAIN}f") is not None and cell.get("r") in results:
            kind, text = results[cell.get("r")]
            value = cell.find(f"{_MAIN}v")
            if value is None:
                value = etree.SubElement(cell, f"{_MAIN}v")
            value.text = text
            if kind is not None:
                cell.set("t", kind)
    ignored = old.find(f"{_MAIN}ignoredErrors")
    if ignored is not None and new.find(f"{_MAIN}ignoredErrors") is None:
        after = (new.find(f"{_MAIN}{name}") for name in _AFTER_IGNORED)
        following = next((item for item in after if item is not None), None)
        if following is None:
            new.append(deepcopy(ignored))
        else:
            following.addprevious(deepcopy(ignored))
    return bytes(etree.tostring(new, encoding="UTF-8", xml_declaration=True, standalone=True))


def _sheets(parts: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """The name and the part of every worksheet."""
    targets = {
        item.get("Id"): posixpath.normpath(posixpath.join("/xl", item.get("Target"))).lstrip("/")
        for item in _parse(parts[_WORKBOOK_RELS])
    }
    for sheet in _parse(parts[_WORKBOOK]).iter(f"{_MAIN}sheet"):
        part = targets.get(sheet.get(_RELATION), "")
        if part in parts:
            yield sheet.get("name"), part


def _parse(part: bytes) -> Any:
    return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True))
