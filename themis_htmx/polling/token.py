"""The poll token, and the question that every poll asks first: does it still hold?

The answer needs neither session nor user: the token is signed, bound to the session's cookie and
names the user and what the bell shows. One query, compiled once a database, tells whether that is
still so. The database is asked each time, so nothing can be stale, whoever wrote.
"""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, TimestampSigner
from django.db import connections, router
from django.http import HttpRequest
from django.utils import timezone

from themis_htmx.models import UserNotification
from themis_htmx.models.notification import UNREAD_CAP, Digest
from themis_htmx.users import user_key

# Seconds. A session that was ended elsewhere is noticed when the token is older than this.
LIFETIME = 600

_SALT = "themis.poll"
# Not Django's ":", which every poll would send, and have decoded, as "%3A".
_SEPARATOR = "."
# What NotificationQuerySet.newest_unread() says. IS NOT TRUE also keeps what has no expiry, and is
# planned sooner than an OR. Of IS NOT FALSE, where nothing ever expires, PostgreSQL would expect
# not to keep a row, and read the whole table instead of the first hundred.
_NEWEST_UNREAD = """SELECT id FROM {table}
WHERE user_id = %s AND read_at IS NULL AND (expires_at <= %s) IS NOT TRUE
ORDER BY {order} LIMIT {cap}"""
_COMPILED: dict[str, str] = {}


class Token(NamedTuple):
    """What a bell shows, to whom, in which session."""

    session: str
    digest: Digest
    user: str

    @classmethod
    def of(cls, request: HttpRequest, digest: Digest) -> Token:
        """The token of the request's user for ``digest``."""
        return cls(_session_hash(request), digest, str(user_key(request.user)))

    def sign(self) -> str:
        """Return it as text that nobody else can make or alter."""
        said = _SEPARATOR.join([self.session, *map(str, self.digest), self.user])
        return _signer().sign(said)

    @classmethod
    def read(cls, text: str, max_age: int | None = None) -> Token | None:
        """Return the token, or ``None`` for what is forged, garbled or over ``max_age`` seconds."""
        try:
            said = _signer().unsign(text, max_age=max_age)
        except BadSignature:
            return None
        session, unread, newest, total, user = said.split(_SEPARATOR, 4)
        return cls(session, Digest(int(unread), int(newest), int(total)), user)


def is_unchanged(request: HttpRequest) -> bool:
    """Whether the bell that polls shows what is so, by one query and without its user.

    False means no more than that the ordinary path has to look: the token may be old, another's
    or forged, or a replica may lag.
    """
    token = Token.read(request.GET.get("token", ""), max_age=LIFETIME)
    session = _session_hash(request)
    if token is None or not session or token.session != session:
        return False
    return current_digest(token.user, router.db_for_read(UserNotification)) == token.digest


def current_digest(user: Any, using: str) -> Digest | None:
    """What :meth:`NotificationQuerySet.digest` says of the user with this key, at a third of its
    cost: building the query takes the ORM longer than the database takes to answer.
    """
    try:
        owner = _user_key().to_python(user)
    except ValidationError:
        return None
    connection: Any = connections[using]
    key = _user_key().get_db_prep_value(owner, connection)
    # As text, which drivers pass on sooner than they write an instant.
    now = str(connection.ops.adapt_datetimefield_value(timezone.now()))
    with connection.cursor() as cursor:
        cursor.execute(_sql(connection), [key, now])
        found = cursor.fetchall()
    return _digest_of_ids(found) if _counts_here(connection) else _digest_of_row(*found)


def _counts_here(connection: Any) -> bool:
    """PostgreSQL takes longer to plan the counting than to send 100 ids; the others do not."""
    return bool(connection.vendor == "postgresql")


def _digest_of_ids(rows: list[tuple[int]]) -> Digest:
    ids = [pk for (pk,) in rows]
    return Digest(len(ids), ids[0] if ids else 0, sum(ids))


def _digest_of_row(row: tuple[int, int | None, Any]) -> Digest:
    unread, newest, total = row
    return Digest(unread, newest or 0, int(total or 0))


def _signer() -> TimestampSigner:
    return TimestampSigner(salt=_SALT, sep=_SEPARATOR)


@cache
def _user_key() -> Any:
    return get_user_model()._meta.pk


def _sql(connection: Any) -> str:
    """The SQL text of the digest; its parameters are the user's key and the instant."""
    if connection.alias not in _COMPILED:
        quoted = connection.ops.quote_name(UserNotification._meta.db_table)
        # As indexes.newest_first(), which says why.
        order = "id DESC NULLS LAST" if _counts_here(connection) else "id DESC"
        newest = _NEWEST_UNREAD.format(table=quoted, order=order, cap=UNREAD_CAP)
        counted = f"SELECT COUNT(*), MAX(id), SUM(id) FROM ({newest}) AS newest"  # noqa: S608
        _COMPILED[connection.alias] = newest if _counts_here(connection) else counted
    return _COMPILED[connection.alias]


def _session_hash(request: HttpRequest) -> str:
    """A hash of the session's cookie, empty where there is none."""
    cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    return blake2b(cookie.encode(), digest_size=12).hexdigest() if cookie else ""
