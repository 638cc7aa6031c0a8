"""The delivery of a draft to one user, deduplicated under concurrency."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any, NamedTuple

from django.db import DatabaseError, connections, transaction
from django.db.models import BigIntegerField, Subquery, Value
from django.db.models.signals import post_init, post_save, pre_save
from django.utils import timezone

from themis_htmx.compiled import CompiledQuery, field_placeholder, user_placeholder
from themis_htmx.databases import (
    asks_and_writes_in_one_statement,
    checks_foreign_keys_at_once,
    write_alias,
)
from themis_htmx.delivery.draft import Draft
from themis_htmx.delivery.duplicates import duplicate, key_holder
from themis_htmx.delivery.groups import (
    attempts,
    is_hidden_for_good,
    make_way,
    may_try_again,
)
from themis_htmx.delivery.locks import locking
from themis_htmx.delivery.postgresql import attempt_insert
from themis_htmx.delivery.recipients import Recipient
from themis_htmx.delivery.wishes import StoredWishes
from themis_htmx.live.publish import publish
from themis_htmx.models import SourcePreference, UserNotification
from themis_htmx.models.source_preference import least_weight
from themis_htmx.outlets import hand_over
from themis_htmx.policies import Policy
from themis_htmx.signals import announce
from themis_htmx.users import all_users, user_key


def deliver_one(user: Any, draft: Draft) -> UserNotification | None:
    """Write the draft for ``user``; return ``None`` if it is not wanted or a duplicate."""
    if draft.grouping or not _takes_one_statement():
        return _deliver_to(find_recipient(user, draft), user, draft)
    notification = UserNotification(user_id=user_key(user), **draft.columns())
    attempt = attempt_insert(notification)
    if attempt.pk is None:
        return _deliver_to(attempt.recipient, user, draft)
    notification.pk = attempt.pk
    notification._state.adding, notification._state.db = False, write_alias()
    announce([notification])
    publish([notification.user_id])
    hand_over([notification.user_id], draft)
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
    # Of the source in the bell; None without a source.
    policy: Policy | None
    deduplicates: bool
    groups: bool
    is_scheduled: bool


def find_recipient(user: Any, draft: Draft) -> Recipient | None:
    """Return ``user`` as a recipient, or ``None`` if the draft is not wanted or a duplicate.

    A single query reads all that it depends on.
    """
    groups = draft.grouping is not None
    deduplicates = draft.dedup_key is not None and not groups
    policy = draft.policy
    asked = policy if draft.source_app else None
    key = QueryKey(write_alias(), asked, deduplicates, groups, draft.is_scheduled)
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
    if found_duplicate is not None or not StoredWishes(*wishes).allow(draft.level, policy):
        return None
    return Recipient(user_key(user), holder)


@cache
def _recipient_query(key: QueryKey) -> CompiledQuery:
    nothing: Any = Value(None, output_field=BigIntegerField())
    user = all_users(key.database).filter(pk=user_placeholder()).order_by()
    asked = user.values_list(
        "themis_profile__notifications_enabled",
        "themis_profile__notifications_min_level",
        nothing if key.policy in (None, Policy.REQUIRED) else _least_weight(key.policy),
        duplicate(is_scheduled=key.is_scheduled) if key.deduplicates else nothing,
        key_holder() if key.deduplicates or key.groups else nothing,
    )
    query = CompiledQuery.of(asked)
    return query._replace(sql=locking(query.sql, key.database))


def _least_weight(policy: Policy) -> Subquery:
    source_app = field_placeholder("source_app")
    chosen = SourcePreference.objects.filter(user_id=user_placeholder(), source_app=source_app)
    return Subquery(chosen.values_list(least_weight(policy))[:1])


# Writing


def _deliver_to(found: Recipient | None, user: Any, draft: Draft) -> UserNotification | None:
    """Write to the recipient found, and ask again where a competitor has written meanwhile."""
    for attempt in range(attempts(draft)):
        if found is None:
            return None
        try:
            return _insert(found, draft, is_retry=attempt > 0)
        except DatabaseError as error:
            if not may_try_again(draft, error, [found.user_id]):
                raise
        if is_hidden_for_good(draft):
            break
        found = find_recipient(user, draft)
    # A snapshot may hide the key's holder from every attempt. A row of its own loses nothing.
    return _insert(found, draft.alone()) if found and draft.grouping else None


def _insert(to: Recipient, draft: Draft, *, is_retry: bool = False) -> UserNotification:
    # A violation proves that there is a holder, also where a snapshot hides it.
    has_holder = to.key_holder is not None or is_retry
    with _savepoint(draft, has_holder=has_holder):
        others = make_way([to], draft, is_retry=is_retry)
        columns = draft.columns(others.get(to.user_id, 0))
        notification = UserNotification(user_id=to.user_id, **columns)
        notification.save(using=write_alias(), force_insert=True)
    announce([notification])
    publish([notification.user_id])
    hand_over([notification.user_id], draft)
    return notification


def _savepoint(draft: Draft, *, has_holder: bool) -> AbstractContextManager[None]:
    """Return a savepoint if the insert may fail: PostgreSQL refuses all that follows an error.

    A statement that is alone in its transaction needs none.
    """
    alias = write_alias()
    is_alone = not has_holder and not connections[alias].in_atomic_block
    may_fail = draft.dedup_key is not None or checks_foreign_keys_at_once(alias)
    return transaction.atomic(using=alias) if may_fail and not is_alone else nullcontext()
