"""Work that is done in a process of its own: what it gives, how it ends, and what it leaves alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from generators.support import bounded
from generators.support.bounded import Ending, apart
from generators.support.limits import Bounds

SHORT = Bounds(seconds=1)
FORKS = hasattr(os, "fork")


@pytest.fixture(params=["copied", "started"])
def either(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both kinds of processes, also on systems that would use only one."""
    if request.param == "copied" and not FORKS:
        pytest.skip("this system copies no process")
    if request.param == "started" and FORKS:
        monkeypatch.delattr(os, "fork")


def doubled(number: int) -> int:
    return 2 * number


def pumped() -> bool:
    return re.match("(a+)+b", "a" * 40) is not None  # one call of C code that takes for ever


def hoard() -> int:
    return len(bytearray(400 * 2**20))


def climb() -> int:
    return climb() + 1


def complain() -> None:
    raise KeyError("as it was raised")


def abort() -> None:
    os.abort()


def leave() -> None:
    os._exit(0)


@pytest.mark.usefixtures("either")
def test_work_gives_its_result() -> None:
    assert apart(doubled, 21) == bounded.Outcome(Ending.DONE, 42)
    large = apart(bytes, 40 * 2**20)
    assert large.value == bytes(40 * 2**20)


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize(
    ("work", "ending"),
    [
        (hoard, Ending.TOO_MUCH_MEMORY),
        (climb, Ending.TOO_DEEP),
        (abort, Ending.CRASHED),
        (leave, Ending.CRASHED),
    ],
)
def test_work_ends_at_its_limits(work: object, ending: Ending) -> None:
    assert callable(work)
    assert apart(work) == bounded.Outcome(ending)


@pytest.mark.skipif(not FORKS, reason="the clock of a job object is Windows' own")
def test_work_that_takes_too_long_is_ended_also_within_one_call_of_c_code() -> None:
    before = os.times()
    assert apart(pumped, bounds=SHORT).ending is Ending.TOO_SLOW
    assert os.times().children_user - before.children_user < 3  # of work: the machine may be busy


def test_work_that_waits_is_ended_too(either: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "PATIENCE", 0.2)
    assert apart(time.sleep, 60, bounds=SHORT).ending is Ending.TOO_SLOW


@pytest.mark.usefixtures("either")
def test_an_exception_is_raised_where_the_work_was_asked_for() -> None:
    with pytest.raises(KeyError, match="as it was raised"):
        apart(complain)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files cannot be counted")
def test_the_copy_leaves_buffers_exits_and_locks_alone(tmp_path: Path) -> None:
    program = (
        "import atexit, os, sys\n"
        "from filelock import FileLock\n"
        "from generators.support.bounded import apart\n"
        "atexit.register(print, 'at exit')\n"
        "print('written once', end=' ')\n"
        f"with FileLock({str(tmp_path / 'lock')!r}) as lock:\n"
        "    print(apart(lambda: sum(len(os.listdir('/proc/self/fd')) for _ in '1')).value)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    lines = done.stdout.split()
    assert lines[:2] == ["written", "once"] and lines[3:] == ["at", "exit"]
    assert int(lines[2]) <= 5  # nothing, its answer, and the folder that it looks at


def test_what_a_copy_has_already_is_not_counted() -> None:
    held = bytearray(350 * 2**20)
    assert apart(doubled, len(held) // 2**20).value == 700


@pytest.mark.skipif(not FORKS, reason="signals to groups of processes are POSIX'")
def test_work_goes_on_where_the_program_is_asked_to_end() -> None:
    program = (
        "import os, signal, threading, time\n"
        "from generators.support.bounded import apart\n"
        "asked = []\n"
        "signal.signal(signal.SIGTERM, lambda *_: asked.append(1))\n"
        "threading.Timer(0.5, lambda: os.killpg(0, signal.SIGTERM)).start()\n"
        "print(apart(time.sleep, 1.5).ending, len(asked))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        start_new_session=True,
    )
    assert done.stdout.split() == ["done", "1"]
