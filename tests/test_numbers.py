"""Reading numbers, over everything that a cell can hold: no number is ever misread."""

from __future__ import annotations

import re
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from generators.excel.numbers import (
    MAX_MAGNITUDE,
    is_percent_format,
    is_placeholder,
    plain,
    read_number,
)
from generators.messages import CATALOGUE
from generators.model import Cell

FULL_WIDTH = str.maketrans("0123456789.,-+%", "０１２３４５６７８９．，－＋％")

figures = st.decimals(
    min_value=Decimal("-1e12"), max_value=Decimal("1e12"), places=4, allow_nan=False
).map(lambda value: Decimal(plain(value)))
spaces = st.text(alphabet=" \u3000\u00a0\t\n\u200b", max_size=3)
marks = st.sampled_from(
    list("0123456789０９.．,，。-－—+%％ \u3000约余亿万千元个下降持平至负()（）eE²½①")
)


def cell(value: Decimal | str, number_format: str = "General") -> Cell:
    return Cell("指标", 5, 4, "D5", value, str(value), number_format)


@given(figures, st.booleans())
def test_a_number_is_itself(value: Decimal, percent: bool) -> None:
    reading = read_number(cell(value), percent=percent)
    assert (reading.value, reading.problem, reading.notes) == (value, None, ())


@given(figures)
def test_a_percent_cell_means_a_hundred_times_what_it_holds(value: Decimal) -> None:
    stored = cell(value / 100, "0.00%")
    assert read_number(stored, percent=True).value == value
    assert read_number(stored, percent=False).problem == "type.percent"


@given(figures, spaces, spaces)
def test_a_number_as_text_is_that_number_and_it_is_said(value: Decimal, before: str, after: str) -> None:
    reading = read_number(cell(f"{before}{plain(value)}{after}"), percent=False)
    assert reading.value == value
    assert reading.notes == (("normalised.spaces",) if before + after else ("normalised.text",))


@given(figures, st.booleans())
def test_full_width_and_thousands_make_no_difference(value: Decimal, wide: bool) -> None:
    text = f"{value:,f}"
    assert read_number(cell(text), percent=False).value == value
    if wide:
        reading = read_number(cell(text.translate(FULL_WIDTH)), percent=False)
        assert reading.value == value
        assert "normalised.width" in reading.notes
        assert ("normalised.thousands" in reading.notes) == ("," in text)


@given(figures)
def test_a_percent_sign_is_read_only_where_the_unit_is_percent(value: Decimal) -> None:
    text = cell(f"{plain(value)}%")
    assert read_number(text, percent=True).value == value
    assert read_number(text, percent=False).problem == "type.text"
    assert read_number(text, percent=False).suggestion == ""


@given(figures, figures, st.sampled_from([" ", "\n", "\u3000", "、", "~", "至", "/", "-", ",,"]))
def test_two_numbers_never_become_one(first: Decimal, second: Decimal, between: str) -> None:
    text = f"{plain(abs(first))}{between}{plain(abs(second))}"
    reading = read_number(cell(text), percent=False)
    assert reading.problem == "type.text"
    assert reading.suggestion == ""


@given(
    st.text(alphabet=marks, max_size=12),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["", "%", "亿元"]),
)
def test_what_is_read_is_what_a_person_would_read(
    text: str, percent: bool, change: bool, unit: str
) -> None:
    reading = read_number(cell(text), percent=percent, unit=unit, change=change)
    if reading.value is not None:
        digits = re.sub(r"[^0-9.]", "", text.translate(str.maketrans("．０９", ".09")))
        assert isinstance(reading.value, Decimal)
        powers = re.search("[eE]", text)  # 1.2E+05 is how a program writes 120000
        assert powers or abs(reading.value) == Decimal(digits)
        assert reading.problem is None
        assert reading.notes
        assert set(text) <= set("0123456789０９.．,，-－+%％ \u3000" + ("eE" if powers else ""))
    elif reading.problem:
        assert reading.problem in CATALOGUE
    if reading.suggestion:
        assert reading.problem == "type.text"
        assert abs(Decimal(reading.suggestion)) < Decimal("1e13")


@given(
    figures.map(abs),
    st.sampled_from(["下降", "减少", "回落", "增长", "提高", "上升"]),
    st.sampled_from(["%", "", "个百分点"]),
    st.sampled_from(["%", "个百分点", "亿元"]),
)
def test_a_change_in_words_is_proposed_only_where_a_change_is_expected(
    value: Decimal, word: str, mark: str, unit: str
) -> None:
    text = cell(f"{word}{plain(value)}{mark}")
    percent = unit != "亿元"
    assert read_number(text, percent=percent, unit=unit).suggestion == ""
    proposed = read_number(text, percent=percent, unit=unit, change=True).suggestion
    fell = word in ("下降", "减少", "回落")
    assert proposed in ("", f"-{plain(value)}" if fell else plain(value))
    if mark == unit:
        assert proposed


@given(st.text(max_size=40), st.booleans())
def test_no_text_makes_it_fall_over(text: str, percent: bool) -> None:
    reading = read_number(cell(text), percent=percent, unit="亿元")
    assert isinstance(reading.value, Decimal | None)
    if isinstance(reading.value, Decimal):
        assert reading.value.is_finite()
        assert abs(reading.value) < MAX_MAGNITUDE
    assert all(code in CATALOGUE for code in (*reading.notes, reading.problem) if code)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_plain_is_the_same_number_without_ornaments(value: Decimal) -> None:
    text = plain(value)
    assert Decimal(text) == value
    assert re.fullmatch(r"-?(0|[1-9]\d*)(\.\d*[1-9])?", text)
    assert text != "-0"


@given(st.text(alphabet='0.#%"\\[]_*; 万个', max_size=10))
def test_percent_in_quotes_does_not_multiply(text: str) -> None:
    if "%" not in text:
        assert not is_percent_format(text)
    assert not is_percent_format(f'0.0"{text.replace(chr(34), "")}"')


@given(figures)
def test_a_figure_is_no_placeholder(value: Decimal) -> None:
    assert not is_placeholder(plain(value))
