"""A fresh workspace: the folders, a starter pack that issues forms and renders as it stands, a key."""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path

from generators.model import Finding, Severity
from generators.seal_key import make_seal_key
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
        make_seal_key(workspace)
        # Whoever puts the workspace under git does not give the key away.
        kept_out = f"/{workspace.seal_key.name}*\n"
        workspace.seal_key.with_name(".gitignore").write_text(kept_out, "utf-8", newline="\n")
    except OSError as error:
        return pack, not_written(folder, error)
    return pack, None
