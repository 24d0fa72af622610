"""A report that people edited + new data → the same document with new figures."""

from generators.word.refresh.refresher import Override, Refreshed, Withheld, refresh

__all__ = ["Override", "Refreshed", "Withheld", "refresh"]
