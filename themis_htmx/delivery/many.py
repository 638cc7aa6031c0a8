"""The delivery of a draft to a batch of users, deduplicated under concurrency."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import DatabaseError, connections, transaction
from django.db.models import BigIntegerField, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThan
from django.utils import timezone

from themis_htmx.databases import locks_table_on_insert_select, write_alias
from themis_htmx.delivery.draft import Draft
from themis_htmx.delivery.duplicates import (
    ATTEMPTS,
    duplicate_of,
    key_of,
    release,
    stale_holders,
)
from themis_htmx.delivery.groups import (
    attempts,
    is_hidden_for_good,
    make_way,
    may_try_again,
)
from themis_htmx.delivery.locks import lock_users, locking
from themis_htmx.delivery.recipients import Recipient
from themis_htmx.delivery.wishes import wants_q
from themis_htmx.live.publish import publish
from themis_htmx.models import UserNotification
from themis_htmx.outlets import hand_over
from themis_htmx.signals import announce, notification_created
from themis_htmx.users import all_users


def deliver(user_ids: list[Any], draft: Draft) -> int:
    """Write the draft for those of ``user_ids`` who want it; return the number of new rows."""
    written = _write(user_ids, draft)
    if written:
        # Others of the batch poll once for nothing. To find out who they are would cost more.
        publish(user_ids)
        hand_over(user_ids, draft)
    return written


def _write(user_ids: list[Any], draft: Draft) -> int:
    for attempt in range(ATTEMPTS):
        try:
            return _insert_batch(user_ids, draft, is_retry=attempt > 0)
        except DatabaseError as error:
            if not may_try_again(draft, error, user_ids):
                raise
    return sum(_insert_alone(one, draft) for one in find_recipients(user_ids, draft))


def find_recipients(user_ids: list[Any], draft: Draft) -> list[Recipient]:
    """Return the eligible of ``user_ids`` with their key holders, found by a single query."""
    holder: Any = Value(None, output_field=BigIntegerField())
    if draft.dedup_key is not None:
        holder = key_of(Q(dedup_key=draft.dedup_key))
    found = _eligible(user_ids, draft).values_list("pk", holder)
    return [Recipient(*row) for row in found]


def _eligible(user_ids: list[Any], draft: Draft) -> QuerySet[Any]:
    """Query the users of ``user_ids`` who want the draft and have no duplicate, in order of key."""
    users = all_users(write_alias()).filter(pk__in=user_ids)
    wanted = users.filter(wants_q(draft.level, draft.source_app, draft.policy)).order_by("pk")
    if draft.dedup_key is None or draft.grouping:
        return wanted
    # As a value and not as EXISTS, which PostgreSQL may turn into a join over everything about the
    # source. While a fan-out grows that by a thousand rows at a time, a batch took 10 s at 90,000.
    # Of "below 1" it expects a third of the users to be left, of IS NULL none, and plans for none.
    duplicate = key_of(duplicate_of(draft.source, is_scheduled=draft.is_scheduled))
    return wanted.filter(LessThan(Coalesce(duplicate, 0), 1))


def _insert_batch(user_ids: list[Any], draft: Draft, *, is_retry: bool) -> int:
    if draft.grouping or _needs_instances():
        return _bulk_create(find_recipients(user_ids, draft), draft, is_retry=is_retry)
    # Outside of the transaction: SQLite refuses to let a transaction write once something that it
    # has read is changed by another.
    stale = stale_holders(user_ids, draft)
    with transaction.atomic(using=write_alias()):
        release(stale)
        return _insert_select(_eligible(user_ids, draft), draft)


def _needs_instances() -> bool:
    has_receivers = notification_created.has_listeners(UserNotification)
    return has_receivers or locks_table_on_insert_select(write_alias())


# By instances


def _bulk_create(batch: list[Recipient], draft: Draft, *, is_retry: bool) -> int:
    now = timezone.now()
    with transaction.atomic(using=write_alias()):
        # Asked last, and so of a snapshot that is no older than the transaction.
        present = lock_users([to.user_id for to in batch])
        others = make_way(batch, draft, is_retry=is_retry)
        columns = cache(lambda number: {"created_at": now, **draft.columns(number)})
        rows = [
            UserNotification(user_id=user_id, **columns(others.get(user_id, 0)))
            for user_id in present
        ]
        UserNotification.objects.using(write_alias()).bulk_create(rows)
        announce(rows)
    return len(rows)


def _insert_alone(one: Recipient, draft: Draft) -> int:
    for _attempt in range(attempts(draft)):
        try:
            return _bulk_create([one], draft, is_retry=True)
        except DatabaseError as error:
            if not may_try_again(draft, error, [one.user_id]):
                raise
        if draft.grouping is None or not find_recipients([one.user_id], draft):
            return 0
        if is_hidden_for_good(draft):
            break
    # As in delivery/one.py: a row of its own loses nothing.
    return _bulk_create([one], draft.alone(), is_retry=True)


# By INSERT … SELECT


def written_fields() -> list[Any]:
    """Return the fields that an insert gives, the user first: all but the primary key."""
    return [field for field in UserNotification._meta.concrete_fields if not field.primary_key]


def insert_select_sql(selected: QuerySet[Any, Any], alias: str) -> tuple[str, Any]:
    """Return SQL and parameters that insert the rows of ``selected``, a column for each field."""
    query, parameters = selected.query.get_compiler(alias).as_sql()
    return f"{insert_prefix(alias)} {locking(query, alias)}", parameters


def insert_prefix(alias: str) -> str:
    """Return the start of an INSERT: the table and its columns."""
    quote = connections[alias].ops.quote_name
    columns = ", ".join(quote(field.column) for field in written_fields())
    # Only names of the model are put into the text, and each is quoted.
    return f"INSERT INTO {quote(UserNotification._meta.db_table)} ({columns})"


def _insert_select(users: QuerySet[Any], draft: Draft) -> int:
    """Write the draft for each of ``users``, in their order, and return the number of new rows.

    No row comes to Python, which makes it several times as fast as ``bulk_create``.
    """
    row, alias = UserNotification(**draft.columns()), write_alias()
    _user, *others = written_fields()
    selected = users.values_list("pk", *(_constant(field, row) for field in others))
    sql, parameters = insert_select_sql(selected, alias)
    with connections[alias].cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


def _constant(field: Any, row: UserNotification) -> Value:
    """Return the value that ``bulk_create`` would write, which the field adapts to the database."""
    return Value(field.pre_save(row, add=True), output_field=field)
