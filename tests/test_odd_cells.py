"""The odd cells of real workbooks: merged, hidden, computed, dated from 1904, endless, stray.

Every workbook here is one that a program wrote: openpyxl, XlsxWriter or LibreOffice; where none of
them writes what Excel or WPS does, its XML is put in as they write it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from generators.excel.grid import Area, Sheet, reference
from generators.excel.workbook import read_workbook
from generators.messages import action, as_dict, line, message
from generators.model import Cell, Definition, Finding, Severity
from generators.validation import is_unexplained
from tests.office import convert, needs_office
from tests.test_cells import cells_of, made, written
from tests.workbooks import (
    CELLS_ALONE,
    DEFINITION,
    FILLED,
    blank_form,
    brief,
    changed,
    edited,
    fill,
    filled_form,
    found,
    put,
    rows_of,
    saved,
    sound_definition,
    submitted,
    table_of,
    with_part,
)

SHEET, PORTS, TEXTS = "指标", "渔港清单", "文字材料"
LONGEST = 32_767
"""As many characters as Excel lets stand in one cell."""


@pytest.fixture(scope="module")
def definition() -> Definition:
    return replace(sound_definition(), rules=CELLS_ALONE)


@pytest.fixture(scope="module")
def form(definition: Definition) -> bytes:
    return filled_form(definition)


def first_sheet(data: bytes, name: str = "") -> Sheet:
    book = read_workbook(data, "a.xlsx").value
    assert book is not None
    return next(sheet for sheet in book.sheets if name in ("", sheet.name))


def entered(sheet: str, **cells: str) -> Callable[[Any], None]:
    """Types texts into cells of a form (see tests.workbooks)."""

    def change(book: Any) -> None:
        for place, text in cells.items():
            put(book[sheet][place], text)

    return change


def after(*changes: Callable[[Any], object]) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        for each in changes:
            each(book)

    return change


def merge(cells: str, sheet: str = SHEET) -> Callable[[Any], None]:
    return lambda book: book[sheet].merge_cells(cells)


def value_at(data: bytes, definition: Definition, address: str) -> object:
    """What was understood of a figure's cell; the cell must be one that is read."""
    submission = submitted(data, definition).value
    assert submission is not None
    return next(
        item.reading.value for item in submission.observations if item.reading.cell.address == address
    )


# --- merged cells -------------------------------------------------------------------------------


def test_merges_are_known_in_the_order_of_their_first_cells() -> None:
    book: Any = openpyxl.Workbook()
    for cells in ("D5:E6", "A1:C1", "B2:B4"):
        book.active.merge_cells(cells)
    merges = first_sheet(saved(book)).merges
    assert [area.address for area in merges] == ["A1:C1", "B2:B4", "D5:E6"]
    assert list(merges[2].positions()) == [(5, 4), (5, 5), (6, 4), (6, 5)]
    assert merges[2] == Area(5, 4, 6, 5)
    assert merges[2].first == (5, 4)


def test_a_merge_over_figures_is_one_finding_and_not_a_blank_besides(
    definition: Definition, form: bytes
) -> None:
    [finding] = found(edited(form, merge("D5:E6")), definition)
    assert brief([finding]) == ["structure.merged 指标!D5"]
    assert message(finding) == (
        "D5:E6 是合并单元格，盖住了“渔业总产值·本年预计”、“渔业总产值·上年实际”、"
        "“水质达标率·本年预计”，看不出其中的内容是哪一格的"
    )
    assert action(finding) == "请取消合并，分别填写"
    assert "渔业总产值·this year, expected, " in message(finding, "en")
    assert finding.severity is Severity.ERROR
    assert [(item.reference, item.raw, item.label) for item in finding.operands] == [
        ("'指标'!$D$5", "12.3", "渔业总产值·本年预计"),
        ("'指标'!$E$5", "", "渔业总产值·上年实际"),
        ("'指标'!$D$6", "", "水质达标率·本年预计"),
    ]


def test_a_blank_merge_over_required_figures_is_told_once(definition: Definition, form: bytes) -> None:
    blank = after(merge("D5:D6"), entered(SHEET, D5=""))
    assert brief(found(edited(form, blank), definition)) == ["structure.merged 指标!D5"]


def test_a_merge_that_begins_beside_the_figures_takes_theirs(
    definition: Definition, form: bytes
) -> None:
    [finding] = found(edited(form, merge("C5:D5")), definition)
    assert brief([finding]) == ["structure.merged 指标!C5"]
    assert "盖住了“渔业总产值·本年预计”，" in message(finding)


@pytest.mark.parametrize("cells", ["A1:I1", "A2:I2", "A4:I4", "E6:E7", "G5:G8", "D5:D5", "D20:F22"])
def test_a_merge_that_covers_nothing_asked_is_no_finding(
    definition: Definition, form: bytes, cells: str
) -> None:
    # D5 may be merged into the grey cell beside it; no other asked cell is covered.
    assert found(edited(form, merge(cells)), definition) == []


def test_a_merge_whose_only_figure_comes_first_takes_nothing(
    definition: Definition, form: bytes
) -> None:
    data = edited(form, merge("D6:E6"))  # 上年实际 of this row is not asked
    assert found(data, definition) == []
    assert value_at(data, definition, "D6") == Decimal("98.25")


def test_a_reason_merged_over_several_rows_stands_in_each(definition: Definition, form: bytes) -> None:
    change = after(entered(SHEET, I5="口径统一调整"), merge("I5:I8"))
    submission = submitted(edited(form, change), definition).value
    assert submission is not None
    assert [(item.indicator, item.cell.address, item.text) for item in submission.explanations] == [
        ("S1-01", "I5", "口径统一调整"),
        ("S1-02", "I6", "口径统一调整"),
        ("S2-01", "I8", "口径统一调整"),
    ]


def test_a_merge_in_a_register_is_one_finding(definition: Definition, form: bytes) -> None:
    [down] = found(edited(form, merge("B5:B6", PORTS)), definition)
    assert brief([down]) == ["structure.merged 渔港清单!B5"]
    assert "盖住了“渔港清单第5行渔港名称”、“渔港清单第6行渔港名称”，" in message(down)
    [across] = found(edited(form, merge("B6:F6", PORTS)), definition)
    assert "盖住了“渔港清单第6行渔港名称”、“渔港清单第6行级别”、" in message(across)


def test_a_merge_over_blank_rows_of_a_register_is_no_finding(
    definition: Definition, form: bytes
) -> None:
    taller = after(merge("B6:B8", PORTS), merge("A5:A6", PORTS), merge("B20:F24", PORTS))
    assert found(edited(form, taller), definition) == []


def test_many_merged_cells_are_counted_not_recited(definition: Definition) -> None:
    names = tuple(f"渔港{number}" for number in range(1, 31))
    rows = "\n".join(f"| {name} | 中心 |" for name in names)
    tables = {**FILLED, PORTS: f"| 渔港名称 | 级别 |\n{rows}"}
    [finding] = found(edited(filled_form(definition, tables), merge("C5:C34", PORTS)), definition)
    assert "等 30 格" in message(finding)
    assert len(message(finding)) < 200
    assert len(finding.operands) == 30


def test_a_merged_text_is_told_too(definition: Definition, form: bytes) -> None:
    assert found(edited(form, merge("D4:F4", TEXTS)), definition) == []
    [finding] = found(edited(form, merge("C4:D4", TEXTS)), definition)
    assert brief([finding]) == ["structure.merged 文字材料!C4"]
    assert "盖住了“渔业工作”，" in message(finding)


# --- hidden rows and columns ----------------------------------------------------------------------


def hide(sheet: str = SHEET, rows: tuple[int, ...] = (), columns: str = "") -> Callable[[Any], None]:
    def change(book: Any) -> None:
        for row in rows:
            book[sheet].row_dimensions[row].hidden = True
        for column in columns:
            book[sheet].column_dimensions[column].hidden = True

    return change


def test_hidden_figures_are_read_and_told_once_a_sheet(definition: Definition, form: bytes) -> None:
    data = edited(form, after(hide(rows=(5, 6, 8), columns="FH"), hide(PORTS, rows=(6,))))
    indicators, ports = found(data, definition)
    assert brief([indicators, ports]) == ["structure.hidden 指标!D5", "structure.hidden 渔港清单!B6"]
    assert message(indicators) == "第 5–6、8 行和第 F、H 列被隐藏，其中填有内容，已照常读取"
    assert message(indicators, "en").startswith("row(s) 5–6, 8 and column(s) F, H are hidden")
    assert action(indicators) == "请取消隐藏（有筛选的请清除筛选），核对其中的内容"
    assert {item.severity for item in (indicators, ports)} == {Severity.WARNING}
    assert value_at(data, definition, "D5") == Decimal("12.3")


@pytest.mark.parametrize(
    "change",
    [
        hide(rows=(1, 2, 3, 4, 7, 9, 40), columns="ABCG"),
        hide(PORTS, rows=(1, 3, 7, 20), columns="AZ"),
        hide(TEXTS, rows=(1, 6), columns="AC"),
    ],
)
def test_what_is_hidden_and_holds_nothing_asked_is_no_finding(
    definition: Definition, form: bytes, change: Callable[[Any], None]
) -> None:
    assert found(edited(form, change), definition) == []


def test_the_forms_themselves_hide_nothing(definition: Definition) -> None:
    for department in ("yy", "jt"):
        book = read_workbook(blank_form(definition, department), "a.xlsx").value
        assert book is not None
        for sheet in book.sheets:
            assert (sheet.hidden_rows, sheet.hidden_columns) == (frozenset(), frozenset())


FLAT = b'<col min="2" max="3" width="16"/><col min="4" max="4" width="0" customWidth="1"/>'


def test_a_row_without_height_and_a_column_without_width_are_hidden(
    definition: Definition, form: bytes
) -> None:
    flat = with_part(
        form,
        "sheet2.xml",
        lambda part: re.sub(rb'<row r="6"[^>]*>', b'<row r="6" ht="0" customHeight="1">', part),
    )
    narrow = with_part(
        flat, "sheet3.xml", lambda part: re.sub(rb'<col [^>]*min="2" max="6"/>', FLAT, part)
    )
    told = found(narrow, definition)
    assert [message(item) for item in told] == [
        "第 6 行被隐藏，其中填有内容，已照常读取",
        "第 D 列被隐藏，其中填有内容，已照常读取",
    ]


def test_rows_that_a_filter_hides_are_told(definition: Definition, form: bytes) -> None:
    def filtered(book: Any) -> None:
        sheet = book[PORTS]
        sheet.auto_filter.ref = "A4:F64"
        sheet.auto_filter.add_filter_column(2, ["中心"])
        sheet.row_dimensions[6].hidden = True  # as Excel marks what the filter leaves out

    [finding] = found(edited(form, filtered), definition)
    assert message(finding) == "第 6 行被隐藏，其中填有内容，已照常读取"


@needs_office
def test_hidden_and_merged_cells_survive_libreoffice(
    definition: Definition, form: bytes, tmp_path: Path
) -> None:
    source = tmp_path / "渔业局-2031.xlsx"
    source.write_bytes(edited(form, after(hide(rows=(8,), columns="F"), merge("D5:D6"))))
    told = found(convert(source, tmp_path / "office", "xlsx").read_bytes(), definition)
    assert brief(told) == ["structure.merged 指标!D5", "structure.hidden 指标!F5"]
    assert message(told[1]).startswith("第 8 行和第 F 列被隐藏")


def test_a_column_range_that_is_hidden_is_known_column_by_column() -> None:
    data = with_part(
        made("write_string", "x"),
        "sheet1.xml",
        lambda part: part.replace(
            b"<sheetData>", b'<cols><col min="3" max="16384" width="0" hidden="1"/></cols><sheetData>'
        ),
    )
    assert first_sheet(data).hidden_columns == frozenset(range(3, 16385))


# --- formulas -------------------------------------------------------------------------------------


def test_a_formula_that_was_never_calculated_is_told_whoever_wrote_it(
    definition: Definition, form: bytes
) -> None:
    by_openpyxl = edited(form, entered(SHEET, D5="=11.8+0.5"))
    assert brief(found(by_openpyxl, definition)) == ["formula.uncalculated 指标!D5"]
    # XlsxWriter caches 0 unless it is given the value, and asks to be calculated when opened.
    zero = written("write_formula", "=A2+A3")
    assert (zero.value, zero.problem, zero.formula) == (None, "uncalculated", "=A2+A3")


def test_a_value_that_was_given_to_a_formula_is_believed() -> None:
    assert written("write_formula", "=A2+A3", 12.3).value == Decimal("12.3")
    given = made("write_formula", "=A2+A3", 0)
    # What Excel saves no longer asks to be calculated: then a 0 is a result.
    saved_again = with_part(
        given, "workbook.xml", lambda part: part.replace(b' fullCalcOnLoad="1"', b"")
    )
    cell = cells_of(saved_again)["A1"]
    assert (cell.value, cell.problem) == (Decimal(0), None)


@needs_office
def test_what_libreoffice_calculated_is_read(
    definition: Definition, form: bytes, tmp_path: Path
) -> None:
    source = tmp_path / "渔业局-2031.xlsx"
    formulas = entered(SHEET, D5="=11.8+0.5", F5="=D5-12.3", D6="=SUM(98,0.25)", D8="=1/0", F6="=NA()")
    source.write_bytes(edited(form, formulas))
    data = convert(source, tmp_path / "office", "xlsx").read_bytes()
    assert value_at(data, definition, "D5") == Decimal("12.3")
    assert value_at(data, definition, "F5") == Decimal(0)  # calculated, and really nothing
    assert value_at(data, definition, "D6") == Decimal("98.25")
    told = found(data, definition)
    assert brief(told) == ["formula.error 指标!F6", "formula.error 指标!D8"]
    assert [message(item) for item in told] == [
        "“水质达标率·同比增长(%)”的单元格是错误值 #N/A",
        "“渡口数·本年预计”的单元格是错误值 #DIV/0!",
    ]


# --- dates ----------------------------------------------------------------------------------------


def from_1904(definition: Definition) -> bytes:
    """A form that counts its days from 1904, as Excel for the Mac once did."""

    def count_from_1904(book: Any) -> None:
        book.epoch = CALENDAR_MAC_1904

    return fill(edited(blank_form(definition), count_from_1904))


def dates_of(data: bytes, definition: Definition) -> list[object]:
    submission = submitted(data, definition).value
    assert submission is not None
    return [row.readings["开港日期"].value for row in submission.rows]


def test_dates_of_the_1904_system_come_out_right(definition: Definition, form: bytes) -> None:
    data = from_1904(definition)
    serial = re.compile(rb'<c r="F5"[^>]*><v>(\d+)</v>')

    def stored(workbook: bytes) -> int:
        found_serials: list[int] = []

        def look(part: bytes) -> bytes:
            found_serials.extend(int(match) for match in serial.findall(part))
            return part + b" "

        with_part(workbook, "sheet3.xml", look)
        return found_serials[0]

    assert stored(form) - stored(data) == 1462  # four years and a day apart
    assert dates_of(data, definition) == dates_of(form, definition) == ["2031-06-30", None]
    assert found(data, definition) == []


@needs_office
def test_dates_of_the_1904_system_survive_libreoffice(definition: Definition, tmp_path: Path) -> None:
    source = tmp_path / "渔业局-2031.xlsx"
    source.write_bytes(from_1904(definition))
    data = convert(source, tmp_path / "office", "xlsx").read_bytes()
    assert dates_of(data, definition) == ["2031-06-30", None]


def test_a_date_among_figures_is_told_in_either_system(definition: Definition, form: bytes) -> None:
    for data in (form, from_1904(definition)):
        [finding] = found(edited(data, entered(SHEET, D5="@2031-12-03")), definition)
        assert brief([finding]) == ["type.date 指标!D5"]
        assert "被 Excel 识别为日期“2031-12-03”" in message(finding)


# --- figures as texts ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "expected", "suggestion"),
    [
        ("12.5亿元", "type.text 指标!D5", "12.5"),
        ("约12.5亿元", "type.text 指标!D5", "12.5"),
        ("近12.5亿元", "type.text 指标!D5", "12.5"),
        ("12.5亿余元", "type.text 指标!D5", "12.5"),
        ("12.5亿多元", "type.text 指标!D5", "12.5"),
        ("12.5亿元左右", "type.text 指标!D5", "12.5"),
        ("12多", "type.text 指标!D5", "12"),
        ("1.234.5", "type.text 指标!D5", ""),
        ("(3.2)", "type.text 指标!D5", ""),
        ("3.2-", "type.text 指标!D5", ""),
        ("▲3.2", "type.text 指标!D5", ""),
        ("12\u00a0345", "type.text 指标!D5", ""),
    ],
)
def test_a_figure_in_words_is_told_with_what_it_may_mean(
    definition: Definition, form: bytes, typed: str, expected: str, suggestion: str
) -> None:
    [finding] = found(edited(form, entered(SHEET, D5=f"'{typed}")), definition)
    assert (brief([finding]), finding.params["suggestion"]) == ([expected], suggestion)
    assert ("是不是" in message(finding)) == bool(suggestion)


def test_an_apostrophe_before_a_number_is_the_mark_of_a_text(
    definition: Definition, form: bytes
) -> None:
    def mark(book: Any) -> None:
        put(book[SHEET]["D5"], "'12.3")
        book[SHEET]["D5"].quotePrefix = True  # as Excel stores it
        put(book[SHEET]["D6"], "''98.25")  # typed where it is no mark

    data = edited(form, mark)
    assert brief(found(data, definition)) == ["normalised.text 指标!D5", "normalised.text 指标!D6"]
    assert value_at(data, definition, "D6") == Decimal("98.25")


# --- endless texts ---------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["长", "9", "约9", "中心一级", "下降3.2%、", "=1+"], ids=repr)
def test_the_longest_text_that_a_cell_takes_breaks_nothing(
    definition: Definition, form: bytes, text: str
) -> None:
    endless = "'" + (text * LONGEST)[:LONGEST]
    change = after(
        entered(SHEET, D5=endless, H8=endless, I5=endless),
        entered(PORTS, B7=endless, C7=endless, D7=endless, F7=endless, G7=endless),
        entered(TEXTS, D4=endless),
    )
    began = time.perf_counter()
    told = found(edited(form, change), definition)
    assert time.perf_counter() - began < 5
    assert {item.cell for item in told} == {"D5", "C7", "D7", "F7", "D4"}
    for item in told:
        assert len(line(item)) < 300
        assert len(str(as_dict(item))) < 2000
    [narrative] = [item for item in told if item.sheet == TEXTS]
    assert message(narrative) == f"“渔业工作”超过字数上限（{LONGEST} 字，上限 20 字）"
    submission = submitted(edited(form, change), definition).value
    assert submission is not None
    assert [len(item.text) for item in submission.explanations] == [LONGEST, LONGEST]


# --- stray characters ------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", [".", "、", "'", "…", "——", "。。", "√", "\u200d", "/", "_", "～"])
def test_a_stray_mark_in_a_register_is_no_item(definition: Definition, form: bytes, mark: str) -> None:
    [finding] = found(edited(form, entered(PORTS, D9=f"'{mark}", F9="' ")), definition)
    assert (brief([finding]), finding.severity) == (
        ["structure.row_nothing 渔港清单!D9"],
        Severity.INFO,
    )
    assert message(finding) == f"“渔港清单”第 9 行只填了“{mark}”，按没有内容处理"


@pytest.mark.parametrize("mark", [" ", "\u3000", "\u00a0", "\u200b", "\ufeff", "\n", "\t "])
def test_what_nobody_sees_is_nothing_at_all(definition: Definition, form: bytes, mark: str) -> None:
    everywhere = after(
        entered(PORTS, B9=f"'{mark}", C40=f"'{mark}"),
        entered(SHEET, E6=f"'{mark}", D30=f"'{mark}", A31=f"'{mark}"),
        entered(TEXTS, D9=f"'{mark}"),
    )
    assert found(edited(form, everywhere), definition) == []


@pytest.mark.parametrize("mark", [".", "、", "'"])
def test_a_stray_mark_among_figures_is_a_blank(definition: Definition, form: bytes, mark: str) -> None:
    beside = entered(SHEET, D12=f"'{mark}", B13=f"'{mark}", K5=f"'{mark}")
    assert found(edited(form, beside), definition) == []
    inside = edited(form, entered(SHEET, E5=f"'{mark}", D5=f"'{mark}"))
    assert brief(found(inside, definition)) == [
        "presence.figure 指标!D5",
        "normalised.placeholder 指标!D5",
        "normalised.placeholder 指标!E5",
    ]


def test_text_below_the_table_is_no_figure(definition: Definition, form: bytes) -> None:
    below = entered(SHEET, A11="注：以上为快报数", D12="填表人", E12="张三")
    assert found(edited(form, below), definition) == []


def test_a_row_with_content_is_an_item_whatever_else_stands_in_it(
    definition: Definition, form: bytes
) -> None:
    told = found(edited(form, entered(PORTS, B9="西岙渔港", C9="、")), definition)
    assert brief(told) == ["codes.unknown 渔港清单!C9"]


# --- blank columns, lonely cells --------------------------------------------------------------------

MORE = {
    **changed(DEFINITION, "指标"),
    "指标": DEFINITION["指标"].rstrip()
    + "".join(
        f"\n| S1-1{number} | 渔业指标{number} | 吨 | 1 | 渔业局 | S1 | 现价 | 必填 | 选填 {'|' * 8}"
        for number in range(1, 6)
    ),
    "清单列": DEFINITION["清单列"]
    .replace(
        "| R1       | 级别     |      |          |          |      |",
        "| R1       | 级别     |      |          |          | 是   |",
    )
    .replace(
        "| 渔港清单 | 总投资   | 数值 | 亿元     | 2        |      |",
        "| 渔港清单 | 总投资   | 数值 | 亿元     | 2        | 是   |",
    ),
}
"""The pack with five more indicators of 渔业局, and a register with three required columns."""


@pytest.fixture(scope="module")
def wide() -> Definition:
    return sound_definition(MORE)


def column(*figures: str, header: str = "本年预计") -> dict[str, str]:
    """The filled form in which one column of S1-11 to S1-15 holds ``figures``."""
    headers, *rows = rows_of(FILLED[SHEET])
    for number, figure in enumerate(figures, 1):
        cells = dict.fromkeys(headers, "") | {
            "指标代码": f"S1-1{number}",
            "本年预计": "1",
            header: figure,
        }
        rows.append([cells[name] for name in headers])
    return {**FILLED, SHEET: table_of([headers, *rows])}


def no_actuals() -> dict[str, str]:
    headers, *rows = rows_of(column(*[""] * 5)[SHEET])
    place = headers.index("本年预计")
    return {**FILLED, SHEET: table_of([headers, *([*r[:place], "", *r[place + 1 :]] for r in rows)])}


def calculated(form: bytes, formula: str, result: float, cell: str = "D5") -> bytes:
    """The form in whose cell stands a formula with its result, as Excel saves it."""
    typed = edited(form, entered(SHEET, **{cell: "987654321"}))
    return with_part(
        typed,
        "sheet2.xml",
        lambda part: part.replace(b"<v>987654321</v>", f"<f>{formula}</f><v>{result!r}</v>".encode()),
    )


def folded() -> list[Finding]:
    """One finding of each kind that accounts for others."""
    wide = sound_definition(MORE)
    return [
        *found(filled_form(wide, no_actuals()), wide),
        *found(filled_form(wide, column(*["1.25"] * 5)), wide),
        *found(edited(filled_form(wide, column(*["1"] * 5)), entered(PORTS, B7="西岙渔港")), wide),
        *found(calculated(filled_form(wide, column("1.25")), "37/3", 37 / 3), wide),
    ]


def test_a_column_left_blank_is_one_finding(wide: Definition) -> None:
    [finding] = found(filled_form(wide, no_actuals()), wide)
    assert (brief([finding]), finding.severity) == (["presence.column 指标!D5"], Severity.ERROR)
    assert message(finding) == "“本年预计”整列没有填写，其中必填的有 7 项"
    assert brief(finding.follows) == [f"presence.figure 指标!D{row}" for row in range(5, 12)]
    assert [item.reference for item in finding.operands][:2] == ["'指标'!$D$5", "'指标'!$D$6"]
    assert finding.operands[0].label == "渔业总产值·本年预计"
    assert line(finding).endswith("（由此引起的另外 7 处问题一并消除）")


def test_a_column_in_which_one_figure_stands_is_told_figure_by_figure(wide: Definition) -> None:
    told = found(edited(filled_form(wide, no_actuals()), entered(SHEET, D13="14")), wide)
    assert [item.code for item in told] == ["presence.figure"] * 7


def test_two_blank_figures_are_no_column(definition: Definition, form: bytes) -> None:
    told = found(edited(form, entered(SHEET, D5="", D6="", D8="")), definition)
    assert brief(told) == ["presence.figure 指标!D5", "presence.figure 指标!D6"]


def test_a_register_row_of_one_cell_is_one_finding(wide: Definition) -> None:
    base = filled_form(wide, column(*["1"] * 5))
    [finding] = found(edited(base, entered(PORTS, B7="西岙渔港")), wide)
    assert brief([finding]) == ["presence.register_row 渔港清单!C7"]
    assert message(finding) == "“渔港清单”第 7 行只填了“渔港名称”，缺少“级别”、“总投资”"
    assert brief(finding.follows) == ["presence.register 渔港清单!C7", "presence.register 渔港清单!D7"]
    two = found(edited(base, entered(PORTS, B7="西岙渔港", E7="1.5")), wide)
    assert [item.code for item in two] == ["presence.register", "presence.register"]


# --- decimals ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "typed", "code", "words"),
    [
        ("本年预计", "12.345", "S1-01", "“渔业总产值·本年预计”为 12.345亿元，应保留 1 位小数"),
        ("同比增长(%)", "3.55", "S1-01", "“渔业总产值·同比增长(%)”为 3.55%，应保留 1 位小数"),
        ("本年预计", "14.5", "S2-01", "“渡口数·本年预计”为 14.5个，应填整数"),
        ("同比增长(%)", "1.55%", "S1-01", "“渔业总产值·同比增长(%)”为 1.55%，应保留 1 位小数"),
    ],
)  # fmt: skip
def test_more_decimals_than_declared_are_told(
    definition: Definition, header: str, typed: str, code: str, words: str
) -> None:
    table = f"| 指标代码 | {header} |\n| {code} | {typed} |"
    [finding] = found(fill(filled_form(definition), {SHEET: table}), definition)
    assert (finding.code, finding.severity) == ("decimals.more", Severity.WARNING)
    assert message(finding) == words.replace("，", "，小数位数多于规定，")
    assert finding.operands[0].label == words.partition("”")[0][1:]


@pytest.mark.parametrize("typed", ["12.3", "12", "1.5%", "'12.30", "-0.5", "0"])
def test_as_many_decimals_as_declared_are_fine(definition: Definition, typed: str) -> None:
    table = f"| 指标代码 | 同比增长(%) |\n| S1-01 | {typed} |"
    told = found(fill(filled_form(definition), {SHEET: table}), definition)
    assert "decimals" not in {item.rule for item in told}


def test_decimals_are_judged_by_the_digits_that_excel_shows(definition: Definition) -> None:
    two = sound_definition(
        changed(
            DEFINITION,
            "指标",
            ("| S1-01    | 渔业总产值 | 亿元     | 1 ", "| S1-01 | 渔业总产值 | 亿元 | 2 "),
        )
    )
    data = calculated(filled_form(two), "8.2-0.15", 8.2 - 0.15)
    assert value_at(data, two, "D5") == Decimal("8.05")  # stored as 8.049999999999999
    assert found(data, replace(two, rules=CELLS_ALONE)) == []


def test_the_decimals_of_a_formula_are_told_as_such(definition: Definition, form: bytes) -> None:
    [finding] = found(calculated(form, "37/3", 37 / 3), definition)
    assert brief([finding]) == ["decimals.formula 指标!D5"]
    assert message(finding) == (
        "“渔业总产值·本年预计”的公式结果是 12.3333333333333亿元，小数位数多于规定，应保留 1 位小数"
    )
    assert action(finding) == "请在公式中四舍五入，或直接填写四舍五入后的数"


def test_a_register_has_declared_decimals_too(definition: Definition, form: bytes) -> None:
    [finding] = found(edited(form, entered(PORTS, D5="3.125", E5="1.5")), definition)
    assert brief([finding]) == ["decimals.more 渔港清单!D5"]
    assert message(finding).startswith("“渔港清单第5行总投资”为 3.125亿元，")


def test_a_column_of_surplus_decimals_is_one_finding(wide: Definition) -> None:
    [finding] = found(filled_form(wide, column(*["1.25"] * 5)), wide)
    assert (brief([finding]), finding.severity) == (["decimals.column 指标!D7"], Severity.WARNING)
    assert message(finding) == "“本年预计”列有 5 个数的小数位数多于规定"
    assert message(finding, "en").startswith("5 figures of the column this year, expected have more")
    assert len(finding.operands) == len(finding.follows) == 5
    four = found(filled_form(wide, column(*["1.25"] * 4, "1")), wide)
    assert [item.code for item in four] == ["decimals.more"] * 4
    rows = after(
        *(
            entered(PORTS, **{f"B{row}": f"港{row}", f"C{row}": "中心", f"D{row}": "1.125"})
            for row in range(7, 13)
        )
    )
    [register] = found(edited(filled_form(wide, column(*["1"] * 5)), rows), wide)
    assert brief([register]) == ["decimals.column 渔港清单!D7"]
    assert message(register) == "“总投资”列有 6 个数的小数位数多于规定"


# --- reasons beside a register's rows -----------------------------------------------------------------


def asking() -> Definition:
    """The pack that asks for a reason where an item stands twice."""
    return sound_definition(
        changed(DEFINITION, "规则", ("| range    | 是   |      |", "| duplicates | 是 | 核实 |"))
    )


def test_a_reason_beside_a_register_row_answers_the_question() -> None:
    definition = asking()
    form = filled_form(definition)
    twice = entered(PORTS, B7="东岙渔港")
    [asked] = found(edited(form, twice), definition)
    assert is_unexplained(asked)
    reasoned = edited(form, after(twice, entered(PORTS, G7="同名，分属两个镇", G5="与本行无关")))
    [answered] = found(reasoned, definition)
    assert answered.explanation == "同名，分属两个镇"
    assert not is_unexplained(answered)
    submission = submitted(reasoned, definition).value
    assert submission is not None
    assert [(item.indicator, item.cell.address) for item in submission.explanations] == [
        ("", "G5"),
        ("", "G7"),
    ]


def test_a_reason_alone_is_no_row(definition: Definition, form: bytes) -> None:
    data = edited(form, entered(PORTS, G9="本局没有其他渔港"))
    assert found(data, definition) == []
    submission = submitted(data, definition).value
    assert submission is not None
    assert (len(submission.rows), submission.explanations) == (2, ())


def test_forms_issued_without_that_column_are_as_good(definition: Definition, form: bytes) -> None:
    old = edited(form, lambda book: book[PORTS].delete_cols(7))
    assert found(old, definition) == []


def test_a_register_that_declares_the_column_keeps_it_and_is_explained_by_it() -> None:
    table = DEFINITION["清单列"].rstrip() + "\n| 渔港清单 | 情况说明 | | | | | | |"
    definition = sound_definition({**DEFINITION, "清单列": table})
    data = edited(filled_form(definition), entered(PORTS, G5="新建"))
    submission = submitted(data, definition).value
    assert submission is not None
    assert submission.rows[0].readings["情况说明"].value == "新建"
    assert [item.text for item in submission.explanations] == ["新建"]


# --- references -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sheet", "address", "expected"),
    [("指标", "D5", "'指标'!$D$5"), ("甲's", "AB12", "'甲''s'!$AB$12")],
)
def test_references_as_formulas_write_them(sheet: str, address: str, expected: str) -> None:
    assert reference(Cell(sheet, int(re.sub(r"\D", "", address)), 1, address)) == expected
