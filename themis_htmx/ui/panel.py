"""The context of the panel, which opens below the bell."""

from __future__ import annotations

from typing import Any

from themis_htmx.conf import setting
from themis_htmx.models import UserNotification
from themis_htmx.polling.digest import digest_of
from themis_htmx.ui.bell import unread_label
from themis_htmx.ui.filters import Filters
from themis_htmx.ui.list import newest_id
from themis_htmx.ui.preferences import stored_profile


def panel_context(user: Any, filters: Filters, scope: str) -> dict[str, Any]:
    """Return the context of a panel's inside: the newest notifications and the number unread."""
    mine = UserNotification.objects.for_user(user)
    page = filters.page(mine, size=setting("THEMIS_DROPDOWN_SIZE"))
    digest = digest_of(user)
    return {
        "notifications": page.notifications,
        "filters": filters,
        "scope": scope,
        "unread": unread_label(digest),
        "up_to": newest_id(page.notifications),
        # The newest unread may be outside the filters, and the newest listed may be read. The
        # user has been told of both, so the later one is where news begins.
        "newest": max(digest.newest, newest_id(page.notifications)),
        "profile": stored_profile(user),
    }
