"""Rows of tokens compared, cut and dressed otherwise."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from generators.model import PrintedFigure, PrintedGroup
from tests.by_hand.tokens import Shown, Story, Token, Tokens

_HANGING = ("<comment", "<footnoteReference", "<endnoteReference", "<drawing", "<br type=page")


def are_same(one: Sequence[Token | Shown], other: Sequence[Token | Shown]) -> bool:
    """Whether two rows of tokens look the same; ids and bookmarks of controls are no matter."""
    return len(one) == len(other) and all(map(is_same, one, other))


def is_same(one: Token | Shown, other: Token | Shown) -> bool:
    """Whether two tokens look the same."""
    if isinstance(one, Shown) and isinstance(other, Shown):
        return (one.tag, one.content, one.marked) == (other.tag, other.content, other.marked)
    return one == other


def first_of(group: PrintedGroup) -> str:
    return next(name for name in group.bookmarks if name)


def range_of(story: Story, group: PrintedGroup, figures: Mapping[str, PrintedFigure]) -> Tokens | None:
    """The tokens from the first figure of a group to its last, as it was printed.

    ``figures`` are those of its report by bookmark. One whose bookmark people deleted is the next of
    its tag.
    """
    shown = {at: token for at, token in enumerate(story.tokens) if isinstance(token, Shown)}
    by_bookmark = {token.bookmark: at for at, token in shown.items() if token.bookmark}
    places: list[int] = []
    for name in filter(None, group.bookmarks):
        at = by_bookmark.get(name)
        if at is None and name in figures:
            bare = (
                place
                for place, token in shown.items()
                if token.tag == figures[name].tag and not token.bookmark
            )
            at = next((place for place in bare if not places or place > places[-1]), None)
        if at is not None:
            places.append(at)
    return tuple(story.tokens[min(places) : max(places) + 1]) if places else None


def whole_paragraphs(tokens: Sequence[Token | Shown], low: int, high: int) -> list[Token | Shown]:
    while low and tokens[low - 1] != ("/p",):
        low -= 1
    while high < len(tokens) and tokens[high - 1] != ("/p",):
        high += 1
    return list(tokens[low:high])


def looks_of(token: Token | Shown) -> Iterable[str]:
    if isinstance(token, Shown):
        return {item[2] for item in token.content if item[0] == "t"}
    return {token[2]} if token[0] == "t" else ()


def bare(token: Token | Shown) -> Token | Shown:
    return dressed(token, "")


def dressed(token: Token | Shown, look: str) -> Token | Shown:
    """A token in another look; the mark of a missing figure covers other highlights."""
    if isinstance(token, Shown):
        look = without_highlight(look) if token.marked else look
        content = tuple((*item[:2], look) if item[0] == "t" else item for item in token.content)
        return replace(token, content=content)
    return (*token[:2], look) if token[0] == "t" else token


def is_opening(token: Token | Shown) -> bool:
    return not isinstance(token, Shown) and token[0] == "p"


def outline_of(token: Token | Shown, places: Mapping[str, str]) -> Token:
    """A token, of a figure only where it is printed."""
    return ("figure", places.get(token.bookmark, "")) if isinstance(token, Shown) else token


def is_several(tokens: Iterable[Token | Shown]) -> bool:
    """Whether tokens go over the end of a paragraph."""
    return any(not isinstance(token, Shown) and token[0] == "/p" for token in tokens)


def is_mark(token: Token | Shown) -> bool:
    """Whether a token hangs on a place and is no text: people's bookmarks, comments, notes, pictures."""
    if isinstance(token, Shown) or token[0] not in ("mark", "x"):
        return False
    return token[0] == "mark" or token[-1].startswith(_HANGING)


def without_marks(tokens: Iterable[Token | Shown]) -> list[Token | Shown]:
    """Tokens but for what hangs on their places."""
    return [token for token in tokens if not is_mark(token)]


def end_of(tokens: Sequence[Token | Shown], at: int, count: int) -> int:
    """Where ``count`` tokens end, marks between them not counted."""
    while count and at < len(tokens):
        count -= 0 if is_mark(tokens[at]) else 1
        at += 1
    return at


def with_marks(
    tokens: Sequence[Token | Shown], here: Sequence[Token | Shown]
) -> list[Token | Shown] | None:
    """``tokens`` with the marks that stand in ``here``, each behind the figure it stood behind.

    ``None`` where there are fewer figures now.
    """
    marks: defaultdict[int, list[Token | Shown]] = defaultdict(list)
    figures = 0
    for token in here:
        figures += isinstance(token, Shown)
        if is_mark(token):
            marks[figures].append(token)
    made: list[Token | Shown] = []
    figures = 0
    for token in tokens:
        made.append(token)
        if isinstance(token, Shown):
            figures += 1
            made += marks.pop(figures, [])
    return None if marks else made


def without_highlight(look: str) -> str:
    """A look but for the colour behind the text."""
    return re.sub("<highlight [^>]*></>", "", look)


def with_properties(
    tokens: Sequence[Token | Shown] | None, opening: Token
) -> list[Token | Shown] | None:
    if tokens is None:
        return None
    return [opening if not isinstance(item, Shown) and item[0] == "p" else item for item in tokens]
