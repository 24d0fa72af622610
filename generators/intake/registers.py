"""A register's sheet → its rows, and the reasons that stand beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from generators.excel.grid import Position, Sheet
from generators.excel.numbers import says_nothing
from generators.forms import layout
from generators.intake.cells import read_register_cell, text_of
from generators.intake.look import Names, reasons_beside
from generators.intake.sheets import Head, SheetReader
from generators.model import Explanation, Register, RegisterColumn, RegisterRow
from generators.text import fold, shorten

TOTALS = frozenset(["合计", "总计", "小计", "共计"])


class RegisterReader(SheetReader):
    """Reads the registers of one form."""

    def register(self, register: Register) -> tuple[list[RegisterRow], list[Explanation]]:
        """The register's rows, and the reasons that stand beside them."""
        sheet = self._sheet(layout.register_sheet(register.name))
        headers = layout.register_headers(register)
        if sheet is None or not register.columns:
            return [], []
        head = self._head(sheet, headers[1], headers, register)
        if head is None:
            return [], []
        columns: dict[str, tuple[RegisterColumn, int]] = {}
        for column in register.columns:
            place = head.column(layout.register_header(column), column.name)
            if place is None:
                self._missing_column(sheet, head, layout.register_header(column))
            else:
                columns[column.name] = (column, place)
        numbers = list(
            self._filled_rows(register, sheet, head, [place for _, place in columns.values()])
        )
        asked: dict[Position, Names] = {
            (number, place): (register.name, str(number), name)
            for number in numbers
            for name, (_, place) in columns.items()
        }
        merged = self._merges(sheet, asked)
        rows = []
        for number in numbers:
            readings = {
                name: read_register_cell(sheet.cell(number, place), column)
                for name, (column, place) in columns.items()
                if (number, place) not in merged
            }
            if readings:
                rows.append(RegisterRow(register.code, number, readings))
        # Forms that were issued without this column are as good as others.
        remark = head.column(layout.EXPLANATION_HEADER)
        reasons = reasons_beside(sheet, remark, [("", number) for number in numbers])
        self._picture_reasons(sheet, remark, numbers)
        self._hidden(sheet, [*(sheet.cell(*place) for place in asked), *(r.cell for r in reasons)])
        return rows, reasons

    def _filled_rows(
        self, register: Register, sheet: Sheet, head: Head, places: Sequence[int]
    ) -> Iterable[int]:
        """The rows that hold an item of the register; totals and rows that say nothing are told."""
        for number, cells in sheet.rows():
            own = [cells[place] for place in places if place in cells]
            filled = [cell for cell in own if text_of(cell) or cell.problem]
            if number <= head.row or not filled:
                continue
            # Totals stand in the first cells of a row, also where the form numbers it.
            total = next((c for _, c in sorted(cells.items())[:2] if fold(text_of(c)) in TOTALS), None)
            params = {"register": register.name, "row": str(number)}
            if total is not None:
                self._warn("structure.row_total", sheet, total, raw=text_of(total), **params)
            elif not any(cell.problem for cell in filled) and all(
                says_nothing(text_of(cell)) for cell in filled
            ):
                raw = shorten(text_of(filled[0]))
                self._note("structure.row_nothing", sheet, filled[0], raw=raw, **params)
            else:
                yield number
