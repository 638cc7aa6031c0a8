"""The delivery of a draft to one user, deduplicated under concurrency."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any, NamedTuple

from django.db import IntegrityError, connections, transaction
from django.db.models import BigIntegerField, Subquery, Value
from django.db.models.signals import post_init, post_save, pre_save
from django.utils import timezone

from themis_htmx.databases import (
    asks_and_writes_in_one_statement,
    checks_foreign_keys_at_once,
    write_alias,
)
from themis_htmx.delivery.compiled import CompiledQuery, field_placeholder, user_placeholder
from themis_htmx.delivery.draft import Draft
from themis_htmx.delivery.duplicates import ATTEMPTS, duplicate, key_holder, may_try_again, release
from themis_htmx.delivery.locks import locking
from themis_htmx.delivery.postgresql import attempt_insert
from themis_htmx.delivery.recipients import Recipient
from themis_htmx.delivery.wishes import StoredWishes
from themis_htmx.models import MutedSource, UserNotification
from themis_htmx.signals import announce
from themis_htmx.users import all_users, user_key


def deliver_one(user: Any, draft: Draft) -> UserNotification | None:
    """Write the draft for ``user``; return ``None`` if it is not wanted or a duplicate."""
    if not _takes_one_statement():
        return _deliver_to(find_recipient(user, draft), user, draft)
    notification = UserNotification(user_id=user_key(user), **draft.columns())
    attempt = attempt_insert(notification)
    if attempt.pk is None:
        return _deliver_to(attempt.recipient, user, draft)
    notification.pk = attempt.pk
    notification._state.adding, notification._state.db = False, write_alias()
    announce([notification])
    return notification


def _takes_one_statement() -> bool:
    # Raw SQL sends none of these signals, so it must not write while anyone listens to one.
    signals = (post_init, pre_save, post_save)
    has_receivers = any(signal.has_listeners(UserNotification) for signal in signals)
    return asks_and_writes_in_one_statement(write_alias()) and not has_receivers


# Asking


class QueryKey(NamedTuple):
    """The properties of a draft on which the text of the query depends."""

    database: str
    has_source: bool
    deduplicates: bool


def find_recipient(user: Any, draft: Draft) -> Recipient | None:
    """Return ``user`` as a recipient, or ``None`` if the draft is not wanted or a duplicate.

    A single query reads all that it depends on.
    """
    key = QueryKey(write_alias(), bool(draft.source_app), draft.dedup_key is not None)
    values = {
        "user": user_key(user),
        "now": timezone.now(),
        "dedup_key": draft.dedup_key,
        **draft.source,
    }
    row = _recipient_query(key).first(values, key.database)
    if row is None:
        return None
    *wishes, found_duplicate, holder = row
    # The wishes are judged in Python, since PostgreSQL plans their conditions for longer than it
    # takes to answer them.
    if found_duplicate is not None or not StoredWishes(*wishes).allow(draft.level):
        return None
    return Recipient(user_key(user), holder)


@cache
def _recipient_query(key: QueryKey) -> CompiledQuery:
    nothing: Any = Value(None, output_field=BigIntegerField())
    user = all_users(key.database).filter(pk=user_placeholder()).order_by()
    asked = user.values_list(
        "themis_profile__notifications_enabled",
        "themis_profile__notifications_min_level",
        _muted_including_urgent() if key.has_source else nothing,
        duplicate() if key.deduplicates else nothing,
        key_holder() if key.deduplicates else nothing,
    )
    query = CompiledQuery.of(asked)
    return query._replace(sql=locking(query.sql, key.database))


def _muted_including_urgent() -> Subquery:
    source_app = field_placeholder("source_app")
    muted = MutedSource.objects.filter(user_id=user_placeholder(), source_app=source_app)
    return Subquery(muted.values("including_urgent")[:1])


# Writing


def _deliver_to(found: Recipient | None, user: Any, draft: Draft) -> UserNotification | None:
    """Write to the recipient found, and ask again where a competitor has written meanwhile."""
    for _attempt in range(ATTEMPTS):
        if found is None:
            return None
        try:
            return _insert(user, draft, found.stale_holder)
        except IntegrityError as error:
            if not may_try_again(error, [found.user_id]):
                raise
        found = find_recipient(user, draft)
    return None


def _insert(user: Any, draft: Draft, stale_holder: int | None) -> UserNotification:
    notification = UserNotification(user_id=user_key(user), **draft.columns())
    with _savepoint(draft, stale_holder):
        release([stale_holder])
        notification.save(using=write_alias(), force_insert=True)
    announce([notification])
    return notification


def _savepoint(draft: Draft, stale_holder: int | None) -> AbstractContextManager[None]:
    """Return a savepoint if the insert may fail: PostgreSQL refuses all that follows an error.

    A statement that is alone in its transaction needs none.
    """
    alias = write_alias()
    is_alone = stale_holder is None and not connections[alias].in_atomic_block
    may_fail = draft.dedup_key is not None or checks_foreign_keys_at_once(alias)
    return transaction.atomic(using=alias) if may_fail and not is_alone else nullcontext()
