"""The seal of an issued form: what the form says it is, signed with the workspace's key.

A seal is no secret: it stands in the form. (The mark in a returned copy, which says whether anybody has
saved that copy, is another thing: :mod:`generators.returns.seal`.)
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import astuple, dataclass, field

from generators.model import FormIdentity

KEY_BYTES = 32
"""As long as the hash; more would add nothing (RFC 2104, section 3)."""

_SEAL = re.compile(r"1-(?P<key>[0-9a-f]{16})-(?P<code>[0-9a-f]{64})\Z")
"""Version of the seal, id of the key, HMAC-SHA256 of the identity."""


@dataclass(frozen=True)
class SealKey:
    """The key of a workspace. Its bytes are not shown, wherever it is printed."""

    secret: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """What tells keys apart, and says nothing of their bytes; 16 hexadecimal digits."""
        return self._code("key")[:16]

    def seal(self, identity: FormIdentity) -> str:
        """The seal of the form with that identity."""
        return f"1-{self.id}-{self._code('form', *astuple(identity))}"

    def _code(self, *parts: str) -> str:
        """The HMAC of the parts. As JSON, no two lists of parts are written alike."""
        message = json.dumps(parts, ensure_ascii=True).encode("ascii")
        return hmac.new(self.secret, message, hashlib.sha256).hexdigest()


def is_seal_of(seal: str, identity: FormIdentity, key: SealKey) -> bool:
    """Whether ``seal`` was made of that identity with that key."""
    return hmac.compare_digest(seal.encode("utf-8", "replace"), key.seal(identity).encode("ascii"))


def key_of(seal: str) -> str | None:
    """The id of the key that a seal was made with; ``None`` for a text that is no seal."""
    match = _SEAL.match(seal)
    return match["key"] if match else None
