"""A form's cells → a submission, read by the form's own map: headers and codes, no fixed address.

Only what makes the form unreadable is found here (rule ``structure``); what the cells say is judged
by :mod:`generators.validation`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from generators.excel.numbers import plain, read_number
from generators.excel.workbook import Sheet, Workbook
from generators.forms import layout
from generators.model import (
    Asked,
    Cell,
    ColumnKind,
    Definition,
    Explanation,
    Finding,
    FormIdentity,
    Indicator,
    Measure,
    Narrative,
    NarrativeText,
    Observation,
    ObservationStatus,
    Reading,
    Register,
    RegisterColumn,
    RegisterRow,
    Result,
    Severity,
    Submission,
    TargetKind,
)
from generators.text import fold, near

HEADER_SEARCH_ROWS = 30
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?\Z")
_STATUS = {
    Measure.ACTUAL: ObservationStatus.ESTIMATED,
    Measure.GROWTH: ObservationStatus.ESTIMATED,
    Measure.TARGET: ObservationStatus.FORECAST,
}


def identify(book: Workbook) -> FormIdentity | None:
    """Which form the workbook is, or ``None`` where it is none that the program issued.

    The very hidden sheet is asked first, then the custom properties, so that either may be lost.
    """
    found: dict[str, str] = {}
    sheet = book.sheet(layout.IDENTITY_SHEET)
    if sheet is not None:
        for _, cells in sheet.rows():
            if 1 in cells and 2 in cells:
                found[_text(cells[1])] = _text(cells[2])
    values = [
        found.get(key) or book.properties.get(layout.property_name(key), "")
        for key in layout.IDENTITY_KEYS
    ]
    return FormIdentity(*values) if all(values) else None


def read_submission(
    book: Workbook, identity: FormIdentity, definition: Definition
) -> Result[Submission]:
    """Read the form in ``book``; the submission holds what could be read even where rows are lost.

    ``identity`` must name a department of ``definition``.
    """
    reader = _Reader(book, identity, definition)
    observations, explanations = reader.indicators()
    rows = [row for register in reader.registers for row in reader.register_rows(register)]
    submission = Submission(
        identity,
        book.file,
        book.sha256,
        book.saved_at,
        tuple(observations),
        tuple(rows),
        tuple(reader.narrative_texts()),
        tuple(explanations),
    )
    return Result(submission, tuple(reader.findings))


@dataclass(frozen=True)
class _Head:
    """A sheet's header row and the column of each header, by folded name."""

    row: int
    columns: Mapping[str, int]

    def column(self, *names: str) -> int | None:
        return next((self.columns[fold(n)] for n in names if fold(n) in self.columns), None)


class _Reader:
    """Reads one form, collecting structural findings."""

    def __init__(self, book: Workbook, identity: FormIdentity, definition: Definition) -> None:
        self._book = book
        self._department = identity.department
        self._indicators = definition.indicators_of(identity.department)
        self._narratives = definition.narratives_of(identity.department)
        self.registers = definition.registers_of(identity.department)
        self.findings: list[Finding] = []

    # --- indicators -----------------------------------------------------------------------------

    def indicators(self) -> tuple[list[Observation], list[Explanation]]:
        if not self._indicators:
            return [], []
        sheet = self._sheet(layout.INDICATOR_SHEET)
        head = sheet and self._head(sheet, layout.CODE_HEADER, layout.INDICATOR_HEADERS)
        if not sheet or not head:
            return [], []
        columns = self._measure_columns(sheet, head)
        rows = self._indicator_rows(sheet, head, columns)
        observations: list[Observation] = []
        explanations: list[Explanation] = []
        remark = head.column(layout.EXPLANATION_HEADER)
        for indicator in self._indicators:
            row = rows.get(indicator.code)
            if row is None:
                continue
            observations += self._observations(sheet, row, columns, indicator)
            if remark and (text := _text(sheet.cell(row, remark))):
                explanations.append(Explanation(indicator.code, sheet.cell(row, remark), text))
        return observations, explanations

    def _measure_columns(self, sheet: Sheet, head: _Head) -> dict[Measure, int]:
        columns = {}
        for measure in Measure:
            header = layout.MEASURE_HEADERS[measure]
            column = head.column(header)
            if column is not None:
                columns[measure] = column
            elif any(item.asked(measure) is not Asked.NO for item in self._indicators):
                self._missing_column(sheet, head, header)
        return columns

    def _indicator_rows(
        self, sheet: Sheet, head: _Head, columns: Mapping[Measure, int]
    ) -> dict[str, int]:
        """Indicator code → sheet row; lost, doubled and foreign rows are findings."""
        code_column = head.column(layout.CODE_HEADER)
        assert code_column is not None
        known = {fold(item.code): item for item in self._indicators}
        rows: dict[str, int] = {}
        foreign: list[tuple[Cell, int]] = []
        for number, cells in sheet.rows():
            cell = cells.get(code_column)
            if number <= head.row or cell is None or not _text(cell):
                continue
            indicator = known.get(fold(_text(cell)))
            if indicator is None:
                foreign.append((cell, number))
            elif indicator.code in rows:
                params = {"indicator": indicator.name, "code": indicator.code}
                other = sheet.cell(rows[indicator.code], code_column).address
                self._fault("structure.row_twice", sheet, cell, other=other, **params)
            else:
                rows[indicator.code] = number
        lost = [item for item in self._indicators if item.code not in rows]
        for item in lost:
            self._fault("structure.row", sheet, indicator=item.name, code=item.code)
        for cell, number in foreign:
            if any(_text(sheet.cell(number, column)) for column in columns.values()):
                close = near(_text(cell), [item.code for item in lost])
                self._warn("structure.row_unknown", sheet, cell, code=_text(cell), near=close)
        return rows

    def _observations(
        self, sheet: Sheet, row: int, columns: Mapping[Measure, int], indicator: Indicator
    ) -> Iterable[Observation]:
        for measure, column in columns.items():
            cell = sheet.cell(row, column)
            if indicator.asked(measure) is Asked.NO:
                if _text(cell):
                    params = {"indicator": indicator.name, "measure": str(measure)}
                    self._warn("structure.not_asked", sheet, cell, raw=_text(cell), **params)
                continue
            if measure is Measure.TARGET and indicator.target_kind is TargetKind.TEXT:
                reading = read_text(cell)
            else:
                percent = indicator.unit_of(measure) in ("%", "个百分点")
                reading = read_number(cell, percent=percent)
            status = _STATUS.get(measure, ObservationStatus.NORMAL)
            yield Observation(indicator.code, measure, reading, status)

    # --- registers ------------------------------------------------------------------------------

    def register_rows(self, register: Register) -> Iterable[RegisterRow]:
        sheet = self._sheet(layout.register_sheet(register.name))
        headers = [layout.register_header(column) for column in register.columns]
        if sheet is None or not headers:
            return
        head = self._head(sheet, headers[0], [layout.ROW_NUMBER_HEADER, *headers], register)
        if head is None:
            return
        columns: dict[str, tuple[RegisterColumn, int]] = {}
        for column in register.columns:
            place = head.column(layout.register_header(column), column.name)
            if place is None:
                self._missing_column(sheet, head, layout.register_header(column))
            else:
                columns[column.name] = (column, place)
        for number, cells in sheet.rows():
            filled = any(place in cells and _text(cells[place]) for _, place in columns.values())
            if number > head.row and filled:
                readings = {
                    name: _read_register_cell(sheet.cell(number, place), column)
                    for name, (column, place) in columns.items()
                }
                yield RegisterRow(register.code, number, readings)

    # --- narratives -----------------------------------------------------------------------------

    def narrative_texts(self) -> Iterable[NarrativeText]:
        if not self._narratives:
            return
        sheet = self._sheet(layout.NARRATIVE_SHEET)
        head = sheet and self._head(sheet, layout.NARRATIVE_CODE_HEADER, layout.NARRATIVE_HEADERS)
        if not sheet or not head:
            return
        code_column = head.column(layout.NARRATIVE_CODE_HEADER)
        text_column = head.column(layout.NARRATIVE_TEXT_HEADER)
        if code_column is None or text_column is None:
            self._missing_column(sheet, head, layout.NARRATIVE_TEXT_HEADER)
            return
        rows: dict[str, int] = {}
        for number, cells in sheet.rows():
            if number > head.row and code_column in cells:
                rows.setdefault(fold(_text(cells[code_column])), number)
        for narrative in self._narratives:
            yield from self._narrative_text(sheet, narrative, rows, text_column)

    def _narrative_text(
        self, sheet: Sheet, narrative: Narrative, rows: Mapping[str, int], column: int
    ) -> Iterable[NarrativeText]:
        row = rows.get(fold(narrative.code))
        if row is None:
            params = {"indicator": narrative.name, "code": narrative.code}
            self._fault("structure.row", sheet, None, **params)
            return
        cell = sheet.cell(row, column)
        yield NarrativeText(narrative.code, cell, _text(cell))

    # --- sheets and headers -----------------------------------------------------------------------

    def _sheet(self, name: str) -> Sheet | None:
        sheet = next((item for item in self._book.sheets if fold(item.name) == fold(name)), None)
        if sheet is None:
            visible = [item.name for item in self._book.sheets if item.state == "visible"]
            finding = Finding(
                "structure.sheet",
                Severity.ERROR,
                self._department,
                self._book.file,
                name,
                params={"near": near(name, visible)},
            )
            self.findings.append(finding)
        return sheet

    def _head(
        self, sheet: Sheet, needed: str, headers: Sequence[str], register: Register | None = None
    ) -> _Head | None:
        """The header row: the one of the first rows that holds the most of ``headers``."""
        wanted = {fold(header) for header in headers}
        if register is not None:
            wanted |= {fold(column.name) for column in register.columns}
        best = _Head(0, {})
        for number, cells in sheet.rows():
            if number > HEADER_SEARCH_ROWS:
                break
            found = {
                fold(_text(cell)): column
                for column, cell in sorted(cells.items(), reverse=True)
                if fold(_text(cell)) in wanted
            }
            if len(found) > len(best.columns):
                best = _Head(number, found)
        if not best.columns or (register is None and best.column(needed) is None):
            self._fault("structure.header", sheet, header=needed)
            return None
        return best

    def _missing_column(self, sheet: Sheet, head: _Head, header: str) -> None:
        known = head.columns.values()
        spare = [
            _text(cell)
            for (row, column), cell in sheet.cells.items()
            if row == head.row and column not in known
        ]
        self._fault("structure.column", sheet, column=header, near=near(header, spare))

    def _fault(self, rule: str, sheet: Sheet, cell: Cell | None = None, /, **params: str) -> None:
        self._add(rule, Severity.ERROR, sheet, cell, params)

    def _warn(self, rule: str, sheet: Sheet, cell: Cell, /, **params: str) -> None:
        self._add(rule, Severity.WARNING, sheet, cell, params)

    def _add(
        self,
        code: str,
        severity: Severity,
        sheet: Sheet,
        cell: Cell | None,
        params: Mapping[str, str],
    ) -> None:
        address = cell.address if cell else ""
        self.findings.append(
            Finding(code, severity, self._department, self._book.file, sheet.name, address, params)
        )


def read_text(cell: Cell) -> Reading:
    """Read ``cell`` where words are expected; a number is taken as its digits."""
    if cell.problem in ("error", "uncalculated"):
        return Reading(cell, problem=f"formula.{cell.problem}")
    return Reading(cell, _text(cell) or None)


def _read_register_cell(cell: Cell, column: RegisterColumn) -> Reading:
    if column.kind is ColumnKind.NUMBER:
        return read_number(cell, percent=column.unit == "%")
    if column.kind is ColumnKind.DATE:
        return _read_date(cell)
    return read_text(cell)


def _read_date(cell: Cell) -> Reading:
    """Read a date as ISO text; a blank stays blank."""
    if isinstance(cell.value, dt.datetime):
        return Reading(cell, cell.value.date().isoformat())
    text = _text(cell)
    if not text:
        return Reading(cell)
    if match := _DATE.match(text):
        year, month, day = (int(part) for part in match.groups())
        try:
            return Reading(cell, dt.date(year, month, day).isoformat())
        except ValueError:
            pass
    return Reading(cell, problem="type.not_date")


def _text(cell: Cell) -> str:
    """What a cell says as text, stripped; numbers without superfluous zeros."""
    if cell.value is None:
        return ""
    if isinstance(cell.value, Decimal) and cell.value.is_finite():
        return plain(cell.value)
    if isinstance(cell.value, dt.datetime):
        return cell.value.date().isoformat()
    return str(cell.value).strip()
