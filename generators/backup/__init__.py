"""Copies of a workspace: made while it is in use, checked by their manifest, put back whole."""

from generators.backup.make import Backup, back_up
from generators.backup.manifest import BackupManifest, CopiedFile, read_manifest
from generators.backup.restore import Restored, restore

__all__ = [
    "Backup",
    "BackupManifest",
    "CopiedFile",
    "Restored",
    "back_up",
    "read_manifest",
    "restore",
]
