"""Nothing but the marks is changed in a returned copy, whatever the workbook holds."""

from __future__ import annotations

import io
import os
import random
import re
import time
import warnings
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lxml import etree

from generators.forms import layout
from generators.model import Definition, Finding, Severity
from generators.returns import annotated_copy
from generators.returns.comments import AUTHOR
from generators.returns.seal import is_untouched, read_seal
from tests.office import convert, needs_office
from tests.rich_workbook import (
    MAIN,
    NOTE_CELL,
    ORDER,
    RELATION,
    THREAD_CELL,
    add,
    package,
    parts_in,
    picture,
    relate,
    rich,
    sheet_parts,
    targets,
)
from tests.test_returns import COLOURS, OWN_SHEETS, blank, doubtful, fill_of, finding, receipt
from tests.workbooks import brief, edited, filled_form, found, saved, sound_definition, submitted

FINDINGS = (blank("D5"), doubtful("F6"), blank(THREAD_CELL), doubtful(NOTE_CELL))
MARKED = {"D5", "F6", THREAD_CELL, NOTE_CELL, "I6"}
"""The cells of the sheet 指标 that those findings mark; the last for the reason that is asked for."""
MUTATIONS = int(os.environ.get("HUIBAO_MUTATIONS", "40"))
"""How many odd workbooks are made; more are tried by hand."""
STRICT = "http://purl.oclc.org/ooxml"

Parts = dict[str, bytes]


@pytest.fixture(scope="module")
def definition() -> Definition:
    return sound_definition()


@pytest.fixture(scope="module")
def form(definition: Definition) -> bytes:
    return filled_form(definition)


@pytest.fixture(scope="module")
def full(form: bytes) -> bytes:
    """The form with pictures, shapes, charts and the rest."""
    return rich(form)


# --- ways to write the same workbook ------------------------------------------------------------------


def rewritten(data: bytes, change: Callable[[Parts], Parts | None]) -> bytes:
    """A package after ``change`` went over its parts."""
    parts = parts_in(data)
    return package(change(parts) or parts)


def strict(parts: Parts) -> Parts:
    """As Excel saves Strict Open XML."""
    pairs = (
        (b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"/spreadsheetml/main"),
        (
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties",
            b"/officeDocument/relationships/customProperties",
        ),
        (
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"/officeDocument/relationships",
        ),
        (
            b"http://schemas.openxmlformats.org/officeDocument/2006/custom-properties",
            b"/officeDocument/customProperties",
        ),
        (
            b"http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes",
            b"/officeDocument/docPropsVTypes",
        ),
        (
            b"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties",
            b"/officeDocument/extendedProperties",
        ),
    )
    made = {}
    for name, part in parts.items():
        if name.endswith((".xml", ".rels", ".vml")) and name != "[Content_Types].xml":
            for old, new in pairs:
                part = part.replace(old, STRICT.encode() + new)
        made[name] = part
    return made


def transitional(parts: Parts) -> Parts:
    """The other way round, for openpyxl."""
    pairs = (
        (b"/spreadsheetml/main", b"/spreadsheetml/2006/main"),
        (
            b"/officeDocument/relationships/customProperties",
            b"/officeDocument/2006/relationships/custom-properties",
        ),
        (b"/officeDocument/relationships", b"/officeDocument/2006/relationships"),
        (b"/officeDocument/customProperties", b"/officeDocument/2006/custom-properties"),
        (b"/officeDocument/docPropsVTypes", b"/officeDocument/2006/docPropsVTypes"),
        (b"/officeDocument/extendedProperties", b"/officeDocument/2006/extended-properties"),
    )
    made = {}
    for name, part in parts.items():
        for old, new in pairs:
            part = part.replace(STRICT.encode() + old, b"http://schemas.openxmlformats.org" + new)
        made[name] = part
    return made


def prefixed(parts: Parts) -> Parts:
    """With a prefix for the namespace of cells."""

    def rename(part: bytes) -> bytes:
        root = etree.fromstring(part)
        made = etree.Element(root.tag, root.attrib, {"x": MAIN, "r": RELATION})
        made.extend(list(root))
        text = etree.tostring(made)
        assert b"<x:" in text
        return text

    wanted = ["xl/workbook.xml", "xl/styles.xml", *sheet_parts(parts).values()]
    return {name: rename(part) if name in wanted else part for name, part in parts.items()}


def absolute(parts: Parts) -> Parts:
    """With targets that begin at the package's root, in letters of another case."""
    made = {}
    for name, part in parts.items():
        if name.endswith(".rels") and name != "_rels/.rels":
            root = etree.fromstring(part)
            source = name.replace("_rels/", "").removesuffix(".rels")
            for number, (_, target) in targets(parts, source).items():
                [item] = [item for item in root if item.get("Id") == number]
                if target:
                    item.set("Target", f"/{target.upper()}")
            part = etree.tostring(root)
        made[name] = part
    return made


def elsewhere(parts: Parts) -> Parts:
    """With another name for the part of the workbook."""
    made = {name.replace("xl/workbook.xml", "xl/book2.xml"): part for name, part in parts.items()}
    made["xl/_rels/book2.xml.rels"] = made.pop("xl/_rels/workbook.xml.rels")
    for name in ("[Content_Types].xml", "_rels/.rels"):
        assert b"xl/workbook.xml" in made[name]
        made[name] = made[name].replace(b"xl/workbook.xml", b"xl/book2.xml")
    return made


def without_places(parts: Parts) -> Parts:
    """With rows and cells that do not say where they stand, as some programs write them."""
    name = sheet_parts(parts)["指标"]
    root = etree.fromstring(parts[name])
    row = 0
    for line in root.iter(f"{{{MAIN}}}row"):
        row, before = int(line.get("r", "")), row
        if row == before + 1:
            del line.attrib["r"]
        for number, cell in enumerate(line, 1):
            if openpyxl.utils.cell.coordinate_to_tuple(cell.get("r"))[1] == number:
                del cell.attrib["r"]
    assert b"<c s=" in etree.tostring(root)
    return {**parts, name: etree.tostring(root)}


def wide(parts: Parts) -> Parts:
    """With the sheets in UTF-16."""
    names = sheet_parts(parts).values()
    return {
        name: etree.tostring(etree.fromstring(part), encoding="UTF-16", xml_declaration=True)
        if name in names
        else part
        for name, part in parts.items()
    }


def without_styles(parts: Parts) -> Parts:
    """Without the part of the styles, which the schema does not ask for."""
    made = dict(parts)
    del made["xl/styles.xml"]
    for name in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
        made[name] = re.sub(rb"<(Override|Relationship) [^>]*styles\.xml[^>]*/>", b"", made[name])
    for name in sheet_parts(made).values():
        made[name] = re.sub(rb' s="\d+"', b"", made[name])
        made[name] = re.sub(rb' dxfId="\d+"', b"", made[name])
    return made


def same(parts: Parts) -> Parts:
    """As it is."""
    return parts


WAYS = (same, strict, prefixed, absolute, elsewhere, without_places, wide, without_styles)


@pytest.fixture(params=WAYS, ids=lambda way: str(way.__name__))
def written(request: pytest.FixtureRequest, full: bytes) -> bytes:
    """The full form in one of these ways."""
    return rewritten(full, request.param)


# --- what may be changed ------------------------------------------------------------------------------


def main_part(parts: Mapping[str, bytes]) -> str:
    return next(name for name in parts if name.lower() in ("xl/workbook.xml", "xl/book2.xml"))


def spelled(parts: Mapping[str, bytes], name: str) -> str:
    """The name of a part as the package writes it."""
    return next(known for known in parts if known.lower() == name.lower())


def may_change(parts: Mapping[str, bytes]) -> set[str]:
    """The parts of the full form that hold a mark, or say which parts there are."""
    book = main_part(parts)
    titles = sheet_parts(parts, book)
    sheets = {spelled(parts, titles[title]) for title in ("指标", "填报说明")}  # the latter was in front
    folder, base = book.split("/")
    return sheets | {
        book,
        f"{folder}/_rels/{base}.rels",
        "xl/styles.xml",
        "xl/comments1.xml",
        "xl/drawings/vmlDrawing1.vml",
        "docProps/custom.xml",
        "docProps/app.xml",
        "[Content_Types].xml",
    }


def canonical(element: Any) -> bytes:
    return bytes(etree.tostring(element, method="c14n", with_tail=False))


def without_marks(part: bytes, marked: set[str]) -> bytes:
    """A worksheet without what a copy may change in it."""
    root = etree.fromstring(part)
    row = 0
    for line in root.iter("{*}row"):
        row = int(line.get("r", row + 1))
        column = 0
        for cell in line:
            place = cell.get("r", "")
            column = openpyxl.utils.cell.coordinate_to_tuple(place)[1] if place else column + 1
            if f"{openpyxl.utils.get_column_letter(column)}{row}" in marked:
                cell.attrib.pop("s", None)
    for view in root.iter("{*}sheetView"):
        view.attrib.pop("tabSelected", None)
    return canonical(root)


def begins_with(before: bytes, after: bytes) -> None:
    """Every list of styles goes on where it ended; everything else is as it was."""
    old, new = etree.fromstring(before), etree.fromstring(after)
    assert [child.tag for child in old] == [child.tag for child in new]
    assert old.nsmap == new.nsmap
    for one, other in zip(old, new, strict=True):
        grows = etree.QName(one).localname in ("fonts", "fills", "borders", "cellXfs")
        assert grows or canonical(one) == canonical(other)
        assert [canonical(c) for c in one] == [canonical(c) for c in other[: len(one)]]
        if grows:
            assert other.get("count") == str(len(other))


def test_every_part_that_holds_no_mark_keeps_its_bytes(definition: Definition, written: bytes) -> None:
    before = parts_in(written)
    copy = annotated_copy(receipt(definition, FINDINGS), written)
    after = parts_in(copy)
    assert before.keys() <= after.keys()
    assert {name for name in before if before[name] != after[name]} <= may_change(before)
    book = main_part(before)
    for title, name in sheet_parts(before, book).items():
        part = spelled(before, name)
        marked = MARKED if title == "指标" else set()
        assert without_marks(before[part], marked) == without_marks(after[part], marked), title
    if "xl/styles.xml" in before:
        begins_with(before["xl/styles.xml"], after["xl/styles.xml"])
    old, new = (etree.fromstring(parts[book]) for parts in (before, after))
    changed = {"sheets", "definedNames", "bookViews"}
    for one, other in zip(old, new, strict=True):
        assert etree.QName(one).localname in changed or canonical(one) == canonical(other)
    old_sheets, new_sheets = (list(root.iterfind("{*}sheets/{*}sheet")) for root in (old, new))
    assert [canonical(item) for item in old_sheets] == [canonical(item) for item in new_sheets[2:-1]]


def test_everything_that_is_referred_to_is_there(definition: Definition, written: bytes) -> None:
    parts = parts_in(annotated_copy(receipt(definition, FINDINGS), written))
    names = {name.lower() for name in parts}
    sources = [name.replace("_rels/", "").removesuffix(".rels") for name in parts if ".rels" in name]
    seen = 0
    for source in sources:
        known = targets(parts, source)
        for kind, target in known.values():
            assert not target or target.lower() in names, (source, kind, target)
            seen += 1
        if source in parts and source.endswith(".xml"):
            root = etree.fromstring(parts[source])
            used = [v for e in root.iter() for k, v in e.attrib.items() if "/relationships}" in k]
            assert set(used) <= known.keys(), source
    assert seen > 20
    types = etree.fromstring(parts["[Content_Types].xml"])
    overrides = [item.get("PartName", "").lower() for item in types if "Override" in item.tag]
    endings = {item.get("Extension", "").lower() for item in types if "Default" in item.tag}
    assert len(overrides) == len(set(overrides))
    assert {name.lstrip("/") for name in overrides} <= names
    for name in names - {"[content_types].xml"}:
        assert f"/{name}" in overrides or name.rpartition(".")[2] in endings, name


def test_the_elements_of_every_sheet_stand_in_the_schemas_order(
    definition: Definition, written: bytes
) -> None:
    parts = parts_in(annotated_copy(receipt(definition, FINDINGS), written))
    sheets = sheet_parts(parts, main_part(parts))
    assert len(sheets) == 8
    for title, name in sheets.items():
        root = etree.fromstring(parts[spelled(parts, name)])
        order = [etree.QName(child).localname for child in root]
        ranks = [ORDER.index(name) for name in order if name in ORDER]
        assert ranks == sorted(ranks), title


def loaded(data: bytes) -> Any:
    """What openpyxl makes of a workbook; it knows one dialect, and part names of one case."""
    parts = transitional(parts_in(data))
    names = {name.lower(): name for name in parts}
    for name in [name for name in parts if name.endswith(".rels")]:
        root = etree.fromstring(parts[name])
        for item in root:
            target = item.get("Target", "")
            if target.isupper() or target.startswith("/"):
                item.set("Target", f"/{names[target.lstrip('/').lower()]}")
        parts[name] = etree.tostring(root)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(io.BytesIO(package(parts)))


def state(book: Any, fonts: bool = True) -> dict[str, Any]:
    """Cells with their looks, validations and merges of the form's own sheets, as openpyxl sees them."""
    seen: dict[str, Any] = {}
    for sheet in book.worksheets:
        if sheet.title in OWN_SHEETS:
            continue
        seen[sheet.title] = (
            [repr(item) for item in sheet.data_validations.dataValidation],
            sorted(str(area) for area in sheet.merged_cells.ranges),
            sheet.print_area,
            sheet.print_title_rows,
            sheet.protection.sheet,
            sheet.sheet_state,
        )
        for row in sheet.iter_rows():
            for cell in row:
                comment = cell.comment and (cell.comment.text, cell.comment.author)
                look = (
                    cell.number_format,
                    fonts and repr(cell.font),
                    repr(cell.border),
                    repr(cell.alignment),
                )
                about = (cell.value, look, repr(cell.protection), fill_of(cell), comment)
                seen[f"{sheet.title}!{cell.coordinate}"] = about
    return seen


def test_openpyxl_sees_the_marks_and_nothing_else(definition: Definition, written: bytes) -> None:
    fonts = "xl/styles.xml" in parts_in(written)  # else every program has its own
    before = state(loaded(written), fonts)
    book = loaded(annotated_copy(receipt(definition, FINDINGS), written))
    assert book.sheetnames[:2] == [layout.RECEIPT_SHEET, layout.PROGRESS_SHEET]
    assert book.sheetnames[-1] == layout.MARKS_SHEET
    assert book.active.title == layout.RECEIPT_SHEET
    assert [s.title for s in book.worksheets if s.sheet_view.tabSelected] == [layout.RECEIPT_SHEET]
    after = state(book, fonts)
    assert before.keys() == after.keys()
    different = {place for place in before if before[place] != after[place]}
    assert different == {f"指标!{cell}" for cell in MARKED}
    for place in different:
        assert before[place][:3] == after[place][:3]
    sheet = book["指标"]
    assert fill_of(sheet["D5"]) == COLOURS[Severity.ERROR]
    assert fill_of(sheet["F6"]) == fill_of(sheet["I6"]) == COLOURS[Severity.CONFIRM]
    note, thread = sheet[NOTE_CELL].comment, sheet[THREAD_CELL].comment
    assert note.author == AUTHOR
    assert note.text.endswith("〔李四的批注〕\n口径有变")
    assert thread.author.startswith("tc={"), "by this its thread is found"
    assert thread.text.endswith("〔原有的批注〕\n[Threaded comment]\n请核对")
    links = {cell.hyperlink.location for row in book.worksheets[0] for cell in row if cell.hyperlink}
    assert {"'指标'!D5", "'指标'!F6", "'指标'!I6"} <= links


def test_marks_go_again_and_leave_no_trace_in_the_sheets(definition: Definition, written: bytes) -> None:
    marked = annotated_copy(receipt(definition, FINDINGS), written)
    plain = annotated_copy(receipt(definition), marked)
    fonts = "xl/styles.xml" in parts_in(written)
    assert state(loaded(plain), fonts) == state(loaded(written), fonts)
    before, after = parts_in(written), parts_in(plain)
    assert not [name for name in after if "sheet8" in name]
    for title, name in sheet_parts(before, main_part(before)).items():
        part = spelled(before, name)
        old, new = etree.fromstring(before[part]), etree.fromstring(after[part])
        assert without_marks(before[part], set()) == without_marks(after[part], set()), title
        assert len(list(old.iter())) == len(list(new.iter()))
    again = annotated_copy(receipt(definition, FINDINGS), plain)
    assert parts_in(again).keys() == parts_in(marked).keys()
    assert state(loaded(again)) == state(loaded(marked))


# --- the copy comes in again --------------------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS, ids=lambda way: str(way.__name__))
def test_the_copy_is_read_like_the_original(
    definition: Definition, full: bytes, way: Callable[[Parts], Parts]
) -> None:
    original = rewritten(full, way)
    copy = annotated_copy(receipt(definition, FINDINGS), original)
    before, after = submitted(original, definition), submitted(copy, definition)
    assert before.value is not None
    assert after.value is not None
    assert replace(before.value, sha256="") == replace(after.value, sha256="")
    assert brief(found(original, definition)) == brief(found(copy, definition))


def test_equal_input_gives_equal_bytes_and_the_seal_holds(
    definition: Definition, written: bytes
) -> None:
    copies = [annotated_copy(receipt(definition, FINDINGS), written) for _ in range(2)]
    assert copies[0] == copies[1]
    seal = read_seal(copies[0])
    assert seal is not None
    assert is_untouched(copies[0], seal)
    assert not is_untouched(rewritten(copies[0], lambda parts: {**parts, "x.bin": b""}), seal)


@needs_office
def test_libreoffice_shows_pictures_and_marks_and_keeps_both(
    definition: Definition, full: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "copy.xlsx"
    path.write_bytes(annotated_copy(receipt(definition, FINDINGS), full))
    saved_again = convert(path, tmp_path / "again", "xlsx").read_bytes()
    parts = parts_in(saved_again)
    assert [part for name, part in parts.items() if name.endswith(".png") and part == picture()]
    assert [name for name in parts if "charts/chart" in name]
    book = loaded(saved_again)
    assert fill_of(book["指标"]["D5"]) == COLOURS[Severity.ERROR]
    plain = loaded(annotated_copy(receipt(definition), saved_again))
    assert not OWN_SHEETS & set(plain.sheetnames) - {layout.RECEIPT_SHEET, layout.PROGRESS_SHEET}
    assert fill_of(plain["指标"]["D5"]) == fill_of(loaded(full)["指标"]["D5"])


# --- single habits of workbooks -----------------------------------------------------------------------


def test_names_of_sheets_follow_them(definition: Definition, full: bytes) -> None:
    def name(parts: Parts) -> None:
        extra = (
            b'<definedName name="local" localSheetId="1">1</definedName>'
            b'<definedName name="all">2</definedName></definedNames>'
        )
        parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"</definedNames>", extra)

    copy = annotated_copy(receipt(definition, FINDINGS), rewritten(full, name))
    for _ in range(2):
        root = etree.fromstring(parts_in(copy)["xl/workbook.xml"])
        sheets = [item.get("name") for item in root.iterfind("{*}sheets/{*}sheet")]
        names = [
            (item.get("name"), sheets[int(item.get("localSheetId"))] if item.get("localSheetId") else "")
            for item in root.iter("{*}definedName")
        ]
        assert ("local", "指标") in names
        assert ("all", "") in names
        assert ("_xlnm.Print_Area", layout.RECEIPT_SHEET) in names
        assert len(names) == len(set(names))
        for item in root.iter("{*}definedName"):
            if item.get("name").startswith("_xlnm.Print"):
                sheet = sheets[int(item.get("localSheetId"))]
                assert str(item.text).startswith(f"'{sheet}'!"), sheet
        copy = annotated_copy(receipt(definition, FINDINGS), copy)


def test_the_list_of_sheets_in_the_properties_follows(definition: Definition, form: bytes) -> None:
    titles = list(sheet_parts(parts_in(form)))
    vector = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
    listed = "".join(f"<vt:lpstr>{title}</vt:lpstr>" for title in [*titles, "指标!Print_Area"])
    app = (
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties" '
        f'xmlns:vt="{vector}"><Application>WPS 表格</Application><HeadingPairs><vt:vector size="4" '
        'baseType="variant"><vt:variant><vt:lpstr>工作表</vt:lpstr></vt:variant><vt:variant><vt:i4>'
        f"{len(titles)}</vt:i4></vt:variant><vt:variant><vt:lpstr>命名范围</vt:lpstr></vt:variant>"
        "<vt:variant><vt:i4>1</vt:i4></vt:variant></vt:vector></HeadingPairs><TitlesOfParts>"
        f'<vt:vector size="{len(titles) + 1}" baseType="lpstr">{listed}</vt:vector></TitlesOfParts>'
        "</Properties>"
    )
    original = rewritten(form, lambda parts: {**parts, "docProps/app.xml": app.encode()})
    parts = parts_in(annotated_copy(receipt(definition, [blank("D5")]), original))
    root = etree.fromstring(parts["docProps/app.xml"])
    now = [item.text for item in root.find("{*}TitlesOfParts/{*}vector")]
    assert now == [*sheet_parts(parts), "指标!Print_Area"]
    assert root.find("{*}TitlesOfParts/{*}vector").get("size") == str(len(now))
    assert [item.text for item in root.iter("{*}i4")] == [str(len(titles) + 3), "1"]


def test_a_cell_that_was_not_there_looks_like_its_row_or_column(
    definition: Definition, form: bytes
) -> None:
    def by_hand(book: Any) -> None:
        sheet = book["指标"]
        sheet["K20"].number_format = "0.000"
        sheet["K21"] = 1

    def whole(parts: Parts) -> None:
        name = sheet_parts(parts)["指标"]
        style = re.search(rb'r="K20" s="(\d+)"', parts[name])
        assert style is not None
        parts[name] = parts[name].replace(
            b"</cols>", b'<col min="14" max="16" style="%s"/></cols>' % style[1]
        )
        row = b'<row r="30" s="%s" customFormat="1"/></sheetData>' % style[1]
        parts[name] = parts[name].replace(b"</sheetData>", row)

    original = rewritten(edited(form, by_hand), whole)
    cells = ("A30", "O40", "O3", "Z99")
    sheet = loaded(annotated_copy(receipt(definition, [blank(c) for c in cells]), original))["指标"]
    formats = [sheet[cell].number_format for cell in cells]
    assert formats == ["0.000", "0.000", "0.000", "General"]
    assert {fill_of(sheet[cell]) for cell in cells} == {COLOURS[Severity.ERROR]}


def test_a_chart_that_is_a_sheet_is_left_alone(definition: Definition, form: bytes) -> None:
    def by_hand(book: Any) -> None:
        sheet = book.create_chartsheet("图表")
        sheet.add_chart(openpyxl.chart.BarChart())

    original = edited(form, by_hand)
    pointing = finding("structure.sheet_unknown", Severity.INFO, "A1", "图表")
    book = loaded(annotated_copy(receipt(definition, [blank("D5"), pointing]), original))
    assert book.sheetnames[-2:] == ["图表", layout.MARKS_SHEET]
    assert fill_of(book["指标"]["D5"]) == COLOURS[Severity.ERROR]


def test_formatting_in_a_persons_comment_comes_back(definition: Definition, full: bytes) -> None:
    runs = (
        b'<text><r><rPr><b/><sz val="9"/></rPr><t>\xe6\x9d\x8e\xe5\x9b\x9b\xef\xbc\x9a</t></r>'
        b"<r><t>\xe8\xaf\xb7\xe6\xa0\xb8\xe5\xaf\xb9</t></r></text>"
    )

    def typed(parts: Parts) -> None:
        root = etree.fromstring(parts["xl/comments1.xml"])
        [comment] = [item for item in root.iter("{*}comment") if item.get("ref") == NOTE_CELL]
        comment.replace(
            comment[0], etree.fromstring(runs.replace(b"<text>", b'<text xmlns="%s">' % MAIN.encode()))
        )
        parts["xl/comments1.xml"] = etree.tostring(root)

    original = rewritten(full, typed)
    marked = annotated_copy(receipt(definition, FINDINGS), original)
    assert loaded(marked)["指标"][NOTE_CELL].comment.text.endswith("的批注〕\n李四：请核对")
    plain = parts_in(annotated_copy(receipt(definition), marked))
    before, after = (
        next(
            i
            for i in etree.fromstring(p["xl/comments1.xml"]).iter("{*}comment")
            if i.get("ref") == NOTE_CELL
        )
        for p in (parts_in(original), plain)
    )
    assert canonical(before[0]) == canonical(after[0])


def test_a_comment_that_leaves_no_room_stays_whole(definition: Definition, form: bytes) -> None:
    words = "长" * 31_500
    original = edited(
        form,
        lambda book: setattr(book["指标"]["D5"], "comment", openpyxl.comments.Comment(words, "李四")),
    )
    sheet = loaded(annotated_copy(receipt(definition, [blank("D5")]), original))["指标"]
    assert (sheet["D5"].comment.text, sheet["D5"].comment.author) == (words, "李四")
    assert fill_of(sheet["D5"]) == COLOURS[Severity.ERROR]


def test_a_legacy_drawing_with_breaks_as_in_html_is_read(definition: Definition, full: bytes) -> None:
    def broken(parts: Parts) -> None:
        name = "xl/drawings/vmlDrawing1.vml"
        part = parts[name].replace(b"</div>", b"a<br>b</div>")
        assert b"<br>" in part
        parts[name] = part

    copy = annotated_copy(receipt(definition, FINDINGS), rewritten(full, broken))
    assert b"_huibao_marks" in parts_in(copy)["xl/workbook.xml"]


def test_what_only_the_old_receipt_had_goes_with_it(definition: Definition, full: bytes) -> None:
    marked = annotated_copy(receipt(definition, FINDINGS), full)

    def printed(parts: Parts) -> None:
        sheet = sheet_parts(parts)[layout.RECEIPT_SHEET]
        parts["xl/printerSettings/printerSettings9.bin"] = b"\0"
        relate(parts, sheet, f"{RELATION}/printerSettings", "xl/printerSettings/printerSettings9.bin")
        relate(parts, sheet, f"{RELATION}/image", "xl/media/image1.png")

    again = parts_in(annotated_copy(receipt(definition), rewritten(marked, printed)))
    assert "xl/printerSettings/printerSettings9.bin" not in again
    assert again["xl/media/image1.png"] == parts_in(full)["xl/media/image1.png"]


def test_the_seal_is_found_wherever_the_properties_lie(definition: Definition, form: bytes) -> None:
    def moved(parts: Parts) -> Parts:
        made = {
            name.replace("docProps/custom.xml", "docProps/Custom1.xml"): p for name, p in parts.items()
        }
        for name in ("[Content_Types].xml", "_rels/.rels"):
            assert b"docProps/custom.xml" in made[name]
            made[name] = made[name].replace(b"docProps/custom.xml", b"docProps/Custom1.xml")
        return made

    copy = annotated_copy(receipt(definition, [blank("D5")]), rewritten(form, moved))
    seal = read_seal(copy)
    assert seal is not None
    assert is_untouched(copy, seal)


# --- bounds -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cells", [10_000, 40_000])
def test_a_large_sheet_is_copied_in_time_that_grows_with_it(
    definition: Definition, form: bytes, cells: int
) -> None:
    def by_hand(book: Any) -> None:
        sheet = book.create_sheet("明细")
        for _ in range(cells // 10):
            sheet.append(["数据", *range(9)])
        sheet.merge_cells("A1:B2")

    original = edited(form, by_hand)
    spots = [
        finding("presence.figure", Severity.ERROR, f"B{row}", "明细", params={"item": "甲"})
        for row in range(1, cells // 10, 4)
    ]
    started = time.process_time()
    copy = annotated_copy(receipt(definition, spots), original)
    assert time.process_time() - started < 0.5 + cells / 5_000
    assert parts_in(copy)["xl/worksheets/sheet9.xml"]


def test_many_styles_are_no_hindrance_and_too_many_are_told(definition: Definition) -> None:
    def with_styles(count: int) -> bytes:
        parts = parts_in(filled_form(definition))
        extra = b'<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>' * count
        parts["xl/styles.xml"] = parts["xl/styles.xml"].replace(b"</cellXfs>", extra + b"</cellXfs>")
        return package(parts)

    many = parts_in(annotated_copy(receipt(definition, [blank("D5")]), with_styles(60_000)))
    assert "xl/worksheets/sheet8.xml" in many
    too_many = parts_in(annotated_copy(receipt(definition, [blank("D5")]), with_styles(64_000)))
    assert len(sheet_parts(too_many)) == 2


def test_a_sheet_without_its_part_gets_the_receipt_alone(definition: Definition, form: bytes) -> None:
    def torn(parts: Parts) -> None:
        del parts[sheet_parts(parts)["渔港清单"]]

    parts = parts_in(annotated_copy(receipt(definition, [blank("D5")]), rewritten(form, torn)))
    assert list(sheet_parts(parts)) == [layout.RECEIPT_SHEET, layout.PROGRESS_SHEET]


def test_the_receipt_alone_opens_without_a_complaint(definition: Definition) -> None:
    data = annotated_copy(receipt(definition, [Finding("format.damaged", Severity.ERROR)]), None)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == [layout.RECEIPT_SHEET, layout.PROGRESS_SHEET]
    assert saved(book)[:2] == b"PK"


def many_authors(parts: Parts) -> None:
    """As many comments as authors, and as many shapes as either, without the type of a box."""
    number = 15_000
    name = sheet_parts(parts)["指标"]
    root = etree.fromstring(parts["xl/comments1.xml"])
    authors, comments = root.find(f"{{{MAIN}}}authors"), root.find(f"{{{MAIN}}}commentList")
    assert authors is not None
    assert comments is not None
    shapes = []
    for place in range(number):
        etree.SubElement(authors, f"{{{MAIN}}}author").text = f"人{place}"
        made = etree.SubElement(comments, f"{{{MAIN}}}comment", ref=f"K{place + 100}")
        made.set("authorId", str(place))
        words = etree.SubElement(etree.SubElement(made, f"{{{MAIN}}}text"), f"{{{MAIN}}}t")
        words.text = f"（校验回执第 {place} 条）"
        shapes.append(f'<v:shape id="_x0000_s{place + 3000}" style="{"width:1" * 20}"/>')
    parts["xl/comments1.xml"] = etree.tostring(root)
    drawing = "xl/drawings/vmlDrawing1.vml"
    parts[drawing] = parts[drawing].replace(b"</xml>", "".join(shapes).encode() + b"</xml>")
    rows = "".join(
        f'<row r="{place + 100}"><c r="K{place + 100}" s="1"/></row>' for place in range(number)
    )
    parts[name] = parts[name].replace(b"</sheetData>", f"{rows}</sheetData>".encode())


def many_looks(parts: Parts) -> None:
    """A sheet of marks that gives every cell a look of its own."""
    number = 20_000
    styles = etree.fromstring(parts["xl/styles.xml"])
    fills, formats = styles.find(f"{{{MAIN}}}fills"), styles.find(f"{{{MAIN}}}cellXfs")
    assert fills is not None
    assert formats is not None
    colour = '<fgColor rgb="FFFFC7CE"/>'
    fill = f'<fill><patternFill patternType="solid">{colour}</patternFill></fill>'
    fills.extend(etree.fromstring(f'<fills xmlns="{MAIN}">{fill}</fills>'))
    first = len(formats)
    for place in range(number):
        look = {"numFmtId": "0", "fontId": "0", "borderId": "0", "fillId": str(len(fills) - 1)}
        etree.SubElement(formats, f"{{{MAIN}}}xf", look | {"xfId": "0", "quotePrefix": str(place % 2)})
    parts["xl/styles.xml"] = etree.tostring(styles)
    sheet = sheet_parts(parts)["指标"]
    cells = "".join(
        f'<row r="{n + 100}"><c r="K{n + 100}" s="{first + n}"/></row>' for n in range(number)
    )
    parts[sheet] = parts[sheet].replace(b"</sheetData>", f"{cells}</sheetData>".encode())
    rows = "".join(
        f'<row><c t="inlineStr"><is><t>指标</t></is></c><c t="inlineStr"><is><t>K{n + 100}</t></is></c>'
        f'<c t="inlineStr"><is><t>{n}</t></is></c><c s="{first + number - 1 - n}"/></row>'
        for n in range(number)
    )
    marks = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    add(parts, "xl/worksheets/sheet20.xml", marks, "x")
    number_of = relate(parts, "xl/workbook.xml", f"{RELATION}/worksheet", "xl/worksheets/sheet20.xml")
    named = f'<sheet name="{layout.MARKS_SHEET}" sheetId="99" xmlns:r="{RELATION}" r:id="{number_of}"/>'
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(
        b"</sheets>", f"{named}</sheets>".encode()
    )


def one_long_text(parts: Parts) -> None:
    """One text as long as a cell takes, in every cell where a header could stand."""
    text = " " * 32_000
    add(parts, "xl/sharedStrings.xml", f'<sst xmlns="{MAIN}"><si><t>{text}</t></si></sst>', "x")
    relate(parts, "xl/workbook.xml", f"{RELATION}/sharedStrings", "xl/sharedStrings.xml")
    name = sheet_parts(parts)["文字材料"]
    cell = '<c t="s"><v>0</v></c>'
    rows = f"<row>{cell * 2_000}</row>" * 30
    data = f"<sheetData>{rows}</sheetData>".encode()
    parts[name] = re.sub(rb"<sheetData>.*</sheetData>", lambda _: data, parts[name], flags=re.DOTALL)


@pytest.mark.parametrize("way", [many_authors, many_looks, one_long_text], ids=lambda w: w.__name__)
def test_what_is_made_to_take_long_does_not(
    definition: Definition, full: bytes, way: Callable[[Parts], None]
) -> None:
    spots = [blank(f"K{row}") for row in range(100, 5_100)]
    asked = [replace(doubtful("D4"), sheet="文字材料")]
    original = rewritten(full, way)
    started = time.process_time()
    parts = parts_in(annotated_copy(receipt(definition, [*spots, *asked]), original))
    assert time.process_time() - started < 10
    assert list(sheet_parts(parts))[-1] == layout.MARKS_SHEET


def mutated(data: bytes, seed: int) -> bytes:
    """A package with one to three elements or attributes taken out of, or put twice into, its XML."""
    chance = random.Random(seed)
    parts = parts_in(data)
    names = sorted(name for name in parts if name.endswith((".xml", ".rels", ".vml")))
    for name in chance.choices(names, k=chance.randint(1, 3)):
        root = etree.fromstring(parts[name])
        elements = [item for item in root.iter() if isinstance(item.tag, str)]
        element = chance.choice(elements)
        parent = element.getparent()
        what = chance.randrange(3)
        if what == 0 and element.attrib:
            del element.attrib[chance.choice(sorted(element.attrib))]
        elif what == 1 and parent is not None:
            parent.remove(element)
        elif parent is not None:
            element.addnext(copy(element))
        parts[name] = etree.tostring(root)
    return package(parts)


def test_a_copy_of_an_odd_workbook_is_read_like_it(definition: Definition, full: bytes) -> None:
    alike = 0
    for seed in range(MUTATIONS):
        odd = mutated(full, seed)
        made = annotated_copy(receipt(definition, FINDINGS), odd)
        titles = list(sheet_parts(parts_in(made)))
        assert titles[:2] == [layout.RECEIPT_SHEET, layout.PROGRESS_SHEET]
        before = submitted(odd, definition)
        if before.value is None or len(titles) == 2:
            continue
        after = submitted(made, definition)
        assert after.value is not None, seed
        assert replace(before.value, sha256="") == replace(after.value, sha256=""), seed
        assert brief(before.findings) == brief(after.findings), seed
        alike += 1
    assert alike > MUTATIONS / 3
