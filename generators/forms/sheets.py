"""The sheets of a form that a department fills: indicators, registers, narratives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generators.forms import inputs, layout
from generators.forms.styles import (
    DATE_FORMAT,
    TEXT_FORMAT,
    Styles,
    display_width,
    lines_needed,
    number_format,
)
from generators.model import (
    Asked,
    ColumnKind,
    Definition,
    GrowthBasis,
    Indicator,
    Measure,
    Narrative,
    Register,
    RegisterColumn,
    TargetKind,
)

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

REGISTER_ROWS = 60
"""Blank rows of a register; a clerk who needs more inserts them."""

A4 = 9
LINE_HEIGHT = 15.0
MAX_ROW_HEIGHT = 400.0
"""Excel takes 409 points."""

NAME_WIDTHS = (26.0, 46.0)
FIGURE_WIDTH = 12.0
EXPLANATION_WIDTH = 38.0
REGISTER_EXPLANATION_WIDTH = 26.0
PROSE_WIDTH = 90.0

_PROTECTION = {"format_columns": True, "format_rows": True}
_REGISTER_PROTECTION = {**_PROTECTION, "insert_rows": True, "sort": True}


@dataclass(frozen=True)
class Form:
    """The form being written. ``list_names`` maps a long code list to its defined name."""

    definition: Definition
    department: str
    workbook: Workbook
    styles: Styles
    list_names: Mapping[str, str]

    @property
    def department_name(self) -> str:
        """The department's name."""
        return self.definition.department_name(self.department)


# --- indicators -------------------------------------------------------------------------------


def indicator_sheet(form: Form) -> None:
    """Title, department and period, header row, and one row an indicator, section by section."""
    settings = form.definition.settings
    indicators = form.definition.indicators_of(form.department)
    sheet = form.workbook.add_worksheet(layout.INDICATOR_SHEET)
    widths = _indicator_widths(indicators)
    _set_widths(sheet, widths)
    _title(form, sheet, inputs.form_title(settings), widths)
    years = [
        ("本年", settings.period),
        ("上年", settings.previous_period),
        ("下年", settings.next_period),
    ]
    known = "、".join(f"{word}指{inputs.year_text(period)}" for word, period in years if period)
    sheet.write_string(1, 0, f"{_department_line(form)}　　（{known}）", form.styles.of("line"))
    header = 2
    _header(form, sheet, header, layout.INDICATOR_HEADERS, widths)
    row = header + 1
    first_cell: tuple[int, int] | None = None
    explanation = len(layout.INDICATOR_HEADERS) - 1
    for band, members in _by_section(form.definition, indicators):
        if band:
            # The code column stays blank here, so that no reader takes a band for an indicator.
            for column in range(len(layout.INDICATOR_HEADERS)):
                sheet.write_blank(row, column, None, form.styles.of("band"))
            sheet.write_string(row, 1, band, form.styles.of("band"))
            row += 1
        sheet.data_validation(
            row, explanation, row + len(members) - 1, explanation, inputs.explanation_input()
        )
        for indicator in members:
            asked = _indicator_row(form, sheet, row, indicator)
            lines = lines_needed(indicator.name, widths[1] - 2)
            if lines > 1:  # Only then: a row of a set height no longer grows with what is typed.
                sheet.set_row(row, 8.0 + LINE_HEIGHT * lines)
            if first_cell is None and asked:
                first_cell = (row, asked[0])
            row += 1
    sheet.ignore_errors({"number_stored_as_text": f"A1:I{row}"})
    if first_cell:
        sheet.set_selection(*first_cell, *first_cell)
    sheet.freeze_panes(header + 1, 2)
    sheet.protect("", _PROTECTION)
    _print_setup(form, sheet, header, row - 1, len(widths) - 1)


def _indicator_row(form: Form, sheet: Worksheet, row: int, indicator: Indicator) -> list[int]:
    """Write one indicator; returns the columns that are asked."""
    fixed = form.styles.of("fixed")
    sheet.write_string(row, 0, indicator.code, fixed)
    sheet.write_string(row, 1, indicator.name, fixed)
    sheet.write_string(row, 2, indicator.unit, form.styles.of("fixed_centre"))
    if indicator.note:
        sheet.data_validation(row, 1, row, 1, inputs.name_input(indicator))
    columns = []
    for column, measure in enumerate(Measure, start=3):
        asked = indicator.asked(measure)
        if asked is Asked.NO:
            sheet.write_blank(row, column, None, form.styles.of("not_asked"))
            continue
        columns.append(column)
        words = inputs.is_words(indicator, measure)
        role = f"{asked}_{'text' if words else 'figure'}"
        pattern = TEXT_FORMAT if words else _figure_format(indicator, measure)
        sheet.write_blank(row, column, None, form.styles.of(role, pattern))
        options = inputs.indicator_input(indicator, measure, form.definition.settings)
        sheet.data_validation(row, column, row, column, options)
    explanation = form.styles.of("optional_text", TEXT_FORMAT)
    sheet.write_blank(row, len(layout.INDICATOR_HEADERS) - 1, None, explanation)
    return columns


def _figure_format(indicator: Indicator, measure: Measure) -> str:
    """Decimals as declared; the unit is shown where column and row do not already say it."""
    said = not inputs.is_growth(indicator, measure) or (
        measure is Measure.GROWTH and indicator.growth_basis is not GrowthBasis.POINTS
    )
    unit = "" if said else indicator.unit_of(measure)
    return number_format(indicator.decimals_of(measure), unit)


def _by_section(
    definition: Definition, indicators: Sequence[Indicator]
) -> Iterator[tuple[str, list[Indicator]]]:
    """The indicators under their section's name, in the order of the sections; last, those of none."""
    for section in definition.sections:
        members = [item for item in indicators if item.section == section.code]
        if members:
            yield section.name, members
    rest = [item for item in indicators if item.section not in definition.section_by_code]
    if rest:
        yield ("其他指标" if len(rest) < len(indicators) else ""), rest


def _indicator_widths(indicators: Sequence[Indicator]) -> list[float]:
    code = max(display_width(item.code) for item in indicators) + 2.0
    name = max(display_width(item.name) for item in indicators) + 4.0
    unit = max(display_width(item.unit) for item in indicators) + 2.0
    points = any(
        item.growth_basis is GrowthBasis.POINTS and item.asked(Measure.GROWTH) is not Asked.NO
        for item in indicators
    )
    words = any(
        item.target_kind is TargetKind.TEXT and item.asked(Measure.TARGET) is not Asked.NO
        for item in indicators
    )
    figures = dict.fromkeys(Measure, FIGURE_WIDTH)
    figures[Measure.GROWTH] = 16.0 if points else 13.0
    figures[Measure.TARGET] = 20.0 if words else FIGURE_WIDTH
    return [
        min(max(code, 10.0), 20.0),
        min(max(name, NAME_WIDTHS[0]), NAME_WIDTHS[1]),
        min(max(unit, 10.0), 16.0),
        *figures.values(),
        EXPLANATION_WIDTH,
    ]


# --- registers --------------------------------------------------------------------------------


def register_sheet(form: Form, register: Register) -> None:
    """Title, department and period, note, header row, and blank rows to fill."""
    sheet = form.workbook.add_worksheet(layout.register_sheet(register.name))
    headers = layout.register_headers(register)
    reasons = not layout.has_own_explanation(register)
    widths = [6.0, *(_column_width(column) for column in register.columns)]
    widths += [REGISTER_EXPLANATION_WIDTH] if reasons else []
    _set_widths(sheet, widths)
    _title(form, sheet, register.name, widths)
    sheet.write_string(1, 0, _department_line(form), form.styles.of("line"))
    note = "；".join(
        part.rstrip("。；")
        for part in (
            register.note,
            "一项一行，没有的不填；行数不够时请在中间插入行",
        )
        if part
    )
    _wide_text(form, sheet, 2, f"说明：{note}。", widths)
    header = 3
    _header(form, sheet, header, headers, widths)
    first, last = header + 1, header + REGISTER_ROWS
    formats = [
        form.styles.of("row_number", "0"),
        *(_column_format(form, column) for column in register.columns),
    ]
    formats += [form.styles.of("optional_text", TEXT_FORMAT)] if reasons else []
    for row in range(first, last + 1):
        for place, style in enumerate(formats):
            sheet.write_blank(row, place, None, style)
    texts = []
    for place, column in enumerate(register.columns, start=1):
        choices = form.definition.code_lists.get(column.code_list, ())
        options = inputs.column_input(column, choices, form.list_names.get(column.code_list, ""))
        sheet.data_validation(first, place, last, place, options)
        if column.kind is ColumnKind.TEXT:
            letters = layout.column_letters(place)
            texts.append(f"{letters}{first + 1}:{letters}{last + 1}")
    if reasons:
        place = len(headers) - 1
        sheet.data_validation(first, place, last, place, inputs.explanation_input())
    if texts:
        sheet.ignore_errors({"number_stored_as_text": " ".join(texts)})
    sheet.set_selection(first, 1, first, 1)
    sheet.freeze_panes(header + 1, 0)
    sheet.protect("", _REGISTER_PROTECTION)
    _print_setup(form, sheet, header, last, len(headers) - 1)


def _column_width(column: RegisterColumn) -> float:
    return max(column.width, min(display_width(layout.register_header(column)) + 2.0, 24.0))


def _column_format(form: Form, column: RegisterColumn) -> Format:
    need = "required" if column.required else "optional"
    if column.kind is ColumnKind.NUMBER:
        return form.styles.of(f"{need}_figure", number_format(column.decimals))
    if column.kind is ColumnKind.DATE:
        return form.styles.of(f"{need}_text", DATE_FORMAT)
    return form.styles.of(f"{need}_text", TEXT_FORMAT)


# --- narratives -------------------------------------------------------------------------------


def narrative_sheet(form: Form) -> None:
    """Title, department and period, header row, and one row a narrative with a large text cell."""
    sheet = form.workbook.add_worksheet(layout.NARRATIVE_SHEET)
    narratives = form.definition.narratives_of(form.department)
    code = max(display_width(item.code) for item in narratives) + 2.0
    widths = [min(max(code, 10.0), 20.0), 20.0, 32.0, PROSE_WIDTH]
    _set_widths(sheet, widths)
    _title(form, sheet, layout.NARRATIVE_SHEET, widths)
    sheet.write_string(1, 0, _department_line(form), form.styles.of("line"))
    header = 2
    _header(form, sheet, header, layout.NARRATIVE_HEADERS, widths)
    row = header
    for narrative in narratives:
        row += 1
        requirement = _requirement(narrative)
        texts = (narrative.code, narrative.name, requirement)
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text, form.styles.of("fixed"))
        # General, not text: older Excel and WPS show a text-formatted cell of more than 255
        # characters as a row of ####.
        role = "required_prose" if narrative.required else "optional_prose"
        sheet.write_blank(row, len(texts), None, form.styles.of(role))
        options = inputs.prose_input(narrative.name, narrative.limit)
        sheet.data_validation(row, len(texts), row, len(texts), options)
        lines = lines_needed("　" * (narrative.limit or 500), PROSE_WIDTH) + 2
        lines = max(lines, lines_needed(requirement, widths[2]) + 1)
        sheet.set_row(row, min(max(lines * LINE_HEIGHT, 90.0), MAX_ROW_HEIGHT))
    sheet.set_selection(header + 1, 3, header + 1, 3)
    sheet.freeze_panes(header + 1, 0)
    sheet.protect("", _PROTECTION)
    _print_setup(form, sheet, header, row, len(widths) - 1)


def _requirement(narrative: Narrative) -> str:
    parts = [
        "必填" if narrative.required else "选填",
        f"不超过{narrative.limit}字" if narrative.limit else "",
        narrative.note.rstrip("。；"),
    ]
    return "；".join(part for part in parts if part) + "。"


# --- what every sheet has ---------------------------------------------------------------------


def _set_widths(sheet: Worksheet, widths: Iterable[float]) -> None:
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)


def _title(form: Form, sheet: Worksheet, text: str, widths: Sequence[float]) -> None:
    style = form.styles.of("title")
    if len(widths) > 1:
        sheet.merge_range(0, 0, 0, len(widths) - 1, "", style)
    sheet.write_string(0, 0, text, style)
    # The title is half as large again as what the widths are counted in.
    lines = lines_needed(text, sum(widths) / 1.5)
    sheet.set_row(0, 14.0 + 22.0 * lines)


def _wide_text(form: Form, sheet: Worksheet, row: int, text: str, widths: Sequence[float]) -> None:
    style = form.styles.of("note")
    if len(widths) > 1:
        sheet.merge_range(row, 0, row, len(widths) - 1, "", style)
    sheet.write_string(row, 0, text, style)
    sheet.set_row(row, 6.0 + LINE_HEIGHT * lines_needed(text, sum(widths)))


def _header(
    form: Form, sheet: Worksheet, row: int, headers: Sequence[str], widths: Sequence[float]
) -> None:
    for column, text in enumerate(headers):
        sheet.write_string(row, column, text, form.styles.of("header"))
    lines = max(lines_needed(text, width) for text, width in zip(headers, widths, strict=True))
    sheet.set_row(row, 12.0 + LINE_HEIGHT * lines)


def _department_line(form: Form) -> str:
    period = inputs.year_text(form.definition.settings.period)
    return f"填报单位：{form.department_name}　　报告期：{period}"


def _print_setup(form: Form, sheet: Worksheet, header: int, last: int, columns: int) -> None:
    page_setup(form, sheet)
    sheet.repeat_rows(header)
    sheet.print_area(0, 0, last, columns)


def page_setup(form: Form, sheet: Worksheet, pages_high: int = 0) -> None:
    """A4 landscape, one page wide, department and page numbers below.

    ``pages_high`` is how many pages the sheet may take, 0 for as many as it needs.
    """
    sheet.hide_gridlines(2)
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, pages_high)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.75)
    sheet.center_horizontally()
    name = form.department_name.replace("&", "&&")
    sheet.set_footer(f"&L{name}&C第 &P 页，共 &N 页&R&A")
