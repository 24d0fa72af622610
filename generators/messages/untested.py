"""Why a figure could not be tested by a rule, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

UNTESTED: Mapping[str, tuple[str, str]] = {
    "blank": ("有一个数没有填", "one of the figures is blank"),
    "not_positive": ("基数不大于零，算不出比率", "the base is not above zero"),
    "wide": ("数字太小，按小数位数推算的范围太宽", "the figures are too small: the range is too wide"),
    "few_periods": ("可比的历史期数不足", "there are too few comparable periods"),
    "no_reference": ("没有可以对照的数", "there is nothing to compare with"),
    "no_history": ("台账中没有上期数据", "the ledger holds no earlier period"),
    "period": ("报告期的写法无法排序", "the period cannot be put in order"),
}
"""Reason → Chinese, English."""
