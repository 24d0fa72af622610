"""What the summary says of one department's reporting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from generators.model import Severity


class ReportState(StrEnum):
    """What became of a department's latest workbook."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    MISSING = "missing"


class Timeliness(StrEnum):
    """Whether a department reported in time; ``none`` where that cannot be said."""

    ON_TIME = "on_time"
    LATE = "late"
    NONE = "none"
    MISSING = "missing"


@dataclass(frozen=True)
class DepartmentReport:
    """One department's reporting in this period.

    ``file`` is the workbook's name, empty where there is none; ``vintage`` the number of the
    accepted vintage, ``None`` for none; ``saved_at`` is when the workbook was last saved (ISO text,
    empty where unknown); ``counts`` the findings by severity, absent ones counting as 0.
    ``timeliness`` judges the arrival of the file, which is no part of it: the summary workbook,
    which depends on the submissions alone, goes by ``saved_at``.
    """

    department: str
    state: ReportState
    file: str = ""
    vintage: int | None = None
    saved_at: str = ""
    timeliness: Timeliness = Timeliness.NONE
    counts: Mapping[Severity, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Archive:
    """Where the accepted originals lie, as the summary workbook's links name them.

    ``folder`` is the path from the workbook's folder, relative, with forward slashes. ``names`` maps
    the SHA-256 of originals to file names where these are not ``<sha256>.xlsx``.
    """

    folder: str
    names: Mapping[str, str] = field(default_factory=dict)

    def address(self, sha256: str) -> str:
        """The address of one original."""
        return f"{self.folder}/{self.names.get(sha256, f'{sha256}.xlsx')}"
