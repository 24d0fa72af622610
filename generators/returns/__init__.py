"""Findings → the copy that goes back: the department's own workbook, marked, with a receipt in front."""

from generators.returns.receipt import Outcome, Receipt, annotated_copy, digest

__all__ = ["Outcome", "Receipt", "annotated_copy", "digest"]
