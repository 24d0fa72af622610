"""A definition workbook → :class:`~generators.model.Definition`, every fault reported at once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from generators.definition import schema
from generators.definition.names import lint_names
from generators.definition.rows import Findings, Row, table_rows, unknown_sheets
from generators.excel.workbook import Workbook, read_workbook
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
    RuleSetting,
    Section,
    Settings,
    Severity,
    SummaryTable,
    TargetKind,
)
from generators.text import fold, near, split_list

DEFINITION_FILE = "definition.xlsx"


def load_definition(pack: Path) -> Result[Definition]:
    """Read the definition of the report pack in the folder ``pack``.

    The value is ``None`` where any finding is an error; warnings leave it usable.
    """
    path = pack / DEFINITION_FILE
    file = f"{pack.name}/{DEFINITION_FILE}"
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Result(None, (Finding("definition.missing", Severity.ERROR, file=file),))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return Result(
            None,
            (Finding("format.unreadable", Severity.ERROR, file=file, params={"reason": reason}),),
        )
    book = read_workbook(data, file)
    if book.value is None:
        return Result(None, book.findings)
    found = Findings(file)
    definition = _read(book.value, pack.name, found)
    failed = any(finding.severity is Severity.ERROR for finding in found.items)
    return Result(None if failed else definition, tuple(found.items))


def _read(book: Workbook, pack: str, found: Findings) -> Definition:
    unknown_sheets(book, schema.ALL_TABLES, found)
    settings = _settings(table_rows(book, schema.SETTINGS, found), found)
    departments = [_department(row) for row in table_rows(book, schema.DEPARTMENTS, found)]
    department_codes = _codes(departments)
    sections = [
        Section(row.needed("code"), row.needed("name"))
        for row in table_rows(book, schema.SECTIONS, found)
    ]
    section_codes = _codes(sections)
    code_lists = _code_lists(table_rows(book, schema.CODE_LISTS, found))
    indicator_rows = table_rows(book, schema.INDICATORS, found)
    indicators = [_indicator(row, department_codes, section_codes) for row in indicator_rows]
    registers = _registers(
        table_rows(book, schema.REGISTERS, found),
        table_rows(book, schema.REGISTER_COLUMNS, found),
        department_codes,
        section_codes,
        code_lists,
    )
    narrative_rows = table_rows(book, schema.NARRATIVES, found)
    narratives = [_narrative(row, department_codes, section_codes) for row in narrative_rows]
    rules = [_rule(row) for row in table_rows(book, schema.RULES, found)]
    term_rows = table_rows(book, schema.TERMS, found)
    tables = [
        _summary_table(row, indicators, section_codes) for row in table_rows(book, schema.TABLES, found)
    ]
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
        rules={rule.rule: rule for rule in rules},
        tables=tuple(tables),
        terms={row.needed("name"): row.needed("content") for row in term_rows},
    )
    for table, keys in (
        (schema.DEPARTMENTS, ("code", "name")),
        (schema.SECTIONS, ("code",)),
        (schema.INDICATORS, ("code", "name")),
        (schema.REGISTERS, ("code", "name")),
        (schema.NARRATIVES, ("code", "name")),
        (schema.TABLES, ("name",)),
        (schema.TERMS, ("name",)),
    ):
        _no_twins(table_rows(book, table, Findings(found.file)), keys, table, found)
    lint_names(definition, found)
    return definition


def _settings(rows: Sequence[Row], found: Findings) -> Settings:
    texts: dict[str, list[str]] = {}
    row_of: dict[str, Row] = {}
    names = [key.zh for key in schema.SETTING_KEYS]
    for row in rows:
        word = row.needed("setting")
        key = next((k for k in schema.SETTING_KEYS if fold(word) in (fold(k.zh), fold(k.en))), None)
        if key is None:
            row.warn("setting_unknown", "setting", raw=word, near=near(word, names))
        elif key.key in texts and key.key not in schema.MANY_ROWS:
            other = row_of[key.key].address("setting")
            row.fault("twice", "setting", column="设置项", raw=word, other=other)
        elif row.has("content"):
            texts.setdefault(key.key, []).append(row.text("content"))
            row_of[key.key] = row
    for key in schema.SETTING_KEYS:
        if key.required and key.key not in texts and rows:
            found.add("setting", sheet=rows[0].sheet, setting=key.zh)

    def text(key: str, default: str = "") -> str:
        return texts[key][0] if key in texts else default

    def moment(key: str) -> dt.datetime | None:
        return row_of[key].moment("content") if key in row_of else None

    date = moment("date")
    period = text("period")
    before, after = neighbour_periods(period)
    return Settings(
        name=text("name"),
        period=period,
        form_version=text("form_version", "1"),
        previous_period=text("previous_period", before),
        next_period=text("next_period", after),
        title=tuple(texts.get("title", ())),
        area=text("area"),
        meeting=tuple(texts.get("meeting", ())),
        date=date.date() if date else None,
        organisation=text("organisation"),
        speaker=text("speaker"),
        compiler=text("compiler"),
        deadline=moment("deadline"),
        weekly_slot=text("weekly_slot"),
        time_zone=text("time_zone", "Asia/Shanghai"),
        fonts={
            key.removeprefix("font."): lines[0]
            for key, lines in texts.items()
            if key.startswith("font.")
        },
    )


def neighbour_periods(period: str) -> tuple[str, str]:
    """The periods before and after a plain year, else two empty texts."""
    if not re.fullmatch(r"[12]\d{3}", period):
        return "", ""
    return str(int(period) - 1), str(int(period) + 1)


def _department(row: Row) -> Department:
    return Department(
        code=row.needed("code"),
        name=row.needed("name"),
        deadline=row.moment("deadline"),
        contact=row.text("contact"),
        telephone=row.text("telephone"),
    )


def _codes(items: Iterable[Department | Section]) -> dict[str, str]:
    """Code and name, both folded → code: references may use either."""
    codes: dict[str, str] = {}
    for item in items:
        codes.setdefault(fold(item.name), item.code)
        codes[fold(item.code)] = item.code
    return codes


def _reference(row: Row, key: str, word: str, codes: Mapping[str, str], table: schema.Table) -> str:
    """The code that ``word`` refers to; an unknown word is a finding and stands for itself."""
    code = codes.get(fold(word))
    if code is None:
        row.fault(
            "reference",
            key,
            column=row.column_name(key),
            raw=word,
            table=table.zh,
            near=near(word, codes),
        )
        return word
    return code


def _indicator(row: Row, departments: Mapping[str, str], sections: Mapping[str, str]) -> Indicator:
    owner = row.needed("owner")
    section = row.text("section")
    minimum, maximum = row.decimal("minimum"), row.decimal("maximum")
    if minimum is not None and maximum is not None and minimum > maximum:
        row.fault("bounds", "minimum", minimum=str(minimum), maximum=str(maximum))
    phrase = row.text("target_phrase")
    if phrase and "{}" not in phrase:
        row.fault("phrase", "target_phrase", column="目标句式", raw=phrase)
    return Indicator(
        code=row.needed("code"),
        name=row.needed("name"),
        unit=row.needed("unit"),
        decimals=row.integer("decimals", 0, high=9),
        owner=_reference(row, "owner", owner, departments, schema.DEPARTMENTS) if owner else "",
        section=_reference(row, "section", section, sections, schema.SECTIONS) if section else "",
        growth_basis=row.choice("growth_basis", schema.GROWTH_BASES, GrowthBasis.NONE),
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
            _reference(row, "reporters", word, departments, schema.DEPARTMENTS)
            for word in split_list(row.text("reporters"))
        ),
        note=row.text("note"),
    )


def _code_lists(rows: Sequence[Row]) -> dict[str, tuple[str, ...]]:
    lists: dict[str, list[str]] = {}
    for row in rows:
        lists.setdefault(row.needed("name"), []).append(row.needed("value"))
    return {name: tuple(values) for name, values in lists.items()}


def _registers(
    rows: Sequence[Row],
    column_rows: Sequence[Row],
    departments: Mapping[str, str],
    sections: Mapping[str, str],
    code_lists: Mapping[str, tuple[str, ...]],
) -> tuple[Register, ...]:
    names = {fold(row.text("name")): row.text("name") for row in rows}
    names |= {fold(row.text("code")): row.text("name") for row in rows}
    columns: dict[str, list[RegisterColumn]] = {}
    for row in column_rows:
        owner = _reference(row, "register", row.needed("register"), names, schema.REGISTERS)
        column = _register_column(row, code_lists)
        if any(other.name == column.name for other in columns.get(owner, ())):
            row.fault("twice", "name", column="列名", raw=column.name, other=owner)
        columns.setdefault(owner, []).append(column)
    registers = []
    for row in rows:
        name, section = row.needed("name"), row.text("section")
        words = split_list(row.needed("departments"))
        everybody = any(fold(word) in schema.ALL_DEPARTMENTS for word in words)
        if name and name not in columns:
            row.fault("reference", "name", column="清单名称", raw=name, table="清单列")
        registers.append(
            Register(
                code=row.needed("code"),
                name=name,
                departments=tuple(dict.fromkeys(departments.values()))
                if everybody
                else tuple(
                    _reference(row, "departments", word, departments, schema.DEPARTMENTS)
                    for word in words
                ),
                columns=tuple(columns.get(name, ())),
                section=_reference(row, "section", section, sections, schema.SECTIONS)
                if section
                else "",
                note=row.text("note"),
            )
        )
    return tuple(registers)


def _register_column(row: Row, code_lists: Mapping[str, tuple[str, ...]]) -> RegisterColumn:
    code_list = row.text("code_list")
    default = ColumnKind.CODE if code_list else ColumnKind.TEXT
    kind = row.choice("kind", schema.COLUMN_KINDS, default)
    if kind is ColumnKind.CODE and not code_list:
        row.fault("blank", "code_list", column="代码表")
    elif code_list and code_list not in code_lists:
        row.fault(
            "reference",
            "code_list",
            column="代码表",
            raw=code_list,
            table="代码表",
            near=near(code_list, code_lists),
        )
    return RegisterColumn(
        name=row.needed("name"),
        kind=kind,
        unit=row.text("unit"),
        decimals=row.integer("decimals", 0, high=9),
        required=row.choice("required", schema.YES_NO, False),
        code_list=code_list,
        unique=row.choice("unique", schema.YES_NO, False),
        note=row.text("note"),
        width=float(row.integer("width", 16, low=4, high=100)),
    )


def _narrative(row: Row, departments: Mapping[str, str], sections: Mapping[str, str]) -> Narrative:
    department, section = row.needed("department"), row.text("section")
    return Narrative(
        code=row.needed("code"),
        name=row.needed("name"),
        department=_reference(row, "department", department, departments, schema.DEPARTMENTS)
        if department
        else "",
        section=_reference(row, "section", section, sections, schema.SECTIONS) if section else "",
        required=row.choice("required", schema.YES_NO, False),
        limit=row.integer("limit", 0) or None,
        note=row.text("note"),
    )


def _rule(row: Row) -> RuleSetting:
    return RuleSetting(
        rule=row.choice("rule", {rule: rule for rule in schema.RULE_IDS}, ""),
        enabled=row.choice("enabled", schema.YES_NO, True),
        severity=row.choice("severity", schema.SEVERITIES, None),
    )


def _summary_table(
    row: Row, indicators: Sequence[Indicator], sections: Mapping[str, str]
) -> SummaryTable:
    by_word = {fold(indicator.name): indicator.code for indicator in indicators}
    by_word |= {fold(indicator.code): indicator.code for indicator in indicators}
    chosen: list[str] = []
    for word in split_list(row.needed("content")):
        prefix = next((mark for mark in schema.SECTION_PREFIXES if word.startswith(mark)), None)
        if prefix:
            name = word.removeprefix(prefix).strip()
            section = _reference(row, "content", name, sections, schema.SECTIONS)
            chosen += [item.code for item in indicators if item.section == section]
        else:
            chosen.append(_reference(row, "content", word, by_word, schema.INDICATORS))
    measures: list[Measure] = []
    for word in split_list(row.text("measures")):
        measure = next((m for name, m in schema.MEASURES.items() if fold(name) == fold(word)), None)
        if measure is None:
            names = [column.zh for column in schema.MEASURE_COLUMNS.values()]
            row.fault(
                "choice",
                "measures",
                column="列",
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


def _no_twins(rows: Sequence[Row], keys: Iterable[str], table: schema.Table, found: Findings) -> None:
    columns = {column.key: column.zh for column in table.columns}
    for key in keys:
        first: dict[str, str] = {}
        for row in rows:
            text = row.text(key)
            if not text:
                continue
            if fold(text) in first:
                found.add(
                    "twice",
                    sheet=row.sheet,
                    cell=row.address(key),
                    column=columns[key],
                    raw=text,
                    other=first[fold(text)],
                )
            else:
                first[fold(text)] = row.address(key)
