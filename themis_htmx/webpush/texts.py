"""The text of a push message: its words in the user's language, its topic, urgency and lifetime."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.crypto import salted_hmac
from django.utils.translation import get_language_bidi, gettext, ngettext, override

from themis_htmx.models import UserNotification
from themis_htmx.webpush import config
from themis_htmx.webpush.keys import encode
from themis_htmx.webpush.wire import TEXT_LIMIT

# Characters. A popup shows no more.
BODY_LENGTH = 200
# Bytes to which a text is padded. All but the longest have the first of these lengths.
LENGTHS = (2048, TEXT_LIMIT)
# The length of a neutral text that is sent because a push service found the other one too long.
SHORT = 512
DAY = 24 * 3600

_SALT = "themis.push"


class Message(NamedTuple):
    """A message as it is sent, before its encryption.

    ``topic`` lets it take the place of an older one that a push service still keeps; ``ttl`` is
    how long the service keeps it, in seconds.
    """

    text: bytes
    length: int
    topic: str
    urgency: str
    ttl: int

    def headers(self) -> dict[str, str]:
        """Return the headers that a push service goes by."""
        return {"TTL": str(self.ttl), "Urgency": self.urgency, "Topic": self.topic}


def owner_of(user_key: Any) -> str:
    """Return the name by which a browser knows whose messages it may show: a keyed hash.

    The key is that of Web Push, which a browser has subscribed to. ``SECRET_KEY`` may change.
    """
    secret = str(config.config().get("PRIVATE_KEY", ""))
    return encode(salted_hmac(_SALT, f"owner {user_key}", secret, algorithm="sha256").digest()[:16])


def neutral(count: int, user_key: Any, *, language: str, ttl: int, urgency: str) -> Message:
    """Return a message that tells only that ``count`` notifications have come."""
    with override(language or None):
        payload = _payload(user_key, _words(count))
    text = json.dumps(payload, ensure_ascii=False).encode()
    topic = _topic(f"user {user_key}")
    length = next(each for each in (SHORT, *LENGTHS) if len(text) <= each)
    return Message(text, max(length, LENGTHS[0]), topic, urgency, ttl)


def shortened(message: Message) -> Message:
    """Return the message in the least length that it fits into."""
    return message._replace(length=max(SHORT, len(message.text)))


def full(notification: UserNotification, *, language: str, now: datetime) -> Message:
    """Return a message with the text of one notification.

    What does not fit is left out: first the image, then the address, instead of which a click leads
    to the list.
    """
    with override(language or None):
        payload = _payload(notification.user_id, notification.title) | {
            "body": notification.message[:BODY_LENGTH],
            "tag": _topic(_name_of(notification)),
            "url": notification.url,
            "icon": notification.image,
            "at": round(notification.shown_at.timestamp() * 1000),
        }
    text = b""
    for left_out in ({}, {"icon": ""}, {"icon": "", "url": ""}):
        text = json.dumps(payload | left_out, ensure_ascii=False).encode()
        if len(text) <= TEXT_LIMIT:
            break
    length = next(each for each in LENGTHS if len(text) <= each)
    urgency, ttl = urgency_of([notification]), ttl_of([notification], now)
    return Message(text, length, payload["tag"], urgency, ttl)


def message_of_test(user_key: Any, *, language: str) -> Message:
    """Return the message of the button "Send me a test"."""
    with override(language or None):
        payload = _payload(user_key, gettext("This is a test"))
        payload |= {"body": gettext("Notifications reach this browser."), "test": True}
    text = json.dumps(payload, ensure_ascii=False).encode()
    return Message(text, LENGTHS[0], _topic(f"test {user_key}"), "high", 60)


def urgency_of(notifications: Sequence[UserNotification]) -> str:
    """Return the urgency of the message about these: a phone that saves power waits for "high"."""
    return "high" if any(each.is_urgent for each in notifications) else "normal"


def ttl_of(notifications: Sequence[UserNotification], now: datetime) -> int:
    """Return the seconds for which a message about these is worth keeping, at most a day."""
    ends = [each.expires_at for each in notifications]
    left = [DAY if end is None else (end - now).total_seconds() for end in ends]
    return max(1, min(DAY, round(max(left, default=DAY))))


def _words(count: int) -> str:
    words = ngettext("%(n)d new notification", "%(n)d new notifications", count)
    return words % {"n": count}


def _payload(user_key: Any, title: str) -> dict[str, Any]:
    return {
        "to": owner_of(user_key),
        "title": title,
        "body": "",
        "tag": "",
        "url": "",
        "icon": "",
        "dir": "rtl" if get_language_bidi() else "ltr",
    }


def _name_of(notification: UserNotification) -> str:
    """Return what the message is about. A later one about the same takes its place."""
    key: UUID | None = notification.dedup_key
    about = f"key {key.hex}" if key else f"number {notification.pk}"
    return f"{notification.user_id} {about}"


def _topic(name: str) -> str:
    # Keyed, since a push service sees it and could try names. 16 bytes are 22 characters.
    return encode(salted_hmac(_SALT, name, algorithm="sha256").digest()[:16])
