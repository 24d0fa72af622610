"""A rule's expression as people type it → as Jinja reads it: 且, 或, 非, 如果…则…, →, a single =.

Only the connectives and signs that Jinja does not know are put into its words here; the spelling that
rules share with templates is :mod:`generators.spelling`. An arrow becomes Jinja's ``if``, which binds
less than everything else: ``A → B`` reads ``A if B``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from generators.definition.schema import FIGURE_MEASURES
from generators.model import Definition
from generators.spelling import OddNames, flat, literal_end, normalise, odd_names, visible

MAX_LENGTH = 1500
"""Characters of an expression: sixty parts of a total fit."""
MAX_BRACKETS = 20
"""How deep brackets may stand in one another; Jinja's parser takes a dozen calls for each."""

REPORTED_WORDS = ("已填", "reported")
LOOKUP = "指标"

_CONNECTIVES: Mapping[str, str] = {
    "并且": "and",
    "且": "and",
    "and": "and",
    "或者": "or",
    "或": "or",
    "or": "or",
    "非": "not",
    "not": "not",
    "如果": "if",
    "若": "if",
    "if": "if",
    "那么": "then",
    "则": "then",
    "then": "then",
}
_WRITTEN_TOGETHER = tuple(word for word in _CONNECTIVES if not word.isascii())
"""Connectives that may stand without a space; two characters before one."""
_ARROW = "=>"
_SIGNS: Mapping[str, str] = {
    **dict.fromkeys([_ARROW, "→", "⇒"], _ARROW),
    **{sign: sign for sign in ("==", "<=", ">=", "!=")},
    **dict.fromkeys(["=<", "≦"], "<="),
    "≧": ">=",
    "<>": "!=",
    "=": "==",
    "×": "*",
    "÷": "/",
    "−": "-",
}
_SIGN = re.compile("|".join(map(re.escape, sorted(_SIGNS, key=len, reverse=True))))
_RUN = re.compile(r"\w+")
_BRACKETS = {"(": ")", "[": "]"}
_MEASURES = sorted(FIGURE_MEASURES, key=len, reverse=True)


class SpellingError(Exception):
    """An expression that cannot be read: a reason of the message catalogue, with its words."""

    def __init__(self, reason: str, **words: str) -> None:
        super().__init__(reason, words)
        self.reason = reason
        self.words = words


@dataclass(frozen=True)
class Names:
    """The names that an expression may hold: how the pack's odd ones are spelt, and the indicators'."""

    odd: OddNames
    indicators: tuple[str, ...]

    @cached_property
    def _any(self) -> re.Pattern[str]:
        return re.compile("|".join(map(re.escape, self.indicators)) or r"(?!)")

    def begins(self, signs: str, position: int) -> bool:
        """Whether an indicator's name begins at ``position``."""
        return self._any.match(signs, position) is not None

    def end(self, signs: str, position: int) -> int:
        """Where the longest name that begins at ``position`` ends; -1 where none does."""
        if not self.begins(signs, position):
            return -1
        return _longest(signs, position, self.indicators, self)


def names_of(definition: Definition) -> Names:
    """The names that the rules of a pack may hold."""
    names = {flat(visible(item.name)) for item in definition.indicators if item.name}
    return Names(odd_names(definition), tuple(sorted(names, key=len, reverse=True)))


def source_of(text: str, names: Names) -> str:
    """The expression ``text`` as Jinja reads it.

    Raises :class:`SpellingError` for what no expression may hold, brackets that do not pair, and
    implications that are not whole.
    """
    text = visible(text).strip().rstrip("。；;").rstrip()
    text = text[len(text) - len(flat(text).lstrip("= \t\n")) :]  # as a formula of Excel begins
    if not text:
        raise SpellingError("empty")
    if len(text) > MAX_LENGTH:
        raise SpellingError("too_long", limit=str(MAX_LENGTH))
    source = normalise(_Typed(text, flat(text), names).read(), names.odd)
    if "{" in source or "}" in source:
        raise SpellingError("braces")
    return source


@dataclass
class _Level:
    """What stands between two brackets, or in the whole expression."""

    closer: str = ""
    fresh: bool = True
    conditional: bool = False
    arrows: int = 0


@dataclass
class _Typed:
    """One walk over an expression; ``signs`` is the text with ASCII signs, position by position."""

    text: str
    signs: str
    names: Names
    position: int = 0
    parts: list[str] = field(default_factory=list)
    levels: list[_Level] = field(default_factory=lambda: [_Level()])
    operand: bool = False
    """Whether a figure, a number or a bracket has just ended, so that only a connective can follow."""

    def read(self) -> str:
        while self.position < len(self.text):
            if self.signs[self.position].isspace():
                self._copy(self.position + 1, as_it_was=True)
            elif (end := self._whole_end()) > 0:
                self._copy(end)
                self.operand = True
            elif run := _RUN.match(self.signs, self.position):
                self._word(run.end())
            else:
                self._sign()
        self._close("")
        return "".join(self.parts)

    def _copy(self, end: int, *, as_it_was: bool = False) -> None:
        self.parts.append(self.text[self.position : end])
        self.position = end
        if not as_it_was:
            self.levels[-1].fresh = False

    def _whole_end(self) -> int:
        """Where the name, measure or text in quotes that begins here ends; -1 where none does."""
        before = "".join(self.parts[-3:]).rstrip()
        if flat(before).endswith("."):
            end = _longest(self.signs, self.position, _MEASURES, self.names)
            if end > 0:
                return end
        end = self.names.end(self.signs, self.position)
        if end > 0:
            return end
        closer = literal_end(self.text, self.signs, self.position, self.names.odd)
        return closer + 1 if closer > 0 else -1

    def _word(self, end: int) -> None:
        """A connective, a number with a connective behind it, or whatever else."""
        word = self.signs[self.position : end]
        digits = re.match(r"\d+", word)
        if word.casefold() in _CONNECTIVES:
            self._connect(word.casefold())
        elif digits and word[digits.end() :].startswith(_WRITTEN_TOGETHER):
            self._copy(self.position + digits.end())
            self.operand = True
        elif glued := self._glued(word):
            self._connect(glued)
        else:
            self._copy(end)
            self.operand = True

    def _glued(self, word: str) -> str:
        """The connective that ``word`` begins with, where it is one; a name may begin so as well."""
        for connective in _WRITTEN_TOGETHER:
            if word.startswith(connective):
                after = self.position + len(connective)
                if self.operand or _operand_begins(self.signs, after, self.names):
                    return connective
        return ""

    def _connect(self, word: str) -> None:
        self.position += len(word)
        level, meaning = self.levels[-1], _CONNECTIVES[word]
        if meaning == "if":
            if not level.fresh:
                raise SpellingError("if_place", word=word)
            level.conditional = True
        self._drop_comma(meaning)
        if meaning == "then":
            self._imply()
        else:
            self.parts.append(f" {'' if meaning == 'if' else meaning} ")
        level.fresh = False
        self.operand = False

    def _imply(self) -> None:
        level = self.levels[-1]
        level.arrows += 1
        if level.arrows > 1:
            raise SpellingError("one_arrow")
        self.parts.append(" if ")

    def _drop_comma(self, meaning: str) -> None:
        """People write a comma before 则, 且 and 或."""
        last = len(self.parts) - 1
        while last >= 0 and self.parts[last].isspace():
            last -= 1
        if last >= 0 and meaning in ("then", "and", "or") and flat(self.parts[last]) == ",":
            del self.parts[last]

    def _sign(self) -> None:
        sign = self.signs[self.position]
        known = _SIGN.match(self.signs, self.position)
        if sign in _BRACKETS:
            self._copy(self.position + 1)
            self.levels.append(_Level(_BRACKETS[sign]))
            if len(self.levels) > MAX_BRACKETS:
                raise SpellingError("too_deep")
        elif sign in _BRACKETS.values():
            self._close(sign)
            self._copy(self.position + 1)
        elif sign in "{}｛｝":
            raise SpellingError("braces")
        elif sign in "%％":
            raise SpellingError("percent")
        elif known and _SIGNS[known[0]] == _ARROW:
            self._drop_comma("then")
            self._imply()
            self.position = known.end()
        elif known:
            self.parts.append(_SIGNS[known[0]])
            self.position = known.end()
        else:
            self._copy(self.position + 1)
        self.operand = sign in _BRACKETS.values()
        self.levels[-1].fresh = sign in _BRACKETS

    def _close(self, sign: str) -> None:
        level = self.levels.pop()
        if level.closer != sign:
            raise SpellingError("brackets")
        if level.conditional and not level.arrows:
            raise SpellingError("then_missing")


def _longest(signs: str, position: int, words: tuple[str, ...] | list[str], names: Names) -> int:
    """Where the longest of ``words`` that stands whole at ``position`` ends; -1 where none does."""
    for word in words:
        end = position + len(word)
        if signs.startswith(word, position) and _ends(signs, end, names):
            return end
    return -1


def _ends(signs: str, position: int, names: Names) -> bool:
    """Whether a name may end at ``position``: no letter follows, or a connective and a figure do."""
    if not (_RUN.match(signs, position - 1) and _RUN.match(signs, position)):
        return True
    return any(
        signs.startswith(connective, position)
        and _operand_begins(signs, position + len(connective), names)
        for connective in _WRITTEN_TOGETHER
    )


def _operand_begins(signs: str, position: int, names: Names) -> bool:
    """Whether what a condition begins with stands at ``position``."""
    while position < len(signs) and signs[position].isspace():
        position += 1
    words = ("(", "-", "+", "非", "not ", f"{LOOKUP}(", f"{LOOKUP}[", *REPORTED_WORDS)
    return (
        signs.startswith(words, position)
        or signs[position : position + 1].isdigit()
        or names.begins(signs, position)
    )
