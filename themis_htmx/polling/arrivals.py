"""What has come since a page was last told: for the bar in an open list, popup and toasts."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import ngettext

from themis_htmx.models import UserNotification, UserProfile
from themis_htmx.models.notification import UNREAD_CAP

# As much as a popup has room for.
BODY_LENGTH = 200
# At most so many in the corner of a page at a time.
TOASTS = 3


class News(NamedTuple):
    """The newest unread ones, newest first, as a poll reads them: one query, at most 100 rows."""

    rows: list[tuple[int, str, str, str]]

    @classmethod
    def since(cls, user: Any, oldest: int | None, *, texts: bool) -> News:
        """What is newer than the id ``oldest``; ``texts`` are read only where they are shown."""
        if oldest is None:
            return cls([])
        columns = ["id", "title", "message", "url"] if texts else ["id"]
        unread = UserNotification.objects.for_user(user).unread().filter(pk__gt=oldest)
        found = unread.newest_first().values_list(*columns)[:UNREAD_CAP]
        return cls([(*row, "", "", "")[:4] for row in found])

    def newer_than(self, pk: int | None) -> News:
        """Those with an id over ``pk``; none where a page has not said what it knows."""
        return News([] if pk is None else [row for row in self.rows if row[0] > pk])

    @property
    def words(self) -> str:
        """ "2 new notifications", or nothing."""
        count = len(self.rows)
        words = ngettext("%(n)d new notification", "%(n)d new notifications", count)
        return words % {"n": count} if count else ""

    def alert(self) -> dict[str, str] | None:
        """One popup for all of them: what it is about where it is one whose text was read."""
        if not self.rows:
            return None
        _id, title, message, url = self.rows[0]
        inbox = reverse("themis:inbox")
        if title and len(self.rows) == 1:
            return {"title": title, "body": message[:BODY_LENGTH], "url": url or inbox}
        return {"title": self.words, "body": title, "url": inbox}


def toasts(user: Any, since: int | None) -> list[UserNotification]:
    """The newest unread with an id over ``since``, as many as there is room for, newest last."""
    if since is None:
        return []
    unread = UserNotification.objects.for_user(user).visible().unread()
    return list(unread.filter(pk__gt=since).newest_first()[:TOASTS])[::-1]


def alert_kind(profile: UserProfile) -> str:
    """What a user's popups tell: nothing (there are none), the number alone, or the full text."""
    if not profile.browser_notifications_enabled:
        return ""
    return "full" if profile.browser_notifications_full_text else "count"
