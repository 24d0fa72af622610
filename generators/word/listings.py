"""How a template sees what there are several of: register rows, narratives, sections, tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from generators.merge import provenance_of
from generators.model import ColumnKind, Definition, Narrative, Register, Section
from generators.text import fold
from generators.word.figures import EvaluationError, Missing, Piece, Quantity, Source, Words
from generators.word.views import FigureView, View


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
        raise EvaluationError("no_column", register=self.register.name, name=name)

    def _value(self, name: str) -> Quantity | Words | Missing:
        column = self.register.column(name)
        value = self.record[name]
        assert column is not None
        source = Source(
            f"{self.key}/{name}",
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
        return Words("" if value is None else str(value).replace("\n", ""), (source,))

    @property
    def key(self) -> str:
        """Register, department and what the row is called there."""
        return f"{self.register.code}/{self.record['_department']}/{self.record['_key']}"

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

    def for_loop(self) -> list[View]:
        """The rows, and one for each department that has not reported: a list must not just be short."""
        absent = [
            AbsentRowView(self.register, source, name, number)
            for number, (name, source) in enumerate(self.absent.items(), len(self.rows) + 1)
        ]
        return [*self.rows, *absent]

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


class AbsentRowView(View):
    """The row that a loop prints for a department that has not reported: its first column says so."""

    def __init__(self, register: Register, source: Source, department: str, number: int) -> None:
        self._register = register
        self._source = source
        self._department = department
        self._number = number

    @property
    def key(self) -> str:
        """Register and department."""
        return self._source.figure

    def attribute(self, name: str) -> object:
        """The mark for the first column, the department, the row's number; nothing for the rest."""
        if self._register.columns and name == self._register.columns[0].name:
            return Missing((self._source,))
        own = {"部门": self._department, "序号": self._number}
        if self._register.column(name) is None and name in own:
            return own[name]
        return Words("")


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
            raise EvaluationError("no_attribute", owner=self.narrative.name, name=name)
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
        self.by_name = {fold(name): view for name, view in narratives.items()}

    def attribute(self, name: str) -> object:
        """The narrative called ``name``."""
        if fold(name) not in self.by_name:
            raise EvaluationError("unknown", what=name)
        return self.by_name[fold(name)]


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
            raise EvaluationError("unknown", what=name)
        return view

    def __call__(self, name: object) -> object:
        """The same as an attribute, for names written as text."""
        return self.attribute(str(name))


class SectionView(View):
    """A section of the definition."""

    def __init__(self, section: Section, views: Sequence[FigureView]) -> None:
        self.section = section
        self.views = views

    @property
    def key(self) -> str:
        """The section's code."""
        return self.section.code

    def __str__(self) -> str:
        return self.section.name

    def attribute(self, name: str) -> object:
        """One of :data:`SECTION_ATTRIBUTES`."""
        if name not in SECTION_ATTRIBUTES:
            raise EvaluationError("no_attribute", owner=self.section.name, name=name)
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
        raise EvaluationError("unknown", what=name)

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
        raise EvaluationError("unknown", what=name)

    def __call__(self, name: object) -> object:
        """The same as an attribute, for names written as text."""
        return self.attribute(str(name))


class TablesView(View):
    """汇总表: ``汇总表("…")`` gives the indicators of a summary table."""

    def __init__(self, tables: Mapping[str, Sequence[FigureView]]) -> None:
        self.tables = {fold(name): views for name, views in tables.items()}

    def attribute(self, name: str) -> object:
        """The indicators of the table called ``name``."""
        if fold(name) not in self.tables:
            raise EvaluationError("unknown", what=name)
        return FiguresView(self.tables[fold(name)])

    def __call__(self, name: object) -> object:
        """The same as an attribute, for names written as text."""
        return self.attribute(str(name))


class TermsView(View):
    """用语: every fixed wording, for names that are no identifiers."""

    def __init__(self, terms: Mapping[str, str]) -> None:
        self.terms = {fold(name): text for name, text in terms.items()}

    def attribute(self, name: str) -> object:
        """The wording called ``name``."""
        if fold(name) not in self.terms:
            raise EvaluationError("unknown", what=name)
        return self.terms[fold(name)]

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
            raise EvaluationError("no_attribute", owner="loop", name=name)
        return LOOP_ATTRIBUTES[name][1](self)


LOOP_ATTRIBUTES: Mapping[str, tuple[str, Callable[[LoopView], object]]] = {
    "index": ("第几次循环，从 1 起", lambda view: view.index),
    "first": ("是否第一次", lambda view: view.index == 1),
    "last": ("是否最后一次", lambda view: view.index == view.length),
    "length": ("循环总次数", lambda view: view.length),
}


CALLABLE_VIEWS = (FiguresView, SectionsView, RegistersView, TablesView, TermsView)
"""The views that a template may call with a name: ``指标("…")``."""
