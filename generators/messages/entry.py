"""One catalogue entry, and the labels of measures and severities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generators.model import RULES, Measure, Severity

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


_BESIDE_VALIDATION = {
    "merge": ("汇总", "merging"),
    "missing": ("缺数", "missing"),
    "report": ("报告", "report"),
    "publication": ("发布", "publication"),
    "run": ("运行", "run"),
    "document": ("Word 文档", "Word document"),
    "definition": ("指标定义", "definition"),
    "template": ("报告模板", "template"),
    "pack": ("套件规则", "rule of the pack"),
    "audit": ("审核", "audit"),
    "compare": ("比较", "comparing"),
    "log": ("审计日志", "audit log"),
    "kept": ("台账与存档", "what is kept"),
    "backup": ("备份", "backup"),
    "restore": ("恢复", "restore"),
}
RULE_LABELS: Mapping[str, Mapping[str, str]] = {
    "zh": {rule.id: rule.zh for rule in RULES} | {k: zh for k, (zh, _) in _BESIDE_VALIDATION.items()},
    "en": {rule.id: rule.en for rule in RULES} | {k: en for k, (_, en) in _BESIDE_VALIDATION.items()},
}
"""What the rules of findings are called: those of validation, and those of the program's other work."""


def rule_label(rule: str, language: str = "zh") -> str:
    """What a rule is called; a rule of a pack's own is called by its id."""
    return RULE_LABELS[language].get(rule, rule)


@dataclass(frozen=True)
class Entry:
    """One catalogue entry: message and action in both languages."""

    zh: str
    zh_action: str
    en: str
    en_action: str
