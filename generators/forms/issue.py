"""Write one blank form for each department of a pack into the workspace."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from generators.forms.layout import form_name
from generators.forms.sealing import SealKey
from generators.forms.write import write_form
from generators.model import Definition, Finding
from generators.workspace import Workspace, pack_names, write_files


def forms_folder(workspace: Workspace, definition: Definition) -> Path:
    """Where a pack's forms go: a folder of its own where the workspace has several packs."""
    several = len(pack_names(workspace)) > 1
    return workspace.forms / definition.pack if several else workspace.forms


def issue_forms(
    workspace: Workspace,
    definition: Definition,
    progress: Callable[[str, Sequence[Path]], Iterable[Path]],
    key: SealKey | None = None,
) -> tuple[list[Path], Finding | None]:
    """Write the forms, sealed where there is a ``key``; returns their paths.

    Where one could not be written, returns none and why.
    """
    folder = forms_folder(workspace, definition)
    codes = {
        folder / form_name(definition, department.code): department.code
        for department in definition.departments
    }
    for path in progress("issue", list(codes)):
        failure = write_files({path: write_form(definition, codes[path], key)})
        if failure is not None:
            return [], failure
    return list(codes), None
