"""Who may read what the program keeps: its own account alone, where the system knows such rights.

What was made with wider rights, by an older program or by hand, is narrowed when it is come upon.
Windows has the rights of the folder that the workspace lies in.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable
from pathlib import Path

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
_OTHERS = 0o077
_KNOWN = os.name != "nt"


def keep_private(files: Iterable[Path], folders: Iterable[Path] = ()) -> None:
    """Take the rights of everybody else on files, and on folders with all that lies in them.

    What is not there, or belongs to another account, is left as it is.
    """
    if not _KNOWN:
        return
    for path in files:
        _narrow(path)
    for top in folders:
        _narrow(top)
        for root, below, names in os.walk(top):
            for name in (*below, *names):
                _narrow(Path(root, name), follow=False)


def make_private_file(path: Path) -> None:
    """Make an empty file that nobody else may read, where there is none."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, flags, PRIVATE_FILE))


def usual_rights(path: Path, *, private: bool) -> None:
    """Give a file the rights that a new one gets here: those of the process, or its own account's."""
    if _KNOWN:
        path.chmod(PRIVATE_FILE if private else 0o666 & ~umask())


def umask() -> int:
    """The rights that new files of this process do not get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _narrow(path: Path, *, follow: bool = True) -> None:
    """Narrow the rights on a file or folder; of what merely lies in a folder no link is followed."""
    with contextlib.suppress(OSError):
        status = path.stat(follow_symlinks=follow)
        if status.st_mode & _OTHERS and (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
            path.chmod(stat.S_IMODE(status.st_mode) & ~_OTHERS)
