"""What a person should know, as data, and results that carry findings with their value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")

PACK_RULE = "pack"
"""The first part of the code of every finding of a rule that the pack defines."""


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


@dataclass(frozen=True)
class Operand:
    """A cell that took part in a check: ``'sheet'!$D$5``, raw text, parsed value, unit, decimals.

    ``label`` says what stands there (``指标·口径``). ``file`` is empty for a cell of the finding's
    own file; ``previous`` is the value in the vintage before, empty where there is none or the same.
    """

    reference: str
    raw: str
    value: str
    unit: str = ""
    decimals: int | None = None
    label: str = ""
    file: str = ""
    previous: str = ""


@dataclass(frozen=True)
class Evidence:
    """What an arithmetic finding stands on; every text is empty where there is none.

    ``low`` and ``high`` are the ends of the admissible interval, inclusive; ``deviation`` is how far
    the figure lies beyond it. ``fix`` is the one value that would put everything right, and
    ``fix_cell`` the reference of the cell it belongs into.
    """

    low: str = ""
    high: str = ""
    deviation: str = ""
    fix: str = ""
    fix_cell: str = ""


@dataclass(frozen=True)
class Finding:
    """Something a person should know, as data; its words are in :mod:`generators.messages`.

    ``code`` is the catalogue entry, ``rule`` (its part before the dot) the rule id of the
    validation table. ``file``, ``sheet`` and ``cell`` are empty where none is meant;
    ``explanation`` is what the department wrote about a ``confirm`` finding, empty for nothing, or
    for a reason that became void. ``follows`` are the findings that this one, their root cause,
    accounts for. ``shadow`` marks a finding of a rule on trial, for the compiler only. A finding of
    a rule that the pack itself defines has the code ``pack.<rule>``.
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
    evidence: Evidence = Evidence()
    follows: tuple[Finding, ...] = ()
    shadow: bool = False

    @property
    def rule(self) -> str:
        """The rule id, e.g. ``type`` for the code ``type.date``."""
        head, _, tail = self.code.partition(".")
        return tail if head == PACK_RULE else head


@dataclass(frozen=True)
class Tally:
    """How often a rule could be applied to a submission, and with what result.

    ``untestable`` maps the reason why a figure could not be tested (a code of
    :data:`generators.messages.untested.UNTESTED`) to how often that was so.
    """

    rule: str
    passed: int = 0
    failed: int = 0
    untestable: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Result(Generic[T]):
    """A value and what was found on the way; ``value`` is ``None`` where there could be none."""

    value: T | None
    findings: tuple[Finding, ...] = ()
