"""The comments of one sheet that is being copied, and the drawing that holds their boxes.

Excel keeps a comment in two parts: its words in ``comments``, its box in a legacy drawing (VML), which
may hold other things as well. What is not ours is left as it is in both.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from generators.excel.grid import Position, address
from generators.returns.grid import position, text_in
from generators.returns.order import WORKSHEET
from generators.returns.parts import Dialect, Parts, dialect_of, insert, local, new_root, parsed
from generators.summary.formats import text_width

AUTHOR = "汇报"
COMMENT_WIDTH, LEAST_HEIGHT, MOST_HEIGHT, LINE_HEIGHT = 320, 70, 640, 19
"""Of a comment's box, in pixels."""
COMMENT_COLUMNS = 40.0
"""How much text a line of the box takes, in the units of :func:`text_width`."""
MOST_TEXT = 32_000
"""Characters of a comment: Excel takes 32,767."""
THREAD = "tc="
"""What the author of a comment begins with that stands in for a thread of comments (Excel 365)."""

COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_V, _O = "urn:schemas-microsoft-com:vml", "urn:schemas-microsoft-com:office:office"
_X = "urn:schemas-microsoft-com:office:excel"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_SHAPE_ID = re.compile(r"_x0000_s(\d{1,9})\Z")
_SIZE = re.compile(r"(?:^|;)\s*(?:width|height)\s*:[^;]*")
_BLOCK = 1024
"""Shapes that share one number of the drawing's map of ids."""
_BOX_TYPE = f"""<v:shapetype xmlns:v="{_V}" xmlns:o="{_O}" id="_x0000_t202" coordsize="21600,21600" \
o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/><v:path gradientshapeok="t" \
o:connecttype="rect"/></v:shapetype>"""
_BOX = f"""<v:shape xmlns:v="{_V}" xmlns:o="{_O}" xmlns:x="{_X}" type="#_x0000_t202" \
fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/>\
<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"/>\
</v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>\
<x:AutoFill>False</x:AutoFill><x:Row/><x:Column/></x:ClientData></v:shape>"""


@dataclass
class Comments:
    """The comments of one sheet by cell, and their boxes; see :func:`open_comments`.

    ``part`` and ``drawing_part`` are empty where the sheet has none yet.
    """

    part: str
    root: Any
    drawing_part: str
    drawing: Any
    dialect: Dialect
    by_cell: dict[Position, Any]
    touched: bool = False
    _boxes: dict[Position, Any] = field(default_factory=dict)
    _authors: list[str] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)
    _last_id: int = 0
    _typed: bool = False

    def text(self, place: Position) -> str:
        """The words of a comment."""
        words = self.by_cell[place].find(self.dialect.tag("text"))
        return "" if words is None else text_in(words, self.dialect)

    def author(self, place: Position) -> str:
        """Who wrote a comment, empty where it does not say."""
        number = int(self.by_cell[place].get("authorId", "0"))
        return self._authors[number] if 0 <= number < len(self._authors) else ""

    def put(self, place: Position, text: str) -> None:
        """Say ``text`` at a cell, before what stands there.

        A comment that stands in for a thread keeps its author: by that the thread is found.
        """
        self.touched = True
        if place not in self.by_cell:
            self._add(place)
        comment = self.by_cell[place]
        words = comment.find(self.dialect.tag("text"))
        if words is None:
            words = etree.Element(self.dialect.tag("text"))
            comment.insert(0, words)
        _lead_in(words, text, self.dialect)
        if not self.author(place).startswith(THREAD):
            comment.set("authorId", str(self._author(AUTHOR)))
        self._size(place, _height(text_in(words, self.dialect)))

    def take_off(self, place: Position) -> None:
        """Take a comment off, with its box."""
        self.touched = True
        for element in (self.by_cell.pop(place), self._boxes.pop(place, None)):
            if element is not None:
                element.getparent().remove(element)

    def leave(self, place: Position, length: int, person: str) -> None:
        """Leave of a comment the last characters, which a person of that name wrote."""
        self.touched = True
        _keep_end(self.by_cell[place].find(self.dialect.tag("text")), length, self.dialect)
        if not self.author(place).startswith(THREAD):
            self.by_cell[place].set("authorId", str(self._author(person)))
        self._size(place, LEAST_HEIGHT)

    def _author(self, name: str) -> int:
        if name not in self._numbers:
            tag = self.dialect.tag
            authors = self.root.find(tag("authors"))
            if authors is None:
                authors = etree.Element(tag("authors"))
                self.root.insert(0, authors)
            etree.SubElement(authors, tag("author")).text = name
            self._numbers[name] = len(self._authors)
            self._authors.append(name)
        return self._numbers[name]

    def _add(self, place: Position) -> None:
        tag = self.dialect.tag
        parent = self.root.find(tag("commentList"))
        if parent is None:
            parent = etree.Element(tag("commentList"))
            insert(self.root, parent, ("authors", "commentList", "extLst"))
        number = str(self._author(AUTHOR))
        comment = etree.SubElement(parent, tag("comment"), ref=address(*place), authorId=number)
        comment.set("shapeId", "0")
        self.by_cell[place] = comment

    def _size(self, place: Position, height: int) -> None:
        """Give the box of a comment, which is made where there is none, a height in pixels."""
        box = self._boxes.get(place)
        if box is None:
            box = self._new_box(place)
            style = "position:absolute;margin-left:59.25pt;margin-top:1.5pt;z-index:1;visibility:hidden"
        else:
            style = _SIZE.sub("", box.get("style", "")).strip("; \n")
            for anchor in box.findall(f"{{{_X}}}ClientData/{{{_X}}}Anchor"):
                anchor.getparent().remove(anchor)  # it would outweigh the size
        box.set("style", f"{style};width:{COMMENT_WIDTH}px;height:{height}px")

    def _new_box(self, place: Position) -> Any:
        if not self._typed:
            self._prepare()
            self._typed = True
        box = parsed(_BOX.encode())
        self._last_id += 1
        box.set("id", f"_x0000_s{self._last_id}")
        data = box.find(f"{{{_X}}}ClientData")
        data.find(f"{{{_X}}}Row").text = str(place[0] - 1)
        data.find(f"{{{_X}}}Column").text = str(place[1] - 1)
        self.drawing.append(box)
        self._boxes[place] = box
        if self._last_id % _BLOCK == 0:
            self._claim(self._last_id // _BLOCK)
        return box

    def _prepare(self) -> None:
        """Let the drawing hold what every box refers to."""
        if self.drawing.find(f"{{{_V}}}shapetype[@id='_x0000_t202']") is None:
            self.drawing.append(parsed(_BOX_TYPE.encode()))
        self._claim((self._last_id + 1) // _BLOCK)

    def _claim(self, block: int) -> None:
        """Let the drawing's map name a block of ids."""
        blocks = self.drawing.find(f"{{{_O}}}shapelayout/{{{_O}}}idmap")
        if blocks is not None and str(block) not in blocks.get("data", "").split(","):
            blocks.set("data", ",".join(filter(None, (blocks.get("data"), str(block)))))


def open_comments(parts: Parts, sheet: str, root: Any, dialect: Dialect, number: int) -> Comments:
    """The comments of the sheet in the part ``sheet``, whose place in the workbook is ``number``."""
    part = parts.related(sheet, "comments") or ""
    comments = parts.root(part) if part else new_root("comments", dialect.main)
    own = dialect_of(comments)
    by_cell = {
        place: comment
        for comment in comments.iterfind(f"{own.tag('commentList')}/{own.tag('comment')}")
        if (place := position(comment.get("ref", "").partition(":")[0])) is not None
    }
    element = root.find(dialect.tag("legacyDrawing"))
    wanted = None if element is None else element.get(dialect.id)
    found = (item.target for item in parts.relations(sheet) if item.id == wanted and item.target)
    drawing_part = next(found, "")
    drawing = parts.root(drawing_part) if drawing_part else parsed(_new_drawing(number))
    boxes = {}
    last = 0
    for box in drawing.iter(f"{{{_V}}}shape"):
        if match := _SHAPE_ID.match(box.get("id", "")):
            last = max(last, int(match[1]))
        data = box.find(f"{{{_X}}}ClientData[@ObjectType='Note']")
        row, column = (
            (None, None)
            if data is None
            else (data.findtext(f"{{{_X}}}{name}") for name in ("Row", "Column"))
        )
        if row and column and row.strip().isdecimal() and column.strip().isdecimal():
            boxes[int(row) + 1, int(column) + 1] = box
    names = [item.text or "" for item in comments.iterfind(f"{own.tag('authors')}/{own.tag('author')}")]
    numbers = {name: place for place, name in reversed(list(enumerate(names)))}
    return Comments(
        part,
        comments,
        drawing_part,
        drawing,
        own,
        by_cell,
        _boxes=boxes,
        _authors=names,
        _numbers=numbers,
        _last_id=last or _BLOCK * number,
    )


def close_comments(
    comments: Comments, parts: Parts, sheet: str, root: Any, dialect: Dialect
) -> list[str]:
    """Write what was changed, with parts that are new; returns those that would be empty."""
    if not comments.touched:
        return []
    folder = posixpath.dirname(posixpath.dirname(sheet))
    if not comments.by_cell:
        return _drop(comments, parts, sheet, root, dialect)
    if comments.part:
        parts.changed_root(comments.part)
    else:
        name = parts.unused(posixpath.join(folder, "comments{}.xml"))
        parts.add(name, comments.root, COMMENTS_TYPE)
        parts.relate(sheet, f"{dialect.relation}/comments", name)
    if comments.drawing_part:
        parts.changed_root(comments.drawing_part)
        return []
    name = parts.unused(posixpath.join(folder, "drawings/vmlDrawing{}.vml"))
    parts.add(name, comments.drawing, DRAWING_TYPE)
    element = root.find(dialect.tag("legacyDrawing"))
    if element is None:
        element = etree.Element(dialect.tag("legacyDrawing"), nsmap={"r": dialect.relation})
        insert(root, element, WORKSHEET)
    element.set(dialect.id, parts.relate(sheet, f"{dialect.relation}/vmlDrawing", name))
    return []


def _drop(comments: Comments, parts: Parts, sheet: str, root: Any, dialect: Dialect) -> list[str]:
    """Refer to the comments no more, nor to the drawing where it held nothing else."""
    lost = [comments.part] if comments.part else []
    others = {local(item) for item in comments.drawing} - {"", "shapelayout", "shapetype"}
    if comments.drawing_part and not others:
        lost.append(comments.drawing_part)
        element = root.find(dialect.tag("legacyDrawing"))
        element.getparent().remove(element)
    elif comments.drawing_part:
        parts.changed_root(comments.drawing_part)
    parts.unrelate(sheet, lost)
    return lost


def _lead_in(words: Any, text: str, dialect: Dialect) -> None:
    """Put a text before what a comment says; formatting there stays."""
    first = words.find(dialect.tag("t"))
    run = words.find(dialect.tag("r"))
    if first is not None:
        text += first.text or ""
    elif run is None:
        first = etree.Element(dialect.tag("t"))
        words.insert(0, first)
    else:
        made = etree.Element(dialect.tag("r"))
        words.insert(0, made)
        first = etree.SubElement(made, dialect.tag("t"))
    first.text = text
    first.set(_SPACE, "preserve")


def _keep_end(words: Any, length: int, dialect: Dialect) -> None:
    """Leave the last ``length`` characters of what a comment says."""
    tag = dialect.tag
    away = len(text_in(words, dialect)) - length
    for run in [child for child in words if child.tag in (tag("t"), tag("r"))]:
        text = run if run.tag == tag("t") else run.find(tag("t"))
        if away <= 0 or text is None:
            continue
        says = text.text or ""
        if len(says) <= away:
            words.remove(run)
        else:
            text.text = says[away:]
        away -= len(says)


def _height(text: str) -> int:
    lines = sum(max(1, -(-int(text_width(part)) // int(COMMENT_COLUMNS))) for part in text.split("\n"))
    return min(MOST_HEIGHT, max(LEAST_HEIGHT, lines * LINE_HEIGHT + 14))


def _new_drawing(number: int) -> bytes:
    return f"""<xml xmlns:v="{_V}" xmlns:o="{_O}" xmlns:x="{_X}"><o:shapelayout v:ext="edit">\
<o:idmap v:ext="edit" data="{number}"/></o:shapelayout></xml>""".encode()
