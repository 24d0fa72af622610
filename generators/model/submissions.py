"""What departments submit: forms, observations, registers, narratives, and where a value came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from generators.model.cells import Cell, Reading, Value
from generators.model.pack import Measure


class ObservationStatus(StrEnum):
    """SDMX code list CL_OBS_STATUS, the members in use."""

    NORMAL = "A"
    ESTIMATED = "E"
    FORECAST = "F"
    PROVISIONAL = "P"
    BREAK = "B"


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
    """What a department wrote in 情况说明 beside an indicator, or beside a register's row.

    ``indicator`` is empty for a register's row.
    """

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


@dataclass(frozen=True)
class Known:
    """A value that a figure had in an accepted submission, with where it stood.

    ``received`` is when that submission came (ISO text, UTC).
    """

    period: str
    department: str
    indicator: str
    measure: Measure
    value: Value
    vintage: int
    received: str
    sha256: str
    file: str
    sheet: str
    cell: str


@dataclass(frozen=True)
class Revision:
    """A figure that changed from one accepted vintage of a department to the next.

    ``old`` is ``None`` for a figure that the earlier vintage left blank, ``new`` for one that the
    later withdrew. ``vintage``, ``sha256``, ``file`` and ``saved_at`` are of the later one, the
    earlier being ``vintage - 1``.
    """

    department: str
    indicator: str
    measure: Measure
    old: Known | None
    new: Known | None
    vintage: int
    sha256: str
    file: str
    saved_at: str


@dataclass(frozen=True)
class Bound:
    """A reason that was accepted for a finding, and the operands that it was given for.

    ``subject`` tells findings of one code apart (:func:`generators.validation.explanations.subject`);
    ``operands`` maps each operand's reference to its value. ``altered`` says that the ledger does not
    hold it as it was accepted, and so nobody knows them.
    """

    department: str
    code: str
    subject: str
    text: str
    operands: Mapping[str, str]
    altered: bool = False
