"""A workbook that is being copied: its sheets, and the program's own put in front of them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from generators.archive import as_ascii
from generators.returns.comments import Comments, close_comments, open_comments
from generators.returns.grid import Grid, grid_of, text_in
from generators.returns.looks import Page
from generators.returns.order import WORKBOOK
from generators.returns.page import SHEET_TYPE, print_names, sheet_of
from generators.returns.parts import Dialect, Parts, dialect_of, insert, local, opened
from generators.returns.styles import Styles, open_styles

WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_EMPTY: Mapping[str, bytes] = {
    "[Content_Types].xml": (
        b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        b'<Default Extension="rels" '
        b'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        b'<Default Extension="xml" ContentType="application/xml"/>'
        b'<Override PartName="/xl/workbook.xml" ContentType="' + WORKBOOK_TYPE.encode() + b'"/>'
        b'<Override PartName="/docProps/core.xml" '
        b'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
    ),
    "_rels/.rels": (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        b'relationships/officeDocument" Target="xl/workbook.xml"/>'
        b'<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/'
        b'relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://'
        b'schemas.openxmlformats.org/officeDocument/2006/relationships"><bookViews><workbookView/>'
        b"</bookViews><sheets/></workbook>"
    ),
    # It does not say when it was saved: nobody has.
    "docProps/core.xml": (
        b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
        b'core-properties"/>'
    ),
}
"""A workbook without sheets, which no program would open."""


@dataclass
class Book:
    """A workbook by its parts; ``sheets`` maps the names of its sheets to their parts, in tab order."""

    parts: Parts
    part: str
    root: Any
    dialect: Dialect
    styles: Styles
    sheets: dict[str, str]
    _grids: dict[str, Grid] = field(default_factory=dict)
    _comments: dict[str, Comments] = field(default_factory=dict)
    _words: list[Any] | None = None
    _known_words: dict[int, str] = field(default_factory=dict)

    def grid(self, title: str) -> Grid | None:
        """The cells of a sheet, to look at; ``None`` for a sheet that has none, such as a chart."""
        if title not in self._grids:
            root = self.parts.root(self.sheets[title])
            if local(root) != "worksheet":
                return None
            self._grids[title] = grid_of(root, dialect_of(root))
        return self._grids[title]

    def changed_grid(self, title: str) -> Grid:
        """The cells of a sheet that is going to be changed."""
        grid = self.grid(title)
        assert grid is not None
        self.parts.changed_root(self.sheets[title])
        return grid

    def comments(self, title: str) -> Comments:
        """The comments of a sheet."""
        if title not in self._comments:
            number = 1 + list(self.sheets).index(title)
            part = self.sheets[title]
            root = self.parts.root(part)
            self._comments[title] = open_comments(self.parts, part, root, dialect_of(root), number)
        return self._comments[title]

    def has_comments(self, title: str) -> bool:
        """Whether any cell of a sheet has a comment."""
        return self.parts.related(self.sheets[title], "comments") is not None

    def words(self, number: int) -> str:
        """The shared string of that number; empty where there is none."""
        if self._words is None:
            name = self.parts.related(self.part, "sharedStrings")
            root = self.parts.root(name) if name else ()
            self._words = [item for item in root if local(item) == "si"]
        if not 0 <= number < len(self._words):
            return ""
        if number not in self._known_words:  # one text may stand in many cells
            element = self._words[number]
            self._known_words[number] = text_in(element, dialect_of(element.getparent()))
        return self._known_words[number]


def open_book(parts: Mapping[str, bytes]) -> Book:
    """The workbook in these parts; raises where it is none that can be copied."""
    package = opened(parts)
    part = package.related("", "officeDocument")
    if part is None:
        raise ValueError("a package without a workbook")
    root = package.changed_root(part)
    dialect = dialect_of(root)
    targets = {item.id: item.target for item in package.relations(part)}
    sheets = {
        sheet.get("name", ""): targets.get(sheet.get(dialect.id), "")
        for sheet in root.iterfind(f"{dialect.tag('sheets')}/{dialect.tag('sheet')}")
    }
    if not all(sheets.values()):
        raise ValueError("a sheet without its part")
    return Book(package, part, root, dialect, open_styles(package, part, dialect), sheets)


def empty_book() -> Book:
    """A new workbook, which gets its sheets by :func:`arrange`."""
    return open_book(_EMPTY)


def arrange(
    book: Book, own: Iterable[str], front: Sequence[Page], hidden: Page | None
) -> dict[str, bytes]:
    """The parts of the workbook with ``front`` before its sheets and ``hidden`` behind them.

    ``own`` are names of sheets that an earlier copy had in their place.
    """
    gone = _close_comments(book)
    tag = book.dialect.tag
    parent = book.root.find(tag("sheets"))
    if parent is None:
        raise ValueError("a workbook without sheets")
    before = list(parent.iterchildren(tag("sheet")))
    lost = [sheet for sheet in before if sheet.get("name") in own]
    kept = [sheet for sheet in before if sheet not in lost]
    numbers = {sheet.get("name"): sheet.get("sheetId") for sheet in lost}
    for sheet in lost:
        parent.remove(sheet)
    parts = [book.sheets[sheet.get("name")] for sheet in lost]
    book.parts.unrelate(book.part, parts)
    book.parts.remove([*gone, *parts])
    for sheet in kept:
        _unselect(book, book.sheets[sheet.get("name")])
    next_id = max((int(sheet.get("sheetId", "0")) for sheet in before), default=0)
    for place, page in enumerate(front):
        next_id += 1
        made = _new_sheet(book, page, numbers.get(page.name, str(next_id)), selected=place == 0)
        parent.insert(place, made)
    if hidden is not None:
        made = _new_sheet(book, hidden, numbers.get(hidden.name, str(next_id + 1)), selected=False)
        made.set("state", "veryHidden")
        parent.append(made)
    shift = {before.index(sheet): len(front) + place for place, sheet in enumerate(kept)}
    _renumber_names(book, shift, len(before))
    _add_names(book, front)
    for view in book.root.iterfind(f"{tag('bookViews')}/{tag('workbookView')}"):
        for name in ("activeTab", "firstSheet"):
            view.attrib.pop(name, None)
    titles = [page.name for page in front] + [sheet.get("name") for sheet in kept]
    _retitle(book, list(book.sheets), titles + ([hidden.name] if hidden else []))
    return book.parts.written()


def _close_comments(book: Book) -> list[str]:
    """Write the comments that were changed; returns the parts that would be empty."""
    gone = []
    for title, comments in book._comments.items():
        part = book.sheets[title]
        if comments.touched:
            root = book.parts.changed_root(part)
            gone += close_comments(comments, book.parts, part, root, dialect_of(root))
    return gone


def _new_sheet(book: Book, page: Page, number: str, *, selected: bool) -> Any:
    """Add the part of a page; returns the element that names it in the workbook."""
    root = sheet_of(page, book.styles, book.dialect)
    if selected:
        view = root.find(f"{book.dialect.tag('sheetViews')}/{book.dialect.tag('sheetView')}")
        view.set("tabSelected", "1")
    folder = posixpath.dirname(book.part)
    part = book.parts.unused(posixpath.join(folder, "worksheets/sheet{}.xml"))
    book.parts.add(part, root, SHEET_TYPE)
    relation = book.parts.relate(book.part, f"{book.dialect.relation}/worksheet", part)
    made = etree.Element(book.dialect.tag("sheet"), nsmap={"r": book.dialect.relation})
    made.set("name", page.name)
    made.set("sheetId", number)
    made.set(book.dialect.id, relation)
    return made


def _unselect(book: Book, part: str) -> None:
    """Let a sheet not be selected: else Excel would edit several at once."""
    if b"tabSelected" not in as_ascii(book.parts.held[part]):
        return
    for view in book.parts.changed_root(part).iterfind("{*}sheetViews/{*}sheetView"):
        view.attrib.pop("tabSelected", None)


def _renumber_names(book: Book, shift: Mapping[int, int], before: int) -> None:
    """Let the names that belong to one sheet follow it; those of sheets that are gone go, too."""
    for name in [item for item in book.root.iter() if local(item) == "definedName"]:
        number = name.get("localSheetId", "")
        if not number.isdecimal() or int(number) >= before:
            continue
        if int(number) in shift:
            name.set("localSheetId", str(shift[int(number)]))
        else:
            name.getparent().remove(name)


def _add_names(book: Book, front: Sequence[Page]) -> None:
    tag = book.dialect.tag
    names = book.root.find(tag("definedNames"))
    if names is None:
        names = etree.Element(tag("definedNames"))
        insert(book.root, names, WORKBOOK)
    for number, page in enumerate(front):
        for name, refers in print_names(page).items():
            made = etree.SubElement(names, tag("definedName"), name=name, localSheetId=str(number))
            made.text = refers


def _retitle(book: Book, before: Sequence[str], after: Sequence[str]) -> None:
    """Let ``docProps/app.xml`` list the sheets that there are, if it listed those before.

    Programs do not read it; where it is written in another way it stays.
    """
    name = book.parts.related("", "extended-properties", "extendedProperties")
    if name is None:
        return
    root = book.parts.root(name)
    titles, pairs = (
        next((item for vector in root if local(vector) == kind for item in vector), None)
        for kind in ("TitlesOfParts", "HeadingPairs")
    )
    if titles is None or pairs is None:
        return
    counts = [item for item in pairs.iter() if local(item) == "i4"]
    words = list(titles)
    if [item.text for item in words[: len(before)]] != list(before) or not counts:
        return
    if counts[0].text != str(len(before)):
        return
    book.parts.changed_root(name)
    for item in words[: len(before)]:
        titles.remove(item)
    for place, title in enumerate(after):
        made = etree.Element(words[0].tag)
        made.text = title
        titles.insert(place, made)
    counts[0].text = str(len(after))
    titles.set("size", str(len(titles)))
