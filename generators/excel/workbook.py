"""The bytes of an .xlsx workbook → its sheets. Read are the parts that cells need, and no other.

Names, print areas, comments, drawings, pivots, themes and all of a style but its number format are
passed over, whatever they hold. One parser counts and reads (:mod:`generators.excel.markup`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache

from generators.excel.formulas import calls_program
from generators.excel.grid import Sheet, Workbook
from generators.excel.guard import content_problem, is_plain_document, open_guarded, refusal
from generators.excel.markup import Bounds, HeardEnoughError, UnreadableError, listen, parse, text_of
from generators.excel.parts import ROOT, Parts, Relation, first_of
from generators.excel.pictures import rich_pictures
from generators.excel.sheets import Surroundings, Texts, read_sheet
from generators.excel.styles import read_styles
from generators.excel.values import EPOCH_1900, EPOCH_1904, clean
from generators.model import Finding, Result, Severity
from generators.names import printable
from generators.support.own_thread import in_own_thread
from generators.text import shorten

CELL_TEXT = 32_767
"""Characters a cell (Excel specifications and limits)."""
MAX_SHEETS = 255

_MACROS = frozenset(["vbaproject", "xlmacrosheet", "xlintlmacrosheet"])
_CONTROLS = frozenset(["control", "activexcontrolbinary"])
_OBJECTS = frozenset(["oleobject", "package"])
_CONNECTIONS = frozenset(["connections", "querytable"])
_LINK_FOLDER, _CONNECTION_PARTS = "xl/externallinks/", ("xl/connections.xml", "xl/querytables/")
_CALLING = frozenset(["ddeLink", "oleLink"])
_NOT_CELLS = frozenset(["chartsheet", "dialogsheet"])
"""Kinds of sheets that have no cells."""
_LONGEST_NAME = 255
"""Characters of a sheet's name: Excel takes 31, other programs more."""
_TRUE = frozenset(["1", "true", "on"])
_CORE, _CUSTOM = "docProps/core.xml", "docProps/custom.xml"
_MODIFIED = "{http://purl.org/dc/terms/}modified"


@dataclass
class _Outline:
    """What the part of the workbook says of its sheets: name, relationship and state of each."""

    sheets: list[tuple[str, str, str]] = field(default_factory=list)
    epoch_1904: bool = False
    calculated_on_load: bool = False


def read_workbook(data: bytes, file: str) -> Result[Workbook]:
    """Read an .xlsx workbook from its bytes; ``file`` is the name that findings carry.

    The value is ``None`` where the file cannot be read; the one finding then says why. Else the
    findings are warnings of what was not read. Never raises.
    """
    return in_own_thread(lambda: _read(data, file, None))


def read_only(data: bytes, file: str, sheets: Collection[str]) -> Result[Workbook]:
    """Read no more of an .xlsx workbook than its properties and the ``sheets`` of those names.

    That takes no longer for a large file than for a small one. What else the file holds was not looked
    at: before anything is made of it, :func:`read_workbook` must have read it whole.
    """
    return in_own_thread(lambda: _read(data, file, sheets))


def _read(data: bytes, file: str, only: Collection[str] | None) -> Result[Workbook]:
    opened = open_guarded(data, file)
    if opened.value is None:
        return Result(None, opened.findings)
    beside: set[str] = set()
    with opened.value as archive:
        try:
            if only is None and (problem := content_problem(archive, beside)):
                return Result(None, (refusal(file, *problem),))
            book = _Reader(Parts(archive), file, hashlib.sha256(data).hexdigest(), beside).book(only)
        except UnreadableError as error:
            return Result(None, (_refused(error, file),))
    return checked(Result(book, tuple(_warning(code, file) for code in sorted(beside))))


def _refused(error: UnreadableError, file: str) -> Finding:
    return Finding(
        f"format.{error.code}",
        Severity.ERROR,
        file=file,
        sheet=shorten(printable(error.sheet)),
        cell=error.cell,
        params={name: shorten(printable(text)) for name, text in error.params.items()},
    )


def _warning(code: str, file: str) -> Finding:
    return Finding(f"format.{code}", Severity.WARNING, file=file)


def checked(read: Result[Workbook]) -> Result[Workbook]:
    """What was read, or the finding that a cell of it holds more than any program lets one hold."""
    for sheet in read.value.sheets if read.value else ():
        for cell in sheet.cells.values():
            if read.value and len(cell.raw) > CELL_TEXT:
                limit = UnreadableError("long_text", sheet.name, cell.address, limit=str(CELL_TEXT))
                return Result(None, (_refused(limit, read.value.file),))
    return read


class _Reader:
    """Reads one workbook; what stands in it and is not read is added to ``beside``."""

    def __init__(self, parts: Parts, file: str, sha256: str, beside: set[str]) -> None:
        self._parts, self._file, self._sha256, self._beside = parts, file, sha256, beside
        self._bounds = Bounds()
        root = parts.relations(ROOT)
        self._main = first_of(root, "officedocument") or "xl/workbook.xml"
        self._core = first_of(root, "coreproperties") or _CORE
        self._custom = first_of(root, "customproperties") or _CUSTOM
        self._relations = parts.relations(self._main)
        self._by_id = {relation.id: relation for relation in self._relations}

    def book(self, only: Collection[str] | None) -> Workbook:
        outline = self._outline(whole=only is None)
        if only is None:
            self._look_beside()
        sheets = [item for item in outline.sheets if only is None or item[0] in only]
        around = self._surroundings(outline) if sheets else None
        read = (self._sheet(*item, around) for item in sheets if around is not None)
        return Workbook(
            self._file,
            self._sha256,
            tuple(sheet for sheet in read if sheet is not None),
            self._properties(),
            self._saved_at(),
        )

    # --- the workbook -------------------------------------------------------------------------------

    def _outline(self, *, whole: bool) -> _Outline:
        """The sheets; only for the ``whole`` is it read on to what stands behind them."""
        outline = _Outline()
        part = self._parts.read_small(self._main)
        if whole and b"|" in part:
            self._check_names(part)
        names: set[str] = set()
        inside = False

        def heard(tag: str, attributes: Mapping[str, str]) -> None:
            nonlocal inside
            local = tag.rpartition("}")[2]
            if local == "workbookPr":
                outline.epoch_1904 = attributes.get("date1904", "").lower() in _TRUE
            elif local == "calcPr":
                outline.calculated_on_load = attributes.get("fullCalcOnLoad", "").lower() in _TRUE
            elif local == "sheets":
                inside = True
            elif local == "sheet" and inside:
                name = clean(attributes.get("name", ""))
                if not name or len(name) > _LONGEST_NAME or name.casefold() in names:
                    raise UnreadableError("sheet_names", name[:_LONGEST_NAME])
                names.add(name.casefold())
                if len(names) > MAX_SHEETS:
                    raise UnreadableError("too_many_sheets", limit=str(MAX_SHEETS))
                relation = next((v for k, v in attributes.items() if k.endswith("}id")), "")
                outline.sheets.append((name, relation, attributes.get("state", "visible")))
            elif inside and not whole:
                raise HeardEnoughError

        listen(part, self._main, heard)
        return outline

    def _check_names(self, part: bytes) -> None:
        """Refuse a name that stands for a call of another program."""
        for element in parse(part, self._main, self._bounds).iter("{*}definedName"):
            if calls_program(element.text or ""):
                raise UnreadableError("calls")

    def _look_beside(self) -> None:
        """Refuse what runs or calls, by the relationships of all parts; note what is not read."""
        links = {name for name in self._parts if name.startswith(_LINK_FOLDER) and "/_rels/" not in name}
        for source in self._parts.sources():
            for relation in self._parts.relations(source):
                if relation.kind in _MACROS:
                    raise UnreadableError("macros")
                if relation.kind in _CONTROLS:
                    raise UnreadableError("controls")
                if relation.kind in _OBJECTS:
                    self._check_object(relation)
                elif relation.kind in _CONNECTIONS:
                    self._beside.add("connections")
                elif relation.kind == "externallink" and relation.target:
                    links.add(relation.target)
        if any(name.startswith(_CONNECTION_PARTS) for name in self._parts):
            self._beside.add("connections")
        for name in sorted(links):
            listen(self._parts.read(name), name, _no_call)

    def _check_object(self, relation: Relation) -> None:
        if not relation.target:
            raise UnreadableError("calls")
        if relation.target in self._parts:
            if not is_plain_document(self._parts.read(relation.target)):
                raise UnreadableError("embedded")
            self._beside.add("attachment")

    # --- sheets -------------------------------------------------------------------------------------

    def _surroundings(self, outline: _Outline) -> Surroundings:
        texts, styles = (first_of(self._relations, kind) for kind in ("sharedstrings", "styles"))
        items = parse(self._parts.read(texts), texts, self._bounds) if texts in self._parts else ()
        return Surroundings(
            Texts([item for item in items if item.tag.endswith("}si")]),
            read_styles(self._parts.read(styles), styles) if styles in self._parts else (),
            EPOCH_1904 if outline.epoch_1904 else EPOCH_1900,
            outline.calculated_on_load,
            cache(lambda: rich_pictures(self._parts, self._relations)),
        )

    def _sheet(self, name: str, relation: str, state: str, around: Surroundings) -> Sheet | None:
        """The sheet; ``None`` for one that has no cells."""
        found = self._by_id.get(relation)
        if found is None or found.target not in self._parts:
            raise UnreadableError("sheet_missing", name)
        if found.kind in _NOT_CELLS:
            return None
        root = parse(self._parts.read(found.target), found.target, self._bounds)
        return read_sheet(root, name, state, around)

    # --- properties ---------------------------------------------------------------------------------

    def _properties(self) -> dict[str, str]:
        """The custom properties by name, as texts."""
        if self._custom not in self._parts:
            return {}
        root = parse(self._parts.read_small(self._custom), self._custom, self._bounds)
        return {
            item.get("name", ""): text_of(item).strip()
            for item in root.iter("{*}property")
            if item.get("name")
        }

    def _saved_at(self) -> str:
        """When the workbook says that it was last saved; empty where it does not say."""
        if self._core not in self._parts:
            return ""
        root = parse(self._parts.read_small(self._core), self._core, self._bounds)
        return next((text_of(item).strip() for item in root.iter(_MODIFIED)), "")


def _no_call(tag: str, attributes: Mapping[str, str]) -> None:
    if tag.rpartition("}")[2] in _CALLING:
        raise UnreadableError("calls")
