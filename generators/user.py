"""Who runs the program, as the operating system tells."""

from __future__ import annotations

import getpass
import os


def operator() -> str:
    """The operating system's name for whoever runs the program; empty where it has none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return os.environ.get("USERNAME", "")
