"""What a cell stores → the value that a person sees in it: numbers, dates, texts without marks."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

GENERAL = "General"
BUILT_IN_FORMATS = {
    0: GENERAL,
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: '"$"#,##0_);("$"#,##0)',
    6: '"$"#,##0_);[Red]("$"#,##0)',
    7: '"$"#,##0.00_);("$"#,##0.00)',
    8: '"$"#,##0.00_);[Red]("$"#,##0.00)',
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "mm-dd-yy",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "m/d/yy h:mm",
    # The zh-cn ones: Excel and WPS write them without their text.
    27: 'yyyy"年"m"月"',
    28: 'm"月"d"日"',
    29: 'm"月"d"日"',
    30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"',
    32: 'h"时"mm"分"',
    33: 'h"时"mm"分"ss"秒"',
    34: '上午/下午h"时"mm"分"',
    35: '上午/下午h"时"mm"分"ss"秒"',
    36: 'yyyy"年"m"月"',
    37: "#,##0_);(#,##0)",
    38: "#,##0_);[Red](#,##0)",
    39: "#,##0.00_);(#,##0.00)",
    40: "#,##0.00_);[Red](#,##0.00)",
    41: r'_(* #,##0_);_(* \(#,##0\);_(* "-"_);_(@_)',
    42: r'_("$"* #,##0_);_("$"* \(#,##0\);_("$"* "-"_);_(@_)',
    43: r'_(* #,##0.00_);_(* \(#,##0.00\);_(* "-"??_);_(@_)',
    44: r'_("$"* #,##0.00_)_("$"* \(#,##0.00\)_("$"* "-"??_)_(@_)',
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mmss.0",
    48: "##0.0E+0",
    49: "@",
    50: 'yyyy"年"m"月"',
    51: 'm"月"d"日"',
    52: 'yyyy"年"m"月"',
    53: 'm"月"d"日"',
    54: 'm"月"d"日"',
    55: '上午/下午h"时"mm"分"',
    56: '上午/下午h"时"mm"分"ss"秒"',
    57: 'yyyy"年"m"月"',
    58: 'm"月"d"日"',
}
"""Number formats that a workbook need not write out (ECMA-376 part 1, 18.8.30, with those of zh-cn)."""

EPOCH_1900, EPOCH_1904 = dt.datetime(1899, 12, 30), dt.datetime(1904, 1, 1)
_SECONDS_A_DAY = 86_400
_FALSE_LEAP_DAY = 60
"""Excel counts a 29 February 1900 that never was; the days before it are one later than they seem."""

_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!(?:hh?|mm?|ss?)\])[^\]]*\]', re.IGNORECASE)
_DATE_LETTER = re.compile(r"[dmhys]", re.IGNORECASE)
_ELAPSED = re.compile(r"\[(?:hh?|mm?|ss?)\]", re.IGNORECASE)
_PERIOD = re.compile(r"PT(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6}(?:\.\d{1,9})?)S)?", re.ASCII)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_UNPRINTABLE = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u2060\ufeff]")

Value = Decimal | str | dt.datetime | bool | None


def decimal_of(number: float) -> Decimal:
    """A number as Excel shows it, with 15 digits.

    A sum of typed figures is stored as 8.049999999999999 and shown as 8.05; to round what is stored
    would print another figure than the one the department sees.
    """
    return Decimal(f"{number:.15g}") if number else Decimal(0)


def clean(text: str) -> str:
    """Text without what Excel writes for control characters (``_x000D_``); line ends are ``\\n``.

    What cannot be seen goes too: pasted from a web page, it makes two equal words unlike.
    """
    text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    text = _INVISIBLE.sub("", text)
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def raw_of(value: Value) -> str:
    """A cell's value as text: what :class:`~generators.model.Cell` calls its raw text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()  # as Excel shows it
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="minutes")
    return str(value)


# --- dates ------------------------------------------------------------------------------------------


def is_date_format(number_format: str) -> bool:
    """Whether a number format shows a date or a time: its first section, without literal texts."""
    return _DATE_LETTER.search(_LITERALS.sub("", number_format.split(";")[0])) is not None


def is_elapsed_format(number_format: str) -> bool:
    """Whether a number format shows a length of time: ``[h]:mm``."""
    return _ELAPSED.search(number_format.split(";")[0]) is not None


def date_of(serial: float, epoch: dt.datetime, *, elapsed: bool) -> dt.datetime | str | None:
    """The moment that a serial number stands for; a time of day and a length of time are texts.

    ``None`` where Excel shows ``#####``: before the first day, or after the last.
    """
    try:
        if elapsed:
            return elapsed_text(dt.timedelta(milliseconds=round(serial * _SECONDS_A_DAY * 1000)))
        if not serial >= 0:
            return None
        day, fraction = divmod(serial, 1)
        rest = dt.timedelta(milliseconds=round(fraction * _SECONDS_A_DAY * 1000))
        if serial < 1 and not rest.days:
            return str((dt.datetime.min + rest).time())
        if epoch == EPOCH_1900 and serial < _FALSE_LEAP_DAY:
            day += 1
        return epoch + dt.timedelta(days=day) + rest
    except (OverflowError, ValueError):
        return None


def elapsed_text(length: dt.timedelta) -> str:
    """A length of time as a cell with the format ``[h]:mm:ss`` shows it."""
    sign = "-" if length < dt.timedelta() else ""
    minutes, seconds = divmod(round(abs(length).total_seconds()), 60)
    return f"{sign}{minutes // 60}:{minutes % 60:02}:{seconds:02}"


def date_of_text(text: str) -> dt.datetime | str | None:
    """The same for a date written as ISO 8601 text (cells of type ``d``); ``None`` for no such text."""
    match = _PERIOD.fullmatch(text)
    if match and len(text) > 2:
        hours, minutes, seconds = (float(part or 0) for part in match.groups())
        return elapsed_text(dt.timedelta(hours=hours, minutes=minutes, seconds=seconds))
    try:
        return dt.datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        pass
    try:
        return str(dt.time.fromisoformat(text).replace(tzinfo=None))
    except ValueError:
        return None
