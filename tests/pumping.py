"""Inputs that make regular expressions slow, derived from the expressions themselves.

Every repeat of a pattern is pumped: what can stand before it, then the repeated piece again and again,
then something that lets the whole fail. Nested and neighbouring repeats of the same signs, the two
things that make matching quadratic or worse, are among them.
"""

from __future__ import annotations

import ast
import re
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

METHODS = ("match", "search", "fullmatch", "findall", "finditer", "sub", "split")


@dataclass(frozen=True)
class Known:
    """A pattern of the sources, where it stands, and how it is used there."""

    place: str
    pattern: str | bytes
    flags: int
    methods: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.place} {self.pattern!r}"


# --- the patterns of the sources ----------------------------------------------------------------------


def patterns_in(folder: Path) -> list[Known]:
    """Every pattern that a module of ``folder`` compiles or hands to :mod:`re`, which it may build.

    Those that are compiled where a module is loaded are taken from the module itself, so that pieces
    put together from names and loops are whole.
    """
    paths = sorted(folder.rglob("*.py"))
    everywhere: dict[str, set[str]] = {}
    for path in paths:  # a pattern with a public name may be used in another module than its own
        for name, methods in _uses(ast.parse(path.read_text("utf-8"))).items():
            everywhere.setdefault(name, set()).update(methods)
    return [known for path in paths for known in _of_module(path, folder.parent, everywhere)]


def _of_module(path: Path, root: Path, everywhere: dict[str, set[str]]) -> Iterator[Known]:
    source = path.read_text("utf-8")
    tree = ast.parse(source)
    name = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
    loaded = _loaded(name) if "re." in source or "import re" in source else {}
    uses, top = _uses(tree), _at_the_top(tree)
    for variable, value in loaded.items():
        methods = (uses if variable.startswith("_") else everywhere).get(variable, set())
        yield from _compiled(name, variable, value, methods)
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and _is_of_re(node.func)) or id(node) in top:
            continue
        assert isinstance(node.func, ast.Attribute)
        pattern = _literal(node.args[0], loaded)
        if pattern is None or node.func.attr == "escape":
            continue
        used = METHODS if node.func.attr == "compile" else (node.func.attr,)
        yield Known(f"{name}:{node.lineno}", pattern, _flags(node), used)


def built_ones(folder: Path) -> list[str]:
    """The calls whose pattern is known only while the program runs: each needs a test of its own."""
    found = []
    for path in sorted(folder.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        top = _at_the_top(tree)
        name = ".".join(path.relative_to(folder.parent).with_suffix("").parts)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _is_of_re(node.func) and id(node) not in top:
                assert isinstance(node.func, ast.Attribute)
                if node.func.attr != "escape" and _literal(node.args[0], {}) is None:
                    found.append(f"{name}: {ast.unparse(node.args[0])}")
    return found


def _at_the_top(tree: ast.Module) -> set[int]:
    """The nodes of what is assigned where a module is loaded."""
    made = [item for item in tree.body if isinstance(item, ast.Assign | ast.AnnAssign)]
    return {id(node) for item in made for node in ast.walk(item)}


def _loaded(name: str) -> dict[str, Any]:
    __import__(name)
    return dict(vars(sys.modules[name]))


def _compiled(module: str, variable: str, value: Any, used: set[str]) -> Iterator[Known]:
    values = list(value.values()) if isinstance(value, dict) else value
    for item in values if isinstance(values, list | tuple | set | frozenset) else [values]:
        if isinstance(item, re.Pattern):
            methods = tuple(sorted(used & set(METHODS))) or METHODS
            yield Known(f"{module}.{variable}", item.pattern, item.flags, methods)


def _uses(tree: ast.AST) -> dict[str, set[str]]:
    """The methods that are called on each name."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.setdefault(node.value.id, set()).add(node.attr)
    return found


def _is_of_re(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id == "re"
        and function.attr in (*METHODS, "compile")
    )


def _literal(node: ast.expr, names: dict[str, Any]) -> str | bytes | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
        return node.value
    if isinstance(node, ast.JoinedStr):
        try:
            value = eval(compile(ast.Expression(node), "pattern", "eval"), dict(names))
        except Exception:
            return None
        return value if isinstance(value, str) else None
    return None


def _flags(node: ast.Call) -> int:
    text = " ".join(
        ast.unparse(item) for item in [*node.args[1:], *(key.value for key in node.keywords)]
    )
    found = 0
    for flag in ("DOTALL", "IGNORECASE", "MULTILINE", "VERBOSE", "ASCII"):
        if f"re.{flag}" in text:
            found |= getattr(re, flag)
    return found


# --- what pumps them ----------------------------------------------------------------------------------

GENERIC = (
    " ",
    "\n",
    "\t",
    "a",
    "A",
    "1",
    "0",
    ".",
    ",",
    "-",
    "'",
    '"',
    "[",
    "]",
    "(",
    "{",
    "{{",
    "<",
    "<!",
    "=",
    "'a'",
    "1,",
    "1.",
    "1 ",
    "a ",
    " ·",
    "。",
    "，",
    "；",
    "，1",
    "增长",
    "至",
    "年",
    "1年",
    "A1",
    "!",
    "!A",
    " · ",
    "、",
    ":",
    "/",
    "\\",
    "//",
    "://a",
    "a:",
    "@",
    "_",
    "*",
    "#",
    "%",
    "第",
    "中",
)
MOST_PIECES = 40


@dataclass(frozen=True)
class Pump:
    """An input of any length: ``before``, ``piece`` as often as fits, ``after``."""

    before: str
    piece: str
    after: str

    def of(self, length: int) -> str:
        """The input with ``length`` characters, more or less."""
        times = max(1, (length - len(self.before) - len(self.after)) // len(self.piece))
        return f"{self.before}{self.piece * times}{self.after}"


def pumps(pattern: str | bytes, flags: int) -> list[Pump]:
    """What is tried on a pattern, its own pieces first."""
    text = pattern if isinstance(pattern, str) else pattern.decode("latin-1")
    tree = parser.parse(text, flags & ~re.UNICODE & ~re.ASCII)
    found: dict[Pump, None] = {}
    own = list(dict.fromkeys(_pieces(list(tree), "")))[:MOST_PIECES]
    for before, piece in own:
        for after in ("", "\x00", f"{piece}\x00"):
            found[Pump(before, piece, after)] = None
    for start, _ in own[:6]:
        for _, piece in own:
            if start:
                found[Pump("", start, "\x00")] = None
                found[Pump("", f"{start}{piece}", "\x00")] = None
    for piece in GENERIC:
        found[Pump("", piece, "\x00")] = None
    return list(found)


def _pieces(nodes: list[Any], before: str) -> Iterator[tuple[str, str]]:
    """What can be repeated within ``nodes``, each with what stands before it."""
    so_far = before
    for code, value in nodes:
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            low, high, inner = value
            if high > 8:
                for piece in _samples(list(inner)):
                    if piece:
                        yield so_far, piece
            yield from _pieces(list(inner), so_far)
            so_far += _sample(list(inner)) * max(low, 1 if high else 0)
        elif code is codes.SUBPATTERN:
            yield from _pieces(list(value[3]), so_far)
            so_far += _sample(list(value[3]))
        elif code is codes.BRANCH:
            for branch in value[1]:
                yield from _pieces(list(branch), so_far)
            so_far += _sample(list(value[1][0]))
        elif code in (codes.ASSERT, codes.ASSERT_NOT):
            yield from _pieces(list(value[1]), so_far)
        else:
            so_far += _sample([(code, value)])


def _samples(nodes: list[Any]) -> Iterator[str]:
    """Some texts that ``nodes`` match."""
    yield _sample(nodes)
    if len(nodes) == 1 and nodes[0][0] is codes.IN:
        for item in nodes[0][1][:6]:
            yield _sample([(codes.IN, [item])])
    if len(nodes) == 1 and nodes[0][0] in (codes.ANY, codes.NOT_LITERAL):
        yield from ("a", " ", "1", "中")
    if len(nodes) == 1 and nodes[0][0] is codes.SUBPATTERN:
        yield from _samples(list(nodes[0][1][3]))
    if len(nodes) == 1 and nodes[0][0] is codes.BRANCH:
        for branch in nodes[0][1][1]:
            yield _sample(list(branch))


def _sample(nodes: list[Any]) -> str:
    """One text that ``nodes`` match, as far as that can be told without trying."""
    return "".join(_one(code, value) for code, value in nodes)


def _one(code: Any, value: Any) -> str:
    if code is codes.LITERAL:
        return chr(value)
    if code is codes.NOT_LITERAL:
        return "a" if value != ord("a") else "b"
    if code is codes.ANY:
        return "a"
    if code is codes.IN:
        return _of_set(value)
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        low, high, inner = value
        return _sample(list(inner)) * max(low, 1 if high else 0)
    if code is codes.SUBPATTERN:
        return _sample(list(value[3]))
    if code is codes.ATOMIC_GROUP:
        return _sample(list(value))
    if code is codes.BRANCH:
        return _sample(list(value[1][0]))
    return ""


_CLASSES = {
    codes.CATEGORY_DIGIT: "1",
    codes.CATEGORY_NOT_DIGIT: "a",
    codes.CATEGORY_SPACE: " ",
    codes.CATEGORY_NOT_SPACE: "a",
    codes.CATEGORY_WORD: "a",
    codes.CATEGORY_NOT_WORD: " ",
}


def _of_set(items: list[Any]) -> str:
    if items and items[0][0] is codes.NEGATE:
        pattern = {_of_set([item]) for item in items[1:]}
        return next((sign for sign in "a 1中.Z" if sign not in pattern), "a")
    for code, value in items:
        if code is codes.LITERAL:
            return chr(value)
        if code is codes.RANGE:
            return chr(value[0])
        if code is codes.CATEGORY:
            return _CLASSES.get(value, "a")
    return ""


# --- how long they take -------------------------------------------------------------------------------

SMALL, LARGE = 3_000, 24_000
"""Characters that are tried first, and then; the longest text of a cell has 32,767."""
QUICK, LONGEST = 0.002, 0.25
"""Seconds: what takes less at the small length is linear enough; none may take more at the large one."""


@dataclass(frozen=True)
class Slow:
    """A pattern with the input that pumps it, and the seconds it took at the two lengths."""

    place: str
    pattern: str
    method: str
    pump: Pump
    seconds: tuple[float, float]


class _OutOfTimeError(Exception):
    pass


def slow_ones(known: Known, tried: list[int] | None = None) -> list[Slow]:
    """The inputs on which a pattern takes more than linear time; the first that is found of each method.

    ``tried`` is told how many inputs were tried. For POSIX systems: a clock interrupts the matching.
    """
    compiled = re.compile(known.pattern, known.flags)
    methods = {name if name in ("match", "fullmatch") else "findall" for name in known.methods}
    found: dict[str, Slow] = {}
    for pump in pumps(known.pattern, known.flags):
        for method in sorted(methods - found.keys()):
            if tried is not None:
                tried.append(1)
            few = _seconds(compiled, method, pump.of(SMALL), LONGEST)
            if few < QUICK:
                continue
            many = _seconds(compiled, method, pump.of(LARGE), LONGEST)
            if many > 2.5 * (LARGE / SMALL) * few or many >= LONGEST:
                found[method] = Slow(known.place, str(known.pattern), method, pump, (few, many))
    return list(found.values())


def _seconds(compiled: re.Pattern[Any], method: str, text: str, most: float) -> float:
    """The seconds of work that matching takes; ``most`` where it takes more."""
    subject: str | bytes = text
    if isinstance(compiled.pattern, bytes):
        subject = text.encode("utf-8")

    def stop(*_: object) -> None:
        raise _OutOfTimeError

    signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, most)
    began = time.process_time()
    try:
        getattr(compiled, method)(subject)
    except _OutOfTimeError:
        return most
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return time.process_time() - began
