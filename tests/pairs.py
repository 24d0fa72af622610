"""Pairs of generated documents: an issue, and what became of it through edits of every kind.

A document is a list of blocks, a paragraph a list of pieces; both are plain data, so that a case
that fails can be read.
"""

from __future__ import annotations

import copy
import io
from collections.abc import Callable
from typing import Any

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from hypothesis import strategies as st
from lxml import etree

from generators.word.oxml import bookmarked, make_control, make_ids_unique, make_run

Block = list[Any]
"""``["p", piece, …]``, or ``["t", [[cell, …], …]]`` whose cells are lists of blocks.

A piece is ``[kind, text]`` with one of the kinds below.
"""
CLAUSES = (
    "全区经济运行总体平稳，",
    "预计全年实现地区生产总值",
    "，同比增长",
    "。",
    "项目建设有序推进；",
    "一般公共预算收入为",
    "全力以赴招商引资。",
    "营商环境持续向好，企业反映的诉求得到有效解决。",
    "“双减”成果更加稳固，",
    "PM2.5浓度控制在",
    "以内，",
    "（一）",
    "其中：",
    "新增就业",
    "、",
)
FIGURES = (
    "85亿元",
    "86.2亿元",
    "1.5%",
    "0.8%",
    "同比增长1.5%",
    "同比下降0.8%",
    "10.58万平方米",
    "33个",
    "与上年持平",
)
KINDS = ("text", "figure", "control", "bold", "tab", "break", "field", "link", "picture", "bookmark")
LETTERS = st.text("甲乙丙丁戊，。0123456789.%亿元 ab\t-", min_size=1, max_size=6)


def pieces() -> st.SearchStrategy[list[str]]:
    return st.one_of(
        st.tuples(st.just("text"), st.sampled_from(CLAUSES)).map(list),
        st.tuples(st.just("text"), st.sampled_from(CLAUSES)).map(list),
        st.tuples(st.just("figure"), st.sampled_from(FIGURES)).map(list),
        st.tuples(st.just("bold"), LETTERS).map(list),
        st.tuples(st.sampled_from(KINDS), st.sampled_from(("12", "见附件", "3.5%"))).map(list),
    )


def paragraphs() -> st.SearchStrategy[Block]:
    return st.lists(pieces(), max_size=6).map(lambda found: ["p", *found])


def tables(depth: int = 1) -> st.SearchStrategy[Block]:
    inner = st.lists(paragraphs(), min_size=1, max_size=2)
    if depth:
        inner = st.one_of(inner, inner, inner, st.tuples(tables(depth - 1), paragraphs()).map(list))
    rows = st.integers(1, 3).flatmap(
        lambda width: st.lists(st.lists(inner, min_size=width, max_size=width), min_size=1, max_size=4)
    )
    return rows.map(lambda found: ["t", found])


def documents() -> st.SearchStrategy[list[Block]]:
    block = st.one_of(paragraphs(), paragraphs(), paragraphs(), tables())
    return st.lists(block, min_size=1, max_size=7)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[list[Block], list[Block]]:
    """Two documents: the second made from the first by some edits, or one of its own."""
    old = draw(documents())
    if draw(st.integers(0, 5)) == 0:
        return old, draw(documents())
    new = copy.deepcopy(old)
    for _ in range(draw(st.integers(1, 6))):
        edit = draw(st.sampled_from(EDITS))
        edit(draw, draw(st.sampled_from(_lists_of_blocks(new))))
        if not new:
            new.append(["p"])
    return old, new


def _lists_of_blocks(blocks: list[Block]) -> list[list[Block]]:
    """The body, and every cell."""
    found = [blocks, blocks]
    for block in blocks:
        if block[0] == "t":
            for row in block[1]:
                for cell in row:
                    found += _lists_of_blocks(cell)
    return found


def _place(draw: st.DrawFn, items: list[Any]) -> int:
    return draw(st.integers(0, max(len(items) - 1, 0)))


def _paragraph(draw: st.DrawFn, blocks: list[Block]) -> int | None:
    found = [place for place, block in enumerate(blocks) if block[0] == "p"]
    return draw(st.sampled_from(found)) if found else None


def insert_block(draw: st.DrawFn, blocks: list[Block]) -> None:
    blocks.insert(_place(draw, blocks), draw(st.one_of(paragraphs(), paragraphs(), tables(0))))


def append_paragraph(draw: st.DrawFn, blocks: list[Block]) -> None:
    blocks.append(draw(paragraphs()))


def delete_block(draw: st.DrawFn, blocks: list[Block]) -> None:
    del blocks[_place(draw, blocks)]
    _end_in_paragraph(blocks)


def swap_blocks(draw: st.DrawFn, blocks: list[Block]) -> None:
    a, b = _place(draw, blocks), _place(draw, blocks)
    blocks[a], blocks[b] = blocks[b], blocks[a]
    _end_in_paragraph(blocks)


def split(draw: st.DrawFn, blocks: list[Block]) -> None:
    place = _paragraph(draw, blocks)
    if place is not None:
        block = blocks[place]
        at = draw(st.integers(1, len(block)))
        blocks[place : place + 1] = [block[:at], ["p", *block[at:]]]


def join(draw: st.DrawFn, blocks: list[Block]) -> None:
    places = [n for n in range(len(blocks) - 1) if blocks[n][0] == blocks[n + 1][0] == "p"]
    if places:
        place = draw(st.sampled_from(places))
        blocks[place : place + 2] = [[*blocks[place], *blocks[place + 1][1:]]]


def change_figure(draw: st.DrawFn, blocks: list[Block]) -> None:
    found = [piece for block in blocks if block[0] == "p" for piece in block[1:] if piece[0] == "figure"]
    if found:
        draw(st.sampled_from(found))[1] = draw(st.sampled_from(FIGURES))


def insert_piece(draw: st.DrawFn, blocks: list[Block]) -> None:
    place = _paragraph(draw, blocks)
    if place is not None:
        blocks[place].insert(draw(st.integers(1, len(blocks[place]))), draw(pieces()))


def delete_piece(draw: st.DrawFn, blocks: list[Block]) -> None:
    place = _paragraph(draw, blocks)
    if place is not None and len(blocks[place]) > 1:
        del blocks[place][draw(st.integers(1, len(blocks[place]) - 1))]


def duplicate_piece(draw: st.DrawFn, blocks: list[Block]) -> None:
    place = _paragraph(draw, blocks)
    if place is not None and len(blocks[place]) > 1:
        piece = blocks[place][draw(st.integers(1, len(blocks[place]) - 1))]
        blocks[place].insert(draw(st.integers(1, len(blocks[place]))), list(piece))


def type_letters(draw: st.DrawFn, blocks: list[Block]) -> None:
    place = _paragraph(draw, blocks)
    texts = [piece for piece in blocks[place][1:] if len(piece[1]) > 1] if place is not None else []
    if texts:
        piece = draw(st.sampled_from(texts))
        at = draw(st.integers(0, len(piece[1])))
        piece[1] = piece[1][:at] + draw(LETTERS) + piece[1][at + draw(st.integers(0, 2)) :]


def change_rows(draw: st.DrawFn, blocks: list[Block]) -> None:
    found = [block[1] for block in blocks if block[0] == "t"]
    if found:
        rows = draw(st.sampled_from(found))
        place = _place(draw, rows)
        if len(rows) > 1 and draw(st.booleans()):
            del rows[place]
        else:
            rows.insert(place, [[["p", ["text", draw(LETTERS)]]] for _ in rows[place]])


def change_columns(draw: st.DrawFn, blocks: list[Block]) -> None:
    found = [block[1] for block in blocks if block[0] == "t"]
    if found:
        for row in draw(st.sampled_from(found)):
            row.append([["p", draw(pieces())]])


EDITS: tuple[Callable[[st.DrawFn, list[Block]], None], ...] = (
    *(insert_block, append_paragraph, delete_block, swap_blocks, split, join, change_figure),
    *(change_figure, insert_piece, delete_piece, duplicate_piece, type_letters, change_rows),
    *(change_rows, change_columns),
)


def _end_in_paragraph(blocks: list[Block]) -> None:
    """A cell must end in a paragraph; a body may end in a table, which here it then does not."""
    if not blocks or blocks[-1][0] == "t":
        blocks.append(["p"])


# --- as Word documents --------------------------------------------------------------------------


def written(blocks: list[Block], *, controls: bool = True) -> bytes:
    """The document as .docx; ``controls`` puts its figures into our content controls."""
    made = docx.Document()
    made.styles.element.clear()  # hundreds of styles that nothing here uses
    body = made.element.body
    for block in blocks:
        body.insert(len(body) - 1, _block(block, controls))
    for number, mark in enumerate(made.element.iter(qn("w:bookmarkStart"))):
        mark.set(qn("w:name"), f"{mark.get(qn('w:name'))}_{number}")
    make_ids_unique([made.element])
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def _block(block: Block, controls: bool) -> etree._Element:
    if block[0] == "p":
        paragraph = parse_xml(f"<w:p {nsdecls('w')}/>")
        for number, (kind, text) in enumerate(block[1:]):
            paragraph.extend(_piece(kind, text, number, controls))
        return paragraph
    grid = "<w:gridCol/>" * len(block[1][0])
    table = parse_xml(f"<w:tbl {nsdecls('w')}><w:tblPr/><w:tblGrid>{grid}</w:tblGrid></w:tbl>")
    for cells in block[1]:
        row = etree.SubElement(table, qn("w:tr"))
        for cell in cells:
            etree.SubElement(row, qn("w:tc")).extend(_block(item, controls) for item in cell)
    return table


def _piece(kind: str, text: str, number: int, controls: bool) -> list[etree._Element]:
    run = make_run(None, text)
    match kind:
        case "figure" if controls:
            return bookmarked("hb", [make_control(f"S.actual|{text}", "指标 · 部门", [run])])
        case "control":  # one of people's own
            return [make_control("", "", [run])]
        case "bookmark":
            return bookmarked("own", [run])
        case "bold":
            return _xml(f"<w:r><w:rPr><w:b/></w:rPr><w:t xml:space='preserve'>{text}</w:t></w:r>")
        case "tab":
            return _xml("<w:r><w:t>前</w:t><w:tab/><w:t>后</w:t></w:r>")
        case "break":
            return _xml("<w:r><w:br/></w:r>")
        case "link":
            return _xml(
                f"<w:hyperlink w:anchor='x'><w:r><w:t>{text}</w:t></w:r>"
                "<w:r><w:t>里</w:t></w:r></w:hyperlink>"
            )
        case "picture":
            return _xml("<w:r><w:pict/></w:r>")
        case "field":
            return _xml(
                "<w:r><w:fldChar w:fldCharType='begin'/></w:r>"
                "<w:r><w:instrText> REF x </w:instrText></w:r>"
                "<w:r><w:fldChar w:fldCharType='separate'/></w:r>"
                f"<w:r><w:t>{text}</w:t></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r>"
            )
    if number % 2 and len(text) > 1:  # as Word cuts runs at will
        return [make_run(None, text[:1]), make_run(None, text[1:])]
    return [run]


def _xml(inner: str) -> list[etree._Element]:
    return list(parse_xml(f"<w:p {nsdecls('w')}>{inner}</w:p>"))
