"""Documents of strangers tried out in a process of its own before this one opens them.

Counting (:mod:`generators.word.opening`) bounds what a document holds; whatever a parser or our own
code does with it all the same ends at the limits of that process, and the document is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

from generators.model import Finding, Result, Severity
from generators.support.bounded import Ending, apart
from generators.support.limits import Bounds
from generators.word.documents import open_document
from generators.word.reading import read_document

T = TypeVar("T")

_TRIAL = Bounds(memory_bytes=200 * 2**20)
"""What is done here later takes as much again; 300 pages with a register of 2,000 rows take 135 MB."""
_KEPT = 256
_ENDINGS: dict[tuple[str, str], Ending] = {}
"""How trials ended, by the work and the document's SHA-256: equal bytes are tried once a process."""


def try_out(data: bytes, file: str, work: Callable[..., object], *arguments: Any) -> Finding | None:
    """Why the document ``data`` must not be opened here; ``None`` where it may.

    ``work`` is what will be done with it, called with ``data`` and ``arguments``; what it gives and
    raises is of no interest. ``file`` is the name that the finding carries.
    """
    key = (f"{work.__module__}.{work.__qualname__}", hashlib.sha256(data).hexdigest())
    ending = _ENDINGS.get(key)
    if ending is None:
        try:
            ending = apart(_tried, work, data, *arguments, bounds=_TRIAL).ending
        except OSError:
            return _no_process(file)
        if len(_ENDINGS) >= _KEPT:
            _ENDINGS.clear()
        _ENDINGS[key] = ending
    return None if ending is Ending.DONE else refusal(ending, file)


def refusal(ending: Ending, file: str) -> Finding:
    """That work on a document came to no end of its own, and what to do."""
    return Finding(f"document.{ending}", Severity.ERROR, file=file)


def reading(data: bytes) -> None:
    """Read a document in every way in which documents are read."""
    read_document(data)
    open_document(data)


def _tried(work: Callable[..., object], data: bytes, *arguments: object) -> None:
    try:
        work(data, *arguments)
    except (MemoryError, RecursionError):
        raise
    except Exception:
        return  # it will be raised once more where it is dealt with


def worked_apart(
    file: str, work: Callable[..., T], *arguments: Any, bounds: Bounds | None = None
) -> Result[T]:
    """What ``work`` gives; ``None`` with the finding that says why it came to no end."""
    try:
        outcome = apart(work, *arguments, bounds=bounds)
    except OSError:
        return Result(None, (_no_process(file),))
    if outcome.ending is not Ending.DONE:
        return Result(None, (refusal(outcome.ending, file),))
    return Result(outcome.value)


def _no_process(file: str) -> Finding:
    return Finding("document.no_reader", Severity.ERROR, file=file)
