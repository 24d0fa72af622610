"""Faults of the file and of the form's identity (level 0)."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import openpyxl

from generators.forms import layout
from tests.benchmarks.corpus import CHECKOUT, Fault, Sample, in_turn
from tests.test_guard import DOCTYPE, flagged, ole, repacked
from tests.workbooks import edited, saved

BROKEN = CHECKOUT / "tests" / "samples" / "broken"
SHEET = "xl/worksheets/sheet2.xml"
MERGE_COLUMN = '<mergeCells><mergeCell ref="B1:B1048576"/></mergeCells>'

Make = Callable[[bytes], bytes]


def saved_as(name: str) -> Make:
    """What another program made of the same form, whatever the sample."""
    return lambda _: (BROKEN / name).read_bytes()


def cut(share: float) -> Make:
    """The beginning of the file only."""
    return lambda data: data[: int(len(data) * share)]


def without(part: str) -> Make:
    return lambda data: repacked({}, data, part)


def with_parts(**parts: bytes) -> Make:
    """The archive with parts added or replaced; ``__`` stands for ``/`` and a single one for ``.``."""
    names = {name.replace("__", "/").replace("_", "."): part for name, part in parts.items()}
    return lambda data: repacked(names, data)


def in_sheet(extra: str) -> Make:
    """The sheet with more XML after its cells, in place of any merges that it has."""

    def make(data: bytes) -> bytes:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            part = archive.read(SHEET)
        part = re.sub(rb"<mergeCells.*?</mergeCells>", b"", part)
        return repacked({SHEET: part.replace(b"</sheetData>", f"</sheetData>{extra}".encode())}, data)

    return make


def in_cells(extra: str) -> Make:
    """The sheet with more XML after its last row."""

    def make(data: bytes) -> bytes:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            part = archive.read(SHEET)
        return repacked({SHEET: part.replace(b"</sheetData>", f"{extra}</sheetData>".encode())}, data)

    return make


def overwritten(data: bytes) -> bytes:
    """Some bytes in the middle are others, as a bad stick or a broken transfer leaves them."""
    middle = len(data) // 2
    return data[:middle] + b"\x00" * 400 + data[middle + 400 :]


FORMAT: Sequence[tuple[str, str, Make]] = (
    ("empty", "empty", lambda _: b""),
    ("cut off at the start", "damaged", cut(0.1)),
    ("cut off in the middle", "damaged", cut(0.5)),
    ("cut off at the end", "damaged", cut(0.98)),
    ("bytes lost", "part_damaged", overwritten),
    ("a sheet that is no XML", "part_damaged", with_parts(xl__worksheets__sheet2_xml=b"<worksheet")),
    ("password", "encrypted", saved_as("password.xlsx")),
    ("encrypted archive", "encrypted", flagged),
    ("password, of another program", "encrypted", lambda _: ole("EncryptedPackage")),
    ("half of an .et", "damaged", lambda _: ole("Workbook")),
    ("cut off as .xls", "damaged", lambda _: cut(0.7)((BROKEN / "excel-97.xls").read_bytes())),
    ("cut off as .ods", "damaged", lambda _: cut(0.7)((BROKEN / "libreoffice.ods").read_bytes())),
    ("a text", "not_workbook", lambda _: "指标代码,本年预计\nA1-01,85\n".encode("gb18030")),
    ("a web page", "not_workbook", lambda _: b"<html><table><tr><td>85</td></tr></table></html>"),
    ("without its main part", "part_missing", without("xl/workbook.xml")),
    ("a PDF", "not_workbook", lambda _: b"%PDF-1.7\n" + bytes(4000)),
    ("macros", "macros", with_parts(xl__vbaProject_bin=b"\x00")),
    ("Excel 4 macros", "macros", with_parts(xl__macrosheets__sheet1_xml=b"<a/>")),
    ("a part of 30 MB of zeros", "bomb", with_parts(customXml__item9_xml=bytes(30 * 2**20))),
    ("a merged column", "ranges", in_sheet(MERGE_COLUMN)),
    ("a document type", "entities", with_parts(xl__odd_xml=DOCTYPE)),
    (
        "a million formatted cells",
        "too_many_cells",
        in_cells(f"<row>{'<c/>' * 1_000_001}</row>"),
    ),
    ("21 MB", "too_large", lambda data: data + bytes(21 * 2**20)),
)

HEAVY = frozenset(["bomb", "too_many_cells", "too_large"])
"""Made from one sample only: they take their time."""

# --- identity -------------------------------------------------------------------------------------


def identified(**values: str) -> Make:
    """The form with other words on its hidden sheet and in its properties."""

    def change(book: Any) -> None:
        for row in book[layout.IDENTITY_SHEET].iter_rows():
            if row[0].value in values:
                row[1].value = values[str(row[0].value)]
        for item in book.custom_doc_props.props:
            for key, value in values.items():
                if item.name == layout.property_name(key):
                    item.value = value

    return lambda data: edited(data, change)


def anonymous(data: bytes) -> bytes:
    """The form without its hidden sheet and its properties."""

    def change(book: Any) -> None:
        del book[layout.IDENTITY_SHEET]
        for name in list(book.custom_doc_props.names):
            del book.custom_doc_props[name]

    return edited(data, change)


def copied(data: bytes) -> bytes:
    """What stands in the visible sheets, pasted into a workbook of its own."""
    source: Any = openpyxl.load_workbook(io.BytesIO(data))
    target: Any = openpyxl.Workbook()
    target.remove(target.active)
    for sheet in source.worksheets:
        if sheet.sheet_state == "visible":
            pasted = target.create_sheet(sheet.title)
            for row in sheet.iter_rows():
                for cell in row:
                    pasted.cell(cell.row, cell.column).value = cell.value
    return saved(target)


ENVELOPE: Sequence[tuple[str, str, Make]] = (
    ("last year's form", "period", identified(period="2022")),
    ("a monthly form", "period", identified(period="2023-06")),
    ("an older version", "form_version", identified(form_version="0")),
    ("a department that is gone", "department", identified(department="JXW")),
    ("another report", "pack", identified(pack="monthly-report")),
    ("no identity", "unknown_form", anonymous),
    ("pasted into a new workbook", "unknown_form", copied),
)


def faults(samples: Sequence[Sample]) -> Iterator[Fault]:
    """Two or three samples for each fault."""
    for place, (name, code, make) in enumerate(FORMAT):
        for sample in in_turn(samples, 1 if code in HEAVY else 2, place):
            yield sample.fault(name, make, f"format.{code}")
    for place, (name, code, make) in enumerate(ENVELOPE):
        for sample in in_turn(samples, 2, 3 * place):
            yield sample.fault(name, make, f"envelope.{code}")
