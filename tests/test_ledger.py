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
from sqlalchemy.exc import DBAPIError

from generators.encoding import from_json, to_json
from generators.ledger import (
    LEDGER_VARIABLE,
    Ledger,
    NewerLedgerError,
    existing_ledger,
    records,
    sqlite_url,
)
from generators.ledger import tables as ledger_tables
from generators.messages import line
from generators.model import (
    Accepted,
    Bound,
    Cell,
    Evidence,
    Explanation,
    Finding,
    FormIdentity,
    Known,
    Measure,
    NarrativeText,
    Observation,
    ObservationStatus,
    Operand,
    Reading,
    RegisterRow,
    Revision,
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


def values(*figures: str) -> tuple[Observation, ...]:
    """Figures as ``S1-01.actual=12.3`` in the cells D5, D6, …; nothing after the sign is a blank."""
    observations = []
    for row, figure in enumerate(figures, start=5):
        name, _, text = figure.partition("=")
        indicator, _, measure = name.partition(".")
        number = text.removeprefix("-").replace(".", "", 1).isdigit()
        value = Decimal(text) if number else text.strip("'") or None
        cell = Cell("指标", row, 4, f"D{row}", value, text)
        observations.append(Observation(indicator, Measure(measure), Reading(cell, value)))
    return tuple(observations)


def said(content: str, *figures: str, department: str = "yy", period: str = "2031") -> Submission:
    return replace(submission(content, department, period), observations=values(*figures))


def brief_of(known: Known) -> str:
    """A known figure on one line: ``2031 yy 2 S1-01.actual=12.3 D5``."""
    figure = f"{known.indicator}.{known.measure}={known.value}"
    return f"{known.period} {known.department} {known.vintage} {figure} {known.cell}"


def brief_change(revision: Revision) -> str:
    """A revision on one line: ``yy 2 S1-01.actual 12.3 D5 → 12.5 D5``."""
    old, new = (
        f"{known.value} {known.cell}" if known else "nothing" for known in (revision.old, revision.new)
    )
    figure = f"{revision.indicator}.{revision.measure}"
    return f"{revision.department} {revision.vintage} {figure} {old} → {new}"


def test_an_accepted_submission_is_kept_whole(ledger: Ledger) -> None:
    ledger.accept(odd_submission(), MONDAY)
    assert ledger.standing_submissions("lianxi", "2031") == (Accepted(odd_submission(), 1),)


def test_the_previous_vintage_is_the_one_before_this_submission(ledger: Ledger) -> None:
    handed_in = [
        ("a", None),  # the first
        ("a", None),  # the same again
        ("b", ("a", 1)),
        ("b", ("a", 1)),
        ("a", ("b", 2)),  # older content again: what stood was the second
        ("c", ("a", 3)),
    ]
    for content, expected in handed_in:
        for accepted in (False, True):  # before it is taken in, and after
            if accepted:
                ledger.accept(submission(content), MONDAY)
            before = ledger.previous_vintage(submission(content))
            found = before and (before.submission.sha256[0], before.vintage)
            assert found == expected, (content, accepted)
    before = ledger.previous_vintage(submission("d"))
    assert before is not None
    assert before.submission == submission("c")


def test_the_previous_vintage_is_of_the_same_department_period_and_pack(ledger: Ledger) -> None:
    other_pack = replace(submission("a"), identity=replace(IDENTITY, pack="yuebao"))
    for item in (submission("a", "jt"), submission("a", period="2030"), other_pack):
        ledger.accept(item, MONDAY)
    assert ledger.previous_vintage(submission("b")) is None


def test_the_last_vintage_of_each_department_stands(ledger: Ledger) -> None:
    for item in (
        submission("a"),
        submission("b"),
        submission("c", "jt"),
        submission("d", period="2030"),
    ):
        ledger.accept(item, MONDAY)
    standing = ledger.standing_submissions("lianxi", "2031")
    assert [(item.submission.sha256[0], item.vintage) for item in standing] == [("c", 1), ("b", 2)]
    assert ledger.standing_submissions("lianxi", "2029") == ()


# --- figures ----------------------------------------------------------------------------------


def filled(ledger: Ledger) -> None:
    """Two periods; the second department corrects itself, the first withdraws and adds figures."""
    for item in (
        said("a", "S1-01.actual=11.8", "S1-01.plan=12", period="2030"),
        said("b", "S1-01.actual=11.9", "S1-01.plan=", period="2030"),
        said("a", "S2-01.actual=14", "S1-01.actual=11", department="jt", period="2030"),
        said("a", "S1-01.actual=12.3", "S1-01.growth=3.5", "S1-02.actual=98"),
        said("b", "S1-01.actual=12.50", "S1-01.growth=3.5", "S1-02.actual="),
        said("c", "S1-01.actual=12.5", "S1-01.growth=3.5", "S1-02.actual=", "S1-01.target='不低于上年'"),
        said("a", "S2-01.actual=14", department="jt"),
    ):
        ledger.accept(item, MONDAY)
    other = said("a", "S1-01.actual=99", period="2030")
    ledger.accept(replace(other, identity=replace(other.identity, pack="yuebao")), MONDAY)


def test_what_stands_in_other_periods_is_the_last_word_of_each_department(ledger: Ledger) -> None:
    filled(ledger)
    assert [brief_of(item) for item in ledger.standing("lianxi", "2031")] == [
        "2030 jt 1 S1-01.actual=11 D6",
        "2030 yy 2 S1-01.actual=11.9 D5",
        "2030 jt 1 S2-01.actual=14 D5",
    ]
    assert {item.period for item in ledger.standing("lianxi", "2032")} == {"2030", "2031"}


def test_a_known_figure_says_where_it_stood_and_when_it_came(ledger: Ledger) -> None:
    ledger.accept(said("a", "S1-01.actual=12.30"), MONDAY)
    [known] = ledger.history("lianxi", "S1-01")
    assert known == Known(
        period="2031",
        department="yy",
        indicator="S1-01",
        measure=Measure.ACTUAL,
        value=Decimal("12.3"),
        vintage=1,
        received="2031-12-01T09:00:00+00:00",
        sha256="a" * 64,
        file="渔业局.xlsx",
        sheet="指标",
        cell="D5",
    )


def test_the_history_of_an_indicator_is_every_value_in_every_vintage(ledger: Ledger) -> None:
    filled(ledger)
    assert [brief_of(item) for item in ledger.history("lianxi", "S1-01")] == [
        "2030 jt 1 S1-01.actual=11 D6",
        "2030 yy 1 S1-01.actual=11.8 D5",
        "2030 yy 2 S1-01.actual=11.9 D5",
        "2030 yy 1 S1-01.plan=12 D6",
        "2031 yy 1 S1-01.actual=12.3 D5",
        "2031 yy 2 S1-01.actual=12.5 D5",
        "2031 yy 3 S1-01.actual=12.5 D5",
        "2031 yy 1 S1-01.growth=3.5 D6",
        "2031 yy 2 S1-01.growth=3.5 D6",
        "2031 yy 3 S1-01.growth=3.5 D6",
        "2031 yy 3 S1-01.target=不低于上年 D8",
    ]
    assert ledger.history("lianxi", "S9-99") == ()


def test_words_that_look_like_a_number_stay_words(ledger: Ledger) -> None:
    ledger.accept(said("a", "S2-01.target='14'", "S2-01.actual=14"), MONDAY)
    assert [item.value for item in ledger.history("lianxi", "S2-01")] == [Decimal(14), "14"]


def test_revisions_are_what_changed_from_one_vintage_to_the_next(ledger: Ledger) -> None:
    filled(ledger)
    assert [brief_change(item) for item in ledger.revisions("lianxi", "2031")] == [
        "yy 2 S1-01.actual 12.3 D5 → 12.5 D5",
        "yy 3 S1-01.target nothing → 不低于上年 D8",
        "yy 2 S1-02.actual 98 D7 → nothing",
    ]
    assert [brief_change(item) for item in ledger.revisions("lianxi", "2030")] == [
        "yy 2 S1-01.actual 11.8 D5 → 11.9 D5",
        "yy 2 S1-01.plan 12 D6 → nothing",
    ]
    assert ledger.revisions("lianxi", "2032") == ()


def test_a_revision_names_the_workbook_that_brought_it(ledger: Ledger) -> None:
    ledger.accept(said("a", "S1-01.actual=1"), MONDAY)
    later = replace(said("b", "S1-01.actual="), file="更正.xlsx", saved_at="2031-12-05T01:00:00Z")
    ledger.accept(later, MONDAY)
    [revision] = ledger.revisions("lianxi", "2031")
    assert (revision.vintage, revision.sha256[0], revision.file) == (2, "b", "更正.xlsx")
    assert revision.saved_at == "2031-12-05T01:00:00Z"
    assert (revision.old is None, revision.new) == (False, None)


def test_a_figure_that_goes_back_was_revised_twice(ledger: Ledger) -> None:
    for content, value in (("a", "1"), ("b", "2"), ("a", "1")):
        ledger.accept(said(content, f"S1-01.actual={value}"), MONDAY)
    assert [brief_change(item) for item in ledger.revisions("lianxi", "2031")] == [
        "yy 2 S1-01.actual 1 D5 → 2 D5",
        "yy 3 S1-01.actual 2 D5 → 1 D5",
    ]


# --- reasons ----------------------------------------------------------------------------------

REASON = Bound("yy", "growth.off", "S1-01", "冲减上年", {"'指标'!$D$5": "12.3", "'指标'!$E$5": "11.8"})


def test_reasons_come_back_and_equal_ones_are_kept_once(ledger: Ledger, path: Path) -> None:
    other = replace(REASON, operands={**REASON.operands, "'指标'!$D$5": "12.5"})
    turned = replace(REASON, operands=dict(reversed(REASON.operands.items())))
    ledger.bind("lianxi", "2031", [REASON, REASON])
    ledger.bind("lianxi", "2031", iter([turned, other]))
    ledger.bind("lianxi", "2031", ())
    assert ledger.bound("lianxi", "2031") == (REASON, other)
    assert rows(path, "SELECT COUNT(*) FROM bound WHERE bound_at <> ''") == [(2,)]
    for pack, period in (("lianxi", "2030"), ("yuebao", "2031")):
        assert ledger.bound(pack, period) == ()


# --- submissions as text ---------------------------------------------------------------------


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


def test_a_real_form_comes_back_as_it_was() -> None:
    definition = sound_definition()
    read = submitted(filled_form(definition), definition).value
    assert read is not None
    assert from_json(to_json(read), Submission) == read


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
    after = from_json(to_json(before), Submission)
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


def test_a_finding_comes_back_with_its_evidence_and_what_follows_from_it(
    ledger: Ledger, path: Path
) -> None:
    follower = replace(finding(), code="unit.ladder", evidence=Evidence(deviation="9"))
    root = replace(
        finding(),
        evidence=Evidence("3.33", "5.16", "0.2", "4.2", "'指标'!$F$5"),
        follows=(follower, replace(finding(), follows=(follower,))),
        shadow=True,
    )
    ledger.record_run("lianxi", "2031", 1, {}, {}, (root, finding()))
    assert ledger.last_findings("lianxi", "2031") == (root, finding())
    assert rows(path, "SELECT place FROM finding WHERE detail IS NULL") == [(1,)]


def of_another_version(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A text that the ledger holds of a type with that name is not understood."""
    real = records.from_json

    def read(text: str, kind: type) -> object:
        if getattr(kind, "__name__", "") == name:
            raise KeyError(name)
        return real(text, kind)

    monkeypatch.setattr(records, "from_json", read)


def test_a_detail_that_is_not_understood_leaves_the_finding(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.record_run("lianxi", "2031", 1, {}, {}, (replace(finding(), shadow=True),))
    of_another_version(monkeypatch, "_Detail")
    assert ledger.last_findings("lianxi", "2031") == (finding(),)


def test_a_run_pins_the_very_submissions_that_its_report_stands_on(ledger: Ledger) -> None:
    for item in (submission("a"), submission("b"), submission("c", "jt")):
        ledger.accept(item, MONDAY)
    run = ledger.record_run("lianxi", "2031", 0, {"yy": 2, "jt": 1}, {"a.docx": "0" * 64}, ())
    ledger.accept(submission("d"), MONDAY)  # a later correction does not change what was pinned
    pinned = ledger.snapshot(run)
    assert [(item.submission, item.vintage) for item in pinned] == [
        (submission("c", "jt"), 1),
        (submission("b"), 2),
    ]
    last = ledger.last_run("lianxi", "2031")
    assert last is not None
    assert (last.number, last.exit_code, last.snapshot) == (run, 0, {"yy": 2, "jt": 1})
    assert (last.outputs, last.pack, last.period) == ({"a.docx": "0" * 64}, "lianxi", "2031")
    assert ledger.last_run("lianxi", "2030") is None
    empty = ledger.record_run("lianxi", "2031", 2, {}, {}, ())
    assert ledger.snapshot(empty) == ledger.snapshot(empty + 1) == ()


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
        first.record_run("lianxi", "2031", 0, {"yy": 1}, {}, (finding(),))
    with Ledger(sqlite_url(path)) as second:
        assert second.accept(submission("b"), MONDAY) == 2
        assert second.last_findings("lianxi", "2031") == (finding(),)


def test_a_ledger_of_a_newer_program_is_refused_and_left_as_it_is(path: Path) -> None:
    with Ledger(sqlite_url(path)):
        pass
    connection = sqlite3.connect(path)
    connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
    connection.execute("DROP TABLE bound")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(NewerLedgerError) as refused:
        Ledger(sqlite_url(path))
    assert (refused.value.found, refused.value.known) == (99, ledger_tables.SCHEMA_VERSION)
    assert path.read_bytes() == before


def test_a_ledger_that_is_up_to_date_is_only_read(path: Path) -> None:
    with Ledger(sqlite_url(path)) as first:
        first.accept(submission("a"), MONDAY)
    before = path.read_bytes()
    path.chmod(0o444)
    with Ledger(sqlite_url(path)) as second:
        assert second.standing_submissions("lianxi", "2031") != ()
    assert path.read_bytes() == before


def test_nobody_who_only_reads_makes_a_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "workbooks" / "ledger.db"
    assert existing_ledger(path) is None
    other = tmp_path / "city.db"
    monkeypatch.setenv(LEDGER_VARIABLE, f"sqlite:///{other.as_posix()}")
    assert existing_ledger(path) is None
    assert list(tmp_path.iterdir()) == []
    other.touch()
    assert existing_ledger(path) is None
    assert other.read_bytes() == b""
    with Ledger(f"sqlite:///{other.as_posix()}") as made:
        made.accept(submission("a"), MONDAY)
    found = existing_ledger(path)
    assert found is not None
    with found:
        assert list(found.vintages("lianxi", "2031")) == ["yy"]
    assert not path.parent.exists()


def test_the_folder_of_a_ledger_is_made_and_its_name_may_be_chinese(tmp_path: Path) -> None:
    path = tmp_path / "临溪区 100%" / "ledger?#.db"
    with Ledger(sqlite_url(path)) as opened:
        assert opened.accept(submission("a"), MONDAY) == 1
    assert path.is_file()


# --- the ledger of an older program -------------------------------------------------------------

VERSION_1 = """
CREATE TABLE meta ("key" VARCHAR(40) NOT NULL, value TEXT NOT NULL, PRIMARY KEY ("key"));
CREATE TABLE reading (
    sha256 VARCHAR(64) NOT NULL, definition VARCHAR(64) NOT NULL, submission TEXT,
    findings TEXT NOT NULL, PRIMARY KEY (sha256, definition)
);
CREATE TABLE submission (
    id INTEGER NOT NULL, pack TEXT NOT NULL, period TEXT NOT NULL, department TEXT NOT NULL,
    vintage INTEGER NOT NULL, sha256 VARCHAR(64) NOT NULL, file TEXT NOT NULL, saved_at TEXT NOT NULL,
    received_at TEXT NOT NULL, PRIMARY KEY (id), UNIQUE (pack, period, department, vintage)
);
CREATE TABLE observation (
    submission_id INTEGER NOT NULL, indicator TEXT NOT NULL, measure TEXT NOT NULL,
    value TEXT NOT NULL, status VARCHAR(1) NOT NULL, raw TEXT NOT NULL, sheet TEXT NOT NULL,
    cell TEXT NOT NULL, PRIMARY KEY (submission_id, indicator, measure),
    FOREIGN KEY(submission_id) REFERENCES submission (id)
);
CREATE TABLE run (
    id INTEGER NOT NULL, finished_at TEXT NOT NULL, pack TEXT NOT NULL, period TEXT NOT NULL,
    exit_code INTEGER NOT NULL, snapshot TEXT NOT NULL, outputs TEXT NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE finding (
    run_id INTEGER NOT NULL, place INTEGER NOT NULL, code TEXT NOT NULL, severity TEXT NOT NULL,
    department TEXT NOT NULL, file TEXT NOT NULL, sheet TEXT NOT NULL, cell TEXT NOT NULL,
    params TEXT NOT NULL, operands TEXT DEFAULT '[]' NOT NULL, explanation TEXT DEFAULT '' NOT NULL,
    PRIMARY KEY (run_id, place), FOREIGN KEY(run_id) REFERENCES run (id)
);
INSERT INTO meta VALUES ('schema', '1'), ('reading', '1');
INSERT INTO submission VALUES
    (1, 'lianxi', '2031', 'yy', 1, 'aaaa', '渔业局.xlsx', '2031-12-01', '2031-12-01T09:00:00+00:00'),
    (2, 'lianxi', '2031', 'yy', 2, 'bbbb', '渔业局.xlsx', '2031-12-02', '2031-12-02T09:00:00+00:00');
INSERT INTO observation VALUES
    (1, 'S1-01', 'actual', '12.3', 'A', '12.30', '指标', 'D5'),
    (2, 'S1-01', 'actual', '12.5', 'A', '12.5', '指标', 'D5'),
    (2, 'S1-02', 'growth', '1.5', 'F', '0.015', '指标', 'AB6'),
    (2, 'S2-01', 'target', '不低于上年', 'A', '不低于上年', '指标', 'H7');
INSERT INTO run VALUES
    (1, '2031-12-02T10:00:00+00:00', 'lianxi', '2031', 1, '{"yy":2}', '{"a.docx":"0000"}');
INSERT INTO finding VALUES
    (1, 0, 'range.level', 'confirm', 'yy', '渔业局.xlsx', '指标', 'D5', '{"indicator":"渔业总产值"}',
    '[{"reference":"''指标''!$D$5","raw":"-1","value":"-1","unit":"亿元","decimals":1}]', '冲减上年');
"""
"""What the first version of the program made, with two vintages and a run."""


@pytest.fixture
def old(path: Path) -> Path:
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.executescript(VERSION_1)
    connection.close()
    return path


def shape(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """The columns and indexes of every table, whatever their order."""
    tables = [str(name) for (name,) in rows(path, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {}
    for name in tables:
        columns = rows(path, f"SELECT name, type, \"notnull\", pk FROM pragma_table_info('{name}')")
        indexes = rows(path, f"SELECT name FROM pragma_index_list('{name}')")
        found[name] = sorted([*columns, *indexes], key=str)
    return found


def test_an_old_ledger_gets_the_shape_of_a_new_one_and_loses_nothing(old: Path, tmp_path: Path) -> None:
    tables = ("submission", "observation", "run", "finding")
    before = {name: rows(old, f"SELECT * FROM {name}") for name in tables}
    for _ in range(2):  # the second opening finds nothing to do
        with Ledger(sqlite_url(old)):
            pass
    with Ledger(sqlite_url(tmp_path / "new.db")):
        pass
    assert shape(old) == shape(tmp_path / "new.db")
    assert "reading" not in shape(old)  # what was read is not remembered there any more
    version = str(ledger_tables.SCHEMA_VERSION)
    assert rows(old, "SELECT value FROM meta WHERE key = 'schema'") == [(version,)]
    for name, kept in before.items():
        columns = [row[0] for row in rows(old, f"SELECT name FROM pragma_table_info('{name}')")]
        added = {"submission": ["content"], "observation": ["kind"], "finding": ["detail"]}.get(name, [])
        asked = ", ".join(f'"{column}"' for column in columns if column not in added)
        assert rows(old, f"SELECT {asked} FROM {name}") == kept


def test_what_an_old_ledger_kept_is_understood(old: Path) -> None:
    with Ledger(sqlite_url(old)) as ledger:
        [item] = ledger.last_findings("lianxi", "2031") or ()
        assert (item.code, item.explanation, item.evidence) == ("range.level", "冲减上年", Evidence())
        assert [brief_of(known) for known in ledger.history("lianxi", "S1-01")] == [
            "2031 yy 1 S1-01.actual=12.3 D5",
            "2031 yy 2 S1-01.actual=12.5 D5",
        ]
        assert [known.value for known in ledger.history("lianxi", "S2-01")] == ["不低于上年"]
        assert [brief_change(item) for item in ledger.revisions("lianxi", "2031")] == [
            "yy 2 S1-01.actual 12.3 D5 → 12.5 D5",
            "yy 2 S1-02.growth nothing → 1.5 AB6",
            "yy 2 S2-01.target nothing → 不低于上年 H7",
        ]
        assert [item.vintage for item in ledger.snapshot(1)] == [2]


def test_what_can_be_rebuilt_of_an_old_vintage_is(old: Path) -> None:
    with Ledger(sqlite_url(old)) as ledger:
        before = ledger.previous_vintage(submission("c"))
        assert ledger.accept(submission("c"), MONDAY) == 3
        assert ledger.standing_submissions("lianxi", "2031") == (Accepted(submission("c"), 3),)
    assert before is not None
    assert before.vintage == 2
    assert before.submission == Submission(
        replace(IDENTITY, form_version=""),
        "渔业局.xlsx",
        "bbbb",
        "2031-12-02",
        (
            Observation(
                "S1-01",
                Measure.ACTUAL,
                Reading(Cell("指标", 5, 4, "D5", Decimal("12.5"), "12.5"), Decimal("12.5")),
            ),
            Observation(
                "S1-02",
                Measure.GROWTH,
                Reading(Cell("指标", 6, 28, "AB6", Decimal("0.015"), "0.015"), Decimal("1.5")),
                ObservationStatus.FORECAST,
            ),
            Observation(
                "S2-01",
                Measure.TARGET,
                Reading(Cell("指标", 7, 8, "H7", "不低于上年", "不低于上年"), "不低于上年"),
            ),
        ),
    )


def test_a_content_that_is_no_longer_understood_is_rebuilt(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.accept(submission("a"), MONDAY)
    of_another_version(monkeypatch, "Submission")
    [standing] = ledger.standing_submissions("lianxi", "2031")
    assert [item.reading.value for item in standing.submission.observations] == [Decimal("12.3")]


def test_a_migration_that_fails_leaves_the_old_ledger(old: Path) -> None:
    connection = sqlite3.connect(old)
    # What is added last finds its name taken: what was added before must go again.
    connection.executescript("DROP TABLE observation; CREATE VIEW observation AS SELECT 1;")
    connection.close()
    before = shape(old)
    with pytest.raises(DBAPIError):
        Ledger(sqlite_url(old))
    assert shape(old) == before
    assert rows(old, "SELECT value FROM meta WHERE key = 'schema'") == [("1",)]
