"""The tables of the ledger, and the versions of what they hold."""

from __future__ import annotations

import sqlalchemy as sa

SCHEMA_VERSION = 5
"""Raise it with every change of the tables; what is added must be nullable or have a server default."""

METADATA = sa.MetaData()

META = sa.Table(
    "meta",
    METADATA,
    sa.Column("key", sa.String(40), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
SUBMISSION = sa.Table(
    "submission",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("pack", sa.Text, nullable=False),
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("department", sa.Text, nullable=False),
    sa.Column("vintage", sa.Integer, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("saved_at", sa.Text, nullable=False),
    sa.Column("received_at", sa.Text, nullable=False),
    sa.Column("content", sa.Text),  # version 2; NULL for what version 1 took in
    sa.UniqueConstraint("pack", "period", "department", "vintage"),
)
OBSERVATION = sa.Table(
    "observation",
    METADATA,
    sa.Column("submission_id", sa.ForeignKey("submission.id"), primary_key=True),
    sa.Column("indicator", sa.Text, primary_key=True),
    sa.Column("measure", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("kind", sa.String(6)),  # version 2: number or text; NULL for what version 1 took in
    sa.Column("status", sa.String(1), nullable=False),
    sa.Column("raw", sa.Text, nullable=False),
    sa.Column("sheet", sa.Text, nullable=False),
    sa.Column("cell", sa.Text, nullable=False),
)
RUN = sa.Table(
    "run",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("finished_at", sa.Text, nullable=False),
    sa.Column("pack", sa.Text, nullable=False),
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("exit_code", sa.Integer, nullable=False),
    sa.Column("snapshot", sa.Text, nullable=False),
    sa.Column("outputs", sa.Text, nullable=False),
    sa.Index("run_by_period", "pack", "period"),  # version 2
)
FINDING = sa.Table(
    "finding",
    METADATA,
    sa.Column("run_id", sa.ForeignKey("run.id"), primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("severity", sa.Text, nullable=False),
    sa.Column("department", sa.Text, nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("sheet", sa.Text, nullable=False),
    sa.Column("cell", sa.Text, nullable=False),
    sa.Column("params", sa.Text, nullable=False),
    sa.Column("operands", sa.Text, nullable=False, server_default="[]"),
    sa.Column("explanation", sa.Text, nullable=False, server_default=""),
    sa.Column("detail", sa.Text),  # version 2; NULL where a finding has no more to say
)
BOUND = sa.Table(  # version 2
    "bound",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("pack", sa.Text, nullable=False),
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("department", sa.Text, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("operands", sa.Text, nullable=False),
    sa.Column("bound_at", sa.Text, nullable=False),
    sa.Index("bound_by_period", "pack", "period"),
)
ISSUE = sa.Table(  # version 3
    "issue",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("pack", sa.Text, nullable=False),
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("manifest", sa.Text, nullable=False),
    sa.Column("refreshed", sa.Boolean, nullable=False),
    sa.Column("written_at", sa.Text, nullable=False),
    sa.Index("issue_by_period", "pack", "period"),
    sa.Index("issue_by_document", "sha256"),
    sa.Index("issue_by_digest", "digest"),
)
PUBLICATION = sa.Table(  # version 3
    "publication",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("pack", sa.Text, nullable=False),
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("date", sa.Text, nullable=False),
    sa.Column("published_at", sa.Text, nullable=False),
    sa.Column("published_by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("issue_id", sa.ForeignKey("issue.id"), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("source_sha256", sa.String(64), nullable=False),
    sa.Column("clean", sa.Text, nullable=False),
    sa.Column("clean_sha256", sa.String(64), nullable=False),
    sa.Column("pdf", sa.Text),
    sa.Column("pdf_sha256", sa.String(64)),
    sa.Column("summary", sa.Text),
    sa.Column("summary_sha256", sa.String(64)),
    sa.Index("publication_by_period", "pack", "period"),
)
REOPENING = sa.Table(  # version 3
    "reopening",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("publication_id", sa.ForeignKey("publication.id"), nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("reopened_by", sa.Text, nullable=False),
    sa.Column("reopened_at", sa.Text, nullable=False),
    sa.Index("reopening_by_publication", "publication_id"),
)
SLOT = sa.Table(  # version 4
    "slot",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("pack", sa.Text, nullable=False),
    sa.Column("due", sa.Text, nullable=False),
    sa.Column("done_at", sa.Text, nullable=False),  # by the clock that said that it was due
    sa.Column("exit_code", sa.Integer),  # NULL where nothing was due: the pack is watched from then on
    sa.Index("slot_by_pack", "pack", "due"),
)
EVENT = sa.Table(  # version 4: the audit log; rows are only ever added, in the order of their numbers
    "event",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("time", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("operator", sa.Text, nullable=False),
    sa.Column("owner", sa.Text),
    sa.Column("saved_by", sa.Text, nullable=False),
    sa.Column("pack", sa.Text, nullable=False),
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("department", sa.Text, nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("exit_code", sa.Integer),
    sa.Column("taken", sa.Text, nullable=False),
    sa.Column("written", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Index("event_by_period", "kind", "pack", "period"),
)
