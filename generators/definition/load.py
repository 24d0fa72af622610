"""A definition workbook → :class:`~generators.model.Definition`, every fault reported at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from generators.definition import schema
from generators.definition.names import RESERVED_COLUMNS, lint_names, no_twins
from generators.definition.published import read_published
from generators.definition.references import Known, known_of, reference
from generators.definition.rows import Findings, Row, table_rows, unknown_sheets
from generators.definition.rules import read_rules
from generators.definition.settings import end_of_day, read_settings
from generators.definition.slots import read_moved, read_slots
from generators.excel.grid import Workbook
from generators.excel.numbers import is_placeholder, plain
from generators.excel.workbook import read_workbook
from generators.model import (
    Accumulation,
    Asked,
    ColumnKind,
    Definition,
    Department,
    Finding,
    GrowthBasis,
    Indicator,
    Measure,
    Narrative,
    Register,
    RegisterColumn,
    Result,
    Section,
    Severity,
    SummaryTable,
    TargetKind,
)
from generators.support.files import read_ordinary
from generators.text import fold, near, reason_of, shorten, split_list

DEFINITION_FILE = "definition.xlsx"


def load_definition(pack: Path) -> Result[Definition]:
    """Read the definition of the report pack in the folder ``pack``.

    The value is ``None`` where any finding is an error; warnings leave it usable.
    """
    path = pack / DEFINITION_FILE
    file = f"{pack.name}/{DEFINITION_FILE}"
    try:
        data = read_ordinary(path)
    except FileNotFoundError:
        return Result(None, (Finding("definition.missing", Severity.ERROR, file=file),))
    except OSError as error:
        reason = reason_of(error)
        return Result(
            None,
            (Finding("definition.unreadable", Severity.ERROR, file=file, params={"reason": reason}),),
        )
    book = read_workbook(data, file)
    if book.value is None:
        return Result(None, tuple(_unreadable(item) for item in book.findings))
    found = Findings(file)
    definition = _read(book.value, pack.name, found)
    failed = any(finding.severity is Severity.ERROR for finding in found.items)
    return Result(None if failed else definition, tuple(found.items))


def _unreadable(refusal: Finding) -> Finding:
    """What a clerk would be told of a submitted workbook, told to the compiler of the definition."""
    params = {**refusal.params, "reason": refusal.code}
    return replace(refusal, code="definition.refused", params=params)


def _read(book: Workbook, pack: str, found: Findings) -> Definition:
    unknown_sheets(book, schema.ALL_TABLES, found)
    settings = read_settings(table_rows(book, schema.SETTINGS, found), found)
    department_rows = _distinct(book, schema.DEPARTMENTS, found, "code", "name")
    departments = [_department(row) for row in department_rows]
    known_departments = known_of(departments)
    section_rows = _distinct(book, schema.SECTIONS, found, "code", "name")
    sections = [Section(row.needed("code"), row.needed("name")) for row in section_rows]
    known_sections = known_of(sections)
    code_lists = _code_lists(table_rows(book, schema.CODE_LISTS, found))
    indicator_rows = _distinct(book, schema.INDICATORS, found, "code", "name")
    indicators = [_indicator(row, known_departments, known_sections) for row in indicator_rows]
    register_rows = _distinct(book, schema.REGISTERS, found, "code", "name")
    registers = _registers(
        register_rows,
        table_rows(book, schema.REGISTER_COLUMNS, found),
        known_departments,
        known_sections,
        code_lists,
    )
    narrative_rows = _distinct(book, schema.NARRATIVES, found, "code", "name")
    narratives = [_narrative(row, known_departments, known_sections) for row in narrative_rows]
    rule_rows = table_rows(book, schema.RULES, found)
    published_rows = table_rows(book, schema.PUBLISHED, found)
    term_rows = _distinct(book, schema.TERMS, found, "name")
    table_lines = _distinct(book, schema.TABLES, found, "name")
    tables = [_summary_table(row, indicators, known_sections) for row in table_lines]
    allowed_rows = _distinct(book, schema.ALLOWED, found, "text")
    calendar_rows = table_rows(book, schema.CALENDAR, found)
    definition = Definition(
        pack=pack,
        digest=book.sha256,
        settings=settings,
        departments=tuple(departments),
        sections=tuple(sections),
        indicators=tuple(indicators),
        registers=registers,
        code_lists=code_lists,
        narratives=tuple(narratives),
        tables=tuple(tables),
        terms={row.needed("name"): row.needed("content") for row in term_rows},
        allowed=tuple(_allowed(row) for row in allowed_rows),
        slots=read_slots(settings.weekly_slot) or (),
        moved=read_moved(calendar_rows),
    )
    lint_names(indicator_rows, register_rows, term_rows)
    return replace(
        read_rules(
            rule_rows,
            definition,
            judged=schema.INDICATORS.key not in found.broken,
            meant=not any(found.faulty(row.sheet) for row in indicator_rows[:1]),
        ),
        published=read_published(published_rows, definition),
    )


def _distinct(book: Workbook, table: schema.Table, found: Findings, *keys: str) -> list[Row]:
    """The rows of ``table``, no two of which may say the same under one of ``keys``."""
    rows = table_rows(book, table, found)
    for row in rows:
        for key in keys:
            row.short(key)
    if not no_twins(rows, *keys):
        found.broken.add(table.key)
    return rows


def _department(row: Row) -> Department:
    return Department(
        code=row.needed("code"),
        name=row.needed("name"),
        deadline=end_of_day(row.moment("deadline")),
        contact=row.text("contact"),
        telephone=row.text("telephone"),
    )


def _indicator(row: Row, departments: Known, sections: Known) -> Indicator:
    owner = row.needed("owner")
    section = row.text("section")
    minimum, maximum = row.decimal("minimum"), row.decimal("maximum")
    if minimum is not None and maximum is not None and minimum > maximum:
        row.fault("bounds", "minimum", minimum=plain(minimum), maximum=plain(maximum))
    phrase = row.text("target_phrase")
    if phrase and "{}" not in phrase:
        column = row.column_name("target_phrase")
        row.fault("phrase", "target_phrase", column=column, raw=shorten(phrase))
    name, unit = row.needed("name"), _unit(row.words("unit"))
    growth_basis = row.choice("growth_basis", schema.GROWTH_BASES, GrowthBasis.NONE)
    if growth_basis is GrowthBasis.POINTS and unit != "%" and not row.unreadable("unit"):
        row.fault("points", "growth_basis", indicator=shorten(name or row.text("code")))
    return Indicator(
        code=row.needed("code"),
        name=name,
        unit=unit,
        decimals=row.integer("decimals", 0, high=9),
        owner=reference(row, "owner", owner, departments, schema.DEPARTMENTS) if owner else "",
        section=reference(row, "section", section, sections, schema.SECTIONS) if section else "",
        growth_basis=growth_basis,
        accumulation=row.choice("accumulation", schema.ACCUMULATIONS, Accumulation.CUMULATIVE),
        measures={
            measure: row.choice(column.key, schema.ASKED, Asked.NO)
            for measure, column in schema.MEASURE_COLUMNS.items()
        },
        growth_decimals=row.integer("growth_decimals", 1, high=9),
        target_kind=row.choice("target_kind", schema.TARGET_KINDS, TargetKind.LEVEL),
        target_phrase=phrase,
        keep_zeros=row.choice("keep_zeros", schema.YES_NO, False),
        minimum=minimum,
        maximum=maximum,
        reporters=tuple(
            reference(row, "reporters", word, departments, schema.DEPARTMENTS)
            for word in split_list(row.text("reporters"))
        ),
        note=row.text("note"),
    )


def _unit(text: str) -> str:
    """A unit as the rest of the program knows it; empty for a figure without dimension.

    The full-width percent sign is one of a keyboard; ``—`` and ``无`` would be printed.
    """
    return "" if is_placeholder(text) else text.replace("％", "%")


def _code_lists(rows: Sequence[Row]) -> dict[str, tuple[str, ...]]:
    lists: dict[str, list[Row]] = {}
    for row in rows:
        lists.setdefault(row.needed("name"), []).append(row)
    for members in lists.values():
        no_twins(members, "value")
    return {name: tuple(row.needed("value") for row in members) for name, members in lists.items()}


def _registers(
    rows: Sequence[Row],
    column_rows: Sequence[Row],
    departments: Known,
    sections: Known,
    code_lists: Mapping[str, tuple[str, ...]],
) -> tuple[Register, ...]:
    # The columns of a register are kept under its name, whether they call it by name or by code.
    known = known_of(Section(row.text("name"), row.text("code")) for row in rows)
    rows_of: dict[str, list[Row]] = {}
    for row in column_rows:
        word = row.needed("register")
        owner = reference(row, "register", word, known, schema.REGISTERS) if word else ""
        rows_of.setdefault(owner, []).append(row)
    columns = {
        owner: tuple(_register_column(row, code_lists) for row in members)
        for owner, members in rows_of.items()
    }
    for members in rows_of.values():
        no_twins(members, "name")
    registers = []
    for row in rows:
        name, section = row.needed("name"), row.text("section")
        words = dict.fromkeys(split_list(row.needed("departments")))
        everybody = any(fold(word) in schema.ALL_DEPARTMENTS for word in words)
        if name and name not in columns and not row.refers_to_broken(schema.REGISTER_COLUMNS):
            row.fault("no_columns", "name", register=name)
        registers.append(
            Register(
                code=row.needed("code"),
                name=name,
                departments=tuple(dict.fromkeys(departments.codes.values()))
                if everybody
                else tuple(
                    dict.fromkeys(
                        reference(row, "departments", word, departments, schema.DEPARTMENTS)
                        for word in words
                    )
                ),
                columns=columns.get(name, ()),
                section=reference(row, "section", section, sections, schema.SECTIONS) if section else "",
                note=row.text("note"),
            )
        )
    return tuple(registers)


def _register_column(row: Row, code_lists: Mapping[str, tuple[str, ...]]) -> RegisterColumn:
    code_list = row.text("code_list")
    default = ColumnKind.CODE if code_list else ColumnKind.TEXT
    kind = row.choice("kind", schema.COLUMN_KINDS, default)
    if kind is ColumnKind.CODE and not code_list:
        row.fault("blank", "code_list", column=row.column_name("code_list"))
    elif code_list and code_list not in code_lists and not row.refers_to_broken(schema.CODE_LISTS):
        row.fault(
            "reference",
            "code_list",
            column=row.column_name("code_list"),
            raw=code_list,
            table="代码表",
            near=near(code_list, code_lists),
        )
    _kind_fits(row, kind, _unit(row.text("unit")))
    name = row.needed("name")
    if name in RESERVED_COLUMNS or name.startswith("_"):
        row.fault("name_reserved", "name", raw=name)
    return RegisterColumn(
        name=name,
        kind=kind,
        unit=_unit(row.text("unit")),
        decimals=row.integer("decimals", 0, high=9),
        required=row.choice("required", schema.YES_NO, False),
        code_list=code_list,
        unique=row.choice("unique", schema.YES_NO, False),
        note=row.text("note"),
        width=float(row.integer("width", 16, low=4, high=100)),
    )


def _kind_fits(row: Row, kind: ColumnKind, unit: str) -> None:
    """Record what a column's kind leaves without effect: a figure is no figure, a code not checked."""
    if kind is not ColumnKind.CODE and row.has("code_list"):
        key, wanted = "code_list", ColumnKind.CODE
    elif not row.has("kind") and kind is ColumnKind.TEXT and (unit or row.has("decimals")):
        key, wanted = "unit" if unit else "decimals", ColumnKind.NUMBER
    else:
        return
    word = next(word for word, meaning in schema.COLUMN_KINDS.items() if meaning is wanted)
    row.fault("column_kind", "kind", column=row.column_name(key), kind=word)


def _narrative(row: Row, departments: Known, sections: Known) -> Narrative:
    department, section = row.needed("department"), row.text("section")
    return Narrative(
        code=row.needed("code"),
        name=row.needed("name"),
        department=reference(row, "department", department, departments, schema.DEPARTMENTS)
        if department
        else "",
        section=reference(row, "section", section, sections, schema.SECTIONS) if section else "",
        required=row.choice("required", schema.YES_NO, False),
        limit=row.integer("limit", 0) or None,
        note=row.text("note"),
    )


def _summary_table(row: Row, indicators: Sequence[Indicator], sections: Known) -> SummaryTable:
    known = known_of(indicators)
    chosen: list[str] = []
    for word in split_list(row.needed("content")):
        prefix = next((mark for mark in schema.SECTION_PREFIXES if word.startswith(mark)), None)
        if prefix:
            name = word.removeprefix(prefix).strip()
            section = reference(row, "content", name, sections, schema.SECTIONS)
            chosen += [item.code for item in indicators if item.section == section]
        else:
            chosen.append(reference(row, "content", word, known, schema.INDICATORS))
    measures: list[Measure] = []
    for word in split_list(row.text("measures")):
        measure = next((m for name, m in schema.MEASURES.items() if fold(name) == fold(word)), None)
        if measure is None:
            names = [column.zh for column in schema.MEASURE_COLUMNS.values()]
            row.fault(
                "choice",
                "measures",
                column=row.column_name("measures"),
                raw=word,
                near=near(word, names),
                choices="、".join(names),
            )
        else:
            measures.append(measure)
    name = row.needed("name")
    return SummaryTable(
        name=name,
        title=row.text("title") or name,
        indicators=tuple(dict.fromkeys(chosen)),
        measures=tuple(measures) or tuple(Measure),
    )


def _allowed(row: Row) -> str:
    """A phrase whose numbers need no source: it must say something and hold a number or a wildcard."""
    text = row.needed("text")
    words = re.sub(r"[*?\s]", "", text)
    if text and not words:
        row.fault("allows_everything", "text", raw=shorten(text))
    elif text and not re.search(r"[\d*?]", text):
        row.fault("allows_nothing", "text", raw=shorten(text))
    return text
