"""Publishing a period's report: what stands against it, and the files that are frozen."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from generators.altered import fault_finding
from generators.collection import Collection, Progress, collect
from generators.encoding import digest
from generators.exclusive import at_work
from generators.ledger import AlteredLedgerError, Ledger
from generators.locking import DONE, NOTHING, about
from generators.messages import ordered, spots_param
from generators.model import (
    Definition,
    Finding,
    Happening,
    Issue,
    Publication,
    PublishedFile,
    Severity,
)
from generators.recording import overrides
from generators.summary.moved import moved_down
from generators.support.files import read_ordinary, sha256_of
from generators.text import reason_of
from generators.user import operator
from generators.word.clean import without_controls
from generators.word.matching import match
from generators.word.pdf import OfficeError, find_office, to_pdf
from generators.word.properties import MANIFEST, PACK, PERIOD, properties_in
from generators.word.reading import Document, open_text
from generators.word.trial import reading, try_out
from generators.word.unfinished import Kind, unfinished
from generators.workspace import (
    Workspace,
    open_pack,
    output_paths,
    pack_names,
    write_files,
)

_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_CODES: Mapping[Kind, str] = {
    Kind.CHANGE: "publication.changes",
    Kind.COMMENT: "publication.comments",
    Kind.MISSING: "publication.missing",
    Kind.EMPTIED: "publication.emptied",
}


@dataclass(frozen=True)
class Wish:
    """What is to be published, and how.

    ``document`` is ``None`` for the report of the period in ``reports/``; ``date`` is as it was
    typed, empty for today in the pack's time zone; ``anyway`` the reason for publishing what is not
    finished, ``None`` where that is not wanted.
    """

    document: Path | None = None
    date: str = ""
    anyway: str | None = None


@dataclass(frozen=True)
class Published:
    """What came of it: the publication that stands now, ``None`` where nothing was published."""

    exit_code: int
    publication: Publication | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class _Source:
    """The document that is to be published, with what it says of itself."""

    path: Path
    data: bytes
    document: Document
    properties: Mapping[str, str]

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


# --- publish ----------------------------------------------------------------------------------------


def publish(
    workspace: Workspace, pack: str | None, period: str | None, wish: Wish, progress: Progress
) -> Published:
    """Freeze the last report of a period: clean copy, PDF, summary workbook, and the document itself.

    A document that is named says itself which pack and period it is of, where the call does not.
    Files are written first, the ledger last: where something comes between, the next call completes
    it. The same document again is no new publication.
    """
    source = _opened(wish.document) if wish.document else None
    if isinstance(source, Finding):
        return _refused(source)
    said = source.properties if source else {}
    if pack is None and said.get(PACK) in pack_names(workspace):
        pack = said[PACK]
    opened = open_pack(workspace, pack, period)
    if opened.value is None:
        return _refused(*opened.findings)
    definition = opened.value
    if period is None and said.get(PERIOD) and said.get(PACK) == definition.pack:
        definition = open_pack(workspace, pack, said[PERIOD]).value or definition
    if source is None:
        source = _opened(output_paths(workspace, definition)[0], definition)
        if isinstance(source, Finding):
            return _refused(*opened.findings, source)
    with at_work(workspace) as ledger:
        if isinstance(ledger, Finding):
            return _refused(ledger)
        try:
            done = _publish(workspace, definition, source, wish, ledger, progress)
        except AlteredLedgerError as error:
            done = _refused(fault_finding(error.fault, definition))
    return replace(done, findings=ordered((*opened.findings, *done.findings)))


def _publish(
    workspace: Workspace,
    definition: Definition,
    source: _Source,
    wish: Wish,
    ledger: Ledger,
    progress: Progress,
) -> Published:
    day = _day(wish.date, definition.settings.time_zone)
    if day is None:
        return _refused(_error("publication.date", date=wish.date))
    before = ledger.last_publication(*definition.key)
    unchanged = (
        before is not None
        and before.source.sha256 == source.sha256
        and (not wish.date or day == before.date)
    )
    if closed := ledger.lock(*definition.key):
        if not unchanged:
            return _refused(about(closed, "publication.changed", Severity.ERROR))
        told = [about(closed, "publication.already", Severity.INFO)]
        return _completed(workspace, definition, source, closed, ledger, told)
    issue = _issue_of(source, definition, ledger)
    if isinstance(issue, Finding):
        return _refused(issue)
    collection = collect(workspace, definition, ledger, progress)
    obstacles = tuple(_obstacles(source, issue, collection, ledger))
    reason = (wish.anyway or "").strip()
    if wish.anyway is not None and not reason:
        return _refused(_error("publication.no_reason"), *obstacles)
    if obstacles and not reason:
        return _refused(*obstacles)

    told = [replace(item, severity=Severity.WARNING) for item in obstacles]
    told += _changed_by_hand(source, issue)
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    reason = reason if obstacles else ""
    if before is not None and unchanged:
        told.append(about(before, "publication.again", Severity.INFO))
        again = replace(before, published_at=now, by=operator(), reason=reason)
        return _completed(workspace, definition, source, again, ledger, told)

    number = 1 if before is None else before.number + 1
    names = _names(workspace, definition, number)
    files = {"source": source.data, "clean": without_controls(source.data, issue.manifest)}
    _add(files, told, "pdf", _pdf(files["clean"]))
    _add(files, told, "summary", _summary(output_paths(workspace, definition)[1]))
    if occupied := _occupied(names, files):
        return _refused(*occupied)
    unwritten = write_files({names[key]: data for key, data in files.items()})
    if unwritten is not None:
        return _refused(unwritten)
    made = {key: _file(names[key], data) for key, data in files.items()}
    publication = Publication(
        *definition.key,
        number,
        day,
        now,
        operator(),
        reason,
        issue.number,
        digest(issue.manifest),
        made["source"],
        made["clean"],
        made.get("pdf"),
        made.get("summary"),
    )
    ledger.keep_publication(publication, _let_out(definition, told, number))
    return Published(DONE, publication, tuple(told))


def _completed(
    workspace: Workspace,
    definition: Definition,
    source: _Source,
    publication: Publication,
    ledger: Ledger,
    told: list[Finding],
) -> Published:
    """A publication that was made before: what is lacking of its files is made again."""
    issue = ledger.issue_of_manifest(publication.manifest)
    clean = without_controls(source.data, issue.manifest if issue else None)
    pdf = workspace.published / f"{Path(publication.clean.name).stem}.pdf"
    remade = {publication.source.name: source.data, publication.clean.name: clean}
    files: dict[Path, bytes] = {}
    for file in publication.files:
        path, data = workspace.published / file.name, remade.get(file.name, b"")
        there = _sha256_of(path)
        if isinstance(there, Finding):
            told.append(there)
        elif there is None and hashlib.sha256(data).hexdigest() == file.sha256:
            files[path] = data
        elif there is not None and there != file.sha256:
            told.append(Finding("publication.touched", Severity.WARNING, params={"path": str(path)}))
        elif there is None and path != pdf:
            told.append(Finding("publication.lost", Severity.WARNING, params={"path": str(path)}))
    standing = _sha256_of(pdf)
    if publication.pdf is None and standing is not None:
        params = {"path": str(pdf)}
        told.append(Finding("publication.occupied", Severity.WARNING, params=params))
    elif standing is None:
        made = _pdf(clean)
        if isinstance(made, Finding):
            told.append(made)
        else:
            files[pdf] = made
            publication = replace(publication, pdf=_file(pdf, made))
    unwritten = write_files(files)
    if unwritten is not None:
        return _refused(unwritten)
    if publication != ledger.lock(publication.pack, publication.period):
        ledger.keep_publication(publication, _let_out(definition, told, publication.number))
    return Published(DONE, publication, tuple(told))


def _let_out(definition: Definition, told: list[Finding], number: int) -> list[Happening]:
    """What the audit log is told of figures changed by hand that go out with a publication."""
    return overrides(definition, told, f"publication {number}")


def _changed_by_hand(source: _Source, issue: Issue) -> list[Finding]:
    """The figures that go out otherwise than the data had them when the report was written."""
    headings = {id(span.control): text.heading for text in source.document.texts for span in text.spans}
    return [
        Finding(
            "publication.override",
            Severity.WARNING,
            file=source.path.name,
            params={
                "heading": headings[id(found.control)],
                "item": found.figure.name,
                "text": found.control.text,
                "figure": found.figure.text,
            },
        )
        for found in match(source.document, issue.manifest).found
        if found.control.text != found.figure.text
    ]


def _opened(path: Path, definition: Definition | None = None) -> _Source | Finding:
    """The document at ``path``; with a definition, it is the period's own report that is meant."""
    try:
        data = read_ordinary(path)
    except FileNotFoundError as error:
        if definition is not None:
            period = definition.settings.period
            return _error("publication.no_report", path=str(path), period=period)
        return _error("publication.unreadable", path=str(path), reason=reason_of(error))
    except OSError as error:
        return _error("publication.unreadable", path=str(path), reason=reason_of(error))
    refused = try_out(data, path.name, reading) or try_out(data, path.name, without_controls)
    if refused is not None:
        return refused
    read = open_text(data, path.name)
    if read.value is None:
        return read.findings[0]
    return _Source(path, data, read.value, properties_in(read.value.parts))


def _issue_of(source: _Source, definition: Definition, ledger: Ledger) -> Issue | Finding:
    """The last report of the period, if the document is that one, edited by hand or not."""
    pack, period = definition.key
    last = ledger.last_issue(pack, period)
    manifest = source.properties.get(MANIFEST, "")
    if last is not None and (last.sha256 == source.sha256 or digest(last.manifest) == manifest):
        return last
    path = source.path.name
    known = ledger.issue_of_document(source.sha256) or ledger.issue_of_manifest(manifest)
    if known is not None and (known.manifest.pack, known.manifest.period) != definition.key:
        found = {"found": known.manifest.pack, "found_period": known.manifest.period}
        return _error("publication.elsewhere", path=path, pack=pack, period=period, **found)
    if known is not None:
        return _error("publication.older", path=path, period=period)
    if last is None:
        return _error("publication.no_issue", period=period)
    return _error("publication.foreign", path=path)


def _obstacles(
    source: _Source, issue: Issue, collection: Collection, ledger: Ledger
) -> Iterator[Finding]:
    """What stands against publishing the document, an error a kind."""
    yield from (item for item in collection.altered if item.severity is Severity.ERROR)
    if owner := _owner_file(source.path):
        yield _error("publication.opened", path=source.path.name, owner=owner.name)
    if changed := _changed_since(collection, ledger):
        name = collection.definition.department_name
        yield _error("publication.stale", departments="、".join(name(code) for code in changed))
    places = unfinished(source.document, issue.manifest)
    for kind, code in _CODES.items():
        spots = [(item.part, item.heading, item.paragraph) for item in places if item.kind is kind]
        if spots:
            params = {"count": str(len(spots)), "spots": spots_param(spots)}
            yield Finding(code, Severity.ERROR, file=source.path.name, params=params)


def _changed_since(collection: Collection, ledger: Ledger) -> tuple[str, ...]:
    """The departments whose submissions are not those that the last run stood on.

    Where nothing in the inbox can be used, a run would change nothing: none.
    """
    now = {item.department: item.file.sha256 for item in collection.usable}
    if not now:
        return ()
    key = collection.definition.key
    run, vintages = ledger.last_run(*key), ledger.vintages(*key)
    stood = {
        department: vintage.sha256
        for department, number in (run.snapshot if run else {}).items()
        for vintage in vintages.get(department, ())
        if vintage.number == number
    }
    codes = [item.code for item in collection.definition.departments]
    return tuple(code for code in codes if now.get(code) != stood.get(code))


def _owner_file(path: Path) -> Path | None:
    """The file by which a program says that it has a document open; ``None`` for none.

    Word puts ``~$`` before a short name and in place of the first characters of a longer one;
    LibreOffice writes ``.~lock.name#``.
    """
    cut = min(max(len(path.stem) - 6, 0), 2)
    names = (f"~${path.name[cut:]}", f".~lock.{path.name}#")
    return next((owner for name in names if (owner := path.with_name(name)).is_file()), None)


def _names(workspace: Workspace, definition: Definition, number: int) -> dict[str, Path]:
    """What the files of a publication are called: the report's name and the number."""
    stem = f"{output_paths(workspace, definition)[0].stem}-第{number}次发布"
    endings = {"clean": ".docx", "pdf": ".pdf", "summary": "-汇总表.xlsx", "source": "-底稿.docx"}
    return {key: workspace.published / f"{stem}{ending}" for key, ending in endings.items()}


def _occupied(names: Mapping[str, Path], files: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """The files that bear the names of a new publication and are not what it writes.

    A publication that broke off before the ledger has left just the same documents; its PDF, which is
    never made equal twice, is then its own too.
    """
    taken = {}
    for key, data in files.items():
        if os.path.lexists(names[key]) and not names[key].is_dir():  # a folder is never replaced
            standing = _sha256_of(names[key])
            taken[key] = standing == hashlib.sha256(data).hexdigest()
    broken_off = taken.get("source", False) and taken.get("clean", False)
    return tuple(
        _error("publication.occupied", path=str(names[key]))
        for key, equal in taken.items()
        if not equal and not (key == "pdf" and broken_off)
    )


def _pdf(clean: bytes) -> bytes | Finding:
    """The PDF of the clean copy, or why there is none."""
    office = find_office()
    if office is None:
        return Finding("publication.no_office", Severity.INFO)
    try:
        return to_pdf(clean, office)
    except (OfficeError, OSError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else str(error)
        return Finding("publication.no_pdf", Severity.WARNING, params={"reason": reason})


def _summary(path: Path) -> bytes | Finding:
    """The period's summary workbook as it stands, for its new folder, or that there is none."""
    try:
        return moved_down(read_ordinary(path))
    except FileNotFoundError:
        return Finding("publication.no_summary", Severity.WARNING, params={"path": str(path)})
    except OSError as error:
        params = {"path": str(path), "reason": reason_of(error)}
        return Finding("publication.unreadable", Severity.WARNING, params=params)
    except zipfile.BadZipFile:
        params = {"path": str(path), "reason": "format.damaged"}
        return Finding("publication.unreadable", Severity.WARNING, params=params)


def _add(files: dict[str, bytes], told: list[Finding], key: str, made: bytes | Finding) -> None:
    if isinstance(made, Finding):
        told.append(made)
    else:
        files[key] = made


def _day(text: str, time_zone: str) -> str | None:
    """The day as ISO text, today's for an empty text; ``None`` for what is no date."""
    if not text:
        return dt.datetime.now(ZoneInfo(time_zone)).date().isoformat()
    match = _DAY.fullmatch(text.strip())
    try:
        return dt.date(*(int(part) for part in match.groups())).isoformat() if match else None
    except ValueError:
        return None


# --- helpers ------------------------------------------------------------------------------------------


def _error(code: str, **params: str) -> Finding:
    return Finding(code, Severity.ERROR, params=params)


def _refused(*findings: Finding) -> Published:
    return Published(NOTHING, findings=ordered(findings))


def _file(path: Path, data: bytes) -> PublishedFile:
    return PublishedFile(path.name, hashlib.sha256(data).hexdigest())


def _sha256_of(path: Path) -> str | Finding | None:
    """The checksum of a file; ``None`` where there is none; why it cannot be read."""
    try:
        return sha256_of(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        params = {"path": str(path), "reason": reason_of(error)}
        return Finding("publication.unreadable", Severity.WARNING, params=params)
