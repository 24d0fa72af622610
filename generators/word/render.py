"""Template + dataset → the document's bytes, with every printed figure and what was missing."""

from __future__ import annotations

import copy
import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from docx.document import Document as DocxDocument
from docx.opc.part import Part, XmlPart
from lxml import etree

from generators.merge import Dataset
from generators.model import Definition, Finding, Result, Severity
from generators.package import stable_package
from generators.word import oxml
from generators.word.context import build_context
from generators.word.expressions import Expression
from generators.word.figures import EvaluationError, Piece, Source
from generators.word.filters import iterable, pieces_of
from generators.word.layout import apply_fonts
from generators.word.listings import LoopView
from generators.word.oxml import Element, w
from generators.word.template import (
    Branches,
    Container,
    Loop,
    Node,
    Paragraph,
    Static,
    Tag,
    Template,
    Where,
    open_document,
    part_root,
    story_parts,
)

MISSING_HIGHLIGHT = "yellow"
UNDATED = dt.datetime(2000, 1, 1)
"""The date that an undated report's properties carry: equal input must give equal bytes."""


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
    """A rendered report: the bytes of the .docx and its figures in reading order."""

    data: bytes
    occurrences: tuple[Occurrence, ...]


def render(template: Template, dataset: Dataset, file: str) -> Result[Report]:
    """Print ``dataset`` through ``template``.

    A missing figure prints as a highlighted ``【缺：…】`` and is a warning. A tag that cannot be
    evaluated is an error; then the value is ``None`` and all such tags are among the findings,
    which carry ``file``, the template's name.
    """
    document = open_document(template.data)
    assert document is not None, "the template was opened when it was compiled"
    renderer = _Renderer(build_context(dataset), file)
    parts = {str(part.partname): part for part in story_parts(document)}
    roots = []
    for compiled in template.parts:
        part = parts[compiled.name]
        root = _render_part(renderer, compiled.root, part)
        roots.append(root)
        if not isinstance(part, XmlPart):
            part._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    if renderer.findings:
        return Result(None, tuple(renderer.findings))
    oxml.make_ids_unique(roots)
    apply_fonts(document, dataset.definition.settings.fonts)
    _pin_properties(document, dataset)
    buffer = io.BytesIO()
    document.save(buffer)
    report = Report(stable_package(buffer.getvalue()), tuple(renderer.occurrences))
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
    return root


class _Renderer:
    """Walks the compiled tree; collects occurrences and the tags that failed."""

    def __init__(self, context: Mapping[str, object], file: str) -> None:
        self._context = context
        self._file = file
        self.occurrences: list[Occurrence] = []
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
            elif isinstance(node, Loop):
                made += self._loop(node, scope)
            else:
                made += self._branches(node, scope)
        return made

    def _container(self, node: Container, scope: Mapping[str, object]) -> list[Element]:
        shell = copy.copy(node.element)
        for child in list(shell):
            shell.remove(child)
        shell.extend(self.nodes(node.children, scope))
        if shell.tag == w("tbl") and shell.find(w("tr")) is None:
            return []  # a table without rows is not valid
        if shell.tag == w("tr") and shell.find(w("tc")) is None:
            return []
        if shell.tag == w("tc") and (len(shell) == 0 or shell[-1].tag != w("p")):
            etree.SubElement(shell, w("p"))  # a cell ends in a paragraph
        return [shell]

    def _loop(self, node: Loop, scope: Mapping[str, object]) -> list[Element]:
        try:
            items = list(iterable(self._value(node.tag.items, scope)))
        except EvaluationError as error:
            self._fail(node.tag.items.tag, node.where, error)
            return []
        made: list[Element] = []
        for index, item in enumerate(items, 1):
            inner = {**scope, node.tag.name: item, "loop": LoopView(index, len(items))}
            made += self.nodes(node.children, inner)
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
            oxml.replace_element(run, _runs(run.find(w("rPr")), pieces))
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

    def _value(self, expression: Expression, scope: Mapping[str, object]) -> object:
        return expression.value({**self._context, **scope})

    def _fail(self, tag: str, where: Where, error: EvaluationError) -> None:
        params = {"tag": tag, **where.params(), **error.params}
        finding = Finding("template.value", Severity.ERROR, file=self._file, params=params)
        if finding not in self.findings:
            self.findings.append(finding)


def _runs(properties: Element | None, pieces: Sequence[Piece]) -> list[Element]:
    """The runs that print ``pieces``, formatted as the tag was; lines become paragraphs."""
    runs: list[Element] = []
    for piece in pieces:
        highlight = MISSING_HIGHLIGHT if piece.missing else ""
        for number, line in enumerate(piece.text.split("\n")):
            if number:
                runs.append(oxml.break_mark())
            if line:
                runs.append(oxml.make_run(properties, line, highlight=highlight))
    return runs


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
