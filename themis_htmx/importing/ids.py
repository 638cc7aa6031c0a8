"""The reservation of ids: a range into which no other notification falls."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connections, transaction
from django.db.models import Max

from themis_htmx.databases import (
    keeps_last_id_in_a_table,
    takes_ids_from_a_sequence,
    write_alias,
)
from themis_htmx.models import UserNotification
from themis_htmx.users import all_users

# Others may take so many ids between the two statements of a reservation.
SLACK = 10_000


def reserve_ids(number: int) -> int:
    """Reserve ``number`` ids, which follow one another, and return the first.

    Notifications that are written from now on, also by transactions that are under way, get ids
    above the range or have ids below it. Lists go by ids, so what is imported stands below.
    """
    if keeps_last_id_in_a_table(write_alias()):
        return _reserve_in_table(number)
    if takes_ids_from_a_sequence(write_alias()):
        return _reserve_in_sequence(number)
    return _reserve_by_a_row(number)


def _reserve_in_table(number: int) -> int:
    # Nobody else writes while this transaction does.
    table = UserNotification._meta.db_table
    with connections[write_alias()].cursor() as cursor:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        first = max(row[0] if row else 0, _newest()) + 1
        end = first + number - 1
        if row:
            cursor.execute("UPDATE sqlite_sequence SET seq = %s WHERE name = %s", [end, table])
        else:
            values = [table, end]
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", values)
    return first


def _reserve_in_sequence(number: int) -> int:
    table = UserNotification._meta.db_table
    with connections[write_alias()].cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        [sequence] = cursor.fetchone()
        cursor.execute("SELECT nextval(%s)", [sequence])
        first = max(cursor.fetchone()[0], _newest()) + SLACK
        cursor.execute("SELECT setval(%s, %s)", [sequence, first + number - 1])
    return int(first)


def _reserve_by_a_row(number: int) -> int:
    """Write two rows and take them back: the counter stays where the last one has put it."""
    rows = UserNotification.objects.using(write_alias())
    # Another reservation waits here until this one's transaction has ended.
    users = all_users(write_alias()).order_by("pk").select_for_update()
    user = users.values_list("pk", flat=True).first()
    unchecked = nullcontext() if user is not None else _without_foreign_keys()
    with unchecked, transaction.atomic(using=write_alias()):
        user = _any_key() if user is None else user
        [row] = rows.bulk_create([UserNotification(user_id=user, title="Next")])
        first = int(row.pk or _newest()) + SLACK
        rows.bulk_create([UserNotification(pk=first + number - 1, user_id=user, title="Last")])
        transaction.set_rollback(True, using=write_alias())
    return first


def _without_foreign_keys() -> AbstractContextManager[None]:
    """Let rows be written that belong to nobody, where the project has no user at all."""
    return connections[write_alias()].constraint_checks_disabled()


def _any_key() -> Any:
    """Return a value that the primary key of a user could have."""
    default = get_user_model()._meta.pk.get_default()
    return 1 if default in (None, "") else default


def _newest() -> int:
    rows = UserNotification.objects.using(write_alias())
    return rows.aggregate(newest=Max("pk"))["newest"] or 0
