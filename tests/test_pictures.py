"""A picture in a cell is no text, no number, no name and no reason, whatever program put it there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generators.excel.formulas import is_picture, shows_picture
from generators.excel.reading import read_any_workbook
from generators.excel.workbook import read_workbook
from generators.messages import LANGUAGES, action, message
from generators.model import Definition, Finding, Severity
from tests.office import convert, needs_office
from tests.workbooks import (
    DEFINITION,
    FILLED,
    brief,
    cell_of,
    changed,
    definition_of,
    edited,
    filled_form,
    found,
    header_row,
    put,
    sound_definition,
    submitted,
    with_part,
    workbook,
)

WPS = '=DISPIMG("ID_0123456789ABCDEF",1)'
WAYS = (WPS, '=_xlfn.DISPIMG("ID_0123456789ABCDEF",1)', '=IMAGE("https://example.com/a.png")', f"'{WPS}")
"""What stands in the cell: a formula of WPS, of an Excel that does not know it, of Excel 365; a text."""


@pytest.fixture(scope="module")
def definition() -> Definition:
    return sound_definition()


def pictured(definition: Definition, *cells: tuple[str, str, str], way: str = WPS) -> bytes:
    """The filled form with a picture in the cell of that code, header and sheet."""

    def by_hand(book: Any) -> None:
        for code, header, sheet in cells:
            put(cell_of(book, code, header, sheet), way)

    return edited(filled_form(definition), by_hand)


def in_register(book: Any, header: str, way: str = WPS) -> None:
    sheet = book["渔港清单"]
    row, columns = header_row(sheet, "渔港名称")
    put(sheet.cell(row + 1, columns[header]), way)


def at(findings: list[Finding], code: str) -> Finding:
    [finding] = [item for item in findings if item.code == code]
    return finding


@pytest.mark.parametrize("way", WAYS)
def test_a_required_figure_that_is_a_picture_is_an_error_without_a_suggestion(
    definition: Definition, way: str
) -> None:
    findings = found(pictured(definition, ("S1-01", "本年预计", "指标"), way=way), definition)
    finding = at(findings, "type.picture_number")
    assert (finding.severity, finding.sheet, finding.cell) == (Severity.ERROR, "指标", "D5")
    assert message(finding) == "“渔业总产值·本年预计”：此格是图片，请填数字"
    assert not [item for item in findings if item.code.startswith(("presence", "type.text", "formula"))]
    for language in LANGUAGES:
        said = message(finding, language) + action(finding, language)
        assert not any(words in said for words in ("是不是", "mean", "DISPIMG", "ID_"))


def test_an_optional_figure_that_is_a_picture_is_a_warning_and_has_no_value(
    definition: Definition,
) -> None:
    data = pictured(definition, ("S1-01", "上年实际", "指标"))
    finding = at(found(data, definition), "type.picture_number")
    assert finding.severity is Severity.WARNING
    submission = submitted(data, definition).value
    assert submission is not None
    [value] = [
        item.reading.value
        for item in submission.observations
        if (item.indicator, str(item.measure)) == ("S1-01", "previous")
    ]
    assert value is None


def test_a_target_in_words_that_is_a_picture_is_none(definition: Definition) -> None:
    finding = at(found(pictured(definition, ("S2-01", "下年目标", "指标")), definition), "type.picture")
    assert (finding.severity, finding.cell) == (Severity.WARNING, "H8")
    assert "此格是图片，请填文字" in message(finding)


@pytest.mark.parametrize(
    ("header", "code", "severity"),
    [
        ("渔港名称", "type.picture", Severity.ERROR),
        ("级别", "type.picture", Severity.WARNING),
        ("总投资（亿元）", "type.picture_number", Severity.WARNING),
        ("开港日期", "type.picture_date", Severity.WARNING),
    ],
)
@pytest.mark.parametrize("way", WAYS)
def test_a_picture_is_no_value_of_a_register(
    definition: Definition, header: str, code: str, severity: Severity, way: str
) -> None:
    data = edited(filled_form(definition), lambda book: in_register(book, header, way))
    findings = found(data, definition)
    assert [(item.code, item.severity) for item in findings] == [(code, severity)]
    submission = submitted(data, definition).value
    assert submission is not None
    values = [reading.value for row in submission.rows for reading in row.readings.values()]
    assert len(submission.rows) == 2
    assert not [value for value in values if isinstance(value, str) and "ID_" in value]


def test_a_row_with_a_picture_alone_is_no_empty_row(definition: Definition) -> None:
    def by_hand(book: Any) -> None:
        sheet = book["渔港清单"]
        row, columns = header_row(sheet, "渔港名称")
        put(sheet.cell(row + 3, columns["渔港名称"]), WPS)

    assert brief(found(edited(filled_form(definition), by_hand), definition)) == [
        "type.picture 渔港清单!B7"
    ]


def test_a_picture_is_no_narrative(definition: Definition) -> None:
    data = pictured(definition, ("N1", "正文", "文字材料"))
    finding = at(found(data, definition), "type.picture")
    assert (finding.severity, finding.sheet) == (Severity.ERROR, "文字材料")
    assert message(finding) == "“渔业工作”：此格是图片，请填文字"
    submission = submitted(data, definition).value
    assert submission is not None
    assert [item.text for item in submission.narratives] == [""]
    optional = sound_definition(changed(DEFINITION, "文字材料", ("| 是   |", "|      |")))
    data = pictured(optional, ("N1", "正文", "文字材料"))
    assert at(found(data, optional), "type.picture").severity is Severity.WARNING


@pytest.mark.parametrize("way", WAYS)
def test_a_picture_is_no_reason(definition: Definition, way: str) -> None:
    doubtful = changed(FILLED, "指标", ("| 3.5         |", "| 9           |"))

    def findings(reason: str) -> list[Finding]:
        data = filled_form(definition, doubtful)
        return found(
            edited(data, lambda book: put(cell_of(book, "S1-01", "情况说明"), reason)), definition
        )

    [asked] = findings("")
    assert asked.severity is Severity.CONFIRM
    assert at(findings("口径有变"), asked.code).explanation == "口径有变"
    with_picture = findings(way)
    assert at(with_picture, asked.code) == asked
    told = at(with_picture, "type.picture_reason")
    assert (told.severity, told.cell) == (Severity.WARNING, "I5")
    assert "此格是图片，请填文字；图片不能当作原因" in message(told)


def test_a_picture_beside_a_row_of_a_register_is_no_reason(definition: Definition) -> None:
    data = edited(filled_form(definition), lambda book: in_register(book, "情况说明"))
    assert brief(found(data, definition)) == ["type.picture_reason 渔港清单!G5"]
    submission = submitted(data, definition).value
    assert submission is not None
    assert submission.explanations == ()


def test_a_header_that_is_a_picture_is_told_as_one(definition: Definition) -> None:
    def by_hand(book: Any) -> None:
        row, columns = header_row(book["指标"], "本年预计")
        put(book["指标"].cell(row, columns["本年预计"]), WPS)

    finding = at(found(edited(filled_form(definition), by_hand), definition), "structure.column_picture")
    assert (finding.severity, finding.cell) == (Severity.ERROR, "D3")
    assert message(finding) == "缺少“本年预计”列；表头行的 D3 是图片，不能当作列名"


def test_a_code_that_is_a_picture_is_told_as_one(definition: Definition) -> None:
    data = pictured(definition, ("S1-01", "指标代码", "指标"), ("N1", "材料代码", "文字材料"))
    assert brief(found(data, definition))[:2] == [
        "structure.row_code_picture 指标!A5",
        "structure.narrative_picture 文字材料!A4",
    ]
    said = message(at(found(data, definition), "structure.row_code_picture"))
    assert said == "第 5 行“渔业总产值”的代码格是图片，代码应为“S1-01”"


def test_a_definition_with_a_picture_in_it_says_so() -> None:
    def by_hand(book: Any) -> None:
        put(book["指标"]["B2"], WPS)

    findings = definition_of(edited(workbook(DEFINITION), by_hand)).findings
    assert "definition.picture 指标!B2" in brief(findings)


def provoked() -> list[Finding]:
    """Everything that is said of pictures."""
    definition = sound_definition()

    def by_hand(book: Any) -> None:
        for header in ("渔港名称", "总投资（亿元）", "开港日期", "情况说明"):
            in_register(book, header)
        row, columns = header_row(book["指标"], "本年预计")
        put(book["指标"].cell(row, columns["上年实际"]), WPS)

    cells = (
        ("S1-01", "指标代码", "指标"),
        ("S1-02", "本年预计", "指标"),
        ("N1", "材料代码", "文字材料"),
    )
    findings = found(edited(pictured(definition, *cells), by_hand), definition)
    table = edited(workbook(DEFINITION), lambda book: put(book["指标"]["B2"], WPS))
    return [*findings, *definition_of(table).findings]


# --- where cells are read -----------------------------------------------------------------------------


def test_the_text_that_wps_stores_beside_the_formula_is_no_text() -> None:
    stored = f'<c r="A1" t="str"><f>_xlfn.DISPIMG("ID_A",1)</f><v>{WPS}</v></c>'.replace(
        '",1', "&quot;,1"
    )
    stored = stored.replace('("ID', "(&quot;ID")
    data = with_part(
        workbook({"甲": "| 数 | 文 |"}),
        "sheet1.xml",
        lambda part: part[: part.index(b"<c ")] + stored.encode() + part[part.index(b'<c r="B1"') :],
    )
    book = read_workbook(data, "甲.xlsx").value
    assert book is not None
    cell = book.sheets[0].cell(1, 1)
    assert (cell.value, cell.raw, cell.problem) == (None, "", "picture")
    assert book.sheets[0].cell(1, 2).problem is None


@pytest.mark.parametrize(
    ("formula", "value", "expected"),
    [
        (WPS, WPS, True),
        (WPS, "#NAME?", True),
        ('of:=DISPIMG("ID_1";1)', None, True),
        ('=COM.MICROSOFT.IMAGE("https://a")', None, True),
        ("=image(A1)", None, True),
        (None, WPS, True),
        ('=IF(A1>0,DISPIMG("ID_1",1),"")', WPS, True),
        ('=IF(A1>0,DISPIMG("ID_1",1),"")', "无", False),
        ("=IMAGES(A1)", None, False),
        ("=SUM(A1:A2)", None, False),
        (None, "DISPIMG 图片函数", False),
        (None, '图：=DISPIMG("ID_1",1)', False),
        (None, "=IMAGE", False),
        (None, None, False),
    ],
)
def test_what_a_picture_is(formula: str | None, value: object, expected: bool) -> None:
    assert is_picture(formula, value) is expected


def test_long_formulas_are_looked_at_in_linear_time() -> None:
    for text in ("=IMAGE(" * 200_000, " " * 1_000_000, '=IMAGE("https:' + ")" * 1_000_000 + "a"):
        assert not is_picture(None, text)
    assert shows_picture("=DISPIMG(" + "(" * 1_000_000)


@needs_office
@pytest.mark.parametrize("kind", ["ods", "xls"])
def test_pictures_are_known_in_other_formats(definition: Definition, tmp_path: Path, kind: str) -> None:
    def by_hand(book: Any) -> None:
        in_register(book, "渔港名称", WPS if kind == "ods" else f"'{WPS}")
        put(cell_of(book, "S1-01", "本年预计"), f"'{WPS}")

    source = tmp_path / "form.xlsx"
    source.write_bytes(edited(filled_form(definition), by_hand))
    data = convert(source, tmp_path, kind).read_bytes()
    read = read_any_workbook(data, f"form.{kind}").value
    assert read is not None
    codes = brief(found(data, definition))
    assert codes == ["type.picture_number 指标!D5", "type.picture 渔港清单!B5"]
