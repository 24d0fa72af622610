"""Forms in other formats: .xls and .ods as LibreOffice writes them, .xlsb; and their limits."""

from __future__ import annotations

import datetime as dt
import io
import struct
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from generators.excel import foreign
from generators.excel.foreign.facts import BookFacts, CellFacts, ForeignError, Kind, SheetFacts
from generators.excel.formats import FileFormat, format_of
from generators.excel.reading import read_any_workbook
from generators.messages import line
from generators.model import Definition, Finding, Submission
from generators.package import package_of, parts_of
from tests.benchmarks.file_faults import BROKEN
from tests.binary_workbook import binary_workbook, record
from tests.office import convert, needs_office
from tests.small_workspace import ran, small_workspace
from tests.workbooks import (
    brief,
    cell_of,
    edited,
    filled_form,
    found,
    put,
    sound_definition,
    submitted,
)

pytestmark = needs_office
FORMATS = ("xls", "ods", "xlsb")
OLD_SHEET, OLD_INTERFACE, OLD_RECALCULATED = 0x0085, 0x00E1, 0x01C1


@pytest.fixture(scope="module")
def definition() -> Definition:
    return sound_definition()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("foreign")


def converted(data: bytes, folder: Path, kind: str) -> bytes:
    """An .xlsx as another program would save it in another format."""
    if kind == "xlsb":
        return binary_workbook(data)
    source = folder / "source.xlsx"
    source.write_bytes(data)
    return convert(source, folder, kind).read_bytes()


def trapped(book: Any) -> None:
    """The filled form with what calamine does not tell: below the table, where nothing is asked."""
    sheet = book["指标"]
    put(cell_of(book, "S1-02", "同比增长(%)"), "1.5%")
    put(cell_of(book, "S1-02", "上年实际"), "#REF!")
    put(cell_of(book, "S1-01", "上年实际"), "=1+1")
    put(sheet["D12"], "TRUE")
    put(sheet["D13"], "@2031-06-30")
    put(sheet["D14"], "1\\n2  3")
    put(sheet["D15"], "'0012")
    sheet["D16"].value = 7
    sheet.merge_cells("D17:F18")
    sheet.row_dimensions[16].hidden = True
    sheet.column_dimensions["I"].hidden = True


@pytest.fixture(scope="module")
def forms(definition: Definition, folder: Path) -> Mapping[str, bytes]:
    """The form in each format, with traps."""
    form = edited(filled_form(definition), trapped)
    return {kind: converted(form, folder, kind) for kind in FORMATS}


@pytest.fixture(scope="module")
def sound(definition: Definition, folder: Path) -> Mapping[str, bytes]:
    """The filled form in each format, with nothing wrong."""
    return {kind: converted(filled_form(definition), folder, kind) for kind in FORMATS}


def told(form: Submission | None) -> list[object]:
    """What a submission says, without the look of its cells."""
    assert form is not None
    cells = [o.reading for o in form.observations]
    cells += [reading for row in form.rows for reading in row.readings.values()]
    said: list[object] = [(item.cell.address, item.value, item.problem, item.notes) for item in cells]
    return [*said, *((item.narrative, item.text) for item in form.narratives)]


# --- read right ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FORMATS)
def test_a_form_says_the_same_in_every_format(
    kind: str, sound: Mapping[str, bytes], definition: Definition
) -> None:
    read = submitted(sound[kind], definition)
    assert read.findings == ()
    assert told(read.value) == told(submitted(filled_form(definition), definition).value)
    assert found(sound[kind], definition) == []


@pytest.mark.parametrize("kind", FORMATS)
def test_what_calamine_leaves_out_is_read_too(kind: str, forms: Mapping[str, bytes]) -> None:
    read = read_any_workbook(forms[kind], f"渔业局.{kind}")
    assert read.findings == ()
    assert read.value is not None
    sheet = read.value.sheet("指标")
    assert sheet is not None
    cells = {cell.address: cell for cell in sheet.cells.values()}
    assert (cells["F6"].raw, cells["F6"].number_format) == ("0.015", "0.0%")
    assert cells["D6"].number_format == "0.00"
    assert (cells["E6"].raw, cells["E6"].problem) == ("#REF!", "error")
    assert (cells["E5"].raw, cells["E5"].formula) == ("2" if kind != "none" else "", "=")
    assert cells["D13"].value == dt.datetime(2031, 6, 30)
    assert cells["D14"].raw == "1\n2  3"
    assert cells["D15"].raw == "0012"
    assert cells["D5"].formula is None
    assert [area.address for area in sheet.merges] == ["A1:I1", "D17:F18"]
    assert (sheet.hidden_rows, sheet.hidden_columns) == ({16}, {9})
    assert read.value.sheets[-1].state in ("hidden", "veryHidden")


@pytest.mark.parametrize("kind", FORMATS)
def test_a_percent_cell_is_never_taken_for_a_fraction(
    kind: str, forms: Mapping[str, bytes], definition: Definition
) -> None:
    form = submitted(forms[kind], definition).value
    assert form is not None
    [rate] = [o for o in form.observations if (o.indicator, str(o.measure)) == ("S1-02", "growth")]
    assert str(rate.reading.value) == "1.5"
    assert not any(item.rule == "percent" for item in found(forms[kind], definition))


@pytest.mark.parametrize("kind", FORMATS)
def test_a_percent_cell_is_wrong_where_no_percentage_is_asked(
    kind: str, folder: Path, definition: Definition
) -> None:
    form = filled_form(definition)
    form = edited(form, lambda book: put(cell_of(book, "S1-01", "本年预计"), "1230%"))
    codes = brief(found(converted(form, folder, kind), definition))
    assert "type.percent 指标!D5" in codes


def test_samples_of_other_programs_are_read() -> None:
    for name in ("excel-97.xls", "libreoffice.ods"):
        read = read_any_workbook((BROKEN / name).read_bytes(), name)
        assert read.findings == ()
        assert read.value is not None and read.value.saved_at.startswith("2023-12-20T09:00:00")


@pytest.mark.parametrize("kind", FORMATS)
def test_the_format_is_told_by_the_content(kind: str, sound: Mapping[str, bytes]) -> None:
    assert format_of(sound[kind]) == kind
    assert format_of(sound[kind][:300]) in (None, FileFormat.XLS)
    for name in ("渔业局.xlsx", "渔业局.et", "渔业局"):
        assert read_any_workbook(sound[kind], name).value is not None


@pytest.mark.parametrize(("kind", "name"), [("xls", "渔业局-2031.et"), ("ods", "渔业局-2031.xlsx")])
def test_a_run_takes_it_and_keeps_it_under_its_real_ending(
    kind: str, name: str, sound: Mapping[str, bytes], tmp_path: Path
) -> None:
    place = small_workspace(tmp_path)
    (place.inbox / "渔业局-2031.xlsx").unlink()
    (place.inbox / name).write_bytes(sound[kind])
    done = ran(place)
    assert done.accepted == ("渔业局", "交通局")
    kept = {path.suffix for path in place.archive.iterdir()}
    assert kept == {f".{kind}", ".xlsx"}
    assert done.summary is not None
    book: Any = openpyxl.load_workbook(done.summary)
    links = {cell.hyperlink.target for row in book["数据来源"] for cell in row if cell.hyperlink}
    assert any(f".{kind}" in str(link) for link in links)
    [back] = (place.returned / "渔业局").iterdir()
    assert back.name == "渔业局-2031-校验回执.xlsx"
    receipt = openpyxl.load_workbook(back)
    assert receipt.sheetnames == ["校验回执", "报送进度"]
    words = "".join(str(cell.value) for row in receipt["校验回执"] for cell in row if cell.value)
    assert "程序没能在您的文件上做标注" in words
    assert "直接在本文件中修改" not in words


# --- refused ------------------------------------------------------------------------------------------


def records(stream: bytes) -> dict[int, int]:
    """Where the first record of each number begins in a stream of an old workbook."""
    places: dict[int, int] = {}
    place = 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<2H", stream, place)
        places.setdefault(kind, place)
        place += 4 + length
    return places


def patched(data: bytes, kind: int, change: Callable[[bytearray], object]) -> bytes:
    """An .xls whose first record of a number is changed in place."""
    import olefile

    with olefile.OleFileIO(io.BytesIO(data)) as file:
        stream = file.openstream("Workbook").read()
    place = records(stream)[kind]
    length = struct.unpack_from("<H", stream, place + 2)[0]
    old = stream[place : place + 4 + length]
    assert data.count(old) == 1
    new = bytearray(old)
    change(new)
    return data.replace(old, bytes(new))


def renumbered(number: int) -> Callable[[bytearray], object]:
    return lambda body: struct.pack_into("<H", body, 0, number)


def with_byte(place: int, value: int) -> Callable[[bytearray], object]:
    return lambda body: body.__setitem__(place, value)


def content(data: bytes, *replacements: tuple[str, str]) -> bytes:
    """An .ods with its content changed."""
    parts = parts_of(data)
    text = parts["content.xml"].decode()
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    return package_of({**parts, "content.xml": text.encode()})


NUMBER = 'office:value-type="float"'
WIDE = f'<table:table-cell table:number-columns-repeated="16384" {NUMBER} office:value="1"/>'
DEEP = f'<table:table-row table:number-rows-repeated="1048576">{WIDE}</table:table-row>'
DDE = "table:formula='of:=DDE(&quot;cmd&quot;;1)'"
ROW = "<table:table-row "
REFUSED: Mapping[str, tuple[str, Callable[[bytes], bytes]]] = {
    "encrypted": ("xls", lambda data: patched(data, OLD_INTERFACE, renumbered(0x002F))),
    "macros": ("xls", lambda data: patched(data, OLD_SHEET, with_byte(9, 1))),
    "legacy": ("xls", lambda data: patched(data, 0x0809, with_byte(5, 5))),
    "not_workbook": (
        "xls",
        lambda data: data.replace("Workbook".encode("utf-16-le"), "Document".encode("utf-16-le")),
    ),
    "damaged": ("xls", lambda data: data[: len(data) // 2]),
    "macros (ods)": ("ods", lambda data: package_of({**parts_of(data), "Basic/script-lc.xml": b"<a/>"})),
    "encrypted (ods)": (
        "ods",
        lambda data: package_of(
            {**parts_of(data), "META-INF/manifest.xml": b"<a><manifest:encryption-data/></a>"}
        ),
    ),
    "too_many_values": (
        "ods",
        lambda data: content(data, (ROW, f"{DEEP}{ROW}")),
    ),
    "calls": (
        "ods",
        lambda data: content(data, (NUMBER, f"{NUMBER} table:formula='of:=DDE(&quot;cmd&quot;;1)'")),
    ),
    "percentage": ("ods", lambda data: content(data, ('value-type="float"', 'value-type="percentage"'))),
    "part_damaged (ods)": ("ods", lambda data: content(data, ("</office:document-content>", ""))),
    "calls (xlsb)": (
        "xlsb",
        lambda data: package_of(
            {**parts_of(data), "xl/externalLinks/externalLink1.bin": record(360, b"\x01\x00")}
        ),
    ),
    "macros (xlsb)": ("xlsb", lambda data: package_of({**parts_of(data), "xl/vbaProject.bin": b"\0"})),
    "part_damaged (xlsb)": (
        "xlsb",
        lambda data: package_of({**parts_of(data), "xl/worksheets/sheet2.bin": b"\x05\xff"}),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_read_for_certain_is_refused_with_one_finding(
    case: str, sound: Mapping[str, bytes]
) -> None:
    kind, make = REFUSED[case]
    read = read_any_workbook(make(sound[kind]), "渔业局.xlsx")
    assert read.value is None
    [refusal] = read.findings
    assert refusal.code == f"format.{case.partition(' ')[0]}"
    assert "请" in line(refusal)


def test_a_formula_that_was_never_calculated_is_told(definition: Definition, folder: Path) -> None:
    def enter(book: Any) -> None:
        put(cell_of(book, "S1-01", "上年实际"), "=1-1")

    data = converted(edited(filled_form(definition), enter), folder, "xls")
    assert not any(item.rule == "formula" for item in found(data, definition))
    # Excel and LibreOffice say by what it was calculated; a program that only writes does not.
    unknown = patched(data, OLD_RECALCULATED, renumbered(0x0FFF))
    assert "formula.uncalculated 指标!E5" in brief(found(unknown, definition))


def test_links_to_other_workbooks_are_told(sound: Mapping[str, bytes], definition: Definition) -> None:
    other = "of:=&apos;file:///a.xlsx&apos;#$a.A1"
    ods = content(sound["ods"], (NUMBER, f'{NUMBER} table:formula="{other}"'))
    xlsb = package_of(
        {**parts_of(sound["xlsb"]), "xl/externalLinks/externalLink1.bin": record(360, b"\0\0")}
    )
    for data in (ods, xlsb):
        read = submitted(data, definition)
        assert read.value is not None
        assert brief(read.findings) == ["format.links"]


# --- the process --------------------------------------------------------------------------------------


def refusal(data: bytes) -> Finding:
    read = read_any_workbook(data, "渔业局.xls")
    assert read.value is None
    [found] = read.findings
    return found


def test_a_process_that_takes_too_long_is_ended(
    sound: Mapping[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foreign, "MOST_SECONDS", 0.5)
    monkeypatch.setattr(foreign, "_START", "import time; time.sleep(60)")
    assert refusal(sound["xls"]).code == "format.too_slow"


@pytest.mark.parametrize("end", ["os.abort()", "os._exit(0)", "print('{}')", "print('[[')"])
def test_a_process_that_ends_without_an_answer_is_a_finding(
    end: str, sound: Mapping[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foreign, "_START", f"import os; {end}")
    assert refusal(sound["xls"]).code == "format.crashed"


def test_a_process_that_cannot_be_started_is_a_finding_that_is_not_kept(
    sound: Mapping[str, bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    place = small_workspace(tmp_path)
    (place.inbox / "渔业局-2031.xlsx").write_bytes(sound["xls"])
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", str(tmp_path / "none"))
        done = ran(place)
    assert "format.no_reader" in [item.code for item in done.findings]
    assert ran(place).accepted == ("渔业局", "交通局")


def test_the_process_sets_itself_limits(tmp_path: Path) -> None:
    code = (
        "from generators.support.limits import limit_this_process as limit\n"
        "limit()\n"
        "try:\n    bytearray(400 * 2**20)\nexcept MemoryError:\n    print('memory')\n"
        "try:\n    open('written', 'w').write('x' * 9)\nexcept OSError:\n    print('disk')\n"
    )
    command = [
        sys.executable,
        "-c",
        f"import signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n{code}",
    ]
    if sys.platform == "win32":
        command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "memory" in done.stdout
    Path("written").unlink(missing_ok=True)


def test_two_readings_that_differ_are_no_reading() -> None:
    from generators.excel.foreign.child import _told

    for cell, value in (
        (CellFacts(Kind.NUMBER), "12"),
        (CellFacts(Kind.NUMBER), True),
        (CellFacts(Kind.NUMBER), ""),
        (CellFacts(Kind.TEXT), 12.0),
        (CellFacts(Kind.BOOLEAN), 2.0),
    ):
        with pytest.raises(ForeignError, match="ambiguous"):
            _told(cell, value)


def test_sheets_are_bounded() -> None:
    sheet = SheetFacts("a")
    with pytest.raises(ForeignError, match="ranges"):
        BookFacts().merge(sheet, 1, 1, 65_536, 256)
    facts = BookFacts()
    with pytest.raises(ForeignError, match="outside"):
        facts.put(sheet, 1, 20_000, CellFacts(Kind.TEXT))
    sheet.hide_columns(1, 2**31)
    assert len(sheet.hidden_columns) == 16_384


def test_a_definition_in_another_format_is_refused(sound: Mapping[str, bytes]) -> None:
    from generators.excel.workbook import read_workbook

    for kind in FORMATS:
        assert [item.code for item in read_workbook(sound[kind], "a").findings] == ["format.legacy"]


def test_the_same_form_in_two_formats_is_one_department(
    sound: Mapping[str, bytes], tmp_path: Path
) -> None:
    place = small_workspace(tmp_path)
    (place.inbox / "渔业局-2031.xls").write_bytes(sound["xls"])
    done = ran(place)
    assert done.accepted == ("渔业局", "交通局")
    assert "envelope.superseded" in [item.code for item in done.findings]
    assert len(list((place.returned / "渔业局").iterdir())) == 1
