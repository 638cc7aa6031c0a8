"""The next instant at which a bell changes by the clock alone.

A page with a stream of live updates polls seldom. Nobody publishes that a notification wakes up or
expires, so each answer to a poll says when that will be.
"""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from typing import Any

from django.db.models import Min, Q
from django.utils import timezone

from themis_htmx.databases import write_alias
from themis_htmx.live.config import is_on
from themis_htmx.models import UserNotification
from themis_htmx.models.notification import awaited_q

# Seconds. A page polls again within this time anyway.
HORIZON = 900

# The header of an answer to a poll. The script reads it.
HEADER = "Themis-Next-Change"


def next_change_header(user: Any) -> dict[str, str]:
    """Return the header for the bell of ``user``, a primary key.

    It is empty where pages poll often anyway, or if nothing changes soon.
    """
    seconds = seconds_to_next_change(user) if is_on() else None
    return {} if seconds is None else {HEADER: str(seconds)}


def seconds_to_next_change(user: Any) -> int | None:
    """Return the seconds, rounded up, until an unread notification appears or expires.

    ``user`` is a primary key. ``None`` if nothing changes by itself in the next 15 minutes.
    """
    now = timezone.now()
    until = now + timedelta(seconds=HORIZON)
    soon = {
        name: Q(**{f"{name}__gt": now, f"{name}__lte": until})
        for name in ("visible_from", "expires_at")
    }
    unread = UserNotification.objects.using(write_alias()).filter(awaited_q(now), user_id=user)
    changing = unread.filter(soon["visible_from"] | soon["expires_at"])
    first = changing.aggregate(**{name: Min(name, filter=when) for name, when in soon.items()})
    instants = [at for at in first.values() if at is not None]
    return ceil((min(instants) - now).total_seconds()) if instants else None
