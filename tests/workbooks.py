"""Workbooks written as tables in a test, and a small report pack of the fictional 临溪区.

A workbook is a mapping of sheet names to tables; a table has one line a row, ``|`` between cells::

    workbook({"指标": '''
        | 指标代码 | 指标名称 |
        | S1-01    | 渔业产值 |
    '''})

A cell reads as a person would type it: ``12.3`` is a number, ``'12.3`` a text, ``5.3%`` the number
0.053 in a percent format, ``=1+1`` a formula that was never calculated, ``#REF!`` an error,
``@2031-06-30`` a date, ``TRUE`` a boolean; ``\\n`` breaks the line, and blank is blank.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import openpyxl

from generators.definition import load_definition
from generators.excel.grid import Workbook
from generators.excel.reading import read_any_workbook
from generators.forms import layout
from generators.forms.write import write_form
from generators.intake.submission import identify, read_submission
from generators.model import Definition, Finding, Result, RuleSetting, Submission
from generators.validation import RELATIONS, validate
from generators.validation.envelope import check_envelope

Tables = Mapping[str, str]

PACK = "lianxi"
DEPARTMENT = "yy"

DEFINITION: Tables = {
    "设置": """
        | 设置项   | 内容                |
        | 报告名称 | 临溪区渔业发展报告  |
        | 报告期   | 2031                |
        | 表单版本 | 3                   |
        | 地区     | 临溪区              |
        | 截止时间 | 2031-12-20 17:30    |
        | 每周时间 | 周五 17:00          |
    """,
    "用语": """
        | 名称     | 内容             |
        | 总体要求 | 稳字当头，稳中求进 |
    """,
    "部门": """
        | 部门代码 | 部门名称 | 截止时间    |
        | yy       | 渔业局   |             |
        | jt       | 交通局   | @2031-12-15 |
    """,
    "章节": """
        | 章节代码 | 章节名称 |
        | S1       | 渔业生产 |
        | S2       | 水上交通 |
    """,
    "指标": """
        | 指标代码 | 指标名称   | 计量单位 | 小数位数 | 责任部门 | 章节     | 增长口径 | 本年预计 | 上年实际 | 同比增长 | 年度计划 | 下年目标 | 目标类型 | 最小值 | 最大值 | 共同报送部门 |
        | S1-01    | 渔业总产值 | 亿元     | 1        | 渔业局   | 渔业生产 | 现价     | 必填     | 选填     | 必填     |          | 选填     | 增速     | 0      |        |              |
        | S1-02    | 水质达标率 | ％       | 2        | yy       | S1       | 百分点   | 必填     |          | 选填     |          | 选填     |          | 0      | 100    |              |
        | S2-01    | 渡口数     | 个       | 0        | 交通局   | S2       |          | 必填     |          |          |          | 选填     | 文字     |        | 50     | 渔业局       |
    """,  # noqa: E501
    "清单": """
        | 清单代码 | 清单名称 | 填报部门 | 章节     |
        | R1       | 渔港清单 | 渔业局   | 渔业生产 |
    """,
    "清单列": """
        | 清单名称 | 列名     | 类型 | 计量单位 | 小数位数 | 必填 | 代码表 | 不得重复 |
        | 渔港清单 | 渔港名称 | 文本 |          |          | 是   |        | 是       |
        | R1       | 级别     |      |          |          |      | 级别   |          |
        | 渔港清单 | 总投资   | 数值 | 亿元     | 2        |      |        |          |
        | 渔港清单 | 增幅     | 数值 |          | 1        |      |        |          |
        | 渔港清单 | 开港日期 | 日期 |          |          |      |        |          |
    """,
    "代码表": """
        | 代码表名称 | 代码值 |
        | 级别       | 中心   |
        | 级别       | 一级   |
    """,
    "文字材料": """
        | 材料代码 | 材料名称 | 部门   | 章节 | 必填 | 字数上限 |
        | N1       | 渔业工作 | 渔业局 | S1   | 是   | 20       |
    """,
    "规则": """
        | 规则代码 | 启用 | 级别 |
        | range    | 是   |      |
    """,
    "汇总表": """
        | 表名     | 内容                 | 列               |
        | 主要指标 | 章节：渔业生产、S2-01 | 本年预计、下年目标 |
    """,
    "免审数字": """
        | 文字     | 说明 |
        | 7×24小时 |      |
        | 年产*套  | 项目 |
    """,
    "日历": """
        | 日期        | 改到       | 说明   |
        | @2031-10-03 | 2031-09-30 | 国庆节 |
    """,
}
"""A definition without a fault: two departments, three indicators, a register, a narrative."""

FILLED: Tables = {
    "指标": """
        | 指标代码 | 本年预计 | 上年实际 | 同比增长(%) | 下年目标   | 情况说明 |
        | S1-01    | 12.3     | 11.8     | 3.5         | 6          |          |
        | S1-02    | 98.25    |          | 0.5         | 98.5       |          |
        | S2-01    | 14       |          |             | 不少于14个 |          |
    """,
    "渔港清单": """
        | 渔港名称     | 级别 | 总投资（亿元） | 增幅 | 开港日期    |
        | 临溪中心渔港 | 中心 | 3.5            | 1.5  | @2031-06-30 |
        | 东岙渔港     | 一级 | 1.25           |      |             |
    """,
    "文字材料": """
        | 材料代码 | 正文           |
        | N1       | 渔业稳中有进。 |
    """,
}
"""What the fictional 渔业局 fills in: nothing in it is wrong."""


CELLS_ALONE: Mapping[str, RuleSetting] = {
    rule: RuleSetting(rule, enabled=False) for rule in RELATIONS if rule
}
"""Settings for tests of single cells: no figure is held against another."""


# --- tables → workbooks -----------------------------------------------------------------------


def rows_of(table: str) -> list[list[str]]:
    """The cells of a table by line; the lines of dashes below a header are no rows."""
    lines = [line.strip() for line in table.strip().splitlines()]
    cells = [[part.strip() for part in line.strip("|").split("|")] for line in lines if line]
    return [row for row in cells if not all(re.fullmatch(":?-{3,}:?", part) for part in row)]


def table_of(rows: Iterable[Iterable[str]]) -> str:
    """The table that :func:`rows_of` reads as ``rows``."""
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def put(cell: Any, text: str) -> None:
    """Write what a person types as ``text`` into an openpyxl cell."""
    kept = cell.number_format
    if text == "":
        cell.value = None
    elif text.startswith("'"):
        cell.value, cell.data_type = text[1:], "s"
    elif text.startswith("@"):
        cell.value = dt.datetime.fromisoformat(text[1:])
    elif text in ("TRUE", "FALSE"):
        cell.value = text == "TRUE"
    elif re.fullmatch(r"[+-]?\d+(\.\d+)?%", text):
        cell.value, cell.number_format = float(text[:-1]) / 100, "0.0%"
    elif re.fullmatch(r"[+-]?\d+(\.\d+)?", text):
        cell.value = float(text) if "." in text else int(text)
    elif text.startswith(("=", "#")):
        cell.value = text  # openpyxl knows formulas and error values
    else:
        cell.value = text.replace("\\n", "\n")
    if isinstance(cell.value, str) and kept == "@":
        cell.number_format = kept


def workbook(tables: Tables) -> bytes:
    """The workbook whose sheets are ``tables``; the first line of a table is row 1."""
    book: Any = openpyxl.Workbook()
    book.remove(book.active)
    for name, table in tables.items():
        sheet = book.create_sheet(name)
        for number, row in enumerate(rows_of(table), start=1):
            for column, text in enumerate(row, start=1):
                put(sheet.cell(number, column), text)
    return saved(book)


def saved(book: Any) -> bytes:
    """An openpyxl workbook as bytes."""
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def edited(data: bytes, change: Callable[[Any], object]) -> bytes:
    """A workbook after ``change`` went over it as an openpyxl workbook."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    change(book)
    return saved(book)


def with_part(data: bytes, ending: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook with the one part whose name ends in ``ending`` rewritten, which must change it."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        [name] = [name for name in source.namelist() if name.endswith(ending)]
        for entry in source.namelist():
            part = source.read(entry)
            if entry == name:
                assert change(part) != part
                part = change(part)
            target.writestr(entry, part)
    return buffer.getvalue()


# --- the pack and its forms -------------------------------------------------------------------


def definition_of(tables: Tables | bytes = DEFINITION) -> Result[Definition]:
    """What a definition workbook with these sheets is read as."""
    data = tables if isinstance(tables, bytes) else workbook(tables)
    with tempfile.TemporaryDirectory() as folder:
        pack = Path(folder) / PACK
        pack.mkdir()
        (pack / "definition.xlsx").write_bytes(data)
        return load_definition(pack)


def sound_definition(tables: Tables = DEFINITION) -> Definition:
    """The same, where nothing may be wrong with it."""
    result = definition_of(tables)
    assert result.findings == ()
    assert result.value is not None
    return result.value


def changed(tables: Tables, sheet: str, *replacements: tuple[str, str]) -> dict[str, str]:
    """``tables`` with texts of one sheet replaced; each must stand in it."""
    table = tables[sheet]
    for old, new in replacements:
        assert old in table, f"{old} does not stand in {sheet}"
        table = table.replace(old, new)
    return {**tables, sheet: table}


def header_row(sheet: Any, header: str) -> tuple[int, dict[str, int]]:
    """The number of the row that holds ``header``, and its columns by header."""
    for row in sheet.iter_rows():
        columns = {str(cell.value): cell.column for cell in row if cell.value is not None}
        if header in columns:
            return row[0].row, columns
    raise AssertionError(f"{sheet.title} has no header {header}")


def row_of(sheet: Any, code: str) -> int:
    """The number of the row whose first cell holds ``code``."""
    return next(row[0].row for row in sheet.iter_rows() if row[0].value == code)


def cell_of(book: Any, code: str, header: str, sheet: str = layout.INDICATOR_SHEET) -> Any:
    """The cell of the row ``code`` in the column ``header`` of a form."""
    _, columns = header_row(book[sheet], header)
    return book[sheet].cell(row_of(book[sheet], code), columns[header])


def fill(form: bytes, tables: Tables = FILLED) -> bytes:
    """A form filled with ``tables``: by the code in their first column, in a register downwards."""

    def enter(book: Any) -> None:
        for name, table in tables.items():
            headers, *rows = rows_of(table)
            sheet = book[name]
            start, columns = header_row(sheet, headers[0])
            coded = headers[0] in (layout.CODE_HEADER, layout.NARRATIVE_CODE_HEADER)
            for place, row in enumerate(rows, start=start + 1):
                number = row_of(sheet, row[0]) if coded else place
                for header, text in list(zip(headers, row, strict=True))[1 if coded else 0 :]:
                    put(sheet.cell(number, columns[header]), text)

    return edited(form, enter)


def blank_form(definition: Definition, department: str = DEPARTMENT) -> bytes:
    """The form as it is issued."""
    return write_form(definition, department)


def filled_form(definition: Definition, tables: Tables = FILLED, department: str = DEPARTMENT) -> bytes:
    """The form as the department hands it in."""
    return fill(blank_form(definition, department), tables)


def submitted(data: bytes, definition: Definition, file: str = "渔业局-2031.xlsx") -> Result[Submission]:
    """What a workbook is read as; the value is ``None`` where it is no form of this report."""
    return form_of(read_any_workbook(data, file), definition)


def form_of(book: Result[Workbook], definition: Definition) -> Result[Submission]:
    """The same, of what its cells were read as."""
    if book.value is None:
        return Result(None, book.findings)
    identity = identify(book.value)
    wrong = tuple(check_envelope(identity, definition, book.value.file))
    if identity is None or wrong:
        return Result(None, wrong)
    read = read_submission(book.value, identity, definition)
    return Result(read.value, (*book.findings, *read.findings))


def found(data: bytes, definition: Definition) -> list[Finding]:
    """Everything that is found in a workbook, of its structure first."""
    result = submitted(data, definition)
    return [*result.findings, *(validate(result.value, definition) if result.value else ())]


def brief(findings: list[Finding] | tuple[Finding, ...]) -> list[str]:
    """Findings as ``code sheet!cell``, the way tests write them down."""
    return [
        " ".join(part for part in (item.code, "!".join(p for p in (item.sheet, item.cell) if p)) if part)
        for item in findings
    ]
