"""A produced report opened with python-docx, which does not see text that stands in controls."""

from __future__ import annotations

import io
from pathlib import Path

import docx
from docx.document import Document

from tests.wordprocessing import W


def open_report(report: bytes | str | Path) -> Document:
    """The report with its runs taken out of the controls around figures; other controls stay."""
    data = report if isinstance(report, bytes) else Path(report).read_bytes()
    document = docx.Document(io.BytesIO(data))
    roots = [document.element]
    for section in document.sections:
        for item in (
            section.header,
            section.footer,
            section.first_page_header,
            section.even_page_footer,
        ):
            if not item.is_linked_to_previous:
                roots.append(item._element)
    for root in roots:
        for control in list(root.iter(f"{W}sdt")):
            before = control.getprevious()
            if before is not None and str(before.get(f"{W}name")).startswith("hb_"):
                for run in control.find(f"{W}sdtContent"):
                    control.addprevious(run)
                control.getparent().remove(control)
    return document
