"""Small text helpers: near misses, names for files, lists written by people."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from generators.names import shown_name

_LIST_SEPARATORS = re.compile(r"[、,，;；\n]+")
_FORBIDDEN_IN_FILES = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_SPACES = re.compile(r"\s+")
_RESERVED_ON_WINDOWS = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[\d¹²³])\Z")
_FILE_NAME_BYTES = 200
"""Linux takes 255 bytes (85 Chinese characters), Windows 255 characters; the ending needs room too."""
_MOST_BYTES = 2**16
"""More than any path has: a text is cut at its end, where names go on, not before an ending."""

SHOWN_LIMIT = 60
_LONGEST_NAME = 100
"""Characters of what may be a name misspelt; comparing takes time with the square of them."""
SHORT = 3
"""Up to how many characters a name is short."""


def near(word: str, choices: Iterable[str]) -> str:
    """The one of ``choices`` that ``word`` was probably meant to be, or an empty text."""
    pool = list(choices)
    folded = {fold(choice): choice for choice in reversed(pool)}
    wanted = fold(word)
    if match := folded.get(wanted):
        return match if match != word else ""
    if len(wanted) > _LONGEST_NAME:
        return ""
    folded = {name: choice for name, choice in folded.items() if len(name) <= _LONGEST_NAME}
    cutoff = 0.6 if len(wanted) > SHORT else 0.5  # of two characters one is wrong at 0.5
    found = difflib.get_close_matches(wanted, list(folded), n=1, cutoff=cutoff)
    if not found and len(wanted) > 1:
        # Short names with something added (指标 → 指标（改）) are unlike each other by letters.
        found = [name for name in folded if len(name) > 1 and (name in wanted or wanted in name)]
    return folded[found[0]] if len(found) == 1 else ""


def reason_of(error: OSError) -> str:
    """Why the system refused, in its own words; the message catalogue has the Chinese for them."""
    return error.strerror or type(error).__name__


def fold(name: str) -> str:
    """A name as people compare it: no spaces, brackets of one kind, no case."""
    return _SPACES.sub("", name).replace("（", "(").replace("）", ")").replace("％", "%").casefold()


def split_list(text: str) -> tuple[str, ...]:
    """The items of a list as people write it: separated by ``、``, commas, semicolons or lines."""
    return tuple(item for part in _LIST_SEPARATORS.split(text) if (item := part.strip()))


def shorten(text: str, limit: int = SHOWN_LIMIT) -> str:
    """``text`` on one line with at most ``limit`` characters, ``…`` where it was cut."""
    line = _SPACES.sub(" ", text)
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def cut(text: str, limit: int) -> str:
    """``text`` with at most ``limit`` characters as Office counts them (UTF-16), ``…`` where cut."""
    if utf16_length(text) <= limit:
        return text
    kept = text[: limit - 1]
    while utf16_length(kept) > limit - 1:
        kept = kept[:-1]
    return f"{kept}…"


def utf16_length(text: str) -> int:
    """The number of characters as Office counts them: UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def some_of(items: Iterable[str], limit: int = 20) -> str:
    """The items as a sentence lists them: ``甲、乙``; with ``等N项`` where ``limit`` cuts them off."""
    every = list(items)
    shown = "、".join(every[:limit])
    return shown if len(every) <= limit else f"{shown}等{len(every)}项"


def file_name(text: str) -> str:
    """``text`` made safe as one file or folder name on NTFS as on Linux; never empty."""
    name = _FORBIDDEN_IN_FILES.sub("_", shown_name(_SPACES.sub(" ", text), _MOST_BYTES)).strip(" .")
    name = name.encode()[:_FILE_NAME_BYTES].decode("utf-8", "ignore").rstrip(" .")
    if not name or _RESERVED_ON_WINDOWS.match(name.partition(".")[0].rstrip()):
        name = f"_{name}"
    return name


def local_moment(text: str, time_zone: str) -> dt.datetime | None:
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


def column_number(letters: str) -> int:
    """The number of a column of a sheet: 1 for ``A``, 27 for ``AA``."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
