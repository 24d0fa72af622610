"""Why workbooks of other formats are refused: for what is in them, sheet and cell by name."""

from __future__ import annotations

import io
import struct
import sys
from collections.abc import Callable, Mapping
from typing import Any

import openpyxl
import pytest

from generators.excel import foreign
from generators.excel.foreign import biff8
from generators.excel.foreign.facts import MAX_AREA
from generators.excel.reading import read_any_workbook
from generators.messages import LANGUAGES, line, message
from generators.model import Finding
from generators.package import package_of, parts_of
from tests.binary_workbook import binary_workbook, record, text
from tests.old_workbook import link, linked_name, old_workbook, own_link

CELLS = ((0, 0, 1.5), (1, 1, "字"), (2, 2, -3.0))
OLD_END, NEW_END = (65_535, 255), (1_048_575, 16_383)


def told(data: bytes, kind: str) -> list[Finding]:
    """What is found about a workbook; every message says what it says whole, in both languages."""
    found = list(read_any_workbook(data, f"渔业局.{kind}").findings)
    for finding in found:
        for language in LANGUAGES:
            assert "…" not in line(finding, language)
            assert "{" not in line(finding, language)
    return found


def codes(data: bytes, kind: str) -> list[str]:
    return [item.code.removeprefix("format.") for item in told(data, kind)]


def refusal(data: bytes, kind: str) -> Finding:
    [found] = told(data, kind)
    return found


def values(data: bytes, kind: str) -> dict[str, str]:
    read = read_any_workbook(data, f"渔业局.{kind}")
    assert read.value is not None, read.findings
    return {cell.address: cell.raw for sheet in read.value.sheets for cell in sheet.cells.values()}


def new_workbook(*cells: tuple[str, Any]) -> bytes:
    book: Any = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "指标"
    for place, value in cells:
        sheet[place] = value
    buffer = io.BytesIO()
    book.save(buffer)
    return binary_workbook(buffer.getvalue())


NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "table": "table",
        "text": "text",
        "style": "style",
        "number": "datastyle",
    }.items()
)


def open_workbook(rows: str, more: str = "", styles: str = "") -> bytes:
    """An .ods of one sheet."""
    content = f"<office:document-content {NAMES}><office:automatic-styles>{styles}"
    content += "</office:automatic-styles><office:body><office:spreadsheet>"
    content += f'<table:table table:name="指标">{rows}</table:table>{more}'
    content += "</office:spreadsheet></office:body></office:document-content>"
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    listed = '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    parts = {"mimetype": kind, "content.xml": content.encode()}
    return package_of({**parts, "META-INF/manifest.xml": listed.encode()})


def row(*cells: str) -> str:
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def cell(value: str, kind: str = "float", more: str = "", shown: str = "1") -> str:
    said = f'office:value="{value}"' if value else ""
    return (
        f'<table:table-cell office:value-type="{kind}" {said} {more}>'
        f"<text:p>{shown}</text:p></table:table-cell>"
    )


def formula(words: str) -> bytes:
    quoted = words.replace("&", "&amp;").replace('"', "&quot;")
    return open_workbook(row(cell("1", more=f'table:formula="of:={quoted}"')))


# --- links ----------------------------------------------------------------------------------------

FILES = {
    "on a drive": "\1\1C\3报送\3渔业局.xls",
    "on a server": "\1\1@server\3share\3a.xls",
    "on the same drive": "\1\2报送\3a.xls",
    "beside": "\1a.xls",
    "below": "\1报送\3a.xls",
    "above": "\1\4\4a.xls",
    "on the web": "\1\5http://example.org/a.xls",
    "where Excel starts": "\1\6a.xls",
    "by its name alone": "a.xls",
}
PROGRAMS = {"DDE": "cmd\3/c calc", "a sheet by DDE": "Excel\3C:\\a.xls", "OLE": "Package\3C:\\a.exe\3!b"}
NO_LINKS = {"same sheet": "\0", "none": " "}


@pytest.mark.parametrize("name", FILES)
def test_a_link_to_another_old_workbook_is_told_as_one(name: str) -> None:
    data = old_workbook({"指标": CELLS}, [own_link(0x0401), link(FILES[name]), linked_name(0)])
    assert codes(data, "xls") == ["links"]
    assert values(data, "xls") == {"A1": "1.5", "B2": "字", "C3": "-3"}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_link_to_a_program_is_refused(name: str) -> None:
    data = old_workbook({"指标": CELLS}, [own_link(0x0401), link(PROGRAMS[name], sheets=0)])
    assert codes(data, "xls") == ["calls"]


@pytest.mark.parametrize("flags", [0x7FEA, 0x0010, 0x0008])
def test_a_name_that_belongs_to_a_program_is_refused_whatever_its_path_says(flags: int) -> None:
    data = old_workbook({"指标": CELLS}, [link(FILES["below"]), linked_name(flags)])
    assert codes(data, "xls") == ["calls"]


@pytest.mark.parametrize(
    "more",
    [(own_link(0x0401),), (own_link(0x3A01), linked_name(0)), *((link(x),) for x in NO_LINKS.values())],
    ids=["itself", "add-in", *NO_LINKS],
)
def test_links_to_nothing_outside_are_not_told(more: tuple[tuple[int, bytes], ...]) -> None:
    assert codes(old_workbook({"指标": CELLS}, more), "xls") == []


@pytest.mark.parametrize(
    ("kind", "code"), [(0, "links"), (1, "calls"), (2, "calls")], ids=["workbook", "DDE", "OLE"]
)
def test_links_of_binary_workbooks_are_told_by_their_kind(kind: int, code: str) -> None:
    part = record(360, struct.pack("<H", kind) + text("a"))
    parts = parts_of(new_workbook(("A1", 1)))
    data = package_of({**parts, "xl/externalLinks/externalLink1.bin": part})
    assert codes(data, "xlsb") == [code]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("DDE(\"soffice\";\"a\";\"b\")", "calls"),
        ("dde (\"cmd\";\"a\";\"b\")", "calls"),
        ("IF(1;DDE(\"cmd\";\"a\";\"b\");2)", "calls"),
        ("'file:///C:/a.ods'#$指标.A1", "links"),
        ("'file:///C:/DDE (1)/a.ods'#$指标.A1", "links"),
        ("WEBSERVICE(\"http://example.org\")", "links"),
        ("CONCATENATE(\"DDE (动态数据交换)\";\"'file:\")", ""),
        ("['DDE (1)'.A1]", ""),
        ("[.A1]+ADDED(1)", ""),
    ],
)  # fmt: skip
def test_a_formula_of_an_open_workbook_is_judged_by_what_it_calls(words: str, code: str) -> None:
    assert codes(formula(words), "ods") == ([code] if code else [])


def test_a_name_that_calls_a_program_is_refused() -> None:
    named = '<table:named-expressions><table:named-expression table:name="a" table:expression="{}"/>'
    named += "</table:named-expressions>"
    calling = open_workbook(row(cell("1")), named.format("of:=DDE(&quot;cmd&quot;;1)"))
    assert codes(calling, "ods") == ["calls"]
    assert codes(open_workbook(row(cell("1")), named.format("of:=[.A1]")), "ods") == []


# --- few cells, far apart -------------------------------------------------------------------------


@pytest.mark.parametrize("smallest", [0, 4096], ids=["small stream", "large stream"])
def test_an_old_sheet_that_says_it_reaches_to_its_end_is_read(smallest: int) -> None:
    data = old_workbook({"指标": CELLS, "空": CELLS}, reach=(0, 65_536, 0, 256), smallest=smallest)
    assert values(data, "xls") == {"A1": "1.5", "B2": "字", "C3": "-3"}


def test_a_binary_sheet_that_says_it_reaches_to_its_end_is_read() -> None:
    parts = parts_of(new_workbook(("A1", 1.5), ("B2", "字")))
    sheet = parts["xl/worksheets/sheet1.bin"]
    place = sheet.index(b"\x94\x01\x10") + 3
    wide = struct.pack("<4I", 0, NEW_END[0], 0, NEW_END[1])
    parts["xl/worksheets/sheet1.bin"] = sheet[:place] + wide + sheet[place + 16 :]
    assert values(package_of(parts), "xlsb") == {"A1": "1.5", "B2": "字"}


def far(kind: str, *, near: bool = False) -> bytes:
    """A form with one cell far below, or at the very end of the sheet."""
    if kind == "xls":
        end = (7_000, 255) if near else OLD_END
        return old_workbook({"说明": CELLS, "指标": (*CELLS, (*end, "x"))})
    if kind == "xlsb":
        down, right = (2_999, 600) if near else NEW_END
        parts = parts_of(new_workbook(("A1", 1), ("B2", 2)))
        last = record(0, struct.pack("<2IH3BI", down, 0, 300, 0, 0, 0, 0))
        last += record(6, struct.pack("<2I", right, 0) + text("x"))
        sheet = parts["xl/worksheets/sheet1.bin"]
        end = sheet.index(record(146))
        return package_of({**parts, "xl/worksheets/sheet1.bin": sheet[:end] + last + sheet[end:]})
    down, right = (3_000, 600) if near else NEW_END
    skipped = f'<table:table-row table:number-rows-repeated="{down - 1}"><table:table-cell/>'
    aside = f'<table:table-cell table:number-columns-repeated="{right}"/>'
    last = cell("", more='office:string-value="x"', kind="string", shown="x")
    return open_workbook(row(cell("1")) + f"{skipped}</table:table-row>" + row(aside, last))


@pytest.mark.parametrize("kind", ["xls", "xlsb", "ods"])
def test_a_cell_beyond_all_others_is_named(kind: str) -> None:
    found = refusal(far(kind), kind)
    last = "IV65536" if kind == "xls" else "XFD1048576"
    assert (found.code, found.sheet, found.cell) == ("format.scattered", "指标", last)
    assert f"指标!{last}" in line(found)


@pytest.mark.parametrize("kind", ["xls", "xlsb", "ods"])
def test_a_cell_far_below_is_read(kind: str) -> None:
    assert MAX_AREA > 7_000 * 256
    assert "x" in values(far(kind, near=True), kind).values()


def test_the_size_of_a_sheet_is_written_wherever_its_bytes_lie() -> None:
    for smallest in (0, 4096):
        data = old_workbook({"指标": CELLS}, reach=(0, 65_536, 0, 256), smallest=smallest)
        plain = old_workbook({"指标": CELLS}, smallest=smallest)
        assert biff8.trimmed(data, biff8.facts_of(data)) == plain


# --- one cell, one part ---------------------------------------------------------------------------

TWO_DECIMALS = (
    '<number:number-style style:name="N1"><number:number number:decimal-places="2" '
    'number:min-integer-digits="1"/></number:number-style><style:style style:name="ce1" '
    'style:family="table-cell" style:data-style-name="N1"/>'
)


def test_a_percentage_that_is_formatted_otherwise_is_named() -> None:
    odd = cell("0.015", "percentage", 'table:style-name="ce1"', shown="0.02")
    found = refusal(open_workbook(row(cell("1"), odd), styles=TWO_DECIMALS), "ods")
    assert (found.code, found.sheet, found.cell) == ("format.percentage", "指标", "B1")
    assert "格式却是“0.00”（显示为“0.02”）" in message(found)


def test_a_cell_of_no_known_kind_is_named_and_one_that_holds_nothing_is_blank() -> None:
    found = refusal(open_workbook(row(cell("1")) + row(cell("1", "matrix"))), "ods")
    assert (found.code, found.cell, found.params["type"]) == ("format.value_type", "A2", "matrix")
    assert values(open_workbook(row(cell("1"), cell("", "void"))), "ods") == {"A1": "1"}


def test_a_cell_that_only_one_of_two_readers_knows_is_named() -> None:
    parts = parts_of(new_workbook(("A1", 1), ("A2", 2)))
    sheet = parts["xl/worksheets/sheet1.bin"]
    cell_record = sheet.index(b"\x05\x10")  # a number of 16 bytes
    short = record(16, struct.pack("<Id", 0, 7.0))  # in the column after it
    end = cell_record + 18
    parts["xl/worksheets/sheet1.bin"] = sheet[:end] + short + sheet[end:]
    found = refusal(package_of(parts), "xlsb")
    assert (found.code, found.sheet, found.cell) == ("format.ambiguous", "指标", "B1")
    assert "该单元格记录的是数字，读出来却是空白" in message(found)
    assert "recorded as a number but read as blank" in message(found, "en")


def without(data: bytes, name: str) -> bytes:
    return package_of({key: part for key, part in parts_of(data).items() if key != name})


PARTS: Mapping[str, Callable[[], tuple[bytes, str]]] = {
    "part_missing xl/worksheets/sheet1.bin": lambda: (
        without(new_workbook(("A1", 1)), "xl/worksheets/sheet1.bin"),
        "xlsb",
    ),
    "part_missing xl/_rels/workbook.bin.rels": lambda: (
        without(new_workbook(("A1", 1)), "xl/_rels/workbook.bin.rels"),
        "xlsb",
    ),
    "part_damaged xl/styles.bin": lambda: (
        package_of({**parts_of(new_workbook(("A1", 1))), "xl/styles.bin": b"\x2c\x09"}),
        "xlsb",
    ),
    "part_damaged xl/worksheets/sheet1.bin": lambda: (
        package_of({**parts_of(new_workbook(("A1", 1))), "xl/worksheets/sheet1.bin": b"\x05\xff"}),
        "xlsb",
    ),
    "part_damaged content.xml": lambda: (
        open_workbook("<table:table-row table:number-rows-repeated='x'/>"),
        "ods",
    ),
    "part_damaged meta.xml": lambda: (
        package_of({**parts_of(open_workbook(row(cell("1")))), "meta.xml": b"<a"}),
        "ods",
    ),
    "part_damaged Workbook": lambda: (
        old_workbook({"指标": CELLS}).replace(b"\x03\x02\x0e\x00", b"\x03\x02\xff\xff", 1),
        "xls",
    ),
}


@pytest.mark.parametrize("name", PARTS)
def test_a_part_that_cannot_be_read_is_named(name: str) -> None:
    data, kind = PARTS[name]()
    code, part = name.split()
    found = refusal(data, kind)
    assert (found.code, found.params["part"]) == (f"format.{code}", part)
    assert f"“{part}”" in message(found)


def test_a_value_outside_of_every_sheet_is_told() -> None:
    parts = parts_of(new_workbook(("A1", 1)))
    name = "xl/worksheets/sheet1.bin"
    outside = parts[name].replace(b"\x05\x10\0\0\0\0", b"\x05\x10\0\0\1\0")
    assert outside != parts[name]
    found = refusal(package_of({**parts, name: outside}), "xlsb")
    assert (found.code, found.sheet) == ("format.outside", "指标")
    assert "第 1 行第 65537 列" in message(found)


SAYING = "import json; print(json.dumps({'problem':"

# --- the process ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "code"),
    [
        ("import sys, os; os.write(2, b'memory allocation of 9 bytes failed'); os.abort()", "memory"),
        ("import json; print(json.dumps({'problem': 'memory'}))", "memory"),
        ("import os; os.abort()", "crashed"),
        ("import sys; sys.stderr.write('x' * 10**6); print('{}')", "crashed"),
        ("import json; print(json.dumps({'problem': 'nonsense'}))", "crashed"),
        ("import json; print(json.dumps({'problem': 'part_damaged', 'params': {}}))", "crashed"),
        (f"{SAYING} 'part_damaged', 'params': {{'part': 'x' * 10**6}}}}))", "part_damaged"),
    ],
)  # fmt: skip
def test_what_ended_the_process_is_told(start: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "_START", start)
    found = refusal(old_workbook({"指标": CELLS}), "xls")
    assert found.code == f"format.{code}"
    assert len(message(found)) < 300


@pytest.mark.skipif(sys.platform == "win32", reason="limits are set in another way")
def test_a_process_that_used_up_its_time_is_told_as_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    start = "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile True: pass"
    monkeypatch.setattr(foreign, "_START", start)
    assert refusal(old_workbook({"指标": CELLS}), "xls").code == "format.too_slow"


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="limits are set in another way")
def test_memory_that_calamine_is_refused_is_told_as_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        foreign,
        "_START",
        foreign._START.replace(
            "from generators.excel.foreign.child",
            "import generators.excel.foreign.facts as facts; facts.MAX_AREA = 10**12; "
            "from generators.excel.foreign.child",
        ),
    )
    found = refusal(far("xls"), "xls")
    assert (found.code, found.params["limit"]) == ("format.memory", "300")
