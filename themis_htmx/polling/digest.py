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

from themis_htmx.databases import counts_ids_in_python, keeps_dates_as_text, write_alias
from themis_htmx.models import UserNotification
from themis_htmx.models.instants import microseconds
from themis_htmx.models.notification import UNREAD_CAP
from themis_htmx.tokens import Digest
from themis_htmx.users import user_key

# The newest 100 unread, as NotificationQuerySet.unread() defines them. IS NOT TRUE also keeps rows
# in which the column is NULL, and PostgreSQL plans it sooner than an OR. IS NOT FALSE would not do:
# where nothing ever expires, PostgreSQL would expect it to keep no row, and read the whole table
# instead of the first hundred.
_NEWEST_UNREAD = """SELECT id{times} FROM {table}
WHERE user_id = %s AND read_at IS NULL
AND {awake} AND (expires_at <= %s) IS NOT TRUE
ORDER BY {order} LIMIT {cap}"""
_AWAKE = "(visible_from > %s) IS NOT TRUE"
# Of 5,000 that sleep SQLite passes over each in two thirds of the time.
_AWAKE_AS_TEXT = "IFNULL(visible_from, '') <= %s"
_COUNTED = "SELECT COUNT(*), MAX(id), SUM(id){times} FROM ({newest}) AS newest"
# The latest of all that have woken up, and whether any is asleep.
_TIMES = """, (SELECT visible_from FROM {table}
WHERE user_id = %s AND read_at IS NULL
AND visible_from <= %s AND (expires_at <= %s) IS NOT TRUE
ORDER BY visible_from DESC LIMIT 1),
EXISTS (SELECT 1 FROM {table} WHERE user_id = %s AND read_at IS NULL
AND visible_from > %s AND (expires_at <= %s) IS NOT TRUE)"""
_COMPILED: dict[tuple[str, bool], str] = {}


class Unread(NamedTuple):
    """The digest, the latest instant at which an unread one woke up, and whether any is asleep.

    ``woken`` is in microseconds since 1970, 0 if no unread one was ever snoozed or scheduled.
    ``may_sleep`` is false if no unread one is snoozed or scheduled for later.
    """

    digest: Digest
    woken: int
    may_sleep: bool


def unread_of(user: Any) -> Unread:
    """Return what is unread of ``user`` now, by one query of the database that is written to.

    A replica that lags would contradict what the user did a moment ago. A notification that wakes
    up below the newest 100 changes none of the digest's numbers.
    """
    return _read(user_key(user), write_alias(), times=True)


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
    return _read(owner, using, times=False).digest


def _read(owner: Any, using: str, *, times: bool) -> Unread:
    connection: Any = connections[using]
    key = _key_field().get_db_prep_value(owner, connection)
    # As text, which drivers pass on faster than they convert a datetime.
    now = str(connection.ops.adapt_datetimefield_value(timezone.now()))
    with connection.cursor() as cursor:
        cursor.execute(_sql(using, times=times), [key, now, now] * (3 if times else 1))
        rows = cursor.fetchall()
    number, newest, total = _count(rows) if counts_ids_in_python(using) else rows[0][:3]
    # Without an unread row there is none to tell whether any is asleep.
    woken, asleep = rows[0][-2:] if times and rows else (None, True)
    # MariaDB sums up to a Decimal.
    digest = Digest(number, newest or 0, int(total or 0))
    return Unread(digest, _microseconds(woken, using), bool(asleep))


def _count(rows: list[Any]) -> tuple[int, int, int]:
    ids = [row[0] for row in rows]
    return len(ids), ids[0] if ids else 0, sum(ids)


def _microseconds(instant: Any, using: str) -> int:
    """Return an instant as the database gives it, which may be a text, in microseconds."""
    if not instant:
        return 0
    column = UserNotification._meta.get_field("visible_from").cached_col
    for convert in connections[using].ops.get_db_converters(column):
        instant = convert(instant, column, connections[using])
    return microseconds(instant)


def _sql(using: str, *, times: bool) -> str:
    """Return the text of the question; its parameters are the user's key and twice the instant.

    With ``times`` it also asks what woke up and what is asleep, and takes them three times.
    """
    if (using, times) not in _COMPILED:
        in_python = counts_ids_in_python(using)
        table = connections[using].ops.quote_name(UserNotification._meta.db_table)
        asked = _TIMES.format(table=table) if times else ""
        newest = _NEWEST_UNREAD.format(
            times=asked if in_python else "",
            awake=_AWAKE_AS_TEXT if keeps_dates_as_text(using) else _AWAKE,
            table=table,
            order=_order(using),
            cap=UNREAD_CAP,
        )
        counted = _COUNTED.format(newest=newest, times=asked)
        _COMPILED[using, times] = newest if in_python else counted
    return _COMPILED[using, times]


def _order(using: str) -> str:
    """Return the order "newest first" in SQL, as the queryset defines it for this database."""
    order: Any = UserNotification.objects.using(using).newest_first().query.order_by[0]
    return "id DESC NULLS LAST" if order.nulls_last else "id DESC"


@cache
def _key_field() -> Any:
    return get_user_model()._meta.pk
