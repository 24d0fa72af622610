"""The Chinese words of the summary workbook for the program's own codes."""

from __future__ import annotations

from collections.abc import Mapping

from generators import messages
from generators.model import Measure, ObservationStatus
from generators.summary.reports import ReportState, Timeliness

CONTENTS_SHEET = "目录"
DEPARTMENTS_SHEET = "部门报送情况"
FINDINGS_SHEET = "校验结果"
REVISIONS_SHEET = "数据修订"
SOURCES_SHEET = "数据来源"
PRINTED_SHEET = "报告溯源"
OTHER_SECTION = "其他指标"

MISSING = "缺"
"""An asked figure that nobody reported."""
UNREPORTED = "未报"
"""A figure that a department may leave blank, and did."""
DASH = "—"
"""A figure that is not asked, or that cannot be computed."""

STATE_LABELS: Mapping[ReportState, str] = {
    ReportState.ACCEPTED: "已接收",
    ReportState.REJECTED: "已退回",
    ReportState.MISSING: "未报送",
}
TIMELINESS_LABELS: Mapping[Timeliness, str] = {
    Timeliness.ON_TIME: "按时",
    Timeliness.LATE: "迟报",
    Timeliness.NONE: DASH,
    Timeliness.MISSING: "缺报",
}
STATUS_LABELS: Mapping[str, str] = {
    ObservationStatus.NORMAL: "正常",
    ObservationStatus.ESTIMATED: "估计数",
    ObservationStatus.FORECAST: "预测数",
    ObservationStatus.PROVISIONAL: "初步数",
    ObservationStatus.BREAK: "口径调整",
}

# Column heads under a heading that already names the year, and standing alone.
SHORT_MEASURES: Mapping[Measure, str] = {
    Measure.ACTUAL: "预计",
    Measure.PREVIOUS: "实际",
    Measure.GROWTH: "同比增长(%)",
    Measure.PLAN: "年度计划",
    Measure.TARGET: "目标",
}
COMPLETION = "完成计划(%)"


def rule_label(rule: str) -> str:
    """A rule in Chinese with its id, by which the pack's rules sheet knows it."""
    label = messages.rule_label(rule)
    return f"{label}（{rule}）" if label != rule else rule


def period_label(period: str) -> str:
    """A period as a heading says it: ``2023`` → ``2023年``, anything else as it stands."""
    return f"{period}年" if len(period) == 4 and period.isdecimal() else period
