"""What was done to the look of a form's sheet that touches its content: merged cells, hidden ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from generators.excel.grid import Area, Position, Sheet, address, reference
from generators.intake.cells import explanation_of
from generators.messages import called, names_param
from generators.model import Cell, Explanation, Operand

Names = tuple[str, ...]
"""What a cell is called: see :func:`generators.messages.called`."""


@dataclass(frozen=True)
class Merged:
    """A merge that covers cells which are asked one by one; ``covered`` may hold its first cell."""

    area: Area
    cell: Cell
    covered: Mapping[Position, Names]
    operands: tuple[Operand, ...]

    @property
    def params(self) -> dict[str, str]:
        """What the finding's message shows."""
        return {"range": self.area.address, "names": names_param(self.covered.values())}


def merged_cells(sheet: Sheet, asked: Mapping[Position, Names]) -> Iterator[Merged]:
    """The merges that take the place from an asked cell.

    ``asked`` maps the cells that are asked to what they are called. A merge whose only asked cell
    is its first takes nothing: that cell holds what was typed.
    """
    for area in sheet.merges:
        covered = {place: asked[place] for place in area.positions() if place in asked}
        if any(place != area.first for place in covered):
            operands = tuple(
                Operand(reference(cell), cell.raw, "", label=called(names))
                for cell, names in ((sheet.cell(*place), names) for place, names in covered.items())
            )
            yield Merged(area, sheet.cell(*area.first), covered, operands)


def seen_at(sheet: Sheet, row: int, column: int) -> Cell:
    """The cell that a person sees there: the place's own, with the content of a merge over it."""
    cell = sheet.cell(row, column)
    for area in sheet.merges:
        if area.top <= row <= area.bottom and area.left <= column <= area.right:
            first = sheet.cell(*area.first)
            return Cell(
                cell.sheet,
                row,
                column,
                cell.address,
                first.value,
                first.raw,
                first.number_format,
                first.formula,
                first.problem,
            )
    return cell


def reasons_beside(
    sheet: Sheet, column: int | None, rows: Iterable[tuple[str, int]]
) -> list[Explanation]:
    """What stands in 情况说明 beside ``rows``, each with its indicator; a merge stands in every row."""
    found = []
    for indicator, row in rows:
        cell = seen_at(sheet, row, column) if column else None
        if cell and (text := explanation_of(cell)):
            found.append(Explanation(indicator, cell, text))
    return found


def hidden_cells(sheet: Sheet, cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """Those of ``cells`` that hold something which nobody sees, as their row or column is hidden."""
    return tuple(
        cell
        for cell in cells
        if (cell.raw.strip() or cell.problem)
        and (cell.row in sheet.hidden_rows or cell.column in sheet.hidden_columns)
    )


def hidden_params(sheet: Sheet, cells: Iterable[Cell]) -> dict[str, str]:
    """The rows and columns that hide ``cells``, for the message: ``4–6,9`` and ``D,F``."""
    hidden = tuple(cells)
    rows = {cell.row for cell in hidden} & sheet.hidden_rows
    columns = {cell.column for cell in hidden} & sheet.hidden_columns
    return {
        "hidden_rows": _ranges(rows, str),
        "hidden_columns": _ranges(columns, lambda number: address(1, number)[:-1]),
    }


def _ranges(numbers: Iterable[int], name: Callable[[int], str]) -> str:
    """Numbers in order, with runs of neighbours drawn together."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ",".join(name(r[0]) if len(r) == 1 else f"{name(r[0])}–{name(r[-1])}" for r in runs)
