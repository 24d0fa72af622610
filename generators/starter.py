"""A fresh workspace: the folders, and a starter pack that issues forms and renders as it stands."""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path

from generators.model import Finding, Severity
from generators.workspace import Workspace, not_written

STARTER = "starter_pack"


def start_workspace(folder: Path) -> tuple[str, Finding | None]:
    """Make a workspace in ``folder``, which must not exist or be empty.

    Returns the name of its pack, and why nothing was made where it could not be.
    """
    source = files("generators") / STARTER
    pack = next(item.name for item in source.iterdir() if item.is_dir())
    if folder.exists() and any(folder.iterdir()):
        return pack, Finding("run.exists", Severity.ERROR, params={"path": str(folder)})
    workspace = Workspace(folder)
    try:
        for place in (workspace.templates, workspace.inbox, workspace.forms, workspace.reports):
            place.mkdir(parents=True, exist_ok=True)
        with as_file(source / pack) as path:
            shutil.copytree(path, workspace.templates / pack)
    except OSError as error:
        return pack, not_written(folder, error)
    return pack, None
