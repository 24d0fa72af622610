"""The sheet 数据修订: what changed between vintages, from a ledger and from the main job."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from generators.ledger import Ledger, sqlite_url
from generators.model import (
    Cell,
    FormIdentity,
    Known,
    Measure,
    Observation,
    Reading,
    Register,
    Revision,
    Submission,
)
from generators.summary import Archive, write_summary
from tests.conftest import huibao
from tests.office import convert, needs_office
from tests.test_main_job import change
from tests.test_summary import ARCHIVE, FINDINGS, REPORTS, dataset, definition, row_with

SHEET = "数据修订"
LETTERS = {
    Measure.ACTUAL: "D",
    Measure.PREVIOUS: "E",
    Measure.GROWTH: "F",
    Measure.PLAN: "G",
    Measure.TARGET: "H",
}
# 指标.口径 | 原值 | 新值 | 保存时间
CHANGES = """
C-01.target | | 5 | 2023-12-21T09:00:00
Z-01.actual | 85 | 85.46 | 2023-12-19T01:30:00Z
Z-01.target | 6.5 | 7 | 2023-12-20T09:01:00Z
Z-03.target | 与经济增长同步 | =另定 | 2023-12-19T01:30:00Z
Z-04.growth | -0.8 | 0.5 | 2023-12-19T01:30:00Z
Z-05.previous | 64.1 | | 昨天
G-99.actual | 1 | 2.125 |
"""


def revision(row: str) -> Revision:
    figure, old, new, saved_at = (part.strip() for part in row.split("|"))
    indicator, _, measure = figure.partition(".")
    department = "gx" if indicator.startswith("C") else "tj"
    name = {"tj": "统计局-2023.xlsx", "gx": "工信局-2023.xlsx"}[department]

    def known(text: str, vintage: int, sha256: str) -> Known | None:
        if not text:
            return None
        number = text.removeprefix("-").replace(".", "", 1).isdigit()
        return Known(
            period="2023",
            department=department,
            indicator=indicator,
            measure=Measure(measure),
            value=Decimal(text) if number else text,
            vintage=vintage,
            received="2023-12-19T02:00:00+00:00",
            sha256=sha256,
            file=name,
            sheet="指标",
            cell=f"{LETTERS[Measure(measure)]}{3 + vintage}",
        )

    before, after = "a" * 64, "b" * 64
    return Revision(
        department,
        indicator,
        Measure(measure),
        known(old, 1, before),
        known(new, 2, after),
        2,
        after,
        name,
        saved_at,
    )


REVISIONS = tuple(revision(row) for row in CHANGES.strip().splitlines())


def written(revisions: Sequence[Revision] = REVISIONS) -> bytes:
    return write_summary(dataset(), FINDINGS, REPORTS, Archive(ARCHIVE), revisions)


@pytest.fixture(scope="module")
def data() -> bytes:
    return written()


@pytest.fixture(scope="module")
def values(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data), data_only=True)


@pytest.fixture(scope="module")
def formulas(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def shown(sheet: Any, row: int) -> list[Any]:
    return [item.value for item in sheet[row]]


def test_each_change_is_a_row_in_the_order_of_the_definition(values: Any) -> None:
    sheet = values[SHEET]
    assert shown(sheet, 3) == [
        "序号", "指标", "口径", "计量单位", "原值", "新值", "变动", "部门", "版次",
        "原单元格", "新单元格", "文件", "保存时间", "是否逾期",
    ]  # fmt: skip
    rows = [shown(sheet, row) for row in range(4, 11)]
    assert [row[:9] for row in rows] == [
        [1, "地区生产总值", "本年预计", "亿元", 85, 85.46, pytest.approx(0.46), "统计局", "1→2"],
        [2, "地区生产总值", "下年目标", "%", 6.5, 7, 0.5, "统计局", "1→2"],
        [3, "居民人均可支配收入", "下年目标", "—", "与经济增长同步", "=另定", "修改", "统计局", "1→2"],
        [4, "优良天数比例", "同比增长(%)", "个百分点", -0.8, 0.5, pytest.approx(1.3), "统计局", "1→2"],
        [5, "常住人口城镇化率", "上年实际", "%", 64.1, "—", "删去", "统计局", "1→2"],
        [6, "新增规上企业", "下年目标", "户", "—", 5, "新增", "工信局", "1→2"],
        [7, "G-99", "本年预计", "—", 1, 2.125, 1.125, "统计局", "1→2"],
    ]  # fmt: skip
    # The deadline is 2023-12-20 17:00 in Asia/Shanghai, 09:00 UTC.
    assert [row[9:] for row in rows] == [
        ["指标!D4", "指标!D5", "统计局-2023.xlsx", "2023-12-19 09:30", "否"],
        ["指标!H4", "指标!H5", "统计局-2023.xlsx", "2023-12-20 17:01", "是"],
        ["指标!H4", "指标!H5", "统计局-2023.xlsx", "2023-12-19 09:30", "否"],
        ["指标!F4", "指标!F5", "统计局-2023.xlsx", "2023-12-19 09:30", "否"],
        ["指标!E4", "—", "统计局-2023.xlsx", "昨天", "—"],
        ["—", "指标!H5", "工信局-2023.xlsx", "2023-12-21 17:00", "是"],
        ["指标!D4", "指标!D5", "统计局-2023.xlsx", "—", "—"],
    ]


def test_figures_are_numbers_with_as_many_decimals_as_show_the_change(values: Any) -> None:
    sheet = values[SHEET]
    formats = [[item.number_format for item in sheet[row]][4:7] for row in (4, 5, 7, 10)]
    assert formats == [
        ["0.00_ ", "0.00_ ", '"+"0.00_ ;"-"0.00_ ;0.00_ '],
        ['"增长"0.0"%"_ ;"下降"0.0"%"_ ;"持平"_ '] * 2 + ['"+"0.0_ ;"-"0.0_ ;0.0_ '],
        ['0.0"个百分点"_ ', '0.0"个百分点"_ ', '"+"0.0_ ;"-"0.0_ ;0.0_ '],
        ["0.000_ ", "0.000_ ", '"+"0.000_ ;"-"0.000_ ;0.000_ '],
    ]


def test_the_change_is_a_live_formula(formulas: Any) -> None:
    assert formulas[SHEET]["G4"].value == "=ROUND(F4-E4,10)"
    assert formulas[SHEET]["G6"].value == "修改"


def test_cells_lead_into_both_archived_originals(formulas: Any) -> None:
    def link(address: str) -> tuple[str, str | None] | None:
        found = formulas[SHEET][address].hyperlink
        return found and (found.target.replace("\\", "/"), found.location)

    before, after = (f"{ARCHIVE}/{mark * 64}.xlsx" for mark in "ab")
    assert (link("J4"), link("K4")) == ((before, "'指标'!D4"), (after, "'指标'!D5"))
    assert (link("J8"), link("K8")) == ((before, "'指标'!E4"), None)
    assert (link("J9"), link("K9")) == (None, (after, "'指标'!H5"))
    assert {link(f"L{row}") for row in range(4, 11)} == {(after, None)}


def test_words_that_look_like_a_formula_stay_words(formulas: Any) -> None:
    assert formulas[SHEET]["F6"].quotePrefix


def test_the_contents_count_the_changes(values: Any) -> None:
    line = [item.value for item in row_with(values["目录"], SHEET)]
    assert line[1:] == [SHEET, "同一部门前后两次报送之间有变动的数据", 7, "—"]
    assert values.sheetnames[-3:] == ["校验结果", SHEET, "数据来源"]


def test_without_changes_the_sheet_says_so() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written(())), data_only=True)
    assert book[SHEET]["A4"].value == "没有修订"
    assert [item.value for item in row_with(book["目录"], SHEET)][3] == 0


def test_no_other_sheet_takes_its_name() -> None:
    pack = definition()
    pack = replace(pack, registers=(Register("P", SHEET, ("gx",)), *pack.registers[1:]))
    book = openpyxl.load_workbook(io.BytesIO(write_summary(dataset(pack), (), (), Archive(ARCHIVE))))
    assert [name for name in book.sheetnames if name.startswith(SHEET)] == [f"{SHEET}(2)", SHEET]


def test_equal_changes_give_equal_bytes(data: bytes) -> None:
    assert written() == data
    assert written(()) != data


@needs_office
def test_libreoffice_computes_the_same_changes(tmp_path: Path, data: bytes, values: Any) -> None:
    path = tmp_path / "summary.xlsx"
    path.write_bytes(data)
    computed = openpyxl.load_workbook(convert(path, tmp_path / "out", "xlsx"), data_only=True)[SHEET]
    cached = values[SHEET]
    for row in (4, 5, 7, 10):
        assert computed[f"G{row}"].value == pytest.approx(cached[f"G{row}"].value)


# --- from the ledger, and from the main job ---------------------------------------------------------


def test_the_ledger_gives_what_the_sheet_shows(tmp_path: Path) -> None:
    with Ledger(sqlite_url(tmp_path / "ledger.db")) as ledger:
        for content, text in (("a", "85"), ("b", "85.46")):
            cell = Cell("指标", 5, 4, "D5", Decimal(text), text)
            identity = FormIdentity("linxi", "tj", "2023", "1")
            observation = Observation("Z-01", Measure.ACTUAL, Reading(cell, Decimal(text)))
            ledger.accept(
                Submission(identity, "统计局-2023.xlsx", content * 64, "", (observation,)),
                dt.datetime(2023, 12, 19, tzinfo=dt.UTC),
            )
        revisions = ledger.revisions("linxi", "2023")
    sheet = openpyxl.load_workbook(io.BytesIO(written(revisions)), data_only=True)[SHEET]
    assert shown(sheet, 4)[1:7] == [
        "地区生产总值", "本年预计", "亿元", 85, 85.46, pytest.approx(0.46),
    ]  # fmt: skip
    assert sheet["A5"].value.startswith("注：")


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_late_correction_stands_in_the_summary_workbook(workspace: Path) -> None:
    first = huibao(workspace)
    assert openpyxl.load_workbook(first.summary)[SHEET]["A4"].value == "没有修订"
    form = workspace / "workbooks/inbox/统计局-2023.xlsx"
    for code, header, value in (("A1-01", "同比增长(%)", -0.8), ("A1-01", "上年实际", 84.2)):
        cell = change(form, "指标", code, header, value)
    second = huibao(workspace)
    book = openpyxl.load_workbook(second.summary, data_only=True)
    rows = [shown(book[SHEET], row) for row in (4, 5)]
    assert [row[1:9] for row in rows] == [
        ["地区生产总值", "上年实际", "亿元", "—", 84.2, "新增", "统计局", "1→2"],
        ["地区生产总值", "同比增长(%)", "%", 1.5, -0.8, pytest.approx(-2.3), "统计局", "1→2"],
    ]
    assert [row[9:12] for row in rows] == [
        ["—", f"指标!{cell}", "统计局-2023.xlsx"],
        ["指标!F5", "指标!F5", "统计局-2023.xlsx"],
    ]
    assert {row[13] for row in rows} == {"是"}  # the form was saved now, long after its deadline
    assert book[SHEET]["A6"].value.startswith("注：")
    links = [item.hyperlink.target for row in book[SHEET].iter_rows() for item in row if item.hyperlink]
    assert len(links) == 5
    for target in links:
        assert (second.summary.parent / target.replace("\\", "/")).resolve().is_file(), target
    # Nothing changes any more: the same workbook again, byte for byte.
    before = digest(second.summary)
    third = huibao(workspace)
    assert digest(third.summary) == before
    assert [item["code"] for item in third.result["findings"]] == []
