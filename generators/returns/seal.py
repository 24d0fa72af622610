"""What a returned copy says of itself: what it was made from, and whether anybody has saved it since.

It needs no key and proves nothing. The seal that proves who issued a form is another one:
:mod:`generators.forms.sealing`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from generators.archive import archive_problem, open_archive
from generators.excel.guard import MAX_UNZIPPED_BYTES
from generators.package import UNREADABLE, parts_of
from generators.returns.parts import STRICT, Dialect, Parts, local, new_root, opened

PROPERTY = "huibao_receipt"
"""The custom document property that holds the seal."""

_ROOT_RELATIONS = "_rels/.rels"
_KINDS = ("custom-properties", "customProperties")
_CUSTOM_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_FORMAT_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
"""Of the properties that a user gives (ECMA-376 part 1, 22.3.2.2)."""
_LENGTH = 64
_OPEN = "0" * _LENGTH
_SEAL = re.compile(rb"([0-9a-f]{64})-([0-9a-f]{64})")


@dataclass(frozen=True)
class Seal:
    """``digest`` is what the copy depended on; ``content`` the hash of its parts when it was made."""

    digest: str
    content: str


def put_seal(parts: Parts, digest: str, dialect: Dialect) -> None:
    """Write the property into a workbook, before its content is known."""
    name = parts.related("", *_KINDS)
    if name is None:
        name, root = _new_properties(parts, dialect)
    else:
        root = parts.changed_root(name)
    for item in [item for item in root if item.get("name") == PROPERTY]:
        root.remove(item)
    numbers = [int(item.get("pid", "1")) for item in root if local(item) == "property"]
    space = etree.QName(root).namespace
    made = etree.SubElement(root, f"{{{space}}}property", fmtid=_FORMAT_ID, name=PROPERTY)
    made.set("pid", str(max(numbers, default=1) + 1))
    values = space.replace("custom-properties", "docPropsVTypes").replace(
        "customProperties", "docPropsVTypes"
    )
    value = etree.SubElement(made, f"{{{values}}}lpwstr", nsmap={"vt": values})
    value.text = f"{digest}-{_OPEN}"


def _new_properties(parts: Parts, dialect: Dialect) -> tuple[str, Any]:
    space, kind = f"{_OFFICE}/custom-properties", f"{_OFFICE}/relationships/custom-properties"
    if dialect == STRICT:
        base = STRICT.relation.rpartition("/")[0]
        space, kind = f"{base}/customProperties", f"{STRICT.relation}/customProperties"
    name = "docProps/custom.xml"
    if parts.name(name):
        name = parts.unused("docProps/custom{}.xml")
    root = new_root("Properties", space)
    parts.add(name, root, _CUSTOM_TYPE)
    parts.relate("", kind, name)
    return name, root


def sealed(parts: Mapping[str, bytes], digest: str) -> dict[str, bytes]:
    """The same parts, with the hash of their content in the property."""
    name = _custom(parts)
    assert name is not None
    whole = f"{digest}-{_content(parts, name)}".encode()
    return {**parts, name: parts[name].replace(f"{digest}-{_OPEN}".encode(), whole)}


def read_seal(data: bytes) -> Seal | None:
    """The seal of a workbook, or ``None`` where it has none or cannot be opened."""
    try:
        with open_archive(data) as archive:
            # Whoever may write to the folder may have put anything there.
            if archive_problem(archive, MAX_UNZIPPED_BYTES) is not None:
                return None
            names: dict[str, bytes] = dict.fromkeys(archive.namelist(), b"")
            names[_ROOT_RELATIONS] = archive.read(_ROOT_RELATIONS)
            name = _custom(names)
            match = _SEAL.search(archive.read(name)) if name else None
    except (*UNREADABLE, KeyError, etree.XMLSyntaxError):
        return None
    return Seal(match[1].decode(), match[2].decode()) if match else None


def is_untouched(data: bytes, seal: Seal) -> bool:
    """Whether a workbook with that seal is as the program wrote it."""
    parts = parts_of(data)
    return _content(parts, _custom(parts)) == seal.content


def _custom(parts: Mapping[str, bytes]) -> str | None:
    """The part that holds the custom properties; only the package's relationships are looked at."""
    return opened(parts).related("", *_KINDS)


def _content(parts: Mapping[str, bytes], custom: str | None) -> str:
    """The hash of every part but the one that the seal stands in."""
    whole = hashlib.sha256()
    for name in sorted(parts):
        if name != custom:
            whole.update(f"{name}\n{len(parts[name])}\n".encode("utf-8", "replace"))
            whole.update(parts[name])
    return whole.hexdigest()
