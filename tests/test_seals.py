"""The seal of a form: what it is made of, how it travels, and what is told where it does not hold."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from dataclasses import astuple, fields, replace
from itertools import product
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.packaging.custom import StringProperty

from generators.excel.workbook import read_workbook
from generators.forms import layout
from generators.forms.sealing import SealKey, is_seal_of, key_of
from generators.forms.write import write_form
from generators.intake.identity import Claim, read_claim
from generators.messages import line, message
from generators.model import Definition, FormIdentity, Result, Severity
from generators.returns import Receipt, annotated_copy
from generators.validation.envelope import check_envelope
from generators.validation.folders import check_folder, folder_owners
from generators.validation.seals import Seals, check_seal, settled
from tests.office import convert, needs_office
from tests.workbooks import (
    DEFINITION,
    FILLED,
    brief,
    changed,
    edited,
    fill,
    saved,
    sound_definition,
    submitted,
)

KEY, ANOTHER = SealKey(bytes(range(32))), SealKey(bytes(range(1, 33)))
FILE = "渔业局-2031.xlsx"
IDENTITY = FormIdentity("lianxi", "yy", "2031", "3")
PARTS = [field.name for field in fields(FormIdentity)]
DEFINED = sound_definition()
FORM = fill(write_form(DEFINED, "yy", KEY), FILLED)
"""What 渔业局 hands in."""


def claim_in(data: bytes) -> Claim:
    book = read_workbook(data, FILE).value
    claim = book and read_claim(book)
    assert claim is not None
    return claim


def refused(
    claim: Claim, key: SealKey | None = KEY, definition: Definition = DEFINED
) -> tuple[str, ...]:
    """The codes of what stands against a form, in the order in which a run looks."""
    found = [*check_envelope(claim.identity, definition, FILE)]
    found = found or [*check_seal(claim, key, definition, FILE)]
    return tuple(item.code for item in found)


def told(data: bytes, key: SealKey | None = KEY) -> list[str]:
    """What the seal of a workbook gives to say, in Chinese."""
    return [message(item) for item in check_seal(claim_in(data), key, DEFINED, FILE)]


# --- what a seal is made of -----------------------------------------------------------------------

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
identities = st.builds(FormIdentity, texts, texts, texts, texts)


@given(identities, identities)
def test_two_seals_are_equal_only_where_all_four_parts_are(one: FormIdentity, two: FormIdentity) -> None:
    assert (KEY.seal(one) == KEY.seal(two)) is (one == two)
    assert is_seal_of(KEY.seal(one), two, KEY) is (one == two)
    assert not is_seal_of(ANOTHER.seal(one), one, KEY)


@given(st.lists(texts, min_size=4, max_size=4), st.integers(0, 2), st.integers(1, 8))
def test_no_part_can_give_letters_to_its_neighbour(parts: list[str], place: int, moved: int) -> None:
    """``ab`` + ``c`` is another form than ``a`` + ``bc``."""
    first, second = parts[place], parts[place + 1]
    shifted = [*parts]
    shifted[place], shifted[place + 1] = first[:-moved], first[-moved:] + second
    if shifted != parts:
        assert KEY.seal(FormIdentity(*parts)) != KEY.seal(FormIdentity(*shifted))


def test_a_seal_names_its_key_and_tells_nothing_of_it() -> None:
    seal = KEY.seal(IDENTITY)
    assert key_of(seal) == KEY.id != ANOTHER.id
    for text in ("", "1-", seal[:-1], f"{seal}0", f"{seal}\n", seal.upper(), seal.replace("1-", "2-")):
        assert key_of(text) is None
    secret = [KEY.secret.hex(), base64.b64encode(KEY.secret).decode(), str(KEY.secret)]
    shown = f"{KEY!r} {KEY} {[KEY]} {seal} {KEY.id}"
    assert [text for text in secret if text[:12] in shown] == []


# --- any change is refused ------------------------------------------------------------------------

SOUND = Claim(IDENTITY, IDENTITY, (KEY.seal(IDENTITY),))


@given(st.sampled_from(PARTS), texts.filter(bool))
def test_a_change_of_any_part_is_refused(part: str, text: str) -> None:
    assert refused(SOUND) == ()
    other = replace(IDENTITY, **{part: text})
    if other == IDENTITY:
        return
    assert len(refused(replace(SOUND, identity=other, other=other))) == 1
    assert len(refused(replace(SOUND, identity=other))) == 1
    assert len(refused(replace(SOUND, other=other))) == 1
    # And were the pack itself changed so that it asks for just that, the seal would still tell.
    settings = replace(DEFINED.settings, period=other.period, form_version=other.form_version)
    asking = replace(DEFINED, pack=other.pack, settings=settings)
    if part != "department":
        [code] = refused(replace(SOUND, identity=other, other=other), definition=asking)
        assert code.startswith("seal.")


def test_a_change_of_any_digit_of_the_seal_is_refused() -> None:
    seal = SOUND.seals[0]
    places = [place for place, letter in enumerate(seal) if letter != "-"]
    for place, digit in product(places, "0123456789abcdefABCDEF"):
        if digit != seal[place]:
            wrong = seal[:place] + digit + seal[place + 1 :]
            assert refused(replace(SOUND, seals=(wrong,))) in (("seal.wrong",), ("seal.key",))
            assert refused(replace(SOUND, seals=(seal, wrong))) == ("seal.wrong",)


# --- in the workbook ------------------------------------------------------------------------------


def test_equal_input_and_an_equal_key_give_equal_bytes() -> None:
    again = SealKey(bytes(range(32)))
    assert write_form(DEFINED, "yy", KEY) == write_form(sound_definition(), "yy", again)
    assert write_form(DEFINED, "yy", KEY) != write_form(DEFINED, "yy", ANOTHER)
    assert write_form(DEFINED, "yy", KEY) != write_form(DEFINED, "yy")


def test_the_seal_stands_beside_the_identity_where_no_clerk_sees_it() -> None:
    book: Any = openpyxl.load_workbook(io.BytesIO(write_form(DEFINED, "yy", KEY)))
    sheet = book[layout.IDENTITY_SHEET]
    assert sheet.sheet_state == "veryHidden"
    assert [*sheet.values] == [
        ("pack", "lianxi"),
        ("department", "yy"),
        ("period", "2031"),
        ("form_version", "3"),
        ("seal", KEY.seal(IDENTITY)),
    ]
    assert {item.name: item.value for item in book.custom_doc_props.props}["huibao_seal"] == KEY.seal(
        IDENTITY
    )
    shown = [page for page in book if page.sheet_state == "visible"]
    assert not any(KEY.id in str(value) for page in shown for row in page.values for value in row)


def test_without_a_key_a_form_is_as_it_always_was() -> None:
    book: Any = openpyxl.load_workbook(io.BytesIO(write_form(DEFINED, "yy")))
    assert [row[0] for row in book[layout.IDENTITY_SHEET].values] == [*layout.IDENTITY_KEYS]
    assert len(book.custom_doc_props.props) == len(layout.IDENTITY_KEYS)


def test_a_sealed_form_says_the_same_as_one_without_a_seal() -> None:
    assert brief(submitted(FORM, DEFINED).findings) == []
    unsealed = submitted(fill(write_form(DEFINED, "yy"), FILLED), DEFINED).value
    sealed = submitted(FORM, DEFINED).value
    assert sealed and unsealed
    assert replace(sealed, sha256="", saved_at="") == replace(unsealed, sha256="", saved_at="")


Change = Callable[[Any], object]


def in_sheet(key: str, text: str | None) -> Change:
    """What the very hidden sheet says is edited."""

    def change(book: Any) -> None:
        sheet = book[layout.IDENTITY_SHEET]
        next(row[1] for row in sheet.iter_rows() if row[0].value == key).value = text

    return change


def in_properties(key: str, text: str) -> Change:
    """What the document's properties say is edited."""

    def change(book: Any) -> None:
        name = layout.property_name(key)
        del book.custom_doc_props[name]
        book.custom_doc_props.append(StringProperty(name=name, value=text))

    return change


def in_both(key: str, text: str) -> Change:
    def change(book: Any) -> None:
        in_sheet(key, text)(book)
        in_properties(key, text)(book)

    return change


def without_sheet(book: Any) -> None:
    del book[layout.IDENTITY_SHEET]


def without_properties(book: Any) -> None:
    for name in [*book.custom_doc_props.names]:
        del book.custom_doc_props[name]


def without_seal(book: Any) -> None:
    in_sheet("seal", None)(book)
    del book.custom_doc_props[layout.property_name("seal")]


EDITED = {
    "another department": (
        in_both("department", "jt"),
        "seal.department 表内的标识被改动过：这份表是下发给“渔业局”的，现在写的是“交通局”",
    ),
    "another department in the sheet": (
        in_sheet("department", "jt"),
        "seal.department 表内的标识被改动过：这份表是下发给“渔业局”的，现在写的是“交通局”",
    ),
    "another department in the properties": (
        in_properties("department", "jt"),
        "seal.department 表内的标识被改动过：这份表是下发给“渔业局”的，现在写的是“交通局”",
    ),
    "a department that nobody knows": (
        in_both("department", "xx"),
        "envelope.department 填报表的单位代码“xx”不在本次报告的部门名单中",
    ),
    "another period": (
        in_both("period", "2032"),
        "envelope.period 填报表的报告期是“2032”，本次报告期是“2031”",
    ),
    "another version": (
        in_both("form_version", "4"),
        "envelope.form_version 填报表是第 4 版，现行版本是第 3 版",
    ),
    "another version in the properties": (
        in_properties("form_version", "2"),
        "seal.form_version 表内的标识被改动过：这份表下发时是第 3 版，现在写的是第 2 版",
    ),
    "another pack": (
        in_both("pack", "wenhu"),
        "envelope.pack 这是另一份报告（套件 wenhu）的填报表，"
        "不属于本次的“临溪区渔业发展报告”（套件 lianxi）",
    ),
    "another pack in the properties": (
        in_properties("pack", "wenhu"),
        "seal.pack 表内的标识被改动过：这份表是为另一份报告（套件 lianxi）下发的，现在写的是套件 wenhu",
    ),
    "no seal": (
        without_seal,
        "seal.missing 填报表没有封印：不是本程序下发给“渔业局”的原表，或是加封以前下发的旧表",
    ),
    "a seal from another key": (
        in_both("seal", ANOTHER.seal(IDENTITY)),
        "seal.key 填报表的封印不是用本工作文件夹现在的密钥加的：密钥已更换，或这是别处下发的表",
    ),
    "the seal of another form": (
        in_both("seal", KEY.seal(replace(IDENTITY, department="jt"))),
        "seal.department 表内的标识被改动过：这份表是下发给“交通局”的，现在写的是“渔业局”",
    ),
    "last year's seal": (
        in_both("seal", KEY.seal(replace(IDENTITY, period="2030"))),
        "seal.period 表内的标识被改动过：这份表是为报告期“2030”下发的，现在写的是“2031”",
    ),
    "the seal of an older version": (
        in_both("seal", KEY.seal(replace(IDENTITY, form_version="1"))),
        "seal.form_version 表内的标识被改动过：这份表下发时是第 1 版，现在写的是第 3 版",
    ),
    "two parts edited": (
        in_both("seal", KEY.seal(FormIdentity("lianxi", "jt", "2030", "3"))),
        "seal.wrong 填报表的封印不对：封印或表内的标识被改动过",
    ),
    "another seal in one of the two places": (
        in_sheet("seal", KEY.seal(replace(IDENTITY, department="jt"))),
        "seal.wrong 填报表的封印不对：封印或表内的标识被改动过",
    ),
    "a text in the place of the seal": (
        in_both("seal", "已盖章"),
        "seal.wrong 填报表的封印不对：封印或表内的标识被改动过",
    ),
}


@pytest.mark.parametrize("case", EDITED)
def test_an_edited_form_is_refused_with_the_reason(case: str) -> None:
    change, expected = EDITED[case]
    claim = claim_in(edited(FORM, change))
    found = [*check_envelope(claim.identity, DEFINED, FILE)] or [*check_seal(claim, KEY, DEFINED, FILE)]
    assert [f"{item.code} {message(item)}" for item in found] == [expected]
    assert found[0].severity is Severity.ERROR
    for language in ("zh", "en"):
        shown = line(found[0], language)
        assert "{" not in shown and "⟨" not in shown and "“”" not in shown


@pytest.mark.parametrize("lost", [without_sheet, without_properties], ids=lambda lost: lost.__name__)
def test_either_place_may_be_lost(lost: Change) -> None:
    assert refused(claim_in(edited(FORM, lost))) == ()
    assert refused(claim_in(edited(FORM, lost)), ANOTHER) == ("seal.key",)


def test_a_workbook_made_from_scratch_is_refused() -> None:
    made: Any = openpyxl.Workbook()
    sheet = made.create_sheet(layout.IDENTITY_SHEET)
    for row in zip(layout.IDENTITY_KEYS, astuple(IDENTITY), strict=True):
        sheet.append(row)
    assert refused(claim_in(saved(made))) == ("seal.missing",)
    sheet.append(("seal", f"1-{KEY.id}-{64 * '0'}"))
    assert refused(claim_in(saved(made))) == ("seal.wrong",)


def test_where_there_is_no_key_a_seal_is_not_checked_and_that_is_said() -> None:
    assert refused(claim_in(FORM), None) == ("seal.unchecked",)
    assert told(FORM, None) == ["填报表有封印，但工作文件夹没有密钥，无法核对，已照常读取"]
    assert refused(claim_in(write_form(DEFINED, "yy")), None) == ()


def test_a_correction_in_the_copy_that_came_back_bears_the_seal() -> None:
    receipt = Receipt(DEFINED, "yy", FILE, rejected=False)
    once = annotated_copy(receipt, FORM)
    twice = annotated_copy(receipt, fill(once, changed(FILLED, "指标", ("12.3", "12.4"))))
    for copy in (once, twice):
        assert refused(claim_in(copy)) == ()


@needs_office
def test_saving_in_libreoffice_keeps_the_seal(tmp_path: Path) -> None:
    source = tmp_path / FILE
    source.write_bytes(FORM)
    first = convert(source, tmp_path / "once", "xlsx")
    again = convert(first, tmp_path / "twice", "xlsx")
    through = convert(convert(source, tmp_path / "ods", "ods"), tmp_path / "thrice", "xlsx")
    for path in (first, again, through):
        data = path.read_bytes()
        assert data != FORM
        assert claim_in(data) == SOUND
        assert refused(claim_in(data)) == ()
        assert brief(submitted(data, DEFINED).findings) == []
        for lost in (without_sheet, without_properties):
            assert refused(claim_in(edited(data, lost))) == ()


# --- what was accepted before ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "accepted", "outcome"),
    [
        (without_seal, [], "refused"),
        (without_seal, ["this"], "stands"),
        (without_seal, ["other", "this"], "stands"),
        (without_seal, ["this", "other"], "gives way"),
        (in_both("seal", ANOTHER.seal(IDENTITY)), ["this"], "stands"),
        (in_both("seal", KEY.seal(replace(IDENTITY, department="jt"))), ["this"], "refused"),
        (in_both("seal", "已盖章"), ["this"], "refused"),
    ],
)
def test_what_was_accepted_before_there_was_a_key_stands(
    change: Change, accepted: list[str], outcome: str
) -> None:
    data = edited(FORM, change)
    form = submitted(data, DEFINED).value
    assert form is not None
    faults = tuple(check_seal(claim_in(data), KEY, DEFINED, FILE))
    shas = [form.sha256 if item == "this" else "0" * 64 for item in accepted]
    read, unsealed = settled(Result(form, faults), Seals(KEY, {"yy": shas}))
    if outcome == "refused":
        assert (read, unsealed) == (Result(None, faults), ())
    else:
        assert read.value is form
        assert brief(read.findings) == ["seal.stands"]
        assert unsealed == (faults if outcome == "gives way" else ())


# --- folders ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "department", "wrong"),
    [
        ("a.xlsx", "jt", ""),
        ("渔业局.xlsx", "jt", ""),
        ("渔业局/a.xlsx", "yy", ""),
        ("yy/a.xlsx", "yy", ""),
        ("YY/a.xlsx", "yy", ""),
        ("渔业局/2031/第一次/a.xlsx", "yy", ""),
        ("2031/交通局/a.xlsx", "jt", ""),
        ("其他/a.xlsx", "jt", ""),
        ("渔业局/a.xlsx", "jt", "渔业局"),
        ("yy/a.xlsx", "jt", "yy"),
        ("2031/jt/a.xlsx", "yy", "jt"),
        ("渔业局/交通局/a.xlsx", "jt", "渔业局"),
    ],
)
def test_a_form_belongs_into_the_folder_of_its_department(
    name: str, department: str, wrong: str
) -> None:
    found = [*check_folder(department, name, DEFINED, name)]
    assert [item.code for item in found] == (["envelope.folder"] if wrong else [])
    if wrong:
        form = DEFINED.department_name(department)
        assert message(found[0]) == f"文件放在“{wrong}”的文件夹里，却是“{form}”的填报表"
        assert found[0].department == folder_owners(name, DEFINED)[1][0] != department


def test_a_department_whose_name_no_folder_can_have_is_found_by_the_name_it_gets() -> None:
    tables = changed(DEFINITION, "部门", ("渔业局", "渔业/渔港局"))
    for sheet in ("指标", "清单", "文字材料"):
        tables = changed(tables, sheet, ("渔业局", "yy"))
    definition = sound_definition(tables)
    assert folder_owners("渔业_渔港局/a.xlsx", definition) == ("渔业_渔港局", ("yy",))
