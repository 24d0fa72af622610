"""``definition.xlsx`` → :class:`~generators.model.Definition`, with its own lint."""

from generators.definition.load import load_definition

__all__ = ["load_definition"]
