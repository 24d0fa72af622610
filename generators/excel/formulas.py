"""What a formula asks for outside its own workbook, told by its text."""

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


_PICTURE = re.compile(r"=?\s{0,9}(?:_xlfn\.)?(?:DISPIMG|IMAGE)\s{0,9}\(", re.IGNORECASE)


def is_picture(formula: str) -> bool:
    """Whether a formula puts a picture into its cell: ``=DISPIMG("ID_…",1)`` of WPS, ``=IMAGE(…)``.

    WPS stores the formula's own text as its result.
    """
    return _PICTURE.match(formula) is not None


def calls_program(formula: str) -> bool:
    """Whether it asks another program for its value: ``cmd|'/C calc'!A0`` (Dynamic Data Exchange).

    Outside quotes a bar means nothing else.
    """
    return "|" in formula and any(match[1] for match in _BAR.finditer(formula))


def refers_elsewhere(formula: str) -> bool:
    """Whether its value comes from another workbook or from the network."""
    return _ELSEWHERE.search(_STRINGS.sub("", formula)) is not None
