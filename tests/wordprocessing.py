"""What Word enforces of the WordprocessingML schema (ISO/IEC 29500-1): order, ids, relationships."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections import Counter
from collections.abc import Iterator

from lxml import etree

MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
RELATIONSHIPS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"

ORDER = {
    "pPr": (
        "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr "
        "shd tabs suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE "
        "autoSpaceDN bidi adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents "
        "suppressOverlap jc textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr "
        "sectPr pPrChange"
    ).split(),
    "rPr": (
        "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof "
        "snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd "
        "fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath rPrChange"
    ).split(),
    "tblPr": (
        "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc "
        "tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription"
    ).split(),
    "tcPr": (
        "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign "
        "hideMark"
    ).split(),
    "sdtPr": (
        "rPr alias tag id lock placeholder temporary showingPlcHdr dataBinding label tabIndex equation "
        "comboBox date docPartObj docPartList dropDownList picture richText text citation group "
        "bibliography"
    ).split(),
    "sdt": "sdtPr sdtEndPr sdtContent".split(),
    "sectPr": (
        "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders "
        "lnNumType pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter "
        "docGrid printerSettings"
    ).split(),
}
"""The order of children that the schema gives; Word calls a document damaged that breaks it."""

BLOCKS = frozenset("body hdr ftr footnote endnote comment tc txbxContent sdtContent customXml".split())
"""What holds paragraphs and tables (EG_BlockLevelElts)."""
INLINE = frozenset(
    "p hyperlink fldSimple smartTag customXml sdtContent dir bdo ins del moveFrom moveTo".split()
)
"""What holds runs, and content controls beside them (EG_PContent, EG_ContentRunContent)."""
HOLDERS = {
    "p": BLOCKS,
    "tbl": BLOCKS,
    "tr": frozenset("tbl sdtContent customXml".split()),
    "tc": frozenset("tr sdtContent customXml".split()),
    "r": INLINE | {"rt", "rubyBase"},
    "sdt": BLOCKS | INLINE | {"tbl", "tr"},
}
"""Which elements may hold which: ISO 29500-1, A.1. A control holds what stands around it."""
CLOSED_CONTROLS = frozenset("text comboBox dropDownList date picture checkbox".split())
"""Kinds of controls that hold plain text or a picture, and no other control."""
RANGES = ("bookmark", "commentRange", "perm", "moveFromRange", "moveToRange")


def faults(data: bytes) -> list[str]:
    """Everything in a .docx that Word would call damaged; empty for a valid document."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        listed = package.namelist()
        names = set(listed)
        parts = {
            name: etree.fromstring(package.read(name))
            for name in names
            if name.endswith((".xml", ".rels"))
        }
    found = [f"doubled part {name}" for name, count in Counter(listed).items() if count > 1]
    found += _content_type_faults(names, parts["[Content_Types].xml"])
    for name, root in sorted(parts.items()):
        if name.endswith(".rels"):
            found += _relationship_faults(name, root, names)
        elif name.startswith("word/"):
            found += [f"{name}: {fault}" for fault in _element_faults(root)]
    return found + list(_reference_faults(parts))


def _reference_faults(parts: dict[str, etree._Element]) -> Iterator[str]:
    """Comments and notes: whatever is called from the body is there, once."""
    for kind in ("comment", "footnote", "endnote"):
        defined = Counter(
            item.get(f"{W}id")
            for name, root in parts.items()
            if name.startswith("word/") and root.tag == f"{W}{kind}s"
            for item in root.iter(f"{W}{kind}")
        )
        called = Counter(
            item.get(f"{W}id") for root in parts.values() for item in root.iter(f"{W}{kind}Reference")
        )
        yield from (f"doubled {kind} {number}" for number, count in defined.items() if count > 1)
        yield from (f"{kind} {number} is called twice" for number, n in called.items() if n > 1)
        yield from (f"{kind} {number} is not there" for number in called.keys() - defined.keys())
        if kind == "comment":
            spanned = {
                item.get(f"{W}id")
                for root in parts.values()
                for item in root.iter(f"{W}commentRangeStart")
            }
            yield from (f"comment {number} spans but has no mark" for number in spanned - called.keys())


def _content_type_faults(names: set[str], root: etree._Element) -> Iterator[str]:
    defaults = {item.get("Extension", "").lower() for item in root.iter(f"{TYPES}Default")}
    overrides = {item.get("PartName", "").lstrip("/") for item in root.iter(f"{TYPES}Override")}
    for name in names - {"[Content_Types].xml"}:
        if name not in overrides and name.rpartition(".")[2].lower() not in defaults:
            yield f"{name} has no content type"
    for name in overrides - names:
        yield f"{name} has a content type but is not there"


def _relationship_faults(name: str, root: etree._Element, names: set[str]) -> Iterator[str]:
    folder = posixpath.dirname(posixpath.dirname(name))
    for item in root.iter(f"{RELATIONSHIPS}Relationship"):
        target = item.get("Target", "")
        if item.get("TargetMode") != "External":
            path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            if path not in names:
                yield f"{name}: {target} is not there"


def _element_faults(root: etree._Element) -> Iterator[str]:
    for kind, order in ORDER.items():
        for element in root.iter(f"{W}{kind}"):
            places = [
                order.index(local)
                for child in element
                if isinstance(child.tag, str) and (local := etree.QName(child).localname) in order
            ]
            if places != sorted(places):
                yield f"{kind} out of order: {[etree.QName(child).localname for child in element]}"
    yield from _parent_faults(root)
    for cell in root.iter(f"{W}tc"):
        if _last_block(cell) != "p":
            yield "a cell does not end in a paragraph"
    if _local(root) in ("hdr", "ftr") and not _last_block(root):
        yield "a header or footer holds nothing"
    for note in root.iter(f"{W}footnote", f"{W}endnote", f"{W}comment", f"{W}txbxContent"):
        if not _last_block(note):
            yield f"{_local(note)} holds nothing"
    for table in root.iter(f"{W}tbl"):
        if next(table.iter(f"{W}tr"), None) is None:
            yield "a table has no row"
    for row in root.iter(f"{W}tr"):
        if next(row.iter(f"{W}tc"), None) is None:
            yield "a row has no cell"
    for tag, attribute in ((f"{W}bookmarkStart", f"{W}id"), (f"{W}bookmarkStart", f"{W}name")):
        values = Counter(item.get(attribute) for item in root.iter(tag))
        yield from (f"doubled {attribute} {value}" for value, count in values.items() if count > 1)
    for kind in RANGES:
        starts = [item.get(f"{W}id") for item in root.iter(f"{W}{kind}Start")]
        ends = [item.get(f"{W}id") for item in root.iter(f"{W}{kind}End")]
        if sorted(map(str, starts)) != sorted(map(str, ends)):
            yield f"{kind}s do not pair"
    controls = Counter(item.get(f"{W}val") for item in root.iterfind(f".//{W}sdtPr/{W}id"))
    yield from (f"doubled control id {value}" for value, count in controls.items() if count > 1)
    for name in ("tag", "alias"):
        for item in root.iterfind(f".//{W}sdtPr/{W}{name}"):
            if len(item.get(f"{W}val", "").encode("utf-16-le")) > 128:
                yield f"a control's {name} is longer than 64 characters"
    drawings = Counter(
        item.get("id")
        for item in root.iter()
        if isinstance(item.tag, str) and etree.QName(item).localname == "docPr"
    )
    yield from (f"doubled drawing id {value}" for value, count in drawings.items() if count > 1)
    yield from _revision_faults(root)
    for element in root.iter():
        if isinstance(element.tag, str) and any("urn:huibao" in name for name in element.attrib):
            yield "a mark of the compiler is left"


def _parent_faults(root: etree._Element) -> Iterator[str]:
    """Elements that stand where the schema has no place for them."""
    for kind, holders in HOLDERS.items():
        for element in root.iter(f"{W}{kind}"):
            parent = element.getparent()
            if parent is None or not str(parent.tag).startswith(W) or _local(parent) in holders:
                continue
            yield f"{kind} within {_local(parent)}"
    for control in root.iter(f"{W}sdt"):
        outer = next(control.iterancestors(f"{W}sdt"), None)
        kinds = {_local(item) for item in control.iterfind(f"{W}sdtPr/*")}
        if outer is not None and CLOSED_CONTROLS & {
            _local(item) for item in outer.iterfind(f"{W}sdtPr/*")
        }:
            yield "a control within a control that holds plain content"
        if len(CLOSED_CONTROLS & kinds) > 1:
            yield f"a control of two kinds: {sorted(CLOSED_CONTROLS & kinds)}"
        if any(str(item.tag).startswith(MATH) for item in control.iterancestors()):
            yield "a control within a formula"


def _last_block(element: etree._Element) -> str:
    """``p`` or ``tbl``, whichever ends an element, within controls too; empty where there is none."""
    for child in reversed(element):
        if not isinstance(child.tag, str):
            continue
        if child.tag in (f"{W}p", f"{W}tbl"):
            return _local(child)
        if found := _last_block(child) if _local(child) in ("sdt", "sdtContent", "customXml") else "":
            return found
    return ""


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


REVISIONS = tuple(f"{W}{name}" for name in ("ins", "del", "pPrChange"))
"""The tracked changes that the program writes."""


def _revision_faults(root: etree._Element) -> Iterator[str]:
    """What is wrong with tracked changes (ISO/IEC 29500-1 §17.13.5)."""
    ids = Counter(item.get(f"{W}id") for item in root.iter(*REVISIONS))
    yield from (f"doubled revision id {value}" for value, count in ids.items() if count > 1)
    for element in root.iter(*REVISIONS):
        if not element.get(f"{W}author") or not element.get(f"{W}date"):
            yield "a tracked change without author or date"
    for element in root.iter(f"{W}ins", f"{W}del"):
        parent = element.getparent()
        if parent is not None and parent.tag == f"{W}rPr":
            if parent.index(element) or parent.getparent().tag != f"{W}pPr":
                yield "the change of a paragraph's mark does not stand first in its w:rPr"
        elif parent is not None and parent.tag == f"{W}trPr":
            if parent.index(element) != len(parent) - 1:
                yield "the change of a row does not stand last in its w:trPr"
        elif not len(element) and element.get(f"{W}author") == "汇报":
            yield "a tracked change of nothing"
        elif any(True for _ in element.iter(*REVISIONS[:2]) if _ is not element):
            yield "a tracked change within another"
    for node in root.iter(f"{W}delText"):
        if not any(True for _ in node.iterancestors(f"{W}del")):
            yield "deleted text that is in no deletion"
    for element in root.iter(f"{W}del"):
        if element.find(f".//{W}t") is not None or element.find(f".//{W}instrText") is not None:
            yield "a deletion with text that is not deleted"
