"""The summary workbook for a folder one further down: its links still lead where they led."""

from __future__ import annotations

from lxml import etree

from generators.package import package_of, parts_of

_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


def moved_down(workbook: bytes) -> bytes:
    """The same workbook with every relative link to a file one folder longer; nothing else changes."""
    parts = parts_of(workbook)
    for name, part in parts.items():
        if not name.endswith(".rels"):
            continue
        root = etree.fromstring(part)
        links = [item for item in root.iter(_RELATIONSHIP) if _is_relative(item)]
        for link in links:
            link.set("Target", f"..\\{link.get('Target')}")
        if links:
            parts[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return package_of(parts)


def _is_relative(link: etree._Element) -> bool:
    """Whether a relationship is a link to a file by its way from the workbook's folder."""
    target = str(link.get("Target", ""))
    return link.get("TargetMode") == "External" and ":" not in target and target[:1] not in "#/\\"
