"""Every regular expression of the program, and every document it opens, against what pumps them."""

from __future__ import annotations

import os
import sys
from typing import Any

import pytest

from generators.definition.slots import read_slots
from generators.support.bounded import Ending, apart
from generators.support.limits import Bounds
from generators.validation.narratives import _level_pattern
from generators.word.compare.differences import _figure_pattern
from tests.conftest import CHECKOUT
from tests.pumping import Known, Slow, built_ones, patterns_in, slow_ones

MANY = bool(os.environ.get("HUIBAO_MANY"))
posix = pytest.mark.skipif(sys.platform == "win32", reason="matching is timed by a clock of POSIX")

BOUNDED = {
    "generators.definition.slots._TIME": "read_slots takes no longer text",
    "generators.excel.numbers._FIXED": "number formats are cut at what Excel takes",
    "generators.excel.numbers._LITERALS": "number formats are cut at what Excel takes",
    "generators.word.strict._TAG": "well-formed XML ends with the sign that is looked for",
}
"""Patterns that are slow on what cannot reach them, and why it cannot."""
BUILT = {
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
