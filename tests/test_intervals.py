"""Interval arithmetic: it holds every true result, so that honest rounding is never found fault with.

The oracle computes with fractions, which are exact.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from generators.model import (
    AllOf,
    AnyOf,
    Arithmetic,
    Asked,
    Cell,
    Comparison,
    Condition,
    Definition,
    Department,
    FigureOf,
    FormIdentity,
    GrowthBasis,
    Implication,
    Indicator,
    Known,
    Measure,
    Negative,
    Not,
    Number,
    PackRule,
    PublishedFigure,
    Reading,
    Reported,
    Settings,
    Severity,
    Submission,
    Term,
)
from generators.validation.base import base_relations
from generators.validation.context import Context
from generators.validation.expressions import Truth, UndecidableError, truth, value
from generators.validation.figures import Figure
from generators.validation.growth import growth_relation
from generators.validation.intervals import Interval, exactly, growth, percentage, printed, total
from generators.validation.pack_rules import pack_relations
from generators.validation.published import published_relations
from generators.validation.relations import Case, Check, Relation, Verdict
from tests.benchmarks import rounding
from tests.benchmarks.rounding import Habit, rounded

WIDEST = Decimal(5)
DEPARTMENT = "yy"

levels = st.decimals(1, 10**6, places=7).map(Fraction)
rates = st.decimals(0, 100, places=7).map(Fraction)
numbers = st.decimals(-(10**6), 10**6, places=9)
places = st.integers(0, 3)
habits = st.sampled_from(Habit)


@dataclass(frozen=True)
class Said:
    """A true value and what was printed for it."""

    exact: Fraction
    printed: Decimal
    places: int

    @property
    def interval(self) -> Interval:
        return printed(self.printed, self.places)


def said(values: st.SearchStrategy[Fraction]) -> st.SearchStrategy[Said]:
    """Values and what an honest clerk prints for them, with any number of places and either habit."""
    return st.builds(
        lambda exact, digits, habit: Said(exact, rounded(exact, digits, habit), digits),
        values,
        places,
        habits,
    )


def indicator(
    code: str = "S1-01", unit: str = "亿元", basis: GrowthBasis = GrowthBasis.NOMINAL
) -> Indicator:
    measures = dict.fromkeys(Measure, Asked.OPTIONAL)
    return Indicator(code, f"指标{code}", unit, 1, DEPARTMENT, "S1", basis, measures=measures)


def figure(item: Said, measure: Measure, of: Indicator | None = None) -> Figure:
    cell = Cell("指标", 5, 4, "D5", item.printed, str(item.printed))
    return Figure(of or indicator(), measure, Reading(cell, item.printed), item.printed, item.places)


def case(
    *figures: Figure, rules: tuple[PackRule, ...] = (), context: Context | None = None, **more: object
) -> Case:
    """The figures as one department's form, under a definition of their indicators."""
    definition = Definition(
        "linxi",
        "0",
        Settings("年报", "2031", previous_period="2030"),
        (Department(DEPARTMENT, "渔业局"),),
        indicators=tuple({item.indicator.code: item.indicator for item in figures}.values()),
        pack_rules=rules,
        **more,  # type: ignore[arg-type]
    )
    submission = Submission(FormIdentity("linxi", DEPARTMENT, "2031", "1"), "渔业局.xlsx", "0")
    return Case(submission, definition, {item.key: item for item in figures}, context or Context())


def holds(interval: Interval | None, exact: Fraction) -> bool:
    return interval is not None and Fraction(interval.low) <= exact <= Fraction(interval.high)


# --- the operations -------------------------------------------------------------------------------

intervals = st.tuples(numbers, numbers).map(lambda pair: Interval(min(pair), max(pair)))
shares = st.fractions(0, 1)


def within(interval: Interval, share: Fraction) -> Fraction:
    """A value of the interval."""
    low, high = Fraction(interval.low), Fraction(interval.high)
    return low + (high - low) * share


OPERATIONS: Mapping[str, Callable[..., object]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}


@pytest.mark.parametrize("name", OPERATIONS)
@given(intervals, intervals, shares, shares)
def test_a_result_is_held(
    name: str, one: Interval, other: Interval, left: Fraction, right: Fraction
) -> None:
    # Ends of many digits, as products and quotients have them, are rounded outwards.
    one, other = one * exactly(Decimal("1.23456789012345678")), other * one
    exact = OPERATIONS[name](within(one, left), within(other, right))
    assert isinstance(exact, Fraction)
    result = OPERATIONS[name](one, other)
    assert isinstance(result, Interval)
    assert holds(result, exact)
    assert holds(-result, -exact)


@given(intervals, intervals, shares, shares)
def test_a_quotient_is_held(one: Interval, other: Interval, left: Fraction, right: Fraction) -> None:
    quotient = one.over(other)
    assert (quotient is None) == (other.low <= 0 <= other.high)
    if quotient is not None:
        exact = within(one, left) / within(other, right)
        assert holds(quotient, exact)
        assert holds(-quotient, -exact)
        assert holds(-(-quotient - quotient), exact + exact)


@given(intervals, shares, st.decimals(0, 1000, places=9), shares)
def test_widening_holds_what_lies_so_far_away(
    one: Interval, share: Fraction, by: Decimal, part: Fraction
) -> None:
    assert holds(one.widened(by), within(one, share) + Fraction(by) * part)
    assert holds(one.widened(by), within(one, share) - Fraction(by) * part)


@given(intervals, intervals)
def test_beyond_tells_apart_what_does_not_meet(one: Interval, other: Interval) -> None:
    assert (one.beyond(other) == 0) == one.meets(other) == other.meets(one)
    assert one.beyond(other) == -other.beyond(one)


@given(said(levels))
def test_a_printed_number_holds_the_true_one(item: Said) -> None:
    assert holds(item.interval, item.exact)


@given(st.decimals(-(10**6), 10**6, places=7), places, habits)
def test_the_oracle_rounds_as_decimal_does(exact: Decimal, digits: int, habit: Habit) -> None:
    modes = {Habit.HALF_UP: ROUND_HALF_UP, Habit.HALF_EVEN: ROUND_HALF_EVEN}
    with localcontext() as context:
        context.prec = 60
        expected = exact.quantize(Decimal(1).scaleb(-digits), rounding=modes[habit])
    assert rounded(Fraction(exact), digits, habit) == expected


# --- no false alarm on honest rounding ------------------------------------------------------------


def tried_growth(rate: Said, level: Said, base: Said, basis: GrowthBasis = GrowthBasis.NOMINAL) -> Check:
    of = indicator(basis=basis)
    relation = growth_relation(
        of,
        figure(rate, Measure.GROWTH, of),
        figure(level, Measure.ACTUAL, of),
        figure(base, Measure.PREVIOUS, of),
        WIDEST,
    )
    return relation.tried()


@given(said(levels), said(levels), places, habits)
def test_an_honest_growth_rate_never_fails(level: Said, base: Said, digits: int, habit: Habit) -> None:
    exact = rounding.growth(level.exact, base.exact)
    check = tried_growth(Said(exact, rounded(exact, digits, habit), digits), level, base)
    assert check.verdict is not Verdict.FAIL
    if check.verdict is Verdict.UNTESTABLE:
        assert check.reason in ("not_positive", "wide")
    else:
        assert holds(check.admissible, Fraction(rounded(exact, digits, habit)))


@given(said(levels), st.fractions(Fraction(-1, 2), 1), places, places, habits)
def test_an_honest_growth_rate_of_the_usual_size_never_fails(
    base: Said, rate: Fraction, level_places: int, digits: int, habit: Habit
) -> None:
    exact = base.exact * (1 + rate)
    level = Said(exact, rounded(exact, level_places, habit), level_places)
    check = tried_growth(Said(100 * rate, rounded(100 * rate, digits, habit), digits), level, base)
    assert check.verdict is not Verdict.FAIL


@given(said(rates), said(rates), places, habits)
def test_an_honest_difference_in_points_never_fails(
    level: Said, base: Said, digits: int, habit: Habit
) -> None:
    exact = level.exact - base.exact
    rate = Said(exact, rounded(exact, digits, habit), digits)
    assert tried_growth(rate, level, base, GrowthBasis.POINTS).verdict is Verdict.PASS


@given(said(levels), said(levels), places, habits)
def test_an_honest_rate_of_completion_never_fails(
    done: Said, plan: Said, digits: int, habit: Habit
) -> None:
    exact = 100 * done.exact / plan.exact
    rate = indicator("S1-02", "%", GrowthBasis.NONE)
    figures = (
        figure(Said(exact, rounded(exact, digits, habit), digits), Measure.ACTUAL, rate),
        figure(done, Measure.ACTUAL),
        figure(plan, Measure.PLAN),
    )
    quotient = Arithmetic("/", FigureOf("S1-01", Measure.ACTUAL), FigureOf("S1-01", Measure.PLAN))
    check = checked(Comparison("==", FigureOf("S1-02", Measure.ACTUAL), quotient), "completion", figures)
    assert check.verdict is not Verdict.FAIL
    if check.verdict is Verdict.UNTESTABLE:
        assert check.reason in ("not_positive", "wide")


@given(st.lists(said(levels), min_size=2, max_size=20), places, habits)
def test_an_honest_total_never_fails(parts: list[Said], digits: int, habit: Habit) -> None:
    exact = sum((part.exact for part in parts), Fraction(0))
    whole = Said(exact, rounded(exact, digits, habit), digits)
    assert (
        total(part.interval for part in parts)
        .widened(Decimal(5).scaleb(-digits - 1))
        .holds(whole.printed)
    )
    figures = [figure(whole, Measure.ACTUAL, indicator("T"))]
    figures += [figure(part, Measure.ACTUAL, indicator(f"P{place}")) for place, part in enumerate(parts)]
    parts_sum: Term = FigureOf("P0", Measure.ACTUAL)
    for place in range(1, len(parts)):
        parts_sum = Arithmetic("+", parts_sum, FigureOf(f"P{place}", Measure.ACTUAL))
    for sides in (
        (parts_sum, FigureOf("T", Measure.ACTUAL)),
        (FigureOf("T", Measure.ACTUAL), parts_sum),
    ):
        assert checked(Comparison("==", *sides), "parts", figures).verdict is Verdict.PASS


def checked(condition: Condition, rule: str, figures: tuple[Figure, ...] | list[Figure]) -> Check:
    """What the pack's rule gives for the figures, by the way that submissions go."""
    found = case(*figures, rules=(PackRule(rule, "", condition, Severity.CONFIRM),))
    [relation] = pack_relations(found.definition, found.figures, DEPARTMENT)
    assert isinstance(relation, Relation)
    return relation.tried()


@given(said(levels), st.integers(0, 3), habits, st.sampled_from([Measure.ACTUAL, Measure.PREVIOUS]))
def test_a_figure_that_was_released_with_other_decimals_never_fails(
    item: Said, digits: int, habit: Habit, measure: Measure
) -> None:
    released = PublishedFigure(
        "S1-01",
        Measure.ACTUAL,
        "2031" if measure is Measure.ACTUAL else "2030",
        rounded(item.exact, digits, habit),
        digits,
    )
    [relation] = published_relations(case(figure(item, measure), published=(released,)))
    assert isinstance(relation, Relation)
    assert relation.tried().verdict is Verdict.PASS


@given(said(levels), habits)
def test_last_years_figure_rounded_otherwise_never_fails(item: Said, habit: Habit) -> None:
    stored = rounded(item.exact, indicator().decimals, habit)
    known = Known(
        "2030", DEPARTMENT, "S1-01", Measure.ACTUAL, stored, 1, "", "0", "a.xlsx", "指标", "D5"
    )
    [relation] = base_relations(case(figure(item, Measure.PREVIOUS), context=Context(known=(known,))))
    assert isinstance(relation, Relation)
    assert relation.tried().verdict is Verdict.PASS


# --- what is found, and what is not testable ------------------------------------------------------


def number(text: str) -> Said:
    return Said(Fraction(text), Decimal(text), len(text.partition(".")[2]))


@pytest.mark.parametrize(
    ("rate", "level", "base", "verdict", "low", "high"),
    [
        ("3.5", "12.3", "11.8", "pass", "3.33", "5.16"),
        ("3.3", "12.3", "11.8", "fail", "3.33", "5.16"),
        ("5.2", "12.3", "11.8", "fail", "3.33", "5.16"),
        ("8.00", "73.85", "68.38", "pass", "7.98", "8.02"),
        ("8.5", "73.85", "68.38", "fail", "7.93", "8.06"),
        ("-3.5", "11.8", "12.3", "pass", "-4.91", "-3.22"),
    ],
)
def test_what_is_admissible_for_a_growth_rate(
    rate: str, level: str, base: str, verdict: str, low: str, high: str
) -> None:
    check = tried_growth(number(rate), number(level), number(base))
    assert check.admissible is not None
    shown = [f"{end:.2f}" for end in (check.admissible.low, check.admissible.high)]
    assert shown == [low, high]
    assert check.verdict == verdict


@pytest.mark.parametrize(
    ("level", "base", "reason"),
    [
        ("12.3", "0", "not_positive"),
        ("12.3", "0.0", "not_positive"),
        ("12.3", "-3.5", "not_positive"),
        ("12.3", "0.1", "wide"),
        ("1", "1", "wide"),
        ("20", "18", "wide"),
        ("40", "39", "wide"),
        ("42", "42", ""),
    ],
)
def test_what_cannot_be_tested_says_why(level: str, base: str, reason: str) -> None:
    check = tried_growth(number("0.0"), number(level), number(base))
    assert check.reason == reason
    assert (check.verdict is Verdict.UNTESTABLE) == bool(reason)


def test_nothing_is_a_share_of_nothing() -> None:
    assert growth(exactly(3), printed(Decimal("0.0"), 1)) is None
    assert percentage(exactly(3), exactly(0)) is None
    assert percentage(exactly(3), exactly(-1)) is None
    assert percentage(exactly(3), exactly(4)) == exactly(75)
    assert total([]) == exactly(0)


# --- the pack's own expressions -------------------------------------------------------------------

CODES = ("a", "b", "c")

terms = st.recursive(
    st.one_of(
        st.builds(Number, st.decimals(-100, 100, places=1)),
        st.builds(FigureOf, st.sampled_from(CODES), st.just(Measure.ACTUAL)),
    ),
    lambda inner: st.one_of(
        st.builds(Negative, inner), st.builds(Arithmetic, st.sampled_from("+-*/"), inner, inner)
    ),
    max_leaves=6,
)
comparisons = st.builds(Comparison, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), terms, terms)
conditions = st.recursive(
    st.one_of(
        comparisons,
        st.builds(Reported, st.builds(FigureOf, st.sampled_from("abcd"), st.just(Measure.ACTUAL))),
    ),
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(lambda items: AllOf(tuple(items)), st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda items: AnyOf(tuple(items)), st.lists(inner, min_size=1, max_size=3)),
        st.builds(Implication, inner, inner),
    ),
    max_leaves=5,
)

EXACTLY: Mapping[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
COMPARED: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def exact_value(term: Term, figures: Mapping[str, Fraction]) -> Fraction:
    match term:
        case Number(constant):
            return Fraction(constant)
        case FigureOf(code, _):
            return figures[code]
        case Negative(inner):
            return -exact_value(inner, figures)
        case Arithmetic(sign, left, right):
            return EXACTLY[sign](exact_value(left, figures), exact_value(right, figures))


def exact_truth(condition: Condition, figures: Mapping[str, Fraction]) -> bool:
    match condition:
        case Comparison(sign, left, right):
            return COMPARED[sign](exact_value(left, figures), exact_value(right, figures))
        case Reported(item):
            return item.indicator in figures
        case Not(inner):
            return not exact_truth(inner, figures)
        case AllOf(items):
            return all(exact_truth(item, figures) for item in items)
        case AnyOf(items):
            return any(exact_truth(item, figures) for item in items)
        case Implication(when, then):
            return not exact_truth(when, figures) or exact_truth(then, figures)


true_values = said(st.decimals(-50, 50, places=4).map(Fraction))
forms = st.fixed_dictionaries(dict.fromkeys(CODES, true_values))


def looked_up(form: Mapping[str, Said]) -> Callable[[str, Measure], Interval | None]:
    return lambda code, _: form[code].interval if code in form else None


@given(terms, forms)
def test_a_term_holds_the_exact_value(term: Term, form: dict[str, Said]) -> None:
    try:
        interval = value(term, looked_up(form))
    except UndecidableError as error:
        assert error.reason == "not_positive"
        return
    assert holds(interval, exact_value(term, {code: item.exact for code, item in form.items()}))


@given(conditions, forms)
def test_what_holds_is_never_called_false(condition: Condition, form: dict[str, Said]) -> None:
    try:
        judged = truth(condition, looked_up(form))
        exact = exact_truth(condition, {code: item.exact for code, item in form.items()})
    except (UndecidableError, ZeroDivisionError):
        assume(False)
    assert judged is not (Truth.NO if exact else Truth.YES)


@given(forms, st.sampled_from("+-*"), st.sampled_from(["==", "<=", ">="]))
def test_an_equation_of_rounded_figures_is_never_called_false(
    form: dict[str, Said], sign: str, compared: str
) -> None:
    """As packs write them: a figure against arithmetic of others whose true values make it."""
    exact = EXACTLY[sign](form["a"].exact, form["b"].exact)
    form = {**form, "c": Said(exact, rounded(exact, form["c"].places), form["c"].places)}
    side = Arithmetic(sign, FigureOf("a", Measure.ACTUAL), FigureOf("b", Measure.ACTUAL))
    for condition in (
        Comparison(compared, side, FigureOf("c", Measure.ACTUAL)),
        Comparison(compared, FigureOf("c", Measure.ACTUAL), side),
    ):
        assert truth(condition, looked_up(form)) is not Truth.NO
