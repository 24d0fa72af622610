"""Limits that a process sets on itself before it looks at a file: memory, time, no children.

On POSIX systems they are resource limits, on Windows those of a job object. Where the system refuses
them, nothing is read.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

MEMORY_BYTES = 300 * 2**20
SECONDS = 10
PATIENCE = 20
"""Seconds that a process is waited for beyond its own, of which only its work counts."""


@dataclass(frozen=True)
class Bounds:
    """Seconds of work, and bytes of memory."""

    seconds: int = SECONDS
    memory_bytes: int = MEMORY_BYTES


def limit_this_process(bounds: Bounds | None = None) -> None:
    """Set the limits; raises ``OSError`` or ``ValueError`` where the system does not allow it.

    Without ``bounds`` they are those of a process that has loaded nothing but what it reads with.
    """
    bounds = bounds or Bounds()
    if sys.platform == "win32":
        _by_job_object(bounds)
    else:
        _by_resources(bounds)


def beside_what_is_mapped(bounds: Bounds) -> Bounds:
    """``bounds`` for a process that holds the whole program already: only what it adds counts."""
    return Bounds(bounds.seconds, _mapped() + bounds.memory_bytes)


_PROGRAM_BYTES = 256 * 2**20
"""What the program takes where the system does not say: rather more than it does."""


def _mapped() -> int:
    """The bytes of address space that this process has."""
    if sys.platform == "win32":
        return _PROGRAM_BYTES
    import resource

    try:
        pages = int(Path("/proc/self/statm").read_bytes().split()[0])
    except (OSError, ValueError, IndexError):
        return _PROGRAM_BYTES
    return pages * resource.getpagesize()


if sys.platform != "win32":

    def _by_resources(bounds: Bounds) -> None:
        import resource
        import signal

        def at_most(kind: int, number: int) -> None:
            _, hard = resource.getrlimit(kind)
            bound = number if hard == resource.RLIM_INFINITY else min(number, hard)
            resource.setrlimit(kind, (bound, bound))

        # The system ends the process, whatever code it is in, also where nobody waits for it now.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(bounds.seconds + PATIENCE + 1)
        if sys.platform != "darwin":  # which knows no limit of memory
            at_most(resource.RLIMIT_AS, bounds.memory_bytes)
        at_most(resource.RLIMIT_CPU, bounds.seconds)
        at_most(resource.RLIMIT_CORE, 0)
        at_most(resource.RLIMIT_FSIZE, 0)

else:

    def _by_job_object(bounds: Bounds) -> None:
        """A job of this process alone (Win32: Job Objects), which ends with its last handle."""
        import ctypes
        from ctypes import wintypes

        class BasicLimits(ctypes.Structure):
            _fields_ = [
                ("PerProcessUserTimeLimit", ctypes.c_int64),
                ("PerJobUserTimeLimit", ctypes.c_int64),
                ("LimitFlags", wintypes.DWORD),
                ("MinimumWorkingSetSize", ctypes.c_size_t),
                ("MaximumWorkingSetSize", ctypes.c_size_t),
                ("ActiveProcessLimit", wintypes.DWORD),
                ("Affinity", ctypes.c_size_t),
                ("PriorityClass", wintypes.DWORD),
                ("SchedulingClass", wintypes.DWORD),
            ]

        class ExtendedLimits(ctypes.Structure):
            _fields_ = [
                ("BasicLimitInformation", BasicLimits),
                ("IoInfo", ctypes.c_uint64 * 6),
                ("ProcessMemoryLimit", ctypes.c_size_t),
                ("JobMemoryLimit", ctypes.c_size_t),
                ("PeakProcessMemoryUsed", ctypes.c_size_t),
                ("PeakJobMemoryUsed", ctypes.c_size_t),
            ]

        process_time, active_process, process_memory = 0x2, 0x8, 0x100
        extended_limit_information = 9
        limits = ExtendedLimits()
        limits.BasicLimitInformation.LimitFlags = process_time | active_process | process_memory
        limits.BasicLimitInformation.PerProcessUserTimeLimit = bounds.seconds * 10_000_000  # of 100 ns
        limits.BasicLimitInformation.ActiveProcessLimit = 1
        limits.ProcessMemoryLimit = bounds.memory_bytes
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.CreateJobObjectW.restype = wintypes.HANDLE
        kernel.CreateJobObjectW.argtypes = [wintypes.LPVOID, wintypes.LPCWSTR]
        kernel.GetCurrentProcess.restype = wintypes.HANDLE
        kernel.SetInformationJobObject.argtypes = [
            wintypes.HANDLE,
            ctypes.c_int,
            wintypes.LPVOID,
            wintypes.DWORD,
        ]
        kernel.AssignProcessToJobObject.argtypes = [wintypes.HANDLE, wintypes.HANDLE]
        job = kernel.CreateJobObjectW(None, None)
        if (
            not job
            or not kernel.SetInformationJobObject(
                job, extended_limit_information, ctypes.byref(limits), ctypes.sizeof(limits)
            )
            or not kernel.AssignProcessToJobObject(job, kernel.GetCurrentProcess())
        ):
            raise OSError(ctypes.get_last_error(), "no job object")
