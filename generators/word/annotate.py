"""Template findings → a copy of the template with a comment at each of them.

The text stays as it is: runs are split around the tag, and people's own comments stay with what
belongs to them. Word allows no comments in headers, footers, notes and text boxes: what is wrong
there is said at the note's mark, at the box, or at the beginning of the document.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable

from docx.document import Document as DocxDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from generators.messages import action, message, whereabouts
from generators.model import Finding
from generators.package import stable_package
from generators.word.documents import open_document, part_root, story_parts
from generators.word.oxml import Element, comment_marks, cover, own_runs, w
from generators.word.properties import UNDATED
from generators.word.surroundings import is_closed
from generators.word.tree import ANCHOR, Anchor

AUTHOR, INITIALS = "汇报", "汇"


def annotate(data: bytes, findings: Iterable[Finding]) -> bytes | None:
    """A copy of the template in ``data`` with a comment for each finding that is about its text.

    Each holds the message, with what was probably meant, and what to do. Equal input gives equal
    bytes: the comments bear the date on which the template was last changed. ``None`` where the
    template cannot be opened or no finding is about its text.
    """
    told = [item for item in findings if item.rule == "template" and "paragraph" in item.params]
    document = open_document(data).value
    if document is None or not told:
        return None
    paragraphs = {
        str(part.partname): list(part_root(part).iter(w("p"))) for part in story_parts(document)
    }
    body = paragraphs[str(document.part.partname)]
    date = _changed(document).strftime("%Y-%m-%dT%H:%M:%SZ")
    for item in told:
        anchor = Anchor.of(item.params.get(ANCHOR, ""))
        ends = _own_ends(body, paragraphs, anchor)
        text = message(item) if ends is None else message(item).replace(f"（{whereabouts(item)}）", "")
        first, last = ends or _other_ends(document, body, paragraphs, anchor)
        comment = document.part.comments.add_comment(f"{text}\n→ {action(item)}", AUTHOR, INITIALS)
        comment._comment_elm.set(w("date"), date)
        start, end, mark = comment_marks(comment.comment_id)
        first.addprevious(start)
        last.addnext(mark)
        last.addnext(end)
    buffer = io.BytesIO()
    document.save(buffer)
    return stable_package(buffer.getvalue())


def _changed(document: DocxDocument) -> dt.datetime:
    """When the template was last changed, as it says itself."""
    kinds = {relation.reltype for relation in document.part.package.rels.values()}
    known = RELATIONSHIP_TYPE.CORE_PROPERTIES in kinds
    return (document.core_properties.modified if known else None) or UNDATED


def _own_ends(
    body: list[Element], paragraphs: dict[str, list[Element]], anchor: Anchor | None
) -> tuple[Element, Element] | None:
    """The first and the last element of a tag in the body's own text; ``None`` for any other place."""
    found = paragraphs.get(anchor.part, []) if anchor else []
    if anchor is None or found is not body or anchor.paragraph >= len(body):
        return None
    paragraph = body[anchor.paragraph]
    if next(paragraph.iterancestors(w("p")), None) is not None:
        return None
    runs = cover(paragraph, anchor.start, anchor.end)
    return (_outside(runs[0]), _outside(runs[-1])) if runs else _whole(paragraph)


def _other_ends(
    document: DocxDocument,
    body: list[Element],
    paragraphs: dict[str, list[Element]],
    anchor: Anchor | None,
) -> tuple[Element, Element]:
    """What stands in the body for a place where no comment can: box, mark of a note, beginning."""
    found = paragraphs.get(anchor.part, []) if anchor else []
    if anchor is not None and anchor.paragraph < len(found):
        paragraph = found[anchor.paragraph]
        if found is body:
            outer = list(paragraph.iterancestors(w("p")))[-1]
            run = next(item for item in paragraph.iterancestors() if item.getparent() is outer)
            return run, run
        if (call := _call(document, paragraph)) is not None:
            return call, call
    return _whole(_first(document, body))


def _call(document: DocxDocument, paragraph: Element) -> Element | None:
    """The run in the body that calls the note around a paragraph; ``None`` where there is none."""
    for kind in ("footnote", "endnote"):
        note = next(paragraph.iterancestors(w(kind)), None)
        for mark in document.element.iter(w(f"{kind}Reference")) if note is not None else ():
            run = mark.getparent()
            if note is not None and mark.get(w("id")) == note.get(w("id")) and run is not None:
                return _outside(run)
    return None


def _first(document: DocxDocument, body: list[Element]) -> Element:
    """The first paragraph; an empty document gets one."""
    if not body:
        place = document.element.find(w("body"))
        body.append(parse_xml(f"<w:p {nsdecls('w')}/>"))
        place.insert(0, body[0])
    return body[0]


def _whole(paragraph: Element) -> tuple[Element, Element]:
    """The ends of everything in a paragraph; one without runs gets one."""
    runs = list(own_runs(paragraph))
    if not runs:
        paragraph.append(parse_xml(f"<w:r {nsdecls('w')}/>"))
        return paragraph[-1], paragraph[-1]
    return _outside(runs[0]), _outside(runs[-1])


def _outside(run: Element) -> Element:
    """The run, or what is around it where no comment can begin or end: reading aids, plain controls."""
    found = run
    for element in run.iterancestors():
        if element.tag == w("p"):
            break
        inside_run = element.tag == w("r")
        if inside_run or (element.tag == w("sdt") and is_closed(element)):
            found = element
    return found
