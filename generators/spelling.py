"""How people type expressions → how Jinja reads them, and what Jinja says of them in turn.

Word turns quotes into “ ” and Chinese keyboards type full-width signs: outside string literals these
are read as their ASCII twins. Names that are no identifiers (``PM2.5浓度``, ``“双减”达标率``) are
looked up by their text. The tags of a template and the rules of a definition are spelt alike.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from generators.model import Definition

_TWINS = str.maketrans(
    "０１２３４５６７８９（）［］，：｜＝＞＜＋－＊／．！", "0123456789()[],:|=><+-*/.!"
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_SPELT_OUT = {"≥": ">=", "≤": "<=", "≠": "!="}
_CLOSERS = {"“": "”", "”": "”", "‘": "’", "’": "’", "＂": "＂", '"': '"', "'": "'"}


@dataclass(frozen=True)
class OddNames:
    """The names that a tag cannot hold as they are: what finds them, and the lookup of each.

    ``lookups`` maps a name, with ASCII signs, to its name in the pack and to the word of the language
    that looks it up, which is empty for what only stands after a dot.
    """

    pattern: re.Pattern[str]
    lookups: Mapping[str, tuple[str, str]]


def odd_names(definition: Definition) -> OddNames:
    """The odd names of a pack's indicators, registers, register columns, terms and narratives."""
    columns = [column.name for register in definition.registers for column in register.columns]
    named = [(name, "") for name in columns]
    named += [(item.name, "") for item in definition.narratives]
    named += [(name, "用语") for name in definition.terms]
    named += [(item.name, "清单") for item in definition.registers]
    named += [(item.name, "指标") for item in definition.indicators]
    lookups = {
        name.translate(_TWINS): (name, word)
        for name, word in named
        if not name.isidentifier() or name != name.translate(_TWINS)
    }
    longest_first = sorted(lookups, key=len, reverse=True)
    return OddNames(re.compile("|".join(map(_whole, longest_first)) or r"(?!)"), lookups)


def visible(text: str) -> str:
    """``text`` without what cannot be seen."""
    return _INVISIBLE.sub("", text)


def flat(text: str) -> str:
    """``text`` with ASCII signs, one sign for one sign: positions stay the same."""
    return text.translate(_TWINS)


def normalise(text: str, odd: OddNames) -> str:
    """An expression (the inside of a tag) as Jinja reads it."""
    text = visible(text)
    signs = flat(text)
    parts: list[str] = []
    position = 0
    while position < len(text):
        name = odd.pattern.match(signs, position)
        lookup = _lookup(name[0], parts, odd) if name else ""
        if name and lookup:
            parts.append(lookup)
            position = name.end()
        elif (end := literal_end(text, signs, position, odd)) > 0:
            parts.append(_quoted(text[position + 1 : end]))
            position = end + 1
        else:
            parts.append(_SPELT_OUT.get(text[position], signs[position]))
            position += 1
    return "".join(parts).strip()


def _whole(name: str) -> str:
    """A pattern for a name that is not part of a longer one."""
    before = r"(?<!\w)" if re.match(r"\w", name) else ""
    after = r"(?!\w)" if re.search(r"\w\Z", name) else ""
    return f"{before}{re.escape(name)}{after}"


def _lookup(found: str, parts: list[str], odd: OddNames) -> str:
    """What a found name is written as; empty where it means nothing in its place."""
    name, word = odd.lookups[found]
    before = len(parts) - 1
    while before >= 0 and parts[before].isspace():
        before -= 1
    if before >= 0 and parts[before] == ".":
        del parts[before:]
        return f"[{_quoted(name)}]"
    return f"{word}({_quoted(name)})" if word else ""


def literal_end(text: str, signs: str, position: int, odd: OddNames) -> int:
    """Where the string literal that begins at ``position`` ends; -1 where none begins there.

    ``signs`` is ``text`` as :func:`flat` gives it. Curly quotes pair with their closers, and a name
    that holds such quotes stays whole.
    """
    closer = _CLOSERS.get(text[position])
    if closer is None:
        return -1
    name = odd.pattern.match(signs, position + 1)
    if name and text[name.end() : name.end() + 1] == closer:
        return name.end()
    end = text.find(closer, position + 1)
    if end < 0 and closer in "”’":
        end = next((text.find(q, position + 1) for q in "\"'" if q in text[position + 1 :]), -1)
    return end


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_COMPLAINTS: Mapping[str, str] = {
    r"unexpected '(?P<what>.+)'": "unexpected",
    r"expected token 'name'|expected name or number": "name_expected",
    r"chunk after expression": "leftover",
    r"expected token '(?P<wanted>.+?)', got '(?P<got>.+?)'": "expected",
    r"unexpected char (?P<what>.+?) at": "character",
    r"unexpected end of template|end of print statement": "unfinished",
    r"invalid character in identifier": "identifier",
}
"""Jinja's complaints → reasons of the message catalogue."""

_TOKENS: Mapping[str, str] = {
    "end of print statement": "}}",
    "end of statement block": "%}",
    "begin of print statement": "{{",
    "begin of statement block": "{%",
}
"""Jinja's names of signs → the signs."""


def complaint(text: str) -> tuple[str, dict[str, str]]:
    """What Jinja says of an expression, as a reason of the message catalogue and its words.

    The reason is empty for a complaint that is not known.
    """
    for pattern, reason in _COMPLAINTS.items():
        if match := re.search(pattern, text):
            return reason, {key: _TOKENS.get(word, word) for key, word in match.groupdict().items()}
    return "", {}
