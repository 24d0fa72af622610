"""Whether a refreshed document is what it must be, and where it is not, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from lxml import etree

from generators.package import parts_of
from generators.word.render import Report
from tests.by_hand.draft import STORIES
from tests.by_hand.forecast import (
    NOTHING,
    Either,
    Item,
    Kept,
    Untouched,
    Updated,
    expected,
)
from tests.by_hand.picking import Edit
from tests.by_hand.rows import is_same, looks_of, without_highlight
from tests.by_hand.tokens import Shown, Token, stories, text_of

_OUR_PROPERTIES = "docProps/custom.xml"


def check_refreshed(
    edited: bytes,
    refreshed: bytes,
    old: Report,
    new: Report,
    log: Iterable[Edit] = (),
    touched: Mapping[str, str] = NOTHING,
) -> list[str]:
    """What is wrong with a refreshed document, in words; nothing where all is right.

    ``old`` is the report that people edited, as it was written; ``new`` what its template prints of the
    new data; ``log`` what people did. Where ``old`` is a refreshed report itself, ``touched`` says what
    had been touched in it (:func:`tests.by_hand.forecast.touched_by_hand`).
    """
    problems = _part_problems(edited, refreshed)
    rows = stories(refreshed)
    for name, items in expected(edited, old, new, touched).items():
        if name in rows:
            problems += [f"{name}: {problem}" for problem in _differences(items, rows[name].tokens)]
    whole, before = _all_text(refreshed), _all_text(edited)
    for edit in log:
        for words in edit.typed:
            if words in before and words not in whole:
                problems.append(f"“{words}” is lost ({edit.kind}: {edit.said})")
    return problems


def _differences(items: Sequence[Item], tokens: Sequence[Token | Shown]) -> list[str]:
    """Where ``tokens`` leave what must be there; the first place only, for all behind it is shifted."""
    places = {0}
    for number, item in enumerate(items):
        following = _after(item, tokens, places)
        if not following:
            at = max(places)
            return [
                f"after “…{text_of(list(tokens[max(at - 40, 0) : at]))[-40:]}” there must be "
                f"{_named(item)}, before “{_shown(items[number + 1 : number + 20])}”; there is "
                f"{_found(tokens[at : at + 25])}"
            ]
        places = following
    if len(tokens) not in places:
        return [f"more stands at the end: {_found(tokens[max(places) :])}"]
    return []


def _after(item: Item, tokens: Sequence[Token | Shown], places: set[int]) -> set[int]:
    if isinstance(item, Either):
        found: set[int] = set()
        for row in item.rows:
            here = places
            for part in row:
                here = _after(part, tokens, here)
            found |= here
        return found
    if isinstance(item, Kept):
        token = item.token
        return {at + 1 for at in places if at < len(tokens) and is_same(tokens[at], token)}
    if isinstance(item, Untouched):
        return {at + 1 for at in places if at < len(tokens) and _is_untouched(item, tokens[at])}
    return {at + 1 for at in places if at < len(tokens) and _is_update(item, tokens[at])}


def _is_untouched(item: Untouched, token: Token | Shown) -> bool:
    return isinstance(token, Shown) and token.content == item.before.content


def _is_update(item: Updated, token: Token | Shown) -> bool:
    """Whether a figure prints what it must, in a look that it had, with all that hung on it."""
    if not isinstance(token, Shown) or token.text not in item.texts:
        return False
    before = item.before
    coloured = any("<highlight" in look for look in looks_of(before))  # by hand: then it stays so
    if token.text and token.marked != item.texts[token.text] and not coloured:
        return False
    if token.text == before.text:
        return token.content == before.content
    if [part for part in token.content if part[0] != "t"] != [
        part for part in before.content if part[0] != "t"
    ]:
        return False
    looks = set(looks_of(before))
    if token.marked:
        looks |= set(map(without_highlight, looks))
    return not looks or set(looks_of(token)) <= looks


def _named(item: Item) -> str:
    if isinstance(item, Kept):
        return _found([item.token])
    if isinstance(item, Untouched):
        return f"the changed figure {_found([item.before])}"
    if isinstance(item, Updated):
        texts = " or ".join(
            f"“{text}”{' (marked)' if missing else ''}" for text, missing in item.texts.items()
        )
        return f"the figure {item.before.tag} as {texts}, which was {_found([item.before])}"
    rows = " or ".join(f"“{_shown(row)}”" for row in item.rows)
    return f"{item.what}: {rows}"


def _shown(items: Iterable[Item]) -> str:
    tokens: list[Token | Shown] = []
    for item in items:
        if isinstance(item, Kept):
            tokens.append(item.token)
        elif isinstance(item, Untouched):
            tokens.append(item.before)
        elif isinstance(item, Updated):
            tokens += [("t", letter, "") for letter in next(iter(item.texts))]
    return text_of(tokens)


def _found(tokens: Sequence[Token | Shown]) -> str:
    if not tokens:
        return "nothing"
    first = tokens[0]
    if isinstance(first, Shown):
        looks = sorted({part[2] for part in first.content if part[0] == "t"})
        marked = " (marked)" if first.marked else ""
        return f"the figure {first.tag} “{first.text}”{marked} {looks} {_others(first)}"
    if first[0] == "t":
        return f"“{text_of(list(tokens))}” looking {first[2] or 'plain'}"
    return f"{first} and “{text_of(list(tokens))}”"


def _others(shown: Shown) -> list[Token]:
    return [part for part in shown.content if part[0] != "t"]


def _part_problems(edited: bytes, refreshed: bytes) -> list[str]:
    """Parts that are gone, come or changed though no figure stands in them."""
    before, after = parts_of(edited), parts_of(refreshed)
    problems = [f"{name} has gone" for name in before if name not in after]
    problems += [f"{name} has come" for name in after if name not in before]
    rows = stories(edited)
    for name, part in before.items():
        holds = name in rows and any(isinstance(token, Shown) for token in rows[name].tokens)
        if not holds and name != _OUR_PROPERTIES and name in after and after[name] != part:
            problems.append(f"{name} holds no figure and has changed")
    return problems


def _all_text(data: bytes) -> str:
    return "\n".join(
        "".join(map(str, etree.fromstring(part).itertext()))
        for name, part in parts_of(data).items()
        if STORIES.match(name) or name == "word/comments.xml"
    )
