"""The notifications that arrived since a page last asked: for lists, desktop alerts and toasts."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import ngettext

from themis_htmx.channels import Channel, Wishes
from themis_htmx.models import UserNotification, UserProfile
from themis_htmx.models.extras import stored_image
from themis_htmx.models.instants import instant_of, microseconds
from themis_htmx.models.notification import UNREAD_CAP, NotificationQuerySet

# Characters. A popup of the desktop shows no more.
BODY_LENGTH = 200
# The columns that are read for each kind of alert: to judge whether it is wanted, and to show it.
_COLUMNS = {
    "": (),
    "count": ("source_app", "level"),
    "full": ("source_app", "level", "title", "message", "url", "extras"),
}
# The most toasts that one arrival adds to the corner of a page.
TOASTS = 3
# For a page that does not say by when it was read: no instant is later.
NEVER = 2**63 - 1


class Known(NamedTuple):
    """What a page has been told of: the newest id, and all that had woken up by an instant.

    ``at`` is in microseconds since 1970.
    """

    pk: int
    at: int

    def includes(self, pk: int, visible_from: datetime | None) -> bool:
        """Return whether the page knows of the unread notification ``pk``."""
        woken = 0 if visible_from is None else microseconds(visible_from)
        return pk <= self.pk and woken <= self.at


class Arrival(NamedTuple):
    """The columns of an arrival that were read."""

    pk: int
    visible_from: datetime | None
    source_app: str = ""
    level: str = ""
    title: str = ""
    message: str = ""
    url: str = ""
    extras: Any = None


class Arrivals(NamedTuple):
    """The unread notifications that a page has not been told of, newest first and at most 100.

    They are new, or were snoozed or scheduled, and their time has come. One query reads the new
    ones, and another one the others.
    """

    rows: list[Arrival]

    @classmethod
    def since(cls, user: Any, known: Known | None, woken: int, *, alerts: str) -> Arrivals:
        """Read the arrivals beyond ``known``.

        ``woken`` is the instant at which the latest of the unread woke up. ``alerts`` are as
        :func:`chosen_alerts` returns them; without any, only ids are read. Empty if ``known`` is
        None: the page said nothing.
        """
        if known is None:
            return cls([])
        columns = ["id", "visible_from", *_COLUMNS[alerts]]
        new, back = _beyond(user, known)
        found = list(new.values_list(*columns)[:UNREAD_CAP])
        if woken > known.at:
            found = [*back.values_list(*columns)[:UNREAD_CAP], *found]
        by_id = {row[0]: Arrival(*row) for row in found}
        return cls(list(by_id.values())[:UNREAD_CAP])

    def beyond(self, known: Known | None) -> Arrivals:
        """Return the arrivals beyond ``known``. Empty if it is None: the page said nothing."""
        if known is None:
            return Arrivals([])
        return Arrivals([row for row in self.rows if not known.includes(row.pk, row.visible_from)])

    def on_desktop(self, profile: UserProfile) -> Arrivals:
        """Return the arrivals that the user wants as alerts now, by at most one query."""
        if not self.rows:
            return self
        wishes = Wishes.read(profile, {row.source_app for row in self.rows})
        wanted = partial(wishes.include, channel=Channel.DESKTOP, is_quiet=profile.is_quiet())
        return Arrivals([row for row in self.rows if wanted(row.source_app, row.level)])

    @property
    def words(self) -> str:
        """The number in words, such as "2 new notifications", or ``""`` for none."""
        count = len(self.rows)
        words = ngettext("%(n)d new notification", "%(n)d new notifications", count)
        return words % {"n": count} if count else ""

    def alert(self) -> dict[str, str] | None:
        """Return one popup for all arrivals, or ``None`` if there are none.

        The popup of a single arrival shows its text and its image, if texts were read, and leads to
        its URL. Any other one shows the number and leads to the inbox.
        """
        if not self.rows:
            return None
        newest, inbox = self.rows[0], reverse("themis:inbox")
        if newest.title and len(self.rows) == 1:
            body, url = newest.message[:BODY_LENGTH], newest.url or inbox
            image = stored_image(newest.extras)
            return {"title": newest.title, "body": body, "url": url, "image": image}
        return {"title": self.words, "body": newest.title, "url": inbox, "image": ""}


def toasts_since(user: Any, known: Known | None) -> list[UserNotification]:
    """Return the notifications to show as toasts: the newest three beyond ``known``, newest last.

    Empty if ``known`` is None: the page said nothing.
    """
    if known is None:
        return []
    found = {row.pk: row for rows in _beyond(user, known) for row in rows[:TOASTS]}
    return sorted(found.values(), key=lambda row: (row.shown_at, row.pk))[-TOASTS:]


def _beyond(user: Any, known: Known) -> tuple[NotificationQuerySet, NotificationQuerySet]:
    """Return the unread beyond ``known``: the new ones, and the ones that have woken up since."""
    mine = UserNotification.objects.for_user(user)
    new = mine.unread().announced().filter(pk__gt=known.pk).newest_first()
    back = mine.back().filter(visible_from__gt=instant_of(known.at))
    return new, back.order_by("-visible_from", "-pk")


def chosen_alerts(profile: UserProfile) -> str:
    """Return the desktop alerts that a user has chosen, read from two fields of ``profile``.

    They show the ``"full"`` text or only the ``"count"``; ``""`` stands for no alerts.
    """
    if not profile.browser_notifications_enabled:
        return ""
    return "full" if profile.browser_notifications_full_text else "count"
