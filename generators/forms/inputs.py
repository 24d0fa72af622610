"""What Excel tells the person who fills a cell, and what it refuses: data validations as options.

Every function returns the options of XlsxWriter's ``data_validation``. Excel takes 32 characters
for a title, 255 for a message and 255 for a list written out; longer texts make it call the file
damaged, so everything is cut here.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from generators.excel.numbers import plain
from generators.forms.layout import MEASURE_HEADERS
from generators.model import (
    Asked,
    ColumnKind,
    GrowthBasis,
    Indicator,
    Measure,
    RegisterColumn,
    Settings,
    TargetKind,
)
from generators.text import cut, utf16_length

TITLE_LIMIT = 32
MESSAGE_LIMIT = 255
LIST_LIMIT = 255

GROWTH_RANGE = (Decimal(-100), Decimal(10_000))
"""Beyond these a growth rate is asked about, not refused: from a small base it may be true."""
_NUMBER_RANGE = (Decimal(-(10**15)), Decimal(10**15))
_DATE_RANGE = (dt.date(1900, 1, 1), dt.date(2199, 12, 31))

ERROR_TITLE = "填写有误"
ASK_TITLE = "请核对"

Options = dict[str, Any]


def year_text(period: str) -> str:
    """A period as people read it: ``2030`` → ``2030年``; other texts as they are."""
    return f"{period}年" if re.fullmatch(r"\d{4}", period) else period


def form_title(settings: Settings) -> str:
    """The report's name as forms are headed, with the area where the name does not say it."""
    area = "" if settings.area in settings.name else settings.area
    return f"{area}{settings.name}填报表"


def is_growth(indicator: Indicator, measure: Measure) -> bool:
    """Whether the figure is a rate of change, not a level in the indicator's unit."""
    return measure is Measure.GROWTH or (
        measure is Measure.TARGET and indicator.target_kind is TargetKind.GROWTH
    )


def is_words(indicator: Indicator, measure: Measure) -> bool:
    """Whether the cell takes words instead of a figure."""
    return measure is Measure.TARGET and indicator.target_kind is TargetKind.TEXT


def indicator_input(indicator: Indicator, measure: Measure, settings: Settings) -> Options:
    """The validation of an asked measure cell."""
    prompt = "\n".join(
        part
        for part in (
            "【必填】" if indicator.asked(measure) is Asked.REQUIRED else "【选填】",
            _what_to_fill(indicator, measure, settings),
            _phrase(indicator) if measure is Measure.TARGET else "",
            f"口径：{indicator.note}" if indicator.note else "",
        )
        if part
    ).replace("】\n", "】", 1)
    if is_words(indicator, measure):
        return any_input(indicator.name, prompt)
    name = f"“{indicator.name}”的{_label(measure)}"
    if is_growth(indicator, measure):
        low, high = GROWTH_RANGE
        message = (
            f"{name}应填数字（单位：{indicator.unit_of(measure)}），一般在{plain(low)}至{plain(high)}之间。"
            "请核对小数点和单位，只填阿拉伯数字；确认无误可继续。"
        )
        return _number_input(indicator.name, prompt, GROWTH_RANGE, message, refuse=False)
    bounds = (indicator.minimum, indicator.maximum)
    message = (
        f"{name}应填数字{_unit_text(indicator.unit)}{_bounds_text(*bounds)}。"
        "请只填阿拉伯数字，不带单位和文字。"
    )
    return _number_input(indicator.name, prompt, bounds, message, refuse=True)


def explanation_input() -> Options:
    """The prompt of the 情况说明 cells."""
    return any_input(
        "情况说明",
        "数据变动较大、口径有变化或程序要求核实的，在此用文字说明原因；没有可不填。"
        "单元格内换行请按 Alt+Enter。",
    )


def name_input(indicator: Indicator) -> Options:
    """A prompt on the indicator's name that shows its note; only for indicators with a note."""
    return any_input(indicator.name, f"口径：{indicator.note}")


def column_input(column: RegisterColumn, choices: Sequence[str], list_name: str) -> Options:
    """The validation of a register column.

    ``choices`` are the values of its code list; ``list_name`` is the defined name that holds them,
    empty where the list is short enough to be written out (:func:`fits_inline`).
    """
    unit = f"计量单位：{column.unit}。" if column.unit else ""
    rules = {
        ColumnKind.TEXT: "填文字。",
        ColumnKind.NUMBER: f"{unit}{_decimals_text(column.decimals)}，只填数字，不带单位和文字。",
        ColumnKind.CODE: "请从下拉列表中选择。",
        ColumnKind.DATE: "按“年-月-日”的格式填写日期。",
    }
    prompt = (
        ("【必填】" if column.required else "【选填】")
        + rules[column.kind]
        + ("各行不得重复。" if column.unique else "")
        + (f"\n{column.note}" if column.note else "")
    )
    name = f"“{column.name}”"
    if column.kind is ColumnKind.NUMBER:
        message = f"{name}应填数字。{unit}请只填阿拉伯数字，不带单位和文字。"
        return _number_input(column.name, prompt, (None, None), message, refuse=True)
    if column.kind is ColumnKind.DATE:
        message = f"{name}应填日期，请按“年-月-日”的格式填写。"
        low, high = _DATE_RANGE
        limits = {"validate": "date", "criteria": "between", "minimum": low, "maximum": high}
        return {**_input(column.name, prompt), **limits, **_error(message, refuse=True)}
    if column.kind is ColumnKind.CODE and choices:
        source = f"={list_name}" if list_name else list(choices)
        message = f"{name}只能从下拉列表中选择：{'、'.join(choices)}"
        limits = {"validate": "list", "source": source}
        return {**_input(column.name, prompt), **limits, **_error(message, refuse=True)}
    return any_input(column.name, prompt)


def prose_input(name: str, limit: int | None) -> Options:
    """The validation of a narrative's text cell; ``limit`` is ``None`` where there is none."""
    prompt = "在此填写正文，不需要另起标题。单元格内换行请按 Alt+Enter。"
    if limit is None:
        return any_input(name, prompt)
    message = f"“{name}”超过{limit}字，请精简后再报送。"
    return {
        **_input(name, f"{prompt}不超过{limit}字。"),
        "validate": "length",
        "criteria": "<=",
        "value": limit,
        **_error(message, refuse=False),
    }


def fits_inline(choices: Sequence[str]) -> bool:
    """Whether a code list can be written out in the validation itself.

    Excel separates the values with commas and knows no way to escape one.
    """
    joined = ",".join(choices)
    return utf16_length(joined) < LIST_LIMIT and not any(
        "," in choice or '"' in choice for choice in choices
    )


def any_input(title: str, prompt: str) -> Options:
    """A validation that refuses nothing and only shows a prompt."""
    return {**_input(title, prompt), "validate": "any"}


def _label(measure: Measure) -> str:
    return MEASURE_HEADERS[measure].removesuffix("(%)")


def _what_to_fill(indicator: Indicator, measure: Measure, settings: Settings) -> str:
    periods = {
        Measure.PREVIOUS: settings.previous_period,
        Measure.TARGET: settings.next_period,
    }
    period = year_text(periods.get(measure, settings.period))
    label = f"{_label(measure)}（{period}）" if period else _label(measure)
    if is_words(indicator, measure):
        return f"{label}，用文字填写。"
    decimals = _decimals_text(indicator.decimals_of(measure))
    if measure is Measure.TARGET and is_growth(indicator, measure):
        return f"{label}填增长速度（%），不填总量：增长6.5%就填 6.5，不带%；{decimals}。"
    if measure is Measure.GROWTH:
        if indicator.growth_basis is GrowthBasis.POINTS:
            return f"{label}填比上年提高的百分点：提高2个百分点就填 2，下降填负数；{decimals}。"
        prices = "，按可比价计算" if indicator.growth_basis is GrowthBasis.REAL else ""
        return f"{label}填增长速度（%）{prices}：增长6.5%就填 6.5，下降填负数，不带%；{decimals}。"
    return f"{label}{_unit_text(indicator.unit)}，{decimals}。只填数字，不带单位和文字。"


def _phrase(indicator: Indicator) -> str:
    phrase = indicator.target_phrase
    return f"报告中写作“{phrase.replace('{}', '…')}”。" if phrase else ""


def _unit_text(unit: str) -> str:
    """The unit as a sentence goes on to name it; nothing for a figure without dimension."""
    return f"，计量单位：{unit}" if unit else ""


def _decimals_text(decimals: int) -> str:
    return f"保留{decimals}位小数" if decimals else "填整数"


def _bounds_text(low: Decimal | None, high: Decimal | None) -> str:
    if low is not None and high is not None:
        return f"，应在{plain(low)}至{plain(high)}之间"
    if low is not None:
        return f"，不小于{plain(low)}"
    return f"，不大于{plain(high)}" if high is not None else ""


def _number_input(
    title: str,
    prompt: str,
    bounds: tuple[Decimal | None, Decimal | None],
    message: str,
    *,
    refuse: bool,
) -> Options:
    low, high = bounds
    limits: Options = {"validate": "decimal", "criteria": "between"}
    if low is not None and high is None:
        limits |= {"criteria": ">=", "value": plain(low)}
    elif high is not None and low is None:
        limits |= {"criteria": "<=", "value": plain(high)}
    else:
        default_low, default_high = _NUMBER_RANGE
        limits |= {
            "minimum": plain(default_low if low is None else low),
            "maximum": plain(default_high if high is None else high),
        }
    return {**_input(title, prompt), **limits, **_error(message, refuse=refuse)}


def _input(title: str, prompt: str) -> Options:
    return {"input_title": cut(title, TITLE_LIMIT), "input_message": cut(prompt, MESSAGE_LIMIT)}


def _error(message: str, *, refuse: bool) -> Options:
    return {
        "error_title": ERROR_TITLE if refuse else ASK_TITLE,
        "error_message": cut(message, MESSAGE_LIMIT),
        "error_type": "stop" if refuse else "warning",
    }
