"""What is kept verified: the audit log, its head, every row and file it tells of; the head set anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from generators.altered import altered_files, altered_originals, fault_finding
from generators.ledger import (
    HEAD_FILE,
    Asked,
    Ledger,
    UnreadableHeadError,
    Walked,
    existing_ledger,
    is_missing,
    read_head,
)
from generators.ledger import Verified as KeptVerified
from generators.model import ChainEnd, EventKind, Finding, Happening, Head, Severity
from generators.user import operator
from generators.workspace import Workspace, head_file, open_ledger

INTACT, CHANGED, UNVERIFIED = 0, 1, 2
"""Exit codes: nothing was changed; something was; it could not be told."""


@dataclass(frozen=True)
class Verified:
    """What came of verifying. ``end`` is how far the log goes as far as it is sound.

    ``off`` is the number of the first event that is off, ``None`` where none is or where it cannot
    be told which. ``head`` is what was kept of the log beside the ledger, ``None`` for nothing.
    ``checked`` says how much of each kind was verified, ``uncovered`` how many rows could not be.
    The errors stand in the order of the log: itself, rows by the events that tell of them, files.
    """

    exit_code: int
    end: ChainEnd = field(default_factory=ChainEnd)
    off: int | None = None
    head: Head | None = None
    findings: tuple[Finding, ...] = ()
    checked: Mapping[str, int] = field(default_factory=dict)
    uncovered: int = 0

    @property
    def intact(self) -> bool | None:
        """``None`` where it could not be verified."""
        return None if self.exit_code == UNVERIFIED else self.exit_code == INTACT


# --- verify -----------------------------------------------------------------------------------------


def verify(workspace: Workspace, outside: Path | None = None) -> Verified:
    """Verify the chain, hold it against its head, and all rows and files against the chain.

    ``outside`` is a head that was kept elsewhere, or a backup that holds one; ``None`` for none.
    """
    elsewhere: Head | None = None
    if outside is not None:
        elsewhere = _outside(outside)
        if elsewhere is None:
            found = _error("outside_unreadable", path=str(outside))
            return Verified(UNVERIFIED, findings=(found,))
    ledger = existing_ledger(workspace.ledger)
    if ledger is None:
        return _without_ledger(workspace)
    with ledger:
        return _verified(workspace, ledger, outside, elsewhere)


def _without_ledger(workspace: Workspace) -> Verified:
    try:
        head = read_head(workspace.audit_head)
    except UnreadableHeadError:
        head = None
    if head is None or head.end.count == 0:
        return Verified(UNVERIFIED, findings=(_error("no_ledger"),))
    gone = _error("ledger_gone", count=str(head.end.count))
    return Verified(CHANGED, off=1, head=head, findings=(gone,))


def _verified(
    workspace: Workspace, ledger: Ledger, outside: Path | None, elsewhere: Head | None
) -> Verified:
    head: Head | None = None
    findings: list[Finding] = []
    unreadable = False
    try:
        with _turn(workspace):  # what is added while the chain is gone through comes after ``last``
            last = ledger.count_events()
            try:
                head = read_head(workspace.audit_head)
            except UnreadableHeadError:
                unreadable = True
        known = [each for each in (head, elsewhere) if each is not None]
        ends = [end for each in known for end in (each.end, each.promised) if end is not None]
        kept = ledger.verified(last, [end.count for end in ends])
        walked = kept.walked
        lacking = ledger.lacking_triggers()
        accepted = tuple(_accepted(ledger)) if walked.off is None else ()
    except DBAPIError as error:
        if not is_missing(error):
            raise
        gone = _error("table", reason=str(error.orig).splitlines()[0])
        return Verified(CHANGED, head=head, findings=(gone,))
    off = walked.off
    if off is not None:
        findings.append(_error(walked.why, number=str(off)))
    elif unreadable:
        findings.append(_error("head_unreadable", path=workspace.audit_head.name))
    else:
        fault = _against(head, walked, workspace.audit_head.name)
        if isinstance(fault, Finding):
            findings.append(fault)
            named = fault.code in ("log.truncated", "log.beyond")
            off = int(fault.params["number"]) if named else None
    if lacking:
        findings.append(_error("triggers", triggers="、".join(lacking)))
    if elsewhere is not None and outside is not None and not _holds(elsewhere, walked):
        findings.append(_error("outside_off", path=str(outside), count=str(elsewhere.end.count)))
    beside = [fault_finding(fault) for fault in kept.faults]
    beside += altered_originals(workspace, kept.originals)
    beside += altered_files(workspace, kept)
    findings += [found for found in beside if _is_error(found)]
    code = CHANGED if any(found.code != "kept.unread" for found in findings) else INTACT
    if code == INTACT and (kept.uncovered or findings):
        code = UNVERIFIED
    if kept.uncovered:
        params = {"count": str(kept.uncovered)}
        findings.append(Finding("kept.uncovered", Severity.WARNING, params=params))
    findings += accepted
    findings += [found for found in beside if not _is_error(found)]
    checked = _checked(kept)
    if kept.covered_by:
        params = {"number": str(kept.covered_by)}
        findings.append(Finding("kept.covered", Severity.INFO, params=params))
    if code == INTACT:
        params = {name: str(count) for name, count in checked.items()}
        findings += [*_notes(head, walked), Finding("kept.proves", Severity.INFO, params=params)]
    return Verified(code, walked.end, off, head, tuple(findings), checked, kept.uncovered)


def _checked(kept: KeptVerified) -> Mapping[str, int]:
    """How much of each kind there is to be verified."""
    counts = kept.counts
    published = [name for name in kept.written if name.startswith("reports/published/")]
    return {
        "submissions": counts["submission"],
        "reasons": counts["bound"],
        "runs": counts["run"],
        "issues": counts["issue"],
        "publications": counts["publication"] + counts["reopening"],
        "slots": counts["slot"],
        "originals": len(kept.originals),
        "published": len(published),
    }


def _against(head: Head | None, walked: Walked, name: str) -> Finding | None:
    """What is wrong of a chain that is sound by itself, by what was kept of it outside."""
    end = walked.end
    if head is None:
        return _error("head_gone", path=name) if end.count else None
    if end in (head.end, head.promised):
        return None
    if end.count < head.end.count:
        return _error("truncated", number=str(end.count + 1), count=str(head.end.count))
    if walked.hashes.get(head.end.count) != head.end.hash:
        return _error("rewritten", number=str(head.end.count))
    known = head.end
    promised = head.promised
    if promised is not None and walked.hashes.get(promised.count) == promised.hash:
        known = promised
    return _error("beyond", number=str(known.count + 1))


def _holds(head: Head, walked: Walked) -> bool:
    """Whether the chain still has what a head that was kept elsewhere says of it."""
    return walked.hashes.get(head.end.count) == head.end.hash


def _notes(head: Head | None, walked: Walked) -> Iterator[Finding]:
    if head is not None and head.promised is not None:
        count = str(head.promised.count)
        yield Finding("log.interrupted", Severity.INFO, params={"count": count})
    yield Finding("log.proves", Severity.INFO, params={"count": str(walked.end.count)})
    yield Finding("log.limits", Severity.INFO)


def _accepted(ledger: Ledger) -> Iterator[Finding]:
    """The times at which somebody set the head anew: until then a cut tail does not show."""
    for event in ledger.log(Asked(frozenset({EventKind.ACCEPT}))):
        params = {
            "number": str(event.number),
            "by": event.happening.by or "?",
            "why": str(event.happening.detail.get("why", "")),
        }
        yield Finding("log.accepted", Severity.WARNING, params=params)


def quick_check(workspace: Workspace, ledger: Ledger) -> tuple[Finding, ...]:
    """A warning where the log does not end where its head says; the chain is not gone through."""
    name = workspace.audit_head.name
    found = Finding("log.head_off", Severity.WARNING, params={"path": name})
    with _turn(workspace):
        end = ledger.log_end()
        try:
            head = read_head(workspace.audit_head)
        except UnreadableHeadError:
            return (found,)
    fits = end.count == 0 if head is None else end in (head.end, head.promised)
    return () if fits else (found,)


@contextmanager
def _turn(workspace: Workspace) -> Iterator[None]:
    """The turn of those that add to the log; where it cannot be had, nobody can add anything."""
    head = head_file(workspace.audit_head)
    try:
        with head.turn():
            yield
    except OSError as error:
        if error.filename != str(head.lock):
            raise
        yield


def _outside(path: Path) -> Head | None:
    """A head kept elsewhere: the file, or the backup that holds it; ``None`` for no such thing."""
    names = (Path("workbooks", HEAD_FILE), Path(HEAD_FILE))
    places = [path / name for name in names] if path.is_dir() else [path]
    for place in places:
        try:
            if head := read_head(place):
                return head
        except (OSError, UnreadableHeadError):
            return None
    return None


def verified_as_dict(verified: Verified) -> dict[str, object]:
    """What verifying found, as the JSON output prints it."""
    head = verified.head
    return {
        "intact": verified.intact,
        "count": verified.end.count,
        "hash": verified.end.hash,
        "off": verified.off,
        "head": None if head is None else {"count": head.end.count, "hash": head.end.hash},
        "checked": dict(verified.checked),
        "uncovered": verified.uncovered,
    }


# --- accept -----------------------------------------------------------------------------------------


def accept(workspace: Workspace, why: str) -> Verified:
    """Set the head anew where it does not fit a chain that is sound by itself; the log is told why.

    Triggers that are gone are put back, and rows whose events were cut off are named anew. Events,
    other rows and files are never changed.
    """
    if not why.strip():
        return Verified(UNVERIFIED, findings=(_error("no_why"),))
    before = verify(workspace)
    if before.exit_code != CHANGED:
        told = before.findings if before.exit_code else (_error("nothing_to_accept"),)
        return Verified(UNVERIFIED, before.end, head=before.head, findings=told)
    curable = {"truncated", "rewritten", "beyond", "head_gone", "head_unreadable", "triggers"}
    faults = [item.code for item in before.findings if _is_error(item)]
    of_log = [code.partition(".")[2] for code in faults if code.startswith("log.")]
    if not of_log or any(fault not in curable for fault in of_log):
        return before
    head = before.head
    happening = Happening(
        EventKind.ACCEPT,
        operator(),
        exit_code=0,
        detail={
            "why": why.strip(),
            "found": faults,
            "head": {"count": head.end.count, "hash": head.end.hash} if head else None,
        },
    )
    with open_ledger(workspace) as ledger:
        ledger.set_head_anew(happening)
    return verify(workspace)


def _is_error(item: Finding) -> bool:
    return item.severity is Severity.ERROR


def _error(code: str, **params: str) -> Finding:
    return Finding(f"log.{code}", Severity.ERROR, params=params)
