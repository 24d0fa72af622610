"""LibreOffice and poppler for tests that must see what a person sees."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

SOFFICE = shutil.which("soffice")
PDFTOTEXT = shutil.which("pdftotext")

needs_office = pytest.mark.skipif(
    not (SOFFICE and PDFTOTEXT) and not os.environ.get("CI"),
    reason="LibreOffice or poppler-utils is not installed",
)


def convert(source: Path, folder: Path, kind: str = "pdf") -> Path:
    """Convert a document through LibreOffice, under a profile of its own for tests side by side."""
    return convert_all([source], folder, kind)[0]


def convert_all(sources: Sequence[Path], folder: Path, kind: str = "pdf") -> list[Path]:
    """Convert several documents in one call of LibreOffice; every one must come out."""
    assert SOFFICE, "CI needs LibreOffice"
    folder.mkdir(parents=True, exist_ok=True)
    profile = folder / "profile"
    command = [SOFFICE, f"-env:UserInstallation={profile.as_uri()}", "--headless"]
    command += ["--convert-to", kind, "--outdir", str(folder), *map(str, sources)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    made = [folder / f"{source.stem}.{kind.partition(':')[0]}" for source in sources]
    missing = [path.name for path in made if not path.exists()]
    assert not missing, f"LibreOffice made nothing of {missing}"
    return made


def texts_of(sources: Sequence[Path], folder: Path) -> dict[str, str]:
    """What LibreOffice shows of documents on their pages, by their names, without spaces."""
    assert PDFTOTEXT, "CI needs poppler-utils"
    found = {}
    for pdf in convert_all(sources, folder):
        command = [PDFTOTEXT, str(pdf), "-"]
        text = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout.decode(
            "utf-8"
        )
        found[pdf.stem] = re.sub(r"\s", "", text)
    return found


@dataclass(frozen=True)
class Line:
    """A line of a rendered page; positions in points from the page's left and top edge."""

    text: str
    left: float
    right: float
    top: float
    bottom: float


@dataclass(frozen=True)
class Page:
    """A rendered page with its lines downwards; width and height in points."""

    width: float
    height: float
    lines: tuple[Line, ...]


_PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', re.DOTALL)
_LINE = re.compile(
    r'<line xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</line>', re.DOTALL
)
_WORD = re.compile(r"<word[^>]*>(.*?)</word>", re.DOTALL)


def pages(pdf: Path) -> list[Page]:
    """The pages of a PDF with their lines; pieces at one height are joined to one line."""
    assert PDFTOTEXT, "CI needs poppler-utils"
    command = [PDFTOTEXT, "-bbox-layout", str(pdf), "-"]
    text = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout.decode("utf-8")
    found = []
    for width, height, body in _PAGE.findall(text):
        rows: dict[int, Line] = {}
        for left, top, right, bottom, words in _LINE.findall(body):
            line = Line(
                "".join(_WORD.findall(words)), float(left), float(right), float(top), float(bottom)
            )
            middle = (line.top + line.bottom) / 2
            key = next((key for key in rows if abs(key - middle) < 8), round(middle))
            rows[key] = _joined(rows[key], line) if key in rows else line
        lines = sorted(rows.values(), key=lambda line: line.top)
        found.append(Page(float(width), float(height), tuple(lines)))
    return found


def _joined(first: Line, second: Line) -> Line:
    a, b = sorted((first, second), key=lambda line: line.left)
    return Line(
        a.text + b.text,
        min(a.left, b.left),
        max(a.right, b.right),
        min(a.top, b.top),
        max(a.bottom, b.bottom),
    )
