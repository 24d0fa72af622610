"""Colours and comments in a department's own sheets, and how they are taken off again.

What a marked cell looked like is kept in a very hidden sheet, in a cell that looks so: whatever
program saves the workbook treats both alike. A comment names the finding by its number in the
receipt, and so finds its mark again after rows were inserted above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from generators.excel.grid import Position, address
from generators.excel.values import clean
from generators.forms import layout
from generators.intake.sheets import HEADER_SEARCH_ROWS
from generators.model import Finding, Severity
from generators.returns.book import Book
from generators.returns.comments import MOST_TEXT, THREAD
from generators.returns.contents import Line
from generators.returns.grid import Grid, position
from generators.returns.looks import Page, colour
from generators.text import cut, fold, utf16_length

OWN_SHEETS = (layout.RECEIPT_SHEET, layout.PROGRESS_SHEET, layout.MARKS_SHEET)
_ADDRESS = re.compile(r"[A-Z]{1,3}[1-9]\d{0,6}\Z")
_KEY = re.compile(r"（校验回执第 ([\d-]+) 条(说明)?）")
_PERSON_BEFORE, _PERSON_AFTER = "〔", "的批注〕\n"
_IN_THREAD = "原有"
"""What stands for the author of a thread of comments, who has only a number there."""
_COLOURS = frozenset(colour(severity) for severity in Severity)
_LONGEST_HEADER = 100
"""Characters of a header, spaces and all. A long text may stand in many cells."""
_LEAST_TEXT = 1_000
"""Characters that a comment of the program's needs beside what a person wrote."""


Spot = tuple[str, str]
"""A sheet of the workbook and a cell in it."""


@dataclass(frozen=True)
class Places:
    """Where findings can point to in a workbook, whose marks have been taken off."""

    book: Book
    _merges: dict[str, dict[Position, Position]] = field(default_factory=dict)
    _heads: dict[str, Position | None] = field(default_factory=dict)

    def cell(self, finding: Finding) -> Spot | None:
        """The cell that a finding is about, of a merged range the first; ``None`` for no cell."""
        place = position(finding.cell) if _ADDRESS.match(finding.cell) else None
        grid = self._grid(finding.sheet)
        if grid is None or place is None:
            return None
        if finding.sheet not in self._merges:
            self._merges[finding.sheet] = grid.merged()
        return finding.sheet, address(*self._merges[finding.sheet].get(place, place))

    def link(self, finding: Finding) -> Spot | None:
        """Where a link to a finding leads: its cell, else the top of its sheet, else nowhere."""
        top = (finding.sheet, "A1") if self._grid(finding.sheet) is not None else None
        return self.cell(finding) or top

    def reason(self, finding: Finding) -> Spot | None:
        """The 情况说明 cell on the row of a finding; ``None`` where its sheet has no such column."""
        spot = self.cell(finding)
        head = self._head(spot[0]) if spot else None
        place = position(spot[1]) if spot else None
        if spot is None or head is None or place is None or place[0] <= head[0]:
            return None
        return spot[0], address(place[0], head[1])

    def _grid(self, title: str) -> Grid | None:
        known = title in self.book.sheets and title not in OWN_SHEETS
        return self.book.grid(title) if known else None

    def _head(self, title: str) -> Position | None:
        """Where the header 情况说明 stands in a sheet."""
        if title not in self._heads:
            grid, wanted = self._grid(title), fold(layout.EXPLANATION_HEADER)
            texts = grid.texts(HEADER_SEARCH_ROWS, self.book.words) if grid else ()
            found = (
                place
                for place, text in texts
                if len(text) <= _LONGEST_HEADER and fold(clean(text)) == wanted
            )
            self._heads[title] = next(found, None)
        return self._heads[title]


@dataclass
class _Mark:
    """What one cell is marked with."""

    severity: Severity
    key: str
    texts: list[str]


def take_off(book: Book) -> None:
    """Give every cell that an earlier copy marked its look back, and what it said to its author."""
    kept = list(_kept(book))
    by_key = {key: style for _, _, key, style in kept}
    for title in book.sheets:
        if title not in OWN_SHEETS and book.has_comments(title) and book.grid(title) is not None:
            _take_comments_off(book, title, by_key)
    for title, place, _, style in kept:
        if title in book.sheets and title not in OWN_SHEETS:
            _restore(book, title, place, style)


def mark(book: Book, places: Places, lines: Iterable[Line]) -> Page | None:
    """Colour every cell that a finding is about and say so in a comment.

    Where a reason is asked for, the 情况说明 cell of the row is marked too. Returns the sheet that keeps
    what the cells looked like; ``None`` where none is marked.
    """
    marks: dict[Spot, _Mark] = {}
    for line in lines:
        spot = places.cell(line.finding)
        if spot:
            _add(marks, spot, line.finding.severity, line.number, _text(line))
        where = places.reason(line.finding) if line.to_explain else None
        if where and where != spot:
            text = f"数据无误的，请在此写明原因（校验回执第 {line.number} 条说明）"
            _add(marks, where, line.finding.severity, f"{line.number}说明", text)
    if not marks:
        return None
    kept = Page(layout.MARKS_SHEET)
    for row, ((title, cell), item) in enumerate(marks.items(), 1):
        place = position(cell)
        assert place is not None
        grid = book.changed_grid(title)
        style = grid.style(place)
        for column, text in enumerate((title, cell, item.key), 1):
            kept.cells[row, column] = text, 0
        kept.cells[row, 4] = "原样", style
        grid.set_style(place, book.styles.filled(style, colour(item.severity)))
        _comment(book, title, place, item)
    return kept


# --- putting marks on -----------------------------------------------------------------------------


def _add(marks: dict[Spot, _Mark], spot: Spot, severity: Severity, key: str, text: str) -> None:
    """Several findings on one cell are one comment, in the colour of the gravest."""
    item = marks.setdefault(spot, _Mark(severity, key, []))
    item.texts.append(text)
    if severity.rank < item.severity.rank:
        item.severity = severity


def _text(line: Line) -> str:
    words = f"【{line.severity}】{line.problem}\n怎么办：{line.advice}（校验回执第 {line.number} 条）"
    return re.sub(r"\n\n+", "\n", clean(words))


def _comment(book: Book, title: str, place: Position, item: _Mark) -> None:
    """Say what is found; what a person had written there stands below it.

    Where that leaves no room, the receipt alone says it.
    """
    comments = book.comments(title)
    text = "\n\n".join(item.texts)
    person = ""
    length = 0
    if place in comments.by_cell and (words := comments.text(place)):
        author = comments.author(place)
        name = _IN_THREAD if author.startswith(THREAD) else author
        person = f"\n\n{_PERSON_BEFORE}{name}{_PERSON_AFTER}"
        length = utf16_length(words + person)
    if MOST_TEXT - length >= _LEAST_TEXT:
        comments.put(place, cut(text, MOST_TEXT - length) + person)


# --- taking marks off -----------------------------------------------------------------------------


def _kept(book: Book) -> Iterator[tuple[str, Position, str, int]]:
    """Sheet, place, number of the finding and former style of every cell that was marked."""
    grid = book.grid(layout.MARKS_SHEET) if layout.MARKS_SHEET in book.sheets else None
    for number in sorted(grid.rows) if grid else ():
        assert grid is not None
        cells = (grid.cell((number, column)) for column in (1, 2, 3))
        title, cell, key = ("" if item is None else grid.text(item, book.words) for item in cells)
        place = position(cell) if _ADDRESS.match(cell) else None
        if title and place is not None:
            yield title, place, key, grid.style((number, 4))


def _take_comments_off(book: Book, title: str, by_key: dict[str, int]) -> None:
    """Take the program's comments off, wherever their cells have moved; a person's stay."""
    comments = book.comments(title)
    for place in list(comments.by_cell):
        text = comments.text(place)
        key = _KEY.search(text)
        if key is None:
            continue
        person = _person_in(text)
        if person:
            comments.leave(place, len(person[1]), person[0])
        else:
            comments.take_off(place)
        _restore(book, title, place, by_key.get(f"{key[1]}{key[2] or ''}"))


def _person_in(text: str) -> tuple[str, str] | None:
    """The author and the words of the person's comment that the program's own was put before."""
    _, begins, rest = f"\n\n{text}".partition(f"\n\n{_PERSON_BEFORE}")
    author, ends, words = rest.partition(_PERSON_AFTER)
    return (author, words) if begins and ends else None


def _restore(book: Book, title: str, place: Position, style: int | None) -> None:
    """Give a cell the fill of ``style`` back, unless somebody has coloured it otherwise since."""
    grid = book.grid(title)
    if grid is None or grid.cell(place) is None:
        return
    now = grid.style(place)
    if book.styles.colour(now) in _COLOURS:
        book.changed_grid(title).set_style(place, book.styles.with_fill_of(now, style))
