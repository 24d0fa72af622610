"""Template findings → the copy of the template that carries them as comments, in ``reports/``."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from generators.model import Definition, Finding, Result, Severity
from generators.support.files import read_ordinary
from generators.text import file_name, reason_of
from generators.word.annotate import annotate
from generators.word.template import TEMPLATE_FILE
from generators.word.trial import worked_apart
from generators.workspace import Workspace, write_files


def comment_on_template(
    workspace: Workspace, definition: Definition, findings: Iterable[Finding]
) -> tuple[Finding, ...]:
    """Write the copy where there are findings about the template's text; take an old one away.

    Returns what is to be said of it: where it is, or why it could not be written or taken away.
    """
    told = [item for item in findings if item.rule == "template"]
    source = workspace.templates / definition.pack / TEMPLATE_FILE
    path = commented_path(workspace, definition)
    shown = f"{path.parent.name}/{path.name}"

    def say(code: str, severity: Severity, **params: str) -> tuple[Finding, ...]:
        file = f"{definition.pack}/{TEMPLATE_FILE}"
        return (Finding(code, severity, file=file, params={"path": shown, **params}),)

    name = f"{definition.pack}/{TEMPLATE_FILE}"
    worked = worked_apart(name, annotate, _content(source), told) if told else Result[bytes](None)
    if worked.findings:
        return worked.findings
    data = worked.value
    if data is None:
        if not os.path.lexists(path):  # a folder that is read-only refuses even to delete nothing
            return ()
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            return say("template.comments_left", Severity.WARNING, reason=reason_of(error))
        return ()
    if _content(path) != data and (unwritten := write_files({path: data})):
        reason = unwritten.params["reason"]
        return say("template.comments_unwritten", Severity.WARNING, reason=reason)
    return say("template.comments", Severity.INFO, count=str(len(told)))


def commented_path(workspace: Workspace, definition: Definition) -> Path:
    """Where the copy with the comments goes."""
    return workspace.reports / f"{file_name(f'{definition.settings.name}-模板批注')}.docx"


def _content(path: Path) -> bytes:
    """The file's bytes; none where it is not there or cannot be read."""
    try:
        return read_ordinary(path)
    except OSError:
        return b""
