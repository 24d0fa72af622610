"""What an indicator has said: every value of its figures, when it came, from which cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from zoneinfo import ZoneInfo

from generators.altered import fault_findings
from generators.definition.schema import MEASURES
from generators.excel.numbers import plain
from generators.ledger import Ledger, Vintage, existing_ledger
from generators.messages import MEASURE_LABELS
from generators.model import Definition, Fault, Finding, Known, Measure, Result, Severity, Value
from generators.text import fold, near
from generators.workspace import Workspace

MEASURE_WORDS: Mapping[str, Measure] = {
    "本年": Measure.ACTUAL,
    "今年": Measure.ACTUAL,
    "上年": Measure.PREVIOUS,
    "去年": Measure.PREVIOUS,
    "同比": Measure.GROWTH,
    "计划": Measure.PLAN,
    "目标": Measure.TARGET,
    **MEASURES,
    **{label: measure for labels in MEASURE_LABELS.values() for measure, label in labels.items()},
}
"""What follows the dot: what people say, the definition's words, and the headers of forms."""

_FIGURES = ("submission", "observation")
"""The rows of the ledger of which the figures of a vintage are made."""
_DOTS = "．·。"
"""What people type for the dot between an indicator and a measure."""


@dataclass(frozen=True)
class Step:
    """A value that a figure had, from one vintage of a department on.

    ``known.value`` is ``None`` where the department withdrew the figure; it then has no cell.
    ``last`` is the number of the last vintage that still said the same, ``before`` the step before
    it, ``None`` for the figure's first one. ``altered`` says that the vintage is not kept as it was
    accepted: what it said of the figure is not known. ``unsure`` is the step after such a one, of
    which nobody knows what it changed.
    """

    known: Known
    last: int
    before: Known | None = None
    altered: bool = False
    unsure: bool = False


@dataclass(frozen=True)
class History:
    """Every value of an indicator's figures, by period, measure, department and vintage.

    For an indicator that is no longer in the definition, ``name`` is its code and every unit empty.
    """

    code: str
    name: str
    unit: str
    units: Mapping[Measure, str]
    steps: tuple[Step, ...] = ()


def indicator_history(
    workspace: Workspace, definition: Definition, question: str, period: str | None
) -> Result[History]:
    """What the ledger knows of an indicator, asked for by name or code, with a measure after a dot.

    ``period`` leaves the others out. Without a ledger there are no steps, and none is made. The
    value is ``None``, with a finding that says what was probably meant, where neither definition
    nor ledger know the indicator or where there is no such measure.
    """
    ledger = existing_ledger(workspace.ledger)
    if ledger is None:
        return _answer(None, definition, question, period)
    with ledger:
        return _answer(ledger, definition, question, period)


def _answer(
    ledger: Ledger | None, definition: Definition, question: str, period: str | None
) -> Result[History]:
    pack = definition.pack
    asked = asked_for(definition, ledger, question)
    if asked.value is None:
        return Result(None, asked.findings)
    code, measure = asked.value
    figures = ledger.history(pack, code) if ledger else ()
    wanted = [
        item for item in figures if period in (None, item.period) and measure in (None, item.measure)
    ]
    numbers = {}
    off: list[Fault] = []
    if ledger:
        periods = sorted({item.period for item in wanted})
        numbers = {one: ledger.vintages(pack, one) for one in periods}
        for one in dict.fromkeys((period or definition.settings.period, *periods)):
            off += ledger.faults(pack, one)
    indicator = definition.indicator_by_code.get(code)
    units = {item: indicator.unit_of(item) if indicator else "" for item in Measure}
    name, unit = (indicator.name, indicator.unit) if indicator else (code, "")
    history = History(code, name, unit, units, tuple(_steps(wanted, numbers, _altered(off))))
    return Result(history, fault_findings(dict.fromkeys(off), definition))


# --- the question ---------------------------------------------------------------------------------


def asked_for(
    definition: Definition, ledger: Ledger | None, question: str
) -> Result[tuple[str, Measure | None]]:
    """The indicator's code and the measure that somebody asks for; ``None`` for all its measures.

    The value is ``None``, with a finding that says what was probably meant, where there is no such
    indicator or measure. An indicator that the definition no longer has is known to ``ledger``.
    """
    asked = question.strip()
    head, measure_word = asked, ""
    code = _code_of(definition, ledger, head)
    if not code and (split := _split(asked)):
        head, measure_word = split
        code = _code_of(definition, ledger, head)
    measure = _measure_of(measure_word)
    if not code:
        return _unknown_indicator(definition, head if measure else asked)
    if measure_word and measure is None:
        return _unknown_measure(measure_word)
    return Result((code, measure))


def _split(asked: str) -> tuple[str, str] | None:
    """What stands before and after the last dot; ``None`` where nothing does."""
    head, dot, tail = asked.translate(dict.fromkeys(map(ord, _DOTS), ".")).rpartition(".")
    return (asked[: len(head)].strip(), tail.strip()) if dot and head.strip() and tail.strip() else None


def _code_of(definition: Definition, ledger: Ledger | None, word: str) -> str:
    """The indicator that is called so, by name or code; the ledger knows codes that are gone."""
    wanted = fold(word)
    for indicator in definition.indicators:
        if wanted in (fold(indicator.name), fold(indicator.code)):
            return indicator.code
    return word if ledger and ledger.history(definition.pack, word) else ""


def _measure_of(word: str) -> Measure | None:
    wanted = fold(word)
    return next((item for name, item in MEASURE_WORDS.items() if fold(name) == wanted), None)


def _unknown_indicator(definition: Definition, word: str) -> Result[tuple[str, Measure | None]]:
    names = [item.name for item in definition.indicators]
    names += [item.code for item in definition.indicators]
    params = {"name": word, "near": near(word, names)}
    return Result(None, (Finding("run.unknown_indicator", Severity.ERROR, params=params),))


def _unknown_measure(word: str) -> Result[tuple[str, Measure | None]]:
    params = {"name": word, "near": near(word, MEASURE_WORDS)}
    return Result(None, (Finding("run.unknown_measure", Severity.ERROR, params=params),))


# --- the steps ------------------------------------------------------------------------------------


def _altered(faults: Iterable[Fault]) -> Mapping[tuple[str, str], Mapping[int, Vintage]]:
    """The vintages of a period and department whose figures are not kept as they were accepted."""
    altered: dict[tuple[str, str], dict[int, Vintage]] = {}
    for fault in faults:
        if fault.group in _FIGURES and fault.vintage:
            said = Vintage(0, fault.department, fault.vintage, "", fault.file, "", "")
            altered.setdefault((fault.period, fault.department), {})[fault.vintage] = said
    return altered


def _steps(
    figures: Iterable[Known],
    vintages: Mapping[str, Mapping[str, Sequence[Vintage]]],
    altered: Mapping[tuple[str, str], Mapping[int, Vintage]],
) -> Iterator[Step]:
    """The values of each figure without repetitions; ``figures`` stand in the ledger's order."""
    for (period, _, department), items in groupby(
        figures, key=lambda item: (item.period, item.measure, item.department)
    ):
        said = {item.vintage: item for item in items}
        first = min(said)
        known = said[first]
        step: Step | None = None
        off = altered.get((period, department), {})
        numbered = {**{item.number: item for item in vintages[period][department]}, **off}
        for _, vintage in sorted(numbered.items()):
            if vintage.number in off or vintage.number < first:
                if step is not None:
                    yield step
                step = None
                if vintage.number in off:
                    step = Step(_withdrawn(known, vintage), vintage.number, altered=True)
                continue
            known = said.get(vintage.number) or _withdrawn(known, vintage)
            if step is not None and not step.altered and step.known.value == known.value:
                step = replace(step, last=vintage.number)
                continue
            if step is not None:
                yield step
            unsure = step is not None and step.altered
            before = step.known if step is not None and not unsure else None
            step = Step(known, vintage.number, before, unsure=unsure)
        if step is not None:
            yield step


def _withdrawn(known: Known, vintage: Vintage) -> Known:
    """The figure in a vintage in which it is blank."""
    return replace(
        known,
        value=None,
        vintage=vintage.number,
        received=vintage.received_at,
        sha256=vintage.sha256,
        file=vintage.file,
        sheet="",
        cell="",
    )


# --- for programs and for people ------------------------------------------------------------------


def history_as_dict(history: History, zone: str) -> dict[str, object]:
    """The history as the JSON output prints it; times are local to the pack's zone.

    Only what is not known, of a vintage that was altered, has the key ``altered``.
    """
    return {
        "indicator": {"code": history.code, "name": history.name, "unit": history.unit},
        "values": [
            {
                "period": known.period,
                "measure": str(known.measure),
                "value": json_value(known.value),
                "vintage": known.vintage,
                "received": _local(known.received, zone),
                "department": known.department,
                "file": known.file,
                "sheet": known.sheet,
                "cell": known.cell,
                "sha256": known.sha256,
                **({"altered": True} if step.altered else {}),
            }
            for step, known in ((step, step.known) for step in history.steps)
        ],
    }


def json_value(value: Value) -> int | float | str | None:
    """A number as JSON has it: a figure came from a binary fraction, so nothing is lost."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


_HEADERS = {
    "zh": ("报告期", "口径", "数值", "变动", "部门", "版次", "报送时间", "文件", "单元格"),
    "en": (
        *("period", "measure", "value", "change", "department"),
        *("vintage", "received", "file", "cell"),
    ),
}
_RIGHT_ALIGNED = (2, 3, 5)
_FOLDED = 7
_WORDS = {
    "zh": {
        "withdrawn": "（删去）",
        "altered": "（被改动，不予采用）",
        "new": "新增",
        "changed": "修改",
        "title": "{name}（{code}）",
    },
    "en": {
        "withdrawn": "(withdrawn)",
        "altered": "(altered, not used)",
        "new": "new",
        "changed": "changed",
        "title": "{name} ({code})",
    },
}


def history_table(history: History, definition: Definition, language: str) -> None:
    """Print the history as a table; Chinese characters count as two columns."""
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    words, labels = _WORDS[language], MEASURE_LABELS[language]
    title = history.name
    if history.code != history.name:
        title = words["title"].format(name=history.name, code=history.code)
    table = Table(box=SIMPLE, pad_edge=False, title=escape(title), title_justify="left")
    for place, header in enumerate(_HEADERS[language]):
        right = place in _RIGHT_ALIGNED
        table.add_column(
            header,
            justify="right" if right else "left",
            no_wrap=place != _FOLDED,
            overflow="fold" if place == _FOLDED else "ellipsis",
        )
    for step in history.steps:
        known = step.known
        through = f"–{step.last}" if step.last > known.vintage else ""
        table.add_row(
            escape(known.period),
            labels[known.measure],
            escape(
                words["altered"] if step.altered else _shown(known, history.units[known.measure], words)
            ),
            _change(step, words),
            escape(definition.department_name(known.department)),
            f"{known.vintage}{through}",
            _local(known.received, definition.settings.time_zone),
            escape(known.file),
            escape("!".join(part for part in (known.sheet, known.cell) if part)),
        )
    console = Console()
    width = None if console.is_terminal else 160
    Console(width=width).print(table)


def _shown(known: Known, unit: str, words: Mapping[str, str]) -> str:
    value = known.value
    if isinstance(value, Decimal):
        return f"{plain(value)}{unit}"
    return words["withdrawn"] if value is None else value


def _change(step: Step, words: Mapping[str, str]) -> str:
    """What became of the figure: ``+0.5``, ``-0.5``, or a word; nothing for its first value."""
    value = step.known.value
    if step.unsure:
        return ""
    if step.before is None or value is None:
        return "" if step.known.vintage == 1 or value is None else words["new"]
    before = step.before.value
    if isinstance(value, Decimal) and isinstance(before, Decimal):
        difference = value - before
        return f"{'+' if difference > 0 else ''}{plain(difference)}"
    return words["new"] if before is None else words["changed"]


def _local(moment: str, zone: str) -> str:
    """An ISO moment as the clocks of the pack's zone showed it: ``2023-12-20 09:30``; empty for none."""
    if not moment:
        return ""
    return dt.datetime.fromisoformat(moment).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
