"""How a template sees an indicator: its figures and their attributes.

Every name a compiler may write after a dot stands in an attribute table, here or in
:mod:`generators.word.listings`, with its description; the README lists them and a test fails when
one is undocumented.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from generators.merge import Dataset, Datum
from generators.model import (
    Asked,
    Definition,
    GrowthBasis,
    Indicator,
    Measure,
    Provenance,
    TargetKind,
)
from generators.word import figures
from generators.word.figures import EvaluationError, Missing, Piece, Quantity, Source, Words


class View:
    """Something a template can name. Only what :meth:`attribute` and :meth:`item` give is reachable."""

    def attribute(self, name: str) -> object:
        """The value after the dot; raises :class:`EvaluationError` where there is none."""
        raise EvaluationError("no_attribute", owner="", name=name)

    def item(self, key: object) -> object:
        """The value in brackets; by default the same as after the dot."""
        return self.attribute(str(key))

    @property
    def key(self) -> str:
        """What tells it from the others of a list, also when the list has changed; empty for none."""
        return ""


class FigureView(View):
    """An indicator with its figures."""

    def __init__(self, indicator: Indicator, dataset: Dataset) -> None:
        self.indicator = indicator
        self._dataset = dataset

    @property
    def key(self) -> str:
        """The indicator's code."""
        return self.indicator.code

    def __bool__(self) -> bool:
        return isinstance(self.level, Quantity)

    def __str__(self) -> str:
        return str(self.level)

    def __eq__(self, other: object) -> bool:
        return self.level == level_of(other)

    def __ne__(self, other: object) -> bool:
        return bool(self.level != level_of(other))

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
            raise EvaluationError("no_attribute", owner=self.indicator.name, name=name)
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
        unreported growth is missing, and so is one that the department had to report.
        """
        reported = self.measure(Measure.GROWTH)
        now, before = self.level, self.measure(Measure.PREVIOUS)
        basis = self.indicator.growth_basis
        required = self.indicator.asked(Measure.GROWTH) is Asked.REQUIRED
        computable = basis in (GrowthBasis.NOMINAL, GrowthBasis.POINTS) and not required
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
        """This year's value as a percentage of a positive plan."""
        plan = _numeric(self.measure(Measure.PLAN))
        if isinstance(plan, Quantity) and plan.value < 0:
            first = plan.sources[0]
            return Missing((Source(first.figure, f"{first.label}为负", first.owner, excused=True),))
        share = _numeric(self.level) / plan * 100
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
    raise EvaluationError("not_a_number", what=str(value))


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
    "同比": ("同比增长，带 %，下降为负", lambda view: view.growth()),
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
