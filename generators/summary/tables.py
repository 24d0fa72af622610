"""Indicator tables in the official layout: the pack's summary tables and one sheet a section."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from xlsxwriter.utility import xl_rowcol_to_cell

from generators.merge import Dataset
from generators.model import GrowthBasis, Indicator, Measure, Settings
from generators.summary.figures import Shown, completion, growth_formula, shown
from generators.summary.formats import figure_width, fitting, number_format, row_height, text_width
from generators.summary.labels import COMPLETION, MISSING, SHORT_MEASURES, period_label
from generators.summary.page import (
    Page,
    SheetEntry,
    absolute,
    merge,
    original_link,
    put,
    put_formula,
    put_link,
    set_up,
    start,
    write_empty,
    write_notes,
)
from generators.summary.reports import Archive
from generators.summary.sources import Sources, tip

SECTION_MEASURES = (
    Measure.PREVIOUS,
    Measure.ACTUAL,
    Measure.GROWTH,
    Measure.PLAN,
    Measure.TARGET,
)
_THIS_YEAR = (Measure.ACTUAL, Measure.GROWTH, Measure.PLAN)
_FIRST = 4
"""The index of the first data row: title, subtitle and two header rows stand above."""


@dataclass(frozen=True)
class Column:
    """A column: its head, the heading above it (empty for none), its content and its width."""

    head: str
    group: str
    content: Measure | str
    width: float


@dataclass(frozen=True)
class Table:
    """What stands on one sheet. ``detailed`` adds code, department and source."""

    title: str
    indicators: tuple[Indicator, ...]
    measures: tuple[Measure, ...]
    detailed: bool
    dataset: Dataset
    sources: Sources

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns from left to right."""
        names = [indicator.name for indicator in self.indicators]
        units = [indicator.unit for indicator in self.indicators]
        left = [
            Column("序号", "", "number", 6),
            *([Column("指标代码", "", "code", 12)] if self.detailed else []),
            Column("指标名称", "", "name", fitting(names, 22, 38)),
            Column("计量单位", "", "unit", fitting(units, 10, 16)),
        ]
        right = []
        if self.detailed:
            departments = [self.department(indicator) for indicator in self.indicators]
            right.append(Column("责任部门", "", "department", fitting(departments, 12, 22)))
            origins = [self.origin(indicator) for indicator in self.indicators]
            right.append(Column("来源", "", "source", fitting(origins, 14, 46)))
        notes = [self.explanation(indicator) for indicator in self.indicators]
        if any(notes):
            right.append(Column("说明", "", "note", fitting(notes, 18, 34)))
        return (*left, *self._measure_columns(), *right)

    def place(self, content: Measure | str) -> int | None:
        """The index of the column with ``content``, or ``None`` where there is none."""
        for index, column in enumerate(self.columns):
            if column.content == content:
                return index
        return None

    def shown(self, indicator: Indicator, measure: Measure) -> Shown:
        """What stands in a figure's cell."""
        levels = {Measure.ACTUAL, Measure.PREVIOUS} <= set(self.measures)
        return shown(self.dataset, indicator, measure, levels=levels)

    def department(self, indicator: Indicator) -> str:
        """The name of the department that owns ``indicator``."""
        return self.dataset.definition.department_name(indicator.owner)

    def origin(self, indicator: Indicator) -> str:
        """The files that the indicator's figures came from, each with the first cell in it."""
        cells: dict[str, str] = {}
        for measure in Measure:
            if source := self.sources.figure(indicator.code, measure):
                cells.setdefault(source.file, f"{source.file} {source.sheet}!{source.cell}")
        return "\n".join(cells.values())

    def explanation(self, indicator: Indicator) -> str:
        """What the departments wrote beside ``indicator``."""
        found = (self.dataset.datum(indicator.code, measure) for measure in Measure)
        return "\n".join(dict.fromkeys(item.explanation for item in found if item and item.explanation))

    def _measure_columns(self) -> list[Column]:
        settings = self.dataset.definition.settings
        columns = []
        for measure in grouped(self.measures):
            head, group = _heads(settings, measure)
            columns.append(Column(head, group, measure, self._width(measure)))
        if Measure.ACTUAL in self.measures and Measure.PLAN in self.measures:
            # The rate of completion follows the last figure of this year.
            after = max(index for index, column in enumerate(columns) if column.content in _THIS_YEAR)
            group = _heads(settings, Measure.ACTUAL)[1]
            columns.insert(after + 1, Column(COMPLETION, group, COMPLETION, 12))
        return columns

    def _width(self, measure: Measure) -> float:
        widths = [12.0]
        for indicator in self.indicators:
            value = self.shown(indicator, measure).value
            if isinstance(value, Decimal):
                widths.append(figure_width(indicator, measure, float(value)) + 1.5)
            else:
                widths.append(min(24.0, text_width(value) + 2))
        return min(30.0, max(widths))


def grouped(measures: Sequence[Measure]) -> tuple[Measure, ...]:
    """The measures in their order, this year's brought together under one heading."""
    first = next((place for place, item in enumerate(measures) if item in _THIS_YEAR), 0)
    before = [item for item in measures[:first] if item not in _THIS_YEAR]
    this_year = [item for item in measures if item in _THIS_YEAR]
    after = [item for item in measures[first:] if item not in _THIS_YEAR]
    return (*before, *this_year, *after)


def write_table(page: Page, table: Table, left: str, right: str, archive: Archive) -> SheetEntry:
    """Write ``table``; figures lead to 数据来源, the source column to the archived original."""
    name = table.place("name") or 0
    set_up(page, (2, 3), name + 1)
    start(page, table.title, left, right)
    _write_heads(page, table.columns)
    row = _FIRST
    missing = 0
    for number, indicator in enumerate(table.indicators, 1):
        missing += _write_indicator(page, table, row, number, indicator, archive)
        row += 1
    if not table.indicators:
        row = write_empty(page, row, "本表没有指标")
    write_notes(page, row, _notes(table))
    last = max(row - 1, _FIRST)
    places = [index for index, column in enumerate(table.columns) if isinstance(column.content, Measure)]
    return SheetEntry(
        page.name,
        table.title,
        absolute(page, _FIRST, name, last, name),
        len(table.indicators),
        absolute(page, _FIRST, places[0], last, places[-1]) if places else "",
        missing,
    )


def cells_of(table: Table) -> dict[str, str]:
    """The cell in which each figure of a table stands, by the figure's stable id."""
    places = {measure: table.place(measure) for measure in table.measures}
    return {
        f"{indicator.code}.{measure}": xl_rowcol_to_cell(_FIRST + number, column)
        for number, indicator in enumerate(table.indicators)
        for measure, column in places.items()
        if column is not None
    }


def _heads(settings: Settings, measure: Measure) -> tuple[str, str]:
    if measure is Measure.PREVIOUS:
        group = period_label(settings.previous_period) or "上年"
    elif measure is Measure.TARGET:
        group = period_label(settings.next_period) or "下年"
    else:
        group = period_label(settings.period) or "本年"
    return SHORT_MEASURES[measure], group


def _write_heads(page: Page, columns: Sequence[Column]) -> None:
    page.sheet.set_row(2, 24)
    page.sheet.set_row(3, row_height([(column.head, column.width) for column in columns], 24))
    index = 0
    while index < len(columns):
        group = columns[index].group
        if not group:
            merge(page, 2, index, 3, index, columns[index].head, "header")
            index += 1
            continue
        end = index
        while end < len(columns) and columns[end].group == group:
            put(page, 3, end, columns[end].head, "header")
            end += 1
        merge(page, 2, index, 2, end - 1, group, "header")
        index = end


def _write_indicator(
    page: Page, table: Table, row: int, number: int, indicator: Indicator, archive: Archive
) -> int:
    """Write one row; the number of figures marked as missing."""
    missing = 0
    texts: list[tuple[str, float]] = []
    for index, column in enumerate(table.columns):
        content = column.content
        if isinstance(content, Measure):
            missing += _write_measure(page, table, row, index, indicator, content)
            value = table.shown(indicator, content).value
            text = value if isinstance(value, str) else ""
        elif content == COMPLETION:
            _write_completion(page, table, row, index, indicator)
            text = ""
        else:
            text = _write_label(page, table, row, index, number, indicator, archive)
        texts.append((text, column.width))
    page.sheet.set_row(row, row_height(texts, 24))
    return missing


def _write_label(
    page: Page, table: Table, row: int, index: int, number: int, indicator: Indicator, archive: Archive
) -> str:
    content = table.columns[index].content
    if content == "number":
        put(page, row, index, number, "number")
        return ""
    if content == "source":
        text = table.origin(indicator)
        found = (table.sources.figure(indicator.code, measure) for measure in Measure)
        if source := next((item for item in found if item), None):
            link = original_link(archive, source.sha256, source.sheet, source.cell)
            put_link(page, row, index, link, text, "link", tip(source))
        else:
            put(page, row, index, "—", "centre")
        return text
    text, role = {
        "code": (indicator.code, "centre"),
        "name": (indicator.name, "text"),
        "unit": (indicator.unit, "centre"),
        "department": (table.department(indicator), "centre"),
        "note": (table.explanation(indicator), "text"),
    }[str(content)]
    put(page, row, index, text, role)
    return text


def _write_measure(
    page: Page, table: Table, row: int, index: int, indicator: Indicator, measure: Measure
) -> bool:
    """Write one figure; whether it is marked as missing."""
    cell = table.shown(indicator, measure)
    place = table.sources.figures.get((indicator.code, measure))
    more = {"num_format": cell.number_format} if cell.number_format else {}
    if place is not None:
        link, hint = table.sources.link(place), tip(table.sources.rows[place])
        put_link(page, row, index, link, cell.value, cell.role, hint, **more)
        return False
    if cell.computed and isinstance(cell.value, Decimal):
        actual = xl_rowcol_to_cell(row, table.place(Measure.ACTUAL) or 0)
        previous = xl_rowcol_to_cell(row, table.place(Measure.PREVIOUS) or 0)
        formula = growth_formula(indicator, actual, previous)
        put_formula(page, row, index, formula, float(cell.value), cell.role, **more)
        return False
    put(page, row, index, cell.value, cell.role)
    return cell.value == MISSING


def _write_completion(page: Page, table: Table, row: int, index: int, indicator: Indicator) -> None:
    actual = xl_rowcol_to_cell(row, table.place(Measure.ACTUAL) or 0)
    plan = xl_rowcol_to_cell(row, table.place(Measure.PLAN) or 0)
    formula, value = completion(table.dataset, indicator, actual, plan)
    if formula:
        role = "centre" if isinstance(value, str) else "figure"
        put_formula(page, row, index, formula, value, role, num_format=number_format(1))
    else:
        put(page, row, index, value, "centre")


def _notes(table: Table) -> list[str]:
    reported = [
        source.department
        for indicator in table.indicators
        for measure in table.measures
        if (source := table.sources.figure(indicator.code, measure))
    ]
    departments = "、".join(dict.fromkeys(reported)) or "暂无"
    real = [item.name for item in table.indicators if item.growth_basis is GrowthBasis.REAL]
    scope = []
    if real and Measure.GROWTH in table.measures:
        scope.append(f"{'、'.join(real)}的同比增长按可比价格计算。")
    if table.place(COMPLETION) is not None:
        scope.append(f"{COMPLETION}＝本年预计÷年度计划×100。")
    if Measure.GROWTH in table.measures and any(
        table.shown(item, Measure.GROWTH).computed for item in table.indicators
    ):
        scope.append("斜体的同比增长未报送，由本年预计和上年实际推算。")
    notes = [f"数据来源：{departments}报送；点击数据可查看来源。"]
    if scope:
        notes.append(f"填报口径：{''.join(scope)}")
    notes.append("符号说明：“缺”为应报未报，“未报”为选填而未填，“—”为不要求填报或无法计算。")
    return notes
