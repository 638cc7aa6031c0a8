"""The context of the panel, which opens below the bell."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from themis_htmx.conf import setting
from themis_htmx.models import UserNotification
from themis_htmx.models.instants import microseconds
from themis_htmx.models.profile import stored
from themis_htmx.polling.digest import unread_of
from themis_htmx.ui.bell import unread_label
from themis_htmx.ui.filters import Filters


def panel_context(user: Any, filters: Filters, scope: str) -> dict[str, Any]:
    """Return the context of a panel's inside: the newest notifications and the number unread."""
    mine, size = UserNotification.objects.for_user(user), setting("THEMIS_DROPDOWN_SIZE")
    now = microseconds(timezone.now())
    unread = unread_of(user)
    back = filters.back(mine, size) if unread.woken else []
    others = mine.exclude(pk__in=[each.pk for each in back]) if back else mine
    page = filters.page(others, size=size)
    digest = unread.digest
    notifications = back + page.notifications
    up_to = max((each.pk for each in notifications), default=0)
    return {
        # The reminders come on top of the usual number: they hide nothing that is new.
        "notifications": notifications,
        "filters": filters,
        "scope": scope,
        "unread": unread_label(digest),
        "up_to": up_to,
        # The newest unread may be outside the filters, and the newest listed may be read. The
        # user has been told of both, so the later one is where news begins.
        "newest": max(digest.newest, up_to),
        "at": now,
        "profile": stored(user),
    }
