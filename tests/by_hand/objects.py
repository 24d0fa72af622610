"""Tables, notes, pictures, links, controls and pages."""

from __future__ import annotations

import base64
import copy
from random import Random

from lxml import etree

from generators.word.oxml import WP, Element, w
from tests.by_hand.atoms import (
    atoms,
    can_be_wrapped,
    cut,
    insert,
    look_at,
    may_go,
    pasted,
    stretch,
    take_out,
)
from tests.by_hand.draft import (
    Draft,
    make,
    property_of,
    relate,
    related_part,
    remove,
    run_of,
    text_of,
)
from tests.by_hand.picking import Edit, around, paragraphs, pick_paragraph, pick_sentence, typed_words

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
FOOTNOTES = "word/footnotes.xml"
_FOOTNOTES_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_PICTURE = "http://schemas.openxmlformats.org/drawingml/2006/picture"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_INLINE = (
    '<wp:inline xmlns:wp="{wp}" xmlns:a="{a}" xmlns:pic="{pic}" xmlns:r="{r}" distT="0" distB="0" '
    'distL="0" distR="0"><wp:extent cx="360000" cy="360000"/><wp:docPr id="{id}" name="图片 {id}"/>'
    '<a:graphic><a:graphicData uri="{pic}"><pic:pic><pic:nvPicPr><pic:cNvPr id="{id}" name="a.png"/>'
    '<pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="{rel}"/><a:stretch><a:fillRect/>'
    '</a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="360000" cy="360000"/>'
    '</a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData>'
    "</a:graphic></wp:inline>"
)


# --- tables -------------------------------------------------------------------------------------------


def insert_table(draft: Draft, random: Random) -> Edit | None:
    """A table with text before a paragraph."""
    able = [
        item
        for item in paragraphs(draft)
        if (before := item.getprevious()) is None or before.tag not in (w("tbl"), w("tcPr"))
    ]
    target = random.choice(able)
    words = [typed_words(draft, random) for _ in range(4)]
    grid = make("tblGrid", make("gridCol", w=2000), make("gridCol", w=2000))
    rows = [
        make("tr", *(make("tc", _width(2000), make("p", run_of(text))) for text in pair))
        for pair in (words[:2], words[2:])
    ]
    table = make("tbl", make("tblPr", make("tblW", w=0, type="auto")), grid, *rows)
    target.addprevious(table)
    return Edit("", f"a table before “{around(target)}”", tuple(words))


def _width(width: int) -> Element:
    return make("tcPr", make("tcW", w=width, type="dxa"))


def _tables(draft: Draft) -> list[Element]:
    return list(draft.body.iter(w("tbl")))


def add_row(draft: Draft, random: Random) -> Edit | None:
    """“Insert row”: cells like those of the row beside it, with typed words."""
    able = [row for table in _tables(draft) for row in table.findall(w("tr"))]
    if not able:
        return None
    row = random.choice(able)
    made = make("tr")
    properties = row.find(w("trPr"))
    if properties is not None:
        made.append(copy.deepcopy(properties))
    words = []
    for cell in row.findall(w("tc")):
        words.append(typed_words(draft, random))
        own = cell.find(w("tcPr"))
        first = cell.find(w("p"))
        look = None if first is None else first.find(w("pPr"))
        text = make("p", *([] if look is None else [copy.deepcopy(look)]), run_of(words[-1]))
        made.append(make("tc", *([] if own is None else [copy.deepcopy(own)]), text))
    row.addnext(made)
    return Edit("", f"a row below “{text_of(row)}”", tuple(words))


def delete_row(draft: Draft, random: Random) -> Edit | None:
    """A table's row, not its only one."""
    able = [
        row
        for table in _tables(draft)
        for row in table.findall(w("tr"))
        if len(table.findall(w("tr"))) > 1 and may_go([row])
    ]
    if not able:
        return None
    row = random.choice(able)
    said = f"deleted the row “{text_of(row)}”"
    take_out([row])
    return Edit("", said)


def duplicate_row(draft: Draft, random: Random) -> Edit | None:
    """Copy and paste of a row, right below it."""
    able = [row for table in _tables(draft) for row in table.findall(w("tr"))]
    if not able:
        return None
    row = random.choice(able)
    row.addnext(pasted(draft, [row])[0])
    return Edit("", f"pasted the row “{text_of(row)}” below itself")


def merge_cells(draft: Draft, random: Random) -> Edit | None:
    """Two cells of a row as one: the text of both, a paragraph each."""
    able = [
        cell
        for table in _tables(draft)
        for cell in table.iter(w("tc"))
        if cell.getnext() is not None
        and cell.getnext().tag == w("tc")  # type: ignore[union-attr]
        and cell.find(f"{w('tcPr')}/{w('gridSpan')}") is None
        and cell.getnext().find(f"{w('tcPr')}/{w('gridSpan')}") is None  # type: ignore[union-attr]
    ]
    if not able:
        return None
    cell = random.choice(able)
    other = cell.getnext()
    assert other is not None
    property_of(cell, "tcPr", "gridSpan").set(w("val"), "2")
    said = f"merged “{text_of(cell)}” and “{text_of(other)}”"
    cell.extend(item for item in list(other) if item.tag != w("tcPr"))
    remove(other)
    return Edit("", said)


def change_column_widths(draft: Draft, random: Random) -> Edit | None:
    """The border between columns dragged: the grid and every cell get other widths."""
    tables = _tables(draft)
    if not tables:
        return None
    table = random.choice(tables)
    for column in table.iterfind(f"{w('tblGrid')}/{w('gridCol')}"):
        column.set(w("w"), str(random.randint(800, 4000)))
    for cell in table.iterfind(f"{w('tr')}/{w('tc')}"):
        width = property_of(cell, "tcPr", "tcW")
        width.set(w("w"), str(random.randint(800, 4000)))
        width.set(w("type"), "dxa")
    return Edit("", f"other column widths in “{text_of(table)[:20]}”")


def shade_row(draft: Draft, random: Random) -> Edit | None:
    """A row's cells given a background."""
    able = [row for table in _tables(draft) for row in table.findall(w("tr"))]
    if not able:
        return None
    row = random.choice(able)
    for cell in row.findall(w("tc")):
        shade = property_of(cell, "tcPr", "shd")
        for key, value in (("val", "clear"), ("color", "auto"), ("fill", "FFF2CC")):
            shade.set(w(key), value)
    return Edit("", f"shaded the row “{text_of(row)}”")


# --- notes, pictures, links, controls -----------------------------------------------------------------


def insert_footnote(draft: Draft, random: Random) -> Edit | None:
    """A footnote anywhere in a paragraph."""
    paragraph = pick_paragraph(draft, random)
    if paragraph is None:
        return None
    if FOOTNOTES not in draft.parts:
        part = make("footnotes")
        for key, kind in enumerate(("separator", "continuationSeparator"), -1):
            part.append(make("footnote", make("p", make("r", make(kind))), type=kind, id=key))
        related_part(draft, FOOTNOTES, "footnotes", _FOOTNOTES_TYPE, part)
    key, words = draft.new_id(), typed_words(draft, random)
    text = make("p", make("r", make("footnoteRef")), run_of(words))
    draft.root(FOOTNOTES).append(make("footnote", text, id=key))
    gap = random.randint(0, len(atoms(paragraph)))
    reference = make("r", make("footnoteReference", id=key))
    insert(paragraph, cut(paragraph, gap, behind=True), [reference])
    return Edit("", f"the footnote “{words}” in “{around(paragraph)}”", (words,))


def insert_picture(draft: Draft, random: Random) -> Edit | None:
    """A picture in the line of a paragraph."""
    paragraph = pick_paragraph(draft, random)
    if paragraph is None:
        return None
    number = draft.new_id()
    key = related_part(draft, f"word/media/image{number}.png", "image", "image/png", _DOT)
    names = {"wp": WP, "a": _DRAWING, "pic": _PICTURE, "r": _RELATION.strip("{}")}
    inline = etree.fromstring(_INLINE.format(id=number, rel=key, **names))
    gap = random.randint(0, len(atoms(paragraph)))
    insert(paragraph, cut(paragraph, gap), [make("r", make("drawing", inline))])
    return Edit("", f"a picture in “{around(paragraph)}”")


def insert_link(draft: Draft, random: Random) -> Edit | None:
    """A hyperlink over a sentence of plain words, or a typed one."""
    paragraph = pick_paragraph(draft, random)
    if paragraph is None:
        return None
    key = relate(draft, "hyperlink", "https://example.org/", external=True)
    words = typed_words(draft, random)
    gap = random.randint(0, len(atoms(paragraph)))
    link = make("hyperlink", run_of(words, look_at(paragraph, gap)), history=1)
    link.set(f"{_RELATION}id", key)
    insert(paragraph, cut(paragraph, gap, behind=True), [link])
    return Edit("", f"the link “{words}” in “{around(paragraph)}”", (words,))


def link_sentence(draft: Draft, random: Random) -> Edit | None:
    """A sentence with its figures made a link."""
    picked = pick_sentence(draft, random, with_figure=True)
    if picked is None:
        return None
    paragraph, low, high = picked
    elements = stretch(paragraph, low, high)
    if not can_be_wrapped(elements):
        return None
    before = elements[0].getprevious()
    link = make("hyperlink", *elements)
    link.set(f"{_RELATION}id", relate(draft, "hyperlink", "https://example.org/", external=True))
    if before is None:
        paragraph.insert(0, link)
    else:
        before.addnext(link)
    return Edit("", f"made “{text_of(link)}” a link")


def insert_own_control(draft: Draft, random: Random) -> Edit | None:
    """A content control of people's own, plain or with a tag."""
    paragraph = pick_paragraph(draft, random)
    if paragraph is None:
        return None
    words = typed_words(draft, random)
    properties = make("sdtPr", make("id", val=draft.new_id()))
    if random.random() < 0.5:
        properties.insert(0, make("alias", val="联系人"))
        properties.insert(1, make("tag", val=random.choice(("联系人", "phone"))))
        properties.append(make("text"))
    gap = random.randint(0, len(atoms(paragraph)))
    control = make("sdt", properties, make("sdtContent", run_of(words)))
    insert(paragraph, cut(paragraph, gap), [control])
    return Edit("", f"a control of one's own “{words}” in “{around(paragraph)}”", (words,))


def own_bookmark(draft: Draft, random: Random) -> Edit | None:
    """A bookmark of people's own over a sentence."""
    picked = pick_sentence(draft, random)
    if picked is None:
        return None
    paragraph, low, high = picked
    elements = stretch(paragraph, low, high)
    key = draft.new_id()
    elements[0].addprevious(make("bookmarkStart", id=key, name=f"重点_{key}"))
    elements[-1].addnext(make("bookmarkEnd", id=key))
    return Edit("", f"a bookmark of one's own in “{around(paragraph)}”")


# --- pages --------------------------------------------------------------------------------------------


def change_margins(draft: Draft, random: Random) -> Edit | None:
    """Other margins of a section."""
    able = list(draft.body.iter(w("pgMar")))
    if not able:
        return None
    random.choice(able).set(w("top"), str(random.randint(1000, 3000)))
    return Edit("", "other margins")
