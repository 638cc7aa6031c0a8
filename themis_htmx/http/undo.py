"""The undo of "mark all read": the moment of marking, signed for its user and valid for a day."""

from datetime import datetime
from typing import Any

from django.core import signing

from themis_htmx.users import user_key

_SALT = "themis.undo"
# Long enough for a page that was left open over lunch.
_MAX_AGE = 60 * 60 * 24


def sign_instant(user: Any, at: datetime) -> str:
    """Sign the instant at which ``user`` marked all read, for :func:`read_instant`."""
    return signing.dumps([str(user_key(user)), at.isoformat()], salt=_SALT)


def read_instant(user: Any, signed: str) -> datetime | None:
    """Return the instant, or ``None`` for forged text, another user's or one over a day old."""
    try:
        owner, at = signing.loads(signed, salt=_SALT, max_age=_MAX_AGE)
    except signing.BadSignature:
        return None
    return datetime.fromisoformat(at) if owner == str(user_key(user)) else None
