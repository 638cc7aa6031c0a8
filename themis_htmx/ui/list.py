"""The context of the list: a page of notifications under the names of their days, and filters."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from themis_htmx.conf import setting
from themis_htmx.http.parameters import INBOX_SCOPE
from themis_htmx.models import UserNotification
from themis_htmx.models.notification import Page
from themis_htmx.ui.bell import unread_label
from themis_htmx.ui.filters import Filters
from themis_htmx.ui.page_user import PageUser
from themis_htmx.ui.sources import recent_sources, source_name
from themis_htmx.ui.times import date_and_time, day_name, local


def list_context(
    page_user: PageUser, filters: Filters, before: int | None = None, through: int | None = None
) -> dict[str, Any]:
    """Return the context of the whole list: a page of it, the filters and the number unread.

    It is the first page, or the one of notifications older than the id ``before``. With
    ``through``, the first page reaches down to that id, as far as the user had unfolded it.
    """
    page = list_page(page_user.user, filters, before, through=through)
    sources = {*recent_sources(page_user.user), filters.source} - {""}
    return page | {
        "continues": before is not None,
        "unread": unread_label(page_user.digest),
        "newest": max(page_user.digest.newest, page["up_to"]),
        "chips": filters.chips(sorted((source_name(source), source) for source in sources)),
        "level_chips": filters.level_chips(),
        "profile": page_user.profile,
    }


def list_page(
    user: Any, filters: Filters, before: int | None, day: str = "", through: int | None = None
) -> dict[str, Any]:
    """Return the context of one page of the list, of notifications older than the id ``before``.

    ``day`` is the name of the day under which the page above it ended.
    """
    mine = UserNotification.objects.for_user(user)
    size = setting("THEMIS_PAGE_SIZE")
    page = filters.page(mine, before=before, through=through or 0, size=size)
    return {
        "days": by_day(page.notifications, day),
        "last_day": day_name(page.notifications[-1].created_at) if page.notifications else day,
        "older": page.older,
        "continues": bool(day),
        "reached": searched_back_to(user, page),
        # Where the search found nothing so far, it can only find what is older than its end.
        "up_to": newest_id(page.notifications) or page.older or 0,
        "filters": filters,
        "scope": INBOX_SCOPE,
    }


def searched_back_to(user: Any, page: Page) -> str:
    """Return the date to which a filtered search has looked back without finding anything.

    Otherwise ``""``: notifications that were found show their own dates.
    """
    if page.notifications or page.older is None:
        return ""
    created = UserNotification.objects.for_user(user).created_at_of(page.older)
    return date_and_time(created) if created else ""


def newest_id(notifications: list[UserNotification]) -> int:
    """Return the newest id on a page, to which "mark all read" extends; 0 for an empty page."""
    return notifications[0].pk if notifications else 0


def by_day(
    notifications: list[UserNotification], continued: str = ""
) -> list[tuple[str, list[UserNotification]]]:
    """Group notifications, sorted newest first, under the names of their days.

    ``continued`` is the name under which the page above ended: a day's name stands there once.
    """
    by_date = groupby(notifications, key=lambda notification: local(notification.created_at).date())
    days = [list(group) for _date, group in by_date]
    names = [day_name(group[0].created_at) for group in days]
    return [("" if name == continued else name, day) for name, day in zip(names, days, strict=True)]
