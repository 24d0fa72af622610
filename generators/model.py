"""The nouns of the program: frozen dataclasses, no input or output.

Chinese terms and their names in code are those of the field (SDMX where it has one):
指标 Indicator, 口径 Measure, 观测值 Observation, 报送 Submission, 校验结果 Finding,
来源 Provenance, 清单 Register, 文字材料 Narrative.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Generic, TypeVar

T = TypeVar("T")

Value = Decimal | str | None
"""What a cell says: a number, a text, or ``None`` for a blank cell."""


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


class Severity(StrEnum):
    """How much a finding weighs; members stand in the order in which they are shown."""

    ERROR = "error"
    CONFIRM = "confirm"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return list(Severity).index(self)


class ObservationStatus(StrEnum):
    """SDMX code list CL_OBS_STATUS, the members in use."""

    NORMAL = "A"
    ESTIMATED = "E"
    FORECAST = "F"
    PROVISIONAL = "P"
    BREAK = "B"


# --- cells ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """One cell as the workbook holds it, free of meaning.

    ``value`` is what the file stores (``Decimal`` for a number, the cached result for a formula,
    ``None`` for a blank); ``raw`` is its text as stored; ``problem`` names what is wrong with the
    cell itself (``error``, ``uncalculated``, ``date``, ``boolean``) and is ``None`` otherwise.
    """

    sheet: str
    row: int
    column: int
    address: str
    value: Decimal | str | dt.datetime | bool | None = None
    raw: str = ""
    number_format: str = "General"
    formula: str | None = None
    problem: str | None = None


@dataclass(frozen=True)
class Reading:
    """What a cell was understood to say.

    ``value`` is ``None`` for a blank cell and for one that could not be understood; in the latter
    case ``problem`` holds the finding code. ``notes`` are finding codes of what was put right.
    """

    cell: Cell
    value: Value = None
    problem: str | None = None
    notes: tuple[str, ...] = ()
    suggestion: str = ""

    @property
    def blank(self) -> bool:
        """True where the department wrote nothing."""
        return self.value is None and self.problem is None


# --- findings ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Operand:
    """A cell that took part in a check: ``'sheet'!$D$5``, raw text, parsed value, unit, decimals."""

    reference: str
    raw: str
    value: str
    unit: str = ""
    decimals: int | None = None


@dataclass(frozen=True)
class Finding:
    """Something a person should know, as data; its words are in :mod:`generators.messages`.

    ``code`` is the catalogue entry, ``rule`` (its part before the dot) the rule id of the
    validation table. ``file``, ``sheet`` and ``cell`` are empty where none is meant;
    ``explanation`` is what the department wrote about a ``confirm`` finding, empty for nothing.
    """

    code: str
    severity: Severity
    department: str = ""
    file: str = ""
    sheet: str = ""
    cell: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    operands: tuple[Operand, ...] = ()
    explanation: str = ""

    @property
    def rule(self) -> str:
        """The rule id, e.g. ``type`` for the code ``type.date``."""
        return self.code.partition(".")[0]


@dataclass(frozen=True)
class Result(Generic[T]):
    """A value and what was found on the way; ``value`` is ``None`` where there could be none."""

    value: T | None
    findings: tuple[Finding, ...] = ()


# --- the report pack --------------------------------------------------------------------------


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
    """What a pack says of a built-in rule; ``severity`` is ``None`` where the default holds."""

    rule: str
    enabled: bool = True
    severity: Severity | None = None


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
    """Everything about one report. ``digest`` is the SHA-256 of the workbook it was read from."""

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
    tables: tuple[SummaryTable, ...] = ()
    terms: Mapping[str, str] = field(default_factory=dict)

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


# --- submissions ------------------------------------------------------------------------------


@dataclass(frozen=True)
class FormIdentity:
    """Which form a workbook is, as the program wrote it into the workbook when issuing it."""

    pack: str
    department: str
    period: str
    form_version: str


@dataclass(frozen=True)
class Observation:
    """Indicator × measure × period × department → what the cell says.

    Asked cells that are blank are observations too: their reading has neither value nor problem.
    """

    indicator: str
    measure: Measure
    reading: Reading
    status: ObservationStatus = ObservationStatus.NORMAL


@dataclass(frozen=True)
class RegisterRow:
    """One filled row of a register: column name → reading, and the sheet row (1 = first)."""

    register: str
    row: int
    readings: Mapping[str, Reading]


@dataclass(frozen=True)
class NarrativeText:
    """A department's text for one narrative; an empty ``text`` means it was left blank."""

    narrative: str
    cell: Cell
    text: str


@dataclass(frozen=True)
class Explanation:
    """What a department wrote in 情况说明 beside an indicator."""

    indicator: str
    cell: Cell
    text: str


@dataclass(frozen=True)
class Submission:
    """One workbook of one department for one period.

    ``sha256`` is of the file's bytes; ``saved_at`` is when the workbook says it was last saved
    (ISO text, empty where it does not say).
    """

    identity: FormIdentity
    file: str
    sha256: str
    saved_at: str = ""
    observations: tuple[Observation, ...] = ()
    rows: tuple[RegisterRow, ...] = ()
    narratives: tuple[NarrativeText, ...] = ()
    explanations: tuple[Explanation, ...] = ()


@dataclass(frozen=True)
class Accepted:
    """A submission that stands, with the number of its vintage (1 = the department's first)."""

    submission: Submission
    vintage: int


@dataclass(frozen=True)
class Provenance:
    """Where a value came from: the accepted original, by content, and the cell in it."""

    sha256: str
    file: str
    sheet: str
    cell: str
    department: str
    vintage: int
