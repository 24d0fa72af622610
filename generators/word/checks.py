"""What a tag's names stand for, checked without data, so that every fault is found at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import nodes

from generators.model import Definition
from generators.text import fold, near
from generators.word import listings
from generators.word.context import setting_names
from generators.word.filters import COLUMN_FILTERS, CONDITION_FILTERS, ROW_FILTERS
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
        choices: Mapping[str, Any] | None = _ATTRIBUTES.get(owner.what)
        label = _KIND_NAMES.get(owner.what, "")
        if owner.what == "row":
            columns = self._columns(owner.register)
            choices, label = {**dict.fromkeys(columns), **listings.ROW_ATTRIBUTES}, owner.register
        elif owner.what == "narratives":
            choices = dict.fromkeys(item.name for item in self._definition.narratives)
            label = "文字材料"
        elif owner.what == "figures":
            choices = dict.fromkeys(item.name for item in self._definition.indicators)
            label = "指标"
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
        return {"narratives": Kind("narrative"), "figures": Kind("figure")}.get(
            owner.what, UNKNOWN if owner == UNKNOWN else Kind("value")
        )

    def _check_filter(
        self, node: nodes.Filter, scope: Mapping[str, Kind], problems: list[Problem]
    ) -> Kind:
        kind = self.check(node.node, scope, problems) if node.node else UNKNOWN
        for argument in node.args:
            self.check(argument, scope, problems)
        for pair in node.kwargs:
            self.check(pair.value, scope, problems)
        named = []
        if node.name in COLUMN_FILTERS and node.args and isinstance(node.args[0], nodes.Const):
            named.append(str(node.args[0].value))
        if node.name in CONDITION_FILTERS:
            named += [str(pair.key) for pair in node.kwargs]
            for argument in node.args:
                if isinstance(argument, nodes.Dict):
                    keys = (pair.key for pair in argument.items)
                    named += [str(key.value) for key in keys if isinstance(key, nodes.Const)]
        if kind.what == "rows":
            choices = [*self._columns(kind.register), *listings.ROW_ATTRIBUTES]
            problems += [
                Problem(
                    "column",
                    {
                        "register": kind.register,
                        "name": name,
                        "near": near(name, choices),
                        "choices": "、".join(choices),
                    },
                )
                for name in named
                if name not in choices
            ]
        if node.name in ROW_FILTERS:
            return kind
        return Kind("list") if node.name == "取值" else Kind("value")

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
        known: dict[str, tuple[list[str], Kind]] = {
            "figures": (
                [word for item in self._definition.indicators for word in (item.name, item.code)],
                Kind("figure"),
            ),
            "tables": ([item.name for item in self._definition.tables], Kind("figures")),
            "sections": (
                [word for item in self._definition.sections for word in (item.name, item.code)],
                Kind("section"),
            ),
            "narratives": ([item.name for item in self._definition.narratives], Kind("narrative")),
            "terms": (list(self._definition.terms), Kind("text")),
        }
        if owner.what == "registers":
            registers = self._definition.registers
            by_word = {word: item.name for item in registers for word in (item.name, item.code)}
            folded = {fold(word): name for word, name in by_word.items()}
            name = folded.get(fold(str(key.value))) if isinstance(key, nodes.Const) else None
            known["registers"] = (list(by_word), Kind("rows", name) if name else UNKNOWN)
        if owner.what not in known:
            return UNKNOWN
        choices, kind = known[owner.what]
        word = str(key.value) if isinstance(key, nodes.Const) else None
        if word is not None and fold(word) not in map(fold, choices):
            problems.append(Problem("name", {"name": word, "near": near(word, choices)}))
        return kind

    def _columns(self, register: str) -> list[str]:
        found = next((item for item in self._definition.registers if item.name == register), None)
        return [column.name for column in found.columns] if found else []


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
