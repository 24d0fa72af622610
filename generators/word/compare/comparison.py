"""Two issues of a report → one document whose tracked changes lead from the older to the newer.

Accepting all of them gives the newer one's text, rejecting all the older one's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

from lxml import etree

from generators.model import Finding, Result, Severity
from generators.package import package_of
from generators.text import shorten
from generators.word.clean import FIGURE_MARK, own_controls, release
from generators.word.compare.blocks import paragraphs_in
from generators.word.compare.differences import units_in
from generators.word.compare.lines import NOTES
from generators.word.compare.parsed import Parsed, parse_document, parser
from generators.word.compare.redline import Notes, Redline
from generators.word.compare.revisions import stamp_of, take_as_accepted
from generators.word.mending import mend_controls
from generators.word.names import CORE
from generators.word.opening import open_package
from generators.word.oxml import paragraph_text, w
from generators.word.properties import PREFIX, read_properties, with_properties

_UNDATED = dt.datetime(2000, 1, 1)
"""The date that undated reports carry (:data:`generators.word.render.UNDATED`)."""
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_MODIFIED = "{http://purl.org/dc/terms/}modified"
_NOTE_PARTS = dict(zip(NOTES, ("footnote", "endnote"), strict=True))
_SLOTS = (w("headerReference"), w("footerReference"))
_Slot = tuple[int, str, str]


@dataclass(frozen=True)
class Counts:
    """How much changed. Paragraphs are those outside of tables, cells those of rows that stayed."""

    figures: int = 0
    paragraphs_inserted: int = 0
    paragraphs_deleted: int = 0
    paragraphs_changed: int = 0
    cells_changed: int = 0
    rows_inserted: int = 0
    rows_deleted: int = 0


@dataclass(frozen=True)
class Comparison:
    """A document with tracked changes, as bytes, and how much changed."""

    data: bytes
    counts: Counts

    @property
    def same(self) -> bool:
        """Whether both documents say the same."""
        return self.counts == Counts()


def compare(
    old: bytes, new: bytes, moment: dt.datetime, names: tuple[str, str] = ("", "")
) -> Result[Comparison]:
    """The newer document with what changed since the older as tracked changes dated ``moment``.

    ``names`` are the files that findings name. The value is ``None`` where one of the two cannot be
    read. Everything but text (styles, settings, pictures) is the newer document's. Tracked changes
    that people left in one of them count as accepted, which is a finding.
    """
    opened = [parse_document(data, name) for data, name in zip((old, new), names, strict=True)]
    before, after = (item.value for item in opened)
    if before is None or after is None:
        return Result(None, tuple(finding for item in opened for finding in item.findings))
    findings = [
        _notice("revisions", name)
        for document, name in zip((before, after), names, strict=True)
        if _taken_as_accepted(document)
    ]
    units = units_in((*_released(before), *_released(after)))
    redline = Redline(
        stamp_of(moment, after.roots.values()),
        units,
        _notes(before, after),
        _ids(after, "word/styles.xml", "style", "styleId"),
        _ids(after, "word/numbering.xml", "num", "numId"),
    )
    redline.blocks(before.body, after.body)
    partners = _partners(before, after)
    for name, partner in partners.items():
        redline.blocks(before.roots[partner], after.roots[name])
    redline.notes()
    findings += _unpaired(before, after, partners, names)
    if redline.left_out:
        findings.append(_notice("left_out", names[0]))
    counts = Counts(**{item.name: redline.counts[item.name] for item in fields(Counts)})
    return Result(Comparison(_packed(after), counts), tuple(findings))


def written_at(data: bytes) -> dt.datetime | None:
    """When a document was last changed, by its own properties; ``None`` where it does not say.

    The date that undated reports carry says nothing.
    """
    try:
        root = etree.fromstring((open_package(data).value or {})[CORE], parser())
        moment = dt.datetime.fromisoformat(str(root.findtext(_MODIFIED)).strip())
    except Exception:  # no document, no properties, or no date in them: it does not say
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return None if moment.astimezone(dt.UTC).replace(tzinfo=None) == _UNDATED else moment


def _taken_as_accepted(document: Parsed) -> bool:
    """Accept the tracked changes of every part; whether there were any."""
    return sum(take_as_accepted(root) for root in document.roots.values()) > 0


def _released(document: Parsed) -> list[str]:
    """Take our controls out of a document, marking their runs; the figures that stood in them."""
    for root in document.roots.values():
        mend_controls(root)
    figures = [
        "".join(str(text.text or "") for text in control.iter(w("t")))
        for control in own_controls(document.roots.values())
    ]
    release(document.roots.values(), marked=True)
    return figures


def _notes(before: Parsed, after: Parsed) -> Mapping[str, Notes]:
    """The footnotes and endnotes of both, by the element that refers to them."""
    found = {}
    for kind, name in _NOTE_PARTS.items():
        root = after.roots.get(f"word/{name}s.xml")
        if root is not None:
            sides = [
                {
                    str(note.get(w("id"))): note
                    for note in document.roots.get(f"word/{name}s.xml", ())
                    if note.tag == w(name)
                }
                for document in (before, after)
            ]
            found[kind] = Notes(sides[0], sides[1], root)
    return found


def _ids(document: Parsed, part: str, kind: str, attribute: str) -> frozenset[str]:
    """The ids of what a part defines; none where there is no such part that can be read."""
    try:
        root = etree.fromstring(document.parts[part], parser())
    except (KeyError, etree.XMLSyntaxError):
        return frozenset()
    return frozenset(str(item.get(w(attribute))) for item in root.iter(w(kind)))


def _slots(document: Parsed) -> dict[_Slot, str]:
    """The headers and footers: section, kind and pages they are for → the name of the part."""
    related = document.related()
    return {
        (number, str(item.tag), str(item.get(w("type")))): related[str(item.get(_RELATION))]
        for number, section in enumerate(document.body.iter(w("sectPr")))
        for item in section
        if item.tag in _SLOTS and related.get(str(item.get(_RELATION))) in document.roots
    }


def _partners(before: Parsed, after: Parsed) -> dict[str, str]:
    """The headers and footers of the newer document, each with the one in its place in the older."""
    old, new = _slots(before), _slots(after)
    found: dict[str, str] = {}
    for slot, name in new.items():
        if slot in old:
            found.setdefault(name, old[slot])
    return found


def _unpaired(
    before: Parsed, after: Parsed, partners: Mapping[str, str], names: tuple[str, str]
) -> Iterator[Finding]:
    """A notice for each header and footer with text that only one of the documents has."""
    sides = (
        ("only_old", before, partners.values(), names[0]),
        ("only_new", after, partners.keys(), names[1]),
    )
    for code, document, paired, file in sides:
        for name in sorted(set(_slots(document).values()) - set(paired)):
            paragraphs = paragraphs_in(document.roots[name])
            said = "".join(paragraph_text(paragraph) for paragraph in paragraphs).strip()
            if said:
                yield _notice(code, file, said=shorten(said, 30))


def _notice(code: str, file: str, **params: str) -> Finding:
    return Finding(f"compare.{code}", Severity.INFO, file=file, params=params)


def _packed(document: Parsed) -> bytes:
    """The package with the changed parts, without what says that it is an issue of ours."""
    parts = dict(document.parts)
    for name, root in document.roots.items():
        for run in root.iter(w("r")):
            if FIGURE_MARK in run.attrib:
                del run.attrib[FIGURE_MARK]
        parts[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    data = package_of(parts)
    ours = any(name.startswith(PREFIX) for name in read_properties(data))
    return with_properties(data, {}) if ours else data
