"""Unusual packages: every command opens the same documents, and gives the same reason for the others."""

from __future__ import annotations

import datetime as dt
import io
import random
import zipfile
from collections import Counter

import pytest
from lxml import etree

from generators.messages import LANGUAGES, line
from generators.model import Finding
from generators.word.clean import without_controls
from generators.word.compare import compare, written_at
from generators.word.documents import open_document
from generators.word.opening import open_package
from generators.word.properties import properties_in, read_properties
from generators.word.reading import open_text
from generators.word.render import render
from generators.word.template import compile_template
from tests.district import DEFINITION, dataset
from tests.packages import (
    CORE,
    OPENED,
    PICTURE,
    PLAIN,
    PRINTED,
    ROOT,
    TEXT,
    TYPES,
    related,
    replaced,
    with_core,
    with_part,
)
from tests.wild import CASES, READABLE_ALL_THE_SAME, REFUSED, changed, unzipped, zipped
from tests.wordprocessing import faults

pytestmark = pytest.mark.filterwarnings("error")
MOMENT = dt.datetime(2030, 12, 24, 9, 30)
FILE = "linxi/report.docx"
"""Nothing warns: a warning of a library's would reach the terminal."""


def lines(data: bytes) -> tuple[str, ...]:
    opened = open_text(data, FILE)
    assert opened.value is not None, opened.findings
    return tuple(text.text for text in opened.value.texts)


def printed(data: bytes) -> bytes:
    compiled = compile_template(data, DEFINITION, FILE)
    assert compiled.value is not None, compiled.findings
    report = render(compiled.value, dataset(), FILE)
    assert report.value is not None, report.findings
    return report.value.data


@pytest.mark.parametrize("name", OPENED)
def test_it_prints_and_stays_valid(name: str) -> None:
    assert lines(OPENED[name]) == TEXT
    report = printed(OPENED[name])
    assert lines(report) == PRINTED
    assert faults(report) == []
    parts = unzipped(report)
    if "strays" not in name:
        assert PICTURE in parts.values()
    assert printed(OPENED[name]) == report


@pytest.mark.parametrize("name", OPENED)
def test_headings_are_known_wherever_the_styles_lie(name: str) -> None:
    opened = open_text(OPENED[name], FILE)
    assert opened.value is not None
    assert [text.heading for text in opened.value.texts] == ["", "一、渔业"]


@pytest.mark.parametrize("name", OPENED)
def test_no_part_is_doubled(name: str) -> None:
    for data in (printed(OPENED[name]), without_controls(OPENED[name])):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = Counter(item.lower() for item in archive.namelist())
        assert [item for item, count in names.items() if count > 1] == []
        kinds = Counter(
            item.get("Type", "").rpartition("/")[2] for item in etree.fromstring(unzipped(data)[ROOT])
        )
        assert [item for item, count in kinds.items() if count > 1] == []


@pytest.mark.parametrize("name", OPENED)
def test_it_is_compared(name: str) -> None:
    for sides in ((PLAIN, OPENED[name]), (OPENED[name], PLAIN)):
        done = compare(*sides, MOMENT, ("a.docx", "b.docx"))
        assert done.value is not None, done.findings
        assert done.value.same
        if name != "strays":  # which stay beside the newer document as they were
            assert faults(done.value.data) == []


@pytest.mark.parametrize("name", ["docProps/Custom.xml", "docProps/custom2.xml"])
def test_properties_of_people_stay_beside_our_own(name: str) -> None:
    data = OPENED[f"own properties in {name}"]
    assert read_properties(data) == {"文号": "一"}
    report = printed(data)
    assert set(read_properties(report)) == {"文号", "huibao_pack", "huibao_period", "huibao_manifest"}
    assert read_properties(without_controls(report)) == {"文号": "一"}


def test_the_date_is_read_wherever_the_properties_lie() -> None:
    dated = CORE.replace(
        b"<dc:title>",
        b'<m:modified xmlns:m="http://purl.org/dc/terms/">2031-02-03T04:05:06Z</m:modified><dc:title>',
    )
    for name in ("docProps/core.xml", "docProps/Core.xml", "meta/1.psmdcp"):
        moment = written_at(with_core(name=name, content=dated))
        assert moment is not None and moment.isoformat() == "2031-02-03T04:05:06+00:00"


def test_an_ordinary_package_stays_as_it_is() -> None:
    for data in (PLAIN, *(case.data for case in CASES.values())):
        assert open_package(data).value == unzipped(data)


# --- what is refused ------------------------------------------------------------------------------

BROKEN = {
    "part_damaged docProps/core.xml": with_core(content=b"<x/>"),
    "part_damaged docProps/core.xml (cut)": with_core(content=b"<x"),
    "part_type word/odd.foo": related("urn:x", "odd.foo", with_part("word/odd.foo", b"x", "")),
    "part_missing word/gone.xml": related("urn:x", "gone.xml"),
    "part_damaged [Content_Types].xml": changed(PLAIN, {TYPES: b"<Types"}),
    "part_damaged word/_rels/document.xml.rels": changed(PLAIN, {"word/_rels/document.xml.rels": b"<"}),
    "part_damaged word/_rels/document.xml.rels (no id)": replaced(
        "word/_rels/document.xml.rels", 'Id="rId1"', ""
    ),
    "no_body word/document.xml": changed(PLAIN, {"word/document.xml": b"<a/>"}),
    "entities word/styles.xml": changed(PLAIN, {"word/styles.xml": b"<!DOCTYPE a><a/>"}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_named(name: str) -> None:
    [finding] = open_document(BROKEN[name], FILE).findings
    code, part = name.split(" ")[:2]
    assert (finding.code, finding.params, finding.file) == (f"document.{code}", {"part": part}, FILE)
    assert part in line(finding)


def with_method(method: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, part in unzipped(PLAIN).items():
            kind = method if name == "word/styles.xml" else zipfile.ZIP_DEFLATED
            archive.writestr(name, part, kind)
    return buffer.getvalue()


def test_a_compression_that_office_does_not_know_is_named() -> None:
    [finding] = open_document(with_method(zipfile.ZIP_BZIP2), FILE).findings
    assert finding.code == "document.compression"
    assert "“word/styles.xml”" in line(finding)


def test_a_part_whose_bytes_were_changed_is_named() -> None:
    data = bytearray(with_method(zipfile.ZIP_STORED))
    data[data.index(b"w:styles")] = ord("v")
    [finding] = open_document(bytes(data), FILE).findings
    assert (finding.code, finding.params) == ("document.part_damaged", {"part": "word/styles.xml"})


def test_what_is_large_only_when_unpacked_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generators.word.opening.MAX_UNZIPPED_BYTES", 2**20)
    noise = random.Random(1).randbytes(1200) * 1000
    [finding] = open_document(zipped({**unzipped(PLAIN), "word/media/a.bin": noise}), FILE).findings
    assert finding.code == "document.unpacked"
    told = line(finding)
    packed, size = finding.params["packed"], finding.params["size"]
    assert packed.endswith(" KB") and size == "1.1 MB"
    assert f"文档本身 {packed}，解压后有 1.1 MB，超过上限 1 MB" in told


def reasons(data: bytes) -> set[tuple[str, tuple[tuple[str, str], ...]]]:
    """What each way of opening a document says."""

    def key(finding: Finding) -> tuple[str, tuple[tuple[str, str], ...]]:
        for language in LANGUAGES:
            assert "…" not in line(finding, language)
            assert "{" not in line(finding, language)
        return finding.code, tuple(sorted(finding.params.items()))

    found = set()
    for findings in (
        open_text(data, FILE).findings,
        compare(data, PLAIN, MOMENT, (FILE, "b.docx")).findings,
        compile_template(data, DEFINITION, FILE).findings,
    ):
        assert len(findings) == 1
        found.add(key(findings[0]))
    return found


@pytest.mark.parametrize("name", sorted(REFUSED.keys() - READABLE_ALL_THE_SAME))
def test_every_way_of_opening_gives_the_same_reason(name: str) -> None:
    assert len(reasons(REFUSED[name])) == 1


def test_damaged_packages_are_answered(capsys: pytest.CaptureFixture[str]) -> None:
    """Cut, with bytes changed, with parts gone, exchanged or typed otherwise."""
    rng = random.Random(20261129)
    answers: Counter[str] = Counter()
    for name in OPENED:
        for _ in range(12):
            data = spoiled(OPENED[name], rng)
            opened = open_document(data, FILE)
            read = open_text(data, FILE)
            assert (opened.value is None) == bool(opened.findings)
            assert (read.value is None) == bool(read.findings)
            if read.value is not None:
                properties_in(read.value.parts)
                without_controls(data)
            compare(data, PLAIN, MOMENT, (FILE, "b.docx"))
            if opened.value is not None:
                compiled = compile_template(data, DEFINITION, FILE)
                if compiled.value is not None:
                    render(compiled.value, dataset(), FILE)
            answers[opened.findings[0].code if opened.findings else "opened"] += 1
    captured = capsys.readouterr()
    assert captured.out + captured.err == ""
    assert len(answers) > 6, answers


def spoiled(data: bytes, rng: random.Random) -> bytes:
    """The document with one thing wrong."""
    parts = unzipped(data)
    name = rng.choice(list(parts))
    part = parts[name]
    way = rng.randrange(7)
    if way == 0:
        return data[: rng.randrange(len(data))]
    if way == 1:
        place = rng.randrange(len(data))
        return data[:place] + rng.randbytes(3) + data[place + 3 :]
    if way == 2:
        del parts[name]
    elif way == 3:
        parts[name] = part[: rng.randrange(len(part) + 1)]
    elif way == 4:
        place = rng.randrange(len(part) + 1)
        parts[name] = part[:place] + rng.choice([b"<", b"&", b"\0", b'"', b"></a>"]) + part[place:]
    elif way == 5:
        parts[name] = parts[rng.choice(list(parts))]
    else:
        types = next(item for item in parts if item.lower().endswith(TYPES.lower()))
        words = parts[types].split(b'"')
        words[rng.randrange(len(words))] = rng.choice([b"", b"application/xml", b"/word/document.xml"])
        parts[types] = b'"'.join(words)
    return zipped(parts)
