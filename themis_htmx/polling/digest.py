"""The digest of a bell: three numbers that change whenever the badge might.

Every poll compares the digest in its token with the digest now. The database is asked each time
and nothing is cached, so no writer has to invalidate anything.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import connections
from django.utils import timezone

from themis_htmx.databases import counts_ids_in_python, write_alias
from themis_htmx.models import UserNotification
from themis_htmx.models.notification import UNREAD_CAP
from themis_htmx.users import user_key

# The newest 100 unread, as NotificationQuerySet.unread() defines them. IS NOT TRUE also keeps rows
# without an expiry, and PostgreSQL plans it sooner than an OR. IS NOT FALSE would not do: where
# nothing ever expires, PostgreSQL would expect it to keep no row, and read the whole table instead
# of the first hundred.
_NEWEST_UNREAD = """SELECT id FROM {table}
WHERE user_id = %s AND read_at IS NULL AND (expires_at <= %s) IS NOT TRUE
ORDER BY {order} LIMIT {cap}"""
_COUNTED = "SELECT COUNT(*), MAX(id), SUM(id) FROM ({newest}) AS newest"
_COMPILED: dict[str, str] = {}


class Digest(NamedTuple):
    """The number, the newest id and the sum of ids of a user's newest 100 unread notifications.

    The number alone would miss changes above 100: one read and one arrived leave it the same.
    """

    unread: int
    newest: int
    total: int


def digest_of(user: Any) -> Digest:
    """Return the digest of ``user`` now, from the database that is written to.

    A replica that lags would contradict what the user did a moment ago.
    """
    return current_digest(user_key(user), write_alias()) or Digest(0, 0, 0)


def current_digest(user: Any, using: str) -> Digest | None:
    """Return the digest now of the user whose primary key is ``user``.

    ``None`` if ``user`` is no valid primary key, such as text where keys are numbers.

    The SQL is compiled once a database: building the query takes the ORM longer than the database
    takes to answer it.
    """
    try:
        owner = _key_field().to_python(user)
    except ValidationError:
        return None
    connection: Any = connections[using]
    key = _key_field().get_db_prep_value(owner, connection)
    # As text, which drivers pass on faster than they convert a datetime.
    now = str(connection.ops.adapt_datetimefield_value(timezone.now()))
    with connection.cursor() as cursor:
        cursor.execute(_sql(using), [key, now])
        found = cursor.fetchall()
    return _digest_of_ids(found) if counts_ids_in_python(using) else _digest_of_row(*found)


def _digest_of_ids(rows: list[tuple[int]]) -> Digest:
    ids = [pk for (pk,) in rows]
    return Digest(len(ids), ids[0] if ids else 0, sum(ids))


def _digest_of_row(row: tuple[int, int | None, Any]) -> Digest:
    unread, newest, total = row
    # MariaDB sums up to a Decimal.
    return Digest(unread, newest or 0, int(total or 0))


def _sql(using: str) -> str:
    """Return the text of the question; its parameters are the user's key and the instant."""
    if using not in _COMPILED:
        table = connections[using].ops.quote_name(UserNotification._meta.db_table)
        newest = _NEWEST_UNREAD.format(table=table, order=_order(using), cap=UNREAD_CAP)
        counted = newest if counts_ids_in_python(using) else _COUNTED.format(newest=newest)
        _COMPILED[using] = counted
    return _COMPILED[using]


def _order(using: str) -> str:
    """Return the order "newest first" in SQL, as the queryset defines it for this database."""
    order: Any = UserNotification.objects.using(using).newest_first().query.order_by[0]
    return "id DESC NULLS LAST" if order.nulls_last else "id DESC"


@cache
def _key_field() -> Any:
    return get_user_model()._meta.pk
