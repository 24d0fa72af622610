"""What a form looks like: the names that the writer of forms and the reader of submissions share."""

from __future__ import annotations

import re

from generators.messages import MEASURE_LABELS
from generators.model import Definition, Measure, RegisterColumn
from generators.text import file_name

INSTRUCTIONS_SHEET = "填报说明"
INDICATOR_SHEET = "指标"
NARRATIVE_SHEET = "文字材料"
IDENTITY_SHEET = "_huibao"
CODE_LIST_SHEET = "_codes"

CODE_HEADER = "指标代码"
NAME_HEADER = "指标名称"
UNIT_HEADER = "计量单位"
EXPLANATION_HEADER = "情况说明"
MEASURE_HEADERS = MEASURE_LABELS["zh"]
INDICATOR_HEADERS = (
    CODE_HEADER,
    NAME_HEADER,
    UNIT_HEADER,
    *(MEASURE_HEADERS[measure] for measure in Measure),
    EXPLANATION_HEADER,
)

ROW_NUMBER_HEADER = "序号"

NARRATIVE_CODE_HEADER = "材料代码"
NARRATIVE_NAME_HEADER = "材料名称"
NARRATIVE_NOTE_HEADER = "填报要求"
NARRATIVE_TEXT_HEADER = "正文"
NARRATIVE_HEADERS = (
    NARRATIVE_CODE_HEADER,
    NARRATIVE_NAME_HEADER,
    NARRATIVE_NOTE_HEADER,
    NARRATIVE_TEXT_HEADER,
)

IDENTITY_KEYS = ("pack", "department", "period", "form_version")
"""Fields of :class:`~generators.model.FormIdentity`, as keys of the identity sheet."""


def property_name(key: str) -> str:
    """The custom document property that repeats an identity key."""
    return f"huibao_{key}"


_FORBIDDEN_IN_SHEETS = re.compile(r"[\[\]:*?/\\']")


def register_sheet(name: str) -> str:
    """The sheet of a register: its name, cut to what Excel allows (31 characters)."""
    return _FORBIDDEN_IN_SHEETS.sub("_", name)[:31]


def register_header(column: RegisterColumn) -> str:
    """The header of a register column, with its unit."""
    return f"{column.name}（{column.unit}）" if column.unit else column.name


def form_name(definition: Definition, department: str) -> str:
    """The file name of a department's form."""
    stem = f"{definition.department_name(department)}-{definition.settings.period}"
    return f"{file_name(stem)}.xlsx"
