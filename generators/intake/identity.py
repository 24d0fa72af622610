"""What a form says that it is, in the two places where the program wrote it: a sheet and properties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generators.excel.grid import Workbook
from generators.forms import layout
from generators.intake.cells import text_of
from generators.model import FormIdentity

_LONGEST = 255
"""Characters of what an identity says of pack, department or period: the names of folders."""
Place = Mapping[str, str]
"""What one of the places says, by key of the identity sheet."""


@dataclass(frozen=True)
class Claim:
    """What a form says that it is, and the seal that it shows for it.

    ``other`` is the identity where the second place is believed before the first: the same, unless
    somebody has edited one of them. ``seals`` are the seals in the first and second place, one where
    they are equal, none where neither has any.
    """

    identity: FormIdentity
    other: FormIdentity
    seals: tuple[str, ...] = ()


def read_claim(book: Workbook) -> Claim | None:
    """What the workbook says that it is, or ``None`` where it is no form that the program issued.

    The very hidden sheet is asked first, then the custom properties, so that either may be lost.
    """
    sheet, properties = _sheet(book), _properties(book)
    identity, other = _identity(sheet, properties), _identity(properties, sheet)
    if identity is None or other is None:
        return None
    seals = (place.get(layout.SEAL_KEY, "") for place in (sheet, properties))
    return Claim(identity, other, tuple(dict.fromkeys(filter(None, seals))))


def _sheet(book: Workbook) -> Place:
    sheet = book.sheet(layout.IDENTITY_SHEET)
    rows = [] if sheet is None else [cells for _, cells in sheet.rows()]
    return {text_of(cells[1]): text_of(cells[2]) for cells in rows if 1 in cells and 2 in cells}


def _properties(book: Workbook) -> Place:
    keys = (*layout.IDENTITY_KEYS, layout.SEAL_KEY)
    return {key: book.properties.get(layout.property_name(key), "") for key in keys}


def _identity(first: Place, second: Place) -> FormIdentity | None:
    values = [first.get(key) or second.get(key, "") for key in layout.IDENTITY_KEYS]
    sound = all(values) and max(map(len, values)) <= _LONGEST
    return FormIdentity(*values) if sound else None
