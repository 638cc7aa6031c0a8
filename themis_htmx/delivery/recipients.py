"""Who is to get a notification: checked, walked in batches, and asked what they want."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.db import connections, router, transaction
from django.db.models import (
    BigIntegerField,
    Manager,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThan

from themis_htmx.delivery.draft import Draft
from themis_htmx.delivery.wishes import wanting
from themis_htmx.models import UserNotification
from themis_htmx.models.notification import live_expiry
from themis_htmx.users import all_users, user_key, user_key_name


class Seen:
    """Keys that have come by; of whole numbers a bit each, so that a million fit into 1 MB."""

    def __init__(self) -> None:
        self._pages: dict[int, int] = {}
        self._others: set[Any] = set()

    def add(self, key: Any) -> bool:
        """Remember ``key``, and return whether it is new."""
        if isinstance(key, int):
            return self._add_number(*divmod(key, 256))
        new = key not in self._others
        self._others.add(key)
        return new

    def _add_number(self, page: int, place: int) -> bool:
        bits = self._pages.get(page, 0)
        self._pages[page] = bits | 1 << place
        return not bits >> place & 1


class Recipient(NamedTuple):
    """A user who is to get one, and the row that still holds the dedup key, if any does."""

    user_id: Any
    stale_holder: int | None


def database() -> str:
    """The alias of the database to which notifications are written."""
    return router.db_for_write(UserNotification)


def checked(user: Any, argument: str = "user") -> Any:
    """Return ``user``; raise for what has no inbox, naming the argument and the value."""
    if not isinstance(user, get_user_model()):
        raise TypeError(f"{argument}: {user!r} is not a {get_user_model().__name__}.")
    # A key that has a default, such as a UUID, is there before the row is.
    if user_key(user) is None or user._state.adding:
        raise ValueError(f"{argument}: {user!r} is not saved yet; save it first.")
    return user


def checked_size(size: Any, argument: str) -> int:
    """Return ``size``; raise ``ValueError`` for what is no number of users."""
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise ValueError(f"{argument}: {size!r} is not a number of users, at least 1.")
    return size


def eligible(user_ids: list[Any], draft: Draft) -> QuerySet[Any]:
    """Those of ``user_ids`` who want the draft and have no duplicate of it, in order of id."""
    users = all_users(database()).filter(pk__in=user_ids)
    wanted = users.filter(wanting(draft.level, draft.source_app)).order_by("pk")
    if draft.dedup_key is None:
        return wanted
    # As a value and not as EXISTS, which PostgreSQL may turn into a join over everything about the
    # source. While a fan-out grows that by a thousand rows at a time, a batch took 10 s at 90,000.
    # Of "below 1" it expects a third of the users to be left, of IS NULL none, and plans for none.
    return wanted.filter(LessThan(Coalesce(key_of(duplicate_of(draft.source)), 0), 1))


def recipients(user_ids: list[Any], draft: Draft) -> list[Recipient]:
    """The eligible, each with the stale key holder: one query answers all of it together."""
    holder: Any = Value(None, output_field=BigIntegerField())
    if draft.dedup_key is not None:
        holder = key_of(Q(dedup_key=draft.dedup_key))
    found = eligible(user_ids, draft).values_list("pk", holder)
    return [Recipient(*row) for row in found]


def locking(sql: str, connection: Any) -> str:
    """Let a query for users lock those it finds until the transaction ends, on PostgreSQL.

    PostgreSQL checks at the commit that each row's user is still there. So one user who was
    deleted meanwhile would undo everything that was written with theirs. The check takes this same
    lock, only too late. The other databases check while the row is written.
    """
    if connection.vendor != "postgresql":
        return sql
    table = connection.ops.quote_name(get_user_model()._meta.db_table)
    return f"{sql} FOR KEY SHARE OF {table}"


@contextmanager
def held(user_ids: list[Any]) -> Iterator[None]:
    """Keep ``user_ids`` from being deleted within the block, where :func:`locking` does so."""
    connection = connections[database()]
    if connection.vendor != "postgresql":
        yield
        return
    users = all_users(database()).filter(pk__in=user_ids).order_by("pk").values("pk")
    with transaction.atomic(using=database()):
        sql, values = users.query.get_compiler(connection=connection).as_sql()
        with connection.cursor() as cursor:
            cursor.execute(locking(sql, connection), values)
        yield


def duplicate_of(source: dict[str, Any], now: Any = None) -> Q:
    """The condition that a row stands in the way of another about ``source``, however made."""
    return Q(read_at=None, dismissed_at=None, **source) & live_expiry(now)


def key_of(condition: Q, user: Any = None) -> Subquery:
    """A notification that meets the condition, of ``user`` or of the user that a query is at."""
    own = UserNotification.objects.filter(condition, user_id=user or OuterRef("pk"))
    return Subquery(own.values("pk")[:1])


def stale_holders(user_ids: list[Any], draft: Draft) -> list[int]:
    """The rows of ``user_ids`` that hold the draft's key and are no duplicate any more."""
    if draft.dedup_key is None:
        return []
    rows = UserNotification.objects.using(database()).not_unread()
    held = rows.filter(dedup_key=draft.dedup_key, user_id__in=user_ids)
    return list(held.values_list("pk", flat=True))


def batches(users: Any, size: int) -> Iterator[list[Any]]:
    """Cut ``users``, a queryset or another iterable, into batches of ids, none of them twice."""
    if isinstance(users, QuerySet):
        return _batches_of_queryset(users, size)
    if isinstance(users, Manager) or not isinstance(users, Iterable):
        raise TypeError(f"users: {users!r} is not iterable; a manager needs .all().")
    if isinstance(users, Collection):
        users = [checked(user, "users") for user in users if user is not None]
    return _gather(users, size)


def _batches_of_queryset(users: QuerySet[Any], size: int) -> Iterator[list[Any]]:
    if not issubclass(users.model, get_user_model()):
        raise TypeError(f"users: a queryset of {users.model.__name__} is not one of users.")
    query = users.query
    if query.is_sliced or query.combinator or query.distinct_fields:
        # MariaDB takes no LIMIT inside IN, a union takes no further filter, and who is the first
        # of DISTINCT ON depends on the order.
        return _gather(users.iterator(chunk_size=size), size)
    return _walk(users, size)


def _walk(users: QuerySet[Any], size: int) -> Iterator[list[Any]]:
    """By key range: MariaDB's driver would buffer an iterator's whole result."""
    key = user_key_name()
    users = users.using(database()).order_by()
    if not users.query.standard_ordering:
        # reverse() would turn the order by key round, too, and the walk would end after a batch.
        users = users.reverse()
    if users.query.group_by is not None or users.query.where.contains_over_clause:
        # A further condition would change what such a query counts or ranks.
        users = all_users(database()).filter(pk__in=users.values(key))
    rest = found = users.order_by(key).values_list(key, flat=True)
    while batch := list(rest[:size]):
        yield list(dict.fromkeys(batch))
        if len(batch) < size:
            return
        rest = found.filter(**{f"{key}__gt": batch[-1]})


def _gather(users: Iterable[Any], size: int) -> Iterator[list[Any]]:
    seen = Seen()
    stream = (user_key(checked(user, "users")) for user in users if user is not None)
    while chunk := list(islice(stream, size)):
        if new := [user_id for user_id in chunk if seen.add(user_id)]:
            yield new
