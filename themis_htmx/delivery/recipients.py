"""The recipients that a caller names: checked, and cut into batches without repetition."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.db.models import Manager, QuerySet

from themis_htmx.databases import write_alias
from themis_htmx.users import all_users, require_saved_user, user_key, user_key_name


class Recipient(NamedTuple):
    """A user who is to get a notification, by primary key.

    ``key_holder`` is the key of a row that holds the dedup key and must give it up, or ``None``;
    see delivery/duplicates.py and delivery/groups.py.
    """

    user_id: Any
    key_holder: int | None


class SeenKeys:
    """A set of keys. A whole number takes a bit, so that a million fit into 1 MB."""

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


def require_size(size: Any, argument: str) -> int:
    """Return ``size``; raise ``ValueError`` unless it is a number of users, at least 1."""
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise ValueError(f"{argument}: {size!r} is not a number of users, at least 1.")
    return size


def batches(users: Any, size: int) -> Iterator[list[Any]]:
    """Cut ``users``, a queryset or another iterable, into batches of keys, each key once."""
    if isinstance(users, QuerySet):
        return _batches_of_queryset(users, size)
    if isinstance(users, Manager) or not isinstance(users, Iterable):
        raise TypeError(f"users: {users!r} is not iterable; a manager needs .all().")
    if isinstance(users, Collection):
        users = [require_saved_user(user, "users") for user in users if user is not None]
    return _gather(users, size)


def _batches_of_queryset(users: QuerySet[Any], size: int) -> Iterator[list[Any]]:
    """Read a queryset by key range where that is possible, otherwise row by row."""
    if not issubclass(users.model, get_user_model()):
        raise TypeError(f"users: a queryset of {users.model.__name__} is not one of users.")
    query = users.query
    if query.is_sliced or query.combinator or query.distinct_fields:
        # None of these can be walked by key range: MariaDB takes no LIMIT inside IN, a union takes
        # no further filter, and the order decides which user is the first of DISTINCT ON.
        return _gather(users.iterator(chunk_size=size), size)
    return _walk(users, size)


def _walk(users: QuerySet[Any], size: int) -> Iterator[list[Any]]:
    """Read by key range, since MariaDB's driver would buffer an iterator's whole result."""
    key = user_key_name()
    users = users.using(write_alias()).order_by()
    if not users.query.standard_ordering:
        # A reversed queryset would reverse the order by key too, and the walk would end after one
        # batch.
        users = users.reverse()
    if users.query.group_by is not None or users.query.where.contains_over_clause:
        # Such a query counts or ranks its rows, and a further condition would change the result.
        users = all_users(write_alias()).filter(pk__in=users.values(key))
    rest = found = users.order_by(key).values_list(key, flat=True)
    while batch := list(rest[:size]):
        yield list(dict.fromkeys(batch))
        if len(batch) < size:
            return
        rest = found.filter(**{f"{key}__gt": batch[-1]})


def _gather(users: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Read an iterable ``size`` users at a time, and leave out keys of earlier batches."""
    seen = SeenKeys()
    keys = (user_key(require_saved_user(user, "users")) for user in users if user is not None)
    while chunk := list(islice(keys, size)):
        if new := [key for key in chunk if seen.add(key)]:
            yield new
