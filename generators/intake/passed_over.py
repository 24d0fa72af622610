"""What lies in an inbox without anybody having put it there: left alone, like hidden files.

Servers keep what was deleted, and what files were last week, in folders beside them; programs leave
locks, copies from before a change, and half of what they are loading. A form in there is none that a
department hands in. Only names that no person gives are listed. A conflicting copy that a program of
file exchange keeps (``表 (冲突文件 …).xlsx``) is somebody's work, and is read as any file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from pathlib import PurePosixPath

from generators.forms.layout import form_name
from generators.model import Definition
from generators.text import file_name, fold

_FOLDERS = frozenset(
    name.casefold()
    for name in (
        # Windows: what was deleted, what the system keeps of a disk, what it replicates and repairs
        *("$RECYCLE.BIN", "RECYCLER", "RECYCLED", "Recycle Bin", "System Volume Information"),
        *("$Extend", "$WinREAgent", "Config.Msi", "DfsrPrivate"),
        *("DO_NOT_REMOVE_NtFrs_PreInstall_Directory", "NtFrs_PreExisting___See_EventLog"),
        # Unix
        "lost+found",
        # network storage: Synology, QNAP, NetApp, Samba and others
        *(
            "#recycle",
            "#snapshot",
            "#trash",
            "@eaDir",
            "@tmp",
            "@sharesnap",
            "@sharebin",
            "@SynoResource",
        ),
        *("@SynoEAStream", "@Recycle", "@Recycle Bin", "@Recently-Snapshot", "@Recently Snapshot"),
        *("@Transcode", "@snapshot", "@GMT", "~snapshot", "_recycle", "$Recycle", "#Recycle Bin"),
        # macOS, also what it puts beside the content of an archive
        *("__MACOSX", "Network Trash Folder", "Temporary Items", "TheVolumeSettingsFolder"),
        # file exchange
        *("@__thumb", "$SyncTrash", "@SyncTrash", "Seafile-Trash", "baiduyun.cache"),
    )
)
_FOLDER = re.compile(r"found\.\d{3}|@gmt-[\d.-]+", re.IGNORECASE)
"""What a check of the disk found; a snapshot of a Windows share."""
_FILES = frozenset(["thumbs.db", "ehthumbs.db", "desktop.ini", "autorun.inf", "icon?", "ntuser.dat"])
"""Names as they are shown: that of a folder's picture on macOS ends in a control character."""
_ENDINGS = (
    *(".tmp", ".temp", ".part", ".partial", ".crdownload", ".download", ".opdownload", ".downloading"),
    *(".filepart", ".inprogress", ".aria2", ".td", ".xltd", ".swp", ".!ut", ".!qb", ".bak", ".wbk"),
    *(".xlk", ".lnk", ".url", ".webloc", ".desktop"),
)
"""Of what is being loaded or saved, of what was before a change, of pointers to other files."""
_FILE = re.compile(
    r"(?=\d*[A-F])[0-9A-F]{8}"  # where Excel writes until a file is whole, then it is renamed
    r"|.*\.sb-[0-9a-f]{8}-\w+"  # the same on macOS
    r"|.*~"  # what an editor keeps from before
)


def is_passed_over(name: str, *, folder: bool) -> bool:
    """Whether no person gave a file or folder of the inbox that name, as far as a name tells."""
    plain = name.rstrip(" .")
    lower = plain.casefold()
    if lower.startswith((".", "~")) or lower.endswith(_ENDINGS):
        return True
    if folder:
        return lower in _FOLDERS or _FOLDER.fullmatch(plain) is not None
    return lower in _FILES or _FILE.fullmatch(plain) is not None


def department_names(definitions: Iterable[Definition]) -> frozenset[str]:
    """What folders and forms of departments are called, folded and without the ending of a file.

    Such a folder is never passed over, and such a file is read before others.
    """
    return frozenset(
        fold(name)
        for definition in definitions
        for item in definition.departments
        for name in (
            *(item.code, item.name, file_name(item.name)),
            PurePosixPath(form_name(definition, item.code)).stem,
        )
    )


def is_departments(name: str, names: Set[str]) -> bool:
    """Whether a folder, or a file without its ending, is called by one of :func:`department_names`."""
    return fold(name) in names
