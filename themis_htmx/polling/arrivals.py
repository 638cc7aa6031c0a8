"""The notifications that arrived since a page last asked: for lists, desktop alerts and toasts."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import ngettext

from themis_htmx.models import UserNotification, UserProfile
from themis_htmx.models.notification import UNREAD_CAP

# Characters. A popup of the desktop shows no more.
BODY_LENGTH = 200
# The most toasts that one arrival adds to the corner of a page.
TOASTS = 3


class Arrivals(NamedTuple):
    """The unread notifications that are newer than an id, newest first and at most 100.

    A row is id, title, message and URL. One query reads them all.
    """

    rows: list[tuple[int, str, str, str]]

    @classmethod
    def since(cls, user: Any, oldest: int | None, *, texts: bool) -> Arrivals:
        """Read the arrivals newer than the id ``oldest``; with ``texts``, title, message and URL.

        Without ``texts`` only ids are read. Empty if ``oldest`` is None: the page sent no id.
        """
        if oldest is None:
            return cls([])
        columns = ["id", "title", "message", "url"] if texts else ["id"]
        unread = UserNotification.objects.for_user(user).unread().filter(pk__gt=oldest)
        found = unread.newest_first().values_list(*columns)[:UNREAD_CAP]
        # A row of an id alone is filled up with three empty texts.
        return cls([(*row, "", "", "")[:4] for row in found])

    def newer_than(self, pk: int | None) -> Arrivals:
        """Return the arrivals with a greater id. Empty if ``pk`` is None: the page sent no id."""
        return Arrivals([] if pk is None else [row for row in self.rows if row[0] > pk])

    @property
    def words(self) -> str:
        """The number in words, such as "2 new notifications", or ``""`` for none."""
        count = len(self.rows)
        words = ngettext("%(n)d new notification", "%(n)d new notifications", count)
        return words % {"n": count} if count else ""

    def alert(self) -> dict[str, str] | None:
        """Return one popup for all arrivals, or ``None`` if there are none.

        The popup of a single arrival shows its text, if texts were read, and leads to its URL. Any
        other one shows the number and leads to the inbox.
        """
        if not self.rows:
            return None
        _id, title, message, url = self.rows[0]
        inbox = reverse("themis:inbox")
        if title and len(self.rows) == 1:
            return {"title": title, "body": message[:BODY_LENGTH], "url": url or inbox}
        return {"title": self.words, "body": title, "url": inbox}


def toasts_since(user: Any, since: int | None) -> list[UserNotification]:
    """Return the notifications to show as toasts: the newest three unread over an id, newest last.

    Empty if ``since`` is None: the page sent no id.
    """
    if since is None:
        return []
    unread = UserNotification.objects.for_user(user).visible().unread()
    return list(unread.filter(pk__gt=since).newest_first()[:TOASTS])[::-1]


def chosen_alerts(profile: UserProfile) -> str:
    """Return the desktop alerts that a user has chosen, read from two fields of ``profile``.

    They show the ``"full"`` text or only the ``"count"``; ``""`` stands for no alerts.
    """
    if not profile.browser_notifications_enabled:
        return ""
    return "full" if profile.browser_notifications_full_text else "count"
