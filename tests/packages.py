"""One document in the many packages that programs make of it: names, types and relationships.

Each is the same text with a picture and a style, as Word opens it. Nothing is read from the disk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.wild import (
    A_FIGURE,
    CASES,
    DOCUMENT,
    OFFICE,
    PACKAGE,
    WORD,
    Extra,
    p,
    package,
    unzipped,
    zipped,
)

TYPES, ROOT, BODY_RELATIONS = "[Content_Types].xml", "_rels/.rels", "word/_rels/document.xml.rels"
PICTURE = b"\x89PNG picture"
PLAIN = package(
    p("一、渔业", properties='<w:pStyle w:val="1"/>') + p("数" + A_FIGURE),
    (Extra("media/image1.png", "image/png", "image", PICTURE), *CASES["headings"].extras),
)
TEXT = ("一、渔业", "数{{渔业总产值}}")
PRINTED = ("一、渔业", "数85亿元")
CORE = (
    b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
    b' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>x</dc:title></cp:coreProperties>'
)
CORE_TYPE = "application/vnd.openxmlformats-package.core-properties+xml"
CORE_RELATION = f"{PACKAGE}/relationships/metadata/core-properties"
CORE_OF_LIBREOFFICE = f"{OFFICE}/metadata/core-properties"


def replaced(part: str, old: str, new: str, data: bytes = PLAIN) -> bytes:
    """The document with words in one part replaced, which must be there."""
    parts = unzipped(data)
    assert old.encode() in parts[part], old
    return zipped({**parts, part: parts[part].replace(old.encode(), new.encode())})


def renamed(old: str, new: str, data: bytes = PLAIN) -> bytes:
    """The document with a piece of its parts' names replaced, but not of what names them."""
    parts = unzipped(data)
    assert any(old in name for name in parts), old
    return zipped({name.replace(old, new): part for name, part in parts.items()})


def everywhere(old: str, new: str) -> bytes:
    """The document with a part renamed, and named so in the content types and relationships."""
    parts = unzipped(renamed(old, new))
    return zipped(
        {
            name: part.replace(old.encode(), new.encode()) if name.endswith((".rels", TYPES)) else part
            for name, part in parts.items()
        }
    )


def related(kind: str, target: str, data: bytes = PLAIN, listing: str = BODY_RELATIONS) -> bytes:
    """The document with one more relationship."""
    item = f'<Relationship Id="rIdMore" Type="{kind}" Target="{target}"/>'
    return replaced(listing, "</Relationships>", f"{item}</Relationships>", data)


def with_part(name: str, content: bytes, content_type: str, data: bytes = PLAIN) -> bytes:
    """The document with one more part."""
    declared = f'<Override PartName="/{name}" ContentType="{content_type}"/></Types>'
    data = replaced(TYPES, "</Types>", declared if content_type else "</Types>", data)
    return zipped({**unzipped(data), name: content})


def with_core(
    kind: str = CORE_RELATION,
    name: str = "docProps/core.xml",
    content_type: str = CORE_TYPE,
    content: bytes = CORE,
) -> bytes:
    """The document with properties: title, author and the like."""
    return related(kind, name, with_part(name, content, content_type), ROOT)


def _typed() -> Iterator[tuple[str, bytes]]:
    main = DOCUMENT.removesuffix(".document.main+xml")
    for kind in (
        f"{main}.template.main+xml",
        f"{DOCUMENT}; charset=utf-8",
        DOCUMENT.upper(),
        f"{main}.document",
        "application/vnd.ms-word.document.main+xml",
        "application/xml",
    ):
        yield f"main part typed {kind}", replaced(TYPES, DOCUMENT, kind)
    single = f'<Override PartName="/word/document.xml" ContentType="{DOCUMENT}"/>'
    for kind in (DOCUMENT, f"{main}.template.main+xml"):
        data = replaced(TYPES, single, "")
        yield f"by its ending {kind}", replaced(TYPES, '"application/xml"', f'"{kind}"', data)
    yield "main part typed in another case", replaced(TYPES, "/word/document.xml", "/Word/Document.XML")
    yield "styles typed as any XML", replaced(TYPES, f"{WORD}.styles+xml", "application/xml")
    picture = '<Override PartName="/word/media/image1.png" ContentType="image/png"/>'
    yield "picture without a type", replaced(TYPES, picture, "")


def _named() -> Iterator[tuple[str, bytes]]:
    for old, new in (
        ("word/document.xml", "Word/Document.xml"),
        ("word/_rels/document.xml.rels", "word/_RELS/Document.xml.RELS"),
        (TYPES, TYPES.lower()),
        (ROOT, ROOT.title()),
        ("word/media/image1.png", "word/Media/IMAGE1.PNG"),
        ("word/styles.xml", "word/Styles.xml"),
        ("/", "\\"),
    ):
        yield f"{old} as {new}", renamed(old, new)
    parts = unzipped(PLAIN)
    yield "names from the root", zipped({f"/{name}": part for name, part in parts.items()})
    spaced = replaced(TYPES, "image1", "image%201", renamed("image1", "image 1"))
    yield "picture with a blank", replaced(BODY_RELATIONS, "image1", "image%201", spaced)
    encoded = replaced(TYPES, "image1", "image%201", renamed("image1", "image%201"))
    yield "picture percent-encoded", replaced(BODY_RELATIONS, "image1", "image 1", encoded)
    yield "picture behind a backslash", replaced(BODY_RELATIONS, "media/", "media\\")
    yield "body elsewhere", everywhere("word/", "content/")
    yield "body of another kind", everywhere("document.xml", "document.bin")
    yield "styles counted", everywhere("styles.xml", "styles2.xml")
    at_root = {name.removeprefix("word/"): part for name, part in parts.items()}
    at_root[TYPES] = parts[TYPES].replace(b"/word/", b"/")
    at_root[ROOT] = parts[ROOT].replace(b"word/", b"")
    yield "body at the root", zipped(at_root)
    strays = {".DS_Store": b"x", "__MACOSX/._x": b"y", "a.xml": b"<a", "docProps/custom.xml": b"<a"}
    yield "strays", zipped({**parts, **strays})


def _related() -> Iterator[tuple[str, bytes]]:
    for kind, target in (
        ("hyperlink", "#书签"),
        ("hyperlink", ""),
        ("hyperlink", "document.xml#a"),
        ("hyperlink", "http://example.org/a"),
        ("hyperlink", "..\\a.docx"),
        ("image", "NULL"),
        ("image", "../NULL"),
        ("image", ""),
    ):
        yield f"{kind} to “{target}”", related(f"{OFFICE}/{kind}", target)
    broken = with_part("word/a.svg", b"<svg", "image/svg+xml")
    yield "broken picture", related(f"{OFFICE}/image", "a.svg", broken)


def _with_properties() -> Iterator[tuple[str, bytes]]:
    yield "properties of LibreOffice 7.3", with_core(CORE_OF_LIBREOFFICE)
    yield "properties in another case", with_core(name="docProps/Core.xml")
    yield "properties elsewhere", with_core(name="package/services/metadata/core-properties/1.psmdcp")
    yield "properties typed as any XML", with_core(content_type="")
    doubled = with_core(CORE_OF_LIBREOFFICE)
    twice = f'<Relationship Id="rIdTwo" Type="{CORE_RELATION}" Target="docProps/core.xml"/>'
    yield "properties named twice", replaced(ROOT, "</Relat", f"{twice}</Relat", doubled)
    for name in ("docProps/Custom.xml", "docProps/custom2.xml"):
        kind = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
        office = OFFICE.removesuffix("relationships")
        custom = (
            f'<Properties xmlns="{office}custom-properties" xmlns:vt="{office}docPropsVTypes"><property '
            'fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="文号"><vt:lpwstr>一'
            "</vt:lpwstr></property></Properties>"
        )
        data = with_part(name, custom.encode(), kind)
        yield f"own properties in {name}", related(f"{OFFICE}/custom-properties", name, data, ROOT)


OPENED: Mapping[str, bytes] = {
    "as Word writes it": PLAIN,
    **dict(_typed()),
    **dict(_named()),
    **dict(_related()),
    **dict(_with_properties()),
}
"""What every command opens, and prints from."""
