"""The ledger: vintages, what was read, what was found, and a ledger that older programs wrote."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators import ledger as module
from generators.ledger import Ledger, sqlite_url
from generators.messages import line
from generators.model import (
    Cell,
    Explanation,
    Finding,
    FormIdentity,
    Measure,
    NarrativeText,
    Observation,
    ObservationStatus,
    Operand,
    Reading,
    RegisterRow,
    Result,
    Severity,
    Submission,
)
from tests.workbooks import filled_form, found, sound_definition, submitted

MONDAY = dt.datetime(2031, 12, 1, 9, 0, tzinfo=dt.UTC)
IDENTITY = FormIdentity("lianxi", "yy", "2031", "3")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "workbooks" / "ledger.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with Ledger(sqlite_url(path)) as opened:
        yield opened


def submission(content: str, department: str = "yy", period: str = "2031") -> Submission:
    identity = replace(IDENTITY, department=department, period=period)
    value = Cell("指标", 5, 4, "D5", Decimal("12.30"), "12.30", "0.0")
    observation = Observation("S1-01", Measure.ACTUAL, Reading(value, Decimal("12.30")))
    blank = Observation("S1-01", Measure.PREVIOUS, Reading(Cell("指标", 5, 5, "E5")))
    return Submission(identity, "渔业局.xlsx", content * 64, "2031-12-01", (observation, blank))


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


# --- vintages ---------------------------------------------------------------------------------


def test_every_new_content_is_a_new_vintage(ledger: Ledger) -> None:
    handed_in = [
        ("a", 1),  # the first
        ("a", 1),  # the same file again
        ("b", 2),  # a correction
        ("b", 2),
        ("a", 3),  # back to what it was: the third word of the department, not the first
        ("c", 4),
    ]
    for content, vintage in handed_in:
        assert ledger.accept(submission(content), MONDAY) == vintage
    kept = ledger.vintages("lianxi", "2031")["yy"]
    assert [(item.number, item.sha256[0]) for item in kept] == [(1, "a"), (2, "b"), (3, "a"), (4, "c")]


def test_departments_periods_and_packs_count_by_themselves(ledger: Ledger) -> None:
    other_pack = replace(submission("a"), identity=replace(IDENTITY, pack="yuebao"))
    for item in (submission("a"), submission("a", "jt"), submission("a", period="2032"), other_pack):
        assert ledger.accept(item, MONDAY) == 1
    assert ledger.accept(submission("b", "jt"), MONDAY) == 2
    counted = {key: len(items) for key, items in ledger.vintages("lianxi", "2031").items()}
    assert counted == {"yy": 1, "jt": 2}
    assert ledger.vintages("lianxi", "2033") == {}


def test_a_vintage_says_what_was_taken_in_and_when(ledger: Ledger) -> None:
    ledger.accept(submission("a"), MONDAY)
    [kept] = ledger.vintages("lianxi", "2031")["yy"]
    assert (kept.file, kept.sha256, kept.saved_at) == ("渔业局.xlsx", "a" * 64, "2031-12-01")
    assert kept.received_at == "2031-12-01T09:00:00+00:00"


def test_observations_are_kept_with_their_cells_and_blank_ones_are_not(
    ledger: Ledger, path: Path
) -> None:
    ledger.accept(submission("a"), MONDAY)
    kept = rows(path, "SELECT indicator, measure, value, raw, sheet, cell, status FROM observation")
    assert kept == [("S1-01", "actual", "12.3", "12.30", "指标", "D5", "A")]


def test_an_earlier_vintage_is_never_overwritten(ledger: Ledger, path: Path) -> None:
    for content in "ab":
        ledger.accept(submission(content), MONDAY)
    assert rows(path, "SELECT COUNT(*) FROM observation") == [(2,)]


# --- readings ---------------------------------------------------------------------------------


def odd_submission() -> Submission:
    """A submission with a value of every kind that a cell can hold."""
    cells = [
        Cell("指标", 5, 4, "D5", Decimal("12.30"), "12.30", "0.0%", "=A1", None),
        Cell("指标", 6, 4, "D6", "12.30", "12.30", "@"),
        Cell(
            "指标", 7, 4, "D7", dt.datetime(2031, 12, 3, 9, 30), "2031-12-03 09:30", "m/d", None, "date"
        ),
        Cell("指标", 8, 4, "D8", True, "TRUE", problem="boolean"),
        Cell("指标", 9, 4, "D9", '{"decimal": "1"}', '{"decimal": "1"}'),
        Cell("指标", 10, 4, "D10", Decimal("1E-7"), "1E-7"),
        Cell("指标", 11, 4, "D11", "2031-12-03T09:30:00", "2031-12-03T09:30:00"),
        Cell("指标", 12, 4, "D12", "", ""),
        Cell("指标", 13, 4, "D13"),
    ]
    readings = [
        Reading(cells[0], Decimal("1230"), None, ("normalised.text",), "1230"),
        Reading(cells[1], "12.30"),
        Reading(cells[2], problem="type.date"),
        *(Reading(cell) for cell in cells[3:]),
    ]
    return Submission(
        IDENTITY,
        "渔业局.xlsx",
        "a" * 64,
        "",
        tuple(
            Observation(f"S{n}", Measure.TARGET, reading, ObservationStatus.FORECAST)
            for n, reading in enumerate(readings)
        ),
        (RegisterRow("R1", 5, {"渔港名称": readings[1], "总投资": readings[0]}),),
        (NarrativeText("N1", cells[1], "第一段。\n“第二段”。"),),
        (Explanation("S1", cells[1], "冲减上年"),),
    )


def finding() -> Finding:
    operand = Operand("'指标'!$D$5", "-1", "-1", "亿元", 1)
    params = {
        "indicator": "渔业总产值",
        "measure": "actual",
        "value": "-1",
        "unit": "亿元",
        "bounds": "≥0",
    }
    return Finding(
        "range.level",
        Severity.CONFIRM,
        "yy",
        "旧名.xlsx",
        "指标",
        "D5",
        params,
        (operand, replace(operand, decimals=None)),
        "冲减上年",
    )


def test_what_was_read_comes_back_as_it_was(ledger: Ledger) -> None:
    read = Result(odd_submission(), (finding(),))
    ledger.keep_reading("a" * 64, "definition", read)
    again = ledger.reading("a" * 64, "definition", "渔业局.xlsx")
    assert again is not None
    assert again.value == odd_submission()
    assert again.findings == (replace(finding(), file="渔业局.xlsx"),)
    assert again.value is not None
    for before, after in zip(odd_submission().observations, again.value.observations, strict=True):
        assert type(before.reading.cell.value) is type(after.reading.cell.value)
        assert str(before.reading.value) == str(after.reading.value)  # 12.30 is not 12.3


def test_a_file_goes_by_its_present_name(ledger: Ledger) -> None:
    ledger.keep_reading("a" * 64, "definition", Result(odd_submission(), (finding(),)))
    again = ledger.reading("a" * 64, "definition", "改名.xlsx")
    assert again is not None
    assert again.value is not None
    assert {again.value.file, *(item.file for item in again.findings)} == {"改名.xlsx"}


def test_what_could_not_be_read_is_known_too(ledger: Ledger) -> None:
    refused = Finding("format.encrypted", Severity.ERROR, file="a.xlsx")
    ledger.keep_reading("a" * 64, "definition", Result(None, (refused,)))
    assert ledger.reading("a" * 64, "definition", "a.xlsx") == Result(None, (refused,))


def test_another_definition_or_file_was_not_read(ledger: Ledger) -> None:
    ledger.keep_reading("a" * 64, "definition", Result(odd_submission()))
    assert ledger.reading("a" * 64, "other", "a.xlsx") is None
    assert ledger.reading("b" * 64, "definition", "a.xlsx") is None


def test_a_reading_may_be_replaced(ledger: Ledger) -> None:
    for name in ("first", "second"):
        changed = replace(odd_submission(), saved_at=name)
        ledger.keep_reading("a" * 64, "definition", Result(changed))
    again = ledger.reading("a" * 64, "definition", "渔业局.xlsx")
    assert again is not None
    assert again.value is not None
    assert again.value.saved_at == "second"


def test_a_reading_that_is_no_longer_understood_is_none(ledger: Ledger, path: Path) -> None:
    ledger.keep_reading("a" * 64, "definition", Result(odd_submission(), (finding(),)))
    for column, text in (("findings", '[{"rule": "range"}]'), ("submission", '{"identity": 1')):
        connection = sqlite3.connect(path)
        connection.execute(f"UPDATE reading SET {column} = ?", (text,))
        connection.commit()
        connection.close()
        assert ledger.reading("a" * 64, "definition", "渔业局.xlsx") is None


def test_a_real_form_comes_back_as_it_was(ledger: Ledger) -> None:
    definition = sound_definition()
    read = submitted(filled_form(definition), definition)
    ledger.keep_reading("f" * 64, definition.digest, read)
    assert ledger.reading("f" * 64, definition.digest, "渔业局-2031.xlsx") == read


@given(
    st.one_of(
        st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30),
        st.decimals(allow_nan=False, allow_infinity=False),
        st.datetimes(),
        st.booleans(),
        st.none(),
    )
)
def test_any_cell_comes_back_as_it_was(value: Decimal | str | dt.datetime | bool | None) -> None:
    cell = Cell("指标", 5, 4, "D5", value, "x")
    row = RegisterRow("R1", 5, {"列": Reading(cell)})
    before = Submission(IDENTITY, "a.xlsx", "a" * 64, rows=(row,))
    after = module._from_json(module._to_json(before), Submission)
    assert after == before
    kept = after.rows[0].readings["列"].cell.value
    assert type(kept) is type(value)
    assert str(kept) == str(value)


# --- runs -------------------------------------------------------------------------------------


def test_findings_come_back_as_they_were_and_in_their_order(ledger: Ledger) -> None:
    findings = (
        finding(),
        Finding("missing.department", Severity.ERROR, "jt", params={"department": "交通局"}),
        Finding("run.no_submission", Severity.ERROR),
    )
    ledger.record_run("lianxi", "2031", 1, {"yy": 2}, {"a.docx": "0" * 64}, findings)
    assert ledger.last_findings("lianxi", "2031") == findings


def test_the_last_run_counts_also_where_it_found_nothing(ledger: Ledger) -> None:
    assert ledger.last_findings("lianxi", "2031") is None
    first = ledger.record_run("lianxi", "2031", 1, {}, {}, (finding(),))
    second = ledger.record_run("lianxi", "2031", 0, {}, {}, ())
    assert second > first
    assert ledger.last_findings("lianxi", "2031") == ()
    assert ledger.last_findings("lianxi", "2032") is None
    assert ledger.last_findings("yuebao", "2031") is None


def test_findings_of_real_forms_come_back_as_they_were(ledger: Ledger) -> None:
    definition = sound_definition()
    findings = tuple(
        found(filled_form(definition, {"指标": "| 指标代码 | 本年预计 |\n| S1-01 | -1 |"}), definition)
    )
    assert len(findings) > 3
    ledger.record_run("lianxi", "2031", 1, {}, {}, findings)
    again = ledger.last_findings("lianxi", "2031")
    assert again == findings
    assert [line(item) for item in again] == [line(item) for item in findings]


# --- the file -----------------------------------------------------------------------------------


def test_a_ledger_is_opened_again_with_all_it_knew(path: Path) -> None:
    with Ledger(sqlite_url(path)) as first:
        first.accept(submission("a"), MONDAY)
        first.keep_reading("a" * 64, "definition", Result(odd_submission()))
        first.record_run("lianxi", "2031", 0, {"yy": 1}, {}, (finding(),))
    with Ledger(sqlite_url(path)) as second:
        assert second.accept(submission("b"), MONDAY) == 2
        assert second.reading("a" * 64, "definition", "渔业局.xlsx") == Result(odd_submission())
        assert second.last_findings("lianxi", "2031") == (finding(),)


def test_a_program_that_reads_otherwise_reads_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Ledger(sqlite_url(path)) as first:
        first.accept(submission("a"), MONDAY)
        first.keep_reading("a" * 64, "definition", Result(odd_submission()))
    monkeypatch.setattr(module, "READING_VERSION", module.READING_VERSION + 1)
    with Ledger(sqlite_url(path)) as second:
        assert second.reading("a" * 64, "definition", "渔业局.xlsx") is None
        assert second.accept(submission("a"), MONDAY) == 1  # what was accepted stands


def test_a_ledger_of_a_newer_program_keeps_its_version(path: Path) -> None:
    with Ledger(sqlite_url(path)):
        pass
    connection = sqlite3.connect(path)
    connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
    connection.commit()
    connection.close()
    with Ledger(sqlite_url(path)):
        pass
    assert ("schema", "99") in rows(path, "SELECT key, value FROM meta")


def test_the_folder_of_a_ledger_is_made_and_its_name_may_be_chinese(tmp_path: Path) -> None:
    path = tmp_path / "临溪区 100%" / "ledger?#.db"
    with Ledger(sqlite_url(path)) as opened:
        assert opened.accept(submission("a"), MONDAY) == 1
    assert path.is_file()
