"""What a submission is judged against besides itself: its earlier vintages and other periods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from generators.model import Accepted, Bound, Known, Measure, Publication


@dataclass(frozen=True)
class Context:
    """The past of one department, as the ledger keeps it; empty where there is none.

    ``previous`` is the accepted vintage before this submission, ``None`` for the first one.
    ``known`` are the figures that stand in other periods of the same pack, the department's own;
    ``bound`` the reasons it gave in this period, with the operands each was given for.
    ``publication`` closed the period to this submission; ``None`` where it is open, and for the very
    submission that was published.
    """

    previous: Accepted | None = None
    known: tuple[Known, ...] = ()
    bound: tuple[Bound, ...] = ()
    publication: Publication | None = None

    @cached_property
    def periods(self) -> Mapping[str, Mapping[tuple[str, Measure], Known]]:
        """Every other period's figures by indicator code and measure."""
        found: dict[str, dict[tuple[str, Measure], Known]] = {}
        for item in self.known:
            found.setdefault(item.period, {})[item.indicator, item.measure] = item
        return found


NOTHING = Context()
"""The past of a department that has never reported."""
