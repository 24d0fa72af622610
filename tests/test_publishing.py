"""``publish`` and ``reopen``: what is frozen, what is refused, and the lock on the period."""

from __future__ import annotations

import datetime as dt
import getpass
import hashlib
import io
import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from filelock import FileLock

from generators import messages, publishing
from generators.intake.inbox import read_file
from generators.ledger import Ledger, sqlite_url
from generators.locking import Reopened, operator, reopen
from generators.messages import action, line, message
from generators.model import Finding, Publication, PublishedFile, Severity
from generators.package import parts_of
from generators.pipeline import Run
from generators.publishing import Published, Wish, publish
from generators.status import publication_line, publication_status
from generators.summary.moved import moved_down
from generators.taking import check_file, past_of
from generators.word import pdf
from generators.word.pdf import OfficeError, find_office, to_pdf
from generators.word.reading import read_document
from generators.workspace import Workspace, open_pack
from tests.conftest import CHECKOUT, huibao
from tests.office import PDFTOTEXT, SOFFICE, needs_office, pages
from tests.revisions import accept, changed, reject, said
from tests.small_workspace import edit, hand_in, ran, small_workspace
from tests.wordprocessing import faults
from tests.workbooks import FILLED, PACK, brief

STEM = "临溪区渔业发展报告-2031"
REPORT, SUMMARY = f"{STEM}.docx", f"{STEM}-汇总表.xlsx"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
CHANGED = ("98.25 ", "98.26 ")


@pytest.fixture
def no_office(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without LibreOffice."""
    monkeypatch.setattr(publishing, "find_office", lambda: None)


@pytest.fixture
def place(tmp_path: Path, no_office: None) -> Workspace:
    """A workspace whose report has been written."""
    made = small_workspace(tmp_path / "workspace")
    assert ran(made).report == made.reports / REPORT
    return made


def published(place: Workspace, wish: Wish | None = None, period: str | None = None) -> Published:
    return publish(place, None, period, wish or Wish(date="2031-12-28"), lambda _, paths: paths)


def reopened(place: Workspace, why: str = "渔业局更正数据", period: str | None = None) -> list[str]:
    opened = open_pack(place, None, period)
    assert opened.value is not None
    return codes(reopen(place, opened.value, why))


def names(place: Workspace) -> list[str]:
    """What lies in the folder of publications."""
    return sorted(path.name for path in place.published.iterdir()) if place.published.exists() else []


def names_of(number: int) -> list[str]:
    stem = f"{STEM}-第{number}次发布"
    return sorted((f"{stem}.docx", f"{stem}-底稿.docx", f"{stem}-汇总表.xlsx"))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def last(place: Workspace, period: str | None = None) -> Publication:
    with Ledger(sqlite_url(place.ledger)) as ledger:
        found = ledger.last_publication(PACK, period)
    assert found is not None
    return found


def only(findings: tuple[Finding, ...], code: str) -> Finding:
    [found] = [item for item in findings if item.code == code]
    return found


@pytest.fixture(autouse=True)
def gaps_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """A param that a producer forgets shows in the message."""
    monkeypatch.setattr(messages.wording, "GAP", "⟨GAP⟩")


def codes(result: Published | Run | Reopened) -> list[str]:
    """What was found; every message of it is whole in both languages."""
    for item in result.findings:
        for language in messages.LANGUAGES:
            shown = line(item, language)
            assert "⟨GAP⟩" not in shown and "{" not in shown, shown
            assert not re.search(r"“”|（）|\(\)|\bNone\b", shown), shown
    return brief(result.findings)


# --- what is frozen ---------------------------------------------------------------------------------


def test_an_issue_is_frozen_with_number_date_and_hashes(place: Workspace) -> None:
    report = (place.reports / REPORT).read_bytes()
    result = published(place)
    assert result.exit_code == 0
    assert codes(result) == ["publication.no_office"]
    assert names(place) == names_of(1)
    kept = last(place)
    assert kept == result.publication
    assert (kept.pack, kept.period, kept.number, kept.date) == (PACK, "2031", 1, "2031-12-28")
    assert (kept.reason, kept.by, kept.pdf) == ("", operator(), None)
    assert dt.datetime.fromisoformat(kept.published_at).utcoffset() == dt.timedelta(0)
    assert all(sha256(place.published / file.name) == file.sha256 for file in kept.files)
    assert (place.published / kept.source.name).read_bytes() == report
    with Ledger(sqlite_url(place.ledger)) as ledger:
        issue = ledger.last_issue(PACK, "2031")
        by_manifest = ledger.issue_of_manifest(kept.manifest)
    assert issue is not None and by_manifest is not None
    assert kept.issue == issue.number == by_manifest.number
    assert (place.reports / REPORT).read_bytes() == report  # the living report stays where it is


def test_the_clean_copy_reads_as_the_report_and_holds_no_control(place: Workspace) -> None:
    published(place)
    report, clean = (
        read_document(data)
        for data in (
            (place.reports / REPORT).read_bytes(),
            (place.published / f"{STEM}-第1次发布.docx").read_bytes(),
        )
    )
    assert report is not None and clean is not None
    assert [text.text for text in clean.texts] == [text.text for text in report.texts]
    assert len(list(report.controls)) == 5
    assert list(clean.controls) == []
    assert not any(re.search(rb"huibao|hb_|hbb_", part) for part in clean.parts.values())
    assert faults((place.published / f"{STEM}-第1次发布.docx").read_bytes()) == []


def test_the_date_is_todays_in_the_packs_zone_where_none_is_given(place: Workspace) -> None:
    before = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date()
    result = published(place, Wish())
    after = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date()
    assert result.publication is not None
    assert result.publication.date in {before.isoformat(), after.isoformat()}


@pytest.mark.parametrize("typed", ["2032-1-5", "2032/01/05", "2032年1月5日", " 2032.1.5 "])
def test_a_date_is_read_as_people_write_it(place: Workspace, typed: str) -> None:
    result = published(place, Wish(date=typed))
    assert result.publication is not None and result.publication.date == "2032-01-05"


@pytest.mark.parametrize("typed", ["2032-13-05", "明天", "5"])
def test_what_is_no_date_is_refused(place: Workspace, typed: str) -> None:
    result = published(place, Wish(date=typed))
    assert (result.exit_code, codes(result), names(place)) == (2, ["publication.date"], [])


def test_the_links_of_the_summary_still_lead_to_the_originals(place: Workspace) -> None:
    published(place)
    copy = place.published / f"{STEM}-第1次发布-汇总表.xlsx"
    found = 0
    for name, part in parts_of(copy.read_bytes()).items():
        if name.endswith(".rels"):
            for target in re.findall(r'Target="([^"]*archive[^"]*)"', part.decode()):
                found += 1
                assert (copy.parent / target.partition("#")[0].replace("\\", "/")).is_file()
    assert found > 5
    original = (place.reports / SUMMARY).read_bytes()
    before, after = parts_of(original), parts_of(copy.read_bytes())
    assert [name for name in before if before[name] != after[name] and not name.endswith(".rels")] == []


def test_only_relative_links_are_made_longer() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for number, url in enumerate(("a.xlsx", "https://example.org/a", "#指标!A1"), start=1):
        book.active.cell(number, 1, "x").hyperlink = url
    buffer = io.BytesIO()
    book.save(buffer)
    links = parts_of(moved_down(buffer.getvalue()))["xl/worksheets/_rels/sheet1.xml.rels"].decode()
    assert re.findall(r'Target="([^"]*)"', links) == ["..\\a.xlsx", "https://example.org/a", "#指标!A1"]


def test_without_a_summary_workbook_the_report_is_published_alone(place: Workspace) -> None:
    (place.reports / SUMMARY).unlink()
    result = published(place)
    assert (result.exit_code, codes(result)) == (0, ["publication.no_summary", "publication.no_office"])
    assert result.publication is not None and result.publication.summary is None
    (place.reports / SUMMARY).write_bytes(b"damaged")
    reopened(place)
    again = published(place, Wish(date="2032-01-05"))
    assert "已损坏" in message(only(again.findings, "publication.unreadable"))


def test_a_report_edited_by_hand_is_published_as_it_is(place: Workspace) -> None:
    edit(place.reports / REPORT, lambda made: made.add_paragraph("手工补充的一段。"))
    result = published(place)
    assert result.exit_code == 0
    clean = read_document((place.published / f"{STEM}-第1次发布.docx").read_bytes())
    assert clean is not None and clean.texts[-1].text == "手工补充的一段。"


def test_a_document_from_elsewhere_says_itself_which_period_it_is_of(
    place: Workspace, tmp_path: Path
) -> None:
    copied = tmp_path / "送审稿.docx"
    copied.write_bytes((place.reports / REPORT).read_bytes())
    definition = place.templates / PACK / "definition.xlsx"
    book = openpyxl.load_workbook(definition)
    cell = next(row[1] for row in book["设置"].iter_rows() if row[0].value == "报告期")
    cell.value = "2032"
    book.save(definition)
    result = published(place, Wish(copied, "2031-12-28"))
    assert result.publication is not None and result.publication.period == "2031"
    assert names(place) == names_of(1)
    assert codes(published(place, Wish(copied), period="2032")) == ["publication.elsewhere"]


# --- what stands against it -------------------------------------------------------------------------


def test_a_figure_changed_by_hand_goes_out_and_is_told(place: Workspace) -> None:
    edit(place.reports / REPORT, lambda made: retype(made, "98.25%", "98.5%"))
    told = only(published(place).findings, "publication.override")
    assert told.severity is Severity.WARNING
    assert told.params == {
        "heading": "临溪区渔业发展报告",
        "item": "水质达标率",
        "text": "98.5%",
        "figure": "98.25%",
    }


def retype(made: Any, old: str, new: str) -> None:
    """Another text typed into the control that says ``old``."""
    node = next(item for item in made.element.body.iter(qn("w:t")) if item.text == old)
    node.text = new


def track(made: Any) -> None:
    made.paragraphs[1]._p.append(
        parse_xml(f'<w:ins {W} w:id="90" w:author="王"><w:r><w:t>，较快</w:t></w:r></w:ins>')
    )


def comment(made: Any) -> None:
    made.add_comment(made.add_paragraph("请领导阅示").runs[0], "核对", author="王")


def lack(made: Any) -> None:
    made.add_paragraph("全区游客【缺：游客人数】。")


OBSTACLES: list[tuple[Callable[[Any], object], str, str]] = [
    (track, "publication.changes", "渔业总产值12.3亿元"),
    (comment, "publication.comments", "请领导阅示"),
    (lack, "publication.missing", "全区游客【缺：游客人数】"),
]


@pytest.mark.parametrize(("change", "code", "paragraph"), OBSTACLES)
def test_what_is_unfinished_is_refused_and_its_paragraph_named(
    place: Workspace, change: Callable[[Any], object], code: str, paragraph: str
) -> None:
    edit(place.reports / REPORT, change)
    result = published(place)
    assert (result.exit_code, codes(result), result.publication) == (2, [code], None)
    [found] = result.findings
    assert found.severity is Severity.ERROR
    assert found.file == REPORT
    assert f"正文，“临溪区渔业发展报告”之下，段落“{paragraph}" in message(found)
    assert "under “临溪区渔业发展报告”" in message(found, "en")
    assert "--anyway" in action(found)
    assert names(place) == []


def test_with_a_reason_it_is_published_all_the_same_and_the_reason_kept(place: Workspace) -> None:
    edit(place.reports / REPORT, lack)
    assert codes(published(place, Wish(anyway="  "))) == ["publication.no_reason", "publication.missing"]
    result = published(place, Wish(anyway="会议已定稿"))
    assert result.exit_code == 0
    assert only(result.findings, "publication.missing").severity is Severity.WARNING
    assert last(place).reason == "会议已定稿"
    opened = open_pack(place, None, None).value
    assert opened is not None
    stands = publication_status(place, opened)
    assert stands is not None
    assert "发布理由：会议已定稿" in publication_line(stands, "zh")


def test_a_reason_that_was_not_needed_is_not_kept(place: Workspace) -> None:
    assert published(place, Wish(anyway="会议已定稿")).exit_code == 0
    assert last(place).reason == ""


def test_many_places_are_named_in_part_and_counted(place: Workspace) -> None:
    def many(made: Any) -> None:
        for number in range(15):
            made.add_paragraph(f"第{number}处【缺：甲】")

    edit(place.reports / REPORT, many)
    told = message(published(place).findings[0])
    assert told.startswith("有 15 段缺数")
    assert told.endswith("，等 15 处")
    assert ("第9处" in told, "第10处" in told) == (True, False)


@pytest.mark.parametrize("name", [f"~${REPORT[2:]}", f".~lock.{REPORT}#"])
def test_a_report_that_is_open_in_word_or_libreoffice_is_refused(place: Workspace, name: str) -> None:
    (place.reports / name).write_bytes(b"")
    assert codes(published(place)) == ["publication.opened"]
    (place.reports / name).unlink()
    assert published(place).exit_code == 0


def test_submissions_that_changed_since_the_run_are_told_by_department(place: Workspace) -> None:
    hand_in(place, FILLED, CHANGED)
    (place.inbox / "交通局-2031.xlsx").unlink()
    [found] = published(place).findings
    assert found.code == "publication.stale"
    assert "（渔业局、交通局）" in message(found)
    ran(place)
    assert "publication.stale" not in codes(published(place))


def test_an_emptied_inbox_does_not_make_a_report_stale(place: Workspace) -> None:
    for path in place.inbox.iterdir():
        path.unlink()
    assert published(place).exit_code == 0


def test_only_the_last_report_of_the_period_is_published(place: Workspace, tmp_path: Path) -> None:
    old = tmp_path / "旧稿.docx"
    old.write_bytes((place.reports / REPORT).read_bytes())
    hand_in(place, FILLED, CHANGED)
    ran(place)
    assert codes(published(place, Wish(old))) == ["publication.older"]
    foreign = tmp_path / "别处.docx"
    foreign.write_bytes((place.templates / PACK / "report.docx").read_bytes())
    assert codes(published(place, Wish(foreign))) == ["publication.foreign"]
    assert names(place) == []


@pytest.mark.parametrize(
    ("data", "code"),
    [(None, "publication.unreadable"), (b"no document", "document.not_word")],
)
def test_what_cannot_be_read_is_refused(
    place: Workspace, tmp_path: Path, data: bytes | None, code: str
) -> None:
    path = tmp_path / "报告.docx"
    if data is not None:
        path.write_bytes(data)
    assert codes(published(place, Wish(path))) == [code]


def test_without_a_run_there_is_nothing_to_publish(tmp_path: Path, no_office: None) -> None:
    place = small_workspace(tmp_path / "workspace")
    assert codes(published(place)) == ["publication.no_report"]
    place.reports.mkdir()
    (place.reports / REPORT).write_bytes((place.templates / PACK / "report.docx").read_bytes())
    assert codes(published(place)) == ["publication.no_issue"]


def test_while_a_run_works_nothing_is_published_or_opened(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generators.exclusive.PATIENCE", 0)
    with FileLock(place.lock):
        assert codes(published(place)) == ["run.busy"]
        assert reopened(place) == ["run.busy"]


def test_what_cannot_be_written_leaves_no_publication(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.published.mkdir()
    (place.published / f"{STEM}-第1次发布-汇总表.xlsx").mkdir()  # it cannot be replaced by a file
    result = published(place)
    assert (result.exit_code, codes(result)) == (2, ["run.not_written"])
    assert names(place) == [f"{STEM}-第1次发布-汇总表.xlsx"]
    with Ledger(sqlite_url(place.ledger)) as ledger:
        assert ledger.lock(PACK, "2031") is None


@pytest.mark.parametrize("ending", [".docx", ".pdf", "-汇总表.xlsx", "-底稿.docx"])
def test_a_file_that_nobody_recorded_is_never_overwritten(
    place: Workspace, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "_pdf", lambda clean: b"%PDF")
    place.published.mkdir()
    strange = place.published / f"{STEM}-第1次发布{ending}"
    strange.write_bytes(b"mine")
    result = published(place)
    assert (result.exit_code, codes(result)) == (2, ["publication.occupied"])
    assert only(result.findings, "publication.occupied").params["path"] == str(strange)
    assert contents(place.published) == {strange.name: b"mine"}
    strange.unlink()
    assert published(place).exit_code == 0


def test_a_pdf_that_nobody_recorded_does_not_become_one_of_the_publication(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert published(place).exit_code == 0
    strange = place.published / f"{STEM}-第1次发布.pdf"
    strange.write_bytes(b"mine")
    monkeypatch.setattr(publishing, "_pdf", lambda clean: b"%PDF")
    result = published(place)
    assert "publication.occupied" in codes(result)
    assert strange.read_bytes() == b"mine"
    strange.unlink()
    assert published(place).exit_code == 0
    assert strange.read_bytes() == b"%PDF"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes among its files")
def test_a_pipe_in_place_of_a_published_file_is_told(place: Workspace) -> None:
    assert published(place).exit_code == 0
    path = place.published / f"{STEM}-第1次发布.docx"
    path.unlink()
    os.mkfifo(path)
    found = only(published(place).findings, "publication.unreadable")
    assert "不是普通文件" in message(found)


def test_what_broke_off_before_the_ledger_is_completed_by_the_next_call(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "keep_publication", breaks)
        with pytest.raises(KeyboardInterrupt):
            published(place)
    assert names(place) == names_of(1)
    result = published(place)
    assert result.publication is not None and result.publication.number == 1
    assert names(place) == names_of(1)


# --- once more --------------------------------------------------------------------------------------


def test_the_same_report_again_is_no_second_publication(place: Workspace) -> None:
    first = published(place)
    before = contents(place.published)
    again = published(place, Wish())
    assert again.exit_code == 0
    assert again.publication == first.publication
    assert "publication.already" in codes(again)
    assert contents(place.published) == before


def test_a_published_report_that_was_changed_needs_to_be_opened_first(place: Workspace) -> None:
    published(place)
    edit(place.reports / REPORT, lambda made: made.add_paragraph("补充。"))
    assert codes(published(place)) == ["publication.changed"]
    assert reopened(place) == []
    second = published(place)
    assert second.publication is not None and second.publication.number == 2
    assert names(place) == sorted(names_of(1) + names_of(2))
    assert last(place, "2031").number == 2


def test_another_date_needs_the_period_to_be_opened_too(place: Workspace) -> None:
    published(place)
    assert codes(published(place, Wish(date="2032-01-05"))) == ["publication.changed"]
    reopened(place)
    second = published(place, Wish(date="2032-01-05"))
    assert second.publication is not None
    assert (second.publication.number, second.publication.date) == (2, "2032-01-05")


def test_what_was_opened_and_not_changed_keeps_its_number_and_is_closed_again(place: Workspace) -> None:
    first = published(place)
    before = contents(place.published)
    reopened(place)
    again = published(place, Wish())
    assert "publication.again" in codes(again)
    assert again.publication is not None and first.publication is not None
    assert replace(again.publication, published_at="") == replace(first.publication, published_at="")
    assert contents(place.published) == before
    with Ledger(sqlite_url(place.ledger)) as ledger:
        assert ledger.lock(PACK, "2031") is not None


def test_files_that_have_gone_are_put_back_and_those_that_changed_are_told(place: Workspace) -> None:
    published(place)
    before = contents(place.published)
    clean, source, summary = (
        place.published / f"{STEM}-第1次发布{ending}"
        for ending in (".docx", "-底稿.docx", "-汇总表.xlsx")
    )
    clean.unlink()
    source.write_bytes(b"changed")
    again = published(place)
    assert clean.read_bytes() == before[clean.name]
    assert source.read_bytes() == b"changed"
    assert only(again.findings, "publication.touched").params["path"] == str(source)
    source.unlink()
    summary.unlink()
    again = published(place)
    assert source.read_bytes() == before[source.name]
    assert only(again.findings, "publication.lost").params["path"] == str(summary)


# --- the lock ---------------------------------------------------------------------------------------


def test_a_published_period_takes_no_changed_submission_and_keeps_its_report(place: Workspace) -> None:
    published(place)
    before = contents(place.reports)
    path = hand_in(place, FILLED, CHANGED)
    done = ran(place)
    assert (done.exit_code, done.report, done.summary) == (2, None, None)
    assert done.accepted == ("渔业局", "交通局")  # what the published report stands on
    assert done.rejected == (path.name,)
    assert codes(done) == ["locked.submission", "publication.closed"]
    assert line(done.findings[0]) == (
        "[错误] 渔业局-2031.xlsx 本期锁定 本期（2031）报告已于 2031-12-28 发布（第1次），不再接收新的或"
        "改动过的报送，本文件未采用 → 请联系编报单位；编报单位确需更正的，先用 reopen --why 重新开启本期"
    )
    assert contents(place.reports) == before
    with Ledger(sqlite_url(place.ledger)) as ledger:
        assert [len(each) for each in ledger.vintages(PACK, "2031").values()] == [1, 1]


def test_the_receipt_tells_the_department(place: Workspace) -> None:
    published(place)
    hand_in(place, FILLED, CHANGED)
    ran(place)
    receipt = openpyxl.load_workbook(place.returned / "渔业局/渔业局-2031-校验回执.xlsx").worksheets[0]
    told = " ".join(str(cell.value) for row in receipt.iter_rows() for cell in row if cell.value)
    assert "已退回" in told
    assert "本期（2031）报告已于 2031-12-28 发布（第1次）" in told


def test_files_that_were_accepted_before_give_no_finding(place: Workspace) -> None:
    receipts = {path: path.read_bytes() for path in place.returned.rglob("*.xlsx")}
    assert len(receipts) == 2
    published(place)
    done = ran(place)
    assert (done.exit_code, codes(done)) == (0, ["publication.closed"])
    assert {path: path.read_bytes() for path in place.returned.rglob("*.xlsx")} == receipts


def test_a_department_that_was_missing_is_not_asked_any_more_but_told(
    tmp_path: Path, no_office: None
) -> None:
    place = small_workspace(tmp_path / "workspace")
    late = (place.inbox / "交通局-2031.xlsx").read_bytes()
    (place.inbox / "交通局-2031.xlsx").unlink()
    ran(place)
    assert published(place, Wish(anyway="会期已到")).exit_code == 0
    assert codes(ran(place)) == ["publication.closed"]
    (place.inbox / "交通局-2031.xlsx").write_bytes(late)
    done = ran(place)
    assert (done.exit_code, codes(done)[0]) == (2, "locked.submission")


def checked(place: Workspace, path: Path) -> list[str]:
    """What ``check`` finds in a file."""
    definition = open_pack(place, None, None).value
    file = read_file(path, path.name)
    assert definition is not None and not isinstance(file, Finding)
    with Ledger(sqlite_url(place.ledger)) as ledger:
        return brief(check_file(file, definition, past_of(ledger, definition)).findings)


def test_check_tells_before_the_form_is_dropped(place: Workspace) -> None:
    published(place)
    assert checked(place, place.inbox / "渔业局-2031.xlsx") == []
    assert checked(place, hand_in(place, FILLED, CHANGED)) == ["locked.submission"]


def test_a_form_that_was_only_saved_again_is_not_refused(place: Workspace) -> None:
    published(place)
    book = openpyxl.load_workbook(place.inbox / "渔业局-2031.xlsx")
    book.properties.creator = "王"
    book.save(place.inbox / "渔业局-2031.xlsx")
    done = ran(place)
    assert (done.exit_code, codes(done)) == (0, ["stale.vintage", "publication.closed"])
    with Ledger(sqlite_url(place.ledger)) as ledger:
        assert [len(each) for each in ledger.vintages(PACK, "2031").values()] == [1, 1]


def test_other_periods_go_on_as_usual(place: Workspace) -> None:
    published(place)
    done = ran(place, "2032")
    assert codes(done).count("envelope.period") == 2
    assert "locked.submission" not in codes(done)
    assert "publication.closed" not in codes(done)


def test_an_opened_period_takes_submissions_again(place: Workspace) -> None:
    published(place)
    hand_in(place, FILLED, CHANGED)
    assert ran(place).exit_code == 2
    assert reopened(place) == []
    done = ran(place)
    assert done.report == place.reports / REPORT
    with Ledger(sqlite_url(place.ledger)) as ledger:
        assert [len(each) for each in ledger.vintages(PACK, "2031").values()] == [1, 2]
        opened = ledger.reopening(PACK, "2031")
    assert opened is not None
    assert (opened.number, opened.why, opened.by) == (1, "渔业局更正数据", operator())


def test_what_needs_no_opening_is_refused(place: Workspace) -> None:
    assert reopened(place) == ["publication.not_published"]
    published(place)
    assert reopened(place, " ") == ["publication.no_why"]
    assert reopened(place, period="2030") == ["publication.not_published"]
    assert reopened(place) == []
    assert reopened(place, "再改") == ["publication.open_already"]


def test_nothing_that_was_published_or_opened_is_ever_overwritten(place: Workspace) -> None:
    published(place)
    reopened(place, "甲")
    published(place, Wish(date="2032-01-05"))
    reopened(place, "乙")
    connection = sqlite3.connect(place.ledger)
    try:
        rows = connection.execute("SELECT number, date FROM publication ORDER BY id").fetchall()
        assert rows == [(1, "2031-12-28"), (2, "2032-01-05")]
        assert connection.execute("SELECT why FROM reopening ORDER BY id").fetchall() == [
            ("甲",),
            ("乙",),
        ]
    finally:
        connection.close()


# --- the ledger -------------------------------------------------------------------------------------


def test_the_last_publication_is_of_a_period_or_of_the_pack(place: Workspace) -> None:
    published(place)
    first = last(place)
    other = replace(first, period="2032", source=PublishedFile("b.docx", "b" * 64), pdf=first.clean)
    with Ledger(sqlite_url(place.ledger)) as ledger:
        assert ledger.last_publication("another") is None
        assert ledger.last_publication(PACK, "2032") is None
        ledger.keep_publication(other)
        assert ledger.last_publication(PACK) == other
        assert ledger.last_publication(PACK, "2031") == first
        ledger.reopen(PACK, "2032", "甲", "王")
        assert ledger.last_publication(PACK) == other  # what was published stays published
        assert (ledger.lock(PACK, "2032"), ledger.lock(PACK, "2031")) == (None, first)


def test_whoever_runs_the_program_is_named_where_the_system_knows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert operator() == getpass.getuser()

    def unknown() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr(getpass, "getuser", unknown)
    monkeypatch.setenv("USERNAME", "wang")
    assert operator() == "wang"
    monkeypatch.delenv("USERNAME")
    assert operator() == ""


# --- the PDF ----------------------------------------------------------------------------------------


def program(folder: Path, code: str) -> Path:
    """A program that is called as LibreOffice is and does ``code`` instead."""
    script = folder / "office.py"
    script.write_text(f"#!{sys.executable}\nimport sys, time\n{code}\n", "utf-8")
    script.chmod(0o755)
    return script


@pytest.mark.skipif(os.name == "nt", reason="a script is no program on Windows")
@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("print('source file could not be loaded', file=sys.stderr)", "source file could not be loaded"),
        ("pass", pdf.SILENT),
        ("sys.exit(77)", pdf.SILENT),
    ],
)
def test_an_office_that_fails_says_why(tmp_path: Path, code: str, said: str) -> None:
    with pytest.raises(OfficeError, match=re.escape(said)):
        to_pdf(b"", program(tmp_path, code))


@pytest.mark.skipif(os.name == "nt", reason="a script is no program on Windows")
def test_an_office_that_hangs_is_stopped_with_its_children(tmp_path: Path) -> None:
    mark = tmp_path / "alive"
    child = f"import time; time.sleep(3); open({str(mark)!r}, 'w')"
    code = f"import subprocess\nsubprocess.Popen([sys.executable, '-c', {child!r}])\ntime.sleep(60)"
    with pytest.raises(OfficeError, match=pdf.SLOW):
        to_pdf(b"", program(tmp_path, code), timeout=1)
    time.sleep(3)
    assert not mark.exists()


def test_a_pdf_that_fails_is_a_warning_and_the_document_stays(
    place: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "find_office", lambda: tmp_path / "nothing")
    result = published(place)
    assert (result.exit_code, names(place)) == (0, names_of(1))
    found = only(result.findings, "publication.no_pdf")
    assert found.severity is Severity.WARNING
    assert "文件不存在" in message(found)


def test_a_pdf_that_was_lacking_is_made_by_the_next_call(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(place)
    monkeypatch.setattr(publishing, "find_office", lambda: Path("soffice"))
    monkeypatch.setattr(publishing, "to_pdf", lambda document, office: b"%PDF")
    again = published(place)
    assert again.publication is not None and again.publication.pdf is not None
    assert (place.published / again.publication.pdf.name).read_bytes() == b"%PDF"
    assert last(place) == again.publication
    assert published(place).publication == again.publication


@pytest.mark.parametrize("variable", ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"])
def test_the_office_is_found_where_windows_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setattr(pdf.shutil, "which", lambda name: None)
    for name in ("PROGRAMFILES", "PROGRAMW6432", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, str(tmp_path))
    assert find_office() is None
    middle = "Programs/" if variable == "LOCALAPPDATA" else ""
    folder = tmp_path / f"{middle}LibreOffice/program"
    folder.mkdir(parents=True)
    (folder / "soffice.exe").write_bytes(b"")
    assert find_office() == folder / "soffice.exe"
    (folder / "soffice.com").write_bytes(b"")
    assert find_office() == folder / "soffice.com"


@needs_office
def test_the_pdf_is_made_of_the_clean_copy(tmp_path: Path) -> None:
    assert SOFFICE and PDFTOTEXT
    place = small_workspace(tmp_path / "工作 文件夹")
    ran(place)
    result = published(place)
    assert codes(result) == []
    assert result.publication is not None and result.publication.pdf is not None
    path = place.published / result.publication.pdf.name
    assert path.name == f"{STEM}-第1次发布.pdf"
    assert sha256(path) == result.publication.pdf.sha256
    text = "".join(line.text for page in pages(path) for line in page.lines).replace(" ", "")
    assert "渔业总产值12.3亿元，同比增长3.5%；水质达标率98.25%。" in text


# --- the command line -------------------------------------------------------------------------------


def test_the_commands_as_their_user_types_them(tmp_path: Path) -> None:
    place = small_workspace(tmp_path / "workspace")
    root = place.root
    assert huibao(root, "publish").code == 2
    assert huibao(root).report.is_file()
    done = huibao(root, "--date", "2031-12-28", "publish", "--anyway", "run")
    assert done.code == 0
    assert (done.result["number"], done.result["date"]) == (1, "2031-12-28")
    assert Path(done.result["report"]).parent == place.published.resolve()
    assert all(Path(done.result[key]).is_file() for key in ("report", "summary", "source"))
    status = huibao(root, "status").result["publication"]
    assert (status["state"], status["number"], status["date"]) == ("published", 1, "2031-12-28")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", status["time"])
    assert huibao(root, "reopen").code == 2
    opened = huibao(root, "reopen", "--why", "check")
    assert (opened.code, opened.result["findings"]) == (0, [])
    assert opened.result["publication"] == huibao(root, "status").result["publication"]
    assert (opened.result["publication"]["state"], opened.result["publication"]["why"]) == (
        "reopened",
        "check",
    )
    assert huibao(root, "publish", str(place.reports / REPORT)).result["number"] == 1


def typed(place: Workspace, *arguments: str) -> str:
    """What a call prints for a person, results and findings together."""
    command = [sys.executable, str(CHECKOUT / "run_report.py"), *arguments]
    done = subprocess.run(
        [*command, "--workspace", str(place.root)],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return done.stdout + done.stderr


def test_a_person_reads_what_was_done(place: Workspace) -> None:
    assert "没有发布。" in typed(place, "publish", "--date", "x")
    told = typed(place, "publish", "--date", "2031-12-28").splitlines()
    assert told[:2] == [
        "已发布第1次，日期 2031-12-28，本期不再接收新的报送。",
        f"干净稿：{place.published / f'{STEM}-第1次发布.docx'}",
    ]
    assert "本期报告已发布：第1次，日期 2031-12-28（" in typed(place, "status")
    told = typed(place, "reopen", "--why", "更正")
    assert told == "已重新开启 2031，可再接收报送；改好后用 publish 再次发布。理由：更正\n"
    assert re.search(
        r"第1次发布（日期 2031-12-28）后已重新开启（.*），理由：更正", typed(place, "status")
    )
    english = typed(place, "publish", "--lang", "en")
    assert "Publication 1 of 2031-12-28; new submissions of the period are not taken." in english
    assert "it remains publication 1 of 2031-12-28" in english
    assert "The report is published: publication 1 of 2031-12-28" in typed(
        place, "status", "--lang", "en"
    )


# --- what changed since -----------------------------------------------------------------------------


def test_a_run_shows_what_changed_since_the_last_publication(place: Workspace) -> None:
    result = published(place)
    assert result.publication is not None
    reopened(place)
    hand_in(place, FILLED, CHANGED)
    done = ran(place, compared=True)
    assert done.report is not None
    assert done.comparison is not None
    assert done.comparison.parent == done.report.parent
    assert done.comparison.name == f"{done.report.stem}-与2031第1次发布比较.docx"
    data = done.comparison.read_bytes()
    assert faults(data) == []
    assert changed(data) == [("del", "98.25%"), ("ins", "98.26%")]
    assert said(accept(data)) == said(done.report.read_bytes())
    source = place.published / result.publication.source.name
    assert said(reject(data)) == said(source.read_bytes())


def test_without_a_publication_there_is_nothing_to_compare_with(place: Workspace) -> None:
    done = ran(place, compared=True)
    assert (done.report is not None, done.comparison, codes(done)) == (
        True,
        None,
        ["compare.unpublished"],
    )
