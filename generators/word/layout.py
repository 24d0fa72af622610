"""The official layout of the report: its styles, and the fonts that a pack may set.

The values are those of GB/T 9704-2012 and usual practice for 报告. The template carries them as
Word styles, so that a compiler changes them in Word; only the fonts, which differ between offices,
are settings of the pack.
"""

from __future__ import annotations

from collections.abc import Mapping

from docx.document import Document as DocxDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.part import XmlPart

from generators.word.oxml import Element, W, w

FONT_STYLES: Mapping[str, tuple[str, ...]] = {
    "title": ("Title", "标题"),
    "heading1": ("Heading 1", "heading 1"),
    "heading2": ("Heading 2", "heading 2", "Subtitle", "副标题"),
    "body": ("Normal", "正文", "Heading 3", "heading 3", "Heading 4", "heading 4"),
    "page_number": ("Footer", "footer"),
}
"""Which styles a font setting dresses, by style name."""

_ASIAN_THEME = ("eastAsiaTheme",)
_LATIN_THEME = ("asciiTheme", "hAnsiTheme", "cstheme")


def apply_fonts(document: DocxDocument, fonts: Mapping[str, str]) -> None:
    """Dress the document's styles in the pack's fonts; a font that is not set stays as it is.

    ``latin`` is the font of Latin letters and digits in every one of these styles but the page
    number's, which GB/T 9704-2012 wants in the Chinese font.
    """
    latin = fonts.get("latin", "")
    for role, names in FONT_STYLES.items():
        for style in styles_of(document):
            if style_name(style) not in names:
                continue
            if role in fonts:
                _set_fonts(style, {"eastAsia": fonts[role]}, _ASIAN_THEME)
            if role == "page_number" and role in fonts:
                _set_fonts(style, dict.fromkeys(("ascii", "hAnsi"), fonts[role]), _LATIN_THEME)
            elif latin and role != "page_number":
                _set_fonts(style, dict.fromkeys(("ascii", "hAnsi", "cs"), latin), _LATIN_THEME)


def styles_of(document: DocxDocument) -> list[Element]:
    """The document's styles; none where it has no part for them, which python-docx would add."""
    for relation in document.part.rels.values():
        if relation.reltype == RELATIONSHIP_TYPE.STYLES and not relation.is_external:
            part = relation.target_part
            return list(part.element.iter(w("style"))) if isinstance(part, XmlPart) else []
    return []


def style_name(style: Element) -> str:
    """What a style is called in the document; empty where it has no name."""
    name = style.find(w("name"))
    return str(name.get(w("val")) or "") if name is not None else ""


def _set_fonts(style: Element, fonts: Mapping[str, str], themes: tuple[str, ...]) -> None:
    """Set attributes of the style's ``w:rFonts``; theme fonts would win over them, so they go."""
    properties = style.get_or_add_rPr()  # type: ignore[attr-defined]
    element = properties.find(w("rFonts"))
    if element is None:
        element = properties.makeelement(w("rFonts"), nsmap={"w": W})
        properties.insert(0, element)
    for name, font in fonts.items():
        element.set(w(name), font)
    for theme in themes:
        element.attrib.pop(w(theme), None)
