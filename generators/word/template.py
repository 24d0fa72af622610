"""Compile ``report.docx``: find the tags, build the tree of blocks, locate every error at once."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from docx import Document
from docx.document import Document as DocxDocument
from docx.opc.part import Part, XmlPart
from lxml import etree

from generators.model import Definition, Finding, Result, Severity
from generators.word import oxml
from generators.word.checks import PRINTABLE, Kind, Problem
from generators.word.expressions import Compiler, Expression, ForTag, TagError
from generators.word.figures import reason_params
from generators.word.oxml import Element, paragraph_text, w

TEMPLATE_FILE = "report.docx"
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_FULL_WIDTH = re.compile(r"｛[｛{%％]|\{[｛％]|[｝}%％]｝|[｝％]\}")
"""Braces as a Chinese keyboard types them: meant as a tag, but none."""
_OPENING = re.compile(r"\{\{|\{%|\{#|#\}|%\}|\}\}")
_STORIES = frozenset(["document", "header", "footer", "footnotes", "endnotes"])
_HEADING = re.compile(r"(?i)(heading|标题)\s*\d")


@dataclass(frozen=True)
class Where:
    """Where a tag stands: part, nearest heading above, and the paragraph's text."""

    part: str
    heading: str
    paragraph: str

    def params(self) -> dict[str, str]:
        """The params by which a finding carries the place."""
        return {"part": self.part, "heading": self.heading, "paragraph": self.paragraph}


@dataclass(frozen=True)
class Tag:
    """A ``{{ }}`` tag in place: its expression, where it stands, and its number in the template."""

    expression: Expression
    where: Where
    number: str = ""


@dataclass(frozen=True)
class Static:
    """Something that is copied as it is."""

    element: Element


@dataclass(frozen=True)
class Paragraph:
    """A paragraph whose marked runs are tags, by their marks; ``None`` stands for a comment."""

    element: Element
    tags: Mapping[str, Tag | None]


@dataclass(frozen=True)
class Container:
    """An element that holds blocks: body, table, row, cell, content control, header, footnote."""

    element: Element
    children: Sequence[Node]


@dataclass(frozen=True)
class Loop:
    """``for`` … ``endfor``."""

    tag: ForTag
    where: Where
    children: Sequence[Node]


@dataclass(frozen=True)
class Branches:
    """``if`` … ``elif`` … ``else`` … ``endif``; the condition of ``else`` is ``None``."""

    branches: Sequence[tuple[Expression | None, Sequence[Node]]]
    where: Where


Node: TypeAlias = Static | Paragraph | Container | Loop | Branches


@dataclass(frozen=True)
class CompiledPart:
    """One part of the package that may hold tags."""

    name: str
    root: Container


@dataclass(frozen=True)
class Template:
    """A compiled template. ``data`` are the bytes that every rendering starts from."""

    data: bytes
    parts: Sequence[CompiledPart]


@dataclass
class _Block:
    """A block that has been opened and not yet closed."""

    kind: str
    tag: str
    where: Where
    children: list[Node] = field(default_factory=list)
    loop: ForTag | None = None
    branches: list[tuple[Expression | None, Sequence[Node]]] = field(default_factory=list)
    condition: Expression | None = None
    scope: Mapping[str, Kind] = field(default_factory=dict)


def compile_template(data: bytes, definition: Definition, file: str) -> Result[Template]:
    """Compile the template's bytes against the pack's definition.

    The value is ``None`` where there is any error; every error is then among the findings, each
    with part, nearest heading, paragraph and tag. ``file`` is the name that findings carry.
    """
    document = open_document(data)
    if document is None:
        return Result(None, (Finding("run.template_unreadable", Severity.ERROR, file=file),))
    builder = _Builder(Compiler(definition), file, _heading_styles(document))
    parts = [
        CompiledPart(name, builder.part(part_name, root))
        for name, part_name, root in _part_roots(document)
    ]
    if builder.findings:
        return Result(None, tuple(builder.findings))
    return Result(Template(data, parts))


def open_document(data: bytes) -> DocxDocument | None:
    """The document in ``data``, or ``None`` where it is no readable .docx.

    A document in the strict variant of the format has other namespaces: none of its paragraphs
    would be seen, so it counts as unreadable (Word saves it as an ordinary .docx on request).
    """
    try:
        document = Document(io.BytesIO(data))
    except Exception:  # python-docx fails in many classes on what is not a .docx
        return None
    return None if document.element.find(w("body")) is None else document


def story_parts(document: DocxDocument) -> list[Part]:
    """The parts that hold text: the body first, then headers, footers and notes, by name."""
    found = [part for part in document.part.package.iter_parts() if _story(part)]
    return sorted(found, key=lambda part: (part is not document.part, str(part.partname)))


def part_root(part: Part) -> Element:
    """The part's XML; python-docx keeps notes as bytes, which are parsed here."""
    if isinstance(part, XmlPart):
        element: Element = part.element
        return element
    return etree.fromstring(part.blob, etree.XMLParser(resolve_entities=False, no_network=True))


def _story(part: Part) -> str:
    """What kind of text a part holds; empty for other parts."""
    stem = re.sub(r"\d*\.xml$", "", str(part.partname).rpartition("/")[2])
    return stem if stem in _STORIES else ""


def _part_roots(document: DocxDocument) -> Iterator[tuple[str, str, Element]]:
    for part in story_parts(document):
        root = part_root(part)
        if part is document.part:
            body = root.find(w("body"))
            assert body is not None
            yield str(part.partname), _story(part), body
        else:
            yield str(part.partname), _story(part), root


class _Builder:
    """Builds the trees of a template's parts, collecting findings."""

    def __init__(self, compiler: Compiler, file: str, heading_styles: frozenset[str]) -> None:
        self._compiler = compiler
        self._file = file
        self._heading_styles = heading_styles
        self._marks = 0
        self._part = ""
        self._heading = ""
        self.findings: list[Finding] = []

    def part(self, name: str, root: Element) -> Container:
        """The tree of one part."""
        self._part, self._heading = name, ""
        return self._container(root, {})

    def _container(self, element: Element, scope: Mapping[str, Kind]) -> Container:
        top = _Block("top", "", Where(self._part, "", ""), scope=scope)
        stack = [top]
        for child in element:
            self._child(child, stack)
        for block in stack[1:]:
            unclosed = reason_params("unclosed", end=f"end{block.kind}")
            self._fault(block.tag, block.where, Problem("block", unclosed))
        return Container(element, top.children)

    def _child(self, child: Element, stack: list[_Block]) -> None:
        scope = stack[-1].scope
        if child.tag == w("p"):
            text = paragraph_text(child)
            where = Where(self._part, self._heading, text.strip())
            statement = _statement(text)
            if statement is not None:
                if baggage := _baggage(child):
                    self._fault(text.strip(), where, Problem("block", reason_params(baggage)))
                self._statement(statement, text.strip(), where, stack)
                return
            if _is_comment(text) and _may_go(child):
                return
            stack[-1].children.append(self._paragraph(child, where, scope))
            if text.strip() and self._is_heading(child):
                self._heading = text.strip()
        elif child.tag == w("tr"):
            text = "".join(paragraph_text(item) for item in child.iter(w("p")))
            statement = _statement(text)
            if statement is not None:
                where = Where(self._part, self._heading, text.strip())
                self._statement(statement, text.strip(), where, stack)
            else:
                stack[-1].children.append(self._container(child, scope))
        elif child.tag in _HOLDERS:
            stack[-1].children.append(self._container(child, scope))
        else:
            stack[-1].children.append(Static(child))

    def _paragraph(self, element: Element, where: Where, scope: Mapping[str, Kind]) -> Node:
        tags: dict[str, Tag | None] = {}
        for paragraph in [element, *_nested(element)]:
            text = paragraph_text(paragraph)
            place = where if paragraph is element else Where(where.part, where.heading, text.strip())
            spans = list(_TAG.finditer(text))
            outside = _TAG.sub("", text)
            wide = _FULL_WIDTH.search(outside)
            if stray := wide or _OPENING.search(outside):
                reason = "full_width_braces" if wide else "crosses_paragraphs"
                self._fault(stray[0], place, Problem("syntax", reason_params(reason)))
                continue
            in_box = paragraph is not element
            marks = [self._inline(span[0], place, scope, tags, in_box) for span in spans]
            for span, mark in reversed(list(zip(spans, marks, strict=True))):
                oxml.isolate(paragraph, span.start(), span.end(), mark)
        if not tags:
            return Static(element)
        oxml.drop_empty_runs(element)
        return Paragraph(element, tags)

    def _inline(
        self,
        tag: str,
        where: Where,
        scope: Mapping[str, Kind],
        tags: dict[str, Tag | None],
        in_box: bool,
    ) -> str:
        """Compile one tag within a paragraph; returns its mark."""
        self._marks += 1
        mark = str(self._marks)
        tags[mark] = None
        if tag.startswith("{%"):
            reason = "block_in_text_box" if in_box else "not_alone"
            self._fault(tag, where, Problem("block", reason_params(reason)))
        elif tag.startswith("{{"):
            try:
                expression = self._compiler.expression(tag[2:-2], tag, scope)
                if expression.kind.what not in PRINTABLE:
                    raise TagError(Problem("syntax", reason_params("list_not_printable")))
                tags[mark] = Tag(expression, where, mark)
            except TagError as error:
                self._fault(tag, where, *error.problems)
        return mark

    def _statement(self, text: str, tag: str, where: Where, stack: list[_Block]) -> None:
        """A block tag that stands in a paragraph or row of its own."""
        word, _, rest = text.partition(" ")
        block = stack[-1]
        try:
            if word == "for":
                loop, kind = self._compiler.for_tag(text, tag, block.scope)
                scope = {**block.scope, loop.name: kind, "loop": Kind("loop")}
                stack.append(_Block("for", tag, where, loop=loop, scope=scope))
            elif word == "if":
                condition = self._compiler.expression(rest, tag, block.scope)
                stack.append(_Block("if", tag, where, condition=condition, scope=block.scope))
            elif word in ("elif", "else") and block.kind == "if":
                block.branches.append((block.condition, block.children))
                block.children = []
                block.condition = None
                if word == "elif":
                    block.condition = self._compiler.expression(rest, tag, block.scope)
            elif word in ("endfor", "endif") and block.kind == word.removeprefix("end"):
                stack.pop()
                stack[-1].children.append(_closed(block))
            else:
                self._fault(tag, where, Problem("block", _unmatched(word)))
        except TagError as error:
            self._fault(tag, where, *error.problems)
            if word in ("for", "if"):  # keep the pairs right, so that only this tag is reported
                stack.append(_Block(word, tag, where, scope=_lenient(text, block.scope)))

    def _is_heading(self, paragraph: Element) -> bool:
        style = paragraph.find(f"{w('pPr')}/{w('pStyle')}")
        outline = paragraph.find(f"{w('pPr')}/{w('outlineLvl')}")
        return outline is not None or (style is not None and style.get(w("val")) in self._heading_styles)

    def _fault(self, tag: str, where: Where, *problems: Problem) -> None:
        for problem in problems:
            self.findings.append(
                Finding(
                    f"template.{problem.code}",
                    Severity.ERROR,
                    file=self._file,
                    params={"tag": tag, **where.params(), **problem.params},
                )
            )


_HOLDERS = frozenset(
    w(name) for name in ("tbl", "tr", "tc", "sdt", "sdtContent", "footnote", "endnote", "hdr", "ftr")
)


def _closed(block: _Block) -> Node:
    if block.kind == "for":
        if block.loop is None:
            return Branches((), block.where)
        return Loop(block.loop, block.where, block.children)
    return Branches([*block.branches, (block.condition, block.children)], block.where)


def _unmatched(word: str) -> dict[str, str]:
    if word in ("elif", "else", "endif"):
        return reason_params("unopened", word=word, start="if")
    if word == "endfor":
        return reason_params("unopened", word=word, start="for")
    return reason_params("unknown_block", word=word)


def _lenient(text: str, scope: Mapping[str, Kind]) -> Mapping[str, Kind]:
    """The scope of a faulty ``for``: its variable may be anything."""
    words = text.split()
    extra = {words[1]: Kind("unknown")} if len(words) > 1 and words[0] == "for" else {}
    return {**scope, **extra, "loop": Kind("loop")}


def _statement(text: str) -> str | None:
    """The inside of a block tag where ``text`` is nothing but one, else ``None``."""
    text = text.strip()
    match = _TAG.fullmatch(text)
    if not match or not text.startswith("{%") or len(_TAG.findall(text)) != 1:
        return None
    return re.sub(r"\s+", " ", text[2:-2].strip().strip("-").strip())


def _is_comment(text: str) -> bool:
    """True where ``text`` is nothing but one comment, which leaves no empty line."""
    return text.strip().startswith("{#") and _TAG.fullmatch(text.strip()) is not None


def _may_go(paragraph: Element) -> bool:
    """True where the document stays valid and whole without ``paragraph``."""
    parent = paragraph.getparent()  # a cell gets its last paragraph back
    return parent is not None and parent.tag in (w("body"), w("tc")) and not _baggage(paragraph)


def _baggage(paragraph: Element) -> str:
    """The reason why a paragraph must not vanish: it carries more than text; empty where it may."""
    if paragraph.find(f"{w('pPr')}/{w('sectPr')}") is not None:
        return "carries_section_break"
    if any(mark.get(w("type")) in ("page", "column") for mark in paragraph.iter(w("br"))):
        return "carries_page_break"
    if any(True for _ in paragraph.iter(w("drawing"), w("pict"), w("object"))):
        return "carries_picture"
    return ""


def _nested(paragraph: Element) -> Iterable[Element]:
    """The paragraphs of text boxes inside a paragraph."""
    return [item for item in paragraph.iter(w("p")) if item is not paragraph]


def _heading_styles(document: DocxDocument) -> frozenset[str]:
    """The ids of the styles that make a heading: by name, or by the outline level they set."""
    return frozenset(
        style.style_id
        for style in document.styles
        if style.style_id
        and (
            _HEADING.match(style.name or "")
            or style.element.find(f"{w('pPr')}/{w('outlineLvl')}") is not None
        )
    )
