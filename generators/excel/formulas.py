"""What a formula asks for outside its own workbook, or shows, told by its text."""

from __future__ import annotations

import re

_BAR = re.compile(r"\"[^\"]*\"|'[^']*'|(\|)")
_STRINGS = re.compile(r'"[^"]*"')
_ELSEWHERE = re.compile(
    # [1]Sheet!A1, '[1]the sheet'!A1, [1]!Name; not the column of a table: Sales[2024]
    r"(?<![\w.\]])'?\[\d+\][^\[\]!+*/^&=<>(),]*!"
    r"|\b(?:WEBSERVICE|RTD|IMAGE|STOCKHISTORY)\s*\(",
    re.IGNORECASE,
)

_PICTURE = re.compile(
    # =DISPIMG("ID_…",1) in WPS, also as _xlfn.DISPIMG; =IMAGE("https://…") in Excel 365; of:=… in .ods
    r"\s{0,9}(?:[a-z]{1,9}:)?=?\s{0,9}(?:_xlfn\.|_xlws\.|COM\.MICROSOFT\.)?(?:DISPIMG|IMAGE)\s{0,9}\(",
    re.IGNORECASE,
)
_PICTURE_TEXT = re.compile(
    r"\s{0,9}=\s{0,9}(?:_xlfn\.)?(?:DISPIMG\s{0,9}\(\s{0,9}\"ID_|IMAGE\s{0,9}\(\s{0,9}\"https?:)[^\r\n]*\)\s{0,9}\Z",
    re.IGNORECASE,
)


def shows_picture(formula: str) -> bool:
    """Whether what the formula gives is a picture in the cell."""
    return _PICTURE.match(formula) is not None


def is_picture(formula: str | None, value: object) -> bool:
    """Whether a cell with that formula, ``None`` for none, and that value is a picture.

    WPS stores the formula as the cell's text, too, and that is all that is left of it in some formats.
    """
    if formula is not None and shows_picture(formula):
        return True
    return isinstance(value, str) and _PICTURE_TEXT.match(value) is not None


def calls_program(formula: str) -> bool:
    """Whether it asks another program for its value: ``cmd|'/C calc'!A0`` (Dynamic Data Exchange).

    Outside quotes a bar means nothing else.
    """
    return "|" in formula and any(match[1] for match in _BAR.finditer(formula))


def refers_elsewhere(formula: str) -> bool:
    """Whether its value comes from another workbook or from the network."""
    return _ELSEWHERE.search(_STRINGS.sub("", formula)) is not None
