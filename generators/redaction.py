"""Passwords taken out of what is printed and logged."""

from __future__ import annotations

import os
import re
from urllib.parse import unquote

LEDGER_VARIABLE = "HUIBAO_LEDGER"
"""The environment variable that names another database for the ledger, as a SQLAlchemy URL."""

_HIDDEN = "***"
_IN_URL = re.compile(r"((?<!\w)\w+://[^:/@\s]{0,500}):[^@\s]{0,500}@")
_IN_QUERY = re.compile(r"(\b(?:ssl)?password=)('[^']*'|[^&\s'\"]+)", re.IGNORECASE)
_USER_PART = re.compile(r"^[^:]*://[^:/@]*:(?P<password>.*)@")
_QUERY_PART = re.compile(r"[?&](?:ssl)?password=(?P<password>[^&]*)", re.IGNORECASE)


def without_passwords(text: str) -> str:
    """The text with ``***`` for the passwords of URLs and connection strings in it."""
    return _IN_QUERY.sub(rf"\1{_HIDDEN}", _IN_URL.sub(rf"\1:{_HIDDEN}@", text))


def without_secrets(text: str) -> str:
    """The same, and without the ledger's password wherever else it stands, as it is or encoded.

    For what other programs say, which may repeat in their own words what they were given.
    """
    for secret in sorted(_secrets(), key=len, reverse=True):
        text = text.replace(secret, _HIDDEN)
    return without_passwords(text)


def _secrets() -> set[str]:
    url = os.environ.get(LEDGER_VARIABLE, "")
    # Also of an address that no library can read: a password with a sign that should be encoded.
    found = [pattern.search(url) for pattern in (_USER_PART, _QUERY_PART)]
    passwords = {match["password"] for match in found if match}
    return {each for password in passwords for each in (password, unquote(password)) if each}
