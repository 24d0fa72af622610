"""The open ledger: everything that is asked of it and told to it, one transaction each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa

from generators.encoding import UNREADABLE, from_json, to_json
from generators.ledger import figures, issues, publications, runs, slots, submissions
from generators.ledger.runs import KeptRun
from generators.ledger.schema import prepare
from generators.ledger.submissions import Vintage
from generators.ledger.tables import READING
from generators.model import (
    Accepted,
    Bound,
    Finding,
    Issue,
    Known,
    Manifest,
    Publication,
    Reopening,
    Result,
    Revision,
    Submission,
)


class Ledger:
    """The open database of a workspace; a context manager. Each public method is one transaction.

    Opening makes the tables where there are none and brings those of an older program up to date;
    :class:`~generators.ledger.schema.NewerLedgerError` where a newer program wrote them.
    """

    def __init__(self, url: str) -> None:
        self._engine = sa.create_engine(url)
        try:
            prepare(self._engine)
        except BaseException:
            self._engine.dispose()
            raise

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()

    # --- readings: what a file says under a definition --------------------------------------------

    def reading(self, sha256: str, definition: str, file: str) -> Result[Submission] | None:
        """What the file with that content was read as, under its present name; ``None`` if unread."""
        query = sa.select(READING.c.submission, READING.c.findings).where(
            READING.c.sha256 == sha256, READING.c.definition == definition
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        try:
            findings = from_json(row.findings, tuple[Finding, ...])
            submission = from_json(row.submission, Submission) if row.submission else None
        except UNREADABLE:
            return None  # another version of the program wrote it: the file is simply read again
        return Result(
            replace(submission, file=file) if submission else None,
            tuple(replace(finding, file=file) for finding in findings),
        )

    def keep_reading(self, sha256: str, definition: str, result: Result[Submission]) -> None:
        """Remember what a file was read as, so that it is not read again."""
        values = {
            "sha256": sha256,
            "definition": definition,
            "submission": to_json(result.value) if result.value else None,
            "findings": to_json(result.findings),
        }
        with self._engine.begin() as connection:
            connection.execute(
                READING.delete().where(READING.c.sha256 == sha256, READING.c.definition == definition)
            )
            connection.execute(READING.insert().values(**values))

    # --- submissions --------------------------------------------------------------------------------

    def accept(self, submission: Submission, received: dt.datetime) -> int:
        """Record an accepted submission, whole; returns the number of its vintage.

        The department's current content again is no new vintage; anything else is, also content
        that an earlier vintage had.
        """
        with self._engine.begin() as connection:
            return submissions.accept(connection, submission, received)

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

    def bind(self, pack: str, period: str, items: Iterable[Bound]) -> None:
        """Keep the reasons that were accepted; one that is kept already is not written again.

        The same reason for other operands is another one, and is kept beside the first.
        """
        with self._engine.begin() as connection:
            runs.bind(connection, pack, period, items)

    # --- runs ---------------------------------------------------------------------------------------

    def record_run(
        self,
        pack: str,
        period: str,
        exit_code: int,
        snapshot: Mapping[str, int],
        outputs: Mapping[str, str],
        findings: Sequence[Finding],
    ) -> int:
        """Record a finished run and return its number.

        ``snapshot`` maps each department to the vintage that the report stands on, ``outputs``
        each written file to its SHA-256.
        """
        with self._engine.begin() as connection:
            return runs.record(connection, pack, period, exit_code, snapshot, outputs, findings)

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
            return None if kept is None else runs.findings_of(connection, kept.number)

    # --- issues: the reports that were written ------------------------------------------------------

    def keep_issue(self, manifest: Manifest, sha256: str, *, refreshed: bool) -> int:
        """Keep what a document printed, by the document's SHA-256, before it is written; its number.

        ``refreshed`` says that the document holds what people wrote by hand.
        """
        with self._engine.begin() as connection:
            return issues.keep(connection, manifest, sha256, refreshed=refreshed)

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

    def keep_publication(self, publication: Publication) -> None:
        """Keep a publication; it closes its period until :meth:`reopen`. No older one is changed."""
        with self._engine.begin() as connection:
            publications.keep(connection, publication)

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
        with self._engine.begin() as connection:
            return publications.reopen(connection, pack, period, why, by)

    # --- slots: when reports were due -----------------------------------------------------------------

    def last_slot(self, pack: str) -> dt.datetime | None:
        """Up to which moment (UTC) a pack's slots have been seen to; ``None`` where never watched."""
        with self._engine.connect() as connection:
            return slots.last(connection, pack)

    def keep_slots(self, pack: str, moments: Sequence[dt.datetime], exit_code: int | None) -> None:
        """Keep that the slots at ``moments`` were seen to, by a run that ended with ``exit_code``.

        ``None`` stands for the moment from which a pack is watched.
        """
        with self._engine.begin() as connection:
            slots.keep(connection, pack, moments, exit_code)
