"""A department's workbook → the copy that goes back, marked and with the receipt in front."""

from __future__ import annotations

import io
import warnings
import zipfile
from typing import Any

import openpyxl
from openpyxl.packaging.custom import StringProperty

from generators.excel.formats import FileFormat, format_of
from generators.forms import layout
from generators.forms.write import CREATED
from generators.package import package_of, parts_of
from generators.returns import marks
from generators.returns.contents import progress_contents, receipt_contents
from generators.returns.kept import keep
from generators.returns.receipt import Receipt
from generators.returns.seal import PROPERTY, sealed, unsealed
from generators.returns.sheets import progress_sheet, receipt_sheet

MOST_UNZIPPED_BYTES = 8 * 2**20
"""A larger workbook is not copied: openpyxl takes 0.4 s a megabyte. A form of 100 rows has 0.1 MB."""


def annotate(receipt: Receipt, original: bytes | None, digest: str) -> bytes:
    """See :func:`generators.returns.annotated_copy`; ``digest`` is sealed into the copy."""
    if original is not None and format_of(original) is FileFormat.XLSX:
        try:
            if _unzipped_size(original) > MOST_UNZIPPED_BYTES:
                return _receipt_alone(receipt, digest, copy_failed=True)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return _annotated(receipt, original, digest)
        except Exception:  # openpyxl fails in many classes, on saving as on loading
            pass
    return _receipt_alone(receipt, digest, copy_failed=original is not None)


def _annotated(receipt: Receipt, original: bytes, digest: str) -> bytes:
    book: Any = openpyxl.load_workbook(io.BytesIO(original), rich_text=True)
    marks.take_off(book)
    contents = receipt_contents(receipt)
    places = marks.places_in(book)
    marks.mark(book, places, contents.lines)
    first = book.create_sheet(layout.RECEIPT_SHEET, 0)
    receipt_sheet(first, contents, places.link, places.reason)
    progress_sheet(book.create_sheet(layout.PROGRESS_SHEET, 1), progress_contents(receipt))
    for sheet in book.worksheets:  # else Excel would edit several sheets at once
        sheet.sheet_view.tabSelected = sheet.title == layout.RECEIPT_SHEET
    book.active = 0
    for view in book.views:
        view.firstSheet = 0
    return _saved(book, digest, original)


def _receipt_alone(receipt: Receipt, digest: str, *, copy_failed: bool) -> bytes:
    book: Any = openpyxl.Workbook()
    book.remove(book.active)
    contents = receipt_contents(receipt, alone=True, copy_failed=copy_failed)
    receipt_sheet(book.create_sheet(layout.RECEIPT_SHEET), contents, lambda _: None, lambda _: None)
    progress_sheet(book.create_sheet(layout.PROGRESS_SHEET), progress_contents(receipt))
    return _saved(book, digest, None)


def _saved(book: Any, digest: str, original: bytes | None) -> bytes:
    """The workbook's bytes, with what openpyxl would lose of the original, without its clock."""
    properties = book.custom_doc_props
    if PROPERTY in properties.names:
        del properties[PROPERTY]
    properties.append(StringProperty(name=PROPERTY, value=unsealed(digest)))
    book.properties.created = CREATED
    buffer = io.BytesIO()
    book.save(buffer)
    parts = parts_of(buffer.getvalue())
    keep(parts, parts_of(original) if original is not None else {})
    return package_of(sealed(parts, digest))


def _unzipped_size(data: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return sum(entry.file_size for entry in archive.infolist())
