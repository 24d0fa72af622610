"""Simulated correct submissions: varied definitions, true values, honest rounding, an honest past.

:func:`world` makes one from a seed: equal seeds give equal worlds. Everything that is printed in it
was rounded from the true values, each number by itself; so nothing in it is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from random import Random

from generators.excel.grid import address
from generators.excel.numbers import plain
from generators.forms import layout
from generators.model import (
    Accepted,
    Accumulation,
    Arithmetic,
    Asked,
    Cell,
    ColumnKind,
    Comparison,
    Definition,
    Department,
    FigureOf,
    Finding,
    FormIdentity,
    GrowthBasis,
    Implication,
    Indicator,
    Known,
    Measure,
    Narrative,
    NarrativeText,
    Number,
    Observation,
    PackRule,
    PublishedFigure,
    Reading,
    Register,
    RegisterColumn,
    RegisterRow,
    Section,
    Settings,
    Severity,
    Submission,
    TargetKind,
    Term,
)
from generators.model.periods import Period, year_before
from generators.validation import judge, judge_together
from generators.validation.context import Context
from generators.validation.figures import Key
from tests.benchmarks.paths import Calendar, Manner, Truth, calendar, share_of, sum_of, truth
from tests.benchmarks.rounding import Habit, rounded
from tests.benchmarks.texts import Quoted, honest_text

MAIN, OTHER = "yy", "jt"
"""The department that is judged, and another that reports some of its figures too."""

FIRST_ROW = 5
_MEASURES = tuple(Measure)


@dataclass(frozen=True)
class World:
    """A definition, what each department honestly hands in, the main one first, and their past.

    ``exact`` is what the figures truly are.
    """

    seed: int
    definition: Definition
    forms: tuple[Submission, ...]
    contexts: Mapping[str, Context]
    exact: Mapping[Key, Fraction]

    @property
    def form(self) -> Submission:
        """The main department's submission."""
        return self.forms[0]

    def findings(self, form: Submission | None = None) -> list[Finding]:
        """All that is found where the main department hands in ``form``."""
        forms = (form or self.form, *self.forms[1:])
        found = [
            finding
            for item in forms
            for finding in judge(item, self.definition, self.contexts[item.identity.department]).findings
        ]
        return [*found, *judge_together(forms, self.definition, self.contexts)]


@dataclass(frozen=True)
class _Kind:
    """What a family of indicators is like."""

    names: Mapping[str, tuple[str, ...]]
    decimals: tuple[int, ...]
    low: float
    high: float
    bases: tuple[GrowthBasis, ...]
    accumulation: Accumulation
    manner: Manner


_AMOUNT = Manner(0, 6, 4)
_COUNT = Manner(0, 4, 6, whole=True)
_LEVEL_BASES = (GrowthBasis.NOMINAL, GrowthBasis.NOMINAL, GrowthBasis.REAL)

KINDS = (
    _Kind(
        dict.fromkeys(
            "渔业总产值 水产品加工产值 工业产值 规模以上工业产值 一般公共预算收入 税收收入".split(),
            ("亿元", "亿元", "万元"),
        ),
        (0, 1, 2, 3),
        0.3,
        5.5,
        _LEVEL_BASES,
        Accumulation.CUMULATIVE,
        _AMOUNT,
    ),
    _Kind(
        dict.fromkeys(("城镇居民人均可支配收入", "农村居民人均可支配收入", "人均消费支出"), ("元",)),
        (0,),
        3.8,
        4.8,
        (GrowthBasis.NOMINAL,),
        Accumulation.CUMULATIVE,
        Manner(0, 5, 1.5),
    ),
    _Kind(
        {"渔船数": ("艘",), "经营主体数": ("户",), "学位数": ("个",), "养老床位数": ("张",)},
        (0,),
        1.5,
        5,
        (GrowthBasis.NONE, GrowthBasis.NOMINAL),
        Accumulation.INSTANT,
        replace(_COUNT, adds_up=False),
    ),
    _Kind(
        dict.fromkeys(("新开工项目数", "签约项目数", "竣工项目数"), ("个",)) | {"活动次数": ("次",)},
        (0,),
        0.5,
        1.6,
        (GrowthBasis.NONE,),
        Accumulation.CUMULATIVE,
        replace(_COUNT, erratic=True),
    ),
    _Kind(
        dict.fromkeys("水质达标率 优良天数比例 城镇化率 网上可办率 失业率".split(), ("%",)),
        (0, 1, 2),
        0.5,
        1.98,
        (GrowthBasis.POINTS,),
        Accumulation.RATIO,
        Manner(0, 0.5, 0.8, bounded=True, adds_up=False),
    ),
    _Kind(
        {
            "细颗粒物浓度": ("微克/立方米",),
            "粮食总产量": ("万吨",),
            "耕地面积": ("万亩",),
            "公路里程": ("公里",),
        },
        (0, 1, 2),
        0.7,
        3,
        (GrowthBasis.NOMINAL, GrowthBasis.NONE),
        Accumulation.INSTANT,
        Manner(0, 1, 4, adds_up=False),
    ),
    _Kind(
        dict.fromkeys(("景气指数", "满意度得分"), ("",)),
        (1, 2),
        1.7,
        2.1,
        (GrowthBasis.NOMINAL,),
        Accumulation.INSTANT,
        Manner(0, 0.5, 1.5, adds_up=False),
    ),
)

_ALIKE = _Kind(
    dict.fromkeys((f"{name}设施数" for name in "甲乙丙丁戊己庚辛壬癸子丑寅卯"), ("处",)),
    (0,),
    1,
    1.5,
    (GrowthBasis.NONE,),
    Accumulation.INSTANT,
    replace(_COUNT, adds_up=False),
)


@dataclass(frozen=True)
class _Row:
    """An indicator and what it truly is."""

    indicator: Indicator
    truth: Truth


def world(seed: int, *, history: int | None = None, parts: bool = False) -> World:
    """The world of ``seed``.

    ``history`` is the number of earlier periods, by default anything from 0 to 12; ``parts`` makes
    sure that there is a total of parts among the indicators.
    """
    random = Random(seed)
    time = calendar(random)
    rows = [_row(random, place, kind, time) for place, kind in enumerate(_kinds(random))]
    rules: list[PackRule] = []
    if parts or random.random() < 0.6:
        more, added = _total(random, rows, time)
        rows, rules = [*rows, *more], [*rules, *added]
    if random.random() < 0.5:
        more, added = _completion(random, rows)
        rows, rules = [*rows, *more], [*rules, *added]
    rules += _own_rules(random, rows, time)
    rows = [_shared(random, row) for row in rows]
    narratives = (Narrative("N1", "经济运行情况", MAIN, "S1"), Narrative("N2", "工作打算", MAIN, "S1"))
    definition = Definition(
        "linxi",
        str(seed),
        Settings(
            "临溪区年报",
            time.text(time.now),
            previous_period=time.text(year_before(time.now)) if random.random() < 0.5 else "",
            next_period=time.text(replace(time.now, year=2032)),
        ),
        (Department(MAIN, "渔业局"), Department(OTHER, "交通局")),
        (Section("S1", "渔业"),),
        tuple(row.indicator for row in rows),
        (_REGISTER,),
        {"阶段": ("在建", "建成", "停建")},
        narratives,
        pack_rules=tuple(rules),
        published=tuple(_published(random, rows, time)),
    )
    forms = [_form(random, definition, rows, time, MAIN)]
    other = _form(random, definition, rows, time, OTHER)
    if other.observations:
        forms.append(other)
    contexts = {form.identity.department: _past(random, form, rows, time, history) for form in forms}
    exact = {
        (row.indicator.code, measure): row.truth.value(row.indicator, measure, time.now)
        for row in rows
        for measure in Measure
    }
    return World(seed, definition, tuple(forms), contexts, exact)


# --- the definition -------------------------------------------------------------------------------


def _kinds(random: Random) -> list[tuple[_Kind, str]]:
    """Kinds of indicators with a name for each, none twice."""
    every = [(kind, name) for kind in KINDS for name in kind.names]
    if random.random() < 0.1:  # a sheet of counts all of one size: any of them would fit any row
        return [(_ALIKE, name) for name in random.sample(list(_ALIKE.names), 12)]
    return random.sample(every, random.randint(4, 11))


def _row(random: Random, place: int, of: tuple[_Kind, str], time: Calendar) -> _Row:
    kind, name = of
    unit = random.choice(kind.names[name])
    asked = {
        Measure.ACTUAL: random.choice((Asked.REQUIRED, Asked.OPTIONAL)),
        Measure.PREVIOUS: random.choice((Asked.REQUIRED, Asked.OPTIONAL)),
        Measure.GROWTH: random.choice((Asked.REQUIRED, Asked.OPTIONAL)),
        Measure.PLAN: random.choice((Asked.OPTIONAL, Asked.NO)),
        Measure.TARGET: random.choice((Asked.OPTIONAL, Asked.NO)),
    }
    basis = random.choice(kind.bases)
    if basis is GrowthBasis.NONE and random.random() < 0.8:
        asked[Measure.GROWTH] = Asked.NO
    target = _target_kind(random, kind)
    increment = target is TargetKind.LEVEL and kind.manner.whole and random.random() < 0.3
    phrase = random.choice(("", "达到{}", "不少于{}", "控制在{}以内", "保持在{}以上"))
    indicator = Indicator(
        f"S1-{place + 1:02}",
        name,
        unit,
        random.choice(kind.decimals),
        MAIN,
        "S1",
        basis,
        kind.accumulation,
        asked,
        random.choice((1, 1, 1, 2, 0)),
        target,
        random.choice(("新增{}", "净增{}以上", "增加{}左右")) if increment else phrase,
        minimum=Decimal(0) if random.random() < 0.7 else None,
        maximum=Decimal(100) if unit == "%" and random.random() < 0.7 else None,
    )
    power = random.uniform(kind.low, kind.high)
    start = min(10**power, 98.0) if kind.manner.bounded else 10**power
    manner = replace(kind.manner, start=start, increment=increment)
    return _Row(indicator, truth(random, manner, indicator, time.now.kind))


def _target_kind(random: Random, kind: _Kind) -> TargetKind:
    if kind.manner.bounded or kind.manner.whole:
        return random.choice((TargetKind.LEVEL, TargetKind.LEVEL, TargetKind.TEXT))
    return random.choice((TargetKind.LEVEL, TargetKind.GROWTH, TargetKind.GROWTH, TargetKind.TEXT))


_PART_NAMES = "一产 二产 三产 养殖 捕捞 加工 流通 休闲 苗种 冷链 渔具 其他".split()


def _total(random: Random, rows: Sequence[_Row], time: Calendar) -> tuple[list[_Row], list[PackRule]]:
    """A total and its parts, of one unit and each with decimals of its own, and the rule for them."""
    count = random.choice((2, 2, 3, 4, 6, 12))
    unit, whole = random.choice((("亿元", False), ("万元", False), ("个", True), ("人", True)))
    basis = GrowthBasis.NONE if whole else GrowthBasis.NOMINAL
    asked = dict.fromkeys(Measure, Asked.NO)
    asked |= dict.fromkeys((Measure.ACTUAL, Measure.PREVIOUS), Asked.REQUIRED)
    asked[Measure.PLAN] = random.choice((Asked.REQUIRED, Asked.NO))
    asked[Measure.GROWTH] = Asked.NO if whole else Asked.OPTIONAL
    start = len(rows)
    decimals = 0 if whole else random.choice((1, 2))
    made = []
    for place, name in enumerate(_PART_NAMES[:count]):
        indicator = Indicator(
            f"S1-{start + place + 1:02}",
            f"{name}增加值" if not whole else f"{name}从业数",
            unit,
            decimals if whole or random.random() < 0.7 else random.choice((0, 1, 2)),
            MAIN,
            "S1",
            basis,
            measures=asked,
        )
        manner = replace(_COUNT if whole else _AMOUNT, start=10 ** random.uniform(1, 3.5))
        made.append(_Row(indicator, truth(random, manner, indicator, time.now.kind)))
    total = Indicator(
        f"S1-{start + count + 1:02}",
        "增加值合计" if not whole else "从业数合计",
        unit,
        decimals,
        MAIN,
        "S1",
        basis,
        measures=asked,
    )
    measure = random.choice((None, None, Measure.ACTUAL))
    terms: list[Term] = [FigureOf(row.indicator.code, measure) for row in made]
    parts = reduce(lambda left, right: Arithmetic("+", left, right), terms)
    sides: list[Term] = [parts, FigureOf(total.code, measure)]
    if random.random() < 0.5:
        sides.reverse()
    whole_row = _Row(total, sum_of([row.truth for row in made]))
    rules = [
        PackRule("parts", "各分项之和等于合计", Comparison("==", sides[0], sides[1]), Severity.CONFIRM)
    ]
    if random.random() < 0.4:
        within = Comparison("<=", FigureOf(made[0].indicator.code, None), FigureOf(total.code, None))
        rules.append(PackRule("part_within_total", "分项不大于合计", within, Severity.ERROR))
    return [*made, whole_row], rules


def _completion(random: Random, rows: Sequence[_Row]) -> tuple[list[_Row], list[PackRule]]:
    """A rate of completion for one of the indicators that have a plan, and the rule for it."""
    planned = [
        row
        for row in rows
        if row.indicator.asked(Measure.PLAN) is not Asked.NO and row.indicator.unit != "%"
    ]
    if not planned:
        return [], []
    row = random.choice(planned)
    code = row.indicator.code
    rate = Indicator(
        f"S1-{len(rows) + 1:02}",
        f"{row.indicator.name}计划完成率",
        "%",
        random.choice((0, 1, 2)),
        MAIN,
        "S1",
        GrowthBasis.NONE,
        Accumulation.RATIO,
        {Measure.ACTUAL: Asked.OPTIONAL},
        minimum=Decimal(0),
        maximum=Decimal(1000),
    )
    quotient = Arithmetic("/", FigureOf(code, Measure.ACTUAL), FigureOf(code, Measure.PLAN))
    condition = Comparison("==", FigureOf(rate.code, Measure.ACTUAL), quotient)
    rule = PackRule("completion", "完成率=完成数/计划数", condition, Severity.CONFIRM)
    return [_Row(rate, share_of(row.truth))], [rule]


def _own_rules(random: Random, rows: Sequence[_Row], time: Calendar) -> Iterator[PackRule]:
    """Rules of the pack's own that the true values satisfy: bounds, comparisons, implications."""
    row = random.choice(rows)
    figure = FigureOf(row.indicator.code, Measure.ACTUAL)
    level = row.truth.level(time.now)
    bound = Number(rounded(level * Fraction(random.randint(0, 9), 10), 1))
    yield PackRule("own_bound", "不低于下限", Comparison(">=", figure, bound), Severity.ERROR)
    other = random.choice(rows)
    compared = FigureOf(other.indicator.code, Measure.ACTUAL)
    sign = ">=" if level >= other.truth.level(time.now) else "<="
    comparison = Comparison(sign, figure, compared)
    if random.random() < 0.5:
        when = Comparison(">", compared, Number(Decimal(0)))
        yield PackRule("own_when", "有则比较", Implication(when, comparison), Severity.ERROR)
    else:
        yield PackRule("own_compare", "大小关系", comparison, Severity.CONFIRM)


def _shared(random: Random, row: _Row) -> _Row:
    if random.random() < 0.75:
        return row
    return replace(row, indicator=replace(row.indicator, reporters=(OTHER,)))


def _published(random: Random, rows: Sequence[_Row], time: Calendar) -> Iterator[PublishedFigure]:
    """Releases of this period, and of the same last year, with decimals of their own."""
    for row in rows:
        measure = random.choice((Measure.ACTUAL, Measure.GROWTH))
        now = random.random() < 0.5
        if random.random() > 0.2 or (measure is Measure.GROWTH and not now):
            continue
        period = time.now if now else year_before(time.now)
        exact = row.truth.value(row.indicator, measure, period)
        places = random.randint(0, 3)
        figure = rounded(exact, places, random.choice(list(Habit)))
        text = time.text(period)
        yield PublishedFigure(row.indicator.code, measure, text, figure, places, "统计公报")


_REGISTER = Register(
    "R1",
    "项目清单",
    (MAIN,),
    (
        RegisterColumn("名称", required=True, unique=True),
        RegisterColumn("阶段", ColumnKind.CODE, required=True, code_list="阶段"),
        RegisterColumn("总投资", ColumnKind.NUMBER, "亿元", 2),
        RegisterColumn("开工日期", ColumnKind.DATE),
    ),
    "S1",
)

# --- the forms ------------------------------------------------------------------------------------


def _form(
    random: Random, definition: Definition, rows: Sequence[_Row], time: Calendar, department: str
) -> Submission:
    """What a department hands in: every number rounded by itself, some optional cells blank."""
    observations: list[Observation] = []
    own = [row for row in rows if row.indicator in definition.indicators_of(department)]
    blanks = random.choice((0, 0.1, 0.1, 0.5))
    for place, row in enumerate(own):
        left_out = row.indicator.asked(Measure.ACTUAL) is Asked.OPTIONAL and random.random() < 0.08
        for column, measure in enumerate(_MEASURES, start=4):
            asked = row.indicator.asked(measure)
            if asked is Asked.NO:
                continue
            exact = row.truth.value(row.indicator, measure, time.now)
            forgone = measure is not Measure.ACTUAL and random.random() < blanks
            # The department that owns a figure must give it; another one that may need not.
            blank = (left_out or forgone) and (asked is Asked.OPTIONAL or department != MAIN)
            reading = _reading(random, row.indicator, measure, exact, FIRST_ROW + place, column, blank)
            observations.append(Observation(row.indicator.code, measure, reading))
    file = f"{definition.department_name(department)}.xlsx"
    identity = FormIdentity(definition.pack, department, definition.settings.period, "1")
    form = Submission(identity, file, f"{definition.digest}{department}", "", tuple(observations))
    if department != MAIN:
        return form
    return replace(form, rows=_register_rows(random), narratives=_narratives(random, form, own, time))


def _reading(
    random: Random,
    indicator: Indicator,
    measure: Measure,
    exact: Fraction,
    row: int,
    column: int,
    blank: bool,
) -> Reading:
    """A cell as the clerk leaves it: the number rounded as declared, some in a percent format."""
    where = (layout.INDICATOR_SHEET, row, column, address(row, column))
    if blank:
        return Reading(Cell(*where))
    if measure is Measure.TARGET and indicator.target_kind is TargetKind.TEXT:
        return Reading(Cell(*where, "稳中有进", "稳中有进", "@"), "稳中有进")
    places = indicator.decimals_of(measure)
    value = Decimal(plain(rounded(exact, places, random.choice(list(Habit)))))
    pattern = f"0.{'0' * places}" if places else "0"
    if indicator.unit_of(measure) == "%" and random.random() < 0.1:
        stored = Decimal(plain(value / 100))
        return Reading(Cell(*where, stored, plain(stored), f"{pattern}%"), value)
    return Reading(Cell(*where, value, plain(value), random.choice((pattern, "General"))), value)


def _register_rows(random: Random) -> tuple[RegisterRow, ...]:
    rows = []
    for place in range(random.randint(0, 4)):
        number = FIRST_ROW + place
        date = f"2031-{random.randint(1, 12):02}-{random.randint(1, 28):02}"
        values = (f"项目{place + 1}", random.choice(("在建", "建成")), _money(random), date)
        readings = {
            column.name: Reading(
                Cell("项目清单", number, spot, address(number, spot), value, str(value)), value
            )
            for spot, (column, value) in enumerate(zip(_REGISTER.columns, values, strict=True), start=2)
        }
        rows.append(RegisterRow("R1", number, readings))
    return tuple(rows)


def _money(random: Random) -> Decimal:
    return Decimal(plain(Decimal(f"{10 ** random.uniform(-1, 2):.2f}")))


def _narratives(
    random: Random, form: Submission, rows: Sequence[_Row], time: Calendar
) -> tuple[NarrativeText, ...]:
    quoted = []
    for row in rows:
        given = {
            item.measure: item.reading.value
            for item in form.observations
            if item.indicator == row.indicator.code and isinstance(item.reading.value, Decimal)
        }
        exact = {measure: row.truth.value(row.indicator, measure, time.now) for measure in Measure}
        quoted.append(Quoted(row.indicator, given, exact))
    texts = (honest_text(random, quoted, ahead=False), honest_text(random, quoted, ahead=True))
    sheet = layout.NARRATIVE_SHEET
    return tuple(
        NarrativeText(f"N{place}", Cell(sheet, 4 + place, 4, f"D{4 + place}", text, text), text)
        for place, text in enumerate(texts, start=1)
    )


# --- the past -------------------------------------------------------------------------------------


def _past(
    random: Random, form: Submission, rows: Sequence[_Row], time: Calendar, history: int | None
) -> Context:
    count = random.randint(0, 12) if history is None else history
    whole_years = time.now.kind == "year" or random.random() < 0.5
    department = form.identity.department
    known = [
        item
        for period in time.back(count, whole_years=whole_years)
        for item in _known(random, form, rows, time, period, department)
    ]
    earlier = None
    if random.random() < 0.6 and any(_revisable(item) for item in form.observations):
        earlier = Accepted(_earlier(random, form, rows), random.randint(1, 4))
    return Context(earlier, tuple(known))


def _known(
    random: Random,
    form: Submission,
    rows: Sequence[_Row],
    time: Calendar,
    period: Period,
    department: str,
) -> Iterator[Known]:
    """What the department reported for an earlier period."""
    by_code = {row.indicator.code: row for row in rows}
    for item in form.observations:
        row, cell = by_code[item.indicator], item.reading.cell
        value: Decimal | str = "稳中有进"
        if item.measure is not Measure.TARGET or row.indicator.target_kind is not TargetKind.TEXT:
            exact = row.truth.value(row.indicator, item.measure, period)
            places = row.indicator.decimals_of(item.measure)
            value = Decimal(plain(rounded(exact, places, random.choice(list(Habit)))))
        text = time.text(period)
        place = (cell.sheet, cell.address)
        yield Known(
            text, department, item.indicator, item.measure, value, 1, "", text, f"{text}.xlsx", *place
        )


def _earlier(random: Random, form: Submission, rows: Sequence[_Row]) -> Submission:
    """The vintage before: some figures were a little different, plans were the same."""
    by_code = {row.indicator.code: row.indicator for row in rows}
    changed = []
    for item in form.observations:
        value = item.reading.value
        first = not any(new is not old for new, old in zip(changed, form.observations, strict=False))
        if _revisable(item) and isinstance(value, Decimal) and (first or random.random() < 0.4):
            indicator = by_code[item.indicator]
            unit = Decimal(1).scaleb(-indicator.decimals_of(item.measure))
            step = random.choice((-1, 1)) * unit * (1 if abs(value) < 100 * unit else 3)
            reading = replace(item.reading, value=Decimal(plain(value + step)))
            changed.append(replace(item, reading=reading))
        else:
            changed.append(item)
    texts = form.narratives and (replace(form.narratives[0], text="情况将在下次补充。"),)
    return replace(form, sha256=f"{form.sha256}-1", observations=tuple(changed), narratives=texts)


def _revisable(item: Observation) -> bool:
    """Whether the figure may change within the year; plans and last year's figures do not."""
    kept = item.measure in (Measure.PLAN, Measure.PREVIOUS)
    return not kept and isinstance(item.reading.value, Decimal)
