"""A backup put back: checked first, copied beside the workspace, then put in its place whole.

What the workspace held is moved aside, never deleted. All moves are written down before the first
one; where something comes between, they are undone: at once, or by the next restore.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from generators.backup.copying import copy_known
from generators.backup.make import DAMAGED, ELSEWHERE
from generators.backup.manifest import (
    FOLDERS,
    MANIFEST_FILE,
    BackupManifest,
    Progress,
    damages,
    read_manifest,
)
from generators.encoding import parsed_json
from generators.ledger import (
    Ledger,
    UnreadableHeadError,
    ledger_url,
    read_head,
    sqlite_file,
    sqlite_url,
)
from generators.ledger.tables import SCHEMA_VERSION
from generators.messages import ordered
from generators.model import EventKind, Finding, Happening, Severity
from generators.rights import PRIVATE_FILE, PRIVATE_FOLDER, keep_private
from generators.support.files import read_ordinary
from generators.user import operator
from generators.workspace import STAGED_RESTORE, Workspace, head_file, not_written, write_files

RESTORED, NOTHING = 0, 2
"""Exit codes: the workspace is that of the backup; nothing was changed."""

_ASIDE = "replaced-"
Move = tuple[str, str]
"""From where to where, below the workspace."""


@dataclass(frozen=True)
class Restored:
    """What came of it. ``replaced`` is the folder to which the old content was moved, ``None`` for
    none; ``files`` counts what was put in place.
    """

    exit_code: int
    manifest: BackupManifest | None = None
    files: int = 0
    replaced: Path | None = None
    findings: tuple[Finding, ...] = ()


def restore(workspace: Workspace, backup: Path, progress: Progress, *, replace: bool) -> Restored:
    """Make the workspace what it was when the backup was made.

    It must be empty, unless ``replace`` says that what it holds may be moved aside. Nothing at all
    is touched where the backup is not whole.
    """
    manifest = read_manifest(backup)
    if isinstance(manifest, Finding):
        return Restored(NOTHING, findings=(manifest,))
    if manifest.schema > SCHEMA_VERSION:
        params = {"path": str(backup), "found": str(manifest.schema), "known": str(SCHEMA_VERSION)}
        return Restored(NOTHING, findings=(Finding("run.ledger_newer", Severity.ERROR, params=params),))
    wrong = tuple(damages(backup, manifest, progress))
    if wrong:
        return Restored(NOTHING, manifest, findings=ordered(wrong))
    try:
        workspace.lock.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(workspace.lock, timeout=0, mode=PRIVATE_FILE):
            _undo_unfinished(workspace)
            refused = _refusal(workspace, replace=replace)
            if refused is not None:
                return Restored(NOTHING, manifest, findings=(refused,))
            return _restored(workspace, backup, manifest, progress)
    except Timeout:
        return Restored(NOTHING, manifest, findings=(Finding("run.busy", Severity.ERROR),))
    except OSError as error:
        path = error.filename if isinstance(error.filename, str) else str(workspace.root)
        return Restored(NOTHING, manifest, findings=(not_written(path, error),))


def _refusal(workspace: Workspace, *, replace: bool) -> Finding | None:
    places = [workspace.root / name for name in FOLDERS]
    if _is_in_use(workspace) and not replace:
        return Finding("restore.not_empty", Severity.ERROR, params={"path": str(workspace.root)})
    moved = [*places, *(path for path in _children(workspace.lock.parent) if not _is_lock(path))]
    for path in moved:
        if path.is_symlink() or os.path.ismount(path):
            params = {"path": path.relative_to(workspace.root).as_posix()}
            return Finding("restore.link", Severity.ERROR, params=params)
    return None


def _is_in_use(workspace: Workspace) -> bool:
    """Whether the workspace holds anything but empty folders and locks."""
    return any(_holds_files(workspace.root / name) for name in FOLDERS)


def _holds_files(folder: Path) -> bool:
    return any(not path.is_dir() and not _is_lock(path) for path in folder.rglob("*"))


def _is_lock(path: Path) -> bool:
    return path.suffix == ".lock"


def _children(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


# --- beside the workspace ---------------------------------------------------------------------------


def _restored(
    workspace: Workspace, backup: Path, manifest: BackupManifest, progress: Progress
) -> Restored:
    stamp = f"{dt.datetime.now().astimezone():%Y%m%d-%H%M%S}"
    staged = workspace.root / f"{STAGED_RESTORE}{stamp}"
    aside = _new_folder(workspace.root, f"{_ASIDE}{stamp}")
    shutil.rmtree(staged, ignore_errors=True)
    try:
        changed = _stage(backup, staged, manifest, progress)
        if changed is not None:
            return Restored(NOTHING, manifest, findings=(changed,))
        told = tuple(_tell(workspace, staged, backup, manifest, aside))
        moves = tuple(_moves(workspace, staged, aside, keep_head=_is_elsewhere(workspace)))
        _carry_out(workspace, moves)
    finally:
        if not workspace.unfinished_restore.exists():  # else it is needed to undo the moves
            shutil.rmtree(staged, ignore_errors=True)
    for folder in (workspace.templates, workspace.inbox, workspace.reports):
        folder.mkdir(parents=True, exist_ok=True)
    keep_private(workspace.private_files, workspace.private_folders)
    keep_private([aside])  # the old key and the old originals are in it
    replaced = aside if _holds_files(aside) else None
    if replaced is None:
        shutil.rmtree(aside, ignore_errors=True)  # empty folders
    return Restored(RESTORED, manifest, len(manifest.files), replaced, ordered(told))


def _new_folder(root: Path, stem: str) -> Path:
    number, folder = 1, root / stem
    while folder.exists():
        number += 1
        folder = root / f"{stem}-{number}"
    return folder


def _stage(backup: Path, staged: Path, manifest: BackupManifest, progress: Progress) -> Finding | None:
    """Copy the backup beside the workspace; the finding where a file changed since it was checked."""
    files = {backup / item.path: item for item in manifest.files}
    staged.mkdir(PRIVATE_FOLDER)
    for path in progress("restoring", list(files)):
        item = files[path]
        private = Workspace(staged).is_private(staged / item.path)
        copied = copy_known(path, staged / item.path, item.modified, private=private)
        if (copied.size, copied.sha256) != (item.size, item.sha256):
            return Finding("restore.changed", Severity.ERROR, params={"path": item.path})
    (staged / "workbooks").mkdir(parents=True, exist_ok=True)
    return None


def _is_elsewhere(workspace: Workspace) -> bool:
    """Whether the ledger in use is another database than the workspace's own file."""
    file = sqlite_file(ledger_url(workspace.ledger))
    return file is None or file.absolute() != workspace.ledger.absolute()


def _tell(
    workspace: Workspace, staged: Path, backup: Path, manifest: BackupManifest, aside: Path
) -> Iterator[Finding]:
    """Tell the log of the restored ledger, before it is put in place; what people must know besides."""
    sha256 = hashlib.sha256(read_ordinary(backup / MANIFEST_FILE)).hexdigest()
    happening = Happening(
        EventKind.RESTORE,
        operator(),
        file=backup.name,
        exit_code=RESTORED,
        taken={f"{backup.name}/{MANIFEST_FILE}": sha256},
        detail={
            "made": manifest.made_at,
            "files": len(manifest.files),
            "replaced": _known_head(workspace.audit_head),
            "aside": aside.name if _is_in_use(workspace) else "",
        },
    )
    restored = Workspace(staged)
    elsewhere = _is_elsewhere(workspace)
    if elsewhere:
        url = ledger_url(workspace.ledger)
        head = workspace.audit_head if workspace.audit_head.exists() else restored.audit_head
        yield Finding("restore.other_database", Severity.WARNING)
    else:
        url, head = sqlite_url(restored.ledger), restored.audit_head
        if manifest.ledger in (ELSEWHERE, DAMAGED):
            yield Finding("restore.no_ledger", Severity.WARNING)
    with Ledger(url, head_file(head)) as ledger:
        ledger.tell(happening)
    if manifest.left_out:
        params = {"paths": "、".join(manifest.left_out[:10]), "count": str(len(manifest.left_out))}
        yield Finding("restore.gaps", Severity.WARNING, params=params)


def _known_head(path: Path) -> dict[str, object] | None:
    """How far the log went that is replaced, as far as its head tells."""
    try:
        head = read_head(path)
    except (OSError, UnreadableHeadError):
        return None
    return {"count": head.end.count, "hash": head.end.hash} if head else None


# --- into its place ---------------------------------------------------------------------------------


def _moves(workspace: Workspace, staged: Path, aside: Path, *, keep_head: bool) -> Iterator[Move]:
    """Every move in its order: first what is there goes aside, then what was staged comes in.

    The lock that is held stays where it is, and so does the head of a log in another database.
    """
    root = workspace.root
    kept = {workspace.audit_head.name} if keep_head and workspace.audit_head.exists() else set()

    def pieces(base: Path) -> Iterator[Path]:
        for name in FOLDERS:
            if name != "workbooks":
                yield from (path for path in [base / name] if path.exists())
        for path in _children(base / "workbooks"):
            if not _is_lock(path) and path.name not in kept:
                yield path

    for path in pieces(root):
        yield _move(root, path, aside / path.relative_to(root))
    for path in pieces(staged):
        yield _move(root, path, root / path.relative_to(staged))


def _move(root: Path, source: Path, target: Path) -> Move:
    return source.relative_to(root).as_posix(), target.relative_to(root).as_posix()


def _carry_out(workspace: Workspace, moves: Sequence[Move]) -> None:
    """Make the moves, or none of them; raises what the system raises."""
    journal = workspace.unfinished_restore
    unwritten = write_files({journal: json.dumps(moves, ensure_ascii=False).encode()})
    if unwritten is not None:
        raise OSError(0, unwritten.params["reason"], str(journal))
    try:
        for source, target in moves:
            _rename(workspace.root / source, workspace.root / target)
    except BaseException:
        _undo(workspace, moves)
        raise
    journal.unlink()


def _undo_unfinished(workspace: Workspace) -> None:
    """Undo what an interrupted restore did, and take away what it left."""
    journal = workspace.unfinished_restore
    if journal.exists():
        _undo(workspace, [(source, target) for source, target in parsed_json(read_ordinary(journal))])
    for path in workspace.root.glob(f"{STAGED_RESTORE}*"):
        shutil.rmtree(path, ignore_errors=True)


def _undo(workspace: Workspace, moves: Sequence[Move]) -> None:
    """Make the moves that were made backwards. Each is made whole or not at all."""
    for source, target in reversed(moves):
        there, back = workspace.root / target, workspace.root / source
        staged = workspace.root / Path(source).parts[0]
        if source.startswith(STAGED_RESTORE) and not staged.is_dir():
            continue  # somebody took it away: what stands in its place may be the old content
        if there.exists() and not back.exists():
            _rename(there, back)
    asides = {Path(target).parts[0] for _, target in moves if target.startswith(_ASIDE)}
    for name in asides:
        for folder in (workspace.root / name / "workbooks", workspace.root / name):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
    workspace.unfinished_restore.unlink(missing_ok=True)


def _rename(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    source.rename(target)
