"""Limits that the reading process sets on itself before it looks at a file: memory, time, no children.

On POSIX systems they are resource limits, on Windows those of a job object. Where the system refuses
them, nothing is read.
"""

from __future__ import annotations

import sys

MEMORY_BYTES = 300 * 2**20
SECONDS = 10


def limit_this_process() -> None:
    """Set the limits; raises ``OSError`` or ``ValueError`` where the system does not allow it."""
    if sys.platform == "win32":
        _by_job_object()
    else:
        _by_resources()


if sys.platform != "win32":

    def _by_resources() -> None:
        import resource

        def at_most(kind: int, number: int) -> None:
            _, hard = resource.getrlimit(kind)
            bound = number if hard == resource.RLIM_INFINITY else min(number, hard)
            resource.setrlimit(kind, (bound, bound))

        if sys.platform != "darwin":  # which knows no limit of memory
            at_most(resource.RLIMIT_AS, MEMORY_BYTES)
        at_most(resource.RLIMIT_CPU, SECONDS)
        at_most(resource.RLIMIT_CORE, 0)
        at_most(resource.RLIMIT_FSIZE, 0)

else:

    def _by_job_object() -> None:
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
        limits.BasicLimitInformation.PerProcessUserTimeLimit = SECONDS * 10_000_000  # of 100 ns
        limits.BasicLimitInformation.ActiveProcessLimit = 1
        limits.ProcessMemoryLimit = MEMORY_BYTES
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
