"""What a refreshed report must be, worked out from the edited one and the two reports around it.

Nothing of how the program refreshes is used here. The edited document is a row of tokens; from it comes
the row that the refreshed one must be:

* what stands outside of figures' controls is the same, token by token: text, looks, tables, comments,
  tracked changes, notes, pictures, people's own controls;
* a figure that nobody changed prints what the new report prints in the same place, else under its tag;
* a figure that somebody changed stays as it is;
* what an outermost block printed, and a list or text of several paragraphs, is as in the new report
  where nobody touched it. Touched is whatever differs from the old report by more than programs'
  noise: then it stays, with its figures brought up to date; also in every refresh that follows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from generators.model import Manifest, PrintedFigure, PrintedGroup
from generators.word.oxml import Element, w
from generators.word.render import Report
from tests.by_hand.rows import (
    are_same,
    bare,
    dressed,
    end_of,
    first_of,
    is_opening,
    is_several,
    looks_of,
    outline_of,
    range_of,
    whole_paragraphs,
    with_marks,
    with_properties,
    without_marks,
)
from tests.by_hand.tokens import Shown, Story, Token, Tokens, stories, text_of


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


WORDS, LOOKS = "words", "looks"
"""How a block or list was touched: in itself, or (a list or text) only in its look or around it."""
NOTHING: Mapping[str, str] = {}


def expected(
    edited: bytes, old: Report, new: Report, touched: Mapping[str, str] = NOTHING
) -> dict[str, tuple[Item, ...]]:
    """What each part of the refreshed document must hold.

    ``touched`` is what people had touched when ``old`` was written, where it is a refreshed report.
    """
    return {
        name: tuple(forecast.items()) for name, forecast in _forecasts(edited, old, new, touched).items()
    }


def changed_by_hand(edited: bytes, old: Report, new: Report) -> list[Changed]:
    """The figures that somebody changed and that do not say what the new report says."""
    return [
        Changed(token.tag, token.text)
        for forecast in _forecasts(edited, old, new, NOTHING).values()
        for token in forecast.changed()
    ]


def touched_by_hand(edited: bytes, old: Report, before: Mapping[str, str] = NOTHING) -> dict[str, str]:
    """Which blocks (by name) and lists (by place) differ from ``old``, and how.

    ``before`` is what had been touched when ``old`` was written.
    """
    touched = dict(before)
    for forecast in _forecasts(edited, old, old, before).values():
        for name, how in forecast.touched():
            if touched.get(name) != WORDS:
                touched[name] = how
    return touched


def _forecasts(
    edited: bytes, old: Report, new: Report, touched: Mapping[str, str]
) -> dict[str, _Forecast]:
    before, after, none = stories(old.data), stories(new.data), Story()
    return {
        name: _Forecast(
            story, before.get(name, none), after.get(name, none), old.manifest, new.manifest, touched
        )
        for name, story in stories(edited).items()
    }


def gone(edited: bytes, old: Report) -> Counter[str]:
    """How many controls of each tag stand in the document no longer; copies make up for them."""
    there = Counter(
        token.tag
        for story in stories(edited).values()
        for token in story.tokens
        if isinstance(token, Shown)
    )
    printed = (figure for figure in old.manifest.figures if figure.group >= 0)
    return Counter(figure.tag for figure in printed) - there


# --- what must be there -------------------------------------------------------------------------------


class _Forecast:
    """The tokens of one part as they must be after the refresh."""

    def __init__(
        self,
        edited: Story,
        before: Story,
        after: Story,
        old: Manifest,
        new: Manifest,
        touched: Mapping[str, str],
    ) -> None:
        self._touched = touched
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

    def changed(self) -> list[Shown]:
        """The figures that somebody changed and that do not say what the new report says."""
        return [
            token
            for token in self._edited.tokens
            if isinstance(token, Shown)
            and self.is_changed(token)
            and (token.revised or token.text not in self.texts(token))
        ]

    def touched(self) -> Iterator[tuple[str, str]]:
        """The blocks and lists of this part that differ from the old report, and how."""
        for block in self._old.blocks:
            place, was = self._before.blocks.get(block.name), self._before.block(block.name)
            if place is None or place.empty or was is None:
                continue
            here = self._edited.block(block.name)
            if (
                here is None
                or not are_same(self._before.tokens[slice(*was)], self._edited.tokens[slice(*here)])
                or _above(place.first) != _above(self._edited.blocks[block.name].first)
            ):
                yield block.name, WORDS
        own = {token.key: at for at, token in enumerate(self._edited.tokens) if isinstance(token, Shown)}
        for group in self._old.groups:
            printed = range_of(self._before, group, self._by_bookmark)
            if printed is None:
                continue
            first = printed[0]
            at = own.get(first.key) if isinstance(first, Shown) else None
            if at is None:
                yield group.place, WORDS
                continue
            end = end_of(self._edited.tokens, at, len(without_marks(printed)))
            shown = self._edited.tokens[at:end]
            if are_same(printed, shown):
                if not self._stands_alone(at, end, printed):
                    yield group.place, LOOKS
            else:
                words, old = map(without_marks, (shown, printed))
                alike = are_same(list(map(bare, old)), list(map(bare, words)))
                yield group.place, LOOKS if alike else WORDS

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
        group = self._groups.get(figure.bookmark)
        new = None if group is None else self._new_groups.get(group.place)
        if group is None or new is None:
            elsewhere = self._new_by_tag.get(figure.tag)
            if elsewhere is not None:
                return {elsewhere.text: elsewhere.missing}
            if group is None or group.block:  # a row that is gone stays where people edited its block
                return {figure.text: figure.missing}
            single = len([name for name in group.bookmarks if name]) == 1
            return {text_of(list(self._words_now(group) or ())) if single else "": False}
        if not any(new.bookmarks) and not group.block:
            return {"".join(new.texts) if figure.bookmark == first_of(group) else "": False}
        own = [self._new_figures[name] for name in new.bookmarks if name]
        if self._are_alike(group, new):
            twin = own[[name for name in group.bookmarks if name].index(figure.bookmark)]
            return {twin.text: twin.missing}
        same = [item for item in own if item.tag == figure.tag]
        if same:
            return {same[0].text: same[0].missing}
        # In a list that people edited the total is brought up to date; a member never becomes another.
        if len(figure.links) == 1:
            return {figure.text: figure.missing}
        total = {own[-1].text: own[-1].missing}
        return total if len(own[-1].links) != 1 else {figure.text: figure.missing, **total}

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
            links = self._by_bookmark[name].links if name in self._by_bookmark else ()
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
            if place is None or (place.empty and not rows) or block.name in self._touched:
                continue
            if place.empty:
                self._open(block.name, rows)
                continue
            was, here = self._before.block(block.name), self._edited.block(block.name)
            if was is None or here is None:
                continue
            if are_same(self._before.tokens[was[0] : was[1]], self._edited.tokens[here[0] : here[1]]):
                choices = [tuple(Kept(token) for token in rows)]
                if _above(place.first) != _above(self._edited.blocks[block.name].first):
                    choices.append(tuple(self._row(self._edited.tokens[slice(*here)])))  # moved
                self._free.append((*here, Either(tuple(choices), f"the block {block.tag}")))

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
        touched = touched or here.amid or not then.behind or _above(here.first) != _above(then.first)
        touched = touched or _is_elsewhere(here.first, parent)
        holders = [
            item
            for item in (here.first, *here.first.iterancestors())
            if (above := item.getparent()) is not None and above.tag == parent.tag
        ]
        places = {self._edited.extent[holder][1 if then.behind else 0] for holder in holders[:1]}
        if touched:
            places.add(self._edited.extent[here.first][1 if then.behind else 0])
        if here.amid or not (
            then.behind and here.behind
        ):  # where people typed around it, either side will do
            places |= set(self._edited.extent[here.first])
        for at in places:
            choices = ((), printed) if touched else (printed,)
            self._free.append((at, at, Either(choices, f"what the block {name} prints now")))

    # --- lists and texts ------------------------------------------------------------------------------

    def _lists(self) -> None:
        """Lists and texts that print more or fewer figures now, or other words between them."""
        for group in self._old.groups:
            new = self._new_groups.get(group.place)
            if not any(group.bookmarks) or (new is not None and self._are_alike(group, new)):
                continue
            was = range_of(self._before, group, self._by_bookmark)
            if new is not None and any(new.bookmarks):
                now = range_of(self._after, new, self._new_figures)
            else:
                now = None if group.block else self._words_now(group)
            first = self._by_bookmark.get(first_of(group))
            if was is None or first is None or (now is None and group.block):
                continue
            for at, token in enumerate(self._edited.tokens):
                if isinstance(token, Shown) and token.tag == first.tag:
                    self._list(group, at, was, now)

    def _list(self, group: PrintedGroup, at: int, printed: Tokens, now: Tokens | None) -> None:
        """What may stand for a list or text at a place; ``now`` is ``None`` where that is unknown."""
        end = end_of(self._edited.tokens, at, len(without_marks(printed)))
        here = tuple(self._edited.tokens[at:end])
        how = self._touched.get(group.place)
        if how == WORDS or any(low < end and at < high for low, high, _ in self._free):
            return
        was, words = without_marks(printed), without_marks(here)
        looks = {look for token in words for look in looks_of(token)}
        if now is None:
            rows = []
        elif are_same(was, words) and how is None:
            rows = [with_marks(now, here)]
        elif len(looks) < 2 and are_same(list(map(bare, was)), list(map(bare, words))):
            # A control that holds nothing shows no look; what it had is any that stands somewhere.
            looks = looks or {look for token in self._edited.tokens for look in looks_of(token)}
            rows = [with_marks([dressed(item, look) for item in now], here) for look in sorted(looks)]
        else:
            return
        free = self._is_original(group, at) and not group.block and how is None
        # Where no figure is printed now, the control may stay for what comes back.
        figures = any(isinstance(token, Shown) for token in now or ())
        free = free and are_same(printed, here) and figures
        if rows and is_several((*here, *now)):
            above = self._above(at, end)
            rows += [with_properties(row, properties) for row in tuple(rows) for properties in above]
            free = free and self._stands_alone(at, end, printed)
        choices = [_kept(row) for row in rows if row is not None]
        choices += [] if free else [tuple(self._row(here))]
        if is_several(printed) and are_same(printed, here) and not figures:
            choices.append(tuple(self._row(here[:1])))  # of several paragraphs one may stay
        what = f"what {{{{{group.expression}}}}} prints now"
        self._free.append((at, end, Either(tuple(choices), what)))

    def _words_now(self, group: PrintedGroup) -> Tokens | None:
        """What the new report prints where a group stood that prints no figure now.

        The place is found by what stands around it in its paragraph; ``None`` where nothing does.
        """
        printed = range_of(self._before, group, self._by_bookmark)
        if printed is None:
            return None
        tokens = self._before.tokens
        low = next(at for at, token in enumerate(tokens) if token is printed[0])
        high = low + len(printed)
        start = max(at for at in range(low) if is_opening(tokens[at]))
        end = next(at for at in range(high, len(tokens)) if tokens[at] == ("/p",))
        places = {name: item.place for item in self._old.groups for name in item.bookmarks if name}
        now = {name: item.place for item in self._new.groups for name in item.bookmarks if name}
        head = [outline_of(token, places) for token in tokens[start:low]]
        tail = [outline_of(token, places) for token in tokens[high : end + 1]]
        after = [outline_of(token, now) for token in self._after.tokens]
        if len(head) + len(tail) < 3:
            return None
        for at in range(len(after)):
            if after[at : at + len(head)] == head:
                stop = after.index(("/p",), at) + 1
                if after[stop - len(tail) : stop] == tail:
                    return tuple(self._after.tokens[at + len(head) : stop - len(tail)])
        return None

    def _is_original(self, group: PrintedGroup, at: int) -> bool:
        token = self._edited.tokens[at]
        own = self._own.get(token.key) if isinstance(token, Shown) else None
        return own is not None and own.bookmark == first_of(group)

    def _above(self, at: int, end: int) -> set[Token]:
        """The openings of the paragraphs in which a text stands now."""
        openings = [
            (place, token)
            for place, token in enumerate(self._edited.tokens[:end])
            if not isinstance(token, Shown) and token[0] == "p"
        ]
        last = max(place for place, _ in openings if place < at)
        return {token for place, token in openings if place >= last}

    def _stands_alone(self, at: int, end: int, was: Tokens) -> bool:
        """Whether the paragraphs of a text are as they were printed (``was``), edges included."""
        here = whole_paragraphs(self._edited.tokens, at, end)
        first = next(place for place, token in enumerate(self._before.tokens) if token is was[0])
        there = whole_paragraphs(self._before.tokens, first, first + end - at)
        return are_same(here, there)


def _is_elsewhere(paragraph: Element, parent: Element) -> bool:
    """Whether a paragraph stands in another kind of place than the elements of ``parent``."""
    holder = paragraph.getparent()
    return parent.tag != w("tbl") and holder is not None and holder.tag != parent.tag


def _above(paragraph: Element) -> list[str]:
    """What kinds of elements hold a paragraph."""
    return [str(item.tag) for item in paragraph.iterancestors()]


def _kept(tokens: Iterable[Token | Shown]) -> tuple[Item, ...]:
    return tuple(Kept(token) for token in tokens)
