"""A Word document → PDF, through LibreOffice where it is installed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from generators.text import shorten

TIMEOUT = 180
"""Seconds after which LibreOffice is stopped: a first start on a slow machine takes half a minute."""
_NAMES = ("soffice", "libreoffice")
_INSTALLED = (
    ("PROGRAMFILES", "LibreOffice/program"),
    ("PROGRAMW6432", "LibreOffice/program"),
    ("PROGRAMFILES(X86)", "LibreOffice/program"),
    ("LOCALAPPDATA", "Programs/LibreOffice/program"),
)
"""Where it is on Windows, whose installer does not put it on the path."""
_PROGRAMS = ("soffice.com", "soffice.exe")
"""The first is the one that waits for the work to be done."""


class OfficeError(Exception):
    """LibreOffice made no PDF. The text is what it said, or one of :data:`REASONS`."""


SLOW, SILENT = "office.slow", "office.silent"
REASONS = (SLOW, SILENT)
"""Reasons that are not LibreOffice's own words: it took too long; it ended without a word."""


def find_office() -> Path | None:
    """The LibreOffice of this machine; ``None`` where there is none."""
    on_path = (shutil.which(name) for name in _NAMES)
    found = next((Path(name) for name in on_path if name), None)
    return found or next((place for place in _usual_places() if place.is_file()), None)


def to_pdf(document: bytes, office: Path, timeout: float = TIMEOUT) -> bytes:
    """The PDF of a .docx; :class:`OfficeError` where LibreOffice makes none in ``timeout`` seconds.

    It works in a folder of its own that goes afterwards, with a user profile of its own: one that
    somebody has open keeps a second LibreOffice from working. The PDF has the fonts of this
    machine, and the time at which it was made in it.
    """
    with tempfile.TemporaryDirectory(prefix="huibao-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        source = folder / "clean.docx"
        source.write_bytes(document)
        command = [
            str(office),
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            *("--headless", "--norestore", "--nolockcheck"),
            *("--convert-to", "pdf", "--outdir", str(folder), str(source)),
        ]
        said = _run(command, folder, timeout)
        made = folder / "clean.pdf"
        if not made.is_file():
            raise OfficeError(said or SILENT)
        return made.read_bytes()


def _run(command: list[str], folder: Path, timeout: float) -> str:
    """Run a program to its end; the last line that it wrote to its error stream."""
    log = folder / "errors.txt"
    # Into a file: a pipe stays open while a child of the program lives.
    with log.open("wb") as errors:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                start_new_session=True,
            )
        except OSError as error:
            raise OfficeError(error.strerror or SILENT) from error
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired as error:
            _stop(process)
            raise OfficeError(SLOW) from error
    lines = log.read_text(errors="replace").split("\n")
    return next((shorten(line) for line in reversed(lines) if line.strip()), "")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a program and its children: LibreOffice works in a child of the program that is called."""
    if sys.platform == "win32":
        command = ["taskkill", "/T", "/F", "/PID", str(process.pid)]
        subprocess.run(command, capture_output=True, check=False)
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _usual_places() -> Iterator[Path]:
    for variable, folder in _INSTALLED:
        if root := os.environ.get(variable):
            yield from (Path(root) / folder / program for program in _PROGRAMS)
    yield Path("/Applications/LibreOffice.app/Contents/MacOS/soffice")
