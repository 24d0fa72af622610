"""What a tag's names stand for, checked without data, so that every fault is found at once."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import nodes

from generators.model import Definition, Indicator, Register, Section
from generators.text import fold, near
from generators.word import listings
from generators.word.context import setting_names
from generators.word.figures import reason_params
from generators.word.filters import (
    COLUMN_FILTERS,
    CONDITION_FILTERS,
    DEPARTMENT,
    FILTERS,
    ROW_FILTERS,
)
from generators.word.views import FIGURE_ATTRIBUTES


@dataclass(frozen=True)
class Problem:
    """A fault in a tag: the catalogue code after ``template.`` and its params."""

    code: str
    params: Mapping[str, str]


@dataclass(frozen=True)
class Kind:
    """What a name stands for, as far as a template can be checked without data.

    ``what`` is ``figure``, ``figures``, ``rows``, ``row``, ``section``, ``sections``, ``narrative``,
    ``narratives``, ``tables``, ``terms``, ``registers``, ``loop``, ``text``, ``value`` or
    ``unknown``; ``register`` names the
    register of rows.
    """

    what: str
    register: str = ""


ELEMENT = {"figures": "figure", "rows": "row", "sections": "section", "list": "value"}
_ATTRIBUTES: Mapping[str, Mapping[str, Any]] = {
    "figure": FIGURE_ATTRIBUTES,
    "section": listings.SECTION_ATTRIBUTES,
    "narrative": listings.NARRATIVE_ATTRIBUTES,
    "loop": listings.LOOP_ATTRIBUTES,
}
_KIND_NAMES = {"figure": "指标", "section": "章节", "narrative": "文字材料", "loop": "loop"}
UNKNOWN = Kind("unknown")
_NAMED = {
    "figures": "指标",
    "sections": "章节",
    "registers": "清单",
    "narratives": "文字材料",
    "tables": "汇总表",
    "terms": "用语",
}
"""Kinds that hold several things by name, with the word of the language for each."""
_WITHOUT_ATTRIBUTES = {"rows": "column_of_list", "value": "nothing_after", "text": "nothing_after"}
"""Kinds that have nothing after a dot, with the reason to give."""
PRINTABLE = frozenset(["figure", "narrative", "section", "text", "value", "unknown"])
"""Kinds that a tag can print; the others are for loops and filters."""


class Checker:
    """Checks parsed expressions against one definition."""

    def __init__(self, definition: Definition) -> None:
        self._definition = definition

    def check(self, node: nodes.Node, scope: Mapping[str, Kind], problems: list[Problem]) -> Kind:
        """The kind of what ``node`` gives; faults go into ``problems``."""
        if isinstance(node, nodes.Name):
            return self._check_name(node, scope, problems)
        if isinstance(node, nodes.Getattr):
            return self._check_attribute(node, scope, problems)
        if isinstance(node, nodes.Filter):
            return self._check_filter(node, scope, problems)
        if isinstance(node, nodes.Call | nodes.Getitem):
            return self._check_lookup(node, scope, problems)
        if isinstance(node, nodes.CondExpr):
            kinds = [self.check(part, scope, problems) for part in node.iter_child_nodes()]
            return kinds[1] if len(kinds) > 1 else UNKNOWN
        for part in node.iter_child_nodes():
            self.check(part, scope, problems)
        problems += _operation_problems(node)
        if isinstance(node, nodes.List | nodes.Tuple):
            return Kind("list")
        return Kind("value")

    def _check_name(self, node: nodes.Name, scope: Mapping[str, Kind], problems: list[Problem]) -> Kind:
        if node.name not in scope:
            problems.append(Problem("name", {"name": node.name, "near": near(node.name, scope)}))
            return UNKNOWN
        return scope[node.name]

    def _check_attribute(
        self, node: nodes.Getattr, scope: Mapping[str, Kind], problems: list[Problem]
    ) -> Kind:
        owner = self.check(node.node, scope, problems)
        if owner.what in _WITHOUT_ATTRIBUTES:
            problems.append(Problem("syntax", reason_params(_WITHOUT_ATTRIBUTES[owner.what])))
            return UNKNOWN
        choices: Mapping[str, Any] | None = _ATTRIBUTES.get(owner.what)
        label = _KIND_NAMES.get(owner.what, "")
        if owner.what == "row":
            columns = self._columns(owner.register)
            choices, label = {**dict.fromkeys(columns), **listings.ROW_ATTRIBUTES}, owner.register
        elif owner.what in _NAMED:
            names, kind = self._names(owner.what)
            choices, label = dict.fromkeys(names), _NAMED[owner.what]
            if fold(node.attr) in map(fold, names):
                return self._rows_kind(node.attr) if owner.what == "registers" else kind
        if choices is not None and node.attr not in choices:
            problems.append(
                Problem(
                    "attribute",
                    {
                        "owner": getattr(node.node, "name", label),
                        "name": node.attr,
                        "near": near(node.attr, choices),
                        "choices": "、".join(list(choices)[:30]),
                    },
                )
            )
        if owner.what == "section" and node.attr == "指标":
            return Kind("figures")
        return UNKNOWN if owner == UNKNOWN or owner.what in _NAMED else Kind("value")

    def _check_filter(
        self, node: nodes.Filter, scope: Mapping[str, Kind], problems: list[Problem]
    ) -> Kind:
        kind = self.check(node.node, scope, problems) if node.node else UNKNOWN
        for argument in node.args:
            self.check(argument, scope, problems)
        for pair in node.kwargs:
            self.check(pair.value, scope, problems)
        problems += _argument_problems(node)
        if kind.what == "rows":
            problems += self._column_problems(node, kind.register)
        if node.name in ROW_FILTERS:
            return kind
        return Kind("list") if node.name == "取值" else Kind("value")

    def _column_problems(self, node: nodes.Filter, register: str) -> list[Problem]:
        """Columns that the register does not have, and values that a column cannot have."""
        named = _named_column(node)
        conditions = _conditions(node) if node.name in CONDITION_FILTERS else {}
        choices = [*self._columns(register), *listings.ROW_ATTRIBUTES]
        problems = [
            Problem(
                "column",
                {
                    "register": register,
                    "name": name,
                    "near": near(name, choices),
                    "choices": "、".join(choices),
                },
            )
            for name in (*named, *conditions)
            if name not in choices
        ]
        for column, wanted in conditions.items():
            possible = self._values(register, column)
            problems += [
                Problem(
                    "value_unknown",
                    {
                        "column": column,
                        "name": value,
                        "near": near(value, possible),
                        "choices": "、".join(possible),
                    },
                )
                for value in wanted
                if possible and value not in possible
            ]
        return problems

    def _values(self, register: str, column: str) -> tuple[str, ...]:
        """The values that a column can have; empty where it may have any."""
        found = next((item for item in self._definition.registers if item.name == register), None)
        declared = found.column(column) if found else None
        if declared is not None:
            return self._definition.code_lists.get(declared.code_list, ())
        if found is not None and column == DEPARTMENT:
            return tuple(self._definition.department_name(code) for code in found.departments)
        return ()

    def _check_lookup(
        self,
        node: nodes.Call | nodes.Getitem,
        scope: Mapping[str, Kind],
        problems: list[Problem],
    ) -> Kind:
        owner = self.check(node.node, scope, problems)
        keys = node.args if isinstance(node, nodes.Call) else [node.arg]
        for part in keys:
            self.check(part, scope, problems)
        key = keys[0] if keys else None
        if owner.what not in _NAMED:
            return UNKNOWN
        names, kind = self._names(owner.what)
        if not isinstance(key, nodes.Const):
            return UNKNOWN if owner.what == "registers" else kind
        word = str(key.value)
        if fold(word) not in map(fold, names):
            problems.append(Problem("name", {"name": word, "near": near(word, names)}))
        return self._rows_kind(word) if owner.what == "registers" else kind

    def _names(self, what: str) -> tuple[list[str], Kind]:
        """What can be looked up by name in a view of several things, and the kind of each."""
        pack = self._definition
        return {
            "figures": (_words(pack.indicators), Kind("figure")),
            "sections": (_words(pack.sections), Kind("section")),
            "registers": (_words(pack.registers), UNKNOWN),
            "narratives": ([item.name for item in pack.narratives], Kind("narrative")),
            "tables": ([item.name for item in pack.tables], Kind("figures")),
            "terms": (list(pack.terms), Kind("text")),
        }[what]

    def _rows_kind(self, word: str) -> Kind:
        """The kind of the register with that name or code."""
        for register in self._definition.registers:
            if fold(word) in (fold(register.name), fold(register.code)):
                return Kind("rows", register.name)
        return UNKNOWN

    def _columns(self, register: str) -> list[str]:
        found = next((item for item in self._definition.registers if item.name == register), None)
        return [column.name for column in found.columns] if found else []


def _words(items: Iterable[Indicator | Section | Register]) -> list[str]:
    """The names and codes by which things are looked up."""
    return [word for item in items for word in (item.name, item.code)]


def _named_column(node: nodes.Filter) -> list[str]:
    """The column that a filter's first argument names, where it is written out."""
    first = node.args[0] if node.args else None
    named = node.name in COLUMN_FILTERS and isinstance(first, nodes.Const)
    return [str(first.value)] if named and isinstance(first, nodes.Const) else []


def _conditions(node: nodes.Filter) -> dict[str, list[str]]:
    """The columns that a filter's conditions name, each with the literal values it asks for."""
    pairs: list[tuple[str, nodes.Expr]] = [(str(pair.key), pair.value) for pair in node.kwargs]
    for argument in node.args:
        if isinstance(argument, nodes.Dict):
            pairs += [
                (str(pair.key.value), pair.value)
                for pair in argument.items
                if isinstance(pair.key, nodes.Const)
            ]
    found: dict[str, list[str]] = {}
    for column, value in pairs:
        items = value.items if isinstance(value, nodes.List | nodes.Tuple) else [value]
        found[column] = [str(item.value) for item in items if isinstance(item, nodes.Const)]
    return found


def _argument_problems(node: nodes.Filter) -> list[Problem]:
    """A filter that is given too many arguments, too few, or one that it does not know."""
    if node.name not in FILTERS or node.dyn_args or node.dyn_kwargs:
        return []
    given = [None] * len(node.args)
    signature = inspect.signature(FILTERS[node.name][1])
    known = [name for name in signature.parameters if not name.isascii()]
    unknown = [str(pair.key) for pair in node.kwargs if str(pair.key) not in known]
    if known and unknown:
        return [_unknown_argument(node.name, name, known) for name in unknown]
    try:
        signature.bind(None, *given, **{str(pair.key): None for pair in node.kwargs})
    except TypeError:
        return [Problem("syntax", reason_params("filter_arguments", name=node.name))]
    return []


def _unknown_argument(owner: str, name: str, known: Sequence[str]) -> Problem:
    params = {"owner": owner, "name": name, "near": near(name, known), "choices": "、".join(known)}
    return Problem("argument", params)


def _operation_problems(node: nodes.Node) -> list[Problem]:
    """Operations that the language does not have, or that can have no result."""
    if isinstance(node, nodes.Concat):
        return [Problem("syntax", reason_params("concat"))]
    if isinstance(node, nodes.Pow | nodes.Mod | nodes.FloorDiv):
        return [Problem("syntax", reason_params("operator", operator=node.operator))]
    if isinstance(node, nodes.Add | nodes.Sub | nodes.Mul | nodes.Div):
        sides = (node.left, node.right)
        if any(isinstance(side, nodes.Const) and isinstance(side.value, str) for side in sides):
            return [Problem("syntax", reason_params("only_numbers"))]
        divisor = node.right
        zero = isinstance(divisor, nodes.Const) and divisor.value == 0
        if isinstance(node, nodes.Div) and zero:
            return [Problem("syntax", reason_params("zero_division"))]
    return []


def kinds_of(definition: Definition) -> dict[str, Kind]:
    """Every name of the pack and of the language with its kind."""
    kinds = {name: Kind("text") for name in (*definition.terms, *setting_names(definition))}
    kinds |= {
        "指标": Kind("figures"),
        "文字材料": Kind("narratives"),
        "章节": Kind("sections"),
        "汇总表": Kind("tables"),
        "清单": Kind("registers"),
        "用语": Kind("terms"),
    }
    kinds |= {item.name: Kind("rows", item.name) for item in definition.registers}
    kinds |= {item.name: Kind("figure") for item in definition.indicators}
    return kinds
