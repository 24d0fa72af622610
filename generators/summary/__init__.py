"""Dataset → summary workbook: tables, registers, reporting, findings, revisions, sources, the report."""

from __future__ import annotations

from collections.abc import Sequence

from generators.merge import Dataset
from generators.model import Finding, Manifest, Revision
from generators.summary.reports import Archive, DepartmentReport, ReportState, Timeliness

__all__ = ["Archive", "DepartmentReport", "ReportState", "Timeliness", "write_summary"]


def write_summary(
    dataset: Dataset,
    findings: Sequence[Finding],
    reports: Sequence[DepartmentReport],
    archive: Archive,
    revisions: Sequence[Revision] = (),
    manifest: Manifest | None = None,
    report: str = "",
) -> bytes:
    """Write the summary workbook and return its bytes; equal input gives equal bytes.

    ``findings`` are those of the whole run, ``reports`` at most one a department of the definition
    (one without a report counts as missing). ``archive`` is where its links
    find the originals. ``revisions`` are the figures of this period that changed from one
    accepted vintage of a department to the next. ``manifest`` is what the Word report printed, whose
    file, called ``report``, lies beside the summary workbook; without it there is no 报告溯源.
    """
    # Imported where used: XlsxWriter costs 0.13 s, which `--help` should not pay.
    from generators.summary.workbook import assemble

    return assemble(dataset, findings, reports, archive, revisions, manifest, report)
