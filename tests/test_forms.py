"""The blank forms: what a department of the fictional 临溪区 gets, and how samples are filled in."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from generators.definition.schema import ASKED, GROWTH_BASES, TARGET_KINDS
from generators.excel.numbers import is_percent_format
from generators.excel.workbook import read_workbook
from generators.forms import inputs, layout
from generators.forms.styles import number_format
from generators.forms.write import write_form
from generators.model import (
    ColumnKind,
    Definition,
    Department,
    Indicator,
    Measure,
    Narrative,
    Register,
    RegisterColumn,
    Section,
    Settings,
)
from generators.text import cut, utf16_length
from tests.samples.fill import SampleError, Tables, fill, fill_all, read_tables

INDICATORS = """
代码   | 名称           | 单位   | 小数 | 部门 | 章节 | 口径   | 预计 | 上年 | 增长 | 计划 | 目标 | 目标类型 | 最小 | 最大
S1-01  | 渔业总产值     | 亿元   | 1    | yy   | S1   | 现价   | 必填 | 选填 | 必填 | 选填 | 必填 | 增速     | 0    |
S1-02  | 水质达标率     | %      | 2    | yy   | S1   | 百分点 | 必填 | 选填 | 选填 |      | 选填 | 数值     | 0    | 100
S2-01  | 渡口数         | 个     | 0    | yy   | S2   |        | 必填 |      |      |      | 选填 | 文字     |      |
S2-02  | 航道净增里程   | 公里   | 1    | jt   | S2   |        | 选填 |      |      |      |      |          |      | 50
"""  # noqa: E501

LONG_LIST = tuple(f"临溪第{number}渔港码头及其附属设施" for number in range(1, 40))
PORTS = Register(
    "R1",
    "渔港清单",
    ("yy", "wl"),
    (
        RegisterColumn("渔港名称", required=True, unique=True, width=30, note="填全称"),
        RegisterColumn("级别", ColumnKind.CODE, code_list="级别"),
        RegisterColumn("码头", ColumnKind.CODE, code_list="码头"),
        RegisterColumn("船型", ColumnKind.CODE, code_list="船型"),
        RegisterColumn("总投资", ColumnKind.NUMBER, "亿元", 2),
        RegisterColumn("开港日期", ColumnKind.DATE),
    ),
    note="填已开港的渔港",
)


def rows_of(table: str) -> list[dict[str, str]]:
    """A table with ``|`` between its columns → its rows by header."""
    lines = [[part.strip() for part in line.split("|")] for line in table.strip().splitlines()]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def bound(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def indicators(table: str = INDICATORS) -> tuple[Indicator, ...]:
    columns = dict(zip(Measure, ("预计", "上年", "增长", "计划", "目标"), strict=True))
    return tuple(
        Indicator(
            code=row["代码"],
            name=row["名称"],
            unit=row["单位"],
            decimals=int(row["小数"]),
            owner=row["部门"],
            section=row["章节"],
            growth_basis=GROWTH_BASES[row["口径"] or "不适用"],
            measures={measure: ASKED[row[name] or "不填"] for measure, name in columns.items()},
            target_kind=TARGET_KINDS[row["目标类型"] or "数值"],
            minimum=bound(row["最小"]),
            maximum=bound(row["最大"]),
        )
        for row in rows_of(table)
    )


@pytest.fixture
def definition() -> Definition:
    return Definition(
        pack="yearly",
        digest="0" * 64,
        settings=Settings(
            name="渔业发展情况",
            period="2031",
            form_version="3",
            previous_period="2030",
            next_period="2032",
            area="临溪区",
            compiler="渔政办 0100-1",
            deadline=dt.datetime(2031, 12, 20, 17, 30),
        ),
        departments=(Department("yy", "渔业局"), Department("jt", "交通局"), Department("wl", "文旅局")),
        sections=(Section("S1", "渔业生产"), Section("S2", "水上交通")),
        indicators=indicators(),
        registers=(PORTS,),
        code_lists={"级别": ("中心", "一级"), "码头": LONG_LIST, "船型": ("拖网,大", "围网")},
        narratives=(Narrative("N1", "渔业工作", "yy", required=True, limit=300, note="首句概括"),),
    )


def opened(form: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(form))


def row_of(sheet: Any, code: str) -> tuple[Any, ...]:
    """The cells of the row whose first cell holds ``code``."""
    return next(row for row in sheet.iter_rows() if row[0].value == code)


def cell_of(sheet: Any, code: str, header: str) -> Any:
    headers = [cell.value for cell in row_of(sheet, layout.CODE_HEADER)]
    return row_of(sheet, code)[headers.index(header)]


def validation_of(sheet: Any, address: str) -> Any:
    return next(item for item in sheet.data_validations.dataValidation if address in item.sqref)


def figure_input(book: Any, code: str, measure: Measure) -> Any:
    sheet = book[layout.INDICATOR_SHEET]
    return validation_of(sheet, cell_of(sheet, code, layout.MEASURE_HEADERS[measure]).coordinate)


def parts(form: bytes, pattern: str) -> Iterable[str]:
    with zipfile.ZipFile(io.BytesIO(form)) as archive:
        for name in archive.namelist():
            if re.fullmatch(pattern, name):
                yield archive.read(name).decode("utf-8")


# --- the workbook -----------------------------------------------------------------------------


def test_sheets_stand_in_order_and_the_codes_and_identity_are_hidden(definition: Definition) -> None:
    book = opened(write_form(definition, "yy"))
    assert [(sheet.title, sheet.sheet_state) for sheet in book.worksheets] == [
        ("填报说明", "visible"),
        ("指标", "visible"),
        ("渔港清单", "visible"),
        ("文字材料", "visible"),
        ("_codes", "hidden"),
        ("_huibao", "veryHidden"),
    ]


def test_a_department_gets_only_the_sheets_it_has_to_fill(definition: Definition) -> None:
    assert opened(write_form(definition, "jt")).sheetnames == ["填报说明", "指标", "_huibao"]
    assert "指标" not in opened(write_form(definition, "wl")).sheetnames


def test_a_department_that_fills_nothing_is_told_so(definition: Definition) -> None:
    bare = replace(definition, indicators=(), registers=(), narratives=())
    book = opened(write_form(bare, "jt"))
    assert book.sheetnames == ["填报说明", "_huibao"]
    texts = [cell.value for row in book["填报说明"].iter_rows() for cell in row]
    assert "本期没有需要填报的内容。" in texts


def test_an_unknown_department_is_refused(definition: Definition) -> None:
    with pytest.raises(ValueError, match="'xx'"):
        write_form(definition, "xx")


def test_the_identity_stands_in_the_hidden_sheet_and_in_the_properties(definition: Definition) -> None:
    book = read_workbook(write_form(definition, "yy"), "renamed.xlsx").value
    assert book is not None
    sheet = book.sheet(layout.IDENTITY_SHEET)
    assert sheet is not None
    written = {str(cells[1].value): str(cells[2].value) for _, cells in sheet.rows()}
    assert written == {"pack": "yearly", "department": "yy", "period": "2031", "form_version": "3"}
    assert {layout.property_name(key): value for key, value in written.items()} == book.properties


def test_equal_definitions_give_equal_bytes(definition: Definition) -> None:
    assert write_form(definition, "yy") == write_form(replace(definition), "yy")


def test_text_that_looks_like_a_formula_stays_text(definition: Definition) -> None:
    odd = "=1+1"
    strange = replace(
        definition,
        settings=replace(definition.settings, name=odd, area="", compiler="+a"),
        departments=(Department("yy", "@局"),),
        sections=(Section("S1", "-S"), Section("S2", "=S")),
        indicators=tuple(replace(item, unit="=个", note=odd) for item in definition.indicators),
        registers=(replace(PORTS, departments=("yy",), note=odd),),
        code_lists={**definition.code_lists, "码头": (*LONG_LIST, odd)},
        narratives=(replace(definition.narratives[0], name=odd, note=odd),),
    )
    form = write_form(strange, "yy")
    assert not any("<f>" in part or "<f " in part for part in parts(form, r"xl/worksheets/.*\.xml"))
    assert cell_of(opened(form)["指标"], "S1-01", "计量单位").value == "=个"


def test_every_sheet_is_protected_without_a_password(definition: Definition) -> None:
    book = opened(write_form(definition, "yy"))
    for sheet in book.worksheets:
        assert sheet.protection.sheet
        assert sheet.protection.password is None
    # openpyxl tells what is forbidden
    assert not book["指标"].protection.formatColumns
    assert not book["指标"].protection.formatRows
    assert book["指标"].protection.insertRows
    assert not book["渔港清单"].protection.insertRows
    assert not book["渔港清单"].protection.sort


def test_visible_sheets_are_ready_to_print(definition: Definition) -> None:
    book = opened(write_form(definition, "yy"))
    for sheet in book.worksheets[:4]:
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert sheet.page_setup.fitToWidth in (None, 1)  # 1 is what is meant where nothing is said
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_options.horizontalCentered
        assert "第 &P 页，共 &N 页" in sheet.oddFooter.center.text.replace("&[Page]", "&P")
    for name, header in (("指标", 3), ("渔港清单", 4), ("文字材料", 3)):
        assert book[name].print_title_rows == f"${header}:${header}"
        assert re.fullmatch(rf"[A-Z]{header + 1}", book[name].freeze_panes)


def test_the_instructions_name_the_form_and_link_to_its_sheets(definition: Definition) -> None:
    sheet = opened(write_form(definition, "yy"))["填报说明"]
    facts = {row[0].value: row[1].value for row in sheet.iter_rows()}
    assert sheet["A1"].value == "临溪区渔业发展情况填报表"
    assert facts["填报单位"] == "渔业局"
    assert facts["报告期"] == "2031年"
    assert facts["报送截止"] == "2031年12月20日 17:30"
    assert facts["编报单位"].startswith("渔政办 0100-1")
    assert facts["指标"] == "3项指标，其中必填5格、选填6格。"
    links = {cell.value: cell.hyperlink.location for row in sheet for cell in row if cell.hyperlink}
    assert links == {name: f"'{name}'!A1" for name in ("指标", "渔港清单", "文字材料")}


# --- indicators -------------------------------------------------------------------------------


def test_indicators_stand_under_their_sections(definition: Definition) -> None:
    sheet = opened(write_form(definition, "yy"))["指标"]
    rows = list(sheet.iter_rows(min_row=2, max_col=9, values_only=True))
    assert rows[0][0] == (
        "填报单位：渔业局　　报告期：2031年　　（本年指2031年、上年指2030年、下年指2032年）"
    )
    assert rows[1] == layout.INDICATOR_HEADERS
    assert [row[:3] for row in rows[2:]] == [
        (None, "渔业生产", None),
        ("S1-01", "渔业总产值", "亿元"),
        ("S1-02", "水质达标率", "%"),
        (None, "水上交通", None),
        ("S2-01", "渡口数", "个"),
    ]
    assert all(value is None for row in rows[2:] for value in row[3:])


def test_indicators_without_a_section_come_last(definition: Definition) -> None:
    loose = replace(definition.indicators[0], section="")
    mixed = replace(definition, indicators=(loose, *definition.indicators[1:]))
    names = [row[1].value for row in opened(write_form(mixed, "yy"))["指标"].iter_rows(min_row=4)]
    assert names == ["渔业生产", "水质达标率", "水上交通", "渡口数", "其他指标", "渔业总产值"]
    bare = replace(definition, sections=())
    assert opened(write_form(bare, "yy"))["指标"]["A4"].value == "S1-01"


COLOURS = {"FFFFF7D6": "黄", "FFFFFFFF": "白", "FFD9D9D9": "灰"}


def test_asked_cells_are_open_and_the_others_grey_and_locked(definition: Definition) -> None:
    sheet = opened(write_form(definition, "yy"))["指标"]
    for code, expected in {
        "S1-01": "黄开 白开 黄开 白开 黄开 白开",
        "S1-02": "黄开 白开 白开 灰锁 白开 白开",
        "S2-01": "黄开 灰锁 灰锁 灰锁 白开 白开",
    }.items():
        shown = [
            COLOURS[cell.fill.fgColor.rgb] + ("锁" if cell.protection.locked else "开")
            for cell in row_of(sheet, code)[3:9]
        ]
        assert " ".join(shown) == expected
        assert all(cell.protection.locked for cell in row_of(sheet, code)[:3])


def test_number_formats_show_the_declared_decimals_and_never_multiply(definition: Definition) -> None:
    sheet = opened(write_form(definition, "yy"))["指标"]
    for code, expected in {
        "S1-01": ["0.0", "0.0", "0.0", "0.0", '0.0"%"'],
        "S1-02": ["0.00", "0.00", '0.0"个百分点"', "General", "0.00"],
        "S2-01": ["0", "General", "General", "General", "@"],
    }.items():
        shown = [cell.number_format for cell in row_of(sheet, code)[3:8]]
        assert shown == expected
        assert not any(is_percent_format(text) for text in shown)
    assert number_format(0, "%") == '0"%"'


def test_levels_are_held_within_their_bounds(definition: Definition) -> None:
    yy, jt = opened(write_form(definition, "yy")), opened(write_form(definition, "jt"))
    for book, code, operator, low, high in (
        (yy, "S1-01", "greaterThanOrEqual", "0", None),
        (yy, "S1-02", None, "0", "100"),
        (yy, "S2-01", None, str(-(10**15)), str(10**15)),
        (jt, "S2-02", "lessThanOrEqual", "50", None),
    ):
        rule = figure_input(book, code, Measure.ACTUAL)
        assert (rule.type, rule.errorStyle) == ("decimal", None)  # None is stop
        assert (rule.operator, rule.formula1, rule.formula2) == (operator, low, high)
        assert rule.showErrorMessage
        assert "应填数字" in rule.error


def test_growth_is_asked_about_and_not_refused(definition: Definition) -> None:
    book = opened(write_form(definition, "yy"))
    for code, measure in (
        ("S1-01", Measure.GROWTH),
        ("S1-02", Measure.GROWTH),
        ("S1-01", Measure.TARGET),
    ):
        rule = figure_input(book, code, measure)
        assert (rule.type, rule.errorStyle) == ("decimal", "warning")
        assert (rule.formula1, rule.formula2) == ("-100", "10000")


def test_prompts_say_what_is_meant(definition: Definition) -> None:
    book = opened(write_form(definition, "yy"))
    prompts = {
        (code, measure): figure_input(book, code, measure).prompt
        for code, measure in (
            ("S1-01", Measure.PREVIOUS),
            ("S1-01", Measure.TARGET),
            ("S1-02", Measure.GROWTH),
            ("S2-01", Measure.TARGET),
        )
    }
    assert prompts["S1-01", Measure.PREVIOUS] == (
        "【选填】上年实际（2030年），计量单位：亿元，保留1位小数。只填数字，不带单位和文字。"
    )
    assert "下年目标（2032年）填增长速度（%），不填总量" in prompts["S1-01", Measure.TARGET]
    assert "百分点" in prompts["S1-02", Measure.GROWTH]
    assert prompts["S2-01", Measure.TARGET] == "【选填】下年目标（2032年），用文字填写。"
    assert figure_input(book, "S2-01", Measure.TARGET).type is None  # any text


def test_long_texts_are_cut_to_what_excel_takes(definition: Definition) -> None:
    name, note = "特别长的指标名称" * 6 + "𠮷" * 20, "说明“口径”\n" * 80 + "𠮷" * 200
    long = replace(
        definition,
        indicators=tuple(replace(item, name=name + item.code, note=note) for item in indicators()),
        registers=(
            replace(
                PORTS,
                columns=tuple(replace(item, name=item.name + name, note=note) for item in PORTS.columns),
            ),
        ),
        narratives=(replace(definition.narratives[0], name=name, note=note),),
    )
    book = opened(write_form(long, "yy"))
    seen = 0
    for sheet in book.worksheets:
        for rule in sheet.data_validations.dataValidation:
            seen += 1
            for text, limit in (
                (rule.promptTitle, 32),
                (rule.prompt, 255),
                (rule.errorTitle, 32),
                (rule.error, 255),
            ):
                assert text is None or utf16_length(text) <= limit
    assert seen > 20


def test_cutting_keeps_whole_characters() -> None:
    assert cut("甲乙丙", 3) == "甲乙丙"
    assert cut("甲乙丙丁", 3) == "甲乙…"
    assert cut("甲𠮷丙", 3) == "甲…"


# --- registers and narratives -----------------------------------------------------------------


def test_a_register_has_its_header_and_sixty_blank_open_rows(definition: Definition) -> None:
    sheet = opened(write_form(definition, "wl"))["渔港清单"]
    assert sheet["A1"].value == "渔港清单"
    assert sheet["A2"].value == "填报单位：文旅局　　报告期：2031年"
    assert sheet["A3"].value.startswith("说明：填已开港的渔港；")
    assert [cell.value for cell in sheet[4]] == [
        "序号",
        "渔港名称",
        "级别",
        "码头",
        "船型",
        "总投资（亿元）",
        "开港日期",
        "情况说明",
    ]
    body = list(sheet.iter_rows(min_row=5))
    assert len(body) == 60
    assert all(cell.value is None and not cell.protection.locked for row in body for cell in row)
    formats = ["@", "@", "@", "@", "0.00", "yyyy-mm-dd", "@"]
    assert [cell.number_format for cell in body[0][1:]] == formats


def test_a_register_has_a_place_for_reasons_unless_it_declares_one(definition: Definition) -> None:
    sheet = opened(write_form(definition, "wl"))["渔港清单"]
    assert validation_of(sheet, "H5").promptTitle == "情况说明"
    assert "H64" in str(validation_of(sheet, "H5").sqref).split(":")
    own = replace(PORTS, columns=(RegisterColumn("情况 说明"), *PORTS.columns))
    sheet = opened(write_form(replace(definition, registers=(own,)), "wl"))["渔港清单"]
    assert [cell.value for cell in sheet[4]][1:] == ["情况 说明", *(c.value for c in sheet[4][2:])]
    assert sheet.max_column == 1 + len(own.columns)


def test_register_columns_are_checked_by_their_kind(definition: Definition) -> None:
    sheet = opened(write_form(definition, "yy"))["渔港清单"]
    name, level, berth, ship, money, date = (validation_of(sheet, f"{c}5") for c in "BCDEFG")
    assert all("64" in str(rule.sqref) for rule in (name, level, berth, ship, money, date))
    assert name.prompt == "【必填】填文字。各行不得重复。\n填全称"
    assert (level.type, level.formula1) == ("list", '"中心,一级"')
    assert (berth.type, berth.formula1) == ("list", "huibao_codes_1")
    assert (ship.type, ship.formula1) == ("list", "huibao_codes_2")  # a comma cannot be escaped
    assert (money.type, date.type) == ("decimal", "date")


def test_long_code_lists_stand_on_the_hidden_sheet_under_their_names(definition: Definition) -> None:
    book = opened(write_form(definition, "yy"))
    listed = {}
    for name, defined in book.defined_names.items():
        [(sheet, area)] = defined.destinations
        listed[name] = tuple(row[0].value for row in book[sheet][area])
    assert listed == {"huibao_codes_1": LONG_LIST, "huibao_codes_2": ("拖网,大", "围网")}


def test_a_list_is_written_out_only_below_255_characters() -> None:
    assert inputs.fits_inline(("一" * 126, "二" * 127))  # 254 with the comma
    assert not inputs.fits_inline(("一" * 127, "二" * 127))


def test_sheet_names_of_registers_fit_and_stay_apart() -> None:
    first, second = (layout.register_sheet("重点" * 20 + end) for end in "甲乙")
    assert len(first) == len(second) == 31
    assert first != second
    assert layout.register_sheet("渔港/码头") == "渔港_码头"
    assert layout.register_sheet("填报说明") == "填报说明（清单）"


def test_a_narrative_has_a_large_open_cell_and_says_its_limit(definition: Definition) -> None:
    sheet = opened(write_form(definition, "yy"))["文字材料"]
    assert [cell.value for cell in sheet[3]] == list(layout.NARRATIVE_HEADERS)
    assert [cell.value for cell in sheet[4]] == ["N1", "渔业工作", "必填；不超过300字；首句概括。", None]
    assert not sheet["D4"].protection.locked
    assert sheet["D4"].alignment.wrap_text
    assert sheet.row_dimensions[4].height >= 90
    rule = validation_of(sheet, "D4")
    assert (rule.type, rule.formula1, rule.errorStyle) == ("textLength", "300", "warning")


# --- the samples ------------------------------------------------------------------------------


def sample(**columns: str) -> dict[str, str]:
    blank = dict.fromkeys(("本年预计", "上年实际", "同比增长", "年度计划", "下年目标", "情况说明"), "")
    return {"部门": "渔业局", **blank, **columns}


def port(**columns: str) -> dict[str, str]:
    return {"部门": "渔业局", **columns}


TABLES = Tables(
    indicators=(
        sample(指标代码="S1-01", 本年预计="12.30", 同比增长="-0.8", 下年目标="6.5", 情况说明="=约数"),
        sample(指标代码="S2-01", 本年预计="14", 下年目标="不低于2031年"),
    ),
    narratives=({"部门": "渔业局", "材料名称": "渔业工作", "正文": "渔业稳中有进。" * 30},),
    registers={
        "渔港清单": (
            port(渔港名称="临溪中心渔港", 级别="中心", 总投资="3.5", 开港日期="2031-06-30"),
            port(渔港名称="0012", 级别="一级", 总投资="", 开港日期=""),
        )
    },
)


def test_samples_are_found_by_header_and_code(definition: Definition) -> None:
    book = opened(fill(write_form(definition, "yy"), "渔业局", TABLES))
    sheet = book["指标"]
    assert [cell.value for cell in row_of(sheet, "S1-01")[3:]] == [12.3, None, -0.8, None, 6.5, "=约数"]
    assert [cell.value for cell in row_of(sheet, "S2-01")[3:8]] == [14, None, None, None, "不低于2031年"]
    assert row_of(sheet, "S1-01")[8].data_type == "s"
    rows = [[cell.value for cell in row] for row in book["渔港清单"]["A5:G7"]]
    assert rows == [
        [1, "临溪中心渔港", "中心", None, None, 3.5, dt.datetime(2031, 6, 30)],
        [2, "0012", "一级", None, None, None, None],
        [None] * 7,
    ]
    assert book["文字材料"]["D4"].value == "渔业稳中有进。" * 30


def test_a_filled_form_is_still_the_form(definition: Definition) -> None:
    blank = write_form(definition, "yy")
    before, after = (
        read_workbook(data, "x.xlsx").value for data in (blank, fill(blank, "渔业局", TABLES))
    )
    assert before is not None
    assert after is not None
    assert after.properties == before.properties
    assert [(item.name, item.state) for item in after.sheets] == [
        (item.name, item.state) for item in before.sheets
    ]
    book = opened(fill(blank, "渔业局", TABLES))
    assert book["指标"].protection.sheet
    assert figure_input(book, "S1-01", Measure.ACTUAL).formula1 == "0"


def test_filling_twice_gives_the_same_bytes(definition: Definition) -> None:
    filled = [fill(write_form(definition, "yy"), "渔业局", TABLES) for _ in range(2)]
    assert filled[0] == filled[1]
    [core] = parts(filled[0], r"docProps/core\.xml")
    assert core.count("2023-12-20T09:00:00Z") == 2


@pytest.mark.parametrize(
    ("tables", "named"),
    [
        (Tables(indicators=(sample(指标代码="S9-01", 本年预计="1"),)), "S9-01"),
        (Tables(indicators=(sample(指标代码="S2-01", 上年实际="1"),)), "S2-01 上年实际"),
        (Tables(indicators=(sample(指标代码="S1-01", 本年预计="约12"),)), "约12"),
        (Tables(indicators=(sample(指标代码="S1-01"), sample(指标代码="S1-01"))), "S1-01"),
        (Tables(registers={"渔港清单": (port(渔港名="甲"),)}), "渔港名"),
        (Tables(registers={"渔船清单": (port(渔船名称="甲"),)}), "渔船清单"),
        (Tables(registers={"渔港清单": (port(渔港名称="甲"),) * 61}), "渔港清单"),
        (Tables(narratives=({"部门": "渔业局", "材料名称": "林业工作", "正文": "甲"},)), "林业工作"),
    ],
)
def test_what_the_form_does_not_have_is_named(
    definition: Definition, tables: Tables, named: str
) -> None:
    with pytest.raises(SampleError, match=named):
        fill(write_form(definition, "yy"), "渔业局", tables)


def test_all_departments_of_the_tables_are_filled_and_unknown_ones_named(
    definition: Definition,
) -> None:
    assert list(fill_all(definition, TABLES)) == ["渔业局-2031.xlsx"]
    stranger = Tables(indicators=({**sample(指标代码="S1-01"), "部门": "林业局"},))
    with pytest.raises(SampleError, match="林业局"):
        fill_all(definition, stranger)


def test_tables_are_read_from_csv_files(tmp_path: Path) -> None:
    (tmp_path / "registers").mkdir()
    header = "部门,指标代码,本年预计,上年实际,同比增长,年度计划,下年目标,情况说明\n"
    (tmp_path / "indicators.csv").write_text(f"{header}渔业局,S1-01,85,,1.5,,,\n", "utf-8-sig")
    (tmp_path / "registers" / "渔港清单.csv").write_text("部门,渔港名称\n渔业局,甲\n", "utf-8")
    tables = read_tables(tmp_path)
    assert tables.indicators == (sample(指标代码="S1-01", 本年预计="85", 同比增长="1.5"),)
    assert tables.registers == {"渔港清单": (port(渔港名称="甲"),)}
    assert tables.departments() == {"渔业局"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("部门,指标代码,本年预计,上年实际,同比增长,年度计划,下年指标,情况说明\n", "下年指标"),
        ("部门,指标代码,本年预计,上年实际,同比增长,年度计划,下年目标,情况说明\n渔业局,S1-01\n", "csv:2"),
    ],
)
def test_a_malformed_table_is_named(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "indicators.csv").write_text(text, "utf-8")
    with pytest.raises(SampleError, match=named):
        read_tables(tmp_path)
