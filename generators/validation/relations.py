"""Relations: what must hold between figures, so stated that it can be tried with other values.

A rule that compares figures yields relations; :mod:`generators.validation.diagnosis` judges them
together, finds the smallest set of cells that explains the failures, and tries repairs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from generators.model import Definition, Operand, Severity, Submission
from generators.validation.context import NOTHING, Context
from generators.validation.figures import Figure, Figures, Key
from generators.validation.intervals import Interval, printed

Values: TypeAlias = Mapping[Key, Decimal]


class Verdict(StrEnum):
    """What trying a relation gives."""

    PASS = "pass"
    FAIL = "fail"
    UNTESTABLE = "untestable"


@dataclass(frozen=True)
class Check:
    """The result of trying a relation.

    ``admissible`` is where the relation's first figure may lie, ``None`` where that is no interval;
    ``reason`` says why it could not be tested (a code of ``generators.messages.untested``).
    """

    verdict: Verdict
    admissible: Interval | None = None
    reason: str = ""


PASSED = Check(Verdict.PASS)


def untestable(reason: str) -> Check:
    """The result of a relation that cannot be tried, and why."""
    return Check(Verdict.UNTESTABLE, reason=reason)


def judged(value: Decimal, admissible: Interval) -> Check:
    """Whether a number lies in ``admissible``, which already allows for the number's own rounding."""
    return Check(Verdict.PASS if admissible.holds(value) else Verdict.FAIL, admissible)


@dataclass(frozen=True)
class Relation:
    """What must hold between some figures of a submission.

    ``code`` is the finding's. The first of ``figures`` is the one that a failure is reported at.
    ``given`` are operands that no repair may touch: other periods, other departments, releases.
    ``test`` tries the relation with values, which hold all of ``figures``. A ``soft`` relation only
    says that something looks odd; it is silent where a firm one that has the figure holds.
    """

    rule: str
    code: str
    severity: Severity
    figures: tuple[Figure, ...]
    test: Callable[[Values], Check]
    given: tuple[Operand, ...] = ()
    params: Mapping[str, str] = field(default_factory=dict)
    soft: bool = False
    shadow: bool = False

    def tried(self) -> Check:
        """The relation with the values as they were reported."""
        return self.test({figure.key: figure.value for figure in self.figures})


@dataclass(frozen=True)
class Untested:
    """A rule that could not be applied to a figure, and why."""

    rule: str
    reason: str


@dataclass(frozen=True)
class Passed:
    """A rule that was applied to a figure and found no fault."""

    rule: str


@dataclass(frozen=True)
class Case:
    """A submission on trial: what it says, what it is judged by, and the past it is held against."""

    submission: Submission
    definition: Definition
    figures: Figures
    context: Context = NOTHING


Found: TypeAlias = Relation | Untested
"""What a rule that compares figures yields."""


def interval_of(figure: Figure, values: Values) -> Interval:
    """What ``figure`` can stand for with the value that it has in ``values``."""
    return printed(values[figure.key], figure.decimals)
