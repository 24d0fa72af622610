"""The 临溪区 as its departments report it, and at random otherwise: other figures, rows and texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import Random

from generators.merge import Dataset, merge
from generators.model import (
    Accepted,
    Cell,
    Measure,
    NarrativeText,
    Reading,
    RegisterRow,
    Submission,
)
from tests.district import DEFINITION, FIGURES, PORTS, submission

DEPARTMENTS = ("YY", "JT")
_SENTENCES = (
    "渔政执法不断加强。",
    "开展巡查120次，查处违法案件7起。",
    "“清网”行动成效明显；群众满意度提高。",
    "队伍建设取得进展！",
    "航道疏浚工程按期完工。",
    "新增航标12座、浮筒3个。",
    "存在的问题是资金不足。",
)
_PORTS = ("东港", "西港", "南港", "北港", "新港", "月亮湾", "三号码头", "沙洲", "“五一”港")
_ROUTES = ("一号线", "二号线", "环湖线", "夜航线")
_TARGETS = ("不低于全市平均", "稳步提高", "进入前三名")
_STAGES = ("在建", "建成", "停建")


@dataclass(frozen=True)
class Reported:
    """What the departments report: figures by indicator and measure, rows, and texts by narrative.

    ``ports`` are name, stage and investment; ``routes`` department and name. ``absent`` are the
    departments that have handed in nothing.
    """

    figures: Mapping[str, Mapping[str, str]]
    ports: tuple[tuple[str, str, str], ...] = PORTS
    routes: tuple[tuple[str, str], ...] = (("JT", "一号线"),)
    texts: Mapping[str, str] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()


BASE = Reported(
    {**FIGURES, "S1-6": {"actual": "33", "previous": "35"}},
    routes=(("JT", "一号线"), ("JT", "二号线"), ("YY", "环湖线")),
    texts={
        "N1": "渔政执法不断加强。开展巡查，查处违法案件。\n队伍建设取得进展。",
        "N2": "航道疏浚工程按期完工。\n新增航标12座。\n航道年检完成。",
        "N3": "展望未来。",
    },
)
"""What the report stands on that people edit; one figure is missing (渡口数·上年)."""


def dataset_of(reported: Reported) -> Dataset:
    """The merged dataset of what was reported."""
    submissions = [_submission(code, reported) for code in DEPARTMENTS if code not in reported.absent]
    merged = merge(DEFINITION, [Accepted(item, 1) for item in submissions])
    assert merged.value is not None
    return merged.value


def random_data(random: Random, before: Reported = BASE) -> Reported:
    """Other values than ``before``: little or much of it changed, at times nothing, at times all."""
    share = random.choice((0.0, 0.2, 0.5, 1.0))
    figures = {
        code: {
            measure: _figure(random, code, measure, value) if random.random() < share else value
            for measure, value in _asked(before.figures.get(code, {})).items()
        }
        for code in (item.code for item in DEFINITION.indicators)
    }
    changed = replace(before, figures=figures)
    if random.random() < share:
        changed = replace(changed, ports=random_ports(random, changed.ports))
    if random.random() < share:
        changed = replace(changed, routes=_random_routes(random))
    if random.random() < share:
        changed = replace(changed, texts={code: random_text(random) for code in before.texts})
    if random.random() < share / 4:
        changed = replace(changed, absent=frozenset([random.choice(DEPARTMENTS)]))
    return changed


def random_ports(
    random: Random, before: tuple[tuple[str, str, str], ...]
) -> tuple[tuple[str, str, str], ...]:
    """Rows taken away, added, renamed, changed and put in another order; at times none is left."""
    rows = list(before)
    for _ in range(random.randint(1, 4)):
        free = [name for name in _PORTS if name not in [row[0] for row in rows]]
        what = random.choice(("remove", "add", "rename", "change", "shuffle", "double"))
        at = random.randrange(len(rows)) if rows else 0
        if what == "remove" and rows:
            rows.pop(at)
        elif what == "add" and free:
            rows.insert(at, (random.choice(free), random.choice(_STAGES), _amount(random)))
        elif what == "rename" and rows and free:
            rows[at] = (random.choice(free), *rows[at][1:])
        elif what == "change" and rows:
            rows[at] = (rows[at][0], random.choice(_STAGES), _amount(random))
        elif what == "double" and rows:
            rows.append((rows[at][0], random.choice(_STAGES), _amount(random)))
        else:
            random.shuffle(rows)
    return () if random.random() < 0.05 else tuple(rows)


def random_text(random: Random) -> str:
    """A department's text: nothing, a sentence, or several paragraphs of several."""
    lines = random.choice((0, 1, 1, 2, 3, 5))
    return "\n".join("".join(random.sample(_SENTENCES, random.randint(1, 3))) for _ in range(lines))


def _asked(values: Mapping[str, str]) -> dict[str, str]:
    return {measure: values.get(measure, "") for measure in map(str, Measure)}


def _figure(random: Random, code: str, measure: str, before: str) -> str:
    """Another value: missing, zero, its opposite, somewhat more or less, or of another size."""
    if code == "S1-5" and measure == "target":
        return random.choice(("", *_TARGETS))
    what = random.choice(("missing", "zero", "opposite", "near", "near", "far", "far"))
    if what == "missing":
        return ""
    if what == "zero" and measure == "growth":
        return random.choice(("0", "0.04", "-0.04"))
    number = Decimal(before) if before and before.replace("-", "").replace(".", "").isdigit() else None
    if what == "opposite" and measure == "growth" and number is not None:
        return str(-number)
    if what == "near" and number is not None:
        return str(number + Decimal(random.randint(-30, 30)) / 10)
    if measure == "growth":
        return str(Decimal(random.randint(-400, 400)) / 10)
    return str(Decimal(random.randint(0, 10 ** random.randint(2, 6))) / 10)


def _amount(random: Random) -> str:
    return random.choice(("", str(Decimal(random.randint(1, 900)) / 100)))


def _random_routes(random: Random) -> tuple[tuple[str, str], ...]:
    names = random.sample(_ROUTES, random.randint(0, len(_ROUTES)))
    return tuple((random.choice(DEPARTMENTS), name) for name in names)


def _submission(department: str, reported: Reported) -> Submission:
    made = submission(department, reported.figures)
    rows: list[RegisterRow] = []
    if department == "YY":
        for number, values in enumerate(reported.ports, 5):
            names = ("名称", "阶段", "总投资")
            readings = {
                name: _reading("渔港清单", number, column, value, amount=name == "总投资")
                for column, (name, value) in enumerate(zip(names, values, strict=True))
            }
            rows.append(RegisterRow("R1", number, readings))
    own = [name for code, name in reported.routes if code == department]
    for number, name in enumerate(own, 5):
        rows.append(RegisterRow("R2", number, {"名称": _reading("航线清单", number, 0, name)}))
    texts = [
        NarrativeText(
            item.code,
            _cell("文字材料", number, 0, reported.texts.get(item.code, "")),
            reported.texts.get(item.code, ""),
        )
        for number, item in enumerate(DEFINITION.narratives_of(department), 5)
    ]
    return replace(made, rows=tuple(rows), narratives=tuple(texts))


def _cell(sheet: str, row: int, column: int, text: str) -> Cell:
    return Cell(sheet, row, column + 2, f"{'BCD'[column]}{row}", text or None, text)


def _reading(sheet: str, row: int, column: int, text: str, *, amount: bool = False) -> Reading:
    value = (Decimal(text) if amount else text) if text else None
    return Reading(_cell(sheet, row, column, text), value)
