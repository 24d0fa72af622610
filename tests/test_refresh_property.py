"""Random edits by hand and random new data: refresh keeps every edit, updates every untouched figure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from generators.word.reading import read_document
from generators.word.refresh import Refreshed, refresh
from generators.word.render import Report
from tests.by_hand.check import check_refreshed
from tests.by_hand.forecast import NOTHING, changed_by_hand, gone, touched_by_hand
from tests.hand_edits import EDITS, edit_document, random_plan
from tests.office import convert_all, needs_office
from tests.random_data import random_data
from tests.rich_report import base_report, print_report
from tests.wordprocessing import faults

PLANS = st.lists(
    st.tuples(st.sampled_from(sorted(EDITS)), st.integers(0, 2**16)), min_size=1, max_size=5
)
DATA = st.integers(0, 149)
"""New data by number; a report of each is printed once."""
LINKS = ("insert_link", "link_sentence")
"""LibreOffice 7.4 writes XML that is not well formed where a link and a control touch."""
SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large)
Plan = Sequence[tuple[str, int]]


@cache
def new_report(number: int) -> Report:
    return print_report(random_data(Random(number)))


def refreshed(
    old: Report, plan: Plan, new: Report, touched: Mapping[str, str] = NOTHING
) -> tuple[bytes, Refreshed]:
    """The edited document and what refresh makes of it, which is all that it must be."""
    edited, log = edit_document(old.data, plan)
    for edit in log:
        note(f"{edit.kind}: {edit.said}")
    result = refresh(edited, old.manifest, new)
    assert result is not None
    assert check_refreshed(edited, result.data, old, new, log, touched) == []
    assert faults(result.data) == []
    changed = changed_by_hand(edited, old, new)
    assert Counter(item.text for item in result.overrides) == Counter(item.text for item in changed)
    assert len(result.missing) == sum(gone(edited, old).values())
    again = refresh(result.data, result.manifest, new)
    assert again is not None
    assert again.data == result.data, "refreshing once more changes nothing"
    assert again.manifest == result.manifest
    return edited, result


@settings(max_examples=400, suppress_health_check=SLOW)
@given(PLANS, DATA)
def test_refresh_keeps_every_edit_and_updates_every_untouched_figure(plan: Plan, data: int) -> None:
    refreshed(base_report(), plan, new_report(data))


@settings(max_examples=100, suppress_health_check=SLOW)
@given(st.lists(st.tuples(PLANS, DATA), min_size=2, max_size=3))
def test_week_after_week(weeks: Sequence[tuple[Plan, int]]) -> None:
    """What people wrote weeks ago is kept as what they wrote today."""
    old, touched = base_report(), dict(NOTHING)
    for plan, data in weeks:
        edited, result = refreshed(old, plan, new_report(data), touched)
        touched = touched_by_hand(edited, old, touched)
        old = Report(result.data, (), result.manifest)


@needs_office
def test_refreshed_reports_read_the_same_in_libreoffice(tmp_path: Path) -> None:
    """Twenty results drawn at random, opened and saved by another program."""
    random = Random(20301125)
    sources = []
    for number in range(20):
        plan = [(name, seed) for name, seed in random_plan(random) if name not in LINKS]
        edited, _ = edit_document(base_report().data, plan)
        result = refresh(edited, base_report().manifest, new_report(random.randrange(150)))
        assert result is not None
        sources.append(tmp_path / f"{number}.docx")
        sources[-1].write_bytes(result.data)
    for source, made in zip(sources, convert_all(sources, tmp_path / "read", "docx"), strict=True):
        assert words(made.read_bytes()) == words(source.read_bytes()), source.name


def words(data: bytes) -> list[str]:
    """The text of the body's paragraphs, in reading order, without empty ones and spaces at ends."""
    document = read_document(data)
    assert document is not None
    texts = (item.text.strip() for item in document.texts if item.part == "word/document.xml")
    return [text for text in texts if text]
