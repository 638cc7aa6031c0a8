"""The repetition of a statement that met another one on the same row."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connections

from themis_htmx.databases import write_alias

Result = TypeVar("Result")

ATTEMPTS = 4


def insist(statement: Callable[[], Result]) -> Result:
    """Run a single statement, and again where the database gave another one precedence.

    At REPEATABLE READ PostgreSQL refuses an UPDATE of a row that another one has just changed, and
    MariaDB may find a deadlock. Within a transaction the error is raised, since it has ended the
    transaction.
    """
    for _attempt in range(ATTEMPTS - 1):
        try:
            return statement()
        except OperationalError:
            if connections[write_alias()].in_atomic_block:
                raise
    return statement()
