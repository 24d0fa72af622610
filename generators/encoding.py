"""Nouns to JSON and back, by their types: decimals and times carry a mark, so a text stays a text.

What has its usual value is left out; that keeps a submission at a third of its size.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from decimal import Decimal
from typing import Any

import cattrs

UNREADABLE = (cattrs.BaseValidationError, ValueError, TypeError, KeyError, AttributeError)
"""What reading JSON raises that another version of the program wrote."""

_DECIMAL, _TIME = "decimal", "time"


def to_json(value: object) -> str:
    """``value`` as compact JSON; equal values give equal texts.

    Half a character, which a path may hold, becomes ``?``: no database and no hash takes it.
    """
    text = json.dumps(_CONVERTER.unstructure(value), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace").decode()


def parsed_json(text: str | bytes) -> Any:
    """What JSON holds; raises ``ValueError`` for what is none, and for what is nested too deeply."""
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def from_json(text: str, kind: Any) -> Any:
    """The value of type ``kind`` that :func:`to_json` wrote; raises one of :data:`UNREADABLE`."""
    return _CONVERTER.structure(parsed_json(text), kind)


def _converter() -> cattrs.Converter:
    converter = cattrs.Converter(omit_if_default=True)
    converter.register_unstructure_hook(Decimal, lambda value: {_DECIMAL: str(value)})
    converter.register_unstructure_hook(dt.datetime, lambda value: {_TIME: value.isoformat()})
    converter.register_structure_hook(Decimal | str | None, _scalar)
    converter.register_structure_hook(Decimal | str | dt.datetime | bool | None, _scalar)
    return converter


def _scalar(value: Any, _: object) -> Any:
    if isinstance(value, dict):
        if _DECIMAL in value:
            return Decimal(value[_DECIMAL])
        return dt.datetime.fromisoformat(value[_TIME])
    return value


_CONVERTER = _converter()


def digest(value: Any) -> str:
    """The SHA-256 of a value of the model, by its JSON text."""
    return hashlib.sha256(to_json(value).encode()).hexdigest()
