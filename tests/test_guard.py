"""What is refused before a parser sees it: every kind of file that is not a filled form."""

from __future__ import annotations

import io
import os
import re
import time
import warnings
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import pytest

from generators.excel import guard as bounds
from generators.excel.guard import guard
from generators.excel.workbook import read_workbook
from generators.intake.inbox import read_file
from generators.messages import action, message
from generators.model import Finding, Severity
from tests.workbooks import rows_of, workbook

PLAIN = workbook({"指标": "| 指标代码 | 本年预计 |\n| S1-01 | 12.3 |"})
SHEET = "xl/worksheets/sheet1.xml"
NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def repacked(parts: Mapping[str, bytes], data: bytes = PLAIN, drop: str = "") -> bytes:
    """A workbook with parts added or replaced, and without the part ``drop``."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            if name not in parts and name != drop:
                target.writestr(name, source.read(name))
        for name, part in parts.items():
            target.writestr(name, part)
    return buffer.getvalue()


def part_of(name: str, data: bytes = PLAIN) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def sheet_with(extra: str) -> bytes:
    """The plain workbook whose sheet has ``extra`` after its cells."""
    part = part_of(SHEET).replace(b"</sheetData>", f"</sheetData>{extra}".encode())
    return repacked({SHEET: part})


def merges(*references: str) -> str:
    return f"<mergeCells>{''.join(f'<mergeCell ref={ref}/>' for ref in references)}</mergeCells>"


def ole(stream: str) -> bytes:
    """The beginning of an OLE2 file and the name of a stream as its directory holds it."""
    return bytes.fromhex("D0CF11E0A1B11AE1") + bytes(504) + stream.encode("utf-16-le") + bytes(512)


def bomb() -> bytes:
    return repacked({"customXml/item1.xml": bytes(30 * 2**20)})


def many_parts() -> bytes:
    return repacked({f"customXml/item{number}.xml": b"<a/>" for number in range(2_001)})


def flagged(data: bytes) -> bytes:
    """The same archive with the encryption flag of every entry set."""
    changed = bytearray(data)
    start = 0
    while (start := changed.find(b"PK\x01\x02", start)) >= 0:
        changed[start + 8] |= 1
        start += 4
    return bytes(changed)


DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet/>'
WIDE = '<mergeCells><mergeCell ref="B1:B1048576"/></mergeCells>'
EMPTY_CELLS = f"<worksheet {NAMESPACE}><sheetData>{'<c/>' * 1_000_001}</sheetData></worksheet>"

DEEP = f"<worksheet {NAMESPACE}>{'<a>' * 300}{'</a>' * 300}</worksheet>"


def with_sheet(cells: str) -> bytes:
    """The plain workbook with other cells in its sheet."""
    return repacked(
        {SHEET: f"<worksheet {NAMESPACE}><sheetData>{cells}</sheetData></worksheet>".encode()}
    )


def formula(text: str) -> str:
    """A cell with a formula and its result."""
    return f'<row r="1"><c r="A1"><f>{text}</f><v>1</v></c></row>'


def many_sheets() -> bytes:
    sheets = "".join(f'<sheet name="s{n}" sheetId="{n}"/>' for n in range(1, 257))
    part = part_of("xl/workbook.xml").replace(b"</sheets>", f"{sheets}</sheets>".encode())
    return repacked({"xl/workbook.xml": part})


def many_attributes() -> str:
    attributes = " ".join(f"a{number}=''" for number in range(1_000_001))
    return f"<a {attributes}/>"


def same_names() -> bytes:
    sheet = re.search(rb"<(?:\w+:)?sheet .*?/>", part_of("xl/workbook.xml"))
    assert sheet is not None
    return part_of("xl/workbook.xml").replace(sheet[0], sheet[0] * 2)


def called_by_name() -> bytes:
    name = f"</sheets><definedNames><definedName name='a'>{CALLS}</definedName></definedNames>"
    return part_of("xl/workbook.xml").replace(b"</sheets>", name.encode())


def shared_formulas() -> bytes:
    master = f'<row r="1"><c r="A1"><f t="shared" si="0" ref="A1:A9">{"A2+" * 1_000}1</f></c></row>'
    cells = "".join(
        f'<row r="{n}"><c r="A{n}"><f t="shared" si="0"/></c></row>' for n in range(2, 2_000)
    )
    return with_sheet(master + cells)


def doubled(name: str) -> bytes:
    """An archive in which a second part has a name that is the same to Excel."""
    buffer = io.BytesIO(PLAIN)
    with zipfile.ZipFile(buffer, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr(name, part_of(SHEET))
    return buffer.getvalue()


def lying(size: int) -> bytes:
    """An archive whose directory says another size of its largest part than it has."""
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as archive:
        entry = max(archive.infolist(), key=lambda entry: entry.file_size)
    changed = bytearray(PLAIN)
    start = 0
    while (start := changed.find(b"PK\x01\x02", start)) >= 0:
        length = int.from_bytes(changed[start + 28 : start + 30], "little")
        if changed[start + 46 : start + 46 + length] == entry.filename.encode():
            content = part_of(entry.filename)[: entry.file_size + size]
            changed[start + 16 : start + 20] = zlib.crc32(content).to_bytes(4, "little")
            changed[start + 24 : start + 28] = (entry.file_size + size).to_bytes(4, "little")
        start += 4
    return bytes(changed)


def misnamed() -> bytes:
    """An archive with another name before a part than in its directory."""
    return PLAIN.replace(b"xl/styles.xml", b"xl/styler.xml", 1)


LINKED = "xl/externalLinks/externalLink1.xml"
EMBEDDED = "xl/embeddings/附件.docx"
DOCUMENT = repacked({"word/document.xml": b"<a/>"})
CALLS = "cmd|&apos; /C calc&apos;!A0"

REFUSED = {
    "empty": b"",
    "encrypted": ole("EncryptedPackage"),
    "legacy": ole("Workbook"),
    "not_workbook": "指标代码,本年预计\nS1-01,12.3\n".encode("gb18030"),
    "not_workbook (page)": b"<html><table><tr><td>12.3</td></tr></table></html>",
    "not_workbook (document)": repacked(
        {"word/document.xml": b"<a/>", "[Content_Types].xml": b"<Types/>"}, drop="xl/workbook.xml"
    ),
    "not_workbook (binary)": repacked({"xl/workbook.bin": b"\x00"}, drop="xl/workbook.xml"),
    "not_workbook (archive)": b"PK\x05\x06" + bytes(18),
    "damaged": PLAIN[: len(PLAIN) // 2],
    "damaged (inside)": PLAIN.replace(part_of(SHEET)[:40], b"x" * 40)[:-30],
    "encrypted (archive)": flagged(PLAIN),
    "macros": repacked({"xl/vbaProject.bin": b"\x00"}),
    "macros (Excel 4)": repacked({"xl/macrosheets/sheet1.xml": b"<a/>"}),
    "too_large": b"PK\x03\x04" + bytes(bounds.MAX_FILE_BYTES),
    "too_many_parts": many_parts(),
    "bomb": bomb(),
    "entities": repacked({SHEET: DOCTYPE}),
    "entities (UTF-16)": repacked({SHEET: DOCTYPE.decode().encode("utf-16")}),
    "entities (other name)": repacked({"xl/odd.dat": DOCTYPE}),
    "ranges": sheet_with(merges('"B1:B1048576"')),
    "ranges (dollars)": sheet_with(merges('"$B$1:$B$1048576"')),
    "ranges (single quotes)": sheet_with(merges("'b1:b1048576'")),
    "ranges (spaces)": sheet_with(merges(' = "B1:B1048576"').replace("ref= =", "ref =")),
    "ranges (columns)": sheet_with(merges('"B:B"')),
    "ranges (references)": sheet_with(merges('"&#66;1:B1048576"')),
    "ranges (many)": sheet_with(merges(*(f'"A{n}:Z{n + 999}"' for n in range(1, 9_000, 1_000)))),
    "ranges (greater than)": sheet_with('<mergeCells><mergeCell x=">" ref="A1:A1048576"/></mergeCells>'),
    "ranges (UTF-16)": repacked({SHEET: f"<worksheet {NAMESPACE}>{WIDE}</worksheet>".encode("utf-16")}),
    "too_many_cells": repacked({SHEET: EMPTY_CELLS.encode()}),
    "too_many_cells (attributes)": sheet_with(many_attributes()),
    "too_many_sheets": many_sheets(),
    "nesting": repacked({SHEET: DEEP.encode()}),
    "nesting (hidden by comments)": repacked({SHEET: DEEP.replace("<a>", "<a><!--</a>-->").encode()}),
    "nesting (hidden by quotes)": repacked({SHEET: DEEP.replace("<a>", "<a b='/>'>").encode()}),
    "encoding": repacked({SHEET: part_of(SHEET).decode().encode("utf-32")}),
    "encoding (declared)": repacked({SHEET: b"<?xml version='1.0' encoding='utf-7'?><a/>"}),
    "long_text": with_sheet(f'<row r="1"><c r="A1" t="str"><v>{"字" * 250_001}</v></c></row>'),
    "long_format": repacked(
        {"xl/styles.xml": f'<a><numFmt numFmtId="164" formatCode="{"," * 256}"/></a>'.encode()}
    ),
    "part_damaged (sheet)": repacked({SHEET: b"<worksheet"}),
    "part_damaged (relationships)": repacked({"xl/charts/_rels/chart1.xml.rels": b"<a>"}),
    "part_damaged (link)": repacked({"xl/externalLinks/externalLink1.xml": b"<a><b>"}),
    "part_missing": repacked({"_rels/.rels": part_of("_rels/.rels").replace(b"workbook.xml", b"w.xml")}),
    "part_large": repacked({"docProps/custom.xml": b"<a>" + os.urandom(13 * 2**20).hex().encode()}),
    "sheet_damaged": repacked({SHEET: f"<worksheet {NAMESPACE}/>".encode()}),
    "sheet_missing": repacked({}, drop=SHEET),
    "sheet_names": repacked({"xl/workbook.xml": same_names()}),
    "cell_damaged": with_sheet('<row r="1"><c r="A1"><v>1</v><v>2</v></c></row>'),
    "parts": doubled(SHEET),
    "parts (case)": doubled(SHEET.upper()),
    "parts (backslash)": doubled(SHEET.replace("/", "\\")),
    "prefix (another file before)": PLAIN + PLAIN,
    "part_damaged (larger than said)": lying(-200),
    "part_damaged (smaller than said)": lying(200),
    "part_damaged (another name)": misnamed(),
    "calls": with_sheet(formula(CALLS)),
    "calls (name)": repacked({"xl/workbook.xml": called_by_name()}),
    "calls (link)": repacked(
        {"xl/externalLinks/externalLink1.xml": b"<a><ddeLink ddeService='cmd'/></a>"}
    ),
    "calls (OLE link)": repacked({"xl/externalLinks/externalLink1.xml": b"<a><oleLink/></a>"}),
    "calls (linked object)": sheet_with("<oleObjects><oleObject link='[1]!a'/></oleObjects>"),
    "controls": repacked({"xl/activeX/activeX1.xml": b"<a/>"}),
    "embedded": repacked({"xl/embeddings/oleObject1.bin": b"MZ"}),
    "embedded (anywhere)": repacked({"xl/odd.dat": ole("Package")}),
    "embedded (with macros)": repacked({EMBEDDED: repacked({"word/vbaProject.bin": b"a"})}),
}
BESIDE = {
    "attachment": repacked({EMBEDDED: DOCUMENT}),
    "connections": repacked({"xl/connections.xml": b"<connections><connection id='1'/></connections>"}),
    "connections (query)": repacked({"xl/queryTables/queryTable1.xml": b"<queryTable name='a'/>"}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_filled_form_is_refused(case: str) -> None:
    read = read_workbook(REFUSED[case], "教育局.xlsx")
    assert read.value is None
    [refusal] = read.findings
    assert refusal.code == f"format.{case.partition(' ')[0]}"
    assert (refusal.severity, refusal.file) == (Severity.ERROR, "教育局.xlsx")
    assert message(refusal)
    assert action(refusal).startswith("请")


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MAX_UNZIPPED_BYTES", 2 * 2**20)
    [refusal] = guard(repacked({"xl/media/image1.png": bytes(3 * 2**20)}), "a.xlsx")
    packed = refusal.params["packed"]
    assert packed.endswith(" KB")
    assert message(refusal) == f"文件本身 {packed}，解压后有 3 MB，超过上限 2 MB"


@pytest.mark.parametrize("case", BESIDE)
def test_what_only_stands_beside_the_form_is_told_and_left_alone(case: str) -> None:
    read = read_workbook(BESIDE[case], "教育局.xlsx")
    assert read.value is not None
    assert [(item.code, item.severity) for item in read.findings] == [
        (f"format.{case.partition(' ')[0]}", Severity.WARNING)
    ]


def test_what_honest_programs_write_passes() -> None:
    for part in (
        with_sheet(formula("IF(A2=&quot;a|b&quot;,1,2)")),
        with_sheet(formula("&apos;a|b&apos;!A1")),
        repacked({"customXml/item1.xml": b"<a>" + b"QUJD" * 100_000 + b"</a>"}),
        repacked({"xl/drawings/vmlDrawing1.vml": b"<xml><br></xml>"}),
        repacked(
            {"xl/externalLinks/externalLink1.xml": b"<externalLink><externalBook/></externalLink>"}
        ),
    ):
        assert guard(part, "a.xlsx") == ()


def test_a_cell_with_more_than_excel_lets_it_hold_is_named() -> None:
    data = with_sheet(f'<row r="3"><c r="B3" t="str"><v>{"字" * 32_768}</v></c></row>')
    [refusal] = read_workbook(data, "a.xlsx").findings
    assert (refusal.code, refusal.sheet, refusal.cell) == ("format.long_text", "指标", "B3")
    whole = with_sheet(f'<row r="3"><c r="B3" t="str"><v>{"字" * 32_767}</v></c></row>')
    assert read_workbook(whole, "a.xlsx").value is not None


MARKS = {
    "ranges": b"<mergeCell " + b'<mergeCell "' * 300_000,
    "comments": b"<a>" + b"<!-- " * 300_000,
    "quotes": b"<a b='" + b'<a b="' * 300_000,
    "dates": b"<a><!--" + b"<dcterms:modified" * 200_000 + b"--></a>",
    "calculation": b"<a><!--" + b"<calcPr " * 300_000 + b"--></a>",
}


@pytest.mark.parametrize("case", MARKS)
def test_markup_made_to_keep_a_parser_busy_does_not(case: str) -> None:
    for name in (SHEET, "docProps/core.xml", "xl/workbook.xml", "xl/odd.dat"):
        began = time.perf_counter()
        read_workbook(repacked({name: MARKS[case]}), "a.xlsx")
        assert time.perf_counter() - began < 5


def test_columns_hidden_many_times_over_are_counted_once() -> None:
    hidden = "".join(
        f'<col min="{n}" max="2147483647" width="3" hidden="1"/>' for n in range(1, 16_384, 7)
    )
    part = part_of(SHEET).replace(b"<sheetData>", f"<cols>{hidden}</cols><sheetData>".encode())
    book = read_workbook(repacked({SHEET: part}), "a.xlsx").value
    assert book is not None
    assert book.sheets[0].hidden_columns == frozenset(range(1, 16_385))


def test_a_refused_file_takes_no_time() -> None:
    began = time.perf_counter()
    for case, data in REFUSED.items():
        assert read_workbook(data, "a.xlsx").value is None, case
    assert time.perf_counter() - began < 20


def test_a_workbook_passes() -> None:
    assert guard(PLAIN, "a.xlsx") == ()
    # Titles are merged, cells are linked, pictures may be SVG, whole forms of some hundred rows.
    table = "\n".join(f"| S{n} | {n} | 说明{n} |" for n in range(1, 3_000))
    assert len(rows_of(table)) == 2_999
    assert guard(workbook({"指标": table}), "a.xlsx") == ()
    link = '<hyperlinks><hyperlink ref="A1:C3" location="指标!A1"/></hyperlinks>'
    assert guard(sheet_with(merges('"A1:I1"', '"A2"') + link), "a.xlsx") == ()
    svg = b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" ""><svg/>'
    assert guard(repacked({"xl/media/image1.svg": svg}), "a.xlsx") == ()


def test_bytes_that_only_look_like_a_workbook_never_raise() -> None:
    for length in range(0, len(PLAIN), 97):
        result = read_workbook(PLAIN[:length], "a.xlsx")
        assert result.value is None
        assert len(result.findings) == 1
    for place in range(60, len(PLAIN), 61):
        broken = PLAIN[:place] + b"\xff\x00\x17" + PLAIN[place + 3 :]
        result = read_workbook(broken, "a.xlsx")
        assert (result.value is None) == (len(result.findings) == 1)


def test_a_part_that_cannot_be_read_is_named() -> None:
    for part in (
        b"",
        b"<worksheet",
        b"<a/>" * 3,
        f"<worksheet {NAMESPACE}><sheetData><row r='x'/>".encode(),
    ):
        [refusal] = read_workbook(repacked({SHEET: part}), "a.xlsx").findings
        assert refusal.code == "format.part_damaged", part
        assert message(refusal) == f"文件已损坏：内部部件“{SHEET}”无法读取"


CELLS_THAT_ARE_NONE = {
    "no number": '<c r="A1"><v>约12</v></c>',
    "a number only to Python": '<c r="A1"><v>1_000</v></c>',
    "full-width digits": '<c r="A1"><v>１２</v></c>',
    "many digits": f'<c r="A1"><v>{"9" * 5_000}</v></c>',
    "no such kind": '<c r="A1" t="x"><v>1</v></c>',
    "no such shared text": '<c r="A1" t="s"><v>7</v></c>',
    "no such style": '<c r="A1" s="99999"><v>7</v></c>',
    "a negative style": '<c r="A1" s="-1"><v>7</v></c>',
    "no boolean": '<c r="A1" t="b"><v>2</v></c>',
    "no date": '<c r="A1" t="d"><v>2031-02-30</v></c>',
    "an element in a value": '<c r="A1"><v>1<x/>2</v></c>',
    "an element in a text": '<c r="A1" t="inlineStr"><is><t>1<x/>2</t></is></c>',
    "two values": '<c r="A1"><v>1</v><v>2</v></c>',
    "an unknown element": '<c r="A1"><w>1</w></c>',
    "a text where a value is": '<c r="A1"><is><t>1</t></is></c>',
}


@pytest.mark.parametrize("case", CELLS_THAT_ARE_NONE)
def test_a_cell_of_which_nobody_can_say_what_it_holds_is_named(case: str) -> None:
    [refusal] = read_workbook(
        with_sheet(f'<row r="1">{CELLS_THAT_ARE_NONE[case]}</row>'), "a.xlsx"
    ).findings
    assert (refusal.code, refusal.sheet, refusal.cell) == ("format.cell_damaged", "指标", "A1")


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="2"><c r="A2"><v>1</v></c></row><row r="1"/>',
        '<row r="1"/><row r="1"/>',
        '<row r="0"/>',
        '<row r="1048577"/>',
        '<row r="1"><c r="B1"/><c r="A1"/></row>',
        '<row r="1"><c r="A1"/><c r="A1"/></row>',
        '<row r="1"><c r="A2"/></row>',
        '<row r="1"><c r="XFE1"/></row>',
        '<row r="1"><d r="A1"/></row>',
        '<c r="A1"/>',
        '</sheetData><sheetData><row r="1"/>',
        '<mc:AlternateContent xmlns:mc="a"><row r="1"/></mc:AlternateContent>',
    ],
)
def test_rows_and_cells_in_no_order_are_no_sheet(cells: str) -> None:
    [refusal] = read_workbook(with_sheet(cells), "a.xlsx").findings
    assert (refusal.code, refusal.sheet) == ("format.sheet_damaged", "指标")


WHOLE_SHEET = "A1:XFD1048576"
NONE_OF_OUR_BUSINESS = {
    "a link over the whole sheet": sheet_with(
        f'<hyperlinks><hyperlink location="a" ref="{WHOLE_SHEET}"/></hyperlinks>'
    ),
    "many formulas that share one": shared_formulas(),
    "a long attribute": with_sheet(f'<row r="1" x="{"x" * 40_001}"/>'),
    "comments over whole columns": repacked(
        {"xl/comments1.xml": f"<comments><a><Ⰰ/><comment ref='{WHOLE_SHEET}'/></a></comments>".encode()}
    ),
    "print titles": repacked(
        {
            "xl/workbook.xml": part_of("xl/workbook.xml").replace(
                b"</sheets>",
                b"</sheets><definedNames><definedName name='_xlnm.Print_Titles' localSheetId='0'>"
                + b"'" * 250_000
                + b"</definedName></definedNames>",
            )
        }
    ),
    "a white picture": repacked({"xl/media/image1.bmp": b"BM" + bytes(9 * 2**20)}),
    "a long list of content types": repacked(
        {
            "[Content_Types].xml": part_of("[Content_Types].xml").replace(
                b"<Types", b"<!--" + os.urandom(2**20).hex().encode() + b"--><Types"
            )
        }
    ),
    "a theme that is no XML": repacked({"xl/theme/theme1.xml": b"<a><b>"}),
    "a pivot table": repacked({"xl/pivotTables/pivotTable1.xml": b"<pivotTableDefinition a='x'/>"}),
    "styles after the cells' formats": repacked(
        {
            "xl/styles.xml": part_of("xl/styles.xml").replace(
                b"</cellXfs>", b"</cellXfs><dxfs><dxf><numFmt formatCode='" + b"0" * 999 + b"'/>"
            )
        }
    ),
}


@pytest.mark.parametrize("case", NONE_OF_OUR_BUSINESS)
def test_what_no_cell_needs_is_passed_over(case: str) -> None:
    began = time.process_time()
    read = read_workbook(NONE_OF_OUR_BUSINESS[case], "a.xlsx")
    assert read.value is not None and read.findings == ()
    assert time.process_time() - began < 1


def test_a_file_too_large_is_told_from_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generators.intake.inbox.MAX_FILE_BYTES", 100)
    path = tmp_path / "教育局.xlsx"
    path.write_bytes(PLAIN)
    refusal = read_file(path, "教育局.xlsx")
    assert isinstance(refusal, Finding)
    assert refusal.code == "format.too_large"


def test_a_file_that_cannot_be_opened_says_why_in_chinese(tmp_path: Path) -> None:
    gone = read_file(tmp_path / "教育局.xlsx", "教育局.xlsx")
    assert isinstance(gone, Finding)
    assert message(gone) == "文件无法打开（文件不存在）"
    assert message(gone, "en") == f"the file cannot be opened ({os.strerror(2)})"
