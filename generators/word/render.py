"""Template + dataset → the document's bytes, with every printed figure and what was missing."""

from __future__ import annotations

import copy
import datetime as dt
import hashlib
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from docx.document import Document as DocxDocument
from docx.opc.part import Part, XmlPart
from lxml import etree

from generators.merge import Dataset
from generators.model import (
    Definition,
    Finding,
    Link,
    Manifest,
    PrintedBlock,
    PrintedFigure,
    PrintedGroup,
    Result,
    Severity,
)
from generators.package import stable_package
from generators.word import oxml
from generators.word.context import build_context
from generators.word.controls import alias_of, block_of, bookmark_of, tag_of
from generators.word.documents import open_document, part_root, story_parts
from generators.word.expressions import Expression
from generators.word.figures import EvaluationError, Piece, Source
from generators.word.filters import iterable, pieces_of
from generators.word.layout import apply_fonts
from generators.word.listings import LoopView
from generators.word.oxml import Element, w
from generators.word.properties import UNDATED, properties_of, with_properties
from generators.word.ranges import pair_ranges, repeat_notes
from generators.word.reading import Look, block_looks, read_document
from generators.word.tags import MAX_LOOPED
from generators.word.tree import (
    Branches,
    Container,
    Loop,
    Node,
    Paragraph,
    Static,
    Tag,
    Template,
    Where,
)
from generators.word.views import View

MISSING_HIGHLIGHT = "yellow"


@dataclass(frozen=True)
class Occurrence:
    """One printed figure, in reading order: its text, the tag that printed it and its sources."""

    text: str
    tag: str
    where: Where
    sources: tuple[Source, ...]
    missing: bool
    contradicted_by: int | None = None


@dataclass(frozen=True)
class Report:
    """A rendered report: the bytes of the .docx, its figures in reading order, and its manifest."""

    data: bytes
    occurrences: tuple[Occurrence, ...]
    manifest: Manifest


def render(template: Template, dataset: Dataset, file: str) -> Result[Report]:
    """Print ``dataset`` through ``template``.

    A missing figure prints as a highlighted ``【缺：…】`` and is a warning. A tag that cannot be
    evaluated is an error; then the value is ``None`` and all such tags are among the findings,
    which carry ``file``, the template's name.
    """
    document = open_document(template.data).value
    assert document is not None, "the template was opened when it was compiled"
    renderer = _Renderer(build_context(dataset), file, dataset.definition)
    parts = {str(part.partname): part for part in story_parts(document)}
    roots: dict[Part, Element] = {}
    for compiled in template.parts:
        part = parts[compiled.name]
        renderer.part = compiled.name.lstrip("/")
        roots[part] = _render_part(renderer, compiled.root, part)
    if renderer.findings:
        return Result(None, tuple(renderer.findings))
    _mend_copies(document.part, roots)
    apply_fonts(document, dataset.definition.settings.fonts)
    _pin_properties(document, dataset)
    buffer = io.BytesIO()
    document.save(buffer)
    manifest = _manifest(renderer, template, dataset, buffer.getvalue())
    data = with_properties(buffer.getvalue(), properties_of(manifest))
    report = Report(stable_package(data), tuple(renderer.occurrences), manifest)
    missing = _missing_findings(report.occurrences, dataset.definition)
    return Result(report, (*missing, *_contradictions(report.occurrences)))


def _render_part(renderer: _Renderer, container: Container, part: Part) -> Element:
    root = part_root(part)
    target = root.find(w("body")) if root.tag == w("document") else root
    assert target is not None
    for child in list(target):
        target.remove(child)
    for element in renderer.nodes(container.children, {}):
        target.append(element)
    oxml.complete(target)
    return root


def _mend_copies(body: Part, roots: Mapping[Part, Element]) -> None:
    """Make valid again what blocks copied or left out, and put every part's XML into the part."""
    for root in roots.values():
        for kind in ("footnote", "endnote"):
            if root.tag == w(f"{kind}s"):
                repeat_notes(roots[body], root, kind)
    for root in roots.values():
        pair_ranges(root)
    oxml.make_ids_unique(roots.values())
    for part, root in roots.items():
        if not isinstance(part, XmlPart):
            part._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


_CONTENT = {
    w("tbl"): (w("tr"),),
    w("tr"): (w("tc"),),
    w("sdt"): (w("p"), w("tbl"), w("tr"), w("tc")),
    w("customXml"): (w("p"), w("tbl"), w("tr"), w("tc")),
}
"""What an element must hold, at whatever depth, to be printed."""


def _holds(element: Element, tags: Sequence[str]) -> bool:
    return next(element.iter(*tags), None) is not None


class _Renderer:
    """Walks the compiled tree; collects occurrences and the tags that failed."""

    def __init__(self, context: Mapping[str, object], file: str, definition: Definition) -> None:
        self._context = context
        self._file = file
        self._departments = {item.code: item.name for item in definition.departments}
        self._names: Counter[str] = Counter()
        self._block_name = ""
        self._keys: list[str] = []
        self._waiting: list[str] = []
        self._looped = 0
        self.part = ""
        self.occurrences: list[Occurrence] = []
        self.figures: list[PrintedFigure] = []
        self.groups: list[PrintedGroup] = []
        self.blocks: list[PrintedBlock] = []
        self.findings: list[Finding] = []

    def nodes(self, nodes: Sequence[Node], scope: Mapping[str, object]) -> list[Element]:
        """The elements that ``nodes`` print as, under the loop variables in ``scope``."""
        made: list[Element] = []
        for node in nodes:
            if isinstance(node, Static):
                made.append(copy.deepcopy(node.element))
            elif isinstance(node, Paragraph):
                made += self._paragraph(node, scope)
            elif isinstance(node, Container):
                made += self._container(node, scope)
            else:
                made += self._block(node, scope, made)
            self._place_waiting(made)
        return made

    def _block(
        self, node: Loop | Branches, scope: Mapping[str, object], before: Sequence[Element]
    ) -> list[Element]:
        """What a block prints; an outermost one is spanned by a bookmark.

        One that prints nothing leaves its bookmark at the end of what stands before it, or else at
        the beginning of what comes next.
        """
        if self._block_name:
            return self._inner(node, scope)
        tag = node.tag.items.tag if isinstance(node, Loop) else _condition(node)
        self._names[f"{self.part}|{tag}"] += 1
        name = block_of(self.part, tag, self._names[f"{self.part}|{tag}"])
        self._block_name = name
        made = self._inner(node, scope)
        self._block_name = ""
        kinds = tuple(oxml.local_name(element) for element in made)
        block = PrintedBlock(name, tag, self.part, kinds)
        if not oxml.span(made, name):
            holder = oxml.mark_end(before, name)
            block = replace(block, kinds=(), anchor=f"after {holder}" if holder else "")
            if not holder:
                self._waiting.append(name)
        self.blocks.append(block)
        return made

    def _place_waiting(self, made: Sequence[Element]) -> None:
        """Put the bookmarks of empty blocks that nothing came before where something has come now."""
        for name in list(self._waiting):
            holder = oxml.mark_start(made, name)
            if holder:
                self._waiting.remove(name)
                place = next(at for at, item in enumerate(self.blocks) if item.name == name)
                self.blocks[place] = replace(self.blocks[place], anchor=f"before {holder}")

    def _container(self, node: Container, scope: Mapping[str, object]) -> list[Element]:
        shell = copy.copy(node.element)
        for child in list(shell):
            shell.remove(child)
        shell.extend(self.nodes(node.children, scope))
        content = _CONTENT.get(str(shell.tag), ())
        if content and _holds(node.element, content) and not _holds(shell, content):
            return []  # a table without rows is not valid, nor is a control around nothing
        oxml.complete(shell)
        return [shell]

    def _inner(self, node: Loop | Branches, scope: Mapping[str, object]) -> list[Element]:
        return self._loop(node, scope) if isinstance(node, Loop) else self._branches(node, scope)

    def _loop(self, node: Loop, scope: Mapping[str, object]) -> list[Element]:
        try:
            items = list(iterable(self._value(node.tag.items, scope)))
        except EvaluationError as error:
            self._fail(node.tag.items.tag, node.where, error)
            return []
        more = len(items) * len(node.children)
        self._looped += more
        if self._looped > MAX_LOOPED:
            if self._looped - more <= MAX_LOOPED:  # told once: what follows is cut short by it
                too_many = EvaluationError("too_many_looped", limit=str(MAX_LOOPED))
                self._fail(node.tag.items.tag, node.where, too_many)
            return []
        made: list[Element] = []
        keys: Counter[str] = Counter()
        for index, item in enumerate(items, 1):
            inner = {**scope, node.tag.name: item, "loop": LoopView(index, len(items))}
            key = item.key if isinstance(item, View) else str(item)
            keys[key] += 1
            self._keys.append(f"{key}#{keys[key]}" if keys[key] > 1 else key)
            made += self.nodes(node.children, inner)
            self._keys.pop()
        return made

    def _branches(self, node: Branches, scope: Mapping[str, object]) -> list[Element]:
        for condition, children in node.branches:
            try:
                holds = condition is None or bool(self._value(condition, scope))
            except EvaluationError as error:
                assert condition is not None
                self._fail(condition.tag, node.where, error)
                return []
            if holds:
                return self.nodes(children, scope)
        return []

    def _paragraph(self, node: Paragraph, scope: Mapping[str, object]) -> list[Element]:
        element = copy.deepcopy(node.element)
        for run in [item for item in element.iter(w("r")) if item.get(oxml.TAG_MARK)]:
            tag = node.tags.get(run.get(oxml.TAG_MARK) or "")
            pieces = self._evaluate(tag, scope) if tag else []
            printed = self._print(tag, pieces, run.find(w("rPr"))) if tag else []
            oxml.replace_element(run, printed)
        return oxml.split_at_breaks(element)

    def _evaluate(self, tag: Tag, scope: Mapping[str, object]) -> list[Piece]:
        try:
            value = self._value(tag.expression, scope)
            pieces = pieces_of(value)
        except EvaluationError as error:
            self._fail(tag.expression.tag, tag.where, error)
            return []
        self.occurrences += [
            Occurrence(
                piece.text,
                tag.expression.tag,
                tag.where,
                piece.sources,
                piece.missing,
                piece.contradicted_by,
            )
            for piece in pieces
            if piece.sources
        ]
        return pieces

    def _print(self, tag: Tag, pieces: Sequence[Piece], properties: Element | None) -> list[Element]:
        """The elements that print ``pieces``, formatted as the tag was; lines become paragraphs.

        What stands on reported figures sits in a control of its own, line by line.
        """
        elements: list[Element] = []
        texts: list[str] = []
        bookmarks: list[str] = []
        place = "/".join((f"{self.part}#{tag.number}", *self._keys))
        for piece in pieces:
            highlight = MISSING_HIGHLIGHT if piece.missing else ""
            for number, line in enumerate(piece.text.split("\n"), 1):
                if number > 1:
                    elements.append(oxml.break_mark())
                if not line:
                    continue
                run = oxml.make_run(properties, line, highlight=highlight)
                texts.append(oxml.clean_text(line))
                if not piece.sources or tag.plain:
                    bookmarks.append("")
                    elements.append(run)
                    continue
                name = bookmark_of(place, 1 + sum(map(bool, bookmarks)))
                bookmarks.append(name)
                figure = self._figure(tag, piece, texts[-1], number, name)
                self.figures.append(figure)
                control = oxml.make_control(figure.tag, figure.alias, [run])
                elements += oxml.bookmarked(figure.bookmark, [control])
        if texts:
            group = PrintedGroup(place, _inside(tag), tuple(texts), tuple(bookmarks), self._block_name)
            self.groups.append(group)
        return elements

    def _figure(self, tag: Tag, piece: Piece, text: str, line: int, bookmark: str) -> PrintedFigure:
        links = tuple(_link(source) for source in piece.sources)
        expression = _inside(tag)
        return PrintedFigure(
            tag_of(links, expression, line),
            bookmark,
            alias_of(links, self._departments),
            text,
            expression,
            len(self.groups),
            links,
            piece.value,
            piece.decimals,
            piece.missing,
            self.part,
            tag.where.heading,
        )

    def _value(self, expression: Expression, scope: Mapping[str, object]) -> object:
        return expression.value({**self._context, **scope})

    def _fail(self, tag: str, where: Where, error: EvaluationError) -> None:
        params = {"tag": tag, **where.params(), **error.params}
        finding = Finding("template.value", Severity.ERROR, file=self._file, params=params)
        if finding not in self.findings:
            self.findings.append(finding)


def _inside(tag: Tag) -> str:
    """The expression as it was typed, without braces."""
    return tag.expression.tag.strip("{}").strip()


def _condition(node: Branches) -> str:
    return next((item.tag for item, _ in node.branches if item is not None), "if")


def _link(source: Source) -> Link:
    origin = source.provenance
    if origin is None:
        return Link(source.figure, source.label, source.owner, source.value)
    return Link(
        source.figure,
        source.label,
        origin.department,
        source.value,
        origin.sha256,
        origin.file,
        origin.sheet,
        origin.cell,
        origin.vintage,
    )


def _manifest(renderer: _Renderer, template: Template, dataset: Dataset, data: bytes) -> Manifest:
    """What was printed, with the heading above it and what each block looks like in the document."""
    looks = block_looks(data)
    document = read_document(data)
    headings = {
        span.control.bookmark: text.heading
        for text in (document.texts if document else ())
        for span in text.spans
        if span.control is not None
    }
    return Manifest(
        *dataset.definition.key,
        hashlib.sha256(template.data).hexdigest(),
        tuple(
            replace(item, heading=headings.get(item.bookmark, item.heading)) for item in renderer.figures
        ),
        tuple(renderer.groups),
        tuple(_with_look(block, looks.get(block.name)) for block in renderer.blocks),
    )


def _with_look(block: PrintedBlock, look: Look | None) -> PrintedBlock:
    if look is None:
        return block
    return replace(block, fingerprint=look.whole, shape=look.shape, layout=look.layout)


def _missing_findings(occurrences: Sequence[Occurrence], definition: Definition) -> tuple[Finding, ...]:
    """One warning for each figure that the report uses and nobody reported."""
    lacking = {
        source.figure: source
        for occurrence in occurrences
        if occurrence.missing
        for source in occurrence.sources
        if source.value is None
    }
    return tuple(
        Finding(
            "missing.figure",
            Severity.WARNING,
            department=source.owner,
            params={
                "item": source.label,
                "department": definition.department_name(source.owner),
            },
        )
        for source in lacking.values()
    )


def _contradictions(occurrences: Sequence[Occurrence]) -> tuple[Finding, ...]:
    """One warning for each printed total that is smaller than the list it stands behind."""
    found = []
    for occurrence in occurrences:
        if occurrence.contradicted_by is None:
            continue
        source = occurrence.sources[0] if occurrence.sources else None
        origin = source.provenance if source else None
        finding = Finding(
            "merge.total",
            Severity.WARNING,
            department=source.owner if source else "",
            file=origin.file if origin else "",
            sheet=origin.sheet if origin else "",
            cell=origin.cell if origin else "",
            params={
                "item": source.label if source else occurrence.tag,
                "total": occurrence.text,
                "count": str(occurrence.contradicted_by),
            },
        )
        found.append(finding)
    return tuple(found)


def _pin_properties(document: DocxDocument, dataset: Dataset) -> None:
    settings = dataset.definition.settings
    moment = dt.datetime.combine(settings.date, dt.time()) if settings.date else UNDATED
    properties = document.core_properties
    properties.title = "".join(settings.title) or settings.name
    properties.author = settings.organisation
    properties.last_modified_by = ""
    properties.revision = 1
    properties.created = properties.modified = moment
