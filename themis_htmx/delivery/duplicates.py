"""The rule of deduplication: no second notification while one about the source is unread.

It counts while it is snoozed, too. A scheduled one, which its user has not seen yet, counts for
other scheduled ones alone: a reminder that is due next week must not keep news of today away.

A row written with ``deduplicate=True`` holds a key that is unique for its user. The constraint
``themis_dedup_key`` of models/notification.py makes that hold between processes. Reading and
dismissing take the key away. A row that expired, or was read by plain SQL, still has its key: it
is a stale holder, and gives the key up to the next notification about the same source.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import DatabaseError
from django.db.models import DateTimeField, OuterRef, Q, Subquery

from themis_htmx.compiled import Placeholder, field_placeholder, user_placeholder
from themis_htmx.databases import write_alias
from themis_htmx.delivery.draft import Draft
from themis_htmx.models import UserNotification
from themis_htmx.models.notification import awaited_q, known_q
from themis_htmx.models.source import SOURCE_LENGTHS
from themis_htmx.users import all_users

# A unique violation means that a competitor wrote first. The next attempt finds the competitor's
# row, or finds that it has been read meanwhile. A snapshot may hide the row from every attempt;
# then the violation itself is the answer.
ATTEMPTS = 3

# PostgreSQL, SQLite, MariaDB.
UNIQUE_VIOLATIONS = {"23505", "SQLITE_CONSTRAINT_UNIQUE", 1062}
FOREIGN_KEY_VIOLATIONS = {"23503", "SQLITE_CONSTRAINT_FOREIGNKEY", 1452}


# In SQL


def duplicate_of(source: dict[str, Any], now: Any = None, *, is_scheduled: bool) -> Q:
    """Return the condition that a row is a duplicate of the next one about ``source``.

    The row counts with or without a dedup key. ``is_scheduled`` is said of the next one.
    """
    unread = Q(dismissed_at=None, **source) & awaited_q(now)
    return unread if is_scheduled else unread & known_q(now)


def key_of(condition: Q, user: Any = None) -> Subquery:
    """Return the key of a notification that meets ``condition``.

    It is one of ``user``, or of the user of the surrounding query's row.
    """
    own = UserNotification.objects.filter(condition, user_id=user or OuterRef("pk"))
    return Subquery(own.values("pk")[:1])


def duplicate(*, is_scheduled: bool) -> Subquery:
    """Return the key of a duplicate, for a compiled query about one user."""
    source = {name: field_placeholder(name) for name in SOURCE_LENGTHS}
    now = Placeholder("now", DateTimeField())
    return key_of(duplicate_of(source, now, is_scheduled=is_scheduled), user_placeholder())


def key_holder() -> Subquery:
    """Return the key of the row that holds the dedup key, for a compiled query about one user.

    Where the row is no duplicate, it is a stale holder.
    """
    return key_of(Q(dedup_key=field_placeholder("dedup_key")), user_placeholder())


# Stale holders


def stale_holders(user_ids: list[Any], draft: Draft) -> list[int]:
    """Return the keys of the rows of ``user_ids`` that hold the draft's dedup key and are stale."""
    if draft.dedup_key is None:
        return []
    rows = UserNotification.objects.using(write_alias()).settled()
    holders = rows.filter(dedup_key=draft.dedup_key, user_id__in=user_ids)
    return list(holders.values_list("pk", flat=True))


def release(holders: Iterable[int | None]) -> None:
    """Take the dedup key from ``holders``, primary keys, unless a row is unread again."""
    stale = [pk for pk in holders if pk is not None]
    if stale:
        rows = UserNotification.objects.using(write_alias()).filter(pk__in=stale)
        rows.settled().update(dedup_key=None)


# Errors


def may_try_again(error: DatabaseError, user_ids: list[Any]) -> bool:
    """Return whether ``error`` only says that a row has come or a user has gone meanwhile."""
    return is_duplicate(error) or is_deleted(error, user_ids)


def is_duplicate(error: DatabaseError) -> bool:
    """Return whether the database refused a second row with one dedup key, and nothing else."""
    return bool(error_codes(error) & UNIQUE_VIOLATIONS) and "dedup_key" in str(error)


def is_deleted(error: DatabaseError, user_ids: list[Any]) -> bool:
    """Return whether the database refused a row because one of ``user_ids`` has been deleted."""
    if not error_codes(error) & FOREIGN_KEY_VIOLATIONS:
        return False
    # SQLite does not say which row it misses, and a receiver may have written one of its own.
    names_the_table = UserNotification._meta.db_table in str(error)
    present = all_users(write_alias()).filter(pk__in=user_ids)
    return names_the_table or present.count() < len(set(user_ids))


def error_codes(error: DatabaseError) -> set[Any]:
    """Return what the database and its driver call ``error``."""
    cause: Any = error.__cause__
    return {
        getattr(cause, "sqlstate", None),
        getattr(cause, "pgcode", None),
        getattr(cause, "sqlite_errorname", None),
        error.args[0] if error.args else None,
    }
