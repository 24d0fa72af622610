"""The database: what was read, which vintages stand, what every run found and wrote, and the audit log.

SQLite in the workspace by default; any SQLAlchemy URL serves (PostgreSQL for a city). Nothing that
was accepted is ever overwritten: a new file of a department is a new vintage.
"""

from generators.ledger.copying import DamagedLedgerError, copy_database
from generators.ledger.database import Ledger
from generators.ledger.engine import LedgerAddressError
from generators.ledger.events import Asked, Walked
from generators.ledger.failures import is_missing, ledger_failure, reason_of_database
from generators.ledger.head import HEAD_FILE, HeadFile, UnreadableHeadError, head_bytes, read_head
from generators.ledger.kept import Verified
from generators.ledger.pins import AlteredLedgerError, Pin
from generators.ledger.places import (
    LEDGER_VARIABLE,
    existing_ledger,
    ledger_address,
    ledger_url,
    sqlite_file,
    sqlite_url,
)
from generators.ledger.runs import KeptRun
from generators.ledger.schema import NewerLedgerError
from generators.ledger.slots import DueSlots
from generators.ledger.submissions import Vintage

__all__ = [
    "HEAD_FILE",
    "LEDGER_VARIABLE",
    "AlteredLedgerError",
    "Asked",
    "DamagedLedgerError",
    "DueSlots",
    "HeadFile",
    "KeptRun",
    "Ledger",
    "LedgerAddressError",
    "NewerLedgerError",
    "Pin",
    "UnreadableHeadError",
    "Verified",
    "Vintage",
    "Walked",
    "copy_database",
    "existing_ledger",
    "head_bytes",
    "is_missing",
    "ledger_address",
    "ledger_failure",
    "ledger_url",
    "read_head",
    "reason_of_database",
    "sqlite_file",
    "sqlite_url",
]
