"""The XML of an OpenDocument spreadsheet (.ods) → what calamine leaves out of it.

Elements and attributes are those of OpenDocument 1.3 part 3; ``calcext`` is LibreOffice's.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from generators.archive import read_part
from generators.excel.foreign.facts import (
    MAX_COLUMNS,
    MAX_ROWS,
    BookFacts,
    CellFacts,
    ForeignError,
    Kind,
    SheetFacts,
    reading,
)
from generators.excel.formulas import shows_picture
from generators.excel.grid import address

_NAMES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "number": "urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0",
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
}
_KINDS = {
    "float": Kind.NUMBER,
    "currency": Kind.NUMBER,
    "percentage": Kind.NUMBER,
    "date": Kind.NUMBER,
    "time": Kind.NUMBER,
    "boolean": Kind.BOOLEAN,
    "string": Kind.TEXT,
}
_ERROR = re.compile(r"#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!)|Err:\d{3}")
"""What a cell shows whose formula failed; Excel stores a 0 beside it."""
_CALLS = re.compile(r"\bDDE\s*\(", re.IGNORECASE)
_ELSEWHERE = re.compile(r"'(?:file|https?|ftp|smb):|\bWEBSERVICE\s*\(", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"')
_NAMED = re.compile(r"'(?:[^']|'')*'")
_PERCENT = "0.00%"
"""The format of a cell that is a percentage and whose style does not say how it is shown."""


def _name(short: str) -> str:
    prefix, _, local = short.partition(":")
    return f"{{{_NAMES[prefix]}}}{local}"


_TABLE, _ROW, _COLUMN = _name("table:table"), _name("table:table-row"), _name("table:table-column")
_CONTENT = "content.xml"
_CELL, _COVERED = _name("table:table-cell"), _name("table:covered-table-cell")
_PARAGRAPH, _NOTE = _name("text:p"), _name("office:annotation")
_STYLE_NAME = _name("table:style-name")
_DEFAULT = _name("table:default-cell-style-name")
_DATA_STYLES = tuple(
    _name(f"number:{kind}-style")
    for kind in ("number", "currency", "percentage", "date", "time", "boolean", "text")
)


def facts_of(data: bytes) -> BookFacts:
    """What the .ods file ``data`` holds.

    Raises :class:`ForeignError`, or nearly anything where the file is damaged.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {
            entry.filename: read_part(archive, entry)
            for entry in archive.infolist()
            if entry.filename in ("content.xml", "styles.xml", "meta.xml")
        }
    if _CONTENT not in parts:
        raise ForeignError("part_missing", part=_CONTENT)
    with reading(_CONTENT):
        content = ElementTree.fromstring(parts[_CONTENT])
    with reading("styles.xml"):
        roots = [ElementTree.fromstring(parts["styles.xml"])] if "styles.xml" in parts else []
        styles = _Styles.of([*roots, content])
    facts = BookFacts()
    spreadsheet = content.find(f"{_name('office:body')}/{_name('office:spreadsheet')}")
    if spreadsheet is None:
        raise ForeignError("not_workbook")
    if spreadsheet.find(_name("table:dde-links")) is not None:
        raise ForeignError("calls")
    for named in spreadsheet.iter(_name("table:named-expression")):
        _look_at(named.get(_name("table:expression"), ""), facts)
    for table in spreadsheet.findall(_TABLE):
        if table.find(_name("table:table-source")) is not None:
            facts.beside.add("links")  # what another workbook held, kept beside the sheets
            continue
        hidden = table.get(_STYLE_NAME, "") in styles.hidden_tables
        sheet = SheetFacts(table.get(_name("table:name"), ""), "hidden" if hidden else "visible")
        facts.sheets.append(sheet)
        with reading(_CONTENT, sheet.name):
            _sheet(table, sheet, facts, styles)
    if "meta.xml" in parts:
        with reading("meta.xml"):
            saved = ElementTree.fromstring(parts["meta.xml"]).find(f".//{_name('dc:date')}")
        facts.saved_at = (saved.text or "").strip()[:40] if saved is not None else ""
    return facts


@dataclass(frozen=True)
class _Styles:
    """Cell style → its parent and data style; data style → number format; styles of hidden sheets."""

    cells: Mapping[str, tuple[str, str]]
    formats: Mapping[str, str]
    hidden_tables: frozenset[str]

    @classmethod
    def of(cls, roots: list[ElementTree.Element]) -> _Styles:
        cells: dict[str, tuple[str, str]] = {}
        formats: dict[str, str] = {}
        hidden = set()
        for root in roots:
            for element in root.iter(*()):
                name = element.get(_name("style:name"), "")
                family = element.get(_name("style:family"))
                if element.tag in _DATA_STYLES:
                    formats[name] = _number_format(element)
                elif element.tag == _name("style:style") and family == "table-cell":
                    parent = element.get(_name("style:parent-style-name"), "")
                    cells[name] = parent, element.get(_name("style:data-style-name"), "")
                elif element.tag == _name("style:style") and family == "table":
                    look = element.find(_name("style:table-properties"))
                    if look is not None and look.get(_name("table:display")) == "false":
                        hidden.add(name)
        return cls(cells, formats, frozenset(hidden))

    def format_of(self, style: str) -> str:
        """The number format of a cell with ``style``."""
        for _ in range(len(self.cells)):
            if style not in self.cells:
                break
            style, data = self.cells[style]
            if data:
                return self.formats.get(data, "General")
        return "General"


def _number_format(element: ElementTree.Element) -> str:
    """A data style as Excel would write it, as far as it matters: decimals, percent, date."""
    kind = element.tag.rpartition("}")[2]
    if kind == "text-style":
        return "@"
    if kind in ("date-style", "time-style"):
        return "yyyy-mm-dd"
    digits, before, after = "General", "", ""
    for part in element:
        if part.tag == _name("number:number"):
            digits = _digits(part)
        elif part.tag.rpartition("}")[2] in ("scientific-number", "fraction"):
            return "General"
        elif part.text and digits == "General":
            before += part.text
        elif part.text:
            after += part.text
    if kind == "percentage-style":
        return f"{digits if digits != 'General' else '0'}%"
    if digits == "General":
        return digits
    return f"{_quoted(before)}{digits}{_quoted(after)}"


def _digits(part: ElementTree.Element) -> str:
    """``0.00``, ``#,##0.0`` or ``0.0##``; General where the number of decimals is left open."""
    places = part.get(_name("number:decimal-places"))
    if places is None:
        return "General"
    most = min(int(places), 30)
    least = min(int(part.get(_name("number:min-decimal-places"), places)), most)
    whole = "#,##0" if part.get(_name("number:grouping")) == "true" else "0"
    return f"{whole}.{'0' * least}{'#' * (most - least)}" if most else whole


def _quoted(text: str) -> str:
    text = text.replace('"', "")
    return f'"{text}"' if text else ""


def _sheet(table: ElementTree.Element, sheet: SheetFacts, facts: BookFacts, styles: _Styles) -> None:
    """Note the cells of one sheet; its rows and columns may be in groups."""
    columns: list[tuple[int, str]] = []
    place = 1
    for column in table.iter(_COLUMN):
        count = _repeated(column, "columns", MAX_COLUMNS)
        if column.get(_name("table:visibility"), "visible") != "visible":
            sheet.hide_columns(place, place + count - 1)
        place += count
        columns.append((place, column.get(_DEFAULT, "")))
    row = 1
    for element in _rows(table):
        count = _repeated(element, "rows", MAX_ROWS)
        if element.get(_name("table:visibility"), "visible") != "visible":
            sheet.hide_rows(row, row + count - 1)
        for number, cell, width in _cells(element, (sheet, row), facts, columns, styles):
            if cell is None:
                continue
            for down in range(count):
                for right in range(width):
                    facts.put(sheet, row + down, number + right, cell)
        for number, cell_element in _placed(element):
            _merge(sheet, facts, row, number, cell_element)
        row += count


def _rows(table: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """The rows of a table downwards, without those of tables in its cells."""
    groups = ("table-row-group", "table-header-rows", "table-rows")
    for element in table:
        if element.tag == _ROW:
            yield element
        elif element.tag.rpartition("}")[2] in groups:
            yield from _rows(element)


def _placed(row: ElementTree.Element) -> Iterator[tuple[int, ElementTree.Element]]:
    """The cells of a row, each with its column; one that is repeated comes once."""
    number = 1
    for element in row:
        if element.tag in (_CELL, _COVERED):
            yield number, element
            number += _repeated(element, "columns", MAX_COLUMNS)


def _cells(
    row: ElementTree.Element,
    place: tuple[SheetFacts, int],
    facts: BookFacts,
    columns: list[tuple[int, str]],
    styles: _Styles,
) -> Iterator[tuple[int, CellFacts | None, int]]:
    sheet, line = place
    for number, element in _placed(row):
        style = element.get(_STYLE_NAME) or row.get(_DEFAULT)
        if style is None:
            style = next((name for end, name in columns if number < end), "")
        try:
            cell = _cell(element, facts, styles.format_of(style))
        except ForeignError as error:
            error.sheet, error.cell = sheet.name, address(line, number)
            raise
        yield number, cell, _repeated(element, "columns", MAX_COLUMNS)


def _cell(element: ElementTree.Element, facts: BookFacts, number_format: str) -> CellFacts | None:
    """What a cell holds, or ``None`` for a blank one."""
    formula = element.get(_name("table:formula"))
    if formula is not None:
        _look_at(formula, facts)
        if shows_picture(formula):
            return CellFacts(Kind.PICTURE, number_format, True)
    declared = element.get(_name("office:value-type"))
    shown = "".join(
        text for part in element if part.tag == _PARAGRAPH for text in part.itertext()
    ).strip()
    failed = element.get(_name("calcext:value-type")) == "error"
    if failed or (formula is not None and _ERROR.fullmatch(shown)):
        return CellFacts(Kind.ERROR, number_format, formula is not None, shown[:20] or "#VALUE!")
    if declared is None and formula is not None:
        # LibreOffice writes the empty text that a formula gave as an empty paragraph.
        calculated = element.find(_PARAGRAPH) is not None
        return CellFacts(Kind.TEXT if calculated else Kind.BLANK, number_format, True)
    if declared in (None, "void"):
        return None
    kind = _KINDS.get(declared)
    if kind is None:
        raise ForeignError("value_type", type=declared[:40])
    if kind is Kind.TEXT and not shown and not element.get(_name("office:string-value")):
        return CellFacts(kind, number_format, True) if formula is not None else None
    if declared == "percentage" and "%" not in number_format:
        if number_format != "General":  # is 0.015 shown as 1.5% or as 0.015?
            raise ForeignError("percentage", shown=shown[:40], look=number_format)
        number_format = _PERCENT
    return CellFacts(kind, number_format, formula is not None)


def _look_at(formula: str, facts: BookFacts) -> None:
    """Note what a formula asks of other programs and files; raises where it calls one.

    Words in quotes, and the names of sheets, call nothing.
    """
    words = _QUOTED.sub('""', formula)
    if _CALLS.search(_NAMED.sub("''", words)):
        raise ForeignError("calls")
    if _ELSEWHERE.search(words):
        facts.beside.add("links")


def _merge(
    sheet: SheetFacts, facts: BookFacts, row: int, column: int, element: ElementTree.Element
) -> None:
    down = int(element.get(_name("table:number-rows-spanned"), "1"))
    right = int(element.get(_name("table:number-columns-spanned"), "1"))
    if down > 1 or right > 1:
        facts.merge(sheet, row, column, row + down - 1, column + right - 1)


def _repeated(element: ElementTree.Element, what: str, most: int) -> int:
    count = int(element.get(_name(f"table:number-{what}-repeated"), "1"))
    if not 1 <= count <= most:
        raise ValueError("a cell that is repeated beyond the sheet")
    return count
