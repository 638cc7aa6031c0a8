"""The poll token of a request: made for its user and session, and compared with the digest now.

With it a poll is answered without session and user. The token is bound to the session's cookie
and names the user, so that a single query tells whether the bell is up to date.
"""

from __future__ import annotations

from django.conf import settings
from django.db import router
from django.http import HttpRequest

from themis_htmx.models import UserNotification
from themis_htmx.polling.digest import current_digest
from themis_htmx.tokens import Digest, SignedToken, hash_cookie
from themis_htmx.users import user_key

# Seconds. The session of an older token is looked up, so that a session that was ended elsewhere
# is noticed after this time.
LIFETIME = 600


class Token(SignedToken):
    """A signed token that can be made from a request."""

    __slots__ = ()

    @classmethod
    def of(cls, request: HttpRequest, digest: Digest) -> Token:
        """Return the token of the request's user and session for ``digest``."""
        return cls(_session_hash(request), digest, str(user_key(request.user)))


def unchanged_user(request: HttpRequest) -> str | None:
    """Return the key of the user whose bell polls and is up to date, by one query.

    ``None`` may mean a change, but also an old or forged token, one of another session, or a
    replica that lags. The view then looks at session, user and digest itself.
    """
    token = Token.read(request.GET.get("token", ""), max_age=LIFETIME)
    session = _session_hash(request)
    if token is None or not session or token.session != session:
        return None
    now = current_digest(token.user, router.db_for_read(UserNotification))
    return token.user if now == token.digest else None


def _session_hash(request: HttpRequest) -> str:
    return hash_cookie(request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""))
