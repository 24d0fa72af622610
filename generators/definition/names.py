"""Names in a definition: every one must mean one thing, and none may shadow another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from generators.definition import schema
from generators.definition.rows import Row
from generators.text import file_name, fold, shorten

TEMPLATE_WORDS = frozenset(
    "指标 清单 文字材料 用语 章节 汇总表 loop for if in not and or is else true false none".split()
)
"""Words of the template language itself; :mod:`generators.word.context` gives them meaning."""

RESERVED_COLUMNS = frozenset(["序号"])
"""Columns that every register sheet of a form has already."""


def no_twins(rows: Iterable[Row], *keys: str) -> bool:
    """Record every row whose text under one of ``keys`` an earlier row has; false where one is.

    People see no case or spaces, and two names must not become one as names of files.
    """
    first: dict[tuple[str, str], str] = {}
    sound = True
    for row in rows:
        twin = False
        for key in keys:
            text = row.text(key)
            other = first.setdefault((key, fold(file_name(text))), row.address(key)) if text else ""
            if other not in ("", row.address(key)) and not twin:  # a copied row is one fault
                row.fault("twice", key, column=row.column_name(key), raw=shorten(text), other=other)
                twin = True
        sound = sound and not twin
    return sound


def lint_names(*tables: Sequence[Row]) -> None:
    """Record the names of ``tables`` that a template could not use, or would take for another.

    Two equal names in one table are :func:`no_twins`' concern.
    """
    reserved = {key.zh for key in schema.SETTING_KEYS} | TEMPLATE_WORDS
    taken: dict[str, Row] = {}
    for row in (row for rows in tables for row in rows):
        name = row.text("name")
        if any(mark in name for mark in "{}\"'\n"):
            row.fault("name", "name", raw=shorten(name))
        elif name in reserved:
            row.fault("name_reserved", "name", raw=name)
        elif name in taken and taken[name].table is not row.table:
            first = taken[name]
            row.fault("name_taken", "name", raw=name, first=first.sheet, other=first.address("name"))
        elif name:
            taken[name] = row
