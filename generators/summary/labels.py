"""The Chinese words of the summary workbook for the program's own codes."""

from __future__ import annotations

from collections.abc import Mapping

from generators.model import Measure, ObservationStatus
from generators.summary.reports import ReportState, Timeliness

CONTENTS_SHEET = "目录"
DEPARTMENTS_SHEET = "部门报送情况"
FINDINGS_SHEET = "校验结果"
REVISIONS_SHEET = "数据修订"
SOURCES_SHEET = "数据来源"
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
RULE_LABELS: Mapping[str, str] = {
    "envelope": "表单身份",
    "format": "文件格式",
    "structure": "表格结构",
    "formula": "公式",
    "timeliness": "报送时限",
    "type": "数据类型",
    "normalised": "自动规范",
    "decimals": "小数位数",
    "presence": "应填未填",
    "codes": "代码选项",
    "duplicates": "重复填报",
    "range": "取值范围",
    "percent": "百分数与小数",
    "unit": "计量单位",
    "growth": "增速与总量",
    "completion": "完成率",
    "parts": "分项与合计",
    "target": "目标与实绩",
    "cumulative": "累计数",
    "base": "上年基数",
    "revision": "数据修订",
    "stale": "重复旧报",
    "outlier": "异常值",
    "conflict": "部门数据不一致",
    "narrative": "文字与数据",
    "published": "已公布数",
    "merge": "汇总",
    "missing": "缺数",
    "run": "运行",
    "definition": "指标定义",
    "template": "报告模板",
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
    label = RULE_LABELS.get(rule) or RULE_LABELS.get(rule.partition("_")[0])
    return f"{label}（{rule}）" if label else rule


def period_label(period: str) -> str:
    """A period as a heading says it: ``2023`` → ``2023年``, anything else as it stands."""
    return f"{period}年" if len(period) == 4 and period.isdecimal() else period
