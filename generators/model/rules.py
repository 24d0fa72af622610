"""The built-in validation rules: id, version, level, severity, Chinese and English name, parameters.

Levels follow the ESS methodology for data validation (Eurostat, 2018): 0 the file, 1 within one
submission, 2 against its own earlier vintages and periods, 3 against other departments, 4 narrative
against figures, 5 against published figures. What each rule does is in :mod:`generators.validation`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from generators.model.findings import Severity


@dataclass(frozen=True)
class Parameter:
    """A number that a pack may set for a rule: key, Chinese name, value where none is set, bounds."""

    key: str
    zh: str
    default: Decimal
    minimum: Decimal = Decimal(0)
    maximum: Decimal = Decimal(10**9)


@dataclass(frozen=True)
class RuleKind:
    """A built-in rule.

    ``version`` rises when the rule begins to judge otherwise. ``severity`` is the usual one; single
    messages may be graver. ``switchable`` says whether a pack may switch the rule off, weigh it
    differently or try it in shadow; ``related`` whether it takes expressions of the pack.
    """

    id: str
    version: int
    level: int
    severity: Severity
    zh: str
    en: str
    parameters: tuple[Parameter, ...] = ()
    switchable: bool = True
    related: bool = False


def _number(text: str) -> Decimal:
    return Decimal(text)


RULES: tuple[RuleKind, ...] = (
    RuleKind("format", 1, 0, Severity.ERROR, "文件格式", "file format", switchable=False),
    RuleKind("envelope", 2, 0, Severity.ERROR, "表单身份", "envelope", switchable=False),
    RuleKind("seal", 1, 0, Severity.ERROR, "表单封印", "seal", switchable=False),
    RuleKind("structure", 2, 0, Severity.ERROR, "表格结构", "structure", switchable=False),
    RuleKind("formula", 1, 0, Severity.ERROR, "公式", "formula", switchable=False),
    RuleKind("timeliness", 1, 0, Severity.INFO, "报送时限", "timeliness", switchable=False),
    RuleKind("locked", 1, 0, Severity.ERROR, "本期锁定", "locked period", switchable=False),
    RuleKind("type", 1, 1, Severity.ERROR, "数据类型", "type"),
    RuleKind("normalised", 1, 1, Severity.INFO, "自动规范", "normalised"),
    RuleKind("decimals", 1, 1, Severity.WARNING, "小数位数", "decimals"),
    RuleKind("presence", 2, 1, Severity.ERROR, "应填未填", "presence"),
    RuleKind("codes", 1, 1, Severity.ERROR, "代码选项", "codes"),
    RuleKind("duplicates", 1, 1, Severity.ERROR, "重复填报", "duplicates"),
    RuleKind("range", 2, 1, Severity.ERROR, "取值范围", "range"),
    RuleKind("percent", 1, 1, Severity.CONFIRM, "百分数与小数", "percent or fraction"),
    RuleKind(
        "unit",
        1,
        1,
        Severity.CONFIRM,
        "计量单位",
        "unit ladder",
        (Parameter("tolerance", "容差", _number("0.15"), _number("0.01"), _number("0.45")),),
    ),
    RuleKind(
        "growth",
        1,
        1,
        Severity.CONFIRM,
        "增速与总量",
        "growth against levels",
        (Parameter("widest", "最宽区间", _number("5"), _number("0.1")),),
    ),
    RuleKind(
        "completion",
        1,
        1,
        Severity.CONFIRM,
        "完成率",
        "completion against actual and plan",
        (Parameter("widest", "最宽区间", _number("5"), _number("0.1")),),
        related=True,
    ),
    RuleKind("parts", 1, 1, Severity.CONFIRM, "分项与合计", "parts and total", related=True),
    RuleKind(
        "target",
        1,
        1,
        Severity.CONFIRM,
        "目标与实绩",
        "target against actual",
        (
            Parameter("factor", "倍数", _number("5"), _number("1")),
            Parameter("fastest", "最高增速", _number("50"), _number("1")),
        ),
    ),
    RuleKind("cumulative", 1, 2, Severity.CONFIRM, "累计数", "cumulative"),
    RuleKind("base", 1, 2, Severity.CONFIRM, "上年基数", "base period"),
    RuleKind(
        "revision",
        1,
        2,
        Severity.CONFIRM,
        "数据修订",
        "revision",
        (Parameter("largest", "最大幅度", _number("10"), _number("0")),),
    ),
    RuleKind("stale", 1, 2, Severity.WARNING, "重复旧报", "stale copy"),
    RuleKind(
        "outlier",
        1,
        2,
        Severity.WARNING,
        "异常值",
        "outlier",
        (
            Parameter("threshold", "阈值", _number("3.5"), _number("1")),
            Parameter("fewest", "最少期数", _number("8"), _number("4")),
        ),
    ),
    RuleKind("conflict", 1, 3, Severity.CONFIRM, "部门数据不一致", "conflict"),
    RuleKind("narrative", 1, 4, Severity.WARNING, "文字与数据", "narrative against figures"),
    RuleKind("published", 1, 5, Severity.CONFIRM, "已公布数", "published figure"),
)
"""In the order of the validation table."""

RULE_BY_ID: Mapping[str, RuleKind] = {rule.id: rule for rule in RULES}
