"""Write one blank form for each department of a pack into the workspace, and tell the audit log."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from generators.definition.load import DEFINITION_FILE
from generators.exclusive import at_work
from generators.forms.layout import form_name
from generators.forms.sealing import SealKey
from generators.forms.write import write_form
from generators.ledger import Asked
from generators.model import Definition, EventKind, Finding, Happening
from generators.user import operator
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
    """Write the forms, all or none, sealed where there is a ``key``; returns their paths.

    Where one could not be written, returns none and why. The audit log is told before anything is
    written: no form goes out that it does not know, and none sealed with a key that it does not.
    """
    folder = forms_folder(workspace, definition)
    codes = {
        folder / form_name(definition, department.code): department.code
        for department in definition.departments
    }
    forms = {path: write_form(definition, codes[path], key) for path in progress("issue", list(codes))}
    happening = Happening(
        EventKind.ISSUE,
        operator(),
        *definition.key,
        exit_code=0,
        taken={f"templates/{definition.pack}/{DEFINITION_FILE}": definition.digest},
        written={
            path.relative_to(workspace.root).as_posix(): hashlib.sha256(data).hexdigest()
            for path, data in forms.items()
        },
        detail={"form_version": definition.settings.form_version, "sealed": key is not None},
    )
    with at_work(workspace) as ledger:  # whose sweeping would take what another one is writing
        if isinstance(ledger, Finding):
            return [], ledger
        told = [item.happening for item in ledger.log(Asked(frozenset([EventKind.SEAL])))]
        if key is not None and (not told or told[-1].detail.get("key") != key.id):
            ledger.tell(Happening(EventKind.SEAL, operator(), detail={"key": key.id}))
        ledger.tell(happening)
        failure = write_files(forms)
        if failure is not None:
            ledger.tell(replace(happening, exit_code=2, written={}))
            return [], failure
    return list(forms), None
