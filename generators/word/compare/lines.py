"""A paragraph as a row of signs: characters, and one sign for each field, picture or note.

What it is compared by and how it is cut where it was changed. Text in text boxes is not part of it.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from lxml import etree

from generators.word.clean import FIGURE_MARK
from generators.word.oxml import XML, Element, w
from generators.word.reading import run_text

MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"
_MATHS = (f"{{{MATH}}}oMath", f"{{{MATH}}}oMathPara")
NOTES = (w("footnoteReference"), w("endnoteReference"))
_SHOWN = {w("tab"): "\t", w("br"): "\n", w("cr"): "\n", w("noBreakHyphen"): "-"}
_SIGNS = frozenset(
    w(name)
    for name in (
        "tab",
        "br",
        "cr",
        "noBreakHyphen",
        "softHyphen",
        "sym",
        "ptab",
        "footnoteRef",
        "endnoteRef",
    )
)
"""What can stand in another document as it is; all else points into the package that it came from."""
_UNSEEN = frozenset(
    w(name)
    for name in (
        *("rPr", "lastRenderedPageBreak", "commentReference", "annotationRef"),
        *("fldChar", "instrText", "delInstrText", "delText"),
    )
)
"""What is no sign of the text: comments, and the ends of a field that goes on in other paragraphs."""
_COMPUTED = frozenset("PAGE NUMPAGES SECTIONPAGES SECTION PAGEREF".split())
"""Fields whose result the program that shows the document works out anew."""
_FIELD = (w("fldChar"), w("instrText"))
_FIRST, _MOST = 0xD801, 0x7FE
_MORE = "\U00100000"

Alphabet = dict[tuple[str, ...], str]
"""What is no character, and the sign it has in this comparison: one that XML cannot hold."""


@dataclass(frozen=True)
class Piece:
    """Signs ``start`` to ``end`` of a paragraph, in one run; a field may take several runs.

    ``node`` is the text or object in the run, ``None`` for a field, an equation, and for a run of
    which nothing is seen, whose start is its end. ``text`` is what it shows. ``fixed`` runs hold a
    field together that goes on in other paragraphs, and are never part of a change.
    """

    runs: tuple[Element, ...]
    node: Element | None
    start: int
    end: int
    text: str
    fixed: bool = False


@dataclass(frozen=True)
class Line:
    """A paragraph: its signs, their pieces, and the stretches that stood or stand in a control."""

    element: Element
    text: str
    pieces: tuple[Piece, ...]
    wholes: tuple[tuple[int, int], ...]


def read_line(paragraph: Element, alphabet: Alphabet) -> Line:
    """The paragraph's signs; controls of the program must have been taken out, their runs marked."""
    text, pieces = "", []
    for atom in _atoms(paragraph, alphabet):
        end = len(text) + len(atom.signs)
        pieces.append(Piece(atom.runs, atom.node, len(text), end, atom.shown, atom.fixed))
        text += atom.signs
    wholes: dict[object, tuple[int, int]] = {}
    for piece in pieces:
        whole: object = piece.runs[0].get(FIGURE_MARK)
        if whole is None:
            around = next(piece.runs[0].iterancestors(w("sdt"), w("p")), None)
            whole = around if around is not None and around.tag == w("sdt") else None
        if whole is not None and piece.end > piece.start:
            wholes[whole] = (wholes.get(whole, (piece.start, 0))[0], piece.end)
    return Line(paragraph, text, tuple(pieces), tuple(wholes.values()))


def cut(line: Line, places: Iterable[int], alphabet: Alphabet) -> Line:
    """The paragraph with its runs divided, so that no piece goes on beyond one of ``places``."""
    wanted = sorted(set(places))
    for run in dict.fromkeys(run for piece in line.pieces for run in piece.runs):
        if run.tag == w("r"):
            _separate(run)
    for piece in read_line(line.element, alphabet).pieces:
        inside = [place - piece.start for place in wanted if piece.start < place < piece.end]
        if inside and piece.node is not None and piece.node.tag == w("t"):
            _divide(piece.runs[0], piece.node, inside)
    return read_line(line.element, alphabet)


def deleted_runs(line: Line, start: int, end: int, carry: Callable[[Element], str]) -> Iterator[Element]:
    """The signs from ``start`` to ``end`` as runs of deleted text, each with its own formatting.

    A field is its result. ``carry`` is asked for what points into the document that it came from:
    for the id that a note has in the other one, empty where the thing is to be left out.
    """
    for piece in line.pieces:
        low, high = max(start, piece.start), min(end, piece.end)
        if low >= high:
            continue
        run = _like(piece.runs[0])
        if piece.node is not None and piece.node.tag in _SIGNS:
            run.append(copy.deepcopy(piece.node))
        elif piece.node is not None and piece.node.tag == w("t"):
            _add_deleted(run, piece.text[low - piece.start : high - piece.start])
        elif piece.node is None and piece.runs[0].tag == w("r"):
            _add_deleted(run, piece.text)
        elif number := carry(piece.node if piece.node is not None else piece.runs[0]):
            assert piece.node is not None
            etree.SubElement(run, piece.node.tag).set(w("id"), number)
        if len(run) > (run.find(w("rPr")) is not None):
            yield run


def _add_deleted(run: Element, text: str) -> None:
    for part in re.split("([\t\n])", text):
        if part in ("\t", "\n"):
            etree.SubElement(run, w("tab" if part == "\t" else "br"))
        elif part:
            node = etree.SubElement(run, w("delText"))
            node.set(f"{{{XML}}}space", "preserve")
            node.text = part


def _like(run: Element) -> Element:
    """A run without content that looks as ``run`` does."""
    made = etree.Element(w("r"))
    properties = run.find(w("rPr"))
    if properties is not None:
        made.append(copy.deepcopy(properties))
    mark = run.get(FIGURE_MARK)
    if mark:
        made.set(FIGURE_MARK, mark)
    return made


def _separate(run: Element) -> None:
    """Give each text and object in a run a run of its own."""
    content = [child for child in run if child.tag != w("rPr")]
    for child in reversed(content[1:]):
        other = _like(run)
        other.append(child)
        run.addnext(other)


def _divide(run: Element, node: Element, places: Sequence[int]) -> None:
    text = node.text or ""
    for start, end in reversed(list(pairwise([*places, len(text)]))):
        other = _like(run)
        part = etree.SubElement(other, w("t"))
        part.text = text[start:end]
        part.set(f"{{{XML}}}space", "preserve")
        run.addnext(other)
    node.text = text[: places[0]]
    node.set(f"{{{XML}}}space", "preserve")


@dataclass(frozen=True)
class _Atom:
    """A piece that has no place yet."""

    runs: tuple[Element, ...]
    node: Element | None
    signs: str
    shown: str
    fixed: bool = False


def _atoms(paragraph: Element, alphabet: Alphabet) -> Iterator[_Atom]:
    children = list(_children(paragraph))
    balance = list(accumulate(_depth(child) for _, child in children))
    whole = not balance or (balance[-1] == 0 and min(balance) == 0)
    field: list[tuple[Element, Element]] = []
    for place, (run, child) in enumerate(children):
        if whole and child is not None and (balance[place] or field):
            field.append((run, child))
            if balance[place] == 0:
                yield _field(field, alphabet)
                field = []
        elif run.tag == w("fldSimple"):
            runs = tuple(run.iter(w("r")))
            shown = "".join(map(run_text, runs))
            yield _Atom(runs, None, _field_sign(str(run.get(w("instr"))), shown, alphabet), shown)
        elif run.tag in _MATHS:
            said = "".join(str(part) for part in run.itertext())
            yield _Atom((run,), None, _sign(alphabet, "math", said), "")
        elif child is None or child.tag in _UNSEEN:
            fixed = child is not None and child.tag in _FIELD
            yield _Atom((run,), None, "", "", fixed)
        elif child.tag == w("t"):
            text = child.text or ""
            yield _Atom((run,), child, _characters(text, alphabet), text)
        else:
            yield _Atom((run,), child, *_object(child, alphabet))


def _children(element: Element) -> Iterator[tuple[Element, Element | None]]:
    """Every text and object of a paragraph with its run; ``None`` for a run with neither.

    A simple field and an equation stand for themselves.
    """
    for child in element:
        if child.tag == w("r"):
            content = [item for item in child if item.tag != w("rPr") and isinstance(item.tag, str)]
            yield from ((child, item) for item in content)
            if not content:
                yield child, None
        elif child.tag in _MATHS or (
            child.tag == w("fldSimple") and child.find(f".//{w('r')}") is not None
        ):
            yield child, None
        elif child.tag not in (w("pPr"), w("sdtPr"), w("sdtEndPr")) and isinstance(child.tag, str):
            yield from _children(child)


def _depth(child: Element | None) -> int:
    """How a child goes into fields or out of them."""
    if child is None or child.tag != w("fldChar"):
        return 0
    return {"begin": 1, "end": -1}.get(str(child.get(w("fldCharType"))), 0)


def _field(field: Sequence[tuple[Element, Element]], alphabet: Alphabet) -> _Atom:
    runs = tuple(dict.fromkeys(run for run, _ in field))
    instruction = "".join(child.text or "" for _, child in field if child.tag == w("instrText"))
    shown = "".join(
        (child.text or "") if child.tag == w("t") else _SHOWN.get(str(child.tag), "")
        for _, child in field
    )
    return _Atom(runs, None, _field_sign(instruction, shown, alphabet), shown)


def _field_sign(instruction: str, shown: str, alphabet: Alphabet) -> str:
    words = instruction.split()
    computed = bool(words) and words[0].upper() in _COMPUTED
    return _sign(alphabet, "field", " ".join(words), "" if computed else shown)


def _object(node: Element, alphabet: Alphabet) -> tuple[str, str]:
    """The sign of what is no text, and what it shows."""
    name = etree.QName(node).localname
    if node.tag == w("br") and node.get(w("type")) in (None, "textWrapping"):
        return "\n", "\n"
    if node.tag in (w("tab"), w("cr")):
        return _SHOWN[str(node.tag)], _SHOWN[str(node.tag)]
    looks = [str(value) for _, value in sorted(node.items())] if node.tag in _SIGNS else []
    said = "".join(map(str, node.itertext())) if node.tag == w("ruby") else ""
    return _sign(alphabet, name, *looks, said), _SHOWN.get(str(node.tag), "")


def _characters(text: str, alphabet: Alphabet) -> str:
    """The text; characters of the plane that signs are taken from get signs of their own."""
    if any(character >= _MORE for character in text):
        return "".join(_sign(alphabet, "", c) if c >= _MORE else c for c in text)
    return text


def _sign(alphabet: Alphabet, *what: str) -> str:
    number = len(alphabet)
    fresh = chr(_FIRST + number) if number < _MOST else chr(ord(_MORE) + number)
    return alphabet.setdefault(what, fresh)
