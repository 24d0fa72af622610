"""What was published: the frozen issue of a period, and that it was opened again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PublishedFile:
    """A file of a publication: its name in ``reports/published/`` and its SHA-256."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Publication:
    """One publication of a period: which document went out, as what, when, and by whom.

    ``number`` counts the publications of the period from 1. ``date`` is the day that it bears, as
    ISO text; ``published_at`` the moment it was made, ISO text in UTC. ``by`` is the operating
    system's name for the person, empty where it has none. ``reason`` says why it was published
    although something stood against it, empty where nothing did.

    ``issue`` is the number of the :class:`~generators.model.Issue` that the document belongs to, and
    ``manifest`` the SHA-256 of its manifest. ``source`` is the document as it was published, with
    its controls; ``clean`` the copy for circulation; ``pdf`` and ``summary`` are ``None`` where
    there was none.
    """

    pack: str
    period: str
    number: int
    date: str
    published_at: str
    by: str
    reason: str
    issue: int
    manifest: str
    source: PublishedFile
    clean: PublishedFile
    pdf: PublishedFile | None = None
    summary: PublishedFile | None = None

    @property
    def files(self) -> tuple[PublishedFile, ...]:
        """Every file that was made."""
        every = (self.clean, self.pdf, self.summary, self.source)
        return tuple(item for item in every if item is not None)


@dataclass(frozen=True)
class Reopening:
    """A published period opened again. ``number`` is that of the publication it set aside.

    ``reopened_at`` is ISO text in UTC; ``by`` as in :class:`Publication`.
    """

    number: int
    why: str
    by: str
    reopened_at: str
