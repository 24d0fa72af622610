"""A fault within a cell that is read by parts, before it is known as whose cell's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Problem:
    """A fault in an expression: the catalogue code after ``definition.`` and its params."""

    code: str
    params: Mapping[str, str] = field(hash=False)
