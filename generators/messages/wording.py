"""Findings in words: the catalogue's texts filled with a finding's params, Chinese or English."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence

from generators.messages.audits import AUDITS
from generators.messages.backups import BACKUPS
from generators.messages.cells import CELLS
from generators.messages.comparing import COMPARING
from generators.messages.definitions import DEFINITIONS, EXPRESSION_REASONS
from generators.messages.documents import DOCUMENTS
from generators.messages.entry import MEASURE_LABELS, SEVERITY_LABELS, Entry, rule_label
from generators.messages.figures import FIGURES
from generators.messages.files import CELL_KINDS, FILES
from generators.messages.forms import FORMS
from generators.messages.kept import KEPT
from generators.messages.ledgers import LEDGERS
from generators.messages.log import LOG
from generators.messages.publications import PDF_REASONS, PUBLICATIONS
from generators.messages.reports import REPORTS
from generators.messages.runs import RUNS
from generators.messages.seals import SEALS
from generators.messages.templates import PARTS, REASONS, TEMPLATES
from generators.model import PACK_RULE, Evidence, Finding, Measure, Operand
from generators.names import printable
from generators.support.files import NO_ORDINARY_FILE
from generators.text import shorten

CATALOGUE: Mapping[str, Entry] = {
    **FILES,
    **FORMS,
    **SEALS,
    **CELLS,
    **FIGURES,
    **RUNS,
    **LEDGERS,
    **REPORTS,
    **PUBLICATIONS,
    **COMPARING,
    **DEFINITIONS,
    **DOCUMENTS,
    **TEMPLATES,
    **AUDITS,
    **KEPT,
    **LOG,
    **BACKUPS,
}
_REASON_WORDS: Mapping[str, tuple[str, str]] = {**REASONS, **EXPRESSION_REASONS, **PDF_REASONS}
SHOWN_PARAGRAPH = 40
"""How many characters of a template's paragraph a message shows."""
SHOWN_NAMES = 8
"""How many cells a message names."""
SHOWN_SPOTS = 10
"""How many places of a document a message shows."""
SHOWN_RAW = 200
"""How many characters of what stands in a cell the machine-readable output repeats."""

_UNKNOWN = Entry(
    "程序换版之前的校验结果（{code}）",
    "请重新运行一次",
    "a finding of another version of the program ({code})",
    "run the program again",
)
_NEAR = {"zh": "，是不是“{}”？", "en": " (did you mean {}?)"}
_SUGGESTION = {"zh": "，是不是 {}？", "en": " (did you mean {}?)"}
_LINE: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "joint": " ",
        "spots": "；",
        "more_spots": "{}，等 {} 处",
        "trial": "〔试运行〕",
        "reason": "（说明：{}）",
        "follows": "（由此引起的另外 {} 处问题一并消除）",
        "comma": "、",
        "quoted": "“{}”",
        "more": "{}等 {} 格",
        "and": "和",
        "hidden_rows": "第 {} 行",
        "hidden_columns": "第 {} 列",
        "whole": "填整数",
        "decimals": "保留 {} 位小数",
    },
    "en": {
        "joint": ": ",
        "spots": "; ",
        "more_spots": "{} and others, {} places in all",
        "trial": "(on trial)",
        "reason": " (explanation: {})",
        "follows": " ({} more findings that follow from it will go too)",
        "comma": ", ",
        "quoted": "{}",
        "more": "{} and others, {} cells in all",
        "and": " and ",
        "hidden_rows": "row(s) {}",
        "hidden_columns": "column(s) {}",
        "whole": "a whole number",
        "decimals": "{} decimal(s)",
    },
}
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
_REASON_BY_WORDS = {
    **{os.strerror(number): words for number, words in _REASONS.items()},
    NO_ORDINARY_FILE: "不是普通文件，而是管道、套接字或设备",
}
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
    return printable(told + "".join(_additions(finding, language)))


def action(finding: Finding, language: str = "zh") -> str:
    """What to do about it, in ``language``."""
    entry = _entry(finding)
    template = entry.zh_action if language == "zh" else entry.en_action
    return printable(finding.params.get("advice") or template.format_map(_params(finding, language)))


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
    "given": {
        "zh": "；按现有数据应为“{given}”",
        "en": "; the data now give “{given}”",
    },
    "void": {
        "zh": "；原来的说明“{void}”是针对改动前的数写的（{void_changes}），已失效，请重写",
        "en": "; the reason given before (“{void}”) is void, for figures changed ({void_changes})",
    },
    "unsure": {
        "zh": "；台账中原来的说明“{unsure}”被改动过，不知道是针对哪些数写的，不予承认，请换一种写法重写",
        "en": "; the ledger's record of the reason “{unsure}” was altered, and nobody knows for which "
        "figures it was given: it does not count; put it in other words",
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
    """One line for a person: severity, place, rule, message → action, and what belongs to it.

    That is: that the rule is on trial, the department's explanation, and how many other findings
    this one, their root cause, accounts for.
    """
    words = _LINE[language]
    label = f"[{SEVERITY_LABELS[language][finding.severity]}]"
    trial = words["trial"] if finding.shadow else ""
    told = shorten(finding.explanation)
    reason = words["reason"].format(told) if told else ""
    others = sum(1 for _ in everything_in(finding.follows))
    follows = words["follows"].format(others) if others else ""
    spot = " ".join(part for part in (f"{label}{trial}", place(finding)) if part)
    rule = rule_label(finding.rule, language)
    said, advice = message(finding, language), action(finding, language)
    return printable(f"{spot} {rule}{words['joint']}{said}{reason} → {advice}{follows}")


def everything_in(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Findings, each with those that it accounts for after it."""
    for finding in findings:
        yield finding
        yield from everything_in(finding.follows)


def numbered(findings: Iterable[Finding]) -> Iterator[tuple[str, Finding]]:
    """Findings in order with their numbers: ``3``, and ``3-1`` for what the third accounts for."""
    for number, finding in enumerate(ordered(findings), 1):
        yield str(number), finding
        for place, item in enumerate(everything_in(finding.follows), 1):
            yield f"{number}-{place}", item


def as_dict(finding: Finding, language: str = "zh") -> dict[str, object]:
    """The finding as the JSON output prints it, with those that follow from it."""
    return {
        "rule": finding.rule,
        "label": rule_label(finding.rule, language),
        "code": finding.code,
        "severity": str(finding.severity),
        "department": finding.department,
        "file": finding.file,
        "sheet": finding.sheet,
        "cell": finding.cell,
        "message": message(finding, language),
        "action": action(finding, language),
        "explanation": finding.explanation,
        "operands": [_operand(operand, finding) for operand in finding.operands],
        **_evidence(finding.evidence),
        "shadow": finding.shadow,
        "follows": [as_dict(item, language) for item in finding.follows],
    }


def _operand(operand: Operand, finding: Finding) -> dict[str, object]:
    return {
        "reference": operand.reference,
        "label": operand.label,
        "file": operand.file or finding.file,
        "raw": shorten(operand.raw, SHOWN_RAW),
        "value": shorten(operand.value, SHOWN_RAW),
        "unit": operand.unit,
        "decimals": operand.decimals,
        "previous": operand.previous,
    }


def _evidence(evidence: Evidence) -> dict[str, object]:
    bounded = evidence.low or evidence.high
    return {
        "interval": {"low": evidence.low or None, "high": evidence.high or None} if bounded else None,
        "deviation": evidence.deviation,
        "fix": {"cell": evidence.fix_cell, "value": evidence.fix} if evidence.fix else None,
    }


def called(names: Sequence[str], language: str = "zh") -> str:
    """What a cell is called, from indicator and measure, or register, row and column, or one name."""
    match names:
        case (indicator, measure):
            return f"{indicator}·{MEASURE_LABELS[language][Measure(measure)]}"
        case (register, row, column):
            return _CELL_OF_REGISTER[language].format(register=register, row=row, column=column)
        case _:
            return "".join(names)


def names_param(cells: Iterable[Sequence[str]]) -> str:
    """The param ``names`` of a finding about several cells, each as :func:`called` takes it."""
    return json.dumps([list(names) for names in cells], ensure_ascii=False)


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
        params.setdefault("column", label)
        if "indicator" in params:
            params["item"] = f"{params['indicator']}·{label}"
    if other := params.get("other_measure"):
        params["other_measure"] = MEASURE_LABELS[language][Measure(other)]
    if {"register", "row", "column"} <= params.keys() and "measure" not in params:
        params.setdefault("item", _CELL_OF_REGISTER[language].format_map(params))
    if "names" in params:
        params["names"] = _names(params["names"], language)
    if "hidden_rows" in params:
        params["hidden"] = _hidden(params, language)
    if "places" in params:
        params["places"] = _places(params["places"], language)
    for name in ("recorded_kind", "read_kind"):
        if kinds := CELL_KINDS.get(params.get(name, "")):
            params[name] = kinds[0 if language == "zh" else 1]
    if "reason" in params:
        params["reason"] = _reason(params, language)
    if "spots" in params:
        params["spots"] = _spots(params["spots"], language)
    if "part" in params:
        params["where"] = _where(params, language)
    if params["near"]:
        params["near"] = _NEAR[language].format(params["near"])
    if params["suggestion"]:
        params["suggestion"] = _SUGGESTION[language].format(params["suggestion"])
    return params


def _names(param: str, language: str) -> str:
    """The cells of :func:`names_param` as a sentence lists them."""
    cells = [called(names, language) for names in json.loads(param)]
    shown, words = cells[:SHOWN_NAMES], _LINE[language]
    listed = words["comma"].join(words["quoted"].format(name) for name in shown)
    return listed if len(cells) <= SHOWN_NAMES else words["more"].format(listed, len(cells))


def spots_param(places: Iterable[tuple[str, str, str]]) -> str:
    """The param ``spots`` of a finding about places of a document: part, heading and paragraph each."""
    keys = ("part", "heading", "paragraph")
    return json.dumps([dict(zip(keys, item, strict=True)) for item in places], ensure_ascii=False)


def _spots(param: str, language: str) -> str:
    """The places of :func:`spots_param` as a sentence lists them."""
    spots = json.loads(param)
    words = _LINE[language]
    listed = words["spots"].join(_where(item, language) for item in spots[:SHOWN_SPOTS])
    return listed if len(spots) <= SHOWN_SPOTS else words["more_spots"].format(listed, len(spots))


def _hidden(params: Mapping[str, str], language: str) -> str:
    """Hidden rows and columns: ``第 4–6、9 行、D 列``."""
    words = _LINE[language]
    parts = [
        words[key].format(params[key].replace(",", words["comma"]))
        for key in ("hidden_rows", "hidden_columns")
        if params.get(key)
    ]
    return words["and"].join(parts)


def _places(count: str, language: str) -> str:
    """How a figure is to be given: a whole number, or so many decimals."""
    words = _LINE[language]
    return words["whole"] if count == "0" else words["decimals"].format(count)


def _reason(params: Mapping[str, str], language: str) -> str:
    """A reason in words: one of the catalogue's by its code, else what the system said.

    What refuses a submitted workbook (``format.damaged``) is the reason where it refuses another.
    """
    reason = params["reason"]
    if words_of_reason := _REASON_WORDS.get(reason):
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


def whereabouts(finding: Finding, language: str = "zh") -> str:
    """Where in a Word document a finding is, as its message says it; empty for other findings."""
    return _where(finding.params, language) if "part" in finding.params else ""


def _where(params: Mapping[str, str], language: str) -> str:
    """Where in a Word document: part, nearest heading above, which paragraph or cell, and its text."""
    chinese, english = PARTS.get(params["part"], (params["part"], params["part"]))
    words, text = _PLACES[language], shorten(params.get("paragraph", ""), SHOWN_PARAGRAPH)
    found = [chinese if language == "zh" else english]
    for key in ("heading", "number", "row"):
        if params.get(key):
            found.append(words[key].format_map(_Params(params)))
    if text:
        found.append(words["paragraph"].format(text))
    return words["joint"].join(found)


_PLACES: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "heading": "“{heading}”之下",
        "number": "第 {number} 段",
        "row": "表格第 {row} 行第 {cell} 格",
        "paragraph": "段落“{}”",
        "joint": "，",
    },
    "en": {
        "heading": "under “{heading}”",
        "number": "paragraph {number}",
        "row": "table row {row}, cell {cell}",
        "paragraph": "paragraph “{}”",
        "joint": ", ",
    },
}
