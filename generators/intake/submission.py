"""A form's cells → a submission, read by the form's own map: headers and codes, no fixed address.

Only what makes the form unreadable is found here (rule ``structure``); what the cells say is judged
by :mod:`generators.validation`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from decimal import Decimal

from generators.excel.grid import Position, Sheet, Workbook
from generators.excel.numbers import is_percent_unit, read_number
from generators.forms import layout
from generators.intake.cells import read_text, text_of
from generators.intake.identity import read_claim
from generators.intake.look import Names, reasons_beside
from generators.intake.registers import RegisterReader
from generators.intake.sheets import Head
from generators.model import (
    Asked,
    Cell,
    Definition,
    Explanation,
    FormIdentity,
    Indicator,
    Measure,
    NarrativeText,
    Observation,
    ObservationStatus,
    RegisterRow,
    Result,
    Severity,
    Submission,
    TargetKind,
)
from generators.text import fold, near, shorten

_STATUS = {
    Measure.ACTUAL: ObservationStatus.ESTIMATED,
    Measure.GROWTH: ObservationStatus.ESTIMATED,
    Measure.TARGET: ObservationStatus.FORECAST,
}


def identify(book: Workbook) -> FormIdentity | None:
    """Which form the workbook says that it is, or ``None`` where it is none that the program issued."""
    claim = read_claim(book)
    return claim.identity if claim else None


def read_submission(
    book: Workbook, identity: FormIdentity, definition: Definition
) -> Result[Submission]:
    """Read the form in ``book``; the submission holds what could be read even where rows are lost.

    ``identity`` must name a department of ``definition``.
    """
    reader = _Reader(book, identity, definition)
    observations, explanations = reader.indicators()
    rows: list[RegisterRow] = []
    for register in reader.registers:
        taken, reasons = reader.register(register)
        rows += taken
        explanations += reasons
    narratives = list(reader.narrative_texts())
    reader.foreign_sheets()
    submission = Submission(
        identity,
        book.file,
        book.sha256,
        book.saved_at,
        tuple(observations),
        tuple(rows),
        tuple(narratives),
        tuple(explanations),
    )
    return Result(submission, tuple(reader.findings))


class _Reader(RegisterReader):
    """Reads one form."""

    def __init__(self, book: Workbook, identity: FormIdentity, definition: Definition) -> None:
        self._indicators = definition.indicators_of(identity.department)
        self._narratives = definition.narratives_of(identity.department)
        self.registers = definition.registers_of(identity.department)
        # A department may correct the copy that it got back, which has the program's own sheets.
        own = [layout.INSTRUCTIONS_SHEET, layout.RECEIPT_SHEET, layout.PROGRESS_SHEET]
        own += [layout.IDENTITY_SHEET, layout.CODE_LIST_SHEET]  # some programs show what is hidden
        own += [layout.INDICATOR_SHEET] if self._indicators else []
        own += [layout.NARRATIVE_SHEET] if self._narratives else []
        own += [layout.register_sheet(register.name) for register in self.registers]
        super().__init__(book, identity.department, own)

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
        named = self._named_rows(sheet, head, rows)
        remark = head.column(layout.EXPLANATION_HEADER)
        if remark is None:
            self._missing_column(sheet, head, layout.EXPLANATION_HEADER, Severity.WARNING)
        # Nobody can say whose figures a misnamed row holds.
        placed = [(item, rows[item.code]) for item in self._indicators if rows.get(item.code) in named]
        asked: dict[Position, Names] = {
            (row, column): (indicator.name, str(measure))
            for indicator, row in placed
            for measure, column in columns.items()
            if indicator.asked(measure) is not Asked.NO
        }
        merged = self._merges(sheet, asked)
        observations = [
            observation
            for indicator, row in placed
            for observation in self._observations(sheet, row, columns, indicator, merged)
        ]
        reasons = reasons_beside(sheet, remark, [(indicator.code, row) for indicator, row in placed])
        self._picture_reasons(sheet, remark, [row for _, row in placed])
        self._hidden(sheet, [*(sheet.cell(*place) for place in asked), *(r.cell for r in reasons)])
        return observations, reasons

    def _measure_columns(self, sheet: Sheet, head: Head) -> dict[Measure, int]:
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
        self, sheet: Sheet, head: Head, columns: Mapping[Measure, int]
    ) -> dict[str, int]:
        """Indicator code → sheet row; lost, doubled and foreign rows are findings."""
        code_column = head.column(layout.CODE_HEADER)
        assert code_column is not None
        known = {fold(item.code): item for item in self._indicators}
        rows: dict[str, int] = {}
        foreign: dict[int, Cell] = {}
        for number, cells in sheet.rows():
            cell = cells.get(code_column) or sheet.cell(number, code_column)
            if number <= head.row:
                continue
            indicator = known.get(fold(text_of(cell)))
            if indicator is None:
                foreign[number] = cell
            elif indicator.code in rows:
                params = {"indicator": indicator.name, "code": indicator.code}
                other = sheet.cell(rows[indicator.code], code_column).address
                self._fault("structure.row_twice", sheet, cell, other=other, **params)
            else:
                rows[indicator.code] = number
        lost = self._lost_rows(sheet, head, [i for i in self._indicators if i.code not in rows], foreign)
        for number, cell in foreign.items():
            values = [sheet.cell(number, column) for column in columns.values()]
            # Below the table people write dates, names and telephone numbers: only figures count.
            figures = [value for value in values if isinstance(value.value, Decimal)]
            close = near(text_of(cell), [item.code for item in lost])
            if text_of(cell) and (figures or close):
                params = {"code": shorten(text_of(cell)), "near": close}
                self._warn("structure.row_unknown", sheet, cell, **params)
            elif figures:
                params = {"row": str(number), "raw": shorten(text_of(figures[0]))}
                self._warn("structure.row_uncoded", sheet, figures[0], **params)
        return rows

    def _named_rows(self, sheet: Sheet, head: Head, rows: Mapping[str, int]) -> set[int]:
        """The rows that are called what their code stands for.

        A row of another name or unit is a finding: with two codes swapped, so are the figures.
        """
        named = set()
        names, units = head.column(layout.NAME_HEADER), head.column(layout.UNIT_HEADER)
        for header, place in ((layout.NAME_HEADER, names), (layout.UNIT_HEADER, units)):
            if place is None:
                self._missing_column(sheet, head, header, Severity.WARNING)
        for indicator in self._indicators:
            row = rows.get(indicator.code)
            if row is None:
                continue
            params = {"row": str(row), "code": indicator.code}
            if cell := _another(sheet, row, names, indicator.name):
                params |= {"found": shorten(text_of(cell)), "expected": indicator.name}
                self._fault("structure.row_name", sheet, cell, **params)
                continue
            named.add(row)
            if cell := _another(sheet, row, units, indicator.unit):
                params |= {"indicator": indicator.name, "found": shorten(text_of(cell))}
                if indicator.unit:
                    self._fault("structure.row_unit", sheet, cell, expected=indicator.unit, **params)
                else:
                    self._fault("structure.row_unit_none", sheet, cell, **params)
        return named

    def _lost_rows(
        self, sheet: Sheet, head: Head, lost: Sequence[Indicator], foreign: dict[int, Cell]
    ) -> list[Indicator]:
        """Record the rows that are missing; returns those of which not even the name is left.

        A row that has its name and another code is taken out of ``foreign``.
        """
        name_column = head.column(layout.NAME_HEADER)
        gone = []
        for item in lost:
            numbers = [
                number
                for number in foreign
                if name_column and fold(text_of(sheet.cell(number, name_column))) == fold(item.name)
            ]
            params = {"indicator": item.name, "code": item.code}
            if not numbers:
                gone.append(item)
                self._fault("structure.row", sheet, **params)
                continue
            cell = foreign.pop(numbers[0])
            params["row"] = str(cell.row)
            if cell.problem == "picture":
                self._fault("structure.row_code_picture", sheet, cell, **params)
            elif text_of(cell):
                self._fault("structure.row_code", sheet, cell, raw=shorten(text_of(cell)), **params)
            else:
                self._fault("structure.row_code_blank", sheet, cell, **params)
        return gone

    def _observations(
        self,
        sheet: Sheet,
        row: int,
        columns: Mapping[Measure, int],
        indicator: Indicator,
        merged: Container[Position],
    ) -> Iterable[Observation]:
        for measure, column in columns.items():
            if (row, column) in merged:
                continue
            cell = sheet.cell(row, column)
            if indicator.asked(measure) is Asked.NO:
                if text_of(cell):
                    params = {"indicator": indicator.name, "measure": str(measure)}
                    self._warn("structure.not_asked", sheet, cell, raw=shorten(text_of(cell)), **params)
                continue
            if measure is Measure.TARGET and indicator.target_kind is TargetKind.TEXT:
                reading = read_text(cell)
            else:
                unit = indicator.unit_of(measure)
                growth_target = indicator.target_kind is TargetKind.GROWTH
                change = measure is Measure.GROWTH or (measure is Measure.TARGET and growth_target)
                percent = is_percent_unit(unit)
                reading = read_number(cell, percent=percent, unit=unit, change=change)
            status = _STATUS.get(measure, ObservationStatus.NORMAL)
            yield Observation(indicator.code, measure, reading, status)

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
        name_column = head.column(layout.NARRATIVE_NAME_HEADER)
        if name_column is None:
            self._missing_column(sheet, head, layout.NARRATIVE_NAME_HEADER, Severity.WARNING)
        known = {fold(item.code): item for item in self._narratives}
        rows: dict[str, int] = {}
        pictures: dict[str, Cell] = {}
        for number, _ in sheet.rows():
            if number <= head.row:
                continue
            code, text = sheet.cell(number, code_column), sheet.cell(number, text_column)
            narrative = known.get(fold(text_of(code)))
            if narrative is None:
                if code.problem == "picture" and name_column:
                    pictures.setdefault(fold(text_of(sheet.cell(number, name_column))), code)
                elif text_of(text):
                    params = {"row": str(number), "raw": shorten(text_of(text), 20)}
                    self._warn("structure.row_uncoded", sheet, text, **params)
            elif narrative.code in rows:
                params = {"narrative": narrative.name, "code": narrative.code}
                other = sheet.cell(rows[narrative.code], code_column).address
                self._fault("structure.narrative_twice", sheet, code, other=other, **params)
            else:
                rows[narrative.code] = number
        asked: dict[Position, Names] = {
            (rows[item.code], text_column): (item.name,)
            for item in self._narratives
            if item.code in rows
        }
        merged = self._merges(sheet, asked)
        self._hidden(sheet, [sheet.cell(*place) for place in asked])
        for narrative in self._narratives:
            row = rows.get(narrative.code)
            if row is None:
                params = {"narrative": narrative.name, "code": narrative.code}
                if picture := pictures.get(fold(narrative.name)):
                    params["row"] = str(picture.row)
                    self._fault("structure.narrative_picture", sheet, picture, **params)
                    continue
                self._fault("structure.narrative", sheet, **params)
            elif other_name := _another(sheet, row, name_column, narrative.name):
                params = {"row": str(row), "code": narrative.code, "expected": narrative.name}
                params["found"] = shorten(text_of(other_name))
                self._fault("structure.narrative_name", sheet, other_name, **params)
            elif (row, text_column) not in merged:
                cell = sheet.cell(row, text_column)
                yield NarrativeText(narrative.code, cell, "" if cell.unreadable else text_of(cell))


def _another(sheet: Sheet, row: int, column: int | None, expected: str) -> Cell | None:
    """The cell of ``row`` that says another thing than ``expected``; ``None`` where it does not.

    A blank cell, or a column that is not there, says nothing.
    """
    if column is None:
        return None
    cell = sheet.cell(row, column)
    text = fold(text_of(cell))
    return cell if text and text != fold(expected) else None
