"""What the two sheets of a receipt say, as texts: nothing of how they look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from generators.messages import SEVERITY_LABELS, action, message, numbered, rule_label
from generators.messages.grounds import grounds, place_of, readable
from generators.messages.untested import UNTESTED
from generators.model import Evidence, Finding, Severity, Tally
from generators.returns.receipt import Outcome, Receipt
from generators.summary.labels import (
    DASH,
    period_label,
)
from generators.summary.reports import ReportState, Timeliness
from generators.text import local_moment

OUTCOME_LABELS = {
    Outcome.ACCEPTED: "已接收",
    Outcome.TO_CONFIRM: "已接收，有待核实",
    Outcome.REJECTED: "已退回",
}
_DROP = "放入收件文件夹"
_COPY_FAILED = "程序没能在您的文件上做标注，只给出本回执；请对照下表在您的文件中修改。"


@dataclass(frozen=True)
class Line:
    """One row of the findings. ``number`` is ``3``, or ``3-1`` for what follows from finding 3."""

    number: str
    finding: Finding
    severity: str
    rule: str
    place: str
    problem: str
    advice: str
    evidence: str

    @property
    def follows(self) -> bool:
        """Whether it is folded under its root cause."""
        return "-" in self.number

    @property
    def to_explain(self) -> bool:
        """Whether it passes with a reason that has not been given yet.

        For what follows from a root cause, the reason is the root cause's.
        """
        open_one = self.finding.severity is Severity.CONFIRM and not self.finding.explanation
        return open_one and not self.follows


@dataclass(frozen=True)
class Check:
    """One row of the rules that were applied."""

    rule: str
    passed: int
    failed: int
    untested: str


@dataclass(frozen=True)
class ReceiptContents:
    """The sheet 校验回执."""

    facts: tuple[tuple[str, str], ...]
    outcome: Outcome
    next_step: str
    counts: str
    lines: tuple[Line, ...]
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Received:
    """One submission of the department; ``state`` is the role that its result is shown in."""

    vintage: str
    file: str
    received: str
    saved: str
    result: str
    state: str


@dataclass(frozen=True)
class Standing:
    """How one department stands."""

    name: str
    deadline: str
    state: ReportState
    vintage: str
    timeliness: Timeliness
    own: bool


@dataclass(frozen=True)
class ProgressContents:
    """The sheet 报送进度."""

    deadline: str
    history: tuple[Received, ...]
    departments: tuple[Standing, ...]


# --- 校验回执 ---------------------------------------------------------------------------------------


def receipt_contents(
    receipt: Receipt, *, alone: bool = False, copy_failed: bool = False
) -> ReceiptContents:
    """The first sheet. ``alone`` says that it does not stand before the department's own workbook,
    ``copy_failed`` that it should have.
    """
    settings = receipt.definition.settings
    lines = tuple(_lines(receipt.shown, receipt.file))
    step = _next_step(receipt, alone and not copy_failed, in_copy=not copy_failed)
    return ReceiptContents(
        (
            ("填报单位", receipt.definition.department_name(receipt.department) or "未能识别"),
            ("报告", settings.name),
            ("报告期", period_label(settings.period)),
            ("版次", f"第 {receipt.vintage} 次报送" if receipt.vintage else DASH),
            ("文件", receipt.file),
            ("保存时间", _moment(receipt.saved_at, settings.time_zone)),
        ),
        receipt.outcome,
        f"{step}{_COPY_FAILED}" if copy_failed else step,
        _counts(lines),
        lines,
        tuple(_checks(receipt.tallies)),
    )


def _next_step(receipt: Receipt, alone: bool, *, in_copy: bool) -> str:
    """One sentence, or two: what the clerk does now; ``in_copy`` says that he may do it right here."""
    directly = "；可以直接在本文件中修改" if in_copy else ""
    red = "标为红色的单元格" if in_copy else ""
    if receipt.outcome is Outcome.REJECTED:
        if alone:
            return f"这个文件不能采用。请按下表处理，再把填报表{_DROP}；请不要在本回执上填写。"
        return f"本次报送的数据都没有采用。请按下表改正{red}，保存后{_DROP}{directly}。"
    if receipt.outcome is Outcome.TO_CONFIRM:
        return (
            "数据已经采用。下表中标为“核实”而没有写明原因的，请逐条核对："
            "数据有误的改正，无误的在该行“情况说明”中写明原因，"
            f"保存后{_DROP}{directly}。"
        )
    if any(item.severity is Severity.WARNING for item in receipt.shown):
        return f"数据已经采用。下表中的提醒请看一看，需要修改的，改好后重新{_DROP}；不需要的，不必再报。"
    return "数据已经采用，不需要再做什么。"


def _counts(lines: Sequence[Line]) -> str:
    """How many findings of each severity, those under a root cause apart."""
    if not lines:
        return "没有发现问题"
    counts = Counter(line.finding.severity for line in lines if not line.follows)
    text = "，".join(
        f"{SEVERITY_LABELS['zh'][severity]} {counts[severity]} 条"
        for severity in Severity
        if counts[severity]
    )
    folded = sum(line.follows for line in lines)
    return f"{text}；由它们引起的 {folded} 条列在其下" if folded else text


def _lines(findings: Iterable[Finding], file: str) -> Iterator[Line]:
    for number, finding in numbered(findings):
        if not finding.shadow:
            yield _line(number, finding, file)


def _line(number: str, finding: Finding, file: str) -> Line:
    other = finding.file if finding.file != file else ""
    where = place_of(finding.sheet, finding.cell)
    problem, advice = message(finding), action(finding)
    return Line(
        number,
        finding,
        SEVERITY_LABELS["zh"][finding.severity],
        rule_label(finding.rule),
        " › ".join(part for part in (other, where) if part) or "整个文件",
        problem,
        "；".join(part for part in (advice, _fix(finding.evidence, problem + advice)) if part),
        "\n".join(grounds(finding)),
    )


def _fix(evidence: Evidence, said: str) -> str:
    """The one value that would put everything right, unless the message has named it."""
    if not evidence.fix or evidence.fix in said:
        return ""
    where = f"{readable(evidence.fix_cell)} " if evidence.fix_cell else ""
    return f"{where}是不是应填 {evidence.fix}？"


def _checks(tallies: Iterable[Tally]) -> Iterator[Check]:
    """The rules that had anything to look at, in the order given."""
    for tally in tallies:
        reasons = {code: number for code, number in tally.untestable.items() if number}
        if not (tally.passed or tally.failed or reasons):
            continue
        words = "，".join(
            f"{UNTESTED[code][0] if code in UNTESTED else code} {number} 项"
            for code, number in reasons.items()
        )
        untested = f"{sum(reasons.values())} 项无法检验：{words}" if reasons else ""
        yield Check(rule_label(tally.rule), tally.passed, tally.failed, untested)


# --- 报送进度 ---------------------------------------------------------------------------------------


def progress_contents(receipt: Receipt) -> ProgressContents:
    """The second sheet."""
    definition = receipt.definition
    return ProgressContents(
        _deadline(receipt, receipt.department),
        tuple(_history(receipt)),
        tuple(
            Standing(
                definition.department_name(report.department),
                _deadline(receipt, report.department),
                ReportState(report.state),
                str(report.vintage or DASH),
                Timeliness(report.timeliness),
                report.department == receipt.department,
            )
            for report in receipt.reports
        ),
    )


def _history(receipt: Receipt) -> Iterator[Received]:
    zone = receipt.definition.settings.time_zone
    for item in receipt.vintages:
        stands = item.number == receipt.vintage
        waits = stands and receipt.outcome is Outcome.TO_CONFIRM
        yield Received(
            f"第 {item.number} 次",
            item.file,
            _moment(item.received_at, zone),
            _moment(item.saved_at, zone),
            f"{OUTCOME_LABELS[receipt.outcome]}，现用" if stands else "已接收，现不用",
            "doubtful" if waits else "good" if stands else "centre",
        )
    if receipt.vintage is None and receipt.department:
        received, saved = _moment(receipt.received, zone), _moment(receipt.saved_at, zone)
        label = OUTCOME_LABELS[receipt.outcome]
        state = "bad" if receipt.rejected else "good"
        yield Received("本次", receipt.file, received, saved, label, state)


def _deadline(receipt: Receipt, department: str) -> str:
    deadline = receipt.definition.deadline_of(department)
    return deadline.strftime("%Y-%m-%d %H:%M") if deadline else DASH


def _moment(text: str, zone: str) -> str:
    moment = local_moment(text, zone)
    return moment.strftime("%Y-%m-%d %H:%M") if moment else text or DASH
