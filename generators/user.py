"""Who runs the program, as the operating system tells."""

from __future__ import annotations

import getpass
import os

from generators.names import shown_name

_MOST_BYTES = 100


def operator() -> str:
    """The operating system's name for whoever runs the program; empty where it has none.

    Anybody may call himself what he likes in the environment; it is shown as names are.
    """
    try:
        name = getpass.getuser()
    except (OSError, KeyError, ImportError):
        name = os.environ.get("USERNAME", "")
    return shown_name(name, _MOST_BYTES)
