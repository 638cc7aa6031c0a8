"""What an import waits for before it reserves ids for the old rows that there are.

SQLite has a single writer, so that it waits for nobody there.
"""

from __future__ import annotations

from typing import Any

from django.db import ProgrammingError, connections, transaction

from themis_htmx.databases import is_mariadb, takes_ids_from_a_sequence, write_alias
from themis_htmx.importing.models import ImportedRange

# The longest wait on PostgreSQL: others who write to the old table wait behind it.
WAIT = "10s"


def wait_for_others(model: Any, after: int) -> None:
    """Wait for open transactions that write to the old table, and for reservations under way.

    A row that is committed after newer ones were imported would be left out for good. To be called
    first in a transaction: above "read committed", it sees only what was there at its first query.
    """
    alias = write_alias()
    with connections[alias].cursor() as cursor:
        if takes_ids_from_a_sequence(alias):
            cursor.execute(f"SET LOCAL lock_timeout = '{WAIT}'")
            cursor.execute(f"LOCK TABLE {_name(ImportedRange)} IN EXCLUSIVE MODE")
            try:
                with transaction.atomic(using=alias):
                    cursor.execute(f"LOCK TABLE {_name(model)} IN SHARE MODE")
            except ProgrammingError:
                # It may only be read, or is a foreign table.
                return
        elif is_mariadb(alias):
            # Locks find rows that are not committed yet, and wait for them.
            key = connections[alias].ops.quote_name(model._meta.pk.column)
            cursor.execute(
                f"SELECT COUNT(*) FROM {_name(model)} WHERE {key} > %s LOCK IN SHARE MODE",  # noqa: S608
                [after],
            )


def _name(model: Any) -> str:
    return connections[write_alias()].ops.quote_name(model._meta.db_table)
