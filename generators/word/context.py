"""What a template can name: figures, registers, narratives, sections, settings, and their attributes.

Every name a compiler may write after a dot stands in one of the attribute tables below, with its
description; the README lists them and a test fails when one is undocumented.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from generators.definition.schema import SETTING_KEYS
from generators.merge import Dataset, Datum, provenance_of
from generators.model import (
    Asked,
    ColumnKind,
    Definition,
    GrowthBasis,
    Indicator,
    Measure,
    Narrative,
    Provenance,
    Register,
    Section,
    TargetKind,
)
from generators.text import fold, near
from generators.word import figures
from generators.word.figures import Missing, Piece, Quantity, Source, Words

if TYPE_CHECKING:
    import pandas as pd


class TemplateValueError(Exception):
    """A tag that cannot be evaluated; the message is for the compiler, in Chinese."""


class View:
    """Something a template can name. Only what :meth:`attribute` and :meth:`item` give is reachable."""

    def attribute(self, name: str) -> object:
        """The value after the dot; raises :class:`TemplateValueError` where there is none."""
        raise TemplateValueError(f"没有属性“{name}”")

    def item(self, key: object) -> object:
        """The value in brackets; by default the same as after the dot."""
        return self.attribute(str(key))


class FigureView(View):
    """An indicator with its figures."""

    def __init__(self, indicator: Indicator, dataset: Dataset) -> None:
        self.indicator = indicator
        self._dataset = dataset

    def __bool__(self) -> bool:
        return isinstance(self.level, Quantity)

    def __str__(self) -> str:
        return str(self.level)

    def __eq__(self, other: object) -> bool:
        return self.level == level_of(other)

    def __hash__(self) -> int:
        return hash(self.indicator.code)

    def __lt__(self, other: object) -> bool:
        return bool(self.level < level_of(other))  # type: ignore[operator]

    def __le__(self, other: object) -> bool:
        return bool(self.level <= level_of(other))  # type: ignore[operator]

    def __gt__(self, other: object) -> bool:
        return bool(self.level > level_of(other))  # type: ignore[operator]

    def __ge__(self, other: object) -> bool:
        return bool(self.level >= level_of(other))  # type: ignore[operator]

    def pieces(self) -> list[Piece]:
        """This year's value with its unit."""
        return self.level.pieces()

    @cached_property
    def level(self) -> Quantity | Words | Missing:
        """This year's value."""
        return self.measure(Measure.ACTUAL)

    def attribute(self, name: str) -> object:
        """One of :data:`FIGURE_ATTRIBUTES`."""
        if name not in FIGURE_ATTRIBUTES:
            raise TemplateValueError(f"指标“{self.indicator.name}”没有属性“{name}”")
        return FIGURE_ATTRIBUTES[name][1](self)

    def measure(self, measure: Measure) -> Quantity | Words | Missing:
        """One measure as a quantity with its unit, words for a target in words, or missing."""
        indicator = self.indicator
        source = self._source(measure)
        if source.value is None:
            return Missing((source,))
        if isinstance(source.value, str):
            return Words(source.value, (source,))
        return Quantity(
            source.value,
            indicator.unit_of(measure),
            indicator.decimals_of(measure),
            indicator.keep_zeros,
            (source,),
        )

    def growth(self) -> Quantity | Words | Missing:
        """The reported growth; where it is not reported, worked out from the two levels.

        Only at current prices (or in points) do the levels give the growth; at constant prices an
        unreported growth is missing.
        """
        reported = self.measure(Measure.GROWTH)
        now, before = self.level, self.measure(Measure.PREVIOUS)
        basis = self.indicator.growth_basis
        computable = basis in (GrowthBasis.NOMINAL, GrowthBasis.POINTS)
        if not isinstance(reported, Missing) or not computable:
            return reported
        if not (isinstance(now, Quantity) and isinstance(before, Quantity)):
            return reported
        if basis is GrowthBasis.NOMINAL and before.value <= 0:
            return reported
        change = now - before
        if basis is GrowthBasis.NOMINAL:
            change = change / before * 100
        assert isinstance(change, Quantity)
        return Quantity(
            change.value,
            self.indicator.unit_of(Measure.GROWTH),
            self.indicator.growth_decimals,
            self.indicator.keep_zeros,
            change.sources,
        )

    def completion(self) -> Quantity | Words | Missing:
        """This year's value as a percentage of the plan."""
        share = _numeric(self.level) / _numeric(self.measure(Measure.PLAN)) * 100
        if isinstance(share, Missing):
            return share
        assert isinstance(share, Quantity)
        return Quantity(share.value, "%", 1, sources=share.sources)

    def _source(self, measure: Measure) -> Source:
        indicator = self.indicator
        datum: Datum | None = self._dataset.datum(indicator.code, measure)
        return Source(
            f"{indicator.code}.{measure}",
            figures.measure_label(indicator, measure),
            indicator.owner,
            datum.value if datum else None,
            datum.provenance if datum else None,
            (indicator.asked(measure) is not Asked.REQUIRED and self._dataset.reported(indicator.owner))
            or indicator.asked(measure) is Asked.NO,
        )

    def explanation(self) -> str:
        """What the department wrote beside the indicator, empty for nothing."""
        data = (self._dataset.datum(self.indicator.code, measure) for measure in Measure)
        return next((datum.explanation for datum in data if datum and datum.explanation), "")

    def department(self) -> str:
        """The name of the department that owns the indicator."""
        return self._dataset.definition.department_name(self.indicator.owner)

    def origin(self) -> str:
        """``部门 工作表!单元格`` of this year's value; empty where it is missing."""
        sources = getattr(self.level, "sources", ())
        return "；".join(origin(source.provenance, self._dataset.definition) for source in sources)


def level_of(value: object) -> object:
    """An indicator's value of this year where ``value`` is an indicator, else ``value`` itself."""
    return value.level if isinstance(value, FigureView) else value


def _numeric(value: object) -> Quantity | Missing:
    if isinstance(value, Quantity | Missing):
        return value
    raise TemplateValueError(f"“{value}”不是数")


def origin(provenance: Provenance | None, definition: Definition) -> str:
    """``部门 工作表!单元格``; empty for a figure that nobody reported."""
    if provenance is None:
        return ""
    department = definition.department_name(provenance.department)
    return f"{department} {provenance.sheet}!{provenance.cell}"


def _change(
    view: FigureView, wording: Callable[[Quantity, GrowthBasis], object]
) -> Quantity | Words | Missing | object:
    growth = view.growth()
    return wording(growth, view.indicator.growth_basis) if isinstance(growth, Quantity) else growth


def _direction_word(change: Quantity, basis: GrowthBasis) -> Words:
    return Words(figures.direction(change, basis), change.sources)


def _magnitude(change: Quantity, _: GrowthBasis) -> Quantity:
    return figures.magnitude(change)


def _bare(value: Quantity | Words | Missing) -> Quantity | Words | Missing:
    if isinstance(value, Quantity):
        return Quantity(value.value, "", value.decimals, value.keep_zeros, value.sources)
    return value


def _target_words(view: FigureView) -> object:
    target = view.measure(Measure.TARGET)
    return target if isinstance(target, Missing) else figures.target_phrase(target, view.indicator)


def _target_unit(view: FigureView) -> str:
    textual = view.indicator.target_kind is TargetKind.TEXT
    return "" if textual else view.indicator.unit_of(Measure.TARGET)


FIGURE_ATTRIBUTES: Mapping[str, tuple[str, Callable[[FigureView], object]]] = {
    "数值": ("本年数，不带单位", lambda view: _bare(view.level)),
    "单位": ("计量单位", lambda view: view.indicator.unit),
    "上年": ("上年实际，带单位", lambda view: view.measure(Measure.PREVIOUS)),
    "同比": ("同比增长，带正负号和 %", lambda view: view.growth()),
    "同比表述": ("同比增长…/同比下降…/与上年持平", lambda view: _change(view, figures.change_phrase)),
    "增减": ("增长、下降或持平一词", lambda view: _change(view, _direction_word)),
    "增幅": ("同比的绝对值，带 %", lambda view: _change(view, _magnitude)),
    "计划": ("年度计划，带单位", lambda view: view.measure(Measure.PLAN)),
    "完成率": ("本年数占年度计划的百分比", lambda view: view.completion()),
    "目标": ("下年目标，带单位", lambda view: view.measure(Measure.TARGET)),
    "目标表述": ("按目标句式写出的下年目标", _target_words),
    "目标单位": ("下年目标的单位（增速为 %）", _target_unit),
    "名称": ("指标名称", lambda view: view.indicator.name),
    "代码": ("指标代码", lambda view: view.indicator.code),
    "部门": ("责任部门", FigureView.department),
    "说明": ("部门填写的情况说明", FigureView.explanation),
    "来源": ("本年数来自的部门、工作表和单元格", FigureView.origin),
}  # fmt: skip


class RowView(View):
    """One row of a register; its columns are its attributes."""

    def __init__(
        self, register: Register, record: Mapping[str, Any], definition: Definition, number: int
    ) -> None:
        self.register = register
        self.record = record
        self.department = definition.department_name(record["_department"])
        self._number = number

    def attribute(self, name: str) -> object:
        """A column's value, or one of :data:`ROW_ATTRIBUTES`."""
        column = self.register.column(name)
        if column is not None:
            return self._value(name)
        if name in ROW_ATTRIBUTES:
            return ROW_ATTRIBUTES[name][1](self)
        raise TemplateValueError(f"“{self.register.name}”没有列“{name}”")

    def _value(self, name: str) -> Quantity | Words | Missing:
        column = self.register.column(name)
        value = self.record[name]
        assert column is not None
        source = Source(
            f"{self.register.code}/{self.record['_department']}/{self.record['_row']}/{name}",
            name,
            self.record["_department"],
            value,
            provenance_of(
                {
                    **{key: self.record[f"_{key}"] for key in _ROW_PROVENANCE},
                    "cell": self.record["_cells"][name],
                }
            ),
            excused=True,
        )
        if column.kind is ColumnKind.NUMBER:
            if not isinstance(value, Decimal):
                return Missing((source,))
            return Quantity(value, column.unit, column.decimals, sources=(source,))
        return Words("" if value is None else str(value), (source,))

    @property
    def number(self) -> int:
        """The row's place in its register, from 1."""
        return self._number


_ROW_PROVENANCE = ("department", "file", "sheet", "sha256", "vintage")
ROW_ATTRIBUTES: Mapping[str, tuple[str, Callable[[RowView], object]]] = {
    "部门": ("填报该行的部门", lambda row: row.department),
    "序号": ("该行在清单中的序号，从 1 起", lambda row: row.number),
}


class RowsView(View):
    """Rows of a register: the register itself, or what filters left of it.

    ``absent`` maps the name of each department that fills the register but has no submission that
    stands to a source that says so: what they would have listed is not known.
    """

    def __init__(
        self, register: Register, rows: Sequence[RowView], absent: Mapping[str, Source]
    ) -> None:
        self.register = register
        self.rows = rows
        self.absent = absent

    def __iter__(self) -> Iterator[RowView]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def having(self, rows: Sequence[RowView], absent: Mapping[str, Source] | None = None) -> RowsView:
        """The same register with other rows."""
        return RowsView(self.register, rows, self.absent if absent is None else absent)

    def unknown(self) -> Missing | None:
        """What makes a count or sum unknown: departments that have not reported; ``None`` for none."""
        return Missing(tuple(self.absent.values())) if self.absent else None

    def nothing(self, column: str) -> Missing:
        """What an empty list prints as; excused where every department has reported."""
        label = f"{self.register.name}·{column}"
        owner = self.register.departments[0] if self.register.departments else ""
        empty = Source(f"{self.register.code}//{column}", label, owner, excused=True)
        unknown = self.unknown()
        return Missing((empty,)) if unknown is None else unknown


class NarrativeView(View):
    """A department's text for a section."""

    def __init__(self, narrative: Narrative, record: Mapping[str, Any] | None) -> None:
        self.narrative = narrative
        text = record["text"].strip() if record is not None else ""
        source = Source(
            narrative.code,
            f"{narrative.name}（文字材料）",
            narrative.department,
            text or None,
            provenance_of(record) if record is not None else None,
        )
        self.whole = Words(_paragraphs(text), (source,)) if text else Missing((source,))

    def __bool__(self) -> bool:
        return bool(self.whole)

    def __str__(self) -> str:
        return str(self.whole)

    def pieces(self) -> list[Piece]:
        """The whole text; its lines become paragraphs."""
        return self.whole.pieces()

    def attribute(self, name: str) -> object:
        """One of :data:`NARRATIVE_ATTRIBUTES`."""
        if name not in NARRATIVE_ATTRIBUTES:
            raise TemplateValueError(f"文字材料“{self.narrative.name}”没有属性“{name}”")
        return NARRATIVE_ATTRIBUTES[name][1](self)

    def lead(self) -> Words | Missing:
        """The first sentence."""
        if isinstance(self.whole, Missing):
            return self.whole
        return Words(_split_lead(self.whole.text)[0], self.whole.sources)

    def rest(self) -> Words:
        """What follows the first sentence; nothing where the text is missing (``lead`` says so)."""
        if isinstance(self.whole, Missing):
            return Words("")
        return Words(_split_lead(self.whole.text)[1], self.whole.sources)


def _paragraphs(text: str) -> str:
    lines = (line.strip() for line in text.replace("\r", "\n").split("\n"))
    return "\n".join(line for line in lines if line)


def _split_lead(text: str) -> tuple[str, str]:
    line_end = text.find("\n")
    ends = [text.find(mark) for mark in "。！？"]
    end = min((place for place in ends if place >= 0), default=-1)
    if end < 0 or 0 <= line_end < end:
        end = line_end - 1 if line_end >= 0 else len(text) - 1
    return text[: end + 1], text[end + 1 :]


NARRATIVE_ATTRIBUTES: Mapping[str, tuple[str, Callable[[NarrativeView], object]]] = {
    "首句": ("第一句（小标题句）", NarrativeView.lead),
    "余文": ("第一句之后的文字", NarrativeView.rest),
    "名称": ("材料名称", lambda view: view.narrative.name),
}


class NarrativesView(View):
    """文字材料: every narrative by name."""

    def __init__(self, narratives: Mapping[str, NarrativeView]) -> None:
        self.by_name = narratives

    def attribute(self, name: str) -> object:
        """The narrative called ``name``."""
        if name not in self.by_name:
            raise TemplateValueError(f"没有文字材料“{name}”")
        return self.by_name[name]


class FiguresView(View):
    """指标: every indicator; ``指标("…")`` and ``指标["…"]`` give one by name or code."""

    def __init__(self, views: Sequence[FigureView]) -> None:
        self.views = views
        self._by_word = {fold(view.indicator.code): view for view in views}
        self._by_word |= {fold(view.indicator.name): view for view in views}

    def __iter__(self) -> Iterator[FigureView]:
        return iter(self.views)

    def __len__(self) -> int:
        return len(self.views)

    def attribute(self, name: str) -> object:
        """The indicator with that name or code."""
        view = self._by_word.get(fold(name))
        if view is None:
            close = near(name, [view.indicator.name for view in self.views])
            raise TemplateValueError(f"没有指标“{name}”" + (f"，是不是“{close}”？" if close else ""))
        return view

    def __call__(self, name: object) -> object:
        """The same as an attribute, for names written as text."""
        return self.attribute(str(name))


class SectionView(View):
    """A section of the definition."""

    def __init__(self, section: Section, views: Sequence[FigureView]) -> None:
        self.section = section
        self.views = views

    def __str__(self) -> str:
        return self.section.name

    def attribute(self, name: str) -> object:
        """One of :data:`SECTION_ATTRIBUTES`."""
        if name not in SECTION_ATTRIBUTES:
            raise TemplateValueError(f"章节“{self.section.name}”没有属性“{name}”")
        return SECTION_ATTRIBUTES[name][1](self)


SECTION_ATTRIBUTES: Mapping[str, tuple[str, Callable[[SectionView], object]]] = {
    "名称": ("章节名称", lambda view: view.section.name),
    "代码": ("章节代码", lambda view: view.section.code),
    "指标": ("该章节的指标，供循环使用", lambda view: FiguresView(view.views)),
}


class SectionsView(View):
    """章节: every section; ``章节("…")`` gives one by name or code."""

    def __init__(self, views: Sequence[SectionView]) -> None:
        self.views = views

    def __iter__(self) -> Iterator[SectionView]:
        return iter(self.views)

    def attribute(self, name: str) -> object:
        """The section with that name or code."""
        for view in self.views:
            if fold(name) in (fold(view.section.code), fold(view.section.name)):
                return view
        raise TemplateValueError(f"没有章节“{name}”")

    def __call__(self, name: object) -> object:
        """The same as an attribute, for names written as text."""
        return self.attribute(str(name))


class RegistersView(View):
    """清单: ``清单("…")`` gives a register by name or code, for names that are no identifiers."""

    def __init__(self, registers: Sequence[RowsView]) -> None:
        self.registers = registers

    def attribute(self, name: str) -> object:
        """The register with that name or code."""
        for view in self.registers:
            if fold(name) in (fold(view.register.code), fold(view.register.name)):
                return view
        raise TemplateValueError(f"没有清单“{name}”")

    def __call__(self, name: object) -> object:
        """The same as an attribute, for names written as text."""
        return self.attribute(str(name))


class TablesView(View):
    """汇总表: ``汇总表("…")`` gives the indicators of a summary table."""

    def __init__(self, tables: Mapping[str, Sequence[FigureView]]) -> None:
        self.tables = tables

    def attribute(self, name: str) -> object:
        """The indicators of the table called ``name``."""
        if name not in self.tables:
            raise TemplateValueError(f"没有汇总表“{name}”")
        return FiguresView(self.tables[name])

    def __call__(self, name: object) -> object:
        """The same as an attribute, for names written as text."""
        return self.attribute(str(name))


class LoopView(View):
    """``loop`` inside a ``for`` block."""

    def __init__(self, index: int, length: int) -> None:
        self.index = index
        self.length = length

    def attribute(self, name: str) -> object:
        """One of :data:`LOOP_ATTRIBUTES`."""
        if name not in LOOP_ATTRIBUTES:
            raise TemplateValueError(f"loop 没有属性“{name}”")
        return LOOP_ATTRIBUTES[name][1](self)


LOOP_ATTRIBUTES: Mapping[str, tuple[str, Callable[[LoopView], object]]] = {
    "index": ("第几次循环，从 1 起", lambda view: view.index),
    "first": ("是否第一次", lambda view: view.index == 1),
    "last": ("是否最后一次", lambda view: view.index == view.length),
    "length": ("循环总次数", lambda view: view.length),
}


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
        if key.key == "date" and value is not None:
            value = f"{value.year}年{value.month}月{value.day}日"
        names[key.zh] = "" if value is None else str(value)
    return names


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
