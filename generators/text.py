"""Small text helpers: near misses, names for files, lists written by people."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

_LIST_SEPARATORS = re.compile(r"[、,，;；\n]+")
_FORBIDDEN_IN_FILES = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_SPACES = re.compile(r"\s+")
_RESERVED_ON_WINDOWS = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)\Z")


def near(word: str, choices: Iterable[str]) -> str:
    """The one of ``choices`` that ``word`` was probably meant to be, or an empty text."""
    pool = list(choices)
    folded = {fold(choice): choice for choice in reversed(pool)}
    if match := folded.get(fold(word)):
        return match if match != word else ""
    found = difflib.get_close_matches(fold(word), list(folded), n=1, cutoff=0.6)
    return folded[found[0]] if found else ""


def fold(name: str) -> str:
    """A name as people compare it: no spaces, brackets of one kind, no case."""
    return _SPACES.sub("", name).replace("（", "(").replace("）", ")").replace("％", "%").casefold()


def split_list(text: str) -> tuple[str, ...]:
    """The items of a list as people write it: separated by ``、``, commas, semicolons or lines."""
    return tuple(item for part in _LIST_SEPARATORS.split(text) if (item := part.strip()))


def file_name(text: str) -> str:
    """``text`` made safe as one file or folder name on NTFS as on Linux; never empty."""
    name = _FORBIDDEN_IN_FILES.sub("_", _SPACES.sub(" ", text)).strip(" .")
    name = name[:120].rstrip(" .")
    if not name or _RESERVED_ON_WINDOWS.match(name.partition(".")[0]):
        name = f"_{name}"
    return name
