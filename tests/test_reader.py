"""The reader of submissions: held against openpyxl, and what openpyxl does not know."""

from __future__ import annotations

import datetime as dt
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings

from generators.excel import reading
from generators.excel.formats import mentions
from generators.excel.grid import Sheet, Workbook
from generators.excel.reading import read_front
from generators.excel.values import decimal_of
from generators.excel.workbook import read_workbook
from generators.forms.layout import IDENTITY_SHEET, IDENTITY_WORD
from generators.intake.inbox import read_file
from generators.model import Cell
from generators.package import package_of, parts_of
from generators.taking import take
from tests.benchmarks.file_faults import BROKEN
from tests.fuzzing import mutated, with_everything
from tests.office import convert_all, needs_office
from tests.second_reading import by_openpyxl
from tests.test_fuzz import DEFINITION, FORM, MUTATIONS, SEED, TYPED, form_with
from tests.test_guard import repacked, with_sheet
from tests.workbooks import submitted

SAMPLES = sorted((Path(__file__).parents[1] / "workbooks" / "inbox").glob("*.xlsx"))


def seen(book: Workbook) -> list[object]:
    """What two readings of a workbook must agree on."""
    return [
        book.properties,
        book.saved_at,
        *(
            (
                sheet.name,
                sheet.state,
                # An empty text is as blank as no text.
                {place: _seen(cell) for place, cell in sheet.cells.items() if cell.value != ""},
                sheet.merges,
                sheet.hidden_rows,
                sheet.hidden_columns,
            )
            for sheet in book.sheets
        ),
    ]


def _seen(cell: Cell) -> tuple[object, ...]:
    value = cell.value
    shown = isinstance(value, dt.datetime) and value.year >= 1900
    if cell.problem in ("date", "error") and not shown:
        value = "odd"  # what Excel shows as ##### is an error to openpyxl, or a date before the first
    if isinstance(value, Decimal):
        value = decimal_of(float(value))  # and keeps more digits of an integer than Excel does
    odd = cell.problem if value != "odd" else "odd"
    return cell.address, value, cell.number_format, bool(cell.formula), odd


def opened(data: bytes) -> Workbook:
    read = read_workbook(data, "a.xlsx")
    assert read.value is not None, read.findings
    return read.value


def first(data: bytes) -> Sheet:
    return opened(data).sheets[0]


# --- as openpyxl reads ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_form_is_read_as_openpyxl_reads_it(path: Path) -> None:
    data = path.read_bytes()
    assert seen(opened(data)) == seen(by_openpyxl(data, "a.xlsx"))


@needs_office
def test_forms_that_libreoffice_saved_are_read_as_openpyxl_reads_them(tmp_path: Path) -> None:
    for path in convert_all(SAMPLES[::4], tmp_path, "xlsx"):
        data = path.read_bytes()
        assert seen(opened(data)) == seen(by_openpyxl(data, "a.xlsx")), path.name


@pytest.mark.filterwarnings("ignore::UserWarning")
@given(TYPED)
@settings(max_examples=30, deadline=None)
def test_anything_in_the_cells_is_read_as_openpyxl_reads_it(contents: list[tuple[object, str]]) -> None:
    data, _ = form_with(contents)
    assert seen(opened(data)) == seen(by_openpyxl(data, "a.xlsx"))


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("batch", range(2))
def test_a_damaged_form_that_both_read_says_the_same_to_both(batch: int) -> None:
    compared = 0
    for number in range(batch, MUTATIONS // 6, 2):
        data = mutated(with_everything(FORM) if number % 4 < 2 else FORM, "markup", number, SEED + 7)
        own = read_workbook(data, "a.xlsx").value
        if own is None:
            continue  # it is refused, with a reason: the other tests see to that
        try:
            other = by_openpyxl(data, "a.xlsx")
        except Exception:  # it fails on what no cell needs
            continue
        compared += 1
        assert seen(own) == seen(other), number
    assert compared > MUTATIONS // 60


# --- what openpyxl does not know ----------------------------------------------------------------------

SCHEMAS = b"http://schemas.openxmlformats.org/"
STRICT = {
    SCHEMAS + b"spreadsheetml/2006/main": b"spreadsheetml/main",
    SCHEMAS + b"officeDocument/2006/relationships": b"officeDocument/relationships",
    SCHEMAS + b"officeDocument/2006/custom-properties": b"officeDocument/customProperties",
    SCHEMAS + b"officeDocument/2006/docPropsVTypes": b"officeDocument/docPropsVTypes",
}


def strict(data: bytes) -> bytes:
    """The same workbook in Strict Open XML, as Excel saves it."""
    parts = parts_of(data)
    for name, part in parts.items():
        for old, new in STRICT.items():
            part = part.replace(old, b"http://purl.oclc.org/ooxml/" + new)
        parts[name] = part.replace(b"relationships/custom-properties", b"relationships/customProperties")
    return package_of(parts)


def test_a_form_in_strict_open_xml_is_read_like_any_other() -> None:
    data = strict(FORM)
    assert b"purl.oclc.org" in parts_of(data)["xl/worksheets/sheet2.xml"]
    assert seen(opened(data)) == seen(opened(FORM))
    assert submitted(data, DEFINITION).findings == submitted(FORM, DEFINITION).findings


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("<v>2031-12-03T00:00:00</v>", dt.datetime(2031, 12, 3)),
        ("<v>2031-12-03</v>", dt.datetime(2031, 12, 3)),
        ("<v>2031-12-03T09:30:00Z</v>", dt.datetime(2031, 12, 3, 9, 30)),
        ("<v>09:30:00</v>", "09:30:00"),
        ("<v>PT30H0M0S</v>", "30:00:00"),
    ],
)
def test_dates_are_texts_in_strict_open_xml(cell: str, value: object) -> None:
    [date] = first(with_sheet(f'<row r="1"><c r="A1" t="d">{cell}</c></row>')).cells.values()
    assert (date.value, date.problem) == (value, "date")


@pytest.mark.parametrize(
    ("number", "raw"), [(14, "2031-12-03"), (31, "2031-12-03"), (57, "2031-12-03"), (2, "48185")]
)
def test_dates_that_a_chinese_excel_formats_are_dates(number: int, raw: str) -> None:
    data = with_sheet('<row r="1"><c r="A1" s="1"><v>48185</v></c></row>')
    formats = f'<cellXfs><xf numFmtId="0"/><xf numFmtId="{number}"/></cellXfs>'
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    styles = f'<styleSheet xmlns="{space}">{formats}</styleSheet>'
    [cell] = first(repacked({"xl/styles.xml": styles.encode()}, data)).cells.values()
    assert cell.raw == raw


def test_a_date_before_the_first_day_is_a_date_and_no_number() -> None:
    data = with_sheet('<row r="1"><c r="A1" s="1"><v>-3</v></c><c r="B1" s="1"><v>1e9</v></c></row>')
    styles = b'<styleSheet><cellXfs><xf/><xf numFmtId="14"/></cellXfs></styleSheet>'
    for cell in first(repacked({"xl/styles.xml": styles}, data)).cells.values():
        assert cell.problem == "date"


def test_parts_are_found_by_their_relationships_whatever_their_names() -> None:
    parts = parts_of(FORM)
    moved = {
        "xl/worksheets/sheet2.xml": "XL/Sheets/表 2.xml",
        "xl/styles.xml": "styles.xml",
        "docProps/custom.xml": "props/Custom.XML",
    }
    for old, new in moved.items():
        parts[new] = parts.pop(old)
        for name, part in parts.items():
            if name.endswith(".rels"):
                target = f"/{new}".replace(" ", "%20").encode()
                for spelling in (old, old.removeprefix("xl/"), f"/{old}"):
                    part = part.replace(f'Target="{spelling}"'.encode(), b'Target="' + target + b'"')
                parts[name] = part
    assert seen(opened(package_of(parts))) == seen(opened(FORM))


def test_a_part_of_shared_texts_that_is_declared_and_absent_is_missed_by_no_cell() -> None:
    data = repacked(
        {
            "xl/_rels/workbook.xml.rels": parts_of(FORM)["xl/_rels/workbook.xml.rels"].replace(
                b"</Relationships>",
                b'<Relationship Id="s" Target="sharedStrings.xml" Type="http://schemas.openxmlformats.org'
                b'/officeDocument/2006/relationships/sharedStrings"/></Relationships>',
            )
        },
        FORM,
    )
    assert seen(opened(data)) == seen(opened(FORM))


# --- pictures -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A1" t="str"><f>_xlfn.DISPIMG("ID_A",1)</f><v>=DISPIMG("ID_A",1)</v></c>',
        '<c r="A1" t="str"><f>DISPIMG("ID_A",1)</f><v></v></c>',
        '<c r="A1" t="str"><v>=DISPIMG("ID_A",1)</v></c>',
        '<c r="A1" t="inlineStr"><is><t>=_xlfn.DISPIMG("ID_A",1)</t></is></c>',
        '<c r="A1" t="e"><f>_xlfn.IMAGE("https://a/b.png")</f><v>#VALUE!</v></c>',
    ],
)
def test_a_picture_in_a_cell_is_a_picture(cell: str) -> None:
    [picture] = first(with_sheet(f'<row r="1">{cell}</row>')).cells.values()
    assert (picture.value, picture.raw, picture.problem) == (None, "", "picture")


def rich(structure: str) -> bytes:
    """A workbook of which a cell shows a rich value, as Excel 365 stores a picture put into a cell."""
    data = with_sheet(
        '<row r="1"><c r="A1" t="e" vm="1"><v>#VALUE!</v></c><c r="B1" t="e"><v>#VALUE!</v></c></row>'
    )
    types = "http://schemas.microsoft.com/office/2017/06/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = (
        f'<Relationship Id="m1" Target="metadata.xml" Type="{office}/sheetMetadata"/>'
        f'<Relationship Id="m2" Target="richData/rdrichvalue.xml" Type="{types}/rdRichValue"/>'
        f'<Relationship Id="m3" Target="richData/s.xml" Type="{types}/rdRichValueStructure"/>'
    )
    rels = parts_of(data)["xl/_rels/workbook.xml.rels"]
    return repacked(
        {
            "xl/_rels/workbook.xml.rels": rels.replace(
                b"</Relationships>", f"{relations}</Relationships>".encode()
            ),
            "xl/metadata.xml": b'<metadata><futureMetadata name="XLRICHVALUE"><bk><rvb i="0"/></bk>'
            b'</futureMetadata><valueMetadata><bk><rc t="1" v="0"/></bk></valueMetadata></metadata>',
            "xl/richData/rdrichvalue.xml": b'<rvData><rv s="0"><v>0</v></rv></rvData>',
            "xl/richData/s.xml": f'<rvStructures><s t="{structure}"/></rvStructures>'.encode(),
        },
        data,
    )


@pytest.mark.parametrize(
    ("structure", "problems"),
    [("_localImage", ["picture", "error"]), ("_error", ["error", "error"])],
)
def test_a_rich_value_is_a_picture_only_where_it_is_one(structure: str, problems: list[str]) -> None:
    assert [cell.problem for cell in first(rich(structure)).cells.values()] == problems


# --- the front ----------------------------------------------------------------------------------------


def test_the_front_of_a_form_says_whose_it_is() -> None:
    front = read_front(FORM, "a.xlsx", IDENTITY_SHEET, IDENTITY_WORD).value
    assert front is not None
    whole = opened(FORM)
    assert [sheet.name for sheet in front.sheets] == [IDENTITY_SHEET]
    assert front.sheets[0].cells == whole.sheets[-1].cells or front.sheets[0] in whole.sheets
    assert front.properties == whole.properties


def test_a_file_that_is_no_form_is_told_so_without_being_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A government template with large styles and many names: 0.2 s, whatever else it holds."""
    monkeypatch.setattr("generators.taking.read_any_workbook", lambda *_: pytest.fail("read whole"))
    fonts = "".join(f"<font><sz val='{n}'/><name val='宋体{n:x}'/></font>" for n in range(300_000))
    names = "".join(f"<definedName name='n{n:x}'>指标!$A${n}</definedName>" for n in range(60_000))
    book = parts_of(with_sheet(""))
    data = repacked(
        {
            "xl/styles.xml": f"<styleSheet><fonts>{fonts}</fonts></styleSheet>".encode(),
            "xl/workbook.xml": book["xl/workbook.xml"].replace(
                b"</sheets>", f"</sheets><definedNames>{names}</definedNames>".encode()
            ),
            "xl/media/image1.png": b"\x89PNG" + bytes(range(256)) * 4_000,
        }
    )
    path = tmp_path / "模板.xlsx"
    path.write_bytes(data)
    began = time.process_time()
    file = read_file(path, path.name)
    taken = take(file, DEFINITION)  # type: ignore[arg-type]
    assert [item.code for item in taken.findings] == ["envelope.unknown_form"]
    assert time.process_time() - began < 1  # 0.2 s on a quiet machine


def test_other_formats_are_asked_for_the_word_first(monkeypatch: pytest.MonkeyPatch) -> None:
    files = [path for path in BROKEN.iterdir() if path.suffix in (".xls", ".ods", ".xlsb")]
    assert files
    monkeypatch.setattr(reading, "read_foreign", lambda *_: pytest.fail("read whole"))
    for path in files:
        data = path.read_bytes()
        if not mentions(data, IDENTITY_WORD):
            front = read_front(data, path.name, IDENTITY_SHEET, IDENTITY_WORD)
            assert front.value is None or front.value.sheets == ()
