"""Word documents of about 1 MB that make a program which reads them slow, or take its memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.wild import cell, changed, p, package, part, r, row, table

LENGTH = 2**20
"""Bytes of XML in each of them, about."""


def filled(piece: str, before: str = "", after: str = "") -> str:
    """``piece`` as often as fits."""
    return before + piece * ((LENGTH - len(before) - len(after)) // len(piece.encode())) + after


def nested(start: str, inside: str, end: str, depth: int) -> str:
    return start * depth + inside + end * depth


_BOX = '<w:sdt><w:sdtPr><w:alias w:val="{}"/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>'
_MARK = '<w:bookmarkStart w:id="1" w:name="hb_0123456789_1"/><w:bookmarkEnd w:id="1"/>'

BODIES: Mapping[str, Callable[[], str]] = {
    "equal paragraphs": lambda: filled(p(r("同"))),
    "two kinds of paragraphs": lambda: filled(p(r("甲")) + p(r("乙"))),
    "paragraphs that all differ": lambda: "".join(p(r(f"第{n}段")) for n in range(18_000)),
    "one paragraph of one sign": lambda: p(r("甲" * (LENGTH // 3))),
    "one paragraph of two signs": lambda: p(r("甲乙" * (LENGTH // 6))),
    "one paragraph of numbers": lambda: p(r("1 - " * (LENGTH // 4))),
    "one number": lambda: p(r("1" * LENGTH)),
    "a number in many runs": lambda: p(filled(r("1"))),
    "empty runs": lambda: p(filled("<w:r/>")),
    "empty paragraphs": lambda: filled("<w:p/>"),
    "openings of tags": lambda: p(r("{{" * (LENGTH // 2))),
    "tags in one paragraph": lambda: p(r("{{a}}" * (LENGTH // 5))),
    "tags in runs": lambda: p(filled(r("{{") + r("a") + r("}}"))),
    "tags in paragraphs": lambda: filled(p(r("{{a}}"))),
    "nested blocks": lambda: filled(p(r("{% if 1 %}"))),
    "closed blocks": lambda: filled(p(r("{% endif %}"))),
    "nested tables": lambda: (
        nested("<w:tbl><w:tr><w:tc>", "<w:p/>", "<w:p/></w:tc></w:tr></w:tbl>", 75) + "<w:p/>"
    ),
    "nesting without end": lambda: nested("<w:ins>", "", "</w:ins>", LENGTH // 15),
    "rows": lambda: table(filled(row(cell(p(r("1")))))) + "<w:p/>",
    "cells of one row": lambda: f"<w:tbl><w:tr>{filled('<w:tc><w:p/></w:tc>')}</w:tr></w:tbl><w:p/>",
    "controls": lambda: p(filled(_BOX.format("甲 · 乙 · 丙!A1", r("1")))),
    "nested controls": lambda: p(
        nested("<w:sdt><w:sdtContent>", r("1"), "</w:sdtContent></w:sdt>", 110)
    ),
    "bookmarks": lambda: p(filled(_MARK)),
    "bookmarks that stay open": lambda: p(filled('<w:bookmarkStart w:id="1" w:name="a"/>')),
    "an alias": lambda: p(_BOX.format(" · " * (LENGTH // 4) + "!A", r("1"))),
    "attributes": lambda: p("<w:r " + " ".join(f"a{n}=''" for n in range(LENGTH // 11)) + "/>"),
    "namespaces": lambda: filled('<a xmlns="b"/>'),
    "comments of XML": lambda: filled("<!--a-->"),
    "tracked changes": lambda: p(filled(f'<w:ins w:id="1" w:author="a">{r("1")}</w:ins>')),
    "fields": lambda: p(filled('<w:r><w:fldChar w:fldCharType="begin"/></w:r>')),
    "references to notes": lambda: p(filled('<w:r><w:footnoteReference w:id="1"/></w:r>')),
    "sections": lambda: filled("<w:p><w:pPr><w:sectPr/></w:pPr></w:p>"),
    "breaks": lambda: p(f"<w:r>{filled('<w:br/>')}</w:r>"),
    "spaces": lambda: p(r(" " * LENGTH)),
}
"""What stands in the body of each."""


def document(name: str) -> bytes:
    """The document whose body :data:`BODIES` describes."""
    return package(BODIES[name]())


def with_style_ids() -> bytes:
    """A document with as many styles as fit."""
    style = '<w:style w:type="paragraph" w:styleId="a"><w:name w:val="heading 1"/></w:style>'
    return changed(package(p(r("甲"))), {"word/styles.xml": part("styles", filled(style))})
