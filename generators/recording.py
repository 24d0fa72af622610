"""What a run, a publication and the issuing of forms tell the audit log."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from generators import __version__
from generators.collection import Collection
from generators.definition.load import DEFINITION_FILE
from generators.intake.sender import sender_of
from generators.model import Definition, EventKind, Finding, Happening, Severity, Submission
from generators.taking import Taken
from generators.user import operator
from generators.word.template import TEMPLATE_FILE
from generators.workspace import Workspace

ACCEPTED, REJECTED = "accepted", "rejected"

_OVERRIDE = ("heading", "item", "text", "figure")
"""What a finding says of a figure changed by hand: where, which, as what, and what the data say."""


def arrivals(
    workspace: Workspace, collection: Collection
) -> list[tuple[Submission, dt.datetime, Happening | None]]:
    """Every usable submission, when it came, and what the log is told where it is new."""
    return [
        (item.submission, item.file.received, _submission(workspace, collection.definition, item))
        for item in collection.usable
        if item.submission is not None
    ]


def rejections(workspace: Workspace, collection: Collection) -> list[Happening]:
    """Every file that cannot be used; of one that could not be read there is no hash."""
    definition = collection.definition
    read = [_submission(workspace, definition, item) for item in collection.current if item.rejected]
    unread = [
        Happening(
            EventKind.SUBMISSION,
            operator(),
            *definition.key,
            item.department,
            item.file,
            REJECTED,
            owner=sender_of(workspace.inbox / item.file, b"").owner,
            detail=_about(definition, item.department, [item]),
        )
        for item in collection.unreadable
    ]
    return [*read, *unread]


def _submission(workspace: Workspace, definition: Definition, item: Taken) -> Happening:
    path = workspace.inbox / item.file.name
    sender = sender_of(item.file.path or path, item.file.data)
    return Happening(
        EventKind.SUBMISSION,
        operator(),
        *definition.key,
        item.department,
        item.file.name,
        REJECTED if item.rejected else ACCEPTED,
        owner=sender.owner,
        saved_by=sender.saved_by,
        taken={name_of(workspace, path): item.file.sha256},
        detail=_about(definition, item.department, item.findings if item.rejected else ()),
    )


def _about(definition: Definition, department: str, findings: Iterable[Finding]) -> Mapping[str, object]:
    """The department's name, and the codes of the errors for which a file was returned."""
    name = definition.department_name(department) if department else ""
    codes = sorted({item.code for item in findings if item.severity is Severity.ERROR})
    return {"name": name, "codes": codes} if codes else {"name": name}


def run_happened(
    workspace: Workspace,
    definition: Definition,
    template: bytes,
    accepted: Iterable[Taken],
    written: Mapping[Path, str],
    detail: Mapping[str, object],
    exit_code: int,
) -> Happening:
    """The event of a run: pack and accepted submissions went in, ``written`` came out."""
    pack = f"templates/{definition.pack}"
    taken = {
        f"{pack}/{DEFINITION_FILE}": definition.digest,
        f"{pack}/{TEMPLATE_FILE}": hashlib.sha256(template).hexdigest(),
    }
    for item in accepted:
        taken[name_of(workspace, workspace.inbox / item.file.name)] = item.file.sha256
    return Happening(
        EventKind.RUN,
        operator(),
        *definition.key,
        exit_code=exit_code,
        taken=taken,
        written={name_of(workspace, path): sha256 for path, sha256 in written.items()},
        detail={"program": __version__, **detail},
    )


def overrides(definition: Definition, findings: Iterable[Finding], left_by: str) -> list[Happening]:
    """The figures changed by hand among the findings; ``left_by`` says what let them stand."""
    return [
        Happening(
            EventKind.OVERRIDE,
            operator(),
            *definition.key,
            file=item.file,
            detail={**{key: item.params[key] for key in _OVERRIDE}, "left_by": left_by},
        )
        for item in findings
        if item.code in ("report.override", "publication.override")
    ]


def hashes(files: Mapping[Path, bytes]) -> dict[Path, str]:
    """The SHA-256 of every file."""
    return {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}


def name_of(workspace: Workspace, path: Path) -> str:
    """A file as the log names it: by its path in the workspace, with ``/`` on every system."""
    try:
        return path.relative_to(workspace.root).as_posix()
    except ValueError:
        return path.name
