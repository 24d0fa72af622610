"""A whole workspace of the fictional 临溪区, small enough to be run many times in a test."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import docx

from generators.pipeline import Run, run
from generators.workspace import Workspace
from tests.workbooks import (
    DEFINITION,
    FILLED,
    PACK,
    Tables,
    changed,
    filled_form,
    sound_definition,
    workbook,
)

TEXTS = (
    "临溪区渔业发展报告",
    "渔业总产值{{渔业总产值}}，{{渔业总产值.同比表述}}；水质达标率{{水质达标率}}。",
    "全区有渡口{{渡口数}}，渔港{{渔港清单|计数}}个。",
)
"""The paragraphs of the template."""

FERRIES: Tables = {
    "指标": """
        | 指标代码 | 本年预计 | 下年目标   |
        | S2-01    | 14       | 不少于14个 |
    """,
}
"""What 交通局 fills in."""


def small_workspace(folder: Path, texts: Sequence[str] = TEXTS) -> Workspace:
    """A workspace in which both departments have handed in, and nothing has been run."""
    place = Workspace(folder)
    pack = place.templates / PACK
    pack.mkdir(parents=True)
    (pack / "definition.xlsx").write_bytes(workbook(DEFINITION))
    (pack / "report.docx").write_bytes(template(texts))
    place.inbox.mkdir(parents=True)
    hand_in(place)
    hand_in(place, FERRIES, department="jt")
    return place


def template(texts: Iterable[str]) -> bytes:
    """A Word document with a paragraph a text; the first one is a heading."""
    made = docx.Document()
    for number, text in enumerate(texts):
        made.add_paragraph(text, None if number else "Heading 1")
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def hand_in(
    place: Workspace, tables: Tables = FILLED, *replacements: tuple[str, str], department: str = "yy"
) -> Path:
    """A department's form put into the inbox, its indicators with ``replacements``."""
    filled = changed(tables, "指标", *replacements)
    name = {"yy": "渔业局", "jt": "交通局"}[department]
    path = place.inbox / f"{name}-2031.xlsx"
    path.write_bytes(filled_form(sound_definition(), filled, department))
    return path


def aged(path: Path, seconds: float = 3600) -> Path:
    """The file as if it had been written that long ago, so that nobody is writing it any more."""
    moment = time.time() - seconds
    os.utime(path, (moment, moment))
    return path


def ran(place: Workspace, period: str | None = None, *, compared: bool = False) -> Run:
    """A run of the workspace."""
    return run(place, None, period, lambda _, paths: paths, compared=compared)


def edit(path: Path, change: Callable[[Any], object]) -> None:
    """A document edited by hand: ``change`` goes over it as a python-docx document."""
    document = docx.Document(str(path))
    change(document)
    document.save(str(path))
