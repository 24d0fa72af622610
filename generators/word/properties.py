"""Custom properties of a Word document: by which program, from which manifest it was written."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import cast

from lxml import etree

from generators.encoding import digest
from generators.model import Manifest
from generators.package import CONTENT_TYPES, package_of, parts_of
from generators.word.opening import open_package

PART = "docProps/custom.xml"
UNDATED = dt.datetime(2000, 1, 1)
"""The date that an undated document's properties carry: equal input must give equal bytes."""
_RELATIONS = "_rels/.rels"
_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
_NAMESPACE = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_VALUES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_FORMAT = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
"""The format id that ISO 29500-1 §22.3 gives every custom property."""
PREFIX = "huibao_"
PACK, PERIOD, MANIFEST = f"{PREFIX}pack", f"{PREFIX}period", f"{PREFIX}manifest"
"""The properties of a report; the last is the manifest's hash, by which the ledger finds it again."""


def properties_of(manifest: Manifest) -> dict[str, str]:
    """The properties of a report: pack, period, and the hash of its manifest."""
    return {
        PACK: manifest.pack,
        PERIOD: manifest.period,
        MANIFEST: digest(manifest),
    }


def read_properties(data: bytes) -> dict[str, str]:
    """The custom properties of a document; none where it has none that can be read."""
    parts = open_package(data).value
    if parts is None:
        return {}
    return {
        str(item.get("name")): "".join(str(text) for text in item.itertext())
        for item in _root(parts)
        if isinstance(item.tag, str)
    }


def with_properties(data: bytes, properties: Mapping[str, str]) -> bytes:
    """The document with our own properties set; those of people and other programs stay."""
    parts = parts_of(data)
    root = _root(parts)
    for item in list(root):
        if str(item.get("name", "")).startswith(PREFIX):
            root.remove(item)
    used_ids = [int(item.get("pid", "0")) for item in root if item.get("pid", "").isdecimal()]
    for number, (name, text) in enumerate(properties.items(), max([1, *used_ids]) + 1):
        item = etree.SubElement(root, f"{{{_NAMESPACE}}}property")
        for key, value in (("fmtid", _FORMAT), ("pid", str(number)), ("name", name)):
            item.set(key, value)
        etree.SubElement(item, f"{{{_VALUES}}}lpwstr").text = text
    parts[PART] = _printed(root)
    parts[CONTENT_TYPES] = _with(
        parts[CONTENT_TYPES],
        f'<Override PartName="/{PART}" ContentType="{_TYPE}"/>',
        f'PartName="/{PART}"',
    )
    used = set(re.findall(rb'Id="([^"]*)"', parts[_RELATIONS]))
    number = next(n for n in range(1, len(used) + 2) if f"rId{n}".encode() not in used)
    parts[_RELATIONS] = _with(
        parts[_RELATIONS],
        f'<Relationship Id="rId{number}" Type="{_KIND}" Target="{PART}"/>',
        f'"{_KIND}"',
    )
    return package_of(parts)


def without_own(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """The parts of a document without our own properties; those of others stay.

    Where none is left, the part goes, and what names it. A document without any is not changed.
    """
    kept = dict(parts)
    root = _root(parts)
    own = [item for item in root if str(item.get("name", "")).startswith(PREFIX)]
    if not own:
        return kept
    for item in own:
        root.remove(item)
    if len(root):
        kept[PART] = _printed(root)
        return kept
    del kept[PART]
    for part, mark in ((CONTENT_TYPES, ("PartName", f"/{PART}")), (_RELATIONS, ("Type", _KIND))):
        listing = etree.fromstring(parts[part])
        for item in [item for item in listing if item.get(mark[0]) == mark[1]]:
            listing.remove(item)
        kept[part] = _printed(listing)
    return kept


def _printed(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _root(parts: Mapping[str, bytes]) -> etree._Element:
    """The part's root; an empty one where there is none that can be read."""
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        return etree.fromstring(parts[PART], parser)
    except (KeyError, etree.XMLSyntaxError):
        names = cast("dict[str, str]", {None: _NAMESPACE, "vt": _VALUES})
        return etree.Element(f"{{{_NAMESPACE}}}Properties", nsmap=names)


def _with(part: bytes, element: str, mark: str) -> bytes:
    """The part with ``element`` before the end of its root, unless ``mark`` stands in it already."""
    if mark.encode() in part:
        return part
    place = part.rindex(b"</")
    return part[:place] + element.encode() + part[place:]
