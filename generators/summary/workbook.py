"""The whole summary workbook: which sheets there are, in which order, and how it is saved."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence

import xlsxwriter

from generators.merge import Dataset
from generators.model import Definition, Finding, Indicator, Manifest, Revision
from generators.summary import (
    contents,
    departments,
    findings,
    printed,
    registers,
    revisions,
    sources,
    tables,
)
from generators.summary.formats import Styles
from generators.summary.labels import (
    CONTENTS_SHEET,
    DEPARTMENTS_SHEET,
    FINDINGS_SHEET,
    OTHER_SECTION,
    PRINTED_SHEET,
    REVISIONS_SHEET,
    SOURCES_SHEET,
    period_label,
)
from generators.summary.page import Page, SheetEntry, sheet_names
from generators.summary.reports import Archive, DepartmentReport

_RESERVED = (
    CONTENTS_SHEET,
    DEPARTMENTS_SHEET,
    FINDINGS_SHEET,
    REVISIONS_SHEET,
    SOURCES_SHEET,
    PRINTED_SHEET,
)
_EPOCH = dt.datetime(1980, 1, 1)
"""Stands for "when": the workbook carries no clock, so that equal input gives equal bytes."""


def assemble(
    dataset: Dataset,
    found: Sequence[Finding],
    reports: Sequence[DepartmentReport],
    archive: Archive,
    revised: Sequence[Revision],
    manifest: Manifest | None,
    report: str,
) -> bytes:
    """The workbook's bytes; see :func:`generators.summary.write_summary`."""
    definition = dataset.definition
    settings = definition.settings
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(
        buffer,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    author = settings.compiler or settings.organisation
    workbook.set_properties({"title": f"{settings.name}（汇总）", "author": author, "created": _EPOCH})
    workbook.set_calc_mode("auto")
    styles = Styles(workbook, settings.fonts)
    origin = sources.collect(dataset)
    left = f"编报单位：{author}" if author else settings.area
    right = f"报告期：{period_label(settings.period)}"

    planned = [*_summary_tables(dataset, origin), *_sections(dataset, origin)]
    wanted = [name for name, _ in planned] + [register.name for register in definition.registers]
    names = iter(sheet_names(wanted, _RESERVED))

    def page(name: str, widths: Sequence[float]) -> Page:
        return Page(workbook.add_worksheet(name), name, styles, tuple(widths))

    first = page(CONTENTS_SHEET, contents.WIDTHS)
    entries: list[SheetEntry] = []
    # A figure may stand in several tables: the one of its section, which comes last, shows most.
    cells: dict[str, tuple[str, str]] = {}
    for _, table in planned:
        sheet = page(next(names), [column.width for column in table.columns])
        cells |= {figure: (sheet.name, cell) for figure, cell in tables.cells_of(table).items()}
        entries.append(tables.write_table(sheet, table, left, right, archive))
    for register in definition.registers:
        sheet = page(next(names), registers.register_widths(register, dataset))
        own = registers.cells_of(register, dataset)
        cells |= {entry: (sheet.name, cell) for entry, cell in own.items()}
        entries.append(registers.write_register(sheet, register, dataset, origin, left, right))
    used = printed.printed_rows(manifest, report)
    every = departments.complete(dataset, reports)
    reporting = page(DEPARTMENTS_SHEET, departments.WIDTHS)
    entries += [
        departments.write_departments(reporting, dataset, every, left, right, archive),
        findings.write_findings(
            page(FINDINGS_SHEET, findings.WIDTHS), dataset, found, every, left, archive
        ),
        revisions.write_revisions(
            page(REVISIONS_SHEET, revisions.WIDTHS), definition, revised, left, right, archive
        ),
        sources.write_sources(
            page(SOURCES_SHEET, sources.WIDTHS), origin, _ways(origin, cells, used), left, right, archive
        ),
    ]
    if manifest is not None:
        traced = page(PRINTED_SHEET, printed.WIDTHS)
        entries.append(
            printed.write_printed(traced, used, origin, cells, definition, left, right, archive)
        )
    contents.write_contents(first, settings, entries, reporting, every, left, right)
    first.sheet.activate()
    workbook.close()
    return buffer.getvalue()


def _ways(
    origin: sources.Sources, cells: Mapping[str, tuple[str, str]], used: printed.Printed
) -> sources.Ways:
    """Where the rows of 数据来源 lead to; a register's row to the first of its cells."""
    shown: dict[int, tuple[str, str]] = {}
    rows: dict[int, list[int]] = {}
    for figure, place in origin.by_figure.items():
        if figure in cells:
            shown.setdefault(place, cells[figure])
        rows.setdefault(place, []).extend(used.of(figure))
    uses = {
        place: (printed.row_link(min(own)), len({used.rows[row].number for row in own}))
        for place, own in rows.items()
        if own
    }
    return sources.Ways(shown, uses)


def _summary_tables(dataset: Dataset, origin: sources.Sources) -> list[tuple[str, tables.Table]]:
    definition = dataset.definition
    return [
        (
            table.name,
            tables.Table(
                table.title or table.name,
                _known(definition, table.indicators),
                table.measures,
                False,
                dataset,
                origin,
            ),
        )
        for table in definition.tables
    ]


def _sections(dataset: Dataset, origin: sources.Sources) -> list[tuple[str, tables.Table]]:
    """A table for every section that has indicators, and one for those outside every section."""
    definition = dataset.definition
    groups: dict[str, list[Indicator]] = {section.code: [] for section in definition.sections}
    for indicator in definition.indicators:
        place = indicator.section if indicator.section in groups else ""
        groups.setdefault(place, []).append(indicator)
    named = {section.code: section.name for section in definition.sections}
    return [
        (
            name := named.get(code, OTHER_SECTION),
            tables.Table(name, tuple(indicators), tables.SECTION_MEASURES, True, dataset, origin),
        )
        for code, indicators in groups.items()
        if indicators
    ]


def _known(definition: Definition, codes: Sequence[str]) -> tuple[Indicator, ...]:
    known = definition.indicator_by_code
    return tuple(known[code] for code in codes if code in known)
