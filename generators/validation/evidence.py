"""The interval and the deviation of a finding, as a person reads them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from generators.excel.numbers import plain
from generators.model import Evidence
from generators.validation.figures import Figure
from generators.validation.intervals import Interval

NONE = Evidence()


def evidence_of(admissible: Interval | None, figure: Figure) -> Evidence:
    """The admissible interval of ``figure`` and how far it lies beyond; nothing for no interval.

    Ends are shown with one decimal more than the figure has.
    """
    if admissible is None:
        return NONE
    value = figure.value
    beyond = Decimal(0)
    if value > admissible.high:
        beyond = value - admissible.high
    elif value < admissible.low:
        beyond = value - admissible.low
    places = figure.decimals + 1
    return Evidence(
        rounded(admissible.low, places),
        rounded(admissible.high, places),
        rounded(beyond, places) if beyond else "",
    )


def rounded(value: Decimal, places: int) -> str:
    """``value`` with at most ``places`` decimals, without superfluous zeros."""
    return plain(value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))
