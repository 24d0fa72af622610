"""Word documents as they are found: pieces of XML that people's programs write, put into packages.

Each case is a document of some strange content with tags in and around it, what it prints with the
figures of :mod:`tests.district`, and what is told about it. Nothing is read from the disk.
"""

from __future__ import annotations

import copy
import io
import random
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
DOCUMENT = f"{WORD}.document.main+xml"
NAMESPACES = " ".join(
    f'xmlns:{prefix}="{name}"'
    for prefix, name in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "r": OFFICE,
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
        "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
        "w15": "http://schemas.microsoft.com/office/word/2012/wordml",
        "v": "urn:schemas-microsoft-com:vml",
        "o": "urn:schemas-microsoft-com:office:office",
    }.items()
)
IGNORABLE = 'mc:Ignorable="w14 w15"'


@dataclass(frozen=True)
class Extra:
    """A further part: its name below ``word/``, content type, relationship type and content."""

    name: str
    content_type: str
    kind: str
    content: str | bytes
    relation: str = ""

    @property
    def data(self) -> bytes:
        return self.content.encode() if isinstance(self.content, str) else self.content


@dataclass(frozen=True)
class Case:
    """A document: its body, further parts, the lines that it prints and the findings it gives.

    ``lines`` are all paragraphs that are not empty, in reading order.
    """

    body: str
    lines: tuple[str, ...] = ()
    extras: tuple[Extra, ...] = ()
    told: tuple[str, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)

    @property
    def data(self) -> bytes:
        return package(self.body, self.extras, self.links)


def package(
    body: str,
    extras: tuple[Extra, ...] = (),
    links: Mapping[str, str] | None = None,
    *,
    main: str = "word/document.xml",
    content_type: str = DOCUMENT,
    encoding: str = "UTF-8",
) -> bytes:
    """A .docx of a body and further parts; ``links`` are external targets by relationship id."""
    types = [
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>',
        '<Default Extension="xml" ContentType="application/xml"/>',
        f'<Override PartName="/{main}" ContentType="{content_type}"/>',
    ]
    relations = []
    parts: dict[str, bytes] = {}
    for number, extra in enumerate(extras, 1):
        parts[f"word/{extra.name}"] = extra.data
        types.append(f'<Override PartName="/word/{extra.name}" ContentType="{extra.content_type}"/>')
        if extra.kind:
            relation = extra.relation or f"rId{number}"
            kind = extra.kind if "://" in extra.kind else f"{OFFICE}/{extra.kind}"
            relations.append(f'<Relationship Id="{relation}" Type="{kind}" Target="{extra.name}"/>')
    for relation, target in (links or {}).items():
        relations.append(
            f'<Relationship Id="{relation}" Type="{OFFICE}/hyperlink" Target="{target}" '
            'TargetMode="External"/>'
        )
    parts[main] = xml(f"<w:document {NAMESPACES} {IGNORABLE}><w:body>{body}</w:body></w:document>")
    folder, _, name = main.rpartition("/")
    parts[f"{folder}/_rels/{name}.rels"] = relationships(*relations)
    parts["_rels/.rels"] = relationships(
        f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="{main}"/>'
    )
    parts["[Content_Types].xml"] = xml(
        f'<Types xmlns="{PACKAGE}/content-types">{"".join(types)}</Types>'
    )
    if encoding != "UTF-8":
        parts = {
            key: part.decode().replace("UTF-8", encoding).encode(encoding) for key, part in parts.items()
        }
    return zipped(parts)


def zipped(parts: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed(data: bytes, parts: Mapping[str, bytes | None]) -> bytes:
    """The package with parts replaced, added, or, where ``None`` is given, left out."""
    found: dict[str, bytes | None] = {**unzipped(data), **parts}
    return zipped({name: part for name, part in found.items() if part is not None})


def xml(text: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{text}'.encode()


def relationships(*items: str) -> bytes:
    return xml(f'<Relationships xmlns="{PACKAGE}/relationships">{"".join(items)}</Relationships>')


def damaged(data: bytes, seed: int) -> bytes:
    """The package with some elements of one part taken out, doubled, moved or given other values."""
    luck = random.Random(seed)
    parts = unzipped(data)
    name = luck.choice([item for item in parts if item.endswith((".xml", ".rels"))])
    root = etree.fromstring(parts[name])
    for _ in range(luck.randint(1, 3)):
        elements = [item for item in root.iter(etree.Element) if item is not root]
        if not elements:
            break
        element, other = luck.choice(elements), luck.choice(elements)
        parent = element.getparent()
        assert parent is not None
        match luck.randint(0, 4):
            case 0:
                parent.remove(element)
            case 1:
                element.addnext(copy.deepcopy(element))
            case 2 if element not in other.iterancestors() and other is not element:
                other.append(element)
            case 3 if element.attrib:
                del element.attrib[luck.choice(list(element.attrib))]
            case 4 if element.attrib:
                values = ["", "x", "-1", "99999999999", "{{渡口数}}"]
                element.set(luck.choice(list(element.attrib)), luck.choice(values))
    return zipped({**parts, name: etree.tostring(root, xml_declaration=True, encoding="UTF-8")})


def part(root: str, inside: str) -> bytes:
    """A part with all the namespaces."""
    return xml(f"<w:{root} {NAMESPACES} {IGNORABLE}>{inside}</w:{root}>")


def p(*runs: str, properties: str = "") -> str:
    """A paragraph; what is no XML becomes a run."""
    inside = "".join(item if item.startswith("<") else r(item) for item in runs)
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{inside}</w:p>"


def r(text: str, properties: str = "") -> str:
    look = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{look}<w:t xml:space="preserve">{text}</w:t></w:r>'


def sdt(properties: str, content: str) -> str:
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def table(*rows: str) -> str:
    return (
        '<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr><w:tblGrid><w:gridCol w:w="4000"/>'
        f"</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def row(*cells: str) -> str:
    return f"<w:tr>{''.join(cells)}</w:tr>"


def cell(content: str) -> str:
    return f'<w:tc><w:tcPr><w:tcW w:w="4000" w:type="dxa"/></w:tcPr>{content}</w:tc>'


def field_of(instruction: str, result: str) -> str:
    """A complex field around runs."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve">{instruction}</w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{result}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def notes(kind: str, content: str) -> Extra:
    separators = "".join(
        f'<w:{kind} w:type="{name}" w:id="{number}"><w:p><w:r><w:{mark}/></w:r></w:p></w:{kind}>'
        for number, name, mark in (
            (-1, "separator", "separator"),
            (0, "continuationSeparator", "continuationSeparator"),
        )
    )
    inside = f'{separators}<w:{kind} w:id="1">{content}</w:{kind}>'
    return Extra(f"{kind}s.xml", f"{WORD}.{kind}s+xml", f"{kind}s", part(f"{kind}s", inside))


def story(kind: str, number: int, content: str) -> Extra:
    root = "hdr" if kind == "header" else "ftr"
    name = f"{kind}{number}.xml"
    return Extra(name, f"{WORD}.{kind}+xml", kind, part(root, content), f"rId{kind}{number}")


def settings(inside: str) -> Extra:
    return Extra("settings.xml", f"{WORD}.settings+xml", "settings", part("settings", inside))


STYLES = Extra(
    "styles.xml",
    f"{WORD}.styles+xml",
    "styles",
    part(
        "styles",
        '<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/>'
        '</w:pPr></w:style><w:style w:type="paragraph" w:styleId="body"><w:name w:val="Plain"/><w:pPr>'
        '<w:outlineLvl w:val="9"/></w:pPr></w:style>',
    ),
)
COMMENTS = Extra(
    "comments.xml",
    f"{WORD}.comments+xml",
    "comments",
    part(
        "comments",
        '<w:comment w:id="3" w:author="张三" w:date="2031-03-01T09:00:00Z" w:initials="张">'
        f'<w:p w14:paraId="00000001">{r("请核")}</w:p></w:comment>',
    ),
)
COMMENTS_EXTENDED = Extra(
    "commentsExtended.xml",
    f"{WORD}.commentsExtended+xml",
    "http://schemas.microsoft.com/office/2011/relationships/commentsExtended",
    xml(
        f'<w15:commentsEx {NAMESPACES}><w15:commentEx w15:paraId="00000001" w15:done="0"/></w15:commentsEx>'
    ),
)


def commented(*runs: str) -> str:
    return (
        f'<w:commentRangeStart w:id="3"/>{"".join(runs)}<w:commentRangeEnd w:id="3"/>'
        '<w:r><w:commentReference w:id="3"/></w:r>'
    )


def drawn_box(content: str, fallback: str) -> str:
    """A text box as Word 2010 and later write it, with the copy that older programs show."""
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:inline><wp:extent cx="1800000" '
        'cy="720000"/><wp:docPr id="1" name="box"/><a:graphic><a:graphicData uri="http://schemas.microsoft'
        '.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm>'
        '<a:off x="0" y="0"/><a:ext cx="1800000" cy="720000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/>'
        f"</a:prstGeom></wps:spPr><wps:txbx><w:txbxContent>{content}</w:txbxContent></wps:txbx><wps:bodyPr/>"
        "</wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice><mc:Fallback>"
        f"<w:pict>{vml_shape(fallback)}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def vml_shape(content: str) -> str:
    return (
        '<v:shape id="box" style="width:150pt;height:60pt"><v:textbox><w:txbxContent>'
        f"{content}</w:txbxContent></v:textbox></v:shape>"
    )


PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63606060f80f"
    "000104010068a2b5dc0000000049454e44ae426082"
)
IMAGE = Extra("media/image1.png", "image/png", "image", PICTURE, "rIdImage")
OBJECT = Extra(
    "embeddings/oleObject1.bin",
    "application/vnd.openxmlformats-officedocument.oleObject",
    "oleObject",
    bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504),
    "rIdObject",
)
CHART = (
    f"<c:chartSpace {NAMESPACES}><c:chart><c:title><c:tx><c:rich><a:bodyPr/><a:p><a:r><a:t>%s</a:t></a:r>"
    '</a:p></c:rich></c:tx></c:title><c:plotArea><c:layout/><c:barChart><c:barDir val="col"/><c:ser>'
    '<c:idx val="0"/><c:order val="0"/><c:val><c:numLit><c:ptCount val="1"/><c:pt idx="0"><c:v>5</c:v>'
    '</c:pt></c:numLit></c:val></c:ser><c:axId val="1"/><c:axId val="2"/></c:barChart></c:plotArea>'
    "</c:chart></c:chartSpace>"
)
CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"


def chart(title: str) -> Extra:
    return Extra("charts/chart1.xml", CHART_TYPE, "chart", xml(CHART % title), "rIdChart")


CHART_FRAME = p(
    '<w:r><w:drawing><wp:inline><wp:extent cx="1800000" cy="1200000"/><wp:docPr id="4" name="chart"/>'
    '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
    '<c:chart r:id="rIdChart"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
)
A_FIGURE, A_COUNT = "{{渔业总产值}}", "{{渡口数}}"
PAGE = '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr>'
RUBY = (
    '<w:r><w:ruby><w:rubyPr><w:rubyAlign w:val="center"/><w:hps w:val="12"/><w:hpsRaise w:val="20"/>'
    '<w:hpsBaseText w:val="24"/><w:lid w:val="zh-CN"/></w:rubyPr><w:rt>%s</w:rt><w:rubyBase>%s</w:rubyBase>'
    "</w:ruby></w:r>"
)
INSERTED = '<w:ins w:id="21" w:author="李四" w:date="2031-03-01T09:00:00Z">%s</w:ins>'
TRACKED = 'w:author="李四" w:date="2031-03-01T09:00:00Z"'
FORMULA = (
    "<m:oMath><m:f><m:num><m:r><m:t>%s</m:t></m:r></m:num><m:den><m:r><m:t>b</m:t></m:r></m:den></m:f>"
    "</m:oMath>"
)

CASES: Mapping[str, Case] = {
    "table in a table": Case(
        table(
            row(
                cell(
                    p("外" + A_FIGURE)
                    + table(
                        row(cell(p("{% for 港 in 渔港清单|前(2) %}"))),
                        row(cell(p("{{港.名称}}"))),
                        row(cell(p("{% endfor %}"))),
                        row(cell(p("内" + A_COUNT))),
                    )
                    + p("末")
                )
            )
        )
        + p("后")
        + PAGE,
        ("外85亿元", "东港", "西港", "内14个", "末", "后"),
    ),
    "cell that ends in a bookmark": Case(
        table(
            row(
                cell(
                    '<w:bookmarkStart w:id="5" w:name="格"/>' + p(A_FIGURE) + '<w:bookmarkEnd w:id="5"/>'
                )
            )
        )
        + p("后"),
        ("85亿元", "后"),
    ),
    "controls around cells, rows and cell content": Case(
        table(
            row(
                sdt('<w:alias w:val="格"/><w:id w:val="1"/>', cell(p(A_FIGURE))),
                sdt('<w:alias w:val="格2"/><w:id w:val="2"/>', cell(p(A_COUNT))),
            ),
            sdt('<w:alias w:val="行"/><w:id w:val="3"/>', row(cell(p("行" + A_FIGURE)))),
            row(cell(sdt('<w:alias w:val="段"/><w:id w:val="4"/>', p("段" + A_COUNT)))),
        )
        + p("后"),
        ("85亿元", "14个", "行85亿元", "段14个", "后"),
    ),
    "table whose rows all stand in a repeating section": Case(
        table(
            sdt(
                '<w:id w:val="5"/><w15:repeatingSection/>',
                sdt(
                    '<w:id w:val="6"/><w15:repeatingSectionItem/>',
                    row(cell(p("{% for 港 in 渔港清单|前(2) %}")))
                    + row(cell(p("“{{港.名称}}”")))
                    + row(cell(p("{% endfor %}"))),
                ),
            )
        )
        + p("后"),
        ("“东港”", "“西港”", "后"),
    ),
    "control that a block leaves empty": Case(
        p("前")
        + sdt('<w:id w:val="7"/>', p("{% if 渡口数 > 99 %}") + p("多") + p("{% endif %}"))
        + table(
            row(cell(p("表"))),
            sdt(
                '<w:id w:val="8"/>',
                row(cell(p("{% if 渡口数 > 99 %}")))
                + row(cell(p("{{渡口数}}")))
                + row(cell(p("{% endif %}"))),
            ),
        )
        + p("后"),
        ("前", "表", "后"),
    ),
    "text box of VML": Case(
        p("箱", f"<w:r><w:pict>{vml_shape(p('内' + A_FIGURE) + p(A_COUNT))}</w:pict></w:r>") + PAGE,
        ("箱", "内85亿元", "14个"),
    ),
    "text box with a copy for old programs": Case(
        p("箱" + A_COUNT, drawn_box(p("内" + A_FIGURE), p("内" + A_FIGURE))) + PAGE,
        ("箱14个", "内85亿元"),
    ),
    "footnotes and endnotes": Case(
        p("正" + A_FIGURE, '<w:r><w:footnoteReference w:id="1"/></w:r>')
        + p("末", '<w:r><w:endnoteReference w:id="1"/></w:r>')
        + PAGE,
        ("正85亿元", "末", "注14个", "尾85亿元"),
        (
            notes("footnote", p("<w:r><w:footnoteRef/></w:r>", "注" + A_COUNT)),
            notes("endnote", p("<w:r><w:endnoteRef/></w:r>", "尾" + A_FIGURE)),
        ),
    ),
    "footnote in a loop": Case(
        p("{% for 港 in 渔港清单|前(2) %}")
        + p("{{港.名称}}", '<w:r><w:footnoteReference w:id="1"/></w:r>')
        + p("{% endfor %}"),
        ("东港", "西港", "注14个", "注14个"),
        (notes("footnote", p("<w:r><w:footnoteRef/></w:r>", "注" + A_COUNT)),),
    ),
    "footnote whose text a block leaves out": Case(
        p("正", '<w:r><w:footnoteReference w:id="1"/></w:r>'),
        ("正",),
        (notes("footnote", p("{% if 渡口数 > 99 %}") + p("多") + p("{% endif %}")),),
    ),
    "first, even and other headers": Case(
        p("正文")
        + p('<w:r><w:br w:type="page"/></w:r>') * 2
        + p("末页")
        + "<w:sectPr>"
        + "".join(
            f'<w:{kind}Reference w:type="{use}" r:id="rId{kind}{number}"/>'
            for kind, number, use in (
                ("header", 1, "default"),
                ("header", 2, "first"),
                ("header", 3, "even"),
                ("footer", 1, "default"),
            )
        )
        + '<w:pgSz w:w="11906" w:h="16838"/><w:titlePg/></w:sectPr>',
        ("正文", "末页", "眉85亿元", "首14个", "偶85亿元", "脚14个"),
        (
            settings("<w:evenAndOddHeaders/>"),
            story("header", 1, p("眉" + A_FIGURE)),
            story("header", 2, p("首" + A_COUNT)),
            story("header", 3, p("偶" + A_FIGURE)),
            story("footer", 1, p("脚" + A_COUNT)),
        ),
    ),
    "controls within paragraphs": Case(
        p("富", sdt('<w:alias w:val="富"/><w:id w:val="11"/>', r(A_FIGURE)), "后")
        + sdt('<w:alias w:val="块"/><w:id w:val="12"/><w:richText/>', p("块" + A_COUNT))
        + p("余", sdt('<w:alias w:val="未填"/><w:id w:val="13"/><w:showingPlcHdr/>', r("单击输入"))),
        ("富85亿元后", "块14个", "余单击输入"),
    ),
    "controls that hold plain content": Case(
        p("纯", sdt('<w:id w:val="14"/><w:text/>', r(A_FIGURE)))
        + sdt('<w:id w:val="15"/><w:text/>', p("段" + A_FIGURE))
        + p("日", sdt('<w:id w:val="16"/><w:date w:fullDate="2031-01-01T00:00:00Z"/>', r(A_COUNT)))
        + p("选", sdt('<w:id w:val="17"/><w:dropDownList/>', r(A_COUNT)))
        + p(
            "勾",
            sdt('<w:id w:val="18"/><w14:checkbox><w14:checked w14:val="0"/></w14:checkbox>', r(A_COUNT)),
        )
        + p("题", sdt('<w:id w:val="19"/><w:text/>', r("{{地区}}"))),
        ("纯85亿元", "段85亿元", "日14个", "选14个", "勾14个", "题临溪区"),
        told=("template.plain",) * 5,
    ),
    "control that is bound to a property": Case(
        p(
            "题",
            sdt(
                '<w:id w:val="20"/><w:showingPlcHdr/><w:dataBinding w:xpath="/x" w:storeItemID="{1}"/><w:text/>',
                r("{{地区}}"),
            ),
        )
        + p(
            "数",
            sdt('<w:id w:val="21"/><w15:dataBinding w:xpath="/x" w:storeItemID="{1}"/>', r(A_FIGURE)),
        )
        + p(
            "余",
            sdt('<w:id w:val="22"/><w:dataBinding w:xpath="/x" w:storeItemID="{1}"/><w:text/>', r("旧")),
        ),
        ("题临溪区", "数85亿元", "余旧"),
        told=("template.unbound", "template.unbound"),
    ),
    "fields": Case(
        p("域", field_of(" ADDIN 甲 ", r(A_FIGURE)), "后")
        + p("简", f'<w:fldSimple w:instr=" DOCPROPERTY 乙 ">{r(A_COUNT)}</w:fldSimple>')
        + p("链", f'<w:hyperlink r:id="rIdLink" w:history="1">{r(A_FIGURE)}</w:hyperlink>')
        + p(
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> TOC \\o '
            '"1-3" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>',
            f'<w:hyperlink w:anchor="_Toc1">{r("一、" + A_COUNT)}<w:r><w:tab/></w:r>{r("1")}</w:hyperlink>',
        )
        + p('<w:r><w:fldChar w:fldCharType="end"/></w:r>')
        + p('<w:bookmarkStart w:id="0" w:name="_Toc1"/>', "一、" + A_COUNT, '<w:bookmarkEnd w:id="0"/>'),
        ("域85亿元后", "简14个", "链85亿元", "一、14个\t1", "一、14个"),
        links={"rIdLink": "https://example.org/"},
    ),
    "tracked changes": Case(
        p("插", INSERTED % r(A_FIGURE), "后")
        + p(
            "删",
            f'<w:del w:id="22" {TRACKED}><w:r><w:delText>{A_COUNT}旧</w:delText></w:r></w:del>',
            A_COUNT,
        )
        + p(
            f'<w:moveFromRangeStart w:id="23" w:name="move1" {TRACKED}/>',
            f'<w:moveFrom w:id="24" {TRACKED}>{r("移" + A_FIGURE)}</w:moveFrom>',
            '<w:moveFromRangeEnd w:id="23"/>',
            "原处",
        )
        + p(
            f'<w:moveToRangeStart w:id="25" w:name="move1" {TRACKED}/>',
            f'<w:moveTo w:id="26" {TRACKED}>{r("移" + A_FIGURE)}</w:moveTo>',
            '<w:moveToRangeEnd w:id="25"/>',
        )
        + p(
            "式",
            r(A_COUNT, f'<w:b/><w:rPrChange w:id="27" {TRACKED}><w:rPr/></w:rPrChange>'),
            properties=f'<w:jc w:val="left"/><w:rPr><w:ins w:id="28" {TRACKED}/></w:rPr>'
            f'<w:pPrChange w:id="29" {TRACKED}><w:pPr/></w:pPrChange>',
        )
        + table(
            f'<w:tr><w:trPr><w:ins w:id="30" {TRACKED}/></w:trPr>{cell(p("行" + A_COUNT))}</w:tr>',
        )
        + p("后"),
        ("插85亿元后", "删14个", "原处", "移85亿元", "式14个", "行14个", "后"),
    ),
    "tag that is inserted in part": Case(
        p("半{{渔业", INSERTED % r("总产"), "值}}后"),
        ("半85亿元后",),
    ),
    "comments of people": Case(
        p(commented(r("数" + A_FIGURE)))
        + p("{% for 港 in 渔港清单|前(2) %}")
        + p("{{港.名称}}")
        + p("{% endfor %}"),
        ("数85亿元", "东港", "西港"),
        (COMMENTS, COMMENTS_EXTENDED),
    ),
    "comment in a loop": Case(
        p("{% for 港 in 渔港清单|前(2) %}") + p(commented(r("{{港.名称}}"))) + p("{% endfor %}"),
        ("东港", "西港"),
        (COMMENTS, COMMENTS_EXTENDED),
    ),
    "comment on a block tag": Case(
        p(commented(r("{% if 渡口数 %}"))) + p("有") + p("{% endif %}"),
        ("有",),
        (COMMENTS,),
    ),
    "comment from one paragraph to another": Case(
        p('<w:commentRangeStart w:id="3"/>', A_FIGURE)
        + p("{% if 渡口数 %}")
        + p("有", '<w:commentRangeEnd w:id="3"/>', '<w:r><w:commentReference w:id="3"/></w:r>')
        + p("{% endif %}"),
        ("85亿元", "有"),
        (COMMENTS,),
    ),
    "bookmarks over paragraphs": Case(
        '<w:bookmarkStart w:id="1" w:name="全文"/>'
        + p("前", '<w:bookmarkStart w:id="2" w:name="跨段"/>', A_FIGURE)
        + p("{% for 港 in 渔港清单|前(2) %}", '<w:bookmarkStart w:id="3" w:name="块首"/>')
        + p("{{港.名称}}", '<w:bookmarkStart w:id="4" w:name="环内始"/>', '<w:bookmarkEnd w:id="2"/>')
        + p("{% endfor %}", '<w:bookmarkEnd w:id="3"/>')
        + p("后", '<w:bookmarkEnd w:id="4"/>')
        + p("{% if 渡口数 > 99 %}")
        + p("多", '<w:bookmarkStart w:id="6" w:name="不印"/>', '<w:bookmarkEnd w:id="1"/>')
        + p("{% endif %}")
        + p("末", '<w:bookmarkEnd w:id="6"/>'),
        ("前85亿元", "东港", "西港", "后", "末"),
    ),
    "smart tags and custom XML": Case(
        p(
            f'<w:smartTag w:uri="urn:x" w:element="place">{r("地" + A_FIGURE)}</w:smartTag>',
            f'<w:customXml w:uri="urn:x" w:element="y">{r(A_COUNT)}</w:customXml>',
        )
        + f'<w:customXml w:uri="urn:x" w:element="z">{p("块" + A_FIGURE)}</w:customXml>'
        + p(
            f'<w:bdo w:val="ltr">{r("双" + A_COUNT)}</w:bdo>',
            f'<w:dir w:val="ltr">{r(A_FIGURE)}</w:dir>',
        ),
        ("地85亿元14个", "块85亿元", "双14个85亿元"),
    ),
    "formulas": Case(
        p("式" + A_FIGURE, FORMULA % "a", "后" + A_COUNT)
        + p(f"<m:oMathPara>{FORMULA % 'c'}</m:oMathPara>")
        + p("末"),
        ("式85亿元后14个", "末"),
    ),
    "embedded object and picture": Case(
        p(
            "物" + A_FIGURE,
            '<w:r><w:object w:dxaOrig="1440" w:dyaOrig="1440"><v:shape id="o1" style="width:72pt;height:72pt" '
            'o:ole=""><v:imagedata r:id="rIdImage"/></v:shape><o:OLEObject Type="Embed" ProgID="Excel.Sheet.12" '
            'ShapeID="o1" DrawAspect="Content" ObjectID="_1" r:id="rIdObject"/></w:object></w:r>',
            A_COUNT,
        ),
        ("物85亿元14个",),
        (IMAGE, OBJECT),
    ),
    "chart": Case(p("图" + A_FIGURE) + CHART_FRAME, ("图85亿元",), (chart("产值"),)),
    "inserted file": Case(
        p("前" + A_FIGURE) + '<w:altChunk r:id="rIdChunk"/>' + p("后"),
        ("前85亿元", "后"),
        (
            Extra(
                "chunk.html",
                "text/html",
                "aFChunk",
                "<!DOCTYPE html><html><body>插入</body></html>",
                "rIdChunk",
            ),
        ),
    ),
    "mail merge and protection": Case(
        p("信" + A_FIGURE, field_of(" MERGEFIELD 姓名 ", r("«姓名»"))),
        ("信85亿元«姓名»",),
        (
            settings(
                '<w:documentProtection w:edit="readOnly" w:enforcement="1"/>'
                '<w:mailMerge><w:mainDocumentType w:val="formLetters"/><w:dataType w:val="native"/>'
                '<w:query w:val="SELECT * FROM x"/></w:mailMerge>'
            ),
        ),
    ),
    "reading aids": Case(
        p("拼", RUBY % (r("yí"), r("沂" + A_FIGURE)), "后" + A_COUNT),
        ("拼沂85亿元后14个",),
        told=("template.plain",),
    ),
    "symbols, hyphens, tabs and breaks": Case(
        p(
            "符",
            "<w:r><w:t>甲</w:t><w:softHyphen/><w:t>乙</w:t>"
            f"<w:noBreakHyphen/><w:t>丙</w:t><w:tab/><w:t>{A_FIGURE}丁</w:t><w:br/><w:t>戊</w:t><w:cr/>"
            '<w:ptab w:relativeTo="margin" w:alignment="right" w:leader="none"/></w:r>',
            A_COUNT,
            '<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>',
        ),
        ("符甲乙-丙\t85亿元丁\n戊\n14个",),
    ),
    "numbering and sections": Case(
        p(
            "一" + A_FIGURE,
            properties='<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
            '<w:sectPr><w:type w:val="nextPage"/><w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/></w:sectPr>',
        )
        + p("二" + A_COUNT)
        + PAGE,
        ("一85亿元", "二14个"),
        (
            Extra(
                "numbering.xml",
                f"{WORD}.numbering+xml",
                "numbering",
                part(
                    "numbering",
                    '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt '
                    'w:val="decimal"/><w:lvlText w:val="%1."/><w:lvlJc w:val="left"/></w:lvl></w:abstractNum>'
                    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>',
                ),
            ),
        ),
    ),
    "choice between paragraphs": Case(
        f'<mc:AlternateContent><mc:Choice Requires="w14">{p("新" + A_FIGURE)}</mc:Choice><mc:Fallback>'
        f"{p('旧' + A_FIGURE)}</mc:Fallback></mc:AlternateContent>" + p("后"),
        ("新85亿元", "后"),
    ),
    "nothing but a tag": Case(p(A_FIGURE), ("85亿元",)),
    "nothing at all": Case("", ()),
    "headings": Case(
        p("一、渔业", properties='<w:pStyle w:val="1"/>')
        + p("数" + A_FIGURE, properties='<w:pStyle w:val="body"/>'),
        ("一、渔业", "数85亿元"),
        (STYLES,),
    ),
}
"""What prints; ``told`` are warnings."""

UNPRINTABLE: Mapping[str, tuple[Case, str]] = {
    "formula": (Case(p("式", FORMULA % A_FIGURE)), "公式"),
    "field code": (Case(p(field_of(f' HYPERLINK "{A_FIGURE}" ', r("链")))), "域代码"),
    "simple field": (
        Case(p(f'<w:fldSimple w:instr="REF {A_FIGURE}">{r("链")}</w:fldSimple>')),
        "域代码",
    ),
    "reading aid": (Case(p(RUBY % (r(A_FIGURE), r("沂")))), "拼音"),
    "word art": (
        Case(
            p(
                '<w:r><w:pict><v:shape id="art" style="width:72pt;height:36pt"><v:textpath on="t" '
                f'string="{A_FIGURE}"/></v:shape></w:pict></w:r>'
            )
        ),
        "艺术字",
    ),
    "chart": (Case(CHART_FRAME, extras=(chart(A_FIGURE),)), "图表"),
    "diagram": (
        Case(
            p("图"),
            extras=(
                Extra(
                    "diagrams/data1.xml",
                    "application/vnd.openxmlformats-officedocument.drawingml.diagramData+xml",
                    "diagramData",
                    xml(
                        f'<dgm:t xmlns:dgm="urn:x" {NAMESPACES}><a:p><a:r><a:t>{A_FIGURE}</a:t></a:r></a:p></dgm:t>'
                    ),
                ),
            ),
        ),
        "SmartArt",
    ),
    "inserted file": (
        Case(
            '<w:altChunk r:id="rIdChunk"/>' + p("后"),
            extras=(Extra("chunk.txt", "text/plain", "aFChunk", A_FIGURE, "rIdChunk"),),
        ),
        "插入的文件",
    ),
}
"""Places where a tag cannot be printed: an error that names the place."""

STRICT_NAMES = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "wordprocessingml/main",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "officeDocument/math",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": "officeDocument/relationships",
    "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing": "drawingml/wordprocessingDrawing",
    "http://schemas.openxmlformats.org/drawingml/2006/picture": "drawingml/picture",
    "http://schemas.openxmlformats.org/drawingml/2006/chart": "drawingml/chart",
    "http://schemas.openxmlformats.org/drawingml/2006/main": "drawingml/main",
}
"""Names of the transitional variant, and of the strict one below ``http://purl.oclc.org/ooxml/``."""


def as_strict(data: bytes) -> bytes:
    """The same document under the names of the strict variant."""
    parts = unzipped(data)
    for name, content in parts.items():
        if name.endswith((".xml", ".rels")):
            text = content.decode()
            for transitional, strict in STRICT_NAMES.items():
                text = text.replace(transitional, f"http://purl.oclc.org/ooxml/{strict}")
            parts[name] = text.encode()
    return zipped(parts)


PLAIN = CASES["nothing but a tag"].data
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)
BODY = "word/document.xml"
ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    + b"<d>&b;</d>"
)
WITHOUT_PICTURE = changed(CASES["embedded object and picture"].data, {"word/media/image1.png": None})
MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"
SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
UNKNOWN = xml('<x:x xmlns:x="http://purl.oclc.org/ooxml/presentationml/main"/>')

REFUSED: Mapping[str, bytes] = {
    "empty": b"",
    "encrypted": OLE + "EncryptedPackage".encode("utf-16-le"),
    "legacy": OLE + "WordDocument".encode("utf-16-le"),
    "not_word": rb"{\rtf1 {{x}}}",
    "not_word (page)": b"<!DOCTYPE html><html/>",
    "not_word (archive)": zipped({"a.txt": b"a"}),
    "not_word (workbook)": package("", content_type=SHEETS, main="xl/workbook.xml"),
    "not_word (no types)": changed(PLAIN, {"[Content_Types].xml": None}),
    "macros": package(p(A_FIGURE), content_type=MACROS),
    "macros (hidden)": changed(PLAIN, {"word/vbaProject.bin": OLE}),
    "strict": changed(as_strict(PLAIN), {"word/odd.xml": UNKNOWN}),
    "damaged": PLAIN[: len(PLAIN) // 2],
    "no_body": changed(PLAIN, {BODY: part("document", "")}),
    "part_damaged (relations)": changed(PLAIN, {"_rels/.rels": b"<Relationships"}),
    "part_missing": changed(PLAIN, {BODY: None}),
    "part_missing (picture)": WITHOUT_PICTURE,
    "part_damaged": changed(PLAIN, {BODY: unzipped(PLAIN)[BODY][:-20]}),
    "part_damaged (styles)": changed(CASES["headings"].data, {"word/styles.xml": b"<w:styles"}),
    "part_damaged (notes)": changed(
        CASES["footnotes and endnotes"].data, {"word/footnotes.xml": b"<w:footnotes"}
    ),
    "too_large": b"PK\x03\x04" + bytes(64 * 2**20),
    "too_many_parts": changed(PLAIN, {f"customXml/item{n}.xml": b"<a/>" for n in range(2_001)}),
    "bomb": changed(PLAIN, {"customXml/item1.xml": bytes(30 * 2**20)}),
    "parts": changed(PLAIN, {BODY.upper(): unzipped(PLAIN)[BODY]}),
    "prefix (another file before)": PLAIN + PLAIN,
    "entities": changed(PLAIN, {BODY: ENTITIES}),
    "entities (UTF-16)": changed(PLAIN, {BODY: ENTITIES.decode().encode("utf-16")}),
}
"""What cannot be a template, by the end of the finding's code."""
READABLE_ALL_THE_SAME = {"part_missing (picture)", "part_damaged (styles)"}
"""What python-docx cannot open, and whoever only reads the text can."""
