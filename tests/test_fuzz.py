"""Damaged and forged files, and cells with anything in them: read right or refused, never a traceback.

``HUIBAO_FUZZ`` in the environment says how many mutations are tried (2,100 where it says nothing), and
``HUIBAO_FUZZ_SEED`` which.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import faulthandler
import io
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.excel.foreign import biff8, biff12, opendocument
from generators.excel.grid import Workbook, address
from generators.excel.reading import read_any_workbook
from generators.excel.values import clean, decimal_of
from generators.intake.cells import explanation_of, text_of
from generators.messages import LANGUAGES, line
from generators.model import Finding, Severity, Submission
from generators.returns import annotated_copy
from generators.returns.receipt import Receipt
from generators.validation import is_blocking, validate
from tests.benchmarks.file_faults import BROKEN
from tests.binary_workbook import binary_workbook
from tests.fuzzing import BYTES, KINDS, MOST_SECONDS, mutated, with_everything
from tests.small_workspace import ran, small_workspace
from tests.test_harmless_outputs import TEMPLATE, UNSTORED, check_workbooks
from tests.workbooks import (
    cell_of,
    edited,
    filled_form,
    form_of,
    header_row,
    sound_definition,
    submitted,
)

MUTATIONS = int(os.environ.get("HUIBAO_FUZZ") or 2_100)
SEED = int(os.environ.get("HUIBAO_FUZZ_SEED") or 0)
SHARES = {"bytes": MUTATIONS * 4 // 7, "entries": MUTATIONS * 3 // 14, "markup": MUTATIONS * 3 // 14}
"""How many of each kind: most damaged bytes are told at once by a check sum."""
BATCHES = 4
"""Of each kind: they are spread over the cores."""
IN_CHILDREN = max(MUTATIONS // 30, 30)

DEFINITION = sound_definition()
FORM = filled_form(DEFINITION)
FULL = with_everything(FORM)


@contextlib.contextmanager
def watched() -> Iterator[None]:
    """Fail where what is done takes over 10 seconds; where it hangs, end with a traceback."""
    faulthandler.dump_traceback_later(6 * MOST_SECONDS, exit=True, file=sys.__stderr__)
    began = time.perf_counter()
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
    assert time.perf_counter() - began < MOST_SECONDS


def told(form: Submission | None) -> tuple[object, ...]:
    """What a submission says, with the cells that it says it in."""
    assert form is not None
    return (
        form.identity,
        [(o.indicator, o.measure, o.reading.cell.address, o.reading.value) for o in form.observations],
        [(row.row, {name: item.value for name, item in row.readings.items()}) for row in form.rows],
        [(item.narrative, item.cell.address, item.text) for item in form.narratives],
        [(item.cell.address, item.text) for item in form.explanations],
    )


SAID = told(submitted(FORM, DEFINITION).value)


def outcome(data: bytes) -> tuple[str, Submission | None, Workbook | None]:
    """Whether a file is ``refused`` as a whole, ``returned`` for an error in it, or ``read``."""
    with watched():
        book = read_any_workbook(data, "a.xlsx")
        read = form_of(book, DEFINITION)
        found = [*read.findings, *(validate(read.value, DEFINITION) if read.value else ())]
    for item in found:
        for language in LANGUAGES:
            assert "请" in line(item) and line(item, language)
    if read.value is None:
        assert len(found) == 1 and found[0].severity is Severity.ERROR, found
        return "refused", None, book.value
    returned = any(is_blocking(item) for item in found)
    return "returned" if returned else "read", read.value, book.value


# --- mutations ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("batch", range(BATCHES))
@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_form_is_read_right_or_refused(
    kind: str, batch: int, record_property: Callable[[str, object], None]
) -> None:
    counts: Counter[str] = Counter()
    for number in range(batch, SHARES[kind], BATCHES):
        data = mutated(FULL if number % 2 else FORM, kind, number, SEED)
        what, form, book = outcome(data)
        if what == "read" and kind != "markup":
            assert told(form) == SAID, f"{kind} {number}"
        if what == "read" and kind == "markup":
            assert book is not None
            # It may say another thing now: then it must be what another reader reads, too.
            agreed = agrees(data, book)
            counts["agreed" if agreed else "unread elsewhere"] += 1
        counts[what] += 1
    record_property("counted", f"mutations, {kind} {batch}: {dict(sorted(counts.items()))}")
    assert counts.total() > 0


def agrees(data: bytes, book: Workbook) -> bool:
    """Fail where calamine reads other values than this program; ``False`` where it reads none."""
    import python_calamine as calamine

    try:
        source = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        theirs = {name: values_of(source.get_sheet_by_name(name)) for name in source.sheet_names}
    except BaseException as error:  # of its own classes, and panics
        if isinstance(error, KeyboardInterrupt):
            raise
        return False
    for sheet in book.sheets:
        own = {
            cell.address: cell.value
            for cell in sheet.cells.values()
            if cell.problem is None and cell.value is not None and cell.value != ""
        }
        odd = {cell.address for cell in sheet.cells.values() if cell.problem is not None}
        others = {place: value for place, value in theirs[sheet.name].items() if place not in odd}
        assert own == others, sheet.name
    return True


def values_of(sheet: Any) -> dict[str, object]:
    """The cells of a sheet as calamine reads them, by address."""
    top, left = sheet.start or (0, 0)
    found = {}
    for row, cells in enumerate(sheet.to_python(skip_empty_area=True), top + 1):
        for column, value in enumerate(cells, left + 1):
            if isinstance(value, int | float) and not isinstance(value, bool):
                found[address(row, column)] = decimal_of(float(value))
            elif value != "" and (text := clean(str(value))):
                found[address(row, column)] = text
    return found


@pytest.mark.parametrize("batch", range(2))
def test_a_process_of_300_megabytes_is_enough(batch: int, tmp_path: Path) -> None:
    form = tmp_path / "form.xlsx"
    form.write_bytes(FORM)
    command = [sys.executable, "-m", "tests.fuzzing", str(form), str(SEED + 1)]
    command += [str(batch * IN_CHILDREN), str(IN_CHILDREN)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=20 * MOST_SECONDS,
        cwd=Path(__file__).parent.parent,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    longest, read = done.stdout.split()
    assert float(longest) < MOST_SECONDS
    assert 0 < int(read) < IN_CHILDREN


FOREIGN = {
    "xls": (BROKEN / "excel-97.xls").read_bytes(),
    "ods": (BROKEN / "libreoffice.ods").read_bytes(),
    "xlsb": binary_workbook(FORM),
}
READERS = {"xls": biff8, "ods": opendocument, "xlsb": biff12}


def cells(book: Workbook | None) -> object:
    assert book is not None
    return [(sheet.name, dict(sheet.cells)) for sheet in book.sheets]


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_damaged_file_of_another_format_is_read_or_refused(kind: str) -> None:
    """In processes of their own; bytes of an .xls have no check sum, so that it may say others."""
    whole = read_any_workbook(FOREIGN[kind], "a.xlsx")
    assert whole.value is not None
    for number in range(MUTATIONS // 150):
        draw = random.Random(f"{SEED}/{kind}/{number}")
        data = draw.choice(BYTES)(FOREIGN[kind], draw)
        with watched():
            read = read_any_workbook(data, "a.xlsx")
        if read.value is None:
            [refusal] = read.findings
            assert "请" in line(refusal)
        elif kind != "xls":
            assert cells(read.value) == cells(whole.value)


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_reader_of_records_ends_on_any_bytes(kind: str) -> None:
    """What these readers do in their process, without it: they may fail, but not hang or grow."""
    for number in range(MUTATIONS // 15):
        draw = random.Random(f"{SEED}/records/{kind}/{number}")
        data = draw.choice(BYTES)(FOREIGN[kind], draw)
        with watched(), contextlib.suppress(Exception):
            facts = READERS[kind].facts_of(data)
            assert sum(len(sheet.cells) for sheet in facts.sheets) <= 100_000


# --- contents of cells --------------------------------------------------------------------------------

TEXTS = st.one_of(
    st.text(max_size=60),
    st.text(alphabet=" \t\n\r\u3000\u00a0\u200b\ufeff。，、；0123456789.%-+=@'\"{}<>&", max_size=40),
    st.sampled_from(
        ["=1+1", "{{7*7}}", "{% raw %}", "无", "—", "12.3亿元", "下降3.2%", "１２", "1,234"]
    ),
    st.integers(1, 32_767).map(lambda length: "长" * length),
)
NUMBERS = st.one_of(st.floats(-1e300, 1e300), st.integers(-(2**60), 2**60), st.floats(-1, 1)).map(
    lambda number: number if isinstance(number, int) else float(f"{number:.12g}")
)
CONTENTS = st.one_of(
    st.none(),
    TEXTS,
    NUMBERS,
    st.booleans(),
    st.datetimes(dt.datetime(1900, 3, 1), dt.datetime(9999, 1, 1)),
    st.sampled_from(["#REF!", "#N/A", "#DIV/0!"]).map(lambda error: ("e", error)),
    st.sampled_from(["=1+1", "=A1", '=IF(1,"",2)', "=[1]Sheet1!A1"]).map(lambda text: ("f", text)),
)
FORMATS = st.sampled_from(["General", "0.0", "0.0%", "@", "yyyy-mm-dd", "#,##0.00", '0"%"', "[h]:mm"])
INPUTS = tuple(
    (code, header)
    for code in ("S1-01", "S1-02", "S2-01")
    for header in ("本年预计", "上年实际", "同比增长(%)", "下年目标", "情况说明")
)
COLUMNS = ("渔港名称", "级别", "总投资（亿元）", "增幅", "开港日期", "情况说明")
COUNT = len(INPUTS) + len(COLUMNS) + 1
TYPED = st.lists(st.tuples(CONTENTS, FORMATS), min_size=COUNT, max_size=COUNT)


def enter(cell: Any, content: object, number_format: str) -> None:
    """Put anything into a cell, as Excel would store it."""
    cell.number_format = number_format
    if isinstance(content, tuple):
        kind, text = content
        cell.value, cell.data_type = text, kind
    elif isinstance(content, str):
        cell.value = stored(content)
        cell.data_type = "s"
    else:
        cell.value = content


def stored(text: str) -> str:
    text = "".join(mark for mark in text if not 0xD800 <= ord(mark) < 0xE000)[:32_767]
    return UNSTORED.sub(lambda match: f"_x{ord(match[0]):04X}_", text)


def inputs_of(book: Any) -> Iterator[Any]:
    """Every cell that may be filled, and the text."""
    for code, header in INPUTS:
        yield cell_of(book, code, header)
    sheet = book["渔港清单"]
    row, columns = header_row(sheet, "渔港名称")
    for column in COLUMNS:
        yield sheet.cell(row + 1, columns[column])
    yield cell_of(book, "N1", "正文", "文字材料")


def form_with(contents: list[tuple[object, str]]) -> tuple[bytes, dict[tuple[str, str], object]]:
    """A form with those contents, and what was put where."""
    where: dict[tuple[str, str], object] = {}

    def change(book: Any) -> None:
        for cell, (content, number_format) in zip(inputs_of(book), contents, strict=True):
            enter(cell, content, number_format)
            where[cell.parent.title, cell.coordinate] = content

    return edited(FORM, change), where


@given(TYPED)
@settings(max_examples=40, deadline=None)
def test_anything_in_the_cells_is_read_and_nothing_is_lost(contents: list[tuple[object, str]]) -> None:
    data, where = form_with(contents)
    with watched():
        read = submitted(data, DEFINITION)
        assert read.value is not None
        found = [*read.findings, *validate(read.value, DEFINITION)]
        copy = annotated_copy(receipt_of(read.value, found), data)
    for item in found:
        assert "请" in line(item) or "无需处理" in line(item)
    book = read_any_workbook(data, "a.xlsx").value
    back = read_any_workbook(copy, "a.xlsx").value
    assert book is not None and back is not None
    for (title, place), content in where.items():
        for made in (book, back):
            sheet = made.sheet(title)
            assert sheet is not None
            cell = next((c for c in sheet.cells.values() if c.address == place), None)
            if isinstance(content, str):
                assert (cell.raw if cell else "") == clean(stored(content)), (title, place)
            elif isinstance(content, int | float) and not isinstance(content, bool) and cell:
                assert cell.problem in (None, "date", "error")
                if cell.problem is None:
                    assert cell.value == decimal_of(float(content)) or cell.value == Decimal(content)
            elif content is not None:
                assert cell is not None, (title, place)
    text = next(item for item in read.value.narratives)
    if isinstance(contents[-1][0], str):
        assert text.text == text_of(text.cell)
    for reason in read.value.explanations:
        assert reason.text == explanation_of(reason.cell)


def receipt_of(form: Submission, found: list[Finding]) -> Receipt:
    rejected = any(is_blocking(item) for item in found)
    return Receipt(DEFINITION, "yy", form.file, rejected=rejected, findings=tuple(found))


WORDS = st.tuples(TEXTS, TEXTS, TEXTS)


@given(WORDS)
@settings(max_examples=6, deadline=None)
def test_a_run_takes_any_words(words: tuple[str, str, str]) -> None:
    def change(book: Any) -> None:
        cells = [*inputs_of(book)]
        for cell, text in zip((cells[4], cells[-2], cells[-1]), words, strict=True):
            enter(cell, text, "@")

    with tempfile.TemporaryDirectory() as folder:
        place = small_workspace(Path(folder), TEMPLATE)
        (place.inbox / "渔业局-2031.xlsx").write_bytes(edited(FORM, change))
        with watched():
            done = ran(place)
        assert done.report is not None
        assert check_workbooks(place) == 3


def test_there_are_enough_mutations() -> None:
    assert MUTATIONS >= 2_000
    assert len({mutated(FORM, kind, number) for kind in KINDS for number in range(50)}) > 120
