"""What a cell means where a number is expected: the number, what was put right, or what is wrong.

Full-width characters are mapped one by one: Unicode NFKC would turn ``①`` into 1 and ``10²``
into 102.
"""

from __future__ import annotations

import re
from decimal import Decimal

from generators.model import Cell, Reading

_FULL_WIDTH = str.maketrans(
    "０１２３４５６７８９．，－＋％（）−–",
    "0123456789.,-+%()--",
)
_SPACES = re.compile(r"[\s\u3000\u00a0\u200b-\u200d\u2060\ufeff]+")
_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d{1,3})?\Z")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?\Z")
_EMBEDDED = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_FALL = ("下降", "减少", "降低", "回落", "下滑")
_LITERALS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
PLACEHOLDERS = frozenset(["-", "--", "—", "——", "/", "\\", "无", "空"])


def read_number(cell: Cell, *, percent: bool) -> Reading:
    """Read ``cell`` where a number is expected.

    ``percent`` says that the figure's unit is %: then a percent-formatted 0.015 and a text
    ``1.5%`` both mean 1.5. The reading has a value, or is blank, or has a problem: a finding code
    of the rules ``type`` and ``formula``, with a suggestion where the text points to one number.
    """
    if cell.problem:
        code = {
            "error": "formula.error",
            "uncalculated": "formula.uncalculated",
            "date": "type.date",
            "boolean": "type.text",
        }[cell.problem]
        return Reading(cell, problem=code)
    if isinstance(cell.value, Decimal):
        return _from_number(cell, cell.value, percent)
    if cell.value is None:
        return Reading(cell)
    return _from_text(cell, str(cell.value), percent)


def is_percent_format(number_format: str) -> bool:
    """Whether Excel multiplies by 100 when it shows a cell: an unquoted ``%`` in the format."""
    return "%" in _LITERALS.sub("", number_format)


def plain(value: Decimal) -> str:
    """A decimal without exponent and without superfluous zeros: ``1.50`` → ``1.5``."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def _from_number(cell: Cell, value: Decimal, percent: bool) -> Reading:
    if not is_percent_format(cell.number_format):
        return Reading(cell, value)
    if percent:
        return Reading(cell, Decimal(plain(value * 100)))
    return Reading(cell, problem="type.percent", suggestion=plain(value))


def _from_text(cell: Cell, original: str, percent: bool) -> Reading:
    text = _SPACES.sub("", original).translate(_FULL_WIDTH)
    notes = ["normalised.width"] if text != _SPACES.sub("", original) else []
    if text != original and not notes:
        notes.append("normalised.spaces")
    if not text:
        return Reading(cell, notes=tuple(notes))
    if text in PLACEHOLDERS:
        return Reading(cell, notes=("normalised.placeholder",))
    bare = text[:-1] if percent and text.endswith("%") else text
    if _GROUPED.match(bare):
        notes.append("normalised.thousands")
        bare = bare.replace(",", "")
    if _PLAIN.match(bare):
        return Reading(cell, Decimal(plain(Decimal(bare))), notes=tuple(notes) or ("normalised.text",))
    return Reading(cell, problem="type.text", suggestion=_suggest(text))


def _suggest(text: str) -> str:
    """The one number a text points to, or nothing: a clerk who wrote ``下降3.2%`` means -3.2."""
    if text in ("持平", "与上年持平", "与去年持平"):
        return "0"
    numbers = _EMBEDDED.findall(text)
    if len(numbers) != 1:
        return ""
    number = numbers[0].replace(",", "")
    negative = any(word in text for word in _FALL) or f"-{numbers[0]}" in text
    return f"-{number}" if negative else number
