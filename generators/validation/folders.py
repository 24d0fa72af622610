"""Rule ``envelope``: does a form lie in the folder of its own department?"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from generators.model import Definition, Finding, Severity
from generators.text import file_name, fold


def folder_owners(name: str, definition: Definition) -> tuple[str, tuple[str, ...]]:
    """The folder that decides whose a file is, and the codes of the departments that it names.

    ``name`` is that of a file below the inbox. The outermost folder that names a department, by code
    or name, decides: whoever may write into it may make folders in it. Nothing and nobody where no
    folder names one.
    """
    for folder in PurePosixPath(name).parts[:-1]:
        owners = tuple(
            item.code
            for item in definition.departments
            if fold(folder) in {fold(item.code), fold(item.name), fold(file_name(item.name))}
        )
        if owners:
            return folder, owners
    return "", ()


def check_folder(department: str, name: str, definition: Definition, file: str) -> Iterable[Finding]:
    """An error where the form of ``department`` lies in the folder of another one.

    ``name`` is the file's below the inbox, ``file`` the one that the finding carries. The finding is
    for the department whose folder it is, since that is who put the form there.
    """
    folder, owners = folder_owners(name, definition)
    if owners and department not in owners:
        params = {"folder": folder, "department": definition.department_name(department)}
        yield Finding("envelope.folder", Severity.ERROR, owners[0], file, params=params)
