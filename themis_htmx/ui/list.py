"""The context of the list: a page of notifications under the names of their days, and filters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
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
    page_user: PageUser,
    filters: Filters,
    before: int | None = None,
    through: int | None = None,
    without: Sequence[int] = (),
) -> dict[str, Any]:
    """Return the context of the whole list: a page of it, the filters and the number unread.

    It is the first page, with the reminders on top, or the one of notifications older than the id
    ``before``, ``without`` some ids. With ``through``, the first page reaches down to that id, as
    far as the user had unfolded it.
    """
    mine = UserNotification.objects.for_user(page_user.user)
    unread, size = page_user.unread, setting("THEMIS_PAGE_SIZE")
    is_first = before is None
    back = filters.back(mine, size) if is_first and unread.woken else []
    # Most have nothing asleep, and so ask no more.
    has_snoozed = unread.may_sleep and mine.snoozed().exists()
    without = [each.pk for each in back] if is_first else without
    page = list_page(page_user.user, filters, before, through=through, without=without)
    up_to = max([page["up_to"], *without]) if is_first else page["up_to"]
    sources = {*recent_sources(page_user.user), filters.source} - {""}
    named = sorted((source_name(source), source) for source in sources)
    return page | {
        "back": back,
        "continues": not is_first,
        "unread": unread_label(page_user.digest),
        "up_to": up_to,
        "newest": max(page_user.digest.newest, up_to),
        "at": page_user.at,
        "chips": filters.chips(named, has_snoozed=has_snoozed),
        "level_chips": filters.level_chips(),
        "profile": page_user.profile,
    }


def list_page(
    user: Any,
    filters: Filters,
    before: int | None,
    day: date | None = None,
    through: int | None = None,
    without: Sequence[int] = (),
) -> dict[str, Any]:
    """Return the context of one page of the list, of notifications older than the id ``before``.

    ``day`` is the day under which the page above it ended, and ``without`` are the ids of those
    that stand above the days.
    """
    mine = UserNotification.objects.for_user(user)
    if without:
        mine = mine.exclude(pk__in=without)
    size = setting("THEMIS_PAGE_SIZE")
    page = filters.page(mine, before=before, through=through or 0, size=size)
    dates = [] if filters.is_snoozed else heading_dates(page.notifications, day)
    last_day = dates[-1] if dates else day
    return {
        "days": by_day(page.notifications, dates, day) if dates else in_one(page.notifications),
        "last_day": last_day.isoformat() if last_day else "",
        "older": page.older,
        "continues": day is not None,
        "reached": searched_back_to(user, page),
        "without": ".".join(map(str, without)),
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
    return date_and_time(local(created)) if created else ""


def newest_id(notifications: list[UserNotification]) -> int:
    """Return the newest id on a page, to which "mark all read" extends; 0 for an empty page."""
    return notifications[0].pk if notifications else 0


def by_day(
    notifications: list[UserNotification], dates: list[date], above: date | None = None
) -> list[tuple[str, list[UserNotification]]]:
    """Group notifications, sorted newest first, under the names of ``dates``, the day of each.

    ``above`` is the day under which the page above ended: a day's name stands there once.
    """
    groups = groupby(zip(dates, notifications, strict=True), key=lambda pair: pair[0])
    return [
        ("" if day == above else day_name(day), [notification for _day, notification in group])
        for day, group in groups
    ]


def in_one(notifications: list[UserNotification]) -> list[tuple[str, list[UserNotification]]]:
    """Return notifications as a single group without a name."""
    return [("", notifications)] if notifications else []


def heading_dates(notifications: list[UserNotification], above: date | None = None) -> list[date]:
    """Return the day under which each notification stands, in a list sorted by id.

    It is the local day from which the notification could be seen. One that was scheduled or snoozed
    may stand among older ones. Then it goes under their day, since days stand there once and in
    order, and its own words tell its time.
    """
    dates: list[date] = []
    for each in notifications:
        day = local(each.shown_at).date()
        if each.visible_from and above and day > above:
            day = above
        above = day
        dates.append(day)
    return dates
