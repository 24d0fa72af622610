"""The parts of a workbook that is being copied: found by their relationships, changed as trees.

A part that nothing is changed in is never written anew: it keeps its bytes, as it keeps its name.
Names of parts are equal without regard to case (ECMA-376 part 2, 6.2.2.3).
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import unquote

from lxml import etree

from generators.package import CONTENT_TYPES

_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_RELATIONS, _TYPES = f"{_PACKAGE}/relationships", f"{_PACKAGE}/content-types"
RELATIONS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
_BREAK = re.compile(rb"<br>", re.IGNORECASE)
_COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"


@dataclass(frozen=True)
class Dialect:
    """One of the two ways to write a workbook: its namespaces, the second also for relationships."""

    main: str
    relation: str

    def tag(self, name: str) -> str:
        """The name of an element of a sheet, the styles, the workbook."""
        return f"{{{self.main}}}{name}"

    @property
    def id(self) -> str:
        """The attribute ``r:id``."""
        return f"{{{self.relation}}}id"


TRANSITIONAL = Dialect(
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
)
STRICT = Dialect(
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)


@dataclass(frozen=True)
class Relation:
    """One relationship of a part; ``target`` is the name of a part, empty for what lies elsewhere.

    ``kind`` is the last step of its type, such as ``worksheet``: the steps before it differ.
    """

    id: str
    kind: str
    target: str


@dataclass
class Parts:
    """The parts of one package by name; see :func:`opened`."""

    held: dict[str, bytes]
    _names: dict[str, str] = field(default_factory=dict)
    _trees: dict[str, Any] = field(default_factory=dict)
    _changed: set[str] = field(default_factory=set)

    def name(self, wanted: str) -> str | None:
        """The name of a part as the package writes it, or ``None`` where there is no such part."""
        return self._names.get(wanted.lower())

    def root(self, name: str) -> Any:
        """The root element of a part, to look at."""
        if name not in self._trees:
            part = self.held[name]
            try:
                self._trees[name] = parsed(part)
            except etree.XMLSyntaxError:
                if not name.lower().endswith(".vml"):
                    raise
                # Excel breaks lines in a legacy drawing as HTML does.
                self._trees[name] = parsed(_BREAK.sub(b"<br/>", part))
        return self._trees[name]

    def changed_root(self, name: str) -> Any:
        """The same, of a part that is going to be changed."""
        self._changed.add(name)
        return self.root(name)

    def add(self, name: str, root: Any, content_type: str) -> None:
        """Add a part of that content type."""
        self.held[name] = b""
        self._names[name.lower()] = name
        self._trees[name] = root
        self._changed.add(name)
        types = self.changed_root(self._types())
        etree.SubElement(types, f"{{{_TYPES}}}Override", PartName=f"/{name}", ContentType=content_type)

    def add_default(self, ending: str, content_type: str) -> None:
        """Let every part with that ending be of that content type, unless others are already."""
        types = self.root(self._types())
        for item in types.iter(f"{{{_TYPES}}}Default"):
            if item.get("Extension", "").lower() == ending:
                return
        default = etree.Element(f"{{{_TYPES}}}Default", Extension=ending, ContentType=content_type)
        self.changed_root(self._types()).insert(0, default)

    def unused(self, pattern: str) -> str:
        """The first name after ``pattern``, such as ``xl/comments{}.xml``, that no part has."""
        numbers = (pattern.format(number) for number in count(1))
        return next(name for name in numbers if name.lower() not in self._names)

    def remove(self, names: Sequence[str]) -> None:
        """Take parts out, and with them those that only they refer to."""
        referred = Counter(
            relation.target
            for source in self._sources()
            for relation in self.relations(source)
            if relation.target
        )
        gone = list(names)
        removed: set[str] = set()
        while gone:
            name = gone.pop()
            if name in removed or name not in self.held:
                continue
            removed.add(name)
            for relation in self.relations(name):
                referred[relation.target] -= 1
                if relation.target and referred[relation.target] <= 0:
                    gone.append(relation.target)
            for part in (name, self.name(relations_of(name))):
                if part is not None:
                    self._forget(part)
        types = self.changed_root(self._types())
        lost = {f"/{name}".lower() for name in removed}
        for item in list(types.iter(f"{{{_TYPES}}}Override")):
            if item.get("PartName", "").lower() in lost:
                types.remove(item)

    def relations(self, source: str) -> Iterator[Relation]:
        """The relationships of a part, or of the package where ``source`` is empty."""
        name = self.name(relations_of(source))
        for item in self.root(name).iter(f"{{{_RELATIONS}}}Relationship") if name else ():
            kind = item.get("Type", "").rstrip("/").rpartition("/")[2]
            outside = item.get("TargetMode") == "External"
            target = "" if outside else self._target(source, item.get("Target", ""))
            yield Relation(item.get("Id", ""), kind, target)

    def related(self, source: str, *kinds: str) -> str | None:
        """The first part of one of those kinds that ``source`` refers to, or ``None``."""
        found = (item.target for item in self.relations(source) if item.kind in kinds and item.target)
        return next(found, None)

    def relate(self, source: str, kind: str, target: str) -> str:
        """Refer from ``source`` to a part by a relationship of the type ``kind``; returns its id."""
        name = self.name(relations_of(source))
        if name is None:
            name = relations_of(source)
            self.add_default("rels", RELATIONS_TYPE)
            self.held[name], self._names[name.lower()] = b"", name
            self._trees[name] = new_root("Relationships", _RELATIONS)
        root = self.changed_root(name)
        used = {item.get("Id") for item in root}
        number = len(used) + 1
        while f"rId{number}" in used:
            number += 1
        path = posixpath.relpath(f"/{target}", posixpath.dirname(f"/{source}"))
        etree.SubElement(
            root, f"{{{_RELATIONS}}}Relationship", Id=f"rId{number}", Type=kind, Target=path
        )
        return f"rId{number}"

    def unrelate(self, source: str, targets: Sequence[str]) -> None:
        """Refer from ``source`` to those parts no more."""
        name = self.name(relations_of(source))
        lost = {item.id for item in self.relations(source) if item.target in targets}
        if name is None or not lost:
            return
        root = self.changed_root(name)
        for item in [item for item in root if item.get("Id") in lost]:
            root.remove(item)

    def written(self) -> dict[str, bytes]:
        """All parts as bytes."""
        fresh = {name: _serialised(name, self._trees[name]) for name in self._changed}
        return {**self.held, **fresh}

    def _types(self) -> str:
        name = self.name(CONTENT_TYPES)
        if name is None:
            raise ValueError("a package without content types")
        return name

    def _sources(self) -> Iterator[str]:
        """Every part that refers to others; an empty name for the package itself."""
        for name in list(self.held):
            folder, base = posixpath.split(name)
            if posixpath.basename(folder).lower() == "_rels" and base.lower().endswith(".rels"):
                parent = posixpath.dirname(folder)
                source = posixpath.join(parent, base[: -len(".rels")])
                yield self.name(source) or source

    def _target(self, source: str, target: str) -> str:
        """The name of the part that a relationship means; empty where there is none."""
        path = target.partition("#")[0].replace("\\", "/")
        if not path:
            return ""
        whole = posixpath.normpath(posixpath.join("/", posixpath.dirname(source), path)).lstrip("/")
        return self.name(whole) or self.name(unquote(whole)) or ""

    def _forget(self, name: str) -> None:
        del self.held[name]
        del self._names[name.lower()]
        self._trees.pop(name, None)
        self._changed.discard(name)


def opened(parts: Mapping[str, bytes]) -> Parts:
    """The parts of a package, to be changed; what is given stays as it is."""
    return Parts(dict(parts), {name.lower(): name for name in parts})


def parsed(part: bytes) -> Any:
    """The root element of a part; raises what lxml raises for what is no XML."""
    return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True))


def new_root(name: str, namespace: str, **prefixes: str) -> Any:
    """The root element of a new part, in a namespace that needs no prefix."""
    spaces: dict[Any, str] = {None: namespace, **prefixes}
    return etree.Element(f"{{{namespace}}}{name}", nsmap=spaces)


def dialect_of(root: Any) -> Dialect:
    """The dialect that a part is written in; raises ``ValueError`` for one that is none of both."""
    namespace = etree.QName(root).namespace
    for dialect in (TRANSITIONAL, STRICT):
        if namespace == dialect.main:
            return dialect
    raise ValueError("not a part of a workbook")


def relations_of(name: str) -> str:
    """The name of the part with the relationships of the part ``name``."""
    folder, base = posixpath.split(name)
    return posixpath.join(folder, "_rels", f"{base}.rels")


def local(element: Any) -> str:
    """The name of an element without its namespace; empty for a comment."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def insert(parent: Any, child: Any, order: Sequence[str]) -> None:
    """Put ``child`` among its siblings, which stand in ``order`` by the schema.

    An alternative (``mc:AlternateContent``) stands where its content would.
    """
    rank = {name: number for number, name in enumerate(order)}
    mine = rank[local(child)]
    for sibling in parent:
        if rank.get(_content_name(sibling), -1) > mine:
            sibling.addprevious(child)
            return
    parent.append(child)


def _content_name(element: Any) -> str:
    if element.tag == f"{{{_COMPATIBILITY}}}AlternateContent":
        inner = (local(item) for branch in element for item in branch)
        return next((name for name in inner if name), "")
    return local(element)


def _serialised(name: str, root: Any) -> bytes:
    """A part as bytes. A legacy drawing goes without a declaration, as Excel writes it."""
    declared = not name.lower().endswith(".vml")
    tree = root.getroottree()
    if not declared:
        return bytes(etree.tostring(tree, encoding="UTF-8", xml_declaration=False))
    return bytes(etree.tostring(tree, encoding="UTF-8", xml_declaration=True, standalone=True))
