"""The clean copy for circulation: the document without the program's controls, bookmarks, properties.

Everything else stays: people's own controls and bookmarks, comments, formatting, and byte for byte
every part that held nothing of the program's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from lxml import etree

from generators.model import Manifest
from generators.package import package_of
from generators.word.controls import BLOCK, BOOKMARK
from generators.word.opening import open_package
from generators.word.oxml import Element, W, own_runs, replace_element, w
from generators.word.properties import without_own

_OWN_NAME = re.compile(rf"({BOOKMARK}|{BLOCK})[0-9a-f]{{10}}_\d+")
"""How the program's bookmarks are called; LibreOffice adds a word to the name of a copy."""
_LONGEST_ALIAS = 500
"""Characters: the name of an indicator, of a department and of a cell are at most that."""
_OWN_ALIAS = re.compile(r".* · (.*![A-Z]+\d+|未报)\Z", re.DOTALL)
"""How :func:`generators.word.controls.alias_of` ends what it calls a control."""
FIGURE_MARK = "{urn:huibao}figure"
"""A mark on the runs that stood in one control; it lives only while documents are compared."""
_PLAIN = frozenset(
    "rPr alias tag id lock placeholder temporary showingPlcHdr label tabIndex text richText "
    "color appearance dataHash".split()
)
"""What stands in the properties of a control that holds text and nothing else; the last three are
what Word adds of its looks and of its own book-keeping."""


def without_controls(data: bytes, manifest: Manifest | None = None) -> bytes:
    """The document as it goes out; ``data`` is one that :func:`~generators.word.reading` can read.

    A control around a figure is taken away and its text stays; one that shows Word's request to
    type something, because the figure in it was deleted, leaves nothing. ``manifest``, where it is
    known, tells the program's controls for certain; without it they are known by their bookmarks,
    and by tags and aliases as the program writes them. Equal documents give equal bytes.
    """
    parts = open_package(data).value
    assert parts is not None, "it was read before"
    roots = story_roots(parts)
    changed = release(roots.values(), manifest)
    for name, root in roots.items():
        if root in changed:
            tree = root.getroottree()
            parts[name] = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    return package_of(without_own(parts))


def release(
    roots: Iterable[Element], manifest: Manifest | None = None, *, marked: bool = False
) -> set[Element]:
    """Take the program's controls and bookmarks out of parts, in place; the parts that had any.

    ``marked`` leaves :data:`FIGURE_MARK` on the runs of each control, a number for each.
    """
    roots = list(roots)
    own = own_controls(roots, manifest)
    changed = {control.getroottree().getroot() for control in own}
    changed |= {root for root in roots if _take_bookmarks_away(root)}
    for number, control in enumerate(own, 1):
        content = control.find(w("sdtContent"))
        for run in own_runs(content) if marked and content is not None else ():
            run.set(FIGURE_MARK, str(number))
        _unwrap(control)
    return changed


def story_roots(parts: Mapping[str, bytes]) -> dict[str, Element]:
    """The XML of every part that may hold text, by its name; damaged parts are left out."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    roots = {}
    for name, part in parts.items():
        if name.startswith("word/") and name.endswith(".xml"):
            try:
                root = etree.fromstring(part, parser)
            except etree.XMLSyntaxError:
                continue
            if etree.QName(root).namespace == W:
                roots[name] = root
    return roots


def own_controls(roots: Iterable[Element], manifest: Manifest | None = None) -> list[Element]:
    """The controls around figures that the program made, in the order of the parts.

    A control of another kind (a date, a list, a tick box, one bound to data) is a person's, whatever
    it is called.
    """
    plain = [control for root in roots for control in root.iter(w("sdt")) if _is_plain(control)]
    figures = manifest.figures if manifest else ()
    tags = {item.tag for item in figures}
    aliases = {item.alias for item in figures if item.alias}
    for control in plain:
        if _is_bookmarked(control):
            tags.add(_named(control, "tag"))
            aliases.add(_named(control, "alias"))
    tags.discard("")
    aliases.discard("")
    return [
        control
        for control in plain
        if _is_bookmarked(control)
        or _named(control, "tag") in tags
        or _named(control, "alias") in aliases
        or _is_own_alias(_named(control, "alias"))
    ]


def _is_own_alias(alias: str) -> bool:
    return len(alias) <= _LONGEST_ALIAS and _OWN_ALIAS.match(alias) is not None


def shows_placeholder(control: Element) -> bool:
    """Whether a control stands empty, and Word shows its request to type something instead."""
    return control.find(f"{w('sdtPr')}/{w('showingPlcHdr')}") is not None


def _is_plain(control: Element) -> bool:
    """Whether a control is of the kind that the program makes: text, plain or rich, bound to nothing."""
    properties = control.find(w("sdtPr"))
    return properties is not None and all(
        etree.QName(child).localname in _PLAIN for child in properties if isinstance(child.tag, str)
    )


def _is_bookmarked(control: Element) -> bool:
    """Whether the program's bookmark begins right before the control, or first thing in it.

    LibreOffice moves it inside. In a control around others it is that of one of them, unless the
    control has no properties at all: those are what LibreOffice 7.4 makes of controls side by side.
    """
    before = control.getprevious()
    while before is not None and before.tag in (w("bookmarkStart"), w("bookmarkEnd"), w("proofErr")):
        if _is_own_name(before) and not str(before.get(w("name"))).startswith(BLOCK):
            return True
        before = before.getprevious()
    content = control.find(w("sdtContent"))
    if content is None or not len(content) or not _is_own_name(content[0]):
        return False
    return content.find(f".//{w('sdt')}") is None or not len(control[0])


def _is_own_name(mark: Element) -> bool:
    return _OWN_NAME.match(str(mark.get(w("name")) or "")) is not None


def _named(control: Element, name: str) -> str:
    found = control.find(f"{w('sdtPr')}/{w(name)}")
    return str(found.get(w("val")) or "") if found is not None else ""


def _unwrap(control: Element) -> None:
    """Put what a control holds in its place."""
    content = control.find(w("sdtContent"))
    if content is not None and shows_placeholder(control):
        for run in list(content.iter(w("r"))):
            replace_element(run, ())
    replace_element(control, list(content) if content is not None else ())


def _take_bookmarks_away(root: Element) -> bool:
    """Take the program's bookmarks away, and what leads to them; whether there were any."""
    open_ids: Counter[str] = Counter()
    own: list[Element] = []
    for mark in root.iter(w("bookmarkStart"), w("bookmarkEnd")):
        number = str(mark.get(w("id")))
        if mark.tag == w("bookmarkStart"):
            if _is_own_name(mark):
                open_ids[number] += 1
                own.append(mark)
        elif open_ids[number]:
            open_ids[number] -= 1
            own.append(mark)
    for mark in own:
        replace_element(mark, ())
    return bool(own) | _unlink(root)


def _unlink(root: Element) -> bool:
    """Turn links and cross-references to bookmarks that have gone into what they show.

    Word would put an error message in their place when it brings them up to date.
    """
    changed = False
    for link in list(root.iter(w("hyperlink"))):
        if _OWN_NAME.match(str(link.get(w("anchor")) or "")):
            replace_element(link, list(link))
            changed = True
    for simple in list(root.iter(w("fldSimple"))):
        if _leads_to_own(str(simple.get(w("instr")) or "")):
            replace_element(simple, [item for item in simple if item.tag != w("fldData")])
            changed = True
    for field in _complex_fields(root):
        instruction = "".join(str(item.text or "") for item in field if item.tag == w("instrText"))
        if _leads_to_own(instruction):
            for item in field:
                replace_element(item, ())
            changed = True
    return changed


def _leads_to_own(instruction: str) -> bool:
    return any(_OWN_NAME.match(word) for word in instruction.split())


def _complex_fields(root: Element) -> Iterator[list[Element]]:
    """The marks and instructions of each field of several runs; its result is not among them."""
    open_fields: list[list[Element]] = []
    found: list[list[Element]] = []
    for item in root.iter(w("fldChar"), w("instrText")):
        kind = item.get(w("fldCharType"))
        if kind == "begin":
            open_fields.append([item])
        elif open_fields:
            open_fields[-1].append(item)
            if kind == "end":
                found.append(open_fields.pop())
    return iter(found)
