"""The edits themselves: each does what it says, leaves a valid document, and writes what Word writes."""

from __future__ import annotations

from collections import Counter
from functools import cache
from random import Random

import pytest
from lxml import etree

from generators.package import parts_of
from generators.word.oxml import w
from generators.word.reading import Document, read_document
from tests.by_hand.draft import STORIES, is_figure
from tests.by_hand.picking import Edit
from tests.by_hand.tokens import skeleton
from tests.hand_edits import EDITS, edit_document, random_plan
from tests.rich_report import base_report
from tests.wordprocessing import faults

SEEDS = range(6)
NOISE = {"make_noise", "split_runs", "number_bookmarks_anew", "write_parts_otherwise"}
LOOKS = {
    "format_sentence",
    "format_figure",
    "format_part_of_figure",
    "format_paragraph",
    "format_tracked",
    "put_page_break",
    "comment_on_sentence",
    "comment_on_figure",
    "comment_in_figure",
    "comment_over_paragraphs",
    "wrap_in_insertion",
    "change_column_widths",
    "shade_row",
    "insert_picture",
    "link_sentence",
    "own_bookmark",
    "change_margins",
    "remove_control",
    "delete_bookmark",
    "split_paragraph",
    "split_at_figure",
    "join_paragraphs",
    "merge_cells",
}
"""Edits after which the same words stand there, but for the ends of paragraphs."""
TYPING = {
    "type_before_figure",
    "type_behind_figure",
    "type_anywhere",
    "type_in_empty_cell",
    "type_paragraph",
    "type_in_frame",
    "insert_tracked",
    "type_paragraph_tracked",
    "insert_table",
    "add_row",
    "insert_footnote",
    "insert_link",
    "insert_own_control",
}
"""Edits after which the old words and the typed ones stand there."""
TAKING = {
    "delete_figure",
    "delete_words",
    "delete_sentence",
    "delete_paragraph",
    "delete_paragraphs",
    "delete_row",
    "delete_tracked",
    "delete_figure_tracked",
}
"""Edits after which fewer words stand there."""
DOUBLING = {"duplicate_paragraph", "duplicate_sentence", "duplicate_row", "paste_tracked"}
MOVING = {"move_paragraph", "move_sentence"}
CHANGING = {"type_in_figure", "replace_figure", "change_in_figure_tracked", "replace_all"}


@cache
def edited(name: str, seed: int) -> tuple[bytes, tuple[Edit, ...]]:
    data, log = edit_document(base_report().data, [(name, seed)])
    return data, tuple(log)


def cases(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("name", sorted(names))


def done(name: str) -> list[tuple[Document, Edit]]:
    """What an edit makes of the report, for several seeds; once at least there is something to do."""
    found = []
    for seed in SEEDS:
        data, log = edited(name, seed)
        read = read_document(data)
        assert read is not None
        found += [(read, edit) for edit in log]
    assert found, f"{name} never found anything to do"
    return found


@cache
def base() -> Document:
    read = read_document(base_report().data)
    assert read is not None
    return read


def words(document: Document) -> str:
    return "".join(item.text for item in document.texts).replace("\n", "")


def tags(document: Document) -> Counter[str]:
    return Counter(control.tag for control in document.controls if "|" in control.tag)


def bookmarks(document: Document) -> set[str]:
    return {
        str(mark.get(w("name")))
        for root in document.roots.values()
        for mark in root.iter(w("bookmarkStart"))
    }


def test_every_edit_is_looked_at_here() -> None:
    assert set(EDITS) == NOISE | LOOKS | TYPING | TAKING | DOUBLING | MOVING | CHANGING


@cases(*EDITS)
def test_an_edit_leaves_a_valid_document_that_differs(name: str) -> None:
    before = parts_of(base_report().data)
    for seed in SEEDS:
        data, log = edited(name, seed)
        assert faults(data) == [], log
        changed = parts_of(data) != before or data != base_report().data
        assert changed == bool(log)


def test_many_edits_leave_a_valid_document() -> None:
    random = Random(20301125)
    for _ in range(40):
        plan = random_plan(random, 10)
        data, log = edit_document(base_report().data, plan)
        assert faults(data) == [], plan
        again, _ = edit_document(data, random_plan(random, 4))
        assert faults(again) == [], plan
        assert edit_document(base_report().data, plan)[0] == data
        assert all(edit.kind in EDITS and edit.said for edit in log)


@cases(*NOISE)
def test_noise_changes_nothing_that_a_person_sees(name: str) -> None:
    assert edited(name, 1)[0] != base_report().data
    for seed in SEEDS:
        assert skeleton(edited(name, seed)[0]) == skeleton(base_report().data)
        read = read_document(edited(name, seed)[0])
        assert read is not None
        assert [item.text for item in read.texts] == [item.text for item in base().texts]


@cases(*LOOKS)
def test_an_edit_of_looks_keeps_the_words_and_is_seen(name: str) -> None:
    for document, edit in done(name):
        assert words(document) == words(base()), edit
    if name not in ("format_figure", "format_part_of_figure", "comment_in_figure", "delete_bookmark"):
        assert any(skeleton(edited(name, seed)[0]) != skeleton(base_report().data) for seed in SEEDS), (
            "the skeleton shows it"
        )


@cases(*TYPING)
def test_typed_words_come_in_and_nothing_else_changes(name: str) -> None:
    for document, edit in done(name):
        text = words(document)
        assert edit.typed
        for typed in edit.typed:
            assert text.count(typed) == 1, edit
            text = text.replace(typed, "")
        assert text == words(base()), edit
        assert tags(document) == tags(base())
        assert bookmarks(document) == bookmarks(base())
        assert not any(typed in control.text for control in document.controls for typed in edit.typed
                       if "|" in control.tag)  # fmt: skip


def test_words_beside_a_figure_stand_right_there() -> None:
    for name, side in (("type_before_figure", -1), ("type_behind_figure", 0)):
        for document, edit in done(name):
            spans = next(
                item.spans for item in document.texts if any(edit.typed[0] in s.text for s in item.spans)
            )
            at = next(place for place, span in enumerate(spans) if edit.typed[0] in span.text)
            if side:
                assert spans[at].text.endswith(edit.typed[0])
                assert spans[at + 1].control is not None
            else:
                assert spans[at].text.startswith(edit.typed[0])
                assert spans[at - 1].control is not None


@cases(*TAKING)
def test_what_is_deleted_is_gone_and_the_rest_stays(name: str) -> None:
    for document, edit in done(name):
        rest = iter(words(base()))
        assert all(letter in rest for letter in words(document)), edit
        assert len(words(document)) < len(words(base())) or edit.said.startswith(
            ("deleted the paragraph “”", "deleted the row “”")
        )


def test_a_figure_is_deleted_with_its_control_and_bookmark() -> None:
    for document, _ in done("delete_figure"):
        assert sum((tags(base()) - tags(document)).values()) == 1
        assert len(bookmarks(base()) - bookmarks(document)) == 1


def test_a_control_is_removed_and_its_text_and_bookmark_stay() -> None:
    for document, _ in done("remove_control"):
        assert sum((tags(base()) - tags(document)).values()) == 1
        assert bookmarks(document) == bookmarks(base())


@cases(*DOUBLING)
def test_a_copy_has_the_same_tags_other_ids_and_no_bookmarks(name: str) -> None:
    copied = 0
    for document, edit in done(name):
        assert bookmarks(document) == bookmarks(base())
        more = tags(document) - tags(base())
        copied += sum(more.values())
        assert set(more) <= set(tags(base())), edit
        assert not tags(base()) - tags(document)
        assert len(words(document)) >= len(words(base()))
    assert copied


@cases(*MOVING)
def test_what_is_moved_takes_controls_and_bookmarks_along(name: str) -> None:
    for document, edit in done(name):
        assert Counter(words(document)) == Counter(words(base())), edit
        assert tags(document) == tags(base())
        assert bookmarks(document) == bookmarks(base())


@cases(*CHANGING - {"replace_all"})
def test_a_changed_figure_keeps_its_control(name: str) -> None:
    for document, edit in done(name):
        assert tags(document) == tags(base()), edit
        before = [(item.tag, item.text) for item in base().controls]
        after = [(item.tag, item.text) for item in document.controls]
        assert sum(one != other for one, other in zip(before, after, strict=True)) <= 1


def test_words_are_replaced_everywhere_but_in_figures() -> None:
    for document, edit in done("replace_all"):
        assert [item.text for item in document.controls] == [item.text for item in base().controls]
        assert words(document) != words(base()), edit


def test_enter_and_backspace_change_the_number_of_paragraphs() -> None:
    for name, more in (("split_paragraph", 1), ("split_at_figure", 1), ("join_paragraphs", -1)):
        for document, edit in done(name):
            assert len(document.texts) == len(base().texts) + more, edit


def test_a_split_run_stays_in_its_control() -> None:
    """Formatting a part of a figure makes two runs in one control."""
    for document, _ in done("format_part_of_figure"):
        runs = Counter(
            len(control.findall(f"{w('sdtContent')}/{w('r')}"))
            for root in document.roots.values()
            for control in root.iter(w("sdt"))
            if is_figure(control)
        )
        assert runs[2] == 1


def test_comments_and_notes_stand_in_parts_of_their_own() -> None:
    for name, part in (
        ("comment_on_figure", "word/comments.xml"),
        ("comment_over_paragraphs", "word/comments.xml"),
        ("insert_footnote", "word/footnotes.xml"),
    ):
        for document, edit in done(name):
            assert edit.typed[0] in "".join(map(str, etree.fromstring(document.parts[part]).itertext()))
            kinds = {
                etree.QName(item).localname
                for item in document.roots["word/document.xml"].iter()
                if isinstance(item.tag, str)
            }
            wanted = {"commentRangeStart", "commentRangeEnd", "commentReference"}
            assert (wanted if "comment" in part else {"footnoteReference"}) <= kinds


def test_tracked_changes_carry_who_and_when() -> None:
    for name in ("insert_tracked", "delete_tracked", "change_in_figure_tracked", "paste_tracked"):
        for document, edit in done(name):
            changes = [
                item for root in document.roots.values() for item in root.iter(w("ins"), w("del"))
            ]
            assert changes, edit
            assert all(item.get(w("author")) and item.get(w("date")) for item in changes)


def test_edits_reach_every_part_with_text() -> None:
    """Body, header and footer are typed in; the parts are written in another order with other dates."""
    parts = set()
    for seed in range(20):
        before, after = parts_of(base_report().data), parts_of(edited("type_in_frame", seed)[0])
        parts |= {name for name in before if STORIES.match(name) and before[name] != after[name]}
    assert parts == {"word/header1.xml", "word/footer1.xml"}
    data = edited("write_parts_otherwise", 1)[0]
    assert list(parts_of(data)) != list(parts_of(base_report().data))
    assert parts_of(data) == parts_of(base_report().data)
