"""The databases: where the kit writes, and one named question for each of their differences.

Supported are PostgreSQL, MariaDB and SQLite. Django's vendor of MariaDB is ``mysql``.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connections, router


def write_alias() -> str:
    """Return the alias of the database to which notifications are written."""
    return router.db_for_write(apps.get_model("themis", "UserNotification"))


def is_mariadb(alias: str) -> bool:
    """Return whether the database is MariaDB, or MySQL, whose vendor Django names alike."""
    return bool(connections[alias].vendor == "mysql")


def binary_collation(alias: str) -> str | None:
    """Return the collation that compares character by character, or ``None`` if none is needed.

    MariaDB's default collation takes ``"A"`` for ``"a"`` and ``"a "`` for ``"a"``. PostgreSQL and
    SQLite compare exactly anyway.
    """
    if not is_mariadb(alias):
        return None
    connection: Any = connections[alias]
    return "utf8mb4_nopad_bin" if connection.mysql_is_mariadb else "utf8mb4_0900_bin"


# Writing


def asks_and_writes_in_one_statement(alias: str) -> bool:
    """Return whether one INSERT can ask whether a row is wanted, write it, and return its key.

    MariaDB would lock the table, see :func:`locks_table_on_insert_select`. Older SQLite lacks
    RETURNING.
    """
    return _is_postgresql(alias)


def locks_table_on_insert_select(alias: str) -> bool:
    """Return whether INSERT … SELECT locks out every other insert into the table.

    MariaDB holds the table's auto-increment lock throughout INSERT … SELECT. While the statement
    waits for somebody's uncommitted row, their next insert fails with error 1467.
    """
    return is_mariadb(alias)


def checks_foreign_keys_at_once(alias: str) -> bool:
    """Return whether an insert for a user who has been deleted fails in the statement itself.

    PostgreSQL and SQLite check Django's foreign keys when the transaction commits.
    """
    return is_mariadb(alias)


def needs_locks_on_users(alias: str) -> bool:
    """Return whether a user must be locked to be there still when the transaction commits.

    PostgreSQL checks foreign keys at the commit, so one user deleted meanwhile would undo all that
    was written in the transaction. MariaDB checks each row as it is written. SQLite lets nobody
    else delete while a transaction writes.
    """
    return _is_postgresql(alias)


def locks_rows(alias: str) -> bool:
    """Return whether SELECT … FOR UPDATE locks rows. SQLite has a single writer anyway."""
    return bool(connections[alias].features.has_select_for_update)


def locks_within_snapshot(alias: str) -> bool:
    """Return whether a lock finds only rows that the transaction under way can see, by one query.

    Above "read committed", PostgreSQL hides what was committed since the transaction began.
    MariaDB's locks find the newest rows at every level. SQLite has a single writer anyway.
    """
    if not _is_postgresql(alias):
        return False
    with connections[alias].cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        return bool(cursor.fetchone()[0] != "read committed")


def has_one_writer_without_queue(alias: str) -> bool:
    """Return whether a single connection can write at a time, and waiting ones only try again.

    SQLite does not queue writers, so one that writes without a pause keeps all others out.
    """
    return _is_sqlite(alias)


def needs_large_cache_to_delete(alias: str) -> bool:
    """Return whether a transaction that changes many pages needs a larger cache than usual.

    SQLite's cache has 2 MB. Pages that do not fit are written and synced over and over.
    """
    return _is_sqlite(alias)


def locks_only_what_it_deletes(alias: str) -> bool:
    """Return whether DELETE lets others write to the rows that it looks at and keeps.

    MariaDB locks each row that it looks at, SQLite the whole file.
    """
    return _is_postgresql(alias)


def takes_ids_from_a_sequence(alias: str) -> bool:
    """Return whether ids come from a sequence, which a row with an id of its own does not move."""
    return _is_postgresql(alias)


def keeps_last_id_in_a_table(alias: str) -> bool:
    """Return whether the last id of each table stands in a table, ``sqlite_sequence``.

    It is part of the transaction there. MariaDB's counter and PostgreSQL's sequences are not.
    """
    return _is_sqlite(alias)


# Reading


def names_nulls_in_newest_first(alias: str) -> bool:
    """Return whether "newest first" must be spelled with NULLS LAST, although no key is NULL.

    Asked for the newest of an owner, PostgreSQL would often rather walk the primary key, in the
    hope that some of the owner's come soon. The primary key cannot serve this spelling, and the
    indexes that begin with the owner can.
    """
    return _is_postgresql(alias)


def looks_up_ids_first(alias: str) -> bool:
    """Return whether a page of rows is faster read in two queries, the ids and then the rows.

    Asked for whole rows at once, MariaDB often sorts all of the user's.
    """
    return is_mariadb(alias)


# Indexes


def has_conditional_indexes(alias: str) -> bool:
    """Return whether an index may have a condition. MariaDB's cannot, and hold every row."""
    return not is_mariadb(alias)


def gains_from_index_on_ended(alias: str) -> bool:
    """Return whether cleanup is faster with an index of the dismissed and the expired rows.

    Elsewhere than on PostgreSQL deleting takes so much longer than looking that the index would
    cost more than it saves.
    """
    return _is_postgresql(alias)


# Polling


def keeps_dates_as_text(alias: str) -> bool:
    """Return whether dates are compared as text. SQLite is quicker with one than with a NULL."""
    return _is_sqlite(alias)


def counts_ids_in_python(alias: str) -> bool:
    """Return whether a hundred ids are sooner sent and counted here than counted by the database.

    PostgreSQL takes longer to plan the counting than to send the ids.
    """
    return _is_postgresql(alias)


def _is_postgresql(alias: str) -> bool:
    return bool(connections[alias].vendor == "postgresql")


def _is_sqlite(alias: str) -> bool:
    return bool(connections[alias].vendor == "sqlite")
