"""What a cell means where a number is expected: the number, what was put right, or what is wrong.

Full-width characters are mapped one by one: Unicode NFKC would turn ``①`` into 1 and ``10²``
into 102.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from itertools import takewhile

from generators.model import Cell, Reading

_FULL_WIDTH = str.maketrans(
    "０１２３４５６７８９．，－＋％（）−–﹣",
    "0123456789.,-+%()---",
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]+")
_SPACES = re.compile(r"\s+")
_SPLIT_NUMBER = re.compile(r"[0-9.,]\s+[0-9.,]")
_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_EMBEDDED = re.compile(r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?")
_FALL = re.compile("下降|减少|降低|回落|下滑")
_RISE = re.compile("增长|增加|提高|提升|上升|上涨")
_TO = re.compile("(?:下降|减少|降低|回落|下滑|增长|增加|提高|提升|上升|上涨)(?:至|到|为)")
_HEDGES = re.compile("大约|约|左右|上下|将近|近|余|多|逾")
_SIGNS_OF_CHANGE = frozenset("▲△▼▽↑↓")
_APOSTROPHES = frozenset("'’‘＇`")
_LEVEL_WITH_LAST_YEAR = ("持平", "与上年持平", "与去年持平", "同上年持平", "同去年持平")
_ERROR = re.compile(r"[#＃].{1,20}|Err[:：][0-9]{1,6}", re.IGNORECASE)
_FIXED = re.compile(r"[^0#?.]*(?:[#?,]*0(?:,?0)*)(?:\.(0+))?[%\s]*")
_LONGEST_FORMAT = 255
"""Characters: no program takes a longer one."""
_LITERALS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')

PLACEHOLDERS = frozenset(
    "- -- --- — —— ——— / // \\ … …… * 无 空 n/a na 无数据 暂无 暂无数据 不适用".split()
) | frozenset(".。·、,;；:：'’‘＇`\"”“_＿~～^|")
"""What people write where they have nothing to say, and marks that a slip of the hand leaves.

Compared without case and spaces.
"""

PERCENT_UNITS = frozenset(["%", "％", "百分点", "个百分点"])
LONGEST_SUGGESTION = 24
"""Characters of a number that a message proposes; what is longer is no figure."""
MAX_MAGNITUDE = Decimal(10) ** 15
"""Excel keeps 15 digits; a figure beyond them is a slip of the hand."""


def read_number(cell: Cell, *, percent: bool, unit: str = "", change: bool = False) -> Reading:
    """Read ``cell`` where a number is expected.

    ``percent`` says that the figure's unit is %: then a percent-formatted 0.015 and a text
    ``1.5%`` both mean 1.5. ``unit`` is the figure's unit and ``change`` says that it is a change on
    last year, not a level: both only help to find out what a text was meant to be. The reading has
    a value, or is blank, or has a problem: a finding code of the rules ``type`` and ``formula``,
    with a suggestion where the text points to one number.
    """
    if cell.problem:
        code = {
            "error": "formula.error",
            "uncalculated": "formula.uncalculated",
            "picture": "type.picture_number",
            "date": "type.date",
            "boolean": "type.text",
        }[cell.problem]
        return Reading(cell, problem=code)
    if isinstance(cell.value, Decimal):
        return _from_number(cell, cell.value, percent)
    if cell.value is None:
        return Reading(cell)
    return _from_text(cell, str(cell.value), percent, unit, change)


def is_percent_format(number_format: str) -> bool:
    """Whether Excel multiplies by 100 when it shows a cell: an unquoted ``%`` in the format."""
    return "%" in _LITERALS.sub("", number_format[:_LONGEST_FORMAT])


def is_percent_unit(unit: str) -> bool:
    """Whether a unit is one in which a percent-formatted cell can be read."""
    return unit in PERCENT_UNITS


def is_placeholder(text: str) -> bool:
    """Whether a text is what people write where they have nothing to say (``—``, ``无``)."""
    return _SPACES.sub("", text).translate(_FULL_WIDTH).casefold() in PLACEHOLDERS


def says_nothing(text: str) -> bool:
    """Whether a text is a placeholder, or holds neither a letter nor a digit: ``、``, ``……``."""
    return is_placeholder(text) or not any(mark.isalnum() for mark in text)


def plain(value: Decimal) -> str:
    """A decimal without exponent and without superfluous zeros: ``1.50`` → ``1.5``."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def _from_number(cell: Cell, value: Decimal, percent: bool) -> Reading:
    if is_percent_format(cell.number_format):
        if not percent:
            return Reading(cell, problem="type.percent", suggestion=plain(value))
        value = Decimal(plain(value * 100))
    return _within_reason(cell, value, ())


def _from_text(cell: Cell, original: str, percent: bool, unit: str, change: bool) -> Reading:
    visible = _INVISIBLE.sub("", original)
    narrow = visible.translate(_FULL_WIDTH)
    text = _SPACES.sub("", narrow)
    if not text:
        return Reading(cell)
    if is_placeholder(text):
        return Reading(cell, notes=("normalised.placeholder",))
    notes = ["normalised.width"] if narrow != visible else []
    if text != narrow or visible != original:
        notes.append("normalised.spaces")
    if text[0] in _APOSTROPHES:  # Excel's own mark for a number as text, typed where it is none
        text = text[1:]
    bare = text[:-1] if percent and text.endswith("%") else text
    if _GROUPED.fullmatch(bare):
        notes.append("normalised.thousands")
        bare = bare.replace(",", "")
    # Two numbers in one cell must not run together: "12 13" is not 1213.
    if _PLAIN.fullmatch(bare) and not _SPLIT_NUMBER.search(narrow):
        return _within_reason(cell, Decimal(plain(Decimal(bare))), tuple(notes) or ("normalised.text",))
    # What a formula shows that failed, typed or pasted as a text, points to no number.
    suggestion = "" if _ERROR.fullmatch(text) else _suggest(narrow, percent, unit, change)
    return Reading(cell, problem="type.text", suggestion=suggestion)


def _within_reason(cell: Cell, value: Decimal, notes: tuple[str, ...]) -> Reading:
    if abs(value) >= MAX_MAGNITUDE:
        return Reading(cell, problem="type.magnitude")
    return Reading(cell, value, notes=notes)


def _suggest(narrow: str, percent: bool, unit: str, change: bool) -> str:
    """The one number a text points to, or nothing: ``下降3.2%`` as a growth rate means -3.2.

    Nothing where the text might mean another number: one in another unit (``5000万`` for 亿元), a
    change where a level is expected or a level where a change is.
    """
    text = _SPACES.sub("", narrow)
    if text in _LEVEL_WITH_LAST_YEAR:
        return "0" if change else ""
    text = re.sub(r"(?<=[0-9])。(?=[0-9])", ".", text)  # the point of a Chinese keyboard
    numbers = _EMBEDDED.findall(text)
    if len(numbers) != 1 or _SPLIT_NUMBER.search(narrow) or _other_unit(text, percent, unit):
        return ""
    number = numbers[0].replace(",", "")
    if len(number) > LONGEST_SUGGESTION:
        return ""
    before = text.partition(numbers[0])[0]
    if _FALL.search(text) or _RISE.search(text):
        # A level is told by what it rose to; what it fell to may as well be meant as the fall.
        tells_change = not _TO.search(text)
        if change is not tells_change or (_FALL.search(text) and not change):
            return ""
        if _FALL.search(text):
            return f"-{number}" if percent else ""
    if before.endswith("(") or text.endswith("-") or _SIGNS_OF_CHANGE & set(text):
        return ""  # brackets and arrows mean a minus to bookkeepers and nothing to others
    return f"-{number}" if before.endswith(("-", "—", "负")) else number


def _other_unit(text: str, percent: bool, unit: str) -> bool:
    """Whether a text counts in what is not the figure's unit, or holds numerals of other kinds."""
    text = _HEDGES.sub("", text)  # 12.5亿余元 counts in 亿元
    if ("%" in text and not percent) or any(mark in text for mark in "‰‱"):
        return True
    if "百分点" in text and "百分点" not in unit:  # the change of a rate is no rate
        return True
    numerals = {mark for mark in text if mark not in "0123456789" and _is_numeral(mark)}
    smaller = unit != "" and unit[-1] in text and unit not in text  # 元 for 亿元
    return smaller or any(mark not in unit for mark in numerals)


def _is_numeral(mark: str) -> bool:
    return unicodedata.numeric(mark, None) is not None


def shown_decimals(cell: Cell, value: Decimal) -> int:
    """How many decimals a cell shows of ``value``, which was read from it.

    A number format such as ``0.00`` says it; without one, and in a text, they are those of the value.
    """
    if isinstance(cell.value, Decimal):
        fixed = fixed_decimals(cell.number_format)
        return _decimals_of(plain(value)) if fixed is None else fixed
    return _decimals_of(str(cell.value).translate(_FULL_WIDTH).strip(" %"))


def fixed_decimals(number_format: str) -> int | None:
    """The places that a number format shows; ``None`` where it shows as many as there are."""
    section = _LITERALS.sub("", number_format[:_LONGEST_FORMAT]).partition(";")[0]
    match = _FIXED.fullmatch(section.strip())
    return len(match[1] or "") if match else None


def _decimals_of(text: str) -> int:
    return sum(1 for _ in takewhile(str.isdigit, text.partition(".")[2]))
