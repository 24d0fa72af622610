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
    if identity.pack != definition.pack:
        # Both by the names that the compiler gave the packs: of the other one no more is known.
        params = {"found": identity.pack, "expected": definition.pack, "report": settings.name}
        yield Finding("envelope.pack", Severity.ERROR, file=file, params=params)
        return
    known = identity.department in definition.department_by_code
    department = identity.department if known else ""
    for code, found, expected in (
        ("period", identity.period, settings.period),
        ("form_version", identity.form_version, settings.form_version),
    ):
        if found != expected:
            params = {"found": found, "expected": expected}
            yield Finding(f"envelope.{code}", Severity.ERROR, department, file, params=params)
            return
    if not known:
        params = {"found": identity.department}
        yield Finding("envelope.department", Severity.ERROR, file=file, params=params)
