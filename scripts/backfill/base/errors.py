"""The exceptions a user of the command line is meant to see."""

import re

#: What DuckDB, the lease and the ledger say when another process works on the same warehouse or dates.
IN_USE = re.compile(r"could not set lock on file|conflicting lock is held|(is|are) in use by", re.IGNORECASE)


class BackfillError(Exception):
    """Something the user can put right.

    The message says what was wrong and where; `command` is the one command that helps, shown on its own line.
    """

    def __init__(self, message: str, command: str | None = None) -> None:
        super().__init__(f"{message}\nTry: {command}" if command else message)


class WarehouseInUse(BackfillError):
    """Somebody else works on the warehouse: waiting helps."""


def error_of(message: str, command: str | None = None) -> BackfillError:
    """The exception for what another program said: WarehouseInUse when it says so."""
    return (WarehouseInUse if IN_USE.search(message) else BackfillError)(message, command)
