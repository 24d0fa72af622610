"""The one boundary for what no stage foresaw: the reason in one line, the details beside it."""

from __future__ import annotations

import os
import sys
import traceback
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generators.model import Finding


def unforeseen(error: Exception, quiet: bool) -> Finding:
    """What went wrong, as a finding; details go to standard error unless ``quiet``."""
    from sqlalchemy.exc import DBAPIError

    from generators.altered import fault_finding
    from generators.ledger import (
        AlteredLedgerError,
        LedgerAddressError,
        NewerLedgerError,
        ledger_failure,
    )
    from generators.redaction import without_secrets
    from generators.seal_key import SealKeyError
    from generators.workspace import not_written

    if isinstance(error, NewerLedgerError):
        found, known = str(error.found), str(error.known)
        return _failure("run.ledger_newer", path=_ledger_name(), found=found, known=known)
    if isinstance(error, AlteredLedgerError):
        return fault_finding(error.fault)
    if isinstance(error, SealKeyError):
        return error.finding
    if isinstance(error, DBAPIError | LedgerAddressError):
        return ledger_failure(error)
    if isinstance(error, OSError):
        return not_written(error.filename or "", error)
    if not quiet:
        print(without_secrets(traceback.format_exc()), end="", file=sys.stderr)
    reason = without_secrets(f"{type(error).__name__}: {error}").splitlines()[0]
    return _failure("run.failed", reason=reason)


def _ledger_name() -> str:
    from generators.ledger import LEDGER_VARIABLE

    return LEDGER_VARIABLE if os.environ.get(LEDGER_VARIABLE) else "workbooks/ledger.db"


def _failure(code: str, **params: str) -> Finding:
    from generators.model import Finding, Severity

    return Finding(code, Severity.ERROR, params=params)
