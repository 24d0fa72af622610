"""The sheet 数据来源: every figure, register row and narrative with the cell it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from generators.merge import Dataset
from generators.messages import MEASURE_LABELS
from generators.model import Measure, Value
from generators.summary.formats import figure_format, row_height
from generators.summary.labels import DASH, SOURCES_SHEET, STATUS_LABELS
from generators.summary.page import (
    Page,
    SheetEntry,
    absolute,
    internal_link,
    original_link,
    put,
    put_link,
    set_up,
    start,
    write_empty,
    write_header,
    write_notes,
)
from generators.summary.reports import Archive

if TYPE_CHECKING:
    import pandas as pd

HEADS = (
    "序号",
    "类别",
    "代码",
    "名称",
    "口径",
    "数值或内容",
    "计量单位",
    "报送部门",
    "文件",
    "工作表",
    "单元格",
    "版次",
    "数据状态",
    "汇总表",
    "报告溯源",
)
WIDTHS = (7.0, 10.0, 13.0, 32.0, 14.0, 34.0, 11.0, 18.0, 26.0, 14.0, 11.0, 7.0, 11.0, 24.0, 11.0)
FIRST_ROW = 3
"""The index of the first data row."""
_EXCERPT = 40
"""Characters of a text that are shown."""


@dataclass(frozen=True)
class Source:
    """One row of the sheet; ``number_format`` is empty for a text."""

    kind: str
    code: str
    name: str
    measure: str
    value: Value
    number_format: str
    unit: str
    department: str
    file: str
    sheet: str
    cell: str
    last_cell: str
    vintage: int
    status: str
    sha256: str


@dataclass(frozen=True)
class Sources:
    """All rows, and where to find a figure's or a register row's (indices into ``rows``).

    ``by_figure`` knows them by the stable ids of :class:`generators.model.Link`.
    """

    rows: tuple[Source, ...]
    figures: Mapping[tuple[str, Measure], int]
    register_rows: Mapping[tuple[str, int], int]
    by_figure: Mapping[str, int]

    def figure(self, indicator: str, measure: Measure) -> Source | None:
        """The source of a figure, or ``None`` where it has no value."""
        place = self.figures.get((indicator, measure))
        return None if place is None else self.rows[place]

    def link(self, place: int) -> str:
        """The link to the row at ``place``."""
        return internal_link(SOURCES_SHEET, f"A{FIRST_ROW + place + 1}")


@dataclass(frozen=True)
class Ways:
    """Where the rows of the sheet lead to, by index: the cell of a table of this workbook (sheet and
    cell), and the first place in the report (link) with the number of its places there.
    """

    cells: Mapping[int, tuple[str, str]]
    printed: Mapping[int, tuple[str, int]]


def collect(dataset: Dataset) -> Sources:
    """The sources of everything in ``dataset``: figures first, then registers, then narratives."""
    rows: list[Source] = []
    figures: dict[tuple[str, Measure], int] = {}
    register_rows: dict[tuple[str, int], int] = {}
    by_figure: dict[str, int] = {}
    for record in records_of(dataset.frame):
        figures[record["indicator"], Measure(record["measure"])] = len(rows)
        by_figure[f"{record['indicator']}.{record['measure']}"] = len(rows)
        rows.append(_figure(dataset, record))
    for register in dataset.definition.registers:
        for place, record in enumerate(records_of(dataset.registers[register.code])):
            register_rows[register.code, place] = len(rows)
            for column in register.columns:
                by_figure[register_cell(register.code, record, column.name)] = len(rows)
            rows.append(_register_row(dataset, register.code, record))
    for record in records_of(dataset.narratives):
        by_figure[record["narrative"]] = len(rows)
        rows.append(_narrative(dataset, record))
    return Sources(tuple(rows), figures, register_rows, by_figure)


def register_cell(register: str, record: Mapping[str, Any], column: str) -> str:
    """The stable id of a register's cell, as :class:`generators.model.Link` has it."""
    return f"{register}/{record['_department']}/{record['_key']}/{column}"


def records_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame of the dataset, each by column name."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def tip(source: Source) -> str:
    """Where a figure came from, in one line."""
    return f"来源：{source.department}　{source.file}　{source.sheet}!{source.cell}"


def write_sources(
    page: Page, sources: Sources, ways: Ways, left: str, right: str, archive: Archive
) -> SheetEntry:
    """Write the sheet; every cell address leads to that cell in the archived original."""
    set_up(page, (2, 2), 4)
    start(page, "数据来源", left, right)
    row = write_header(page, 2, HEADS)
    for number, source in enumerate(sources.rows, 1):
        _write_row(page, row, number, source, archive)
        _write_ways(page, row, number - 1, ways)
        row += 1
    if not sources.rows:
        row = write_empty(page, row, "没有已接收的数据")
    page.sheet.autofilter(2, 0, row - 1, page.last_column)
    write_notes(
        page,
        row,
        [
            "注：点击“单元格”列可打开归档的报送原件并定位到该单元格；点击“汇总表”“报告溯源”可转到"
            "用到该数的地方；数值为报送原值，未经修约，仅按小数位数显示。"
        ],
    )
    names = absolute(page, FIRST_ROW, 1, max(row - 1, FIRST_ROW), 1)
    return SheetEntry(page.name, "每个数据的报送部门、文件、工作表和单元格", names, len(sources.rows))


def _write_row(page: Page, row: int, number: int, source: Source, archive: Archive) -> None:
    link = original_link(archive, source.sha256, source.sheet, source.cell)
    put(page, row, 0, number, "number")
    put(page, row, 1, source.kind, "centre")
    put(page, row, 2, source.code, "centre")
    put(page, row, 3, source.name, "text")
    put(page, row, 4, source.measure, "centre")
    if source.number_format:
        put(page, row, 5, source.value, "figure", num_format=source.number_format)
    else:
        put(page, row, 5, source.value, "text")
    put(page, row, 6, source.unit, "centre")
    put(page, row, 7, source.department, "text")
    put(page, row, 8, source.file, "text")
    put(page, row, 9, source.sheet, "centre")
    shown = source.cell if source.last_cell in ("", source.cell) else f"{source.cell}:{source.last_cell}"
    put_link(page, row, 10, link, shown, "link", "打开归档的报送原件", align="center")
    put(page, row, 11, source.vintage, "number")
    put(page, row, 12, source.status, "centre")
    texts = (source.name, str(source.value or ""), source.department, source.file)
    widths = (WIDTHS[3], WIDTHS[5], WIDTHS[7], WIDTHS[8])
    page.sheet.set_row(row, row_height(list(zip(texts, widths, strict=True)), 19))


def _write_ways(page: Page, row: int, place: int, ways: Ways) -> None:
    """Where the figure is used: in a table of this workbook, and in the report."""
    sheet, cell = ways.cells.get(place, ("", ""))
    if sheet:
        link = internal_link(sheet, cell)
        put_link(page, row, 13, link, f"{sheet}!{cell}", "link", "转到汇总表中的该数", indent=1)
    else:
        put(page, row, 13, DASH, "centre")
    link, count = ways.printed.get(place, ("", 0))
    shown = f"{count} 处" if count else DASH
    role = "link" if link else "centre"
    put_link(page, row, 14, link, shown, role, "转到报告中用到该数的第一处", align="center")


def _figure(dataset: Dataset, record: Mapping[str, Any]) -> Source:
    indicator = dataset.definition.indicator_by_code[record["indicator"]]
    measure = Measure(record["measure"])
    number = isinstance(record["value"], Decimal)
    return Source(
        "指标",
        indicator.code,
        indicator.name,
        MEASURE_LABELS["zh"][measure],
        record["value"],
        figure_format(indicator, measure) if number else "",
        indicator.unit_of(measure) if number else "",
        dataset.definition.department_name(record["department"]),
        record["file"],
        record["sheet"],
        record["cell"],
        "",
        int(record["vintage"]),
        STATUS_LABELS.get(record["status"], record["status"]),
        record["sha256"],
    )


def _register_row(dataset: Dataset, code: str, record: Mapping[str, Any]) -> Source:
    register = dataset.definition.register_by_code[code]
    cells = [address for address in record["_cells"].values() if address]
    texts = (record[column.name] for column in register.columns)
    content = next((text for text in texts if isinstance(text, str) and text), "")
    return Source(
        "清单",
        register.code,
        register.name,
        f"第 {record['_row']} 行",
        excerpt(content),
        "",
        "",
        dataset.definition.department_name(record["_department"]),
        record["_file"],
        record["_sheet"],
        cells[0] if cells else "",
        cells[-1] if cells else "",
        int(record["_vintage"]),
        STATUS_LABELS["A"],
        record["_sha256"],
    )


def _narrative(dataset: Dataset, record: Mapping[str, Any]) -> Source:
    narrative = dataset.definition.narrative_by_code.get(record["narrative"])
    return Source(
        "文字材料",
        record["narrative"],
        narrative.name if narrative else record["narrative"],
        f"{len(record['text'])} 字",
        excerpt(record["text"]),
        "",
        "",
        dataset.definition.department_name(record["department"]),
        record["file"],
        record["sheet"],
        record["cell"],
        "",
        int(record["vintage"]),
        STATUS_LABELS["A"],
        record["sha256"],
    )


def excerpt(text: str) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT else line[:_EXCERPT] + "……"
