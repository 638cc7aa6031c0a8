"""The context of the bell and of the badge in it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import pgettext

from themis_htmx.conf import setting
from themis_htmx.live.address import stream_url
from themis_htmx.models.notification import UNREAD_CAP
from themis_htmx.polling.arrivals import chosen_alerts
from themis_htmx.polling.token import Token
from themis_htmx.tokens import Digest
from themis_htmx.ui.page_user import page_user_of
from themis_htmx.users import signed_in_user


def bell_context(request: HttpRequest) -> dict[str, Any] | None:
    """Return the context of the bell, or ``None`` for a visitor who is not signed in.

    Further bells on the same page get ids of their own and cost no further query.
    """
    if not signed_in_user(request):
        return None
    page_user = page_user_of(request)
    number = request.__dict__["_themis_bells"] = request.__dict__.get("_themis_bells", 0) + 1
    is_first = number == 1
    name = "themis-bell" if is_first else f"themis-bell-{number}"
    token, alerts = Token.of(request, page_user.digest), chosen_alerts(page_user.profile)
    return {
        "id": name,
        "is_first": is_first,
        "interval": setting("THEMIS_NOTIFICATION_POLL_INTERVAL"),
        "alerts": alerts,
        "stream": stream_url(request) if is_first else "",
        "badge": badge_context(
            token,
            at=page_user.at,
            woken=page_user.at,
            bell=name,
            alerts=alerts if is_first else "",
        ),
    }


def badge_context(
    token: Token,
    *,
    at: int,
    woken: int,
    bell: str = "themis-bell",
    new_text: str = "",
    alerts: str = "",
    alert: Any = None,
) -> dict[str, Any]:
    """Return the context of the badge, which every poll that found a change renders anew.

    ``at`` is the instant before the digest was read, ``woken`` the one at which the latest unread
    notification woke up, both in microseconds. A page begins with the same for both: it announces
    what wakes up later. ``new_text`` are the words of the bar in an open list, ``alert`` is a
    popup; both may be empty.
    """
    return {
        "bell": bell,
        "count": token.digest.unread,
        "label": unread_label(token.digest),
        "newest": token.digest.newest,
        "at": at,
        "woken": woken,
        "digest": "-".join(map(str, token.digest)),
        "token": token.sign(),
        "new_text": new_text,
        "alerts": alerts,
        "alert": alert,
    }


def unread_label(digest: Digest) -> str:
    """Return the number on the badge: exact up to 99, then ``99+``."""
    if digest.unread < UNREAD_CAP:
        return str(digest.unread)
    return pgettext("more than are counted", "%(n)d+") % {"n": UNREAD_CAP - 1}
