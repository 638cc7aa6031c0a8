"""The poll token: what a bell shows, signed, so that a poll can ask whether it still holds."""

from typing import Any

from django.core.signing import BadSignature, Signer

from themis_htmx.inbox import Digest

_SALT = "themis.poll"


def make_token(user: Any, digest: Digest) -> str:
    """Return a token for what ``user``'s bell shows; nobody else can make or alter one."""
    return Signer(salt=_SALT).sign(f"{user.pk}:{digest.unread}:{digest.newest}:{digest.total}")


def still_holds(token: str, user: Any, digest: Digest) -> bool:
    """Whether a bell with ``token`` shows ``digest`` already; never raises."""
    try:
        Signer(salt=_SALT).unsign(token)
    except BadSignature:
        return False
    return token == make_token(user, digest)
