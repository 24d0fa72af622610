"""What surrounds a tag: whether a figure's control may stand there, and texts that no run holds."""

from __future__ import annotations

from collections.abc import Iterator

from generators.word.oxml import MATH, MC, W14, W15, Element, w

FALLBACK = f"{{{MC}}}Fallback"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_TEXT_PATH = "{urn:schemas-microsoft-com:vml}textpath"
_CLOSED = frozenset(
    [w(name) for name in ("text", "comboBox", "dropDownList", "date", "picture")]
    + [f"{{{W14}}}checkbox"]
)
"""Kinds of content controls that hold plain content, and no control within it."""
_BINDINGS = (w("dataBinding"), f"{{{W15}}}dataBinding")


def control_hindrance(run: Element) -> str:
    """Why no content control may stand where ``run`` stands; empty where it may.

    By the schema (ISO/IEC 29500-1, EG_ContentRunContent) one may stand in paragraphs, links, simple
    fields, insertions and controls, not in text with a reading aid or, for Word, in formulas; nor may
    it in a control for plain text, a date or a choice. ``fallback`` is the copy for old programs.
    """
    for element in run.iterancestors():
        if element.tag == FALLBACK:
            return "fallback"
        if element.tag == w("ruby"):
            return "in_ruby"
        if str(element.tag).startswith(f"{{{MATH}}}"):
            return "in_formula"
        if element.tag == w("sdt") and is_closed(element):
            return "in_plain_control"
    return ""


def is_closed(control: Element) -> bool:
    """Whether a content control is of a kind that holds no control within it."""
    return any(child.tag in _CLOSED for child in control.iterfind(f"{w('sdtPr')}/*"))


def unbind_controls(run: Element) -> bool:
    """Free the controls around ``run`` of what would replace its text; whether there was a binding.

    Word fills a bound control from its data whenever it opens the document, and takes the content of
    one that shows its prompt for no content.
    """
    bound = False
    for control in run.iterancestors(w("sdt")):
        for properties in control.iterchildren(w("sdtPr")):
            for child in list(properties.iterchildren(*_BINDINGS, w("showingPlcHdr"))):
                bound = bound or child.tag in _BINDINGS
                properties.remove(child)
    return bound


def unprinted_texts(paragraph: Element) -> Iterator[tuple[str, str]]:
    """Texts of a paragraph, and of what is drawn in it, that are none of its runs', with what they are.

    A tag in them cannot be printed: formulas, field codes, reading aids, word art, drawn text.
    """
    for formula in paragraph.iter(f"{{{MATH}}}oMath"):
        yield "in_formula", _joined(formula, f"{{{MATH}}}t")
    yield "in_field_code", _joined(paragraph, w("instrText"))
    for field in paragraph.iter(w("fldSimple")):
        yield "in_field_code", field.get(w("instr")) or ""
    for aid in paragraph.iter(w("rt")):
        yield "in_reading_aid", _joined(aid, w("t"))
    for path in paragraph.iter(_TEXT_PATH):
        if not any(True for _ in path.iterancestors(FALLBACK)):
            yield "in_word_art", path.get("string") or ""
    for drawn in paragraph.iter(f"{_DRAWING}p"):
        yield "in_drawing", _joined(drawn, f"{_DRAWING}t")


def drawn_texts(part: Element) -> Iterator[str]:
    """The texts of a chart or diagram: its titles, labels and categories."""
    for paragraph in part.iter(f"{_DRAWING}p"):
        yield _joined(paragraph, f"{_DRAWING}t")
    for value in part.iter(f"{_CHART}v"):
        yield value.text or ""


def _joined(element: Element, tag: str) -> str:
    return "".join(node.text or "" for node in element.iter(tag))
