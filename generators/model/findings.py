"""What a person should know, as data, and results that carry findings with their value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")


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
