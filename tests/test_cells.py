"""What stands in a cell of a real workbook, and what is understood where a number is expected."""

from __future__ import annotations

import datetime as dt
import io
import re
import time
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from generators.excel.grid import Workbook, address
from generators.excel.numbers import read_number
from generators.excel.workbook import read_workbook
from generators.intake.cells import read_date, read_text
from generators.model import Cell, Reading
from tests.workbooks import edited, saved, with_part, workbook


def opened(data: bytes) -> Workbook:
    result = read_workbook(data, "a.xlsx")
    assert result.findings == ()
    assert result.value is not None
    return result.value


def cells_of(data: bytes) -> dict[str, Cell]:
    """The cells of the first sheet by address."""
    return {cell.address: cell for cell in opened(data).sheets[0].cells.values()}


def typed(text: str) -> Cell:
    """The cell in which a person typed ``text`` (see tests.workbooks)."""
    cells = cells_of(workbook({"指标": f"| 指标代码 | 本年预计 |\n| S1-01 | {text} |"}))
    return cells.get("B2", Cell("指标", 2, 2, "B2"))


def made(write: str, *arguments: Any, pattern: str = "") -> bytes:
    """A workbook in whose first cell XlsxWriter's method of the name ``write`` wrote."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    style = book.add_format({"num_format": pattern}) if pattern else None
    getattr(book.add_worksheet("指标"), write)(0, 0, arguments[0], style, *arguments[1:])
    book.close()
    return buffer.getvalue()


def written(write: str, *arguments: Any, pattern: str = "") -> Cell:
    """The cell that :func:`made` makes."""
    return cells_of(made(write, *arguments, pattern=pattern))["A1"]


def understood(reading: Reading) -> str:
    """A reading in one text: value, or what is wrong, or nothing; then the notes."""
    said = str(reading.value) if reading.value is not None else (reading.problem or "")
    hint = f" → {reading.suggestion}" if reading.suggestion else ""
    notes = "".join(f" +{note.removeprefix('normalised.')}" for note in reading.notes)
    return f"{said}{hint}{notes}".strip()


# --- figures as departments type them ---------------------------------------------------------

TYPED = """
  typed           | unit   | understood
  85              | 亿元   | 85
  12.30           | 亿元   | 12.3
  -0.8            | %      | -0.8
  1.5%            | %      | 1.5
  1.5%            | 亿元   | type.percent → 0.015
  '12.3           | 亿元   | 12.3 +text
  '１２３．４     | 亿元   | 123.4 +width
  '－3.2          | 亿元   | -3.2 +width
  '−3.2           | 亿元   | -3.2 +width
  '–3.2           | 亿元   | -3.2 +width
  '+3.2           | 亿元   | 3.2 +text
  '- 3.2          | 亿元   | -3.2 +spaces
  '1,234.5        | 亿元   | 1234.5 +thousands
  '1，234.5       | 亿元   | 1234.5 +width +thousands
  '1,234,567      | 亿元   | 1234567 +thousands
  '12,34          | 亿元   | type.text
  '1.5％          | %      | 1.5 +width
  '1.5%           | %      | 1.5 +text
  '1.5%           | 亿元   | type.text
  '1.5%           | 个百分点 | 1.5 +text
  '12 13          | 亿元   | type.text
  '1 234.5        | 亿元   | type.text
  '12。5          | 亿元   | type.text → 12.5
  '1.2.3          | 亿元   | type.text
  '1.2E+05        | 亿元   | 120000 +text
  '12.            | 亿元   | 12 +text
  '.5             | 亿元   | 0.5 +text
  '-0             | 亿元   | 0 +text
  '约12.5亿       | 亿元   | type.text → 12.5
  '约12.5亿元     | 亿元   | type.text → 12.5
  '12.5元         | 亿元   | type.text
  '5000万         | 亿元   | type.text
  '12.5亿         | 万元   | type.text
  '100余          | 个     | type.text → 100
  '100余个        | 个     | type.text → 100
  '3-5            | 个     | type.text
  '10²            | 个     | type.text
  '①              | 个     | type.text
  '1½             | 个     | type.text
  '二十           | 个     | type.text
  '٣              | 个     | type.text
  '12‰            | %      | type.text
  '下降3.2%       | %      | type.text
  '下降至3.2%     | %      | type.text
  '下降3.2        | 亿元   | type.text
  '增长3.2%       | %      | type.text
  '增长-3.2%      | %      | type.text
  '提高到3.2%     | %      | type.text → 3.2
  '负3.2          | 亿元   | type.text → -3.2
  '——3.2          | 亿元   | type.text → -3.2
  '(3.2)          | 亿元   | type.text
  '（3.2）        | 亿元   | type.text
  '持平           | 亿元   | type.text
  '—              | 亿元   | +placeholder
  '——             | 亿元   | +placeholder
  '－             | 亿元   | +placeholder
  '无             | 亿元   | +placeholder
  '暂 无          | 亿元   | +placeholder
  'N/A            | 亿元   | +placeholder
  '/              | 亿元   | +placeholder
  '               | 亿元   |
  '1234567890123456 | 元   | type.magnitude
  '1e20           | 元     | type.magnitude
  TRUE            | 亿元   | type.text
  #REF!           | 亿元   | formula.error
  #N/A            | 亿元   | formula.error
  '#REF!          | 亿元   | type.text
  '#DIV/0!        | 亿元   | type.text
  '＃DIV／0！     | 亿元   | type.text
  'Err:502        | 亿元   | type.text
  =1+1            | 亿元   | formula.uncalculated
  @2031-12-03     | 亿元   | type.date
"""


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [[part.strip() for part in line.split("|")] for line in TYPED.strip().splitlines()[1:]],
)
def test_figures_as_people_type_them(text: str, unit: str, expected: str) -> None:
    reading = read_number(typed(text), percent=unit in ("%", "个百分点"), unit=unit)
    assert understood(reading) == expected


def test_no_change_is_zero_only_where_a_change_is_asked() -> None:
    cell = typed("持平")
    assert read_number(cell, percent=True, unit="%", change=True).suggestion == "0"
    assert read_number(cell, percent=True, unit="%").suggestion == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("下降3.2%", "type.text → -3.2"),
        ("增长3.2%", "type.text → 3.2"),
        ("增长-3.2%", "type.text → -3.2"),
        ("提高到3.2%", "type.text"),
        ("下降3.2个百分点", "type.text"),
    ],
)
def test_changes_in_words_where_a_change_is_asked(text: str, expected: str) -> None:
    assert understood(read_number(typed(text), percent=True, unit="%", change=True)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12.3\u200b", "12.3 +text"),
        ("\ufeff12.3", "12.3 +text"),
        (" 12.3\u3000", "12.3 +spaces"),
        ("12.3\n", "12.3 +spaces"),
        ("12\n13", "type.text"),
        ("\u00a0", ""),
        ("\u200b", ""),
    ],
)
def test_what_cannot_be_seen_does_no_harm(text: str, expected: str) -> None:
    book: Any = openpyxl.Workbook()
    book.active["A1"].value = text
    assert understood(read_number(cells_of(saved(book))["A1"], percent=False)) == expected


# --- what programs store ----------------------------------------------------------------------


def test_percent_formats_of_every_kind_are_understood() -> None:
    for pattern in ("0%", "0.0%", "0.0%;[Red]-0.0%", "_ 0.00%_ "):
        reading = read_number(written("write_number", 0.015, pattern=pattern), percent=True)
        assert reading.value == Decimal("1.5"), pattern
        assert reading.notes == ()
    for pattern in ('0.0"%"', "0.0\\%", "0.0", "General"):
        assert read_number(written("write_number", 1.5, pattern=pattern), percent=True).value == Decimal(
            "1.5"
        )
    assert read_number(written("write_number", 0.011, pattern="0.0%"), percent=True).value == Decimal(
        "1.1"
    )


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0.1 + 0.2, "0.3"),
        (8.2 - 0.15, "8.05"),  # stored as 8.049999999999999, shown as 8.05
        (1.005 * 1000, "1005"),
        (1e-7, "1E-7"),
        (123456789012345, "123456789012345"),
        (-0.0, "0"),
        (2376, "2376"),
    ],
)
def test_numbers_are_what_excel_shows_of_them(number: float, expected: str) -> None:
    assert str(written("write_number", number).value) == expected


def test_a_number_beyond_what_excel_can_hold_is_not_believed() -> None:
    reading = read_number(written("write_number", 1e20), percent=False)
    assert understood(reading) == "type.magnitude"


def test_a_formula_gives_its_last_result() -> None:
    cell = written("write_formula", "=A2*2", 12.5)
    assert (cell.value, cell.formula, cell.problem) == (Decimal("12.5"), "=A2*2", None)
    assert read_number(cell, percent=False).value == Decimal("12.5")


@pytest.mark.parametrize(
    ("result", "understood_as"),
    [
        ("#DIV/0!", "formula.error"),
        ("#N/A", "formula.error"),
        (True, "type.text"),
        ("12.3", "12.3 +text"),
    ],
)
def test_results_of_formulas_are_judged_like_typed_cells(result: object, understood_as: str) -> None:
    assert (
        understood(read_number(written("write_formula", "=A2", result), percent=False)) == understood_as
    )


def test_a_formula_that_gave_an_empty_text_is_blank_and_not_uncalculated() -> None:
    formula = b'<c r="A1" t="str"><f>IF(B1="","",B1)</f><v></v></c>'
    data = with_part(
        workbook({"指标": "| 1 |"}),
        "sheet1.xml",
        lambda part: part[: part.index(b"<c ")] + formula + part[part.index(b"</c>") + 4 :],
    )
    cell = cells_of(data)["A1"]
    assert cell.formula
    assert read_number(cell, percent=False).blank


def test_array_formulas_and_shared_formulas_have_their_text() -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.add_worksheet("指标").write_array_formula("A1:A1", "{=SUM(B1:B2)}", None, 7)
    book.close()
    cell = cells_of(buffer.getvalue())["A1"]
    assert (cell.value, cell.formula) == (Decimal(7), "=SUM(B1:B2)")


def test_dates_times_and_booleans_are_no_numbers() -> None:
    for cell, raw in (
        (written("write_datetime", dt.datetime(2031, 12, 3), pattern="yyyy-mm-dd"), "2031-12-03"),
        (
            written("write_datetime", dt.datetime(2031, 12, 3), pattern='yyyy"年"m"月"d"日"'),
            "2031-12-03",
        ),
        (written("write_number", 12.3, pattern="m/d"), "1900-01-12 07:12"),
        (written("write_datetime", dt.time(17, 30), pattern="hh:mm"), "17:30:00"),
        (written("write_datetime", dt.timedelta(hours=30), pattern="[h]:mm"), "30:00:00"),
    ):
        assert read_number(cell, percent=False).problem == "type.date"
        assert cell.raw == raw
    assert read_number(written("write_boolean", False), percent=False).problem == "type.text"
    assert written("write_boolean", False).raw == "FALSE"
    for pattern in ('0.0"个百分点"', '0.00"亿元"', "[Red]0.0", "#,##0.0_);[Red](#,##0.0)", '0"月"'):
        assert written("write_number", 12.3, pattern=pattern).problem is None


def test_rich_text_is_its_text() -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    bold = book.add_format({"bold": True})
    book.add_worksheet("指标").write_rich_string(0, 0, bold, "12", ".5")
    book.close()
    assert read_number(cells_of(buffer.getvalue())["A1"], percent=False).value == Decimal("12.5")


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ("第一段。\r\n第二段。", "第一段。\n第二段。"),
        ("第一段。\r第二段。", "第一段。\n第二段。"),
        ("第一段。_x000D_\n第二段。", "第一段。\n第二段。"),
        ("响铃_x0007_和\ufffe非字符", "响铃和非字符"),
        ("产值_x4E00_元", "产值一元"),
        ("制表\t符", "制表\t符"),
        ("中\u200b心\ufeff", "中心"),
    ],
)
def test_text_has_no_marks_that_only_excel_knows(stored: str, expected: str) -> None:
    mark, escaped = b"QQQ", stored.replace("\r", "&#13;").replace("\ufffe", "_xFFFE_").encode()
    # openpyxl stores texts in the cells, Excel and XlsxWriter in a table of shared strings.
    inline = with_part(
        workbook({"指标": "| QQQ |"}), "sheet1.xml", lambda part: part.replace(mark, escaped)
    )
    shared = with_part(
        made("write_string", "QQQ"), "sharedStrings.xml", lambda part: part.replace(mark, escaped)
    )
    assert [cells_of(data)["A1"].value for data in (inline, shared)] == [expected, expected]


# --- texts and dates --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("不少于14个", "不少于14个"),
        ("'0012", "0012"),
        ("12", "12"),
        ("6%", "6%"),
        ("6.5%", "6.5%"),
        ("TRUE", "TRUE"),
        ("@2031-06-30", "2031-06-30"),
        ("#REF!", "formula.error"),
        ("=1+1", "formula.uncalculated"),
        ("'  ", ""),
    ],
)
def test_cells_where_words_are_expected(text: str, expected: str) -> None:
    assert understood(read_text(typed(text))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@2031-06-30", "2031-06-30"),
        ("'2031-06-30", "2031-06-30"),
        ("'2031/6/3", "2031-06-03"),
        ("'2031.6.3", "2031-06-03"),
        ("'2031年6月3日", "2031-06-03"),
        ("'2031-06-30 00:00:00", "2031-06-30"),
        ("20310630", "2031-06-30"),
        ("'2031-02-30", "type.not_date"),
        ("'2031年6月", "type.not_date"),
        ("'六月底", "type.not_date"),
        ("12.3", "type.not_date"),
        ("TRUE", "type.not_date"),
        ("'—", "+placeholder"),
        ("#REF!", "formula.error"),
        ("=TODAY()", "formula.uncalculated"),
        ("", ""),
    ],
)
def test_cells_where_a_date_is_expected(text: str, expected: str) -> None:
    cell = typed(text) if text else Cell("指标", 2, 2, "B2")
    assert understood(read_date(cell)) == expected


# --- sheets -----------------------------------------------------------------------------------


def test_a_stray_cell_in_the_last_corner_takes_no_time() -> None:
    data = edited(workbook({"指标": "| 12.3 |"}), lambda book: book["指标"].cell(1048576, 16384, "x"))
    began = time.perf_counter()
    cells = cells_of(data)
    assert time.perf_counter() - began < 2
    assert set(cells) == {"A1", "XFD1048576"}


def test_hidden_rows_and_sheets_are_read_and_known_as_hidden() -> None:
    def hide(book: Any) -> None:
        book["指标"].row_dimensions[2].hidden = True
        book["暗"].sheet_state = "veryHidden"

    book = opened(edited(workbook({"指标": "| 1 |\n| 2 |", "暗": "| 3 |"}), hide))
    first, second = book.sheets
    assert first.hidden_rows == {2}
    assert first.cell(2, 1).value == Decimal(2)
    assert (second.state, second.cell(1, 1).value) == ("veryHidden", Decimal(3))


def test_merged_titles_hold_their_text_once() -> None:
    data = edited(
        workbook({"指标": "| 标题 |\n| 12.3 |"}), lambda book: book["指标"].merge_cells("A1:I1")
    )
    assert {name: cell.raw for name, cell in cells_of(data).items()} == {"A1": "标题", "A2": "12.3"}


def test_a_wrong_dimension_is_not_believed() -> None:
    data = with_part(
        workbook({"指标": "| 1 | 2 |\n| 3 | 4 |"}),
        "sheet1.xml",
        lambda part: part.replace(b'ref="A1:B2"', b'ref="A1"'),
    )
    assert len(cells_of(data)) == 4


def test_chart_sheets_are_no_worksheets() -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.add_worksheet("指标").write(0, 0, 1)
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=指标!$A$1:$A$1"})
    book.add_chartsheet("图").set_chart(chart)
    book.close()
    assert [sheet.name for sheet in opened(buffer.getvalue()).sheets] == ["指标"]


def test_when_a_workbook_was_saved_is_what_it_says() -> None:
    data = with_part(
        workbook({"指标": "| 1 |"}),
        "core.xml",
        lambda part: re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2031-12-03T09:30:00Z", part),
    )
    assert opened(data).saved_at == "2031-12-03T09:30:00Z"
    silent = with_part(
        data, "core.xml", lambda part: re.sub(rb"<dcterms:modified.*?</dcterms:modified>", b"", part)
    )
    assert opened(silent).saved_at == ""


@pytest.mark.parametrize(
    ("row", "column", "expected"),
    [(1, 1, "A1"), (9, 26, "Z9"), (1, 27, "AA1"), (1, 702, "ZZ1"), (1048576, 16384, "XFD1048576")],
)
def test_addresses(row: int, column: int, expected: str) -> None:
    assert address(row, column) == expected
