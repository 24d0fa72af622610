"""What is kept and is not as it was: rows of the ledger, archived originals, files that were written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from generators.ledger import Pin, Verified
from generators.model import Definition, Fault, Finding, Off, Severity
from generators.seal_key import SealKeyError, read_seal_key
from generators.support.files import read_ordinary, sha256_of
from generators.text import reason_of
from generators.workspace import Workspace

_TABLES = {"content": "submission.content", "manifest": "issue.manifest"}
_OF_SUBMISSIONS = ("submission", "content", "observation")
_PUBLISHED = "reports/published/"
_EDITED = "reports/"
_ENDINGS = {Off.ALTERED: "", Off.DELETED: "_gone"}


# --- rows -------------------------------------------------------------------------------------------


def fault_finding(fault: Fault, definition: Definition | None = None) -> Finding:
    """A fault of the ledger as a finding; ``definition`` names the department where it knows it."""
    table = _TABLES.get(fault.group, fault.group)
    params = {"table": table, "key": fault.key, "event": str(fault.event)}
    if fault.why is Off.ADDED:
        return _error("row_added", table=table, key=fault.key)
    if not fault.event:
        return _error("undecodable", table=table)
    kind = "row"
    if fault.group in _OF_SUBMISSIONS:
        kind = "submission"
        params["vintage"] = str(fault.vintage)
    elif fault.group == "bound":
        kind = "reason"
    if kind == "row":
        params["place"] = " ".join(part for part in (fault.pack, fault.period) if part) or "-"
    else:
        params |= {"department": _department(fault, definition), "period": fault.period}
    if kind == "submission" and fault.newer:
        params["newer"] = str(fault.newer)
        return Finding("kept.submission_replaced", Severity.WARNING, params=params)
    return _error(f"{kind}{_ENDINGS[fault.why]}", **params)


def fault_findings(faults: Iterable[Fault], definition: Definition) -> tuple[Finding, ...]:
    """Faults as findings; what is off of one submission in several tables is told once."""
    first: dict[object, Fault] = {}
    for fault in faults:
        same = fault.group in _OF_SUBMISSIONS and fault.event
        first.setdefault((fault.key, fault.event) if same else fault, fault)
    return tuple(fault_finding(fault, definition) for fault in first.values())


def _department(of: Fault | Pin, definition: Definition | None) -> str:
    if definition is not None and of.department in definition.department_by_code:
        return definition.department_name(of.department)
    return of.name or of.department


# --- archived originals -----------------------------------------------------------------------------


def altered_originals(workspace: Workspace, originals: Mapping[str, Pin]) -> Iterator[Finding]:
    """The originals, by their SHA-256, that the archive does not hold as they were accepted."""
    kept: dict[str, list[Path]] = {}
    folder = workspace.archive
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        kept.setdefault(path.stem, []).append(path)
    for sha256, pin in originals.items():
        about = {
            "department": _department(pin, None),
            "period": pin.period,
            "event": str(pin.event),
        }
        if sha256 not in kept:
            yield _error("archive_gone", path=f"workbooks/archive/{sha256}", **about)
        for path in kept.get(sha256, ()):
            name = f"workbooks/archive/{path.name}"
            found = _hash_of(path, name)
            if isinstance(found, Finding):
                yield found
            elif found != sha256:
                yield _error("archive", path=name, **about)


def is_original(path: Path, sha256: str) -> bool:
    """Whether a file that is kept is the original with that content."""
    try:
        return sha256_of(path) == sha256
    except OSError:
        return False


# --- files that were written ------------------------------------------------------------------------


def altered_files(workspace: Workspace, verified: Verified) -> Iterator[Finding]:
    """What is off of published files, reports and the seal key, by the last word of the log on each.

    A report that people edited is no fault, as long as it says of itself what it was written as.
    """
    for name, (sha256, event) in sorted(verified.written.items()):
        path = workspace.root / name
        told = {"path": name, "event": str(event)}
        if name.startswith(_PUBLISHED):
            found = _hash_of(path, name)
            if found is None:
                yield _error("published_gone", **told)
            elif isinstance(found, Finding):
                yield found
            elif found != sha256:
                yield _error("published", **told)
        elif name.startswith(_EDITED):
            found = _hash_of(path, name)
            if isinstance(found, Finding):
                yield found
            elif found not in (None, sha256, *verified.editions):
                yield from _edited(path, told, verified)
    yield from _key(workspace, *verified.sealed)


def _edited(path: Path, told: dict[str, str], verified: Verified) -> Iterator[Finding]:
    """What is said of a file that is not as it was written."""
    from generators.word.properties import MANIFEST, read_properties
    from generators.word.reading import read_document

    if path.suffix == ".docx":
        data = read_ordinary(path)
        if read_document(data) is None:
            yield _error("report", **told)
            return
        claimed = read_properties(data).get(MANIFEST)
        if claimed is not None and claimed not in verified.editions:
            yield _error("edition", path=told["path"])
            return
    yield Finding("kept.edited", Severity.INFO, params=told)


def _key(workspace: Workspace, key: str, event: int) -> Iterator[Finding]:
    if not key:
        return
    told = {"path": f"workbooks/{workspace.seal_key.name}", "event": str(event), "key": key}
    try:
        found = read_seal_key(workspace)
    except SealKeyError as error:
        yield error.finding
        return
    if found is None:
        yield _error("key_gone", **told)
    elif found.id != key:
        yield _error("key", **told)


def _hash_of(path: Path, name: str) -> str | Finding | None:
    """The SHA-256 of a file; ``None`` where there is none; why it cannot be read."""
    try:
        return sha256_of(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        return _error("unread", path=name, reason=reason_of(error))


def _error(code: str, **params: str) -> Finding:
    return Finding(f"kept.{code}", Severity.ERROR, params=params)
