"""The corpus: every fault is found, the right cell is named, and nothing else is complained of."""

from __future__ import annotations

from collections import Counter

import pytest

from generators.model import Severity
from tests.benchmarks.corpus import Fault, every_fault, examined, samples, tried


@pytest.mark.parametrize("fault", every_fault(), ids=lambda fault: fault.name)
def test_a_fault_is_told_with_its_cell_and_nothing_beside_it(fault: Fault) -> None:
    verdict = tried(fault)
    assert verdict.missing == ()
    assert verdict.beside == ()


def test_the_corpus_is_large_and_no_workbook_is_in_it_twice() -> None:
    faults = every_fault()
    assert len(faults) >= 200
    assert len({fault.name for fault in faults}) == len(faults)
    assert len({fault.file for fault in faults}) == len(samples()) == 21
    rules = Counter(fault.code.partition(".")[0] for fault in faults)
    for rule in ("format", "envelope", "structure", "formula", "type", "presence", "codes", "range"):
        assert rules[rule] >= 10, rule


def test_the_samples_themselves_are_told_nothing() -> None:
    for sample in samples():
        found = examined(sample.data, sample.file, sample.definition)
        assert [item for item in found if item.severity is not Severity.INFO] == [], sample.file
