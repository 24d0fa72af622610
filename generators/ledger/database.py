"""The open ledger: everything that is asked of it and told to it, one transaction each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace

import sqlalchemy as sa

from generators.encoding import digest
from generators.ledger import (
    events,
    figures,
    guards,
    issues,
    kept,
    pins,
    publications,
    runs,
    submissions,
)
from generators.ledger import slots as slots_table
from generators.ledger.engine import open_engine
from generators.ledger.head import HeadFile
from generators.ledger.runs import KeptRun
from generators.ledger.schema import prepare
from generators.ledger.slots import DueSlots
from generators.ledger.submissions import Vintage
from generators.model import (
    Accepted,
    Bound,
    ChainEnd,
    Event,
    EventKind,
    Fault,
    Finding,
    Happening,
    Issue,
    Known,
    Manifest,
    Publication,
    Reopening,
    Revision,
    Submission,
)


class Ledger:
    """The open database of a workspace; a context manager. Each public method is one transaction.

    Opening makes the tables where there are none and brings those of an older program up to date;
    :class:`~generators.ledger.schema.NewerLedgerError` where a newer program wrote them.

    What changes something tells the audit log of it in the same transaction; ``told`` says more
    than the ledger knows by itself. ``head`` is moved with the log: whoever opens the ledger of a
    workspace to write gives it (:func:`generators.workspace.open_ledger`).
    """

    def __init__(self, url: str | sa.URL, head: HeadFile | None = None) -> None:
        self._head = head
        self._engine = open_engine(url)
        try:
            prepare(self._engine)
        except BaseException:
            self._engine.dispose()
            raise

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()

    @contextmanager
    def _recording(self, *, anew: bool = False) -> Iterator[sa.Connection]:
        """A transaction that may add to the audit log; the head of the log is moved with it.

        ``anew`` moves it also where it does not fit the log.
        """
        head = self._head
        with head.turn() if head else nullcontext():
            with self._engine.begin() as connection:
                events.begin(connection)
                start = events.end_of(connection)
                if head is None or head.fits(start):  # else somebody may have emptied the log
                    pins.cover(connection)
                yield connection
                end = events.end_of(connection)
                if head and end != start:
                    head.promise(start, end, anew=anew)
            if head and end != start:
                head.settle(end)

    # --- submissions --------------------------------------------------------------------------------

    def accept(
        self, submission: Submission, received: dt.datetime, told: Happening | None = None
    ) -> int:
        """Record an accepted submission, whole; returns the number of its vintage.

        The department's current content again is no new vintage; anything else is, also content
        that an earlier vintage had.
        """
        return self.accept_all([(submission, received, told)])[0]

    def accept_all(
        self, items: Sequence[tuple[Submission, dt.datetime, Happening | None]]
    ) -> tuple[int, ...]:
        """The same for several, all or none of them."""
        if not items:
            return ()
        with self._recording() as connection:
            numbers = []
            for submission, received, told in items:
                vintage, key = submissions.accept(connection, submission, received)
                numbers.append(vintage)
                happening = told or submissions.accepted(submission)
                happening = replace(happening, detail={**happening.detail, "vintage": vintage})
                if key is not None:
                    rows = {group: [key] for group in submissions.WHOLE}
                    self._append(connection, happening, rows)
                elif _was_returned(connection, happening):
                    events.append(connection, [happening])
            return tuple(numbers)

    @staticmethod
    def _append(
        connection: sa.Connection,
        happening: Happening,
        rows: Mapping[pins.Group, Iterable[int]],
        *before: Happening,
    ) -> None:
        """Tell the log what happened, by name of the rows that were written for it."""
        detail = pins.telling(happening, pins.kept(connection, rows))
        events.append(connection, [*before, replace(happening, detail=detail)])

    def vintages(self, pack: str, period: str) -> dict[str, list[Vintage]]:
        """Every accepted submission of a period by department, the oldest first."""
        with self._engine.connect() as connection:
            return submissions.vintages(connection, pack, period)

    def previous_vintage(self, submission: Submission) -> Accepted | None:
        """The accepted vintage before ``submission``, of the same pack, period and department.

        Where the last one has this very content, that is the one before it, so that the answer is
        the same before and after the submission is accepted; ``None`` for the first. A vintage that
        a version-1 ledger took in holds the figures that were not blank, with their cells, and
        nothing else.
        """
        with self._engine.connect() as connection:
            return submissions.previous(connection, submission)

    def standing_submissions(self, pack: str, period: str) -> tuple[Accepted, ...]:
        """The last vintage of every department in a period, by department code."""
        with self._engine.connect() as connection:
            return submissions.last_of_each(connection, pack, period)

    # --- figures ------------------------------------------------------------------------------------

    def standing(self, pack: str, period: str) -> tuple[Known, ...]:
        """The figures of the last vintage of every department in every period but ``period``.

        A figure that was left blank is not among them.
        """
        with self._engine.connect() as connection:
            return figures.standing(connection, pack, period)

    def history(self, pack: str, indicator: str) -> tuple[Known, ...]:
        """Every value of one indicator code, in every vintage of every period.

        They are in the order of period, measure, department and vintage. A vintage in which the
        figure was blank has no value here.
        """
        with self._engine.connect() as connection:
            return figures.history(connection, pack, indicator)

    def revisions(self, pack: str, period: str) -> tuple[Revision, ...]:
        """The figures that changed from one vintage of a department to the next, new and withdrawn
        ones included, in the order of indicator code, measure, department and vintage.
        """
        with self._engine.connect() as connection:
            return figures.revisions(connection, pack, period)

    # --- reasons ------------------------------------------------------------------------------------

    def bound(self, pack: str, period: str) -> tuple[Bound, ...]:
        """Every reason that was accepted for a finding in a period, the oldest first."""
        with self._engine.connect() as connection:
            return runs.bound(connection, pack, period)

    def bind(self, pack: str, period: str, items: Iterable[Bound], by: str = "") -> None:
        """Keep the reasons that were accepted; one that is kept already is not written again.

        The same reason for other operands is another one, and is kept beside the first.
        """
        bound = list(items)
        if not bound:
            return
        with self._recording() as connection:
            new = runs.bind(connection, pack, period, bound)
            for department in sorted({item.department for item in new.values()}):
                own = {key: item for key, item in new.items() if item.department == department}
                about = {str(key): [department, i.code, i.subject, i.text] for key, i in own.items()}
                happening = Happening(EventKind.REASON, by, pack, period, department)
                happening = replace(happening, detail={pins.REASONS: about})
                self._append(connection, happening, {pins.BOUNDS: own})

    # --- runs ---------------------------------------------------------------------------------------

    def record_run(
        self,
        pack: str,
        period: str,
        exit_code: int,
        snapshot: Mapping[str, int],
        outputs: Mapping[str, str],
        findings: Sequence[Finding],
        told: Happening | None = None,
        overrides: Sequence[Happening] = (),
        slots: DueSlots | None = None,
    ) -> int:
        """Record a finished run and return its number.

        ``snapshot`` maps each department to the vintage that the report stands on, ``outputs``
        each written file to its SHA-256. ``overrides`` are the figures changed by hand that the
        report keeps; the log is told of those that the run before did not keep. ``slots`` are those
        that the run serves.
        """
        plain = Happening(EventKind.RUN, "", pack, period, exit_code=exit_code, written=outputs)
        with self._recording() as connection:
            number = runs.record(connection, pack, period, exit_code, snapshot, outputs, findings)
            kept = [dict(item.detail) for item in overrides]
            key = "overrides"
            before = events.last_of(connection, EventKind.RUN, pack, period, having=key)
            known = before.detail[key] if before else ()
            new = [item for item in overrides if not isinstance(known, list) or item.detail not in known]
            happening = told or plain
            detail = {**happening.detail, "run": number, key: kept}
            told_last = _served(connection, slots, happening)
            rows = {pins.RUNS: [number], pins.FINDINGS: [number]}
            self._append(connection, replace(happening, detail=detail), rows, *new)
            events.append(connection, told_last)
            return number

    def last_run(self, pack: str, period: str) -> KeptRun | None:
        """The last run of a period, or ``None`` where there has been none."""
        with self._engine.connect() as connection:
            return runs.last(connection, pack, period)

    def snapshot(self, run: int) -> tuple[Accepted, ...]:
        """The submissions that a run's report stands on, by department code; none for no such run.

        Each is as it was accepted, with its SHA-256, by which the archive keeps the original.
        """
        with self._engine.connect() as connection:
            kept = runs.numbered(connection, run)
            if kept is None:
                return ()
            return submissions.chosen(connection, kept.pack, kept.period, kept.snapshot)

    def last_findings(self, pack: str, period: str) -> tuple[Finding, ...] | None:
        """What the last run of a period found, or ``None`` where there has been none."""
        with self._engine.connect() as connection:
            kept = runs.last(connection, pack, period)
            return None if kept is None else runs.findings_of(connection, kept)

    # --- issues: the reports that were written ------------------------------------------------------

    def keep_issue(
        self, manifest: Manifest, sha256: str, *, refreshed: bool, by: str = "", file: str = ""
    ) -> int:
        """Keep what a document printed, by the document's SHA-256, before it is written; its number.

        ``refreshed`` says that the document holds what people wrote by hand. ``by`` and ``file``
        are for the audit log: who, and what the document is called in the workspace.
        """
        with self._recording() as connection:
            number, new = issues.keep(connection, manifest, sha256, refreshed=refreshed)
            if new:
                happening = Happening(
                    EventKind.REPORT,
                    by,
                    manifest.pack,
                    manifest.period,
                    file=file,
                    written={file: sha256},
                    detail={"issue": number, "refreshed": refreshed, "manifest": digest(manifest)},
                )
                self._append(connection, happening, {pins.ISSUES: [number], pins.MANIFESTS: [number]})
            return number

    def last_issue(self, pack: str, period: str) -> Issue | None:
        """The last report of a period, or ``None``."""
        with self._engine.connect() as connection:
            return issues.last(connection, pack, period)

    def issue_of_document(self, sha256: str) -> Issue | None:
        """The report whose document, untouched by hand, has that SHA-256; ``None`` for no such one."""
        with self._engine.connect() as connection:
            return issues.of_document(connection, sha256)

    def issue_of_manifest(self, sha256: str) -> Issue | None:
        """The report whose manifest has that SHA-256 (it stands in the document's properties, also
        when people have edited it); ``None`` for no such one.
        """
        with self._engine.connect() as connection:
            return issues.of_manifest(connection, sha256)

    # --- publications: the reports that went out ----------------------------------------------------

    def keep_publication(self, publication: Publication, overrides: Sequence[Happening] = ()) -> None:
        """Keep a publication; it closes its period until :meth:`reopen`. No older one is changed.

        ``overrides`` are the figures changed by hand that it lets out.
        """
        with self._recording() as connection:
            key = publications.keep(connection, publication)
            told = publications.published(publication)
            self._append(connection, told, {pins.PUBLICATIONS: [key]}, *overrides)

    def last_publication(self, pack: str, period: str | None = None) -> Publication | None:
        """The newest publication of a period, whether it was opened again since or not.

        Where ``period`` is ``None``, the newest of the pack, of whatever period: what a report of
        the present period is to be compared with, be it an earlier publication of the same period
        or the last one of another. ``source`` is the document with its controls; its name is that
        of a file in ``reports/published/``.
        """
        with self._engine.connect() as connection:
            return publications.last(connection, pack, period)

    def lock(self, pack: str, period: str) -> Publication | None:
        """The publication that closes a period to new submissions; ``None`` where it is open."""
        with self._engine.connect() as connection:
            return publications.lock(connection, pack, period)

    def reopening(self, pack: str, period: str) -> Reopening | None:
        """How a published period was opened again; ``None`` where it is closed or was never so."""
        with self._engine.connect() as connection:
            return publications.reopening(connection, pack, period)

    def reopen(self, pack: str, period: str, why: str, by: str) -> Reopening | None:
        """Open a period again; ``None`` where it is not closed, and nothing is written then."""
        with self._recording() as connection:
            reopened = publications.reopen(connection, pack, period, why, by)
            if reopened is None:
                return None
            key, done = reopened
            detail = {"number": done.number, "why": why}
            happening = Happening(EventKind.REOPEN, by, pack, period, exit_code=0, detail=detail)
            self._append(connection, happening, {pins.REOPENINGS: [key]})
            return done

    # --- slots: when reports were due -----------------------------------------------------------------

    def last_slot(self, pack: str, now: dt.datetime | None = None) -> dt.datetime | None:
        """Up to which moment (UTC) a pack's slots have been seen to; ``None`` where never watched.

        It is not later than ``now``, where that is given.
        """
        with self._engine.connect() as connection:
            return slots_table.seen_to(connection, pack, now)

    def keep_slots(
        self,
        pack: str,
        moments: Sequence[dt.datetime],
        exit_code: int | None,
        at: dt.datetime | None = None,
    ) -> None:
        """Keep that the slots at ``moments`` were seen to, by a run that ended with ``exit_code``.

        ``None`` stands for the moment from which a pack is watched. ``at`` is the present moment, by
        the clock that said that they were due; ``None`` for this machine's.
        """
        at = at or max(dt.datetime.now(dt.UTC), *moments)
        with self._recording() as connection:
            keys = slots_table.keep(connection, pack, moments, exit_code, at)
            kind = EventKind.WATCH if exit_code is None else EventKind.SLOT
            due = [f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in moments]
            happening = Happening(kind, "", pack, exit_code=exit_code, detail={"due": due})
            self._append(connection, happening, {pins.SLOTS: keys})

    def serve(self, slots: DueSlots, about: Happening) -> None:
        """Keep the slots as served by a run that did not get as far as the inbox, and tell the log.

        ``about`` says of which pack and period it was, who ran it and how it ended.
        """
        with self._recording() as connection:
            events.append(connection, _served(connection, slots, about))

    def set_clock_back(
        self, told: Happening, now: dt.datetime
    ) -> tuple[dt.datetime, dt.datetime] | None:
        """Where the clock was ahead when a pack's slots were kept, let them be due again in their time.

        ``told`` names the pack. Returns what time it was when the clock was put back, and up to which
        moment slots count as seen to now; ``None`` where the clock was not ahead.
        """
        with self._engine.connect() as connection:
            if slots_table.ahead(connection, told.pack, now) is None:
                return None
        with self._recording() as connection:
            was = slots_table.ahead(connection, told.pack, now)
            if was is None:
                return None
            seen, keys = slots_table.draw_line(connection, told.pack, now)
            times = {"was": was, "now": now, "seen_to": seen}
            detail = {key: f"{moment:%Y-%m-%dT%H:%M:%SZ}" for key, moment in times.items()}
            self._append(connection, replace(told, detail=detail), {pins.SLOTS: keys})
            return was, seen

    # --- events: the audit log ----------------------------------------------------------------------

    def tell(self, *happenings: Happening, slots: DueSlots | None = None) -> None:
        """Add to the audit log what no other method tells it of.

        ``slots`` are those that the last of them serves, a run without a report.
        """
        with self._recording() as connection:
            events.append(connection, happenings)
            events.append(connection, _served(connection, slots, happenings[-1]))

    def tell_rejected(self, happenings: Iterable[Happening]) -> None:
        """Add the submissions that were returned, but those of which that is the last word already."""
        with self._engine.connect() as connection:
            new = [item for item in happenings if not _is_last_word(connection, item)]
        if new:
            self.tell(*new)

    def log(self, asked: events.Asked) -> Iterator[Event]:
        """The events that are asked for, the newest last."""
        with self._engine.connect() as connection:
            yield from events.listed(connection, asked)

    def set_head_anew(self, told: Happening) -> None:
        """Add ``told``, move the head to it whatever it said, and put triggers back that are gone.

        Rows of which no event tells, for those that did were cut off, are named as they are now.
        """
        with self._recording(anew=True) as connection:
            guards.guard(connection)
            events.append(connection, [told])
            pins.cover(connection, kept.named(connection))

    def count_events(self) -> int:
        """The highest number of an event, 0 for none."""
        with self._engine.connect() as connection:
            return events.highest(connection)

    def log_end(self) -> ChainEnd:
        """How far the audit log goes."""
        with self._engine.connect() as connection:
            return events.end_of(connection)

    def hash_of_event(self, number: int) -> str | None:
        """The hash that an event bears; ``None`` where there is no event with that number."""
        with self._engine.connect() as connection:
            return events.hash_of(connection, number)

    def verified(self, until: int | None = None, marks: Iterable[int] = ()) -> kept.Verified:
        """Go through the audit log, find the first event that is off, and hold all rows against it."""
        with self._engine.connect() as connection:
            return kept.verified(connection, until, marks)

    def faults(self, pack: str, period: str) -> tuple[Fault, ...]:
        """What of that on which a run of the period stands is not as the log tells; it is left out.

        Its submissions and reasons are, and the submissions that stand in the pack's other periods.
        One that a newer sound vintage replaced is told with that one's number.
        """
        with self._engine.connect() as connection:
            own = (*submissions.WHOLE, pins.BOUNDS)
            found = pins.examine(connection, own, pack, period).faults
            off = dict.fromkeys((*found, *figures.others(connection, pack, period)[1]))
            return submissions.with_newer(connection, pack, off)

    def lacking_triggers(self) -> tuple[str, ...]:
        """Which of the triggers that guard the audit log are gone, changed or switched off."""
        with self._engine.connect() as connection:
            return guards.lacking_triggers(connection)


def _served(connection: sa.Connection, slots: DueSlots | None, about: Happening) -> Sequence[Happening]:
    """Keep the slots that a run served; what the audit log is to be told after the run."""
    return slots_table.serve(connection, slots, about) if slots else ()


def _was_returned(connection: sa.Connection, item: Happening) -> bool:
    """Whether the last that the log has of an accepted file is that it was returned."""
    last = events.last_of(connection, item.kind, item.pack, item.period, file=item.file)
    return last is not None and last.outcome != item.outcome


def _is_last_word(connection: sa.Connection, item: Happening) -> bool:
    """Whether the last that the log has of a file is just this: the same content, the same reasons."""
    last = events.last_of(connection, item.kind, item.pack, item.period, file=item.file)
    return last is not None and (last.outcome, last.taken, last.detail) == (
        item.outcome,
        item.taken,
        item.detail,
    )
