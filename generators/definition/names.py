"""Names that a template can use: every one must mean one thing, and none may shadow another."""

from __future__ import annotations

from generators.definition import schema
from generators.definition.rows import Findings
from generators.model import Definition

TEMPLATE_WORDS = frozenset(
    "指标 清单 文字材料 章节 汇总表 loop for if in not and or is else true false none".split()
)
"""Words of the template language itself; :mod:`generators.word.context` gives them meaning."""


def lint_names(definition: Definition, found: Findings) -> None:
    """Record names that are ambiguous in a template, and rules that do not exist."""
    taken = {key.zh: ("设置", key.zh) for key in schema.SETTING_KEYS}
    taken |= {word: ("模板语言的词", word) for word in TEMPLATE_WORDS}
    named = [(schema.INDICATORS.zh, item.name) for item in definition.indicators]
    named += [(schema.REGISTERS.zh, item.name) for item in definition.registers]
    named += [(schema.TERMS.zh, name) for name in definition.terms]
    for kind, name in named:
        if name in taken and taken[name][0] != kind:
            found.add("name_taken", sheet=kind, raw=name, first=taken[name][0], second=kind)
        else:
            taken[name] = (kind, name)
        if any(mark in name for mark in "{}\"'") or "\n" in name:
            found.add("name", sheet=kind, raw=name, reason="含有引号、大括号或换行")
