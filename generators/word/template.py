"""Compile ``report.docx``: find the tags, build the tree of blocks, locate every error at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from docx.document import Document as DocxDocument

from generators.model import Definition, Finding, Result, Severity
from generators.text import near, shorten
from generators.word import oxml
from generators.word.checks import PRINTABLE, Kind, Problem
from generators.word.documents import open_document, other_texts, text_roots
from generators.word.expressions import Compiler, Expression, ForTag, TagError
from generators.word.figures import reason_params
from generators.word.layout import style_name, styles_of
from generators.word.oxml import Element, paragraph_text, w
from generators.word.ranges import MARKS
from generators.word.reading import BODY_LEVEL
from generators.word.surroundings import (
    FALLBACK,
    control_hindrance,
    unbind_controls,
    unprinted_texts,
)
from generators.word.tags import MAX_BLOCKS, MAX_TAGS, tag_spans, without_tags
from generators.word.tree import (
    ANCHOR,
    Anchor,
    Branches,
    CompiledPart,
    Container,
    Loop,
    Node,
    Paragraph,
    Static,
    Tag,
    Template,
    Where,
)

TEMPLATE_FILE = "report.docx"
_FULL_WIDTH = re.compile(r"｛[｛{%％]|\{[｛％]|[｝}%％]｝|[｝％]\}")
"""Braces as a Chinese keyboard types them: meant as a tag, but none."""
_OPENING = re.compile(r"\{\{|\{%|\{#|#\}|%\}|\}\}")
_SHOWN_TAG, _SHOWN_TEXT = 120, 200
"""Characters of a tag and of its paragraph that a finding quotes at the most."""
_HEADING = re.compile(r"(?i)(heading|标题)\s*\d")


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
    with part, nearest heading, paragraph and tag. ``file`` is the name that findings carry. Warnings
    say what prints otherwise than elsewhere.
    """
    opened = open_document(data, file)
    if opened.value is None:
        return Result(None, opened.findings)
    document = opened.value
    builder = _Builder(Compiler(definition), file, _heading_styles(document))
    parts = [
        CompiledPart(name, builder.part(name, kind, root)) for name, kind, root in text_roots(document)
    ]
    builder.others(other_texts(document))
    findings = tuple(builder.findings)
    if any(item.severity is Severity.ERROR for item in findings):
        return Result(None, findings)
    return Result(Template(data, parts), findings)


class _Builder:
    """Builds the trees of a template's parts, collecting findings."""

    def __init__(self, compiler: Compiler, file: str, heading_styles: frozenset[str]) -> None:
        self._compiler = compiler
        self._file = file
        self._heading_styles = heading_styles
        self._marks = 0
        self._name = ""
        self._part = ""
        self._heading = ""
        self._in_copy = False
        self._numbers: dict[Element, int] = {}
        self.findings: list[Finding] = []

    def part(self, name: str, kind: str, root: Element) -> Container:
        """The tree of one part."""
        self._name, self._part, self._heading = name, kind, ""
        self._numbers = {paragraph: number for number, paragraph in enumerate(root.iter(w("p")))}
        return self._container(root, {})

    def others(self, texts: Iterable[tuple[str, str]]) -> None:
        """Tell the tags in texts that stand in no paragraph of the document."""
        for reason, text in texts:
            for tag in _printed(text):
                self._fault(tag, Where("document", "", tag), Problem("place", reason_params(reason)))

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
            statement = _statement(text)
            if statement is not None:
                self._alone(statement, child, [child], stack)
                return
            if _is_comment(text) and _may_go(child):
                stack[-1].children += [Static(mark) for mark in child.iter(*MARKS)]
                return
            where = Where(self._part, self._heading, text.strip())
            stack[-1].children.append(self._paragraph(child, where, scope))
            if text.strip() and self._is_heading(child):
                self._heading = text.strip()
        elif child.tag == w("tr"):
            paragraphs = list(child.iter(w("p")))
            statement = _statement("".join(paragraph_text(item) for item in paragraphs))
            if statement is not None:
                own = next(item for item in paragraphs if paragraph_text(item).strip())
                self._alone(statement, own, paragraphs, stack)
            else:
                stack[-1].children.append(self._container(child, scope))
        elif child.tag in _HOLDERS:
            stack[-1].children.append(self._container(child, scope))
        else:
            stack[-1].children.append(Static(child))

    def _alone(self, statement: str, own: Element, gone: Sequence[Element], stack: list[_Block]) -> None:
        """A block tag in the paragraph ``own``; ``gone`` are all the paragraphs that vanish with it."""
        text = paragraph_text(own)
        tag = text.strip()
        start = text.index(tag)
        where = self._where(own, Where(self._part, self._heading, tag), start, start + len(tag))
        for baggage in sorted({reason for item in gone if (reason := _baggage(item))}):
            self._fault(tag, where, Problem("block", reason_params(baggage)))
        outside = stack[-2 if len(stack) > 1 and not statement.startswith(("for", "if")) else -1]
        kept = [mark for item in gone for mark in item.iter(*MARKS)]
        if statement.startswith("end"):
            self._statement(statement, tag, where, stack)
        outside.children += [Static(mark) for mark in kept]
        if not statement.startswith("end"):
            self._statement(statement, tag, where, stack)

    def _paragraph(self, element: Element, where: Where, scope: Mapping[str, Kind]) -> Node:
        tags: dict[str, Tag | None] = {}
        for paragraph in [element, *_nested(element)]:
            self._in_copy = next(paragraph.iterancestors(FALLBACK), None) is not None
            text = paragraph_text(paragraph)
            place = where if paragraph is element else Where(where.part, where.heading, text.strip())
            spans = tag_spans(text)
            outside = without_tags(text, spans)
            wide = _FULL_WIDTH.search(outside)
            if stray := wide or _OPENING.search(outside):
                reason = "full_width_braces" if wide else "crosses_paragraphs"
                spot = self._where(paragraph, place, *stray.span())
                self._fault(stray[0], spot, Problem("syntax", reason_params(reason)))
            if len(spans) > MAX_TAGS:
                first, last = spans[0][0], spans[-1][1]
                whole = self._where(paragraph, place, first, last)
                many = reason_params("too_many_tags", limit=str(MAX_TAGS))
                self._fault(text[first : spans[0][1]], whole, Problem("syntax", many))
                continue
            in_box = paragraph is not element
            marks = [
                self._inline(
                    text[start:end], self._where(paragraph, place, start, end), scope, tags, in_box
                )
                for start, end in spans
            ]
            for (start, end), mark in reversed(list(zip(spans, marks, strict=True))):
                oxml.isolate(paragraph, start, end, mark)
        self._in_copy = False
        whole = self._where(element, where, 0, len(paragraph_text(element)))
        for reason, text in unprinted_texts(element):
            for lost in _printed(text):
                self._fault(lost, whole, Problem("place", reason_params(reason)))
        if not tags:
            return Static(element)
        for mark, tag in tags.items():
            if tag is not None:
                tags[mark] = self._settled(tag, oxml.marked_run(element, mark))
        oxml.drop_empty_runs(element)
        return Paragraph(element, tags)

    def _settled(self, tag: Tag, run: Element | None) -> Tag:
        """The tag as it is printed where ``run`` stands; what is unusual about the place is told."""
        if run is None:
            return tag
        hindrance = control_hindrance(run)
        if unbind_controls(run) and hindrance != "fallback":
            self._warn("unbound", tag)
        if hindrance not in ("", "fallback") and tag.expression.kind.what != "text":
            self._warn("plain", tag, **reason_params(hindrance))
        return replace(tag, plain=bool(hindrance))

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

    def _where(self, paragraph: Element, place: Where, start: int, end: int) -> Where:
        """``place``, narrowed to characters of a paragraph."""
        return replace(place, anchor=Anchor(self._name, self._numbers[paragraph], start, end))

    def _statement(self, text: str, tag: str, where: Where, stack: list[_Block]) -> None:
        """A block tag that stands in a paragraph or row of its own."""
        word, _, rest = text.partition(" ")
        block = stack[-1]
        try:
            if word in ("for", "if") and len(stack) == MAX_BLOCKS + 1:
                self._fault(tag, where, Problem("block", reason_params("nested", limit=str(MAX_BLOCKS))))
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
            elif meant := _meant_block(word):
                params = {**reason_params("unknown_block", word=word), "near": meant}
                self._fault(tag, where, Problem("block", params))
                if meant in ("for", "if"):  # keep the pairs right, so that only this tag is reported
                    stack.append(_Block(meant, tag, where, scope=_lenient(text, block.scope)))
                elif meant == f"end{block.kind}":
                    stack.pop()
            else:
                self._fault(tag, where, Problem("block", _unmatched(word)))
        except TagError as error:
            self._fault(tag, where, *error.problems)
            if word in ("for", "if"):  # keep the pairs right, so that only this tag is reported
                stack.append(_Block(word, tag, where, scope=_lenient(text, block.scope)))

    def _is_heading(self, paragraph: Element) -> bool:
        style = paragraph.find(f"{w('pPr')}/{w('pStyle')}")
        outline = paragraph.find(f"{w('pPr')}/{w('outlineLvl')}")
        if outline is not None:
            return outline.get(w("val")) != BODY_LEVEL
        return style is not None and style.get(w("val")) in self._heading_styles

    def _warn(self, code: str, tag: Tag, **params: str) -> None:
        told = {"tag": tag.expression.tag, **tag.where.params(), **params}
        self.findings.append(Finding(f"template.{code}", Severity.WARNING, file=self._file, params=told))

    def _fault(self, tag: str, where: Where, *problems: Problem) -> None:
        for problem in problems:
            params = {"tag": tag, **where.params(), **problem.params}
            for name, most in (("tag", _SHOWN_TAG), ("paragraph", _SHOWN_TEXT), ("name", _SHOWN_TAG)):
                if len(params.get(name, "")) > most:
                    params[name] = shorten(params[name], most)
            finding = Finding(f"template.{problem.code}", Severity.ERROR, file=self._file, params=params)
            if not (self._in_copy and any(_same(finding, item) for item in self.findings)):
                self.findings.append(finding)


_BLOCK_WORDS = ("for", "if", "elif", "else", "endfor", "endif")
_HOLDERS = frozenset(
    [w(name) for name in ("tbl", "tr", "tc", "sdt", "sdtContent", "customXml", "footnote", "endnote")]
    + [f"{{{oxml.MC}}}{name}" for name in ("AlternateContent", "Choice", "Fallback")]
)
"""Elements that hold paragraphs and tables besides the body and the roots of other parts."""


def _printed(text: str) -> Iterable[str]:
    """The tags of ``text``, each once, that leave something unprinted where they cannot be."""
    return dict.fromkeys(text[start:end] for start, end in tag_spans(text, "{%"))


def _same(finding: Finding, other: Finding) -> bool:
    """Whether two findings say the same, of a text box and of its copy for old programs."""
    first, second = ({**item.params, ANCHOR: ""} for item in (finding, other))
    return finding.code == other.code and first == second


def _closed(block: _Block) -> Node:
    if block.kind == "for":
        if block.loop is None:
            return Branches((), block.where)
        return Loop(block.loop, block.where, block.children)
    return Branches([*block.branches, (block.condition, block.children)], block.where)


def _meant_block(word: str) -> str:
    """The word of the language that was probably meant; empty for one that it has."""
    return "" if word in _BLOCK_WORDS else near(word, _BLOCK_WORDS)


def _unmatched(word: str) -> dict[str, str]:
    if word in ("elif", "else", "endif"):
        return reason_params("unopened", word=word, start="if")
    if word == "endfor":
        return reason_params("unopened", word=word, start="for")
    return reason_params("unknown_block", word=word)


def _lenient(text: str, scope: Mapping[str, Kind]) -> Mapping[str, Kind]:
    """The scope of a faulty ``for``: its variable may be anything."""
    words = text.split()
    extra = {words[1]: Kind("unknown")} if "in" in words[2:] else {}
    return {**scope, **extra, "loop": Kind("loop")}


def _statement(text: str) -> str | None:
    """The inside of a block tag where ``text`` is nothing but one, else ``None``."""
    text = text.strip()
    if not (text.startswith("{%") and text.endswith("%}") and len(text) > len("{%}")):
        return None
    if len(tag_spans(text)) != 1:
        return None
    return re.sub(r"\s+", " ", text[2:-2].strip().strip("-").strip())


def _is_comment(text: str) -> bool:
    """True where ``text`` is nothing but one comment, which leaves no empty line."""
    text = text.strip()
    return text.startswith("{#") and text.endswith("#}") and len(text) > len("{#}")


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
        str(style.get(w("styleId")))
        for style in styles_of(document)
        if _HEADING.match(style_name(style)) or _outlined(style)
    )


def _outlined(style: Element) -> bool:
    outline = style.find(f"{w('pPr')}/{w('outlineLvl')}")
    return outline is not None and outline.get(w("val")) != BODY_LEVEL
