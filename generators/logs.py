"""What a maintainer reads: one line an event, in a file that is turned over before it grows large."""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Callable
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from generators.names import printable
from generators.redaction import without_passwords, without_secrets
from generators.rights import PRIVATE_FOLDER, keep_private, make_private_file

NAME = "huibao"
MOST_BYTES = 2 * 2**20
KEPT = 9
"""How many older files are kept beside the present one."""
_PLAIN = re.compile(r"[^\s\"'=\\]+")


def event(
    name: str, *, level: int = logging.INFO, error: BaseException | None = None, **fields: object
) -> None:
    """Log one event: its name (``run-finished``) and what is worth knowing, never a secret.

    ``error`` adds its class, text and traceback, on the same line. Fields that are ``None`` are left
    out. Logging never raises: a full disk is no reason to lose a run.
    """
    told = {key: value for key, value in fields.items() if value is not None}
    if error is not None:
        told["error"] = without_secrets(f"{type(error).__name__}: {error}")
        told["trace"] = without_secrets("".join(traceback.format_exception(error)).strip())
    logging.getLogger(NAME).log(level, name, extra={"fields": told})


def open_log(file: Callable[[], Path | None], *, verbose: bool = False, echo: bool = False) -> None:
    """Send events to the file that ``file`` names when the first one comes, ``None`` for nowhere.

    ``verbose`` keeps those of level DEBUG too. ``echo`` prints the lines on standard error as well.
    Calling it again replaces what was opened before.
    """
    logger = logging.getLogger(NAME)
    close_log()
    logger.setLevel(logging.DEBUG if verbose else logging.INFO)
    logger.propagate = False
    handlers: list[logging.Handler] = [_LateFile(file)]
    if echo:
        handlers.append(logging.StreamHandler(sys.stderr))
    for handler in handlers:
        handler.setFormatter(_OneLine())
        logger.addHandler(handler)


def close_log() -> None:
    """Close what :func:`open_log` opened; events go nowhere then."""
    logger = logging.getLogger(NAME)
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()
    logger.addHandler(logging.NullHandler())


class _OneLine(logging.Formatter):
    """``2031-12-26T17:00:03+0800 INFO run-finished pack=… exit=0``."""

    def __init__(self) -> None:
        super().__init__(datefmt="%Y-%m-%dT%H:%M:%S%z")

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, object] = getattr(record, "fields", {})
        told = "".join(f" {key}={_shown(value)}" for key, value in fields.items())
        return f"{self.formatTime(record, self.datefmt)} {record.levelname} {record.getMessage()}{told}"


def _shown(value: object) -> str:
    """A value as it stands in a line: in quotes where it is more than a word."""
    text = printable(without_passwords(str(value)))
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


class _Quiet(RotatingFileHandler):
    """A rotating file that says nothing where it cannot be written."""

    def _open(self) -> TextIOWrapper:
        """Open the file for this account alone, and narrow the rights on older ones."""
        path = Path(self.baseFilename)
        make_private_file(path)
        keep_private((), [path.parent])
        return super()._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 -- the library's name
        """Do nothing."""


class _LateFile(logging.Handler):
    """A rotating file, opened for each event and closed again.

    So another program may turn it over meanwhile, which Windows forbids while it is open.
    """

    def __init__(self, file: Callable[[], Path | None]) -> None:
        super().__init__()
        self._file = file

    def emit(self, record: logging.LogRecord) -> None:
        try:
            path = self._file()
            if path is None:
                return
            path.parent.mkdir(PRIVATE_FOLDER, parents=True, exist_ok=True)
            handler = _Quiet(
                path, maxBytes=MOST_BYTES, backupCount=KEPT, encoding="utf-8", errors="replace"
            )
            handler.setFormatter(self.formatter)
            try:
                handler.emit(record)
            finally:
                handler.close()
        except OSError:
            return
