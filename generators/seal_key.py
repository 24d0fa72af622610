"""The key that a workspace seals its forms with: read, or made once. It is never shown."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from generators.forms.sealing import KEY_BYTES, SealKey
from generators.model import Finding, Severity
from generators.rights import PRIVATE_FILE
from generators.support.files import read_ordinary
from generators.text import reason_of
from generators.workspace import Workspace

_UNFINISHED = ".tmp"
_MOST_BYTES = 1024
"""A key file has 65; no more than this is read of another file that stands in its place."""


class SealKeyError(Exception):
    """The key file is there and cannot be used; ``finding`` says why.

    Never is a workspace with such a file taken for one without a key: its seals would count no more.
    """

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


def read_seal_key(workspace: Workspace) -> SealKey | None:
    """The workspace's key; ``None`` where it has none, and so seals nothing.

    Raises :class:`SealKeyError` where the file is there but cannot be read or holds no key.
    """
    path = workspace.seal_key
    try:
        data = read_ordinary(path, _MOST_BYTES)
    except FileNotFoundError as error:
        if not path.is_symlink():
            return None
        raise _unusable("run.seal_key_unreadable", path, reason=reason_of(error)) from None
    except OSError as error:
        raise _unusable("run.seal_key_unreadable", path, reason=reason_of(error)) from None
    secret = _decoded(data)
    if secret is None:
        raise _unusable("run.seal_key_malformed" if data.strip() else "run.seal_key_empty", path)
    return SealKey(secret)


def make_seal_key(workspace: Workspace) -> tuple[SealKey, bool]:
    """The workspace's key, made where it has none; and whether it was made now.

    A key that is there is never replaced. Raises :class:`SealKeyError` as :func:`read_seal_key`, and
    ``OSError`` where the file cannot be written.
    """
    path = workspace.seal_key
    path.parent.mkdir(parents=True, exist_ok=True)
    # Of two that make one at once, the second must take the first one's: forms are out already.
    with FileLock(path.with_suffix(".lock"), timeout=10, mode=PRIVATE_FILE):
        key = read_seal_key(workspace)
        if key is not None:
            return key, False
        secret = secrets.token_bytes(KEY_BYTES)
        _write(path, secret)
    return SealKey(secret), True


def sweep_seal_key(workspace: Workspace) -> None:
    """Remove the halves of keys that a program left which was killed while it made one."""
    path = workspace.seal_key
    left = sorted(path.parent.glob(f"{path.name}.*{_UNFINISHED}"))
    if not left:
        return
    with suppress(Timeout), FileLock(path.with_suffix(".lock"), timeout=0, mode=PRIVATE_FILE):
        for each in left:
            each.unlink(missing_ok=True)


def _write(path: Path, secret: bytes) -> None:
    """Write the key whole or not at all. ``mkstemp`` gives files that only their owner may read."""
    handle, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=_UNFINISHED, dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="ascii", newline="\n") as file:
            file.write(f"{secret.hex()}\n")
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _decoded(data: bytes) -> bytes | None:
    """The key in a file's bytes; ``None`` where there is no whole one. An editor may add a mark."""
    try:
        secret = bytes.fromhex(data.decode("utf-8-sig"))
    except ValueError:  # no text, or no hexadecimal one
        return None
    return secret if len(secret) == KEY_BYTES else None


def _unusable(code: str, path: Path, **params: str) -> SealKeyError:
    return SealKeyError(Finding(code, Severity.ERROR, params={"path": str(path), **params}))
