"""Tag text → a checked Jinja2 expression in a sandbox that reaches nothing but the pack's names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import add, mul, sub, truediv
from typing import Any

from jinja2 import TemplateError, Undefined, nodes
from jinja2.environment import TemplateExpression
from jinja2.sandbox import SandboxedEnvironment

from generators.excel.numbers import MAX_MAGNITUDE
from generators.model import Definition
from generators.spelling import complaint, normalise, odd_names, visible
from generators.text import fold, near
from generators.word.checks import ELEMENT, UNKNOWN, Checker, Kind, Problem, kinds_of
from generators.word.figures import EvaluationError, Missing, Quantity, as_quantity, reason_params
from generators.word.filters import FILTERS
from generators.word.listings import CALLABLE_VIEWS
from generators.word.tags import MAX_DEPTH, MAX_TAG
from generators.word.views import View, level_of

_FOR = re.compile(r"for\s+([^\W\d]\w*)\s+in\s+(.+)\Z", re.DOTALL)


class TagError(Exception):
    """A tag that cannot be compiled, with every fault that was found in it."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(problems)
        self.problems = problems


class _Environment(SandboxedEnvironment):
    """Jinja's sandbox with its globals and filters replaced by ours and attributes by views'."""

    intercepted_binops = frozenset(["+", "-", "*", "/", "//", "%", "**"])
    intercepted_unops = frozenset(["-", "+"])

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, View):
            return obj.attribute(attribute)
        raise EvaluationError("no_attribute", owner="", name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, View):
            return obj.item(argument)
        if isinstance(obj, list | tuple) and isinstance(argument, int):
            return obj[argument]
        raise EvaluationError("no_attribute", owner="", name=str(argument))

    def is_safe_callable(self, obj: Any) -> bool:
        return isinstance(obj, CALLABLE_VIEWS)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        left, right = level_of(left), level_of(right)
        if operator not in _ARITHMETIC:
            raise EvaluationError("operator", operator=operator)
        if not all(isinstance(side, Quantity | Missing | int | float) for side in (left, right)):
            raise EvaluationError("only_numbers")
        return _ARITHMETIC[operator](as_quantity(left), as_quantity(right))

    def call_unop(self, context: Any, operator: str, arg: Any) -> Any:
        value: Any = level_of(arg)
        return -value if operator == "-" else value


_ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": add,
    "-": sub,
    "*": mul,
    "/": truediv,
}


def _environment() -> _Environment:
    environment = _Environment(autoescape=False)
    environment.globals.clear()
    environment.filters.clear()
    environment.filters.update({name: function for name, (_, function) in FILTERS.items()})
    return environment


@dataclass(frozen=True)
class Expression:
    """A compiled expression with the tag text it came from and what kind of thing it gives."""

    tag: str
    kind: Kind
    compiled: TemplateExpression = field(repr=False)

    def value(self, scope: Mapping[str, object]) -> object:
        """Evaluate; raises :class:`~generators.word.figures.EvaluationError` with a reason."""
        try:
            value = self.compiled(**scope)
            return "" if isinstance(value, Undefined) else value  # an if without else gives nothing
        except EvaluationError:
            raise
        except (MemoryError, RecursionError):
            raise
        except TypeError as error:
            raise EvaluationError("types") from error
        except Exception as error:  # whatever else an expression can do wrong is the tag's fault
            raise EvaluationError("arguments") from error


@dataclass(frozen=True)
class ForTag:
    """``for name in expression``."""

    name: str
    items: Expression


class Compiler:
    """Compiles the tags of one template against one definition."""

    def __init__(self, definition: Definition) -> None:
        self._environment = _environment()
        self._checker = Checker(definition)
        self._known: dict[str, tuple[nodes.Template, TemplateExpression]] = {}
        self.kinds = kinds_of(definition)
        self._odd_names = odd_names(definition)
        self._names = [*self.kinds, *(item.name for item in definition.narratives)]

    def expression(self, text: str, tag: str, scope: Mapping[str, Kind]) -> Expression:
        """Compile the inside of a ``{{ }}`` tag. Raises :class:`TagError` with all its faults.

        ``scope`` gives the kinds of loop variables in force.
        """
        if len(text) > MAX_TAG and len(text.strip()) > MAX_TAG:
            raise TagError(Problem("syntax", reason_params("long_tag", limit=str(MAX_TAG))))
        source = self.normalise(text)
        if not source:
            raise TagError(Problem("syntax", reason_params("empty_tag")))
        try:
            tree, compiled = self._compiled(source)
        except TemplateError as error:
            raise TagError(self._syntax_problem(error, text)) from error
        except (RecursionError, SyntaxError) as error:  # Python counts brackets, too
            raise TagError(Problem("syntax", reason_params("deep_tag"))) from error
        problems: list[Problem] = []
        if any(_is_large(node.value) for node in tree.find_all(nodes.Const)):
            problems.append(Problem("syntax", reason_params("number_in_tag")))
        output = next(iter(tree.find_all(nodes.Output)))
        kind = self._checker.check(output.nodes[0], {**self.kinds, **scope}, problems)
        if problems:
            raise TagError(*problems)
        return Expression(tag, kind, compiled)

    def _compiled(self, source: str) -> tuple[nodes.Template, TemplateExpression]:
        """The tree of an expression and the expression itself; equal ones are compiled once."""
        if source not in self._known:
            tree = self._environment.parse("{{ " + source + " }}")
            if _is_deep(tree):
                raise TagError(Problem("syntax", reason_params("deep_tag")))
            compiled = self._environment.compile_expression(source, undefined_to_none=False)
            self._known[source] = tree, compiled
        return self._known[source]

    def for_tag(self, text: str, tag: str, scope: Mapping[str, Kind]) -> tuple[ForTag, Kind]:
        """Compile ``for name in expression``; also gives the kind of the loop variable."""
        match = _FOR.match(text.strip())
        if not match:
            raise TagError(Problem("syntax", reason_params("for_form")))
        items = self.expression(match[2], tag, scope)
        what = ELEMENT.get(items.kind.what)
        if what is None and items.kind != UNKNOWN:
            raise TagError(Problem("syntax", reason_params("not_a_list", what=match[2].strip())))
        return ForTag(match[1], items), Kind(what or "unknown", items.kind.register)

    def normalise(self, text: str) -> str:
        """The inside of a tag as Jinja reads it: see :mod:`generators.spelling`."""
        return normalise(text, self._odd_names)

    def _syntax_problem(self, error: TemplateError, source: str) -> Problem:
        text = str(error.message or "")
        match = re.search(r"No filter named '([^']+)'", text)
        if match:
            choices = "、".join(FILTERS)
            return Problem(
                "filter", {"name": match[1], "near": near(match[1], FILTERS), "choices": choices}
            )
        return Problem("syntax", dict(_reason(text), near=self._meant(source)))

    def _meant(self, source: str) -> str:
        """The name that was probably meant where the tag begins; empty where it is written right.

        Names with brackets, dots or spaces are no names for Jinja once a character is wrong.
        """
        head = visible(source).partition("|")[0].partition("｜")[0].strip()
        for name in (head, head.rpartition(".")[0], head.partition(".")[2]):
            found = near(name, self._names) if name else ""
            if found and fold(found) not in fold(head):
                return found
        return ""


def _is_deep(tree: nodes.Node) -> bool:
    """Whether more nodes stand in one another than may, counted without a call for each.

    The template itself and its output are three of them.
    """
    level: list[nodes.Node] = [tree]
    for _ in range(MAX_DEPTH + 3):
        level = [child for node in level for child in node.iter_child_nodes()]
        if not level:
            return False
    return True


def _is_large(value: object) -> bool:
    """Whether a number written out is larger than any figure may be."""
    return isinstance(value, int | float) and not abs(value) <= MAX_MAGNITUDE


def _reason(text: str) -> dict[str, str]:
    """Jinja's complaint as a reason; a complaint that is not known is quoted."""
    reason, words = complaint(text)
    return reason_params(reason, **words) if reason else reason_params("quoted", what=text)
