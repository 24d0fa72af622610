"""A figure → its printed Chinese form: unit, decimals, 增长/下降/持平.

Values are exact decimals up to here; printing is the only place that rounds, half away from zero
(四舍五入).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import TypeAlias

from generators.excel.numbers import plain
from generators.model import GrowthBasis, Indicator, Measure, Provenance, TargetKind

DEFAULT_DECIMALS = 2
"""Decimals of a computed figure whose precision nobody declared, e.g. a quotient."""
PRECISION = 40


class EvaluationError(Exception):
    """Something in a tag that cannot be evaluated: a reason of the message catalogue, with its words."""

    def __init__(self, reason: str, **words: str) -> None:
        super().__init__(reason, words)
        self.params = reason_params(reason, **words)


def reason_params(reason: str, **words: str) -> dict[str, str]:
    """The params by which a finding carries a reason of the message catalogue."""
    return {"reason": reason, **{f"reason.{name}": word for name, word in words.items()}}


@dataclass(frozen=True)
class Source:
    """What a printed figure stands on: a stable id, the raw value, and the cell it came from.

    ``figure`` is ``code.measure`` for an indicator and ``register/department/row/column`` for a
    register cell. ``value`` and ``provenance`` are ``None`` for a figure that nobody reported;
    ``owner`` is the department code that should, ``label`` what to call it. ``excused`` says that
    nobody had to: the figure is not asked, or is optional and its owner's submission stands.
    """

    figure: str
    label: str
    owner: str
    value: Decimal | str | None = None
    provenance: Provenance | None = None
    excused: bool = False


@dataclass(frozen=True)
class Piece:
    """A stretch of printed text: plain words (no sources), a figure, or a missing figure's mark.

    ``contradicted_by`` is how many items a list names whose reported total is smaller. ``value`` is
    the number before it was rounded to ``decimals`` places, ``None`` for words.
    """

    text: str
    sources: tuple[Source, ...] = ()
    missing: bool = False
    contradicted_by: int | None = None
    value: Decimal | None = None
    decimals: int | None = None


@dataclass(frozen=True)
class Words:
    """Printed words that stand on reported cells: a name, a phrase, a department's paragraph."""

    text: str
    sources: tuple[Source, ...] = ()

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)

    def __eq__(self, other: object) -> bool:
        return self.text == str(other)

    def __hash__(self) -> int:
        return hash(self.text)

    def pieces(self) -> list[Piece]:
        """What is printed."""
        return [Piece(self.text, self.sources)] if self.text else []


@dataclass(frozen=True)
class Missing:
    """A figure that nobody reported. It prints as a mark, spreads through arithmetic, and is false."""

    sources: tuple[Source, ...]

    @property
    def label(self) -> str:
        """What is missing, e.g. the indicator's name."""
        lacking = [source.label for source in self.sources if source.value is None]
        return "、".join(dict.fromkeys(lacking))

    @property
    def excused(self) -> bool:
        """True where nothing that is missing had to be reported."""
        return all(source.excused for source in self.sources if source.value is None)

    def __str__(self) -> str:
        return f"【缺：{self.label}】"

    def __bool__(self) -> bool:
        return False

    def pieces(self) -> list[Piece]:
        """What is printed: the mark, to be highlighted."""
        return [Piece(str(self), self.sources, missing=True)]

    def _spread(self, other: object) -> Missing:
        more = getattr(other, "sources", ())
        return Missing(tuple(dict.fromkeys((*self.sources, *more))))

    __add__ = __radd__ = __sub__ = __rsub__ = _spread
    __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _spread

    def __neg__(self) -> Missing:
        return self

    def _never(self, other: object) -> bool:
        return False

    def __ne__(self, other: object) -> bool:
        if isinstance(other, str | Words):
            return True  # as words it is its mark: != "" asks whether anything is printed
        return isinstance(other, Missing) and self.sources != other.sources

    __lt__ = __le__ = __gt__ = __ge__ = _never


@dataclass(frozen=True)
class Quantity:
    """A number with what is needed to print it and to say where it came from.

    ``decimals`` is ``None`` where nobody declared them. Arithmetic keeps the sources of both
    sides; a sum keeps the unit where both have the same.
    """

    value: Decimal
    unit: str = ""
    decimals: int | None = None
    keep_zeros: bool = False
    sources: tuple[Source, ...] = ()

    def __str__(self) -> str:
        return self.number() + self.unit

    def number(self) -> str:
        """The printed number without its unit."""
        return print_number(self.value, self.places, keep_zeros=self.keep_zeros)

    @property
    def places(self) -> int:
        """The decimals that are printed."""
        return DEFAULT_DECIMALS if self.decimals is None else self.decimals

    def pieces(self) -> list[Piece]:
        """What is printed: the number with its unit, no space between (GB/T 9704-2012 practice)."""
        return [Piece(str(self), self.sources, value=self.value, decimals=self.places)]

    def __bool__(self) -> bool:
        return True

    def __add__(self, other: Operand) -> Operand:
        return self._combine(other, "+")

    def __radd__(self, other: Operand) -> Operand:
        return _quantity(other)._combine(self, "+")

    def __sub__(self, other: Operand) -> Operand:
        return self._combine(other, "-")

    def __rsub__(self, other: Operand) -> Operand:
        return _quantity(other)._combine(self, "-")

    def __mul__(self, other: Operand) -> Operand:
        return self._combine(other, "*")

    def __rmul__(self, other: Operand) -> Operand:
        return _quantity(other)._combine(self, "*")

    def __truediv__(self, other: Operand) -> Operand:
        return self._combine(other, "/")

    def __rtruediv__(self, other: Operand) -> Operand:
        return _quantity(other)._combine(self, "/")

    def __neg__(self) -> Quantity:
        return replace(self, value=-self.value)

    def __eq__(self, other: object) -> bool:
        return _comparable(other) and self.value == self._level(other)

    def __hash__(self) -> int:
        return hash(self.value)

    def __ne__(self, other: object) -> bool:
        return not isinstance(other, Missing) and not self == other

    def __lt__(self, other: object) -> bool:
        return self.value < self._level(other) if _comparable(other) else NotImplemented

    def __le__(self, other: object) -> bool:
        return self.value <= self._level(other) if _comparable(other) else NotImplemented

    def __gt__(self, other: object) -> bool:
        return self.value > self._level(other) if _comparable(other) else NotImplemented

    def __ge__(self, other: object) -> bool:
        return self.value >= self._level(other) if _comparable(other) else NotImplemented

    def _level(self, other: object) -> Decimal:
        """The other side's value, to be compared; raises where the two are not of one unit."""
        right = _quantity(other)
        _same_unit(self, right)
        return right.value

    def _combine(self, other: Operand, operator: str) -> Operand:
        if isinstance(other, Missing):
            return other._spread(self)
        right = _quantity(other)
        if operator in "+-":
            _same_unit(self, right)
        if operator == "/" and right.value == 0:
            return _no_quotient(right)
        sources = tuple(dict.fromkeys((*self.sources, *right.sources)))
        with localcontext() as context:
            context.prec = PRECISION
            if operator == "+":
                value = self.value + right.value
            elif operator == "-":
                value = self.value - right.value
            elif operator == "*":
                value = self.value * right.value
            else:
                value = self.value / right.value
        if operator in "+-":
            known = [item.decimals for item in (self, right) if item.decimals is not None]
            unit = self.unit if self.unit == right.unit else self.unit or right.unit
            return Quantity(value, unit, max(known, default=None), sources=sources)
        return Quantity(value, sources=sources)


Operand: TypeAlias = Quantity | Missing | int | float | Decimal


def _comparable(other: object) -> bool:
    return isinstance(other, Quantity | int | float | Decimal) and not isinstance(other, bool)


def _quantity(other: object) -> Quantity:
    if isinstance(other, Quantity):
        return other
    if isinstance(other, bool) or not isinstance(other, int | float | Decimal):
        raise EvaluationError("not_a_number", what=str(other))
    number = other if isinstance(other, Decimal) else Decimal(repr(other))
    exponent = number.as_tuple().exponent
    return Quantity(number, decimals=max(-exponent, 0) if isinstance(exponent, int) else 0)


def as_quantity(value: Operand) -> Operand:
    """A number as a quantity; quantities and what is missing as they are."""
    return value if isinstance(value, Missing) else _quantity(value)


def _same_unit(left: Quantity, right: Quantity) -> None:
    """Raise where both sides have a unit and not the same: 85亿元 + 2376万元 is not 2461 of either."""
    units = {unit for unit in (left.unit, right.unit) if unit}
    if len(units) > 1 and not units <= _PERCENT_UNITS:
        raise EvaluationError("units", units="、".join((left.unit, right.unit)))


def _no_quotient(divisor: Quantity) -> Missing:
    """A quotient by a reported zero: nothing is wrong with the tag, there is just no figure."""
    if not divisor.sources:
        raise EvaluationError("zero_division")
    first = divisor.sources[0]
    return Missing((Source(first.figure, f"{first.label}为零", first.owner, excused=True),))


_PERCENT_UNITS = frozenset(["%", "个百分点"])


def total(items: Iterable[Quantity | Missing]) -> Quantity | Missing | None:
    """The sum of ``items``, missing where one of them is, ``None`` where there is none."""
    result: Operand | None = None
    for item in items:
        result = item if result is None else result + item
    return result if result is None or isinstance(result, Missing) else _quantity(result)


def print_number(value: Decimal, decimals: int, *, keep_zeros: bool = False) -> str:
    """``value`` rounded half away from zero to ``decimals``; zeros at the end go unless kept."""
    with localcontext() as context:
        context.prec = PRECISION + max(value.adjusted(), 0)
        rounded = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    if keep_zeros:
        text = f"{rounded:f}"
        return text.removeprefix("-") if not rounded else text
    return plain(rounded)


# --- the Chinese wording of changes and targets -------------------------------------------------


def direction(change: Quantity, basis: GrowthBasis) -> str:
    """增长, 下降 or 持平 (提高 for a rate), by the sign of what is printed."""
    printed = Decimal(change.number())
    if printed == 0:
        return "持平"
    if printed < 0:
        return "下降"
    return "提高" if basis is GrowthBasis.POINTS else "增长"


def magnitude(change: Quantity) -> Quantity:
    """The change without its sign."""
    return replace(change, value=abs(change.value))


def change_phrase(change: Quantity, basis: GrowthBasis) -> Words:
    """``同比增长1.5%``, ``同比下降0.8%``, ``与上年持平``."""
    word = direction(change, basis)
    text = "与上年持平" if word == "持平" else f"同比{word}{magnitude(change)}"
    return Words(text, change.sources)


def target_phrase(target: Quantity | Words, indicator: Indicator) -> Words:
    """``增长6.5%``, ``不少于30个``: the pack's own phrase where it gives one."""
    if indicator.target_phrase:
        return Words(indicator.target_phrase.replace("{}", str(target)), target.sources)
    if isinstance(target, Words):
        return target
    if indicator.target_kind is TargetKind.GROWTH:
        word = direction(target, GrowthBasis.NOMINAL)
        text = word if word == "持平" else f"{word}{magnitude(target)}"
        return Words(text, target.sources)
    return Words(f"达到{target}", target.sources)


def measure_label(indicator: Indicator, measure: Measure) -> str:
    """What a missing figure is called: the indicator's name, and the measure unless it is the level."""
    suffix = {
        Measure.ACTUAL: "",
        Measure.PREVIOUS: "·上年实际",
        Measure.GROWTH: "·同比增长",
        Measure.PLAN: "·年度计划",
        Measure.TARGET: "·下年目标",
    }
    return indicator.name + suffix[measure]
