"""Blank forms + the sample tables → filled workbooks, the same bytes each time.

Run ``python -m tests.samples.fill WORKSPACE`` to write ``WORKSPACE/workbooks/inbox``. The tables
stand beside this module: ``indicators.csv``, ``narratives.csv`` and ``registers/<清单名称>.csv``.
Cells are found by header and code in the form itself, as a clerk finds them, never by address.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import sys
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from generators.definition.load import load_definition
from generators.definition.schema import MEASURE_COLUMNS
from generators.forms import layout
from generators.forms.sheets import LINE_HEIGHT, MAX_ROW_HEIGHT
from generators.forms.styles import lines_needed
from generators.forms.write import write_form
from generators.messages import line
from generators.model import Definition, Measure
from generators.package import stable_package

PACK = "annual-plan"
FOLDER = Path(__file__).parent

DEPARTMENT = "部门"
MEASURE_HEADERS: Mapping[str, str] = {
    MEASURE_COLUMNS[measure].zh: layout.MEASURE_HEADERS[measure] for measure in Measure
}
"""The measure columns of the indicator table → the headers of the form."""
INDICATOR_COLUMNS = (
    DEPARTMENT,
    layout.CODE_HEADER,
    *MEASURE_HEADERS,
    layout.EXPLANATION_HEADER,
)
NARRATIVE_COLUMNS = (DEPARTMENT, layout.NARRATIVE_NAME_HEADER, layout.NARRATIVE_TEXT_HEADER)

SAVED = dt.datetime(2023, 12, 20, 9, 0)
"""When every sample says it was saved; a workbook saved twice is otherwise never the same."""

Row = Mapping[str, str]


class SampleError(Exception):
    """A sample table names something that the forms do not have, or holds something unfit."""


@dataclass(frozen=True)
class Tables:
    """The sample tables as they stand in the files; ``registers`` by the register's name."""

    indicators: tuple[Row, ...] = ()
    narratives: tuple[Row, ...] = ()
    registers: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)

    def departments(self) -> set[str]:
        """The departments that the tables name."""
        rows = [*self.indicators, *self.narratives]
        for items in self.registers.values():
            rows += items
        return {row[DEPARTMENT] for row in rows}

    def of(self, department: str) -> Tables:
        """The rows of one department."""

        def mine(rows: Iterable[Row]) -> tuple[Row, ...]:
            return tuple(row for row in rows if row[DEPARTMENT] == department)

        registers = {name: mine(rows) for name, rows in self.registers.items()}
        return Tables(
            mine(self.indicators),
            mine(self.narratives),
            {name: rows for name, rows in registers.items() if rows},
        )


def read_tables(folder: Path = FOLDER) -> Tables:
    """The sample tables in ``folder``; a file that is missing is an empty table."""
    registers = {path.stem: _read(path, None) for path in sorted((folder / "registers").glob("*.csv"))}
    return Tables(
        _read(folder / "indicators.csv", INDICATOR_COLUMNS),
        _read(folder / "narratives.csv", NARRATIVE_COLUMNS),
        registers,
    )


def fill(form: bytes, department: str, tables: Tables) -> bytes:
    """A blank form filled with the rows that the tables hold for ``department``.

    ``department`` is the word that the tables use, the department's name. Raises
    :class:`SampleError` for a code, name or column that the form does not have, for a value in a
    cell that is not asked, for a text where a number is due, and for more rows than the form has.
    """
    import openpyxl

    book: Any = openpyxl.load_workbook(io.BytesIO(form))
    mine = tables.of(department)
    _fill_indicators(book, department, mine.indicators)
    for name, rows in mine.registers.items():
        _fill_register(book, department, name, rows)
    _fill_narratives(book, department, mine.narratives)
    for sheet in book.worksheets:
        _grow_rows(sheet)
    book.properties.created = SAVED
    buffer = io.BytesIO()
    book.save(buffer)
    return _pinned(buffer.getvalue())


def fill_all(definition: Definition, tables: Tables) -> dict[str, bytes]:
    """File name → workbook, for every department that the tables have something of."""
    unknown = tables.departments() - {item.name for item in definition.departments}
    if unknown:
        raise SampleError(f"departments that the definition does not know: {'、'.join(sorted(unknown))}")
    return {
        layout.form_name(definition, item.code): fill(
            write_form(definition, item.code), item.name, tables
        )
        for item in definition.departments
        if item.name in tables.departments()
    }


def main(arguments: list[str]) -> int:
    """Write the sample submissions into a workspace's inbox; returns the exit code."""
    if len(arguments) != 1:
        print("usage: python -m tests.samples.fill WORKSPACE", file=sys.stderr)
        return 2
    workspace = Path(arguments[0])
    result = load_definition(workspace / "templates" / PACK)
    if result.value is None:
        for finding in result.findings:
            print(line(finding, "en"), file=sys.stderr)
        return 2
    try:
        filled = fill_all(result.value, read_tables())
    except SampleError as error:
        print(error, file=sys.stderr)
        return 2
    inbox = workspace / "workbooks" / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    for name, data in filled.items():
        (inbox / name).write_bytes(data)
        print(inbox / name)
    return 0


# --- the tables -------------------------------------------------------------------------------


def _read(path: Path, columns: tuple[str, ...] | None) -> tuple[Row, ...]:
    if not path.exists():
        return ()
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        names = tuple(reader.fieldnames or ())
        wrong = sorted(set(names) ^ set(columns)) if columns is not None else []
        if wrong:
            raise SampleError(f"{path.name}: columns that are unknown or missing: {'、'.join(wrong)}")
        if DEPARTMENT not in names:
            raise SampleError(f"{path.name}: there is no column {DEPARTMENT}")
        rows = []
        for row in reader:
            if None in row or None in row.values():
                raise SampleError(f"{path.name}:{reader.line_num}: not as many values as columns")
            rows.append({name: text.strip() for name, text in row.items()})
    return tuple(rows)


# --- the sheets -------------------------------------------------------------------------------


def _fill_indicators(book: Any, department: str, rows: Iterable[Row]) -> None:
    found: _Table | None = None
    written: set[str] = set()
    for row in rows:
        code = row[layout.CODE_HEADER]
        found = found or _table(book, department, layout.INDICATOR_SHEET, layout.CODE_HEADER)
        if code in written:
            raise SampleError(f"{department}: the indicator {code} stands twice in the table")
        written.add(code)
        number = found.row_of(layout.CODE_HEADER, code)
        for name, header in MEASURE_HEADERS.items():
            if row[name]:
                where = f"{department}: {code} {name}"
                _write(found.sheet.cell(number, found.column(header)), row[name], where)
        if row[layout.EXPLANATION_HEADER]:
            cell = found.sheet.cell(number, found.column(layout.EXPLANATION_HEADER))
            _write(cell, row[layout.EXPLANATION_HEADER], f"{department}: {code}")


def _fill_register(book: Any, department: str, name: str, rows: Iterable[Row]) -> None:
    found = _table(book, department, layout.register_sheet(name), layout.ROW_NUMBER_HEADER)
    for place, row in enumerate(rows, start=1):
        number = found.header + place
        if number > found.sheet.max_row:
            raise SampleError(f"{department}: more rows of {name} than its form has")
        row_number = found.sheet.cell(number, found.column(layout.ROW_NUMBER_HEADER))
        row_number.value = place
        for column, text in row.items():
            if column != DEPARTMENT:
                cell = found.sheet.cell(number, found.register_column(column))
                if text:
                    _write(cell, text, f"{department}: {name}, row {place}, {column}")


def _fill_narratives(book: Any, department: str, rows: Iterable[Row]) -> None:
    found: _Table | None = None
    for row in rows:
        name = row[layout.NARRATIVE_NAME_HEADER]
        found = found or _table(book, department, layout.NARRATIVE_SHEET, layout.NARRATIVE_TEXT_HEADER)
        number = found.row_of(layout.NARRATIVE_NAME_HEADER, name)
        cell = found.sheet.cell(number, found.column(layout.NARRATIVE_TEXT_HEADER))
        if cell.value is not None:
            raise SampleError(f"{department}: the text {name} stands twice in the table")
        if row[layout.NARRATIVE_TEXT_HEADER]:
            _write_text(cell, row[layout.NARRATIVE_TEXT_HEADER])


@dataclass(frozen=True)
class _Table:
    """A table of the form: its sheet, header row, and header → column."""

    department: str
    sheet: Any
    header: int
    columns: Mapping[str, int]

    def column(self, header: str) -> int:
        if header not in self.columns:
            raise SampleError(f"{self.department}: {self.sheet.title} has no column {header}")
        return self.columns[header]

    def register_column(self, name: str) -> int:
        """A register's column by its name, with or without a unit in the form's header."""
        with_unit = re.compile(re.escape(name) + r"（[^（）]*）")
        found = [header for header in self.columns if header == name or with_unit.fullmatch(header)]
        return self.column(min(found, key=len) if found else name)

    def row_of(self, header: str, text: str) -> int:
        column = self.column(header)
        for row in range(self.header + 1, self.sheet.max_row + 1):
            if self.sheet.cell(row, column).value == text:
                return row
        raise SampleError(f"{self.department}: {self.sheet.title} has no row {text}")


def _table(book: Any, department: str, name: str, header: str) -> _Table:
    """The table on the sheet ``name`` whose header row is the first that holds ``header``."""
    if name not in book.sheetnames:
        raise SampleError(f"{department}: the form has no sheet {name}")
    sheet = book[name]
    for row in sheet.iter_rows():
        columns = {str(cell.value): cell.column for cell in row if cell.value is not None}
        if header in columns:
            return _Table(department, sheet, row[0].row, columns)
    raise SampleError(f"{department}: {name} has no column {header}")


# --- cells ------------------------------------------------------------------------------------


def _write(cell: Any, text: str, where: str) -> None:
    """Write a value as what the form formats the cell for: text, date or number."""
    if cell.protection.locked:
        raise SampleError(f"{where}: the form does not ask for it ({text})")
    kinds: dict[str, Callable[[str], object]] = {"@": str, "yyyy-mm-dd": dt.date.fromisoformat}
    read = kinds.get(cell.number_format, _number)
    if read is str:
        _write_text(cell, text)
        return
    shown = cell.number_format
    try:
        cell.value = read(text)
    except (ValueError, InvalidOperation) as error:
        raise SampleError(f"{where}: {text} is not what the cell is for") from error
    cell.number_format = shown  # openpyxl puts its own on dates


def _write_text(cell: Any, text: str) -> None:
    cell.value = text
    cell.data_type = "s"  # also where it begins with =


def _grow_rows(sheet: Any) -> None:
    """Make rows as high as their filled cells need, which Excel does while one types."""
    widths = {
        column: dimension.width
        for dimension in sheet.column_dimensions.values()
        for column in range(dimension.min, dimension.max + 1)  # equal neighbours share an entry
    }
    for row in sheet.iter_rows():
        lines = max(
            (
                lines_needed(cell.value, widths[cell.column] - 2)
                for cell in row
                if isinstance(cell.value, str) and not cell.protection.locked
            ),
            default=1,
        )
        dimension = sheet.row_dimensions[row[0].row]
        height = 8.0 + LINE_HEIGHT * lines
        if lines > 1 and height > (dimension.height or 0.0):
            dimension.height = min(height, MAX_ROW_HEIGHT)


def _number(text: str) -> int | float:
    value = Decimal(text)
    return int(value) if value == value.to_integral_value() else float(value)


# --- equal bytes ------------------------------------------------------------------------------

_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(<)")


def _pinned(data: bytes) -> bytes:
    """The workbook with a fixed time of saving and fixed times in its archive."""
    saved = SAVED.strftime("%Y-%m-%dT%H:%M:%SZ").encode("ascii")
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(buffer, "w") as target,
    ):
        for name in source.namelist():
            part = source.read(name)
            if name == "docProps/core.xml":
                part = _MODIFIED.sub(rb"\g<1>" + saved + rb"\g<2>", part)
            target.writestr(name, part)
    return stable_package(buffer.getvalue())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
