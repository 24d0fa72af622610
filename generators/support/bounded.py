"""Work on what strangers wrote, done in a process of its own that time and memory are limited for.

Whatever a parser does with such a file, it ends there: the caller learns what the work gave, or how
it ended. On POSIX systems the process is a copy of this one, made in some milliseconds; elsewhere it
is started anew, so functions and arguments must be such that ``pickle`` knows them.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from generators.support.limits import PATIENCE, Bounds, beside_what_is_mapped, limit_this_process

T = TypeVar("T")

MOST_ANSWER = 512 * 2**20
"""Bytes that are taken of an answer; limits of memory end a process long before."""
_MOST_COMPLAINT = 4096
ROOT = Path(__file__).resolve().parents[2]
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from generators.support.bounded import answer_standard_input as main; main()"
)


class Ending(StrEnum):
    """How work ended: with its result, or at one of its limits."""

    DONE = "done"
    TOO_SLOW = "too_slow"
    TOO_MUCH_MEMORY = "too_much_memory"
    TOO_DEEP = "too_deep"
    CRASHED = "crashed"


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """How work ended, and what it gave; ``None`` where it did not come to its end."""

    ending: Ending
    value: T | None = None


def apart(function: Callable[..., T], *arguments: Any, bounds: Bounds | None = None) -> Outcome[T]:
    """What ``function`` gives for ``arguments``, worked out in a process of its own.

    An exception that it raises is raised here. Raises ``OSError`` where there can be no process.
    """
    bounds = bounds or Bounds()
    if hasattr(os, "fork"):
        answer, ended = _forked(function, arguments, bounds)
    else:
        answer, ended = _started(function, arguments, bounds)
    return _outcome(answer, ended)


@dataclass(frozen=True)
class Answer:
    """What a program said, and how it ended.

    ``late`` says that it had to be ended. ``complaint`` is the beginning of what it wrote on its
    standard error; ``code`` is its exit code.
    """

    data: bytes
    late: bool
    code: int
    complaint: bytes


def answer_of(command: Sequence[str], data: bytes, seconds: float, most: int) -> Answer:
    """What a program answers to ``data``, ``most`` bytes of it.

    It is ended after ``seconds``. Raises ``OSError`` where it cannot be started.
    """
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    assert process.stdin is not None and process.stdout is not None and process.stderr is not None
    ended = threading.Event()

    def end() -> None:
        ended.set()
        process.kill()

    watchdog = threading.Timer(seconds, end)
    watchdog.start()
    feeder = threading.Thread(target=_feed, args=(process.stdin, data), daemon=True)
    feeder.start()
    complaint = bytearray()
    listener = threading.Thread(target=_listen, args=(process.stderr, complaint), daemon=True)
    listener.start()
    answer = b""
    try:
        answer = process.stdout.read(most + 1)
        if not answer:
            process.wait()  # for what ended it; the watchdog sees to it that it ends
    finally:
        watchdog.cancel()
        process.kill()
        feeder.join()
        listener.join()
        process.stdout.close()
        process.wait()
    return Answer(answer[:most], ended.is_set(), process.returncode, bytes(complaint))


def _listen(pipe: Any, complaint: bytearray) -> None:
    """Keep the beginning of what a process complains of, and let none of it fill the pipe."""
    with pipe:
        while piece := pipe.read(4096):
            complaint += piece[: max(_MOST_COMPLAINT - len(complaint), 0)]


def _feed(pipe: Any, data: bytes) -> None:
    try:
        with pipe:
            pipe.write(data)
    except OSError:
        pass  # it has ended before it read everything


# --- the work itself ----------------------------------------------------------------------------------


def _answer(function: Callable[..., object], arguments: Sequence[object]) -> bytes:
    """What the work gives, as it is told to the process that asked."""
    try:
        answer = pickle.dumps((Ending.DONE, function(*arguments)))
    except MemoryError:
        answer = pickle.dumps((Ending.TOO_MUCH_MEMORY, None))
    except RecursionError:
        answer = pickle.dumps((Ending.TOO_DEEP, None))
    except Exception as error:  # whoever asked deals with it as with one of its own
        answer = pickle.dumps((None, error))
    return answer


def _outcome(answer: bytes, ended: Ending | None) -> Outcome[Any]:
    if not answer:
        return Outcome(ended or Ending.CRASHED)
    try:
        ending, value = pickle.loads(answer)
    except (pickle.UnpicklingError, EOFError):  # it was ended while it answered
        return Outcome(ended or Ending.CRASHED)
    if ending is None:
        raise cast(Exception, value)
    return Outcome(ending, value)


def _started(
    function: Callable[..., object], arguments: Sequence[object], bounds: Bounds
) -> tuple[bytes, Ending | None]:
    command = [sys.executable, "-P", "-c", _START, str(ROOT)]
    data = pickle.dumps((function, arguments, bounds))
    answer = answer_of(command, data, bounds.seconds + PATIENCE, MOST_ANSWER)
    return answer.data, Ending.TOO_SLOW if answer.late else None


def answer_standard_input() -> None:
    """Do the work that standard input tells of, and answer on standard output."""
    function, arguments, bounds = pickle.loads(sys.stdin.buffer.read())
    limit_this_process(beside_what_is_mapped(bounds))
    sys.stdout.buffer.write(_answer(function, arguments))
    sys.stdout.buffer.flush()


if sys.platform != "win32":
    import gc
    import select
    import signal
    import time

    _PIECE = 2**20

    def _forked(
        function: Callable[..., object], arguments: Sequence[object], bounds: Bounds
    ) -> tuple[bytes, Ending | None]:
        """The answer of a copy of this process, which leaves everything of this one alone."""
        reading, writing = os.pipe()
        process = os.fork()
        if process == 0:
            try:
                _work(function, arguments, bounds, writing)
            finally:
                os._exit(1)  # no buffers of the other process, no exit handlers
        os.close(writing)
        waiting = True
        try:
            answer, late = _read(reading, time.monotonic() + bounds.seconds + PATIENCE)
            if late:
                os.kill(process, signal.SIGKILL)
            _, status, used = os.wait4(process, 0)
            waiting = False
        finally:
            os.close(reading)
            if waiting:
                os.kill(process, signal.SIGKILL)
                os.waitpid(process, 0)
        if late or used.ru_utime + used.ru_stime >= bounds.seconds - 0.5:
            return answer, Ending.TOO_SLOW
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        return answer, Ending.TOO_MUCH_MEMORY if killed else None  # the system was short of it

    def _work(
        function: Callable[..., object], arguments: Sequence[object], bounds: Bounds, writing: int
    ) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever began it ends it
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.set_wakeup_fd(-1)
        os.dup2(writing, 3)
        os.closerange(4, 2**20)  # locks of files, above all: they must not outlive their owner
        for number in (0, 1, 2):
            os.dup2(os.open(os.devnull, os.O_RDWR), number)
        os.closerange(4, 8)
        gc.freeze()  # what belongs to the other process is not finished here
        limit_this_process(beside_what_is_mapped(bounds))
        answer = memoryview(_answer(function, arguments))
        while answer:
            answer = answer[os.write(3, answer) :]
        os._exit(0)

    def _read(pipe: int, until: float) -> tuple[bytes, bool]:
        """What comes through a pipe up to its end, and whether that did not come in time."""
        pieces: list[bytes] = []
        while (left := until - time.monotonic()) > 0:
            if not select.select([pipe], [], [], left)[0]:
                break
            piece = os.read(pipe, _PIECE)
            if not piece:
                return b"".join(pieces), False
            pieces.append(piece)
        return b"", True

else:

    def _forked(
        function: Callable[..., object], arguments: Sequence[object], bounds: Bounds
    ) -> tuple[bytes, Ending | None]:
        raise AssertionError("there is no fork here")
