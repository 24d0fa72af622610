"""The cells of a worksheet's XML as they come: each in a place of its own, and of a kind there is.

openpyxl reads past what Excel calls damaged: of two cells that claim one place the last wins, a text
of no known kind is a blank. A figure would be lost without a word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from generators.text import column_number

_KINDS = frozenset(["b", "d", "e", "inlineStr", "n", "s", "str"])
"""Kinds of cells (ECMA-376 part 1, 18.18.11 ST_CellType)."""
_ROW, _CELL = re.compile(r"[1-9]\d{0,6}"), re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_ROOTS = frozenset(["worksheet", "sst"])


class CellOrder:
    """Watches one part; both methods return whether it may go on."""

    def __init__(self) -> None:
        self._depth = 0
        self._prefix = ""
        self._watched = self._sheet = False
        self._cells = False
        self._row = self._column = 0
        self._kind = "n"
        self._in_text = False

    def start(self, name: str, attributes: Mapping[str, str]) -> bool:
        """An element begins."""
        prefix, _, local = name.rpartition(":")
        self._depth += 1
        if self._depth == 1:
            self._prefix = prefix
            self._watched, self._sheet = local in _ROOTS, local == "worksheet"
        if not self._watched or prefix != self._prefix:
            return not self._in_text
        if self._in_text:
            return False
        self._in_text = local in ("t", "v")
        if not self._sheet:
            return True
        if local == "sheetData":
            twice, self._cells = self._row > 0, True
            return not twice
        if local == "row":
            return self._cells and self._next_row(attributes.get("r"))
        if local == "c":
            self._kind = attributes.get("t", "n")
            return self._cells and self._kind in _KINDS and self._next_cell(attributes.get("r"))
        if local in ("is", "v") and self._cells:
            return (local == "is") is (self._kind == "inlineStr")
        return True

    def end(self, name: str) -> None:
        """An element ends."""
        self._depth -= 1
        self._in_text = False
        if name.rpartition(":")[2] == "sheetData":
            self._cells = False

    def _next_row(self, reference: str | None) -> bool:
        if reference is not None and not _ROW.fullmatch(reference):
            return False
        before, self._row = self._row, int(reference) if reference else self._row + 1
        self._column = 0
        return self._row > before

    def _next_cell(self, reference: str | None) -> bool:
        if reference is None:
            self._column += 1
            return True
        match = _CELL.fullmatch(reference)
        if match is None or int(match[2]) != self._row:
            return False
        before, self._column = self._column, column_number(match[1])
        return self._column > before
