"""Every regular expression of the program, and every document it opens, against what pumps them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generators import comparing
from generators.auditing import _held_against
from generators.comparing import compare_files
from generators.definition.slots import read_slots
from generators.messages import line
from generators.model import Finding, Severity
from generators.support.bounded import Ending, apart
from generators.support.limits import MEMORY_BYTES, SECONDS, Bounds
from generators.validation.narratives import _level_pattern
from generators.word.clean import without_controls
from generators.word.compare.differences import _figure_pattern
from generators.word.reading import read_document
from generators.word.template import compile_template
from generators.word.trial import reading, try_out, worked_apart
from tests.conftest import CHECKOUT
from tests.district import DEFINITION
from tests.hostile_documents import BODIES, document
from tests.pumping import Known, Slow, built_ones, patterns_in, slow_ones
from tests.small_workspace import small_workspace
from tests.wild import changed, unzipped

FILE = "linxi/report.docx"
MANY = bool(os.environ.get("HUIBAO_MANY"))
posix = pytest.mark.skipif(sys.platform == "win32", reason="matching is timed by a clock of POSIX")

BOUNDED = {
    "generators.definition.slots._TIME": "read_slots takes no longer text",
    "generators.excel.values._LITERALS": "number formats are cut at what Excel takes",
    "generators.excel.numbers._FIXED": "number formats are cut at what Excel takes",
    "generators.excel.numbers._LITERALS": "number formats are cut at what Excel takes",
    "generators.word.strict._TAG": "well-formed XML ends with the sign that is looked for",
}
"""Patterns that are slow on what cannot reach them, and why it cannot."""
BUILT = {
    "generators.names": "the separators of a path",
    "generators.ledger.failures": "constants, on what a database says in one line",
    "generators.definition.typed": "names of a pack, each a text as it is",
    "generators.spelling": "names of a pack, each a text as it is; and Jinja's own messages",
    "generators.validation.narratives": "names of a pack; the numbers after them are tried below",
    "generators.model.periods": "constants, tried below",
    "generators.word.audit.auditor": "printed figures, each a text as it is",
    "generators.word.audit.numbers": "a pack's exceptions, with few wildcards",
    "generators.word.audit.unbound": "a phrase, a text as it is",
    "generators.word.compare.differences": "tried below",
    "generators.word.strict": "a constant and a name",
}
"""Modules that build patterns while they run, and of what."""


def built() -> list[Known]:
    from generators.model.periods import _FORMS

    patterns = [_level_pattern(unit).pattern for unit in ("亿元", "%", "", "个", "万")]
    patterns += [_figure_pattern(frozenset(["亿元"])).pattern]
    found = [Known("built", pattern, 0, ("match", "findall")) for pattern in patterns[-1:]]
    found += [Known("built", pattern, 0, ("match",)) for pattern in patterns[:-1]]
    return found + [Known("built", pattern, 0, ("fullmatch",)) for _, pattern, _ in _FORMS]


def all_slow() -> tuple[list[Slow], int, int]:
    """The slow ones of all patterns, how many there are, and how many inputs were tried."""
    known = list(dict.fromkeys([*patterns_in(CHECKOUT / "generators"), *built()]))
    tried: list[int] = []
    slow = [item for each in known if each.place not in BOUNDED for item in slow_ones(each, tried)]
    return slow, len(known), len(tried)


@posix
def test_no_pattern_takes_more_than_linear_time(record_property: Any) -> None:
    done = apart(all_slow, bounds=Bounds(seconds=120))
    assert done.ending is Ending.DONE and done.value is not None
    slow, patterns, tried = done.value
    record_property("counted", f"regular expressions: {patterns} pumped with {tried} inputs")
    assert [f"{item.place} {item.method} {item.pump} {item.seconds}" for item in slow] == []
    assert patterns > 100 and tried > 5_000


def test_what_pumps_a_pattern_is_found() -> None:
    for pattern, method in (
        ("(a+)+b", "match"),
        (r"\s*x", "search"),
        (r"(\d{4}(?:-\d+)*)年", "findall"),
        (r"(?:达到|达|到)*x", "match"),
        (r"<[^>]*>", "sub"),
    ):
        assert slow_ones(Known("here", pattern, 0, (method,))), pattern
    assert slow_ones(Known("here", r"(?<!\d)\d+x", 0, ("search",))) == []


def test_every_pattern_that_is_built_while_the_program_runs_is_known() -> None:
    modules = {item.partition(":")[0] for item in built_ones(CHECKOUT / "generators")}
    assert modules == BUILT.keys()


def test_what_is_slow_never_gets_what_makes_it_slow() -> None:
    places = {item.place for item in patterns_in(CHECKOUT / "generators")}
    assert BOUNDED.keys() <= places
    assert apart(read_slots, " " * 2**20, bounds=Bounds(1)).ending is Ending.DONE
    assert apart(read_slots, "上午" + "\t" * 2**20, bounds=Bounds(1)).ending is Ending.DONE


# --- documents ----------------------------------------------------------------------------------------

SLOW = ("equal paragraphs", "one paragraph of one sign")
"""What the comparison of two texts takes quadratic time for, whoever wrote it."""
FEW = (*SLOW, "openings of tags", "tags in one paragraph", "nesting without end", "attributes")
SLACK = 1.5
"""Seconds and shares that a measurement may be off."""


def as_template(data: bytes, _: Path) -> tuple[Finding, ...]:
    refused = try_out(data, FILE, compile_template, DEFINITION, FILE)
    return (refused,) if refused else compile_template(data, DEFINITION, FILE).findings


def as_audited(data: bytes, _: Path) -> tuple[Finding, ...]:
    refused = try_out(data, FILE, reading)
    if refused or read_document(data) is None:
        return (refused,) if refused else ()
    return worked_apart(FILE, _held_against, data, None, None, b"", ()).findings


def as_compared(data: bytes, folder: Path) -> tuple[Finding, ...]:
    old, new = folder / "old.docx", folder / "new.docx"
    old.write_bytes(data)
    parts = unzipped(data)
    body = parts["word/document.xml"]
    body = body.replace(b"<w:body>", b"<w:body><w:p/>").replace("甲".encode(), "丙".encode(), 1)
    new.write_bytes(changed(data, {"word/document.xml": body}))
    return compare_files(old, new, folder / "made.docx").findings


def as_published(data: bytes, _: Path) -> tuple[Finding, ...]:
    refused = try_out(data, FILE, reading) or try_out(data, FILE, without_controls)
    return (refused,) if refused else ()


def work_of(kind: int) -> float:
    import resource

    used = resource.getrusage(kind)
    return used.ru_utime + used.ru_stime


@posix
@pytest.mark.parametrize("use", [as_template, as_audited, as_compared, as_published])
@pytest.mark.parametrize("name", BODIES if MANY else FEW)
def test_a_document_of_a_megabyte_is_answered(
    name: str,
    use: Callable[[bytes, Path], tuple[Finding, ...]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import resource

    bounds = Bounds() if MANY else Bounds(seconds=3)  # the same, and sooner
    monkeypatch.setattr(comparing, "Bounds", lambda *_: bounds)
    data = document(name)
    assert sum(map(len, unzipped(data).values())) > 600_000
    children, own = work_of(resource.RUSAGE_CHILDREN), work_of(resource.RUSAGE_SELF)
    findings = use(data, tmp_path)
    # What is compared is read before, each document by itself.
    assert work_of(resource.RUSAGE_CHILDREN) - children < 3 * SECONDS
    assert work_of(resource.RUSAGE_SELF) - own < SECONDS
    assert {item.rule for item in findings} <= {"document", "template", "compare"}
    if name == "nesting without end" and use in (as_template, as_compared):
        assert {item.code for item in findings} == {"document.too_deep"}
    if name in SLOW and use is as_compared:
        assert [item.code for item in findings] == ["document.too_slow"]
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss - base
    assert most * 1024 < SLACK * MEMORY_BYTES


def abort(_: bytes) -> None:
    os.abort()


def hoard(_: bytes) -> int:
    return len(bytearray(400 * 2**20))


def climb(data: bytes) -> int:
    return climb(data) + 1


def test_how_a_trial_ends_is_told_and_equal_bytes_are_tried_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for work, code in ((abort, "crashed"), (hoard, "too_much_memory"), (climb, "too_deep")):
        refused = try_out(b"here", FILE, work)
        assert refused is not None and (refused.code, refused.file) == (f"document.{code}", FILE)
        assert "{" not in line(refused)
    if hasattr(os, "fork"):

        def none() -> int:
            raise OSError("no process")

        monkeypatch.setattr(os, "fork", none)
        again = try_out(b"here", "b.docx", hoard)
        assert again == Finding("document.too_much_memory", Severity.ERROR, file="b.docx")
        refused = try_out(b"elsewhere", FILE, hoard)
        assert refused is not None and refused.code == "document.no_reader"


@posix
def test_a_watch_lives_on_with_a_hostile_template_and_ends_when_it_is_asked_to(tmp_path: Path) -> None:
    place = small_workspace(tmp_path)
    [template] = place.templates.glob("*/report.docx")
    template.write_bytes(document("openings of tags"))
    command = [sys.executable, str(CHECKOUT / "run_report.py"), "watch", "--interval", "1"]
    command += ["--workspace", str(place.root)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        for _ in range(600):
            if any(place.returned.rglob("*.xlsx")):
                break
            time.sleep(0.1)
        assert process.poll() is None, "it watches on"
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert any(place.returned.rglob("*.xlsx")), "departments are answered all the same"
