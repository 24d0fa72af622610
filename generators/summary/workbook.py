"""The whole summary workbook: which sheets there are, in which order, and how it is saved."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence

import xlsxwriter

from generators.merge import Dataset
from generators.model import Definition, Finding, Indicator, Revision
from generators.summary import contents, departments, findings, registers, revisions, sources, tables
from generators.summary.formats import Styles
from generators.summary.labels import (
    CONTENTS_SHEET,
    DEPARTMENTS_SHEET,
    FINDINGS_SHEET,
    OTHER_SECTION,
    REVISIONS_SHEET,
    SOURCES_SHEET,
    period_label,
)
from generators.summary.page import Page, SheetEntry, sheet_names
from generators.summary.reports import DepartmentReport

_RESERVED = (CONTENTS_SHEET, DEPARTMENTS_SHEET, FINDINGS_SHEET, REVISIONS_SHEET, SOURCES_SHEET)
_EPOCH = dt.datetime(1980, 1, 1)
"""Stands for "when": the workbook carries no clock, so that equal input gives equal bytes."""


def assemble(
    dataset: Dataset,
    found: Sequence[Finding],
    reports: Sequence[DepartmentReport],
    archive: str,
    revised: Sequence[Revision],
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
    for _, table in planned:
        sheet = page(next(names), [column.width for column in table.columns])
        entries.append(tables.write_table(sheet, table, left, right, archive))
    for register in definition.registers:
        sheet = page(next(names), registers.register_widths(register, dataset))
        entries.append(registers.write_register(sheet, register, dataset, origin, left, right))
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
        sources.write_sources(page(SOURCES_SHEET, sources.WIDTHS), origin, left, right, archive),
    ]
    contents.write_contents(first, settings, entries, reporting, every, left, right)
    first.sheet.activate()
    workbook.close()
    return buffer.getvalue()


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
