"""How a draft becomes rows: one row or a batch, deduplicated under concurrency."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

from django.db import IntegrityError, connections, transaction
from django.db.models.signals import post_init, post_save, pre_save
from django.utils import timezone

from themis_htmx.delivery.draft import Draft
from themis_htmx.delivery.one import recipient
from themis_htmx.delivery.postgresql import Attempt, insert_once, insert_wanted
from themis_htmx.delivery.recipients import (
    Recipient,
    database,
    eligible,
    held,
    recipients,
    stale_holders,
)
from themis_htmx.delivery.selecting import insert_selected
from themis_htmx.models import UserNotification
from themis_htmx.signals import notification_created, send_created
from themis_htmx.users import all_users, user_key

# A violation means that a competitor wrote first; the next look finds its row, or finds that it
# has been read meanwhile. Where a snapshot hides it, the violation itself is the answer.
ATTEMPTS = 3

# PostgreSQL, SQLite, MariaDB.
UNIQUE_VIOLATIONS = {"23505", "SQLITE_CONSTRAINT_UNIQUE", 1062}
FOREIGN_KEY_VIOLATIONS = {"23503", "SQLITE_CONSTRAINT_FOREIGNKEY", 1452}


def deliver_one(user: Any, draft: Draft) -> UserNotification | None:
    """Write the draft for one user, or return ``None`` where it is not wanted or a duplicate."""
    if not _takes_one_statement():
        return _deliver_to(recipient(user, draft), user, draft)
    notification = UserNotification(user_id=user_key(user), **draft.columns())
    attempt = _attempt(notification)
    if attempt.made is None:
        return _deliver_to(attempt.recipient, user, draft)
    notification.pk = attempt.made
    notification._state.adding, notification._state.db = False, database()
    _announce([notification])
    return notification


def deliver(user_ids: list[Any], draft: Draft) -> int:
    """Write the draft for a batch of users, as wanted, and return how many rows that made."""
    for _number in range(ATTEMPTS):
        try:
            return _insert_batch(user_ids, draft)
        except IntegrityError as error:
            if not (is_duplicate(error) or is_deleted(error, user_ids)):
                raise
    with held(user_ids):
        return sum(_insert_alone(one, draft) for one in recipients(user_ids, draft))


def is_duplicate(error: IntegrityError) -> bool:
    """Whether the database refused a second row with one dedup key, and nothing else."""
    return bool(_codes(error) & UNIQUE_VIOLATIONS) and "dedup_key" in str(error)


def is_deleted(error: IntegrityError, user_ids: list[Any]) -> bool:
    """Whether the database refused a row because one of ``user_ids`` has been deleted since."""
    if not _codes(error) & FOREIGN_KEY_VIOLATIONS:
        return False
    # SQLite does not say which row it misses, and a receiver may have written one of its own.
    names_the_table = UserNotification._meta.db_table in str(error)
    there = all_users(database()).filter(pk__in=user_ids)
    return names_the_table or there.count() < len(set(user_ids))


def _codes(error: IntegrityError) -> set[Any]:
    cause: Any = error.__cause__
    return {
        getattr(cause, "sqlstate", None),
        getattr(cause, "pgcode", None),
        getattr(cause, "sqlite_errorname", None),
        error.args[0] if error.args else None,
    }


def _takes_one_statement() -> bool:
    # MariaDB locks as _goes_by_instances() says, and not every SQLite returns what was made. Who
    # listens to an instance or its save() is to be heard.
    signals = (post_init, pre_save, post_save)
    listens = any(signal.has_listeners(UserNotification) for signal in signals)
    return connections[database()].vendor == "postgresql" and not listens


def _attempt(row: UserNotification) -> Attempt:
    return Attempt(insert_wanted(row)) if row.dedup_key is None else insert_once(row)


def _deliver_to(found: Recipient | None, user: Any, draft: Draft) -> UserNotification | None:
    """Write to who was found, and look again where a competitor has written meanwhile."""
    for _number in range(ATTEMPTS):
        if found is None:
            return None
        try:
            return _insert_one(user, draft, found.stale_holder)
        except IntegrityError as error:
            if not (is_duplicate(error) or is_deleted(error, [found.user_id])):
                raise
        found = recipient(user, draft)
    return None


def _insert_one(user: Any, draft: Draft, stale_holder: int | None) -> UserNotification:
    notification = UserNotification(user_id=user_key(user), **draft.columns())
    with _savepoint(draft, stale_holder):
        _release([stale_holder])
        notification.save(using=database(), force_insert=True)
    _announce([notification])
    return notification


def _savepoint(draft: Draft, stale_holder: int | None) -> AbstractContextManager[None]:
    """One where an insert may fail: PostgreSQL allows nothing in a transaction after an error.

    Outside of a transaction, a statement that is alone needs none.
    """
    alone = stale_holder is None and not connections[database()].in_atomic_block
    # MariaDB refuses at once a row of a user who has been deleted.
    checks_at_once = connections[database()].vendor == "mysql"
    may_fail = (draft.dedup_key is not None or checks_at_once) and not alone
    return transaction.atomic(using=database()) if may_fail else nullcontext()


def _insert_batch(user_ids: list[Any], draft: Draft) -> int:
    if _goes_by_instances():
        with held(user_ids):
            return _insert_rows(recipients(user_ids, draft), draft)
    # Asked before the transaction: SQLite lets none write that has read what is no longer so.
    stale = stale_holders(user_ids, draft)
    with transaction.atomic(using=database()):
        _release(stale)
        return insert_selected(eligible(user_ids, draft), draft)


def _goes_by_instances() -> bool:
    # MariaDB holds the table's auto-increment lock throughout INSERT … SELECT. While that waits
    # for somebody's uncommitted row, a second row of theirs fails: error 1467, in their request.
    locks_the_table = connections[database()].vendor == "mysql"
    return locks_the_table or notification_created.has_listeners(UserNotification)


def _insert_rows(batch: list[Recipient], draft: Draft) -> int:
    columns = {"created_at": timezone.now(), **draft.columns()}
    rows = [UserNotification(user_id=to.user_id, **columns) for to in batch]
    with transaction.atomic(using=database()):
        _release(to.stale_holder for to in batch)
        UserNotification.objects.using(database()).bulk_create(rows)
        _announce(rows)
    return len(rows)


def _insert_alone(one: Recipient, draft: Draft) -> int:
    try:
        return _insert_rows([one], draft)
    except IntegrityError as error:
        if not (is_duplicate(error) or is_deleted(error, [one.user_id])):
            raise
        return 0


def _release(holders: Iterable[int | None]) -> None:
    """Take the key from rows that are no duplicate any more: expired, or read by plain SQL."""
    stale = [pk for pk in holders if pk is not None]
    if stale:
        rows = UserNotification.objects.using(database()).filter(pk__in=stale)
        rows.not_unread().update(dedup_key=None)


def _announce(rows: list[UserNotification]) -> None:
    if rows and notification_created.has_listeners(UserNotification):
        send = partial(send_created, UserNotification, rows)
        transaction.on_commit(send, using=database(), robust=True)
