"""A department's workbook → the copy that goes back, marked and with the receipt in front.

The copy is made part by part: what is not marked keeps its bytes.
"""

from __future__ import annotations

import io
import zipfile

from generators.excel.guard import MAX_UNZIPPED_BYTES
from generators.package import package_of, parts_of
from generators.returns import marks
from generators.returns.book import arrange, empty_book, open_book
from generators.returns.contents import progress_contents, receipt_contents
from generators.returns.receipt import Receipt
from generators.returns.seal import put_seal, sealed
from generators.returns.sheets import progress_sheet, receipt_sheet
from generators.support.own_thread import in_own_thread

MOST_UNZIPPED_BYTES = MAX_UNZIPPED_BYTES
"""A larger workbook is not copied; nor does the guard of submissions let it pass."""


def annotate(receipt: Receipt, original: bytes | None, digest: str) -> bytes:
    """See :func:`generators.returns.annotated_copy`; ``digest`` is sealed into the copy."""
    if original is not None:
        try:
            if _unzipped_size(original) <= MOST_UNZIPPED_BYTES:
                return in_own_thread(lambda: _annotated(receipt, original, digest))
        except Exception:  # another format, or wrong in one of as many ways as there are
            pass
    return _receipt_alone(receipt, digest, copy_failed=original is not None)


def _annotated(receipt: Receipt, original: bytes, digest: str) -> bytes:
    book = open_book(parts_of(original))
    marks.take_off(book)
    contents = receipt_contents(receipt)
    places = marks.Places(book)
    kept = marks.mark(book, places, contents.lines)
    first = receipt_sheet(contents, places.link, places.reason)
    second = progress_sheet(progress_contents(receipt))
    put_seal(book.parts, digest, book.dialect)
    return _packed(arrange(book, marks.OWN_SHEETS, (first, second), kept), digest)


def _receipt_alone(receipt: Receipt, digest: str, *, copy_failed: bool) -> bytes:
    book = empty_book()
    contents = receipt_contents(receipt, alone=True, copy_failed=copy_failed)
    first = receipt_sheet(contents, lambda _: None, lambda _: None)
    second = progress_sheet(progress_contents(receipt))
    put_seal(book.parts, digest, book.dialect)
    return _packed(arrange(book, (), (first, second), None), digest)


def _packed(parts: dict[str, bytes], digest: str) -> bytes:
    return package_of(sealed(parts, digest))


def _unzipped_size(data: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return sum(entry.file_size for entry in archive.infolist())
