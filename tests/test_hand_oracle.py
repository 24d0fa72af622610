"""The oracle itself: a right refresh passes; what is lost, left behind or overwritten is found."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from random import Random

import pytest
from lxml import etree

from generators.package import package_of, parts_of
from generators.word.oxml import Element, w
from generators.word.render import Report
from tests.by_hand.check import check_refreshed
from tests.by_hand.draft import figures, open_draft, run_of, saved_draft, tag_of_control, text_of
from tests.by_hand.forecast import changed_by_hand, gone, touched_by_hand
from tests.by_hand.picking import Edit
from tests.by_hand.tokens import stories
from tests.hand_edits import EDITS, edit_document, random_plan
from tests.random_data import BASE, Reported, random_data
from tests.rich_report import base_report, print_report
from tests.test_hand_edits import NOISE

BODY = "word/document.xml"
NEW_FIGURES = {**BASE.figures, "S1-1": {**BASE.figures["S1-1"], "actual": "91.2", "growth": "-2"}}


@cache
def report(reported: int) -> Report:
    return print_report(random_data(Random(reported)))


@cache
def with_other_rows() -> Report:
    rows = (("东港", "在建", "1.3"), ("新港", "在建", "5"))
    return print_report(replace(BASE, ports=rows))


def changed(data: bytes, change: Callable[[Element], object], part: str = BODY) -> bytes:
    """The document after a change of one part's XML."""
    draft = open_draft(data)
    change(draft.root(part))
    return saved_draft(draft)


def by_hand(*plan: tuple[str, int], data: bytes | None = None) -> tuple[bytes, list[Edit]]:
    made, log = edit_document(base_report().data if data is None else data, plan)
    assert len(log) == len(plan), "every edit found something to do"
    return made, log


def problems(
    edited: bytes, refreshed: bytes, new: Report | None = None, log: list[Edit] | None = None
) -> list[str]:
    return check_refreshed(edited, refreshed, base_report(), new or base_report(), log or [])


# --- what is right -------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(25))
def test_an_unedited_report_becomes_the_new_one(seed: int) -> None:
    """Blocks, lists and texts of any length: what the template prints is what must be there."""
    assert problems(base_report().data, report(seed).data, report(seed)) == []


@pytest.mark.parametrize("seed", range(25))
def test_an_edited_report_stays_as_it_is_where_the_data_are_the_same(seed: int) -> None:
    edited, log = edit_document(base_report().data, random_plan(Random(seed)))
    assert problems(edited, edited, log=log) == []


def other(base: Reported, **more: object) -> Report:
    return print_report(replace(base, **more))  # type: ignore[arg-type]


def test_figures_are_updated_around_what_people_wrote() -> None:
    """The smallest right refresh: other texts in the controls, by their tags."""
    new = other(BASE, figures={**BASE.figures, "S1-2": {"actual": "2500", "previous": "2200"}})
    texts = {figure.tag: figure.text for figure in new.manifest.figures}
    edited, log = by_hand(("type_before_figure", 3), ("duplicate_sentence", 4), ("insert_footnote", 5))

    def update(root: Element) -> None:
        for control in figures(root):
            next(control.iter(w("t"))).text = texts[tag_of_control(control)]

    assert problems(edited, changed(edited, update), new, log) == []
    assert problems(edited, edited, new, log) != []


# --- what is wrong -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(set(EDITS) - NOISE - {"delete_bookmark"}))
def test_whatever_a_person_could_see_is_noticed(name: str) -> None:
    """A refresh that did what people do: every edit done to the document once more is found out."""
    noticed = 0
    for seed in range(4):
        edited, log = edit_document(base_report().data, random_plan(Random(seed), 3))
        harmed, done = edit_document(edited, [(name, seed + 100)])
        if done and _tokens(harmed) != _tokens(edited):
            assert problems(edited, harmed, log=log), done
            noticed += 1
    assert noticed


def _tokens(data: bytes) -> object:
    """Everything of a document that counts."""
    other = {name: part for name, part in parts_of(data).items() if name not in stories(data)}
    rows = {
        name: [
            token if isinstance(token, tuple) else (token.tag, token.content) for token in story.tokens
        ]
        for name, story in stories(data).items()
    }
    return rows, other


@pytest.mark.parametrize("seed", range(12))
def test_an_old_report_is_no_refreshed_one(seed: int) -> None:
    same = report(seed).data == base_report().data
    assert (problems(base_report().data, base_report().data, report(seed)) == []) == same


def test_one_figure_left_behind_is_found() -> None:
    new = other(BASE, figures=NEW_FIGURES)

    def leave(root: Element) -> None:
        control = next(item for item in figures(root) if text_of(item) == "91.2亿元")
        next(control.iter(w("t"))).text = "85亿元"

    [found] = problems(base_report().data, changed(new.data, leave), new)
    assert "S1-1.actual|渔业总产值" in found
    assert "“91.2亿元”" in found
    assert problems(base_report().data, changed(new.data, leave, "word/header1.xml"), new)


def test_a_figure_typed_over_must_stay() -> None:
    edited, _ = by_hand(("replace_figure", 2))
    assert problems(edited, base_report().data)
    [one] = changed_by_hand(edited, base_report(), base_report())
    assert one.text != next(item.text for item in base_report().manifest.figures if item.tag == one.tag)


def test_a_figure_typed_over_with_what_the_data_say_now_counts_no_longer() -> None:
    edited = changed(base_report().data, _type("91.2亿元"))
    assert changed_by_hand(edited, base_report(), base_report())
    assert changed_by_hand(edited, base_report(), other(BASE, figures=NEW_FIGURES)) == []


def _type(text: str) -> Callable[[Element], None]:
    def change(root: Element) -> None:
        control = next(item for item in figures(root) if text_of(item) == "85亿元")
        next(control.iter(w("t"))).text = text

    return change


def test_controls_that_have_gone_are_counted_and_copies_make_up_for_them() -> None:
    edited, _ = by_hand(("delete_figure", 1))
    assert sum(gone(edited, base_report()).values()) == 1
    edited, _ = by_hand(("remove_control", 1), ("delete_row", 3))
    assert sum(gone(edited, base_report()).values()) > 1
    edited, _ = by_hand(("duplicate_paragraph", 2))
    assert not gone(edited, base_report())


def test_a_deleted_control_must_not_come_back() -> None:
    edited, _ = by_hand(("delete_figure", 1))
    assert problems(edited, base_report().data)
    edited, _ = by_hand(("remove_control", 1))
    assert problems(edited, base_report().data)


def test_a_lost_comment_is_found_in_the_text_and_in_its_part() -> None:
    edited, log = by_hand(("comment_on_figure", 1))

    def drop(root: Element) -> None:
        for kind in ("commentRangeStart", "commentRangeEnd", "commentReference"):
            for item in list(root.iter(w(kind))):
                item.getparent().remove(item)  # type: ignore[union-attr]

    assert problems(edited, changed(edited, drop), log=log)
    parts = parts_of(edited)
    lost = package_of({name: part for name, part in parts.items() if name != "word/comments.xml"})
    assert any("word/comments.xml has gone" in item for item in problems(edited, lost, log=log))
    emptied = package_of({**parts, "word/comments.xml": base_parts()[BODY]})
    found = problems(edited, emptied, log=log)
    assert any("word/comments.xml holds no figure and has changed" in item for item in found)
    assert any("is lost" in item for item in found)


def base_parts() -> dict[str, bytes]:
    return parts_of(base_report().data)


@pytest.mark.parametrize("part", ["word/styles.xml", "word/numbering.xml", "docProps/core.xml"])
def test_parts_without_figures_are_the_same_in_every_byte(part: str) -> None:
    parts = base_parts()
    spaced = package_of({**parts, part: parts[part] + b"\n"})
    assert problems(base_report().data, spaced) == [f"{part} holds no figure and has changed"]


def test_lost_looks_are_found_in_figures_and_beside_them() -> None:
    for name in ("format_figure", "format_part_of_figure", "format_sentence", "format_paragraph"):
        edited, _ = by_hand((name, 3))
        assert problems(edited, base_report().data), name


def test_a_look_must_be_one_that_the_figure_had() -> None:
    new = other(BASE, figures=NEW_FIGURES)

    def embolden(root: Element) -> None:
        control = next(item for item in figures(root) if text_of(item) == "91.2亿元")
        run = next(control.iter(w("r")))
        run.insert(0, etree.fromstring(f'<w:rPr xmlns:w="{w("x")[1:-2]}"><w:b/></w:rPr>'))

    assert problems(base_report().data, changed(new.data, embolden), new)


def test_a_missing_figure_must_be_marked_and_a_found_one_must_not() -> None:
    new = other(BASE, figures={**BASE.figures, "S1-1": {}})

    def unmark(root: Element) -> None:
        for mark in list(root.iter(w("highlight"))):
            mark.getparent().remove(mark)  # type: ignore[union-attr]

    assert problems(base_report().data, new.data, new) == []
    assert problems(base_report().data, changed(new.data, unmark), new)
    back = check_refreshed(new.data, base_report().data, new, base_report())
    assert back == []


# --- blocks and lists ----------------------------------------------------------------------------------


def test_untouched_rows_must_be_those_of_the_data() -> None:
    new = with_other_rows()
    assert problems(base_report().data, new.data, new) == []
    fewer = changed(new.data, _drop_row("新港"))
    assert any("渔港清单" in item for item in problems(base_report().data, fewer, new))


def _drop_row(name: str) -> Callable[[Element], None]:
    def drop(root: Element) -> None:
        row = next(item for item in root.iter(w("tr")) if name in text_of(item))
        row.getparent().remove(row)  # type: ignore[union-attr]

    return drop


def _row(root: Element, name: str) -> Element:
    return next(item for item in root.iter(w("tr")) if name in text_of(item))


def _write_in_row(root: Element) -> None:
    next(_row(root, "西港").iter(w("p"))).append(run_of("（注）"))


def _widen(root: Element) -> None:
    for width in _row(root, "西港").iter(w("tcW")):
        width.set(w("w"), "3333")


@pytest.mark.parametrize("touch", [_write_in_row, _widen], ids=["words", "widths"])
def test_touched_rows_must_stay_and_only_their_figures_are_updated(
    touch: Callable[[Element], None],
) -> None:
    new, edited = with_other_rows(), changed(base_report().data, touch)
    right = _left_table(new, edited)
    assert problems(edited, right, new) == []
    assert problems(edited, new.data, new), "rebuilt"
    stale = changed(right, lambda root: _set(_row(root, "东港"), "1.3", "1.2"))
    assert problems(edited, stale, new)


def _left_table(new: Report, edited: bytes) -> bytes:
    """The new report with the old table, its rows' figures brought up to date."""

    def put(root: Element) -> None:
        old = open_draft(edited).root(BODY)
        tables, own = list(root.iter(w("tbl"))), list(old.iter(w("tbl")))
        for number in own[0].iter(w("id")):
            number.set(w("val"), f"9{number.get(w('val'))}")  # none of the new report's
        tables[0].getparent().replace(tables[0], own[0])  # type: ignore[union-attr]
        _set(_row(root, "东港"), "1.2", "1.3")
        _set(_row(root, "合计"), "3.55", "6.3")

    return changed(new.data, put)


def _set(element: Element, old: str, new: str) -> None:
    node = next(item for item in element.iter(w("t")) if item.text == old)
    node.text = new


def test_a_list_must_be_printed_anew_unless_people_wrote_in_it() -> None:
    new = other(BASE, routes=(("JT", "一号线"),))
    assert problems(base_report().data, new.data, new) == []

    def write(root: Element) -> None:
        control = next(item for item in figures(root) if text_of(item) == "环湖线")
        control.getnext().addnext(run_of("（新）"))  # type: ignore[union-attr]

    edited = changed(base_report().data, write)
    assert problems(edited, edited, new) == [], "names that are gone stay where people wrote"
    assert problems(edited, new.data, new), "their words are lost"
    harmed = changed(edited, lambda root: _set(root, "环湖线", "一号线"))
    assert problems(edited, harmed, new), "a name that people wrote of never becomes another"


def test_deleted_blocks_must_not_come_back() -> None:
    def drop(root: Element) -> None:
        for text in ("渡口较多", "比计划多"):
            paragraph = next(item for item in root.iter(w("p")) if text in text_of(item))
            paragraph.getparent().remove(paragraph)  # type: ignore[union-attr]

    edited = changed(base_report().data, drop)
    assert problems(edited, edited) == []
    assert problems(edited, base_report().data)


def test_what_was_touched_before_stays_touched() -> None:
    new, edited = with_other_rows(), changed(base_report().data, _write_in_row)
    touched = touched_by_hand(edited, base_report())
    [block] = [
        item.name for item in base_report().manifest.blocks if item.tag == "{% for 港 in 渔港清单 %}"
    ]
    assert touched == {block: "words"}
    once = Report(_left_table(new, edited), (), new.manifest)
    assert check_refreshed(once.data, once.data, once, new, touched=touched) == []
    assert check_refreshed(once.data, new.data, once, new, touched=touched)
    assert touched_by_hand(once.data, once, touched) == touched
    assert touched_by_hand(base_report().data, base_report()) == {}


def test_problems_say_where_and_what() -> None:
    edited, log = by_hand(("type_anywhere", 1))
    lost = changed(edited, lambda root: _blank(root, log[0].typed[0]))
    found = problems(edited, lost, log=log)
    assert re.search(
        r"word/document.xml: after “.*” there must be .* looking plain", found[0], re.DOTALL
    )
    assert found[-1] == f"“{log[0].typed[0]}” is lost (type_anywhere: {log[0].said})"


def _blank(root: Element, text: str) -> None:
    node = next(item for item in root.iter(w("t")) if item.text == text)
    node.text = ""
