"""The parts of a Word package under the names and content types by which everybody knows them.

Part names are equal without regard to case (ECMA-376 part 2, 6.2.2.3) and may be percent-encoded;
programs also put the parts into other folders, number them, and write their types in capitals, with a
parameter, or for a whole ending. What a package says in another way is said here in Word's. A package
that Word wrote stays as it is, in every byte.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree

from generators.package import CONTENT_TYPES

ROOT_RELATIONS = "_rels/.rels"
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MAIN_RELATION = "/officeDocument"
CORE_RELATION = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"

CORE = "docProps/core.xml"
"""The part that holds a document's properties: title, author, dates."""
_CORE_ENDING = "/metadata/core-properties"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_OVERRIDE, _DEFAULT = f"{{{_TYPES}}}Override", f"{{{_TYPES}}}Default"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_ROOT_PARTS: Mapping[str, tuple[str, str]] = {
    "core-properties": (
        CORE,
        "application/vnd.openxmlformats-package.core-properties+xml",
    ),
    "custom-properties": (
        "docProps/custom.xml",
        "application/vnd.openxmlformats-officedocument.custom-properties+xml",
    ),
    "extended-properties": (
        "docProps/app.xml",
        "application/vnd.openxmlformats-officedocument.extended-properties+xml",
    ),
}
_BODY_PARTS: Mapping[str, tuple[str, str]] = {
    "styles": ("word/styles.xml", f"{_WORD}.styles+xml"),
    "numbering": ("word/numbering.xml", f"{_WORD}.numbering+xml"),
    "footnotes": ("word/footnotes.xml", f"{_WORD}.footnotes+xml"),
    "endnotes": ("word/endnotes.xml", f"{_WORD}.endnotes+xml"),
    "settings": ("word/settings.xml", f"{_WORD}.settings+xml"),
    "comments": ("word/comments.xml", f"{_WORD}.comments+xml"),
}
_MANY_PARTS: Mapping[str, str] = {"header": f"{_WORD}.header+xml", "footer": f"{_WORD}.footer+xml"}
"""Parts by the last word of the relationship that leads to them: name and content type.

Of headers and footers there are many; they keep their names.
"""
_STRICT_WORDS = {
    "customProperties": "custom-properties",
    "extendedProperties": "extended-properties",
}
_NOWHERE = "null"
"""What Word writes for a picture that was linked and has gone."""
_PICTURES = {
    "bmp": "image/bmp",
    "emf": "image/x-emf",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "wmf": "image/x-wmf",
}
_NO_TYPES = ("", "application/xml", "text/xml", "application/octet-stream")
"""Types that say nothing: what the part holds then says whether it is a Word document."""


def normalised(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """The package with every part under one name, and its well-known parts under Word's names.

    What cannot be parsed stays as it is, for others to tell.
    """
    renamed = _listings({name.replace("\\", "/").lstrip("/"): part for name, part in parts.items()})
    led = _led(renamed)
    placed = _moved(led, _places(led))
    return _typed(placed)


def folded(name: str) -> str:
    """What two spellings of one part's name have in common."""
    return unquote(name).lower()


def relations_of(name: str) -> str:
    """The part that holds the relationships of the part ``name``."""
    folder, _, last = name.rpartition("/")
    return f"{folder}/_rels/{last}.rels".lstrip("/")


def resolved(listing: str, target: str) -> str:
    """The name of the part that ``target`` means in the relationships part ``listing``."""
    folder = posixpath.dirname(posixpath.dirname(listing))
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


def last_word(kind: str) -> str:
    """The last word of a relationship's type, as the transitional variant has it."""
    word = kind.rpartition("/")[2]
    return _STRICT_WORDS.get(word, word)


@dataclass(frozen=True)
class ContentTypes:
    """The types of single parts and of endings, both folded."""

    single: Mapping[str, str]
    endings: Mapping[str, str]

    def of(self, name: str) -> str:
        """The type of a part; empty where the package does not say."""
        return self.single.get(folded(name)) or self.endings.get(_ending(name), "")


def content_types(parts: Mapping[str, bytes]) -> ContentTypes:
    """What a package says of its parts; raises ``KeyError`` and ``etree.XMLSyntaxError``."""
    root = _parse(parts[CONTENT_TYPES])
    single = {_typed_part(item): item.get("ContentType", "") for item in root.iter(_OVERRIDE)}
    endings = {
        item.get("Extension", "").lower(): item.get("ContentType", "") for item in root.iter(_DEFAULT)
    }
    return ContentTypes(single, endings)


def _typed_part(override: etree._Element) -> str:
    return folded(override.get("PartName", "").lstrip("/"))


def _listings(parts: dict[str, bytes]) -> dict[str, bytes]:
    """Content types and relationships under the names that belong to their parts."""
    known = {folded(name): name for name in parts}
    renamed = {}
    for name, part in parts.items():
        proper = name
        if folded(name) == folded(CONTENT_TYPES):
            proper = CONTENT_TYPES
        elif (source := _listed_by(name)) is not None:
            proper = relations_of(known.get(folded(source), source)) if source else ROOT_RELATIONS
        renamed[name if proper in parts else proper] = part
    return renamed


def _listed_by(name: str) -> str | None:
    """The part whose relationships the part ``name`` holds; ``None`` for what is no such part."""
    folder, _, last = name.rpartition("/")
    above, _, kind = folder.rpartition("/")
    if kind.lower() != "_rels" or not last.lower().endswith(".rels"):
        return None
    return f"{above}/{last[: -len('.rels')]}" if above else last[: -len(".rels")]


def _led(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """Every relationship leads to a part by its own name, or, where it leads to none, outside."""
    known = {folded(name): name for name in parts}
    kept = dict(parts)
    for listing in [name for name in parts if name.endswith(".rels")]:
        root = _parsed(parts[listing])
        if root is None:
            continue
        items = list(root.iter(RELATIONSHIP))
        changed = [_lead(item, listing, parts, known) for item in items]
        if listing == ROOT_RELATIONS:
            changed.append(_one_core(root))
        if any(changed):
            kept[listing] = _printed(root)
    return kept


def _lead(
    item: etree._Element, listing: str, parts: Mapping[str, bytes], known: Mapping[str, str]
) -> bool:
    """Mend one relationship; whether it needed it."""
    target = item.get("Target")
    if target is None or item.get("TargetMode") == "External":
        return False
    place, mark, fragment = target.replace("\\", "/").partition("#")
    linked = last_word(item.get("Type", "")) == "hyperlink"
    name = resolved(listing, place)
    if target and resolved(listing, target) in parts:
        return False
    found = name if name in parts else known.get(folded(name))
    gone = not place or posixpath.basename(place).lower() == _NOWHERE or linked
    if not place or (gone and found is None):
        item.set("TargetMode", "External")
        return True
    if found is None:
        return False
    if mark and linked:
        # A bookmark of this document, or of another part: neither is a part to be read.
        item.set("TargetMode", "External")
        item.set("Target", f"#{fragment}")
        return True
    item.set("Target", f"/{found}")
    return True


def _one_core(root: etree._Element) -> bool:
    """Name the document's properties by their standard type, and once; whether that was needed.

    LibreOffice 7.3 has another type for them.
    """
    items = [item for item in root.iter(RELATIONSHIP) if item.get("Type", "").endswith(_CORE_ENDING)]
    for item in items[1:]:
        root.remove(item)
    odd = bool(items) and items[0].get("Type") != CORE_RELATION
    if odd:
        items[0].set("Type", CORE_RELATION)
    return odd or len(items) > 1


# --- names ----------------------------------------------------------------------------------------


def _places(parts: Mapping[str, bytes]) -> dict[str, str]:
    """The parts that need another name: old → new."""
    moves: dict[str, str] = {}
    main = ""

    def move(old: str, new: str) -> None:
        if new not in moves.values():  # of what may be there once, the first counts
            moves.setdefault(old, new)

    for word, target in _targets(parts, ROOT_RELATIONS):
        if word == MAIN_RELATION.lstrip("/") and not main:
            main = target
        elif word in _ROOT_PARTS:
            move(target, _ROOT_PARTS[word][0])
    if main and posixpath.dirname(main) != "word":
        move(main, "word/document.xml")
    for word, target in _targets(parts, relations_of(main)) if main else ():
        if word in _BODY_PARTS:
            move(target, _BODY_PARTS[word][0])
        elif word in _MANY_PARTS and not re.fullmatch(r"word/[^/]+\.xml", target):
            move(target, f"word/{word}-{len(moves)}.xml")
    taken = {folded(new) for new in moves.values()}
    for name in parts:
        if folded(name) in taken and name not in moves and not name.endswith(".rels"):
            moves[name] = f"{posixpath.dirname(name)}/unused-{posixpath.basename(name)}"
    return {old: new for old, new in moves.items() if old != new}


def _targets(parts: Mapping[str, bytes], listing: str) -> Iterator[tuple[str, str]]:
    """The last word of the type of each relationship inside the package, and the part it leads to."""
    root = _parsed(parts[listing]) if listing in parts else None
    for item in () if root is None else root.iter(RELATIONSHIP):
        target = resolved(listing, item.get("Target", ""))
        if item.get("TargetMode") != "External" and target in parts:
            yield last_word(item.get("Type", "")), target


def _moved(parts: Mapping[str, bytes], moves: Mapping[str, str]) -> dict[str, bytes]:
    """The package with parts renamed, and all that names them."""
    if not moves:
        return dict(parts)
    listings = {relations_of(old): relations_of(new) for old, new in moves.items()}
    moved = {}
    for name, part in parts.items():
        content = part
        if name.endswith(".rels"):
            content = _retargeted(name, part, moves, whole=name in listings)
        elif name == CONTENT_TYPES:
            content = _retyped(parts, moves)
        moved[moves.get(name) or listings.get(name, name)] = content
    return moved


def _retargeted(listing: str, part: bytes, moves: Mapping[str, str], *, whole: bool) -> bytes:
    """Relationships that lead to where parts have gone; ``whole`` where their own part has moved."""
    root = _parsed(part)
    changed = False
    for item in () if root is None else root.iter(RELATIONSHIP):
        target = item.get("Target")
        if target is None or item.get("TargetMode") == "External":
            continue
        name = resolved(listing, target)
        if whole or name in moves:
            item.set("Target", f"/{moves.get(name, name)}")
            changed = True
    return _printed(root) if root is not None and changed else part


def _retyped(parts: Mapping[str, bytes], moves: Mapping[str, str]) -> bytes:
    """Content types of parts that have other names now; none is lost that an ending gave."""
    root = _parsed(parts[CONTENT_TYPES])
    if root is None:
        return parts[CONTENT_TYPES]
    types = content_types(parts)
    _retype(root, moves, {new: kind for old, new in moves.items() if (kind := types.of(old))})
    return _printed(root)


def _retype(root: etree._Element, old: Iterable[str], due: Mapping[str, str]) -> None:
    """Forget the types of single parts, and say those of others."""
    gone = {folded(name) for name in old}
    for item in list(root.iter(_OVERRIDE)):
        if _typed_part(item) in gone:
            root.remove(item)
    for name, kind in due.items():
        etree.SubElement(root, _OVERRIDE, {"PartName": f"/{name}", "ContentType": kind})


# --- content types --------------------------------------------------------------------------------


def _typed(parts: dict[str, bytes]) -> dict[str, bytes]:
    """The package with the content types that belong to its relationships, written out."""
    root = _parsed(parts[CONTENT_TYPES]) if CONTENT_TYPES in parts else None
    if root is None:
        return parts
    types = content_types(parts)
    due: dict[str, str] = {}
    for name, kind in _due(parts):
        declared = types.of(name)
        if declared != kind and (kind != MAIN_TYPE or _is_document(parts[name], declared)):
            due[name] = kind
    for name in parts:
        if _ending(name) in _PICTURES and not types.of(name):
            due[name] = _PICTURES[_ending(name)]
    if not _respelt(root, parts) and not due:
        return parts
    _retype(root, due, due)
    return {**parts, CONTENT_TYPES: _printed(root)}


def _respelt(root: etree._Element, parts: Mapping[str, bytes]) -> bool:
    """Name the parts of content types as they are called; whether any was named otherwise."""
    known = {folded(name): f"/{name}" for name in parts}
    odd = [
        item
        for item in root.iter(_OVERRIDE)
        if known.get(_typed_part(item), item.get("PartName")) != item.get("PartName")
    ]
    for item in odd:
        item.set("PartName", known[_typed_part(item)])
    return bool(odd)


def _due(parts: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """The content types that parts must have by what leads to them."""
    main = ""
    for word, target in _targets(parts, ROOT_RELATIONS):
        if word == MAIN_RELATION.lstrip("/") and not main:
            main = target
            yield target, MAIN_TYPE
        elif word in _ROOT_PARTS:
            yield target, _ROOT_PARTS[word][1]
    for word, target in _targets(parts, relations_of(main)) if main else ():
        if word in _BODY_PARTS:
            yield target, _BODY_PARTS[word][1]
        elif word in _MANY_PARTS:
            yield target, _MANY_PARTS[word]


def _is_document(part: bytes, declared: str) -> bool:
    """Whether a main part is a document without macros, by its type, or else by what it holds."""
    kind = declared.partition(";")[0].strip().lower()
    if kind in _NO_TYPES:
        root = _parsed(part)
        return root is not None and etree.QName(root).localname == "document"
    return ("wordprocessingml" in kind or "ms-word" in kind) and "macroenabled" not in kind


def _ending(name: str) -> str:
    return posixpath.splitext(name)[1].lstrip(".").lower()


def _parse(part: bytes) -> etree._Element:
    return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True))


def _parsed(part: bytes) -> etree._Element | None:
    try:
        return _parse(part)
    except etree.XMLSyntaxError:
        return None


def _printed(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
