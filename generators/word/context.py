"""Every name that a template of a pack may use, with its value."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from generators.definition.schema import SETTING_KEYS, SettingKey
from generators.merge import Dataset
from generators.model import Definition, Register
from generators.word.figures import Missing, Source
from generators.word.listings import (
    FiguresView,
    NarrativesView,
    NarrativeView,
    RegistersView,
    RowsView,
    RowView,
    SectionsView,
    SectionView,
    TablesView,
    TermsView,
)
from generators.word.views import FigureView

if TYPE_CHECKING:
    import pandas as pd


def setting_names(definition: Definition) -> dict[str, object]:
    """The settings as template names: text, or for the title and meeting their lines joined."""
    settings = definition.settings
    names: dict[str, object] = {}
    for key in SETTING_KEYS:
        if key.key.startswith("font."):
            continue
        value = getattr(settings, key.key)
        if isinstance(value, tuple):
            value = "\n".join(value)
        if isinstance(value, dt.date):
            value = _date_words(value)
        names[key.zh] = str(value) if value else _unset(key)
    return names


def _unset(key: SettingKey) -> Missing:
    """What a setting that is not given prints as: a mark, never nothing."""
    return Missing((Source(f"setting.{key.key}", f"设置·{key.zh}", "", excused=True),))


def _date_words(moment: dt.date) -> str:
    """``2023年12月27日``, and the time of day where there is one."""
    words = f"{moment.year}年{moment.month}月{moment.day}日"
    return f"{words}{moment:%H:%M}" if isinstance(moment, dt.datetime) else words


def build_context(dataset: Dataset) -> dict[str, object]:
    """Every name a template of this pack may use, with its value."""
    definition = dataset.definition
    views = {item.code: FigureView(item, dataset) for item in definition.indicators}
    narratives = {record["narrative"]: record for record in _records(dataset.narratives)}
    context: dict[str, object] = {**definition.terms, **setting_names(definition)}
    context["指标"] = FiguresView(list(views.values()))
    context["文字材料"] = NarrativesView(
        {item.name: NarrativeView(item, narratives.get(item.code)) for item in definition.narratives}
    )
    context["用语"] = TermsView(definition.terms)
    context["章节"] = SectionsView(
        [
            SectionView(section, [v for v in views.values() if v.indicator.section == section.code])
            for section in definition.sections
        ]
    )
    context["汇总表"] = TablesView(
        {table.name: [views[code] for code in table.indicators] for table in definition.tables}
    )
    registers = [_rows_view(register, dataset) for register in definition.registers]
    context["清单"] = RegistersView(registers)
    context |= {rows.register.name: rows for rows in registers}
    context |= {view.indicator.name: view for view in views.values()}
    return context


def _rows_view(register: Register, dataset: Dataset) -> RowsView:
    definition = dataset.definition
    records = _records(dataset.registers[register.code])
    rows = [RowView(register, record, definition, n) for n, record in enumerate(records, 1)]
    absent = {}
    for code in register.departments:
        if not dataset.reported(code):
            name = definition.department_name(code)
            absent[name] = Source(f"{register.code}/{code}", f"{register.name}（{name}）", code)
    return RowsView(register, rows, absent)


def _records(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    return frame.to_dict("records")
