"""What people do to a produced report in Word, as Word writes it: every edit by name, and many at once.

An edit takes the open document and a source of random, changes the document and says what it did;
it returns ``None``, having changed nothing, where there is nothing to do it to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import TypeAlias

from tests.by_hand import looks, noise, objects, paragraphs, reviews, words
from tests.by_hand.draft import Draft, open_draft, saved_draft
from tests.by_hand.picking import Edit

Operation: TypeAlias = Callable[[Draft, Random], Edit | None]

_ALL: Sequence[Operation] = (
    words.type_before_figure,
    words.type_behind_figure,
    words.type_in_figure,
    words.replace_figure,
    words.type_anywhere,
    words.type_in_empty_cell,
    words.type_paragraph,
    words.type_in_frame,
    words.replace_all,
    words.delete_figure,
    words.remove_control,
    words.delete_bookmark,
    paragraphs.split_paragraph,
    paragraphs.split_at_figure,
    paragraphs.join_paragraphs,
    paragraphs.delete_paragraph,
    paragraphs.delete_paragraphs,
    paragraphs.duplicate_paragraph,
    paragraphs.move_paragraph,
    paragraphs.delete_sentence,
    paragraphs.delete_words,
    paragraphs.duplicate_sentence,
    paragraphs.move_sentence,
    looks.format_sentence,
    looks.format_figure,
    looks.format_part_of_figure,
    looks.format_paragraph,
    looks.put_page_break,
    reviews.comment_on_sentence,
    reviews.comment_on_figure,
    reviews.comment_in_figure,
    reviews.comment_over_paragraphs,
    reviews.insert_tracked,
    reviews.delete_tracked,
    reviews.delete_figure_tracked,
    reviews.change_in_figure_tracked,
    reviews.paste_tracked,
    reviews.wrap_in_insertion,
    reviews.type_paragraph_tracked,
    reviews.format_tracked,
    objects.insert_table,
    objects.add_row,
    objects.delete_row,
    objects.duplicate_row,
    objects.merge_cells,
    objects.change_column_widths,
    objects.shade_row,
    objects.insert_footnote,
    objects.insert_picture,
    objects.insert_link,
    objects.link_sentence,
    objects.insert_own_control,
    objects.own_bookmark,
    objects.change_margins,
    noise.make_noise,
    noise.split_runs,
    noise.number_bookmarks_anew,
    noise.write_parts_otherwise,
)
EDITS: Mapping[str, Operation] = {operation.__name__: operation for operation in _ALL}
"""Every edit by its name."""


def edit_document(data: bytes, plan: Sequence[tuple[str, int]]) -> tuple[bytes, list[Edit]]:
    """The document after the edits of a plan, each a name of :data:`EDITS` and a seed; what was done.

    Edits that find nothing to be done to are left out of what is returned.
    """
    draft = open_draft(data)
    log = []
    for name, seed in plan:
        done = EDITS[name](draft, Random(seed))
        if done is not None:
            log.append(replace(done, kind=name))
    return saved_draft(draft), log


def random_plan(random: Random, most: int = 6) -> list[tuple[str, int]]:
    """A plan of one to ``most`` edits."""
    names = list(EDITS)
    return [(random.choice(names), random.getrandbits(24)) for _ in range(random.randint(1, most))]
