"""Whether one user is to get a draft, asked by a single query."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from django.db import connections
from django.db.models import BigIntegerField, Subquery, Value
from django.utils import timezone

from themis_htmx.delivery.compiled import Statement, asked_user, column, duplicate, key_holder
from themis_htmx.delivery.draft import Draft
from themis_htmx.delivery.recipients import Recipient, database, locking
from themis_htmx.delivery.wishes import Choice
from themis_htmx.models import MutedSource
from themis_htmx.users import all_users, user_key


class Kind(NamedTuple):
    """What the text of the query depends on."""

    database: str
    has_source: bool
    deduplicates: bool


def recipient(user: Any, draft: Draft) -> Recipient | None:
    """``user`` as the recipient of ``draft``; ``None`` where it is not wanted or a duplicate."""
    kind = Kind(database(), bool(draft.source_app), draft.dedup_key is not None)
    values = {
        "user": user_key(user),
        "now": timezone.now(),
        "dedup_key": draft.dedup_key,
        **draft.source,
    }
    row = _question(kind).first(values, kind.database)
    if row is None:
        return None
    *stored, obstacle, stale_holder = row
    # Judged here and not in SQL, whose conditions PostgreSQL plans for longer than it answers them.
    if obstacle is not None or not Choice(*stored).wants(draft.level):
        return None
    return Recipient(user_key(user), stale_holder)


@cache
def _question(kind: Kind) -> Statement:
    nothing: Any = Value(None, output_field=BigIntegerField())
    query = all_users(kind.database).filter(pk=asked_user()).order_by()
    asked = query.values_list(
        "themis_profile__notifications_enabled",
        "themis_profile__notifications_min_level",
        _muted() if kind.has_source else nothing,
        duplicate() if kind.deduplicates else nothing,
        key_holder() if kind.deduplicates else nothing,
    )
    question = Statement.of(asked)
    return question._replace(sql=locking(question.sql, connections[kind.database]))


def _muted() -> Subquery:
    muted = MutedSource.objects.filter(user_id=asked_user(), source_app=column("source_app"))
    return Subquery(muted.values("including_urgent")[:1])
