"""Two issues of a report → one document with tracked changes."""

from generators.word.compare.comparison import Comparison, Counts, compare, written_at

__all__ = ["Comparison", "Counts", "compare", "written_at"]
