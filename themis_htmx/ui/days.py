"""A list by day: what is newest first, under the names of its days."""

from __future__ import annotations

from itertools import groupby

from themis_htmx.models import UserNotification
from themis_htmx.ui.times import day_name, local


def by_day(
    notifications: list[UserNotification], continued: str = ""
) -> list[tuple[str, list[UserNotification]]]:
    """Group what is newest first under the names of its days.

    ``continued`` is the day under which the page before it ended: its name is not said twice.
    """
    by_date = groupby(notifications, key=lambda notification: local(notification.created_at).date())
    days = [list(group) for _date, group in by_date]
    names = [day_name(group[0].created_at) for group in days]
    return [("" if name == continued else name, day) for name, day in zip(names, days, strict=True)]
