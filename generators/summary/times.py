"""When a workbook was saved, as the pack's clocks showed it, and whether that was in time."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from generators.model import Definition
from generators.summary.labels import DASH
from generators.summary.reports import Timeliness

TO_THE_MINUTE = "%Y-%m-%d %H:%M"


def saved(definition: Definition, saved_at: str) -> str:
    """A workbook's ``saved_at`` as the sheets show it: as it stands where it is no moment."""
    moment = _local(saved_at, definition.settings.time_zone)
    return moment.strftime(TO_THE_MINUTE) if moment else saved_at or DASH


def timeliness(definition: Definition, department: str, saved_at: str) -> Timeliness:
    """Whether a workbook was saved in time, to the minute; where that is unknown, ``NONE``."""
    deadline = definition.deadline_of(department)
    moment = _local(saved_at, definition.settings.time_zone)
    if deadline is None or moment is None:
        return Timeliness.NONE
    # The deadline stands in the pack's zone as well, and what is shown is what is compared.
    due = deadline.replace(second=0, microsecond=0, tzinfo=None)
    return Timeliness.ON_TIME if moment <= due else Timeliness.LATE


def _local(text: str, time_zone: str) -> dt.datetime | None:
    """An ISO moment (UTC where it names no zone) as the pack's clocks showed it, to the minute.

    ``None`` for no text and for one that is no moment: a bare day, another format, a zone that the
    system does not know.
    """
    if ":" not in text:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=dt.UTC)
        moment = moment.astimezone(ZoneInfo(time_zone))
    except (ValueError, KeyError, OverflowError):
        return None
    return moment.replace(second=0, microsecond=0, tzinfo=None)
