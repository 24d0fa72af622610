"""When a workbook was saved, as the pack's clocks showed it, and whether that was in time."""

from __future__ import annotations

from generators.model import Definition
from generators.summary.labels import DASH
from generators.summary.reports import Timeliness
from generators.text import local_moment

TO_THE_MINUTE = "%Y-%m-%d %H:%M"


def saved(definition: Definition, saved_at: str) -> str:
    """A workbook's ``saved_at`` as the sheets show it: as it stands where it is no moment."""
    moment = local_moment(saved_at, definition.settings.time_zone)
    return moment.strftime(TO_THE_MINUTE) if moment else saved_at or DASH


def timeliness(definition: Definition, department: str, saved_at: str) -> Timeliness:
    """Whether a workbook was saved in time, to the minute; where that is unknown, ``NONE``."""
    deadline = definition.deadline_of(department)
    moment = local_moment(saved_at, definition.settings.time_zone)
    if deadline is None or moment is None:
        return Timeliness.NONE
    # The deadline stands in the pack's zone as well, and what is shown is what is compared.
    due = deadline.replace(second=0, microsecond=0, tzinfo=None)
    return Timeliness.ON_TIME if moment <= due else Timeliness.LATE
