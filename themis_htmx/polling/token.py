"""The poll token: the digest that a bell shows, signed, for one user in one session.

With it a poll is answered without session and user. The token is bound to the session's cookie
and names the user, so that a single query tells whether the bell is up to date.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import NamedTuple

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.db import router
from django.http import HttpRequest

from themis_htmx.models import UserNotification
from themis_htmx.polling.digest import Digest, current_digest
from themis_htmx.users import user_key

# Seconds. The session of an older token is looked up, so that a session that was ended elsewhere
# is noticed after this time.
LIFETIME = 600

_SALT = "themis.poll"
# Not Django's ":", which every poll would have to send as "%3A".
_SEPARATOR = "."


class Token(NamedTuple):
    """The digest that a bell shows, with the user and the session that it is shown to."""

    session: str
    digest: Digest
    user: str

    @classmethod
    def of(cls, request: HttpRequest, digest: Digest) -> Token:
        """Return the token of the request's user and session for ``digest``."""
        return cls(_session_hash(request), digest, str(user_key(request.user)))

    def sign(self) -> str:
        """Return the token as text that nobody else can make or alter."""
        fields = _SEPARATOR.join([self.session, *map(str, self.digest), self.user])
        return _signer().sign(fields)

    @classmethod
    def read(cls, text: str, max_age: int | None = None) -> Token | None:
        """Return the token, or ``None`` for forged or garbled text or one over ``max_age`` seconds.

        The session is not compared with the request's.
        """
        try:
            fields = _signer().unsign(text, max_age=max_age)
        except BadSignature:
            return None
        session, unread, newest, total, user = fields.split(_SEPARATOR, 4)
        return cls(session, Digest(int(unread), int(newest), int(total)), user)


def is_unchanged(request: HttpRequest) -> bool:
    """Return whether the bell that polls is up to date, by one query and without its user.

    ``False`` may mean a change, but also an old or forged token, one of another session, or a
    replica that lags. The view then looks at session, user and digest itself.
    """
    token = Token.read(request.GET.get("token", ""), max_age=LIFETIME)
    session = _session_hash(request)
    if token is None or not session or token.session != session:
        return False
    return current_digest(token.user, router.db_for_read(UserNotification)) == token.digest


def _signer() -> TimestampSigner:
    return TimestampSigner(salt=_SALT, sep=_SEPARATOR)


def _session_hash(request: HttpRequest) -> str:
    """Return a hash of the session's cookie, empty if there is none."""
    cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    return blake2b(cookie.encode(), digest_size=12).hexdigest() if cookie else ""
