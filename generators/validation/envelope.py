"""Rule ``envelope``: is this a form of this report, department, period and version?"""

from __future__ import annotations

from collections.abc import Iterable

from generators.model import Definition, Finding, FormIdentity, Severity


def check_envelope(
    identity: FormIdentity | None, definition: Definition, file: str
) -> Iterable[Finding]:
    """The first thing that is wrong with a form's identity; nothing where it belongs here.

    ``identity`` is ``None`` for a workbook that the program did not issue.
    """
    settings = definition.settings
    if identity is None:
        yield Finding("envelope.unknown_form", Severity.ERROR, file=file)
        return
    for code, found, expected in (
        ("pack", identity.pack, definition.pack),
        ("period", identity.period, settings.period),
        ("form_version", identity.form_version, settings.form_version),
    ):
        if found != expected:
            params = {"found": found, "expected": expected}
            department = identity.department if code != "pack" else ""
            yield Finding(f"envelope.{code}", Severity.ERROR, department, file, params=params)
            return
    if identity.department not in definition.department_by_code:
        params = {"found": identity.department}
        yield Finding("envelope.department", Severity.ERROR, file=file, params=params)
