"""The folders of a workspace, its report packs, and the one way to replace a file whole."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from generators.definition import load_definition
from generators.definition.load import DEFINITION_FILE
from generators.definition.settings import neighbour_periods
from generators.excel.formats import FileFormat
from generators.model import Definition, Finding, Result, Severity
from generators.names import shown_name
from generators.rights import PRIVATE_FOLDER, keep_private, make_private_file, umask
from generators.support.files import read_ordinary
from generators.text import file_name, near, reason_of

_TEMPORARY = ".huibao-"
"""What the names of files begin with that are not whole yet."""
STAGED_RESTORE = f"{_TEMPORARY}restore-"
"""What the name of a folder begins with that a restore copies a backup into."""
LEDGER_ENDINGS = ("", "-wal", "-shm", "-journal")
"""What SQLite adds to the name of its file for those beside it."""

if TYPE_CHECKING:
    from generators.ledger import HeadFile, Ledger


@dataclass(frozen=True)
class Workspace:
    """A folder that holds ``templates/``, ``workbooks/`` and ``reports/``."""

    root: Path

    @property
    def templates(self) -> Path:
        """The report packs, one folder each."""
        return self.root / "templates"

    @property
    def inbox(self) -> Path:
        """Where departments drop their workbooks; the program never writes there."""
        return self.root / "workbooks" / "inbox"

    @property
    def archive(self) -> Path:
        """Accepted originals, named by the SHA-256 of their content and the ending of their format."""
        return self.root / "workbooks" / "archive"

    @property
    def forms(self) -> Path:
        """Blank forms."""
        return self.root / "workbooks" / "forms"

    @property
    def returned(self) -> Path:
        """What goes back to the departments, a folder each; nothing is read from there."""
        return self.root / "workbooks" / "returned"

    @property
    def quarantine(self) -> Path:
        """Copies of inbox files that are no forms, each with its reason; nothing is read from there."""
        return self.root / "workbooks" / "quarantine"

    @property
    def ledger(self) -> Path:
        """The SQLite ledger."""
        return self.root / "workbooks" / "ledger.db"

    @property
    def seal_key(self) -> Path:
        """The key that forms are sealed with; where it is not, they carry no seal."""
        return self.root / "workbooks" / "seal.key"

    @property
    def audit_head(self) -> Path:
        """How far the audit log goes, kept outside of the ledger."""
        return self.ledger.with_name("audit-head.json")

    @property
    def unfinished_restore(self) -> Path:
        """There while a backup is being put in place, and after that was interrupted."""
        return self.root / "restore-unfinished.json"

    @property
    def lock(self) -> Path:
        """Held while a run works, so that two never do."""
        return self.root / "workbooks" / "huibao.lock"

    @property
    def watch_lock(self) -> Path:
        """Held as long as somebody watches the inbox."""
        return self.root / "workbooks" / "huibao-watch.lock"

    @property
    def log(self) -> Path:
        """What happened, one line an event."""
        return self.root / "workbooks" / "logs" / "huibao.log"

    @property
    def reports(self) -> Path:
        """Word reports and summary workbooks."""
        return self.root / "reports"

    @property
    def edited(self) -> Path:
        """Copies of reports that people edited, kept before they are refreshed or replaced."""
        return self.reports / "edited"

    @property
    def published(self) -> Path:
        """What was published, for circulation and for the record; never overwritten by a run."""
        return self.reports / "published"

    @property
    def private_files(self) -> tuple[Path, ...]:
        """The files that only the program's account may read; not all of them are always there."""
        ledger = [self.ledger.with_name(self.ledger.name + ending) for ending in LEDGER_ENDINGS]
        own = (self.audit_head, self.seal_key, self.lock, self.watch_lock)
        locks = (self.audit_head.with_suffix(".lock"), self.seal_key.with_suffix(".lock"))
        return (*ledger, *own, *locks)

    @property
    def private_folders(self) -> tuple[Path, ...]:
        """The folders that only the program's account may read, with all that lies in them."""
        return self.archive, self.quarantine, self.log.parent

    def is_private(self, path: Path) -> bool:
        """Whether only the program's account may read a file of the workspace."""
        return path in self.private_files or any(top in path.parents for top in self.private_folders)

    def written_folders(self) -> Iterator[Path]:
        """Every folder of the workspace that the program may write to, with those below it.

        All but the templates and the inbox, which are other people's, and ``workbooks`` itself, where
        log and key are written under locks of their own: so a folder that is new here is one of them.
        """
        yield self.root
        others = {self.inbox, self.templates}
        below = sorted(self.inbox.parent.iterdir()) if self.inbox.parent.is_dir() else []
        for top in (self.reports, *(path for path in below if path.is_dir() and path not in others)):
            yield from (Path(root) for root, _, _ in os.walk(top))


def open_ledger(workspace: Workspace) -> Ledger:
    """The workspace's ledger, to be written: made where there is none, with the head of its log."""
    from generators.ledger import Ledger, ledger_url, sqlite_file

    url = ledger_url(workspace.ledger)
    if sqlite_file(url) == workspace.ledger:
        make_private_file(workspace.ledger)
    keep_private(workspace.private_files)
    return Ledger(url, head_file(workspace.audit_head))


def head_file(path: Path) -> HeadFile:
    """The file of an audit log's head, written and swept as other files are."""
    from generators.ledger import HeadFile

    return HeadFile(path, partial(write_files, private=True), sweep)


def pack_names(workspace: Workspace) -> tuple[str, ...]:
    """The names of the workspace's report packs; one that cannot be read as it stands is none."""
    if not workspace.templates.is_dir():
        return ()
    folders = sorted(workspace.templates.iterdir())
    packs = tuple(folder.name for folder in folders if (folder / DEFINITION_FILE).exists())
    return tuple(name for name in packs if name == shown_name(name))


def find_pack(workspace: Workspace, name: str | None) -> Result[Path]:
    """The folder of the report pack called ``name``, or of the only one where ``name`` is ``None``."""

    def refuse(code: str, **params: str) -> Result[Path]:
        return Result(None, (Finding(f"run.{code}", Severity.ERROR, params=params),))

    if workspace.unfinished_restore.exists():
        return refuse("restoring", path=workspace.unfinished_restore.name)
    if not workspace.templates.is_dir():
        return refuse("no_workspace", folder=str(workspace.root))
    packs = {name: workspace.templates / name for name in pack_names(workspace)}
    folders = {folder.name: folder for folder in workspace.templates.iterdir() if folder.is_dir()}
    if name in folders and name not in packs:
        packs[name] = folders[name]  # that it has no definition is a finding of its own
    names = "、".join(packs)
    odd = next((other for other in folders if other != shown_name(other)), "")
    if odd and (name in folders or not packs) and name not in packs.keys() - {odd}:
        return refuse("pack_name", pack=shown_name(odd))
    if name is not None:
        if name in packs:
            return Result(packs[name])
        return refuse("unknown_pack", pack=name, packs=names, near=near(name, packs))
    if not packs:
        return refuse("no_pack")
    if len(packs) > 1:
        return refuse("which_pack", packs=names)
    return Result(next(iter(packs.values())))


def open_pack(workspace: Workspace, name: str | None, period: str | None) -> Result[Definition]:
    """The definition of a pack, for ``period`` where one is given, else for the pack's own."""
    pack = find_pack(workspace, name)
    if pack.value is None:
        return Result(None, pack.findings)
    definition = load_definition(pack.value)
    if definition.value is None or period is None:
        return definition
    return Result(for_period(definition.value, period), definition.findings)


def for_period(definition: Definition, period: str) -> Definition:
    """The same definition for another period; its neighbours follow where the period is a year."""
    if period == definition.settings.period:
        return definition
    before, after = neighbour_periods(period)
    settings = replace(definition.settings, period=period, previous_period=before, next_period=after)
    return replace(definition, settings=settings)


def output_paths(workspace: Workspace, definition: Definition) -> tuple[Path, Path]:
    """Where the Word report and the summary workbook of a period go."""
    stem = file_name(f"{definition.settings.name}-{definition.settings.period}")
    return workspace.reports / f"{stem}.docx", workspace.reports / f"{stem}-汇总表.xlsx"


def original_path(workspace: Workspace, sha256: str, kind: FileFormat | None = FileFormat.XLSX) -> Path:
    """Where the accepted original with that content is kept, or would be as a file of ``kind``."""
    kept = (workspace.archive / f"{sha256}.{ending}" for ending in FileFormat)
    found = next((path for path in kept if path.is_file()), None)
    return found or workspace.archive / f"{sha256}.{kind or FileFormat.XLSX}"


def archive_names(workspace: Workspace) -> Mapping[str, str]:
    """The SHA-256 of the originals that are no .xlsx files, each with its file's name."""
    endings = {f".{kind}" for kind in FileFormat} - {f".{FileFormat.XLSX}"}
    folder = workspace.archive
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return {path.stem: path.name for path in files if path.suffix in endings}


def write_files(files: Mapping[Path, bytes], *, private: bool = False) -> Finding | None:
    """Write every file whole or none: temporary names first, then each is put in its place.

    ``private`` ones, and folders that are made for them, are for the program's account alone.

    Returns the finding that says why nothing was written, or ``None``; its code is ``run.held``
    where another program has a file open. Where a file cannot be put in its place, those before it
    get their old content back.
    """
    staged: dict[Path, Path] = {}
    before: dict[Path, bytes | None] = {}
    path = Path()
    code = "run.not_written"
    try:
        for path, data in files.items():
            path.parent.mkdir(PRIVATE_FOLDER if private else 0o777, parents=True, exist_ok=True)
            staged[path] = _stage(path, data, private=private)
        for path, temporary in staged.items():
            before[path] = read_ordinary(path) if path.is_file() else None
            # Windows replaces no file that Word or Excel has open.
            code = "run.held" if before[path] is not None else code
            temporary.replace(path)
    except OSError as error:
        for temporary in staged.values():
            _remove(temporary)
        before.pop(path, None)
        for written, content in before.items():
            _put_back(written, content, private=private)
        refused = not_written(path, error)
        return replace(refused, code=code) if isinstance(error, PermissionError) else refused
    return None


def sweep(folder: Path) -> None:
    """Remove from a folder what a program left that was killed while it wrote.

    Nobody else may be writing there.
    """
    for path in folder.glob(f"{_TEMPORARY}*.tmp"):
        _remove(path)


def sweep_restore(workspace: Workspace) -> None:
    """Remove what a restore had copied beside the workspace when it was killed before its first move.

    After that it is needed to undo the moves.
    """
    if not workspace.unfinished_restore.exists():
        for path in workspace.root.glob(f"{STAGED_RESTORE}*"):
            shutil.rmtree(path, ignore_errors=True)


def not_written(path: Path | str, error: OSError) -> Finding:
    """The finding that says why ``path`` could not be written."""
    params = {"path": str(path), "reason": reason_of(error)}
    return Finding("run.not_written", Severity.ERROR, params=params)


def _put_back(path: Path, content: bytes | None, *, private: bool) -> None:
    """Give a file its old content again; a file that was not there before goes.

    Where that fails too, the new content stays, which is whole.
    """
    if content is None:
        _remove(path)
        return
    try:
        temporary = _stage(path, content, private=private)
    except OSError:
        return
    try:
        temporary.replace(path)
    except OSError:
        _remove(temporary)


def _remove(path: Path) -> None:
    """Remove a file as far as the system lets it go."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def _stage(path: Path, data: bytes, *, private: bool) -> Path:
    """Write ``data`` beside ``path`` under a temporary name, flushed to the disk.

    The system makes it for this account alone.
    """
    handle, name = tempfile.mkstemp(prefix=_TEMPORARY, suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if path.exists() and not private:
            shutil.copymode(path, temporary)
        elif not private:
            temporary.chmod(0o666 & ~umask())
    except OSError:
        _remove(temporary)
        raise
    return temporary
