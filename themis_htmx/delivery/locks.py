"""Locks on the recipients, so that none is deleted before their notification is committed.

They are taken on PostgreSQL alone; :func:`themis_htmx.databases.needs_locks_on_users` says why.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db import connections

from themis_htmx.databases import needs_locks_on_users, write_alias
from themis_htmx.users import all_users


def locking(sql: str, alias: str) -> str:
    """Return ``sql``, a query of users, such that it locks the users found until the commit.

    The lock is the one that PostgreSQL takes itself when it checks the foreign key at the commit.
    """
    if not needs_locks_on_users(alias):
        return sql
    table = connections[alias].ops.quote_name(get_user_model()._meta.db_table)
    return f"{sql} FOR KEY SHARE OF {table}"


def lock_users(user_ids: list[Any]) -> list[Any]:
    """Lock the users of these keys until the transaction ends; return the keys of those found.

    Where no lock is needed, ``user_ids`` is returned as it is, without a query.
    """
    alias = write_alias()
    if not user_ids or not needs_locks_on_users(alias):
        return user_ids
    users = all_users(alias).filter(pk__in=user_ids).order_by("pk")
    sql, values = users.values("pk").query.get_compiler(alias).as_sql()
    with connections[alias].cursor() as cursor:
        cursor.execute(locking(sql, alias), values)
        if len(cursor.fetchall()) == len(user_ids):
            return user_ids
    return list(users.values_list("pk", flat=True))
