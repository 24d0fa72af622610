"""What the audit log tells: kinds of events, what happened, and its place in the chain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

NOTHING_BEFORE = "0" * 64
"""What stands for the hash of the event before the first one."""


class EventKind(StrEnum):
    """What can happen. Values are kept for good: add to them, never rename one."""

    SUBMISSION = "submission"
    """A department's file was taken in, or was returned."""
    REPORT = "report"
    """A report is about to be written; it stands here before it stands on the disk."""
    OVERRIDE = "override"
    """A figure that a person changed in the report was kept by a run, or let out by a publication."""
    RUN = "run"
    ISSUE = "issue"
    """Blank forms are about to be written."""
    PUBLISH = "publish"
    REOPEN = "reopen"
    BACKUP = "backup"
    RESTORE = "restore"
    ACCEPT = "accept"
    """A head of the log that did not fit was set anew, with a reason."""
    SEAL = "seal"
    """Forms are about to be sealed with another key than before; only its id is told."""
    SLOT = "slot"
    """A report was made because its weekly slots had come."""
    WATCH = "watch"
    """A pack is watched from now on: slots before it are not made up."""
    CLOCK = "clock"
    """The clock had been ahead: slots that it marked as seen to are due again in their time."""
    REASON = "reason"
    """Reasons of a department were accepted for what had to be confirmed."""
    COVER = "cover"
    """What an older program had written is named by hash: from here on a change of it shows."""


class Off(StrEnum):
    """How rows of the ledger are not as the log says."""

    ALTERED = "altered"
    DELETED = "deleted"
    ADDED = "added"


@dataclass(frozen=True)
class Fault:
    """Rows of the ledger that are not as the event says that tells of them.

    ``group`` names the rows (:data:`generators.ledger.pins.GROUPS`) and ``key`` is what they have in
    common. ``event`` is the number of the event, 0 where none tells of them; the rest is as that event
    says, and empty where it does not: ``name`` is the department's, ``about`` code, subject and text
    of a reason. ``newer`` is the number of the sound vintage that took the place of the submission,
    0 where none did.
    """

    group: str
    key: str
    why: Off
    event: int = 0
    pack: str = ""
    period: str = ""
    department: str = ""
    name: str = ""
    vintage: int = 0
    file: str = ""
    about: tuple[str, ...] = ()
    newer: int = 0


@dataclass(frozen=True)
class Happening:
    """Something that happened, not yet in the log.

    ``by`` is the operating system's name for whoever ran the program, empty where it has none.
    ``department`` is a code. ``file`` is what it is about, such as a submission's name.
    ``outcome`` is a word where a kind has several: ``accepted`` or ``rejected``. ``exit_code`` is
    ``None`` for what is no command of its own. ``owner`` is the file's owner as the system names
    it, ``None`` where it does not tell; ``saved_by`` who saved the workbook last, by its own
    account, empty where it does not say.

    ``taken`` and ``written`` map files, named as they lie in the workspace, to their SHA-256: what
    went in and what came out. ``detail`` is what else a kind has to tell, as plain JSON; its ``kept``
    names rows of the ledger by hash (:mod:`generators.ledger.pins`).
    """

    kind: EventKind
    by: str = ""
    pack: str = ""
    period: str = ""
    department: str = ""
    file: str = ""
    outcome: str = ""
    exit_code: int | None = None
    owner: str | None = None
    saved_by: str = ""
    taken: Mapping[str, str] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Event:
    """An event of the log. ``number`` counts from 1 without gaps, ``time`` is ISO text in UTC.

    ``hash`` is the SHA-256 of the event, the ``previous`` one's hash included.
    """

    number: int
    time: str
    happening: Happening
    previous: str
    hash: str


@dataclass(frozen=True)
class ChainEnd:
    """How far the log goes: the number of its last event and that one's hash."""

    count: int = 0
    hash: str = NOTHING_BEFORE


@dataclass(frozen=True)
class Head:
    """What is kept of the log outside of the database, so that a cut tail is noticed.

    ``promised`` is where the log would end after what was being written; ``None`` where nothing was.
    """

    end: ChainEnd
    promised: ChainEnd | None = None
