"""Strict Open XML (ISO/IEC 29500-1) → the transitional variant (29500-4) that Word writes by itself.

The two differ in the names of their namespaces, and in how some values are written: ``start`` and
``end`` for ``left`` and ``right``, measures and percentages with their unit. What the tables below do
not know stays as it is and is told by :func:`leftover`, so that nothing is turned into half a document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from lxml import etree

STRICT = b"http://purl.oclc.org/ooxml/"
"""How every namespace and relationship type of the strict variant begins."""

_SCHEMAS = "http://schemas.openxmlformats.org"
_W = f"{_SCHEMAS}/wordprocessingml/2006/main"
_CHART = f"{_SCHEMAS}/drawingml/2006/chart"
_DRAWING = f"{_SCHEMAS}/drawingml/2006/"
_MATH = f"{_SCHEMAS}/officeDocument/2006/math"

_NAMESPACES = {
    "wordprocessingml/main": _W,
    "spreadsheetml/main": f"{_SCHEMAS}/spreadsheetml/2006/main",
    "drawingml/main": f"{_DRAWING}main",
    "drawingml/wordprocessingDrawing": f"{_DRAWING}wordprocessingDrawing",
    "drawingml/spreadsheetDrawing": f"{_DRAWING}spreadsheetDrawing",
    "drawingml/picture": f"{_DRAWING}picture",
    "drawingml/chart": _CHART,
    "drawingml/chartDrawing": f"{_DRAWING}chartDrawing",
    "drawingml/diagram": f"{_DRAWING}diagram",
    "drawingml/lockedCanvas": f"{_DRAWING}lockedCanvas",
    "drawingml/table": f"{_DRAWING}table",
    "officeDocument/math": _MATH,
    "officeDocument/bibliography": f"{_SCHEMAS}/officeDocument/2006/bibliography",
    "officeDocument/customXml": f"{_SCHEMAS}/officeDocument/2006/customXml",
    "officeDocument/customProperties": f"{_SCHEMAS}/officeDocument/2006/custom-properties",
    "officeDocument/extendedProperties": f"{_SCHEMAS}/officeDocument/2006/extended-properties",
    "officeDocument/docPropsVTypes": f"{_SCHEMAS}/officeDocument/2006/docPropsVTypes",
    "officeDocument/sharedTypes": f"{_SCHEMAS}/officeDocument/2006/sharedTypes",
    "officeDocument/relationships": f"{_SCHEMAS}/officeDocument/2006/relationships",
    "schemaLibrary/main": f"{_SCHEMAS}/schemaLibrary/2006/main",
}
"""Namespaces of 29500-1, without their common beginning, and those of 29500-4 (both, annex A)."""
_RELATIONSHIPS = {
    "extendedProperties": "extended-properties",
    "customProperties": "custom-properties",
}
"""Relationship types whose last word differs as well."""

_SIDES = {"start": "left", "end": "right", "startChars": "leftChars", "endChars": "rightChars"}
_SIDED_ATTRIBUTES = frozenset(["ind"])
_SIDED_ELEMENTS = frozenset(["tblBorders", "tcBorders", "tblCellMar", "tcMar"])
"""Elements whose children are called by sides; they stand in the same order under either name."""
_SIDED_VALUES = frozenset(["jc", "lvlJc", "tab"])
_DIRECTIONS = {
    "tb": "lrTb",
    "rl": "tbRl",
    "lr": "btLr",
    "tbV": "lrTbV",
    "rlV": "tbRlV",
    "lrV": "tbLrV",
}
"""The values of ``w:textDirection``."""

_UNIT_POINTS = {
    "pt": Decimal(1),
    "pc": Decimal(12),
    "pi": Decimal(12),
    "in": Decimal(72),
    "cm": Decimal(72) / Decimal("2.54"),
    "mm": Decimal(72) / Decimal("25.4"),
}
_MEASURE = re.compile(r"(-?\d+(?:\.\d+)?)(mm|cm|in|pt|pc|pi)\Z")
_PERCENT = re.compile(r"(-?\d+(?:\.\d+)?)%\Z")
_HALF_POINTS = frozenset(["sz", "szCs", "kern", "position", "hps", "hpsRaise", "hpsBaseText"])
_MEASURED = frozenset(
    "w h top bottom left right header footer gutter before after line firstLine hanging pos space "
    "linePitch x y hSpace vSpace leftFromText rightFromText topFromText bottomFromText tblpX "
    "tblpY".split()
)
"""Attributes of WordprocessingML that hold measures."""
_MEASURING = _HALF_POINTS | frozenset(
    "spacing trHeight fitText defaultTabStop hyphenationZone drawingGridHorizontalSpacing "
    "drawingGridVerticalSpacing drawingGridHorizontalOrigin drawingGridVerticalOrigin lMargin rMargin "
    "preSp postSp interSp intraSp wrapIndent".split()
)
"""Elements of WordprocessingML and of its formulas whose ``val`` is a measure."""
_HUNDREDTHS = frozenset(["spc", "kern"])
"""Attributes of DrawingML that count hundredths of a point; the others count EMU, 12,700 to one."""
_TEXTS = frozenset(["name", "descr", "title", "typeface", "tooltip", "text"])
"""Attributes of DrawingML that are people's own words."""
_TAG = re.compile(rb"<[^>]*+>")


def is_strict(parts: Mapping[str, bytes]) -> bool:
    """Whether a package is written in the strict variant: its relationships then say so."""
    return any(STRICT in part for name, part in parts.items() if name.endswith(".rels"))


def transitional(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """The package in the transitional variant. Raises ``etree.XMLSyntaxError`` for a broken part."""
    return {
        name: _part(part) if name.endswith((".xml", ".rels")) and STRICT in part else part
        for name, part in parts.items()
    }


def leftover(parts: Mapping[str, bytes]) -> str:
    """The first part whose markup still names something strict; empty where there is none."""
    for name, part in parts.items():
        if name.endswith((".xml", ".rels")) and any(STRICT in tag for tag in _TAG.findall(part)):
            return name
    return ""


def _part(part: bytes) -> bytes:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    # lxml writes > within attributes as &gt; and every attribute in double quotes.
    plain = etree.tostring(etree.fromstring(part, parser), encoding="UTF-8")
    root = etree.fromstring(_TAG.sub(_renamed, plain), parser)
    for element in root.iter(etree.Element):
        _rewrite(element)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _renamed(tag: re.Match[bytes]) -> bytes:
    return re.sub(
        rb'"' + re.escape(STRICT) + rb'([^"]*)"', lambda m: b'"' + _name(m[1].decode()) + b'"', tag[0]
    )


def _name(rest: str) -> bytes:
    """The transitional name for a strict one, given without its common beginning."""
    known = _NAMESPACES.get(rest)
    if known is None and rest.startswith("officeDocument/relationships/"):
        kind = rest.removeprefix("officeDocument/relationships/")
        known = f"{_NAMESPACES['officeDocument/relationships']}/{_RELATIONSHIPS.get(kind, kind)}"
    return known.encode() if known else STRICT + rest.encode()


def _rewrite(element: etree._Element) -> None:
    """Write an element's values as the transitional variant does."""
    name = etree.QName(element)
    if name.namespace == _W:
        _rewrite_word(element, name.localname)
    convert = _conversion(name.namespace or "", name.localname)
    if convert is None:
        return
    for key, value in element.attrib.items():
        converted = convert(etree.QName(key).localname, str(value))
        if converted is not None:
            element.set(key, converted)


def _rewrite_word(element: etree._Element, name: str) -> None:
    if name == "document":
        element.attrib.pop(f"{{{_W}}}conformance", "")
    if name in _SIDED_ATTRIBUTES:
        for old, new in _SIDES.items():
            if f"{{{_W}}}{old}" in element.attrib:
                element.set(f"{{{_W}}}{new}", element.attrib.pop(f"{{{_W}}}{old}"))
    if name in _SIDED_ELEMENTS:
        for child in element.iterchildren(f"{{{_W}}}start", f"{{{_W}}}end"):
            child.tag = f"{{{_W}}}{_SIDES[etree.QName(child).localname]}"
    value = element.get(f"{{{_W}}}val", "")
    for names, words in ((_SIDED_VALUES, _SIDES), (("textDirection",), _DIRECTIONS)):
        if name in names and value in words:
            element.set(f"{{{_W}}}val", words[value])


def _conversion(namespace: str, name: str) -> Callable[[str, str], str | None] | None:
    """How the values of an element are written; ``None`` for elements that have no measures."""
    if namespace in (_W, _MATH):
        return lambda key, value: _word_value(name, key, value)
    if namespace == _CHART:
        return lambda key, value: _percent(value, 1)
    if namespace.startswith(_DRAWING):
        return _drawing_value
    return None


def _word_value(name: str, key: str, value: str) -> str | None:
    """Twentieths of a point, half points for the size of letters; per cent in their own scales."""
    if (name, key) in (("w", "val"), ("zoom", "percent")):
        return _percent(value, 1)
    if key == "w" and (percent := _percent(value, 50)):
        return percent  # of a table: fiftieths of a per cent
    if key in _MEASURED or (key == "val" and name in _MEASURING):
        return _measure(value, 2 if name in _HALF_POINTS else 20)
    return None


def _drawing_value(key: str, value: str) -> str | None:
    if key in _TEXTS:
        return None
    return _percent(value, 1000) or _measure(value, 100 if key in _HUNDREDTHS else 12700)


def _percent(value: str, scale: int) -> str | None:
    match = _PERCENT.match(value)
    return _whole(Decimal(match[1]) * scale) if match else None


def _measure(value: str, scale: int) -> str | None:
    match = _MEASURE.match(value)
    return _whole(Decimal(match[1]) * _UNIT_POINTS[match[2]] * scale) if match else None


def _whole(number: Decimal) -> str:
    return str(int(number.to_integral_value()))
