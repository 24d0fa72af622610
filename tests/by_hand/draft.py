"""A document open for editing: its parts, what it refers to, and the elements that Word writes."""

from __future__ import annotations

import copy
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO

from lxml import etree

from generators.package import CONTENT_TYPES, package_of, parts_of
from generators.word.oxml import XML, Element, w
from tests.wordprocessing import ORDER

BODY = "word/document.xml"
RELATIONS = "word/_rels/document.xml.rels"
STORIES = re.compile(r"word/(document|header|footer|footnotes|endnotes)\d*\.xml\Z")
CHANGES = tuple(w(name) for name in "ins del moveFrom moveTo rPrChange pPrChange".split())
RELATION_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"


@dataclass
class Draft:
    """An open document. ``roots`` holds the XML of the parts that have been looked at.

    ``next_id`` serves every kind of id; ``shuffled`` writes the parts in an order and with the dates
    that another program gives them.
    """

    parts: dict[str, bytes]
    roots: dict[str, Element] = field(default_factory=dict)
    next_id: int = 10_000
    shuffled: int = 0

    def new_id(self) -> int:
        """A number that nothing in the document bears."""
        self.next_id += 1
        return self.next_id

    def root(self, name: str) -> Element:
        """The XML of a part, to be changed."""
        if name not in self.roots:
            self.roots[name] = etree.fromstring(self.parts[name])
        return self.roots[name]

    @property
    def body(self) -> Element:
        """``w:body``."""
        found = self.root(BODY).find(w("body"))
        assert found is not None
        return found

    def frames(self) -> list[Element]:
        """The roots of headers and footers."""
        names = sorted(name for name in self.parts if re.match(r"word/(header|footer)\d*\.xml\Z", name))
        return [self.root(name) for name in names]


def open_draft(data: bytes) -> Draft:
    """Open a .docx."""
    parts = parts_of(data)
    used = [
        int(number)
        for name, part in parts.items()
        if name.startswith("word/") and name.endswith(".xml")
        for number in re.findall(rb'[ :](?:id|val)="(1\d{4,8})"', part)
    ]
    return Draft(parts, next_id=max([10_000, *used]))


def saved_draft(draft: Draft) -> bytes:
    """The document as it is saved; tracked changes that were copied get numbers of their own."""
    for name, root in draft.roots.items():
        used: set[str] = set()
        for change in root.iter(*CHANGES):
            if str(change.get(w("id"))) in used:
                change.set(w("id"), str(draft.new_id()))
            used.add(str(change.get(w("id"))))
        draft.parts[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return _in_other_order(draft) if draft.shuffled else package_of(draft.parts)


def _in_other_order(draft: Draft) -> bytes:
    buffer = BytesIO()
    names = sorted(draft.parts, key=lambda name: (name != CONTENT_TYPES, name[::-1]))
    turn = draft.shuffled % len(names)
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in (names[0], *names[1 + turn :], *names[1 : 1 + turn]):
            target.writestr(zipfile.ZipInfo(name, (2030, 11, 25, 9, 30, 0)), draft.parts[name])
    return buffer.getvalue()


def related_part(draft: Draft, name: str, kind: str, content_type: str, part: Element | bytes) -> str:
    """Add a part that the body refers to; the id of the relationship."""
    if isinstance(part, bytes):
        draft.parts[name] = part
    else:
        draft.parts[name] = b""
        draft.roots[name] = part
    types = draft.root(CONTENT_TYPES)
    if "." in name and name.rpartition(".")[2] != "xml":
        extension = name.rpartition(".")[2]
        if not any(item.get("Extension") == extension for item in types):
            default = etree.Element(f"{{{_TYPES}}}Default")
            default.set("Extension", extension)
            default.set("ContentType", content_type)
            types.insert(0, default)
    else:
        override = etree.SubElement(types, f"{{{_TYPES}}}Override")
        override.set("PartName", f"/{name}")
        override.set("ContentType", content_type)
    return relate(draft, kind, name.removeprefix("word/"))


def relate(draft: Draft, kind: str, target: str, *, external: bool = False) -> str:
    """Add a relationship of the body; its id."""
    relation = etree.SubElement(draft.root(RELATIONS), _RELATION)
    key = f"rId{draft.new_id()}"
    relation.set("Id", key)
    relation.set("Type", f"{RELATION_TYPE}/{kind}")
    relation.set("Target", target)
    if external:
        relation.set("TargetMode", "External")
    return key


# --- elements -----------------------------------------------------------------------------------------


def make(name: str, /, *children: Element, text: str | None = None, **attributes: object) -> Element:
    """A WordprocessingML element; attributes are of the same namespace."""
    element = etree.Element(w(name))
    for key, value in attributes.items():
        element.set(w(key), str(value))
    element.extend(children)
    if text is not None:
        element.text = text
        element.set(f"{{{XML}}}space", "preserve")
    return element


def run_of(text: str, look: Element | None = None, *, by: str = "t") -> Element:
    """A run of typed text, formatted as ``look`` (run properties) says.

    Word marks Chinese text with the East Asian hint, and every run with the session it was typed in.
    """
    run = make("r", rsidR="00C0FFEE")
    if look is not None:
        run.append(copy.deepcopy(look))
    if not text.isascii():
        property_of(run, "rPr", "rFonts").set(w("hint"), "eastAsia")
    run.append(make(by, text=text))
    return run


def property_of(holder: Element, kind: str, name: str) -> Element:
    """A property of a run (``rPr``), paragraph (``pPr``), cell (``tcPr``), made in its place."""
    properties = holder.find(w(kind))
    if properties is None:
        properties = make(kind)
        holder.insert(0, properties)
    found = properties.find(w(name))
    if found is not None:
        return found
    made, order = make(name), ORDER[kind]
    later = (
        child
        for child in properties
        if etree.QName(child).localname in order
        and order.index(etree.QName(child).localname) > order.index(name)
    )
    following = next(later, None)
    if following is None:
        properties.append(made)
    else:
        following.addprevious(made)
    return made


def drop_property(holder: Element, kind: str, name: str) -> None:
    """Take a property away where it is there."""
    for found in holder.findall(f"{w(kind)}/{w(name)}"):
        remove(found)


def remove(element: Element) -> None:
    """Take an element out of its parent."""
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)


def is_figure(element: Element) -> bool:
    """Whether a control is one of the program's: only its tags hold a figure and an expression."""
    return element.tag == w("sdt") and "|" in tag_of_control(element)


def tag_of_control(control: Element) -> str:
    """The control's tag."""
    tag = control.find(f"{w('sdtPr')}/{w('tag')}")
    return "" if tag is None else str(tag.get(w("val")))


def figures(root: Element) -> list[Element]:
    """The controls around figures, in reading order."""
    return [control for control in root.iter(w("sdt")) if is_figure(control)]


def text_of(element: Element) -> str:
    """What an element shows of text; deleted text is none."""
    return "".join(node.text or "" for node in element.iter(w("t")))


def runs(elements: Iterable[Element]) -> Iterator[Element]:
    """The runs in elements, those in controls and links too."""
    for element in elements:
        yield from element.iter(w("r"))
