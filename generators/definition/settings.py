"""The settings sheet of a definition → :class:`~generators.model.Settings`."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from zoneinfo import available_timezones

from generators.definition import schema
from generators.definition.rows import Findings, Row
from generators.definition.slots import read_slots
from generators.model import Settings
from generators.text import fold, near, shorten

DEFAULT_TIME_ZONE = "Asia/Shanghai"
_IN_EVERY_FORM = ("name", "period", "form_version", "previous_period", "next_period")
_MOMENTS = ("date", "deadline")
"""Settings that are dates; in all others a date is Excel's mistake."""


def read_settings(rows: Sequence[Row], found: Findings) -> Settings:
    """The settings that ``rows`` give; what is missing, doubled or unknown is a finding."""
    texts: dict[str, list[str]] = {}
    row_of: dict[str, Row] = {}
    strange: list[Row] = []
    for row in rows:
        word = row.needed("setting")
        key = next((k for k in schema.SETTING_KEYS if fold(word) in (fold(k.zh), fold(k.en))), None)
        if not word:
            continue
        if key is None:
            strange.append(row)
        elif key.key in row_of and key.key not in schema.MANY_ROWS:
            other = row_of[key.key].address("setting")
            row.fault("twice", "setting", column=row.column_name("setting"), raw=word, other=other)
        else:
            row_of[key.key] = row
            moment_due = key.key in _MOMENTS
            content = row.text("content") if moment_due else row.words("content", key.zh)
            if content:
                if key.key in _IN_EVERY_FORM:
                    row.short("content", key.zh)
                texts.setdefault(key.key, []).append(content)
            elif key.required:
                row.fault("blank", "content", column=key.zh)
    absent = [k for k in schema.SETTING_KEYS if k.key not in row_of or k.key in schema.MANY_ROWS]
    _unknown(strange, absent)
    words = [row.text("setting") for row in strange]
    for key in schema.SETTING_KEYS:
        if key.required and key.key not in row_of and rows:
            found.add("setting", sheet=rows[0].sheet, setting=key.zh, near=near(key.zh, words))

    def text(key: str, default: str = "") -> str:
        return texts[key][0] if key in texts else default

    def moment(key: str) -> dt.datetime | None:
        name = next(item.zh for item in schema.SETTING_KEYS if item.key == key)
        return row_of[key].moment("content", name) if key in row_of else None

    date = moment("date")
    time_zone = text("time_zone", DEFAULT_TIME_ZONE)
    if time_zone not in available_timezones():
        zones = sorted(available_timezones())
        row_of["time_zone"].fault("time_zone", "content", raw=time_zone, near=near(time_zone, zones))
    slot = text("weekly_slot")
    if slot and read_slots(slot) is None:
        row_of["weekly_slot"].fault("slot", "content", raw=shorten(slot))
    period = text("period")
    before, after = neighbour_periods(period)
    return Settings(
        name=text("name"),
        period=period,
        form_version=text("form_version", "1"),
        previous_period=text("previous_period", before),
        next_period=text("next_period", after),
        title=tuple(texts.get("title", ())),
        area=text("area"),
        meeting=tuple(texts.get("meeting", ())),
        date=date.date() if date else None,
        organisation=text("organisation"),
        speaker=text("speaker"),
        compiler=text("compiler"),
        deadline=end_of_day(moment("deadline")),
        weekly_slot=slot,
        time_zone=time_zone,
        fonts={
            key.removeprefix("font."): lines[0]
            for key, lines in texts.items()
            if key.startswith("font.")
        },
    )


def _unknown(rows: Sequence[Row], absent: Sequence[schema.SettingKey]) -> None:
    """Record the settings that are not known: an error where an absent one was probably meant."""
    for row in rows:
        word = row.text("setting")
        meant = near(word, [name for key in absent for name in (key.zh, key.en)])
        record = row.fault if meant else row.warn
        record("setting_unknown", "setting", raw=shorten(word), near=meant)


def end_of_day(deadline: dt.datetime | None) -> dt.datetime | None:
    """A deadline that names a day without a time of day means the end of that day."""
    if deadline is None or deadline.time() != dt.time():
        return deadline
    return deadline.replace(hour=23, minute=59, second=59)


def neighbour_periods(period: str) -> tuple[str, str]:
    """The periods before and after a plain year, else two empty texts."""
    if not re.fullmatch(r"[12]\d{3}", period):
        return "", ""
    return str(int(period) - 1), str(int(period) + 1)
