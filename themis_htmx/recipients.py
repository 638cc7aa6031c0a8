"""Who is to get a notification: checked, walked in batches, and asked what they want."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.db import router
from django.db.models import (
    BigIntegerField,
    Exists,
    Manager,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)

from themis_htmx.drafts import Draft
from themis_htmx.inbox import live_expiry
from themis_htmx.models import UserNotification
from themis_htmx.preferences import wanting


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
    if user.pk is None:
        raise ValueError(f"{argument}: {user!r} is not saved yet; save it first.")
    return user


def recipients(draft: Draft) -> QuerySet[Any, tuple[Any, int | None]]:
    """The users who want the draft and have no duplicate of it, with stale key holders.

    One query answers preferences, duplicate and holder together.
    """
    wanted = wanting(draft.level, draft.source_app)
    users = get_user_model()._base_manager.using(database()).filter(wanted)
    if draft.dedup_key is None:
        return users.values_list("pk", Value(None, output_field=BigIntegerField()))
    own = UserNotification.objects.filter(user_id=OuterRef("pk"))
    duplicate = Q(read_at=None, dismissed_at=None, **draft.source) & live_expiry()
    holder = own.filter(dedup_key=draft.dedup_key).values("pk")[:1]
    return users.filter(~Exists(own.filter(duplicate))).values_list("pk", Subquery(holder))


def only(draft: Draft, user_ids: Iterable[Any]) -> list[Recipient]:
    """Those of ``user_ids`` who are to get the draft, in the order of their ids."""
    found = recipients(draft).filter(pk__in=list(user_ids)).order_by("pk")
    return [Recipient(*row) for row in found]


def batches(users: Any, size: int, draft: Draft) -> Iterator[list[Recipient]]:
    """Cut ``users``, a queryset or another iterable, into batches of recipients."""
    if isinstance(users, QuerySet):
        return _batches_of_queryset(users, size, draft)
    if isinstance(users, Manager) or not isinstance(users, Iterable):
        raise TypeError(f"users: {users!r} is not iterable; a manager needs .all().")
    if isinstance(users, Collection):
        users = [checked(user, "users") for user in users if user is not None]
    return _gather(users, size, draft)


def _batches_of_queryset(
    users: QuerySet[Any], size: int, draft: Draft
) -> Iterator[list[Recipient]]:
    if not issubclass(users.model, get_user_model()):
        raise TypeError(f"users: a queryset of {users.model.__name__} is not one of users.")
    query = users.query
    if query.is_sliced or query.combinator or query.distinct_fields:
        # MariaDB takes no LIMIT inside IN, a union takes no further filter, and who is the first
        # of DISTINCT ON depends on the order.
        return _gather(users.iterator(chunk_size=size), size, draft)
    return _walk(users, size, draft)


def _walk(users: QuerySet[Any], size: int, draft: Draft) -> Iterator[list[Recipient]]:
    """By key range: MariaDB's driver would buffer an iterator's whole result."""
    chosen = users.using(database()).order_by().values("pk")
    found = recipients(draft).filter(pk__in=chosen).order_by("pk")
    rest = found
    while batch := [Recipient(*row) for row in rest[:size]]:
        yield batch
        if len(batch) < size:
            return
        rest = found.filter(pk__gt=batch[-1].user_id)


def _gather(users: Iterable[Any], size: int, draft: Draft) -> Iterator[list[Recipient]]:
    seen: set[Any] = set()
    stream = (checked(user, "users").pk for user in users if user is not None)
    while chunk := list(islice(stream, size)):
        yield only(draft, set(chunk) - seen)
        seen.update(chunk)
