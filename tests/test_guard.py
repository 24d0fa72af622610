"""What is refused before a parser sees it: every kind of file that is not a filled form."""

from __future__ import annotations

import io
import os
import time
import zipfile
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
    return repacked({"xl/media/image1.png": bytes(30 * 2**20)})


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

REFUSED = {
    "empty": b"",
    "encrypted": ole("EncryptedPackage"),
    "legacy": ole("Workbook"),
    "not_workbook": "指标代码,本年预计\nS1-01,12.3\n".encode("gb18030"),
    "not_workbook (page)": b"<html><table><tr><td>12.3</td></tr></table></html>",
    "not_workbook (document)": repacked({"word/document.xml": b"<a/>"}, drop="xl/workbook.xml"),
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
    "ranges (link)": sheet_with(
        '<hyperlinks><hyperlink location="a" ref="A1:XFD1048576"/></hyperlinks>'
    ),
    "ranges (greater than)": sheet_with('<mergeCells><mergeCell x=">" ref="A1:A1048576"/></mergeCells>'),
    "ranges (UTF-16)": repacked({SHEET: f"<worksheet {NAMESPACE}>{WIDE}</worksheet>".encode("utf-16")}),
    "too_many_cells": repacked({SHEET: EMPTY_CELLS.encode()}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_filled_form_is_refused(case: str) -> None:
    [refusal] = guard(REFUSED[case], "教育局.xlsx")
    assert refusal.code == f"format.{case.partition(' ')[0]}"
    assert (refusal.severity, refusal.file) == (Severity.ERROR, "教育局.xlsx")
    assert message(refusal)
    assert action(refusal).startswith("请")


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MAX_UNZIPPED_BYTES", 2 * 2**20)
    [refusal] = guard(repacked({"xl/media/image1.png": bytes(3 * 2**20)}), "a.xlsx")
    assert message(refusal) == "文件过大（上限 2 MB）"


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


def test_a_workbook_whose_parts_openpyxl_cannot_read_is_damaged() -> None:
    for part in (
        b"",
        b"<worksheet",
        b"<a/>" * 3,
        f"<worksheet {NAMESPACE}><sheetData><row r='x'/>".encode(),
    ):
        result = read_workbook(repacked({SHEET: part}), "a.xlsx")
        assert [item.code for item in result.findings] == ["format.damaged"], part


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
