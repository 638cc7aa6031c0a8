"""The undo of "mark all read" and of a snooze: what it needs, signed for its user for a day."""

from datetime import datetime
from typing import Any, NamedTuple

from django.core import signing

from themis_htmx.users import user_key

_SALT = "themis.undo"
_SNOOZE_SALT = "themis.undo.snooze"
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


class Snooze(NamedTuple):
    """A notification that was put off until an instant, or shown at it, and its state before."""

    pk: int
    until: datetime
    visible_from: datetime | None
    read_at: datetime | None


def sign_snooze(user: Any, snooze: Snooze) -> str:
    """Sign what ``user`` put off or had shown, for :func:`read_snooze`."""
    pk, *instants = snooze
    written = [instant and instant.isoformat() for instant in instants]
    return signing.dumps([str(user_key(user)), pk, *written], salt=_SNOOZE_SALT)


def read_snooze(user: Any, signed: str) -> Snooze | None:
    """Return what was signed, or ``None`` for forged text, another user's or one over a day old."""
    try:
        owner, pk, *written = signing.loads(signed, salt=_SNOOZE_SALT, max_age=_MAX_AGE)
    except signing.BadSignature:
        return None
    until, *before = [text and datetime.fromisoformat(text) for text in written]
    return Snooze(pk, until, *before) if owner == str(user_key(user)) else None
