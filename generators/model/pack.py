"""The report pack: everything that is about a report, as the definition workbook gives it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from generators.model.findings import Severity
from generators.model.rules import RULE_BY_ID

if TYPE_CHECKING:
    from generators.model.expressions import Condition


class Measure(StrEnum):
    """Which number of an indicator is meant."""

    ACTUAL = "actual"
    PREVIOUS = "previous"
    GROWTH = "growth"
    PLAN = "plan"
    TARGET = "target"


class Asked(StrEnum):
    """Whether a department must, may, or must not fill a cell."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    NO = "no"


class GrowthBasis(StrEnum):
    """How a growth rate relates to the levels it belongs to."""

    NOMINAL = "nominal"
    REAL = "real"
    POINTS = "points"
    NONE = "none"


class Accumulation(StrEnum):
    """Whether a figure adds up over the year, stands for a moment, or is a ratio."""

    CUMULATIVE = "cumulative"
    INSTANT = "instant"
    RATIO = "ratio"


class TargetKind(StrEnum):
    """What next year's target is: a level in the indicator's unit, a growth rate in %, or words."""

    LEVEL = "level"
    GROWTH = "growth"
    TEXT = "text"


class ColumnKind(StrEnum):
    """What a register column holds."""

    TEXT = "text"
    NUMBER = "number"
    CODE = "code"
    DATE = "date"


@dataclass(frozen=True)
class Settings:
    """The settings sheet of a definition. Empty texts stand for settings that are not given."""

    name: str
    period: str
    form_version: str = "1"
    previous_period: str = ""
    next_period: str = ""
    title: tuple[str, ...] = ()
    area: str = ""
    meeting: tuple[str, ...] = ()
    date: dt.date | None = None
    organisation: str = ""
    speaker: str = ""
    compiler: str = ""
    deadline: dt.datetime | None = None
    weekly_slot: str = ""
    time_zone: str = "Asia/Shanghai"
    fonts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, order=True)
class Slot:
    """When a report is due every week: ``weekday`` counts from Monday, 0; in the pack's time zone."""

    weekday: int
    time: dt.time


@dataclass(frozen=True)
class MovedDay:
    """A day of the pack's calendar on which no report is due though a slot falls on it.

    It is due on the day ``to`` instead, at ``time`` or (``None``) at the slot's own; with ``to``
    ``None`` it is not due at all.
    """

    day: dt.date
    to: dt.date | None = None
    time: dt.time | None = None


@dataclass(frozen=True)
class Department:
    """A department that reports. ``deadline`` is ``None`` where the pack's deadline holds."""

    code: str
    name: str
    deadline: dt.datetime | None = None
    contact: str = ""
    telephone: str = ""


@dataclass(frozen=True)
class Section:
    """A section of the report that indicators and narratives belong to."""

    code: str
    name: str


@dataclass(frozen=True)
class Indicator:
    """What is measured. ``owner`` and ``reporters`` are department codes, ``section`` a section code.

    ``minimum`` and ``maximum`` bound the level in the indicator's own unit, inclusive; ``None``
    stands for no bound. ``target_phrase`` holds ``{}`` where the printed target goes and is empty
    for the default wording.
    """

    code: str
    name: str
    unit: str
    decimals: int
    owner: str
    section: str
    growth_basis: GrowthBasis = GrowthBasis.NONE
    accumulation: Accumulation = Accumulation.CUMULATIVE
    measures: Mapping[Measure, Asked] = field(default_factory=dict)
    growth_decimals: int = 1
    target_kind: TargetKind = TargetKind.LEVEL
    target_phrase: str = ""
    keep_zeros: bool = False
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    reporters: tuple[str, ...] = ()
    note: str = ""

    def asked(self, measure: Measure) -> Asked:
        """Whether ``measure`` of this indicator is asked for."""
        return self.measures.get(measure, Asked.NO)

    def unit_of(self, measure: Measure) -> str:
        """The unit in which ``measure`` is filled in and printed (points for a ratio's change)."""
        if measure is Measure.GROWTH:
            return "个百分点" if self.growth_basis is GrowthBasis.POINTS else "%"
        if measure is Measure.TARGET and self.target_kind is TargetKind.GROWTH:
            return "%"
        return self.unit

    def decimals_of(self, measure: Measure) -> int:
        """The declared number of decimals of ``measure``."""
        growth = measure is Measure.GROWTH
        if growth or (measure is Measure.TARGET and self.target_kind is TargetKind.GROWTH):
            return self.growth_decimals
        return self.decimals


@dataclass(frozen=True)
class RegisterColumn:
    """A column of a register. ``unit`` is empty for a column that is not a quantity."""

    name: str
    kind: ColumnKind = ColumnKind.TEXT
    unit: str = ""
    decimals: int = 0
    required: bool = False
    code_list: str = ""
    unique: bool = False
    note: str = ""
    width: float = 16.0


@dataclass(frozen=True)
class Register:
    """A list that departments fill. ``departments`` are the codes of those that may."""

    code: str
    name: str
    departments: tuple[str, ...]
    columns: tuple[RegisterColumn, ...] = ()
    section: str = ""
    note: str = ""

    def column(self, name: str) -> RegisterColumn | None:
        """The column called ``name``, or ``None``."""
        return next((column for column in self.columns if column.name == name), None)

    @property
    def naming(self) -> RegisterColumn | None:
        """The column that names a row: the first unique one, else required one, else the first."""
        preferred = (
            *(column for column in self.columns if column.unique),
            *(column for column in self.columns if column.required),
            *self.columns,
        )
        return next(iter(preferred), None)


@dataclass(frozen=True)
class Narrative:
    """A text that a department writes for a section. ``limit`` is in characters, ``None`` for none."""

    code: str
    name: str
    department: str
    section: str = ""
    required: bool = False
    limit: int | None = None
    note: str = ""


@dataclass(frozen=True)
class RuleSetting:
    """What a pack says of a built-in rule; ``severity`` is ``None`` where the default holds.

    ``shadow`` says that the rule is on trial; ``parameters`` holds those that the pack sets.
    """

    rule: str
    enabled: bool = True
    severity: Severity | None = None
    shadow: bool = False
    parameters: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class PackRule:
    """A rule that the pack states as an expression.

    ``rule`` is the id of a built-in rule that takes expressions (``parts``, ``completion``) or one of
    the pack's own. ``text`` is the expression as the compiler typed it, ``cell`` where it stands;
    ``message`` and ``action`` are the pack's own words, empty where the usual ones hold.
    """

    rule: str
    text: str
    condition: Condition
    severity: Severity
    message: str = ""
    action: str = ""
    shadow: bool = False
    cell: str = ""


@dataclass(frozen=True)
class PublishedFigure:
    """A figure as it was released. ``decimals`` are those it was printed with."""

    indicator: str
    measure: Measure
    period: str
    value: Decimal
    decimals: int
    source: str = ""


@dataclass(frozen=True)
class SummaryTable:
    """A named selection of indicators for a table of the summary workbook and of the report.

    ``indicators`` are indicator codes in print order, ``measures`` the columns.
    """

    name: str
    title: str
    indicators: tuple[str, ...]
    measures: tuple[Measure, ...]


@dataclass(frozen=True)
class Definition:
    """Everything about one report. ``digest`` is the SHA-256 of the workbook it was read from.

    ``allowed`` are phrases whose numbers need no source when a report is audited; in them ``*``
    stands for any characters up to the next comma, ``?`` for one. ``slots`` say when the report is
    due every week, ``moved`` on which days that is not so.
    """

    pack: str
    digest: str
    settings: Settings
    departments: tuple[Department, ...] = ()
    sections: tuple[Section, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    registers: tuple[Register, ...] = ()
    code_lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    narratives: tuple[Narrative, ...] = ()
    rules: Mapping[str, RuleSetting] = field(default_factory=dict)
    pack_rules: tuple[PackRule, ...] = ()
    published: tuple[PublishedFigure, ...] = ()
    tables: tuple[SummaryTable, ...] = ()
    terms: Mapping[str, str] = field(default_factory=dict)
    allowed: tuple[str, ...] = ()
    slots: tuple[Slot, ...] = ()
    moved: tuple[MovedDay, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """Pack and period, under which the ledger keeps what is reported."""
        return self.pack, self.settings.period

    @cached_property
    def department_by_code(self) -> Mapping[str, Department]:
        """Departments by code."""
        return {department.code: department for department in self.departments}

    @cached_property
    def indicator_by_code(self) -> Mapping[str, Indicator]:
        """Indicators by code."""
        return {indicator.code: indicator for indicator in self.indicators}

    @cached_property
    def section_by_code(self) -> Mapping[str, Section]:
        """Sections by code."""
        return {section.code: section for section in self.sections}

    @cached_property
    def register_by_code(self) -> Mapping[str, Register]:
        """Registers by code."""
        return {register.code: register for register in self.registers}

    @cached_property
    def narrative_by_code(self) -> Mapping[str, Narrative]:
        """Narratives by code."""
        return {narrative.code: narrative for narrative in self.narratives}

    def department_name(self, code: str) -> str:
        """The name of a department, or the code itself where the pack does not know it."""
        department = self.department_by_code.get(code)
        return department.name if department else code

    def indicators_of(self, department: str) -> tuple[Indicator, ...]:
        """The indicators a department owns or reports too, in the order of the definition."""
        return tuple(
            indicator
            for indicator in self.indicators
            if department == indicator.owner or department in indicator.reporters
        )

    def parameter(self, rule: str, key: str) -> Decimal:
        """A parameter of a built-in rule: the pack's, or the usual one."""
        setting = self.rules.get(rule)
        if setting is not None and key in setting.parameters:
            return setting.parameters[key]
        return next(item.default for item in RULE_BY_ID[rule].parameters if item.key == key)

    def registers_of(self, department: str) -> tuple[Register, ...]:
        """The registers a department fills."""
        return tuple(register for register in self.registers if department in register.departments)

    def narratives_of(self, department: str) -> tuple[Narrative, ...]:
        """The narratives a department writes."""
        return tuple(item for item in self.narratives if item.department == department)

    def deadline_of(self, department: str) -> dt.datetime | None:
        """When a department is due, or ``None`` where the pack sets no deadline."""
        known = self.department_by_code.get(department)
        return (known.deadline if known else None) or self.settings.deadline
