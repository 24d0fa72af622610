"""The command line: commands, options, exit codes, progress. No logic, and nothing heavy imported.

Options may stand before or after the command; without a command, ``run`` is meant.
"""

from __future__ import annotations

from generators.cli import collecting, documents, keeping, unattended
from generators.cli.group import main

__all__ = ["collecting", "documents", "keeping", "main", "unattended"]
