"""A thousand simulated correct submissions: the validation finds nothing in them. And slips: it does."""

from __future__ import annotations

import datetime as dt
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from generators.excel.workbook import read_workbook
from generators.forms import layout
from generators.forms.write import write_form
from generators.intake.submission import identify, read_submission
from generators.model import (
    Asked,
    Cell,
    Comparison,
    Definition,
    Department,
    FigureOf,
    FormIdentity,
    GrowthBasis,
    Indicator,
    Known,
    Measure,
    Narrative,
    NarrativeText,
    Number,
    Observation,
    PackRule,
    Reading,
    Settings,
    Severity,
    Submission,
    Tally,
)
from generators.validation import judge, judge_together
from generators.validation.context import NOTHING, Context
from generators.validation.figures import figures_of
from tests.benchmarks.honest import MAIN, World, world
from tests.benchmarks.validation import GRAVE, measured
from tests.workbooks import brief, cell_of, header_row, row_of, saved

CHUNK = 125
WORLDS = range(0, 1000, CHUNK)


@pytest.mark.parametrize("first", WORLDS)
def test_a_thousand_correct_submissions_are_told_nothing(first: int) -> None:
    found = {seed: world(seed).findings() for seed in range(first, first + CHUNK)}
    assert {
        seed: brief([item for item in items if item.severity in GRAVE])
        for seed, items in found.items()
        if any(item.severity in GRAVE for item in items)
    } == {}
    # An outlier is no error: of some 20 figures with a long past one may be far off by nature.
    warnings = [item.code for items in found.values() for item in items]
    assert set(warnings) <= {"outlier.history"}
    assert len(warnings) <= CHUNK // 20


def test_what_is_judged_in_them_is_judged_indeed() -> None:
    applied: Counter[str] = Counter()
    for seed in range(60):
        here = world(seed)
        for form in here.forms:
            for tally in judge(form, here.definition, here.contexts[form.identity.department]).tallies:
                applied[tally.rule] += tally.passed
    rules = ("growth", "completion", "parts", "target", "base", "cumulative", "published")
    assert all(applied[rule] > 10 for rule in (*rules, "unit", "percent", "own_bound")), applied
    seen = [item for seed in range(60) for item in world(seed).definition.indicators]
    assert {item.growth_basis for item in seen} == set(GrowthBasis)
    assert {item.decimals for item in seen} == {0, 1, 2, 3}


def test_a_world_is_its_seed() -> None:
    one, other = world(7), world(7)
    assert one.form == other.form
    assert one.contexts == other.contexts
    assert one.definition == other.definition
    assert one.form != world(8).form


# --- through workbooks ----------------------------------------------------------------------------


def handed_in(here: World) -> bytes:
    """The world's main submission as a workbook: the form as it is issued, filled in."""
    book: Any = openpyxl.load_workbook(io.BytesIO(write_form(here.definition, MAIN)))
    for item in here.form.observations:
        cell = item.reading.cell
        if cell.value is None:
            continue
        target = cell_of(book, item.indicator, layout.MEASURE_HEADERS[item.measure])
        target.value = float(cell.value) if isinstance(cell.value, Decimal) else cell.value
        if cell.number_format.endswith("%"):
            target.number_format = cell.number_format
    if here.form.rows:
        sheet = book["项目清单"]
        start, columns = header_row(sheet, "名称")
        for place, row in enumerate(here.form.rows, start=start + 1):
            for name, reading in row.readings.items():
                header = "总投资（亿元）" if name == "总投资" else name
                value = reading.value
                if name == "开工日期":
                    value = dt.date.fromisoformat(str(value))  # type: ignore[assignment]
                sheet.cell(place, columns[header]).value = value
    sheet = book[layout.NARRATIVE_SHEET]
    _, columns = header_row(sheet, layout.NARRATIVE_TEXT_HEADER)
    for text in here.form.narratives:
        sheet.cell(
            row_of(sheet, text.narrative), columns[layout.NARRATIVE_TEXT_HEADER]
        ).value = text.text
    return saved(book)


@pytest.mark.parametrize("first", range(2000, 2050, 10))
def test_correct_submissions_through_real_workbooks_are_told_nothing(first: int) -> None:
    for seed in range(first, first + 10):
        here = world(seed)
        book = read_workbook(handed_in(here), here.form.file).value
        assert book is not None
        identity = identify(book)
        assert identity == here.form.identity
        result = read_submission(book, identity, here.definition)
        assert result.findings == ()
        form = result.value
        assert form is not None
        read = {key: item.value for key, item in figures_of(form, here.definition).items()}
        meant = {key: item.value for key, item in figures_of(here.form, here.definition).items()}
        assert read == meant
        assert len(form.rows) == len(here.form.rows)
        judged = judge(form, here.definition, here.contexts[MAIN], result.findings).findings
        together = judge_together((form, *here.forms[1:]), here.definition, here.contexts)
        assert [item.code for item in (*judged, *together) if item.code != "outlier.history"] == [], seed


def computed(here: World) -> Submission:
    """The world's main form with formulas in place of typed numbers.

    Each cell holds all digits of the true value and shows those that are declared.
    """
    observations = []
    for item in here.form.observations:
        value = item.reading.value
        if isinstance(value, Decimal) and not item.reading.cell.number_format.endswith("%"):
            places = here.definition.indicator_by_code[item.indicator].decimals_of(item.measure)
            stored = Decimal(f"{float(here.exact[item.indicator, item.measure]):.15g}")
            pattern = f"0.{'0' * places}" if places else "0"
            cell = replace(
                item.reading.cell, value=stored, raw=str(stored), number_format=pattern, formula="=A1"
            )
            item = replace(item, reading=replace(item.reading, cell=cell, value=stored))
        observations.append(item)
    return replace(here.form, observations=tuple(observations))


@pytest.mark.parametrize("first", [4000, 4075])
def test_formulas_with_more_digits_than_they_show_are_asked_nothing(first: int) -> None:
    for seed in range(first, first + 75):
        here = world(seed)
        grave = [item for item in here.findings(computed(here)) if item.severity in GRAVE]
        # A plan that was typed in the vintage before and is computed now did change.
        assert brief([item for item in grave if item.code != "revision.plan"]) == [], seed


# --- slips ----------------------------------------------------------------------------------------

RECALL: Mapping[str, float] = {
    "unit ×10^k": 0.9,
    "percent/fraction": 0.9,
    "sign": 0.7,
    "transposed digits": 0.75,
    "shifted block": 0.95,
    "last year's file": 0.95,
    "wrong total": 0.9,
    "wrong growth": 0.8,
    "wrong base": 0.75,
}
"""What is found of each class at least; what no rule has anything to hold against is in the rest."""


def test_slips_are_found_and_correct_figures_are_left_alone() -> None:
    outcome = measured(40, seed=3000)
    assert [code for (severity, code) in outcome.findings if severity in map(str, GRAVE)] == []
    assert all(item.false == 0 for rule, item in outcome.alarms.items() if rule != "outlier")
    # The same figures make the usual checks cry wolf.
    assert outcome.naive["growth ±0.1"].false > 10
    assert outcome.naive["exact sum"].false > 10
    for name, score in outcome.scores.items():
        assert score.slips >= 20, name
        assert score.found / score.slips >= RECALL[name], name
        assert score.blamed / score.slips >= RECALL[name] - 0.1, name
        assert score.marred / score.slips <= 0.05, name


# --- what the simulation brought to light ---------------------------------------------------------

ASKED = dict.fromkeys(Measure, Asked.OPTIONAL)


def definition(*indicators: Indicator) -> Definition:
    return Definition(
        "linxi",
        "0",
        Settings("年报", "2031"),
        (Department(MAIN, "渔业局"),),
        indicators=indicators,
        narratives=(Narrative("N1", "经济运行", MAIN),),
    )


def form(values: Mapping[tuple[str, Measure], str], text: str = "") -> Submission:
    """A form whose cells stand one row to an indicator, in the order given."""
    codes = list(dict.fromkeys(code for code, _ in values))
    observations = []
    for (code, measure), raw in values.items():
        column = list(Measure).index(measure) + 4
        row = codes.index(code) + 5
        value = Decimal(raw)
        cell = Cell("指标", row, column, f"{'ABCDEFGH'[column - 1]}{row}", value, raw)
        observations.append(Observation(code, measure, Reading(cell, value)))
    texts = (NarrativeText("N1", Cell("文字材料", 5, 4, "D5", text, text), text),) if text else ()
    identity = FormIdentity("linxi", MAIN, "2031", "1")
    return Submission(identity, "渔业局.xlsx", "0", "", tuple(observations), narratives=texts)


def output(code: str = "A", name: str = "工业产值", decimals: int = 1) -> Indicator:
    return Indicator(code, name, "亿元", decimals, MAIN, "S1", GrowthBasis.NOMINAL, measures=ASKED)


TEXTS = [
    ("工业产值达到85亿元，同比增长1.5%。", []),
    ("工业产值达到86亿元，同比增长1.8%。", ["本年预计", "同比增长"]),
    # Of a list of targets only its beginning says that they are the next year's.
    ("2032年主要预期目标为：建筑业产值增长7%；工业产值增长6.5%；税收增长8%。", []),
    ("2032年，工业产值达到91亿元。", []),
    ("力争建筑业产值增长7%，工业产值增长6.5%。", []),
    ("上半年，工业产值完成40亿元，同比增长2%。", []),
    ("一季度建筑业产值增长7%，工业产值增长6.5%。", []),
    ("上半年建筑业产值增长7%。工业产值达到86亿元。", ["本年预计"]),
    ("上半年建筑业产值增长7%，全年工业产值达到86亿元。", ["本年预计"]),
    ("2031年，工业产值达到86亿元。", ["本年预计"]),
    # A comparison with last year is not about last year.
    ("建筑业产值比上年增长7%，工业产值达到86亿元。", ["本年预计"]),
]


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_a_word_of_time_holds_for_the_rest_of_its_sentence(text: str, expected: list[str]) -> None:
    pack = definition(output())
    filled = form({("A", Measure.ACTUAL): "85", ("A", Measure.GROWTH): "1.5"}, text)
    findings = judge_together([filled], pack, {})
    measures = {Measure.ACTUAL: "本年预计", Measure.GROWTH: "同比增长"}
    assert [measures[Measure(item.params["measure"])] for item in findings] == expected


SLIPPED = [
    # 本年预计, 年度计划; the figures are of one size, and plans were exceeded by half: no slip.
    (("8342", "5797", "2.3", "1.6", "326", "226", "4405", "3600"), []),
    (("127", "88", "1005", "678", "63", "43", "104", "72"), []),
]


@pytest.mark.parametrize(("values", "expected"), SLIPPED)
def test_a_plan_that_was_exceeded_has_not_slipped(values: tuple[str, ...], expected: list[str]) -> None:
    codes = "ABCD"
    filled = {}
    for place, code in enumerate(codes):
        filled[code, Measure.ACTUAL], filled[code, Measure.PLAN] = values[2 * place : 2 * place + 2]
    pack = definition(*(output(code, f"{code}产值") for code in codes))
    assert brief(judge(form(filled), pack).findings) == expected


def test_rows_without_a_reference_have_not_slipped() -> None:
    """Counts of one size, of which some say what they were last year: any would fit any row."""
    codes = "ABCDEFGH"
    filled = {(code, Measure.ACTUAL): str(12 + place) for place, code in enumerate(codes)}
    filled |= {(code, Measure.PREVIOUS): str(13 + place) for place, code in enumerate("ABCD")}
    pack = definition(*(output(code, f"{code}数", 0) for code in codes))
    assert judge(form(filled), pack).findings == ()


def test_a_block_that_slipped_is_told() -> None:
    true = {"A": "63.6", "B": "24.3", "C": "439.3", "D": "5.12", "E": "88.1"}
    filled = {(code, Measure.PREVIOUS): value for code, value in true.items()}
    filled |= {(below, Measure.ACTUAL): true[above] for above, below in zip("ABCD", "BCDE", strict=True)}
    pack = definition(*(output(code, f"{code}产值", 2) for code in true))
    [finding] = judge(form(filled), pack).findings
    assert (finding.code, finding.cell) == ("structure.shifted_down", "D6")


def history(*values: str) -> Context:
    known = [
        Known(
            str(2031 - place), MAIN, "A", Measure.ACTUAL, Decimal(value), 1, "", "0", "a", "指标", "D5"
        )
        for place, value in enumerate(reversed(values), start=1)
    ]
    return Context(known=tuple(known))


STRAYS = [
    # It wanders: the step is one that it made before, though it leaves the trend.
    ("10 10.4 10.2 11 11.1 12.6 12.4 13.5 13.6 14", "15.6", []),
    # A smooth past, and a step beyond all before it.
    ("10 10.4 10.7 11 11.4 11.8 12.1 12.5 12.9 13.4", "19", ["outlier.history 指标!D5"]),
    ("10 10.4 10.7 11 11.4 11.8 12.1 12.5 12.9 13.4", "13.9", []),
    # Too short a past.
    ("10 10.4 10.7 11 11.4 11.8 12.1", "19", []),
]


@pytest.mark.parametrize(("past", "now", "expected"), STRAYS)
def test_an_outlier_strays_farther_than_ever_before(past: str, now: str, expected: list[str]) -> None:
    filled = form({("A", Measure.ACTUAL): now})
    found = judge(filled, definition(output()), history(*past.split())).findings
    assert brief(found) == expected


def test_a_past_too_short_is_counted_as_untested() -> None:
    filled = form({("A", Measure.ACTUAL): "19"})
    tallies = judge(filled, definition(output()), history("10", "11")).tallies
    assert Tally("outlier", untestable={"few_periods": 1}) in tallies


def last_year(value: str) -> Context:
    """What was reported for 本年预计 of the indicator A last year."""
    return history(value)


REPAIRS = [
    # 1163 would make 2.4%, but of so many swaps one would make about 2% by chance.
    ({Measure.ACTUAL: "1136", Measure.PREVIOUS: "1136", Measure.GROWTH: "2"}, NOTHING, ""),
    # Here the levels pin the rate down to a tenth of a point.
    ({Measure.ACTUAL: "12301", Measure.PREVIOUS: "11950", Measure.GROWTH: "0.7"}, NOTHING, "12031"),
    # A rate of no great precision may have lost its sign, or be wrong altogether.
    ({Measure.ACTUAL: "71", Measure.PREVIOUS: "66", Measure.GROWTH: "-2.6"}, NOTHING, ""),
    ({Measure.ACTUAL: "712", Measure.PREVIOUS: "662", Measure.GROWTH: "-7.6"}, NOTHING, "7.6"),
    # What was reported is a number: the one beside it is not meant, though rounding would allow it.
    ({Measure.PREVIOUS: "2014"}, last_year("2040"), ""),
    ({Measure.PREVIOUS: "2014"}, last_year("2041"), "2041"),
]


@pytest.mark.parametrize(("values", "past", "fix"), REPAIRS)
def test_a_repair_is_offered_where_it_is_no_guess(
    values: Mapping[Measure, str], past: Context, fix: str
) -> None:
    filled = form({("A", measure): text for measure, text in values.items()})
    [finding] = judge(filled, definition(output(decimals=0)), past).findings
    assert finding.severity is Severity.CONFIRM
    assert finding.evidence.fix == fix


def test_a_bound_is_no_proof_of_a_repair() -> None:
    rule = PackRule(
        "floor",
        "A.本年 >= 20",
        Comparison(">=", FigureOf("A", Measure.ACTUAL), Number(Decimal(20))),
        Severity.CONFIRM,
    )
    pack = replace(definition(output(decimals=0)), pack_rules=(rule,))
    [finding] = judge(form({("A", Measure.ACTUAL): "14"}), pack).findings
    assert (finding.code, finding.evidence.fix) == ("pack.floor", "")


def test_last_years_file_is_one_finding_that_asks_for_one_reason() -> None:
    """Last year's figures again, with last year's own base: one cause, one row to explain it on."""
    values = {"A": ("63.6", "60.1"), "B": ("24.3", "23.4"), "C": ("39.3", "36.7")}
    filled = {}
    for code, (level, base) in values.items():
        filled |= {(code, Measure.ACTUAL): level, (code, Measure.PREVIOUS): base}
        filled |= {(code, Measure.PLAN): level}
    place = (1, "", "0", "渔业局-2030.xlsx", "指标", "D5")
    known = tuple(
        Known("2030", MAIN, code, measure, Decimal(text), *place)
        for (code, measure), text in filled.items()
    )
    pack = definition(*(output(code, f"{code}产值") for code in values))
    [finding] = judge(form(filled), pack, Context(known=known)).findings
    assert (finding.code, finding.severity) == ("stale.period", Severity.CONFIRM)
    assert (finding.sheet, finding.cell) == ("指标", "E5")
    assert brief(finding.follows) == [f"base.differs 指标!E{row}" for row in (5, 6, 7)]
    # Where nothing contradicts it, it is worth a look and no more.
    unchanged = {key: text for key, text in filled.items() if key[1] is not Measure.PREVIOUS}
    [finding] = judge(form(unchanged), pack, Context(known=known)).findings
    assert (finding.code, finding.severity, finding.cell) == ("stale.period", Severity.WARNING, "")
