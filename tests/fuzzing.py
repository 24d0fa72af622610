"""Damaged and forged workbooks, made from sound ones: bytes, entries of the archive, XML within it.

Every one is told by a seed and a number, so that a failure can be made again. Called as
``python -m tests.fuzzing FILE SEED FIRST COUNT`` it reads that many in a process of its own, which
may use 300 MB.
"""

from __future__ import annotations

import io
import random
import re
import sys
import time
import warnings
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from generators.package import package_of, parts_of

MOST_SECONDS = 10
MOST_MEMORY = 300 * 2**20

Mutator = Callable[[bytes, random.Random], bytes]

NUMBERS = ("", "-1", "0", "1", "4", "99", "65536", "2147483648", "1e308", "-0.5", "NaN", "x")
WORDS = (
    *NUMBERS,
    *("A1", "XFD1048576", "A1:XFD1048576", "ZZZ1", "A0", "$A$1", "B:B"),
    *("s", "b", "e", "n", "d", "str", "inlineStr", "shared", "array"),
    *("../../a.xml", "/xl/workbook.xml", "file:///etc/passwd", "#REF!", "true", "hidden"),
    *("a" * 300, "临溪区", "\u202e", "&#65;", "2031-06-30", "0.0%", "%", "@"),
)


# --- bytes --------------------------------------------------------------------------------------------


def bits_flipped(data: bytes, draw: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(draw.choice((1, 1, 1, 2, 8, 64))):
        changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
    return bytes(changed)


def cut_off(data: bytes, draw: random.Random) -> bytes:
    return data[: draw.randrange(len(data))]


def overwritten(data: bytes, draw: random.Random) -> bytes:
    start = draw.randrange(len(data))
    length = draw.choice((1, 4, 64, 512))
    filling = draw.choice((b"\0" * length, b"\xff" * length, draw.randbytes(length)))
    return data[:start] + filling + data[start + length :]


def spliced(data: bytes, draw: random.Random) -> bytes:
    """A stretch of the file again in another place, with or without what stood there."""
    start, place = draw.randrange(len(data)), draw.randrange(len(data))
    piece = data[start : start + draw.choice((1, 16, 200, 4_000))]
    return data[:place] + piece + data[place + draw.choice((0, len(piece))) :]


def lost(data: bytes, draw: random.Random) -> bytes:
    start = draw.randrange(len(data))
    return data[:start] + data[start + draw.choice((1, 16, 400)) :]


def appended(data: bytes, draw: random.Random) -> bytes:
    return data + draw.choice((b"\0", b"PK\x05\x06" + bytes(18), draw.randbytes(100), data[:50]))


# --- entries of the archive ---------------------------------------------------------------------------


def entry_dropped(data: bytes, draw: random.Random) -> bytes:
    parts = parts_of(data)
    del parts[draw.choice(sorted(parts))]
    return package_of(parts)


def entries_swapped(data: bytes, draw: random.Random) -> bytes:
    parts = parts_of(data)
    first, second = draw.sample(sorted(parts), 2)
    parts[first], parts[second] = parts[second], parts[first]
    return package_of(parts)


def entry_renamed(data: bytes, draw: random.Random) -> bytes:
    parts = parts_of(data)
    name = draw.choice(sorted(parts))
    other = draw.choice((name.upper(), name.replace("/", "\\"), f"/{name}", f"../{name}", f"{name}x"))
    parts[other] = parts.pop(name)
    return package_of(parts)


def entry_doubled(data: bytes, draw: random.Random) -> bytes:
    parts = parts_of(data)
    name, source = draw.choice(sorted(parts)), draw.choice(sorted(parts))
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr(draw.choice((name, name.upper())), parts[source])
    return buffer.getvalue()


def entry_emptied(data: bytes, draw: random.Random) -> bytes:
    parts = parts_of(data)
    parts[draw.choice(sorted(parts))] = draw.choice((b"", b"<a/>", b"\0" * 100, b"\xff\xfe<\0a\0"))
    return package_of(parts)


def directory_changed(data: bytes, draw: random.Random) -> bytes:
    """One field of one entry of the directory: versions, flags, method, time, CRC, sizes, lengths."""
    places = [match.start() for match in re.finditer(b"PK\x01\x02", data)]
    place = draw.choice(places) + draw.choice((4, 6, 8, 10, 12, 16, 20, 24, 28, 30, 32, 38, 42))
    width = draw.choice((1, 2, 4))
    changed = draw.choice((bytes(width), b"\xff" * width, draw.randbytes(width)))
    return data[:place] + changed + data[place + width :]


# --- what stands beside the cells ---------------------------------------------------------------------

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
BESIDE = {
    "xl/comments1.xml": f"<comments {_MAIN}><authors><author>a</author></authors><commentList>"
    '<comment ref="A1:B2" authorId="0"><text><t>看</t></text></comment></commentList></comments>',
    "xl/drawings/drawing1.xml": f'<xdr:wsDr xmlns:xdr="{_DRAWING}/spreadsheetDrawing">'
    "<xdr:twoCellAnchor><xdr:from><xdr:col>1</xdr:col></xdr:from></xdr:twoCellAnchor></xdr:wsDr>",
    "xl/charts/chart1.xml": f'<c:chartSpace xmlns:c="{_DRAWING}/chart"><c:chart/></c:chartSpace>',
    "xl/tables/table1.xml": f'<table {_MAIN} id="1" name="t" ref="A1:B3"><tableColumns/></table>',
    "xl/pivotTables/pivotTable1.xml": f'<pivotTableDefinition {_MAIN} name="p"><location ref="A1:B3"/>'
    "</pivotTableDefinition>",
    "xl/pivotCache/pivotCacheDefinition1.xml": f"<pivotCacheDefinition {_MAIN}><cacheFields count='1'>"
    "<cacheField><fieldGroup base='0'/></cacheField></cacheFields></pivotCacheDefinition>",
    "xl/externalLinks/externalLink1.xml": f"<externalLink {_MAIN}><externalBook/></externalLink>",
    "xl/connections.xml": f'<connections {_MAIN}><connection id="1" type="5"/></connections>',
    "xl/queryTables/queryTable1.xml": f'<queryTable {_MAIN} name="q"/>',
    "xl/calcChain.xml": f'<calcChain {_MAIN}><c r="D5" i="1"/></calcChain>',
    "xl/metadata.xml": f"<metadata {_MAIN}><valueMetadata><bk/></valueMetadata></metadata>",
    "xl/persons/person.xml": "<personList/>",
    "xl/threadedComments/threadedComment1.xml": "<ThreadedComments/>",
    "xl/slicers/slicer1.xml": "<slicers/>",
    "xl/ctrlProps/ctrlProp1.xml": "<formControlPr/>",
    "xl/printerSettings/printerSettings1.bin": "\x01\x02",
    "xl/cellimages.xml": "<etc:cellImages xmlns:etc='a'/>",
    "customXml/item1.xml": "<a/>",
    "docProps/thumbnail.jpeg": "\xff\xd8",
}
"""A part of every type that may stand beside the sheets, and is none of their business."""


def with_everything(data: bytes) -> bytes:
    """The same workbook with all of :data:`BESIDE`, called by relationships of its second sheet."""
    parts = parts_of(data)
    parts |= {name: text.encode() for name, text in BESIDE.items()}
    kinds = {name: name.partition("/")[2].rpartition("/")[0].rstrip("s") or "item" for name in BESIDE}
    relations = "".join(
        f'<Relationship Id="x{number}" Type="{_TYPES}/{kinds[name]}" Target="/{name}"/>'
        for number, name in enumerate(sorted(BESIDE))
    )
    name = "xl/worksheets/_rels/sheet2.xml.rels"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    empty = f'<Relationships xmlns="{package}"></Relationships>'.encode()
    old = parts.get(name, empty)
    parts[name] = old.replace(b"</Relationships>", f"{relations}</Relationships>".encode())
    return package_of(parts)


# --- XML within it ------------------------------------------------------------------------------------


_OFTEN = re.compile(r"worksheets/sheet[234]|sharedStrings|workbook")


def in_a_part(change: Callable[[str, random.Random], str]) -> Mutator:
    """A mutator that changes the text of one XML part; its archive is sound."""

    def mutate(data: bytes, draw: random.Random) -> bytes:
        parts = parts_of(data)
        names = sorted(name for name in parts if name.endswith((".xml", ".rels")))
        # The sheets with the figures more often than what stands around them.
        names += 6 * [
            name for name in names if re.search(r"worksheets/sheet[234]|sharedS|workbook", name)
        ]
        name = draw.choice(names)
        parts[name] = change(parts[name].decode(), draw).encode("utf-8", "replace")
        return package_of(parts)

    return mutate


def tag_lost(text: str, draw: random.Random) -> str:
    return _without(text, draw.choice(list(re.finditer(r"<[^>]*>", text))))


def element_lost(text: str, draw: random.Random) -> str:
    found = list(re.finditer(r"<(\w+)\b[^>]*/>|<(\w+)\b[^>]*>[^<]*</\2>", text))
    return _without(text, draw.choice(found)) if found else text


def element_doubled(text: str, draw: random.Random) -> str:
    found = list(re.finditer(r"<(\w+)\b[^>]*/>|<(\w+)\b[^>]*>[^<]*</\2>|<row\b.*?</row>", text))
    if not found:
        return text
    match = draw.choice(found)
    times = draw.choice((1, 2, 50))
    return text[: match.end()] + times * match[0] + text[match.end() :]


def elements_swapped(text: str, draw: random.Random) -> str:
    found = list(re.finditer(r"<(c|row|si|col|sheet|xf)\b(?:[^>]*/>|.*?</\1>)", text))
    if len(found) < 2:
        return text
    first, second = sorted(draw.sample(found, 2), key=lambda match: match.start())
    between = text[first.end() : second.start()]
    return text[: first.start()] + second[0] + between + first[0] + text[second.end() :]


def attribute_changed(text: str, draw: random.Random) -> str:
    found = list(re.finditer(r'(\s[\w:]+=")([^"]*)(?=")', text))
    if not found:
        return text
    match = draw.choice(found)
    others = (draw.choice(WORDS), draw.choice(found)[2], f"{match[2]}0", match[2][:-1])
    value = draw.choice(others).replace('"', "").replace("<", "")
    return text[: match.start(2)] + value + text[match.end(2) :]


def attribute_lost(text: str, draw: random.Random) -> str:
    found = list(re.finditer(r'\s[\w:]+="[^"]*"', text))
    return _without(text, draw.choice(found)) if found else text


def text_changed(text: str, draw: random.Random) -> str:
    found = list(re.finditer(r">([^<>]+)(?=<)", text))
    if not found:
        return text
    match = draw.choice(found)
    return text[: match.start(1)] + draw.choice(WORDS).replace("<", "") + text[match.end(1) :]


def letters_changed(text: str, draw: random.Random) -> str:
    place = draw.randrange(len(text))
    return text[:place] + draw.choice("<>&\"'/=\0\x0b中a ") + text[place + draw.choice((0, 1)) :]


def fifth_edition(text: str, draw: random.Random) -> str:
    """A name that only the fifth edition of XML 1.0 allows; some parsers see nothing after it."""
    match = draw.choice(list(re.finditer(r">", text)))
    name = draw.choice(("\u2c00", "\u0218", "a\u0300\u2070", "\U00010000"))
    return f"{text[: match.end()]}<{name}/>{text[match.end() :]}"


def nested(text: str, draw: random.Random) -> str:
    match = draw.choice(list(re.finditer(r">", text)))
    depth = draw.choice((10, 200, 5_000))
    return text[: match.end()] + "<a>" * depth + "</a>" * depth + text[match.end() :]


def _without(text: str, match: re.Match[str]) -> str:
    return text[: match.start()] + text[match.end() :]


BYTES: Sequence[Mutator] = (bits_flipped, cut_off, overwritten, spliced, lost, appended)
ENTRIES: Sequence[Mutator] = (
    *(entry_dropped, entries_swapped, entry_renamed),
    *(entry_doubled, entry_emptied, directory_changed),
)
MARKUP: Mapping[str, Callable[[str, random.Random], str]] = {
    change.__name__: change
    for change in (
        *(tag_lost, element_lost, element_doubled, elements_swapped),
        *(attribute_changed, attribute_changed, attribute_lost),
        *(text_changed, letters_changed, nested, fifth_edition),
    )
}
KINDS: Mapping[str, Sequence[Mutator]] = {
    "bytes": BYTES,
    "entries": ENTRIES,
    "markup": [in_a_part(change) for change in MARKUP.values()],
}


def mutated(data: bytes, kind: str, number: int, seed: int = 0) -> bytes:
    """The mutation of ``data`` with that number."""
    draw = random.Random(f"{seed}/{kind}/{number}")
    return draw.choice(KINDS[kind])(data, draw)


def main(file: str, seed: int, first: int, count: int) -> None:
    """Read mutations of a file, of all kinds in turn; print the longest time and the peak of memory."""
    from generators.excel.reading import read_any_workbook

    data = Path(file).read_bytes()
    assert read_any_workbook(data, "a.xlsx").value is not None  # everything is loaded
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
    longest, read = 0.0, 0
    kinds = sorted(KINDS)
    for number in range(first, first + count):
        began = time.perf_counter()
        result = read_any_workbook(mutated(data, kinds[number % len(kinds)], number, seed), "a.xlsx")
        longest = max(longest, time.perf_counter() - began)
        read += result.value is not None
    print(f"{longest:.2f} {read}")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
