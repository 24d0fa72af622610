"""A backup made while the workspace is in use: what it needs, in the order that keeps it consistent.

No lock is held. What the ledger must know already is copied before it, what it may refer to after it:

1. the head of the audit log, which may be behind the log and never before it;
2. templates, reports and what was given back: no report is there that the ledger does not know;
3. the ledger, as it is at one moment;
4. inbox, archive and published files, which are never changed or only replaced by newer ones: no
   original is lacking, and no file is there that is older than what was taken in.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from filelock import FileLock, Timeout

from generators import __version__
from generators.backup.copying import (
    UnsettledError,
    copy_settled,
    is_plain_file,
    list_files,
    make_private_folders,
)
from generators.backup.manifest import (
    FOLDERS,
    MANIFEST_FILE,
    UNFINISHED,
    BackupManifest,
    CopiedFile,
    Progress,
    manifest_bytes,
)
from generators.ledger import (
    DamagedLedgerError,
    Ledger,
    copy_database,
    ledger_url,
    sqlite_file,
    sqlite_url,
)
from generators.ledger.tables import SCHEMA_VERSION
from generators.messages import ordered
from generators.model import ChainEnd, EventKind, Finding, Happening, Severity
from generators.rights import PRIVATE_FILE, PRIVATE_FOLDER, usual_rights
from generators.support.files import sha256_of
from generators.text import reason_of
from generators.user import operator
from generators.verifying import quick_check
from generators.workspace import LEDGER_ENDINGS, Workspace, not_written, open_ledger, write_files

WHOLE, WITH_GAPS, NOTHING = 0, 1, 2
"""Exit codes: everything was copied; something could not be; there is no backup."""

SQLITE, ELSEWHERE, DAMAGED, NONE = "sqlite", "elsewhere", "damaged", "none"
"""Where the ledger is: here, in a database that is not copied, here but lost, or nowhere yet."""

_LATE = {
    ("workbooks", "inbox"),
    ("workbooks", "archive"),
    ("reports", "published"),
    ("reports", "edited"),
}
_LEFT = re.compile(rf"huibao-\d{{8}}-\d{{6}}(-\d+)?{re.escape(UNFINISHED)}")
"""What a backup is called that was not brought to its end."""


@dataclass(frozen=True)
class Backup:
    """What came of it. ``folder`` is the backup, ``None`` where there is none; ``sha256`` is that of
    its manifest.
    """

    exit_code: int
    folder: Path | None = None
    manifest: BackupManifest | None = None
    sha256: str = ""
    findings: tuple[Finding, ...] = ()


@dataclass
class _Taken:
    """What has been copied so far, and what is to be told of it."""

    files: list[CopiedFile] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def leave_out(self, name: str, finding: Finding) -> None:
        """Tell of a file that is there and not in the backup."""
        self.left_out.append(name)
        self.findings.append(finding)


def back_up(workspace: Workspace, target: Path, progress: Progress) -> Backup:
    """Copy the workspace into a new folder ``huibao-<time>`` of ``target``.

    It is made under another name and renamed when it is whole. The audit log is told before that:
    a backup that has its name is in the log.
    """
    refused = _refusal(workspace, target)
    if refused is not None:
        return Backup(NOTHING, findings=(refused,))
    folder = _new_folder(target)
    begun = folder.with_name(folder.name + UNFINISHED)
    try:
        target.mkdir(parents=True, exist_ok=True)
        with _being_made(begun):
            begun.mkdir(PRIVATE_FOLDER)
            try:
                made = _made(workspace, begun, folder, progress)
            except BaseException:
                shutil.rmtree(begun, ignore_errors=True)
                raise
        if made.exit_code == WHOLE:
            _sweep(target)
        return made
    except OSError as error:
        path = error.filename if isinstance(error.filename, str) else str(begun)
        return Backup(NOTHING, findings=(not_written(path, error),))


@contextmanager
def _being_made(begun: Path) -> Iterator[None]:
    """Hold the lock by which others know that somebody is making a backup; it goes with a crash."""
    lock = _lock_of(begun)
    try:
        with FileLock(lock, timeout=0, mode=PRIVATE_FILE):
            yield
    except Timeout:
        raise  # whose lock it is
    except BaseException:
        _take_away(lock)
        raise
    _take_away(lock)


def _take_away(lock: Path) -> None:
    with suppress(OSError):
        lock.unlink(missing_ok=True)


def _lock_of(begun: Path) -> Path:
    return begun.with_name(f".{begun.name}.lock")


def _sweep(target: Path) -> None:
    """Remove what backups left that were killed; there is a whole one now."""
    for begun in sorted(target.iterdir()):
        if _LEFT.fullmatch(begun.name) and begun.is_dir() and not begun.is_symlink():
            with suppress(Timeout, OSError), _being_made(begun):
                shutil.rmtree(begun)


def _refusal(workspace: Workspace, target: Path) -> Finding | None:
    """Why no backup can be made there; ``None`` where one can."""
    if workspace.unfinished_restore.exists():
        name = workspace.unfinished_restore.name
        return Finding("run.restoring", Severity.ERROR, params={"path": name})
    if not workspace.templates.is_dir():
        return Finding("run.no_workspace", Severity.ERROR, params={"folder": str(workspace.root)})
    inside = any(target.resolve().is_relative_to((workspace.root / name).resolve()) for name in FOLDERS)
    if inside:
        return Finding("backup.inside", Severity.ERROR, params={"path": str(target)})
    if target.exists() and not target.is_dir():
        return Finding("backup.no_folder", Severity.ERROR, params={"path": str(target)})
    return None


def _new_folder(target: Path) -> Path:
    """A folder named after this moment that is not there yet, nor being made."""
    stem = f"huibao-{dt.datetime.now().astimezone():%Y%m%d-%H%M%S}"
    number, folder = 1, target / stem
    while folder.exists() or folder.with_name(folder.name + UNFINISHED).exists():
        number += 1
        folder = target / f"{stem}-{number}"
    return folder


def _made(workspace: Workspace, begun: Path, folder: Path, progress: Progress) -> Backup:
    taken = _Taken()
    head = [workspace.audit_head] if workspace.audit_head.is_file() else []
    _copy(workspace, head, begun, taken)
    early = _files(workspace, taken, late=False)
    _copy(workspace, progress("backup", early), begun, taken)
    where = _copy_ledger(workspace, begun, taken)
    late = _files(workspace, taken, late=True)
    _copy(workspace, progress("backup", late), begun, taken)
    if any(Path(item.path).suffix == ".key" for item in taken.files):
        taken.findings.append(Finding("backup.key", Severity.WARNING, params={"path": folder.name}))
    manifest = BackupManifest(
        dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        operator(),
        __version__,
        where,
        SCHEMA_VERSION if where == SQLITE else 0,
        _log_end(begun) if where == SQLITE else ChainEnd(),
        tuple(sorted(taken.files, key=lambda item: item.path)),
        tuple(sorted(taken.left_out)),
    )
    data = manifest_bytes(manifest)
    sha256 = hashlib.sha256(data).hexdigest()
    unwritten = write_files({begun / MANIFEST_FILE: data}, private=True)
    if unwritten is not None:
        raise OSError(0, unwritten.params["reason"], str(begun))
    code = WITH_GAPS if manifest.left_out else WHOLE
    if where == DAMAGED:  # nobody can be told
        begun.rename(folder)
    else:
        taken.findings += _tell(workspace, begun, folder, manifest, sha256, code)
    return Backup(code, folder, manifest, sha256, ordered(taken.findings))


def _tell(
    workspace: Workspace, begun: Path, folder: Path, manifest: BackupManifest, sha256: str, code: int
) -> tuple[Finding, ...]:
    """Tell the audit log, give the backup its name, and say whether the log fits its head."""
    happening = Happening(
        EventKind.BACKUP,
        operator(),
        file=folder.name,
        exit_code=code,
        written={f"{folder.name}/{MANIFEST_FILE}": sha256},
        detail={
            "folder": str(folder.parent),
            "files": len(manifest.files),
            "left_out": list(manifest.left_out),
        },
    )
    with open_ledger(workspace) as ledger:
        ledger.tell(happening)
        try:
            begun.rename(folder)
        except OSError:
            ledger.tell(replace(happening, exit_code=NOTHING, written={}))
            raise
        return quick_check(workspace, ledger)


# --- files ------------------------------------------------------------------------------------------


def _files(workspace: Workspace, taken: _Taken, *, late: bool) -> list[Path]:
    """The files of the workspace that come before the ledger, or after it."""
    found: list[Path] = []
    for name in FOLDERS:
        listing = list_files(workspace.root / name)
        found += [path for path in listing.files if _is_late(workspace, path) is late]
        for error in listing.unread:
            path = Path(error.filename or workspace.root / name)
            if _is_late(workspace, path) is late:
                taken.leave_out(_name(workspace, path), _unread(workspace, path, error))
    return [path for path in found if not _is_passing(workspace, path)]


def _is_late(workspace: Workspace, path: Path) -> bool:
    return path.relative_to(workspace.root).parts[:2] in _LATE


def _is_passing(workspace: Workspace, path: Path) -> bool:
    """Whether a file is the ledger, which is copied otherwise, its head, a lock, or being written."""
    if path.name.startswith(".") and path.name.endswith(".tmp"):
        return True
    ledger = workspace.ledger
    return path.parent == ledger.parent and (
        path.suffix == ".lock"
        or path.name in {ledger.name + ending for ending in LEDGER_ENDINGS}
        or path == workspace.audit_head
    )


def _copy(workspace: Workspace, paths: Iterable[Path], begun: Path, taken: _Taken) -> None:
    """Copy files; one that cannot be read is told and left out, one that has gone is told."""
    for path in paths:
        name = _name(workspace, path)
        if not is_plain_file(path):
            taken.leave_out(name, Finding("backup.link", Severity.WARNING, params={"path": name}))
            continue
        try:
            copied = copy_settled(path, begun / name)
        except UnsettledError:
            taken.leave_out(name, Finding("backup.unsettled", Severity.ERROR, params={"path": name}))
        except OSError as error:
            if str(error.filename) != str(path):
                raise  # of the backup's own disk
            if isinstance(error, FileNotFoundError):
                taken.findings.append(Finding("backup.gone", Severity.INFO, params={"path": name}))
            else:
                taken.leave_out(name, _unread(workspace, path, error))
        else:
            taken.files.append(CopiedFile(name, copied.size, copied.sha256, copied.modified))


def _unread(workspace: Workspace, path: Path, error: OSError) -> Finding:
    params = {"path": _name(workspace, path), "reason": reason_of(error)}
    return Finding("backup.unread", Severity.ERROR, params=params)


def _name(workspace: Workspace, path: Path) -> str:
    return path.relative_to(workspace.root).as_posix()


# --- the ledger -------------------------------------------------------------------------------------


def _copy_ledger(workspace: Workspace, begun: Path, taken: _Taken) -> str:
    """Copy the ledger where it is a SQLite file; where it is."""
    source = sqlite_file(ledger_url(workspace.ledger))
    if source is None:
        taken.findings.append(Finding("backup.other_database", Severity.WARNING))
        return ELSEWHERE
    if not source.is_file():
        return NONE
    name = _name(workspace, workspace.ledger)
    target = begun / name
    make_private_folders(target.parent)
    try:
        copy_database(source, target)
        usual_rights(target, private=True)
    except DamagedLedgerError as error:
        target.unlink(missing_ok=True)
        params = {"path": str(source), "reason": str(error)}
        taken.leave_out(name, Finding("backup.ledger_damaged", Severity.ERROR, params=params))
        return DAMAGED
    with target.open("rb+") as file:
        os.fsync(file.fileno())
    found = target.stat()
    taken.files.append(CopiedFile(name, found.st_size, sha256_of(target), found.st_mtime_ns))
    return SQLITE


def _log_end(begun: Path) -> ChainEnd:
    with Ledger(sqlite_url(begun / "workbooks" / "ledger.db")) as ledger:
        return ledger.log_end()
