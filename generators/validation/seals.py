"""Rule ``seal``: was this form issued by this workspace, as what it says that it is?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from generators.forms.layout import IDENTITY_KEYS
from generators.forms.sealing import SealKey, is_seal_of, key_of
from generators.intake.identity import Claim
from generators.model import Definition, Finding, FormIdentity, Result, Severity, Submission
from generators.text import shorten
from generators.validation import is_blocking

_MOST_VERSIONS = 100
"""How many versions back a form may come from for its message to name the one."""
_MOST_DIGITS = 9

_BEFORE_THE_KEY = ("seal.missing", "seal.key")
"""What does not matter in a file that was accepted before there was the present key."""


@dataclass(frozen=True)
class Seals:
    """What seals are held against: the workspace's key, and what was accepted already.

    ``key`` is ``None`` where forms are not sealed; ``accepted`` maps a department to the SHA-256 of
    each of its vintages, the oldest first.
    """

    key: SealKey | None = None
    accepted: Mapping[str, Sequence[str]] = field(default_factory=dict)


NO_SEALS = Seals()


def check_seal(
    claim: Claim, key: SealKey | None, definition: Definition, file: str
) -> Iterable[Finding]:
    """The one thing that is wrong with a form's seal; nothing where it holds.

    ``key`` is ``None`` in a workspace that does not seal its forms: there a seal cannot be checked.
    The form must belong to this pack, period and version
    (:func:`generators.validation.envelope.check_envelope`).
    """
    department = claim.identity.department
    owner = department if department in definition.department_by_code else ""
    if key is None:
        if claim.seals:
            yield Finding("seal.unchecked", Severity.WARNING, owner, file)
    elif not claim.seals:
        params = {"department": definition.department_name(department)}
        yield Finding("seal.missing", Severity.ERROR, owner, file, params=params)
    elif len(claim.seals) > 1 or key_of(claim.seals[0]) is None:
        yield Finding("seal.wrong", Severity.ERROR, owner, file)
    elif key_of(claim.seals[0]) != key.id:
        yield Finding("seal.key", Severity.ERROR, owner, file)
    elif (issued := _issued_as(claim, key, definition)) is None:
        yield Finding("seal.wrong", Severity.ERROR, owner, file)
    elif changed := next((item for item in (claim.identity, claim.other) if item != issued), None):
        part = next(key for key in IDENTITY_KEYS if getattr(changed, key) != getattr(issued, key))
        params = {
            "found": _shown(part, changed, definition),
            "issued": _shown(part, issued, definition),
        }
        yield Finding(f"seal.{part}", Severity.ERROR, owner, file, params=params)


def settled(read: Result[Submission], seals: Seals) -> tuple[Result[Submission], tuple[Finding, ...]]:
    """The reading of a form with what its seal comes to, and why it may count no more.

    A form whose seal does not hold is none, unless this very content was accepted before there was
    the key. It stands then; where the department has had another one accepted since, it stands only
    beside that one, and the second value says why it may not take its place.
    """
    form = read.value
    faults = tuple(item for item in read.findings if item.rule == "seal" and is_blocking(item))
    if form is None or not faults:
        return read, ()
    accepted = seals.accepted.get(form.identity.department, ())
    if form.sha256 not in accepted or any(item.code not in _BEFORE_THE_KEY for item in faults):
        return Result(None, faults), ()
    stands = Finding("seal.stands", Severity.INFO, form.identity.department, form.file)
    rest = tuple(item for item in read.findings if item not in faults)
    return Result(form, (stands, *rest)), () if form.sha256 == accepted[-1] else faults


def _issued_as(claim: Claim, key: SealKey, definition: Definition) -> FormIdentity | None:
    """What the form was sealed as, if it is what it says or differs from it in one likely part."""
    suspects = _suspects(claim, definition)
    return next((item for item in suspects if is_seal_of(claim.seals[0], item, key)), None)


def _suspects(claim: Claim, definition: Definition) -> Iterator[FormIdentity]:
    """What the form may have been issued as: what it says, then what one edited part would explain."""
    yield claim.identity
    yield claim.other
    here, settings = claim.identity, definition.settings
    for department in definition.departments:
        yield replace(here, department=department.code)
    for period in (settings.previous_period, settings.next_period):
        yield replace(here, period=period)
    if here.form_version.isdecimal() and len(here.form_version) <= _MOST_DIGITS:
        now = int(here.form_version)
        for version in range(max(1, now - _MOST_VERSIONS), now + 2):
            yield replace(here, form_version=str(version))


def _shown(part: str, identity: FormIdentity, definition: Definition) -> str:
    value = str(getattr(identity, part))
    return shorten(definition.department_name(value) if part == "department" else value)
