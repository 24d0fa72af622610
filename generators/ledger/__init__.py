"""The database: what was read, which vintages stand, what every run found and wrote.

SQLite in the workspace by default; any SQLAlchemy URL serves (PostgreSQL for a city). Nothing that
was accepted is ever overwritten: a new file of a department is a new vintage.
"""

from generators.ledger.database import Ledger
from generators.ledger.places import LEDGER_VARIABLE, existing_ledger, ledger_url, sqlite_url
from generators.ledger.runs import KeptRun
from generators.ledger.schema import NewerLedgerError
from generators.ledger.submissions import Vintage

__all__ = [
    "LEDGER_VARIABLE",
    "KeptRun",
    "Ledger",
    "NewerLedgerError",
    "Vintage",
    "existing_ledger",
    "ledger_url",
    "sqlite_url",
]
