"""The styles of a workbook that is being copied: looks are added to it, none is changed."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from generators.returns.looks import Look
from generators.returns.parts import Dialect, Parts, dialect_of, insert, local, new_root

STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
MOST_STYLES = 64_000
"""Cell formats of one workbook (Excel specifications and limits)."""

_ORDER = (
    "numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst"
).split()
"""The children of ``styleSheet`` (ECMA-376 part 1, 18.8.39)."""
_FIRST: Mapping[str, tuple[str, ...]] = {
    "fonts": ('<font><sz val="11"/><name val="宋体"/></font>',),
    "fills": (
        '<fill><patternFill patternType="none"/></fill>',
        '<fill><patternFill patternType="gray125"/></fill>',
    ),
    "borders": ("<border><left/><right/><top/><bottom/><diagonal/></border>",),
    "cellXfs": ('<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>',),
}
"""What stands first in each list: it is the look of cells that say nothing of theirs."""
_NEW: Mapping[str, tuple[str, ...]] = {
    "cellStyleXfs": _FIRST["cellXfs"],
    "cellStyles": ('<cellStyle name="Normal" xfId="0" builtinId="0"/>',),
}
"""What a workbook without styles gets besides."""


@dataclass
class Styles:
    """The styles of one workbook. Cells refer to a look by its number in ``formats``."""

    root: Any
    dialect: Dialect
    formats: list[Any]
    _fills: list[Any]
    _made: dict[Any, int] = field(default_factory=dict)
    _lists: dict[str, tuple[Any, int]] = field(default_factory=dict)

    def of(self, look: Look) -> int:
        """The style of a cell that looks so."""
        if look not in self._made:
            self._made[look] = self._add_format(self._format_of(look))
        return self._made[look]

    def filled(self, style: int, rgb: str) -> int:
        """The style of a cell that looks as ``style`` but has a plain fill of the colour RRGGBB."""
        key = (style, rgb)
        if key not in self._made:
            changed = deepcopy(self.formats[style])
            changed.set("fillId", str(self._solid(rgb)))
            changed.set("applyFill", "1")
            self._made[key] = self._add_format(changed)
        return self._made[key]

    def with_fill_of(self, style: int, other: int | None) -> int:
        """The style of a cell that looks as ``style`` but has the fill of ``other``; ``None`` is none.

        Where nothing but the fill tells the two apart, that is ``other`` itself.
        """
        key = (style, other, "fill of")
        if key not in self._made:
            changed = deepcopy(self.formats[style])
            source: Mapping[str, str] = {} if other is None else self.formats[other].attrib
            changed.set("fillId", source.get("fillId", "0"))
            if "applyFill" in source:
                changed.set("applyFill", source["applyFill"])
            else:
                changed.attrib.pop("applyFill", None)
            same = other is not None and _canonical(changed) == _canonical(self.formats[other])
            self._made[key] = other if same and other is not None else self._add_format(changed)
        return self._made[key]

    def colour(self, style: int) -> str | None:
        """The colour of a plain fill as RRGGBB, ``None`` where the cell has no such fill."""
        number = int(self.formats[style].get("fillId", "0"))
        pattern = self._fills[number].find(self.dialect.tag("patternFill"))
        if pattern is None or pattern.get("patternType") != "solid":
            return None
        colour = pattern.find(self.dialect.tag("fgColor"))
        rgb = colour.get("rgb") if colour is not None else None
        return rgb[-6:].upper() if rgb else None

    def _format_of(self, look: Look) -> Any:
        tag = self.dialect.tag
        made = etree.Element(
            tag("xf"),
            numFmtId="0",
            fontId=str(self._font(look)),
            fillId=str(self._solid(look.colour) if look.colour else 0),
            borderId=str(self._border(look)),
            applyFont="1",
            applyFill="1",
            applyBorder="1",
            applyAlignment="1",
        )
        if self.root.find(tag("cellStyleXfs")) is not None:
            made.set("xfId", "0")
        if look.text:
            made.set("quotePrefix", "1")
        alignment = etree.SubElement(made, tag("alignment"))
        for name, value in (
            ("horizontal", look.horizontal),
            ("vertical", look.vertical),
            ("wrapText", "1" if look.wrap else ""),
            ("indent", str(look.indent) if look.indent else ""),
        ):
            if value:
                alignment.set(name, value)
        return made

    def _font(self, look: Look) -> int:
        key = ("font", look.font, look.size, look.bold, look.underline, look.font_colour)
        if key not in self._made:
            font = etree.Element(self.dialect.tag("font"))
            self._flag(font, "b", look.bold)
            self._flag(font, "u", look.underline)
            for name, attribute, value in (
                ("sz", "val", f"{look.size:g}"),
                ("color", "rgb", f"FF{look.font_colour}"),
                ("name", "val", look.font),
            ):
                etree.SubElement(font, self.dialect.tag(name)).set(attribute, value)
            self._made[key] = self._add("fonts", font)
        return self._made[key]

    def _flag(self, font: Any, name: str, on: bool) -> None:
        if on:
            etree.SubElement(font, self.dialect.tag(name))

    def _border(self, look: Look) -> int:
        if not look.line:
            return 0
        key = ("border", look.line)
        if key not in self._made:
            border = etree.Element(self.dialect.tag("border"))
            for side in ("left", "right", "top", "bottom"):
                edge = etree.SubElement(border, self.dialect.tag(side), style="thin")
                etree.SubElement(edge, self.dialect.tag("color"), rgb=f"FF{look.line}")
            etree.SubElement(border, self.dialect.tag("diagonal"))
            self._made[key] = self._add("borders", border)
        return self._made[key]

    def _solid(self, rgb: str) -> int:
        key = ("fill", rgb)
        if key not in self._made:
            tag = self.dialect.tag
            fill = etree.Element(tag("fill"))
            pattern = etree.SubElement(fill, tag("patternFill"), patternType="solid")
            etree.SubElement(pattern, tag("fgColor"), rgb=f"FF{rgb}")
            etree.SubElement(pattern, tag("bgColor"), rgb=f"FF{rgb}")
            self._made[key] = self._add("fills", fill)
            self._fills.append(fill)
        return self._made[key]

    def _add_format(self, made: Any) -> int:
        if len(self.formats) >= MOST_STYLES:
            raise ValueError("more cell formats than a workbook can have")
        self.formats.append(made)
        return self._add("cellXfs", made)

    def _add(self, name: str, child: Any) -> int:
        """Append to a list; returns the number of what was appended."""
        if name not in self._lists:
            parent = self.root.find(self.dialect.tag(name))
            self._lists[name] = parent, _length(parent)
        parent, number = self._lists[name]
        self._lists[name] = parent, number + 1
        parent.append(child)
        parent.set("count", str(number + 1))
        return number


def open_styles(parts: Parts, workbook: str, dialect: Dialect) -> Styles:
    """The styles of the workbook whose main part is ``workbook``; made where it has none."""
    name = parts.related(workbook, "styles")
    wanted = dict(_FIRST)
    if name is None:
        wanted |= _NEW
        name = posixpath.join(posixpath.dirname(workbook), "styles.xml")
        if parts.name(name):
            name = parts.unused(name.replace("styles.xml", "styles{}.xml"))
        parts.add(name, new_root("styleSheet", dialect.main), STYLES_TYPE)
        parts.relate(workbook, f"{dialect.relation}/styles", name)
    root = parts.changed_root(name)
    own = dialect_of(root)
    for kind, firsts in wanted.items():
        _begin(root, own, kind, firsts)
    formats = list(root.find(own.tag("cellXfs")).iterchildren(own.tag("xf")))
    return Styles(root, own, formats, list(root.find(own.tag("fills")).iterchildren(own.tag("fill"))))


def _begin(root: Any, dialect: Dialect, kind: str, firsts: tuple[str, ...]) -> None:
    """Make a list with what stands first in it, where the styles have none."""
    parent = root.find(dialect.tag(kind))
    if parent is None:
        parent = etree.Element(dialect.tag(kind))
        insert(root, parent, _ORDER)
    if _length(parent) == 0:
        parent.extend(etree.fromstring(f'<list xmlns="{dialect.main}">{"".join(firsts)}</list>'))
        parent.set("count", str(len(firsts)))


def _length(parent: Any) -> int:
    """How many a list holds; raises where that depends on who reads it (alternatives)."""
    children = [child for child in parent if local(child)]
    if any(child.tag.partition("}")[0] != parent.tag.partition("}")[0] for child in children):
        raise ValueError("a list of styles with alternatives")
    return len(children)


def _canonical(element: Any) -> bytes:
    return bytes(etree.tostring(element, method="c14n", exclusive=True, with_tail=False))
