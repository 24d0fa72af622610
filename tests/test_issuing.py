"""``run`` on a report that people edited: what is kept aside, refreshed, replaced, offered."""

from __future__ import annotations

import copy
import re
from pathlib import Path

import docx
import openpyxl
import pytest

from generators.archive import OLE2_SIGNATURE
from generators.word.reading import read_document
from tests.conftest import Outcome, huibao
from tests.office import convert, needs_office
from tests.wordprocessing import W, faults


def codes(outcome: Outcome) -> list[str]:
    """What was found about the report."""
    found = [item["code"] for item in outcome.result["findings"]]
    return [code for code in found if code.startswith(("report.", "document."))]


def lines(report: Path) -> list[str]:
    read = read_document(report.read_bytes())
    assert read is not None
    return [text.text for text in read.texts]


def kept(workspace: Path) -> list[Path]:
    return sorted((workspace / "reports/edited").glob("*.docx"))


def type_into(report: Path, words: str = "手写的一段。") -> bytes:
    """Add a paragraph, and type over the first figure, as in Word; the bytes that were saved."""
    made = docx.Document(str(report))
    control = next(made.element.body.iter(f"{W}sdt"))
    next(control.iter(f"{W}t")).text = "约85亿元"
    made.element.body[3].addprevious(made.add_paragraph(words)._p)
    made.save(str(report))
    return report.read_bytes()


def report_other_figures(workspace: Path) -> None:
    """Change two figures that the sample report prints."""
    path = workspace / "workbooks/inbox/统计局-2023.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["指标"]
    row = next(cell.row for rows in sheet.iter_rows() for cell in rows if cell.value == "地区生产总值")
    sheet.cell(row, 4).value = 86.3
    sheet.cell(row, 6).value = -1.6
    book.save(path)


def test_an_edited_report_is_kept_aside_and_refreshed(workspace: Path) -> None:
    report = huibao(workspace).report
    saved = type_into(report)
    report_other_figures(workspace)
    outcome = huibao(workspace)
    assert outcome.code in (0, 1)
    assert codes(outcome) == ["report.override", "report.copied"]
    [copy_aside] = kept(workspace)
    assert copy_aside.read_bytes() == saved
    text = "\n".join(lines(report))
    assert "手写的一段。" in text
    assert "地区生产总值约85亿元，同比下降1.6%" in text
    assert faults(report.read_bytes()) == []
    # Nothing has changed since: nothing is written otherwise, and nothing is copied again.
    before = report.read_bytes()
    again = huibao(workspace)
    assert codes(again) == ["report.override"]
    assert report.read_bytes() == before
    assert kept(workspace) == [copy_aside]


def test_fresh_makes_the_report_anew_and_keeps_the_edited_one(workspace: Path) -> None:
    report = huibao(workspace).report
    first = report.read_bytes()
    saved = type_into(report)
    outcome = huibao(workspace, "run", "--fresh")
    assert codes(outcome) == ["report.copied"]
    assert report.read_bytes() == first
    assert [path.read_bytes() for path in kept(workspace)] == [saved]
    # A refreshed one holds what people wrote as well.
    type_into(report)
    huibao(workspace)
    refreshed = report.read_bytes()
    huibao(workspace, "run", "--fresh")
    assert report.read_bytes() == first
    assert refreshed in [path.read_bytes() for path in kept(workspace)]


def test_an_untouched_report_is_made_anew_without_copies(workspace: Path) -> None:
    report = huibao(workspace).report
    report_other_figures(workspace)
    assert codes(huibao(workspace)) == []
    assert "地区生产总值86.3亿元，同比下降1.6%" in "\n".join(lines(report))
    assert not (workspace / "reports/edited").exists()


def test_a_changed_template_is_offered_beside_an_edited_report(workspace: Path) -> None:
    report = huibao(workspace).report
    type_into(report)
    [path] = workspace.glob("templates/*/report.docx")
    template = docx.Document(str(path))
    heading = next(item for item in template.paragraphs if item.style.name.startswith("Heading"))
    heading._p.addnext(copy.deepcopy(heading._p))
    heading.runs[0].text = "新的标题"
    for run in heading.runs[1:]:
        run.text = ""
    template.save(str(path))
    outcome = huibao(workspace)
    assert codes(outcome) == ["report.override", "report.template_changed", "report.copied"]
    [change] = [item for item in outcome.result["findings"] if item["code"] == "report.template_changed"]
    assert "新的标题" in change["message"]
    assert "手写的一段" in change["message"]
    offered = report.with_name(f"{report.stem}-新模板.docx")
    assert "新的标题" in lines(offered)
    assert "新的标题" not in lines(report)
    # Who takes it puts it in the report's place: it counts as one that nobody has edited.
    offered.replace(report)
    assert codes(huibao(workspace)) == []
    assert "新的标题" in lines(report)


def test_a_report_that_the_ledger_does_not_know_is_kept_aside(workspace: Path) -> None:
    report = huibao(workspace).report
    saved = type_into(report)
    (workspace / "workbooks/ledger.db").unlink()
    outcome = huibao(workspace)
    assert codes(outcome) == ["report.unknown"]
    assert [path.read_bytes() for path in kept(workspace)] == [saved]
    assert "手写的一段。" not in lines(report)


@pytest.mark.parametrize(
    ("data", "code", "exit_code"),
    [
        (b"PK\x03\x04 cut short", "report.unreadable", 0),
        (OLE2_SIGNATURE + "EncryptedPackage".encode("utf-16-le"), "report.protected", 2),
        (OLE2_SIGNATURE + b"rest", "document.legacy", 2),
    ],
)
def test_a_report_that_cannot_be_read(workspace: Path, data: bytes, code: str, exit_code: int) -> None:
    report = huibao(workspace).report
    report.write_bytes(data)
    outcome = huibao(workspace)
    assert (outcome.code, codes(outcome)) == (exit_code, [code])
    if code == "report.unreadable":
        [told] = outcome.result["findings"]
        assert "（文档已损坏或没有传完，无法读取）" in told["message"]
    if exit_code:
        assert report.read_bytes() == data
    else:
        assert [path.read_bytes() for path in kept(workspace)] == [data]
        assert faults(report.read_bytes()) == []


def test_a_report_from_another_program_version_is_found_by_what_it_carries(workspace: Path) -> None:
    """An edited document whose bytes nobody knows is known by the manifest that it names."""
    report = huibao(workspace).report
    type_into(report, "第一次。")
    first = report.read_bytes()
    report_other_figures(workspace)
    huibao(workspace)
    report.write_bytes(first)  # somebody puts an earlier copy back
    outcome = huibao(workspace)
    assert "report.override" in codes(outcome)
    assert "同比下降1.6%" in "\n".join(lines(report))


@needs_office
def test_a_report_saved_by_libreoffice_is_refreshed(workspace: Path, tmp_path: Path) -> None:
    report = huibao(workspace).report
    before = lines(report)
    report.write_bytes(convert(report, tmp_path, "docx").read_bytes())
    report_other_figures(workspace)
    outcome = huibao(workspace)
    assert codes(outcome) == ["report.copied"]
    changed = [
        (old, new) for old, new in zip(words(before), words(lines(report)), strict=True) if old != new
    ]
    assert changed
    for old, new in changed:
        level = re.sub("地区生产总值85亿元|^85$", lambda found: found[0].replace("85", "86.3"), old)
        growth = {"1.5": "-1.6"}.get(level, level.replace("同比增长1.5%", "同比下降1.6%"))
        assert growth == new
    read = read_document(report.read_bytes())
    assert read is not None
    assert all(control.tag and control.alias and control.bookmark for control in read.controls)


def words(paragraphs: list[str]) -> list[str]:
    """Paragraphs that say something, without page numbers; LibreOffice moves page breaks about."""
    stripped = [text.strip() for text in paragraphs]
    return [text for text in stripped if text and not re.fullmatch(r"— \d+ —", text)]
