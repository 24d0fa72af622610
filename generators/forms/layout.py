"""What a form looks like: the names that the writer of forms and the reader of submissions share."""

from __future__ import annotations

import re
from zlib import crc32

from generators.excel.grid import address
from generators.messages import MEASURE_LABELS
from generators.model import Definition, Measure, Register, RegisterColumn
from generators.text import file_name, fold

INSTRUCTIONS_SHEET = "填报说明"
INDICATOR_SHEET = "指标"
NARRATIVE_SHEET = "文字材料"
IDENTITY_WORD = "huibao"
"""What the names of all properties and of the sheet that say which form it is have in common."""
IDENTITY_SHEET = f"_{IDENTITY_WORD}"
CODE_LIST_SHEET = "_codes"

RECEIPT_SHEET = "校验回执"
PROGRESS_SHEET = "报送进度"
MARKS_SHEET = "_huibao_marks"
"""Sheets that the program puts into the copy it returns; none of them is part of the form."""

RETURNED_SUFFIX = f"-{RECEIPT_SHEET}"
"""What the file name of a returned copy has more than that of the submission."""

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
SEAL_KEY = "seal"
"""The key below them, where the form is sealed (:mod:`generators.forms.sealing`)."""


def property_name(key: str) -> str:
    """The custom document property that repeats a key of the identity sheet."""
    return f"{IDENTITY_WORD}_{key}"


_FORBIDDEN_IN_SHEETS = re.compile(r"[\[\]:*?/\\']")
_SHEET_NAME_LIMIT = 31
_TAKEN_SHEETS = frozenset(
    [
        INSTRUCTIONS_SHEET,
        INDICATOR_SHEET,
        NARRATIVE_SHEET,
        IDENTITY_SHEET,
        CODE_LIST_SHEET,
        RECEIPT_SHEET,
        PROGRESS_SHEET,
        MARKS_SHEET,
        "history",  # Excel keeps this one for itself
    ]
)


def register_sheet(name: str) -> str:
    """The sheet of a register: its name as far as Excel allows it (31 characters).

    A longer name is cut and ends in a checksum of the whole, so that two that begin alike stay
    apart; a name that another sheet of the form has is marked as a list.
    """
    sheet = _FORBIDDEN_IN_SHEETS.sub("_", name)
    if sheet.casefold() in _TAKEN_SHEETS:
        return f"{sheet}（清单）"
    if len(sheet) > _SHEET_NAME_LIMIT:
        checksum = f"{crc32(name.encode()) & 0xFFFF:04x}"
        return f"{sheet[: _SHEET_NAME_LIMIT - 5]}_{checksum}"
    return sheet


def column_letters(column: int) -> str:
    """The letters of a sheet column that counts from 0: 0 → ``A``, 26 → ``AA``."""
    return address(1, column + 1)[:-1]


def register_header(column: RegisterColumn) -> str:
    """The header of a register column, with its unit."""
    return f"{column.name}（{column.unit}）" if column.unit else column.name


def submitted_stem(stem: str) -> str:
    """A file's name without its ending, as it was before the program returned it: ``RETURNED_SUFFIX``
    goes, however often it stands there.
    """
    while stem.endswith(RETURNED_SUFFIX):
        stem = stem.removesuffix(RETURNED_SUFFIX)
    return stem


def has_own_explanation(register: Register) -> bool:
    """Whether the register declares the column 情况说明 itself."""
    return any(fold(column.name) == fold(EXPLANATION_HEADER) for column in register.columns)


def register_headers(register: Register) -> tuple[str, ...]:
    """The headers of a register's sheet: the row's number, its columns, and last 情况说明."""
    headers = (ROW_NUMBER_HEADER, *(register_header(column) for column in register.columns))
    return headers if has_own_explanation(register) else (*headers, EXPLANATION_HEADER)


def form_name(definition: Definition, department: str) -> str:
    """The file name of a department's form."""
    stem = f"{definition.department_name(department)}-{definition.settings.period}"
    return f"{file_name(stem)}.xlsx"
