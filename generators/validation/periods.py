"""Which of the periods in the ledger a figure can be held against."""

from __future__ import annotations

from collections.abc import Iterable

from generators.model import Settings
from generators.model.periods import Period, parse_period, year_before


def before(settings: Settings, known: Iterable[str]) -> str:
    """The period that 上年 means: the setting, or the same part of the year before.

    ``known`` are the periods to choose from; an empty text stands for none of them.
    """
    periods = set(known)
    if settings.previous_period in periods:
        return settings.previous_period
    now = parse_period(settings.period)
    if now is None:
        return ""
    wanted = year_before(now)
    return next((text for text in sorted(periods) if parse_period(text) == wanted), "")


def earlier_this_year(settings: Settings, known: Iterable[str]) -> str:
    """The last period of the same year before this one; an empty text where there is none."""
    now = parse_period(settings.period)
    if now is None:
        return ""
    found = [(period, text) for period, text in _parsed(known) if period.year == now.year]
    return max(((p.number, text) for p, text in found if now.follows(p)), default=(0, ""))[1]


def comparable(settings: Settings, known: Iterable[str]) -> list[str]:
    """The earlier periods that cover the same part of their years, the oldest first."""
    now = parse_period(settings.period)
    if now is None:
        return []
    found = [(p, text) for p, text in _parsed(known) if now.comparable(p) and now.follows(p)]
    return [text for _, text in sorted(found)]


def _parsed(texts: Iterable[str]) -> list[tuple[Period, str]]:
    return [(period, text) for text in texts if (period := parse_period(text)) is not None]
