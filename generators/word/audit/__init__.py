"""A document at hand → what in it is off: stale, changed, gone, and digits bound to nothing."""

from generators.word.audit.auditor import Audit, Current, Fault, Kind, audit, standing_text

__all__ = ["Audit", "Current", "Fault", "Kind", "audit", "standing_text"]
