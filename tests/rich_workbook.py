"""A form with everything beside its cells that people put there, and the parts it is made of.

What XlsxWriter can make, it makes: pictures, a chart, a text box, comments, a header picture, a table,
sparklines, conditional formats of Excel 2010. The rest is written here as Excel and WPS write it.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import xlsxwriter
from lxml import etree

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"
REVISION = "http://schemas.microsoft.com/office/spreadsheetml/2014/revision"
THREADS = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
THREAD_ID = "{11111111-2222-3333-4444-555555555555}"
PERSON_ID = "{99999999-8888-7777-6666-555555555555}"
THREAD_CELL, NOTE_CELL = "D6", "E6"
"""Where a thread of comments and a comment of the old kind stand on the sheet."""
OFFICE_2017 = "http://schemas.microsoft.com/office/2017/10/relationships"
TYPES = "application/vnd.openxmlformats-officedocument"

ORDER = (
    "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection "
    "protectedRanges scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells "
    "phoneticPr conditionalFormatting dataValidations hyperlinks printOptions pageMargins pageSetup "
    "headerFooter rowBreaks colBreaks customProperties cellWatches ignoredErrors smartTags drawing "
    "legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls webPublishItems tableParts "
    "extLst"
).split()
"""The children of a worksheet (ECMA-376 part 1, 18.3.1.99)."""


# --- packages -----------------------------------------------------------------------------------------


def parts_in(data: bytes) -> dict[str, bytes]:
    """The parts of a package by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def package(parts: Mapping[str, bytes]) -> bytes:
    """A package of parts, in their order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return buffer.getvalue()


def relations_of(name: str) -> str:
    """The part with the relationships of a part."""
    folder, base = posixpath.split(name)
    return posixpath.join(folder, "_rels", f"{base}.rels")


def targets(parts: Mapping[str, bytes], source: str) -> dict[str, tuple[str, str]]:
    """The relationships of a part by id: the type, and the part meant, empty for what lies outside."""
    name = relations_of(source)
    found = {}
    for item in etree.fromstring(parts[name]) if name in parts else ():
        target = str(item.get("Target"))
        whole = posixpath.normpath(posixpath.join("/", posixpath.dirname(source), target)).lstrip("/")
        outside = item.get("TargetMode") == "External"
        found[str(item.get("Id"))] = str(item.get("Type")), "" if outside else whole
    return found


def sheet_parts(parts: Mapping[str, bytes], workbook: str = "xl/workbook.xml") -> dict[str, str]:
    """The parts of the sheets by title."""
    known = targets(parts, workbook)
    return {
        str(sheet.get("name")): known[next(v for k, v in sheet.items() if k.endswith("}id"))][1]
        for sheet in etree.fromstring(parts[workbook]).iterfind("{*}sheets/{*}sheet")
    }


def relate(parts: dict[str, bytes], source: str, kind: str, target: str, number: str = "") -> str:
    """Add a relationship; returns its id. A target with ``://`` lies outside."""
    name = relations_of(source)
    empty = f'<Relationships xmlns="{PACKAGE}/relationships"/>'.encode()
    root = etree.fromstring(parts.get(name, empty))
    made = etree.SubElement(root, f"{{{PACKAGE}/relationships}}Relationship")
    number = number or f"rId{len(root) + 50}"
    made.attrib.update({"Id": number, "Type": kind, "Target": f"/{target}"})
    if "://" in target:
        made.attrib.update({"Target": target, "TargetMode": "External"})
    parts[name] = etree.tostring(root)
    return number


def add(parts: dict[str, bytes], name: str, part: bytes | str, content_type: str) -> None:
    """Add a part with its content type."""
    parts[name] = part if isinstance(part, bytes) else part.encode()
    root = etree.fromstring(parts["[Content_Types].xml"])
    made = etree.SubElement(root, f"{{{PACKAGE}/content-types}}Override")
    made.attrib.update({"PartName": f"/{name}", "ContentType": content_type})
    parts["[Content_Types].xml"] = etree.tostring(root)


def put_in_order(root: Any, element: Any, name: str = "") -> None:
    """Put a child where the schema wants it, or an alternative where the child ``name`` would stand."""
    rank = ORDER.index(name or etree.QName(element).localname)
    for child in root:
        known = etree.QName(child).localname
        if known in ORDER and ORDER.index(known) > rank:
            child.addprevious(element)
            return
    root.append(element)


# --- the form -----------------------------------------------------------------------------------------


def rich(form: bytes, title: str = "指标") -> bytes:
    """The form with all of it on the sheet ``title``."""
    parts = parts_in(form)
    donor = parts_in(_donor())
    sheet = sheet_parts(parts)[title]
    given = etree.fromstring(donor["xl/worksheets/sheet1.xml"])
    root = etree.fromstring(parts[sheet])
    for element in list(given):
        if etree.QName(element).localname in (
            *("conditionalFormatting", "drawing", "legacyDrawing", "legacyDrawingHF", "tableParts"),
            "extLst",
        ):
            put_in_order(root, element)
    types = {
        item.get("PartName", "").lstrip("/"): item.get("ContentType")
        for item in etree.fromstring(donor["[Content_Types].xml"])
    }
    for name, part in donor.items():
        if name.split("/")[1:2] in (["drawings"], ["charts"], ["media"], ["tables"], ["comments1.xml"]):
            parts[name] = part
            if name in types:
                add(parts, name, part, str(types[name]))
    for number, (kind, target) in targets(donor, "xl/worksheets/sheet1.xml").items():
        relate(parts, sheet, kind, target, number)
    for ending, kind in (("png", "image/png"), ("vml", f"{TYPES}.vmlDrawing")):
        parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
            b"<Default ", f'<Default Extension="{ending}" ContentType="{kind}"/><Default '.encode(), 1
        )
    _thread(parts, sheet)
    _embedded(parts, sheet, root)
    _beside(parts)
    parts[sheet] = etree.tostring(root)
    return package(parts)


def _thread(parts: dict[str, bytes], sheet: str) -> None:
    """Make the comment in :data:`THREAD_CELL` stand for a thread, as Excel 365 writes it."""
    comments = etree.fromstring(parts["xl/comments1.xml"])
    authors = comments.find(f"{{{MAIN}}}authors")
    assert authors is not None
    etree.SubElement(authors, f"{{{MAIN}}}author").text = f"tc={THREAD_ID}"
    [comment] = [item for item in comments.iter(f"{{{MAIN}}}comment") if item.get("ref") == THREAD_CELL]
    comment.set("authorId", str(len(authors) - 1))
    comment.set(f"{{{REVISION}}}uid", THREAD_ID)
    parts["xl/comments1.xml"] = etree.tostring(comments)
    add(
        parts,
        "xl/threadedComments/threadedComment1.xml",
        f'<ThreadedComments xmlns="{THREADS}"><threadedComment ref="{THREAD_CELL}" '
        f'dT="2031-12-01T08:00:00.00" personId="{PERSON_ID}" id="{THREAD_ID}"><text>请核对</text>'
        "</threadedComment></ThreadedComments>",
        "application/vnd.ms-excel.threadedcomments+xml",
    )
    relate(parts, sheet, f"{OFFICE_2017}/threadedComment", "xl/threadedComments/threadedComment1.xml")
    add(
        parts,
        "xl/persons/person.xml",
        f'<personList xmlns="{THREADS}"><person displayName="李四" id="{PERSON_ID}" userId="李四" '
        'providerId="None"/></personList>',
        "application/vnd.ms-excel.person+xml",
    )
    relate(parts, "xl/workbook.xml", f"{OFFICE_2017}/person", "xl/persons/person.xml")


def _embedded(parts: dict[str, bytes], sheet: str, root: Any) -> None:
    """A document in the sheet, the settings of a printer, and attributes of a later Excel."""
    document = package({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"})
    name = "xl/embeddings/Microsoft_Word_Document.docx"
    add(parts, name, document, f"{TYPES}.wordprocessingml.document")
    number = relate(parts, sheet, f"{RELATION}/package", name)
    text = (
        f'<mc:AlternateContent xmlns:mc="{COMPATIBILITY}" xmlns="{MAIN}" xmlns:r="{RELATION}">'
        f'<mc:Choice Requires="x14"><oleObjects><oleObject progId="Word.Document.12" shapeId="1060" '
        f'r:id="{number}"/></oleObjects></mc:Choice><mc:Fallback><oleObjects><oleObject '
        f'progId="Word.Document.12" shapeId="1060" r:id="{number}"/></oleObjects></mc:Fallback>'
        "</mc:AlternateContent>"
    )
    put_in_order(root, etree.fromstring(text), "oleObjects")
    name = "xl/printerSettings/printerSettings1.bin"
    add(parts, name, b"\x00\x01printer\xff" * 20, f"{TYPES}.spreadsheetml.printerSettings")
    setup = root.find(f"{{{MAIN}}}pageSetup")
    setup.set(f"{{{RELATION}}}id", relate(parts, sheet, f"{RELATION}/printerSettings", name))
    root.set(f"{{{REVISION}}}uid", "{00000000-0001-0000-0000-000000000000}")
    root.set(f"{{{COMPATIBILITY}}}Ignorable", "xr")


def _beside(parts: dict[str, bytes]) -> None:
    """Pictures in cells of WPS, another workbook linked to, a pivot's cache, data of a template."""
    book = "xl/workbook.xml"
    add(
        parts,
        "xl/cellimages.xml",
        '<etc:cellImages xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData"/>',
        "application/vnd.wps-officedocument.cellimage+xml",
    )
    relate(parts, book, "http://www.wps.cn/officeDocument/2020/cellImage", "xl/cellimages.xml")
    relate(parts, "xl/cellimages.xml", f"{RELATION}/image", "xl/media/image1.png")
    add(
        parts,
        "xl/externalLinks/externalLink1.xml",
        f'<externalLink xmlns="{MAIN}"><externalBook xmlns:r="{RELATION}" r:id="rId1"><sheetNames>'
        '<sheetName val="去年"/></sheetNames></externalBook></externalLink>',
        f"{TYPES}.spreadsheetml.externalLink+xml",
    )
    link = relate(parts, book, f"{RELATION}/externalLink", "xl/externalLinks/externalLink1.xml")
    outside = "file:///C:/huizong/2030.xlsx"
    relate(parts, "xl/externalLinks/externalLink1.xml", f"{RELATION}/externalLinkPath", outside, "rId1")
    add(
        parts,
        "xl/pivotCache/pivotCacheDefinition1.xml",
        f'<pivotCacheDefinition xmlns="{MAIN}" refreshOnLoad="1" refreshedBy="李四" recordCount="0">'
        '<cacheSource type="worksheet"><worksheetSource ref="A4:B6" sheet="指标"/></cacheSource>'
        '<cacheFields count="2"><cacheField name="指标代码" numFmtId="0"><sharedItems/></cacheField>'
        '<cacheField name="指标名称" numFmtId="0"><sharedItems/></cacheField></cacheFields>'
        "</pivotCacheDefinition>",
        f"{TYPES}.spreadsheetml.pivotCacheDefinition+xml",
    )
    kind = f"{RELATION}/pivotCacheDefinition"
    cache = relate(parts, book, kind, "xl/pivotCache/pivotCacheDefinition1.xml")
    add(parts, "customXml/item1.xml", "<a xmlns='urn:b'>&#10;<b/></a>", "application/xml")
    relate(parts, book, f"{RELATION}/customXml", "customXml/item1.xml")
    root = etree.fromstring(parts[book])
    references = etree.fromstring(
        f'<externalReferences xmlns="{MAIN}" xmlns:r="{RELATION}"><externalReference r:id="{link}"/>'
        "</externalReferences>"
    )
    caches = etree.fromstring(
        f'<pivotCaches xmlns="{MAIN}" xmlns:r="{RELATION}"><pivotCache cacheId="7" r:id="{cache}"/>'
        "</pivotCaches>"
    )
    root.find(f"{{{MAIN}}}sheets").addnext(references)
    root.append(caches)
    parts[book] = etree.tostring(root)


def _donor() -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("指标")
    sheet.insert_image("K2", "照片.png", {"image_data": io.BytesIO(picture())})
    sheet.insert_textbox("K12", "文本框：请勿删除", {"width": 200, "height": 60})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "='指标'!$D$5:$D$7"})
    sheet.insert_chart("K18", chart)
    sheet.write_comment(NOTE_CELL, "口径有变", {"author": "李四", "x_scale": 2})
    sheet.write_comment(THREAD_CELL, "[Threaded comment]\n请核对", {"author": "李四"})
    sheet.set_header("&L&G", {"image_left": "页眉.png", "image_data_left": io.BytesIO(picture())})
    sheet.conditional_format("D5:D7", {"type": "data_bar", "data_bar_2010": True})
    sheet.add_sparkline("J5", {"range": "'指标'!D5:H5"})
    sheet.add_table("K40:L42", {"columns": [{"header": "甲"}, {"header": "乙"}]})
    book.close()
    return buffer.getvalue()


def picture(width: int = 120, height: int = 80, colour: bytes = b"\x20\x90\x40") -> bytes:
    """A PNG of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    lines = zlib.compress((b"\0" + colour * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")
