"""The sheets and header rows of a form, found by name; what is lost or strange is a finding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from generators.excel.grid import Position, Sheet, Workbook
from generators.forms import layout
from generators.intake.cells import text_of
from generators.intake.look import Names, hidden_cells, hidden_params, merged_cells
from generators.model import Cell, Finding, Register, Severity
from generators.text import fold, near, some_of

HEADER_SEARCH_ROWS = 30


@dataclass(frozen=True)
class Head:
    """A sheet's header row and the column of each header, by folded name."""

    row: int
    columns: Mapping[str, int]

    def column(self, *names: str) -> int | None:
        """The column of the first of ``names`` that is there, or ``None``."""
        return next((self.columns[fold(n)] for n in names if fold(n) in self.columns), None)


class SheetReader:
    """Finds the sheets and header rows of one form, collecting structural findings.

    ``own_sheets`` are the names of the visible sheets that the department's form has.
    """

    def __init__(self, book: Workbook, department: str, own_sheets: Iterable[str]) -> None:
        self._book = book
        self._department = department
        self._own_sheets = {fold(name) for name in own_sheets}
        self.findings: list[Finding] = []

    def foreign_sheets(self) -> None:
        """Record the visible sheets that hold something and are none of the form's."""
        if any(item.code == "structure.sheet" for item in self.findings):
            return  # one of them is likely the lost sheet
        for sheet in self._book.sheets:
            if sheet.state == "visible" and sheet.cells and fold(sheet.name) not in self._own_sheets:
                self._add("structure.sheet_unknown", Severity.INFO, sheet, None, {})

    def _sheet(self, name: str) -> Sheet | None:
        sheet = next((item for item in self._book.sheets if fold(item.name) == fold(name)), None)
        if sheet is None:
            visible = [
                item.name
                for item in self._book.sheets
                if item.state == "visible" and fold(item.name) not in self._own_sheets
            ]
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
    ) -> Head | None:
        """The header row: the one of the first rows that holds the most of ``headers``.

        Without the header ``needed`` a sheet of codes cannot be read; a register can.
        """
        wanted = {fold(header): header for header in headers}
        if register is not None:
            wanted |= {fold(column.name): column.name for column in register.columns}
        best = Head(0, {})
        for number, cells in sheet.rows():
            if number > HEADER_SEARCH_ROWS:
                break
            found = {
                fold(text_of(cell)): column
                for column, cell in sorted(cells.items(), reverse=True)
                if fold(text_of(cell)) in wanted
            }
            if len(found) > len(best.columns):
                best = Head(number, found)
        lost = best.column(needed) is None
        # One chance match is no header row; with more, it is one that has lost a column.
        if not best.columns or (lost and len(best.columns) == 1):
            self._fault("structure.header", sheet, header=needed)
            return None
        if lost and register is None:
            self._missing_column(sheet, best, needed)
            return None
        for (row, column), cell in sorted(sheet.cells.items()):
            name = fold(text_of(cell))
            if row == best.row and best.columns.get(name, column) != column:
                self._fault("structure.column_twice", sheet, cell, column=wanted[name])
        return best

    def _missing_column(
        self, sheet: Sheet, head: Head, header: str, severity: Severity = Severity.ERROR
    ) -> None:
        known = head.columns.values()
        spare = [
            text_of(cell)
            for (row, column), cell in sorted(sheet.cells.items())
            if row == head.row and column not in known
        ]
        pictures = [
            cell
            for (row, column), cell in sorted(sheet.cells.items())
            if row == head.row and column not in known and cell.problem == "picture"
        ]
        near_name = near(header, spare)
        if pictures and not near_name:
            cells = {"column": header, "cells": some_of(cell.address for cell in pictures)}
            self._add("structure.column_picture", severity, sheet, pictures[0], cells)
            return
        params = {"column": header, "near": near_name}
        self._add("structure.column", severity, sheet, sheet.cell(head.row, min(known)), params)

    def _picture_reasons(self, sheet: Sheet, column: int | None, rows: Iterable[int]) -> None:
        """Record the pictures that stand where a reason would: they are none."""
        for row in rows if column else ():
            cell = sheet.cell(row, column or 0)
            if cell.problem == "picture":
                params = {"row": str(row), "column": layout.EXPLANATION_HEADER}
                self._warn("type.picture_reason", sheet, cell, **params)

    def _merges(self, sheet: Sheet, asked: Mapping[Position, Names]) -> set[Position]:
        """Record the merges over asked cells; returns these cells, whose content nobody knows."""
        taken: set[Position] = set()
        for item in merged_cells(sheet, asked):
            self._fault("structure.merged", sheet, item.cell, **item.params)
            self.findings[-1] = replace(self.findings[-1], operands=item.operands)
            taken.update(item.covered)
        return taken

    def _hidden(self, sheet: Sheet, cells: Sequence[Cell]) -> None:
        """Record that ``cells``, which are read, hold what a person does not see."""
        if sheet.state != "visible":
            if any(cell.raw.strip() for cell in cells):
                self._add("structure.hidden_sheet", Severity.WARNING, sheet, None, {})
        elif hidden := hidden_cells(sheet, cells):
            first = min(hidden, key=lambda cell: (cell.row, cell.column))
            self._warn("structure.hidden", sheet, first, **hidden_params(sheet, hidden))

    def _fault(self, rule: str, sheet: Sheet, cell: Cell | None = None, /, **params: str) -> None:
        self._add(rule, Severity.ERROR, sheet, cell, params)

    def _warn(self, rule: str, sheet: Sheet, cell: Cell, /, **params: str) -> None:
        self._add(rule, Severity.WARNING, sheet, cell, params)

    def _note(self, rule: str, sheet: Sheet, cell: Cell, /, **params: str) -> None:
        self._add(rule, Severity.INFO, sheet, cell, params)

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
