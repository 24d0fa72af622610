"""A document as a row of tokens: all that a person sees or would miss, and the figures apart.

Nothing here knows how the program finds a figure again; a control around one is told by its tag alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TypeAlias

from lxml import etree

from generators.package import parts_of
from generators.word.oxml import Element, W, w
from tests.by_hand.draft import STORIES, is_figure, tag_of_control

_HOLDERS = frozenset(
    w(name)
    for name in (
        "body document hdr ftr footnotes endnotes footnote endnote comments comment tbl tr tc p sdt "
        "sdtContent hyperlink ins del moveFrom moveTo smartTag customXml"
    ).split()
)
_PROPERTIES = frozenset(w(name) for name in "pPr tblPr tblGrid trPr tblPrEx tcPr sdtPr sdtEndPr".split())
_RUN, _RUN_LOOK, _HIGHLIGHT, _FONTS = w("r"), w("rPr"), w("highlight"), w("rFonts")
_START, _END, _VALUE, _CONTROL = w("bookmarkStart"), w("bookmarkEnd"), w("val"), w("sdt")
_HOLLOW = frozenset((w("rPr"), w("pPr")))
_CHANGES = frozenset((w("rPrChange"), w("pPrChange")))
_NOISE = frozenset(w(name) for name in ("lang", "proofErr", "lastRenderedPageBreak"))
_NOISY = re.compile(rf"\{{{W}\}}(rsid\w*|hint)\Z|.*\}}(paraId|textId)\Z")
_BREAKS = {w("t"): "t", w("delText"): "deleted"}
_REVISIONS = frozenset(("ins", "del", "moveFrom", "moveTo", "deleted"))
_MISSING = "yellow"


@dataclass(frozen=True)
class Shown:
    """A control around a figure as it stands: its id, tag, bookmark, and the tokens within.

    ``marked`` says that its text is highlighted as a missing figure's is.
    """

    key: str
    tag: str
    bookmark: str
    content: tuple[Token, ...]
    marked: bool

    @property
    def text(self) -> str:
        """What it shows; deleted text is none of it."""
        return text_of(self.content)

    @property
    def revised(self) -> bool:
        """Whether somebody's tracked change stands in it."""
        return any(token[0].lstrip("/") in _REVISIONS for token in self.content)


Token: TypeAlias = tuple[str, ...]
"""``("t", character, look)``, ``("p", properties)``, ``("/p",)`` and so on."""
Tokens: TypeAlias = tuple["Token | Shown", ...]


@dataclass(frozen=True)
class Place:
    """Where a block's bookmark stands: in which paragraphs it begins and ends.

    ``empty`` says that it spans nothing; ``behind`` that it then stands at the end of its paragraph,
    ``amid`` that text stands on both sides of it.
    """

    first: Element
    last: Element
    empty: bool
    behind: bool
    amid: bool


@dataclass
class Story:
    """One part: its tokens, which of them each element made, and its blocks by name."""

    tokens: list[Token | Shown] = field(default_factory=list)
    extent: dict[Element, tuple[int, int]] = field(default_factory=dict)
    blocks: dict[str, Place] = field(default_factory=dict)

    def block(self, name: str) -> tuple[int, int] | None:
        """The tokens of the elements that a block spans; ``None`` where they are no stretch."""
        place = self.blocks.get(name)
        if place is None or place.empty:
            return None
        if place.first is place.last:
            return self.extent[place.first]
        above = [place.first, *place.first.iterancestors()]
        other = [place.last, *place.last.iterancestors()]
        common = next(item for item in above if item in other)
        if common.tag == w("tr"):
            return self.extent[common]
        first = above[above.index(common) - 1]
        last = other[other.index(common) - 1]
        low, high = self.extent[first][0], self.extent[last][1]
        return (low, high) if low < high else None

    def element_of(self, name: str) -> Element | None:
        """The parent of the elements that a block spans."""
        place = self.blocks.get(name)
        if place is None or place.empty:
            return None
        if place.first is place.last:
            return place.first.getparent()
        other = [place.last, *place.last.iterancestors()]
        common = next(item for item in place.first.iterancestors() if item in other)
        return common.getparent() if common.tag == w("tr") else common


def stories(data: bytes) -> dict[str, Story]:
    """The document's parts that hold text, by name."""
    return dict(_stories(data))


@lru_cache(maxsize=64)
def _stories(data: bytes) -> tuple[tuple[str, Story], ...]:
    parts = parts_of(data)
    return tuple(
        (name, read_story(etree.fromstring(parts[name])))
        for name in sorted(parts)
        if STORIES.match(name)
    )


def skeleton(data: bytes) -> dict[str, Tokens]:
    """Everything but the figures: the tokens of each part, a control's text and id left out."""
    return {
        name: tuple(
            Shown("", token.tag, "", (), False) if isinstance(token, Shown) else token
            for token in story.tokens
        )
        for name, story in stories(data).items()
    }


def read_story(root: Element) -> Story:
    """The tokens of one part."""
    story = Story()
    _Reader(root, story).walk(root, story.tokens)
    return story


def text_of(tokens: Tokens | list[Token | Shown]) -> str:
    """The text that tokens show, paragraphs on lines of their own."""
    made = []
    for token in tokens:
        if isinstance(token, Shown):
            made.append(token.text)
        elif token[0] == "t":
            made.append(token[1])
        elif token[0] == "/p":
            made.append("\n")
    return "".join(made)


def plain(element: Element | None) -> str:
    """An element as text, without namespaces' prefixes and what programs write at will."""
    if element is None:
        return ""
    if element.tag in _NOISE or not isinstance(element.tag, str):
        return ""
    attributes = [f"{key}={value}" for key, value in sorted(_attributes(element))]
    if element.tag in _CHANGES:  # their ids are numbers of no meaning
        attributes = [item for item in attributes if not item.startswith("id=")]
    if element.tag == _FONTS and not attributes:
        return ""
    inside = "".join(plain(child) for child in element)
    if element.tag in _HOLLOW and not inside:
        return ""
    return f"<{element.tag.rpartition('}')[2]} {' '.join(attributes)}>{element.text or ''}{inside}</>"


def _attributes(element: Element) -> Iterator[tuple[str, str]]:
    for key, value in element.items():
        if not _is_noisy(str(key)):
            yield str(key).rpartition("}")[2], str(value)


@cache
def _is_noisy(attribute: str) -> bool:
    return _NOISY.match(attribute) is not None


class _Reader:
    """Turns a part's XML into tokens."""

    def __init__(self, root: Element, story: Story) -> None:
        self._story = story
        self._names = {
            str(mark.get(w("id"))): str(mark.get(w("name"))) for mark in root.iter(w("bookmarkStart"))
        }
        self._starts: dict[str, Element] = {}
        self._marked: list[bool] = []

    def walk(self, element: Element, tokens: list[Token | Shown]) -> None:
        """Add the tokens of an element."""
        name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
        low = len(tokens)
        if element.tag == _RUN:
            self._run(element, tokens)
        elif element.tag in (_START, _END):
            self._bookmark(element, name, tokens)
        elif element.tag == _CONTROL and is_figure(element):
            tokens.append(self._figure(element))
        elif element.tag in _HOLDERS:
            own = [child for child in element if child.tag in _PROPERTIES]
            attributes = " ".join(f"{key}={value}" for key, value in sorted(_attributes(element)))
            tokens.append((name, attributes, "".join(map(plain, own))))
            for child in element:
                if child.tag not in _PROPERTIES:
                    self.walk(child, tokens)
            tokens.append((f"/{name}",))
        elif isinstance(element.tag, str) and element.tag not in _NOISE:
            tokens.append(("x", plain(element)))
        if tokens is self._story.tokens:
            self._story.extent[element] = (low, len(tokens))

    def _run(self, run: Element, tokens: list[Token | Shown]) -> None:
        properties = run.find(_RUN_LOOK)
        marked = False
        look = ""
        for item in properties if properties is not None else ():
            if item.tag == _HIGHLIGHT and item.get(_VALUE) == _MISSING:
                marked = True
            else:
                look += plain(item)
        for item in run:
            kind = _BREAKS.get(str(item.tag))
            if kind:
                tokens.extend((kind, character, look) for character in item.text or "")
                self._marked += [marked] if item.text else []
            elif item.tag != _RUN_LOOK and item.tag not in _NOISE:
                tokens.append(("x", look, plain(item)))

    def _bookmark(self, mark: Element, kind: str, tokens: list[Token | Shown]) -> None:
        """People's bookmarks are tokens, by name; the program's are not, but blocks are kept in mind."""
        key = str(mark.get(w("id")))
        name = self._names.get(key, "")
        if name.startswith("hbb_"):
            if kind == "bookmarkStart":
                self._starts[name] = mark
            elif name in self._starts:
                self._story.blocks[name] = _place(self._starts[name], mark)
        elif not name.startswith("hb_") and name != "_GoBack":
            tokens.append(("mark", kind, name))

    def _figure(self, control: Element) -> Shown:
        content = control.find(w("sdtContent"))
        tokens: list[Token | Shown] = []
        self._marked = []
        for child in content if content is not None else ():
            self.walk(child, tokens)
        marked = bool(self._marked) and all(self._marked)
        key = control.find(f"{w('sdtPr')}/{w('id')}")
        before = control.getprevious()
        bookmark = "" if before is None else str(before.get(w("name")) or "")
        # A control within a figure's is no thing that is made; its text would count as the outer's.
        flat = tuple(
            token for item in tokens for token in (item.content if isinstance(item, Shown) else (item,))
        )
        return Shown(
            "" if key is None else str(key.get(_VALUE)),
            tag_of_control(control),
            bookmark if bookmark.startswith("hb_") else "",
            flat,
            marked,
        )


def _place(start: Element, end: Element) -> Place:
    first = next(start.iterancestors(w("p")))
    last = next(end.iterancestors(w("p")))
    between = start.getnext()
    while between is not None and between is not end and between.tag in (_START, _END):
        between = between.getnext()
    texts = (w("r"), w("sdt"))
    behind = not any(item.tag in texts for item in end.itersiblings())
    amid = not behind and any(item.tag in texts for item in start.itersiblings(preceding=True))
    return Place(first, last, between is end, behind, amid)
