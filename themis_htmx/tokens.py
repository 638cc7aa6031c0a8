"""The poll token as text: signed, bound to a session's cookie, and read without any model.

The process that streams live updates reads it too, and has neither apps nor a database.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import NamedTuple, Self

from django.core.signing import BadSignature, TimestampSigner, b62_decode

_SALT = "themis.poll"
# Not Django's ":", which every poll would have to send as "%3A".
_SEPARATOR = "."


class Digest(NamedTuple):
    """The number, the newest id and the sum of ids of a user's newest 100 unread notifications.

    The number alone would miss changes above 100: one read and one arrived leave it the same.
    """

    unread: int
    newest: int
    total: int


class SignedToken(NamedTuple):
    """The digest that a bell shows, with the user and the session that it is shown to."""

    session: str
    digest: Digest
    user: str

    def sign(self) -> str:
        """Return the token as text that nobody else can make or alter."""
        fields = _SEPARATOR.join([self.session, *map(str, self.digest), self.user])
        return _signer().sign(fields)

    @classmethod
    def read(cls, text: str, max_age: int | None = None) -> Self | None:
        """Return the token, or ``None`` for forged or garbled text or one over ``max_age`` seconds.

        The session is not compared with the request's.
        """
        try:
            fields = _signer().unsign(text, max_age=max_age)
        except BadSignature:
            return None
        session, unread, newest, total, user = fields.split(_SEPARATOR, 4)
        return cls(session, Digest(int(unread), int(newest), int(total)), user)

    @staticmethod
    def signed_at(text: str) -> int:
        """Return the second, since 1970, in which the readable token ``text`` was signed."""
        return b62_decode(text.rsplit(_SEPARATOR, 2)[1])


def hash_cookie(cookie: str) -> str:
    """Return a hash of the session cookie's value, empty if there is none."""
    return blake2b(cookie.encode(), digest_size=12).hexdigest() if cookie else ""


def _signer() -> TimestampSigner:
    return TimestampSigner(salt=_SALT, sep=_SEPARATOR)
