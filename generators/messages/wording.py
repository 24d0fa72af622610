"""Findings in words: the catalogue's texts filled with a finding's params, Chinese or English."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Mapping

from generators.messages.cells import CELLS
from generators.messages.definitions import DEFINITIONS, EXPRESSION_REASONS
from generators.messages.entry import MEASURE_LABELS, SEVERITY_LABELS, Entry
from generators.messages.figures import FIGURES
from generators.messages.files import FILES
from generators.messages.runs import RUNS
from generators.messages.templates import PARTS, REASONS, TEMPLATES
from generators.model import PACK_RULE, Finding, Measure
from generators.text import shorten

CATALOGUE: Mapping[str, Entry] = {**FILES, **CELLS, **FIGURES, **RUNS, **DEFINITIONS, **TEMPLATES}
SHOWN_PARAGRAPH = 40
"""How many characters of a template's paragraph a message shows."""

_UNKNOWN = Entry(
    "程序换版之前的校验结果（{code}）",
    "请重新运行一次",
    "a finding of another version of the program ({code})",
    "run the program again",
)
_NEAR = {"zh": "，是不是“{}”？", "en": " (did you mean {}?)"}
_SUGGESTION = {"zh": "，是不是 {}？", "en": " (did you mean {}?)"}
_CELL_OF_REGISTER = {
    "zh": "{register}第{row}行{column}",
    "en": "{column} in row {row} of {register}",
}
_REASONS: Mapping[int, str] = {
    errno.EACCES: "文件正被占用，或没有权限",
    errno.EPERM: "没有权限",
    errno.ENOENT: "文件不存在",
    errno.ENOSPC: "磁盘已满",
    errno.EROFS: "磁盘是只读的",
    errno.EBUSY: "文件正被占用",
    errno.EISDIR: "是文件夹，不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EEXIST: "已经存在",
    errno.EIO: "磁盘或网络读写出错",
    errno.ENAMETOOLONG: "文件名过长",
    errno.EINVAL: "文件名或操作无效",
    errno.ETIMEDOUT: "网络超时",
}
_REASON_BY_WORDS = {os.strerror(number): words for number, words in _REASONS.items()}
"""What the system says in English about a file, in Chinese; other words are shown as they come."""


def message(finding: Finding, language: str = "zh") -> str:
    """What is wrong, in ``language`` (``zh`` or ``en``), and which cells and which repair explain it.

    A finding that the catalogue no longer knows (from an old ledger) is named by its code. One of a
    rule that the pack defines says what the pack says, in the pack's own language.
    """
    own = finding.params.get("message", "")
    entry = _entry(finding)
    template = entry.zh if language == "zh" else entry.en
    told = own or template.format_map(_params(finding, language))
    return told + "".join(_additions(finding, language))


def action(finding: Finding, language: str = "zh") -> str:
    """What to do about it, in ``language``."""
    entry = _entry(finding)
    template = entry.zh_action if language == "zh" else entry.en_action
    return finding.params.get("advice") or template.format_map(_params(finding, language))


def _entry(finding: Finding) -> Entry:
    if finding.code.startswith(f"{PACK_RULE}."):
        return CATALOGUE["pack.relation"]
    return CATALOGUE.get(finding.code, _UNKNOWN)


_ADDITIONS: Mapping[str, Mapping[str, str]] = {
    "repair": {
        "zh": "；如把{repair}，有关各数就都对得上",
        "en": "; with {repair} all related figures agree",
    },
    "suspects": {
        "zh": "；最可能有误的单元格：{suspects}",
        "en": "; most likely wrong: {suspects}",
    },
    "void": {
        "zh": "；原来的说明“{void}”是针对改动前的数写的（{void_changes}），已失效，请重写",
        "en": "; the reason given before (“{void}”) is void, for figures changed ({void_changes})",
    },
}
"""What is added to the message of a finding that has the param."""


def _additions(finding: Finding, language: str) -> Iterator[str]:
    repaired = bool(finding.params.get("repair"))
    for key, texts in _ADDITIONS.items():
        if finding.params.get(key) and not (key == "suspects" and repaired):
            yield texts[language].format_map(_Params(finding.params))


def place(finding: Finding) -> str:
    """Where it is: ``文件 › 工作表!单元格``, as much of it as is known."""
    target = "!".join(part for part in (finding.sheet, finding.cell) if part)
    return " › ".join(part for part in (finding.file, target) if part)


def line(finding: Finding, language: str = "zh") -> str:
    """One line for a person: severity, place, message → action."""
    label = SEVERITY_LABELS[language][finding.severity]
    where = place(finding)
    spot = f"{where} " if where else ""
    arrow = " → "
    return f"[{label}] {spot}{message(finding, language)}{arrow}{action(finding, language)}"


def as_dict(finding: Finding, language: str = "zh") -> dict[str, str]:
    """The finding as the JSON output prints it."""
    return {
        "rule": finding.rule,
        "code": finding.code,
        "severity": str(finding.severity),
        "department": finding.department,
        "file": finding.file,
        "sheet": finding.sheet,
        "cell": finding.cell,
        "message": message(finding, language),
        "action": action(finding, language),
    }


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors first, then by file, sheet and the order in which they were found."""
    return tuple(sorted(findings, key=lambda item: (item.severity.rank, item.file, item.sheet)))


class _Params(dict[str, str]):
    """Params of a finding; one that is not there (an old ledger again) shows as a gap."""

    def __missing__(self, key: str) -> str:
        return GAP


GAP = "…"


def _params(finding: Finding, language: str) -> _Params:
    params = _Params({"near": "", "suggestion": "", "code": finding.code})
    params |= finding.params
    params.setdefault("sheet", finding.sheet)
    if measure := params.get("measure"):
        label = MEASURE_LABELS[language][Measure(measure)]
        params["measure"] = label
        if "indicator" in params:
            params["item"] = f"{params['indicator']}·{label}"
    if other := params.get("other_measure"):
        params["other_measure"] = MEASURE_LABELS[language][Measure(other)]
    if {"register", "row", "column"} <= params.keys() and "measure" not in params:
        params.setdefault("item", _CELL_OF_REGISTER[language].format_map(params))
    if "reason" in params:
        params["reason"] = _reason(params, language)
    if "part" in params:
        params["where"] = _where(params, language)
    if params["near"]:
        params["near"] = _NEAR[language].format(params["near"])
    if params["suggestion"]:
        params["suggestion"] = _SUGGESTION[language].format(params["suggestion"])
    return params


def _reason(params: Mapping[str, str], language: str) -> str:
    """A reason in words: one of the catalogue's by its code, else what the system said.

    What refuses a submitted workbook (``format.damaged``) is the reason where it refuses another.
    """
    reason = params["reason"]
    if words_of_reason := REASONS.get(reason) or EXPRESSION_REASONS.get(reason):
        chinese, english = words_of_reason
        words = {
            key.removeprefix("reason."): word
            for key, word in params.items()
            if key.startswith("reason.")
        }
        return (chinese if language == "zh" else english).format_map(_Params(words))
    if reason in CATALOGUE:
        entry = CATALOGUE[reason]
        return (entry.zh if language == "zh" else entry.en).format_map(_Params(params))
    return _REASON_BY_WORDS.get(reason, reason) if language == "zh" else reason


def _where(params: Mapping[str, str], language: str) -> str:
    """Where in a Word document: part, nearest heading above, and the paragraph's text."""
    chinese, english = PARTS.get(params["part"], (params["part"], params["part"]))
    text = shorten(params["paragraph"], SHOWN_PARAGRAPH)
    heading = params["heading"]
    if language == "zh":
        return f"{chinese}，" + (f"“{heading}”之下，" if heading else "") + f"段落“{text}”"
    return f"{english}, " + (f"under “{heading}”, " if heading else "") + f"paragraph “{text}”"
