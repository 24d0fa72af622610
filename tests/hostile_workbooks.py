"""Workbooks of a megabyte or so that are made to keep a reader busy, or to make it grow.

Called as ``python -m tests.hostile_workbooks FIRST STEP`` it reads every STEP-th of them in this
process, which may use 300 MB, and prints name, seconds of CPU, outcome and codes of each.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice

from generators.package import package_of, parts_of
from tests.fuzzing import MOST_MEMORY, with_everything
from tests.workbooks import filled_form, sound_definition

MEGABYTE = 2**20
SHEET, BOOK, STYLES = "xl/worksheets/sheet2.xml", "xl/workbook.xml", "xl/styles.xml"
TEXTS, CUSTOM, RELATIONS = "xl/sharedStrings.xml", "docProps/custom.xml", "xl/_rels/workbook.xml.rels"
PIECES = (
    *("'", '"', "''", "'\"", "(", "[", "{", "|", "'a|", '"a|', "$A", "A1:", "!", "[1]", "[1]A!", ","),
    *(" ", "_x0041_", "_x", "#", "0", "9", ".", "-", "\t", "\r\n", "\u200b", "字", "&#65;", "&amp;"),
    *("%", "0;", '"0"', "\\", "_", "*", "[h]", "[Red]", "yyyy", "GENERAL", "=", "=DISPIMG(", "IMAGE "),
)
"""What a regular expression over the text of a workbook may have to go through again and again."""

PARTS = parts_of(with_everything(filled_form(sound_definition())))
Made = Callable[[], bytes]


def with_text(name: str, text: str) -> bytes:
    """The form with another text in one part."""
    return package_of({**PARTS, name: text.encode()})


def before(name: str, mark: str, text: str) -> bytes:
    """The form with ``text`` before ``mark`` in one part."""
    return with_text(name, PARTS[name].decode().replace(mark, f"{text}{mark}", 1))


def with_rows(rows: str) -> bytes:
    """The form whose second sheet has these rows."""
    sheet = PARTS[SHEET].decode()
    start, end = sheet.index("<sheetData>") + len("<sheetData>"), sheet.index("</sheetData>")
    return with_text(SHEET, sheet[:start] + rows + sheet[end:])


def with_cell(content: str, attributes: str = 't="str"') -> bytes:
    """The form whose second sheet has one cell."""
    return with_rows(f'<row r="1"><c r="A1" {attributes}>{content}</c></row>')


def named(text: str) -> bytes:
    """The form with print titles and a name of that text."""
    titles = f"<definedName name='_xlnm.Print_Titles' localSheetId='0'>{text}</definedName>"
    area = f"<definedName name='_xlnm.Print_Area'>{text}|</definedName>"
    return before(BOOK, "</workbook>", f"<definedNames>{titles}{area}</definedNames>")


def merged(*references: str) -> bytes:
    """The form with merged cells."""
    merges = "".join(f'<mergeCell ref="{reference}"/>' for reference in references)
    return with_text(
        SHEET,
        PARTS[SHEET].decode().replace("</sheetData>", f"</sheetData><mergeCells>{merges}</mergeCells>"),
    )


IN_TEXTS: dict[str, Callable[[str], bytes]] = {
    "text": lambda long: with_cell(f"<v>{long}</v>"),
    "inline text": lambda long: with_cell(f"<is><t>{long}</t></is>", 't="inlineStr"'),
    "number": lambda long: with_cell(f"<v>{long}</v>", ""),
    "error": lambda long: with_cell(f"<v>{long}</v>", 't="e"'),
    "date": lambda long: with_cell(f"<v>{long}</v>", 't="d"'),
    "formula": lambda long: with_cell(f"<f>{long}</f><v>1</v>", ""),
    "formula that calls": lambda long: with_cell(f"<f>|{long}</f><v>1</v>", ""),
    "defined name": named,
    "property": lambda long: with_text(CUSTOM, f"<a><property name='b'>{long}</property></a>"),
    "moment": lambda long: before("docProps/core.xml", "</cp:coreProperties>", f"<a>{long}</a>"),
    "nothing else": lambda long: with_text(SHEET, long),
}
IN_ATTRIBUTES: dict[str, Callable[[str], bytes]] = {
    "cell": lambda long: with_rows(f'<row r="1"><c r="{long}"/></row>'),
    "row": lambda long: with_rows(f'<row r="{long}"/>'),
    "height": lambda long: with_rows(f'<row r="1" ht="{long}"/>'),
    "style": lambda long: with_cell("<v>1</v>", f's="{long}"'),
    "kind": lambda long: with_cell("<v>1</v>", f't="{long}"'),
    "rich value": lambda long: with_cell("<v>#N/A</v>", f't="e" vm="{long}"'),
    "merge": lambda long: merged(long),
    "number format": lambda long: with_text(STYLES, f'<a><numFmt formatCode="{long}"/></a>'),
    "short number format": lambda long: with_text(
        STYLES,
        f'<a><numFmts><numFmt numFmtId="1" formatCode="{long[:250]}"/></numFmts>'
        '<cellXfs><xf numFmtId="1"/></cellXfs></a>',
    ),
    "target": lambda long: before(
        RELATIONS, "</Relationships>", f'<Relationship Id="a" Type="b" Target="{long}"/>'
    ),
    "sheet": lambda long: before(BOOK, "</sheets>", f'<sheet name="{long}"/>'),
    "property name": lambda long: with_text(CUSTOM, f'<a><property name="{long}">b</property></a>'),
}


def repeated(piece: str) -> str:
    """A megabyte of a piece."""
    return piece * (MEGABYTE // len(piece))


def numbered(text: str, count: int) -> str:
    """``text`` many times, with another number each time for every ``@``."""
    quoted = text.replace("`", '"')
    return "".join(quoted.replace("@", str(number)) for number in range(1, count + 1))


def odd_names(text: str, count: int = 60_000) -> str:
    """``text`` many times, with another name each time for every ``@``."""
    draw = random.Random(1)
    return "".join(text.replace("@", f"a{draw.getrandbits(60):x}") for _ in range(count))


IN_NUMBERS: dict[str, Made] = {
    "elements": lambda: with_text(SHEET, f"<a>{odd_names('<@/>')}</a>"),
    "attributes": lambda: with_text(SHEET, f"<a {odd_names('@=`1` ')}/>".replace("`", '"')),
    "namespaces": lambda: with_text(SHEET, f"<a {odd_names('xmlns:@=`1` ')}/>".replace("`", '"')),
    "namespaces in one another": lambda: with_text(SHEET, odd_names("<b xmlns:@='c'>", 250)),
    "blank cells": lambda: with_rows(numbered('<row r="@"><c r="A@"/></row>', 99_000)),
    "cells": lambda: with_rows(numbered('<row r="@"><c r="A@"><v>@</v></c></row>', 65_000)),
    "texts": lambda: with_text(TEXTS, f"<sst>{numbered('<si><t>@</t></si>', 60_000)}</sst>"),
    "merges": lambda: merged(*(f"A{number}:B{number}" for number in range(1, 49_000))),
    "merges over one another": lambda: merged(*["A1:Z100"] * 38),
    "hidden columns": lambda: before(
        SHEET, "<sheetData>", f"<cols>{numbered('<col min=`1` max=`16384` hidden=`1`/>', 20_000)}</cols>"
    ),
    "shared formulas": lambda: with_rows(
        '<row r="1"><c r="A1"><f t="shared" si="0">'
        + "A2+" * 2_700
        + "1</f></c></row>"
        + numbered('<row r="@"><c r="A@"><f t="shared" si="0"/></c></row>', 20_000).partition("</row>")[
            2
        ]
    ),
    "styles": lambda: with_text(
        STYLES, f"<a><cellXfs>{numbered('<xf numFmtId=`14`/>', 65_000)}</cellXfs></a>"
    ),
    "number formats": lambda: with_text(
        STYLES,
        f"<a><numFmts>{numbered('<numFmt numFmtId=`@` formatCode=`[' + 'x' * 200 + '`/>', 30_000)}"
        f"</numFmts><cellXfs>{numbered('<xf numFmtId=`@`/>', 30_000)}</cellXfs></a>",
    ),
    "relationships": lambda: before(
        RELATIONS,
        "</Relationships>",
        numbered("<Relationship Id='x@' Type='x' Target='../../../../../../../../@'/>", 40_000),
    ),
    "sheets of one part": lambda: before(
        BOOK, "</sheets>", numbered('<sheet name="s@" sheetId="@" r:id="rId2"/>', 240)
    ),
    "properties": lambda: with_text(
        CUSTOM, f"<a>{numbered('<property name=`@`>b</property>', 30_000)}</a>"
    ),
    "comments over whole columns": lambda: with_text(
        "xl/comments1.xml", f"<a><\u2c00/>{numbered('<comment ref=`B1:B1048576`/>', 5_000)}</a>"
    ),
    "depth": lambda: with_text(SHEET, "<a>" * 200_000),
    "depth beside": lambda: with_text("xl/drawings/drawing1.xml", "<a>" * 200_000),
    "comments without end": lambda: with_text(SHEET, "<a>" + "<!-- " * 200_000),
    "sections without end": lambda: with_text(SHEET, "<a>" + "<![CDATA[" * 100_000),
    "instructions": lambda: with_text(SHEET, f"<a>{'<?a b?>' * 150_000}</a>"),
    "marks of document types": lambda: with_text(SHEET, "<! " * 350_000),
}


def attacks() -> Iterator[tuple[str, Made]]:
    """Every workbook with its name; it is made when it is wanted."""
    yield from IN_NUMBERS.items()
    for piece in PIECES:
        long = repeated(piece)
        for name, make in IN_TEXTS.items():
            yield f"{name}: {piece!r}", lambda make=make, long=long: make(long)  # type: ignore[misc]
        plain = long.replace("&", "").replace('"', "'")
        for name, make in IN_ATTRIBUTES.items():
            yield f"{name}: {piece!r}", lambda make=make, long=plain: make(long)  # type: ignore[misc]


def main(first: int, step: int) -> None:
    """Read every ``step``-th workbook, and of each its front alone as well."""
    from generators.excel.reading import read_any_workbook, read_front
    from generators.forms.layout import IDENTITY_SHEET, IDENTITY_WORD

    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
    for name, make in islice(attacks(), first, None, step):
        data = make()
        began = time.process_time()
        read_front(data, "a.xlsx", IDENTITY_SHEET, IDENTITY_WORD)
        read = read_any_workbook(data, "a.xlsx")
        seconds = time.process_time() - began
        codes = ",".join(sorted({item.code for item in read.findings}))
        print(f"{name}\t{seconds:.2f}\t{'read' if read.value else 'refused'}\t{codes}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
