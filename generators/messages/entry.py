"""One catalogue entry, and the labels of measures and severities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generators.model import Measure, Severity

LANGUAGES = ("zh", "en")

MEASURE_LABELS: Mapping[str, Mapping[Measure, str]] = {
    "zh": {
        Measure.ACTUAL: "本年预计",
        Measure.PREVIOUS: "上年实际",
        Measure.GROWTH: "同比增长(%)",
        Measure.PLAN: "年度计划",
        Measure.TARGET: "下年目标",
    },
    "en": {
        Measure.ACTUAL: "this year, expected",
        Measure.PREVIOUS: "last year, actual",
        Measure.GROWTH: "growth on last year (%)",
        Measure.PLAN: "plan for the year",
        Measure.TARGET: "target for next year",
    },
}

SEVERITY_LABELS: Mapping[str, Mapping[Severity, str]] = {
    "zh": {
        Severity.ERROR: "错误",
        Severity.CONFIRM: "核实",
        Severity.WARNING: "提醒",
        Severity.INFO: "说明",
    },
    "en": {
        Severity.ERROR: "error",
        Severity.CONFIRM: "confirm",
        Severity.WARNING: "warning",
        Severity.INFO: "note",
    },
}


@dataclass(frozen=True)
class Entry:
    """One catalogue entry: message and action in both languages."""

    zh: str
    zh_action: str
    en: str
    en_action: str
