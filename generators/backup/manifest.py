"""What a backup holds: every file with its SHA-256, and whether all of them are there unchanged."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath, PurePosixPath
from typing import Any

from generators.encoding import parsed_json
from generators.model import ChainEnd, Finding, Severity
from generators.support.files import read_ordinary, sha256_of
from generators.text import reason_of

MANIFEST_FILE = "manifest.json"
UNFINISHED = ".unfinished"
"""How the name of a backup ends that is being made, or was interrupted."""
FOLDERS = ("templates", "workbooks", "reports")
"""What a workspace consists of, and a backup with it."""
FORMAT = 1

Progress = Callable[[str, list[Path]], Iterable[Path]]


@dataclass(frozen=True)
class CopiedFile:
    """A file of a backup: its path with ``/``, its bytes counted and hashed, and when it was written.

    ``modified`` counts nanoseconds since 1970: by it a submission is on time or late.
    """

    path: str
    size: int
    sha256: str
    modified: int


@dataclass(frozen=True)
class BackupManifest:
    """Everything about a backup. ``made_at`` is ISO text in UTC, ``by`` as in the audit log.

    ``ledger`` says where the ledger was: ``sqlite``, ``elsewhere`` (in a database that is not in
    the backup), ``damaged`` (and so not in the backup) or ``none``; ``schema`` is its version, 0
    where it is not in the backup. ``log`` is how far its audit log goes. ``left_out`` are files that
    were there and could not be copied.
    """

    made_at: str
    by: str
    program: str
    ledger: str
    schema: int
    log: ChainEnd
    files: tuple[CopiedFile, ...]
    left_out: tuple[str, ...] = ()


def manifest_bytes(manifest: BackupManifest) -> bytes:
    """The manifest as it is written: JSON, a file a line, with a hash over all of it."""
    value = {"format": FORMAT, **asdict(manifest)}
    files = value.pop("files")
    value["digest"] = _digest({**value, "files": files})
    head = json.dumps(value, ensure_ascii=False, indent=1)
    lines = ",\n".join(json.dumps(item, ensure_ascii=False) for item in files)
    text = f'{head.removesuffix("}").rstrip()},\n "files": [\n{lines}\n]}}\n'
    return text.encode("utf-8", "surrogatepass")


def read_manifest(folder: Path) -> BackupManifest | Finding:
    """The manifest of the backup in ``folder``, or why it is none that can be restored."""
    if folder.name.endswith(UNFINISHED):
        return _refused("unfinished", path=str(folder))
    try:
        data = read_ordinary(folder / MANIFEST_FILE)
    except FileNotFoundError:
        return _refused("no_manifest", path=str(folder))
    except OSError as error:
        return _refused("unreadable", path=MANIFEST_FILE, reason=reason_of(error))
    try:
        return _read(parsed_json(data.decode("utf-8", "surrogatepass")))
    except (ValueError, TypeError, KeyError, RecursionError):
        return _refused("manifest_damaged", path=str(folder / MANIFEST_FILE))


def _read(value: dict[str, Any]) -> BackupManifest:
    """The manifest that JSON holds; raises what reading other JSON raises."""
    digest = value.pop("digest")
    if digest != _digest(value) or value.pop("format") != FORMAT:
        raise ValueError("not as it was written")
    value["files"] = tuple(CopiedFile(**item) for item in value["files"])
    value["left_out"] = tuple(value["left_out"])
    value["log"] = ChainEnd(**value["log"])
    manifest = BackupManifest(**value)
    paths = [item.path for item in manifest.files]
    if len(set(paths)) < len(paths) or not all(map(_is_within, paths)):
        raise ValueError("paths that no backup has")
    return manifest


def _is_within(path: str) -> bool:
    """Whether a path names a file below one of the folders, on this system as on others."""
    parts, here = PurePosixPath(path).parts, PurePath(path)
    return (
        len(parts) > 1
        and parts[0] in FOLDERS
        and ".." not in parts
        and here.parts == parts
        and not (here.drive or here.root)
        and PurePosixPath(path).as_posix() == path
    )


def damages(folder: Path, manifest: BackupManifest, progress: Progress) -> Iterator[Finding]:
    """Every file of the backup that is missing, changed or cannot be read."""
    paths = {folder / item.path: item for item in manifest.files}
    for path in progress("verifying", list(paths)):
        item = paths[path]
        try:
            if path.is_symlink() or not path.is_file():
                yield _refused("lacking", path=item.path)
            elif path.stat().st_size != item.size or sha256_of(path) != item.sha256:
                yield _refused("changed", path=item.path)
        except OSError as error:
            yield _refused("unreadable", path=item.path, reason=reason_of(error))


def _digest(value: Mapping[str, object]) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _refused(code: str, **params: str) -> Finding:
    return Finding(f"restore.{code}", Severity.ERROR, params=params)
