"""Colours and comments in a department's own sheets, and how they are taken off again.

What a marked cell looked like is kept in a very hidden sheet, in a cell that looks so: whatever
program saves the workbook treats both alike. A comment names the finding by its number in the
receipt, and so finds its mark again after rows were inserted above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any

from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils.cell import column_index_from_string

from generators.excel.grid import address
from generators.excel.values import clean
from generators.forms import layout
from generators.intake.sheets import HEADER_SEARCH_ROWS
from generators.model import Finding, Severity
from generators.returns.contents import Line
from generators.returns.looks import colour, solid
from generators.summary.formats import text_width
from generators.text import fold

AUTHOR = "汇报"
COMMENT_WIDTH, LEAST_HEIGHT, MOST_HEIGHT, LINE_HEIGHT = 320, 70, 640, 19
"""Of a comment's box, in pixels."""
COMMENT_COLUMNS = 40.0
"""How much text a line of the box takes, in the units of :func:`text_width`."""
MOST_TEXT = 32_000
"""Characters of a comment: Excel takes 32,767."""

_OWN_SHEETS = (layout.RECEIPT_SHEET, layout.PROGRESS_SHEET, layout.MARKS_SHEET)
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})\Z")
_LAST_COLUMN, _LAST_ROW = 16_384, 1_048_576
_KEY = re.compile(r"（校验回执第 ([\d-]+) 条(说明)?）")
_PERSON_BEFORE, _PERSON_AFTER = "〔", "的批注〕\n"
_COLOURS = frozenset(colour(severity) for severity in Severity)


Spot = tuple[str, str]
"""A sheet of the workbook and a cell in it."""


@dataclass(frozen=True)
class Places:
    """The sheets of a form by name, and where in them (row, column) the header 情况说明 stands."""

    sheets: Mapping[str, Any]
    reasons: Mapping[str, tuple[int, int]]

    def cell(self, finding: Finding) -> Spot | None:
        """The cell that a finding is about, of a merged range the first; ``None`` for no cell."""
        match = _ADDRESS.match(finding.cell)
        sheet = self.sheets.get(finding.sheet)
        if sheet is None or match is None:
            return None
        column, row = column_index_from_string(match[1]), int(match[2])
        if column > _LAST_COLUMN or row > _LAST_ROW:
            return None
        for merged in sheet.merged_cells.ranges:
            if merged.min_row <= row <= merged.max_row and merged.min_col <= column <= merged.max_col:
                return finding.sheet, merged.start_cell.coordinate
        return finding.sheet, finding.cell

    def link(self, finding: Finding) -> Spot | None:
        """Where a link to a finding leads: its cell, else the top of its sheet, else nowhere."""
        top = (finding.sheet, "A1") if finding.sheet in self.sheets else None
        return self.cell(finding) or top

    def reason(self, finding: Finding) -> Spot | None:
        """The 情况说明 cell on the row of a finding; ``None`` where its sheet has no such column."""
        spot = self.cell(finding)
        if spot is None or spot[0] not in self.reasons:
            return None
        header, column = self.reasons[spot[0]]
        row = self.sheets[spot[0]][spot[1]].row
        return (spot[0], address(row, column)) if row > header else None


@dataclass
class _Mark:
    """What one cell is marked with."""

    severity: Severity
    key: str
    texts: list[str]


def take_off(book: Any) -> None:
    """Give every cell that an earlier copy marked its look back, and take the program's sheets out."""
    looks = _kept_looks(book)
    for sheet in book.worksheets:
        if sheet.title in _OWN_SHEETS:
            continue
        for commented in [cell for cell in sheet._cells.values() if cell.comment]:
            _take_comment_off(commented, looks)
    for (title, cell), fill in looks.items():
        if title in book.sheetnames:
            _restore(book[title][cell], fill)
    for title in _OWN_SHEETS:
        if title in book.sheetnames:
            del book[title]


def mark(book: Any, places: Places, lines: Iterable[Line]) -> None:
    """Colour every cell that a finding is about and say so in a comment.

    Where a reason is asked for, the 情况说明 cell of the row is marked too.
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
        return
    fills = {severity: solid(colour(severity)) for severity in Severity}
    kept = book.create_sheet(layout.MARKS_SHEET)
    kept.sheet_state = "veryHidden"
    kept.protection.sheet = True
    for row, ((title, place), item) in enumerate(marks.items(), 1):
        cell = book[title][place]
        for column, text in enumerate((title, place, item.key), 1):
            kept.cell(row, column, text).data_type = "s"
        kept.cell(row, 4, "原样").fill = copy(cell.fill)
        cell.fill = fills[item.severity]
        cell.comment = _comment(item, cell.comment)


def places_in(book: Any) -> Places:
    """Where findings can point to in ``book``, whose marks have been taken off."""
    sheets = {sheet.title: sheet for sheet in book.worksheets if sheet.title not in _OWN_SHEETS}
    heads = {title: _reason_head(sheet) for title, sheet in sheets.items()}
    return Places(sheets, {title: head for title, head in heads.items() if head})


def _reason_head(sheet: Any) -> tuple[int, int] | None:
    wanted = fold(layout.EXPLANATION_HEADER)
    cells: Mapping[tuple[int, int], Any] = sheet._cells
    for place, cell in sorted(cells.items()):
        if place[0] > HEADER_SEARCH_ROWS:
            break
        if isinstance(cell.value, str) and fold(cell.value) == wanted:
            return place
    return None


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


def _comment(item: _Mark, person: Any) -> Comment:
    """The comment of a mark; what a person had written there stands below it."""
    text = "\n\n".join(item.texts)[:MOST_TEXT]
    if person is not None and person.text:
        text += f"\n\n〔{person.author or ''}的批注〕\n{clean(person.text)}"
    text = text[:MOST_TEXT]
    lines = sum(max(1, -(-int(text_width(part)) // int(COMMENT_COLUMNS))) for part in text.split("\n"))
    height = min(MOST_HEIGHT, max(LEAST_HEIGHT, lines * LINE_HEIGHT + 14))
    return Comment(text, AUTHOR, height=height, width=COMMENT_WIDTH)


# --- taking marks off -----------------------------------------------------------------------------


class _Looks(dict[Spot, PatternFill]):
    """Sheet and address → the fill that a marked cell had; ``by_key`` the same by finding number."""

    def __init__(self) -> None:
        super().__init__()
        self.by_key: dict[str, PatternFill] = {}


def _kept_looks(book: Any) -> _Looks:
    looks = _Looks()
    if layout.MARKS_SHEET in book.sheetnames:
        for title, cell, key, look in _rows(book[layout.MARKS_SHEET]):
            fill = copy(look.fill)
            looks[title, cell] = looks.by_key[key] = fill
    return looks


def _rows(sheet: Any) -> Iterator[tuple[str, str, str, Any]]:
    cells: Mapping[tuple[int, int], Any] = sheet._cells
    for row in sorted({row for row, _ in cells}):
        title, place, key = (str(sheet.cell(row, column).value or "") for column in (1, 2, 3))
        if title and _ADDRESS.match(place):
            yield title, place, key, sheet.cell(row, 4)


def _take_comment_off(cell: Any, looks: _Looks) -> None:
    """Take the program's comment off a cell, wherever the cell has moved; a person's stays."""
    text = str(cell.comment.text or "")
    key = _KEY.search(text)
    if key is None:
        return
    person = _person_in(text)
    if person:
        cell.comment = Comment(person[1], person[0], height=LEAST_HEIGHT, width=COMMENT_WIDTH)
    else:
        cell.comment = None
    _restore(cell, looks.by_key.get(f"{key[1]}{key[2] or ''}", PatternFill()))


def _person_in(text: str) -> tuple[str, str] | None:
    """The author and the words of the person's comment that the program's own was put before."""
    _, begins, rest = f"\n\n{text}".partition(f"\n\n{_PERSON_BEFORE}")
    author, ends, words = rest.partition(_PERSON_AFTER)
    return (author, words) if begins and ends else None


def _restore(cell: Any, fill: PatternFill) -> None:
    """Give a cell its fill back, unless somebody has coloured it otherwise since."""
    rgb = cell.fill.fgColor.rgb if cell.fill.fill_type == "solid" else None
    if isinstance(rgb, str) and rgb[-6:].upper() in _COLOURS:
        cell.fill = fill
