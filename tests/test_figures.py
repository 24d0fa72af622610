"""Figures in print: rounding, units, 增长/下降/持平, arithmetic, and what is missing."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.model import GrowthBasis
from generators.word.figures import (
    EvaluationError,
    Missing,
    Quantity,
    Source,
    change_phrase,
    print_number,
)

DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12)
REPORTED = st.decimals(places=6, min_value=-(10**12), max_value=10**12)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        ("85", 1, "85"),
        ("85.0", 1, "85"),
        ("18.2", 1, "18.2"),
        ("73.85", 2, "73.85"),
        ("0.715", 3, "0.715"),
        ("155.5555", 0, "156"),
        ("106.6667", 0, "107"),
        ("2.5", 0, "3"),
        ("-2.5", 0, "-3"),
        ("-0.04", 1, "0"),
        ("1000000", 0, "1000000"),
        ("1E+6", 2, "1000000"),
        ("0.5", 0, "1"),
    ],
)
def test_numbers_are_rounded_half_up_without_superfluous_zeros(
    value: str, decimals: int, text: str
) -> None:
    assert print_number(Decimal(value), decimals) == text


@pytest.mark.parametrize(("value", "text"), [("85", "85.00"), ("-0.001", "0.00"), ("73.855", "73.86")])
def test_zeros_are_kept_where_the_pack_says_so(value: str, text: str) -> None:
    assert print_number(Decimal(value), 2, keep_zeros=True) == text


@given(DECIMALS, st.integers(0, 6))
def test_what_is_printed_is_the_value_rounded(value: Decimal, decimals: int) -> None:
    text = print_number(value, decimals)
    with localcontext() as context:
        context.prec = 60
        expected = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    assert Decimal(text) == expected
    assert text != "-0"
    assert "E" not in text
    assert not (text.endswith("0") and "." in text)


@given(DECIMALS, st.sampled_from([GrowthBasis.NOMINAL, GrowthBasis.REAL, GrowthBasis.POINTS]))
def test_the_wording_follows_the_printed_sign(value: Decimal, basis: GrowthBasis) -> None:
    text = str(change_phrase(Quantity(value, "%", 1), basis))
    printed = Decimal(print_number(value, 1))
    if printed == 0:
        assert text == "与上年持平"
    elif printed < 0:
        assert text == f"同比下降{print_number(-value, 1)}%"
    else:
        word = "提高" if basis is GrowthBasis.POINTS else "增长"
        assert text == f"同比{word}{print_number(value, 1)}%"


@given(REPORTED, REPORTED)
def test_sums_are_exact_and_keep_both_sources(a: Decimal, b: Decimal) -> None:
    left = Quantity(a, "亿元", 1, sources=(Source("a", "甲", "X", a),))
    right = Quantity(b, "亿元", 2, sources=(Source("b", "乙", "X", b),))
    total = left + right
    assert isinstance(total, Quantity)
    with localcontext() as context:
        context.prec = 60
        assert total.value == a + b
    assert (total.unit, total.decimals) == ("亿元", 2)
    assert [source.figure for source in total.sources] == ["a", "b"]


def test_missing_spreads_through_arithmetic_and_names_what_is_missing() -> None:
    missing = Missing((Source("a", "渔业总产值", "X"),))
    known = Quantity(Decimal(3), sources=(Source("b", "渡口数", "X", Decimal(3)),))
    for result in (missing + known, known + missing, known * 2 / missing, 1 - missing):
        assert isinstance(result, Missing)
        assert str(result) == "【缺：渔业总产值】"
    assert not missing
    assert not missing > 0
    assert not known < missing


def test_division_by_zero_is_an_error_not_a_number() -> None:
    with pytest.raises(EvaluationError, match="zero_division"):
        Quantity(Decimal(1)) / 0
