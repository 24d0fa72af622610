"""What a refreshed report must be, worked out from the edited one and the two reports around it.

Nothing of how the program refreshes is used here. The edited document is a row of tokens; from it comes
the row that the refreshed one must be:

* what stands outside of figures' controls is the same, token by token: text, looks, tables, comments,
  tracked changes, notes, pictures, people's own controls;
* a figure that nobody changed prints what the new report prints in the same place, else under its tag;
* a figure that somebody changed stays as it is;
* what an outermost block printed, and a list or text of several paragraphs, is as in the new report
  where nobody touched it. Touched is whatever differs from the old report by more than programs'
  noise: then it stays, with its figures brought up to date.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from generators.model import Manifest, PrintedFigure, PrintedGroup
from generators.word.render import Report
from tests.by_hand.tokens import Shown, Story, Token, Tokens, stories


@dataclass(frozen=True)
class Kept:
    """A token that must be there as it is."""

    token: Token | Shown


@dataclass(frozen=True)
class Untouched:
    """A figure that somebody changed: it says what it said, whatever its control is called now."""

    before: Shown


@dataclass(frozen=True)
class Updated:
    """A figure that nobody changed: ``before`` as it stands, ``texts`` what it may print now.

    ``texts`` maps each to whether it is the mark of a missing figure.
    """

    before: Shown
    texts: Mapping[str, bool]


@dataclass(frozen=True)
class Either:
    """One of several rows of tokens; a row may hold figures to be updated."""

    rows: tuple[tuple[Item, ...], ...]
    what: str = ""


Item: TypeAlias = Kept | Untouched | Updated | Either


@dataclass(frozen=True)
class Changed:
    """A figure that somebody changed, and the text that stands."""

    tag: str
    text: str


def expected(edited: bytes, old: Report, new: Report) -> dict[str, tuple[Item, ...]]:
    """What each part of the refreshed document must hold."""
    before, after = stories(old.data), stories(new.data)
    made = {}
    for name, story in stories(edited).items():
        forecast = _Forecast(
            story, before.get(name, Story()), after.get(name, Story()), old.manifest, new.manifest
        )
        made[name] = tuple(forecast.items())
    return made


def changed_by_hand(edited: bytes, old: Report, new: Report) -> list[Changed]:
    """The figures that somebody changed and that do not say what the new report says."""
    before, after = stories(old.data), stories(new.data)
    found = []
    for name, story in stories(edited).items():
        forecast = _Forecast(
            story, before.get(name, Story()), after.get(name, Story()), old.manifest, new.manifest
        )
        for token in story.tokens:
            if isinstance(token, Shown) and forecast.is_changed(token):
                texts = forecast.texts(token)
                if token.revised or token.text not in texts:
                    found.append(Changed(token.tag, token.text))
    return found


def gone(edited: bytes, old: Report) -> Counter[str]:
    """How many controls of each tag stand in the document no longer; copies make up for them."""
    there = Counter(
        token.tag
        for story in stories(edited).values()
        for token in story.tokens
        if isinstance(token, Shown)
    )
    return Counter(figure.tag for figure in old.manifest.figures) - there


# --- what must be there -------------------------------------------------------------------------------


class _Forecast:
    """The tokens of one part as they must be after the refresh."""

    def __init__(self, edited: Story, before: Story, after: Story, old: Manifest, new: Manifest) -> None:
        self._edited, self._before, self._after = edited, before, after
        self._old, self._new = old, new
        self._by_bookmark = {figure.bookmark: figure for figure in old.figures}
        self._by_tag: defaultdict[str, list[PrintedFigure]] = defaultdict(list)
        for figure in old.figures:
            self._by_tag[figure.tag].append(figure)
        self._own = {
            token.key: self._by_bookmark[token.bookmark]
            for token in before.tokens
            if isinstance(token, Shown) and token.bookmark in self._by_bookmark
        }
        self._groups = {name: group for group in old.groups for name in group.bookmarks if name}
        self._new_groups = {group.place: group for group in new.groups}
        self._new_figures = {figure.bookmark: figure for figure in new.figures}
        self._new_by_tag = {figure.tag: figure for figure in reversed(new.figures)}
        self._free: list[tuple[int, int, Either]] = []

    def items(self) -> list[Item]:
        """Every token of the edited part, what was not touched as the new report has it."""
        self._blocks()
        self._lists()
        items: list[Item] = []
        place = 0
        for low, high, either in sorted(self._free, key=lambda item: (item[0], item[1])):
            if low < place:
                continue
            items += self._row(self._edited.tokens[place:low])
            items.append(either)
            place = high
        return items + self._row(self._edited.tokens[place:])

    def _row(self, tokens: Iterable[Token | Shown]) -> list[Item]:
        return [self._item(token) for token in tokens]

    def _item(self, token: Token | Shown) -> Item:
        if not isinstance(token, Shown) or not self._figures(token):
            return Kept(token)
        if self.is_changed(token):
            return Untouched(token)
        return Updated(token, self.texts(token))

    # --- figures --------------------------------------------------------------------------------------

    def _figures(self, shown: Shown) -> list[PrintedFigure]:
        """The figure of a control by its id; of one that was pasted, those of its tag."""
        own = self._own.get(shown.key)
        return [own] if own is not None and own.tag == shown.tag else self._by_tag[shown.tag]

    def is_changed(self, shown: Shown) -> bool:
        """Whether somebody changed the figure itself."""
        figures = self._figures(shown)
        return bool(figures) and (shown.revised or all(shown.text != figure.text for figure in figures))

    def texts(self, shown: Shown) -> dict[str, bool]:
        """What a figure that nobody changed may print now."""
        return {
            text: missing
            for figure in self._figures(shown)
            for text, missing in self._texts(figure).items()
        }

    def _texts(self, figure: PrintedFigure) -> dict[str, bool]:
        group = self._groups[figure.bookmark]
        new = self._new_groups.get(group.place)
        elsewhere = self._new_by_tag.get(figure.tag)
        if new is None:
            if elsewhere is not None:
                return {elsewhere.text: elsewhere.missing}
            # A row that is gone stays where people edited its block; elsewhere nothing is printed now.
            return {figure.text: figure.missing} if group.block else {"": False}
        own = [self._new_figures[name] for name in new.bookmarks if name]
        if self._are_alike(group, new):
            twin = own[[name for name in group.bookmarks if name].index(figure.bookmark)]
            return {twin.text: twin.missing}
        same = [item for item in own if item.tag == figure.tag]
        if same:
            return {same[0].text: same[0].missing}
        # A list that people edited and that has other members now: its old members may stay.
        return {figure.text: figure.missing, **{item.text: item.missing for item in own}}

    def _are_alike(self, one: PrintedGroup, other: PrintedGroup) -> bool:
        """Whether two groups print the same figures in the same places between the same words.

        A name in a list is of a row; what goes over several rows is the same whatever the rows are.
        """
        if [not name for name in one.bookmarks] != [not name for name in other.bookmarks]:
            return False
        for text, name, words, twin in zip(
            one.texts, one.bookmarks, other.texts, other.bookmarks, strict=True
        ):
            if not name and text != words:
                return False
            links = self._by_bookmark[name].links if name else ()
            others = self._new_figures[twin].links if twin else ()
            if len(links) == len(others) == 1 and links[0].figure != others[0].figure:
                return False
        return True

    # --- blocks ---------------------------------------------------------------------------------------

    def _blocks(self) -> None:
        for block in self._old.blocks:
            place = self._before.blocks.get(block.name)
            now = self._after.block(block.name)
            rows = () if now is None else tuple(self._after.tokens[now[0] : now[1]])
            if place is None or (place.empty and not rows):
                continue
            if place.empty:
                self._open(block.name, rows)
                continue
            was, here = self._before.block(block.name), self._edited.block(block.name)
            if was is None or here is None:
                continue
            if are_same(self._before.tokens[was[0] : was[1]], self._edited.tokens[here[0] : here[1]]):
                printed = tuple(Kept(token) for token in rows)
                self._free.append((*here, Either((printed,), f"the block {block.tag}")))

    def _open(self, name: str, rows: Tokens) -> None:
        """What a block that printed nothing prints now, at its bookmark where that still stands."""
        then, here = self._before.blocks[name], self._edited.blocks.get(name)
        parent = self._after.element_of(name)
        if here is None or not here.empty or parent is None:
            return
        printed = tuple(Kept(token) for token in rows)
        was = self._before.tokens[slice(*self._before.extent[then.first])]
        now = self._edited.tokens[slice(*self._edited.extent[here.first])]
        touched = not are_same(was, now) or here.behind != then.behind
        holders = [
            item
            for item in (here.first, *here.first.iterancestors())
            if (above := item.getparent()) is not None and above.tag == parent.tag
        ]
        places = {self._edited.extent[holder][1 if then.behind else 0] for holder in holders[:1]}
        if touched:
            places.add(self._edited.extent[here.first][1 if then.behind else 0])
        for at in places:
            choices = ((), printed) if touched else (printed,)
            self._free.append((at, at, Either(choices, f"what the block {name} prints now")))

    # --- lists and texts ------------------------------------------------------------------------------

    def _lists(self) -> None:
        """Lists and texts that print more or fewer figures now, or other words between them."""
        for group in self._old.groups:
            new = self._new_groups.get(group.place)
            if new is None or self._are_alike(group, new):
                continue
            was = _range_of(self._before, group)
            now = _range_of(self._after, new)
            if was is None or now is None:
                continue
            for at, token in enumerate(self._edited.tokens):
                if isinstance(token, Shown) and token.tag == self._by_bookmark[_first(group)].tag:
                    self._list(group, at, was, now)

    def _list(self, group: PrintedGroup, at: int, was: Tokens, now: Tokens) -> None:
        here = tuple(self._edited.tokens[at : at + len(was)])
        end = at + len(was)
        if any(low < end and at < high for low, high, _ in self._free):
            return
        looks = {look for token in here for look in looks_of(token)}
        left = tuple(self._row(here))
        if are_same(was, here):
            rows = [_kept(now)]
        elif are_same([_bare(item) for item in was], [_bare(item) for item in here]) and len(looks) == 1:
            rows = [_kept([_dressed(item, min(looks)) for item in now])]
        else:
            return
        several = any(not isinstance(token, Shown) and token[0] == "/p" for token in (*here, *now))
        free = self._is_original(group, at) and not group.block and are_same(was, here)
        if several:
            rows += [_kept(_with_properties(now, properties)) for properties in self._above(at, end)]
            free = free and self._stands_alone(at, end, group)
        choices = tuple(rows) if free else (*rows, left)
        self._free.append((at, end, Either(choices, f"what {{{{{group.expression}}}}} prints now")))

    def _is_original(self, group: PrintedGroup, at: int) -> bool:
        token = self._edited.tokens[at]
        own = self._own.get(token.key) if isinstance(token, Shown) else None
        return own is not None and own.bookmark == _first(group)

    def _above(self, at: int, end: int) -> set[Token]:
        """The openings of the paragraphs in which a text stands now."""
        opened = [
            token
            for token in reversed(self._edited.tokens[:at])
            if not isinstance(token, Shown) and token[0] == "p"
        ][:1]
        inside = [
            token
            for token in self._edited.tokens[at:end]
            if not isinstance(token, Shown) and token[0] == "p"
        ]
        return {*opened, *inside}

    def _stands_alone(self, at: int, end: int, group: PrintedGroup) -> bool:
        """Whether the paragraphs of a text are as they were printed, edges included."""
        here = _whole_paragraphs(self._edited.tokens, at, end)
        first = next(
            place
            for place, token in enumerate(self._before.tokens)
            if isinstance(token, Shown) and token.bookmark == _first(group)
        )
        there = _whole_paragraphs(self._before.tokens, first, first + end - at)
        return are_same(here, there)


def are_same(one: Sequence[Token | Shown], other: Sequence[Token | Shown]) -> bool:
    """Whether two rows of tokens look the same; ids and bookmarks of controls are no matter."""
    return len(one) == len(other) and all(map(is_same, one, other))


def is_same(one: Token | Shown, other: Token | Shown) -> bool:
    if isinstance(one, Shown) and isinstance(other, Shown):
        return (one.tag, one.content, one.marked) == (other.tag, other.content, other.marked)
    return one == other


def _first(group: PrintedGroup) -> str:
    return next(name for name in group.bookmarks if name)


def _range_of(story: Story, group: PrintedGroup) -> Tokens | None:
    """The tokens from the first figure of a group to its last, as it was printed."""
    own = {name for name in group.bookmarks if name}
    places = [
        place
        for place, token in enumerate(story.tokens)
        if isinstance(token, Shown) and token.bookmark in own
    ]
    return tuple(story.tokens[places[0] : places[-1] + 1]) if places else None


def _whole_paragraphs(tokens: Sequence[Token | Shown], low: int, high: int) -> list[Token | Shown]:
    while low and tokens[low - 1] != ("/p",):
        low -= 1
    while high < len(tokens) and tokens[high - 1] != ("/p",):
        high += 1
    return list(tokens[low:high])


def _kept(tokens: Iterable[Token | Shown]) -> tuple[Item, ...]:
    return tuple(Kept(token) for token in tokens)


def looks_of(token: Token | Shown) -> Iterable[str]:
    if isinstance(token, Shown):
        return {item[2] for item in token.content if item[0] == "t"}
    return {token[2]} if token[0] == "t" else ()


def _bare(token: Token | Shown) -> Token | Shown:
    return _dressed(token, "")


def _dressed(token: Token | Shown, look: str) -> Token | Shown:
    """A token in another look."""
    if isinstance(token, Shown):
        content = tuple((*item[:2], look) if item[0] == "t" else item for item in token.content)
        return replace(token, content=content)
    return (*token[:2], look) if token[0] == "t" else token


def _with_properties(tokens: Tokens, opening: Token) -> list[Token | Shown]:
    return [opening if not isinstance(item, Shown) and item[0] == "p" else item for item in tokens]
