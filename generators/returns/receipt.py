"""The receipt of one submitted file, and the workbook made of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from generators.model import Definition, Finding, Severity, Tally
from generators.summary.reports import DepartmentReport

if TYPE_CHECKING:
    from generators.ledger import Vintage


class Outcome(StrEnum):
    """What became of a submitted file."""

    ACCEPTED = "accepted"
    TO_CONFIRM = "to_confirm"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Receipt:
    """What a department is told about one file.

    ``department`` is a code, empty where nobody can say whose the file is; ``file`` the name below
    the inbox; ``sha256`` that of the file's bytes, empty where they could not be read; ``saved_at``
    when the workbook was last saved and ``received`` when it came (ISO texts, empty where unknown);
    ``vintage`` its number, ``None`` where it was not accepted. ``reports`` are all departments',
    ``vintages`` the accepted ones of this department, the oldest first.
    """

    definition: Definition
    department: str
    file: str
    rejected: bool
    findings: tuple[Finding, ...] = ()
    tallies: tuple[Tally, ...] = ()
    sha256: str = ""
    saved_at: str = ""
    received: str = ""
    vintage: int | None = None
    vintages: tuple[Vintage, ...] = ()
    reports: tuple[DepartmentReport, ...] = ()

    @property
    def shown(self) -> tuple[Finding, ...]:
        """The findings that the department is told; those of rules on trial are not."""
        return tuple(finding for finding in self.findings if not finding.shadow)

    @property
    def outcome(self) -> Outcome:
        """What became of the file; a ``confirm`` finding without a reason leaves it open."""
        if self.rejected:
            return Outcome.REJECTED
        waits = any(item.severity is Severity.CONFIRM and not item.explanation for item in self.shown)
        return Outcome.TO_CONFIRM if waits else Outcome.ACCEPTED


def annotated_copy(receipt: Receipt, original: bytes | None) -> bytes:
    """The workbook that goes back, as the bytes of an .xlsx file; equal input gives equal bytes.

    ``original`` are the bytes of the submitted form, ``None`` for a file that is none: then the
    receipt stands alone, as it does where the original cannot be copied. Never raises for what a
    submission holds.
    """
    # Imported where used: a run with nothing to return should not pay for it.
    from generators.returns.annotate import annotate

    return annotate(receipt, original, digest(receipt))


def digest(receipt: Receipt) -> str:
    """What the copy of ``receipt`` depends on, as a hash: a copy that carries it is up to date."""
    from generators.returns.contents import progress_contents, receipt_contents

    depends = (VERSION, receipt.sha256, receipt_contents(receipt), progress_contents(receipt))
    return hashlib.sha256(repr(depends).encode("utf-8", "backslashreplace")).hexdigest()


VERSION = 2
"""Raise it when copies are to look otherwise than before: all of them are then made again."""
