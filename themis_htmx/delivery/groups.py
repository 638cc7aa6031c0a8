"""The rule of grouping: of the notifications about one source, a user sees the newest one alone.

A row written with ``group=True`` holds the key of deduplication, see delivery/duplicates.py. The
next one puts it away, read and dismissed, takes the key, and counts it in ``others``. A row that is
snoozed, or of a higher level, gives up its key only: it is to be seen by itself, and not counted.

The row that holds the key is locked while it is replaced, so the numbers add up between processes.
A competitor that has waited for the lock finds the key gone, and tries again.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import random
from time import sleep
from typing import Any

from django.db import DatabaseError, connections
from django.db.models import F
from django.utils import timezone

from themis_htmx.databases import locks_rows, locks_within_snapshot, write_alias
from themis_htmx.delivery import duplicates
from themis_htmx.delivery.draft import Draft
from themis_htmx.delivery.duplicates import error_codes, release
from themis_htmx.delivery.recipients import Recipient
from themis_htmx.levels import weight_of
from themis_htmx.models import UserNotification
from themis_htmx.models.notification import NotificationQuerySet

# Each failure means that a competitor has written meanwhile. Of many that notify one user about one
# source at the same moment, one succeeds at a time.
ATTEMPTS = 100
# Seconds. The longest pause before another attempt; it is random, so that all get their turn.
PAUSE = 0.02

# A deadlock, or a row that has changed since the snapshot: PostgreSQL, MariaDB.
_PASSING = {"40P01", "40001", 1213, 1020}

_JUDGED = ("user", "level", "others", "read_at", "expires_at", "visible_from")


def make_way(to: Iterable[Recipient], draft: Draft, *, is_retry: bool) -> dict[Any, int]:
    """Take the draft's key from the rows that hold it; return the number each user's row counts.

    Without grouping nothing is counted, and only stale holders give up their key. ``is_retry`` says
    that an insert has failed, so a row holds the key that was not found.
    """
    if draft.grouping is None:
        release(each.key_holder for each in to)
        return {}
    named = (each.user_id for each in to if is_retry or each.key_holder is not None)
    return _take_over(list(named), draft)


def attempts(draft: Draft) -> int:
    """Return how often to try to write the draft while competitors come first."""
    return ATTEMPTS if draft.grouping else duplicates.ATTEMPTS


def may_try_again(draft: Draft, error: DatabaseError, user_ids: list[Any]) -> bool:
    """Return whether ``error`` only says that others have written; pause where many may have.

    A deadlock undoes the whole transaction, so inside of the caller's it is for the caller to try
    again.
    """
    again = duplicates.may_try_again(error, user_ids)
    if not draft.grouping:
        return again
    connection = connections[write_alias()]
    if not connection.in_atomic_block and connection.get_autocommit():
        again = again or bool(error_codes(error) & _PASSING)
    if again:
        sleep(PAUSE * random())  # noqa: S311
    return again


def is_hidden_for_good(draft: Draft) -> bool:
    """Return whether a holder that was not found stays hidden until the caller's transaction ends.

    To try again is of no use then.
    """
    alias = write_alias()
    in_transaction = connections[alias].in_atomic_block or not connections[alias].get_autocommit()
    return draft.grouping is not None and in_transaction and locks_within_snapshot(alias)


def _take_over(user_ids: list[Any], draft: Draft) -> dict[Any, int]:
    """Put away the rows that hold the draft's key; return how many each user's next row counts.

    The rows stay locked until the transaction ends.
    """
    if not user_ids:
        return {}
    now, rows = timezone.now(), UserNotification.objects.using(write_alias())
    holders = _locked(rows.filter(dedup_key=draft.dedup_key, user_id__in=user_ids))
    # Judged in Python: MariaDB's snapshot may hide from a plain query what the lock has read.
    found = list(holders.order_by("user_id").only(*_JUDGED))
    older = {row.pk: row for row in found if _is_replaced(row, draft)}
    rows.filter(pk__in=list(older)).update(read_at=now, dismissed_at=now, dedup_key=None)
    rows.filter(pk__in=[row.pk for row in found if row.pk not in older]).update(dedup_key=None)
    return {row.user_id: row.others + 1 for row in older.values()}


def _is_replaced(row: UserNotification, draft: Draft) -> bool:
    """Return whether the user is to see the draft in the place of ``row``, which holds its key."""
    is_seen = row.is_awake and not row.is_read and not row.is_expired
    return is_seen and weight_of(row.level) <= weight_of(draft.level)


def _locked(rows: NotificationQuerySet) -> NotificationQuerySet:
    if locks_rows(rows.db):
        return rows.select_for_update()
    # A no-op UPDATE, to take SQLite's write lock before reading. A transaction that reads first
    # fails to write if another committed in between.
    rows.update(others=F("others"))
    return rows
