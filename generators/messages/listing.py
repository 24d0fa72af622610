"""Findings of several files for a person: counted by severity, and as a table for Excel."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping

from generators.messages.entry import SEVERITY_LABELS, rule_label
from generators.messages.wording import action, message, place
from generators.model import Evidence, Finding, Operand, Severity
from generators.names import printable

HEADERS: Mapping[str, tuple[str, ...]] = {
    "zh": (
        *("级别", "规则", "代码", "部门代码", "文件", "工作表", "单元格", "问题", "怎么办"),
        *("情况说明", "涉及的数", "允许范围", "偏差", "建议值", "试运行", "根源"),
    ),
    "en": (
        *("severity", "rule", "code", "department", "file", "sheet", "cell", "message", "action"),
        *("explanation", "operands", "interval", "deviation", "fix", "on trial", "root cause"),
    ),
}
"""The columns of the table in each language."""

FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
"""How a cell begins that a spreadsheet may take for a formula (OWASP, CSV Injection)."""

_WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {"comma": "，", "joint": "；", "to": "{} 至 {}", "trial": "试运行", "yes": "是"},
    "en": {"comma": ", ", "joint": "; ", "to": "{} to {}", "trial": "on trial", "yes": "yes"},
}


def counted(findings: Iterable[Finding], language: str = "zh") -> str:
    """How many findings there are of each severity: ``错误 2，核实 1``; empty for none.

    Findings of rules on trial are counted apart; what follows from a root cause is not counted.
    """
    items = list(findings)
    words = _WORDS[language]
    counts = {
        SEVERITY_LABELS[language][severity]: sum(
            item.severity is severity and not item.shadow for item in items
        )
        for severity in Severity
    }
    counts[words["trial"]] = sum(item.shadow for item in items)
    return words["comma"].join(f"{label} {count}" for label, count in counts.items() if count)


def as_csv(findings: Iterable[Finding], language: str = "zh") -> bytes:
    """The findings as a table: UTF-8 with a byte order mark, by which Excel knows the encoding.

    One row a finding; those that follow from a root cause stand below it and name its place.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(HEADERS[language])
    for finding, cause in _with_causes(findings):
        writer.writerow(_harmless(text) for text in _row(finding, cause, language))
    return buffer.getvalue().encode("utf-8-sig")


def _with_causes(
    findings: Iterable[Finding], cause: Finding | None = None
) -> Iterator[tuple[Finding, Finding | None]]:
    for finding in findings:
        yield finding, cause
        yield from _with_causes(finding.follows, finding)


def _row(finding: Finding, cause: Finding | None, language: str) -> Iterator[str]:
    words = _WORDS[language]
    evidence = finding.evidence
    yield SEVERITY_LABELS[language][finding.severity]
    yield rule_label(finding.rule, language)
    yield from (finding.code, finding.department, finding.file, finding.sheet, finding.cell)
    yield message(finding, language)
    yield action(finding, language)
    yield finding.explanation
    yield words["joint"].join(_operand(operand) for operand in finding.operands)
    yield _interval(evidence, language)
    yield evidence.deviation
    yield f"{evidence.fix_cell} {evidence.fix}".strip()
    yield words["yes"] if finding.shadow else ""
    yield place(cause) if cause else ""


def _operand(operand: Operand) -> str:
    """``file › 'sheet'!$D$5 label 12.3亿元``, as much of it as is known."""
    where = " › ".join(part for part in (operand.file, operand.reference) if part)
    value = f"{operand.value or operand.raw}{operand.unit}" if operand.value or operand.raw else ""
    return " ".join(part for part in (where, operand.label, value) if part)


def _interval(evidence: Evidence, language: str) -> str:
    if evidence.low and evidence.high:
        return _WORDS[language]["to"].format(evidence.low, evidence.high)
    if evidence.low:
        return f"≥{evidence.low}"
    return f"≤{evidence.high}" if evidence.high else ""


def _harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula, whatever a department typed.

    Some leave out the blanks before it, and what cannot be seen.
    """
    text = "\r".join(printable(part) for part in text.split("\r"))
    seen = "".join(mark for mark in text[:100] if mark.isprintable()).lstrip()
    starts = text.startswith(FORMULA_STARTS) or seen.startswith(FORMULA_STARTS)
    return f"'{text}" if starts else text
