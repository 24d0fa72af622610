"""Accepted originals and the archive: which are to be written, and which are not what they should be."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from generators.altered import altered_originals, is_original
from generators.collection import Collection
from generators.excel.formats import format_of
from generators.ledger import Pin
from generators.model import Accepted, Finding, Severity
from generators.workspace import Workspace, original_path


def archived_originals(
    workspace: Workspace, collection: Collection
) -> tuple[dict[Path, bytes], tuple[Finding, ...]]:
    """Where the accepted originals are to be written, by content, that the archive does not hold.

    One that somebody altered is written anew, for the very file lies in the inbox, and that is told.
    """
    files: dict[Path, bytes] = {}
    mended: list[Finding] = []
    for item in collection.usable:
        path = original_path(workspace, item.file.sha256, format_of(item.file.data))
        if path.exists() and is_original(path, item.file.sha256):
            continue
        if path.exists():
            params = {"path": f"workbooks/archive/{path.name}"}
            mended.append(Finding("kept.archive_mended", Severity.WARNING, params=params))
        files[path] = item.file.data
    return files, tuple(mended)


def altered_standing(
    workspace: Workspace, collection: Collection, standing: Iterable[Accepted]
) -> tuple[Finding, ...]:
    """What is off of the originals to which a report links that do not lie in the inbox."""
    definition = collection.definition
    originals = {}
    for item in standing:
        form = item.submission
        name = definition.department_name(form.identity.department)
        originals[form.sha256] = Pin(
            "", 0, *definition.key, form.identity.department, item.vintage, form.file, name=name
        )
    return tuple(altered_originals(workspace, originals)) if originals else ()
